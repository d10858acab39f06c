"""Design points: a configuration with its replicates, run resumably into the store."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from sim.case import read_case
from sim.config import Config, ConfigError, digest_of
from sim.parameters import Parameters
from sim.record import Run
from sim.scenario import asked, build_scenario
from sim.simulate import simulate
from sim.store import Store, part_digest, read_part

CHUNK = 5  #: replicates in a part
DESIGN_SEED = 20260105  #: of the scrambled Sobol design; fixed, so that all studies share worlds
NEVER = 1e8  #: a prior's upper end above this stands for "never" and is cut at twice the default


@dataclass(frozen=True)
class Failure:
    """A run that did not finish: why, and with which seed."""

    seed: int
    response: str
    reason: str


@dataclass
class Progress:
    """Done, left, and time left, on standard error; silent below two seconds."""

    total: int
    label: str = ""
    done: int = 0
    began: float = field(default_factory=time.monotonic)
    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tick(self, n: int = 1) -> None:
        """`n` more runs are done."""
        with self.lock:
            self.done += n
            now = time.monotonic()
            spent = now - self.began
            pause = 0.2 if sys.stderr.isatty() else 5.0
            if spent < 2 or (now - self.last < pause and self.done < self.total):
                return
            self.last = now
            left = spent / self.done * (self.total - self.done)
            line = f"{self.label} {self.done}/{self.total} runs, {left:.0f} s left"
            end = "\n" if self.done == self.total or not sys.stderr.isatty() else ""
            start = "\r" if sys.stderr.isatty() else ""
            print(f"{start}{line:<60}", end=end, file=sys.stderr, flush=True)


def priors() -> list[tuple[str, float, float]]:
    """Name and prior range of every parameter that has one."""
    result = []
    for item in fields(Parameters):
        low, high = item.metadata["low"], item.metadata["high"]
        if high > NEVER:
            high = 2 * float(item.default)  # type: ignore[arg-type]
        result.append((item.name, float(low), float(high)))
    return result


@lru_cache(maxsize=4)
def _design(n: int) -> npt.NDArray[np.float64]:
    sobol = qmc.Sobol(len(priors()), scramble=True, rng=np.random.default_rng(DESIGN_SEED))
    return sobol.random_base2(max(1, int(np.ceil(np.log2(max(2, n))))))


def world(k: int) -> Parameters:
    """The k-th plausible world: a draw of all parameters from their prior ranges.

    The first draws do not change when more are asked for, and are the same for every response.
    """
    size = 1024
    while k >= size:
        size *= 2
    point = _design(size)[k]
    values = {
        name: low + u * (high - low) for (name, low, high), u in zip(priors(), point, strict=True)
    }
    return Parameters(**values)


def replicates(config: Config) -> list[Config]:
    """The configs of a design point, one a replicate: seed + k, and world k if uncertain."""
    runs = []
    for k in range(config.n_replicates):
        parameters = world(k) if config.uncertainty.name == "prior" else config.parameters
        runs.append(replace(config, seed=config.seed + k, n_replicates=1, parameters=parameters))
    return runs


def name_of(config: Config) -> str:
    """The name that the run of this config will have."""
    return digest_of(asked(config, read_case(config.case)))


@dataclass(frozen=True)
class Result:
    """What became of a design point."""

    runs: list[Run]
    failures: list[Failure]
    n_reused: int


def run_points(
    configs: Sequence[Config],
    store: Store,
    threads: int | None = None,
    label: str = "",
    work: Callable[[Config], Run] = simulate,
) -> list[Result]:
    """Run design points, part by part; what the store has is not run again.

    Refuses before any work. Raises KeyboardInterrupt when interrupted: finished parts stay.
    """
    for config in configs:
        build_scenario(config)
    store.prepare()
    parts: list[tuple[int, list[Config], list[str]]] = []
    for point, config in enumerate(configs):
        members = replicates(config)
        for at in range(0, len(members), CHUNK):
            chunk = members[at : at + CHUNK]
            parts.append((point, chunk, [name_of(member) for member in chunk]))
    found: dict[int, list[Run]] = {}
    results = [Result([], [], 0) for _ in configs]
    for i, (_, _, names) in enumerate(parts):
        stored = store.load(names)
        if stored is not None:
            found[i] = stored
        elif (path := store.path(part_digest(names))).exists():
            print(read_part(path)[1], file=sys.stderr)
    missing = [i for i in range(len(parts)) if i not in found]
    progress = Progress(sum(len(parts[i][1]) for i in missing), label)
    failures: dict[int, list[Failure]] = {}
    stop = threading.Event()

    def compute(i: int) -> tuple[list[Run], list[Failure]]:
        runs, failed = [], []
        for member in parts[i][1]:
            if stop.is_set():
                break
            try:
                runs.append(work(member))
            except ConfigError:
                raise
            except Exception:
                reason = traceback.format_exc().strip().splitlines()[-1]
                failed.append(Failure(member.seed, member.response.name, reason))
            progress.tick()
        if not failed and len(runs) == len(parts[i][1]):
            store.save(runs)
        return runs, failed

    with ThreadPoolExecutor(threads or _cores()) as pool:
        jobs: dict[Future[tuple[list[Run], list[Failure]]], int] = {
            pool.submit(compute, i): i for i in missing
        }
        try:
            waiting = set(jobs)
            while waiting:
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for job in finished:
                    found[jobs[job]], failures[jobs[job]] = job.result()
        except BaseException:
            stop.set()
            for job in jobs:
                job.cancel()
            raise
    for i, (point, _, _) in enumerate(parts):
        results[point].runs.extend(found[i])
        results[point].failures.extend(failures.get(i, []))
    return [
        Result(
            result.runs,
            result.failures,
            sum(
                len(parts[i][1])
                for i in range(len(parts))
                if parts[i][0] == point and i not in missing
            ),
        )
        for point, result in enumerate(results)
    ]


def _cores() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
