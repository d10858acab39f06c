"""What our own steps cost: growth with people and with activity, memory, threads, a whole run.

No rival is in here but C, where the question is what a step costs at best.
"""

from __future__ import annotations

import contextlib
import os
import resource
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
from numba import njit

from experiments.bench.lines import Line, measured
from experiments.bench.measure import Contestant, cpu, interleaved, paired, sample, spread, wall
from experiments.bench.rivals.c_people import CPeople
from experiments.bench.rivals.columns import Columns
from experiments.bench.stage import ONSET, Stage, config_of
from sim.engine import Simulation
from sim.run import simulate


def growth(sizes: Sequence[int], rounds: int = 9, steps: int = 4) -> list[Line]:
    """The same affair in communities of several sizes, interleaved; the exponent of cost.

    An exponent of 1 is a cost in proportion to people.
    """
    stages = [Stage(n) for n in sizes]
    contestants = [Columns(stage) for stage in stages]
    pilots = [stage.run(at=ONSET) for stage in stages]
    taken = np.empty((rounds, len(sizes)))
    for row in taken:
        for k, (contestant, pilot) in enumerate(zip(contestants, pilots, strict=True)):
            row[k] = sample(contestant, pilot, steps) / steps
            pilot.advance(50)
    log_n = np.log(sizes)
    exponents = [float(np.polyfit(log_n, np.log(row), 1)[0]) for row in taken]
    per_agent = taken / np.array(sizes) * 1e9
    lines = [
        measured("columnar", "columnar engine, per agent-step", n, spread(column.tolist()), "ns")
        for n, column in zip(sizes, per_agent.T, strict=True)
    ]
    what = f"exponent of cost, {sizes[0]:,} to {sizes[-1]:,} people"
    return [*lines, measured("growth", what, 0, spread(exponents), "")]


class Busy(Columns):
    """The engine in a community of which a given share posts in every step.

    The rate of posting is set so that the share comes out; baseline talk, which reaches nobody, is
    none, so that every post is pushed to its author's followers.
    """

    def __init__(self, stage: Stage, share: float) -> None:
        self.run = stage.run(baseline_talk=0.0)
        self.name, self.share = f"busy_{share:g}", share
        self.set_for = -1

    def put(self, pilot: Simulation) -> None:
        """Also takes one step, so that the first timed step has posts to deliver."""
        if self.set_for != pilot.step:
            self.set_rate(pilot)
        super().put(pilot)
        super().advance(1)

    def set_rate(self, pilot: Simulation) -> None:
        """Bisect the rate of posting in the first steps after the pilot's."""
        low, high = 1e-4, 1e6
        for _ in range(24):
            rate = (low * high) ** 0.5
            self.run.tables.constants["post_per_h"] = rate
            low, high = (rate, high) if self.posting(pilot) < self.share else (low, rate)
        self.set_for = pilot.step

    def posting(self, pilot: Simulation) -> float:
        """Share of people who post, over the steps that will be timed."""
        super().put(pilot)
        shares = []
        for _ in range(4):
            super().advance(1)
            shares.append(self.run.sent.shape[0] / self.run.network.n_people)
        return float(np.mean(shares[1:]))


class BusyInC(CPeople):
    """The same busy community with its people in C, at the rate of posting that ours was set to."""

    def __init__(self, stage: Stage, busy: Busy) -> None:
        super().__init__(stage)
        self.name, self.busy = f"{busy.name}_c", busy

    def put(self, pilot: Simulation) -> None:
        self.busy.put(pilot)
        self.run.tables.constants[:] = self.busy.run.tables.constants
        super().put(self.busy.run)


def activity(n_people: int, rounds: int = 9, steps: int = 3) -> list[Line]:
    """Twenty times as many posts a step: how many times the cost, in ours and in C.

    Without a C compiler only ours is there.
    """
    stage = Stage(n_people)
    calm, busy = Busy(stage, 0.01), Busy(stage, 0.20)
    pairs: dict[str, tuple[Contestant, Contestant]] = {"activity": (calm, busy)}
    with contextlib.suppress(ImportError):
        pairs["activity_c"] = (BusyInC(stage, calm), BusyInC(stage, busy))
    everybody = [each for pair in pairs.values() for each in pair]
    taken = interleaved(stage, everybody, rounds, steps)
    what = {
        "activity": "cost with 20 % of people posting a step, over 1 %",
        "activity_c": "20 % over 1 %, people in C",
    }
    return [
        measured(
            key,
            what[key],
            n_people,
            paired(taken[much.name], taken[little.name]),
            note=f"{spread(taken[little.name])[1]:.1f} and {spread(taken[much.name])[1]:.1f} ns",
        )
        for key, (little, much) in pairs.items()
    ]


def memory(n_people: int) -> list[Line]:
    """Bytes that the state of a person takes, and a tie; counted, not measured."""
    run = Stage(n_people).run()
    population, network = run.population, run.network
    columns: list[Any] = [*population.people, population.groups.of, population.groups.others]
    state = (sum(column.nbytes for column in columns) + network.indptr.nbytes) / n_people
    tie = network.followers.nbytes / network.n_ties
    note = "columns, chats, row pointer of the ties"
    return [
        Line("state_bytes", "state of a person", n_people, state, unit="B", note=note),
        Line("tie_bytes", "a tie", n_people, tie, unit="B"),
    ]


def threads(n_people: int, rounds: int = 9, steps: int = 300) -> list[Line]:
    """Two runs one after the other, over the same two in two threads; on the clock."""
    stage = Stage(n_people)
    pilot, runs = stage.run(at=ONSET), [Columns(stage), Columns(stage)]
    spins = [partial(_arithmetic, np.zeros(1024), 500_000) for _ in range(2)]
    _at_once(spins)
    ratios, ceilings = [], []
    for _ in range(rounds):
        for run in runs:
            run.put(pilot)
        apart = sum(wall(partial(run.advance, steps)) for run in runs)
        for run in runs:
            run.put(pilot)
        ratios.append(apart / wall(lambda: _at_once([partial(run.advance, steps) for run in runs])))
        ceilings.append(2 * wall(spins[0]) / wall(lambda: _at_once(spins)))
    note = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    what = "two runs in two threads, speed-up"
    ceiling = "arithmetic in the first cache, in two threads, speed-up"
    return [
        measured("threads", what, n_people, spread(ratios), note=note),
        measured("threads_ceiling", ceiling, 0, spread(ceilings)),
    ]


@njit(error_model="numpy", nogil=True)
def _arithmetic(x: Any, times: Any) -> None:
    """What two threads can gain here at best: they share nothing, and need no memory."""
    for _ in range(times):
        for i in range(x.shape[0]):
            x[i] = 0.999 * x[i] + 0.001


def _at_once(work: Sequence[Callable[[], object]]) -> None:
    """Do several things in threads of their own and wait for all."""
    workers = [threading.Thread(target=each) for each in work]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def whole_run(samples: int = 9) -> list[Line]:
    """CPU time of one default run, from the settings to the record, over several seeds."""
    config = config_of()
    simulate(config)
    configs = [replace(config, seed=seed) for seed in range(samples)]
    times = [cpu(partial(simulate, config)) * 1e3 for config in configs]
    what = "default run, network and record included"
    return [measured("default_run", what, config.population.n_people, spread(times), "ms")]


def at_scale(n_people: int, steps: int = 20) -> list[Line]:
    """One community beyond the caches: its network, its steps, its memory."""
    held = SimpleNamespace()

    def build() -> None:
        """Draw the community: timed by itself, and kept for the steps."""
        held.stage = Stage(n_people)

    built = cpu(build)
    n_ties = held.stage.network.n_ties
    run = held.stage.run(at=ONSET)
    stepping = cpu(lambda: run.advance(steps)) / steps
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    per_tie, note = built / n_ties * 1e9, f"{built:.1f} s of CPU for {n_ties:,} ties"
    return [
        Line("build", "community built, per tie", n_people, per_tie, unit="ns", note=note),
        Line("step", "a step", n_people, stepping * 1e3, unit="ms"),
        Line("peak", "peak memory of this process so far", 0, peak, unit="GiB"),
    ]
