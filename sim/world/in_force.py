"""Acts of the brand come into force: when, how they are told, what they change (E12 to E15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.compiled import part
from sim.rules import appraisal, evidence, market, platform, playbook, pr_team, question
from sim.state.tables import (
    COMPENSATION,
    DELIVERY,
    DENIAL,
    EVENT_KINDS,
    KIND,
    LAUNCH_MOVED,
    LEGAL_STEP,
    LOG_ACTION,
    MAX_ACTS,
    PENALTY,
    REFORM,
    TAG_ACT,
)
from sim.world.angles import bear_tag, headline_address, log, source_code
from sim.world.changes import admit, believe_second, show

if TYPE_CHECKING:
    from sim.state.types import Act, Constants, Entry, Event, Floats, Table, Tag, World


DISCLOSURE, TERMINATION = KIND["disclosure"], KIND["termination"]
BUYBACK, PARTNER_CALLS = KIND["buyback"], KIND["partner_calls"]
LAUNCH = EVENT_KINDS.index("launch")


@part
def take_force(
    step: int,
    p: Constants,
    world: World,
    events: Table[Event],
    acts: Table[Act],
    tags: Table[Tag],
    broadcast: Floats,
    entries: Table[Entry],
    dt_h: float,
) -> None:
    """Responses coming into force. Acts of one moment are received as one statement."""
    spoken = False
    bundle = False
    answered = False
    given = 0.0
    for a in range(acts.shape[0]):
        act = acts[a]
        if act.step == step and _can_be_joined(act):
            bundle = True
        if act.step == step and act.concedes == 1.0:
            given = 1.0
    for a in range(acts.shape[0]):
        if acts[a].step != step:
            continue
        act = acts[a]
        log(world, entries, step, LOG_ACTION, a, act.severity)
        if act.private == 1.0:  # those who are told judge it; to everybody else nothing was said
            _time(step, p, world, act, dt_h)
            world.active = float(int(world.active) | (1 << a))
            continue
        if world.first_act < 0.0 and act.spoken == 1.0:
            world.first_act = step
        if act.spoken == 0.0:
            if act.kind == BUYBACK:
                _buy_back(p, world, act.amount_hkd)
            elif act.kind == PARTNER_CALLS:
                world.called = playbook.called(world.called, act.share)
            continue
        _time(step, p, world, act, dt_h)
        if act.judged == 1.0:
            spoken = True
            answered = True
        elif act.kind == LAUNCH_MOVED:
            _postpone(step, world, events, act, dt_h)
        elif question.believed(act.word_in_h, p.patience_h, world.word_due):
            spoken = True
            world.word_due = step + playbook.delivery_steps(act.word_in_h, dt_h)
            world.patience_until = question.patience_with(world.patience_until, world.word_due)
        _change(step, p, world, acts, act, dt_h)
        received = not (bundle and act.joins == 1.0) and act.judged == 1.0
        if received:
            world.active = float(int(world.active) | (1 << a))
        if (bundle and act.joins == 1.0) or act.kind == DELIVERY:
            continue
        if received:  # the first word of a step carries all that is conceded in it
            act.conceded = given
            given = 0.0
        _become_news(step, p, world, tags, broadcast, a, act)
    if spoken:
        world.last_word = step
    if answered:
        world.answered = 1.0
        world.word_due = -1.0


@part
def _become_news(
    step: int, p: Constants, world: World, tags: Table[Tag], broadcast: Floats, a: int, act: Act
) -> None:
    """Act a is shown to people, renews the novelty of its topic and is what is reported.

    broadcast : float64[topic, kind of people, age], views of what was shown directly; changed.
    """
    topic = int(act.topic)
    governance = topic == 1
    show(
        broadcast, topic, playbook.reach(act.reach, p.official_reach_core),
        playbook.reach(act.reach, p.official_reach_customer),
        playbook.reach(act.reach, p.official_reach_public),
    )  # fmt: skip
    echo = p.novelty_echo if act.judged == 1.0 else 0.0
    act.fresh = act.news  # as a grievance it counts once people have judged it
    act.fresh_echo = echo
    world.novelty_deal = platform.renewed(world.novelty_deal, echo if governance else act.news)
    world.novelty_governance = platform.renewed(
        world.novelty_governance, act.news if governance else echo
    )
    for i in range(int(world.n_tags)):  # what the brand says is the news from now on
        if tags[i].born < 0.0 and tags[i].made < step:
            tags[i].news = 0.0
    _bear_headlines(step, world, tags, a, act)


@part
def _bear_headlines(step: int, world: World, tags: Table[Tag], a: int, act: Act) -> None:
    """What is reported of act a: names, levels and bonuses make several headlines."""
    for i in range(int(act.headlines)):
        topic = act.topic if i == 0 else float(i % 2)
        row = bear_tag(
            world, tags, step, topic, source_code(TAG_ACT, MAX_ACTS * i + a), act.news, act.heat
        )
        tags[row].address = headline_address(act.address, i)


@part
def _can_be_joined(act: Act) -> bool:
    """Whether a termination or compensation of the same step is part of this word."""
    public = act.judged == 1.0 and act.private == 0.0
    return public and act.joins == 0.0 and act.kind != DELIVERY


@part
def _time(step: int, p: Constants, world: World, act: Act, dt_h: float) -> None:
    """E13: how long people have waited for an act that comes into force now.

    since_h : hours since the case's clock start, which make a response specific. delay_h : the same
    for the brand's first word; for a later one the hours since its last word that no fair process
    took. Both count from the clock start at the earliest: nobody waits for what is unknown.
    """
    act.since_h = playbook.since(float(step), p.clock_start, dt_h)
    act.delay_h = act.since_h
    if world.last_word >= 0.0:
        fair = playbook.announced(act.process_h, world.word_due, world.last_word, float(step), dt_h)
        act.delay_h = playbook.waited(float(step), world.last_word, fair, dt_h, act.since_h)


@part
def _buy_back(p: Constants, world: World, amount: float) -> None:
    """Shares are bought over some bars; what an earlier buyback has left is bought with them."""
    world.cash = playbook.paid(world.cash, amount)
    world.buyback_bar = market.joined_buyback(
        world.buyback_bar, world.buyback_bars, p.buyback_bars, amount
    )
    world.buyback_bars = 0.0


@part
def _postpone(step: int, world: World, events: Table[Event], act: Act, dt_h: float) -> None:
    """Launches that are still to come are as many steps later; that costs cash."""
    world.cash = playbook.paid(world.cash, act.cost_hkd)
    steps = playbook.delivery_steps(act.by_h, dt_h)
    for e in range(events.shape[0]):
        if events[e].kind == LAUNCH and events[e].step > step:
            events[e].step = playbook.postponed(events[e].step, steps)
            events[e].until = playbook.postponed(events[e].until, steps)


@part
def _deny_second(p: Constants, world: World) -> None:
    """A denial of the second accusation, once it was made and until its truth is out."""
    if world.second > 0.0 and world.second_out == 0.0:
        world.second_denied = 1.0
        believe_second(world, evidence.doubted(world.second, p.denial_doubt))


@part
def _change(step: int, p: Constants, world: World, acts: Table[Act], act: Act, dt_h: float) -> None:
    """What an act changes in the world, apart from being seen."""
    a = act.kind
    if a == DENIAL:
        if act.answers == 1.0:
            _deny_second(p, world)
        elif world.admitted == 0.0:
            world.denied = 1.0
            world.credibility = evidence.doubted(world.credibility, p.denial_doubt)
        return
    if a == LEGAL_STEP:
        world.betrayal = evidence.raised_betrayal(world.betrayal, p.legal_betrayal)
        return
    if act.acknowledgement > 0.0 or act.deed == 1.0:  # what is said admits, not that it is said
        admit(world, p, act.acknowledgement if a == DISCLOSURE else 0.0)
    if a == TERMINATION:
        world.terminated = 1.0
    elif a == PENALTY:
        felt = appraisal.felt_level(act.level, act.severity, p.full_severity)
        if world.penalised == 0.0 or felt > world.felt_level:  # the hardest notice counts
            world.level = act.level
            world.severity = act.severity
            world.felt_level = felt
        world.penalised = 1.0
        cost = pr_team.expected_legal_cost(
            p.unlawful_risk, act.process_h, p.process_half_life_h, p.tenure_y, p.monthly_wage_hkd,
            act.severity,
        )  # fmt: skip
        world.legal = playbook.paid(world.legal, cost)
        unfair = pr_team.felt_unfair(
            act.level, act.severity, p.blamed_level, act.process_h, p.process_half_life_h
        )
        world.morale = pr_team.next_morale(world.morale, p.morale_loss, unfair)
    elif a == REFORM:
        world.reform = playbook.reform_in_force(world.reform, p.promise_worth, act.governance)
        if act.delivered == 1.0:
            delivery = acts[int(act.delivery)]
            steps = playbook.delivery_steps(act.delivery_h, dt_h)
            delivery.step = step + steps
            delivery.process_h = playbook.process_hours(steps, dt_h)
            delivery.governance = act.governance
        else:
            world.promised = 1.0
            world.due = step + p.promise_due_steps
    elif a == DELIVERY:
        world.reform = playbook.reform_in_force(world.reform, 1.0, act.governance)
    elif a == COMPENSATION:
        cost = playbook.compensation_cost(act.cost_hkd, act.share)
        world.cash = playbook.paid(world.cash, cost)
        if world.first_act == step:
            world.compensated = playbook.compensation_talk(p.compensation_noise, act.share)
