"""Zone, currency and exchange of a case: its own, or said not to be known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest
import yaml

from sim import zones
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.case.case_file import read_case
from sim.case.check import check_case, looked_through
from sim.case.older_files import not_said
from sim.case.timeline import describe_case
from sim.clock import Clock
from sim.metrics import outcomes
from sim.parts import from_table, to_table
from sim.playbook.kinds import STEPS
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.conduct import EngineConfig
from sim.state.scenario import build_scenario

SMALL = ("uncertainty=point", "population=classroom", "clock.horizon_d=4")
FOLDER = conf_dir() / "case"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
ZONES = {
    "xiaomi_2026": ("Asia/Hong_Kong", "HKD", "XHKG", True),
    "textbook": ("Asia/Hong_Kong", "HKD", "XHKG", True),
    "quiet_week": ("Asia/Hong_Kong", "HKD", "XHKG", True),
    "baidu_pr_2024": ("Asia/Shanghai", "HKD", "XHKG", False),
    "eastbuy_2023": ("Asia/Shanghai", "HKD", "XHKG", False),
    "bud_light_2023": ("America/Chicago", "USD", None, False),
    "starbucks_2018": ("America/New_York", "USD", None, False),
    "new_coke_1985": ("America/New_York", "USD", None, False),
    "helldivers2_2024": ("Etc/UTC", None, None, False),
    "tea_house": ("Asia/Hong_Kong", "HKD", None, False),
}


@pytest.fixture
def raw() -> dict:
    return {**read_yaml(FOLDER / "textbook.yaml"), "folder": str(FOLDER)}


def case_of(name: str):
    return read_case({**read_yaml(FOLDER / f"{name}.yaml"), "folder": str(FOLDER)})


def older(raw: dict, **market) -> dict:
    """The file as the first edition had it: without zone, currency, exchange and hot list."""
    new = ("time_zone", "currency", "exchange", "hot_list")
    kept = {key: value for key, value in raw.items() if key not in new}
    return {**kept, "market": {**raw["market"], **market}}


def test_a_file_from_before_there_were_zones_is_read_as_far_as_it_knows(raw):
    hong_kong = read_case(older(raw, listed=True, currency="HKD"))
    assert (hong_kong.time_zone, hong_kong.currency, hong_kong.exchange) == ZONES["textbook"][:3]
    assert hong_kong.simulated() == read_case(raw).simulated()
    unlisted = older(raw, listed=False, currency="USD", previous_close_hkd=None)
    case = read_case(unlisted)
    assert (case.time_zone, case.currency, case.exchange) == (zones.UNKNOWN, "USD", None)
    assert "local time" in describe_case(case) and "当地时间" in describe_case(case, "zh")
    assert "Hong Kong" not in describe_case(case)
    assert any("local time" in note for note in not_said(unlisted))
    assert not not_said(raw)


def test_a_zone_that_is_not_known_is_even_time_without_an_offset(raw):
    case = read_case(older(raw, listed=False, currency="USD", previous_close_hkd=None))
    clock = Clock(datetime(2023, 3, 11), 15, 4, 24, case.time_zone, None)  # summer time elsewhere
    assert {b - a for a, b in pairwise(clock.time_of(k) for k in range(clock.n_steps))} == {
        timedelta(minutes=15)
    }
    assert clock.moment_of(0).tzinfo is None


@pytest.mark.parametrize(
    "market",
    [
        {"listed": True, "currency": "USD"},
        {"listed": "yes", "currency": "HKD"},
        {"listed": False, "currency": "HKD", "previous_close_hkd": float("nan")},
        {"listed": False, "currency": "USD", "previous_close_hkd": "12"},
    ],
)
def test_an_older_file_with_a_price_that_is_none_here_is_refused(raw, market):
    with pytest.raises(ConfigError):
        read_case(older(raw, **market))


@pytest.mark.parametrize("name", CASES)
def test_every_shipped_case_has_its_own_zone_currency_and_exchange(name):
    case = case_of(name)
    assert (case.time_zone, case.currency, case.exchange, case.listed) == ZONES[name]
    assert case.listed or (case.no_market("en") and case.no_market("zh"))
    assert case.no_market("en") != case.no_market("zh") or case.listed


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"time_zone": "EST"}, "time_zone: America/New_York"),
        ({"time_zone": "Hong Kong time"}, "IANA"),
        ({"time_zone": 8}, "IANA"),
        ({"currency": "USD"}, "prices at the Hong Kong exchange are in HKD"),
        ({"currency": "dollars"}, "no currency"),
        ({"exchange": "XLON"}, "not recorded"),
        ({"exchange": None}, "is a price, but the case has no exchange"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is_allowed(raw, change, told):
    with pytest.raises(ConfigError, match=told):
        read_case({**raw, **change})


@pytest.mark.parametrize("key", ["time_zone", "currency", "exchange", "hot_list"])
def test_none_of_these_is_taken_for_granted(raw, key):
    del raw[key]
    with pytest.raises(ConfigError, match="is missing"):
        read_case(raw)


@pytest.mark.parametrize("close", [float("nan"), float("inf"), "forty", 10**400, -1, True])
@pytest.mark.parametrize("exchange", ["XHKG", None])
def test_a_price_is_a_number_whether_listed_or_not(raw, exchange, close):
    market = {**raw["market"], "previous_close_hkd": close}
    with pytest.raises(ConfigError, match="previous_close_hkd"):
        read_case({**raw, "exchange": exchange, "market": market})


def test_a_market_outside_the_recorded_sessions_is_refused(raw, tmp_path):
    text = (FOLDER / "textbook.yaml").read_text(encoding="utf-8").replace("2026-03", "1990-03")
    file = tmp_path / "old.yaml"
    file.write_text(text, encoding="utf-8")
    (problem,) = check_case(file)
    assert "1990-03-01 to 1990-03-16 are not all recorded" in problem
    assert "previous_close_hkd: null" in problem


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2023-03-12 02:30", "never happened(.|\\n)*from 2023-03-12 03:00"),
        ("2023-11-05 01:30", "happened twice(.|\\n)*from 2023-11-05 02:00"),
        ("2023-03-13 09:00-04:00", "has an offset(.|\n)*2023-03-13 09:00"),
        ("2023-03-13T13:00:00Z", "has an offset(.|\n)*2023-03-13 09:00"),
    ],
)
def test_a_time_that_the_wall_clock_never_or_twice_showed_is_refused(raw, moment, told):
    event = {**raw["events"][0], "time": moment}
    start = moment[:10] + " 00:00"
    with pytest.raises(ConfigError, match=told):
        read_case(
            {
                **raw, "time_zone": "America/New_York", "currency": "USD", "exchange": None,
                "market": {}, "start": start, "events": [event], "levers": {},
            }
        )  # fmt: skip


def test_steps_are_even_where_the_clocks_are_put_forward():
    """12 March 2023 has 23 hours in New York: labels jump, steps do not."""
    clock = Clock(datetime(2023, 3, 11), 15, 3, 0, "America/New_York", None)
    day = [clock.time_of(step).date() for step in range(clock.n_steps)].count(
        datetime(2023, 3, 12).date()
    )
    assert day == 23 * 4
    assert clock.n_steps == 3 * 96
    moments = [clock.moment_of(step) for step in range(clock.n_steps)]
    assert {b - a for a, b in pairwise(moments)} == {timedelta(minutes=15)}
    assert clock.step_of(datetime(2023, 3, 12, 3)) - clock.step_of(datetime(2023, 3, 12, 1)) == 4
    night = [clock.time_of(s).hour for s in range(clock.n_steps) if clock.is_night()[s]]
    assert set(night) == set(range(7))
    local = [clock.time_of(s) for s in range(clock.n_steps)]
    by_hour = dict(
        zip(((t.hour, t.minute) for t in local[-96:]), clock.circadian()[-96:], strict=True)
    )
    first = dict(zip(((t.hour, t.minute) for t in local[:96]), clock.circadian()[:96], strict=True))
    late = {at: by_hour[at] for at in first if at in by_hour}
    assert late == pytest.approx({at: first[at] for at in late}, rel=1e-12)


def test_where_they_are_put_back_the_hour_comes_twice_and_each_pass_has_its_steps():
    clock = Clock(datetime(2023, 11, 5), 15, 1, 0, "America/New_York", None)
    one = [s for s in range(clock.n_steps) if clock.time_of(s).hour == 1]
    assert len(one) == 8 and [clock.time_of(s).fold for s in one] == [0] * 4 + [1] * 4
    assert [clock.step_of(clock.time_of(s)) for s in one] == one


def test_an_exchange_keeps_its_own_hours_whatever_the_zone_of_the_case():
    """Hong Kong opens at 01:30 in London; the trading day is that of Hong Kong."""
    here = Clock(datetime(2026, 1, 5), 15, 7, 24, "Asia/Hong_Kong", "XHKG")
    london = Clock(datetime(2026, 1, 4, 16), 15, 7, 24, "Europe/London", "XHKG")
    assert (here.in_session() == london.in_session()).all()
    opens = london.first_bar().nonzero()[0]
    assert {london.time_of(int(s)).time() for s in opens} == {datetime(2026, 1, 5, 1, 30).time()}
    assert [london.trading_day(int(s)) for s in opens] == [
        here.trading_day(int(s)) for s in here.first_bar().nonzero()[0]
    ]


def test_79_days_across_the_change_are_1895_hours():
    case = case_of("new_coke_1985")
    back = case.event("termination").time
    assert case.hours(back) == 1895 and case.after(1895) == back
    scenario = build_scenario(compose(["case=new_coke_1985", "uncertainty=point"]))
    at = int(scenario.acts["step"][STEPS.index("termination")])
    assert scenario.clock.time_of(at) == back


def test_only_the_documented_zone_and_money_go_without_saying_in_a_name(raw):
    assert not {"time_zone", "currency", "exchange"} & set(read_case(raw).simulated())
    named = case_of("starbucks_2018").simulated()
    assert (named["time_zone"], named["currency"]) == ("America/New_York", "USD")


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_timeline_is_in_the_zone_of_its_case(name, lang):
    told, case = describe_case(case_of(name), lang), case_of(name)
    assert zones.zone_name(case.time_zone, lang) in told and case.time_zone in told
    if case.time_zone != "Asia/Hong_Kong":
        assert "HKT" not in told and "Hong Kong time" not in told and "香港时间" not in told
    assert case.listed or case.no_market(lang) in told


@pytest.mark.parametrize(
    ("given", "close"),
    [("EDT", "America/New_York"), ("new york", "America/New_York"), ("Shanghai", "Asia/Shanghai"),
     ("Europe/Londn", "Europe/London"), ("GMT+8", "Asia/Hong_Kong")],
)  # fmt: skip
def test_a_zone_that_is_none_is_answered_with_one(given, close):
    assert not zones.is_zone(given)
    assert zones.is_zone(zones.nearest_zone(given))
    if given != "GMT+8":
        assert zones.nearest_zone(given) == close


def test_a_stored_run_comes_back_with_its_zone(tmp_path):
    config = compose(["case=starbucks_2018", *SMALL])
    run = simulate(config)
    (back,) = from_table(to_table([run]))
    assert back.clock == run.clock
    assert (back.clock.time_zone, back.clock.exchange) == ("America/New_York", None)


def test_a_file_of_before_is_told_what_it_lacks(tmp_path):
    node = yaml.safe_load((FOLDER / "textbook.yaml").read_text(encoding="utf-8"))
    for key in ("time_zone", "currency", "exchange"):
        del node[key]
    file = tmp_path / "old.yaml"
    file.write_text(yaml.safe_dump(node, allow_unicode=True), encoding="utf-8")
    told = "\n".join(check_case(file))
    for hint in ("time_zone: Asia/Hong_Kong", "currency: HKD", "exchange: null"):
        assert hint in told


@pytest.fixture(scope="module")
def american():
    return simulate(compose(["case=starbucks_2018", "response=as_happened", *SMALL]))


def test_what_is_not_known_for_a_case_is_absent_from_its_outcomes(american):
    found = outcomes(american)
    gone = {name for name, value in found.items() if np.isnan(value)}
    assert {"cash_hkd", "legal_hkd", "car_0_1", "listed_h", "listed_h_day_2", "reads_day_1"} <= gone
    assert np.isfinite(found["outrage_burden_core"]) and np.isfinite(found["morale"])
    for name in ("price_hkd", "cash_hkd", "legal_hkd"):
        assert np.isnan(american.series[name]).all(), name
    assert not american.series["in_session"].any()


def test_a_case_in_hong_kong_without_a_price_counts_money_but_has_no_market():
    run = simulate(compose(["case=baidu_pr_2024", "response=as_happened", *SMALL]))
    assert np.isnan(run.series["price_hkd"]).all()
    assert np.isfinite(run.series["legal_hkd"]).all() and outcomes(run)["legal_hkd"] > 0
    assert np.isfinite(outcomes(run)["listed_h"])


def test_a_frame_says_when_in_the_zone_of_the_case(american):
    frame = american.to_frame()
    assert frame.index.name == "time" and str(frame.index.tz) == "America/New_York"
    assert frame.index[0].isoformat() == "2018-04-12T00:00:00-04:00"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (
            "response.buyback.delay_h=24 response.buyback.amount_hkd=1e6",
            "nothing can be bought back",
        ),
        (
            "response.compensation.delay_h=24 response.compensation.share=0.5"
            " response.compensation.cost_hkd=1e6",
            "its cash is not counted",
        ),
    ],
)
def test_money_that_would_be_in_another_currency_is_refused(word, told):
    given = ["case=starbucks_2018", "response=apology_only", *SMALL, *word.split()]
    with pytest.raises(ConfigError, match=told):
        simulate(compose(given))


def test_compensation_without_an_amount_is_taken_and_its_cash_not_counted():
    given = ["response.compensation.delay_h=24", "response.compensation.share=0.5"]
    run = simulate(compose(["case=starbucks_2018", "response=apology_only", *SMALL, *given]))
    assert np.isnan(outcomes(run)["cash_hkd"])


def test_both_engines_agree_on_what_is_not_known():
    words = ["case=bud_light_2023", "response=none", *SMALL, "population.n_people=60"]
    one, two = (simulate(compose([*words, f"engine={name}"])) for name in ("columnar", "mesa"))
    for name, values in one.series.items():
        assert np.array_equal(values, two.series[name], equal_nan=True), name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"time_zone": "Europe/London", "series": {"hotlist": "x.csv"}}, "time_hkt is Hong Kong"),
        ({"exchange": None, "market": {}, "series": {"prices": "x.csv"}}, "has no exchange"),
        (
            {"exchange": None, "market": {}, "levers": {"buyback": {"delay_h": 5}}},
            "nothing can be bought back",
        ),
        (
            {
                "currency": "USD", "exchange": None, "market": {},
                "levers": {"compensation": {"delay_h": 5, "share": 0.5, "cost_hkd": 3e6}},
            },
            "its cash is not counted",
        ),
    ],
)  # fmt: skip
def test_what_belongs_to_another_place_is_found_by_the_check(raw, tmp_path, change, told):
    (tmp_path / "x.csv").write_text(
        "time_hkt,board,phase,hot_score,date,close_hkd\n2026-03-02 12:00,b,p,1,2026-03-02,3\n"
    )
    file = tmp_path / "case.yaml"
    whole = {key: value for key, value in {**raw, **change}.items() if key != "folder"}
    file.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    assert any(told in problem for problem in check_case(file)), check_case(file)


# --- another exchange -----------------------------------------------------------------------------


@pytest.fixture
def in_new_york(raw):
    return {
        **raw, "time_zone": "America/New_York", "currency": "USD", "exchange": "XNYS",
        "market": {"previous_close": 250.0, "note": "round numbers"},
    }  # fmt: skip


@pytest.mark.slow
def test_a_case_has_the_exchange_that_it_names(in_new_york, tmp_path):
    case = read_case(in_new_york)
    assert case.listed and case.previous_close == 250.0 and not case.counts_money
    assert case.simulated()["exchange"] == "XNYS"
    assert "New York Stock Exchange" in describe_case(case)
    config = replace(compose(["case=textbook", "response=none", *SMALL]), case=case)
    run = simulate(config)
    (back,) = from_table(to_table([run]))
    assert back.clock == run.clock and run.clock.exchange == "XNYS"
    open_steps = np.flatnonzero(run.series["in_session"] > 0)
    hours = {run.clock.time_of(int(step)).time() for step in open_steps}
    assert (min(hours), max(hours)) == (time(9, 30), time(15, 45))
    assert float(build_scenario(config).constants["bars"][0]) == 26
    prices = run.series["price_hkd"][open_steps]
    assert np.isfinite(prices).all() and 200 < float(np.median(prices)) < 300
    other = simulate(replace(config, engine=EngineConfig(name="mesa")))
    assert (other.series["price_hkd"][open_steps] == prices).all()


def test_an_unknown_exchange_is_answered_with_those_that_are_there(in_new_york):
    with pytest.raises(ConfigError, match="XHKG, XNAS, XNYS, XSHE, XSHG"):
        read_case({**in_new_york, "exchange": "XLON"})
    with pytest.raises(ConfigError, match="prices at the New York Stock Exchange are in USD"):
        read_case({**in_new_york, "currency": "HKD"})


def test_a_check_says_whose_volatility_another_exchange_has(in_new_york, tmp_path):
    file = tmp_path / "american.yaml"
    file.write_text(yaml.safe_dump({**in_new_york, "folder": None}, allow_unicode=True))
    text = file.read_text().replace("folder: null\n", "")
    file.write_text(text)
    problems, notes = looked_through(file)
    assert problems == [] and any("set those of its share" in note for note in notes)
    assert not any("its share" in note for note in looked_through(FOLDER / "textbook.yaml")[1])


def test_a_close_stands_once_whatever_it_is_called(raw):
    market = dict(raw["market"])
    close = market.pop("previous_close_hkd")
    now = read_case({**raw, "market": {**market, "previous_close": close}})
    assert now.simulated() == read_case(raw).simulated()
    with pytest.raises(ConfigError, match="stands twice"):
        read_case({**raw, "market": {**raw["market"], "previous_close": close}})
