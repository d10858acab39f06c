"""What a run says about a case's targets, and how far that is from what was observed.

The targets, their tolerances and the discrepancy that a good model may have stand in the case file.
How a quantity is read off a run is in `quantities`; a target whose quantity is not there is not
modelled, and the report says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration.quantities import OLDER, QUANTITIES, View
from sim.case.case import Case, Target
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]
MISSED = 3.0  #: implausibility of a quantity that never came to be: the cut-off of history matching


def modelled(target: Target) -> bool:
    """Whether a run says something about this target: every quantity that it names is known."""
    names = target.terms if target.type == "ordering" else (target.quantity,)
    return all(OLDER.get(name, name) in QUANTITIES or name in BY_NAME for name in names)


def targets_of(case: Case, use: str) -> list[Target]:
    """The targets of a case for one use (fit or holdout) that the model can speak to, as the file
    has them.
    """
    return [target for target in case.targets if target.use == use and modelled(target)]


def observe(view: View, targets: Sequence[Target]) -> dict[str, float]:
    """What a run says of each target: a number, or 1 or 0 for an ordering that holds or not.

    NaN where the quantity never came to be. An ordering with a missing term does not hold.
    """

    def value(name: str) -> float:
        """An outcome or a quantity by its name, also by an older one."""
        if name in BY_NAME:
            return view.outcomes[name]
        return float(QUANTITIES[OLDER.get(name, name)](view))

    said = {}
    for target in targets:
        if target.type == "ordering":
            terms = np.array([value(name) for name in target.terms])
            said[target.id] = float(bool(np.all(terms[:-1] < terms[1:])))
        else:
            said[target.id] = value(target.quantity)
    return said


def span_of(target: Target) -> tuple[float, float]:
    """From where to where a value meets the target without any allowance for the model.

    Of a number both ends are the same; an ordering is met by 1.
    """
    if target.type == "ordering":
        return 1.0, 1.0
    if target.type == "interval":
        assert target.low is not None and target.high is not None
        return target.low, target.high
    assert target.value is not None
    return target.value, target.value


def allowance(target: Target) -> float:
    """Tolerance of the observation and discrepancy of the model, as one standard deviation.

    In the unit of the target; 0 where the case states neither.
    """
    return float(np.hypot(target.tolerance or 0.0, target.discrepancy or 0.0))


def implausibility(
    means: pd.DataFrame,
    missed: pd.DataFrame,
    targets: Sequence[Target],
    seed_sd: Mapping[str, float],
) -> pd.DataFrame:
    """How many standard deviations every world is from every target (Craig et al. 1997).

    means, missed : a row a world, a column a target: the mean over its seeds of what is defined,
    and the share of seeds in which it never came to be. seed_sd : sd over seeds within a world;
    what was observed is one draw, so it counts in full. Distances count from the nearest end of an
    interval. A quantity that never came to be is MISSED.
    """
    table = {}
    for target in targets:
        low, high = span_of(target)
        mean = means[target.id].to_numpy(np.float64)
        off = np.maximum(0.0, np.maximum(low - mean, mean - high))
        noise = 0.0 if target.type == "ordering" else seed_sd.get(target.id, 0.0)
        sd = float(np.hypot(allowance(target), noise)) or 1e-9
        gone = missed[target.id].to_numpy(np.float64)
        table[target.id] = (1 - gone) * np.nan_to_num(off / sd) + gone * MISSED
    return pd.DataFrame(table, index=means.index)
