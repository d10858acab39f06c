"""Bands of forecasts of affairs in progress, asked of past affairs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import sim
from experiments.live import honesty, noise
from experiments.live.affair import Affair, affair_of
from experiments.live.agreeing import LISTED, NOISE, SPREAD, likelihood, residuals, says, scale_of
from experiments.live.draws import worlds_for
from experiments.live.importing import import_export
from experiments.live.noise import Prefixes
from experiments.live.seen import Seen
from sim.record import Run


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
        assert abs(found.in50[age] - 0.5) < 0.06 and abs(found.in90[age] - 0.9) < 0.05
    scores = noise.scores(real, made, found.noise, found.spread)
    assert list(scores.values()) == pytest.approx(honesty.WEIGHED, abs=0.001)


@pytest.mark.slow
def test_bands_of_mentions_hold_what_the_model_makes(tmp_path: Path) -> None:
    """Counts of made affairs, with the noise that is assumed, forecast from all the others."""
    rows = [f"2026-03-0{2 + h // 24} {h % 24:02d}:00,{10 + 500 * (h >= 13)}" for h in range(48)]
    file = tmp_path / "export.csv"
    file.write_text("time,count\n" + "\n".join(rows), encoding="utf-8")
    import_export(str(file), str(tmp_path / "own"), {"zone": "Asia/Shanghai"})
    affair = affair_of(str(tmp_path / "own"), "", ["population.n_people=300", "clock.dt_min=30"])
    worlds, rng = worlds_for(affair.config), np.random.default_rng(3)
    posts = np.array([hourly(sim.simulate(worlds.run(k, 0)), affair) for k in range(160)])
    counts = rng.poisson(40 * posts * noisy(rng, posts.shape))
    for age in (6, 12, 24):
        seen = Seen("mentions", 2 * np.arange(age), 2 * np.arange(age) + 2, np.zeros(age))
        ranks = [rank(posts, counts, k, age, seen, rng) for k in range(len(posts))]
        found = np.abs(np.array([one for one in ranks if one is not None]) - 0.5)
        assert (found < 0.25).mean() == pytest.approx(0.5, abs=0.1)
        assert (found < 0.45).mean() == pytest.approx(0.9, abs=0.08)


def hourly(run: Run, affair: Affair) -> npt.NDArray[np.float64]:
    """Posts by the hour from the accusation on, two days."""
    posts = sum(
        1000.0 * share / run.n_people[kind] * run.series[f"posts_{kind}"].astype(float)
        for kind, share in run.weights.items()
    )
    own: npt.NDArray[np.float64] = np.asarray(posts)[affair.clock_step :][:96]
    return own.reshape(-1, 2).sum(axis=1)


def noisy(rng: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Noise of counts, with a mean of one."""
    sd = NOISE["mentions"]
    return np.exp(sd * rng.standard_normal(shape) - sd**2 / 2)


def rank(
    posts: npt.NDArray[np.float64], counts: npt.NDArray[np.float64], k: int, age: int, seen: Seen,
    rng: np.random.Generator,
) -> float | None:  # fmt: skip
    """Where the next 24 h of affair k lie among what the others say of them; None: no mention."""
    if not counts[k, :age].any():
        return None
    own = replace(seen, count=counts[k, :age].astype(float))
    hours = np.ones(age)
    log = np.array([
        likelihood(residuals(one[:age], own, 3.0), own, hours)[0]
        if one[:age].any() and j != k else -np.inf
        for j, one in enumerate(posts)
    ])  # fmt: skip
    weights = np.exp(log - log.max())
    chosen = rng.choice(len(posts), 100, p=weights / weights.sum())
    known = NOISE["mentions"] / np.sqrt(says(hours).sum())
    scale = np.array([scale_of(posts[j, :age], own) for j in chosen])
    wide = np.hypot(known, SPREAD["mentions"])
    off = np.exp(scale + wide * rng.standard_normal(100))
    members = (posts[chosen, age : age + 24] * noisy(rng, (100, 24))).sum(axis=1) * off
    came = counts[k, age : age + 24].sum()
    return float((np.sum(members < came) + 0.5) / 101)
