"""What acts are called: in settings, in a log, in a sentence; what to type for one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from sim.playbook.act import Act, Level, Texts
from sim.playbook.kinds import KINDS

#: What comes of an act by itself, and is told like one.
DELIVERY = "delivery"
DELIVERY_TITLE: Texts = ("Delivery of the reform", "改革落实")
_KIND_OF = {act: kind for kind, act in KINDS.items()}


def path_of(name: str) -> str:
    """The setting of an act: `response.apology`, or `response.acts.second_letter`."""
    return f"response.{name}" if name in KINDS else f"response.acts.{name}"


def kind_of(act: Act) -> str:
    """The kind of an act: `apology`."""
    return _KIND_OF[type(act)]


def kind_told(who: str, own: Mapping[str, Any]) -> str:
    """The kind of an act by its name in a log. own : `response.acts`, as it was asked."""
    if who in own:
        return str(own[who]["kind"])
    return DELIVERY if who.endswith(f"_{DELIVERY}") else who


def with_article(kind: str) -> str:
    """A kind of act in a sentence: `an apology`, `a holding statement`, `a round of calls ...`."""
    noun = _SAID.get(kind, kind)
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


#: Kinds of acts whose name alone is no noun of a sentence.
_SAID: Mapping[str, str] = {
    "holding": "holding statement",
    "legal_step": "legal step",
    "partner_calls": "round of calls to partners",
    "fan_calls": "private word to fans",
    "fan_panel": "fan panel",
    "launch_moved": "postponed launch",
}


def typed_size(kind: str, size: str) -> str:
    """What to type for a size that does something: `manager`, `0.5`."""
    value = KINDS[kind].BEGINS[size]
    return value.value if isinstance(value, Enum) else f"{value:.9g}"


def says_nothing(value: object) -> bool:
    """Whether a size is that of nothing: the level of nobody, or 0."""
    return value in (Level.none, Level.none.value) or (
        isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    )
