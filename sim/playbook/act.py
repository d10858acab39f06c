"""What an act of the brand is: levers with their ranges and words, who speaks, what starts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

Texts = tuple[str, str]  #: English, Chinese


def lever(
    low: float, high: float, unit: str, meaning: str, default: Any, label: Texts = ("", "")
) -> Any:
    """A number that the brand chooses: its range, its unit, and what pages call it.

    low, high : both allowed. default : a value at which the lever changes nothing, so that no run
    is renamed. label : in English and Chinese; as the meaning says, if it is empty.
    """
    return field(
        default=default,
        metadata={
            "low": low,
            "high": high,
            "unit": unit,
            "meaning": meaning,
            "provenance": "lever",
            "source": "chosen by the brand",
            "label": label if label[0] else (meaning, meaning),
        },
    )


def choice(default: Any, label: Texts) -> Any:
    """One of a few, or yes or no, and what pages call it."""
    return field(default=default, metadata={"label": label})


class Speaker(Enum):
    """Who speaks for the brand; the value is the voice: 0 staff to 1 founder."""

    staff = "staff"
    pr_head = "pr_head"
    company = "company"
    founder = "founder"


class Level(Enum):
    """Highest level that a penalty reaches."""

    none = "none"
    junior = "junior"
    manager = "manager"
    vice_president = "vice_president"
    chief_executive = "chief_executive"

    @property
    def rank(self) -> float:
        """0 nobody to 4 the chief executive."""
        ranks = {"none": 0, "junior": 1, "manager": 2, "vice_president": 3, "chief_executive": 4}
        return float(ranks[self.value])


class Accused(Enum):
    """Which accusation of a case a denial answers."""

    first = "first"  #: that of the affair itself
    second = "second"  #: that of another fact (events of kind `second_accusation`)

    @property
    def rank(self) -> float:
        """0 the first, 1 the second."""
        return float(self is Accused.second)


class Trigger(Enum):
    """What starts the clock of an act."""

    screenshot = "screenshot"  #: the case's clock start; delay_h counts from it
    detection = "detection"  #: the PR team has noticed (threshold unused)
    list_entry = "list_entry"  #: a hashtag of the case is on the trending list
    governance_talk = "governance_talk"  #: governance share of talk passes the threshold
    declared = "declared"  #: declared share of core fans passes the threshold


class Channel(Enum):
    """Where statements go: to the fans' channels, or pushed to everybody."""

    fan = "fan"
    public = "public"


DELAY = (0.0, 2160.0, "h after the screenshot (or after the trigger)", "delay; null = never", None)
WHEN: Texts = ("when", "时间")
ADMITS: Texts = ("responsibility acknowledged", "承认责任的程度")
SPEAKS: Texts = ("who speaks", "发言人")
#: What words can hold beside responsibility (E13): meaning, and what pages call it.
CONTENT: Mapping[str, tuple[str, Texts]] = {
    "explains": ("how far it says how it came about", ("says how it came about", "说明原委的程度")),
    "regrets": ("regret that it shows", ("shows regret", "表达歉意的程度")),
    "repairs": ("repair that it offers in words", ("offers repair", "承诺弥补的程度")),
    "requests": ("how far it asks to be forgiven", ("asks for forgiveness", "请求谅解的程度")),
}


def content(term: str, default: float = 0.0) -> Any:
    """A share of words that is one term of CONTENT."""
    meaning, label = CONTENT[term]
    return lever(0, 1, "share", meaning, default, label)


@dataclass(frozen=True)
class Act:
    """One act of the brand. A kind of act is a class in `kinds.py`, and a line in `OneOfEach`.

    What a kind is called, does to the talk, and begins with stands in its class; its fields are the
    levers: each is a setting, a column of the engines' table and a slider of the laboratory.
    """

    NOUN: ClassVar[Texts]  #: in a sentence
    TITLE: ClassVar[Texts]  #: on a page; {about} is what the case is about
    TOLD: ClassVar[Texts]  #: as a headline of a case
    BEGINS: ClassVar[Mapping[str, Any]]  #: a usual time, hours; sizes that do something. Assumed
    SIZES: ClassVar[tuple[str, ...]] = ()  #: levers whose nothing (0, none) leaves the act out
    TOPIC: ClassVar[str] = "deal"  #: what its headline is about: deal or governance
    NEWS: ClassVar[str] = "novelty_statement"  #: parameter: how new it is
    HEADLINES: ClassVar[str] = ""  #: parameter: hashtags that it can give; "" for one
    JOINS: ClassVar[bool] = False  #: part of a statement of the same moment, if there is one
    SPOKEN: ClassVar[bool] = True  #: whether people are told
    JUDGED: ClassVar[bool] = True  #: whether people accept or reject it
    PRIVATE: ClassVar[bool] = False  #: told to some fans only, and no news
    DEED: ClassVar[bool] = False  #: whether it convinces by what is done, not only by words
    CONCEDES: ClassVar[bool] = False  #: whether it gives those who press something
    TEXT: ClassVar[bool] = False  #: whether its words say who is responsible, or that nobody is

    delay_h: float | None = lever(*DELAY, label=WHEN)

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that."""
        return Trigger.screenshot, 0.0


@dataclass(frozen=True)
class Triggered(Act):
    """When an act comes that answers the event: so long after it, or after a state is seen."""

    trigger: Trigger = choice(Trigger.screenshot, ("counts from", "起算点"))
    threshold: float = lever(
        0, 1, "share", "state that triggers the act", 0.5,
        ("threshold of the trigger", "触发阈值"),
    )  # fmt: skip

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that."""
        return self.trigger, self.threshold


#: Triggers that wait for a share, which is the threshold.
SHARES = (Trigger.governance_talk, Trigger.declared)
