"""All baselines on the same tasks, none trained on what it forecasts.

An affair that is one of the training affairs is forecast by what was trained on the other folds;
organisations stay together in a fold. Every other affair is forecast by what was trained on all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus import baselines, conditioning, excitement, regression, shipped
from experiments.corpus.affairs import Affairs
from experiments.corpus.baselines import Baseline
from experiments.corpus.scores import Forecast, Score, joined, score
from experiments.corpus.tables import clock_of, read
from experiments.corpus.tasks import Tasks, build, no_task
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

FOLDS = 5
POOLED = 60  #: quantiles of each ensemble in a pool
UNTOLD, TOLD = "untold", "told"
Key = tuple[str, str]  #: variant, name
#: What skill is measured against.
REFERENCE: Key = (UNTOLD, "climatology by age")
EXCITED: Key = (UNTOLD, "self-exciting")
REGRESSION, ANALOGUES = "landmark regression", "analogues"
#: Baselines that need nothing but tasks.
PLAIN: dict[Key, Baseline] = {
    REFERENCE: baselines.climatology,
    (UNTOLD, "zero"): baselines.zero,
    (UNTOLD, "persistence (3 h rate)"): baselines.persistence,
    (UNTOLD, "decay kernel"): baselines.decay,
    (UNTOLD, "decay kernel, dressed"): baselines.decay_dressed,
    (UNTOLD, "median topic"): baselines.median_topic(told=False),
    (UNTOLD, "median topic, dressed"): baselines.median_topic_dressed(told=False),
    (UNTOLD, ANALOGUES): regression.analogues(told=False),
    (UNTOLD, REGRESSION): regression.regression(told=False),
    (UNTOLD, f"{REGRESSION}, response status hidden"): regression.regression(False, status=False),
    (TOLD, "median topic"): baselines.median_topic(told=True),
    (TOLD, "median topic, dressed"): baselines.median_topic_dressed(told=True),
    (TOLD, ANALOGUES): regression.analogues(told=True),
    (TOLD, REGRESSION): regression.regression(told=True),
    (TOLD, f"{REGRESSION}, response status hidden"): regression.regression(True, status=False),
}
#: The model's own forecasts (`conditioning`), by name.
MODEL = {
    "worlds": "model: worlds alike",
    "synthetic": "model: synthetic affairs",
    "both": "model and development affairs",
}
PLAIN |= {
    (variant, name): conditioning.METHODS[method](variant == TOLD)
    for method, name in MODEL.items()
    for variant in (UNTOLD, TOLD)
}
#: Equal mixtures of others.
POOLS: dict[Key, tuple[Key, ...]] = {
    (UNTOLD, "pool (regression, analogues, self-exciting)"): (
        (UNTOLD, REGRESSION), (UNTOLD, ANALOGUES), EXCITED,
    ),
    (TOLD, "pool (regression, analogues)"): ((TOLD, REGRESSION), (TOLD, ANALOGUES)),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Contest:
    """Tasks, and what every baseline says of them."""

    tasks: Tasks
    forecasts: dict[Key, Forecast]

    def scores(self, forecast: Forecast, fair: bool | None = None) -> dict[tuple[str, str], Score]:
        """Scores of a forecast of these tasks, with skill against climatology by age.

        fair : as in `scores.score`; published scores of baselines are those of False.
        """
        return score(forecast, self.tasks, self.forecasts[REFERENCE], fair)


def folds(organisations: Sequence[str], k: int = FOLDS) -> _I:
    """The fold of each organisation: by its name alone, wherever and whenever it is computed."""
    digests = (hashlib.sha256(f"fold{name}".encode()).hexdigest() for name in organisations)
    return np.array([int(one, 16) % k for one in digests])


def contest(train: Affairs, known: Tasks, tasks: Tasks) -> Contest:
    """Every baseline, trained on some affairs, on other tasks or the same.

    known : the tasks of the training affairs.
    """
    fold = _folds_of(known, tasks)
    learned = folds(known.frame["organisation"].tolist())
    of_affair = folds(train.organisation)
    parts = []
    for one in np.unique(fold).tolist():
        some = known.at(learned != one)
        past = excitement.history_of(train, np.flatnonzero(of_affair != one))
        parts.append((fold == one, _all(some, past, tasks.at(fold == one))))
    names = list(parts[0][1])
    found = {name: joined([(of, said[name]) for of, said in parts], len(tasks)) for name in names}
    found |= {name: pooled([found[one] for one in of]) for name, of in POOLS.items()}
    return Contest(tasks, {key: _heard(key, one) for key, one in found.items()})


def _folds_of(known: Tasks, tasks: Tasks) -> _I:
    """The fold that must not train the forecast of each task; -1 where there is none."""
    own = np.isin(tasks.frame["affair"].to_numpy(), known.frame["affair"].unique())
    return np.where(own, folds(tasks.frame["organisation"].tolist()), -1)


def said(folder: Path, name: str) -> tuple[Tasks, dict[str, Forecast]]:
    """What one forecast that needs nothing but tasks says of a folder, by variant.

    Trained on the development affairs, as in `contest`. Raises ConfigError for a folder of which
    no task can be made.
    """
    train, clock = shipped.development(), shipped.sampling_clock()
    own = folder.resolve() == shipped.DATA.resolve()
    affairs, at = (train, clock) if own else (read(folder), clock_of(folder))
    at = clock if at is None else at
    if (told := no_task(affairs, at)) is not None:
        raise ConfigError(
            "corpus", str(folder), f"no task can be made of these affairs: {told[0]}",
            "affairs with t0_utc8, and samples of the list around them", told[1],
        )  # fmt: skip
    known = build(train, clock)
    tasks = known if own else build(affairs, at)
    fold = _folds_of(known, tasks)
    learned = folds(known.frame["organisation"].tolist())
    found = {}
    for variant in (UNTOLD, TOLD):
        parts = [
            (fold == one, PLAIN[variant, name](known.at(learned != one), tasks.at(fold == one)))
            for one in np.unique(fold).tolist()
        ]
        found[variant] = _heard((variant, name), joined(parts, len(tasks)))
    return tasks, found


def _all(train: Tasks, history: excitement.History, test: Tasks) -> dict[Key, Forecast]:
    """What every baseline says of some tasks."""
    found = {key: forecast(train, test) for key, forecast in PLAIN.items()}
    found[EXCITED] = excitement.excited(history, train, test)
    return found


def _heard(key: Key, forecast: Forecast) -> Forecast:
    """Without probabilities that mean nothing: a response that is told is itself a new topic."""
    if key[0] == UNTOLD:
        return forecast
    return Forecast(forecast.ensemble, {"other24": forecast.events["other24"]})


def pooled(forecasts: Sequence[Forecast]) -> Forecast:
    """Their equal mixture: quantiles of each ensemble side by side, means of probabilities."""
    at = (np.arange(POOLED) + 0.5) / POOLED
    members = [np.quantile(one.ensemble, at, axis=1).T for one in forecasts]
    events = {
        name: np.mean([one.events[name] for one in forecasts], axis=0)
        for name in forecasts[0].events
    }
    return Forecast(np.concatenate(members, axis=1), events)
