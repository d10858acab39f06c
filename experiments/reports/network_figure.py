"""The network of one run: a sample of its people before the case and at the peak of outrage.

A picture to look at and no statistics: of one run, of a few hundred people.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.pictures import network_plot
from experiments.pictures.dates import day_name
from experiments.pictures.words import say
from sim.network.network import Network
from sim.record import Run
from sim.run import people_at
from sim.settings.config import Config
from sim.settings.parameters import Parameters
from sim.settings.worlds import as_drawn

SAMPLE = 260  #: people in the network figure


def sample(
    net: Network, bounds: Sequence[int], n: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """About n people, evenly from each kind, and all opinion leaders.

    Returns their rows of the network (leaders last) and, as positions in these, both ends of every
    tie among them: who is read, and who reads.
    """
    share = min(1.0, n / net.n_people)
    people = np.concatenate(
        [
            np.linspace(
                bounds[k], bounds[k + 1] - 1, max(2, int((bounds[k + 1] - bounds[k]) * share))
            ).astype(int)
            for k in range(3)
        ]
    )
    rows = np.concatenate([np.unique(people), net.n_people + np.arange(net.n_kols)])
    position = {int(row): i for i, row in enumerate(rows)}
    ties = [
        (i, position[int(follower)])
        for i, row in enumerate(rows)
        for follower in net.followers[net.indptr[row] : net.indptr[row + 1]]
        if int(follower) in position
    ]
    sources, targets = (
        (np.array(ends, np.int64) for ends in zip(*ties, strict=True))
        if ties
        else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    )
    return rows, sources, targets


def layout(
    sources: npt.NDArray[np.int64], targets: npt.NDArray[np.int64], n: int
) -> npt.NDArray[np.float64]:
    """Positions by a small spring model (Fruchterman-Reingold), from a fixed start: float64[n, 2].

    sources, targets : both ends of the ties, as positions below n. The start is a sunflower spiral
    and not drawn, so that a network always looks the same; a pull to the middle keeps those without
    ties in the picture. Costs n x n in memory: for a sample.
    """
    spiral = np.sqrt((np.arange(n) + 0.5) / n)
    angle = np.pi * (1 + 5**0.5) * np.arange(n)
    at = np.column_stack([spiral * np.cos(angle), spiral * np.sin(angle)])
    k = 1.2 / np.sqrt(n)
    for heat in np.linspace(0.12, 0.004, 120):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-3)
        push = (apart * (k**2 / distance**2)[:, :, None]).sum(axis=1)
        pull = np.zeros_like(at)
        along = at[sources] - at[targets]
        force = along * (np.linalg.norm(along, axis=1) / k)[:, None] * 0.25
        np.add.at(pull, sources, -force)
        np.add.at(pull, targets, force)
        move = push + pull - 0.05 * at
        length = np.maximum(np.linalg.norm(move, axis=1), 1e-9)
        at = at + move / length[:, None] * np.minimum(length, heat)[:, None]
    return at


def figure_network(config: Config, runs: Sequence[Run], lang: str) -> Figure:
    """The people of the first run before the case and when fan outrage peaks, side by side.

    The run is simulated once more, in its own world, for its people: a stored run has none.
    """
    run = runs[0]
    before = max(0, run.clock.burn_in_steps - 1)
    top = max(int(np.argmax(run.series["outrage_core"])), before + 1)
    drawn = Parameters(**run.asked["parameters"])  # the world of this run, not the defaults
    taken = people_at(as_drawn(config, run.seed, drawn), [before, top])
    bounds, net = taken[before]["bounds"], taken[before]["network"]
    rows, sources, targets = sample(net, bounds, SAMPLE)
    at = layout(sources, targets, rows.size)
    edges = pd.DataFrame(
        {"x0": at[sources, 0], "y0": at[sources, 1], "x1": at[targets, 0], "y1": at[targets, 1]}
    )
    still = pd.DataFrame(
        {
            "x": at[:, 0],
            "y": at[:, 1],
            "size": 8 + 2.2 * np.sqrt(np.diff(net.indptr)[rows]),
            "core": rows < bounds[1],
            "leader": [*[-1] * (rows.size - net.n_kols), *taken[before]["leader_role"]],
        }
    )
    figure, axes = plt.subplots(1, 2, figsize=(11, 5.2))
    marks = None
    for ax, step, key in ((axes[0], before, "before"), (axes[1], top, "at_peak")):
        nodes = still.assign(outrage=_outrage(taken[step]["expressed"], rows, net.n_people))
        time = run.clock.time_of(step)
        moment = f"{day_name(time, lang)} {time:%H:%M}"
        marks = network_plot.network(ax, nodes, edges, say(key, lang, time=moment), lang)
    handles, names = axes[1].get_legend_handles_labels()
    handles.append(Line2D([], [], linestyle="", label=say("size_followers", lang)))
    figure.legend(handles, [*names, say("size_followers", lang)], loc="outside lower left", ncols=6)
    figure.colorbar(marks, ax=axes, shrink=0.7, label=say("outrage", lang))
    seen = taken[top]["expressed"] >= drawn.visible_outrage
    fans, others = float(seen[: bounds[1]].mean()), float(seen[bounds[1] : bounds[3]].mean())
    title = say("title_network", lang, seed=run.seed, a=fans, b=others)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    return figure


def _outrage(
    expressed: npt.NDArray[np.float32], rows: npt.NDArray[np.int64], n_people: int
) -> npt.NDArray[np.float64]:
    """Expressed outrage of sampled rows of the network; leaders, who have none, are 0."""
    outrage = np.zeros(rows.size)
    person = rows < n_people
    outrage[person] = expressed[rows[person]]
    return outrage
