"""What all teams of a world are compared with: history, other responses, and their twins.

They are the same for every team of a class, so they are run once and kept for the last eight worlds
of this process. A response that the case does not allow is left out.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from experiments.game.rules import Injection
from experiments.game.runs import response_config
from experiments.game.tracks import Bench, Tick, Track
from experiments.game.world import World
from experiments.reports.demo_report import RESPONSES
from sim.base.refusal import ConfigError

N_PAIRS = 24  #: of the twins' worlds in which the other responses are run too
HISTORY = "as_happened"


@dataclass(frozen=True)
class References:
    """What all teams of a world are compared with."""

    history: Track  #: what happened, in the world of the class
    own_world: Mapping[str, Track]  #: responses of conf/response in the same world
    pairs: Mapping[
        str, tuple[Mapping[str, float], ...]
    ]  #: in the worlds of the first N_PAIRS twins
    #: what happened in the worlds of all twins: its mean stands beside every team's mean
    history_twins: tuple[Mapping[str, float], ...]


def n_shared(world: World, n_twins: int) -> int:
    """Runs that all teams of a world share: every possible response in N_PAIRS + 1 worlds, and what
    happened in those of the other twins.
    """
    return len(_responses_of(world)) * (N_PAIRS + 1) + max(0, n_twins - N_PAIRS)


def twin_of(world: World, k: int) -> World:
    """The k-th other world: another draw of the parameters and another seed, for every team the
    same.

    The draw of the world itself is left out, so no twin has its parameters.
    """
    return replace(world, seed=world.seed + 1 + k, draw=k if k < world.draw else k + 1)


_REFERENCES: dict[Any, References] = {}  #: world, events, pairs -> references


_REFERENCES_LOCK = threading.Lock()  # a class asks for the same ones team by team


def references_of(
    world: World, injections: tuple[Injection, ...], n_twins: int, tick: Tick, bench: Bench
) -> References:
    """The references of a world with its injected events, computed once; `tick` is called for each
    run.

    A class asks for the same ones team by team: who comes second waits for the first and runs
    nothing.
    """
    key = (world, injections, N_PAIRS, n_twins)
    with _REFERENCES_LOCK:
        if key not in _REFERENCES:
            while len(_REFERENCES) >= 8:
                del _REFERENCES[next(iter(_REFERENCES))]
            _REFERENCES[key] = _new_references(world, injections, n_twins, tick, bench)
        else:
            for _ in range(n_shared(world, n_twins)):
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
    world: World, injections: tuple[Injection, ...], n_twins: int, tick: Tick, bench: Bench
) -> References:
    """The references, run: every response in the world itself and in the worlds of the first twins,
    what happened in those of the others too.
    """
    names = _responses_of(world)
    worlds = [world, *(twin_of(world, k) for k in range(N_PAIRS))]
    configs = [response_config(w, name, injections) for name in names for w in worlds]
    more = [twin_of(world, k) for k in range(N_PAIRS, n_twins)]
    beyond = [response_config(w, HISTORY, injections) for w in more]
    tracks = bench.tracks(configs, tick)
    rest = bench.tracks(beyond, tick, curves=False)
    width = len(worlds)
    groups = {name: tracks[k * width : (k + 1) * width] for k, name in enumerate(names)}
    pairs = {name: tuple(t.outcomes for t in group[1:]) for name, group in groups.items()}
    twins = (*pairs[HISTORY], *(track.outcomes for track in rest))
    return References(
        groups[HISTORY][0],
        {name: group[0] for name, group in groups.items()},
        pairs,
        twins[:n_twins],
    )
