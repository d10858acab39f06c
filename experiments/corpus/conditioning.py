"""What comes next in an affair, by the fitted model given its course so far.

Synthetic affairs of the fitted population are cut into the same tasks as real ones. What is known
of a real affair at an age is then answered by them, in three ways:

worlds     the WORLDS synthetic affairs that are most alike at that age, with equal weights: what
           they did next is the forecast. Alike: near in what regressions over all synthetic affairs
           expect (whether anything is listed, how much, which topics), in units of its spread.
synthetic  those regressions themselves (`regression.regression`), over synthetic affairs alone.
both       the same, over synthetic and development affairs together.

The first two never see the course of a real affair: all that they know of the corpus are the
statistics that the population was fitted to. The third leaves out the organisation that it
forecasts. Synthetic tasks are shipped (TASKS), so that a forecast takes seconds and no run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.corpus.affairs import Sight, gathered
from experiments.corpus.baselines import Baseline
from experiments.corpus.regression import LISTED, expected, regression
from experiments.corpus.scores import Forecast
from experiments.corpus.shipped import DATA, sampling_clock
from experiments.corpus.tasks import EVENTS, Tasks, build
from sim.base.files import read_sealed_gz, write_sealed_gz
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]

TASKS = DATA / "synthetic_tasks.csv.gz"
WORLDS = 200
OTHER_AGE = 0.3  #: squared distance that another age counts for
#: How often a development task counts beside a synthetic one, where both train.
REAL = 10


def tasks_of(sights: Sequence[Sight]) -> Tasks:
    """The tasks of synthetic affairs: their list is read at full hours of the archive's samples."""
    hours = np.unique(np.floor(sampling_clock() / 3600)) * 3600.0
    return build(gathered(sights), hours)


def write_tasks(path: Path, tasks: Tasks, about: str) -> None:
    """Tasks as a compressed table, as far as regressions read them."""
    text = io.StringIO()
    frame = tasks.frame.drop(columns=["affair", "organisation"])
    frame.to_csv(text, index=False, float_format="%.4g", lineterminator="\n")
    write_sealed_gz(path, text.getvalue(), about)


@cache
def synthetic(path: Path = TASKS) -> Tasks:
    """The shipped tasks. Raises ConfigError for a file that is not as it was written."""
    try:
        frame = pd.read_csv(io.StringIO(read_sealed_gz(path)))
    except (OSError, ValueError) as problem:
        raise ConfigError(
            "corpus", path, f"no synthetic tasks ({problem})", "the file of this release",
            "backlash calibrate corpus, which writes them",
        ) from None  # fmt: skip
    nothing: tuple[_F, ...] = (np.zeros(0),) * len(frame)
    return Tasks(frame, nothing, nothing, nothing)


def alone(told: bool) -> Baseline:
    """Regressions over synthetic affairs alone."""

    def forecast(train: Tasks, test: Tasks) -> Forecast:
        return regression(told)(synthetic(), test)

    return forecast


def together(told: bool) -> Baseline:
    """Regressions over synthetic affairs and those given to train with."""

    def forecast(train: Tasks, test: Tasks) -> Forecast:
        return regression(told)(_joined(synthetic(), train), test)

    return forecast


def _joined(made: Tasks, real: Tasks) -> Tasks:
    """Synthetic tasks, and each real one REAL times."""
    frame = pd.concat([made.frame, *[real.frame] * REAL], ignore_index=True)
    return Tasks(
        frame,
        made.known + real.known * REAL,
        made.told + real.told * REAL,
        made.live + real.live * REAL,
    )


def worlds(told: bool) -> Baseline:
    """What the synthetic affairs did next that are most alike."""

    def forecast(train: Tasks, test: Tasks) -> Forecast:
        made = synthetic()
        known, asked = expected(told)(made, made), expected(told)(made, test)
        spread = known.std(axis=0) + 1e-9
        known, asked = known / spread, asked / spread
        age, of = made.column("age"), test.column("age")
        heat = made.column("y24")
        came = {name: made.column(name) for name in EVENTS}
        ensemble = np.zeros((len(test), WORLDS))
        events = {name: np.zeros(len(test)) for name in EVENTS}
        for row in range(len(test)):
            apart = ((known - asked[row]) ** 2).sum(axis=1) + OTHER_AGE * (age != of[row])
            near = np.argpartition(apart, WORLDS)[:WORLDS]
            ensemble[row] = np.sort(heat[near])
            for name, one in came.items():  # nothing is certain because it never was among these
                events[name][row] = (one[near].sum() + 0.5) / (WORLDS + 1)
        return Forecast(np.where(ensemble > LISTED, ensemble, 0.0), events)

    return forecast


#: Name of a method -> how it forecasts, by whether responses are told.
METHODS = {"both": together, "synthetic": alone, "worlds": worlds}
