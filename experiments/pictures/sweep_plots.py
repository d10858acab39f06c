"""Figures of a study: tables of cells -> Axes. Knows nothing of the simulator, opens no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from experiments.pictures.amounts import two_digits
from experiments.pictures.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, beside

_F = npt.NDArray[np.float64]


def axis_labels(ax: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Labels of a map: rows upwards, columns to the right."""
    ax.set_yticks(range(len(rows)), list(rows))
    long = max(map(len, columns)) > 6
    ax.set_xticks(range(len(columns)), list(columns))
    for label in ax.get_xticklabels() if long else ():
        label.set(rotation=35, ha="right")
    ax.tick_params(length=0)


def cell_map(
    ax: Axes,
    values: _F,
    framed: Sequence[tuple[int, int]],
    unsure: npt.NDArray[np.bool_],
    title: str,
    unit: str,
    good_is_low: bool,
    grid: tuple[int, int],
    contours: bool,
    ringed: Sequence[tuple[int, int]] = (),
    ends: tuple[float, float] | None = None,
) -> Any:
    """A map of cells, float64[n_rows, n_columns]: references framed, best ones ringed, hatching.

    unsure : cells whose rank against the reference depends on the draw of the parameters; grid :
    rows and columns that lie on the axes, what is beyond is parted by a line; contours : whether
    both axes are numbers: through names no line may run; ends : of the colours, None: as values.
    """
    low, high = ends or (None, None)
    cmap = "cividis" if good_is_low else "cividis_r"
    picture = ax.imshow(values, origin="lower", aspect="auto", cmap=cmap, vmin=low, vmax=high)
    inner = values[: grid[0], : grid[1]]
    if contours and _is_smooth(inner):
        lines = ax.contour(inner, levels=5, colors="white", linewidths=0.8)
        ax.clabel(lines, fmt="%.3g", fontsize=7)
    if values.shape[0] > grid[0]:
        ax.axhline(grid[0] - 0.5, color="white", linewidth=4)
    if values.shape[1] > grid[1]:
        ax.axvline(grid[1] - 0.5, color="white", linewidth=4)
    _mark_cells(ax, framed, unsure, ringed)
    ax.set_title(title)
    bar = ax.figure.colorbar(picture, ax=ax, shrink=0.9, pad=0.02)
    bar.set_label(unit)
    return picture


def _is_smooth(values: _F) -> bool:
    """Whether contours of a map would say something: of noise, or of stairs, they would not.

    It has four rows and columns or more, spans more than 2 % of its size, and takes more values
    than a quarter of its cells.
    """
    spread = np.nanmax(values) - np.nanmin(values)
    steps = np.unique(np.round(values / spread, 2)) if spread > 0 else np.zeros(1)
    varied = spread > 0.02 * np.nanmax(np.abs(values)) and steps.size > values.size / 4
    return bool(varied and min(values.shape) > 3)


def _mark_cells(
    ax: Axes,
    framed: Sequence[tuple[int, int]],
    unsure: npt.NDArray[np.bool_],
    ringed: Sequence[tuple[int, int]],
) -> None:
    """Hatching, frames and rings of a map, by row and column.

    framed : reference cells. unsure : bool[rows, columns], cells that are better in some plausible
    worlds and worse in others. ringed : the best cells. Drawn over the colours in this order.
    """
    with mpl.rc_context({"hatch.linewidth": 0.4}):
        for i, j in zip(*np.nonzero(unsure), strict=True):
            ax.add_patch(
                Rectangle(
                    (j - 0.5, i - 0.5), 1, 1, fill=False, hatch="////", edgecolor="white",
                    linewidth=0,
                )
            )  # fmt: skip
    for i, j in framed:
        ax.add_patch(
            Rectangle(
                (j - 0.46, i - 0.46), 0.92, 0.92, fill=False, edgecolor=VERMILION, linewidth=2
            )
        )
    for i, j in ringed:  # dark and light, so that it shows on any colour
        ax.plot(j, i, "o", markersize=8, markerfacecolor="none", markeredgecolor=BLACK)
        ax.plot(j, i, "o", markersize=10, markerfacecolor="none", markeredgecolor="white")


def map_legend(ax: Axes, reference: str, unsure: str, best: str) -> None:
    """What the frame, the hatching and the ring of the maps mean."""
    ax.legend(
        handles=[
            Patch(fill=False, edgecolor=VERMILION, linewidth=2, label=reference),
            Patch(facecolor="#7f7f7f", hatch="////", edgecolor="white", label=unsure),
            Line2D([], [], linestyle="", marker="o", markersize=9, markerfacecolor="none",
                   markeredgecolor=BLACK, label=best),
        ],
        loc="upper center",
        ncols=3,
    )  # fmt: skip
    ax.axis("off")


def curve(
    ax: Axes,
    labels: Sequence[str],
    table: pd.DataFrame,
    colour: str,
    label: str,
    aside: Mapping[str, Mapping[str, float]] | None = None,
) -> None:
    """Means of differences, their interval, and the band for all at once.

    Along numbers a curve with bands; between words there is nothing to join: points with bars.
    aside : answers that have no place on the axis, as level lines with their interval.
    """
    x = positions(labels)
    ax.axhline(0, color=GREY, linewidth=0.8)
    if are_numbers(labels):
        ax.fill_between(
            x, table["low_all"], table["high_all"], color=colour, alpha=0.12, linewidth=0
        )
        ax.fill_between(x, table["low"], table["high"], color=colour, alpha=0.3, linewidth=0)
        ax.plot(x, table["mean"], color=colour, marker="o", markersize=4, label=label)
    else:
        ax.vlines(x, table["low_all"], table["high_all"], color=colour, alpha=0.18, linewidth=10)
        ax.vlines(x, table["low"], table["high"], color=colour, alpha=0.5, linewidth=10)
        ax.plot(x, table["mean"], "o", color=colour, markersize=5, label=label)
        ax.set_xlim(-0.5, len(labels) - 0.5)
    ax.set_xticks(x, list(labels))
    for (name, row), one in zip((aside or {}).items(), (VERMILION, ORANGE, GREEN), strict=False):
        ax.axhspan(row["low"], row["high"], color=one, alpha=0.15, linewidth=0)
        ax.axhline(row["mean"], color=one, linewidth=1.2, linestyle="--", label=name)
    if aside:
        above(ax)


def order(ax: Axes, labels: Sequence[str], lines: Mapping[str, Sequence[float]]) -> None:
    """Means of some answers under each condition of an assumption; crossing lines change places."""
    x = positions(labels)
    for k, (name, values) in enumerate(lines.items()):
        ax.plot(x, values, color=LINES[k % len(LINES)], marker="o", markersize=4, label=name)
    ax.set_xticks(x, list(labels))
    ax.margins(x=0.08)
    beside(ax)


LINES = (BLACK, BLUE, VERMILION, GREEN, ORANGE, GREY)


def above(ax: Axes) -> None:
    """The legend over the panel, where it covers nothing."""
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)


def positions(labels: Sequence[str]) -> _F:
    """Where labels stand on an axis: numbers to scale, where they do not crowd; else evenly."""
    even = np.arange(len(labels), dtype=float)
    if len(labels) < 2 or not are_numbers(labels):
        return even
    at = np.array([float(word.replace(",", "")) for word in labels])
    gaps = np.diff(np.sort(at))
    return at if gaps.min() > 0.06 * (at.max() - at.min()) else even


def are_numbers(labels: Sequence[str]) -> bool:
    """Whether all labels of an axis are numbers."""
    return all(_is_number(word) for word in labels)


def _is_number(word: str) -> bool:
    """Whether a word is a number, thousands parted by commas among them."""
    try:
        float(word.replace(",", ""))
    except ValueError:
        return False
    return True


def tradeoff(
    ax: Axes,
    x: _F,
    y: _F,
    front: npt.NDArray[np.bool_],
    names: Sequence[str],
    reference: int,
    words: Mapping[str, str],
) -> None:
    """Cells by two outcomes: those on the front named, dominated ones grey.

    words : what the marks are called: dominated, front, reference.
    """
    ax.scatter(x[~front], y[~front], s=18, color=GREY, alpha=0.6, label=words["dominated"])
    ax.scatter(x[front], y[front], s=34, color=BLUE, marker="D", label=words["front"])
    ax.scatter(
        [x[reference]], [y[reference]], s=90, facecolors="none", edgecolors=VERMILION,
        linewidths=2, label=words["reference"],
    )  # fmt: skip
    _name_front(ax, x, y, np.flatnonzero(front), names)


def _name_front(ax: Axes, x: _F, y: _F, shown: npt.NDArray[np.int64], names: Sequence[str]) -> None:
    """Names of about four cells along a front, above and below by turns: more would overlap.

    x, y : of every cell, float64[cells]. shown : numbers of those on the front.
    """
    middle = (np.nanmin(x) + np.nanmax(x)) / 2
    for k, cell in enumerate(shown[np.argsort(x[shown])][:: max(1, -(-len(shown) // 4))]):
        ax.annotate(
            names[cell],
            (x[cell], y[cell]),
            textcoords="offset points",
            xytext=(5 if x[cell] <= middle else -5, 6 if k % 2 else -11),
            ha="left" if x[cell] <= middle else "right",  # into the panel
            fontsize=7,
        )


def parallel(
    ax: Axes,
    table: pd.DataFrame,
    marked: Mapping[int, str],
    words: Sequence[str],
    ends: tuple[str, str],
) -> None:
    """Parallel coordinates: cells over outcomes, each scaled so that up is better.

    table : a row a cell, a column an outcome, 0 to 1; marked : cells that are named; words : what
    the outcomes are called; ends : what the bottom and the top are called.
    """
    x = np.arange(table.shape[1])
    for cell, row in table.iterrows():
        if cell not in marked:
            ax.plot(x, row, color=GREY, alpha=0.35, linewidth=0.8)
    for colour, (cell, name) in zip(
        (VERMILION, BLUE, GREEN, ORANGE, BLACK), marked.items(), strict=False
    ):
        ax.plot(x, table.loc[cell], color=colour, linewidth=2, marker="o", markersize=4, label=name)
    ax.set_xticks(x, list(words), rotation=20, ha="right")
    ax.set_ylim(-0.03, 1.03)
    ax.set_yticks([0, 1], list(ends))
    ax.figure.legend(loc="outside lower left", ncols=3)


def bars(ax: Axes, table: pd.DataFrame, title: str, axis: str, words: Sequence[str] = ()) -> None:
    """Horizontal bars with intervals (tornado, Sobol indices); rows are named by the index.

    table : columns are series of bars; `NAME_low`, `NAME_high` give the interval of NAME.
    """
    series = [str(name) for name in table.columns if not str(name).endswith(("_low", "_high"))]
    y = np.arange(len(table))[::-1]
    height = 0.8 / len(series)
    for k, (name, colour) in enumerate(zip(series, (BLUE, ORANGE, GREEN), strict=False)):
        at = y + 0.4 - height * (k + 0.5)
        label = words[k] if words else name
        ax.barh(at, table[name], height=height, color=colour, label=label)
        if f"{name}_low" in table:
            ax.hlines(at, table[f"{name}_low"], table[f"{name}_high"], color=BLACK, linewidth=1)
    ax.axvline(0, color=BLACK, linewidth=0.8)
    ax.set_yticks(y, list(table.index))
    ax.set_xlabel(axis)
    ax.set_title(title)
    if len(series) > 1:
        ax.legend(loc="lower right")


def waterfall(
    ax: Axes, start: float, steps: Mapping[str, float], ends: tuple[str, str], title: str, axis: str
) -> None:
    """From one number to another in steps that add up.

    steps : by name, in the order in which they are drawn; ends : what the two numbers are called.
    """
    names = [ends[0], *steps, ends[1]]
    total = start + sum(steps.values())
    at = start
    ax.bar(0, start, color=GREY)
    for k, change in enumerate(steps.values(), start=1):
        ax.bar(k, change, bottom=at, color=VERMILION if change > 0 else GREEN)
        ax.plot([k - 0.4, k + 1.4], [at + change] * 2, color=BLACK, linewidth=0.6)
        ax.annotate(
            f"{'+' if change > 0 else ''}{two_digits(change)}",
            (k, max(at, at + change)),
            ha="center",
            va="bottom",
            fontsize=7,
        )
        at += change
    ax.bar(len(names) - 1, total, color=GREY)
    ax.set_xticks(range(len(names)), names, rotation=25, ha="right")
    ax.set_ylabel(axis)
    ax.set_title(title)


def trajectories(
    axes: Sequence[Axes],
    days: _F,
    runs: Sequence[_F],
    labels: Sequence[str],
    colour: str,
    fewest: int,
    moments: Sequence[Sequence[float]] = (),
) -> None:
    """Small multiples along one lever: the median over worlds and its 5-95 % band.

    moments : days of what happened in each panel, the first of them what began it.

    Below `fewest` runs the runs themselves, and no band.
    """
    for ax, values, label, marks in zip(
        axes, runs, labels, moments or [()] * len(runs), strict=True
    ):
        for k, day in enumerate(marks):
            ax.axvline(day, color=GREY, linewidth=0.8, linestyle="--" if k else "-")
        if len(values) < fewest:
            ax.plot(days, values.T, color=colour, linewidth=0.8)
        else:
            low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
            ax.fill_between(days, low, high, color=colour, alpha=0.25, linewidth=0)
            ax.plot(days, middle, color=colour, linewidth=1.4)
        ax.set_title(label, fontsize=9)
        ax.set_ylim(0, 1)
        ax.set_xlim(days[0], days[-1])
        ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
