"""Rules: against an independent reading, by worked values, and as laws of behaviour."""

import importlib
import inspect
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import ORACLE, column

from sim import rules
from sim.rules import (
    appraisal,
    evidence,
    exposure,
    expression,
    leaving,
    opinion_leader,
    platform,
    playbook,
    pr_team,
    question,
    reception,
    submodels,
)
from sim.settings.parameters import Parameters

share = st.floats(0, 1)
RULES = [(module, name) for module, rules in ORACLE.items() for name in rules]


def rule(module, name):
    return getattr(importlib.import_module(f"sim.rules.{module}"), name)


def drawn(module, name, n=400):
    """Random arguments inside their ranges, the ends of each range included."""
    generator = np.random.default_rng(7)
    arguments = inspect.signature(rule(module, name).py_func).parameters
    return [column(module, name, argument, n, generator) for argument in arguments]


@pytest.mark.parametrize(("module", "name"), RULES)
def test_a_rule_is_what_the_odd_says(module, name):
    function = rule(module, name)
    arguments = drawn(module, name)
    expected = ORACLE[module][name](*arguments)
    ours = np.array([function(*row) for row in zip(*arguments, strict=True)], np.float64)
    np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-13)


def test_the_oracle_knows_every_rule():
    modules = {path.stem for path in Path(rules.__file__).parent.glob("*.py")}
    assert modules == {*ORACLE, "__init__", "submodels"}
    assert set(submodels.ORDER) == set(ORACLE)
    for module in ORACLE:
        functions = {
            name
            for name, value in vars(importlib.import_module(f"sim.rules.{module}")).items()
            if hasattr(value, "py_func")
        }
        own = {
            name
            for name in functions
            if rule(module, name).py_func.__module__ == f"sim.rules.{module}"
        }
        assert own == set(ORACLE[module])


def test_worked_values_by_hand():
    assert exposure.attended_views(1.0, 2.0, 3.0) == 1.5
    assert exposure.exposure_probability(1.0) == 0.5
    assert evidence.added_credibility(0.5, 0.5) == 0.75
    assert appraisal.appraisal(1.0, 1.0, 0.5, 0.5, 1.0, 1.0) == 0.75
    assert appraisal.felt_level(3.0, 0.3, 0.6) == 1.5
    assert appraisal.accountability_gap(4.0, 1.0) == 0.75
    assert appraisal.next_outrage(0.5, 0.5, 1.0) == 0.5
    assert appraisal.reinforcement(0.55, 0.1) == pytest.approx(0.5)
    assert reception.fading_relief(0.8, 0.2, 0.5) == 0.5
    assert expression.willingness(4.0, 0.0, 0.5) == 0.5
    assert expression.willingness(1.0, 3.0, 0.5) == 0.5
    assert expression.post_weight(1.0, 0.0, 0.5, 65536.0) == 32768
    assert leaving.peer_push(1.0) == 0.0
    assert leaving.peer_push(2.0) == 0.5
    assert leaving.peer_push(9.0) == 1.0
    assert leaving.visits(0.5, 0.6, 0.8, 0.5, 1.0) == pytest.approx(0.75 * 0.75)
    assert leaving.visits(0.0, 0.9, 0.8, 0.5, 1.0) == 1.0  # more trust brings no more visits
    assert leaving.visits(1.0, 0.1, 0.8, 0.5, 4.0) == 0.0
    assert evidence.appeased(0.8, 0.25) == pytest.approx(0.6)
    assert playbook.announced(2.0, 40.0, 20.0, 40.0, 0.25) == 7.0  # kept in the very step
    assert playbook.announced(2.0, 40.0, 20.0, 41.0, 0.25) == 2.0
    assert platform.hashtag_level(0.5, 0.5) == 0.25
    assert platform.voice(0.0, 65536.0) == 65536
    assert platform.voice(3.0, 65536.0) == 16384
    assert platform.claim(4.0, 2.0) == 0.25
    assert platform.share_of_talk(0.5, 0.5, 8.0) == 4.0  # alone and old: half of the talk is lost
    assert platform.share_of_talk(1.0, 4.0, 8.0) == 2.0
    assert platform.place_share(300.0, 100.0) == 0.5
    assert platform.place_share(100.0, 100.0) == 0.0
    assert [platform.ramp(age, 4.0) for age in (0.0, 1.0, 3.0, 9.0)] == [0.25, 0.5, 1.0, 1.0]
    assert platform.crowd_chance(4.0, 2.0, 2.0, 0.25) == 0.5
    assert platform.worth(0.8, 0.5, 2.0, 0.5, 2.0) == pytest.approx(0.2)
    assert question.overdue(1.0, 0.0, 36.0, 36.0) == 1.0
    assert question.overdue(0.0, 36.0, 36.0, 36.0) == 0.0
    assert question.overdue(0.0, 72.0, 36.0, 36.0) == 0.5
    assert question.hardened(0.5, 0.5, 0.5) == 0.625
    assert question.rearming(0.8, 1.0, 0.75, 4.0) == pytest.approx(0.2)
    assert question.rearming(0.8, 1.0, 0.0, 0.0) == 0.0
    assert question.unanswered(3.0 * 65536, 65536.0, 6.0) == 0.5
    assert question.asking_rate(0.48, 0.5, 1.0, 24.0, 24.0, 5.0) == pytest.approx(0.001)
    assert question.patience_step(10.0, 36.1, 0.25) == 155
    assert question.patience_with(154.0, 160.0) == 161
    assert question.patience_with(154.0, 60.0) == 154
    assert pr_team.lag_steps(1.0, 0.5, 0.0, 0.0, 0.25) == 4
    assert pr_team.lag_steps(1.0, 0.5, 0.0, 1.0, 0.25) == 8
    assert pr_team.mention_excess(10.0, 3.0) == 3.5
    assert pr_team.sampled_mentions(40.0, 1.0, 2.0) == 40.0  # all of them: nothing is left to luck
    assert pr_team.sampled_mentions(100.0, 0.1, 1.0) == 13.0
    assert pr_team.sampled_mentions(100.0, 0.1, -9.0) == 0.0
    assert opinion_leader.attention_rate(2.0, 5.0, 10.0, 0.5, 1.0) == 0.5


@given(share, share, share, share)
def test_love_becomes_hate_or_buffers_by_self_relevance(identity, more, trust, credibility):
    """F13: identification hurts when the wrong is self-relevant, and never when it is not."""
    low, high = sorted((identity, more))
    hurt = [appraisal.appraisal(credibility, 0.8, 0.8, 0.5, trust, i) for i in (low, high)]
    assert hurt[0] <= hurt[1]
    buffered = [appraisal.appraisal(credibility, 0.8, 0.0, 0.5, t, 0.5) for t in (low, high)]
    assert buffered[0] >= buffered[1]


@given(share, share, st.floats(0, 50))
def test_outrage_stays_a_share(outrage, keep, push):
    assert 0 <= appraisal.next_outrage(outrage, keep, push) <= 1


@given(share, share, share, share, share, share)
def test_trust_never_rises_above_its_ceiling_nor_below_nothing(start, trust, o, i, c, loss):
    after = leaving.next_trust(
        min(trust, start), start, o, i, c, 0.01 * loss, 0.001, 0.0001, 0.92, 0.3
    )
    assert 0 <= after <= max(min(trust, start), 0.92 * start) + 1e-12


@given(st.floats(0, 4), st.floats(0, 4))
def test_more_outrage_means_more_posts(low, high):
    low, high = sorted((low, high))
    assert expression.outburst(low) <= expression.outburst(high)
    assert expression.outburst(high) <= np.expm1(high) + 1e-12


@given(st.floats(0, 300), st.floats(0, 300), share)
def test_delay_alone_never_makes_a_response_sincerer(early, late, acknowledged):
    early, late = sorted((early, late))

    def seen(delay):
        return reception.sincerity(
            acknowledged, 0.4, delay, delay, 0.0, 0.0, 0.5, 0.0, -0.6, 1.3, 0.0, 10.0, 0.55, 6.0,
            0.55, 0.6, 0.4, 0.3,
        )  # fmt: skip

    assert seen(late) <= seen(early)


def sincerity_of(level, voice=0.4, specific=0.8, forced=0.0):
    blamed, severity = 2.6, 0.6
    gap = appraisal.accountability_gap(blamed, appraisal.felt_level(level, severity, 0.6))
    corrected = reception.correction(1.0, 1 - gap, 0.0, 0.0, 0.4, 0.4, 0.5, 0.2)
    over = reception.over_penalty(level, severity, 2.0)
    return reception.sincerity(
        0.6, corrected, 33.0, 33.0, gap * blamed, over, voice, forced, -0.6, 1.3, specific, 10.0,
        0.55, 6.0, 0.55, 0.6, 0.4, 0.3,
    )  # fmt: skip


def test_an_admission_that_was_forced_looks_less_sincere():
    odds = [s / (1 - s) for s in (sincerity_of(3.0), sincerity_of(3.0, forced=1.0))]
    assert np.log(odds[0] / odds[1]) == pytest.approx(0.3)


def test_words_count_in_the_order_that_was_found():
    """Lewicki 2016: responsibility, repair, then regret and explanation, the request last."""
    p = Parameters()
    weights = (
        p.sincerity_acknowledge, p.sincerity_explain, p.sincerity_regret, p.sincerity_repair,
        p.sincerity_request,
    )  # fmt: skip
    alone = [reception.content(*(float(k == j) for k in range(5)), *weights) for j in range(5)]
    responsibility, explanation, regret, repair, request = alone
    assert responsibility > repair > max(regret, explanation)
    assert min(regret, explanation) > request > 0
    assert reception.content(1.0, 1.0, 1.0, 1.0, 1.0, *weights) == pytest.approx(sum(alone))


def test_a_junior_scapegoat_looks_less_sincere_than_a_vice_president():
    """F19."""
    assert sincerity_of(1.0) < sincerity_of(3.0) - 0.1


def test_an_executive_voice_strengthens_a_rebuild():
    """F22."""
    assert (
        sincerity_of(3.0, voice=0.0) < sincerity_of(3.0, voice=0.5) < sincerity_of(3.0, voice=1.0)
    )


def hazard_after(n_views, identity=0.45):
    """Posting rate of one person right after n views in a row, from calm."""
    outrage, recent = 0.0, 0.0
    for _ in range(n_views):
        felt = appraisal.appraisal(1.0, 0.8, 0.8, 0.5, 0.6, identity)
        outrage = appraisal.next_outrage(outrage, 0.97, felt * appraisal.habituated(recent, 0.3))
        recent = exposure.recent_views(recent, 0.99, 1.0)
    return expression.posting_rate(
        0.03,
        1.0,
        1.0,
        expression.outburst(2.5 * outrage),
        0.0,
        expression.willingness(recent, 0.0, Parameters().posting_fatigue),
    )


def test_resharing_rises_to_two_exposures_and_then_stops():
    """F8, Bao 2013: P(2) > P(1), P(3) <= P(2), and nothing to speak of after that."""
    one, two, three, four = (hazard_after(n) for n in (1, 2, 3, 4))
    assert two > 1.3 * one
    assert three <= two
    assert four <= 1.05 * two


def test_moral_tone_spreads_by_a_sixth():
    """F33: +15 to +20 % per unit of tone."""
    plain, moral = (expression.post_weight(tone, 0.18, 0.04, 65536.0) for tone in (0.0, 1.0))
    assert 1.15 <= moral / plain <= 1.20


def test_a_partner_with_more_at_stake_leaves_later_and_calm_followers_keep_all():
    def rate(followers, contract, called=0.0):
        return opinion_leader.exit_rate(
            followers, 0.5, contract, 1.0, 0.04, -4.5, 9.0, 1.0, 1.5, called, 1.5
        )

    assert rate(0.8, 0.9) < rate(0.8, 0.1)
    assert rate(0.0, 0.5) < 0.05 * rate(0.8, 0.5)
    assert rate(0.8, 0.5, called=1.0) < rate(0.8, 0.5, called=0.5) < rate(0.8, 0.5)


def test_a_buyback_of_149_million_moves_the_price_by_less_than_40_basis_points():
    """F27."""
    from sim.rules import market

    low, high = (market.buyback_impact(y, 0.0219, 1.49e8, 5.85e9) for y in (0.5, 1.0))
    assert 0.0015 < low < high < 0.0040
