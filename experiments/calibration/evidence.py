"""A fit with everything that is said about it; running what that needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.calibration import checks, rivals, transfer
from experiments.calibration.people_fit import Fit, Seen
from experiments.sweeps.plan import Plan
from sim.case.case import Target


@dataclass(frozen=True)
class Checked:
    """A fit with everything that is said about it."""

    fit: Fit
    plan: Plan  #: predictive runs
    wanted: Sequence[Target]
    seen: Seen
    screening: pd.DataFrame
    shrinkage: pd.DataFrame
    recovery: checks.Recovery
    directions: checks.Directions
    profiles: pd.DataFrame
    intervals: pd.DataFrame
    scores: pd.DataFrame
    answers: pd.DataFrame
    rivals: Sequence[rivals.Rival]
    transfers: Sequence[transfer.Transfer]
    severity: pd.DataFrame  #: what they add on the severity of penalties


def check(found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = ()) -> Checked:
    """Everything that is said about a fit; runs what is missing of it."""
    plan, wanted, seen = checks.predict(found, plain, hydra)
    return Checked(
        found,
        plan,
        wanted,
        seen,
        checks.screening(found),
        checks.shrinkage(found),
        checks.recovery(found),
        checks.directions(found),
        checks.profiles(found),
        checks.intervals(seen, wanted),
        checks.scores(seen, wanted, found.settings.naive),
        rivals.answers(found, plain, hydra),
        [rivals.fit_rival(found, name, plain, hydra) for name in rivals.RIVALS],
        transfer.transfers(found, plain, hydra),
        transfer.severity(found, plain, hydra),
    )
