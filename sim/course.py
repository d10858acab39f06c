"""The course of a run: where on its grid days, hours and acts stand, and what was busiest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim import zones
from sim.lists import places
from sim.playbook.names import kind_told
from sim.record import KINDS, LogEntry, Run

if TYPE_CHECKING:
    import pandas as pd

Column = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """The course of a run: its series, and where on its grid a day or an act stands."""

    run: Run
    series: Mapping[str, Column]  #: float64[n_steps] by name
    first: int  #: step at which day 1 begins, after the burn-in
    per_day: int  #: steps of a day
    zero: int  #: step of the clock start, from which hours count
    acts: Mapping[str, int]  #: the step of each act by name; of those that came twice, the first

    def hours(self, step: float | None) -> float:
        """Hours from the clock start to a step; NaN for one that never came."""
        return float("nan") if step is None else (step - self.zero) * self.run.clock.dt_h

    def day(self, d: int) -> slice:
        """The steps of a day; day 1 begins with the case."""
        return slice(self.first + (d - 1) * self.per_day, self.first + d * self.per_day)

    def happened(self, kind: str) -> list[int]:
        """The steps of all entries of a kind in the log."""
        return [entry.step for entry in self.run.log if entry.kind == kind]

    def over_people(self, name: str) -> float:
        """A share over all real people at the end; kinds that have no such series count as 0."""
        weights = self.run.weights
        last = {kind: self.series.get(f"{name}_{kind}", np.zeros(1))[-1] for kind in KINDS}
        return float(sum(weights[kind] * last[kind] for kind in KINDS))


def course_of(run: Run) -> Course:
    """A run as its outcomes look at it; sums are made in float64, whatever series are kept in."""
    clock = run.clock
    return Course(
        run,
        {name: values.astype(np.float64) for name, values in run.series.items()},
        clock.burn_in_steps,
        round(24 / clock.dt_h),
        clock.step_of(datetime.fromisoformat(str(run.asked["case"]["clock_start"]))),
        # reversed: of two entries of one name the first in time stays
        {entry.who: entry.step for entry in reversed(run.log) if entry.kind == "action"},
    )


def ratio(part: float, whole: float) -> float:
    """A share of something; NaN of nothing."""
    return float(part / whole) if whole > 0 else float("nan")


def busiest(posts: Column, width: int, first: int) -> int | None:
    """Middle of the window of `width` steps, from step `first` on, in which most was posted.

    A window of 24 h cancels the circadian cycle, one of 3 h follows it: the busiest 3 h of fans
    may be the evening of the leak or that of the day after, depending on the seed. None without
    posts.
    """
    if posts[first:].sum() == 0:
        return None
    # valid: a window that hangs over an end would be compared with whole ones
    sums = np.convolve(posts[first:], np.ones(width), mode="valid")
    return first + int(np.argmax(sums)) + width // 2


def returns_to(course: Course, sessions: Sequence[int]) -> dict[int, float]:
    """Log returns from the close before the clock start's day to closes so many sessions later.

    The close before is the last in the run, or the case's own where the run begins later. Empty
    without a market; without those after the horizon: 10 sessions take 15 days from a Monday.
    """
    run, clock, prices = course.run, course.run.clock, course.series["price_hkd"]
    closes: dict[date, float] = {}
    for step in np.flatnonzero(course.series["in_session"] > 0):
        closes[clock.trading_day(int(step))] = float(prices[step])
    event = clock.trading_day(course.zero)
    days = sorted(day for day in closes if day >= event)
    before = [day for day in closes if day < event]
    base = (
        closes[max(before)]
        if before
        else float(run.asked["case"]["market"]["previous_close_hkd"] or np.nan)
    )
    return {d: float(np.log(closes[days[d]] / base)) for d in sessions if len(days) > d}


def hours_of(run: Run) -> Column:
    """Hours of every step from the case's clock start, float64[n_steps]."""
    zero = datetime.fromisoformat(str(run.asked["case"]["clock_start"]))
    lead = zones.span(zero, run.clock.time_of(0), run.clock.time_zone) / timedelta(hours=1)
    hours: Column = np.asarray(lead + run.clock.dt_h * np.arange(run.clock.n_steps), np.float64)
    return hours


def notes(run: Run) -> list[LogEntry]:
    """What an observer sees who looks at the list once an hour: the heat of every listed hashtag.

    Everybody who reads the list of a run does so here or in `listed`.
    """
    return [entry for entry in run.log if entry.kind == "listed"]


def listed(run: Run) -> pd.DataFrame:
    """The list hashtag by hashtag, one row a hashtag and hourly look at which it was seen.

    hashtag : its name, another for each; source : the event, act, leader or wave that it was born
    of; kind : of the event (`sim.case.case.FORCING_KINDS`) or the act (`sim.playbook.KINDS`),
    which wave, otherwise its origin (`sim.state.tables.ORIGINS`); t_h : hours from the clock start;
    heat : in the list's index; place : 1 to 50, about which one has that heat where the 50th has
    what a hashtag needed to enter in that hour of the run.
    """
    import pandas as pd

    from sim.state.scenario import entry_heats

    wanted = entry_heats(run.seed, run.asked["parameters"], run.clock)
    hours, rows = hours_of(run), []
    for entry in notes(run):
        source, kind = _born_of(run, entry.who)
        place = places.place_of(entry.value / wanted[entry.step])
        rows.append((entry.who, source, kind, hours[entry.step], entry.value, place))
    return pd.DataFrame(rows, columns=["hashtag", "source", "kind", "t_h", "heat", "place"])


def _born_of(run: Run, hashtag: str) -> tuple[str, str]:
    """Source and kind of a hashtag, of its name in the log (`sim.run`)."""
    origin, _, rest = hashtag.partition(":")
    if origin == "event":
        kinds = {event["id"]: str(event["kind"]) for event in run.asked["case"]["forcing"]}
        return rest, kinds[rest]
    source = rest.rpartition(":")[0] or rest
    if origin == "act":
        return source, kind_told(source, run.asked["response"]["acts"])
    return source, source if origin == "wave" else origin
