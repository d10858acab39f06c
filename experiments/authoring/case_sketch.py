"""What a case file is written from: a case in few words, and what its brand may have done.

A sketch holds what a form of a dozen questions can ask. All else of a case file is left at a
comment in the template, to be filled in by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sim import zones
from sim.case.case import MONEY
from sim.clock import EXCHANGES
from sim.playbook.act import Level, Speaker
from sim.playbook.kinds import KINDS

Texts = Mapping[str, str]  #: en, zh


#: answer -> what the case file calls it
CERTAINTIES = {"exact": "documented_exact", "daypart": "documented_daypart", "guess": "inferred"}


#: answer -> severity, 0 to 1
SEVERITIES = {"reprimand": 0.2, "bonus": 0.5, "demotion": 0.75, "dismissal": 1.0}


LEVELS: Mapping[str, str] = {  #: code -> Chinese
    Level.junior.value: "基层员工",
    Level.manager.value: "经理",
    Level.vice_president.value: "副总裁",
    Level.chief_executive.value: "首席执行官",
}


#: code -> Chinese
VOICES: Mapping[str, str] = {
    Speaker.staff.value: "员工",
    Speaker.pr_head.value: "公关负责人",
    Speaker.company.value: "公司",
    Speaker.founder.value: "创始人",
}


#: key of SEVERITIES -> Chinese
HOW_HARD: Mapping[str, str] = {
    "reprimand": "批评",
    "bonus": "扣奖金",
    "demotion": "降职",
    "dismissal": "辞退",
}


#: What the brand may have done, in both languages.
ACTS: Mapping[str, Texts] = {
    kind: dict(zip(("en", "zh"), KINDS[kind].TOLD, strict=True))
    for kind in ("apology", "termination", "penalty", "explanation")
}


@dataclass(frozen=True)
class Act:
    """One thing that the brand did, and when, in the zone of the case.

    Which of its fields mean anything depends on its kind; the others stay as they are.
    """

    time: datetime  #: in the zone of the case
    certainty: str  #: a value of CERTAINTIES
    source: str  #: where one can read it
    speaker: str = "company"  #: of statements: a key of VOICES
    acknowledgement: float = 0.6  #: share of the responsibility, 0 to 1
    level: str = "manager"  #: of a penalty: a key of LEVELS, the highest that bears it
    severity: float = 0.5  #: 0 to 1
    process_h: float = 24.0  #: hours


@dataclass(frozen=True)
class Sketch:
    """What a case file is written from; the defaults are the blank template's."""

    name: str  #: of its file
    title: Texts = field(default_factory=lambda: {"en": "My case", "zh": "我的案例"})
    summary: Texts = field(
        default_factory=lambda: {
            "en": "A brand hurts its own fans.",
            "zh": "某品牌伤害了自己的粉丝。",
        }
    )
    #: when it became public, in the zone of the case; delays count from it
    leak: datetime = datetime(2026, 3, 2, 12, 0)
    certainty: str = "documented_daypart"
    source: str = "who says so: a newspaper, a post, your own memory"
    horizon_d: int = 14  #: days that are simulated
    founder: bool = True  #: whether there is one who could speak
    time_zone: str = zones.USUAL  #: IANA name
    currency: str | None = MONEY  #: of what it sells; None: not known
    exchange: str | None = None  #: code of an exchange that the clock knows; None: no market
    hot_list: bool = True  #: whether its platform has a public list of topics
    close: float | None = None  #: on the day before, in the money of the exchange, if it is known
    acts: Mapping[str, Act] = field(default_factory=dict)  #: kind -> what was done


def blank(name: str) -> Sketch:
    """The template: made-up round numbers, to be replaced; one act of each kind that a form asks
    for.
    """
    leak, source = Sketch(name).leak, Sketch(name).source

    def after(hours: float, **more: Any) -> Act:
        return Act(leak + timedelta(hours=hours), "documented_daypart", source, **more)

    return Sketch(
        name,
        acts={
            "apology": after(6, speaker="pr_head"),
            "termination": after(6),
            "penalty": after(24),
            "explanation": after(48, speaker="founder"),
        },
    )


def places(lang: str) -> str:
    """The exchanges that are recorded, each with its code and its name in a language."""
    return ", ".join(f"{code} {at.name(lang)}" for code, at in EXCHANGES.items())
