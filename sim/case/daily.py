"""The daily series of a case: one number a day and metric, checked, and several a day combined."""

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


def daily_problems(
    path: Path, start: datetime, horizon_d: int, zone: tzinfo, combine: Any = None
) -> tuple[Daily | None, list[ConfigError]]:
    """The daily series of a case that begins at `start`, or everything that is wrong with it.

    combine : one of COMBINE, or metric -> one of them; None: several rows a day are refused.
    """
    import pandas as pd

    key = "series.daily"
    if start.hour or start.minute:
        return None, [
            ConfigError(
                "case.start", f"{start:%Y-%m-%d %H:%M}",
                f"{path.name} counts by the calendar, and the days of the case would begin at "
                f"{start:%H:%M}", "a start at 00:00 for a case with a daily series",
                f'start: "{start:%Y-%m-%d} 00:00"',
            )
        ]  # fmt: skip
    table = read_table(
        key, path, COLUMNS["daily"], COLUMNS_MEANT,
        "one row a day and metric, as in 2026-03-02,attention,12,hot index,own count",
    )  # fmt: skip
    metrics, bad = checked(
        key, table, "metric", _metric, "one of " + ", ".join(METRICS), METRICS[0]
    )
    values, more = checked(
        key, table, "value", number_of,
        "a number, such as 12 or 0.5, without units or commas", "12",
    )  # fmt: skip
    days, most = checked(
        key, table, "date", lambda c: day_of(c, zone, start.year), "a day as YYYY-MM-DD",
        f"{start:%Y-%m-%d}",
    )  # fmt: skip
    bad = [*most, *bad, *more]
    if bad:
        return None, bad
    units = table.column("unit")
    seen: dict[str, tuple[int, str]] = {}
    for line, metric, unit in zip(table.lines, metrics, units, strict=True):
        first = seen.setdefault(metric, (line, unit))
        if unit.casefold() != first[1].casefold():
            bad.append(
                ConfigError(
                    f"{key} unit", unit,
                    f"{table.name}, line {line}: {metric} has the unit {first[1] or 'none'} in "
                    f"line {first[0]}", "one unit for all days of a metric",
                    f"unit {first[1]} in line {line}, with its value in that unit",
                )
            )  # fmt: skip
            break
    for line, metric, value in zip(table.lines, metrics, values, strict=True):
        if metric in COUNTS and value < 0:
            bad.append(
                ConfigError(
                    f"{key} value", value, f"{table.name}, line {line}: less than nothing counted",
                    f"0 or more for {metric}; trust and exit may fall below 0",
                    f"value 0 in line {line}, or a file without that line",
                )
            )  # fmt: skip
            break
    keys = list(zip(days, metrics, strict=True))
    kept, notes = _combined(key, table, keys, values, combine, bad)
    if bad:
        return None, bad
    rows = pd.DataFrame(
        [
            {
                "date": f"{days[k]:%Y-%m-%d}",
                "metric": metrics[k],
                "value": value,
                "unit": units[k],
                "source": table.column("source")[k],
                "day": (days[k] - start.date()).days,
            }
            for k, value in kept
        ]
    )
    inside = (rows["day"] >= 0) & (rows["day"] < horizon_d)
    if not inside.any():
        return None, [
            ConfigError(
                key, path.name, "no day of it lies inside the case",
                f"{start:%Y-%m-%d} and the {horizon_d} days from it",
                "horizon_d: 60"
                if horizon_d < 60 and max(days) >= start.date()
                else f'start: "{min(days)} 00:00"',
            )
        ]  # fmt: skip
    if n := int((~inside).sum()):
        notes.append(
            f"{table.name}: {n} of {len(rows)} days lie outside the case's {horizon_d} days from "
            f"{start:%Y-%m-%d} and are not compared (first {rows['date'][~inside].iloc[0]})"
        )
    rows = rows[inside].sort_values("day", kind="stable")
    return Daily(rows, (*table.notes, *notes)), []


def _metric(cell: str) -> str:
    if cell.casefold() in METRICS:
        return cell.casefold()
    meant = _METRICS_MEANT.get(cell.casefold())
    if meant is None and cell.casefold().replace(" ", "_") in METRICS:
        meant = cell.casefold().replace(" ", "_")
    raise Unsure("no such metric" if cell else "no metric is named", meant)


def _combined(
    key: str,
    table: Table,
    keys: Sequence[tuple[date, str]],
    values: Sequence[float],
    combine: Any,
    bad: list[ConfigError],
) -> tuple[list[tuple[int, float]], list[str]]:
    """Row of each day and metric, and its value; what is wrong goes into `bad`."""
    groups: dict[tuple[date, str], list[int]] = {}
    for k, one in enumerate(keys):
        groups.setdefault(one, []).append(k)
    notes = []
    for metric in dict.fromkeys(metric for _, metric in keys):
        how = combine_of(combine, metric)
        sizes = [len(rows) for (_, which), rows in groups.items() if which == metric]
        if max(sizes) == 1:
            continue
        if how is None:
            doubled = [one if one[1] == metric else (one, k) for k, one in enumerate(keys)]
            bad += refused_twice(
                key, table, doubled, f"value of {metric} a day",
                "one row a day; or in the case file series: {daily: "
                f"{table.name}, combine: " + ("last} (or mean, max)" if metric in STATES
                                              else "sum} (or mean, max, last)"),
            )  # fmt: skip
        elif how == "sum" and metric in STATES:
            bad.append(
                ConfigError(
                    "series.combine", how, f"{metric} is a level, which does not add up over a day",
                    "mean, max, last", f"series.combine: {{{metric}: last}}",
                )
            )  # fmt: skip
        else:
            told = f"{table.name}: {metric}: up to {max(sizes)} rows a day, combined by {how}"
            if how == "sum" and min(sizes) < max(sizes):
                few = next(one[0] for one, rows in groups.items() if len(rows) < max(sizes))
                told += f"; some days have fewer ({few}: {len(groups[few, metric])})"
            notes.append(told)
    kept = []
    for (_, metric), rows in groups.items():
        how = combine_of(combine, metric) or "last"
        numbers = [values[k] for k in rows]
        value = {
            "sum": sum(numbers), "mean": sum(numbers) / len(numbers), "max": max(numbers),
            "last": numbers[-1],
        }.get(how, numbers[-1])  # fmt: skip
        kept.append((rows[-1], value))
    return kept, notes
