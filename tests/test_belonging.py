"""Whether fans are heard (E19): known answers in quiet worlds."""

import numpy as np
import pytest
from test_question import TRUSTING, act, after, asked, world_after

from sim.people import CORE
from sim.rules import belonging
from sim.run import simulate
from sim.state import tables as w

#: Core fans are grieved at governance, and whatever is said is accepted.
SPOKEN_FOR = {"silence_size": 1.0, "spoken_for_per_h": 0.1, "patience_h": 6.0}
SURE = {**TRUSTING, **SPOKEN_FOR}
PANEL = act("fan_panel", 12.0, say=0.6)


def belongs(*words, **parameters):
    return simulate(asked(*words, **{**SURE, **parameters})).series["belonging"]


def test_belonging_falls_with_governance_outrage_and_not_before_there_is_any():
    run = simulate(asked(**SPOKEN_FOR))
    series, grieved = run.series["belonging"], run.series["outrage_governance_core"]
    assert (series[: after(6) + 1] == 1.0).all() and series[-1] < 0.9
    assert (np.diff(series) <= 0).all()
    lost, n = 0.0, run.n_people["core"]
    for step in range(after(0), after(40)):  # by hand, from what the record says of the step before
        aware = round(run.series["aware_core"][step - 1] * n)
        mean = grieved[step - 1] * n / aware if aware else 0.0
        lost += 0.1 * mean * 0.25 * (1 - lost)
        assert series[step] == pytest.approx(1 - lost, abs=2e-5)


def test_a_panel_gives_back_as_far_as_its_say_goes_among_those_who_accept_it():
    run = world_after(asked(*PANEL, **SURE), 40)
    world, row = run.table[0], w.KIND["fan_panel"]
    before = run.census[CORE, w.N_ACCEPTED + row], run.census[CORE, w.N_AWARE]
    run.advance(1)
    accepted, aware = before
    assert accepted >= 8
    lost = world.spoken_for
    assert world.belonging == pytest.approx(1 - lost * (1 - 0.6 * accepted / aware))
    assert world.unheard == pytest.approx(0.15 * (1 - world.belonging))


def test_only_being_asked_gives_belonging_back():
    alone = belongs()
    for deed in (
        act("apology", 12.0, acknowledgement=1, regrets=1),
        act("penalty", 12.0, level="vice_president", severity=0.5),
        act("compensation", 12.0, share=1),
        act("reform", 12.0, governance=1, delivered="false"),  # promised, and never kept
    ):
        assert (np.diff(belongs(*deed)) <= 0).all()
    assert belongs(*PANEL)[-1] > alone[-1] + 0.05
    kept = belongs(*act("reform", 12.0, governance=1, delivery_h=12))
    assert (np.diff(kept[: after(24)]) <= 0).all() and np.diff(kept).max() > 0.01
    told = act("fan_calls", 12.0, share=1, acknowledgement=0)
    assert (
        np.diff(belongs(*told)).max() > 0 and np.diff(belongs(*told, asked_privately=0)).max() <= 0
    )


def test_a_panel_admits_nothing_and_is_a_matter_of_governance():
    run = world_after(asked(*PANEL, **SURE), 12)
    world = run.table[0]
    assert world.admitted == 0.0 and world.answered == 1.0
    assert world.novelty_governance >= 0.5


def test_who_is_not_heard_leaves_and_customers_are_not_asked():
    """Pressure of core fans alone rises; where it weighs nothing, nobody else does anything."""
    words = ("response.apology.delay_h=12",)
    changed = {"exit_threshold": 0.35, "declare_per_h": 0.3, **SPOKEN_FOR, "spoken_for_per_h": 0.1}
    heavy, light = (
        simulate(asked(*words, n_people=300, belonging_weight=weight, **changed)).series
        for weight in (0.5, 0.0)
    )
    assert heavy["declared_core"][-1] > light["declared_core"][-1]
    assert belonging.unheard(0.5, 1.0) == 0.0 and belonging.unheard(0.0, 0.2) == 0.0


def test_knocked_out_everybody_belongs():
    series = simulate(asked("mechanisms.belonging=false", **SURE)).series["belonging"]
    assert (series == 1.0).all()
