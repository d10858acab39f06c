"""Sobol indices: which parameters move an outcome, alone and with the others.

They are shares of the variance over the priors: they say what is worth knowing, not what is true.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.pictures.parameter_words import parameter_name
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
    (experiments.sweeps.study_file); of one parameter there is nothing to divide.
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

    rows : Saltelli's design, n (D + 2) of them, in SALib's order; y : [len(rows)], all finite.
    Columns: first and total, each with _low and _high, shares of the variance of y. The bounds are
    NaN below FEWEST_PAIRS blocks; every index is 0 where y never varies. Raises ConfigError without
    SALib, ValueError where a point has no value: an incomplete design has no indices.
    """
    if not np.isfinite(y).all():
        raise ValueError(f"{int((~np.isfinite(y)).sum())} of {y.size} points have no value")
    found = _analysed(rows, names, y)
    if len(rows) // (len(names) + 2) < FEWEST_PAIRS:  # of a handful no range is given
        found |= {key: np.full(len(names), np.nan) for key in ("S1_conf", "ST_conf")}
    table = pd.DataFrame(
        {
            f"{name}{end}": found[key] + sign * found[f"{key}_conf"] if end else found[key]
            for name, key in (("first", "S1"), ("total", "ST"))
            for end, sign in (("", 0), ("_low", -1), ("_high", 1))
        },
        index=pd.Index(list(names)),
    )
    return table.sort_values("total", ascending=False)


def _analysed(rows: Sequence[Sequence[float]], names: Sequence[str], y: _F) -> dict[str, _F]:
    """What SALib says of a design: S1 and ST, and the half-widths of their intervals.

    y is standardised first, so that the indices do not depend on its unit or its mean.
    """
    try:
        from SALib.analyze import sobol
    except ImportError:
        raise needs("SALib") from None
    if y.std() == 0:
        return {key: np.zeros(len(names)) for key in ("S1", "S1_conf", "ST", "ST_conf")}
    low, high = np.min(rows, axis=0), np.max(rows, axis=0)
    problem = {
        "num_vars": len(names),
        "names": list(names),
        "bounds": np.column_stack([low, high]).tolist(),
    }
    scaled = (y - y.mean()) / y.std()
    found = sobol.analyze(problem, scaled, calc_second_order=False, seed=BOOTSTRAP_KEY)
    return {key: np.asarray(value) for key, value in found.items()}


def sensitivity(a: Analysis) -> dict[str, pd.DataFrame]:
    """Sobol indices of every outcome of a study that is a Saltelli design (means over seeds).

    An outcome that is not defined at some point is left out.
    """
    axis: Axis = a.plan.study.axes[0]
    names = [key.partition(".")[2] for key in axis.keys]
    found = {}
    for outcome in a.plan.study.outcomes:
        y = frames.mean_of(a.cubes[outcome], (1, 2))
        if np.isfinite(y).all():
            found[outcome] = sobol_indices(axis.values, names, y)
    return found


def sobol_sentences(tables: dict[str, pd.DataFrame], n: int) -> list[tuple[str, str]]:
    """Which parameters move an outcome most, with their shares of its variance.

    n : runs that the tables rest on.
    """
    return [_moved(outcome, table, n) for outcome, table in tables.items()]


def _moved(outcome: str, table: pd.DataFrame, n: int) -> tuple[str, str]:
    """The three parameters with the largest total indices for an outcome.

    table : indices, shares of variance, sorted by the total one, with 95 % ends; NaN where base
    samples are too few for them. n : runs. In English and Chinese.
    """
    about, top = BY_NAME[outcome], table.head(3)
    half = (top["total_high"] - top["total"]).to_numpy()
    told = [f" (± {100 * h:.0f} points)" if np.isfinite(h) else "" for h in half]
    told_zh = [f"（±{100 * h:.0f}个百分点）" if np.isfinite(h) else "" for h in half]
    en = ", ".join(
        f"“{parameter_name(str(name), 'en')}” {row['first']:.0%} alone and {row['total']:.0%} with "
        f"interactions{more}"
        for more, (name, row) in zip(told, top.iterrows(), strict=True)
    )
    zh = "、".join(
        f"“{parameter_name(str(name), 'zh')}”单独{row['first']:.0%}、含交互{row['total']:.0%}{more}"
        for more, (name, row) in zip(told_zh, top.iterrows(), strict=True)
    )
    if not np.isfinite(half).all():
        en += f"; too few base samples for a range ({n} runs over {len(table)} parameters)"
        zh += "；基础样本太少，无法给出区间"
    return (
        f"Of the variance of {about.en} over the priors of {len(table)} parameters: {en} ({n} runs).",
        f"{about.zh}在{len(table)}个参数先验上的方差中：{zh}（{n}次运行）。",
    )
