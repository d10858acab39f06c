"""Runs of the worlds of a fit, kept as numbers: what each says of the targets, and of answers.

A block of worlds is a file that is whole or absent (experiments.corpus.library), named by all that
can change it, so a fit goes on where it was. Series are not kept: a fit is some ten thousand runs.

Waves are run over the first days of the case alone: a run does not know what comes, so targets of
these days are to the last digit those of a whole run. What would have come to be later counts as
never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pandas as pd

from experiments.calibration import quantities, targets
from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen, seen_of
from experiments.calibration.waves import Wave, particle
from experiments.corpus import library
from sim.metrics import outcomes
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.parameters import Parameters

BLOCK = 40  #: worlds of a wave in a file
Changes = tuple[tuple[str, float], ...]  #: parameters of a world that are not at their defaults


@dataclass(frozen=True)
class World:
    """One world to be run: what is typed, for how long, with which parameters and seeds.

    `code` changes with the case and with what reads runs: it is there for the name of the block.
    """

    words: tuple[str, ...]  #: the same in every world of the wave
    days: int  #: of the case that are run; 0: all
    changes: Changes  #: parameters away from their defaults
    seed: int  #: of the first run
    n_seeds: int  #: runs, with consecutive seeds
    arms: tuple[str, ...] = ()  #: responses that are compared instead of reading targets
    code: str = ""


def shortened(config: Config, days: int) -> Config:
    """A config that ends after so many days of its case; what comes from outside later is cut."""
    end = config.case.start + timedelta(days=days)
    case = replace(
        config.case, horizon_d=days,
        forcing=tuple(event for event in config.case.forcing if event.time < end),
    )  # fmt: skip
    return replace(config, case=case, clock=replace(config.clock, horizon_d=days))


@lru_cache(maxsize=64)
def _base(words: tuple[str, ...], days: int) -> Config:
    """What is typed, composed once a process."""
    config = compose([*words, "uncertainty=point"])
    return shortened(config, days) if days else config


def targets_in(world: World) -> list[dict[str, float]]:
    """What the runs of a world say of the fitted targets, a row a seed."""
    config = _in(world, _base(world.words, world.days))
    wanted = targets.targets_of(config.case, "fit")
    runs = (simulate(replace(config, seed=world.seed + s)) for s in range(world.n_seeds))
    return [targets.observe(quantities.View.of(run), wanted) for run in runs]


def answers_in(world: World) -> list[dict[str, float]]:
    """The outcomes of a world under every arm, in their order; means over its seeds."""
    found = []
    for arm in world.arms:
        words = tuple(word for word in world.words if not word.startswith("response="))
        config = _in(world, _base((*words, f"response={arm}"), world.days))
        rows = [
            outcomes(simulate(replace(config, seed=world.seed + s))) for s in range(world.n_seeds)
        ]
        found.append({str(k): float(v) for k, v in pd.DataFrame(rows).mean().items()})
    return found


def _in(world: World, base: Config) -> Config:
    """A config with the parameters of a world."""
    return replace(base, parameters=replace(base.parameters, **dict(world.changes)))


def words_of(settings: Settings, plain: Sequence[str]) -> tuple[str, ...]:
    """What is typed for a run of a fit, but for its world."""
    own = [word for word in plain if not word.startswith("results=")]
    fixed = (f"case={settings.case}", "response=as_happened", *settings.rival_words)
    return (*fixed, *sorted(own))


def world_of(settings: Settings, wave: Wave, row: int, words: tuple[str, ...], code: str) -> World:
    """The row-th world of a wave, to be run for what is fitted.

    words : settings that are the same in all of them. code : digest of the code that runs it, which
    names its block. Only parameters away from their defaults are told, and none that a rival fixes.
    """
    k = int(wave.worlds[row])
    one, usual = (
        particle(settings, k, dict(zip(settings.fan, wave.u[row], strict=True))),
        Parameters(),
    )
    fixed = {word.partition("=")[0] for word in settings.rival_words}
    changes = tuple(
        (item.name, float(getattr(one, item.name)))
        for item in fields(Parameters)
        if f"parameters.{item.name}" not in fixed
        and getattr(one, item.name) != getattr(usual, item.name)
    )
    seed = k * settings.n_seeds
    return World(words, settings.wave_days, changes, seed, settings.n_seeds, code=code)


def code_of(settings: Settings, words: tuple[str, ...]) -> str:
    """A digest of the case as it is simulated, of its targets, and of what reads runs."""
    case = _base(words, 0).case
    modules = (targets, quantities)
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in modules)
    said = repr((case.simulated(), [str(t) for t in targets.targets_of(case, "fit")]))
    return hashlib.sha256(code + said.encode()).hexdigest()[:16]


def seen_in(settings: Settings, wave: Wave, words: tuple[str, ...], folder: Path) -> Seen:
    """What the runs of a wave say of what is fitted; finished blocks in the folder are read."""
    code = code_of(settings, words)
    jobs = [world_of(settings, wave, row, words, code) for row in range(len(wave.worlds))]
    what = f"{settings.name}, wave {wave.number}: worlds"
    found = library.kept(targets_in, jobs, folder, what, BLOCK)
    rows = [{"point": k, **row} for k, world in enumerate(found) for row in world]
    return seen_of(pd.DataFrame(rows))
