"""Days and clock times as cells of a series name them: year first, or what to type instead."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from sim.base.cells import Unsure

#: The first day of a spreadsheet's count, as far as days after February 1900 go.
_SERIAL = date(1899, 12, 30)


#: A day as digits, year first, perhaps with a clock time and its offset.
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?"
    r"(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?"
)
_SUMS = ("total", "sum", "合计", "总计", "总和", "小计")  #: what stands in place of a day below all
#: Days in words, or without a year, which is then appended.
_OTHER_SHAPES = ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%m-%d", "%m/%d")


def day_of(cell: str, zone: tzinfo, year: int) -> date:
    """The day that a cell names, year first; a clock time is of that day.

    zone : of the case. year : of a day without one, in what is proposed. Raises Unsure with the day
    to type for a day first, a spreadsheet's number, another zone: what can be understood in two
    ways is proposed and never taken.
    """
    text = cell.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _in_zone(found, zone)
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text):
        return _existing(*map(int, found.groups()))
    raise _unsure_of(text, year)


def _existing(year: int, month: int, day: int) -> date:
    """The day of these numbers. Raises Unsure where a month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        raise Unsure("there is no such day") from None


def _in_zone(found: re.Match[str], zone: tzinfo) -> date:
    """The day of a match of _YEAR_FIRST. Raises Unsure for an offset that the zone did not have.

    With the offset of the case's own zone a moment is of the day as it stands; with another it may
    be of the day before or after there, or stand for a whole day that a program wrote as midnight.
    """
    parts = [part for part in found.groups()[:6] if part]
    day = _existing(*map(int, parts[:3]))
    offset = found.group(8)
    if offset is None:
        return day
    # 9:05 as 09:05, which is how Python reads it
    clock = found.group(7).zfill(5 if found.group(7).count(":") == 1 else 8)
    moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset == 'Z' else offset}")
    there = moment.astimezone(zone)
    if there.utcoffset() == moment.utcoffset():
        return day
    other = f" (or {day} if it stands for the whole day)" if there.date() != day else ""
    raise Unsure(f"a time of another zone than the case ({offset})", f"{there.date()}{other}")


def _unsure_of(text: str, year: int) -> Unsure:
    """Why a cell that is not digits with the year first names no day, and the day to type."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        one, two, y = map(int, found.groups())
        days = [day for day in (_iso(y, two, one), _iso(y, one, two)) if day]
        if days:
            typed = " or ".join(dict.fromkeys(days))
            return Unsure("day and month cannot be told apart", typed)
    if (found := re.fullmatch(r"(\d{5})(?:\.0+)?", text)) and 10_000 < int(found.group(1)) < 80_000:
        serial = _SERIAL + timedelta(days=int(found.group(1)))
        return Unsure("a spreadsheet's number of a day", str(serial))
    for shape in _OTHER_SHAPES:
        with_year = (text, shape) if "%Y" in shape else (f"{text} {year}", f"{shape} %Y")
        try:
            moment = datetime.strptime(*with_year)
        except ValueError:
            continue
        return Unsure("not a day as digits, year first", f"{moment:%Y-%m-%d}")
    if found := re.fullmatch(r"(\d{1,2})月(\d{1,2})日", text):
        month, day = map(int, found.groups())
        return Unsure("no year", f"{year}-{month:02}-{day:02}")
    if text.casefold() in _SUMS:
        return Unsure("a sum below the days: leave the line out")
    return Unsure("no day" if text else "no day is named")


def _iso(year: int, month: int, day: int) -> str:
    """A day as one types it; empty if there is no such day."""
    try:
        return str(date(year, month, day))
    except ValueError:
        return ""


def minute_of(cell: str) -> datetime:
    """The moment that a cell of a hot list names, naive, in the zone of its column.

    Raises Unsure for what names none, and for a time with an offset.
    """
    text = cell.strip()
    if found := re.fullmatch(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日? +(\d{1,2}):(\d{2})", text):
        year, month, day, hour, minute = map(int, found.groups())
        text = f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unsure("no time") from None
    if moment.tzinfo is not None:
        raise Unsure("a time with an offset", f"{moment:%Y-%m-%d %H:%M}, as clocks there show it")
    return moment
