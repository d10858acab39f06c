"""The figures of a study."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from experiments.pictures import plots, sweep_plots
from experiments.pictures.plots import BLUE, ORANGE
from experiments.pictures.words import unit_name, worded
from experiments.reading import compare, frames, shapley, sobol
from experiments.reading.analysis import Analysis, front_of
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.sweeps.design import Axis, Study
from experiments.sweeps.plan import Plan
from sim.metrics import BY_NAME
from sim.parts import from_table

MAPPED = 6  #: outcomes that get a map: the first of the study


CAPTIONS = {
    "maps": (
        "Means over all worlds and seeds. Framed: the reference, under each condition if there are several. Ring: the best mean of those it is compared with. Hatched: prior-driven, the order against the reference depends on the parameters drawn. A row or column that is one colour throughout is an answer that has no place on that axis.",
        "对所有世界与种子取均值。框：参照（若有多个条件，则每个条件各一）。圆圈：与之比较者中均值最优。斜线：取决于先验。通行一色者为在该轴上没有位置的应对。",
    ),
    "curves": (
        "Each lever by itself, the others as in the reference or nearest to it; paired differences. Where an axis is an assumption: means of the answers under each condition; lines that cross change places.",
        "逐一改变杠杆，其余同参照或与之最近；配对差。若该轴为假定：各应对在每种条件下的均值，线条相交即次序互换。",
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
    if sobol.is_sobol(a.plan.study):
        return {"sobol": _figure_sobol(a, lang), "tornado": _figure_tornado(a, lang)}
    if shapley.is_game(a.plan.study):
        return {"shapley": _figure_shapley(a, lang)}
    drawn = {
        "maps": _figure_maps, "curves": _figure_curves, "tradeoff": _figure_tradeoff,
        "parallel": _figure_parallel, "trajectories": _figure_trajectories,
    }  # fmt: skip
    return {name: drawn[name](a, lang) for name in figures_names(a)}


def figures_names(a: Analysis) -> list[str]:
    """The figures that a comparison of cells has something to show in."""
    study = a.plan.study
    names = ["maps"] if len(study.axes) == 2 else []
    names.append("curves")
    if study.has_levers and len(a.home) > 1:
        names += ["tradeoff"] if len(_traded(a)) > 1 else []
        names += ["parallel"] if len(_scaled(a).columns) > 1 else []
    return [*names, "trajectories"]


def _figure_sobol(a: Analysis, lang: str) -> Figure:
    """First-order and total indices of every outcome."""
    tables = sobol.sensitivity(a)
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
    y = frames.mean_of(a.cubes[a.ranked], (1, 2))
    x = np.array(axis.values, float)
    thirds = np.quantile(x, (1 / 3, 2 / 3), axis=0)
    rows = {}
    for k, key in enumerate(axis.keys):
        low, high = y[x[:, k] <= thirds[0, k]], y[x[:, k] >= thirds[1, k]]
        half = 1.96 * np.sqrt(low.var() / low.size + high.var() / high.size)
        if min(low.size, high.size) < FEWEST_PAIRS:  # no range from a handful of points
            half = np.nan
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
    sweep_plots.bars(ax, table, title, f"{_name(a.ranked, lang)} {_unit(a.ranked, lang)}")
    return figure


def _figure_shapley(a: Analysis, lang: str) -> Figure:
    """The waterfall of one comparison over its mechanisms."""
    study = a.plan.study
    d = shapley.decomposition(a, a.ranked)
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
        f"{_name(a.ranked, lang)} {_unit(a.ranked, lang)}",
    )
    ax.axhline(0, color="black", linewidth=0.8)
    return figure


def _name(outcome: str, lang: str) -> str:
    return BY_NAME[outcome].zh if lang == "zh" else BY_NAME[outcome].en


def _unit(outcome: str, lang: str = "en") -> str:
    return f"[{unit_name(BY_NAME[outcome].unit, lang)}]"


def _axis(axis: Axis, lang: str) -> str:
    """An axis of a study as an axis of a figure has it, with its unit."""
    return axis.text[lang] + (f" [{unit_name(axis.unit, lang)}]" if axis.unit else "")


def _labels(axis: Axis, lang: str) -> list[str]:
    """The labels of an axis in words."""
    return [worded(label, lang, axis.keys == ("response",)) for label in axis.named(lang)]


def _called(study: Study, cell: int, lang: str) -> str:
    """What the brand does in a cell, in words, numbers with their units."""
    aside = study.beside_of(cell)
    if aside is not None:
        return worded(aside.text[lang], lang)
    told = []
    for axis, k in zip(study.axes, study.cells[cell], strict=True):
        if axis.is_lever:
            label = _labels(axis, lang)[k]
            unit = unit_name(axis.unit, lang)
            shown = sweep_plots.are_numbers([label]) and axis.unit not in ("", "share", "-")
            scale = axis.unit[:1].isdigit()  # "0-4" names a scale, not a unit
            told.append(f"{label} {unit}" if shown and not scale else label)
    return " · ".join(told)


def unsure_cells(a: Analysis, outcome: str) -> npt.NDArray[np.bool_]:
    """Cells whose place against the reference is prior-driven: it turns with the draw."""
    study = a.plan.study
    if outcome not in a.contrasts:
        return np.ones(len(study.cells), bool)
    by_world = compare.paired(a.cubes[outcome], study.references).mean(axis=2)
    above, below = (by_world > 0).mean(axis=1), (by_world < 0).mean(axis=1)
    unsure: npt.NDArray[np.bool_] = (above > 0.1) & (below > 0.1)
    unsure[np.unique(study.references)] = False
    return unsure


def mapped_cells(study: Study) -> npt.NDArray[np.int64]:
    """Numbers of the cells of a map, int64[n_rows, n_columns] over two axes.

    Answers beside the grid are further rows, or further columns where the rows are an assumption.
    """
    rows, columns = study.axes
    place = {at: cell for cell, at in enumerate(study.cells)}
    size, wide = len(rows.values), len(columns.values)
    extra = range(len(study.beside))
    if rows.is_lever:
        aside = [
            [(size + j, wide + j if columns.is_lever else c) for c in range(wide)] for j in extra
        ]
        at = [[(r, c) for c in range(wide)] for r in range(size)] + aside
    else:
        more = [wide + j for j in extra] if columns.is_lever else []
        at = [[(r, c) for c in [*range(wide), *more]] for r in range(size)]
    return np.array([[place[one] for one in line] for line in at])


def _figure_maps(a: Analysis, lang: str) -> Figure:
    study = a.plan.study
    rows, columns = study.axes
    cells = mapped_cells(study)
    names = [
        name
        for name in study.outcomes
        if a.means[name].notna().all() and a.means[name].nunique() > 1  # no lever here moves it
    ][:MAPPED]
    names = names or [a.ranked]
    aside = [worded(one.text[lang], lang) for one in study.beside]
    row_labels, column_labels = _labels(rows, lang), _labels(columns, lang)
    row_labels += aside[: len(cells) - len(row_labels)]
    column_labels += aside[: cells.shape[1] - len(column_labels)]
    framed = [
        (int(i), int(k))
        for c in set(study.references)
        for i, k in zip(*np.nonzero(cells == c), strict=True)
    ]
    bests = [a.best_of(group) for group in study.groups.values()] if study.has_levers else []
    n_rows = -(-len(names) // 2)
    figure, axes = plt.subplots(
        n_rows + 1, 2, figsize=(11, 3.9 * n_rows + 0.7), height_ratios=[*[1] * n_rows, 0.1]
    )
    for ax, name in zip(axes[:-1].flat, names, strict=False):
        sweep_plots.cell_map(
            ax,
            a.means[name].to_numpy()[cells],
            framed if study.has_levers else [],
            unsure_cells(a, name)[cells],
            _name(name, lang),
            _unit(name, lang),
            BY_NAME[name].better != "higher",
            grid=(len(rows.values), len(columns.values)),
            contours=sweep_plots.are_numbers(rows.labels)
            and sweep_plots.are_numbers(columns.labels),
            ringed=[
                (int(i), int(k))
                for c in bests
                for i, k in zip(*np.nonzero(cells == c), strict=True)
            ]
            if name == a.ranked
            else [],
        )
        sweep_plots.axis_labels(ax, row_labels, column_labels)
        ax.set_ylabel(_axis(rows, lang))
        ax.set_xlabel(_axis(columns, lang))
    for ax in axes.flat[len(names) : -2]:
        ax.axis("off")
    figure.suptitle(_maps_title(a, lang), x=0.01, ha="left", fontsize=11)
    grid = axes[-1, 0].get_gridspec()
    for ax in axes[-1]:
        ax.remove()
    key = figure.add_subplot(grid[-1, :])
    if not study.has_levers:
        key.axis("off")
        return figure
    several = len(study.groups) > 1
    reference = _called(study, study.reference_cell, lang)
    words = (
        (
            f"reference: {reference}" + (", under each condition" if several else ""),
            "prior-driven: the order against the reference\nturns in more than a tenth of worlds",
            "best mean" + (" under a condition" if several else ""),
        )
        if lang == "en"
        else (
            f"参照：{reference}" + ("（各条件下）" if several else ""),
            "取决于先验：在超过十分之一的世界中\n与参照的次序相反",
            "均值最优" + ("（各条件下）" if several else ""),
        )
    )
    sweep_plots.map_legend(key, *words)
    return figure


def _maps_title(a: Analysis, lang: str) -> str:
    study, n = a.plan.study, a.cubes[a.ranked].shape[1]
    zh = lang == "zh"
    if not study.has_levers:
        return (
            f"均为条件，并非选择（{n}个世界）"
            if zh
            else f"Conditions, not choices: means over {n} worlds"
        )
    if len(study.groups) > 1:
        bests = {_called(study, a.best_of(cells), lang) for cells in study.groups.values()}
        if len(bests) == 1:
            (one,) = bests
            return (
                f"各条件下{_name(a.ranked, lang)}均值最优者均为“{one}”（{n}个世界）"
                if zh
                else f"“{one}” has the best mean {_name(a.ranked, lang)} under every condition ({n} worlds)"
            )
        return (
            f"{_name(a.ranked, lang)}均值最优者随条件而变（{n}个世界）"
            if zh
            else f"Which answer has the best mean {_name(a.ranked, lang)} depends on the condition ({n} worlds)"
        )
    others = len([c for c in a.near if c != a.best and c in a.home])
    best = _called(study, a.best, lang)
    if a.ranked not in a.contrasts:
        return (
            f"{_name(a.ranked, lang)}均值最优：“{best}”（n = {n}：太少，无法给出区间）"
            if zh
            else f"Best mean: “{best}” ({_name(a.ranked, lang)}; n = {n}: too few for a range)"
        )
    return (
        f"{_name(a.ranked, lang)}均值最优：“{best}”；其余{len(a.home) - 1}格中{others}格与之无法区分（{n}个世界）"
        if zh
        else f"Best mean: “{best}”; {others} of {len(a.home) - 1} others cannot be told from it "
        f"({_name(a.ranked, lang)}, {n} worlds)"
    )


MOST_LINES = 6  #: answers that are drawn over the conditions of an assumption


def _figure_curves(a: Analysis, lang: str) -> Figure:
    """The ranked outcome along each axis: levers through the reference, assumptions answer by answer."""
    study, name = a.plan.study, a.ranked
    zh = lang == "zh"
    axes_of = [k for k, axis in enumerate(study.axes) if len(axis.values) > 1] or [0]
    figure, axes = plt.subplots(1, len(axes_of), figsize=(5.5 * len(axes_of), 4.2), squeeze=False)
    for k, ax in zip(axes_of, axes[0], strict=True):
        axis = study.axes[k]
        if axis.is_lever or not study.has_levers:
            cells = [_along(study, k, j) for j in range(len(axis.values))]
            own = [c for c in a.home if study.beside_of(c) is not None] if axis.is_lever else []
            sweep_plots.curve(
                ax, _labels(axis, lang), _table(a, cells), BLUE, _name(name, lang),
                aside=dict(zip([_called(study, c, lang) for c in own],
                               _table(a, own).to_dict("records"), strict=True)),
            )  # fmt: skip
            against = study.condition(study.condition_of(study.reference_cell), lang)
            if study.has_levers:
                where = f"\n({against})" if against else ""
                against = _called(study, study.reference_cell, lang) + where
            ax.set_ylabel(
                (f"与“{against}”之差\n" if zh else f"difference from {against}\n")
                + f"{_name(name, lang)} {_unit(name, lang)}"
            )
        else:
            lines = {
                _called(study, cell, lang): [
                    a.means[name][_same_choice(study, cell, k, j)] for j in range(len(axis.values))
                ]
                for cell in _drawn(a)
            }
            sweep_plots.order(ax, _labels(axis, lang), lines)
            rest = [i for i in study.conditions if i != k]
            held = "，".join(
                f"{study.axes[i].text[lang]} = {study.axes[i].named(lang)[study.through[i]]}"
                for i in rest
            )
            ax.set_title(
                ("条件：线条相交即次序互换" if zh else "conditions: lines that cross change places")
                + (f"\n({held})" if held else ""),
                fontsize=9,
            )
            ax.set_ylabel(f"{_name(name, lang)} {_unit(name, lang)}")
        ax.set_xlabel(_axis(axis, lang))
        labels = axis.named(lang)
        ax.tick_params(axis="x", rotation=30 if max(map(len, labels)) > 4 else 0)
    n = a.cubes[name].shape[1]
    if name not in a.contrasts:
        title = f"n = {n}：太少，无法给出区间" if zh else f"n = {n}: too few for a range"
    else:
        title = (
            f"深色带：{n}个世界均值的95%区间；浅色带：对所有格同时成立"
            if zh
            else f"Dark band: 95 % of the mean over {n} worlds; light band: for all cells at once"
        )
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    return figure


def _along(study: Study, axis: int, position: int) -> int:
    """The cell at a position of one axis, as the reference on the others."""
    at = list(study.through)
    at[axis] = position
    return study.cells.index(tuple(at))


def _same_choice(study: Study, cell: int, axis: int, position: int) -> int:
    """The cell with the same answer under another condition."""
    at = list(study.cells[cell])
    at[axis] = position
    return study.cells.index(tuple(at))


def _drawn(a: Analysis) -> list[int]:
    """Answers that are drawn over conditions: the reference, the best of each, then by mean."""
    study = a.plan.study
    by_choice = {study.choice(cell): cell for cell in a.home}
    chosen = [study.reference_cell]
    chosen += [by_choice[study.choice(a.best_of(cells))] for cells in study.groups.values()]
    means = compare.sign_of(a.ranked) * a.means[a.ranked].to_numpy()
    chosen += sorted(a.home, key=lambda cell: -means[cell])
    return list(dict.fromkeys(chosen))[:MOST_LINES]


def _table(a: Analysis, cells: list[int]) -> pd.DataFrame:
    """Differences of cells with their intervals; without these where there are too few worlds."""
    if a.ranked in a.contrasts:
        columns = ["mean", "low", "high", "low_all", "high_all"]
        return pd.DataFrame([asdict(a.contrasts[a.ranked][c]) for c in cells], columns=columns)
    references = a.plan.study.references
    means = a.means[a.ranked].to_numpy()
    table = pd.DataFrame({"mean": [means[c] - means[references[c]] for c in cells]})
    return table.assign(low=np.nan, high=np.nan, low_all=np.nan, high_all=np.nan)


def _traded(a: Analysis) -> list[str]:
    """Outcomes that are held against one another: what the front is over, and differs."""
    rows = a.means.loc[a.home]
    judged = [n for n in map(str, rows) if BY_NAME[n].better != "none" and rows[n].notna().all()]
    return [n for n in front_of(judged) if rows[n].nunique() > 1]


def _figure_tradeoff(a: Analysis, lang: str) -> Figure:
    study, home = a.plan.study, a.home
    names = _traded(a)
    pairs = [(names[0], other) for other in names[1:4]]
    figure, axes = plt.subplots(1, len(pairs), figsize=(5.2 * len(pairs), 4.4), squeeze=False)
    reference = _called(study, study.reference_cell, lang)
    words = (
        {"dominated": "dominated", "front": "on the front", "reference": f"reference: {reference}"}
        if lang == "en"
        else {"dominated": "被支配", "front": "在前沿上", "reference": f"参照：{reference}"}
    )
    labels = [_called(study, c, lang) for c in home]
    for ax, (x, y) in zip(axes[0], pairs, strict=True):
        sweep_plots.tradeoff(
            ax,
            a.means[x].to_numpy()[home],
            a.means[y].to_numpy()[home],
            a.front[home],
            labels,
            home.index(study.reference_cell),
            words,
        )
        ax.set_xlabel(f"{_name(x, lang)} {_unit(x, lang)}")
        ax.set_ylabel(f"{_name(y, lang)} {_unit(y, lang)}")
    over = (", " if lang == "en" else "、").join(_name(n, lang) for n in names)
    where = study.condition(study.condition_of(study.reference_cell), lang)
    where = f" · {where}" if where else ""
    figure.suptitle(
        f"{int(a.front[home].sum())} of {len(home)} cells are not dominated ({over}){where}"
        if lang == "en"
        else f"{len(home)}格中{int(a.front[home].sum())}格未被支配（{over}）{where}",
        x=0.01,
        ha="left",
        fontsize=10,
    )
    return figure


def _scaled(a: Analysis) -> pd.DataFrame:
    """Means of the compared cells over every outcome with a direction, from worst 0 to best 1."""
    rows = a.means.loc[a.home]
    names = [n for n in map(str, rows) if BY_NAME[n].better != "none" and rows[n].notna().all()]
    scaled: dict[str, Any] = {}
    for name in names:
        good = compare.sign_of(name) * rows[name]
        if good.max() > good.min():
            scaled[name] = (good - good.min()) / (good.max() - good.min())
    return pd.DataFrame(scaled)


def _figure_parallel(a: Analysis, lang: str) -> Figure:
    study = a.plan.study
    scaled = _scaled(a)
    marked = {study.reference_cell: _called(study, study.reference_cell, lang)}
    for cell in [a.best, *a.firsts.values()]:
        marked.setdefault(cell, _called(study, cell, lang))
    figure, ax = plt.subplots(figsize=(11, 4.6))
    sweep_plots.parallel(ax, scaled, marked, [_name(str(n), lang) for n in scaled])
    where = study.condition(study.condition_of(study.reference_cell), lang)
    ax.set_title(
        (
            "Every cell over all outcomes, scaled so that up is better"
            if lang == "en"
            else "各格在各结果上的表现（越高越好）"
        )
        + (f" · {where}" if where else "")
    )
    return figure


def _figure_trajectories(a: Analysis, lang: str) -> Figure:
    """Core outrage over time along the first axis, the other axes at the reference."""
    study = a.plan.study
    axis = study.axes[0]
    aside = [cell for cell in a.home if study.beside_of(cell) is not None][:2]
    most = min(8 - len(aside), len(axis.values))
    chosen = np.unique(np.linspace(0, len(axis.values) - 1, most).astype(int))
    unit = f" {unit_name(axis.unit, lang)}" if axis.unit else ""
    panels = [(_along(study, 0, int(j)), f"{_labels(axis, lang)[j]}{unit}") for j in chosen]
    panels += [(cell, _called(study, cell, lang)) for cell in aside]
    runs, labels, days = [], [], np.zeros(0)
    for cell, label in panels:
        values, clock = series_of(a.plan, cell, "outrage_core")
        days = np.array([clock.hours(k) / 24 for k in range(clock.n_steps)])
        runs.append(values)
        labels.append(label)
    columns = min(4, len(runs))
    rows = -(-len(runs) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.3 * rows), sharex=True, sharey=True, squeeze=False
    )
    sweep_plots.trajectories(list(axes.flat[: len(runs)]), days, runs, labels, ORANGE, FEWEST_PAIRS)
    for ax in axes.flat[len(runs) :]:
        ax.axis("off")
    for ax in axes.flat[max(0, len(runs) - columns) : len(runs)]:
        ax.set_xlabel("day" if lang == "en" else "天")
        ax.tick_params(labelbottom=True)
    for ax in axes[:, 0]:
        ax.set_ylabel("outrage of core fans [share]" if lang == "en" else "核心粉丝愤怒 [比例]")
    rest = [
        _labels(other, lang)[k] for other, k in zip(study.axes[1:], study.through[1:], strict=True)
    ]
    held, n = " · ".join(rest), len(runs[0])
    if n < FEWEST_PAIRS:
        told = (
            f"{n} single runs: too few for a range"
            if lang == "en"
            else f"{n}次单独运行：太少，无法给出区间"
        )
    else:
        told = f"median and 5-95 % of {n} runs" if lang == "en" else f"{n}次运行的中位数与5-95%"
    figure.suptitle(
        axis.text[lang]
        + ((f" (at {held}): " if lang == "en" else f"（{held}）：") if held else ": ")
        + told,
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
