"""Levers: what the brand chooses. The playbook's steps, each with its time, and what it refuses.

Uncertainties (what nobody chooses) are in `sim.settings.parameters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from sim.base.refusal import ConfigError, check_ranges


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
class _Triggered:
    """When a step comes that answers the event: so long after it, or after a state is seen."""

    delay_h: float | None = lever(*DELAY)
    trigger: Trigger = Trigger.screenshot
    threshold: float = lever(0, 1, "share", "state that triggers the step", 0.5)

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that."""
        return self.trigger, self.threshold


@dataclass(frozen=True)
class Disclosure:
    """The brand tells the story itself, also before it leaks ("stealing thunder")."""

    delay_h: float | None = lever(
        -36, 336, "h after the screenshot; negative = before it", "delay; null = never", None
    )
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that: always the screenshot."""
        return Trigger.screenshot, 0.0


@dataclass(frozen=True)
class Denial(_Triggered):
    """The brand denies that there was a deal (SCCT: deny)."""

    speaker: Speaker = Speaker.company


@dataclass(frozen=True)
class Apology(_Triggered):
    """The first statement that takes responsibility (SCCT: rebuild)."""

    speaker: Speaker = Speaker.pr_head
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)


@dataclass(frozen=True)
class Termination(_Triggered):
    """The deal is ended, for good."""


@dataclass(frozen=True)
class Penalty(_Triggered):
    """Staff are punished: how high it reaches, how hard, and after which process."""

    level: Level = Level.none
    severity: float = lever(
        0, 1, "share: .2 reprimand, .5 bonus, .75 demotion, 1 dismissal", "severity", 0.0
    )
    process_h: float = lever(0, 336, "h", "time given to a fair process before the notice", 24.0)


@dataclass(frozen=True)
class Explanation(_Triggered):
    """Somebody at the top explains (live)."""

    speaker: Speaker = Speaker.founder
    acknowledgement: float = lever(0, 1, "share", "responsibility that is acknowledged", 0.6)


@dataclass(frozen=True)
class Reform(_Triggered):
    """Vetting rule, fan review panel, transparency: promised, and delivered or not."""

    governance: float = lever(0, 1, "share", "depth of the reform", 0.0)
    delivered: bool = True
    delivery_h: float = lever(0, 336, "h after the promise", "time to delivery", 120.0)


@dataclass(frozen=True)
class Compensation(_Triggered):
    """Vouchers or the like for those who feel hurt."""

    share: float = lever(0, 1, "share", "generosity", 0.0)
    cost_hkd: float = lever(0, 1e10, "HKD", "cash at full generosity", 2e7)


@dataclass(frozen=True)
class Buyback(_Triggered):
    """The company buys its own shares, spread over the rest of that session."""

    amount_hkd: float = lever(0, 2e9, "HKD", "amount", 0.0)


Act = (
    Disclosure
    | Denial
    | Apology
    | Termination
    | Penalty
    | Explanation
    | Reform
    | Compensation
    | Buyback
)


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
        check_idle(self)


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


#: Steps whose statements reach somebody; the others need no voice.
SPOKEN = tuple(step for step in STEPS if step != "buyback")

#: How large a step is: where one of these says nothing, nothing is done. With what to type instead.
SIZES: Mapping[str, Mapping[str, str]] = {
    "penalty": {"level": "manager", "severity": "0.5"},
    "reform": {"governance": "0.5"},
    "compensation": {"share": "0.5"},
    "buyback": {"amount_hkd": "100000000"},
}
#: What a size of nothing is called.
_NOTHING: Mapping[str, str] = {
    "penalty": "a penalty of nobody is none",
    "reform": "a reform of nothing is none",
    "compensation": "a compensation of nothing is none",
    "buyback": "a buyback of nothing is none",
}
#: A usual time for a step, to be typed, hours.
USUAL_H: Mapping[str, int] = {
    "disclosure": -2,
    "denial": 4,
    "apology": 8,
    "termination": 8,
    "penalty": 33,
    "explanation": 48,
    "reform": 48,
    "compensation": 72,
    "buyback": 24,
}
#: Triggers that wait for a share, which is the threshold.
SHARES = (Trigger.governance_talk, Trigger.declared)


def says_nothing(value: object) -> bool:
    """Whether a size is that of nothing: the level of nobody, or 0."""
    return value in (Level.none, Level.none.value) or (
        isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    )


def without_nothings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted key in which a step whose size is set to nothing is left out whole.

    An axis of amounts may begin with 0, one of levels with none: that cell is the run without the
    step. Beside other answers silence has no channel: its cells are one run. Values are as YAML
    reads them.
    """
    kept = dict(changes)
    if changes.get("response") == "none" and "response.channel" in changes:
        kept["response.channel"] = Channel.fan.value
    for step, sizes in SIZES.items():
        keys = [f"response.{step}.{size}" for size in sizes]
        if any(key in changes and says_nothing(changes[key]) for key in keys):
            for item in fields(getattr(Response(), step)):
                usual = item.default
                kept[f"response.{step}.{item.name}"] = (
                    usual.value if isinstance(usual, Enum) else usual
                )
    return kept


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


def check_idle(response: Response) -> None:
    """Refuse what would be taken and change nothing: settings of a step that never comes, a step
    of nothing, a threshold that no trigger reads, a channel that nobody speaks in."""
    for name in STEPS:
        step, path = getattr(response, name), f"response.{name}"
        if step.delay_h is None:
            _refuse_settings_of_no_step(step, path, name)
            continue
        for size in SIZES.get(name, {}):
            if says_nothing(getattr(step, size)):
                value = getattr(step, size)
                raise ConfigError(
                    f"{path}.{size}",
                    value.value if isinstance(value, Enum) else value,
                    f"{_NOTHING[name]}, but this one has a time",
                    f"more than nothing, or {path}.delay_h=null for no {name}",
                    f"{_sized(step, name)}, or {_left_out(step, name)}",
                )
        trigger, threshold = step.waits_for
        if (
            trigger not in SHARES
            and name != "disclosure"
            and threshold != _default(step, "threshold")
        ):
            raise ConfigError(
                f"{path}.threshold",
                threshold,
                f"nothing reads it: trigger {trigger.value} waits for no share",
                f"{path}.trigger={' or '.join(share.value for share in SHARES)} with a threshold",
                f"{path}.trigger=declared {path}.threshold={threshold:g}",
            )
    if not response.reform.delivered and response.reform.delivery_h != _default(
        response.reform, "delivery_h"
    ):
        raise ConfigError(
            "response.reform.delivery_h",
            response.reform.delivery_h,
            "a reform that is not delivered has no time of delivery",
            "a time of delivery with response.reform.delivered=true",
            "response.reform.delivered=true, or the same without response.reform.delivery_h",
        )
    silent = all(getattr(response, name).delay_h is None for name in SPOKEN)
    if silent and response.channel is not Channel.fan:
        raise ConfigError(
            "response.channel",
            response.channel.value,
            "nobody says anything that a channel could carry",
            "a channel together with an act that speaks",
            f"response.apology.delay_h={USUAL_H['apology']}, or response.channel=fan",
        )


def _refuse_settings_of_no_step(step: Act, path: str, name: str) -> None:
    article = "an" if name[0] in "aeiou" else "a"
    for item in fields(step):
        value = getattr(step, item.name)
        if value != item.default:
            usual = item.default.value if isinstance(item.default, Enum) else item.default
            shown = str(usual).lower() if isinstance(usual, bool) else usual
            raise ConfigError(
                f"{path}.{item.name}",
                value.value if isinstance(value, Enum) else value,
                f"{article} {name} without a time never comes",
                f"{shown} while {path}.delay_h=null",
                f"{path}.delay_h={USUAL_H[name]} {_sized(step, name)}".rstrip()
                + f", or the same without {path}.{item.name}",
            )


def _sized(step: Act, name: str) -> str:
    """What to type so that a step does something: words for each size that says nothing."""
    return " ".join(
        f"response.{name}.{size}={instead}"
        for size, instead in SIZES.get(name, {}).items()
        if says_nothing(getattr(step, size))
    )


def _left_out(step: Act, name: str) -> str:
    """What to type so that a step never comes."""
    sizes = [size for size in SIZES[name] if not says_nothing(getattr(step, size))]
    nothing = {size: "none" if size == "level" else "0" for size in sizes}
    return " ".join(
        [f"response.{name}.delay_h=null", *(f"response.{name}.{k}={v}" for k, v in nothing.items())]
    )


def _default(settings: Any, name: str) -> Any:
    return type(settings).__dataclass_fields__[name].default
