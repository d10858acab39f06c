"""What the laboratory computes beside its screen: choices -> config -> run, in pieces, in turn.

No NiceGUI in here. Limits: `WORKERS` runs at once, one request of a page at a time,
`MAX_WAITING` requests in the queue, which takes turns between addresses; the last `KEEP` runs stay
in memory.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from experiments.classroom.limits import POPULATIONS, Limiter, Refused
from sim.base.choices import DEFAULT_CASE, conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.playbook import KINDS, SHARES, SPOKEN, STEPS, Response, says_nothing
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import altered

if TYPE_CHECKING:
    from sim.record import Run

WORKERS = 2  #: runs at the same time
MAX_WAITING = 60  #: requests in the queue, of all pages together
KEEP = 48  #: finished runs in memory, about 3 MB each at a horizon of two weeks
PEOPLE = 220  #: people drawn in the network, besides the opinion leaders
MAX_FRAMES = 400  #: pictures of the network in a run
REQUESTS, REQUESTS_PER_S = 10, 2.0  #: of one page: so many at once, then so many a second

Value = float | str | bool | None


@dataclass(frozen=True)
class Lever:
    """One lever of a response: its key, its range with unit, or its few options."""

    step: str  #: step of the playbook; "" for the response as a whole
    name: str
    key: str
    low: float | None
    high: float | None
    unit: str
    options: tuple[str, ...]
    default: Value


@cache
def levers() -> Mapping[str, Lever]:
    """Every lever that a response has, by its key, in the order of the playbook."""

    def below(settings: Any, step: str) -> list[Lever]:
        found = []
        for item in fields(settings):
            value = getattr(settings, item.name)
            if is_dataclass(value):
                found += below(value, item.name)
            elif item.name not in ("name", "acts"):
                meta = item.metadata
                key = ".".join(part for part in ("response", step, item.name) if part)
                options = (
                    tuple(str(o.value) for o in type(value)) if isinstance(value, Enum) else ()
                )
                found.append(
                    Lever(
                        step, item.name, key, meta.get("low"), meta.get("high"),
                        meta.get("unit", ""), options,
                        value.value if isinstance(value, Enum) else value,
                    )
                )  # fmt: skip
        return found

    return {lever.key: lever for lever in below(Response(), "")}


@cache
def options_of(group: str) -> tuple[str, ...]:
    """The options of a folder of `conf/` that a page may run; what is not among them is refused."""
    if group == "population":
        return POPULATIONS
    return tuple(sorted(path.stem for path in (conf_dir() / group).glob("*.yaml")))


@cache
def titles_of(case: str) -> Mapping[str, str]:
    """The title of a case in each language, as its file has it."""
    return dict(read_yaml(conf_dir() / "case" / f"{case}.yaml")["title"])


WORLDS = ("posterior", "point")


#: A slider of hours: until so many hours, in steps of so many.
HOUR_STEPS = ((12.0, 0.5), (48.0, 1.0), (168.0, 6.0), (math.inf, 24.0))


def stops(lever: Lever, hours: float) -> list[float]:
    """Where a slider can stand: fine where it is used, not as far as is allowed.

    Hours lie close together in the first day, on which most answers come, and apart later.
    """
    low, high = float(lever.low or 0), float(lever.high or 0)
    if lever.unit.startswith("h"):
        high = min(high, hours)
        found, at = [0.0], 0.0
        while at < max(high, -low):
            at += next(step for until, step in HOUR_STEPS if at < until)
            found.append(at)
        both = sorted({*found, *(-h for h in found if h)})
        return [h for h in both if low <= h <= high]
    step, high = (0.05, high) if high <= 1 else (1e7, min(high, 1e9))
    return [round(low + k * step, 2) for k in range(round((high - low) / step) + 1)]


@dataclass
class Choice:
    """What one page has chosen. `words` gives it as the command line that reproduces it."""

    case: str = DEFAULT_CASE
    response: str = "as_happened"
    changes: dict[str, Value] = field(default_factory=dict)  #: lever -> value
    seed: int = 0
    world: str = "posterior"
    draw: int = 0  #: number of the world drawn from the posterior
    population: str = "default"
    against: str = ""  #: response to compare with, as its file says; "" for none

    def words(self, against: bool = False) -> list[str]:
        """The words of `backlash run`; with `against`, of the response compared with."""
        return [
            f"case={self.case}",
            f"response={self.against if against else self.response}",
            f"population={self.population}",
            f"uncertainty={self.world}",
            *([f"uncertainty.first={self.draw}"] if self.world == "posterior" else []),
            f"seed={self.seed}",
            *([] if against else [f"{k}={_typed(v)}" for k, v in sorted(self.kept().items())]),
        ]

    def copy(self) -> Choice:
        """The same choice, which stays when this one changes."""
        return replace(self, changes=dict(self.changes))

    def settings(self) -> Config:
        """The settings as chosen, before a world is drawn. Raises ConfigError."""
        return _settings(self, self.response, self.kept())

    def kept(self) -> dict[str, Value]:
        """The changes without what means nothing as the other levers stand.

        A page may move a lever of a step that is off, or a size to nothing: a run has no such step.
        """
        kept = dict(self.changes)

        def stands(key: str) -> Value:
            return kept[key] if key in kept else self.usual(key)

        def leave_out(key: str) -> None:
            kept[key] = levers()[key].default

        for step in STEPS:
            path, sizes = f"response.{step}", KINDS[step].SIZES
            happens = stands(f"{path}.delay_h") is not None
            nothing = happens and any(says_nothing(stands(f"{path}.{size}")) for size in sizes)
            for lever in levers().values():
                if lever.step == step and (nothing or not (happens or lever.name in sizes)):
                    leave_out(lever.key)
            trigger = f"{path}.trigger"
            if trigger in levers() and stands(trigger) not in [share.value for share in SHARES]:
                leave_out(f"{path}.threshold")
        if not stands("response.reform.delivered"):
            leave_out("response.reform.delivery_h")
        if all(stands(f"response.{step}.delay_h") is None for step in SPOKEN):
            leave_out("response.channel")
        return {key: value for key, value in kept.items() if value != self._usual(key)}

    def _usual(self, key: str) -> Value:
        """Where a lever stands as the file says; a key that is no lever is left to be refused."""
        return self.usual(key) if key in levers() else None

    def configs(self) -> list[Config]:
        """The config of the run, and of the one compared with. Raises ConfigError."""
        from sim.settings.worlds import replicates

        asked = [self.settings()]
        if self.against:
            asked.append(_settings(self, self.against, {}))
        return [replicates(config)[0] for config in asked]

    def set(self, key: str, value: Value) -> None:
        """Move a lever; the value that the response has anyway is no change.

        Where nobody is punished there is no severity either: the two move together.
        """
        lever = levers()[key]
        if isinstance(value, int) and not isinstance(value, bool) and lever.low is not None:
            value = float(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigError(key, value, "not a number", "a number", f"{key}={lever.default}")
        if value == self.usual(key):
            self.changes.pop(key, None)
        else:
            self.changes[key] = value
        if key == "response.penalty.level" and value == "none":
            self.set("response.penalty.severity", 0.0)

    def value(self, key: str) -> Value:
        """Where a lever stands."""
        return self.changes[key] if key in self.changes else self.usual(key)

    def usual(self, key: str) -> Value:
        """Where a lever stands as the file of the response says."""
        value: Any = base_of(self.case, self.response, self.population, self.world)
        for part in key.split("."):
            value = getattr(value, part)
        return value.value if isinstance(value, Enum) else value

    def switch(self, step: str, on: bool) -> None:
        """Let a step of the playbook happen, or not: all its levers together."""
        begins = KINDS[step].BEGINS if on else {}
        usual = self.usual(f"response.{step}.delay_h")
        for lever in levers().values():
            if lever.step == step:
                value = begins.get(lever.name, lever.default)
                value = value.value if isinstance(value, Enum) else value
                if on and usual is not None:
                    value = self.usual(lever.key)
                self.set(lever.key, value)

    def happens(self, step: str) -> bool:
        """Whether a step has a time."""
        return self.value(f"response.{step}.delay_h") is not None


def _typed(value: Value) -> str:
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )


@lru_cache(maxsize=64)
def base_of(case: str, response: str, population: str, world: str) -> Config:
    """The settings before any change. Raises ConfigError for what is not among the options.

    Composed once for all changes of levers: composing takes half a second, altering none.
    """
    for group, option in (("case", case), ("response", response), ("population", population)):
        if option not in options_of(group):
            raise ConfigError(
                group, option, "no such option", ", ".join(options_of(group)),
                f"{group}={options_of(group)[0]}",
            )  # fmt: skip
    if world not in WORLDS:
        raise ConfigError("uncertainty", world, "no such option", ", ".join(WORLDS), "posterior")
    return compose(
        [f"case={case}", f"response={response}", f"population={population}", f"uncertainty={world}"]
    )


def _settings(choice: Choice, response: str, changes: Mapping[str, Value]) -> Config:
    base = base_of(choice.case, response, choice.population, choice.world)
    unknown = [key for key in changes if key not in levers()]
    if unknown:
        raise ConfigError(unknown[0], changes[unknown[0]], "no such lever", "levers", "another")
    draw = {"uncertainty.first": choice.draw} if choice.world == "posterior" else {}
    return altered(base, {**changes, **draw, "seed": choice.seed})


@dataclass(frozen=True)
class Sample:
    """Some people and all opinion leaders of a network, laid out."""

    rows: npt.NDArray[np.int64]  #: of the network; leaders last
    kind: npt.NDArray[np.int64]  #: 0-2 kinds of people, 3-5 roles of leaders
    audience: npt.NDArray[np.int64]  #: followers
    sources: npt.NDArray[np.int64]  #: positions in rows: who is read
    targets: npt.NDArray[np.int64]  #: and who reads
    at: npt.NDArray[np.float64]  #: [n, 2]


@dataclass(frozen=True)
class Done:
    """A finished run with what its pictures of the network need."""

    run: Run
    config: Config
    steps: npt.NDArray[np.int64]  #: after which a picture was taken
    frames: npt.NDArray[np.uint8]  #: expressed outrage of the sample in percent, [n_frames, n]
    visible: npt.NDArray[np.float64]  #: share of all core fans who are visibly outraged
    rows: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    audience: npt.NDArray[np.int64]
    sources: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]


class Cancelled(Exception):
    """The page has asked to stop."""


def run_in_pieces(
    config: Config, progress: Callable[[float], None], cancelled: Callable[[], bool]
) -> Done:
    """`simulate(config)`, hour by hour: the same bits, with progress and pictures of the network.

    Raises ConfigError for what no run could honour, Cancelled when it was asked to stop.
    """
    from experiments.reports.network_figure import sample
    from sim.engine import Simulation
    from sim.run import gathered
    from sim.start import start_of

    config, scenario, network, population = start_of(config)
    simulation = Simulation(scenario, network, population, config.seed)
    bounds, n_steps = population.bounds, scenario.clock.n_steps
    rows, sources, targets = sample(network, bounds, PEOPLE)
    people = rows[rows < network.n_people]
    hour = round(1 / scenario.clock.dt_h)
    piece = hour * math.ceil(n_steps / hour / MAX_FRAMES)
    columns, visible_from = population.people, float(config.parameters.visible_outrage)
    steps, frames, visible = [], [], []
    while simulation.step < n_steps:
        if cancelled():
            raise Cancelled
        simulation.advance(piece)
        steps.append(simulation.step - 1)
        frames.append(np.round(100 * columns.expressed[people]).astype(np.uint8))
        visible.append(float((columns.expressed[: bounds[1]] >= visible_from).mean()))
        progress(simulation.step / n_steps)
    kinds = np.searchsorted(np.asarray(bounds[1:]), people, side="right")
    return Done(
        run=gathered(config, simulation),
        config=config,
        steps=np.array(steps),
        frames=np.array(frames),
        visible=np.array(visible),
        rows=rows,
        kind=np.concatenate([kinds, 3 + population.leaders.role.astype(np.int64)]),
        audience=np.diff(network.indptr)[rows].astype(np.int64),
        sources=sources,
        targets=targets,
    )


@lru_cache(maxsize=16)
def _positions(sources: bytes, targets: bytes, n: int) -> npt.NDArray[np.float64]:
    from experiments.reports.network_figure import layout

    return layout(np.frombuffer(sources, np.int64), np.frombuffer(targets, np.int64), n)


def lay_out(done: Done) -> npt.NDArray[np.float64]:
    """Where the sample is drawn, float64[n, 2]; the same for every run on the same network."""
    return _positions(done.sources.tobytes(), done.targets.tobytes(), done.rows.size)


@dataclass
class Job:
    """One request: a run, and perhaps the one it is compared with."""

    page: str
    address: str
    configs: list[Config]
    progress: float = 0.0
    state: str = "waiting"  #: waiting, running, done, cancelled, failed
    done: list[Done] = field(default_factory=list)
    positions: npt.NDArray[np.float64] | None = None
    error: Exception | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop at the next hour of the run."""
        self.stopped.set()


class Workbench:
    """Runs in turn: round the addresses, so that a flood from one delays the others by one run."""

    def __init__(self, workers: int = WORKERS, keep: int = KEEP) -> None:
        self._keep = keep
        self._kept: OrderedDict[str, Done] = OrderedDict()
        self._queues: OrderedDict[str, deque[Job]] = OrderedDict()
        self._busy: set[str] = set()
        self._changed = threading.Condition()
        self._limiter = Limiter(REQUESTS, REQUESTS_PER_S)
        self._open = True
        self.compiled = threading.Event()
        for k in range(workers):
            threading.Thread(target=self._work, name=f"laboratory-{k}", daemon=True).start()

    def warm(self) -> None:
        """Compile the rules with one small run, and load what charts need.

        A first start takes a minute or two.
        """
        try:
            run_in_pieces(Choice(population="classroom").configs()[0], lambda _: None, _never)
        finally:
            self.compiled.set()
        import_module("experiments.classroom.charts")
        import_module("experiments.calibration.case_score")

    def submit(self, page: str, address: str, choice: Choice) -> Job:
        """Queue a request. Raises ConfigError, or Refused: busy, too_fast, queue_full."""
        with self._changed:
            if page in self._busy:
                raise Refused("busy")
            if sum(map(len, self._queues.values())) >= MAX_WAITING:
                raise Refused("queue_full", n=MAX_WAITING)
        self._limiter.spend(page)
        job = Job(page, address, choice.configs())
        with self._changed:
            if page in self._busy:
                raise Refused("busy")
            self._busy.add(page)
            self._queues.setdefault(address, deque()).append(job)
            self._changed.notify()
        return job

    def stop(self) -> None:
        """Begin nothing new."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _next(self) -> Job | None:
        with self._changed:
            while self._open and not self._queues:
                self._changed.wait()
            if not self._open:
                return None
            address, queue = next(iter(self._queues.items()))
            job = queue.popleft()
            del self._queues[address]
            if queue:
                self._queues[address] = queue  # behind the others
            return job

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._run(job)
            except Cancelled:
                job.state = "cancelled"
            except Exception as problem:
                job.error, job.state = problem, "failed"
                if not isinstance(problem, ConfigError):
                    logging.getLogger("backlash").exception("a run of the laboratory failed")
            finally:
                with self._changed:
                    self._busy.discard(job.page)

    def _run(self, job: Job) -> None:
        from sim.state.scenario import name_of

        job.state, n = "running", len(job.configs)
        found = []
        for k, config in enumerate(job.configs):
            if job.stopped.is_set():
                raise Cancelled
            name = name_of(config)
            known = self._kept.get(name)
            if known is None:

                def tell(share: float, k: int = k) -> None:
                    job.progress = (k + share) / n

                known = run_in_pieces(config, tell, job.stopped.is_set)
            with self._changed:
                self._kept[name] = known
                self._kept.move_to_end(name)
                while len(self._kept) > self._keep:
                    self._kept.popitem(last=False)
            found.append(known)
        job.done, job.progress, job.state = found, 1.0, "done"
        job.positions = lay_out(found[0])


def _never() -> bool:
    return False


__all__ = ["STEPS", "Choice", "Done", "Job", "Lever", "Workbench", "levers", "options_of"]
