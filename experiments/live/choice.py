"""Which response from now on: paired differences, regret, when which is better, what waiting saves.

A loss is what one wants little of over the next 72 h: mean outrage of core fans ("outrage"), mean
log heat ("heat"), trust of core fans that is gone at the end ("trust").

Value of waiting, as it is computed: somebody who waits h hours says nothing in them, sees the
counts of these hours, weighs the worlds by them as `agreeing` does (each world is left out of its
own weights), and takes the candidate with the least expected loss, begun h hours later. That loss,
in the mean over worlds, is compared with the least expected loss of deciding now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.live.affair import Affair
from experiments.live.agreeing import LISTED, NOISE, TEMPER, Course
from experiments.live.ahead import Path

_F = npt.NDArray[np.float64]

GOALS = ("outrage", "heat", "trust")


@dataclass(frozen=True)
class Compared:
    """A candidate beside the reference in the same worlds."""

    name: str
    loss: float  #: mean over worlds
    difference: float  #: minus the reference, mean over worlds
    low: float  #: 90 % of worlds lie between
    high: float
    better: float  #: share of worlds in which it is better; ties half
    regret: float  #: mean loss beyond the best candidate of each world
    best: float  #: share of worlds in which no candidate is better


@dataclass(frozen=True)
class Waiting:
    """What waiting some hours is worth."""

    hours: int
    saved: float  #: expected loss of deciding now minus that of deciding then; below 0: it costs
    changes: float  #: share of worlds in which what is seen leads to another choice
    heat: float  #: mean heat of these hours, paid meanwhile
    telling: str  #: which observation tells most: mentions (or heat) or a new topic


def losses(paths: Mapping[str, Sequence[Path]], goal: str) -> _F:
    """Losses, float64[candidates, worlds], in the order of the candidates."""
    return np.array([[_loss(path, goal) for path in of] for of in paths.values()])


def _loss(path: Path, goal: str) -> float:
    """What one wants little of."""
    if goal == "heat":
        return float(np.log1p(path.heat / LISTED).mean())
    if goal == "trust":
        return float(1.0 - path.trust[-1])
    return float(path.outrage.mean())


def compared(names: Sequence[str], loss: _F, reference: int) -> list[Compared]:
    """Each candidate beside the reference. loss : float64[candidates, worlds]."""
    least = loss.min(axis=0)
    found = []
    for k, name in enumerate(names):
        apart = loss[k] - loss[reference]
        found.append(
            Compared(
                name, float(loss[k].mean()), float(apart.mean()),
                float(np.percentile(apart, 5)), float(np.percentile(apart, 95)),
                float((apart < 0).mean() + 0.5 * (apart == 0).mean()),
                float((loss[k] - least).mean()), float((loss[k] <= least + 1e-12).mean()),
            )
        )  # fmt: skip
    return found


def waiting(
    affair: Affair,
    courses: Sequence[Course],
    silent: Sequence[Path],
    now: _F,
    then: Mapping[int, _F],
) -> list[Waiting]:
    """What waiting is worth, for each number of hours.

    silent : what comes while nothing is said. now, then : losses of the candidates begun at once,
    and after so many hours, float64[candidates, worlds].
    """
    rng = np.random.default_rng((affair.config.seed, affair.step, 11))
    at_once = float(now.mean(axis=1).min())
    first = int(now.mean(axis=1).argmin())
    found = []
    for hours, loss in then.items():
        weights = _seen_next(affair, courses, silent, hours, rng)
        expected = loss @ weights.T  # candidates x truths
        chosen = expected.argmin(axis=0)
        got = loss[chosen, np.arange(loss.shape[1])]
        found.append(
            Waiting(
                hours, at_once - float(got.mean()), float((chosen != first).mean()),
                float(np.mean([path.heat[:hours].mean() for path in silent])),
                _telling(silent, loss, hours),
            )
        )  # fmt: skip
    return found


def _seen_next(
    affair: Affair, courses: Sequence[Course], silent: Sequence[Path], hours: int,
    rng: np.random.Generator,
) -> _F:  # fmt: skip
    """Weights of worlds (columns) for whoever lives in each of them (rows) and sees its hours.

    silent : what comes in each course if nothing is said. hours : that are waited and seen, with
    the noise of counts. float64[courses, courses]; each row sums to 1, and nobody sees the own
    world.
    """
    kind = affair.seen.kind
    if kind == "list":
        logs = np.log(LISTED + np.array([path.heat[:hours] for path in silent]))
    else:
        posts = np.array([path.posts[:hours] for path in silent])
        logs = np.log(posts + 0.02 * posts.mean() + 1e-9)
        logs += np.array([one.log_scale for one in courses])[:, None]
    sd = NOISE[kind] / np.sqrt(TEMPER)
    seen = logs + NOISE[kind] * rng.standard_normal(logs.shape)
    log = -0.5 * ((seen[:, None, :] - logs[None, :, :]) ** 2).sum(axis=2) / sd**2
    same = np.array([[a is b for b in courses] for a in courses])
    log[same] = -np.inf  # nobody sees the world itself
    log -= log.max(axis=1, keepdims=True)
    weights: _F = np.exp(log)
    return weights / weights.sum(axis=1, keepdims=True)


def _telling(silent: Sequence[Path], loss: _F, hours: int) -> str:
    """Which of two plain observations of these hours changes the choice most."""
    posts = np.array([path.posts[:hours].sum() for path in silent])
    signs = {
        "talk": posts > np.median(posts),
        "new_topic": np.array([path.topics[:hours].sum() > 0 for path in silent]),
    }
    gain = {}
    for name, sign in signs.items():
        total = 0.0
        for side in (sign, ~sign):
            if side.any():
                total += side.mean() * loss[:, side].mean(axis=1).min()
        gain[name] = float(loss.mean(axis=1).min() - total)
    best = max(gain, key=lambda name: gain[name])
    return best if gain[best] > 1e-9 else "nothing"
