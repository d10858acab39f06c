"""One run of the laboratory as it is watched: hour by hour, with pictures of the network.

A run in pieces gives the same bits as `simulate`: the engine is only advanced a piece at a time. So
what the laboratory shows is what the command line computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.settings.config import Config

if TYPE_CHECKING:
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
    from experiments.reports.demo_figures import sample
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
    """The layout of a sample with these ties, kept: a run on the same network is drawn in the same
    places.
    """
    from experiments.reports.demo_figures import layout

    return layout(np.frombuffer(sources, np.int64), np.frombuffer(targets, np.int64), n)


def lay_out(done: Done) -> npt.NDArray[np.float64]:
    """Where the sample is drawn, float64[n, 2]; the same for every run on the same network."""
    return _positions(done.sources.tobytes(), done.targets.tobytes(), done.rows.size)
