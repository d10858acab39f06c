"""The command line: what it prints where, what it refuses, what it leaves behind."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from conftest import composed

from experiments.command import completion
from experiments.command.cli import _shown, main
from experiments.sweeps import running
from sim.base.choices import conf_dir
from sim.base.digest import RESULTS_VERSION
from sim.metrics import OUTCOMES
from sim.run import simulate
from sim.state.asked import asked
from sim.state.scenario import name_of
from sim.store import StoreError

SMALL = ["case=textbook", "population=classroom", "clock.horizon_d=4", "uncertainty=point"]


@cache
def template():
    return simulate(composed(*SMALL))


def quick(config, watch):
    """Stands for `simulate`: a run of the right name, at once."""
    about = asked(config, config.case)
    return replace(template(), name=name_of(config), asked=about, seed=config.seed)


@pytest.fixture
def fast(monkeypatch):
    """Runs cost nothing."""
    monkeypatch.setattr(running.run_points, "__defaults__", ("", quick))


def working_with(monkeypatch, work):
    monkeypatch.setattr(running.run_points, "__defaults__", ("", work))


@pytest.fixture
def backlash(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder: exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def command(*words):
        code = main(list(words))
        return code, *capsys.readouterr()

    return command


def test_help_lists_every_command_and_every_choice(backlash):
    for words in (["--help"], ["-h"], []):
        code, out, err = backlash(*words)
        assert (code, err) == (0, "")
        for command in (
            "demo", "run", "case show", "case check", "corpus show", "store", "completion"
        ):  # fmt: skip
            assert f"backlash {command}" in out
        for folder in conf_dir().iterdir():
            if folder.is_dir():  # a folder without options, such as that of worlds, is no choice
                assert (f"{folder.name}=" in out) == any(folder.glob("*.yaml"))
        assert "reform_and_fan_panel" in out


def fresh(code):
    """What a new interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


HEAVY = ("numpy", "numba", "mesa", "hydra", "omegaconf", "pandas", "pyarrow", "scipy", "matplotlib")


@pytest.mark.parametrize(
    "use", ["from experiments.command.cli import main; main(['--help'])", "import sim"]
)
def test_help_and_the_bare_package_import_nothing_heavy(use):
    code = f"import sys; {use}; print([m for m in {HEAVY} if m in sys.modules])"
    assert fresh(code).splitlines()[-1] == "[]"


def test_what_is_compiled_with_other_settings_is_kept_apart(tmp_path):
    def folder(**settings):
        plain = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
        return subprocess.run(
            [sys.executable, "-c", "import sim, os; print(os.environ['NUMBA_CACHE_DIR'])"],
            env={**plain, "XDG_CACHE_HOME": str(tmp_path), **settings},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert folder() == folder()
    assert len({folder(), folder(NUMBA_BOUNDSCHECK="1"), folder(NUMBA_LOOP_VECTORIZE="0")}) == 3


def test_the_three_lines_of_the_package_work():
    code = f"import sim; config = sim.compose({SMALL}); run = sim.simulate(config); print(run.name)"
    assert fresh(code).strip() == template().name


def test_simulate_is_a_function_whatever_was_imported_before_it():
    code = "from sim.run import finish; import pickle, sim; print(len(pickle.dumps(sim.simulate)))"
    assert int(fresh(code)) > 0


def test_the_version_is_printed(backlash):
    assert backlash("--version") == (0, "0.1.0\n", "")


def test_a_misspelt_command_is_refused_with_the_nearest(backlash):
    code, out, err = backlash("rnu")
    assert (code, out) == (2, "")
    assert "try:     backlash run" in err
    assert "_complete" not in backlash("complet")[2]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["now", "textbook", "budgt_s=20"], "budget_s=20"),
        (["now", "textbook", "world=prior"], "worlds=prior"),
        (["now", "textbook", "sed=3"], "seed=3"),
        (["sweep", "study=smoke", "precison=0.1"], "precision=0.1"),
        (["sweep", "study=smoke", "refernce=none"], "reference=none"),
        (["sweep", "study=smoke", "shard=2"], "shards=2"),
        (["sweep", "response=none,deny", "seeed=2"], "seed=2"),
        (["network", "sav=a"], "save=a"),
        (["case", "score", "textbook", "plto=x"], "plot=x"),
        (["calibrate", "case=xiaomi_2026", "prest=quick"], "preset=quick"),
        (["calibrate", "corpus", "wave=2"], "waves=2"),
        (["case", "new", "mine", "fom=no"], "form=no"),
        (["corpus", "simulate", "n=3", "uot=x"], "out=x"),
        (["corpus", "forecast", "metod=both"], "method=both"),
        (["import", "x.csv", "zon=UTC"], "zone=UTC"),
        (["resolve", "affair", "dit=deny"], "did=deny"),
        (["record", "fromat=json"], "format=json"),
        (["cite", "smoke", "formt=bibtex"], "format=bibtex"),
        (["status", "smoke", "reslts=x"], "results=x"),
        (["run", "relif=0.2"], "parameters.relief=0.2"),
        (["run", "qqqqqqq=1"], "the same without it"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else None,
)
def test_a_misspelt_setting_is_refused_with_the_nearest_that_the_command_takes(
    backlash, typed, meant
):
    if typed[0] == "import":
        Path("x.csv").write_text("time,count\n")
    code, out, err = backlash(*typed)
    assert (code, out) == (2, "")
    assert f"\n  try:     {meant}\n" in err
    assert "no such setting" in err


def test_completion_offers_every_command_of_the_help_page():
    assert set(completion.COMMANDS) == set(_shown())


def test_run_prints_a_table_with_units_and_what_it_is_worth(backlash, fast):
    code, out, _ = backlash("run", *SMALL, "n_replicates=4")
    assert code == 0
    for outcome in OUTCOMES:
        assert f"{outcome.en} [{outcome.unit}]" in out
    assert "provisional" in out
    assert "not fitted" in out
    assert "4 runs" in out
    assert "delays count from 2026-03-02 12:00" in out
    assert template().name in out
    assert "in results/runs (0 of 4 were already there)" in out
    assert "(4 of 4 were already there)" in backlash("run", *SMALL, "n_replicates=4")[1]


def test_parameters_come_from_the_fit_unless_said_otherwise(backlash, fast):
    words = ["case=textbook", "population=classroom", "clock.horizon_d=4"]
    out = backlash("run", *words)[1]
    assert "worlds in which the" in out
    assert "every number is prior-driven" in out
    assert backlash("run", *words, "posterior=xiaomi_2026")[1].count("already there") == 1


def test_run_prints_the_table_in_chinese(backlash, fast):
    _, out, _ = backlash("run", *SMALL, "lang=zh")
    for outcome in OUTCOMES:
        assert outcome.zh in out
    assert "教科书式危机" in out
    assert "参数为暂定值" in out


def test_json_is_all_there_is_on_standard_output(backlash, fast):
    code, out, err = backlash("run", *SMALL, "n_replicates=4", "format=json", "results=elsewhere")
    page = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert (code, err) == (0, "")
    assert page["n_runs"] == len(page["digests"]) == 4
    assert page["results_version"] == RESULTS_VERSION
    assert page["parameters"] == "parameters are provisional: hand-checked, not fitted"
    assert list(page["outcomes"]) == [outcome.name for outcome in OUTCOMES]
    for outcome in OUTCOMES:
        entry = page["outcomes"][outcome.name]
        assert entry["unit"] == outcome.unit
        assert set(entry) >= {"n_runs", "mean", "median", "q05", "q25", "q75", "q95"}
    peak = page["outcomes"]["outrage_peak_core"]
    assert peak["q05"] is peak["q95"] is None  # four runs give no range
    assert min(peak["values"]) <= peak["median"] <= max(peak["values"])
    assert len(list(Path("elsewhere/runs").glob("part-*.parquet"))) == 1
    assert not Path("results").exists()


def test_an_outcome_that_never_happened_is_null_in_json(backlash, fast):
    page = json.loads(backlash("run", *SMALL, "format=json")[1])
    assert page["outcomes"]["car_0_10"] == {
        "unit": "log return",
        "better": "higher",
        "n_runs": 0,
        "mean": None,
        **dict.fromkeys(("median", "q05", "q25", "q75", "q95")),
    }


def test_cfg_prints_settings_that_compose_and_runs_nothing(backlash):
    code, out, _ = backlash("run", "--cfg", *SMALL, "response=deny", "seed=7")
    page = yaml.safe_load(out)
    assert code == 0
    assert (page["seed"], page["response"]["denial"]["delay_h"]) == (7, 4.0)
    assert page["case"]["title"]["zh"] == "教科书式危机"
    assert list(Path().iterdir()) == []


REFUSED = [
    ["response.penalty.delay_h=-6"],
    ["response.penalty.delay=6"],
    ["response=asis"],
    ["n_replicates=0"],
    ["n_replicates=some"],
    ["+seed=3"],
    ["~seed"],
    ["results=结果"],
    ["population.share_core=0"],
    ["response=late_48h", "clock.horizon_d=1"],
    ["network.edges=nowhere.csv"],
    ["case=nowhere.yaml"],
    ["--multirun", "seed=1,2"],
]


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_a_refusal_says_what_to_type_and_leaves_nothing(backlash, words):
    code, out, err = backlash("run", *SMALL, *words)
    assert (code, out) == (2, "")
    what, allowed, remedy = err.splitlines()
    assert " = " in what
    assert allowed.startswith("  allowed: ")
    assert remedy.startswith("  try:     ")
    assert "Traceback" not in err
    assert list(Path().iterdir()) == []


def test_the_refusal_of_the_house(backlash):
    assert backlash("run", "response.penalty.delay_h=-6") == (
        2,
        "",
        "response.penalty.delay_h = -6.0: a penalty cannot precede the event that it answers\n"
        "  allowed: hours >= 0 after the screenshot, or null for no penalty\n"
        "  try:     response.penalty.delay_h=0, or response=apology_only\n",
    )


def test_an_edge_list_is_refused_with_its_line_and_leaves_nothing(backlash):
    Path("ties.csv").write_text("follower,followed\n3,0\n1,1\n")
    code, out, err = backlash("run", *SMALL, "network.edges=ties.csv")
    assert (code, out) == (2, "")
    assert "line 3" in err
    assert [path.name for path in Path().iterdir()] == ["ties.csv"]


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_results_that_are_no_folder_are_refused(backlash, where):
    Path("file").write_text("mine")
    code, out, err = backlash("run", *SMALL, f"results={where}")
    assert (code, out) == (2, "")
    assert err.startswith(f"results = '{where}': cannot be written")
    assert "try:     results=DIR" in err
    assert Path("file").read_text() == "mine"


def test_a_store_that_fills_up_on_the_way_is_no_refusal(backlash, fast, monkeypatch):
    def full(self, runs):
        raise StoreError("results/runs: cannot be written (No space left on device)")

    monkeypatch.setattr("sim.store.Store.save", full)
    code, out, err = backlash("run", *SMALL)
    assert (code, out) == (1, "")
    assert "No space left" in err


def failing(*seeds):
    def work(config, watch):
        if config.seed in seeds:
            raise ZeroDivisionError("by nothing")
        return quick(config, watch)

    return work


def test_a_failed_run_is_listed_with_the_command_that_repeats_it(backlash, monkeypatch):
    working_with(monkeypatch, failing(2))
    words = [*SMALL, "n_replicates=4", "results=my results"]
    code, out, err = backlash("run", *words)
    assert code == 1
    assert "3 runs" in out
    assert "1 of 4 runs failed" in err
    assert "seed 2: ZeroDivisionError: by nothing" in err
    assert "my results/runs/failures.jsonl" in err
    again = next(line for line in err.splitlines() if "to repeat: " in line).split(": ", 1)[1]
    name, *repeated = shlex.split(again)
    assert name == "backlash"
    working_with(monkeypatch, quick)
    page = json.loads(backlash(*repeated, "format=json")[1])
    assert page["digests"] == [name_of(composed(*SMALL, "seed=2"))]


def test_under_a_prior_the_same_command_repeats_what_failed(backlash, monkeypatch):
    working_with(monkeypatch, failing(1))
    words = [*SMALL, "uncertainty=prior", "n_replicates=3"]
    code, _, err = backlash("run", *words)
    assert code == 1
    assert f"to repeat: {shlex.join(['backlash', 'run', *words])}\n" in err
    done = []
    working_with(
        monkeypatch, lambda config, watch: done.append(config.seed) or quick(config, watch)
    )
    assert backlash("run", *words)[0] == 0
    assert 1 in done


def test_many_failures_are_counted_and_all_of_them_means_no_numbers(backlash, monkeypatch):
    working_with(monkeypatch, failing(*range(13)))
    code, out, err = backlash("run", *SMALL, "n_replicates=13", "format=json")
    assert code == 1
    assert "and 3 more" in err
    page = json.loads(out)
    assert (page["n_runs"], page["n_failed"], page["digests"]) == (0, 13, [])
    code, out, _ = backlash("run", *SMALL, "n_replicates=13")
    assert code == 1
    assert "0 runs" in out


def test_an_interruption_exits_130_with_the_command_to_go_on(backlash, monkeypatch):
    def work(config, watch):
        if config.seed == 12:
            raise KeyboardInterrupt
        return quick(config, watch)

    working_with(monkeypatch, work)
    words = [*SMALL, "n_replicates=20", "engine.threads=1", "results=my results", "format=json"]
    code, out, err = backlash("run", *words)
    assert (code, out) == (130, "")
    assert f"To go on: {shlex.join(['backlash', 'run', *words])}\n" in err
    working_with(monkeypatch, quick)
    code, out, _ = backlash("run", *words)
    assert (code, json.loads(out)["n_runs"]) == (0, 20)


INTERRUPTED = """
import sys, time
sys.path.insert(0, sys.argv[1])
import test_cli
from experiments.sweeps import running as study
template = test_cli.template()
def work(config, watch):
    if config.seed >= 10:
        print("working", file=sys.stderr, flush=True)
        time.sleep(0.3)
    return test_cli.quick(config, watch)
study.run_points.__defaults__ = ("", work)
sys.exit(test_cli.main(["run", *test_cli.SMALL, "n_replicates=500", "engine.threads=1"]))
"""


def test_ctrl_c_in_a_real_process_keeps_what_is_finished(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(Path(__file__).parent)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    first = process.stderr.readline()
    assert "working" in first, f"ended with {process.wait(10)}, said {first!r}"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "To go on: backlash run case=textbook" in err
    assert "Traceback" not in err
    assert [path.suffix for path in (tmp_path / "results" / "runs").iterdir()] == [".parquet"]


def test_a_reader_who_leaves_early_is_no_error():
    code = "from experiments.command.cli import main; import sys; sys.exit(main(['--help']))"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert done.stderr == ""


def test_a_case_is_shown_in_both_languages(backlash):
    code, out, _ = backlash("case", "show", "textbook")
    assert code == 0
    assert "The textbook crisis" in out
    assert "2026-03-02 12:00" in out
    assert "教科书式危机" in backlash("case", "show", "textbook", "lang=zh")[1]
    assert "Xiaomi" in backlash("case", "show")[1]
    assert backlash("case", "show", str(conf_dir() / "case" / "textbook.yaml"))[1] == out


def test_a_case_file_is_checked(backlash):
    shutil.copy(conf_dir() / "case" / "textbook.yaml", "good.yaml")
    text = Path("good.yaml").read_text().replace('time: "2026-03-02 18:00"', 'time: "soon"')
    Path("bad.yaml").write_text(text)
    code, out, err = backlash("case", "check", "good.yaml")
    assert (code, err) == (0, "") and out.startswith("good.yaml: good\n  no script: ")
    code, out, _ = backlash("case", "check", "good.yaml", "bad.yaml")
    assert code == 2
    assert "good.yaml: good" in out
    assert "soon" in out


@pytest.mark.parametrize(
    "words",
    [
        ["case"],
        ["case", "check"],
        ["case", "chek", "x.yaml"],
        ["case", "show", "a", "b"],
        ["case", "show", "nowhere"],
        ["case", "show", "lang=fr"],
        ["case", "show", "seed=3"],
        ["store", "elsewhere"],
        ["store", "lang=zh"],
        ["store", "results="],
        ["completion"],
        ["completion", "tcsh"],
        ["demo", "seeed=1"],
    ],
    ids=" ".join,
)
def test_other_commands_refuse_as_clearly(backlash, words):
    code, out, err = backlash(*words)
    assert (code, out) == (2, "")
    assert "\n  allowed: " in err
    assert "\n  try:     " in err
    assert list(Path().iterdir()) == []


def test_demo_hands_its_settings_to_the_report(backlash, monkeypatch):
    taken = []
    monkeypatch.setattr(
        "experiments.reports.demo_report.demo", lambda words: taken.append(words) or 1
    )
    assert backlash("demo", "n_replicates=2", "lang=zh")[0] == 1
    assert taken == [["n_replicates=2", "lang=zh"]]


def test_the_store_is_listed_with_what_cannot_be_used(backlash, fast):
    backlash("run", *SMALL, "results=here")
    assert backlash("store", "results=here") == (0, "1 part in here/runs\n", "")
    Path("here/runs/part-0.parquet").write_text("coffee")
    code, out, _ = backlash("store", "results=here")
    assert code == 1
    assert "1 part " in out
    assert "damaged" in out
    assert "not deleted" in out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["r"], ["run", "report", "resolve", "record"]),
        (["c"], ["cite", "carriers", "calibrate", "case", "corpus", "completion"]),
        (["sweep", "study=s"], ["study=sensitivity", "study=size", "study=smoke"]),
        (["sweep", "stu"], ["study="]),
        (["status", ""], []),
        (["case", "c"], ["check"]),
        (["case", "show", "tex"], ["textbook"]),
        (["case", "check", "tex"], ["textbook"]),
        (["completion", "f"], ["fish"]),
        (["store", ""], ["results="]),
        (["run", "resp"], ["response=", "response."]),
        (["run", "response=ap"], ["response=apology_only"]),
        (["run", "response.penalty.se"], ["response.penalty.severity="]),
        (["run", "response.penalty.level=j"], ["response.penalty.level=junior"]),
        (["run", "mechanisms.mocking=f"], ["mechanisms.mocking=false"]),
        (["run", "format="], ["format=table", "format=json"]),
        (["run", "seed=3", "lang=z"], ["lang=zh"]),
        (["demo", "n_rep"], ["n_replicates="]),
        (["run", "seed="], []),
        (["run", "nonsense.x="], []),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else None,
)
def test_tab_offers_commands_choices_keys_and_values(backlash, typed, offered):
    code, out, err = backlash("_complete", *typed)
    assert (code, err) == (0, "")
    assert out.split() == offered


def test_tab_completes_in_bash(tmp_path):
    (tmp_path / "backlash").write_text(
        f'#!/bin/sh\nexec {sys.executable} -m experiments.command.cli "$@"'
    )
    (tmp_path / "backlash").chmod(0o755)
    typed = "COMP_WORDS=(backlash run response=ap); COMP_CWORD=2; _backlash 2>/dev/null"
    done = subprocess.run(
        ["bash", "-c", f'{completion.COMPLETION["bash"]}\n{typed}; echo "$COMPREPLY"'],
        capture_output=True,
        text=True,
        check=True,
        cwd=conf_dir().parent,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.stdout.strip() == "response=apology_only"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_printed_for_each_shell(backlash, shell):
    code, out, _ = backlash("completion", shell)
    assert code == 0
    assert " _complete " in out
    if shutil.which(shell):
        subprocess.run([shell, "-n", "-c", out], check=True)


def test_a_demo_with_too_few_runs_is_refused_before_any_work(backlash):
    code, _, err = backlash("demo", "n_replicates=2")
    assert code == 2
    assert "10 or more" in err
