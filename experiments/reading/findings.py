"""What a study says: its cells compared, as a table and as sentences with their numbers of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.pictures.words import few_words, number, signed, unit_name
from experiments.reading import compare
from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns
from experiments.sweeps.design import Study, free_name
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
    compare.complete(plan)
    return compared(plan, compare.frame_of(plan))


def compared(plan: Plan, frame: pd.DataFrame) -> Analysis:
    """The cells of a study compared, from the outcomes of its runs (`compare.frame_of`)."""
    study = plan.study
    wanted = list(dict.fromkeys([*study.outcomes, *study.thresholds]))
    cubes = {name: compare.cube(frame, name) for name in wanted}
    contrasts, too_few = {}, {}
    for name in wanted:
        try:
            contrasts[name] = compare.contrasts(cubes[name], study.references, name)
        except TooFewRuns as refusal:
            too_few[name] = refusal
    ranked = study.outcomes[0]
    means = pd.DataFrame({name: compare.mean_of(cubes[name], (1, 2)) for name in wanted})
    judged = [
        name for name in wanted if BY_NAME[name].better != "none" and means[name].notna().all()
    ]
    n = len(study.cells)
    near: list[int] = []
    regret = pd.DataFrame(np.nan, range(n), ["mean", "p90", "worst", "best_in"])
    scores = pd.DataFrame(np.nan, range(n), list(compare.WEIGHTINGS))
    front = np.zeros(n, bool)
    for cells in study.groups.values() if study.has_levers else ():
        if ranked in contrasts:
            near += [cells[c] for c in compare.indifferent(cubes[ranked][cells], ranked)]
        regret.loc[cells] = compare.regret(cubes[ranked][cells], ranked).to_numpy()
        rows = means.loc[cells]
        front[cells] = compare.pareto(rows[front_of(judged)])
        scores.loc[cells] = compare.weighted(rows[judged]).to_numpy()
    return Analysis(
        plan=plan,
        frame=frame,
        cubes=cubes,
        contrasts=contrasts,
        too_few=too_few,
        means=means,
        near=near,
        regret=regret,
        satisfied=compare.satisficing(cubes, study.thresholds) if study.thresholds else None,
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
    """The outcomes that a front is taken over: two of `FRONT` or more, else all with a direction."""
    chosen = [name for name in FRONT if name in judged]
    return chosen if len(chosen) > 1 else list(judged)


# --- tables ---------------------------------------------------------------------------------------


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


# --- findings -------------------------------------------------------------------------------------

Told = tuple[str, str]  #: a sentence in English and in Chinese


def better_in(c: compare.Contrast) -> Told:
    """In how many worlds a cell is better, and in how many nothing differs."""
    same = f", the same in {c.n_same}" if c.n_same else ""
    same_zh = f"，{c.n_same}个相同" if c.n_same else ""
    return (
        f"better in {c.n_better} of {c.n_worlds} plausible worlds{same}",
        f"在{c.n_worlds}个可能世界中{c.n_better}个更好{same_zh}",
    )


def apart(c: compare.Contrast, all_at_once: bool = True) -> Told:
    """A difference in words: with its intervals, or that there is none in any world."""
    if c.n_same == c.n_worlds:
        return (f"no difference in any of {c.n_worlds} worlds", f"{c.n_worlds}个世界中均无差异")
    once = f"; for all cells at once {signed(c.low_all)} to {signed(c.high_all)}"
    once_zh = f"；对所有格同时：{signed(c.low_all)}至{signed(c.high_all)}"
    unsure = "" if c.apart else ", which cannot be told from nothing"
    unsure_zh = "" if c.apart else "，与零无法区分"
    better, better_zh = better_in(c)
    return (
        f"a difference of {signed(c.mean)} (95 %: {signed(c.low)} to {signed(c.high)}"
        f"{once if all_at_once else ''}){unsure}, {better}",
        f"差{signed(c.mean)}（95%：{signed(c.low)}至{signed(c.high)}"
        f"{once_zh if all_at_once else ''}）{unsure_zh}，{better_zh}",
    )


def _where(a: Analysis) -> Told:
    """Under which condition the sentences of a study compare its answers."""
    study = a.plan.study
    at = study.condition_of(study.reference_cell)
    if not at:
        return "", ""
    return f"With {study.condition(at)}: ", f"{study.condition(at, 'zh')}时："


def _leader(a: Analysis) -> Told:
    """Which cell is best on average, and by how much: against the reference, or as the reference."""
    study, name, home = a.plan.study, a.ranked, a.home
    outcome, means = BY_NAME[name], a.means[name]
    reference, best = study.reference_cell, a.best
    where, where_zh = _where(a)
    head = f"{where}{'of' if where else 'Of'} {len(home)} cells, "
    values = compare.mean_of(a.cubes[name], 2)
    equal = [
        c for c in home if c != best and np.array_equal(values[c], values[best], equal_nan=True)
    ]
    if len(equal) == len(home) - 1:
        return (
            f"{where}{'no' if where else 'No'} cell differs from another in {outcome.en}, in any of {values.shape[1]} worlds.",
            f"{where_zh}各格的{outcome.zh}在{values.shape[1]}个世界中完全相同。",
        )
    if best == reference or reference in equal:
        order = np.argsort(-compare.sign_of(name) * means.to_numpy(np.float64), kind="stable")
        other = int(next(c for c in order if c in home and c != best and c not in equal))
        told, told_zh = apart(a.contrasts[name][other])
        return (
            f"{head}the reference “{study.label(reference)}” has the best mean {outcome.en} "
            f"({number(means[best])} {outcome.unit}"
            + (
                f", as {len(equal)} other{'s' if len(equal) > 1 else ''} in every world"
                if equal
                else ""
            )
            + f"). The next, “{study.label(other)}” ({number(means[other])}), against it: {told} "
            f"({a.contrasts[name][other].n_runs} runs a cell).",
            f"{where_zh}{len(home)}格中，参照“{study.label(reference, 'zh')}”的{outcome.zh}均值最优"
            f"（{number(means[best])}{unit_name(outcome.unit, 'zh')}"
            + (f"，另有{len(equal)}格在每个世界中与之相同" if equal else "")
            + f"）。次优者“{study.label(other, 'zh')}”（{number(means[other])}）与之相比：{told_zh}"
            f"（每格{a.contrasts[name][other].n_runs}次运行）。",
        )
    c = a.contrasts[name][best]
    told, told_zh = apart(c)
    return (
        f"{head}“{study.label(best)}” has the best mean {outcome.en} ({number(means[best])} "
        f"{outcome.unit}, against {number(means[reference])} for the reference "
        f"“{study.label(reference)}”): {told} ({c.n_runs} runs a cell).",
        f"{where_zh}{len(home)}格中，“{study.label(best, 'zh')}”的{outcome.zh}均值最优"
        f"（{number(means[best])}{unit_name(outcome.unit, 'zh')}，参照“{study.label(reference, 'zh')}”为"
        f"{number(means[reference])}）：{told_zh}（每格{c.n_runs}次运行）。",
    )


def _near(a: Analysis) -> Told:
    """Which answers cannot be told from the best one."""
    study, home = a.plan.study, a.home
    others = [c for c in a.near if c != a.best and c in home]
    if not others:
        return (
            "Every other cell can be told from the best at this number of worlds.",
            "以现有世界数，其余各格均可与最优者区分。",
        )
    return (
        f"{len(others)} of the {len(home) - 1} others cannot be told from the best: "
        f"{_list(study, others, 'en')}.",
        f"其余{len(home) - 1}格中有{len(others)}格与最优者无法区分：{_list(study, others, 'zh')}。",
    )


def _beside(a: Analysis) -> list[Told]:
    """What the answers beside the grid leave, against the reference."""
    study, name = a.plan.study, a.ranked
    out = []
    for cell in a.home:
        if study.beside_of(cell) is not None:
            told, told_zh = apart(a.contrasts[name][cell])
            out.append(
                (
                    f"“{study.label(cell)}” leaves {number(a.means[name][cell])} "
                    f"{BY_NAME[name].unit}; against “{study.label(study.reference_cell)}”: {told}.",
                    f"“{study.label(cell, 'zh')}”为{number(a.means[name][cell])}"
                    f"{unit_name(BY_NAME[name].unit, 'zh')}；与“{study.label(study.reference_cell, 'zh')}”相比：{told_zh}。",
                )
            )
    return out


#: Beyond so many answers the order is looked at among the leading ones alone.
MOST_ORDERED = 80
TURNS_TOLD = 3  #: pairs that change places are named up to here


def order_sentences(a: Analysis) -> list[Told]:
    """Whether the order of the answers holds under every condition, and which change places."""
    study, name = a.plan.study, a.ranked
    groups = study.groups
    if len(groups) < 2 or len(a.home) < 2:
        return []
    answers = len(a.home)
    outcome, at = BY_NAME[name], list(groups)
    bests = [a.best_of(cells) for cells in groups.values()]
    places = [list(cells).index(best) for cells, best in zip(groups.values(), bests, strict=True)]
    kept = list(range(answers))
    if answers > MOST_ORDERED:
        own = a.home.index(study.reference_cell)
        kept = list(dict.fromkeys([*places, own]))
    values = compare.mean_of(a.cubes[name], 2)
    by_world = np.stack([values[np.array(cells)[kept]] for cells in groups.values()])
    by_world = by_world[:, :, np.isfinite(by_world).all(axis=(0, 1))]
    pairs = compare.orders(by_world)
    turning = [pair for pair in pairs if pair.turns]
    m = len(groups)
    conditions = "; ".join(study.condition(one) for one in at) if m <= 8 else f"{m} of them"
    conditions_zh = "；".join(study.condition(one, "zh") for one in at) if m <= 8 else f"共{m}种"
    out: list[Told] = []
    choice = [study.choice(a.home[k]) for k in kept]
    choice_zh = [study.choice(a.home[k], "zh") for k in kept]
    if len(set(places)) == 1:
        out.append(
            (
                f"“{study.choice(bests[0])}” has the best mean under every one of {m} conditions ({conditions}).",
                f"在全部{m}种条件下（{conditions_zh}），“{study.choice(bests[0], 'zh')}”均值最优。",
            )
        )
    else:
        told = "; ".join(
            f"“{study.choice(b)}” with {study.condition(one)}"
            for b, one in zip(bests, at, strict=True)
        )
        told_zh = "；".join(
            f"{study.condition(one, 'zh')}时为“{study.choice(b, 'zh')}”"
            for b, one in zip(bests, at, strict=True)
        )
        out.append(
            (
                f"Which answer has the best mean depends on the condition: {told}.",
                f"何种应对均值最优取决于条件：{told_zh}。",
            )
        )
    held = sum(pair.held for pair in pairs)
    if not turning:
        out.append(
            (
                f"The order of the {len(kept)} answers by mean {outcome.en} holds under all {m} conditions; "
                f"{held} of {len(pairs)} pairs are told apart under every one of them (95 %).",
                f"{len(kept)}种应对按{outcome.zh}均值的次序在全部{m}种条件下成立；"
                f"{len(pairs)}对中有{held}对在每种条件下都可区分（95%）。",
            )
        )
        return out
    means = by_world.mean(axis=2)
    named = sorted(turning, key=lambda pair: not pair.certain)[:TURNS_TOLD]

    def swap(pair: compare.Pair, zh: bool) -> str:
        names = choice_zh if zh else choice
        first, second = names[pair.first], names[pair.second]
        ends = sorted((pair.below, pair.above))
        if zh:
            told = "，".join(
                f"{study.condition(at[c], 'zh')}时为{number(means[c, pair.first])}与{number(means[c, pair.second])}"
                for c in ends
            )
            sure = "两端均可区分" if pair.certain else "但未在两端都与零区分"
            return f"“{first}”与“{second}”（{told}；{sure}）"
        told = ", ".join(
            f"{number(means[c, pair.first])} and {number(means[c, pair.second])} with {study.condition(at[c])}"
            for c in ends
        )
        sure = "told apart at both ends" if pair.certain else "not told apart at both ends"
        return f"“{first}” and “{second}” ({told}; {sure})"

    more = len(turning) - len(named)
    out.append(
        (
            f"Of {len(pairs)} pairs of answers {len(turning)} change places between conditions, "
            f"{sum(p.certain for p in turning)} of them beyond chance: "
            + "; ".join(swap(pair, False) for pair in named)
            + (f"; and {more} more" if more else "")
            + f". The order of the other {len(pairs) - len(turning)} holds.",
            f"{len(pairs)}对应对中有{len(turning)}对的次序随条件互换，其中{sum(p.certain for p in turning)}对超出偶然："
            + "；".join(swap(pair, True) for pair in named)
            + (f"；另有{more}对" if more else "")
            + f"。其余{len(pairs) - len(turning)}对次序不变。",
        )
    )
    return out


def _no_choice(a: Analysis) -> Told:
    """What to know of a study in which nothing is varied that a brand could choose."""
    study = a.plan.study
    names = ", ".join(axis.text["en"] for axis in study.axes)
    names_zh = "、".join(axis.text["zh"] for axis in study.axes)
    return (
        f"Nothing here is a choice of the brand: the {len(study.cells)} cells are conditions "
        f"({names}), so none is best.",
        f"此处没有品牌可选的做法：{len(study.cells)}格均为条件（{names_zh}），因此无最优可言。",
    )


def findings(a: Analysis) -> list[Told]:
    """The findings in sentences, English and Chinese, each with its numbers of worlds and runs."""
    study, name = a.plan.study, a.ranked
    if name not in a.contrasts:
        refusal = a.too_few[name]
        few, few_zh = (few_words(refusal.n, lang) for lang in ("en", "zh"))
        means = a.means[name]
        told = ", ".join(f"“{study.label(c)}” {number(means[c])}" for c in a.home[:8])
        told_zh = "、".join(f"“{study.label(c, 'zh')}”{number(means[c])}" for c in a.home[:8])
        return [
            (
                f"No finding: {few} (worlds; {FEWEST_PAIRS} are needed). Mean {BY_NAME[name].en} "
                f"[{BY_NAME[name].unit}]: {told}.",
                f"无结论：{few_zh}（成对世界，至少需要{FEWEST_PAIRS}个）。{BY_NAME[name].zh}均值：{told_zh}。",
            )
        ]
    if not study.has_levers:
        return [_no_choice(a), *_axis_effects(a), *_against_reference(a)]
    outcome = BY_NAME[name]
    ref, ref_zh = (study.label(study.reference_cell, lang) for lang in ("en", "zh"))
    best = a.contrasts[name][a.best]
    out = [_leader(a), _near(a), *_beside(a), *order_sentences(a), *_axis_effects(a)]
    if not a.confirmed.empty:
        rows = a.confirmed
        row = rows[rows["cell"] == a.best]
        if len(row):
            r = {
                key: float(row[key].iloc[0])
                for key in ("n_worlds", "again", "low", "high", "first")
            }
            out.append(
                (
                    f"In {int(r['n_worlds'])} fresh worlds the best cell differs from the reference by "
                    f"{signed(r['again'])} ({signed(r['low'])} to {signed(r['high'])}), after "
                    f"{signed(r['first'])} in the worlds that chose it: what is left after the winner's curse.",
                    f"在{int(r['n_worlds'])}个新世界中，最优格与参照之差为{signed(r['again'])}"
                    f"（{signed(r['low'])}至{signed(r['high'])}），而在选出它的世界中为{signed(r['first'])}（已计入赢家诅咒）。",
                )
            )
    out.append(_least_regret(a))
    if a.satisfied is not None:
        out.append(_good_enough(a, ref, ref_zh))
    firsts = a.firsts
    flips = len(set(firsts.values())) > 1
    told = "; ".join(f"{k.replace('_', ' ')}: “{study.label(v)}”" for k, v in firsts.items())
    told_zh = "；".join(
        f"{ {'fans_first': '粉丝优先', 'investors_first': '投资者优先', 'employees_first': '员工优先'}[k] }"
        f"：“{study.label(v, 'zh')}”"
        for k, v in firsts.items()
    )
    out.append(
        (
            f"Under three weightings the first place {'flips' if flips else 'stays'} ({told}).",
            f"三种权重下首位{'改变' if flips else '不变'}（{told_zh}）。",
        )
    )
    if a.best == study.reference_cell or best.n_same == best.n_worlds:
        return out
    seed = best.sd_seed
    out.append(
        (
            f"Uncertainty of the difference between “{study.label(a.best)}” and the reference, told apart: "
            f"over plausible parameters sd {number(best.sd_parameter)} {outcome.unit}"
            + (
                f", over seeds in one world sd {number(seed)}"
                if np.isfinite(seed)
                else " (one seed a world: seed noise is in it)"
            )
            + _structure_words(a, "en"),
            f"“{study.label(a.best, 'zh')}”与参照之差的不确定性：参数 sd {number(best.sd_parameter)}"
            + (
                f"，同一世界内种子 sd {number(seed)}"
                if np.isfinite(seed)
                else "（每个世界一个种子：含种子噪声）"
            )
            + _structure_words(a, "zh"),
        )
    )
    return out


def _against_reference(a: Analysis) -> list[Told]:
    """What each condition moves against the reference condition: up to eight, by size."""
    study, name = a.plan.study, a.ranked
    cells = [c for c in range(len(study.cells)) if c != study.reference_cell]
    cells.sort(key=lambda c: -abs(a.contrasts[name][c].mean))
    out = []
    for cell in sorted(cells[:8]):
        c = a.contrasts[name][cell]
        here, base = (study.condition(study.condition_of(k)) for k in (cell, study.reference_cell))
        here_zh, base_zh = (
            study.condition(study.condition_of(k), "zh") for k in (cell, study.reference_cell)
        )
        lower = (
            c.n_better if BY_NAME[name].better == "lower" else c.n_worlds - c.n_better - c.n_same
        )
        out.append(
            (
                f"With {here} instead of {base}, {BY_NAME[name].en} differs by {signed(c.mean)} "
                f"(95 %: {signed(c.low)} to {signed(c.high)}); less in {lower} of {c.n_worlds} worlds"
                + (f", the same in {c.n_same}." if c.n_same else "."),
                f"{here_zh}而非{base_zh}时，{BY_NAME[name].zh}相差{signed(c.mean)}"
                f"（95%：{signed(c.low)}至{signed(c.high)}）；{c.n_worlds}个世界中{lower}个更低"
                + (f"，{c.n_same}个相同。" if c.n_same else "。"),
            )
        )
    return out


def _least_regret(a: Analysis) -> Told:
    """Which answers a brand would regret least, over worlds and over all conditions."""
    study, name = a.plan.study, a.ranked
    outcome = BY_NAME[name]
    groups = list(study.groups.values())
    values = np.concatenate([a.cubes[name][cells] for cells in groups], axis=1)
    table = compare.regret(values, name)
    minimax, p90 = (int(np.argmin(table[key].to_numpy())) for key in ("worst", "p90"))
    n = a.cubes[name].shape[1]
    over = f"{n} worlds" + (f" under {len(groups)} conditions" if len(groups) > 1 else "")
    over_zh = (f"{len(groups)}种条件下的" if len(groups) > 1 else "") + f"{n}个世界"
    first, second = study.choice(a.home[minimax]), study.choice(a.home[p90])
    first_zh, second_zh = study.choice(a.home[minimax], "zh"), study.choice(a.home[p90], "zh")
    return (
        f"Least worst regret (what an answer loses against the best one in the same world): “{first}” "
        f"(at most {number(table['worst'][minimax])} {outcome.unit} in {over}); least 90th percentile: "
        f"“{second}” ({number(table['p90'][p90])}).",
        f"遗憾指与同一世界中最优应对相比的损失。最大遗憾最小：“{first_zh}”（{over_zh}中至多"
        f"{number(table['worst'][minimax])}{unit_name(outcome.unit, 'zh')}）；90%分位遗憾最小：“{second_zh}”"
        f"（{number(table['p90'][p90])}）。",
    )


def _good_enough(a: Analysis, ref: str, ref_zh: str) -> Told:
    """Which answer meets the thresholds most often, under the reference's condition."""
    study = a.plan.study
    assert a.satisfied is not None
    n, home = a.cubes[a.ranked].shape[1], a.home
    met = a.satisfied[home]
    tied = [home[int(k)] for k in np.flatnonzero(met == met.max())]
    most = a.best if a.best in tied else tied[0]
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
    if not met.any():
        return (
            f"No cell is good enough ({limits}) in any of {n} worlds.",
            f"{n}个世界中无一格达标（{limits_zh}）。",
        )
    rest = (
        f"; “{ref}” in {a.satisfied[study.reference_cell] * n:.0f}."
        if most != study.reference_cell
        else "."
    )
    return (
        f"Good enough ({limits}) most often: “{study.label(most)}”{also}, in "
        f"{_in(a.satisfied[most], n)} worlds{rest}",
        f"最常达标（{limits_zh}）：“{study.label(most, 'zh')}”{also_zh}，{n}个世界中{a.satisfied[most] * n:.0f}个；"
        f"“{ref_zh}”为{a.satisfied[study.reference_cell] * n:.0f}个。",
    )


def _in(share: float, n: int) -> str:
    """A share of worlds as a count: nobody reads more into ten worlds than there is."""
    return f"{share * n:.0f} of {n}"


def _structure_words(a: Analysis, lang: str) -> str:
    if a.structure.empty:
        return "; rival structures were not run." if lang == "en" else "；未运行其他结构。"
    row = {str(key): float(a.structure[key].iloc[a.best]) for key in a.structure}
    rivals = ", ".join(
        f"{key.replace('_', ' ')} {signed(value)}" for key, value in row.items() if key != "main"
    )
    if lang == "en":
        return f"; under rival structures ({rivals}, against {signed(row['main'])} in the same worlds)."
    return f"；其他结构下：{rivals}（同样世界中为{signed(row['main'])}）。"


def _list(study: Study, cells: Sequence[int], lang: str) -> str:
    names = [f"“{study.label(c, lang)}”" for c in cells]
    if len(names) > 8:
        more = f" and {len(names) - 8} more" if lang == "en" else f"等{len(names)}格"
        names = [*names[:8], more.strip()]
    return (", " if lang == "en" else "、").join(names)


def _axis_effects(a: Analysis) -> list[Told]:
    """What moving along one axis does, on average over the other axes."""
    study, name = a.plan.study, a.ranked
    outcome = BY_NAME[name]
    out = []
    values = a.cubes[name].mean(axis=2)
    for k, axis in enumerate(study.axes):
        if len(axis.values) < 2:
            continue
        at = np.array([cell[k] for cell in study.grid])
        by_label = np.stack(
            [values[: at.size][at == j].mean(axis=0) for j in range(len(axis.values))]
        )
        means = by_label.mean(axis=1)
        low, high = int(means.argmin()), int(means.argmax())
        moved = by_label[high] - by_label[low]
        share, n = int(np.sum(moved > 0)), moved.size
        scale = not axis.unit or axis.unit[0].isdigit()  # "0-4" names a scale, not a unit
        unit, unit_zh = ("", "") if scale else (f" {axis.unit}", unit_name(axis.unit, "zh"))
        what = "Along" if axis.is_lever else "Under the assumption"
        what_zh = "沿" if axis.is_lever else "假定"
        rest = ", averaged over the rest" if len(study.axes) > 1 else ""
        rest_zh = "其余取平均；" if len(study.axes) > 1 else ""
        note = "" if axis.is_lever or not study.has_levers else ": a condition, not a choice"
        note_zh = "" if axis.is_lever or not study.has_levers else "；此为条件，并非选择"
        head, head_zh = f"{what} “{axis.text['en']}”", f"{what_zh}“{axis.text['zh']}”"
        if not (moved != 0).any():
            out.append(
                (
                    f"{head}, {outcome.en} is the same, {number(means[low])} {outcome.unit}, in all {n} worlds.",
                    f"{head_zh}，{outcome.zh}在{n}个世界中均不变（{number(means[low])}）。",
                )
            )
            continue
        out.append(
            (
                f"{head}, {outcome.en} is least, {number(means[low])} {outcome.unit}, at {axis.labels[low]}{unit} "
                f"and most, {number(means[high])}, at {axis.labels[high]}{unit}{rest} "
                f"(in this order in {share} of {n} worlds){note}.",
                f"{head_zh}，{outcome.zh}在{axis.named('zh')[low]}{unit_zh}时最低，为{number(means[low])}"
                f"{unit_name(outcome.unit, 'zh')}，在{axis.named('zh')[high]}{unit_zh}时最高，为{number(means[high])}"
                f"（{rest_zh}{n}个世界中{share}个如此{note_zh}）。",
            )
        )
    return out
