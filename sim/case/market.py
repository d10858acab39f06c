"""Where a case is listed and in what money: zone, currency, exchange, last close.

These four must agree with one another and with what else the file holds: prices are in the money of
their exchange, whose sessions are recorded for the days of the case; a buyback needs a market; the
observed hot list is in Hong Kong time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sim import zones
from sim.case.case import MONEY
from sim.case.levers import acts_of
from sim.case.problems import Problems
from sim.case.series import HOTLIST_ZONE, MOST_PRICE
from sim.clock import EXCHANGES
from sim.playbook.kinds import KINDS

MARKET_KEYS = ("previous_close_hkd", "turnover_hkd_bn", "daily_sd", "note", "index", "beta")
BURN_IN = timedelta(hours=24)  #: before the start of a case; the default of clock.burn_in_h
#: What stood under `market` in files from before cases had zones, and where it stands now.
MOVED = {"listed": "exchange: XHKG, or exchange: null", "currency": "currency: HKD"}


def zone_in(value: object, problems: Problems) -> str | None:
    """The time zone, or None after noting that it is none; `null` is one that is not known."""
    if value is None:
        return zones.UNKNOWN
    if zones.is_zone(value):
        return str(value)
    problems.add(
        "time_zone", value, "is no IANA time zone",
        "a place such as Asia/Hong_Kong, America/New_York, Europe/London; Etc/UTC; or null",
        f"time_zone: {zones.nearest_zone(value)}",
    )  # fmt: skip
    return None


def market_in(
    raw: Mapping[str, Any], start: datetime, horizon: int, problems: Problems
) -> Mapping[str, Any]:
    """What is known of the market, as it stands in the file, checked together with its exchange.

    raw : the whole file, for currency and exchange stand at its top. start, horizon : of the case,
    in its zone and in days. Without a previous close there is no market, however well the exchange
    is known: a price must start somewhere.
    """
    market: Mapping[str, Any] = raw["market"]
    code = _exchange_in(raw["exchange"], raw["currency"], problems)
    for key, hint in MOVED.items():
        if key in market:
            problems.add(
                f"market.{key}", market[key], "stands at the top of a case file now",
                "time_zone, currency and exchange of the case", f"{hint}, at the top",
            )  # fmt: skip
    _check_numbers(market, problems)
    close = market.get("previous_close_hkd")
    if close is not None and raw["exchange"] is None:
        problems.add(
            "market.previous_close_hkd", close, "is a price, but the case has no exchange",
            "null, or an exchange: " + ", ".join(EXCHANGES), "previous_close_hkd: null",
        )  # fmt: skip
    if close is not None and code is not None:
        _check_recorded(code, close, start, horizon, problems)
    return market


def _exchange_in(code: str | None, currency: str | None, problems: Problems) -> str | None:
    """The exchange if its sessions are recorded; notes a currency that is none, or not its own.

    code : ISO 10383, one of `sim/exchanges/`, or None for a case without a market. currency : ISO
    4217, or None.
    """
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", str(currency)):
        problems.add(
            "currency", currency, "is no currency", "three letters, HKD, CNY, USD; or null",
            f"currency: {str(currency).upper()[:3] if str(currency).isalpha() else MONEY}",
        )  # fmt: skip
    if code is None:
        return None
    if code not in EXCHANGES:
        problems.add(
            "exchange", code, "its sessions are not recorded, so it can have no market here",
            f"{', '.join(EXCHANGES)}, or null: no market; market.note says why",
            "exchange: null",
        )  # fmt: skip
        return None
    if currency != EXCHANGES[code].currency:
        problems.add(
            "currency", currency,
            f"prices at the {EXCHANGES[code].name('en')} are in {EXCHANGES[code].currency}",
            f"{EXCHANGES[code].currency}, or exchange: null",
            f"currency: {EXCHANGES[code].currency}, if the amounts are in it, or exchange: null",
        )  # fmt: skip
    return code


def _check_numbers(market: Mapping[str, Any], problems: Problems) -> None:
    """Note unknown keys of a market, numbers out of range, and a note in one language only."""
    rest = {key: value for key, value in market.items() if key not in MOVED}
    problems.keys("market", rest, MARKET_KEYS)
    for key, low, high in (
        ("previous_close_hkd", 1e-3, MOST_PRICE),
        ("turnover_hkd_bn", 0.0, 1e6),
        ("daily_sd", 0.0, 1.0),
    ):
        if market.get(key) is not None:
            problems.number(f"market.{key}", market[key], low, high)
    if isinstance(market.get("note"), Mapping):
        problems.texts("market.note", market["note"])


def _check_recorded(
    code: str, close: object, start: datetime, horizon: int, problems: Problems
) -> None:
    """Note a case some of whose days are not among the recorded sessions of its exchange.

    A day that is not recorded would pass for one without trading, and the price would stand still.
    """
    first, last = EXCHANGES[code].recorded()
    ends = ((start - BURN_IN).date(), (start + timedelta(days=horizon)).date())
    if not first <= ends[0] <= ends[1] <= last:
        problems.add(
            "market.previous_close_hkd", close,
            f"the sessions of the {EXCHANGES[code].name('en')} from {ends[0]} to {ends[1]} "
            "are not all recorded",
            f"null (no market), or a case between {first} and {last}",
            "previous_close_hkd: null",
        )  # fmt: skip


def check_levers_money(
    raw: Mapping[str, Any], market: Mapping[str, Any], problems: Problems
) -> None:
    """Note a buyback without a market, and an amount in HKD in a case of another currency.

    raw : the case file as it stands. market : its prices, as they were read.
    """
    listed = raw["exchange"] is not None and market.get("previous_close_hkd") is not None
    for path, (kind, lever) in acts_of(raw["levers"] or {}).items():
        if not isinstance(lever, Mapping):
            continue
        if kind == "buyback" and lever.get("delay_h") is not None and not listed:
            problems.add(
                f"{path}.delay_h", lever["delay_h"],
                "the case has no market: nothing can be bought back", "null, or role: context",
                "buyback: {delay_h: null, amount_hkd: 0}",
            )  # fmt: skip
        usual = getattr(KINDS.get(kind), "cost_hkd", None)
        cost = lever.get("cost_hkd", usual)
        if usual is not None and raw["currency"] != MONEY and cost != usual:
            problems.add(
                f"{path}.cost_hkd", cost,
                f"amounts are in {MONEY}, and the case's are not: its cash is not counted",
                f"{usual:g}, or without it", "leave cost_hkd out",
            )  # fmt: skip


def check_series_place(raw: Mapping[str, Any], start: datetime, problems: Problems) -> None:
    """Note a hot list in Hong Kong time beside other clocks, and prices of no exchange."""
    series = raw["series"] or {}
    assert problems.time_zone is not None
    apart = zones.instant(start, problems.time_zone) != zones.instant(start, HOTLIST_ZONE)
    if series.get("hotlist") is not None and apart:
        problems.add(
            "series.hotlist", series["hotlist"],
            f"its column time_hkt is Hong Kong time, and the case is in {problems.time_zone}",
            "null, or a case in Asia/Hong_Kong or Asia/Shanghai", "hotlist: null",
        )  # fmt: skip
    if series.get("prices") is not None and raw["exchange"] is None:
        problems.add(
            "series.prices", series["prices"], "are prices, but the case has no exchange",
            "null, or an exchange: " + ", ".join(EXCHANGES), "prices: null",
        )  # fmt: skip
