"""The world of a game: what is locked for a class, so that all of its teams meet the same.

A world names a case, a seed and a draw of the posterior; configs are made of it and kept, because
composing one takes longer than a run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sim.case.case import Case
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.worlds import as_drawn, worlds_of


@dataclass(frozen=True)
class World:
    """What is locked for a class: the case, the chances, and the draw of the uncertain parameters.

    draw : number of the world in the posterior of the case that was fitted.
    """

    case: str  #: name in conf/case
    seed: int  #: of chance
    draw: int
    population: str = "default"  #: option of conf/population


def case_of(world: World) -> Case:
    """The case of a world. Raises ConfigError for a case that there is not."""
    return base_of(world.case, world.population).case


def blank_config(world: World) -> Config:
    """The world without a response: case, seed and parameters. Raises ConfigError."""
    base = base_of(world.case, world.population)
    drawn = replace(base, uncertainty=replace(base.uncertainty, first=world.draw))
    (parameters,) = worlds_of(drawn)
    return as_drawn(base, world.seed, parameters)


Stamp = tuple[str, int, int]  #: place of a case file, when it was changed, its bytes


def stamp_of(case: str) -> Stamp:
    """What tells a case file from another one of its name, and from itself before an edit."""
    file = Path(case)
    if not file.is_file():  # a shipped case, by its name
        return "", 0, 0
    about = file.stat()
    return str(file.resolve()), about.st_mtime_ns, about.st_size


def base_of(case: str, population: str) -> Config:
    """The case without a response; composing takes longer than a run. Raises ConfigError."""
    return _base_of(case, population, stamp_of(case))


@lru_cache(maxsize=32)
def _base_of(case: str, population: str, _: Stamp) -> Config:
    return compose([f"case={case}", f"population={population}", "response=none"])
