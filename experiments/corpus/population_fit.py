"""The public side fitted to the affairs of a corpus: waves of libraries, each tilted to the next.

    found = fit(folder)         resumable: finished blocks of affairs are kept in the folder

Wave 0 is the prior. Of every wave a library is run, its statistics are compared with those
observed, and the population that would meet them best (`tilting`) is the next wave's. A wave is
judged by its own runs, never by weights; tilts use the last POOLED libraries together. A tilt is
the mean of BAGS tilts, each of a random share of the affairs: one tilt of 1,391 affairs brought the
loss from 35 to 12 on these and to 61 on fresh ones, for it fits their luck. The fit ends when
PATIENCE waves in a row have not lowered the loss by more than LEAST_GAIN of the best before
them, and the best wave is the result. Its uncertainty: its libraries tilted again to statistics
moved within their intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.corpus import agreement
from experiments.corpus.affairs import Affairs, Sight, gathered
from experiments.corpus.bootstrap import Measured
from experiments.corpus.contrasts import contrasts
from experiments.corpus.ingredients import NAMES, Spread, prior
from experiments.corpus.library import One, library
from experiments.corpus.scripts import Script
from experiments.corpus.shipped import Published, published_targets
from experiments.corpus.synthetic import Drawn
from experiments.corpus.tilting import (
    GENERATIONS,
    Library,
    Wanted,
    Weighted,
    averaged,
    missed,
    tilted,
    wanted,
)
from sim.progress import Progress

_F = npt.NDArray[np.float64]

N_AFFAIRS, MAX_WAVES = 4000, 8
LEAST_GAIN, PATIENCE = 0.05, 2
POOLED = 6
BAGS, BAG_SHARE = 3, 0.7
REFITS, REFIT_GENERATIONS = 10, 60
SEED = 20260902  #: of the moved statistics


@dataclass(frozen=True, eq=False)
class Wave:
    """One library and what it says."""

    number: int
    population: dict[str, Spread]
    affairs: Affairs  #: those that were listed
    drawn: int  #: affairs, with those that were never listed
    logs: _F  #: of their ingredients
    factors: _F  #: that these move along
    agreed: Mapping[str, Measured]  #: whether affairs are what their scripts say (`agreement`)
    value: _F  #: statistics marked calibrate, then shares of agreement; unweighted
    loss: float
    contrasts: pd.DataFrame  #: of responses, paired

    def inside(self, published: dict[str, Published], names: Sequence[str]) -> int:
        """How many statistics lie within their observed 90 % intervals."""
        pairs = [
            (value, published[name])
            for value, name in zip(self.value, names, strict=True)
            if name in published
        ]
        return sum(one.low - 1e-9 <= value <= one.high + 1e-9 for value, one in pairs)


@dataclass(frozen=True, eq=False)
class Fit:
    """The fitted population and how it was found."""

    waves: tuple[Wave, ...]
    best: int  #: number of the wave
    between: dict[str, tuple[float, float]]  #: 90 % interval of each median
    target: Wanted

    @property
    def population(self) -> dict[str, Spread]:
        """The population of the best wave."""
        return self.waves[self.best].population

    def about(self, judged: pd.DataFrame, listed: int) -> str:
        """What the file of the population says of itself, in a line. Arguments as of `judged`."""
        within = judged["fitted"].between(judged["low"] - 1e-9, judged["high"] + 1e-9)
        return (
            f"population of affairs: log-normal over affairs, wave {self.best} of the fit to "
            f"{len(judged)} statistics, {within.sum()} of them inside their 90 % intervals on "
            f"{listed} listed affairs that it did not see (backlash calibrate corpus)"
        )

    def contrasts(self) -> pd.DataFrame:
        """Responses against silence, wave by wave."""
        return pd.concat(
            [wave.contrasts.assign(wave=wave.number) for wave in self.waves], ignore_index=True
        )

    def judged(self, fresh: Affairs) -> pd.DataFrame:
        """A row a statistic: observed with its interval, simulated by wave, and by fresh affairs
        of the best one, which no tilt has seen (`fitted`).
        """
        published = published_targets()
        names = [name for name in self.target.names if name in published]
        rows = [published[name] for name in names]
        table = pd.DataFrame(
            {
                "id": names,
                "observed": [one.value for one in rows],
                "low": [one.low for one in rows],
                "high": [one.high for one in rows],
            }
        )
        for wave in self.waves:
            table[f"wave_{wave.number}"] = wave.value[: len(names)]
        table["fitted"], _ = Weighted([fresh], names).under(np.ones(len(fresh)))
        return table

    def history(self) -> pd.DataFrame:
        """A row a wave: affairs listed, statistics inside, loss."""
        published = published_targets()
        return pd.DataFrame(
            {
                "wave": wave.number,
                "listed": len(wave.affairs),
                "inside": wave.inside(published, self.target.names),
                "of": len(self.target.names) - len(agreement.NAMES),
                "loss": wave.loss,
                **dict(zip(agreement.NAMES, wave.value[-len(agreement.NAMES) :], strict=True)),
            }
            for wave in self.waves
        )


def fit(
    folder: Path,
    n_affairs: int = N_AFFAIRS,
    max_waves: int = MAX_WAVES,
    n_contrasts: int = 100,
    start: dict[str, Spread] | None = None,
    scripts: Sequence[Script] | None = None,
    published: dict[str, Published] | None = None,
) -> Fit:
    """Fit the population. start : where to begin; the prior unless given. published : what was
    observed; that of the development affairs unless given.
    """
    seen = published or published_targets()
    target = agreeing(wanted(seen))
    population, waves = start or prior(), list[Wave]()
    while True:
        wave = _wave(len(waves), population, target, folder, n_affairs, n_contrasts, scripts)
        waves.append(wave)
        print(f"wave {wave.number}: loss {wave.loss:.1f}, {_far(wave, target)}", flush=True)
        if len(waves) >= max_waves or _settled([one.loss for one in waves]):
            break
        population = _tilt_of(waves, target)
    best = int(np.argmin([one.loss for one in waves]))
    return Fit(tuple(waves), best, _between(waves[: best + 1], seen), target)


def _settled(losses: Sequence[float]) -> bool:
    """Whether the last PATIENCE waves have brought next to nothing."""
    if len(losses) <= PATIENCE:
        return False
    return min(losses[-PATIENCE:]) > (1 - LEAST_GAIN) * min(losses[:-PATIENCE])


def _far(wave: Wave, target: Wanted) -> str:
    """Which statistics miss most, in words."""
    miss = (wave.value - target.value) / target.half
    worst = np.argsort(-np.abs(miss))[:5]
    return "furthest off: " + ", ".join(f"{target.names[k]} {miss[k]:+.1f}" for k in worst)


def _wave(
    number: int,
    population: dict[str, Spread],
    target: Wanted,
    folder: Path,
    n_affairs: int,
    n_contrasts: int,
    scripts: Sequence[Script] | None,
) -> Wave:
    """Run a library of a population, and compare.

    number : of the wave, and the seed of its draws. target : statistics that were observed, with
    their half-widths. n_affairs : that are simulated; those that are never listed are no affairs.
    scripts : responses and accusations to draw from; None: those of the development affairs.
    """
    found = listed(library(n_affairs, population, folder, seed=number, scripts=scripts))
    affairs = gathered([sight for _, sight in found if sight is not None])
    logs = np.log([[drawn.values[name] for name in NAMES] for drawn, _ in found])
    factors = np.array([(np.log(one.values["size"]), *one.script.factors) for one, _ in found])
    agreed = agreement.agreement(found)
    value, _ = Weighted([affairs], target.names, [agreed]).under(np.ones(len(affairs)))
    return Wave(
        number, population, affairs, n_affairs, logs, factors, agreed, value, missed(value, target),
        contrasts(population, n_contrasts, folder, number, scripts),
    )  # fmt: skip


def listed(found: Sequence[One]) -> list[tuple[Drawn, Sight]]:
    """Affairs that were seen on the list at all."""
    return [(drawn, sight) for drawn, sight in found if sight is not None]


def agreeing(target: Wanted) -> Wanted:
    """The same, and that affairs are what their scripts say."""
    n = len(agreement.NAMES)
    return Wanted(
        (*target.names, *agreement.NAMES),
        np.append(target.value, np.full(n, agreement.WANTED)),
        np.append(target.half, np.full(n, agreement.TOLERANCE)),
    )


def _tilt_of(
    waves: Sequence[Wave],
    target: Wanted,
    generations: int = GENERATIONS,
    bags: Sequence[int] = range(BAGS),
) -> dict[str, Spread]:
    """The population that would meet the statistics best, out of the last libraries.

    generations : of each search. bags : seeds of the shares of affairs that are averaged over.
    """
    last = waves[-POOLED:]
    best = min(last, key=lambda wave: wave.loss)
    library = Library(
        np.concatenate([wave.logs for wave in last]),
        np.concatenate([wave.factors for wave in last]),
        [(wave.population, wave.drawn) for wave in last],
    )
    statistics = Weighted(
        [wave.affairs for wave in last], target.names, [wave.agreed for wave in last]
    )
    return averaged(
        [
            tilted(
                library, best.population, statistics, target, generations,
                np.random.default_rng(bag).random(len(library.logs)) < BAG_SHARE, bag,
            ).population
            for bag in bags
        ]
    )  # fmt: skip


def _between(
    waves: Sequence[Wave], published: dict[str, Published]
) -> dict[str, tuple[float, float]]:
    """90 % intervals of the medians: tilted again to statistics that are moved, a bag each."""
    rng, n = np.random.default_rng(SEED), len(wanted(published).names)
    progress = Progress(REFITS, "fits to statistics moved within their intervals")
    found = []
    for bag in range(REFITS):
        target = agreeing(wanted(published, rng.standard_normal(n)))
        found.append(_tilt_of(waves, target, REFIT_GENERATIONS, [bag]))
        progress.tick()
    return {
        name: (
            float(np.quantile([one[name].median for one in found], 0.05)),
            float(np.quantile([one[name].median for one in found], 0.95)),
        )
        for name in NAMES
    }
