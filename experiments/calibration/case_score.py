"""How well a case file with a daily series is reproduced when only its events are re-set.

People and platform keep what the fit left; nothing is fitted here. Units differ between instruments
(hot index, reviews, calls, sales), so only shapes are compared: values over their largest. Below
FEWEST_DAYS a shape says nothing, and no score is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import spearmanr

from experiments.calibration.holdout import crps
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.sweeps.running import run_points
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.record import Run
from sim.settings.config import Config
from sim.store import Store

_F = npt.NDArray[np.float64]
FEWEST_DAYS = 3  #: below this a shape says nothing
HALF_DAY_DECAY = 0.5  #: of the naive forecast: what is left of a day's attention on the next


def _per_day(run: Run, values: _F) -> _F:
    """Values by day, float64[n_days, steps a day], from the case's start on; half a day at the end
    is cut.
    """
    per_day = round(24 / run.clock.dt_h)
    inside = values[run.clock.burn_in_steps :]
    n_days = inside.size // per_day
    return inside[: n_days * per_day].reshape(n_days, per_day)


def _outraged(run: Run) -> _F:
    """Posts that are outraged, about the deal or about governance, by step."""
    posts: _F = run.series["posts_deal"].astype(np.float64) + run.series["posts_governance"]
    return posts


#: What a metric of a daily series is in a run, a value a day. Names stand in docs/recipes.md.
METRICS: Mapping[str, Callable[[Run], _F]] = {
    "attention": lambda r: _per_day(r, r.series["list_heat"].astype(float)).sum(axis=1),
    "outraged_posts": lambda r: _per_day(r, _outraged(r)).sum(axis=1),
    "cumulative_outraged_posts": lambda r: _per_day(r, _outraged(r)).sum(axis=1).cumsum(),
    "trust": lambda r: _per_day(r, r.weighted("trust"))[:, -1],
    "exit": lambda r: -_per_day(r, r.weighted("exited"))[:, -1],
}
LEVELS = ("trust", "exit")  #: what counts is the change from the first day


def shape(values: _F, metric: str) -> _F:
    """Values over their largest; of a level, its change from the first day over the largest.

    Zeros where nothing moves. metric : a key of METRICS.
    """
    moved = values - values[0] if metric in LEVELS else values
    top = float(np.abs(moved).max())
    result: _F = moved / top if top > 0 else np.zeros_like(moved)
    return result


def _peak_day(dates: Sequence[str], values: _F) -> str | None:
    """The day of the largest value; None for a series of zeros, which has none."""
    size = np.abs(values)
    return dates[int(size.argmax())] if size.max() > 0 else None


@dataclass(frozen=True)
class Scored:
    """One metric of a case: its days and what they add up to.

    Everything is of shapes, so without unit. Quantiles are over runs.
    """

    metric: str  #: a key of METRICS
    days: pd.DataFrame  #: date, observed, median, q05, q25, q75, q95
    summary: Mapping[str, Any]  #: key -> number or words; NaN where it is not defined


def score(config: Config) -> list[Scored]:
    """Run a case as it happened and hold it against its daily series, metric by metric.

    config : case, response, worlds and seeds. Raises ConfigError where no run finished.
    """
    case = config.case
    rows = daily_of(case)
    result = run_points([config], Store(config.results), case.name)[0]
    if not result.runs:
        raise ConfigError(
            "case", case.name, f"no run finished: {result.failures[0].reason}", "a case that runs",
            f"backlash case check {case.name}",
        )  # fmt: skip
    return [
        scored(case, str(metric), group, result.runs)
        for metric, group in rows.groupby("metric", sort=False)
    ]


def daily_of(case: Case) -> pd.DataFrame:
    """The daily series of a case: one value a day and metric, in the order of time.

    Raises ConfigError for a case without one, and for whatever `sim.case.daily` cannot read in it.
    """
    daily = case.observed_daily()
    if daily is None:
        raise ConfigError(
            "series.daily", None, f"the case {case.name} has no daily series",
            "a CSV beside the case file with date, metric, value, unit, source",
            "series: {daily: my_case_daily.csv}",
        )  # fmt: skip
    return daily.rows


def scored(case: Case, metric: str, rows: pd.DataFrame, runs: Sequence[Run]) -> Scored:
    """One metric of a case, its rows of `daily_of`, against runs of it.

    Days beyond the end of a run are left out.
    """
    at = rows["day"].to_numpy(np.int64)
    known = at < min(METRICS[metric](run).size for run in runs)
    at = at[known]
    seen = shape(rows["value"].to_numpy(np.float64)[known], metric)
    said = np.stack([shape(METRICS[metric](run)[at], metric) for run in runs])
    q = np.quantile(said, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    few = len(runs) < FEWEST_PAIRS  # of a handful no range is given
    if few:
        q[[0, 1, 3, 4]] = np.nan
    dates = [f"{case.start + pd.Timedelta(days=int(d)):%Y-%m-%d}" for d in at]
    days = pd.DataFrame(
        {"date": dates, "observed": seen, "median": q[2], "q05": q[0], "q25": q[1], "q75": q[3],
         "q95": q[4]}
    )  # fmt: skip
    summary: dict[str, Any] = {"n_days": len(at), "n_runs": len(runs)}
    if len(at) >= FEWEST_DAYS:
        summary |= _met(days, few) | _against_naive(seen, said, metric)
    else:
        summary["note"] = f"{len(at)} days: a shape needs {FEWEST_DAYS}"
    if few:
        summary["few"] = len(runs)
    return Scored(metric, days, summary)


def _met(days: pd.DataFrame, few: bool) -> dict[str, Any]:
    """How the observed shape lies in the ranges over runs, and whether order and peak agree.

    few : so few runs that there is no range, and no share inside it.
    """
    seen, median = days["observed"].to_numpy(), days["median"].to_numpy()
    dates = days["date"].tolist()
    inside = {
        key: float("nan") if few else float(np.mean((days[low] <= seen) & (seen <= days[high])))
        for key, low, high in (("in_50", "q25", "q75"), ("in_90", "q05", "q95"))
    }
    return {
        **inside,
        "rank_correlation": (
            float(spearmanr(seen, median).statistic)
            if np.ptp(seen) > 0 and np.ptp(median) > 0
            else float("nan")  # what does not vary has no order
        ),
        "peak_day_observed": _peak_day(dates, seen),
        "peak_day_median": _peak_day(dates, median),
    }


def _against_naive(seen: _F, said: _F, metric: str) -> dict[str, float]:
    """Scores from the second day on: of the runs, of "as yesterday", of "half of yesterday".

    seen : float64[n_days]; said : float64[n_runs, n_days]. Of a level nothing decays: NaN.
    """
    repeat = np.abs(seen[1:] - seen[:-1])
    decay = np.abs(seen[1:] - seen[:-1] * HALF_DAY_DECAY)
    runs = [crps(said[:, k], float(seen[k])) for k in range(1, seen.size)]
    return {
        "score": float(np.mean(runs)),
        "score_repeat": float(repeat.mean()),
        "score_decay": float(decay.mean()) if metric not in LEVELS else float("nan"),
    }
