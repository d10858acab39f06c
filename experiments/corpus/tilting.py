"""The population whose statistics are those that were observed, out of one library of affairs.

Affairs of a library differ in their ingredients, log-normal over one population or several.
Another population is the same library with weights: the density of each affair's ingredients under
the other over that under the mixture that it was drawn from. So a statistic under any population
near the library's costs a weighted mean or quantile and no new run, and the medians and log-sds of
all ingredients can be fitted at once.

`tilted` minimises

    sum over statistics of h((s - s_obs) / half-width) + PULL * sum over ingredients of
    ((m - m_0) / 1)^2 + ((log sigma - log sigma_0) / .5)^2 + ((a - a_0) / SLOPE_SD)^2

half-width : of the observed 90 % interval, which is the tolerance; h(x) = .15 x^2 + 3 d^2 with
d = (|x| - .8)_+, linear in d beyond 2: next to nothing inside the interval, steep outside; m_0,
sigma_0, a_0 : the prior's log-median, log-sd and slopes. Weights that rest on few affairs are held
back: the effective number is kept above FEWEST_SHARE of the library, that behind each statistic
above FEWEST_EACH.
The loss has steps (quantiles), so it is searched by an evolution strategy with a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs
from experiments.corpus.bootstrap import Measured
from experiments.corpus.ingredients import INGREDIENTS, NAMES, Population, Spread, log_of, prior
from experiments.corpus.shipped import Published
from experiments.corpus.targets import measured

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

PULL = 0.03
#: Weights on few affairs fit weights and not a population: 52 of 52 statistics were met with an
#: effective 5 %, and 40 when such a population was run.
FEWEST_SHARE, FEWEST_EACH = 0.5, 60.0
FEW = 40.0  #: what weights on e times fewer affairs cost, and half of that again
GENERATIONS, OFFSPRING, PARENTS, SEED = 140, 24, 8, 1  #: of the evolution strategy
INSIDE = 0.8  #: half-widths that cost next to nothing
#: An observed interval that is a point says only that the statistic is there or thereabouts.
LEAST_SHARE, LEAST_SIZE = 0.03, 0.3
#: In one tilt log-medians move by so many sds of the library at most, log-sds by these factors.
FURTHEST, SCALES = 1.0, (-0.5, 0.15)
SLOPE_STEP, SLOPE_SD = 0.3, 0.5  #: what one unit of the search is; how far slopes are expected


@dataclass(frozen=True, eq=False)
class Wanted:
    """Statistics that the fit uses, as observed."""

    names: tuple[str, ...]
    value: _F
    half: _F  #: half-width of the 90 % interval, not below what LEAST says


def wanted(published: Mapping[str, Published], moved: _F | None = None) -> Wanted:
    """The statistics marked `calibrate`. moved : standard normal numbers that move each within its
    interval, for the uncertainty of the fit.
    """
    names = tuple(name for name, one in published.items() if one.use == "calibrate")
    rows = [published[name] for name in names]
    value = np.array([one.value for one in rows])
    low, high = np.array([one.low for one in rows]), np.array([one.high for one in rows])
    half = np.maximum((high - low) / 2, np.where(np.abs(value) > 1, LEAST_SIZE, LEAST_SHARE))
    if moved is not None:
        value = np.clip(value + moved * (high - low) / 3.29, np.minimum(low, value), high)
    return Wanted(names, value, half)


class Weighted:
    """Statistics of a library under weights of its affairs."""

    def __init__(
        self,
        libraries: Sequence[Affairs],
        names: Sequence[str],
        further: Sequence[Mapping[str, Measured]] | None = None,
    ) -> None:
        """further : of each library, what `measured` does not have of it."""
        before = np.cumsum([0, *map(len, libraries)])
        more = further or [{}] * len(libraries)
        found = [{**measured(one), **own} for one, own in zip(libraries, more, strict=True)]
        self._rows = [_sorted([one[name].known() for one in found], before) for name in names]

    def under(self, weight: _F) -> tuple[_F, _F]:
        """Each statistic, and the effective number of affairs behind it; NaN of nothing."""
        value = np.full(len(self._rows), np.nan)
        behind = np.zeros(len(self._rows))
        for k, (affair, values, quantile) in enumerate(self._rows):
            own = weight[affair]
            total = own.sum()
            if not total > 0:
                continue
            behind[k] = total**2 / (own**2).sum()
            if quantile is None:
                value[k] = (own * values).sum() / total
            else:
                value[k] = np.interp(quantile, (np.cumsum(own) - own / 2) / total, values)
        return value, behind


def _sorted(parts: Sequence[Measured], before: _I) -> tuple[_I, _F, float | None]:
    """Affairs and values of all libraries by value. before : affairs of the libraries before."""
    affair = np.concatenate([one.affair + before[k] for k, one in enumerate(parts)])
    value = np.concatenate([one.value for one in parts])
    order = np.argsort(value, kind="stable")
    return affair[order], value[order], parts[0].quantile


@dataclass(frozen=True, eq=False)
class Tilt:
    """A population that was found, and the weights that make the library into it."""

    population: dict[str, Spread]
    weight: _F  #: sums to 1
    loss: float

    @property
    def effective(self) -> float:
        """Effective number of affairs."""
        return float(1 / np.sum(self.weight**2))


@dataclass(frozen=True, eq=False)
class Library:
    """Ingredients of affairs, and the populations that they were drawn from."""

    logs: _F  #: of the ingredients, float[n, len(NAMES)]
    factors: _F  #: FACTORS of each affair, float[n, 3]
    drawn: Sequence[tuple[Population, int]]  #: populations, and how many affairs of each

    def mixture(self) -> _F:
        """Log density of each affair's ingredients under the mixture that it was drawn from."""
        total = sum(count for _, count in self.drawn)
        parts = [np.log(count / total) + self.density(*log_of(one)) for one, count in self.drawn]
        found: _F = np.logaddexp.reduce(np.array(parts), axis=0)
        return found

    def density(self, mean: _F, sd: _F, slopes: _F) -> _F:
        """Log density of log-normal ingredients, up to a constant, float[n]."""
        apart = (self.logs - mean - self.factors @ slopes.T) / sd
        density: _F = -0.5 * np.einsum("ij,ij->i", apart, apart) - np.log(sd).sum()
        return density


#: Ingredients of which median and log-sd are fitted; the size of an affair is a scale.
_FREE = np.array([float(name != "size") for name in NAMES])
#: Slopes that are fitted: places of ingredients and of FACTORS.
_SLOPES = tuple(
    (k, f) for k, one in enumerate(INGREDIENTS) for f, a in enumerate(one.along) if a is not None
)


def tilted(
    library: Library,
    of: Population,
    statistics: Weighted,
    target: Wanted,
    generations: int = GENERATIONS,
    kept: _B | None = None,
    seed: int = SEED,
) -> Tilt:
    """The population near `of` whose statistics are wanted.

    generations : of the search, whose seed is given. kept : affairs that it sees; None: all.
    """
    seen = np.ones(len(library.logs), dtype=np.bool_) if kept is None else kept
    n, fewest = len(NAMES), FEWEST_SHARE * seen.sum()
    proposal = np.where(seen, library.mixture(), np.inf)
    start, mean_0, sd_0 = log_of(of), *log_of(prior())[:2]
    slopes_0 = log_of(prior())[2]
    rows, columns = (list(one) for one in zip(*_SLOPES, strict=True))

    def at(x: _F) -> tuple[_F, _F, _F]:
        """Log-medians, log-sds and slopes at a point of the search."""
        mean, sd, slopes = start
        slopes = slopes.copy()
        slopes[rows, columns] += SLOPE_STEP * x[2 * n :]
        return mean + _FREE * sd * x[:n], sd * np.exp(_FREE * x[n : 2 * n]), slopes

    def weight_at(x: _F) -> _F:
        log_weight = library.density(*at(x)) - proposal
        weight = np.exp(log_weight - log_weight.max())
        found: _F = weight / weight.sum()
        return found

    def loss_at(x: _F) -> float:
        weight = weight_at(x)
        value, behind = statistics.under(weight)
        mean, sd, slopes = at(x)
        pulled = (mean - mean_0) ** 2 + (np.log(sd / sd_0) / 0.5) ** 2
        loss = missed(value, target) + PULL * pulled.sum()
        loss += PULL * (((slopes - slopes_0) / SLOPE_SD) ** 2).sum()
        loss += 0.02 * np.maximum(0, FEWEST_EACH - behind).sum()
        short = max(0.0, float(np.log(fewest * np.sum(weight**2))))
        return float(loss + FEW * short * (1 + short))

    x = _evolved(loss_at, n, len(_SLOPES), generations, seed)
    return Tilt(_population(*at(x)), weight_at(x), loss_at(x))


def _population(mean: _F, sd: _F, slopes: _F) -> dict[str, Spread]:
    """Log-medians, log-sds and slopes by name."""
    return {
        name: Spread(float(np.exp(mean[k])), float(sd[k]), tuple(slopes[k].tolist()))
        for k, name in enumerate(NAMES)
    }


def averaged(found: Sequence[Population]) -> dict[str, Spread]:
    """The population between several: what only one of them saw goes most of the way."""
    mean, sd, slopes = (np.array(one) for one in zip(*map(log_of, found), strict=True))
    return _population(mean.mean(axis=0), np.exp(np.log(sd).mean(axis=0)), slopes.mean(axis=0))


def missed(value: _F, target: Wanted) -> float:
    """The loss of statistics; one that is of nothing counts as three half-widths off."""
    size = np.abs(np.nan_to_num((value - target.value) / target.half, nan=3.0))
    out = np.maximum(0.0, size - INSIDE)
    return float((0.15 * size**2 + np.where(out < 2, 3 * out**2, 12 * out - 12)).sum())


def _evolved(
    loss_at: Callable[[_F], float], n: int, n_slopes: int, generations: int, seed: int
) -> _F:
    """The best of some generations of OFFSPRING around a mean that moves, a step for each number.

    Mirrored pairs; the mean moves to the weighted PARENTS; steps grow along what worked, and all
    together while the mean moves steadily (cumulative step-size adaptation, diagonal CMA-ES). The
    first n numbers are shifts in sds of the library, the next n log factors of sds, then slopes.
    """
    size = 2 * n + n_slopes
    rng = np.random.default_rng(seed)
    weight = np.log(PARENTS + 0.5) - np.log(np.arange(1, PARENTS + 1))
    weight /= weight.sum()
    mean, spread, path, step = np.zeros(size), np.ones(size), np.zeros(size), 0.25
    best, best_loss = mean, loss_at(mean)
    for _ in range(generations):
        normal = rng.standard_normal((OFFSPRING // 2, size))
        normal = np.concatenate([normal, -normal])
        trial = mean + step * np.sqrt(spread) * normal
        trial[:, :n] = np.clip(trial[:, :n], -FURTHEST, FURTHEST)
        trial[:, n : 2 * n] = np.clip(trial[:, n : 2 * n], *SCALES)
        trial[:, 2 * n :] = np.clip(trial[:, 2 * n :], -FURTHEST, FURTHEST)
        loss = np.array([loss_at(one) for one in trial])
        order = np.argsort(loss, kind="stable")[:PARENTS]
        if loss[order[0]] < best_loss:
            best, best_loss = trial[order[0]], float(loss[order[0]])
        moved = weight @ normal[order]
        mean = mean + step * np.sqrt(spread) * moved
        spread = spread * (0.97 + 0.03 * (weight @ normal[order] ** 2))
        path = 0.9 * path + np.sqrt(0.19 * PARENTS * 0.6) * moved
        step *= np.exp(0.15 * (np.linalg.norm(path) / np.sqrt(size) - 1))
        step = min(max(step, 0.02), 0.5)
    return best
