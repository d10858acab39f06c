"""Rules of decision over cells: regret, thresholds, the Pareto front, three weightings.

They are rival ways to choose under uncertainty, none of which is the right one: a report shows all.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading.frames import mean_of
from experiments.reading.intervals import sign_of
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]


def regret(values: _F, outcome: str) -> pd.DataFrame:
    """Regret of every cell: what it loses in a world against the best cell of that world.

    Columns: mean, p90, worst (minimax picks its minimum), share of worlds in which it is best.
    """
    good = sign_of(outcome) * mean_of(values, 2)
    good = good[:, np.isfinite(good).all(axis=0)]
    loss = good.max(axis=0)[None] - good
    return pd.DataFrame(
        {
            "mean": loss.mean(axis=1),
            "p90": np.quantile(loss, 0.9, axis=1),
            "worst": loss.max(axis=1),
            "best_in": (loss == 0).mean(axis=1),
        }
    )


def satisficing(cubes: Mapping[str, _F], thresholds: Mapping[str, float]) -> _F:
    """Share of worlds in which a cell meets every threshold (means over seeds), float64[n_cells].

    thresholds : by outcome, the most it may be, or the least where more is better; met on the edge,
    too. A world without a value does not meet them.
    """
    first = next(iter(cubes.values()))
    fine = np.ones(first.shape[:2], bool)
    for outcome, limit in thresholds.items():
        means = cubes[outcome].mean(axis=2)
        fine &= means <= limit if BY_NAME[outcome].better == "lower" else means >= limit
    share: _F = fine.mean(axis=1)
    return share


def pareto(means: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows no other row dominates: is as good in every outcome and better in one.

    means : a row a cell, columns are outcomes with a direction. Rows that are equal in all outcomes
    do not dominate each other.
    """
    signs = np.array([sign_of(name) for name in means.columns])
    good = means.to_numpy(np.float64) * signs
    front = np.ones(len(good), bool)
    for k, row in enumerate(good):
        front[k] = not np.any((good >= row).all(axis=1) & (good > row).any(axis=1))
    return front


#: Three ways to weigh outcomes; chosen for debate, not measured.
WEIGHTINGS: dict[str, dict[str, float]] = {
    "fans_first": {
        "outrage_burden_core": 3,
        "trust_core_d14": 3,
        "unfollowed_core": 2,
        "morale": 1,
    },
    "investors_first": {"public_reach": 2, "car_0_3": 3, "legal_hkd": 1, "trust_core_d14": 1},
    "employees_first": {"morale": 3, "legal_hkd": 2, "outrage_burden_core": 1, "trust_core_d14": 1},
}


def weighted(means: pd.DataFrame) -> pd.DataFrame:
    """Scores of every cell under each weighting: standardised over cells, more is better.

    A column a weighting. Outcomes that a study lacks drop out, and the rest is weighed anew; one
    that is the same in all cells counts as 0.
    """
    scores = {}
    for name, weights in WEIGHTINGS.items():
        total, score = 0.0, np.zeros(len(means))
        for outcome, weight in weights.items():
            if outcome not in means:
                continue
            values = sign_of(outcome) * means[outcome].to_numpy(np.float64)
            spread = values.std()
            score += weight * ((values - values.mean()) / spread if spread > 0 else 0.0)
            total += weight
        scores[name] = score / total if total else score
    return pd.DataFrame(scores)
