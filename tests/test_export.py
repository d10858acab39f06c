"""Exports: every study and every kind of axis, right values, whole files, readable elsewhere."""

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from experiments.command.cli import main
from experiments.pictures import pages, plots
from experiments.pictures.meanings import meaning_zh
from experiments.pictures.spreadsheets import csv_bytes, escaped
from experiments.reading.analysis import analyse, cell_table
from experiments.reports.export import write_export
from experiments.reports.run_table import axis_names, column_of, tidy
from experiments.reports.study_report import write_report, write_tables
from experiments.sweeps.plan import load_plan, plan_of, save_plan
from experiments.sweeps.points import points_of
from experiments.sweeps.running import cut, run_parts
from experiments.sweeps.study_file import read_study, shipped_studies
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError
from sim.parts import from_table
from sim.record import SERIES
from sim.settings.config import Config
from sim.settings.keys import keys_of
from sim.settings.parameters import Parameters
from sim.settings.parameters_page import told

#: Thirty people for four days: what is tested is the tables.
TINY = ("population.n_people=30", "clock.horizon_d=4", "case=textbook")


def done(folder, study, plain):
    """A plan with its runs in the store and its manifest on disk, without Hydra's launcher."""
    words = [*plain, f"results={folder}"]
    plan = plan_of(study, words, points_of(study, words), progress=False)
    save_plan(plan)
    parts = [one for k, point in enumerate(plan.points) for one in cut(k, point.config)]
    assert run_parts(parts, plan.store) == 0
    return plan


def swept(folder, *words):
    study, plain = study_of(words)
    return done(folder, study, plain)


def smaller(name):
    """A shipped study with two positions on its first axes and one on the rest, of few people."""
    study = read_study(name)
    if name == "size":
        (axis,) = study.axes
        study = replace(study, axes=(replace(axis, values=((30,), (45,), (60,), (75,))),))
    keep = 2 if len(study.axes) < 4 else 1
    axes = tuple(
        replace(axis, values=axis.values[:n], labels=axis.labels[:n], labels_zh=axis.labels_zh[:n])
        for k, axis in enumerate(study.axes)
        for n in [2 if k < 2 else keep]
    )
    return replace(
        study,
        axes=axes,
        reference=tuple(0 for _ in axes),
        n_confirm=0,
        n_rival=int(name == "smoke"),
    )


def asked_of(plan):
    """What every run of a plan was asked, from the store: the truth that a table must meet."""
    found = {}
    for path, names in plan.store.places(plan.held).items():
        for row in plan.store.read(path, ["run", "asked"]).to_pylist():
            if row["run"] in names:
                found[row["run"]] = json.loads(row["asked"])
    return found


def value_in(asked, key):
    """The value of a dotted key in what a run was asked; a choice is its name."""
    node = asked
    for part in key.split("."):
        node = node.get(part, 0)  # what is switched off is not in a name
    return node["name"] if isinstance(node, dict) else node


def told_of(plan, series=False):
    """The dictionary of a plan: of the table of runs, or of the series (some are called alike)."""
    about = pd.read_csv(plan.folder / "export" / "dictionary.csv").set_index("column")
    return about[(about["role"] == "series") == series]


def same(seen, wanted):
    return pd.isna(seen) if wanted is None else seen == wanted


# --- every kind of axis ---------------------------------------------------------------------------

APOLOGY = ("response=apology_only", "response.termination.delay_h=null")
PENALTY = ("response=as_happened", "case=xiaomi_2026", "clock.horizon_d=14")
KINDS_OF_AXIS = {
    "preset": ("response=none,deny",),
    "field of an act": (*APOLOGY, "response.apology.delay_h=2,8.5"),
    "null": (*APOLOGY, "response.apology.delay_h=null,8"),
    "trigger": (*APOLOGY, "response.apology.trigger=screenshot,detection"),
    "level": (*PENALTY, "response.penalty.level=junior,vice_president"),
    "yes or no": ("response=reform_and_fan_panel", "response.reform.delivered=true,false"),
    "parameter": ("parameters.outrage_half_life_h=2,4,8", "uncertainty=prior"),
    "parameter, point": ("parameters.betrayal=0.1,0.2", "uncertainty=point"),
    "mechanism": ("mechanisms.mocking=true,false",),
    "people": ("population.n_people=30,45",),
    "network": ("network.closure=0,0.3",),
    "step": ("clock.dt_min=15,30",),
    "horizon": ("clock.horizon_d=1,2", "response=none"),
    "two axes": ("mechanisms.rebound=false,true", "parameters.relief=0.1,0.5", "uncertainty=prior"),
}
CHOICES = {  # composed once an option: half a second each
    "case": ("case=textbook,quiet_week", "response=none"),
    "population": ("population=classroom,default",),
    "network preset": ("network=default,communities",),
}


@pytest.mark.parametrize("kind", KINDS_OF_AXIS)
def test_every_kind_of_axis_is_exported_with_the_values_that_were_asked(kind, tmp_path):
    words = [w for w in TINY if w.partition("=")[0] not in
             {v.partition("=")[0] for v in KINDS_OF_AXIS[kind]}]  # fmt: skip
    plan = swept(tmp_path, *words, *KINDS_OF_AXIS[kind], "n_replicates=2")
    write_export(plan)
    folder = plan.folder / "export"
    runs, exact = pd.read_csv(folder / "runs.csv"), pd.read_parquet(folder / "runs.parquet")
    assert runs.columns.is_unique and runs.columns[0] == "block"
    assert runs.columns.tolist() == exact.columns.tolist()
    asked = asked_of(plan)
    assert set(runs["run"]) == set(asked)
    for axis in plan.study.axes:
        for at in range(len(runs)):
            cell, run = int(runs["cell"][at]), runs["run"][at]
            wanted = plan.study.changes(cell)[axis.keys[0]]
            assert value_in(asked[run], axis.keys[0]) == wanted, (kind, run)
            assert same(runs[axis.name][at], wanted), (kind, runs[axis.name][at], wanted)
            assert same(exact[axis.name][at], wanted), (kind, exact[axis.name][at], wanted)
    about = told_of(plan)
    assert about.index.tolist() == runs.columns.tolist()
    for axis in plan.study.axes:
        assert about.loc[axis.name, "role"] == "axis"
        assert about.loc[axis.name, "meaning"] != axis.name
        assert isinstance(about.loc[axis.name, "unit"], str)
    series = pd.read_parquet(folder / "series.parquet")
    assert set(series["run"]) == set(asked)
    assert not series.duplicated(["run", "hour"]).any()


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHOICES)
def test_choices_as_an_axis_are_exported_too(kind, tmp_path):
    plan = swept(tmp_path, *(w for w in TINY if not w.startswith(kind.split()[0] + "=")),
                 *CHOICES[kind], "uncertainty=point")  # fmt: skip
    write_export(plan)
    runs = pd.read_csv(plan.folder / "export" / "runs.csv")
    axis = plan.study.axes[0]
    assert runs[axis.name].tolist() == [value for (value,) in axis.values]
    assert runs["run"].nunique() == 2 or kind == "population"


def test_a_setting_says_what_the_page_of_settings_says(tmp_path):
    plan = swept(tmp_path, *TINY, "response=apology_only", "response.apology.delay_h=2,8",
                 "parameters.outrage_half_life_h=2,4", "uncertainty=prior")  # fmt: skip
    write_export(plan)
    about = told_of(plan)
    apology = about.loc["response.apology.delay_h"]
    assert apology["unit"] == "h after the screenshot (or after the trigger)"
    assert apology["meaning"] == "delay; null = never"
    assert about.loc["parameters.outrage_half_life_h", "unit"] == "h"
    page = (Path(__file__).parent.parent / "docs" / "parameters.md").read_text(encoding="utf-8")
    for key in ("response.apology.delay_h", "parameters.outrage_half_life_h"):
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
        cells = [cell.strip() for cell in row.split("|")]
        assert about.loc[key, "unit"] in cells and about.loc[key, "meaning"] in cells


def test_every_lever_and_every_setting_of_a_world_has_a_meaning_in_chinese():
    swept = ("response.", "population.", "network.", "clock.", "mechanisms.")
    keys = [key for key in keys_of(Config) if key.startswith(swept) and not key.endswith(".name")]
    assert len(keys) > 70
    for key in [*keys, "case", "response", "population", "network"]:
        assert told(key) is not None, key
        assert re.search("[\u4e00-\u9fff]", meaning_zh(key)), key


# --- every shipped study --------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped_studies())
def test_every_shipped_study_is_exported(name, tmp_path):
    plan = done(tmp_path, smaller(name), [TINY[0], "n_replicates=1", "uncertainty.n_seeds=1"])
    write_export(plan)
    runs = pd.read_csv(plan.folder / "export" / "runs.csv")
    exact = pd.read_parquet(plan.folder / "export" / "runs.parquet")
    assert len(runs) == len(plan.points)
    asked, study = asked_of(plan), plan.study
    for at in range(len(runs)):
        cell = int(runs["cell"][at])
        for k, label in enumerate(axis_names(study)):
            if label is not None:
                assert str(runs[label][at]) == study.label_on(cell, k, "key")
        set_here = study.changes(cell)  # also defaults of a step of nothing, which are no columns
        for key in (key for axis in study.axes for key in axis.keys if key in set_here):
            value = set_here[key]
            assert same(exact[key][at], value), (key, value)
            if key != "response":
                assert value_in(asked[runs["run"][at]], key) == value, key
    if name == "sensitivity":
        assert exact["parameters.betrayal"].nunique() == 2


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", shipped_studies())
def test_every_shipped_study_is_reported_in_both_languages(name, tmp_path):
    words = [TINY[0], "n_replicates=10", "uncertainty.n_seeds=1"]
    study = smaller(name)
    if name == "sensitivity":  # a whole design of two base points
        study = read_study(name)
        words = [TINY[0], "uncertainty.n_seeds=1"]
        study = replace(study, axes=(replace(study.axes[0], values=study.axes[0].values[:28],
                                             labels=study.axes[0].labels[:28]),))  # fmt: skip
    if name == "who_did_what":
        study = replace(read_study(name), n_confirm=0)
    plan = done(tmp_path, study, words)
    for lang in ("en", "zh"):
        assert write_report(plan, lang)[0].stat().st_size > 10_000
    cells = pd.read_csv(plan.folder / "cells.csv")
    assert len(cells) == len(study.cells) and cells.columns[0] == "cell"
    write_export(plan)
    assert len(pd.read_csv(plan.folder / "export" / "runs.csv")) == sum(
        len(part.names) for part in plan.parts
    )


# --- hours ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hours")
    plan = swept(folder, *TINY, "response=none,deny", "n_replicates=3", "uncertainty=prior")
    write_export(plan)
    return plan


def test_an_hour_holds_what_its_steps_held(exported):
    """Flows add up to the run's own total, states are those of the hour's last step."""
    table = pd.read_parquet(exported.folder / "export" / "series.parquet")
    n = 0
    for path in exported.store.places(exported.held):
        for run in from_table(exported.store.read(path)):
            rows = table[table["run"] == run.name]
            assert len(rows) == run.clock.n_steps // 4
            for item in SERIES:
                values = run.series[item.name]
                if item.measure == "flow":
                    total = values.sum(dtype=np.float64)
                    assert rows[item.name].sum() == pytest.approx(total, rel=1e-12), item.name
                    n += total > 0
                else:
                    assert np.array_equal(rows[item.name], values[3::4], equal_nan=True)
    assert n > 12


def test_rows_say_when_in_the_time_of_the_case(exported):
    table = pd.read_parquet(exported.folder / "export" / "series.parquet")
    assert set(table["zone"]) == {"Asia/Hong_Kong"}
    start = pd.Timestamp("2026-03-02")  # of the textbook case
    assert (table["time"] == start + pd.to_timedelta(table["hour"], unit="h")).all()
    assert table.groupby("run")["time"].is_monotonic_increasing.all()


def test_the_dictionary_says_how_a_series_was_taken_to_the_hour(exported):
    about = told_of(exported, series=True)
    table = pq.read_schema(exported.folder / "export" / "series.parquet")
    assert set(table.names) == {"run", *about.index}
    for item in SERIES:
        row = about.loc[item.name]
        assert row["measure"] == item.measure
        assert table.field(item.name).metadata[b"measure"].decode() == item.measure
        assert row["unit"] == table.field(item.name).metadata[b"unit"].decode()
    assert about.loc["posts_core", "unit"] == "posts/h"
    assert "sum over the hour" in about.loc["posts_core", "meaning"]
    assert "at the end of the hour" in about.loc["trust_core", "meaning"]


# --- names that stand for two things --------------------------------------------------------------

OWN = """
name: own
question: {{en: q, zh: 问}}
sentence: {{en: s, zh: 句}}
setting: [response=apology_only, uncertainty=point, n_replicates=1]
axes:
  - {{name: "{name}", text: {{en: "{text}", zh: "{text}"}}, keys: [{key}], values: [{values}],
     labels: [{labels}]}}
  - {{name: other, text: {{en: o, zh: 他}}, keys: [{other}], values: [0.1, 0.2]}}
outcomes: [outrage_burden_core]
"""


def own(folder, name="words", text="words", key="response.apology.acknowledgement",
        values="0.2, 0.9", labels='"a", "b"', other="parameters.betrayal"):  # fmt: skip
    path = folder / "own.yaml"
    text = OWN.format(name=name, text=text, key=key, values=values, labels=labels, other=other)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["cell", "world", "seed", "run", "morale", "block"])
def test_an_axis_called_as_another_column_has_a_column_of_its_own(name, tmp_path):
    plan = swept(tmp_path, *TINY, f"study={own(tmp_path, name=name)}")
    frame = tidy(plan)
    assert frame.columns.is_unique
    assert frame[f"axis.{name}"].tolist() == ["a", "a", "b", "b"]
    assert frame["response.apology.acknowledgement"].tolist() == [0.2, 0.2, 0.9, 0.9]
    assert frame["cell"].tolist() == [0, 1, 2, 3] and frame["morale"].dtype == float


def test_cells_too_have_a_column_for_an_axis_called_as_an_outcome(tmp_path):
    plan = swept(tmp_path, *TINY, f"study={own(tmp_path, name='outrage_burden_core')}",
                 "n_replicates=10", "uncertainty=prior")  # fmt: skip
    table = cell_table(analyse(plan))
    assert table.columns.is_unique
    assert table["axis.outrage_burden_core"].tolist() == ["a", "a", "b", "b"]
    assert table["outrage_burden_core"].dtype == float


def test_two_axes_of_one_name_and_a_key_on_two_axes_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="two axes are called so"):
        study_of([f"study={own(tmp_path, name='other')}"])
    with pytest.raises(ConfigError, match=r"betrayal.*set by the axis words, and again by other"):
        study_of([f"study={own(tmp_path, key='parameters.betrayal')}"])
    with pytest.raises(ConfigError, match="set by the axis timing"):  # it would do nothing there
        study_of(["study=smoke", "response.apology.delay_h=1,3"])


@pytest.mark.parametrize(
    ("values", "kind", "told"),
    [
        ([None, 8, 2.5], "float64", [None, 8.0, 2.5]),
        ([1, 2], "int64", [1, 2]),
        ([True, False], "bool", [True, False]),
        ([True, None], "boolean", [True, None]),
        (["none", 0.5, True, None], "str", ["none", "0.5", "true", None]),
        ([None, None], "str", [None, None]),
    ],
)
def test_a_column_has_one_type_and_null_is_missing(values, kind, told):
    column = column_of(values)
    assert str(column.dtype) == kind
    assert all(same(a, b) for a, b in zip(column, told, strict=True))


# --- whole or absent, in the right place ----------------------------------------------------------


def test_two_exports_at_once_both_end_well(exported):
    results = exported.points[0].config.results
    command = [sys.executable, "-m", "experiments.command.cli", "export", exported.study.name,
               f"results={results}"]  # fmt: skip
    before = (exported.folder / "export" / "series.parquet").read_bytes()
    pair = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in pair:
        _, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
    assert (exported.folder / "export" / "series.parquet").read_bytes() == before
    assert not list(exported.folder.rglob("*.partial"))


def test_an_export_that_ends_early_leaves_what_was_there(exported, monkeypatch):
    path = exported.folder / "export" / "series.parquet"
    before = path.read_bytes()
    monkeypatch.setattr("experiments.reports.export._hourly", lambda run: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_export(exported)
    assert path.read_bytes() == before
    assert not list(exported.folder.rglob("*.partial"))


def test_a_folder_that_cannot_be_written_is_refused_in_plain_words(tmp_path, capsys):
    plan = swept(tmp_path, *TINY, "response=none,deny", "uncertainty=point")
    (plan.folder / "export").write_text("in the way")
    assert main(["export", plan.study.name, f"results={tmp_path}"]) in (1, 2)
    assert "cannot be written" in capsys.readouterr().err


def test_a_study_whose_folder_was_renamed_is_exported_there(tmp_path, capsys):
    plan = swept(tmp_path, *TINY, "response=none,deny", "uncertainty=point", "name=a")
    plan.folder.rename(plan.folder.with_name("b"))
    assert main(["export", "b", f"results={tmp_path}"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert all(line.startswith(str(tmp_path / "studies" / "b" / "export")) for line in told)
    assert (tmp_path / "studies" / "b" / "export" / "runs.csv").exists()
    assert not (tmp_path / "studies" / "a").exists()
    moved = load_plan(tmp_path / "studies" / "b")
    assert moved.study.name == "b" and moved.command.endswith("name=b")


# --- read elsewhere -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
     ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("＝1", "'＝1"), ("-0.5", "-0.5"), ("+1e3", "+1e3"),
     ("a=1", "a=1"), ("", ""), ("道歉", "道歉"), (-0.5, -0.5), (None, None)],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_compute_is_shown_instead(text, safe):
    assert escaped(text) == safe


def test_a_csv_begins_with_a_mark_and_is_read_without_surprises():
    frame = pd.DataFrame({"标签": ["=1+1", "致歉, 早", None], "n": [-1.5, 0.1 + 0.2, np.nan]})
    content = csv_bytes(frame)
    assert content.startswith("\ufeff标签,n\n'=1+1,-1.5\n".encode())
    for engine in ("c", "python"):
        read = pd.read_csv(io.BytesIO(content), engine=engine)
        assert read.columns.tolist() == ["标签", "n"]
        assert read["n"].tolist()[:2] == [-1.5, 0.1 + 0.2]


def test_texts_of_a_users_study_reach_no_table_as_formulas(tmp_path):
    study = own(tmp_path, name="@name", text="=1+1", labels='"=1+1", "致歉"')
    plan = swept(tmp_path, *TINY, f"study={study}", "n_replicates=10", "uncertainty=prior")
    write_export(plan)
    write_tables(analyse(plan), plan.folder)
    folder = plan.folder / "export"
    for path in (folder / "runs.csv", folder / "dictionary.csv", plan.folder / "cells.csv"):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf"), path
        table = pd.read_csv(path, dtype=str)
        assert not table.columns[0].startswith("\ufeff")
        for cell in [*table.columns, *table.to_numpy().ravel()]:
            assert not str(cell).startswith(("=", "@", "\t", "\r")), (path, cell)
    assert set(pd.read_csv(folder / "runs.csv")["'@name"]) == {"'=1+1", "致歉"}
    assert set(pd.read_parquet(folder / "runs.parquet")["@name"]) == {"=1+1", "致歉"}


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["ascii", pytest.param("cp1252", marks=pytest.mark.slow)])
def test_a_code_page_without_chinese_ends_no_command_that_is_done(page, tmp_path):
    words = [*TINY, "response=none", "uncertainty=point", "lang=zh", f"results={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "experiments.command.cli", "run", *words],
        capture_output=True, env={**os.environ, "PYTHONIOENCODING": page},
        check=False, timeout=300,
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert b"\\u" in done.stdout and b"none" in done.stdout


RARE = "囍堃\U00020bb7"


def test_characters_that_no_font_has_are_named_and_warn_nobody(tmp_path, capsys, monkeypatch):
    from matplotlib import pyplot as plt

    monkeypatch.setattr(plots, "SYSTEM_FONTS", ())
    monkeypatch.setattr(pages, "_NAMED", set())
    plots.use_style()
    figure, ax = plt.subplots()
    ax.set_title(f"人名 {RARE}")
    ax.set_xticks([0], [RARE[:1]])
    pages.save(figure, tmp_path / "a", "digest")
    pages.save(figure, tmp_path / "b", "digest")
    plt.close(figure)
    told = capsys.readouterr().err
    assert told.count("figures:") == 1
    for c in RARE:
        assert f"{c} (U+{ord(c):04X})" in told
    assert "人" not in told and "Glyph" not in told and "pages.py" not in told


def test_other_warnings_of_a_figure_are_not_swallowed(tmp_path):
    from matplotlib.figure import Figure

    class Odd(Figure):
        def savefig(self, *args, **how):
            import warnings

            warnings.warn("something else", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning, match="something else"):
        pages.drawn(Odd(), io.BytesIO())


def test_the_systems_fonts_are_asked_for_what_the_bundled_one_lacks(monkeypatch):
    import matplotlib as mpl
    from matplotlib import font_manager

    class There:
        name = "Microsoft YaHei"

    listed = [*font_manager.fontManager.ttflist, There()]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", listed)
    plots.use_style()
    assert mpl.rcParams["font.family"][-1] == "Microsoft YaHei"
    monkeypatch.undo()
    plots.use_style()
    assert "Microsoft YaHei" not in mpl.rcParams["font.family"] or There.name in {
        font.name for font in font_manager.fontManager.ttflist
    }


def test_the_default_of_a_parameter_is_one_of_the_values_that_are_swept():
    """Or the test of the kinds of axis would not see it drawn instead of held."""
    assert Parameters().outrage_half_life_h == 4
