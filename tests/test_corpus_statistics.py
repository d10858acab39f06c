"""K01-K29, sizes, and what followed responses: as published, and by hand."""

from __future__ import annotations

import math
import time
from functools import cache

import numpy as np
import pytest

from experiments.corpus import bootstrap, matching, responses, shipped, targets
from experiments.corpus.affairs import Affairs, Sight, gathered
from experiments.corpus.bootstrap import Measured
from experiments.corpus.instrument import Seen
from experiments.corpus.kinds import KINDS
from experiments.corpus.moments import Moments
from experiments.corpus.windows import Windows


@cache
def estimated_responses() -> dict[responses.Row, bootstrap.Estimate]:
    return responses.intervals(shipped.development())


def toy(*topics: tuple[float, str, float], heat: object = (), clock: float = 10.0) -> Affairs:
    """One affair of topics (hour, kind, peak) with hourly heat."""
    n = len(topics)
    t_h = np.array([one[0] for one in topics])
    hourly = np.asarray(heat, dtype=np.float64) if len(heat) else np.zeros(240)  # type: ignore[arg-type]
    seen = Seen(
        start_h=0.0, observed_h=240.0, source=np.arange(n), t_h=t_h,
        peak=np.array([one[2] for one in topics]), last_h=t_h,
        sample_topic=np.arange(n), sample_t=t_h, sample_heat=np.ones(n),
        sample_place=np.zeros(n, np.int64),
        heat=hourly, heat_response=0 * hourly, n_listed=np.zeros(240, np.int64),
    )  # fmt: skip
    return gathered([Sight("x", seen, [one[1] for one in topics], clock)])


def test_values_of_targets_agree_with_what_was_published() -> None:
    """To the last digit that is printed there, all 61 of them."""
    found, published = targets.statistics(shipped.development()), shipped.published_targets()
    assert set(found) == set(published) == set(targets.TARGET_WORDS)
    for name, one in published.items():
        assert round(found[name], 4) == pytest.approx(one.value, abs=1e-9), name


def test_intervals_of_targets_agree_with_what_was_published() -> None:
    """The published ones were drawn otherwise: within what 2,000 draws leave open."""
    found = targets.intervals(shipped.development())
    for name, one in shipped.published_targets().items():
        assert found[name].n == one.n
        wide = max(one.high - one.low, 1e-3)
        assert abs(found[name].low - one.low) < 0.2 * wide, name
        assert abs(found[name].high - one.high) < 0.25 * wide, name


def test_responses_agree_with_what_was_published() -> None:
    """Values, intervals and numbers of affairs of R001-R172 to the last digit printed."""
    found, published = estimated_responses(), shipped.published_responses()
    ids = shipped.response_rows()
    assert {ids[row] for row in found} == {f"R{k:03d}" for k in range(1, 173)}
    for row, one in found.items():
        was = published[row]
        assert one.n == was.n
        for mine, theirs in ((one.value, was.value), (one.low, was.low), (one.high, was.high)):
            assert (math.isnan(mine) and math.isnan(theirs)) or abs(mine - theirs) < 5.1e-4, row


def test_controls_are_worth_what_was_published() -> None:
    published = shipped.published_responses()
    for row, pairs in matching.pairs_of(shipped.development()):
        assert pairs.n_controls() == pytest.approx(published[row].n_controls, abs=0.051)


def test_values_are_those_of_the_intervals() -> None:
    """A fit asks for values alone, thousands of times."""
    affairs = shipped.development()
    began = time.perf_counter()
    plain = targets.statistics(affairs)
    assert time.perf_counter() - began < 0.5
    assert plain == {name: one.value for name, one in targets.intervals(affairs).items()}
    rows = estimated_responses()
    assert responses.responses(affairs) == {row: one.value for row, one in rows.items()}


def test_core_statistics_by_hand() -> None:
    a, e, x = "attack_or_other", "explain", "apologise"
    found = targets.statistics(toy((0, a, 100), (5, e, 50), (10, x, 200), (40, a, 20)))
    assert (found["K01"], found["K03"], found["K06"], found["K07"]) == (0, 1, 0, 0)
    assert (found["K15"], found["K16"], found["K19"]) == (2, 0.5, 4)
    assert (found["K24"], found["K25"], found["K26"], found["K29"]) == (40, 1, 1, 10)
    assert (found["S3_q50"], found["S4"]) == (4, 0)
    assert math.isnan(found["K10"])  # of nobody


def test_what_lies_on_a_border() -> None:
    """A topic at the lag is not later than it; 24 h without one are no second wave, more are."""
    a, x = "attack_or_other", "apologise"
    just = toy((0, a, 9), (10, x, 9), (34, a, 9))
    found = targets.statistics(just)
    assert (found["K06"], found["K07"], found["K26"]) == (0, 1, 0)
    heat = np.zeros(240)
    heat[[9, 10, 34, 35]] = 8e5, 4e5, 2e5, 6e5
    later = toy((0, a, 9), (10, x, 9), (34.5, a, 9), heat=heat)
    found = targets.statistics(later)
    assert (found["K07"], found["K26"], found["K27"]) == (0, 1, 0.75)
    m = Moments(just)
    assert m.near(np.array([34.0]), ("apologise",), -24, 0).tolist() == [True]
    assert m.near(np.array([9.0]), ("apologise",), -24, 1).tolist() == [True]
    assert m.near(np.array([9.0]), ("apologise",), -24, 0.5).tolist() == [False]
    assert m.further(np.array([33.0]), 1).tolist() == [False]
    assert math.isnan(m.hour_of(m.first_of("deny"))[0])
    assert m.hour_of(np.array([0]))[0] == 0


def test_an_affair_of_one_response() -> None:
    found = targets.statistics(toy((0, "apologise", 100)))
    assert (found["K01"], found["K05"], found["K25"], found["S4"]) == (1, 1, 0, 1)


@pytest.mark.parametrize(("again", "topics", "back"), [(5e5, 1, 1), (5e5, 0, 0), (1e5, 1, 0)])
def test_a_relapse_needs_a_topic_and_heat(again: float, topics: int, back: int) -> None:
    heat = np.zeros(240)
    heat[10:14], heat[60:64] = 1e6, again
    late = [(60.0, "attack_or_other", 1.0)] * topics
    affairs = toy((0, "attack_or_other", 1), (10, "apologise", 1), *late, heat=heat)
    assert targets.statistics(affairs)["K20"] == back


def test_the_day_of_a_response_is_one_of_the_calendar() -> None:
    """From 10:00 the first day ends at hour 14."""
    heat = np.zeros(240)
    heat[:14], heat[14:38] = 3e5, 1e5
    rows, day, after = Moments(toy((0, "apologise", 1), heat=heat)).response_day()
    assert (rows[0], day[0], after[0]) == pytest.approx((0, 4.2e6, 2.4e6))


def test_heat_between_moments() -> None:
    heat = np.zeros(240)
    heat[:10] = 100
    windows, one = Windows(toy((0, "explain", 1), heat=heat)), np.array([0])

    def held(start: float, end: float) -> float:
        return float(windows.between(one, np.array([start]), np.array([end]))[0])

    assert (held(0, 10), held(2.5, 3.25), held(-5, 2)) == (1000, 75, 200)
    assert (held(5, 3), held(8, 1e9)) == (0, 200)
    assert windows.between(one, np.array([0.0]), np.array([9.0]), "rest")[0] == 900


def test_nothing_gives_nothing() -> None:
    nobody = gathered([])
    assert all(math.isnan(value) for value in targets.statistics(nobody).values())
    assert responses.responses(nobody) == {}


def test_a_response_by_its_second_code_counts_as_that_kind() -> None:
    """Who is asked for an apology finds it; whether a topic is a response is its first code."""
    affairs = toy((0, "attack_or_other", 9), (5, "explain", 5))
    affairs.topics.codes[1] |= 1 << KINDS.index("apologise")
    m = Moments(affairs)
    assert m.hour_of(m.first_of("apologise"))[0] == 5
    assert m.first_of("apologise") == m.first_of("explain")
    assert math.isnan(targets.statistics(affairs)["K19"])  # one topic is not two


def test_the_bootstrap_draws_affairs() -> None:
    value = np.repeat(np.random.default_rng(0).normal(size=30), 20)
    affairs = np.repeat(np.arange(30), 20)
    whole = bootstrap.estimated(Measured(affairs, value))
    apart = bootstrap.estimated(Measured(np.arange(600), value))
    assert whole.high - whole.low > 3 * (apart.high - apart.low)


@pytest.mark.parametrize("quantile", [None, 0.25, 0.5])
def test_draws_at_once_are_draws_one_by_one(quantile: float | None) -> None:
    """The same affairs are drawn, and the same is made of them."""
    value = np.random.default_rng(3).lognormal(size=41)
    rng = np.random.default_rng(bootstrap.SEED)
    plain = [value[rng.integers(0, 41, 41)] for _ in range(bootstrap.DRAWS)]
    made = [one.mean() if quantile is None else np.quantile(one, quantile) for one in plain]
    found = bootstrap.estimated(Measured(np.arange(41), value, quantile))
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(made, [5, 95])))


def test_few_affairs_have_no_interval() -> None:
    found = bootstrap.estimated(Measured(np.arange(2), np.array([1.0, 3.0])))
    assert found.value == 2
    assert math.isnan(found.low)
    assert bootstrap.estimated(Measured(np.arange(1), np.array([np.nan]))).n == 0
