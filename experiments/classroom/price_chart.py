"""The chart of the share price, trading hours only, beside what ordinary days do.

A price moves without any crisis. So a band is drawn around the last close before it, and the
caption says whether the price has left it: inside, nothing says that the crisis moved it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from experiments.classroom.chart_parts import (
    BLUE,
    GREY,
    PURPLE,
    SOFT,
    Floats,
    Panel,
    View,
    angry,
    axis_of,
    clock_text,
    frame,
    versus,
)
from experiments.classroom.texts import say, unit_name
from sim.record import Run


def price_panel(view: View) -> Panel:
    """Trading hours only: nights and weekends are cut out.

    The band is what ordinary days do without any crisis; without a session there is no chart, and
    the caption says why.
    """
    run, lang = view.main, view.lang
    steps = _traded(view)
    times = [run.clock.time_of(step) for step in steps]
    start = [k for k, at in enumerate(times) if at.date() >= view.case.clock_start_time.date()]
    if not start:
        closed = "所示日期内没有交易" if lang == "zh" else "no session in the days shown"
        why = view.case.no_market(lang) or closed
        return Panel("price", {}, say("cap_price_none", lang, why=why))
    base = float(
        run.series["price_hkd"][steps[start[0] - 1]]
        if start[0]
        else run.asked["case"]["market"]["previous_close_hkd"]
    )
    days = sorted({at.date() for at in times[start[0] :]})
    band = _ordinary_band(run, times, days)
    prices = run.series["price_hkd"][steps].astype(np.float64)
    series = [
        _curve(say("price", lang), prices, PURPLE, "solid", 2.4),
        _curve(say("noise_high", lang), base * np.exp(band), GREY, "dotted", 1.4),
        _curve(say("noise_low", lang), base * np.exp(-band), GREY, "dotted", 1.4),
    ]
    caption = _price_told(view, float(prices[-1]), base, len(days), float(band[-1]))
    if view.other is not None:
        compared = view.other.series["price_hkd"][steps].astype(np.float64)
        named = _curve(versus(view, say("price", lang)), compared, BLUE, "dashed", 1.6)
        series.append({**named, "other": True})
        caption += say("cap_price_vs", lang, other=view.other_name, price=float(compared[-1]),
                       money=_money(view))  # fmt: skip
    series += _observed_closes(view, times)
    return Panel("price", _price_options(view, series, times, caption), caption)


def _traded(view: View) -> list[int]:
    """The steps of trading hours among the days that are shown."""
    run = view.main
    last = run.clock.n_steps
    if view.days is not None:
        last = min(last, run.clock.burn_in_steps + round(24 * view.days / run.clock.dt_h))
    return [int(step) for step in np.flatnonzero(run.series["in_session"][:last] > 0)]


def _ordinary_band(run: Run, times: Sequence[datetime], days: Sequence[date]) -> Floats:
    """Half the width of the ordinary band of log prices at these times, float64[n]; 0 before.

    As in sim.metrics: 1.96 daily sd times the root of the sessions since the last close before.
    """
    sd = float(run.asked["parameters"]["daily_volatility"])
    since = np.array([max(0, sum(day <= at.date() for day in days)) for at in times], float)
    band: Floats = 1.96 * sd * np.sqrt(since)
    return band


def _money(view: View) -> str:
    """The currency of the case in the language of the screen."""
    return unit_name(str(view.case.currency), view.lang)


def _curve(name: str, values: Floats, colour: str, kind: str, width: float) -> dict[str, Any]:
    """A line without marks, one value for each traded step."""
    return {
        "type": "line", "name": name, "data": [round(float(v), 3) for v in values],
        "symbol": "none", "color": colour, "lineStyle": {"width": width, "type": kind},
    }  # fmt: skip


def _price_told(view: View, last: float, base: float, n_days: int, noise: float) -> str:
    """Where the price ends, and whether ordinary days would have moved it as far."""
    change = float(np.log(last / base))
    inside = "inside" if angry(view.main) else "inside_quiet"
    verdict = say(inside if abs(change) <= noise else "outside", view.lang)
    return say(
        "cap_price", view.lang, price=last, change=float(np.expm1(change)), n=n_days,
        noise=noise, verdict=verdict, money=_money(view),
    )  # fmt: skip


def _observed_closes(view: View, times: Sequence[datetime]) -> list[dict[str, Any]]:
    """The documented closes as dots, each at the last traded step of its day; none: no series."""
    observed = view.case.observed_prices()
    if observed is None:
        return []
    closes = {
        at.date(): float(v) for at, v in zip(observed["date"], observed["close_hkd"], strict=True)
    }
    ends = {at.date(): at for at in times}
    return [
        {
            "type": "scatter",
            "name": say("close", view.lang),
            "data": [
                [clock_text(at, view.lang), closes[day]]
                for day, at in ends.items()
                if day in closes
            ],
            "color": "#000000",
            "symbolSize": 8,
        }
    ]


def _price_options(
    view: View, series: list[dict[str, Any]], times: Sequence[datetime], caption: str
) -> dict[str, Any]:
    """The chart of traded steps in a row, with a label where a day begins.

    An axis of categories and not of time: on one of time, nights and weekends would be most of it.
    """
    openings = [k for k, at in enumerate(times) if k == 0 or at.date() != times[k - 1].date()]
    among = f"(k) => {openings}.includes(k)"
    axis = say("price_axis", view.lang, money=_money(view))
    return {
        **frame(view, caption, series, 40),
        "xAxis": {
            "type": "category", "data": [clock_text(at, view.lang) for at in times],
            "boundaryGap": False,
            "axisTick": {":interval": among},
            "axisLabel": {
                "color": SOFT, "hideOverlap": True, ":interval": among,
                ":formatter": "(label) => label.replace(/ ?[0-9]+:[0-9]+$/, '')",
            },
        },
        "yAxis": {**axis_of(axis), "nameGap": 12, "scale": True},
    }  # fmt: skip
