"""What was counted in a case: its hot list, its prices, a number a day; read and checked.

All three are read by `sim.base.tables`. What cannot be read with certainty is refused with its
line, the cell as it stands and what to type; nothing is dropped, and no row wins over another, in
silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import Table, read_table

if TYPE_CHECKING:
    import pandas as pd

HOTLIST_ZONE = "Asia/Hong_Kong"  #: of the column time_hkt
#: Columns that the observed series must have; others are passed on.
COLUMNS = {
    "hotlist": ("time_hkt", "board", "phase", "hot_score"),
    "prices": ("date", "close_hkd"),
    "daily": ("date", "metric", "value", "unit", "source"),
}
#: Metrics of a daily series. What they are in a run is said in experiments.calibration.case_score.
METRICS = ("attention", "outraged_posts", "cumulative_outraged_posts", "trust", "exit")
COUNTS = ("attention", "outraged_posts", "cumulative_outraged_posts")  #: of what cannot be negative
MOST_PRICE = 1e6  #: of a share, in HKD; a case's previous close has the same bound
STATES = ("cumulative_outraged_posts", "trust", "exit")  #: metrics that are no sum over a day
#: How several rows of a day and metric become one, where the case says so.
COMBINE = ("sum", "mean", "max", "last")
#: Names that people give to columns and metrics; they are proposed, not taken.
_COLUMNS_MEANT = {
    "日期": "date", "时间": "date", "day": "date", "time": "date", "datetime": "date",
    "指标": "metric", "变量": "metric", "variable": "metric", "measure": "metric",
    "数值": "value", "值": "value", "count": "value", "number": "value", "score": "value",
    "单位": "unit", "units": "unit", "来源": "source", "出处": "source", "sources": "source",
    "收盘价": "close_hkd", "close": "close_hkd", "收盘": "close_hkd",
    "热度": "hot_score", "热度值": "hot_score", "榜单": "board", "阶段": "phase",
}  # fmt: skip
_METRICS_MEANT = {
    "热度": "attention", "热搜": "attention", "热搜指数": "attention", "关注度": "attention",
    "热搜关注度": "attention", "搜索指数": "attention", "百度指数": "attention",
    "阅读量": "attention", "heat": "attention", "hot index": "attention", "views": "attention",
    "愤怒帖子": "outraged_posts", "负面帖子": "outraged_posts", "投诉": "outraged_posts",
    "posts": "outraged_posts", "complaints": "outraged_posts",
    "累计愤怒帖子": "cumulative_outraged_posts", "信任": "trust", "信任度": "trust",
    "流失": "exit", "用户流失": "exit", "销量": "exit", "sales": "exit", "churn": "exit",
}  # fmt: skip
#: The first day of a spreadsheet's count, as far as days after February 1900 go.
_SERIAL = date(1899, 12, 30)


@dataclass(frozen=True)
class Daily:
    """A daily series as it was read.

    rows : date (YYYY-MM-DD), metric, value, unit, source, day (from the case's start), one row a
    day and metric, in the order of time, only days inside the case. notes : what was done on the
    way, a sentence each.
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]


def day_of(cell: str, zone: tzinfo, year: int) -> date:
    """The day that a cell names, year first; a clock time is of that day.

    year : of a day without one, in what is proposed. Raises Unsure with the day to type for a day
    first, a spreadsheet's number, another zone.
    """
    text = cell.strip()
    if found := re.fullmatch(
        r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?"
        r"(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}:?\d{2})?)?",
        text,
    ):
        parts = [part for part in found.groups()[:6] if part]
        try:
            day = date(*map(int, parts[:3]))
        except ValueError:
            raise Unsure("there is no such day") from None
        if found.group(8) is None:
            return day
        clock = found.group(7).zfill(5 if found.group(7).count(":") == 1 else 8)
        offset = found.group(8)
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset == 'Z' else offset}")
        there = moment.astimezone(zone)
        if there.utcoffset() == moment.utcoffset():
            return day
        other = f" (or {day} if it stands for the whole day)" if there.date() != day else ""
        raise Unsure(f"a time of another zone than the case ({offset})", f"{there.date()}{other}")
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            raise Unsure("there is no such day") from None
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        one, two, y = map(int, found.groups())
        days = []
        for month, day_ in ((two, one), (one, two)):
            try:
                days.append(str(date(y, month, day_)))
            except ValueError:
                continue
        if days:
            raise Unsure("day and month cannot be told apart", " or ".join(dict.fromkeys(days)))
    if (found := re.fullmatch(r"(\d{5})(?:\.0+)?", text)) and 10_000 < int(found.group(1)) < 80_000:
        serial = _SERIAL + timedelta(days=int(found.group(1)))
        raise Unsure("a spreadsheet's number of a day", str(serial))
    for shape in ("%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%m-%d", "%m/%d"):
        try:
            moment = datetime.strptime(f"{text} {year}" if "%Y" not in shape else text,
                                       shape if "%Y" in shape else f"{shape} %Y")  # fmt: skip
        except ValueError:
            continue
        raise Unsure("not a day as digits, year first", f"{moment:%Y-%m-%d}")
    if found := re.fullmatch(r"(\d{1,2})月(\d{1,2})日", text):
        raise Unsure("no year", f"{year}-{int(found.group(1)):02}-{int(found.group(2)):02}")
    if text.casefold() in ("total", "sum", "合计", "总计", "总和", "小计"):
        raise Unsure("a sum below the days: leave the line out")
    raise Unsure("no day" if text else "no day is named")


def _checked(
    key: str, table: Table, column: str, parse: Callable[[str], Any], allowed: str, usual: str
) -> tuple[list[Any], list[ConfigError]]:
    """The parsed cells of a column, None where one is not usable; and a refusal that names them."""
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


def _frame(table: Table, parsed: Mapping[str, Any]) -> pd.DataFrame:
    """All columns: the parsed ones, others as numbers where every cell is one."""
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


def _minute(cell: str) -> datetime:
    text = cell.strip()
    if found := re.fullmatch(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日? +(\d{1,2}):(\d{2})", text):
        year, month, day, hour, minute = map(int, found.groups())
        text = f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unsure("no time") from None
    if moment.tzinfo is not None:
        raise Unsure("a time with an offset", f"{moment:%Y-%m-%d %H:%M}, as clocks there show it")
    return moment


def hotlist_problems(path: Path, zone: tzinfo) -> tuple[pd.DataFrame | None, list[ConfigError]]:
    """The observed hot-list rows, `time_hkt` as moments and `hot_score` as numbers, or what is
    wrong with them."""
    import pandas as pd

    key = "series.hotlist"
    table = read_table(key, path, COLUMNS["hotlist"], _COLUMNS_MEANT)
    allowed = "a time as YYYY-MM-DD HH:MM"
    times, bad = _checked(key, table, "time_hkt", _minute, allowed, "2026-03-02 12:00")
    scores, worse = _checked(key, table, "hot_score", _not_negative, "a number, 0 or more", "12345")
    if bad or worse:
        return None, bad + worse
    return _frame(table, {"time_hkt": pd.to_datetime(times), "hot_score": scores}), []


def _not_negative(cell: str) -> float:
    value = number_of(cell)
    if value < 0:
        raise Unsure("below 0")
    return value


def _price(cell: str) -> float:
    value = number_of(cell)
    if not 0 < value <= MOST_PRICE:
        raise Unsure(f"a price is above 0, and at most {MOST_PRICE:,.0f}")
    return value


def prices_problems(
    path: Path, zone: tzinfo, year: int
) -> tuple[pd.DataFrame | None, list[ConfigError]]:
    """The observed daily prices, `date` as moments and `close_hkd` as numbers, or what is wrong."""
    import pandas as pd

    key = "series.prices"
    table = read_table(key, path, COLUMNS["prices"], _COLUMNS_MEANT)
    days, bad = _checked(
        key, table, "date", lambda c: day_of(c, zone, year), "a day as YYYY-MM-DD", "2026-03-02"
    )
    closes, worse = _checked(key, table, "close_hkd", _price, "a number above 0", "38.5")
    bad += worse
    if not bad:
        bad += _twice(key, table, days, "close a day", "each day once")
    if bad:
        return None, bad
    return _frame(table, {"date": pd.to_datetime([str(d) for d in days]), "close_hkd": closes}), []


def _twice(key: str, table: Table, keys: Sequence[Any], what: str, hint: str) -> list[ConfigError]:
    """A refusal that names the first key that comes again, with both lines, and counts them."""
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
        key, path, COLUMNS["daily"], _COLUMNS_MEANT,
        "one row a day and metric, as in 2026-03-02,attention,12,hot index,own count",
    )  # fmt: skip
    metrics, bad = _checked(
        key, table, "metric", _metric, "one of " + ", ".join(METRICS), METRICS[0]
    )
    values, more = _checked(
        key, table, "value", number_of,
        "a number, such as 12 or 0.5, without units or commas", "12",
    )  # fmt: skip
    days, most = _checked(
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
            bad += _twice(
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


def read_series(
    which: str, path: Path, start: datetime, horizon_d: int, zone: tzinfo, combine: Any = None
) -> tuple[Any, list[ConfigError]]:
    """One of the series of a case by its name in COLUMNS, and everything wrong with it."""
    try:
        if which == "daily":
            return daily_problems(path, start, horizon_d, zone, combine)
        if which == "hotlist":
            return hotlist_problems(path, zone)
        return prices_problems(path, zone, start.year)
    except ConfigError as problem:
        return None, [problem]
