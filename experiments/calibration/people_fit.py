"""Calibration: which worlds give what was seen in the first days of a case.

Adaptive population Monte Carlo (Lenormand, Jabot & Deffuant 2013, Computational Statistics 28:
2777). The first wave is the prior; each later wave proposes worlds near those that fit best, and
the best of old and new are kept, each with its importance weight. Finished blocks of a wave are
kept as files and never run twice (`wave_runs`), so an interrupted calibration loses nothing.

What is fitted moves through its prior as a quantile u in [0, 1]; everything else is drawn from its
prior in every world (`case_priors`), so the posterior says of every parameter whether the case pins
it down. No gate comes before the distance: what a fit asks of runs is what was seen on its days.

Worlds are proposed in `waves`, read in `observations`, and written down in `posterior_file`; what a
fit is worth is asked in `identifiability` and `holdout`, whether its answers still move in
`wave_contrasts`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration import targets
from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen, distance
from experiments.calibration.wave_contrasts import wave_contrasts
from experiments.calibration.wave_runs import seen_in, words_of
from experiments.calibration.waves import Wave, first_wave, next_wave
from sim.base.refusal import ConfigError
from sim.case.case import Case, Target
from sim.settings.composition import compose

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A finished calibration: the kept worlds with their weights, and how they came to be kept."""

    settings: Settings
    case: Case
    targets: tuple[Target, ...]  #: with use: fit, those that a run can speak to
    waves: tuple[Wave, ...]
    seen: tuple[Seen, ...]  #: one a wave
    worlds: npt.NDArray[np.int64]  #: of the kept worlds, int64[n_keep]
    u: _F  #: places of the kept worlds, float64[n_keep, n_fan]
    weight: _F  #: summing to 1
    gaps: pd.DataFrame  #: implausibility of the kept worlds
    folder: Path  #: where the posterior and the report go
    words: tuple[str, ...]  #: further settings of every run
    history: pd.DataFrame  #: a row a wave: worst kept distance, share that is new, worlds, runs
    seed_sd: Mapping[str, float]  #: target -> sd over seeds within a world
    contrasts: pd.DataFrame  #: answers against silence, by wave; empty for a rival structure

    @property
    def n_runs(self) -> int:
        """Runs that the fit rests on, those of worlds that were not kept included."""
        return sum(len(wave.worlds) for wave in self.waves) * self.settings.n_seeds

    @property
    def effective(self) -> float:
        """Effective number of the kept worlds: those of equal weight that would say as much."""
        return float(1 / np.sum(self.weight**2))


def fit(settings: Settings, plain: Sequence[str] = ()) -> Fit:
    """Wave after wave until few of the kept worlds are new. Resumes from the blocks of its folder.

    plain : further settings of every run.
    """
    case, wanted = _case_and_targets(settings)
    folder = Path(compose(list(plain)).results) / "studies" / settings.name
    words, blocks = words_of(settings, plain), folder / "blocks"
    seed_sd: dict[str, float] = {}
    kept: _Pool | None = None
    waves, all_seen, rows, contrasts = list[Wave](), list[Seen](), list[dict[str, Any]](), []
    while True:
        wave = (
            first_wave(settings)
            if kept is None
            else next_wave(settings, len(waves), kept.u, kept.weight)
        )
        seen = seen_in(settings, wave, words, blocks)
        seed_sd = seed_sd or seen.seed_sd()  # of the prior: later waves by the same scale
        gaps = targets.implausibility(seen.means, seen.missed, wanted, seed_sd)
        new = _Pool.of(wave, gaps)
        kept = (new if kept is None else kept.joined(new)).best(settings.n_keep)
        waves.append(wave)
        all_seen.append(seen)
        rows.append(_row(kept, wave, settings))
        print(_progress(rows[-1]), file=sys.stderr, flush=True)
        if not settings.rival:
            contrasts.append(_answers(settings, kept, wave.number, words, blocks))
        if _over(settings, wave, rows[-1]["new"]):
            break
    return Fit(
        settings, case, tuple(wanted), tuple(waves), tuple(all_seen),
        kept.worlds, kept.u, kept.weight, kept.gaps, folder,
        tuple(sorted(word for word in plain if not word.startswith("results="))),
        pd.DataFrame(rows), seed_sd, pd.concat(contrasts) if contrasts else pd.DataFrame(),
    )  # fmt: skip


def _over(settings: Settings, wave: Wave, new: float) -> bool:
    """Whether no wave follows. new : share of the kept worlds that came with this one."""
    return wave.number >= settings.max_waves or (wave.number > 0 and new < settings.min_new)


def _answers(
    settings: Settings, kept: _Pool, number: int, words: tuple[str, ...], folder: Path
) -> pd.DataFrame:
    """Answers against silence in the worlds that are kept after a wave."""
    worlds = Wave(number, kept.worlds, kept.u, np.ones(len(kept.worlds)))
    return wave_contrasts(settings, worlds, kept.weight, number, words, folder)


def _progress(row: Mapping[str, Any]) -> str:
    """How a wave went, in a line."""
    return (
        f"wave {row['wave']}: median distance {row['median']:.2f}, {row['new']:.0%} of the kept "
        f"worlds are new, {row['effective']:.0f} effective"
    )


def _case_and_targets(settings: Settings) -> tuple[Case, list[Target]]:
    """The case and what it is fitted to. Raises ConfigError for a case without such targets."""
    case = compose([f"case={settings.case}"]).case
    wanted = targets.targets_of(case, "fit")
    if not wanted:
        raise ConfigError(
            "case", settings.case, "has no targets for fitting", "targets with use: fit",
            "backlash case check FILE",
        )  # fmt: skip
    return case, wanted


@dataclass(frozen=True)
class _Pool:
    """Weighted worlds with their distances: what is kept while waves come.

    Weights are importance weights: the density of the prior, which is 1, over that of the proposal.
    """

    worlds: npt.NDArray[np.int64]  #: numbers of prior draws
    u: _F  #: places in the fitted ranges
    raw: _F  #: prior over proposal density, not normalised
    gaps: pd.DataFrame  #: implausibility, a row a world
    wave: npt.NDArray[np.int64]  #: in which each was proposed

    @classmethod
    def of(cls, wave: Wave, gaps: pd.DataFrame) -> _Pool:
        """The worlds of a wave, with what their runs said of the targets."""
        number = np.full(len(gaps), wave.number)
        return cls(wave.worlds, wave.u, 1 / wave.density, gaps, number)

    @property
    def weight(self) -> _F:
        """Importance weights, float64[n], summing to 1."""
        return self.raw / self.raw.sum()

    def joined(self, other: _Pool) -> _Pool:
        """The worlds of both pools."""
        return _Pool(
            np.concatenate([self.worlds, other.worlds]),
            np.concatenate([self.u, other.u]),
            np.concatenate([self.raw, other.raw]),
            pd.concat([self.gaps, other.gaps], ignore_index=True),
            np.concatenate([self.wave, other.wave]),
        )

    def best(self, n: int) -> _Pool:
        """The n nearest; of equally near ones those that came first."""
        at = np.argsort(distance(self.gaps), kind="stable")[:n]
        return _Pool(
            self.worlds[at], self.u[at], self.raw[at],
            self.gaps.iloc[at].reset_index(drop=True), self.wave[at],
        )  # fmt: skip


def _row(kept: _Pool, wave: Wave, settings: Settings) -> dict[str, Any]:
    """A wave's line of the history: how far the kept worlds are, and how many of them are new."""
    off = distance(kept.gaps)
    return {
        "wave": wave.number,
        "worlds": len(wave.worlds),
        "runs": len(wave.worlds) * settings.n_seeds,
        "worst": float(off.max()),
        "median": float(np.median(off)),
        "new": float(np.mean(kept.wave == wave.number)) if wave.number else 1.0,
        "effective": float(1 / np.sum(kept.weight**2)),
    }
