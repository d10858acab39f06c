"""Whether synthetic affairs are what the scripts say that they borrow.

A script holds responses that were listed, and whether one of them was the first listed topic. An
affair that lists none of it, or lists an accusation before it, contradicts its own input: a
population of such affairs meets the statistics for the wrong reasons. So the fit asks for agreement
beside the statistics (`population_fit`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from experiments.corpus.affairs import Sight
from experiments.corpus.bootstrap import Measured
from experiments.corpus.kinds import RESPONSES
from experiments.corpus.scripts import ACTS, KIND_OF_ACT
from experiments.corpus.synthetic import Drawn, config_of

#: Kinds of response whose listing is asked for, each as a statistic of its own.
ASKED = ("apologise", "explain", "deny", "terminate_or_reverse")
#: Wanted of each share of agreement, and the tolerance. Another list showed 8 % of topics that this
#: one did not; the rest is what a model of 300 people may miss. Assumed.
WANTED, TOLERANCE = 0.95, 0.15
NAMES = (*(f"listed {kind}" for kind in ASKED), "answered first", "accused first")


def agreement(found: Sequence[tuple[Drawn, Sight]]) -> Mapping[str, Measured]:
    """By NAMES: among listed affairs whose script has it, whether their list has it too."""
    rows: dict[str, list[tuple[int, bool]]] = {name: [] for name in NAMES}
    for row, (drawn, sight) in enumerate(found):
        listed = {sight.kinds[k] for k in sight.seen.source}
        for kind in _simulated(drawn) & set(ASKED):
            rows[f"listed {kind}"].append((row, kind in listed))
        first = sight.kinds[sight.seen.source[0]] in RESPONSES
        if drawn.script.acts:
            of = "answered first" if drawn.script.answered_first else "accused first"
            rows[of].append((row, first == drawn.script.answered_first))
    return {
        name: Measured(
            np.array([row for row, _ in one], dtype=np.int64),
            np.array([float(yes) for _, yes in one]),
        )
        for name, one in rows.items()
    }


def _simulated(drawn: Drawn) -> set[str]:
    """Kinds of topic that the acts of its run make: some come too late, or after an admission."""
    response = config_of(drawn).response
    return {
        KIND_OF_ACT[ACTS[kind][0]]
        for kind, _ in drawn.acts
        if getattr(response, ACTS[kind][0]).delay_h is not None
    }
