"""Cells of a study compared honestly: in pairs, world by world, with what remains unknown.

Arrays are float64[n_cells, n_worlds, n_seeds]; a world is a draw of the uncertainties. All cells
are run in the same worlds with the same seeds. Means over worlds answer "on plausible worlds";
nothing here is a probability of anything real.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns, resamples, sign_of, told_apart
from experiments.sweeps.design import Study
from experiments.sweeps.plan import Plan
from experiments.sweeps.sweep import status_of
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME, OUTCOMES

_F = npt.NDArray[np.float64]
NAMES = [outcome.name for outcome in OUTCOMES]


def frame_of(plan: Plan) -> pd.DataFrame:
    """Outcomes of every finished run of a study: block, cell, world, seed, run, outcomes.

    Reads only the columns of outcomes. In the order of the plan, whatever the order of the runs.
    """
    place: dict[str, list[tuple[int, int]]] = {}  # two points may ask for the same run
    at: dict[int, int] = {}
    for part in plan.parts:
        for name in part.names:
            place.setdefault(name, []).append((part.point, at.setdefault(part.point, 0)))
            at[part.point] += 1
    tables, store = [], plan.store
    for path, names in store.places(plan.held).items():
        table = store.outcomes(path)
        wanted = table.filter(pc.is_in(table["run"], pa.array(names)))
        tables.append(wanted.replace_schema_metadata())  # parts of several versions go together
    if not tables:
        return pd.DataFrame(columns=["block", "cell", "world", "seed", "run", *NAMES])
    rows = pa.concat_tables(tables).to_pandas(use_threads=False)
    spots = [place[name] for name in rows["run"]]
    rows = rows.loc[rows.index.repeat([len(spot) for spot in spots])]
    where = np.array(list(itertools.chain(*spots)), np.int64).reshape(len(rows), 2)
    points = [plan.points[k] for k in where[:, 0]]
    n_seeds = np.array([point.config.uncertainty.n_seeds for point in points])
    first = np.array([point.config.uncertainty.first for point in points])
    rows.insert(0, "block", [point.block for point in points])
    rows.insert(1, "cell", [point.cell for point in points])
    rows.insert(2, "world", first + where[:, 1] // n_seeds)
    rows.insert(3, "seed", where[:, 1] % n_seeds)
    order = np.lexsort((where[:, 1], where[:, 0]))
    return rows.iloc[order].reset_index(drop=True)


def complete(plan: Plan) -> None:
    """Raise ConfigError, with the command to go on, if runs of the main block are missing."""
    seen = status_of(plan)
    if seen.n_missing or seen.failed:
        more = "" if seen.n_missing else " --retry-failed"
        raise ConfigError(
            "study",
            plan.study.name,
            f"{seen.n_missing} runs are missing and {len(seen.failed)} failed",
            "a sweep whose runs are all there",
            plan.command + more,
        )


def cube(frame: pd.DataFrame, outcome: str, block: str = "main") -> _F:
    """One outcome as float64[n_cells, n_worlds, n_seeds], NaN where it is not defined.

    Cells, worlds and seeds ascend, in whatever order the rows stand.
    """
    rows = frame[frame["block"] == block]
    table = rows.pivot(index="cell", columns=["world", "seed"], values=outcome)
    whole = pd.MultiIndex.from_product([sorted(set(rows[name])) for name in ("world", "seed")])
    values = table.reindex(columns=whole).to_numpy(np.float64)
    return values.reshape(len(table), *whole.levshape)


def mean_of(values: _F, axis: int | tuple[int, ...]) -> _F:
    """The mean of what is defined along some axes; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    result: _F = np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)
    return result


# --- paired contrasts -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Contrast:
    """A cell against the reference, over worlds."""

    cell: int
    mean: float
    low: float  #: 95 % interval of the mean, bootstrap over worlds
    high: float
    low_all: float  #: 95 % band that holds for all cells at once (max-t)
    high_all: float
    share_better: float  #: of worlds; ties count half; NaN if the outcome has no direction
    n_worlds: int
    n_runs: int
    sd_parameter: float  #: spread over worlds that is not of seeds
    sd_seed: float  #: spread over seeds inside a world
    n_better: int = 0  #: worlds in which it is better; 0 if the outcome has no direction
    n_same: int = 0  #: worlds in which there is no difference at all

    @property
    def apart(self) -> bool:
        """Whether its interval leaves out zero."""
        return told_apart(self.low, self.high)


def paired(values: _F, reference: int | Sequence[int]) -> _F:
    """Differences in each world and seed from the reference cell, or from each cell's own."""
    if isinstance(reference, int):
        return values - values[reference][None]
    return values - values[list(reference)]


def _means(differences: _F) -> tuple[_F, _F, float]:
    """Bootstrap means float64[B, n_cells], their standard errors, and the max-t quantile."""
    n = differences.shape[1]
    draws = np.stack([differences[:, rows].mean(axis=1) for rows in resamples(n)])
    error = draws.std(axis=0)
    far = np.abs(draws - differences.mean(axis=1))
    t = np.divide(far, error, out=np.zeros_like(far), where=error > 0)
    return draws, error, float(np.quantile(t.max(axis=1), 0.95))


def contrasts(values: _F, reference: int | Sequence[int], outcome: str) -> list[Contrast]:
    """Every cell against the reference, with single and simultaneous intervals.

    values : [n_cells, n_worlds, n_seeds]; reference : a cell, or one for every cell.
    Worlds in which any cell has no value drop out.
    Raises TooFewRuns below FEWEST_PAIRS worlds.
    """
    values = values[:, np.isfinite(values).all(axis=(0, 2))]
    n = values.shape[1]
    if n < FEWEST_PAIRS:
        estimate = float(paired(values, reference).mean()) if n else float("nan")
        raise TooFewRuns(estimate, n)
    apart = paired(values, reference)
    by_world = apart.mean(axis=2)
    draws, error, quantile = _means(by_world)
    low, high = np.quantile(draws, (0.025, 0.975), axis=0)
    centre = by_world.mean(axis=1)
    seeds = apart.shape[2]
    within = apart.var(axis=2, ddof=1).mean(axis=1) if seeds > 1 else np.full(len(apart), np.nan)
    between = by_world.var(axis=1, ddof=1) - (within / seeds if seeds > 1 else 0.0)
    better = sign_of(outcome) * by_world
    share = ((better > 0) + 0.5 * (better == 0)).mean(axis=1)
    return [
        Contrast(
            c,
            float(centre[c]),
            float(low[c]),
            float(high[c]),
            float(centre[c] - quantile * error[c]),
            float(centre[c] + quantile * error[c]),
            float(share[c]) if np.isfinite(sign_of(outcome)) else float("nan"),
            n,
            n * seeds,
            float(np.sqrt(max(between[c], 0.0))),
            float(np.sqrt(within[c])),
            int((better[c] > 0).sum()),
            int((apart[c] == 0).all(axis=1).sum()),
        )
        for c in range(len(values))
    ]


def worlds_for(contrast: Contrast, half_width: float) -> int:
    """How many worlds would give an interval of this half-width: the meter of enough runs."""
    now = (contrast.high - contrast.low) / 2
    return int(np.ceil(contrast.n_worlds * (now / half_width) ** 2))


def indifferent(values: _F, outcome: str) -> list[int]:
    """Cells that cannot be told from the best: the best one's lead over them may be nothing.

    Simultaneous (max-t) over all cells, as multiple comparisons with the best ask.
    """
    values = values[:, np.isfinite(values).all(axis=(0, 2))].mean(axis=2)
    if values.shape[1] < FEWEST_PAIRS:
        raise TooFewRuns(float("nan"), values.shape[1])
    best = int(np.argmax(sign_of(outcome) * values.mean(axis=1)))
    lead = sign_of(outcome) * (values[best][None] - values)
    _, error, quantile = _means(lead)
    near = lead.mean(axis=1) - quantile * error <= 0
    near[best] = True
    return [int(c) for c in np.flatnonzero(near)]


def leaders(values: _F, outcome: str, n: int) -> list[int]:
    """The n cells with the best means, best first."""
    means = mean_of(values, (1, 2))
    return [int(c) for c in np.argsort(-sign_of(outcome) * means, kind="stable")[:n]]


def leading(study: Study, values: _F, n: int) -> list[int]:
    """The n answers with the best means under the reference's condition, best first.

    What is assumed is no choice: no cell of another condition leads.
    """
    cells = study.groups[study.condition_of(study.reference_cell)]
    return [cells[k] for k in leaders(values[cells], study.outcomes[0], n)]


@dataclass(frozen=True)
class Pair:
    """Two answers under several conditions: whether their order depends on the condition."""

    first: int
    second: int
    turns: bool  #: the sign of the mean difference is not the same under all conditions
    certain: bool  #: it turns, and is told apart from zero on both sides
    held: bool  #: told apart under every condition, with the same sign
    above: int  #: the condition in which first - second is largest
    below: int  #: the one in which it is smallest


def orders(by_world: _F) -> list[Pair]:
    """Whether the order of answers holds under all conditions, pair by pair; widest swings first.

    by_world : [n_conditions, n_answers, n_worlds]. Intervals are of 95 %, for each pair by itself.
    Raises TooFewRuns below FEWEST_PAIRS worlds.
    """
    n = by_world.shape[2]
    if n < FEWEST_PAIRS:
        raise TooFewRuns(float("nan"), n)
    rows = resamples(n)
    drawn = np.stack([values[:, rows].mean(axis=2) for values in by_world])
    means = by_world.mean(axis=2)
    found = []
    for i, j in itertools.combinations(range(by_world.shape[1]), 2):
        apart = means[:, i] - means[:, j]
        low, high = np.quantile(drawn[:, i] - drawn[:, j], (0.025, 0.975), axis=1)
        turns = bool((apart > 0).any() and (apart < 0).any())
        found.append(
            (
                float(np.ptp(apart)),
                Pair(
                    i, j, turns, bool((low > 0).any() and (high < 0).any()),
                    bool((low > 0).all() or (high < 0).all()),
                    int(apart.argmax()), int(apart.argmin()),
                ),
            )
        )  # fmt: skip
    return [pair for _, pair in sorted(found, key=lambda item: -item[0])]


# --- decisions ------------------------------------------------------------------------------------


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
    """Share of worlds in which a cell meets every threshold (means over seeds)."""
    first = next(iter(cubes.values()))
    fine = np.ones(first.shape[:2], bool)
    for outcome, limit in thresholds.items():
        means = cubes[outcome].mean(axis=2)
        fine &= means <= limit if BY_NAME[outcome].better == "lower" else means >= limit
    share: _F = fine.mean(axis=1)
    return share


def pareto(means: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows no other row dominates; columns are outcomes with a direction."""
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
    """Scores of every cell under each weighting: standardised over cells, more is better."""
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


# --- structure, confirmation, interactions ------------------------------------------------------


def structure(
    frame: pd.DataFrame, rivals: Sequence[str], outcome: str, reference: int | Sequence[int]
) -> pd.DataFrame:
    """Mean differences from the reference under each rival structure, in the same worlds.

    Rows are cells; column "main" is the model itself in just those worlds and seeds.
    """
    table: dict[str, _F] = {}
    worlds: npt.NDArray[Any] | None = None
    for rival in rivals:
        rows = frame[frame["block"] == rival]
        worlds = rows["world"].unique()
        table[rival] = paired(cube(frame, outcome, rival), reference).mean(axis=(1, 2))
    if worlds is None:
        return pd.DataFrame()
    same = frame[(frame["block"] == "main") & frame["world"].isin(worlds)]
    main = paired(cube(same, outcome), reference).mean(axis=(1, 2))
    return pd.DataFrame({"main": main, **table})


def confirmed(frame: pd.DataFrame, outcome: str, reference: int) -> pd.DataFrame:
    """Leaders against the reference in the worlds that chose them, and in fresh ones."""
    fresh = frame[frame["block"] == "confirm"]
    cells = [int(c) for c in fresh["cell"].unique()]
    if reference not in cells or len(cells) < 2:
        return pd.DataFrame()
    first = {c.cell: c for c in contrasts(cube(frame, outcome), reference, outcome)}
    order = sorted(cells)
    again = contrasts(cube(frame, outcome, "confirm"), order.index(reference), outcome)
    return pd.DataFrame(
        [
            {
                "cell": cell,
                "first": first[cell].mean,
                "again": contrast.mean,
                "low": contrast.low,
                "high": contrast.high,
                "share_better": contrast.share_better,
                "n_worlds": contrast.n_worlds,
            }
            for cell, contrast in zip(order, again, strict=True)
            if cell != reference
        ]
    )


def shapley(values: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Exact Shapley values of a game that is given for every coalition.

    The sum is values[everybody] - values[nobody], to rounding. Raises KeyError for a coalition that
    is missing: an incomplete game has no answer.
    """
    from itertools import combinations
    from math import factorial

    players = sorted(frozenset().union(*values))
    n = len(players)
    result = {}
    for player in players:
        others = [other for other in players if other != player]
        total = 0.0
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for group in combinations(others, size):
                without = frozenset(group)
                total += weight * (values[without | {player}] - values[without])
        result[player] = total
    return result
