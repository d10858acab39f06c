"""Shapley values: a difference between two responses, shared out among mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

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
    from itertools import combinations
    from math import factorial

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
    """Exact Shapley values of the mechanisms in the difference between two responses, paired."""
    study = a.plan.study
    names = [axis.name for axis in study.axes[1:]]
    values = frames.mean_of(a.cubes[outcome], 2)  # [cell, world]
    games: dict[frozenset[str], _F] = {}
    for cell, at in enumerate(study.cells):
        if at[0] == 1:
            other = study.cells.index((0, *at[1:]))
            on = frozenset(name for name, k in zip(names, at[1:], strict=True) if k == 1)
            games[on] = values[cell] - values[other]
    everybody: frozenset[str] = frozenset(names)
    nobody: frozenset[str] = frozenset()
    n = games[nobody].size
    middle = shapley({group: float(g.mean()) for group, g in games.items()})
    rng = np.random.Generator(np.random.Philox(key=BOOTSTRAP_KEY))
    resampled = []
    for rows in rng.integers(0, n, (400, n)):
        resampled.append(shapley({k: float(g[rows].mean()) for k, g in games.items()}))
    table = pd.DataFrame(resampled)
    if n < FEWEST_PAIRS:  # of a handful no range is given
        table[:] = np.nan
    return Decomposition(
        without=float(games[nobody].mean()),
        whole=float(games[everybody].mean()),
        parts=middle,
        low={name: float(table[name].quantile(0.025)) for name in names},
        high={name: float(table[name].quantile(0.975)) for name in names},
        alone={m: float((games[frozenset({m})] - games[nobody]).mean()) for m in names},
        last={m: float((games[everybody] - games[everybody - {m}]).mean()) for m in names},
    )


def game_sentences(a: Analysis, d: Decomposition) -> list[tuple[str, str]]:
    """A decomposition in words: what adds up, and where the order matters."""
    study, about = a.plan.study, BY_NAME[a.ranked]
    text = {axis.name: axis.text for axis in study.axes[1:]}
    first, second = study.axes[0].labels
    n = a.cubes[a.ranked].shape[1]
    order = sorted(d.parts, key=lambda name: -abs(d.parts[name]))
    known = all(np.isfinite(d.low[k]) for k in order)
    en = ", ".join(
        f"{text[k]['en']} {signed(d.parts[k])}"
        + (f" ({signed(d.low[k])} to {signed(d.high[k])})" if known else "")
        for k in order
    ) + ("" if known else f" ({few_words(n, 'en')})")
    zh = "、".join(
        f"{text[k]['zh']}{signed(d.parts[k])}"
        + (f"（{signed(d.low[k])}至{signed(d.high[k])}）" if known else "")
        for k in order
    ) + ("" if known else f"（{few_words(n, 'zh')}）")
    swing = max(order, key=lambda k: abs(d.alone[k] - d.last[k]))
    return [
        (
            f"“{second}” against “{first}” changes {about.en} by {d.whole:+.3g} {about.unit} with all "
            f"mechanisms on, and by {d.without:+.3g} with the {len(order)} of them off ({n} seeds, paired).",
            f"“{second}”相对“{first}”：全部机制开启时{about.zh}变化{d.whole:+.3g}，{len(order)}个机制关闭时为{d.without:+.3g}（{n}个配对种子）。",
        ),
        (
            f"The difference between the two, shared out exactly (Shapley, {2 ** len(order)} coalitions): {en}.",
            f"二者之差的精确分摊（Shapley，{2 ** len(order)}个联盟）：{zh}。",
        ),
        (
            f"Order matters most for {text[swing]['en']}: {d.alone[swing]:+.3g} when it comes first, "
            f"{d.last[swing]:+.3g} when it comes last.",
            f"次序影响最大者为{text[swing]['zh']}：最先加入{d.alone[swing]:+.3g}，最后加入{d.last[swing]:+.3g}。",
        ),
    ]
