"""The figures of a demo: runs of one case under its responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from experiments.pictures import comparison_plot, plots
from experiments.pictures.dates import day_name
from experiments.pictures.words import say
from experiments.reading import intervals
from experiments.reports.event_marks import marks
from experiments.reports.network_figure import figure_network
from experiments.reports.price_figure import figure_price
from sim.case.case import Case
from sim.metrics import ON_THE_LIST
from sim.record import KINDS, Run
from sim.settings.config import Config

COMPARED = ("outrage_burden_core", "governance_share", "public_reach", "trust_core_d14", "listed_h")


CAPTIONS = {
    "heat": (
        "Simulated heat on the list (over the median peak of the runs) against the observed one (over "
        "its own peak), posts by kind, and hours on the list by day, looked at once an hour: bar and "
        "whiskers simulated, diamonds observed. Heat above 2 is cut off. Bands and whiskers: 5-95 % of "
        "runs; {varied}.",
        "模拟在榜热度（除以各次运行峰值的中位数）与实际热搜（除以自身峰值）、各类人群发帖、"
        "每日在榜时长（逐时查看）："
        "柱与须为模拟，菱形为实际。热度超过2的部分截去。色带与须为运行的5-95 %；{varied}。",
    ),
    "blame_shift": (
        "Share of outraged posts about {about} and about how the company is governed, "
        "running over six hours, centred: a change shows up to three hours before its cause. "
        "A low share is no merit by itself: a company that says nothing gives nothing to discuss. "
        "Bands: 5-95 % of runs; {varied}.",
        "愤怒帖中{about}与治理话题的份额，六小时居中滑动：变化可能早于原因至多三小时。"
        "份额低本身并非优点：公司不表态，治理话题便无从谈起。色带为运行的5-95 %；{varied}。",
    ),
    "people": (
        "Outrage, grudge and trust of the kinds of people; titles are of core fans. Bands: 5-95 % "
        "of runs; {varied}.",
        "各类人群的愤怒、积怨与信任；标题所述为核心粉丝。色带为运行的5-95 %；{varied}。",
    ),
    "price": (
        "Trading hours only. The grey band is what ordinary noise does without any crisis. Where "
        "observed closes leave the band of the runs, the model's own noise is too narrow; nothing "
        "here says what the crisis cost. Band of the runs: 5-95 %; {varied}.",
        "仅交易时段。灰带为无危机时的普通噪声。实际收盘价落在运行区间之外，说明模型自身的噪声过窄；"
        "此图不说明危机造成的损失。运行区间为5-95 %；{varied}。",
    ),
    "responses": (
        "Green: better than what happened; orange: worse; blue: differs, and neither is better. "
        "All of these have a 95 % interval that excludes zero; grey: the interval holds zero, the two "
        "cannot be told apart. Percentages: share of paired worlds in which the response is better "
        "(ties count half); {varied}.",
        "绿：优于实际；橙：更差；蓝：有差异但无优劣之分；以上95 %区间均不含零。灰：区间含零，无法区分。"
        "百分比为配对世界中更好的比例（相同者计半）；{varied}。",
    ),
    "network": (
        "A sample of the people and all opinion leaders of one run, before the case and when fan "
        "outrage peaks. Ringed: core fans. Darker: more expressed outrage; larger: more followers.",
        "一次运行中的部分人群与全部意见领袖，案发前与愤怒峰值时。带圈者为核心粉丝；颜色越深愤怒越强，越大关注者越多。",
    ),
}


#: Captions of what is drawn less of where a case has no observed hot list, or no list at all.
_PLAIN = {
    "heat": (
        "Simulated heat (over the median peak of the runs), posts by kind, and hours on the list by "
        "day. Bands and whiskers: 5-95 % of runs; {varied}.",
        "模拟热度（除以各次运行峰值的中位数）、各类人群发帖、每日在榜时长。色带与须为运行的5-95 %；{varied}。",
    ),
    "no_list": (
        "Simulated heat (over the median peak of the runs) and posts by kind. Bands: 5-95 % of runs; "
        "{varied}. The case has no public list of trending topics, so no hours on one are shown.",
        "模拟热度（除以各次运行峰值的中位数）与各类人群发帖。色带为运行的5-95 %；{varied}。"
        "此案例没有公开的热搜榜，故不显示在榜时长。",
    ),
}


def captions(case: Case, runs: Sequence[Run], lang: str) -> dict[str, str]:
    """What stands under each figure of a case: what varied is what varied in the runs shown.

    Where a case has no hot list, or none was observed, the caption speaks of none.
    """
    found = {name: texts[lang == "zh"] for name, texts in CAPTIONS.items()}
    if not case.hot_list:
        found["heat"] = _PLAIN["no_list"][lang == "zh"]
    elif case.series.get("hotlist") is None:
        found["heat"] = _PLAIN["heat"][lang == "zh"]
    told = say(f"varied_{intervals.varied(runs)}", lang)
    return {
        name: text.replace("{about}", case.about[lang]).replace("{varied}", told)
        for name, text in found.items()
    }


def compared(case: Case) -> tuple[str, ...]:
    """The outcomes in which the responses to a case are compared: without a list, none of it."""
    return tuple(name for name in COMPARED if case.hot_list or name not in ON_THE_LIST)


def figures(config: Config, runs: Mapping[str, Sequence[Run]], lang: str) -> dict[str, Figure]:
    """All figures by name, in the house style; a case without a market has no price.

    runs : by response, as_happened among them; the time series are of that one.
    """
    plots.use_style()
    case = config.case
    happened = runs["as_happened"]
    drawn = {
        "heat": _figure_heat(case, happened, lang),
        "blame_shift": _figure_blame(case, happened, lang),
        "people": _figure_people(case, happened, lang),
        "price": figure_price(case, happened, lang),
        "responses": _figure_responses(case, runs, lang),
        "network": figure_network(config, happened, lang),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _times(run: Run) -> list[Any]:
    """The moments of the steps of a run, in the zone of its case."""
    return [run.clock.time_of(step) for step in range(run.clock.n_steps)]


def _width(run: Run, hours: float) -> int:
    """Hours as steps of a run, one or more."""
    return max(1, round(hours / run.clock.dt_h))


def _figure_heat(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    """Heat over the observed list, posts by kind, hours on the list; without a list, two panels."""
    run, times = runs[0], _times(runs[0])
    panels = 3 if case.hot_list else 2
    figure, axes = plt.subplots(panels, 1, figsize=(9, 9.5 if panels == 3 else 6.6))
    rows = case.observed_hotlist()
    observed = None if rows is None else intervals.observed_heat(rows, case.phases)
    heat = intervals.stack(runs, "heat" if observed is None else "list_heat")
    top = int(np.argmax(np.median(heat, axis=0)))
    if observed is not None:  # compared on the list, on which many runs are at other hours
        listed = heat[heat.max(axis=1) > 0]
        top = int(np.median(listed.argmax(axis=1))) if listed.size else 0
    title = _heat_title(case, times[top] if heat.any() else None, observed, lang)
    plots.heat(axes[0], times, heat, observed, title, lang)
    frame = intervals.frame_of(runs)
    lead = say("title_posts", lang, lead=frame["fan_lead_h"].median())
    plots.posts(axes[1], times, _posts(runs), lead, lang)
    shown = max(_width(run, 24 * 14), top + _width(run, 48))  # the title speaks of the peak
    for ax, labels in ((axes[0], True), (axes[1], False)):
        ax.set_xlim(times[0], times[min(len(times) - 1, shown)])
        plots.mark_events(ax, marks(case), lang, labels)
        plots.days(ax, lang, case.zone_name(lang))
    if case.hot_list:
        _panel_listed(axes[2], case, runs, rows, lang)
    figure.text(0.01, -0.015, say("certain", lang), fontsize=7, color="#555555")
    return figure


def _heat_title(case: Case, top: datetime | None, observed: pd.DataFrame | None, lang: str) -> str:
    """How long after the start heat peaks in the median of the runs, and in what was observed.

    top : None where no run has any heat.
    """
    peak = 0.0 if top is None else case.hours(top)
    if observed is None:
        return say("title_heat_plain", lang, h=peak)
    seen = case.hours(pd.Timestamp(str(observed["heat"].idxmax())).to_pydatetime())
    key = "title_heat_never" if top is None else "title_heat"
    return say(key, lang, h=peak, o=seen, start=say(case.clock_start, lang))


def _posts(runs: Sequence[Run]) -> dict[str, npt.NDArray[np.float64]]:
    """Posts an hour and 1,000 people of each kind, running over three hours: [n_runs, n_steps]."""
    run = runs[0]
    return {
        kind: intervals.smooth(intervals.stack(runs, f"posts_{kind}"), _width(run, 3))
        / run.clock.dt_h
        / run.n_people[kind]
        * 1000
        for kind in KINDS
    }


def _panel_listed(
    ax: Any, case: Case, runs: Sequence[Run], rows: pd.DataFrame | None, lang: str
) -> None:
    """Hours noted on the list on the first five days; the title speaks of the second and third.

    rows : the observed list, None where there is none.
    """
    by_day, noted = {}, intervals.noted_hours(runs)
    for day in range(1, 6):
        values = noted[day]
        by_day[day_name(case.start + pd.Timedelta(days=day - 1), lang)] = {
            "low": values.quantile(0.05),
            "median": values.median(),
            "high": values.quantile(0.95),
        }
    hours = None if rows is None else observed_hours(rows, case, list(by_day), lang)
    medians = [entry["median"] for entry in by_day.values()]
    names = list(by_day)
    about = {"first": names[1], "second": names[2], "a": medians[1], "b": medians[2]}
    key = "title_listed_plain"
    if hours is not None:
        key, about = "title_listed", {**about, "oa": hours.iloc[1], "ob": hours.iloc[2]}
    plots.listed(ax, pd.DataFrame(by_day).T, hours, say(key, lang, **about), lang)


def observed_hours(
    rows: pd.DataFrame, case: Case, days: Sequence[str], lang: str = "en"
) -> pd.Series:
    """Hours of each day in which a crisis hashtag was seen on the general list.

    rows : the observed list; days : as `day_name` has them, which index the result.
    """
    general = rows[
        (rows["board"] == intervals.GENERAL_BOARD)
        & (rows["phase"].isin(case.phases) | (not case.phases))
    ]
    hours = general["time_hkt"].dt.floor("h").drop_duplicates()
    counts = hours.map(lambda moment: day_name(moment, lang)).value_counts()
    return pd.Series([float(counts.get(day, 0)) for day in days], index=list(days))


def _figure_blame(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    """What outraged talk is about, from the first day to the sixth."""
    figure, ax = plt.subplots(figsize=(9, 3.8))
    frame, times = intervals.frame_of(runs), _times(runs[0])
    share = intervals.governance_share(runs, _width(runs[0], 6))
    title = say(
        "title_blame",
        lang,
        a=frame["governance_share_day_1"].median(),
        b=frame["governance_share_day_3"].median(),
        about=case.about[lang],
    )
    plots.blame(ax, times, share, title, lang, case.about[lang])
    ax.set_xlim(times[_width(runs[0], 24)], times[min(len(times) - 1, _width(runs[0], 24 * 6))])
    plots.mark_events(ax, marks(case), lang)
    plots.days(ax, lang, case.zone_name(lang))
    return figure


def _figure_people(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    """Outrage, grudge and trust of the kinds of people over time."""
    figure, axes = plt.subplots(3, 1, figsize=(9, 9.4), sharex=True)
    times = _times(runs[0])
    states = {
        name: {kind: intervals.stack(runs, f"{name}_{kind}") for kind in KINDS}
        for name in ("outrage", "grudge", "trust")
    }
    core = {name: values["core"] for name, values in states.items()}
    week = min(len(times) - 1, runs[0].clock.burn_in_steps + _width(runs[0], 24 * 7))
    titles = _people_titles(core, week, lang)
    axes[0].set_xlim(times[0], times[-1])
    for ax, (name, values) in zip(axes, states.items(), strict=True):
        plots.by_kind(ax, times, values, name, titles[name], lang)
        ax.set_xlim(times[0], times[-1])
        plots.mark_events(ax, marks(case), lang, labels=ax is axes[0])
    plots.days(axes[-1], lang, case.zone_name(lang))
    return figure


def _people_titles(
    core: Mapping[str, npt.NDArray[np.float64]], week: int, lang: str
) -> dict[str, str]:
    """What became of core fans; week : the step seven days after the start.

    Ratios are taken in every run, then their median: as the table of outcomes has them.
    """
    outrage, grudge, trust = core["outrage"], core["grudge"], core["trust"]
    peak, most = (np.maximum(values.max(axis=1), 1e-9) for values in (outrage, grudge))
    left = float(np.median(grudge[:, -1] / most))
    return {
        "outrage": say(
            "title_outrage",
            lang,
            a=float(np.median(outrage[:, week] / peak)),
            b=float(np.median(outrage[:, week:].max(axis=1) / peak)),
        ),
        "grudge": say("title_grudge" if left < 0.9 else "title_grudge_stays", lang, a=left),
        "trust": say("title_trust", lang, a=float(np.median(trust[:, -1] / trust[:, 0]))),
    }


def _figure_responses(case: Case, runs: Mapping[str, Sequence[Run]], lang: str) -> Figure:
    """Every response against what happened, a panel an outcome, in pairs of the same seed."""
    names = compared(case)
    frame = intervals.frame_of([run for group in runs.values() for run in group])
    table = intervals.contrasts(frame, names, "as_happened")
    figure, axes = plt.subplots(1, len(names), figsize=(13, 3.9), sharey=True)
    comparison_plot.compared(list(axes), table, lang)
    for ax in axes[1:]:
        ax.tick_params(left=False)
    comparison_plot.headed(figure, table, say("as_happened", lang), int(table["n"].min()), lang)
    return figure
