"""One text for the public, another for the fans (E13): known answers in quiet worlds."""

import numpy as np
import pytest
from test_question import act, after, asked, world_after

from sim.people import CORE
from sim.state import tables as w
from sim.world import receiving

PRIVATE = act("fan_calls", 6.0, share=0.5, acknowledgement=0.8)
FAN = w.KIND["fan_calls"]


def known(*words, hours=40, **parameters):
    """A run, and which core fans were told, and have received a denial."""
    run = world_after(asked(*words, n_people=300, **parameters), hours)
    n = run.population.bounds[1]
    told = np.array([receiving.told(run.seed, run.acts[FAN], i) for i in range(n)])
    received = run.population.people.seen[:n]
    return run, told & (received & (1 << FAN) != 0), received & (1 << w.DENIAL) != 0


def difference(run, kind, seen):
    """How far an act differs for each core fan, had they seen these acts."""
    row = w.KIND[kind]
    n = run.population.bounds[1]
    return np.array([receiving.contradicted(run.seed, run.acts, row, seen, i) for i in range(n)])


def test_whom_a_private_word_reaches_is_settled_when_it_is_said():
    run, told, _ = known(*PRIVATE)
    assert run.acts[FAN].step == after(6)
    assert run.census[CORE, w.N_REACHED + FAN] == told.sum()
    assert 0.3 < told.mean() < 0.6


def test_two_texts_differ_for_those_who_know_both():
    run, told, _ = known(*PRIVATE, *act("denial", 8.0))
    everybody = difference(run, "denial", 1 << FAN)
    assert everybody == pytest.approx(np.where(everybody > 0, 0.8, 0.0))
    assert (everybody[told] > 0).all() and 0.3 < (everybody > 0).mean() < 0.7
    assert not difference(run, "denial", 0).any()  # who has not received the private word
    back = difference(run, "fan_calls", 1 << w.DENIAL)
    assert back == pytest.approx(0.8)


def test_the_same_word_in_both_channels_contradicts_nothing_nor_does_a_deed():
    words = (
        *PRIVATE,
        *act("statement", 8.0, acknowledgement=0.8),
        *act("penalty", 9.0, level="manager", severity=0.5),
        *act("apology", 10.0, acknowledgement=0.3),
    )
    run, _, _ = known(*words)
    assert not difference(run, "statement", 1 << FAN).any()
    assert not difference(run, "penalty", 1 << FAN).any()
    private = difference(run, "fan_calls", 1 << w.KIND["statement"] | 1 << w.KIND["apology"])
    assert private == pytest.approx(0.5)  # of several the one that differs most
    assert not difference(run, "apology", 1 << w.KIND["statement"]).any()  # one channel


def test_who_knows_both_accepts_less_and_who_knows_one_as_before():
    words = (*PRIVATE, *act("statement", 8.0, explains=1, regrets=1))
    row = w.KIND["statement"]
    runs = [known(*words, sincerity_contradicts=size)[0] for size in (3.0, 0.0)]
    reached = [int(run.census[CORE, w.N_REACHED + row]) for run in runs]
    accepted = [int(run.census[CORE, w.N_ACCEPTED + row]) for run in runs]
    assert min(reached) > 30 and accepted[0] < 0.85 * accepted[1]
    alone = [
        known(*act("statement", 8.0, explains=1, regrets=1), sincerity_contradicts=size)[0]
        for size in (3.0, 0.0)
    ]
    assert np.array_equal(alone[0].record, alone[1].record)


def test_fan_calls_that_never_came_are_told_to_nobody():
    run, told, _ = known(*act("denial", 8.0))
    assert not told.any() and not difference(run, "denial", 1 << FAN).any()
