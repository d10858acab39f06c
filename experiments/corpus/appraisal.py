"""A folder of affairs appraised: its statistics beside the development affairs', and forecasts.

What is known of simulated affairs stands beside, where there are any: whether each statistic lies
in the observed 90 % interval, and how far off it is in half-widths of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus import responses, shipped, targets
from experiments.corpus.affairs import Affairs
from experiments.corpus.bootstrap import Estimate
from experiments.corpus.contest import TOLD, UNTOLD, Contest, Key, contest
from experiments.corpus.forecast_file import read_forecasts
from experiments.corpus.scores import Difference, Forecast, Score, compare
from experiments.corpus.tables import clock_of, read
from experiments.corpus.tasks import build, no_task
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]

USES = ("calibrate", "check", "input", "no")
#: Baselines that a forecast is held against, by name.
RIVALS = ("decay kernel, dressed", "median topic, dressed", "landmark regression",
          "landmark regression, response status hidden")  # fmt: skip
OWN = "forecast"


@dataclass(frozen=True)
class Beside:
    """A statistic observed, of the development affairs, and simulated."""

    id: str
    row: tuple[str, ...]  #: statistic, kind, delay, topics of a row of responses; empty of others
    use: str  #: one of USES
    observed: Estimate
    development: Estimate
    simulated: Estimate | None
    bias: str = ""  #: what is known of it

    @property
    def inside(self) -> bool | None:
        """Whether what is simulated lies in the observed interval; None where that is unknown."""
        if (
            self.simulated is None
            or not np.isfinite([self.simulated.value, self.observed.low]).all()
        ):
            return None
        return self.observed.low <= self.simulated.value <= self.observed.high

    @property
    def off(self) -> float:
        """How far what is simulated is off, in half-widths of the observed interval; NaN if none.

        Infinite where the interval has no width and the two differ.
        """
        if self.inside is None or self.simulated is None:
            return float("nan")
        half = (self.observed.high - self.observed.low) / 2
        apart = abs(self.simulated.value - self.observed.value)
        if half > 0:
            return apart / half
        return 0.0 if apart == 0 else float("inf")


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Scores of baselines and of one's own forecasts on the tasks of a folder."""

    n_tasks: int
    n_affairs: int
    trained_elsewhere: bool  #: on all development affairs; else on other organisations of them
    scores: dict[Key, dict[tuple[str, str], Score]]
    own: dict[Key, dict[tuple[str, str], Score]]
    differences: dict[tuple[Key, str], dict[str, Difference]]  #: own less a rival


@dataclass(frozen=True, eq=False)
class Appraisal:
    """All that is said of a folder. forecasts : None where there can be no task; `why` says so."""

    affairs: Affairs
    simulated: Affairs | None
    statistics: tuple[Beside, ...]
    responses: tuple[Beside, ...]
    forecasts: Forecasts | None
    why: str  #: key of a sentence in `words`; empty where there are forecasts


def appraise(folder: Path, forecast: Path | None = None, made: Affairs | None = None) -> Appraisal:
    """A folder appraised, beside simulated affairs if there are any.

    Raises ConfigError for a folder or a forecast that cannot be read.
    """
    own = folder.resolve() == shipped.DATA.resolve()
    affairs = shipped.development() if own else read(folder)
    test_at = clock_of(folder)
    why, found = "", None
    told = no_task(affairs, shipped.sampling_clock() if test_at is None else test_at)
    if told is not None:
        why = "not_sampled"
        if forecast is not None:
            raise ConfigError(
                "forecast", str(forecast),
                f"no task can be made of the affairs of {folder}: {told[0]}",
                "affairs with t0_utc8, and samples of the list around them",
                f"{told[1]}; or backlash corpus score {folder}",
            )  # fmt: skip
    else:
        found = _forecasts(affairs, test_at, forecast)
    return Appraisal(
        affairs, made, tuple(statistics_beside(affairs, made)),
        tuple(responses_beside(affairs, made)), found, why,
    )  # fmt: skip


def statistics_beside(affairs: Affairs, simulated: Affairs | None) -> list[Beside]:
    """K01-K29 and sizes; of the development affairs as they were published."""
    own = affairs is shipped.development()
    found = {} if own else targets.intervals(affairs)
    made = targets.intervals(simulated) if simulated is not None else {}
    rows = []
    for name, was in shipped.published_targets().items():
        published = Estimate(was.value, was.low, was.high, was.n)
        rows.append(
            Beside(name, (), was.use, found.get(name, published), published, made.get(name))
        )
    return rows


def responses_beside(affairs: Affairs, simulated: Affairs | None) -> list[Beside]:
    """What followed responses, as far as it is computed here."""
    own = affairs is shipped.development()
    published = shipped.published_responses()
    ids = shipped.response_rows()
    known = {row: Estimate(was.value, was.low, was.high, was.n) for row, was in published.items()}
    found = known if own else responses.intervals(affairs)
    made = responses.intervals(simulated) if simulated is not None else {}
    computed = responses.responses(shipped.development())
    nothing = Estimate(float("nan"), float("nan"), float("nan"), 0)
    return [
        Beside(ids[row], row, published[row].use.split()[0], found.get(row, nothing), known[row],
               made.get(row), published[row].bias)
        for row in published
        if row in computed
    ]  # fmt: skip


def _forecasts(affairs: Affairs, test_at: _F | None, forecast: Path | None) -> Forecasts:
    """Baselines trained on the development affairs, and a forecast of one's own."""
    train, clock = shipped.development(), shipped.sampling_clock()
    known = build(train, clock)
    tasks = known if affairs is train else build(affairs, clock if test_at is None else test_at)
    own = read_forecasts(forecast, tasks) if forecast is not None else {}
    held = contest(train, known, tasks)
    differences, scored = {}, {}
    for variant, said in own.items():
        key = (variant or UNTOLD, OWN)
        scored[key] = held.scores(said)
        for rival in RIVALS:
            beside = held.forecasts.get((key[0], rival))
            if beside is not None:
                differences[key, rival] = compare(said, beside, tasks)
    return Forecasts(
        n_tasks=len(tasks),
        n_affairs=tasks.frame["affair"].nunique(),
        trained_elsewhere=not set(affairs.name) & set(train.name),
        scores={key: held.scores(one, fair=False) for key, one in _in_order(held)},
        own=scored,
        differences=differences,
    )


def _in_order(held: Contest) -> list[tuple[Key, Forecast]]:
    """Baselines, untold ones first."""
    return sorted(held.forecasts.items(), key=lambda item: item[0][0] == TOLD)
