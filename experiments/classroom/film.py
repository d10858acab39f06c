"""The network of a run as a film: its chart, and the pictures that the page plays by itself.

All pictures go to the page at once, a byte a person and picture, and `backlash.film` of
classroom.js plays them: so scrubbing costs the server nothing, and a film goes on when the
connection does not.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from experiments.classroom.chart_parts import (
    FONT,
    GREY,
    INK,
    MARKS,
    SOFT,
    WHITE,
    Floats,
    clock_text,
)
from experiments.classroom.texts import say
from experiments.classroom.watched_run import Done
from sim.record import KINDS

LEADERS = ((3, "partner", "#0b6e99"), (4, "neutral", GREY), (5, "antagonist", "#000000"))
#: Expressed outrage 0 to 1: light to dark, so that it also reads in grey.
RAMP = ("#fbe7a1", "#e8a13c", "#c4501b", "#7d1d33", "#2b0b26")


@dataclass(frozen=True)
class Film:
    """The network: its chart, its caption, and the pictures that the page plays by itself."""

    options: dict[str, Any]  #: for ECharts; people as in the first picture
    caption: str
    film: dict[str, Any]  #: what backlash.film of classroom.js takes


def film_of(done: Done, at: Floats, lang: str) -> Film:
    """The sample of a run's network. Pictures go to the page once: scrubbing asks nobody.

    at : where the sample is drawn, float64[n, 2], as `lay_out` gives it. The film begins with the
    case, after the burn-in; its caption tells the hour at which most core fans are outraged.
    """
    run, people = done.run, done.frames.shape[1]
    times = [run.clock.time_of(int(step)) for step in done.steps]
    first = max(0, int(np.searchsorted(done.steps, run.clock.burn_in_steps)))
    groups = [
        [int(k) for k in np.flatnonzero(done.kind[:people] == number)]
        for number in range(len(KINDS))
    ]
    caption = _caption(done, times, first, lang)
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
    xy = np.round(_spread(at), 3).tolist()
    series = [_ties(done, xy), *_people(done, xy, groups, first, lang), *_leaders(done, xy, lang)]
    return Film(_options(series, caption, lang), caption, film)


def _caption(done: Done, times: Sequence[datetime], first: int, lang: str) -> str:
    """Who is in the sample, and when most core fans are visibly outraged, if any ever is."""
    people = done.frames.shape[1]
    best = first + int(np.argmax(done.visible[first:]))
    seen = float(done.visible[best])
    return say(
        "cap_network" if seen > 0 else "cap_network_none", lang, n=people,
        people=sum(done.run.n_people.values()),
        leaders=done.rows.size - people, time=clock_text(times[best], lang),
        share=seen, threshold=done.config.parameters.visible_outrage,
    )  # fmt: skip


def _ties(done: Done, xy: list[list[float]]) -> dict[str, Any]:
    """The ties of the sample as thin lines; they say nothing when pointed at."""
    return {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "silent": True,
        "data": [
            {"coords": [xy[a], xy[b]]} for a, b in zip(done.sources, done.targets, strict=True)
        ],
        "lineStyle": {"color": GREY, "width": 0.5, "opacity": 0.25},
    }


def _people(
    done: Done, xy: list[list[float]], groups: list[list[int]], first: int, lang: str
) -> list[dict[str, Any]]:
    """A series for each kind of people, as the first picture has them; larger with their audience.

    Their ids are those that `backlash.film` of classroom.js gives the later pictures to.
    """
    size = np.round(4 + 1.5 * np.sqrt(done.audience.astype(np.float64)), 1)
    return [
        {
            "type": "scatter", "id": f"people_{number}", "name": say(kind, lang),
            "symbol": MARKS[kind],
            "data": [
                [*xy[k], done.frames[first, k] / 100, float(min(16, size[k]))] for k in members
            ],
            ":symbolSize": "backlash.size",
            "itemStyle": {"borderColor": SOFT, "borderWidth": 0.6},
        }
        for number, (kind, members) in enumerate(zip(KINDS, groups, strict=True))
    ]  # fmt: skip


def _leaders(done: Done, xy: list[list[float]], lang: str) -> list[dict[str, Any]]:
    """A series for each role of opinion leaders; they do not change."""
    return [
        {
            "type": "scatter", "name": say(role, lang), "symbol": "diamond", "symbolSize": 13,
            "color": colour, "data": [xy[int(k)] for k in np.flatnonzero(done.kind == number)],
            "itemStyle": {"borderColor": WHITE, "borderWidth": 1},
        }
        for number, role, colour in LEADERS
    ]  # fmt: skip


def _options(series: list[dict[str, Any]], caption: str, lang: str) -> dict[str, Any]:
    """The chart around its series: a legend of kinds and roles, and the scale of outrage."""
    hidden = {"show": False, "min": -1.2, "max": 1.2}
    return {
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


def _spread(at: Floats) -> Floats:
    """Positions with the crowded middle drawn apart and the outermost drawn in, float64[n, 2].

    Nine in ten people then lie within 1 of the middle.
    """
    offset = at - np.median(at, axis=0)
    radius = np.maximum(np.hypot(*offset.T), 1e-9)
    usual = radius / np.quantile(radius, 0.9)
    drawn = np.where(usual < 1, usual**0.7, 1 + 0.15 * np.tanh(usual - 1))
    result: Floats = offset / radius[:, None] * drawn[:, None]
    return result
