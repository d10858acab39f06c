"""Rows of an export as windows of time with a number of mentions each; what was dropped, and why.

Sources are added. An hour that a table of counts does not have is unknown and not empty; an hour
without a post, in a list of posts, is empty. Only counts leave this module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from experiments.live.columns import Columns
from experiments.live.moments import Moment, is_total
from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import Table

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOUBLED = ("sum", "first", "last")
_Key = tuple[datetime, bool, str]  #: when, whether a day, source


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


def counted(table: Table, of: Columns, moments: Sequence[Moment | None], doubled: str) -> Counts:
    """The windows of a table. doubled : sum, first or last; empty: unlike counts are refused."""
    if doubled and doubled not in DOUBLED:
        raise ConfigError(
            "doubled", doubled, "not possible here", ", ".join(DOUBLED), "doubled=sum"
        )
    if of.count:
        cells, notes = _cells(table, of, moments, doubled)
    else:
        cells, notes = _posts(table, of, moments)
    windows, more = _windows(cells, posts=not of.count)
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
    table: Table, of: Columns, moments: Sequence[Moment | None], doubled: str
) -> tuple[dict[_Key, float], list[str]]:
    """Counts by moment and source. Raises ConfigError for cells that are no counts."""
    found: dict[_Key, list[tuple[int, float]]] = defaultdict(list)
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
        found[at, moment.daily, source].append((table.lines[row], _count(table, of, row)))
    if sums:
        notes.append(f"{sums} rows are sums of others: dropped")
    if len(of.count) > 1:
        notes.append(f"mentions are the sum of {', '.join(of.count)}")
    cells, alike = {}, 0
    for key, values in found.items():
        cells[key], same = _one(key, values, doubled)
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


def _count(table: Table, of: Columns, row: int) -> float:
    """The mentions of a row. Raises ConfigError with the line and what to type."""
    total = 0.0
    for name in of.count:
        cell = table.rows[row][table.columns.index(name)]
        try:
            value = number_of(cell)
        except Unsure as problem:
            raise ConfigError(
                name, cell, f"{problem}, in line {table.lines[row]}", "a count: 1200, 1.2万",
                f"{problem.typed} in line {table.lines[row]}" if problem.typed
                else f"a count in line {table.lines[row]}, or no such line",
            ) from None  # fmt: skip
        if value < 0:
            raise ConfigError(
                name, cell, f"no count, in line {table.lines[row]}", "0 or more",
                f"mend line {table.lines[row]}",
            )  # fmt: skip
        total += value
    return total


def _floor(at: datetime) -> datetime:
    """The beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def _windows(cells: Mapping[_Key, float], posts: bool) -> tuple[tuple[Window, ...], list[str]]:
    """Hours and days out of counts by moment; gaps, partial hours and days are told."""
    by_hour, notes = _hours(cells)
    days: dict[datetime, float] = defaultdict(float)
    for (at, daily, _), value in cells.items():
        if daily:
            days[at] += value
    if not by_hour and not days:
        raise ConfigError("import", None, "no row with a count is left", "rows", "another file")
    windows = [Window(at, at + HOUR, value) for at, value in by_hour.items()]
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
