"""The share price in trading hours, over what ordinary noise does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes

from experiments.pictures.plots import BLACK, FEWEST_RUNS, GREY, PURPLE, beside, thin
from experiments.pictures.words import say, unit_name


@dataclass(frozen=True)
class TradingHours:
    """An axis of open hours only: day after day of as many bars, nights and weekends cut out."""

    labels: Sequence[str]  #: of the days
    bars_a_day: int

    @property
    def n_bars(self) -> int:
        """Bars of all days."""
        return len(self.labels) * self.bars_a_day

    def closes(self, days: Sequence[str]) -> list[int]:
        """The last bars of days, by their labels."""
        return [(self.labels.index(day) + 1) * self.bars_a_day - 1 for day in days]


def price(
    ax: Axes,
    hours: TradingHours,
    prices: npt.NDArray[np.float64],
    noise: npt.NDArray[np.float64],
    base: float,
    observed: pd.Series | None,
    title: str,
    lang: str,
    months: str,
    money: str,
) -> Axes:
    """Price in trading hours only: nights and weekends are cut out, days are separated by lines.

    prices : [n_runs, n_bars]; noise : half-width of the band around the base at each bar, log
    return; observed : closes by the labels of their days, None where there are none.
    """
    x = np.arange(prices.shape[1])
    ax.fill_between(
        x, base * np.exp(-noise), base * np.exp(noise), color=GREY, alpha=0.2, linewidth=0,
        label=say("noise", lang),
    )  # fmt: skip
    _draw_runs(ax, x, prices, lang)
    for day in range(1, len(hours.labels)):
        ax.axvline(day * hours.bars_a_day - 0.5, color=GREY, linewidth=0.4)
    if observed is not None:
        days = [day for day in observed.index if day in hours.labels]
        ax.plot(
            hours.closes(days), [observed[day] for day in days], "o", color=BLACK, markersize=4,
            label=say("observed_close", lang),
        )  # fmt: skip
    _mark_days(ax, hours)
    ax.set_xlim(0, prices.shape[1])
    ax.set_xlabel(say("trading_axis", lang, months=months))
    ax.set_ylabel(say("price_axis", lang, money=unit_name(money, lang)))
    ax.set_title(title)
    beside(ax)
    return ax


def _draw_runs(
    ax: Axes, x: npt.NDArray[np.int64], prices: npt.NDArray[np.float64], lang: str
) -> None:
    """Single runs, their median, and a band where there are runs enough."""
    lines = [np.column_stack([x, row]) for row in prices[:30]]
    thin(ax, lines, PURPLE)
    if len(prices) >= FEWEST_RUNS:
        low, high = np.quantile(prices, (0.05, 0.95), axis=0)
        ax.fill_between(
            x, low, high, color=PURPLE, alpha=0.15, linewidth=0, zorder=0.3, label=say("band", lang)
        )
    ax.plot(
        x, np.median(prices, axis=0), color=PURPLE, linewidth=1.8,
        label=say("median", lang, n=len(prices)),
    )  # fmt: skip


def _mark_days(ax: Axes, hours: TradingHours) -> None:
    """The label of a day under its middle; of many days only every so many-th."""
    every = 1 + len(hours.labels) // 24
    shown = range(0, len(hours.labels), every)
    middles = [day * hours.bars_a_day + hours.bars_a_day / 2 for day in shown]
    ax.set_xticks(middles, list(hours.labels[::every]))
