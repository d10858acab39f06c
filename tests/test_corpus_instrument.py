"""The list as an instrument: what it shows of a topic, and hourly heat out of samples."""

from __future__ import annotations

import time

import numpy as np
import pytest

from experiments.corpus import shipped, targets
from experiments.corpus.affairs import Sight, gathered
from experiments.corpus.instrument import curves_of, hourly, observe
from experiments.corpus.kinds import RESPONSES

EVERY_HOUR = np.arange(0, 48.0)


def curve(t: list[float], heat: list[float], samples: object, grid: object) -> np.ndarray:
    """Heat of one topic."""
    at = None if samples is None else np.asarray(samples, dtype=np.float64)
    topic = np.zeros(len(t), np.int64)
    return curves_of(topic, np.array(t), np.array(heat), at, np.asarray(grid), 1)[0]


def test_between_samples_heat_changes_by_a_constant_factor() -> None:
    grid = np.arange(0, 6, 1 / 6) + 1 / 12
    y = curve([0, 1], [1e5, 4e5], np.arange(9.0), grid)
    assert y[3] == pytest.approx(1e5 * 4 ** grid[3])
    assert y[grid > 1.5].max() == 0  # half-way to the sample that shows it no more
    assert y[(grid > 1) & (grid < 1.5)].min() > 0


def test_a_seen_absence_is_not_bridged() -> None:
    grid = np.arange(0, 4, 1 / 6) + 1 / 12
    y = curve([0, 2], [1e5, 1e5], [0, 1, 2, 3], grid)
    assert y[(grid > 0.5) & (grid < 2)].max() == 0


def test_where_absences_are_unknown_a_topic_fades_for_twelve_hours() -> None:
    y = curve([0], [1e6], None, np.arange(0, 20, 0.5))
    assert y[4] > 0
    assert y[26] == 0
    assert (curve([0, 5], [1e6, 1e6], None, np.arange(0, 5, 0.5)) < 1e6).sum() == 9


def test_what_is_left_of_a_topic_below_three_percent_is_nothing() -> None:
    y = curve([0], [1e6], [0, 30], np.arange(0, 12, 0.5))
    assert y[y > 0].min() >= 0.03 * 1e6


def test_hours_are_means_and_responses_are_told_apart() -> None:
    topic = np.array([0, 1])
    total, response, most = hourly(
        topic, np.zeros(2), np.array([1e5, 3e5]), np.array([0.0, 1.0]), 3, np.array([False, True])
    )
    assert response[0] == pytest.approx(0.75 * total[0])
    assert most.tolist() == [2, 0, 0]
    assert total[1:].sum() == 0


def test_the_list_hides_what_is_below_its_threshold() -> None:
    t = np.arange(0, 48, 0.1)
    heat = np.array([
        3e5 * 2 ** (-np.maximum(t - 3, 0) / 1.5) * (t >= 3),
        5e4 * (t > 10),  # never enough
        4e5 * ((t > 8) & (t < 9.5)),
    ])  # fmt: skip
    threshold = np.full(48, 1e5)
    seen = observe(t, heat, np.array([False, True, True]), EVERY_HOUR, threshold, 48.0)
    assert seen is not None
    assert (seen.start_h, seen.observed_h) == (3, 45)
    assert seen.source.tolist() == [0, 2]
    assert seen.t_h.tolist() == [0, 6]
    assert seen.sample_heat.min() >= 1e5
    assert seen.peak == pytest.approx([3e5, 4e5])
    affairs = gathered([Sight("sim0", seen, ["attack_or_other", "apologise", "explain"], clock=9)])
    assert targets.statistics(affairs)["K03"] == 1
    low = observe(t, np.full((1, len(t)), 10.0), np.array([True]), EVERY_HOUR, threshold, 48.0)
    assert low is None


def test_samples_missing_from_the_clock_show_nothing() -> None:
    """The archive samples unevenly: what came and went between two samples was never there."""
    t = np.arange(0, 48, 0.1)
    heat = np.array([2e5 * ((t > 0) & (t < 20)), 4e5 * ((t > 7) & (t < 9.5))])
    clock = EVERY_HOUR[(EVERY_HOUR < 7) | (EVERY_HOUR > 10)]
    seen = observe(t, heat, np.array([False, True]), clock, np.full(len(clock), 1e5), 48.0)
    assert seen is not None
    assert seen.source.tolist() == [0]


def test_only_so_many_at_once() -> None:
    t = np.arange(0, 10, 0.1)
    heat = np.array([np.full(len(t), 2e5), np.full(len(t), 3e5)])
    clock = np.arange(10.0)
    seen = observe(t, heat, np.array([False, True]), clock, np.full(10, 1e5), 10.0, at_once=1)
    assert seen is not None
    assert seen.source.tolist() == [1]
    assert set(seen.sample_place) == {0}


def test_what_lies_on_a_border() -> None:
    """Four hours are bridged, and an absence four hours later cuts; the threshold itself lists."""
    grid = np.arange(0, 12, 0.5)
    assert curve([0, 4], [1e5, 1e5], [0, 4], grid)[grid < 4] == pytest.approx(1e5)
    assert curve([0, 4.1], [1e5, 1e5], [0, 4.1], grid)[grid == 3.5][0] < 2e4
    assert curve([0], [1e5], [0, 4], grid)[grid >= 2].max() == 0
    assert curve([0], [1e5], [0, 4.1], grid)[grid == 2][0] > 0
    t = np.arange(0, 10, 0.5)
    heat = np.array([np.where(t <= 3, 1e5, 9e4)])
    seen = observe(t, heat, np.array([False]), np.arange(10.0), np.full(10, 1e5), 9.4)
    assert seen is not None
    assert seen.sample_t.tolist() == [0, 1, 2, 3]
    assert len(seen.heat) == 10
    assert seen.observed_h == 9.4


def test_a_peak_is_one_of_the_first_day_and_a_half() -> None:
    t = np.arange(0, 60, 0.5)
    heat = np.array([np.select([t < 36, t == 36], [2e5, 3e5], 9e5)])
    seen = observe(t, heat, np.array([False]), np.arange(60.0), np.full(60, 1e5), 60.0)
    assert seen is not None
    assert seen.peak.tolist() == [3e5]
    assert seen.last_h.tolist() == [36]
    assert seen.sample_heat.max() == 9e5


def test_topics_of_one_sample_come_by_place() -> None:
    """And nothing is listed of a topic without heat, whatever the threshold."""
    t = np.arange(0, 10, 0.5)
    heat = np.array([np.full(20, 2e5), np.full(20, 4e5), np.full(20, 3e5), np.zeros(20)])
    seen = observe(t, heat, np.zeros(4, np.bool_), np.arange(10.0), np.zeros(10), 10.0)
    assert seen is not None
    assert seen.source.tolist() == [1, 2, 0]
    assert [seen.sample_place[seen.sample_topic == k][0] for k in range(3)] == [0, 1, 2]
    assert seen.n_listed[:9].tolist() == [3] * 9


def test_before_and_after_its_course_a_topic_has_no_heat() -> None:
    t = np.arange(2, 5, 0.5)
    seen = observe(t, np.full((1, 6), 2e5), np.array([True]), np.arange(10.0), np.ones(10), 10.0)
    assert seen is not None
    assert (seen.start_h, seen.sample_t.tolist()) == (2, [0, 1, 2])


def test_observing_an_affair_takes_milliseconds() -> None:
    rng, t = np.random.default_rng(1), np.arange(0, 168, 0.25)
    begins = rng.uniform(0, 60, (10, 1))
    heat = 5e5 * 2 ** (-np.maximum(t - begins, 0)) * (t >= begins)
    clock = np.arange(0, 168.0)
    best = np.inf
    for _ in range(20):
        began = time.perf_counter()
        observe(t, heat, np.zeros(10, np.bool_), clock, np.full(168, 1e5), 168.0)
        best = min(best, time.perf_counter() - began)
    assert best < 3e-3


def test_series_can_be_made_again_from_samples() -> None:
    """Of the shipped affairs, with the archive's own clock: the same hourly heat to a unit."""
    affairs, clock = shipped.development(), shipped.sampling_clock()
    samples, topics, first = affairs.samples, affairs.topics, affairs.first
    for row in range(0, len(affairs), 8):
        start = clock[np.argmin(np.abs(clock - affairs.start[row]))]
        of = samples.affair == row
        numbers = topics.number[first[row] : first[row + 1]]
        place = np.argsort(numbers)[np.searchsorted(np.sort(numbers), samples.topic[of])]
        order = np.argsort(place, kind="stable")
        hours = affairs.heat.shape[1]
        total, response, _ = hourly(
            place[order], samples.t_h[of][order], samples.heat[of][order], (clock - start) / 3600,
            hours, topics.response[first[row] : first[row + 1]],
        )  # fmt: skip
        assert np.abs(total - affairs.heat[row]).max() < 2e-3 * affairs.heat[row].max() + 1
        assert response.sum() == pytest.approx(affairs.heat_response[row].sum(), rel=1e-3, abs=50)


def test_kinds_of_responses_are_what_topics_say() -> None:
    topics = shipped.development().topics
    assert topics.response.sum() == 490
    assert not (topics.response & topics.other).any()
    assert len(RESPONSES) == 7
