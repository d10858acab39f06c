"""On Mesa: the community as agents to read, teach, inspect and extend, before anything moves it.

Two models move it (sim.mesa.model).
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

from sim.base.refusal import ConfigError
from sim.mesa.agents import KINDS
from sim.mesa.attributes import Member
from sim.people import COLUMNS, range_of
from sim.rules import market
from sim.settings.config import Config
from sim.start import Start, start_of
from sim.state import tables as w


class Constants(SimpleNamespace):
    """Parameters of a run by name; nobody sets one in its midst."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Raise AttributeError, which says where a parameter is set."""
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
        """A model from what `__getstate__` kept; reporters that cannot be pickled are those of its
        class.
        """
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
        """Make everybody, kind by kind, a row each."""
        for kind in KINDS:
            for row in kind.rows(self.population):
                kind(self, row)
