"""What was asked, in plain values, and the name that follows from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")

#: Raise it whenever the same config may give other numbers (`make golden` does).
RESULTS_VERSION = 9


def plain(value: Any) -> Any:
    """A config as plain JSON values: enums by name, dataclasses as dicts.

    What was read from a file, and keeps what stood there (`written`), stands as it was written.
    """
    if is_dataclass(value) and not isinstance(value, type):
        if hasattr(value, "written"):
            return plain(value.written)
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def by_identity(function: Callable[[_T], _R]) -> Callable[[_T], _R]:
    """Remember answers for the very objects that were asked about; these never change.

    The runs of a sweep share most of their settings. By identity and not by equality, because
    1 == 1.0 and the two are written differently.
    """
    known: dict[int, tuple[_T, _R]] = {}

    @wraps(function)
    def remembered(value: _T) -> _R:
        found = known.get(id(value))
        if found is None or found[0] is not value:
            if len(known) > 256:
                known.clear()
            found = known[id(value)] = (value, function(value))
        return found[1]

    return remembered


plain_once = by_identity(plain)


def digest_of(asked: Any) -> str:
    """Sixteen hex digits that name what was asked, and the version of the results."""
    text = json.dumps([RESULTS_VERSION, asked], sort_keys=True, allow_nan=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
