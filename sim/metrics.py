"""Run -> outcomes: what responses are judged by, as plain numbers with units.

`OUTCOMES` declares each of them once, with unit, words and which way is better; `outcomes` computes
them, group by group. Nothing but a Run goes in, so a new outcome can be computed of runs that were
stored before it was thought of (`sim.store`).

NaN means "did not happen" for times, and "not defined" for ratios of nothing. Hours count from the
case's clock start (the screenshot) unless the name says otherwise. Shares over people are weighted
to the real shares of the kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.case.case import MONEY
from sim.course import Course, busiest, course_of, notes, ratio, returns_to
from sim.playbook.kinds import SPOKEN
from sim.playbook.names import DELIVERY, kind_told
from sim.record import MONEY_SERIES, Run

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Outcome:
    """One number that a run is judged by: nobody prefers `none`, which describes a run."""

    name: str  #: of the column, and of its key in JSON
    unit: str  #: in words, such as h after clock start
    better: str  #: lower, higher or none
    en: str  #: what tables and figures call it
    zh: str


_DAYS = (1, 2, 3, 4, 5)  #: of which hours and views of the list are told
_SESSIONS = (1, 3, 10)  #: trading days after the clock start to which returns are cumulated
#: In the order of tables and of JSON. To add one: docs/recipes.md.
OUTCOMES: tuple[Outcome, ...] = (
    Outcome("outrage_peak_core", "share", "lower", "peak outrage of core fans", "核心粉丝愤怒峰值"),
    # time integral of the mean, from day 1 on (pictures.words.BURDEN)
    Outcome("outrage_burden_core", "days per core fan", "lower", "outrage burden of core fans",
            "核心粉丝愤怒负担"),
    Outcome("time_to_half_h", "h", "lower", "peak to half of core outrage", "愤怒减半用时"),
    Outcome("public_reach", "share", "lower", "people who became aware", "知晓人群比例"),
    Outcome("listed_h", "h", "lower", "hours on the trending list", "热搜在榜时长"),
    *(Outcome(f"listed_h_day_{d}", "h", "none", f"hours on the list, day {d}", f"第{d}天在榜时长")
      for d in _DAYS),
    *(Outcome(f"reads_day_{d}", "views/person", "none", f"trending-list views, day {d}",
              f"第{d}天热搜阅读")
      for d in _DAYS),
    Outcome("first_listed_h", "h after clock start", "none", "first hashtag on the list",
            "首个话题上榜时间"),
    Outcome("first_listed_after_apology_h", "h after the apology", "none",
            "first entry from the apology on", "致歉起首次上榜"),
    # no direction: who says nothing gives nothing to talk about
    Outcome("governance_share", "share", "none", "governance share of outraged talk",
            "治理话题占愤怒讨论的份额"),
    *(Outcome(f"governance_share_day_{d}", "share", "none", f"governance share of talk, day {d}",
              f"第{d}天治理话题份额")
      for d in (1, 2, 3)),
    Outcome("negative_share_30h", "share", "none", "outraged share of posts, first 30 h",
            "前30小时负面帖子份额"),
    *(Outcome(f"trust_{kind}_d{d}", "share of initial", "higher", f"trust of {en}, day {d}",
              f"第{d}天{zh}信任")
      for kind, en, zh in (("core", "core fans", "核心粉丝"), ("customer", "customers", "普通用户"))
      for d in (7, 14)),
    Outcome("declared", "share", "lower", "declared a boycott", "宣布抵制比例"),
    Outcome("declared_core", "share", "lower", "core fans who declared a boycott",
            "核心粉丝宣布抵制"),
    Outcome("unfollowed", "share", "lower", "unfollowed the brand", "取消关注比例"),
    Outcome("unfollowed_core", "share", "lower", "core fans who unfollowed", "核心粉丝取消关注"),
    Outcome("sold", "share", "lower", "sold a device", "出售设备比例"),
    Outcome("visits_lost", "days/customer", "lower", "visits skipped by customers",
            "用户少到店天数"),
    Outcome("exited", "share", "lower", "left the brand", "实际流失比例"),
    Outcome("exited_core", "share", "lower", "core fans who left", "核心粉丝流失"),
    Outcome("realised_over_declared", "ratio", "none", "left over declared", "流失与宣布之比"),
    *(Outcome(f"car_0_{d}", "log return", "higher", f"cumulative return to trading day {d}",
              f"至第{d}个交易日累计收益")
      for d in _SESSIONS),
    *(Outcome(f"car_noise_0_{d}", "log return", "none",
              f"noise band of the return to day {d}, +-", f"第{d}日收益噪声带")
      for d in _SESSIONS),
    Outcome("cash_hkd", "HKD", "lower", "cash spent", "现金支出"),
    Outcome("legal_hkd", "HKD", "lower", "expected legal cost", "预期法律成本"),
    Outcome("morale", "share", "higher", "staff morale", "员工士气"),
    Outcome("n_partner_exits", "leaders", "lower", "partner opinion leaders who left",
            "退出的合作KOL数"),
    Outcome("fan_peak_h", "h after clock start", "none", "daily peak of core fans' talk",
            "粉丝讨论峰值"),
    Outcome("public_peak_h", "h after clock start", "none", "daily peak of public talk",
            "公众讨论峰值"),
    Outcome("fan_lead_h", "h", "none", "lead of the fan peak over the public peak",
            "粉丝峰值领先时间"),
    Outcome("fan_peak_3h_h", "h after clock start", "none", "busiest 3 h of core fans' talk",
            "粉丝讨论最密集的3小时"),
    Outcome("public_peak_3h_h", "h after clock start", "none", "busiest 3 h of public talk",
            "公众讨论最密集的3小时"),
    Outcome("fan_lead_3h_h", "h", "none", "lead between these two", "两者之间的领先时间"),
    Outcome("detection_h", "h after clock start", "none", "the PR team notices", "公关察觉时间"),
    Outcome("first_response_h", "h after clock start", "none", "first response", "首次回应时间"),
    Outcome("peak_heat_apology", "heat", "none", "peak heat, apology to penalty",
            "致歉阶段热度峰值"),
    Outcome("peak_heat_penalty", "heat", "none", "peak heat, penalty to explanation",
            "处罚阶段热度峰值"),
    Outcome("peak_heat_explanation", "heat", "none", "peak heat after the explanation",
            "说明阶段热度峰值"),
    Outcome("second_wave", "ratio", "lower", "peak heat after day 9 over the peak before",
            "第二波与首波之比"),
)  # fmt: skip
#: What is read off the public list of trending topics: not defined in a case without one.
ON_THE_LIST = tuple(
    item.name for item in OUTCOMES if item.name.startswith(("listed_h", "first_listed", "reads_"))
)
BY_NAME: Mapping[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}


def not_known(case: Mapping[str, Any]) -> frozenset[str]:
    """Outcomes that no run of a case can have: no market, other money, no list of trending topics.

    case : of what was asked (`Run.asked["case"]`), or `Case.simulated()`; what an old record does
    not say is as the first cases had it: listed, in HKD, with a list.
    """
    listed = case["market"].get("listed", True)
    names = set() if listed else {name for name in BY_NAME if name.startswith("car_")}
    if case.get("currency", MONEY) != MONEY:
        names |= set(MONEY_SERIES)
    if not case.get("hot_list", True):
        names |= set(ON_THE_LIST)
    return frozenset(names)


def outcomes(run: Run) -> dict[str, float]:
    """All outcomes of a run, in the order of OUTCOMES; NaN where one is not defined.

    Raises TypeError for what is no Run, such as a model that has not been finished.

    >>> import sim
    >>> run = sim.simulate(sim.compose(["response=none", "population=classroom"]))
    >>> found = sim.outcomes(run)
    >>> list(found)[:2], found["outrage_burden_core"] > 0
    (['outrage_peak_core', 'outrage_burden_core'], True)
    """
    if not isinstance(run, Run):
        raise TypeError(
            f"outcomes are those of a Run, not of a {type(run).__name__}\n"
            "  allowed: what sim.simulate(config) returns, or sim.finish(model)\n"
            "  try:     sim.outcomes(sim.finish(model)) after model.run_model()"
        )
    course = course_of(run)
    result = {
        **_outrage(course),
        **_list(course),
        **_talk(course),
        **_leaving(course),
        **_trust(course),
        **_peaks_of_talk(course),
        **_brand(course),
        **_returns(course),
        **_heat(course),
    }
    for name in not_known(run.asked["case"]):
        result[name] = np.nan
    return {outcome.name: float(result[outcome.name]) for outcome in OUTCOMES}


def _outrage(course: Course) -> dict[str, float]:
    """How angry core fans became, for how long, and how many people heard of it.

    Half of the peak is NaN for outrage that is still above it when the run ends.
    """
    s, dt_h = course.series, course.run.clock.dt_h
    anger = s["outrage_core"][course.first :]
    peak = int(np.argmax(anger))
    below = np.flatnonzero(anger[peak:] < 0.5 * anger[peak])
    return {
        "outrage_peak_core": float(anger[peak]),
        "outrage_burden_core": float(anger.sum() * dt_h / 24),
        "time_to_half_h": float(below[0] * dt_h) if below.size else float("nan"),
        "public_reach": course.over_people("aware"),
    }


def _list(course: Course) -> dict[str, float]:
    """Hours and views on the list of trending topics, and when a hashtag first came on it.

    Days that a shorter case does not have are NaN and not 0: nothing is known of them.
    """
    clock, reads = course.run.clock, course.series["reads"]
    listed = course.series["n_listed"] > 0
    entries = course.happened("list_entry")
    apology = course.acts.get("apology")
    since = [step - apology for step in entries if step >= apology] if apology is not None else []
    result = {
        "listed_h": float(listed[course.first :].sum() * clock.dt_h),
        "first_listed_h": course.hours(min(entries) if entries else None),
        "first_listed_after_apology_h": min(since) * clock.dt_h if since else float("nan"),
    }
    for d in _DAYS:
        inside, day = d <= clock.horizon_d, course.day(d)
        result[f"listed_h_day_{d}"] = float(listed[day].sum() * clock.dt_h) if inside else np.nan
        result[f"reads_day_{d}"] = float(reads[day].sum()) if inside else np.nan
    return result


def _talk(course: Course) -> dict[str, float]:
    """What people talked about: shares of posts, NaN where nobody posted.

    Of outraged posts, those about how the company is led (governance) and not about the deal; of
    all posts in the first 30 h, the outraged ones.
    """
    s = course.series
    deal, governance, neutral = (s[f"posts_{kind}"] for kind in ("deal", "governance", "neutral"))
    outraged = deal + governance
    crisis = slice(course.first, None)
    early = slice(course.zero, course.zero + int(30 / course.run.clock.dt_h))
    result = {
        "governance_share": ratio(governance[crisis].sum(), outraged[crisis].sum()),
        "negative_share_30h": ratio(outraged[early].sum(), (outraged + neutral)[early].sum()),
    }
    for d in (1, 2, 3):
        day = course.day(d)
        result[f"governance_share_day_{d}"] = ratio(governance[day].sum(), outraged[day].sum())
    return result


def _leaving(course: Course) -> dict[str, float]:
    """Who has turned away from the brand by the end, in words and in deeds.

    Deeds fall short of words: `realised_over_declared` is how far, NaN if nobody declared anything.
    """
    end = {name: float(values[-1]) for name, values in course.series.items()}
    declared, exited = course.over_people("declared"), course.over_people("exited")
    visits = course.series["visits_customer"][course.first :]
    return {
        "declared": declared,
        "declared_core": end["declared_core"],
        "unfollowed": course.over_people("unfollowed"),
        "unfollowed_core": end["unfollowed_core"],
        "sold": course.over_people("sold"),
        "visits_lost": float((1 - visits).sum() * course.run.clock.dt_h / 24),
        "exited": exited,
        "exited_core": end["exited_core"],
        "realised_over_declared": ratio(exited, declared),
    }


def _trust(course: Course) -> dict[str, float]:
    """Trust at the end of a day, as a share of that at the start; NaN after the horizon."""
    result = {}
    for kind in ("core", "customer"):
        trust, start = course.series[f"trust_{kind}"], course.run.trust_start[kind]
        for d in (7, 14):
            inside, last = d <= course.run.clock.horizon_d, course.day(d).stop - 1
            result[f"trust_{kind}_d{d}"] = float(trust[last] / start) if inside else np.nan
    return result


def _peaks_of_talk(course: Course) -> dict[str, float]:
    """When fans and the public talked most, and how far fans were ahead.

    Twice: over a day and over 3 hours (see `busiest`). The public is whoever is no core fan,
    customers among them. NaN where nobody posted.
    """
    s, hours = course.series, course.hours
    fans, others = s["posts_core"], s["posts_public"] + s["posts_customer"]
    fan, public = busiest(fans, course.per_day, 0), busiest(others, course.per_day, 0)
    three_h = round(3 / course.run.clock.dt_h)
    fan_3h = busiest(fans, three_h, course.first)
    public_3h = busiest(others, three_h, course.first)
    return {
        "fan_peak_h": hours(fan),
        "public_peak_h": hours(public),
        "fan_lead_h": hours(public) - hours(fan),
        "fan_peak_3h_h": hours(fan_3h),
        "public_peak_3h_h": hours(public_3h),
        "fan_lead_3h_h": hours(public_3h) - hours(fan_3h),
    }


def _brand(course: Course) -> dict[str, float]:
    """What the crisis cost the brand by the end, and when it noticed and first answered.

    An answer is an act that people are told of, or the delivery of a reform; a buyback is none.
    """
    end = {name: float(values[-1]) for name, values in course.series.items()}
    own = course.run.asked["response"].get("acts", {})
    answers = (*SPOKEN, DELIVERY)
    done = [entry for entry in course.run.log if entry.kind == "action"]
    said = [entry.step for entry in done if kind_told(entry.who, own) in answers]
    spotted = course.happened("detection")
    return {
        "cash_hkd": end["cash_hkd"],
        "legal_hkd": end["legal_hkd"],
        "morale": end["morale"],
        "n_partner_exits": float(len(course.happened("kol_exit"))),
        "detection_h": course.hours(min(spotted) if spotted else None),
        "first_response_h": course.hours(min(said) if said else None),
    }


def _returns(course: Course) -> dict[str, float]:
    """Cumulated log returns, and the band in which noise alone would have left them.

    The noise band is 1.96 daily sd times the root of the number of daily returns, d + 1.
    """
    volatility = float(course.run.asked["parameters"]["daily_volatility"])
    known = returns_to(course, _SESSIONS)
    result = {f"car_0_{d}": known.get(d, float("nan")) for d in _SESSIONS}
    for d in _SESSIONS:
        band = 1.96 * volatility * (d + 1) ** 0.5
        result[f"car_noise_0_{d}"] = band if d in known else float("nan")
    return result


def _heat(course: Course) -> dict[str, float]:
    """Peak heat of a hashtag from each act until the next, at most 24 h later; a second wave.

    As an observer of the list sees them, who looks once an hour (log entries `listed`); 0 where
    nothing was seen.
    A second wave is the peak after day 9 over the peak before; NaN in a run that ends earlier, or
    that was not on the list before.
    """
    listed, acts = course.series["list_heat"], course.acts
    tenth = course.day(10).start
    before, after = listed[course.first : tenth], listed[tenth:]
    wave = ratio(after.max(), before.max()) if after.size else float("nan")
    result = {"second_wave": wave}
    order = ("apology", "penalty", "explanation")
    for name in order:
        if name not in acts:
            result[f"peak_heat_{name}"] = float("nan")
            continue
        later = [acts[other] for other in order if other in acts and acts[other] > acts[name]]
        end = min([*later, acts[name] + course.per_day])
        seen = (entry for entry in notes(course.run) if acts[name] <= entry.step < end)
        result[f"peak_heat_{name}"] = max((entry.value for entry in seen), default=0.0)
    return result
