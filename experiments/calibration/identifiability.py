"""What a fit pins down, and whether it finds what is known.

Screening of the parameters before a fit; after it, shrinkage against the prior, recovery of known
worlds, principal directions and profiles of the posterior. A parameter that nothing here pins down
has kept its prior: whatever a study finds about it follows from an assumption.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, rankdata

from experiments.calibration import observations, targets, waves
from experiments.calibration.case_priors import own_priors
from experiments.calibration.fit_settings import Settings
from experiments.calibration.people_fit import Fit
from sim.settings.parameters import Parameters
from sim.settings.prior import priors

_F = npt.NDArray[np.float64]
PRIOR_DRAWS = 2048  #: worlds that the spread of the prior is taken from
PINNED = 0.2  #: shrinkage below this is called prior-driven
NEAREST = 0.05  #: share of the prior's worlds that recovery accepts
RANK_BINS = 10  #: of the histogram of ranks
SINGULAR = 1e-10  #: shares of a variance below this are rounding


def weighted_quantiles(values: _F, weight: _F, at: Sequence[float]) -> list[float]:
    """Quantiles of weighted draws (the smallest value whose cumulated weight reaches them).

    at : in [0, 1]. Weights need not sum to 1.
    """
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weight[order])
    places = np.searchsorted(cumulated, np.asarray(at) * cumulated[-1])
    return [float(values[order][min(k, values.size - 1)]) for k in places]


def shrinkage(found: Fit) -> pd.DataFrame:
    """How much narrower the posterior is than the prior, for every parameter that has a prior.

    1 - sd(posterior) / sd(prior), the prior's over PRIOR_DRAWS worlds of the fit; in logs for what
    is drawn from the population of affairs, which is log-normal.
    """
    settings = found.settings
    before = [waves.particle(settings, k, {}) for k in range(PRIOR_DRAWS)]
    drawn = [
        waves.particle(settings, int(k), dict(zip(settings.fan, u, strict=True)))
        for k, u in zip(found.worlds, found.u, strict=True)
    ]
    own = own_priors(settings.priors)
    provenance = {item.name: item.metadata["provenance"] for item in fields(Parameters)}
    rows = []
    for name, low, high in ranges(settings):
        told = _marginal(np.array([getattr(one, name) for one in drawn]), found.weight)
        scale = np.log if name in own and own[name].of_affairs else np.asarray
        values, usual = (
            scale(np.array([getattr(one, name) for one in some])) for some in (drawn, before)
        )
        sd = float(np.sqrt(found.weight @ (values - found.weight @ values) ** 2))
        rows.append(
            {
                "parameter": name,
                "fitted": name in found.settings.fan,
                "measured": name in own and own[name].of_affairs,
                "provenance": provenance[name],
                "prior_low": low,
                "prior_high": high,
                **told,
                "shrinkage": 1 - sd / float(np.std(usual)),
            }
        )
    return pd.DataFrame(rows).sort_values("shrinkage", ascending=False, ignore_index=True)


def ranges(settings: Settings) -> list[tuple[str, float, float]]:
    """Name and prior range of every parameter that varies over the worlds of a fit; of one drawn
    from the population of affairs its central 99 %.
    """
    own = own_priors(settings.priors)
    plain = [row for row in priors() if row[0] not in own]
    ends = (0.005, 0.995)
    return plain + [
        (name, *(one.at(u) for u in ends)) if one.of_affairs else (name, one.low, one.high)  # type: ignore[misc]
        for name, one in own.items()
    ]


def _marginal(values: _F, weight: _F) -> dict[str, float]:
    """Mean and quantiles of one parameter over weighted draws; weights sum to 1."""
    mean = float(weight @ values)
    q05, q50, q95 = weighted_quantiles(values, weight, (0.05, 0.5, 0.95))
    return {"mean": mean, "q05": q05, "median": q50, "q95": q95}


def pinned_by_case(table: pd.DataFrame) -> list[str]:
    """Fitted parameters that the targets narrow by PINNED or more.

    table : as `shrinkage` gives it.
    """
    rows = table[table["fitted"].astype(bool) & (table["shrinkage"] >= PINNED)]
    return [str(name) for name in rows["parameter"]]


def noise_of_shrinkage(found: Fit) -> float:
    """Shrinkage that a parameter nobody looked at may show by chance: two standard errors.

    Of a standard deviation over as many independent draws as the posterior is worth.
    """
    return float(2 / np.sqrt(2 * found.effective))


@dataclass(frozen=True)
class Recovery:
    """Known worlds put in the place of the case: where the truth lies among what is found."""

    ranks: pd.DataFrame  #: a row a synthetic case, a column a parameter: rank in [0, 1]
    inside: pd.Series  #: share of cases in which the central 90 % holds the truth
    shrinkage: pd.Series  #: median over cases
    n_cases: int  #: worlds that stood in for the case
    n_accepted: int  #: worlds that are accepted for each case


def recovery(found: Fit, n_cases: int = 100) -> Recovery:
    """Rejection in the first wave: the truth is a world of the prior seen through one seed.

    The nearest NEAREST of all other worlds are accepted, by the distance of the fit. Ranks are
    uniform where the machinery is honest.
    """
    u, cases = found.waves[0].u, min(n_cases, len(found.seen[0].means))
    accepted = max(20, round(NEAREST * len(found.seen[0].means)))
    ranks, inside, narrow = [], [], []
    for k in range(cases):
        near = np.argsort(_distances_from(found, k), kind="stable")[:accepted]
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


def _distances_from(found: Fit, k: int) -> _F:
    """Mean square implausibility of the worlds of the first wave, were world k the case.

    float64[n_first]; infinite for world k itself. What world k's one seed never showed counts
    against the worlds that do show it, as `targets.implausibility` has it the other way round.
    """
    first, names = found.seen[0], [target.id for target in found.targets]
    seen = first.first[names].to_numpy(np.float64)[k]
    missed = first.missed[names].to_numpy(np.float64)
    gone = np.isnan(seen)
    off = np.abs(np.nan_to_num(first.means[names].to_numpy(np.float64)) - np.nan_to_num(seen))
    off = off / _scales(found)
    off = np.where(gone, targets.MISSED * (1 - missed), (1 - missed) * off)
    off += np.where(gone, 0.0, targets.MISSED * missed)
    far: _F = (off**2).mean(axis=1)
    far[k] = np.inf
    return far


def _scales(found: Fit) -> _F:
    """Standard deviation by which each target is measured, float64[n_targets]; never just 0."""
    return np.array(
        [
            np.hypot(
                targets.allowance(t), 0.0 if t.type == "ordering" else found.seed_sd.get(t.id, 0.0)
            )
            or 1e-9
            for t in found.targets
        ]
    )


@dataclass(frozen=True)
class Directions:
    """Principal directions of the posterior in units of the prior: sloppy first, stiff last.

    A stiff direction is a combination of parameters that the case pins down, also where each of
    them alone is not.
    """

    share: _F  #: posterior over prior variance along each
    vectors: pd.DataFrame  #: a row a direction, a column a parameter
    correlation: pd.DataFrame  #: of the fitted parameters


def directions(found: Fit) -> Directions:
    """Eigenvectors of the weighted covariance of u, over the variance of the prior.

    1/12, the variance of a uniform number, is 1 here.
    """
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
    names = [name for name, _, _ in ranges(found.settings)]
    drawn = [waves.particle(found.settings, int(k), {}) for k in found.waves[0].worlds]
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


def profiles(found: Fit, bins: int = 10, best: int = 10) -> pd.DataFrame:
    """How well the fit can get with a parameter held in a tenth of its range, over all waves.

    The mean distance of the best few worlds in each bin: a row a bin, a column a parameter. A
    flat profile is a ridge: others make up for it.
    """
    off = np.concatenate(
        [
            observations.distance(
                targets.implausibility(seen.means, seen.missed, found.targets, found.seed_sd)
            )
            for seen in found.seen
        ]
    )
    u = np.concatenate([wave.u for wave in found.waves])
    table = {}
    for column, name in enumerate(found.settings.fan):
        at = np.minimum((u[:, column] * bins).astype(int), bins - 1)
        inside = [np.sort(off[at == k])[:best] for k in range(bins)]
        table[name] = [float(near.mean()) if near.size else np.nan for near in inside]
    return pd.DataFrame(table)
