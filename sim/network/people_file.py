"""The user's own people: kinds, ids and attributes from CSV or Parquet, checked line by line."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.cells import Unsure, number_of, typed
from sim.base.refusal import ConfigError
from sim.network.list_cells import AT_ONCE, as_text, batches_of, reading
from sim.network.list_columns import columns_asked
from sim.network.list_file import has_comments, plain_copy, source_of
from sim.network.list_lines import WITHOUT_THEM, Slips, refuse_lines
from sim.network.list_questions import Ask, refuse_asks
from sim.settings.network_config import Lines

KIND_NAMES = ("core", "customer", "public")
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
    """Attributes in order of row, people of each kind, and their ids in order of row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = _PEOPLE
    asks: list[Ask] = []
    source = source_of(key, path, ("id", "kind", *ATTRIBUTES))
    source = columns_asked(source, ("id", "kind"), tuple(ATTRIBUTES), other, asks)
    refuse_asks(key, path, asks)
    if has_comments(source):
        source = plain_copy(source)
    wanted = [name for name in source.names if name in ("id", "kind", *ATTRIBUTES)]
    with reading(source):
        table = batches_of(source, wanted, pa.string()).read_all()
        text = {name: as_text(table, name).combine_chunks() for name in table.column_names}
        del table
    empty = pc.equal(text["id"].fill_null(""), "").to_numpy(zero_copy_only=False)
    slips = Slips().note(np.flatnonzero(empty))
    refuse_lines(source, slips, "no id", "a name or number", "an id for each person")
    kinds = pc.utf8_lower(text.pop("kind"))
    codes = pc.index_in(kinds, value_set=pa.array(KIND_NAMES)).fill_null(-1).to_numpy()
    slips = Slips().note(np.flatnonzero(codes < 0))
    if slips.n:
        said = kinds[slips.first[0]].as_py() or ""
        hint = f"kind={_KINDS_MEANT.get(said, 'core|customer|public')}"
        refuse_lines(source, slips, "unknown kind", ", ".join(KIND_NAMES), hint, ["kind"])
    # Codes count up with every id that was not there before.
    met = text["id"].dictionary_encode().indices.to_numpy()
    new = np.diff(np.maximum.accumulate(met), prepend=-1) > 0
    slips = Slips().note(np.flatnonzero(~new))
    refuse_lines(source, slips, "an id stands twice", "each id once", WITHOUT_THEM, ["id"])
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
            cells = text.pop(name)
            numbers = _attribute(cells)
            slips = Slips().note(np.flatnonzero(~((numbers >= low) & (numbers <= high))))
            if slips.n:
                hint = _number_hint(cells[slips.first[0]].as_py(), name, low, high)
                allowed = f"{low:g} to {high:g}"
                refuse_lines(source, slips, f"{name} out of range", allowed, hint, [name])
            attributes[name] = numbers[order]
    ids = text["id"].take(order)
    del text, met
    pa.default_memory_pool().release_unused()
    return attributes, (int(sizes[0]), int(sizes[1]), int(sizes[2])), ids


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


def _attribute(text: Any) -> npt.NDArray[np.float64]:
    """Numbers of a column, not a number where there is none; Python strings only for a while."""
    import pandas as pd

    numbers = np.empty(len(text))
    step = AT_ONCE // 10
    for first in range(0, len(text), step):
        part = pd.to_numeric(text[first : first + step].to_pandas(), errors="coerce")
        numbers[first : first + len(part)] = part.to_numpy(float, na_value=np.nan)
    return numbers
