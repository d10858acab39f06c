"""What a case file says of shapes: those that a report asks of its runs, phases of its hot list.

No run depends on any of it. The questions and their numbers are listed in `sim.case.case.SHAPE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.case.case import SHAPE
from sim.case.problems import Problems


def phases_in(node: object, problems: Problems) -> tuple[str, ...]:
    """Phases of the observed hot list that belong to the crisis; empty: all of them."""
    if node is None:
        return ()
    if isinstance(node, list) and all(isinstance(item, str) for item in node):
        return tuple(node)
    problems.add("phases", node, "is no list of words", "names in the column phase", "phases: []")
    return ()


def shape_in(node: object, problems: Problems) -> Mapping[str, Any]:
    """What a report asks of the shape of the case's runs, by question; empty: nothing."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        problems.add("shape", node, "is no mapping", ", ".join(SHAPE), "leave it out")
        return {}
    problems.keys("shape", node, tuple(SHAPE))
    for name in set(node) & set(SHAPE):
        path, said = f"shape.{name}", node[name]
        if not isinstance(said, Mapping):
            problems.add(path, said, "is no mapping", ", ".join(SHAPE[name]), f"{path}: {{...}}")
            continue
        problems.keys(path, said, SHAPE[name], SHAPE[name])
        for key in set(said) & set(SHAPE[name]):
            _shape_value(f"{path}.{key}", key, said[key], problems)
    return node


def _shape_value(path: str, key: str, value: object, problems: Problems) -> None:
    """Note a number of a shape that is none, or of another kind than its question wants.

    Words (`observed`), days of the case (`days`), a range of two numbers, or one number. Numbers
    are 0 to 2160, the hours of the longest case.
    """
    pairs = key in ("after_apology_h", "times") or path == "shape.fan_lead.h"
    if key == "observed":
        if not isinstance(value, str):
            problems.add(path, value, "is no text", "what was seen, in words", f'{key}: "..."')
    elif key == "days":
        days = value if isinstance(value, list) and value else [None]
        for day in days:
            if type(day) is not int or not 1 <= day <= 5:
                problems.add(path, value, "no days", "days of the case, 1 to 5", "days: [1, 3]")
                return
    elif pairs:
        both = value if isinstance(value, list) and len(value) == 2 else [None, None]
        for one in both:
            problems.number(path, one, 0, 2160)
    else:
        problems.number(path, value, 0, 2160)
