"""What followed responses: heat after and before, endings, relapses, the next day.

Rows are named as the shipped responses.csv names them: (statistic, kind, delay, topics). Only rows
of which there is anything are there. None of them is an effect: docs/corpus.md says which may be
fitted, which may be looked at, and which say nothing.

    responses(affairs)  -> {row: value}       milliseconds
    intervals(affairs)  -> {row: Estimate}    the matched pairs of `matching` among them
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from experiments.corpus import matching
from experiments.corpus.affairs import Affairs
from experiments.corpus.bootstrap import MEDIAN, Estimate, Measured, estimated, reduced
from experiments.corpus.kinds import PENALTIES, RESPONSE_TYPES
from experiments.corpus.moments import Moments
from experiments.corpus.targets import BIG_AROUND, EVER, big_around, big_before, relapses

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]
Row = tuple[str, str, str, str]  #: statistic, kind, delay, topics

#: Added to both sides of every ratio of heat: one small topic for less than an hour, heat-hours.
OFFSET = 5e4
DELAYS = (("<6h", 0.0, 6.0), ("6-24h", 6.0, 24.0), ("24-48h", 24.0, 48.0), (">48h", 48.0, np.inf))
LAGS = (1, 6, 24)  #: hours after a response
#: Moments without a response, by delay, hours.
PLACEBO = (("<6h", (1, 3, 5)), ("6-24h", (8, 12, 16, 20)), ("24-48h", (28, 34, 40, 46)),
           (">48h", (54, 66, 78, 90)))  # fmt: skip
QUIET_H = 3.0  #: hours after a placebo moment in which no response may come
AFTER_BEFORE = "after/before 24 h, median"
AT_PLACEBO = "after/before 24 h, placebo moment, weighted median"
RELAPSE = "relapse 24-96 h after"
ALL, REST = "all topics", "response topics removed"


def responses(affairs: Affairs) -> dict[Row, float]:
    """Every row without intervals."""
    found = {row: reduced(one) for row, one in _measured(affairs)}
    for row, pairs in matching.pairs_of(affairs):
        found[row] = pairs.estimate()
    return found


def intervals(affairs: Affairs) -> dict[Row, Estimate]:
    """Every row with its 90 % interval."""
    found = {row: estimated(one) for row, one in _measured(affairs)}
    for row, pairs in matching.pairs_of(affairs):
        found[row] = pairs.estimated()
    return found


def _measured(affairs: Affairs) -> Iterator[tuple[Row, Measured]]:
    """Rows of which there is anything, before they are one number."""
    if not len(affairs):
        return
    m = Moments(affairs)
    for part in (_after_before, _placebo, _endings, _endings_by_delay, _relapses, _day_after):
        for row, one in part(m):
            if len(one.value):
                yield row, one


def ratio(after: _F, before: _F) -> _F:
    """Heat after over heat before, both with OFFSET."""
    found: _F = (after + OFFSET) / (before + OFFSET)
    return found


def _after_before(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """Heat of 24 h after each first response over that of 24 h before; where there was any."""
    for kind in RESPONSE_TYPES:
        hours = m.hour_of(m.first_of(kind))
        rows = np.flatnonzero(~np.isnan(hours))
        hour = hours[rows]
        some = m.windows.between(rows, hour - 24, hour) > 0
        rows, hour = rows[some], hour[some]
        both = {
            ALL: ratio(m.windows.between(rows, hour, hour + 24),
                       m.windows.between(rows, hour - 24, hour)),
            REST: ratio(m.windows.between(rows, hour, hour + 24, "rest"),
                        m.windows.between(rows, hour - 24, hour, "rest")),
        }  # fmt: skip
        for delay, low, high in (("all", 0.0, np.inf), *DELAYS):
            of = (low <= hour) & (hour < high)
            for topics, value in both.items():
                yield (AFTER_BEFORE, kind, delay, topics), Measured(rows[of], value[of], MEDIAN)


def _placebo(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """The same at moments without a response: in affairs unanswered so far, and in any."""
    for kind in ("unanswered", "any"):
        for delay, moments in PLACEBO:
            affair, value = [], []
            for moment in moments:
                rows, found = _at_placebo(m, float(moment), unanswered=kind == "unanswered")
                affair.append(rows)
                value.append(found)
            every = np.concatenate(affair)
            yield (
                (AT_PLACEBO, kind, delay, ALL),
                Measured(every, np.concatenate(value), MEDIAN, m.affairs.weight[every]),
            )


def _at_placebo(m: Moments, hour: float, unanswered: bool) -> tuple[_I, _F]:
    """Affairs that had no response in QUIET_H from a moment on, and their ratios there."""
    t, response = m.topics.t_h, m.topics.response
    out = m.any_topic(response & (t >= hour) & (t < hour + QUIET_H))
    if unanswered:
        out = out | m.any_topic(response & (t <= hour))
    rows = np.flatnonzero(~out)
    moment = np.full(len(rows), hour)
    before = m.windows.between(rows, moment - 24, moment)
    some = before > 0
    after = m.windows.between(rows, moment, moment + 24)
    return rows[some], ratio(after[some], before[some])


def _endings(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """Shares of affairs with nothing new later than some hours after a first response."""
    for kind in RESPONSE_TYPES:
        hour = m.hour_of(m.first_of(kind))
        rows = np.flatnonzero(m.affairs.core & ~np.isnan(hour))
        yield from _ended(m, kind, "all", "core", rows, hour, LAGS)
    hour = m.hour_of(m.first_of("apologise"))
    rows = np.flatnonzero(m.affairs.core & big_before(m, hour))
    yield from _ended(m, "apologise", "all", "core, > 1.5 M before", rows, hour, LAGS)


def _endings_by_delay(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """The same of apologies that followed an accusation, by how late they were."""
    hour = m.hour_of(m.first_of("apologise"))
    of = m.affairs.core & ~m.first_is_response
    for delay, low, high in DELAYS:
        rows = np.flatnonzero(of & (low <= hour) & (hour < high))
        yield from _ended(m, "apologise", delay, "core, accusation first", rows, hour, (24,))


def _ended(
    m: Moments, kind: str, delay: str, topics: str, rows: _I, hour: _F, lags: tuple[int, ...]
) -> Iterator[tuple[Row, Measured]]:
    """Shares of some affairs without a new topic later than each lag after a moment."""
    for lag in lags:
        ended = ~m.further(hour, lag)
        yield (
            (f"no new topic > {lag} h after", kind, delay, topics),
            Measured(rows, ended[rows].astype(np.float64)),
        )


def _relapses(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """Shares that came back after an apology, by what else was done, a penalty, an explanation."""
    apology = m.hour_of(m.first_of("apologise"))
    has = m.affairs.core & ~np.isnan(apology)
    punished = m.near(apology, PENALTIES, -EVER, 96)
    soon_punished = m.near(apology, PENALTIES, -EVER, 24)
    reversed_soon = m.near(apology, ("terminate_or_reverse",), -EVER, 24)
    groups = {
        "first apology": has,
        f"first apology, > {BIG_AROUND / 1e6:.0f} M within 24 h": has & _big(m, apology),
        "first apology, no penalty by +96 h": has & ~punished,
        "first apology, penalty by +96 h": has & punished,
        "first apology, reversal by +24 h, no penalty": has & reversed_soon & ~soon_punished,
        "first apology, neither by +24 h": has & ~reversed_soon & ~soon_punished,
    }
    for name, of in groups.items():
        yield (RELAPSE, name, "all", "core"), relapses(m, np.flatnonzero(of), apology)
    penalty = m.hour_of(m.first_of(*PENALTIES))
    of = m.affairs.core & ~np.isnan(penalty)
    yield (RELAPSE, "first penalty", "all", "core"), relapses(m, np.flatnonzero(of), penalty)
    explained = m.hour_of(m.first_of("explain"))
    alone = ~np.isnan(explained) & ~m.near(explained, ("apologise",), -EVER, 24)
    yield (
        (RELAPSE, "first explanation, no apology by +24 h", "all", "core"),
        relapses(m, np.flatnonzero(m.affairs.core & alone), explained),
    )


def _big(m: Moments, hour: _F) -> _B:
    """Affairs with much heat around a moment."""
    return big_around(m, np.arange(len(m.affairs)), np.nan_to_num(hour))


def _day_after(m: Moments) -> Iterator[tuple[Row, Measured]]:
    """The second day from a first response over the first, where that was a big one."""
    statistic, topics = "hours 24-48 / hours 0-24 after", "core, first block > 2 M"
    for kind in RESPONSE_TYPES:
        hours = m.hour_of(m.first_of(kind))
        rows = np.flatnonzero(m.affairs.core & ~np.isnan(hours))
        hour = hours[rows]
        first = m.windows.between(rows, hour, hour + 24)
        big = first > BIG_AROUND
        rows, share = (
            rows[big],
            (m.windows.between(rows, hour + 24, hour + 48) / np.maximum(first, 1))[big],
        )
        yield (f"{statistic}: median", kind, "all", topics), Measured(rows, share, MEDIAN)
        zero = (share < 0.005).astype(np.float64)
        yield (f"{statistic}: share at zero", kind, "all", topics), Measured(rows, zero)
