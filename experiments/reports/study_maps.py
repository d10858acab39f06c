"""Maps of a study over two axes: means of an outcome in every cell, and what is uncertain of them.

A cell is prior-driven where its order against the reference turns in more than a tenth of the
worlds: then the draw of the parameters decides, and not the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pictures import sweep_plots
from experiments.pictures.words import counted, worded
from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.turners import prior_driven
from experiments.reports.study_labels import (
    axis_title,
    called,
    outcome_name,
    outcome_unit,
    position_labels,
)
from experiments.sweeps.design import Study
from sim.metrics import BY_NAME

MAPPED = 6  #: outcomes that get a map: the first of the study that differ between cells


def unsure_cells(a: Analysis, outcome: str) -> npt.NDArray[np.bool_]:
    """Cells whose place against the reference is prior-driven: it turns with the draw."""
    study = a.plan.study
    if outcome not in a.contrasts:
        return np.ones(len(study.cells), bool)
    by_world = compare.paired(a.cubes[outcome], study.references).mean(axis=2)
    unsure = prior_driven(by_world)
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
    """A map an outcome over the two axes of a study, and one key for all of them.

    Outcomes that nothing here moves, or that are not known in every cell, get no map. Under the
    maps stands what is framed, hatched and ringed; nothing is where no cell is a choice.
    """
    study = a.plan.study
    grid, names = _Grid.of(study, lang), _mapped(a)
    n_rows = -(-len(names) // 2)
    figure, axes = plt.subplots(
        n_rows + 1, 2, figsize=(11, 3.9 * n_rows + 0.7), height_ratios=[*[1] * n_rows, 0.1]
    )
    for ax, name in zip(axes[:-1].flat, names, strict=False):
        _draw_map(ax, a, grid, name, lang)
    for ax in axes.flat[len(names) : -2]:
        ax.axis("off")
    figure.suptitle(_maps_title(a, lang), x=0.01, ha="left", fontsize=11)
    spec = axes[-1, 0].get_gridspec()
    for ax in axes[-1]:  # the key takes the width of both columns
        ax.remove()
    key = figure.add_subplot(spec[-1, :])
    if study.has_levers:
        sweep_plots.map_legend(key, *_key_words(study, lang))
    else:
        key.axis("off")
    return figure


def figure_multiples(a: Analysis, lang: str) -> Figure:
    """The ranked outcome of a study of three axes: a map for each position of the shortest axis.

    All panels share one scale of colours; answers beside the grid are in the table alone.
    """
    study, name = a.plan.study, a.ranked
    across = min(range(3), key=lambda k: len(study.axes[k].values))
    row, column = (k for k in range(3) if k != across)
    place = {at: cell for cell, at in enumerate(study.grid)}
    n, means = len(study.axes[across].values), a.means[name].to_numpy()
    columns = min(3, n)
    figure, axes = plt.subplots(
        -(-n // columns), columns, figsize=(4.4 * columns, 3.7 * -(-n // columns)), squeeze=False
    )
    grid = means[: len(study.grid)]
    ends = (float(np.nanmin(grid)), float(np.nanmax(grid)))
    rows, wide = study.axes[row], study.axes[column]
    for k, ax in enumerate(axes.flat[:n]):
        cells = _panel_cells(place, (row, column, across), (len(rows.values), len(wide.values)), k)
        sweep_plots.cell_map(
            ax, means[cells], [], unsure_cells(a, name)[cells], study.axes[across].spoken(k, lang),
            outcome_unit(name, lang), BY_NAME[name].better != "higher", cells.shape, False,
            [(int(i), int(j)) for i, j in np.argwhere(cells == a.best)], ends,
        )  # fmt: skip
        sweep_plots.axis_labels(ax, position_labels(rows, lang), position_labels(wide, lang))
        ax.set_ylabel(axis_title(rows, lang))
        ax.set_xlabel(axis_title(wide, lang))
    for ax in axes.flat[n:]:
        ax.axis("off")
    figure.suptitle(_maps_title(a, lang), x=0.01, ha="left", fontsize=11)
    return figure


def _panel_cells(
    place: Mapping[tuple[int, ...], int], order: tuple[int, int, int], size: tuple[int, int], k: int
) -> npt.NDArray[np.int64]:
    """Numbers of the cells of a panel, int64[n_rows, n_columns]: the k-th on the axis across.

    place : cells by position; order : which axes are rows, columns and panels.
    """
    cells = np.empty(size, np.int64)
    for i, j in np.ndindex(size):
        at = dict(zip(order, (i, j, k), strict=True))
        cells[i, j] = place[at[0], at[1], at[2]]
    return cells


def _mapped(a: Analysis) -> list[str]:
    """The first outcomes of a study that differ between cells; the ranked one if none does."""
    names = [
        name
        for name in a.plan.study.outcomes
        if a.means[name].notna().all() and a.means[name].nunique() > 1  # no lever here moves it
    ][:MAPPED]
    return names or [a.ranked]


@dataclass(frozen=True)
class _Grid:
    """The cells of a map, and what its rows and columns are called."""

    cells: npt.NDArray[np.int64]  #: numbers of the cells, [n_rows, n_columns]
    rows: list[str]
    columns: list[str]

    @classmethod
    def of(cls, study: Study, lang: str) -> _Grid:
        """The map of a study of two axes; answers beside it are further rows or columns."""
        cells = mapped_cells(study)
        aside = [worded(one.text[lang], lang) for one in study.beside]
        rows, columns = (position_labels(axis, lang) for axis in study.axes)
        rows += aside[: len(cells) - len(rows)]
        columns += aside[: cells.shape[1] - len(columns)]
        return cls(cells, rows, columns)

    def places(self, cells: Iterable[int]) -> list[tuple[int, int]]:
        """Where cells stand: row and column; an answer beside the grid stands in several."""
        return [
            (int(i), int(k))
            for c in cells
            for i, k in zip(*np.nonzero(self.cells == c), strict=True)
        ]


def _draw_map(ax: Axes, a: Analysis, grid: _Grid, name: str, lang: str) -> None:
    """The map of one outcome; the best cells are ringed in that of the ranked one.

    name : of the outcome, whose better side gives the colours their direction. Rows and columns are
    the two axes of the study; contours are drawn where both are numbers.
    """
    study = a.plan.study
    rows, columns = study.axes
    bests = [a.best_of(group) for group in study.groups.values()] if study.has_levers else []
    sweep_plots.cell_map(
        ax,
        a.means[name].to_numpy()[grid.cells],
        grid.places(set(study.references)) if study.has_levers else [],
        unsure_cells(a, name)[grid.cells],
        outcome_name(name, lang),
        outcome_unit(name, lang),
        BY_NAME[name].better != "higher",
        grid=(len(rows.values), len(columns.values)),
        contours=sweep_plots.are_numbers(rows.labels) and sweep_plots.are_numbers(columns.labels),
        ringed=grid.places(bests) if name == a.ranked else [],
    )
    sweep_plots.axis_labels(ax, grid.rows, grid.columns)
    ax.set_ylabel(axis_title(rows, lang))
    ax.set_xlabel(axis_title(columns, lang))


def _key_words(study: Study, lang: str) -> tuple[str, str, str]:
    """What the frame, the hatching and the ring of a map mean."""
    several = len(study.groups) > 1
    reference = called(study, study.reference_cell, lang)
    if lang == "en":
        return (
            f"reference: {reference}" + (", under each condition" if several else ""),
            "prior-driven: the order against the reference\nturns in more than a tenth of worlds",
            "best mean" + (" under a condition" if several else ""),
        )
    return (
        f"参照：{reference}" + ("（各条件下）" if several else ""),
        "取决于先验：在超过十分之一的世界中\n与参照的次序相反",
        "均值最优" + ("（各条件下）" if several else ""),
    )


def _maps_title(a: Analysis, lang: str) -> str:
    """What the maps find: the best mean, and whether it depends on a condition."""
    study, n = a.plan.study, a.cubes[a.ranked].shape[1]
    zh, ranked = lang == "zh", outcome_name(a.ranked, lang)
    if not study.has_levers:
        conditions = f"Conditions, not choices: means over {counted(n, 'world')}"
        return f"均为条件，并非选择（{n}个世界）" if zh else conditions
    if len(study.groups) > 1:
        bests = {called(study, a.best_of(cells), lang) for cells in study.groups.values()}
        if len(bests) == 1:
            (one,) = bests
            every = (
                f"“{one}” has the best mean {ranked} under every condition ({counted(n, 'world')})"
            )
            return f"各条件下{ranked}均值最优者均为“{one}”（{n}个世界）" if zh else every
        depends = f"Which answer has the best mean {ranked} depends on the condition ({counted(n, 'world')})"
        return f"{ranked}均值最优者随条件而变（{n}个世界）" if zh else depends
    best = called(study, a.best, lang)
    if a.ranked not in a.contrasts:
        few = f"Best mean: “{best}” ({ranked}; n = {n}: too few for a range)"
        return f"{ranked}均值最优：“{best}”（n = {n}：太少，无法给出区间）" if zh else few
    others, rest = len([c for c in a.near if c != a.best and c in a.home]), len(a.home) - 1
    if not others:
        return (
            f"{ranked}：“{best}”最优，其余{rest}种均可与之区分（{n}个世界）"
            if zh
            else f"{ranked[:1].upper()}{ranked[1:]}: “{best}” is best, and all {rest} others can be "
            f"told from it ({n} worlds)"
        )
    return (
        f"{ranked}：“{best}”均值最优，其余{rest}种中{others}种与之分不出高下（{n}个世界）"
        if zh
        else f"{ranked[:1].upper()}{ranked[1:]}: “{best}” has the best mean; {others} of {rest} others "
        f"cannot be told from it ({n} worlds)"
    )
