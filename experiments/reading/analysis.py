"""Everything that is computed from the runs of a study: its cells compared, and their table.

Computed once, and read by findings, figures and report: all of them say the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading import compare, decisions, frames
from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns
from experiments.reading.racing import Course
from experiments.reading.so_far import how_far, so_far
from experiments.sweeps.design import Study, free_name
from experiments.sweeps.plan import Plan
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME


@dataclass
class Analysis:
    """Everything that is computed from the runs of a study, once.

    Answers are compared under each condition by itself: an assumption is no choice.
    """

    plan: Plan  #: what of it is there in whole blocks of worlds
    frame: pd.DataFrame
    worlds: tuple[int, ...]  #: in which each cell was judged
    told: list[Told]  #: what a reader has to know of a study that is under way, or that stopped
    cubes: dict[str, npt.NDArray[np.float64]]  #: of the worlds that all cells share
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
        means = self.means[self.ranked].to_numpy(np.float64)
        return cells[compare.foremost(means[list(cells)], self.ranked, 1)[0]]

    @property
    def best(self) -> int:
        """The cell with the best mean under the reference's condition."""
        return self.best_of(self.home)


def analyse(plan: Plan) -> Analysis:
    """Read the store and compare the cells, in the whole blocks of worlds that are there.

    Raises ConfigError if there is none.
    """
    seen = so_far(plan)
    a = compared(seen.plan, seen.frame, seen.course)
    a.told = how_far(seen)
    return a


def compared(plan: Plan, frame: pd.DataFrame, course: Course | None = None) -> Analysis:
    """The cells of a study compared, from the outcomes of its runs (`frames.frame_of`).

    course : of a sweep that stops, whose cells have worlds of their own. Of an outcome with too few
    worlds there are means and no contrasts: `too_few` has the refusal.
    """
    study = plan.study
    ranked = study.outcomes[0]
    wanted = list(dict.fromkeys([*study.outcomes, *study.thresholds]))
    cubes = {name: frames.cube(frame, name) for name in wanted}
    every = next(iter(cubes.values())).shape[1]
    stops = course is not None and study.stop is not None
    worlds = list(course.worlds) if stops and course else [every] * len(study.cells)
    contrasts, too_few = _contrasts(study, cubes, worlds if stops else None)
    means = pd.DataFrame({name: _means(study, cubes[name], worlds) for name in wanted})
    cubes = {name: values[:, : min(worlds)] for name, values in cubes.items()}
    first = next(point.config.uncertainty.first for point in plan.points if point.block == "main")
    shared = frame[(frame["block"] == "confirm") | (frame["world"] < first + min(worlds))]
    choices = _choices(study, cubes[ranked], means, ranked in contrasts)
    rivals = study.rivals and study.n_rival >= FEWEST_PAIRS
    return Analysis(
        plan=plan,
        frame=frame,
        worlds=tuple(worlds),
        told=[],
        cubes=cubes,
        contrasts=contrasts,
        too_few=too_few,
        means=means,
        near=course.alive if stops and course else choices.near,
        regret=choices.regret,
        satisfied=decisions.satisficing(cubes, study.thresholds) if study.thresholds else None,
        front=choices.front,
        scores=choices.scores,
        structure=compare.structure(shared, list(study.rivals), ranked, study.references)
        if rivals
        else pd.DataFrame(),
        confirmed=compare.confirmed(shared, ranked, study.reference_cell),
    )


def _contrasts(
    study: Study, cubes: Mapping[str, npt.NDArray[np.float64]], worlds: Sequence[int] | None
) -> tuple[dict[str, list[compare.Contrast]], dict[str, TooFewRuns]]:
    """Contrasts of each outcome with the references, and what refused those that have none.

    worlds : of each cell of a sweep that stops; None for one that does not.
    """
    contrasts, too_few, references = {}, {}, study.references
    for name, values in cubes.items():
        try:
            contrasts[name] = (
                compare.contrasts(values, references, name) if worlds is None
                else compare.judged_contrasts(values, references, name, worlds)
            )  # fmt: skip
        except TooFewRuns as refusal:
            too_few[name] = refusal
    return contrasts, too_few


def _means(
    study: Study, values: npt.NDArray[np.float64], worlds: Sequence[int]
) -> npt.NDArray[np.float64]:
    """Mean of every cell; of cells with different numbers of worlds, as if all had the most."""
    if len(set(worlds)) == 1:
        return frames.mean_of(values, (1, 2))
    return compare.judged_means(values, study.references, worlds)


@dataclass(frozen=True)
class _Choices:
    """What each cell is as a choice, among those that a brand has under the same condition.

    NaN, and False, throughout where nothing is a choice.
    """

    near: list[int]  #: cells that cannot be told from the best; none where that is not known
    regret: pd.DataFrame
    scores: pd.DataFrame  #: under each weighting
    front: npt.NDArray[np.bool_]


def _choices(
    study: Study, values: npt.NDArray[np.float64], means: pd.DataFrame, told_apart: bool
) -> _Choices:
    """Each cell as a choice, condition by condition: an assumption is none.

    values : the ranked outcome, [n_cells, n_worlds, n_seeds]; told_apart : there are worlds enough
    to tell cells from the best.
    """
    n, ranked = len(study.cells), study.outcomes[0]
    near: list[int] = []
    regret = pd.DataFrame(np.nan, range(n), ["mean", "p90", "worst", "best_in"])
    scores = pd.DataFrame(np.nan, range(n), list(decisions.WEIGHTINGS))
    front = np.zeros(n, bool)
    judged = [k for k in map(str, means) if BY_NAME[k].better != "none" and means[k].notna().all()]
    for cells in study.groups.values() if study.has_levers else ():
        if told_apart:
            near += [cells[c] for c in compare.indifferent(values[cells], ranked)]
        regret.loc[cells] = decisions.regret(values[cells], ranked).to_numpy()
        rows = means.loc[cells]
        front[cells] = decisions.pareto(rows[front_of(judged)])
        scores.loc[cells] = decisions.weighted(rows[judged]).to_numpy()
    return _Choices(near, regret, scores, front)


#: What the Pareto front is taken over: what fans, the public, staff and lawyers would each ask.
FRONT = ("outrage_burden_core", "public_reach", "morale", "legal_hkd", "unfollowed_core")


def front_of(judged: Sequence[str]) -> list[str]:
    """The outcomes that a front is taken over: those of `FRONT`, or all if fewer than two are."""
    chosen = [name for name in FRONT if name in judged]
    return chosen if len(chosen) > 1 else list(judged)


def cell_table(a: Analysis) -> pd.DataFrame:
    """One row a cell: labels, means, differences with intervals, regret, shares, front, scores.

    Columns of intervals are missing for outcomes with too few worlds; an axis whose name another
    column has is called axis.NAME.
    """
    study = a.plan.study
    table: dict[str, Any] = {"cell": range(len(study.cells))}
    own = {"on_front", "indifferent_to_best", "share_satisfied", "n_worlds", *BY_NAME}
    for k, axis in enumerate(study.axes):
        name = free_name(axis.name, {*own, *table})
        table[name] = [study.label_on(cell, k, "key") for cell in table["cell"]]
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
    table["n_worlds"] = a.worlds
    table["on_front"] = a.front
    table["indifferent_to_best"] = [cell in a.near for cell in range(len(study.cells))]
    return pd.concat([pd.DataFrame(table), a.scores.add_prefix("score_")], axis=1)
