"""Calibration: which worlds give what was seen in the first days of a case.

Adaptive population Monte Carlo (Lenormand, Jabot & Deffuant 2013, Computational Statistics 28:
2777). The first wave is the prior; each later wave proposes worlds near those that fit best, and
the best of old and new are kept, each with its importance weight. A wave is a study like any other:
its runs are placed by Hydra, kept in the store and never run twice, so an interrupted calibration
loses nothing.

What is fitted moves through its prior range as u in [0, 1]; everything else is drawn from its prior
in every world, so the posterior says of every parameter whether the case pins it down.

A gate comes before the distance: a world in which a qualitative gate of MODEL 3
(experiments.calibration.facts; that outrage fades within a day and a half is an assumption) fails
in most of its seeds is kept only if too few pass.

Worlds are proposed in `waves`, read in `observations`, and written down in `posterior_file`; what a
fit is worth is asked in `identifiability` and `holdout`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration import targets
from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen, distance, observed
from experiments.calibration.waves import Wave, first_wave, next_wave, study_of_wave
from experiments.sweeps import sweep
from experiments.sweeps.plan import plan_of
from experiments.sweeps.points import points_of
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

    @property
    def n_runs(self) -> int:
        """Runs that the fit rests on, those of worlds that were not kept included."""
        return sum(len(wave.worlds) for wave in self.waves) * self.settings.n_seeds

    @property
    def effective(self) -> float:
        """Effective number of the kept worlds: those of equal weight that would say as much."""
        return float(1 / np.sum(self.weight**2))


def run_wave(
    settings: Settings, wave: Wave, given: Sequence[str], plain: Sequence[str], hydra: Sequence[str]
) -> Seen:
    """Run what the store lacks of a wave and read its targets off.

    given : words for the command to go on with. plain : settings of every run. hydra : words for
    Hydra. Raises ConfigError if runs are missing or failed; the same command goes on.
    """
    study = study_of_wave(settings, wave)
    points = points_of(study, [f"n_replicates={settings.n_seeds}", *plain])
    words = ["calibrate", *given, *plain]
    plan = plan_of(study, words, points, progress=False)
    done = sweep.sweep(plan, hydra)
    if done.n_missing or done.failed:
        raise ConfigError(
            "calibrate", settings.case,
            f"{done.n_missing} runs of wave {wave.number} are missing, {len(done.failed)} failed",
            "waves whose runs are all there", "the same command again; it goes on",
        )  # fmt: skip
    wanted = targets.targets_of(points[0].config.case, "fit")
    return observed(plan, wanted, f"wave {wave.number}: reading")


def fit(
    settings: Settings,
    given: Sequence[str] = (),
    plain: Sequence[str] = (),
    hydra: Sequence[str] = (),
) -> Fit:
    """Wave after wave until few of the kept worlds are new. Resumes from the store.

    given : the words that name the calibration, for the command to go on; plain : further settings
    of every run; hydra : words for Hydra, such as a launcher.
    """
    case, wanted = _case_and_targets(settings)
    wave = first_wave(settings)
    seen = run_wave(settings, wave, given, plain, hydra)
    seed_sd = seen.seed_sd()  # of the prior: later waves are measured by the same scale

    def pool(wave: Wave, seen: Seen) -> _Pool:
        gaps = targets.implausibility(seen.means, seen.missed, wanted, seed_sd)
        return _Pool.of(wave, gaps, seen)

    kept = pool(wave, seen).best(settings.n_keep)
    waves, all_seen, rows = [wave], [seen], [_row(kept, wave, settings, seen)]
    while wave.number < settings.max_waves:
        wave = next_wave(settings, wave.number + 1, kept.u, kept.weight)
        seen = run_wave(settings, wave, given, plain, hydra)
        kept = kept.joined(pool(wave, seen)).best(settings.n_keep)
        waves.append(wave)
        all_seen.append(seen)
        rows.append(_row(kept, wave, settings, seen))
        if rows[-1]["new"] < settings.min_new:
            break
    folder = Path(compose(list(plain)).results) / "studies" / settings.name
    words = tuple(sorted(word for word in plain if not word.startswith("results=")))
    return Fit(
        settings, case, tuple(wanted), tuple(waves), tuple(all_seen),
        kept.worlds, kept.u, kept.weight, kept.gaps, folder, words,
        pd.DataFrame(rows), seed_sd,
    )  # fmt: skip


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
    passed: npt.NDArray[np.bool_]  #: the gate

    @classmethod
    def of(cls, wave: Wave, gaps: pd.DataFrame, seen: Seen) -> _Pool:
        """The worlds of a wave, with what their runs said of the targets and of the gate."""
        number = np.full(len(gaps), wave.number)
        return cls(wave.worlds, wave.u, 1 / wave.density, gaps, number, seen.passes())

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
            np.concatenate([self.passed, other.passed]),
        )

    def best(self, n: int) -> _Pool:
        """The n nearest; worlds that fail the gate only where too few pass.

        Of equally near ones those that came first.
        """
        at = np.lexsort((distance(self.gaps), ~self.passed))[:n]
        return _Pool(
            self.worlds[at], self.u[at], self.raw[at],
            self.gaps.iloc[at].reset_index(drop=True), self.wave[at], self.passed[at],
        )  # fmt: skip


def _row(kept: _Pool, wave: Wave, settings: Settings, seen: Seen) -> dict[str, Any]:
    """A wave's line of the history: how far the kept worlds are, and how many of them are new."""
    off = distance(kept.gaps)
    return {
        "wave": wave.number,
        "worlds": len(wave.worlds),
        "runs": len(wave.worlds) * settings.n_seeds,
        "worst": float(off.max()),
        "median": float(np.median(off)),
        "passing": float(np.mean(seen.passes())),
        "gated": float(np.mean(kept.passed)),
        "new": float(np.mean(kept.wave == wave.number)) if wave.number else 1.0,
        "effective": float(1 / np.sum(kept.weight**2)),
    }
