"""Days and clock times as cells of a series name them: year first, or what to type instead."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from sim.base.cells import Unsure

#: The first day of a spreadsheet's count, as far as days after February 1900 go.
_SERIAL = date(1899, 12, 30)


def day_of(cell: str, zone: tzinfo, year: int) -> date:
    """The day that a cell names, year first; a clock time is of that day.

    year : of a day without one, in what is proposed. Raises Unsure with the day to type for a day
    first, a spreadsheet's number, another zone.
    """
    text = cell.strip()
    if found := re.fullmatch(
        r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?"
        r"(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?",
        text,
    ):
        parts = [part for part in found.groups()[:6] if part]
        try:
            day = date(*map(int, parts[:3]))
        except ValueError:
            raise Unsure("there is no such day") from None
        if found.group(8) is None:
            return day
        clock = found.group(7).zfill(5 if found.group(7).count(":") == 1 else 8)
        offset = found.group(8)
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset == 'Z' else offset}")
        there = moment.astimezone(zone)
        if there.utcoffset() == moment.utcoffset():
            return day
        other = f" (or {day} if it stands for the whole day)" if there.date() != day else ""
        raise Unsure(f"a time of another zone than the case ({offset})", f"{there.date()}{other}")
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            raise Unsure("there is no such day") from None
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        one, two, y = map(int, found.groups())
        days = []
        for month, day_ in ((two, one), (one, two)):
            try:
                days.append(str(date(y, month, day_)))
            except ValueError:
                continue
        if days:
            raise Unsure("day and month cannot be told apart", " or ".join(dict.fromkeys(days)))
    if (found := re.fullmatch(r"(\d{5})(?:\.0+)?", text)) and 10_000 < int(found.group(1)) < 80_000:
        serial = _SERIAL + timedelta(days=int(found.group(1)))
        raise Unsure("a spreadsheet's number of a day", str(serial))
    for shape in ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%m-%d", "%m/%d"):
        try:
            moment = datetime.strptime(f"{text} {year}" if "%Y" not in shape else text,
                                       shape if "%Y" in shape else f"{shape} %Y")  # fmt: skip
        except ValueError:
            continue
        raise Unsure("not a day as digits, year first", f"{moment:%Y-%m-%d}")
    if found := re.fullmatch(r"(\d{1,2})月(\d{1,2})日", text):
        raise Unsure("no year", f"{year}-{int(found.group(1)):02}-{int(found.group(2)):02}")
    if text.casefold() in ("total", "sum", "合计", "总计", "总和", "小计"):
        raise Unsure("a sum below the days: leave the line out")
    raise Unsure("no day" if text else "no day is named")


def minute_of(cell: str) -> datetime:
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
