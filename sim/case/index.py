"""A stock index that the share of a case follows: its closes, read from beside the case or from it.

Unlike a series that was counted, it drives runs. So it is kept in the case as it was read: a stored
study has it wherever the file went.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sim import zones
from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import read_table
from sim.case.columns import COLUMNS, COLUMNS_MEANT, checked, refused_twice
from sim.case.days import day_of
from sim.case.problems import Problems
from sim.clock import EXCHANGES, Exchange

KEY = "market.index"
BETAS = (-5.0, 5.0)  #: of a share


def index_in(
    raw: Mapping[str, Any], folder: Path, start: datetime, horizon: int, problems: Problems
) -> dict[str, float]:
    """Closes of the index by day (ISO), from the last one before the case on; empty without one.

    raw : the whole file; `market.index` is a file in the folder, or the closes by day. start,
    horizon : of the case, in its zone and in days. An index and its beta come together, and only
    where there is a price to move.
    """
    market: Mapping[str, Any] = raw["market"]
    given, beta = market.get("index"), market.get("beta")
    if given is None and beta is None:
        return {}
    if not _belong_together(given, beta, problems):
        return {}
    exchange = EXCHANGES.get(str(raw["exchange"]))
    if exchange is None or market.get("previous_close_hkd") is None:
        problems.add(
            KEY, _shown(given), "the case has no price that could follow an index",
            "null, or an exchange and a previous close", "index: null, beta: null",
        )  # fmt: skip
        return {}
    assert problems.time_zone is not None
    first, last = (
        zones.wall(zones.instant(at, problems.time_zone), exchange.time_zone).date()
        for at in (start, start + timedelta(days=horizon))
    )
    closes = _closes(given, folder, zones.of(exchange.time_zone), start.year, problems)
    return _whole(closes, exchange, first, last, problems) if closes else {}


def _belong_together(given: Any, beta: Any, problems: Problems) -> bool:
    """Whether there is an index and a beta that moves something; what is amiss is noted.

    given, beta : as they stand in the case file; None: missing. A beta without an index, an index
    without a beta, and a beta of 0 would change nothing.
    """
    if given is None:
        problems.add(
            "market.beta", beta, "there is no index that the share could follow",
            "a beta together with market.index", "leave beta out, or index: my_index.csv",
        )  # fmt: skip
        return False
    if beta is None:
        problems.add(
            "market.beta", None, "is missing: how far does the share follow the index?",
            f"{BETAS[0]:g} to {BETAS[1]:g}", "beta: 1",
        )  # fmt: skip
        return False
    before = len(problems.found)
    if problems.number("market.beta", beta, *BETAS) == 0 and len(problems.found) == before:
        problems.add(
            "market.beta", beta, "the index would change nothing", "not 0",
            "leave out index and beta, or beta: 1",
        )  # fmt: skip
    return len(problems.found) == before


def _closes(
    given: Any, folder: Path, zone: Any, year: int, problems: Problems
) -> dict[date, float]:
    """Closes by day as they are given, or empty after noting what is wrong with them.

    given : a mapping in the case file, or the name of a CSV in its folder (columns date and close).
    zone : of the case; year : of a day without one, in what is proposed. Closes are above 0, in the
    index's own points.
    """
    if isinstance(given, Mapping):
        return _closes_by_day(given, zone, year, problems)
    path = folder / str(given)
    if not path.is_file():
        problems.add(
            KEY, given, f"no such file in {folder.name}/", "a CSV beside the case file, or null",
            "index: my_index.csv, with columns date and close",
        )  # fmt: skip
        return {}
    try:
        table = read_table(f"case.{KEY}", path, COLUMNS["index"], COLUMNS_MEANT)
    except ConfigError as refused:
        problems.found.append(refused)
        return {}
    key = f"case.{KEY}"
    days, bad = checked(
        key, table, "date", lambda c: day_of(c, zone, year), "a day as YYYY-MM-DD", f"{year}-01-05"
    )
    closes, worse = checked(key, table, "close", _close, "a number above 0", "3120.5")
    bad += worse
    if not bad:
        bad += refused_twice(key, table, days, "close a day", "each day once")
    problems.found += bad
    return {} if bad else dict(zip(days, closes, strict=True))


def _closes_by_day(
    given: Mapping[Any, Any], zone: Any, year: int, problems: Problems
) -> dict[date, float]:
    """The same from a mapping: day -> close."""
    found = {}
    for day, close in given.items():
        try:
            found[day_of(str(day), zone, year)] = _close(str(close))
        except Unsure as doubt:
            problems.add(
                f"{KEY}.{day}", close, str(doubt), "a day as YYYY-MM-DD, a close above 0",
                f"{year}-01-05: 3120.5",
            )  # fmt: skip
            return {}
    return found


def _close(cell: str) -> float:
    """A close, above 0. Raises Unsure for what no index is."""
    value = number_of(cell)
    if not 0 < value < 1e9:
        raise Unsure("an index is above 0")
    return value


def _whole(
    closes: Mapping[date, float], exchange: Exchange, first: date, last: date, problems: Problems
) -> dict[str, float]:
    """The closes that runs may need, or empty after noting which are missing.

    first, last : days of the case at its exchange. Every session has a close, for the return of a
    day that is left out would be that of the next one.
    """
    before = [day for day in closes if day < first]
    missing = [day for day in exchange.sessions(first, last) if day not in closes]
    if not before:
        problems.add(
            KEY, f"from {min(closes)}", f"has no close before the case begins on {first}",
            f"days from before {first} to {last}", "the last close before the case",
        )  # fmt: skip
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        problems.add(
            KEY, str(missing[0]), f"has no close of this session{more}",
            f"a close of each session of the {exchange.name('en')} until {last}",
            f"a line {missing[0]},CLOSE",
        )  # fmt: skip
    if missing or not before:
        return {}
    return {day.isoformat(): closes[day] for day in sorted(closes) if day >= max(before)}


def _shown(given: Any) -> Any:
    """What stands in a refusal for an index: its file, or how many closes there are."""
    return f"{len(given)} closes" if isinstance(given, Mapping) else given
