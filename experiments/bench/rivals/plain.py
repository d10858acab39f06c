"""The rule of a person once more, in plain Python: what the rivals made of objects run.

Formulas are written out, because a Python call costs more than most of them; numbers of the step
are closed over; what is rare is computed only when it happens. Plain floats and `random.random`
stand for float32 columns and counter-based draws, so runs agree with ours in law, not in bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from experiments.bench.stage import Rest, Stage, put
from sim.engine import Simulation
from sim.people import (
    AWARE,
    CORE,
    CUSTOMER,
    DECLARED,
    EXITED,
    HOPEFUL,
    LEAVER,
    PUBLIC,
    SOLD,
    UNFOLLOWED,
    VISIBLE,
)
from sim.state import tables as w
from sim.world import receiving

KINDS = (CORE, CUSTOMER, PUBLIC)
NOTHING = (0.0, 0.0, 0.0, 0.0, 0.0)
STATE = tuple(
    "deal governance relief conviction grudge trust expressed recent_deal recent_governance seen "
    "n_posts identification trust_start activity outrage_keep blamed_level threshold".split()
)  #: columns that become attributes of the same name
MARKS = {
    "aware": AWARE,
    "visible": VISIBLE,
    "declared": DECLARED,
    "unfollowed": UNFOLLOWED,
    "sold": SOLD,
    "exited": EXITED,
    "leaver": LEAVER,
    "hopeful": HOPEFUL,
}
ATTRIBUTES = (
    *STATE,
    *MARKS,
    *("row", "kind", "groups", "others", "partners", "memory_deal", "memory_governance"),
    *("incoming_deal", "incoming_governance"),
)


class Community:
    """People as objects with plain attributes, around a run whose other parts are ours.

    people : one object a row, with the ATTRIBUTES; how a post reaches others is the rival's own.
    """

    def __init__(self, stage: Stage, people: list[Any], uniform: Callable[[], float]) -> None:
        self.run = stage.run()
        self.rest = Rest(self.run)
        self.people, self.uniform = people, uniform
        population = self.run.population
        self.bounds = population.bounds
        leaders = population.leaders
        for row, person in enumerate(people):
            person.row = row
            person.kind = int(np.searchsorted(self.bounds, row, side="right")) - 1
            person.groups, person.others, person.partners = (), 0.0, ()
            if person.kind == CORE:
                person.groups = tuple(g for g in population.groups.of[row].tolist() if g >= 0)
                person.others = float(population.groups.others[row])
                followed = slice(leaders.partner_start[row], leaders.partner_start[row + 1])
                person.partners = tuple(leaders.partner_of[followed].tolist())

    def put(self, pilot: Simulation) -> None:
        """Take over the columns of a run, as attributes."""
        put(self.run, pilot)
        columns = self.run.population.people
        for name in STATE:
            for person, value in zip(self.people, getattr(columns, name).tolist(), strict=True):
                setattr(person, name, value)
        for name, bit in MARKS.items():
            for person, value in zip(self.people, (columns.flags & bit > 0).tolist(), strict=True):
                setattr(person, name, value)
        for topic in ("deal", "governance"):
            memory = getattr(columns, f"memory_{topic}").T.tolist()
            for person, parts in zip(self.people, memory, strict=True):
                setattr(person, f"memory_{topic}", tuple(parts) if any(parts) else NOTHING)
                setattr(person, f"incoming_{topic}", 0.0)
        self.posts = self.sent()

    def begin(self) -> tuple[Callable[[Any], None], ...]:
        """Open a step; the rule of it, for each kind of people."""
        self.air = self.rest.open()
        groups = self.run.population.groups
        self.now, self.next = groups.now.tolist(), groups.next.tolist()
        self.outraged_next = self.run.population.leaders.outraged_next
        self.outbox: list[tuple[int, float, int]] = []
        self.written = [0, 0, 0]
        self.volume = self.neutral = self.on_governance = 0
        self.voices = [[0, 0], [0, 0]]  # of core fans and of others, by topic
        acts = [self.run.acts[a] for a in range(self.run.acts.shape[0])]
        self.acts = [(float(act.kind), float(act.private)) for act in acts]
        self.sums = [[0.0] * 5 for _ in KINDS]
        return tuple(rule(kind, self) for kind in KINDS)

    def end(self) -> None:
        """Count what people did, and close the step."""
        run, world = self.run, self.rest.world
        world.posts_core, world.posts_customer, world.posts_public = self.written
        world.posts_neutral, world.posts_governance = self.neutral, self.on_governance
        world.posts_deal = sum(self.written) - self.neutral - self.on_governance
        (world.voice_core_deal, world.voice_core_governance), others = self.voices
        world.voice_other_deal, world.voice_other_governance = others
        world.volume = self.volume
        run.population.groups.next[...] = self.next
        run.census[:, : w.SUM_TRUST + 1] = np.multiply(self.sums, w.SUM_SCALE)
        self.rest.close()
        self.posts = self.outbox + self.sent()

    def sent(self) -> list[tuple[int, float, int]]:
        """Posts of the run behind: all of them at first, only leaders' later."""
        return [(row, signal / w.SCALE, topic) for row, signal, topic in self.run.sent.tolist()]


def rule(kind: int, community: Community) -> Callable[[Any], None]:
    """What a person of this kind does in the step that has begun; docs/ODD.md, E1-E9 and E14."""
    p, air, uniform = community.rest.p, community.air, community.uniform
    c, dt_h, core, owner = air.circadian, air.dt_h, kind == CORE, kind != PUBLIC
    keep_0, keep_1, keep_2, keep_3, keep_4 = p.memory_keep
    weight_0, weight_1, weight_2, weight_3, weight_4 = p.memory_weight
    listed = p.see_list * (p.list_weight_core if core else 1.0)
    shown_d = float(community.rest.shown[0, kind]) + listed * air.level_deal
    shown_g = float(community.rest.shown[1, kind]) + listed * air.level_governance
    cap, memory_keep = p.attention_cap, p.recovery_keep
    betrayal = air.credibility * min(1.0, p.betrayal + air.betrayal)
    self_relevance, buffer = p.self_relevance, p.trust_buffer
    felt, floor, calmed = air.felt_level, p.governance_floor, 1.0 - p.reform_relief * air.reform
    gain_d, gain_g, habituation = p.appraisal_gain, p.governance_gain, p.habituation
    social = p.reinforcement_per_h * c * dt_h
    grievance_d, grievance_g = air.grievance_deal, air.grievance_governance
    credibility, happened = air.credibility, air.happened == 1.0
    relief_keep, voice, steep = p.relief_keep, p.governance_voice, p.outburst
    base, quiet, news, fatigue = (
        p.post_per_h * c * dt_h,
        p.baseline_talk,
        air.news,
        p.posting_fatigue,
    )
    grudge_keep, build = p.grudge_keep, p.grudge_build
    loss, gain, back, ceiling = p.trust_loss, p.trust_gain, p.trust_back, p.trust_ceiling
    broken = p.broken_promise * air.broken
    least, cheaper = p.concern_floor, p.unfollow_threshold
    peer_weight, trust_weight, visible_from = p.peer_weight, p.trust_weight, p.visible_outrage
    unheard = air.unheard if core else 0.0
    rate = p.declare_per_h * c * dt_h
    p_declare = rate / (1.0 + rate)
    rate = p.unfollow_per_h * c * dt_h
    p_unfollow = rate / (1.0 + rate)
    sums = community.sums[kind]
    outraged_now, declared_now, posts_deal_now, posts_governance_now = community.now
    see_group, threshold_group = p.see_group, p.reinforcement_threshold

    def live(one: Any) -> None:
        reinforced = peers = 0.0
        arriving_d, arriving_g = one.incoming_deal, one.incoming_governance
        one.incoming_deal = one.incoming_governance = 0.0
        if core:
            outraged = declared = read_d = read_g = 0
            for g in one.groups:
                outraged += outraged_now[g]
                declared += declared_now[g]
                read_d += posts_deal_now[g]
                read_g += posts_governance_now[g]
            if one.visible:
                outraged -= len(one.groups)
            if one.declared:
                declared -= len(one.groups)
            arriving_d += see_group * read_d
            arriving_g += see_group * read_g
            excess = outraged * one.others - threshold_group
            if excess > 0.0:
                reinforced = excess / (1.0 - threshold_group)
            if declared > 1:
                peers = min(1.0, (declared - 1.0) / 2.0)
        deal_views, governance_views = shown_d, shown_g
        if arriving_d or one.memory_deal is not NOTHING:
            m_0, m_1, m_2, m_3, m_4 = one.memory_deal
            m_0 = keep_0 * m_0 + arriving_d
            m_1 = keep_1 * m_1 + arriving_d
            m_2 = keep_2 * m_2 + arriving_d
            m_3 = keep_3 * m_3 + arriving_d
            m_4 = keep_4 * m_4 + arriving_d
            one.memory_deal = (m_0, m_1, m_2, m_3, m_4)
            deal_views += (
                weight_0 * m_0 + weight_1 * m_1 + weight_2 * m_2 + weight_3 * m_3 + weight_4 * m_4
            )
        if arriving_g or one.memory_governance is not NOTHING:
            m_0, m_1, m_2, m_3, m_4 = one.memory_governance
            m_0 = keep_0 * m_0 + arriving_g
            m_1 = keep_1 * m_1 + arriving_g
            m_2 = keep_2 * m_2 + arriving_g
            m_3 = keep_3 * m_3 + arriving_g
            m_4 = keep_4 * m_4 + arriving_g
            one.memory_governance = (m_0, m_1, m_2, m_3, m_4)
            governance_views += (
                weight_0 * m_0 + weight_1 * m_1 + weight_2 * m_2 + weight_3 * m_3 + weight_4 * m_4
            )
        offered = c * (deal_views + governance_views)
        attended = cap * offered / (cap + offered)
        chance = attended / (1.0 + attended)
        u = uniform()
        seen_d, seen_g = one.recent_deal, one.recent_governance
        one.recent_deal, one.recent_governance = memory_keep * seen_d, memory_keep * seen_g
        deal = one.outrage_keep * one.deal
        governance = one.outrage_keep * one.governance
        exposed = u < chance
        if exposed or reinforced:
            fan = one.identification
            gap = max(0.0, (one.blamed_level - felt) / one.blamed_level)
            push_d = social * reinforced * fan * credibility
            push_g = social * reinforced * fan * gap
            if exposed and u < chance * governance_views / (deal_views + governance_views):
                one.recent_governance += 1.0
                grieved = (floor + (1.0 - floor) * gap) * calmed * (least + (1.0 - least) * fan)
                push_g += gain_g * grieved / (1.0 + habituation * seen_g)
            elif exposed:
                one.recent_deal += 1.0
                buffered = (1.0 - self_relevance) * (1.0 - buffer * one.trust)
                betrayed = betrayal * (buffered + self_relevance * fan)
                push_d += gain_d * betrayed / (1.0 + habituation * seen_d)
            push_d *= grievance_d
            push_g *= grievance_g
            deal += (1.0 - one.deal) * (push_d / (1.0 + push_d))
            governance += (1.0 - one.governance) * (push_g / (1.0 + push_g))
        one.deal, one.governance = deal, governance
        if exposed and happened:
            hear(one, community)
            deal, governance = one.deal, one.governance
        relief = one.relief
        if relief > 0.0:
            conviction = one.conviction
            relief = one.relief = max(conviction, conviction + relief_keep * (relief - conviction))
        expressed = one.expressed = 1.0 - (1.0 - deal * (1.0 - relief)) * (1.0 - voice * governance)
        x = steep * expressed
        x = x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0))))
        rate = base * one.activity * (x + quiet + (news if one.aware else 0.0))
        beyond = one.recent_deal + one.recent_governance - 2.0
        if beyond > 0.0:
            rate /= 1.0 + fatigue * beyond
        posts = uniform() * (1.0 + rate) < rate
        grudge = one.grudge
        grudge = one.grudge = grudge_keep * grudge + build * expressed * (1.0 - grudge)
        trust = one.trust
        room = ceiling * one.trust_start - trust
        trust -= loss * expressed * trust * (least + (1.0 - least) * one.identification)
        if room > 0.0:
            trust += (gain * one.conviction + back) * room
        if broken and one.hopeful:
            trust *= 1.0 - broken
        one.trust = trust
        pressure = grudge + peer_weight * peers - trust_weight * (trust - 0.5) + unheard
        declared_before = one.declared
        if posts:
            write(one, x, community)
            deal = one.deal
        if (expressed >= visible_from) is not one.visible:
            be_seen(one, community)
        limit = one.threshold
        if pressure > cheaper * limit and not one.unfollowed and uniform() < p_unfollow:
            one.unfollowed = True
            community.run.census[kind, w.N_UNFOLLOWED] += 1
        if pressure > limit and not one.declared and uniform() < p_declare:
            declare(one, community)
        if declared_before and owner and not (one.sold and (one.exited or not one.leaver)):
            follow_through(one, community)
        sums[0] += expressed
        sums[1] += deal
        sums[2] += governance
        sums[3] += grudge
        sums[4] += trust

    return live


def hear(one: Any, community: Community) -> None:
    """E13, E14: become aware, and take in the acts of the brand not seen before."""
    run = community.run
    if not one.aware:
        one.aware = True
        run.census[one.kind, w.N_AWARE] += 1
    active = int(community.air.active)
    unseen = active & ~one.seen
    if not unseen:
        return
    seen = one.seen
    one.seen |= active
    core = one.kind == CORE
    for a, (act, private) in enumerate(community.acts):
        if unseen & (1 << a):
            if private == 1.0 and not (core and receiving.told(run.seed, run.acts[a], one.row)):
                continue
            other = receiving.contradicted(run.seed, run.acts, a, seen, one.row) if core else 0.0
            seen |= 1 << a
            before = one.conviction
            one.relief, one.conviction, one.deal, one.governance, accepted = receiving.receive(
                a,
                run.script.constants[0],
                run.acts,
                run.table[0],
                community.uniform(),
                other,
                one.identification,
                one.blamed_level,
                one.relief,
                one.conviction,
                one.deal,
                one.governance,
            )
            if core:
                receiving.judge(run.census, a, accepted, before, one.conviction)
                one.threshold = receiving.next_threshold(
                    run.seed, run.script.constants[0], run.acts[a], one.row, one.threshold
                )
            if accepted and act == w.REFORM:
                one.hopeful = True


def write(one: Any, heat: float, community: Community) -> None:
    """E7: what kind of post it is, and what it carries to whom."""
    p, air = community.rest.p, community.air
    community.volume += 1
    news = air.news if one.aware else 0.0
    mood = community.uniform() * (heat + news + p.baseline_talk)
    if mood >= heat + news:
        return
    deal, governance, tone = air.novelty_deal, air.novelty_governance, 0.0
    if mood < heat:
        tone = one.expressed
        deal = one.deal * (1.0 - one.relief)
        governance = p.governance_voice * one.governance
    topic = 1 if community.uniform() * (deal + governance) < governance else 0
    community.written[one.kind] += 1
    community.voices[one.kind != CORE][topic] += int(w.SCALE / (1.0 + one.n_posts))
    one.n_posts += 1
    if mood >= heat:
        community.neutral += 1
    elif topic == 1:
        community.on_governance += 1
    for g in one.groups:
        community.next[2 + topic][g] += 1
    one.deal *= 1.0 - p.venting
    signal = int(p.see_person * (1.0 + p.tone_gain * tone) * w.SCALE)
    if signal > 0:
        community.outbox.append((one.row, signal / w.SCALE, topic))


def be_seen(one: Any, community: Community) -> None:
    """Turn visibly outraged, or calm; fellow members and the partners one follows see it."""
    one.visible = not one.visible
    change = 1 if one.visible else -1
    for g in one.groups:
        community.next[0][g] += change
    for k in one.partners:
        community.outraged_next[k] += change


def declare(one: Any, community: Community) -> None:
    """E9: declare a boycott; whether leaving will follow is drawn here."""
    p = community.rest.p
    one.declared = True
    community.run.census[one.kind, w.N_DECLARED] += 1
    if one.kind != PUBLIC and community.uniform() < p.realised_share * (1.0 - p.switching_cost):
        one.leaver = True
    for g in one.groups:
        community.next[1][g] += 1


def follow_through(one: Any, community: Community) -> None:
    """E9: after declaring, sell and perhaps leave."""
    p, air, census = community.rest.p, community.air, community.run.census
    rate = p.sell_per_h * air.circadian * air.dt_h
    if not one.sold and community.uniform() < rate / (1.0 + rate):
        one.sold = True
        census[one.kind, w.N_SOLD] += 1
    rate = p.exit_per_h * air.circadian * air.dt_h
    if one.leaver and not one.exited and community.uniform() < rate / (1.0 + rate):
        one.exited = True
        census[one.kind, w.N_EXITED] += 1
