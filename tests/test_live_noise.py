"""Bands of forecasts of affairs in progress, asked of past affairs."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.live import honesty, noise
from experiments.live.agreeing import LISTED, NOISE, SPREAD
from experiments.live.noise import Prefixes


def made_up(n: int, seed: int, spread: float) -> Prefixes:
    """Affairs of one window whose next day is what was seen, and noise."""
    rng = np.random.default_rng(seed)
    level = rng.normal(2.0, 1.0, n)
    came = np.maximum(level + spread * rng.standard_normal(n), 0.0)
    came[level < 1.0] = 0.0
    seen = np.repeat((level + np.log(LISTED))[:, None], 2, axis=1)
    return Prefixes(
        seen, np.array([1.0, 1.0]), np.array([3, 3]),
        {age: np.zeros(n, bool) for age in noise.AGES}, dict.fromkeys(noise.AGES, came),
    )  # fmt: skip


def test_affairs_of_the_same_kind_are_covered_and_the_noise_is_found() -> None:
    real, made = made_up(200, 1, 0.45), made_up(300, 2, 0.0)
    made.came[6][:] = np.where(made.seen[:, 0] - np.log(LISTED) < 1.0, 0.0, made.came[6])
    found = noise.fitted(real, made, np.arange(200) % 5, noises=(0.1, 1.0), spreads=(0.1, 0.45))
    assert (found.noise, found.spread) == (0.1, 0.45)
    for age in noise.AGES:
        assert found.in50[age] == pytest.approx(0.5, abs=0.1)
        assert found.in90[age] == pytest.approx(0.9, abs=0.06)


def test_ties_of_empty_days_are_shared_out() -> None:
    low, high = np.array([0.0, 0.0, 0.4, 0.97]), np.array([1.0, 0.5, 0.4, 0.97])
    assert noise._inside(low, high, 0.25).tolist() == [0.5, 0.5, 1.0, 0.0]


@pytest.mark.slow
def test_the_shipped_numbers_are_those_of_the_development_affairs() -> None:
    real, made, fold = noise.corpus()
    found = noise.fitted(real, made, fold)
    assert (found.noise, found.spread) == (NOISE["list"], SPREAD["list"])
    for k, age in enumerate(noise.AGES):
        assert found.in50[age] == pytest.approx(honesty.IN_50[k], abs=0.006)
        assert found.in90[age] == pytest.approx(honesty.IN_90[k], abs=0.006)
        assert abs(found.in50[age] - 0.5) < 0.05 and abs(found.in90[age] - 0.9) < 0.05
    scores = noise.scores(real, made, found.noise, found.spread)
    assert list(scores.values()) == pytest.approx(honesty.WEIGHED, abs=0.001)
