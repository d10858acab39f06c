"""Columns of a series that was counted: their cells parsed, or a refusal that names the line.

One refusal a column: it shows the first cell that is not usable and counts the others, for a wrong
habit (a decimal comma, a day without its year) is wrong in every line of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.base.cells import Unsure
from sim.base.refusal import ConfigError
from sim.base.tables import Table

if TYPE_CHECKING:
    import pandas as pd

#: Columns that the observed series must have; others are passed on.
COLUMNS = {
    "hotlist": ("time_hkt", "board", "phase", "hot_score"),
    "prices": ("date", "close_hkd"),
    "index": ("date", "close"),
    "daily": ("date", "metric", "value", "unit", "source"),
}
#: Names that people give to columns and metrics; they are proposed, not taken.
COLUMNS_MEANT = {
    "日期": "date", "时间": "date", "day": "date", "time": "date", "datetime": "date",
    "指标": "metric", "变量": "metric", "variable": "metric", "measure": "metric",
    "数值": "value", "值": "value", "count": "value", "number": "value", "score": "value",
    "单位": "unit", "units": "unit", "来源": "source", "出处": "source", "sources": "source",
    "收盘价": "close_hkd", "close": "close_hkd", "收盘": "close_hkd",
    "热度": "hot_score", "热度值": "hot_score", "榜单": "board", "阶段": "phase",
}  # fmt: skip


def checked(
    key: str, table: Table, column: str, parse: Callable[[str], Any], allowed: str, usual: str
) -> tuple[list[Any], list[ConfigError]]:
    """The parsed cells of a column, None where one is not usable; and a refusal that names them.

    key : of the setting that names the table. parse : raises Unsure for a cell that is not usable.
    allowed : what cells may be. usual : an example to type where nobody can say what was meant.
    """
    values: list[Any] = []
    bad: list[tuple[int, str, Unsure]] = []
    for line, cell in zip(table.lines, table.column(column), strict=True):
        try:
            values.append(parse(cell))
        except Unsure as doubt:
            values.append(None)
            bad.append((line, cell, doubt))
    if not bad:
        return values, []
    line, cell, unsure = bad[0]
    more = f" ({len(bad) - 1} more like it)" if len(bad) > 1 else ""
    hint = f"{column} {unsure.typed or usual} in line {line} of {table.name}"
    if unsure.typed is None and "leave the line out" in str(unsure):
        hint = f"{table.name} without line {line}"
    reason = f"{table.name}, line {line}: not usable{more}: {unsure}"
    return values, [ConfigError(f"{key} {column}", cell, reason, allowed, hint)]


def frame_with(table: Table, parsed: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of all columns: the parsed ones, others as numbers where every cell is one.

    An empty cell of a column that nobody asked for is a missing value.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in table.columns:
        if name in parsed:
            columns[name] = parsed[name]
            continue
        cells = pd.Series([cell or None for cell in table.column(name)], dtype="str")
        try:
            columns[name] = pd.to_numeric(cells)
        except ValueError:
            columns[name] = cells
    return pd.DataFrame(columns)


def refused_twice(
    key: str, table: Table, keys: Sequence[Any], what: str, hint: str
) -> list[ConfigError]:
    """A refusal that names the first key that comes again, with both lines, and counts them.

    keys : of each row, of which there may be one. what : such a row in words. Empty where none
    comes again.
    """
    met: dict[Any, int] = {}
    again = []
    for line, one in zip(table.lines, keys, strict=True):
        if one in met:
            again.append((met[one], line, one))
        met.setdefault(one, line)
    if not again:
        return []
    first, line, one = again[0]
    named = " ".join(map(str, one)) if isinstance(one, tuple) else str(one)
    more = f" ({len(again) - 1} more rows like it)" if len(again) > 1 else ""
    return [
        ConfigError(
            key, named, f"{table.name}, lines {first} and {line}: more than one {what}{more}",
            f"one {what}", hint,
        )
    ]  # fmt: skip
