"""Who follows whom, and who shares a group chat: generated, or the user's own edge list.

People are rows 0..n_people-1 (core fans, customers, public); opinion leaders are the sources
n_people..n_people+n_kols-1, who are followed and follow nobody here. Ties are kept once, as a CSR
from the account that posts to those who see the post: 4 bytes a tie.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.compiled import entry, part, rule
from sim.base.fixed import fixed
from sim.draws import Decision
from sim.network.edge_list import read_edges
from sim.network.ties import communities, draw_ties, society
from sim.settings.network_config import NetworkConfig

#: People in a chat. MODEL 2.4; the platform's cap is 500 (not re-checked).
SMALLEST_GROUP, LARGEST_GROUP = 20, 150
GROUP_SPREAD = 0.5  #: log-sd of group sizes. Assumed.
AT_ONCE = 65_536  #: people whose ties are drawn in one piece

_LEADERS = int(Decision.LEADERS)


_I = npt.NDArray[np.int32]
_I8 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Ties and group chats of one population. Runs share it: its arrays are read-only."""

    n_people: int  #: core fans, customers and public
    n_core: int
    n_customer: int
    n_kols: int  #: opinion leaders, whose rows follow those of people
    indptr: npt.NDArray[np.int64]  #: [n_people + n_kols + 1]
    followers: npt.NDArray[np.int32]  #: sorted inside a row: who sees this account's posts
    groups: npt.NDArray[np.int32]  #: [n_core, groups_per_core], -1 for none
    group_size: npt.NDArray[np.int32]  #: [n_groups]
    attributes: Mapping[str, Any] | None = None  #: of the user's people file, float64[n_people]

    def __post_init__(self) -> None:
        """Nobody can write to a network from here on: runs and threads share it."""
        if self.attributes is not None:
            given = {name: _read_only(array) for name, array in self.attributes.items()}
            object.__setattr__(self, "attributes", fixed(given))
        for name in ("indptr", "followers", "groups", "group_size"):
            object.__setattr__(self, name, _read_only(getattr(self, name)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        """The same network: nobody can change it."""
        return self

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take over what a pickle held, which forgets that arrays are read-only."""
        self.__dict__.update(kept)
        self.__post_init__()

    @property
    def n_ties(self) -> int:
        """Ties in all, those to opinion leaders among them; each counts once per direction."""
        return int(self.indptr[-1])

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Core fans, customers and public."""
        return self.n_core, self.n_customer, self.n_people - self.n_core - self.n_customer

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
        """Sixteen hex digits of everybody, every tie and group, and every attribute."""
        attributes = self.attributes or {}
        about = (*self.sizes, self.n_kols, *self.groups.shape, *attributes)
        text = hashlib.sha256(repr(about).encode())
        arrays = (self.indptr, self.followers, self.groups, self.group_size)
        for array in (*arrays, *attributes.values()):
            text.update(np.ascontiguousarray(array).reshape(-1).data)
        return text.hexdigest()[:16]


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be made writeable again.

    NumPy opens a view again where the array that owns the memory may be written to, so that one is
    closed too.
    """
    owner: Any = array
    while isinstance(owner, np.ndarray):
        owner.setflags(write=False)
        owner = owner.base
    return array.view()


@entry
def _count(rows: _I, counts: _I8) -> None:
    """Add to counts[row] for every row."""
    for row in rows:
        counts[row] += 1


@entry
def _place(followed: _I, follower: _I, at: _I8, cells: _I) -> None:
    """Put followers into the rows of those whom they follow, each at the row's next free cell.

    at : the next free cell of each row, moved on; cells : filled in place.
    """
    for k in range(followed.shape[0]):
        cells[at[followed[k]]] = follower[k]
        at[followed[k]] += 1


@part
def ascending(row: _I, waiting: _I8) -> None:
    """Sort a row in place: quicksort around the middle of three, insertion where it is short.

    NumPy's sort inside compiled code takes a second to compile. waiting : int64[128], ends of what
    is not sorted yet; the shorter side goes first, so that it holds 64 pairs at most.
    """
    n, low, high = 0, 0, row.shape[0] - 1
    while True:
        while high - low > 16:
            pivot = _middle(row[low], row[(low + high) // 2], row[high])
            i, j = low, high
            while i <= j:
                while row[i] < pivot:
                    i += 1
                while row[j] > pivot:
                    j -= 1
                if i <= j:
                    row[i], row[j] = row[j], row[i]
                    i += 1
                    j -= 1
            if j - low < high - i:
                waiting[n], waiting[n + 1], high = i, high, j
            else:
                waiting[n], waiting[n + 1], low = low, j, i
            n += 2
        for k in range(low + 1, high + 1):
            x, i = row[k], k
            while i > low and row[i - 1] > x:
                row[i] = row[i - 1]
                i -= 1
            row[i] = x
        if n == 0:
            return
        n -= 2
        low, high = waiting[n], waiting[n + 1]


@rule
def _middle(a: int, b: int, c: int) -> int:
    """The middle one of three numbers."""
    if a > b:
        a, b = b, a
    if b > c:
        b = a if a > c else c
    return b


@entry
def _settle(start: _I8, cells: _I) -> Any:
    """Sort each row, drop duplicates, close the gaps in place; first cell of each row then."""
    indptr = np.zeros(start.shape[0], np.int64)
    waiting = np.empty(128, np.int64)
    kept = 0
    for r in range(start.shape[0] - 1):
        row = cells[start[r] : start[r + 1]]
        ascending(row, waiting)
        last = -1
        for x in row:
            if x != last:
                cells[kept] = x
                kept += 1
                last = x
        indptr[r + 1] = kept
    return indptr


def _to_rows(
    n_rows: int, pieces: list[tuple[_I, _I]], room: int, alive: Callable[[], None]
) -> tuple[npt.NDArray[np.int64], _I]:
    """Counting sort of (followed, follower) into rows by followed account, without duplicates.

    pieces : taken off one by one, so that ties are held once. room : cells left free at the end,
    for the audiences of opinion leaders. Returns the first cell of each row, int64[n_rows + 1], and
    the cells. A counting sort reads each tie twice and needs no second copy of them.
    """
    counts = np.zeros(n_rows, np.int64)
    for followed, _ in pieces:
        _count(followed, counts)
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    cells = np.empty(int(start[-1]) + room, np.int32)
    at = start[:-1].copy()  # moved on as rows fill; `start` is still needed to settle them
    while pieces:
        _place(*pieces.pop(), at, cells)
        alive()
    return _settle(start, cells), cells


@entry
def _audience(seed: int, leader: int, n: int, wanted: int, out: _I) -> Any:
    """Exactly `wanted` distinct people in order of row: Knuth's selection sampling.

    Each person is met once and has a draw at an address of its own, so that a larger audience under
    the same seed needs no other draws. out : int32[wanted], filled in place.
    """
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
    alive: Callable[[], None] = lambda: None,
) -> Network:
    """The network of one run: heavy-tailed followers, core homophily, chats, exact audiences.

    kol_audience : [n_kols] share of people who follow each opinion leader, in (0, 1].
    alive : called every second or so of the work; what it raises ends it.
    Raises ConfigError for an edge list that does not fit.
    """
    own = None
    if config.edges is not None:
        own = read_edges(config, n_core + n_customer + n_public)
        n_core, n_customer, n_public = own.sizes or (n_core, n_customer, n_public)
    n = n_core + n_customer + n_public
    pieces = (
        _drawn(config, seed, (n_core, n_customer, n_public), alive) if own is None else own.pieces
    )
    audiences = [max(1, min(n, round(float(share) * n))) for share in kol_audience]
    indptr, cells = _to_rows(n, pieces, sum(audiences), alive)
    if own is not None:
        own.check(indptr, cells)
    ends = _add_audiences(seed, n, audiences, int(indptr[-1]), cells)
    groups, group_size = _group_chats(config, seed, n_core)
    return Network(
        n_people=n,
        n_core=n_core,
        n_customer=n_customer,
        n_kols=len(audiences),
        indptr=np.concatenate([indptr, ends[1:].astype(np.int64)]),
        followers=cells[: ends[-1]],
        groups=groups,
        group_size=group_size,
        attributes=None if own is None else own.attributes,
    )


def _drawn(
    config: NetworkConfig, seed: int, sizes: tuple[int, int, int], alive: Callable[[], None]
) -> list[tuple[_I, _I]]:
    """Ties among people of these sizes as pieces of (followed, follower), AT_ONCE people each."""
    n = sum(sizes)
    net, cuts = society(config, seed, sizes), communities(config, seed, n)
    return _in_threads(
        lambda first: draw_ties(net, cuts, first, min(first + AT_ONCE, n)),
        range(0, n, AT_ONCE),
        alive,
    )


def _add_audiences(
    seed: int, n_people: int, audiences: Sequence[int], n_ties: int, cells: _I
) -> npt.NDArray[np.int64]:
    """Who follows each opinion leader, in the cells left free; first cells of their rows, and end.

    audiences : followers of each leader. n_ties : cells that ties among people have filled.
    """
    ends = n_ties + np.cumsum([0, *audiences])
    for leader, size in enumerate(audiences):
        _audience(np.uint64(seed), leader, n_people, size, cells[ends[leader] : ends[leader + 1]])
    return ends


def _in_threads(
    work: Callable[[int], _I], places: Sequence[int], alive: Callable[[], None]
) -> list[tuple[_I, _I]]:
    """Pieces of ties in the order of their places; one place needs no thread."""
    if len(places) == 1:
        return [tuple(work(places[0]))]
    with ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="ties") as pool:
        found: list[tuple[_I, _I]] = []
        for piece in pool.map(work, places):  # whoever leaves waits for the pieces in hand only
            found.append(tuple(piece))
            alive()
        return found


def _group_chats(
    config: NetworkConfig, seed: int, n_core: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Every core fan in `groups_per_core` chats: shuffled once a layer, cut into drawn sizes.

    Returns the chats of each core fan, int32[n_core, groups_per_core], and the size of each chat. A
    layer is one chat for everybody, so that nobody is twice in one. Sizes are lognormal with the
    mean that is asked for; what is left at the end is added to the last, if it is too few.
    """
    smallest = min(SMALLEST_GROUP, config.group_size)
    largest = max(LARGEST_GROUP, config.group_size)
    members = np.full((n_core, config.groups_per_core), -1, np.int32)
    sizes: list[int] = []
    for layer in range(config.groups_per_core):
        shuffled = draws.uniform_column(seed, Decision.GROUPS, layer, n_core)
        order = np.argsort(shuffled, kind="stable")
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
