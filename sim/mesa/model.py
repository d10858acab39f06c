"""Two ways to move a community on Mesa (sim.mesa.community).

`BacklashModel` lets the agents act, one by one: the Mesa engine. `ColumnarModel` lets the compiled
engine move their columns; its agents are there when somebody asks for them. The bits are the same.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim import draws
from sim.draws import Decision
from sim.engine import Simulation
from sim.kernel import actors, passes
from sim.kernel.held import new_tables
from sim.mesa.agents import KINDS
from sim.mesa.attributes import Turn
from sim.mesa.community import Community
from sim.people import GROUP_DECLARED, GROUP_OUTRAGED, NEUTRAL
from sim.rules import appraisal, leaving, market, platform
from sim.settings.config import Config
from sim.start import Start
from sim.state import tables as w
from sim.world import hot_list, opening, recording


class BacklashModel(Community):
    """The Mesa engine: every agent acts, by the compiled rules, one call at a time."""

    engine = "mesa"
    _pointers = (
        "acts", "tags", "entries", "broadcast", "shown", "census", "record", "sizes", "groups",
    )  # fmt: skip

    def __init__(self, config: Config | Start | None = None, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        self.tables = new_tables(self.script, self.population)
        self.outbox: list[tuple[int, int, int]] = []  #: (author's row, signal, topic)
        self._wire()
        self._people_it()

    def _wire(self) -> None:
        """Everything that points at tables of this run: after it was made, copied or branched."""
        t = self.tables
        self.table, self.acts = t.world, t.acts
        self.tags, self.entries, self.broadcast, self.shown = (
            t.tags,
            t.entries,
            t.broadcast,
            t.views,
        )
        self.census, self.record, self.sizes = t.census, t.record, t.sizes
        self.groups = self.population.groups
        super()._wire()
        self.memory_keep, self.memory_weight = (
            np.array(self.constants.memory_keep),
            np.array(self.constants.memory_weight),
        )

    def take_acts(self, acts: Any) -> None:
        """Go on with other ACT rows: those of a branch (`sim.branches`)."""
        self.tables = self.tables._replace(acts=acts)
        self._wire()

    def draws(self, decision: Decision, agent: int) -> tuple[float, float, float, float]:
        """The four uniforms of one agent's decision in this step."""
        drawn: tuple[float, float, float, float] = draws.uniforms(
            self.seed, int(decision), self.now, agent
        )
        return drawn

    def step(self) -> None:
        """One step, in this order (docs/ODD.md, process overview and scheduling):

        1. clock and session
        2. exogenous events
        3. responses coming into force
        4. exposure: posts of the step before
        5. appraisal and outrage
        6. reception of responses
        7. posting
        8. opinion leaders' decisions, then platform heat and trending list
        9. grudge, trust, boycott, exit (people do 4-7 and 9 in one go: nobody reads another's
           state of the same step)
        10. the PR team's detection and decisions, effective in a later step
        11. the market, if in session
        12. the record takes its row
        """
        self._ended()
        self.acting = True
        try:
            self._act()
        finally:
            self.acting = False
        self.datacollector.collect(self)
        self._close()

    def _act(self) -> None:
        """Sections 1 to 11."""
        self.circadian = float(self.script.circadian[self.now])
        opening.open_step(
            self.now, self.seed, self.constants, self.world, self.tables.events, self.acts,
            self.tags, self.broadcast, self.shown, self.entries, self.census, self.dt_h,
        )  # fmt: skip
        self.air = SimpleNamespace(  # what everybody reads in this step; nobody changes it
            **dict(zip(w.WORLD.names or (), self.table.tolist()[0], strict=True)),
            **self.same_for_all(),
        )
        self.deliver_posts()
        actors.clear_counts(self.world)
        self.groups.next[:, :] = 0
        kept = slice(GROUP_OUTRAGED, GROUP_DECLARED + 1)
        self.groups.next[kept] = self.groups.now[kept]
        self.population.leaders.outraged_next[:] = self.population.leaders.outraged
        self.take_turns(Turn.people)
        self.take_turns(Turn.leaders)
        self.close_platform()
        self.take_census()
        self.take_turns(Turn.team)
        self.close_market()
        self.groups.now[:, :] = self.groups.next
        self.population.leaders.outraged[:] = self.population.leaders.outraged_next

    def take_turns(self, turn: Turn) -> None:
        """Everybody whose turn it is acts, kind after kind."""
        for kind in KINDS:
            if kind.TURN is turn and kind in self.agents_by_type:
                agents = self.agents_by_type[kind]
                for verb in kind.VERBS:
                    (agents.shuffle_do if kind.SHUFFLED else agents.do)(verb)

    def _close(self) -> None:
        """Section 12."""
        recording.write_row(
            self.now, self.constants, self.world, self.census, self.sizes, self.record,
            1.0 if self.script.in_session[self.now] else 0.0,
        )  # fmt: skip
        self.now += 1
        self.running = self.now < self.script.clock.n_steps

    def same_for_all(self) -> dict[str, float]:
        """What the rules say of a step and not of a person: computed once."""
        p, c, dt_h = self.p, self.circadian, self.dt_h
        return {
            "betrayed": appraisal.perceived_severity(p.betrayal, float(self.world.betrayal)),
            "social": appraisal.social_gain(p.reinforcement_per_h, c, dt_h),
            "declares": leaving.act_probability(p.declare_per_h, c, dt_h),
            "unfollows": leaving.act_probability(p.unfollow_per_h, c, dt_h),
            "sells": leaving.act_probability(p.sell_per_h, c, dt_h),
            "goes": leaving.act_probability(p.exit_per_h, c, dt_h),
        }

    def deliver_posts(self) -> None:
        """Each post of the step before arrives at the author's followers."""
        indptr, followers = self.network.indptr, self.network.followers
        for source, signal, topic in self.outbox:
            inbox = (
                self.population.people.incoming_deal
                if topic == 0
                else (self.population.people.incoming_governance)
            )
            inbox[followers[indptr[source] : indptr[source + 1]]] += signal
        self.outbox.clear()

    def close_platform(self) -> None:
        """E11: reads of this step, then heat and the list for the next."""
        p, world = self.p, self.world
        world.reads = platform.reads(
            self.circadian, p.see_list,
            platform.whole_level(world.level_deal, world.level_governance), p.share_core,
            p.list_weight_core, p.share_customer, p.share_public,
        )  # fmt: skip
        hot_list.close_platform(
            self.now, self.seed, self.constants, world, self.tags, self.entries,
            float(self.script.entry_heat[self.now]), float(self.population.bounds[3]), self.dt_h,
        )  # fmt: skip

    def n_reporters(self) -> int:
        """How many opinion leaders report (E18)."""
        return int((self.population.leaders.role == NEUTRAL).sum())

    def take_census(self) -> None:
        """Sums over people of each kind, in fixed point."""
        people, first = self.population.people, self.population.bounds
        columns = (people.expressed, people.deal, people.governance, people.grudge, people.trust)
        for kind in range(3):
            for row, column in enumerate(columns):
                self.census[kind, row] = passes.fixed_sum(column[first[kind] : first[kind + 1]])

    def close_market(self) -> None:
        """E16: investors' orders in session, then the price."""
        world = self.world
        open_now = bool(self.script.in_session[self.now])
        self.mood = actors.mean_outrage(self.constants, self.census, self.sizes)
        self.attention = market.attention(world.heat, self.p.attention_heat)
        world.orders_noise = world.orders_sentiment = world.orders_value = 0.0
        if open_now:
            self.take_turns(Turn.market)
        actors.settle(
            self.now, self.seed, self.constants, world, open_now,
            bool(self.script.first_bar[self.now]), market.mood(self.attention, self.mood),
            self.census, self.sizes, self.population.investors.kind,
            float(self.script.index_move[self.now]),
        )  # fmt: skip


class ColumnarModel(Community):
    """The compiled engine in a Mesa model: a step is one call of the kernel.

    Agents are made when somebody asks for them. They see what the kernel did and may be written to,
    but do not act by themselves.
    """

    engine = "columnar"
    _pointers = ("acts", "entries", "census", "record")

    def __init__(self, config: Config | Start | None = None, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        self.simulation = Simulation(
            self.script,
            self.network,
            self.population,
            self.config.seed,
            self.config.engine.threads_per_run,
        )
        self._met = False
        self._wire()

    def _wire(self) -> None:
        """The same, at the tables of the run that the kernel moves."""
        run = self.simulation
        self.population = run.population
        self.table, self.acts, self.entries = run.table, run.acts, run.entries
        self.census, self.record = run.census, run.record
        super()._wire()

    def step(self) -> None:
        """The next step of the run, as `BacklashModel.step` has it."""
        self._ended()
        self.simulation.advance(1)
        self.datacollector.collect(self)
        self.now = self.simulation.step
        self.running = self.now < self.script.clock.n_steps

    def in_step(self) -> None:
        """Raise RuntimeError: here agents do not act."""
        raise RuntimeError(
            "agents do not act by themselves in this model: model.step() moves all of them; with "
            "engine=mesa they act one by one"
        )

    @property
    def draws(self) -> Any:
        """What agents ask for when they act, which here they do not."""
        return self.in_step()

    air = draws

    def _meet(self) -> None:
        """Make the agents when somebody first asks for them: most runs need none."""
        if not self._met:
            self._met = True
            self._people_it()

    @property
    def agents(self) -> Any:
        """All agents, as views of the columns."""
        self._meet()
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """The agents of each kind."""
        self._meet()
        return self._agents_by_type

    @property
    def agent_types(self) -> Any:
        """The kinds of agent."""
        self._meet()
        return list(self._agents_by_type)


def release(model: mesa.Model) -> None:
    """Let go of a model with agents of classes of yours.

    Mesa 3.3 keeps every model alive in Agent._ids (mesa issue 3179); the agents of Backlash count
    elsewhere, and their models go as other objects do.
    """
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)
