"""Comparisons on numbers whose answer is known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from experiments import compare
from experiments.analysis import TooFewRuns

LOWER, HIGHER, NEITHER = "outrage_burden_core", "trust_core_d14", "governance_share"


def made(effects, n_worlds=40, n_seeds=3, world_sd=1.0, seed_sd=0.1, seed=1):
    """Cells with known effects, a common world part, an own world part and seed noise."""
    rng = np.random.default_rng(seed)
    shape = (len(effects), n_worlds, n_seeds)
    common = 5 * rng.normal(size=(1, n_worlds, n_seeds))
    own = world_sd * rng.normal(size=(len(effects), n_worlds, 1))
    return np.array(effects, float)[:, None, None] + common + own + seed_sd * rng.normal(size=shape)


def test_pairing_removes_what_cells_share():
    found = compare.contrasts(made([0, 1], world_sd=0), 0, LOWER)
    assert found[1].mean == pytest.approx(1, abs=0.05)
    assert found[1].low < 1 < found[1].high < 1.1
    assert found[0].mean == found[0].low == found[0].high == 0
    assert found[1].share_better == 0.0
    assert compare.contrasts(made([0, 1], world_sd=0), 0, HIGHER)[1].share_better == 1.0
    assert np.isnan(compare.contrasts(made([0, 1]), 0, NEITHER)[1].share_better)


def test_intervals_hold_as_often_as_they_say():
    single, simultaneous = [], []
    for seed in range(150):
        found = compare.contrasts(made([0] * 6, n_seeds=1, seed=seed), 0, LOWER)[1:]
        single += [c.low <= 0 <= c.high for c in found]
        simultaneous.append(all(c.low_all <= 0 <= c.high_all for c in found))
    assert 0.90 <= np.mean(single) <= 0.98
    assert 0.88 <= np.mean(simultaneous) <= 1.0  # 150 trials: 2.6 sd below .95
    assert np.mean(simultaneous) > np.mean(single) - 0.06


def test_spread_over_worlds_and_over_seeds_are_told_apart():
    found = compare.contrasts(made([0, 0], 2000, 4, world_sd=0.5, seed_sd=0.2), 0, LOWER)[1]
    assert found.sd_parameter == pytest.approx(0.5 * 2**0.5, rel=0.1)
    assert found.sd_seed == pytest.approx(0.2 * 2**0.5, rel=0.1)


def test_too_few_worlds_are_refused_with_the_estimate_attached():
    with pytest.raises(TooFewRuns, match="10") as refusal:
        compare.contrasts(made([0, 1], n_worlds=9), 0, LOWER)
    assert refusal.value.n == 9
    assert np.isfinite(refusal.value.estimate)


def test_worlds_without_a_value_drop_out():
    values = made([0, 1], 30)
    values[1, :5] = np.nan
    assert compare.contrasts(values, 0, LOWER)[1].n_worlds == 25


def test_the_meter_asks_for_four_times_the_worlds_for_half_the_width():
    found = compare.contrasts(made([0, 1]), 0, LOWER)[1]
    half = (found.high - found.low) / 2
    assert compare.worlds_for(found, half) == 40
    assert compare.worlds_for(found, half / 2) == 160


def test_cells_near_the_best_cannot_be_told_from_it_and_far_ones_can():
    near = compare.indifferent(made([0, 0.01, 3, 4], world_sd=0.2), LOWER)
    assert near == [0, 1]
    assert compare.indifferent(made([0, 0.01, 3, 4], world_sd=0.2), HIGHER) == [3]


def test_regret_is_measured_against_the_best_of_each_world():
    values = np.array([[0.0, 4.0], [1.0, 1.0], [5.0, 0.0]])[:, :, None]
    found = compare.regret(values, LOWER)
    assert found["worst"].tolist() == [4, 1, 5]
    assert found["mean"].tolist() == [2, 1, 2.5]
    assert found["best_in"].tolist() == [0.5, 0, 0.5]


def test_satisficing_needs_every_threshold():
    cubes = {LOWER: np.array([[[1.0], [3.0]]]), HIGHER: np.array([[[0.9], [0.9]]])}
    assert compare.satisficing(cubes, {LOWER: 2, HIGHER: 0.8}).tolist() == [0.5]
    assert compare.satisficing(cubes, {LOWER: 2, HIGHER: 0.95}).tolist() == [0.0]


def test_the_front_is_what_nobody_dominates():
    table = pd.DataFrame({LOWER: [1, 2, 3, 1], HIGHER: [1, 3, 2, 1]})
    assert compare.pareto(table).tolist() == [True, True, False, True]


def test_weightings_follow_their_weights():
    means = pd.DataFrame({LOWER: [1.0, 2.0], HIGHER: [0.9, 0.8], "morale": [0.5, 1.0]})
    scores = compare.weighted(means)
    assert scores["fans_first"].idxmax() == 0
    assert scores["employees_first"].idxmax() == 1


def test_shapley_values_of_known_games():
    players = ("a", "b", "c")
    groups = [frozenset(g) for size in range(4) for g in combinations(players, size)]
    worth = {"a": 1.0, "b": 2.0, "c": 0.0}
    additive = compare.shapley({g: sum(worth[p] for p in g) for g in groups})
    assert additive == pytest.approx(worth)
    glove = compare.shapley({g: float("a" in g and len(g) > 1) for g in groups})
    assert glove == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})
    with pytest.raises(KeyError):
        compare.shapley({g: 0.0 for g in groups if g != frozenset({"a", "b"})})
