"""The rules of the decision game, and the runs that choices lead to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from games import ACTIVE, DECISIONS, EVENTS, KEYS, SCRIPT, WORLD, passive, same_until, until

from experiments.game import rules
from experiments.game.card import card_of, report_card
from experiments.game.rules import Injection, available, check, repaired, time_of
from experiments.game.runs import config_of, history_config, outcome
from experiments.game.script_file import script_of, scripted
from experiments.game.theory import STRATEGIES, STRATEGY_OF_ACT
from experiments.game.world import blank_config
from sim.base.refusal import ConfigError
from sim.playbook.kinds import STEPS
from sim.record import Run
from sim.run import simulate
from sim.settings.parameters import Mechanisms


def test_seven_decisions_at_the_documented_times():
    assert KEYS == ["D0", "D1", "D2", "D3", "D4", "D5", "D6"]
    times = [time_of(WORLD, key) for key in KEYS]
    assert times == [decision.time for decision in DECISIONS]
    assert [f"{time:%d %H:%M}" for time in times] == [
        "05 10:00", "05 13:55", "05 14:30", "05 19:00", "06 11:00", "06 20:00", "07 10:00",
    ]  # fmt: skip
    assert times == sorted(times)
    case = blank_config(WORLD).case
    assert times[0] < case.clock_start_time < times[1]


@pytest.mark.parametrize("name", scripted())
def test_times_count_from_the_clock_start_of_their_case(name):
    world = replace(WORLD, case=name)
    start = blank_config(world).case.clock_start_time
    for decision in script_of(world).decisions:
        assert time_of(world, decision.key) - start == timedelta(hours=decision.hours)


@pytest.mark.parametrize("name", scripted())
def test_every_choice_is_told_in_both_languages_with_its_cost(name):
    for decision in script_of(replace(WORLD, case=name)).decisions:
        for question in decision.questions:
            for option in question.options:
                for en, zh in (question.words, option.words, option.price):
                    assert re.search(r"[\u4e00-\u9fff]", zh) or re.fullmatch(r"[\d:，, ]+", zh)
                    assert not re.search(r"[\u4e00-\u9fff]", en)
                assert option.strategy in STRATEGIES
    assert set(STRATEGY_OF_ACT.values()) <= set(STRATEGIES)
    assert set(STRATEGY_OF_ACT) <= {*STEPS, "push"}


@pytest.mark.slow
def test_every_act_of_the_playbook_is_a_strategy():
    """By night: an act that the theory page does not know yet is played, as no move."""
    assert set(STRATEGY_OF_ACT) == {*STEPS, "push"}


@pytest.mark.parametrize("world", [replace(WORLD, case=name) for name in scripted()])
def test_doing_nothing_is_silence(world):
    choices = passive(world)
    check(choices, world)
    response = config_of(world, choices, ()).response
    assert all(getattr(response, step).delay_h is None for step in STEPS)


def test_choices_become_the_levers_of_their_time():
    check(ACTIVE, WORLD)
    response = config_of(WORLD, ACTIVE, ()).response
    hours = {decision.key: decision.hours for decision in DECISIONS}
    assert response.apology.delay_h == hours["D3"]
    assert response.apology.speaker.value == "pr_head"
    assert response.termination.delay_h == hours["D3"]
    assert response.buyback.amount_hkd == 1.49e8
    assert response.penalty.delay_h == hours["D5"] + 24
    assert response.penalty.process_h == 24
    assert response.reform.delivered and response.reform.governance == 0.8
    assert response.reform.delay_h + response.reform.delivery_h == hours["D6"] + 24 * 5
    assert response.explanation.speaker.value == "founder"
    assert response.compensation.share == 0.5


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"D9": {"x": "y"}}, "choices"),
        ({"D0": {"rumour": "nonsense"}}, "choices.D0.rumour"),
        ({"D0": {}}, "choices.D0.rumour"),
        ({"D0": {"rumour": "wait", "more": "x"}}, "choices.D0.more"),
        ({"D0": ["wait"]}, "choices.D0"),
        ({"D0": {"rumour": "disclose"}, "D1": {"stance": "deny"}}, "choices.D1.stance"),
        ({"D4": {"statement": "apologise"}}, "choices.D4.statement"),
    ],
)
def test_refused_choices(change, path):
    with pytest.raises(ConfigError) as refusal:
        config_of(WORLD, {**ACTIVE, **change}, ())
    assert refusal.value.path == path


def test_a_decision_cannot_be_left_out():
    with pytest.raises(ConfigError, match="order"):
        check({"D1": {"stance": "silence"}}, WORLD)
    with pytest.raises(ConfigError, match="no such choice"):
        config_of(WORLD, {}, (Injection("meteor", "D1"),))
    with pytest.raises(ConfigError, match="no such choice"):
        config_of(WORLD, {}, (Injection("leak", "D8"),))
    with pytest.raises(ConfigError):
        config_of(replace(WORLD, case="../../etc/passwd"), {}, ())


def test_earlier_choices_rule_options_out():
    def options(choices, key, question):
        offered = available(choices, DECISIONS[KEYS.index(key)], WORLD)
        found = [q for q in offered.questions if q.key == question]
        return [option.key for option in found[0].options] if found else None

    told = {"D0": {"rumour": "disclose"}}
    assert "deny" not in options(told, "D1", "stance")
    assert "deny" in options({"D0": {"rumour": "wait"}}, "D1", "stance")
    quick = {**passive(n=1), "D1": {"stance": "apologise_end"}, "D2": passive(n=3)["D2"]}
    assert options(quick, "D3", "deal") is None  # it has been ended: not asked
    spoken = {**quick, "D3": {"speaker": "founder", "admission": "full", "hour": "now"}}
    check(spoken, WORLD)
    assert options(spoken, "D4", "statement") == ["stay", "push"]
    late = {**spoken, "D4": {"statement": "stay"}, "D5": passive()["D5"]}
    assert options(late, "D6", "reply") is None  # the one explanation was given on D3
    assert options(until(ACTIVE, "D6"), "D6", "delivery") == ["leave", "deliver"]
    assert options(passive(n=6), "D6", "delivery") == ["leave", "begin"]
    assert options(passive(n=4), "D4", "statement") == ["stay", "apologise", "apologise_push"]
    # what comes later does not rule out what came before
    assert "deny" in options({**ACTIVE, "D0": {"rumour": "wait"}}, "D1", "stance")


def test_a_case_without_a_founder_or_a_share_offers_neither(monkeypatch):
    def offered(key, question):
        before = passive(n=KEYS.index(key))
        asked = available(before, SCRIPT.decision(key), WORLD).questions
        found = [q for q in asked if q.key == question]
        return [option.key for option in found[0].options] if found else []

    assert "founder" in offered("D3", "speaker") and "large" in offered("D2", "buyback")
    bare = replace(blank_config(WORLD).case, founder=False, exchange=None)
    monkeypatch.setattr(rules, "case_of", lambda world: bare)
    assert offered("D3", "speaker") == ["nobody", "staff", "pr_head"]
    assert offered("D2", "buyback") == []
    check(passive(), WORLD)
    check({**passive(), "D2": {**passive()["D2"], "buyback": "none"}}, WORLD)  # may stand


# --- causality ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def active_run() -> Run:
    return outcome(WORLD, ACTIVE, ())


@pytest.mark.parametrize("key", KEYS)
def test_a_decision_changes_nothing_before_it(active_run, key):
    before = until(ACTIVE, key)
    step = active_run.clock.step_of(time_of(WORLD, key))
    assert same_until(outcome(WORLD, before, ()), active_run, step)


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("D1", {"stance": "deny"}),
        ("D2", {"buyback": "large", "partners": "leave", "inquiry": "leave"}),
        ("D3", {"speaker": "founder", "admission": "full", "deal": "keep", "hour": "now"}),
        ("D4", {"statement": "stay"}),
        ("D5", {"penalty": "executive_out", "process": "short", "reform": "none"}),
        ("D6", {"reply": "nobody", "delivery": "leave", "compensation": "none"}),
    ],
)
def test_another_choice_changes_the_future_only(active_run, key, changed):
    turned = repaired({**ACTIVE, key: changed}, WORLD)
    other = outcome(WORLD, turned, ())
    step = active_run.clock.step_of(time_of(WORLD, key))
    assert same_until(other, active_run, step)
    assert not same_until(other, active_run, active_run.clock.n_steps)


@pytest.mark.parametrize("kind", list(EVENTS))
@pytest.mark.parametrize("key", ["D1", "D5"])
def test_an_injection_changes_the_future_and_not_the_past(active_run, kind, key):
    run = outcome(WORLD, ACTIVE, (Injection(kind, key),))
    step = active_run.clock.step_of(time_of(WORLD, key))
    assert same_until(run, active_run, step)
    assert not same_until(run, active_run, active_run.clock.n_steps)
    assert any(entry.who == f"{kind}_{key}" and entry.step == step for entry in run.log)


def test_the_same_game_is_the_same_run(active_run):
    again = outcome(WORLD, ACTIVE, ())
    assert again.name == active_run.name
    assert same_until(again, active_run, again.clock.n_steps)
    assert outcome(replace(WORLD, seed=4), ACTIVE, ()).name != active_run.name
    assert outcome(replace(WORLD, draw=1), ACTIVE, ()).name != active_run.name


def test_a_pushed_statement_makes_no_heat_without_official_heat():
    whole = config_of(WORLD, ACTIVE, ())
    bare = config_of(WORLD, ACTIVE, (), Mechanisms(official_heat=False))

    def heat(config):
        events = {event.id: event for event in config.case.forcing}
        return events["pushed_statement"].heat

    assert heat(whole) > 0
    assert heat(bare) == 0


def test_report_card_beside_history(active_run):
    history = simulate(history_config(WORLD, ()))
    rows = report_card(active_run, history, "en")
    assert [row.key for row in rows] == card_of(WORLD)
    assert next(row for row in rows if row.key == "cash_hkd").value == pytest.approx(1.59e8)
    assert all(row.unit for row in rows)
    zh = report_card(active_run, history, "zh")
    assert all(re.search(r"[\u4e00-\u9fff]", row.name) for row in zh)
