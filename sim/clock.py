"""Steps and wall-clock time: circadian activity, nights, sessions of an exchange.

Moments are naive datetimes in the zone of the case. Steps are even (`sim.zones`): where a run meets
a change to or from summer time, the labels of its steps jump by an hour, and so do nights and the
daily rhythm, which follow the wall clock; days that are counted from the start stay 24 h long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from sim import zones

#: Activity by hour of day, relative to the mean: reads gained per listed topic and hour, Weibo hot
#: list, July 2025 to June 2026; 08 and 09 h interpolated. Measured. Normalised to mean 1 below.
CIRCADIAN = (
    0.82, 0.45, 0.25, 0.14, 0.11, 0.16, 0.38, 0.56, 1.01, 1.24, 1.38, 1.62,
    1.52, 1.29, 1.31, 1.29, 1.31, 1.29, 1.31, 1.22, 1.34, 1.41, 1.43, 1.17,
)  # fmt: skip
NIGHT_ENDS_H = 7  #: on the wall clock; nights begin at midnight


@dataclass(frozen=True)
class Exchange:
    """An exchange whose sessions are recorded: a file of its own in `exchanges/`."""

    code: str  #: market identifier code, ISO 10383: the name of the file
    names: tuple[str, str]  #: English, Chinese
    currency: str  #: of its prices, ISO 4217
    time_zone: str
    hours: tuple[tuple[time, time], ...]  #: of a full day, local; breaks lie between them

    def name(self, lang: str) -> str:
        """What it is called."""
        return self.names[lang == "zh"]

    def recorded(self) -> tuple[date, date]:
        """The first and the last day of the recorded sessions."""
        days = _sessions(self.code)
        return min(days), max(days)

    def sessions(self, first: date, last: date) -> list[date]:
        """The recorded trading days from one day to another, both included."""
        return sorted(day for day in _sessions(self.code) if first <= day <= last)

    @property
    def day_h(self) -> float:
        """Trading hours of a full day."""
        minutes = [60 * (b.hour - a.hour) + b.minute - a.minute for a, b in self.hours]
        return sum(minutes) / 60


FOLDER = Path(__file__).parent / "exchanges"  #: a file for each exchange


def _exchange(file: Path) -> Exchange:
    """An exchange as the head of its file describes it: lines `# Key: value` above the sessions."""
    about = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                break
            key, _, value = line[1:].partition(":")
            about[key.strip()] = value.strip()
    spans = (span.split("-") for span in about["Hours"].split())
    return Exchange(
        code=file.stem,
        names=(about["English name"], about["Chinese name"]),
        currency=about["Currency"],
        time_zone=about["Time zone"],
        hours=tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans),
    )


#: The exchanges that the clock knows, by code: one file each, which says where it is from. Whatever
#: the exchange, volatility and turnover are parameters, and no price is held by a daily limit.
EXCHANGES = {file.stem: _exchange(file) for file in sorted(FOLDER.glob("*.csv"))}


@cache
def _sessions(code: str) -> dict[date, time]:
    """Trading days of an exchange -> when they close, local."""
    rows = (FOLDER / f"{code}.csv").read_text(encoding="utf-8").splitlines()
    cells = (row.split(",") for row in rows if row and not row.startswith(("#", "date")))
    return {date.fromisoformat(day): time.fromisoformat(close) for day, close in cells}


@dataclass(frozen=True)
class Clock:
    """The time axis of a run: step 0 is `burn_in_h` before `start`.

    exchange : code of an exchange whose sessions the run follows; None: there is no market.
    """

    start: datetime  #: as the wall clock of the zone shows it
    dt_min: int = 15
    horizon_d: int = 14
    burn_in_h: int = 24
    time_zone: str = zones.UNKNOWN
    exchange: str | None = None

    @property
    def dt_h(self) -> float:
        """Length of a step, hours."""
        return self.dt_min / 60

    @property
    def burn_in_steps(self) -> int:
        """Steps before the start of the case; step number of its start."""
        return self.burn_in_h * 60 // self.dt_min

    @property
    def n_steps(self) -> int:
        """Steps in all, burn-in included."""
        return self.burn_in_steps + self.horizon_d * 24 * 60 // self.dt_min

    def step_of(self, moment: datetime) -> int:
        """The step that contains a moment. Raises ValueError outside the simulated time."""
        step = (zones.instant(moment, self.time_zone) - _origin(self)) // timedelta(
            minutes=self.dt_min
        )
        if not 0 <= step < self.n_steps:
            raise ValueError(f"{moment} is outside the simulated time")
        return step

    def time_of(self, step: int) -> datetime:
        """When a step begins: naive, as the wall clock of the zone shows it."""
        return zones.wall(self._instant(step), self.time_zone)

    def moment_of(self, step: int) -> datetime:
        """When a step begins, with its offset from UTC: the same moment for everybody.

        The offset is fixed, for Python subtracts moments of one named zone by their labels. Without
        an offset where the zone is not known.
        """
        if self.time_zone == zones.UNKNOWN:
            return self.time_of(step)
        here = self._instant(step).astimezone(zones.of(self.time_zone))
        return here.replace(tzinfo=timezone(here.utcoffset() or timedelta(0)))

    def _instant(self, step: int) -> datetime:
        """When a step begins, in UTC: here steps are even, whatever the clocks on the wall do."""
        return _origin(self) + timedelta(minutes=self.dt_min * int(step))

    def trading_day(self, step: int) -> date:
        """The date at the exchange when a step begins; in the case's zone without an exchange."""
        zone = EXCHANGES[self.exchange].time_zone if self.exchange else self.time_zone
        return zones.wall(self._instant(step), zone).date()

    def times(self, every: int = 1) -> npt.NDArray[np.datetime64]:
        """When steps 0, `every`, 2 `every`, ... begin, datetime64[ms] as the zone's clocks show it.

        An hour that the clocks show twice stands twice; `hours` tells the two apart.
        """
        return np.array([self.time_of(k) for k in range(0, self.n_steps, every)], "datetime64[ms]")

    def hours(self, step: int) -> float:
        """Hours from `start` to the beginning of a step; negative in the burn-in."""
        return (step - self.burn_in_steps) * self.dt_h

    def hour_of_day(self) -> npt.NDArray[np.float64]:
        """Hour on the wall clock at the beginning of each step, float64[n_steps], 0 to 24."""
        first = self.time_of(0)
        begins = first.hour + first.minute / 60 + self.dt_h * np.arange(self.n_steps)
        hour: npt.NDArray[np.float64] = np.asarray((begins + _shift_h(self)) % 24, np.float64)
        return hour

    def circadian(self) -> npt.NDArray[np.float64]:
        """Activity relative to the daily mean, float64[n_steps]; interpolated between hours."""
        profile = np.array(CIRCADIAN)
        fine = np.interp((np.arange(1440) + 0.5) / 60 - 0.5, np.arange(24), profile, period=24)
        middle = (self.hour_of_day() + self.dt_h / 2) % 24
        value: npt.NDArray[np.float64] = np.interp(
            middle - 0.5, np.arange(24), profile / fine.mean(), period=24
        )
        return value

    def is_night(self) -> npt.NDArray[np.bool_]:
        """00:00 to 07:00, bool[n_steps]."""
        return self.hour_of_day() < NIGHT_ENDS_H

    def in_session(self) -> npt.NDArray[np.bool_]:
        """Whether the exchange trades during a step, bool[n_steps]."""
        return _in_session(self).copy()

    def first_bar(self) -> npt.NDArray[np.bool_]:
        """The first step of each trading day, bool[n_steps]."""
        return _first_bar(self).copy()


@lru_cache(maxsize=64)
def _origin(clock: Clock) -> datetime:
    """When step 0 begins, UTC."""
    return zones.instant(clock.start, clock.time_zone) - timedelta(hours=clock.burn_in_h)


@lru_cache(maxsize=64)
def _shift_h(clock: Clock) -> npt.NDArray[np.float64]:
    """How far the wall clock has moved against even time since step 0, hours, float64[n_steps]."""
    zone = zones.of(clock.time_zone)
    offsets = np.array(
        [_offset_h(clock._instant(step), zone) for step in range(clock.n_steps)], np.float64
    )
    return np.asarray(offsets - offsets[0], np.float64)


def _offset_h(at: datetime, zone: ZoneInfo) -> float:
    """How far a zone is from UTC at an instant, hours."""
    return (at.astimezone(zone).utcoffset() or timedelta(0)) / timedelta(hours=1)


@lru_cache(maxsize=64)  # every run asks, and a sweep has one clock
def _in_session(clock: Clock) -> npt.NDArray[np.bool_]:
    """Whether the exchange trades during a step: never on a day that is not recorded."""
    result = np.zeros(clock.n_steps, bool)
    if clock.exchange is None:
        return result
    exchange = EXCHANGES[clock.exchange]
    sessions, zone = _sessions(exchange.code), ZoneInfo(exchange.time_zone)
    for step in range(clock.n_steps):
        moment = clock._instant(step).astimezone(zone)
        close, at = sessions.get(moment.date()), moment.time()
        if close is not None:
            result[step] = at < close and any(a <= at < b for a, b in exchange.hours)
    return result


@lru_cache(maxsize=64)
def _first_bar(clock: Clock) -> npt.NDArray[np.bool_]:
    """The first step of each trading day, at which what happened overnight is priced."""
    result = np.zeros(clock.n_steps, bool)
    seen: set[date] = set()
    for step in np.flatnonzero(clock.in_session()):
        day = clock.trading_day(int(step))
        if day not in seen:
            seen.add(day)
            result[step] = True
    return result
