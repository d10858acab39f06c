"""The user's own network: ties and people from CSV or Parquet, checked with line numbers.

`read_edges` is the whole way. A list is opened (`list_file`), its columns are understood
(`list_columns`), its ends are read (`list_cells`) and become rows of people; when something is
wrong its lines are looked up (`list_lines`) and asked about together (`list_questions`,
`list_ids`). The people's own file is read by `people_file`.

Lists are taken as they are: SNAP, Gephi, a pandas frame, undirected pairs. What would be dropped,
doubled or mirrored is said in one refusal, each with the setting that allows it.
Ties are read batch by batch into pairs of int32, 8 bytes a tie; with the rows of the network that
are filled from these, 4 bytes a tie, that is all that grows with the list. Lines are looked up in
the file only when something is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.compiled import part
from sim.base.formats import unreadable
from sim.network.list_cells import ENDS, ends_by_batches, reading
from sim.network.list_columns import ends_asked
from sim.network.list_file import Source, has_comments, plain_copy, source_of
from sim.network.list_lines import NAMED, Slips
from sim.network.list_questions import EDGES, Ask, alone_ask, asked_of, doubled_ask, refuse_asks
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
        elif self.sizes is None:
            named = "a people file (network.people) that names everybody"
            asks += alone_ask(self.largest, self.n_people, named)
        refuse_asks(EDGES, self.source.path, asks)

    def _ask_doubled(self, indptr: npt.NDArray[np.int64], followers: _I, asks: list[Ask]) -> None:
        """Ask about ties that come again, which are found where sorting has merged them.

        The list is read once more to name their lines, up to the last of those that are named.
        """
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


@part
def _met_again(indptr: Any, followers: Any, followed: Any, follower: Any, seen: Any) -> Any:
    """Positions of ties that were met before, int64[k], in their order.

    indptr, followers : all ties as sorted rows by followed person, each once. followed, follower :
    the next ties of the list. seen : bool, one for each of the followers; what is met is noted.
    """
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
    assert config.edges is not None
    attributes, sizes, ids = None, None, None
    if config.people is not None:
        attributes, sizes, ids = read_people(config.people, config.other_columns)
        n_people = sum(sizes)
    asks: list[Ask] = []
    source = source_of(EDGES, config.edges, ENDS)
    source = ends_asked(source, config, ids, asks)
    known = _List(source, config, n_people, ids, attributes, sizes, tuple(asks))
    found = None
    if ids is None:
        found = _by_number(known)
        if found is None and has_comments(source):
            known = known.plainly()
            found = _by_number(known)
    return _by_name(known) if found is None else found


@dataclass(frozen=True)
class _List:
    """A list of ties whose columns are understood, and the people among whom they are."""

    source: Source
    config: NetworkConfig
    n_people: int
    ids: Any  #: of the people in order of row, as an Arrow array; None: ids are rows
    attributes: dict[str, Any] | None
    sizes: tuple[int, int, int] | None
    asks: tuple[Ask, ...]  #: what the columns have left open

    def read(self, cells: Any) -> OwnTies:
        """All ties, their ends read as this Arrow type.

        Raises ConfigError for whatever stands in the way, and pyarrow.ArrowInvalid where a cell is
        of another type.
        """
        import pyarrow as pa

        again = partial(ends_by_batches, self.source, self.ids, cells)
        pieces, slips = _pieces(again(), self.n_people, self.config)
        pa.default_memory_pool().release_unused()
        if self.asks or any(each.n for each in slips.values()):
            found = asked_of(self.source, self.config, slips, self.n_people, self.ids)
            refuse_asks(EDGES, self.source.path, [*self.asks, *found])
        return OwnTies(
            source=self.source,
            config=self.config,
            n_people=self.n_people,
            n_ties=sum(followed.size for followed, _ in pieces),
            largest=max((int(end.max(initial=-1)) for ends in pieces for end in ends), default=-1),
            pieces=pieces,
            attributes=self.attributes,
            sizes=self.sizes,
            again=again,
        )

    def plainly(self) -> _List:
        """The same list in a plain copy, without the comments among its records."""
        return replace(self, source=plain_copy(self.source))


def _by_number(known: _List) -> OwnTies | None:
    """Ties whose ends are all whole numbers, the fast way; None where one of them is not.

    What is no whole number is found, with its line, among texts: see `_by_name`.
    """
    import pyarrow as pa

    try:
        return known.read(pa.int32())
    except pa.ArrowInvalid:
        return None
    except (pa.ArrowException, OSError, EOFError) as problem:
        raise unreadable(EDGES, known.source.path, str(problem).splitlines()[0][:160]) from None


def _by_name(known: _List) -> OwnTies:
    """Ties whose ends are read as text, whatever they are; without comments if there are any.

    Raises ConfigError for a file that is broken, with its broken lines.
    """
    import pyarrow as pa

    with reading(known.source):
        try:
            return known.read(pa.string())
        except pa.ArrowInvalid:
            if not has_comments(known.source):
                raise
    plain = known.plainly()
    with reading(plain.source):
        return plain.read(pa.string())


def _pieces(
    batches: Iterator[list[Any]], n_people: int, config: NetworkConfig
) -> tuple[list[tuple[_I, _I]], dict[str, Slips]]:
    """Ties as (followed, follower), int32 each, and rows that are wrong, by what is wrong.

    batches : follower and followed as numbers, which are rows of people if they are such at all. An
    end that is nobody becomes -1. Who follows themselves is left out, and noted unless the settings
    drop them; pairs are mirrored where the settings say so.
    """
    slips = {name: Slips() for name in (*ENDS, "themselves")}
    pieces = []
    row = 0
    for batch in batches:
        follower, followed = (
            _known_rows(numbers, n_people, row, slips[name])
            for name, numbers in zip(ENDS, batch, strict=True)
        )
        own = (follower == followed) & (follower >= 0)
        if own.any() and config.self_ties is Lines.refuse:
            slips["themselves"].note(row + np.flatnonzero(own))
        row += len(own)
        if own.any():
            follower, followed = follower[~own], followed[~own]
        pieces.append((followed, follower))
        if config.format is TieFormat.undirected:
            pieces.append((follower, followed))
    return pieces, slips


def _known_rows(numbers: Any, n_people: int, first: int, unknown: Slips) -> _I:
    """Numbers as rows of people, -1 for what is nobody's, which is noted; first : their first row.

    Not a number, and a number with a fraction, are nobody's.
    """
    known = (numbers >= 0) & (numbers < n_people)
    if not np.issubdtype(numbers.dtype, np.integer):
        known &= numbers == np.floor(numbers)
    unknown.note(first + np.flatnonzero(~known))
    return np.where(known, numbers, -1).astype(np.int32)
