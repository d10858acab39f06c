"""The project's Mesa model around the kernel: what `Model.step()` adds to a step of the columns."""

from __future__ import annotations

from experiments.bench.rivals.columns import Columns
from experiments.bench.stage import Stage
from sim.mesa.model import ColumnarModel
from sim.start import Start


class MesaDriver(Columns):
    """The columnar engine, stepped by Mesa, its data collector included."""

    name = "mesa_driver"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        run = self.run
        self.model = ColumnarModel(Start(stage.config, run.script, run.network, run.population))
        self.run = self.model.simulation

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.model.step()
