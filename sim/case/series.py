"""What was counted in a case: its hot list, its prices, a number a day; read and checked.

All three are read by `sim.base.tables`. What cannot be read with certainty is refused with its
line, the cell as it stands and what to type; nothing is dropped, and no row wins over another, in
silence.
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
    """The observed hot-list rows, `time_hkt` as moments and `hot_score` as numbers, or what is
    wrong with them."""
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
    """One of the series of a case by its name in COLUMNS, and everything wrong with it."""
    try:
        if which == "daily":
            return daily_problems(path, start, horizon_d, zone, combine)
        if which == "hotlist":
            return hotlist_problems(path, zone)
        return prices_problems(path, zone, start.year)
    except ConfigError as problem:
        return None, [problem]
