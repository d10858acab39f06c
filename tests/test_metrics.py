"""Outcomes, worked by hand on made-up runs."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest

from sim.clock import Clock
from sim.course import hours_of
from sim.metrics import BY_NAME, OUTCOMES, not_known, outcomes
from sim.record import KINDS, SERIES, LogEntry, Run

START = datetime(2026, 1, 5)
NOON = START + timedelta(hours=12)
WEIGHTS = {"core": 0.1, "customer": 0.3, "public": 0.6}


class Sheet:
    """An empty run to write on: delays count from Monday noon, closes from 100 HKD."""

    def __init__(self, dt_min=15, horizon_d=14, listed=True, start=START, burn_in_h=24):
        self.clock = Clock(start, dt_min, horizon_d, burn_in_h, "Asia/Hong_Kong", "XHKG")
        self.series = {s.name: np.zeros(self.clock.n_steps, np.float32) for s in SERIES}
        self.log = []
        if listed:
            self.series["in_session"][:] = self.clock.in_session()
        self.series["price_hkd"][:] = 100

    def step(self, day, hour=0.0):
        """The step at an hour of a day; day 1 is 5 January."""
        return self.clock.step_of(START + timedelta(days=day - 1, hours=hour))

    def fill(self, name, begins, ends, value):
        """A value between two (day, hour), the second left out."""
        self.series[name][self.step(*begins) : self.step(*ends)] = value

    def happens(self, kind, who, day, hour, value=0.0):
        self.log.append(LogEntry(self.step(day, hour), kind, who, value))

    def outcomes(self, **case):
        return outcomes(self.run(**case))

    def run(self, **case):
        """The run; `case` is what its case has otherwise."""
        asked = {
            "case": {
                "name": "made_up",
                "clock_start": f"{NOON:%Y-%m-%d %H:%M}",
                "market": {"previous_close_hkd": 100.0},
                **case,
            },
            "response": {"name": "none"},
            "parameters": {"daily_volatility": 0.02},
        }
        return Run(
            name="0" * 16,
            asked=asked,
            seed=0,
            engine="columnar",
            clock=self.clock,
            series=self.series,
            log=tuple(sorted(self.log)),
            weights=WEIGHTS,
            n_people=dict.fromkeys(KINDS, 10),
            trust_start={"core": 0.8, "customer": 0.5, "public": 0.5},
        )


@pytest.fixture
def sheet():
    return Sheet()


def test_every_outcome_has_a_unit_both_languages_and_a_direction(sheet):
    assert list(sheet.outcomes()) == [outcome.name for outcome in OUTCOMES] == list(BY_NAME)
    for outcome in OUTCOMES:
        assert outcome.unit
        assert outcome.en
        assert outcome.zh
        assert outcome.better in ("lower", "higher", "none")
        assert any("一" <= sign <= "鿿" for sign in outcome.zh)


def test_where_nothing_happens_shares_are_zero_and_times_undefined(sheet):
    result = sheet.outcomes()
    for name in ("outrage_peak_core", "outrage_burden_core", "public_reach", "listed_h", "exited"):
        assert result[name] == 0
    for name in (
        "time_to_half_h",
        "first_listed_h",
        "first_listed_after_apology_h",
        "governance_share",
        "negative_share_30h",
        "realised_over_declared",
        "fan_peak_h",
        "public_peak_3h_h",
        "fan_lead_h",
        "detection_h",
        "first_response_h",
        "peak_heat_apology",
        "second_wave",
    ):
        assert math.isnan(result[name]), name


def test_outrage_of_half_for_two_days_is_one_fan_day(sheet):
    sheet.fill("outrage_core", (1, 12), (3, 12), 0.5)
    result = sheet.outcomes()
    assert result["outrage_peak_core"] == 0.5
    assert result["outrage_burden_core"] == pytest.approx(1.0)
    assert result["time_to_half_h"] == 48


def test_outrage_of_the_burn_in_day_is_not_reported(sheet):
    sheet.series["outrage_core"][:96] = 1
    assert sheet.outcomes()["outrage_burden_core"] == 0


def test_half_counts_from_the_peak_and_must_be_passed(sheet):
    sheet.fill("outrage_core", (2, 0), (3, 0), 0.8)
    sheet.fill("outrage_core", (3, 0), (4, 0), 0.4)  # just half is not below half
    assert sheet.outcomes()["time_to_half_h"] == 48
    sheet.fill("outrage_core", (3, 0), (14, 23.75), 0.5)
    sheet.series["outrage_core"][-1] = 0.5
    assert math.isnan(sheet.outcomes()["time_to_half_h"])


def test_shares_over_people_are_weighted_to_the_real_shares(sheet):
    for name in ("aware", "declared", "unfollowed"):
        for kind, value in zip(KINDS, (1.0, 0.5, 0.1), strict=True):
            sheet.series[f"{name}_{kind}"][-1] = value
    sheet.series["exited_core"][-1], sheet.series["exited_customer"][-1] = 0.2, 0.1
    sheet.series["sold_core"][-1] = 0.5
    result = sheet.outcomes()
    assert result["public_reach"] == pytest.approx(0.1 * 1 + 0.3 * 0.5 + 0.6 * 0.1)
    assert result["declared"] == result["unfollowed"] == result["public_reach"]
    assert result["declared_core"] == 1
    assert result["exited"] == pytest.approx(0.02 + 0.03)
    assert result["exited_core"] == pytest.approx(0.2)
    assert result["sold"] == pytest.approx(0.05)
    assert result["realised_over_declared"] == pytest.approx(0.05 / 0.31)


@pytest.mark.parametrize(
    ("case", "beginnings", "n"),
    [
        ({"market": {"listed": False, "previous_close_hkd": None}}, ("car_",), 6),
        ({"currency": "USD"}, ("cash_hkd", "legal_hkd"), 2),
        ({"hot_list": False}, ("listed_h", "first_listed", "reads_day_"), 13),
        (
            {"currency": "USD", "hot_list": False},
            ("cash", "legal", "listed", "first_l", "reads"),
            15,
        ),
        ({"market": {"listed": True, "previous_close_hkd": 100.0}, "currency": "HKD"}, ("no",), 0),
        ({}, ("no",), 0),
    ],
)
def test_what_a_case_cannot_have_is_not_known_and_not_zero(sheet, case, beginnings, n):
    """No market: no returns. Other money: no costs in HKD. No trending list: nothing about it."""
    sheet.happens("action", "apology", 1, 13)
    sheet.happens("list_entry", "leak", 1, 14)
    usual, result = sheet.outcomes(), sheet.outcomes(**case)
    gone = not_known(sheet.run(**case).asked["case"])
    assert gone == {name for name in BY_NAME if name.startswith(beginnings)} and len(gone) == n
    expected = {name: math.nan if name in gone else value for name, value in usual.items()}
    assert result == pytest.approx(expected, nan_ok=True)


def test_listed_hours_and_reads_are_those_of_the_calendar_day(sheet):
    sheet.fill("n_listed", (2, 22), (3, 5), 3)  # three hashtags at once are still one hour an hour
    sheet.fill("reads", (2, 22), (3, 5), 0.5)
    result = sheet.outcomes()
    assert result["listed_h"] == 7
    assert [result[f"listed_h_day_{d}"] for d in (1, 2, 3, 4, 5)] == [0, 2, 5, 0, 0]
    assert [result[f"reads_day_{d}"] for d in (1, 2, 3)] == [0, 4, 10]
    sheet.fill("n_listed", (4, 1), (4, 2), 1)  # and one alone is listed, too
    assert sheet.outcomes()["listed_h_day_4"] == 1


def test_the_first_entry_counts_from_the_clock_start_and_from_the_apology(sheet):
    sheet.happens("action", "apology", 1, 20)
    sheet.happens("list_entry", "leak", 1, 18)
    sheet.happens("list_entry", "apology", 2, 9.5)
    result = sheet.outcomes()
    assert result["first_listed_h"] == 6
    assert result["first_listed_after_apology_h"] == 13.5
    sheet.happens("list_entry", "penalty", 3, 9)  # a later one is not the first
    assert sheet.outcomes()["first_listed_after_apology_h"] == 13.5
    sheet.happens("list_entry", "mock", 1, 20)  # one in the very step of the apology is
    assert sheet.outcomes()["first_listed_after_apology_h"] == 0


def test_governance_share_is_over_outraged_talk_alone(sheet):
    sheet.fill("posts_neutral", (1, 0), (4, 0), 100)
    sheet.fill("posts_deal", (1, 0), (2, 0), 3)
    sheet.fill("posts_governance", (1, 0), (3, 0), 1)
    result = sheet.outcomes()
    assert result["governance_share_day_1"] == 0.25
    assert result["governance_share_day_2"] == 1
    assert math.isnan(result["governance_share_day_3"])
    assert result["governance_share"] == pytest.approx(2 / 5)


def test_the_negative_share_covers_thirty_hours_from_the_clock_start(sheet):
    sheet.fill("posts_neutral", (1, 0), (5, 0), 1)
    sheet.fill("posts_deal", (1, 0), (1, 12), 9)  # before the clock start
    sheet.fill("posts_deal", (2, 3), (2, 18), 1)  # the last 15 of the 30 h
    sheet.fill("posts_governance", (2, 18), (5, 0), 9)  # after them
    assert sheet.outcomes()["negative_share_30h"] == pytest.approx(15 / 45)
    sheet.fill("posts_governance", (1, 12), (1, 22), 3)  # 10 h at 3 are 30 to 15 of deal, 30 else
    assert sheet.outcomes()["negative_share_30h"] == pytest.approx(45 / 75)


def test_trust_is_relative_to_where_it_began(sheet):
    sheet.series["trust_core"][sheet.step(7, 23.75)] = 0.6
    sheet.series["trust_core"][-1] = 0.72
    sheet.series["trust_customer"][-1] = 0.5
    result = sheet.outcomes()
    assert result["trust_core_d7"] == pytest.approx(0.75)
    assert result["trust_core_d14"] == pytest.approx(0.9)
    assert result["trust_customer_d14"] == pytest.approx(1)


def test_days_beyond_the_horizon_are_undefined():
    result = Sheet(horizon_d=3).outcomes()
    for name in ("trust_core_d7", "listed_h_day_4", "reads_day_5", "car_0_3", "second_wave"):
        assert math.isnan(result[name]), name
    assert result["listed_h_day_3"] == 0


def test_returns_run_from_the_close_before_to_closes_of_trading_days():
    sheet = Sheet(horizon_d=15)
    closes = {1: 98.0, 2: 97.0, 3: 99.0, 4: 96.0, 15: 90.0}  # 3 and 4 January is a weekend
    for day, close in closes.items():
        sheet.fill("price_hkd", (day, 9), (day, 15.5), 50.0)  # within the day it does not matter
        sheet.fill("price_hkd", (day, 15.5), (day, 16), close)
    result = sheet.outcomes()
    assert result["car_0_1"] == pytest.approx(math.log(97 / 100), abs=1e-6)
    assert result["car_0_3"] == pytest.approx(math.log(96 / 100), abs=1e-6)
    assert result["car_0_10"] == pytest.approx(math.log(90 / 100), abs=1e-6)  # 19 January
    assert result["car_noise_0_1"] == pytest.approx(1.96 * 0.02 * 2**0.5)
    assert result["car_noise_0_10"] == pytest.approx(1.96 * 0.02 * 11**0.5)


def test_the_close_before_is_the_last_of_those_before_the_clock_start(sheet):
    """A leak on Wednesday noon: its base is Tuesday's close, and day 1 is Thursday."""
    for day, close in ((1, 80.0), (2, 90.0), (3, 70.0), (4, 99.0), (5, 45.0)):
        sheet.fill("price_hkd", (day, 15.5), (day, 16), close)
    result = sheet.outcomes(clock_start="2026-01-07 12:00")
    assert result["car_0_1"] == pytest.approx(math.log(99 / 90), abs=1e-6)


def test_without_a_close_before_there_is_no_return(sheet):
    result = sheet.outcomes(market={"previous_close_hkd": None})
    assert all(math.isnan(result[f"car_0_{d}"]) for d in (1, 3, 10))
    assert result["car_noise_0_1"] == pytest.approx(1.96 * 0.02 * 2**0.5)


def test_ten_trading_days_do_not_fit_into_fourteen_days(sheet):
    result = sheet.outcomes()
    assert math.isnan(result["car_0_10"])
    assert math.isnan(result["car_noise_0_10"])
    assert result["car_0_3"] == 0


def test_a_brand_without_shares_has_no_returns():
    result = Sheet(listed=False).outcomes()
    assert math.isnan(result["car_0_1"])
    assert math.isnan(result["car_noise_0_1"])


def test_costs_are_those_at_the_end(sheet):
    for name, value in (("cash_hkd", 1e6), ("legal_hkd", 2e5), ("morale", 0.75)):
        sheet.series[name][-1] = value
    result = sheet.outcomes()
    assert (result["cash_hkd"], result["legal_hkd"], result["morale"]) == (1e6, 2e5, 0.75)


def test_partner_exits_are_counted(sheet):
    sheet.happens("kol_exit", "partner_1", 1, 14)
    sheet.happens("kol_exit", "partner_3", 2, 14)
    sheet.happens("mock", "antagonist_1", 2, 14)
    assert sheet.outcomes()["n_partner_exits"] == 2


def test_peaks_are_the_middle_of_the_busiest_window(sheet):
    sheet.fill("posts_core", (1, 12), (2, 12), 1)
    sheet.fill("posts_core", (1, 20), (1, 23), 2)
    sheet.fill("posts_public", (3, 0), (4, 0), 1)
    sheet.fill("posts_customer", (3, 9), (3, 12), 5)
    result = sheet.outcomes()
    assert result["fan_peak_h"] == 12  # 24 h: midnight
    assert result["public_peak_h"] == 48  # Wednesday noon
    assert result["fan_lead_h"] == 36
    assert result["fan_peak_3h_h"] == 9.5  # 21:30
    assert result["public_peak_3h_h"] == 46.5
    assert result["fan_lead_3h_h"] == 37


def test_talk_of_the_burn_in_day_counts_to_the_last_step(sheet):
    """A rumour's day before the start: its middle is Sunday noon, 24 h before the screenshot."""
    for kind in ("core", "public"):
        sheet.series[f"posts_{kind}"][:96] = 1
    result = sheet.outcomes()
    assert result["fan_peak_h"] == result["public_peak_h"] == -24
    assert result["fan_lead_h"] == 0
    assert math.isnan(result["fan_peak_3h_h"])  # the busiest 3 h are looked for from the start on


def test_a_day_of_talk_is_one_window_where_the_run_has_no_more():
    sheet = Sheet(horizon_d=1, burn_in_h=0)
    sheet.fill("posts_core", (1, 20), (1, 21), 1)
    assert sheet.outcomes()["fan_peak_h"] == 0  # noon, where the clock starts
    assert math.isnan(sheet.outcomes()["second_wave"])


def test_one_loud_step_is_no_peak(sheet):
    sheet.fill("posts_core", (2, 12), (2, 15), 10)
    sheet.fill("posts_core", (4, 12), (4, 12.25), 50)
    assert sheet.outcomes()["fan_peak_3h_h"] == 25.5


def test_detection_and_first_response_count_from_the_clock_start(sheet):
    sheet.happens("detection", "pr_team", 1, 15)
    sheet.happens("detection", "pr_team", 1, 19)  # known already
    sheet.happens("action", "buyback", 1, 13)  # money, no answer to anybody
    sheet.happens("action", "apology", 1, 20)
    sheet.happens("action", "penalty", 2, 20)
    result = sheet.outcomes()
    assert result["detection_h"] == 3
    assert result["first_response_h"] == 8


def test_a_disclosure_before_the_leak_is_a_response_at_a_negative_hour(sheet):
    sheet.happens("action", "disclosure", 1, 6)
    assert sheet.outcomes()["first_response_h"] == -6


@pytest.mark.parametrize("dt_min", [15, 30])
def test_a_phase_lasts_until_the_next_act_and_at_most_a_day(dt_min):
    sheet = Sheet(dt_min)
    sheet.happens("action", "apology", 1, 20)
    sheet.happens("action", "penalty", 2, 8)
    sheet.happens("listed", "apology", 2, 7, 5.0)  # the last hour of the apology
    sheet.happens("listed", "penalty", 2, 8, 9.0)  # the first hour of the penalty
    sheet.happens("listed", "penalty_2", 2, 8, 7.0)  # the largest counts, not the sum
    sheet.happens("listed", "penalty", 3, 8, 99.0)  # 24 h after it
    result = sheet.outcomes()
    assert result["peak_heat_apology"] == 5
    assert result["peak_heat_penalty"] == 9
    assert math.isnan(result["peak_heat_explanation"])


def test_the_second_wave_begins_after_day_nine(sheet):
    sheet.fill("list_heat", (2, 0), (2, 1), 80)
    sheet.fill("list_heat", (9, 23), (10, 0), 60)
    sheet.fill("list_heat", (10, 0), (10, 1), 20)
    assert sheet.outcomes()["second_wave"] == 0.25


def test_the_first_wave_lasts_until_the_end_of_day_nine(sheet):
    sheet.fill("list_heat", (2, 0), (2, 1), 40)
    sheet.fill("list_heat", (9, 23), (10, 0), 80)
    sheet.fill("list_heat", (10, 0), (10, 1), 20)
    assert sheet.outcomes()["second_wave"] == 0.25
    sheet.fill("list_heat", (10, 0), (10, 1), 160)  # a second wave may be the larger one
    assert sheet.outcomes()["second_wave"] == 2


def test_hours_of_a_run_are_zero_at_the_clock_start(sheet):
    hours = hours_of(sheet.run())
    assert hours[sheet.step(1, 12)] == 0
    assert hours[0] == -36
    assert hours[1] - hours[0] == 0.25
