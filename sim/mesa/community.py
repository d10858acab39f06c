"""On Mesa: the community as agents to read, teach, inspect and extend, and two ways to move it.

`BacklashModel` lets the agents act, one by one: the Mesa engine. `ColumnarModel` lets the compiled
engine move their columns; its agents are there when somebody asks for them. The bits are the same.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

import mesa
import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.refusal import ConfigError
from sim.draws import Decision
from sim.engine import Simulation
from sim.kernel import actors, crowd
from sim.kernel.step import new_tables
from sim.mesa.agents import CoreFan, Customer, Investor, Member, OpinionLeader, PRTeam, PublicMember
from sim.people import COLUMNS, GROUP_DECLARED, GROUP_OUTRAGED, NEUTRAL, range_of
from sim.rules import appraisal, leaving, market, platform
from sim.settings.config import Config
from sim.start import Start, start_of
from sim.state import tables as w
from sim.world import hot_list, opening, recording


class Constants(SimpleNamespace):
    """Parameters of a run by name; nobody sets one in its midst."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"{name} = {value!r}: parameters do not change in a run\n"
            "  allowed: settings of a run\n"
            f'  try:     sim.compose(["parameters.{name}={value}"])'
        )


def _hour(model: Any) -> float:
    return float(model.script.clock.hours(model.now))


def _heat(model: Any) -> float:
    return float(model.world.heat)


def _n_listed(model: Any) -> int:
    return int(model.world.n_listed)


def _credibility(model: Any) -> float:
    return float(model.world.credibility)


def _declared_core(model: Any) -> int:
    return int(model.census[0, w.N_DECLARED])


def _price_hkd(model: Any) -> float:
    return float(market.price_hkd(model.p.previous_close_hkd, model.world.price))


class Community(mesa.Model):
    """A fan community, its platform, and a brand in a crisis, as Mesa users expect it.

    `agents`, `agents_by_type` and `datacollector` are Mesa's own; agents are views of columns, so
    `model.agents_by_type[CoreFan].agg("trust", np.mean)` works, and what is written to an agent
    counts. `run_model()` goes to the horizon; `sim.finish(model)` is the Run. A model can be
    copied (copy.deepcopy, pickle) at any step: the copy goes on as the original does.
    """

    #: What the data collector keeps of every step; a subclass may add its own.
    reporters: ClassVar[dict[str, Callable[[Any], float]]] = {
        "hour": _hour,
        "heat": _heat,
        "n_listed": _n_listed,
        "credibility": _credibility,
        "declared_core": _declared_core,
        "price_hkd": _price_hkd,
    }
    engine: ClassVar[str]  #: as in engine=columnar

    config: Config  #: drawn: of one run, in one world
    table: Any  #: one row, the world
    world: Any  #: what everybody shares: heat, credibility, the list, the price
    acts: Any  #: the playbook, and what came of it
    entries: Any  #: the log
    census: npt.NDArray[np.int64]  #: counts and sums over people of each kind
    record: npt.NDArray[np.float32]  #: every series at every step

    def __init__(self, config: Config | Start | None = None, **kwargs: Any) -> None:
        """A model before its first step.

        config : what `sim.compose` returns. Or settings as keywords, for `mesa.batch_run` and
        SolaraViz: `ColumnarModel(response="deny", seed=3)`; a dot is written as two underscores
        (`response__apology__delay_h=4`), or keys are given as `**{"response.apology.delay_h": 4}`.
        Raises ConfigError for what `sim.simulate` refuses.
        """
        start = config if isinstance(config, Start) else start_of(self._asked(config, kwargs))
        engine = start.config.engine
        if engine.name == "mesa" != self.engine:
            raise ConfigError(
                "engine",
                engine.name,
                f"{type(self).__name__} is moved by the kernel",
                f"engine={self.engine}",
                "a BacklashModel, in which every agent acts",
            )
        self.config = replace(start.config, engine=replace(engine, name=self.engine))
        seed = start.config.seed
        super().__init__(rng=seed % 2**32)
        # not `scenario`, `time` or `space`: Mesa 3.4 and later own those names
        _, self.script, self.network, self.population = start
        self.seed = np.uint64(seed)
        self.now = 0  #: the step that is being computed
        self.dt_h = self.script.clock.dt_h
        self.constants = self.script.constants[0]
        self.p = Constants(  # the same numbers as plain floats: quick to read for agents
            **{
                name: float(self.constants[name])
                for name in self.constants.dtype.names
                if not self.constants.dtype[name].shape
            }
        )
        self.acting = False  #: whether the model itself is writing: agents within a step
        self.peopling = False  #: whether agents are being made
        self.datacollector = mesa.DataCollector(model_reporters=self.reporters)

    @staticmethod
    def _asked(config: Config | None, settings: dict[str, Any]) -> Config:
        """The config, or the one that these keywords ask for."""
        if config is not None and settings:
            key, value = next(iter(settings.items()))
            raise ConfigError(
                key,
                value,
                "a setting beside a config",
                "a config, or settings as keywords",
                f'sim.compose([..., "{key}={value}"])',
            )
        if config is not None:
            return config
        from sim.settings.composition import compose, word_of  # Hydra costs a second

        return compose([word_of(key.replace("__", "."), value) for key, value in settings.items()])

    def _wire(self) -> None:
        """Everything that only points at arrays of this model."""
        people = self.population.people._asdict()
        self.columns = {
            name: memoryview(column) for name, column in people.items() if column.ndim == 1
        }
        self.memory = {topic: people[f"memory_{topic}"] for topic in ("deal", "governance")}
        self.constants = self.script.constants[0]
        self.world = self.table[0]

    def __getstate__(self) -> dict[str, Any]:
        """All but what `_wire` makes; reporters of the class are found there again."""
        kept = dict(self.__dict__)
        for name in ("columns", "memory", "constants", "world", *self._pointers):
            kept.pop(name, None)
        collector = copy.copy(self.datacollector)
        collector.model_reporters = {
            name: reporter
            for name, reporter in collector.model_reporters.items()
            if reporter is not self.reporters.get(name)
        }
        kept["datacollector"] = collector
        return kept

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__dict__.update(kept)
        own = self.datacollector.model_reporters
        self.datacollector.model_reporters = {
            name: own.get(name, self.reporters.get(name)) for name in self.datacollector.model_vars
        }
        self._wire()

    _pointers: ClassVar[tuple[str, ...]] = ()  #: names that `_wire` of a subclass makes

    @property
    def done(self) -> int:
        """Steps that are done."""
        return self.now

    def register_agent(self, agent: mesa.Agent) -> None:
        """Mesa's own, for agents of yours; everybody of Backlash is there from the start."""
        if isinstance(agent, Member) and not self.peopling:
            kind = type(agent).__name__
            raise RuntimeError(
                f"{kind} cannot join: everybody is there from the start, a row is an identity\n"
                f"  allowed: agents that are there, model.agents_by_type[{kind}]\n"
                "  try:     population.n_people=... for more people, or a class of agents of yours"
            )
        super().register_agent(agent)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Mesa's own, for agents of yours; nobody of Backlash is removed in a run."""
        if isinstance(agent, Member):
            raise RuntimeError(
                f"{type(agent).__name__} cannot be removed: others follow and count this row\n"
                "  allowed: agents of classes of yours\n"
                "  try:     a mechanism knocked out, such as mechanisms.mocking=false; "
                "`backlash carriers` runs without each opinion leader"
            )
        super().deregister_agent(agent)

    def impossible(self) -> str:
        """What states and traits of people hold that means nothing; empty if all is well."""
        for column in COLUMNS:
            values = getattr(self.population.people, column.name)
            low, high = range_of(column)
            bad = np.flatnonzero(~((values >= low - 1e-3) & (values <= high + 1e-3)))
            if bad.size:
                value = values.reshape(-1)[bad[0]]
                return f"{column.name} of person {bad[0] % values.shape[-1]} is {value:g}"
        return ""

    def _ended(self) -> None:
        """Raise RuntimeError at the horizon: there is no next step."""
        if self.now >= self.script.clock.n_steps:
            raise RuntimeError(f"the run has ended: it has {self.script.clock.n_steps} steps")

    def in_step(self) -> None:
        """Whoever acts asks first. Raises RuntimeError where there is no step to act in."""
        if self.acting:
            return
        self._ended()
        if self.now == 0:
            raise RuntimeError(
                "nothing has happened yet: model.step() opens a step and moves everybody in it\n"
                "  allowed: agents that act after the first step, and before the last\n"
                "  try:     model.step()"
            )

    def advance(self, steps: int) -> None:
        """The next `steps` steps, or those that are left."""
        for _ in range(min(steps, self.script.clock.n_steps - self.now)):
            self.step()

    def _people_it(self) -> None:
        """Make everybody, once."""
        self.peopling = True
        try:
            self._populate()
        finally:
            self.peopling = False

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
            self.now, self.seed, self.constants, self.world, self.script.events, self.acts,
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
                self.census[kind, row] = crowd.fixed_sum(column[first[kind] : first[kind + 1]])

    def close_market(self) -> None:
        """E16: investors' orders in session, then the price."""
        world = self.world
        open_now = bool(self.script.in_session[self.now])
        self.mood = actors.mean_outrage(self.constants, self.census, self.sizes)
        self.attention = market.attention(world.heat, self.p.attention_heat)
        world.orders_noise = world.orders_sentiment = world.orders_value = 0.0
        if open_now:
            self.agents_by_type[Investor].shuffle_do("step")
        actors.settle(
            self.now, self.seed, self.constants, world, open_now,
            bool(self.script.first_bar[self.now]), market.mood(self.attention, self.mood),
            self.census, self.sizes, self.population.investors.kind,
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
