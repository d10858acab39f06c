"""A run -> the options of its charts, each with a caption in words about this very run.

A caption is part of a chart: it says what the lines show, in numbers of the run, and it is what a
screen reader reads. Where a run has nothing to show (no heat, no talk, no session) it says so
instead of showing zeros. Functions of a chart begin with _ and are called by `panels` in the order
of the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from experiments.classroom.chart_parts import (
    BLUE,
    LINES,
    MARKS,
    PURPLE,
    TOPICS,
    Floats,
    Mark,
    Panel,
    View,
    alone,
    angry,
    clock_text,
    line,
    marks,
    ms,
    over_time,
    versus,
)
from experiments.classroom.price_chart import price_panel
from experiments.classroom.texts import after_text, say, span_text
from experiments.reading import intervals
from sim.case.case import Case
from sim.course import hours_of
from sim.metrics import outcomes
from sim.record import KINDS, Run

# days
DAYS = (3, 7, 14, 30, 60)  #: spans that the charts can show, besides all


def panels(view: View) -> list[Panel]:
    """All charts of a screen but the network, in the order of the page."""
    draw = marks(view.main, view.case, view.lang)
    return [
        _outrage(view, draw),
        _heat(view, draw),
        _blame(view, draw),
        _trust(view, draw),
        price_panel(view),
    ]


def _heat(view: View, drawn: Sequence[Mark]) -> Panel:
    """Heat over this run's own peak, beside the observed course of the case.

    Without any heat it is drawn over the peak of the run compared with, if that has one.
    """
    run, lang, name = view.main, view.lang, _shown_heat(view)
    heat = run.series[name].astype(np.float64)
    peak = float(heat.max())
    other = None if view.other is None else view.other.series[name].astype(np.float64)
    scale = peak or (float(other.max()) if other is not None else 0.0) or 1.0
    called = say("heat_run" if name == "heat" else "heat_run_listed", lang)
    series = [line(run, heat / scale, called, BLUE, highest=True)]
    caption = _heat_told(view, heat)
    if view.other is not None and other is not None:
        series.append(
            line(view.other, other / scale, versus(view, called), PURPLE, dashed=True, highest=True)
        )
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
        return say("cap_heat_none" if _shown_heat(view) == "heat" else "cap_heat_not_listed", lang)
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
    if not heat.max() > 0:
        key = "cap_heat_vs_none" if _shown_heat(view) == "heat" else "cap_heat_vs_not_listed"
    peak = float(heat[view.main.clock.burn_in_steps :].max())
    return say(
        key, view.lang, other=view.other_name,
        share=peak / scale, listed=_listed(run, view.lang),
    )  # fmt: skip


def _shown_heat(view: View) -> str:
    """The series that is drawn: what stands on the list, where an observed list is drawn too."""
    observed = view.case.hot_list and _documented(view)[0] is not None
    return "list_heat" if observed else "heat"


def _listed(run: Run, lang: str) -> str:
    """Hours on the public list, in words."""
    return span_text(float(outcomes(run)["listed_h"]), lang)


def days_of(view: View) -> int | None:
    """The shortest span of DAYS that shows what the captions speak of, the brand's acts among it.

    Twelve hours are left behind the last of these moments. None where it takes the whole run.
    """
    moments, name = [view.case.clock_start_time], _shown_heat(view)
    for run in (view.main, view.other):
        if run is None:
            continue
        b, half = run.clock.burn_in_steps, outcomes(run)["time_to_half_h"]
        moments += [run.clock.time_of(e.step) for e in run.log if e.kind == "action"]
        if run.series[name].max() > 0:
            moments.append(run.clock.time_of(int(np.argmax(run.series[name]))))
        if run.series["outrage_core"][b:].max() > 0:
            top = run.clock.time_of(b + int(np.argmax(run.series["outrage_core"][b:])))
            moments.append(top + timedelta(hours=0 if np.isnan(half) else float(half)))
    peak = _documented(view)[2]
    last = max([*moments, *([] if peak is None else [peak])]) + timedelta(hours=12)
    fits = (n for n in DAYS if view.case.start + timedelta(days=n) >= last)
    return next((n for n in fits if n < view.case.horizon_d), None)


Observed = tuple[list[list[float]], datetime, str, str]
#: An observed course: points over its own peak, when that was, its name, a sentence about it.


def documented_panel(case: Case, lang: str) -> Panel | None:
    """What is documented of a case, alone: for who has not run anything yet. None for nothing."""
    found = _hot_list(case, lang) or _daily_attention(case, lang)
    if found is None:
        return None
    pairs, _, name, more = found
    series = {
        "type": "line", "name": name, "data": pairs, "color": "#000000", "symbol": "circle",
        "symbolSize": 5, "lineStyle": {"width": 1},
    }  # fmt: skip
    caption = more.split(";")[0].split("；")[0].strip()  # what is said of the run goes
    moments = [datetime.fromtimestamp(p[0] / 1000, UTC).replace(tzinfo=None) for p in pairs]
    axis = say("documented_axis", lang)
    return Panel("documented", alone(series, moments, axis, caption, lang), caption)


def _documented(view: View) -> tuple[dict[str, Any] | None, str, datetime | None]:
    """The observed hot list of the case, or its daily attention, over its own peak; and when.

    None and "" for a case that documents neither.
    """
    case, lang = view.case, view.lang
    found = _hot_list(case, lang) or _daily_attention(case, lang)
    if found is None:
        return None, "", None
    pairs, peak, name, more = found
    return {
        "type": "line", "name": name, "data": pairs, "color": "#000000", "symbol": "circle",
        "symbolSize": 5, "lineStyle": {"width": 1},
    }, more, peak  # fmt: skip


def _hot_list(case: Case, lang: str) -> Observed | None:
    """The heat that the platform's list showed; None for a case without such a series."""
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


def _daily_attention(case: Case, lang: str) -> Observed | None:
    """The daily attention of a case, drawn at noon; None without a series of it above zero."""
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
    """Whether there is any outraged talk to divide; without any, shares are not defined."""
    return not np.isnan(outcomes(run)["governance_share"])


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
        "cap_outrage" if angry(run) else "cap_outrage_none", lang,
        peak=found["outrage_peak_core"], time=clock_text(run.clock.time_of(top), lang),
        half=halved, public=float(run.series["outrage_public"].max()),
        burden=found["outrage_burden_core"],
    )  # fmt: skip
    if view.other is not None:
        key = "cap_outrage_vs" if angry(view.other) else "cap_outrage_vs_none"
        there = outcomes(view.other)
        caption += say(
            key, lang, other=view.other_name, peak=there["outrage_peak_core"],
            other_burden=there["outrage_burden_core"],
            verdict=_beside(
                there["outrage_burden_core"], found["outrage_burden_core"], lang
            ),
        )  # fmt: skip
    axis = say("outrage_axis", lang)
    return Panel(
        "outrage", over_time(view, _kinds(view, "outrage"), drawn, axis, caption, None), caption
    )


def _beside(there: float, here: float, lang: str) -> str:
    """How much more or less a burden is than that of the run that is looked at."""
    by = (there - here) / here if here > 0 else 0.0
    if round(abs(by), 2) == 0:
        return say("burden_same", lang)
    return say("burden_more" if by > 0 else "burden_less", lang, by=abs(by))


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
