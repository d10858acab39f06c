"""What conditions do to a study: whether the order of its answers holds, what each axis moves."""

from __future__ import annotations

import numpy as np

from experiments.pictures.words import number, signed, unit_name
from experiments.reading import compare, frames
from experiments.reading.analysis import Analysis
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME

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
    values = frames.mean_of(a.cubes[name], 2)
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
