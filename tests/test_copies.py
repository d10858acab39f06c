"""`import sim`: what a notebook or a script does, and that it is what the command line does."""

import copy
import gc
import inspect
import json
import multiprocessing
import pickle
import subprocess
import sys
import weakref
from dataclasses import FrozenInstanceError, replace
from typing import ClassVar

import mesa
import numpy as np
import pandas as pd
import pytest
from conftest import composed, small

import sim
from experiments.command.cli import main
from sim.engine import Simulation
from sim.kernel import step
from sim.mesa.agents import CoreFan, Investor, OpinionLeader
from sim.mesa.community import Community
from sim.mesa.model import BacklashModel, ColumnarModel
from sim.metrics import OUTCOMES
from sim.network import shared
from sim.people import PARTNER, SILENT
from sim.run import Look, engine_of, gathered, people_at
from sim.settings.config import EngineConfig
from sim.settings.worlds import drawn, replicates, world
from sim.start import network_of, start_of
from sim.state.scenario import name_of
from sim.store import Store, StoreRefused

FEW = ("population.n_people=150", "response=none", "seed=3")
WORLDS = ("uncertainty=point", "uncertainty=prior", "uncertainty=posterior")


def refused(what, error=sim.ConfigError):
    """The message of a refusal: what, what is allowed, what to type."""
    with pytest.raises(error) as problem:
        what()
    message = str(problem.value)
    assert "\n  allowed: " in message and "\n  try:     " in message, message
    return message


def answered(results, *words):
    """What `backlash run` prints as JSON, and its stored rows in the order of seeds."""
    assert main(["run", *words, f"results={results}", "format=json"]) == 0
    return Store(results).frame().sort_values("seed", ignore_index=True)


# --- worlds: the same as on the command line ------------------------------------------------------


@pytest.mark.parametrize("uncertainty", WORLDS)
def test_all_runs_of_a_config_are_those_of_the_command_line(uncertainty, tmp_path, capsys):
    words = (*FEW, uncertainty, "n_replicates=3", "uncertainty.n_seeds=2")
    typed = answered(tmp_path, *words)
    printed = json.loads(capsys.readouterr().out)
    made = sim.ensemble(sim.compose(words))
    assert len(made.runs) == len(typed) == 6
    names = [outcome.name for outcome in OUTCOMES]
    pd.testing.assert_frame_equal(
        made.frame[["run", "seed", "response", *names]],
        typed[["run", "seed", "response", *names]],
        check_exact=True,
    )
    assert list(made.frame["world"]) == [0, 0, 1, 1, 2, 2]
    assert printed["outcomes"]["outrage_burden_core"]["median"] == pytest.approx(
        made.frame["outrage_burden_core"].median(), rel=1e-12
    )
    varied = [name for name in made.frame if name.startswith("parameters.")]
    assert bool(varied) == (uncertainty != "uncertainty=point")
    for name in varied[:3]:
        asked = [run.asked["parameters"][name.partition(".")[2]] for run in made.runs]
        assert list(made.frame[name]) == asked


@pytest.mark.parametrize("uncertainty", WORLDS)
def test_one_run_is_the_first_of_the_command_line(uncertainty, tmp_path):
    config = sim.compose([*FEW, uncertainty])
    typed = answered(tmp_path, *FEW, uncertainty)
    run = sim.simulate(config)
    model = sim.mesa_model(config)
    model.run_model()
    for found in (run, sim.finish(model), sim.ensemble(config).runs[0]):
        assert found.name == typed["run"][0] == name_of(config)
        row = sim.outcomes(found)
        assert all(np.array_equal(row[o.name], typed[o.name][0], equal_nan=True) for o in OUTCOMES)
    burdens = {
        sim.outcomes(sim.simulate(sim.compose([*FEW, each])))["outrage_burden_core"]
        for each in WORLDS
    }
    assert len(burdens) == 3


def test_the_first_world_is_the_one_that_is_asked_for():
    config = sim.compose([*FEW, "uncertainty=prior", "uncertainty.first=5"])
    asked = sim.simulate(config).asked["parameters"]
    assert asked["self_relevance"] == world(5).self_relevance != world(0).self_relevance
    fixed = sim.compose([*FEW, "uncertainty=prior", "parameters.self_relevance=0.11"])
    assert sim.simulate(fixed).asked["parameters"]["self_relevance"] == 0.11


def test_what_is_drawn_is_drawn_once():
    config = sim.compose([*FEW, "uncertainty=posterior", "n_replicates=2"])
    for one in replicates(config):
        assert drawn(one) is one
        assert sim.simulate(one).asked["parameters"] == sim.simulate(drawn(one)).asked["parameters"]
        assert len(replicates(one)) == 1 and replicates(one)[0] == one
    assert replicates(config)[0].parameters != replicates(config)[1].parameters


@pytest.mark.parametrize("words", [("n_replicates=20",), ("uncertainty.n_seeds=3",)])
@pytest.mark.parametrize(
    "call", [sim.simulate, sim.mesa_model, sim.snapshots.observe, sim.snapshots.path_of, name_of]
)
def test_one_run_is_refused_for_a_config_that_asks_for_several(call, words):
    message = refused(lambda: call(composed(*FEW, *words)))
    assert "sim.ensemble(config)" in message


def test_people_are_those_of_the_run_in_its_world():
    config = sim.compose([*FEW, "uncertainty=posterior"])
    taken = people_at(config, [700])[700]
    core = taken["expressed"][: taken["bounds"][1]]
    assert core.mean(dtype=float) == pytest.approx(
        float(sim.simulate(config).series["outrage_core"][700]), rel=1e-4
    )


def test_snapshots_are_written_or_refused(tmp_path):
    words = (*FEW, "snapshots.every_h=48", f"results={tmp_path}")
    config = sim.compose(words)
    for call in (sim.simulate, sim.mesa_model):
        assert "sim.snapshots.observe(config)" in refused(lambda call=call: call(config))
    assert not list(tmp_path.rglob("*"))
    run = sim.snapshots.observe(config)
    file = sim.snapshots.path_of(config)
    assert run.name == sim.simulate(sim.compose(FEW)).name in file.name
    assert pd.read_parquet(file)["run"].unique().tolist() == [run.name]
    made = sim.ensemble(replace(config, n_replicates=2))
    files = [sim.snapshots.path_of(one) for one in made.configs]
    assert len({*files}) == 2 and all(one.exists() for one in files)


def test_an_ensemble_ends_when_a_run_fails(monkeypatch):
    def failing(config, watch):
        if config.seed == 4:
            raise ZeroDivisionError("a run")
        return sim.simulate(config, watch)

    monkeypatch.setattr("sim.runs.simulate", failing)
    with pytest.raises(ZeroDivisionError, match="a run"):
        sim.ensemble(composed(*FEW, "n_replicates=6"))


# --- what passes as a result ----------------------------------------------------------------------


#: Steps of a run: a day before the event, and five.
N_STEPS = 6 * 96


def model_of(engine="columnar"):
    """Thirty people, six of them core fans."""
    talk = "parameters.leader_post_per_h=2"  # leaders have a part in it
    words = ("case=textbook", "response=deny", "clock.horizon_d=5", talk)
    return sim.mesa_model(small(*words, n_people=30, seed=4, engine=EngineConfig(engine)))


@pytest.fixture(params=["columnar", "mesa"])
def begun(request):
    model = model_of(request.param)
    model.advance(160)
    return model


def test_half_a_run_is_none(begun):
    assert f"160 of {N_STEPS} steps" in refused(lambda: sim.finish(begun), RuntimeError)
    assert "sim.finish" in refused(lambda: sim.outcomes(begun), TypeError)


def test_the_parts_of_a_run_know_when_it_has_ended():
    start = start_of(small(seed=4))
    simulation = engine_of(start)
    simulation.advance(1439)
    assert "1439 of 1440" in refused(lambda: gathered(start.config, simulation), RuntimeError)
    simulation.advance(1)
    assert gathered(start.config, simulation).name == name_of(start.config)


def test_whoever_reads_only_has_the_run_of_the_config(begun):
    begun.agents.select(lambda agent: isinstance(agent, CoreFan)).agg("trust", np.mean)
    begun.run_model()
    run, usual = sim.finish(begun), sim.simulate(begun.config)
    assert run.name == usual.name and not run.altered and run.asked == usual.asked
    assert run.engine == begun.engine
    for name, series in run.series.items():
        assert np.array_equal(series, usual.series[name], equal_nan=True), name


def edits():
    """What can be done to a model that changes its bits, by what it is called."""

    def trust(model):
        for fan in model.agents_by_type[CoreFan]:
            fan.trust = 0.1

    def silence(model):
        for leader in model.agents_by_type[OpinionLeader]:
            leader.role = SILENT

    def trade(model):
        for investor in model.agents_by_type[Investor]:
            investor.trait = 9.0

    def parameter(model):
        with pytest.raises(AttributeError, match="parameters do not change in a run"):
            model.p.grudge_build = 0.0
        model.script.constants["grudge_build"] = 0.0  # what the kernel reads
        vars(model.p)["grudge_build"] = 0.0  # what agents read

    return {
        "an agent's state": trust,
        "a leader's role": silence,
        "an investor's trait": trade,
        "a column": lambda model: model.population.people.trust.fill(0.1),
        "a trait at the end": lambda model: model.population.people.trust_start.fill(0.1),
        "the world": lambda model: setattr(model.world, "heat", 99.0),
        "a parameter": parameter,
        "the playbook": lambda model: model.acts.__setitem__("severity", 1.0) or trust(model),
        "the record": lambda model: model.record.__setitem__((100, 5), 0.5),
        "the log": lambda model: setattr(model.entries[0], "step", 1),
    }


#: With the readable engine a run takes seconds: one edit of it by day, all of them at night.
BY_DAY = ("an agent's state",)


@pytest.mark.parametrize(
    ("begun", "what"),
    [
        pytest.param(
            engine,
            what,
            marks=[pytest.mark.slow] if engine == "mesa" and what not in BY_DAY else [],
        )
        for engine in ("columnar", "mesa")
        for what in edits()
    ],
    indirect=["begun"],
)
def test_an_altered_run_cannot_be_taken_for_the_one_of_its_config(begun, what, tmp_path):
    edits()[what](begun)
    begun.run_model()
    usual, run = sim.simulate(begun.config), sim.finish(begun)
    assert run.altered and not usual.altered
    assert run.name != usual.name
    assert run.asked["response"]["name"] == "deny (altered)"
    assert type(begun).__name__ in run.asked["altered"]["model"]
    refused(lambda: Store(tmp_path).save([run]), StoreRefused)
    Store(tmp_path).save([usual])
    assert sim.simulate(begun.config).name == usual.name  # and later runs are what they were
    assert sim.outcomes(sim.simulate(begun.config)) == pytest.approx(
        sim.outcomes(usual), nan_ok=True, abs=0
    )


def test_rules_of_one_s_own_make_another_run():
    class Calm(BacklashModel):
        def close_platform(self):
            super().close_platform()
            self.world.heat *= 0.5

    class Watched(BacklashModel):
        def close_platform(self):
            super().close_platform()
            self.seen = float(self.world.heat)

    config = small("case=textbook", "response=deny", "clock.horizon_d=5", n_people=30, seed=4)
    named = {}
    for kind in (Calm, Watched):
        model = sim.mesa_model(config, kind)
        model.run_model()
        named[kind] = sim.finish(model)
    assert named[Calm].altered and "Calm" in named[Calm].asked["altered"]["model"]
    assert not named[Watched].altered and named[Watched].name == name_of(config)
    again = sim.mesa_model(config, Calm)
    again.run_model()
    assert sim.finish(again).name == named[Calm].name


@pytest.mark.parametrize("value", [float("nan"), 5, -1, float("inf"), "x", None])
def test_what_cannot_be_is_not_written_to_an_agent(begun, value):
    fan = next(iter(begun.agents_by_type[CoreFan]))
    leader = next(iter(begun.agents_by_type[OpinionLeader]))
    before = fan.trust
    assert "trust = " in refused(lambda: setattr(fan, "trust", value), ValueError)
    assert "contract = " in refused(lambda: setattr(leader, "contract", value), ValueError)
    with pytest.raises(ValueError, match="trust"):
        begun.agents_by_type[CoreFan].set("trust", value)
    assert fan.trust == before


@pytest.mark.parametrize("value", [np.nan, 5.0, -1.0])
def test_a_state_that_cannot_be_is_no_result(value):
    model = model_of()
    model.advance(N_STEPS - 1)
    model.population.people.trust[3] = value
    model.run_model()
    assert "of person 3 is" in refused(lambda: sim.finish(model), RuntimeError)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda config: sim.mesa_model(config, 5), "a int is no kind of model"),
        (lambda config: sim.mesa_model(config, "mesa"), "a str is no kind of model"),
        (lambda config: sim.mesa_model(config, mesa.Model), "Model is no kind of model"),
        (lambda config: sim.mesa_model(config, CoreFan), "CoreFan is no kind of model"),
        (lambda config: sim.mesa_model(config, Community), "Community is no kind of model"),
        (lambda config: sim.simulate(config, 5), "a int is no watch"),
        (lambda config: sim.simulate(config, look=[100]), "a list is no look"),
    ],
)
def test_an_argument_that_is_none_is_refused_with_what_is_meant(wrong, said):
    assert said in refused(lambda: wrong(small(*FEW, n_people=45)), TypeError)
    assert "sim.compose" in refused(lambda: sim.snapshots.observe(5))


def test_agents_act_in_a_step_and_say_so_where_there_is_none():
    config = small("case=textbook", "response=deny", "clock.horizon_d=5", n_people=30)
    whole = sim.mesa_model(replace(config, engine=EngineConfig("mesa")))
    kinds = {kind: "observe" if kind is OpinionLeader else "step" for kind in whole.agent_types}

    def act(model, kind, verb):
        return lambda: model.agents_by_type[kind].do(verb)

    calls = [*kinds.items(), (OpinionLeader, "act")]
    for kind, verb in calls:
        assert "model.step()" in refused(act(whole, kind, verb), RuntimeError)
    whole.step()
    for kind, verb in calls:
        act(whole, kind, verb)()  # altered, and sim.finish says so
    whole.run_model()
    before = whole.world.tobytes()
    for kind, verb in calls:
        with pytest.raises(RuntimeError, match="the run has ended: it has 576 steps"):
            act(whole, kind, verb)()
    assert whole.world.tobytes() == before
    columns = sim.mesa_model(config)
    columns.step()
    before = columns.table.tobytes()
    for kind, verb in calls:
        with pytest.raises(RuntimeError, match="do not act by themselves"):
            act(columns, kind, verb)()
    assert columns.table.tobytes() == before


def test_nobody_of_backlash_joins_or_leaves(begun):
    fan = next(iter(begun.agents_by_type[CoreFan]))
    assert "mechanisms.mocking=false" in refused(fan.remove, RuntimeError)
    refused(begun.remove_all_agents, RuntimeError)
    assert "population.n_people" in refused(lambda: CoreFan(begun, 3), RuntimeError)
    assert "rows 0 to 5" in refused(lambda: CoreFan(begun, 99999), IndexError)
    assert len(begun.agents_by_type[CoreFan]) == 6

    class Journalist(mesa.Agent):
        pass

    mine = Journalist(begun)
    assert mine in begun.agents
    mine.remove()
    assert mine not in begun.agents


@pytest.mark.parametrize("source", ["drawn", "saved", "own"])
def test_nobody_can_write_to_a_network(source, tmp_path):
    from sim.network.saved import save_network

    words = ("population.n_people=150",)
    if source == "own":
        ties, people = tmp_path / "ties.csv", tmp_path / "people.csv"
        kinds = ["core"] * 5 + ["customer"] * 5 + ["public"] * 5
        people.write_text(
            "id,kind,trust\n" + "".join(f"{k},{kind},0.5\n" for k, kind in enumerate(kinds))
        )
        ties.write_text("follower,followed\n" + "".join(f"{k},{k + 1}\n" for k in range(14)))
        words = (f"network.edges={ties}", f"network.people={people}", "population.n_people=15")
    network = network_of(composed(*words))
    if source == "saved":
        file = save_network(network, tmp_path)
        network = network_of(composed(f"network.saved={file}"))
    arrays = [network.indptr, network.followers, network.groups, network.group_size]
    arrays += list((network.attributes or {}).values())
    assert len(arrays) == (5 if source == "own" else 4)
    for each in (network, pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        for array in (each.indptr, each.followers, each.groups, each.group_size):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.setflags(write=True)
    if network.attributes is not None:
        with pytest.raises(ValueError, match="read-only"):
            network.attributes["trust"][0] = 0
        refused(lambda: network.attributes.clear(), TypeError)
    assert network.followers is shared.held((source,), lambda: network).followers


def test_nobody_can_write_to_a_case_or_to_what_was_asked():
    config = composed(*FEW, "uncertainty=posterior")
    before = sim.simulate(config)
    with pytest.raises(FrozenInstanceError):
        config.case.founder = False
    refused(lambda: config.case.events[0].text.clear(), TypeError)
    refused(lambda: config.case.targets[0].text.clear(), TypeError)
    refused(lambda: config.case.about.clear(), TypeError)
    refused(lambda: config.case.written["events"][0].pop("id"), TypeError)
    refused(lambda: sim.mesa_model(config).script.case.market.clear(), TypeError)
    before.asked["response"]["apology"]["delay_h"] = 99  # one's own copy
    before.asked["case"]["market"]["listed"] = False
    after = sim.simulate(config)
    assert after.name == before.name == name_of(config)
    assert after.asked["response"]["apology"]["delay_h"] is None


def test_whoever_looks_at_a_run_cannot_change_it():
    def write(step, network, population):
        with pytest.raises(ValueError, match="read-only"):
            population.people.trust[:] = 0
        with pytest.raises(ValueError, match="read-only"):
            population.leaders.role[:] = SILENT
        seen.append(float(population.people.trust.mean()))

    seen = []
    config = composed(*FEW)
    run = sim.simulate(config, look=Look([10, 1000], write))
    assert len(set(seen)) == 2
    assert np.array_equal(run.series["trust_core"], sim.simulate(config).series["trust_core"])


# --- copies, processes, batches -------------------------------------------------------------------


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


# --- the interface --------------------------------------------------------------------------------


def test_the_package_shows_its_interface_and_nothing_else():
    assert dir(sim) == sorted(sim.__all__)
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    shown = {name for name in dir(sim) if not name.startswith("_")}
    assert {"compose", "simulate", "ensemble", "mesa_model", "finish", "outcomes"} <= shown


def test_no_function_of_the_interface_is_a_module_too():
    from importlib.util import find_spec

    modules = [name for name in sim.__all__ if find_spec(f"sim.{name}")]
    assert modules == ["snapshots"]


def test_modules_are_there_after_import_sim():
    code = (
        "import sim; print(sim.snapshots.observe.__name__, sim.settings.worlds.worlds_of.__name__, "
        "sim.store.Store.__name__, sim.rules.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert done.split() == ["observe", "worlds_of", "Store", "sim.rules"]
    with pytest.raises(AttributeError, match="simulate"):
        sim.simulated  # noqa: B018


def test_signatures_print_clean():
    for name in sim.__all__:
        value = getattr(sim, name)
        if callable(value):
            assert "<function" not in str(inspect.signature(value)), name
    for call in (sim.snapshots.observe, network_of):
        assert "<function" not in str(inspect.signature(call))


def test_wrong_kinds_of_argument_are_told_what_to_do():
    message = refused(lambda: sim.compose("response=deny seed=3"))
    assert 'sim.compose(["response=deny", "seed=3"])' in message
    message = refused(lambda: sim.compose({"response": "deny", "response.apology.delay_h": None}))
    assert '["response=deny", "response.apology.delay_h=null"]' in message
    for call in (sim.simulate, sim.mesa_model, sim.ensemble):
        for wrong in ("response=deny", ["response=deny"], {"response": "deny"}, None):
            assert "sim.compose" in refused(lambda call=call, wrong=wrong: call(wrong))
    assert "sim.mesa_model" in refused(lambda: sim.finish(composed(*FEW)), TypeError)
    refused(lambda: sim.outcomes(composed(*FEW)), TypeError)


# --- composing ------------------------------------------------------------------------------------


def test_another_seed_is_composed_without_reading_every_file_again(monkeypatch):
    first = sim.compose(["response=deny", "seed=1"])

    def never(words):
        raise AssertionError("composed again")

    with monkeypatch.context() as m:
        m.setattr("sim.settings.composition._composed", never)
        second = sim.compose(["seed=2", "response=deny", "n_replicates=4"])
        with pytest.raises(AssertionError, match="composed again"):
            sim.compose(["response=none", "results=5", "seed=2"])  # a number where text is meant
    assert second == replace(first, seed=2, n_replicates=4)
    assert second.seed == 2
    refused(lambda: sim.compose(["response=deny", "n_replicates=0"]))
    refused(lambda: sim.compose(["response=deny", "seed=-1"]))
    assert sim.compose(["response=deny", "seed=1", "seed=2"]).seed == 2


def test_a_case_that_was_edited_is_read_again(tmp_path):
    from sim.base.choices import conf_dir

    mine = tmp_path / "mine.yaml"
    text = (conf_dir() / "case" / "textbook.yaml").read_text()
    mine.write_text(text.replace("name: textbook", "name: first"))
    assert sim.compose([f"case={mine}"]).case.name == "first"
    mine.write_text(text.replace("name: textbook", "name: second"))
    assert sim.compose([f"case={mine}"]).case.name == "second"


def test_the_role_of_a_leader_is_read_where_it_stands():
    model = model_of()
    leader = next(iter(model.agents_by_type[OpinionLeader]))
    assert leader.role == PARTNER
    leader.role = SILENT
    assert model.population.leaders.role[leader.row] == SILENT == leader.role
