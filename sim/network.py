"""Who follows whom, and who shares a group chat: generated, or the user's own edge list.

People are rows 0..n_people-1 (core fans, customers, public); opinion leaders are the sources
n_people..n_people+n_kols-1, who are followed and follow nobody here. Ties are kept once, as a CSR
from the account that posts to those who see the post: 4 bytes a tie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim import draws
from sim.config import NetworkConfig
from sim.draws import Decision
from sim.parameters import ConfigError

KIND_NAMES = ("core", "customer", "public")
#: Optional attributes of people and their ranges; activity has mean 1 in the generated population.
ATTRIBUTES = {"identification": (0.0, 1.0), "trust": (0.0, 1.0), "activity": (0.0, 1000.0)}
SMALLEST_GROUP, LARGEST_GROUP = 20, 150  # MODEL 2.4; the platform's cap is 500 (not re-checked)
GROUP_SPREAD = 0.5  # log-sd of group sizes. Assumed.
FOLLOW_SPREAD = 0.6  # log-sd of how many accounts people follow. Assumed.

_FOLLOWS, _BACK, _LEADERS = 30, 31, 32  # decisions of this module's draws


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


@njit(error_model="numpy", cache=True, nogil=True)
def _draw_ties(
    seed: Any,
    bounds: Any,
    mean: Any,
    power: Any,
    homophily: Any,
    back: Any,
    followed: Any,
    follower: Any,
    fill: Any,
) -> Any:
    """Ties (followed, follower), in order of follower; counts them, or fills when asked to."""
    n = bounds[3]
    n_core = bounds[1]
    multipliers = np.empty(3, np.int64)
    for kind in range(3):
        size = bounds[kind + 1] - bounds[kind]
        multipliers[kind] = _coprime(size, 7919 + 104729 * (kind + 1))
    k = 0
    for i in range(n):
        u = draws.uniform(seed, _FOLLOWS, 0, i)
        count = int(mean * np.exp(FOLLOW_SPREAD * draws.normal(u) - FOLLOW_SPREAD**2 / 2) + 0.5)
        for j in range(count):
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
            if fill:
                followed[k] = target
                follower[k] = i
            k += 1
            if d < back:
                if fill:
                    followed[k] = i
                    follower[k] = target
                k += 1
    return k


@njit(error_model="numpy", cache=True, nogil=True)
def _to_rows(n_rows: Any, followed: Any, follower: Any) -> Any:
    """Counting sort into rows by followed account, each row sorted and without duplicates."""
    start = np.zeros(n_rows + 1, np.int64)
    for k in range(followed.shape[0]):
        start[followed[k] + 1] += 1
    for r in range(n_rows):
        start[r + 1] += start[r]
    cells = np.empty(followed.shape[0], np.int32)
    at = start[:-1].copy()
    for k in range(followed.shape[0]):
        cells[at[followed[k]]] = follower[k]
        at[followed[k]] += 1
    indptr = np.zeros(n_rows + 1, np.int64)
    kept = 0
    for r in range(n_rows):
        row = cells[start[r] : start[r + 1]]
        row.sort()
        last = -1
        for x in row:
            if x != last:
                cells[kept] = x
                kept += 1
                last = x
        indptr[r + 1] = kept
    return indptr, cells[:kept].copy()


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
        if sizes is not None:
            n_core, n_customer, n_public = sizes
    n = n_core + n_customer + n_public
    if config.edges is None:
        bounds = np.array([0, n_core, n_core + n_customer, n], np.int64)
        back = config.reciprocity / (2 - config.reciprocity)
        power = 1 / (1 - 1 / config.tail_exponent)
        shape = (key, bounds, config.mean_follows / (1 + back), power, config.core_homophily, back)
        none = np.empty(0, np.int32)
        count = _draw_ties(*shape, none, none, False)
        followed, follower = np.empty(count, np.int32), np.empty(count, np.int32)
        _draw_ties(*shape, followed, follower, True)
    indptr, followers = _to_rows(n, followed, follower)
    audiences = []
    for leader, share in enumerate(kol_audience):
        out = np.empty(max(1, min(n, round(float(share) * n))), np.int32)
        _audience(key, leader, n, out.size, out)
        audiences.append(out)
    ends = indptr[-1] + np.cumsum([row.size for row in audiences])
    groups, group_size = _group_chats(config, seed, n_core)
    return Network(
        n_people=n,
        n_core=n_core,
        n_kols=len(audiences),
        indptr=np.concatenate([indptr, ends.astype(np.int64)]),
        followers=np.concatenate([followers, *audiences]),
        groups=groups,
        group_size=group_size,
        attributes=attributes,
    )


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


def _table(path: str, key: str, columns: tuple[str, ...]) -> Any:
    """A CSV or Parquet file as an Arrow table, with the columns that it must have."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    file = Path(path).expanduser()
    if not file.is_file():
        raise ConfigError(key, path, "no such file", "a CSV or Parquet file", f"{key}=FILE.csv")
    try:
        read = pa.parquet.read_table if file.suffix == ".parquet" else pa.csv.read_csv
        table = read(file)
    except (pa.ArrowInvalid, OSError) as problem:
        raise ConfigError(
            key,
            path,
            f"cannot be read: {str(problem).splitlines()[0][:160]}",
            "CSV with a header, or Parquet",
            f"{key}=FILE.csv",
        ) from None
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise ConfigError(
            key,
            path,
            f"line 1: no column {', '.join(missing)}; found {', '.join(table.column_names)}",
            f"columns {', '.join(columns)}",
            f"a header line {','.join(columns)}",
        )
    return table


def _refuse(
    key: str, path: str, rows: npt.NDArray[np.int64], reason: str, allowed: str, hint: str
) -> None:
    """Refuse a file, naming the first guilty lines (the header is line 1)."""
    if rows.size:
        lines = ", ".join(str(row + 2) for row in np.sort(rows)[:5])
        more = f" and {rows.size - 5} more" if rows.size > 5 else ""
        raise ConfigError(key, path, f"{reason} in line {lines}{more}", allowed, hint)


def read_edges(
    path: str, people_path: str | None, n_people: int
) -> tuple[
    npt.NDArray[np.int32], npt.NDArray[np.int32], dict[str, Any] | None, tuple[int, int, int] | None
]:
    """Ties of an edge list `follower,followed`, as (followed, follower, attributes, sizes).

    Without a people file, ids are rows 0..n_people-1 in the order core fans, customers, public.
    With one (columns id, kind and optional attributes), ids are whatever that file says.
    """
    attributes, sizes, rows_of = None, None, None
    if people_path is not None:
        attributes, sizes, rows_of = _read_people(people_path)
        n_people = sum(sizes)
    table = _table(path, "network.edges", ("follower", "followed"))
    ends = []
    for name in ("follower", "followed"):
        ends.append(_rows(table[name], rows_of, n_people, path, name))
    follower, followed = ends
    _refuse(
        "network.edges",
        path,
        np.flatnonzero(follower == followed),
        "somebody follows themselves",
        "ties between two people",
        "a file without those lines",
    )
    pair = followed * n_people + follower
    order = np.argsort(pair, kind="stable")
    again = order[1:][pair[order][1:] == pair[order][:-1]]
    _refuse(
        "network.edges",
        path,
        again,
        "a tie stands twice",
        "each tie once",
        "a file without those lines",
    )
    return followed.astype(np.int32), follower.astype(np.int32), attributes, sizes


def _rows(column: Any, rows_of: Any, n_people: int, path: str, name: str) -> npt.NDArray[np.int64]:
    import pandas as pd

    if rows_of is None:
        numbers = pd.to_numeric(pd.Series(column.to_pandas()), errors="coerce").to_numpy(float)
        bad = ~((numbers >= 0) & (numbers < n_people) & (numbers == np.floor(numbers)))
        _refuse(
            "network.edges",
            path,
            np.flatnonzero(bad),
            f"unknown id as {name}",
            f"whole numbers 0 to {n_people - 1}, or ids of a people file",
            "network.people=FILE, or population.n_people that matches the file",
        )
        return numbers.astype(np.int64)
    rows = rows_of.get_indexer(pd.Index(column.to_pandas().astype(str)))
    _refuse(
        "network.edges",
        path,
        np.flatnonzero(rows < 0),
        f"unknown id as {name}",
        "ids of the people file",
        "a people file with those ids, or a file without those lines",
    )
    found: npt.NDArray[np.int64] = rows.astype(np.int64)
    return found


def _read_people(path: str) -> tuple[dict[str, Any], tuple[int, int, int], Any]:
    import pandas as pd

    frame = _table(path, "network.people", ("id", "kind")).to_pandas()
    key = "network.people"
    unknown = np.flatnonzero(~frame["kind"].isin(KIND_NAMES).to_numpy())
    _refuse(key, path, unknown, "unknown kind", ", ".join(KIND_NAMES), "kind=core|customer|public")
    ids = frame["id"].astype(str)
    _refuse(
        key,
        path,
        np.flatnonzero(ids.duplicated().to_numpy()),
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
    for name, (low, high) in ATTRIBUTES.items():
        if name in frame:
            numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
            bad = ~((numbers >= low) & (numbers <= high))
            _refuse(
                key,
                path,
                np.flatnonzero(bad),
                f"{name} out of range",
                f"{low:g} to {high:g}",
                f"a number in column {name}",
            )
    codes = frame["kind"].map({kind: code for code, kind in enumerate(KIND_NAMES)}).to_numpy()
    order = np.argsort(codes, kind="stable")
    attributes: dict[str, Any] = {"kind": codes[order]}
    for name in ATTRIBUTES:
        if name in frame:
            attributes[name] = frame[name].to_numpy(float)[order]
    return attributes, (sizes[0], sizes[1], sizes[2]), pd.Index(ids.to_numpy()[order])
