"""The platform module: how long heat and a claim on talk last, from topics of others.

Hashtags of a model platform are reported, fed by talk that fades, and enter and leave the list by
the rules of a run (sim.rules.platform); what an observer of the list sees of them is held against
the quantiles of thousands of measured topics (calibrations/kernel_reference.csv; more instruments
in EXTRA). What comes out is shipped as calibrations/platform.csv: quantiles that stand in for the
priors of FITTED in every fit.

    python -m experiments.calibration.platform_fit      # writes it again

Simpler than a run: one hashtag on a topic of its own, the entry heat of a workday's hour without
other topics' luck, and talk that halves at a steady pace whatever the list shows.
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
from sim.lists.places import PLACE_50
from sim.rules import platform, rule
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]
#: Settings and data of fits.
FOLDER = Path(__file__).parent / "calibrations"
#: Parameters that this module fits.
FITTED = ("heat_half_life_h", "hashtag_half_life_h", "hashtag_spread")
STEP_H = 0.25  #: hours
PER_HOUR = round(1 / STEP_H)
N_TOPICS, N_POINTS, DESIGN_SEED = 512, 16384, 20260107
#: What is moved, and from where to where; what is not in FITTED are nuisances of the topics.
RANGES: Mapping[str, tuple[float, float]] = {
    "heat_half_life_h": (0.2, 2.5),  # of the median topic
    "hashtag_half_life_h": (0.05, 2.5),  # of the median topic
    "hashtag_spread": (0.1, 0.9),  # over topics, of both half-lives together
    "report_log_median": (-1.0, 2.0),  # log of a report's heat over 100,000
    "report_log_sd": (0.2, 1.5),
    "talk_log_median": (-3.0, 1.0),  # log of the heat of a step's talk over the report's
    "talk_log_sd": (0.1, 1.5),
    "talk_half_life_h": (4.0, 24.0),
}
#: Measured on other instruments (MODEL 3, F1 to F3): id -> value; 5,533 peaks of 400,000 and more,
#: 5,644 topics, and 117,183 runs on the list in hourly samples.
EXTRA = {
    "heat_half_life_2025_p25": 0.75,
    "heat_half_life_2025_p50": 1.21,
    "heat_half_life_2025_p75": 1.90,
    "reads_half_time_p25": 1.9,
    "reads_half_time_p50": 2.66,
    "reads_half_time_p75": 4.4,
    "seen_once": 0.52,
    "on_list_hours_p90": 7.4,
    "on_list_hours_p99": 13.0,
}
UNIT = 100_000.0  #: heat here is counted in it: about that of the 50th place by day
LARGE = 4.0  #: peak of the topics whose heat was followed, in UNIT
MORNING = 7.0  #: hashtags are reported from here to midnight, evenly. Assumed
DISCREPANCY = 0.25  #: of every statistic, in logs: two instruments of F1 differ by twice as much
_PERCENTS = (10, 25, 50, 75, 90)  #: of topics, as the data have them


@rule
def hashtag_course(
    half_life: float, claim_half_life: float, report: float, talk: float, talk_half_life: float,
    hour: float, wanted: npt.NDArray[np.float64], heat: npt.NDArray[np.float64],
    views: npt.NDArray[np.float64],
) -> int:  # fmt: skip
    """One hashtag: heat and views by step since its entry; the steps on the list.

    report : its heat at first; talk : heat of the talk of the first step; half-lives in steps;
    hour : of the report; wanted : entry heat by hour of the day. The heat of the step in which it
    leaves is kept, too.
    """
    keep = 2.0 ** (-1.0 / half_life)
    now, stays = report, 0
    for t in range(heat.size):
        claim = platform.claim(float(t), claim_half_life)
        posts = platform.share_of_talk(claim, claim, talk * 2.0 ** (-t / talk_half_life))
        now = platform.next_heat(now, keep, posts)
        entry = wanted[int(hour + t * STEP_H) % 24]
        if now > entry:
            heat[stays] = now
            level = platform.place_share(now, entry)
            views[stays] = platform.hashtag_level(level, platform.ramp(float(stays), PER_HOUR))
            stays += 1
        elif stays > 0:
            heat[stays] = now
            return stays
    return stays


@rule
def _all_courses(
    halves: _F, claims: _F, reports: _F, talks: _F, talk_half_life: float, hours: _F, wanted: _F,
    heat: _F, views: _F, stays: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    """`hashtag_course` for every topic, each into its own row; float64[topics] but for `wanted`.

    heat and views, float64[topics, steps], and stays, int64[topics], are written.
    """
    for i in range(halves.size):
        stays[i] = hashtag_course(
            halves[i], claims[i], reports[i], talks[i], talk_half_life, hours[i], wanted,
            heat[i], views[i],
        )  # fmt: skip


@lru_cache
def _topics() -> tuple[_F, _F, _F, _F, _F]:
    """The topics, the same at every point.

    Normal scores of tempo, report and talk; hour of the report; share of an hour that passes
    between entry and the next hourly sample.
    """
    cube = qmc.Sobol(5, scramble=True, rng=np.random.default_rng(DESIGN_SEED)).random(N_TOPICS)
    scores = norm.ppf(np.clip(cube[:, :3], 1e-6, 1 - 1e-6))
    return *scores.T, MORNING + (24 - MORNING) * cube[:, 3], cube[:, 4]


def _percentile(values: _F, q: float) -> float:
    """A quantile; next to nothing where no topic has a value."""
    return float(np.percentile(values, q)) if values.size else 1e-3


@dataclass(frozen=True)
class Topics:
    """Many hashtags as the list would show them, step by step since their entry."""

    heat: _F  #: float64[N_TOPICS, n_steps], in UNIT
    views: _F  #: the same; 0 once a hashtag has left
    stays: npt.NDArray[np.int64]  #: steps on the list, int64[N_TOPICS]; 0 for what never entered
    first_seen: npt.NDArray[np.int64]  #: steps from the entry to the next hourly sample


def statistics(at: Mapping[str, float]) -> dict[str, float]:
    """What the list would show of many hashtags under these values, by the ids of the data.

    at : a value for each name of RANGES. Times are hours, or minutes where the id says so.
    """
    topics = _simulated(at)
    return {**_heat(topics), **_stays(topics), **_views(topics)}


def _simulated(at: Mapping[str, float]) -> Topics:
    """The courses of N_TOPICS hashtags over two days, under these values."""
    tempo, reported, talked, hours, phase = _topics()
    n = round(48 / STEP_H)
    heat, views = np.zeros((N_TOPICS, n)), np.zeros((N_TOPICS, n))
    stays = np.zeros(N_TOPICS, np.int64)
    pace = np.exp(at["hashtag_spread"] * tempo) / STEP_H
    reports = np.exp(at["report_log_median"] + at["report_log_sd"] * reported)
    talks = reports * np.exp(at["talk_log_median"] + at["talk_log_sd"] * talked)
    _all_courses(
        at["heat_half_life_h"] * pace, at["hashtag_half_life_h"] * pace, reports, talks,
        at["talk_half_life_h"] / STEP_H, hours, np.array(PLACE_50[0]) / UNIT, heat, views, stays,
    )  # fmt: skip
    return Topics(heat, views, stays, np.floor(phase * PER_HOUR).astype(np.int64))


def _heat(topics: Topics) -> dict[str, float]:
    """F1, of large topics: heat after its peak while they are listed, and how fast it halves."""
    steps = topics.heat.shape[1]
    listed = np.where(np.arange(steps) < topics.stays[:, None], topics.heat, 0.0)
    large = (listed.max(axis=1) >= LARGE) & (topics.stays < steps)
    heat, stays, peaks = topics.heat[large], topics.stays[large], listed[large].argmax(axis=1)
    rows, found = np.arange(peaks.size), {}
    for minutes in (60, 120, 180, 240, 300, 360):
        then = peaks + round(minutes / 60 / STEP_H)
        seen = then < stays
        values = heat[rows[seen], then[seen]] / heat[rows[seen], peaks[seen]]
        found[f"decay_heat_{minutes:03d}min"] = _percentile(values, 50)
    own = _half_lives(heat, peaks)
    found |= {f"half_life_p{q}": _percentile(own * 60, q) for q in _PERCENTS}
    return found | {f"heat_half_life_2025_p{q}": _percentile(own, q) for q in (25, 50, 75)}


def _half_lives(heat: _F, peaks: npt.NDArray[np.int64]) -> _F:
    """Hours from the peak to half of it, between steps at a steady pace; a row a topic."""
    rows, steps = np.arange(len(heat)), np.arange(heat.shape[1])
    most = heat[rows, peaks]
    under = (heat <= most[:, None] / 2) & (steps > peaks[:, None])
    after = under.argmax(axis=1)
    last, first_under = heat[rows, after - 1], np.maximum(heat[rows, after], 1e-12)
    part = np.log(last / (most / 2)) / np.log(last / first_under)
    hours: _F = (after - 1 + part - peaks) * STEP_H
    return hours


def _samples(topics: Topics) -> _F:
    """In how many hourly samples each is seen."""
    found: _F = np.ceil((topics.stays - topics.first_seen) / PER_HOUR)
    return found


def _stays(topics: Topics) -> dict[str, float]:
    """F3: what hourly samples see of all topics that they see at all."""
    samples = _samples(topics)
    seen = samples[samples >= 1]
    once = float(np.mean(seen == 1)) if seen.size else 1e-3
    return {"seen_once": once} | {f"on_list_hours_p{q}": _percentile(seen, q) for q in (90, 99)}


def _views(topics: Topics) -> dict[str, float]:
    """F2, of those seen more than once: views by hour since the first sample, over the best hour,
    and how long half of all takes.
    """
    followed = _samples(topics) >= 2
    shown, begins = topics.views[followed], topics.first_seen[followed]
    since = np.array([np.roll(row, -k) for row, k in zip(shown, begins, strict=True)])
    by_hour = since.reshape(len(shown), shown.shape[1] // PER_HOUR, PER_HOUR).sum(axis=2)
    whole_hours = (topics.stays - topics.first_seen)[followed] // PER_HOUR
    top, found = np.maximum(by_hour[:, :-1].max(axis=1, initial=0.0), 1e-12), {}
    for age in range(1, 7):
        still = whole_hours > age
        found[f"decay_reads_h{age:02d}"] = _percentile(by_hour[still, age] / top[still], 50)
    total = shown.cumsum(axis=1)
    half_time = (total < 0.5 * total[:, -1:]).sum(axis=1) * STEP_H + STEP_H / 2
    return found | {f"reads_half_time_p{q}": _percentile(half_time, q) for q in (25, 50, 75)}


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
    # Neighbouring quantiles and the instruments repeat each other: four statistics count as one.
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
    """Quantiles of FITTED over the points: half-lives of the median topic, and how topics differ.

    Values outside the range of a parameter are left out before quantiles are taken.
    """
    rng = np.random.default_rng(DESIGN_SEED + 2)
    at = rng.choice(len(found.points), 20_000, p=found.weight)
    drawn = found.points.iloc[at]
    table = {"quantile": QUANTILES}
    fields_ = Parameters.__dataclass_fields__
    for name in FITTED:
        values = drawn[name].to_numpy()
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
