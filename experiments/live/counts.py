"""Rows of an export as windows of time with a number of mentions each; what was dropped, and why.

Sources are added. An hour that a table of counts does not have is unknown and not empty; an hour
without a post, in a list of posts, is empty. Only counts leave this module.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NoReturn

import numpy as np

from experiments.live.columns import Columns
from experiments.live.moments import Moment, is_total
from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import Table

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOUBLED = ("sum", "first", "last")
#: How numbers are written: an example of one.
NUMBERS = ("1,234", "1.234")
EMPTY = ("unknown", "zero")
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+")  #: 1.234: one thousand, or one and a bit
_GROUPS = re.compile(r"(?<=\d)[ '\u00a0\u202f\u2009](?=\d{3})")
_NOTHING = ("", "n/a", "na", "nan", "null", "none", "-", "--", "—", "无", "缺失")
_Key = tuple[datetime, bool, str]  #: when, whether a day, source


@dataclass(frozen=True)
class Reading:
    """What was said of how counts are written. Raises ConfigError for what cannot be."""

    doubled: str = ""  #: one of DOUBLED; empty: unlike counts of a moment are refused
    numbers: str = ""  #: one of NUMBERS; empty: digits as they are, and doubtful ones refused
    empty: str = ""  #: one of EMPTY; empty: a cell without a count is refused
    span: int = 0  #: hours that a count covers; 0: an hour or a day, as the moments say

    def __post_init__(self) -> None:
        for key, allowed in (("doubled", DOUBLED), ("numbers", NUMBERS), ("empty", EMPTY)):
            value = getattr(self, key)
            if value and value not in allowed:
                raise ConfigError(
                    key, value, "not possible here", ", ".join(allowed), f"{key}={allowed[0]}"
                )
        if not 0 <= self.span <= 24:
            raise ConfigError("span", self.span, "no such span", "1 to 24 hours", "span=24")


@dataclass(frozen=True)
class Window:
    """Mentions from one moment to another, UTC."""

    begins: datetime
    ends: datetime
    count: float


@dataclass(frozen=True)
class Counts:
    """What an export says, in order of time, and what is to be told of it."""

    windows: tuple[Window, ...]
    sources: Mapping[str, float]  #: mentions by source, as far as they are kept
    notes: tuple[str, ...]


def counted(
    table: Table, of: Columns, moments: Sequence[Moment | None], said: Reading
) -> Counts:  # fmt: skip
    """The windows of a table. Raises ConfigError for what is doubtful."""
    if of.count:
        cells, notes = _cells(table, of, moments, said)
        span = _span(cells, said.span)
    else:
        cells, notes = _posts(table, of, moments)
        span = 1
    windows, more = _windows(cells, posts=not of.count, span=span)
    if not any(one.count for one in windows):
        raise ConfigError(
            "import", table.name, "no mention in any of its hours", "an hour with mentions",
            "an export of the days of the affair",
        )  # fmt: skip
    by_source: Counter[str] = Counter()
    for (_, _, source), value in cells.items():
        by_source[source] += value  # type: ignore[assignment]
    return Counts(windows, dict(by_source), (*notes, *more))


def _posts(
    table: Table, of: Columns, moments: Sequence[Moment | None]
) -> tuple[dict[_Key, float], list[str]]:
    """Mentions an hour of a table in which each row is one; what is listed twice counts once."""
    seen: set[int] = set()  # hashes, so that nobody's address stays in memory longer than its row
    cells: dict[_Key, float] = defaultdict(float)
    twice = 0
    for row, moment in enumerate(moments):
        if moment is None:
            continue
        if moment.daily:
            raise ConfigError(
                "when", of.when, f"names days and no hours, in line {table.lines[row]}: posts of a "
                "day cannot be put into hours", "a column with the hour of each post",
                "hour=COLUMN, or when=COLUMN",
            )  # fmt: skip
        name = table.rows[row][table.columns.index(of.id)] if of.id else ""
        if name:
            if hash(name) in seen:
                twice += 1
                continue
            seen.add(hash(name))
        cells[_floor(moment.at), False, _source(table, of, row)] += 1.0
    notes = ["each row is one mention: texts, names and addresses were not kept"]
    if twice:
        notes.append(f"{twice} rows stand there twice by {of.id}: counted once")
    return dict(cells), notes


def _cells(
    table: Table, of: Columns, moments: Sequence[Moment | None], said: Reading
) -> tuple[dict[_Key, float], list[str]]:
    """Counts by moment and source. Raises ConfigError for cells that are no counts."""
    found: dict[_Key, list[tuple[int, float]]] = defaultdict(list)
    holes: set[tuple[datetime, bool]] = set()
    notes, sums = [], 0
    passes: Counter[tuple[datetime, str]] = Counter()
    for row, moment in enumerate(moments):
        source = _source(table, of, row)
        if moment is None or (of.source and is_total(source)):
            sums += 1
            continue
        at = moment.at
        if moment.twice:
            passes[at, source] += 1
            at += HOUR * (passes[at, source] == 2)
        value = _count(table, of, row, said)
        if value is None:
            holes.add((at, moment.daily))
        else:
            found[at, moment.daily, source].append((table.lines[row], value))
    if holes:
        notes.append(f"{len(holes)} moments have a cell without a count: unknown")
    if sums:
        notes.append(f"{sums} rows are sums of others: dropped")
    if len(of.count) > 1:
        notes.append(f"mentions are the sum of {', '.join(of.count)}")
    cells: dict[_Key, float] = {}
    alike = 0
    for key, values in found.items():
        if key[:2] not in holes:
            cells[key], same = _one(key, values, said.doubled)
            alike += same
    if alike:
        notes.append(f"{alike} rows say again what another says: counted once")
    return cells, notes


def _one(key: _Key, values: list[tuple[int, float]], doubled: str) -> tuple[float, int]:
    """The count of one moment and source, and how many rows were left out as doubles."""
    numbers = [value for _, value in values]
    if len(set(numbers)) == 1 and doubled != "sum":
        return numbers[0], len(numbers) - 1
    if not doubled and len(numbers) > 1:
        lines = ", ".join(str(line) for line, _ in values[:6])
        shown = ", ".join(f"{n:g}" for n in numbers[:6])
        raise ConfigError(
            "doubled", f"{key[0]:%Y-%m-%d %H:%M} UTC",
            f"stands in lines {lines} with unlike counts ({shown})",
            "sum, first, last; or source=COLUMN, if these are several sources", "doubled=sum",
        )  # fmt: skip
    pick = {"sum": sum(numbers), "first": numbers[0], "last": numbers[-1], "": numbers[0]}
    return pick[doubled], 0


def _source(table: Table, of: Columns, row: int) -> str:
    """The source of a row; empty where there is no such column."""
    return table.rows[row][table.columns.index(of.source)][:60] if of.source else ""


def _count(table: Table, of: Columns, row: int, said: Reading) -> float | None:
    """The mentions of a row, None where a cell is empty. Raises ConfigError with the line."""
    total = 0.0
    for name in of.count:
        cell = table.rows[row][table.columns.index(name)]
        if cell.casefold() in _NOTHING and said.empty:
            if said.empty == "unknown":
                return None
            cell = "0"
        try:
            value = number_of(_ungrouped(cell, said.numbers))
        except Unsure as problem:
            _refuse_cell(name, cell, problem, table.lines[row])
        if value < 0:
            raise ConfigError(
                name, cell, f"no count, in line {table.lines[row]}", "0 or more",
                f"mend line {table.lines[row]}",
            )  # fmt: skip
        total += value
    return total


def _ungrouped(cell: str, numbers: str) -> str:
    """A number without what parts its thousands. Raises Unsure for 1.234 that nobody explained."""
    if numbers == "1,234":
        return _GROUPS.sub("", cell).replace(",", "")
    if numbers == "1.234":
        return _GROUPS.sub("", cell).replace(".", "").replace(",", ".")
    if _DOTTED.fullmatch(cell):
        raise Unsure("a dot that parts thousands or decimals")
    return cell


def _refuse_cell(name: str, cell: str, problem: Unsure, line: int) -> NoReturn:
    """Refuse a cell that is no count, with the setting for its column or what to type there."""
    whole = f"a count in line {line}, or no such line"
    if problem.typed:
        whole = f"{problem.typed} in line {line}"
    if cell.casefold() in _NOTHING:
        whole = f"empty=unknown or empty=zero for all such cells; or {whole}"
    elif re.fullmatch(r"[\d.,' \u00a0\u202f\u2009]+", cell):
        whole = f"numbers=1,234 (commas part thousands) or numbers=1.234 (dots do); or {whole}"
    raise ConfigError(
        name, cell, f"{problem}, in line {line}", "a count: 1200, 1.2万", whole
    ) from None  # fmt: skip


def _span(cells: Mapping[_Key, float], said: int) -> int:
    """Hours that each count covers. Refuses moments that lie further apart than that is sure."""
    moments = sorted({at for at, daily, _ in cells if not daily})
    apart = min((b - a for a, b in pairwise(moments)), default=HOUR) / HOUR
    if said and not moments:
        raise ConfigError(
            "span", said, "the moments are days, and a count is of its day", "no span", "no span="
        )
    if said > apart > 0 and len(moments) > 1:
        raise ConfigError(
            "span", said, f"counts lie {apart:g} h apart", f"at most {apart:g}", f"span={apart:g}"
        )
    if said or apart <= 1 or len(moments) < 2:
        return said or 1
    whole = max(1, min(24, int(apart)))
    raise ConfigError(
        "span", None, f"counts lie {apart:g} h apart: is each of one hour, or of {apart:g}?",
        "1 to 24 hours", f"span={whole}, if each counts {whole} h; span=1, if it counts one",
    )  # fmt: skip


def _floor(at: datetime) -> datetime:
    """The beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def _windows(
    cells: Mapping[_Key, float], posts: bool, span: int
) -> tuple[tuple[Window, ...], list[str]]:
    """Hours and days out of counts by moment; gaps, partial hours and days are told."""
    by_hour, notes = _hours(cells)
    days: dict[datetime, float] = defaultdict(float)
    for (at, daily, _), value in cells.items():
        if daily:
            days[at] += value
    if not by_hour and not days:
        raise ConfigError("import", None, "no row with a count is left", "rows", "another file")
    windows = [Window(at, at + span * HOUR, value) for at, value in by_hour.items()]
    if posts and by_hour:
        windows, more = _filled(by_hour)
        notes += more
    covered = {at + k * HOUR for at in days for k in range(24)} & set(by_hour)
    for at, value in days.items():
        inside = [by_hour[at + k * HOUR] for k in range(24) if at + k * HOUR in by_hour]
        if not inside:
            windows.append(Window(at, at + DAY, value))
        elif len(inside) == 24 and abs(sum(inside) - value) > 0.2 * max(value, 1.0):
            notes.append(
                f"the day of {at:%Y-%m-%d %H:%M} UTC has {value:g} mentions and its hours "
                f"{sum(inside):g}: the hours were kept"
            )
    if covered:
        notes.append("days beside hours of the same day: the hours were kept")
    windows.sort(key=lambda one: one.begins)
    gaps = sum(a.ends < b.begins for a, b in pairwise(windows))
    if gaps:
        missing = sum((b.begins - a.ends) / HOUR for a, b in pairwise(windows))
        notes.append(f"{missing:g} hours are missing in {gaps} places: unknown, and not empty")
    return tuple(windows), notes


def _hours(cells: Mapping[_Key, float]) -> tuple[dict[datetime, float], list[str]]:
    """Counts by hour; of finer ones only hours of which every part is there."""
    parts: dict[datetime, dict[datetime, float]] = defaultdict(lambda: defaultdict(float))
    for (at, daily, _), value in cells.items():
        if not daily:
            parts[_floor(at)][at] += value
    most = max((len(one) for one in parts.values()), default=1)
    whole = {at: sum(one.values()) for at, one in parts.items() if len(one) == most}
    notes = []
    if most > 1:
        notes.append(f"{most} counts an hour were added")
        if len(whole) < len(parts):
            notes.append(f"{len(parts) - len(whole)} hours lack some of theirs: dropped")
    return dict(sorted(whole.items())), notes


def _filled(by_hour: Mapping[datetime, float]) -> tuple[list[Window], list[str]]:
    """Hours of a list of posts: those without a post are empty, the last may not be whole."""
    first, last = min(by_hour), max(by_hour)
    n = round((last - first) / HOUR)
    hours = [first + k * HOUR for k in range(n)]
    if not hours:
        raise ConfigError(
            "import", 1, "all posts lie in one hour, which may not be over",
            "posts of two hours or more", "a longer export",
        )  # fmt: skip
    windows = [Window(at, at + HOUR, by_hour.get(at, 0.0)) for at in hours]
    empty = int(np.sum([one.count == 0 for one in windows]))
    notes = [f"the last hour ({last:%Y-%m-%d %H:%M} UTC) may not be over: dropped"]
    if empty:
        notes.append(f"{empty} hours have no post: empty")
    return windows, notes
