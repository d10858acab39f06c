"""How a command ends: quietly, and by the signal that ended it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from experiments.command.cli import main
from sim.base.choices import conf_dir
from sim.case.check import check_case

#: One cell of forty people: what is tested is the end.
SMALL = ["case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=2",
         "response=none", "uncertainty=point"]  # fmt: skip

THREADS = """
import os, sys
from pathlib import Path
from sim.store import Store

store = Store(sys.argv[1])
path = next(store.root.glob("part-*"))
alone = len(os.listdir("/proc/self/task"))
for columns in (["run"], ["seed", "run"], None):
    store.read(path, columns)
store.scan(), store.frame()
print(len(os.listdir("/proc/self/task")) - alone, alone)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_reading_the_store_leaves_no_thread_behind(tmp_path):
    """One that waits for the interpreter when that has gone takes the process with it (134)."""
    assert main(["run", *SMALL, f"results={tmp_path}"]) == 0
    told = subprocess.run(
        [sys.executable, "-c", THREADS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[0] == "0", told.stdout


LONG = """
import sys
sys.path.insert(0, sys.argv[1])
import test_exit, time
from experiments.sweeps import jobs, running
from experiments.command.cli import main
from sim.base.choices import conf_dir
begun = []
def slow(config, watch):
    if not begun:
        begun.append(1)
        print("working", file=sys.stderr, flush=True)
    for _ in range(600):
        time.sleep(0.05)
        watch(0.5)
jobs.run_parts = lambda *a, **k: running.run_parts(*a, **{**k, "work": slow})
sys.argv = ["backlash", "sweep", *test_exit.SMALL, "response.apology.delay_h=2,3",
            "response=apology_only", "name=long"]
sys.exit(main())
"""


def ended_by(tmp_path, *signals):
    words = [sys.executable, "-c", LONG, str(Path(__file__).parent)]
    process = subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    first = process.stderr.readline()
    assert "working" in first, first
    for one in signals:
        process.send_signal(one)
        time.sleep(0.2)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("signals", "code"),
    [
        (["SIGINT", "SIGINT", "SIGINT"], 130), (["SIGTERM"], 143),
        pytest.param(["SIGHUP"], 129, marks=pytest.mark.slow),
        pytest.param(["SIGINT"], 130, marks=pytest.mark.slow),
        pytest.param(["SIGTERM", "SIGINT"], 143, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_whatever_asks_a_sweep_to_end_it_says_how_to_go_on(tmp_path, signals, code):
    rc, err = ended_by(tmp_path, *(getattr(signal, name) for name in signals))
    assert rc == code, err
    assert "what is finished is kept. To go on: backlash sweep case=textbook" in err
    assert "Traceback" not in err
    assert not list((tmp_path / "results" / "studies" / "long").glob("todo-*"))


@pytest.mark.parametrize("key", ["results", "network.edges", "case"])
def test_the_home_of_somebody_unknown_is_refused(key, capsys):
    value = "~nobody_x/a.yaml" if key == "case" else '"~nobody_x/a"'
    assert main(["run", f"{key}={value}"]) == 2
    assert "nobody of this name has a home" in capsys.readouterr().err
    assert main(["report", "x", "results=~nobody_x"]) == 2
    assert main(["store", "results=~nobody_x"]) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "response=none,deny"], "backlash sweep response=none,deny"),
        (["run", "network.edges=a,b.csv"], "'network.edges=\"a,b.csv\"'"),
        (["run", "results=a,b"], "'results=\"a,b\"'"),
        (["run", "response.penalty.level=ceo"], "response.penalty.level=chief_executive"),
        (["run", "response.penalty.level=vp"], "response.penalty.level=vice_president"),
        (["run", "n_replicates=100000000"], "at most 5,000,000 runs"),
        (["sweep", "seed=1,2"], "allowed: one value\n"),
        (["sweep", "response.apology.delay_h=[1,8]"], "response.apology.delay_h=1,8"),
        (["sweep", "response=glob(zz*)"], "no option matches"),
        (["sweep", "response=none,deny", "network.edges=absent.csv"], "no such file"),
        (["sweep", "response=none,deny", "network.saved=network-0123456789abcdef.bin"],
         "network.saved"),
        (["sweep", "response=none", "reults=x"], "no such setting"),
    ],
)  # fmt: skip
def test_what_is_refused_says_what_to_type(tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert told in err, err
    assert not list(tmp_path.iterdir())


def test_a_study_that_is_not_there_is_not_suggested(tmp_path, capsys):
    (tmp_path / "studies" / "halflife").mkdir(parents=True)
    (tmp_path / "studies" / "halflife" / "study.json").write_text("{}")
    for words, told in (
        (["report"], "backlash report halflife"),
        (["status", "halflif"], "halflife in place of halflif"),
        (["status", "timing_by_severit"], "backlash sweep study=timing_by_severity"),
    ):
        assert main([*words, f"results={tmp_path}"]) == 2
        assert told in capsys.readouterr().err


def test_a_command_has_its_own_help(capsys):
    assert main(["run", "--help"]) == 0
    run = capsys.readouterr().out
    assert "run one design point" in run and "Choices:" in run and "backlash serve" not in run
    assert main(["status", "-h"]) == 0
    assert "Choices:" not in capsys.readouterr().out


def test_a_wrong_key_in_an_event_is_one_error(tmp_path):
    """The event is there: neither the clock's start nor a lever that names it is wrong, too."""
    text = (conf_dir() / "case" / "textbook.yaml").read_text()
    for name in {raw["clock_start"] for raw in [yaml.safe_load(text)]}:
        begin = text.index(f"id: {name}")
        file = tmp_path / f"{name}.yaml"
        file.write_text(text[:begin] + text[begin:].replace("role:", "rolle:", 1))
        problems = check_case(file)
        assert any("rolle" in problem for problem in problems)
        assert not any("names no event" in problem for problem in problems), problems
