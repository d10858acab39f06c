"""Everything that is computed from the runs of a study: its cells compared, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading import compare, decisions, frames
from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns
from experiments.sweeps.design import free_name
from experiments.sweeps.plan import Plan
from sim.metrics import BY_NAME


@dataclass
class Analysis:
    """Everything that is computed from the runs of a study, once.

    Answers are compared under each condition by itself: an assumption is no choice.
    """

    plan: Plan
    frame: pd.DataFrame
    cubes: dict[str, npt.NDArray[np.float64]]
    contrasts: dict[str, list[compare.Contrast]]  #: against the reference of the cell's condition
    too_few: dict[str, TooFewRuns]
    means: pd.DataFrame
    near: list[int]  #: cells that cannot be told from the best of their condition
    regret: pd.DataFrame  #: against the best of their condition; NaN where nothing is a choice
    satisfied: npt.NDArray[np.float64] | None
    front: npt.NDArray[np.bool_]  #: not dominated under their condition
    scores: pd.DataFrame
    structure: pd.DataFrame
    confirmed: pd.DataFrame

    @property
    def ranked(self) -> str:
        """The outcome that cells are ranked by."""
        return self.plan.study.outcomes[0]

    @property
    def home(self) -> list[int]:
        """The cells under the condition of the reference: what a brand could choose among."""
        study = self.plan.study
        return study.groups[study.condition_of(study.reference_cell)]

    @property
    def firsts(self) -> dict[str, int]:
        """The cell that each weighting puts first, under the reference's condition."""
        home = self.home
        return {
            str(key): home[int(np.argmax(self.scores[key].to_numpy()[home]))] for key in self.scores
        }

    def best_of(self, cells: Sequence[int]) -> int:
        """The cell with the best mean among some."""
        return cells[compare.leaders(self.cubes[self.ranked][list(cells)], self.ranked, 1)[0]]

    @property
    def best(self) -> int:
        """The cell with the best mean under the reference's condition."""
        return self.best_of(self.home)


def analyse(plan: Plan) -> Analysis:
    """Read the store and compare the cells. Raises ConfigError if runs are missing."""
    frames.complete(plan)
    return compared(plan, frames.frame_of(plan))


def compared(plan: Plan, frame: pd.DataFrame) -> Analysis:
    """The cells of a study compared, from the outcomes of its runs (`frames.frame_of`)."""
    study = plan.study
    wanted = list(dict.fromkeys([*study.outcomes, *study.thresholds]))
    cubes = {name: frames.cube(frame, name) for name in wanted}
    contrasts, too_few = {}, {}
    for name in wanted:
        try:
            contrasts[name] = compare.contrasts(cubes[name], study.references, name)
        except TooFewRuns as refusal:
            too_few[name] = refusal
    ranked = study.outcomes[0]
    means = pd.DataFrame({name: frames.mean_of(cubes[name], (1, 2)) for name in wanted})
    judged = [
        name for name in wanted if BY_NAME[name].better != "none" and means[name].notna().all()
    ]
    n = len(study.cells)
    near: list[int] = []
    regret = pd.DataFrame(np.nan, range(n), ["mean", "p90", "worst", "best_in"])
    scores = pd.DataFrame(np.nan, range(n), list(decisions.WEIGHTINGS))
    front = np.zeros(n, bool)
    for cells in study.groups.values() if study.has_levers else ():
        if ranked in contrasts:
            near += [cells[c] for c in compare.indifferent(cubes[ranked][cells], ranked)]
        regret.loc[cells] = decisions.regret(cubes[ranked][cells], ranked).to_numpy()
        rows = means.loc[cells]
        front[cells] = decisions.pareto(rows[front_of(judged)])
        scores.loc[cells] = decisions.weighted(rows[judged]).to_numpy()
    return Analysis(
        plan=plan,
        frame=frame,
        cubes=cubes,
        contrasts=contrasts,
        too_few=too_few,
        means=means,
        near=near,
        regret=regret,
        satisfied=decisions.satisficing(cubes, study.thresholds) if study.thresholds else None,
        front=front,
        scores=scores,
        structure=compare.structure(frame, list(study.rivals), ranked, study.references)
        if study.rivals and study.n_rival >= FEWEST_PAIRS
        else pd.DataFrame(),
        confirmed=compare.confirmed(frame, ranked, study.reference_cell),
    )


#: What the Pareto front is taken over: what fans, the public, staff and lawyers would each ask.
FRONT = ("outrage_burden_core", "public_reach", "morale", "legal_hkd", "unfollowed_core")


def front_of(judged: Sequence[str]) -> list[str]:
    """The outcomes that a front is taken over: those of `FRONT`, or all if fewer than two are."""
    chosen = [name for name in FRONT if name in judged]
    return chosen if len(chosen) > 1 else list(judged)


def cell_table(a: Analysis) -> pd.DataFrame:
    """One row a cell: labels, means, differences with intervals, regret, shares, front, scores."""
    study = a.plan.study
    table: dict[str, Any] = {"cell": range(len(study.cells))}
    own = {"on_front", "indifferent_to_best", "share_satisfied", *BY_NAME}
    for k, axis in enumerate(study.axes):
        name = free_name(axis.name, {*own, *table})
        table[name] = [study.label_on(cell, k) for cell in table["cell"]]
    for name in map(str, a.means):
        table[name] = a.means[name]
        if name in a.contrasts:
            keys = ("mean", "low", "high", "low_all", "high_all", "share_better", "n_same")
            for key in keys:
                table[f"{name}_vs_reference_{key}"] = [getattr(c, key) for c in a.contrasts[name]]
    for key in map(str, a.regret):
        table[f"regret_{key}"] = a.regret[key]
    if a.satisfied is not None:
        table["share_satisfied"] = a.satisfied
    table["reference"] = study.references
    table["on_front"] = a.front
    table["indifferent_to_best"] = [cell in a.near for cell in range(len(study.cells))]
    return pd.concat([pd.DataFrame(table), a.scores.add_prefix("score_")], axis=1)
