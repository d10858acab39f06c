"""What moves the outcomes: Sobol indices, exact Shapley values of mechanisms, scenario discovery.

The indices come from SALib and the boxes from the EMA Workbench (extra `analysis`); both are tested
on functions whose answers are known.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from experiments.pictures.words import few_words, signed
from experiments.reading import compare
from experiments.reading.findings import Analysis
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.sweeps.design import Axis, Study
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME
from sim.settings import worlds
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]


def _needs(library: str) -> ConfigError:
    return ConfigError(
        "analysis",
        library,
        "this library is not installed",
        "pip install -c constraints.txt 'backlash[analysis]'",
        "make extras",
    )


def is_sobol(study: Study) -> bool:
    """Whether a study is one Saltelli design, and no plain axis over parameters.

    In blocks of D + 2 rows, row 1 + c differs from the first in column c alone
    (experiments.sweeps.design); of one parameter there is nothing to divide.
    """
    if len(study.axes) != 1 or not all(k.startswith("parameters.") for k in study.axes[0].keys):
        return False
    values, size = study.axes[0].values, len(study.axes[0].keys)
    blocks, rest = divmod(len(values), size + 2)
    return (
        size > 1
        and blocks > 0
        and not rest
        and all(
            [c for c in range(size) if values[row][c] != values[row + 1 + column][c]] == [column]
            for row in range(0, len(values), size + 2)
            for column in range(size)
        )
    )


def is_game(study: Study) -> bool:
    """Whether a study is every coalition of some mechanisms under two responses."""
    first, rest = study.axes[0], study.axes[1:]
    return (
        len(first.values) == 2
        and len(rest) > 1
        and all(axis.keys[0].startswith("mechanisms.") and len(axis.values) == 2 for axis in rest)
    )


# --- Sobol indices --------------------------------------------------------------------------------


def sobol_indices(rows: Sequence[Sequence[float]], names: Sequence[str], y: _F) -> pd.DataFrame:
    """First-order and total indices with 95 % intervals, one row a parameter, largest total first.

    rows : Saltelli's design; y : [len(rows)], all finite. Raises ConfigError without SALib.
    """
    try:
        from SALib.analyze import sobol
    except ImportError:
        raise _needs("SALib") from None
    if not np.isfinite(y).all():
        raise ValueError(f"{int((~np.isfinite(y)).sum())} of {y.size} points have no value")
    low, high = np.min(rows, axis=0), np.max(rows, axis=0)
    problem = {
        "num_vars": len(names),
        "names": list(names),
        "bounds": np.column_stack([low, high]).tolist(),
    }
    if y.std() == 0:
        zero = np.zeros(len(names))
        found = {"S1": zero, "S1_conf": zero, "ST": zero, "ST_conf": zero}
    else:
        found = sobol.analyze(
            problem, (y - y.mean()) / y.std(), calc_second_order=False, seed=20260105
        )
    blocks = len(rows) // (len(names) + 2)
    if blocks < FEWEST_PAIRS:  # of a handful no range is given
        found = {**found, "S1_conf": np.full(len(names), np.nan), "ST_conf": found["ST"] * np.nan}
    table = pd.DataFrame(
        {
            "first": found["S1"],
            "first_low": found["S1"] - found["S1_conf"],
            "first_high": found["S1"] + found["S1_conf"],
            "total": found["ST"],
            "total_low": found["ST"] - found["ST_conf"],
            "total_high": found["ST"] + found["ST_conf"],
        },
        index=pd.Index(list(names)),
    )
    return table.sort_values("total", ascending=False)


def sensitivity(a: Analysis) -> dict[str, pd.DataFrame]:
    """Sobol indices of every outcome of a study that is a Saltelli design (means over seeds)."""
    axis: Axis = a.plan.study.axes[0]
    names = [key.partition(".")[2] for key in axis.keys]
    found = {}
    for outcome in a.plan.study.outcomes:
        y = compare.mean_of(a.cubes[outcome], (1, 2))
        if np.isfinite(y).all():
            found[outcome] = sobol_indices(axis.values, names, y)
    return found


def sobol_sentences(tables: dict[str, pd.DataFrame], n: int) -> list[tuple[str, str]]:
    """Which parameters move an outcome most, with their shares of its variance."""
    out = []
    for outcome, table in tables.items():
        about = BY_NAME[outcome]
        top = table.head(3)
        half = (top["total_high"] - top["total"]).to_numpy()
        told = [f" (± {h:.2f})" if np.isfinite(h) else "" for h in half]
        told_zh = [f"（±{h:.2f}）" if np.isfinite(h) else "" for h in half]
        en = ", ".join(
            f"{name} {row['first']:.2f} alone and {row['total']:.2f} with interactions{more}"
            for more, (name, row) in zip(told, top.iterrows(), strict=True)
        )
        zh = "、".join(
            f"{name} 单独{row['first']:.2f}、含交互{row['total']:.2f}{more}"
            for more, (name, row) in zip(told_zh, top.iterrows(), strict=True)
        )
        if not np.isfinite(half).all():
            few = (len(table), n)
            en += f"; too few base samples for a range ({few[1]} runs over {few[0]} parameters)"
            zh += "；基础样本太少，无法给出区间"
        out.append(
            (
                f"Of the variance of {about.en} over the priors of {len(table)} parameters: {en} ({n} runs).",
                f"{about.zh}在{len(table)}个参数先验上的方差中：{zh}（{n}次运行）。",
            )
        )
    return out


# --- Shapley values -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decomposition:
    """One comparison of two responses, told apart by mechanism."""

    without: float  #: difference of the responses with every mechanism of the game off
    whole: float  #: the difference with all of them on
    parts: dict[str, float]  #: Shapley values; they add up to whole - without
    low: dict[str, float]  #: 95 % interval, bootstrap over the common seeds
    high: dict[str, float]
    alone: dict[str, float]  #: what a mechanism does when it comes first
    last: dict[str, float]  #: what it does when it comes last


def decomposition(a: Analysis, outcome: str) -> Decomposition:
    """Exact Shapley values of the mechanisms in the difference between two responses, paired."""
    study = a.plan.study
    names = [axis.name for axis in study.axes[1:]]
    values = compare.mean_of(a.cubes[outcome], 2)  # [cell, world]
    games: dict[frozenset[str], _F] = {}
    for cell, at in enumerate(study.cells):
        if at[0] == 1:
            other = study.cells.index((0, *at[1:]))
            on = frozenset(name for name, k in zip(names, at[1:], strict=True) if k == 1)
            games[on] = values[cell] - values[other]
    everybody: frozenset[str] = frozenset(names)
    nobody: frozenset[str] = frozenset()
    n = games[nobody].size
    middle = compare.shapley({group: float(g.mean()) for group, g in games.items()})
    rng = np.random.Generator(np.random.Philox(key=20260105))
    resampled = []
    for rows in rng.integers(0, n, (400, n)):
        resampled.append(compare.shapley({k: float(g[rows].mean()) for k, g in games.items()}))
    table = pd.DataFrame(resampled)
    if n < FEWEST_PAIRS:  # of a handful no range is given
        table[:] = np.nan
    return Decomposition(
        without=float(games[nobody].mean()),
        whole=float(games[everybody].mean()),
        parts=middle,
        low={name: float(table[name].quantile(0.025)) for name in names},
        high={name: float(table[name].quantile(0.975)) for name in names},
        alone={m: float((games[frozenset({m})] - games[nobody]).mean()) for m in names},
        last={m: float((games[everybody] - games[everybody - {m}]).mean()) for m in names},
    )


def game_sentences(a: Analysis, d: Decomposition) -> list[tuple[str, str]]:
    """A decomposition in words: what adds up, and where the order matters."""
    study, about = a.plan.study, BY_NAME[a.ranked]
    text = {axis.name: axis.text for axis in study.axes[1:]}
    first, second = study.axes[0].labels
    n = a.cubes[a.ranked].shape[1]
    order = sorted(d.parts, key=lambda name: -abs(d.parts[name]))
    known = all(np.isfinite(d.low[k]) for k in order)
    en = ", ".join(
        f"{text[k]['en']} {signed(d.parts[k])}"
        + (f" ({signed(d.low[k])} to {signed(d.high[k])})" if known else "")
        for k in order
    ) + ("" if known else f" ({few_words(n, 'en')})")
    zh = "、".join(
        f"{text[k]['zh']}{signed(d.parts[k])}"
        + (f"（{signed(d.low[k])}至{signed(d.high[k])}）" if known else "")
        for k in order
    ) + ("" if known else f"（{few_words(n, 'zh')}）")
    swing = max(order, key=lambda k: abs(d.alone[k] - d.last[k]))
    return [
        (
            f"“{second}” against “{first}” changes {about.en} by {d.whole:+.3g} {about.unit} with all "
            f"mechanisms on, and by {d.without:+.3g} with the {len(order)} of them off ({n} seeds, paired).",
            f"“{second}”相对“{first}”：全部机制开启时{about.zh}变化{d.whole:+.3g}，{len(order)}个机制关闭时为{d.without:+.3g}（{n}个配对种子）。",
        ),
        (
            f"The difference between the two, shared out exactly (Shapley, {2 ** len(order)} coalitions): {en}.",
            f"二者之差的精确分摊（Shapley，{2 ** len(order)}个联盟）：{zh}。",
        ),
        (
            f"Order matters most for {text[swing]['en']}: {d.alone[swing]:+.3g} when it comes first, "
            f"{d.last[swing]:+.3g} when it comes last.",
            f"次序影响最大者为{text[swing]['zh']}：最先加入{d.alone[swing]:+.3g}，最后加入{d.last[swing]:+.3g}。",
        ),
    ]


# --- scenario discovery ---------------------------------------------------------------------------


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
        raise _needs("ema-workbench") from None
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
