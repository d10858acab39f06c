"""A forecast of an affair in progress, from its counts to all that a page says.

What is found is one mapping of plain values: the page, the terminal, the JSON and the record are
made of it and of nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import sim
from experiments.live import choice
from experiments.live.affair import AHEAD_H, WAITS_H, Affair, affair_of
from experiments.live.agreeing import SURPRISING, Agreement, Course, agreeing, picked
from experiments.live.ahead import Path, ahead, outlook
from experiments.live.candidates import candidates_of, later, waits
from experiments.live.draws import Worlds, worlds_for
from experiments.live.honesty import honest, skill_rows
from experiments.live.telling import counted_told, is_over, later_seen, notes_told, outlook_told
from experiments.live.words import named
from sim.base.digest import RESULTS_VERSION, digest_of, plain
from sim.base.refusal import ConfigError
from sim.branches import begin
from sim.playbook.response import Response
from sim.progress import nothing_compiled
from sim.settings.keys import check_spelling
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]
Tell = Callable[[str], None]

BUDGET_S = 180.0
SHARE_AGREEING = 0.4  #: of the time, for worlds that agree
SHARE_PAGE = 0.08  #: of the time, for what is drawn and written
MOST, FEWEST = 100, 20  #: worlds that are gone on with
PEOPLE = 1000  #: simulated people, unless the words say another number


@dataclass(frozen=True)
class Conditioned:
    """Worlds that agree with what was seen up to a moment: what `backlash.condition` returns.

    >>> import backlash
    >>> found = backlash.condition(
    ...     "xiaomi_2026", at="2026-01-05 20:00", budget_s=0, population="classroom"
    ... )
    >>> sorted(found.frame.columns[:4].tolist())
    ['log_scale', 'seed', 'weight', 'world']
    """

    affair: Affair
    worlds: Worlds
    found: Agreement

    def __repr__(self) -> str:
        """How many there are, and how many carry weight."""
        at, found = f"{self.affair.at:%Y-%m-%d %H:%M}", self.found
        return (
            f"Conditioned({self.affair.name!r}, at={at!r}, {len(found.courses)} courses, "
            f"{found.effective:.0f} carry weight)"
        )

    @property
    def frame(self) -> pd.DataFrame:
        """A row a course: world, seed, weight, log_scale, and every parameter that differs."""
        drawn: dict[int, Parameters] = {}
        for one in self.found.courses:
            drawn.setdefault(one.world, self.worlds.parameters(one.world))
        rows = [
            {
                "world": one.world, "seed": one.seed, "weight": float(weight),
                "log_scale": one.log_scale, **vars(drawn[one.world]),
            }
            for one, weight in zip(self.found.courses, self.found.weights, strict=True)
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        same = [name for name in vars(Parameters()) if frame[name].nunique() == 1]
        return frame.drop(columns=same)


def condition(
    case: str,
    at: str = "",
    budget_s: float = BUDGET_S * SHARE_AGREEING,
    worlds: str = "",
    tell: Tell = lambda text: None,
    **settings: Any,
) -> Conditioned:
    """Worlds that agree with what was seen of an affair up to a moment, with weights.

    case     : a folder of `backlash import`, or a case with a series.
    at       : "2026-01-05 20:00" in its zone; empty: the end of the counts.
    budget_s : seconds; more are taken only where fewer than 64 courses are there.
    worlds   : posterior, population or prior; empty: posterior of a case that was fitted, else the
               population of affairs.
    settings : settings of runs, a dot as two underscores.

    Raises ConfigError for what is no affair.

    >>> import backlash
    >>> found = backlash.condition(
    ...     "xiaomi_2026", at="2026-01-05 20:00", budget_s=0, population="classroom"
    ... )
    >>> found                                     # doctest: +ELLIPSIS
    Conditioned('xiaomi_2026', at='2026-01-05 20:00', 64 courses, ... carry weight)
    """
    from experiments.scripting.words import words_of

    check_spelling(words := words_of(settings), ("at", "budget_s", "worlds"))
    return _conditioned(case, at, budget_s, worlds, words, tell)


def _conditioned(
    case: str, at: str, budget_s: float, worlds: str, words: Sequence[str], tell: Tell
) -> Conditioned:
    """The same from words."""
    own = any(word.startswith(("population=", "population.n_people=")) for word in words)
    affair = affair_of(case, at, words if own else [f"population.n_people={PEOPLE}", *words])
    drawn = worlds_for(affair.config, worlds)
    found = agreeing(
        affair, drawn, budget_s,
        lambda n, effective: tell(f"{n} courses, {effective:.0f} carry weight"),
    )  # fmt: skip
    return Conditioned(affair, drawn, found)


def forecast(
    name: str,
    at: str,
    responses: Sequence[str],
    words: Sequence[str],
    budget_s: float = BUDGET_S,
    worlds: str = "",
    goal: str = "outrage",
    tell: Tell = lambda text: None,
) -> dict[str, Any]:
    """All that is said of an affair at a moment. Raises ConfigError for what cannot be said.

    goal : one of `choice.GOALS`, by which candidates are ordered.
    """
    _check(budget_s, goal)
    if nothing_compiled():  # once after an installation, and no part of the time that was given
        tell("compiling, which takes about a minute once")
        begin(sim.compose(["response=none", "population=classroom", "uncertainty=point"]), 1)
    started = time.monotonic()
    c = _conditioned(name, at, budget_s * SHARE_AGREEING, worlds, words, tell)
    if not c.found.agrees:
        raise ConfigError(
            "now", c.affair.name,
            f"what was counted lies outside of all {len(c.found.courses)} courses: it would be "
            f"more surprising in the best of them than {1 - SURPRISING:.2%} of what it does",
            "counts that some world explains",
            "complete affair.yaml (when it began, what came out, what was done); or worlds=prior",
        )  # fmt: skip
    if goal == "heat" and not c.affair.case.hot_list:
        raise ConfigError(
            "goal", goal, "the platform of this affair shows no list (hot_list: false)",
            "outrage, trust", "goal=outrage",
        )  # fmt: skip
    candidates, notes = candidates_of(responses, c.affair)
    if (done := _as_happened(c.affair)) is not None:
        candidates["as_happened"] = done
    over = started + budget_s * (1.0 - SHARE_PAGE)
    courses = _timed(c, candidates, over - time.monotonic())
    begun = time.monotonic()
    paths = ahead(c.affair, courses, candidates, lambda share: tell(f"branches: {share:.0%}"))
    each = (time.monotonic() - begun) / len(candidates)
    waited = _waited(c, candidates, courses, paths, goal, over, each, tell)
    seconds = time.monotonic() - started
    return _said(c, candidates, courses, paths, goal, waited, notes, seconds)


def _check(budget_s: float, goal: str) -> None:
    """Refuse a time and a goal that mean nothing."""
    if not 1 <= budget_s <= 86_400:
        raise ConfigError("budget_s", budget_s, "no time", "1 to 86400 seconds", "budget_s=180")
    if goal not in choice.GOALS:
        raise ConfigError("goal", goal, "no such goal", ", ".join(choice.GOALS), "goal=outrage")


def _as_happened(affair: Affair) -> Response | None:
    """What was done in a case that is over, as far as the forecast reaches; None: nobody knows."""
    if affair.happened is None:
        return None
    last = affair.now_h + max(AHEAD_H)
    whole = affair.happened
    kinds = {
        name: type(act)()
        for name, act in whole.playbook.items()
        if name not in whole.acts and act.delay_h is not None and act.delay_h > last
    }
    acts = {name: dict(given) for name, given in whole.acts.items() if given["delay_h"] <= last}
    changes: dict[str, Any] = {"acts": acts, **kinds}
    return replace(whole, **changes)


def _timed(c: Conditioned, candidates: Mapping[str, Response], left: float) -> list[Course]:
    """Courses to go on with, as many as the time allows."""
    first = picked(c.found, FEWEST, c.affair.config.seed)
    begun = time.monotonic()
    ahead(c.affair, first[:4], {"none": candidates["none"]})
    each = (time.monotonic() - begun) / max(1, len({id(one) for one in first[:4]}))
    n = int(0.5 * left / max(each * len(candidates), 1e-6))
    most = min(MOST, len(c.found.courses))  # so many worlds are not, whatever is drawn from them
    return picked(c.found, min(most, max(FEWEST, n)), c.affair.config.seed)


def _waited(
    c: Conditioned, candidates: Mapping[str, Response], courses: Sequence[Course],
    paths: Mapping[str, Sequence[Path]], goal: str, over: float, each: float, tell: Tell,
) -> list[choice.Waiting]:  # fmt: skip
    """The value of waiting, for as many hours as the time allows.

    over : when the time is over. each : seconds that all courses took under one candidate. Empty
    where not even the shortest wait fits, and where there is nothing to choose.
    """
    own = {name: one for name, one in candidates.items() if name not in ("none", "as_happened")}
    then: dict[int, _F] = {}
    for hours in WAITS_H:
        if not own or time.monotonic() + each * len(own) > over:
            break
        tell(f"deciding in {hours} h")
        moved = {
            name: later(c.affair, one, hours)
            for name, one in own.items() if not waits(c.affair, one)
        }  # fmt: skip
        found = ahead(c.affair, courses, moved)
        here = {name: found.get(name, paths[name]) for name in own}
        then[hours] = choice.losses({"none": paths["none"], **here}, goal)
    now = choice.losses({name: paths[name] for name in ("none", *own)}, goal)
    return choice.waiting(c.affair, courses, paths["none"], now, then) if then else []


def _said(
    c: Conditioned, candidates: Mapping[str, Response], courses: Sequence[Course],
    paths: Mapping[str, Sequence[Path]], goal: str, waited: Sequence[choice.Waiting],
    notes: Sequence[tuple[str, str]], seconds: float,
) -> dict[str, Any]:  # fmt: skip
    """Everything as plain values."""
    affair, found, case = c.affair, c.found, c.affair.case
    names = list(candidates)
    outlooks = {name: outlook(affair, courses, paths[name]) for name in names}
    reference = names.index("none")
    return {
        "kind": "forecast",
        "affair": affair.name,
        "case": case.name,
        "titles": dict(case.titles),
        "at": f"{affair.at:%Y-%m-%d %H:%M}",
        "zone": case.time_zone,
        "age_h": round(affair.age_h, 3),
        "made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "replay": is_over(affair),
        "version": sim.__version__,
        "results": RESULTS_VERSION,
        "digest": digest_of([plain(affair.config), found.seen.count.tolist(), c.worlds.kind]),
        "counted": counted_told(affair, affair.known),
        "came": counted_told(affair, later_seen(affair)) if affair.happened is not None else None,
        "worlds": {
            "kind": c.worlds.kind, "courses": len(found.courses),
            "effective": round(found.effective, 1),
            "effective_worlds": round(found.effective_worlds, 1),
            "surprise": round(found.surprise, 6), "enough": found.in_time,
            "power": round(found.power, 4),
            "gone_on_with": len(courses), "different": len({id(one) for one in courses}),
            "kept_weight": round(found.carried, 4), "seconds": round(seconds, 1),
        },
        "skill": skill_rows(),
        "honesty": {lang: honest(affair, c.worlds, found, lang) for lang in ("en", "zh")},
        "notes": {lang: notes_told(affair, notes, lang) for lang in ("en", "zh")},
        "goal": goal,
        "candidates": {name: outlook_told(one) for name, one in outlooks.items()},
        "comparison": {
            one: [
                asdict(row)
                for row in choice.compared(names, choice.losses(paths, one), reference)
            ]
            for one in choice.GOALS if one != "heat" or case.hot_list
        },
        "waiting": [asdict(one) for one in waited],
        "when": _when(c, names, courses, choice.losses(paths, goal)),
    }  # fmt: skip


def _when(
    c: Conditioned, names: Sequence[str], courses: Sequence[Course], loss: _F
) -> list[dict[str, str]]:
    """When the candidate with the least expected loss fails against saying nothing more."""
    from experiments.reading import discovery

    reference = names.index("none")
    others = [k for k, name in enumerate(names) if name not in ("none", "as_happened")]
    if not others:
        return []
    best = min(others, key=lambda k: float(loss[k].mean()))
    better = loss[best] < loss[reference]
    unique = list({id(one): k for k, one in enumerate(courses)}.values())
    if len(unique) < discovery.FEWEST_WORLDS:
        return []
    drawn = pd.DataFrame([vars(c.worlds.parameters(courses[k].world)) for k in unique])
    drawn = drawn.loc[:, drawn.nunique() > 1]
    drawn = drawn[[item.name for item in fields(Parameters) if item.name in drawn]]
    try:
        box = discovery.scenario(drawn, better[unique])
    except ConfigError as refusal:  # the extra is not installed
        return [dict.fromkeys(("en", "zh"), f"{refusal.reason}: {refusal.hint}")]
    if box is None:
        return [
            {
                "en": "No plain condition on one or two parameters tells when "
                f"“{named(names[best], 'en')}” is the better course and when silence is.",
                "zh": f"没有一两个参数的简单条件能区分“{named(names[best], 'zh')}”与沉默何时更好。",
            }
        ]
    en, zh = discovery.where(
        f"“{named(names[best], 'en')}” is mostly the better course",
        f"“{named(names[best], 'zh')}”较好的情形",
        box,
    )
    return [{"en": en, "zh": zh}]
