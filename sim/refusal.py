"""How a setting is refused: which, why, what is allowed, and what to type instead."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A setting that no run could honour. The message says which, why, and what to type."""

    def __init__(self, path: str, value: object, reason: str, allowed: str, hint: str) -> None:
        super().__init__(f"{path} = {value!r}: {reason}\n  allowed: {allowed}\n  try:     {hint}")
        self.path, self.value, self.reason = path, value, reason
        self.allowed, self.hint = allowed, hint

    def __reduce__(self) -> tuple[Any, ...]:
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
                f"{path}.{item.name}",
                value,
                "outside the range in which the model means anything",
                f"{meta['low']:g} to {meta['high']:g} {meta['unit']}".rstrip(),
                f"{path}.{item.name}={default} (the default)",
            )


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
