"""The timeline of a case as text: when, how surely, in which role, what happened.

`backlash case show` prints it. All words of it, in both languages, stand here.
"""

from __future__ import annotations

from typing import Any

from sim.case.case import INSIDE, USES, Case
from sim.clock import EXCHANGES

_SIGN = {"documented_exact": "=", "documented_daypart": "~", "bracketed": "[]", "inferred": "?"}
_WORDS: dict[str, tuple[Any, ...]] = {
    "en": (
        "Delays count from",
        "time",
        "role",
        "what happened",
        "= exact   ~ part of the day   [] bracketed   ? inferred",
        "targets: {} for fitting, {} held out, {} context",
        "times: {name} ({zone}); money: {money}; market: {market}",
        ("not known", "none ({why})"),
        "done by: {who}; {blame:.0%} of the blame stays with the brand",
    ),
    "zh": (
        "延迟自此起算",
        "时间",
        "角色",
        "事件",
        "= 精确   ~ 时段   [] 区间   ? 推断",
        "目标:拟合 {},留出 {},背景 {}",
        "时间:{name}({zone});货币:{money};市场:{market}",
        ("未知", "无({why})"),
        "责任方:{who};{blame:.0%}的责任仍归品牌",
    ),
}
_CULPRITS_ZH = {
    "supplier": "供应商", "agency": "代理公司", "partner": "合作方", "impostor": "冒名者",
}  # fmt: skip
_ROLES_ZH = {"forcing": "驱动", "lever": "举措", "outcome": "结果", "context": "背景"}


def describe_case(case: Case, lang: str = "en") -> str:
    """The timeline as text: title, zone and money, a line for each event, how many targets.

    Events are in the order of time, whatever their order in the file. lang : en or zh.
    """
    words = _WORDS[lang]
    unknown, none = words[7]
    market = none.format(why=case.no_market(lang))
    if case.listed and case.exchange is not None:
        market = EXCHANGES[case.exchange].name(lang)
    lines = [
        case.title(lang),
        case.summary[lang],
        words[6].format(
            name=case.zone_name(lang),
            zone=case.time_zone,
            money=case.currency or unknown,
            market=market,
        ),
        *_done_by(case, lang),
        f"{words[0]}: {case.clock_start} ({case.clock_start_time:%Y-%m-%d %H:%M})",
        "",
        f"{words[1]:<19}{words[2]:<9}{words[3]}",
    ]
    for event in sorted(case.events, key=lambda event: event.time):
        role = _ROLES_ZH[event.role] if lang == "zh" else event.role
        lines.append(
            f"{event.time:%Y-%m-%d %H:%M} {_SIGN[event.certainty]:<2}{role:<9}{event.text[lang]}"
        )
    counts = [sum(target.use == use for target in case.targets) for use in USES]
    return "\n".join([*lines, "", words[4], words[5].format(*counts)])


def _done_by(case: Case, lang: str) -> list[str]:
    """Who did it, where it was somebody outside the brand."""
    if case.culprit == INSIDE:
        return []
    who = _CULPRITS_ZH[case.culprit] if lang == "zh" else case.culprit
    return [str(_WORDS[lang][8]).format(who=who, blame=case.blame)]
