"""What an answer's order against the reference hangs on: the parameter that turns its sign.

A contrast changes sign where it is better in more than TURNS of the worlds and worse in more than
TURNS. Then the draw of the parameters decides, and not the answer: it is prior-driven. Which
parameter decides is looked for by the best single split of the paired difference over the drawn
parameters (a stump), and guarded against chance: some 150 parameters at several splits for every
such answer at once are held against the largest statistic of permuted worlds (max-statistic,
Westfall & Young 1993, not re-checked), so that a study in which no parameter matters names one in
at most ERROR of the cases.

A split turns the sign where the mean difference lies on either side of zero, beyond SURE standard
errors on both. What moves a difference without turning it is told as that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.discovery import FEWEST_WORLDS, worlds_of

_F = npt.NDArray[np.float64]
TURNS = 0.1  #: share of worlds on the rarer side from which an order is prior-driven
ERROR = 0.05  #: chance that a study names any parameter where none matters
PERMUTATIONS = 400
PERMUTATION_KEY = 40_817
SPLITS = np.arange(1, 10) / 10  #: quantiles of a parameter at which it is split
FEWEST_SIDE = 10  #: worlds on either side of a split
SURE = 1.645  #: standard errors by which both means lie beyond zero


@dataclass(frozen=True)
class Side:
    """The worlds on one side of a split."""

    n: int  #: worlds
    n_better: int  #: of them, with a better answer than the reference
    mean: float  #: difference from the reference


@dataclass(frozen=True)
class Turner:
    """The split that tells best where an answer is better than the reference, and where worse."""

    parameter: str
    at: float  #: in the unit of the parameter
    below: Side  #: worlds in which it is at most that
    above: Side  #: worlds in which it is more
    turns: bool  #: the mean difference changes its sign across the split
    strength: float  #: of the split, standardised
    needed: float  #: what chance reaches in ERROR of permutations, over everything looked at


@dataclass(frozen=True)
class Unsure:
    """An answer whose contrast with the reference changes sign within the worlds."""

    outcome: str
    cell: int
    n: int  #: distinct worlds
    n_better: int  #: of them, in which it is better
    turner: Turner | None  #: None: no parameter by itself, beyond chance


def prior_driven(by_world: _F) -> npt.NDArray[np.bool_]:
    """Rows of differences [n_cells, n_worlds] that are above zero in more than TURNS of the worlds
    and below it in more than TURNS.
    """
    above, below = (by_world > 0).mean(axis=1), (by_world < 0).mean(axis=1)
    found: npt.NDArray[np.bool_] = (above > TURNS) & (below > TURNS)
    return found


def turners(x: pd.DataFrame, differences: _F, sign: float) -> list[Turner | None]:
    """The split of each row of differences, or None where none is beyond chance.

    x : a row a world, a column a parameter. differences : [n_rows, n_worlds]. sign : +1 where more
    is better. All rows are guarded together.
    """
    names, cuts, side = _splits(x)
    if not names or not len(differences):
        return [None] * len(differences)
    z = _standardised(side.astype(np.float32))
    y = _standardised(np.apply_along_axis(rankdata, 1, differences).T.astype(np.float32))
    found = (z.T @ y) / np.sqrt(len(x))
    needed = _needed(z, y)
    return [
        _best(found[:, k], needed, names, cuts, side, row, sign)
        for k, row in enumerate(differences)
    ]


def _splits(x: pd.DataFrame) -> tuple[list[str], list[float], npt.NDArray[np.bool_]]:
    """Every split that leaves enough worlds on both sides: name, place, who lies above it.

    The last is bool[n_worlds, n_splits].
    """
    names, cuts, sides = [], [], []
    for name in map(str, x):
        values = x[name].to_numpy(np.float64)
        for at in np.unique(np.quantile(values, SPLITS)):
            above = values > at
            if FEWEST_SIDE <= above.sum() <= len(values) - FEWEST_SIDE:
                names.append(name)
                cuts.append(float(at))
                sides.append(above)
    return names, cuts, np.array(sides, bool).T.reshape(len(x), len(names))


def _standardised(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Columns with mean 0 and variance 1; 0 throughout for one that never varies."""
    spread = values.std(axis=0)
    result: npt.NDArray[np.float32] = (values - values.mean(axis=0)) / np.where(
        spread > 0, spread, 1
    )
    return result


def _needed(z: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> float:
    """What the largest of all statistics reaches in ERROR of the permutations of worlds.

    Answers are permuted together, since they were met in the same worlds.
    """
    rng = np.random.Generator(np.random.Philox(key=PERMUTATION_KEY))
    largest = [float(np.abs(z.T @ y[rng.permutation(len(y))]).max()) for _ in range(PERMUTATIONS)]
    rank = int(np.ceil((1 - ERROR) * (PERMUTATIONS + 1))) - 1
    return float(np.sort(largest)[rank] / np.sqrt(len(y)))


def _best(
    strength: npt.NDArray[np.float32], needed: float, names: Sequence[str], cuts: Sequence[float],
    side: npt.NDArray[np.bool_], row: _F, sign: float,
) -> Turner | None:  # fmt: skip
    """The strongest split that turns the sign; where none does, the strongest; None of chance.

    strength, names, cuts : of each split, float32[splits]. needed : what chance alone reaches in ERROR
    of the cases. side : whether a world lies above a cut, bool[worlds, splits]. row : the paired
    difference in each world, float64[worlds]; sign : 1 where more is better, -1 where less is.
    """
    beyond = np.flatnonzero(np.abs(strength) > needed)
    best: Turner | None = None
    for k in beyond[np.argsort(-np.abs(strength[beyond]), kind="stable")]:
        above = side[:, k]
        found = Turner(
            names[k], cuts[k], _side(row[~above], sign), _side(row[above], sign),
            _turns(row[~above], row[above]), float(abs(strength[k])), needed,
        )  # fmt: skip
        if found.turns:
            return found
        best = best or found
    return best


def _side(values: _F, sign: float) -> Side:
    """Worlds of one side, in how many of them the answer is better, and its mean difference."""
    return Side(values.size, int((sign * values > 0).sum()), float(values.mean()))


def _turns(below: _F, above: _F) -> bool:
    """Whether the means lie on either side of zero, each beyond SURE standard errors."""
    t = [
        float(v.mean()) / max(float(v.std(ddof=1)) / np.sqrt(v.size), 1e-12) for v in (below, above)
    ]
    return min(t) < -SURE and max(t) > SURE


def unsure(a: Analysis) -> list[Unsure]:
    """The answers of a study whose contrast changes sign, with what turns each, outcome by outcome,
    most even first; the ranked outcome first.

    Worlds that were drawn twice, as a posterior may, count once. No parameter is looked for below
    FEWEST_WORLDS distinct worlds. Empty where nothing is drawn, or nothing is a choice.
    """
    return [one for outcome in outcomes_of(a) for one in unsure_in(a, outcome)]


def outcomes_of(a: Analysis) -> list[str]:
    """The outcomes of a study of which more or less is better, if its worlds are drawn at all."""
    point = next(point for point in a.plan.points if point.block == "main")
    if not a.plan.study.has_levers or point.config.uncertainty.name == "point":
        return []
    names = [name for name in a.plan.study.outcomes if name in a.contrasts]
    return [name for name in names if np.isfinite(compare.sign_of(name))]


def unsure_in(a: Analysis, name: str) -> list[Unsure]:
    """The same for one outcome."""
    study, sign = a.plan.study, compare.sign_of(name)
    x, by_world = differences(a, name)
    is_reference = np.isin(np.arange(len(by_world)), study.references)
    cells = np.flatnonzero(prior_driven(by_world) & ~is_reference)
    enough = by_world.shape[1] >= FEWEST_WORLDS
    found = turners(x, by_world[cells], sign) if enough else [None] * len(cells)
    told = [
        Unsure(name, int(c), by_world.shape[1], int((sign * by_world[c] > 0).sum()), one)
        for c, one in zip(cells, found, strict=True)
    ]
    return sorted(told, key=lambda one: abs(one.n_better / one.n - 0.5))


def differences(a: Analysis, outcome: str) -> tuple[pd.DataFrame, _F]:
    """The distinct worlds of a study, a row each, and every cell less its reference in them.

    The second is [n_cells, n_distinct]. Of a sweep that stops, the worlds that all cells share.
    """
    apart = compare.paired(a.cubes[outcome], a.plan.study.references)
    return _distinct(worlds_of(a).iloc[: apart.shape[1]], apart)


def _distinct(x: pd.DataFrame, apart: _F) -> tuple[pd.DataFrame, _F]:
    """Distinct worlds with the mean difference of each; those without a value drop out.

    apart : [n_cells, n_worlds, n_seeds]. Gives the worlds and [n_cells, n_distinct].
    """
    known = np.flatnonzero(np.isfinite(apart).all(axis=(0, 2)))
    x, values = x.iloc[known], apart[:, known].mean(axis=2)
    _, first, group = np.unique(x.to_numpy(), axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    sums = np.stack([np.bincount(group, row, len(first)) for row in values])
    return x.iloc[first].reset_index(drop=True), sums / np.bincount(group, minlength=len(first))


def table(found: Sequence[Unsure], a: Analysis) -> pd.DataFrame:
    """A row an answer whose contrast changes sign: worlds on either side, and what turns it."""
    rows = []
    for one in found:
        row = {"outcome": one.outcome, "cell": one.cell, "label": a.plan.study.label(one.cell), "worlds": one.n,
               "better_in": one.n_better}  # fmt: skip
        if (t := one.turner) is not None:
            row |= {
                "parameter": t.parameter, "at": t.at, "turns": t.turns,
                "below_worlds": t.below.n, "below_better": t.below.n_better,
                "below_mean": t.below.mean, "above_worlds": t.above.n,
                "above_better": t.above.n_better, "above_mean": t.above.mean,
                "strength": t.strength, "needed": t.needed,
            }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)
