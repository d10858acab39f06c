"""The debrief of a team as a self-contained HTML page; that of a class is in `class_debrief`.

Every function here turns runs into words and numbers for debrief.html.j2; nothing is run. What
players typed is cut, cleaned and escaped before it reaches the page.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.game.card import card_of, outcome_name, unit_name
from experiments.game.debrief import COSTS, Debrief
from experiments.game.debrief_figures import (
    figure_flips,
    figure_luck,
    figure_mechanisms,
    figure_path,
    figure_responses,
)
from experiments.game.debrief_frame import DRAWING, TEMPLATES, common, svg
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
from experiments.game.debrief_summary import summary
from experiments.game.debrief_words import change, flip_text, number, say
from experiments.game.flips import Flip
from experiments.game.names import clean
from experiments.game.rules import time_of
from experiments.game.script import in_lang
from experiments.game.script_file import script_of
from experiments.game.theory import IN_THE_MODEL, NO_GATE, STRATEGIES, strategy_of
from experiments.pictures import pages, plots
from experiments.pictures.web_font import with_font
from experiments.pictures.words import few_words
from experiments.pictures.words import say as response_name
from experiments.reading import compare
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reading.intervals import told_apart as excludes_zero

LOG_ROWS = 60  #: of the log that are shown


def page(debrief: Debrief, lang: str, team: str) -> str:
    """The debrief of a team as one self-contained HTML page, in "en" or "zh".

    team : as the players typed it; it is cut, cleaned and escaped.
    """
    with DRAWING:
        plots.use_style()
        figures = {
            "path": svg(figure_path(debrief, lang), debrief.digest),
            "heat": svg(figure_path(debrief, lang, "heat"), debrief.digest),
            "luck": svg(figure_luck(debrief, lang), debrief.digest),
            "flips": svg(figure_flips(debrief, lang), debrief.digest),
            "mechanisms": svg(figure_mechanisms(debrief, lang), debrief.digest),
            "responses": svg(figure_responses(debrief, lang), debrief.digest),
        }
    script = script_of(debrief.world)
    idle = [
        flip_text(Flip(*answer, kept=True, outcomes={}), script, lang) for answer in debrief.idle
    ]
    html = (
        pages.environment(TEMPLATES)
        .get_template("debrief.html.j2")
        .render(
            **common(debrief, lang),
            **summary(debrief, lang),
            team=clean(team),
            digest=debrief.digest,
            n_runs=debrief.n_runs,
            decisions=_decisions_told(debrief, lang),
            written=_written(debrief, lang),
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
    return with_font(html)


def _decisions_told(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """A row for each answer that was given: when, what, at which cost, and which strategy it is.

    Where a team did not answer, what then held is told and marked.
    """
    told, script = [], script_of(debrief.world)
    for decision in script.decisions:
        for name, answer in debrief.choices[decision.key].items():
            question, option = script.option_of(decision.key, name, answer)
            told.append(
                {
                    "key": decision.key,
                    "time": time_of(debrief.world, decision.key),
                    "question": question.text(lang),
                    "answer": option.text(lang),
                    "cost": option.cost(lang),
                    "answered": decision.key not in debrief.unanswered,
                    "as_was": script.as_happened.get(decision.key, {}).get(name) == answer,
                    **_theory(debrief, name, answer, lang),
                }
            )
    return told


def _written(debrief: Debrief, lang: str) -> list[dict[str, str]]:
    """What the team wrote at each decision, with what was asked; escaped by the page."""
    return [
        {
            "key": decision.key,
            "title": decision.text(lang),
            "reason": debrief.written[decision.key].get("reason", ""),
            "statement": debrief.written[decision.key].get("statement", ""),
        }
        for decision in script_of(debrief.world).decisions
        if decision.key in debrief.written
    ]


def _theory(debrief: Debrief, question: str, option: str, lang: str) -> dict[str, str]:
    """Names of the strategy in both theories, what they let one expect, and what the model says."""
    strategy = strategy_of(script_of(debrief.world), debrief.choices, question, option)
    scct, repair, expects = (texts[lang == "zh"] for texts in STRATEGIES[strategy])
    model = in_lang(IN_THE_MODEL.get(strategy, NO_GATE), lang)
    return {
        "strategy": strategy, "scct": scct, "repair": repair, "expects": expects, "model": model,
    }  # fmt: skip


def _theory_rows(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """One row a strategy that was chosen, in the order of its first use.

    Decisions that nobody answered are no strategy of the team.
    """
    rows: dict[str, dict[str, Any]] = {}
    for told in _decisions_told(debrief, lang):
        if not told["answered"]:
            continue
        row = rows.setdefault(told["strategy"], {**told, "used": []})
        row["used"].append(f"{told['key']} {told['answer']}")
    return list(rows.values())


def _card(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """The report card: own, history in the same world, and the place among the twins.

    Of fewer twins than a range may rest on no range is given.
    """
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
    """A row for each other answer: how much it would have changed what is judged and what it
    costs.
    """
    rows, script = [], script_of(debrief.world)
    for flip in debrief.flips:
        question, option = script.option_of(flip.decision, flip.question, flip.option)
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
    return [
        {
            "name": outcome_name(name, lang),
            "unit": unit_name(name, lang),
            "own": number(debrief.own.outcomes[name]),
            "own_mean": number(float(own_mean[name].mean())),
            **_luck(debrief, name),
            **_policy(debrief, name),
            **_best_found(debrief, name, lang),
        }
        for name in debrief.judged
    ]


def _luck(debrief: Debrief, name: str) -> dict[str, Any]:
    """Where the own outcome lies among the twins, and what these are on average."""
    twins, low, high = mean_of(debrief, name)
    return {
        "share": better_than(debrief, name),
        "same_in_all": same_in_all(debrief, name),
        "twins": number(twins),
        "twins_low": number(low),
        "twins_high": number(high),
    }


def _policy(debrief: Debrief, name: str) -> dict[str, Any]:
    """The own choices against what happened, in pairs over the same worlds."""
    mean, low, high, pairs = against_history(debrief, name)
    return {
        "history": number(debrief.references.history.outcomes[name]),
        "mean": change(mean),
        "low": change(low),
        "high": change(high),
        "pairs": pairs,
        "same": low == high == 0,
        "certain": excludes_zero(low, high),
        "gain": compare.sign_of(name) * mean > 0,
    }


def _best_found(debrief: Debrief, name: str, lang: str) -> dict[str, Any]:
    """The one other answer, and the response, that would have been best; None for no better one."""
    flip = best_flip(debrief, name)
    response, value = best_response(debrief, name)
    return {
        "flip": flip and flip_text(flip, script_of(debrief.world), lang),
        "flip_value": flip and number(flip.outcomes[name]),
        "paid": flip and _paid(debrief, flip, name, lang),
        "response": response_name(response, lang).replace("\n", " "),
        "response_value": number(value),
        "response_here": number(debrief.references.own_world[response].outcomes[name]),
    }


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
