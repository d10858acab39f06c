"""Who follows whom, and who shares a group chat: generated, or the user's own edge list.

People are rows 0..n_people-1 (core fans, customers, public); opinion leaders are the sources
n_people..n_people+n_kols-1, who are followed and follow nobody here. Ties are kept once, as a CSR
from the account that posts to those who see the post: 4 bytes a tie.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim import draws
from sim.config import NetworkConfig
from sim.draws import Decision
from sim.refusal import ConfigError

KIND_NAMES = ("core", "customer", "public")
#: Optional attributes of people and their ranges; activity has mean 1 in the generated population.
ATTRIBUTES = {"identification": (0.0, 1.0), "trust": (0.0, 1.0), "activity": (0.0, 1000.0)}
SMALLEST_GROUP, LARGEST_GROUP = 20, 150  # MODEL 2.4; the platform's cap is 500 (not re-checked)
GROUP_SPREAD = 0.5  # log-sd of group sizes. Assumed.
FEW = 50  # people; among fewer, a list that names less than half of them is no slip
FOLLOW_SPREAD = 0.6  # log-sd of how many accounts people follow. Assumed.
AT_ONCE = 65_536  #: people whose ties are drawn in one piece
FOLLOWS_BACK = 5000.0  # accounts that an account may follow back; platforms have a limit. Assumed.

_FOLLOWS, _BACK, _LEADERS = 30, 31, 32  # decisions of this module's draws


_I = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Network:
    """Ties and group chats of one population; arrays are read-only by convention."""

    n_people: int
    n_core: int
    n_kols: int
    indptr: npt.NDArray[np.int64]  #: [n_people + n_kols + 1]
    followers: npt.NDArray[np.int32]  #: sorted inside a row: who sees this account's posts
    groups: npt.NDArray[np.int32]  #: [n_core, groups_per_core], -1 for none
    group_size: npt.NDArray[np.int32]
    attributes: Mapping[str, Any] | None = None  #: columns of the user's people file

    @property
    def n_ties(self) -> int:
        return int(self.indptr[-1])

    @property
    def nbytes(self) -> int:
        """Bytes of all ties and groups."""
        arrays = (self.indptr, self.followers, self.groups, self.group_size)
        return sum(array.nbytes for array in arrays)

    def n_followed(self) -> npt.NDArray[np.int64]:
        """How many accounts each person follows, leaders among them; int64[n_people]."""
        counts = np.zeros(self.n_people, np.int64)
        _count(self.followers, counts)
        return counts

    @property
    def digest(self) -> str:
        """Sixteen hex digits of every tie and group."""
        text = hashlib.sha256()
        for array in (self.indptr, self.followers, self.groups):
            text.update(np.ascontiguousarray(array).tobytes())
        return text.hexdigest()[:16]


@njit(error_model="numpy", cache=True)
def _coprime(n: Any, salt: Any) -> Any:
    """A multiplier that permutes 0..n-1, so that popularity is spread over rows."""
    step = salt % n
    while True:
        a, b = n, step
        while b:
            a, b = b, a % b
        if (a == 1 and step > 0) or n == 1:
            return step if n > 1 else 1
        step = (step + 1) % n


@njit(error_model="numpy", cache=True)
def _popular(u: Any, first: Any, n: Any, power: Any, multiplier: Any) -> Any:
    """An account of one kind, by popularity rank r ~ r^(-1/tail), in closed form."""
    rank = int(n * u**power)
    if rank >= n:
        rank = n - 1
    return first + (rank * multiplier) % n


@njit(error_model="numpy", cache=True)
def _returned(u: Any, n: Any, power: Any, follows: Any, everybody: Any) -> Any:
    """Largest chance of being followed back that keeps an account within FOLLOWS_BACK.

    follows : all ties into this kind of n accounts, among `everybody`; ranks as in _popular.
    A star of a million followers who followed a tenth of them back would read everybody.
    """
    rank = int(n * u**power)
    share = ((rank + 1.0) / n) ** (1.0 / power) - (rank / n) ** (1.0 / power)
    return FOLLOWS_BACK / min(share * follows, everybody)


@njit(error_model="numpy", cache=True, nogil=True)
def _draw_ties(
    seed: Any, bounds: Any, mean: Any, power: Any, homophily: Any, back: Any, first: Any, last: Any
) -> Any:
    """Ties of the people first..last-1, and those returned: int32[2, n], followed and follower."""
    n = bounds[3]
    n_core = bounds[1]
    multipliers = np.empty(3, np.int64)
    for kind in range(3):
        size = bounds[kind + 1] - bounds[kind]
        multipliers[kind] = _coprime(size, 7919 + 104729 * (kind + 1))
    counts = np.empty(last - first, np.int64)
    for i in range(first, last):
        u = draws.uniform(seed, _FOLLOWS, 0, i)
        spread = FOLLOW_SPREAD * draws.normal(u) - FOLLOW_SPREAD**2 / 2
        counts[i - first] = int(mean * np.exp(spread) + 0.5)
    ties = np.empty((2, 2 * counts.sum()), np.int32)
    k = 0
    for i in range(first, last):
        for j in range(counts[i - first]):
            a, b, c, d = draws.uniforms(seed, _FOLLOWS, 1 + j, i)
            if i < n_core and a < homophily:
                kind = 0
            else:
                at = int(b * n)
                kind = 0 if at < n_core else 1 if at < bounds[2] else 2
            size = bounds[kind + 1] - bounds[kind]
            target = _popular(c, bounds[kind], size, power, multipliers[kind])
            if target == i:
                continue
            ties[0, k] = target
            ties[1, k] = i
            k += 1
            into = n_core * homophily if kind == 0 else 0.0
            into += (n - n_core * homophily) * size / n
            if d < back and d < _returned(c, size, power, mean * into, n):
                ties[0, k] = i
                ties[1, k] = target
                k += 1
    return ties[:, :k].copy()


@njit(error_model="numpy", cache=True, nogil=True)
def _count(rows: Any, counts: Any) -> None:
    """Add to counts[row] for every row."""
    for row in rows:
        counts[row] += 1


@njit(error_model="numpy", cache=True, nogil=True)
def _place(followed: Any, follower: Any, at: Any, cells: Any) -> None:
    """Put followers into the rows of those whom they follow, each at the row's next free cell."""
    for k in range(followed.shape[0]):
        cells[at[followed[k]]] = follower[k]
        at[followed[k]] += 1


@njit(error_model="numpy", cache=True, nogil=True)
def _settle(start: Any, cells: Any) -> Any:
    """Sort each row, drop duplicates, close the gaps in place; first cell of each row then."""
    indptr = np.zeros(start.shape[0], np.int64)
    kept = 0
    for r in range(start.shape[0] - 1):
        row = cells[start[r] : start[r + 1]]
        row.sort()
        last = -1
        for x in row:
            if x != last:
                cells[kept] = x
                kept += 1
                last = x
        indptr[r + 1] = kept
    return indptr


def _to_rows(
    n_rows: int, pieces: list[tuple[_I, _I]], room: int
) -> tuple[npt.NDArray[np.int64], _I]:
    """Counting sort of (followed, follower) into rows by followed account, without duplicates.

    pieces : taken off one by one, so that ties are held once. room : cells left free at the end.
    """
    counts = np.zeros(n_rows, np.int64)
    for followed, _ in pieces:
        _count(followed, counts)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    cells = np.empty(int(start[-1]) + room, np.int32)
    at = start[:-1].copy()
    while pieces:
        _place(*pieces.pop(), at, cells)
    return _settle(start, cells), cells


@njit(error_model="numpy", cache=True, nogil=True)
def _audience(seed: Any, leader: Any, n: Any, wanted: Any, out: Any) -> Any:
    """Exactly `wanted` distinct people in order of row: Knuth's selection sampling."""
    taken = 0
    for i in range(n):
        if (n - i) * draws.uniform(seed, _LEADERS, leader, i) < wanted - taken:
            out[taken] = i
            taken += 1
            if taken == wanted:
                break
    return taken


def build_network(
    config: NetworkConfig,
    seed: int,
    n_core: int,
    n_customer: int,
    n_public: int,
    kol_audience: npt.NDArray[np.float64],
) -> Network:
    """The network of one run: heavy-tailed followers, core homophily, chats, exact audiences.

    kol_audience : [n_kols] share of people who follow each opinion leader, in (0, 1].
    Raises ConfigError for an edge list that does not fit.
    """
    attributes = None
    key = np.uint64(seed)
    if config.edges is not None:
        followed, follower, attributes, sizes = read_edges(
            config.edges, config.people, n_core + n_customer + n_public
        )
        pieces = [(followed, follower)]
        del followed, follower
        if sizes is not None:
            n_core, n_customer, n_public = sizes
    n = n_core + n_customer + n_public
    if config.edges is None:
        bounds = np.array([0, n_core, n_core + n_customer, n], np.int64)
        back = config.reciprocity / (2 - config.reciprocity)
        power = 1 / (1 - 1 / config.tail_exponent)
        shape = (key, bounds, config.mean_follows / (1 + back), power, config.core_homophily, back)
        pieces = _in_threads(
            lambda first: _draw_ties(*shape, first, min(first + AT_ONCE, n)), range(0, n, AT_ONCE)
        )
    audiences = [max(1, min(n, round(float(share) * n))) for share in kol_audience]
    indptr, cells = _to_rows(n, pieces, sum(audiences))
    ends = indptr[-1] + np.cumsum([0, *audiences])
    for leader, size in enumerate(audiences):
        _audience(key, leader, n, size, cells[ends[leader] : ends[leader + 1]])
    groups, group_size = _group_chats(config, seed, n_core)
    return Network(
        n_people=n,
        n_core=n_core,
        n_kols=len(audiences),
        indptr=np.concatenate([indptr, ends[1:].astype(np.int64)]),
        followers=cells[: ends[-1]],
        groups=groups,
        group_size=group_size,
        attributes=attributes,
    )


def _in_threads(work: Callable[[int], _I], places: Sequence[int]) -> list[tuple[_I, _I]]:
    """Pieces of ties in the order of their places; one place needs no thread."""
    if len(places) == 1:
        return [tuple(work(places[0]))]
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="ties") as pool:
        return [tuple(piece) for piece in pool.map(work, places)]


def _group_chats(
    config: NetworkConfig, seed: int, n_core: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Every core fan in `groups_per_core` chats: shuffled once a layer, cut into drawn sizes."""
    smallest = min(SMALLEST_GROUP, config.group_size)
    largest = max(LARGEST_GROUP, config.group_size)
    members = np.full((n_core, config.groups_per_core), -1, np.int32)
    sizes: list[int] = []
    for layer in range(config.groups_per_core):
        order = np.argsort(
            draws.uniform_column(seed, Decision.GROUPS, layer, n_core), kind="stable"
        )
        z = draws.normal_column(seed, Decision.GROUPS, 1000 + layer, n_core // smallest + 2)
        wanted = np.clip(
            config.group_size * np.exp(GROUP_SPREAD * z - GROUP_SPREAD**2 / 2), smallest, largest
        ).astype(int)
        at = 0
        for size in wanted:
            left = n_core - at
            if left <= 0:
                break
            take = left if left < size + smallest else int(size)
            members[order[at : at + take], layer] = len(sizes)
            sizes.append(take)
            at += take
    return members, np.array(sizes, np.int32)


# --- the user's own network ---------------------------------------------------------------------


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
