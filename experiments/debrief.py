"""After-action review of the decision game: luck and skill, flipped decisions, mechanisms, theory.

`build` makes the runs, `page` and `class_page` write self-contained HTML. Twins are the same
choices in other worlds; whoever is compared with them meets the same worlds and chances.
"""

from __future__ import annotations

import tempfile
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

import sim
from experiments import analysis, compare, pages, play, plots
from experiments.report import CANNOT, RESPONSES
from experiments.study import cores, name_of
from experiments.words import say
from experiments.worlds import provenance
from sim.case_file import read_case
from sim.config import Config
from sim.digest import RESULTS_VERSION
from sim.metrics import BY_NAME, outcomes
from sim.parameters import Mechanisms
from sim.refusal import ConfigError
from sim.scenario import clock_of
from sim.simulate import simulate

N_TWINS = 200
N_PAIRS = 24  #: of the twins' worlds in which history and the other responses are run too
#: What decisions are judged by on the page, if it is defined; the report card has more.
JUDGED = ("outrage_burden_core", "public_reach", "trust_core_d14", "morale")
INSTEAD = {"trust_core_d14": "trust_core_d7"}  #: where the horizon ends earlier
#: Taken out in every combination for the Shapley values: 2 to the power of them runs.
MECHANISMS = (
    "social_reinforcement",
    "leader_exit",
    "mocking",
    "trending_list",
    "official_heat",
    "governance_topic",
)
CURVES = ("outrage_core", "heat")
NAME_LENGTH = 32  #: characters of a team's name that are shown
LOG_ROWS = 60  #: of the log that are shown

_F = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Track:
    """What is kept of a run: outcomes, and a few series by step."""

    outcomes: Mapping[str, float]
    curves: Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class Flip:
    """One answer replaced, the others kept as far as possible, in the same world."""

    decision: str
    question: str
    option: str
    kept: bool  #: false if later answers had to go, because they were ruled out
    outcomes: Mapping[str, float]


@dataclass(frozen=True)
class References:
    """What all teams of a world are compared with."""

    history: Track
    own_world: Mapping[str, Track]  #: responses of conf/response in the same world
    pairs: Mapping[str, tuple[Mapping[str, float], ...]]  #: in the worlds of the first twins


@dataclass(frozen=True)
class Debrief:
    """All that a page says about one team; numbers only."""

    world: play.World
    choices: Mapping[str, Mapping[str, str]]
    injections: tuple[play.Injection, ...]
    log: tuple[Mapping[str, object], ...]
    times: tuple[datetime, ...]  #: of the steps of the curves
    own: Track
    twins: tuple[Track, ...]
    flips: tuple[Flip, ...]
    idle: tuple[tuple[str, str, str], ...]  #: answers that change nothing outside: no run
    judged: tuple[str, ...]  #: outcomes that the page is about
    shapley: Mapping[str, Mapping[str, float]]  #: outcome -> mechanism -> contribution
    without: Mapping[str, float]  #: outcomes with all of these mechanisms taken out
    references: References
    sources: tuple[str, str]  #: where the parameters come from, in English and Chinese
    digest: str
    n_runs: int


def twin_of(world: play.World, k: int) -> play.World:
    """The k-th other world: another draw of the parameters and another seed, for every team."""
    return replace(world, seed=world.seed + 1 + k, draw=k if k < world.draw else k + 1)


def _track(config: Config) -> Track:
    run = simulate(config)
    return Track(outcomes(run), {name: run.series[name] for name in CURVES})


def _tracks(
    configs: Sequence[Config], tick: Callable[[], None], threads: int | None
) -> Iterator[Track]:
    """Runs in threads, in order; what is compiled leaves the interpreter to the others."""
    pool = ThreadPoolExecutor(threads or cores(), thread_name_prefix="debrief-run")
    try:
        for track in pool.map(_track, configs):
            tick()
            yield track
    finally:  # what has not begun is dropped when somebody interrupts
        pool.shutdown(cancel_futures=True)


_REFERENCES: dict[Any, References] = {}
_REFERENCES_LOCK = threading.Lock()  # a class asks for the same ones team by team


def _references(
    world: play.World,
    injections: tuple[play.Injection, ...],
    tick: Callable[[], None],
    threads: int | None,
) -> References:
    key = (world, injections, N_PAIRS)
    with _REFERENCES_LOCK:
        if key not in _REFERENCES:
            while len(_REFERENCES) >= 8:
                del _REFERENCES[next(iter(_REFERENCES))]
            _REFERENCES[key] = _new_references(world, injections, tick, threads)
        else:
            for _ in range(len(_responses_of(world)) * (N_PAIRS + 1)):
                tick()
        return _REFERENCES[key]


def _responses_of(world: play.World) -> list[str]:
    """The responses that the case allows, history first."""
    possible = []
    for name in RESPONSES:
        try:
            play.response_config(world, name, ())
            possible.append(name)
        except ConfigError:
            continue  # such as a founder in a case without one
    return possible


def _new_references(
    world: play.World,
    injections: tuple[play.Injection, ...],
    tick: Callable[[], None],
    threads: int | None,
) -> References:
    names = _responses_of(world)
    worlds = [world, *(twin_of(world, k) for k in range(N_PAIRS))]
    configs = [play.response_config(w, name, injections) for name in names for w in worlds]
    tracks = list(_tracks(configs, tick, threads))
    width = len(worlds)
    groups = {name: tracks[k * width : (k + 1) * width] for k, name in enumerate(names)}
    return References(
        groups["as_happened"][0],
        {name: group[0] for name, group in groups.items()},
        {name: tuple(track.outcomes for track in group[1:]) for name, group in groups.items()},
    )


def _flips(
    world: play.World, choices: play.Choices, injections: tuple[play.Injection, ...]
) -> tuple[list[tuple[Flip, Config]], list[tuple[str, str, str]]]:
    """Every other answer to every question; those that change nothing outside stand apart."""
    own = name_of(play.config_of(world, choices, injections))
    found, idle = [], []
    for decision in play.DECISIONS:
        for question in play.available(choices, decision, world).questions:
            for option in question.options:
                if choices[decision.key][question.key] == option.key:
                    continue
                turned = {key: dict(answers) for key, answers in choices.items()}
                turned[decision.key][question.key] = option.key
                possible = play.repaired(turned, world)
                config = play.config_of(world, possible, injections)
                if name_of(config) == own:
                    idle.append((decision.key, question.key, option.key))
                    continue
                kept = all(
                    turned[key].get(name) == answer
                    for key, answers in possible.items()
                    for name, answer in answers.items()
                    if name in turned[key]
                ) and all(set(turned[key]) <= set(possible[key]) for key in turned)
                flip = Flip(decision.key, question.key, option.key, kept, {})
                found.append((flip, config))
    return found, idle


def _coalitions() -> list[frozenset[str]]:
    return [
        frozenset(group)
        for size in range(len(MECHANISMS) + 1)
        for group in combinations(MECHANISMS, size)
    ]


def _only(on: frozenset[str]) -> Mechanisms:
    return Mechanisms(**{name: name in on for name in MECHANISMS})


def _judged_names(own: Track) -> tuple[str, ...]:
    known = [name if np.isfinite(own.outcomes[name]) else INSTEAD.get(name, "") for name in JUDGED]
    return tuple(name for name in known if name and np.isfinite(own.outcomes[name]))


def build(
    world: play.World,
    choices: play.Choices,
    injections: Sequence[play.Injection],
    log: Sequence[Mapping[str, object]] = (),
    progress: Progress = lambda done, total: None,
    *,
    n_twins: int = N_TWINS,
    threads: int | None = None,
) -> Debrief:
    """Make the runs of a debrief: own, twins, flips, mechanisms, history and other responses.

    choices : all seven decisions. progress : called with runs done and runs in all; the first call
    reports 0 of all. Raises ConfigError for choices that are not a whole game.
    """
    missing = [decision.key for decision in play.DECISIONS if decision.key not in choices]
    if missing:
        raise ConfigError(
            "choices", None, "the game is not over", "an answer to every decision", missing[0]
        )
    injected = tuple(dict.fromkeys(injections))
    own = play.config_of(world, choices, injected)
    twins = [play.config_of(twin_of(world, k), choices, injected) for k in range(n_twins)]
    flips, idle = _flips(world, choices, injected)
    coalitions = _coalitions()
    games = [play.config_of(world, choices, injected, _only(group)) for group in coalitions]
    configs = [own, *twins, *(config for _, config in flips), *games]
    total = len(configs) + len(_responses_of(world)) * (N_PAIRS + 1)
    done, lock = 0, threading.Lock()

    def tick() -> None:
        nonlocal done
        with lock:
            done += 1
            progress(done, total)

    progress(0, total)
    tracks = list(_tracks(configs, tick, threads))
    after = len(twins) + 1
    values = dict(zip(coalitions, tracks[after + len(flips) :], strict=True))
    references = _references(world, injected, tick, threads)
    clock = clock_of(own, read_case(own.case))
    return Debrief(
        world=world,
        choices={key: dict(answers) for key, answers in choices.items()},
        injections=injected,
        log=tuple(dict(entry) for entry in log),
        times=tuple(clock.time_of(step) for step in range(clock.n_steps)),
        own=tracks[0],
        twins=tuple(tracks[1:after]),
        flips=tuple(
            replace(flip, outcomes=track.outcomes)
            for (flip, _), track in zip(flips, tracks[after:], strict=False)
        ),
        idle=tuple(idle),
        judged=_judged_names(tracks[0]),
        shapley={
            name: compare.shapley({group: t.outcomes[name] for group, t in values.items()})
            for name in _judged_names(tracks[0])
        },
        without=values[frozenset()].outcomes,
        references=references,
        sources=(provenance(own, "en"), provenance(own, "zh")),
        digest=name_of(own),
        n_runs=total,
    )


# --- what is read off ---------------------------------------------------------------------------


def better_than(debrief: Debrief, outcome: str) -> float:
    """Share of the twins, the paths of one's own policy, that did worse; ties count half.

    NaN where the outcome is not defined.
    """
    sign, own = compare.sign_of(outcome), debrief.own.outcomes[outcome]
    other = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    other = other[np.isfinite(other)]
    if not other.size or not np.isfinite(own) or not np.isfinite(sign):
        return float("nan")
    return float(((sign * own > sign * other) + 0.5 * (own == other)).mean())


def against_history(debrief: Debrief, outcome: str) -> tuple[float, float, float, int]:
    """Mean paired difference own - history over the twins' worlds, 95 % interval, pairs."""
    history = debrief.references.pairs["as_happened"]
    apart = np.array(
        [
            twin.outcomes[outcome] - other[outcome]
            for twin, other in zip(debrief.twins, history, strict=False)
        ]
    )
    apart = apart[np.isfinite(apart)]
    if apart.size < analysis.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan"), apart.size
    return float(apart.mean()), *analysis.interval(apart), apart.size


def best_flip(debrief: Debrief, outcome: str) -> Flip | None:
    """The one other answer that would have been best on this outcome; None if none was better."""
    sign = compare.sign_of(outcome)
    flips = [flip for flip in debrief.flips if np.isfinite(flip.outcomes[outcome])]
    best = max(flips, key=lambda flip: sign * flip.outcomes[outcome], default=None)
    if best is None or sign * (best.outcomes[outcome] - debrief.own.outcomes[outcome]) <= 0:
        return None
    return best


def responses_frame(debrief: Debrief) -> pd.DataFrame:
    """Outcomes of the own policy and of every other response, in the same worlds: one row a run."""
    rows = [
        {"response": name, "seed": k, **values}
        for name, group in debrief.references.pairs.items()
        for k, values in enumerate(group)
    ]
    own = [
        {"response": "own", "seed": k, **twin.outcomes}
        for k, twin in enumerate(debrief.twins[:N_PAIRS])
    ]
    return pd.DataFrame([*own, *rows])


def best_response(debrief: Debrief, outcome: str) -> tuple[str, float]:
    """The response of conf/response with the best mean over the pairs, and that mean."""
    frame = responses_frame(debrief)
    means = frame[frame["response"] != "own"].groupby("response")[outcome].mean()
    means = means.reindex(list(debrief.references.pairs))
    best = str((compare.sign_of(outcome) * means).idxmax())
    return best, float(means[best])


# --- figures ------------------------------------------------------------------------------------

_DRAWING = threading.Lock()  # matplotlib's caches are not made for several threads


def _svg(figure: Figure, digest: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        text = pages.save(figure, Path(folder) / "figure", digest)
    return pages.inline(pages.shrunk(text))


def _moments(debrief: Debrief) -> list[tuple[str, datetime]]:
    return [(d.key, play.time_of(debrief.world, d.key)) for d in play.DECISIONS]


def _mark_decisions(axes: Sequence[Any], debrief: Debrief) -> None:
    for ax in axes:
        for _, moment in _moments(debrief):
            ax.axvline(float(mdates.date2num(moment)), color=plots.GREY, linewidth=0.6, zorder=0)
    level, before = 0, -1e9
    for key, moment in _moments(debrief):
        x = float(mdates.date2num(moment))
        level = (level + 1) % 3 if x - before < 0.3 else 0
        before = x
        axes[0].annotate(
            key, (x, 1.0), xycoords=("data", "axes fraction"), xytext=(1, 2 + 9 * level),
            textcoords="offset points", fontsize=7, color="#444444", annotation_clip=False,
        )  # fmt: skip


def _until(debrief: Debrief, days: float = 7) -> tuple[float, float]:
    """From half a day before the first decision to some days after the last, as dates."""
    first, last = _moments(debrief)[0][1], _moments(debrief)[-1][1]
    return float(mdates.date2num(first)) - 0.5, float(mdates.date2num(last)) + days - 2


def figure_path(debrief: Debrief, lang: str) -> Figure:
    """The own path among its twins, and history in the same world."""
    figure = Figure(figsize=(9, 6))
    axes = list(figure.subplots(2, 1, sharex=True))
    x = np.asarray(mdates.date2num(list(debrief.times)))
    for ax, name in zip(axes, CURVES, strict=True):
        twins = np.stack([twin.curves[name].astype(np.float64) for twin in debrief.twins])
        label = _say("twins", lang, n=len(debrief.twins))
        plots.ensemble(ax, debrief.times, twins, plots.SKY, label, spaghetti=True)
        history = debrief.references.history.curves[name]
        ax.plot(x, history, color=plots.ORANGE, linewidth=1.6, linestyle="--",
                label=_say("history_here", lang))  # fmt: skip
        ax.plot(x, debrief.own.curves[name], color=plots.BLACK, linewidth=1.8,
                label=_say("own", lang))  # fmt: skip
        ax.set_ylim(0)
        ax.set_ylabel(_say(f"axis_{name}", lang))
    axes[0].set_ylim(0, 1)
    axes[0].legend(loc="upper right")
    axes[1].set_xlim(*_until(debrief))
    _mark_decisions(axes, debrief)
    plots.days(axes[1], lang)
    axes[1].xaxis.set_major_locator(mdates.DayLocator())
    return figure


def figure_luck(debrief: Debrief, lang: str) -> Figure:
    """The own outcome among the paths of the same policy."""
    figure = Figure(figsize=(9, 5.4))
    for ax, name in zip(figure.subplots(2, 2).flat, debrief.judged, strict=False):
        values = np.array([twin.outcomes[name] for twin in debrief.twins])
        values = values[np.isfinite(values)]
        ax.hist(values, bins=24, color=plots.SKY, alpha=0.7)
        own, history = debrief.own.outcomes[name], debrief.references.history.outcomes[name]
        ax.axvline(history, color=plots.ORANGE, linewidth=1.6, linestyle="--",
                   label=_say("history_here", lang))  # fmt: skip
        ax.axvline(own, color=plots.BLACK, linewidth=2, label=_say("own", lang))
        share = better_than(debrief, name)
        if np.isfinite(share):
            ax.set_title(_say("better_than", lang, share=share))
        ax.set_xlabel(f"{_outcome(name, lang)} [{_unit(name, lang)}]")
        ax.set_ylabel(_say("axis_twins", lang))
    for ax in figure.axes[len(debrief.judged) :]:
        ax.set_visible(False)
    figure.axes[1].legend(loc="upper left")
    return figure


def figure_flips(debrief: Debrief, lang: str, shown: int = 14) -> Figure:
    """What one other answer would have changed, the largest changes of outrage first."""
    flips = sorted(
        debrief.flips,
        key=lambda f: -abs(f.outcomes[debrief.judged[0]] - debrief.own.outcomes[debrief.judged[0]]),
    )[:shown]
    figure = Figure(figsize=(10, 1.4 + 0.33 * max(1, len(flips))))
    axes = list(figure.subplots(1, 3, sharey=True))
    y = np.arange(len(flips))[::-1]
    for ax, name in zip(axes, debrief.judged, strict=False):
        change = np.array([f.outcomes[name] - debrief.own.outcomes[name] for f in flips])
        good = compare.sign_of(name) * change > 0
        colours = [plots.GREEN if g else plots.VERMILION for g in good]
        ax.barh(y, change, color=colours, height=0.62)
        ax.axvline(0, color=plots.BLACK, linewidth=0.8)
        ax.set_xlabel(f"{_outcome(name, lang)}\n[{_unit(name, lang)}]")
        ax.margins(x=0.08)
        ax.locator_params(axis="x", nbins=4)
    axes[0].set_yticks(y, [_flip_label(debrief, flip, lang) for flip in flips])
    return figure


def figure_mechanisms(debrief: Debrief, lang: str) -> Figure:
    """Shapley values of the mechanisms on the path that was taken."""
    figure = Figure(figsize=(9, 2.6))
    axes = list(figure.subplots(1, 3, sharey=True))
    order = sorted(MECHANISMS, key=lambda name: abs(debrief.shapley[debrief.judged[0]][name]))
    y = np.arange(len(order))
    for ax, name in zip(axes, debrief.judged, strict=False):
        values = [debrief.shapley[name][mechanism] for mechanism in order]
        bars = ax.barh(y, values, color=plots.BLUE, height=0.62)
        ax.bar_label(bars, [_change(value, 2) for value in values], padding=3, fontsize=7)
        ax.axvline(0, color=plots.BLACK, linewidth=0.8)
        ax.set_xlabel(f"{_outcome(name, lang)}\n[{_unit(name, lang)}]")
        ax.margins(x=0.28)
        ax.locator_params(axis="x", nbins=4)
    axes[0].set_yticks(y, [_say(f"mechanism_{name}", lang) for name in order])
    return figure


def figure_responses(debrief: Debrief, lang: str) -> Figure:
    """Other responses against the own policy, in pairs."""
    table = analysis.contrasts(responses_frame(debrief), debrief.judged, "own")
    figure = Figure(figsize=(11, 3.6))
    axes = list(figure.subplots(1, len(debrief.judged), sharey=True))
    plots.compared(axes, table, lang)
    for ax, name in zip(axes, debrief.judged, strict=True):
        ax.set_xlabel(f"{_outcome(name, lang)}\n[{_unit(name, lang)}]")
    for ax in axes[1:]:
        ax.tick_params(left=False)
    return figure


def figure_class(debriefs: Sequence[Debrief], lang: str) -> Figure:
    """All teams in the same world, by their numbers; and what their policies do on average."""
    figure = Figure(figsize=(9, 5 + 0.22 * len(debriefs)))
    above, below = figure.subplots(2, 1, height_ratios=(3, 1 + 0.22 * len(debriefs)))
    first = debriefs[0]
    x = np.asarray(mdates.date2num(list(first.times)))
    history = first.references.history
    above.plot(x, history.curves["outrage_core"], color=plots.ORANGE, linewidth=2,
               linestyle="--", label=_say("history_here", lang))  # fmt: skip
    for k, debrief in enumerate(debriefs, start=1):
        above.plot(x, debrief.own.curves["outrage_core"], linewidth=1.1, color=plots.BLUE,
                   alpha=0.6, label=_say("teams", lang) if k == 1 else None)  # fmt: skip
    above.set_ylim(0, 1)
    above.set_xlim(*_until(first))
    above.set_ylabel(_say("axis_outrage_core", lang))
    above.legend(loc="upper right")
    _mark_decisions([above], first)
    plots.days(above, lang)
    above.xaxis.set_major_locator(mdates.DayLocator())
    order = sorted(range(len(debriefs)), key=lambda k: -_mean(debriefs[k], first.judged[0])[0])
    for y, k in enumerate(order):
        mean, low, high = _mean(debriefs[k], first.judged[0])
        below.plot([low, high], [y, y], color=plots.BLUE, linewidth=2)
        below.plot([mean], [y], "o", color=plots.BLUE, markersize=5,
                   label=_say("policy_mean", lang, n=len(first.twins)) if y == 0 else None)  # fmt: skip
        below.plot([debriefs[k].own.outcomes[debrief.judged[0]]], [y], "D", color=plots.BLACK,
                   markersize=4, label=_say("this_world", lang) if y == 0 else None)  # fmt: skip
    below.axvline(
        history.outcomes[debrief.judged[0]], color=plots.ORANGE, linewidth=1.6, linestyle="--"
    )
    below.set_yticks(range(len(order)), [str(k + 1) for k in order])
    below.set_ylabel(_say("team_number", lang))
    below.set_xlabel(f"{_outcome(first.judged[0], lang)} [{_unit(first.judged[0], lang)}]")
    below.set_ylim(-0.7, len(order) - 0.3)
    below.margins(x=0.08)
    below.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    return figure


def _mean(debrief: Debrief, outcome: str) -> tuple[float, float, float]:
    """Mean over the twins, with its 95 % interval."""
    values = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    values = values[np.isfinite(values)]
    if values.size < analysis.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan")
    return float(values.mean()), *analysis.interval(values)


# --- words --------------------------------------------------------------------------------------


def _outcome(name: str, lang: str) -> str:
    return BY_NAME[name].zh if lang == "zh" else BY_NAME[name].en


def _unit(name: str, lang: str) -> str:
    unit = BY_NAME[name].unit
    return play.UNITS_ZH.get(unit, unit) if lang == "zh" else unit


def _texts(thing: play.Option | play.Question | play.Decision, lang: str) -> str:
    return thing.zh if lang == "zh" else thing.en


def _option(decision: str, question: str, option: str) -> tuple[play.Question, play.Option]:
    asked = next(d for d in play.DECISIONS if d.key == decision)
    about = next(q for q in asked.questions if q.key == question)
    return about, next(o for o in about.options if o.key == option)


def _flip_label(debrief: Debrief, flip: Flip, lang: str) -> str:
    text, star = _flip_text(flip, lang), "" if flip.kept else " *"
    room = 24 if lang == "zh" else 46
    return (text if len(text) <= room else text[: room - 1] + "…") + star


def clean(text: object, room: int = NAME_LENGTH) -> str:
    """Something typed by a player as it may be shown: printable, on one line, not long."""
    kept = "".join(c for c in str(text) if not unicodedata.category(c).startswith("C"))
    kept = " ".join(kept.split())
    return kept if len(kept) <= room else kept[: room - 1] + "…"


def number(value: float, digits: int = 3) -> str:
    """A number as it is printed on the page; a dash for what did not happen."""
    if not np.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"


def _change(value: float, digits: int = 3) -> str:
    """A difference with its sign; what would round to nothing is 0."""
    if not np.isfinite(value):
        return "–"
    return f"{value:+,.0f}" if abs(value) >= 1000 else (
        f"{value:+.{digits}g}" if abs(value) >= 5e-4 else "0"
    )  # fmt: skip


def _say(key: str, lang: str, **values: object) -> str:
    text = _WORDS[key][lang == "zh"]
    return text.format(**values) if values else text


_WORDS: dict[str, tuple[str, str]] = {
    "own": ("your path", "你们的路径"),
    "twins": ("{n} twins: median, 5-95 %", "{n}个孪生：中位数与5-95 %区间"),
    "history_here": ("what happened, in this world", "实际应对（同一世界）"),
    "axis_outrage_core": ("outrage of core fans [share]", "核心粉丝愤怒 [比例]"),
    "axis_heat": ("platform heat", "平台热度"),
    "axis_twins": ("twins", "孪生数"),
    "better_than": ("better than {share:.0%} of the twins", "优于{share:.0%}的孪生"),
    "teams": ("teams", "各队"),
    "team_number": ("team", "队"),
    "policy_mean": ("mean of {n} twins, 95 %", "{n}个孪生的均值，95 %区间"),
    "this_world": ("in this world", "在此世界中"),
    "ask_rumour": ("rumour", "传闻"),
    "ask_stance": ("first words", "首次表态"),
    "ask_buyback": ("buyback", "回购"),
    "ask_partners": ("partners", "合作KOL"),
    "ask_speaker": ("speaker", "发声者"),
    "ask_admission": ("admission", "承认"),
    "ask_deal": ("deal", "合作"),
    "ask_statement": ("channel", "渠道"),
    "ask_penalty": ("penalty", "处罚"),
    "ask_process": ("hearing", "程序"),
    "ask_reform": ("reform", "改革"),
    "ask_reply": ("reply", "说明"),
    "ask_delivery": ("reform", "改革"),
    "ask_compensation": ("compensation", "补偿"),
    "mechanism_social_reinforcement": ("groups reinforce outrage", "群体强化愤怒"),
    "mechanism_leader_exit": ("partners leave", "合作KOL退出"),
    "mechanism_mocking": ("mocking", "嘲讽"),
    "mechanism_trending_list": ("the trending list", "热搜榜"),
    "mechanism_official_heat": ("official statements make heat", "官方声明带来热度"),
    "mechanism_governance_topic": ("governance becomes a topic", "治理成为话题"),
}

#: strategy -> its name in SCCT, its name in image repair, and what the theories let one expect.
#: Coombs (2007), Corporate Reputation Review 10(3), 163-176; Benoit (1997), Public Relations
#: Review 23(2), 177-186; stealing thunder: Arpan & Pompper (2003), Public Relations Review 29(3),
#: 291-308. In own words, from memory; not re-checked.
STRATEGIES: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "silence": (
        ("no response", "不回应"),
        ("none of the five", "不属于五类策略"),
        ("Others fill the silence. It can pass where blame is weak; where the brand is held responsible it reads as having no answer.",
         "沉默由他人填补。责任归因弱时或可过去；被认定有责任时，则显得无言以对。"),
    ),
    "no_move": (
        ("no move on this point", "此项未行动"),
        ("no move on this point", "此项未行动"),
        ("Nothing was said or done here, so there is nothing to match.",
         "此处未言未行，无从匹配。"),
    ),
    "voice": (
        ("who speaks, not what is said", "谁说，而非说什么"),
        ("who speaks, not what is said", "谁说，而非说什么"),
        ("A speaker with responsibility lends weight to a rebuilding statement, and draws attention to it.",
         "有责任者发声使重建更有分量，也更引人注目。"),
    ),
    "process": (
        ("outside the theory", "不在理论之内"),
        ("outside the theory", "不在理论之内"),
        ("A question of fair procedure: people, staff above all, judge how a penalty came about as well as how hard it is.",
         "属程序公正：人们（尤其员工）既看处罚轻重，也看如何作出。"),
    ),
    "thunder": (
        ("stealing thunder, then rebuild", "抢先披露，再重建"),
        ("mortification, early", "承认过错（提前）"),
        ("Bad news hurts less from one's own mouth; the price is that it is then certainly true.",
         "坏消息由自己说出，伤害较小；代价是从此确凿无疑。"),
    ),
    "instruct": (
        ("instructing information", "指导性信息"),
        ("none of the five", "不属于五类策略"),
        ("Buys time; whoever says that he is looking into it must come back soon with something.",
         "争取时间；说“正在核实”者必须尽快给出下文。"),
    ),
    "deny": (
        ("deny", "否认"),
        ("simple denial", "直接否认"),
        ("Fits only where there is truly no responsibility. When evidence turns up, it counts as a second offence.",
         "只适合确无责任的情形。一旦出现证据，即成第二次过错。"),
    ),
    "diminish": (
        ("diminish: excuse", "弱化：辩解"),
        ("evading responsibility", "规避责任"),
        ("Fits accidents. For something done on purpose it is too little, and is heard as an excuse.",
         "适合意外事故。对有意为之的事则过轻，会被当作借口。"),
    ),
    "rebuild": (
        ("rebuild: apology", "重建：致歉"),
        ("mortification", "承认过错"),
        ("The match for a preventable crisis. It accepts blame, and works better with a deed and with a speaker who carries weight.",
         "与可预防型危机相匹配。它承担责任；若伴随行动、由有分量者发声，效果更好。"),
    ),
    "deed": (
        ("rebuild, by a deed", "重建（以行动）"),
        ("corrective action", "纠正行动"),
        ("Deeds make words credible; without words they leave open what was wrong.",
         "行动使言辞可信；若无言辞，则错在何处仍不清楚。"),
    ),
    "scapegoat": (
        ("deny: scapegoat", "否认：替罪"),
        ("shifting the blame", "转移责任"),
        ("May move blame downwards; where people think that it came from above, it looks unfair and turns on the brand.",
         "可能把责任下移；若人们认为责任在上，则显得不公，反噬品牌。"),
    ),
    "account": (
        ("rebuild, with accountability", "重建（追责）"),
        ("corrective action and mortification", "纠正行动与承认过错"),
        ("Answers the question of who is responsible, and makes news of it; too hard a penalty raises the question of fairness.",
         "回答“谁负责”，同时制造新闻；处罚过重则引出公平问题。"),
    ),
    "reform": (
        ("adjusting information, rebuild", "调整性信息，重建"),
        ("corrective action", "纠正行动"),
        ("Says why it will not happen again. It counts once it is delivered; an empty promise is a second offence.",
         "说明为何不会再犯。兑现方才算数；空头承诺是第二次过错。"),
    ),
    "compensate": (
        ("rebuild: compensation", "重建：补偿"),
        ("reducing offensiveness: compensation", "减轻冒犯：补偿"),
        ("Helps those who lost something; for hurt identity it can look like payment for silence.",
         "对有损失者有用；对受伤的认同则可能像封口费。"),
    ),
    "bolster": (
        ("rebuild with bolstering", "重建并强化"),
        ("mortification and bolstering", "承认过错与形象强化"),
        ("A high speaker shows that it matters, and draws everybody's eyes.",
         "高层发声显示重视，也引来所有人的目光。"),
    ),
    "outside": (
        ("outside the theory", "不在理论之内"),
        ("outside the theory", "不在理论之内"),
        ("Speaks to investors, partners or the desk, not to those who feel hurt.",
         "面向投资者、伙伴或内部，而非受伤害者。"),
    ),
    "channel": (
        ("a matter of channel, not of strategy", "渠道问题，而非策略"),
        ("outside the theory", "不在理论之内"),
        ("The theories say what to say, hardly to whom. Whoever pushes a statement also informs those who knew nothing.",
         "理论谈说什么，少谈对谁说。推送声明也会告知原本不知情者。"),
    ),
}  # fmt: skip
#: (question, option) -> strategy; what is not listed is no move on its point.
STRATEGY_OF: dict[tuple[str, str], str] = {
    ("rumour", "wait"): "silence",
    ("stance", "silence"): "silence",
    ("speaker", "nobody"): "silence",
    ("penalty", "none"): "silence",
    ("reply", "nobody"): "silence",
    ("speaker", "staff"): "voice",
    ("speaker", "pr_head"): "voice",
    ("speaker", "founder"): "voice",
    ("statement", "stay"): "channel",
    ("process", "short"): "process",
    ("process", "day"): "process",
    ("process", "three_days"): "process",
    ("rumour", "disclose"): "thunder",
    ("rumour", "monitor"): "outside",
    ("rumour", "verify"): "outside",
    ("stance", "hold"): "instruct",
    ("stance", "deny"): "deny",
    ("stance", "apologise"): "rebuild",
    ("stance", "apologise_end"): "rebuild",
    ("stance", "end"): "deed",
    ("buyback", "routine"): "outside",
    ("buyback", "large"): "outside",
    ("partners", "call"): "outside",
    ("admission", "little"): "diminish",
    ("admission", "some"): "rebuild",
    ("admission", "full"): "rebuild",
    ("deal", "end"): "deed",
    ("statement", "push"): "channel",
    ("statement", "apologise"): "rebuild",
    ("statement", "apologise_push"): "rebuild",
    ("penalty", "handler"): "scapegoat",
    ("penalty", "managers"): "account",
    ("penalty", "executives"): "account",
    ("penalty", "executive_out"): "account",
    ("reform", "vetting"): "reform",
    ("reform", "panel"): "reform",
    ("delivery", "deliver"): "reform",
    ("delivery", "begin"): "reform",
    ("reply", "pr_head"): "rebuild",
    ("reply", "founder"): "bolster",
    ("compensation", "vouchers"): "compensate",
    ("compensation", "generous"): "compensate",
}

#: Beside what the report of a case already says.
_CANNOT: tuple[tuple[str, str], ...] = (
    (
        "Whether this policy would have done better in January 2026: twins are plausible worlds of a model, not probabilities.",
        "此策略在2026年1月是否会更好：孪生是模型中合理的世界，不是概率。",
    ),
    (
        "How words sound: an apology here has a time, a speaker and a share of responsibility that it admits, but no wording.",
        "措辞如何：这里的致歉只有时间、发声者与承认责任的程度，没有文字。",
    ),
    (
        "What a holding statement, a second look at an old statement, or the injected events do: their sizes are assumed.",
        "“正在核实”、重复推送声明与加入事件的作用：其大小均为假定。",
    ),
    (
        "What calls to partners or closer monitoring are worth beyond information: in the model they change nothing outside.",
        "致电伙伴或加密监测除信息外的价值：模型中它们不改变外部世界。",
    ),
)


# --- pages --------------------------------------------------------------------------------------


def _decisions_told(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    told = []
    for decision in play.DECISIONS:
        for name, answer in debrief.choices[decision.key].items():
            question, option = _option(decision.key, name, answer)
            told.append(
                {
                    "key": decision.key,
                    "time": play.time_of(debrief.world, decision.key),
                    "question": _texts(question, lang),
                    "answer": _texts(option, lang),
                    "cost": option.cost_zh if lang == "zh" else option.cost_en,
                    **_theory(debrief, name, answer, lang),
                }
            )
    return told


def _theory(debrief: Debrief, question: str, option: str, lang: str) -> dict[str, str]:
    """Names of the strategy in both theories, and what they let one expect."""
    silent = debrief.choices["D3"].get("speaker") == "nobody"
    spared = debrief.choices["D5"].get("penalty") == "none"
    strategy = STRATEGY_OF.get((question, option), "no_move")
    if (question == "admission" and silent) or (question == "process" and spared):
        strategy = "no_move"  # nobody spoke, nobody was heard
    scct, repair, expects = (texts[lang == "zh"] for texts in STRATEGIES[strategy])
    return {"strategy": strategy, "scct": scct, "repair": repair, "expects": expects}


def _theory_rows(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """One row a strategy that was used, in the order of its first use."""
    rows: dict[str, dict[str, Any]] = {}
    for told in _decisions_told(debrief, lang):
        row = rows.setdefault(told["strategy"], {**told, "used": []})
        row["used"].append(f"{told['key']} {told['answer']}")
    return list(rows.values())


def _card(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    """The report card: own, history in the same world, and the place among the twins."""
    rows = []
    for name in play.card_of(debrief.world):
        own, history = debrief.own.outcomes[name], debrief.references.history.outcomes[name]
        twins = np.array([twin.outcomes[name] for twin in debrief.twins])
        twins = twins[np.isfinite(twins)]
        low, high = np.quantile(twins, (0.05, 0.95)) if twins.size else (np.nan, np.nan)
        share = better_than(debrief, name)
        rows.append(
            {
                "name": _outcome(name, lang),
                "unit": _unit(name, lang),
                "own": number(own),
                "history": number(history),
                "low": number(low),
                "high": number(high),
                "share": "–" if not np.isfinite(share) else f"{share:.0%}",
                "verdict": _verdict(name, own, history),
            }
        )
    return rows


def _verdict(name: str, own: float, history: float) -> str:
    """better, worse or "" against history in this world; "" also where nothing is better."""
    gain = compare.sign_of(name) * (own - history)
    if not np.isfinite(gain) or gain == 0:
        return ""
    return "better" if gain > 0 else "worse"


def _flip_rows(debrief: Debrief, lang: str) -> list[dict[str, Any]]:
    rows = []
    for flip in debrief.flips:
        question, option = _option(flip.decision, flip.question, flip.option)
        cells = []
        for name in debrief.judged:
            change = flip.outcomes[name] - debrief.own.outcomes[name]
            cells.append(
                {
                    "change": _change(change),
                    "verdict": _verdict(name, flip.outcomes[name], debrief.own.outcomes[name]),
                }
            )
        rows.append(
            {
                "key": flip.decision,
                "question": _texts(question, lang),
                "option": _texts(option, lang),
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
        twins, twins_low, twins_high = _mean(debrief, name)
        rows.append(
            {
                "name": _outcome(name, lang),
                "unit": _unit(name, lang),
                "own": number(debrief.own.outcomes[name]),
                "history": number(debrief.references.history.outcomes[name]),
                "share": better_than(debrief, name),
                "twins": number(twins),
                "twins_low": number(twins_low),
                "twins_high": number(twins_high),
                "mean": _change(mean),
                "low": _change(low),
                "high": _change(high),
                "pairs": pairs,
                "same": low == high == 0,
                "certain": low > 0 or high < 0,
                "gain": compare.sign_of(name) * mean > 0,
                "flip": flip and _flip_text(flip, lang),
                "flip_value": flip and number(flip.outcomes[name]),
                "response": say(response, lang).replace("\n", " "),
                "response_value": number(value),
                "response_here": number(debrief.references.own_world[response].outcomes[name]),
                "own_mean": number(float(own_mean[name].mean())),
            }
        )
    return rows


def _flip_text(flip: Flip, lang: str) -> str:
    """The decision, what it is about in a word, and the other answer."""
    _, option = _option(flip.decision, flip.question, flip.option)
    mark = "：" if lang == "zh" else ": "
    return f"{flip.decision} {_say(f'ask_{flip.question}', lang)}{mark}{_texts(option, lang)}"


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


def _common(debrief: Debrief, lang: str) -> dict[str, Any]:
    config = play.blank_config(debrief.world)
    case = read_case(config.case)
    injected = [
        f"{item.at}: {play.INJECTIONS[item.kind][lang == 'zh']}" for item in debrief.injections
    ]
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
        "n_pairs": min(N_PAIRS, len(debrief.twins)),
        "cannot": [texts[lang == "zh"] for texts in (*_CANNOT, *CANNOT[:4])],
    }


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
    idle = [_flip_text(Flip(*answer, kept=True, outcomes={}), lang) for answer in debrief.idle]
    return (
        pages.environment()
        .get_template("debrief.html.j2")
        .render(
            **_common(debrief, lang),
            team=clean(team),
            digest=debrief.digest,
            n_runs=debrief.n_runs,
            decisions=_decisions_told(debrief, lang),
            card=_card(debrief, lang),
            judged=_judged(debrief, lang),
            judged_names=[_outcome(name, lang) for name in debrief.judged],
            flips=_flip_rows(debrief, lang),
            idle=idle,
            theory=_theory_rows(debrief, lang),
            responses=[say(name, lang) for name in debrief.references.pairs],
            mechanisms=[_say(f"mechanism_{name}", lang) for name in MECHANISMS],
            n_coalitions=2 ** len(MECHANISMS),
            log=_log_rows(debrief, lang),
            figures=figures,
        )
    )


def class_page(debriefs: Mapping[str, Debrief], lang: str) -> str:
    """The debrief of a class, all teams in the same world, as one self-contained HTML page.

    debriefs : team name -> debrief; teams are numbered in this order. Raises ConfigError without
    any, or for teams in different worlds.
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
            "cells": [
                _class_cell(debrief, outcome, history[outcome]) for outcome in debrief.judged
            ],
        }
        for k, (name, debrief) in enumerate(debriefs.items(), start=1)
    ]
    return (
        pages.environment()
        .get_template("debrief_class.html.j2")
        .render(
            **_common(teams[0], lang),
            rows=rows,
            history=[number(history[name]) for name in teams[0].judged],
            judged=[
                {"name": _outcome(name, lang), "unit": _unit(name, lang)}
                for name in teams[0].judged
            ],
            taken=_taken(teams, lang),
            best=_best_of_class(debriefs, lang),
            figure=figure,
        )
    )


def _class_cell(debrief: Debrief, outcome: str, history: float) -> dict[str, Any]:
    mean, low, high = _mean(debrief, outcome)
    own = debrief.own.outcomes[outcome]
    return {
        "own": number(own),
        "verdict": _verdict(outcome, own, history),
        "mean": number(mean),
        "low": number(low),
        "high": number(high),
    }


def _best_of_class(debriefs: Mapping[str, Debrief], lang: str) -> list[dict[str, str]]:
    """Who ended best in this world, and whose policy is best over its twins."""
    found = []
    for outcome in next(iter(debriefs.values())).judged:
        sign = compare.sign_of(outcome)
        here = max(debriefs, key=lambda name: sign * debriefs[name].own.outcomes[outcome])
        policy = max(debriefs, key=lambda name: sign * _mean(debriefs[name], outcome)[0])
        best, value = best_response(debriefs[here], outcome)
        found.append(
            {
                "outcome": _outcome(outcome, lang),
                "here": clean(here),
                "policy": clean(policy),
                "response": say(best, lang).replace("\n", " "),
                "value": number(value),
            }
        )
    return found


def _taken(teams: Iterable[Debrief], lang: str) -> list[dict[str, Any]]:
    """How many teams took each option, question by question."""
    teams = list(teams)
    rows = []
    for decision in play.DECISIONS:
        for question in decision.questions:
            answers = [team.choices[decision.key].get(question.key) for team in teams]
            rows.append(
                {
                    "key": decision.key,
                    "question": _texts(question, lang),
                    "options": [
                        {
                            "text": _texts(option, lang),
                            "teams": [
                                k for k, answer in enumerate(answers, start=1)
                                if answer == option.key
                            ],
                        }
                        for option in question.options
                        if option.key in answers
                    ],
                }
            )  # fmt: skip
    return rows
