"""Scenario discovery: worlds in which the leading answer fails, or silence is better, as a box.

The box is found by PRIM (patient rule induction; Friedman and Fisher 1999, not re-checked) in the
worlds of the study itself: it describes them and is no forecast of others.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from experiments.pictures.parameter_words import parameter_name
from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.extras import needs
from sim.metrics import BY_NAME
from sim.playbook.response import Response
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

    x : a row a world, a column a parameter. Raises ConfigError without the EMA Workbench.
    """
    prim = _prim()
    share = float(happens.mean())
    if not 0.05 <= share <= 0.95:
        return None
    chosen = _related(x, happens)
    if chosen is None:
        return None
    with warnings.catch_warnings():  # the workbench 2.5 uses what pandas 3.1 will drop one day
        warnings.simplefilter("ignore", DeprecationWarning)
        box = prim.Prim(chosen, happens.astype(int), threshold=0.1, peel_alpha=0.1).find_box()
    if box is None:
        return None
    best = _best(box.peeling_trajectory, len(x), most)
    if best is None:
        return None
    row = box.peeling_trajectory.loc[best]
    odds = row["density"] / max(1 - row["density"], 1e-9) / (share / (1 - share))
    if odds < 2:
        return None
    inside = round(float(row["mass"]) * len(x))
    bounds = _bounds(chosen, box.box_lims[best])
    return Scenario(bounds, float(row["density"]), share, inside, float(row["coverage"]))


def _prim() -> Any:
    """The module `prim` of the EMA Workbench. Raises ConfigError where it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it misses ipyparallel, which nobody needs here
            from ema_workbench.analysis import prim
    except ImportError:
        raise needs("ema-workbench") from None
    return prim


def _related(x: pd.DataFrame, happens: npt.NDArray[np.bool_]) -> pd.DataFrame | None:
    """The up to four columns that are most related to what happens; None if it may be chance."""
    strength = x.rank().corrwith(pd.Series(happens.astype(float), index=x.index)).abs()
    error = 1 / np.sqrt(len(x))  # of a rank correlation of what is unrelated
    if strength.max() < norm.isf(0.025 / x.shape[1]) * error:
        return None
    related = strength[strength > 2.58 * error].sort_values(ascending=False)
    return None if related.empty else x[related.index[:4]]


def _best(trail: Any, n: int, most: int) -> int | None:
    """The step of a peeling that is dense and covers much, among those that are plain enough.

    trail : the workbench's frame, a row a step: res_dim, mass, density, coverage. None if no step
    restricts at most `most` parameters and holds ten of n worlds.

    Density counts more than coverage (a square root): a box that nearly always fails is worth more
    than one that holds every failure.
    """
    fit = trail[(trail["res_dim"] <= most) & (trail["res_dim"] > 0)]
    fit = fit[fit["mass"] * n >= 10]
    return None if fit.empty else int((fit["density"] * fit["coverage"] ** 0.5).idxmax())


def _bounds(chosen: pd.DataFrame, limits: Any) -> tuple[tuple[str, float, float], ...]:
    """Parameter, from, to, of those that a box restricts.

    limits : the workbench's frame, a row each for the lower and the upper end.
    """
    bounds = []
    for name in chosen:
        low, high = (float(limits[name].iloc[k]) for k in (0, 1))
        if low > chosen[name].min() or high < chosen[name].max():
            bounds.append((str(name), low, high))
    return tuple(bounds)


def worlds_of(a: Analysis) -> pd.DataFrame:
    """The drawn parameters of the worlds of a study's main block, one row a world.

    Parameters that are the same in all of them are left out.
    """
    point = next(point for point in a.plan.points if point.block == "main")
    drawn = worlds.worlds_of(point.config)
    table = pd.DataFrame(
        {item.name: [getattr(one, item.name) for one in drawn] for item in fields(Parameters)}
    )
    return table.loc[:, table.nunique() > 1]


#: Worlds from which on failures of the leading cell are looked into.
FEWEST_WORLDS = 40


def sentences(a: Analysis) -> list[tuple[str, str]]:
    """When the leading cell fails against the reference: a sentence in two languages, or none.

    None where the reference leads, where nothing is drawn, and below FEWEST_WORLDS worlds. Raises
    ConfigError without the EMA Workbench.
    """
    study, name = a.plan.study, a.ranked
    point = next(point for point in a.plan.points if point.block == "main")
    if name not in a.contrasts or point.config.uncertainty.name == "point":
        return []
    if a.best == study.reference_cell:
        return []
    by_world = compare.paired(a.cubes[name], study.references).mean(axis=2)[a.best]
    worse = compare.sign_of(name) * by_world < 0
    if worse.size < FEWEST_WORLDS:
        return []
    found = scenario(worlds_of(a), worse) if worse.any() else None
    return [_when(study.spoken(a.best), study.spoken(a.best, "zh"), worse, found)]


def says_nothing(response: Response) -> bool:
    """Whether nobody speaks in a response."""
    return all(act.delay_h is None for act in response.playbook.values() if act.SPOKEN)


def silence(a: Analysis) -> list[tuple[str, str]]:
    """When saying nothing is the better course, and when not: three sentences in two languages.

    None where no cell is silent, where the silent cell is the reference, where nothing is drawn,
    and below FEWEST_WORLDS worlds. Raises ConfigError without the EMA Workbench.
    """
    study, name = a.plan.study, a.ranked
    main = {point.cell: point.config for point in a.plan.points if point.block == "main"}
    silent = [
        cell for cell in a.home
        if cell != study.reference_cell and says_nothing(main[cell].response)
    ]  # fmt: skip
    if not silent or name not in a.contrasts or main[silent[0]].uncertainty.name == "point":
        return []
    gap = compare.paired(a.cubes[name], study.references).mean(axis=2)[silent[0]]
    better = compare.sign_of(name) * gap > 0
    if better.size < FEWEST_WORLDS:
        return []
    n, share = better.size, int(better.sum())
    outcome = BY_NAME[name]
    told = [
        (
            f"Saying nothing is the better course for {outcome.en} in {share} of {n} plausible "
            f"worlds; what “{study.spoken(study.reference_cell)}” does is better in the others.",
            f"就“{outcome.zh}”而言，在{n}个可能的世界中，沉默在{share}个中更好；"
            f"其余世界中“{study.spoken(study.reference_cell, 'zh')}”更好。",
        )
    ]
    drawn = worlds_of(a)
    for side, (en, zh) in (
        (better, ("Silence is mostly the better course", "沉默较好的情形")),
        (~better, ("Silence is mostly the worse course", "沉默较差的情形")),
    ):
        found = scenario(drawn, side) if side.any() else None
        if found is not None:
            told.append(where(en, zh, found))
    if len(told) == 1 and 0 < share < n:
        told.append(
            (
                "No plain condition on one or two parameters tells these worlds apart.",
                "没有一两个参数的简单条件能区分这些世界。",
            )
        )
    return told


def where(en: str, zh: str, found: Scenario) -> tuple[str, str]:
    """A box in plain words, with how often what it is about happens inside."""
    said, said_zh = (
        between.join(_plain(*limit, lang) for limit in found.limits)
        for lang, between in (("en", " and "), ("zh", "且"))
    )
    held = round(found.share_inside * found.n_inside)
    return (
        f"{en} where {said}: in {held} of the {found.n_inside} worlds in which that is so (a box "
        "found by PRIM in these same worlds, not tested on others).",
        f"{zh}：{said_zh}——满足该条件的{found.n_inside}个世界中有{held}个"
        "（由 PRIM 在同样的世界中找到，未在其他世界检验）。",
    )


def _plain(name: str, low: float, high: float, lang: str) -> str:
    """A restriction of a parameter in a reader's words, beside the range that is plausible."""
    bottom, top = {item.name: item.metadata for item in fields(Parameters)}[name]["prior"]
    margin, zh = 0.02 * (top - bottom), lang == "zh"
    word = parameter_name(name, lang)
    range_ = (
        f"（可能范围 {bottom:.3g} 至 {top:.3g}）"
        if zh
        else f" (plausible: {bottom:.3g} to {top:.3g})"
    )
    if low <= bottom + margin:
        return f"{word}{'至多' if zh else ' is at most '}{high:.3g}{range_}"
    if high >= top - margin:
        return f"{word}{'至少' if zh else ' is at least '}{low:.3g}{range_}"
    return f"{word}{'在' if zh else ' is from '}{low:.3g}{'至' if zh else ' to '}{high:.3g}{range_}"


def _when(
    best: str, best_zh: str, worse: npt.NDArray[np.bool_], found: Scenario | None
) -> tuple[str, str]:
    """In how many worlds a cell fares worse, and which box holds them, if there is one.

    best, best_zh : the cell as it is spoken of. worse : bool[worlds], whether it fares worse than
    the reference there. In English and Chinese.
    """
    n, n_worse = worse.size, int(worse.sum())
    if not n_worse:
        return (
            f"“{best}” fares no worse than the reference in any of {n} worlds.",
            f"“{best_zh}”在{n}个世界中均不劣于参照。",
        )
    if found is None:
        return (
            f"Where “{best}” fares worse than the reference ({n_worse} of "
            f"{n} worlds) no plain condition on the parameters says so.",
            f"“{best_zh}”劣于参照的世界（{n}中{n_worse}个）没有简单的参数条件可描述。",
        )
    said = " and ".join(_limit(*limit) for limit in found.limits)
    held = f"{found.share_inside * found.n_inside:.0f}"
    return (
        f"“{best}” fares worse than the reference in {n_worse} of {n} "
        f"worlds; {held} of these are among the {found.n_inside} in "
        f"which {said} (a box found by PRIM in these same worlds, not tested on others).",
        f"“{best_zh}”在{n}个世界中有{n_worse}个劣于参照；"
        f"其中{held}个属于满足 {said} 的{found.n_inside}个世界"
        "（由 PRIM 在同样的世界中找到，未在其他世界检验）。",
    )


def _limit(name: str, low: float, high: float) -> str:
    """A restriction of a parameter in words; an end at the end of its prior says nothing."""
    about = {item.name: item.metadata for item in fields(Parameters)}[name]
    bottom, top = about["prior"]
    margin = 0.02 * (top - bottom)
    if low <= bottom + margin:
        return f"{name} ≤ {high:.3g}"
    if high >= top - margin:
        return f"{name} ≥ {low:.3g}"
    return f"{low:.3g} ≤ {name} ≤ {high:.3g}"
