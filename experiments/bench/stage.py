"""The runs that are measured, and what is left of a step when a rival plays the people.

All contestants play the same affair in the same community, so that a ratio compares the work and
nothing else.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy.typing as npt

from sim.engine import Simulation
from sim.kernel.step import close_step, open_step
from sim.settings.composition import compose
from sim.settings.config import Config, PopulationConfig
from sim.start import network_of, population_of
from sim.state import tables as w
from sim.state.scenario import build_scenario

ONSET = 150  #: step at which measuring begins: the screenshot is out, and there is most to do


@cache
def _composed() -> Config:
    """The documented case at the default parameters, composed once."""
    return compose(["uncertainty=point"])


def config_of(n_people: int | None = None, seed: int = 0) -> Config:
    """The documented case as the command runs it, with a community of another size.

    n_people : None for the usual one.
    """
    config = replace(_composed(), seed=seed)
    if n_people is None:
        return config
    return replace(config, population=PopulationConfig(n_people=n_people))


class Stage:
    """One community and one script, on which any number of runs can be put."""

    def __init__(self, n_people: int) -> None:
        """Draw the community once. n_people : simulated people; None: as the settings have it."""
        self.config = config = config_of(n_people)
        self.seed = config.seed
        self.script = build_scenario(config)
        self.network = network_of(config)
        self._population = population_of(config, self.script, self.network)

    def run(self, at: int = 0, **constants: float) -> Simulation:
        """A run of its own, advanced to a step; constants: those that are other than usual.

        People are copied, the network is shared.
        """
        rows = self.script.constants.copy()
        for name, value in constants.items():
            rows[name] = value
        script, population = replace(self.script, constants=rows), copy.deepcopy(self._population)
        simulation = Simulation(script, self.network, population, self.seed)
        simulation.advance(at)
        return simulation


def put(target: Simulation, source: Simulation) -> None:
    """Bring one run to the state of another of the same stage."""
    for mine, theirs in zip(_arrays(target), _arrays(source), strict=True):
        mine[...] = theirs
    target.step = source.step


def _arrays(run: Simulation) -> list[npt.NDArray[Any]]:
    """Everything in a run that changes, in one order: what `put` copies."""
    t, people = run.tables, run.population
    rows = [t.world, t.acts, t.tags, t.entries, t.broadcast, t.census, t.record]
    posts = [array for posts in run.posts for array in posts]
    columns = [*people.people, *people.groups[1:], *people.leaders, *people.investors]
    return [*rows, *posts, *columns]


class Rest:
    """A run whose people somebody else plays; all else is the engine's own compiled code.

    So a rival is timed on people and posts, where a step spends its time, and cannot differ in
    anything else.
    """

    def __init__(self, run: Simulation) -> None:
        self.run = run
        self.world = run.table[0]
        self.shown = run.tables.views  #: views shown directly in this step, by topic and kind
        constants = run.script.constants[0]
        self.p = SimpleNamespace(
            **{
                name: constants[name].tolist() if constants.dtype[name].shape else float(value)
                for name, value in zip(constants.dtype.names, constants, strict=True)
            }
        )

    def open(self) -> SimpleNamespace:
        """Begin a step; what everybody reads in it, as plain numbers."""
        run, clock = self.run, self.run.script.clock
        open_step(run.state, run.step)
        return SimpleNamespace(
            **dict(zip(w.WORLD.names or (), run.table.tolist()[0], strict=True)),
            circadian=float(run.script.circadian[run.step]),
            dt_h=clock.dt_h,
        )

    def close(self) -> None:
        """End a step: leaders, platform, PR team, market, record. Only leaders' posts are sent.

        Posts of people were the rival's to deliver.
        """
        run = self.run
        leaving = run.posts[1 - run.step % 2]
        leaving.n[0] = 0
        close_step(run.state, run.step, leaving)
        run.step += 1
