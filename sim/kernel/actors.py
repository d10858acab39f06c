"""What opinion leaders, the PR team and investors share between the two engines.

The Mesa agents call these one by one, the columnar engine in loops over rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.people import CORE, CUSTOMER, NOISE, SENTIMENT
from sim.rules import (
    appraisal,
    evidence,
    exposure,
    market,
    opinion_leader,
    platform,
    playbook,
    pr_team,
    question,
)
from sim.rules import census as counts
from sim.state import tables as w
from sim.world import angles, changes

if TYPE_CHECKING:
    from sim.state.types import Constants, Counts, Entry, Floats, Seed, Singles, Table, Tag, World

_D_PR, _D_MARKET, _D_INVESTOR, _D_REPORT = (
    int(Decision.PR_TEAM),
    int(Decision.MARKET),
    int(Decision.INVESTOR),
    int(Decision.REPORT),
)
_SAMPLE = 1000  # of the PR team's draws: not one of its acts


#: Fields of the world that people and leaders add to in a step.
COUNTS = (
    "posts_core", "posts_customer", "posts_public", "posts_kol", "posts_neutral", "posts_deal",
    "posts_governance", "volume", "voice_core_deal", "voice_core_governance", "voice_other_deal",
    "voice_other_governance", "kol_deal", "kol_governance",
)  # fmt: skip


@part
def clear_counts(world: World) -> None:
    """Counts of the step start at nothing."""
    world.posts_core = 0.0
    world.posts_customer = 0.0
    world.posts_public = 0.0
    world.posts_kol = 0.0
    world.posts_neutral = 0.0
    world.posts_deal = 0.0
    world.posts_governance = 0.0
    world.volume = 0.0
    world.voice_core_deal = 0.0
    world.voice_core_governance = 0.0
    world.voice_other_deal = 0.0
    world.voice_other_governance = 0.0
    world.kol_deal = 0.0
    world.kol_governance = 0.0


@part
def views_of(
    memory: Singles, row: int, incoming: int, chat: float, keep: Floats, weight: Floats,
) -> Any:  # fmt: skip
    """E1 of one person and topic: memory takes what arrives; returns the views of this step."""
    arriving = exposure.arriving_views(incoming, w.SCALE, chat)
    views = 0.0
    for k in range(memory.shape[0]):
        memory[k, row] = exposure.remembered(np.float64(memory[k, row]), keep[k], arriving)
        views = exposure.visible_views(views, weight[k], np.float64(memory[k, row]))
    return views


@part
def leader_exits(
    step: int, k: int, p: Constants, world: World, tags: Table[Tag], contract: float,
    broadcast: Floats, entries: Table[Entry],
) -> None:  # fmt: skip
    """A partner ends the contract in public: a costly signal that confirms the rumour."""
    world.pressed = 1.0
    changes.believe(world, opinion_leader.exit_evidence(p.exit_credibility, contract))
    changes.stir(world, 0, p.novelty_statement)
    changes.show(
        broadcast,
        0,
        p.leader_exit_reach_core,
        p.leader_exit_reach_customer,
        p.leader_exit_reach_public,
    )
    angles.bear_tag(
        world, tags, step, 0.0, angles.source_code(w.TAG_EXIT, k), p.novelty_statement, 1.0
    )
    angles.log(world, entries, step, w.LOG_EXIT, k, contract)


@part
def leader_mocks(
    step: int, k: int, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry],
) -> None:  # fmt: skip
    """An antagonist mocks: before admission it adds to the betrayal."""
    if world.admitted == 0.0:
        changes.mock(p, world, evidence.mock_size(p.mock_increment, p.mock_betrayal))
    changes.stir(world, 0, p.novelty_mock)
    source = angles.source_code(w.TAG_MOCK, angles.of_leader(k, step))
    angles.bear_tag(world, tags, step, 0.0, source, p.novelty_mock, 1.0)
    angles.log(world, entries, step, w.LOG_MOCK, k, 1.0)


@part
def asking_rate(
    step: int, p: Constants, world: World, c: float, dt_h: float, n: int,
) -> Any:  # fmt: skip
    """E18: rate at which one of `n` reporters takes up what is unanswered; 0 before the affair.

    Nobody asks a brand that was cleared.
    """
    if step < p.clock_start or world.cleared == 1.0:
        return 0.0
    since = playbook.since(float(step), p.clock_start, dt_h)
    return question.asking_rate(
        p.question_per_d, world.unanswered, c, since, p.question_half_life_h, float(n)
    )


@part
def press_rate(
    step: int, p: Constants, world: World, c: float, dt_h: float, n: int,
) -> Any:  # fmt: skip
    """E18: rate at which one of `n` reporters brings a third party; 0 before the first listing."""
    if world.first_listed < 0.0 or world.cleared == 1.0:
        return 0.0
    since = playbook.since(float(step), world.first_listed, dt_h)
    return question.press_rate(
        p.press_per_d, world.told, p.press_answered, c, since, p.press_half_life_h, float(n)
    )


@part
def reporter_comes(
    step: int, seed: Seed, k: int, p: Constants, world: World, tags: Table[Tag], broadcast: Floats,
    entries: Table[Entry], asking: float, press: float, u_size: float, u_topic: float,
) -> Any:  # fmt: skip
    """E18: a reporter comes with a new question, or with a third party; returns its topic."""
    size = question.size_of_question(u_size, p.question_least, p.question_most)
    gap = appraisal.accountability_gap(p.blamed_level, world.felt_level)
    u = draws.uniforms(seed, _D_REPORT, step, k)[2]
    what = question.brought(u, asking, press, p.press_formal)
    if what == 0:
        topic = question.asked_of_governance(u_topic, world.penalised, gap)
        source = angles.source_code(w.TAG_QUESTION, angles.of_leader(k, step))
        changes.stir(world, topic, size)
        angles.log(world, entries, step, w.LOG_QUESTION, k, size)
    else:
        topic = 1 if what == 1 else 0
        source = angles.source_code(w.TAG_REGULATOR + what - 1, angles.of_leader(k, step))
        changes.renew(world, topic, size)
        angles.log(world, entries, step, w.LOG_PRESS, source, size)
    changes.show(
        broadcast, topic, question.shown_to(p.question_reach_core, size),
        question.shown_to(p.question_reach_customer, size),
        question.shown_to(p.question_reach_public, size),
    )  # fmt: skip
    row = angles.bear_tag(world, tags, step, float(topic), source, size, 1.0)
    angles.report(seed, p, world, tags, row, step, report_heat(seed, step, k, p, size, 1.0))
    return topic


@part
def report_heat(
    seed: Seed, step: int, k: int, p: Constants, news: float, loudness: float,
) -> Any:  # fmt: skip
    """E11: heat of what opinion leader `k` reports in this step."""
    normal = draws.normal(draws.uniforms(seed, _D_REPORT, step, k)[1])
    return platform.report_heat(p.official_heat, news, loudness, p.report_spread, normal)


@part
def reporter_reports(
    step: int, seed: Seed, k: int, p: Constants, world: World, tags: Table[Tag],
) -> Any:  # fmt: skip
    """E10, E11: a reporter takes the angle worth most now; its topic, -1 if none is left."""
    row, _ = angles.best_angle(p, world, tags, step)
    if row < 0:
        return -1
    heat = report_heat(seed, step, k, p, tags[row].news, tags[row].loudness)
    angles.report(seed, p, world, tags, row, step, heat)
    return int(tags[row].topic)


@part
def leader_counts(world: World, topic: int) -> None:
    """E7: one post more of opinion leaders, on this topic."""
    world.posts_kol += 1.0
    if topic == 0:
        world.kol_deal += 1.0
    else:
        world.kol_governance += 1.0


@part
def person_counts(world: World, core: bool, topic: int, earlier: float) -> None:
    """E11: one post more of somebody who has written `earlier` ones, as it makes heat."""
    one = float(platform.voice(earlier, w.SCALE))
    if core and topic == 0:
        world.voice_core_deal += one
    elif core:
        world.voice_core_governance += one
    elif topic == 0:
        world.voice_other_deal += one
    else:
        world.voice_other_governance += one


@part
def notice(
    step: int, seed: Seed, dt_h: float, c: float, p: Constants, world: World,
    entries: Table[Entry], at_night: float, n_people: float,
) -> None:  # fmt: skip
    """E12: detection. Mentions above the hour's baseline alarm; awareness follows after a lag.

    Monitoring samples as much as a community of REFERENCE_PEOPLE writes: counted in full, a million
    people would give an alarm eighteen times as sensitive.
    """
    sampled = pr_team.sampled_share(w.REFERENCE_PEOPLE, n_people)
    expected = pr_team.expected_mentions(sampled, p.post_per_h, p.baseline_talk, c, dt_h, n_people)
    volume = world.volume
    if sampled < 1.0:
        noise = draws.normal(draws.uniform(seed, _D_PR, step, _SAMPLE))
        volume = pr_team.sampled_mentions(volume, sampled, noise)
    world.mention_z = pr_team.mention_excess(volume, expected)
    if world.alarmed < 0.0 and world.mention_z > p.detection_z and world.happened == 1.0:
        world.alarmed = step
        u = draws.uniform(seed, _D_PR, 0, 0)
        world.detected = step + pr_team.lag_steps(
            p.detection_lag_h, p.detection_spread, draws.normal(u), at_night, dt_h
        )
    if world.noticed == 0.0 and world.detected >= 0.0 and step >= world.detected:
        world.noticed = 1.0
        angles.log(world, entries, step, w.LOG_DETECTION, 0, world.mention_z)


@part
def triggered(
    trigger: float, threshold: float, noticed: float, n_listed: float, governance_share: float,
    declared_share: float,
) -> Any:  # fmt: skip
    """Whether the state that an act waits for has come; the PR team must have noticed."""
    if noticed == 0.0:
        return False
    if trigger == w.BY_DETECTION:
        return True
    if trigger == w.BY_LIST_ENTRY:
        return n_listed > 0.0
    if trigger == w.BY_GOVERNANCE_TALK:
        return governance_share > threshold
    return declared_share > threshold


@part
def decision_steps(address: float, seed: Seed, p: Constants, at_night: float, dt_h: float) -> Any:
    """Deliberation of the PR team before an act, in steps. address : of its draws."""
    u = draws.uniform(seed, _D_PR, 1, int(address))
    return pr_team.lag_steps(
        p.deliberation_h, p.deliberation_spread, draws.normal(u), at_night, dt_h
    )


@part
def governance_talk(world: World) -> Any:
    """Governance share of outraged talk in the last hours, as the PR team reads it."""
    return pr_team.governance_share(world.talk_deal, world.talk_governance)


@part
def order_of(
    kind: int, trait: float, seed: Seed, step: int, k: int, attention: float, outrage: float,
    weakness: float, buying: float, fundamental: float, price: float,
) -> Any:  # fmt: skip
    """E16: an investor's order, positive to buy."""
    if kind == NOISE:
        return draws.normal(draws.uniform(seed, _D_INVESTOR, step, k))
    if kind == SENTIMENT:
        if buying > 0.0:
            u = draws.uniforms(seed, _D_INVESTOR, 0, k)[2]
            if market.sees_weakness(u, weakness, buying):
                return market.sentiment_order(trait, 1.0, 1.0)
        return market.sentiment_order(trait, attention, outrage)
    return market.value_order(trait, fundamental, price)


@part
def mean_outrage(p: Constants, census: Counts, sizes: Counts) -> Any:
    """Expressed outrage over people, weighted to real shares, among those aware."""
    total, aware = 0.0, 0.0
    for kind in range(3):
        share = p.share_core
        if kind == 1:
            share = p.share_customer
        elif kind == 2:
            share = p.share_public
        expressed, n = census[kind, w.SUM_EXPRESSED], float(sizes[kind])
        total = counts.with_mean(total, share, expressed, w.SUM_SCALE, n)
        aware = counts.with_share(aware, share, census[kind, w.N_AWARE], n)
    return counts.among_aware(total, aware)


@part
def trade(world: World, kind: int, order: float) -> None:
    """An order reaches the book as an integer, so that their sum has no order."""
    amount = float(int(order * w.ORDER_SCALE))
    if kind == NOISE:
        world.orders_noise += amount
    elif kind == SENTIMENT:
        world.orders_sentiment += amount
    else:
        world.orders_value += amount


@part
def settle(
    step: int, seed: Seed, p: Constants, world: World, open_now: bool, first: bool, mood: float,
    census: Counts, sizes: Counts, kinds: Counts, index: float,
) -> None:  # fmt: skip
    """E16: the price moves in sessions only; what happens outside waits for the next bar."""
    if not open_now:
        world.unpriced = market.unpriced(
            world.unpriced, p.sentiment_drift, mood, p.closed_weight, p.bars
        )
        return
    n_noise, n_sentiment, n_value = 0.0, 0.0, 0.0
    for kind in kinds:
        if kind == NOISE:
            n_noise += 1.0
        elif kind == SENTIMENT:
            n_sentiment += 1.0
        else:
            n_value += 1.0
    lost = counts.with_share(0.0, p.share_core, census[CORE, w.N_EXITED], float(sizes[CORE]))
    lost = counts.with_share(
        lost, p.share_customer, census[CUSTOMER, w.N_EXITED], float(sizes[CUSTOMER])
    )
    world.fundamental = market.fundamental_of(p.exit_value, lost)
    u = draws.uniforms(seed, _D_MARKET, step, 0)
    noise = market.noise_return(p.bar_sd, p.flow_impact, draws.normal(u[0]))
    flow = market.flow_return(p.bar_sd, p.flow_impact, world.orders_noise, w.ORDER_SCALE, n_noise)
    sentiment = market.sentiment_return(
        p.sentiment_drift, p.bars, world.orders_sentiment, w.ORDER_SCALE, n_sentiment,
        world.unpriced,
    )  # fmt: skip
    world.unpriced = 0.0
    value = market.value_return(p.value_pull, world.orders_value, w.ORDER_SCALE, n_value)
    overnight = 0.0
    if first:
        overnight = market.overnight_return(p.overnight_sd, draws.normal(u[1]))
    buyback = 0.0
    if world.buyback_bar > 0.0:
        if world.buyback_bars <= 0.0:
            world.buyback_bars = p.buyback_bars
        whole = market.buyback_impact(
            p.impact, p.daily_volatility, world.buyback_bar, p.turnover_hkd
        )
        buyback = market.buyback_return(whole, p.buyback_bars)
        world.buyback_bars -= 1.0
        if world.buyback_bars <= 0.0:
            world.buyback_bar = 0.0
    world.other_news = market.other_news(world.other_news, noise, flow, overnight, index)
    reversion = market.reverted(p.reversion, world.sentiment)
    world.sentiment = market.next_sentiment(
        world.sentiment, sentiment, p.impact_decay, buyback, reversion
    )
    move = market.price_move(
        noise, flow, sentiment, value, overnight, buyback, reversion, index
    )  # fmt: skip
    world.price = market.next_price(world.price, move)
