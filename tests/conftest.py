"""Shared small runs: everything is computed once a session."""

import json
import sys
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
import yaml

from experiments.sweeps.design import Point, Study
from experiments.sweeps.points import points_of
from experiments.sweeps.study_file import read_study
from sim import mesa_model
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.conduct import EngineConfig
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


#: Words of a config whose runs take a moment.
FEW = ("population.n_people=150", "response=none", "seed=3")
#: Steps of a run of `model_of`: a day before the event, and five.
N_STEPS = 6 * 96


def model_of(engine="columnar"):
    """Thirty people, six of them core fans, as a Mesa model."""
    talk = "parameters.leader_post_per_h=2"  # leaders have a part in it
    words = ("case=textbook", "response=deny", "clock.horizon_d=5", talk)
    return mesa_model(small(*words, n_people=30, seed=4, engine=EngineConfig(engine)))


@pytest.fixture(params=["columnar", "mesa"])
def begun(request):
    """A model of `model_of` in the midst of its run, of either engine."""
    model = model_of(request.param)
    model.advance(160)
    return model


def refused(what, error=ConfigError):
    """The message of a refusal: what, what is allowed, what to type."""
    with pytest.raises(error) as problem:
        what()
    message = str(problem.value)
    assert "\n  allowed: " in message and "\n  try:     " in message, message
    return message


#: Where shipped cases are.
CASES = conf_dir() / "case"


@pytest.fixture
def textbook():
    """The textbook's case as its file has it."""
    return yaml.safe_load((CASES / "textbook.yaml").read_text())


def written(raw, tmp_path):
    """A file of a case."""
    file = tmp_path / f"{raw['name']}.yaml"
    file.write_text(json.dumps(raw))  # which is YAML, without anchors
    return file


@cache
def _drawn_once(number):
    from sim.settings.prior import world

    return world(number)


@pytest.fixture
def prior_drawn_once(monkeypatch):
    """A draw of the prior takes milliseconds."""
    monkeypatch.setattr("experiments.calibration.waves.world", _drawn_once)


def with_events(config: Config, *events: dict) -> Config:
    """The config with events after the first of its case: `hour` from it, and what differs."""
    case = config.case
    first = case.forcing[0]
    more = [
        replace(
            first, id=f"more_{k}", time=first.time + timedelta(hours=event["hour"]),
            **{key: value for key, value in event.items() if key != "hour"},
        )
        for k, event in enumerate(events)
    ]  # fmt: skip
    forcing = sorted((*case.forcing, *more), key=lambda event: event.time)
    return replace(config, case=replace(case, forcing=tuple(forcing)))


#: Of another fact than the leak; and a launch of the brand.
ACCUSED = {
    "kind": "second_accusation", "hour": 2.0, "credibility": 0.6, "betrayal": 0.1, "tag": False,
}  # fmt: skip
LAUNCH = {
    "kind": "launch", "hour": 50.0, "credibility": 0.0, "novelty": 0.6, "displacement": 0.5,
    "duration_h": 10.0,
}  # fmt: skip


@pytest.fixture
def no_pdf(monkeypatch):
    """A report without its PDF, which takes seconds; tests/test_sweep.py looks at one."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.fixture(scope="session")
def happened():
    """Twelve runs of the documented case."""
    return [run_of("response=as_happened", seed=seed) for seed in range(12)]
