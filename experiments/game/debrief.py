"""The runs of a debrief: the own game, its twins, flipped answers, mechanisms, other responses.

Twins are the same choices in other worlds; whoever is compared with them meets the same worlds and
chances. `debrief_reading` reads off what the runs say, `debrief_pages` and `class_debrief` write it
down; `flips`, `references` and `tracks` are its parts.

`play` is what the class page needs, `review` what a team's own page has besides: so a class sees
its page before the teams' pages are computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

import numpy as np

from experiments.game.flips import Flip, flips_of
from experiments.game.moves import Choices
from experiments.game.references import References, n_shared, references_of, twin_of
from experiments.game.rules import Injection
from experiments.game.runs import config_of
from experiments.game.script_file import script_of
from experiments.game.tracks import Bench, Tick, Track
from experiments.game.world import World
from experiments.game.written import NOTHING_WRITTEN, Written
from experiments.reading.provenance import provenance
from experiments.reading.shapley import shapley
from sim.base.refusal import ConfigError
from sim.settings.parameters import Mechanisms
from sim.state.scenario import clock_of, name_of

N_TWINS = 200  #: other worlds in which a team's choices are run
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

#: What follows a debrief: called with runs done and runs in all, or once for every run.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Played:
    """A game among its twins, and what it is compared with: all that the class page needs.

    Numbers only: words come with the page, in either language.
    """

    world: World
    choices: Mapping[str, Mapping[str, str]]  #: decision -> question -> option
    unanswered: tuple[str, ...]  #: decisions closed without an answer; `choices` has what then held
    injections: tuple[Injection, ...]
    times: tuple[datetime, ...]  #: of the steps of the curves
    own: Track  #: in the world of the class
    twins: tuple[Track, ...]  #: the same choices in other worlds
    judged: tuple[str, ...]  #: outcomes that the pages are about
    references: References
    sources: tuple[str, str]  #: where the parameters come from, in English and Chinese
    digest: str  #: name of the own run
    written: Written  #: by the team; no run reads it

    @property
    def n_pairs(self) -> int:
        """Twins in whose worlds the other responses were run too."""
        return min(len(self.references.pairs["as_happened"]), len(self.twins))


@dataclass(frozen=True)
class Debrief(Played):
    """All that a page says about one team; numbers only."""

    log: tuple[Mapping[str, object], ...]  #: of the session, as it is printed
    flips: tuple[Flip, ...]  #: every other answer that changes something
    idle: tuple[tuple[str, str, str], ...]  #: answers that change nothing outside: no run
    shapley: Mapping[str, Mapping[str, float]]  #: outcome -> mechanism -> contribution
    without: Mapping[str, float]  #: outcomes with all of these mechanisms taken out
    n_runs: int  #: that the page rests on, those shared with other teams included

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
    written: Written = NOTHING_WRITTEN,
    n_twins: int = N_TWINS,
    threads: int | None = None,
) -> Debrief:
    """The whole debrief of one game: `play`, then `review`.

    choices : answers to all decisions.
    progress : called with runs done and runs in all; the first call reports 0 of all.
    n_twins : other worlds that the same choices are run in.
    threads : runs at the same time; None for all cores.

    Raises ConfigError for choices that are not a whole game.
    """
    _need_all(world, choices)
    bench = Bench(threads)
    total = n_shared(world, n_twins) + n_twins + 1 + n_reviewed(world, choices, injections)
    done, lock = 0, threading.Lock()

    def tick() -> None:
        """One more run is done; called from the threads that run."""
        nonlocal done
        with lock:
            done += 1
            progress(done, total)

    progress(0, total)
    played = play(
        world, choices, injections, bench, tick, unanswered=unanswered, written=written,
        n_twins=n_twins,
    )  # fmt: skip
    return review(played, bench, log, tick)


def play(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
    bench: Bench,
    tick: Tick = lambda: None,
    *,
    unanswered: Sequence[str] = (),
    written: Written = NOTHING_WRITTEN,
    n_twins: int = N_TWINS,
) -> Played:
    """The own game, its twins, history and other responses in the same worlds.

    tick : called once for every run, also for one that was known already. unanswered : decisions
    that closed without an answer; `choices` holds what then held. written : what the team wrote,
    to be shown. Raises ConfigError for half a game.
    """
    _need_all(world, choices)
    injected = tuple(dict.fromkeys(injections))
    own = config_of(world, choices, injected)
    twins = [config_of(twin_of(world, k), choices, injected) for k in range(n_twins)]
    references = references_of(world, injected, n_twins, tick, bench)
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
        written={key: dict(texts) for key, texts in written.items()},
    )


def review(
    played: Played,
    bench: Bench,
    log: Sequence[Mapping[str, object]] = (),
    tick: Tick = lambda: None,
) -> Debrief:
    """What one other answer would have changed, and what each mechanism contributed.

    bench : the one that `play` had, so that runs which both need are run once. log : what happened
    in
    the session, as it is printed on the page. tick : called once for every run.
    """
    world, choices, injected = played.world, played.choices, played.injections
    flips, idle = flips_of(world, choices, injected)
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
        n_runs=n_shared(world, len(played.twins)) + 1 + len(played.twins) + len(tracks),
    )


def n_reviewed(world: World, choices: Choices, injections: Sequence[Injection]) -> int:
    """Runs of a `review`, so that its progress can be told before anything is run."""
    flips, _ = flips_of(world, choices, tuple(dict.fromkeys(injections)))
    return len(flips) + 2 ** len(MECHANISMS)


def _need_all(world: World, choices: Choices) -> None:
    """Refuse a game that is not over. Raises ConfigError with the first decision that is
    missing.
    """
    missing = [key for key in script_of(world).keys if key not in choices]
    if missing:
        raise ConfigError(
            "choices", None, "the game is not over", "an answer to every decision", missing[0]
        )


def judged_names(own: Track) -> tuple[str, ...]:
    """What a game is judged by, as far as its run defines it.

    A case that ends before the fourteenth day is judged by the trust of the seventh.
    """
    known = [name if np.isfinite(own.outcomes[name]) else INSTEAD.get(name, "") for name in JUDGED]
    return tuple(name for name in known if name and np.isfinite(own.outcomes[name]))


def _coalitions() -> list[frozenset[str]]:
    """Every subset of MECHANISMS, from none to all: what Shapley values are computed from."""
    return [
        frozenset(group)
        for size in range(len(MECHANISMS) + 1)
        for group in combinations(MECHANISMS, size)
    ]


def _shapley(name: str, values: Mapping[frozenset[str], Track]) -> dict[str, float]:
    """What each mechanism contributes to an outcome, in the order of `MECHANISMS`.

    values : subset of mechanisms at work -> its run. Contributions add up to the difference between
    all and none of them.
    """
    shares = shapley({group: track.outcomes[name] for group, track in values.items()})
    return {mechanism: shares[mechanism] for mechanism in MECHANISMS}


def _only(on: frozenset[str]) -> Mechanisms:
    """The mechanisms of a run with only these of MECHANISMS at work; those not in it are as
    usual.
    """
    return Mechanisms(**{name: name in on for name in MECHANISMS})
