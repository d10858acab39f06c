"""Sweeps: Hydra places, the store resumes, and nothing that finished is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator

from experiments import compare, study_report, sweep
from experiments.cli import main
from experiments.design import points_of, study_of
from experiments.export import MANIFEST_SCHEMA
from experiments.sweep import load_plan, plan_of, status_of

#: Six cells of forty people: what is tested is the machinery.
WORDS = ["case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=4",
         "response=apology_only", "response.apology.delay_h=2,8,24",
         "response.apology.acknowledgement=0.2,0.9", "uncertainty=prior", "name=tiny"]  # fmt: skip


def swept(folder, *more, words=WORDS):
    code = main(["sweep", *words, "n_replicates=12", f"results={folder}", *more])
    return code, load_plan(folder / "studies" / "tiny")


def aggregate(plan):
    return compare.frame_of(plan)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """An undisturbed sweep."""
    folder = tmp_path_factory.mktemp("done")
    code, plan = swept(folder)
    assert code == 0
    return plan


def test_a_sweep_runs_every_cell_in_every_world(done):
    frame = aggregate(done)
    assert len(frame) == 6 * 12
    assert frame.groupby("cell")["world"].nunique().tolist() == [12] * 6
    assert status_of(done).n_done == 72
    assert Draft202012Validator(MANIFEST_SCHEMA).is_valid(
        json.loads((done.folder / "study.json").read_text())
    )


def test_repeating_runs_nothing(done, monkeypatch):
    monkeypatch.setattr(sweep, "multirun", lambda words: pytest.fail("ran again"))
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
    from experiments import study as study_module
    from sim.simulate import simulate

    def fails_once(config):
        if config.seed == 5 and config.response.apology.delay_h == 8:
            raise ZeroDivisionError("odd world")
        return simulate(config)

    monkeypatch.setattr(
        sweep, "run_parts", lambda *a, **k: study_module.run_parts(*a, **k, work=fails_once)
    )
    folder = tmp_path / "failing"
    code, plan = swept(folder)
    assert code == 1
    seen = status_of(plan)
    assert (seen.n_done, len(seen.failed), seen.n_missing) == (70, 2, 0)
    assert {note["reason"] for note in seen.failed.values()} == {"ZeroDivisionError: odd world"}
    out = capsys.readouterr().out
    assert "seed 5" in out and "--retry-failed" in out
    monkeypatch.undo()
    assert swept(folder)[0] == 1  # known to fail: left alone
    calls = []
    monkeypatch.setattr(
        sweep, "run_parts",
        lambda *a, **k: study_module.run_parts(
            *a, **k, work=lambda config: calls.append(config.seed) or simulate(config)
        ),
    )  # fmt: skip
    code, plan = swept(folder, "--retry-failed")
    assert (code, sorted(calls)) == (0, [5, 5])
    assert status_of(plan).n_done == 72


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
    confirmed = sweep.confirm(
        plan_of(*_with_confirm(done), progress=False), compare.leaders(
            compare.cube(aggregate(done), "outrage_burden_core"), "outrage_burden_core", 2)
    )  # fmt: skip
    fresh = [point for point in confirmed.points if point.block == "confirm"]
    assert len(fresh) in (2, 3)
    assert all(p.config.uncertainty.first == 12 and p.config.seed == 12 for p in fresh)


def _with_confirm(done):
    study, rest = study_of([*WORDS, "n_replicates=12", "n_confirm=10"])
    return study, WORDS, points_of(study, rest)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_report_and_export_come_from_the_store_alone(done, lang, capsys):
    results = Path(done.points[0].config.results)
    assert main(["report", "tiny", f"results={results}", f"lang={lang}"]) == 0
    name = "report.html" if lang == "en" else "report_zh.html"
    page = (done.folder / name).read_bytes()
    assert main(["report", "tiny", f"results={results}", f"lang={lang}"]) == 0
    assert (done.folder / name).read_bytes() == page  # same store, same bytes
    assert b"data:image/svg+xml" in page and b"http" not in page.replace(b"http://www.w3.org", b"")
    findings = json.loads((done.folder / "findings.json").read_text())
    assert "of 12 plausible worlds" in findings["en"][0] and "12个可能世界" in findings["zh"][0]


def test_the_export_opens_elsewhere(done):
    assert main(["export", "tiny", f"results={done.points[0].config.results}"]) == 0
    folder = done.folder / "export"
    runs = pd.read_csv(folder / "runs.csv")
    assert len(runs) == 72 == pq.read_metadata(folder / "runs.parquet").num_rows
    dictionary = pd.read_csv(folder / "dictionary.csv")
    assert dictionary["column"].tolist() == runs.columns.tolist()
    frame = aggregate(done)
    assert runs["outrage_burden_core"].to_numpy() == pytest.approx(frame["outrage_burden_core"])
    assert "parameters.betrayal" in runs
    series = pd.read_parquet(folder / "series.parquet")
    assert series["run"].nunique() == 72


def test_an_unfinished_sweep_is_not_reported(done, tmp_path):
    folder = tmp_path / "half"
    swept(folder)
    next((folder / "runs").glob("part-*.parquet")).unlink()
    assert main(["report", "tiny", f"results={folder}"]) == 2


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
    for text in (json.dumps({**body, "results_version": 1}), "[]", "{", ""):
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
    assert study_report._shrunk(svg) == (
        '<g transform="translate(12.34 8.1) scale(0.015625 -0.015625)"><path d="M 100.98 2"/>'
    )
