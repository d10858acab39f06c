"""What a fit says of days that it has not seen: intervals, coverage, naive forecasts to beat.

Worlds of the posterior are run again with seeds that no fit has seen, one each: what was observed
is one course of events, too. An interval over worlds and chances is then a prediction, and it can
fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

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


FRESH = 1_000_000  #: first seed of runs that no fit has seen


def draws(found: Fit, n: int) -> waves.Wave:
    """n worlds of the posterior, by weight with replacement; the same ones every time.

    As a wave, so that `study_of_wave` makes a study of them; its densities mean nothing.
    """
    rng = np.random.default_rng((waves.PROPOSAL_SEED, PREDICTED))
    at = rng.choice(len(found.worlds), n, p=found.weight)
    return waves.Wave(1, found.worlds[at], found.u[at], np.ones(n))


def _study_of_draws(found: Fit, n: int, name: str, case: str, more: Sequence[Axis]) -> Study:
    """n worlds of the posterior with fresh seeds, as a study; `case` stands in place of its own."""
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


def intervals(seen: Seen, wanted: Sequence[Target]) -> pd.DataFrame:
    """Predictive quantiles of every target against what was observed.

    Orderings: the share of worlds in which they hold. Covered: the interval meets the observed one.
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
            row["in_50"] = bool(q[1] <= high and q[3] >= low)
            row["in_90"] = bool(q[0] <= high and q[4] >= low)
        else:  # it never came to be
            row["in_50"] = row["in_90"] = False
        rows.append(row)
    return pd.DataFrame(rows)


def coverage(table: pd.DataFrame, use: str) -> dict[str, float]:
    """Shares of numeric targets whose observed value the 50 % and 90 % intervals meet; and of
    orderings.

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
            "model": _score(target, values) / scale if values.size else np.nan,
        }
        for name, said in naive[target.id].items():
            row[name] = _score(target, np.array([said])) / scale if np.isfinite(said) else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _score(target: Target, ensemble: _F) -> float:
    """The score of an ensemble against the nearest point of what was observed."""
    return crps(ensemble, float(np.clip(np.median(ensemble), *targets.span_of(target))))
