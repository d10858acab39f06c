"""What organisations answered and when, as measured: the responses that synthetic affairs borrow.

A script is the listed responses of one real affair: the first topic of each kind, in hours after
its first topic. Nothing of it is fitted. What lists do not show stays unknown: how long before its
topic an act came (`report_lag_h`), and how long an accusation that was never listed had been about
before it was answered (`unlisted_h`); both are ingredients with a prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.corpus.affairs import Affairs
from experiments.corpus.kinds import CEO, RESPONSES
from experiments.corpus.moments import Moments
from sim.playbook.act import Act, Level, Speaker
from sim.playbook.kinds import Apology, Denial, Explanation, Penalty, Statement, Termination
from sim.playbook.response import Response


@dataclass(frozen=True)
class Script:
    """The listed responses of an affair."""

    affair: str
    organisation: str
    victim: str
    cause: str
    answered_first: bool  #: the first listed topic is a response
    acts: tuple[tuple[str, float], ...]  #: kind of topic and hour of its first sight, in order
    start: float  #: seconds since 1970 of the first sample


def scripts_of(affairs: Affairs) -> tuple[Script, ...]:
    """The scripts of a population, in its order; affairs without a calendar are left out."""
    moments = Moments(affairs)
    kinds = (*(kind for kind in RESPONSES if kind != "founder_or_ceo_speaks"), CEO)
    hours = {kind: moments.hour_of(moments.first_of(kind)) for kind in kinds}
    return tuple(
        Script(
            affairs.name[row], affairs.organisation[row], str(affairs.victim[row]),
            str(affairs.cause[row]), bool(moments.first_is_response[row]), _in_order(hours, row),
            float(affairs.start[row]),
        )
        for row in range(len(affairs))
        if np.isfinite(affairs.start[row])
    )  # fmt: skip


def _in_order(hours: dict[str, np.ndarray], row: int) -> tuple[tuple[str, float], ...]:
    """The kinds that an affair has, by the hour of their first topic."""
    found = [(kind, float(h[row])) for kind, h in hours.items() if np.isfinite(h[row])]
    return tuple(sorted(found, key=lambda one: one[1]))


#: Kind of a topic -> the setting of `Response` that it is, and the act without its time. Levers
#: that a list does not show (responsibility, regret, level) are at usual values. Assumed.
ACTS: dict[str, tuple[str, type[Act], dict[str, object]]] = {
    "apologise": (
        "apology", Apology,
        {"speaker": Speaker.company, "acknowledgement": 0.6, "regrets": 0.7},
    ),
    "explain": ("statement", Statement, {"speaker": Speaker.pr_head, "explains": 0.7}),
    "deny": ("denial", Denial, {}),
    CEO: ("explanation", Explanation, {"speaker": Speaker.founder}),
    "terminate_or_reverse": ("termination", Termination, {}),
    "penalty": ("penalty", Penalty, {"level": Level.manager, "severity": 0.6}),
    "executive_penalty": ("penalty", Penalty, {"level": Level.vice_president, "severity": 0.8}),
}  # fmt: skip
#: The setting of an act -> the kind of topic that it makes.
KIND_OF_ACT = {
    "apology": "apologise", "statement": "explain", "denial": "deny",
    "explanation": "founder_or_ceo_speaks", "termination": "terminate_or_reverse",
    "penalty": "penalty",
}  # fmt: skip
#: Nobody denies what the same brand has admitted.
_ADMITS = ("apology", "termination", "penalty")


def response_of(acts: tuple[tuple[str, float], ...], last_h: float) -> Response:
    """Acts at hours of an affair as a response; those after last_h never come."""
    given: dict[str, Act] = {}
    for kind, hour in acts:
        setting, act, levers = ACTS[kind]
        if hour <= last_h and setting not in given:
            given[setting] = act(delay_h=hour, **levers)  # type: ignore[arg-type]
    denial = given.get("denial")
    admitted = [given[name].delay_h for name in _ADMITS if name in given]
    if denial is not None and any(h is not None and h <= (denial.delay_h or 0) for h in admitted):
        del given["denial"]
    return Response(name="script", **given)  # type: ignore[arg-type]
