"""Run -> outcomes: what responses are judged by, as plain numbers with units.

NaN means "did not happen" for times, and "not defined" for ratios of nothing. Hours count from the
case's clock start (the screenshot) unless the name says otherwise. Shares over people are weighted
to the real shares of the kinds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim import zones
from sim.case.case import MONEY
from sim.playbook import DELIVERY, SPOKEN, kind_told
from sim.record import KINDS, MONEY_SERIES, Run

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """One number that a run is judged by."""

    name: str
    unit: str
    better: str  #: lower, higher or none
    en: str
    zh: str


_DAYS = (1, 2, 3, 4, 5)
OUTCOMES: tuple[Outcome, ...] = (
    Outcome("outrage_peak_core", "share", "lower", "peak outrage of core fans", "核心粉丝愤怒峰值"),
    Outcome(
        "outrage_burden_core",
        "days per core fan",  # time integral of the mean, from day 1 on (pictures.words.BURDEN)
        "lower",
        "outrage burden of core fans",
        "核心粉丝愤怒负担",
    ),
    Outcome("time_to_half_h", "h", "lower", "peak to half of core outrage", "愤怒减半用时"),
    Outcome("public_reach", "share", "lower", "people who became aware", "知晓人群比例"),
    Outcome("listed_h", "h", "lower", "hours on the trending list", "热搜在榜时长"),
    *(
        Outcome(f"listed_h_day_{d}", "h", "none", f"hours on the list, day {d}", f"第{d}天在榜时长")
        for d in _DAYS
    ),
    *(
        Outcome(
            f"reads_day_{d}",
            "views/person",
            "none",
            f"trending-list views, day {d}",
            f"第{d}天热搜阅读",
        )
        for d in _DAYS
    ),
    Outcome(
        "first_listed_h",
        "h after clock start",
        "none",
        "first hashtag on the list",
        "首个话题上榜时间",
    ),
    Outcome(
        "first_listed_after_apology_h",
        "h after the apology",
        "none",
        "first entry from the apology on",
        "致歉起首次上榜",
    ),
    Outcome(  # no direction: who says nothing gives nothing to talk about
        "governance_share",
        "share",
        "none",
        "governance share of outraged talk",
        "治理话题占愤怒讨论的份额",
    ),
    *(
        Outcome(
            f"governance_share_day_{d}",
            "share",
            "none",
            f"governance share of talk, day {d}",
            f"第{d}天治理话题份额",
        )
        for d in (1, 2, 3)
    ),
    Outcome(
        "negative_share_30h",
        "share",
        "none",
        "outraged share of posts, first 30 h",
        "前30小时负面帖子份额",
    ),
    *(
        Outcome(
            f"trust_{kind}_d{d}",
            "share of initial",
            "higher",
            f"trust of {en}, day {d}",
            f"第{d}天{zh}信任",
        )
        for kind, en, zh in (
            ("core", "core fans", "核心粉丝"),
            ("customer", "customers", "普通用户"),
        )
        for d in (7, 14)
    ),
    Outcome("declared", "share", "lower", "declared a boycott", "宣布抵制比例"),
    Outcome(
        "declared_core", "share", "lower", "core fans who declared a boycott", "核心粉丝宣布抵制"
    ),
    Outcome("unfollowed", "share", "lower", "unfollowed the brand", "取消关注比例"),
    Outcome("unfollowed_core", "share", "lower", "core fans who unfollowed", "核心粉丝取消关注"),
    Outcome("sold", "share", "lower", "sold a device", "出售设备比例"),
    Outcome(
        "visits_lost", "days/customer", "lower", "visits skipped by customers", "用户少到店天数"
    ),
    Outcome("exited", "share", "lower", "left the brand", "实际流失比例"),
    Outcome("exited_core", "share", "lower", "core fans who left", "核心粉丝流失"),
    Outcome("realised_over_declared", "ratio", "none", "left over declared", "流失与宣布之比"),
    *(
        Outcome(
            f"car_0_{d}",
            "log return",
            "higher",
            f"cumulative return to trading day {d}",
            f"至第{d}个交易日累计收益",
        )
        for d in (1, 3, 10)
    ),
    *(
        Outcome(
            f"car_noise_0_{d}",
            "log return",
            "none",
            f"noise band of the return to day {d}, +-",
            f"第{d}日收益噪声带",
        )
        for d in (1, 3, 10)
    ),
    Outcome("cash_hkd", "HKD", "lower", "cash spent", "现金支出"),
    Outcome("legal_hkd", "HKD", "lower", "expected legal cost", "预期法律成本"),
    Outcome("morale", "share", "higher", "staff morale", "员工士气"),
    Outcome(
        "n_partner_exits", "leaders", "lower", "partner opinion leaders who left", "退出的合作KOL数"
    ),
    Outcome(
        "fan_peak_h", "h after clock start", "none", "daily peak of core fans' talk", "粉丝讨论峰值"
    ),
    Outcome(
        "public_peak_h", "h after clock start", "none", "daily peak of public talk", "公众讨论峰值"
    ),
    Outcome(
        "fan_lead_h", "h", "none", "lead of the fan peak over the public peak", "粉丝峰值领先时间"
    ),
    Outcome(
        "fan_peak_3h_h",
        "h after clock start",
        "none",
        "busiest 3 h of core fans' talk",
        "粉丝讨论最密集的3小时",
    ),
    Outcome(
        "public_peak_3h_h",
        "h after clock start",
        "none",
        "busiest 3 h of public talk",
        "公众讨论最密集的3小时",
    ),
    Outcome("fan_lead_3h_h", "h", "none", "lead between these two", "两者之间的领先时间"),
    Outcome("detection_h", "h after clock start", "none", "the PR team notices", "公关察觉时间"),
    Outcome("first_response_h", "h after clock start", "none", "first response", "首次回应时间"),
    Outcome(
        "peak_heat_apology", "heat", "none", "peak heat, apology to penalty", "致歉阶段热度峰值"
    ),
    Outcome(
        "peak_heat_penalty", "heat", "none", "peak heat, penalty to explanation", "处罚阶段热度峰值"
    ),
    Outcome(
        "peak_heat_explanation",
        "heat",
        "none",
        "peak heat after the explanation",
        "说明阶段热度峰值",
    ),
    Outcome(
        "second_wave",
        "ratio",
        "lower",
        "peak heat after day 9 over the peak before",
        "第二波与首波之比",
    ),
)
#: What is read off the public list of trending topics: not defined in a case without one.
ON_THE_LIST = tuple(
    outcome.name
    for outcome in OUTCOMES
    if outcome.name.startswith(("listed_h", "first_listed", "reads_"))
)
BY_NAME: Mapping[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}

_F = npt.NDArray[np.float64]


def not_known(case: Mapping[str, Any]) -> frozenset[str]:
    """Outcomes that no run of a case can have: no market, other money, no list of trending topics.

    case : of what was asked (`Run.asked["case"]`), or `Case.simulated()`.
    """
    names: set[str] = set()
    if not case["market"].get("listed", True):
        names |= {name for name in BY_NAME if name.startswith("car_")}
    if case.get("currency", MONEY) != MONEY:
        names |= set(MONEY_SERIES)
    if not case.get("hot_list", True):
        names |= set(ON_THE_LIST)
    return frozenset(names)


def outcomes(run: Run) -> dict[str, float]:
    """All outcomes of a run, in the order of OUTCOMES."""
    if not isinstance(run, Run):
        raise TypeError(
            f"outcomes are those of a Run, not of a {type(run).__name__}\n"
            "  allowed: what sim.simulate(config) returns, or sim.finish(model)\n"
            "  try:     sim.outcomes(sim.finish(model)) after model.run_model()"
        )
    clock = run.clock
    b, per_day = clock.burn_in_steps, round(24 / clock.dt_h)
    s: dict[str, _F] = {name: values.astype(np.float64) for name, values in run.series.items()}
    zero = clock.step_of(datetime.fromisoformat(str(run.asked["case"]["clock_start"])))
    steps = {entry.who: entry.step for entry in reversed(run.log) if entry.kind == "action"}

    def hours(step: float | None) -> float:
        return float("nan") if step is None else (step - zero) * clock.dt_h

    def day(d: int) -> slice:
        return slice(b + (d - 1) * per_day, b + d * per_day)

    anger = s["outrage_core"][b:]
    peak = int(np.argmax(anger))
    below = np.flatnonzero(anger[peak:] < 0.5 * anger[peak])
    listed = s["n_listed"] > 0
    entries = [entry.step for entry in run.log if entry.kind == "list_entry"]
    first = min(entries) if entries else None
    apology = steps.get("apology")
    since = [step - apology for step in entries if step >= apology] if apology is not None else []
    deal, governance, neutral = (s[f"posts_{kind}"] for kind in ("deal", "governance", "neutral"))
    early = slice(zero, zero + int(30 / clock.dt_h))
    fans, others = s["posts_core"], s["posts_public"] + s["posts_customer"]
    fan, public = _busiest(fans, per_day, 0), _busiest(others, per_day, 0)
    three_h = round(3 / clock.dt_h)
    fan_3h, public_3h = _busiest(fans, three_h, b), _busiest(others, three_h, b)
    own = run.asked["response"].get("acts", {})
    answers = (*SPOKEN, DELIVERY)
    done = [entry for entry in run.log if entry.kind == "action"]
    acts = [entry.step for entry in done if kind_told(entry.who, own) in answers]
    spotted = [entry.step for entry in run.log if entry.kind == "detection"]
    end = {name: values[-1] for name, values in s.items()}

    def over_people(name: str) -> float:
        return float(sum(run.weights[kind] * end.get(f"{name}_{kind}", 0.0) for kind in KINDS))

    result = {
        "outrage_peak_core": float(anger[peak]),
        "outrage_burden_core": float(anger.sum() * clock.dt_h / 24),
        "time_to_half_h": float(below[0] * clock.dt_h) if below.size else float("nan"),
        "public_reach": over_people("aware"),
        "listed_h": float(listed[b:].sum() * clock.dt_h),
        "first_listed_h": hours(first),
        "first_listed_after_apology_h": min(since) * clock.dt_h if since else float("nan"),
        "governance_share": _ratio(governance[b:].sum(), (deal + governance)[b:].sum()),
        "negative_share_30h": _ratio(
            (deal + governance)[early].sum(), (deal + governance + neutral)[early].sum()
        ),
        "declared": over_people("declared"),
        "declared_core": float(end["declared_core"]),
        "unfollowed": over_people("unfollowed"),
        "unfollowed_core": float(end["unfollowed_core"]),
        "sold": over_people("sold"),
        "visits_lost": float((1 - s["visits_customer"][b:]).sum() * clock.dt_h / 24),
        "exited": over_people("exited"),
        "exited_core": float(end["exited_core"]),
        "realised_over_declared": _ratio(over_people("exited"), over_people("declared")),
        "cash_hkd": float(end["cash_hkd"]),
        "legal_hkd": float(end["legal_hkd"]),
        "morale": float(end["morale"]),
        "n_partner_exits": float(sum(entry.kind == "kol_exit" for entry in run.log)),
        "fan_peak_h": hours(fan),
        "public_peak_h": hours(public),
        "fan_lead_h": hours(public) - hours(fan),
        "fan_peak_3h_h": hours(fan_3h),
        "public_peak_3h_h": hours(public_3h),
        "fan_lead_3h_h": hours(public_3h) - hours(fan_3h),
        "detection_h": hours(min(spotted) if spotted else None),
        "first_response_h": hours(min(acts) if acts else None),
        "second_wave": _second_wave(s["heat"], b, per_day),
    }
    for d in _DAYS:
        inside = d <= clock.horizon_d
        result[f"listed_h_day_{d}"] = float(listed[day(d)].sum() * clock.dt_h) if inside else np.nan
        result[f"reads_day_{d}"] = float(s["reads"][day(d)].sum()) if inside else np.nan
    for d in (1, 2, 3):
        result[f"governance_share_day_{d}"] = _ratio(
            governance[day(d)].sum(), (deal + governance)[day(d)].sum()
        )
    for kind in ("core", "customer"):
        for d in (7, 14):
            at = b + d * per_day - 1
            result[f"trust_{kind}_d{d}"] = (
                float(s[f"trust_{kind}"][at] / run.trust_start[kind])
                if d <= clock.horizon_d
                else np.nan
            )
    result.update(_returns(run, s, zero))
    result.update(_phase_peaks(s["list_heat"], steps, per_day))
    for name in not_known(run.asked["case"]):
        result[name] = np.nan
    return {outcome.name: float(result[outcome.name]) for outcome in OUTCOMES}


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _busiest(posts: _F, width: int, first: int) -> int | None:
    """Middle of the window of `width` steps, from step `first` on, in which most was posted.

    A window of 24 h cancels the circadian cycle, one of 3 h follows it: the busiest 3 h of fans
    may be the evening of the leak or that of the day after, depending on the seed.
    """
    if posts[first:].sum() == 0:
        return None
    sums = np.convolve(posts[first:], np.ones(width), mode="valid")
    return first + int(np.argmax(sums)) + width // 2


def _second_wave(heat: _F, b: int, per_day: int) -> float:
    before, after = heat[b : b + 9 * per_day], heat[b + 9 * per_day :]
    return _ratio(after.max(), before.max()) if after.size else float("nan")


def _returns(run: Run, s: Mapping[str, _F], zero: int) -> dict[str, float]:
    """Log returns from the close before the clock start's day to closes 1, 3, 10 sessions later.

    Not defined without a market, and where the horizon ends earlier: 10 sessions take 15 days from
    a Monday. The noise band is 1.96 daily sd times the root of the number of daily returns, d + 1.
    """
    clock = run.clock
    closes: dict[date, float] = {}
    for step in np.flatnonzero(s["in_session"] > 0):
        closes[clock.trading_day(int(step))] = float(s["price_hkd"][step])
    event = clock.trading_day(zero)
    days = sorted(day for day in closes if day >= event)
    before = [day for day in closes if day < event]
    base = (
        closes[max(before)]
        if before
        else float(run.asked["case"]["market"]["previous_close_hkd"] or np.nan)
    )
    volatility = float(run.asked["parameters"]["daily_volatility"])
    result = {}
    for d in (1, 3, 10):
        known = len(days) > d
        result[f"car_0_{d}"] = float(np.log(closes[days[d]] / base)) if known else float("nan")
        result[f"car_noise_0_{d}"] = 1.96 * volatility * (d + 1) ** 0.5 if known else float("nan")
    return result


def _phase_peaks(heat: _F, steps: Mapping[str, int], per_day: int) -> dict[str, float]:
    """Peak heat on the list from each act until the next, at most 24 h later."""
    order = ("apology", "penalty", "explanation")
    result = {}
    for name in order:
        if name not in steps:
            result[f"peak_heat_{name}"] = float("nan")
            continue
        later = [steps[other] for other in order if other in steps and steps[other] > steps[name]]
        end = min([*later, steps[name] + per_day])
        result[f"peak_heat_{name}"] = float(heat[steps[name] : end].max())
    return result


def hours_of(run: Run) -> _F:
    """Hours of every step from the case's clock start, float64[n_steps]."""
    zero = datetime.fromisoformat(str(run.asked["case"]["clock_start"]))
    lead = zones.span(zero, run.clock.time_of(0), run.clock.time_zone) / timedelta(hours=1)
    hours: _F = np.asarray(lead + run.clock.dt_h * np.arange(run.clock.n_steps), np.float64)
    return hours


def frame_of(runs: Sequence[Run]) -> pd.DataFrame:
    """Outcomes, one row a run, with its seed and response."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "run": run.name,
                "seed": run.seed,
                "response": run.asked["response"]["name"],
                **outcomes(run),
            }
            for run in runs
        ]
    )
