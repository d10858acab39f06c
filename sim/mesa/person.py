"""A person on Mesa: what anybody does in a step, verb by verb. How is in sim.rules.

Everybody reads what others did in the step before, so the order of activation cannot matter. What
only some kinds of people do is in sim.mesa.agents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import draws
from sim.draws import Decision
from sim.kernel import actors
from sim.mesa.attributes import Column, Flag, Member, Turn
from sim.people import AWARE, CORE, DECLARED, EXITED, HOPEFUL, LEAVER, SOLD, UNFOLLOWED, VISIBLE
from sim.rules import appraisal, exposure, expression, leaving, reception
from sim.state import tables as w
from sim.world.receiving import contradicted, receive, told

if TYPE_CHECKING:
    from sim.mesa.model import BacklashModel
    from sim.people import Population


class Person(Member):
    """Somebody who sees posts, feels, may post, and may leave."""

    TURN, SHUFFLED = Turn.people, True

    kind: int
    name: str
    list_weight = 1.0  #: how much more than others this kind reads of the trending list
    unheard = 0.0  #: pressure to leave of who is not heard (E19)

    deal, governance, relief, conviction = Column(), Column(), Column(), Column()
    grudge, trust, expressed, trust_start = Column(), Column(), Column(), Column()
    recent_deal, recent_governance = Column(), Column()
    incoming_deal, incoming_governance = Column(), Column()
    identification, activity, outrage_keep = Column(), Column(), Column()
    blamed_level, threshold, seen, n_posts = Column(), Column(), Column(), Column()
    aware, visible, declared = Flag(AWARE), Flag(VISIBLE), Flag(DECLARED)
    unfollowed, sold, exited, leaver = Flag(UNFOLLOWED), Flag(SOLD), Flag(EXITED), Flag(LEAVER)
    hopeful = Flag(HOPEFUL)  #: has accepted the promise of a reform

    model: BacklashModel

    def __init__(self, model: BacklashModel, row: int) -> None:
        allowed = self.rows(model.population)
        if row not in allowed:
            kind = type(self).__name__
            raise IndexError(
                f"no row {row} of {kind}\n"
                f"  allowed: rows {allowed[0]} to {allowed[-1]}\n"
                f"  try:     model.agents_by_type[{kind}], who are all there"
            )
        super().__init__(model, row)

    @classmethod
    def rows(cls, population: Population) -> range:
        return range(population.bounds[cls.kind], population.bounds[cls.kind + 1])

    def step(self) -> None:
        """See, feel, hear the brand out, post, remember, and perhaps leave."""
        self.model.in_step()
        u_expose, u_post, u_declare, u_unfollow = self.model.draws(Decision.PERSON, self.row)
        group = self.read_groups()
        hit_deal, hit_governance = self.see(u_expose, *group[:2])
        self.feel(hit_deal, hit_governance, group[2])
        if self.model.air.happened == 1.0 and (hit_deal or hit_governance):
            self.hear()
        self.show()
        posts = u_post < self.posting_probability()
        self.remember()
        self.leave_or_stay(u_declare, u_unfollow, group[3], posts)

    def read_groups(self) -> tuple[float, float, float, float]:
        """Views offered in group chats (two topics), reinforcement, push of declared peers."""
        return 0.0, 0.0, 0.0, 0.0

    def see(self, u: float, chat_deal: float, chat_governance: float) -> tuple[float, float]:
        """E1, E2: which topic this person is exposed to, as (deal, governance).

        u : one uniform number decides both, so that nobody sees two topics in a step. chat_deal,
        chat_governance : views that chats offer. Posts of accounts that are followed are remembered
        and fade; the list and what was shown directly come on top.
        """
        model, p, world = self.model, self.model.p, self.model.air
        keep, weight = model.memory_keep, model.memory_weight
        ties = [
            actors.views_of(model.memory[topic], self.row, incoming, chat, keep, weight)
            for topic, incoming, chat in (
                ("deal", self.incoming_deal, chat_deal),
                ("governance", self.incoming_governance, chat_governance),
            )
        ]
        self.incoming_deal = self.incoming_governance = 0
        deal, governance = (
            exposure.offered_views(
                ties[topic],
                model.shown[topic, self.kind],
                exposure.list_views(p.see_list, self.list_weight, level),
                model.circadian,
            )
            for topic, level in enumerate((world.level_deal, world.level_governance))
        )
        chance = exposure.exposure_probability(
            exposure.attended_views(deal, governance, p.attention_cap)
        )
        split = exposure.governance_chance(chance, deal, governance)
        return exposure.seen_deal(u, split, chance), exposure.seen_governance(u, split)

    def feel(self, hit_deal: float, hit_governance: float, reinforced: float) -> None:
        """E4, E5: appraise what was seen, and what one's groups feel.

        hit_deal, hit_governance : 1 where the person was exposed to the topic in this step, else 0.
        reinforced : by outraged members of own chats, 0 to 1. Outrage (0 to 1 a topic) moves by
        memory and push; recent views are counted after it, so that a first view is no repetition.
        """
        p, world = self.model.p, self.model.air
        betrayed = appraisal.appraisal(
            world.credibility, world.betrayed, p.self_relevance, p.trust_buffer, self.trust,
            self.identification,
        )  # fmt: skip
        gap = appraisal.accountability_gap(self.blamed_level, world.felt_level)
        grieved = appraisal.governance_appraisal(
            gap, p.governance_floor, world.reform, p.reform_relief, self.identification,
            p.concern_floor,
        )  # fmt: skip
        push_deal = appraisal.push(
            world.grievance_deal, p.appraisal_gain, betrayed,
            appraisal.habituated(self.recent_deal, p.habituation), hit_deal, world.social,
            reinforced, self.identification, world.credibility,
        )  # fmt: skip
        push_governance = appraisal.push(
            world.grievance_governance, p.governance_gain, grieved,
            appraisal.habituated(self.recent_governance, p.habituation), hit_governance,
            world.social, reinforced, self.identification, gap,
        )  # fmt: skip
        self.deal = appraisal.next_outrage(self.deal, self.outrage_keep, push_deal)
        self.governance = appraisal.next_outrage(
            self.governance, self.outrage_keep, push_governance
        )
        self.recent_deal = exposure.recent_views(self.recent_deal, p.recovery_keep, hit_deal)
        self.recent_governance = exposure.recent_views(
            self.recent_governance, p.recovery_keep, hit_governance
        )

    def hear(self) -> None:
        """E13, E14: become aware, and take in the acts of the brand not seen before."""
        model, world = self.model, self.model.air
        if not self.aware:
            self.aware = True
            model.census[self.kind, w.N_AWARE] += 1
        unseen = int(world.active) & ~self.seen
        if not unseen:
            return
        seen = int(self.seen)
        self.seen = self.seen | int(world.active)
        for a, act in enumerate(model.acts):
            if unseen & (1 << a):
                decision = Decision.RECEPTION + 100 * int(act.address)
                u = draws.uniforms(model.seed, decision, model.now, self.row)[0]
                fan = self.kind == CORE
                if act.private == 1.0 and not (fan and told(model.seed, act, self.row)):
                    continue
                other = contradicted(model.seed, model.acts, a, seen, self.row) if fan else 0.0
                seen |= 1 << a
                before = self.conviction
                self.relief, self.conviction, self.deal, self.governance, accepted = receive(
                    a, model.constants, model.acts, model.world, u, other, self.identification,
                    self.blamed_level, self.relief, self.conviction, self.deal, self.governance,
                )  # fmt: skip
                if accepted and act.kind == w.REFORM:
                    self.hopeful = True
                self.be_asked(a, accepted, before)

    def be_asked(self, a: int, accepted: bool, conviction: float) -> None:
        """E18, E9: what a fan thinks of act `a` is heard, and may make more be asked for.

        conviction : of before it.
        """

    def show(self) -> None:
        """E6: relief fades; what is left of outrage is expressed."""
        p = self.model.p
        self.relief = reception.fading_relief(self.relief, self.conviction, p.relief_keep)
        self.expressed = expression.expressed_outrage(
            self.deal, self.governance, self.relief, p.governance_voice
        )

    def posting_probability(self) -> float:
        """E7: chance to post in this step."""
        model, p = self.model, self.model.p
        aware = 1.0 if self.aware else 0.0
        willing = expression.willingness(
            self.recent_deal, self.recent_governance, p.posting_fatigue
        )
        rate = expression.posting_rate(
            p.post_per_h,
            self.activity,
            model.circadian,
            expression.arousal(p.outburst, self.expressed),
            expression.talk(p.baseline_talk, model.air.news, aware),
            willing,
        )
        return float(expression.event_probability(rate, model.dt_h))

    def remember(self) -> None:
        """E8: grudge and trust."""
        p, world = self.model.p, self.model.air
        self.grudge = leaving.next_grudge(
            self.grudge, self.expressed, p.grudge_keep, p.grudge_build
        )
        kept = leaving.next_trust(
            self.trust, self.trust_start, self.expressed, self.identification, self.conviction,
            p.trust_loss, p.trust_gain, p.trust_back, p.trust_ceiling, p.concern_floor,
        )  # fmt: skip
        hoped = 1.0 if self.hopeful else 0.0
        self.trust = leaving.trust_after_promise(kept, p.broken_promise, world.broken, hoped)

    def leave_or_stay(self, u_declare: float, u_unfollow: float, peers: float, posts: bool) -> None:
        """E9: pressure against threshold; then what this person does in public.

        u_declare, u_unfollow : the person's uniform numbers of this step. peers : push from
        declared members of own chats, 0 to 1. posts : whether a post is written, which comes first.
        In the end it may be seen that somebody is outraged, or no more.
        """
        model, p = self.model, self.model.p
        pressure = leaving.exit_pressure(
            self.grudge, peers, self.trust, self.unheard, p.peer_weight, p.trust_weight
        )
        declares = (
            u_declare < model.air.declares
            and not self.declared
            and leaving.presses(pressure, self.threshold, 1.0)
        )
        unfollows = (
            u_unfollow < model.air.unfollows
            and not self.unfollowed
            and leaving.presses(pressure, self.threshold, p.unfollow_threshold)
        )
        follows_through = self.declared and not (self.sold and self.exited)
        if posts:
            self.post()
        if expression.visibly_outraged(self.expressed, p.visible_outrage) != self.visible:
            self.visible = not self.visible
            self.be_seen(1 if self.visible else -1)
        if unfollows:
            self.unfollowed = True
            model.census[self.kind, w.N_UNFOLLOWED] += 1
        if declares:
            self.declare()
        elif follows_through:
            self.follow_through()

    def be_seen(self, change: int) -> None:
        """Others see that this person turned outraged (+1) or calm (-1)."""

    def declare(self) -> None:
        """Declare a boycott; whether words will be followed by leaving is drawn here."""
        self.declared = True
        self.model.census[self.kind, w.N_DECLARED] += 1

    def follow_through(self) -> None:
        """After declaring: sell, leave."""

    def post(self) -> None:
        """E7: write. Baseline talk reaches nobody here; the rest reaches followers next step."""
        model, p, world = self.model, self.model.p, self.model.air
        counts = model.world
        counts.volume += 1.0
        heat = expression.arousal(p.outburst, self.expressed)
        aware = 1.0 if self.aware else 0.0
        mood, about, _, _ = model.draws(Decision.TOPIC, self.row)
        what = expression.kind_of_post(mood, heat, world.news, aware, p.baseline_talk)
        if what == expression.OFF_TOPIC:
            return
        self.n_posts = self.n_posts + 1
        deal, governance, tone = world.novelty_deal, world.novelty_governance, 0.0
        if what == expression.OUTRAGED:
            tone = self.expressed
            deal = expression.deal_ground(self.deal, self.relief)
            governance = expression.governance_ground(p.governance_voice, self.governance)
        topic = expression.topic_of_post(about, deal, governance)
        if what == expression.NEUTRAL:
            counts.posts_neutral += 1.0
        elif topic == 0:
            counts.posts_deal += 1.0
        else:
            counts.posts_governance += 1.0
        self.count_post(topic)
        actors.person_counts(counts, self.kind == CORE, topic, float(self.n_posts - 1))
        self.deal = expression.vented(self.deal, p.venting)
        signal = expression.post_weight(tone, p.tone_gain, p.see_person, w.SCALE)
        if signal > 0:
            model.outbox.append((self.row, signal, topic))

    def count_post(self, topic: int) -> None:
        """Count an on-topic post under this kind."""
        self.model.world[f"posts_{self.name}"] += 1.0
