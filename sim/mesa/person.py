"""The kinds of agent on Mesa: who they are and what they do in a step. How is in sim.rules.

An agent is a view of one row of the columns (sim.people), so its state is stored as float32
like the columnar engine's, and `agent.trust = x` followed by `agent.trust` reads the stored value.
Everybody reads what others did in the step before, so the order of activation cannot matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import mesa

from sim import draws
from sim.draws import Decision
from sim.kernel import actors
from sim.people import (
    ANTAGONIST,
    AWARE,
    COLUMNS,
    CORE,
    CUSTOMER,
    DECLARED,
    EXITED,
    GROUP_DECLARED,
    GROUP_OUTRAGED,
    GROUP_POSTS_DEAL,
    GROUP_POSTS_GOVERNANCE,
    HOPEFUL,
    LEAVER,
    PARTNER,
    PUBLIC,
    SILENT,
    SOLD,
    UNFOLLOWED,
    VALUE,
    VISIBLE,
    range_of,
)
from sim.rules import (
    appraisal,
    exposure,
    expression,
    leaving,
    market,
    opinion_leader,
    platform,
    pr_team,
    question,
    reception,
)
from sim.rules import census as counts
from sim.state import tables as w
from sim.world import angles
from sim.world.receiving import contradicted, judge, next_threshold, receive, told

if TYPE_CHECKING:
    from sim.mesa.model import BacklashModel


class Column:
    """An attribute that lives in a column: reads a float, stores a float32 (or an integer).

    What is written from outside a step must mean something: a value out of range is refused.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        (column,) = (column for column in COLUMNS if column.name == name)
        self.low, self.high = range_of(column)

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else agent.model.columns[self.name][agent.row]

    def __set__(self, agent: Any, value: float) -> None:
        model = agent.model
        if not model.acting:
            _check(self.name, value, self.low, self.high)
        model.columns[self.name][agent.row] = value


class Flag:
    """A yes or no that lives in one bit of the column `flags`."""

    def __init__(self, bit: int) -> None:
        self.bit = bit

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else bool(agent.model.columns["flags"][agent.row] & self.bit)

    def __set__(self, agent: Any, value: bool) -> None:
        flags = agent.model.columns["flags"]
        flags[agent.row] = flags[agent.row] | self.bit if value else flags[agent.row] & ~self.bit


class Cell:
    """An attribute that lives in a row of opinion leaders or investors; what is written counts."""

    def __init__(self, table: str, high: float, kind: Callable[[Any], Any] = float) -> None:
        self.table, self.high, self.kind = table, high, kind

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        column = getattr(getattr(agent.model.population, self.table), self.name)
        return self.kind(column[agent.row])

    def __set__(self, agent: Any, value: float) -> None:
        _check(self.name, value, 0.0, self.high)
        getattr(getattr(agent.model.population, self.table), self.name)[agent.row] = value


def _check(name: str, value: Any, low: float, high: float) -> None:
    """Refuse what cannot be: a text, a NaN (which fails the comparison), a number outside."""
    number = isinstance(value, Real)
    if not (number and low <= value <= high):
        raise ValueError(
            f"{name} = {value!r}: outside what it can be\n"
            f"  allowed: {low:g} to {high:g}\n"
            f"  try:     agent.{name} = {high if number and value > high else low:g}"
        )


class _Ids:
    """Numbers of agents in each model, forgotten with the model: Mesa 3.3 keeps every model alive.

    (mesa issue 3179; a copy of a model goes on counting after the agents that it has.)
    """

    def __init__(self) -> None:
        self._next: WeakKeyDictionary[Any, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: Any) -> Iterator[int]:
        if model not in self._next:
            self._next[model] = itertools.count(len(model._agents) + 1)
        return self._next[model]


class Member(mesa.Agent):
    """Anybody of Backlash: made with the model, there to its end."""

    _ids: ClassVar[Any] = _Ids()


class Person(Member):
    """Somebody who sees posts, feels, may post, and may leave."""

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
        first, last = model.population.bounds[self.kind], model.population.bounds[self.kind + 1]
        if not first <= row < last:
            kind = type(self).__name__
            raise IndexError(
                f"no row {row} of {kind}\n"
                f"  allowed: rows {first} to {last - 1}\n"
                f"  try:     model.agents_by_type[{kind}], who are all there"
            )
        super().__init__(model)
        self.row = row  # position in every column, and the key of every draw

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
        """E1, E2: which topic this person is exposed to, as (deal, governance)."""
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
        """E4, E5: appraise what was seen, and what one's groups feel."""
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
        """E9: pressure against threshold; then what this person does in public."""
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


class CoreFan(Person):
    """Deeply identified, in group chats: slow to calm, and the ones whose exit costs."""

    kind, name = CORE, "core"

    @property
    def list_weight(self) -> float:  # type: ignore[override]
        return float(self.model.p.list_weight_core)

    @property
    def unheard(self) -> float:  # type: ignore[override]
        return float(self.model.air.unheard)

    @property
    def own_groups(self) -> list[int]:
        """Group chats of this fan."""
        return [int(g) for g in self.model.groups.of[self.row] if g >= 0]

    def read_groups(self) -> tuple[float, float, float, float]:
        groups, p, own = self.model.groups, self.model.p, self.own_groups
        tally = [sum(int(groups.now[row, g]) for g in own) for row in range(4)]
        outraged = tally[GROUP_OUTRAGED] - (len(own) if self.visible else 0)
        declared = tally[GROUP_DECLARED] - (len(own) if self.declared else 0)
        return (
            exposure.chat_views(p.see_group, tally[GROUP_POSTS_DEAL]),
            exposure.chat_views(p.see_group, tally[GROUP_POSTS_GOVERNANCE]),
            appraisal.reinforcement(
                appraisal.outraged_share(outraged, float(groups.others[self.row])),
                p.reinforcement_threshold,
            ),
            leaving.peer_push(float(declared)),
        )

    def be_asked(self, a: int, accepted: bool, conviction: float) -> None:
        model = self.model
        judge(model.census, a, accepted, conviction, self.conviction)
        self.threshold = next_threshold(
            model.seed, model.constants, model.acts[a], self.row, self.threshold
        )

    def be_seen(self, change: int) -> None:
        for g in self.own_groups:
            self.model.groups.next[GROUP_OUTRAGED, g] += change
        leaders = self.model.population.leaders
        for j in range(leaders.partner_start[self.row], leaders.partner_start[self.row + 1]):
            leaders.outraged_next[leaders.partner_of[j]] += change

    def declare(self) -> None:
        super().declare()
        self.decide_to_leave()
        for g in self.own_groups:
            self.model.groups.next[GROUP_DECLARED, g] += 1

    def decide_to_leave(self) -> None:
        """E9: few of those who declare will leave."""
        p = self.model.p
        will = self.model.draws(Decision.AFTERMATH, self.row)[2]
        if will < leaving.leaver_share(p.realised_share, p.switching_cost):
            self.leaver = True

    def follow_through(self) -> None:
        model = self.model
        sell, go, _, _ = model.draws(Decision.AFTERMATH, self.row)
        if not self.sold and sell < model.air.sells:
            self.sold = True
            model.census[self.kind, w.N_SOLD] += 1
        leaves = self.leaver and not self.exited
        if leaves and go < model.air.goes:
            self.exited = True
            model.census[self.kind, w.N_EXITED] += 1

    def count_post(self, topic: int) -> None:
        super().count_post(topic)
        row = GROUP_POSTS_DEAL if topic == 0 else GROUP_POSTS_GOVERNANCE
        for g in self.own_groups:
            self.model.groups.next[row, g] += 1


class Customer(Person):
    """Owns a device, in no group chat."""

    kind, name = CUSTOMER, "customer"
    decide_to_leave = CoreFan.decide_to_leave
    follow_through = CoreFan.follow_through

    def declare(self) -> None:
        super().declare()
        self.decide_to_leave()


class PublicMember(Person):
    """Knows the brand from the news; can be outraged and unfollow, but has nothing to sell."""

    kind, name = PUBLIC, "public"


class OpinionLeader(Member):
    """A KOL: a partner who may end the contract, a neutral reporter, or an antagonist."""

    model: BacklashModel
    role = Cell("leaders", SILENT, int)  #: PARTNER, NEUTRAL, ANTAGONIST or SILENT
    contract, integrity = Cell("leaders", 1.0), Cell("leaders", 1.0)

    def __init__(self, model: BacklashModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def exited(self) -> bool:
        return bool(self.model.population.leaders.exited[self.row])

    @property
    def outraged_followers(self) -> float:
        """Visibly outraged share of the core fans who follow this leader."""
        leaders = self.model.population.leaders
        share: float = opinion_leader.outraged_share(
            leaders.outraged[self.row], leaders.n_core_followers[self.row]
        )
        return share

    def observe(self) -> None:
        """Decide on what stood before any leader acted in this step."""
        self.model.in_step()
        model, p = self.model, self.model.p
        self.posts = self.exits = self.mocks = self.asks = self.reports = False
        if model.air.happened != 1.0 or self.role == SILENT:
            return
        acts, posts, *self.asked = model.draws(Decision.OPINION_LEADER, self.row)
        c, dt_h = model.circadian, model.dt_h
        fresh = platform.freshest(model.air.novelty_deal, model.air.novelty_governance)
        if self.role == PARTNER:
            open_question = model.air.admitted == 0.0 and model.air.credibility > 0.0
            if open_question and not self.exited:
                rate = opinion_leader.exit_rate(
                    self.outraged_followers, self.integrity, self.contract, c, p.leader_exit_per_h,
                    p.leader_exit_base, p.leader_exit_followers, p.leader_exit_integrity,
                    p.leader_exit_contract, model.air.called, p.leader_exit_called,
                )  # fmt: skip
                self.exits = acts < expression.event_probability(rate, dt_h)
        elif self.role == ANTAGONIST:
            rate = opinion_leader.attention_rate(
                p.mock_per_h, model.air.heat, p.mock_heat, fresh, c
            )
            self.mocks = acts < expression.event_probability(rate, dt_h)
        else:
            official = opinion_leader.reportable(model.air.confirmed, p.unconfirmed_report)
            rate = opinion_leader.report_rate(
                p.leader_post_per_h, model.air.heat, p.leader_heat, fresh, official, c
            )
            self.posts = posts < expression.event_probability(rate, dt_h)
            self.rates = tuple(
                rate_of(model.now, model.constants, model.world, c, dt_h, model.n_reporters())
                for rate_of in (actors.asking_rate, actors.press_rate)
            )
            rate = question.coming(*self.rates)
            self.asks = acts < expression.event_probability(rate, dt_h)
            _, worth = angles.best_angle(model.constants, model.world, model.tags, model.now)
            rate = opinion_leader.angle_rate(p.report_per_h, worth, c)
            found = model.draws(Decision.REPORT, self.row)[0]
            self.reports = not self.asks and found < expression.event_probability(rate, dt_h)
        self.topic = opinion_leader.topic_of_report(
            model.air.novelty_deal, model.air.novelty_governance
        )

    def act(self) -> None:
        """Exit, mock, report or ask, in public."""
        self.model.in_step()
        model, p, world = self.model, self.model.p, self.model.world
        leaders = model.population.leaders
        if self.exits:
            leaders.exited[self.row] = 1
            actors.leader_exits(
                model.now, self.row, model.constants, world, model.tags, self.contract,
                model.broadcast, model.entries,
            )  # fmt: skip
        if self.mocks:
            leaders.mocks[self.row] += 1
            actors.leader_mocks(
                model.now, self.row, model.constants, world, model.tags, model.entries
            )
        if self.asks:
            self.topic = actors.reporter_comes(
                model.now, model.seed, self.row, model.constants, world, model.tags,
                model.broadcast, model.entries, *self.rates, *self.asked,
            )  # fmt: skip
        if self.reports:
            found = actors.reporter_reports(
                model.now, model.seed, self.row, model.constants, world, model.tags
            )
            if found >= 0:
                self.posts, self.topic = True, found
        if self.exits or self.mocks or self.posts or self.asks:
            actors.leader_counts(world, self.topic)
            world.volume += p.leader_volume
            signal = expression.post_weight(0.0, p.tone_gain, p.see_leader, w.SCALE)
            if signal > 0:
                model.outbox.append((model.population.bounds[3] + self.row, signal, self.topic))


class PRTeam(Member):
    """Notices, deliberates (longer at night), and runs the playbook."""

    model: BacklashModel

    def step(self) -> None:
        """E12: detection, then the acts that wait for a state."""
        self.model.in_step()
        model, world = self.model, self.model.world
        night = 1.0 if model.script.night[model.now] else 0.0
        actors.notice(
            model.now,
            model.seed,
            model.dt_h,
            model.circadian,
            model.constants,
            world,
            model.entries,
            night,
            float(model.population.bounds[3]),
        )
        declared = counts.share(model.census[CORE, w.N_DECLARED], float(model.sizes[CORE]))
        for act in model.acts:
            if act.wanted == 0.0 or act.trigger == w.BY_SCREENSHOT or act.step >= 0.0:
                continue
            if actors.triggered(
                act.trigger,
                act.threshold,
                world.noticed,
                world.n_listed,
                actors.governance_talk(world),
                declared,
            ):
                wait = actors.decision_steps(
                    act.address, model.seed, model.constants, night, model.dt_h
                )
                act.step = pr_team.acts_in(float(model.now), act.delay, wait)


class Investor(Member):
    """Trades on noise, on sentiment or on value; the book adds up orders as integers."""

    model: BacklashModel
    kind = Cell("investors", VALUE, int)  #: NOISE, SENTIMENT or VALUE
    trait = Cell("investors", float("inf"))  #: sensitivity or conviction, mean 1

    def __init__(self, model: BacklashModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    @property
    def position(self) -> float:
        return float(self.model.population.investors.position[self.row])

    def step(self) -> None:
        self.model.in_step()
        model, world = self.model, self.model.world
        order = actors.order_of(
            self.kind,
            self.trait,
            model.seed,
            model.now,
            self.row,
            model.attention,
            model.mood,
            model.p.buyback_weakness,
            world.buyback_bar,
            market.value_of(world.fundamental, world.other_news),
            world.price,
        )
        actors.trade(world, self.kind, order)
        model.population.investors.belief[self.row] = order
        model.population.investors.position[self.row] += order
