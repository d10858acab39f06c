"""The user's own network: ties and people from CSV or Parquet, checked with line numbers.

Ties are read batch by batch into pairs of int32, 8 bytes a tie; with the rows of the network that
are filled from these, 4 bytes a tie, that is all that grows with the list. Lines are looked up in
the file only when something is wrong.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.refusal import ConfigError

KIND_NAMES = ("core", "customer", "public")
#: Optional attributes of people and their ranges; activity has mean 1 in the generated population.
ATTRIBUTES = {"identification": (0.0, 1.0), "trust": (0.0, 1.0), "activity": (0.0, 1000.0)}
FEW = 50  # people; among fewer, a list that names less than half of them is no slip
NAMED = 5  # guilty lines that a refusal names; the others are counted
BLOCK = 2**20  # bytes of a file that are read at a time. Measured: more take memory, not less time.
AT_ONCE = 1_000_000  # ties whose names are looked up at a time; each time costs a table of names
NO_MARKS = bytes(set(range(256)) - set(b",\n"))  # all bytes but those that part cells and lines

_I = npt.NDArray[np.int32]
_EDGES, _PEOPLE = "network.edges", "network.people"
_ENDS = ("follower", "followed")
_WITHOUT = "a file without those lines"


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


def _records(
    file: Path, passed: Callable[[int, int, bytes], bool] = lambda row, n, block: False
) -> Iterator[tuple[int, int, list[str]]]:
    """Records of a CSV file that are not blank: row, line on which it begins, cells.

    The header is row -1. passed : told the first row, the number and the bytes of records that
    stand a line each, says whether they may be passed over: counting is faster than parsing.
    """
    import pyarrow as pa

    with (
        pa.input_stream(str(file), compression="detect") as stream,
        io.BufferedReader(stream, BLOCK) as lines,
    ):
        row, line = -1, 1
        block = lines.readline()
        while block:
            text: Iterable[str] = io.StringIO(block.decode("utf-8-sig", "replace"), newline="")
            n = block.count(b"\n") + (not block.endswith(b"\n"))
            quoted = row >= 0 and b'"' in block  # such a record may go on in the next block
            to_the_end = quoted or block.count(b"\r") != block.count(b"\r\n")
            if to_the_end:
                after = io.TextIOWrapper(lines, "utf-8", errors="replace", newline="")
                text = itertools.chain(text, after)
            blank = b"\n\n" in block or b"\n\r" in block or block[0] in b"\r\n"
            if to_the_end or blank or not passed(row, n, block):
                for begins, cells in _parsed(text, line):
                    yield row, begins, cells
                    row += 1
            else:
                row += n
            if to_the_end:
                return
            line += n
            block = lines.read(BLOCK) + lines.readline()


def _parsed(lines: Iterable[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with its line, where the lines begin with number `first`."""
    reader, begins = csv.reader(lines), first
    for cells in reader:
        if cells:
            yield begins, cells
        begins = first + reader.line_num


def _refuse(key: str, path: str, slips: _Slips, reason: str, allowed: str, hint: str) -> None:
    """Refuse a file, naming the first guilty lines of a CSV file or rows of a Parquet file."""
    if not slips.n:
        return
    file = Path(path).expanduser()
    if _is_parquet(file):
        place = "row " + ", ".join(str(row + 1) for row in slips.first)
    else:
        # Blank lines and quoted line ends move records, so the lines are looked up in the file.
        def passed(first: int, n: int, _: bytes) -> bool:
            return not any(first <= row < first + n for row in slips.first)

        guilty = ((row, line) for row, line, _ in _records(file, passed) if row in slips.first)
        lines = dict(itertools.islice(guilty, len(slips.first)))
        place = "line " + ", ".join(str(lines.get(row, row + 2)) for row in slips.first)
    more = f" and {slips.n - NAMED} more" if slips.n > NAMED else ""
    raise ConfigError(key, path, f"{reason} in {place}{more}", allowed, hint)


def _unreadable(key: str, path: str, problem: str) -> ConfigError:
    return ConfigError(
        key,
        path,
        f"cannot be read: {problem}",
        "CSV (UTF-8, commas, one header line), or Parquet",
        f"{key}=FILE.csv",
    )


def _check_header(
    key: str, path: str, found: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    """Refuse missing, doubled and unknown columns: a misspelt one must not pass for absent."""
    missing = [name for name in required if name not in found]
    doubled = sorted(name for name, n in Counter(found).items() if n > 1)
    unknown = [name for name in found if name not in required + optional]
    allowed = f"columns {', '.join(required)}"
    if optional:
        allowed += f"; optional {', '.join(optional)}"
    for names, reason in (
        (missing, f"no column {', '.join(missing)}; found {', '.join(found)}"),
        (doubled, f"column {', '.join(doubled)} stands twice"),
        (unknown, f"unknown column {', '.join(unknown)}"),
    ):
        if names:
            where = "" if _is_parquet(Path(path)) else "line 1: "
            hint = f"a header line {','.join(required)}"
            raise ConfigError(key, path, where + reason, allowed, hint)


def _reader(
    key: str, path: str, required: tuple[str, ...], optional: tuple[str, ...], cells: Any
) -> Any:
    """A CSV or Parquet file of exactly these columns, as an Arrow reader of batches.

    cells : the Arrow type of the cells of a CSV file. Arrow opens files by their names: its threads
    and a Python file now and then abort the process (see sim.store).
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    file = Path(path).expanduser()
    if not file.is_file():
        raise ConfigError(key, path, "no such file", "a CSV or Parquet file", f"{key}=FILE.csv")
    if _is_parquet(file):
        # Buffered, or a row group, which may be the whole file, is in memory at once.
        parquet = pa.parquet.ParquetFile(file, pre_buffer=False, buffer_size=BLOCK)
        _check_header(key, path, list(parquet.schema_arrow.names), required, optional)
        return pa.RecordBatchReader.from_batches(parquet.schema_arrow, parquet.iter_batches())
    found = next(_records(file), (-1, 1, []))[2]
    if not found:
        raise _unreadable(key, path, "the file is empty")
    _check_header(key, path, found, required, optional)
    return pa.csv.open_csv(
        file,
        read_options=pa.csv.ReadOptions(block_size=BLOCK),
        # A name in quotes may hold a line end; no whole number does.
        parse_options=pa.csv.ParseOptions(newlines_in_values=pa.types.is_string(cells)),
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(found, cells)),
    )


@contextmanager
def _reading(key: str, path: str) -> Iterator[None]:
    """Refuse a file that turns out to be broken while Arrow reads it, with its broken lines."""
    import pyarrow as pa

    try:
        try:
            yield
        except pa.ArrowInvalid:
            if not _is_parquet(Path(path)):
                _refuse_broken_lines(key, path)
            raise
    except (pa.ArrowException, OSError, csv.Error) as problem:
        raise _unreadable(key, path, str(problem).splitlines()[0][:160]) from None


def _refuse_broken_lines(key: str, path: str) -> None:
    """Say which lines have too few or too many cells, or are not UTF-8."""
    file = Path(path).expanduser()
    n_columns = len(next(_records(file), (-1, 1, []))[2])

    def passed(_: int, n: int, block: bytes) -> bool:
        a_line = b"," * (n_columns - 1) + b"\n"
        return block.isascii() and block.translate(None, NO_MARKS) == a_line * n

    ragged, garbled = _Slips(), _Slips()
    for row, _, cells in _records(file, passed):
        if len(cells) != n_columns:
            ragged.note([row])
        if any("\ufffd" in cell for cell in cells):
            garbled.note([row])
    _refuse(key, path, ragged, "not as many cells as columns", f"{n_columns} cells", _WITHOUT)
    _refuse(key, path, garbled, "not UTF-8", "text in UTF-8", "save the file as UTF-8")


@dataclass(frozen=True)
class OwnTies:
    """The user's ties in the order of their file, and the user's people.

    pieces : (followed, follower), int32[n] each, rows of people; whoever sorts them takes them off.
    attributes, sizes : float64[n_people] by name, and people of each kind; None without a file.
    """

    path: str
    n_people: int
    n_ties: int
    largest: int  #: the last row that a tie names; -1 without ties
    pieces: list[tuple[_I, _I]]
    attributes: dict[str, Any] | None
    sizes: tuple[int, int, int] | None
    again: Callable[[], Iterator[list[Any]]]  #: reads (follower, followed) once more

    def check(self, indptr: npt.NDArray[np.int64], followers: _I) -> None:
        """Refuse doubled ties, a list without ties, and one that leaves most people alone.

        indptr, followers : the ties as sorted rows by followed person, each tie once.
        """
        key, path = _EDGES, self.path
        self._refuse_doubled(indptr, followers)
        if self.largest < 0 and self.n_people >= FEW:
            raise ConfigError(key, path, "holds no tie", "one tie or more", "a list with ties")
        if self.sizes is None and 2 * (self.largest + 1) < self.n_people >= FEW:
            first, last = self.largest + 1, self.n_people - 1
            raise ConfigError(
                key,
                path,
                f"ids end at {self.largest}, and people {first} to {last} would be alone",
                f"ids 0 to {last}, or a people file (network.people) that names everybody",
                f"population.n_people={first}",
            )

    def _refuse_doubled(self, indptr: npt.NDArray[np.int64], followers: _I) -> None:
        n_kept = int(indptr[-1])
        doubled = _Slips(n=self.n_ties - n_kept)
        if not doubled.n:
            return
        seen = np.zeros(n_kept, np.bool_)
        row = 0
        for follower, followed in self.again():
            again = row + _met_again(indptr, followers, followed, follower, seen)
            doubled.first += again[: NAMED - len(doubled.first)].tolist()
            row += len(follower)
            if len(doubled.first) == min(NAMED, doubled.n):
                break
        _refuse(_EDGES, self.path, doubled, "a tie stands twice", "each tie once", _WITHOUT)


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


def read_edges(path: str, people_path: str | None, n_people: int) -> OwnTies:
    """Ties of an edge list, columns `follower,followed`; `OwnTies.check` ends their examination.

    The follower sees the posts of the followed. Without a people file, ids are rows 0..n_people-1
    in the order core fans, customers, public. With one (columns id, kind and optional attributes),
    ids are whatever that file says, compared as text: "007" is not 7, "NA" is a name.
    Raises ConfigError for files that cannot be read, unknown ids, and who follows themselves.
    """
    import pyarrow as pa

    attributes, sizes, ids = None, None, None
    if people_path is not None:
        attributes, sizes, ids = _read_people(people_path)
        n_people = sum(sizes)

    def read(cells: Any) -> OwnTies:
        again = partial(_numbers, path, ids, cells)
        pieces = _pieces(path, again(), n_people, ids is not None)
        pa.default_memory_pool().release_unused()
        return OwnTies(
            path=path,
            n_people=n_people,
            n_ties=sum(followed.size for followed, _ in pieces),
            largest=max((int(end.max(initial=-1)) for ends in pieces for end in ends), default=-1),
            pieces=pieces,
            attributes=attributes,
            sizes=sizes,
            again=again,
        )

    with _reading(_EDGES, path):
        if ids is None:
            try:
                return read(pa.int32())
            except pa.ArrowInvalid:
                pass  # what is no whole number is found, with its line, among texts
        return read(pa.string())


def _numbers(path: str, ids: Any, cells: Any) -> Iterator[list[Any]]:
    """Followers and followed batch by batch: rows of people, if they are such at all."""
    reader = _reader(_EDGES, path, _ENDS, (), cells)
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

    try:
        return table[name].cast(pa.string())
    except pa.ArrowException:
        raise pa.ArrowInvalid(f"column {name} is of type {table[name].type}") from None


def _pieces(
    path: str, batches: Iterator[list[Any]], n_people: int, by_name: bool
) -> list[tuple[_I, _I]]:
    """Ties as (followed, follower); unknown ids and who follows themselves are refused.

    by_name : ids are those of a people file.
    """
    unknown = {name: _Slips() for name in _ENDS}
    themselves = _Slips()
    pieces = []
    row = 0
    for batch in batches:
        ends = []
        for name, numbers in zip(_ENDS, batch, strict=True):
            known = (numbers >= 0) & (numbers < n_people)
            if not np.issubdtype(numbers.dtype, np.integer):
                known &= numbers == np.floor(numbers)
            unknown[name].note(row + np.flatnonzero(~known))
            ends.append(np.where(known, numbers, -1).astype(np.int32))
        follower, followed = ends
        themselves.note(row + np.flatnonzero((follower == followed) & (follower >= 0)))
        pieces.append((followed, follower))
        row += len(follower)
    for name, slips in unknown.items():
        _refuse(
            _EDGES,
            path,
            slips,
            f"unknown id as {name}",
            "ids of the people file"
            if by_name
            else f"whole numbers 0 to {n_people - 1}, or ids of a people file",
            "a people file with those ids, or a file without those lines"
            if by_name
            else "network.people=FILE, or population.n_people that matches the file",
        )
    _refuse(
        _EDGES, path, themselves, "somebody follows themselves", "ties between two people", _WITHOUT
    )
    return pieces


def _read_people(path: str) -> tuple[dict[str, Any], tuple[int, int, int], Any]:
    """Attributes in order of row, people of each kind, and their ids in order of row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = _PEOPLE
    with _reading(key, path):
        table = _reader(key, path, ("id", "kind"), tuple(ATTRIBUTES), pa.string()).read_all()
        text = {name: table[name].cast(pa.string()).combine_chunks() for name in table.column_names}
        del table
    empty = pc.equal(text["id"].fill_null(""), "").to_numpy(zero_copy_only=False)
    slips = _Slips().note(np.flatnonzero(empty))
    _refuse(key, path, slips, "no id", "a name or number", "an id for each person")
    codes = pc.index_in(text.pop("kind"), value_set=pa.array(KIND_NAMES)).fill_null(-1).to_numpy()
    slips = _Slips().note(np.flatnonzero(codes < 0))
    _refuse(key, path, slips, "unknown kind", ", ".join(KIND_NAMES), "kind=core|customer|public")
    # Codes count up with every id that was not there before.
    met = text["id"].dictionary_encode().indices.to_numpy()
    new = np.diff(np.maximum.accumulate(met), prepend=-1) > 0
    slips = _Slips().note(np.flatnonzero(~new))
    _refuse(key, path, slips, "an id stands twice", "each id once", _WITHOUT)
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
            numbers = _attribute(text.pop(name))
            slips = _Slips().note(np.flatnonzero(~((numbers >= low) & (numbers <= high))))
            allowed, hint = f"{low:g} to {high:g}", f"a number in column {name}"
            _refuse(key, path, slips, f"{name} out of range", allowed, hint)
            attributes[name] = numbers[order]
    ids = text["id"].take(order)
    del text, met
    pa.default_memory_pool().release_unused()
    return attributes, (int(sizes[0]), int(sizes[1]), int(sizes[2])), ids


def _attribute(text: Any) -> npt.NDArray[np.float64]:
    """Numbers of a column, not a number where there is none; Python strings only for a while."""
    import pandas as pd

    numbers = np.empty(len(text))
    step = AT_ONCE // 10
    for first in range(0, len(text), step):
        part = pd.to_numeric(text[first : first + step].to_pandas(), errors="coerce")
        numbers[first : first + len(part)] = part.to_numpy(float, na_value=np.nan)
    return numbers
