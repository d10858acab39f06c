"""How each quantity of a case is read off a run.

A quantity is a number, NaN where it never came to be. Quantities that orderings compare may also be
positions in time, in steps: all that counts of them is which comes first. QUANTITIES is the list;
outcomes of sim.metrics are known by their own names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from sim.metrics import outcomes
from sim.record import Run

_F = npt.NDArray[np.float64]


NAN = float("nan")  #: what never came to be


@dataclass(frozen=True)
class View:
    """A run with what most quantities need: its outcomes, and its days, closes and first events."""

    run: Run
    outcomes: Mapping[str, float]  #: of sim.metrics, by name

    @classmethod
    def of(cls, run: Run) -> View:
        """A run with its outcomes."""
        return cls(run, outcomes(run))

    def step(self, time: datetime) -> int:
        """The step that a time on the wall of the case falls into."""
        return self.run.clock.step_of(time)

    def day(self, number: int) -> slice:
        """The steps of a day of the case, counted from 1, midnight to midnight in its zone.

        The days before the case are the burn-in.
        """
        first = self.run.clock.burn_in_steps + (number - 1) * self.per_day
        return slice(first, first + self.per_day)

    @property
    def per_day(self) -> int:
        """Steps a day."""
        return round(24 / self.run.clock.dt_h)

    def series(self, name: str) -> _F:
        """A series of the record as float64[n_steps]; stored as float32."""
        return self.run.series[name].astype(np.float64)

    def first(self, kind: str, who: str = "") -> int | None:
        """Step of the first log entry of a kind, by someone whose name starts so; None if none."""
        steps = [e.step for e in self.run.log if e.kind == kind and e.who.startswith(who)]
        return min(steps) if steps else None

    def hours_between(self, first: int | None, then: int | None) -> float:
        """Hours from a step to another; NaN if one of them never came."""
        return NAN if first is None or then is None else (then - first) * self.run.clock.dt_h

    def entries(self, days: Sequence[int]) -> float:
        """Hashtags that entered the list on these days; of several days, their sum."""
        spans = [self.day(d) for d in days]
        return float(
            sum(
                e.kind == "list_entry" and any(s.start <= e.step < s.stop for s in spans)
                for e in self.run.log
            )
        )

    def close(self, day: int) -> float:
        """The last price of a day's session; NaN if there was none."""
        inside = self.series("in_session")[self.day(day)] > 0
        price = self.series("price_hkd")[self.day(day)]
        return float(price[inside][-1]) if inside.any() else NAN

    def own_close(self, day: int) -> float:
        """The same without what the case's stock index has moved since before day 1."""
        close, told = self.close(day), self.run.asked["case"]["market"]
        if "index" not in told or np.isnan(close):
            return close
        closes = told["index"]
        date = self.run.clock.trading_day(self.day(day).start).isoformat()
        moved = closes[max(each for each in closes if each <= date)] / next(iter(closes.values()))
        return float(close / moved ** told["beta"])

    def posts(self) -> _F:
        """Posts of all people, float64[n_steps]; those of opinion leaders are not among them."""
        return np.sum([self.series(f"posts_{k}") for k in ("core", "customer", "public")], axis=0)


def _ratio(part: float, whole: float) -> float:
    """A part over a whole; NaN of nothing."""
    return part / whole if whole > 0 else NAN


def _slope(v: View, later: bool) -> float:
    """Growth of the posts per hour over the 3 h after (or before) the first partner's exit.

    Posts a step, each step, from a straight line; NaN where no partner leaves.
    """
    exit_ = v.first("kol_exit", "partner")
    if exit_ is None:
        return NAN
    width = round(3 / v.run.clock.dt_h)
    span = slice(exit_, exit_ + width) if later else slice(exit_ - width, exit_)
    posts = v.posts()[span]
    return float(np.polyfit(np.arange(posts.size), posts, 1)[0])


def _busiest_hour(v: View, span: slice) -> float:
    """Posts in the busiest hour of a span."""
    return float(np.convolve(v.posts()[span], np.ones(v.per_day // 24), mode="valid").max())


def _core_onset(v: View) -> float:
    """Step from which a tenth of the core fans is visibly outraged; inf, after everything, if
    never.
    """
    seen = np.flatnonzero(v.series("outrage_core") >= 0.1)
    return float(seen[0]) if seen.size else float("inf")


def _founder_decay(hours: float) -> Callable[[View], float]:
    """Heat so many hours after its peak, over that peak, within half a day of the explanation."""

    def share(v: View) -> float:
        act = v.first("action", "explanation")
        if act is None:
            return NAN
        heat = v.series("list_heat")[act : act + v.per_day // 2]
        peak = int(heat.argmax())
        at = min(peak + round(hours / v.run.clock.dt_h), heat.size - 1)
        return _ratio(float(heat[at]), float(heat[peak]))

    return share


def _night_rate(v: View) -> float:
    """List views at 03-05 h over those at 22-24 h, over the days with views.

    What F4 is about: at night the list is read by few.
    """
    reads, hour = v.series("reads"), v.run.clock.hour_of_day()
    night, evening = (hour >= 3) & (hour < 5), (hour >= 22)
    return _ratio(float(reads[night].sum()), float(reads[evening].sum()))


def _listed(days: Sequence[int]) -> Callable[[View], float]:
    """Hours with a hashtag on the list, over some days of the case."""

    def hours(v: View) -> float:
        listed = v.series("n_listed") > 0
        return float(sum(listed[v.day(d)].sum() for d in days) * v.run.clock.dt_h)

    return hours


def _talk(v: View, span: slice) -> float:
    """Share of governance in outraged posts of a span."""
    deal, governance = (float(v.series(f"posts_{k}")[span].sum()) for k in ("deal", "governance"))
    return _ratio(governance, deal + governance)


def _around_penalty(v: View, later: bool) -> float:
    """Share of governance in outraged talk before the penalty, or in the day after it; NaN without
    one.
    """
    act = v.first("action", "penalty")
    if act is None:
        return NAN
    return _talk(v, slice(act, act + v.per_day) if later else slice(0, act))


def _return_between(first: int, then: int) -> Callable[[View], float]:
    """Log return from the close of one day to that of another; day 0 is the close before the
    case.
    """

    def log_return(v: View) -> float:
        base = v.close(first) if first else v.run.asked["case"]["market"]["previous_close_hkd"]
        return float(np.log(v.close(then) / float(base or NAN)))

    return log_return


def _low_of_day(v: View) -> float:
    """The lowest price of day 1 against the close before, as a share."""
    base = v.run.asked["case"]["market"]["previous_close_hkd"]
    inside = v.series("in_session")[v.day(1)] > 0
    price = v.series("price_hkd")[v.day(1)][inside]
    return float(price.min()) / float(base) - 1 if base and price.size else NAN


def _first(kind: str, who: str = "") -> Callable[[View], float]:
    """The step of the first entry of a kind in the log, by someone whose name starts so."""

    def step(v: View) -> float:
        first = v.first(kind, who)
        return NAN if first is None else float(first)

    return step


#: How each quantity is read off a run: plain numbers, or positions in time for orderings (steps).
#: Outcomes of sim.metrics are known by their own names. Days count from the first day of the case.
QUANTITIES: Mapping[str, Callable[[View], float]] = {
    "h_apology_to_first_hashtag": lambda v: v.outcomes["first_listed_after_apology_h"],
    "h_apology_to_mock_hashtag": lambda v: v.hours_between(
        v.first("action", "apology"), v.first("list_entry", "event:antagonist_mocks")
    ),
    "h_penalty_to_founder_hashtag": lambda v: v.hours_between(
        v.first("action", "penalty"), v.first("list_entry", "act:explanation")
    ),
    "negative_share_30h": lambda v: v.outcomes["negative_share_30h"],
    "hashtags_day_1": lambda v: v.entries([1]),
    "hashtags_day_2": lambda v: v.entries([2]),
    "hashtags_day_3": lambda v: v.entries([3]),
    "hashtags_day_4": lambda v: v.entries([4]),
    "hashtags_days_5_8": lambda v: v.entries([5, 6, 7, 8]),
    "reads_day_3_over_2": lambda v: _ratio(v.outcomes["reads_day_3"], v.outcomes["reads_day_2"]),
    "reads_day_4_over_3": lambda v: _ratio(v.outcomes["reads_day_4"], v.outcomes["reads_day_3"]),
    "heat_founder_over_apology": lambda v: _ratio(
        v.outcomes["peak_heat_explanation"], v.outcomes["peak_heat_apology"]
    ),
    "heat_penalty_over_apology": lambda v: _ratio(
        v.outcomes["peak_heat_penalty"], v.outcomes["peak_heat_apology"]
    ),
    "founder_heat_after_1_1h": _founder_decay(1.1),
    "founder_heat_after_2_0h": _founder_decay(2.0),
    "founder_heat_after_3_2h": _founder_decay(3.2),
    "listed_h_days_2_4": _listed([2, 3, 4]),
    "low_day_1": _low_of_day,
    "return_before_to_day_4": _return_between(0, 4),
    # positions in time, in steps, and levels that orderings compare
    "rumour": _first("forcing", "rumour"),
    "screenshot": _first("forcing", "screenshot"),
    "antagonist_mocks": _first("forcing", "antagonist_mocks"),
    "apology": _first("action", "apology"),
    "penalty": _first("action", "penalty"),
    "founder_explanation": _first("action", "explanation"),
    "partner_exit": _first("kol_exit", "partner"),
    "core_onset": _core_onset,
    "general_list_onset": _first("list_entry"),
    "half": lambda v: 0.5,
    "tenth": lambda v: 0.1,
    "volume_slope_before_partner_exit": lambda v: _slope(v, later=False),
    "volume_slope_after_partner_exit": lambda v: _slope(v, later=True),
    "attention_day_1": lambda v: v.outcomes["reads_day_1"],
    "attention_day_2": lambda v: v.outcomes["reads_day_2"],
    "attention_day_3": lambda v: v.outcomes["reads_day_3"],
    "attention_day_4": lambda v: v.outcomes["reads_day_4"],
    "attention_day_5": lambda v: v.outcomes["reads_day_5"],
    "busiest_hour_day_1": lambda v: _busiest_hour(v, v.day(1)),
    "busiest_hour_day_2_to_noon": lambda v: _busiest_hour(
        v, slice(v.day(2).start, v.day(2).start + v.per_day // 2)
    ),
    "governance_share_before_penalty": lambda v: _around_penalty(v, later=False),
    "governance_share_after_penalty": lambda v: _around_penalty(v, later=True),
    "close_before": lambda v: float(v.run.asked["case"]["market"]["previous_close_hkd"] or NAN),
    "close_day_1": lambda v: v.close(1),
    "close_day_2": lambda v: v.close(2),
    "close_day_3": lambda v: v.close(3),
    "close_day_4": lambda v: v.close(4),
    "close_day_5": lambda v: v.close(5),
    "read_rate_03_05_over_22_24": _night_rate,
}


#: What quantities were called when their names held the dates of the first case; case files and
#: studies that were written then are read as before.
OLDER: Mapping[str, str] = {
    "hashtags_5_jan": "hashtags_day_1",
    "hashtags_6_jan": "hashtags_day_2",
    "hashtags_7_jan": "hashtags_day_3",
    "hashtags_8_jan": "hashtags_day_4",
    "hashtags_9_12_jan": "hashtags_days_5_8",
    "reads_7_over_6_jan": "reads_day_3_over_2",
    "reads_8_over_7_jan": "reads_day_4_over_3",
    "listed_h_6_8_jan": "listed_h_days_2_4",
    "low_5_jan": "low_day_1",
    "return_2_to_8_jan": "return_before_to_day_4",
    "attention_5_jan": "attention_day_1",
    "attention_6_jan": "attention_day_2",
    "attention_7_jan": "attention_day_3",
    "attention_8_jan": "attention_day_4",
    "attention_9_jan": "attention_day_5",
    "busiest_hour_5_jan": "busiest_hour_day_1",
    "busiest_hour_6_jan_to_noon": "busiest_hour_day_2_to_noon",
    "close_2_jan": "close_before",
    "close_5_jan": "close_day_1",
    "close_6_jan": "close_day_2",
    "close_7_jan": "close_day_3",
    "close_8_jan": "close_day_4",
    "close_9_jan": "close_day_5",
}
