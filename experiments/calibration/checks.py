"""What a fit is worth: what it pins down, what it finds of what is known, what it says of the rest.

Identifiability (screening, shrinkage, recovery of known worlds, directions, profiles) and the
hold-out (intervals, coverage, a score against naive forecasts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from experiments.calibration import people_fit, targets
from experiments.calibration.people_fit import Fit, Seen
from experiments.sweeps import sweep
from experiments.sweeps.design import Axis
from experiments.sweeps.plan import Plan, plan_of
from experiments.sweeps.points import points_of
from sim.base.refusal import ConfigError
from sim.case.case import Target
from sim.settings.parameters import Parameters
from sim.settings.worlds import priors, world

_F = npt.NDArray[np.float64]
PRIOR_DRAWS = 2048
PINNED = 0.2  #: shrinkage below this is called prior-driven
NEAREST = 0.05  #: share of the prior's worlds that recovery accepts
RANK_BINS = 10
PREDICTED = 999  #: of the generator that takes worlds from the posterior
FRESH = 1_000_000  #: first seed of runs that no fit has seen


# --- what is pinned down --------------------------------------------------------------------------


def weighted_quantiles(values: _F, weight: _F, at: Sequence[float]) -> list[float]:
    """Quantiles of weighted draws (the smallest value whose cumulated weight reaches them)."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weight[order])
    places = np.searchsorted(cumulated, np.asarray(at) * cumulated[-1])
    return [float(values[order][min(k, values.size - 1)]) for k in places]


def shrinkage(found: Fit) -> pd.DataFrame:
    """How much narrower the posterior is than the prior, for every parameter that has a prior.

    1 - sd(posterior) / sd(prior), the prior's over PRIOR_DRAWS worlds; `by_targets` is held against
    the worlds of the prior that pass the gate: what the case itself adds. The platform's values are
    held against the prior of MODEL 2.4, before the platform fit.
    """
    before = [world(k) for k in range(PRIOR_DRAWS)]
    gated = [people_fit.particle(int(k), {}) for k in found.waves[0].worlds[found.seen[0].passes()]]
    drawn = [
        people_fit.particle(int(k), dict(zip(found.settings.fan, u, strict=True)))
        for k, u in zip(found.worlds, found.u, strict=True)
    ]
    provenance = {item.name: item.metadata["provenance"] for item in fields(Parameters)}
    rows = []
    for name, low, high in priors():
        values = np.array([getattr(one, name) for one in drawn])
        mean = float(found.weight @ values)
        sd = float(np.sqrt(found.weight @ (values - mean) ** 2))
        q05, q50, q95 = weighted_quantiles(values, found.weight, (0.05, 0.5, 0.95))
        rows.append(
            {
                "parameter": name,
                "fitted": name in found.settings.fan,
                "measured": name in people_fit.platform_fit.FITTED,
                "provenance": provenance[name],
                "prior_low": low,
                "prior_high": high,
                "mean": mean,
                "q05": q05,
                "median": q50,
                "q95": q95,
                "shrinkage": 1 - sd / float(np.std([getattr(one, name) for one in before])),
                "by_targets": 1 - sd / float(np.std([getattr(one, name) for one in gated])),
            }
        )
    return pd.DataFrame(rows).sort_values("shrinkage", ascending=False, ignore_index=True)


def pinned_by_case(table: pd.DataFrame) -> list[str]:
    """Fitted parameters that the targets narrow by PINNED or more, beyond what the gate does."""
    rows = table[table["fitted"].astype(bool) & (table["by_targets"] >= PINNED)]
    return [str(name) for name in rows["parameter"]]


def noise_of_shrinkage(found: Fit) -> float:
    """Shrinkage that a parameter nobody looked at may show by chance: two standard errors."""
    return float(2 / np.sqrt(2 * found.effective))


@dataclass(frozen=True)
class Recovery:
    """Known worlds put in the place of the case: where the truth lies among what is found."""

    ranks: pd.DataFrame  #: a row a synthetic case, a column a parameter: rank in [0, 1]
    inside: pd.Series  #: share of cases in which the central 90 % holds the truth
    shrinkage: pd.Series  #: median over cases
    n_cases: int
    n_accepted: int


def recovery(found: Fit, n_cases: int = 100) -> Recovery:
    """Rejection in the first wave: the truth is a world of the prior seen through one seed.

    The nearest NEAREST of all other worlds are accepted, by the distance of the fit. Ranks are
    uniform where the machinery is honest.
    """
    first = found.seen[0]
    n = len(first.means)
    cases = min(n_cases, n)
    accepted = max(20, round(NEAREST * n))
    names = [target.id for target in found.targets]
    sd = np.array(
        [
            np.hypot(
                targets.allowance(t), 0.0 if t.type == "ordering" else found.seed_sd.get(t.id, 0.0)
            )
            or 1e-9
            for t in found.targets
        ]
    )
    means = first.means[names].to_numpy(np.float64)
    missed = first.missed[names].to_numpy(np.float64)
    truth = first.first[names].to_numpy(np.float64)
    u = found.waves[0].u
    ranks, inside, narrow = [], [], []
    for k in range(cases):
        seen = truth[k]
        gone = np.isnan(seen)
        off = np.abs(np.nan_to_num(means) - np.nan_to_num(seen)) / sd
        off = np.where(gone, targets.MISSED * (1 - missed), (1 - missed) * off)
        off += np.where(gone, 0.0, targets.MISSED * missed)
        far = (off**2).mean(axis=1)
        far[k] = np.inf
        near = np.argsort(far, kind="stable")[:accepted]
        rank = (u[near] < u[k]).mean(axis=0)
        ranks.append(rank)
        inside.append((rank > 0.05) & (rank < 0.95))
        narrow.append(1 - u[near].std(axis=0) * np.sqrt(12))
    fan = list(found.settings.fan)
    return Recovery(
        pd.DataFrame(ranks, columns=fan),
        pd.Series(np.mean(inside, axis=0), index=fan),
        pd.Series(np.median(narrow, axis=0), index=fan),
        cases,
        accepted,
    )


@dataclass(frozen=True)
class Directions:
    """Principal directions of the posterior in units of the prior: sloppy first, stiff last."""

    share: _F  #: posterior over prior variance along each
    vectors: pd.DataFrame  #: a row a direction, a column a parameter
    correlation: pd.DataFrame


def directions(found: Fit) -> Directions:
    """Eigenvectors of the weighted covariance of u, over the variance of the prior."""
    covariance = np.cov(found.u.T, aweights=found.weight)
    values, vectors = np.linalg.eigh(covariance * 12)
    order = np.argsort(-values)
    sd = np.sqrt(np.diag(covariance))
    fan = list(found.settings.fan)
    return Directions(
        values[order],
        pd.DataFrame(vectors[:, order].T, columns=fan),
        pd.DataFrame(covariance / np.outer(sd, sd), index=fan, columns=fan),
    )


def screening(found: Fit) -> pd.DataFrame:
    """Which parameters move what was fitted, over the worlds of the prior.

    Partial rank correlations (Marino et al. 2008, J. Theor. Biol. 254: 178) of every parameter with
    every target; a row a parameter: its strongest, on which target, how many are beyond chance.
    NaN and "": it cannot be told apart from others, whatever the target.
    """
    names = [name for name, _, _ in priors()]
    drawn = [people_fit.particle(int(k), {}) for k in found.waves[0].worlds]
    x = np.array([[getattr(one, name) for name in names] for one in drawn])
    table, beyond = {}, {}
    for target in found.targets:
        y = found.seen[0].means[target.id].to_numpy(np.float64)
        known = np.isfinite(y)
        if known.sum() < 2 * len(names) or np.ptp(y[known]) == 0:
            continue
        table[target.id] = partial(rankdata(x[known], axis=0), rankdata(y[known]))
        beyond[target.id] = np.sqrt(known.sum() - len(names))  # over an sd of chance
    if not table:  # too few worlds for that many parameters
        return pd.DataFrame(columns=["parameter", "fitted", "strongest", "target", "n_targets"])
    found_all = pd.DataFrame(table, index=names)
    chance = norm.isf(0.025 / found_all.size)
    size = found_all.abs()
    at = size.fillna(-1.0).to_numpy().argmax(axis=1)
    told = size.notna().any(axis=1).to_numpy()
    return pd.DataFrame(
        {
            "parameter": names,
            "fitted": [name in found.settings.fan for name in names],
            "strongest": found_all.to_numpy()[range(len(names)), at],
            "target": np.where(told, size.columns.to_numpy()[at], ""),
            "n_targets": (size * beyond > chance).sum(axis=1).to_numpy(),
        }
    ).sort_values("strongest", key=abs, ascending=False, ignore_index=True)


def partial(x: _F, y: _F) -> _F:
    """Partial correlations of the columns of x, float64[n, n_columns], with y, float64[n].

    NaN where there is none: where other columns say all of y, or all of that column.
    """
    both = np.column_stack([x, y])
    spread = both.std(axis=0)
    both = (both - both.mean(axis=0)) / np.where(spread > 0, spread, 1)
    together = both.T @ both / len(both)
    if np.linalg.eigvalsh(together)[0] > SINGULAR:
        precision = np.linalg.inv(together)
        own = np.diag(precision)
        result: _F = -precision[:-1, -1] / np.sqrt(own[:-1] * own[-1])
        return result
    result = np.full(x.shape[1], np.nan)
    for k in range(x.shape[1]):
        rest, pair = np.delete(np.arange(x.shape[1]), k), [k, x.shape[1]]
        known = np.linalg.pinv(together[np.ix_(rest, rest)], rcond=SINGULAR, hermitian=True)
        across = together[np.ix_(pair, rest)]
        left = together[np.ix_(pair, pair)] - across @ known @ across.T
        if np.diag(left).min() > SINGULAR:
            result[k] = left[0, 1] / np.sqrt(np.diag(left).prod())
    return result


SINGULAR = 1e-10  #: shares of a variance below this are rounding


def profiles(found: Fit, bins: int = 10, best: int = 10) -> pd.DataFrame:
    """How well the fit can get with a parameter held in a tenth of its range, over all waves.

    The mean distance of the best few worlds in each bin that pass the gate: a row a bin, a column a
    parameter. A flat profile is a ridge: others make up for it.
    """
    off = np.concatenate(
        [
            people_fit.distance(
                targets.implausibility(seen.means, seen.missed, found.targets, found.seed_sd)
            )
            for seen in found.seen
        ]
    )
    passed = np.concatenate([seen.passes() for seen in found.seen])
    u = np.concatenate([wave.u for wave in found.waves])[passed]
    off = off[passed]
    table = {}
    for column, name in enumerate(found.settings.fan):
        at = np.minimum((u[:, column] * bins).astype(int), bins - 1)
        inside = [np.sort(off[at == k])[:best] for k in range(bins)]
        table[name] = [float(near.mean()) if near.size else np.nan for near in inside]
    return pd.DataFrame(table)


# --- what was not fitted --------------------------------------------------------------------------


def draws(found: Fit, n: int) -> people_fit.Wave:
    """n worlds of the posterior, by weight with replacement; the same ones every time."""
    rng = np.random.default_rng((people_fit.PROPOSAL_SEED, PREDICTED))
    at = rng.choice(len(found.worlds), n, p=found.weight)
    return people_fit.Wave(1, found.worlds[at], found.u[at], np.ones(n))


def run_draws(
    found: Fit,
    n: int,
    name: str,
    plain: Sequence[str],
    hydra: Sequence[str],
    case: str = "",
    more: Sequence[Axis] = (),
) -> Plan:
    """n worlds of the posterior (`draws`), one fresh seed each, as a study.

    name : ending of the study's name; case : another case than the fitted one; more : further axes,
    every position of which is run in every world (the last axis runs fastest).
    Raises ConfigError while runs are missing.
    """
    settings, wave = found.settings, draws(found, n)
    study = people_fit.study_of_wave(settings, wave, f"{settings.name}_{name}")
    axis = study.axes[0]
    fresh = tuple((seed, *values[1:]) for seed, values in enumerate(axis.values, FRESH))
    labels = tuple(str(k) for k in range(len(fresh)))
    setting = tuple(
        f"case={case}" if case and word.startswith("case=") else word for word in study.setting
    )
    study = replace(
        study,
        setting=setting,
        axes=(replace(axis, values=fresh, labels=labels), *more),
        reference=(0,) * (1 + len(more)),
    )
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
) -> tuple[Plan, list[Target], Seen]:
    """Worlds of the posterior in runs of their own: what they say of all targets."""
    plan = run_draws(found, found.settings.n_predict, "predictive", plain, hydra)
    wanted = [*targets.targets_of(found.case, "fit"), *targets.targets_of(found.case, "holdout")]
    return plan, wanted, people_fit.observed(plan, wanted, "predictive: reading")


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
    """Shares of numeric targets whose observed value the 50 % and 90 % intervals meet."""
    rows = table[(table["use"] == use) & (table["type"] != "ordering")]
    orders = table[(table["use"] == use) & (table["type"] == "ordering")]
    return {
        "n": len(rows),
        "in_50": float(rows["in_50"].astype(float).mean()) if len(rows) else float("nan"),
        "in_90": float(rows["in_90"].astype(float).mean()) if len(rows) else float("nan"),
        "n_orders": len(orders),
        "orders": float((orders["holds"] >= 0.5).mean()) if len(orders) else float("nan"),
    }


# --- naive forecasts ------------------------------------------------------------------------------


def crps(values: _F, observed: float) -> float:
    """Continuous ranked probability score of an ensemble (Gneiting & Raftery 2007); small is good.

    For a single number it is the absolute error.
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
        low, high = targets.span_of(target)
        scale = targets.allowance(target) or 1.0
        values = seen.first[target.id].dropna().to_numpy(np.float64)

        def score(ensemble: _F, low: float = low, high: float = high) -> float:
            at = float(np.clip(np.median(ensemble), low, high))
            return crps(ensemble, at)

        row: dict[str, float | str] = {
            "target": target.id,
            "model": score(values) / scale if values.size else np.nan,
        }
        for name, said in naive[target.id].items():
            row[name] = score(np.array([said])) / scale if np.isfinite(said) else np.nan
        rows.append(row)
    return pd.DataFrame(rows)
