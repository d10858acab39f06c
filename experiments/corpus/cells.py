"""One table of a folder of affairs, cell by cell: what is read, and what to type instead.

Nothing here raises for what somebody wrote in a cell: complaints are collected, so that one look
finds all of them.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.base.cells import Unsure, number_of, typed
from sim.base.refusal import ConfigError
from sim.base.tables import Table, read_table

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

LIST_ZONE = timezone(timedelta(hours=8))  #: of the list's clock
#: Tables of a folder; what bears the name of one is no misspelt other.
TABLES = ("affairs", "events", "series", "samples", "platform_snapshots")
ENDINGS = (".csv", ".csv.gz", ".csv.bz2")
SHOWN = 5  #: lines that one complaint names
MOST = 12  #: different complaints of one column


@dataclass(frozen=True)
class Complaint:
    """What is wrong in a table, where, and what to type instead; lines empty: the whole file."""

    file: str
    lines: tuple[int, ...]
    column: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        places = [self.file]
        if self.lines:
            shown = ", ".join(map(str, self.lines[:SHOWN]))
            more = len(self.lines) - SHOWN
            places.append(f"line {shown}" + (f" and {more} more" if more > 0 else ""))
        if self.column:
            places.append(f"column {self.column}")
        return f"{', '.join(places)}: {self.problem}\n  try: {self.remedy}"


@dataclass
class Complaints:
    """Complaints of one table; the same one about several lines is one complaint."""

    file: str
    _lines: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, line: int | None, column: str, problem: str, remedy: str) -> None:
        """One more; line : None for the whole file."""
        found = self._lines[column, problem, remedy]
        if line is not None:
            found.append(line)

    def all(self) -> list[Complaint]:
        """All of them in order of lines; of a column that is wrong throughout only the first."""
        found = [
            Complaint(self.file, tuple(lines), column, problem, remedy)
            for (column, problem, remedy), lines in self._lines.items()
        ]
        found.sort(key=lambda one: (not one.lines, one.lines[:1]))
        seen: Counter[str] = Counter()
        kept = []
        for one in found:
            seen[one.column] += 1
            if seen[one.column] <= MOST:
                kept.append(one)
        kept += [
            Complaint(self.file, (), column, f"and {n - MOST} more in this column", "mend the "
                      "first ones; the others may go with them")
            for column, n in seen.items() if n > MOST
        ]  # fmt: skip
        return kept


def file_of(folder: Path, name: str, complaints: Complaints, needed: bool = True) -> Path | None:
    """The file of a table, packed or not; complains of none (where it is needed) and of two."""
    there = [path for end in ENDINGS if (path := folder / f"{name}{end}").is_file()]
    if len(there) > 1:
        names = " and ".join(path.name for path in there)
        complaints.add(None, "", f"{names} stand side by side", "one of them")
    if not there and needed:
        others = [one for one in _names_in(folder) if one.partition(".")[0] not in TABLES]
        near = difflib.get_close_matches(f"{name}.csv", others, n=1)
        complaints.add(
            None,
            "",
            "no such file",
            f"call {near[0]} {name}.csv" if near else f"a table {name}.csv",
        )
    return there[0] if len(there) == 1 else None


def _names_in(folder: Path) -> list[str]:
    """Names of the files of a folder that is there."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


class Sheet:
    """A table whose cells are read column by column; what cannot be read is complained of.

    Cells that could not be read come out as `usual`, so that reading goes on.
    """

    def __init__(self, path: Path, required: Sequence[str], complaints: Complaints) -> None:
        """Reads the file. Raises ConfigError where it is no table with the required columns."""
        hint = f"a header line {','.join(required)}"
        self._table: Table = read_table(f"corpus.{complaints.file}", path, required, hint=hint)
        self.lines = self._table.lines
        self.complaints = complaints
        self._at = {name.casefold(): k for k, name in enumerate(self._table.columns)}

    def __len__(self) -> int:
        return len(self._table.rows)

    def has(self, column: str) -> bool:
        """Whether there is such a column."""
        return column.casefold() in self._at

    def text(self, column: str, usual: str = "") -> list[str]:
        """Cells as they stand; of a column that is not there, the usual one."""
        if not self.has(column):
            return [usual] * len(self)
        at = self._at[column.casefold()]
        return [row[at] for row in self._table.rows]

    def name(self, column: str) -> list[str]:
        """Cells that have to say something."""
        cells = self.text(column)
        for line, cell in zip(self.lines, cells, strict=True):
            if not cell:
                self.complaints.add(line, column, "is empty", "a name")
        return cells

    def choice(
        self, column: str, options: Sequence[str], usual: str, needed: bool = False
    ) -> list[str]:
        """Cells that are one of some words; blank is the usual one, unless it is needed."""
        found = []
        for line, cell in zip(self.lines, self.text(column, usual), strict=True):
            if cell in options or (not cell and not needed):
                found.append(cell or usual)
                continue
            near = difflib.get_close_matches(cell.casefold(), options, n=1)
            self.complaints.add(
                line, column, f"{cell or 'a blank'} is none of {', '.join(options)}",
                near[0] if near else "the one of them that it is",
            )  # fmt: skip
            found.append(usual)
        return found

    def number(
        self,
        column: str,
        low: float = 0.0,
        high: float = np.inf,
        blank: float | None = None,
        whole: bool = False,
    ) -> _F:
        """Numbers of a range. blank : what an empty cell or column means; None where it may not be.

        whole : only whole numbers.
        """
        usual = max(float(low), 0.0) if blank is None else float(blank)
        if not self.has(column):
            return np.full(len(self), usual)
        found = np.full(len(self), usual)
        for row, (line, cell) in enumerate(zip(self.lines, self.text(column), strict=True)):
            if not cell and blank is not None:
                continue
            told = _read(cell, low, high, whole)
            if isinstance(told, float):
                found[row] = told
            else:
                self.complaints.add(line, column, *told)
        return found

    def moments(self, column: str) -> _F:
        """Times with their zone, as seconds since 1970; NaN where that cannot be read."""
        found = np.full(len(self), np.nan)
        for row, (line, cell) in enumerate(zip(self.lines, self.text(column), strict=True)):
            told = moment_of(cell)
            if isinstance(told, float):
                found[row] = told
            else:
                self.complaints.add(line, column, *told)
        return found

    def each(
        self, column: str, wrong: npt.NDArray[np.bool_], say: Callable[[int], tuple[str, str]]
    ) -> None:
        """Complain of the rows that are wrong; say : row -> problem and remedy."""
        for row in np.flatnonzero(wrong):
            self.complaints.add(self.lines[row], column, *say(int(row)))

    def doubled(self, columns: Sequence[str], keys: Sequence[object]) -> None:
        """Complain of rows whose keys stand above already."""
        first: dict[object, int] = {}
        for line, key in zip(self.lines, keys, strict=True):
            above = first.setdefault(key, line)
            if above != line:
                said = " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
                self.complaints.add(
                    line, ", ".join(columns), f"{said} stands in line {above} already",
                    "one line for each",
                )  # fmt: skip


def _read(cell: str, low: float, high: float, whole: bool) -> float | tuple[str, str]:
    """The number of a cell, or what is wrong with it and what to type."""
    fits = f"{'a whole number' if whole else 'a number'} from {low:g}"
    fits += f" to {high:g}" if np.isfinite(high) else " on"
    try:
        value = number_of(cell)
    except Unsure as why:
        return f"{cell or 'a blank'}: {str(why).partition(':')[0]}", why.typed or fits
    if not low <= value <= high:
        return f"{cell} is out of range", fits
    if whole and value != int(value):
        return f"{cell} is not whole", typed(float(round(value)))
    return value


def moment_of(cell: str) -> float | tuple[str, str]:
    """Seconds since 1970 of an ISO time with its zone, or what is wrong and what to type."""
    try:
        moment = datetime.fromisoformat(cell.replace(" ", "T", 1))
    except ValueError:
        return f"{cell or 'a blank'} is no time", "a time as 2025-03-01T14:05+08:00"
    if moment.tzinfo is None:
        return (
            f"{cell} does not say its zone",
            f"{moment.isoformat(timespec='minutes')}+08:00 if it is China time",
        )
    if not 1990 <= moment.year <= 2100:
        return f"{cell} is in no year of such lists", "a time as 2025-03-01T14:05+08:00"
    return moment.astimezone(UTC).timestamp()


def refused(refusal: ConfigError, file: str) -> Complaint:
    """What a table was refused for, as a complaint of the whole file."""
    # the reader's usual remedy is a line of a case file, and here there is none
    of_a_case = refusal.hint.startswith("series: {")
    remedy = "a table of text: CSV in UTF-8 with a header line" if of_a_case else refusal.hint
    return Complaint(file, (), "", refusal.reason, remedy)
