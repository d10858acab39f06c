"""What is not done unasked to a list: everything that stands in its way, in one refusal.

A list from elsewhere mostly needs several settings at once. To be told of the next one only after
the first is obeyed, with a long list read anew each time, wears people out; so whatever can be
known is asked in one refusal, numbered, with the settings to type beside one another.

Most of this is found on the second reading of a list that was not clean on the first, as text:
there a name that is no row of anybody is still a name that a refusal can show.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.refusal import ConfigError
from sim.network.list_cells import ENDS, as_text, batches_of
from sim.network.list_file import Source
from sim.network.list_ids import largest_number, n_people_hint, name_rows, people_hint
from sim.network.list_lines import WITHOUT_THEM, Slips, where_are
from sim.settings.network_config import Lines, NetworkConfig, TieFormat

FEW = 50  #: people; among fewer, a list that names less than half of them is no slip
EDGES = "network.edges"  #: the setting that names a list of ties


@dataclass(frozen=True)
class Ask:
    """Something that is not done unasked: what, what is allowed, what to type."""

    what: str
    allowed: str
    hint: str


def refuse_asks(key: str, path: str, asks: Sequence[Ask]) -> None:
    """One refusal for everything that stands in the way of a file; nothing without asks.

    key, path : the setting that names the file, and its value. Where every ask is settled by typing
    KEY=VALUE, the hint is these side by side, to be typed as they stand. Raises ConfigError.
    """
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
        key, path, f"{len(asks)} things to settle before it is read:{lines}",
        "; ".join(dict.fromkeys(ask.allowed for ask in asks)), hint,
    )  # fmt: skip


def _all_switches(hints: Sequence[str]) -> bool:
    """Whether each hint is one KEY=VALUE, and nothing to do by hand."""
    return all(re.fullmatch(r"\S+=\S+", hint) for hint in hints)


def doubled_ask(source: Source, slips: Slips, mirrored: bool) -> Ask:
    """The question about ties that come again; mirrored : pairs, in either order."""
    what = "a pair stands twice (in either order)" if mirrored else "a tie stands twice"
    return Ask(
        f"{what} in {where_are(source, slips, ENDS)}", "each tie once", "network.doubled=drop"
    )


def asked_of(
    source: Source, config: NetworkConfig, slips: dict[str, Slips], n_people: int, ids: Any
) -> list[Ask]:
    """What stands in the way of a list that is read as it is: everything that can be said now.

    slips : rows whose follower or followed is nobody. n_people : rows of people. ids : of these, as
    an Arrow array; None: ids are rows.
    """
    import pyarrow as pa

    codes, names = coded_ends(source)
    asks = _unknown_ids(source, slips, n_people, ids, (codes, names))
    unknown = bool(asks)
    own = codes[:, 0] == codes[:, 1]
    if config.self_ties is Lines.refuse and own.any():
        themselves = Slips().note(np.flatnonzero(own))
        what = f"somebody follows themselves in {where_are(source, themselves, ENDS[:1])}"
        asks.append(Ask(what, "ties between two people", "network.self_ties=drop"))
    if config.doubled is Lines.refuse:
        mirrored = config.format is TieFormat.undirected
        again = _met_before(codes, len(names), mirrored) & ~own
        if again.any():
            asks.append(doubled_ask(source, Slips().note(np.flatnonzero(again)), mirrored))
    if not unknown and ids is None and codes.size:
        asks += alone_ask(int(max(largest_number(names), 0)), n_people, "a people file")
    pa.default_memory_pool().release_unused()
    return asks


def _unknown_ids(
    source: Source, slips: dict[str, Slips], n_people: int, ids: Any, coded: tuple[Any, Any]
) -> list[Ask]:
    """The question about ends that are nobody; empty without such.

    coded : both ends of every tie as numbers of names, and the names.
    """
    codes, names = coded
    unknown = [
        f"unknown id as {name} in {where_are(source, slips[name], [name])}"
        for name in ENDS
        if slips[name].n
    ]
    if not unknown:
        return []
    what = "; ".join(unknown)
    if ids is not None:
        return [Ask(what, "ids of the people file", people_hint(names, ids))]
    allowed = f"whole numbers 0 to {n_people - 1}, or ids of a people file"
    if name_rows(names, n_people):  # what is unknown is no number: a missing value
        return [Ask(what, allowed, WITHOUT_THEM)]
    hint, more = n_people_hint(names, slips["follower"].n + slips["followed"].n, codes)
    return [Ask(what + more, allowed, hint)]


def _met_before(
    codes: npt.NDArray[np.int64], n_names: int, mirrored: bool
) -> npt.NDArray[np.bool_]:
    """Which ties came before in the list, bool[n]; mirrored : in either order."""
    pairs = np.sort(codes, axis=1) if mirrored else codes
    code = pairs[:, 0] * (n_names + 1) + pairs[:, 1]
    order = np.argsort(code, kind="stable")  # stable: the first of equal ties is the earliest
    again = np.zeros(len(code), bool)
    again[order[1:]] = code[order[1:]] == code[order[:-1]]
    return again


def alone_ask(last: int, n_people: int, named: str) -> list[Ask]:
    """The question about a list that names less than half of the people; empty for others.

    last : the largest row that a tie names. named : what would name everybody, in words. Among FEW
    people such a list is no slip.
    """
    if not 2 * (last + 1) < n_people >= FEW:
        return []
    return [
        Ask(
            f"ids end at {last}, and people {last + 1} to {n_people - 1} would be alone",
            f"ids 0 to {n_people - 1}, or {named}",
            f"population.n_people={last + 1}",
        )
    ]


def coded_ends(source: Source) -> tuple[npt.NDArray[np.int64], Any]:
    """Both ends of every tie as numbers of names, int64[n, 2], and the names; -1 for no name."""
    import pandas as pd
    import pyarrow as pa

    ends = []
    for table in batches_of(source, ENDS, pa.string()):
        ends.append([as_text(pa.Table.from_batches([table]), name) for name in ENDS])
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
