"""What answering does in synthetic affairs: the same affair with another response, paired.

Attention is calibrated by the corpus, the sign of answering on it is not identified there, and
outrage is not seen on a list at all: these contrasts rest on the model's priors and are shown as
such, wave by wave, so that nobody prints a sign that hangs on when a fit stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import sim
from experiments.corpus.ingredients import Population
from experiments.corpus.library import kept, own_scripts
from experiments.corpus.scripts import Script
from experiments.corpus.synthetic import Drawn, config_of, draw, sight_of

#: Responses that are compared, by hours after the accusation; the first is the reference.
ARMS: dict[str, tuple[tuple[str, float], ...]] = {
    "silence": (),
    "apology after 4 h": (("apologise", 4.0),),
    "apology after 24 h": (("apologise", 24.0),),
    "explanation after 4 h": (("explain", 4.0),),
    "denial after 4 h": (("deny", 4.0),),
    "apology and penalty": (("apologise", 4.0), ("penalty", 24.0)),
}
OUTCOMES = ("heat_ratio", "topics", "outrage_burden_core")


def contrasts(
    population: Population, n: int, folder: Path, seed: int, scripts: Sequence[Script] | None = None
) -> pd.DataFrame:
    """Mean paired difference from silence with a 90 % interval, and the share of affairs above it.

    Columns arm, outcome, mean, low, high, share; heat_ratio is the log of 50,000 heat-hours more
    than was listed, over the same under silence. n : affairs.
    """
    if not n:
        return pd.DataFrame(columns=["arm", "outcome", "mean", "low", "high", "share"])
    own = own_scripts(scripts)
    jobs = [(number, population, own, seed) for number in range(n)]
    rows = np.array(kept(_all_arms, jobs, folder / f"contrasts_{seed}", "affairs compared"))
    difference = rows[:, 1:] - rows[:, :1]
    rng = np.random.default_rng(seed)
    again = rng.integers(0, n, (1000, n))
    found = []
    for a, arm in enumerate(list(ARMS)[1:]):
        for k, outcome in enumerate(OUTCOMES):
            value = difference[:, a, k]
            low, high = np.percentile(value[again].mean(axis=1), [5, 95])
            found.append((arm, outcome, value.mean(), low, high, float(np.mean(value > 0))))
    return pd.DataFrame(found, columns=["arm", "outcome", "mean", "low", "high", "share"])


def _all_arms(job: tuple[int, Population, tuple[Script, ...], int]) -> list[list[float]]:
    """The outcomes of one affair under every arm, [arms][outcomes]."""
    number, population, scripts, seed = job
    drawn = draw(number, population, scripts, seed=1000 + seed)
    return [_outcomes(replace(drawn, acts=acts)) for acts in ARMS.values()]


def _outcomes(drawn: Drawn) -> list[float]:
    """Log heat-hours, topics and burden of a run of this affair."""
    run = sim.simulate(config_of(drawn))
    sight = sight_of(drawn, run)
    heat = 0.0 if sight is None else float(sight.seen.heat.sum())
    topics = 0 if sight is None else len(sight.seen.source)
    return [float(np.log(heat + 5e4)), float(topics), sim.outcomes(run)["outrage_burden_core"]]
