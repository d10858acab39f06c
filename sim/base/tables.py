"""Tables that users bring: how their text is written, and their records with their lines.

Every table of text is looked at here before it is read: encoding (`sim.base.encodings`), separator,
comment lines, and what is no table at all (`sim.base.formats`), each named with what to do. Long
lists of ties are then read by Arrow (`sim.network.edge_list`), everything else by `read_table`.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.base.encodings import HEAD, not_utf8, readable_encoding
from sim.base.formats import opened, refuse_absent, refuse_binary, refuse_other_text, unreadable
from sim.base.refusal import ConfigError

COMMENTS = ("#", "%")  #: marks at the beginning of a line that is no record
SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}


@dataclass(frozen=True)
class Written:
    """How a table of text is written.

    first : line of the first record, from 1. cells : of that record, blanks around them taken off.
    marks : characters with which lines begin that are comments, as far as the file's head shows.
    """

    encoding: str
    separator: str
    first: int
    cells: tuple[str, ...]
    marks: str
    samples: tuple[tuple[str, ...], ...]  #: the next few records


def look_at(key: str, path: str | Path, wanted: Sequence[str] = ()) -> Written:
    """How the text of a table is written. Raises ConfigError for what is no table of text.

    wanted : columns that the header may have; they tell the separator where it is in doubt.
    """
    file = Path(path).expanduser()
    refuse_absent(key, path, file)
    with file.open("rb") as raw:
        refuse_binary(key, str(path), file, raw.read(16))
    try:
        with opened(file) as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    if not head.strip():
        raise unreadable(key, path, "the file is empty")
    encoding = readable_encoding(head)
    if encoding is None:
        not_utf8(key, path)
    whole = len(head) < HEAD
    text = head.decode(encoding, "replace" if not whole else "strict")
    text = text.removeprefix("\ufeff")
    refuse_other_text(key, str(path), text)
    _refuse_nul(key, str(path), text)
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1] or lines  # the last may be cut
    marks, first, records = "", 0, []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[0] in COMMENTS:
            marks += line[0] if line[0] not in marks else ""
            continue
        first = first or number
        records.append(line)
        if len(records) > 50:
            break
    if not records:
        raise unreadable(key, path, "nothing but comments stands in it")
    separator = _separator(records, wanted)
    cut = [tuple(cell.strip() for cell in cells_of(line, separator)) for line in records]
    return Written(encoding, separator, first, cut[0], marks, tuple(cut[1:]))


def _refuse_nul(key: str, path: str, text: str) -> None:
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise unreadable(
            key, path, f"a character of code 0 stands in line {line}", f"mend line {line}"
        )


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of one line; runs of blanks part cells where the separator is a blank."""
    if separator == " ":
        return line.split()
    return next(csv.reader([line], delimiter=separator), [])


def _separator(records: Sequence[str], wanted: Sequence[str]) -> str:
    """Where cells are parted: as the header says, or as most lines are parted alike."""
    names = {name.casefold() for name in wanted}
    best, found = (0.0, 0.0), ","
    for separator in SEPARATORS:
        counts = Counter(len(cells_of(line, separator)) for line in records)
        n, often = counts.most_common(1)[0]
        header = cells_of(records[0], separator)
        met = len({cell.strip().casefold() for cell in header} & names)
        alike = often / len(records) if n > 1 else 0.0
        if separator == " " and not met:
            alike *= 0.5  # a blank may stand inside a text
        if (met, alike) > best:
            best, found = (met, alike), separator
    return found


def separated(separator: str) -> str:
    """A separator in words."""
    return SEPARATORS[separator]


def _numbered(content: bytes, written: Written) -> list[tuple[int, str]]:
    """Lines with their numbers, comments taken as blank; lines end as any system ends them."""
    text = content.decode("utf-8-sig" if written.encoding == "utf-8" else written.encoding)
    return [
        (number, "\n" if line[:1] in COMMENTS else line)
        for number, line in enumerate(io.StringIO(text, newline=None), start=1)
    ]


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
) -> Table:
    """A short table of text with at least the required columns; other columns are passed on.

    Column names are compared without regard to case. also : names that are understood as well,
    lower case -> the column meant; they are proposed, not taken. hint : what to do about a header
    that is quite another. Raises ConfigError with the line
    for whatever is no table: cells too many or too few, a quote left open, no header.
    """
    written = look_at(key, path, required)
    name = path.name
    columns = _header(key, path, written, required, also or {}, hint)
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    try:
        with opened(path) as stream:
            texts = _numbered(stream.read(), written)
    except UnicodeDecodeError:
        not_utf8(key, path)
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    for number, line in texts:
        if "\0" in line:
            _refuse_nul(key, str(path), "\n" * (number - 1) + line)
    for begins, record in _records(key, path, written, texts[written.first - 1 :]):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(columns) and not any(cell.strip() for cell in record[len(columns) :]):
            record = record[: len(columns)]
        if len(record) != len(columns):
            _refuse_ragged(key, path, begins, len(record), columns, written)
        if begins == written.first:
            continue
        for cell in record:
            if "\n" in cell:
                raise _open_quote(key, path, begins)
        lines.append(begins)
        rows.append(tuple(cell.strip() for cell in record))
    if not rows:
        raise unreadable(key, path, "it holds a header and no row", "a row below the header")
    notes = []
    if written.encoding != "utf-8":
        notes.append(f"{name}: read as {written.encoding.upper()}")
    if written.separator != ",":
        notes.append(f"{name}: cells are parted by {separated(written.separator)}")
    if written.first > 1:
        above = "what stands above it are comments"
        notes.append(f"{name}: the header is line {written.first}; {above}")
    return Table(name, columns, tuple(lines), tuple(rows), tuple(notes))


def _records(
    key: str, path: Path, written: Written, texts: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line on which it begins."""
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
    return ConfigError(
        key, path.name, f"a quote is left open, or a line ends inside one, in line {line}",
        'cells on one line, in whole quotes ("...") or none', f"mend the quotes in line {line}",
    )  # fmt: skip


def _refuse_ragged(
    key: str, path: Path, line: int, n: int, columns: Sequence[str], written: Written
) -> None:
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
    """Names of columns: those asked for as they are asked for. Refuses missing and doubled ones."""
    columns = list(written.cells)
    while columns and not columns[-1]:
        columns.pop()
    known = {name.casefold(): name for name in required}
    columns = [known.get(name.casefold(), name) for name in columns]
    missing = [name for name in required if name not in columns]
    doubled = sorted(name for name, n in Counter(columns).items() if n > 1 and name in required)
    if doubled:
        raise ConfigError(
            key, path.name, f"column {', '.join(doubled)} stands twice in line {written.first}",
            ", ".join(required), "each column once",
        )  # fmt: skip
    if not missing:
        return tuple(columns)
    for number, cells in enumerate(written.samples, start=1):
        if set(required) <= {known.get(cell.casefold(), cell) for cell in cells}:
            raise ConfigError(
                key, path.name,
                f"has no column {', '.join(missing)} in line {written.first}: the header stands "
                f"further down, after {number} lines of something else",
                ", ".join(required), "a file without the lines above the header",
            )  # fmt: skip
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
    raise ConfigError(
        key,
        path.name,
        f"has no column {', '.join(missing)}; line {written.first} holds "
        f"{', '.join(cell[:40] for cell in columns[:12])}, parted by "
        f"{separated(written.separator)}",
        ", ".join(required),
        f"in the header: {', '.join(meant)}"
        if meant
        else hint or "a header line with these columns",
    )
