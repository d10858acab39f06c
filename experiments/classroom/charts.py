"""A run -> the options of its charts, each with a caption in words about this very run.

Plain dictionaries for ECharts, no NiceGUI. Times are Hong Kong time, written as if they were UTC:
the charts show UTC, so that nobody's own time zone shifts them.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments import analysis
from experiments.classroom.texts import say, step_name, unit_name
from experiments.classroom.workbench import Done
from sim.case import Case
from sim.metrics import BY_NAME, hours_of, outcomes
from sim.record import KINDS, Run

#: Colours on white. Lines reach 3:1, text 4.5:1; a test computes it.
WHITE, INK, SOFT, RULE = "#ffffff", "#1b1f24", "#4a5560", "#d5dae0"
BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072b2", "#c44f00", "#007a59", "#8f3f78", "#6b7580"
LINES = {"core": VERMILION, "customer": BLUE, "public": GREEN}
MARKS = {"core": "circle", "customer": "triangle", "public": "rect"}
TOPICS = {"governance": VERMILION, "deal": BLUE}
LEADERS = ((3, "partner", "#0b6e99"), (4, "neutral", GREY), (5, "antagonist", "#000000"))
#: Expressed outrage 0 to 1: light to dark, so that it also reads in grey.
RAMP = ("#fbe7a1", "#e8a13c", "#c4501b", "#7d1d33", "#2b0b26")
FONT = '"Backlash Sans SC", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
DASH = {
    "documented_exact": "solid",
    "documented_daypart": "dashed",
    "bracketed": "dashed",
    "inferred": "dotted",
}
LEVELS = 4  #: heights of the numbers above a chart
OUTCOMES = (
    "outrage_peak_core", "outrage_burden_core", "time_to_half_h", "public_reach", "listed_h",
    "governance_share", "trust_core_d14", "declared_core", "exited_core", "car_0_3", "cash_hkd",
    "legal_hkd", "morale",
)  # fmt: skip

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """Something that happened, as a numbered line in the charts."""

    number: int
    time: datetime
    text: str
    own: bool  #: an act of the brand in this run, not an event of the case
    dash: str


@dataclass(frozen=True)
class Panel:
    """A chart: its key, its options, and what it shows, in words."""

    key: str
    options: dict[str, Any]
    caption: str


@dataclass(frozen=True)
class View:
    """What the charts of one screen have in common."""

    main: Run
    other: Run | None
    other_name: str
    case: Case
    lang: str
    days: int | None  #: days shown from the case's start; None for all


def ms(moment: datetime) -> int:
    """Milliseconds of a moment in Hong Kong time, as if it were UTC."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def clock_text(moment: datetime, lang: str) -> str:
    """Day and time in words."""
    if lang == "zh":
        return f"{moment.month}月{moment.day}日 {moment:%H:%M}"
    return f"{moment.day} {moment:%b} {moment:%H:%M}"


def marks(run: Run, case: Case, lang: str) -> list[Mark]:
    """Events of the case and acts of the brand in this run, in order of time."""
    found: list[tuple[datetime, str, bool, str]] = []
    for forcing in case.forcing:
        event = case.event(forcing.id)
        found.append((event.time, event.text[lang], False, DASH.get(event.certainty, "dotted")))
    for entry in run.log:
        if entry.kind == "action":
            found.append((run.clock.time_of(entry.step), step_name(entry.who, lang), True, "solid"))
    found.sort(key=lambda row: row[0])
    return [Mark(k, *row) for k, row in enumerate(found, start=1)]


def panels(view: View) -> list[Panel]:
    """All charts of a screen but the network."""
    draw = marks(view.main, view.case, view.lang)
    return [
        _heat(view, draw),
        _blame(view, draw),
        _outrage(view, draw),
        _trust(view, draw),
        _price(view),
    ]


# --- parts that all charts share ----------------------------------------------------------------


def _hourly(run: Run, values: _F, highest: bool = False) -> list[list[float | None]]:
    """One value an hour (its first, or its highest) with its time; what is undefined is a gap."""
    every = max(1, round(1 / run.clock.dt_h))
    if highest:
        values = np.repeat(values.reshape(-1, every).max(axis=1), every)
    return [
        [
            ms(run.clock.time_of(step)),
            None if np.isnan(values[step]) else round(float(values[step]), 4),
        ]
        for step in range(0, run.clock.n_steps, every)
    ]


def _line(
    run: Run,
    values: _F,
    name: str,
    colour: str,
    mark: str = "none",
    dashed: bool = False,
    highest: bool = False,
) -> dict[str, Any]:
    data: list[Any] = _hourly(run, values, highest)
    for k in range(12, len(data), 48 if len(data) < 600 else 240):
        if mark != "none" and data[k][1] is not None:
            data[k] = {"value": data[k], "symbolSize": 6 if dashed else 8}
    return {
        "type": "line",
        "name": name,
        "data": data,
        "symbol": mark,
        "symbolSize": 0,
        "showAllSymbol": True,
        "color": colour,
        "lineStyle": {"width": 1.6 if dashed else 2.4, "type": "dashed" if dashed else "solid"},
        **({"other": True} if dashed else {}),
    }


def _event_lines(drawn: Sequence[Mark], span: timedelta) -> dict[str, Any]:
    """Numbered lines; numbers that would meet on a narrow screen stand on different heights.

    What happens at the same moment shares a line.
    """
    together: dict[datetime, list[Mark]] = {}
    for mark in drawn:
        together.setdefault(mark.time, []).append(mark)
    near, last, data = span / 16, [datetime.min] * LEVELS, []
    for moment, group in together.items():
        level = next((k for k in range(LEVELS) if moment - last[k] > near * len(group)), LEVELS - 1)
        last[level] = moment
        own = any(mark.own for mark in group)
        data.append(
            {
                "xAxis": ms(moment),
                "name": "; ".join(mark.text for mark in group),
                "lineStyle": {
                    "type": group[0].dash, "color": BLUE if own else GREY, "width": 1
                },
                "label": {
                    "formatter": ",".join(str(mark.number) for mark in group),
                    "distance": [0, 3 + 13 * level],
                    "color": BLUE if own else SOFT,
                    "fontWeight": "bold" if own else "normal",
                },
            }
        )  # fmt: skip
    return {"symbol": "none", "silent": True, "animation": False, "data": data}


def _options(
    view: View,
    series: list[dict[str, Any]],
    drawn: Sequence[Mark],
    axis: str,
    caption: str,
    top: float | None,
) -> dict[str, Any]:
    """A chart over time."""
    run = view.main
    first = view.case.start - timedelta(hours=min(12, run.clock.burn_in_h))
    last = run.clock.time_of(run.clock.n_steps - 1)
    if view.days is not None:
        last = min(last, view.case.start + timedelta(days=view.days))
    inside = [mark for mark in drawn if first <= mark.time <= last]
    series[0]["markLine"] = _event_lines(inside, last - first)
    return {
        **_frame(view, caption, series),
        "useUTC": True,
        "grid": {"left": 48, "right": 14, "top": 104, "bottom": 30},
        "xAxis": {
            "type": "time",
            "min": ms(first),
            "max": ms(last),
            "axisLabel": {
                "hideOverlap": True,
                "color": SOFT,
                "formatter": {
                    "month": "{d}/{M}", "day": "{d}/{M}", "hour": "{HH}:{mm}", "year": "{d}/{M}"
                },
            },
            "splitLine": {"show": False},
        },
        "yAxis": {**_axis(axis), "min": 0, **({} if top is None else {"max": top})},
    }  # fmt: skip


def _axis(name: str) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "end",
        "nameGap": 54,
        "nameTextStyle": {"align": "left", "color": SOFT, "padding": [0, 0, 0, -40]},
        "axisLabel": {"color": SOFT},
        "splitLine": {"lineStyle": {"color": RULE}},
    }


def _frame(view: View, caption: str, series: list[dict[str, Any]]) -> dict[str, Any]:
    """What all charts say; in the legend the run compared with is one entry: dashed."""
    names: list[Any] = list(dict.fromkeys(item["name"] for item in series if "other" not in item))
    if view.other is not None:
        names.append({"name": view.other_name, "icon": "path://M0,0H7V2H0Z M10,0H17V2H10Z"})
        series.append(
            {
                "type": "line", "name": view.other_name, "data": [], "color": SOFT,
                "symbol": "none", "lineStyle": {"width": 1.6, "type": "dashed"},
            }
        )  # fmt: skip
    for item in series:
        item.pop("other", None)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "aria": {"enabled": True, "label": {"description": caption}},
        "legend": {
            "type": "scroll",
            "top": 0,
            "left": 0,
            "right": 0,
            "itemWidth": 24,
            "data": names,
            "textStyle": {"color": INK},
        },
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": "backlash.number"},
        "series": series,
    }


def _vs(view: View, name: str) -> str:
    return say("vs", view.lang, series=name, response=view.other_name)


def _clock_h(run: Run, step: int) -> float:
    return float(hours_of(run)[step])


# --- the charts ---------------------------------------------------------------------------------


def _heat(view: View, drawn: Sequence[Mark]) -> Panel:
    run, lang = view.main, view.lang
    heat = run.series["heat"].astype(np.float64)
    peak, b = float(heat.max()), run.clock.burn_in_steps
    scale = peak if peak > 0 else 1.0
    series = [_line(run, heat / scale, say("heat_run", lang), BLUE, highest=True)]
    if peak > 0:
        top = int(np.argmax(heat))
        caption = say(
            "cap_heat", lang, h=_clock_h(run, top), time=clock_text(run.clock.time_of(top), lang),
            listed=_listed_h(run),
        )  # fmt: skip
    else:
        caption = say("cap_heat_none", lang)
    if view.other is not None:
        other = view.other.series["heat"].astype(np.float64)
        series.append(
            _line(
                view.other,
                other / scale,
                _vs(view, say("heat_run", lang)),
                PURPLE,
                dashed=True,
                highest=True,
            )
        )
        caption += say(
            "cap_heat_vs", lang, other=view.other_name,
            share=float(other[b:].max()) / scale, listed=_listed_h(view.other),
        )  # fmt: skip
    documented, more = _documented(view)
    if documented is not None:
        series.append(documented)
        caption += more
    axis = say("heat_axis", lang)
    return Panel("heat", _options(view, series, drawn, axis, caption, None), caption)


def _listed_h(run: Run) -> float:
    return float(outcomes(run)["listed_h"])


def _documented(view: View) -> tuple[dict[str, Any] | None, str]:
    """The observed hot list of the case, or its daily attention, over its own peak."""
    case, lang = view.case, view.lang
    rows = case.observed_hotlist()
    if rows is not None:
        seen = analysis.observed_heat(rows, analysis.CRISIS_PHASES)["heat"]
        pairs = [
            [ms(pd.Timestamp(str(at)).to_pydatetime()), round(float(v / seen.max()), 4)]
            for at, v in seen.items()
        ]
        after = (
            pd.Timestamp(str(seen.idxmax())).to_pydatetime() - case.clock_start_time
        ) / timedelta(hours=1)
        name, more = say("observed", lang), say("cap_heat_observed", lang, h=after)
    elif case.series.get("daily"):
        from experiments.case_score import daily_of  # seconds to load; `warm` has done it

        daily = daily_of(case)
        daily = daily[daily["metric"] == "attention"]
        if daily.empty or not daily["value"].max() > 0:
            return None, ""
        noon = [case.start + timedelta(days=int(day), hours=12) for day in daily["day"]]
        share = daily["value"].to_numpy(float) / float(daily["value"].max())
        pairs = [[ms(at), round(float(v), 4)] for at, v in zip(noon, share, strict=True)]
        day = clock_text(noon[int(np.argmax(share))], lang).rsplit(" ", 1)[0]
        name, more = say("observed_daily", lang), say("cap_heat_daily", lang, day=day)
    else:
        return None, ""
    return {
        "type": "line", "name": name, "data": pairs, "color": "#000000", "symbol": "circle",
        "symbolSize": 5, "lineStyle": {"width": 1},
    }, more  # fmt: skip


def _percent(value: float, lang: str) -> str:
    return say("no_talk", lang) if np.isnan(value) else f"{value:.0%}"


def _blame(view: View, drawn: Sequence[Mark]) -> Panel:
    lang, series = view.lang, []

    def shares(run: Run) -> dict[str, str]:
        found = outcomes(run)
        keys = {
            "a": "governance_share_day_1",
            "b": "governance_share_day_3",
            "c": "governance_share",
        }
        return {key: _percent(found[name], lang) for key, name in keys.items()}

    for run, dashed in ((view.main, False), (view.other, True)):
        if run is None:
            continue
        share = analysis.governance_share([run], max(1, round(6 / run.clock.dt_h)))[0]
        for topic, values in (("governance", share), ("deal", 1 - share)):
            name = say(topic, lang)
            mark = MARKS["core"] if topic == "governance" else MARKS["customer"]
            series.append(
                _line(run, values, _vs(view, name) if dashed else name, TOPICS[topic], mark, dashed)
            )
    caption = say("cap_blame", lang, **shares(view.main))
    if view.other is not None:
        caption += say("cap_blame_vs", lang, other=view.other_name, **shares(view.other))
    caption += say("cap_blame_low", lang)
    axis = say("talk_axis", lang)
    return Panel("blame", _options(view, series, drawn, axis, caption, 1), caption)


def _kinds(view: View, what: str) -> list[dict[str, Any]]:
    series = []
    for run, dashed in ((view.main, False), (view.other, True)):
        for kind in KINDS if run is not None else ():
            assert run is not None
            name = say(kind, view.lang)
            series.append(
                _line(
                    run, run.series[f"{what}_{kind}"].astype(np.float64),
                    _vs(view, name) if dashed else name, LINES[kind], MARKS[kind], dashed,
                )
            )  # fmt: skip
    return series


def _outrage(view: View, drawn: Sequence[Mark]) -> Panel:
    run, lang = view.main, view.lang
    b, found = run.clock.burn_in_steps, outcomes(run)
    top = b + int(np.argmax(run.series["outrage_core"][b:]))
    half = found["time_to_half_h"]
    caption = say(
        "cap_outrage", lang,
        peak=found["outrage_peak_core"], time=clock_text(run.clock.time_of(top), lang),
        half=say("half_never", lang) if np.isnan(half) else say("half_after", lang, h=half),
        public=float(run.series["outrage_public"].max()),
    )  # fmt: skip
    if view.other is not None:
        peak = outcomes(view.other)["outrage_peak_core"]
        caption += say("cap_outrage_vs", lang, other=view.other_name, peak=peak)
    axis = say("share_axis", lang)
    return Panel(
        "outrage", _options(view, _kinds(view, "outrage"), drawn, axis, caption, None), caption
    )


def _trust(view: View, drawn: Sequence[Mark]) -> Panel:
    lang = view.lang

    def kept(run: Run, kind: str) -> float:
        return float(run.series[f"trust_{kind}"][-1] / run.trust_start[kind])

    caption = say("cap_trust", lang, **{kind: kept(view.main, kind) for kind in KINDS})
    if view.other is not None:
        caption += say("cap_trust_vs", lang, other=view.other_name, core=kept(view.other, "core"))
    axis = say("share_axis", lang)
    return Panel("trust", _options(view, _kinds(view, "trust"), drawn, axis, caption, 1), caption)


def _price(view: View) -> Panel:
    """Trading hours only: nights and weekends are cut out."""
    run, lang = view.main, view.lang
    last = run.clock.n_steps
    if view.days is not None:
        last = min(last, run.clock.burn_in_steps + round(24 * view.days / run.clock.dt_h))
    steps = [int(step) for step in np.flatnonzero(run.series["in_session"][:last] > 0)]
    times = [run.clock.time_of(step) for step in steps]
    start = [k for k, at in enumerate(times) if at.date() >= view.case.clock_start_time.date()]
    if not start:
        return Panel("price", {}, say("cap_price_none", lang))
    before = [k for k in range(len(times)) if k < start[0]]
    base = float(
        run.series["price_hkd"][steps[before[-1]]]
        if before
        else run.asked["case"]["market"]["previous_close_hkd"] or 100.0
    )
    labels = [clock_text(at, lang) for at in times]
    days = sorted({at.date() for at in times[start[0] :]})
    # as in sim.metrics: a band of 1.96 daily sd times the root of the sessions since that close
    sd = float(run.asked["parameters"]["daily_volatility"])
    since = np.array([max(0, sum(day <= at.date() for day in days)) for at in times], float)
    band = 1.96 * sd * np.sqrt(since)

    def line(name: str, values: _F, colour: str, kind: str, width: float) -> dict[str, Any]:
        return {
            "type": "line", "name": name, "data": [round(float(v), 3) for v in values],
            "symbol": "none", "color": colour, "lineStyle": {"width": width, "type": kind},
        }  # fmt: skip

    prices = run.series["price_hkd"][steps].astype(np.float64)
    series = [
        line(say("price", lang), prices, PURPLE, "solid", 2.4),
        line(say("noise", lang), base * np.exp(band), GREY, "dashed", 1.2),
        line(say("noise", lang), base * np.exp(-band), GREY, "dashed", 1.2),
    ]
    change, noise = float(np.log(prices[-1] / base)), float(band[-1])
    caption = say(
        "cap_price", lang, price=float(prices[-1]), change=float(np.expm1(change)), n=len(days),
        noise=noise, verdict=say("inside" if abs(change) <= noise else "outside", lang),
    )  # fmt: skip
    if view.other is not None:
        compared = view.other.series["price_hkd"][steps].astype(np.float64)
        series.append(
            {**line(_vs(view, say("price", lang)), compared, BLUE, "dashed", 1.6), "other": True}
        )
        caption += say("cap_price_vs", lang, other=view.other_name, price=float(compared[-1]))
    observed = view.case.observed_prices()
    if observed is not None:
        closes = {
            at.date(): float(v)
            for at, v in zip(observed["date"], observed["close_hkd"], strict=True)
        }
        ends = {at.date(): k for k, at in enumerate(times)}
        points = [[labels[k], closes[day]] for day, k in ends.items() if day in closes]
        series.append(
            {
                "type": "scatter",
                "name": say("close", lang),
                "data": points,
                "color": "#000000",
                "symbolSize": 8,
            }
        )
    options = {
        **_frame(view, caption, series),
        "grid": {"left": 48, "right": 14, "top": 62, "bottom": 30},
        "xAxis": {
            "type": "category", "data": labels, "boundaryGap": False,
            "axisLabel": {"color": SOFT, "hideOverlap": True},
        },
        "yAxis": {**_axis(say("price_axis", lang)), "nameGap": 12, "scale": True},
    }  # fmt: skip
    return Panel("price", options, caption)


# --- network ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Film:
    """The network: its chart, its caption, and the pictures that the page plays by itself."""

    options: dict[str, Any]
    caption: str
    film: dict[str, Any]  #: what backlash.film of laboratory.js takes


def _spread(at: _F) -> _F:
    """Positions with the crowded middle drawn apart and the outermost drawn in."""
    offset = at - np.median(at, axis=0)
    radius = np.maximum(np.hypot(*offset.T), 1e-9)
    usual = radius / np.quantile(radius, 0.9)
    drawn = np.where(usual < 1, usual**0.7, 1 + 0.15 * np.tanh(usual - 1))
    result: _F = offset / radius[:, None] * drawn[:, None]
    return result


def network(done: Done, at: _F, lang: str) -> Film:
    """The sample of a run's network. Pictures go to the page once: scrubbing asks nobody."""
    run, people = done.run, done.frames.shape[1]
    times = [run.clock.time_of(int(step)) for step in done.steps]
    first = max(0, int(np.searchsorted(done.steps, run.clock.burn_in_steps)))
    best = first + int(np.argmax(done.visible[first:]))
    caption = say(
        "cap_network", lang, n=people, people=sum(run.n_people.values()),
        leaders=done.rows.size - people, time=clock_text(times[best], lang),
        share=float(done.visible[best]),
    )  # fmt: skip
    xy = np.round(_spread(at), 3).tolist()
    size = np.round(4 + 1.5 * np.sqrt(done.audience.astype(np.float64)), 1)
    series: list[dict[str, Any]] = [
        {
            "type": "lines",
            "coordinateSystem": "cartesian2d",
            "silent": True,
            "data": [
                {"coords": [xy[a], xy[b]]} for a, b in zip(done.sources, done.targets, strict=True)
            ],
            "lineStyle": {"color": GREY, "width": 0.5, "opacity": 0.25},
        }
    ]
    groups = []
    for number, kind in enumerate(KINDS):
        members = [int(k) for k in np.flatnonzero(done.kind[:people] == number)]
        groups.append(members)
        series.append(
            {
                "type": "scatter", "id": f"people_{number}", "name": say(kind, lang),
                "symbol": MARKS[kind],
                "data": [
                    [*xy[k], done.frames[first, k] / 100, float(min(16, size[k]))] for k in members
                ],
                ":symbolSize": "backlash.size",
                "itemStyle": {"borderColor": SOFT, "borderWidth": 0.6},
            }
        )  # fmt: skip
    for number, role, colour in LEADERS:
        rows = np.flatnonzero(done.kind == number)
        series.append(
            {
                "type": "scatter", "name": say(role, lang), "symbol": "diamond", "symbolSize": 13,
                "color": colour, "data": [xy[int(k)] for k in rows],
                "itemStyle": {"borderColor": WHITE, "borderWidth": 1},
            }
        )  # fmt: skip
    hidden = {"show": False, "min": -1.2, "max": 1.2}
    options = {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "aria": {"enabled": True, "label": {"description": caption}},
        "legend": {
            "top": 0, "left": 0, "right": 0, "itemWidth": 14, "textStyle": {"color": INK},
            "itemStyle": {"color": RAMP[1]},
            "data": [
                {"name": say(kind, lang), "icon": MARKS[kind]} for kind in KINDS
            ] + [
                {"name": say(role, lang), "icon": "diamond", "itemStyle": {"color": colour}}
                for _, role, colour in LEADERS
            ],
        },
        "tooltip": {"trigger": "item", "confine": True, ":formatter": "backlash.person"},
        "grid": {"left": 8, "right": 8, "top": 56, "bottom": 52},
        "xAxis": {"type": "value", **hidden},
        "yAxis": {"type": "value", **hidden},
        "visualMap": {
            "type": "continuous", "dimension": 2, "min": 0, "max": 1, "seriesIndex": [1, 2, 3],
            "inRange": {"color": list(RAMP)}, "orient": "horizontal", "left": "center", "bottom": 0,
            "itemHeight": 110, "itemWidth": 12, "calculable": False, "hoverLink": False,
            "text": ["1", say("ramp", lang)], "textStyle": {"color": INK},
        },
        "series": series,
    }  # fmt: skip
    film = {
        "key": run.name,
        "frames": base64.b64encode(done.frames.tobytes()).decode(),
        "people": people,
        "groups": groups,
        "times": [clock_text(moment, lang) for moment in times],
        "visible": [f"{share:.0%}" for share in done.visible],
        "text": say("frame", lang, time="{time}", share="{share}"),
        "first": first,
        "hours": float(np.diff(done.steps[:2])[0] * run.clock.dt_h) if len(times) > 1 else 1.0,
        "play": say("play", lang),
        "pause": say("pause", lang),
    }
    return Film(options, caption, film)


# --- numbers ------------------------------------------------------------------------------------


def table(main: Run, other: Run | None, lang: str) -> list[tuple[str, str, str]]:
    """Outcomes as name with unit, this run, the run compared with ("" where there is none)."""
    found = [outcomes(run) for run in (main, other) if run is not None]
    rows = []
    for name in OUTCOMES:
        outcome = BY_NAME[name]
        values = [_number(values[name], lang) for values in found]
        text = outcome.zh if lang == "zh" else outcome.en
        unit = unit_name(outcome.unit, lang)
        rows.append((f"{text} [{unit}]", values[0], values[1] if other is not None else ""))
    return rows


def _number(value: float, lang: str) -> str:
    if np.isnan(value):
        return say("none_value", lang)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def csv_of(run: Run, command: str, provenance: str, case: Mapping[str, Any]) -> bytes:
    """All series of a run: lines about it with a #, then names with units, then a row a step."""
    import sim
    from sim.digest import RESULTS_VERSION
    from sim.record import SERIES

    head = [
        f"# backlash {sim.__version__}, results {RESULTS_VERSION}, run {run.name}",
        f"# {command}",
        f"# case {case.get('name')}; {provenance}; one run, one seed; times are Hong Kong time",
    ]
    frame = run.to_frame().rename(
        columns={item.name: f"{item.name} [{item.unit}]" for item in SERIES}
    )
    text = frame.to_csv(float_format="%.7g", date_format="%Y-%m-%d %H:%M")
    return "\n".join([*head, text]).encode()
