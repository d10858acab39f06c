"""What a study says: its cells compared, as a table and as sentences with their numbers of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments import compare
from experiments.analysis import FEWEST_PAIRS, TooFewRuns
from experiments.design import Study, free_name
from experiments.sweep import Plan
from experiments.words import number
from sim.metrics import BY_NAME


@dataclass
class Analysis:
    """Everything that is computed from the runs of a study, once."""

    plan: Plan
    frame: pd.DataFrame
    cubes: dict[str, npt.NDArray[np.float64]]
    contrasts: dict[str, list[compare.Contrast]]
    too_few: dict[str, TooFewRuns]
    means: pd.DataFrame
    near: list[int]
    regret: pd.DataFrame
    satisfied: npt.NDArray[np.float64] | None
    front: npt.NDArray[np.bool_]
    scores: pd.DataFrame
    structure: pd.DataFrame
    confirmed: pd.DataFrame

    @property
    def ranked(self) -> str:
        """The outcome that cells are ranked by."""
        return self.plan.study.outcomes[0]

    @property
    def firsts(self) -> dict[str, int]:
        """The cell that each weighting puts first."""
        return {str(key): int(np.argmax(self.scores[key].to_numpy())) for key in self.scores}

    @property
    def best(self) -> int:
        """The cell with the best mean."""
        return compare.leaders(self.cubes[self.ranked], self.ranked, 1)[0]


def analyse(plan: Plan) -> Analysis:
    """Read the store and compare the cells. Raises ConfigError if runs are missing."""
    compare.complete(plan)
    study = plan.study
    frame = compare.frame_of(plan)
    wanted = list(dict.fromkeys([*study.outcomes, *study.thresholds]))
    cubes = {name: compare.cube(frame, name) for name in wanted}
    contrasts, too_few = {}, {}
    for name in wanted:
        try:
            contrasts[name] = compare.contrasts(cubes[name], study.reference_cell, name)
        except TooFewRuns as refusal:
            too_few[name] = refusal
    ranked = study.outcomes[0]
    means = pd.DataFrame({name: compare.mean_of(cubes[name], (1, 2)) for name in wanted})
    judged = [
        name for name in wanted if BY_NAME[name].better != "none" and means[name].notna().all()
    ]
    return Analysis(
        plan=plan,
        frame=frame,
        cubes=cubes,
        contrasts=contrasts,
        too_few=too_few,
        means=means,
        near=compare.indifferent(cubes[ranked], ranked) if ranked in contrasts else [],
        regret=compare.regret(cubes[ranked], ranked),
        satisfied=compare.satisficing(cubes, study.thresholds) if study.thresholds else None,
        front=compare.pareto(means[[n for n in FRONT if n in judged] or judged]),
        scores=compare.weighted(means[judged]),
        structure=compare.structure(frame, list(study.rivals), ranked, study.reference_cell)
        if study.rivals and study.n_rival >= FEWEST_PAIRS
        else pd.DataFrame(),
        confirmed=compare.confirmed(frame, ranked, study.reference_cell),
    )


#: What the Pareto front is taken over: what fans, the public, staff and lawyers would each ask.
FRONT = ("outrage_burden_core", "public_reach", "morale", "legal_hkd", "unfollowed_core")


# --- tables ---------------------------------------------------------------------------------------


def cell_table(a: Analysis) -> pd.DataFrame:
    """One row a cell: labels, means, differences with intervals, regret, shares, front, scores."""
    study = a.plan.study
    table: dict[str, Any] = {"cell": range(len(study.cells))}
    own = {"on_front", "indifferent_to_best", "share_satisfied", *BY_NAME}
    for k, axis in enumerate(study.axes):
        name = free_name(axis.name, {*own, *table})
        table[name] = [axis.labels[at[k]] for at in study.cells]
    for name in map(str, a.means):
        table[name] = a.means[name]
        if name in a.contrasts:
            for key in ("mean", "low", "high", "low_all", "high_all", "share_better"):
                table[f"{name}_vs_reference_{key}"] = [getattr(c, key) for c in a.contrasts[name]]
    for key in map(str, a.regret):
        table[f"regret_{key}"] = a.regret[key]
    if a.satisfied is not None:
        table["share_satisfied"] = a.satisfied
    table["on_front"] = a.front
    table["indifferent_to_best"] = [cell in a.near for cell in range(len(study.cells))]
    return pd.concat([pd.DataFrame(table), a.scores.add_prefix("score_")], axis=1)


# --- findings -------------------------------------------------------------------------------------


def _in(share: float, n: int) -> str:
    """A share of worlds as a count: nobody reads more into ten worlds than there is."""
    return f"{share * n:.0f} of {n}"


def _leader(a: Analysis) -> tuple[str, str]:
    """Which cell is best on average, and by how much: against the reference, or as the reference."""
    study, name = a.plan.study, a.ranked
    outcome, means = BY_NAME[name], a.means[name]
    against = study.reference_cell
    if a.best == against:
        order = np.argsort(-compare.sign_of(name) * means.to_numpy(np.float64), kind="stable")
        against = int(next(cell for cell in order if cell != a.best))
    best, other = study.label(a.best), study.label(against)
    c = a.contrasts[name][a.best if against == study.reference_cell else against]
    if against == study.reference_cell:
        apart = (
            f"a difference of {c.mean:+.3g} (95 %: {c.low:+.3g} to {c.high:+.3g}; for all cells at "
            f"once {c.low_all:+.3g} to {c.high_all:+.3g}), better in "
            f"{_in(c.share_better, c.n_worlds)} plausible worlds ({c.n_runs} runs a cell)."
        )
        apart_zh = (
            f"差{c.mean:+.3g}（95%：{c.low:+.3g}至{c.high:+.3g}），在"
            f"{c.n_worlds}个可能世界中{c.share_better * c.n_worlds:.0f}个更好（每格{c.n_runs}次运行）。"
        )
    else:
        apart = (
            f"the reference itself; the next differs from it by {c.mean:+.3g} (95 %: {c.low:+.3g} to "
            f"{c.high:+.3g}; for all cells at once {c.low_all:+.3g} to {c.high_all:+.3g}) and is better in "
            f"{_in(c.share_better, c.n_worlds)} plausible worlds ({c.n_runs} runs a cell)."
        )
        apart_zh = (
            f"它就是参照；次优者与之差{c.mean:+.3g}（95%：{c.low:+.3g}至{c.high:+.3g}），在"
            f"{c.n_worlds}个可能世界中{c.share_better * c.n_worlds:.0f}个更好（每格{c.n_runs}次运行）。"
        )
    return (
        f"Of {len(study.cells)} cells, “{best}” has the best mean {outcome.en} "
        f"({number(means[a.best])} {outcome.unit}, against {number(means[against])} for “{other}”): {apart}",
        f"在{len(study.cells)}个组合中，“{best}”的{outcome.zh}均值最优"
        f"（{number(means[a.best])}，而“{other}”为{number(means[against])}）：{apart_zh}",
    )


def findings(a: Analysis) -> list[tuple[str, str]]:
    """The findings in sentences, English and Chinese, each with its numbers of worlds and runs."""
    study, name = a.plan.study, a.ranked
    if name not in a.contrasts:
        refusal = a.too_few[name]
        return [(f"No finding: {refusal}", f"无结论：成对世界不足（{refusal.n}）。")]
    outcome, ref = BY_NAME[name], study.label(study.reference_cell)
    best = a.contrasts[name][a.best]
    out = [
        _leader(a),
        (
            f"{len(a.near) - 1} of the {len(study.cells) - 1} others cannot be told from the best: "
            f"{_list(study, [c for c in a.near if c != a.best], 'en')}.",
            f"其余{len(study.cells) - 1}格中有{len(a.near) - 1}格与最优者无法区分："
            f"{_list(study, [c for c in a.near if c != a.best], 'zh')}。",
        )
        if len(a.near) > 1
        else (
            "Every other cell can be told from the best at this number of worlds.",
            "以现有世界数，其余各格均可与最优者区分。",
        ),
    ]
    out += _axis_effects(a)
    if not a.confirmed.empty:
        rows = a.confirmed
        row = rows[rows["cell"] == a.best]
        if len(row):
            r = row.iloc[0]
            out.append(
                (
                    f"In {int(r['n_worlds'])} fresh worlds the same cell differs by {r['again']:+.3g} "
                    f"({r['low']:+.3g} to {r['high']:+.3g}), after {r['first']:+.3g} in the worlds that "
                    "chose it: what is left after the winner's curse.",
                    f"在{int(r['n_worlds'])}个新世界中，该格之差为{r['again']:+.3g}"
                    f"（{r['low']:+.3g}至{r['high']:+.3g}），而在选出它的世界中为{r['first']:+.3g}（已计入赢家诅咒）。",
                )
            )
    minimax, p90 = (int(np.argmin(a.regret[key].to_numpy())) for key in ("worst", "p90"))
    out.append(
        (
            f"Least worst regret: “{study.label(minimax)}” (at most {number(a.regret['worst'][minimax])} "
            f"{outcome.unit} in {best.n_worlds} worlds); least 90th percentile: “{study.label(p90)}” "
            f"({number(a.regret['p90'][p90])}).",
            f"最大遗憾最小：“{study.label(minimax)}”（至多{number(a.regret['worst'][minimax])}）；"
            f"90%分位遗憾最小：“{study.label(p90)}”（{number(a.regret['p90'][p90])}）。",
        )
    )
    if a.satisfied is not None:
        tied = np.flatnonzero(a.satisfied == a.satisfied.max())
        most = a.best if a.best in tied else int(tied[0])
        others = len(tied) - 1
        also = f" (and {others} other{'s' if others > 1 else ''})" if others else ""
        also_zh = f"（另有{others}格相同）" if others else ""
        limits = ", ".join(
            f"{BY_NAME[k].en} {'≤' if BY_NAME[k].better == 'lower' else '≥'} {number(v)}"
            for k, v in study.thresholds.items()
        )
        limits_zh = "，".join(
            f"{BY_NAME[k].zh}{'≤' if BY_NAME[k].better == 'lower' else '≥'}{number(v)}"
            for k, v in study.thresholds.items()
        )
        out.append(
            (
                f"No cell is good enough ({limits}) in any of {best.n_worlds} worlds.",
                f"{best.n_worlds}个世界中无一格达标（{limits_zh}）。",
            )
            if not a.satisfied.any()
            else (
                f"Good enough ({limits}) most often: “{study.label(most)}”{also}, in "
                f"{_in(a.satisfied[most], best.n_worlds)} worlds"
                + (
                    f"; “{ref}” in {a.satisfied[study.reference_cell] * best.n_worlds:.0f}."
                    if most != study.reference_cell
                    else "."
                ),
                f"最常达标（{limits_zh}）：“{study.label(most)}”{also_zh}，{best.n_worlds}个世界中{a.satisfied[most] * best.n_worlds:.0f}个；"
                f"“{ref}”为{a.satisfied[study.reference_cell] * best.n_worlds:.0f}个。",
            )
        )
    firsts = a.firsts
    flips = len(set(firsts.values())) > 1
    told = "; ".join(f"{k.replace('_', ' ')}: “{study.label(v)}”" for k, v in firsts.items())
    told_zh = "；".join(
        f"{ {'fans_first': '粉丝优先', 'investors_first': '投资者优先', 'employees_first': '员工优先'}[k] }"
        f"：“{study.label(v)}”"
        for k, v in firsts.items()
    )
    out.append(
        (
            f"Under three weightings the first place {'flips' if flips else 'stays'} ({told}).",
            f"三种权重下首位{'改变' if flips else '不变'}（{told_zh}）。",
        )
    )
    if a.best == study.reference_cell:
        return out
    seed = best.sd_seed
    out.append(
        (
            f"Uncertainty of that difference, told apart: over plausible parameters sd {best.sd_parameter:.3g}"
            + (
                f", over seeds in one world sd {seed:.3g}"
                if np.isfinite(seed)
                else " (one seed a world: seed noise is in it)"
            )
            + _structure_words(a, "en"),
            f"该差异的不确定性：参数 sd {best.sd_parameter:.3g}"
            + (
                f"，同一世界内种子 sd {seed:.3g}"
                if np.isfinite(seed)
                else "（每个世界一个种子：含种子噪声）"
            )
            + _structure_words(a, "zh"),
        )
    )
    return out


def _structure_words(a: Analysis, lang: str) -> str:
    if a.structure.empty:
        return "; rival structures were not run." if lang == "en" else "；未运行其他结构。"
    row = a.structure.loc[a.best]
    rivals = ", ".join(f"{str(k).replace('_', ' ')} {v:+.3g}" for k, v in row.drop("main").items())
    if lang == "en":
        return (
            f"; under rival structures ({rivals}, against {row['main']:+.3g} in the same worlds)."
        )
    return f"；其他结构下：{rivals}（同样世界中为{row['main']:+.3g}）。"


def _list(study: Study, cells: Sequence[int], lang: str) -> str:
    names = [f"“{study.label(c)}”" for c in cells]
    if len(names) > 8:
        more = f" and {len(names) - 8} more" if lang == "en" else f"等{len(names)}格"
        names = [*names[:8], more.strip()]
    return (", " if lang == "en" else "、").join(names)


def _axis_effects(a: Analysis) -> list[tuple[str, str]]:
    """What moving along one axis does, on average over the other axes."""
    study, name = a.plan.study, a.ranked
    outcome = BY_NAME[name]
    out = []
    values = a.cubes[name].mean(axis=2)
    for k, axis in enumerate(study.axes):
        at = np.array([cell[k] for cell in study.cells])
        by_label = np.stack([values[at == j].mean(axis=0) for j in range(len(axis.values))])
        means = by_label.mean(axis=1)
        low, high = int(means.argmin()), int(means.argmax())
        apart = by_label[high] - by_label[low]
        share = int(np.sum(apart > 0))
        scale = not axis.unit or axis.unit[0].isdigit()  # "0-4" names a scale, not a unit
        unit, unit_zh = ("", "") if scale else (f" {axis.unit}", axis.unit)
        out.append(
            (
                f"Along “{axis.text['en']}”, {outcome.en} is least, {number(means[low])} {outcome.unit}, at {axis.labels[low]}{unit} "
                f"and most, {number(means[high])}, at {axis.labels[high]}{unit}, averaged over the rest "
                f"(in this order in {share} of {apart.size} worlds).",
                f"沿“{axis.text['zh']}”，{outcome.zh}由{axis.labels[low]}{unit_zh}时的{number(means[low])}变至"
                f"{axis.labels[high]}{unit_zh}时的{number(means[high])}（其余取平均；{apart.size}个世界中{share}个如此）。",
            )
        )
    return out
