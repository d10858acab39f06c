"""What a study says of its cells: sentences in two languages with their numbers of worlds and runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.pictures.words import few_words, number, signed, unit_name
from experiments.reading import compare, decisions, frames
from experiments.reading.analysis import Analysis
from experiments.reading.conditions import (
    against_reference,
    axis_effects,
    no_choice,
    order_sentences,
)
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.sweeps.design import Study
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME


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
    where, where_zh = _where(a)
    values = _by_world(a)
    best = a.best
    equal = [
        c for c in home if c != best and np.array_equal(values[c], values[best], equal_nan=True)
    ]
    if len(equal) == len(home) - 1:
        return (
            f"{where}{'no' if where else 'No'} cell differs from another in {BY_NAME[name].en}, in any of {values.shape[1]} worlds.",
            f"{where_zh}各格的{BY_NAME[name].zh}在{values.shape[1]}个世界中完全相同。",
        )
    if best == study.reference_cell or study.reference_cell in equal:
        return _reference_leads(a, equal)
    return _another_leads(a)


def _by_world(a: Analysis) -> npt.NDArray[np.float64]:
    """The ranked outcome of every cell in every world, float64[n_cells, n_worlds]: over seeds."""
    return frames.mean_of(a.cubes[a.ranked], 2)


def _heads(a: Analysis) -> Told:
    """How a sentence on the leader begins: under which condition, and of how many cells."""
    (where, where_zh), n = _where(a), len(a.home)
    return f"{where}{'of' if where else 'Of'} {n} cells, ", f"{where_zh}{n}格中，"


def _reference_leads(a: Analysis, equal: Sequence[int]) -> Told:
    """The reference is best: by how much over the next one that is not the same in every world.

    equal : cells under its condition whose outcome is the best one's in every world.
    """
    study, name, home = a.plan.study, a.ranked, a.home
    outcome, means, best, reference = BY_NAME[name], a.means[name], a.best, study.reference_cell
    order = np.argsort(-compare.sign_of(name) * means.to_numpy(np.float64), kind="stable")
    other = int(next(c for c in order if c in home and c != best and c not in equal))
    (head, head_zh), (told, told_zh) = _heads(a), apart(a.contrasts[name][other])
    n_runs = a.contrasts[name][other].n_runs
    others = f", as {len(equal)} other{'s' if len(equal) > 1 else ''} in every world"
    return (
        f"{head}the reference “{study.label(reference)}” has the best mean {outcome.en} "
        f"({number(means[best])} {outcome.unit}"
        + (others if equal else "")
        + f"). The next, “{study.label(other)}” ({number(means[other])}), against it: {told} "
        f"({n_runs} runs a cell).",
        f"{head_zh}参照“{study.label(reference, 'zh')}”的{outcome.zh}均值最优"
        f"（{number(means[best])}{unit_name(outcome.unit, 'zh')}"
        + (f"，另有{len(equal)}格在每个世界中与之相同" if equal else "")
        + f"）。次优者“{study.label(other, 'zh')}”（{number(means[other])}）与之相比：{told_zh}"
        f"（每格{n_runs}次运行）。",
    )


def _another_leads(a: Analysis) -> Told:
    """Another cell than the reference is best: its mean, and how far it is from the reference."""
    study, name, best = a.plan.study, a.ranked, a.best
    outcome, means, reference = BY_NAME[name], a.means[name], study.reference_cell
    (head, head_zh), (told, told_zh) = _heads(a), apart(a.contrasts[name][best])
    n_runs = a.contrasts[name][best].n_runs
    return (
        f"{head}“{study.label(best)}” has the best mean {outcome.en} ({number(means[best])} "
        f"{outcome.unit}, against {number(means[reference])} for the reference "
        f"“{study.label(reference)}”): {told} ({n_runs} runs a cell).",
        f"{head_zh}“{study.label(best, 'zh')}”的{outcome.zh}均值最优"
        f"（{number(means[best])}{unit_name(outcome.unit, 'zh')}，参照“{study.label(reference, 'zh')}”为"
        f"{number(means[reference])}）：{told_zh}（每格{n_runs}次运行）。",
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


def findings(a: Analysis) -> list[Told]:
    """The findings of a study: sentences in English and Chinese, each with its worlds and runs.

    With fewer than FEWEST_PAIRS worlds there is one sentence, which gives means and says that they
    are too few. Where nothing is a choice of the brand, no cell is called best.
    """
    if a.ranked not in a.contrasts:
        return [_too_few(a)]
    if not a.plan.study.has_levers:
        return [no_choice(a), *axis_effects(a), *against_reference(a)]
    return [
        _leader(a),
        _near(a),
        *_beside(a),
        *order_sentences(a),
        *axis_effects(a),
        *_confirmed(a),
        _least_regret(a),
        *([] if a.satisfied is None else [_good_enough(a)]),
        _weighted(a),
        *_uncertainty(a),
    ]


def _too_few(a: Analysis) -> Told:
    """What can be said of too few worlds: the means of up to eight cells, and no difference."""
    study, outcome, means = a.plan.study, BY_NAME[a.ranked], a.means[a.ranked]
    few, few_zh = (few_words(a.too_few[a.ranked].n, lang) for lang in ("en", "zh"))
    told = ", ".join(f"“{study.label(c)}” {number(means[c])}" for c in a.home[:8])
    told_zh = "、".join(f"“{study.label(c, 'zh')}”{number(means[c])}" for c in a.home[:8])
    return (
        f"No finding: {few} (worlds; {FEWEST_PAIRS} are needed). Mean {outcome.en} "
        f"[{outcome.unit}]: {told}.",
        f"无结论：{few_zh}（成对世界，至少需要{FEWEST_PAIRS}个）。{outcome.zh}均值：{told_zh}。",
    )


def _confirmed(a: Analysis) -> list[Told]:
    """What is left of the best cell's lead in fresh worlds; nothing where it was not run there.

    The worlds that chose it flatter it: of many cells the best mean is partly luck.
    """
    rows = a.confirmed
    row = pd.DataFrame() if rows.empty else rows[rows["cell"] == a.best]
    if row.empty:
        return []
    r = {key: float(row[key].iloc[0]) for key in ("n_worlds", "again", "low", "high", "first")}
    return [
        (
            f"In {int(r['n_worlds'])} fresh worlds the best cell differs from the reference by "
            f"{signed(r['again'])} ({signed(r['low'])} to {signed(r['high'])}), after "
            f"{signed(r['first'])} in the worlds that chose it: what is left after the winner's curse.",
            f"在{int(r['n_worlds'])}个新世界中，最优格与参照之差为{signed(r['again'])}"
            f"（{signed(r['low'])}至{signed(r['high'])}），而在选出它的世界中为{signed(r['first'])}（已计入赢家诅咒）。",
        )
    ]


#: The weightings (decisions.WEIGHTINGS) in Chinese.
_WEIGHTINGS_ZH = {
    "fans_first": "粉丝优先",
    "investors_first": "投资者优先",
    "employees_first": "员工优先",
}


def _weighted(a: Analysis) -> Told:
    """Whether the first place depends on how the outcomes are weighed."""
    study, firsts = a.plan.study, a.firsts
    flips = len(set(firsts.values())) > 1
    told = "; ".join(f"{k.replace('_', ' ')}: “{study.label(v)}”" for k, v in firsts.items())
    told_zh = "；".join(f"{_WEIGHTINGS_ZH[k]}：“{study.label(v, 'zh')}”" for k, v in firsts.items())
    return (
        f"Under three weightings the first place {'flips' if flips else 'stays'} ({told}).",
        f"三种权重下首位{'改变' if flips else '不变'}（{told_zh}）。",
    )


def _uncertainty(a: Analysis) -> list[Told]:
    """What the best cell's difference from the reference is uncertain over: parameters, seeds, and
    the structure of the model. Nothing where the reference is best, or the two never differ.
    """
    study, best = a.plan.study, a.contrasts[a.ranked][a.best]
    if a.best == study.reference_cell or best.n_same == best.n_worlds:
        return []
    seed, known = number(best.sd_seed), np.isfinite(best.sd_seed)
    return [
        (
            f"Uncertainty of the difference between “{study.label(a.best)}” and the reference, told apart: "
            f"over plausible parameters sd {number(best.sd_parameter)} {BY_NAME[a.ranked].unit}"
            + (
                f", over seeds in one world sd {seed}"
                if known
                else " (one seed a world: seed noise is in it)"
            )
            + _structure_words(a, "en"),
            f"“{study.label(a.best, 'zh')}”与参照之差的不确定性：参数 sd {number(best.sd_parameter)}"
            + (f"，同一世界内种子 sd {seed}" if known else "（每个世界一个种子：含种子噪声）")
            + _structure_words(a, "zh"),
        )
    ]


def _least_regret(a: Analysis) -> Told:
    """Which answers a brand would regret least, over worlds and over all conditions."""
    study, name = a.plan.study, a.ranked
    outcome = BY_NAME[name]
    groups = list(study.groups.values())
    values = np.concatenate([a.cubes[name][cells] for cells in groups], axis=1)
    table = decisions.regret(values, name)
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


def _good_enough(a: Analysis) -> Told:
    """Which answer meets the thresholds most often, under the reference's condition.

    Of several that do so equally often the best mean is named. Raises AssertionError for a study
    without thresholds.
    """
    study, home = a.plan.study, a.home
    assert a.satisfied is not None
    n, reference = a.cubes[a.ranked].shape[1], study.reference_cell
    limits, limits_zh = (_limits(study, lang) for lang in ("en", "zh"))
    met = a.satisfied[home]
    if not met.any():
        return (
            f"No cell is good enough ({limits}) in any of {n} worlds.",
            f"{n}个世界中无一格达标（{limits_zh}）。",
        )
    tied = [home[int(k)] for k in np.flatnonzero(met == met.max())]
    most, others = a.best if a.best in tied else tied[0], len(tied) - 1
    also = f" (and {others} other{'s' if others > 1 else ''})" if others else ""
    also_zh = f"（另有{others}格相同）" if others else ""
    ref, ref_zh = (study.label(reference, lang) for lang in ("en", "zh"))
    rest = f"; “{ref}” in {a.satisfied[reference] * n:.0f}." if most != reference else "."
    return (
        f"Good enough ({limits}) most often: “{study.label(most)}”{also}, in "
        f"{_in(a.satisfied[most], n)} worlds{rest}",
        f"最常达标（{limits_zh}）：“{study.label(most, 'zh')}”{also_zh}，{n}个世界中{a.satisfied[most] * n:.0f}个；"
        f"“{ref_zh}”为{a.satisfied[reference] * n:.0f}个。",
    )


def _limits(study: Study, lang: str) -> str:
    """The thresholds of a study in words: each outcome, on which side, and its limit."""
    told = []
    for name, value in study.thresholds.items():
        about = BY_NAME[name]
        side = "≤" if about.better == "lower" else "≥"
        called = f"{about.en} " if lang == "en" else about.zh
        told.append(f"{called}{side}{' ' if lang == 'en' else ''}{number(value)}")
    return (", " if lang == "en" else "，").join(told)


def _in(share: float, n: int) -> str:
    """A share of worlds as a count: nobody reads more into ten worlds than there is."""
    return f"{share * n:.0f} of {n}"


def _structure_words(a: Analysis, lang: str) -> str:
    """The end of a sentence on the best cell: its difference under each rival structure."""
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
    """Cells by their labels; from nine on, eight of them and how many more."""
    names = [f"“{study.label(c, lang)}”" for c in cells]
    if len(names) > 8:
        more = f" and {len(names) - 8} more" if lang == "en" else f"等{len(names)}格"
        names = [*names[:8], more.strip()]
    return (", " if lang == "en" else "、").join(names)
