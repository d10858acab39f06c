"""Figures of what a fit says: heat over the observed list, intervals of targets, densities."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.calibration.evidence import Checked
from experiments.calibration.posterior_file import posterior_table
from experiments.calibration.targets import allowance
from experiments.pictures.dates import day_of
from experiments.pictures.plots import BLACK, BLUE, GREY, ORANGE, VERMILION
from experiments.pictures.words import either
from experiments.reading import intervals
from experiments.reading.intervals import rows_of
from sim.parts import from_table
from sim.record import Run


def predicted(c: Checked) -> Iterator[Run]:
    """The predictive runs, part by part: all at once would fill the memory."""
    for path, names in c.plan.store.places(c.plan.held).items():
        for run in from_table(c.plan.store.read(path)):
            if run.name in names:
                yield run


def figure_ribbon(c: Checked, lang: str) -> Figure:
    """Simulated heat of the posterior over the observed hot list; the fitted days shaded."""
    figure, ax = plt.subplots(figsize=(10, 4))
    n = _draw_heat(ax, c, lang)
    _draw_observed(ax, c, lang)
    first, last = c.fit.settings.fitted_days
    ax.axvspan(first - 1, last, color=ORANGE, alpha=0.12, linewidth=0)
    ax.text(first - 0.95, 1.3, either(lang, "fitted", "拟合"), color=BLACK, fontsize=9)
    ax.text(last + 0.1, 1.3, either(lang, "held out", "留出"), color=BLACK, fontsize=9)
    ax.set(xlim=(-1, 12.5), ylim=(0, 1.4))
    case = c.fit.case
    ax.set_xlabel(
        either(
            lang,
            f"days from {day_of(case.start, 'en')} 00:00 ({case.zone_name('en')})",
            f"{day_of(case.start, 'zh')}零时起的天数（{case.zone_name('zh')}）",
        )
    )
    ax.set_ylabel(either(lang, "heat while on the list, share of its peak", "在榜热度（占峰值）"))
    ax.set_title(
        either(
            lang,
            f"{n} posterior worlds over what was observed; both over their own peak",
            f"{n}个后验世界与实际观察（各以自身峰值为1）",
        )
    )
    ax.legend(loc="upper right")
    return figure


def _draw_heat(ax: Axes, c: Checked, lang: str) -> int:
    """Median and bands of heat while on the list, each run over its peak; gives how many runs.

    A list shows no heat of what is not on it, so neither do the runs. The peak is that of the first
    half of a run.
    """
    values, clock = [], None
    for run in predicted(c):
        heat = run.series["list_heat"].astype(np.float64)
        values.append(heat / max(float(heat[: heat.size // 2].max()), 1e-9))
        clock = run.clock
    assert clock is not None
    stack = np.stack(values)
    days = np.array([clock.hours(k) / 24 for k in range(clock.n_steps)])
    for low, high, alpha in ((5, 95, 0.18), (25, 75, 0.35)):
        ax.fill_between(
            days, *np.percentile(stack, (low, high), axis=0), color=BLUE, alpha=alpha, linewidth=0,
            label=f"{high - low} %",
        )  # fmt: skip
    ax.plot(days, np.median(stack, axis=0), color=BLUE, label=either(lang, "median", "中位数"))
    return len(values)


def _draw_observed(ax: Axes, c: Checked, lang: str) -> None:
    """The observed hot list over its own peak; nothing for a case that has none."""
    rows = c.fit.case.observed_hotlist()
    if rows is None:
        return
    seen = intervals.observed_heat(rows, c.fit.case.phases)["heat"]
    times = pd.DatetimeIndex(seen.index)
    at = np.array([(t - c.fit.case.start).total_seconds() / 86400 for t in times])
    ax.plot(
        at, seen / max(float(seen.max()), 1e-9), color=BLACK, marker="o", markersize=2.5,
        linewidth=0.8, label=either(lang, "observed hot list", "实际热搜"),
    )  # fmt: skip


def figure_targets(c: Checked, lang: str) -> Figure:
    """Predictive intervals of every number, in allowances around the observed one.

    Orderings have none and are left out, and so is what no run has a value for.
    """
    by_id = {target.id: target for target in c.wanted}
    rows = c.intervals[c.intervals["type"] != "ordering"].dropna(subset=["median"])
    told = rows_of(rows)[::-1]
    figure, ax = plt.subplots(figsize=(10, 0.36 * len(told) + 1.4))
    for k, row in enumerate(told):
        _draw_target(ax, k, row, allowance(by_id[row["target"]]))
    ax.axvline(0, color=BLACK, linewidth=0.8)
    width = 52 if lang == "en" else 28
    names = [textwrap.fill(f"{r['target']}: {r[lang]}", width) for r in told]
    ax.set_yticks(range(len(told)), names, fontsize=8)
    ax.set_xlim(-12.5, 12.5)
    ax.set_xlabel(
        either(
            lang,
            "away from the observed value, in allowances (cut at 12)",
            "与观测值之差（以容差计，截于12）",
        )
    )
    _name_targets(ax, lang)
    return figure


def _draw_target(ax: Axes, y: int, row: Mapping[str, Any], unit: float) -> None:
    """One number: the observed interval in grey, the 50 % and 90 % predictive ones over it.

    unit : what counts as one away; a number without an allowance is measured in tenths of itself.
    """
    if unit <= 0:
        unit = max(abs(row["high"]), 1e-9) * 0.1
    middle = (row["low"] + row["high"]) / 2
    q = [(row[name] - middle) / unit for name in ("q05", "q25", "median", "q75", "q95")]
    q = list(np.clip(q, -12, 12))
    colour = ORANGE if row["use"] == "fit" else BLUE
    half = (row["high"] - row["low"]) / 2 / unit
    ax.plot([-half, half], [y, y], color=GREY, alpha=0.35, linewidth=9, solid_capstyle="butt")
    ax.plot([q[0], q[4]], [y, y], color=colour, linewidth=1.2)
    ax.plot([q[1], q[3]], [y, y], color=colour, linewidth=4, solid_capstyle="butt")
    ax.plot(q[2], y, "o", color=colour, markersize=5, markeredgecolor="white")


def _name_targets(ax: Axes, lang: str) -> None:
    """The legend of the targets, above the panel: their rows fill it."""
    fitted = either(lang, "fitted: 50 % and 90 %", "拟合：50%与90%")
    held_out = either(lang, "held out: 50 % and 90 %", "留出：50%与90%")
    observed = either(lang, "observed interval", "观测区间")
    ax.plot([], [], color=ORANGE, linewidth=4, label=fitted)
    ax.plot([], [], color=BLUE, linewidth=4, label=held_out)
    ax.plot([], [], color=GREY, alpha=0.35, linewidth=9, label=observed)
    ax.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=3)


def figure_densities(c: Checked, lang: str) -> Figure:
    """Posterior of every fitted parameter over its flat prior."""
    names = list(c.fit.settings.fan)
    table = posterior_table(c.fit)
    about = {row["parameter"]: row for row in rows_of(c.shrinkage)}
    columns = 4
    n_rows = -(-len(names) // columns)
    figure, axes = plt.subplots(n_rows, columns, figsize=(11, 2.2 * n_rows), squeeze=False)
    for ax, name in zip(axes.flat, names, strict=False):
        _draw_density(ax, about[name], table[name].to_numpy(), c.fit.weight)
    for ax in axes.flat[len(names) :]:
        ax.axis("off")
    figure.suptitle(
        either(
            lang,
            "Posterior (blue) over prior (line); below each name the shrinkage: under 20 % is prior-driven",
            "后验（蓝）与先验（线）；名称下为收缩率：低于20%即取决于先验",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


def _draw_density(
    ax: Axes,
    about: Mapping[str, Any],
    values: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
) -> None:
    """A weighted histogram of one parameter over its prior, and its shrinkage.

    about : its row of the table of shrinkage. values, weight : of the kept worlds, float64[worlds]
    each. The prior is drawn as the density that it is, even between its ends.
    """
    low, high = about["prior_low"], about["prior_high"]
    left, right = min(low, values.min()), max(high, values.max())
    bins = list(np.linspace(left, right, 16))
    ax.hist(values, bins=bins, weights=weight, density=True, color=BLUE, alpha=0.7)
    ax.plot([low, low, high, high], [0, *[1 / (high - low)] * 2, 0], color=VERMILION, linewidth=1.3)
    ax.set_title(f"{about['parameter']}\n{about['shrinkage']:.0%}", fontsize=8.5)
    ax.set_yticks([])
    ax.tick_params(labelsize=7)
