"""Frames -> Axes: opens no file, runs no simulation, imports nothing of sim.

A function takes an Axes and numbers that are ready to be drawn; what they mean was decided before.
`lang` is en or zh, `title` the finding, in words.

One colour a kind, colour-blind safe (Okabe & Ito); titles state the finding; axes carry units.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter

from experiments.pictures.dates import day_name, months
from experiments.pictures.words import say

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#000000",
    "#8A8A8A",
)
KIND = {"core": VERMILION, "customer": BLUE, "public": GREEN}
TOPIC = {"deal": BLUE, "governance": ORANGE}
LEADER = {0: (SKY, "partner"), 1: (GREY, "neutral"), 2: (BLACK, "antagonist")}
LINE = {"documented_exact": "-", "documented_daypart": "--", "inferred": ":", "bracketed": "-"}

FEWEST_RUNS = 10  #: below this no range is drawn; the same as intervals.FEWEST_PAIRS

#: Colours of what may be said of a difference (intervals.verdict); the words are in `words`.
VERDICT = {
    "better": GREEN, "worse": VERMILION, "differs": BLUE, "unclear": GREY, "same": GREY,
}  # fmt: skip

STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans", "Backlash Sans SC"],
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": True,  # event lines pass behind it
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "backlash",
    "pdf.fonttype": 42,
    "figure.dpi": 100,
    "axes.unicode_minus": False,
    "legend.fontsize": 8,
    "figure.constrained_layout.use": True,
}


FONT = Path(__file__).parent / "_fonts" / "BacklashSansSC-Regular.otf"  #: Chinese, bundled
#: Fonts with more Chinese characters than the bundled one, asked in this order where they are.
SYSTEM_FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
                "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei",
                "WenQuanYi Zen Hei", "SimHei", "SimSun", "Arial Unicode MS", "Noto Sans CJK JP",
                "Droid Sans Fallback")  # fmt: skip


def use_style() -> None:
    """Register the Chinese fallback font and set the house style.

    A character that it lacks is looked for in the system's fonts: names of people and places.
    """
    font_manager.fontManager.addfont(str(FONT))
    here = {font.name for font in font_manager.fontManager.ttflist}
    more = [name for name in SYSTEM_FONTS if name in here]
    mpl.rcParams.update(STYLE)
    mpl.rcParams["font.family"] = [*STYLE["font.family"], *more]


def days(ax: Axes, lang: str, zone: str) -> None:
    """A time axis in days with their months (2 Mar, 3月2日), in a zone (in words).

    The limits of the axis have to be set before. Ticks stand every day up to a week, every two days
    up to a month, then every week or fortnight.
    """
    first, last = (mdates.num2date(end) for end in ax.get_xlim())
    span = (last - first).days
    if span <= 31:
        ax.xaxis.set_major_locator(mdates.DayLocator(interval=1 if span <= 7 else 2))
    else:  # from the left end on: a locator by day of month begins anew with every month
        every = 7 if span <= 63 else 14
        start = np.ceil(ax.get_xlim()[0])
        ax.set_xticks(np.arange(start, ax.get_xlim()[1], every))
    named = FuncFormatter(lambda x, _: day_name(mdates.num2date(x), lang))
    ax.xaxis.set_major_formatter(named)
    shown = months(first.date(), (last - timedelta(seconds=1)).date(), lang)
    ax.set_xlabel(say("day", lang, months=shown, zone=zone))


def ensemble(
    ax: Axes,
    times: Sequence[Any],
    values: npt.NDArray[np.float64],
    colour: str,
    label: str,
    spaghetti: bool = True,
) -> None:
    """Median and 5-95 % band of runs, with at most 30 single runs beneath.

    values : [n_runs, n_steps]; NaN where a run has none. No band below FEWEST_RUNS runs.
    """
    x = np.asarray(mdates.date2num(list(times)))
    if spaghetti:
        lines = [np.column_stack([x, row]) for row in values[:30]]
        thin(ax, lines, colour)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # hours without talk have no share of talk
        low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95), axis=0)
    if len(values) >= FEWEST_RUNS:
        ax.set_rasterization_zorder(0.5)  # a band has thousands of corners
        ax.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0, zorder=0.3)
    ax.plot(x, middle, color=colour, linewidth=1.6, label=label)


def thin(ax: Axes, lines: Sequence[npt.NDArray[np.float64]], colour: str) -> None:
    """Single runs beneath everything else, an image in vector files: thousands of points each."""
    ax.set_rasterization_zorder(0.5)
    drawn = LineCollection(list(lines), colors=colour, linewidths=0.3, alpha=0.25, zorder=0.4)
    ax.add_collection(drawn)


def mark_events(ax: Axes, events: pd.DataFrame, lang: str, labels: bool = True) -> list[Any]:
    """Documented events: line style or shaded bracket by certainty, labels that do not collide.

    events : columns id, time, certainty, begins, ends. Only those inside the limits of the axis are
    drawn, which have to be set before. Gives the labels; the title is moved above them.
    """
    known = events["begins"].notna()
    at = {
        name: np.where(known, mdates.date2num(events[name].where(known, events["time"])), np.nan)
        for name in ("begins", "ends")
    }
    placed = events.assign(time=mdates.date2num(events["time"]), **at)
    return mark_at(ax, placed, lang, labels)


def mark_at(ax: Axes, events: pd.DataFrame, lang: str, labels: bool = True) -> list[Any]:
    """The same of events whose times are positions on the axis already, brackets NaN for none.

    events : a row each: id, time, begins, ends, certainty. labels : whether their names stand
    above, on as many levels as keep them apart. Returns the texts that were drawn.
    """
    low, high = ax.get_xlim()
    inside = events[(events["time"] >= low) & (events["time"] <= high)].sort_values("time")
    levels = _Levels((high - low) * 0.0125 * (1.0 if lang == "en" else 1.8))
    drawn = []
    for row in inside.itertuples():
        if row.certainty == "bracketed" and row.begins == row.begins:
            ax.axvspan(row.begins, row.ends, color=GREY, alpha=0.25, linewidth=0)
        ax.axvline(row.time, color=GREY, linewidth=0.8, linestyle=LINE[row.certainty])
        if labels:
            text = say(row.id, lang)
            drawn.append(
                ax.annotate(
                    text, (row.time, 1.0), xycoords=("data", "axes fraction"),
                    xytext=(1, 4 + 10 * levels.free(row.time, text)), textcoords="offset points",
                    fontsize=7, color="#444444", annotation_clip=False,
                )
            )  # fmt: skip
    if drawn:
        ax.set_title(ax.get_title(loc="left"), pad=12 + 10 * levels.n, loc="left")
    return drawn


class _Levels:
    """Lines of labels above a panel: each label goes to the lowest line in which it has room."""

    def __init__(self, width: float) -> None:
        """width : of a character, in units of the axis."""
        self.width, self.right_edges = width, list[float]()

    @property
    def n(self) -> int:
        """How many lines there are."""
        return len(self.right_edges)

    def free(self, x: float, text: str) -> int:
        """The line for a text that begins at x, from 0 upwards; its room is taken."""
        level = next((k for k, edge in enumerate(self.right_edges) if edge <= x), self.n)
        if level == self.n:
            self.right_edges.append(0.0)
        self.right_edges[level] = x + self.width * (len(text) + 1)
        return level


def beside(ax: Axes) -> None:
    """The legend at the right of the panel, where it covers neither lines nor events."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)


def heat(
    ax: Axes,
    times: Sequence[Any],
    heat: npt.NDArray[np.float64],
    observed: pd.DataFrame | None,
    title: str,
    lang: str,
) -> Axes:
    """Simulated heat and the observed hot list, each over its own peak.

    heat : [n_runs, n_steps], scaled by the median of the peaks of the runs, or by the largest where
    that is nothing; observed : a column heat by time, None where nothing was observed.
    """
    most = heat.max(axis=1)
    scaled = heat / (float(np.nanmedian(most)) or float(np.nanmax(most)) or 1.0)
    ensemble(ax, times, scaled, BLUE, say("median", lang, n=len(heat)))
    if observed is not None:
        ax.plot(
            mdates.date2num(observed.index),
            observed["heat"] / observed["heat"].max(),
            color=BLACK,
            marker="o",
            markersize=3,
            linewidth=0.8,
            label=say("observed", lang),
        )
    ax.set_ylim(0, min(2.0, max(1.05, 1.05 * float(np.quantile(scaled, 0.95, axis=0).max()))))
    ax.set_ylabel(say("heat_axis", lang))
    ax.set_title(title)
    beside(ax)
    return ax


def posts(
    ax: Axes,
    times: Sequence[Any],
    by_kind: Mapping[str, npt.NDArray[np.float64]],
    title: str,
    lang: str,
) -> Axes:
    """Posts per hour and 1,000 people of each kind; by_kind : [n_runs, n_steps] each."""
    for kind, values in by_kind.items():
        ensemble(ax, times, values, KIND[kind], say(kind, lang))
    ax.set_ylim(0)
    ax.set_ylabel(say("posts_axis", lang))
    ax.set_title(title)
    beside(ax)
    return ax


def listed(
    ax: Axes, simulated: pd.DataFrame, observed: pd.Series | None, title: str, lang: str
) -> Axes:
    """Hours on the list by day: median, 5-95 %, and the observed hours.

    simulated : a row a day, columns low, median, high; observed : hours by day, None if unknown.
    """
    x = np.arange(len(simulated))
    middle = simulated["median"].to_numpy()
    error = np.vstack([middle - simulated["low"], simulated["high"] - middle])
    at = x - 0.12
    ax.bar(at, middle, width=0.4, color=SKY, label=say("simulated", lang))
    ax.errorbar(
        at, middle, yerr=error, fmt="none", ecolor=BLUE, linewidth=1.4, capsize=3,
        label=say("band", lang),
    )  # fmt: skip
    if observed is not None:
        ax.plot(
            x + 0.26, observed.to_numpy(), "D", color=BLACK, markersize=6,
            label=say("observed", lang),
        )  # fmt: skip
    ax.set_xticks(x, [str(day) for day in simulated.index])
    ax.set_ylabel(say("listed_axis", lang))
    ax.set_ylim(0, 26)
    ax.set_title(title)
    beside(ax)
    return ax


def blame(
    ax: Axes,
    times: Sequence[Any],
    share: npt.NDArray[np.float64],
    title: str,
    lang: str,
    about: str,
) -> Axes:
    """Share of outraged talk about what began it (in words) and about governance.

    share : of governance, [n_runs, n_steps], NaN where nobody talks; the rest is about the cause.
    """
    ensemble(ax, times, share, TOPIC["governance"], say("governance", lang))
    ensemble(ax, times, 1 - share, TOPIC["deal"], about, spaghetti=False)
    ax.set_ylim(0, 1)
    ax.set_ylabel(say("share_talk", lang))
    ax.set_title(title)
    beside(ax)
    return ax


def by_kind(
    ax: Axes,
    times: Sequence[Any],
    values: Mapping[str, npt.NDArray[np.float64]],
    what: str,
    title: str,
    lang: str,
) -> Axes:
    """One state of the kinds of people, from 0 to 1.

    what : outrage, grudge or trust; values : [n_runs, n_steps] of each kind.
    """
    for kind, runs in values.items():
        ensemble(ax, times, runs, KIND[kind], say(kind, lang))
    ax.set_ylim(0, 1)
    ax.set_ylabel(f"{say(what, lang)} [{say('scale_axis', lang)}]")
    ax.set_title(title)
    beside(ax)
    return ax
