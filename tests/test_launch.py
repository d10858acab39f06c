"""A launch in the midst of an affair (E3), and one that is postponed (E15): known answers."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from conftest import LAUNCH, small, with_events
from test_engine import difference, started
from test_question import act, after, asked

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.check import check_case
from sim.mesa.model import BacklashModel, release
from sim.run import simulate
from sim.settings.worlds import drawn
from sim.state.scenario import build_scenario

HOUR = LAUNCH["hour"]
#: After the launch, so that it renews more than what is left of the leak.
MOVED = act("launch_moved", 20.0, by_h=24)


def launched(*words, events=(LAUNCH,), **parameters):
    return with_events(asked(*words, **parameters), *events)


def at(config, hours):
    run = started(drawn(config))
    run.advance(after(hours))
    before = run.table[0].copy()
    run.advance(1)
    return run, before, run.table[0]


def test_a_launch_is_an_occasion_to_talk_of_what_is_open_and_takes_attention_away():
    run, before, world = at(launched(), HOUR)
    assert before.unanswered == 1.0  # nobody has done anything
    assert world.novelty_deal == pytest.approx(0.6)
    assert world.stirred_deal < before.stirred_deal  # news, and no grievance
    assert world.displacement == 0.5 and world.displaced_until == after(HOUR + 10)
    tags = run.tags[: int(world.n_tags)]
    assert [t.news for t in tags if t.made == after(HOUR)] == pytest.approx([0.6])
    assert (run.tables.broadcast[0, :, 0] > 0).all()


def test_after_the_brand_was_cleared_it_is_only_a_launch():
    run = started(drawn(launched()))
    run.advance(after(HOUR) - 1)
    run.table[0].cleared = 1.0
    run.advance(2)
    world = run.table[0]
    assert world.displacement == 0.5 and world.novelty_deal < 0.1
    assert not [t for t in run.tags[: int(world.n_tags)] if t.made == after(HOUR)]


def test_half_convinced_fans_halve_the_occasion():
    config = launched()
    run = started(drawn(config))
    run.advance(after(HOUR))
    run.table[0].unanswered = 0.5
    run.advance(1)
    assert run.table[0].novelty_deal == pytest.approx(0.3)


def test_a_postponed_launch_comes_so_many_hours_later_and_costs_cash():
    config = launched(*MOVED)
    plain, moved = simulate(launched()), simulate(config)
    (then,) = (e.step for e in plain.log if e.who == "more_0")
    (later,) = (e.step for e in moved.log if e.who == "more_0")
    assert (then, later) == (after(HOUR), after(HOUR + 24))
    assert moved.series["cash_hkd"][-1] == 2e7 and plain.series["cash_hkd"][-1] == 0.0
    _, _, world = at(config, HOUR + 24)
    assert world.displaced_until == after(HOUR + 34)
    _, _, world = at(config, 20)
    assert world.novelty_deal == pytest.approx(config.parameters.novelty_statement)
    assert world.grievance_deal < 0.4  # only what is left of the leak: nobody judges it
    assert world.last_word == -1.0 and world.answered == 0.0 and world.admitted == 0.0


def test_it_answers_nothing_so_silence_is_noticed_all_the_same():
    for words in ((), act("launch_moved", 2.0, by_h=24)):
        (told,) = (e for e in simulate(launched(*words)).log if e.kind == "silence")
        assert told.step == after(12)


def test_beyond_the_horizon_a_launch_does_not_come():
    run = simulate(launched(*act("launch_moved", 20.0, by_h=2000)))
    assert not [e for e in run.log if e.who == "more_0"]


def test_launches_that_have_been_stay_and_all_others_move_twice_if_it_is_done_twice():
    early = {**LAUNCH, "hour": 5.0}
    again = "response.acts.again={kind: launch_moved, delay_h: 60, by_h: 10}"
    run = simulate(launched(*MOVED, again, events=(early, LAUNCH)))
    steps = {e.who: e.step for e in run.log if e.kind == "forcing"}
    assert steps["more_0"] == after(5) and steps["more_1"] == after(HOUR + 34)


def test_runs_share_their_case_and_not_what_was_postponed():
    config = drawn(launched(*MOVED))
    script = build_scenario(config)
    run = started(config)
    run.advance(after(30))
    assert script.events.step[1] == after(HOUR)
    assert simulate(config).log == simulate(config).log


def test_the_engines_agree_on_it():
    words = ("case=textbook", "response=none", *MOVED)
    config = with_events(small(*words, seed=5), LAUNCH)
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for step in range(after(HOUR + 30)):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None, f"step {step}"
        assert columnar.table.tobytes() == mesa.table.tobytes()
        assert np.array_equal(columnar.tables.events.step, mesa.tables.events.step)
    finally:
        release(mesa)


def test_what_is_no_launch_is_not_postponed():
    with pytest.raises(ConfigError, match="no launch to postpone") as refused:
        build_scenario(asked(*MOVED))
    assert "response.launch_moved.delay_h=null" in str(refused.value)
    with pytest.raises(ConfigError, match="no launch is still to come"):
        build_scenario(launched(*act("launch_moved", HOUR, by_h=24)))
    with pytest.raises(ConfigError, match="a postponed launch of nothing is none"):
        asked(*act("launch_moved", 20.0))


def test_one_that_waits_for_a_state_may_come_too_late_and_costs_all_the_same():
    late = act("launch_moved", 60.0, by_h=24, trigger="detection")
    config = launched(*late)
    run = simulate(replace(config, parameters=replace(config.parameters, post_per_h=0.1)))
    (said,) = (e.step for e in run.log if e.kind == "action")
    assert said > after(HOUR) and run.series["cash_hkd"][-1] == 2e7
    assert [e.step for e in run.log if e.who == "more_0"] == [after(HOUR)]


@pytest.fixture
def raw():
    return yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("changes", "levers", "told"),
    [
        ({}, {}, None),
        ({"heat": 100_000}, {}, "case.events.launch.heat"),
        ({"credibility": 0.5}, {}, "case.events.launch.credibility"),
        ({"betrayal": 0.1}, {}, "case.events.launch.betrayal"),
        ({"displacement": None}, {}, "case.events.launch.displacement"),
        ({}, {"launch_moved": {"delay_h": 10, "by_h": 24}}, None),
        ({}, {"launch_moved": {"delay_h": 100, "by_h": 24}}, "case.levers.launch_moved.delay_h"),
    ],
)
def test_a_case_file_says_what_a_launch_is(raw, tmp_path, changes, levers, told):
    leak = raw["events"][0]
    launch = {
        **leak, "id": "launch", "kind": "launch", "time": "2026-03-05 10:00", "credibility": 0,
        "displacement": 0.5, "duration_h": 10, **changes,
    }  # fmt: skip
    case = {**raw, "events": [leak, launch], "levers": levers}
    file = tmp_path / "mine.yaml"
    file.write_text(json.dumps(case), encoding="utf-8")  # which is YAML, without anchors
    found = check_case(file)
    assert (found == []) if told is None else (len(found) == 1 and told in found[0])
