"""Case files from before cases had zones and currencies: what they are taken to say.

Such files stand in stored studies and on people's disks, and go on being read. The keys that they
lack are taken as they were meant when there was nothing else to mean (docs/decisions/0014), which
names their runs as before; what is taken is told as a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.case.case import LEFT_OUT, MONEY
from sim.case.problems import Problems


def rename_close(raw: dict[str, Any], problems: Problems) -> None:
    """`previous_close` and `previous_close_hkd` are one key, and stand in a record as the older."""
    market = raw.get("market")
    if not isinstance(market, Mapping) or "previous_close" not in market:
        return
    if "previous_close_hkd" in market:
        problems.add(
            "market.previous_close", market["previous_close"], "stands twice, as "
            "previous_close_hkd too", "one of them", "previous_close, in the exchange's money",
        )  # fmt: skip
    rest = {key: value for key, value in market.items() if key != "previous_close"}
    raw["market"] = {**rest, "previous_close_hkd": market["previous_close"]}


def before_zones(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a file from before cases had zones says of the new keys: nothing that it does not know.

    `market.listed: true` with `market.currency: HKD` was the Hong Kong exchange; whatever else was
    listed is asked for its exchange. Empty for a file that has the keys.
    """
    market = raw.get("market")
    if not isinstance(market, Mapping) or "listed" not in market or "exchange" in raw:
        return {}
    hong_kong = market["listed"] is True and market.get("currency", MONEY) == MONEY
    if market["listed"] is not False and not hong_kong:
        return {}
    told = {
        "time_zone": LEFT_OUT["time_zone"] if hong_kong else None,
        "currency": LEFT_OUT["currency"] if hong_kong else market.get("currency"),
        "exchange": LEFT_OUT["exchange"] if hong_kong else None,
        "hot_list": True,
    }
    found = {key: value for key, value in told.items() if key not in raw}
    rest = {key: value for key, value in market.items() if key not in ("listed", "currency")}
    return {**found, "market": rest}


def not_said(raw: Mapping[str, Any]) -> list[str]:
    """What a file from before cases had zones is taken to say, in sentences."""
    found = before_zones(raw)
    zone = found.get("time_zone", "")
    return [
        text
        for text, holds in (
            ("no time_zone: its times are shown as local time, without a zone", zone is None),
            (f"no time_zone: {zone}, since it is listed in Hong Kong", bool(zone)),
            ("no exchange: there is no market", "exchange" in found and not found["exchange"]),
            (f"no exchange: {found.get('exchange')}, since it is listed in HKD",
             bool(found.get("exchange"))),
            ("no hot_list: its platform is taken to show a list of trending topics",
             "hot_list" in found),
        )
        if holds
    ]  # fmt: skip
