"""A step opens: events of the case, what nobody planned, acts coming into force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.compiled import part
from sim.rules import evidence, exposure, expression, opinion_leader, platform
from sim.state.tables import EVENT_KINDS, LOG_FORCING, TAG_EVENT
from sim.world.angles import bear_tag, log, report, source_code
from sim.world.changes import accuse, appease, believe, mock, renew, show, stir
from sim.world.in_force import take_force
from sim.world.unanswered import arm, second_comes_out, stay_unanswered
from sim.world.waves import second_waves

if TYPE_CHECKING:
    from sim.state.types import (
        Act,
        Constants,
        Counts,
        Entry,
        Event,
        Floats,
        Seed,
        Table,
        Tag,
        World,
    )


LEAK, MOCK, AGENDA, APPEASING, LAUNCH, SECOND = (
    EVENT_KINDS.index(kind)
    for kind in ("leak", "mock", "agenda", "appeasing", "launch", "second_accusation")
)


@part
def open_step(
    step: int, seed: Seed, p: Constants, world: World, events: Table[Event], acts: Table[Act],
    tags: Table[Tag], broadcast: Floats, views: Floats, entries: Table[Entry], census: Counts,
    dt_h: float,
) -> None:  # fmt: skip
    """Sections 2 and 3 of the step: events, acts coming into force, what both show directly.

    Writes views[topic, kind]: directly shown views of this step, before the circadian factor.
    """
    world.novelty_deal = platform.next_novelty(world.novelty_deal, p.novelty_keep)
    world.novelty_governance = platform.next_novelty(world.novelty_governance, p.novelty_keep)
    world.stirred_deal = platform.next_novelty(world.stirred_deal, p.novelty_keep)
    world.stirred_governance = platform.next_novelty(world.stirred_governance, p.novelty_keep)
    for a in range(acts.shape[0]):
        acts[a].fresh = platform.next_novelty(acts[a].fresh, p.novelty_keep)
        acts[a].fresh_echo = platform.next_novelty(acts[a].fresh_echo, p.novelty_keep)
    world.broken = 0.0
    if world.admitted == 1.0:
        world.confirmed = opinion_leader.confirmed(world.confirmed, p.verify_keep)
    for topic in range(2):
        for kind in range(3):
            for k in range(5):
                broadcast[topic, kind, k] = exposure.remembered(
                    broadcast[topic, kind, k], p.memory_keep[k], 0.0
                )
    for i in range(events.shape[0]):
        if events[i].step == step and _has_its_cause(events[i].requires, step, acts):
            _force(i, step, seed, p, world, events[i], tags, broadcast, entries)
    second_waves(step, seed, p, world, tags, broadcast, entries, dt_h)
    stay_unanswered(step, seed, p, world, tags, broadcast, entries, dt_h)
    second_comes_out(step, seed, p, world, tags, entries, dt_h)
    take_force(step, p, world, events, acts, tags, broadcast, entries, dt_h)
    arm(step, p, world, acts, census, dt_h)
    for topic in range(2):
        for kind in range(3):
            total = 0.0
            for k in range(5):
                total = exposure.visible_views(total, p.memory_weight[k], broadcast[topic, kind, k])
            views[topic, kind] = total
    if world.happened == 1.0:
        world.credibility = evidence.floored(world.credibility, p.evidence_floor)
    fresh = platform.freshest(world.novelty_deal, world.novelty_governance)
    world.news = expression.news_talk(p.news_talk, fresh, world.compensated)


@part
def _has_its_cause(required: float, step: int, acts: Table[Act]) -> Any:
    """Whether the act that an event needs, if it needs one, has come into force before `step`."""
    if required < 0.0:
        return True
    for a in range(acts.shape[0]):
        if acts[a].kind == required and acts[a].step >= 0.0 and acts[a].step < step:
            return True
    return False


@part
def _force(
    i: int,
    step: int,
    seed: Seed,
    p: Constants,
    world: World,
    event: Event,
    tags: Table[Tag],
    broadcast: Floats,
    entries: Table[Entry],
) -> None:
    """Event i of the case happens in this step (E2, E3): what it makes people believe, see and ask.

    An agenda or a launch displaces the affair; a leak, an accusation or a rumour is evidence and
    adds to the betrayal (a mock only before an admission); all others are news of their topic. What
    the brand has told before the leak is old news, as far as `thunder` says. A hashtag with a heat
    of its own is listed at once; another waits for somebody who reports it.

    broadcast : float64[topic, kind of people, age], views of what was shown directly; changed.
    """
    log(world, entries, step, LOG_FORCING, i, event.novelty)
    if event.kind == AGENDA or event.kind == LAUNCH:
        world.displacement = event.displacement
        world.displaced_until = event.until
        if event.kind == LAUNCH:
            _launch(i, step, world, event, tags, broadcast)
        return
    topic = int(event.topic)
    fresh = 1.0
    if event.kind == LEAK:
        if world.leaked == 0.0 and world.admitted == 1.0:
            fresh = evidence.old_news(p.thunder)
        world.leaked = 1.0
    if event.kind == SECOND:
        accuse(world, event.credibility, event.betrayal)
    else:
        believe(world, event.credibility)
    if event.kind == MOCK and world.admitted == 0.0:
        mock(p, world, evidence.mock_size(p.mock_increment, event.betrayal))
    elif event.kind != MOCK and event.kind != SECOND:
        world.betrayal = evidence.raised_betrayal(world.betrayal, event.betrayal)
    news = evidence.still_new(fresh, event.novelty)
    if event.kind == APPEASING:
        appease(world, topic, news)
    else:
        stir(world, topic, news)
    show(
        broadcast, topic, evidence.still_new(fresh, event.reach_core),
        evidence.still_new(fresh, event.reach_customer),
        evidence.still_new(fresh, event.reach_public),
    )  # fmt: skip
    if event.tag == 1.0:
        row = bear_tag(world, tags, step, event.topic, source_code(TAG_EVENT, i), news, 1.0)
        if event.heat > 0.0:  # it was on the list, by the documents
            report(seed, p, world, tags, row, step, evidence.still_new(fresh, event.heat))


@part
def _launch(
    i: int, step: int, world: World, event: Event, tags: Table[Tag], broadcast: Floats
) -> None:
    """E3: a launch of the brand is an occasion to talk of what is open; news, and no grievance."""
    topic = int(event.topic)
    news = evidence.occasion(event.novelty, world.unanswered, world.cleared)
    renew(world, topic, news)
    show(
        broadcast, topic, evidence.occasion(event.reach_core, world.unanswered, world.cleared),
        evidence.occasion(event.reach_customer, world.unanswered, world.cleared),
        evidence.occasion(event.reach_public, world.unanswered, world.cleared),
    )  # fmt: skip
    if event.tag == 1.0 and news > 0.0:
        bear_tag(world, tags, step, event.topic, source_code(TAG_EVENT, i), news, 1.0)
