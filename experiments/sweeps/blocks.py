"""Blocks of worlds: worlds go first and cells second, so that what is there can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from experiments.sweeps.plan import Part, Plan
from experiments.sweeps.running import BLOCK


def placed(plan: Plan) -> Iterator[tuple[Part, int]]:
    """Every part, and the number of its first run among those of its point."""
    at: dict[int, int] = {}
    for part in plan.parts:
        first = at.get(part.point, 0)
        at[part.point] = first + len(part.names)
        yield part, first


def first_world(plan: Plan, part: Part, first: int) -> int:
    """The world that a part begins with, counted from the first of its point."""
    return first // plan.points[part.point].config.uncertainty.n_seeds


def worlds_first(plan: Plan, only: Iterable[Part] | None = None) -> list[Part]:
    """The parts in the order in which they are run: block by block, in each all cells.

    Rival structures and fresh worlds come after the main design. only : some of them; None: all.
    """

    def place(item: tuple[Part, int]) -> tuple[bool, int]:
        part, first = item
        aside = plan.points[part.point].block != "main"
        return aside, 0 if aside else first_world(plan, part, first) // BLOCK

    kept = None if only is None else {part.digest for part in only}
    ordered = sorted(placed(plan), key=place)
    return [part for part, _ in ordered if kept is None or part.digest in kept]


def within(plan: Plan, worlds: Sequence[int], aside: bool = True) -> list[Part]:
    """The parts of the first worlds of each cell of the main design.

    worlds : by cell, whole blocks. aside : rival structures and fresh worlds, too.
    """
    found = []
    for part, first in placed(plan):
        point = plan.points[part.point]
        if aside if point.block != "main" else first_world(plan, part, first) < worlds[point.cell]:
            found.append(part)
    return found


def n_runs(parts: Iterable[Part]) -> int:
    """Runs of some parts."""
    return sum(len(part.names) for part in parts)
