"""A study's name stands for one question, and its manifest says what was asked, or is refused."""

import errno
import io
import json
import os
import random
import shutil
from pathlib import Path

import pytest

from experiments.command.cli import main
from experiments.sweeps import launch, launching, manifest
from experiments.sweeps.plan import Plan, load_plan, plan_of, save_plan
from experiments.sweeps.points import points_of
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError

#: Forty people for three days.
SMALL = ["case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=4",
         "response=apology_only", "uncertainty=point", "name=mine"]  # fmt: skip
DELAYS = "response.apology.delay_h=2,8"


def swept(folder, *words, n=2):
    return main(["sweep", *SMALL, *words, f"n_replicates={n}", f"results={folder}"])


def planned(folder, *words, n=2):
    """The plan of a sweep, without running it."""
    given = [*SMALL, *words, f"n_replicates={n}", f"results={folder}"]
    study, rest = study_of(given)
    return plan_of(study, given, points_of(study, rest), progress=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished sweep with its tables, figures and exports."""
    folder = tmp_path_factory.mktemp("named")
    assert swept(folder, DELAYS) == 0
    own = folder / "studies" / "mine"
    for name in ("cells.csv", "findings.json", "report_zh.html", "notes.txt"):
        (own / name).write_text("of the first question")
    for name in ("figures", "export"):
        (own / name).mkdir()
        (own / name / "maps.png").write_text("of the first question")
    return folder


@pytest.fixture
def folder(done, tmp_path):
    shutil.copytree(done, tmp_path / "copy")
    return tmp_path / "copy"


def test_another_question_under_the_name_is_refused_with_both(folder, capsys):
    own = folder / "studies" / "mine"
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    for words in (
        ["response.explanation.delay_h=9,20"],
        ["response.apology.delay_h=3,4"],
        [DELAYS, "response.apology.acknowledgement=0.9"],
    ):
        assert swept(folder, *words) == 2
        told = capsys.readouterr().err
        assert "another question" in told and "replace=yes" in told and "name=OTHER" in told
        assert "there:" in told and "here:" in told
        assert "2, 8" in told or "acknowledgement=0.9" in told
    assert swept(folder, DELAYS, n=1) == 2  # fewer worlds
    assert "worlds: 2" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_asked_to_replace_nothing_of_the_other_stays_but_its_runs(folder):
    runs = set((folder / "runs").glob("part-*"))
    assert swept(folder, "response.apology.delay_h=3,4", "replace=yes") == 0
    own = folder / "studies" / "mine"
    assert runs < set((folder / "runs").glob("part-*"))
    assert {path.name for path in own.iterdir()} <= {"study.json", "jobs.jsonl", "hydra"}
    assert [path.name for path in (folder / "studies").iterdir()] == ["mine"]
    assert load_plan(own).study.axes[0].labels == ("3", "4")
    assert main(["sweep", *SMALL, DELAYS, "replace=maybe", f"results={folder}"]) == 2


class Killed(BaseException):
    """The process is gone: nothing after it is done."""


@pytest.mark.parametrize("at", ["put_away", "_erase", "write_whole"])
def test_killed_while_it_is_replaced_a_name_stands_for_one_question(folder, monkeypatch, at):
    own, other = folder / "studies" / "mine", "response.apology.delay_h=3,4"
    where = "experiments.sweeps.plan" if at == "write_whole" else "experiments.sweeps.manifest"

    def killed(*given, **how):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"{where}.{at}", killed)
        with pytest.raises(Killed):
            save_plan(planned(folder, other), replace=True)
    if own.exists():  # all of the first question, or nothing of it
        assert load_plan(own).study.axes[0].labels == ("2", "8") and (own / "cells.csv").exists()
    assert manifest.studies_in(own.parent) == (["mine"] if own.exists() else [])
    save_plan(planned(folder, other), replace=True)
    assert [path.name for path in own.parent.iterdir()] == ["mine"]
    assert [path.name for path in own.iterdir()] == ["study.json"]
    assert load_plan(own).study.axes[0].labels == ("3", "4")


def test_of_two_that_replace_at_once_one_stands(folder, monkeypatch):
    own, replaced, turns = folder / "studies" / "mine", os.replace, []

    def second_first(source, target):
        if Path(source) == own and not turns:  # both saw the folder; the other is faster
            turns.append(1)
            save_plan(planned(folder, "response.apology.delay_h=5,6"), replace=True)
            shutil.rmtree(own)
        replaced(source, target)

    monkeypatch.setattr("experiments.sweeps.manifest.os.replace", second_first)
    save_plan(planned(folder, "response.apology.delay_h=3,4"), replace=True)
    assert turns and load_plan(own).study.axes[0].labels == ("3", "4")
    assert [path.name for path in own.parent.iterdir()] == ["mine"]


def test_the_same_question_keeps_its_tables_and_more_of_it_does_not(folder, monkeypatch, capsys):
    own = folder / "studies" / "mine"
    assert swept(folder, DELAYS) == 0
    assert (own / "cells.csv").exists() and (own / "figures" / "maps.png").exists()
    assert swept(folder, DELAYS, n=3) == 0  # more worlds
    assert "removed: cells.csv, export, figures" in capsys.readouterr().err
    assert not any((own / name).exists() for name in ("cells.csv", "figures", "export"))
    assert (own / "notes.txt").read_text() == "of the first question"  # the user's own
    assert swept(folder, "response.apology.delay_h=2,8,24", n=3) == 0  # a wider axis


def test_a_study_of_another_version_goes_on_by_the_same_words_only(folder):
    path = folder / "studies" / "mine" / "study.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps(manifest.sealed({**body, "results_version": 1})))
    with pytest.raises(ConfigError, match="another question"):
        save_plan(planned(folder, "response.apology.delay_h=3,4"))
    body["words"] = [w for w in body["words"] if not w.startswith("results=")]
    path.write_text(json.dumps(manifest.sealed({**body, "results_version": 1})))
    plan = planned(folder, DELAYS)
    plan = Plan(plan.study, tuple(body["words"]), plan.points, plan.parts)
    save_plan(plan)
    assert load_plan(plan.folder).study.axes[0].labels == ("2", "8")


def test_no_changed_digit_of_a_manifest_is_believed(folder, capsys):
    """Of 37 in the axes 28 gave other lever values for the same runs."""
    path = folder / "studies" / "mine" / "study.json"
    text = path.read_text()
    begin, end = text.index('"axes"'), text.index('"reference"')
    digits = [k for k in range(begin, end) if text[k].isdigit()]
    others = random.Random(1).sample(range(len(text)), 60)
    for k in [*digits, *others]:
        new = chr(ord(text[k]) ^ 1)
        path.write_text(text[:k] + new + text[k + 1 :])
        with pytest.raises(ConfigError):
            load_plan(path.parent)
    edited = json.loads(text)
    edited["study"]["axes"][0]["labels"][0] = "3"
    path.write_text(json.dumps(edited))
    assert main(["export", "mine", f"results={folder}"]) == 2
    told = capsys.readouterr().err
    assert "changed after it was written" in told and "replace=yes" in told
    assert swept(folder, DELAYS) == 2  # nor overwritten without a word
    assert swept(folder, DELAYS, "replace=yes") == 0
    assert json.loads(path.read_text())["parts"] == json.loads(text)["parts"]


NASTY = ("张三", "a b", "it's", 'say "so"', "back\\slash", "a,b", "a=b", "${x}", "\\${y}", "[1]{2}",
         "50%j", "new\nline", "é~#;&")  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_a_job_finds_its_plan_whatever_its_folder_is_called(folder, name, monkeypatch):
    """Hydra is told as a config, not in its grammar."""
    seen = []
    monkeypatch.setattr(launching, "job", lambda settings: seen.append(settings.folder))
    own = folder / name
    own.mkdir()
    launching.multirun(own, "todo-1.json", 2, [])
    assert seen == [str(own)] * 2
    assert (own / "hydra").is_dir()


@pytest.mark.parametrize("name", ["张三", 'a "b", ${c}\\'])
def test_a_sweep_runs_in_such_a_folder(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / name)
    assert main(["sweep", *SMALL, DELAYS, "n_replicates=1"]) == 0
    assert len(list(Path("results/runs").glob("part-*"))) == 3  # and what happened


def test_lists_of_work_stay_while_a_job_may_want_them(folder, monkeypatch):
    plan = load_plan(folder / "studies" / "mine")
    digests = [part.digest for part in plan.parts]
    lists = {"done": digests, "other": ["0" * 16], "broken": None}
    for name, listed in lists.items():
        text = json.dumps({"shards": [listed], "retry": False}) if listed else "{"
        (plan.folder / f"todo-{name}.json").write_text(text)
    plan.store.path(digests[0]).rename(folder / "away")
    launch.tidy(plan)
    assert [path.name for path in plan.folder.glob("todo-*")] == ["todo-done.json"]
    (folder / "away").rename(plan.store.path(digests[0]))
    launch.tidy(plan)
    assert not list(plan.folder.glob("todo-*"))


def test_a_disk_that_fills_up_is_said_once_without_a_trace(folder, monkeypatch, capsys):
    def full(table, file, **how):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.store.pq.write_table", full)
    monkeypatch.setattr(launch, "n_shards", lambda n_runs, *given: n_runs)
    assert swept(folder, "response.apology.delay_h=2,8,20,24", "replace=yes") == 1
    out, err = capsys.readouterr()
    assert "to go on: backlash sweep" in out
    assert err.count("No space left") == 1 and "Traceback" not in err and "overrides" not in err


@pytest.mark.parametrize("command", ["analyse", "report", "export"])
def test_a_folder_that_cannot_be_written_is_named(folder, command, monkeypatch, capsys):
    def refused(*given, **how):
        raise OSError(30, "Read-only file system", str(folder / "studies" / "mine" / "x.partial"))

    for module in ("study_report", "export"):
        monkeypatch.setattr(f"experiments.reports.{module}.write_whole", refused)
    assert main([command, "mine", f"results={folder}"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(str(folder / "studies" / "mine"))
    assert "Read-only" in told and "try:" in told and "Traceback" not in told


def test_a_disk_that_fills_up_under_a_report_is_told_with_the_file(folder, monkeypatch, capsys):
    """The system says only that there is no space left: not for what."""

    class Full(io.BytesIO):
        def write(self, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    def full(path, *how, **more):
        open(path, *how, **more).close()
        return Full()

    monkeypatch.setattr("sim.base.files.open", full, raising=False)
    assert main(["analyse", "mine", f"results={folder}"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(str(folder / "studies" / "mine" / "cells.csv"))
    assert "No space left" in told and "try:" in told and "Traceback" not in told
    assert not list(folder.rglob("*.partial"))
