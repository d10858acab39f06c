"""The ratios of a run as one picture: medians, quartiles, bars.

A bar is black, with an arrow to the side on which it is met; a ratio that misses it is red.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.bench.lines import AT_LEAST, Line, short
from experiments.pictures.plots import BLACK, BLUE, GREY, VERMILION, use_style


def title(lines: Sequence[Line]) -> str:
    """The finding: how we stand against objects and arrays, and how many bars are met."""
    judged = [line for line in lines if line.verdict in ("ok", "not met")]
    met = sum(line.verdict == "ok" for line in judged)
    largest = {line.key: line for line in sorted(judged, key=lambda line: line.n_people)}
    parts = [
        f"{short(largest[key].value)} times as fast as {whom}"
        for key, whom in (("mesa_objects", "Mesa objects"), ("numpy_scipy", "NumPy + SciPy"))
        if key in largest
    ]
    return f"{' and '.join(parts) or 'Alone'}; {met} of {len(judged)} bars are met"


def ratios(lines: Sequence[Line]) -> Figure:
    """One row a ratio: rivals above, where more is better; our own costs below, where less is."""
    use_style()
    rows = [line for line in lines if line.unit == "x" and line.value is not None]
    rows.sort(key=lambda line: line.bar is not None and line.bar[0] != AT_LEAST)
    figure = Figure(figsize=(8.5, 0.3 * len(rows) + 1.2))
    ax = figure.add_subplot()
    y = np.arange(len(rows))[::-1]
    for at, line in zip(y, rows, strict=True):
        _row(ax, float(at), line)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.axvline(1.0, color=GREY, linewidth=0.8)
    ax.set_yticks(y, [line.name for line in rows])
    ax.set_xlabel("ratio of times: median, quartiles; black: the bar, and the side where it is met")
    figure.suptitle(title(lines), x=0.01, ha="left", fontsize=10.5)
    return figure


def _row(ax: Axes, at: float, line: Line) -> None:
    """A line of the figure: median and quartiles, its bar with an arrow to the side where it is
    met.
    """
    met = line.verdict != "not met"
    colour = GREY if line.bar is None else BLUE if met else VERMILION
    if line.bar:
        sense, bar = line.bar
        far = bar * 1.35 if sense == AT_LEAST else bar / 1.35
        style = {"arrowstyle": "-|>", "color": BLACK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
        ax.plot([bar], [at], "|", color=BLACK, markersize=14, markeredgewidth=1.5)
        ax.annotate("", (far, at + 0.28), (bar, at + 0.28), arrowprops=style)
    ax.plot(line.ends, [at, at], color=colour, linewidth=3, alpha=0.6)
    ax.plot([line.value or 0.0], [at], "o" if met else "X", color=colour, markersize=6)
    ax.annotate(
        short(line.value), (1.01, at), xycoords=("axes fraction", "data"), fontsize=8, va="center"
    )
