"""What a study says of its cells: sentences in two languages with their numbers of worlds and runs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.pictures.amounts import amount, between, change, spread
from experiments.pictures.words import few_words, say
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
        *leading_cell(a),
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
    told, told_zh = (
        sep.join(
            f"“{study.spoken(c, lang)}” {amount(means[c], outcome.unit, lang)}" for c in a.home[:8]
        )
        for lang, sep in (("en", ", "), ("zh", "、"))
    )
    return (
        f"No finding: {few} (worlds; {FEWEST_PAIRS} are needed). Mean {outcome.en}: {told}.",
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
    n, unit = int(r["n_worlds"]), BY_NAME[a.ranked].unit
    told, told_zh = (
        (change(r["again"], unit, lang), between(r["low"], r["high"], unit, lang),
         change(r["first"], unit, lang))
        for lang in ("en", "zh")
    )  # fmt: skip
    return [
        (
            f"In {n} fresh worlds the best answer leaves {told[0]} than the reference (95 % interval: "
            f"{told[1]}), after {told[2]} in the worlds that chose it: part of a first place is luck.",
            f"在{n}个新世界中，最优应对比参照{told_zh[0]}（95%区间：{told_zh[1]}），"
            f"而在选出它的世界中为{told_zh[2]}：第一名总有几分运气。",
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
    if not flips:
        one = next(iter(firsts.values()))
        return (
            f"Whoever comes first, fans, investors or staff: “{study.spoken(one)}” is the best answer.",
            f"无论粉丝、投资者还是员工优先，最优应对都是“{study.spoken(one, 'zh')}”。",
        )
    told = "; ".join(f"{k.replace('_', ' ')}: “{study.spoken(v)}”" for k, v in firsts.items())
    told_zh = "；".join(
        f"{_WEIGHTINGS_ZH[k]}：“{study.spoken(v, 'zh')}”" for k, v in firsts.items()
    )
    return (
        f"Which answer is best depends on who comes first ({told}).",
        f"哪种应对最优取决于谁优先（{told_zh}）。",
    )


def _uncertainty(a: Analysis) -> list[Told]:
    """What the best cell's difference from the reference is uncertain over: parameters, seeds, and
    the structure of the model. Nothing where the reference is best, or the two never differ.
    """
    study, best, unit = a.plan.study, a.contrasts[a.ranked][a.best], BY_NAME[a.ranked].unit
    if a.best == study.reference_cell or best.n_same == best.n_worlds:
        return []
    worlds, worlds_zh = (spread(best.sd_parameter, unit, lang) for lang in ("en", "zh"))
    chance, chance_zh = (spread(best.sd_seed, unit, lang) for lang in ("en", "zh"))
    known = np.isfinite(best.sd_seed)
    return [
        (
            f"From one plausible world to another the difference between the best answer and the reference "
            f"varies by {worlds} (standard deviation)"
            + (
                f", by chance within one world by {chance}"
                if known
                else ", chance included: every world was run once"
            )
            + _structure_words(a, "en"),
            f"最优应对与参照之差，在各可能世界之间的标准差为{worlds_zh}"
            + (f"，同一世界内因偶然为{chance_zh}" if known else "（每个世界只运行一次，含偶然）")
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
    first, first_zh = (study.spoken(a.home[minimax], lang, False) for lang in ("en", "zh"))
    second, second_zh = (study.spoken(a.home[p90], lang, False) for lang in ("en", "zh"))
    most, most_zh = (spread(table["worst"][minimax], outcome.unit, lang) for lang in ("en", "zh"))
    tenth, tenth_zh = (spread(table["p90"][p90], outcome.unit, lang) for lang in ("en", "zh"))
    also = "" if minimax == p90 else f"; “{second}” loses the least in nine worlds of ten: {tenth}"
    also_zh = "" if minimax == p90 else f"；在十分之九的世界中损失最小的是“{second_zh}”：{tenth_zh}"
    return (
        f"Least to regret: “{first}” loses at most {most} against the best answer in the same world "
        f"({over}){also}.",
        f"最不易后悔：“{first_zh}”与同一世界中的最优应对相比至多损失{most_zh}（{over_zh}）{also_zh}。",
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
            f"No answer is good enough ({limits}) in any of {n} worlds.",
            f"{n}个世界中没有一种应对达标（{limits_zh}）。",
        )
    tied = [home[int(k)] for k in np.flatnonzero(met == met.max())]
    most, others = a.best if a.best in tied else tied[0], len(tied) - 1
    also = f", as {others} other{'s' if others > 1 else ''}" if others else ""
    also_zh = f"（另有{others}种相同）" if others else ""
    named, named_zh = (study.spoken(most, lang) for lang in ("en", "zh"))
    ref, ref_zh = (study.spoken(reference, lang) for lang in ("en", "zh"))
    count = f"{a.satisfied[reference] * n:.0f}"
    rest = f"; “{ref}” in {count}." if most != reference else "."
    rest_zh = f"；“{ref_zh}”为{count}个。" if most != reference else "。"
    return (
        f"Good enough ({limits}) most often: “{named}”, in {_in(a.satisfied[most], n)} worlds{also}{rest}",
        f"最常达标（{limits_zh}）：“{named_zh}”，{n}个世界中{a.satisfied[most] * n:.0f}个{also_zh}{rest_zh}",
    )


def _limits(study: Study, lang: str) -> str:
    """The thresholds of a study in words: each outcome, on which side, and its limit."""
    told = []
    for name, value in study.thresholds.items():
        about = BY_NAME[name]
        lower, limit = about.better == "lower", amount(value, about.unit, lang)
        told.append(
            f"“{about.en}” at {'most' if lower else 'least'} {limit}"
            if lang == "en"
            else f"“{about.zh}”{'不高于' if lower else '不低于'}{limit}"
        )
    return (", " if lang == "en" else "，").join(told)


def _in(share: float, n: int) -> str:
    """A share of worlds as a count: nobody reads more into ten worlds than there is."""
    return f"{share * n:.0f} of {n}"


def _structure_words(a: Analysis, lang: str) -> str:
    """The end of a sentence on the best cell: its difference under each rival structure."""
    if a.structure.empty:
        return "." if lang == "en" else "。"
    row = {str(key): float(a.structure[key].iloc[a.best]) for key in a.structure}
    unit = BY_NAME[a.ranked].unit
    rivals = ("; " if lang == "en" else "；").join(
        f"{say(f'structure_{key}', lang)}{', ' if lang == 'en' else '，'}{change(value, unit, lang)}"
        for key, value in row.items()
        if key != "main"
    )
    main = change(row["main"], unit, lang)
    if lang == "en":
        return f". Under other rules the difference is: {rivals} (under the usual ones, in the same worlds: {main})."
    return f"。换用其他规则时，差为：{rivals}（同样世界中用原规则为{main}）。"
