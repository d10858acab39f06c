"""The user's own people: kinds, ids and attributes from CSV or Parquet, checked line by line.

A row of people is sorted by kind (core fans, customers, public) and, within a kind, as in the file;
the ids, in that order, are what ends of ties are looked up among. Twenty million people are
allowed, so columns are let go of as soon as they have been read.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.cells import Unsure, number_of, typed
from sim.base.refusal import ConfigError
from sim.network.list_cells import AT_ONCE, as_text, batches_of, reading
from sim.network.list_columns import columns_asked
from sim.network.list_file import Source, has_comments, plain_copy, source_of
from sim.network.list_lines import WITHOUT_THEM, Slips, refuse_lines
from sim.network.list_questions import Ask, refuse_asks
from sim.settings.network_config import Lines

KIND_NAMES = ("core", "customer", "public")  #: in the order of rows
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
_PEOPLE = "network.people"


def read_people(
    path: str, other: Lines = Lines.refuse
) -> tuple[dict[str, Any], tuple[int, int, int], Any]:
    """Attributes in order of row, people of each kind, and their ids in order of row.

    Attributes are float64[n_people] by name, those that the file has; ids an Arrow array of texts.
    other : what is done with columns that nobody reads. Raises ConfigError, with the first guilty
    lines, for an id that is missing or doubled, an unknown kind, an attribute out of its range, and
    a kind without anybody in it.
    """
    import pyarrow as pa

    source, text = _columns_of(path, other)
    _check_named(source, text["id"])
    codes = _kinds_in(source, text.pop("kind"))
    _check_once(source, text["id"])
    sizes = np.bincount(codes, minlength=len(KIND_NAMES))
    if sizes.min() < 1:
        raise ConfigError(
            _PEOPLE, path, "nobody of kind " + KIND_NAMES[int(np.argmin(sizes))],
            "at least one person of each kind", "add people of that kind",
        )  # fmt: skip
    order = np.argsort(codes, kind="stable")
    attributes = {
        name: _attribute(source, name, text.pop(name))[order] for name in ATTRIBUTES if name in text
    }
    ids = text.pop("id").take(order)
    pa.default_memory_pool().release_unused()
    return attributes, (int(sizes[0]), int(sizes[1]), int(sizes[2])), ids


def _columns_of(path: str, other: Lines) -> tuple[Source, dict[str, Any]]:
    """The file, and its columns by name as Arrow arrays of texts without blanks around them."""
    import pyarrow as pa

    asks: list[Ask] = []
    known = ("id", "kind", *ATTRIBUTES)
    source = source_of(_PEOPLE, path, known)
    source = columns_asked(source, ("id", "kind"), tuple(ATTRIBUTES), other, asks)
    refuse_asks(_PEOPLE, path, asks)
    if has_comments(source):
        source = plain_copy(source)
    wanted = [name for name in source.names if name in known]
    with reading(source):
        table = batches_of(source, wanted, pa.string()).read_all()
        return source, {name: as_text(table, name).combine_chunks() for name in table.column_names}


def _check_named(source: Source, ids: Any) -> None:
    """Refuse people without an id."""
    import pyarrow.compute as pc

    empty = pc.equal(ids.fill_null(""), "").to_numpy(zero_copy_only=False)
    slips = Slips().note(np.flatnonzero(empty))
    refuse_lines(source, slips, "no id", "a name or number", "an id for each person")


def _kinds_in(source: Source, kinds: Any) -> npt.NDArray[np.int32]:
    """The kind of each person as its place in KIND_NAMES. Refuses other words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = pc.utf8_lower(kinds)
    codes: npt.NDArray[np.int32] = (
        pc.index_in(kinds, value_set=pa.array(KIND_NAMES)).fill_null(-1).to_numpy()
    )
    slips = Slips().note(np.flatnonzero(codes < 0))
    if slips.n:
        said = kinds[slips.first[0]].as_py() or ""
        hint = f"kind={_KINDS_MEANT.get(said, 'core|customer|public')}"
        refuse_lines(source, slips, "unknown kind", ", ".join(KIND_NAMES), hint, ["kind"])
    return codes


def _check_once(source: Source, ids: Any) -> None:
    """Refuse an id that two people have."""
    # Codes count up with every id that was not there before.
    met = ids.dictionary_encode().indices.to_numpy()
    new = np.diff(np.maximum.accumulate(met), prepend=-1) > 0
    slips = Slips().note(np.flatnonzero(~new))
    refuse_lines(source, slips, "an id stands twice", "each id once", WITHOUT_THEM, ["id"])


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


def _attribute(source: Source, name: str, cells: Any) -> npt.NDArray[np.float64]:
    """An attribute of everybody in the order of the file. Refuses what is no number in range."""
    low, high = ATTRIBUTES[name]
    numbers = _numbers_of(cells)
    slips = Slips().note(np.flatnonzero(~((numbers >= low) & (numbers <= high))))
    if slips.n:
        hint = _number_hint(cells[slips.first[0]].as_py(), name, low, high)
        allowed = f"{low:g} to {high:g}"
        refuse_lines(source, slips, f"{name} out of range", allowed, hint, [name])
    return numbers


def _numbers_of(text: Any) -> npt.NDArray[np.float64]:
    """Numbers of a column, not a number where there is none; Python strings only for a while."""
    import pandas as pd

    numbers = np.empty(len(text))
    step = AT_ONCE // 10
    for first in range(0, len(text), step):
        part = pd.to_numeric(text[first : first + step].to_pandas(), errors="coerce")
        numbers[first : first + len(part)] = part.to_numpy(float, na_value=np.nan)
    return numbers
