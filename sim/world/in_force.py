"""What is not an agent: the case's events, the brand's acts, the platform, the firm, the record.

Both engines call these compiled functions with the same rows, so the world has one meaning. The
state is one row of numbers (WORLD) and a few small tables (EVENT, ACT, TAG, LOG).
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import draws
from sim.case.case import FORCING_KINDS
from sim.draws import Decision
from sim.playbook import DELIVERY as DELIVERED
from sim.playbook import KINDS
from sim.record import INDEX, SERIES
from sim.rules import (
    appraisal,
    belonging,
    evidence,
    exposure,
    expression,
    leaving,
    market,
    opinion_leader,
    platform,
    playbook,
    pr_team,
    question,
    reception,
    rule,
    second_wave,
)
from sim.rules import census as counts

if TYPE_CHECKING:
    from sim.state.types import (
        Act,
        Constants,
        Counts,
        Entry,
        Event,
        Floats,
        Seed,
        Singles,
        Table,
        Tag,
        World,
    )

SCALE = 65536.0  #: fixed-point units of one expected view
SUM_SCALE = 1048576.0  #: fixed-point units of sums over people
ORDER_SCALE = 1073741824.0  #: fixed-point units of investors' orders
REFERENCE_PEOPLE = 3000.0  #: heat is stated for a community of this size

N_COUNTS = 11
# Columns of the census, int64: fixed-point sums of the step, then what is kept: counts and the sum
# of conviction, which changes only when an act is received.
(
    SUM_EXPRESSED,
    SUM_DEAL,
    SUM_GOVERNANCE,
    SUM_GRUDGE,
    SUM_TRUST,
    N_AWARE,
    N_DECLARED,
    N_UNFOLLOWED,
    N_SOLD,
    N_EXITED,
    SUM_CONVICTION,
) = range(N_COUNTS)

#: Kinds of acts, and what comes of one by itself; the number of each in the column `kind`.
ACT_KINDS = (*KINDS, DELIVERED)
KIND = {kind: number for number, kind in enumerate(ACT_KINDS)}
DISCLOSURE, DENIAL, PENALTY = KIND["disclosure"], KIND["denial"], KIND["penalty"]
TERMINATION, REFORM, DELIVERY = KIND["termination"], KIND["reform"], KIND[DELIVERED]
COMPENSATION, BUYBACK = KIND["compensation"], KIND["buyback"]
EXPLANATION, HOLDING, LEGAL_STEP = KIND["explanation"], KIND["holding"], KIND["legal_step"]
PARTNER_CALLS = KIND["partner_calls"]
FAN_CALLS, FAN_PANEL = KIND["fan_calls"], KIND["fan_panel"]
_D_RECEPTION = int(Decision.RECEPTION)
DEMANDING = 5  #: behind the traits that are drawn when people are made
N_KINDS = len(ACT_KINDS)  #: rows that every table of acts has: one a kind, in this order
MAX_ACTS = 32  #: rows at most: the bits in which people keep what they have seen
# Behind the counts: whom each act has reached, and who accepted it.
N_REACHED, N_ACCEPTED = N_COUNTS, N_COUNTS + MAX_ACTS
N_CENSUS = N_COUNTS + 2 * MAX_ACTS

EVENT_KINDS = FORCING_KINDS
LEAK, MOCK, AGENDA, APPEASING = (
    EVENT_KINDS.index(kind) for kind in ("leak", "mock", "agenda", "appeasing")
)

BY_SCREENSHOT, BY_DETECTION, BY_LIST_ENTRY, BY_GOVERNANCE_TALK, BY_DECLARED = range(5)

# Kinds of log entries.
LOG_KINDS = (
    "forcing",
    "action",
    "kol_exit",
    "mock",
    "list_entry",
    "list_exit",
    "detection",
    "second_wave",
    "broken_promise",
    "silence",
    "question",
    "found_out",
    "listed",
    "press",
)
(
    LOG_FORCING,
    LOG_ACTION,
    LOG_EXIT,
    LOG_MOCK,
    LOG_LIST_ENTRY,
    LOG_LIST_EXIT,
    LOG_DETECTION,
    LOG_SECOND_WAVE,
    LOG_BROKEN,
    LOG_SILENCE,
    LOG_QUESTION,
    LOG_FOUND_OUT,
    LOG_LISTED,
    LOG_PRESS,
) = range(14)

# What a hashtag is born of. Its `source` is one number, `source_code(origin, which)`: the event,
# the act (and the headline of a notice), the leader (and the step), the wave, the crowd's step.
# The last four are third parties, in the order of `question.brought`.
ORIGINS = (
    "event", "act", "exit", "mock", "wave", "question", "crowd", "regulator", "media_test",
    "other_brand", "customer_video",
)  # fmt: skip
TAG_EVENT, TAG_ACT, TAG_EXIT, TAG_MOCK, TAG_WAVE, TAG_QUESTION, TAG_CROWD = range(7)
TAG_REGULATOR = 7
LEADERS = 4096  #: more than any run has: what a leader does again is told apart by its step
SOURCES = 4294967296.0  #: room for each origin: more than any run has, and exact in a float64
ADDRESSES = 268435456  #: room for each origin among addresses of draws
HEADLINES = 10  #: as many as an act may have
WAVES = ("second_wave", "leak", "broken_promise", "silence", "found_out")
(WAVE_OUTSIDE, WAVE_LEAK, WAVE_BROKEN, WAVE_SILENCE, WAVE_FOUND_OUT) = range(5)

_WORLD_FIELDS = (
    # platform
    "heat",
    "list_heat",
    "level_deal",
    "level_governance",
    "n_listed",
    "reads",
    "displacement",
    "displaced_until",
    # evidence and novelty
    "happened",
    "leaked",
    "admitted",
    "confirmed",
    "denied",
    "credibility",
    "betrayal",
    "mocked",
    "novelty_deal",
    "novelty_governance",
    "stirred_deal",
    "stirred_governance",
    "grievance_deal",
    "grievance_governance",
    "news",
    # what stays unanswered
    "overdue",
    "unanswered",
    "cleared",
    "patience_until",
    "word_due",
    "called",
    "pressed",
    "forced",
    "answered",
    "told",
    "first_listed",
    # whether fans are heard
    "spoken_for",
    "belonging",
    "unheard",
    # what the brand has done
    "penalised",
    "level",
    "severity",
    "felt_level",
    "reform",
    "promised",
    "terminated",
    "compensated",
    "active",
    "first_act",
    "last_word",
    "due",
    "broken",
    # counts of the step that is being computed
    "posts_core",
    "posts_customer",
    "posts_public",
    "posts_kol",
    "posts_neutral",
    "posts_deal",
    "posts_governance",
    "volume",
    "voice_core_deal",
    "voice_core_governance",
    "voice_other_deal",
    "voice_other_governance",
    "kol_deal",
    "kol_governance",
    # PR team
    "mention_z",
    "alarmed",
    "detected",
    "noticed",
    # firm
    "morale",
    "legal",
    "cash",
    # market, log price relative to the last close before the case
    "price",
    "fundamental",
    "other_news",
    "sentiment",
    "unpriced",
    "buyback_bars",
    "buyback_bar",
    # orders of the step, fixed point
    "orders_noise",
    "orders_sentiment",
    "orders_value",
    # talk of the last day, for triggers
    "talk_deal",
    "talk_governance",
    "n_log",
    "n_tags",
    "wave",
)
WORLD = np.dtype([(name, "f8") for name in _WORLD_FIELDS])

EVENT = np.dtype(
    [
        (name, "f8")
        for name in (
            "step",
            "kind",
            "topic",
            "reach_core",
            "reach_customer",
            "reach_public",
            "credibility",
            "novelty",
            "betrayal",
            "heat",
            "tag",
            "displacement",
            "until",
            "requires",
        )
    ]
)

#: Levers that are no columns: when an act comes and who speaks are said by other columns.
NO_COLUMNS = ("delay_h", "trigger", "threshold", "speaker")
#: Levers of all kinds, each a column of its name; 0 for a kind that has no such lever.
LEVERS = tuple(
    dict.fromkeys(
        item.name for act in KINDS.values() for item in fields(act) if item.name not in NO_COLUMNS
    )
)
ACT = np.dtype(
    [
        (name, "f8")
        for name in (
            "kind",  # a place in ACT_KINDS
            "address",  # of its draws, which no other act moves
            "step",
            "wanted",
            "delay",
            "trigger",
            "threshold",
            "voice",
            "heat",
            "reach",
            "topic",  # of its headline: 0 deal, 1 governance
            "news",
            "fresh",  # what is left of that novelty, on its topic
            "fresh_echo",  # and on the other
            "headlines",
            "joins",
            "spoken",
            "deed",
            "concedes",  # by itself
            "conceded",  # what it carries as a word of its step
            "judged",
            "private",
            "text",
            "delivery",  # row of what comes of it by itself, -1 for none
            "since_h",
            "delay_h",
            *LEVERS,
        )
    ]
)

TAG = np.dtype(
    [
        (name, "f8")
        for name in (
            "made",  # step in which there was something to report
            "topic",
            "news",  # novelty, when it was new
            "loudness",
            "born",  # step of the report; -1 for an angle that nobody has reported
            "heat",
            "entered",
            "left",
            "source",
            "address",  # of its own draw
            "half_life",  # of its claim on talk, steps
            "keep",  # of its heat, a step
        )
    ]
)
LOG = np.dtype([(name, "f8") for name in ("step", "kind", "who", "value")])
MAX_TAGS = 256  #: angles, hashtags and what has left the list; of more the oldest go


def log_size(n_leaders: int) -> int:
    """Entries that a run has room for; `sim.run` refuses a run in which more happened."""
    return 4096 + 400 * n_leaders


@rule
def source_code(origin: int, which: int) -> Any:
    """What a hashtag is born of, as one number."""
    return origin * SOURCES + which


@rule
def of_leader(k: int, step: int) -> int:
    """Which hashtag of a leader's: leader k, and the step in which it came to be."""
    return k + LEADERS * step


def source_of(code: float) -> tuple[int, int]:
    """Origin (a place in ORIGINS) and which of them, of a source's number."""
    origin, which = divmod(int(code), int(SOURCES))
    return origin, which


@rule
def tag_address(origin: int, which: int) -> int:
    """Where a hashtag draws how long it lasts: what it is of, below 2^32.

    which : below 2^28; of an act its own address, which no other act moves (`headline_address`).
    """
    return origin * ADDRESSES + which


@rule
def headline_address(act: float, headline: int) -> int:
    """The same of a headline of an act; act : address of its draws."""
    return tag_address(TAG_ACT, int(act) * HEADLINES + headline)


@rule
def log(
    world: World, entries: Table[Entry], step: int, kind: int, who: float, value: float
) -> None:
    """Note that something happened; what a full log has no room for is counted all the same."""
    n = int(world.n_log)
    if n < entries.shape[0]:
        entries[n].step = step
        entries[n].kind = kind
        entries[n].who = who
        entries[n].value = value
    world.n_log = n + 1.0


@rule
def bear_tag(
    world: World,
    tags: Table[Tag],
    step: int,
    topic: float,
    source: float,
    news: float,
    loudness: float,
) -> int:
    """Something can be reported: an angle, whose row is returned; the oldest makes room for it."""
    n = int(world.n_tags)
    if n == tags.shape[0]:
        n = _make_room(tags)
    tags[n].made = step
    tags[n].topic = topic
    tags[n].news = news
    tags[n].loudness = loudness
    tags[n].born = -1.0
    tags[n].heat = 0.0
    tags[n].entered = -1.0
    tags[n].left = -1.0
    tags[n].source = source
    tags[n].address = tag_address(int(source // SOURCES), int(source % SOURCES))
    world.n_tags = n + 1.0
    return n


@rule
def report(
    seed: Seed, p: Constants, world: World, tags: Table[Tag], row: int, step: int, heat: float
) -> None:
    """An angle is reported: from here on it is a hashtag, with the heat of the report."""
    tag = tags[row]
    tag.born = step
    tag.heat = heat
    u = draws.uniform(seed, Decision.LASTING, int(tag.made), int(tag.address))
    lasts = platform.lasting(p.hashtag_spread, draws.normal(u))
    tag.half_life = platform.own_half_life(p.hashtag_steps, lasts)
    tag.keep = platform.own_keep(p.heat_keep, lasts)
    world.heat = platform.with_hashtag(world.heat, 1.0, heat)


@rule
def best_angle(p: Constants, world: World, tags: Table[Tag], step: int) -> Any:
    """The angle that is worth most to a reporter now: its row, -1 for none, and its worth."""
    confirmed = opinion_leader.reportable(world.confirmed, p.unconfirmed_report)
    best, most = -1, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born >= 0.0:
            continue
        worth = platform.worth(tag.news, p.novelty_keep, step - tag.made, confirmed, tag.loudness)
        if worth > most:
            best, most = i, worth
    return best, most


@rule
def _make_room(tags: Table[Tag]) -> Any:
    """Drop one hashtag, the others keep their order; returns how many are left.

    The oldest that has left the list, else the oldest that waits (the newest enters first).
    """
    n = tags.shape[0]
    gone = -1
    waiting = -1
    for i in range(n):
        if gone < 0 and tags[i].left >= 0.0:
            gone = i
        if waiting < 0 and tags[i].entered < 0.0:
            waiting = i
    drop = gone if gone >= 0 else max(waiting, 0)
    for i in range(drop, n - 1):
        tags[i].made = tags[i + 1].made
        tags[i].topic = tags[i + 1].topic
        tags[i].news = tags[i + 1].news
        tags[i].loudness = tags[i + 1].loudness
        tags[i].born = tags[i + 1].born
        tags[i].heat = tags[i + 1].heat
        tags[i].entered = tags[i + 1].entered
        tags[i].left = tags[i + 1].left
        tags[i].source = tags[i + 1].source
        tags[i].address = tags[i + 1].address
        tags[i].half_life = tags[i + 1].half_life
        tags[i].keep = tags[i + 1].keep
    return n - 1


@rule
def show(broadcast: Floats, topic: int, core: float, customer: float, public: float) -> None:
    """Something is shown directly: expected views by kind, remembered like posts (E1)."""
    for k in range(5):
        broadcast[topic, 0, k] = exposure.remembered(broadcast[topic, 0, k], 1.0, core)
        broadcast[topic, 1, k] = exposure.remembered(broadcast[topic, 1, k], 1.0, customer)
        broadcast[topic, 2, k] = exposure.remembered(broadcast[topic, 2, k], 1.0, public)


@rule
def believe(world: World, piece: Any) -> None:
    """Evidence adds to the credibility of the affair (E3)."""
    world.happened = 1.0
    world.credibility = evidence.added_credibility(world.credibility, piece)


@rule
def admit(world: World, p: Constants, thunder: float) -> None:
    """An official admission: credibility is 1 from here on; a denial before it backfires."""
    if world.admitted == 0.0:
        if world.denied == 1.0:
            world.betrayal = evidence.raised_betrayal(world.betrayal, p.denial_betrayal)
        if world.leaked == 0.0:  # told before the leak: less betrayal ("stealing thunder")
            world.betrayal = evidence.told_first(world.betrayal, p.betrayal, p.thunder, thunder)
        world.forced = world.pressed
    world.admitted = 1.0
    world.told = 1.0
    world.happened = 1.0
    world.credibility = 1.0


@rule
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
    _second_wave(step, seed, p, world, tags, broadcast, entries, dt_h)
    _unanswered(step, seed, p, world, tags, broadcast, entries, dt_h)
    _act(step, p, world, acts, tags, broadcast, entries, dt_h)
    _arm(step, p, world, acts, census, dt_h)
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


@rule
def _has_its_cause(required: float, step: int, acts: Table[Act]) -> Any:
    """Whether the act that an event needs, if it needs one, has come into force before `step`."""
    if required < 0.0:
        return True
    for a in range(acts.shape[0]):
        if acts[a].kind == required and acts[a].step >= 0.0 and acts[a].step < step:
            return True
    return False


@rule
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
    log(world, entries, step, LOG_FORCING, i, event.novelty)
    if event.kind == AGENDA:
        world.displacement = event.displacement
        world.displaced_until = event.until
        return
    topic = int(event.topic)
    fresh = 1.0
    if event.kind == LEAK:
        if world.leaked == 0.0 and world.admitted == 1.0:
            fresh = evidence.old_news(p.thunder)
        world.leaked = 1.0
    believe(world, event.credibility)
    if event.kind == MOCK and world.admitted == 0.0:
        mock(p, world, evidence.mock_size(p.mock_increment, event.betrayal))
    elif event.kind != MOCK:
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


@rule
def renew(world: World, topic: int, size: Any) -> None:
    """Something renews a topic as news."""
    if topic == 0:
        world.novelty_deal = platform.renewed(world.novelty_deal, size)
    else:
        world.novelty_governance = platform.renewed(world.novelty_governance, size)


@rule
def stir(world: World, topic: int, size: Any) -> None:
    """Something other than an act of the brand renews a topic, as news and as a grievance."""
    renew(world, topic, size)
    if topic == 0:
        world.stirred_deal = platform.renewed(world.stirred_deal, size)
    else:
        world.stirred_governance = platform.renewed(world.stirred_governance, size)


@rule
def appease(world: World, topic: int, size: Any) -> None:
    """Somebody speaks for the brand: that renews a topic as news, and calms it as a grievance."""
    renew(world, topic, size)
    if topic == 0:
        world.stirred_deal = evidence.appeased(world.stirred_deal, size)
    else:
        world.stirred_governance = evidence.appeased(world.stirred_governance, size)


@rule
def mock(p: Constants, world: World, size: Any) -> None:
    """A mock before any admission adds to the betrayal, within a bound (E3)."""
    amount = evidence.mock_amount(size, world.mocked, p.mock_cap)
    world.mocked = evidence.raised_betrayal(world.mocked, amount)
    world.betrayal = evidence.raised_betrayal(world.betrayal, amount)


@rule
def _second_wave(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], broadcast: Floats,
    entries: Table[Entry], dt_h: float,
) -> None:  # fmt: skip
    """E17: a wave from outside, or an inside leak while the blamed go unpunished."""
    if world.happened == 0.0 or step < p.wave_from:
        return
    u = draws.uniforms(seed, Decision.SECOND_WAVE, step, 0)
    size = second_wave.size(u[2], p.wave_least)
    if u[0] < second_wave.outside_chance(p.exogenous_wave_per_d, dt_h) and world.wave == 0.0:
        world.wave = 1.0
        stir(world, 0, size)
        show(
            broadcast, 0, second_wave.reach(p.wave_reach_core, size),
            second_wave.reach(p.wave_reach_customer, size),
            second_wave.reach(p.wave_reach_public, size),
        )  # fmt: skip
        row = bear_tag(world, tags, step, 0.0, source_code(TAG_WAVE, WAVE_OUTSIDE), size, 1.0)
        heat = platform.report_heat(p.official_heat, size, 1.0, 0.0, 0.0)
        report(seed, p, world, tags, row, step, heat)
        log(world, entries, step, LOG_SECOND_WAVE, WAVE_OUTSIDE, size)
    if world.admitted == 1.0:
        gap = appraisal.accountability_gap(p.blamed_level, world.felt_level)
        if u[1] < second_wave.leak_chance(p.leak_per_d, gap, dt_h):
            stir(world, 1, size)
            show(
                broadcast, 1, second_wave.reach(p.leak_reach_core, size),
                second_wave.reach(p.leak_reach_customer, size),
                second_wave.reach(p.leak_reach_public, size),
            )  # fmt: skip
            bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_LEAK), size, 1.0)
            log(world, entries, step, LOG_SECOND_WAVE, WAVE_LEAK, size)
    if world.promised == 1.0 and step >= world.due:
        world.promised = 2.0
        world.broken = 1.0
        stir(world, 1, size)
        bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_BROKEN), size, 1.0)
        log(world, entries, step, LOG_BROKEN, 0, size)


@rule
def _unanswered(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], broadcast: Floats,
    entries: Table[Entry], dt_h: float,
) -> None:  # fmt: skip
    """E18: doubt hardens, silence becomes a matter of its own, a denial is found out."""
    if step == 0:
        world.patience_until = p.patience_until
    if world.happened == 0.0 or world.admitted == 1.0:
        return
    if world.word_due >= 0.0 and step > world.word_due:  # a promised word that did not come
        world.word_due = -1.0
        world.patience_until = step
    if step >= world.patience_until and world.cleared == 0.0:
        world.credibility = question.hardened(world.credibility, p.doubt_hardens, p.doubt_keep)
    silent = world.answered == 0.0 and world.cleared == 0.0
    if step == world.patience_until and silent and p.silence_size > 0.0:
        size = p.silence_size
        stir(world, 1, size)
        show(
            broadcast, 1, question.shown_to(p.silence_reach_core, size),
            question.shown_to(p.silence_reach_customer, size),
            question.shown_to(p.silence_reach_public, size),
        )  # fmt: skip
        bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_SILENCE), size, 1.0)
        log(world, entries, step, LOG_SILENCE, 0, size)
    open_to_doubt = world.denied == 1.0 or p.unfounded == 1.0 or p.only_contacts == 1.0
    if open_to_doubt and world.cleared == 0.0:
        chance = question.found_out_chance(p.found_out_per_d, world.credibility, dt_h)
        if draws.uniforms(seed, Decision.TRUTH, step, 0)[0] < chance:
            _come_out(step, p, world, tags, entries)


@rule
def _come_out(
    step: int, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry]
) -> None:
    """E18: somebody else finds out what is true of the accusation."""
    log(world, entries, step, LOG_FOUND_OUT, 0, p.unfounded)
    if p.unfounded == 1.0:
        world.cleared = 1.0
        world.credibility = 0.0
        return
    if p.only_contacts == 1.0:
        world.betrayal = question.only_contacts(world.betrayal, p.contact_relief, p.betrayal)
    else:
        world.betrayal = evidence.raised_betrayal(world.betrayal, p.denial_betrayal)
    world.admitted = 1.0
    world.credibility = 1.0
    stir(world, 1, 1.0)
    bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_FOUND_OUT), 1.0, 1.0)


@rule
def _arm(
    step: int, p: Constants, world: World, acts: Table[Act], census: Counts, dt_h: float
) -> None:
    """E18: how new the affair is as a grievance, and what of a mismatch is charged."""
    deal, governance = world.stirred_deal, world.stirred_governance
    for a in range(acts.shape[0]):
        act = acts[a]
        if act.fresh == 0.0 and act.fresh_echo == 0.0:
            continue
        reached = float(census[0, N_REACHED + a])
        accepted = question.accepted_share(float(census[0, N_ACCEPTED + a]), reached)
        own = question.rearming(act.fresh, p.acceptance_calms, accepted, reached)
        echo = question.rearming(act.fresh_echo, p.acceptance_calms, accepted, reached)
        deal = question.armed(deal, own if act.topic == 0.0 else echo)
        governance = question.armed(governance, echo if act.topic == 0.0 else own)
    world.grievance_deal = deal
    world.grievance_governance = governance
    world.unanswered = question.unanswered(
        float(census[0, SUM_CONVICTION]), SUM_SCALE, float(census[0, N_AWARE])
    )
    world.overdue = question.overdue(
        world.penalised,
        playbook.since(float(step), p.clock_start, dt_h),
        p.patience_h,
        p.overdue_half_life_h,
    )
    _belong(p, world, acts, census, dt_h)


@rule
def _belong(p: Constants, world: World, acts: Table[Act], census: Counts, dt_h: float) -> None:
    """E19: being spoken for takes belonging from core fans, only being asked gives it back."""
    aware = float(census[0, N_AWARE])
    grieved = belonging.governance_mean(float(census[0, SUM_GOVERNANCE]), SUM_SCALE, aware)
    world.spoken_for = belonging.spoken_for(world.spoken_for, p.spoken_for_per_h, grieved, dt_h)
    heard = 0.0
    for a in range(acts.shape[0]):
        worth = acts[a].say
        if acts[a].kind == FAN_CALLS:
            worth = p.asked_privately
        elif acts[a].kind == DELIVERY:
            worth = acts[a].governance
        if worth > 0.0:
            heard = belonging.heard(heard, worth, float(census[0, N_ACCEPTED + a]), aware)
    world.belonging = belonging.belonging(world.spoken_for, heard)
    world.unheard = belonging.unheard(p.belonging_weight, world.belonging)


@rule
def _act(
    step: int,
    p: Constants,
    world: World,
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
        if act.kind != HOLDING:
            spoken = True
            answered = True
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
        row = bear_tag(world, tags, step, float(topic), source_code(TAG_ACT, a), act.news, act.heat)
        tags[row].address = headline_address(act.address, 0)
        for i in range(1, int(act.headlines)):  # names, levels and bonuses: several headlines
            source = source_code(TAG_ACT, MAX_ACTS * i + a)
            row = bear_tag(world, tags, step, float(i % 2), source, act.news, act.heat)
            tags[row].address = headline_address(act.address, i)
    if spoken:
        world.last_word = step
    if answered:
        world.answered = 1.0
        world.word_due = -1.0


@rule
def _can_be_joined(act: Act) -> bool:
    """Whether a termination or compensation of the same step is part of this word."""
    public = act.judged == 1.0 and act.private == 0.0
    return public and act.joins == 0.0 and act.kind != DELIVERY


@rule
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


@rule
def _buy_back(p: Constants, world: World, amount: float) -> None:
    """Shares are bought over some bars; what an earlier buyback has left is bought with them."""
    world.cash = playbook.paid(world.cash, amount)
    world.buyback_bar = market.joined_buyback(
        world.buyback_bar, world.buyback_bars, p.buyback_bars, amount
    )
    world.buyback_bars = 0.0


@rule
def _change(step: int, p: Constants, world: World, acts: Table[Act], act: Act, dt_h: float) -> None:
    """What an act changes in the world, apart from being seen."""
    a = act.kind
    if a == DENIAL:
        if world.admitted == 0.0:
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


@rule
def told(seed: Seed, act: Act, i: int) -> Any:
    """Whether core fan i is one of those whom a private word reaches: settled as it is said."""
    decision = _D_RECEPTION + 100 * int(act.address)
    return draws.uniforms(seed, decision, int(act.step), i)[1] < act.share


@rule
def contradicted(seed: Seed, acts: Table[Act], a: int, seen: int, i: int) -> Any:
    """E13: how far act `a` says something else than what core fan i knows of the other channel.

    seen : bits of the acts that this fan has received, or was not told.
    """
    act, most = acts[a], 0.0
    if act.text == 0.0:
        return most
    for b in range(acts.shape[0]):
        other = acts[b]
        if not seen & (1 << b) or other.text == 0.0 or other.private == act.private:
            continue
        if other.private == 1.0 and not told(seed, other, i):
            continue
        most = reception.contradiction(most, act.acknowledgement, other.acknowledgement)
    return most


@rule
def receive(
    a: int, p: Constants, acts: Table[Act], world: World, u: float, contradicted: float,
    identification: float, blamed: float, relief: float, conviction: float, deal: float,
    governance: float,
) -> Any:  # fmt: skip
    """E13, E14: one person sees act `a`; new relief, conviction, outrage on both topics.

    contradicted : by what this person knows of the other channel. The last of the five says whether
    this person accepts it.
    """
    act = acts[a]
    kind = act.kind
    gap = appraisal.accountability_gap(blamed, world.felt_level)
    punished = reception.punished(gap, world.penalised)
    share = world.compensated
    if kind == COMPENSATION:
        share = act.share
    corrected = reception.correction(
        world.terminated, punished, world.reform, share, p.correct_termination, p.correct_penalty,
        p.correct_reform, p.correct_compensation,
    )  # fmt: skip
    excess = reception.over_penalty(world.level, world.severity, p.just_desert)
    if kind == DENIAL or kind == LEGAL_STEP:
        corrected = 0.0
    forced = world.forced
    if kind == DENIAL or kind == LEGAL_STEP:
        forced = 0.0
    content = reception.content(
        act.acknowledgement, act.explains, act.regrets, act.repairs, act.requests,
        p.sincerity_acknowledge, p.sincerity_explain, p.sincerity_regret, p.sincerity_repair,
        p.sincerity_request,
    )  # fmt: skip
    content = reception.two_faced(content, p.sincerity_contradicts, contradicted)
    sincere = reception.sincerity(
        content, corrected, act.since_h, act.delay_h,
        reception.missing_levels(gap, blamed, world.overdue), excess, act.voice, forced,
        p.sincerity_base, p.sincerity_correct, p.sincerity_specific, p.fact_finding_h,
        p.sincerity_delay, p.delay_scale_h, p.sincerity_mismatch, p.sincerity_excess,
        p.sincerity_voice, p.sincerity_forced,
    )  # fmt: skip
    chance = reception.acceptance(
        sincere, identification, p.acceptance_base, p.acceptance_identity, p.acceptance_slope
    )
    accepted = u < chance
    if accepted:
        relief = reception.added_relief(relief, p.relief, sincere, 1.0)
        if act.deed == 1.0:
            conviction = reception.added_relief(conviction, p.relief, sincere, corrected)
        if kind == REFORM or kind == DELIVERY:
            governance = reception.relieved_governance(
                governance, p.reform_relief, world.reform, sincere
            )
        elif kind == EXPLANATION:
            governance = reception.relieved_governance(
                governance, p.explanation_relief, act.explains, sincere
            )
    else:
        deal = reception.backfired(
            deal, sincere, identification, p.acceptance_base, p.acceptance_identity, p.backfire
        )
    amount = 0.0
    if kind == PENALTY:
        amount = reception.governance_question(p.governance_apology, p.governance_penalty, gap)
    elif kind != REFORM and kind != DELIVERY and kind != COMPENSATION and kind != FAN_PANEL:
        amount = p.governance_apology
    governance = reception.raised_governance(
        governance, amount, world.reform, p.reform_relief, identification, p.concern_floor
    )
    return relief, conviction, deal, governance, accepted


@rule
def judge(census: Counts, a: int, accepted: bool, before: float, after: float) -> None:
    """A core fan has judged act `a`: tallies in integers. before, after : conviction as stored."""
    census[0, N_REACHED + a] += 1
    if accepted:
        census[0, N_ACCEPTED + a] += 1
    census[0, SUM_CONVICTION] += int(after * SUM_SCALE) - int(before * SUM_SCALE)


@rule
def next_threshold(seed: Seed, p: Constants, act: Act, i: int, threshold: float) -> Any:
    """E9: core fan i has received an act; a concession makes some of them press sooner."""
    if act.conceded == 0.0:
        return threshold
    u = draws.uniforms(seed, Decision.TRAITS, DEMANDING, i)[0]
    if not leaving.wants_more(u, p.demanding_share):
        return threshold
    return leaving.lowered_threshold(threshold, p.demand_lowers)


@rule
def _talk(p: Constants, others: float, core: float, leaders: float, n_people: float) -> Any:
    """E11: heat that the talk of a step on one topic brings."""
    general = platform.general_talk(others, core, SCALE, p.core_heat)
    return platform.talk_heat(
        p.post_heat, general, REFERENCE_PEOPLE, n_people, leaders, p.leader_volume
    )


@rule
def close_platform(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry],
    wanted: float, n_people: float, dt_h: float,
) -> None:  # fmt: skip
    """Section 8 of the step (E11): heat, hashtags entering and leaving, list levels.

    wanted : heat that a hashtag needs to be on the list in this step.
    """
    deal = _talk(p, world.voice_other_deal, world.voice_core_deal, world.kol_deal, n_people)
    governance = _talk(
        p, world.voice_other_governance, world.voice_core_governance, world.kol_governance, n_people
    )
    both = platform.whole_level(deal, governance)
    world.heat = platform.next_heat(world.heat, p.heat_keep, both)
    world.talk_deal = pr_team.recent_talk(world.talk_deal, p.talk_keep, world.posts_deal)
    world.talk_governance = pr_team.recent_talk(
        world.talk_governance, p.talk_keep, world.posts_governance
    )
    if world.happened == 1.0:
        u = draws.uniforms(seed, Decision.HASHTAG, step, 0)[0]
        if u < platform.crowd_chance(p.crowd_per_h, both, wanted, dt_h):
            topic = 1.0 if governance > deal else 0.0
            row = bear_tag(world, tags, step, topic, source_code(TAG_CROWD, step), 0.0, 1.0)
            report(seed, p, world, tags, row, step, 0.0)
    shown = 1.0
    if step < world.displaced_until:
        shown = platform.shown_share(world.displacement)
    claims_deal, claims_governance = 0.0, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born >= 0.0 and tag.left < 0.0:
            one = platform.claim(step - tag.born, tag.half_life)
            if tag.topic == 0.0:
                claims_deal = platform.with_hashtag(claims_deal, 1.0, one)
            else:
                claims_governance = platform.with_hashtag(claims_governance, 1.0, one)
    level_deal, level_governance, n_listed, listed = 0.0, 0.0, 0.0, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born < 0.0 or tag.left >= 0.0:
            continue
        one = platform.claim(step - tag.born, tag.half_life)
        if tag.topic == 0.0:
            talk = platform.share_of_talk(one, claims_deal, deal)
        else:
            talk = platform.share_of_talk(one, claims_governance, governance)
        tag.heat = platform.next_heat(tag.heat, tag.keep, talk)
        if tag.heat <= wanted:
            if tag.entered >= 0.0:
                tag.left = step
                log(world, entries, step, LOG_LIST_EXIT, tag.source, tag.heat)
            continue
        if tag.entered < 0.0:
            tag.entered = step
            world.pressed = 1.0
            if world.first_listed < 0.0:
                world.first_listed = step
            log(world, entries, step, LOG_LIST_ENTRY, tag.source, tag.heat)
        n_listed += 1.0
        listed = platform.with_hashtag(listed, 1.0, tag.heat)
        if step % p.hour_steps == 0.0:
            log(world, entries, step, LOG_LISTED, tag.source, tag.heat)
        level = platform.hashtag_level(
            platform.place_share(tag.heat, wanted), platform.ramp(step - tag.entered, p.hour_steps)
        )
        if tag.topic == 0.0:
            level_deal = platform.with_hashtag(level_deal, shown, level)
        else:
            level_governance = platform.with_hashtag(level_governance, shown, level)
    world.level_deal = level_deal
    world.level_governance = level_governance
    world.n_listed = n_listed
    world.list_heat = listed


@rule
def write_row(
    step: int,
    p: Constants,
    world: World,
    census: Counts,
    sizes: Counts,
    record: Singles,
    in_session: float,
) -> None:
    """Section 12 of the step: the record takes its row (columns as in sim.record.SERIES)."""
    row = record[step]
    row[POSTS] = world.posts_core
    row[POSTS + 1] = world.posts_customer
    row[POSTS + 2] = world.posts_public
    row[POSTS_KOL] = world.posts_kol
    row[POSTS_NEUTRAL] = world.posts_neutral
    row[POSTS_DEAL] = world.posts_deal
    row[POSTS_GOVERNANCE] = world.posts_governance
    for kind in range(3):
        n = float(sizes[kind])
        row[OUTRAGE + kind] = counts.mean(census[kind, SUM_EXPRESSED], SUM_SCALE, n)
        row[OUTRAGE_DEAL + kind] = counts.mean(census[kind, SUM_DEAL], SUM_SCALE, n)
        row[OUTRAGE_GOVERNANCE + kind] = counts.mean(census[kind, SUM_GOVERNANCE], SUM_SCALE, n)
        row[GRUDGE + kind] = counts.mean(census[kind, SUM_GRUDGE], SUM_SCALE, n)
        row[TRUST + kind] = counts.mean(census[kind, SUM_TRUST], SUM_SCALE, n)
        row[AWARE_SHARE + kind] = counts.share(census[kind, N_AWARE], n)
        row[DECLARED_SHARE + kind] = counts.share(census[kind, N_DECLARED], n)
        row[UNFOLLOWED_SHARE + kind] = counts.share(census[kind, N_UNFOLLOWED], n)
        if kind < 2:
            row[VISITS + kind] = leaving.visits(
                row[OUTRAGE + kind], row[TRUST + kind], record[0][TRUST + kind], p.skip_outraged,
                p.skip_distrusting,
            )  # fmt: skip
            row[SOLD_SHARE + kind] = counts.share(census[kind, N_SOLD], n)
            row[EXITED_SHARE + kind] = counts.share(census[kind, N_EXITED], n)
    row[HEAT] = world.heat
    row[LIST_HEAT] = world.list_heat
    row[LIST_LEVEL] = platform.whole_level(world.level_deal, world.level_governance)
    row[LIST_LEVEL_GOVERNANCE] = world.level_governance
    row[N_LISTED] = world.n_listed
    row[READS] = world.reads
    row[CREDIBILITY] = world.credibility
    row[NOVELTY_DEAL] = world.novelty_deal
    row[NOVELTY_GOVERNANCE] = world.novelty_governance
    row[GRIEVANCE_DEAL] = world.grievance_deal
    row[GRIEVANCE_GOVERNANCE] = world.grievance_governance
    row[UNANSWERED] = world.unanswered
    row[BELONGING] = world.belonging
    row[MENTION_Z] = world.mention_z
    row[DETECTED] = world.noticed
    row[PRICE] = market.price_hkd(p.previous_close_hkd, world.price)
    row[IN_SESSION] = in_session
    row[MORALE] = world.morale
    row[LEGAL] = world.legal
    row[CASH] = world.cash


POSTS = INDEX["posts_core"]
POSTS_KOL, POSTS_NEUTRAL = INDEX["posts_kol"], INDEX["posts_neutral"]
POSTS_DEAL, POSTS_GOVERNANCE = INDEX["posts_deal"], INDEX["posts_governance"]
OUTRAGE, OUTRAGE_DEAL = INDEX["outrage_core"], INDEX["outrage_deal_core"]
OUTRAGE_GOVERNANCE, GRUDGE = INDEX["outrage_governance_core"], INDEX["grudge_core"]
TRUST, AWARE_SHARE = INDEX["trust_core"], INDEX["aware_core"]
DECLARED_SHARE, UNFOLLOWED_SHARE = INDEX["declared_core"], INDEX["unfollowed_core"]
VISITS = INDEX["visits_core"]
SOLD_SHARE, EXITED_SHARE = INDEX["sold_core"], INDEX["exited_core"]
HEAT, LIST_HEAT, LIST_LEVEL = INDEX["heat"], INDEX["list_heat"], INDEX["list_level"]
LIST_LEVEL_GOVERNANCE, N_LISTED = INDEX["list_level_governance"], INDEX["n_listed"]
READS, CREDIBILITY = INDEX["reads"], INDEX["credibility"]
NOVELTY_DEAL, NOVELTY_GOVERNANCE = INDEX["novelty_deal"], INDEX["novelty_governance"]
GRIEVANCE_DEAL, GRIEVANCE_GOVERNANCE = INDEX["grievance_deal"], INDEX["grievance_governance"]
UNANSWERED, BELONGING = INDEX["unanswered"], INDEX["belonging"]
MENTION_Z, DETECTED = INDEX["mention_z"], INDEX["detected"]
PRICE, IN_SESSION, MORALE = INDEX["price_hkd"], INDEX["in_session"], INDEX["morale"]
LEGAL, CASH = INDEX["legal_hkd"], INDEX["cash_hkd"]
N_SERIES = len(SERIES)


def new_world() -> Any:
    """A quiet world: one row, addressed by name."""
    table = np.zeros(1, WORLD).view(np.recarray)
    table[0].first_act = -1.0
    table[0].word_due = -1.0
    table[0].first_listed = -1.0
    table[0].last_word = -1.0
    table[0].alarmed = -1.0
    table[0].detected = -1.0
    table[0].morale = 1.0
    table[0].belonging = 1.0
    return table
