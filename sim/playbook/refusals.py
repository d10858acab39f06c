"""What no response can be: acts before their event, contradictions, settings that do nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import TYPE_CHECKING, Any

from sim.base.refusal import ConfigError
from sim.playbook.act import SHARES, Accused, Act, Channel, Level, Triggered
from sim.playbook.kinds import KINDS, Apology, Denial, Disclosure, Penalty, Reform
from sim.playbook.names import kind_of, path_of, says_nothing, typed_size, with_article

if TYPE_CHECKING:
    from sim.playbook.response import Response


def check_delays(response: Response) -> None:
    """No act but the disclosure can precede the event that it answers."""
    for name, act in response.playbook.items():
        delay, path = act.delay_h, path_of(name)
        if delay is not None and not delay >= 0 and not isinstance(act, Disclosure):
            raise ConfigError(
                f"{path}.delay_h",
                delay,
                f"{with_article(kind_of(act))} cannot precede the event that it answers",
                f"hours >= 0 after the screenshot, or null for no {name}",
                f"{path}.delay_h=0, or "
                + ("response=apology_only" if name == "penalty" else f"{path}.delay_h=null"),
            )


def check_contradictions(response: Response) -> None:
    """Refuse levers that contradict one another, in one act or between two."""
    book = response.playbook
    for name, act in book.items():
        if isinstance(act, Penalty):
            _check_penalty(act, path_of(name))
        if isinstance(act, Reform) and act.delay_h is None and act.governance > 0:
            raise ConfigError(
                f"{path_of(name)}.governance",
                act.governance,
                "a reform without a time never comes",
                f"0 while {path_of(name)}.delay_h=null",
                f"{path_of(name)}.delay_h=48",
            )
    unkept = [n for n, a in book.items() if isinstance(a, Reform) and not a.delivered]
    if len(unkept) > 1:
        raise ConfigError(
            f"{path_of(unkept[1])}.delivered",
            False,
            f"one promise at a time can be broken, and {path_of(unkept[0])} is",
            "true for all reforms but one",
            f"{path_of(unkept[1])}.delivered=true",
        )
    for name, denial in book.items():
        for other, apology in book.items():
            if (
                isinstance(denial, Denial)
                and denial.answers is Accused.first
                and isinstance(apology, Apology)
                and denial.delay_h is not None
                and apology.delay_h is not None
                and denial.trigger is apology.trigger
                and denial.delay_h >= apology.delay_h
            ):
                raise ConfigError(
                    f"{path_of(name)}.delay_h",
                    denial.delay_h,
                    "nobody denies what the same brand has already apologised for",
                    f"less than {path_of(other)}.delay_h = {apology.delay_h:g}, or null",
                    f"{path_of(name)}.delay_h=null, or {path_of(other)}.delay_h=null",
                )


def _check_penalty(penalty: Penalty, path: str) -> None:
    """Refuse a severity that nobody bears, and a level of a penalty without a time.

    path : the key of the act, for the refusal. Raises ConfigError.
    """
    if penalty.level is Level.none and penalty.severity > 0:
        raise ConfigError(
            f"{path}.level",
            "none",
            f"severity {penalty.severity:g} needs somebody to bear it",
            ", ".join(level.value for level in Level if level is not Level.none),
            f"{path}.level=manager, or {path}.severity=0",
        )
    if penalty.level is not Level.none and penalty.delay_h is None:
        raise ConfigError(
            f"{path}.level",
            penalty.level.value,
            "a penalty without a time never comes",
            f"none while {path}.delay_h=null",
            f"{path}.delay_h=33, or {path}.level=none",
        )


def check_idle(response: Response) -> None:
    """Refuse what would be taken and change nothing: settings of an act that never comes, an act
    of nothing, a threshold that no trigger reads, a channel that nobody speaks in."""
    book = response.playbook
    for name, act in book.items():
        path, kind = path_of(name), kind_of(act)
        if act.delay_h is None:
            _refuse_settings_of_no_act(act, path)
            continue
        for size in act.SIZES:
            value = getattr(act, size)
            if says_nothing(value):
                raise ConfigError(
                    f"{path}.{size}",
                    value.value if isinstance(value, Enum) else value,
                    f"{_NOTHING[kind]}, but this one has a time",
                    f"more than nothing, or {path}.delay_h=null for no {name}",
                    f"{_sized(act, path)}, or {_left_out(act, path)}",
                )
        trigger, threshold = act.waits_for
        if (
            isinstance(act, Triggered)
            and trigger not in SHARES
            and threshold != _default(act, "threshold")
        ):
            raise ConfigError(
                f"{path}.threshold",
                threshold,
                f"nothing reads it: trigger {trigger.value} waits for no share",
                f"{path}.trigger={' or '.join(share.value for share in SHARES)} with a threshold",
                f"{path}.trigger=declared {path}.threshold={threshold:g}",
            )
        if (
            isinstance(act, Reform)
            and not act.delivered
            and act.delivery_h != _default(act, "delivery_h")
        ):
            raise ConfigError(
                f"{path}.delivery_h",
                act.delivery_h,
                "a reform that is not delivered has no time of delivery",
                f"a time of delivery with {path}.delivered=true",
                f"{path}.delivered=true, or the same without {path}.delivery_h",
            )
    carried = (act for act in book.values() if act.SPOKEN and not act.PRIVATE)
    silent = all(act.delay_h is None for act in carried)
    if silent and response.channel is not Channel.fan:
        raise ConfigError(
            "response.channel",
            response.channel.value,
            "nobody says anything that a channel could carry",
            "a channel together with an act that speaks in public",
            f"response.apology.delay_h={Apology.BEGINS['delay_h']:g}, or response.channel=fan",
        )


#: What a size of nothing is called.
_NOTHING: Mapping[str, str] = {
    "penalty": "a penalty of nobody is none",
    **{
        kind: f"{with_article(kind)} of nothing is none"
        for kind, act in KINDS.items()
        if act.SIZES and kind != "penalty"
    },
}


def _refuse_settings_of_no_act(act: Act, path: str) -> None:
    """Refuse any setting but the defaults in an act without a time: it would change nothing.

    path : the key of the act. Raises ConfigError with the time and the sizes that would make it
    come.
    """
    for item in fields(act):
        value = getattr(act, item.name)
        if value != item.default:
            usual = item.default.value if isinstance(item.default, Enum) else item.default
            shown = str(usual).lower() if isinstance(usual, bool) else usual
            raise ConfigError(
                f"{path}.{item.name}",
                value.value if isinstance(value, Enum) else value,
                f"{with_article(kind_of(act))} without a time never comes",
                f"{shown} while {path}.delay_h=null",
                f"{path}.delay_h={act.BEGINS['delay_h']:g} {_sized(act, path)}".rstrip()
                + f", or the same without {path}.{item.name}",
            )


def _sized(act: Act, path: str) -> str:
    """What to type so that an act does something: words for each size that says nothing."""
    return " ".join(
        f"{path}.{size}={typed_size(kind_of(act), size)}"
        for size in act.SIZES
        if says_nothing(getattr(act, size))
    )


def _left_out(act: Act, path: str) -> str:
    """What to type so that an act never comes."""
    sizes = [size for size in act.SIZES if not says_nothing(getattr(act, size))]
    nothing = {size: "none" if size == "level" else "0" for size in sizes}
    return " ".join([f"{path}.delay_h=null", *(f"{path}.{k}={v}" for k, v in nothing.items())])


def _default(settings: Any, name: str) -> Any:
    return type(settings).__dataclass_fields__[name].default
