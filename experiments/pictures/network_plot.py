"""A sample of the network, coloured by expressed outrage."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from experiments.pictures.plots import GREY, LEADER, VERMILION
from experiments.pictures.words import say


def network(
    ax: Axes,
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    title: str,
    lang: str,
    cmap: str = "cividis_r",
) -> Any:
    """A sample of people and opinion leaders; colour: expressed outrage, size: followers.

    nodes : x, y, outrage, size, core, leader (role or -1); edges : x0, y0, x1, y1. Gives the marks
    of the core fans, for a colour bar: outrage from 0 to 1.
    """
    lines = edges[["x0", "y0", "x1", "y1"]].to_numpy().reshape(-1, 2, 2)
    ties = LineCollection(list(lines), colors=GREY, linewidths=0.25, alpha=0.25, rasterized=True)
    ax.add_collection(ties)  # thousands of them, an image in vector files
    # the outraged last, so that they are seen; fans over others
    people = nodes[nodes["leader"] < 0].sort_values("outrage")
    marks = None
    for core, edge, width, name in (
        (False, "#777777", 0.3, "other_ring"), (True, VERMILION, 1.1, "core_ring"),
    ):  # fmt: skip
        rows = people[people["core"] == core]
        marks = ax.scatter(
            rows["x"], rows["y"], c=rows["outrage"], s=rows["size"], cmap=cmap, vmin=0, vmax=1,
            linewidths=width, edgecolors=edge, zorder=2, label=say(name, lang), rasterized=True,
        )  # fmt: skip
    _draw_leaders(ax, nodes, lang)
    ax.set_axis_off()
    ax.set_title(title)
    return marks


def _draw_leaders(ax: Axes, nodes: pd.DataFrame, lang: str) -> None:
    """Opinion leaders as triangles over the people, coloured by role."""
    for role, (colour, name) in LEADER.items():
        rows = nodes[nodes["leader"] == role]
        ax.scatter(
            rows["x"], rows["y"], marker="^", s=55, color=colour, edgecolors="white",
            linewidths=0.6, zorder=3, label=say(name, lang),
        )  # fmt: skip
