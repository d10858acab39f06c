"""The platform module: how long heat and views last, from topics that are not the company's.

Topics of a model platform rise, fade and leave the list by the same rules as in a run; what the
list shows of them is held against the quantiles of thousands of measured topics
(calibrations/kernel_reference.csv; two more instruments in EXTRA). What comes out is shipped as
calibrations/platform.csv: quantiles that stand in for the priors of FITTED in every fit.

    python -m experiments.calibration.platform_fit      # writes it again
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, qmc

from sim.base.files import read_sealed, write_sealed
from sim.base.refusal import ConfigError
from sim.rules import platform, rule
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]
#: Settings and data of fits.
FOLDER = Path(__file__).parent / "calibrations"
FITTED = ("heat_half_life_h", "list_half_life_h", "list_drop")  #: parameters that this module fits
STEP_H = 0.25  #: hours
N_TOPICS, N_POINTS, DESIGN_SEED = 512, 16384, 20260107
#: What is moved, and from where to where; the last three are nuisances of the topics.
RANGES: Mapping[str, tuple[float, float]] = {
    "heat_half_life_h": (0.75, 2.5),  # of the median topic
    "half_life_log_sd": (0.1, 0.9),  # over topics
    "list_half_life_h": (1.0, 4.0),
    "list_drop": (0.01, 0.5),
    "size_log_median": (0.0, 2.5),  # log of peak heat over entry heat
    "size_log_sd": (0.2, 2.0),
    "full_over_entry": (1.0, 4.0),
}
#: Measured on other instruments (MODEL 3, F1 and F2): id -> value; n = 5,533 and 5,644 topics.
EXTRA = {
    "heat_half_life_2025_p25": 0.75,
    "heat_half_life_2025_p50": 1.21,
    "heat_half_life_2025_p75": 1.90,
    "reads_half_time_p25": 1.9,
    "reads_half_time_p50": 2.66,
    "reads_half_time_p75": 4.4,
}
DISCREPANCY = 0.15  #: of every statistic, in logs: two instruments of F1 differ by twice as much
_PERCENTS = (10, 25, 50, 75, 90)  #: of topics, as the data have them


@rule
def topic_course(
    rise: float,
    half_life: float,
    list_half_life: float,
    drop: float,
    size: float,
    full: float,
    heat: npt.NDArray[np.float64],
    views: npt.NDArray[np.float64],
) -> int:
    """One topic, entry heat 1: fills heat and views by step, returns the steps on the list.

    It enters at heat 1, grows to `size` over `rise` steps, then halves every `half_life` steps. It
    leaves as in a run: freshness under `drop`, or heat under .35 of what entry takes.
    """
    n = heat.size
    for t in range(n):
        if t < rise:
            heat[t] = 1.0 + (size - 1.0) * t / rise
        else:
            heat[t] = size * 2.0 ** (-(t - rise) / half_life)
        fresh = 2.0 ** (-t / list_half_life)
        if t > 0 and (fresh < drop or heat[t] < 0.35):
            return t
        views[t] = platform.hashtag_level(fresh, heat[t], full)
    return n


@rule
def _all_courses(
    rises: _F,
    halves: _F,
    sizes: _F,
    list_half_life: float,
    drop: float,
    full: float,
    heat: _F,
    views: _F,
    stays: npt.NDArray[np.int64],
) -> None:
    """`topic_course` for every topic, each into its own row."""
    for i in range(rises.size):
        stays[i] = topic_course(
            rises[i], halves[i], list_half_life, drop, sizes[i], full, heat[i], views[i]
        )


@lru_cache
def _topics() -> tuple[_F, _F, _F]:
    """Standard normal scores of the topics: rise, half-life, size; the same at every point.

    So two points differ by their values and not by chance.
    """
    cube = qmc.Sobol(3, scramble=True, rng=np.random.default_rng(DESIGN_SEED)).random(N_TOPICS)
    scores = norm.ppf(np.clip(cube, 1e-6, 1 - 1e-6))
    return scores[:, 0], scores[:, 1], scores[:, 2]


@dataclass(frozen=True)
class Topics:
    """Many topics as the list would show them, step by step."""

    heat: _F  #: float64[N_TOPICS, n_steps]
    views: _F  #: the same; of steps after a topic left it means nothing
    stays: npt.NDArray[np.int64]  #: steps on the list, int64[N_TOPICS]
    rises: _F  #: steps until the peak of heat
    halves: _F  #: half-lives of heat, steps

    @property
    def peaks(self) -> npt.NDArray[np.int64]:
        """Steps at which heat peaks, while a topic is listed."""
        found: npt.NDArray[np.int64] = np.minimum(np.round(self.rises).astype(int), self.stays - 1)
        return found


def statistics(at: Mapping[str, float]) -> dict[str, float]:
    """What the list would show of many topics under these values, by the ids of the data.

    at : a value for each name of RANGES. Times are hours, or minutes where the id says so.
    """
    topics = _simulated(at)
    found = {**_decay_of_heat(topics), **_half_lives(topics), **_views(topics)}
    for q, value in zip(_PERCENTS, np.percentile(topics.stays * STEP_H, _PERCENTS), strict=True):
        found[f"on_board_hours_p{q}"] = float(value)
    return found


def _simulated(at: Mapping[str, float]) -> Topics:
    """The courses of N_TOPICS topics over a day, under these values."""
    rise, half, size = _topics()
    n = round(24 / STEP_H)
    heat, views = np.zeros((N_TOPICS, n)), np.zeros((N_TOPICS, n))
    stays = np.zeros(N_TOPICS, np.int64)
    halves = at["heat_half_life_h"] * np.exp(at["half_life_log_sd"] * half) / STEP_H
    rises = 1.0 * np.exp(0.75 * rise) / STEP_H  # measured: time to peak, median 60 min
    sizes = np.maximum(1.0, np.exp(at["size_log_median"] + at["size_log_sd"] * size))
    _all_courses(
        rises, halves, sizes, at["list_half_life_h"] / STEP_H, at["list_drop"],
        at["full_over_entry"], heat, views, stays,
    )  # fmt: skip
    return Topics(heat, views, stays, rises, halves)


def _decay_of_heat(topics: Topics) -> dict[str, float]:
    """Heat some minutes after its peak, over the peak: medians of the topics still listed."""
    found, peaks, rows = {}, topics.peaks, np.arange(N_TOPICS)
    for minutes in (60, 120, 180, 240, 300, 360):
        then = peaks + round(minutes / 60 / STEP_H)
        seen = (then < topics.heat.shape[1]) & (then < topics.stays)
        values = topics.heat[rows[seen], then[seen]] / topics.heat[rows[seen], peaks[seen]]
        found[f"decay_heat_{minutes:03d}min"] = float(np.median(values)) if seen.any() else 1e-3
    return found


def _half_lives(topics: Topics) -> dict[str, float]:
    """Quantiles of the half-life of heat; topics that leave before they halve are not counted.

    Where hardly any halves while it is listed, all are.
    """
    own = topics.halves * STEP_H
    seen = own[(topics.stays - topics.peaks) * STEP_H >= own]
    seen = seen if seen.size > 20 else own
    found = {
        f"half_life_p{q}": float(minutes)
        for q, minutes in zip(_PERCENTS, np.percentile(seen, _PERCENTS) * 60, strict=True)
    }
    for q in (25, 50, 75):
        found[f"heat_half_life_2025_p{q}"] = float(np.percentile(seen, q))
    return found


def _views(topics: Topics) -> dict[str, float]:
    """Views by a topic's age, over its best hour, and how long half of all its views take."""
    n = topics.views.shape[1]
    shown = np.where(np.arange(n) < topics.stays[:, None], topics.views, 0.0)
    per_hour = round(1 / STEP_H)
    by_hour = shown.reshape(N_TOPICS, -1, per_hour).sum(axis=2)
    whole_hours = topics.stays // per_hour
    top = np.maximum(by_hour.max(axis=1), 1e-12)
    found = {}
    for age in range(1, 7):
        still = whole_hours > age
        ratio = by_hour[still, age] / top[still]
        found[f"decay_reads_h{age:02d}"] = float(np.median(ratio)) if still.any() else 1e-3
    total = shown.cumsum(axis=1)
    first = np.argmax(total >= 0.5 * total[:, -1:], axis=1)
    half_time = (np.arange(n) * STEP_H)[first] + STEP_H / 2
    for q in (25, 50, 75):
        found[f"reads_half_time_p{q}"] = float(np.percentile(half_time, q))
    return found


def _table(name: str) -> pd.DataFrame:
    """A file of FOLDER. Raises ConfigError for one that is not as it was written, or not there.

    Such files are sealed: a number that was changed by hand would go unnoticed otherwise.
    """
    try:
        return pd.read_csv(io.StringIO(read_sealed(FOLDER / name)))
    except (OSError, ValueError) as problem:
        raise ConfigError(
            "calibrate", name, str(problem), "the file as it was written",
            "the file of this release again (make posterior fits platform.csv anew)",
        ) from None  # fmt: skip


@lru_cache
def measured() -> Mapping[str, float]:
    """The statistics as measured, by id: from the data file, or from EXTRA."""
    rows = _table("kernel_reference.csv").set_index("id")["value"]
    wanted = statistics({name: (low + high) / 2 for name, (low, high) in RANGES.items()})
    return {name: EXTRA[name] if name in EXTRA else float(rows[name]) for name in wanted}


@dataclass(frozen=True)
class PlatformFit:
    """Weighted points of the platform module: the fit before it is shipped as quantiles."""

    points: pd.DataFrame  #: columns as RANGES
    weight: _F  #: of the points, summing to 1
    fitted: pd.DataFrame  #: statistic, measured, 5 %, median and 95 % of the fit

    @property
    def effective(self) -> float:
        """Effective number of points: those of equal weight that would say as much."""
        return float(1 / np.sum(self.weight**2))


def fit() -> PlatformFit:
    """Importance weights of a scrambled Sobol design under log-normal errors of DISCREPANCY.

    N_POINTS points of RANGES, uniform; the same ones every time.
    """
    sobol = qmc.Sobol(len(RANGES), scramble=True, rng=np.random.default_rng(DESIGN_SEED + 1))
    cube = sobol.random(N_POINTS)
    low, high = np.array(list(RANGES.values())).T
    points = pd.DataFrame(low + cube * (high - low), columns=list(RANGES))
    said = pd.DataFrame(
        [statistics(dict(zip(RANGES, row, strict=True))) for row in points.to_numpy()]
    )
    seen = measured()
    names = list(seen)
    off = np.log(np.maximum(said[names].to_numpy(), 1e-3)) - np.log([seen[n] for n in names])
    # Neighbouring quantiles and the two instruments repeat each other: 28 statistics count as 7.
    log_weight = -0.5 * (off**2).sum(axis=1) / DISCREPANCY**2 / 4
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    rows = []
    for name in names:
        order = np.argsort(said[name].to_numpy())
        cumulated = weight[order].cumsum()
        values = said[name].to_numpy()[order]
        q05, q50, q95 = (float(values[np.searchsorted(cumulated, q)]) for q in (0.05, 0.5, 0.95))
        rows.append(
            {"statistic": name, "measured": seen[name], "q05": q05, "median": q50, "q95": q95}
        )
    return PlatformFit(points, weight, pd.DataFrame(rows))


QUANTILES = np.linspace(0, 1, 21)  #: that are shipped


def quantile_table(found: PlatformFit) -> pd.DataFrame:
    """Quantiles of FITTED: of one topic for heat (topics differ), of the platform for the rest.

    Values outside the range of a parameter are left out before quantiles are taken.
    """
    rng = np.random.default_rng(DESIGN_SEED + 2)
    at = rng.choice(len(found.points), 20_000, p=found.weight)
    drawn = found.points.iloc[at]
    own = drawn["heat_half_life_h"] * np.exp(
        drawn["half_life_log_sd"] * rng.standard_normal(len(drawn))
    )
    table = {"quantile": QUANTILES}
    fields_ = Parameters.__dataclass_fields__
    for name in FITTED:
        values = own.to_numpy() if name == "heat_half_life_h" else drawn[name].to_numpy()
        low, high = fields_[name].metadata["low"], fields_[name].metadata["high"]
        inside = values[(values >= low) & (values <= high)]
        table[name] = np.quantile(inside, QUANTILES)
    return pd.DataFrame(table)


@lru_cache
def _shipped() -> pd.DataFrame:
    """The shipped quantiles of FITTED."""
    return _table("platform.csv")


def at_quantiles(u: Mapping[str, float]) -> dict[str, float]:
    """Values of FITTED at these quantiles of the shipped fit; u : name -> quantile in [0, 1]."""
    table = _shipped()
    return {name: float(np.interp(u[name], table["quantile"], table[name])) for name in FITTED}


def main() -> int:
    """Fit again and write experiments/calibration/calibrations/platform.csv; prints what the fit
    leaves.
    """
    found = fit()
    about = (
        f"the platform module: quantiles of what {len(measured())} statistics of topics leave; "
        f"{found.effective:.0f} effective of {N_POINTS} points "
        "(python -m experiments.calibration.platform_fit)"
    )
    text = quantile_table(found).to_csv(index=False, float_format="%.5g", lineterminator="\n")
    write_sealed(FOLDER / "platform.csv", text, about)
    print(found.fitted.to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    print(about, text, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
