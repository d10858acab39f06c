"""Time zones of cases: wall-clock times of a place and the even time of the steps.

A case writes its times as the clocks on its walls showed them (`time_zone`, an IANA name). Steps
and hours are even: they are counted in UTC, so a change to summer time moves the labels by an hour
and no step. Moments are naive datetimes in the zone; `fold` tells the two passes of an hour apart
that the wall clock shows twice.
"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

#: Proposed where nobody says which zone.
USUAL = "Asia/Hong_Kong"
#: Of a case whose file does not say its zone (Unicode's name for one): its times are those of
#: the clocks on its own walls, without summer time.
UNKNOWN = "Etc/Unknown"

#: Zones in words; others are called by their city.
_NAMES = {
    UNKNOWN: ("local time", "当地时间"),
    "Asia/Hong_Kong": ("Hong Kong time", "香港时间"),
    "Asia/Shanghai": ("China time", "中国时间"),
    "Asia/Tokyo": ("Japan time", "日本时间"),
    "Asia/Singapore": ("Singapore time", "新加坡时间"),
    "America/New_York": ("US Eastern time", "美国东部时间"),
    "America/Chicago": ("US Central time", "美国中部时间"),
    "America/Denver": ("US Mountain time", "美国山区时间"),
    "America/Los_Angeles": ("US Pacific time", "美国太平洋时间"),
    "Europe/London": ("UK time", "英国时间"),
    "Etc/UTC": ("UTC", "协调世界时"),
    "UTC": ("UTC", "协调世界时"),
}


def of(name: str) -> ZoneInfo:
    """The rules of a zone; of an unknown one, even time."""
    return ZoneInfo("Etc/UTC" if name == UNKNOWN else name)


@cache
def _names() -> frozenset[str]:
    """All names of the zone database of this machine."""
    return frozenset(available_timezones())


def is_zone(name: object) -> bool:
    """Whether it is an IANA name of a place, or UTC. Abbreviations such as EST name no place."""
    return (
        isinstance(name, str)
        and (name in ("UTC", "Etc/UTC") or ("/" in name and not name.startswith(("Etc/", "posix"))))
        and name in _names()
    )


def nearest_zone(name: object) -> str:
    """The IANA name that was probably meant: by its abbreviation, its city, or spelt alike."""
    given = str(name).replace(" ", "_")
    meant = {
        "HKT": "Asia/Hong_Kong", "CST": "Asia/Shanghai", "EST": "America/New_York",
        "EDT": "America/New_York", "CDT": "America/Chicago", "PST": "America/Los_Angeles",
        "PDT": "America/Los_Angeles", "GMT": "Europe/London", "Beijing": "Asia/Shanghai",
        "Asia/Beijing": "Asia/Shanghai",
    }.get(given)  # fmt: skip
    places = sorted(zone for zone in _names() if is_zone(zone))
    by_city = [zone for zone in places if zone.rsplit("/", 1)[-1].lower() == given.lower()]
    close = difflib.get_close_matches(given, places, n=1)
    return meant or next(iter([*by_city, *close]), USUAL)


def zone_name(zone: str, lang: str) -> str:
    """A zone in words: Hong Kong time, 香港时间."""
    if zone in _NAMES:
        return _NAMES[zone][lang == "zh"]
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{zone} 时间" if lang == "zh" else f"{city} time"


def instant(moment: datetime, zone: str) -> datetime:
    """The moment in UTC."""
    return moment.replace(tzinfo=of(zone)).astimezone(UTC)


def wall(at: datetime, zone: str) -> datetime:
    """What the wall clock of a zone shows at an instant: naive, with `fold`."""
    return at.astimezone(of(zone)).replace(tzinfo=None)


def span(first: datetime, then: datetime, zone: str) -> timedelta:
    """Time that passes between two moments on the wall; negative if `then` is earlier."""
    return instant(then, zone) - instant(first, zone)


def later(moment: datetime, by: timedelta, zone: str) -> datetime:
    """What the wall clock shows when so much time has passed since a moment."""
    return wall(instant(moment, zone) + by, zone)


def shown_how_often(moment: datetime, zone: str) -> int:
    """How often the wall clock shows a time: 0 if it is skipped, 2 if repeated, else 1."""
    passes = {instant(moment.replace(fold=fold), zone) for fold in (0, 1)}
    shown = {at for at in passes if wall(at, zone).replace(fold=0) == moment.replace(fold=0)}
    return len(shown)
