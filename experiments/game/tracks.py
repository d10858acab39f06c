"""Runs of a debrief in threads: what is kept of each, and none run twice.

A debrief takes some hundreds of runs; of each only outcomes and two curves stay in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sim.metrics import outcomes
from sim.progress import cores
from sim.run import simulate
from sim.settings.config import Config
from sim.state.scenario import name_of

CURVES = ("outrage_core", "heat")  #: series that figures of a debrief draw


Tick = Callable[[], None]  #: called once for every run


@dataclass(frozen=True)
class Track:
    """What is kept of a run: outcomes by name, and the series of CURVES by step.

    Curves are empty where only outcomes were asked for.
    """

    outcomes: Mapping[str, float]  #: by name; NaN where something did not happen
    curves: Mapping[str, npt.NDArray[np.float32]]  #: by name, float32[n_steps]


class Bench:
    """Runs in threads. What was run before under the same name is not run again.

    Teams that chose alike share their twins, and one team's flip is another team's game. Compiled
    code leaves the interpreter to the others, so threads are enough.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or cores()
        self._kept: dict[str, Track] = {}

    def tracks(self, configs: Sequence[Config], tick: Tick, *, curves: bool = True) -> list[Track]:
        """The runs of these configs, in their order.

        tick : called once for each, also for one that was known. curves : whether series are
        wanted; a run kept without them is run again when they are. Exceptions of a run are raised
        here.
        """
        names = [name_of(config) for config in configs]
        waiting = {
            name: config
            for name, config in zip(names, configs, strict=True)
            if name not in self._kept or (curves and not self._kept[name].curves)
        }
        for _ in range(len(configs) - len(waiting)):
            tick()
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="debrief-run")
        try:
            for name, track in zip(waiting, pool.map(_track, waiting.values()), strict=True):
                self._kept[name] = track if curves else replace(track, curves={})
                tick()
        finally:  # what has not begun is dropped when somebody interrupts
            pool.shutdown(cancel_futures=True)
        return [self._kept[name] for name in names]


def _track(config: Config) -> Track:
    """Run a config and keep what a debrief needs of it."""
    run = simulate(config)
    return Track(outcomes(run), {name: run.series[name] for name in CURVES})
