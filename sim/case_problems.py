"""What is wrong with a case file: checks of single values that collect instead of stopping."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sim.refusal import ConfigError


class Problems:
    """What is wrong with a case file: collected, so that one reading finds everything."""

    def __init__(self) -> None:
        self.found: list[ConfigError] = []

    def add(self, path: str, value: object, reason: str, allowed: str, hint: str) -> None:
        """Note one thing that is wrong, as a refusal would say it."""
        self.found.append(ConfigError(f"case.{path}", value, reason, allowed, hint))

    def keys(
        self,
        path: str,
        node: Mapping[str, Any],
        known: tuple[str, ...],
        needed: tuple[str, ...] = (),
    ) -> None:
        """Unknown and missing keys of a mapping."""
        for key in node:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                self.add(
                    f"{path}.{key}".lstrip("."),
                    node[key],
                    "no such key",
                    ", ".join(known),
                    close[0] if close else "leave it out",
                )
        for key in needed:
            if key not in node:
                self.add(
                    f"{path}.{key}".lstrip("."),
                    None,
                    "is missing",
                    f"a value for {key}",
                    f"{key}: ...",
                )

    def choice(self, path: str, value: object, choices: tuple[str, ...]) -> None:
        """A value that is none of the choices."""
        if value not in choices:
            close = difflib.get_close_matches(str(value), choices, n=1) or list(choices[:1])
            self.add(path, value, "no such choice", ", ".join(choices), close[0])

    def time(self, path: str, value: object) -> datetime | None:
        """A clock time, or None after noting that it is none."""
        try:
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is not None or moment.second or moment.microsecond:
                raise ValueError("an offset, or seconds")
            if not 1900 <= moment.year <= 2100:
                raise ValueError("another century")
            return moment
        except ValueError:
            self.add(
                path,
                value,
                "not a time in whole minutes, without an offset, 1900 to 2100",
                '"YYYY-MM-DD HH:MM", Hong Kong time, in quotes',
                '"2026-01-05 13:40"',
            )
            return None

    def number(self, path: str, value: object, low: float, high: float) -> float:
        """The number, or the low end after noting that it is none in range."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not (low <= value <= high)
        ):
            self.add(path, value, "not a number in range", f"{low:g} to {high:g}", f"{low:g}")
            return low
        return float(value)

    def yes_or_no(self, path: str, value: object) -> bool:
        """Whether it says yes; anything but true and false is noted."""
        if not isinstance(value, bool):
            self.add(path, value, "says neither yes nor no", "true, false", "true")
        return value is True

    def texts(self, path: str, node: object) -> dict[str, str]:
        """English and Chinese, both there."""
        if not isinstance(node, Mapping) or not all(
            str(node.get(lang) or "").strip() for lang in ("en", "zh")
        ):
            self.add(
                path, node, "needs both languages", "{en: ..., zh: ...}", '{en: "...", zh: "..."}'
            )
            return {"en": "?", "zh": "?"}
        return {lang: str(node[lang]) for lang in ("en", "zh")}
