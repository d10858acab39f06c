"""Other cases: what a fit to one case says of them when only their events are re-set.

And what those of them in which somebody high up was removed add on how severe a penalty should be:
one case has one penalty, so it can say little about others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration import case_score, holdout, identifiability
from experiments.calibration.people_fit import Fit
from experiments.calibration.waves import particle
from sim.case.case import Case
from sim.progress import Progress
from sim.record import Run
from sim.settings.composition import compose
from sim.settings.prior import priors

_F = npt.NDArray[np.float64]
#: Parameters that say what a penalty is worth (MODEL 2.4): the severity block.
BLOCK = (
    "just_desert", "blamed_level", "sincerity_mismatch", "sincerity_excess", "backfire",
    "governance_penalty",
)  # fmt: skip
KEPT = 0.2  #: share of the worlds that two more cases leave
TOLERANCE = 0.15  #: of a day's share of the peak; a model may miss that much. Assumed.


@dataclass(frozen=True)
class Transfer:
    """A case's daily shape, one metric, beside what the fit's worlds say of it."""

    case: Case
    told: case_score.Scored  #: of the daily series


@lru_cache
def _case(name: str) -> Case:
    """A case by its name, read once."""
    return compose([f"case={name}"]).case


def _runs(found: Fit, name: str, n: int, plain: Sequence[str], hydra: Sequence[str]) -> list[Run]:
    """n worlds of the fit in another case as it happened, in the order of the worlds."""
    plan = holdout.run_draws(found, n, name, plain, hydra, case=name)
    progress = Progress(len(plan.parts), f"{name}: reading")
    runs = []
    for part in plan.parts:
        runs += plan.store.load(part.digest)
        progress.tick()
    return runs


def transfers(found: Fit, plain: Sequence[str], hydra: Sequence[str]) -> list[Transfer]:
    """How well the daily shape of every other case is met, metric by metric; one row of the report
    each.
    """
    told = []
    for name in found.settings.transfer:
        case = _case(name)
        n = found.settings.n_predict  # in full where `severity` reads the same runs
        runs = _runs(
            found, name, n if name in found.settings.removed else max(16, n // 4), plain, hydra
        )
        for metric, group in case_score.daily_of(case).groupby("metric", sort=False):
            told.append(Transfer(case, case_score.scored(case, str(metric), group, runs)))
    return told


def _off(case: Case, runs: Sequence[Run]) -> _F:
    """How far each run's daily attention is from the case's, over TOLERANCE, float64[n_runs].

    Root mean square over the days; both are shapes.
    """
    rows = case_score.daily_of(case)
    rows = rows[rows["metric"] == "attention"]
    days = rows["day"].to_numpy(np.int64)
    seen = case_score.shape(rows["value"].to_numpy(np.float64), "attention")
    measured = case_score.measure("attention", str(rows["unit"].iloc[0]))
    said = np.stack([case_score.shape(measured(run)[days], "attention") for run in runs])
    result: _F = np.sqrt((((said - seen) / TOLERANCE) ** 2).mean(axis=1))
    return result


def severity(found: Fit, plain: Sequence[str], hydra: Sequence[str]) -> pd.DataFrame:
    """What two more cases add on the severity block: a row a parameter, shrinkage without and with.

    Of the fit's worlds, run through both cases, the KEPT share that meets both daily shapes best
    (the worse of the two distances). `chance` is twice the standard error of a shrinkage of so few.
    """
    n = found.settings.n_predict
    if not found.settings.removed:
        return pd.DataFrame(columns=["parameter", "one_case", "three_cases", "chance"])
    off = np.max(
        [_off(_case(c), _runs(found, c, n, plain, hydra)) for c in found.settings.removed], axis=0
    )
    wave = holdout.draws(found, n)
    drawn = [
        particle(found.settings, int(k), dict(zip(found.settings.fan, u, strict=True)))
        for k, u in zip(wave.worlds, wave.u, strict=True)
    ]
    near = np.argsort(off, kind="stable")[: max(10, round(KEPT * n))]
    shrunk = identifiability.shrinkage(found)
    alone = dict(zip(shrunk["parameter"], shrunk["shrinkage"], strict=True))
    n_apart = len(set(wave.worlds[near].tolist()))  # draws repeat worlds of large weight
    chance = float(2 / np.sqrt(2 * n_apart))
    rows = []
    for name in BLOCK:
        values = np.array([getattr(one, name) for one in drawn])
        rows.append(_narrowed(name, values, near) | {"one_case": alone[name], "chance": chance})
    columns = [
        "parameter", "prior_low", "prior_high", "one_case", "three_cases", "median_one",
        "median_three", "chance", "n_kept", "n_worlds",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _narrowed(name: str, values: _F, near: npt.NDArray[np.int64]) -> dict[str, Any]:
    """A parameter over all worlds of the fit and over those nearest to the other cases.

    values : of the worlds, float64[n]; near : places of the nearest in it.
    """
    low, high = next((a, b) for prior, a, b in priors() if prior == name)
    prior_sd = (high - low) / np.sqrt(12)
    return {
        "parameter": name,
        "prior_low": low,
        "prior_high": high,
        "three_cases": 1 - values[near].std() / prior_sd,
        "median_one": float(np.median(values)),
        "median_three": float(np.median(values[near])),
        "n_kept": near.size,
        "n_worlds": values.size,
    }
