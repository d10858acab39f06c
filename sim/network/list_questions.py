"""What is not done unasked to a list: everything that stands in its way, in one refusal."""

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

FEW = 50  # people; among fewer, a list that names less than half of them is no slip
EDGES = "network.edges"


@dataclass(frozen=True)
class Ask:
    """Something that is not done unasked: what, what is allowed, what to type."""

    what: str
    allowed: str
    hint: str


def refuse_asks(key: str, path: str, asks: Sequence[Ask]) -> None:
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


def doubled_ask(source: Source, slips: Slips, mirrored: bool) -> Ask:
    what = "a pair stands twice (in either order)" if mirrored else "a tie stands twice"
    return Ask(
        f"{what} in {where_are(source, slips, ENDS)}", "each tie once", "network.doubled=drop"
    )


def asked_of(
    source: Source, config: NetworkConfig, slips: dict[str, Slips], n_people: int, ids: Any
) -> list[Ask]:
    """What stands in the way of a list that is read as it is: everything that can be said now."""
    import pyarrow as pa

    mirrored = config.format is TieFormat.undirected
    asks = []
    codes, names = coded_ends(source)
    unknown = [
        f"unknown id as {name} in {where_are(source, slips[name], [name])}"
        for name in ENDS
        if slips[name].n
    ]
    if unknown:
        what, allowed = "; ".join(unknown), "ids of the people file"
        if ids is not None:
            hint = people_hint(names, ids)
        else:
            allowed = f"whole numbers 0 to {n_people - 1}, or ids of a people file"
            hint, more = n_people_hint(names, slips["follower"].n + slips["followed"].n, codes)
            if name_rows(names, n_people):  # what is unknown is no number: a missing value
                hint, more = WITHOUT_THEM, ""
            what += more
        asks.append(Ask(what, allowed, hint))
    own = codes[:, 0] == codes[:, 1]
    if config.self_ties is Lines.refuse and own.any():
        themselves = Slips().note(np.flatnonzero(own))
        what = f"somebody follows themselves in {where_are(source, themselves, ENDS[:1])}"
        asks.append(Ask(what, "ties between two people", "network.self_ties=drop"))
    if config.doubled is Lines.refuse:
        pairs = np.sort(codes, axis=1) if mirrored else codes
        code = pairs[:, 0] * (len(names) + 1) + pairs[:, 1]
        order = np.argsort(code, kind="stable")
        again = np.zeros(len(code), bool)
        again[order[1:]] = code[order[1:]] == code[order[:-1]]
        again &= ~own
        if again.any():
            asks.append(doubled_ask(source, Slips().note(np.flatnonzero(again)), mirrored))
    if not unknown and ids is None and codes.size:
        largest = int(max(largest_number(names), 0))
        if 2 * (largest + 1) < n_people >= FEW:
            asks.append(
                Ask(
                    f"ids end at {largest}, and people {largest + 1} to {n_people - 1} would be "
                    "alone",
                    f"ids 0 to {n_people - 1}, or a people file",
                    f"population.n_people={largest + 1}",
                )
            )
    pa.default_memory_pool().release_unused()
    return asks


def coded_ends(source: Source) -> tuple[npt.NDArray[np.int64], Any]:
    """Both ends of every tie as numbers of names, int64[n, 2], and the names."""
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
