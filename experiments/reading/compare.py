"""Cells of a study compared honestly: in pairs, world by world, with what remains unknown.

Arrays are float64[n_cells, n_worlds, n_seeds]; a world is a draw of the uncertainties. All cells
are run in the same worlds with the same seeds. Means over worlds answer "on plausible worlds";
nothing here is a probability of anything real.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading.frames import cube, mean_of
from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns, resamples, sign_of, told_apart
from experiments.reading.sequences import ALPHA, interval
from experiments.sweeps.design import Study

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """A cell against the reference, over worlds."""

    cell: int  #: its number in the study
    mean: float  #: paired difference, cell minus reference, in the unit of the outcome
    low: float  #: 95 % interval of the mean, bootstrap over worlds
    high: float
    low_all: float  #: 95 % band that holds for all cells at once (max-t)
    high_all: float
    share_better: float  #: of worlds; ties count half; NaN if the outcome has no direction
    n_worlds: int  #: in which both have a value
    n_runs: int
    sd_parameter: float  #: spread over worlds that is not of seeds
    sd_seed: float  #: spread over seeds inside a world
    n_better: int = 0  #: worlds in which it is better; 0 if the outcome has no direction
    n_same: int = 0  #: worlds in which there is no difference at all

    @property
    def apart(self) -> bool:
        """Whether its interval leaves out zero."""
        return told_apart(self.low, self.high)


def paired(values: _F, reference: int | Sequence[int]) -> _F:
    """Differences in each world and seed from the reference cell, or from each cell's own."""
    if isinstance(reference, int):
        return values - values[reference][None]
    return values - values[list(reference)]


@dataclass(frozen=True)
class _Bands:
    """Bootstrap over worlds of the mean difference of each cell."""

    draws: _F  #: means of the resamples, [BOOTSTRAPS, n_cells]
    error: _F  #: standard error of each mean, [n_cells]
    quantile: float  #: of max-t: this many errors hold for all cells at once, at 95 %


def _bands(differences: _F) -> _Bands:
    """The bootstrap of differences [n_cells, n_worlds]; all cells share the resampled worlds.

    That they are shared is what makes the band simultaneous: the largest t of a resample is of
    cells that were drawn together. A cell that never differs has no error, and a t of 0.
    """
    draws = np.stack(
        [differences[:, rows].mean(axis=1) for rows in resamples(differences.shape[1])]
    )
    error = draws.std(axis=0)
    far = np.abs(draws - differences.mean(axis=1))
    t = np.divide(far, error, out=np.zeros_like(far), where=error > 0)
    return _Bands(draws, error, float(np.quantile(t.max(axis=1), 0.95)))


def contrasts(values: _F, reference: int | Sequence[int], outcome: str) -> list[Contrast]:
    """Every cell against the reference, with single and simultaneous intervals.

    values : [n_cells, n_worlds, n_seeds]; reference : a cell, or one for every cell.
    Worlds in which any cell has no value drop out.
    Raises TooFewRuns below FEWEST_PAIRS worlds.
    """
    values = values[:, np.isfinite(values).all(axis=(0, 2))]
    n = values.shape[1]
    if n < FEWEST_PAIRS:
        estimate = float(paired(values, reference).mean()) if n else float("nan")
        raise TooFewRuns(estimate, n)
    apart = paired(values, reference)
    by_world, seeds = apart.mean(axis=2), apart.shape[2]
    bands = _bands(by_world)
    low, high = np.quantile(bands.draws, (0.025, 0.975), axis=0)
    centre, wide = by_world.mean(axis=1), bands.quantile * bands.error
    parameter, seed = _spreads(apart)
    better = sign_of(outcome) * by_world
    share = ((better > 0) + 0.5 * (better == 0)).mean(axis=1)
    return [
        Contrast(
            c,
            float(centre[c]),
            float(low[c]),
            float(high[c]),
            float(centre[c] - wide[c]),
            float(centre[c] + wide[c]),
            float(share[c]) if np.isfinite(sign_of(outcome)) else float("nan"),
            n,
            n * seeds,
            float(parameter[c]),
            float(seed[c]),
            int((better[c] > 0).sum()),
            int((apart[c] == 0).all(axis=1).sum()),
        )
        for c in range(len(values))
    ]


def judged_contrasts(
    values: _F, references: Sequence[int], outcome: str, worlds: Sequence[int]
) -> list[Contrast]:
    """The same of a sweep that stops: each cell over its own worlds, with confidence sequences.

    They hold at every look (`sequences`); those for all cells at once share alpha among them.
    worlds : in which each cell was judged. Worlds in which a pair has no value drop out for it.
    Raises TooFewRuns where a pair has fewer than FEWEST_PAIRS.
    """
    n_pairs = max(1, sum(cell != reference for cell, reference in enumerate(references)))
    found = []
    for cell, reference in enumerate(references):
        n = min(worlds[cell], worlds[reference])
        apart = values[cell, :n] - values[reference, :n]
        apart = apart[np.isfinite(apart).all(axis=1)]
        if len(apart) < FEWEST_PAIRS:
            raise TooFewRuns(float(apart.mean()) if len(apart) else float("nan"), len(apart))
        by_world = apart.mean(axis=1)
        (mean, half), (_, wide) = (interval(by_world, ALPHA / k) for k in (1, n_pairs))
        parameter, seed = _spreads(apart[None])
        better, sign = sign_of(outcome) * by_world, sign_of(outcome)
        share = float(((better > 0) + 0.5 * (better == 0)).mean()) if sign == sign else float("nan")
        bounds = (mean - half, mean + half, mean - wide, mean + wide)
        spreads = float(parameter[0]), float(seed[0])
        counts = int((better > 0).sum()), int((apart == 0).all(axis=1).sum())
        n_runs = apart.size
        found.append(Contrast(cell, mean, *bounds, share, len(apart), n_runs, *spreads, *counts))
    return found


def judged_means(values: _F, references: Sequence[int], worlds: Sequence[int]) -> _F:
    """Means of cells that were run in different numbers of worlds, as if all had had the most.

    The mean of the reference over all of its worlds, and the paired difference over those that a
    cell shares with it: the worlds that a cell was not run in are no better or worse for it.
    """
    means = mean_of(values, (1, 2))
    for cell, reference in enumerate(references):
        n = min(worlds[cell], worlds[reference])
        pairs = values[cell, :n], values[reference, :n]
        means[cell] = mean_of(values[reference], (0, 1)) + float(
            mean_of(pairs[0], (0, 1)) - mean_of(pairs[1], (0, 1))
        )
    return means


def _spreads(apart: _F) -> tuple[_F, _F]:
    """Standard deviations of differences over worlds and over seeds in a world, [n_cells] each.

    apart : [n_cells, n_worlds, n_seeds]. The mean of a world still holds 1/n_seeds of the variance
    of its seeds, which is taken off; with one seed a world it cannot be, and the second is NaN.
    """
    seeds = apart.shape[2]
    between = apart.mean(axis=2).var(axis=1, ddof=1)
    if seeds == 1:
        return np.sqrt(between), np.full(len(apart), np.nan)
    within = apart.var(axis=2, ddof=1).mean(axis=1)
    return np.sqrt(np.maximum(between - within / seeds, 0.0)), np.sqrt(within)


def worlds_for(contrast: Contrast, half_width: float) -> int:
    """How many worlds would give an interval of this half-width: the meter of enough runs.

    Half-widths shrink with the square root of the worlds.
    """
    now = (contrast.high - contrast.low) / 2
    return int(np.ceil(contrast.n_worlds * (now / half_width) ** 2))


def indifferent(values: _F, outcome: str) -> list[int]:
    """Cells that cannot be told from the best: the best one's lead over them may be nothing.

    Simultaneous (max-t) over all cells, as multiple comparisons with the best ask. Raises
    TooFewRuns below FEWEST_PAIRS worlds in which every cell has a value.
    """
    values = values[:, np.isfinite(values).all(axis=(0, 2))].mean(axis=2)
    if values.shape[1] < FEWEST_PAIRS:
        raise TooFewRuns(float("nan"), values.shape[1])
    best = int(np.argmax(sign_of(outcome) * values.mean(axis=1)))
    lead = sign_of(outcome) * (values[best][None] - values)
    bands = _bands(lead)
    near = lead.mean(axis=1) - bands.quantile * bands.error <= 0
    near[best] = True
    return [int(c) for c in np.flatnonzero(near)]


def leaders(values: _F, outcome: str, n: int) -> list[int]:
    """The n cells with the best means, best first."""
    return foremost(mean_of(values, (1, 2)), outcome, n)


def foremost(means: _F, outcome: str, n: int) -> list[int]:
    """Places of the n best of some means, best first."""
    return [int(c) for c in np.argsort(-sign_of(outcome) * means, kind="stable")[:n]]


def leading(study: Study, means: _F, n: int) -> list[int]:
    """The n answers with the best means under the reference's condition, best first.

    means : of the ranked outcome, by cell. What is assumed is no choice: no cell of another
    condition leads.
    """
    cells = study.groups[study.condition_of(study.reference_cell)]
    return [cells[k] for k in foremost(means[cells], study.outcomes[0], n)]


@dataclass(frozen=True)
class Pair:
    """Two answers under several conditions: whether their order depends on the condition."""

    first: int
    second: int
    turns: bool  #: the sign of the mean difference is not the same under all conditions
    certain: bool  #: it turns, and is told apart from zero on both sides
    held: bool  #: told apart under every condition, with the same sign
    above: int  #: the condition in which first - second is largest
    below: int  #: the one in which it is smallest


def orders(by_world: _F) -> list[Pair]:
    """Whether the order of answers holds under all conditions, pair by pair; widest swings first.

    by_world : [n_conditions, n_answers, n_worlds]. Intervals are of 95 %, for each pair by itself.
    Raises TooFewRuns below FEWEST_PAIRS worlds.
    """
    n = by_world.shape[2]
    if n < FEWEST_PAIRS:
        raise TooFewRuns(float("nan"), n)
    rows = resamples(n)
    drawn = np.stack([values[:, rows].mean(axis=2) for values in by_world])
    means = by_world.mean(axis=2)
    found = []
    for i, j in itertools.combinations(range(by_world.shape[1]), 2):
        apart = means[:, i] - means[:, j]
        low, high = np.quantile(drawn[:, i] - drawn[:, j], (0.025, 0.975), axis=1)
        turns = bool((apart > 0).any() and (apart < 0).any())
        certain = bool((low > 0).any() and (high < 0).any())
        held = bool((low > 0).all() or (high < 0).all())
        pair = Pair(i, j, turns, certain, held, int(apart.argmax()), int(apart.argmin()))
        found.append((float(np.ptp(apart)), pair))
    return [pair for _, pair in sorted(found, key=lambda item: -item[0])]


def structure(
    frame: pd.DataFrame, rivals: Sequence[str], outcome: str, reference: int | Sequence[int]
) -> pd.DataFrame:
    """Mean differences from the reference under each rival structure, in the same worlds.

    Rows are cells; column "main" is the model itself in just those worlds and seeds.
    """
    table: dict[str, _F] = {}
    worlds: npt.NDArray[Any] | None = None
    for rival in rivals:
        rows = frame[frame["block"] == rival]
        worlds = rows["world"].unique()
        table[rival] = paired(cube(frame, outcome, rival), reference).mean(axis=(1, 2))
    if worlds is None:
        return pd.DataFrame()
    same = frame[(frame["block"] == "main") & frame["world"].isin(worlds)]
    main = paired(cube(same, outcome), reference).mean(axis=(1, 2))
    return pd.DataFrame({"main": main, **table})


def confirmed(frame: pd.DataFrame, outcome: str, reference: int) -> pd.DataFrame:
    """Leaders against the reference in the worlds that chose them, and in fresh ones.

    frame : a row a run. reference : number of the cell. A row a leader: mean paired difference at
    first, again with its 95 % interval, share of worlds in which it is better. Empty where no
    leader was run again.
    """
    fresh = frame[frame["block"] == "confirm"]
    cells = [int(c) for c in fresh["cell"].unique()]
    if reference not in cells or len(cells) < 2:
        return pd.DataFrame()
    first = {c.cell: c for c in contrasts(cube(frame, outcome), reference, outcome)}
    order = sorted(cells)
    again = contrasts(cube(frame, outcome, "confirm"), order.index(reference), outcome)
    return pd.DataFrame(
        [
            {
                "cell": cell,
                "first": first[cell].mean,
                "again": contrast.mean,
                "low": contrast.low,
                "high": contrast.high,
                "share_better": contrast.share_better,
                "n_worlds": contrast.n_worlds,
            }
            for cell, contrast in zip(order, again, strict=True)
            if cell != reference
        ]
    )
