"""A share that follows a stock index (E16): known answers, and files that are refused."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import yaml
from conftest import small
from test_engine import difference, started

from experiments.calibration.quantities import View
from sim.base.choices import conf_dir
from sim.base.digest import plain
from sim.base.refusal import ConfigError
from sim.case.check import check_case, looked_through
from sim.metrics import outcomes
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.keys import from_plain
from sim.state.scenario import build_scenario, name_of

#: Closes around the textbook's fortnight, from before it on: the sessions in Hong Kong.
DAYS = {
    date(2026, 2, 26): 99.0, date(2026, 2, 27): 100.0,
    **{date(2026, 3, day): 100.0 + 3 * (-1) ** day - day / 4 for day in
       (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16)},
}  # fmt: skip


def lines(days):
    return "date,close\n" + "".join(f"{day},{close}\n" for day, close in days.items())


WHOLE = lines(DAYS)


@pytest.fixture
def file_of(tmp_path):
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8"))

    def written(text=WHOLE, beta=1.5, index="index.csv", **changes):
        market = {**raw["market"], "index": index, "beta": beta, **changes.pop("market", {})}
        (tmp_path / "index.csv").write_text(text, encoding="utf-8")
        path = tmp_path / "mine.yaml"
        case = {**raw, "name": "mine", "market": market, **changes}
        path.write_text(yaml.safe_dump(case, allow_unicode=True), encoding="utf-8")
        return path

    return written


def asked(path, *words):
    return small(f"case={path}", "response=none", *words, n_people=30)


def alone(config):
    """The same case without an index."""
    kept = {k: v for k, v in config.case.market.items() if k not in ("index", "beta")}
    return replace(config, case=replace(config.case, index={}, market=kept))


def closes(run):
    """The last price of each session of a run, by day."""
    found = {}
    for step in np.flatnonzero(run.series["in_session"]):
        day = run.clock.trading_day(int(step))
        found[day] = float(run.series["price_hkd"][step])
    return found


def test_the_price_follows_beta_times_the_index_from_the_case_on(file_of):
    config = asked(file_of())
    told, else_ = closes(simulate(config)), closes(simulate(alone(config)))
    assert list(told) == [day for day in DAYS if day >= date(2026, 3, 2)][: len(told)]
    for day, price in told.items():
        assert price == pytest.approx(else_[day] * (DAYS[day] / 100) ** 1.5, rel=1e-5), day


def test_the_return_of_a_day_comes_evenly_over_its_bars(file_of):
    script = build_scenario(asked(file_of()))
    moves = script.index_move
    assert (moves[~script.in_session] == 0).all() and (
        moves[: script.clock.burn_in_steps] == 0
    ).all()
    first = np.flatnonzero(moves)[:22]
    assert np.ptp(first) == 25  # 5.5 h of bars and the break of an hour
    assert moves[first] == pytest.approx(1.5 * np.log(DAYS[date(2026, 3, 2)] / 100) / 22)


def test_without_one_nothing_moves_with_it_and_every_other_draw_stays(file_of):
    config = asked(file_of())
    ours, theirs = simulate(config), simulate(alone(config))
    assert not build_scenario(alone(config)).index_move.any()
    for name in ours.series:
        same = np.array_equal(ours.series[name], theirs.series[name], equal_nan=True)
        assert same == (name != "price_hkd"), name


def test_what_the_market_moved_is_no_part_of_what_is_measured_of_the_affair(file_of):
    config = asked(file_of())
    run, other = simulate(config), simulate(alone(config))
    view, beside = View(run, outcomes(run)), View(other, outcomes(other))
    for day in (1, 3, 5, 9):
        assert view.own_close(day) == pytest.approx(beside.close(day), rel=1e-5)
        assert beside.own_close(day) == beside.close(day) != view.close(day)
    assert np.isnan(view.own_close(6))  # a Saturday


def test_the_engines_agree_on_it(file_of):
    from sim.mesa.model import BacklashModel, release

    config = asked(file_of())
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for step in range(300):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None, f"step {step}"
        assert columnar.table[0].price != 0.0
    finally:
        release(mesa)


def test_the_closes_name_a_run_and_stay_where_the_file_does_not(file_of, tmp_path):
    config = compose([f"case={file_of()}", "response=none"])
    stored = plain(config)
    stored["case"]["folder"] = str(tmp_path / "gone")
    again = from_plain(stored)
    assert name_of(again) == name_of(config)
    assert np.array_equal(build_scenario(again).index_move, build_scenario(config).index_move)
    one = {**DAYS, date(2026, 3, 4): 50.0}
    (tmp_path / "other").mkdir()
    other = compose([f"case={file_of(lines(one))}", "response=none"])
    assert name_of(other) != name_of(config)
    earlier = compose([f"case={file_of(lines({date(2026, 1, 5): 1.0, **DAYS}))}", "response=none"])
    assert name_of(earlier) == name_of(config)  # what is before the last close is not read


def test_a_longer_run_needs_more_closes(file_of):
    config = compose([f"case={file_of()}", "response=none", "clock.horizon_d=20"])
    with pytest.raises(ConfigError, match="has no close of this session") as refused:
        build_scenario(config)
    assert "2026-03-17" in str(refused.value)


def holes(*gone):
    return lines({day: close for day, close in DAYS.items() if day not in gone})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (lines(DAYS), None),
        (holes(date(2026, 3, 4), date(2026, 3, 6)), "has no close of this session and 1 more"),
        (holes(date(2026, 2, 26), date(2026, 2, 27)), "no close before the case begins"),
        (lines(DAYS).replace("2026-03-05", "2026-03-04"), "more than one close a day"),
        (lines(DAYS).replace("99.0", "-1"), "an index is above 0"),
        (lines(DAYS).replace("99.0", "n/a"), "not usable"),
        (lines(DAYS).replace("close", "value"), "close"),
    ],
)
def test_an_index_with_holes_or_nonsense_is_refused(file_of, text, told):
    found = check_case(file_of(text))
    assert (found == []) if told is None else (found and told in found[0] and "try:" in found[0])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"beta": None}, "how far does the share follow the index?"),
        ({"beta": 0}, "the index would change nothing"),
        ({"beta": 9}, "-5 to 5"),
        ({"index": None}, "no index that the share could follow"),
        ({"index": "gone.csv"}, "no such file"),
        ({"exchange": None, "market": {"previous_close_hkd": None}}, "no price that could follow"),
        ({"index": {"2026-02-27": 100.0, "2026-03-02": "many"}}, "case.market.index.2026-03-02"),
    ],
)
def test_an_index_and_a_beta_come_together_and_only_with_a_price(file_of, changes, told):
    found = check_case(file_of(**changes))
    assert found and told in found[0] and "try:" in found[0]


def test_a_check_says_how_much_was_read(file_of):
    problems, notes = looked_through(file_of())
    assert problems == []
    assert any("index: 12 closes, 2026-02-27 to 2026-03-16, beta 1.5" in note for note in notes)
