"""Every quantity that a case's targets may name, read off made-up runs and worked by hand."""

import math
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_metrics import START, Sheet

from experiments.calibration import quantities, targets
from sim.case.case import Target
from sim.settings.composition import compose


@pytest.fixture
def sheet():
    return Sheet()


def say(sheet, quantity, **case):
    """What a run says of a quantity."""
    return quantities.QUANTITIES[quantity](quantities.View.of(sheet.run(**case)))


def target(kind="point", **more):
    usual = {"id": "x", "type": kind, "quantity": "x", "use": "fit", "source": "s", "time": "",
             "reliability": "high", "text": {"en": "x", "zh": "x"}}  # fmt: skip
    return Target(**{**usual, **more})


# --- what came when -------------------------------------------------------------------------------


def test_hours_between_an_act_and_a_hashtag(sheet):
    sheet.happens("action", "apology", 1, 20)
    sheet.happens("action", "penalty", 2, 22)
    sheet.happens("list_entry", "apology", 2, 14.5)
    sheet.happens("list_entry", "event:antagonist_mocks", 3, 2)
    sheet.happens("list_entry", "act:explanation", 3, 22.25)
    assert say(sheet, "h_apology_to_first_hashtag") == 18.5
    assert say(sheet, "h_apology_to_mock_hashtag") == 30
    assert say(sheet, "h_penalty_to_founder_hashtag") == 24.25
    assert say(Sheet(), "h_apology_to_mock_hashtag") != say(Sheet(), "h_apology_to_mock_hashtag")


def test_what_comes_before_an_act_has_negative_hours(sheet):
    sheet.happens("action", "penalty", 3, 10)
    sheet.happens("list_entry", "act:explanation", 3, 8)
    assert say(sheet, "h_penalty_to_founder_hashtag") == -2
    assert math.isnan(say(sheet, "h_apology_to_mock_hashtag"))


def test_hashtags_are_counted_on_their_day_from_midnight_to_midnight(sheet):
    for day in range(1, 10):  # two on day 1, three on day 2, and so on: at their ends
        sheet.happens("list_entry", "x", day, 0)
        for _ in range(day):
            sheet.happens("list_entry", "x", day, 23.75)
    sheet.happens("list_exit", "x", 3, 5)
    counted = {
        name: say(sheet, name) for name in quantities.QUANTITIES if name.startswith("hashtags")
    }
    assert counted == {
        "hashtags_day_1": 2, "hashtags_day_2": 3, "hashtags_day_3": 4, "hashtags_day_4": 5,
        "hashtags_days_5_8": 6 + 7 + 8 + 9,
    }  # fmt: skip


def test_first_things_are_first(sheet):
    for kind, who, name in (
        ("forcing", "rumour", "rumour"),
        ("forcing", "screenshot", "screenshot"),
        ("forcing", "antagonist_mocks", "antagonist_mocks"),
        ("action", "apology", "apology"),
        ("action", "penalty", "penalty"),
        ("action", "explanation", "founder_explanation"),
        ("kol_exit", "partner_2", "partner_exit"),
        ("list_entry", "anything", "general_list_onset"),
    ):
        assert math.isnan(say(sheet, name)), name
        sheet.happens(kind, who, 4, 3)
        sheet.happens(kind, who, 2, 3)
        assert say(sheet, name) == sheet.step(2, 3), name
    sheet.happens("kol_exit", "neutral_1", 1, 3)
    assert say(sheet, "partner_exit") == sheet.step(2, 3)  # another kind of leader is none


@pytest.mark.parametrize(
    ("kind", "who", "name"),
    [
        ("forcing", "rumour", "rumour"),
        ("action", "penalty", "penalty"),
        ("kol_exit", "partner_1", "partner_exit"),
        ("list_entry", "leak", "general_list_onset"),
    ],
)
def test_the_first_step_of_a_run_is_a_time_like_any_other(kind, who, name):
    """Without burn-in the case begins at step 0: what comes then has come."""
    sheet = Sheet(burn_in_h=0)
    sheet.happens(kind, who, 1, 0)
    assert say(sheet, name) == 0


def test_core_fans_are_on_it_when_a_tenth_is_visibly_outraged(sheet):
    assert say(sheet, "core_onset") == math.inf
    sheet.fill("outrage_core", (1, 6), (1, 12), 0.09)
    sheet.fill("outrage_core", (2, 1), (2, 2), 0.125)
    assert say(sheet, "core_onset") == sheet.step(2, 1)
    sheet.series["outrage_core"] = sheet.series["outrage_core"].astype(np.float64)
    sheet.fill("outrage_core", (1, 7), (1, 8), 0.1)
    assert say(sheet, "core_onset") == sheet.step(1, 7)  # just a tenth is a tenth


# --- how much -------------------------------------------------------------------------------------


def test_views_of_a_day_over_those_of_the_day_before(sheet):
    for day, views in ((1, 1.0), (2, 2.0), (3, 5.0), (4, 10.0), (5, 0.0)):
        sheet.fill("reads", (day, 0), (day + 1, 0), views)
    assert say(sheet, "reads_day_3_over_2") == 2.5
    assert say(sheet, "reads_day_4_over_3") == 2.0
    attention = [say(sheet, f"attention_day_{day}") for day in (1, 2, 3, 4, 5)]
    assert attention == [96.0, 192.0, 480.0, 960.0, 0.0]
    assert math.isnan(say(Sheet(), "reads_day_3_over_2"))


def test_heat_of_acts_over_that_of_the_apology(sheet):
    for act, day, heat in (("apology", 1, 4.0), ("penalty", 2, 6.0), ("explanation", 3, 10.0)):
        sheet.happens("action", act, day, 20)
        sheet.happens("listed", act, day, 21, heat)
    assert say(sheet, "heat_founder_over_apology") == 2.5
    assert say(sheet, "heat_penalty_over_apology") == 1.5
    quiet = Sheet()
    for act, day, heat in (("apology", 1, 0.5), ("penalty", 2, 0.25)):
        quiet.happens("action", act, day, 20)
        quiet.happens("listed", act, day, 21, heat)
    assert say(quiet, "heat_penalty_over_apology") == 0.5  # of little, too


def test_the_founders_heat_is_read_hours_after_its_peak(sheet):
    assert math.isnan(say(sheet, "founder_heat_after_1_1h"))
    sheet.happens("action", "explanation", 3, 20)
    peak = sheet.step(3, 22)
    sheet.series["list_heat"][peak - 4] = 200.0 / 4
    for steps, heat in ((0, 100.0), (4, 48.0), (8, 26.0), (13, 8.0)):
        sheet.series["list_heat"][peak + steps] = heat
    assert say(sheet, "founder_heat_after_1_1h") == pytest.approx(0.48)  # 1.1 h is 4 steps
    assert say(sheet, "founder_heat_after_2_0h") == pytest.approx(0.26)
    assert say(sheet, "founder_heat_after_3_2h") == pytest.approx(0.08)
    sheet.series["list_heat"][sheet.step(3, 19)] = (
        900.0  # before the act, and 12 h after: not its own
    )
    sheet.series["list_heat"][sheet.step(4, 8)] = 900.0
    assert say(sheet, "founder_heat_after_2_0h") == pytest.approx(0.26)


def test_a_peak_at_the_end_of_half_a_day_is_read_there(sheet):
    sheet.happens("action", "explanation", 3, 20)
    last = sheet.step(4, 7.75)
    sheet.series["list_heat"][last - 1 : last + 1] = 10.0, 5.0
    assert say(sheet, "founder_heat_after_3_2h") == 0.5


def test_the_night_over_the_evening(sheet):
    sheet.fill("reads", (2, 3), (2, 5), 2.0)
    sheet.fill("reads", (2, 5), (2, 22), 50.0)
    sheet.fill("reads", (2, 22), (3, 0), 8.0)
    sheet.fill("reads", (2, 0), (2, 3), 50.0)
    assert say(sheet, "read_rate_03_05_over_22_24") == 0.25
    assert math.isnan(say(Sheet(), "read_rate_03_05_over_22_24"))


@pytest.mark.parametrize("clock", [{"start": START + timedelta(hours=8)}, {"burn_in_h": 7}])
def test_night_is_by_the_clock_on_the_wall(clock):
    """Wherever the case and its burn-in begin."""
    sheet = Sheet(**clock)
    sheet.fill("reads", (2, 3), (2, 5), 2.0)
    sheet.fill("reads", (2, 11), (2, 13), 50.0)
    sheet.fill("reads", (2, 22), (3, 0), 8.0)
    assert say(sheet, "read_rate_03_05_over_22_24") == 0.25


def test_hours_on_the_list_are_summed_over_days_and_not_over_hashtags(sheet):
    sheet.fill("n_listed", (1, 20), (2, 3), 2)
    sheet.fill("n_listed", (4, 10), (4, 10.5), 1)
    sheet.fill("n_listed", (5, 10), (5, 12), 1)
    assert say(sheet, "listed_h_days_2_4") == 3.5


def test_governances_share_of_talk_before_and_after_the_penalty(sheet):
    assert math.isnan(say(sheet, "governance_share_before_penalty"))
    sheet.happens("action", "penalty", 2, 12)
    sheet.fill("posts_deal", (1, 0), (1, 1), 3.0)
    sheet.fill("posts_governance", (1, 0), (1, 1), 1.0)
    sheet.fill("posts_deal", (2, 12), (2, 13), 1.0)
    sheet.fill("posts_governance", (2, 12), (2, 13), 4.0)
    sheet.fill("posts_governance", (3, 12), (3, 13), 100.0)  # a day later
    assert say(sheet, "governance_share_before_penalty") == 0.25
    sheet.series["posts_governance"][0] = 16.0  # what was said first was said before the penalty
    assert say(sheet, "governance_share_before_penalty") == 20 / 32
    assert say(sheet, "governance_share_after_penalty") == 0.8


def test_the_busiest_hour_is_of_everybody_and_inside_its_span(sheet):
    sheet.fill("posts_core", (1, 10), (1, 11), 2.0)
    sheet.fill("posts_customer", (1, 10.5), (1, 11.5), 1.0)
    sheet.fill("posts_public", (1, 10), (1, 11), 0.5)
    assert say(sheet, "busiest_hour_day_1") == 4 * 2.5 + 2
    sheet.fill("posts_public", (2, 11), (2, 12), 1.0)
    sheet.fill("posts_public", (2, 12), (2, 14), 50.0)
    assert say(sheet, "busiest_hour_day_2_to_noon") == 4.0
    assert quantities.View.of(sheet.run()).posts().sum() == 4 * (2 + 1 + 0.5) + 4 + 8 * 50


def test_talk_grows_faster_after_a_partner_has_left(sheet):
    assert math.isnan(say(sheet, "volume_slope_after_partner_exit"))
    at = sheet.step(2, 12)
    sheet.happens("kol_exit", "neutral_1", 1, 5)
    sheet.happens("kol_exit", "partner_1", 2, 12)
    sheet.series["posts_core"][at - 12 : at] = np.arange(12.0) * 0.5
    sheet.series["posts_core"][at : at + 12] = 10 + np.arange(12.0) * 2
    sheet.series["posts_core"][at + 12 :] = 1000.0
    assert say(sheet, "volume_slope_before_partner_exit") == pytest.approx(0.5)
    assert say(sheet, "volume_slope_after_partner_exit") == pytest.approx(2.0)


# --- the market -----------------------------------------------------------------------------------


def test_closes_are_the_last_price_of_a_day_in_session(sheet):
    clock = sheet.clock
    inside = np.flatnonzero(clock.in_session())
    for day, close in ((1, 98.0), (2, 97.0), (3, 96.0), (4, 95.0), (5, 94.0)):
        steps = [k for k in inside if sheet.step(day) <= k < sheet.step(day + 1)]
        sheet.series["price_hkd"][steps] = 99.0
        sheet.series["price_hkd"][steps[-1]] = close
        sheet.series["price_hkd"][steps[-1] + 1] = 1.0  # nobody trades
    closes = [say(sheet, f"close_day_{d}") for d in (1, 2, 3, 4, 5)]
    assert closes == [98.0, 97.0, 96.0, 95.0, 94.0]
    assert say(sheet, "close_before") == 100.0
    assert say(sheet, "return_before_to_day_4") == pytest.approx(math.log(0.95))
    assert say(sheet, "low_day_1") == pytest.approx(-0.02)


def test_the_low_of_a_day_is_of_its_session(sheet):
    steps = np.flatnonzero(sheet.clock.in_session())
    first = [k for k in steps if sheet.step(1) <= k < sheet.step(2)]
    sheet.series["price_hkd"][first[3]] = 93.0
    sheet.series["price_hkd"][sheet.step(1, 3)] = 50.0
    assert say(sheet, "low_day_1") == pytest.approx(-0.07)


def test_the_low_of_a_day_with_a_session_of_its_own(sheet):
    """Trading is halted at noon of day 1, and on day 2 it is not."""
    sheet.fill("in_session", (1, 12), (2, 0), 0.0)
    sheet.fill("price_hkd", (1, 11), (1, 12), 96.0)
    sheet.fill("price_hkd", (1, 14), (1, 15), 50.0)
    assert say(sheet, "low_day_1") == pytest.approx(-0.04)


def test_without_a_price_before_the_case_there_is_nothing_to_compare_with(sheet):
    nothing = {"previous_close_hkd": None}
    for name in ("close_before", "low_day_1", "return_before_to_day_4"):
        assert math.isnan(say(sheet, name, market=nothing)), name
    assert say(sheet, "close_day_1", market=nothing) == 100.0


def test_a_return_counts_from_the_close_of_its_first_day(sheet):
    for day, close in ((1, 80.0), (2, 90.0), (4, 99.0)):
        sheet.fill("price_hkd", (day, 15.5), (day, 16), close)
    view = quantities.View.of(sheet.run())
    assert quantities._return_between(2, 4)(view) == pytest.approx(math.log(99 / 90), abs=1e-6)
    assert quantities._return_between(0, 1)(view) == pytest.approx(math.log(80 / 100), abs=1e-6)


def test_without_a_market_there_are_no_closes():
    sheet = Sheet(listed=False)
    for name in ("close_day_1", "low_day_1", "return_before_to_day_4"):
        assert math.isnan(say(sheet, name)), name


# --- targets --------------------------------------------------------------------------------------


def test_levels_that_orderings_compare_with(sheet):
    assert (say(sheet, "half"), say(sheet, "tenth")) == (0.5, 0.1)


def test_an_ordering_holds_where_every_term_is_less_than_the_next(sheet):
    sheet.happens("action", "apology", 1, 20)
    sheet.happens("action", "penalty", 2, 20)
    sheet.happens("forcing", "rumour", 1, 20)
    view = quantities.View.of(sheet.run())
    wanted = [
        target("ordering", id="holds", terms=("apology", "penalty")),
        target("ordering", id="turned", terms=("penalty", "apology")),
        target("ordering", id="same", terms=("apology", "rumour")),
        target("ordering", id="missing", terms=("apology", "screenshot", "penalty")),
        target("ordering", id="three", terms=("tenth", "half", "apology")),
        target("ordering", id="last two turned", terms=("tenth", "apology", "half")),
        target(id="number", quantity="outrage_burden_core"),
        target(id="read", quantity="hashtags_day_1"),
    ]
    said = targets.observe(view, wanted)
    assert said == {
        "holds": 1.0, "turned": 0.0, "same": 0.0, "missing": 0.0, "three": 1.0,
        "last two turned": 0.0, "number": 0.0,
        "read": 0.0,
    }  # fmt: skip


def test_what_is_not_modelled_is_no_target():
    assert targets.modelled(target(quantity="public_reach"))
    assert targets.modelled(target(quantity="hashtags_day_1"))
    assert not targets.modelled(target(quantity="sales"))
    assert not targets.modelled(target("ordering", terms=("apology", "sales")))
    assert targets.modelled(target("ordering", quantity="sales", terms=("apology", "penalty")))


def test_older_names_say_the_same_as_those_by_day(sheet):
    """Case files and stored studies hold names with the dates of the first case."""
    sheet.happens("list_entry", "apology", 1, 20)
    sheet.fill("reads", (1, 0), (2, 0), 1)
    sheet.fill("reads", (2, 0), (6, 0), 3)
    sheet.fill("n_listed", (2, 0), (3, 0), 1)
    view = quantities.View.of(sheet.run())
    assert len(set(quantities.OLDER.values())) == len(quantities.OLDER) == 23
    for older, name in quantities.OLDER.items():
        assert older not in quantities.QUANTITIES and name in quantities.QUANTITIES
        both = [target(id="older", quantity=older), target(id="now", quantity=name)]
        assert all(map(targets.modelled, both))
        said = targets.observe(view, both)
        assert said["older"] == said["now"] or math.isnan(said["older"]) is math.isnan(said["now"])
    said = targets.observe(
        view,
        [target(quantity="hashtags_5_jan", id="a"), target(quantity="listed_h_6_8_jan", id="b")],
    )
    assert said == {"a": 1.0, "b": 24.0}
    order = target("ordering", terms=("attention_5_jan", "attention_6_jan"), id="c")
    assert targets.modelled(order) and targets.observe(view, [order]) == {"c": 1.0}


def test_every_target_of_the_documented_case_that_was_modelled_still_is():
    case = compose(["response=none"]).case
    assert [len(targets.targets_of(case, use)) for use in ("fit", "holdout")] == [15, 25]
    names = [name for t in case.targets for name in (t.quantity, *t.terms)]
    assert not set(names) & set(quantities.OLDER)


def test_a_use_has_the_targets_of_that_use_that_a_run_can_speak_to():
    case = SimpleNamespace(
        targets=[
            target(id="a", quantity="public_reach"),
            target(id="b", quantity="public_reach", use="holdout"),
            target(id="c", quantity="sales"),
            target(id="d", quantity="sales", use="holdout"),
            target("ordering", id="e", terms=("apology", "penalty")),
        ]
    )
    assert [each.id for each in targets.targets_of(case, "fit")] == ["a", "e"]
    assert [each.id for each in targets.targets_of(case, "holdout")] == ["b"]


def test_spans_and_allowances():
    assert targets.span_of(target(value=3.0)) == (3.0, 3.0)
    assert targets.span_of(target("interval", low=1.0, high=2.0)) == (1.0, 2.0)
    assert targets.span_of(target("ordering")) == (1.0, 1.0)
    assert targets.allowance(target(tolerance=3.0, discrepancy=4.0)) == 5.0
    assert targets.allowance(target(tolerance=3.0)) == 3.0
    assert targets.allowance(target(discrepancy=4.0)) == 4.0
    assert targets.allowance(target()) == 0.0


def test_implausibility_by_hand():
    """Standard deviations from the nearest end; MISSED for the share that never came to be."""
    wanted = [
        target(id="a", value=10, tolerance=3, discrepancy=4),
        target("interval", id="b", low=1, high=2, discrepancy=0.5),
        target("ordering", id="c", discrepancy=0.25),
        target(id="exact", value=1.0),
    ]
    means = pd.DataFrame(
        {"a": [10.0, 20.0, np.nan, 0.0], "b": [1.5, 3.0, 0.0, 2.0], "c": [1.0, 0.5, 0.0, 1.0],
         "exact": [1.0, 1.0, np.nan, 1.0]}
    )  # fmt: skip
    missed = pd.DataFrame(0.0, index=range(4), columns=list(means))
    missed.loc[2, ["a", "exact"]] = 1.0
    missed.loc[3, "a"] = 0.25
    gaps = targets.implausibility(means, missed, wanted, {"a": 0.0, "b": 0.0, "c": 9.0})
    assert gaps["a"].tolist() == pytest.approx([0, 2, 3, 0.75 * 2 + 0.25 * 3])
    assert gaps["b"].tolist() == pytest.approx([0, 2, 2, 0])
    assert gaps["c"].tolist() == pytest.approx([0, 2, 4, 0])
    assert gaps["exact"].tolist() == [0, 0, 3, 0]
    noisy = targets.implausibility(means, missed, wanted, {"a": 12.0})
    assert noisy["a"][1] == pytest.approx(10 / 13)
    assert noisy["b"][1] == 2  # a quantity whose seeds nobody asked has no noise
    assert noisy["exact"].tolist() == [0, 0, 3, 0]
    off = pd.DataFrame({"exact": [1.001]})
    gap = targets.implausibility(off, off * 0, wanted[3:], {})  # no tolerance: any miss is far off
    assert gap["exact"][0] > 1000 * targets.MISSED
    assert list(gaps.index) == [0, 1, 2, 3]


def test_a_day_counts_from_the_first_of_the_case(sheet):
    view = quantities.View.of(sheet.run())
    assert view.day(1) == slice(sheet.step(1), sheet.step(2)) and view.per_day == 96
    assert view.day(3).stop - view.day(3).start == 96
    assert view.series("heat").dtype == np.float64
    assert view.hours_between(None, 3) != view.hours_between(None, 3)
    assert math.isnan(view.hours_between(3, None)) and view.hours_between(3, 7) == 1.0
    assert view.step(sheet.clock.start) == sheet.step(1)
