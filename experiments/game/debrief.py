"""The runs of a debrief: the own game, its twins, flipped answers, mechanisms, other responses.

Twins are the same choices in other worlds; whoever is compared with them meets the same worlds and
chances. `debrief_reading` reads off what the runs say, `debrief_pages` writes it down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments import compare
from experiments.game.rules import Choices, Injection, available, repaired
from experiments.game.runs import config_of, response_config
from experiments.game.script import DECISIONS
from experiments.game.world import World
from experiments.report import RESPONSES
from experiments.study import cores, name_of
from experiments.worlds import provenance
from sim.case_file import read_case
from sim.config import Config
from sim.metrics import outcomes
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

    world: World
    choices: Mapping[str, Mapping[str, str]]
    injections: tuple[Injection, ...]
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

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The mechanisms that were taken out."""
        return tuple(next(iter(self.shapley.values()), ()))

    @property
    def n_pairs(self) -> int:
        """Twins in whose worlds history and the other responses were run too."""
        return min(len(self.references.pairs["as_happened"]), len(self.twins))


def build(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
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
    missing = [decision.key for decision in DECISIONS if decision.key not in choices]
    if missing:
        raise ConfigError(
            "choices", None, "the game is not over", "an answer to every decision", missing[0]
        )
    injected = tuple(dict.fromkeys(injections))
    own = config_of(world, choices, injected)
    twins = [config_of(twin_of(world, k), choices, injected) for k in range(n_twins)]
    flips, idle = _flips(world, choices, injected)
    coalitions = _coalitions()
    games = [config_of(world, choices, injected, _only(group)) for group in coalitions]
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
    references, judged = _references(world, injected, tick, threads), judged_names(tracks[0])
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
        judged=judged,
        shapley={name: _shapley(name, values) for name in judged},
        without=values[frozenset()].outcomes,
        references=references,
        sources=(provenance(own, "en"), provenance(own, "zh")),
        digest=name_of(own),
        n_runs=total,
    )


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
    shares = compare.shapley({group: track.outcomes[name] for group, track in values.items()})
    return {mechanism: shares[mechanism] for mechanism in MECHANISMS}


def _only(on: frozenset[str]) -> Mechanisms:
    return Mechanisms(**{name: name in on for name in MECHANISMS})


# --- what all teams of a world share ------------------------------------------------------------

_REFERENCES: dict[Any, References] = {}
_REFERENCES_LOCK = threading.Lock()  # a class asks for the same ones team by team


def _references(
    world: World, injections: tuple[Injection, ...], tick: Callable[[], None], threads: int | None
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
    world: World, injections: tuple[Injection, ...], tick: Callable[[], None], threads: int | None
) -> References:
    names = _responses_of(world)
    worlds = [world, *(twin_of(world, k) for k in range(N_PAIRS))]
    configs = [response_config(w, name, injections) for name in names for w in worlds]
    tracks = list(_tracks(configs, tick, threads))
    width = len(worlds)
    groups = {name: tracks[k * width : (k + 1) * width] for k, name in enumerate(names)}
    return References(
        groups["as_happened"][0],
        {name: group[0] for name, group in groups.items()},
        {name: tuple(track.outcomes for track in group[1:]) for name, group in groups.items()},
    )
