"""Who carried the outrage: each opinion leader's share of views, and the runs without it.

Views say who was heard, the runs without a leader what that changed: one who is heard by many may
change little, where others say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading.intervals import TooFewRuns, interval
from experiments.sweeps.running import refuse_snapshots
from sim.engine import Simulation
from sim.metrics import outcomes
from sim.people import SILENT
from sim.progress import Progress, runs_at_a_time
from sim.run import gathered
from sim.settings.config import Config
from sim.settings.worlds import replicates
from sim.start import start_of
from sim.state.tables import SCALE

WATCHED = ("outrage_burden_core", "public_reach")  #: outcomes that are compared
ROLES = ("partner", "neutral", "antagonist")  #: of leaders, by their code


def run_without(
    config: Config, silent: int | None
) -> tuple[dict[str, float], npt.NDArray[np.float64]]:
    """Outcomes of a run in which one leader never acts (None: all do), and the views delivered.

    Views: float64[n_leaders + 1], expected views of each leader's posts and, last, of all people's
    posts on their ties; group chats, the list and direct reach are not counted.
    """
    config, scenario, network, population = start_of(config)
    if silent is not None:
        population.leaders.role[silent] = SILENT
    simulation = Simulation(scenario, network, population, config.seed)
    audience = np.diff(network.indptr)
    delivered = np.zeros(network.n_kols + 1)
    for _ in range(scenario.clock.n_steps):
        simulation.advance(1)
        posts = simulation.sent
        views = posts[:, 1] / SCALE * audience[posts[:, 0]]
        leader = posts[:, 0] - network.n_people
        np.add.at(delivered, np.where(leader >= 0, leader, network.n_kols), views)
    return outcomes(gathered(config, simulation)), delivered


def carried(config: Config) -> pd.DataFrame:
    """One row a leader: audience, share of delivered views, and what its silence changes.

    Differences are without minus with, paired by seed, with bootstrap intervals (NaN below ten
    seeds). Columns: leader, audience (share of all people), share_of_views, then for each outcome
    mean, low, high. The network is that of the first replicate, as in every one of them.
    Raises ConfigError where snapshots are asked for.
    """
    refuse_snapshots(config, "the table of carriers")
    members = replicates(config)
    _, _, network, population = start_of(members[0])
    n, roles = network.n_kols, population.leaders.role
    by_seed = _with_and_without(config, members, n)
    delivered = np.array([with_all for (_, with_all), *_ in by_seed])
    shares = delivered[:, :n] / np.maximum(delivered.sum(axis=1, keepdims=True), 1e-12)
    audiences = np.diff(network.indptr)[network.n_people :] / network.n_people
    rows = [
        {
            "leader": f"{ROLES[role]}_{int(np.sum(roles[:leader] == role)) + 1}",
            "audience": float(audiences[leader]),
            "share_of_views": float(shares[:, leader].mean()),
            **_changed(by_seed, leader),
        }
        for leader, role in enumerate(map(int, roles[:n]))
    ]
    return pd.DataFrame(rows).sort_values("share_of_views", ascending=False, ignore_index=True)


#: Outcomes of a run, and the views that it delivered.
_Run = tuple[dict[str, float], npt.NDArray[np.float64]]


def _with_and_without(config: Config, members: Sequence[Config], n: int) -> list[list[_Run]]:
    """For every replicate: the run with all leaders, then one without each of the n."""
    jobs = [(member, leader) for member in members for leader in (None, *range(n))]
    progress = Progress(len(jobs), "carriers")

    def run(job: tuple[Config, int | None]) -> _Run:
        result = run_without(*job)
        progress.tick()
        return result

    with ThreadPoolExecutor(runs_at_a_time(config)) as pool:
        results = list(pool.map(run, jobs))
    return [results[k : k + n + 1] for k in range(0, len(results), n + 1)]


def _changed(by_seed: Sequence[Sequence[_Run]], leader: int) -> dict[str, float]:
    """The watched outcomes without a leader minus those with all of them, and their intervals."""
    row: dict[str, float] = {}
    for outcome in WATCHED:
        change = np.array([runs[leader + 1][0][outcome] - runs[0][0][outcome] for runs in by_seed])
        try:
            low, high = interval(change)
        except TooFewRuns:
            low = high = float("nan")
        row |= {
            f"{outcome}_without": float(change.mean()),
            f"{outcome}_low": low,
            f"{outcome}_high": high,
        }
    return row
