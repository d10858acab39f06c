"""What finding out is worth: to know whom the fans blame before anybody is punished.

Whoever punishes at once chooses one level for all plausible worlds, the one that is best on
average. Whoever first asks the fans chooses the best level of the world that is the real one, but a
day later. The difference is the value of asking: the expected value of perfect information, less
what the day costs (Raiffa and Schlaifer 1961, not re-checked). Asking tells less than everything,
so this is the most that it can be worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.reading import compare
from experiments.reading.analysis import Analysis
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]
MEANT_H = 24.0  #: what finding out takes, hours


@dataclass(frozen=True)
class Asking:
    """A decision at once and one after asking, in an outcome of which less is better."""

    level: int  #: that is best on average, of those that were tried
    at_once: float  #: mean over worlds with that level, at once
    afterwards: float  #: mean over worlds with the best level of each, later
    worth: _F  #: at once less afterwards, a world each; above 0 where asking pays

    @property
    def value(self) -> float:
        """What asking is worth on average; below 0 where the wait costs more than it tells."""
        return self.at_once - self.afterwards

    @property
    def pays_in(self) -> float:
        """The share of worlds in which asking pays."""
        return float((self.worth > 0).mean())


def asking(at_once: _F, later: _F) -> Asking:
    """What it is worth to know the world before choosing among levels.

    at_once, later : float64[levels, worlds], an outcome of which less is better. Raises ValueError
    where they are not of one shape.
    """
    if at_once.shape != later.shape:
        raise ValueError(f"{at_once.shape} levels and worlds at once, {later.shape} later")
    level = int(np.argmin(at_once.mean(axis=1)))
    now, then = at_once[level], later.min(axis=0)
    return Asking(level, float(now.mean()), float(then.mean()), now - then)


def sentences(a: Analysis) -> list[tuple[str, str]]:
    """What a day of asking is worth in a study of levels and hours of a penalty; else nothing.

    Asked of the earliest hour and of the first that is a day or more later.
    """
    study, name = a.plan.study, a.ranked
    cells = _grid(a)
    if cells is None or compare.sign_of(name) > 0:
        return []
    early, late, waited = cells
    cube = a.cubes[name].mean(axis=2)
    found, outcome = asking(cube[early], cube[late]), BY_NAME[name]
    best = early[found.level]
    verb, verb_zh = ("saves", "减少") if found.value > 0 else ("costs", "增加")
    return [
        (
            f"To find out first whom the fans blame, and to punish {waited:g} h later, {verb} at "
            f"most {abs(found.value):.2g} ({outcome.en}, {outcome.unit}) against "
            f"“{study.spoken(best)}”; it pays in {found.pays_in:.0%} of {found.worth.size} "
            "plausible worlds.",
            f"先弄清粉丝归咎于谁、{waited:g}小时后再处罚，相比“{study.spoken(best, 'zh')}”"
            f"至多{verb_zh} {abs(found.value):.2g}（{outcome.zh}）；"
            f"在{found.worth.size}个可能的世界中有{found.pays_in:.0%}值得。",
        )
    ]


def _grid(a: Analysis) -> tuple[list[int], list[int], float] | None:
    """Cells by level at the earliest hour and a day or more later, and the hours between them."""
    main = {point.cell: point.config for point in a.plan.points if point.block == "main"}
    by_hour: dict[float, dict[tuple[str, float], int]] = {}
    for cell in a.home:
        penalty = main[cell].response.penalty
        if penalty.delay_h is not None:
            key = (penalty.level.value, penalty.severity)
            by_hour.setdefault(float(penalty.delay_h), {})[key] = cell
    if not by_hour:
        return None
    first = min(by_hour)
    for hour in sorted(by_hour):
        shared = [key for key in by_hour[first] if key in by_hour[hour]]
        if hour - first >= MEANT_H and len(shared) > 1:
            early, late = ([by_hour[h][key] for key in shared] for h in (first, hour))
            return early, late, hour - first
    return None
