"""A second accusation (E3), its denial and its truth (E18): known answers in quiet worlds."""

import json
from dataclasses import replace

import pytest
import yaml
from conftest import ACCUSED, small, with_events
from test_engine import difference, started
from test_question import LEAK, act, after, asked

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.check import check_case
from sim.mesa.model import BacklashModel, release
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.config import SecondAccusation
from sim.settings.worlds import drawn
from sim.state.scenario import build_scenario, name_of

DENIED = act("denial", 3.0, answers="second")


def accused(*words, events=(ACCUSED,), truth="sound", **parameters):
    config = with_events(asked(*words, n_people=40, **parameters), *events)
    return replace(config, second_accusation=SecondAccusation(truth))


def world_after(config, hours):
    run = started(drawn(config))
    run.advance(after(hours) + 1)
    return run.table[0]


def test_it_is_believed_by_itself_and_makes_the_wrong_graver_as_far_as_it_is():
    world = world_after(accused(), 2)
    assert world.second == 0.6 and world.betrayal == pytest.approx(0.06)
    assert world.credibility == LEAK and world.novelty_deal == 1.0
    assert world_after(accused(), 1.75).second == 0.0
    again = {**ACCUSED, "hour": 4.0, "credibility": 0.5}
    world = world_after(accused(events=(ACCUSED, again)), 4)
    assert world.second == pytest.approx(0.8) and world.betrayal == pytest.approx(0.16)


def test_a_denial_of_it_leaves_the_first_alone_and_the_other_way_round():
    world = world_after(accused(*DENIED), 3)
    doubt = 1 - accused().parameters.denial_doubt
    assert world.second == pytest.approx(0.6 * doubt)
    assert world.betrayal == pytest.approx(0.06 * doubt)
    assert world.second_denied == 1.0 and world.denied == 0.0 and world.credibility == LEAK
    world = world_after(accused(*act("denial", 3.0)), 3)
    assert world.second == 0.6 and world.second_denied == 0.0
    assert world.denied == 1.0 and world.credibility == pytest.approx(LEAK * doubt)


def test_a_denial_before_anybody_has_made_it_is_only_words():
    never = {**ACCUSED, "requires": "apology"}
    world = world_after(accused(*DENIED, events=(never,)), 3)
    assert world.second == 0.0 and world.second_denied == 0.0 and world.denied == 0.0
    assert world.last_word == after(3) and world.credibility == LEAK


def came_out(*words, **more):
    """The step in which its truth comes out, and the world before and after that step."""
    config = accused(*words, found_out_per_d=2.0, denial_doubt=0.0, **more)
    found = [e for e in simulate(config).log if e.who == "second_accusation"]
    (entry,) = found
    assert entry.kind == "found_out" and after(2) < entry.step < after(200)
    run = started(drawn(config))
    run.advance(entry.step)
    before = run.table[0].copy()
    run.advance(1)
    return run, before, run.table[0]


def test_a_false_denial_of_it_is_found_out_although_the_first_was_admitted():
    run, before, world = came_out(*DENIED, *act("apology", 0.0, acknowledgement=1))
    assert before.admitted == 1.0 and before.betrayal == pytest.approx(0.06)
    assert world.second == 1.0 and world.second_out == 1.0
    assert world.betrayal == pytest.approx(0.1 + run.script.constants[0].denial_betrayal)
    assert world.novelty_governance == world.stirred_governance == 1.0
    later = run.table[0].betrayal
    run.advance(400)
    assert run.table[0].betrayal == later  # once


@pytest.mark.parametrize("words", [DENIED, ()])
def test_an_unfounded_one_is_believed_no_more_whether_it_was_denied_or_not(words):
    _, before, world = came_out(*words, truth="unfounded")
    assert before.betrayal == pytest.approx(0.06)
    assert world.second == 0.0 and world.betrayal == pytest.approx(0.0, abs=1e-12)
    assert world.cleared == 0.0 and world.credibility == before.credibility == LEAK


def test_after_the_truth_is_out_nobody_believes_more_or_less_of_it():
    late = {**ACCUSED, "hour": 300.0}
    run, _, _ = came_out(truth="unfounded", events=(ACCUSED, late))
    run.advance(after(301) - run.step)
    assert run.table[0].second == 0.0 and run.table[0].betrayal == pytest.approx(0.0, abs=1e-12)


def test_a_true_one_that_nobody_denies_needs_no_finding_out():
    run = simulate(accused(found_out_per_d=2.0))
    assert not [e for e in run.log if e.kind == "found_out"]


def test_both_truths_come_out_at_moments_of_their_own():
    both = ("response.acts.first={kind: denial, delay_h: 1}", *DENIED)
    found = [e for e in simulate(accused(*both, found_out_per_d=2.0)).log if e.kind == "found_out"]
    assert {e.who for e in found} == {"denial", "second_accusation"}
    assert len({e.step for e in found}) == 2


def test_the_engines_agree_on_it():
    config = with_events(small("case=textbook", "response=none", *DENIED, seed=6), ACCUSED)
    config = replace(config, parameters=replace(config.parameters, found_out_per_d=2.0))
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for step in range(260):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None, f"step {step}"
        assert columnar.table.tobytes() == mesa.table.tobytes()
        assert columnar.table[0].second_out == 1.0
    finally:
        release(mesa)


def test_a_denial_of_it_is_no_text_on_the_first():
    acts = build_scenario(drawn(accused(*DENIED))).acts
    assert acts.text[acts.answers == 1.0].tolist() == [0.0]


def test_nobody_denies_after_an_apology_but_another_thing():
    with pytest.raises(ConfigError, match="already apologised"):
        asked(*act("apology", 2.0), *act("denial", 3.0))
    asked(*act("apology", 2.0), *DENIED)


def test_its_truth_is_part_of_a_runs_name_only_where_it_is_not_true():
    assert name_of(accused()) != name_of(accused(truth="unfounded"))


def test_what_nobody_has_said_is_not_denied():
    with pytest.raises(ConfigError, match="no second accusation to deny") as refused:
        build_scenario(asked(*DENIED))
    assert "response.denial.answers=first" in str(refused.value)
    with pytest.raises(ConfigError, match="nobody has made the second accusation by then"):
        build_scenario(accused(*act("denial", 1.0, answers="second")))
    with pytest.raises(ConfigError, match="nobody makes a second accusation"):
        compose(["case=textbook", "second_accusation=unfounded"])
    with pytest.raises(ConfigError, match="first, second"):
        compose(["case=textbook", "response=none", *act("denial", 3.0, answers="third")])


@pytest.fixture
def file_of(tmp_path):
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8"))
    leak = raw["events"][0]

    def written(first=True, kind="second_accusation", levers=None, **changes):
        second = {
            **leak, "id": "second", "kind": kind, "time": "2026-03-02 14:00", "betrayal": 0.1,
            **changes,
        }  # fmt: skip
        events = [leak, second] if first else [second, {**leak, "time": "2026-03-02 15:00"}]
        events += raw["events"][1:] if levers is None else []
        case = {**raw, "events": events, "levers": raw["levers"] if levers is None else levers}
        if not first:
            case["clock_start"] = "second"
            case["levers"] = {}
        path = tmp_path / "mine.yaml"
        path.write_text(json.dumps(case), encoding="utf-8")  # which is YAML, without anchors
        return path

    return written


def test_a_case_file_may_hold_one_and_says_what_is_amiss(file_of):
    assert check_case(file_of()) == []
    run = build_scenario(compose([f"case={file_of()}", "second_accusation=unfounded"]))
    assert run.constants[0].second_unfounded == 1.0
    (told,) = check_case(file_of(first=False))
    assert "case.events.second.kind" in told and "rumour or leak" in told
    denied = {"denial": {"delay_h": 3, "answers": "second"}}
    assert check_case(file_of(levers=denied)) == []
    (told,) = check_case(file_of(kind="rumour", levers=denied))
    assert "case.levers.denial.answers" in told and "levers.denial.answers=first" in told
    (told,) = check_case(file_of(levers={"denial": {"delay_h": 1, "answers": "second"}}))
    assert "case.levers.denial.delay_h" in told and "2 h or later" in told
