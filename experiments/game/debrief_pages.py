"""The debrief as self-contained pages: of one team, and of a class."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

import sim
from experiments.game.card import card_of, outcome_name, unit_name
from experiments.game.debrief import COSTS, Debrief, Flip, Played
from experiments.game.debrief_figures import (
    figure_class,
    figure_flips,
    figure_luck,
    figure_mechanisms,
    figure_path,
    figure_responses,
)
from experiments.game.debrief_reading import (
    against_history,
    best_flip,
    best_response,
    better_than,
    mean_of,
    paid_with,
    responses_frame,
    same_in_all,
    told_apart,
    verdict,
)
from experiments.game.debrief_words import CANNOT, change, flip_text, month_of, number, say
from experiments.game.names import clean
from experiments.game.rules import time_of
from experiments.game.script import DECISIONS, INJECTIONS, option_of
from experiments.game.theory import STRATEGIES, strategy_of
from experiments.game.world import blank_config, case_of
from experiments.pictures import pages, plots
from experiments.pictures.words import caveat, few_words
from experiments.pictures.words import say as response_name
from experiments.reading import compare
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reading.intervals import told_apart as excludes_zero
from experiments.reports.demo_report import CANNOT as CANNOT_OF_A_CASE
from sim.base.digest import RESULTS_VERSION
from sim.base.refusal import ConfigError

TEMPLATES = Path(__file__).parent
LOG_ROWS = 60  #: of the log that are shown
_DRAWING = threading.Lock()  # matplotlib's caches are not made for several threads


def page(debrief: Debrief, lang: str, team: str) -> str:
    """The debrief of a team as one self-contained HTML page, in "en" or "zh".

    team : as the players typed it; it is cut, cleaned and escaped.
    """
    with _DRAWING:
        plots.use_style()
        figures = {
            "path": _svg(figure_path(debrief, lang), debrief.digest),
            "luck": _svg(figure_luck(debrief, lang), debrief.digest),
            "flips": _svg(figure_flips(debrief, lang), debrief.digest),
            "mechanisms": _svg(figure_mechanisms(debrief, lang), debrief.digest),
            "responses": _svg(figure_responses(debrief, lang), debrief.digest),
        }
    idle = [flip_text(Flip(*answer, kept=True, outcomes={}), lang) for answer in debrief.idle]
    return (
        pages.environment(TEMPLATES)
        .get_template("debrief.html.j2")
        .render(
            **_common(debrief, lang),
            team=clean(team),
            digest=debrief.digest,
            n_runs=debrief.n_runs,
            decisions=_decisions_told(debrief, lang),
            card=_card(debrief, lang),
            judged=_judged(debrief, lang),
            flip_heads=[outcome_name(name, lang) for name in (*debrief.judged, *COSTS)],
            flips=_flip_rows(debrief, lang),
            idle=idle,
            theory=_theory_rows(debrief, lang),
            responses=[response_name(name, lang) for name in debrief.references.pairs],
            mechanisms=[say(f"mechanism_{name}", lang) for name in debrief.mechanisms],
            n_coalitions=2 ** len(debrief.mechanisms),
            log=_log_rows(debrief, lang),
            figures=figures,
        )
    )


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
    with _DRAWING:
        plots.use_style()
        figure = _svg(figure_class(teams, lang), teams[0].digest)
    history = teams[0].references.history.outcomes
    rows = [
        {
            "number": k,
            "name": clean(name),
            "cells": [_class_cell(debrief, outcome) for outcome in (*teams[0].judged, *COSTS)],
        }
        for k, (name, debrief) in enumerate(debriefs.items(), start=1)
    ]
    return (
        pages.environment(TEMPLATES)
        .get_template("debrief_class.html.j2")
        .render(
            **_common(teams[0], lang),
            rows=rows,
            history=[number(history[name]) for name in (*teams[0].judged, *COSTS)],
            heads=[
                {"name": outcome_name(name, lang), "unit": unit_name(name, lang)}
                for name in (*teams[0].judged, *COSTS)
            ],
            taken=_taken(teams, lang),
            best=_best_of_class(debriefs, lang),
            figure=figure,
        )
    )


def _common(debrief: Played, lang: str) -> dict[str, Any]:
    config = blank_config(debrief.world)
    case = config.case
    when = month_of(case_of(debrief.world).clock_start_time, lang)
    injected = [f"{item.at}: {INJECTIONS[item.kind][lang == 'zh']}" for item in debrief.injections]
    return {
        "lang": lang,
        "zh": lang == "zh",
        "case": case.title(lang),
        "world": debrief.world,
        "n_people": config.population.n_people,
        "sources": debrief.sources[lang == "zh"],
        "version": sim.__version__,
        "results_version": RESULTS_VERSION,
        "injected": injected,
        "n_twins": len(debrief.twins),
        "n_pairs": debrief.n_pairs,
        "caveat": caveat(lang),
        "cannot": [
            texts[lang == "zh"].format(when=when) for texts in (*CANNOT, *CANNOT_OF_A_CASE[:5])
        ],
    }


def _svg(figure: Figure, digest: str) -> str:
    text = io.StringIO()
    about = f"backlash {sim.__version__}, results {RESULTS_VERSION}, runs {digest}"
    pages.drawn(
        figure,
        text,
        format="svg",
        bbox_inches="tight",
        metadata={"Date": None, "Description": about, "Creator": "backlash"},
    )
    return pages.inline(pages.shrunk(text.getvalue()))


# --- one team -----------------------------------------------------------------------------------


def _decisions_told(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    told = []
    for decision in DECISIONS:
        for name, answer in debrief.choices[decision.key].items():
            question, option = option_of(decision.key, name, answer)
            told.append(
                {
                    "key": decision.key,
                    "time": time_of(debrief.world, decision.key),
                    "question": question.text(lang),
                    "answer": option.text(lang),
                    "cost": option.cost(lang),
                    "answered": decision.key not in debrief.unanswered,
                    **_theory(debrief, name, answer, lang),
                }
            )
    return told


def _theory(debrief: Debrief, question: str, option: str, lang: str) -> dict[str, str]:
    """Names of the strategy in both theories, and what they let one expect."""
    strategy = strategy_of(debrief.choices, question, option)
    scct, repair, expects = (texts[lang == "zh"] for texts in STRATEGIES[strategy])
    return {"strategy": strategy, "scct": scct, "repair": repair, "expects": expects}


def _theory_rows(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """One row a strategy that was chosen, in the order of its first use."""
    rows: dict[str, dict[str, Any]] = {}
    for told in _decisions_told(debrief, lang):
        if not told["answered"]:
            continue
        row = rows.setdefault(told["strategy"], {**told, "used": []})
        row["used"].append(f"{told['key']} {told['answer']}")
    return list(rows.values())


def _card(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """The report card: own, history in the same world, and the place among the twins."""
    rows = []
    for name in card_of(debrief.world):
        own, history = debrief.own.outcomes[name], debrief.references.history.outcomes[name]
        twins = np.array([twin.outcomes[name] for twin in debrief.twins])
        twins = twins[np.isfinite(twins)]
        enough = twins.size >= FEWEST_PAIRS  # of a handful no range is given
        low, high = np.quantile(twins, (0.05, 0.95)) if enough else (np.nan, np.nan)
        share = better_than(debrief, name)
        rows.append(
            {
                "name": outcome_name(name, lang),
                "unit": unit_name(name, lang),
                "own": number(own),
                "history": number(history),
                "low": number(low),
                "high": number(high),
                "few": "" if enough else few_words(int(twins.size), lang),
                "share": "–" if not np.isfinite(share) else f"{share:.0%}",
                "same": same_in_all(debrief, name),
                "verdict": told_apart(debrief, name),
            }
        )
    return rows


def _flip_rows(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    rows = []
    for flip in debrief.flips:
        question, option = option_of(flip.decision, flip.question, flip.option)
        cells = []
        for name in (*debrief.judged, *COSTS):
            turned, own = flip.outcomes[name], debrief.own.outcomes[name]
            cells.append({"change": change(turned - own), "verdict": verdict(name, turned, own)})
        rows.append(
            {
                "key": flip.decision,
                "question": question.text(lang),
                "option": option.text(lang),
                "kept": flip.kept,
                "cells": cells,
            }
        )
    return rows


def _judged(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """For each judged outcome: luck, policy, the best flip, the best response found."""
    frame = responses_frame(debrief)
    own_mean = frame[frame["response"] == "own"]
    rows = []
    for name in debrief.judged:
        mean, low, high, pairs = against_history(debrief, name)
        flip = best_flip(debrief, name)
        response, value = best_response(debrief, name)
        twins, twins_low, twins_high = mean_of(debrief, name)
        rows.append(
            {
                "name": outcome_name(name, lang),
                "unit": unit_name(name, lang),
                "own": number(debrief.own.outcomes[name]),
                "history": number(debrief.references.history.outcomes[name]),
                "share": better_than(debrief, name),
                "same_in_all": same_in_all(debrief, name),
                "twins": number(twins),
                "twins_low": number(twins_low),
                "twins_high": number(twins_high),
                "mean": change(mean),
                "low": change(low),
                "high": change(high),
                "pairs": pairs,
                "same": low == high == 0,
                "certain": excludes_zero(low, high),
                "gain": compare.sign_of(name) * mean > 0,
                "flip": flip and flip_text(flip, lang),
                "flip_value": flip and number(flip.outcomes[name]),
                "paid": flip and _paid(debrief, flip, name, lang),
                "response": response_name(response, lang).replace("\n", " "),
                "response_value": number(value),
                "response_here": number(debrief.references.own_world[response].outcomes[name]),
                "own_mean": number(float(own_mean[name].mean())),
            }
        )
    return rows


def _paid(debrief: Debrief, flip: Flip, outcome: str, lang: str) -> list[str]:
    """What the flip makes worse elsewhere, in words: legal cost +2,000,000 HKD."""
    gap = "" if lang == "zh" else " "
    return [
        f"{outcome_name(name, lang)}{gap}{change(by)} {unit_name(name, lang)}"
        for name, by in paid_with(debrief, flip, outcome)
        if change(by) != "0"
    ]


def _log_rows(debrief: Debrief, lang: str) -> list[dict[str, str]]:
    """The log as it was handed over: time, what, about; nothing of it is trusted."""
    rows = []
    for entry in debrief.log[-LOG_ROWS:]:
        about = ", ".join(
            f"{clean(key, 20)}: {clean(value, 80)}"
            for key, value in entry.items()
            if key not in ("time", "what")
        )
        rows.append(
            {
                "time": clean(entry.get("time", ""), 25),
                "what": clean(entry.get("what", ""), 40),
                "about": about,
            }
        )
    return rows


# --- a class ------------------------------------------------------------------------------------


def _class_cell(debrief: Played, outcome: str) -> dict[str, Any]:
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
    """Who ended best in this world, and whose policy is best over its twins."""
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


def _taken(teams: Iterable[Played], lang: str) -> list[dict[str, Any]]:
    """Which teams took each option, question by question; who did not answer stands apart."""
    numbered = list(enumerate(teams, start=1))
    rows = []
    for decision in DECISIONS:
        silent = [k for k, team in numbered if decision.key in team.unanswered]
        for question in decision.questions:
            took = {
                option: [
                    k
                    for k, team in numbered
                    if k not in silent
                    and team.choices[decision.key].get(question.key) == option.key
                ]
                for option in question.options
            }
            options = [
                {"text": option.text(lang), "teams": who} for option, who in took.items() if who
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
