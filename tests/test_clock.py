"""The clock: steps and moments, the daily rhythm, the sessions of exchanges."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import zones
from sim.clock import CIRCADIAN, EXCHANGES, FOLDER, Clock


def clock_of(*args, **kwargs) -> Clock:
    """A clock in Hong Kong, with its exchange."""
    return Clock(*args, **{"time_zone": "Asia/Hong_Kong", "exchange": "XHKG", **kwargs})


CASE = clock_of(datetime(2026, 1, 5))
CLOCKS = st.builds(
    clock_of,
    start=st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(
        lambda moment: moment.replace(minute=0, second=0, microsecond=0)
    ),
    dt_min=st.sampled_from([15, 30]),
    horizon_d=st.integers(1, 30),
    burn_in_h=st.integers(0, 48),
)


def bars_by_day(clock: Clock) -> dict[date, list[time]]:
    days: dict[date, list[time]] = {}
    for step in np.flatnonzero(clock.in_session()):
        moment = clock.time_of(int(step))
        days.setdefault(moment.date(), []).append(moment.time())
    return days


def test_a_default_run_has_1344_reported_steps_after_a_day_of_burn_in():
    assert (CASE.n_steps, CASE.burn_in_steps, CASE.dt_h) == (1440, 96, 0.25)
    assert CASE.time_of(0) == datetime(2026, 1, 4)
    assert CASE.time_of(CASE.n_steps) == datetime(2026, 1, 19)


def test_hours_count_from_the_start_and_are_negative_in_the_burn_in():
    assert [CASE.hours(s) for s in (0, 95, 96, 97)] == [-24.0, -0.25, 0.0, 0.25]


@given(CLOCKS, st.data())
def test_every_step_contains_its_first_moment_and_its_last_second(clock, data):
    step = data.draw(st.integers(0, clock.n_steps - 1))
    begins = clock.time_of(step)
    assert clock.step_of(begins) == step
    assert clock.step_of(begins + timedelta(minutes=clock.dt_min, seconds=-1)) == step
    assert clock.hours(step) == (begins - clock.start).total_seconds() / 3600


@given(CLOCKS)
def test_moments_outside_the_simulated_time_are_refused(clock):
    for outside in (clock.time_of(0) - timedelta(seconds=1), clock.time_of(clock.n_steps)):
        with pytest.raises(ValueError, match="outside the simulated time"):
            clock.step_of(outside)


def test_the_screenshot_of_5_january_falls_in_the_step_that_begins_at_13_30():
    assert CASE.time_of(CASE.step_of(datetime(2026, 1, 5, 13, 40))) == datetime(2026, 1, 5, 13, 30)


@pytest.mark.parametrize("dt_min", [15, 30])
@pytest.mark.parametrize("start_hour", [0, 7, 23])
def test_activity_averages_to_one_over_any_whole_day(dt_min, start_hour):
    clock = clock_of(datetime(2026, 1, 5, start_hour), dt_min)
    day = 1440 // dt_min
    profile = clock.circadian()
    assert profile.shape == (clock.n_steps,)
    for first in range(0, clock.n_steps - day, 37):
        assert profile[first : first + day].mean() == pytest.approx(1, abs=1e-12)


def test_activity_follows_the_measured_hours_and_is_smooth_between_them():
    profile = CASE.circadian()[:96]
    hourly = profile.reshape(24, 4).mean(axis=1)
    assert hourly.argmin() == 4
    assert hourly.argmax() == 11
    assert np.corrcoef(hourly, CIRCADIAN)[0, 1] > 0.99
    assert hourly[3:6].mean() <= 0.15 * hourly[10:23].mean()  # F4
    largest_hourly_change = np.abs(np.diff([*CIRCADIAN, CIRCADIAN[0]])).max()
    assert np.abs(np.diff([*profile, profile[0]])).max() < largest_hourly_change / 3


@pytest.mark.parametrize("dt_min", [15, 30])
def test_activity_at_the_middle_of_a_step_lies_between_the_two_nearest_hours(dt_min):
    measured = [
        *(0.82, 0.45, 0.25, 0.14, 0.11, 0.16, 0.38, 0.56, 1.01, 1.24, 1.38, 1.62),
        *(1.52, 1.29, 1.31, 1.29, 1.31, 1.29, 1.31, 1.22, 1.34, 1.41, 1.43, 1.17),
    ]
    expected = []
    for step in range(1440 // dt_min):
        hour, beyond = divmod((step + 0.5) * dt_min / 60 - 0.5, 1)
        here, after = measured[int(hour) % 24], measured[(int(hour) + 1) % 24]
        expected.append((1 - beyond) * here + beyond * after)
    profile = clock_of(datetime(2026, 1, 5), dt_min).circadian()[: 1440 // dt_min]
    assert np.allclose(profile, np.array(expected) / np.mean(expected), rtol=1e-9)


def test_activity_depends_on_the_hour_of_the_day_and_not_on_the_start():
    noon, midnight = clock_of(datetime(2026, 1, 5, 12)), CASE
    assert np.allclose(noon.circadian()[:96], np.roll(midnight.circadian()[:96], -48), rtol=1e-12)


def test_night_is_the_seven_hours_after_midnight():
    night = CASE.is_night()
    nights = {CASE.time_of(int(s)).time() for s in np.flatnonzero(night)}
    assert (min(nights), max(nights)) == (time(0), time(6, 45))
    assert night.sum() == 15 * 28


def test_an_ordinary_session_has_ten_bars_before_lunch_and_twelve_after():
    bars = bars_by_day(CASE)[date(2026, 1, 5)]
    assert (bars[0], bars[9], bars[10], bars[-1]) == (
        time(9, 30),
        time(11, 45),
        time(13),
        time(15, 45),
    )
    assert len(bars) == 22


def test_with_half_hour_steps_a_session_has_eleven_bars():
    assert {len(b) for b in bars_by_day(clock_of(datetime(2026, 1, 5), 30)).values()} == {11}


def test_the_case_has_ten_sessions_and_none_on_a_weekend():
    days = bars_by_day(CASE)
    assert len(days) == 10
    assert all(day.weekday() < 5 for day in days)


def test_the_eve_of_the_lunar_new_year_ends_at_noon_and_the_holidays_do_not_trade():
    days = bars_by_day(clock_of(datetime(2026, 2, 16), horizon_d=5, burn_in_h=0))
    assert max(days[date(2026, 2, 16)]) == time(11, 45)
    assert sorted(days) == [date(2026, 2, 16), date(2026, 2, 20)]


@pytest.mark.parametrize("start", [datetime(2019, 12, 23), datetime(2031, 12, 22)])
def test_outside_the_recorded_sessions_nothing_is_made_up(start):
    assert not clock_of(start, horizon_d=7, burn_in_h=0).in_session().any()


@given(CLOCKS)
def test_each_trading_day_has_one_first_bar_and_it_is_its_earliest(clock):
    first = clock.first_bar()
    days = bars_by_day(clock)
    assert first.sum() == len(days)
    for step in np.flatnonzero(first):
        moment = clock.time_of(int(step))
        assert moment.time() == min(days[moment.date()])


def test_lunch_opens_no_new_day():
    after_lunch = CASE.step_of(datetime(2026, 1, 5, 13))
    assert CASE.in_session()[after_lunch]
    assert not CASE.first_bar()[after_lunch]


# --- exchanges, each a file -----------------------------------------------------------------------


def test_a_clock_has_no_exchange_and_no_zone_that_nobody_gave_it():
    clock = Clock(datetime(2026, 1, 5))
    assert (clock.exchange, clock.time_zone) == (None, zones.UNKNOWN)
    assert not clock.in_session().any()


def test_every_exchange_is_a_file_that_says_where_it_is_from():
    assert list(EXCHANGES) == ["XHKG", "XNAS", "XNYS", "XSHE", "XSHG"]
    for code, exchange in EXCHANGES.items():
        text = (FOLDER / f"{code}.csv").read_text(encoding="utf-8")
        assert "# Source: made once with exchange-calendars" in text
        assert zones.is_zone(exchange.time_zone) and len(exchange.currency) == 3
        assert exchange.name("en") != exchange.name("zh")
        first, last = exchange.recorded()
        assert first < date(2023, 1, 6) and last >= date(2026, 12, 31)


@pytest.mark.parametrize(
    ("code", "day", "bars"),
    [
        ("XHKG", date(2026, 1, 5), 22), ("XHKG", date(2026, 2, 17), 0),  # the New Year
        ("XSHG", date(2024, 2, 19), 16), ("XSHG", date(2024, 2, 12), 0),
        ("XSHG", date(2025, 10, 1), 0),  # the National Day
        ("XSHE", date(2024, 2, 19), 16), ("XSHE", date(2024, 2, 12), 0),
        ("XSHE", date(2025, 10, 1), 0),
        ("XNYS", date(2018, 12, 4), 26), ("XNYS", date(2018, 12, 5), 0),  # a day of mourning
        ("XNYS", date(2025, 1, 9), 0), ("XNYS", date(2024, 11, 29), 14),  # closes at 13:00
        ("XNAS", date(2025, 7, 3), 14), ("XNAS", date(2025, 7, 4), 0),
        ("XNAS", date(2018, 12, 5), 0),
    ],
)  # fmt: skip
def test_sessions_are_those_of_the_exchange(code, day, bars):
    zone = EXCHANGES[code].time_zone
    start = datetime(day.year, day.month, day.day)
    clock = Clock(start, 15, 1, 0, zone, code)
    assert int(clock.in_session().sum()) == bars
    assert int(clock.first_bar().sum()) == (bars > 0)


def test_a_full_day_lasts_as_long_as_the_hours_say():
    hours = {code: exchange.day_h for code, exchange in EXCHANGES.items()}
    assert hours == {"XHKG": 5.5, "XNAS": 6.5, "XNYS": 6.5, "XSHE": 4.0, "XSHG": 4.0}
