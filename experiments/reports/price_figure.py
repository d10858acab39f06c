"""The share price of the runs over what ordinary noise does, and the observed closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from experiments.pictures import plots
from experiments.pictures.dates import day_name, months
from experiments.pictures.price_plot import TradingHours, price
from experiments.pictures.words import say
from experiments.reading import intervals
from experiments.reports.event_marks import marks
from sim.case.case import Case
from sim.record import Run


def figure_price(case: Case, runs: Sequence[Run], lang: str) -> Figure | None:
    """The share price of the runs in trading hours, over what ordinary noise does.

    None where the case has no market, or its exchange is closed all the time.
    """
    run = runs[0]
    open_steps = np.flatnonzero(run.series["in_session"] > 0)
    open_days = list(dict.fromkeys(run.clock.trading_day(int(step)) for step in open_steps))
    if not open_days:
        return None
    figure, ax = plt.subplots(figsize=(9, 4))
    first, last = open_days[0], open_days[-1]
    labels = [day_name(day, lang) for day in open_days]
    hours = TradingHours(labels, len(open_steps) // len(labels))
    values = intervals.stack(runs, "price_hkd")[:, open_steps][:, : hours.n_bars]
    sigma = float(run.asked["parameters"]["daily_volatility"])
    noise = 1.96 * sigma * np.sqrt((np.arange(hours.n_bars) + 1) / hours.bars_a_day)
    base, rows = float(case.previous_close or 0), case.observed_prices()
    closes, title = None, ""
    if rows is not None:
        inside = rows[(rows["date"].dt.date >= first) & (rows["date"].dt.date <= last)]
        closes = pd.Series(
            inside["close_hkd"].to_numpy(), index=[day_name(day, lang) for day in inside["date"]]
        )
        title = _price_title(hours, values, noise, closes, base, lang)
    shown, money = months(first, last, lang), str(case.currency)
    price(ax, hours, values, noise, base, closes, title, lang, shown, money)
    plots.mark_at(ax, _marks_open(case, run, open_steps, first), lang)
    return figure


def _price_title(
    hours: TradingHours,
    values: npt.NDArray[np.float64],
    noise: npt.NDArray[np.float64],
    closes: pd.Series,
    base: float,
    lang: str,
) -> str:
    """How many observed closes lie in ordinary noise, how many in the band of the runs, and how far
    the median ends from the last.

    closes : by the labels of their days; base : the close before the case.
    """
    at = hours.closes(list(closes.index))
    hits = int((np.abs(np.log(closes.to_numpy() / base)) <= noise[at]).sum())
    off = np.median(values[:, -1]) / closes.iloc[-1] - 1
    low, high = np.quantile(values[:, at], (0.05, 0.95), axis=0)
    held = int(((low <= closes.to_numpy()) & (closes.to_numpy() <= high)).sum())
    side = say("above" if off > 0 else "below", lang)
    return say(
        "title_price", lang, inside=hits, n=len(closes), held=held, off=abs(100 * off), side=side
    )


def _marks_open(
    case: Case, run: Run, open_steps: npt.NDArray[np.int64], first: date
) -> pd.DataFrame:
    """Events of the case as positions in trading hours, from the first trading day on: where the
    exchange was closed, at the next opening.
    """
    events = marks(case)
    events = events[[time.date() >= first for time in events["time"]]]
    at = [np.searchsorted(open_steps, run.clock.step_of(time)) for time in events["time"]]
    return events.assign(time=np.array(at, float), begins=np.nan, ends=np.nan)
