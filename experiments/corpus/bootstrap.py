"""One number out of many affairs, and its 90 % interval by drawing affairs anew.

An affair is drawn with all its values. Draws depend on the number of affairs and on SEED alone, so
two statistics of the same affairs are compared on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

DRAWS, SEED = 2000, 7
LOW, HIGH = 5.0, 95.0  #: percentiles of the interval
FEWEST = 3  #: affairs, below which no interval is given
MEDIAN = 0.5


@dataclass(frozen=True, eq=False)
class Measured:
    """Values of affairs, and what one number is made of them.

    quantile : which one; None for the mean. weight : of each value; None where all are alike. A
    weighted quantile is the value at which the cumulated weights reach it; others lie between.
    """

    affair: _I
    value: _F
    quantile: float | None = None
    weight: _F | None = None

    def known(self) -> Measured:
        """Without values that are no numbers."""
        good = np.isfinite(self.value)
        weight = None if self.weight is None else self.weight[good]
        return Measured(self.affair[good], self.value[good], self.quantile, weight)


@dataclass(frozen=True)
class Estimate:
    """A number with its 90 % interval (NaN where there is none) and how many affairs it is of."""

    value: float
    low: float
    high: float
    n: int


def reduced(measured: Measured) -> float:
    """The one number; NaN of nothing."""
    known = measured.known()
    value, weight = known.value, known.weight
    if not len(value):
        return float("nan")
    if known.quantile is None:
        return float(np.average(value, weights=weight))
    if weight is None:
        return float(np.quantile(value, known.quantile))
    order = np.argsort(value, kind="stable")
    return float(_reached(value[order], weight[None, order], known.quantile)[0])


def _reached(value: _F, weight: _F, quantile: float) -> _F:
    """Values, sorted, at which rows of weights reach a share of their sum, float[rows]."""
    share = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    at = np.minimum((share < quantile).sum(axis=1), len(value) - 1)
    found: _F = value[at]
    return found


@lru_cache(maxsize=64)
def drawn(n: int, seed: int = SEED, draws: int = DRAWS) -> npt.NDArray[np.int32]:
    """Which of n affairs each draw takes, int[draws, n]."""
    return np.random.default_rng(seed).integers(0, n, (draws, n)).astype(np.int32)


def estimated(measured: Measured) -> Estimate:
    """The number with its interval."""
    known = measured.known()
    ids, of = np.unique(known.affair, return_inverse=True)
    if len(ids) < FEWEST:
        return Estimate(reduced(known), float("nan"), float("nan"), len(ids))
    again = _single(known) if len(ids) == len(of) else _several(known, of, len(ids))
    low, high = np.percentile(again, [LOW, HIGH])
    return Estimate(reduced(known), float(low), float(high), len(ids))


def _single(known: Measured) -> _F:
    """The number in each draw, where every affair has one value, float[draws]."""
    rows = drawn(len(known.value))
    if known.weight is not None:
        return _several(known, np.arange(len(known.value)), len(known.value))
    value = known.value[rows]
    found: _F = (
        value.mean(axis=1) if known.quantile is None else np.quantile(value, known.quantile, axis=1)
    )
    return found


def _several(known: Measured, of: _I, n: int) -> _F:
    """The number in each draw, where affairs have several values or weights, float[draws].

    of : affair of each value, from 0. An affair that is drawn twice counts twice.
    """
    times = counted_up(drawn(n), n)
    order = np.argsort(known.value, kind="stable")
    weight = np.ones(len(of)) if known.weight is None else known.weight
    weighted = times[:, of[order]] * weight[order]
    if known.quantile is None:
        mean: _F = weighted @ known.value[order] / weighted.sum(axis=1)
        return mean
    return _reached(known.value[order], weighted, known.quantile)


def counted_up(rows: npt.NDArray[np.int32], n: int) -> _F:
    """How often each of n affairs was drawn, float[draws, n]."""
    shifted = rows + n * np.arange(len(rows))[:, None]
    times = np.bincount(shifted.ravel(), minlength=rows.shape[0] * n)
    return times.reshape(len(rows), n).astype(np.float64)
