"""How well a case file with a daily series is reproduced when only its events are re-set.

People and platform keep what the fit left; nothing is fitted here. Units differ between instruments
(hot index, reviews, calls, sales), so shapes are compared: values over their largest; sizes only
where a run can be measured as the series was (`case_size`). Below FEWEST_DAYS a shape says nothing,
and no score is given. Rivals stand in `case_forecasts`, verdicts in `day_losses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import spearmanr

from experiments.calibration.case_forecasts import forecasts, topics_by_day
from experiments.calibration.case_size import same_instrument, sizes, spread, topic_peaks
from experiments.calibration.day_losses import Against, against
from experiments.corpus.scores import crps
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.sweeps.running import run_points
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.record import Run
from sim.settings.config import Config
from sim.store import Store

_F = npt.NDArray[np.float64]
FEWEST_DAYS = 3  #: below this a shape says nothing


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
QUANTILES = {"median": 0.5, "q05": 0.05, "q25": 0.25, "q75": 0.75, "q95": 0.95}


def measure(metric: str, unit: str) -> Callable[[Run], _F]:
    """What a series is in a run, a value a day: by its own instrument, where a run has it."""
    return topic_peaks if same_instrument(metric, unit) else METRICS[metric]


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
    unit: str  #: of the series
    days: pd.DataFrame  #: date, observed, median, q05, q25, q75, q95, topics
    summary: Mapping[str, Any]  #: key -> number or words; NaN where it is not defined
    rivals: Sequence[Against] = ()  #: forecasts that know the events first
    size: Mapping[str, Any] = field(default_factory=dict)  #: `sizes`; empty on another instrument


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
    unit = str(rows["unit"].iloc[0])
    at, counted, simulated = _compared(metric, unit, rows, runs)
    seen = shape(counted, metric)
    said = np.stack([shape(days, metric) for days in simulated])
    topics = shape(_topics(case, metric, unit, at), metric)
    days = _table(case, at, seen, said).assign(topics=topics)
    few = len(runs) < FEWEST_PAIRS  # of a handful no range is given
    summary: dict[str, Any] = {"n_days": len(at), "n_runs": len(runs)}
    rivals: list[Against] = []
    if len(at) >= FEWEST_DAYS:
        losses = _losses(said, seen[1:])
        rivals = [
            against(one.name, one.knows, losses, crps(one.said.T, seen[1:]))
            for one in forecasts(seen, topics, metric in LEVELS, metric == "attention")
        ]
        summary |= _met(days, few) | _scores(losses, rivals)
    else:
        summary["note"] = f"{len(at)} days: a shape needs {FEWEST_DAYS}"
    if few:
        summary["few"] = len(runs)
    size = sizes(counted, simulated) if same_instrument(metric, unit) else {}
    return Scored(metric, unit, days, summary, rivals, size)


def _compared(
    metric: str, unit: str, rows: pd.DataFrame, runs: Sequence[Run]
) -> tuple[npt.NDArray[np.int64], _F, _F]:
    """Days of a series that every run reaches, what was counted on them, and the same of the runs.

    Returns int64[n_days], float64[n_days] and float64[n_runs, n_days], in the units of either.
    """
    by_day = [measure(metric, unit)(run) for run in runs]
    at = rows["day"].to_numpy(np.int64)
    known = at < min(days.size for days in by_day)
    at = at[known]
    return at, rows["value"].to_numpy(np.float64)[known], np.stack([days[at] for days in by_day])


def _table(case: Case, at: npt.NDArray[np.int64], seen: _F, said: _F) -> pd.DataFrame:
    """A row a day: date, the observed shape, median and quantiles over runs."""
    dates = [f"{case.start + pd.Timedelta(days=int(d)):%Y-%m-%d}" for d in at]
    over_runs = zip(QUANTILES, spread(said, list(QUANTILES.values())), strict=True)
    return pd.DataFrame({"date": dates, "observed": seen, **dict(over_runs)})


def _topics(case: Case, metric: str, unit: str, at: npt.NDArray[np.int64]) -> _F:
    """What one median topic for each event makes of a metric on the days `at`.

    Attention and posts of a day go as the topics do, posts so far as their sum; trust and the share
    of those who stay lose with every topic as much as it weighs. Assumed of all but attention.
    """
    by_day = topics_by_day(case, int(at.max(initial=0)) + 1, same_instrument(metric, unit))
    if metric in LEVELS:
        by_day = -by_day.cumsum()
    elif metric == "cumulative_outraged_posts":
        by_day = by_day.cumsum()
    return by_day[at]


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


def _losses(said: _F, seen: _F) -> _F:
    """Score of the runs on each day from the second on, float64[n_days - 1].

    said : float64[n_runs, n_days]; seen : from the second day on. Runs are draws: none is paired
    with itself, so that their number moves the score by chance alone (Ferro 2014).
    """
    return crps(said[:, 1:].T, seen, fair=True)


def _scores(losses: _F, rivals: Sequence[Against]) -> dict[str, float]:
    """Mean scores from the second day on: of the runs and of every rival. Of a level nothing
    decays: NaN.
    """
    found = {f"score_{one.rival}": one.score for one in rivals}
    return {"score": float(losses.mean()), "score_decay": float("nan"), **found}
