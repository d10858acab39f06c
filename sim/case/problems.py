"""What is wrong with a case file: checks of single values that collect instead of stopping.

A check returns a value that reading can go on with, whether or not it noted something: the nearer
end of a range, None for a time, question marks for a text. Nothing that is returned after a problem
reaches a run.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sim import zones
from sim.base.refusal import ConfigError


def _as_time(said: str) -> str:
    """What was probably meant by a clock time that is written otherwise, in quotes."""
    text = said.strip(" \"'“”‘’").replace("：", ":")
    found = re.fullmatch(
        r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]+(\d{1,2}):(\d{2})(?::\d{2})?"
        r"(?:\.\d+)? ?(AM|PM|am|pm)?",
        text,
    )
    if found:
        year, month, day, hour, minute = map(int, found.groups()[:5])
        half = (found.group(6) or "").lower()
        hour = hour % 12 + 12 * (half == "pm") if half else hour
        with contextlib.suppress(ValueError):
            moment = datetime(year, month, day) + timedelta(hours=hour, minutes=minute)
            if hour <= 24 and minute < 60:
                return f'"{moment:%Y-%m-%d %H:%M}"'
    return '"2026-03-02 12:00"'


def _before(node: Mapping[str, Any], key: object) -> str:
    """The key above one whose value is a whole number: what a decimal comma has cut off."""
    above = ""
    for one, value in node.items():
        if one == key:
            return above
        above = one if isinstance(value, int) and not isinstance(value, bool) else ""
    return ""


class Problems:
    """What is wrong with a case file: collected, so that one reading finds everything."""

    def __init__(self, files: bool = True) -> None:
        self.files = files  #: whether the files beside it have to be there
        self.found: list[ConfigError] = []
        self.time_zone: str | None = None  #: of the case's times, once it is known

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
        """Note unknown and missing keys of a mapping.

        In YAML `{reach: 0,5}` is two keys, the second without a value; where that has happened, the
        decimal point is proposed.
        """
        for key in node:
            if key not in known:
                close = difflib.get_close_matches(str(key), known, n=1)
                before = _before(node, key)
                comma = node[key] is None and str(key).isdigit() and before != ""
                self.add(
                    f"{path}.{key}".lstrip("."),
                    node[key],
                    f"no such key; {before}: {node[before]},{key} is read as two"
                    if comma
                    else "no such key",
                    ", ".join(known),
                    f"{before}: {node[before]}.{key} (a decimal point)"
                    if comma
                    else close[0]
                    if close
                    else "leave it out",
                )
        for key in needed:
            if key not in node:
                self.add(
                    f"{path}.{key}".lstrip("."), None, "is missing", f"a value for {key}",
                    f"{key}: ...",
                )  # fmt: skip

    def choice(self, path: str, value: object, choices: tuple[str, ...]) -> None:
        """Note a value that is none of the choices; proposed is the one spelt most like it."""
        if value not in choices:
            close = difflib.get_close_matches(str(value), choices, n=1) or list(choices[:1])
            self.add(path, value, "no such choice", ", ".join(choices), close[0])

    def time(self, path: str, value: object) -> datetime | None:
        """A clock time in the zone of the case, or None after noting that it is none.

        Naive, in whole minutes; once the zone is known, a time that its clocks showed just once.
        """
        where = "" if self.time_zone is None else f", {zones.zone_name(self.time_zone, 'en')}"
        allowed = f'"YYYY-MM-DD HH:MM"{where}, in quotes'
        try:
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is not None:
                self._with_offset(path, moment, allowed)
                return None
            if moment.second or moment.microsecond:
                raise ValueError("seconds")
            if not 1900 <= moment.year <= 2100:
                raise ValueError("another century")
        except ValueError:
            self.add(
                path, value, "not a time in whole minutes, without an offset, 1900 to 2100",
                allowed, _as_time(str(value)),
            )  # fmt: skip
            return None
        if self.time_zone is not None and 1900 < moment.year < 2100:
            return self._shown_once(path, moment, allowed)
        return moment

    def _with_offset(self, path: str, moment: datetime, allowed: str) -> None:
        """Note an offset, and say what the clocks of the case showed then."""
        hint = f'"{moment:%Y-%m-%d %H:%M}", without the offset'
        if self.time_zone is not None and 1900 < moment.year < 2100:
            hint = f'"{zones.wall(moment, self.time_zone):%Y-%m-%d %H:%M}"'
        self.add(
            path, str(moment),
            "has an offset; the times of a case stand in its time_zone, without one", allowed, hint,
        )  # fmt: skip

    def _shown_once(self, path: str, moment: datetime, allowed: str) -> datetime | None:
        """The moment, or None after noting that the clocks never showed it, or twice.

        path : the key of the moment. allowed : what its key takes, for the note. The nearest
        minutes before and after that happened once are named as a remedy.
        """
        assert self.time_zone is not None
        times = zones.shown_how_often(moment, self.time_zone)
        if times == 1:
            return moment
        minute = timedelta(minutes=1)  # a change of the clocks is over within a day
        early = next(
            at for n in range(1, 24 * 60)
            if zones.shown_how_often(at := moment - n * minute, self.time_zone) == 1
        )  # fmt: skip
        late = next(
            at for n in range(1, 24 * 60)
            if zones.shown_how_often(at := moment + n * minute, self.time_zone) == 1
        )  # fmt: skip
        self.add(
            path,
            str(moment),
            "never happened: the clocks were put forward over it"
            if times == 0
            else "happened twice: the clocks were put back over it",
            f"{allowed}; until {early:%Y-%m-%d %H:%M}, or from {late:%Y-%m-%d %H:%M}",
            f'"{late:%Y-%m-%d %H:%M}", or time_zone: Etc/UTC with all times in UTC',
        )
        return None

    def number(self, path: str, value: object, low: float, high: float) -> float:
        """The number, or the nearer end after noting that it is none in range."""
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and low <= value <= high:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        nearer = high if number and value > high else low  # type: ignore[operator]
        self.add(path, value, "not a number in range", f"{low:g} to {high:g}", f"{nearer:g}")
        return nearer

    def yes_or_no(self, path: str, value: object) -> bool:
        """Whether it says yes; anything but true and false is noted."""
        if not isinstance(value, bool):
            self.add(path, value, "says neither yes nor no", "true, false", "true")
        return value is True

    def texts(self, path: str, node: object) -> dict[str, str]:
        """A text in both languages, or question marks after noting that one is missing."""
        if not isinstance(node, Mapping) or not all(
            str(node.get(lang) or "").strip() for lang in ("en", "zh")
        ):
            self.add(
                path, node, "needs both languages", "{en: ..., zh: ...}", '{en: "...", zh: "..."}'
            )
            return {"en": "?", "zh": "?"}
        return {lang: str(node[lang]) for lang in ("en", "zh")}
