"""Forecasts beside the runs of a case: those that know its events, and those that know yesterday.

A run knows the events and not what was counted. Its fair rival knows the same: one median topic
for each event. "As yesterday" knows more (every count but today's) and less (no event), and stands
apart.
A number alone is scored harder than a range, so both kinds also stand dressed with errors, where
these are known: of attention on a hot list, from other affairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from experiments.corpus.shipped import typical_topic
from sim.case.case import Case, Event

_F = npt.NDArray[np.float64]
#: Heat of a topic over its own peak, by whole hours since it was first seen on the list; 0 off it.
#: Mean of 956 topics of 304 brand affairs (experiments/corpus), none of them a case here. Measured.
TOPIC = typical_topic().round(3)
#: Roles of events that a run is given; of them these kinds bear no topic of the affair.
KNOWN, SILENT = ("forcing", "lever"), ("agenda", "appeasing", "launch")
#: What a forecast of a day's attention was worth: (forecast up to this share of the peak, tenths of
#: what came, at 5 %, 15 %, ..., 95 %). Of 1,950 days from the second on of the 150 affairs above
#: with several topics and with an answer on the list, two weeks each, sums of topic peaks; 0 is a
#: day of no topic. Measured.
ERRORS = {
    "topics": (
        (0.0, (0.0,) * 10),
        (0.1, (0.0,) * 9 + (0.093,)),
        (0.4, (0.016, 0.046, 0.062, 0.083, 0.119, 0.144, 0.205, 0.275, 0.352, 0.599)),
        (0.999, (0.063, 0.122, 0.212, 0.295, 0.400, 0.459, 0.609, 0.659, 0.743, 1.0)),
        (1.0, (0.220, 0.390, 0.665, 0.969, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
    ),
    "repeat": (
        (0.0, (0.0,) * 10),
        (0.1, (0.0,) * 6 + (0.016, 0.054, 0.309, 1.0)),
        (0.4, (0.0, 0.0, 0.0, 0.0, 0.0, 0.036, 0.108, 0.310, 0.597, 1.0)),
        (0.999, (0.0, 0.0, 0.0, 0.013, 0.121, 0.228, 0.444, 1.0, 1.0, 1.0)),
        (1.0, (0.0, 0.0, 0.0, 0.0, 0.0, 0.080, 0.156, 0.313, 0.472, 0.688)),
    ),
}  # fmt: skip
HALF_DAY_DECAY = 0.5  #: what is left of a day's attention on the next


@dataclass(frozen=True)
class Forecast:
    """A rival of the runs, for the days from the second on.

    said : float64[members, n_days - 1], shapes; one member is a number without a range.
    """

    name: str  #: topics, topics_dressed, repeat, decay, repeat_dressed
    knows: str  #: "events", as the runs do, or "yesterday"
    said: _F


def bears_topic(event: Event) -> bool:
    """Whether a run is given this event, and it is of the affair."""
    return event.role in KNOWN and event.kind not in SILENT


def topics_by_day(case: Case, n_days: int, peaks: bool) -> _F:
    """One median topic for each event of a case, float64[n_days] from its start, peak of a topic 1.

    A topic is first seen at the moment of its event. peaks : a day counts each topic once at its
    highest hour; else hour by hour.
    """
    hours = np.arange(TOPIC.size)
    days = np.zeros(n_days)
    for event in case.events:
        if not bears_topic(event):
            continue
        at = ((event.time - case.start) / timedelta(hours=1) + hours) // 24
        for day in np.unique(at[(at >= 0) & (at < n_days)]).astype(int):
            seen = TOPIC[at == day]
            days[day] += seen.max() if peaks else seen.sum()
    return days


def dressed(forecast: _F, errors: str) -> _F:
    """What came in other affairs where a forecast said as much, float64[10, n].

    errors : a key of ERRORS.
    """
    table = ERRORS[errors]
    at = np.searchsorted([top for top, _ in table[:-1]], forecast)
    return np.array([came for _, came in table])[at].T


def forecasts(seen: _F, topics: _F, level: bool, attention: bool) -> Iterator[Forecast]:
    """The rivals of a series, those that know the events first.

    seen, topics : shapes, float64[n_days], observed and of the median topics. level : nothing of it
    decays. attention : errors of other affairs are known.
    """
    before: Sequence[tuple[str, str, _F]] = (
        ("topics", "events", topics[1:]),
        ("repeat", "yesterday", seen[:-1]),
    )
    for name, knows, said in before:
        yield Forecast(name, knows, said[None])
        if attention:
            yield Forecast(f"{name}_dressed", knows, dressed(said, name))
    if not level:
        yield Forecast("decay", "yesterday", seen[None, :-1] * HALF_DAY_DECAY)
