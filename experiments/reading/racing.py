"""When a sweep may stop, and which of its cells get another block of worlds.

Numbers alone: what comes in are outcomes by cell and world. The course is replayed from the first
block whenever it is asked for, and a look at n worlds reads no later one. So it is the same
whatever ran the worlds, in whatever order, and whatever else lies in the store.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.reading.sequences import ALPHA, interval
from experiments.sweeps.design import Stop
from experiments.sweeps.running import BLOCK, LEAST

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """The cells of a race: which is compared with which, and what is better."""

    references: Sequence[int]  #: of every cell; of a reference, itself
    groups: Sequence[Sequence[int]]  #: cells that are choices under one condition
    sign: float  #: +1 if more of the outcome is better, -1 if less is


@dataclass
class Course:
    """How far a race has come."""

    worlds: list[int]  #: in which each cell has been judged
    open: list[int]  #: cells that get another block; none: settled
    alive: list[int]  #: cells that have not been told from the best of their condition
    widest: float = math.inf  #: half-width of the widest 95 % interval against the reference
    margin: float = math.inf  #: at most so much better than the leader may another answer be


def race(stop: Stop, cells: Cells, values: _F, there: Sequence[int], most: int) -> Course:
    """Replay a race over the whole blocks that are there.

    values : outcome by cell and world, float64[n_cells, n_worlds], NaN where it is not defined.
    there : whole worlds that each cell has from the first on. most : worlds that a cell may get.
    """
    every = list(range(len(values)))
    course = Course([0] * len(values), every, every)
    _run(stop, cells, values, there, most, course)
    course.widest = widest(values, cells, course.worlds)
    return course


def _run(
    stop: Stop, cells: Cells, values: _F, there: Sequence[int], most: int, course: Course
) -> None:
    """Look after every block, until nothing is open, or one is not whole.

    values : the judged outcome, float64[cells, worlds]; there : worlds of each cell that are whole.
    most : worlds that the study may run. course : how far each cell has come; changed, and left
    open where a block is missing.
    """
    n = 0
    while course.open and n < most:
        n = min(n + BLOCK, most)
        if any(there[cell] < n for cell in course.open):
            return
        for cell in course.open:
            course.worlds[cell] = n
        if n < min(LEAST, most):
            continue
        if stop.decided is None:
            course.alive = contenders(values, cells, course.worlds)
            course.open = _too_wide(stop.half_width or 0.0, values, cells, course)
        else:
            course.open = _undecided(stop.decided, values, cells, course, n)
    course.open = []


def apart(values: _F, a: int, b: int, worlds: Sequence[int]) -> _F:
    """Differences of two cells in the worlds that both were run in."""
    n = min(worlds[a], worlds[b])
    difference: _F = values[a, :n] - values[b, :n]
    return difference


def widest(values: _F, cells: Cells, worlds: Sequence[int]) -> float:
    """Half-width of the widest interval of a cell against its reference; 0 where there is none."""
    return max(
        (
            interval(apart(values, c, r, worlds))[1]
            for c, r in enumerate(cells.references)
            if c != r
        ),
        default=0.0,
    )


def _too_wide(half: float, values: _F, cells: Cells, course: Course) -> list[int]:
    """Cells whose interval is wider than asked, and their references.

    A cell that has never differed has an interval of no width: it stays as long as any other does,
    for what is rare may not have happened yet.
    """
    wide, never = [], []
    for cell in course.open:
        reference = cells.references[cell]
        if cell != reference:
            difference = apart(values, cell, reference, course.worlds)
            if not difference.any():
                never.append(cell)
            elif interval(difference)[1] > half:
                wide.append(cell)
    return _with_references([*wide, *never] if wide else [], cells)


def _with_references(going: Sequence[int], cells: Cells) -> list[int]:
    """Cells and what they are compared with."""
    return sorted({*going, *(cells.references[cell] for cell in going)})


def level(group: Sequence[int]) -> float:
    """Alpha of one comparison with the best of a group, so that all of them hold together.

    Only comparisons with the one cell that is truly best can put it out, or call another one near
    it that is not: one fewer than there are cells.
    """
    return ALPHA / max(1, len(group) - 1)


def _leads(values: _F, cells: Cells, group: Sequence[int], among: Sequence[int],
           worlds: Sequence[int]) -> tuple[int, dict[int, tuple[float, float]]]:  # fmt: skip
    """The cell with the best mean among some of a group, and its lead over each of the others.

    A lead is its mean and half-width, at the level that holds for the whole group.
    """
    n = min(worlds[cell] for cell in among)
    with np.errstate(invalid="ignore"):
        means = [_mean(cells.sign * values[cell, :n]) for cell in among]
    leader = among[int(np.argmax(means))]
    return leader, {
        cell: interval(cells.sign * apart(values, leader, cell, worlds), level(group))
        for cell in among
        if cell != leader
    }


def _mean(values: _F) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else -math.inf


def contenders(values: _F, cells: Cells, worlds: Sequence[int]) -> list[int]:
    """Cells that cannot be told from the best of their condition, in the worlds that both have."""
    left = []
    for group in cells.groups:
        leader, leads = _leads(values, cells, group, group, worlds)
        left += [leader, *(cell for cell, (mean, half) in leads.items() if mean - half <= 0)]
    return sorted(left)


def _undecided(margin: float, values: _F, cells: Cells, course: Course, n: int) -> list[int]:
    """Cells of conditions whose best is not yet known to within a margin; puts out what is worse.

    n : worlds of the look. Cells that were put out before stay out.
    """
    going, worst = [], 0.0
    for group in cells.groups:
        among = [cell for cell in group if cell in course.alive]
        if course.worlds[among[0]] < n:  # settled at an earlier look
            continue
        leader, leads = _leads(values, cells, group, among, course.worlds)
        out = {cell for cell, (mean, half) in leads.items() if mean - half > 0}
        course.alive = [cell for cell in course.alive if cell not in out]
        behind = max((half - mean for c, (mean, half) in leads.items() if c not in out), default=0)
        worst = max(worst, behind)
        if behind > margin:
            going += [leader, *(cell for cell in leads if cell not in out)]
    course.margin = worst
    return _with_references(going, cells)


def cells_of(references: Sequence[int], groups: Mapping[tuple[int, ...], list[int]],
             sign: float, has_levers: bool) -> Cells:  # fmt: skip
    """The cells of a study; where none is a choice, or better, none is held against another."""
    choices = has_levers and math.isfinite(sign)
    return Cells(references, list(groups.values()) if choices else [], sign)
