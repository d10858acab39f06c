"""The engines beside a second model that was written from the ODD, person by person."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import ACCUSED, LAUNCH, composed, small, with_events
from second_model import BUYBACK, CROWD, DELIVERY, EVENT, QUESTION, SecondModel

from sim.mesa.model import BacklashModel, release
from sim.people import AWARE, DECLARED, EXITED, HOPEFUL, LEAVER, SOLD, UNFOLLOWED, VISIBLE
from sim.record import SERIES
from sim.run import engine_of
from sim.settings.config import SecondAccusation
from sim.start import start_of

FLAGS = {
    "aware": AWARE, "visible": VISIBLE, "declared": DECLARED, "unfollowed": UNFOLLOWED,
    "sold": SOLD, "exited": EXITED, "leaver": LEAVER, "hopeful": HOPEFUL,
}  # fmt: skip
STATES = ("relief", "conviction", "grudge", "trust", "expressed", "threshold")
#: Everything happens: all kinds of acts, triggers, a word and a reform that are promised and do not
#: come, a denial that is found out, silence, questions, waves, leaks, venting.
BUSY = (
    "case=textbook", "response=none",
    "response.holding.delay_h=0.5", "response.holding.word_in_h=2",
    "response.partner_calls.delay_h=1", "response.partner_calls.share=0.5",
    "response.denial.delay_h=8", "response.legal_step.delay_h=9",
    "response.acts.second_holding={kind: holding, delay_h: 30, word_in_h: 9}",
    "response.acts.again={kind: holding, delay_h: 32, word_in_h: 3}",
    "response.acts.later={kind: holding, delay_h: 70, word_in_h: 200}",
    "response.compensation.delay_h=30", "response.compensation.share=0.5",
    "response.fan_calls.delay_h=60", "response.fan_calls.share=0.6",
    "response.fan_calls.explains=0.5", "response.fan_calls.regrets=0.5",
    "response.fan_panel.delay_h=80", "response.fan_panel.say=0.7",
    "response.statement.delay_h=72", "response.statement.repairs=0.8",
    "response.statement.requests=0.5", "response.termination.delay_h=72",
    "response.apology.delay_h=34", "response.apology.trigger=detection",
    "response.apology.regrets=1",
    "response.penalty.delay_h=40", "response.penalty.trigger=governance_talk",
    "response.penalty.threshold=0.01", "response.penalty.level=junior",
    "response.penalty.severity=0.5", "response.penalty.process_h=4",
    "response.explanation.delay_h=0.5", "response.explanation.trigger=list_entry",
    "response.reform.delay_h=44", "response.reform.trigger=declared",
    "response.reform.threshold=0.0", "response.reform.governance=0.5",
    "response.reform.delivered=false",
    "response.acts.not_that={kind: denial, delay_h: 30, answers: second}",
    "response.launch_moved.delay_h=46", "response.launch_moved.by_h=30",
)  # fmt: skip
#: Closes of an index around the textbook's days.
INDEX = {
    f"2026-03-{day:02}": close
    for day, close in {2: 101.0, 3: 99.0, 4: 99.0, 5: 104.0, 6: 103.0, 9: 100.0, 10: 98.0,
                       11: 101.0, 12: 102.0, 13: 99.5}.items()
}  # fmt: skip
LIVELY = {
    "venting": 0.1, "mock_per_h": 0.1, "leak_per_d": 0.2, "leader_post_per_h": 2.0,
    "exit_threshold": 0.35, "exogenous_wave_per_d": 0.1, "exit_per_h": 0.1, "sell_per_h": 0.05,
    "realised_share": 0.25, "see_list": 0.05, "promise_due_d": 3.0,
    "leader_exit_per_h": 0.3, "declare_per_h": 0.3,
    # numbers that once stood in the code, each other than it was
    "concern_floor": 0.45, "unfollow_threshold": 0.4, "leader_exit_reach_core": 0.25,
    "leader_exit_reach_customer": 0.1, "leader_exit_reach_public": 0.02,
    "detection_spread": 0.8, "deliberation_spread": 0.3, "talk_half_life_h": 3.0,
    "closed_weight": 3.0, "buyback_spread_h": 3.0, "wave_after_d": 2.0, "wave_least": 0.4,
    "wave_reach_core": 0.35, "wave_reach_customer": 0.1, "wave_reach_public": 0.05,
    "leak_reach_core": 0.3, "leak_reach_customer": 0.12, "leak_reach_public": 0.03,
    "promise_worth": 0.7,
    # what stays unanswered, and hashtags one by one
    "patience_h": 24.0, "overdue_half_life_h": 20.0, "doubt_hardens": 0.8, "silence_size": 0.7,
    "silence_reach_core": 0.5, "silence_reach_customer": 0.2, "silence_reach_public": 0.1,
    "question_per_d": 2.0, "question_least": 0.3, "question_most": 0.9,
    "question_reach_core": 0.5, "question_reach_customer": 0.15, "question_reach_public": 0.05,
    "acceptance_calms": 0.8, "found_out_per_d": 2.0, "contact_relief": 0.5,
    "legal_betrayal": 0.1, "leader_exit_called": 0.7, "explanation_relief": 0.5,
    "press_per_d": 8.0, "press_half_life_d": 4.0, "press_answered": 0.7, "press_formal": 0.2,
    "hashtag_spread": 1.1, "community_size": 1.3,
    "crowd_per_h": 1.0, "report_per_h": 0.5, "hashtag_half_life_h": 1.5, "heat_half_life_h": 1.2,
    "heat_per_post": 12_000.0, "attention_heat": 90_000.0, "sincerity_forced": 0.6,
    # what fans want
    "spoken_for_per_h": 0.08, "asked_privately": 0.4, "belonging_weight": 0.3,
    "sincerity_contradicts": 2.0, "demanding_share": 0.5, "demand_lowers": 0.2,
    "switching_cost": 0.05,
}  # fmt: skip


def busy(seed, accusation="sound", second="sound"):
    parameters = replace(composed().parameters, **LIVELY)
    asked = (*BUSY, f"accusation={accusation}")
    config = small(*asked, n_people=90, seed=seed, parameters=parameters)
    voice = {"kind": "appeasing", "hour": 20.0, "novelty": 0.6, "credibility": 0.0}
    again = {**ACCUSED, "hour": 26.0, "credibility": 0.5, "tag": True}
    config = with_events(config, ACCUSED, voice, again, {**LAUNCH, "hour": 5.0}, LAUNCH)
    return replace(
        config,
        case=replace(config.case, community=(0.5, 1.5)),
        second_accusation=SecondAccusation(second),
    )


def of_others(config):
    """The same where a supplier did it, and the share follows an index."""
    market = {**config.case.market, "beta": 1.3}
    index = {"2026-02-27": 100.0, **INDEX}
    case = replace(config.case, culprit="supplier", blame=0.6, market=market, index=index)
    return replace(config, case=case)


#: Name -> the config, and days that are compared.
CASES = {
    "as it happened": (
        lambda: small(
            "response=as_happened",
            parameters=replace(composed().parameters, buyback_spread_h=3.0, buyback_weakness=0.8),
            n_people=90,
            seed=2,
        ),
        7,
    ),
    "told first, with a reform that is delivered": (
        lambda: small(
            "response=reform_and_fan_panel",
            "response.disclosure.delay_h=0",
            "response.reform.delivery_h=30",
            n_people=60,
            seed=3,
        ),
        7,
    ),
    "everything happens": (lambda: busy(3), 10),
    "only contacts come out": (lambda: busy(13, "contact_only"), 3),
    "nothing of it is true": (lambda: busy(32, "unfounded", "unfounded"), 4),
    "a supplier did it": (
        lambda: of_others(small("response=as_happened", "case=textbook", n_people=60, seed=4)),
        5,
    ),
}

#: Every branch of the rules, and the documented course; the others by night.
QUICK = ("everything happens", "as it happened")


def differences(model, engine, record):
    """What differs between the second model and an engine after the same step."""
    people, found = engine.population.people, []

    def differ(name, ours, theirs):
        if not np.allclose(ours, theirs, rtol=2e-5, atol=2e-6):
            found.append((name, ours, theirs))

    for name, bit in FLAGS.items():
        if not np.array_equal(getattr(model, name), (people.flags & bit) != 0):
            found.append((name, getattr(model, name), (people.flags & bit) != 0))
    if not np.array_equal(model.n_posts, people.n_posts):
        found.append(("n_posts", model.n_posts, people.n_posts))
    for name in STATES:
        differ(name, getattr(model, name), getattr(people, name))
    differ("deal", model.outrage[0], people.deal)
    differ("governance", model.outrage[1], people.governance)
    differ("recent_deal", model.recent[0], people.recent_deal)
    differ("recent_governance", model.recent[1], people.recent_governance)
    differ("memory_deal", model.memory[0], people.memory_deal)
    differ("memory_governance", model.memory[1], people.memory_governance)
    said = model.row()
    for k, series in enumerate(SERIES):
        if series.name in said:
            differ(series.name, said[series.name], record[k])
    return found


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=[] if c in QUICK else pytest.mark.slow) for c in CASES]
)
def test_the_engine_does_what_the_odd_says(case):
    asked, days = CASES[case]
    config = asked()
    engine, model = engine_of(start_of(config)), SecondModel(start_of(config))
    for step in range(days * 96):
        engine.advance(1)
        model.step()
        assert not differences(model, engine, engine.record[step]), f"step {step}"
    assert model.aware.any() and model.w.happened
    assert any(tag.entered is not None for tag in model.tags)


def test_the_second_model_compares_all_that_is_recorded():
    config = CASES["as it happened"][0]()
    model = SecondModel(start_of(config))
    model.step()
    assert {series.name for series in SERIES} - set(model.row()) == {"in_session"}


@pytest.mark.parametrize("days", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_the_agents_on_mesa_do_what_the_odd_says(days):
    config = busy(3)
    mesa, model = BacklashModel(start_of(config)), SecondModel(start_of(config))
    try:
        for step in range(days * 96):
            mesa.step()
            model.step()
            assert not differences(model, mesa, mesa.record[step]), f"step {step}"
    finally:
        release(mesa)


def test_in_the_lively_run_everything_happens():
    """So that agreement says something of every branch."""
    model, visible, broken = SecondModel(start_of(busy(3))), False, False
    for _ in range(10 * 96):
        model.step()
        visible |= model.visible.any()
        broken |= model.w.broken == 1.0
    w, tags = model.w, model.tags
    assert visible and broken and w.wave and w.mocked and w.denied and w.noticed and w.reform
    assert any(model.gone) and model.hopeful.any() and model.sold.any() and model.exited.any()
    assert model.declared.any() and model.unfollowed.any() and w.pressed and w.called == 0.5
    assert model.happened == {
        "silence", "broken word", "no word", "question", "found out", "crowd", "private word",
        "contradiction", "launch", "second out", "third party 1", "third party 2",
        "third party 3", "third party 4",
    }  # fmt: skip
    come = {int(act.kind) for act in model.acts if act.step >= 0}
    assert come == {*range(1, 17)} - {BUYBACK, DELIVERY}
    assert w.second_denied and w.K2 == 1.0
    assert 1 - w.spoken_for < w.belonging < 1
    lowered = model.threshold < start_of(busy(3)).population.people.threshold
    assert lowered.any() and not lowered.all()
    for of in (CROWD, QUESTION, EVENT):
        assert any(tag.of[0] == of and tag.entered is not None and tag.left for tag in tags)
    assert any(tag.born is None and tag.news == 0.0 for tag in tags)


def test_in_the_other_lively_runs_the_truth_comes_out():
    contacts, cleared = (
        SecondModel(start_of(CASES[name][0]()))
        for name in ("only contacts come out", "nothing of it is true")
    )
    for _ in range(3 * 96):
        contacts.step()
        cleared.step()
    assert "found out" in contacts.happened and "found out" in cleared.happened
    assert "second out" in cleared.happened and cleared.w.K2 == 0.0
    assert contacts.w.admitted and not contacts.w.cleared
    assert cleared.w.cleared and not cleared.w.admitted


def test_another_world_is_found_out():
    """A second model with one number changed does not agree."""
    config = CASES["as it happened"][0]()
    engine, model = engine_of(start_of(config)), SecondModel(start_of(config))
    model.p.tone_gain += 0.05
    found = []
    for step in range(5 * 96):
        engine.advance(1)
        model.step()
        found += differences(model, engine, engine.record[step])
    assert found
