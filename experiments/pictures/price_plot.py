"""The share price in trading hours, over what ordinary noise does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from experiments.pictures.plots import BLACK, FEWEST_RUNS, GREY, PURPLE
from experiments.pictures.words import say, unit_name


def price(
    ax: Axes,
    labels: Sequence[str],
    bars_a_day: int,
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

    prices : [n_runs, n_bars]; noise : half-width of the band at each bar, log return.
    """
    x = np.arange(prices.shape[1])
    ax.fill_between(
        x,
        base * np.exp(-noise),
        base * np.exp(noise),
        color=GREY,
        alpha=0.2,
        linewidth=0,
        label=say("noise", lang),
    )
    lines = [np.column_stack([x, row]) for row in prices[:30]]
    ax.add_collection(LineCollection(lines, colors=PURPLE, linewidths=0.3, alpha=0.3))
    if len(prices) >= FEWEST_RUNS:
        low, high = np.quantile(prices, (0.05, 0.95), axis=0)
        ax.fill_between(
            x, low, high, color=PURPLE, alpha=0.15, linewidth=0, label=say("band", lang)
        )
    ax.plot(
        x,
        np.median(prices, axis=0),
        color=PURPLE,
        linewidth=1.8,
        label=say("median", lang, n=len(prices)),
    )
    for day in range(1, len(labels)):
        ax.axvline(day * bars_a_day - 0.5, color=GREY, linewidth=0.4)
    if observed is not None:
        at = [
            labels.index(day) * bars_a_day + bars_a_day - 1
            for day in observed.index
            if day in labels
        ]
        ax.plot(
            at,
            [observed[day] for day in observed.index if day in labels],
            "o",
            color=BLACK,
            markersize=4,
            label=say("observed_close", lang),
        )
    every = 1 + len(labels) // 24
    shown = range(0, len(labels), every)
    ax.set_xticks([day * bars_a_day + bars_a_day / 2 for day in shown], [*labels[::every]])
    ax.set_xlim(0, prices.shape[1])
    ax.set_xlabel(say("trading_axis", lang, months=months))
    ax.set_ylabel(say("price_axis", lang, money=unit_name(money, lang)))
    ax.set_title(title)
    ax.legend(loc="lower left")
    return ax
