"""`import backlash`: every page of help runs, and what it gives is what the command line gives."""

import ast
import doctest
import importlib
import importlib.util
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import backlash
import sim
from experiments.command.cli import main
from experiments.reading import compare as statistics
from experiments.reading.intervals import sign_of
from experiments.scripting.notebook import html_of

SMALL = "population=classroom"
NAMES = [name for name in backlash.__all__ if name not in ("__version__", "snapshots")]
#: Errors and models of Mesa say what they are; how they are used stands at `mesa_model`.
WITHOUT_EXAMPLE = ("BacklashModel", "ColumnarModel", "Config", "ConfigError")


def refused(what):
    with pytest.raises(sim.ConfigError) as problem:
        what()
    message = str(problem.value)
    assert "\n  allowed: " in message and "\n  try:     " in message, message
    return message


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_name_has_a_page_with_an_example_that_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = getattr(backlash, name)
    examples = [test for test in doctest.DocTestFinder().find(found, name) if test.examples]
    assert examples or name in WITHOUT_EXAMPLE, f"help(backlash.{name}) shows no example"
    told = []
    for test in examples:
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        runner.run(test, out=told.append)
        assert runner.failures == 0, "".join(told)


def test_the_door_shows_its_interface_and_nothing_else():
    assert dir(backlash) == sorted(backlash.__all__) == sorted([*backlash._PUBLIC, "__version__"])
    assert set(sim.__all__) <= set(backlash.__all__)
    tree = ast.parse(Path(backlash.__file__).read_text())
    typed = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.If)
        for line in node.body if isinstance(line, ast.ImportFrom) for alias in line.names
    }  # fmt: skip
    assert typed == set(backlash._PUBLIC), "types know other names than users"
    with pytest.raises(AttributeError, match="no attribute 'simulation'; it has"):
        _ = backlash.simulation


@pytest.mark.parametrize("package", ["backlash", "sim", "experiments"])
def test_types_are_shipped(package):
    assert (Path(importlib.import_module(package).__file__).parent / "py.typed").is_file()


def test_arguments_of_the_door_are_all_described():
    for name in ("compare", "runs", "sweep", "study"):
        found = getattr(backlash, name)
        for argument in inspect.signature(found).parameters:
            assert argument in inspect.getdoc(found), f"{name}({argument})"


# --- the same as the command line -----------------------------------------------------------------


def test_runs_are_those_of_the_command_line_stored_or_not(tmp_path, capsys):
    words = ["response=deny", SMALL, "seed=3", "n_replicates=3", f"results={tmp_path}"]
    assert main(["run", *words]) == 0
    typed = sim.store.Store(tmp_path).frame().sort_values("seed", ignore_index=True)
    fresh = backlash.runs("deny", n=3, population="classroom", seed=3)
    kept = backlash.runs(words, n=3, store=str(tmp_path))
    outcomes = ["run", "seed", *(item.name for item in sim.metrics.OUTCOMES)]
    for made in (fresh, kept):
        pd.testing.assert_frame_equal(made.frame[outcomes], typed[outcomes], check_exact=True)
    assert [len(list((tmp_path / "runs").glob("part-*")))] == [1]
    pd.testing.assert_frame_equal(fresh.series, kept.series)


def test_a_sweep_is_opened_by_the_other_side(tmp_path, capsys):
    cells = {"response.apology.delay_h": [1, 24], "response.apology.acknowledgement": [0.2, 0.6]}
    settings = {"population": "classroom", "response": "apology_only"}
    made = backlash.sweep(cells, n=2, name="mine", store=str(tmp_path), **settings)
    assert made.runs_missing == 0
    assert main(made.command.split()[1:]) == 0  # nothing is left to do
    assert "done" in capsys.readouterr().out
    assert main(["analyse", "mine", f"results={tmp_path}"]) == 0
    printed = capsys.readouterr().out
    opened = backlash.study("mine", store=str(tmp_path))
    assert opened.findings()[0] in printed
    assert len(opened.table) == len(opened.plan.study.cells)
    hours = opened.series
    assert set(hours["run"]) == set(opened.frame["run"]) and "outrage_core" in hours
    assert "<table>" in opened._repr_html_() and opened.plot("curves").axes
    assert "trajectories" in refused(lambda: opened.plot("nothing"))
    assert "mine" in refused(lambda: backlash.study("mime", store=str(tmp_path)))


# --- comparing ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found():
    return backlash.compare(["none", "as_happened", "deny"], n=10, population="classroom")


def test_the_table_has_the_statistics_of_studies(found):
    assert found.reference == "as_happened"
    rows = found.table.set_index(["outcome", "answer"])
    outcome = "outrage_burden_core"
    frame = found.frame
    table = frame.pivot(index="world", columns="answer", values=outcome)
    values = table[["as_happened", "none", "deny"]].to_numpy().T[:, :, None]
    for name, expected in zip(
        ("none", "deny"), statistics.contrasts(values, 0, outcome)[1:], strict=True
    ):
        row = rows.loc[(outcome, name)]
        assert row["difference"] == pytest.approx(expected.mean, rel=1e-12)
        assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
        better = (sign_of(outcome) * (table[name] - table["as_happened"]) > 0).mean()
        assert row["better"] == pytest.approx(better) and row["worlds"] == 10
        assert row["mean"] == pytest.approx(table[name].mean())


def test_a_comparison_is_seen(found):
    assert "Comparison(['none'" in repr(found)
    html = found._repr_html_()
    assert html.count("<tr>") == 1 + len(found.table) and "silence" in html
    for lang in ("en", "zh"):
        assert len(found.plot(lang).axes) == len(found.outcomes)
    assert set(found.series["answer"]) == {"none", "as_happened", "deny"}
    assert len(found.series) == 30 * found.series["hour"].nunique()


def test_few_worlds_have_no_interval():
    few = backlash.compare(["none", "deny"], n=2, outcomes="morale", population="classroom")
    assert few.table["low"].isna().all() and (few.table["verdict"] == "too few").all()
    assert np.isfinite(few.table["difference"]).all()
    assert "too few worlds" in refused(few.plot)
    assert "too few worlds" in few._repr_html_()


def test_what_cannot_be_compared_is_refused_before_any_run(monkeypatch):
    monkeypatch.setattr("experiments.scripting.comparison.made", None)
    for wrong, said in (
        (lambda: backlash.compare(["none"]), "two answers"),
        (lambda: backlash.compare("none"), "two answers"),
        (lambda: backlash.compare(["none", "none"]), "two answers"),
        (lambda: backlash.compare(["none", "denny"]), "deny"),
        (lambda: backlash.compare(["none", "deny"], outcomes=["burden"]), "outrage_burden_core"),
        (lambda: backlash.compare(["none", "deny"], reference="as_happened"), "none, deny"),
        (lambda: backlash.compare(["none", "response=deny seed=4"]), "other worlds"),
        (lambda: backlash.compare(["none", 3]), "not understood"),
        (lambda: backlash.runs("none", n=0), "1 or more"),
        (lambda: backlash.runs(sim.Config(), population="classroom"), "a config is given"),
        (lambda: backlash.sweep({"response.apology.delay_h": 3}), "no values by key"),
    ):
        assert said in refused(wrong)


# --- shown ----------------------------------------------------------------------------------------


def test_runs_are_seen_in_a_notebook():
    made = backlash.runs("none", n=2, population="classroom")
    run = made.runs[0]
    assert repr(run).startswith("Run(case='xiaomi_2026', response='none', seed=0")
    assert "outrage burden" in run._repr_html_() and "too few runs" in made._repr_html_()
    for lang in ("en", "zh"):
        assert len(run.plot(lang).axes) == len(made.plot(lang).axes) == 3
    assert "en, zh" in refused(lambda: run.plot("fr"))
    with pytest.raises(TypeError, match="not shown here"):
        html_of(3)


def test_the_simulator_by_itself_draws_nothing(monkeypatch):
    monkeypatch.setattr("sim.base.showing._OFFERED", {})
    run = backlash.runs("none", n=1, population="classroom").runs[0]
    assert run._repr_html_() is None
    with pytest.raises(RuntimeError, match="try:     import backlash"):
        run.plot()
