"""All runs that a config asks for: worlds drawn, seeds in each, and a frame of outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING

from sim.metrics import frame_of
from sim.progress import Progress, Stopped, runs_at_a_time, side_by_side
from sim.record import Run
from sim.run import Watch, simulate
from sim.settings.config import Config
from sim.settings.parameters import Parameters
from sim.settings.worlds import replicates
from sim.start import checked
from sim.state.scenario import build_scenario

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Ensemble:
    """Runs of one config in several worlds, in the order of the command line."""

    config: Config  #: as it was asked
    configs: tuple[Config, ...]  #: of each run: one world, one seed, nothing left to draw
    runs: tuple[Run, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a run: what it is, every outcome, and what was drawn.

        Columns: run, seed, response, world (its number in the design; with uncertainty=point
        worlds differ by their seeds alone), outcomes as in `sim.outcomes`, parameters.NAME of each
        parameter that is not the same in all.
        """
        import pandas as pd

        frame = frame_of(self.runs)
        n_seeds, first = self.config.uncertainty.n_seeds, self.config.uncertainty.first
        frame.insert(3, "world", [first + k // n_seeds for k in range(len(self.runs))])
        drawn = {
            f"parameters.{item.name}": [getattr(c.parameters, item.name) for c in self.configs]
            for item in fields(Parameters)
        }
        varied = {name: values for name, values in drawn.items() if len(set(values)) > 1}
        return pd.concat([frame, pd.DataFrame(varied, index=frame.index)], axis=1)


def ensemble(config: Config) -> Ensemble:
    """All runs that a config asks for: n_replicates worlds, uncertainty.n_seeds seeds in each.

    The worlds, seeds and numbers of `backlash run` with the same settings. As many runs go at once
    as there are cores (engine.threads); what takes longer than two seconds says how far it is, and
    Ctrl-C ends it. Snapshots, if they are asked for, are written as `sim.snapshots.observe` does.
    Nothing else is written. Raises ConfigError for settings that no run could honour.
    """
    configs = replicates(checked(config))
    build_scenario(config)  # what no run could honour is refused before any of them begins
    work: Callable[[Config, Watch], Run] = simulate
    if config.snapshots.every_h:
        from sim.snapshots import observe  # Arrow costs a moment

        work = observe
    progress = Progress(len(configs), config.response.name)
    stop = threading.Event()

    def one(k: int) -> Run:
        def watch(share: float) -> None:
            if stop.is_set():
                raise Stopped
            progress.part(k, share)

        if stop.is_set():
            raise Stopped
        run = work(configs[k], watch)
        progress.tick()
        return run

    jobs = [partial(one, k) for k in range(len(configs))]
    runs = side_by_side(jobs, runs_at_a_time(config), stop, progress)
    return Ensemble(config, tuple(configs), tuple(runs))
