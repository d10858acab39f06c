"""What the runs of a debrief say: luck, skill, the best other answer, the best response found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments import analysis, compare
from experiments.game.debrief import Debrief, Flip


def better_than(debrief: Debrief, outcome: str) -> float:
    """Share of the twins, the paths of one's own policy, that did worse; ties count half.

    NaN where the outcome is not defined.
    """
    sign, own = compare.sign_of(outcome), debrief.own.outcomes[outcome]
    other = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    other = other[np.isfinite(other)]
    if not other.size or not np.isfinite(own) or not np.isfinite(sign):
        return float("nan")
    return float(((sign * own > sign * other) + 0.5 * (own == other)).mean())


def mean_of(debrief: Debrief, outcome: str) -> tuple[float, float, float]:
    """Mean over the twins, with its 95 % interval."""
    values = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    values = values[np.isfinite(values)]
    if values.size < analysis.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan")
    return float(values.mean()), *analysis.interval(values)


def against_history(debrief: Debrief, outcome: str) -> tuple[float, float, float, int]:
    """Mean paired difference own - history over the twins' worlds, 95 % interval, pairs."""
    history = debrief.references.pairs["as_happened"]
    apart = np.array(
        [
            twin.outcomes[outcome] - other[outcome]
            for twin, other in zip(debrief.twins, history, strict=False)
        ]
    )
    apart = apart[np.isfinite(apart)]
    if apart.size < analysis.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan"), apart.size
    return float(apart.mean()), *analysis.interval(apart), apart.size


def verdict(name: str, own: float, other: float) -> str:
    """better, worse or "" against something in the same world; "" also where nothing is better."""
    gain = compare.sign_of(name) * (own - other)
    if not np.isfinite(gain) or gain == 0:
        return ""
    return "better" if gain > 0 else "worse"


def best_flip(debrief: Debrief, outcome: str) -> Flip | None:
    """The one other answer that would have been best on this outcome; None if none was better."""
    sign = compare.sign_of(outcome)
    flips = [flip for flip in debrief.flips if np.isfinite(flip.outcomes[outcome])]
    best = max(flips, key=lambda flip: sign * flip.outcomes[outcome], default=None)
    if best is None or sign * (best.outcomes[outcome] - debrief.own.outcomes[outcome]) <= 0:
        return None
    return best


def responses_frame(debrief: Debrief) -> pd.DataFrame:
    """Outcomes of the own policy and of every other response, in the same worlds: one row a run."""
    rows = [
        {"response": name, "seed": k, **values}
        for name, group in debrief.references.pairs.items()
        for k, values in enumerate(group)
    ]
    own = [
        {"response": "own", "seed": k, **twin.outcomes}
        for k, twin in enumerate(debrief.twins[: debrief.n_pairs])
    ]
    return pd.DataFrame([*own, *rows])


def best_response(debrief: Debrief, outcome: str) -> tuple[str, float]:
    """The response of conf/response with the best mean over the pairs, and that mean."""
    frame = responses_frame(debrief)
    means = frame[frame["response"] != "own"].groupby("response")[outcome].mean()
    means = means.reindex(list(debrief.references.pairs))
    best = str((compare.sign_of(outcome) * means).idxmax())
    return best, float(means[best])
