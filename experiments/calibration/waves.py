"""Waves of worlds: the prior, then worlds near those that fit best; each wave is a study.

A world has a number, which gives everything that is not fitted as the design of all studies draws
it, and a place u in [0, 1] for each fitted parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.stats import multivariate_normal

from experiments.calibration.case_priors import own_priors, place
from experiments.calibration.fit_settings import Settings
from experiments.sweeps.design import Axis, Study
from sim.settings.parameters import Parameters
from sim.settings.prior import priors, world

_F = npt.NDArray[np.float64]

PROPOSAL_SEED = 20260106  #: of the waves' proposals


@lru_cache
def _prior_of() -> Mapping[str, tuple[float, float]]:
    """Name of a parameter -> the ends of its prior range."""
    return {name: (low, high) for name, low, high in priors()}


def particle(settings: Settings, k: int, u: Mapping[str, float]) -> Parameters:
    """The world of number k of the prior of a fit, the fitted parameters at quantiles u in [0, 1].

    The platform and third parties are drawn from the population of affairs, what was once narrowed
    by hand from the ranges of the settings (`case_priors`). Without any u it is a world of the
    prior.
    """
    base, ranges, own = world(k), _prior_of(), own_priors(settings.priors)
    changes = {name: prior.at(u.get(name, place(name, k))) for name, prior in own.items()}
    for name in set(u) - set(own):
        low, high = ranges[name]
        changes[name] = float(low + u[name] * (high - low))
    return replace(base, **changes)


def places(settings: Settings, k: int) -> list[float]:
    """Where the k-th world of the prior lies in the ranges of what is fitted."""
    base, ranges, own = world(k), _prior_of(), own_priors(settings.priors)
    return [
        place(name, k)
        if name in own
        else float((getattr(base, name) - ranges[name][0]) / np.ptp(ranges[name]))
        for name in settings.fan
    ]


@dataclass(frozen=True)
class Wave:
    """Worlds that were proposed together: which nuisance draw, and where in the fitted ranges.

    The nuisance draw gives every parameter that is not fitted; no two worlds of a fit share one.
    """

    number: int  #: 0 for the prior
    worlds: npt.NDArray[np.int64]  #: number of the prior draw, int64[n]
    u: _F  #: float64[n, n_fan]
    density: _F  #: of the proposal at u, float64[n]; 1 for the prior


def first_wave(settings: Settings) -> Wave:
    """The prior: the first worlds of the design that all studies share, where they lie in their
    ranges.
    """
    u = np.array([places(settings, k) for k in range(settings.n_first)])
    return Wave(0, np.arange(settings.n_first), u, np.ones(settings.n_first))


def next_wave(settings: Settings, number: int, u: _F, weight: _F) -> Wave:
    """Worlds near the kept ones: normal steps of twice their weighted covariance, inside the prior.

    u : float64[n_keep, n_fan], weight : float64[n_keep], summing to 1. Steps that leave the prior
    are drawn again, so the density of a proposal is that of the kernel over the share that stays
    inside.
    """
    rng = np.random.default_rng((PROPOSAL_SEED, number))
    covariance = 2 * np.cov(u.T, aweights=weight) + 1e-9 * np.eye(u.shape[1])
    found: list[_F] = []
    tried = 0
    while len(found) < settings.n_wave:
        near = u[rng.choice(len(u), settings.n_wave, p=weight)]
        steps = near + rng.multivariate_normal(np.zeros(u.shape[1]), covariance, len(near))
        inside = np.all((steps >= 0) & (steps <= 1), axis=1)
        tried += len(steps)
        found += list(steps[inside])
    share_inside = len(found) / tried
    at = np.array(found[: settings.n_wave])
    kernel = multivariate_normal(np.zeros(u.shape[1]), covariance)
    density = np.array([weight @ np.atleast_1d(kernel.pdf(one - u)) for one in at]) / share_inside
    first = settings.n_first + (number - 1) * settings.n_wave
    return Wave(number, np.arange(first, first + settings.n_wave), at, density)


def study_of_wave(settings: Settings, wave: Wave, name: str = "") -> Study:
    """A wave as a study: one axis whose positions are worlds.

    name : of the study; "" for that of the wave.
    """
    text = f"which worlds give what was seen in {settings.case}?"
    return Study(
        name=name or f"{settings.name}_{wave.number}",
        question={"en": text, "zh": "哪些世界能给出所观察到的？"},
        sentence={"en": "see the report of the calibration", "zh": "见校准报告"},
        setting=(
            f"case={settings.case}",
            "response=as_happened",
            "uncertainty=point",
            *settings.rival_words,
        ),
        axes=(_axis_of_worlds(settings, wave),),
        reference=(0,),
        outcomes=("outrage_burden_core",),
    )


def _axis_of_worlds(settings: Settings, wave: Wave) -> Axis:
    """The worlds of a wave as positions of one axis: a seed and the parameters that move."""
    drawn = [
        particle(settings, int(k), dict(zip(settings.fan, u, strict=True)))
        for k, u in zip(wave.worlds, wave.u, strict=True)
    ]
    moving = _moving(settings, drawn)
    return Axis(
        "world",
        {"en": "world", "zh": "世界"},
        "",
        ("seed", *(f"parameters.{name}" for name in moving)),
        tuple(
            (int(k) * settings.n_seeds, *(getattr(one, n) for n in moving))
            for k, one in zip(wave.worlds, drawn, strict=True)
        ),
        tuple(str(k) for k in wave.worlds),
    )


def _moving(settings: Settings, drawn: Sequence[Parameters]) -> list[str]:
    """Names of the parameters that differ from their defaults in some of these worlds.

    So a parameter that is added later renames no run. Those that a rival structure sets are left
    to it.
    """
    base = Parameters()
    fixed = {word.partition("=")[0] for word in settings.rival_words}
    return [
        item.name
        for item in fields(Parameters)
        if f"parameters.{item.name}" not in fixed
        and any(getattr(one, item.name) != getattr(base, item.name) for one in drawn)
    ]
