"""A brief on the screen: the situation, messages, figures with their ranges, the curve.

What it says is decided in `experiments.game.brief`; here it only gets elements. Whatever players or
case files typed is escaped.
"""

from __future__ import annotations

import html
import math
from typing import Any

from nicegui import ui

from experiments.classroom.chart_parts import FONT, clock_text
from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.game_texts import say
from experiments.game.brief import Brief
from experiments.game.brief_figures import Number, Trace


def draw_brief(brief: Brief, lang: str) -> None:
    """All that the team sees, into the element that is open; the newest message first."""
    paragraph(brief.situation)
    heading(3, say("headlines", lang))
    with ui.element("ul").classes("game-headlines"):
        for headline in reversed(brief.headlines):
            text = f"{clock_text(headline.time, lang)}  {headline.text}"
            item = escaped(text, "li")
            if headline.new:
                item.classes("game-new")
    heading(3, say("numbers", lang))
    with ui.element("table").classes("game-numbers"):
        with ui.element("thead"), ui.element("tr"):
            for key in ("figure", "value", "likely_range", "as_of"):
                escaped(say(key, lang), "th").props("scope=col")
        with ui.element("tbody"):
            for number in brief.numbers:
                _number(number, lang)
    _curve(brief.series, lang)


def _number(number: Number, lang: str) -> None:
    """A row of the table of figures; no range for what is exact or not defined."""

    def shown(value: float) -> str:
        return f"{value:,.{number.digits}f}" if math.isfinite(value) else "–"

    known = number.low == number.high or not math.isfinite(number.low)
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.label(number.name)
            if number.note:
                ui.label(number.note).classes("game-hint")
        for text in (
            f"{shown(number.value)} {number.unit}",
            "" if known else f"{shown(number.low)} – {shown(number.high)}",
            clock_text(number.as_of, lang),
        ):
            escaped(text, "td")


def _curve(trace: Trace, lang: str) -> None:
    """The curve with its band, and in words what it says; nothing before the first hour is
    known.
    """
    if not trace.times:
        return
    at = [clock_text(time, lang) for time in trace.times]
    caption = say(
        "curve_caption" if trace.values[-1] >= 0.005 else "curve_none",
        lang,
        name=trace.name,
        time=at[-1],
        zone=trace.zone,
        feel=say(feel_of(trace.values[-1]), lang),
        value=f"{trace.values[-1]:,.2g}",
        low=f"{trace.low[-1]:,.2g}",
        high=f"{trace.high[-1]:,.2g}",
    )
    with ui.element("figure").classes("game-figure"):
        ui.echart(curve_options(trace, at, lang)).classes("game-curve").props(
            f'role=img aria-label="{html.escape(caption, quote=True)}"'
        )
        escaped(caption, "figcaption")


def feel_of(times_usual: float) -> str:
    """The key of the text for so many times the ordinary talk: less, usual, more, far more."""
    if times_usual < 0.8:
        return "feel_less"
    if times_usual <= 1.25:
        return "feel_usual"
    return "feel_more" if times_usual < 5 else "feel_far_more"


def curve_options(trace: Trace, at: list[str], lang: str) -> dict[str, Any]:
    """A line with its 95 % band; times as text, so that no browser's time zone moves them."""
    band = {"type": "line", "stack": "band", "symbol": "none", "lineStyle": {"opacity": 0}}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 32, "top": 36, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": at, "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "name": trace.unit, "nameTextStyle": {"align": "left"}},
        "series": [
            {**band, "name": say("range_low", lang), "data": list(trace.low)},
            {
                **band,
                "name": say("range_width", lang),
                "data": [high - low for low, high in zip(trace.low, trace.high, strict=True)],
                "areaStyle": {"color": "#9db7d5", "opacity": 0.5},
            },
            {
                "name": trace.name,
                "type": "line",
                "symbol": "none",
                "data": list(trace.values),
                "lineStyle": {"color": "#1f4e79", "width": 2},
                "itemStyle": {"color": "#1f4e79"},
            },
        ],
    }
