"""The project's own Mesa engine: agents that are views of columns, compiled rules, same bits."""

from __future__ import annotations

from experiments.bench.stage import Stage, put
from sim.engine import Simulation
from sim.mesa.model import BacklashModel
from sim.start import Start


class MesaEngine:
    """`sim.mesa.model` as it is; its agents pay for being views and for counter-based draws."""

    name = "mesa_engine"

    def __init__(self, stage: Stage) -> None:
        self.run = stage.run()
        run = self.run
        self.model = BacklashModel(Start(stage.config, run.script, run.network, run.population))

    def put(self, pilot: Simulation) -> None:
        run, model = self.run, self.model
        put(run, pilot)
        model.table[...] = run.table
        for name in ("acts", "tags", "entries", "broadcast", "census", "record"):
            getattr(model, name)[...] = getattr(run.tables, name)
        model.outbox = [tuple(row) for row in run.sent.tolist()]
        model.now = run.step

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.model.step()
