"""The user's own network: ties and people from CSV or Parquet, checked with line numbers."""

from __future__ import annotations

import contextlib
import csv
import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.refusal import ConfigError

KIND_NAMES = ("core", "customer", "public")
#: Optional attributes of people and their ranges; activity has mean 1 in the generated population.
ATTRIBUTES = {"identification": (0.0, 1.0), "trust": (0.0, 1.0), "activity": (0.0, 1000.0)}
FEW = 50  # people; among fewer, a list that names less than half of them is no slip


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() in (".parquet", ".pq")


def _records(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV file that are not blank, each with the line on which it begins."""
    import pyarrow as pa

    with (
        pa.input_stream(str(file), compression="detect") as stream,
        io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="") as text,
    ):
        reader = csv.reader(text)
        begins = 1
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1


def _refuse(
    key: str, path: str, rows: npt.NDArray[np.int64], reason: str, allowed: str, hint: str
) -> None:
    """Refuse a file, naming the first guilty lines of a CSV file or rows of a Parquet file."""
    if not rows.size:
        return
    file = Path(path).expanduser()
    first = np.sort(rows)[:5].tolist()
    if _is_parquet(file):
        place = "row " + ", ".join(str(row + 1) for row in first)
    else:
        # Blank lines and quoted line ends move records, so the lines are looked up in the file.
        records = itertools.islice(_records(file), 1, first[-1] + 2)
        lines = {row: line for row, (line, _) in enumerate(records) if row in first}
        place = "line " + ", ".join(str(lines.get(row, row + 2)) for row in first)
    more = f" and {rows.size - 5} more" if rows.size > 5 else ""
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
    doubled = sorted({name for name in found if found.count(name) > 1})
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


def _table(
    key: str,
    path: str,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
    whole_numbers: bool = False,
) -> Any:
    """A CSV or Parquet file as an Arrow table of exactly these columns.

    Cells of a CSV file stay text ("007" is not 7, "NA" is a name), unless all are whole numbers and
    that is what is wanted.
    """
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    file = Path(path).expanduser()
    if not file.is_file():
        raise ConfigError(key, path, "no such file", "a CSV or Parquet file", f"{key}=FILE.csv")

    def read(type_: Any) -> Any:
        names = [name for name in found if name in required + optional]
        options = pa.csv.ConvertOptions(
            include_columns=names, column_types=dict.fromkeys(names, type_)
        )
        return pa.csv.read_csv(file, convert_options=options)

    try:
        if _is_parquet(file):
            found = list(pa.parquet.read_schema(file).names)
            _check_header(key, path, found, required, optional)
            return pa.parquet.read_table(file)
        found = next(_records(file), (1, []))[1]
        if not found:
            raise _unreadable(key, path, "the file is empty")
        _check_header(key, path, found, required, optional)
        if whole_numbers:
            # What is no number must be found with its line: below, as text.
            with contextlib.suppress(pa.ArrowInvalid):
                return read(pa.int64())
        try:
            return read(pa.string())
        except pa.ArrowInvalid:
            _refuse_broken_lines(key, path, len(found))
            raise
    except (pa.ArrowException, OSError, csv.Error) as problem:
        raise _unreadable(key, path, str(problem).splitlines()[0][:160]) from None


def _refuse_broken_lines(key: str, path: str, n_columns: int) -> None:
    """Say which lines have too few or too many cells, or are not UTF-8."""
    ragged, garbled = [], []
    for row, (_, cells) in enumerate(_records(Path(path).expanduser())):
        if len(cells) != n_columns:
            ragged.append(row - 1)
        if any("\ufffd" in cell for cell in cells):
            garbled.append(row - 1)
    hint = "a file without those lines"
    _refuse(key, path, np.array(ragged), "not as many cells as columns", f"{n_columns} cells", hint)
    _refuse(key, path, np.array(garbled), "not UTF-8", "text in UTF-8", "save the file as UTF-8")


def read_edges(
    path: str, people_path: str | None, n_people: int
) -> tuple[
    npt.NDArray[np.int32], npt.NDArray[np.int32], dict[str, Any] | None, tuple[int, int, int] | None
]:
    """Ties of an edge list, columns `follower,followed`: (followed, follower, attributes, sizes).

    The follower sees the posts of the followed. Without a people file, ids are rows 0..n_people-1
    in the order core fans, customers, public. With one (columns id, kind and optional attributes),
    ids are whatever that file says, compared as text.
    """
    key = "network.edges"
    attributes, sizes, ids = None, None, None
    if people_path is not None:
        attributes, sizes, ids = _read_people(people_path)
        n_people = sum(sizes)
    table = _table(key, path, ("follower", "followed"), whole_numbers=ids is None)
    ends = [_rows(table[name], ids, n_people, path, name) for name in ("follower", "followed")]
    del table
    follower, followed = ends
    _refuse(
        key,
        path,
        np.flatnonzero(follower == followed),
        "somebody follows themselves",
        "ties between two people",
        "a file without those lines",
    )
    pair = followed.astype(np.int64) * n_people + follower
    in_order = np.sort(pair)
    if (in_order[1:] == in_order[:-1]).any():
        order = np.argsort(pair, kind="stable")
        again = order[1:][pair[order][1:] == pair[order][:-1]]
        hint = "a file without those lines"
        _refuse(key, path, again, "a tie stands twice", "each tie once", hint)
    largest = int(max(follower.max(initial=-1), followed.max(initial=-1)))
    if largest < 0 and n_people >= FEW:
        raise ConfigError(key, path, "holds no tie", "one tie or more", "a list with ties")
    if ids is None and 2 * (largest + 1) < n_people >= FEW:
        raise ConfigError(
            key,
            path,
            f"ids end at {largest}, and people {largest + 1} to {n_people - 1} would be alone",
            f"ids 0 to {n_people - 1}, or a people file (network.people) that names everybody",
            f"population.n_people={largest + 1}",
        )
    return followed, follower, attributes, sizes


def _rows(column: Any, ids: Any, n_people: int, path: str, name: str) -> npt.NDArray[np.int32]:
    """The rows of people that a column of ids names; unknown ids are refused."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if ids is not None:
            found = pc.index_in(column.cast(pa.string()), value_set=ids).fill_null(-1)
            numbers = found.to_numpy()
        elif pa.types.is_integer(column.type):
            numbers = column.to_numpy()
        else:
            text = column.cast(pa.string()).to_pandas()
            numbers = pd.to_numeric(text, errors="coerce").to_numpy(float, na_value=np.nan)
    except pa.ArrowException:
        raise _unreadable(
            "network.edges", path, f"column {name} is of type {column.type}"
        ) from None
    known = (numbers >= 0) & (numbers < n_people) & (numbers == np.floor(numbers))
    _refuse(
        "network.edges",
        path,
        np.flatnonzero(~known),
        f"unknown id as {name}",
        "ids of the people file"
        if ids is not None
        else f"whole numbers 0 to {n_people - 1}, or ids of a people file",
        "a people file with those ids, or a file without those lines"
        if ids is not None
        else "network.people=FILE, or population.n_people that matches the file",
    )
    rows: npt.NDArray[np.int32] = numbers.astype(np.int32)
    return rows


def _read_people(path: str) -> tuple[dict[str, Any], tuple[int, int, int], Any]:
    """Attributes in order of row, people of each kind, and their ids in order of row."""
    import pandas as pd
    import pyarrow as pa

    key = "network.people"
    table = _table(key, path, ("id", "kind"), tuple(ATTRIBUTES))
    try:
        frame = pd.DataFrame(
            {name: table[name].cast(pa.string()).to_pandas() for name in table.column_names}
        )
    except pa.ArrowException as problem:
        raise _unreadable(key, path, str(problem).splitlines()[0][:160]) from None
    empty = (frame["id"].isna() | (frame["id"] == "")).to_numpy(bool)
    _refuse(key, path, np.flatnonzero(empty), "no id", "a name or number", "an id for each person")
    unknown = np.flatnonzero(~frame["kind"].isin(KIND_NAMES).to_numpy())
    _refuse(key, path, unknown, "unknown kind", ", ".join(KIND_NAMES), "kind=core|customer|public")
    _refuse(
        key,
        path,
        np.flatnonzero(frame["id"].duplicated().to_numpy()),
        "an id stands twice",
        "each id once",
        "a file without those lines",
    )
    sizes = tuple(int((frame["kind"] == kind).sum()) for kind in KIND_NAMES)
    if min(sizes) < 1:
        raise ConfigError(
            key,
            path,
            "nobody of kind " + KIND_NAMES[int(np.argmin(sizes))],
            "at least one person of each kind",
            "add people of that kind",
        )
    codes = frame["kind"].map({kind: code for code, kind in enumerate(KIND_NAMES)}).to_numpy(int)
    order = np.argsort(codes, kind="stable")
    attributes: dict[str, Any] = {"kind": codes[order]}
    for name, (low, high) in ATTRIBUTES.items():
        if name in frame:
            numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan)
            bad = ~((numbers >= low) & (numbers <= high))
            _refuse(
                key,
                path,
                np.flatnonzero(bad),
                f"{name} out of range",
                f"{low:g} to {high:g}",
                f"a number in column {name}",
            )
            attributes[name] = numbers[order]
    ids = pa.array(frame["id"].to_numpy(object)[order], pa.string())
    return attributes, (sizes[0], sizes[1], sizes[2]), ids
