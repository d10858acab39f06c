"""The list as an instrument: what samples of it show of an affair, and hourly heat out of samples.

Simulated affairs pass through `observe`; real ones were sampled. From there both are one kind of
thing, and the same `hourly` makes their series.

    seen = observe(hours, heat, is_response, samples_at, threshold, until)

Between two samples up to BRIDGED_H apart a topic's heat is taken to change by a constant factor;
after its last sample before an absence it falls as topics do that were measured (FADING), up to
half-way to that sample. Below LEAST of the topic's largest sample it counts as gone. Definitions:
section 3 of the corpus's description, docs/corpus.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

#: Mean heat 0, 1, ... 12 h after a topic's largest sample as a share of it, absent = 0; topics with
#: a peak above 200,000, June 2024 to January 2026.
FADING = np.array([1.0, 0.430998, 0.18677, 0.094659, 0.051928, 0.031693, 0.024677, 0.023974,
                   0.025381, 0.024356, 0.020591, 0.014244, 0.00815])  # fmt: skip
BRIDGED_H = 4.0  #: samples further apart than this say nothing of what was between them
FADED_H = 12.0  #: how long a topic fades of which nobody knows when it went
LEAST = 0.03  #: of a topic's largest sample; below it counts as gone
PER_HOUR = 6  #: points of an hour at which heat is taken
SAME_H = 1 / 60  #: samples closer than a minute are one
PEAK_WITHIN_H = 36.0  #: a topic's peak is its largest sample within so many hours of first sight


@dataclass(frozen=True, eq=False)
class Seen:
    """What the list showed of one affair. Hours count from the first sample with a topic of it.

    k topics in order of first sight, ties by place; m samples by topic, then hour; h hours.
    """

    start_h: float  #: that first sample, on the clock of what was observed
    observed_h: float  #: hours that were watched from there
    source: _I  #: which of the topics that were given, int[k]
    t_h: _F  #: first sight, float[k]
    peak: _F  #: float[k]
    last_h: _F  #: last sight, float[k]
    sample_topic: _I  #: place among the k, int[m]
    sample_t: _F  #: float[m]
    sample_heat: _F  #: float[m]
    sample_place: _I  #: among the affair's own topics, from 0, int[m]
    heat: _F  #: mean index over each hour, float[h]
    heat_response: _F  #: of it in response topics, float[h]
    n_listed: _I  #: most topics at once in each hour, int[h]


def observe(
    hours: _F,
    heat: _F,
    is_response: _B,
    samples_at: _F,
    threshold: _F,
    until: float,
    at_once: int | None = None,
) -> Seen | None:
    """One affair as samples of the list show it; None if no sample shows anything.

    hours : moments at which heat is given, rising, float[n]. heat : float[topics, n], 0 before a
    topic is there. samples_at : the sampling clock, on the same clock as hours, rising, float[s].
    threshold : heat that a topic needs to be listed in each sample, float[s]. until : when watching
    ends. at_once : at most so many topics of the affair are listed in one sample.
    """
    topic, when, heat, place = _sampled(hours, heat, samples_at, threshold, at_once)
    if not len(topic):
        return None
    return seen_in(
        topic, samples_at[when], heat, place, samples_at, until, is_response
    )  # fmt: skip


def seen_in(
    topic: _I, at: _F, heat: _F, place: _I, samples_at: _F, until: float, is_response: _B
) -> Seen:
    """One affair out of its samples, at least one: which topic (0, 1, ...), when, heat and place.

    samples_at : all samples of the list, on the same clock as `at`. until : when watching ends.
    is_response : by topic.
    """
    start = float(at.min())
    clock, t_h = samples_at - start, at - start
    source, number = _by_first_sight(topic, t_h, place)
    rows = np.lexsort((t_h, number[topic]))
    topic, t_h, heat, place = number[topic][rows], t_h[rows], heat[rows], place[rows]
    begins = np.searchsorted(topic, np.arange(len(source)))
    early = t_h <= t_h[begins][topic] + PEAK_WITHIN_H
    total, response, most = hourly(
        topic, t_h, heat, clock, int(np.ceil(until - start)), is_response[source]
    )
    return Seen(
        start_h=start,
        observed_h=until - start,
        source=source,
        t_h=t_h[begins],
        peak=np.maximum.reduceat(np.where(early, heat, 0.0), begins),
        last_h=np.maximum.reduceat(np.where(early, t_h, 0.0), begins),
        sample_topic=topic,
        sample_t=t_h,
        sample_heat=heat,
        sample_place=place,
        heat=total,
        heat_response=response,
        n_listed=most,
    )


def _sampled(
    hours: _F, heat: _F, samples_at: _F, threshold: _F, at_once: int | None
) -> tuple[_I, _I, _F, _I]:
    """What samples show: topic, number of the sample, heat, place; by topic, then sample.

    Arguments as in `observe`.
    """
    sampled = np.array([np.interp(samples_at, hours, row, left=0.0, right=0.0) for row in heat])
    order = np.argsort(sampled, axis=0)[::-1]
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(len(heat))[:, None], axis=0)
    listed = (sampled >= threshold) & (sampled > 0)
    if at_once is not None:
        listed &= place < at_once
    topic, when = np.nonzero(listed)
    return topic, when, sampled[topic, when], place[topic, when]


def _by_first_sight(topic: _I, t_h: _F, place: _I) -> tuple[_I, _I]:
    """Topics in order of first sight, ties by place; and the number of each, by the old one.

    topic, t_h, place : of samples, in any order.
    """
    order = np.lexsort((place, t_h, topic))
    ids, at = np.unique(topic[order], return_index=True)
    first = order[at]
    source = ids[np.lexsort((place[first], t_h[first]))]
    number = np.zeros(topic.max() + 1, dtype=np.int64)
    number[source] = np.arange(len(source))
    return source, number


def hourly(
    topic: _I, t_h: _F, heat: _F, samples_at: _F | None, hours: int, is_response: _B
) -> tuple[_F, _F, _I]:
    """Mean heat of an affair's hours, of it in response topics, and most topics at once.

    topic, t_h, heat : samples by topic (0, 1, ...), then hour. samples_at : all samples of the
    list, None if absences are unknown. is_response : by topic. hours : how many, from hour 0.
    """
    grid = (np.arange(hours * PER_HOUR) + 0.5) / PER_HOUR
    curves = curves_of(topic, t_h, heat, samples_at, grid, len(is_response))

    def means(rows: _F) -> _F:
        mean: _F = rows.sum(axis=0).reshape(-1, PER_HOUR).mean(axis=1)
        return mean

    at_once = (curves > 0).sum(axis=0).reshape(-1, PER_HOUR).max(axis=1)
    return means(curves), means(curves[is_response]), at_once


def curves_of(topic: _I, t_h: _F, heat: _F, samples_at: _F | None, grid: _F, n_topics: int) -> _F:
    """Heat of topics at the moments of a rising grid, float[n_topics, len(grid)].

    Other arguments as in `hourly`. Every sample of a topic has a stretch of the grid after it, to
    its next sample or to its end; all stretches are laid out at once.
    """
    heat = np.maximum(heat, 1.0)
    again = np.append(topic[1:] == topic[:-1], False)
    following = np.where(again, np.append(t_h[1:], 0.0), np.inf)
    gone = _gone(t_h, following, samples_at)
    bridged = again & np.isinf(gone) & (following - t_h <= BRIDGED_H)
    with np.errstate(invalid="ignore"):
        fading_to = np.where(gone - t_h <= BRIDGED_H, (t_h + gone) / 2, t_h + FADED_H)
    until = np.where(bridged, following, np.minimum(fading_to, following))
    low = np.searchsorted(grid, t_h)
    n_points = np.maximum(np.searchsorted(grid, until) - low, 0)
    of = np.repeat(np.arange(len(t_h)), n_points)
    at = np.arange(len(of)) - np.repeat(np.cumsum(n_points) - n_points, n_points) + low[of]
    since = grid[at] - t_h[of]
    steepness = np.zeros(len(t_h))
    k = np.flatnonzero(bridged)
    steepness[k] = (np.log(heat[k + 1]) - np.log(heat[k])) / (t_h[k + 1] - t_h[k])
    faded = heat[of] * np.interp(since, np.arange(len(FADING)), FADING, right=0.0)
    between = np.exp(np.log(heat[of]) + steepness[of] * since)
    curves = np.zeros((n_topics, len(grid)))
    curves[topic[of], at] = np.where(bridged[of], between, faded)
    largest = np.zeros(n_topics)
    np.maximum.at(largest, topic, heat)
    curves[curves < LEAST * largest[:, None]] = 0.0
    return curves


def _gone(t_h: _F, following: _F, samples_at: _F | None) -> _F:
    """The first sample after each of a topic's that shows it no more before its next; else inf."""
    if samples_at is None or not len(samples_at):
        return np.full(len(t_h), np.inf)
    k = np.searchsorted(samples_at, t_h + SAME_H)
    after = np.append(samples_at, np.inf)[k]
    return np.where(after < following - SAME_H, after, np.inf)
