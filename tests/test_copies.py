"""Models that are copied, branched, made in batches and mapped over processes."""

import copy
import gc
import inspect
import multiprocessing
import pickle
import subprocess
import sys
import weakref
from typing import ClassVar

import mesa
import numpy as np
import pytest
from conftest import model_of, refused, small

import sim
from sim.engine import Simulation
from sim.kernel import step
from sim.mesa.agents import CoreFan
from sim.mesa.model import BacklashModel, ColumnarModel
from sim.run import gathered
from sim.start import start_of
from sim.state.scenario import name_of


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_goes_on_as_the_original_does(begun, copied):
    n_compiled = len(step.advance.signatures)
    begun.agents_by_type[CoreFan].agg("trust", np.mean)
    other = copied(begun)
    assert other.network.followers.flags.writeable is False
    for model in (begun, other):
        model.run_model()
    assert np.array_equal(begun.record, other.record, equal_nan=True)
    assert begun.datacollector.get_model_vars_dataframe().equals(
        other.datacollector.get_model_vars_dataframe()
    )
    for mine, yours in zip(begun.population.people, other.population.people, strict=True):
        assert np.array_equal(mine, yours) and not np.shares_memory(mine, yours)
    assert sim.finish(other).name == name_of(begun.config)
    assert len(step.advance.signatures) == n_compiled  # the copy is of the same compiled type


def test_a_run_can_be_branched(begun):
    branch = copy.deepcopy(begun)
    for fan in branch.agents_by_type[CoreFan]:
        assert fan.model is branch
        fan.trust = 0.05
    for model in (begun, branch):
        model.run_model()
    before = slice(0, 160)
    assert np.array_equal(begun.record[before], branch.record[before], equal_nan=True)
    as_it_was, as_it_might = sim.finish(begun), sim.finish(branch)
    assert not as_it_was.altered and as_it_might.altered
    assert as_it_might.series["trust_core"][-1] < as_it_was.series["trust_core"][-1]


def test_a_copy_shared_among_threads_goes_on_too():
    config, *start = start_of(small(n_people=400, seed=4))
    run = Simulation(*start, config.seed, threads=3)
    run.advance(150)
    other = pickle.loads(pickle.dumps(run))
    assert len(other.crowds) == 3
    for each in (run, other):
        each.advance(1440)
    assert np.array_equal(run.record, other.record, equal_nan=True)
    assert gathered(config, other).name == name_of(config)


class Mine(ColumnarModel):
    """A model of one's own with a reporter that cannot be pickled."""

    reporters: ClassVar = {
        **ColumnarModel.reporters,
        "trust": lambda model: float(model.population.people.trust.mean(dtype=float)),
    }


def test_a_model_of_one_s_own_is_copied_with_its_reporters():
    model = sim.mesa_model(small(n_people=45, seed=2), Mine)
    model.advance(100)
    other = pickle.loads(pickle.dumps(model))
    other.advance(5)
    frame = other.datacollector.get_model_vars_dataframe()
    assert len(frame) == 105 and frame["trust"].between(0, 1).all()


@pytest.mark.parametrize("engine", ["columnar", "mesa"])
def test_models_are_forgotten_when_nobody_holds_them(engine):
    model = model_of(engine)
    assert len(model.agents) > 30
    other = copy.deepcopy(model)
    seen = [weakref.ref(model), weakref.ref(other), weakref.ref(next(iter(other.agents)))]
    ids = [agent.unique_id for agent in other.agents]
    assert len(set(ids)) == len(ids)
    del model, other
    gc.collect()
    assert [ref() for ref in seen] == [None] * 3


@pytest.mark.parametrize("kind", [ColumnarModel, BacklashModel])
def test_batch_run_takes_the_models_with_keywords(kind):
    fixed = {"population__n_people": 45, "case": "textbook", "clock.horizon_d": 1}
    rows = mesa.batch_run(
        kind,
        {**fixed, "response": "none", "mechanisms.mocking": [True, False], "seed": [1, 2]},
        max_steps=2000,
        display_progress=False,
    )
    assert [(row["mechanisms.mocking"], row["seed"]) for row in rows] == [
        (True, 1),
        (True, 2),
        (False, 1),
        (False, 2),
    ]
    words = ["population.n_people=45", "case=textbook", "clock.horizon_d=1", "response=none"]
    run = sim.simulate(sim.compose([*words, "mechanisms.mocking=false", "seed=2"]))
    assert rows[-1]["heat"] == pytest.approx(float(run.series["heat"][-1]), rel=1e-6)
    assert rows[-1]["price_hkd"] == pytest.approx(float(run.series["price_hkd"][-1]), rel=1e-6)
    assert rows[-1]["Step"] == run.clock.n_steps - 1


def test_models_are_made_from_keywords_as_solara_viz_asks_for():
    parameters = inspect.signature(ColumnarModel.__init__).parameters
    needed = [p.name for p in parameters.values() if p.default is p.empty]
    assert set(needed) <= {"self", "kwargs"} and "kwargs" in parameters  # Mesa's own test
    assert not any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
    settings = {
        "response": "apology_only",
        "response__apology__delay_h": 3.5,
        "network__seed": None,
    }
    model = ColumnarModel(**settings, mechanisms__mocking=False, seed=7)
    again = type(model)(**settings, mechanisms__mocking=False, seed=7)
    assert model.config == again.config
    assert model.config.response.apology.delay_h == 3.5 and model.config.seed == 7
    assert model.config.mechanisms.mocking is False
    assert "response = 'dney'" in refused(lambda: ColumnarModel(response="dney"))
    assert "a setting beside a config" in refused(lambda: ColumnarModel(model.config, seed=3))
    assert "BacklashModel" in refused(lambda: ColumnarModel(engine="mesa"))
    assert "n_replicates" in refused(lambda: BacklashModel(n_replicates=2))


MAPPED = """
import multiprocessing
from dataclasses import replace
import sim
if {late}:
    from sim.run import finish

def main():
    few = ["population.n_people=60", "clock.horizon_d=1"]
    config = sim.compose([*few, "case=textbook", "response=none"])
    configs = [replace(config, seed=seed) for seed in range(2)]
    with multiprocessing.get_context("{how}").Pool(2) as pool:
        print([run.name for run in pool.map(sim.simulate, configs)])
    print([sim.simulate(one).name for one in configs])

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(
    ("how", "late"),
    [
        ("fork", False),
        ("spawn", True),
        pytest.param("fork", True, marks=pytest.mark.slow),
        pytest.param("spawn", False, marks=pytest.mark.slow),
    ],
)
def test_simulate_is_mapped_over_processes(how, late, tmp_path):
    if how not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {how} here")
    script = tmp_path / "mapped.py"
    script.write_text(MAPPED.format(how=how, late=late))
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=150
    )
    assert done.returncode == 0, done.stderr
    mapped, here = done.stdout.splitlines()
    assert mapped == here
