"""What the runs of a debrief say: luck, skill, the best other answer, the best response found.

Luck is compared with one's own twins, skill with history in the same worlds and chances. Nothing is
said to be better of fewer pairs than an interval may rest on (`intervals.FEWEST_PAIRS`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.game.debrief import COSTS, Debrief, Played
from experiments.game.flips import Flip
from experiments.pictures.words import number as printed
from experiments.reading import compare, intervals


def better_than(debrief: Played, outcome: str) -> float:
    """Share of the twins, the paths of one's own policy, that did worse; ties count half.

    NaN where the outcome is not defined.
    """
    sign, own = compare.sign_of(outcome), debrief.own.outcomes[outcome]
    other = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    other = other[np.isfinite(other)]
    if not other.size or not np.isfinite(own) or not np.isfinite(sign):
        return float("nan")
    return float(((sign * own > sign * other) + 0.5 * (own == other)).mean())


def mean_of(debrief: Played, outcome: str) -> tuple[float, float, float]:
    """Mean over the twins, with its 95 % interval: mean, low, high; NaN of too few."""
    values = np.array([twin.outcomes[outcome] for twin in debrief.twins])
    values = values[np.isfinite(values)]
    if values.size < intervals.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan")
    return float(values.mean()), *intervals.interval(values)


def history_mean(debrief: Played, outcome: str) -> tuple[float, int]:
    """Mean of what happened over the same worlds as the twins, and their number.

    NaN and 0 for an outcome that is defined in none of them.
    """
    values = np.array([twin[outcome] for twin in debrief.references.history_twins])
    values = values[np.isfinite(values)]
    return (float(values.mean()) if values.size else float("nan")), int(values.size)


def against_history(debrief: Played, outcome: str) -> tuple[float, float, float, int]:
    """Mean paired difference own - history over the twins' worlds, 95 % interval, pairs.

    Pairs are in the worlds of the twins, in which history was run too. NaN of too few pairs.
    """
    history = debrief.references.history_twins
    apart = np.array(
        [
            twin.outcomes[outcome] - other[outcome]
            for twin, other in zip(debrief.twins, history, strict=False)
        ]
    )
    apart = apart[np.isfinite(apart)]
    if apart.size < intervals.FEWEST_PAIRS:
        return float("nan"), float("nan"), float("nan"), apart.size
    return float(apart.mean()), *intervals.interval(apart), apart.size


def verdict(name: str, own: float, other: float) -> str:
    """better, worse or "" against something in the same world; "" also where nothing is better."""
    gain = compare.sign_of(name) * (own - other)
    if not np.isfinite(gain) or gain == 0:
        return ""
    return "better" if gain > 0 else "worse"


def told_apart(debrief: Played, name: str) -> str:
    """better or worse than history, in this world and beyond chance; "" where that is not told, or
    would not be seen in what is printed.

    Beyond chance: the paired interval over the twins' worlds excludes zero on the same side. A
    return has to leave the spread of the twins too, which is the ordinary noise of the price.
    """
    own, history = debrief.own.outcomes[name], debrief.references.history.outcomes[name]
    mean, low, high, _ = against_history(debrief, name)
    if not (low > 0 or high < 0) or mean * (own - history) <= 0:
        return ""
    if printed(own) == printed(history):
        return ""
    if name.startswith("car_"):
        noise = np.std([twin.outcomes[name] for twin in debrief.twins])
        if abs(own - history) <= 1.96 * noise:
            return ""
    return verdict(name, own, history)


def same_in_all(debrief: Played, outcome: str) -> bool:
    """Whether every twin, and the own game, has the same value: then no rank says anything."""
    own = debrief.own.outcomes[outcome]
    return all(twin.outcomes[outcome] == own for twin in debrief.twins)


def paid_with(debrief: Debrief, flip: Flip, outcome: str) -> list[tuple[str, float]]:
    """What another answer makes worse elsewhere: outcomes and their changes, in this world."""
    turned, own = flip.outcomes, debrief.own.outcomes
    return [
        (name, turned[name] - own[name])
        for name in (*debrief.judged, *COSTS)
        if name != outcome and verdict(name, turned[name], own[name]) == "worse"
    ]


def best_flip(debrief: Debrief, outcome: str) -> Flip | None:
    """The one other answer that would have been best on this outcome; None if none was better.

    In the same world: part of it may be the luck of this world.
    """
    sign = compare.sign_of(outcome)
    flips = [flip for flip in debrief.flips if np.isfinite(flip.outcomes[outcome])]
    best = max(flips, key=lambda flip: sign * flip.outcomes[outcome], default=None)
    if best is None or sign * (best.outcomes[outcome] - debrief.own.outcomes[outcome]) <= 0:
        return None
    return best


def responses_frame(debrief: Played) -> pd.DataFrame:
    """Outcomes of the own policy and of every other response, in the same worlds: one row a run.

    Columns: response ("own" for the policy of the team), seed (place of the world), outcomes.
    """
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


def best_response(debrief: Played, outcome: str) -> tuple[str, float]:
    """The response of conf/response with the best mean over the pairs, and that mean.

    Of responses that are equally good the first in the order of the report.
    """
    frame = responses_frame(debrief)
    means = frame[frame["response"] != "own"].groupby("response")[outcome].mean()
    means = means.reindex(list(debrief.references.pairs))
    best = str((compare.sign_of(outcome) * means).idxmax())
    return best, float(means[best])
