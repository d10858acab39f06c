"""Comparisons on numbers whose answer is known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from experiments.reading import compare
from experiments.reading.intervals import TooFewRuns

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


def apart(n_cells, n_worlds, seed):
    """Cells whose differences from the first are independent: no noise in the first."""
    values = np.random.default_rng(seed).normal(size=(n_cells + 1, n_worlds, 1))
    values[0] = 0.0
    return values


def test_intervals_hold_as_often_as_they_say():
    """1,200 cells without an effect, 40 worlds each: some 94 of 100 intervals hold nothing."""
    hits = []
    for seed in range(6):
        found = compare.contrasts(apart(200, 40, seed), 0, LOWER)[1:]
        hits += [c.low <= 0 <= c.high for c in found]
    assert 0.92 <= np.mean(hits) <= 0.97  # sd .007; an interval of 90 % covers .89


def test_widths_of_intervals_and_bands_are_those_of_theory():
    """2,000 worlds, eight independent cells: 1.96 standard errors, and 2.73 for all at once.

    max |z| of eight normals is below 2.727 in .95 of cases and below 2.478 in .90.
    """
    values = apart(8, 2000, 5)
    found = compare.contrasts(values, 0, LOWER)[1:]
    error = values[1:, :, 0].std(axis=1) / 2000**0.5
    assert [(c.high - c.low) / 2 for c in found] == pytest.approx(list(1.96 * error), rel=0.07)
    all_at_once = np.mean([(c.high_all - c.low_all) / 2 for c in found] / error)
    assert all_at_once == pytest.approx(2.727, abs=0.09)
    assert [c.mean for c in found] == pytest.approx(list(values[1:].mean(axis=(1, 2))))
    assert [(c.high_all + c.low_all) / 2 for c in found] == pytest.approx([c.mean for c in found])
    assert [c.cell for c in found] == list(range(1, 9))


def test_where_nothing_moves_the_bands_have_no_width():
    found = compare.contrasts(np.ones((3, 20, 2)) * np.array([1, 1, 4])[:, None, None], 0, LOWER)
    assert [(c.low_all, c.mean, c.high_all) for c in found] == [(0, 0, 0), (0, 0, 0), (3, 3, 3)]
    assert found[1].n_worlds == 20 and found[1].n_runs == 40


def test_worlds_in_which_a_cell_is_better_are_counted_and_ties_are_half():
    """Twelve worlds: 6 lower by 2, 3 higher by 1, 3 the same."""
    difference = np.array([-2.0] * 6 + [1.0] * 3 + [0.0] * 3)
    values = np.stack([np.full(12, 5.0), 5.0 + difference])[:, :, None]
    assert compare.contrasts(values, 0, LOWER)[1].share_better == pytest.approx(7.5 / 12)
    assert compare.contrasts(values, 0, HIGHER)[1].share_better == pytest.approx(4.5 / 12)
    assert compare.contrasts(values, 0, LOWER)[0].share_better == 0.5
    assert compare.contrasts(values, 1, LOWER)[0].share_better == pytest.approx(4.5 / 12)


def test_spread_over_worlds_and_over_seeds_are_told_apart():
    found = compare.contrasts(made([0, 0], 2000, 4, world_sd=0.5, seed_sd=0.2), 0, LOWER)[1]
    assert found.sd_parameter == pytest.approx(0.5 * 2**0.5, rel=0.1)
    assert found.sd_seed == pytest.approx(0.2 * 2**0.5, rel=0.1)


def test_what_is_of_seeds_is_no_spread_over_worlds():
    """Two seeds of sd 1 leave means of sd .71 a cell, where worlds differ by .5."""
    found = compare.contrasts(made([0, 0], 8000, 2, world_sd=0.5, seed_sd=1.0), 0, LOWER)[1]
    assert found.sd_parameter == pytest.approx(0.5 * 2**0.5, rel=0.15)
    assert found.sd_seed == pytest.approx(1.0 * 2**0.5, rel=0.05)
    nothing = compare.contrasts(made([0, 0], 50, 2, world_sd=0.0, seed_sd=2.0, seed=3), 0, LOWER)
    assert 0 <= nothing[1].sd_parameter < 1  # never the root of a negative number
    one = compare.contrasts(made([0, 0], 2000, 1, world_sd=0.5, seed_sd=0.0), 0, LOWER)[1]
    assert np.isnan(one.sd_seed) and one.sd_parameter == pytest.approx(0.5 * 2**0.5, rel=0.1)


def test_too_few_worlds_are_refused_with_the_estimate_attached():
    values = made([0, 1], n_worlds=9)
    with pytest.raises(TooFewRuns, match="10") as refusal:
        compare.contrasts(values, 0, LOWER)
    assert refusal.value.n == 9
    assert refusal.value.estimate == pytest.approx((values - values[0]).mean())
    with pytest.raises(TooFewRuns) as refusal:
        compare.indifferent(values, LOWER)
    assert refusal.value.n == 9
    with pytest.raises(TooFewRuns) as refusal:
        compare.contrasts(np.full((2, 12, 1), np.nan), 0, LOWER)
    assert refusal.value.n == 0 and np.isnan(refusal.value.estimate)
    for found in (compare.contrasts, lambda v, *_: compare.indifferent(v, LOWER)):
        found(made([0, 1], n_worlds=10), 0, LOWER)  # ten are enough


def test_worlds_without_a_value_drop_out():
    values = made([0, 1], 30)
    values[1, :5] = np.nan
    values[0, 6, 1] = np.nan  # in one seed of three: a mean over the other two is another number
    assert compare.contrasts(values, 0, LOWER)[1].n_worlds == 24


def test_means_are_of_what_is_defined():
    values = np.array([[1.0, np.nan, 5.0], [np.nan, np.nan, np.nan]])
    assert compare.mean_of(values, 1)[0] == 3.0 and np.isnan(compare.mean_of(values, 1)[1])
    assert compare.mean_of(values, (0, 1)) == 3.0


def test_the_meter_asks_for_four_times_the_worlds_for_half_the_width():
    found = compare.contrasts(made([0, 1]), 0, LOWER)[1]
    half = (found.high - found.low) / 2
    assert compare.worlds_for(found, half) == 40
    assert compare.worlds_for(found, half / 2) == 160


def test_cells_near_the_best_cannot_be_told_from_it_and_far_ones_can():
    near = compare.indifferent(made([0, 0.01, 3, 4], world_sd=0.2), LOWER)
    assert near == [0, 1]
    assert compare.indifferent(made([0, 0.01, 3, 4], world_sd=0.2), HIGHER) == [3]


def test_a_cell_that_does_just_what_the_best_does_cannot_be_told_from_it():
    values = made([0, 0, 3], world_sd=0.2)
    values[1] = values[0]
    assert compare.indifferent(values, LOWER) == [0, 1]


def test_leaders_are_the_best_means_best_first():
    values = made([3, 0, 2, 1], world_sd=0.1)
    assert compare.leaders(values, LOWER, 3) == [1, 3, 2]
    assert compare.leaders(values, HIGHER, 2) == [0, 2]
    values[1, :5] = np.nan  # what is not defined in some worlds is judged by the others
    assert compare.leaders(values, LOWER, 1) == [1]


def test_regret_is_measured_against_the_best_of_each_world():
    values = np.array([[0.0, 4.0], [1.0, 1.0], [5.0, 0.0]])[:, :, None]
    found = compare.regret(values, LOWER)
    assert found["worst"].tolist() == [4, 1, 5]
    assert found["mean"].tolist() == [2, 1, 2.5]
    assert found["best_in"].tolist() == [0.5, 0, 0.5]


def test_a_regret_table_by_hand():
    """Eleven worlds, so that 90 % lie at the tenth of eleven losses: 0, 1, ... 10 give 9."""
    first, second = np.zeros(11), np.arange(11.0)
    values = np.stack([np.stack([first, first], 1), np.stack([second - 1, second + 1], 1)])
    found = compare.regret(values, LOWER)  # two seeds a world: the mean of them is what counts
    assert found.loc[1, ["mean", "p90", "worst"]].tolist() == [5.0, 9.0, 10.0]
    assert found.loc[0, ["mean", "p90", "worst"]].tolist() == [0.0, 0.0, 0.0]
    assert found["best_in"].tolist() == [1.0, 1 / 11]  # both, where they are the same
    other = compare.regret(values, HIGHER)
    assert other["mean"].tolist() == [5.0, 0.0] and other["best_in"].tolist() == [1 / 11, 1.0]
    values[0, 10] = np.nan  # a world that lacks a cell is no world to compare in
    assert compare.regret(values, LOWER).loc[1, "worst"] == 9.0


def test_satisficing_needs_every_threshold():
    cubes = {LOWER: np.array([[[1.0], [3.0]]]), HIGHER: np.array([[[0.9], [0.9]]])}
    assert compare.satisficing(cubes, {LOWER: 2, HIGHER: 0.8}).tolist() == [0.5]
    assert compare.satisficing(cubes, {LOWER: 2, HIGHER: 0.95}).tolist() == [0.0]


def test_what_just_meets_a_threshold_meets_it():
    cubes = {LOWER: np.array([[[1.0, 3.0], [2.5, 2.0]]]), HIGHER: np.full((1, 2, 2), 0.5)}
    assert compare.satisficing(cubes, {LOWER: 2.0}).tolist() == [0.5]
    assert compare.satisficing(cubes, {HIGHER: 0.5}).tolist() == [1.0]
    assert compare.satisficing(cubes, {LOWER: 2.25, HIGHER: 0.5}).tolist() == [1.0]


def test_the_front_is_what_nobody_dominates():
    table = pd.DataFrame({LOWER: [1, 2, 3, 1], HIGHER: [1, 3, 2, 1]})
    assert compare.pareto(table).tolist() == [True, True, False, True]
    same_in_one = pd.DataFrame({LOWER: [1, 1], HIGHER: [1, 2]})
    assert compare.pareto(same_in_one).tolist() == [False, True]


def test_weightings_follow_their_weights():
    means = pd.DataFrame({LOWER: [1.0, 2.0], HIGHER: [0.9, 0.8], "morale": [0.5, 1.0]})
    scores = compare.weighted(means)
    assert scores["fans_first"].idxmax() == 0
    assert scores["employees_first"].idxmax() == 1


def test_a_score_by_hand():
    """Two cells stand at +1 and -1 of each outcome: 3 + 3 - 1 of 7 for fans, 3 - 1 - 1 of 5."""
    means = pd.DataFrame({LOWER: [1.0, 2.0], HIGHER: [0.9, 0.8], "morale": [0.5, 1.0]})
    scores = compare.weighted(means)
    assert scores["fans_first"].tolist() == pytest.approx([5 / 7, -5 / 7])
    assert scores["employees_first"].tolist() == pytest.approx([-1 / 5, 1 / 5])
    assert scores["investors_first"].tolist() == pytest.approx([1.0, -1.0])
    flat = compare.weighted(pd.DataFrame({LOWER: [1.0, 1.0]}))
    assert flat["fans_first"].tolist() == [0.0, 0.0]
    assert flat["investors_first"].tolist() == [0.0, 0.0]  # nothing of theirs is there


# --- frames of a study ----------------------------------------------------------------------------


def table_of(**blocks):
    """A frame as `frame_of` makes it: block -> (cells, first world, values[cell, world, seed])."""
    rows = []
    for block, (cells, first, values) in blocks.items():
        for c, cell in enumerate(cells):
            for w, seeds in enumerate(values[c]):
                for s, value in enumerate(seeds):
                    row = {"block": block, "cell": cell, "world": first + w, "seed": s}
                    rows.append({**row, LOWER: value, HIGHER: -value})
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


def test_a_cube_is_cells_by_worlds_by_seeds_of_one_block():
    values = made([0, 1, 2], 4, 2)
    table = table_of(main=((0, 1, 2), 0, values), rival=((0, 1, 2), 0, values + 9))
    assert np.array_equal(compare.cube(table, LOWER), values)
    assert np.array_equal(compare.cube(table, LOWER, "rival"), values + 9)


def test_the_same_under_rival_structures_is_compared_in_the_same_worlds():
    """The rival was run in worlds 1 and 2 of four only: the model itself counts there only."""
    main = np.array([[[0.0], [0], [0], [0]], [[1.0], [2], [4], [100]]])
    rival = np.array([[[5.0], [5]], [[5.5], [6.5]]])
    table = table_of(main=((0, 1), 0, main), no_list=((0, 1), 1, rival))
    found = compare.structure(table, ["no_list"], LOWER, 0)
    assert found["main"].tolist() == [0, 3] and found["no_list"].tolist() == [0, 1]
    assert compare.structure(table, ["no_list"], LOWER, 1)["main"].tolist() == [-3, 0]
    assert compare.structure(table, [], LOWER, 0).empty


def test_leaders_are_confirmed_against_the_reference_wherever_it_stands_among_them():
    """The reference is cell 3, the leaders 1 and 5: in fresh worlds it stands in the middle."""
    first = made([5, 0, 5, 2, 5, 1], 20, 2, world_sd=0.1)
    fresh = made([0.5, 2, 1.25], 30, 2, world_sd=0.1, seed=2)
    table = table_of(main=(range(6), 0, first), confirm=((1, 3, 5), 20, fresh))
    found = compare.confirmed(table, LOWER, 3).set_index("cell")
    assert found.index.tolist() == [1, 5] and found["n_worlds"].tolist() == [30, 30]
    assert found["first"].to_numpy() == pytest.approx([-2, -1], abs=0.1)
    assert found["again"].to_numpy() == pytest.approx([-1.5, -0.75], abs=0.1)
    assert (found["low"] < found["again"]).all() and (found["again"] < found["high"]).all()
    assert found["share_better"].tolist() == [1.0, 1.0]
    assert compare.confirmed(table, LOWER, 2).empty  # was not run in fresh worlds
    alone = table[(table["block"] == "main") | (table["cell"] == 3)]
    assert compare.confirmed(alone, LOWER, 3).empty


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


# --- coverage by simulation: last, since they take seconds ---------------------------------------


def test_bands_hold_for_all_cells_at_once_as_often_as_they_say():
    """120 studies of eight cells without an effect: in some 94 of 100 all eight bands hold it.

    Single intervals would all hold in .95^8 = 66 of 100, bands of .90 in 89.
    """
    whole, singles = [], []
    for seed in range(120):
        found = compare.contrasts(apart(8, 60, seed), 0, LOWER)[1:]
        whole.append(all(c.low_all <= 0 <= c.high_all for c in found))
        singles.append(all(c.low <= 0 <= c.high for c in found))
    assert 0.88 <= np.mean(whole) <= 1.0  # sd .022; the level itself is in the widths below
    assert np.mean(singles) < 0.75


def test_the_best_is_kept_as_often_as_the_band_says():
    """Eight equal cells, 60 times: one of them stays in, all of them in some 94 of 100."""
    whole = []
    for seed in range(60):
        values = np.random.default_rng(seed).normal(size=(8, 60, 1))
        whole.append(0 in compare.indifferent(values, LOWER))
    assert np.mean(whole) > 0.85  # 95 % intended; sd .03
