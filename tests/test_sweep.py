"""Sweeps: Hydra places, the store resumes, and nothing that finished is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from omegaconf import OmegaConf

from experiments.command.cli import main
from experiments.pictures import pages
from experiments.reading import compare, frames
from experiments.reports import study_curves
from experiments.reports.export import MANIFEST_SCHEMA
from experiments.sweeps import jobs, launch
from experiments.sweeps.blocks import worlds_first
from experiments.sweeps.plan import confirm, load_plan, plan_of
from experiments.sweeps.points import points_of
from experiments.sweeps.study_words import study_of
from experiments.sweeps.sweep import status_of

#: Six cells of forty people: what is tested is the machinery.
WORDS = ["case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=4",
         "response=apology_only", "response.apology.delay_h=2,8,24",
         "response.apology.acknowledgement=0.2,0.9", "uncertainty=prior", "name=tiny"]  # fmt: skip


def swept(folder, *more, words=WORDS):
    code = main(["sweep", *words, "n_replicates=12", f"results={folder}", *more])
    return code, load_plan(folder / "studies" / "tiny")


def aggregate(plan):
    return frames.frame_of(plan)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """An undisturbed sweep."""
    folder = tmp_path_factory.mktemp("done")
    code, plan = swept(folder)
    assert code == 0
    return plan


def test_a_sweep_runs_every_cell_in_every_world(done):
    frame = aggregate(done)
    assert len(frame) == 7 * 12  # six of the grid, and what the brand did
    assert frame.groupby("cell")["world"].nunique().tolist() == [12] * 7
    assert status_of(done).n_done == 84
    assert Draft202012Validator(MANIFEST_SCHEMA).is_valid(
        json.loads((done.folder / "study.json").read_text())
    )


def test_repeating_runs_nothing(done, monkeypatch):
    monkeypatch.setattr(launch, "multirun", lambda *given: pytest.fail("ran again"))
    assert swept(Path(done.points[0].config.results))[0] == 0


def test_widening_an_axis_runs_only_the_new_cells(done, tmp_path, capsys):
    folder = tmp_path / "wide"
    narrow = [word.replace("2,8,24", "2,8") for word in WORDS]
    swept(folder, words=narrow)
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "runs").glob("part-*")}
    _, plan = swept(folder)
    after = {path.name: path.stat().st_mtime_ns for path in (folder / "runs").glob("part-*")}
    assert before.items() <= after.items()
    assert len(after) == len(done.parts)
    pd.testing.assert_frame_equal(aggregate(plan), aggregate(done))


def test_a_missing_and_a_damaged_part_are_run_again_to_the_same_bits(done, tmp_path):
    folder = tmp_path / "hurt"
    _, plan = swept(folder)
    parts = sorted((folder / "runs").glob("part-*.parquet"))
    parts[0].unlink()
    parts[1].write_bytes(parts[1].read_bytes()[:-100])
    assert status_of(plan).n_missing > 0
    assert main(["status", "tiny", f"results={folder}"]) == 1
    _, plan = swept(folder)
    pd.testing.assert_frame_equal(aggregate(plan), aggregate(done))
    assert len(list((folder / "runs").glob("*.damaged"))) == 1


@pytest.mark.timeout(170)
def test_killed_at_any_moment_nothing_finished_is_lost(done, tmp_path):
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "experiments", *WORDS, "n_replicates=12",
               f"results={folder}", "-m"]  # fmt: skip
    for pause in (1.0, 3.0):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        kept = set(folder.glob("runs/part-*.parquet"))
        while time.monotonic() < deadline and process.poll() is None:
            if len(set(folder.glob("runs/part-*.parquet")) - kept) >= pause:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    finished = {path: path.read_bytes() for path in folder.glob("runs/part-*.parquet")}
    _, plan = swept(folder)
    assert all(path.read_bytes() == content for path, content in finished.items())
    pd.testing.assert_frame_equal(aggregate(plan), aggregate(done))


def test_a_failed_run_keeps_its_reason_and_only_it_is_tried_again(tmp_path, monkeypatch, capsys):
    from experiments.sweeps import running as study_module
    from sim.run import simulate

    def fails_once(config, watch):
        if config.seed == 5 and config.response.apology.delay_h == 8:
            raise ZeroDivisionError("odd world")
        return simulate(config)

    def with_work(work):
        return lambda *a, **k: study_module.run_parts(*a, **{**k, "work": work})

    monkeypatch.setattr(jobs, "run_parts", with_work(fails_once))
    folder = tmp_path / "failing"
    code, plan = swept(folder)
    assert code == 1
    seen = status_of(plan)
    assert (seen.n_done, len(seen.failed), seen.n_missing) == (82, 2, 0)
    assert {note["reason"] for note in seen.failed.values()} == {"ZeroDivisionError: odd world"}
    out = capsys.readouterr().out
    assert "seed 5" in out and "--retry-failed" in out
    monkeypatch.undo()
    assert swept(folder)[0] == 1  # known to fail: left alone
    calls = []
    again = with_work(lambda config, watch: calls.append(config.seed) or simulate(config))
    monkeypatch.setattr(jobs, "run_parts", again)
    code, plan = swept(folder, "--retry-failed")
    assert (code, sorted(calls)) == (0, [5, 5])
    assert status_of(plan).n_done == 84


@pytest.mark.slow
def test_two_sweeps_may_write_one_store(done, tmp_path):
    folder = tmp_path / "shared"
    command = [sys.executable, "-m", "experiments", *WORDS, "n_replicates=12",
               f"results={folder}", "-m"]  # fmt: skip
    pair = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(150) for process in pair] == [0, 0]
    pd.testing.assert_frame_equal(
        aggregate(load_plan(folder / "studies" / "tiny")), aggregate(done)
    )
    assert not list(folder.glob("runs/*.damaged"))


@pytest.mark.slow
def test_joblib_gives_the_same_bits(done, tmp_path):
    pytest.importorskip("hydra_plugins.hydra_joblib_launcher")
    _, plan = swept(tmp_path / "joblib", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2")
    pd.testing.assert_frame_equal(aggregate(plan), aggregate(done))


def test_leaders_are_run_again_in_fresh_worlds(done):
    found = compare.leaders(
        frames.cube(aggregate(done), "outrage_burden_core"), "outrage_burden_core", 2
    )
    plan = plan_of(*_with_confirm(done), progress=False)
    there = {point.cell for point in plan.points}  # without the reference that the command adds
    confirmed = confirm(plan, [cell for cell in found if cell in there])
    fresh = [point for point in confirmed.points if point.block == "confirm"]
    assert len(fresh) in (2, 3)
    assert all(p.config.uncertainty.first == 12 and p.config.seed == 12 for p in fresh)


def _with_confirm(done):
    study, rest = study_of([*WORDS, "n_replicates=12", "n_confirm=10"])
    return study, WORDS, points_of(study, rest)


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_report_and_export_come_from_the_store_alone(done, lang, capsys, monkeypatch):
    results = Path(done.points[0].config.results)
    assert main(["report", "tiny", f"results={results}", f"lang={lang}"]) == 0
    name = "report.html" if lang == "en" else "report_zh.html"
    page = (done.folder / name).read_bytes()
    if find_spec("weasyprint"):
        assert (done.folder / name).with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # once is enough
    assert main(["report", "tiny", f"results={results}", f"lang={lang}"]) == 0
    assert (done.folder / name).read_bytes() == page  # same store, same bytes
    assert b"data:image/svg+xml" in page and b"http" not in page.replace(b"http://www.w3.org", b"")
    findings = json.loads((done.folder / "findings.json").read_text())
    assert "of 12 plausible worlds" in " ".join(findings["en"][:3])
    assert "12个可能世界" in "".join(findings["zh"][:3])


def test_the_export_opens_elsewhere(done):
    assert main(["export", "tiny", f"results={done.points[0].config.results}"]) == 0
    folder = done.folder / "export"
    runs = pd.read_csv(folder / "runs.csv")
    assert len(runs) == 84 == pq.read_metadata(folder / "runs.parquet").num_rows
    dictionary = pd.read_csv(folder / "dictionary.csv")
    told = dictionary[dictionary["role"] != "series"]["column"]
    assert told.tolist() == runs.columns.tolist()
    frame = aggregate(done)
    assert runs["outrage_burden_core"].to_numpy() == pytest.approx(frame["outrage_burden_core"])
    assert "parameters.betrayal" in runs
    series = pd.read_parquet(folder / "series.parquet")
    assert series["run"].nunique() == 84
    assert set(series.columns) - {"run"} <= set(dictionary["column"])


def test_an_unfinished_sweep_is_read_as_far_as_all_cells_have_the_same_worlds(
    done, tmp_path, capsys
):
    folder = tmp_path / "half"
    shutil.copytree(done.points[0].config.results, folder)
    plan = load_plan(folder / "studies" / "tiny")
    first, last = ([part for part in plan.parts if part.point == 3][k] for k in (0, 1))
    plan.store.path(last.digest).unlink()  # worlds 10 and 11 of one cell
    assert main(["status", "tiny", f"results={folder}"]) == 1
    assert "compared 10 worlds a cell, of at most 12; widest 95 % interval ±" in (
        capsys.readouterr().out
    )
    for command in ("analyse", "export"):
        assert main([command, "tiny", f"results={folder}"]) == 0
    found = json.loads((plan.folder / "findings.json").read_text())
    assert found["en"][0].startswith("Not finished: what follows is of 10 worlds of at most 12;")
    assert found["zh"][0].startswith("尚未完成：以下基于10个世界")
    assert set(pd.read_csv(plan.folder / "cells.csv")["n_worlds"]) == {10}
    assert len(pd.read_csv(plan.folder / "export" / "runs.csv")) == 7 * 10
    assert pd.read_parquet(plan.folder / "export" / "series.parquet")["run"].nunique() == 70
    assert swept(folder)[0] == 0  # of fewer worlds: they would pass for the whole
    assert "of fewer worlds, and removed: cells.csv" in capsys.readouterr().err
    assert not (plan.folder / "cells.csv").exists()
    plan.store.path(first.digest).unlink()
    for command in ("report", "analyse", "export"):
        assert main([command, "tiny", f"results={folder}"]) == 2
    assert "no 10 worlds are there in every cell" in capsys.readouterr().err
    assert not (plan.folder / "export").exists()


def test_worlds_go_first_and_cells_second(done):
    order = [done.points[part.point].cell for part in worlds_first(done)]
    assert order == [*range(7), *range(7)]  # ten worlds of all, then two of all
    assert [len(part.names) for part in worlds_first(done)] == [10] * 7 + [2] * 7


def test_more_or_fewer_worlds_find_the_runs_of_parts_that_were_cut_otherwise(tmp_path):
    words = [word for word in WORDS if not word.startswith(("response.apology.ack", "name="))]
    for n, name in ((12, "a"), (15, "a"), (11, "b")):
        sizes = [f"n_replicates={n}", f"results={tmp_path}", f"name={name}"]
        assert main(["sweep", *words, *sizes]) == 0
        assert main(["export", name, f"results={tmp_path}"]) == 0
        folder = tmp_path / "studies" / name
        runs = pd.read_csv(folder / "export" / "runs.csv")
        assert len(runs) == 4 * n  # three hours, and what happened
        assert len(runs) == pd.read_parquet(folder / "export" / "series.parquet")["run"].nunique()
        values, _ = study_curves.series_of(load_plan(folder), 1, "heat")
        assert len(values) == n


def test_two_points_that_ask_for_the_same_run_both_have_it(tmp_path):
    words = ["study=smoke", "mechanisms.social_reinforcement=false", "population.n_people=40",
             "clock.horizon_d=4", "n_confirm=0", "n_rival=12", "n_replicates=12", "name=same",
             f"results={tmp_path}"]  # fmt: skip
    assert main(["sweep", *words]) == 0
    frame = aggregate(load_plan(tmp_path / "studies" / "same"))
    counts = frame.groupby(["block", "cell"]).size()
    assert set(counts) == {12} and len(counts) == 12


def test_a_study_is_read_where_it_lies(done, tmp_path):
    """Copied elsewhere it speaks of the copy, not of where it came from."""
    copy = tmp_path / "copy"
    shutil.copytree(done.points[0].config.results, copy)
    shutil.rmtree(done.folder / "export", ignore_errors=True)
    assert main(["export", "tiny", f"results={copy}"]) == 0
    assert (copy / "studies" / "tiny" / "export" / "runs.csv").exists()
    assert not (done.folder / "export").exists()
    assert load_plan(copy / "studies" / "tiny").command.endswith(f"results={copy}")


def test_a_page_that_is_damaged_is_found_on_reading_and_run_again(done, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(done.points[0].config.results, copy)
    plan = load_plan(copy / "studies" / "tiny")
    path = plan.store.path(plan.parts[2].digest)
    column = pq.read_schema(path).names.index("outrage_burden_core")
    page = pq.ParquetFile(path).metadata.row_group(0).column(column)
    content = bytearray(path.read_bytes())
    content[page.data_page_offset + page.total_compressed_size - 1] ^= 1
    path.write_bytes(content)
    assert status_of(plan).n_missing == 0  # a quick look does not see it
    assert main(["analyse", "tiny", f"results={copy}"]) == 1
    assert "moved aside" in capsys.readouterr().err
    assert swept(copy)[0] == 0
    pd.testing.assert_frame_equal(aggregate(plan), aggregate(done))


def test_what_no_run_could_honour_is_refused_before_any_work(tmp_path, capsys):
    small = [word for word in WORDS if "apology.delay_h" not in word]
    for words, told in (
        (["response.apology.delay_h=2,200"], "in cell"),
        (["response.apology.delay_h=2,2.0"], "stands twice"),
        (["response.apology.delay_h=2,8", "response.apology.delay_h=2,4"], "varied twice"),
        (["seed=1,2"], "not swept"),
        (["n_replicates=1,2"], "not swept"),
        (["response.apology.delay_h=2,8", "n_replicates=5000000"], "more than a store"),
        (["response.apology.delay_h=2,8", "hydra.job.chdir=true"], "stay in their folder"),
    ):
        assert main(["sweep", *small, *words, f"results={tmp_path}"]) == 2, words
        problem = capsys.readouterr().err
        assert told in problem, problem
    assert main(["sweep", *WORDS, f"results={tmp_path}/a,b"]) == 2
    assert f"'results=\"{tmp_path}/a,b\"'" in capsys.readouterr().err
    assert not list(tmp_path.glob("runs/part-*"))


def test_a_second_sweep_of_the_same_name_stops_the_first_with_a_word(done, monkeypatch, capsys):
    """Its cells are no longer in the plan: nothing is run in the wrong place."""
    settings = OmegaConf.create({"folder": str(done.folder), "todo": "todo-x.json", "shard": 0})
    todo = {"shards": [["0123456789abcdef"]], "retry": False}
    (done.folder / "todo-x.json").write_text(json.dumps(todo))
    monkeypatch.setattr(jobs, "run_parts", lambda *a, **k: pytest.fail("ran"))
    assert jobs.job(settings)["runs"] == 0
    assert "another sweep of this name" in capsys.readouterr().err


def test_a_launcher_that_is_not_there_is_named_with_its_extra(tmp_path, capsys):
    code = main(
        ["sweep", *WORDS, "n_replicates=12", f"results={tmp_path}", "hydra/launcher=nowhere"]
    )
    assert code == 2
    told = capsys.readouterr().err
    assert "not installed" in told and "joblib" in told
    assert not list(tmp_path.iterdir())


def test_a_manifest_of_another_version_is_refused(done, tmp_path, capsys):
    folder = tmp_path / "studies" / "old"
    folder.mkdir(parents=True)
    body = json.loads((done.folder / "study.json").read_text())
    broken = (
        {**body, "results_version": 1}, {**body, "study": {}}, {**body, "points": 3},
        {"results_version": body["results_version"]},
    )  # fmt: skip
    for text in (*map(json.dumps, broken), "[]", "{", ""):
        (folder / "study.json").write_text(text)
        assert main(["status", "old", f"results={tmp_path}"]) == 2
    assert main(["status", "nobody", f"results={tmp_path}"]) == 2
    assert "old" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["sweep", *WORDS, f"results={tmp_path / 'file'}"]) == 2
    assert os.listdir(tmp_path) == ["file"]


def test_shrinking_a_picture_leaves_its_scales_alone():
    svg = (
        '<g transform="translate(12.34567 8.1) scale(0.015625 -0.015625)"><path d="M 100.98765 2"/>'
    )
    assert pages.shrunk(svg) == (
        '<g transform="translate(12.34 8.1) scale(0.015625 -0.015625)"><path d="M 100.98 2"/>'
    )
