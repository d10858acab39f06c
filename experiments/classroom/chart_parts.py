"""What all charts of the laboratory are drawn with: colours, numbered events, lines, axes.

Plain dictionaries for ECharts, no NiceGUI, so that they can be tested without a browser. Keys that
begin with a colon hold JavaScript, which NiceGUI evaluates in the page: functions of classroom.js.

Times are those of the case's zone, written as if they were UTC: the charts show UTC, so that
nobody's own time zone shifts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.classroom.texts import say, step_name
from sim.case.case import Case
from sim.metrics import outcomes
from sim.record import Run

#: Colours on white. Lines reach 3:1, text 4.5:1; a test computes it.
WHITE, INK, SOFT, RULE = "#ffffff", "#1b1f24", "#4a5560", "#d5dae0"
BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072b2", "#c44f00", "#007a59", "#8f3f78", "#6b7580"
LINES = {"core": VERMILION, "customer": BLUE, "public": GREEN}  #: kind of people -> colour
#: kind of people -> sign, for who does not tell colours apart
MARKS = {"core": "circle", "customer": "triangle", "public": "rect"}
TOPICS = {"governance": VERMILION, "deal": BLUE}
FONT = '"Backlash Sans SC", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
#: certainty of an event's time -> kind of its line
DASH = {
    "documented_exact": "solid",
    "documented_daypart": "dashed",
    "bracketed": "dashed",
    "inferred": "dotted",
}
SHOWN = 0.005  #: a lower share would be shown as 0 %
LEVELS = 4  #: heights of the numbers above a chart
WIDE, NARROW = 400, 290  #: pixels of a legend on a desk, on a phone
LEGEND_ROW = 22  #: pixels

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """Something that happened, as a numbered line in the charts.

    The same numbers stand in the list of events beside the charts and under a picture that is
    saved.
    """

    number: int  #: in the order of time, from 1
    time: datetime  #: on the wall of the case's zone
    text: str
    own: bool  #: an act of the brand in this run, not an event of the case
    dash: str  #: how sure its time is: solid, dashed or dotted


@dataclass(frozen=True)
class Panel:
    """A chart: its key, its options, and what it shows, in words.

    Options are empty where there is nothing to draw; the caption then says why.
    """

    key: str  #: also the key of its title in texts
    options: dict[str, Any]  #: for ECharts; empty: there is nothing to draw
    caption: str


@dataclass(frozen=True)
class View:
    """What the charts of one screen have in common: one run or two, their case, and the days
    shown.
    """

    main: Run  #: the run that is looked at
    other: Run | None  #: the run compared with, of the same seed and world
    other_name: str  #: its response, in the language of the screen; "" without it
    case: Case
    lang: str
    days: int | None  #: days shown from the case's start; None for all


def ms(moment: datetime) -> int:
    """Milliseconds of a moment on the wall of the case, as if it were UTC.

    What a chart in UTC then shows is the wall of the case, whatever zone the browser is in.
    """
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


def clock_text(moment: datetime, lang: str) -> str:
    """Day and time in words, without the year: 5 Mar 14:30."""
    if lang == "zh":
        return f"{moment.month}月{moment.day}日 {moment:%H:%M}"
    return f"{moment.day} {moment:%b} {moment:%H:%M}"


def marks(run: Run, case: Case, lang: str) -> list[Mark]:
    """Events of the case and acts of the brand in this run, in order of time, numbered from 1.

    An event that needs an act of the brand is there only if it happened.
    """
    found: list[tuple[datetime, str, bool, str]] = []
    happened = {entry.who for entry in run.log if entry.kind == "forcing"}
    for forcing in case.forcing:
        if forcing.requires is not None and forcing.id not in happened:
            continue
        event = case.event(forcing.id)
        found.append((event.time, event.text[lang], False, DASH.get(event.certainty, "dotted")))
    for entry in run.log:
        if entry.kind == "action":
            found.append(
                (
                    run.clock.time_of(entry.step),
                    step_name(entry.who, lang, case.about[lang]),
                    True,
                    "solid",
                )
            )
    found.sort(key=lambda row: row[0])
    return [Mark(k, *row) for k, row in enumerate(found, start=1)]


def hourly(run: Run, values: Floats, highest: bool = False) -> list[list[float | None]]:
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


def line(
    run: Run,
    values: Floats,
    name: str,
    colour: str,
    mark: str = "none",
    dashed: bool = False,
    highest: bool = False,
) -> dict[str, Any]:
    """A run's series by the hour, with a mark now and then; dashed is the run compared with.

    mark : sign of the series, drawn twice a day at first and less often in long runs; "none" for
    none.
    highest : the highest value of each hour instead of its first.
    """
    data: list[Any] = hourly(run, values, highest)
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


def event_lines(drawn: Sequence[Mark], span: timedelta) -> dict[str, Any]:
    """Numbered lines; numbers that would meet on a narrow screen stand on different heights.

    span : the time that is shown. What happens at the same moment shares a line.
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


def window(view: View) -> tuple[datetime, datetime]:
    """The first and the last moment that charts over time show.

    Half a day before the case, as far as there is a burn-in, to the end of the days shown.
    """
    clock = view.main.clock
    last = clock.time_of(clock.n_steps - 1)
    if view.days is not None:
        last = min(last, view.case.start + timedelta(days=view.days))
    return view.case.start - timedelta(hours=min(12, clock.burn_in_h)), last


def visible(view: View, drawn: Sequence[Mark]) -> list[Mark]:
    """The events of `drawn` inside what is shown; they keep their numbers."""
    first, last = window(view)
    return [mark for mark in drawn if first <= mark.time <= last]


def over_time(
    view: View,
    series: list[dict[str, Any]],
    drawn: Sequence[Mark],
    axis: str,
    caption: str,
    top: float | None,
) -> dict[str, Any]:
    """A chart of shares over time, with the events among `drawn` that fall into the days shown.

    series : as `line` gives them; the events are hung on the first. axis : name of the axis of
    values.
    top : its end, None to let the chart choose. Series that are marked "other" belong to the run
    compared with.
    """
    first, last = window(view)
    series[0]["markLine"] = event_lines(visible(view, drawn), last - first)
    return {
        **frame(view, caption, series, 82),
        "useUTC": True,
        "xAxis": _axis_of_time(first, last, view.lang),
        "yAxis": {
            **axis_of(axis),
            "axisLabel": {"color": SOFT, ":formatter": "backlash.percent"},
            "min": 0,
            **({} if top is None else {"max": top}),
        },
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": "backlash.percent"},
    }


def alone(
    series: dict[str, Any], moments: Sequence[datetime], axis: str, caption: str, lang: str
) -> dict[str, Any]:
    """A chart of one documented series of shares, without any run."""
    first, last = min(moments) - timedelta(hours=12), max(moments) + timedelta(hours=12)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "aria": {"enabled": True, "label": {"description": caption}},
        "useUTC": True,
        "legend": {"top": 0, "left": 0, "textStyle": {"color": INK}},
        "grid": {"left": 48, "right": 22, "top": 82 + LEGEND_ROW, "bottom": 30},
        "xAxis": _axis_of_time(first, last, lang),
        "yAxis": {
            **axis_of(axis),
            "axisLabel": {"color": SOFT, ":formatter": "backlash.percent"},
            "min": 0,
            "max": 1,
        },
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": "backlash.percent"},
        "series": [series],
    }


def _axis_of_time(first: datetime, last: datetime, lang: str) -> dict[str, Any]:
    """An axis of time between two moments, its days and hours in the language of the screen."""
    return {
        "type": "time",
        "min": ms(first),
        "max": ms(last),
        "axisLabel": {"hideOverlap": True, "color": SOFT, ":formatter": f"backlash.tick({lang!r})"},
        "axisPointer": {"label": {":formatter": f"backlash.moment({lang!r})"}},
        "splitLine": {"show": False},
    }


def axis_of(name: str) -> dict[str, Any]:
    """An axis of values, its name above it."""
    return {
        "type": "value",
        "name": name,
        "nameLocation": "end",
        "nameGap": 54,
        "nameTextStyle": {"align": "left", "color": SOFT, "padding": [0, 0, 0, -40]},
        "axisLabel": {"color": SOFT},
        "splitLine": {"lineStyle": {"color": RULE}},
    }


def frame(view: View, caption: str, series: list[dict[str, Any]], above: int) -> dict[str, Any]:
    """What all charts say; in the legend the run compared with is one entry: dashed.

    `above`: pixels between the legend and the chart. The legend wraps, and the chart makes room.
    """
    names: list[Any] = [item["name"] for item in series if "other" not in item]
    rows = [_rows([*names, view.other_name], width) for width in (WIDE, NARROW)]
    if view.other is not None:
        names.append({"name": view.other_name, "icon": "path://M0,0H7V2H0Z M10,0H17V2H10Z"})
        series.append(_dashed_entry(view, series))
    tops = [above + LEGEND_ROW * count for count in rows]
    for item in series:
        item.pop("other", None)
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT, "color": INK},
        "aria": {"enabled": True, "label": {"description": caption}},
        "legend": {
            "top": 0,
            "left": 0,
            "right": 0,
            "itemWidth": 24,
            "data": names,
            "textStyle": {"color": INK},
        },
        "grid": {"left": 48, "right": 22, "top": tops[0], "bottom": 30},
        "media": [{"query": {"maxWidth": WIDE}, "option": {"grid": {"top": tops[1]}}}],
        "tooltip": {"trigger": "axis", "confine": True, ":valueFormatter": "backlash.number"},
        "series": series,
    }


def _dashed_entry(view: View, series: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A series without data: the one entry of the legend for all lines of the run compared with."""
    colours = {item["color"] for item in series if "other" in item}
    return {
        "type": "line", "name": view.other_name, "data": [],
        "color": colours.pop() if len(colours) == 1 else SOFT,
        "symbol": "none", "lineStyle": {"width": 1.6, "type": "dashed"},
    }  # fmt: skip


def _rows(names: Sequence[str], width: int) -> int:
    """Rows that a legend needs: a sign, then letters of about 7 pixels, Chinese ones of 12."""
    rows, used = 1, 0
    for name in filter(None, names):
        wide = 39 + sum(12 if ord(letter) > 0x2E7F else 7 for letter in name)
        if used and used + wide > width:
            rows, used = rows + 1, 0
        used += wide
    return rows


def versus(view: View, name: str) -> str:
    """The name of a series of the run compared with: the series and, in brackets, the response."""
    return say("vs", view.lang, series=name, response=view.other_name)


def angry(run: Run) -> bool:
    """Whether the captions' figures of outrage would not all be zeros.

    A peak under SHOWN would be printed as 0 %.
    """
    return float(outcomes(run)["outrage_peak_core"]) >= SHOWN
