"""A run -> the options of its charts, each with a caption in words about this very run.

A caption is part of a chart: it says what the lines show, in numbers of the run, and it is what a
screen reader reads. Where a run has nothing to show (no heat, no talk, no session) it says so
instead of showing zeros. Functions of a chart begin with _ and are called by `panels` in the order
of the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from experiments.classroom.chart_parts import (
    BLUE,
    GREY,
    LINES,
    MARKS,
    PURPLE,
    SOFT,
    TOPICS,
    Floats,
    Mark,
    Panel,
    View,
    axis_of,
    clock_text,
    frame,
    line,
    marks,
    ms,
    over_time,
    versus,
)
from experiments.classroom.texts import after_text, say, span_text, unit_name
from experiments.reading import intervals
from sim.course import hours_of
from sim.metrics import outcomes
from sim.record import KINDS, Run

# days
DAYS = (3, 7, 14, 30, 60)  #: spans that the charts can show, besides all
SHOWN = 0.005  #: a lower share would be shown as 0 %


def panels(view: View) -> list[Panel]:
    """All charts of a screen but the network, in the order of the page."""
    draw = marks(view.main, view.case, view.lang)
    return [
        _heat(view, draw),
        _blame(view, draw),
        _outrage(view, draw),
        _trust(view, draw),
        _price(view),
    ]


def _heat(view: View, drawn: Sequence[Mark]) -> Panel:
    """The heat of the platform over this run's own peak, beside the observed course of the case.

    Without any heat it is drawn over the peak of the run compared with, if that has one.
    """
    run, lang = view.main, view.lang
    heat = run.series["heat"].astype(np.float64)
    peak = float(heat.max())
    other = None if view.other is None else view.other.series["heat"].astype(np.float64)
    scale = peak or (float(other.max()) if other is not None else 0.0) or 1.0
    series = [line(run, heat / scale, say("heat_run", lang), BLUE, highest=True)]
    caption = _heat_told(view, heat)
    if view.other is not None and other is not None:
        name = versus(view, say("heat_run", lang))
        series.append(line(view.other, other / scale, name, PURPLE, dashed=True, highest=True))
        caption += _heat_compared(view, view.other, other, peak > 0, scale)
    documented, more, _ = _documented(view)
    if documented is not None:
        series.append(documented)
        caption += more
    axis = say("heat_axis" if peak > 0 or other is None else "heat_axis_other", lang)
    return Panel("heat", over_time(view, series, drawn, axis, caption, None), caption)


def _heat_told(view: View, heat: Floats) -> str:
    """When heat peaks and how long the affair is on the list; or that there is none."""
    run, lang = view.main, view.lang
    if not heat.max() > 0:
        return say("cap_heat_none", lang)
    top = int(np.argmax(heat))
    return say(
        "cap_heat" if view.case.hot_list else "cap_heat_no_list", lang,
        after=after_text(float(hours_of(run)[top]), lang),
        listed=_listed(run, lang), time=clock_text(run.clock.time_of(top), lang),
    )  # fmt: skip


def _heat_compared(view: View, run: Run, heat: Floats, over_ours: bool, scale: float) -> str:
    """The peak of the run compared with, over this run's, or over its own if ours has none."""
    key = "cap_heat_vs" if over_ours else "cap_heat_vs_only"
    if not view.case.hot_list:
        key = "cap_heat_no_list_vs" if over_ours else "cap_heat_no_list_only"
    peak = float(heat[view.main.clock.burn_in_steps :].max())
    return say(
        key if heat.max() > 0 else "cap_heat_vs_none", view.lang, other=view.other_name,
        share=peak / scale, listed=_listed(run, view.lang),
    )  # fmt: skip


def _listed(run: Run, lang: str) -> str:
    """Hours on the public list, in words."""
    return span_text(float(outcomes(run)["listed_h"]), lang)


def days_of(view: View) -> int | None:
    """The shortest span of DAYS that shows what the captions speak of, the brand's acts among it.

    Twelve hours are left behind the last of these moments. None where it takes the whole run.
    """
    moments = [view.case.clock_start_time]
    for run in (view.main, view.other):
        if run is None:
            continue
        b, half = run.clock.burn_in_steps, outcomes(run)["time_to_half_h"]
        moments += [run.clock.time_of(e.step) for e in run.log if e.kind == "action"]
        if run.series["heat"].max() > 0:
            moments.append(run.clock.time_of(int(np.argmax(run.series["heat"]))))
        if run.series["outrage_core"][b:].max() > 0:
            top = run.clock.time_of(b + int(np.argmax(run.series["outrage_core"][b:])))
            moments.append(top + timedelta(hours=0 if np.isnan(half) else float(half)))
    peak = _documented(view)[2]
    last = max([*moments, *([] if peak is None else [peak])]) + timedelta(hours=12)
    fits = (n for n in DAYS if view.case.start + timedelta(days=n) >= last)
    return next((n for n in fits if n < view.case.horizon_d), None)


Observed = tuple[list[list[float]], datetime, str, str]
#: An observed course: points over its own peak, when that was, its name, a sentence about it.


def _documented(view: View) -> tuple[dict[str, Any] | None, str, datetime | None]:
    """The observed hot list of the case, or its daily attention, over its own peak; and when.

    None and "" for a case that documents neither.
    """
    found = _hot_list(view) or _daily_attention(view)
    if found is None:
        return None, "", None
    pairs, peak, name, more = found
    return {
        "type": "line", "name": name, "data": pairs, "color": "#000000", "symbol": "circle",
        "symbolSize": 5, "lineStyle": {"width": 1},
    }, more, peak  # fmt: skip


def _hot_list(view: View) -> Observed | None:
    """The heat that the platform's list showed; None for a case without such a series."""
    case, lang = view.case, view.lang
    rows = case.observed_hotlist()
    if rows is None:
        return None
    seen = intervals.observed_heat(rows, case.phases)["heat"]
    pairs: list[list[float]] = [
        [ms(pd.Timestamp(str(at)).to_pydatetime()), round(float(v / seen.max()), 4)]
        for at, v in seen.items()
    ]
    peak = pd.Timestamp(str(seen.idxmax())).to_pydatetime()
    after = after_text(case.hours(peak), lang)
    return pairs, peak, say("observed", lang), say("cap_heat_observed", lang, after=after)


def _daily_attention(view: View) -> Observed | None:
    """The daily attention of a case, drawn at noon; None without a series of it above zero."""
    case, lang = view.case, view.lang
    if not case.series.get("daily"):
        return None
    from experiments.calibration.case_score import daily_of  # seconds to load; `warm` has done it

    daily = daily_of(case)
    daily = daily[daily["metric"] == "attention"]
    if daily.empty or not daily["value"].max() > 0:
        return None
    noon = [case.start + timedelta(days=int(day), hours=12) for day in daily["day"]]
    share = daily["value"].to_numpy(float) / float(daily["value"].max())
    pairs: list[list[float]] = [
        [ms(at), round(float(v), 4)] for at, v in zip(noon, share, strict=True)
    ]
    peak = noon[int(np.argmax(share))]
    day = clock_text(peak, lang).rsplit(" ", 1)[0]
    return pairs, peak, say("observed_daily", lang), say("cap_heat_daily", lang, day=day)


def _percent(value: float, lang: str) -> str:
    """A share in percent; words where there was no outraged talk to divide."""
    return say("no_talk", lang) if np.isnan(value) else f"{value:.0%}"


def _blame(view: View, drawn: Sequence[Mark]) -> Panel:
    """Whom outraged talk is about: the cause of the affair, or how the company is run."""
    lang = view.lang
    talked = _talks(view.main)
    caption = (
        say("cap_blame", lang, **_governance(view.main, lang))
        if talked
        else say("cap_blame_none", lang)
    )
    if view.other is not None:
        key = "cap_blame_vs" if _talks(view.other) else "cap_blame_vs_none"
        caption += say(key, lang, other=view.other_name, **_governance(view.other, lang))
        talked = talked or _talks(view.other)
    if talked:
        caption += say("cap_blame_low", lang)
    axis = say("talk_axis", lang)
    return Panel("blame", over_time(view, _talk(view), drawn, axis, caption, 1), caption)


def _governance(run: Run, lang: str) -> dict[str, str]:
    """The share of governance on day 1, day 3 and over all, as the caption's a, b and c."""
    found = outcomes(run)
    keys = {"a": "governance_share_day_1", "b": "governance_share_day_3", "c": "governance_share"}
    return {key: _percent(found[name], lang) for key, name in keys.items()}


def _talk(view: View) -> list[dict[str, Any]]:
    """Two lines for each run, which add up to 1: shares of outraged talk over six hours."""
    series = []
    for run, dashed in ((view.main, False), (view.other, True)):
        if run is None:
            continue
        share = intervals.governance_share([run], max(1, round(6 / run.clock.dt_h)))[0]
        for topic, values in (("governance", share), ("deal", 1 - share)):
            told = view.case.about[view.lang] if topic == "deal" else say(topic, view.lang)
            name = versus(view, told) if dashed else told
            mark = MARKS["core"] if topic == "governance" else MARKS["customer"]
            series.append(line(run, values, name, TOPICS[topic], mark, dashed))
    return series


def _talks(run: Run) -> bool:
    """Whether there is any outraged talk to divide."""
    return not np.isnan(outcomes(run)["governance_share"])


def _angry(run: Run) -> bool:
    """Whether the captions' figures of outrage would not all be zeros."""
    return float(outcomes(run)["outrage_peak_core"]) >= SHOWN


def _kinds(view: View, what: str) -> list[dict[str, Any]]:
    """A line for each kind of people, of both runs: `what` is outrage or trust."""
    series = []
    for run, dashed in ((view.main, False), (view.other, True)):
        for kind in KINDS if run is not None else ():
            assert run is not None
            name = say(kind, view.lang)
            series.append(
                line(
                    run, run.series[f"{what}_{kind}"].astype(np.float64),
                    versus(view, name) if dashed else name, LINES[kind], MARKS[kind], dashed,
                )
            )  # fmt: skip
    return series


def _outrage(view: View, drawn: Sequence[Mark]) -> Panel:
    """Expressed outrage of each kind of people: means over the kind, 0 to 1."""
    run, lang = view.main, view.lang
    b, found = run.clock.burn_in_steps, outcomes(run)
    top = b + int(np.argmax(run.series["outrage_core"][b:]))
    half = found["time_to_half_h"]
    halved = (
        say("half_never", lang)
        if np.isnan(half)
        else say("half_after", lang, span=span_text(float(half), lang))
    )
    caption = say(
        "cap_outrage" if _angry(run) else "cap_outrage_none", lang,
        peak=found["outrage_peak_core"], time=clock_text(run.clock.time_of(top), lang),
        half=halved, public=float(run.series["outrage_public"].max()),
    )  # fmt: skip
    if view.other is not None:
        key = "cap_outrage_vs" if _angry(view.other) else "cap_outrage_vs_none"
        there = outcomes(view.other)
        caption += say(
            key, lang, other=view.other_name, peak=there["outrage_peak_core"],
            burden=found["outrage_burden_core"], other_burden=there["outrage_burden_core"],
        )  # fmt: skip
    axis = say("outrage_axis", lang)
    return Panel(
        "outrage", over_time(view, _kinds(view, "outrage"), drawn, axis, caption, None), caption
    )


def _trust(view: View, drawn: Sequence[Mark]) -> Panel:
    """Trust of each kind of people, over what it was at the start."""
    lang = view.lang

    def kept(run: Run, kind: str) -> float:
        return float(run.series[f"trust_{kind}"][-1] / run.trust_start[kind])

    caption = say("cap_trust", lang, **{kind: kept(view.main, kind) for kind in KINDS})
    if view.other is not None:
        caption += say("cap_trust_vs", lang, other=view.other_name, core=kept(view.other, "core"))
    axis = say("trust_axis", lang)
    return Panel("trust", over_time(view, _kinds(view, "trust"), drawn, axis, caption, 1), caption)


def _price(view: View) -> Panel:
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
    inside = "inside" if _angry(view.main) else "inside_quiet"
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
