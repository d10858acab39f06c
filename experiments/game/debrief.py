"""The runs of a debrief: the own game, its twins, flipped answers, mechanisms, other responses.

Twins are the same choices in other worlds; whoever is compared with them meets the same worlds and
chances. `debrief_reading` reads off what the runs say, `debrief_pages` writes it down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.game.rules import Choices, Injection, available, repaired
from experiments.game.runs import config_of, response_config
from experiments.game.script import DECISIONS
from experiments.game.world import World
from experiments.reading import shapley
from experiments.reading.provenance import provenance
from experiments.reports.demo_report import RESPONSES
from sim.base.refusal import ConfigError
from sim.metrics import outcomes
from sim.progress import cores
from sim.run import simulate
from sim.settings.config import Config
from sim.settings.parameters import Mechanisms
from sim.state.scenario import clock_of, name_of

N_TWINS = 200
N_PAIRS = 24  #: of the twins' worlds in which history and the other responses are run too
#: What decisions are judged by on the page, if it is defined; the report card has more.
JUDGED = ("outrage_burden_core", "public_reach", "trust_core_d14", "morale")
COSTS = ("cash_hkd", "legal_hkd")  #: what a choice is paid with besides
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

#: What follows a debrief: called with runs done and runs in all, or once for every run.
Progress = Callable[[int, int], None]
Tick = Callable[[], None]


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
class Played:
    """A game among its twins, and what it is compared with: all that the class page needs."""

    world: World
    choices: Mapping[str, Mapping[str, str]]
    unanswered: tuple[str, ...]  #: decisions closed without an answer; `choices` has what then held
    injections: tuple[Injection, ...]
    times: tuple[datetime, ...]  #: of the steps of the curves
    own: Track
    twins: tuple[Track, ...]
    judged: tuple[str, ...]  #: outcomes that the pages are about
    references: References
    sources: tuple[str, str]  #: where the parameters come from, in English and Chinese
    digest: str

    @property
    def n_pairs(self) -> int:
        """Twins in whose worlds history and the other responses were run too."""
        return min(len(self.references.pairs["as_happened"]), len(self.twins))


@dataclass(frozen=True)
class Debrief(Played):
    """All that a page says about one team; numbers only."""

    log: tuple[Mapping[str, object], ...]
    flips: tuple[Flip, ...]
    idle: tuple[tuple[str, str, str], ...]  #: answers that change nothing outside: no run
    shapley: Mapping[str, Mapping[str, float]]  #: outcome -> mechanism -> contribution
    without: Mapping[str, float]  #: outcomes with all of these mechanisms taken out
    n_runs: int

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The mechanisms that were taken out."""
        return tuple(next(iter(self.shapley.values()), ()))


def build(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
    log: Sequence[Mapping[str, object]] = (),
    progress: Progress = lambda done, total: None,
    *,
    unanswered: Sequence[str] = (),
    n_twins: int = N_TWINS,
    threads: int | None = None,
) -> Debrief:
    """The whole debrief of one game: `play`, then `review`.

    choices : all seven decisions. progress : called with runs done and runs in all; the first call
    reports 0 of all. Raises ConfigError for choices that are not a whole game.
    """
    _need_all(choices)
    bench = Bench(threads)
    total = n_shared(world) + n_twins + 1 + n_reviewed(world, choices, injections)
    done, lock = 0, threading.Lock()

    def tick() -> None:
        nonlocal done
        with lock:
            done += 1
            progress(done, total)

    progress(0, total)
    played = play(world, choices, injections, bench, tick, unanswered=unanswered, n_twins=n_twins)
    return review(played, bench, log, tick)


def play(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
    bench: Bench,
    tick: Tick = lambda: None,
    *,
    unanswered: Sequence[str] = (),
    n_twins: int = N_TWINS,
) -> Played:
    """The own game, its twins, history and other responses. Raises ConfigError for half a game."""
    _need_all(choices)
    injected = tuple(dict.fromkeys(injections))
    own = config_of(world, choices, injected)
    twins = [config_of(twin_of(world, k), choices, injected) for k in range(n_twins)]
    references = _references(world, injected, tick, bench)
    tracks = bench.tracks([own, *twins], tick)
    clock = clock_of(own, own.case)
    return Played(
        world=world,
        choices={key: dict(answers) for key, answers in choices.items()},
        unanswered=tuple(unanswered),
        injections=injected,
        times=tuple(clock.time_of(step) for step in range(clock.n_steps)),
        own=tracks[0],
        twins=tuple(tracks[1:]),
        judged=judged_names(tracks[0]),
        references=references,
        sources=(provenance(own, "en"), provenance(own, "zh")),
        digest=name_of(own),
    )


def review(
    played: Played,
    bench: Bench,
    log: Sequence[Mapping[str, object]] = (),
    tick: Tick = lambda: None,
) -> Debrief:
    """What one other answer would have changed, and what each mechanism contributed."""
    world, choices, injected = played.world, played.choices, played.injections
    flips, idle = _flips(world, choices, injected)
    coalitions = _coalitions()
    games = [config_of(world, choices, injected, _only(group)) for group in coalitions]
    tracks = bench.tracks([*(config for _, config in flips), *games], tick, curves=False)
    values = dict(zip(coalitions, tracks[len(flips) :], strict=True))
    fields = {name: getattr(played, name) for name in Played.__dataclass_fields__}
    return Debrief(
        **fields,
        log=tuple(dict(entry) for entry in log),
        flips=tuple(
            replace(flip, outcomes=track.outcomes)
            for (flip, _), track in zip(flips, tracks, strict=False)
        ),
        idle=tuple(idle),
        shapley={name: _shapley(name, values) for name in played.judged},
        without=values[frozenset()].outcomes,
        n_runs=n_shared(world) + 1 + len(played.twins) + len(tracks),
    )


def n_shared(world: World) -> int:
    """Runs that all teams of a world share."""
    return len(_responses_of(world)) * (N_PAIRS + 1)


def n_reviewed(world: World, choices: Choices, injections: Sequence[Injection]) -> int:
    """Runs of a `review`."""
    flips, _ = _flips(world, choices, tuple(dict.fromkeys(injections)))
    return len(flips) + 2 ** len(MECHANISMS)


def _need_all(choices: Choices) -> None:
    missing = [decision.key for decision in DECISIONS if decision.key not in choices]
    if missing:
        raise ConfigError(
            "choices", None, "the game is not over", "an answer to every decision", missing[0]
        )


class Bench:
    """Runs in threads. What was run before under the same name is not run again.

    Teams that chose alike share their twins, and one team's flip is another team's game. Compiled
    code leaves the interpreter to the others.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()
        self._kept: dict[str, Track] = {}

    def tracks(self, configs: Sequence[Config], tick: Tick, *, curves: bool = True) -> list[Track]:
        """The runs in order; without curves where only outcomes are asked for."""
        names = [name_of(config) for config in configs]
        waiting = {
            name: config
            for name, config in zip(names, configs, strict=True)
            if name not in self._kept or (curves and not self._kept[name].curves)
        }
        for _ in range(len(configs) - len(waiting)):
            tick()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="debrief-run")
        try:
            for name, track in zip(waiting, pool.map(_track, waiting.values()), strict=True):
                self._kept[name] = track if curves else replace(track, curves={})
                tick()
        finally:  # what has not begun is dropped when somebody interrupts
            pool.shutdown(cancel_futures=True)
        return [self._kept[name] for name in names]


def twin_of(world: World, k: int) -> World:
    """The k-th other world: another draw of the parameters and another seed, for every team."""
    return replace(world, seed=world.seed + 1 + k, draw=k if k < world.draw else k + 1)


def judged_names(own: Track) -> tuple[str, ...]:
    """What a game is judged by, as far as its run defines it."""
    known = [name if np.isfinite(own.outcomes[name]) else INSTEAD.get(name, "") for name in JUDGED]
    return tuple(name for name in known if name and np.isfinite(own.outcomes[name]))


def _track(config: Config) -> Track:
    run = simulate(config)
    return Track(outcomes(run), {name: run.series[name] for name in CURVES})


def _flips(
    world: World, choices: Choices, injections: tuple[Injection, ...]
) -> tuple[list[tuple[Flip, Config]], list[tuple[str, str, str]]]:
    """Every other answer to every question; those that change nothing outside stand apart."""
    own = name_of(config_of(world, choices, injections))
    found, idle = [], []
    for decision in DECISIONS:
        for question in available(choices, decision, world).questions:
            for option in question.options:
                if choices[decision.key][question.key] == option.key:
                    continue
                turned = {key: dict(answers) for key, answers in choices.items()}
                turned[decision.key][question.key] = option.key
                possible = repaired(turned, world)
                config = config_of(world, possible, injections)
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


def _shapley(name: str, values: Mapping[frozenset[str], Track]) -> dict[str, float]:
    """What each mechanism contributes to an outcome, in the order of `MECHANISMS`."""
    shares = shapley.shapley({group: track.outcomes[name] for group, track in values.items()})
    return {mechanism: shares[mechanism] for mechanism in MECHANISMS}


def _only(on: frozenset[str]) -> Mechanisms:
    return Mechanisms(**{name: name in on for name in MECHANISMS})


# --- what all teams of a world share ------------------------------------------------------------

_REFERENCES: dict[Any, References] = {}
_REFERENCES_LOCK = threading.Lock()  # a class asks for the same ones team by team


def _references(
    world: World, injections: tuple[Injection, ...], tick: Tick, bench: Bench
) -> References:
    key = (world, injections, N_PAIRS)
    with _REFERENCES_LOCK:
        if key not in _REFERENCES:
            while len(_REFERENCES) >= 8:
                del _REFERENCES[next(iter(_REFERENCES))]
            _REFERENCES[key] = _new_references(world, injections, tick, bench)
        else:
            for _ in range(n_shared(world)):
                tick()
        return _REFERENCES[key]


def _responses_of(world: World) -> list[str]:
    """The responses that the case allows, history first."""
    possible = []
    for name in RESPONSES:
        try:
            response_config(world, name, ())
            possible.append(name)
        except ConfigError:
            continue  # such as a founder in a case without one
    return possible


def _new_references(
    world: World, injections: tuple[Injection, ...], tick: Tick, bench: Bench
) -> References:
    names = _responses_of(world)
    worlds = [world, *(twin_of(world, k) for k in range(N_PAIRS))]
    configs = [response_config(w, name, injections) for name in names for w in worlds]
    tracks = bench.tracks(configs, tick)
    width = len(worlds)
    groups = {name: tracks[k * width : (k + 1) * width] for k, name in enumerate(names)}
    return References(
        groups["as_happened"][0],
        {name: group[0] for name, group in groups.items()},
        {name: tuple(track.outcomes for track in group[1:]) for name, group in groups.items()},
    )
