"""Moments as cells of an export say them, made instants: formats, zones, hours that clocks repeat.

A cell is read where it can mean one moment only. 3/4/2026 can be two days, and a time without a
zone any of twenty-four: such columns are refused with the words that settle it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import NoReturn

from sim import zones
from sim.base.refusal import ConfigError

#: A cell in the place of a moment that begins so is a line of sums.
TOTALS = (
    "total", "sum", "subtotal", "grand total", "all", "overall", "合计", "总计", "总和", "小计",
    "全部", "gesamt", "summe", "somme", "suma",
)  # fmt: skip
_DIGITS = str.maketrans("０１２３４５６７８９：／－．", "0123456789:/-.")
_TIME = (
    r"(?:[T ]+(?P<h>\d{1,2})(?:[:h时時点](?P<mi>\d{2})?分?(?::(?P<s>\d{2})(?:[.,]\d+)?)?)"
    r"(?:秒)?\s*(?P<half>[AaPp]\.?[Mm]\.?|上午|下午)?)?"
    r"\s*(?P<off>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_ISO = re.compile(r"(?P<y>\d{4})[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?" + _TIME)
_OTHER = re.compile(r"(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})[/.-](?P<y>\d{4}),?" + _TIME)
_EPOCH = re.compile(r"1\d{9}(?:\.0)?|1\d{12}")
_SERIAL = re.compile(r"[34567]\d{4}(?:\.\d+)?")  #: days as spreadsheets count them, 1982 to 2119
_SERIAL_ZERO = datetime(1899, 12, 30)
DATES = ("day_first", "month_first", "serial")


@dataclass(frozen=True)
class Moment:
    """A cell as a moment."""

    at: datetime  #: UTC
    daily: bool  #: whether it names a day and no hour
    twice: bool = False  #: whether the clock on the wall shows it twice, and nothing says which


@dataclass(frozen=True)
class Read:
    """A column of moments."""

    moments: tuple[Moment | None, ...]  #: a cell each; None: a line of sums
    notes: tuple[str, ...]


def moments_of(
    lines: Sequence[int], cells: Sequence[str], hours: Sequence[str] | None, zone: str, dates: str
) -> Read:
    """A column of moments, with the hours of another column where there is one.

    lines : of the cells. zone : IANA name; empty: cells must say it. dates : day_first or
    month_first where slashes leave it open, serial for days as spreadsheets count them. Raises
    ConfigError with the line.
    """
    _check_zone(zone)
    order = dates or _order_of(cells)
    found: list[Moment | None] = []
    for k, (line, cell) in enumerate(zip(lines, cells, strict=True)):
        if is_total(cell):
            found.append(None)
            continue
        text = cell if hours is None else f"{cell.split(' ')[0]} {_hour(hours[k], line)}"
        found.append(_moment(text.translate(_DIGITS).strip(), line, zone, order))
    if order == "serial" and not all(one.daily for one in found if one is not None):
        found = [replace(one, daily=False) if one is not None else None for one in found]
    return Read(tuple(found), _notes(found, zone))


def is_total(cell: str) -> bool:
    """Whether a cell says that its line is a sum."""
    text = cell.strip().casefold().rstrip(":： ")
    return text in TOTALS or any(text.startswith(f"{one} ") for one in TOTALS if one != "all")


def _notes(found: Sequence[Moment | None], zone: str) -> tuple[str, ...]:
    """What a reader may not expect of how moments were read."""
    twice = sum(one.twice for one in found if one is not None)
    notes = []
    if zone:
        notes.append(f"times without a zone are {zone}")
    if twice:
        notes.append(
            f"{twice} rows lie in an hour that the clocks of {zone} show twice: the first time a "
            "count comes is the first pass, the second the second; posts count for the first"
        )
    return tuple(notes)


def _check_zone(zone: str) -> None:
    """Refuse what names no place."""
    if zone and not zones.is_zone(zone):
        raise ConfigError(
            "zone", zone, "names no place whose clocks are known", "an IANA name, or UTC",
            f"zone={zones.nearest_zone(zone)}",
        )  # fmt: skip


def _hour(cell: str, line: int) -> str:
    """The hour of a column of hours as a time: 20, 20:00, 20时, 20:00-21:00."""
    found = re.match(r"\s*(\d{1,2})(?::(\d{2}))?", cell.translate(_DIGITS))
    if not found or int(found[1]) > 23:
        raise ConfigError(
            "hour", cell, f"no hour of a day, in line {line}", "0 to 23", "hour=COLUMN"
        )
    return f"{int(found[1]):02d}:{found[2] or '00'}"


def _order_of(cells: Sequence[str]) -> str:
    """Whether days or months come first in dates with slashes; empty where nothing tells."""
    order = ""
    for cell in cells:
        found = _OTHER.fullmatch(cell.translate(_DIGITS).strip())
        if found is None:
            continue
        if found["sep"] == ".":
            order = order or "day_first"
        elif int(found["a"]) > 12:
            order = "day_first"
        elif int(found["b"]) > 12:
            order = "month_first"
    return order


def _moment(text: str, line: int, zone: str, order: str) -> Moment:
    """One cell. Raises ConfigError."""
    if _EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text) == 13 else 1)
        return Moment(datetime.fromtimestamp(seconds, UTC), False)
    if _SERIAL.fullmatch(text):
        return _serial(text, line, zone, order)
    found = _ISO.fullmatch(text)
    if found:
        month, day = int(found["mo"]), int(found["d"])
    else:
        found = _OTHER.fullmatch(text)
        if not found:
            _refuse(text, line)
        a, b = int(found["a"]), int(found["b"])
        if not order and a != b:
            raise ConfigError(
                "dates", text, f"may be two days, in line {line}", "day_first, month_first",
                "dates=day_first",
            )  # fmt: skip
        month, day = (a, b) if order == "month_first" else (b, a)
    try:
        wall = datetime(int(found["y"]), month, day, *_clock(found))
    except ValueError:
        _refuse(text, line)
    return _placed(wall, found["off"], found["h"] is None, text, line, zone)


def _serial(text: str, line: int, zone: str, order: str) -> Moment:
    """A moment as a spreadsheet keeps it, to the minute; only where that was said."""
    if order != "serial":
        raise ConfigError(
            "dates", text, f"a number and no moment, in line {line}: spreadsheets keep days so",
            "a column that is formatted as a date, or dates=serial", "dates=serial",
        )  # fmt: skip
    wall = _SERIAL_ZERO + timedelta(minutes=round(float(text) * 24 * 60))
    return _placed(wall, None, float(text).is_integer(), text, line, zone)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    """Hour, minute and second; 12 h clocks turned into 24."""
    hour, half = int(found["h"] or 0), (found["half"] or "").casefold().replace(".", "")
    if half in ("pm", "下午") and hour < 12:
        hour += 12
    elif half in ("am", "上午") and hour == 12:
        hour = 0
    return hour, int(found["mi"] or 0), int(found["s"] or 0)


def _placed(
    wall: datetime, offset: str | None, daily: bool, text: str, line: int, zone: str
) -> Moment:
    """A time on the wall as an instant. Refuses a missing zone and a skipped hour."""
    if offset:
        return Moment(wall.replace(tzinfo=_offset(offset)).astimezone(UTC), daily)
    if not zone:
        raise ConfigError(
            "zone", None, f"{text!r} in line {line} says no zone", "an IANA name, or UTC",
            f"zone={zones.USUAL}, the place whose clocks show these times",
        )  # fmt: skip
    shown = zones.shown_how_often(wall, zone)
    if shown == 0 and not daily:
        raise ConfigError(
            "zone", zone, f"its clocks skip {text!r}, in line {line}: summer time begins",
            "the zone in which these times were written", "zone=UTC",
        )  # fmt: skip
    return Moment(zones.instant(wall, zone), daily, shown == 2 and not daily)


def _offset(text: str) -> timezone:
    """An offset from UTC as it is written."""
    if text in ("Z", "UTC", "GMT"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _refuse(text: str, line: int) -> NoReturn:
    """Refuse a cell that is no moment."""
    raise ConfigError(
        "when", text, f"no moment, in line {line}",
        "2025-11-03 20:00, 2025-11-03T20:00+08:00, 03.11.2025 20:00, 2025年11月3日 20:00",
        f"mend line {line}, or when=COLUMN for another column",
    )  # fmt: skip
