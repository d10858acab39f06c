"""Worlds of a config: the parameters of each of its runs, drawn or as they are set.

Draws are those of the prior (`sim.settings.prior`) or of a posterior (`sim.settings.posterior`); a
case may say between which bounds its community lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from sim.base.refusal import ConfigError
from sim.settings.config import Config, UncertaintyConfig
from sim.settings.parameters import Parameters
from sim.settings.posterior import posterior_world, read_posterior
from sim.settings.prior import kept_of, own_points, whole_design, world


@dataclass(frozen=True)
class _Asked:
    """What worlds are drawn for. Two are the same if they are written alike: 1 is not 1.0 in a
    name.
    """

    said: str  #: all that decides the draws, as text
    community: tuple[float, float]  #: bounds that the case gives
    parameters: Parameters = field(compare=False)
    kind: UncertaintyConfig = field(compare=False)


def worlds_of(config: Config, only: range | None = None) -> list[Parameters]:
    """The parameters of the worlds of a design point, in order.

    only : their numbers, from 0; None: all. Points that ask alike get the same objects: a sweep
    draws its worlds once and not for every cell.
    """
    kind, numbers = config.uncertainty, range(config.n_replicates) if only is None else only
    if kind.name not in ("prior", "posterior"):
        return [config.parameters for _ in numbers]
    low, high = config.case.community
    fitted = read_posterior(kind.posterior).about["digest"] if kind.name == "posterior" else ""
    said = f"{kind.name} {kind.posterior} {fitted} {kind.fixed} {config.parameters!r}"
    asked = _Asked(said, (low, high), config.parameters, kind)
    return [_drawn(asked, kind.first + k) for k in numbers]


@lru_cache(maxsize=4096)  # some 40 MB
def _drawn(asked: _Asked, k: int) -> Parameters:
    """The k-th world of what is asked."""
    kind, parameters, fixed = asked.kind, asked.parameters, frozenset(asked.kind.fixed.split())
    if kind.name == "prior":
        found = world(k, parameters, fixed)
    else:
        found = posterior_world(kind.posterior, k, parameters, fixed)
    if "community_size" in kept_of(parameters, fixed):
        return found
    return _of_size(asked.community, k, found)


def _of_size(community: tuple[float, float], k: int, drawn: Parameters) -> Parameters:
    """The k-th world with a community inside the bounds that its case gives, evenly in the log."""
    low, high = community
    if low == high:
        return drawn
    u = float(own_points("community_size", whole_design(k))[k])
    return replace(drawn, community_size=(high / low) ** (u - 0.5))


def n_runs_of(config: Config) -> int:
    """Runs of a design point: worlds times seeds."""
    return config.n_replicates * config.uncertainty.n_seeds


def replicates(config: Config, only: range | None = None) -> list[Config]:
    """The configs of a design point: world by world if uncertain, and in each its seeds.

    They are drawn: each says uncertainty=point, so that nothing is drawn twice. only : numbers of
    the runs, from 0; None: all.
    """
    numbers, n_seeds = (
        range(n_runs_of(config)) if only is None else only,
        config.uncertainty.n_seeds,
    )
    if not numbers:
        return []
    first = numbers[0] // n_seeds
    worlds = worlds_of(config, range(first, numbers[-1] // n_seeds + 1))
    return [as_drawn(config, config.seed + k, worlds[k // n_seeds - first]) for k in numbers]


def as_drawn(config: Config, seed: int, parameters: Parameters) -> Config:
    """The config of one run in this world: nothing is left to draw."""
    point = UncertaintyConfig()
    return replace(config, seed=seed, n_replicates=1, parameters=parameters, uncertainty=point)


def drawn(config: Config, instead: str = "sim.ensemble(config), which makes all of them") -> Config:
    """The config of the one run that is asked for, its world drawn as the command line draws it.

    A config of which nothing is left to draw is returned as it is. Raises ConfigError for one that
    asks for several runs. instead : what makes several, for whoever reads the refusal.
    """
    for key, value in (
        ("n_replicates", config.n_replicates),
        ("uncertainty.n_seeds", config.uncertainty.n_seeds),
    ):
        if value > 1:
            raise ConfigError(key, value, "one run is made here", "1", f"{instead}, or {key}=1")
    if config.uncertainty.name == "point":
        return config
    return replicates(config)[0]
