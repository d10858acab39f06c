"""The leading answer of a study: which it is, by how much, and which cannot be told from it.

It is the one with the best mean under the reference's condition. That says nothing by itself: the
sentences give the difference with its intervals, and how many others might be as good.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from experiments.pictures.words import number, signed, unit_name
from experiments.reading import compare, frames
from experiments.reading.analysis import Analysis
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


def leading_cell(a: Analysis) -> Told:
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


def near_cells(a: Analysis) -> Told:
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


def beside_cells(a: Analysis) -> list[Told]:
    """What the answers beside the grid leave, against the reference."""
    study, name = a.plan.study, a.ranked
    out = []
    for cell in a.home:
        if study.beside_of(cell) is not None and study.references[cell] != cell:
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


def _list(study: Study, cells: Sequence[int], lang: str) -> str:
    """Cells by their labels; from nine on, eight of them and how many more."""
    names = [f"“{study.label(c, lang)}”" for c in cells]
    if len(names) > 8:
        more = f" and {len(names) - 8} more" if lang == "en" else f"等{len(names)}格"
        names = [*names[:8], more.strip()]
    return (", " if lang == "en" else "、").join(names)
