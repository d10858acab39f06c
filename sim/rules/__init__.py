"""Behaviour: scalar, pure, compiled rules. The only place where behaviour lives.

Every rule takes and returns plain numbers, so one definition serves the Mesa agents (one call an
agent) and the columnar engine (one call a row). Rules that run for every person in every step use
only + - * / and comparisons, so that they vectorise and round alike everywhere; exp and log stay
in rare events. One heading per rule stands in docs/ODD.md, with the same name and formula.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sim.base.compiled import rule

__all__ = ["once", "rule"]
F = TypeVar("F", bound=Callable[..., Any])


def once(function: F) -> F:
    """A rule that runs once for a run, before its first step: plain Python, nothing to compile."""
    function.__dict__["py_func"] = function
    return function
