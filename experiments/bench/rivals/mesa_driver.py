"""A bare Mesa model around the kernel: what `Model.step()` adds to a step of the columns."""

from __future__ import annotations

import mesa

from experiments.bench.rivals.columns import Columns
from experiments.bench.stage import Stage
from sim.model import release


class Driver(mesa.Model):
    """One call to the kernel a step."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self.columns = columns

    def step(self) -> None:
        self.columns.advance(1)


class MesaDriver(Columns):
    """The columnar engine, stepped by Mesa."""

    name = "mesa_driver"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.model = Driver(Columns(stage))
        self.model.columns.run = self.run
        release(self.model)

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.model.step()
