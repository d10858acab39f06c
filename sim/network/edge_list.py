"""The user's own network: ties and people from CSV or Parquet, checked with line numbers.

Lists are taken as they are: SNAP, Gephi, a pandas frame, undirected pairs. What would be dropped,
doubled or mirrored is said in one refusal, each with the setting that allows it.
Ties are read batch by batch into pairs of int32, 8 bytes a tie; with the rows of the network that
are filled from these, 4 bytes a tie, that is all that grows with the list. Lines are looked up in
the file only when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim.base.formats import unreadable
from sim.network.list_cells import ENDS, ends_by_batches, reading
from sim.network.list_columns import ends_asked
from sim.network.list_file import Source, has_comments, plain_copy, source_of
from sim.network.list_lines import NAMED, Slips
from sim.network.list_questions import EDGES, FEW, Ask, asked_of, doubled_ask, refuse_asks
from sim.network.people_file import read_people
from sim.settings.network_config import Lines, NetworkConfig, TieFormat

_I = npt.NDArray[np.int32]


@dataclass(frozen=True)
class OwnTies:
    """The user's ties in the order of their file, and the user's people.

    pieces : (followed, follower), int32[n] each, rows of people; whoever sorts them takes them off.
    attributes, sizes : float64[n_people] by name, and people of each kind; None without a file.
    """

    source: Source
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
        asks: list[Ask] = []
        if self.config.doubled is Lines.refuse:
            self._ask_doubled(indptr, followers, asks)
        if self.largest < 0:
            asks.append(Ask("holds no tie", "one tie or more", "a list with ties"))
        elif self.sizes is None and 2 * (self.largest + 1) < self.n_people >= FEW:
            first, last = self.largest + 1, self.n_people - 1
            asks.append(
                Ask(
                    f"ids end at {self.largest}, and people {first} to {last} would be alone",
                    f"ids 0 to {last}, or a people file (network.people) that names everybody",
                    f"population.n_people={first}",
                )
            )
        refuse_asks(EDGES, self.source.path, asks)

    def _ask_doubled(self, indptr: npt.NDArray[np.int64], followers: _I, asks: list[Ask]) -> None:
        n_kept = int(indptr[-1])
        mirrored = self.config.format is TieFormat.undirected
        doubled = Slips(n=(self.n_ties - n_kept) // (2 if mirrored else 1))
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
        asks.append(doubled_ask(self.source, doubled, mirrored))


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
        attributes, sizes, ids = read_people(config.people, config.other_columns)
        n_people = sum(sizes)
    asks: list[Ask] = []
    source = source_of(EDGES, config.edges, ENDS)
    source = ends_asked(source, config, ids, asks)

    def read(cells: Any) -> OwnTies:
        again = partial(ends_by_batches, source, ids, cells)
        pieces, slips = _pieces(again(), n_people, config)
        pa.default_memory_pool().release_unused()
        if asks or any(each.n for each in slips.values()):
            found = [*asks, *asked_of(source, config, slips, n_people, ids)]
            refuse_asks(EDGES, source.path, found)
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
            raise unreadable(EDGES, source.path, str(problem).splitlines()[0][:160]) from None
        if has_comments(source):
            source = plain_copy(source)
            try:
                return read(pa.int32())
            except pa.ArrowInvalid:
                pass
    with reading(source):
        try:
            return read(pa.string())
        except pa.ArrowInvalid:
            if not has_comments(source):
                raise
    source = plain_copy(source)
    with reading(source):
        return read(pa.string())


def _pieces(
    batches: Iterator[list[Any]], n_people: int, config: NetworkConfig
) -> tuple[list[tuple[_I, _I]], dict[str, Slips]]:
    """Ties as (followed, follower), and rows with unknown ids or of who follows themselves.

    Who follows themselves is left out, and pairs are mirrored, where the settings say so.
    """
    slips = {name: Slips() for name in (*ENDS, "themselves")}
    pieces = []
    row = 0
    for batch in batches:
        ends = []
        for name, numbers in zip(ENDS, batch, strict=True):
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
