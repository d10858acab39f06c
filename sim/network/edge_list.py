"""The user's own network: ties and people from CSV or Parquet, checked with line numbers.

Lists are taken as they are: SNAP, Gephi, a pandas frame, undirected pairs. What would be dropped,
doubled or mirrored is said in one refusal, each with the setting that allows it.
Ties are read batch by batch into pairs of int32, 8 bytes a tie; with the rows of the network that
are filled from these, 4 bytes a tie, that is all that grows with the list. Lines are looked up in
the file only when something is wrong.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.base.cells import Unsure, number_of, typed
from sim.base.encodings import encoding_of
from sim.base.formats import opened, unreadable
from sim.base.refusal import ConfigError
from sim.base.tables import Written, cells_of, look_at, separated
from sim.settings.config import Lines, NetworkConfig, TieFormat

KIND_NAMES = ("core", "customer", "public")
#: Words for kinds that are proposed, not taken.
_KINDS_MEANT = {
    "核心粉丝": "core", "粉丝": "core", "核心": "core", "fan": "core", "fans": "core",
    "core fan": "core", "core fans": "core", "core_fan": "core",
    "顾客": "customer", "客户": "customer", "用户": "customer", "消费者": "customer",
    "车主": "customer", "customers": "customer", "user": "customer",
    "公众": "public", "路人": "public", "大众": "public", "others": "public", "other": "public",
}  # fmt: skip
#: Optional attributes of people and their ranges; activity has mean 1 in the generated population.
ATTRIBUTES = {"identification": (0.0, 1.0), "trust": (0.0, 1.0), "activity": (0.0, 1000.0)}
FEW = 50  # people; among fewer, a list that names less than half of them is no slip
NAMED = 5  # guilty lines that a refusal names; the others are counted
BLOCK = 2**20  # bytes of a file that are read at a time. Measured: more take memory, not less time.
AT_ONCE = 1_000_000  # ties whose names are looked up at a time; each time costs a table of names
MOST_PEOPLE = 20_000_000
#: Names that the two ends of a tie have elsewhere: first, second; lower case.
PAIRS = (
    ("source", "target"),
    ("from", "to"),
    ("fromnodeid", "tonodeid"),
    ("from_id", "to_id"),
    ("src", "dst"),
    ("node1", "node2"),
)
INDEX = ("", "unnamed: 0", "__index_level_0__")  #: columns that are a frame's index

_I = npt.NDArray[np.int32]
_EDGES, _PEOPLE = "network.edges", "network.people"
_ENDS = ("follower", "followed")
_WITHOUT = "a file without those lines"
_WHICH = "columns follower, followed; or network.format: first_follows_second, "
_WHICH += "second_follows_first, undirected (both follow)"


@dataclass
class _Slips:
    """Rows of a file that are wrong in one way, noted in their order: the first, and how many."""

    first: list[int] = field(default_factory=list)
    n: int = 0

    def note(self, rows: npt.NDArray[np.int64] | Sequence[int]) -> _Slips:
        self.first += [int(row) for row in rows[: NAMED - len(self.first)]]
        self.n += len(rows)
        return self


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() in (".parquet", ".pq")


@dataclass(frozen=True)
class _Source:
    """A file as it is read: the user's own, or a plain copy of it with the same lines.

    names : its columns, the ends of ties or what the file was asked for under the names meant;
    others as they stand. skip : lines above its first record. written : None for Parquet.
    """

    key: str
    path: str
    file: Path
    names: tuple[str, ...]
    header: bool = True
    skip: int = 0
    separator: str = ","
    written: Written | None = None
    copy: _Copy | None = None  #: holds a copy on the disk as long as it is read

    @property
    def parquet(self) -> bool:
        return self.written is None


@dataclass(frozen=True)
class _Ask:
    """Something that is not done unasked: what, what is allowed, what to type."""

    what: str
    allowed: str
    hint: str


def _refuse_asks(key: str, path: str, asks: Sequence[_Ask]) -> None:
    """One refusal for everything that stands in the way of a file."""
    if not asks:
        return
    if len(asks) == 1:
        raise ConfigError(key, path, asks[0].what, asks[0].allowed, asks[0].hint)
    lines = "".join(f"\n    {k}. {ask.what}" for k, ask in enumerate(asks, start=1))
    switches = [ask.hint for ask in asks]
    hint = (
        " ".join(dict.fromkeys(switches))
        if _all_switches(switches)
        else ("\n           ".join(f"{k}. {one}" for k, one in enumerate(switches, start=1)))
    )
    raise ConfigError(
        key,
        path,
        f"{len(asks)} things to settle before it is read:{lines}",
        "; ".join(dict.fromkeys(ask.allowed for ask in asks)),
        hint,
    )


def _all_switches(hints: Sequence[str]) -> bool:
    return all(re.fullmatch(r"\S+=\S+", hint) for hint in hints)


def _records(
    source: _Source, passed: Callable[[int, int, bytes], bool] = lambda row, n, block: False
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
            text: Iterable[str] = io.StringIO(block.decode("utf-8-sig", "replace"), newline="")
            n = block.count(b"\n") + (not block.endswith(b"\n"))
            quoted = not first and b'"' in block  # such a record may go on in the next block
            to_the_end = quoted or block.count(b"\r") != block.count(b"\r\n")
            if to_the_end:
                after = io.TextIOWrapper(lines, "utf-8", errors="replace", newline="")
                text = itertools.chain(text, after)
            blank = b"\n\n" in block or b"\n\r" in block or block[0] in b"\r\n"
            if to_the_end or blank or not passed(row, n, block):
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


def _parsed(lines: Iterable[str], first: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with its line, where the lines begin with number `first`."""
    reader, begins = csv.reader(lines, delimiter=separator), first
    for cells in reader:
        if cells:
            yield begins, cells
        begins = first + reader.line_num


def _place(source: _Source, slips: _Slips, shown: Sequence[str] = ()) -> str:
    """Where the first guilty rows are: lines of a CSV file, rows of a Parquet file; cells as they
    stand in the columns to be shown."""
    # Blank lines and quoted line ends move records, so the lines are looked up in the file.
    said: list[str] = []
    if source.parquet:
        place = "row " + ", ".join(str(row + 1) for row in slips.first)
        if shown:
            said = _cells_at(source, slips.first, shown)
    else:

        def passed(first: int, n: int, _: bytes) -> bool:
            return not any(first <= row < first + n for row in slips.first)

        found = {}
        for row, line, cells in _records(source, passed):
            if row in slips.first:
                found[row] = (line, cells)
            if len(found) == len(set(slips.first)):
                break
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


def _cells_at(source: _Source, rows: Sequence[int], names: Sequence[str]) -> list[str]:
    """Cells of a Parquet file, as text."""
    import pyarrow.parquet

    columns = list(dict.fromkeys(_raw_name(source, name) for name in names))
    said, first = [], 0
    for batch in pyarrow.parquet.ParquetFile(source.file).iter_batches(columns=columns):
        for row in rows:
            if first <= row < first + batch.num_rows:
                cells = batch.slice(row - first, 1).to_pydict()
                said.append(" -> ".join(str(cells[name][0]) for name in columns))
        first += batch.num_rows
    return said


def _raw_name(source: _Source, name: str) -> str:
    """What a column is called in a Parquet file."""
    import pyarrow.parquet

    raw: str = pyarrow.parquet.ParquetFile(source.file).schema_arrow.names[source.names.index(name)]
    return raw


def _refuse(
    source: _Source, slips: _Slips, reason: str, allowed: str, hint: str, shown: Sequence[str] = ()
) -> None:
    """Refuse a file, naming the first guilty lines of a CSV file or rows of a Parquet file."""
    if slips.n:
        what = f"{reason} in {_place(source, slips, shown)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)


def _source_of(key: str, path: str, wanted: Sequence[str]) -> _Source:
    """A file, its columns as they stand. Raises ConfigError for what is no table."""
    import pyarrow as pa
    import pyarrow.parquet

    file = Path(path).expanduser()
    if _is_parquet(file) and file.is_file():
        try:
            names = pyarrow.parquet.ParquetFile(file).schema_arrow.names
        except (pa.ArrowException, OSError) as problem:
            raise unreadable(key, path, str(problem).splitlines()[0][:160]) from None
        return _Source(key, path, file, tuple(names))
    written = look_at(key, path, [*wanted, *itertools.chain(*PAIRS)])
    source = _Source(
        key, path, file, written.cells, True, written.first - 1, written.separator, written
    )
    if written.encoding != "utf-8" or written.separator == " ":
        source = _plain_copy(source)
    return source


def _plain_copy(source: _Source) -> _Source:
    """The same lines in a file of UTF-8 with tabs between cells that blanks parted; comments are
    blank lines. Raises ConfigError for a comment that might be a record."""
    assert source.written is not None
    kept = _Copy()
    blanks = source.written.separator == " "
    separator = "\t" if blanks else source.written.separator
    mark = re.compile(rb"^[#%].*$", re.MULTILINE)
    line = 1
    with opened(source.file) as stream, kept.file.open("wb") as file:
        lines = io.BufferedReader(stream, BLOCK) if source.written.encoding == "utf-8" else None
        recoded = None if lines else io.TextIOWrapper(stream, source.written.encoding, newline="")
        while True:
            if lines is not None:
                block = lines.read(BLOCK) + lines.readline()
            else:
                assert recoded is not None
                try:
                    block = (recoded.read(BLOCK) + recoded.readline()).encode()
                except UnicodeError as problem:
                    raise unreadable(source.key, source.path, str(problem)) from None
            if not block:
                break
            if b"#" in block or b"%" in block:
                for found in mark.finditer(block):
                    at = line + block.count(b"\n", 0, found.start())
                    _refuse_doubtful(source, at, found.group().decode("utf-8", "replace"))
                block = mark.sub(lambda m: b"\r" if m.group().endswith(b"\r") else b"", block)
            if blanks:
                block = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", block)
                block = re.sub(rb"[ \t]+", b"\t", block)
            line += block.count(b"\n")
            file.write(block)
    return replace(source, file=kept.file, separator=separator, copy=kept)


class _Copy:
    """A file of this process that is gone when nobody holds it any more."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="backlash-", suffix=".csv")
        os.close(handle)
        self.file = Path(name)
        weakref.finalize(self, self.file.unlink, missing_ok=True)


def _refuse_doubtful(source: _Source, line: int, text: str) -> None:
    """Refuse what begins like a comment among the records and has as many cells as they have."""
    assert source.written is not None
    n = len(cells_of(text, source.written.separator))
    if line > source.written.first and n == len(source.names) and source.separator != " ":
        raise ConfigError(
            source.key,
            source.path,
            f"line {line} begins like a comment, but has as many cells as columns: {text[:60]!r}",
            "comments (# or %) above the records, or without as many separators",
            f"quotes around the first cell of line {line} if it is a record, or no such line",
        )


def _columns_asked(
    source: _Source,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    other: Lines,
    asks: list[_Ask],
    heard: str | None = None,
) -> _Source:
    """Columns under the names meant. Missing and doubled ones are refused; what else there is, is
    asked about: a misspelt column must not pass for an absent one. heard : is no such column."""
    known = {name.casefold(): name for name in required + optional}
    names = [known.get(name.strip().casefold(), name) for name in source.names]
    counts = Counter(names)
    doubled = sorted(name for name in known.values() if counts[name] > 1)
    where = "" if source.parquet else f"line {source.skip + 1}: "
    allowed = f"columns {', '.join(required)}"
    if optional:
        allowed += f"; optional {', '.join(optional)}"
    if doubled:
        what = f"{where}column {', '.join(doubled)} stands twice"
        hint = f"a header line {','.join(required)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)
    missing = [name for name in required if name not in names]
    if missing:
        what = f"{where}no column {', '.join(missing)}; found {_found(source)}"
        hint = f"a header line {','.join(required)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)
    extra = [
        name
        for name in names
        if name not in known.values() and not _is_index(name) and name != heard
    ]
    if extra and other is Lines.refuse:
        what = f"{where}unknown column {', '.join(name[:40] for name in extra[:20])}"
        asks.append(_Ask(what, allowed, "network.other_columns=drop"))
    return replace(source, names=tuple(names))


def _is_index(name: str) -> bool:
    return name.strip().casefold() in INDEX


def _found(source: _Source) -> str:
    names = ", ".join(repr(name)[1:-1][:40] for name in source.names[:12])
    more = f" and {len(source.names) - 12} more" if len(source.names) > 12 else ""
    parted = (
        ""
        if source.written is None
        else (
            f" (parted by {separated(source.written.separator)})" if len(source.names) > 1 else ""
        )
    )
    return f"{names}{more}{parted}"


def _ends_asked(source: _Source, config: NetworkConfig, ids: Any, asks: list[_Ask]) -> _Source:
    """The columns of a list of ties: which end is the follower, and what else stands there."""
    folded = [name.strip().casefold() for name in source.names]
    way = config.format
    if set(_ENDS) <= set(folded):
        if way in (TieFormat.first_follows_second, TieFormat.second_follows_first):
            raise ConfigError(
                "network.format",
                way.value,
                "the columns say which end follows",
                "follower_followed or undirected for columns follower, followed",
                "the same without network.format",
            )
        heard = _ask_type(source, config, asks)
        return _columns_asked(source, _ENDS, (), config.other_columns, asks, heard)
    headless = not source.parquet and _no_header(source, ids)
    at = [k for k, name in enumerate(folded) if not _is_index(name) or headless]
    pair = next(
        ((folded.index(a), folded.index(b)) for a, b in PAIRS if {a, b} <= set(folded)), None
    )
    if pair is None and (len(at) < 2 or (not headless and set(_ENDS) & set(folded))):
        return _columns_asked(source, _ENDS, (), config.other_columns, asks)
    first, second = pair or (at[0], at[1])
    names = [f"column {k + 1}" if headless else name for k, name in enumerate(source.names)]
    if way is TieFormat.follower_followed:
        where = "" if source.parquet else f"line {source.skip + 1}: "
        none = " (no header)" if headless else ""
        asks.append(
            _Ask(
                f"{where}no column follower, followed; found {_found(source)}{none}; which end "
                "follows the other is not said",
                _WHICH,
                "network.format=first_follows_second",
            )
        )
    ends = ("followed", "follower") if way is TieFormat.second_follows_first else _ENDS
    names[first], names[second] = ends
    named = replace(source, names=tuple(names), header=not headless)
    heard = _ask_type(named, config, asks)
    return _columns_asked(named, _ENDS, (), config.other_columns, asks, heard)


def _no_header(source: _Source, ids: Any) -> bool:
    """Whether the first record is a tie already: two numbers, or two names of the people file."""
    cells = [cell for cell in source.names if cell][:2]
    if ids is not None:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.is_in(pa.array(cells, pa.string()), value_set=ids)
        if len(cells) == 2 and all(found.to_pylist()):
            return True
    return len(cells) == 2 and all(re.fullmatch(r"[-+]?[\d.]+(e\+?\d+)?", c, re.I) for c in cells)


def _ask_type(source: _Source, config: NetworkConfig, asks: list[_Ask]) -> str | None:
    """Gephi's column Type, if it agrees with the settings; where it does not, that is asked about:
    pairs of which nobody follows the other are not read as directed."""
    import pyarrow as pa

    name = next((one for one in source.names if one.strip().casefold() == "type"), None)
    if name is None:
        return None
    values: Counter[str] = Counter()
    try:
        for table in _reader(source, [name], pa.string()):
            text = _as_text(pa.Table.from_batches([table]), name)
            for one in text.value_counts().to_pylist():
                values[str(one["values"]).casefold()] += one["counts"]
    except (pa.ArrowException, OSError, EOFError):
        return None  # what is broken is said when the ties are read
    if not values or not set(values) <= {"directed", "undirected"}:
        return None
    mirrored = config.format is TieFormat.undirected
    word, other = ("directed", "first_follows_second") if mirrored else ("undirected",) * 2
    if values[word]:
        asks.append(
            _Ask(
                f"{name} says {word} in {values[word]:,} of {values.total():,} lines",
                "ties that are all directed, or all undirected",
                f"network.format={other}"
                if len(values) == 1
                else "two files, one of directed and one of undirected ties",
            )
        )
    return name


def _reader(source: _Source, wanted: Sequence[str], cells: Any) -> Any:
    """The wanted columns of a file as an Arrow reader of batches.

    cells : the Arrow type of the cells of a CSV file. Arrow opens files by their names: its threads
    and a Python file now and then abort the process (see sim.store).
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    if source.parquet:
        # Buffered, or a row group, which may be the whole file, is in memory at once.
        parquet = pa.parquet.ParquetFile(source.file, pre_buffer=False, buffer_size=BLOCK)
        raw = [parquet.schema_arrow.names[source.names.index(name)] for name in wanted]
        fields = [parquet.schema_arrow.field(name) for name in raw]
        schema = pa.schema(
            [pa.field(name, one.type) for name, one in zip(wanted, fields, strict=True)]
        )
        batches = (
            pa.RecordBatch.from_arrays([batch.column(name) for name in raw], schema=schema)
            for batch in parquet.iter_batches(columns=raw)
        )
        return pa.RecordBatchReader.from_batches(schema, batches)
    columns = [name if name in wanted else f"{k}" for k, name in enumerate(source.names)]
    return pa.csv.open_csv(
        source.file,
        read_options=pa.csv.ReadOptions(
            block_size=BLOCK, column_names=columns, skip_rows=source.skip + source.header
        ),
        # A name in quotes may hold a line end; no whole number does.
        parse_options=pa.csv.ParseOptions(
            delimiter=source.separator, newlines_in_values=pa.types.is_string(cells)
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, cells), include_columns=list(wanted)
        ),
    )


@contextmanager
def _reading(source: _Source) -> Iterator[None]:
    """Refuse a file that turns out to be broken while Arrow reads it, with its broken lines."""
    import pyarrow as pa

    try:
        try:
            yield
        except pa.ArrowInvalid:
            if not source.parquet:
                _refuse_broken_lines(source)
            raise
    except (pa.ArrowException, OSError, EOFError, csv.Error) as problem:
        raise unreadable(source.key, source.path, str(problem).splitlines()[0][:160]) from None


def _has_comments(source: _Source) -> bool:
    """Whether a line below the first record begins like a comment."""
    if source.parquet or source.copy is not None:
        return False
    with opened(source.file) as stream:
        last = b"\n"
        while block := stream.read(BLOCK):
            if re.search(rb"\n[#%]", last + block):
                return True
            last = block[-1:]
    return False


def _refuse_broken_lines(source: _Source) -> None:
    """Say which lines have too few or too many cells, or are not UTF-8."""
    n_columns = len(source.names)
    mark = source.separator.encode()
    no_marks = bytes(set(range(256)) - set(mark + b"\n"))  # all bytes but what parts cells, lines

    def passed(_: int, n: int, block: bytes) -> bool:
        a_line = mark * (n_columns - 1) + b"\n"
        return block.isascii() and block.translate(None, no_marks) == a_line * n

    ragged, garbled, ended, n_rows = _Slips(), _Slips(), 0, 0
    example = b""
    odd: list[str] = []
    for row, line, cells in _records(source, passed):
        n_rows = row + 1
        if len(cells) != n_columns:
            ragged.note([row])
            ended = line if cells and "\n" in cells[-1] else 0
            odd = odd or cells
        if any("\ufffd" in cell for cell in cells):
            garbled.note([row])
            example = example or _raw_line(source, line)
    if ended and ragged.n:
        raise unreadable(
            source.key, source.path, f"a quote is left open in line {ended}",
            f"mend the quotes in line {ended}",
        )  # fmt: skip
    words = f"{n_columns} cells parted by {separated(_separator_of(source))}"
    reason, hint = "not as many cells as columns", _WITHOUT
    if 2 * ragged.n > n_rows and n_columns > 2:
        hint = "one tie a line: follower,followed (this may be a list of neighbours)"
    elif len(odd) == 1 and n_columns > 1:
        other = next((c for c in "\t; ," if len(cells_of(odd[0], c)) == n_columns), None)
        if other is not None and other != source.separator:
            hint = f"the same separator in all lines (these are parted by {separated(other)})"
    _refuse(source, ragged, reason, words, hint)
    if garbled.n:
        like = f"; it looks like {encoding_of(example)}"
        what = f"not UTF-8 in {_place(source, garbled)}{like}"
        raise ConfigError(
            source.key, source.path, what, "text in UTF-8", "save the file as CSV UTF-8"
        )


def _separator_of(source: _Source) -> str:
    return source.separator if source.written is None else source.written.separator


def _raw_line(source: _Source, line: int) -> bytes:
    with opened(source.file) as stream:
        return next(itertools.islice(stream, line - 1, None), b"")


@dataclass(frozen=True)
class OwnTies:
    """The user's ties in the order of their file, and the user's people.

    pieces : (followed, follower), int32[n] each, rows of people; whoever sorts them takes them off.
    attributes, sizes : float64[n_people] by name, and people of each kind; None without a file.
    """

    source: _Source
    config: NetworkConfig
    n_people: int
    n_ties: int  #: in `pieces`, mirrored ones among them
    largest: int  #: the last row that a tie names; -1 without ties
    pieces: list[tuple[_I, _I]]
    attributes: dict[str, Any] | None
    sizes: tuple[int, int, int] | None
    again: Callable[[], Iterator[list[Any]]]  #: reads (follower, followed) once more

    def check(self, indptr: npt.NDArray[np.int64], followers: _I) -> None:
        """Refuse doubled ties, a list without ties, and one that leaves most people alone.

        indptr, followers : the ties as sorted rows by followed person, each tie once.
        """
        asks: list[_Ask] = []
        if self.config.doubled is Lines.refuse:
            self._ask_doubled(indptr, followers, asks)
        if self.largest < 0:
            asks.append(_Ask("holds no tie", "one tie or more", "a list with ties"))
        elif self.sizes is None and 2 * (self.largest + 1) < self.n_people >= FEW:
            first, last = self.largest + 1, self.n_people - 1
            asks.append(
                _Ask(
                    f"ids end at {self.largest}, and people {first} to {last} would be alone",
                    f"ids 0 to {last}, or a people file (network.people) that names everybody",
                    f"population.n_people={first}",
                )
            )
        _refuse_asks(_EDGES, self.source.path, asks)

    def _ask_doubled(self, indptr: npt.NDArray[np.int64], followers: _I, asks: list[_Ask]) -> None:
        n_kept = int(indptr[-1])
        mirrored = self.config.format is TieFormat.undirected
        doubled = _Slips(n=(self.n_ties - n_kept) // (2 if mirrored else 1))
        if not doubled.n:
            return
        seen = np.zeros(n_kept, np.bool_)
        row = 0
        for follower, followed in self.again():
            n = len(follower)
            kept = np.flatnonzero(follower != followed)  # who follows themselves was dropped
            one, other = follower[kept], followed[kept]
            if mirrored:
                one, other = np.minimum(one, other), np.maximum(one, other)
            again = row + kept[_met_again(indptr, followers, other, one, seen)]
            doubled.first += again[: NAMED - len(doubled.first)].tolist()
            row += n
            if len(doubled.first) == min(NAMED, doubled.n):
                break
        asks.append(_doubled_ask(self.source, doubled, mirrored))


def _doubled_ask(source: _Source, slips: _Slips, mirrored: bool) -> _Ask:
    what = "a pair stands twice (in either order)" if mirrored else "a tie stands twice"
    return _Ask(
        f"{what} in {_place(source, slips, _ENDS)}", "each tie once", "network.doubled=drop"
    )


@njit(error_model="numpy", cache=True)
def _met_again(indptr: Any, followers: Any, followed: Any, follower: Any, seen: Any) -> Any:
    """Positions of ties that were met before; seen : bool, one for each of the followers."""
    again = np.empty(followed.size, np.int64)
    n = 0
    for k in range(followed.size):
        start, end = indptr[int(followed[k])], indptr[int(followed[k]) + 1]
        cell = start + np.searchsorted(followers[start:end], follower[k])
        if seen[cell]:
            again[n] = k
            n += 1
        seen[cell] = True
    return again[:n]


def read_edges(config: NetworkConfig, n_people: int) -> OwnTies:
    """Ties of an edge list; `OwnTies.check` ends their examination.

    The follower sees the posts of the followed: columns `follower,followed`, or what
    `network.format` says. Without a people file, ids are rows 0..n_people-1 in the order core fans,
    customers, public. With one (columns id, kind and optional attributes), ids are whatever that
    file says, compared as text without blanks around it: "007" is not 7, "NA" is a name.
    Raises ConfigError for files that cannot be read, unknown ids, and for whatever would be
    dropped, doubled or mirrored unasked: all of it at once.
    """
    import pyarrow as pa

    assert config.edges is not None
    attributes, sizes, ids = None, None, None
    if config.people is not None:
        attributes, sizes, ids = _read_people(config.people, config.other_columns)
        n_people = sum(sizes)
    asks: list[_Ask] = []
    source = _source_of(_EDGES, config.edges, _ENDS)
    source = _ends_asked(source, config, ids, asks)

    def read(cells: Any) -> OwnTies:
        again = partial(_numbers, source, ids, cells)
        pieces, slips = _pieces(again(), n_people, config)
        pa.default_memory_pool().release_unused()
        if asks or any(each.n for each in slips.values()):
            found = [*asks, *_asked_of(source, config, slips, n_people, ids)]
            _refuse_asks(_EDGES, source.path, found)
        return OwnTies(
            source=source,
            config=config,
            n_people=n_people,
            n_ties=sum(followed.size for followed, _ in pieces),
            largest=max((int(end.max(initial=-1)) for ends in pieces for end in ends), default=-1),
            pieces=pieces,
            attributes=attributes,
            sizes=sizes,
            again=again,
        )

    if ids is None:
        try:
            return read(pa.int32())
        except pa.ArrowInvalid:
            pass  # what is no whole number is found, with its line, among texts
        except (pa.ArrowException, OSError, EOFError) as problem:
            raise unreadable(_EDGES, source.path, str(problem).splitlines()[0][:160]) from None
        if _has_comments(source):
            source = _plain_copy(source)
            try:
                return read(pa.int32())
            except pa.ArrowInvalid:
                pass
    with _reading(source):
        try:
            return read(pa.string())
        except pa.ArrowInvalid:
            if not _has_comments(source):
                raise
    source = _plain_copy(source)
    with _reading(source):
        return read(pa.string())


def _numbers(source: _Source, ids: Any, cells: Any) -> Iterator[list[Any]]:
    """Followers and followed batch by batch: rows of people, if they are such at all."""
    reader = _reader(source, _ENDS, cells)
    for table in _at_once(reader, 1 if ids is None else AT_ONCE):
        yield (
            _looked_up(table, ids)
            if ids is not None
            else [_as_numbers(table, name) for name in _ENDS]
        )


def _at_once(batches: Iterable[Any], n_rows: int) -> Iterator[Any]:
    """Batches put together to tables of this many rows or a batch more."""
    import pyarrow as pa

    held: list[Any] = []
    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= n_rows:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _looked_up(table: Any, ids: Any) -> list[Any]:
    """Rows of people by their names, -1 for a name that nobody has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = pa.chunked_array([chunk for name in _ENDS for chunk in _as_text(table, name).chunks])
    rows = pc.index_in(names, value_set=ids).fill_null(-1).to_numpy()
    return np.split(rows, len(_ENDS))


def _as_numbers(table: Any, name: str) -> Any:
    """A column as numbers, not a number where there is none."""
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_integer(table[name].type):
        return table[name].to_numpy()
    text = _as_text(table, name)
    try:
        return text.cast(pa.int32()).to_numpy()
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(text.to_pandas(), errors="coerce")
        return numbers.to_numpy(float, na_value=np.nan)


def _as_text(table: Any, name: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.utf8_trim_whitespace(table[name].cast(pa.string()))
    except pa.ArrowException:
        raise pa.ArrowInvalid(f"column {name} is of type {table[name].type}") from None


def _pieces(
    batches: Iterator[list[Any]], n_people: int, config: NetworkConfig
) -> tuple[list[tuple[_I, _I]], dict[str, _Slips]]:
    """Ties as (followed, follower), and rows with unknown ids or of who follows themselves.

    Who follows themselves is left out, and pairs are mirrored, where the settings say so.
    """
    slips = {name: _Slips() for name in (*_ENDS, "themselves")}
    pieces = []
    row = 0
    for batch in batches:
        ends = []
        for name, numbers in zip(_ENDS, batch, strict=True):
            known = (numbers >= 0) & (numbers < n_people)
            if not np.issubdtype(numbers.dtype, np.integer):
                known &= numbers == np.floor(numbers)
            slips[name].note(row + np.flatnonzero(~known))
            ends.append(np.where(known, numbers, -1).astype(np.int32))
        follower, followed = ends
        row_of = row
        row += len(follower)
        own = (follower == followed) & (follower >= 0)
        if own.any():
            if config.self_ties is Lines.refuse:
                slips["themselves"].note(row_of + np.flatnonzero(own))
            follower, followed = follower[~own], followed[~own]
        pieces.append((followed, follower))
        if config.format is TieFormat.undirected:
            pieces.append((follower, followed))
    return pieces, slips


def _asked_of(
    source: _Source, config: NetworkConfig, slips: dict[str, _Slips], n_people: int, ids: Any
) -> list[_Ask]:
    """What stands in the way of a list that is read as it is: everything that can be said now."""
    import pyarrow as pa

    mirrored = config.format is TieFormat.undirected
    asks = []
    codes, names = _codes(source)
    unknown = [
        f"unknown id as {name} in {_place(source, slips[name], [name])}"
        for name in _ENDS
        if slips[name].n
    ]
    if unknown:
        what, allowed = "; ".join(unknown), "ids of the people file"
        if ids is not None:
            hint = _people_hint(names, ids)
        else:
            allowed = f"whole numbers 0 to {n_people - 1}, or ids of a people file"
            hint, more = _n_people_hint(names, slips["follower"].n + slips["followed"].n, codes)
            if _fits(names, n_people):  # what is unknown is no number: a missing value
                hint, more = _WITHOUT, ""
            what += more
        asks.append(_Ask(what, allowed, hint))
    own = codes[:, 0] == codes[:, 1]
    if config.self_ties is Lines.refuse and own.any():
        themselves = _Slips().note(np.flatnonzero(own))
        what = f"somebody follows themselves in {_place(source, themselves, _ENDS[:1])}"
        asks.append(_Ask(what, "ties between two people", "network.self_ties=drop"))
    if config.doubled is Lines.refuse:
        pairs = np.sort(codes, axis=1) if mirrored else codes
        code = pairs[:, 0] * (len(names) + 1) + pairs[:, 1]
        order = np.argsort(code, kind="stable")
        again = np.zeros(len(code), bool)
        again[order[1:]] = code[order[1:]] == code[order[:-1]]
        again &= ~own
        if again.any():
            asks.append(_doubled_ask(source, _Slips().note(np.flatnonzero(again)), mirrored))
    if not unknown and ids is None and codes.size:
        largest = int(max(_largest(names), 0))
        if 2 * (largest + 1) < n_people >= FEW:
            asks.append(
                _Ask(
                    f"ids end at {largest}, and people {largest + 1} to {n_people - 1} would be "
                    "alone",
                    f"ids 0 to {n_people - 1}, or a people file",
                    f"population.n_people={largest + 1}",
                )
            )
    pa.default_memory_pool().release_unused()
    return asks


def _codes(source: _Source) -> tuple[npt.NDArray[np.int64], Any]:
    """Both ends of every tie as numbers of names, int64[n, 2], and the names."""
    import pandas as pd
    import pyarrow as pa

    ends = []
    for table in _reader(source, _ENDS, pa.string()):
        ends.append([_as_text(pa.Table.from_batches([table]), name) for name in _ENDS])
    if not ends:
        return np.empty((0, 2), np.int64), np.empty(0, object)
    columns = [
        pa.chunked_array([c for batch in ends for c in batch[k].chunks], pa.string())
        for k in range(2)
    ]
    both = pa.chunked_array([*columns[0].chunks, *columns[1].chunks], pa.string())
    coded = both.dictionary_encode().unify_dictionaries().combine_chunks()
    codes = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
    names = pd.Series(coded.dictionary.to_pandas()).to_numpy(object)
    return codes.reshape(2, -1).T, names


def _whole(names: Any) -> Any:
    """Names as numbers, not a number where one is none."""
    import pandas as pd

    return pd.to_numeric(pd.Series(names, dtype=object), errors="coerce").to_numpy(float)


def _largest(names: Any) -> float:
    """The largest number among the names, -1 without one."""
    numbers = _whole(names)
    return float(np.nanmax(numbers)) if numbers.size and not np.isnan(numbers).all() else -1.0


def _fits(names: Any, n_people: int) -> bool:
    """Whether every name is the number of a row."""
    numbers = _whole(names)
    return bool(((numbers == np.floor(numbers)) & (numbers >= 0) & (numbers < n_people)).all())


def _n_people_hint(names: Any, n_unknown: int, codes: Any) -> tuple[str, str]:
    """What to type where ids are no rows of the people asked for, and what else to say."""
    numbers = _whole(names)
    whole = (numbers == np.floor(numbers)) & (numbers >= 0)
    n = int(numbers[whole].max()) + 1 if whole.any() else 0
    if whole.any() and not whole.all() and n_unknown < len(codes) / 10:
        return _WITHOUT, ""  # a sum below the list, a missing value
    if whole.all() and n > MOST_PEOPLE and any("e" in str(name).lower() for name in names):
        return (
            "the list as it was before a spreadsheet rounded its ids",
            " (ids such as 1.2E+12 were rounded by a spreadsheet: whom they meant is lost)",
        )
    if not whole.all() or n > MOST_PEOPLE or 2 * len(names) < n:
        sparse = f"; {len(names):,} different ids" + (f", up to {n - 1}" if whole.all() else "")
        return "network.people=FILE", sparse
    more = f"; ids end at {n - 1}"
    if numbers.min() == 1:
        more = f"; ids run from 1 to {n - 1}, and rows are counted from 0: person 0 would be alone"
    return f"population.n_people={n}", more


def _people_hint(names: Any, ids: Any) -> str:
    """What to do about ids that the people file does not know."""
    known = set(ids.to_pylist())
    numbers = _whole(names)
    lost = [
        (str(name), f"{number:.0f}")
        for name, number in zip(names, numbers, strict=True)
        if str(name) not in known and number == np.floor(number) and abs(number) < 1e15
    ][:10_000]
    for name, plain in lost:
        if plain in known:
            return f"{plain} instead of {name!r} (ids are compared as text)"
    for name, _ in lost:
        padded = next((one for one in known if one and one.lstrip("0") == name.lstrip("0")), None)
        if padded is not None:
            return f"{padded} instead of {name!r} (ids are compared as text)"
    return "a people file with those ids, or a file without those lines"


def _read_people(
    path: str, other: Lines = Lines.refuse
) -> tuple[dict[str, Any], tuple[int, int, int], Any]:
    """Attributes in order of row, people of each kind, and their ids in order of row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = _PEOPLE
    asks: list[_Ask] = []
    source = _source_of(key, path, ("id", "kind", *ATTRIBUTES))
    source = _columns_asked(source, ("id", "kind"), tuple(ATTRIBUTES), other, asks)
    _refuse_asks(key, path, asks)
    if _has_comments(source):
        source = _plain_copy(source)
    wanted = [name for name in source.names if name in ("id", "kind", *ATTRIBUTES)]
    with _reading(source):
        table = _reader(source, wanted, pa.string()).read_all()
        text = {name: _as_text(table, name).combine_chunks() for name in table.column_names}
        del table
    empty = pc.equal(text["id"].fill_null(""), "").to_numpy(zero_copy_only=False)
    slips = _Slips().note(np.flatnonzero(empty))
    _refuse(source, slips, "no id", "a name or number", "an id for each person")
    kinds = pc.utf8_lower(text.pop("kind"))
    codes = pc.index_in(kinds, value_set=pa.array(KIND_NAMES)).fill_null(-1).to_numpy()
    slips = _Slips().note(np.flatnonzero(codes < 0))
    if slips.n:
        said = kinds[slips.first[0]].as_py() or ""
        hint = f"kind={_KINDS_MEANT.get(said, 'core|customer|public')}"
        _refuse(source, slips, "unknown kind", ", ".join(KIND_NAMES), hint, ["kind"])
    # Codes count up with every id that was not there before.
    met = text["id"].dictionary_encode().indices.to_numpy()
    new = np.diff(np.maximum.accumulate(met), prepend=-1) > 0
    slips = _Slips().note(np.flatnonzero(~new))
    _refuse(source, slips, "an id stands twice", "each id once", _WITHOUT, ["id"])
    sizes = np.bincount(codes, minlength=len(KIND_NAMES))
    if sizes.min() < 1:
        raise ConfigError(
            key,
            path,
            "nobody of kind " + KIND_NAMES[int(np.argmin(sizes))],
            "at least one person of each kind",
            "add people of that kind",
        )
    order = np.argsort(codes, kind="stable")
    attributes: dict[str, Any] = {}
    for name, (low, high) in ATTRIBUTES.items():
        if name in text:
            cells = text.pop(name)
            numbers = _attribute(cells)
            slips = _Slips().note(np.flatnonzero(~((numbers >= low) & (numbers <= high))))
            if slips.n:
                hint = _number_hint(cells[slips.first[0]].as_py(), name, low, high)
                allowed = f"{low:g} to {high:g}"
                _refuse(source, slips, f"{name} out of range", allowed, hint, [name])
            attributes[name] = numbers[order]
    ids = text["id"].take(order)
    del text, met
    pa.default_memory_pool().release_unused()
    return attributes, (int(sizes[0]), int(sizes[1]), int(sizes[2])), ids


def _number_hint(cell: str | None, name: str, low: float, high: float) -> str:
    """What to type instead of a cell that is no number in range."""
    usual = f"a number in column {name}"
    if not (cell or "").strip():
        return f"{usual} in every line, or a file without the column"
    percent = re.fullmatch(r"([\d.]+) ?[%％]", cell or "")
    if percent:
        return f"{name} {typed(float(percent.group(1)) / 100)}"
    try:
        value = number_of(cell or "")
    except Unsure as unsure:
        return usual if unsure.typed is None else f"{name} {unsure.typed}"
    if high == 1 and 1 < value <= 100:
        return f"{name} {typed(value / 100)}, if it is a percentage"
    return f"{name} {typed(value)}" if low <= value <= high else usual


def _attribute(text: Any) -> npt.NDArray[np.float64]:
    """Numbers of a column, not a number where there is none; Python strings only for a while."""
    import pandas as pd

    numbers = np.empty(len(text))
    step = AT_ONCE // 10
    for first in range(0, len(text), step):
        part = pd.to_numeric(text[first : first + step].to_pandas(), errors="coerce")
        numbers[first : first + len(part)] = part.to_numpy(float, na_value=np.nan)
    return numbers
