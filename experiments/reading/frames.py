"""Finished runs of a study as a frame of their outcomes, and as arrays by cell, world and seed."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.sweeps.plan import Plan
from experiments.sweeps.sweep import status_of
from sim.base.refusal import ConfigError
from sim.metrics import OUTCOMES

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
