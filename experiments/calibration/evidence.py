"""All that is said about a fit, put together for its report: a table of contents of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from experiments.calibration import holdout, identifiability, rivals, transfer
from experiments.calibration.observations import Seen
from experiments.calibration.people_fit import Fit
from experiments.sweeps.sweep import Plan
from sim.case.case import Target


@dataclass(frozen=True)
class Checked:
    """A fit with everything that is said about it: what its report is written from."""

    fit: Fit
    plan: Plan  #: predictive runs
    wanted: Sequence[Target]  #: targets, the fitted ones first
    seen: Seen  #: what the predictive runs say of them
    before: Seen  #: what runs of the prior say of them
    screening: pd.DataFrame  #: which parameters move a target over the prior
    shrinkage: pd.DataFrame  #: how much narrower each parameter is than before, a row each
    recovery: identifiability.Recovery
    directions: identifiability.Directions
    profiles: pd.DataFrame
    intervals: pd.DataFrame  #: of the hold-out and the fit, a row a target
    scores: pd.DataFrame  #: model and naive forecasts, a row a held-out target
    answers: pd.DataFrame  #: claims under the main structure
    rivals: Sequence[rivals.Rival]
    transfers: Sequence[transfer.Transfer]  #: daily series of other cases
    severity: pd.DataFrame  #: what they add on the severity of penalties


def check(
    found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = (), short: bool = False
) -> Checked:
    """Everything that is said about a fit; runs what is missing of it.

    plain : further settings of every run. hydra : words for Hydra. short : its predictions alone,
    no rival structures and no other cases, which take longer than the fit.
    """
    plan, wanted, seen = holdout.predict(found, plain, hydra)
    return Checked(
        found,
        plan,
        wanted,
        seen,
        holdout.predict_before(found, plain, hydra),
        identifiability.screening(found),
        identifiability.shrinkage(found),
        identifiability.recovery(found),
        identifiability.directions(found),
        identifiability.profiles(found),
        holdout.intervals(seen, wanted),
        holdout.scores(seen, wanted, found.settings.naive),
        rivals.answers(found, plain, hydra),
        [rivals.fit_rival(found, name, plain, hydra) for name in rivals.RIVALS if not short],
        [] if short else transfer.transfers(found, plain, hydra),
        pd.DataFrame() if short else transfer.severity(found, plain, hydra),
    )
