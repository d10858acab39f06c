"""Shapley values: a difference between two responses, shared out among mechanisms.

Every coalition of mechanisms is run under both responses, so the values are exact; only the worlds
are a sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.pictures.amounts import change
from experiments.pictures.words import few_words, signed
from experiments.reading import frames
from experiments.reading.analysis import Analysis
from experiments.reading.intervals import BOOTSTRAP_KEY, FEWEST_PAIRS
from experiments.sweeps.design import Study
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]


def shapley(values: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Exact Shapley values of a game that is given for every coalition.

    The sum is values[everybody] - values[nobody], to rounding. Raises KeyError for a coalition that
    is missing: an incomplete game has no answer.
    """
    players = sorted(frozenset().union(*values))
    n = len(players)
    result = {}
    for player in players:
        others = [other for other in players if other != player]
        total = 0.0
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for group in combinations(others, size):
                without = frozenset(group)
                total += weight * (values[without | {player}] - values[without])
        result[player] = total
    return result


def is_game(study: Study) -> bool:
    """Whether a study is every coalition of some mechanisms under two responses."""
    first, rest = study.axes[0], study.axes[1:]
    return (
        len(first.values) == 2
        and len(rest) > 1
        and all(axis.keys[0].startswith("mechanisms.") and len(axis.values) == 2 for axis in rest)
    )


@dataclass(frozen=True)
class Decomposition:
    """One comparison of two responses, told apart by mechanism."""

    without: float  #: difference of the responses with every mechanism of the game off
    whole: float  #: the difference with all of them on
    parts: dict[str, float]  #: Shapley values; they add up to whole - without
    low: dict[str, float]  #: 95 % interval, bootstrap over the common seeds
    high: dict[str, float]
    alone: dict[str, float]  #: what a mechanism does when it comes first
    last: dict[str, float]  #: what it does when it comes last


def decomposition(a: Analysis, outcome: str) -> Decomposition:
    """Exact Shapley values of the mechanisms in the difference between two responses, paired.

    Intervals are of 95 %, by a bootstrap over the worlds; NaN below FEWEST_PAIRS of them.
    """
    games = _games(a, outcome)
    nobody: frozenset[str] = frozenset()
    everybody = nobody.union(*games)
    names = sorted(everybody)
    table = _resampled(games)
    return Decomposition(
        without=float(games[nobody].mean()),
        whole=float(games[everybody].mean()),
        parts=shapley({group: float(g.mean()) for group, g in games.items()}),
        low={name: float(table[name].quantile(0.025)) for name in names},
        high={name: float(table[name].quantile(0.975)) for name in names},
        alone={m: float((games[frozenset({m})] - games[nobody]).mean()) for m in names},
        last={m: float((games[everybody] - games[everybody - {m}]).mean()) for m in names},
    )


def _games(a: Analysis, outcome: str) -> dict[frozenset[str], _F]:
    """For every coalition of mechanisms that are on: second response minus first, by world."""
    study = a.plan.study
    names = [axis.name for axis in study.axes[1:]]
    values = frames.mean_of(a.cubes[outcome], 2)  # [cell, world]
    games: dict[frozenset[str], _F] = {}
    for cell, at in enumerate(study.cells):
        if at[0] == 1:
            other = study.cells.index((0, *at[1:]))
            on = frozenset(name for name, k in zip(names, at[1:], strict=True) if k == 1)
            games[on] = values[cell] - values[other]
    return games


def _resampled(games: Mapping[frozenset[str], _F]) -> pd.DataFrame:
    """Shapley values of 400 resamples of the worlds, a column a mechanism."""
    n = next(iter(games.values())).size
    rng = np.random.Generator(np.random.Philox(key=BOOTSTRAP_KEY))
    table = pd.DataFrame(
        [
            shapley({k: float(g[rows].mean()) for k, g in games.items()})
            for rows in rng.integers(0, n, (400, n))
        ]
    )
    if n < FEWEST_PAIRS:  # of a handful no range is given
        table[:] = np.nan
    return table


def game_sentences(a: Analysis, d: Decomposition) -> list[tuple[str, str]]:
    """A decomposition in words: what adds up, and where the order matters."""
    study, about = a.plan.study, BY_NAME[a.ranked]
    text = {axis.name: axis.text for axis in study.axes[1:]}
    (first, first_zh), (second, second_zh) = (
        [study.axes[0].spoken(k, lang) for lang in ("en", "zh")] for k in (0, 1)
    )
    n, m, unit = a.cubes[a.ranked].shape[1], len(d.parts), about.unit
    en, zh = (
        _shares(d, {k: said[lang] for k, said in text.items()}, n, lang) for lang in ("en", "zh")
    )
    swing = max(_by_size(d), key=lambda k: abs(d.alone[k] - d.last[k]))
    told = {
        lang: [
            change(value, unit, lang)
            for value in (d.whole, d.without, d.alone[swing], d.last[swing])
        ]
        for lang in ("en", "zh")
    }
    return [
        (
            f"With “{second}” instead of “{first}”, {about.en} is {told['en'][0]} with all mechanisms on, "
            f"and {told['en'][1]} with the {m} of them off ({n} paired seeds).",
            f"以“{second_zh}”代替“{first_zh}”：全部机制开启时{about.zh}{told['zh'][0]}，{m}个机制关闭时"
            f"{told['zh'][1]}（{n}个成对种子）。",
        ),
        (
            f"The difference between the two, shared out exactly over {2**m} combinations (Shapley values): {en}.",
            f"二者之差按{2**m}种组合精确分摊（沙普利值）：{zh}。",
        ),
        (
            f"Order matters most for {text[swing]['en']}: {told['en'][2]} when it comes first, "
            f"{told['en'][3]} when it comes last.",
            f"次序影响最大者为{text[swing]['zh']}：最先加入{told['zh'][2]}，最后加入{told['zh'][3]}。",
        ),
    ]


def _by_size(d: Decomposition) -> list[str]:
    """The mechanisms, the largest share first, whatever its sign."""
    return sorted(d.parts, key=lambda name: -abs(d.parts[name]))


def _shares(d: Decomposition, called: Mapping[str, str], n: int, lang: str) -> str:
    """The share of every mechanism with its interval; without one if the worlds are too few."""
    order, zh = _by_size(d), lang == "zh"
    known = all(np.isfinite(d.low[k]) for k in order)
    told = []
    for k in order:
        low, high = signed(d.low[k]), signed(d.high[k])
        between = (f"（{low}至{high}）" if zh else f" ({low} to {high})") if known else ""
        told.append(f"{called[k]}{'' if zh else ' '}{signed(d.parts[k])}{between}")
    few = few_words(n, lang)
    end = "" if known else (f"（{few}）" if zh else f" ({few})")
    return ("、" if zh else ", ").join(told) + end
