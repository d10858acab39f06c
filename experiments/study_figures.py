"""The figures of a study."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from experiments import causes, compare, plots, sweep_plots
from experiments.findings import FRONT, Analysis
from experiments.plots import BLUE, ORANGE
from experiments.sweep import Plan
from sim.metrics import BY_NAME
from sim.store import from_table

MAPPED = 6  #: outcomes that get a map: the first of the study


CAPTIONS = {
    "maps": (
        "Means over all worlds and seeds. Framed: the reference. Hatched: prior-driven, the order against the reference depends on the parameters drawn.",
        "对所有世界与种子取均值。框：参照。斜线：取决于先验。",
    ),
    "curves": (
        "Each lever by itself, the others as in the reference; paired differences.",
        "逐一改变杠杆，其余同参照；配对差。",
    ),
    "tradeoff": (
        "What one gives for the other; a dominated cell has another that is nowhere worse.",
        "取舍；被支配的格存在处处不劣的另一格。",
    ),
    "parallel": (
        "One line a cell; crossing lines are conflicts between those who ask.",
        "每线一格；交叉即不同诉求之间的冲突。",
    ),
    "sobol": (
        "Shares of the variance over the priors, with 95 % intervals; they say what is worth knowing, not what is true.",
        "先验方差的份额及95%区间；说明何者值得了解，而非何者为真。",
    ),
    "tornado": (
        "Highest against lowest third of each parameter's prior, 95 % intervals.",
        "各参数先验最高与最低三分位之差，95%区间。",
    ),
    "shapley": (
        "Steps add up exactly; the order of the bars does not matter to their size.",
        "各步精确相加；条的次序不影响大小。",
    ),
    "trajectories": (
        "The same worlds in every panel; the band is over parameters and seeds.",
        "各图世界相同；色带包含参数与种子。",
    ),
}


def figures(a: Analysis, lang: str) -> dict[str, Figure]:
    """All figures of a study by name."""
    plots.use_style()
    if causes.is_sobol(a.plan.study):
        return {"sobol": _figure_sobol(a, lang), "tornado": _figure_tornado(a, lang)}
    if causes.is_game(a.plan.study):
        return {"shapley": _figure_shapley(a, lang)}
    found = {}
    shape = [len(axis.values) for axis in a.plan.study.axes]
    if len(shape) == 2:
        found["maps"] = _figure_maps(a, lang)
    found["curves"] = _figure_curves(a, lang)
    found["tradeoff"] = _figure_tradeoff(a, lang)
    found["parallel"] = _figure_parallel(a, lang)
    found["trajectories"] = _figure_trajectories(a, lang)
    return found


def _figure_sobol(a: Analysis, lang: str) -> Figure:
    """First-order and total indices of every outcome."""
    tables = causes.sensitivity(a)
    n_rows = -(-len(tables) // 2)
    figure, axes = plt.subplots(n_rows, 2, figsize=(11, 4.2 * n_rows), squeeze=False)
    for ax in axes.flat[len(tables) :]:
        ax.axis("off")
    words = ("alone", "with interactions") if lang == "en" else ("单独", "含交互")
    for ax, (outcome, table) in zip(axes.flat, tables.items(), strict=False):
        sweep_plots.bars(
            ax,
            table,
            _name(outcome, lang),
            "share of variance" if lang == "en" else "方差份额",
            words,
        )
    return figure


def _figure_tornado(a: Analysis, lang: str) -> Figure:
    """What the ranked outcome does between the lowest and the highest third of each parameter."""
    axis = a.plan.study.axes[0]
    y = compare.mean_of(a.cubes[a.ranked], (1, 2))
    x = np.array(axis.values, float)
    thirds = np.quantile(x, (1 / 3, 2 / 3), axis=0)
    rows = {}
    for k, key in enumerate(axis.keys):
        low, high = y[x[:, k] <= thirds[0, k]], y[x[:, k] >= thirds[1, k]]
        half = 1.96 * np.sqrt(low.var() / low.size + high.var() / high.size)
        change = high.mean() - low.mean()
        rows[key.partition(".")[2]] = (change, change - half, change + half)
    table = pd.DataFrame(rows, index=["change", "change_low", "change_high"]).T
    table = table.loc[table["change"].abs().sort_values(ascending=False).index]
    figure, ax = plt.subplots(figsize=(8, 4.6))
    title = (
        f"“{table.index[0]}” moves {_name(a.ranked, lang)} most: highest against lowest third"
        if lang == "en"
        else f"“{table.index[0]}”对{_name(a.ranked, lang)}影响最大：最高与最低三分位之差"
    )
    sweep_plots.bars(ax, table, title, f"{_name(a.ranked, lang)} {_unit(a.ranked)}")
    return figure


def _figure_shapley(a: Analysis, lang: str) -> Figure:
    """The waterfall of one comparison over its mechanisms."""
    study = a.plan.study
    d = causes.decomposition(a, a.ranked)
    text = {axis.name: axis.text[lang] for axis in study.axes[1:]}
    order = sorted(d.parts, key=lambda name: -abs(d.parts[name]))
    first, second = study.axes[0].labels
    figure, ax = plt.subplots(figsize=(10, 4.6))
    most = text[order[0]]
    title = (
        f"Most of what “{second}” changes against “{first}” goes through {most}"
        if lang == "en"
        else f"“{second}”相对“{first}”的变化主要经由{most}"
    )
    ends = ("none of these", "all of these") if lang == "en" else ("均关闭", "均开启")
    sweep_plots.waterfall(
        ax,
        d.without,
        {text[k]: d.parts[k] for k in order},
        ends,
        title,
        f"{_name(a.ranked, lang)} {_unit(a.ranked)}",
    )
    ax.axhline(0, color="black", linewidth=0.8)
    return figure


def _name(outcome: str, lang: str) -> str:
    return BY_NAME[outcome].zh if lang == "zh" else BY_NAME[outcome].en


def _unit(outcome: str) -> str:
    return f"[{BY_NAME[outcome].unit}]"


def unsure_cells(a: Analysis, outcome: str) -> npt.NDArray[np.bool_]:
    """Cells whose place against the reference is prior-driven: it turns with the draw."""
    if outcome not in a.contrasts:
        return np.ones(len(a.plan.study.cells), bool)
    by_world = compare.paired(a.cubes[outcome], a.plan.study.reference_cell).mean(axis=2)
    above, below = (by_world > 0).mean(axis=1), (by_world < 0).mean(axis=1)
    unsure: npt.NDArray[np.bool_] = (above > 0.1) & (below > 0.1)
    unsure[a.plan.study.reference_cell] = False
    return unsure


def _figure_maps(a: Analysis, lang: str) -> Figure:
    study = a.plan.study
    rows, columns = study.axes
    shape = (len(rows.values), len(columns.values))
    names = [
        name
        for name in study.outcomes
        if a.means[name].notna().all() and a.means[name].nunique() > 1  # no lever here moves it
    ][:MAPPED]
    n_rows = -(-len(names) // 2)
    figure, axes = plt.subplots(
        n_rows + 1, 2, figsize=(11, 3.9 * n_rows + 0.6), height_ratios=[*[1] * n_rows, 0.08]
    )
    for ax, name in zip(axes[:-1].flat, names, strict=False):
        values = a.means[name].to_numpy().reshape(shape)
        unsure = unsure_cells(a, name).reshape(shape)
        sweep_plots.cell_map(
            ax,
            values,
            (study.reference[0], study.reference[1]),
            unsure,
            _name(name, lang),
            _unit(name),
            BY_NAME[name].better != "higher",
        )
        sweep_plots.axis_labels(ax, rows.labels, columns.labels)
        ax.set_ylabel(rows.text[lang] + (f" [{rows.unit}]" if rows.unit else ""))
        ax.set_xlabel(columns.text[lang] + (f" [{columns.unit}]" if columns.unit else ""))
    for ax in axes.flat[len(names) : -2]:
        ax.axis("off")
    figure.suptitle(
        f"Best mean: “{study.label(a.best)}”; {len(a.near) - 1} of {len(study.cells) - 1} others cannot be told from it ({_name(a.ranked, lang)}, {a.cubes[a.ranked].shape[1]} worlds)"
        if lang == "en"
        else f"{_name(a.ranked, lang)}均值最优：“{study.label(a.best)}”；其余{len(study.cells) - 1}格中{len(a.near) - 1}格与之无法区分（{a.cubes[a.ranked].shape[1]}个世界）",
        x=0.01,
        ha="left",
        fontsize=11,
    )
    grid = axes[-1, 0].get_gridspec()
    for ax in axes[-1]:
        ax.remove()
    key = figure.add_subplot(grid[-1, :])
    words = (
        (
            "reference: " + study.label(study.reference_cell),
            "prior-driven: the order against the reference turns in more than a tenth of worlds",
        )
        if lang == "en"
        else (
            "参照：" + study.label(study.reference_cell),
            "取决于先验：在超过十分之一的世界中与参照的次序相反",
        )
    )
    sweep_plots.map_legend(key, *words)
    return figure


def _figure_curves(a: Analysis, lang: str) -> Figure:
    """The ranked outcome along each axis, through the reference cell."""
    study, name = a.plan.study, a.ranked
    figure, axes = plt.subplots(
        1, len(study.axes), figsize=(5.5 * len(study.axes), 4), squeeze=False
    )
    for k, (ax, axis) in enumerate(zip(axes[0], study.axes, strict=True)):
        cells = []
        for j in range(len(axis.values)):
            at = list(study.reference)
            at[k] = j
            cells.append(study.cells.index(tuple(at)))
        if name in a.contrasts:
            table = pd.DataFrame([asdict(a.contrasts[name][c]) for c in cells])
            sweep_plots.curve(ax, axis.labels, table, BLUE, _name(name, lang))
        ax.set_xlabel(axis.text[lang] + (f" [{axis.unit}]" if axis.unit else ""))
        ax.tick_params(axis="x", rotation=30 if max(map(len, axis.labels)) > 4 else 0)
        ax.set_ylabel(
            (
                f"difference from {study.label(study.reference_cell)}\n"
                if lang == "en"
                else f"与“{study.label(study.reference_cell)}”之差\n"
            )
            + f"{_name(name, lang)} {_unit(name)}"
        )
    n = a.cubes[name].shape[1]
    figure.suptitle(
        f"Dark band: 95 % of the mean over {n} worlds; light band: for all cells at once"
        if lang == "en"
        else f"深色带：{n}个世界均值的95%区间；浅色带：对所有格同时成立",
        x=0.01,
        ha="left",
        fontsize=10,
    )
    return figure


def _figure_tradeoff(a: Analysis, lang: str) -> Figure:
    study = a.plan.study
    names = [n for n in FRONT if n in a.means] or [
        n for n in map(str, a.means) if BY_NAME[n].better != "none"
    ]
    names = [n for n in names if a.means[n].nunique() > 1] or names[:1]
    pairs = [(names[0], other) for other in names[1:4]] or [(names[0], names[0])]
    figure, axes = plt.subplots(1, len(pairs), figsize=(5.2 * len(pairs), 4.4), squeeze=False)
    words = (
        {
            "dominated": "dominated",
            "front": "on the front",
            "reference": study.label(study.reference_cell),
        }
        if lang == "en"
        else {
            "dominated": "被支配",
            "front": "在前沿上",
            "reference": study.label(study.reference_cell),
        }
    )
    labels = [study.label(c) for c in range(len(study.cells))]
    for ax, (x, y) in zip(axes[0], pairs, strict=True):
        sweep_plots.tradeoff(
            ax,
            a.means[x].to_numpy(),
            a.means[y].to_numpy(),
            a.front,
            labels,
            study.reference_cell,
            words,
        )
        ax.set_xlabel(f"{_name(x, lang)} {_unit(x)}")
        ax.set_ylabel(f"{_name(y, lang)} {_unit(y)}")
    over = ", ".join(_name(n, lang) for n in names)
    figure.suptitle(
        f"{int(a.front.sum())} of {len(study.cells)} cells are not dominated ({over})"
        if lang == "en"
        else f"{len(study.cells)}格中{int(a.front.sum())}格未被支配（{over}）",
        x=0.01,
        ha="left",
        fontsize=10,
    )
    return figure


def _figure_parallel(a: Analysis, lang: str) -> Figure:
    study = a.plan.study
    names = [
        n for n in map(str, a.means) if BY_NAME[n].better != "none" and a.means[n].notna().all()
    ]
    names = [n for n in names if a.means[n].max() > a.means[n].min()]
    scaled: dict[str, Any] = {}
    for name in names:
        good = compare.sign_of(name) * a.means[name]
        spread = good.max() - good.min()
        scaled[name] = (good - good.min()) / spread
    marked = {study.reference_cell: study.label(study.reference_cell)}
    for cell in [a.best, *a.firsts.values()]:
        marked.setdefault(cell, study.label(cell))
    figure, ax = plt.subplots(figsize=(11, 4.6))
    sweep_plots.parallel(ax, pd.DataFrame(scaled), marked, [_name(n, lang) for n in names])
    ax.set_title(
        "Every cell over all outcomes, scaled so that up is better"
        if lang == "en"
        else "各格在各结果上的表现（越高越好）"
    )
    return figure


def _figure_trajectories(a: Analysis, lang: str) -> Figure:
    """Core outrage over time along the first axis, the other axes at the reference."""
    study = a.plan.study
    axis = study.axes[0]
    chosen = np.unique(np.linspace(0, len(axis.values) - 1, min(8, len(axis.values))).astype(int))
    runs, labels, days = [], [], np.zeros(0)
    for j in chosen:
        cell = study.cells.index((int(j), *study.reference[1:]))
        values, clock = series_of(a.plan, cell, "outrage_core")
        days = np.array([clock.hours(k) / 24 for k in range(clock.n_steps)])
        runs.append(values)
        labels.append(f"{axis.labels[j]} {axis.unit}".strip())
    columns = min(4, len(runs))
    rows = -(-len(runs) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.3 * rows), sharex=True, sharey=True, squeeze=False
    )
    sweep_plots.trajectories(list(axes.flat[: len(runs)]), days, runs, labels, ORANGE)
    for ax in axes.flat[len(runs) :]:
        ax.axis("off")
    for ax in axes[-1]:
        ax.set_xlabel("day" if lang == "en" else "天")
    for ax in axes[:, 0]:
        ax.set_ylabel("outrage of core fans [share]" if lang == "en" else "核心粉丝愤怒 [比例]")
    rest = [other.labels[k] for other, k in zip(study.axes[1:], study.reference[1:], strict=True)]
    held = " · ".join(rest)
    figure.suptitle(
        axis.text[lang]
        + ((f" (at {held}): " if lang == "en" else f"（{held}）：") if held else ": ")
        + (
            f"median and 5-95 % of {len(runs[0])} runs"
            if lang == "en"
            else f"{len(runs[0])}次运行的中位数与5-95%"
        ),
        x=0.01,
        ha="left",
        fontsize=10,
    )
    return figure


def series_of(plan: Plan, cell: int, name: str) -> tuple[npt.NDArray[np.float64], Any]:
    """One series of every run of a cell in the main block, and its clock."""
    own = [
        (part.digest, part.names)
        for part in plan.parts
        if plan.points[part.point].block == "main" and plan.points[part.point].cell == cell
    ]
    found: dict[str, npt.NDArray[np.float64]] = {}
    clock = None
    for path, names in plan.store.places(own).items():
        for run in from_table(plan.store.read(path)):
            if run.name in names:
                found[run.name] = run.series[name].astype(np.float64)
                clock = run.clock
    values = [found[name] for _, names in own for name in names]
    return np.stack(values), clock
