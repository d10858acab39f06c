"""The figures of a debrief, of one team and of a class; each function gives one matplotlib Figure.

They are drawn without pyplot, so a server may draw in its threads; `debrief_frame` still lets only
one draw at a time, because matplotlib's caches are not made for several.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from experiments.game.debrief import Debrief, Played
from experiments.game.debrief_reading import (
    better_than,
    history_mean,
    mean_of,
    responses_frame,
    same_in_all,
)
from experiments.game.debrief_words import axis_of, change, flip_label, say
from experiments.game.rules import time_of
from experiments.game.script_file import script_of
from experiments.game.world import case_of
from experiments.pictures import comparison_plot, plots
from experiments.reading import compare, intervals


def figure_path(debrief: Played, lang: str, name: str = "outrage_core") -> Figure:
    """The own path among its twins, and what happened in the same world, of one of CURVES."""
    figure = Figure(figsize=(9, 3.6))
    ax = figure.subplots()
    x = np.asarray(mdates.date2num(list(debrief.times)))
    twins = np.stack([twin.curves[name].astype(np.float64) for twin in debrief.twins])
    label = say("twins", lang, n=len(debrief.twins))
    plots.ensemble(ax, debrief.times, twins, plots.SKY, label, spaghetti=True)
    ax.plot(x, debrief.references.history.curves[name], color=plots.ORANGE, linewidth=1.6,
            linestyle="--", label=say("history_here", lang))  # fmt: skip
    ax.plot(x, debrief.own.curves[name], color=plots.BLACK, linewidth=1.8, label=say("own", lang))
    ax.set_ylim(0, 1 if name == "outrage_core" else None)
    ax.set_ylabel(say(f"axis_{name}", lang))
    ax.legend(loc="upper right")
    ax.set_xlim(*_until(debrief))
    _mark_decisions([ax], debrief)
    plots.days(ax, lang, case_of(debrief.world).zone_name(lang))
    ax.xaxis.set_major_locator(mdates.DayLocator())
    return figure


def figure_luck(debrief: Played, lang: str) -> Figure:
    """The own outcome among the paths of the same policy, for up to four judged outcomes.

    How far the own line is from the middle of the bars is luck; how far the bars are from history
    is policy.
    """
    figure = Figure(figsize=(9, 5.4))
    for ax, name in zip(figure.subplots(2, 2).flat, debrief.judged, strict=False):
        values = np.array([twin.outcomes[name] for twin in debrief.twins])
        values = values[np.isfinite(values)]
        ax.hist(values, bins=24, color=plots.SKY, alpha=0.7)
        own, history = debrief.own.outcomes[name], debrief.references.history.outcomes[name]
        ax.axvline(history, color=plots.ORANGE, linewidth=1.6, linestyle="--",
                   label=say("history_here", lang))  # fmt: skip
        ax.axvline(own, color=plots.BLACK, linewidth=2, label=say("own", lang))
        share = better_than(debrief, name)
        if same_in_all(debrief, name):
            ax.set_title(say("same_in_all", lang))
        elif np.isfinite(share):
            ax.set_title(say("better_than", lang, share=share))
        ax.set_xlabel(axis_of(name, lang, " "))
        ax.set_ylabel(say("axis_twins", lang))
    for ax in figure.axes[len(debrief.judged) :]:
        ax.set_visible(False)
    figure.axes[1].legend(loc="upper left")
    return figure


def figure_flips(debrief: Debrief, lang: str, shown: int = 14) -> Figure:
    """What one other answer would have changed, the largest changes of outrage first.

    shown : answers that are drawn; green where a change is for the better. Other answers stay as
    they were, as far as they are still possible.
    """
    flips = sorted(
        debrief.flips,
        key=lambda f: -abs(f.outcomes[debrief.judged[0]] - debrief.own.outcomes[debrief.judged[0]]),
    )[:shown]
    figure = Figure(figsize=(10, 1.4 + 0.36 * max(1, len(flips))))
    axes = list(figure.subplots(1, 3, sharey=True))
    y = np.arange(len(flips))[::-1]
    for ax, name in zip(axes, debrief.judged, strict=False):
        apart = np.array([f.outcomes[name] - debrief.own.outcomes[name] for f in flips])
        good = compare.sign_of(name) * apart > 0
        colours = [plots.GREEN if g else plots.VERMILION for g in good]
        ax.barh(y, apart, color=colours, height=0.62)
        ax.axvline(0, color=plots.BLACK, linewidth=0.8)
        ax.set_xlabel(axis_of(name, lang))
        ax.margins(x=0.08)
        ax.locator_params(axis="x", nbins=4)
    axes[0].set_yticks(y, [flip_label(flip, script_of(debrief.world), lang) for flip in flips])
    return figure


def figure_mechanisms(debrief: Debrief, lang: str) -> Figure:
    """Shapley values of the mechanisms on the path that was taken, for the first three judged
    outcomes.
    """
    figure = Figure(figsize=(9, 2.6))
    axes = list(figure.subplots(1, 3, sharey=True))
    first = debrief.shapley[debrief.judged[0]]
    order = sorted(debrief.mechanisms, key=lambda name: abs(first[name]))
    y = np.arange(len(order))
    for ax, name in zip(axes, debrief.judged, strict=False):
        values = [debrief.shapley[name][mechanism] for mechanism in order]
        bars = ax.barh(y, values, color=plots.BLUE, height=0.62)
        ax.bar_label(bars, [change(value, 2) for value in values], padding=3, fontsize=7)
        ax.axvline(0, color=plots.BLACK, linewidth=0.8)
        ax.set_xlabel(axis_of(name, lang))
        ax.margins(x=0.28)
        ax.locator_params(axis="x", nbins=4)
    axes[0].set_yticks(y, [say(f"mechanism_{name}", lang) for name in order])
    return figure


def figure_responses(debrief: Played, lang: str) -> Figure:
    """Other responses against the own policy: paired differences over the same worlds, 95 %
    intervals.
    """
    table = intervals.contrasts(responses_frame(debrief), debrief.judged, "own")
    figure = Figure(figsize=(11, 3.6))
    axes = list(figure.subplots(1, len(debrief.judged), sharey=True))
    comparison_plot.compared(axes, table, lang)
    for ax, name in zip(axes, debrief.judged, strict=True):
        ax.set_xlabel(axis_of(name, lang))
    for ax in axes[1:]:
        ax.tick_params(left=False)
    return figure


def figure_class(debriefs: Sequence[Played], lang: str) -> Figure:
    """All teams in the same world, by their numbers; and what their policies do on average."""
    figure = Figure(figsize=(9, 5 + 0.22 * len(debriefs)))
    above, below = figure.subplots(2, 1, height_ratios=(3, 1 + 0.22 * len(debriefs)))
    _team_paths(above, debriefs, lang)
    _team_means(below, debriefs, lang)
    return figure


def _team_paths(ax: Any, debriefs: Sequence[Played], lang: str) -> None:
    """Outrage of core fans under each team, and under what happened, in the world of the class."""
    first = debriefs[0]
    x = np.asarray(mdates.date2num(list(first.times)))
    ax.plot(x, first.references.history.curves["outrage_core"], color=plots.ORANGE, linewidth=2,
            linestyle="--", label=say("history_here", lang))  # fmt: skip
    shared: dict[bytes, list[int]] = {}  # teams that chose alike have one path
    for k, debrief in enumerate(debriefs):
        shared.setdefault(debrief.own.curves["outrage_core"].tobytes(), []).append(k)
    paths, labels = [], []
    for members in shared.values():
        paths.append(debriefs[members[0]].own.curves["outrage_core"].astype(np.float64))
        labels.append(", ".join(str(k + 1) for k in members))
        ax.plot(x, paths[-1], linewidth=1.2, color=_colour(len(paths)), alpha=0.9)
    ax.set_ylim(0, 1)
    ax.set_xlim(*_until(first))
    _number_lines(ax, x, np.stack(paths), labels)
    ax.set_ylabel(say("axis_outrage_core", lang))
    ax.legend(loc="upper right")
    _mark_decisions([ax], first)
    plots.days(ax, lang, case_of(first.world).zone_name(lang))
    ax.xaxis.set_major_locator(mdates.DayLocator())


def _team_means(ax: Any, debriefs: Sequence[Played], lang: str) -> None:
    """The first judged outcome of each team: its mean over twins with 95 %, and in this world.

    The worst stands at the bottom.
    """
    first, name = debriefs[0], debriefs[0].judged[0]
    order = sorted(range(len(debriefs)), key=lambda k: -mean_of(debriefs[k], name)[0])
    for y, k in enumerate(order):
        mean, low, high = mean_of(debriefs[k], name)
        ax.plot([low, high], [y, y], color=plots.BLUE, linewidth=2)
        policy = say("policy_mean", lang, n=len(first.twins)) if y == 0 else None
        ax.plot([mean], [y], "o", color=plots.BLUE, markersize=5, label=policy)
        ax.plot([debriefs[k].own.outcomes[name]], [y], "D", color=plots.BLACK,
                markersize=4, label=say("this_world", lang) if y == 0 else None)  # fmt: skip
    mean, n = history_mean(first, name)  # dots are means: beside them history's own mean
    ax.axvline(
        mean, color=plots.ORANGE, linewidth=1.8, linestyle="--",
        label=say("history_mean", lang, n=n),
    )  # fmt: skip
    ax.axvline(
        first.references.history.outcomes[name], color=plots.ORANGE, linewidth=1.2, linestyle=":",
        label=say("history_here", lang),
    )  # fmt: skip
    ax.set_yticks(range(len(order)), [str(k + 1) for k in order])
    ax.set_ylabel(say("team_number", lang))
    ax.set_xlabel(axis_of(name, lang, " "))
    ax.set_ylim(-0.7, len(order) - 0.3)
    ax.margins(x=0.08)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


#: Of team lines that lie beside one another; after these they begin again.
_COLOURS = (plots.BLUE, plots.GREEN, plots.PURPLE, plots.VERMILION, plots.SKY, "#6b4c11", "#444444")
_APART_PT = 16.0  #: that a number is from other lines and numbers, where there is room


def _colour(k: int) -> str:
    """The colour of the k-th path; after the last of them they begin again."""
    return _COLOURS[k % len(_COLOURS)]


def _number_lines(
    ax: Any, x: npt.NDArray[np.float64], paths: npt.NDArray[np.float64], labels: Sequence[str]
) -> None:
    """The number of a team on its line, where it is farthest from other lines and numbers.

    Lines meet at their ends, where outrage is gone; so numbers stand where they are apart.
    """
    first, last = ax.get_xlim()
    box, (wide, high) = ax.get_position(), ax.figure.get_size_inches()
    grid = np.linspace(first + 0.08 * (last - first), first + 0.97 * (last - first), 90)
    across = (grid - first) / (last - first) * 72 * wide * box.width
    up = np.stack([np.interp(grid, x, path) for path in paths]) * 72 * high * box.height
    placed: list[tuple[float, float]] = []
    for k, label in enumerate(labels):
        room = np.full(len(grid), _APART_PT)
        for other in range(len(labels)):
            if other != k:
                room = np.minimum(room, np.abs(up[other] - up[k]))
        for place in placed:  # numbers on one another are worse than a number on a line
            room = np.minimum(room, 4 * np.hypot(across - place[0], up[k] - place[1]) - 30)
        best = int(room.argmax())
        placed.append((float(across[best]), float(up[k, best])))
        ax.text(
            grid[best], np.interp(grid[best], x, paths[k]), label, fontsize=7, ha="center",
            va="center", color=_colour(k + 1), zorder=5,
            bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip


# --- the moments of the decisions ---------------------------------------------------------------


def _moments(debrief: Played) -> list[tuple[str, datetime]]:
    """The decisions of a game with their times, in order."""
    keys = script_of(debrief.world).keys
    return [(key, time_of(debrief.world, key)) for key in keys]


def _mark_decisions(axes: Sequence[Any], debrief: Played) -> None:
    """A thin line at each decision, its key above the first axes; keys that would meet stand
    higher.
    """
    for ax in axes:
        for _, moment in _moments(debrief):
            ax.axvline(float(mdates.date2num(moment)), color=plots.GREY, linewidth=0.6, zorder=0)
    level, before = 0, -1e9
    for key, moment in _moments(debrief):
        x = float(mdates.date2num(moment))
        level = (level + 1) % 3 if x - before < 0.3 else 0
        before = x
        axes[0].annotate(
            key, (x, 1.0), xycoords=("data", "axes fraction"), xytext=(1, 2 + 9 * level),
            textcoords="offset points", fontsize=7, color="#444444", annotation_clip=False,
        )  # fmt: skip


def _until(debrief: Played, days: float = 7) -> tuple[float, float]:
    """From half a day before the first decision to some days after the last, as dates."""
    first, last = _moments(debrief)[0][1], _moments(debrief)[-1][1]
    return float(mdates.date2num(first)) - 0.5, float(mdates.date2num(last)) + days - 2
