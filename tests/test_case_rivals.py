"""The score of a case made fair: rivals that know the events, verdicts, coverage, size, figure."""

import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import composed
from test_metrics import Sheet

from experiments.calibration import case_forecasts, case_score, case_size, day_losses, holdout
from experiments.command.cases import _plot
from experiments.command.cli import main
from experiments.command.score_text import scores_text
from experiments.pictures.score_words import SCORE
from experiments.reports import case_score_figure
from sim.base.refusal import ConfigError

START = datetime(2026, 1, 5)
TOPIC = case_forecasts.TOPIC


def event(hours, role="forcing", kind="leak"):
    """An event so many hours after the start of the case."""
    return SimpleNamespace(time=START + timedelta(hours=hours), role=role, kind=kind)


def case(*events):
    return SimpleNamespace(start=START, events=events)


# --- one median topic for each event --------------------------------------------------------------


def test_a_median_topic_fades_within_hours_and_is_gone_after_a_day():
    assert TOPIC.argmax() == 0 and TOPIC[3] < 0.2 and TOPIC[-1] == 0
    assert (TOPIC >= 0).all() and TOPIC.size == 25


def test_a_topic_counts_on_the_days_on_which_it_is_seen():
    late = case(event(22.5))
    peaks = case_forecasts.topics_by_day(late, 3, peaks=True)
    assert peaks.tolist() == [TOPIC[0], TOPIC[2], 0]  # after midnight its third hour is its highest
    hours = case_forecasts.topics_by_day(late, 3, peaks=False)
    assert hours.tolist() == pytest.approx([TOPIC[:2].sum(), TOPIC[2:].sum(), 0])


def test_each_event_that_a_run_is_given_bears_one_topic():
    acts = [event(30), event(31, "lever", "apology"), event(32, "lever", "penalty")]
    told = [event(33, "context", "context"), event(33, "outcome", "price")]
    calm = [event(33, kind="agenda"), event(33, kind="appeasing")]
    found = case_forecasts.topics_by_day(case(*acts, *told, *calm), 3, peaks=True)
    assert found.tolist() == pytest.approx([0, 3 * TOPIC[0], 3 * TOPIC[16:].max()])
    assert case_forecasts.topics_by_day(case(event(-30), event(80)), 3, True).tolist() == [0, 0, 0]
    before = case_forecasts.topics_by_day(case(event(-2)), 2, True)
    assert before.tolist() == [TOPIC[2], 0]  # what began before the case goes on in it


def test_topics_add_up_where_what_is_counted_does():
    at, two = np.array([0, 1, 2]), case(event(1), event(25))
    a, b = TOPIC[:23].sum(), TOPIC[23:].sum() + TOPIC[:23].sum()
    last = TOPIC[23:].sum()
    found = {m: case_score._topics(two, m, "own", at) for m in case_score.METRICS}
    assert found["attention"] == pytest.approx(np.array([a, b, last]))
    assert found["outraged_posts"] == pytest.approx(found["attention"])
    assert found["cumulative_outraged_posts"] == pytest.approx(np.array([a, a + b, a + b + last]))
    for level in case_score.LEVELS:
        assert found[level] == pytest.approx(-found["cumulative_outraged_posts"])
    some = case_score._topics(two, "trust", "own", np.array([0, 2]))
    assert some == pytest.approx(found["trust"][[0, 2]])  # what came between counts


def test_a_forecast_is_dressed_with_what_came_where_it_said_as_much():
    for name, table in case_forecasts.ERRORS.items():
        tops = [top for top, _ in table]
        assert tops == sorted(tops) and tops[0] == 0 and tops[-1] == 1
        for _, came in table:
            assert len(came) == 10 and list(came) == sorted(came)
            assert min(came) >= 0 and max(came) <= 1
        said = np.array([0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 0.9999, 1.0])
        rows = [0, 1, 1, 2, 2, 3, 4, 4]
        found = case_forecasts.dressed(said, name)
        assert found.shape == (10, said.size)
        for k, row in enumerate(rows):
            assert found[:, k].tolist() == list(table[row][1])


def test_rivals_stand_by_what_they_know():
    seen, topics = np.array([0.2, 1.0, 0.4]), np.array([1.0, 0.5, 0.0])
    named = {
        (level, attention): [
            (one.name, one.knows)
            for one in case_forecasts.forecasts(seen, topics, level, attention)
        ]
        for level, attention in ((False, True), (False, False), (True, False))
    }
    events, before = "events", "yesterday"
    assert named[False, True] == [
        ("topics", events), ("topics_dressed", events), ("repeat", before),
        ("repeat_dressed", before), ("decay", before),
    ]  # fmt: skip
    assert named[False, False] == [("topics", events), ("repeat", before), ("decay", before)]
    assert named[True, False] == [("topics", events), ("repeat", before)]
    said = {one.name: one.said for one in case_forecasts.forecasts(seen, topics, False, True)}
    assert said["topics"].tolist() == [[0.5, 0.0]]
    assert said["repeat"].tolist() == [[0.2, 1.0]]
    assert said["decay"].tolist() == [[0.1, 0.5]]
    assert said["topics_dressed"][:, 1].tolist() == [0.0] * 10
    assert said["repeat_dressed"][-1].tolist() == [1.0, 0.688]


# --- verdicts -------------------------------------------------------------------------------------


def test_the_score_of_runs_does_not_lean_on_their_number():
    """Over many days with 5 and with 80 runs; the plain score favours the larger number."""
    rng = np.random.default_rng(1)
    n_days = 2001
    seen = rng.normal(size=n_days)
    few, many = (rng.normal(size=(n, n_days)) for n in (5, 80))
    fair = [case_score._losses(runs, seen[1:]).mean() for runs in (few, many)]
    plain = [
        np.mean([holdout.crps(runs[:, k], float(seen[k])) for k in range(1, n_days)])
        for runs in (few, many)
    ]
    assert abs(fair[0] - fair[1]) < 0.02 < 0.08 < plain[0] - plain[1]


def test_the_standard_error_of_days_by_hand():
    assert day_losses.standard_error(np.array([1.0, -1.0, 1.0, -1.0])) == pytest.approx(3**-0.5)
    # c_0 = 1 and c_1 = (1 - 1 + 1) / 4: two days of the same sign in a row
    runs = np.array([1.0, 1.0, -1.0, -1.0])
    assert day_losses.standard_error(runs) == pytest.approx(((1 + 2 / 4) / 3) ** 0.5)
    assert day_losses.standard_error(runs + 7) == day_losses.standard_error(runs)
    assert np.isnan(day_losses.standard_error(np.array([1.0])))
    assert day_losses.standard_error(np.array([0.0, 2.0])) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("runs", "other", "verdict"),
    [
        ([0.1, 0.1, 0.2, 0.1, 0.2, 0.1], [0.3, 0.4, 0.3, 0.4, 0.3, 0.4], "better"),
        ([0.3, 0.4, 0.3, 0.4, 0.3, 0.4], [0.1, 0.1, 0.2, 0.1, 0.2, 0.1], "worse"),
        ([0.1, 0.9, 0.1, 0.0, 0.2, 0.1], [0.3, 0.4, 0.3, 0.4, 0.3, 0.4], "unclear"),
        ([0.1, 0.2, 0.3, 0.4, 0.5], [0.1, 0.2, 0.3, 0.4, 0.5], "same"),
        ([0.0] * 5, [0.5] * 5, "better"),
        ([0.0] * 4, [0.5] * 4, "few"),
    ],
)
def test_verdicts_are_of_paired_days(runs, other, verdict):
    found = day_losses.against("topics", "events", np.array(runs), np.array(other))
    assert found.verdict == verdict and found.verdict in SCORE
    assert found.score == pytest.approx(np.mean(other)) and found.n_days == len(runs)
    assert found.difference == pytest.approx(np.mean(runs) - np.mean(other))


def test_a_verdict_needs_students_t_of_its_days():
    """Five differences of mean m and sd 1: t is m sqrt(5), and 2.776 of four degrees is asked."""
    noise = np.array([1.0, -1.0, 0.0, -1.0, 1.0])  # of sd 1, and no day leans on the one before
    for t, verdict in ((2.7, "unclear"), (2.85, "worse"), (-2.7, "unclear"), (-2.85, "better")):
        runs = noise + t / 5**0.5
        found = day_losses.against("topics", "events", runs, np.zeros(5))
        assert found.se == pytest.approx(5**-0.5) and found.verdict == verdict, t


# --- coverage -------------------------------------------------------------------------------------


def test_coverage_is_the_same_of_forty_runs_and_of_four_times_as_many():
    """What was observed is one more draw: 50 and 90 % of days lie inside, at either size."""
    rng = np.random.default_rng(2)
    n_days, held = 4000, {}
    for n in (40, 160):
        runs, seen = rng.gamma(0.5, size=(n, n_days)), rng.gamma(0.5, size=n_days)
        q05, q25, q75, q95 = case_size.spread(runs, (0.05, 0.25, 0.75, 0.95))
        held[n] = (np.mean((q25 <= seen) & (seen <= q75)), np.mean((q05 <= seen) & (seen <= q95)))
    for n in held:
        assert held[n] == pytest.approx((0.5, 0.9), abs=0.02)
    low, high = np.quantile(rng.random((40, n_days)), (0.05, 0.95), axis=0)
    one_more = rng.random(n_days)
    plain = np.mean((low <= one_more) & (one_more <= high))
    assert plain < 0.88  # the usual quantiles are too narrow, more so of fewer runs


def test_a_spread_is_of_ranks_over_one_more_than_the_runs():
    runs = np.arange(1.0, 20.0)[:, None]
    assert case_size.spread(runs, (0.05, 0.5, 0.95)).ravel().tolist() == pytest.approx([1, 10, 19])
    few = case_size.spread(runs[:9], (0.05, 0.5, 0.95)).ravel()
    assert np.isnan(few[[0, 2]]).all() and few[1] == 5
    ten = case_size.spread(runs[:10], (0.05, 0.5, 0.95)).ravel()
    assert ten.tolist() == [1, 5.5, 10]


# --- size -----------------------------------------------------------------------------------------


def listed():
    """Two topics on the first day, one of them until the second; a day of burn-in before."""
    sheet = Sheet(horizon_d=3)
    for topic, day, hour, heat in (
        ("a", 1, 10, 5e5), ("a", 1, 11, 8e5), ("a", 1, 12, 3e5), ("b", 1, 23, 2e5),
        ("b", 2, 0, 1e5), ("b", 0, 12, 9e6),
    ):  # fmt: skip
        sheet.happens("listed", topic, day, hour, heat)
    sheet.happens("list_entry", "a", 3, 1, 7e6)
    sheet.series["list_heat"][:] = 1.0
    return sheet.run()


def test_a_day_of_topic_peaks_counts_each_topic_once_at_its_highest():
    assert case_size.topic_peaks(listed()).tolist() == [1e6, 1e5, 0]


def test_size_is_compared_on_one_instrument_only():
    def found(unit, metric="attention"):
        rows = pd.DataFrame({"day": [0, 1, 2], "value": [3e6, 1e6, 0.0], "unit": unit})
        return case_score.scored(case(event(10)), metric, rows, [listed()] * 10)

    same = found(case_size.LIST_UNIT)
    assert same.size["largest_day"] == {"observed": 3e6, "median": 1e6, "q05": 1e6, "q95": 1e6}
    assert same.size["all_days"]["observed"] == 4e6 and same.size["all_days"]["median"] == 1.1e6
    assert same.days["median"].tolist() == pytest.approx([1, 0.1, 0])  # the shape, too
    assert (
        "largest day: observed 3,000,000, median of the runs 1,000,000 (5 to 95 %"
        in scores_text(same, "en")
    )
    other = found("views")
    assert other.size == {} and other.days["median"].tolist() == [1, 1, 1]
    for lang, words in (("en", "Size is not compared"), ("zh", "规模不作比较")):
        text = scores_text(other, lang)
        assert words in text and "views" in text and case_size.LIST_UNIT in text
    assert found(case_size.LIST_UNIT, "outraged_posts").size == {}


def test_of_a_handful_of_runs_a_size_has_no_range():
    size = case_size.sizes(np.array([1.0, 2.0]), np.ones((3, 2)))
    assert np.isnan(size["largest_day"]["q05"]) and size["all_days"]["median"] == 2


# --- what is said ---------------------------------------------------------------------------------


def told(n_days=6, metric="attention", n_runs=10):
    """A made-up score of a case whose one event is on its second day."""
    values = [0.0, 4.0, 2.0, 1.0, 0.0, 0.0, 0.0][:n_days]
    rows = pd.DataFrame({"day": range(n_days), "value": values, "unit": "views"})
    sheet = Sheet(horizon_d=7)
    sheet.fill("list_heat", (2, 0), (3, 0), 4.0)
    return case_score.scored(case(event(30)), metric, rows, [sheet.run()] * n_runs)


def test_numbers_have_three_decimals_and_verdicts_are_words():
    text = scores_text(told(), "en")
    assert "2026-01-06     1.000   1.000" in text
    assert "the runs less that" in text and "standard error 0." in text and "over 5 days" in text
    assert "Forecasts that know the events" in text and "know no event" in text
    for rival in ("one median topic for each event: 0.", "as on the day counted before: 0."):
        assert rival in text
    chinese = scores_text(told(), "zh")
    assert "每个事件一个中位话题：0." in chinese and "标准误0." in chinese
    assert "single numbers, which are scored harder" in scores_text(told(metric="trust"), "en")
    assert "too few days for a verdict" in scores_text(told(4), "en")


def test_every_text_of_a_score_stands_in_both_languages():
    for key, (english, chinese) in SCORE.items():
        assert english and chinese, key
        fields = [
            {p.split("}")[0].split(":")[0] for p in t.split("{")[1:]} for t in (english, chinese)
        ]
        spare = {"n", "runs", "days"}  # numbers of things are counted in English only
        assert fields[0] - spare == fields[1] - spare, key


def test_the_title_of_the_figure_is_the_verdict_against_who_knows_as_much():
    title = case_score_figure._title(told(), "en")
    assert title.startswith("Attention on the hot list: the runs")
    assert "one median topic for each event, with errors 0." in title
    assert "标准误" in case_score_figure._title(told(), "zh")
    assert case_score_figure._title(told(2), "en").endswith("2 days, too few for a shape")
    assert "too few days to hold the runs" in case_score_figure._title(told(4), "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figure_shows_observed_runs_and_rivals_with_events(lang):
    textbook = composed("case=textbook").case
    found = [told(), told(metric="trust", n_runs=3)]
    for one in found:  # on the days of the case
        one.days["date"] = [f"2026-03-0{k}" for k in range(2, 2 + len(one.days))]
    figure = case_score_figure.figure_scores(textbook, found, lang)
    many, few = figure.axes
    labels = [text.get_text() for text in many.get_legend().get_texts()]
    assert labels[0] == ("5-95 % of 10 runs" if lang == "en" else "10次运行的5–95 %")
    assert len(labels) == 5 and len(few.get_legend().get_texts()) == 4  # of three runs no band
    marks = {text.get_text() for text in many.texts}
    assert len(marks) == 4
    assert many.get_ylabel().endswith("[share of the peak]" if lang == "en" else "[占峰值的份额]")
    assert few.get_ylabel().endswith(
        "[share of the largest change]" if lang == "en" else "[占最大变化的份额]"
    )


@pytest.mark.slow
def test_a_figure_is_written_where_it_is_asked_for(tmp_path, capsys):
    words = ["population=classroom", "population.n_people=60", "n_replicates=10",
             "uncertainty=prior", f"results={tmp_path}", "format=json"]  # fmt: skip
    plot = tmp_path / "new" / "score.svg"
    assert main(["case", "score", "baidu_pr_2024", *words, f"plot={plot}"]) == 0
    (metric,) = json.loads(capsys.readouterr().out)["metrics"]
    assert {"score", "score_repeat", "score_decay", "in_90", "days"} <= set(metric)
    assert [one["rival"] for one in metric["rivals"]][:2] == ["topics", "topics_dressed"]
    assert metric["unit"] == case_size.LIST_UNIT
    assert metric["size"]["largest_day"]["observed"] == 4300382
    assert sorted(path.name for path in plot.parent.iterdir()) == ["score.png", "score.svg"]
    assert main(["case", "score", "baidu_pr_2024", *words[:-1], f"plot={plot}", "lang=zh"]) == 0
    assert str(plot.with_name("score_zh.png")) in capsys.readouterr().out
    assert len(list(plot.parent.iterdir())) == 4


def test_a_place_for_the_figure_is_tried_before_anything_runs(tmp_path):
    assert _plot(["lang=zh"]) == (None, ["lang=zh"])
    assert _plot([f"plot={tmp_path}/a.b", "x=1"]) == (tmp_path / "a.b", ["x=1"])
    assert _plot([f"plot={tmp_path}/a.PNG"])[0] == tmp_path / "a"
    (tmp_path / "file").write_text("")
    for plot in ("", str(tmp_path), str(tmp_path / "file" / "score")):
        with pytest.raises(ConfigError, match="plot"):
            _plot([f"plot={plot}"])
