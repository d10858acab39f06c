"""config -> Run. Read this file first; every other module is one of these lines.

`simulate` is the whole way: `start_of` makes what a run starts from (`sim.start`), an engine moves
it from step to step (`sim.engine`, or `sim.mesa` agent by agent), and `gathered` makes a Run of
what it has recorded. `mesa_model` and `finish` are the same way in two halves, for whoever wants to
act in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.base.digest import digest_of
from sim.base.refusal import ConfigError
from sim.network.network import Network
from sim.people import ANTAGONIST, Population, read_only
from sim.record import KINDS, MONEY_SERIES, SERIES, LogEntry, Run
from sim.settings.conduct import EngineConfig
from sim.settings.config import Config
from sim.settings.identity import name_of_asked
from sim.start import Start, start_of
from sim.state.scenario import Scenario

if TYPE_CHECKING:
    from sim.mesa.community import Community

Watch = Callable[[float], None]  #: is told the share of a run that is done

#: People times steps of about half a second, by engine: between two calls of a watcher.
PIECE = {"columnar": 25_000_000, "mesa": 25_000}


@dataclass(frozen=True)
class Look:
    """A look at a run in progress: it sees everything and can change nothing."""

    steps: Sequence[int]  #: after these steps of the run
    at: Callable[[int, Network, Population], None]  #: what is called, with the step


def simulate(config: Config, watch: Watch | None = None, look: Look | None = None) -> Run:
    """One run. The same config gives the same bits, whatever the engine and whoever looks.

    A config that leaves its world open (uncertainty=posterior, the default, or prior) is run in the
    first world that the command line would draw.

    watch : told the share that is done, every half second or so; what it raises ends the run.
    look  : called after some steps.
    Raises ConfigError, before any work, for settings that no run could honour, for several
    replicates (`sim.ensemble` makes them) and for snapshots (`sim.snapshots.observe` writes them).

    >>> import sim
    >>> sim.simulate(sim.compose(["response=none", "population=classroom", "seed=3"])).seed
    3
    """
    if not (watch is None or callable(watch)):
        raise _no(watch, "watch", "a function of the share that is done", "sim.simulate(config)")
    if not (look is None or isinstance(look, Look)):
        raise _no(look, "look", "a sim.run.Look(steps, at)", "sim.run.people_at(config, [100])")
    start = start_of(config, None if watch is None else lambda: watch(0.0))
    simulation = engine_of(start)
    seen = read_only(start.population)
    n_steps = start.script.clock.n_steps
    piece = max(1, PIECE[config.engine.name] // start.network.n_people)
    # An engine stops before a step, so to look after one is to stop before the next.
    looked = set() if look is None else {step + 1 for step in look.steps}
    done = 0
    for stop in sorted({*range(piece, n_steps, piece), n_steps} | looked):
        simulation.advance(stop - done)
        done = stop
        if look is not None and stop in looked:
            look.at(stop - 1, start.network, seen)
        if watch is not None:
            watch(stop / n_steps)
    return gathered(start.config, simulation)


def _no(given: object, what: str, allowed: str, example: str) -> TypeError:
    """The refusal of an argument that is none."""
    kind = getattr(given, "__name__", None) or f"a {type(given).__name__}"
    return TypeError(f"{kind} is no {what}\n  allowed: {allowed}\n  try:     {example}")


def engine_of(start: Start) -> Any:
    """A run in progress by the engine that the config names; each is imported only when needed."""
    if start.config.engine.name == "mesa":
        from sim.mesa.model import BacklashModel  # Mesa costs 1.4 s and sets spawn

        return BacklashModel(start)
    from sim.engine import Simulation

    config, script, network, population = start
    threads = config.engine.threads_per_run
    return Simulation(script, network, population, config.seed, threads=threads)


def mesa_model(config: Config, kind: type[Community] | None = None) -> Community:
    """One run as a Mesa model before its first step: to look at, collect from, or extend.

    The world is the one that `simulate` draws. With engine=columnar a step is one call of the
    kernel (`sim.ColumnarModel`), with engine=mesa every agent acts (`sim.BacklashModel`); the bits
    are the same. kind : your own subclass of one of them. `sim.finish(model)` is its Run.
    Raises ConfigError for what `simulate` refuses.

    >>> import sim
    >>> model = sim.mesa_model(sim.compose(["response=none", "population=classroom"]))
    >>> model.step()
    >>> model.done                                # of 1,440 steps of a quarter of an hour
    1
    """
    from sim.mesa.model import BacklashModel, ColumnarModel

    if kind is not None and not (
        isinstance(kind, type) and issubclass(kind, BacklashModel | ColumnarModel)
    ):
        allowed = "a subclass of yours of sim.BacklashModel or sim.ColumnarModel"
        raise _no(kind, "kind of model", allowed, "sim.mesa_model(config)")
    start = start_of(config)
    if kind is None:
        kind = BacklashModel if config.engine.name == "mesa" else ColumnarModel
    return kind(start)


def finish(model: Community) -> Run:
    """A Mesa model at its horizon as a Run.

    A Run bears the name of its config only if it has the bits of `simulate(config)`, which is run
    for that. Whatever was done to a model that changes a bit (values written to agents, rules of a
    subclass of yours, who acts) makes another run: its name, `Run.altered` and its response say so,
    and the store does not keep it. Raises RuntimeError for a model that has not come to its end or
    holds numbers that mean nothing.

    >>> import sim
    >>> model = sim.mesa_model(sim.compose(["response=none", "population=classroom"]))
    >>> model.run_model()
    >>> sim.finish(model).altered
    False
    """
    from sim.mesa.community import Community

    if not isinstance(model, Community):
        raise TypeError(
            f"finish takes a model, not a {type(model).__name__}\n"
            "  allowed: what sim.mesa_model(config) returns, after model.run_model()\n"
            "  try:     sim.simulate(config), which gives a Run at once"
        )
    run = gathered(model.config, model)
    threads = model.config.engine.threads_per_run
    engine = EngineConfig("columnar", threads_per_run=threads)
    usual = simulate(replace(model.config, engine=engine))
    if _fingerprint(run) == _fingerprint(usual):
        return run
    wrong = model.impossible()
    if wrong:
        raise RuntimeError(
            f"no result: {wrong}\n"
            "  allowed: states of people as their columns are declared (sim.people.COLUMNS)\n"
            "  try:     the same model without what was written there"
        )
    return _altered(run, model)


def _fingerprint(run: Run) -> str:
    """Sixteen hex digits of all that a run holds beside what was asked.

    Two runs with the same ones have the same bits, whatever was done to reach them.
    """
    text = hashlib.sha256()
    for name, series in run.series.items():
        held = np.where(np.isnan(series), np.float32(np.nan), series)  # a NaN has many bits
        text.update(name.encode() + held.tobytes())
    text.update(repr((run.log, run.weights, run.n_people, run.trust_start)).encode())
    return text.hexdigest()[:16]


def _altered(run: Run, model: Community) -> Run:
    """A run that is not what its config asks for, with a name of its own.

    The name follows from its model and its bits, so that the same change gives the same name.
    """
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    named = deepcopy(dict(run.asked))
    named["altered"] = {"model": kind, "bits": _fingerprint(run)}
    named["response"]["name"] += " (altered)"
    return replace(run, name=digest_of(named), asked=named)


def gathered(config: Config, simulation: Any) -> Run:
    """What an engine computed from this drawn config, as a Run. Raises RuntimeError before its end.

    Nobody looks whether something else was done to it: `finish` does.
    """
    scenario: Scenario = simulation.script
    done, n_steps = simulation.done, scenario.clock.n_steps
    if done < n_steps:
        raise RuntimeError(
            f"the run has not ended: {done} of {n_steps} steps are done\n"
            "  allowed: a model at its horizon\n"
            "  try:     model.run_model() first; until then model.datacollector"
            ".get_model_vars_dataframe() has what was collected"
        )
    people, bounds = simulation.population.people, simulation.population.bounds
    rows = {kind: slice(bounds[k], bounds[k + 1]) for k, kind in enumerate(KINDS)}
    constants = scenario.constants[0]
    return Run(
        name=name_of_asked(scenario.asked),
        asked=deepcopy(scenario.asked),  # parts of it are shared among runs
        seed=config.seed,
        engine=config.engine.name,
        clock=scenario.clock,
        series=_series(scenario, simulation.record),
        log=_log(scenario, simulation),
        weights={kind: float(constants[f"share_{kind}"]) for kind in KINDS},
        n_people={kind: int(own.stop - own.start) for kind, own in rows.items()},
        trust_start={
            kind: float(people.trust_start[own].mean(dtype=np.float64))
            for kind, own in rows.items()
        },
    )


def _series(
    scenario: Scenario, record: npt.NDArray[np.float32]
) -> dict[str, npt.NDArray[np.float32]]:
    """The columns of a record by name; amounts are not a number where the case is not in HKD."""
    unknown = () if scenario.case.counts_money else MONEY_SERIES
    return {
        series.name: np.full(len(record), np.nan, np.float32)
        if series.name in unknown
        else np.ascontiguousarray(record[:, column])
        for column, series in enumerate(SERIES)
    }


def _log(scenario: Scenario, simulation: Any) -> tuple[LogEntry, ...]:
    """The log in words: who and what instead of numbers.

    The compiled step writes rows of numbers into a table of fixed length. Raises ConfigError for a
    run in which more happened than that table holds: a log that ends early would be read as whole.
    """
    from sim.state import tables as w

    roles = simulation.population.leaders.role
    happened, room = int(simulation.table[0].n_log), simulation.entries.shape[0]
    if happened > room:
        raise ConfigError(
            "population.n_antagonist_leaders", int(np.sum(roles == ANTAGONIST)),
            f"{happened:,} things happened, more than the log of a run can hold",
            f"at most {room:,} with these opinion leaders",
            "fewer antagonists, a lower parameters.mock_per_h, or mechanisms.mocking=false",
        )  # fmt: skip
    return tuple(
        LogEntry(
            int(row.step), w.LOG_KINDS[int(row.kind)], _who(row, scenario, roles), float(row.value)
        )
        for row in simulation.entries[:happened]
    )


def _who(row: Any, scenario: Scenario, roles: npt.NDArray[Any]) -> str:
    """Who did what a row of the log tells, or what it happened to, by name.

    row : of the log, whose `who` is a row of another table (an event, an act, a leader, a wave) or
    the code of a hashtag. roles : of the leaders, after which they are named.
    """
    from sim.state import tables as w

    kind, who = int(row.kind), int(row.who)
    if kind == w.LOG_FORCING:
        return str(scenario.case.forcing[who].id)
    if kind == w.LOG_ACTION:
        return scenario.act_names[who]
    if kind in (w.LOG_EXIT, w.LOG_MOCK, w.LOG_QUESTION):
        return _leader(who, roles)
    if kind in (w.LOG_LIST_ENTRY, w.LOG_LIST_EXIT, w.LOG_LISTED, w.LOG_PRESS):
        return _hashtag(row.who, scenario, roles)
    if kind == w.LOG_SECOND_WAVE:
        return w.WAVES[who]
    if kind == w.LOG_FOUND_OUT:
        return w.ACCUSATIONS[who]
    return "brand" if kind == w.LOG_SILENCE else "pr_team"


def _leader(k: int, roles: npt.NDArray[Any]) -> str:
    """An opinion leader by role and number in it: partner_1 is the first partner."""
    role = int(roles[k])
    rank = int(np.sum(roles[:k] == role)) + 1
    return f"{('partner', 'neutral', 'antagonist')[role]}_{rank}"


def _hashtag(code: float, scenario: Scenario, roles: npt.NDArray[Any]) -> str:
    """A hashtag of a run: its origin, what it was born of, and a number, with colons between.

    event:leak, act:penalty:2 (its third headline), exit:partner_1, wave:silence, crowd:crowd:312
    (the step), mock:antagonist_1:312. No two hashtags of a run have one name (`sim.course.listed`).
    """
    from sim.state import tables as w
    from sim.world import angles

    origin, k = angles.source_of(code)
    kind = w.ORIGINS[origin]
    if origin == w.TAG_EVENT:
        return f"{kind}:{scenario.case.forcing[k].id}"
    if origin == w.TAG_ACT:
        headline, act = divmod(k, w.MAX_ACTS)
        return f"{kind}:{scenario.act_names[act]}:{headline}"
    if origin == w.TAG_WAVE:
        return f"{kind}:{w.WAVES[k]}"
    if origin == w.TAG_CROWD:
        return f"{kind}:{kind}:{k}"
    step, leader = divmod(k, w.LEADERS)
    name = f"{kind}:{_leader(leader, roles)}"
    return name if origin == w.TAG_EXIT else f"{name}:{step}"


def people_at(config: Config, steps: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Copies of all columns of people after the given steps, with the network under "network".

    For pictures and tests of small communities; `sim.snapshots` streams a sample to disk.
    """
    taken: dict[int, dict[str, Any]] = {}

    def copy(step: int, network: Network, population: Population) -> None:
        """Keep all columns as they are after this step."""
        taken[step] = {
            **{name: column.copy() for name, column in population.people._asdict().items()},
            "bounds": population.bounds,
            "network": network,
            "leader_role": population.leaders.role.copy(),
        }

    simulate(config, look=Look(steps, copy))
    return taken
