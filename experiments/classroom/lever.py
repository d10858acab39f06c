"""Levers of a response as a page shows them: keys, ranges, options, and where sliders stand.

All of it is read off the playbook's own fields, so a new lever of an act needs nothing here. What a
page may choose besides (case, response, population, world) is what the folders of `conf/` hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from experiments.classroom.limits import POPULATIONS
from sim.base.choices import conf_dir, read_yaml
from sim.playbook.response import Response

if TYPE_CHECKING:
    pass


Value = float | str | bool | None  #: of a lever: a number, an option, yes or no, None for never


@dataclass(frozen=True)
class Lever:
    """One lever of a response: its key, its range with unit, or its few options.

    A number has `low` and `high`, an enumeration `options`; a lever with neither is yes or no.
    """

    step: str  #: step of the playbook; "" for the response as a whole
    name: str  #: of its field, also the key of its label
    key: str  #: dotted, as it is typed on a command line
    low: float | None  #: None for what is no number
    high: float | None
    unit: str  #: "" for what has none
    options: tuple[str, ...]  #: of an enumeration; empty for numbers and for yes or no
    default: Value  #: where it stands in a response that does nothing


@cache
def levers() -> Mapping[str, Lever]:
    """Every lever that a response has, by its key, in the order of the playbook.

    Those of `response.acts`, any number of acts in a list, are not among them: a page has one of
    each.
    """

    def below(settings: Any, step: str) -> list[Lever]:
        """The levers of a settings object and of the acts in it, in the order of their fields."""
        found = []
        for item in fields(settings):
            value = getattr(settings, item.name)
            if is_dataclass(value):
                found += below(value, item.name)
            elif item.name not in ("name", "acts"):
                meta = item.metadata
                key = ".".join(part for part in ("response", step, item.name) if part)
                options = (
                    tuple(str(o.value) for o in type(value)) if isinstance(value, Enum) else ()
                )
                found.append(
                    Lever(
                        step, item.name, key, meta.get("low"), meta.get("high"),
                        meta.get("unit", ""), options,
                        value.value if isinstance(value, Enum) else value,
                    )
                )  # fmt: skip
        return found

    return {lever.key: lever for lever in below(Response(), "")}


@cache
def options_of(group: str) -> tuple[str, ...]:
    """The options of a folder of `conf/` that a page may run; what is not among them is refused.

    Of populations only those of `limits.POPULATIONS`.
    """
    if group == "population":
        return POPULATIONS
    return tuple(sorted(path.stem for path in (conf_dir() / group).glob("*.yaml")))


@cache
def titles_of(case: str) -> Mapping[str, str]:
    """The title of a case in each language, as its file has it."""
    return dict(read_yaml(conf_dir() / "case" / f"{case}.yaml")["title"])


WORLDS = ("posterior", "point")  #: a numbered draw of the fit, or the point parameters


#: A slider of hours: until so many hours, in steps of so many.
HOUR_STEPS = ((12.0, 0.5), (48.0, 1.0), (168.0, 6.0), (math.inf, 24.0))


def stops(lever: Lever, hours: float) -> list[float]:
    """Where a slider can stand: fine where it is used, not as far as is allowed.

    hours : where a slider of hours ends, the horizon of the case. Hours lie close together in the
    first day, on which most answers come, and apart later; shares go in steps of .05, money in ten
    millions.
    """
    low, high = float(lever.low or 0), float(lever.high or 0)
    if lever.unit.startswith("h"):
        high = min(high, hours)
        found, at = [0.0], 0.0
        while at < max(high, -low):
            at += next(step for until, step in HOUR_STEPS if at < until)
            found.append(at)
        both = sorted({*found, *(-h for h in found if h)})
        return [h for h in both if low <= h <= high]
    step, high = (0.05, high) if high <= 1 else (1e7, min(high, 1e9))
    return [round(low + k * step, 2) for k in range(round((high - low) / step) + 1)]
