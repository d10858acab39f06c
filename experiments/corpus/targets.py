"""K01-K29 and sizes S1-S5: what a population of affairs looks like on a list.

    statistics(affairs) -> {"K01": .44, ...}      milliseconds; what a fit calls thousands of times
    intervals(affairs)  -> {"K01": Estimate, ...} with 90 % intervals

Ids are those of the shipped targets.csv, which also says what each may be used for; words for them
are in `target_words`. Definitions: docs/corpus.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs
from experiments.corpus.bootstrap import MEDIAN, Estimate, Measured, estimated, reduced
from experiments.corpus.kinds import CEO
from experiments.corpus.moments import Moments
from experiments.corpus.target_words import TARGET_WORDS

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

#: Heat-hours above which an affair is a big one: before an apology, around it, on a day.
BIG_BEFORE, BIG_AROUND, BIG_DAY = 1.5e6, 2e6, 2e6
EVER = 200.0  #: hours back: any time before
MILLION = 1e6
Named = Iterator[tuple[str, Measured]]


def statistics(affairs: Affairs) -> dict[str, float]:
    """Every statistic by its id, without intervals; NaN where no affair has what it is of."""
    return {name: reduced(one) for name, one in measured(affairs).items()}


def intervals(affairs: Affairs) -> dict[str, Estimate]:
    """Every statistic by its id, with its 90 % interval."""
    return {name: estimated(one) for name, one in measured(affairs).items()}


def measured(affairs: Affairs) -> Mapping[str, Measured]:
    """Every statistic before it is one number, by its id."""
    if not len(affairs):
        return {name: Measured(np.zeros(0, np.int64), np.zeros(0)) for name in TARGET_WORDS}
    found = Moments(affairs)
    parts = (_openings, _endings, _day_after, _peaks, _relapses, _spans, _waves, _delays, _sizes)
    return {name: one for part in parts for name, one in part(found)}


def _share(which: _B, of: _B) -> Measured:
    """The share of some affairs, among others."""
    rows = np.flatnonzero(of)
    return Measured(rows, which[rows].astype(np.float64))


def _quantiles(name: str, rows: _I, value: _F, which: tuple[int, ...], median: str = "") -> Named:
    """Quantiles of a value, named by percent; `median` is the name of the middle one."""
    for percent in which:
        own = median if percent == 50 and median else f"{name}_q{percent}"
        yield own, Measured(rows, value, percent / 100)


def _openings(m: Moments) -> Named:
    """Whether affairs begin with, peak with, or consist of a response."""
    core = m.affairs.core
    yield "K01", _share(m.first_is_response, core)
    yield "K02", _share(m.first_is_response, core & (m.affairs.victim == "fan"))
    yield "K03", _share(m.largest_is_response, core)
    yield "K04", _share(m.largest_is_response, core & ~m.first_is_response & m.answered)
    yield "K05", _share((m.n_topics == 1) & m.first_is_response, core)


def _endings(m: Moments) -> Named:
    """Whether anything new came later than some hours after an apology or a penalty."""
    apology = m.hour_of(m.first_of("apologise"))
    has = m.affairs.core & ~np.isnan(apology)
    big = has & big_before(m, apology)
    for name, lag, of in (("K06", 6, has), ("K07", 24, has), ("K08", 6, big), ("K09", 24, big)):
        yield name, _share(~m.further(apology, lag), of)
    penalty = m.hour_of(m.first_of("penalty"))
    yield "K10", _share(~m.further(penalty, 24), m.affairs.core & ~np.isnan(penalty))


def big_before(m: Moments, hour: _F) -> _B:
    """Affairs in which something was listed before a moment, and more than BIG_BEFORE of it."""
    every = np.arange(len(m.affairs))
    later = m.topics.t_h[m.affairs.first[:-1]] < hour - 0.01
    moment = np.nan_to_num(hour)
    found: _B = later & (m.windows.between(every, np.zeros(len(every)), moment) > BIG_BEFORE)
    return found


def _day_after(m: Moments) -> Named:
    """The day after the hottest day with a response, as a share of it."""
    rows, day, after = m.response_day()
    big = m.affairs.core[rows] & (day >= BIG_DAY)
    rows, share = rows[big], after[big] / day[big]
    yield from _quantiles("K11", rows, share, (50, 25, 75, 90), median="K11")
    yield "K12", Measured(rows, (share <= 0.35).astype(np.float64))
    yield "K13", Measured(rows, (share < 0.005).astype(np.float64))
    yield "K14", Measured(rows, (share > 1).astype(np.float64))


def _peaks(m: Moments) -> Named:
    """Peaks of responses over those of first topics, of apologies over those of explanations."""
    begun = m.affairs.core & ~m.first_is_response & (m.n_topics > 1) & (m.first_peak > 0)
    for name, kind in (("K15", "apologise"), ("K16", "explain"), ("K17", "penalty"), ("K18", CEO)):
        peak = m.peak_of(kind)
        rows = np.flatnonzero(begun & (peak > 0))
        yield name, Measured(rows, peak[rows] / m.first_peak[rows], MEDIAN)
    apology, explanation = m.peak_of("apologise"), m.peak_of("explain")
    apart = m.first_of("apologise") != m.first_of("explain")
    rows = np.flatnonzero(m.affairs.core & apart & (apology > 0) & (explanation > 0))
    yield "K19", Measured(rows, apology[rows] / explanation[rows], MEDIAN)


def _relapses(m: Moments) -> Named:
    """Whether affairs came back after an apology, or after an explanation alone."""
    apology = m.hour_of(m.first_of("apologise"))
    rows = np.flatnonzero(m.affairs.core & ~np.isnan(apology))
    yield "K20", relapses(m, rows, apology)
    yield "K21", relapses(m, rows[big_around(m, rows, apology)], apology)
    explanation = m.hour_of(m.first_of("explain"))
    alone = ~m.near(explanation, ("apologise",), -EVER, 24)
    rows = np.flatnonzero(m.affairs.core & ~np.isnan(explanation) & alone)
    yield "K22", relapses(m, rows, explanation)


def relapses(m: Moments, rows: _I, hour: _F) -> Measured:
    """The share of some affairs that came back after a moment of each. hour : of all affairs."""
    return Measured(rows, m.relapse(rows, hour[rows]).astype(np.float64))


def big_around(m: Moments, rows: _I, hour: _F) -> _B:
    """Which of some affairs have more than BIG_AROUND within 24 h of a moment."""
    found: _B = m.windows.between(rows, hour[rows] - 24, hour[rows] + 24) > BIG_AROUND
    return found


def _spans(m: Moments) -> Named:
    """What part of a day's heat responses have, and how long new topics come."""
    apology = m.hour_of(m.first_of("apologise"))
    rows = np.flatnonzero(m.affairs.core & (apology > 0.5))
    hour = apology[rows]
    day = m.windows.between(rows, hour, hour + 24)
    some = day > 0
    response = m.windows.between(rows, hour, hour + 24, "response")
    yield "K23", Measured(rows[some], response[some] / day[some], MEDIAN)
    rows = np.flatnonzero(m.affairs.core)
    yield from _quantiles("K24", rows, m.last_h[rows], (50, 10, 25, 75, 90), median="K24")
    yield "K25", _share(m.last_h > 24, m.affairs.core)


def _waves(m: Moments) -> Named:
    """Second waves, and where the heat of affairs lies in time."""
    rows, ratio = m.second_wave()
    again = np.zeros(len(m.affairs), dtype=np.bool_)
    again[rows] = True
    yield "K26", _share(again, m.affairs.core)
    core = m.affairs.core[rows]
    yield from _quantiles("K27", rows[core], ratio[core], (50, 25, 75), median="K27")
    total = m.windows.total()
    rows = np.flatnonzero(m.affairs.core & (total > 0))
    for name, start, end in (("a", 0, 24), ("b", 24, 48), ("c", 48, 96), ("d", 96, np.inf)):
        part = m.windows.between(rows, np.full(len(rows), start), np.full(len(rows), end))
        yield f"K28{name}", Measured(rows, part / total[rows])


def _delays(m: Moments) -> Named:
    """How long after an accusation the first apology was listed."""
    apology = m.hour_of(m.first_of("apologise"))
    rows = np.flatnonzero(m.affairs.core & ~np.isnan(apology) & ~m.first_is_response)
    yield from _quantiles("K29", rows, apology[rows], (10, 25, 50, 75, 90), median="K29")


def _sizes(m: Moments) -> Named:
    """How much heat, how many topics, and when the hottest hour was."""
    rows = np.flatnonzero(m.affairs.core)
    start = np.zeros(len(rows))
    yield from _quantiles("S1", rows, m.windows.total()[rows] / MILLION, (10, 25, 50, 75, 90))
    day = m.windows.between(rows, start, start + 24) / MILLION
    yield from _quantiles("S2", rows, day, (10, 25, 50, 75, 90))
    yield from _quantiles("S3", rows, m.n_topics[rows].astype(np.float64), (25, 50, 75, 90))
    yield "S4", _share(m.n_topics == 1, m.affairs.core)
    hottest = m.affairs.heat.argmax(axis=1).astype(np.float64)
    yield "S5", Measured(rows, hottest[rows], MEDIAN)
