"""Acts as they are written: with names of their own, left out whole where they do nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints

from sim.base.refusal import ConfigError
from sim.playbook.act import Act, Channel
from sim.playbook.kinds import KINDS
from sim.playbook.names import DELIVERY, path_of, says_nothing, with_article


def act_of(name: str, given: Mapping[str, Any]) -> Act:
    """An act with a name of its own, from what was written. Raises ConfigError."""
    path, said = path_of(name), {k: v for k, v in given.items() if k not in ("kind", "event")}
    kind = str(given.get("kind"))
    if kind not in KINDS:
        raise ConfigError(
            f"{path}.kind",
            given.get("kind"),
            "no such kind of act",
            ", ".join(KINDS),
            f"{path}.kind=apology",
        )
    types = _types_of(kind)
    levers = {item.name: types[item.name] for item in fields(KINDS[kind])}
    for key, value in said.items():
        if key not in levers:
            raise ConfigError(
                f"{path}.{key}",
                value,
                f"{with_article(kind)} has no such lever",
                ", ".join(levers),
                f"the same without {path}.{key}",
            )
        said[key] = _typed(f"{path}.{key}", value, levers[key])
    return KINDS[kind](**said)


@cache
def _types_of(kind: str) -> Mapping[str, Any]:
    """Types of the levers of a kind; evaluating them costs a tenth of a branch of a run."""
    return get_type_hints(KINDS[kind])


def written(name: str, given: Any) -> dict[str, Any]:
    """An act with a name of its own in plain values: its kind and all its levers."""
    path, example = f"response.acts.{name}", f"response.acts.{name}={{kind: apology, delay_h: 30}}"
    if not isinstance(given, Mapping):
        raise ConfigError(path, given, "no act", "a mapping with its kind and levers", example)
    if name in (*KINDS, DELIVERY, "channel", "name", "acts") or not re.fullmatch(
        r"[a-z][a-z_]{0,39}", name
    ):
        raise ConfigError(
            path,
            dict(given),
            "no name for an act",
            "small letters and _, and none that a kind of act has",
            "response.acts.second_letter={kind: apology, delay_h: 30}",
        )
    act = act_of(name, given)
    values = {item.name: getattr(act, item.name) for item in fields(act)}
    return {"kind": given["kind"]} | {
        key: value.value if isinstance(value, Enum) else value for key, value in values.items()
    }


def _typed(path: str, value: Any, kind: Any) -> Any:
    """A value as the lever takes it. Raises ConfigError.

    path : the key, for the refusal. kind : the type of the lever's field. Whole numbers are
    numbers; `true` is never 1, and a choice is taken by its value, too.
    """
    kinds = get_args(kind) or (kind,)
    allowed = "a number"
    for one in kinds:
        if one is type(None):
            if value is None:
                return None
            allowed += ", or null"
        elif issubclass(one, Enum):
            allowed = ", ".join(option.value for option in one)
            if isinstance(value, one) or value in [option.value for option in one]:
                return one(value)
        elif one is bool:
            allowed = "true, false"
            if isinstance(value, bool):
                return value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    raise ConfigError(path, value, "not possible here", allowed, f"the same without {path}")


def without_nothings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted key in which an act whose size is set to nothing is left out whole.

    An axis of amounts may begin with 0, one of levels with none: that cell is the run without the
    act. Beside other answers silence has no channel: its cells are one run. Values are as YAML
    reads them.
    """
    kept = dict(changes)
    if changes.get("response") == "none" and "response.channel" in changes:
        kept["response.channel"] = Channel.fan.value
    for kind, act in KINDS.items():
        keys = [f"response.{kind}.{size}" for size in act.SIZES]
        if any(key in changes and says_nothing(changes[key]) for key in keys):
            for item in fields(act):
                usual = item.default
                kept[f"response.{kind}.{item.name}"] = (
                    usual.value if isinstance(usual, Enum) else usual
                )
    return kept
