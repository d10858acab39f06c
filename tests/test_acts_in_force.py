"""Acts in force: how late each is, what a broken promise costs, what compensation and denial do."""

from dataclasses import replace

import pytest
from conftest import small
from test_engine import started

from sim.people import HOPEFUL
from sim.playbook.kinds import STEPS
from sim.settings.keys import altered
from sim.state import tables as w

# --- what an act says, and how late it is ---------------------------------------------------------


def timed(*words, steps=500, **more):
    """Steps of acts that came into force, and the two hours by which they are judged."""
    run = started(small(*words, n_people=60, **more))
    run.advance(steps)
    return {
        name: (float(act.since_h), float(act.delay_h))
        for name, act in zip((*STEPS, "delivery"), run.acts, strict=True)
        if 0 <= act.step < run.step
    }


@pytest.mark.slow
def test_the_first_word_is_as_late_as_the_event_is_old_and_later_ones_since_the_last():
    """Steps of 15 min from 13:30: words at 21:30, penalty 25 h later after 24 h of process."""
    assert timed("response=as_happened") == {
        "buyback": (0.0, 0.0),  # no word: the apology is the first
        "apology": (8.0, 8.0),
        "termination": (8.0, 8.0),
        "penalty": (33.0, 1.0),
        "explanation": (56.75, 23.75),
    }
    assert timed("response=deny")["apology"] == (72.0, 68.0)


def test_what_is_told_before_the_leak_makes_nobody_wait_for_what_is_unknown():
    found = timed("response=apology_only", "response.disclosure.delay_h=-2")
    assert found["disclosure"] == (0.0, 0.0)
    assert found["apology"] == (8.0, 8.0)


def test_a_fair_process_is_no_delay_and_a_delivery_in_time_is_none():
    found = timed("response=reform_and_fan_panel", steps=1200)
    assert found["penalty"] == (48.0, 4.0)  # 40 h after the words, 36 of process
    assert found["reform"] == (48.0, 40.0)
    assert found["delivery"] == (168.0, 0.0)


def test_a_triggered_act_is_judged_from_the_event_on():
    words = ["response=none", "response.apology.delay_h=1", "response.apology.trigger=detection"]
    run = started(small(*words, n_people=300, seed=4))
    run.advance(700)
    act = run.acts[w.KIND["apology"]]
    assert 0 < act.step < 700
    clock = run.script.clock
    hours = (act.step - clock.step_of(run.script.case.clock_start_time)) * clock.dt_h
    assert act.since_h == act.delay_h == hours > 1


# --- a broken promise -----------------------------------------------------------------------------


def test_a_broken_promise_costs_those_who_believed_it_and_nobody_else():
    config = small(
        "response=reform_and_fan_panel", "response.reform.delivered=false", n_people=900, seed=3
    )
    run = started(config)
    people = run.population.people
    while run.table[0].broken == 0.0:
        before = people.trust.copy()
        run.advance(1)
    hopeful = people.flags & HOPEFUL != 0
    saw = people.seen & (1 << w.REFORM) != 0
    assert not (hopeful & ~saw).any()
    kept = people.trust / before
    cost = float(run.script.constants[0].broken_promise)
    assert hopeful.sum() > 50 and kept[hopeful] == pytest.approx(1 - cost, abs=0.01)
    for unmoved in (saw & ~hopeful, ~saw):
        assert unmoved.sum() > 50 and (kept[unmoved] > 0.98).all()


def test_who_saw_a_penalty_has_not_heard_a_promise():
    run = started(small("response=as_happened", n_people=300))
    run.advance(900)
    people = run.population.people
    assert (people.seen & (1 << w.PENALTY) != 0).any()
    assert not (people.flags & HOPEFUL).any()


# --- compensation, and betrayal in both engines ---------------------------------------------------


@pytest.mark.parametrize(("apology_h", "noise"), [(None, True), (9.0, True), (2.0, False)])
def test_compensation_makes_noise_only_as_the_first_move(apology_h, noise):
    changes = {"response.compensation.delay_h": 4.0, "response.compensation.share": 0.5}
    if apology_h is not None:
        changes["response.apology.delay_h"] = apology_h
    run = started(altered(small("response=none", n_people=30), changes))
    run.advance(300)
    wanted = 0.5 * float(run.script.constants[0].compensation_noise) if noise else 0.0
    assert run.table[0].compensated == wanted
    assert run.table[0].cash == 1e7


def test_betrayal_is_a_share_in_both_engines():
    """A denial that falls adds to a betrayal of 1; nobody feels more than that."""
    from test_engine import difference
    from test_engine import started as begun

    from sim.mesa.model import BacklashModel, release

    config = small("response=deny", n_people=120, seed=2)
    config = altered(config, {"response.apology.delay_h": 6, "response.termination.delay_h": 6})
    config = replace(config, parameters=replace(config.parameters, betrayal=1.0))
    columnar, mesa = begun(config), begun(config, BacklashModel)
    try:
        for _ in range(220):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None
        assert 1.0 + columnar.table[0].betrayal > 1.05
    finally:
        release(mesa)
