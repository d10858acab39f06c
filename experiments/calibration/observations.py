"""What the runs of worlds say of the targets of a fit, and how far that is from what was seen.

Reading a run costs more than finding it, so what was read lies beside the plan of a wave, under a
name that changes with the targets, the runs, and the code that reads.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration import facts, quantities, targets
from experiments.sweeps import sweep
from sim.base.digest import RESULTS_VERSION
from sim.base.files import read_sealed, write_sealed
from sim.case.case import Target
from sim.progress import Progress

_F = npt.NDArray[np.float64]

HOLDS = "holds "  #: before the name of a fact, among the columns of what runs say


@dataclass(frozen=True)
class Seen:
    """What the runs of worlds say of targets: means over seeds, what never came to be, spread.

    All tables have a row a world, in the order of the wave, and a column a target or a fact.
    """

    means: pd.DataFrame  #: a row a world, a column a target
    missed: pd.DataFrame  #: share of seeds without the quantity
    variance: pd.DataFrame  #: over seeds
    first: pd.DataFrame  #: of the first seed alone: one course of events, as a case is
    facts: pd.DataFrame  #: share of seeds in which a stylised fact holds; no column of short runs

    def seed_sd(self) -> dict[str, float]:
        """Sd over seeds within a world, pooled over worlds, by target.

        Targets that never varied, or came to be in one seed only, are not in it.
        """
        return {
            str(name): float(np.sqrt(np.nanmean(self.variance[name].to_numpy(np.float64))))
            for name in self.variance
            if np.isfinite(self.variance[name].to_numpy(np.float64)).any()
        }


def _kept(path: Path, plan: sweep.Plan) -> pd.DataFrame | None:
    """What was read off a plan's runs earlier; None unless every run has its row.

    A file that was changed on disk counts as none.
    """
    try:
        rows = pd.read_csv(io.StringIO(read_sealed(path)))
        points = [part.point for part in plan.parts for _ in part.names]
        whole = rows["point"].tolist() == points and all(
            pd.api.types.is_numeric_dtype(kind) for kind in rows.dtypes
        )
    except (OSError, ValueError, KeyError):
        return None
    return rows if whole else None


def observed(plan: sweep.Plan, wanted: Sequence[Target], label: str) -> Seen:
    """What the runs of a plan say of targets, point by point; kept beside the plan.

    wanted : the targets. label : what progress is called on the terminal.
    """
    code = b"".join(
        Path(str(module.__file__)).read_bytes() for module in (targets, quantities, facts)
    )
    parts = [part.digest for part in plan.parts]
    said = json.dumps([RESULTS_VERSION, [str(t) for t in wanted], parts]).encode()
    path = plan.folder / f"observed-{hashlib.sha256(code + said).hexdigest()[:12]}.csv"
    rows = _kept(path, plan)
    if rows is None:
        progress = Progress(sum(len(part.names) for part in plan.parts), label)
        lines = []
        for part in plan.parts:
            runs = {run.name: run for run in plan.store.load(part.digest)}
            for name in part.names:
                view = quantities.View.of(runs[name])
                laws = {f"{HOLDS}{key}": value for key, value in facts.holding(view).items()}
                lines.append({"point": part.point, **targets.observe(view, wanted), **laws})
                progress.tick()
        rows = pd.DataFrame(lines)
        write_sealed(path, rows.to_csv(index=False), "what runs say of the targets of a fit")
    return seen_of(rows)


def seen_of(rows: pd.DataFrame) -> Seen:
    """What runs say, by world. rows : a row a run: point, targets, and facts after HOLDS."""
    about = [name for name in map(str, rows) if name.startswith(HOLDS)]
    held = rows[["point", *about]].rename(columns=lambda name: str(name).removeprefix(HOLDS))
    rows = rows.drop(columns=about)
    by_point = rows.groupby("point")
    return Seen(
        by_point.mean().reset_index(drop=True),
        rows.drop(columns="point").isna().groupby(rows["point"]).mean().reset_index(drop=True),
        by_point.var(ddof=1).reset_index(drop=True),
        rows.drop_duplicates("point").drop(columns="point").reset_index(drop=True),
        held.groupby("point").mean().reset_index(drop=True),
    )


def distance(gaps: pd.DataFrame) -> _F:
    """Root mean square implausibility over the targets, float64[n_worlds], each cut at MISSED.

    Cut, so that no single target carries it. gaps : a row a world, a column a target, as
    `targets.implausibility` gives it.
    """
    cut = np.minimum(gaps.to_numpy(np.float64), targets.MISSED)
    values: _F = np.sqrt((cut**2).mean(axis=1))
    return values
