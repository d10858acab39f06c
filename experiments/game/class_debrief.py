"""The debrief of a class as a self-contained page: all teams of a session beside one another.

Teams meet the same world and chances, so whatever differs between two of them is what they chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from experiments.game.card import card_of, outcome_name, unit_name
from experiments.game.debrief import COSTS, Played
from experiments.game.debrief_figures import figure_class
from experiments.game.debrief_frame import DRAWING, TEMPLATES, common, svg
from experiments.game.debrief_reading import (
    best_response,
    history_mean,
    mean_of,
    same_in_all,
    told_apart,
)
from experiments.game.debrief_words import number
from experiments.game.names import clean
from experiments.game.script_file import script_of
from experiments.pictures import pages, plots
from experiments.pictures.web_font import with_font
from experiments.pictures.words import say as response_name
from experiments.reading import compare
from sim.base.refusal import ConfigError


def class_page(debriefs: Mapping[str, Played], lang: str) -> str:
    """The debrief of a class, all teams in the same world, as one self-contained HTML page.

    debriefs : team name -> its game, with or without the rest of a debrief; teams are numbered in
    this order. Raises ConfigError without any, or for teams in different worlds.
    """
    teams = list(debriefs.values())
    if not teams or any(team.world != teams[0].world for team in teams):
        raise ConfigError(
            "class", len(teams), "not teams of one world", "one or more debriefs of one world",
            "the debriefs of one session",
        )  # fmt: skip
    with DRAWING:
        plots.use_style()
        figure = svg(figure_class(teams, lang), teams[0].digest)
    names = (*teams[0].judged, *COSTS)
    history = teams[0].references.history.outcomes
    html = (
        pages.environment(TEMPLATES)
        .get_template("debrief_class.html.j2")
        .render(
            **common(teams[0], lang),
            rows=_team_rows(debriefs, names),
            history=[number(history[name]) for name in names],
            history_mean=[number(history_mean(teams[0], name)[0]) for name in names],
            heads=[
                {"name": outcome_name(name, lang), "unit": unit_name(name, lang)} for name in names
            ],
            taken=_taken(teams, lang),
            best=_best_of_class(debriefs, lang),
            drafted=_drafted(debriefs, lang),
            figure=figure,
        )
    )
    return with_font(html)


def _team_rows(debriefs: Mapping[str, Played], outcomes: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each team, numbered in the order in which they are given."""
    return [
        {
            "number": k,
            "name": clean(name),
            "cells": [_class_cell(debrief, outcome) for outcome in outcomes],
        }
        for k, (name, debrief) in enumerate(debriefs.items(), start=1)
    ]


def _class_cell(debrief: Played, outcome: str) -> dict[str, Any]:
    """One outcome of one team: in this world, told apart from what happened or not, and over its
    twins.
    """
    mean, low, high = mean_of(debrief, outcome)
    return {
        "own": number(debrief.own.outcomes[outcome]),
        "verdict": told_apart(debrief, outcome),
        "same": same_in_all(debrief, outcome),
        "mean": number(mean),
        "low": number(low),
        "high": number(high),
    }


def _best_of_class(debriefs: Mapping[str, Played], lang: str) -> list[dict[str, str]]:
    """Who ended best in this world, and whose policy is best over its twins, for each judged
    outcome.

    Beside them stands the best response of conf/response in the same world, for nobody plays
    against the others only.
    """
    found = []
    for outcome in next(iter(debriefs.values())).judged:
        sign = compare.sign_of(outcome)
        here = max(debriefs, key=lambda name: sign * debriefs[name].own.outcomes[outcome])
        policy = max(debriefs, key=lambda name: sign * mean_of(debriefs[name], outcome)[0])
        best, value = best_response(debriefs[here], outcome)
        found.append(
            {
                "outcome": outcome_name(outcome, lang),
                "here": clean(here),
                "policy": clean(policy),
                "response": response_name(best, lang).replace("\n", " "),
                "value": number(value),
            }
        )
    return found


def _drafted(debriefs: Mapping[str, Played], lang: str) -> list[dict[str, Any]]:
    """The statements that teams drafted, side by side at each decision that asks for one."""
    script = script_of(next(iter(debriefs.values())).world)
    rows = []
    for decision in script.decisions:
        texts = [
            {"team": clean(name), "text": debrief.written[decision.key]["statement"]}
            for name, debrief in debriefs.items()
            if debrief.written.get(decision.key, {}).get("statement")
        ]
        if texts:
            rows.append({"key": decision.key, "title": decision.text(lang), "texts": texts})
    return rows


def _taken(teams: Iterable[Played], lang: str) -> list[dict[str, Any]]:
    """Which teams took each option, question by question; who did not answer stands apart."""
    numbered = list(enumerate(teams, start=1))
    rows = []
    for decision in script_of(numbered[0][1].world).decisions:
        silent = [k for k, team in numbered if decision.key in team.unanswered]
        for question in decision.questions:
            took = {
                option.key: [
                    k
                    for k, team in numbered
                    if k not in silent
                    and team.choices[decision.key].get(question.key) == option.key
                ]
                for option in question.options
            }
            options = [
                {"text": option.text(lang), "teams": took[option.key]}
                for option in question.options
                if took[option.key]
            ]
            rows.append(
                {
                    "key": decision.key,
                    "question": question.text(lang),
                    "options": options,
                    "silent": silent,
                }
            )
    return rows


def outcome_table(
    played: Mapping[int, Played],
) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """Outcomes as numbers: number of a team, or "history" -> outcome -> here, mean of the twins.

    None for what did not happen; no mean is given of history, whose worlds are fewer.
    """

    def known(value: float) -> float | None:
        return float(value) if np.isfinite(value) else None

    found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    for team, game in played.items():
        found["history"] = {
            name: (known(value), None) for name, value in game.references.history.outcomes.items()
        }
        found[str(team)] = {
            name: (known(game.own.outcomes[name]), known(mean_of(game, name)[0]))
            for name in card_of(game.world)
        }
    return found
