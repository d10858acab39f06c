"""A parameter with a prior is added to sim/settings/parameters.py, in a copy of the code."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TINY = ("case=textbook", "population=classroom", "clock.horizon_d=5", "n_replicates=3")
ENTRY = """    patience: float = parameter(
        0.5, 0, 1, "share", ASSUMED, "-", "patience of moderators", prior=(0.2, 0.8)
    )

"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The code with one more parameter in the midst of the others."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "sim" / "settings" / "parameters.py"
    text = file.read_text()
    before = "    relief: float = parameter("
    assert text.count(before) == 1
    file.write_text(text.replace(before, ENTRY + before))
    return folder


def backlash(code, results, *words):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-m", "experiments.command.cli", *words, f"results={results}"],
        cwd=code, env=environment | {"PYTHONPATH": str(code)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_runs_at_its_default_are_not_renamed_and_not_run_again(copy, tmp_path):
    words = ("run", *TINY, "uncertainty=point", "response=apology_only")
    study = (*TINY, "uncertainty=point", "response=none,deny", "name=small")
    backlash(ROOT, tmp_path, *words)
    backlash(ROOT, tmp_path, "sweep", *study)
    parts = {path: path.read_bytes() for path in (tmp_path / "runs").glob("*")}
    assert "(3 of 3 were already there)" in backlash(copy, tmp_path, *words)
    backlash(copy, tmp_path, "sweep", *study)
    for command in ("analyse", "export"):
        backlash(copy, tmp_path, command, "small")
    assert "0 parts" not in backlash(copy, tmp_path, "store")
    assert {path: path.read_bytes() for path in (tmp_path / "runs").glob("*")} == parts


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_backlash_run_goes_on_with_the_shipped_posterior(copy, tmp_path):
    page = json.loads(backlash(copy, tmp_path, "run", *TINY, "format=json"))
    assert page["n_failed"] == 0 and len(page["digests"]) == 3
    both = [
        json.loads(
            backlash(copy, tmp_path, "run", *TINY, "uncertainty=point", "format=json", *more)
        )
        for more in ((), ("parameters.patience=0.7",))
    ]
    assert not set(both[0]["digests"]) & set(both[1]["digests"])
