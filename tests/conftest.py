"""Shared small runs: everything is computed once a session."""

import sys
from dataclasses import replace
from functools import cache

import pytest

from experiments.sweeps.design import Point, Study
from experiments.sweeps.points import points_of
from experiments.sweeps.study_file import read_study
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.config import Config, PopulationConfig


@cache
def composed(*overrides: str) -> Config:
    """At the parameters' defaults, unless an uncertainty is asked for."""
    drawn = any(word.startswith(("uncertainty=", "posterior=")) for word in overrides)
    return compose([*overrides] if drawn else [*overrides, "uncertainty=point"])


@cache
def shipped(study: str) -> tuple[Study, list[Point]]:
    """A study of conf/study/ and its points, which take seconds to make."""
    found = read_study(study)
    return found, points_of(found, [])


@cache
def run_of(*overrides: str, seed: int = 0):
    """A full run at the default population, kept for the session."""
    return simulate(replace(composed(*overrides), seed=seed))


def small(*overrides: str, n_people: int = 45, **more) -> Config:
    """A config with few people and few leaders and investors, for the Mesa engine."""
    population = PopulationConfig(
        n_people=n_people,
        n_partner_leaders=2,
        n_neutral_leaders=2,
        n_antagonist_leaders=1,
        n_noise_investors=2,
        n_sentiment_investors=2,
        n_value_investors=2,
    )
    return replace(composed(*overrides), population=population, **more)


@pytest.fixture
def no_pdf(monkeypatch):
    """A report without its PDF, which takes seconds; tests/test_sweep.py looks at one."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.fixture(scope="session")
def happened():
    """Twelve runs of the documented case."""
    return [run_of("response=as_happened", seed=seed) for seed in range(12)]
