"""Maps of a study over two axes: means of an outcome in every cell, and what is uncertain of them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from experiments.pictures import sweep_plots
from experiments.pictures.words import worded
from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reports.study_labels import (
    axis_title,
    called,
    outcome_name,
    outcome_unit,
    position_labels,
)
from experiments.sweeps.design import Study
from sim.metrics import BY_NAME

MAPPED = 6  #: outcomes that get a map: the first of the study


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


def figure_maps(a: Analysis, lang: str) -> Figure:
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
    row_labels, column_labels = position_labels(rows, lang), position_labels(columns, lang)
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
            outcome_name(name, lang),
            outcome_unit(name, lang),
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
        ax.set_ylabel(axis_title(rows, lang))
        ax.set_xlabel(axis_title(columns, lang))
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
    reference = called(study, study.reference_cell, lang)
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
        bests = {called(study, a.best_of(cells), lang) for cells in study.groups.values()}
        if len(bests) == 1:
            (one,) = bests
            return (
                f"各条件下{outcome_name(a.ranked, lang)}均值最优者均为“{one}”（{n}个世界）"
                if zh
                else f"“{one}” has the best mean {outcome_name(a.ranked, lang)} under every condition ({n} worlds)"
            )
        return (
            f"{outcome_name(a.ranked, lang)}均值最优者随条件而变（{n}个世界）"
            if zh
            else f"Which answer has the best mean {outcome_name(a.ranked, lang)} depends on the condition ({n} worlds)"
        )
    others = len([c for c in a.near if c != a.best and c in a.home])
    best = called(study, a.best, lang)
    if a.ranked not in a.contrasts:
        return (
            f"{outcome_name(a.ranked, lang)}均值最优：“{best}”（n = {n}：太少，无法给出区间）"
            if zh
            else f"Best mean: “{best}” ({outcome_name(a.ranked, lang)}; n = {n}: too few for a range)"
        )
    return (
        f"{outcome_name(a.ranked, lang)}均值最优：“{best}”；其余{len(a.home) - 1}格中{others}格与之无法区分（{n}个世界）"
        if zh
        else f"Best mean: “{best}”; {others} of {len(a.home) - 1} others cannot be told from it "
        f"({outcome_name(a.ranked, lang)}, {n} worlds)"
    )
