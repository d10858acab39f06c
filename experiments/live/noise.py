"""How far counts lie from worlds, and how wide bands have to be: fitted to past affairs.

The development affairs of the corpus are forecast as `now` forecasts: synthetic affairs of the
fitted population, cut at the same age, are weighed by how well the heat of their list agrees with
what was listed so far, and what they did in the next 24 h is the forecast. What is seen of an
affair are windows that tasks of several ages leave between them (hours 1-2, 3, 4-5, 6, 7-9, ...).
Nothing is simulated: synthetic tasks are shipped.

Two numbers are chosen by the log score over all affairs but those of a fold of organisations, and
asked of that fold: `noise`, the log-sd of an hour around a world, and `spread`, the log-sd of what
comes around what a world says. This is the heat of a list; of mentions no past affair with hours is
in the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from experiments.corpus.conditioning import synthetic
from experiments.corpus.contest import folds
from experiments.corpus.scores import crps
from experiments.corpus.shipped import development, sampling_clock
from experiments.corpus.tasks import Tasks, build
from experiments.live.agreeing import LISTED, says

_F = npt.NDArray[np.float64]
_B = npt.NDArray[np.bool_]

AGES = (6, 12, 24)
_CUTS = (3, 6, 12, 24)
NOISES = (0.5, 0.6, 0.7, 0.85, 1.0, 1.4)  #: that are tried
SPREADS = (0.3, 0.45, 0.6, 0.8)
EVERY = 4  #: synthetic affair of those shipped is taken: about as many as `now` tries worlds
QUIET = 1e-9  #: an outcome up to it is a day on which nothing was listed
MEMBERS = 100  #: of a forecast whose CRPS is taken, as `now` has them


@dataclass(frozen=True, eq=False)
class Prefixes:
    """Affairs up to each age: what was seen, whether anybody had answered, what came."""

    seen: _F  #: log(LISTED + mean heat) in each window, float[affairs, windows]
    hours: _F  #: of each window
    until: npt.NDArray[np.int64]  #: age at which it is known
    answered: dict[int, _B]
    came: dict[int, _F]  #: log(1 + heat-hours of the next 24 h / UNIT)

    def __len__(self) -> int:
        return len(self.seen)

    def at(self, rows: npt.NDArray[np.intp]) -> Prefixes:
        """Some of the affairs."""
        return Prefixes(
            self.seen[rows], self.hours, self.until,
            {age: one[rows] for age, one in self.answered.items()},
            {age: one[rows] for age, one in self.came.items()},
        )  # fmt: skip


def prefixes(tasks: Tasks) -> Prefixes:
    """Affairs up to each age, from tasks in which each of them stands once an age."""
    by_age = {age: tasks.frame[tasks.frame["age"] == age] for age in _CUTS}
    heat: list[_F] = []
    hours: list[int] = []
    until: list[int] = []
    before = np.zeros(len(by_age[_CUTS[0]]))
    past = 0
    for age, frame in by_age.items():
        so_far, last3, last1 = (
            frame[name].to_numpy(float) for name in ("so_far", "last3", "last1")
        )
        early, middle = so_far - before - last3, last3 - last1
        parts = [(age - past - 3, early), (2, middle), (1, last1)]
        for span, value in parts:
            if span > 0:
                heat.append(np.maximum(value, 0.0) / span)
                hours.append(span)
                until.append(age)
        before, past = so_far, age
    return Prefixes(
        np.log(LISTED + np.array(heat).T), np.array(hours, float), np.array(until),
        {age: by_age[age]["n_responses"].to_numpy(float) > 0 for age in AGES},
        {age: by_age[age]["y24"].to_numpy(float) for age in AGES},
    )  # fmt: skip


def _weights(real: Prefixes, made: Prefixes, age: int, noise: float) -> _F:
    """Weights of synthetic affairs for each real one, float[real, made]."""
    known = real.until <= age
    weight = says(real.hours[known])
    mine, theirs = real.seen[:, known], made.seen[:, known]
    squares = (
        (weight * mine**2).sum(axis=1)[:, None] + (weight * theirs**2).sum(axis=1)
        - 2 * (weight * mine) @ theirs.T
    )  # fmt: skip
    log = -0.5 * np.maximum(squares, 0.0) / noise**2
    log[real.answered[age][:, None] != made.answered[age]] = -np.inf
    log -= log.max(axis=1, keepdims=True)
    found: _F = np.exp(log)
    return found / found.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Said:
    """What forecasts of one age were worth, an entry an affair."""

    log_score: _F
    in50: _F  #: probability that it lies in the central half; ties of an empty day are shared out
    in90: _F


def said(real: Prefixes, made: Prefixes, age: int, noise: float, spread: float) -> Said:
    """Forecasts of all real affairs at an age."""
    weights, came, theirs = _weights(real, made, age, noise), real.came[age], made.came[age]
    quiet, empty = theirs <= QUIET, came <= QUIET
    none = weights[:, quiet].sum(axis=1)
    z = (came[:, None] - theirs[~quiet]) / spread
    loud = weights[:, ~quiet]
    below = none + (loud * ndtr(z)).sum(axis=1)
    density = (loud * np.exp(-0.5 * z * z)).sum(axis=1) / spread / np.sqrt(2 * np.pi)
    score = np.log(np.where(empty, np.maximum(none, 1e-3), np.maximum(density, 1e-6)))
    low, high = np.where(empty, 0.0, below), np.where(empty, np.maximum(none, 1e-9), below)
    return Said(score, _inside(low, high, 0.25), _inside(low, high, 0.05))


def _inside(low: _F, high: _F, tail: float) -> _F:
    """How much of the span between two shares lies in the central band."""
    wide = high - low
    inside = np.minimum(high, 1 - tail) - np.maximum(low, tail)
    point = ((low >= tail) & (low <= 1 - tail)).astype(float)
    found: _F = np.where(wide > 0, np.clip(inside, 0.0, None) / np.maximum(wide, 1e-12), point)
    return found


def ensemble(real: Prefixes, made: Prefixes, age: int, noise: float, spread: float) -> _F:
    """MEMBERS of each forecast of the list's heat, float[real, MEMBERS]."""
    rng = np.random.default_rng((age, 5))
    weights = _weights(real, made, age, noise)
    at = (np.arange(MEMBERS) + 0.5) / MEMBERS
    members = np.array(
        [made.came[age][np.searchsorted(np.cumsum(row), at * row.sum())] for row in weights]
    )
    loud = members + spread * rng.standard_normal(members.shape)
    found: _F = np.where(members > QUIET, np.maximum(loud, 0.0), 0.0)
    return found


def corpus() -> tuple[Prefixes, Prefixes, npt.NDArray[np.int64]]:
    """The development affairs, the synthetic ones, and the fold of each of the former."""
    tasks = build(development(), sampling_clock())
    names = tasks.frame[tasks.frame["age"] == _CUTS[0]]["organisation"].tolist()
    made = prefixes(synthetic())
    some = made.at(np.arange(0, len(made), EVERY))
    return prefixes(tasks), some, folds(names)


@dataclass(frozen=True)
class Fitted:
    """What is found."""

    noise: float  #: over all affairs
    spread: float
    by_fold: tuple[tuple[float, float], ...]  #: the same without each fold
    in50: dict[int, float]  #: share of held-out affairs inside, by age
    in90: dict[int, float]


def fitted(
    real: Prefixes, made: Prefixes, fold: npt.NDArray[np.int64],
    noises: Sequence[float] = NOISES, spreads: Sequence[float] = SPREADS,
) -> Fitted:  # fmt: skip
    """Noise and spread by the log score, and the coverage of folds that had no part in them."""
    grid = list(product(noises, spreads))
    all_said = {
        pair: {age: said(real, made, age, *pair) for age in AGES} for pair in grid
    }  # fmt: skip
    score = np.array([sum(one[age].log_score for age in AGES) for one in all_said.values()])
    best = [grid[int(score[:, fold != k].mean(axis=1).argmax())] for k in np.unique(fold)]
    own = [best[int(np.searchsorted(np.unique(fold), k))] for k in fold]

    def covered(age: int, name: str) -> float:
        inside = [getattr(all_said[pair][age], name)[row] for row, pair in enumerate(own)]
        return float(np.mean(inside))

    noise, spread = grid[int(score.mean(axis=1).argmax())]
    return Fitted(
        noise, spread, tuple(best),
        {age: covered(age, "in50") for age in AGES}, {age: covered(age, "in90") for age in AGES},
    )  # fmt: skip


def scores(real: Prefixes, made: Prefixes, noise: float, spread: float) -> dict[int, float]:
    """Mean CRPS of the heat of the next 24 h by age, as in docs/forecasts.md."""
    return {
        age: float(crps(ensemble(real, made, age, noise, spread), real.came[age], True).mean())
        for age in AGES
    }
