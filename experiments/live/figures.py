"""Figures of a forecast, in the style of the house."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from experiments.live.ahead import SHOWN
from experiments.live.words import named, told
from experiments.pictures import plots

_F = Mapping[str, Any]
COLOURS = (plots.BLUE, plots.ORANGE, plots.GREEN, plots.PURPLE, plots.SKY, plots.VERMILION)


def figures_of(found: _F, lang: str) -> dict[str, Figure]:
    """All figures by name."""
    plots.use_style()
    drawn = {"ahead": figure_ahead(found, lang), "events": figure_events(found, lang)}
    if len(found["candidates"]) > 1:
        drawn["compare"] = figure_compare(found, lang)
    return drawn


def figure_ahead(found: _F, lang: str) -> Figure:
    """What was counted, and what comes under each candidate: a panel each."""
    names = list(found["candidates"])
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(5.4 * columns, 2.7 * rows), sharex=True, sharey=True, squeeze=False
    )
    unit = "heat" if found["counted"]["kind"] == "list" else "mentions"
    for ax, name, colour in zip(axes.flat, names, _colours(len(names)), strict=False):
        _draw_ahead(ax, found, found["candidates"][name]["hourly"][unit], colour, lang)
        if found["came"] and name == "as_happened":  # what came, came of what was done
            ax.plot(*_rates(found["came"]), "o", color=plots.BLACK, markersize=3, fillstyle="none",
                    clip_on=False, label=told("came", lang))  # fmt: skip
        ax.set_title(named(name, lang))
    highest = max(np.max(found["candidates"][name]["hourly"][unit]["high90"]) for name in names)
    seen = [found["counted"], *([found["came"]] if found["came"] else [])]
    top = max(float(highest), *(_rates(one)[1].max(initial=0.0) for one in seen), 1.0)
    least = max(top / 1000, 1e-3)
    axes[0, 0].set_yscale("symlog", linthresh=least)  # shared by all panels
    axes[0, 0].set_ylim(0, top * 1.3)
    powers = range(math.ceil(math.log10(least)), math.floor(math.log10(top * 1.3)) + 1)
    axes[0, 0].set_yticks([0.0, *(10.0**k for k in powers)])  # none so low that it lies on the 0
    for ax in axes.flat[len(names) :]:
        ax.remove()
    for k in range(columns):
        lowest = axes[(len(names) - 1 - k) // columns, k]
        lowest.set_xlabel(told("hours", lang))
        lowest.tick_params(labelbottom=True)
    for ax in axes[:, 0]:
        ax.set_ylabel(told("heat_axis" if unit == "heat" else "per_hour", lang))
    marks = {  # of whichever panel has it; colours tell responses apart
        text: mark
        for ax in axes.flat[: len(names)]
        for mark, text in zip(*ax.get_legend_handles_labels(), strict=True)
    }
    key = figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=len(marks))
    for patch in key.get_patches():  # of all panels, so of no panel's colour
        patch.set_facecolor(to_rgba(plots.GREY, 2 * to_rgba(patch.get_facecolor())[3]))
    for line in key.get_lines():
        if line.get_label() == told("median", lang):
            line.set_color(plots.GREY)
    plt.close(figure)
    return figure


def _colours(n: int) -> list[str]:
    """A colour for each candidate."""
    return [COLOURS[k % len(COLOURS)] for k in range(n)]


def _draw_ahead(ax: Axes, found: _F, hourly: _F, colour: str, lang: str) -> None:
    """Bands of one candidate behind what was counted."""
    middle, rates = _rates(found["counted"])
    hours = np.arange(1, len(hourly["median"]) + 1) - 0.5
    ax.fill_between(hours, hourly["low90"], hourly["high90"], color=colour, alpha=0.15, linewidth=0,
                    label=told("band90", lang))  # fmt: skip
    ax.fill_between(hours, hourly["low50"], hourly["high50"], color=colour, alpha=0.3, linewidth=0,
                    label=told("band50", lang))  # fmt: skip
    ax.plot(hours, hourly["median"], color=colour, linewidth=1.6, label=told("median", lang))
    ax.plot(middle, rates, "o-", color=plots.BLACK, markersize=2.5, linewidth=1.0,
            label=told("counted", lang))  # fmt: skip
    ax.axvline(0.0, color=plots.GREY, linewidth=0.8)


def _rates(seen: _F) -> tuple[np.ndarray, np.ndarray]:
    """The middle of windows, and mentions an hour or heat in them."""
    begins, ends = np.array(seen["from_h"]), np.array(seen["until_h"])
    spans = np.maximum(ends - begins, 0.25) if seen["kind"] == "mentions" else np.ones(len(begins))
    return (begins + ends) / 2, np.array(seen["count"]) / spans


def figure_compare(found: _F, lang: str) -> Figure:
    """Differences from saying nothing more, a panel a goal."""
    goals = list(found["comparison"])
    names = [row["name"] for row in found["comparison"][goals[0]] if row["name"] != "none"]
    figure, axes = plt.subplots(
        1,
        len(goals),
        figsize=(3.7 * len(goals), 1.3 + 0.4 * len(names)),
        sharey=True,
        squeeze=False,
    )
    for ax, goal in zip(axes[0], goals, strict=True):
        rows = {row["name"]: row for row in found["comparison"][goal]}
        for k, name in enumerate(names):
            row = rows[name]
            ax.plot((row["low"], row["high"]), (k, k), color=plots.BLUE, linewidth=2.5, alpha=0.5)
            ax.plot(row["difference"], k, "o", color=plots.BLUE, markersize=5)
        ax.axvline(0.0, color=plots.BLACK, linewidth=0.8)
        ax.set_yticks(range(len(names)), [named(name, lang) for name in names])
        ax.set_title(told(f"loss_{goal}", lang), fontsize=9)
        ax.set_xlabel(told("against_silence", lang), fontsize=8)
    axes[0, 0].set_ylim(len(names) - 0.5, -0.5)  # shared: the first candidate at the top
    plt.close(figure)
    return figure


def figure_record(curves: Mapping[str, list[_F]], lang: str) -> Figure:
    """How often what was said came: a series for forecasts, one for replays; size by how many."""
    plots.use_style()
    figure, ax = plt.subplots(figsize=(4.6, 4.2))
    ax.plot((0, 1), (0, 1), color=plots.GREY, linewidth=1.0, label=told("as_said", lang))
    marks = (("forecasts", plots.BLUE, "o"), ("replays", plots.ORANGE, "s"))
    for name, colour, mark in marks:
        rows = curves.get(name, [])
        if not rows:
            continue
        said, came, n = (np.array([row[key] for row in rows]) for key in ("said", "came", "n"))
        label = told(name, lang, n=int(n.sum()))
        ax.plot(said, came, color=colour, linewidth=1.0, alpha=0.6)
        ax.scatter(said, came, s=18 + 6 * np.sqrt(n) ** 1.5, color=colour, marker=mark, label=label,
                   zorder=3, clip_on=False)  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    ax.set_xlabel(told("said_axis", lang))
    ax.set_ylabel(told("came_axis", lang))
    figure.legend(loc="outside lower center", ncols=1)
    plt.close(figure)
    return figure


def figure_events(found: _F, lang: str) -> Figure:
    """Shares of worlds in which statements come true, by candidate."""
    names = list(found["candidates"])
    asked = [(one, h) for one, h in SHOWN if one in found["candidates"][names[0]]["events"]]
    figure, ax = plt.subplots(figsize=(9, 1.2 + 0.28 * len(asked) * max(len(names), 2)))
    height = 0.8 / len(names)
    for k, (name, colour) in enumerate(zip(names, _colours(len(names)), strict=True)):
        shares = [found["candidates"][name]["events"][event][str(h)] for event, h in asked]
        at = np.arange(len(asked)) + (k - (len(names) - 1) / 2) * height
        ax.barh(at, shares, height=0.9 * height, color=colour, label=named(name, lang))
    ax.set_yticks(range(len(asked)), [told(event, lang, h=h) for event, h in asked])
    ax.invert_yaxis()
    ax.set_xlim(0, 1)
    ax.set_xlabel(told("share", lang))
    plots.beside(ax)
    plt.close(figure)
    return figure
