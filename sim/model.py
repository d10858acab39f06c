"""On Mesa: the community as agents to read, teach, inspect and extend, and two ways to move it.

`BacklashModel` lets the agents act, one by one: the Mesa engine. `ColumnarModel` lets the compiled
engine move their columns; its agents are there when somebody asks for them. The bits are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import mesa
import numpy as np
import numpy.typing as npt

from sim import actors, crowd, draws
from sim import world as w
from sim.agents import CoreFan, Customer, Investor, OpinionLeader, PRTeam, PublicMember
from sim.draws import Decision
from sim.engine import Simulation
from sim.network import Network
from sim.population import GROUP_DECLARED, GROUP_OUTRAGED, Population
from sim.rules import market
from sim.scenario import Scenario
from sim.step import new_tables


class Community(mesa.Model):
    """A fan community, its platform, and a brand in a crisis, as Mesa users expect it.

    `agents`, `agents_by_type` and `datacollector` are Mesa's own; agents are views of columns, so
    `model.agents_by_type[CoreFan].agg("trust", np.mean)` works, and what is written to an agent
    counts. `run_model()` goes to the horizon; `sim.run.finish(config, model)` is the Run.
    """

    #: What the data collector keeps of every step; a subclass may add its own.
    reporters: ClassVar[dict[str, Callable[[Any], float]]] = {
        "hour": lambda model: model.script.clock.hours(model.now),
        "heat": lambda model: float(model.world.heat),
        "n_listed": lambda model: int(model.world.n_listed),
        "credibility": lambda model: float(model.world.credibility),
        "declared_core": lambda model: int(model.census[0, w.N_DECLARED]),
        "price_hkd": lambda model: float(model.p.previous_close_hkd * np.exp(model.world.price)),
    }

    table: Any  #: one row, the world
    world: Any  #: what everybody shares: heat, credibility, the list, the price
    acts: Any  #: the playbook, and what came of it
    entries: Any  #: the log
    census: npt.NDArray[np.int64]  #: counts and sums over people of each kind
    record: npt.NDArray[np.float32]  #: every series at every step

    def __init__(
        self, scenario: Scenario, network: Network, population: Population, seed: int
    ) -> None:
        super().__init__(rng=seed % 2**32)
        # not `scenario`, `time` or `space`: Mesa 3.4 and later own those names
        self.script, self.network, self.population = scenario, network, population
        self.seed = np.uint64(seed)
        self.now = 0  #: the step that is being computed
        self.dt_h = scenario.clock.dt_h
        self.constants = scenario.constants[0]
        self.p = SimpleNamespace(  # the same numbers as plain floats: quick to read for agents
            **{
                name: float(self.constants[name])
                for name in self.constants.dtype.names
                if not self.constants.dtype[name].shape
            }
        )
        people = population.people._asdict()
        self.columns = {
            name: memoryview(column) for name, column in people.items() if column.ndim == 1
        }
        self.memory: dict[str, list[Any]] = {
            topic: [memoryview(row) for row in people[f"memory_{topic}"]]
            for topic in ("deal", "governance")
        }
        self.datacollector = mesa.DataCollector(model_reporters=self.reporters)

    def _ended(self) -> None:
        """Raise RuntimeError at the horizon: there is no next step."""
        if self.now >= self.script.clock.n_steps:
            raise RuntimeError(f"the run has ended: it has {self.script.clock.n_steps} steps")

    def advance(self, steps: int) -> None:
        """The next `steps` steps, or those that are left."""
        for _ in range(min(steps, self.script.clock.n_steps - self.now)):
            self.step()

    def _populate(self) -> None:
        first = self.population.bounds
        for kind, agents in enumerate((CoreFan, Customer, PublicMember)):
            for row in range(first[kind], first[kind + 1]):
                agents(self, row)
        for row in range(self.population.leaders.role.size):
            OpinionLeader(self, row)
        for row in range(self.population.investors.kind.size):
            Investor(self, row)
        PRTeam(self)


class BacklashModel(Community):
    """The Mesa engine: every agent acts, by the compiled rules, one call at a time."""

    def __init__(
        self, scenario: Scenario, network: Network, population: Population, seed: int
    ) -> None:
        super().__init__(scenario, network, population, seed)
        self.memory_keep = [float(x) for x in self.constants.memory_keep]
        self.memory_weight = [float(x) for x in self.constants.memory_weight]
        t = new_tables(scenario, population)
        self.table, self.world, self.acts = t.world, t.world[0], t.acts
        self.tags, self.entries, self.broadcast, self.shown = (
            t.tags,
            t.entries,
            t.broadcast,
            t.views,
        )
        self.census, self.record, self.sizes = t.census, t.record, t.sizes
        self.groups = population.groups
        self.outbox: list[tuple[int, int, int]] = []  #: (author's row, signal, topic)
        self._populate()

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
        self.circadian = float(self.script.circadian[self.now])
        w.open_step(
            self.now,
            self.seed,
            self.constants,
            self.world,
            self.script.events,
            self.acts,
            self.tags,
            self.broadcast,
            self.shown,
            self.entries,
            self.dt_h,
        )
        self.air = SimpleNamespace(  # what everybody reads in this step; nobody changes it
            **dict(zip(w.WORLD.names or (), self.table.tolist()[0], strict=True))
        )
        self.deliver_posts()
        actors.clear_counts(self.world)
        self.groups.next[:, :] = 0
        kept = slice(GROUP_OUTRAGED, GROUP_DECLARED + 1)
        self.groups.next[kept] = self.groups.now[kept]
        self.population.leaders.outraged_next[:] = self.population.leaders.outraged
        for kind in (CoreFan, Customer, PublicMember):
            self.agents_by_type[kind].shuffle_do("step")
        leaders = self.agents_by_type[OpinionLeader]
        leaders.do("observe")
        leaders.do("act")
        self.close_platform()
        self.take_census()
        self.agents_by_type[PRTeam].do("step")
        self.close_market()
        self.groups.now[:, :] = self.groups.next
        self.population.leaders.outraged[:] = self.population.leaders.outraged_next
        self.datacollector.collect(self)
        w.write_row(
            self.now,
            self.constants,
            self.world,
            self.census,
            self.sizes,
            self.record,
            1.0 if self.script.in_session[self.now] else 0.0,
        )
        self.now += 1
        self.running = self.now < self.script.clock.n_steps

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
        world.reads = (
            self.circadian
            * p.see_list
            * (world.level_deal + world.level_governance)
            * (p.share_core * p.list_weight_core + p.share_customer + p.share_public)
        )
        w.close_platform(
            self.now,
            self.constants,
            world,
            self.tags,
            self.entries,
            self.circadian,
            float(self.population.bounds[3]),
        )

    def take_census(self) -> None:
        """Sums over people of each kind, in fixed point."""
        people, first = self.population.people, self.population.bounds
        columns = (people.expressed, people.deal, people.governance, people.grudge, people.trust)
        for kind in range(3):
            for row, column in enumerate(columns):
                self.census[kind, row] = crowd.fixed_sum(column[first[kind] : first[kind + 1]])

    def close_market(self) -> None:
        """E16: investors' orders in session, then the price."""
        world = self.world
        open_now = bool(self.script.in_session[self.now])
        self.mood = actors.mean_outrage(self.constants, self.census, self.sizes)
        self.attention = market.attention(world.heat, self.p.list_full_heat)
        world.orders_noise = world.orders_sentiment = world.orders_value = 0.0
        if open_now:
            self.agents_by_type[Investor].shuffle_do("step")
        actors.settle(
            self.now,
            self.seed,
            self.constants,
            world,
            open_now,
            bool(self.script.first_bar[self.now]),
            self.attention * self.mood,
            self.census,
            self.sizes,
            self.population.investors.kind,
        )


class ColumnarModel(Community):
    """The compiled engine in a Mesa model: a step is one call of the kernel.

    Agents are made when somebody asks for them. They see what the kernel did and may be written to,
    but do not act by themselves.
    """

    def __init__(
        self,
        scenario: Scenario,
        network: Network,
        population: Population,
        seed: int,
        threads: int = 1,
    ) -> None:
        super().__init__(scenario, network, population, seed)
        self.simulation = Simulation(scenario, network, population, seed, threads)
        run = self.simulation
        self.table, self.acts, self.entries = run.table, run.acts, run.entries
        self.world = self.table[0]
        self.census, self.record = run.census, run.record
        self._met = False

    def step(self) -> None:
        """The next step of the run, as `BacklashModel.step` has it."""
        self._ended()
        self.simulation.advance(1)
        self.datacollector.collect(self)
        self.now = self.simulation.step
        self.running = self.now < self.script.clock.n_steps

    @property
    def draws(self) -> Any:
        """Agents ask for their draws first when they act, which here they do not."""
        raise RuntimeError(
            "agents do not act by themselves in this model: model.step() moves all of them; with "
            "engine=mesa they act one by one"
        )

    air = draws

    def _meet(self) -> None:
        if not self._met:
            self._met = True
            self._populate()

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
    """Let go of a model: Mesa 3.3 keeps every model alive in Agent._ids (mesa issue 3179)."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)
