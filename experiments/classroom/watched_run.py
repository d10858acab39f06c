"""One run of the laboratory as it is watched: hour by hour, with pictures of the network.

A run in pieces gives the same bits as `simulate`: the engine is only advanced a piece at a time. So
what the laboratory shows is what the command line computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.settings.config import Config

if TYPE_CHECKING:
    from sim.engine import Simulation
    from sim.record import Run


PEOPLE = 220  #: people drawn in the network, besides the opinion leaders


MAX_FRAMES = 400  #: pictures of the network in a run


@dataclass(frozen=True)
class Done:
    """A finished run with what its pictures of the network need.

    Rows of the sample: people first, opinion leaders last. Ties go from a position in `rows` to
    another.
    """

    run: Run  #: as `simulate` gives it
    config: Config
    steps: npt.NDArray[np.int64]  #: after which a picture was taken
    frames: npt.NDArray[np.uint8]  #: expressed outrage of the sample in percent, [n_frames, n]
    visible: npt.NDArray[np.float64]  #: share of all core fans who are visibly outraged
    rows: npt.NDArray[np.int64]  #: of the network: the sample, leaders last, int64[n]
    kind: npt.NDArray[np.int64]  #: 0 to 2 kinds of people, 3 to 5 roles of leaders, int64[n]
    audience: npt.NDArray[np.int64]  #: followers, int64[n]
    sources: npt.NDArray[np.int64]  #: of each tie: the position in rows of who is read
    targets: npt.NDArray[np.int64]  #: and of who reads


@dataclass
class Pictures:
    """What is kept of a run's people after every piece of it."""

    people: npt.NDArray[np.int64]  #: of the sample, rows of the network
    visible_from: float  #: expressed outrage from which others see it
    steps: list[int] = field(default_factory=list)  #: after which each was taken
    #: expressed outrage in percent, uint8[n] each
    frames: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    #: share of core fans who are visibly outraged
    visible: list[float] = field(default_factory=list)

    def take(self, simulation: Simulation) -> None:
        """One more picture: of the sample in percent, and the share of all core fans."""
        columns, n_core = simulation.population.people, simulation.population.bounds[1]
        self.steps.append(simulation.step - 1)
        self.frames.append(np.round(100 * columns.expressed[self.people]).astype(np.uint8))
        self.visible.append(float((columns.expressed[:n_core] >= self.visible_from).mean()))


class Cancelled(Exception):
    """The page has asked to stop; the run is given up, nothing of it is kept."""


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
    n_steps = scenario.clock.n_steps
    rows, sources, targets = sample(network, population.bounds, PEOPLE)
    people = rows[rows < network.n_people]
    pictures = Pictures(people, float(config.parameters.visible_outrage))
    hour = round(1 / scenario.clock.dt_h)
    piece = hour * math.ceil(n_steps / hour / MAX_FRAMES)
    while simulation.step < n_steps:
        if cancelled():
            raise Cancelled
        simulation.advance(piece)
        pictures.take(simulation)
        progress(simulation.step / n_steps)
    kinds = np.searchsorted(np.asarray(population.bounds[1:]), people, side="right")
    return Done(
        run=gathered(config, simulation),
        config=config,
        steps=np.array(pictures.steps),
        frames=np.array(pictures.frames),
        visible=np.array(pictures.visible),
        rows=rows,
        kind=np.concatenate([kinds, 3 + population.leaders.role.astype(np.int64)]),
        audience=np.diff(network.indptr)[rows].astype(np.int64),
        sources=sources,
        targets=targets,
    )


@lru_cache(maxsize=16)
def _positions(sources: bytes, targets: bytes, n: int) -> npt.NDArray[np.float64]:
    """The layout of a sample with these ties, kept: a run on the same network is drawn in the same
    places.
    """
    from experiments.reports.network_figure import layout

    return layout(np.frombuffer(sources, np.int64), np.frombuffer(targets, np.int64), n)


def lay_out(done: Done) -> npt.NDArray[np.float64]:
    """Where the sample is drawn, float64[n, 2]; the same for every run on the same network."""
    return _positions(done.sources.tobytes(), done.targets.tobytes(), done.rows.size)
