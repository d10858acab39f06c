"""Paired differences between responses, with intervals.

Colours and marks say what `intervals.verdict` says: no bar is green because it looks so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.pictures.plots import GREY, VERDICT
from experiments.pictures.words import say

#: Marks by verdict: what is said in colour is said in shape, too.
MARK = {"better": "o", "worse": "s", "differs": "^", "unclear": "d", "same": "d"}


def compared(
    axes: Sequence[Axes], table: pd.DataFrame, lang: str, names: Mapping[str, str] | None = None
) -> None:
    """Paired differences with intervals, one panel an outcome; share of worlds at the right.

    table : columns outcome, response, mean, low, high, share_better, verdict (intervals.verdict).
    names : what outcomes are called, with their units; None: as reports call them.
    """
    for ax, (outcome, rows) in zip(axes, table.groupby("outcome", sort=False), strict=True):
        y = np.arange(len(rows))[::-1]
        ax.axvline(0, color=GREY, linewidth=0.8)
        for at, row in zip(y, rows.itertuples(), strict=True):
            _draw_difference(ax, at, row)
        if rows["share_better"].notna().any():
            ax.annotate(
                say("better_head", lang), (1.0, 1.0), xycoords="axes fraction", xytext=(2, 3),
                textcoords="offset points", fontsize=7, ha="center", annotation_clip=False,
            )  # fmt: skip
        ax.set_yticks(y, [say(name, lang) for name in rows["response"]])
        ax.set_xlabel((names or {}).get(str(outcome)) or say(str(outcome), lang))
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.margins(x=0.12)
        ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4))


def headed(figure: Figure, table: pd.DataFrame, reference: str, n: int, lang: str) -> None:
    """The finding over a comparison, in its first outcome; below it what colours and marks mean.

    table : as of `compared`; reference : in words; n : paired worlds.
    """
    outcome = str(table["outcome"].iloc[0])
    found = table.loc[table["outcome"] == outcome, "verdict"].value_counts()
    told = say(
        "title_compare", lang, outcome=say(outcome, lang).partition("\n")[0], ref=reference,
        k=int(found.sum()), better=found.get("better", 0), worse=found.get("worse", 0),
        unclear=found.get("unclear", 0) + found.get("same", 0),
    )  # fmt: skip
    figure.suptitle(told[:1].upper() + told[1:], x=0.01, ha="left", fontsize=10)
    marks = [
        Line2D([], [], color=VERDICT[key], marker=MARK[key], label=say(f"verdict_{key}", lang))
        for key in ("better", "worse", "differs", "unclear")
    ]
    note = Line2D([], [], linestyle="", label=say("compare_note", lang, n=n))
    figure.legend(handles=[*marks, note], loc="outside lower left", ncols=5)


def _draw_difference(ax: Axes, y: int, row: Any) -> None:
    """One difference: its interval, its mean as a mark by verdict, the share of better worlds.

    No share where the outcome has no better side, or nothing differs in any world.
    """
    colour = VERDICT[row.verdict]
    ax.plot([row.low, row.high], [y, y], color=colour, linewidth=2)
    ax.plot([row.mean], [y], marker=MARK[row.verdict], color=colour, markersize=5)
    untold = np.isnan(row.share_better) or row.verdict == "same"
    ax.annotate(
        "" if untold else f"{row.share_better:.0%}", (1.01, y),
        xycoords=("axes fraction", "data"), fontsize=7, va="center",
    )  # fmt: skip
