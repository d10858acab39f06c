"""How a setting is refused: which, why, what is allowed, and what to type instead.

Everything that a user can type wrong ends in a `ConfigError`, wherever it is found; a command
prints its text as it is. What is shown of a value is made harmless first, for it may come out of a
file.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

#: Characters that move a terminal's cursor, change its state, or turn the direction of text.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
SHOWN = 300  #: characters of a value that a refusal shows


def printable(text: str) -> str:
    """Text as a terminal may show it: control characters written out, line ends and tabs kept."""
    return CONTROLS.sub(lambda found: ascii(found.group())[1:-1], text)


def _shown(value: object) -> str:
    """A value as a refusal shows it: as Python writes it, and no longer than SHOWN."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        text = "a number of thousands of digits"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


class ConfigError(ValueError):
    """A setting that no run could honour. The message says which, why, and what to type.

    path : the setting, dotted, or the file's key. reason : why, in a clause that follows the value.
    allowed : what may be typed. hint : what to type instead, as it would be typed.
    """

    def __init__(self, path: str, value: object, reason: str, allowed: str, hint: str) -> None:
        text = f"{path} = {_shown(value)}: {reason}\n  allowed: {allowed}\n  try:     {hint}"
        super().__init__(printable(text))
        self.path, self.value, self.reason = path, value, reason
        self.allowed, self.hint = allowed, hint

    def __reduce__(self) -> tuple[Any, ...]:
        """What a pickle keeps: a refusal crosses processes, and its text is made of its parts."""
        return (ConfigError, (self.path, self.value, self.reason, self.allowed, self.hint))


def check_ranges(settings: Any, path: str) -> None:
    """Refuse any field of a dataclass that lies outside the range in its metadata."""
    for item in fields(settings):
        value, meta = getattr(settings, item.name), item.metadata
        if value is None or "low" not in meta:
            continue
        default = "null" if item.default is None else f"{item.default:g}"
        if not meta["low"] <= value <= meta["high"]:  # a NaN fails this comparison too
            raise ConfigError(
                f"{path}.{item.name}", value, "outside the range in which the model means anything",
                f"{meta['low']:g} to {meta['high']:g} {meta['unit']}".rstrip(),
                f"{path}.{item.name}={default} (the default)",
            )  # fmt: skip


def place(key: str, text: str) -> Path:
    """A file or folder that a user names; `~` is the home folder. Raises ConfigError.

    key : the setting that names it, for the refusal of the home of somebody unknown.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ConfigError(
            key, text, "nobody of this name has a home folder here", "~/... or a folder as it is",
            f"{key}=./{text}",
        ) from None  # fmt: skip
