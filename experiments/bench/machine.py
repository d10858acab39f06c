"""The machine: what it is, how fast its memory is, and how soon a command takes its first step.

Without these no time of another day can be compared with one of today.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from experiments.bench.lines import Line, measured
from experiments.bench.measure import cpu, spread, wall
from sim.people import COLUMNS, N_MEMORY

#: A process that runs the command and ends itself after the first step.
_FIRST_STEP = """
import os
from sim.engine import Simulation

advance = Simulation.advance

def one_step(simulation, steps):
    advance(simulation, 1)
    os._exit(0)

Simulation.advance = one_step
from experiments.command.cli import main
main(["run", f"results={os.environ['BENCH_RESULTS']}"])
os._exit(1)  # no step was taken
"""

#: Columns that the dense pass leaves alone, and state that it only reads (sim.kernel.crowd.block).
RARE, READ_ONLY = {"n_posts", "seen"}, {"conviction", "flags", "threshold"}


def description() -> dict[str, Any]:
    """What figures depend on: processor, cores, load, system, versions."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    model = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "cpu": (model or [platform.processor()])[0],
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": __import__("numba").__version__,
    }


@njit(error_model="numpy")
def _copy(a: Any, b: Any) -> None:
    """STREAM's copy."""
    for i in range(a.shape[0]):
        a[i] = b[i]


@njit(error_model="numpy")
def _triad(a: Any, b: Any, c: Any, s: Any) -> None:
    """STREAM's triad."""
    for i in range(a.shape[0]):
        a[i] = b[i] + s * c[i]


def bandwidth(n: int = 2**24, rounds: int = 9) -> list[Line]:
    """STREAM's copy and triad on one core, counted as STREAM does, over arrays of 128 MiB.

    In GB/s of bytes that the program names; what a cache fetches besides is not counted.
    """
    a, b, c = np.zeros(n), np.ones(n), np.ones(n)
    _copy(a, b)
    _triad(a, b, c, 3.0)
    copy, triad = [], []
    for _ in range(rounds):
        copy.append(16 * n / cpu(lambda: _copy(a, b)) / 1e9)
        triad.append(24 * n / cpu(lambda: _triad(a, b, c, 3.0)) / 1e9)
    return [
        measured("copy", "memory, copy on one core", 0, spread(copy), "GB/s"),
        measured("triad", "memory, triad on one core", 0, spread(triad), "GB/s"),
    ]


def dense_bytes() -> int:
    """Bytes of columns that the dense pass must read and write for one person in one step.

    Columns are counted once where they are read, twice where they are written as well.
    """
    total = 0
    for column in COLUMNS:
        if column.name in RARE:
            continue
        size = np.dtype(column.dtype).itemsize
        size *= N_MEMORY if column.name.startswith("memory") else 1
        written = column.role == "state" and column.name not in READ_ONLY
        total += 2 * size if written else size
    return total


def floor(lines: list[Line]) -> list[Line]:
    """Least time of a person's step, were it only memory that costs; beside the largest of ours.

    lines : those measured so far, bandwidth and growth among them.
    """
    fastest = max(line.value or 0.0 for line in lines if line.key in ("copy", "triad"))
    ours = max((line for line in lines if line.key == "columnar"), key=lambda line: line.n_people)
    least = dense_bytes() / fastest
    note = (
        f"{dense_bytes()} B read and written; ours takes {(ours.value or 0.0) / least:.1f} times it"
    )
    what = "floor set by memory, per agent-step"
    return [Line("floor", what, ours.n_people, least, unit="ns", note=note)]


def start(samples: int = 5) -> list[Line]:
    """Seconds from `backlash run` to the first step; cold: nothing compiled yet.

    Five times warm, once cold. On the clock, as somebody who waits for it has it; the CPU time
    stands beside it, and what a cold start takes more of it is what compiling costs.
    """
    _until_first_step()
    began, warm = os.times(), [_until_first_step() for _ in range(samples)]
    used = (os.times().children_user - began.children_user) / samples
    with tempfile.TemporaryDirectory() as nothing_compiled:
        began, cold = os.times(), _until_first_step(NUMBA_CACHE_DIR=nothing_compiled)
    cold_used = os.times().children_user - began.children_user
    load, what = f"load average {os.getloadavg()[0]:.1f}", "from the command to the first step"
    note = f"{cold_used:.1f} s of CPU"
    return [
        measured("start_warm", what, 0, spread(warm), "s", f"{used:.1f} s of CPU; {load}"),
        Line("start_cold", "the same, nothing compiled yet", 0, cold, unit="s", note=note),
        Line("compile", "CPU time of compiling", 0, cold_used - used, unit="s", note=load),
    ]


def _until_first_step(**environment: str) -> float:
    """Seconds of a process of its own that runs the command until its first step; then it ends
    itself.
    """
    with tempfile.TemporaryDirectory() as results:
        variables = {**os.environ, "BENCH_RESULTS": results, **environment}
        command = [sys.executable, "-c", _FIRST_STEP]
        return wall(
            lambda: subprocess.run(
                command, env=variables, check=True, stderr=subprocess.PIPE, text=True
            )
        )
