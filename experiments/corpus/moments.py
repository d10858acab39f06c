"""Topics of affairs in time: the first of a kind, the largest, what came later, waves.

Everything is an array with a row an affair; hours that never came are NaN, rows that are none -1.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs
from experiments.corpus.kinds import CEO, KINDS, PENALTIES, bits
from experiments.corpus.windows import Windows

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

_FOUNDER = KINDS.index("founder_or_ceo_speaks")
APART_H = 24.0  #: without a new topic; the next one begins a second wave


class Moments:
    """What the topics of a population say of time."""

    def __init__(self, affairs: Affairs) -> None:
        self.affairs, self.topics = affairs, affairs.topics
        self.windows = Windows(affairs)
        self.n_topics: _I = np.diff(affairs.first)
        self._starts = affairs.first[:-1]

    def of_kind(self, *kinds: str) -> _B:
        """Topics of which any code is one of these; `ceo` asks for the speaker."""
        found: _B = (self.topics.codes & bits(*kinds)) != 0
        if CEO in kinds:
            found = found | self.topics.ceo | (self.topics.kind == _FOUNDER)
        return found

    def first_of(self, *kinds: str) -> _I:
        """Row of each affair's first topic of any of these kinds; of two at once the larger."""
        return self._first_in(self.topics.t_h, -self.topics.peak, self.of_kind(*kinds))

    def _first_in(self, by: _F, then: _F, among: _B) -> _I:
        """Row of each affair's topic that is smallest by two keys, among some."""
        rows = np.flatnonzero(among)
        order = rows[np.lexsort((then[rows], by[rows], self.topics.affair[rows]))]
        affair, first = np.unique(self.topics.affair[order], return_index=True)
        found = np.full(len(self.affairs), -1)
        found[affair] = order[first]
        return found

    def hour_of(self, rows: _I) -> _F:
        """Hours of first sight of topics; NaN for none."""
        return np.where(rows >= 0, self.topics.t_h[rows], np.nan)

    def peak_of(self, *kinds: str) -> _F:
        """Peak of each affair's largest topic of a kind; NaN where it has none."""
        peak = np.full(len(self.affairs), -np.inf)
        of = self.of_kind(*kinds)
        np.maximum.at(peak, self.topics.affair[of], self.topics.peak[of])
        return np.where(np.isfinite(peak), peak, np.nan)

    def any_topic(self, which: _B) -> _B:
        """Affairs with any of some topics."""
        found = np.zeros(len(self.affairs), dtype=np.bool_)
        found[self.topics.affair[which]] = True
        return found

    def near(self, hour: _F, kinds: tuple[str, ...], low: float, high: float) -> _B:
        """Affairs with a topic of these kinds from low to high hours after a moment of each."""
        moment = hour[self.topics.affair]
        t = self.topics.t_h
        within = (moment + low <= t) & (t <= moment + high)
        return self.any_topic(self.of_kind(*kinds) & within)

    def further(self, hour: _F, lag: float) -> _B:
        """Affairs with a new topic more than lag hours after a moment of each."""
        return self.any_topic(self.topics.t_h > hour[self.topics.affair] + lag)

    @cached_property
    def first_is_response(self) -> _B:
        """Affairs whose first topic is a response."""
        found: _B = self.topics.response[self._starts]
        return found

    @cached_property
    def answered(self) -> _B:
        """Affairs with any response."""
        return self.any_topic(self.topics.response)

    @cached_property
    def first_response_h(self) -> _F:
        """Hour of each affair's first response."""
        none = np.zeros(len(self.topics.t_h))
        return self.hour_of(self._first_in(self.topics.t_h, none, self.topics.response))

    @cached_property
    def largest_is_response(self) -> _B:
        """Affairs whose largest topic is a response; of two as large the earlier."""
        every = np.ones(len(self.topics.t_h), dtype=np.bool_)
        rows = self._first_in(-self.topics.peak, self.topics.t_h, every)
        found: _B = self.topics.response[rows]
        return found

    @cached_property
    def first_peak(self) -> _F:
        """Peak of each affair's first topic."""
        peak: _F = self.topics.peak[self._starts]
        return peak

    @cached_property
    def last_h(self) -> _F:
        """Hour of each affair's last new topic."""
        last: _F = np.maximum.reduceat(self.topics.t_h, self._starts)
        return last

    def relapse(self, affair: _I, hour: _F) -> _B:
        """Affairs that came back 24-96 h after a moment: a new topic, and a quarter of the heat.

        Heat of 6 h: the largest of those from 6 h before the moment to 24 h after it, against the
        largest of those later. affair, hour : of each moment.
        """
        around = hour[:, None] - 6 + 3.0 * np.arange(10)
        later = hour[:, None] + 24 + 6.0 * np.arange(12)
        rows = affair[:, None]
        before = self.windows.between(rows, around, around + 6).max(axis=1)
        again = self.windows.between(rows, later, later + 6).max(axis=1)
        moment = np.full(len(self.affairs), np.nan)
        moment[affair] = hour
        t, at = self.topics.t_h, moment[self.topics.affair]
        new = self.any_topic((at + 24 <= t) & (t < at + 96))[affair]
        found: _B = new & (again >= 0.25 * np.maximum(before, 1.0))
        return found

    def response_day(self) -> tuple[_I, _F, _F]:
        """Affairs with an apology, a reversal or a penalty; the heat of the hottest calendar day
        (UTC+8) with one of them, and of the day after it.
        """
        rows = np.flatnonzero(self.of_kind("apologise", "terminate_or_reverse", *PENALTIES))
        affair = self.topics.affair[rows]
        clock = self.affairs.clock[affair]
        day = 24 * np.floor((self.topics.t_h[rows] + clock) / 24) - clock
        heat = self.windows.between(affair, day, day + 24)
        order = np.lexsort((-heat, affair))
        found, first = np.unique(affair[order], return_index=True)
        best = order[first]
        after = self.windows.between(found, day[best] + 24, day[best] + 48)
        return found, heat[best], after

    def second_wave(self) -> tuple[_I, _F]:
        """Affairs with a new topic after more than APART_H hours without one; the largest hourly
        heat from the hour of the first such topic on, over the largest before (NaN over 0).
        """
        t, of = self.topics.t_h, self.topics.affair
        apart = np.flatnonzero((np.diff(t) > APART_H) & (np.diff(of) == 0)) + 1
        affair, first = np.unique(of[apart], return_index=True)
        hour = t[apart[first]].astype(np.int64)
        heat = self.affairs.heat
        before = np.maximum.accumulate(heat[affair], axis=1)
        after = np.maximum.accumulate(heat[affair][:, ::-1], axis=1)[:, ::-1]
        rows = np.arange(len(affair))
        earlier, later = before[rows, hour - 1], after[rows, hour]
        with np.errstate(divide="ignore", invalid="ignore"):
            return affair, np.where(earlier > 0, later / earlier, np.nan)
