"""Answers whose order against the reference hangs on a parameter, over that parameter."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pictures.parameter_words import parameter_name
from experiments.pictures.plots import BLACK, BLUE, GREY, VERMILION
from experiments.pictures.words import either, unit_name
from experiments.reading.analysis import Analysis
from experiments.reading.turners import Turner, Unsure, differences
from experiments.reports.study_labels import called, outcome_name
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]
MOST_PANELS = 6
PARTS = 5  #: of the worlds along the parameter


def figure_turners(a: Analysis, found: Sequence[Unsure], lang: str) -> Figure:
    """A panel an answer: its difference from the reference, over the parameter that splits it.

    found : answers that have one; those that it turns come first.
    """
    shown = sorted(found, key=lambda one: one.turner is None or not one.turner.turns)[:MOST_PANELS]
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(3.7 * columns, 3.0 * rows), squeeze=False, layout="constrained"
    )
    of = {one.outcome: differences(a, one.outcome) for one in shown}
    for ax, one in zip(axes.flat, shown, strict=False):
        assert one.turner is not None
        x, by_world = of[one.outcome]
        _panel(ax, x[one.turner.parameter].to_numpy(np.float64), by_world[one.cell], one.turner)
        ax.set_title(
            textwrap.fill(
                f"{called(a.plan.study, one.cell, lang)}: {outcome_name(one.outcome, lang)} "
                f"[{unit_name(BY_NAME[one.outcome].unit, lang)}]",
                44 if lang == "en" else 24,
            ),
            fontsize=9, loc="left",
        )  # fmt: skip
        ax.set_xlabel(textwrap.fill(parameter_name(one.turner.parameter, lang), 46), fontsize=8)
    for ax in axes.flat[len(shown) :]:
        ax.axis("off")
    figure.supylabel(either(lang, "answer less reference", "应对减参照"), fontsize=9)
    turned = sum(one.turner is not None and one.turner.turns for one in found)
    title = either(
        lang,
        f"{turned} of {len(found)} prior-driven answers change sides with one parameter",
        f"{len(found)}种取决于先验的应对中，{turned}种随一个参数改变优劣",
    )
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    return figure


def _panel(ax: Axes, x: _F, y: _F, turner: Turner) -> None:
    """Worlds as dots, means over parts of the worlds, the split and zero.

    x : values of the parameter, y : paired differences, float64[worlds] each. Bars are 95 %. Two in
    a hundred worlds on either side may lie outside the panel.
    """
    ax.plot(x, y, ".", color=GREY, markersize=3, alpha=0.6)
    order = np.array_split(np.argsort(x, kind="stable"), PARTS)
    means = np.array([y[part].mean() for part in order])
    half = np.array([1.96 * y[part].std(ddof=1) / np.sqrt(part.size) for part in order])
    ax.errorbar(
        [x[part].mean() for part in order], means, yerr=half, fmt="o-", color=BLUE, markersize=4,
        linewidth=1.5,
    )  # fmt: skip
    ax.axvline(turner.at, color=VERMILION, linestyle="--", linewidth=1)
    ax.axhline(0, color=BLACK, linewidth=0.8)
    low, high = np.quantile(y, (0.02, 0.98))
    margin = 0.15 * max(high - low, 1e-9)
    ax.set_ylim(min(low, *(means - half)) - margin, max(high, *(means + half)) + margin)
    ax.tick_params(labelsize=8)
