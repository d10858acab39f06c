"""`import sim`: what a notebook or a script does, and that it is what the command line does."""

import inspect
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import FEW, composed, refused

import sim
from experiments.command.cli import main
from sim.metrics import OUTCOMES
from sim.run import people_at
from sim.settings.prior import world
from sim.settings.worlds import drawn, replicates
from sim.start import network_of
from sim.state.scenario import name_of
from sim.store import Store

WORLDS = ("uncertainty=point", "uncertainty=prior", "uncertainty=posterior")


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
