"""Finished runs of a study as a frame of their outcomes, and as arrays by cell, world and seed.

Arrays are float64[n_cells, n_worlds, n_seeds]; a world is a draw of the uncertainties. An outcome
that is not defined in a run (hours until something that never comes) is NaN.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.sweeps.plan import Plan
from sim.metrics import OUTCOMES

_F = npt.NDArray[np.float64]

NAMES = [outcome.name for outcome in OUTCOMES]


def frame_of(plan: Plan) -> pd.DataFrame:
    """Outcomes of every finished run of a study: block, cell, world, seed, run, outcomes.

    Reads only the columns of outcomes. In the order of the plan, whatever the order of the runs.
    Fresh worlds keep the numbers that they were drawn by, so that none is taken for one of the
    main block. Without a finished run it has these columns and no row.
    """
    tables, store = [], plan.store
    for path, names in store.places(plan.held).items():
        table = store.outcomes(path)
        wanted = table.filter(pc.is_in(table["run"], pa.array(names)))
        tables.append(wanted.replace_schema_metadata())  # parts of several versions go together
    if not tables:
        return pd.DataFrame(columns=["block", "cell", "world", "seed", "run", *NAMES])
    rows = pa.concat_tables(tables).to_pandas(use_threads=False)
    asked = _spots(plan)
    spots = [asked[name] for name in rows["run"]]
    rows = rows.loc[rows.index.repeat([len(spot) for spot in spots])]
    where = np.array(list(itertools.chain(*spots)), np.int64).reshape(len(rows), 2)
    return _placed(plan, rows, where)


def _spots(plan: Plan) -> dict[str, list[tuple[int, int]]]:
    """Run -> number of its point, and which of the point's runs it is.

    Several, where two points ask for the same run: its row then stands in the frame for each.
    """
    place: dict[str, list[tuple[int, int]]] = {}
    at: dict[int, int] = {}
    for part in plan.parts:
        for name in part.names:
            place.setdefault(name, []).append((part.point, at.setdefault(part.point, 0)))
            at[part.point] += 1
    return place


def _placed(plan: Plan, rows: pd.DataFrame, where: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Rows with their block, cell, world and seed, in the order of the plan.

    where : int64[n_rows, 2], the point of each row and which of its runs; seeds run fastest.
    """
    points = [plan.points[k] for k in where[:, 0]]
    n_seeds = np.array([point.config.uncertainty.n_seeds for point in points])
    first = np.array([point.config.uncertainty.first for point in points])
    rows.insert(0, "block", [point.block for point in points])
    rows.insert(1, "cell", [point.cell for point in points])
    rows.insert(2, "world", first + where[:, 1] // n_seeds)
    rows.insert(3, "seed", where[:, 1] % n_seeds)
    order = np.lexsort((where[:, 1], where[:, 0]))
    return rows.iloc[order].reset_index(drop=True)


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
