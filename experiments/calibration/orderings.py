"""Worlds that stand in until a fit: those of the prior in which the documented orderings hold.

python -m experiments.calibration.orderings        # make interim; about ten minutes on two cores

A fit weighs worlds by how close they come to the numbers of a case. Before it, no number is used:
a world of the prior is kept if what the case documents as *earlier than* or *more than* comes out
so in at least half of a few seeds. Only targets of the use "fit" are asked. The priors themselves
were partly set by hand with the case in sight, held-out days too (docs/decisions/0016). The file
that is written is a posterior without anything fitted, and says so.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration.quantities import View
from experiments.calibration.targets import observe, targets_of
from sim import runs
from sim.base.choices import DEFAULT_CASE
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole
from sim.case.case import Case, Target
from sim.settings.composition import compose
from sim.settings.posterior import FOLDER, fitted_under, sealed

N_WORLDS, N_SEEDS = 2048, 3  #: worlds of the prior that are looked at, and seeds in each
BLOCK = 64  #: worlds at a time


def wanted(case: Case) -> list[Target]:
    """The documented orderings, and what the case says never happened; of the use "fit"."""
    return [
        target
        for target in targets_of(case, "fit")
        if target.type == "ordering" or (target.value == 0 and not target.tolerance)
    ]


def holds(target: Target, value: float) -> bool:
    """Whether a run meets a target of `wanted`; what never came to be does not."""
    return value == 1.0 if target.type == "ordering" else value == target.value


def asked(case: str, worlds: Sequence[int], n_seeds: int) -> pd.DataFrame:
    """The share of seeds in which each ordering holds: a row a world, a column a target."""
    base = compose([f"case={case}", "response=as_happened", "uncertainty=prior"])
    targets = wanted(base.case)
    config = replace(
        base,
        n_replicates=len(worlds),
        uncertainty=replace(base.uncertainty, first=worlds[0], n_seeds=n_seeds),
        seed=worlds[0] * n_seeds,
    )
    found = []
    for run in runs.ensemble(config).runs:
        values = observe(View.of(run), targets)
        found.append({target.id: holds(target, values[target.id]) for target in targets})
    frame = pd.DataFrame(found, dtype=float)
    return frame.groupby(np.repeat(np.array(worlds), n_seeds)).mean()


def kept(shares: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The numbers of the worlds in which every ordering holds in at least half of the seeds."""
    return shares.index.to_numpy(np.int64)[(shares >= 0.5).all(axis=1)]


def said(case: str, shares: pd.DataFrame, n_seeds: int, text: str) -> dict[str, Any]:
    """Where these worlds come from, sealed.

    shares : of the seeds in which each ordering holds, 0 to 1, a row a world of the prior. text :
    the file of draws, for its digest. Nothing in it is fitted or pinned, and it says so.
    """
    return sealed(
        {
            "case": case,
            "kind": "interim",
            "results_version": RESULTS_VERSION,
            **fitted_under(),
            "targets": list(shares.columns),
            "holding": {name: round(float(shares[name].mean()), 4) for name in shares.columns},
            "n_worlds": len(shares),
            "n_draws": len(kept(shares)),
            "n_runs": len(shares) * n_seeds,
            "fitted": [],
            "measured": [],
            "pinned": [],
            "shrinkage": {},
            "digest": digest_of_text(text),
        }
    )


def digest_of_text(text: str) -> str:
    """The digest of a text as a file of it has it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main(case: str = DEFAULT_CASE, n_worlds: int = N_WORLDS, folder: Path = FOLDER) -> None:
    """Look at the first worlds of the prior, and write those that are kept."""
    parts = []
    for first in range(0, n_worlds, BLOCK):
        worlds = range(first, min(first + BLOCK, n_worlds))
        parts.append(asked(case, worlds, N_SEEDS))
        so_far = pd.concat(parts)
        print(f"{len(so_far)} of {n_worlds} worlds, {len(kept(so_far))} kept", file=sys.stderr)
    shares = pd.concat(parts)
    text = "world,weight\n" + "".join(f"{k},{1 / len(kept(shares)):.10g}\n" for k in kept(shares))
    about = said(case, shares, N_SEEDS, text)
    write_whole(folder / f"{case}_posterior.csv", text.encode())
    write_whole(
        folder / f"{case}_posterior.json",
        (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode(),
    )


if __name__ == "__main__":
    main()
