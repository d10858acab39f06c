"""NDlib: two of its diffusion models on our network; simpler models than ours, unchanged."""

from __future__ import annotations

import numpy as np

from experiments.bench.stage import Stage
from sim.engine import Simulation

SEEDED = 0.02  #: share of people who are infected when an iteration begins


class NDlibModel:
    """Threshold (everybody counts infected neighbours) or SIR (the infected try theirs)."""

    def __init__(self, stage: Stage, graph: object, model: str) -> None:
        from ndlib.models import ModelConfig
        from ndlib.models.epidemics import SIRModel, ThresholdModel

        self.name = f"ndlib_{model}"
        infected = np.random.default_rng(stage.seed).random(stage.network.n_people) < SEEDED
        settings = ModelConfig.Configuration()
        settings.add_model_initial_configuration("Infected", np.flatnonzero(infected).tolist())
        if model == "threshold":
            self.model = ThresholdModel(graph)
            for node in range(stage.network.n_people + stage.network.n_kols):
                settings.add_node_configuration("threshold", node, 0.3)
        else:
            self.model = SIRModel(graph)
            settings.add_model_parameter("beta", 0.01)
            settings.add_model_parameter("gamma", 0.02)
        self.model.set_initial_status(settings)
        self.begins = dict(self.model.status)

    def put(self, pilot: Simulation) -> None:
        self.model.status = dict(self.begins)
        self.model.actual_iteration = 1  # NDlib's iteration 0 only reports

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.model.iteration(node_status=False)


def models(stage: Stage) -> list[NDlibModel]:
    """Both models on one networkx graph, a tie pointing from the followed to the follower."""
    import networkx as nx

    network = stage.network
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.n_people + network.n_kols))
    author = np.repeat(np.arange(network.indptr.size - 1), np.diff(network.indptr))
    graph.add_edges_from(zip(author.tolist(), network.followers.tolist(), strict=True))
    return [NDlibModel(stage, graph, model) for model in ("threshold", "sir")]
