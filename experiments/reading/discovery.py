"""Scenario discovery: the worlds in which the leading answer fails, as a box of parameters."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.extras import needs
from sim.settings import worlds
from sim.settings.parameters import Parameters


@dataclass(frozen=True)
class Scenario:
    """A box of worlds in which something happens much more often than elsewhere."""

    limits: tuple[tuple[str, float, float], ...]  #: parameter, from, to
    share_inside: float  #: of the worlds inside in which it happens
    share_all: float  #: of all worlds in which it happens
    n_inside: int
    coverage: float  #: share of its worlds that are inside


def scenario(x: pd.DataFrame, happens: npt.NDArray[np.bool_], most: int = 2) -> Scenario | None:
    """A PRIM box on the parameters most related to what happens; None if there is no such box.

    Few worlds and many parameters invite boxes that mean nothing. So only the four parameters with
    the strongest rank correlation (2.58 standard errors) are looked at, and only if the strongest
    is beyond chance (5 %, Bonferroni over all parameters); a box restricts at most `most` of them,
    and it must hold ten worlds and twice the odds.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses ipyparallel, which nobody needs here
            from ema_workbench.analysis import prim
    except ImportError:
        raise needs("ema-workbench") from None
    share = float(happens.mean())
    if not 0.05 <= share <= 0.95:
        return None
    strength = x.rank().corrwith(pd.Series(happens.astype(float), index=x.index)).abs()
    error = 1 / np.sqrt(len(x))
    if strength.max() < norm.isf(0.025 / x.shape[1]) * error:
        return None
    related = strength[strength > 2.58 * error].sort_values(ascending=False)
    if related.empty:
        return None
    chosen = x[related.index[:4]]
    with warnings.catch_warnings():  # the workbench 2.5 uses what pandas 3.1 will drop one day
        warnings.simplefilter("ignore", DeprecationWarning)
        box = prim.Prim(chosen, happens.astype(int), threshold=0.1, peel_alpha=0.1).find_box()
    if box is None:
        return None
    trail = box.peeling_trajectory
    fit = trail[(trail["res_dim"] <= most) & (trail["res_dim"] > 0)]
    fit = fit[fit["mass"] * len(x) >= 10]
    if fit.empty:
        return None
    best = int((fit["density"] * fit["coverage"] ** 0.5).idxmax())
    row = trail.loc[best]
    odds = row["density"] / max(1 - row["density"], 1e-9) / (share / (1 - share))
    if odds < 2:
        return None
    limits = box.box_lims[best]
    bounds = []
    for name in chosen:
        low, high = (float(limits[name].iloc[k]) for k in (0, 1))
        if low > chosen[name].min() or high < chosen[name].max():
            bounds.append((str(name), low, high))
    inside = round(float(row["mass"]) * len(x))
    return Scenario(tuple(bounds), float(row["density"]), share, inside, float(row["coverage"]))


def worlds_of(a: Analysis) -> pd.DataFrame:
    """The drawn parameters of the worlds of a study's main block, one row a world."""
    point = next(point for point in a.plan.points if point.block == "main")
    drawn = worlds.worlds_of(point.config)
    table = pd.DataFrame(
        {item.name: [getattr(one, item.name) for one in drawn] for item in fields(Parameters)}
    )
    return table.loc[:, table.nunique() > 1]


def sentences(a: Analysis) -> list[tuple[str, str]]:
    """When the leading cell fails against the reference, in plain sentences."""
    study, name = a.plan.study, a.ranked
    point = next(point for point in a.plan.points if point.block == "main")
    if name not in a.contrasts or point.config.uncertainty.name == "point":
        return []
    if a.best == study.reference_cell:
        return []
    by_world = compare.paired(a.cubes[name], study.references).mean(axis=2)[a.best]
    worse = compare.sign_of(name) * by_world < 0
    if worse.size < 40:
        return []
    if not worse.any():
        return [
            (
                f"“{study.label(a.best)}” fares no worse than the reference in any of {worse.size} worlds.",
                f"“{study.label(a.best, 'zh')}”在{worse.size}个世界中均不劣于参照。",
            )
        ]
    found = scenario(worlds_of(a), worse)
    if found is None:
        return [
            (
                f"Where “{study.label(a.best)}” fares worse than the reference ({int(worse.sum())} of "
                f"{worse.size} worlds) no plain condition on the parameters says so.",
                f"“{study.label(a.best, 'zh')}”劣于参照的世界（{worse.size}中{int(worse.sum())}个）没有简单的参数条件可描述。",
            )
        ]
    said = " and ".join(_limit(*limit) for limit in found.limits)
    return [
        (
            f"“{study.label(a.best)}” fares worse than the reference in {int(worse.sum())} of {worse.size} "
            f"worlds; {found.share_inside * found.n_inside:.0f} of these are among the {found.n_inside} in "
            f"which {said} (a box found by PRIM in these same worlds, not tested on others).",
            f"“{study.label(a.best, 'zh')}”在{worse.size}个世界中有{int(worse.sum())}个劣于参照；"
            f"其中{found.share_inside * found.n_inside:.0f}个属于满足 {said} 的{found.n_inside}个世界"
            "（由 PRIM 在同样的世界中找到，未在其他世界检验）。",
        )
    ]


def _limit(name: str, low: float, high: float) -> str:
    about = {item.name: item.metadata for item in fields(Parameters)}[name]
    bottom, top = about["prior"]
    margin = 0.02 * (top - bottom)
    if low <= bottom + margin:
        return f"{name} ≤ {high:.3g}"
    if high >= top - margin:
        return f"{name} ≥ {low:.3g}"
    return f"{low:.3g} ≤ {name} ≤ {high:.3g}"
