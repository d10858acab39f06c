"""How large an affair was, where a run can be measured with the instrument of its series.

Reviews, calls or shares of sales have no counterpart in a run, nor has an index that somebody added
up in another way: of these only the shape can be compared, and why is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.reading.intervals import FEWEST_PAIRS
from sim.record import Run

_F = npt.NDArray[np.float64]
#: The unit of a daily series that a run can be measured in: each topic of the affair that was on
#: the list that day counts once, at its highest index; a day is their sum. An archive of the list
#: that keeps a line a day and topic gives it.
LIST_UNIT = "hot index (topic peaks)"


def same_instrument(metric: str, unit: str) -> bool:
    """Whether runs are measured as this series was."""
    return metric == "attention" and unit == LIST_UNIT


def topic_peaks(run: Run) -> _F:
    """A run in LIST_UNIT, float64[n_days] from the case's start on.

    Who looks at the list once an hour sees it so: log entries `listed`.
    """
    per_day = round(24 / run.clock.dt_h)
    days = np.zeros((run.clock.n_steps - run.clock.burn_in_steps) // per_day)
    highest: dict[tuple[int, str], float] = {}
    for entry in run.log:
        if entry.kind == "listed":
            key = ((entry.step - run.clock.burn_in_steps) // per_day, entry.who)
            highest[key] = max(highest.get(key, 0.0), entry.value)
    for (day, _), heat in highest.items():
        if 0 <= day < days.size:
            days[day] += heat
    return days


def sizes(seen: _F, said: _F) -> dict[str, Any]:
    """The largest day and all days together, observed and over runs; ranges as of the shapes.

    seen : float64[n_days]; said : float64[n_runs, n_days], both in LIST_UNIT.
    """
    found: dict[str, Any] = {"unit": LIST_UNIT}
    for name, observed, runs in (
        ("largest_day", seen.max(), said.max(axis=1)),
        ("all_days", seen.sum(), said.sum(axis=1)),
    ):
        q05, median, q95 = spread(runs, (0.05, 0.5, 0.95))
        found[name] = {
            "observed": float(observed), "median": float(median), "q05": float(q05),
            "q95": float(q95),
        }  # fmt: skip
    return found


def spread(values: _F, at: Sequence[float]) -> _F:
    """Quantiles over runs (the first axis) between which one more run lies as often as they say.

    The k-th of n runs is the quantile k / (n + 1) (Weibull), so that coverage does not grow with
    the number of runs: with (k - 1) / (n - 1), the 90 % of 40 runs hold 86 %. All but the median
    are NaN below FEWEST_PAIRS runs; up to 18 runs the least and the largest stand for 5 % and 95 %.
    """
    q = np.quantile(values, at, axis=0, method="weibull")
    if len(values) < FEWEST_PAIRS:
        q[np.array(at) != 0.5] = np.nan
    return np.asarray(q, np.float64)
