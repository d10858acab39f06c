"""Ours: the columnar engine, as one contestant among the others."""

from __future__ import annotations

from experiments.bench.stage import Stage, put
from sim.engine import Simulation


class Columns:
    """Blocks of columns and compiled rules; steps in one call."""

    name = "columnar"

    def __init__(self, stage: Stage) -> None:
        self.run = stage.run()

    def put(self, pilot: Simulation) -> None:
        put(self.run, pilot)

    def advance(self, steps: int) -> None:
        self.run.advance(steps)
