"""An affair at an age: what was known of it then, and what came. One row an affair and age.

Known at age L: samples up to L, topics first seen by L, whom the affair harmed, its cause, the hour
of the day. Hourly heat up to L is made again from those samples, for a series made later leans on
samples that came later. What is told (the variant `told`): kinds and listed times of responses in
the 24 h after L.

    tasks = build(affairs, samples_at)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.corpus.affairs import Affairs
from experiments.corpus.cells import LIST_ZONE
from experiments.corpus.instrument import SAME_H, hourly
from experiments.corpus.kinds import PENALTIES, bits
from experiments.corpus.windows import Windows

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

AGES = (3, 6, 12, 24)
UNIT = 5e4  #: heat-hours; outcomes of heat are log(1 + heat / UNIT)
AHEAD_H, LATER_H = 24.0, 72.0
#: What may come: a new topic within AHEAD_H, within LATER_H, one that is no response in AHEAD_H.
EVENTS = ("new24", "new72", "other24")
SECOND = 1.0 / 3600.0
PRINTED_S = 90.0  #: seconds by which a printed start may differ from its sample

#: Counts of topics by any of their codes, of those known and of responses told.
KNOWN = {
    "apologies": ("apologise",),
    "explanations": ("explain", "deny"),
    "acts": ("terminate_or_reverse", *PENALTIES),
    "voices": ("authority", "founder_or_ceo_speaks"),
}
TOLD = {
    "told_apologies": ("apologise",),
    "told_explanations": ("explain",),
    "told_denials": ("deny", "founder_or_ceo_speaks"),
    "told_acts": ("terminate_or_reverse", *PENALTIES),
}


@dataclass(frozen=True, eq=False)
class Tasks:
    """Tasks as a frame, and what of each is no single number.

    frame : affair, age, organisation; y24, new24, new72, other24 (what came); so_far, last3, last1
    (heat-hours up to the age, of its last 3 h, of the last one); n, n3, n_responses and the counts
    of KNOWN (topics); first_response, fan, product (0 or 1); since, hour (h); n_told, first_told
    (99 for none) and the counts of TOLD.
    """

    frame: pd.DataFrame
    known: tuple[_F, ...]  #: hours of the topics known
    told: tuple[_F, ...]  #: hours of the responses told
    live: tuple[
        _F, ...
    ]  #: hour and heat of the last sample of each topic still listed, float[k, 2]

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> _F:
        """A column of numbers."""
        return self.frame[name].to_numpy(np.float64)

    def at(self, which: _B) -> Tasks:
        """Some of the tasks, in their order."""
        rows = np.flatnonzero(which)
        return Tasks(
            self.frame.iloc[rows].reset_index(drop=True),
            tuple(self.known[k] for k in rows),
            tuple(self.told[k] for k in rows),
            tuple(self.live[k] for k in rows),
        )


def build(affairs: Affairs, samples_at: _F) -> Tasks:
    """The tasks of affairs, at each of AGES; none of an affair too near the end of the samples.

    samples_at : times of all samples of the list, seconds since 1970.
    """
    windows, rows, known, told, live = Windows(affairs), [], [], [], []
    samples = np.searchsorted(affairs.samples.affair, np.arange(len(affairs) + 1))
    for one in range(len(affairs)):
        start = _start(affairs, one, samples_at)
        if start is None:
            continue
        of = slice(samples[one], samples[one + 1])
        for age in AGES:
            clock = _clock(affairs, one, samples_at, start, age)
            listed, heat = _listed(affairs, of, clock, age)
            topics = slice(affairs.first[one], affairs.first[one + 1])
            t = affairs.topics.t_h[topics]
            response = affairs.topics.response[topics]
            ahead = (t > age) & (t <= age + AHEAD_H)
            rows.append({
                **_facts(affairs, one, age),
                **_outcomes(windows, one, age, t, response),
                **heat,
                **_counts(affairs, topics, age, t <= age, ahead & response),
            })  # fmt: skip
            known.append(t[t <= age])
            told.append(t[ahead & response])
            live.append(listed)
    return Tasks(pd.DataFrame(rows), tuple(known), tuple(told), tuple(live))


def unsampled(affairs: Affairs, samples_at: _F) -> list[str]:
    """Affairs of which no sample of the list is where they began, or which have no calendar."""
    near = np.searchsorted(samples_at, affairs.start).clip(1, len(samples_at) - 1)
    apart = np.minimum(
        np.abs(samples_at[near] - affairs.start), np.abs(samples_at[near - 1] - affairs.start)
    )
    apart = np.where(affairs.absence_known, apart, 0.0 * affairs.start)
    # a NaN fails this comparison too
    return [affairs.name[row] for row in np.flatnonzero(~(apart <= PRINTED_S))]


def no_task(affairs: Affairs, samples_at: _F) -> tuple[str, str] | None:
    """Why no task can be made of some affairs, and what to do; None where it can."""
    left = unsampled(affairs, samples_at)
    if not left:
        every = range(len(affairs))
        if any(_start(affairs, one, samples_at) is not None for one in every):
            return None
        return (
            f"affairs.csv, column t0_utc8: every affair begins less than {max(AGES) + LATER_H:g} h "
            "before the last sample of the list",
            "platform_snapshots.csv beside it, with the times of all samples until then",
        )
    first = affairs.name.index(left[0])
    many = f" and {len(left) - 1} more" if len(left) > 1 else ""
    if np.isnan(affairs.start[first]):
        return (
            f"affairs.csv: of {left[0]}{many} only the hour of the day is known",
            "a column t0_utc8, as 2025-03-01T14:05+08:00",
        )
    began = datetime.fromtimestamp(affairs.start[first], LIST_ZONE).isoformat(timespec="minutes")
    return (
        f"affairs.csv, column t0_utc8: the list has no sample where {left[0]}{many} began, {began}",
        "platform_snapshots.csv beside it, with the times of all samples of your list",
    )


def _start(affairs: Affairs, one: int, samples_at: _F) -> float | None:
    """The first sample of an affair, for printed times are rounded; None if its end is cut off.

    Of an affair whose absences are unknown the samples are not those of this list.
    """
    start = float(affairs.start[one])
    if not affairs.absence_known[one]:
        return start
    start = float(samples_at[np.argmin(np.abs(samples_at - start))])
    cut = start + (max(AGES) + LATER_H) * 3600 > samples_at[-1]
    return None if cut else start


def _clock(affairs: Affairs, one: int, samples_at: _F, start: float, age: float) -> _F | None:
    """Samples of the list up to an age, hours of the affair; None where absences are unknown."""
    if not affairs.absence_known[one]:
        return None
    clock = (samples_at - start) / 3600
    low, high = np.searchsorted(clock, [-1.0, age + 30 * SECOND], side="right")
    found: _F = clock[low:high]
    return found


def _listed(affairs: Affairs, of: slice, clock: _F | None, age: int) -> tuple[_F, dict[str, float]]:
    """Topics still listed at an age with their last samples, and the heat of hours up to it."""
    s = affairs.samples
    until = s.t_h[of] <= age
    number, t, heat = s.topic[of][until], s.t_h[of][until], s.heat[of][until]
    ids, topic = np.unique(number, return_inverse=True)
    hours, _, _ = hourly(topic, t, heat, clock, age, np.zeros(len(ids), dtype=np.bool_))
    last = np.searchsorted(topic, np.arange(len(ids)), side="right") - 1
    final = clock[-1] if clock is not None and len(clock) else -np.inf
    there = t[last] + SAME_H >= final if clock is not None else np.ones(len(ids), dtype=np.bool_)
    listed = np.column_stack([t[last], heat[last]])[there]
    return listed, {
        "so_far": float(hours.sum()), "last3": float(hours[-3:].sum()), "last1": float(hours[-1])
    }  # fmt: skip


def _facts(affairs: Affairs, one: int, age: int) -> dict[str, object]:
    """What never changes, and the hour of the day."""
    return {
        "affair": affairs.name[one],
        "age": age,
        "organisation": affairs.organisation[one],
        "hour": (affairs.clock[one] + age) % 24,
        "fan": float(affairs.victim[one] == "fan"),
        "product": float(affairs.cause[one] == "product"),
    }


def _outcomes(windows: Windows, one: int, age: int, t: _F, response: _B) -> dict[str, float]:
    """What came after an age."""
    at = np.array([float(age)])
    heat = windows.between(np.array([one]), at, at + AHEAD_H)[0]
    ahead = (t > age) & (t <= age + AHEAD_H)
    return {
        "y24": float(np.log1p(heat / UNIT)),
        "new24": float(ahead.any()),
        "new72": float(((t > age) & (t <= age + LATER_H)).any()),
        "other24": float((ahead & ~response).any()),
    }


def _counts(affairs: Affairs, topics: slice, age: int, known: _B, told: _B) -> dict[str, float]:
    """Topics known at an age, and responses that are told, by kind.

    topics : rows of the affair. age : hours since its first topic. known, told : which of the rows
    are known at that age, and which responses of the hours to come are told; bool[rows]. Hours are
    99 where nothing is told.
    """
    t, codes = affairs.topics.t_h[topics], affairs.topics.codes[topics]
    response = affairs.topics.response[topics]

    def of(which: _B, kinds: tuple[str, ...]) -> float:
        return float(((codes & bits(*kinds)) != 0)[which].sum())

    return {
        "n": float(known.sum()),
        "n3": float((t[known] > age - 3).sum()),
        "n_responses": float(response[known].sum()),
        "first_response": float(response[0]),
        "since": float(age - t[known].max()),
        **{name: of(known, kinds) for name, kinds in KNOWN.items()},
        **{name: of(told, kinds) for name, kinds in TOLD.items()},
        "n_told": float(told.sum()),
        "first_told": float((t[told] - age).min()) if told.any() else 99.0,
    }
