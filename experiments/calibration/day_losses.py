"""Two forecasts of the same days: which one is better, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

_F = npt.NDArray[np.float64]
FEWEST_DAYS = 5  #: below this no verdict is given: a standard error of so few days says nothing
CONFIDENCE = 0.95  #: of a verdict


@dataclass(frozen=True)
class Against:
    """The runs against one other forecast: mean difference of their losses over days.

    Losses are CRPS of a day, shares of the peak; below 0 the runs are better.
    """

    rival: str  #: name of the forecast
    knows: str  #: "events" or "yesterday"
    score: float  #: mean loss of the rival
    difference: float  #: mean loss of the runs minus that of the rival
    se: float  #: standard error of the difference; NaN of fewer than two days
    n_days: int
    verdict: str  #: better, worse, same, unclear, few


def standard_error(differences: _F) -> float:
    """Of the mean of differences by day, of which one leans on the day before.

    sqrt((c_0 + 2 max(c_1, 0)) / (n - 1)), c_k the covariance k days apart over n (Diebold & Mariano
    1995, one lag; a negative c_1 is taken as chance). NaN of fewer than two days.
    """
    n = differences.size
    if n < 2:
        return float("nan")
    off = differences - differences.mean()
    c_0, c_1 = float((off**2).sum() / n), float((off[1:] * off[:-1]).sum() / n)
    return float(np.sqrt((c_0 + 2 * max(c_1, 0.0)) / (n - 1)))


def against(rival: str, knows: str, runs: _F, other: _F) -> Against:
    """The runs' losses against another forecast's, day by day, float64[n_days] each.

    A verdict is given at CONFIDENCE by Student's t.
    """
    differences = runs - other
    n, mean, se = differences.size, float(differences.mean()), standard_error(differences)
    if n < FEWEST_DAYS:
        verdict = "few"
    elif np.abs(differences).max() == 0:
        verdict = "same"
    elif abs(mean) <= student.ppf((1 + CONFIDENCE) / 2, n - 1) * se:
        verdict = "unclear"
    else:
        verdict = "better" if mean < 0 else "worse"
    return Against(rival, knows, float(other.mean()), mean, se, n, verdict)
