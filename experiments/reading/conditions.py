"""What conditions do to a study: whether the order of its answers holds, what each axis moves.

A condition is an axis that the brand cannot choose (an assumption). Answers are compared under each
by itself; here is what differs between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.pictures.amounts import amount, between, change, two_digits
from experiments.reading import compare, frames
from experiments.reading.analysis import Analysis
from experiments.sweeps.design import Axis, Study
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME

#: Beyond so many answers the order is looked at among the leading ones alone.
MOST_ORDERED = 80


TURNS_TOLD = 3  #: pairs that change places are named up to here


@dataclass(frozen=True)
class _Orders:
    """Answers under every condition: which leads, and which pairs change places."""

    study: Study
    outcome: str
    conditions: list[tuple[int, ...]]  #: positions on the axes that are assumptions
    bests: list[int]  #: the cell with the best mean under each condition
    places: list[int]  #: its place among the answers there
    answers: list[int]  #: cells under the reference's condition that stand for the answers
    means: npt.NDArray[np.float64]  #: [n_conditions, n_answers]
    pairs: list[compare.Pair]

    @property
    def turning(self) -> list[compare.Pair]:
        """Pairs whose order is not the same under all conditions, widest swings first."""
        return [pair for pair in self.pairs if pair.turns]

    def condition(self, k: int, lang: str) -> str:
        """The k-th condition in words."""
        return self.study.condition(self.conditions[k], lang)

    def answer(self, k: int, lang: str) -> str:
        """The k-th answer in words, without a condition."""
        return self.study.spoken(self.answers[k], lang, False)


def _orders(a: Analysis) -> _Orders:
    """The order of the answers under every condition, in the worlds in which all have a value.

    Pairs grow with the square of the answers: beyond MOST_ORDERED of them only those that lead
    under some condition, and the reference, are looked at.
    """
    study, groups = a.plan.study, a.plan.study.groups
    bests = [a.best_of(cells) for cells in groups.values()]
    places = [cells.index(best) for cells, best in zip(groups.values(), bests, strict=True)]
    kept = list(range(len(a.home)))
    if len(kept) > MOST_ORDERED:
        kept = list(dict.fromkeys([*places, a.home.index(study.reference_cell)]))
    values = frames.mean_of(a.cubes[a.ranked], 2)
    by_world = np.stack([values[np.array(cells)[kept]] for cells in groups.values()])
    by_world = by_world[:, :, np.isfinite(by_world).all(axis=(0, 1))]
    answers = [a.home[k] for k in kept]
    pairs = compare.orders(by_world)
    return _Orders(
        study, a.ranked, list(groups), bests, places, answers, by_world.mean(axis=2), pairs
    )


def order_sentences(a: Analysis) -> list[Told]:
    """Whether the order of the answers holds under every condition, and which change places.

    Empty where there is one condition, or one answer.
    """
    if len(a.plan.study.groups) < 2 or len(a.home) < 2:
        return []
    orders = _orders(a)
    return [_first_place(orders), _swaps(orders) if orders.turning else _held(orders)]


def _first_place(o: _Orders) -> Told:
    """Whether the same answer leads under every condition; else which one under which."""
    m = len(o.conditions)
    if len(set(o.places)) == 1:
        named, named_zh = (
            [o.condition(k, lang) for k in range(m)] if m <= 8 else [] for lang in ("en", "zh")
        )
        all_of, all_zh = "; ".join(named) or f"{m} of them", "；".join(named_zh) or f"共{m}种"
        return (
            f"“{o.study.spoken(o.bests[0], 'en', False)}” has the best mean under every one of {m} conditions ({all_of}).",
            f"在全部{m}种条件下（{all_zh}），“{o.study.spoken(o.bests[0], 'zh', False)}”均值最优。",
        )
    told = "; ".join(
        f"“{o.study.spoken(best, 'en', False)}” with {o.condition(k, 'en')}"
        for k, best in enumerate(o.bests)
    )
    told_zh = "；".join(
        f"{o.condition(k, 'zh')}时为“{o.study.spoken(best, 'zh', False)}”"
        for k, best in enumerate(o.bests)
    )
    return (
        f"Which answer has the best mean depends on the condition: {told}.",
        f"何种应对均值最优取决于条件：{told_zh}。",
    )


def _held(o: _Orders) -> Told:
    """No pair changes places: how many pairs are told apart under every condition."""
    held, m, n = sum(pair.held for pair in o.pairs), len(o.conditions), len(o.answers)
    return (
        f"The order of the {n} answers by mean {BY_NAME[o.outcome].en} holds under all {m} conditions; "
        f"{held} of {len(o.pairs)} pairs are told apart under every one of them (95 %).",
        f"{n}种应对按{BY_NAME[o.outcome].zh}均值的次序在全部{m}种条件下成立；"
        f"{len(o.pairs)}对中有{held}对在每种条件下都可区分（95%）。",
    )


def _swaps(o: _Orders) -> Told:
    """How many pairs change places; up to TURNS_TOLD by name, those beyond chance first."""
    turning, n = o.turning, len(o.pairs)
    named = sorted(turning, key=lambda pair: not pair.certain)[:TURNS_TOLD]
    more, certain = len(turning) - len(named), sum(p.certain for p in turning)
    return (
        f"Of {n} pairs of answers {len(turning)} change places between conditions, "
        f"{certain} of them beyond chance: "
        + "; ".join(_swap(o, pair) for pair in named)
        + (f"; and {more} more" if more else "")
        + f". The order of the other {n - len(turning)} holds.",
        f"{n}对应对中有{len(turning)}对的次序随条件互换，其中{certain}对超出偶然："
        + "；".join(_swap_zh(o, pair) for pair in named)
        + (f"；另有{more}对" if more else "")
        + f"。其余{n - len(turning)}对次序不变。",
    )


def _swap(o: _Orders, pair: compare.Pair) -> str:
    """A pair with its means under the two conditions between which it swings most."""
    told = ", ".join(
        f"{two_digits(o.means[k, pair.first])} and {two_digits(o.means[k, pair.second])} with {o.condition(k, 'en')}"
        for k in sorted((pair.below, pair.above))
    )
    sure = "told apart at both ends" if pair.certain else "not told apart at both ends"
    return f"“{o.answer(pair.first, 'en')}” and “{o.answer(pair.second, 'en')}” ({told}; {sure})"


def _swap_zh(o: _Orders, pair: compare.Pair) -> str:
    """The same in Chinese, where the condition stands first."""
    told = "，".join(
        f"{o.condition(k, 'zh')}时为{two_digits(o.means[k, pair.first])}与{two_digits(o.means[k, pair.second])}"
        for k in sorted((pair.below, pair.above))
    )
    sure = "两端均可区分" if pair.certain else "但未在两端都与零区分"
    return f"“{o.answer(pair.first, 'zh')}”与“{o.answer(pair.second, 'zh')}”（{told}；{sure}）"


def no_choice(a: Analysis) -> Told:
    """What to know of a study in which nothing is varied that a brand could choose."""
    study = a.plan.study
    names = ", ".join(axis.text["en"] for axis in study.axes)
    names_zh = "、".join(axis.text["zh"] for axis in study.axes)
    return (
        f"Nothing here is a choice of the brand: the {len(study.cells)} cells are conditions "
        f"({names}), so none is best.",
        f"此处没有品牌可选的做法：{len(study.cells)}格均为条件（{names_zh}），因此无最优可言。",
    )


def axis_effects(a: Analysis) -> list[Told]:
    """What moving along each axis does to the ranked outcome, on average over the other axes.

    An axis of one position says nothing. Answers beside the grid are on no axis and are left out.
    """
    study = a.plan.study
    values = a.cubes[a.ranked].mean(axis=2)[: len(study.grid)]
    out = []
    for k, axis in enumerate(study.axes):
        if len(axis.values) > 1:
            at = np.array([cell[k] for cell in study.grid])
            by_position = [values[at == j].mean(axis=0) for j in range(len(axis.values))]
            out.append(_axis_effect(study, axis, a.ranked, np.stack(by_position)))
    return out


def _axis_effect(study: Study, axis: Axis, name: str, by_position: npt.NDArray[np.float64]) -> Told:
    """Where along an axis an outcome is least and most, and in how many worlds in this order.

    by_position : its mean over the other axes, float64[n_positions, n_worlds].
    """
    outcome, means = BY_NAME[name], by_position.mean(axis=1)
    low, high = int(means.argmin()), int(means.argmax())
    moved = by_position[high] - by_position[low]
    share, n = int(np.sum(moved > 0)), moved.size
    what, what_zh = ("Varying", "改变") if axis.is_lever else ("Under the assumption", "就假定")
    head, head_zh = (
        f"{what} “{axis.text['en']}”",
        f"{what_zh}“{axis.text['zh']}”{'时' if axis.is_lever else '而言'}",
    )
    if not (moved != 0).any():
        level, level_zh = (amount(means[low], outcome.unit, lang) for lang in ("en", "zh"))
        return (
            f"{head}, {outcome.en} is the same, {level}, in all {n} worlds.",
            f"{head_zh}，{outcome.zh}在{n}个世界中均为{level_zh}，不变。",
        )
    several, condition = len(study.axes) > 1, study.has_levers and not axis.is_lever
    rest, rest_zh = (", averaged over the rest", "其余取平均；") if several else ("", "")
    note, note_zh = (
        (": a condition, not a choice", "；此为条件，并非选择") if condition else ("", "")
    )
    (least, least_zh), (most, most_zh) = (
        [
            f"{amount(means[k], outcome.unit, lang)}|{axis.spoken(k, lang)}".split("|")
            for lang in ("en", "zh")
        ]
        for k in (low, high)
    )
    return (
        f"{head}, {outcome.en} is lowest with “{least[1]}” ({least[0]}) and highest with "
        f"“{most[1]}” ({most[0]}){rest}, in this order in {share} of {n} worlds{note}.",
        f"{head_zh}，{outcome.zh}在“{least_zh[1]}”时最低（{least_zh[0]}），在“{most_zh[1]}”时最高"
        f"（{most_zh[0]}）：{rest_zh}{n}个世界中有{share}个如此{note_zh}。",
    )


def against_reference(a: Analysis) -> list[Told]:
    """What each condition moves against the reference condition: the eight that move it most."""
    study = a.plan.study
    cells = [c for c in range(len(study.cells)) if c != study.reference_cell]
    cells.sort(key=lambda c: -abs(a.contrasts[a.ranked][c].mean))
    return [_condition_moves(a, cell) for cell in sorted(cells[:8])]


def _condition_moves(a: Analysis, cell: int) -> Told:
    """The difference that one condition makes, and in how many worlds the outcome is lower."""
    study, about, c = a.plan.study, BY_NAME[a.ranked], a.contrasts[a.ranked][cell]
    at = [study.condition_of(k) for k in (cell, study.reference_cell)]
    (here, base), (here_zh, base_zh) = (
        [study.condition(one, lang) for one in at] for lang in ("en", "zh")
    )
    lower = c.n_better if about.better == "lower" else c.n_worlds - c.n_better - c.n_same
    return (
        f"With {here} instead of {base}, {about.en} is {change(c.mean, about.unit, 'en')} (95 % "
        f"interval: {between(c.low, c.high, about.unit, 'en')}); less in {lower} of {c.n_worlds} worlds"
        + (f", the same in {c.n_same}." if c.n_same else "."),
        f"{here_zh}而非{base_zh}时，{about.zh}{change(c.mean, about.unit, 'zh')}"
        f"（95%区间：{between(c.low, c.high, about.unit, 'zh')}）；{c.n_worlds}个世界中有{lower}个更低"
        + (f"，{c.n_same}个相同。" if c.n_same else "。"),
    )
