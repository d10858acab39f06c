"""How anything here is timed: CPU time, interleaved in one process, compared in pairs.

A shared machine warms up and its neighbours come and go, so single figures drift by a tenth and
more. In a round every contestant takes the same steps from the same state, one after the other;
a ratio is taken inside a round, and the median and quartiles over rounds are reported.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from experiments.bench.stage import ONSET, Stage
from sim.engine import Simulation

SHORTEST_S = 0.02  #: a sample is repeated from its state until it took this long

Spread = tuple[float, float, float]  #: lower quartile, median, upper quartile


class Contestant(Protocol):
    """Anything that can be put into the state of a run and take steps from there.

    So ours and every rival do the same work: from one state, the same number of steps.
    """

    name: str  #: also the key of its line in the table

    def put(self, pilot: Simulation) -> None:
        """Take over the state of `pilot`; never timed."""

    def advance(self, steps: int) -> None:
        """Take the next steps; timed."""


def sample(contestant: Contestant, pilot: Simulation, steps: int) -> float:
    """CPU seconds of the next `steps` steps after `pilot`.

    Short ones are repeated from the same state until they took SHORTEST_S together, and averaged.
    """
    spent, times = 0.0, 0
    while spent < SHORTEST_S:
        contestant.put(pilot)
        gc.collect(0)
        gc.disable()  # as timeit does; it favours rivals made of many objects
        began = time.process_time()
        contestant.advance(steps)
        spent += time.process_time() - began
        gc.enable()
        times += 1
    return spent / times


def interleaved(
    stage: Stage, contestants: Sequence[Contestant], rounds: int, steps: int, every: int = 60
) -> dict[str, list[float]]:
    """Nanoseconds per agent-step of each contestant in each round; rounds are `every` steps apart.

    The pilot plays the affair; at each stop all contestants take the next `steps` steps.
    """
    pilot = stage.run(at=ONSET)
    taken: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:  # compiled, allocated and looked up once before it counts
        contestant.put(pilot)
        contestant.advance(1)
    for _ in range(rounds):
        for contestant in contestants:
            spent = sample(contestant, pilot, steps)
            taken[contestant.name].append(spent / steps / stage.network.n_people * 1e9)
        pilot.advance(every)
    return taken


def spread(values: Sequence[float]) -> Spread:
    """Lower quartile, median and upper quartile."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return float(low), float(middle), float(high)


def paired(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Quartiles of the ratio, taken inside each round: a drift of the machine is in both and drops
    out.
    """
    return spread([a / b for a, b in zip(above, below, strict=True)])


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call, of all threads of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def wall(work: Callable[[], object]) -> float:
    """Seconds of one call on the clock, for what runs in several threads or processes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
