"""Steps and wall-clock time: circadian activity, nights, Hong Kong trading sessions.

All times are Hong Kong time (UTC+8, no daylight saving), as naive datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

#: Activity by hour of day, relative to the mean: reads gained per listed topic and hour, Weibo hot
#: list, July 2025 to June 2026; 08 and 09 h interpolated. Measured. Normalised to mean 1 below.
CIRCADIAN = (
    0.82,
    0.45,
    0.25,
    0.14,
    0.11,
    0.16,
    0.38,
    0.56,
    1.01,
    1.24,
    1.38,
    1.62,
    1.52,
    1.29,
    1.31,
    1.29,
    1.31,
    1.29,
    1.31,
    1.22,
    1.34,
    1.41,
    1.43,
    1.17,
)
MORNING, AFTERNOON = (time(9, 30), time(12, 0)), (time(13, 0), time(16, 0))
NIGHT_ENDS_H = 7


@cache
def _sessions() -> dict[date, bool]:
    """Trading days in Hong Kong -> whether the afternoon session takes place."""
    rows = (Path(__file__).parent / "hk_sessions.csv").read_text().splitlines()
    result = {}
    for row in rows:
        if row and not row.startswith(("#", "date")):
            day, close = row.split(",")
            result[date.fromisoformat(day)] = close == "16:00"
    return result


@dataclass(frozen=True)
class Clock:
    """The time axis of a run: step 0 is `burn_in_h` before `start`."""

    start: datetime
    dt_min: int = 15
    horizon_d: int = 14
    burn_in_h: int = 24

    @property
    def dt_h(self) -> float:
        """Length of a step, hours."""
        return self.dt_min / 60

    @property
    def burn_in_steps(self) -> int:
        return self.burn_in_h * 60 // self.dt_min

    @property
    def n_steps(self) -> int:
        """Steps in all, burn-in included."""
        return self.burn_in_steps + self.horizon_d * 24 * 60 // self.dt_min

    def step_of(self, moment: datetime) -> int:
        """The step that contains a moment. Raises ValueError outside the simulated time."""
        origin = self.start - timedelta(hours=self.burn_in_h)
        step = (moment - origin) // timedelta(minutes=self.dt_min)
        if not 0 <= step < self.n_steps:
            raise ValueError(f"{moment} is outside the simulated time")
        return step

    def time_of(self, step: int) -> datetime:
        """When a step begins."""
        return self.start + timedelta(minutes=self.dt_min * (step - self.burn_in_steps))

    def hours(self, step: int) -> float:
        """Hours from `start` to the beginning of a step; negative in the burn-in."""
        return (step - self.burn_in_steps) * self.dt_h

    def _hour_of_day(self) -> npt.NDArray[np.float64]:
        first = self.time_of(0)
        begins = first.hour + first.minute / 60 + self.dt_h * np.arange(self.n_steps)
        hour: npt.NDArray[np.float64] = np.asarray(begins % 24, np.float64)
        return hour

    def circadian(self) -> npt.NDArray[np.float64]:
        """Activity relative to the daily mean, float64[n_steps]; interpolated between hours."""
        profile = np.array(CIRCADIAN)
        fine = np.interp((np.arange(1440) + 0.5) / 60 - 0.5, np.arange(24), profile, period=24)
        middle = (self._hour_of_day() + self.dt_h / 2) % 24
        value: npt.NDArray[np.float64] = np.interp(
            middle - 0.5, np.arange(24), profile / fine.mean(), period=24
        )
        return value

    def is_night(self) -> npt.NDArray[np.bool_]:
        """00:00 to 07:00, bool[n_steps]."""
        return self._hour_of_day() < NIGHT_ENDS_H

    def in_session(self) -> npt.NDArray[np.bool_]:
        """Whether the exchange trades during a step, bool[n_steps]."""
        return _in_session(self).copy()

    def first_bar(self) -> npt.NDArray[np.bool_]:
        """The first step of each trading day, bool[n_steps]."""
        return _first_bar(self).copy()


@lru_cache(maxsize=64)  # every run asks, and a sweep has one clock
def _in_session(clock: Clock) -> npt.NDArray[np.bool_]:
    """Whether the exchange trades during a step.

    Days outside the calendar of hk_sessions.csv count as sessions on weekdays.
    """
    sessions = _sessions()
    known = (min(sessions), max(sessions))
    result = np.zeros(clock.n_steps, bool)
    for step in range(clock.n_steps):
        moment = clock.time_of(step)
        day, at = moment.date(), moment.time()
        whole_day = sessions.get(day)
        if whole_day is None:
            if known[0] <= day <= known[1] or day.weekday() > 4:
                continue
            whole_day = True
        result[step] = MORNING[0] <= at < MORNING[1] or (
            whole_day and AFTERNOON[0] <= at < AFTERNOON[1]
        )
    return result


@lru_cache(maxsize=64)
def _first_bar(clock: Clock) -> npt.NDArray[np.bool_]:
    result = np.zeros(clock.n_steps, bool)
    seen: set[date] = set()
    for step in np.flatnonzero(clock.in_session()):
        day = clock.time_of(int(step)).date()
        if day not in seen:
            seen.add(day)
            result[step] = True
    return result
