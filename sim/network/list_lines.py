"""Lines of a list: its records one by one, and where the guilty ones of a refusal stand.

Lists are read by Arrow, which knows rows and no lines; a refusal must name lines. So rows that are
wrong are noted by number (`Slips`), and only when something is refused is the file read once more
to find on which lines these rows stand: blank lines and line ends inside quotes move them.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.base.encodings import encoding_of
from sim.base.formats import unreadable
from sim.base.refusal import ConfigError
from sim.base.table_text import cells_of, separated
from sim.network.list_file import BLOCK, Source, raw_line, separator_of

NAMED = 5  #: guilty lines that a refusal names; the others are counted
WITHOUT_THEM = "a file without those lines"  #: what to type where nothing else helps


@dataclass
class Slips:
    """Rows of a file that are wrong in one way, noted in their order: the first, and how many."""

    first: list[int] = field(default_factory=list)
    n: int = 0

    def note(self, rows: npt.NDArray[np.int64] | Sequence[int]) -> Slips:
        """Count further rows, in order, and keep the first of them; the slips themselves."""
        self.first += [int(row) for row in rows[: NAMED - len(self.first)]]
        self.n += len(rows)
        return self


def records_of(
    source: Source, passed: Callable[[int, int, bytes], bool] = lambda row, n, block: False
) -> Iterator[tuple[int, int, list[str]]]:
    """Records of a CSV file that are not blank: row, line on which it begins, cells.

    The header is row -1. passed : told the first row, the number and the bytes of records that
    stand a line each, says whether they may be passed over: counting is faster than parsing.
    """
    import pyarrow as pa

    with (
        pa.input_stream(str(source.file), compression="detect") as stream,
        io.BufferedReader(stream, BLOCK) as lines,
    ):
        for _ in range(source.skip):
            lines.readline()
        row, line = -1 if source.header else 0, 1 + source.skip
        block = lines.readline()
        first = True
        while block:
            # a record in quotes, or lines that end with \r alone, may go on in the next block
            quoted = not first and b'"' in block
            to_the_end = quoted or block.count(b"\r") != block.count(b"\r\n")
            n = block.count(b"\n") + (not block.endswith(b"\n"))
            if to_the_end or _has_blanks(block) or not passed(row, n, block):
                text: Iterable[str] = io.StringIO(block.decode("utf-8-sig", "replace"), newline="")
                if to_the_end:
                    after = io.TextIOWrapper(lines, "utf-8", errors="replace", newline="")
                    text = itertools.chain(text, after)
                for begins, cells in _parsed(text, line, source.separator):
                    yield row, begins, cells
                    row += 1
            else:
                row += n
            if to_the_end:
                return
            line += n
            first = False
            block = lines.read(BLOCK) + lines.readline()


def _has_blanks(block: bytes) -> bool:
    """Whether a line of a block is blank, so that it has fewer records than lines."""
    return b"\n\n" in block or b"\n\r" in block or block[0] in b"\r\n"


def _parsed(lines: Iterable[str], first: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with its line, where the lines begin with number `first`."""
    reader, begins = csv.reader(lines, delimiter=separator), first
    for cells in reader:
        if cells:
            yield begins, cells
        begins = first + reader.line_num


def where_are(source: Source, slips: Slips, shown: Sequence[str] = ()) -> str:
    """Where the first guilty rows are, in words: lines of a CSV file, rows of a Parquet file.

    shown : columns whose cells are told, as they stand in these rows.
    """
    if source.parquet:
        place = "row " + ", ".join(str(row + 1) for row in slips.first)
        said = _cells_at(source, slips.first, shown) if shown else []
    else:
        found = _found_rows(source, slips.first)
        lines = (found[row][0] if row in found else row + 2 for row in slips.first)
        place = "line " + ", ".join(map(str, lines))
        at = [source.names.index(name) for name in shown]
        said = [
            " -> ".join(found[row][1][k] for k in at)
            for row in slips.first
            if row in found and len(found[row][1]) > max(at, default=0)
        ]
    more = f" and {slips.n - NAMED} more" if slips.n > NAMED else ""
    cells_said = ", ".join(repr(one[:60]) for one in dict.fromkeys(said)) if shown else ""
    return f"{place}{more}" + (f": {cells_said}" if cells_said else "")


def _found_rows(source: Source, rows: Sequence[int]) -> dict[int, tuple[int, list[str]]]:
    """Rows of a CSV file by number: the line on which each begins, and its cells."""

    def passed(first: int, n: int, _: bytes) -> bool:
        return not any(first <= row < first + n for row in rows)

    found = {}
    for row, line, cells in records_of(source, passed):
        if row in rows:
            found[row] = (line, cells)
        if len(found) == len(set(rows)):
            break
    return found


def _cells_at(source: Source, rows: Sequence[int], names: Sequence[str]) -> list[str]:
    """Cells of these rows of a Parquet file, as text: what stands in a row is one text."""
    import pyarrow.parquet

    columns = list(dict.fromkeys(_raw_name(source, name) for name in names))
    said, first = [], 0
    parquet = pyarrow.parquet.ParquetFile(source.file, pre_buffer=False)
    for batch in parquet.iter_batches(columns=columns, use_threads=False):
        for row in rows:
            if first <= row < first + batch.num_rows:
                cells = batch.slice(row - first, 1).to_pydict()
                said.append(" -> ".join(str(cells[name][0]) for name in columns))
        first += batch.num_rows
    return said


def _raw_name(source: Source, name: str) -> str:
    """What a column is called in a Parquet file."""
    import pyarrow.parquet

    raw: str = pyarrow.parquet.ParquetFile(source.file).schema_arrow.names[source.names.index(name)]
    return raw


def refuse_lines(
    source: Source, slips: Slips, reason: str, allowed: str, hint: str, shown: Sequence[str] = ()
) -> None:
    """Refuse a file, naming the first guilty lines of a CSV file or rows of a Parquet file."""
    if slips.n:
        what = f"{reason} in {where_are(source, slips, shown)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)


def refuse_broken_lines(source: Source) -> None:
    """Say which lines have too few or too many cells, or are not UTF-8; nothing if none have.

    Raises ConfigError: for a quote that is left open first, since every line below it looks ragged.
    """
    n_columns = len(source.names)
    ragged, garbled, ended, n_rows = Slips(), Slips(), 0, 0
    example = b""
    odd: list[str] = []
    for row, line, cells in records_of(source, _whole_lines(source.separator, n_columns)):
        n_rows = row + 1
        if len(cells) != n_columns:
            ragged.note([row])
            ended = line if cells and "\n" in cells[-1] else 0
            odd = odd or cells
        if any("\ufffd" in cell for cell in cells):
            garbled.note([row])
            example = example or raw_line(source, line)
    if ended and ragged.n:
        raise unreadable(
            source.key, source.path, f"a quote is left open in line {ended}",
            f"mend the quotes in line {ended}",
        )  # fmt: skip
    words = f"{n_columns} cells parted by {separated(separator_of(source))}"
    hint = _ragged_hint(source, odd, 2 * ragged.n > n_rows)
    refuse_lines(source, ragged, "not as many cells as columns", words, hint)
    if garbled.n:
        like = f"; it looks like {encoding_of(example)}"
        what = f"not UTF-8 in {where_are(source, garbled)}{like}"
        raise ConfigError(
            source.key, source.path, what, "text in UTF-8", "save the file as CSV UTF-8"
        )


def _whole_lines(separator: str, n_columns: int) -> Callable[[int, int, bytes], bool]:
    """Whether all lines of a block are plain ASCII with as many separators as a record has."""
    mark = separator.encode()
    a_line = mark * (n_columns - 1) + b"\n"
    no_marks = bytes(set(range(256)) - set(mark + b"\n"))  # all bytes but what parts cells, lines

    def whole(_: int, n: int, block: bytes) -> bool:
        return block.isascii() and block.translate(None, no_marks) == a_line * n

    return whole


def _ragged_hint(source: Source, odd: Sequence[str], mostly: bool) -> str:
    """What to do about lines with another number of cells; odd : the cells of the first."""
    n_columns = len(source.names)
    if mostly and n_columns > 2:
        return "one tie a line: follower,followed (this may be a list of neighbours)"
    if len(odd) == 1 and n_columns > 1:
        other = next((c for c in "\t; ," if len(cells_of(odd[0], c)) == n_columns), None)
        if other is not None and other != source.separator:
            return f"the same separator in all lines (these are parted by {separated(other)})"
    return WITHOUT_THEM
