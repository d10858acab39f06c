"""What a study says of its cells: sentences in two languages with their numbers of worlds and runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.pictures.words import few_words, number, signed, unit_name
from experiments.reading import decisions
from experiments.reading.analysis import Analysis
from experiments.reading.conditions import (
    against_reference,
    axis_effects,
    no_choice,
    order_sentences,
)
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reading.leader import beside_cells, leading_cell, near_cells
from experiments.sweeps.design import Study
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME


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
        leading_cell(a),
        near_cells(a),
        *beside_cells(a),
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
