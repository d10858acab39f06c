"""What an answer's order against the reference hangs on: the parameter that turns its sign.

A contrast changes sign where it is better in more than TURNS of the worlds and worse in more than
TURNS. Then the draw of the parameters decides, and not the answer: it is prior-driven. Which
parameter decides is looked for by the best single split of the paired difference over the drawn
parameters (a stump), and guarded against chance: some 175 parameters at several splits for every
such answer at once are held against the largest statistic of permuted worlds (max-statistic,
Westfall & Young 1993, not re-checked), so that a study in which no parameter matters names one in
at most ERROR of the cases.

A split turns the sign where the mean difference lies on either side of zero, beyond SURE standard
errors on both. What moves a difference without turning it is told as that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from experiments.pictures.amounts import two_digits
from experiments.pictures.parameter_words import parameter_name
from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.discovery import FEWEST_WORLDS, worlds_of
from experiments.reading.provenance import known_from
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]
TURNS = 0.1  #: share of worlds on the rarer side from which an order is prior-driven
ERROR = 0.05  #: chance that a study names any parameter where none matters
PERMUTATIONS = 400
PERMUTATION_KEY = 40_817
SPLITS = np.arange(1, 10) / 10  #: quantiles of a parameter at which it is split
FEWEST_SIDE = 10  #: worlds on either side of a split
SURE = 1.645  #: standard errors by which both means lie beyond zero
MOST_TOLD = 3  #: parameters, and answers without one, that sentences name


@dataclass(frozen=True)
class Side:
    """The worlds on one side of a split."""

    n: int
    n_better: int
    mean: float  #: difference from the reference


@dataclass(frozen=True)
class Turner:
    """The split that tells best where an answer is better than the reference, and where worse."""

    parameter: str
    at: float  #: in the unit of the parameter
    below: Side  #: worlds in which it is at most that
    above: Side
    turns: bool  #: the mean difference changes its sign across the split
    strength: float  #: of the split, standardised
    needed: float  #: what chance reaches in ERROR of permutations, over everything looked at


@dataclass(frozen=True)
class Unsure:
    """An answer whose contrast with the reference changes sign within the worlds."""

    outcome: str
    cell: int
    n: int  #: distinct worlds
    n_better: int
    turner: Turner | None  #: None: no parameter by itself, beyond chance


def prior_driven(by_world: _F) -> npt.NDArray[np.bool_]:
    """Rows of differences [n_cells, n_worlds] that are above zero in more than TURNS of the worlds
    and below it in more than TURNS.
    """
    above, below = (by_world > 0).mean(axis=1), (by_world < 0).mean(axis=1)
    found: npt.NDArray[np.bool_] = (above > TURNS) & (below > TURNS)
    return found


def turners(x: pd.DataFrame, differences: _F, sign: float) -> list[Turner | None]:
    """The split of each row of differences, or None where none is beyond chance.

    x : a row a world, a column a parameter. differences : [n_rows, n_worlds]. sign : +1 where more
    is better. All rows are guarded together.
    """
    names, cuts, side = _splits(x)
    if not names or not len(differences):
        return [None] * len(differences)
    z = _standardised(side.astype(np.float32))
    y = _standardised(np.apply_along_axis(rankdata, 1, differences).T.astype(np.float32))
    found = (z.T @ y) / np.sqrt(len(x))
    needed = _needed(z, y)
    return [
        _best(found[:, k], needed, names, cuts, side, row, sign)
        for k, row in enumerate(differences)
    ]


def _splits(x: pd.DataFrame) -> tuple[list[str], list[float], npt.NDArray[np.bool_]]:
    """Every split that leaves enough worlds on both sides: name, place, who lies above it.

    The last is bool[n_worlds, n_splits].
    """
    names, cuts, sides = [], [], []
    for name in map(str, x):
        values = x[name].to_numpy(np.float64)
        for at in np.unique(np.quantile(values, SPLITS)):
            above = values > at
            if FEWEST_SIDE <= above.sum() <= len(values) - FEWEST_SIDE:
                names.append(name)
                cuts.append(float(at))
                sides.append(above)
    return names, cuts, np.array(sides, bool).T.reshape(len(x), len(names))


def _standardised(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Columns with mean 0 and variance 1; 0 throughout for one that never varies."""
    spread = values.std(axis=0)
    result: npt.NDArray[np.float32] = (values - values.mean(axis=0)) / np.where(
        spread > 0, spread, 1
    )
    return result


def _needed(z: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> float:
    """What the largest of all statistics reaches in ERROR of the permutations of worlds.

    Answers are permuted together, since they were met in the same worlds.
    """
    rng = np.random.Generator(np.random.Philox(key=PERMUTATION_KEY))
    largest = [float(np.abs(z.T @ y[rng.permutation(len(y))]).max()) for _ in range(PERMUTATIONS)]
    rank = int(np.ceil((1 - ERROR) * (PERMUTATIONS + 1))) - 1
    return float(np.sort(largest)[rank] / np.sqrt(len(y)))


def _best(
    strength: npt.NDArray[np.float32], needed: float, names: Sequence[str], cuts: Sequence[float],
    side: npt.NDArray[np.bool_], row: _F, sign: float,
) -> Turner | None:  # fmt: skip
    """The strongest split that turns the sign; where none does, the strongest; None of chance."""
    beyond = np.flatnonzero(np.abs(strength) > needed)
    best: Turner | None = None
    for k in beyond[np.argsort(-np.abs(strength[beyond]), kind="stable")]:
        above = side[:, k]
        found = Turner(
            names[k], cuts[k], _side(row[~above], sign), _side(row[above], sign),
            _turns(row[~above], row[above]), float(abs(strength[k])), needed,
        )  # fmt: skip
        if found.turns:
            return found
        best = best or found
    return best


def _side(values: _F, sign: float) -> Side:
    """Worlds of one side, in how many of them the answer is better, and its mean difference."""
    return Side(values.size, int((sign * values > 0).sum()), float(values.mean()))


def _turns(below: _F, above: _F) -> bool:
    """Whether the means lie on either side of zero, each beyond SURE standard errors."""
    t = [
        float(v.mean()) / max(float(v.std(ddof=1)) / np.sqrt(v.size), 1e-12) for v in (below, above)
    ]
    return min(t) < -SURE and max(t) > SURE


def unsure(a: Analysis) -> list[Unsure]:
    """The answers of a study whose contrast changes sign, with what turns each, outcome by outcome,
    most even first; the ranked outcome first.

    Worlds that were drawn twice, as a posterior may, count once. No parameter is looked for below
    FEWEST_WORLDS distinct worlds. Empty where nothing is drawn, or nothing is a choice.
    """
    return [one for outcome in _outcomes(a) for one in _unsure(a, outcome)]


def _outcomes(a: Analysis) -> list[str]:
    """The outcomes of a study of which more or less is better, if its worlds are drawn at all."""
    point = next(point for point in a.plan.points if point.block == "main")
    if not a.plan.study.has_levers or point.config.uncertainty.name == "point":
        return []
    names = [name for name in a.plan.study.outcomes if name in a.contrasts]
    return [name for name in names if np.isfinite(compare.sign_of(name))]


def _unsure(a: Analysis, name: str) -> list[Unsure]:
    """The same for one outcome."""
    study, sign = a.plan.study, compare.sign_of(name)
    x, by_world = differences(a, name)
    is_reference = np.isin(np.arange(len(by_world)), study.references)
    cells = np.flatnonzero(prior_driven(by_world) & ~is_reference)
    enough = by_world.shape[1] >= FEWEST_WORLDS
    found = turners(x, by_world[cells], sign) if enough else [None] * len(cells)
    told = [
        Unsure(name, int(c), by_world.shape[1], int((sign * by_world[c] > 0).sum()), one)
        for c, one in zip(cells, found, strict=True)
    ]
    return sorted(told, key=lambda one: abs(one.n_better / one.n - 0.5))


def differences(a: Analysis, outcome: str) -> tuple[pd.DataFrame, _F]:
    """The distinct worlds of a study, a row each, and every cell less its reference in them.

    The second is [n_cells, n_distinct]. Of a sweep that stops, the worlds that all cells share.
    """
    apart = compare.paired(a.cubes[outcome], a.plan.study.references)
    return _distinct(worlds_of(a).iloc[: apart.shape[1]], apart)


def _distinct(x: pd.DataFrame, apart: _F) -> tuple[pd.DataFrame, _F]:
    """Distinct worlds with the mean difference of each; those without a value drop out.

    apart : [n_cells, n_worlds, n_seeds]. Gives the worlds and [n_cells, n_distinct].
    """
    known = np.flatnonzero(np.isfinite(apart).all(axis=(0, 2)))
    x, values = x.iloc[known], apart[:, known].mean(axis=2)
    _, first, group = np.unique(x.to_numpy(), axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    sums = np.stack([np.bincount(group, row, len(first)) for row in values])
    return x.iloc[first].reset_index(drop=True), sums / np.bincount(group, minlength=len(first))


def table(found: Sequence[Unsure], a: Analysis) -> pd.DataFrame:
    """A row an answer whose contrast changes sign: worlds on either side, and what turns it."""
    rows = []
    for one in found:
        row = {"outcome": one.outcome, "cell": one.cell, "label": a.plan.study.label(one.cell), "worlds": one.n,
               "better_in": one.n_better}  # fmt: skip
        if (t := one.turner) is not None:
            row |= {
                "parameter": t.parameter, "at": t.at, "turns": t.turns,
                "below_worlds": t.below.n, "below_better": t.below.n_better,
                "below_mean": t.below.mean, "above_worlds": t.above.n,
                "above_better": t.above.n_better, "above_mean": t.above.mean,
                "strength": t.strength, "needed": t.needed,
            }  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def sentences(a: Analysis) -> list[Told]:
    """Which answers are prior-driven, and the parameter that turns each, in two languages.

    Of the ranked outcome in full, also where every order holds; of each other outcome how many
    answers, and the parameter that splits most of them.
    """
    said: list[Told] = []
    also: list[tuple[str, int]] = []
    for outcome in _outcomes(a):
        found, ranked = _unsure(a, outcome), outcome == a.ranked
        if not found and not ranked:
            continue
        if ranked:
            said.append(_how_many(a, outcome, found))
        else:
            also.append((outcome, len(found)))
        said += [_group(a, group) for group in _groups(found)[: MOST_TOLD if ranked else 1]]
        rest = [one for one in found if one.turner is None]
        said += [_nothing_alone(a, rest)] if rest and ranked else []
    return [*said, *([_also(also)] if also else [])]


def _also(found: Sequence[tuple[str, int]]) -> Told:
    """In which other outcomes answers are prior-driven, and how many of them."""
    told, told_zh = (
        sep.join(
            f"{BY_NAME[name].zh}{n}种" if lang == "zh" else f"{BY_NAME[name].en} ({n})"
            for name, n in found
        )
        for lang, sep in (("en", "; "), ("zh", "、"))
    )
    return (
        f"Prior-driven in other outcomes, with the number of answers: {told}.",
        f"其他结果中取决于先验的应对：{told_zh}。",
    )


def _groups(found: Sequence[Unsure]) -> list[list[Unsure]]:
    """Answers by the parameter that splits them; those that turn most come first."""
    by_parameter: dict[str, list[Unsure]] = {}
    for one in found:
        if one.turner is not None:
            by_parameter.setdefault(one.turner.parameter, []).append(one)
    return sorted(
        by_parameter.values(),
        key=lambda group: (-sum(one.turner.turns for one in group if one.turner), -len(group)),
    )


def _how_many(a: Analysis, outcome: str, found: Sequence[Unsure]) -> Told:
    """In how many answers the order against the reference hangs on the draw."""
    study, about = a.plan.study, BY_NAME[outcome]
    n = len(study.cells) - len(set(study.references))
    base, base_zh = (study.spoken(study.reference_cell, lang) for lang in ("en", "zh"))
    if not found:
        return (
            f"No contrast with “{base}” changes sign: for {about.en}, none of {n} answers "
            f"is better in more than {TURNS:.0%} of the plausible worlds and worse in more than {TURNS:.0%}.",
            f"就“{about.zh}”而言，{n}种应对与“{base_zh}”之差均不变号：没有一种在超过{TURNS:.0%}的"
            f"可能世界中更好、又在超过{TURNS:.0%}中更差。",
        )
    return (
        f"Prior-driven: for {about.en}, {len(found)} of {n} answers {'is' if len(found) == 1 else 'are'} "
        f"better than “{base}” in some plausible worlds and worse in others (more than {TURNS:.0%} each): "
        "what nobody has measured decides there, and not the answer.",
        f"取决于先验：就“{about.zh}”而言，{n}种应对中有{len(found)}种在一些可能世界中优于“{base_zh}”，"
        f"在另一些中更差（各超过{TURNS:.0%}）：此时起决定作用的是无人测得的量，而非应对本身。",
    )


def _group(a: Analysis, group: Sequence[Unsure]) -> Told:
    """One parameter, the answer that it splits most clearly, and how many more it splits."""
    one = max(
        group, key=lambda u: (u.turner.turns, u.turner.strength) if u.turner else (False, 0.0)
    )
    t, study = one.turner, a.plan.study
    assert t is not None
    config = next(point for point in a.plan.points if point.block == "main").config
    name, name_zh = (parameter_name(t.parameter, lang) for lang in ("en", "zh"))
    known, known_zh = known_from(config, t.parameter)
    more = len(group) - 1
    verb, verb_zh = (
        ("turns", "使其变号") if t.turns else ("moves but does not turn", "有影响而不变号")
    )
    about = BY_NAME[one.outcome]
    others = f" It does so for {more} more answer{'s' if more > 1 else ''}." if more else ""
    others_zh = f"另有{more}种应对也是如此。" if more else ""
    return (
        f"“{name}” ({known}) {verb} the order of "
        f"“{study.spoken(one.cell)}” in {about.en}: up to {two_digits(t.at)} it is better in {t.below.n_better} of "
        f"{t.below.n} worlds, above in {t.above.n_better} of {t.above.n}.{others}",
        f"“{name_zh}”（{known_zh}）{verb_zh}：“{study.spoken(one.cell, 'zh')}”"
        f"在该参数不超过{two_digits(t.at)}时，{t.below.n}个世界中有{t.below.n_better}个更好；超过时"
        f"{t.above.n}个中有{t.above.n_better}个。{others_zh}",
    )


def _nothing_alone(a: Analysis, rest: Sequence[Unsure]) -> Told:
    """Answers whose sign changes and which no parameter splits beyond chance."""
    study, few = a.plan.study, rest[0].n < FEWEST_WORLDS
    named, named_zh = (
        between.join(f"“{study.spoken(one.cell, lang)}”" for one in rest[:MOST_TOLD])
        for lang, between in (("en", ", "), ("zh", "、"))
    )
    more = f" and {len(rest) - MOST_TOLD} more" if len(rest) > MOST_TOLD else ""
    more_zh = f"等{len(rest)}种" if len(rest) > MOST_TOLD else ""
    if few:
        return (
            f"{rest[0].n} worlds are too few to say which parameter decides for {named}{more} "
            f"({FEWEST_WORLDS} are needed).",
            f"{rest[0].n}个世界太少，无法判断{named_zh}{more_zh}取决于哪个参数（至少需要{FEWEST_WORLDS}个）。",
        )
    return (
        f"No single parameter turns {named}{more} beyond chance: several together decide, or luck.",
        f"{named_zh}{more_zh}：没有任何单个参数的作用超出偶然，取决于多个参数的组合或运气。",
    )
