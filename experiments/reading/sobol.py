"""Sobol indices: which parameters move an outcome, alone and with the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading import frames
from experiments.reading.analysis import Analysis
from experiments.reading.extras import needs
from experiments.reading.intervals import BOOTSTRAP_KEY, FEWEST_PAIRS
from experiments.sweeps.design import Axis, Study
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]


def is_sobol(study: Study) -> bool:
    """Whether a study is one Saltelli design, and no plain axis over parameters.

    In blocks of D + 2 rows, row 1 + c differs from the first in column c alone
    (experiments.sweeps.design); of one parameter there is nothing to divide.
    """
    if len(study.axes) != 1 or not all(k.startswith("parameters.") for k in study.axes[0].keys):
        return False
    values, size = study.axes[0].values, len(study.axes[0].keys)
    blocks, rest = divmod(len(values), size + 2)
    return (
        size > 1
        and blocks > 0
        and not rest
        and all(
            [c for c in range(size) if values[row][c] != values[row + 1 + column][c]] == [column]
            for row in range(0, len(values), size + 2)
            for column in range(size)
        )
    )


def sobol_indices(rows: Sequence[Sequence[float]], names: Sequence[str], y: _F) -> pd.DataFrame:
    """First-order and total indices with 95 % intervals, one row a parameter, largest total first.

    rows : Saltelli's design; y : [len(rows)], all finite. Raises ConfigError without SALib.
    """
    try:
        from SALib.analyze import sobol
    except ImportError:
        raise needs("SALib") from None
    if not np.isfinite(y).all():
        raise ValueError(f"{int((~np.isfinite(y)).sum())} of {y.size} points have no value")
    low, high = np.min(rows, axis=0), np.max(rows, axis=0)
    problem = {
        "num_vars": len(names),
        "names": list(names),
        "bounds": np.column_stack([low, high]).tolist(),
    }
    if y.std() == 0:
        zero = np.zeros(len(names))
        found = {"S1": zero, "S1_conf": zero, "ST": zero, "ST_conf": zero}
    else:
        found = sobol.analyze(
            problem, (y - y.mean()) / y.std(), calc_second_order=False, seed=BOOTSTRAP_KEY
        )
    blocks = len(rows) // (len(names) + 2)
    if blocks < FEWEST_PAIRS:  # of a handful no range is given
        found = {**found, "S1_conf": np.full(len(names), np.nan), "ST_conf": found["ST"] * np.nan}
    table = pd.DataFrame(
        {
            "first": found["S1"],
            "first_low": found["S1"] - found["S1_conf"],
            "first_high": found["S1"] + found["S1_conf"],
            "total": found["ST"],
            "total_low": found["ST"] - found["ST_conf"],
            "total_high": found["ST"] + found["ST_conf"],
        },
        index=pd.Index(list(names)),
    )
    return table.sort_values("total", ascending=False)


def sensitivity(a: Analysis) -> dict[str, pd.DataFrame]:
    """Sobol indices of every outcome of a study that is a Saltelli design (means over seeds)."""
    axis: Axis = a.plan.study.axes[0]
    names = [key.partition(".")[2] for key in axis.keys]
    found = {}
    for outcome in a.plan.study.outcomes:
        y = frames.mean_of(a.cubes[outcome], (1, 2))
        if np.isfinite(y).all():
            found[outcome] = sobol_indices(axis.values, names, y)
    return found


def sobol_sentences(tables: dict[str, pd.DataFrame], n: int) -> list[tuple[str, str]]:
    """Which parameters move an outcome most, with their shares of its variance."""
    out = []
    for outcome, table in tables.items():
        about = BY_NAME[outcome]
        top = table.head(3)
        half = (top["total_high"] - top["total"]).to_numpy()
        told = [f" (± {h:.2f})" if np.isfinite(h) else "" for h in half]
        told_zh = [f"（±{h:.2f}）" if np.isfinite(h) else "" for h in half]
        en = ", ".join(
            f"{name} {row['first']:.2f} alone and {row['total']:.2f} with interactions{more}"
            for more, (name, row) in zip(told, top.iterrows(), strict=True)
        )
        zh = "、".join(
            f"{name} 单独{row['first']:.2f}、含交互{row['total']:.2f}{more}"
            for more, (name, row) in zip(told_zh, top.iterrows(), strict=True)
        )
        if not np.isfinite(half).all():
            few = (len(table), n)
            en += f"; too few base samples for a range ({few[1]} runs over {few[0]} parameters)"
            zh += "；基础样本太少，无法给出区间"
        out.append(
            (
                f"Of the variance of {about.en} over the priors of {len(table)} parameters: {en} ({n} runs).",
                f"{about.zh}在{len(table)}个参数先验上的方差中：{zh}（{n}次运行）。",
            )
        )
    return out
