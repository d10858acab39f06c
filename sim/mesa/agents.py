"""The kinds of agent on Mesa: who they are and what only they do in a step. How is in sim.rules.

Fans, customers and the public are people (sim.mesa.person). An agent is a view of one row of the
columns (sim.mesa.attributes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.draws import Decision
from sim.kernel import actors
from sim.mesa.attributes import Cell, Member, Turn
from sim.mesa.person import Person
from sim.people import (
    ANTAGONIST,
    CORE,
    CUSTOMER,
    GROUP_DECLARED,
    GROUP_OUTRAGED,
    GROUP_POSTS_DEAL,
    GROUP_POSTS_GOVERNANCE,
    PARTNER,
    PUBLIC,
    SILENT,
    VALUE,
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
)
from sim.rules import census as counts
from sim.state import tables as w
from sim.world import angles
from sim.world.receiving import judge, next_threshold

if TYPE_CHECKING:
    from sim.mesa.model import BacklashModel
    from sim.people import Population


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
        """What a fan reads in group chats in a step, as they were at the end of the last one.

        Expected views of posts on the deal and on governance (0 upwards), reinforcement by outraged
        others (0 to 1), and the push by those who have declared (0 to 1). A fan does not count
        among the others.
        """
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
        """The fan has judged act a: counted in the census, and after a concession some press
        sooner.
        """
        model = self.model
        judge(model.census, a, accepted, conviction, self.conviction)
        self.threshold = next_threshold(
            model.seed, model.constants, model.acts[a], self.row, self.threshold
        )

    def be_seen(self, change: int) -> None:
        """The fan begins (change 1) or ends (-1) to be seen outraged: chats and followed partners
        notice.
        """
        for g in self.own_groups:
            self.model.groups.next[GROUP_OUTRAGED, g] += change
        leaders = self.model.population.leaders
        for j in range(leaders.partner_start[self.row], leaders.partner_start[self.row + 1]):
            leaders.outraged_next[leaders.partner_of[j]] += change

    def declare(self) -> None:
        """Declare a boycott: as every person does, and in the fan's chats, too."""
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
        """E9: sell the device, and leave if the fan is one of those who will; with two draws of the
        step.
        """
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
        """Count a post on a topic (0 deal, 1 governance), in the fan's chats, too."""
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

    TABLE, TURN, VERBS = "leaders", Turn.leaders, ("observe", "act")

    model: BacklashModel
    role = Cell("leaders", SILENT, int)  #: PARTNER, NEUTRAL, ANTAGONIST or SILENT
    contract, integrity = Cell("leaders", 1.0), Cell("leaders", 1.0)

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

    TURN = Turn.team

    model: BacklashModel

    @classmethod
    def rows(cls, population: Population) -> range:
        return range(1)

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

    TABLE, TURN, SHUFFLED = "investors", Turn.market, True

    model: BacklashModel
    kind = Cell("investors", VALUE, int)  #: NOISE, SENTIMENT or VALUE
    trait = Cell("investors", float("inf"))  #: sensitivity or conviction, mean 1

    @property
    def position(self) -> float:
        return float(self.model.population.investors.position[self.row])

    def step(self) -> None:
        """Trade once a bar: an order by what this kind of investor looks at, which moves the price
        later.

        The position is the sum of all orders, in the order book's units.
        """
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


#: Everybody, in the order in which they are made, and in which kinds of one turn act.
KINDS: tuple[type[Member], ...] = (CoreFan, Customer, PublicMember, OpinionLeader, Investor, PRTeam)
