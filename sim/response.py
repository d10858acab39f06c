"""Levers: what the brand chooses. The playbook's steps, each with its time, and what it refuses.

Uncertainties (what nobody chooses) are in `sim.parameters`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sim.refusal import ConfigError, check_ranges


def lever(low: float, high: float, unit: str, meaning: str, default: Any) -> Any:
    """A field the brand chooses, with its range and unit."""
    return field(
        default=default,
        metadata={
            "low": low,
            "high": high,
            "unit": unit,
            "meaning": meaning,
            "provenance": "lever",
            "source": "chosen by the brand",
        },
    )


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


class Trigger(Enum):
    """What starts the clock of a playbook step."""

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


@dataclass(frozen=True)
class Disclosure:
    """The brand tells the story itself, also before it leaks ("stealing thunder")."""

    delay_h: float | None = lever(
        -36, 336, "h after the screenshot; negative = before it", "delay; null = never", None
    )
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)


@dataclass(frozen=True)
class Denial:
    """The brand denies that there was a deal (SCCT: deny)."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    speaker: Speaker = Speaker.company


@dataclass(frozen=True)
class Apology:
    """The first statement that takes responsibility (SCCT: rebuild)."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    speaker: Speaker = Speaker.pr_head
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)


@dataclass(frozen=True)
class Termination:
    """The deal is ended, for good."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)


@dataclass(frozen=True)
class Penalty:
    """Staff are punished: how high it reaches, how hard, and after which process."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    level: Level = Level.none
    severity: float = lever(
        0, 1, "share: .2 reprimand, .5 bonus, .75 demotion, 1 dismissal", "severity", 0.0
    )
    process_h: float = lever(0, 336, "h", "time given to a fair process before the notice", 24.0)


@dataclass(frozen=True)
class Explanation:
    """Somebody at the top explains (live)."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    speaker: Speaker = Speaker.founder
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)


@dataclass(frozen=True)
class Reform:
    """Vetting rule, fan review panel, transparency: promised, and delivered or not."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    governance: float = lever(0, 1, "share", "depth of the reform", 0.0)
    delivered: bool = True
    delivery_h: float = lever(0, 336, "h after the promise", "time to delivery", 120.0)


@dataclass(frozen=True)
class Compensation:
    """Vouchers or the like for those who feel hurt."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    share: float = lever(0, 1, "share", "generosity", 0.0)
    cost_hkd: float = lever(0, 1e10, "HKD", "cash at full generosity", 2e7)


@dataclass(frozen=True)
class Buyback:
    """The company buys its own shares, spread over the rest of that session."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)
    amount_hkd: float = lever(0, 2e9, "HKD", "amount", 0.0)


@dataclass(frozen=True)
class Response:
    """What the brand does: a playbook whose steps are timed or triggered by the state."""

    name: str = "none"
    channel: Channel = Channel.fan
    disclosure: Disclosure = field(default_factory=Disclosure)
    denial: Denial = field(default_factory=Denial)
    apology: Apology = field(default_factory=Apology)
    termination: Termination = field(default_factory=Termination)
    penalty: Penalty = field(default_factory=Penalty)
    explanation: Explanation = field(default_factory=Explanation)
    reform: Reform = field(default_factory=Reform)
    compensation: Compensation = field(default_factory=Compensation)
    buyback: Buyback = field(default_factory=Buyback)

    def __post_init__(self) -> None:
        check_delays(self)
        for step in STEPS:
            check_ranges(getattr(self, step), f"response.{step}")
        check_contradictions(self)


#: The playbook in the order in which steps of the same moment come into force.
STEPS = (
    "disclosure",
    "denial",
    "apology",
    "termination",
    "penalty",
    "explanation",
    "reform",
    "compensation",
    "buyback",
)


def check_delays(response: Response) -> None:
    """No step but the disclosure can precede the event that it answers."""
    for step in STEPS[1:]:
        delay = getattr(response, step).delay_h
        if delay is not None and not delay >= 0:
            article = "an" if step[0] in "aeiou" else "a"
            raise ConfigError(
                f"response.{step}.delay_h",
                delay,
                f"{article} {step} cannot precede the event that it answers",
                f"hours >= 0 after the screenshot, or null for no {step}",
                f"response.{step}.delay_h=0, or "
                + (
                    "response=apology_only"
                    if step == "penalty"
                    else f"response.{step}.delay_h=null"
                ),
            )


def check_contradictions(response: Response) -> None:
    """Refuse levers that contradict one another."""
    penalty, reform, denial = response.penalty, response.reform, response.denial
    if penalty.level is Level.none and penalty.severity > 0:
        raise ConfigError(
            "response.penalty.level",
            "none",
            f"severity {penalty.severity:g} needs somebody to bear it",
            ", ".join(level.value for level in Level if level is not Level.none),
            "response.penalty.level=manager, or response.penalty.severity=0",
        )
    if penalty.level is not Level.none and penalty.delay_h is None:
        raise ConfigError(
            "response.penalty.level",
            penalty.level.value,
            "a penalty without a time never comes",
            "none while response.penalty.delay_h=null",
            "response.penalty.delay_h=33, or response.penalty.level=none",
        )
    if reform.delay_h is None and reform.governance > 0:
        raise ConfigError(
            "response.reform.governance",
            reform.governance,
            "a reform without a time never comes",
            "0 while response.reform.delay_h=null",
            "response.reform.delay_h=48",
        )
    if (
        denial.delay_h is not None
        and response.apology.delay_h is not None
        and (
            denial.trigger is response.apology.trigger
            and denial.delay_h >= response.apology.delay_h
        )
    ):
        raise ConfigError(
            "response.denial.delay_h",
            denial.delay_h,
            "nobody denies what the same brand has already apologised for",
            f"less than response.apology.delay_h = {response.apology.delay_h:g}, or null",
            "response.denial.delay_h=null, or response.apology.delay_h=null",
        )
