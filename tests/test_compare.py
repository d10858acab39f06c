"""Comparisons on numbers whose answer is known."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import composed

from experiments.reading import compare, decisions, frames, shapley, so_far
from experiments.reading.intervals import TooFewRuns
from experiments.sweeps.design import Axis, Point, Study
from experiments.sweeps.plan import Part, Plan
from experiments.sweeps.sweep import Status
from sim.base.refusal import ConfigError

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


def alternating(errors, n_worlds):
    """Differences float64[n_worlds, 1] of +1 and -1, moved by so many standard errors."""
    return (np.tile([1.0, -1.0], n_worlds // 2) + errors / n_worlds**0.5)[:, None]


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


def test_worlds_that_are_better_and_worlds_that_are_the_same_are_counted():
    """Eleven worlds of two seeds: 5 lower, 2 higher, 3 the same, 1 the same only on average."""
    of_worlds = [(-1.0, -3.0)] * 5 + [(2.0, 0.0)] * 2 + [(0.0, 0.0)] * 3 + [(1.0, -1.0)]
    values = np.stack([np.full((11, 2), 7.0), 7.0 + np.array(of_worlds)])
    found = compare.contrasts(values, 0, LOWER)[1]
    assert (found.n_better, found.n_same, found.share_better) == (5, 3, 7 / 11)
    assert (found.n_worlds, found.n_runs, found.mean) == (11, 22, -8 / 11)
    assert compare.contrasts(values, 0, HIGHER)[1].n_better == 2
    sideless = compare.contrasts(values, 0, NEITHER)[1]
    assert (sideless.n_better, sideless.n_same) == (0, 3) and np.isnan(sideless.share_better)
    itself = compare.contrasts(values, 0, LOWER)[0]
    assert (itself.n_better, itself.n_same) == (0, 11)


def test_only_an_interval_that_leaves_out_zero_tells_apart():
    found = compare.contrasts(np.stack([np.zeros((40, 1)), alternating(1.4, 40)]), 0, LOWER)[1]
    assert not found.apart and found.low < 0 < found.high
    for side in (1, -1):
        far = compare.contrasts(np.stack([np.zeros((40, 1)), alternating(side * 3, 40)]), 0, LOWER)
        assert far[1].apart and not far[0].apart


def test_every_cell_is_paired_with_its_own_reference_where_each_has_one():
    """Cells 0 and 1 stand under one condition, 2 and 3 under another, where all costs 10 more."""
    values = np.array([1.0, 4.0, 11.0, 12.0])[:, None, None] + np.arange(30.0).reshape(1, 10, 3)
    assert compare.paired(values, 1)[:, 4, 2].tolist() == [-3, 0, 7, 8]
    assert compare.paired(values, [1, 1, 3, 3])[:, 4, 2].tolist() == [-3, 0, -1, 0]
    found = compare.contrasts(values, [0, 0, 2, 2], LOWER)
    assert [(c.cell, c.low, c.mean, c.high) for c in found] == [
        (0, 0, 0, 0), (1, 3, 3, 3), (2, 0, 0, 0), (3, 1, 1, 1),
    ]  # fmt: skip


def test_spreads_by_hand():
    """Ten worlds at -1 and +1, seeds .5 below and above: variances 10 / 9, and .5 inside each.

    Of the 10 / 9 between means of two seeds half of .5 is of the seeds.
    """
    world = np.tile([-1.0, 1.0], 5)[:, None]
    values = np.stack([np.zeros((10, 2)), world + np.array([-0.5, 0.5])])
    found = compare.contrasts(values, 0, LOWER)[1]
    assert found.sd_seed == pytest.approx(0.5**0.5)
    assert found.sd_parameter == pytest.approx((10 / 9 - 0.25) ** 0.5)
    one = compare.contrasts(values[:, :, :1], 0, LOWER)[1]
    assert np.isnan(one.sd_seed) and one.sd_parameter == pytest.approx((10 / 9) ** 0.5)
    steady = compare.contrasts(values - np.stack([np.zeros((10, 1)), world]), 0, LOWER)[1]
    assert steady.sd_parameter == 0.0  # seeds explain more than all: never the root of -.25


def test_spread_over_worlds_and_over_seeds_are_told_apart():
    found = compare.contrasts(made([0, 0], 2000, 4, world_sd=0.5, seed_sd=0.2), 0, LOWER)[1]
    assert found.sd_parameter == pytest.approx(0.5 * 2**0.5, rel=0.1)
    assert found.sd_seed == pytest.approx(0.2 * 2**0.5, rel=0.1)


def test_what_is_of_seeds_is_no_spread_over_worlds():
    """Two seeds of sd 1 leave means of sd .71 a cell, where worlds differ by .5."""
    found = compare.contrasts(made([0, 0], 2000, 2, world_sd=0.5, seed_sd=1.0), 0, LOWER)[1]
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
    assert frames.mean_of(values, 1)[0] == 3.0 and np.isnan(frames.mean_of(values, 1)[1])
    assert frames.mean_of(values, (0, 1)) == 3.0


def test_the_meter_asks_for_four_times_the_worlds_for_half_the_width():
    found = compare.contrasts(made([0, 1]), 0, LOWER)[1]
    half = (found.high - found.low) / 2
    assert compare.worlds_for(found, half) == 40
    assert compare.worlds_for(found, half / 2) == 160


def test_a_part_of_a_world_more_is_a_whole_world_more():
    """Forty worlds leave 1 unknown, on either side; .9 would need 40 / .81 = 49.4."""
    found = compare.Contrast(1, 5.0, 4.0, 6.0, 3.0, 7.0, 1.0, 40, 40, 1.0, 1.0)
    assert compare.worlds_for(found, 0.9) == 50


def test_a_world_in_which_one_seed_has_no_value_names_no_best():
    """With it the second cell would lead by far."""
    values = made([0, 1, 1.01], 30, 2, world_sd=0.1)
    values[1, 3] = (-1e6, np.nan)
    assert compare.indifferent(values, LOWER) == [0]
    assert compare.indifferent(values, HIGHER) == [1, 2]


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
    found = decisions.regret(values, LOWER)
    assert found["worst"].tolist() == [4, 1, 5]
    assert found["mean"].tolist() == [2, 1, 2.5]
    assert found["best_in"].tolist() == [0.5, 0, 0.5]


def test_a_regret_table_by_hand():
    """Eleven worlds, so that 90 % lie at the tenth of eleven losses: 0, 1, ... 10 give 9."""
    first, second = np.zeros(11), np.arange(11.0)
    values = np.stack([np.stack([first, first], 1), np.stack([second - 1, second + 1], 1)])
    found = decisions.regret(values, LOWER)  # two seeds a world: the mean of them is what counts
    assert found.loc[1, ["mean", "p90", "worst"]].tolist() == [5.0, 9.0, 10.0]
    assert found.loc[0, ["mean", "p90", "worst"]].tolist() == [0.0, 0.0, 0.0]
    assert found["best_in"].tolist() == [1.0, 1 / 11]  # both, where they are the same
    other = decisions.regret(values, HIGHER)
    assert other["mean"].tolist() == [5.0, 0.0] and other["best_in"].tolist() == [1 / 11, 1.0]
    values[0, 10] = np.nan  # a world that lacks a cell is no world to compare in
    assert decisions.regret(values, LOWER).loc[1, "worst"] == 9.0


def test_satisficing_needs_every_threshold():
    cubes = {LOWER: np.array([[[1.0], [3.0]]]), HIGHER: np.array([[[0.9], [0.9]]])}
    assert decisions.satisficing(cubes, {LOWER: 2, HIGHER: 0.8}).tolist() == [0.5]
    assert decisions.satisficing(cubes, {LOWER: 2, HIGHER: 0.95}).tolist() == [0.0]


def test_what_just_meets_a_threshold_meets_it():
    cubes = {LOWER: np.array([[[1.0, 3.0], [2.5, 2.0]]]), HIGHER: np.full((1, 2, 2), 0.5)}
    assert decisions.satisficing(cubes, {LOWER: 2.0}).tolist() == [0.5]
    assert decisions.satisficing(cubes, {HIGHER: 0.5}).tolist() == [1.0]
    assert decisions.satisficing(cubes, {LOWER: 2.25, HIGHER: 0.5}).tolist() == [1.0]


def test_the_front_is_what_nobody_dominates():
    table = pd.DataFrame({LOWER: [1, 2, 3, 1], HIGHER: [1, 3, 2, 1]})
    assert decisions.pareto(table).tolist() == [True, True, False, True]
    same_in_one = pd.DataFrame({LOWER: [1, 1], HIGHER: [1, 2]})
    assert decisions.pareto(same_in_one).tolist() == [False, True]


def test_weightings_follow_their_weights():
    means = pd.DataFrame({LOWER: [1.0, 2.0], HIGHER: [0.9, 0.8], "morale": [0.5, 1.0]})
    scores = decisions.weighted(means)
    assert scores["fans_first"].idxmax() == 0
    assert scores["employees_first"].idxmax() == 1


def test_a_score_by_hand():
    """Two cells stand at +1 and -1 of each outcome: 3 + 3 - 1 of 7 for fans, 3 - 1 - 1 of 5."""
    means = pd.DataFrame({LOWER: [1.0, 2.0], HIGHER: [0.9, 0.8], "morale": [0.5, 1.0]})
    scores = decisions.weighted(means)
    assert scores["fans_first"].tolist() == pytest.approx([5 / 7, -5 / 7])
    assert scores["employees_first"].tolist() == pytest.approx([-1 / 5, 1 / 5])
    assert scores["investors_first"].tolist() == pytest.approx([1.0, -1.0])
    flat = decisions.weighted(pd.DataFrame({LOWER: [1.0, 1.0]}))
    assert flat["fans_first"].tolist() == [0.0, 0.0]
    assert flat["investors_first"].tolist() == [0.0, 0.0]  # nothing of theirs is there


# --- orders under several conditions --------------------------------------------------------------


def ordered(*differences):
    """`orders` of two answers: what the first has more than the second, one array a condition."""
    columns = [np.asarray(column, float) for column in differences]
    (pair,) = compare.orders(np.array([[column, np.zeros(len(column))] for column in columns]))
    return pair


def test_orders_by_hand():
    """Three answers under three conditions, the same in all worlds, so that all is told apart.

    0 is above 1 under the first condition (by 2), level under the second, below under the third
    (by 5): a swing of 7. 2 is below 0 throughout (by 2, 3, 6: a swing of 4), and below 1 except
    under the first condition, where they are level (0, 3, 11: a swing of 11).
    """
    means = np.array([[3.0, 1.0, 1.0], [2.0, 2.0, -1.0], [6.0, 11.0, 0.0]])
    found = compare.orders(np.repeat(means[:, :, None], 10, axis=2))
    assert [(p.first, p.second) for p in found] == [(1, 2), (0, 1), (0, 2)]
    assert [p.turns for p in found] == [False, True, False]
    assert [p.certain for p in found] == [False, True, False]
    assert [p.held for p in found] == [False, False, True]  # level once is not held
    assert [(p.above, p.below) for p in found] == [(2, 0), (0, 2), (2, 0)]


def test_an_order_turns_only_if_each_answer_is_above_once():
    up, level, down = np.ones(10), np.zeros(10), -np.ones(10)
    assert ordered(up, down).turns and ordered(down, level, up).turns
    for never in ((up, level), (level, down), (up, 2 * up), (level, level)):
        assert not ordered(*never).turns and not ordered(*never).certain


def test_an_order_is_held_by_one_sign_under_every_condition():
    up, down = np.ones(10), -np.ones(10)
    assert ordered(up, up).held and ordered(down, down, 3 * down).held
    assert not ordered(up, down).held and not ordered(down, up, up).held


def test_an_order_turns_for_certain_at_two_standard_errors_and_not_at_one_and_a_half():
    """An interval of 95 % reaches 1.96 standard errors, one of 85 % would reach 1.44."""
    far, near = 2.3, 1.7
    up = {errors: alternating(errors, 100)[:, 0] for errors in (far, near)}
    down = {errors: -column for errors, column in up.items()}
    assert ordered(up[far], down[far]).certain
    assert not ordered(up[near], down[far]).certain and ordered(up[near], down[far]).turns
    assert not ordered(up[far], down[near]).certain
    assert ordered(up[far], up[far]).held and not ordered(up[far], up[near]).held
    assert ordered(down[far], down[far]).held and not ordered(down[near], down[far]).held


def test_an_interval_that_begins_at_zero_tells_nothing():
    """One world of ten differs: in a third of the resamples it is not drawn, and none does."""
    one, all_of_them = np.eye(10)[3], np.ones(10)
    assert not ordered(one, -all_of_them).certain and not ordered(all_of_them, -one).certain
    assert not ordered(one, all_of_them).held and not ordered(-one, -all_of_them).held


def test_orders_are_of_answers_in_the_same_worlds():
    """What worlds do to both answers is no doubt about their order."""
    common = 100 * np.random.default_rng(4).normal(size=(2, 1, 12))
    (pair,) = compare.orders(common + np.array([[[0.0], [1.0]], [[1.0], [0.0]]]))
    assert pair.certain and (pair.above, pair.below) == (1, 0)


def test_orders_of_too_few_worlds_are_refused():
    with pytest.raises(TooFewRuns, match="9 pairs") as refusal:
        ordered(np.ones(9), -np.ones(9))
    assert refusal.value.n == 9 and np.isnan(refusal.value.estimate)


# --- frames of a study ----------------------------------------------------------------------------


def axis_of(key, *values):
    """An axis of some key, with the words for its values."""
    return Axis(key, {"en": key, "zh": key}, "", (key,), tuple((v,) for v in values), values)


def study_of(**more):
    """A study of three delays; `more` replaces what is said here."""
    text = {"en": "made up", "zh": "虚构"}
    axes = more.pop("axes", (axis_of("response.apology.delay_h", "2", "8", "24"),))
    told = {"reference": (0,) * len(axes), "outcomes": (LOWER, HIGHER), **more}
    return Study("made_up", text, text, (), axes, **told)


class Shelf:
    """A store whose files are tables in memory, and whose failures are given."""

    def __init__(self, files, failures=()):
        self.files = {Path(name): rows for name, rows in files.items()}
        self.notes = {name: {"run": name} for name in failures}

    def places(self, held):
        wanted = {name for _, names in held for name in names}
        return {
            path: [name for name in names if name in wanted] for path, names in self.files.items()
        }

    def outcomes(self, path):
        """The burden of run 7 is 7, its trust -7."""
        names = self.files[path]
        numbers = [float(name) for name in names]
        columns = {name: [0.0] * len(names) for name in frames.NAMES}
        columns |= {LOWER: numbers, HIGHER: [-x for x in numbers]}
        return pa.table({"run": names, **columns}).replace_schema_metadata({"made in": str(path)})


@pytest.fixture
def plan(monkeypatch):
    """A plan of the study of delays: cells in worlds 0 and 1 with three seeds, then worlds 2 and 3.

    Run 21, the cell of 8 h in world 0 with seed 0, is also what the cell of 24 h asks for last.
    """

    def made(files, failures=()):
        monkeypatch.setattr("experiments.sweeps.plan.Store", lambda results: Shelf(files, failures))
        config = composed("case=textbook")
        wide = replace(config.uncertainty, n_seeds=3)
        fresh = replace(config.uncertainty, n_seeds=1, first=2)
        points = [
            *(
                Point("main", cell, replace(config, uncertainty=wide, n_replicates=2))
                for cell in range(3)
            ),
            Point("confirm", 1, replace(config, uncertainty=fresh)),
        ]
        parts = [
            Part(0, ("11", "12", "13", "14")), Part(0, ("15", "16")),
            Part(1, ("21", "22", "23", "24", "25", "26")),
            Part(2, ("31", "32", "33", "34", "35", "21")),
            Part(3, ("41", "42")),
        ]  # fmt: skip
        words = ("study=made_up", "n_replicates=6")
        return Plan(study_of(), words, tuple(points), tuple(parts))

    return made


#: In another order than the plan, cut otherwise, and with runs that nobody asks for.
FILES = {
    "c": ["42", "99", "26", "22", "21"],
    "a": ["16", "15", "41", "14", "13", "12", "11"],
    "b": ["24", "98", "23", "25", "35", "34", "33", "32", "31"],
}


def test_a_frame_is_in_the_order_of_the_plan_with_every_run_in_its_world(plan):
    found = frames.frame_of(plan(FILES))
    assert list(found.columns) == ["block", "cell", "world", "seed", "run", *frames.NAMES]
    worlds, seeds = [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2]
    assert found["block"].tolist() == ["main"] * 18 + ["confirm"] * 2
    assert found["cell"].tolist() == [0] * 6 + [1] * 6 + [2] * 6 + [1] * 2
    assert found["world"].tolist() == worlds * 3 + [2, 3]  # the fresh ones have numbers of theirs
    assert found["seed"].tolist() == seeds * 3 + [0, 0]
    asked = "11 12 13 14 15 16 21 22 23 24 25 26 31 32 33 34 35 21 41 42".split()
    assert found["run"].tolist() == asked  # one of them twice: two cells ask for it
    assert found[LOWER].tolist() == [float(run) for run in asked]
    assert found[HIGHER].tolist() == [-float(run) for run in asked]
    assert found.index.tolist() == list(range(20))
    main = frames.cube(found, LOWER)
    assert main[1].tolist() == [[21, 22, 23], [24, 25, 26]] and main[2, 1, 2] == 21
    assert frames.cube(found, LOWER, "confirm").tolist() == [[[41], [42]]]


def test_a_frame_of_a_sweep_under_way_leaves_every_run_in_its_place(plan):
    """The second world of a cell is not the first because the first is not there yet."""
    found = frames.frame_of(plan({"a": ["42", "35", "15", "12"]}))
    place = found[["block", "cell", "world", "seed", "run"]].to_numpy().tolist()
    assert place == [
        ["main", 0, 0, 1, "12"], ["main", 0, 1, 1, "15"], ["main", 2, 1, 1, "35"],
        ["confirm", 1, 3, 0, "42"],
    ]  # fmt: skip
    nothing = frames.frame_of(plan({}))
    assert nothing.empty and list(nothing.columns) == list(found.columns)


def test_a_report_of_a_sweep_without_a_whole_block_is_refused_with_what_goes_on(plan, monkeypatch):
    one = plan({"a": ["42", "35", "15", "12"]})
    for missing, failed, said, command in (
        (3, (), "3 runs are missing and 0 failed", one.command),
        (3, ("x", "y"), "3 runs are missing and 2 failed", one.command),
        (0, ("x",), "0 runs are missing and 1 failed", f"{one.command} --retry-failed"),
    ):
        status = Status(20, 20 - missing - len(failed), {run: {} for run in failed}, ())
        monkeypatch.setattr(so_far, "status_of", lambda plan, status=status: status)
        with pytest.raises(ConfigError, match=said) as refusal:
            so_far.so_far(one)
        assert str(refusal.value).splitlines()[-1].removeprefix("  try:").strip() == command


def test_leaders_stand_under_the_condition_of_the_reference():
    """Under the other condition all is better; nobody can choose it."""
    fading = axis_of("parameters.outrage_half_life_h", "1", "9")
    one = study_of(axes=(axis_of("response.apology.delay_h", "2", "8", "24"), fading))
    values = np.repeat(np.array([3.0, 0, 1, 0, 2, 0])[:, None, None], 10, axis=1)
    means = values.mean(axis=(1, 2))
    assert compare.leading(one, means, 2) == [2, 4]
    assert compare.leading(replace(one, reference=(0, 1)), means + 1, 3) == [1, 3, 5]


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
    assert np.array_equal(frames.cube(table, LOWER), values)
    assert np.array_equal(frames.cube(table, LOWER, "rival"), values + 9)


def test_what_is_missing_in_a_cube_leaves_the_rest_in_its_place():
    """Four runs of six: in as many columns as two worlds of two seeds would have."""
    table = table_of(main=((4, 7), 3, np.arange(12.0).reshape(2, 3, 2)))
    at = list(zip(table["world"], table["seed"], strict=True))
    kept = table[[spot in ((3, 0), (3, 1), (4, 0), (5, 1)) for spot in at]]
    known = [[True, True], [True, False], [False, True]]
    whole = np.where(known, np.arange(12.0).reshape(2, 3, 2), np.nan)
    assert np.array_equal(frames.cube(kept, LOWER), whole, equal_nan=True)
    assert frames.cube(table, LOWER).shape == (2, 3, 2)


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
    few = (table["block"] == "main") | (table["world"] < 25)
    alone = table[few & ((table["block"] == "main") | (table["cell"] == 3))]
    assert compare.confirmed(alone, LOWER, 3).empty  # nothing to confirm, in few worlds or many
    pair = table[(table["block"] == "main") | table["cell"].isin((3, 5))]
    assert compare.confirmed(pair, LOWER, 3)["cell"].tolist() == [5]


def test_shapley_values_of_known_games():
    players = ("a", "b", "c")
    groups = [frozenset(g) for size in range(4) for g in combinations(players, size)]
    worth = {"a": 1.0, "b": 2.0, "c": 0.0}
    additive = shapley.shapley({g: sum(worth[p] for p in g) for g in groups})
    assert additive == pytest.approx(worth)
    glove = shapley.shapley({g: float("a" in g and len(g) > 1) for g in groups})
    assert glove == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})
    with pytest.raises(KeyError):
        shapley.shapley({g: 0.0 for g in groups if g != frozenset({"a", "b"})})


# --- coverage by simulation: last, since they take seconds ---------------------------------------


def test_bands_hold_for_all_cells_at_once_as_often_as_they_say():
    """60 studies of eight cells without an effect: in some 94 of 100 all eight bands hold it.

    Single intervals would all hold in .95^8 = 66 of 100, bands of .90 in 89.
    """
    whole, singles = [], []
    for seed in range(60):
        found = compare.contrasts(apart(8, 40, seed), 0, LOWER)[1:]
        whole.append(all(c.low_all <= 0 <= c.high_all for c in found))
        singles.append(all(c.low <= 0 <= c.high for c in found))
    assert 0.84 <= np.mean(whole) <= 1.0  # sd .03; the level itself is in the widths below
    assert np.mean(singles) < 0.75


def test_the_best_is_kept_as_often_as_the_band_says():
    """Eight equal cells, 40 times: one of them stays in, all of them in some 94 of 100."""
    whole = []
    for seed in range(40):
        values = np.random.default_rng(seed).normal(size=(8, 40, 1))
        whole.append(0 in compare.indifferent(values, LOWER))
    assert np.mean(whole) > 0.83  # 95 % intended; sd .035
