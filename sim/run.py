"""config -> Run. Read this file first; every other module is one of these lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import graphs
from sim.config import Config, NetworkConfig
from sim.digest import digest_of
from sim.network import Network, build_network
from sim.population import ANTAGONIST, Population, build_population, leader_audiences
from sim.record import KINDS, SERIES, LogEntry, Run
from sim.refusal import ConfigError
from sim.response import STEPS
from sim.saved_network import check_people, load_network
from sim.scenario import Scenario, asked, build_scenario

if TYPE_CHECKING:
    from sim.model import Community

Watch = Callable[[float], None]

#: People times steps of about half a second, by engine: between two calls of a watcher.
PIECE = {"columnar": 25_000_000, "mesa": 25_000}


@dataclass(frozen=True)
class Look:
    """A look at a run in progress: it sees everything and may change nothing."""

    steps: Sequence[int]  #: after these steps of the run
    at: Callable[[int, Network, Population], None]  #: what is called, with the step


def simulate(
    config: Config, watch: Watch = lambda share: None, look: Look = Look((), lambda *_: None)
) -> Run:
    """One run. The same config gives the same bits, whatever the engine and whoever looks.

    watch : told the share that is done, every half second or so; what it raises ends the run.
    look  : called after some steps. What config.snapshots asks for is written by
            `sim.snapshots.observe`; here nothing is.
    Raises ConfigError for settings that no run could honour, before any work.
    """
    scenario = build_scenario(config)
    network = network_of(config, lambda: watch(0.0))
    population = population_of(config, scenario, network)
    simulation = _engine(config, scenario, network, population)
    n_steps = scenario.clock.n_steps
    piece = max(1, PIECE[config.engine.name] // network.n_people)
    looked = {step + 1 for step in look.steps}
    done = 0
    for stop in sorted({*range(piece, n_steps, piece), n_steps} | looked):
        simulation.advance(stop - done)
        done = stop
        if stop in looked:
            look.at(stop - 1, network, population)
        watch(stop / n_steps)
    return finish(config, simulation)


def network_of(config: Config, alive: Callable[[], None] = lambda: None) -> Network:
    """Who follows whom: drawn from the network's seed, read from the user's edge list, or saved.

    Runs share it; nobody changes it. alive : called while it is drawn; what it raises ends that.
    """
    people, wanted = config.population, config.network
    if wanted.saved is not None:
        path = wanted.saved
        network = graphs.shared(
            (path, graphs.stamp(wanted)), lambda: _checked(load_network(path), wanted)
        )
        check_people(network, wanted, people)
        return network
    seed = config.seed if wanted.seed is None else wanted.seed
    audience = leader_audiences(people, wanted.leader_share, wanted.leader_exponent)
    sizes = (people.n_core, people.n_customer, people.n_public)
    return graphs.shared(
        (wanted, graphs.stamp(wanted), seed, sizes, audience.tobytes()),
        lambda: _checked(build_network(wanted, seed, *sizes, audience, alive), wanted),
    )


def _checked(network: Network, config: NetworkConfig) -> Network:
    """What may arrive in one step must fit an int32: 25,000 followed accounts at full strength."""
    followed = network.n_followed().max()
    if followed * 1.3 * 65536 >= 2**31:
        key, hint = "network", "network.closure=0.3 network.tail_exponent=1.3"
        if config.saved is not None:
            key, hint = "network.saved", "a network without that person"
        elif config.edges is not None:
            key, hint = "network.edges", "an edge list without that person"
        raise ConfigError(
            key,
            int(followed),
            "one person follows more accounts than a step can sum",
            "at most 25,000 followed accounts",
            hint,
        )
    return network


def population_of(config: Config, scenario: Scenario, network: Network) -> Population:
    """Who is there, with traits and starting state."""
    return build_population(
        config.population, config.parameters, network, config.seed, scenario.clock.dt_h
    )


def _engine(config: Config, scenario: Scenario, network: Network, population: Population) -> Any:
    if config.engine.name == "mesa":
        from sim.model import BacklashModel, release  # Mesa costs 1.4 s and sets spawn

        model = BacklashModel(scenario, network, population, config.seed)
        release(model)  # nobody is created in a run
        return model
    from sim.engine import Simulation

    threads = config.engine.threads_per_run
    return Simulation(scenario, network, population, config.seed, threads=threads)


def mesa_model(config: Config, kind: type[Community] | None = None) -> Community:
    """One run as a Mesa model before its first step: to look at, collect from, or extend.

    With engine=columnar a step is one call of the kernel (`sim.model.ColumnarModel`), with
    engine=mesa every agent acts (`BacklashModel`); the bits are the same.
    kind : your own subclass of one of them. `sim.model.release(model)` lets go of a model: Mesa 3.3
    forgets none. Raises ConfigError for settings that no run could honour.
    """
    from sim.model import BacklashModel, ColumnarModel

    scenario = build_scenario(config)
    network = network_of(config)
    population = population_of(config, scenario, network)
    if kind is None:
        kind = BacklashModel if config.engine.name == "mesa" else ColumnarModel
    if issubclass(kind, ColumnarModel):
        threads = config.engine.threads_per_run
        return kind(scenario, network, population, config.seed, threads=threads)
    return kind(scenario, network, population, config.seed)


def finish(config: Config, simulation: Any) -> Run:
    """A finished simulation as a Run."""
    scenario: Scenario = simulation.script
    asked_for = asked(config, scenario.case)
    people, bounds = simulation.population.people, simulation.population.bounds
    slices = {kind: slice(bounds[k], bounds[k + 1]) for k, kind in enumerate(KINDS)}
    constants = scenario.constants[0]
    return Run(
        name=digest_of(asked_for),
        asked=asked_for,
        seed=config.seed,
        engine=config.engine.name,
        clock=scenario.clock,
        series={
            s.name: np.ascontiguousarray(simulation.record[:, i]) for i, s in enumerate(SERIES)
        },
        log=_log(scenario, simulation),
        weights={kind: float(constants[f"share_{kind}"]) for kind in KINDS},
        n_people={kind: int(bounds[k + 1] - bounds[k]) for k, kind in enumerate(KINDS)},
        trust_start={
            kind: float(people.trust_start[rows].mean(dtype=np.float64))
            for kind, rows in slices.items()
        },
    )


def _log(scenario: Scenario, simulation: Any) -> tuple[LogEntry, ...]:
    """The log in words: who and what instead of numbers."""
    from sim import world as w

    roles = simulation.population.leaders.role
    acts = (*STEPS, "delivery")

    def leader(k: int) -> str:
        role = int(roles[k])
        rank = int(np.sum(roles[:k] == role)) + 1
        return f"{('partner', 'neutral', 'antagonist')[role]}_{rank}"

    def source(code: float) -> str:
        origin, k = w.source_of(code)
        if origin == w.TAG_EVENT:
            return str(scenario.case.forcing[k].id)
        if origin == w.TAG_ACT:
            headline, act = divmod(k, w.N_ACTS)
            return acts[act] + (f"_{headline + 1}" if headline else "")
        if origin == w.TAG_WAVE:
            return w.WAVES[k]
        return f"{w.ORIGINS[origin]}_{leader(k)}"

    happened, room = int(simulation.table[0].n_log), simulation.entries.shape[0]
    if happened > room:
        raise ConfigError(
            "population.n_antagonist_leaders",
            int(np.sum(roles == ANTAGONIST)),
            f"{happened:,} things happened, more than the log of a run can hold",
            f"at most {room:,} with these opinion leaders",
            "fewer antagonists, a lower parameters.mock_per_h, or mechanisms.mocking=false",
        )
    entries = []
    for row in simulation.entries[:happened]:
        kind, who = int(row.kind), int(row.who)
        if kind == w.LOG_FORCING:
            name = str(scenario.case.forcing[who].id)
        elif kind == w.LOG_ACTION:
            name = acts[who]
        elif kind in (w.LOG_EXIT, w.LOG_MOCK):
            name = leader(who)
        elif kind in (w.LOG_LIST_ENTRY, w.LOG_LIST_EXIT):
            name = source(row.who)
        else:
            name = w.WAVES[who] if kind == w.LOG_SECOND_WAVE else "pr_team"
        entries.append(LogEntry(int(row.step), w.LOG_KINDS[kind], name, float(row.value)))
    return tuple(entries)


def people_at(config: Config, steps: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Copies of all columns of people after the given steps, with the network under "network".

    For pictures and tests of small communities; `sim.snapshots` streams a sample to disk.
    """
    taken: dict[int, dict[str, Any]] = {}

    def copy(step: int, network: Network, population: Population) -> None:
        taken[step] = {
            **{name: column.copy() for name, column in population.people._asdict().items()},
            "bounds": population.bounds,
            "network": network,
            "leader_role": population.leaders.role.copy(),
        }

    simulate(config, look=Look(steps, copy))
    return taken
