"""Bands, intervals and paired contrasts on numbers whose answer is known beforehand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.reading import intervals


def frame(shift, n=40, noise=1.0):
    luck = np.random.default_rng(1).normal(size=n) * 10
    own = np.random.default_rng(2).normal(size=n) * noise
    rows = [{"seed": i, "response": "a", "trust_core_d14": luck[i]} for i in range(n)]
    rows += [
        {"seed": i, "response": "b", "trust_core_d14": luck[i] + shift + own[i]} for i in range(n)
    ]
    return pd.DataFrame(rows)


def run(**series):
    """A run of these series and nothing else."""
    return SimpleNamespace(series={k: np.asarray(v, np.float32) for k, v in series.items()})


# --- intervals ----------------------------------------------------------------------------------


def test_an_interval_is_as_wide_as_theory_says():
    """For 400 normal pairs: the mean -+ 1.96 sd / 20. One of 90 % would be .84 as wide."""
    values = np.random.default_rng(4).normal(3.0, 2.0, 400)
    values = (values - values.mean()) / values.std() * 2.0 + 3.0
    low, high = intervals.interval(values)
    assert (low + high) / 2 == pytest.approx(3.0, abs=0.01)
    assert (high - low) / 2 == pytest.approx(1.96 * 2 / 20, rel=0.07)
    low, high = intervals.interval(values, level=0.5)
    assert (high - low) / 2 == pytest.approx(0.6745 * 2 / 20, rel=0.07)


def test_intervals_cover_as_they_say():
    """1,500 samples of 40: the percentile bootstrap holds the mean in some 94 of 100."""
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(1500):
        low, high = intervals.interval(generator.normal(1.0, 2.0, 40))
        hits += low <= 1.0 <= high
    assert 0.92 <= hits / 1500 <= 0.97  # sd .006; an interval of 90 % covers .89


def test_an_interval_over_too_few_pairs_is_refused_with_the_estimate():
    with pytest.raises(intervals.TooFewRuns, match="at least 10") as refusal:
        intervals.contrast(frame(2.0, n=9, noise=0.0), "trust_core_d14", "b", "a")
    assert refusal.value.estimate == pytest.approx(2.0)
    assert refusal.value.n == 9
    intervals.contrast(frame(2.0, n=10), "trust_core_d14", "b", "a")  # ten are enough
    with pytest.raises(intervals.TooFewRuns) as refusal:
        intervals.interval(np.array([]))
    assert np.isnan(refusal.value.estimate) and refusal.value.n == 0


# --- pairs --------------------------------------------------------------------------------------


def test_pairing_finds_a_difference_that_luck_hides():
    found = intervals.contrast(frame(0.8), "trust_core_d14", "b", "a")
    assert found.low > 0
    assert found.share_better > 0.6
    assert found.n == 40


def test_no_difference_is_found_where_there_is_none():
    found = intervals.contrast(frame(0.0, noise=0.0), "trust_core_d14", "b", "a")
    assert (found.mean, found.low, found.high, found.share_better) == (0, 0, 0, 0.5)


def test_a_contrast_is_response_minus_reference_and_ties_count_half():
    """Twelve worlds: 6 better by 2, 3 worse by 1, 3 the same."""
    difference = np.array([2.0] * 6 + [-1.0] * 3 + [0.0] * 3)
    rows = [{"seed": k, "response": "a", "x": 5.0} for k in range(12)]
    rows += [{"seed": k, "response": "b", "x": 5.0 + d} for k, d in enumerate(difference)]
    table = pd.DataFrame(rows)
    for outcome, share in (
        ("trust_core_d14", 7.5 / 12),  # more is better
        ("outrage_burden_core", 4.5 / 12),  # less is
    ):
        found = intervals.contrast(table.rename(columns={"x": outcome}), outcome, "b", "a")
        assert found.mean == pytest.approx(9 / 12)
        assert found.share_better == pytest.approx(share)
        assert (found.outcome, found.response, found.n) == (outcome, "b", 12)
        assert found.low < found.mean < found.high
    neither = table.rename(columns={"x": "governance_share"})
    assert np.isnan(intervals.contrast(neither, "governance_share", "b", "a").share_better)


def test_a_world_without_a_value_drops_out_and_counts_as_nothing():
    """Where one of the two has no value there is no pair; as 0 it would move the mean by 1."""
    table = frame(2.0, n=20, noise=0.0)
    table.loc[(table["response"] == "b") & (table["seed"] < 5), "trust_core_d14"] = np.nan
    table.loc[(table["response"] == "a") & (table["seed"] == 7), "trust_core_d14"] = np.nan
    found = intervals.contrast(table, "trust_core_d14", "b", "a")
    assert found.n == 14 and found.mean == pytest.approx(2.0)


def test_signs_are_those_of_the_better_side():
    assert intervals.sign_of("trust_core_d14") == 1.0
    assert intervals.sign_of("outrage_burden_core") == -1.0
    assert np.isnan(intervals.sign_of("governance_share"))


def test_resamples_draw_every_world_as_often_and_are_the_same_every_time():
    rows = intervals.resamples(7)
    assert rows.shape == (2000, 7) and set(rows.ravel()) == set(range(7))
    assert np.bincount(rows.ravel()) == pytest.approx(2000.0, abs=150)
    assert np.array_equal(rows, intervals.resamples(7))


def test_contrasts_are_of_every_other_response_for_every_outcome():
    table = frame(1.0)
    table["morale"] = np.where(table["response"] == "b", 0.5, 0.25)
    found = intervals.contrasts(table, ["trust_core_d14", "morale"], "a")
    assert found[["outcome", "response"]].to_numpy().tolist() == [
        ["trust_core_d14", "b"],
        ["morale", "b"],
    ]
    assert found["mean"].to_numpy() == pytest.approx([1.0, 0.25], abs=0.5)


# --- ensembles ----------------------------------------------------------------------------------


def test_a_band_is_the_median_and_5_to_95_percent():
    """Of 0, 1, ... 100 these are 50, 5 and 95; what is not defined does not count."""
    values = np.arange(101.0)[:, None] * np.array([1.0, 2.0])
    values = np.vstack([values, [[np.nan, np.nan]]])
    band = intervals.bands(values, ["first", "second"])
    assert band.to_numpy() == pytest.approx(np.array([[5, 50, 95], [10, 100, 190]]))
    assert list(band.columns) == ["low", "median", "high"] and band.index.name == "time"
    assert list(band.index) == ["first", "second"]


def test_a_running_mean_keeps_a_constant_and_spreads_a_spike():
    assert np.allclose(intervals.smooth(np.full((2, 20), 3.0), 5), 3.0)
    spike = np.zeros((1, 7))
    spike[0, 3] = 3.0
    assert intervals.smooth(spike, 3)[0].tolist() == pytest.approx([0, 0, 1, 1, 1, 0, 0])
    one_series = np.array([0.0, 0, 0, 3, 0, 0, 0])
    assert intervals.smooth(one_series, 3).tolist() == pytest.approx([0, 0, 1, 1, 1, 0, 0])
    ends = np.zeros((1, 4))
    ends[0, 0] = 3.0  # at an end two of three values are there
    assert intervals.smooth(ends, 3)[0].tolist() == pytest.approx([1.5, 1.0, 0, 0])


def test_the_share_of_governance_is_of_all_outraged_talk_and_undefined_where_nobody_talks():
    """Below .15 posts a step there is too little talk for a share: of .14 is none, of .2 half."""
    runs = [run(posts_deal=[3.0, 0.04, 0.1, 0.0, 0.0], posts_governance=[1.0, 0.1, 0.1, 0.0, 4.0])]
    share = intervals.governance_share(runs, 1)[0]
    assert share[[0, 2, 4]] == pytest.approx([0.25, 0.5, 1.0])
    assert np.isnan(share[[1, 3]]).all()


def test_series_of_runs_are_stacked_run_by_run():
    runs = [run(heat=[1, 2, 3]), run(heat=[4, 5, 6])]
    stacked = intervals.stack(runs, "heat")
    assert stacked.tolist() == [[1, 2, 3], [4, 5, 6]] and stacked.dtype == np.float64


def test_observed_heat_is_of_the_general_list_and_of_these_phases():
    rows = [
        ("weibo_hot_search", "penalty/governance", "t1", 5.0),
        ("weibo_hot_search", "penalty/governance", "t1", 2.0),
        ("weibo_hot_search", "product launch", "t1", 100.0),
        ("weibo_hot_search", "product launch", "t2", 100.0),
        ("another_list", "penalty/governance", "t1", 1000.0),
    ]
    table = pd.DataFrame(rows, columns=["board", "phase", "time_hkt", "hot_score"])
    found = intervals.observed_heat(table, ("penalty/governance",))
    assert found["heat"].to_dict() == {"t1": 7.0, "t2": 0.0}
    every = intervals.observed_heat(table, ())  # a case that names no phases
    assert every["heat"].to_dict() == {"t1": 107.0, "t2": 100.0}


def test_rows_of_a_frame_come_by_name():
    table = pd.DataFrame({"a": [1, 2], 5: ["x", "y"]})
    assert intervals.rows_of(table) == [{"a": 1, "5": "x"}, {"a": 2, "5": "y"}]


# --- what may be said -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "low", "high", "sign", "said"),
    [
        (0.0, 0.0, 0.0, -1.0, "same"),
        (0.1, 0.0, 0.2, 1.0, "unclear"),  # an end at zero holds zero
        (-0.1, -0.2, 0.0, 1.0, "unclear"),
        (0.1, -0.1, 0.3, -1.0, "unclear"),
        (0.2, 0.1, 0.3, 1.0, "better"),
        (0.2, 0.1, 0.3, -1.0, "worse"),
        (-0.2, -0.3, -0.1, 1.0, "worse"),
        (-0.2, -0.3, -0.1, -1.0, "better"),
        (0.2, 0.1, 0.3, np.nan, "differs"),
        (-0.2, -0.3, -0.1, np.nan, "differs"),
    ],
)
def test_one_rule_decides_what_is_said_and_in_which_colour(mean, low, high, sign, said):
    assert intervals.verdict(mean, low, high, sign) == said


def test_a_table_of_contrasts_says_which_side_is_better():
    table = frame(1.0, noise=0.1)
    table["outrage_burden_core"] = table["trust_core_d14"]
    found = intervals.contrasts(table, ["trust_core_d14", "outrage_burden_core"], "a")
    assert found["verdict"].tolist() == ["better", "worse"]
    assert found["n_same"].tolist() == [0, 0]
    table.loc[table["response"] == "b", "trust_core_d14"] = table.loc[
        table["response"] == "a", "trust_core_d14"
    ].to_numpy()
    tied = intervals.contrasts(table, ["trust_core_d14"], "a")
    assert tied["verdict"].tolist() == ["same"] and tied["n_same"].tolist() == [40]


def test_captions_know_what_differs_between_runs():
    def one(seed, **parameters):
        return SimpleNamespace(seed=seed, asked={"parameters": parameters})

    assert intervals.varied([one(1, a=1), one(2, a=2)]) == "parameters"
    assert intervals.varied([one(1, a=1), one(2, a=1)]) == "seeds"
    assert intervals.varied([one(1, a=1), one(1, a=1)]) == "nothing"
