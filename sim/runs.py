"""All runs that a config asks for: worlds drawn, seeds in each, and a frame of outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from sim.base.showing import figure_of, shower
from sim.metrics import outcomes
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
    from matplotlib.figure import Figure


def frame_of(runs: Sequence[Run]) -> pd.DataFrame:
    """Outcomes as a frame: one row a run, in their order, with its name, seed and response."""
    import pandas as pd

    return pd.DataFrame(
        [
            {"run": run.name, "seed": run.seed, "response": run.asked["response"]["name"],
             **outcomes(run)}
            for run in runs
        ]
    )  # fmt: skip


@dataclass(frozen=True)
class Ensemble:
    """Runs of one config in several worlds, in the order of the command line.

    >>> import sim
    >>> made = sim.ensemble(sim.compose(["population=classroom", "n_replicates=3"]))
    >>> len(made), len(made.frame), made.frame["world"].tolist()
    (3, 3, [0, 1, 2])
    """

    config: Config  #: as it was asked
    configs: tuple[Config, ...]  #: of each run: one world, one seed, nothing left to draw
    runs: tuple[Run, ...]

    def __len__(self) -> int:
        """How many runs there are."""
        return len(self.runs)

    def __repr__(self) -> str:
        """What was asked, and how many runs came of it."""
        case, response = self.config.case.name, self.config.response.name
        return f"Ensemble(case={case!r}, response={response!r}, {len(self.runs)} runs)"

    def _repr_html_(self) -> str | None:
        """The runs as a notebook shows them, where somebody does (`import backlash`)."""
        show = shower("html")
        return None if show is None else str(show(self))

    def plot(self, lang: str = "en") -> Figure:
        """Outrage, trust and heat over time: medians and bands of the runs, as a Matplotlib figure.

        lang : en or zh. Raises RuntimeError where only the simulator was imported: `import
        backlash` brings the figures.
        """
        return figure_of(list(self.runs), lang)

    @property
    def series(self) -> pd.DataFrame:
        """A row an hour of a run: run, response, world, time on the wall of the case, series.

        Flows (posts, views) are sums over the hour, states and prices are those at its end.
        """
        return series_of(self.runs, self._worlds)

    @property
    def _worlds(self) -> list[int]:
        """The number of the world of each run in the design."""
        n_seeds, first = self.config.uncertainty.n_seeds, self.config.uncertainty.first
        return [first + k // n_seeds for k in range(len(self.runs))]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a run: what it is, every outcome, and what was drawn.

        Columns: run, seed, response, world (its number in the design; with uncertainty=point
        worlds differ by their seeds alone), outcomes as in `sim.outcomes`, parameters.NAME of each
        parameter that is not the same in all.
        """
        import pandas as pd

        frame = frame_of(self.runs)
        frame.insert(3, "world", self._worlds)
        drawn = {
            f"parameters.{item.name}": [getattr(c.parameters, item.name) for c in self.configs]
            for item in fields(Parameters)
        }
        varied = {name: values for name, values in drawn.items() if len(set(values)) > 1}
        return pd.concat([frame, pd.DataFrame(varied, index=frame.index)], axis=1)


def series_of(runs: Sequence[Run], worlds: Sequence[int]) -> pd.DataFrame:
    """Series of runs on a grid of hours, run after run, each with the number of its world.

    Columns: run, response, world, time (on the wall of the case), hour (from the start of the
    case), series as in `sim.record.SERIES`.
    """
    import pandas as pd

    frames = []
    for run, world in zip(runs, worlds, strict=True):
        clock, every = run.clock, round(1 / run.clock.dt_h)
        told = {
            "run": run.name,
            "response": run.asked["response"]["name"],
            "world": world,
            "time": clock.times(every),
            "hour": [clock.hours(step) for step in range(0, clock.n_steps, every)],
        }
        frames.append(pd.DataFrame({**told, **run.coarser(1)}))
    return pd.concat(frames, ignore_index=True)


def ensemble(config: Config) -> Ensemble:
    """All runs that a config asks for: n_replicates worlds, uncertainty.n_seeds seeds in each.

    The worlds, seeds and numbers of `backlash run` with the same settings. As many runs go at once
    as there are cores (engine.threads); what takes longer than two seconds says how far it is, and
    Ctrl-C ends it. Snapshots, if they are asked for, are written as `sim.snapshots.observe` does.
    Nothing else is written. Raises ConfigError for settings that no run could honour.

    >>> import sim
    >>> config = sim.compose(["response=none", "population=classroom", "n_replicates=2"])
    >>> sim.ensemble(config)
    Ensemble(case='xiaomi_2026', response='none', 2 runs)
    """
    asked = checked(config)
    return ensembles([asked], asked.response.name)[0]


def ensembles(configs: Sequence[Config], label: str) -> list[Ensemble]:
    """The ensembles of several configs, their runs side by side. Refuses before any of them begins.

    label : what the line of progress begins with. The rest is as of `ensemble`.
    """
    drawn = [replicates(checked(config)) for config in configs]
    for config in configs:
        build_scenario(config)  # what no run could honour is refused before any of them begins
    flat = [one for own in drawn for one in own]
    progress = Progress(len(flat), label)
    stop = threading.Event()

    def one(k: int) -> Run:
        """Run number k of all of them; ends in its midst once another has failed."""

        def watch(share: float) -> None:
            if stop.is_set():
                raise Stopped
            progress.part(k, share)

        if stop.is_set():
            raise Stopped
        run = _work(flat[k])(flat[k], watch)
        progress.tick()
        return run

    jobs = [partial(one, k) for k in range(len(flat))]
    threads = runs_at_a_time(configs[0]) if configs else 1
    runs = iter(side_by_side(jobs, threads, stop, progress))
    return [
        Ensemble(config, tuple(own), tuple(islice(runs, len(own))))
        for config, own in zip(configs, drawn, strict=True)
    ]


def _work(config: Config) -> Callable[[Config, Watch], Run]:
    """What makes a run of a config, and its snapshots where it asks for them."""
    if not config.snapshots.every_h:
        return simulate
    from sim.snapshots import observe  # Arrow costs a moment

    return observe
