"""How good forecasts are: CRPS, Brier and log score, coverage; with intervals over affairs.

A forecast of a task is an ensemble of y24 and up to three probabilities. As a table (`table_of`):
affair, L, e0, e1, ... and p_new24, p_new72, p_other24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.corpus.bootstrap import HIGH, LOW
from experiments.corpus.tasks import AGES, UNIT, Tasks

_F = npt.NDArray[np.float64]
_B = npt.NDArray[np.bool_]

CLIP = 0.01  #: probabilities are clipped to [CLIP, 1 - CLIP] before the log score
DRAWS, SEED = 1000, 3
FAIR_BELOW = 100  #: members; fewer are scored without the penalty of a small ensemble
ALL = "all"


@dataclass(frozen=True, eq=False)
class Forecast:
    """Forecasts of tasks, in their order.

    ensemble : of y24, float[n, m], at least 0. events : of EVENTS, probabilities; those that are
    not forecast are not in it.
    """

    ensemble: _F
    events: dict[str, _F]


@dataclass(frozen=True)
class Score:
    """A mean score with its 90 % interval, and the skill against a reference (NaN without one)."""

    value: float
    low: float
    high: float
    n: int  #: affairs
    skill: float = float("nan")
    skill_low: float = float("nan")
    skill_high: float = float("nan")


def crps(ensemble: _F, y: _F, fair: bool = False) -> _F:
    """CRPS of ensembles (rows) against outcomes; smaller is better.

    Mean distance of members from the outcome, less half the mean distance between members. fair :
    a member is not paired with itself, so that few members are not worse for being few.
    """
    members = np.sort(ensemble, axis=1)
    m = members.shape[1]
    pairs = m * (m - 1) if fair and m > 1 else m * m
    rank = 2 * np.arange(1, m + 1) - m - 1
    spread = members @ rank / pairs
    return np.abs(members - y[:, None]).mean(axis=1) - spread


def losses(forecast: Forecast, tasks: Tasks, fair: bool = False) -> dict[str, _F]:
    """What each task costs, by score; in90 is 1 where y24 lies inside the central 90 %."""
    y, members = tasks.column("y24"), np.sort(forecast.ensemble, axis=1)
    m = members.shape[1]
    low, high = (members[:, min(int(q * m), m - 1)] for q in (0.05, 0.95))
    found = {
        "crps": crps(members, y, fair),
        "crps_raw": crps(_raw(members), _raw(y)),
        "in90": ((y >= low - 1e-9) & (y <= high + 1e-9)).astype(np.float64),
    }
    for name, p in forecast.events.items():
        came = tasks.column(name)
        sure = np.clip(p, CLIP, 1 - CLIP)
        found[f"brier_{name}"] = (p - came) ** 2
        found[f"log_{name}"] = -np.log(np.where(came > 0, sure, 1 - sure))
    return found


def _raw(y: _F) -> _F:
    """Heat on the logarithmic scale without UNIT."""
    raw: _F = np.log1p(UNIT * np.expm1(np.clip(y, 0, 30)))
    return raw


def score(
    forecast: Forecast, tasks: Tasks, reference: Forecast | None = None, fair: bool | None = None
) -> dict[tuple[str, str], Score]:
    """Mean scores by age ("all", "3", ...) and score, with intervals by drawing affairs.

    fair : see `crps`; None where the ensemble is small.
    """
    small = forecast.ensemble.shape[1] < FAIR_BELOW if fair is None else fair
    mine = losses(forecast, tasks, small)
    theirs = losses(reference, tasks) if reference is not None else {}
    age, found = tasks.column("age"), {}
    for name in (ALL, *map(str, AGES)):
        of = np.ones(len(tasks), dtype=np.bool_) if name == ALL else age == float(name)
        if not of.any():
            continue
        by = _Means(tasks.frame["affair"].to_numpy()[of])
        for key, loss in mine.items():
            beside = theirs[key][of] if key in theirs and key != "in90" else None
            found[name, key] = by.score(loss[of], beside)
    return found


@dataclass(frozen=True)
class Difference:
    """A forecast's mean score less another's: negative where it is the better one."""

    value: float
    low: float
    high: float


def compare(
    one: Forecast, other: Forecast, tasks: Tasks, fair: bool = False
) -> dict[str, Difference]:
    """Differences in every score that both have, paired over affairs."""
    mine, theirs = losses(one, tasks, fair), losses(other, tasks, fair)
    by = _Means(tasks.frame["affair"].to_numpy())
    return {
        key: by.difference(mine[key] - theirs[key])
        for key in mine
        if key in theirs and key != "in90"
    }


class _Means:
    """Means over tasks, with draws of whole affairs."""

    def __init__(self, affair: npt.NDArray[np.object_]) -> None:
        """Draw affairs with replacement, DRAWS times. affair : the affair of each task,
        text[tasks].
        """
        _, self._of = np.unique(affair.astype(str), return_inverse=True)
        self._n = int(self._of.max()) + 1
        rng = np.random.default_rng(SEED)
        self._drawn = rng.integers(0, self._n, (DRAWS, self._n))
        self._tasks = self._sums(np.ones(len(affair)))[1]

    def _sums(self, loss: _F) -> tuple[float, _F]:
        """The sum over all tasks, and over those of each draw."""
        sums = np.bincount(self._of, loss, self._n)
        return float(sums.sum()), sums[self._drawn].sum(axis=1)

    def score(self, loss: _F, beside: _F | None) -> Score:
        """Mean loss, and skill against another."""
        total, drawn = self._sums(loss)
        low, high = np.percentile(drawn / self._tasks, [LOW, HIGH])
        plain = Score(total / len(loss), float(low), float(high), self._n)
        if beside is None:
            return plain
        whole, others = self._sums(beside)
        skill = 1 - drawn / others
        low, high = np.percentile(skill, [LOW, HIGH])
        return Score(
            plain.value, plain.low, plain.high, plain.n, 1 - total / whole, float(low), float(high)
        )

    def difference(self, loss: _F) -> Difference:
        """Mean of a difference."""
        total, drawn = self._sums(loss)
        low, high = np.percentile(drawn / self._tasks, [LOW, HIGH])
        return Difference(total / len(loss), float(low), float(high))


def joined(parts: Sequence[tuple[_B, Forecast]], n: int) -> Forecast:
    """Forecasts of parts of n tasks as one; where ensembles differ in size, the smaller ones are
    filled up with their medians.
    """
    m = max(one.ensemble.shape[1] for _, one in parts)
    ensemble = np.zeros((n, m))
    events = {name: np.zeros(n) for name in parts[0][1].events}
    for of, one in parts:
        k = one.ensemble.shape[1]
        ensemble[of, :k] = one.ensemble
        ensemble[of, k:] = np.median(one.ensemble, axis=1)[:, None]
        for name, p in one.events.items():
            events[name][of] = p
    return Forecast(ensemble, events)


def table_of(forecast: Forecast, tasks: Tasks) -> pd.DataFrame:
    """A forecast as the table that `forecast_file` and other people's code read."""
    m = forecast.ensemble.shape[1]
    return pd.concat(
        [
            tasks.frame[["affair", "age"]].rename(columns={"age": "L"}),
            pd.DataFrame({f"p_{name}": p for name, p in forecast.events.items()}),
            pd.DataFrame(forecast.ensemble, columns=[f"e{k}" for k in range(m)]),
        ],
        axis=1,
    )
