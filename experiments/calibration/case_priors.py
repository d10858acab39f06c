"""What the worlds of a fit are drawn from, where it is not what a run is drawn from.

The platform and third parties: the population of affairs that was fitted to a corpus of them
(experiments/corpus, docs/decisions/0017). A case is one affair more, so an ingredient of affairs is
log-normal over worlds, cut off at the ends of the parameter's range.
Priors that were narrowed by hand with the case in sight (docs/decisions/0016): the ranges that are
written in the settings of the fit.
Every other parameter is drawn as every run draws it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from experiments.corpus.ingredients import INGREDIENTS, by_itself, fitted
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]
SEED = 77_231  #: of the places at which worlds are drawn
#: Ingredients that the fit of a case does not take from the population, each with its reason.
APART: Mapping[str, str] = {
    "community_size": "a case says how large its community is",
    "question_per_d": "asked of fans who are convinced, of whom lists say nothing (decision 17)",
    "question_half_life_d": "as question_per_d",
    "heat_pr_head": "there an explanation over an apology, here a person's post over the company's",
}
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Prior:
    """Where a parameter may lie before the fit: even between two ends, or log-normal and cut."""

    low: float
    high: float
    median: float = math.nan  #: of a log-normal; NaN: even
    log_sd: float = math.nan  #: of its logarithm

    @property
    def of_affairs(self) -> bool:
        """Whether it is drawn from the population of affairs."""
        return not math.isnan(self.median)

    def at(self, u: float) -> float:
        """The value at a quantile u in [0, 1]."""
        if not self.of_affairs:
            return float(self.low + u * (self.high - self.low))
        first, last = (self._share(end) for end in (self.low, self.high))
        share = min(max(first + u * (last - first), 1e-9), 1 - 1e-9)
        value = self.median * math.exp(self.log_sd * _NORMAL.inv_cdf(share))
        return min(max(value, self.low), self.high)

    def place(self, value: float) -> float:
        """The quantile of a value, in [0, 1]: the inverse of `at`."""
        if not self.of_affairs:
            return float((value - self.low) / (self.high - self.low))
        first, last = (self._share(end) for end in (self.low, self.high))
        return float((self._share(value) - first) / (last - first))

    def _share(self, value: float) -> float:
        """The share of the log-normal that lies below a value."""
        if value <= 0:
            return 0.0
        return _NORMAL.cdf(math.log(value / self.median) / self.log_sd)


Written = tuple[tuple[str, float, float], ...]  #: name, low, high


@lru_cache
def own_priors(written: Written) -> Mapping[str, Prior]:
    """Every parameter whose worlds a fit draws in its own way, by name: of affairs, then written.

    written : the ranges in the settings of the fit; where one names an ingredient, it is taken.
    """
    about = {item.name: item.metadata for item in fields(Parameters)}
    found = {
        one.name: Prior(
            about[one.name]["low"], about[one.name]["high"], spread.median, spread.log_sd
        )
        for one, spread in zip(INGREDIENTS, by_itself(fitted()).values(), strict=True)
        if one.parameter and one.name not in APART and not about[one.name].get("constant")
    }
    return {**found, **{name: Prior(low, high) for name, low, high in written}}


@lru_cache(maxsize=256)
def _places(name: str, n: int) -> _F:
    """The first n places of a parameter in [0, 1], the same whatever else is drawn."""
    key = int.from_bytes(hashlib.sha256(f"{SEED} {name}".encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key)).random(n)


def place(name: str, k: int) -> float:
    """Where the k-th world lies in the prior of a parameter of `own_priors`."""
    size = 1024
    while k >= size:
        size *= 2
    return float(_places(name, size)[k])
