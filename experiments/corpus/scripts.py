"""What organisations answered and when, as measured: the responses that synthetic affairs borrow.

A script is the listed responses of one real affair, in hours after its first topic: the first topic
of each kind, and any that came AGAIN_H or more after the one before it of the same kind, for a
second statement two days later is another act. Nothing of it is fitted. What lists do not show
stays unknown: how long before its topic an act came (`report_lag_h`), and how long an accusation
that was never listed had been about before it was answered (`unlisted_h`); both are ingredients
with a prior.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.corpus.affairs import Affairs
from experiments.corpus.kinds import CEO, KINDS, RESPONSES
from experiments.corpus.moments import Moments
from sim.playbook.act import Act, Level, Speaker
from sim.playbook.kinds import Apology, Denial, Explanation, Penalty, Statement, Termination
from sim.playbook.response import Response

AGAIN_H = 6.0  #: hours after which a further topic of the same kind is another act. Assumed
MOST_ACTS = 4  #: responses that make a difference
#: Mean and sd of the two factors over the development affairs.
FACTORS_OF = ((0.401, 0.490), (1.359, 1.141))


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
    sample_set: str = "core"  #: how the affair entered the corpus

    @property
    def factors(self) -> tuple[float, float]:
        """Whether the answer was listed first, and number of responses: less mean, over sd."""
        found = (float(self.answered_first), float(min(len(self.acts), MOST_ACTS)))
        first, acts = (
            (value - mean) / sd for value, (mean, sd) in zip(found, FACTORS_OF, strict=True)
        )
        return first, acts


def scripts_of(affairs: Affairs) -> tuple[Script, ...]:
    """The scripts of a population, in its order; affairs without a calendar are left out."""
    moments = Moments(affairs)
    return tuple(
        Script(
            affairs.name[row], affairs.organisation[row], str(affairs.victim[row]),
            str(affairs.cause[row]), bool(moments.first_is_response[row]), _in_order(moments, row),
            float(affairs.start[row]), str(affairs.sample_set[row]),
        )
        for row in range(len(affairs))
        if np.isfinite(affairs.start[row])
    )  # fmt: skip


def _in_order(moments: Moments, row: int) -> tuple[tuple[str, float], ...]:
    """The responses of an affair, by the hour of their topics."""
    topics = moments.topics
    own = slice(*moments.affairs.first[row : row + 2])
    found: list[tuple[str, float]] = []
    for kind in (*(kind for kind in RESPONSES if kind != "founder_or_ceo_speaks"), CEO):
        first = float(moments.hour_of(moments.first_of(kind))[row])
        if not np.isfinite(first):
            continue
        found.append((kind, first))
        main = topics.kind[own] == KINDS.index(kind) if kind != CEO else topics.ceo[own]
        last = first
        for hour in np.sort(topics.t_h[own][main]).tolist():
            if hour >= last + AGAIN_H:
                found.append((kind, hour))
                last = hour
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
_AGAIN = "_again_"
#: Kinds of topic that admit what the accusation says.
ADMISSIONS = tuple(kind for kind, (setting, *_) in ACTS.items() if setting in _ADMITS)


def response_of(acts: tuple[tuple[str, float], ...], last_h: float) -> Response:
    """Acts at hours of an affair as a response; those after last_h never come.

    The first of a setting goes by its name, later ones by `again`.
    """
    first: dict[str, Act] = {}
    later: dict[str, dict[str, object]] = {}
    admitted = min((h for kind, h in acts if ACTS[kind][0] in _ADMITS), default=np.inf)
    for kind, hour in acts:
        setting, act, levers = ACTS[kind]
        if hour > last_h or (setting == "denial" and hour >= admitted):
            continue
        if setting not in first:
            first[setting] = act(delay_h=hour, **levers)  # type: ignore[arg-type]
        else:
            said = {name: getattr(value, "name", value) for name, value in levers.items()}
            later[again(setting, len(later))] = {"kind": setting, "delay_h": hour, **said}
    return Response(name="script", **first, acts=later)  # type: ignore[arg-type]


def again(setting: str, number: int) -> str:
    """The name of a further act of a setting: letters only."""
    return f"{setting}{_AGAIN}{chr(97 + number // 26)}{chr(97 + number % 26)}"


def setting_of(name: str) -> str:
    """The setting of an act, by its name in a run."""
    return name.partition(_AGAIN)[0]
