"""The daily series of a case: one number a day and metric, checked, and several a day combined.

Such a table comes out of somebody's spreadsheet. Most of what is here tells its slips apart: units
that change, sums below the table, counts below zero, several rows a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import Table, read_table
from sim.case.columns import COLUMNS, COLUMNS_MEANT, checked, refused_twice
from sim.case.days import day_of

if TYPE_CHECKING:
    import pandas as pd

#: Metrics of a daily series. What they are in a run is said in experiments.calibration.case_score.
METRICS = ("attention", "outraged_posts", "cumulative_outraged_posts", "trust", "exit")
COUNTS = ("attention", "outraged_posts", "cumulative_outraged_posts")  #: of what cannot be negative
KEY = "series.daily"  #: of the setting that names the table
STATES = ("cumulative_outraged_posts", "trust", "exit")  #: metrics that are no sum over a day
#: How several rows of a day and metric become one, where the case says so.
COMBINE = ("sum", "mean", "max", "last")
_METRICS_MEANT = {
    "热度": "attention", "热搜": "attention", "热搜指数": "attention", "关注度": "attention",
    "热搜关注度": "attention", "搜索指数": "attention", "百度指数": "attention",
    "阅读量": "attention", "heat": "attention", "hot index": "attention", "views": "attention",
    "愤怒帖子": "outraged_posts", "负面帖子": "outraged_posts", "投诉": "outraged_posts",
    "posts": "outraged_posts", "complaints": "outraged_posts",
    "累计愤怒帖子": "cumulative_outraged_posts", "信任": "trust", "信任度": "trust",
    "流失": "exit", "用户流失": "exit", "销量": "exit", "sales": "exit", "churn": "exit",
}  # fmt: skip


@dataclass(frozen=True)
class Daily:
    """A daily series as it was read.

    rows : date (YYYY-MM-DD), metric, value, unit, source, day (from the case's start), one row a
    day and metric, in the order of time, only days inside the case. notes : what was done on the
    way, a sentence each.
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]


def combine_of(said: Any, metric: str) -> str | None:
    """How the case combines several rows a day of a metric; None if it does not say."""
    found = said.get(metric) if isinstance(said, Mapping) else said
    return None if found is None else str(found)


@dataclass(frozen=True)
class _Cells:
    """The cells of a daily series once each of them has been read by itself."""

    table: Table
    days: Sequence[date]  #: of each row
    metrics: Sequence[str]  #: of METRICS
    values: Sequence[float]  #: in the unit of its row

    @property
    def keys(self) -> list[tuple[date, str]]:
        """Day and metric of each row, of which there may be one."""
        return list(zip(self.days, self.metrics, strict=True))


def daily_problems(
    path: Path, start: datetime, horizon_d: int, zone: tzinfo, combine: Any = None
) -> tuple[Daily | None, list[ConfigError]]:
    """The daily series of a case that begins at `start`, or everything that is wrong with it.

    horizon_d, zone : of the case. combine : one of COMBINE, or metric -> one of them; None: several
    rows a day are refused. Cells are looked at first, then rows together, and last which days lie
    inside the case: each would only repeat what the one before has found wrong.
    Raises ConfigError for what is no table.
    """
    if start.hour or start.minute:
        return None, [_begins_within_a_day(path, start)]
    cells, bad = _cells_in(path, start, zone)
    if bad:
        return None, bad
    bad = [*_other_units(cells), *_less_than_nothing(cells)]
    kept, notes = _combined(cells, combine, bad)
    if bad:
        return None, bad
    rows = _rows(cells, kept, start)
    inside = (rows["day"] >= 0) & (rows["day"] < horizon_d)
    if not inside.any():
        return None, [_all_outside(path, max(cells.days), min(cells.days), start, horizon_d)]
    name = cells.table.name
    if n := int((~inside).sum()):
        notes.append(
            f"{name}: {n} of {len(rows)} days lie outside the case's {horizon_d} days from "
            f"{start:%Y-%m-%d} and are not compared (first {rows['date'][~inside].iloc[0]})"
        )
    rows = rows[inside].sort_values("day", kind="stable")
    return Daily(rows, (*cells.table.notes, *notes)), []


def _begins_within_a_day(path: Path, start: datetime) -> ConfigError:
    """The refusal of a case whose days are not those of the calendar, by which a series counts."""
    return ConfigError(
        "case.start", f"{start:%Y-%m-%d %H:%M}",
        f"{path.name} counts by the calendar, and the days of the case would begin at "
        f"{start:%H:%M}", "a start at 00:00 for a case with a daily series",
        f'start: "{start:%Y-%m-%d} 00:00"',
    )  # fmt: skip


def _cells_in(path: Path, start: datetime, zone: tzinfo) -> tuple[_Cells, list[ConfigError]]:
    """Every cell of the table by itself, and a refusal for each column that has a wrong one.

    start : of the case; its year stands in what is proposed for a day without one. Whether cells
    belong together is asked afterwards.
    """
    table = read_table(
        KEY, path, COLUMNS["daily"], COLUMNS_MEANT,
        "one row a day and metric, as in 2026-03-02,attention,12,hot index,own count",
    )  # fmt: skip
    metrics, bad = checked(
        KEY, table, "metric", _metric, "one of " + ", ".join(METRICS), METRICS[0]
    )
    values, more = checked(
        KEY, table, "value", number_of,
        "a number, such as 12 or 0.5, without units or commas", "12",
    )  # fmt: skip
    days, most = checked(
        KEY, table, "date", lambda c: day_of(c, zone, start.year), "a day as YYYY-MM-DD",
        f"{start:%Y-%m-%d}",
    )  # fmt: skip
    return _Cells(table, days, metrics, values), [*most, *bad, *more]


def _other_units(cells: _Cells) -> list[ConfigError]:
    """A refusal of the first row in another unit than its metric had before; empty without one."""
    seen: dict[str, tuple[int, str]] = {}
    table = cells.table
    for line, metric, unit in zip(table.lines, cells.metrics, table.column("unit"), strict=True):
        first = seen.setdefault(metric, (line, unit))
        if unit.casefold() != first[1].casefold():
            return [
                ConfigError(
                    f"{KEY} unit", unit,
                    f"{table.name}, line {line}: {metric} has the unit {first[1] or 'none'} in "
                    f"line {first[0]}", "one unit for all days of a metric",
                    f"unit {first[1]} in line {line}, with its value in that unit",
                )
            ]  # fmt: skip
    return []


def _less_than_nothing(cells: _Cells) -> list[ConfigError]:
    """A refusal of the first count below 0; empty without one."""
    name = cells.table.name
    for line, metric, value in zip(cells.table.lines, cells.metrics, cells.values, strict=True):
        if metric in COUNTS and value < 0:
            return [
                ConfigError(
                    f"{KEY} value", value, f"{name}, line {line}: less than nothing counted",
                    f"0 or more for {metric}; trust and exit may fall below 0",
                    f"value 0 in line {line}, or a file without that line",
                )
            ]  # fmt: skip
    return []


def _rows(cells: _Cells, kept: Sequence[tuple[int, float]], start: datetime) -> pd.DataFrame:
    """The frame of a `Daily`, days outside the case still in it; kept : row, value."""
    import pandas as pd

    units, sources = cells.table.column("unit"), cells.table.column("source")
    return pd.DataFrame(
        [
            {
                "date": f"{cells.days[k]:%Y-%m-%d}",
                "metric": cells.metrics[k],
                "value": value,
                "unit": units[k],
                "source": sources[k],
                "day": (cells.days[k] - start.date()).days,
            }
            for k, value in kept
        ]
    )


def _all_outside(
    path: Path, last: date, first: date, start: datetime, horizon_d: int
) -> ConfigError:
    """The refusal of a series no day of which is compared: a longer case, or another start."""
    longer = horizon_d < 60 and last >= start.date()
    return ConfigError(
        KEY, path.name, "no day of it lies inside the case",
        f"{start:%Y-%m-%d} and the {horizon_d} days from it",
        "horizon_d: 60" if longer else f'start: "{first} 00:00"',
    )  # fmt: skip


def _metric(cell: str) -> str:
    """The metric that a cell names. Raises Unsure with the one that was probably meant."""
    if cell.casefold() in METRICS:
        return cell.casefold()
    meant = _METRICS_MEANT.get(cell.casefold())
    if meant is None and cell.casefold().replace(" ", "_") in METRICS:
        meant = cell.casefold().replace(" ", "_")
    raise Unsure("no such metric" if cell else "no metric is named", meant)


def _combined(
    cells: _Cells, combine: Any, bad: list[ConfigError]
) -> tuple[list[tuple[int, float]], list[str]]:
    """Last row of each day and metric with its value, and notes; what is wrong goes into `bad`.

    combine : as in `daily_problems`. Several rows a day are one value only where the case says how,
    and a level is no sum.
    """
    keys = cells.keys
    groups: dict[tuple[date, str], list[int]] = {}
    for k, one in enumerate(keys):
        groups.setdefault(one, []).append(k)
    notes = []
    for metric in dict.fromkeys(cells.metrics):  # each once, in the order of the file
        how = combine_of(combine, metric)
        sizes = {day: len(rows) for (day, which), rows in groups.items() if which == metric}
        if max(sizes.values()) == 1:
            continue
        if how is None:
            bad += _several(cells, metric)
        elif how == "sum" and metric in STATES:
            bad.append(
                ConfigError(
                    "series.combine", how, f"{metric} is a level, which does not add up over a day",
                    "mean, max, last", f"series.combine: {{{metric}: last}}",
                )
            )  # fmt: skip
        else:
            notes.append(_how_combined(cells.table.name, metric, how, sizes))
    kept = []
    for (_, metric), rows in groups.items():
        numbers = [cells.values[k] for k in rows]
        kept.append((rows[-1], _one_of(numbers, combine_of(combine, metric) or "last")))
    return kept, notes


def _several(cells: _Cells, metric: str) -> list[ConfigError]:
    """The refusal of several rows a day where the case does not say how they are combined."""
    doubled = [one if one[1] == metric else (one, k) for k, one in enumerate(cells.keys)]
    ways = "last} (or mean, max)" if metric in STATES else "sum} (or mean, max, last)"
    return refused_twice(
        KEY, cells.table, doubled, f"value of {metric} a day",
        f"one row a day; or in the case file series: {{daily: {cells.table.name}, combine: {ways}",
    )  # fmt: skip


def _how_combined(name: str, metric: str, how: str, sizes: Mapping[date, int]) -> str:
    """A note on how rows of a day became one; a sum over fewer rows than usual is doubtful.

    sizes : rows of each day of this metric.
    """
    most = max(sizes.values())
    told = f"{name}: {metric}: up to {most} rows a day, combined by {how}"
    if how == "sum" and min(sizes.values()) < most:
        few, n = next((day, n) for day, n in sizes.items() if n < most)
        told += f"; some days have fewer ({few}: {n})"
    return told


def _one_of(numbers: Sequence[float], how: str) -> float:
    """Several numbers of a day as one, by a word of COMBINE."""
    if how == "sum":
        return sum(numbers)
    if how == "mean":
        return sum(numbers) / len(numbers)
    return max(numbers) if how == "max" else numbers[-1]
