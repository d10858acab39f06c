"""A population of affairs as plain arrays: what statistics, tasks and scores are computed from.

    affairs = tables.read(folder)                        real ones, or anybody's in the format
    affairs = gathered([Sight(...), Sight(...), ...])    simulated ones, seen through `instrument`

Hours count from the first sample in which a topic of the affair was listed. Heat is the list's
index; heat-hours are its integral. Rows of topics are sorted by affair, then by hour of first
sight, ties as they were given; those of samples by affair, topic and hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.corpus.instrument import Seen
from experiments.corpus.kinds import ANALYSED, KINDS, OTHERS, RESPONSES, SAMPLE_SETS, bits

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]
_T = npt.NDArray[np.str_]

_RESPONSE = np.array([kind in RESPONSES for kind in KINDS])
_OTHER = np.array([kind in OTHERS for kind in KINDS])
#: Hours after an affair's last topic that its heat is known to be nothing if nothing is listed.
AFTER_H = 60


@dataclass(frozen=True, eq=False)
class Topics:
    """Topics of all affairs, a row a topic."""

    affair: _I  #: row of its affair, not falling
    number: _I  #: within the affair, as samples name it
    t_h: _F  #: hours after the affair's start at which it was first seen
    kind: _I  #: place in KINDS of its main code
    codes: _I  #: `kinds.bits` of all its codes
    ceo: _B  #: a founder or chief executive is its speaker
    peak: _F  #: largest sample within 36 h
    last_h: _F  #: hours after the start at which it was last seen, in the same 36 h

    @property
    def response(self) -> _B:
        """Topics that are what the organisation said or did, by their main code."""
        found: _B = _RESPONSE[self.kind]
        return found

    @property
    def other(self) -> _B:
        """Topics of attack, comment or authority, by their main code."""
        found: _B = _OTHER[self.kind]
        return found


@dataclass(frozen=True, eq=False)
class Samples:
    """What was seen, a row a topic and sample in which it was listed."""

    affair: _I
    topic: _I  #: its number within the affair
    t_h: _F
    heat: _F
    place: _I  #: on the list; 0 where it is not known


@dataclass(frozen=True, eq=False)
class Affairs:
    """n affairs; every array without a length named here has n rows.

    heat, heat_response : mean index over an hour, float[n, hours]; hour k begins k hours after the
    start; the second is what response topics have of the first.
    """

    name: tuple[str, ...]
    organisation: tuple[str, ...]
    sample_set: _T
    victim: _T
    cause: _T
    start: _F  #: seconds since 1970 of the first sample; NaN where only the hour of day is known
    clock: _F  #: hour of day (UTC+8) of the first sample, 0 to 24
    observed_h: _F  #: hours in which topics were looked for
    absence_known: _B  #: a sample without a topic means that it was not listed
    topics: Topics
    heat: _F
    heat_response: _F
    samples: Samples

    def __len__(self) -> int:
        return len(self.name)

    @property
    def core(self) -> _B:
        """Affairs of the analysis set."""
        return np.isin(self.sample_set, ANALYSED)

    @property
    def weight(self) -> _F:
        """Sampling weights: how many candidates each affair stands for."""
        return np.array([SAMPLE_SETS[one] for one in self.sample_set.tolist()])

    @property
    def first(self) -> _I:
        """Row of each affair's first topic, and their number: int[n + 1]."""
        return np.searchsorted(self.topics.affair, np.arange(len(self) + 1))


@dataclass(frozen=True, eq=False)
class Sight:
    """One affair that was seen on a list, as `gathered` takes it.

    kinds, also, ceo : of all topics that were given to `instrument.observe`, in that order; also
    holds further codes. start : seconds since 1970 of the first sample (`seen.start_h` later than
    the moment at which the affair's own clock shows 0), NaN if no calendar is meant.
    """

    name: str
    seen: Seen
    kinds: Sequence[str]
    clock: float  #: hour of day (UTC+8) of the first sample
    start: float = float("nan")
    also: Sequence[Sequence[str]] = ()
    ceo: Sequence[bool] = ()
    organisation: str = ""
    sample_set: str = "core"
    victim: str = "fan"
    cause: str = "product"


def gathered(sights: Sequence[Sight]) -> Affairs:
    """Affairs that were seen one by one, as one population."""
    n = len(sights)
    last = [float(one.seen.t_h.max()) for one in sights]
    longest = max((len(one.seen.heat) for one in sights), default=0)
    n_hours = hours_needed(max(last, default=0.0), longest)
    heat, heat_response = np.zeros((n, n_hours)), np.zeros((n, n_hours))
    for row, one in enumerate(sights):
        heat[row, : len(one.seen.heat)] = one.seen.heat
        heat_response[row, : len(one.seen.heat)] = one.seen.heat_response
    return Affairs(
        name=tuple(one.name for one in sights),
        organisation=tuple(one.organisation or one.name for one in sights),
        sample_set=np.array([one.sample_set for one in sights], dtype=np.str_),
        victim=np.array([one.victim for one in sights], dtype=np.str_),
        cause=np.array([one.cause for one in sights], dtype=np.str_),
        start=np.array([one.start for one in sights]),
        clock=np.array([one.clock for one in sights]),
        observed_h=np.array([one.seen.observed_h for one in sights]),
        absence_known=np.ones(n, dtype=np.bool_),
        topics=_topics_of(sights),
        heat=heat,
        heat_response=heat_response,
        samples=_samples_of(sights),
    )


def hours_needed(last_h: float, listed_hours: int) -> int:
    """Hours for which heat is kept: of what was listed, and beyond the last topic.

    Windows that reach further hold nothing more. 120 at least.
    """
    return max(120, int(np.ceil(last_h)) + AFTER_H, listed_hours)


def _topics_of(sights: Sequence[Sight]) -> Topics:
    """The topics of all sights; within an affair they come in order of first sight already."""
    kind = [KINDS.index(one.kinds[k]) for one in sights for k in one.seen.source]
    further = [
        bits(*(one.also[k] if len(one.also) else ())) for one in sights for k in one.seen.source
    ]
    ceo = [bool(one.ceo[k]) if len(one.ceo) else False for one in sights for k in one.seen.source]
    n_topics = [len(one.seen.source) for one in sights]
    return Topics(
        affair=np.repeat(np.arange(len(sights)), n_topics),
        number=_whole([np.arange(n) for n in n_topics]),
        t_h=_numbers([one.seen.t_h for one in sights]),
        kind=np.array(kind, dtype=np.int64),
        codes=np.array(further, dtype=np.int64) | (1 << np.array(kind, dtype=np.int64)),
        ceo=np.array(ceo, dtype=np.bool_),
        peak=_numbers([one.seen.peak for one in sights]),
        last_h=_numbers([one.seen.last_h for one in sights]),
    )


def _samples_of(sights: Sequence[Sight]) -> Samples:
    """The samples of all sights."""
    n_samples = [len(one.seen.sample_t) for one in sights]
    return Samples(
        affair=np.repeat(np.arange(len(sights)), n_samples),
        topic=_whole([one.seen.sample_topic for one in sights]),
        t_h=_numbers([one.seen.sample_t for one in sights]),
        heat=_numbers([one.seen.sample_heat for one in sights]),
        place=_whole([one.seen.sample_place for one in sights]),
    )


def _numbers(parts: Sequence[_F]) -> _F:
    """Arrays one after the other."""
    return np.concatenate([np.zeros(0), *parts])


def _whole(parts: Sequence[_I]) -> _I:
    """The same of whole numbers."""
    return np.concatenate([np.zeros(0, np.int64), *parts])
