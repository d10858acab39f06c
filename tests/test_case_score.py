"""A daily series held against runs: what each metric is in a run, shapes, intervals, scores."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from test_metrics import WEIGHTS, Sheet

from experiments.calibration import case_score
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.case_file import read_case

CASE = SimpleNamespace(start=datetime(2026, 1, 5), events=())


def run(horizon_d=5, **fills):
    """A run whose series have one value all of a day: name -> values of days 1, 2, ..."""
    sheet = Sheet(horizon_d=horizon_d)
    for name, values in fills.items():
        for day, value in enumerate(values, start=1):
            steps = slice(sheet.step(day), sheet.step(day) + 96)
            sheet.series[name][steps] = value
    return sheet.run()


def rows(values, days=None):
    return pd.DataFrame({"day": days or list(range(len(values))), "value": values, "unit": "own"})


# --- what a metric is in a run --------------------------------------------------------------------


def test_attention_is_the_heat_of_what_is_listed():
    one = run(list_heat=[0.0, 2.0, 4.0, 8.0, 0.0], heat=[9.0] * 5)
    one.series["list_heat"][:96] = 1000.0  # the day of burn-in is no day of the case
    assert case_score.METRICS["attention"](one).tolist() == [0, 192, 384, 768, 0]


def test_outraged_posts_are_those_on_the_deal_and_on_governance_a_day_and_in_all():
    one = run(posts_deal=[1, 0, 2, 0, 0], posts_governance=[0, 1, 1, 0, 0], posts_neutral=[9] * 5)
    assert case_score.METRICS["outraged_posts"](one).tolist() == [96, 96, 288, 0, 0]
    assert case_score.METRICS["cumulative_outraged_posts"](one).tolist() == [96, 192, 480, 480, 480]


def test_levels_are_those_of_all_people_at_the_end_of_a_day():
    one = run(
        trust_core=[0.5, 0.4, 0.4, 0.4, 0.4],
        trust_customer=[0.5] * 5,
        trust_public=[1.0] * 5,
        exited_core=[0, 0.1, 0.2, 0.2, 0.5],
    )
    step = one.clock.burn_in_steps
    one.series["trust_core"][step : step + 95] = 0.0  # of a day its last step counts
    one.series["exited_core"][step : step + 95] = 0.9
    usual = WEIGHTS["customer"] * 0.5 + WEIGHTS["public"]
    trust = case_score.METRICS["trust"](one)
    assert trust == pytest.approx(usual + WEIGHTS["core"] * np.array([0.5, 0.4, 0.4, 0.4, 0.4]))
    left = case_score.METRICS["exit"](one)
    assert left == pytest.approx(-WEIGHTS["core"] * np.array([0, 0.1, 0.2, 0.2, 0.5]))


def test_an_unfinished_day_is_no_day():
    values = np.arange(96.0 * 6 + 50)
    assert case_score._per_day(run(), values).shape == (5, 96)
    assert case_score._per_day(run(), values)[0, 0] == 96


# --- shapes ---------------------------------------------------------------------------------------


def test_a_shape_has_no_unit():
    values = np.array([0.0, 2.0, 4.0, 1.0])
    assert case_score.shape(values, "attention").tolist() == [0, 0.5, 1, 0.25]
    assert case_score.shape(1000 * values, "attention").tolist() == [0, 0.5, 1, 0.25]
    assert case_score.shape(np.array([13.0, 5.0, -8.0]), "trust") == pytest.approx([0, -8 / 21, -1])
    assert case_score.shape(np.array([0.0, -1.0, -4.0]), "exit").tolist() == [0, -0.25, -1]
    assert case_score.shape(np.zeros(3), "attention").tolist() == [0, 0, 0]
    assert case_score.shape(values / 16, "attention").tolist() == [0, 0.5, 1, 0.25]  # of little too


# --- scores ---------------------------------------------------------------------------------------


def test_a_series_and_its_runs_by_hand():
    """Observed 1, 4, 2, 1: of 4 that is .25, 1, .5, .25. Half of the runs say just that, half 1."""
    runs = [run(posts_deal=[1, 4, 2, 1, 0]), run(posts_deal=[3, 3, 3, 3, 3])] * 5
    found = case_score.scored(CASE, "outraged_posts", rows([1, 4, 2, 1]), runs)
    assert found.metric == "outraged_posts"
    assert found.days["date"].tolist() == ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"]
    assert found.days["observed"].tolist() == [0.25, 1, 0.5, 0.25]
    assert found.days["median"].tolist() == [0.625, 1, 0.75, 0.625]
    told = found.summary
    assert (told["n_days"], told["n_runs"]) == (4, 10)
    assert told["peak_day_observed"] == told["peak_day_median"] == "2026-01-06"
    assert told["rank_correlation"] == pytest.approx(1.0)
    assert "few" not in told and found.days.notna().all(axis=None)
    assert told["in_50"] == told["in_90"] == 1  # half of the runs are just what was observed
    # of ten draws, five x and five 1, at x: (1 - x) / 2 off, less half of 50 pairs in 90 that are
    # (1 - x) apart; from the second day on x is 1, .5, .25
    assert told["score"] == pytest.approx(np.mean([0, 0.5, 0.75]) * (1 / 2 - 50 / 90 / 2))
    assert told["score_repeat"] == pytest.approx(np.mean([0.75, 0.5, 0.25]))
    assert told["score_decay"] == pytest.approx(np.mean([0.875, 0.0, 0.0]))


def test_intervals_hold_their_ends_and_what_lies_between():
    """First days of 1 to 19 twentieths: the k-th of 19 runs is the quantile k / 20."""
    runs = [run(posts_deal=[level, 20, 20, 20, 20]) for level in range(1, 20)]
    days = case_score.scored(CASE, "outraged_posts", rows([6, 20, 20]), runs).days
    ends = days.loc[0, ["q05", "q25", "median", "q75", "q95"]].astype(float) * 20
    assert ends.tolist() == pytest.approx([1, 5, 10, 15, 19])
    within, without = 1.0, 2 / 3  # the other two days are met by every run
    for value, in_50, in_90 in (
        (5.1, within, within), (14.9, within, within), (4.9, without, within),
        (15.1, without, within), (1.1, without, within), (18.9, without, within),
        (0.9, without, without), (19.1, without, without),
    ):  # fmt: skip
        told = case_score.scored(CASE, "outraged_posts", rows([value, 20, 20]), runs).summary
        assert (told["in_50"], told["in_90"]) == (pytest.approx(in_50), pytest.approx(in_90)), value


def test_of_a_handful_of_runs_no_interval_is_given():
    found = case_score.scored(
        CASE, "outraged_posts", rows([1, 4, 2]), [run(posts_deal=[1] * 5)] * 9
    )
    assert np.isnan(found.summary["in_50"]) and np.isnan(found.summary["in_90"])
    assert np.isfinite(found.summary["score"])
    assert found.summary["few"] == 9
    ranges = found.days[["q05", "q25", "q75", "q95"]]
    assert ranges.isna().all(axis=None) and found.days["median"].tolist() == [1, 1, 1]


def test_levels_have_no_decay_and_what_does_not_move_has_no_order():
    one = run(trust_core=[0.8, 0.5, 0.4, 0.4, 0.4])
    told = case_score.scored(CASE, "trust", rows([0.9, 0.6, 0.5]), [one] * 2).summary
    assert np.isnan(told["score_decay"]) and told["score"] == pytest.approx(0, abs=1e-6)
    flat = case_score.scored(CASE, "outraged_posts", rows([0, 0, 0]), [run()] * 2).summary
    assert np.isnan(flat["rank_correlation"])
    assert flat["peak_day_observed"] is None and flat["peak_day_median"] is None
    still = case_score.scored(CASE, "outraged_posts", rows([1, 2, 3]), [run()] * 2).summary
    assert np.isnan(still["rank_correlation"]) and still["peak_day_observed"] == "2026-01-07"
    moves = [run(posts_deal=[1, 3, 2])] * 2
    level = case_score.scored(CASE, "outraged_posts", rows([2, 2, 2]), moves).summary
    assert np.isnan(level["rank_correlation"]) and level["peak_day_median"] == "2026-01-06"
    both = case_score.scored(CASE, "outraged_posts", rows([0, 3, 4]), moves).summary
    assert both["rank_correlation"] == 0.5  # 1, 2, 3 against 1, 3, 2
    assert both["peak_day_observed"] == "2026-01-07"  # a day of nothing beside it


def test_days_that_nobody_counted_are_left_out_and_so_are_days_after_the_end():
    one = run(posts_deal=[1, 50, 2, 50, 4])
    series = rows([1, 2, 4, 99, 99], days=[0, 2, 4, 5, 7])
    found = case_score.scored(CASE, "outraged_posts", series, [one])
    assert found.days["date"].tolist() == ["2026-01-05", "2026-01-07", "2026-01-09"]
    assert found.days["observed"].tolist() == [0.25, 0.5, 1]
    assert found.days["median"].tolist() == [0.25, 0.5, 1]
    shorter = case_score.scored(CASE, "outraged_posts", series, [one, run(horizon_d=3)])
    assert len(shorter.days) == 2  # what not every run reaches is not compared


def test_two_days_are_no_shape():
    told = case_score.scored(CASE, "attention", rows([1, 2]), [run()]).summary
    assert told["note"] == "2 days: a shape needs 3" and "score" not in told
    assert "score" in case_score.scored(CASE, "attention", rows([1, 2, 3]), [run()]).summary


# --- a case in all --------------------------------------------------------------------------------


def case_of(folder, daily):
    """The textbook case, beside a daily series or none."""
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text())
    if daily:
        (folder / "mine.csv").write_text("date,metric,value,unit,source\n" + daily)
        raw["series"] = {"daily": "mine.csv"}
    return read_case({**raw, "folder": str(folder)})


def asked(monkeypatch, case, runs, failures=()):
    """What is said of runs of a case, without simulating them."""
    config = SimpleNamespace(case=case, results="kept")

    def run_points(configs, store, what):
        assert configs == [config] and store.root == Path("kept", "runs") and what == "textbook"
        return [SimpleNamespace(runs=runs, failures=list(failures))]

    monkeypatch.setattr(case_score, "run_points", run_points)
    return case_score.score(config)


def test_every_metric_of_a_case_is_scored_in_the_order_of_its_file(monkeypatch, tmp_path):
    daily = "".join(
        f"2026-03-0{day},{metric},{value},counted,me\n"
        for metric, values in (("trust", (9, 6, 5)), ("attention", (1, 4, 2)))
        for day, value in zip((2, 3, 4), values, strict=True)
    )
    one = run(trust_core=[0.8, 0.5, 0.4], list_heat=[2, 8, 1])
    trust, attention = asked(monkeypatch, case_of(tmp_path, daily), [one])
    assert (trust.metric, attention.metric) == ("trust", "attention")
    assert trust.days["date"].tolist() == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert trust.days["observed"].tolist() == [0, -0.75, -1]
    assert trust.days["median"].tolist() == pytest.approx([0, -0.75, -1])
    assert attention.days["observed"].tolist() == [0.25, 1, 0.5]
    assert attention.days["median"].tolist() == [0.25, 1, 0.125]
    # one run misses by its distance, from the second day on: 0 and 3/8
    assert attention.summary["score"] == pytest.approx(0.375 / 2)


def test_a_case_of_which_no_run_finished_is_refused_with_the_reason(monkeypatch, tmp_path):
    case = case_of(tmp_path, "2026-03-02,attention,1,index,me\n")
    failed = [SimpleNamespace(reason="out of memory"), SimpleNamespace(reason="later")]
    with pytest.raises(ConfigError, match="no run finished: out of memory"):
        asked(monkeypatch, case, [], failed)


def test_a_case_without_a_daily_series_is_refused_and_told_how_to_give_one(tmp_path):
    with pytest.raises(ConfigError, match="has no daily series") as refused:
        case_score.daily_of(case_of(tmp_path, ""))
    assert "series: {daily: my_case_daily.csv}" in str(refused.value)
