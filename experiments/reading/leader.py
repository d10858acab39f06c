"""The leading answer of a study: which it is, by how much, and which cannot be told from it.

It is the one with the best mean under the reference's condition. That says nothing by itself: the
sentences give the difference with its intervals, and how many others might be as good.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from experiments.pictures.amounts import amount, between, change
from experiments.reading import compare, frames
from experiments.reading.analysis import Analysis
from experiments.reading.turners import prior_driven
from experiments.sweeps.design import Study
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME


def better_in(c: compare.Contrast) -> Told:
    """In how many worlds a cell is better, and in how many nothing differs."""
    same = f", the same in {c.n_same}" if c.n_same else ""
    same_zh = f"，{c.n_same}个相同" if c.n_same else ""
    return (
        f"better in {c.n_better} of {c.n_worlds} plausible worlds{same}",
        f"在{c.n_worlds}个可能世界中有{c.n_better}个更好{same_zh}",
    )


def apart(c: compare.Contrast, unit: str) -> Told:
    """A difference in words: with its interval, or that there is none in any world."""
    if c.n_same == c.n_worlds:
        return (f"no difference in any of {c.n_worlds} worlds", f"{c.n_worlds}个世界中均无差异")
    size, size_zh = (change(c.mean, unit, lang) for lang in ("en", "zh"))
    span, span_zh = (between(c.low, c.high, unit, lang) for lang in ("en", "zh"))
    unsure = "" if c.apart else "; the two cannot be told apart"
    unsure_zh = "" if c.apart else "；二者分不出高下"
    better, better_zh = better_in(c)
    return (
        f"{size} on average (95 % interval: {span}), {better}{unsure}",
        f"平均{size_zh}（95%区间：{span_zh}），{better_zh}{unsure_zh}",
    )


def _where(a: Analysis) -> Told:
    """Under which condition the sentences of a study compare its answers."""
    study = a.plan.study
    at = study.condition_of(study.reference_cell)
    if not at:
        return "", ""
    return f"With {study.condition(at)}: ", f"{study.condition(at, 'zh')}时："


def leading_cell(a: Analysis) -> list[Told]:
    """Which answer is best on average, and by how much: a sentence each."""
    name, home = a.ranked, a.home
    where, where_zh = _where(a)
    values = _by_world(a)
    best = a.best
    equal = [
        c for c in home if c != best and np.array_equal(values[c], values[best], equal_nan=True)
    ]
    if len(equal) == len(home) - 1:
        return [(
            f"{where}{'no' if where else 'No'} answer differs from another in {BY_NAME[name].en}, in any of {values.shape[1]} worlds.",
            f"{where_zh}各应对的{BY_NAME[name].zh}在{values.shape[1]}个世界中完全相同。",
        )]  # fmt: skip
    if best == a.plan.study.reference_cell or a.plan.study.reference_cell in equal:
        return _reference_leads(a, equal)
    return _another_leads(a)


def _by_world(a: Analysis) -> npt.NDArray[np.float64]:
    """The ranked outcome of every cell in every world, float64[n_cells, n_worlds]: over seeds."""
    return frames.mean_of(a.cubes[a.ranked], 2)


def _heads(a: Analysis) -> Told:
    """How a sentence on the leader begins: under which condition, and of how many cells."""
    (where, where_zh), n = _where(a), len(a.home)
    return f"{where}{'of' if where else 'Of'} {n} answers, ", f"{where_zh}{n}种应对中，"


def _most(name: str) -> Told:
    """Whether the best value of an outcome is the lowest or the highest."""
    return ("lowest", "最低") if compare.sign_of(name) < 0 else ("highest", "最高")


def _reference_leads(a: Analysis, equal: Sequence[int]) -> list[Told]:
    """The reference is best: by how much over the next one that is not the same in every world.

    equal : cells under its condition whose outcome is the best one's in every world.
    """
    study, name, home = a.plan.study, a.ranked, a.home
    outcome, means, best, reference = BY_NAME[name], a.means[name], a.best, study.reference_cell
    order = np.argsort(-compare.sign_of(name) * means.to_numpy(np.float64), kind="stable")
    other = int(next(c for c in order if c in home and c != best and c not in equal))
    (head, head_zh), (told, told_zh) = _heads(a), apart(a.contrasts[name][other], outcome.unit)
    (most, most_zh), n = _most(name), len(equal)
    others = f" ({n} other{'s' if n > 1 else ''} the same in every world)" if equal else ""
    others_zh = f"（另有{n}种在每个世界中相同）" if equal else ""
    return [
        (
            f"{head}the reference “{study.spoken(reference, 'en', False)}” has the {most} "
            f"{outcome.en}: {amount(means[best], outcome.unit, 'en')} on average{others}.",
            f"{head_zh}参照“{study.spoken(reference, 'zh', False)}”的{outcome.zh}{most_zh}：平均"
            f"{amount(means[best], outcome.unit, 'zh')}{others_zh}。",
        ),
        (
            f"The next, “{study.spoken(other, 'en', False)}”: {told}.",
            f"其次是“{study.spoken(other, 'zh', False)}”：{told_zh}。",
        ),
    ]


def _another_leads(a: Analysis) -> list[Told]:
    """Another cell than the reference is best: its mean, and how far it is from the reference."""
    study, name, best = a.plan.study, a.ranked, a.best
    outcome, means, reference = BY_NAME[name], a.means[name], study.reference_cell
    (head, head_zh), (told, told_zh) = _heads(a), apart(a.contrasts[name][best], outcome.unit)
    most, most_zh = _most(name)
    driven = prior_driven(_by_world(a) - _by_world(a)[reference])[best]
    note, note_zh = (" Prior-driven.", "取决于先验。") if driven else ("", "")
    return [
        (
            f"{head}“{study.spoken(best, 'en', False)}” has the {most} {outcome.en}: "
            f"{amount(means[best], outcome.unit, 'en')} on average; the reference "
            f"“{study.spoken(reference, 'en', False)}” has {amount(means[reference], outcome.unit, 'en')}.",
            f"{head_zh}“{study.spoken(best, 'zh', False)}”的{outcome.zh}{most_zh}：平均"
            f"{amount(means[best], outcome.unit, 'zh')}；参照“{study.spoken(reference, 'zh', False)}”为"
            f"{amount(means[reference], outcome.unit, 'zh')}。",
        ),
        (f"The difference: {told}.{note}", f"二者之差：{told_zh}。{note_zh}"),
    ]


def near_cells(a: Analysis) -> Told:
    """Which answers cannot be told from the best one."""
    study, home = a.plan.study, a.home
    others = [c for c in a.near if c != a.best and c in home]
    if not others:
        return (
            "Every other answer can be told from the best one with so many worlds.",
            "以现有世界数，其余各应对均可与最优者区分。",
        )
    return (
        f"{len(others)} of the {len(home) - 1} other answers cannot be told from the best one: "
        f"{_list(study, others, 'en')}.",
        f"其余{len(home) - 1}种应对中有{len(others)}种与最优者分不出高下：{_list(study, others, 'zh')}。",
    )


def beside_cells(a: Analysis) -> list[Told]:
    """What the answers beside the grid leave, against the reference."""
    study, name = a.plan.study, a.ranked
    outcome, out = BY_NAME[name], []
    base, base_zh = (study.spoken(study.reference_cell, lang, False) for lang in ("en", "zh"))
    for cell in a.home:
        if study.beside_of(cell) is not None and study.references[cell] != cell:
            told, told_zh = apart(a.contrasts[name][cell], outcome.unit)
            mean = a.means[name][cell]
            out.append(
                (
                    f"“{study.spoken(cell, 'en', False)}” leaves {amount(mean, outcome.unit, 'en')}; "
                    f"against “{base}”: {told}.",
                    f"“{study.spoken(cell, 'zh', False)}”为{amount(mean, outcome.unit, 'zh')}；"
                    f"与“{base_zh}”相比：{told_zh}。",
                )
            )
    return out


def _list(study: Study, cells: Sequence[int], lang: str) -> str:
    """Cells in words; from five on, four of them and how many more."""
    names = [f"“{study.spoken(c, lang, False)}”" for c in cells]
    if len(names) > 5:
        more = f"and {len(names) - 4} more" if lang == "en" else f"等{len(names)}种"
        names = [*names[:4], more]
    return (", " if lang == "en" else "、").join(names)
