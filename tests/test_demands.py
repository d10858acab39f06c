"""The next demand after a concession (E9): known answers in quiet worlds."""

import numpy as np
import pytest
from test_question import TRUSTING, act, asked, world_after

from sim import draws
from sim.draws import Decision
from sim.people import CORE
from sim.state import tables as w
from sim.world import receiving

PARAMETERS = {**TRUSTING, "demanding_share": 0.4, "demand_lowers": 0.2}
PENALTY = act("penalty", 6.0, level="manager", severity=0.5)
APOLOGY = act("apology", 6.0, acknowledgement=1)


def thresholds(*words, hours=40, **parameters):
    """Threshold over what it was, of core fans; who received what; who wants more."""
    config = asked(*words, n_people=200, **{**PARAMETERS, **parameters})
    begin = world_after(config, -30).population.people.threshold.copy()
    run = world_after(config, hours)
    people, n = run.population.people, run.population.bounds[1]
    assert np.array_equal(people.threshold[n:], begin[n:])  # customers and the public ask nothing
    wants = draws.uniform_column(config.seed, Decision.TRAITS, receiving.DEMANDING, n) < 0.4
    assert 8 < wants.sum() < 32
    return people.threshold[:n] / begin[:n], people.seen[:n], wants, run


def test_a_concession_lowers_the_threshold_of_those_who_want_more_and_of_nobody_else():
    change, seen, wants, run = thresholds(*PENALTY)
    received = seen & (1 << w.PENALTY) != 0
    assert received.sum() == run.census[CORE, w.N_REACHED + w.PENALTY] > 20
    assert change[received & wants] == pytest.approx(0.8, rel=1e-6)
    assert (change[~(received & wants)] == 1.0).all()


def test_words_and_what_is_kept_concede_nothing():
    for words in (
        APOLOGY,
        act("explanation", 6.0),
        act("fan_calls", 6.0, share=1),
        act("fan_panel", 6.0, say=1),
        act("denial", 6.0),
    ):
        assert (thresholds(*words)[0] == 1.0).all()
    reform = act("reform", 6.0, governance=1, delivery_h=12)
    change, _, wants, _ = thresholds(*reform, hours=60)
    assert change[wants].min() == pytest.approx(0.8, rel=1e-6)  # the promise, not its delivery


def test_what_is_conceded_in_one_step_counts_once_and_each_later_step_again():
    together = (*APOLOGY, *act("termination", 6.0), *PENALTY, *act("compensation", 6.0, share=1))
    change, seen, wants, run = thresholds(*together)
    carriers = [a for a, one in enumerate(run.acts) if one.conceded == 1.0]
    assert carriers == [w.KIND["apology"]]
    received = seen & (1 << w.KIND["apology"]) != 0
    assert change[received & wants] == pytest.approx(0.8, rel=1e-6)
    apart = (*PENALTY, *act("termination", 10.0), *act("compensation", 14.0, share=1))
    change, seen, wants, _ = thresholds(*apart)
    three = sum(1 << w.KIND[kind] for kind in ("penalty", "termination", "compensation"))
    everything = seen & three == three
    assert change[everything & wants] == pytest.approx(0.8**3, rel=1e-6)
    assert (change[~wants] == 1.0).all()


def test_an_end_of_the_deal_alone_is_a_concession():
    change, _, wants, _ = thresholds(*act("termination", 6.0))
    assert change[wants].min() == pytest.approx(0.8, rel=1e-6)


def test_knocked_out_nobody_wants_more():
    assert (thresholds(*PENALTY, "mechanisms.next_demand=false")[0] == 1.0).all()
