"""Short tables that users bring: their records with their lines, checked.

How their text is written is found by `sim.base.table_text`, numbers in their cells are read by
`sim.base.cells`. Long lists of ties are read by Arrow (`sim.network.edge_list`), everything else by
`read_table`.
"""

from __future__ import annotations

import csv
import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.base.encodings import not_utf8
from sim.base.formats import opened, unreadable
from sim.base.refusal import ConfigError
from sim.base.table_text import Written, look_at, numbered_lines, refuse_nul, separated


@dataclass(frozen=True)
class Table:
    """A short table of text: columns by the names that were asked for, cells without blanks."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[int, ...]  #: on which each row begins
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]  #: what a reader may want to know of how it was written

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]


def read_table(
    key: str,
    path: Path,
    required: Sequence[str],
    also: Mapping[str, str] | None = None,
    hint: str = "",
    broken: bool = False,
) -> Table:
    """A short table of text with at least the required columns; other columns are passed on.

    Column names are compared without regard to case. also : names that are understood as well,
    lower case -> the column meant; they are proposed, not taken. hint : what to do about a header
    that is quite another. broken : whether a cell in quotes may go on over ends of lines, as texts
    of posts do. Raises ConfigError with the line for whatever is no table: cells too many or too
    few, a quote left open, no header.
    """
    written = look_at(key, path, required)
    columns = _header(key, path, written, required, also or {}, hint)
    texts = _lines_of(key, path, written)
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    for begins, record in _records(key, path, written, texts[written.first - 1 :]):
        if not any(cell.strip() for cell in record):
            continue
        if not any(cell.strip() for cell in record[len(columns) :]):
            record = record[: len(columns)]  # a spreadsheet writes empty cells beyond the last
        if len(record) != len(columns):
            _refuse_ragged(key, path, begins, len(record), columns, written)
        if begins == written.first:
            continue
        if not broken and any("\n" in cell for cell in record):
            raise _open_quote(key, path, begins)
        lines.append(begins)
        rows.append(tuple(cell.strip() for cell in record))
    if not rows:
        raise unreadable(key, path, "it holds a header and no row", "a row below the header")
    return Table(path.name, columns, tuple(lines), tuple(rows), _notes_on(path.name, written))


def _lines_of(key: str, path: Path, written: Written) -> list[tuple[int, str]]:
    """All lines of a short table with their numbers. Refuses what cannot be read as it is written.

    Its head was looked at before; what is wrong further down is told here.
    """
    try:
        with opened(path) as stream:
            texts = numbered_lines(stream.read(), written)
    except UnicodeDecodeError:
        not_utf8(key, path)
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    for number, line in texts:
        if "\0" in line:
            refuse_nul(key, str(path), "\n" * (number - 1) + line)
    return texts


def _notes_on(name: str, written: Written) -> tuple[str, ...]:
    """What a reader may not expect of how a table is written, a sentence each."""
    notes = []
    if written.encoding != "utf-8":
        notes.append(f"{name}: read as {written.encoding.upper()}")
    if written.separator != ",":
        notes.append(f"{name}: cells are parted by {separated(written.separator)}")
    if written.first > 1:
        above = "what stands above it are comments"
        notes.append(f"{name}: the header is line {written.first}; {above}")
    return tuple(notes)


def _records(
    key: str, path: Path, written: Written, texts: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line on which it begins.

    key : the setting that named the table, for refusals. texts : lines with their numbers, from 1.
    Raises ConfigError for quotes that are never closed, with the line of the first.
    """
    # The reader takes as many lines as a record has: where one began is known by what it was fed.
    numbers: list[int] = []

    def fed() -> Iterator[str]:
        for number, line in texts:
            numbers.append(number)
            yield line

    if written.separator == " ":
        yield from ((number, line.split()) for number, line in texts if line.strip())
        return
    reader = csv.reader(fed(), delimiter=written.separator, strict=True)
    while True:
        begun = len(numbers)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _open_quote(key, path, numbers[min(begun, len(numbers) - 1)]) from None
        if cells:
            yield numbers[begun], cells


def _open_quote(key: str, path: Path, line: int) -> ConfigError:
    """The refusal of a record that goes on over the end of its line."""
    return ConfigError(
        key, path.name, f"a quote is left open, or a line ends inside one, in line {line}",
        'cells on one line, in whole quotes ("...") or none', f"mend the quotes in line {line}",
    )  # fmt: skip


def _refuse_ragged(
    key: str, path: Path, line: int, n: int, columns: Sequence[str], written: Written
) -> None:
    """Refuse a line with another number of cells (n) than columns.

    line : its number in the file, from 1. Raises ConfigError, which says whether a text needs
    quotes or a cell is missing.
    """
    more = n > len(columns)
    hint = (
        f"quotes around a text that holds {separated(written.separator)}, in line {line}"
        if more
        else f"all {len(columns)} cells in line {line}, or a file without that line"
    )
    raise ConfigError(
        key,
        path.name,
        f"not as many cells as columns in line {line}: {n} cells, {len(columns)} columns",
        f"{', '.join(columns)}: {len(columns)} cells parted by {separated(written.separator)}",
        hint,
    )


def _header(
    key: str,
    path: Path,
    written: Written,
    required: Sequence[str],
    also: Mapping[str, str],
    hint: str = "",
) -> tuple[str, ...]:
    """Names of columns: those asked for as they are asked for. Refuses missing and doubled ones.

    also, hint : as in `read_table`. Columns without a name at the end are none.
    """
    columns = list(written.cells)
    while columns and not columns[-1]:
        columns.pop()
    known = {name.casefold(): name for name in required}
    columns = [known.get(name.casefold(), name) for name in columns]
    doubled = sorted(name for name, n in Counter(columns).items() if n > 1 and name in required)
    if doubled:
        raise ConfigError(
            key, path.name, f"column {', '.join(doubled)} stands twice in line {written.first}",
            ", ".join(required), "each column once",
        )  # fmt: skip
    missing = [name for name in required if name not in columns]
    if not missing:
        return tuple(columns)
    _refuse_header_below(key, path, written, required, missing)
    meant = _columns_meant(columns, missing, also)
    raise ConfigError(
        key, path.name,
        f"has no column {', '.join(missing)}; line {written.first} holds "
        f"{', '.join(cell[:40] for cell in columns[:12])}, parted by "
        f"{separated(written.separator)}",
        ", ".join(required),
        f"in the header: {', '.join(meant)}"
        if meant
        else hint or "a header line with these columns",
    )  # fmt: skip


def _refuse_header_below(
    key: str, path: Path, written: Written, required: Sequence[str], missing: Sequence[str]
) -> None:
    """Refuse a table whose header stands further down, below lines of something else.

    required, missing : columns that must be there, and those that are not. Raises ConfigError with
    the lines to leave out; nothing where no line of the sample is a header.
    """
    known = {name.casefold(): name for name in required}
    for number, cells in enumerate(written.samples, start=1):
        if set(required) <= {known.get(cell.casefold(), cell) for cell in cells}:
            raise ConfigError(
                key, path.name,
                f"has no column {', '.join(missing)} in line {written.first}: the header stands "
                f"further down, after {number} lines of something else",
                ", ".join(required), "a file without the lines above the header",
            )  # fmt: skip


def _columns_meant(
    columns: Sequence[str], missing: Sequence[str], also: Mapping[str, str]
) -> list[str]:
    """Which columns of a header probably are the missing ones: by another name, or misspelt."""
    meant = [
        f"{cell} -> {also[cell.casefold()]}"
        for cell in columns
        if also.get(cell.casefold()) in missing
    ]
    meant += [
        f"{close[0]} -> {name}"
        for name in missing
        if not any(one.endswith(f"-> {name}") for one in meant)
        and (close := difflib.get_close_matches(name, columns, n=1))
    ]
    return meant
