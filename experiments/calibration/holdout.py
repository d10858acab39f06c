"""What a fit says of days that it has not seen: intervals, coverage, naive forecasts to beat.

Worlds of the posterior are run again with seeds that no fit has seen, one each: what was observed
is one course of events, too. An interval over worlds and chances is then a prediction, and it can
fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from experiments.calibration import observations, targets, waves
from experiments.calibration.observations import Seen
from experiments.calibration.people_fit import Fit
from experiments.sweeps import sweep
from experiments.sweeps.design import Axis, Study
from experiments.sweeps.plan import plan_of
from experiments.sweeps.points import points_of
from sim.base.refusal import ConfigError
from sim.case.case import Target

_F = npt.NDArray[np.float64]

PREDICTED = 999  #: of the generator that takes worlds from the posterior


MOST = 5.0  #: allowances that a score is cut at
FRESH = 1_000_000  #: first seed of runs that no fit has seen


def draws(found: Fit, n: int) -> waves.Wave:
    """n worlds of the posterior, by weight with replacement; the same ones every time.

    As a wave, so that `study_of_wave` makes a study of them; its densities mean nothing.
    """
    rng = np.random.default_rng((waves.PROPOSAL_SEED, PREDICTED))
    at = rng.choice(len(found.worlds), n, p=found.weight)
    return waves.Wave(1, found.worlds[at], found.u[at], np.ones(n))


def _study_of_draws(found: Fit, n: int, name: str, case: str, more: Sequence[Axis]) -> Study:
    """n worlds of the posterior with fresh seeds, as a study; `case` stands in place of its own.

    name : of the study, after that of the fit. case : empty for that of the fit. more : axes beside
    that of worlds, such as answers; the reference is the first value of each.
    """
    settings, wave = found.settings, draws(found, n)
    study = waves.study_of_wave(settings, wave, f"{settings.name}_{name}")
    axis = study.axes[0]
    fresh = tuple((seed, *values[1:]) for seed, values in enumerate(axis.values, FRESH))
    labels = tuple(str(k) for k in range(len(fresh)))
    setting = tuple(
        f"case={case}" if case and word.startswith("case=") else word for word in study.setting
    )
    return replace(
        study,
        setting=setting,
        axes=(replace(axis, values=fresh, labels=labels), *more),
        reference=(0,) * (1 + len(more)),
    )


def run_draws(
    found: Fit,
    n: int,
    name: str,
    plain: Sequence[str],
    hydra: Sequence[str],
    case: str = "",
    more: Sequence[Axis] = (),
) -> sweep.Plan:
    """n worlds of the posterior (`draws`), one fresh seed each, as a study.

    name : ending of the study's name; case : another case than the fitted one; more : further axes,
    every position of which is run in every world (the last axis runs fastest).
    Raises ConfigError while runs are missing.
    """
    settings = found.settings
    study = _study_of_draws(found, n, name, case, more)
    points = points_of(study, ["n_replicates=1", *plain])
    words = ["calibrate", f"case={settings.case}", *plain]
    plan = plan_of(study, words, points, progress=False)
    done = sweep.sweep(plan, hydra)
    if done.n_missing or done.failed:
        raise ConfigError(
            "calibrate", settings.case, f"{done.n_missing} runs are missing",
            "all runs there", "the same command again; it goes on",
        )  # fmt: skip
    return plan


def predict(
    found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = ()
) -> tuple[sweep.Plan, list[Target], Seen]:
    """Worlds of the posterior in runs of their own: what they say of all targets.

    Returns the plan of the runs, the targets, fitted ones first, and what the runs say.
    """
    plan = run_draws(found, found.settings.n_predict, "predictive", plain, hydra)
    wanted = [*targets.targets_of(found.case, "fit"), *targets.targets_of(found.case, "holdout")]
    return plan, wanted, observations.observed(plan, wanted, "predictive: reading")


def prior_of(found: Fit) -> Fit:
    """The prior of a fit in its place: the worlds of its first wave, all of one weight."""
    first = found.waves[0]
    n = len(first.worlds)
    return replace(found, worlds=first.worlds, u=first.u, weight=np.full(n, 1 / n))


def predict_before(found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = ()) -> Seen:
    """The same of as many worlds of the prior: what the fit is held against."""
    plan = run_draws(prior_of(found), found.settings.n_predict, "before", plain, hydra)
    wanted = [*targets.targets_of(found.case, "fit"), *targets.targets_of(found.case, "holdout")]
    return observations.observed(plan, wanted, "before the fit: reading")


def intervals(seen: Seen, wanted: Sequence[Target]) -> pd.DataFrame:
    """Predictive quantiles of every target against what was observed.

    Orderings: the share of worlds in which they hold. Numbers: `pit_low` and `pit_high`, between
    which the observed value lies among the runs (`rank`), and what share of that is inside the
    central 50 and 90 %; a run without a value meets nothing.
    """
    rows = []
    for target in wanted:
        values = seen.first[target.id].dropna().to_numpy(np.float64)
        low, high = targets.span_of(target)
        row: dict[str, Any] = {
            "target": target.id, "use": target.use, "type": target.type,
            "unit": target.unit or "", "en": target.text["en"], "zh": target.text["zh"],
            "low": low, "high": high, "n": values.size,
            "missed": float(seen.first[target.id].isna().mean()),
        }  # fmt: skip
        if target.type == "ordering":
            row["holds"] = float(values.mean()) if values.size else np.nan
        elif values.size:
            q = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
            row.update(zip(("q05", "q25", "median", "q75", "q95"), map(float, q), strict=True))
            below, upto = rank(values, target)
            row |= {"pit_low": below, "pit_high": upto}
            for level in (50, 90):
                tail = (1 - level / 100) / 2
                share = _inside(below, upto, tail, 1 - tail)
                row[f"in_{level}"] = (1 - row["missed"]) * share
        else:  # it never came to be
            row["in_50"] = row["in_90"] = 0.0
        rows.append(row)
    return pd.DataFrame(rows)


def rank(values: _F, target: Target) -> tuple[float, float]:
    """Where the observed value lies among runs: the shares of them below it, and up to it.

    The probability integral transform (PIT; Czado, Gneiting & Held 2009, not re-checked, for what
    is counted or known as an interval only): even in [0, 1] where a forecast is as sure as it may
    be. What was observed has its error: each run is a normal number of the target's tolerance.
    """
    low, high = targets.span_of(target)
    sd = target.tolerance or 0.0
    if sd:
        return float(norm.cdf((low - values) / sd).mean()), float(
            norm.cdf((high - values) / sd).mean()
        )
    return float((values < low).mean()), float((values <= high).mean())


def _inside(below: float, upto: float, low: float, high: float) -> float:
    """The share of [below, upto] that lies in [low, high]; of a point, whether it does."""
    if upto - below < 1e-12:
        return float(low <= below <= high)
    return max(0.0, min(upto, high) - max(below, low)) / (upto - below)


def pit_histogram(table: pd.DataFrame, use: str, bins: int = 10) -> _F:
    """How many numbers of one use lie in each tenth of their ranks, float64[bins]; even is right.

    A number whose rank is known between two ends counts in each tenth with its share.
    """
    rows = table[(table["use"] == use) & (table["type"] != "ordering")].dropna(subset=["pit_low"])
    edges = np.linspace(0, 1, bins + 1)
    found = np.zeros(bins)
    for below, upto in zip(rows["pit_low"], rows["pit_high"], strict=True):
        if upto - below < 1e-12:
            found[min(int(below * bins), bins - 1)] += 1
        else:
            found += [_share_of(below, upto, a, b) for a, b in pairwise(edges)]
    return found


def _share_of(below: float, upto: float, a: float, b: float) -> float:
    """The share of [below, upto] in [a, b]."""
    return max(0.0, min(upto, b) - max(below, a)) / (upto - below)


def coverage(table: pd.DataFrame, use: str) -> dict[str, float]:
    """Shares of numeric targets whose observed value lies in the central 50 % and 90 % of the runs,
    by rank; and of orderings.

    use : fit or holdout. An ordering counts as met where half of the worlds show it. NaN of none.
    """
    rows = table[(table["use"] == use) & (table["type"] != "ordering")]
    orders = table[(table["use"] == use) & (table["type"] == "ordering")]
    return {
        "n": len(rows),
        "in_50": float(rows["in_50"].astype(float).mean()) if len(rows) else float("nan"),
        "in_90": float(rows["in_90"].astype(float).mean()) if len(rows) else float("nan"),
        "n_orders": len(orders),
        "orders": float((orders["holds"] >= 0.5).mean()) if len(orders) else float("nan"),
    }


def crps(values: _F, observed: float) -> float:
    """Continuous ranked probability score of an ensemble (Gneiting & Raftery 2007); small is good.

    In the unit of the values; for a single number it is the absolute error.
    """
    x = np.sort(np.asarray(values, np.float64))
    n = x.size
    spread = float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / n**2)
    return float(np.abs(x - observed).mean()) - spread


def scores(
    seen: Seen, wanted: Sequence[Target], naive: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """Scores of the model and of the naive forecasts on held-out numbers, over their allowances.

    Each is cut at MOST, so that no single number carries a mean.

    naive : of a held-out target, what each forecaster says who knows only the fitted days; they
    stand in the settings of the fit.
    An interval counts from its nearest end. NaN where a forecaster has nothing to say.
    """
    rows = []
    for target in wanted:
        if target.use != "holdout" or target.id not in naive:
            continue
        scale = targets.allowance(target) or 1.0
        values = seen.first[target.id].dropna().to_numpy(np.float64)
        row: dict[str, float | str] = {
            "target": target.id,
            "model": min(_score(target, values) / scale, MOST) if values.size else np.nan,
        }
        for name, said in naive[target.id].items():
            off = _score(target, np.array([said])) / scale if np.isfinite(said) else np.nan
            row[name] = min(off, MOST) if np.isfinite(off) else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _score(target: Target, ensemble: _F) -> float:
    """The score of an ensemble against the nearest point of what was observed."""
    return crps(ensemble, float(np.clip(np.median(ensemble), *targets.span_of(target))))
