"""Landmark regression and analogues: what course so far says of what comes, without any model.

Regression: whether anything will be listed (logistic), how much if so (ridge, with the errors of
training tasks that were alike), and each event (logistic); ages together, with the age among the
features. Analogues: what came of the training tasks of the same age that are nearest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from experiments.corpus.baselines import MEMBERS, by_age
from experiments.corpus.scores import Forecast
from experiments.corpus.tasks import AHEAD_H, EVENTS, UNIT, Tasks

_F = npt.NDArray[np.float64]

PENALTY = 8.0  #: of standardised coefficients
STEPS, NEAR = 25, 1e-10  #: of Newton, at most; a step that changes nothing
LISTED = 0.05  #: of y24; less is nothing
LIKE_SHARE, FEWEST_LIKE = 3, 40  #: errors come from a third of training tasks, 40 at least
ANALOGUES = 40
LOG_ODDS, SIZE_WEIGHT = 5.3, 1.5  #: bounds of log-odds (.5 %); what size counts beside them
#: Features that say what was answered so far: part of their skill is how the corpus was chosen.
STATUS = ("responded", "apologised", "explained", "acted", "began_with_response", "n_unanswered")
#: How much features count when analogues are looked for: the course most, a told response more.
COURSE = ("so_far", "last3", "last1", "n", "n3")
COURSE_WEIGHT, OTHER_WEIGHT, TOLD_WEIGHT, TOLD_ANY_WEIGHT = 1.0, 0.35, 0.7, 1.5


def features(tasks: Tasks, told: bool, status: bool = True) -> dict[str, _F]:
    """What is known of tasks, a column a feature. status : with what was answered so far."""
    c = tasks.column
    so_far, last3, last1 = (np.log1p(c(name) / UNIT) for name in ("so_far", "last3", "last1"))
    n, age, hour = np.log(c("n")), c("age"), c("hour") * np.pi / 12
    later = np.log(age / 8)
    found = {
        "so_far": so_far, "last3": last3, "last1": last1, "n": n, "n3": np.log1p(c("n3")),
        "responded": c("n_responses") > 0, "apologised": c("apologies") > 0,
        "explained": c("explanations") > 0, "acted": c("acts") > 0, "voices": c("voices") > 0,
        "began_with_response": c("first_response"), "since": np.log1p(c("since")),
        "sin": np.sin(hour), "cos": np.cos(hour), "sin2": np.sin(2 * hour),
        "cos2": np.cos(2 * hour), "fan": c("fan"), "product": c("product"), "age": np.log(age),
        "last1_by_age": last1 * later, "n_by_age": n * later, "single": c("n") == 1,
        "n_unanswered": (c("n_responses") == 0) * n,
    }  # fmt: skip
    if not status:
        found = {name: one for name, one in found.items() if name not in STATUS}
    if told:
        any_told = c("n_told") > 0
        found |= {
            "told": any_told, "n_told": np.minimum(c("n_told"), 4),
            "told_apology": c("told_apologies") > 0, "told_explanation": c("told_explanations") > 0,
            "told_denial": c("told_denials") > 0, "told_act": c("told_acts") > 0,
            "told_when": any_told * np.minimum(c("first_told"), AHEAD_H) / AHEAD_H,
            "told_by_so_far": any_told * so_far,
        }  # fmt: skip
    return {name: np.asarray(one, dtype=np.float64) for name, one in found.items()}


def _standard(train: dict[str, _F], test: dict[str, _F]) -> tuple[_F, _F]:
    """Features of both in units of their spread in training, float[n, k]."""
    x, z = (np.column_stack(list(one.values())) for one in (train, test))
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    return (x - mean) / spread, (z - mean) / spread


def _with_one(x: _F) -> _F:
    return np.column_stack([np.ones(len(x)), x])


def _penalty(k: int) -> _F:
    """Ridge of all coefficients but the constant."""
    return PENALTY * np.diag(np.append(0.0, np.ones(k - 1)))


def ridge(x: _F, y: _F) -> _F:
    """Coefficients of a linear regression on x, whose first column is 1."""
    found: _F = np.linalg.solve(x.T @ x + _penalty(x.shape[1]), x.T @ y).astype(np.float64)
    return found


def logistic(x: _F, came: _F) -> _F:
    """Coefficients of a logistic regression, by Newton's method."""
    penalty = _penalty(x.shape[1])
    found: _F = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = _chance(x @ found)
        slope = x.T @ (came - p) - penalty @ found
        curve = (x.T * (p * (1 - p) + 1e-6)) @ x + penalty
        step = np.linalg.solve(curve, slope)
        found = found + step
        if np.abs(step).max() < NEAR:
            break
    return found


def _chance(score: _F) -> _F:
    """Chances, 0 to 1, of log-odds; cut at 30, beyond which they differ by less than 1e-13."""
    chance: _F = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
    return chance


def regression(told: bool, status: bool = True) -> Callable[[Tasks, Tasks], Forecast]:
    """Landmark regression; status : with what was answered so far."""

    def forecast(train: Tasks, test: Tasks) -> Forecast:
        x, z = map(
            _with_one, _standard(features(train, told, status), features(test, told, status))
        )
        y = train.column("y24")
        some = y > LISTED
        chance = _chance(z @ logistic(x, some.astype(np.float64)))
        size = ridge(x[some], y[some])
        fitted = x[some] @ size
        ensemble = _members(fitted, y[some] - fitted, z @ size, chance)
        events = {name: _chance(z @ logistic(x, train.column(name))) for name in EVENTS}
        return Forecast(ensemble, events)

    return forecast


def expected(told: bool) -> Callable[[Tasks, Tasks], _F]:
    """What regressions trained on tasks expect of others, float[n, 5]: log-odds that anything is
    listed, how much if so, log-odds of each of EVENTS.
    """

    def of(train: Tasks, test: Tasks) -> _F:
        x, z = map(_with_one, _standard(features(train, told), features(test, told)))
        y = train.column("y24")
        some = y > LISTED
        odds = [logistic(x, some.astype(np.float64))]
        odds += [logistic(x, train.column(name)) for name in EVENTS]
        scores = np.clip(np.column_stack([z @ one for one in odds]), -LOG_ODDS, LOG_ODDS)
        size = SIZE_WEIGHT * (z @ ridge(x[some], y[some]))
        found: _F = np.column_stack([scores[:, 0], size, scores[:, 1:]])
        return found

    return of


def _members(fitted: _F, error: _F, size: _F, chance: _F) -> _F:
    """Ensembles of heat: nothing with 1 - chance, else a size with errors of those alike.

    Spread may depend on size: errors are those of the training tasks with the nearest fitted sizes.
    """
    order = np.argsort(fitted)
    fitted, error = fitted[order], error[order]
    wide = max(FEWEST_LIKE, len(fitted) // LIKE_SHARE)
    at = (np.arange(MEMBERS) + 0.5) / MEMBERS
    ensemble = np.zeros((len(size), MEMBERS))
    first = np.clip(
        np.searchsorted(fitted, size) - wide // 2, 0, max(0, len(fitted) - wide)
    )  # fmt: skip
    for row, (low, own, p) in enumerate(zip(first, size, chance, strict=True)):
        part = np.clip((at - (1 - p)) / max(p, 1e-6), 0, 1)
        drawn = np.maximum(own + np.quantile(error[low : low + wide], part), LISTED)
        ensemble[row] = np.where(at < 1 - p, 0, drawn)
    return ensemble


def analogues(told: bool) -> Callable[[Tasks, Tasks], Forecast]:
    """What came of the nearest training tasks of the same age."""

    def at_age(train: Tasks, test: Tasks) -> Forecast:
        known = features(train, told)
        x, z = _standard(known, features(test, told))
        counts = np.array([_weight(name) for name in known])
        apart = (((z[:, None] - x[None]) * counts) ** 2).sum(axis=2)
        near = np.argsort(apart, axis=1, kind="stable")[:, :ANALOGUES]
        events = {}
        for name in EVENTS:
            came = train.column(name)
            events[name] = (came[near].sum(axis=1) + came.mean()) / (ANALOGUES + 1)
        return Forecast(train.column("y24")[near], events)

    return by_age(at_age)


def _weight(feature: str) -> float:
    """How much a feature counts in the distance of analogues."""
    if feature == "told":
        return TOLD_ANY_WEIGHT
    if feature.startswith("told_") or feature == "n_told":
        return TOLD_WEIGHT
    return COURSE_WEIGHT if feature in COURSE else OTHER_WEIGHT
