"""Whether a fit replaces the posterior that is shipped: its orderings hold, its gates are no worse.

python -m experiments.calibration.promotion FOLDER [n]      # make posterior; some minutes

FOLDER holds CASE_posterior.csv and .json of a finished fit. In n of its worlds every ordering that
the case documents on the fitted days must hold in at least half of the runs, and as many gates
(`gates`) must hold as in n worlds of the posterior that is shipped now. Then it is copied; else
what speaks against it is said, and nothing is changed. Gates are counted, and not weighed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.calibration import gates
from experiments.calibration.quantities import View
from experiments.calibration.targets import observe, targets_of
from sim.base.choices import DEFAULT_CASE
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.case.case import Case, Target
from sim.runs import ensemble
from sim.settings.composition import compose
from sim.settings.posterior import FOLDER, read_posterior

N_WORLDS = 100


@dataclass(frozen=True)
class Verdict:
    """What speaks for and against a fit."""

    orderings: Mapping[str, float]  #: share of runs in which each holds
    holding: tuple[str, ...]  #: gates that hold in its worlds
    before: tuple[str, ...]  #: and in those of the posterior that is shipped; empty for none
    table: pd.DataFrame  #: of its gates

    @property
    def failing(self) -> list[str]:
        """Orderings that hold in less than half of the runs."""
        return [name for name, share in self.orderings.items() if share < 0.5]

    @property
    def replaces(self) -> bool:
        """Whether the fit is shipped."""
        return not self.failing and len(self.holding) >= len(self.before)

    def said(self) -> str:
        """The verdict in words."""
        orderings = ", ".join(f"{name} {share:.0%}" for name, share in self.orderings.items())
        lost = [name for name in self.before if name not in self.holding]
        won = [name for name in self.holding if name not in self.before]
        return "\n".join(
            [
                f"orderings of the fitted days, share of runs: {orderings}",
                f"gates that hold: {len(self.holding)} (shipped posterior: {len(self.before)}); "
                f"lost: {', '.join(lost) or 'none'}; won: {', '.join(won) or 'none'}",
                "it replaces the shipped posterior"
                if self.replaces
                else "the shipped posterior stays"
                + (f": {', '.join(self.failing)} hold too seldom" if self.failing else ""),
            ]
        )


def documented(case: Case) -> list[Target]:
    """The orderings of the fitted days, and what the case says never happened on them."""
    return [
        target
        for target in targets_of(case, "fit")
        if target.type == "ordering" or (target.value == 0 and not target.tolerance)
    ]


def orderings(posterior: str, case: str, n: int) -> dict[str, float]:
    """The share of n runs of a posterior, as it happened, in which each of `documented` holds."""
    words = [f"case={case}", "response=as_happened", f"posterior={posterior}", f"n_replicates={n}"]
    config = compose(words)
    wanted = documented(config.case)
    rows = [observe(View.of(run), wanted) for run in ensemble(config).runs]
    held = {
        target.id: [row[target.id] == (1.0 if target.type == "ordering" else 0.0) for row in rows]
        for target in wanted
    }
    return {name: sum(values) / len(values) for name, values in held.items()}


def verdict(path: Path, case: str, n: int) -> Verdict:
    """Compare the posterior at a path with the one that is shipped."""
    found = gates.table(gates.worlds(n, f"posterior={path}"))
    try:
        read_posterior(case)
        before = holding(gates.table(gates.worlds(n, f"posterior={case}")))
    except ConfigError:  # fitted under other priors: it can be used by nobody
        before = ()
    return Verdict(orderings(str(path), case, n), holding(found), before, found)


def holding(table: pd.DataFrame) -> tuple[str, ...]:
    """The gates of a table that hold; those that are only reported are none."""
    return tuple(
        str(gate)
        for gate, holds in zip(table["gate"], table["holds"], strict=True)
        if holds is True
    )


def main(folder: Path, n: int = N_WORLDS, case: str = DEFAULT_CASE, shipped: Path = FOLDER) -> int:
    """Copy a fit in place of the shipped posterior if it may; 1 if it may not."""
    path = folder / f"{case}_posterior.csv"
    found = verdict(path, case, n)
    print(found.said())
    write_whole(folder / "gates.csv", found.table.to_csv(index=False).encode())
    if not found.replaces:
        return 1
    for file in (path, path.with_suffix(".json")):
        write_whole(shipped / file.name, file.read_bytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else N_WORLDS))
