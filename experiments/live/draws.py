"""Worlds that an affair may be in, each with a number; a world and a seed are one course of events.

posterior   of a case that was fitted: its draws
population  of any other: what differs between affairs is drawn from the population that was fitted
            to 304 of them (experiments/corpus), everything else from its prior
prior       everything from its prior
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from experiments.corpus.ingredients import INGREDIENTS, NAMES, fitted, values_of
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.settings.config import Config, UncertaintyConfig
from sim.settings.parameters import Parameters
from sim.settings.posterior import FOLDER
from sim.settings.worlds import as_drawn, worlds_of

KINDS = ("posterior", "population", "prior")
SEEDS = 4096  #: seeds that a world has room for
_RANGES = {item.name: (item.metadata["low"], item.metadata["high"]) for item in fields(Parameters)}
_SEED = 20261128  #: of the population's draws; fixed, so that all affairs share them


@dataclass(frozen=True)
class Worlds:
    """Where worlds are drawn from."""

    config: Config  #: of the affair
    kind: str  #: one of KINDS

    def parameters(self, k: int) -> Parameters:
        """The parameters of world k."""
        base = self.kind if self.kind == "posterior" else "prior"
        about = UncertaintyConfig(
            name=base, posterior=self.config.case.name, first=k, fixed=self.config.uncertainty.fixed
        )
        drawn = worlds_of(replace(self.config, uncertainty=about, n_replicates=1))[0]
        if self.kind != "population":
            return drawn
        kept = set(about.fixed.split())
        own = {
            one.name: _inside(one.name, value)
            for one, value in zip(INGREDIENTS, self._ingredients(k), strict=True)
            if one.parameter and one.name not in kept
        }
        return replace(drawn, **own)

    def run(self, k: int, seed: int) -> Config:
        """The config of one course of events: world k, with the seed of this number in it."""
        return as_drawn(
            replace(self.config, case=self._case(k)),
            self.config.seed + SEEDS * k + seed, self.parameters(k),
        )  # fmt: skip

    def _ingredients(self, k: int) -> list[float]:
        """What differs between affairs, in world k, in the order of NAMES."""
        normals = np.random.default_rng((_SEED, k)).standard_normal(len(NAMES))
        return [float(one) for one in values_of(fitted(), normals)]

    def _case(self, k: int) -> Case:
        """The case in world k: how hot an accusation comes is one of what nobody knows."""
        case = self.config.case
        if self.kind != "population" or not case.hot_list or not case.forcing:
            return case
        heat = dict(zip(NAMES, self._ingredients(k), strict=True))["ignition_heat"]
        first = case.forcing[0]
        if first.heat > 0 or not first.tag:
            return case
        return replace(
            case, forcing=(replace(first, heat=max(5000.0, min(heat, 2e7))), *case.forcing[1:])
        )


def _inside(name: str, value: float) -> float:
    """A parameter's value, moved into its range."""
    low, high = _RANGES[name]
    return float(min(max(value, low), high))


def worlds_for(config: Config, kind: str = "") -> Worlds:
    """Where the worlds of an affair come from. kind : one of KINDS; empty: the best there is.

    Raises ConfigError for a kind that there is not.
    """
    own = (FOLDER / f"{config.case.name}_posterior.csv").exists()
    if kind not in ("", *KINDS):
        raise ConfigError("worlds", kind, "no such worlds", ", ".join(KINDS), "worlds=population")
    if kind == "posterior" and not own:
        raise ConfigError(
            "worlds", kind, f"{config.case.name} was not fitted", "population, prior",
            "worlds=population",
        )  # fmt: skip
    return Worlds(config, kind or ("posterior" if own else "population"))
