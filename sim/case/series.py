"""What was counted in a case: its hot list, its prices, a number a day; read and checked.

All three are read by `sim.base.tables`; the number a day, which has rules of its own, in
`sim.case.daily`. What cannot be read with certainty is refused with its line, the cell as it stands
and what to type; nothing is dropped, and no row wins over another, in silence. No run depends on a
series: they are shown beside runs, and scored against them.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import read_table
from sim.case.columns import COLUMNS, COLUMNS_MEANT, checked, frame_with, refused_twice
from sim.case.daily import daily_problems
from sim.case.days import day_of, minute_of

if TYPE_CHECKING:
    import pandas as pd

HOTLIST_ZONE = "Asia/Hong_Kong"  #: of the column time_hkt
MOST_PRICE = 1e6  #: of a share, in HKD; a case's previous close has the same bound


def hotlist_problems(path: Path, zone: tzinfo) -> tuple[pd.DataFrame | None, list[ConfigError]]:
    """The observed hot-list rows, `time_hkt` as moments and `hot_score` as numbers.

    zone : of the case; moments stay naive, in HOTLIST_ZONE. Together with all refusals; with one of
    them there are no rows.
    """
    import pandas as pd

    key = "series.hotlist"
    table = read_table(key, path, COLUMNS["hotlist"], COLUMNS_MEANT)
    allowed = "a time as YYYY-MM-DD HH:MM"
    times, bad = checked(key, table, "time_hkt", minute_of, allowed, "2026-03-02 12:00")
    scores, worse = checked(key, table, "hot_score", _not_negative, "a number, 0 or more", "12345")
    if bad or worse:
        return None, bad + worse
    return frame_with(table, {"time_hkt": pd.to_datetime(times), "hot_score": scores}), []


def _not_negative(cell: str) -> float:
    """The number of a cell that counts something. Raises Unsure below 0."""
    value = number_of(cell)
    if value < 0:
        raise Unsure("below 0")
    return value


def _price(cell: str) -> float:
    """The price of a cell, above 0. Raises Unsure for what no share costs."""
    value = number_of(cell)
    if not 0 < value <= MOST_PRICE:
        raise Unsure(f"a price is above 0, and at most {MOST_PRICE:,.0f}")
    return value


def prices_problems(
    path: Path, zone: tzinfo, year: int
) -> tuple[pd.DataFrame | None, list[ConfigError]]:
    """The observed daily prices, `date` as moments and `close_hkd` as numbers.

    zone : of the case. year : of its start, proposed for a day without one. Together with all
    refusals; with one of them there are no rows.
    """
    import pandas as pd

    key = "series.prices"
    table = read_table(key, path, COLUMNS["prices"], COLUMNS_MEANT)
    days, bad = checked(
        key, table, "date", lambda c: day_of(c, zone, year), "a day as YYYY-MM-DD", "2026-03-02"
    )
    closes, worse = checked(key, table, "close_hkd", _price, "a number above 0", "38.5")
    bad += worse
    if not bad:
        bad += refused_twice(key, table, days, "close a day", "each day once")
    if bad:
        return None, bad
    return frame_with(
        table, {"date": pd.to_datetime([str(d) for d in days]), "close_hkd": closes}
    ), []


def read_series(
    which: str, path: Path, start: datetime, horizon_d: int, zone: tzinfo, combine: Any = None
) -> tuple[Any, list[ConfigError]]:
    """One of the series of a case by its name in COLUMNS, and everything wrong with it.

    start, horizon_d, zone : of the case. combine : see `daily_problems`. Nothing is raised: what a
    table refuses at once (no header, a quote left open) is the only refusal then.
    """
    try:
        if which == "daily":
            return daily_problems(path, start, horizon_d, zone, combine)
        if which == "hotlist":
            return hotlist_problems(path, zone)
        return prices_problems(path, zone, start.year)
    except ConfigError as problem:
        return None, [problem]
