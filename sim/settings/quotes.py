"""Values in quotes, as Hydra's grammar reads them, so that a comma or a blank stays inside.

To Hydra a comma parts the values of a sweep. Names of files may hold one, and then quotes tell that
it is part of a name.
"""

from __future__ import annotations

import re
import shlex


def unquoted(value: str) -> str:
    """A value without the quotes around it, as Hydra reads them."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        inner = value[1:-1]
        return inner.replace(f"\\{value[0]}", value[0]).replace("\\\\", "\\")
    return value


def is_path(key: str) -> bool:
    """Whether a setting names a file or folder, so that a comma may be part of the name."""
    return key in ("results", "network.edges", "network.people", "network.saved", "posterior",
                   "uncertainty.posterior")  # fmt: skip


def as_one(key: str, value: str) -> str:
    """What to type so that a value with commas is one value."""
    return shlex.quote(f"{key}={quoted(value)}")


def quoted(text: str) -> str:
    """A text in quotes, as Hydra's grammar reads it back; `${` is not looked up."""
    inner = re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + "\\${", text)
    inner = re.sub(r"(\\*)\"", lambda found: found[1] * 2 + '\\"', inner)
    inner += "\\" * (len(inner) - len(inner.rstrip("\\")))
    return f'"{inner}"'
