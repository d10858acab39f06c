"""How a command ends: quietly, and by the signal that ended it."""

import subprocess
import sys

import pytest

from experiments.cli import main

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
