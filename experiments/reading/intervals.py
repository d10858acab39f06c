"""Stored runs -> tidy frames: bands over replicates, paired contrasts with honest intervals.

Runs of two responses are paired by seed: they meet the same world and the same chances, so that
their difference is of the responses alone. Of fewer than FEWEST_PAIRS pairs no interval is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.course import notes
from sim.metrics import BY_NAME
from sim.record import Run
from sim.runs import frame_of as frame_of

FEWEST_PAIRS = 10  #: below this no interval is printed
BOOTSTRAPS = 2000
GENERAL_BOARD = "weibo_hot_search"  #: of an observed hot list, the board that is compared
BOOTSTRAP_KEY = 20260105  #: of the draws of every bootstrap


class TooFewRuns(ValueError):
    """An interval would rest on too few runs; the estimate is attached."""

    def __init__(self, estimate: float, n: int) -> None:
        super().__init__(
            f"an interval over {n} pairs would pretend to know; at least {FEWEST_PAIRS} are needed "
            f"(the estimate itself: {estimate:.4g})"
        )
        self.estimate, self.n = estimate, n


def told_apart(low: float, high: float) -> bool:
    """The one rule for words and colours: an interval that leaves out zero tells two apart."""
    return low > 0 or high < 0


def verdict(mean: float, low: float, high: float, sign: float) -> str:
    """What may be said of a difference, in words and in colour.

    sign : +1 if more is better, -1 if less is, NaN if neither. Returns "same" (no difference at
    all), "unclear" (the interval holds zero), "differs" (told apart, and neither is better),
    "better" or "worse".
    """
    if low == high == 0:
        return "same"
    if not told_apart(low, high):
        return "unclear"
    if sign != sign:
        return "differs"
    return "better" if sign * mean > 0 else "worse"


@dataclass(frozen=True)
class Contrast:
    """One response against a reference on the same worlds."""

    outcome: str
    response: str
    mean: float  #: paired difference, in the unit of the outcome
    low: float  #: 95 % interval of the mean
    high: float
    share_better: float  #: ties count half
    n: int  #: worlds in which both have a value
    n_same: int = 0  #: worlds in which there is no difference at all


def resamples(n: int) -> npt.NDArray[np.int64]:
    """Rows of n worlds drawn with replacement, int64[BOOTSTRAPS, n]; the same every time."""
    return np.random.Generator(np.random.Philox(key=BOOTSTRAP_KEY)).integers(0, n, (BOOTSTRAPS, n))


def sign_of(outcome: str) -> float:
    """+1 if more of an outcome is better, -1 if less is, NaN if neither.

    Raises KeyError for a name that is no outcome.
    """
    return {"lower": -1.0, "higher": 1.0, "none": np.nan}[BY_NAME[outcome].better]


def interval(differences: npt.NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Bootstrap interval of a mean over pairs: low and high, by percentiles of BOOTSTRAPS means.

    Raises TooFewRuns below FEWEST_PAIRS.
    """
    n = differences.size
    if n < FEWEST_PAIRS:
        raise TooFewRuns(float(differences.mean()) if n else float("nan"), n)
    means = differences[resamples(n)].mean(axis=1)
    tail = (1 - level) / 2
    return float(np.quantile(means, tail)), float(np.quantile(means, 1 - tail))


def contrast(frame: pd.DataFrame, outcome: str, response: str, reference: str) -> Contrast:
    """Paired difference response - reference over common seeds; worlds without a value drop out.

    frame : a row a run, columns seed, response and outcomes. Raises TooFewRuns below FEWEST_PAIRS
    pairs.
    """
    table = frame.pivot(index="seed", columns="response", values=outcome)
    pairs = table[[response, reference]].dropna()
    difference = (pairs[response] - pairs[reference]).to_numpy(float)
    low, high = interval(difference)
    sign = sign_of(outcome)
    better = float(((sign * difference > 0) + 0.5 * (difference == 0)).mean())
    return Contrast(
        outcome,
        response,
        float(difference.mean()),
        low,
        high,
        better if sign == sign else float("nan"),
        difference.size,
        int((difference == 0).sum()),
    )


def contrasts(frame: pd.DataFrame, names: Sequence[str], reference: str) -> pd.DataFrame:
    """Contrasts of every other response against the reference, for several outcomes.

    A row a contrast: the fields of `Contrast`, and its verdict. Raises TooFewRuns as `contrast`.
    """
    responses = [name for name in frame["response"].unique() if name != reference]
    return pd.DataFrame(
        [
            _with_verdict(contrast(frame, outcome, response, reference))
            for outcome in names
            for response in responses
        ]
    )


def _with_verdict(c: Contrast) -> dict[str, Any]:
    """A contrast as a row, with what may be said of it."""
    return {**vars(c), "verdict": verdict(c.mean, c.low, c.high, sign_of(c.outcome))}


def stack(runs: Sequence[Run], name: str) -> npt.NDArray[np.float64]:
    """One series of many runs, float64[n_runs, n_steps]."""
    return np.stack([run.series[name].astype(np.float64) for run in runs])


def bands(values: npt.NDArray[np.float64], index: Sequence[object]) -> pd.DataFrame:
    """Median and 5-95 % of an ensemble, indexed by time; values : [n_runs, n_steps]."""
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95), axis=0)
    return pd.DataFrame(
        {"low": low, "median": middle, "high": high}, index=pd.Index(list(index), name="time")
    )


def smooth(values: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Running mean over `width` steps along the last axis; the ends use what there is."""
    kernel = np.ones(width)
    weight = np.convolve(np.ones(values.shape[-1]), kernel, mode="same")
    return (
        np.apply_along_axis(lambda row: np.convolve(row, kernel, mode="same"), -1, values) / weight
    )


def governance_share(runs: Sequence[Run], width: int) -> npt.NDArray[np.float64]:
    """Governance share of outraged talk, running over `width` steps: [n_runs, n_steps].

    NaN where nobody talks: where both topics together have no more than 0.15 posts.
    """
    deal, governance = (
        smooth(stack(runs, f"posts_{topic}"), width) for topic in ("deal", "governance")
    )
    total = deal + governance
    return np.divide(governance, total, out=np.full_like(total, np.nan), where=total > 0.15)


def observed_heat(frame: pd.DataFrame, phases: Sequence[str]) -> pd.DataFrame:
    """Observed hot index of the crisis hashtags on the general list, summed by sample time.

    phases : of the list, those that belong to the crisis; empty: all.
    """
    general = frame[frame["board"] == GENERAL_BOARD]
    inside = general["phase"].isin(phases) | (not phases)
    crisis = general.assign(heat=general["hot_score"].where(inside, 0.0))
    return crisis.groupby("time_hkt")["heat"].sum().to_frame()


def noted_hours(runs: Sequence[Run], days: int = 5) -> pd.DataFrame:
    """Hours in which the list, looked at once an hour, shows a hashtag of the case.

    A row a run, a column a day of the case, counted from 1.
    """
    rows = []
    for run in runs:
        first, per_day = run.clock.burn_in_steps, round(24 / run.clock.dt_h)
        noted = {entry.step for entry in notes(run) if entry.step >= first}
        at = [(step - first) // per_day for step in noted]
        rows.append(np.bincount(np.array(at, int), minlength=days)[:days].astype(float))
    return pd.DataFrame(np.array(rows), columns=list(range(1, days + 1)))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by column name."""
    return [dict(zip(map(str, frame), row, strict=True)) for row in frame.to_numpy(object)]


def varied(runs: Sequence[Run]) -> str:
    """What differs between runs shown together: "parameters" (and chance), "seeds" or "nothing"."""
    drawn = {tuple(run.asked["parameters"].values()) for run in runs}
    if len(drawn) > 1:
        return "parameters"
    return "seeds" if len({run.seed for run in runs}) > 1 else "nothing"
