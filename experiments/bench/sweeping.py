"""What a sweep costs beside its runs: its rate, its start, and the runs that stopping saves."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial

from experiments.bench.lines import Line, measured
from experiments.bench.measure import spread, wall
from experiments.reading.swept import swept
from experiments.sweeps.plan import Plan
from sim.progress import Progress, runs_at_a_time, side_by_side
from sim.run import simulate
from sim.settings.worlds import replicates

ANSWERS = "response=none,deny,apology_only"
SMALL = ("population=classroom", "population.n_people=300")  #: stopping is the same with few


def _swept(*words: str) -> tuple[Plan, int]:
    """The plan of a sweep in a folder of its own, and the runs that it asked for in the end."""
    with tempfile.TemporaryDirectory() as results, contextlib.redirect_stderr(io.StringIO()):
        said = [*words, "name=bench", f"results={results}"]
        plan, seen = swept(said, said)
    return plan, seen.n_runs


def rate(n_worlds: int = 20, rounds: int = 3, small: tuple[str, ...] = ()) -> list[Line]:
    """A sweep from its words to its last run in the store, over the same runs and nothing else.

    Both on the clock and in as many threads as there are cores, one after the other.
    """
    words = (ANSWERS, f"n_replicates={n_worlds}", *small)
    plan, n_runs = _swept(*words)
    members = [member for point in plan.points for member in replicates(point.config)]
    bare: list[Callable[[], object]] = [partial(simulate, member) for member in members]
    threads = runs_at_a_time(members[0])
    silent = Progress(0, "", began=float("inf"))
    ratios, taken = [], []
    for _ in range(rounds):
        whole = wall(lambda: _swept(*words))
        alone = wall(lambda: side_by_side(bare, threads, threading.Event(), silent))
        ratios.append(alone / whole)
        taken.append(n_runs / whole)
    note = f"{spread(taken)[1]:.1f} runs/s; load average {os.getloadavg()[0]:.1f}"
    what = f"rate of a sweep of {n_runs} runs, over that of its runs alone"
    return [measured("sweep_rate", what, 0, spread(ratios), note=note)]


def stopping(most: int = 200, small: tuple[str, ...] = SMALL) -> list[Line]:
    """Runs that a sweep needs which stops when its best answer is settled, of its full design.

    Counted, not timed: the same on every machine.
    """
    plan, used = _swept(ANSWERS, *small, f"n_replicates={most}", "decided=0.1")
    whole = most * sum(point.block == "main" for point in plan.points)
    note = f"{used} of {whole} runs, decided=0.1"
    return [Line("stopped_runs", "runs of a sweep that stops, of all", 0, used / whole, note=note)]


def commands(samples: int = 5) -> list[Line]:
    """CPU seconds of commands as they are typed, all compiled: help, a run, the same run again."""
    with tempfile.TemporaryDirectory() as results:
        run = ["run", "response=none", f"results={results}"]
        _cpu_of(["run", "response=deny", f"results={results}"])  # compiled, and in the disk's cache
        first = _cpu_of(run)
        again = [_cpu_of(run) for _ in range(samples)]
    shown = [_cpu_of(["--help"]) for _ in range(samples)]
    return [
        measured("help_cpu", "backlash --help, CPU", 0, spread(shown), "s"),
        Line("run_cpu", "backlash run, CPU", 0, first, unit="s"),
        measured("run_again_cpu", "the same, already stored, CPU", 0, spread(again), "s"),
    ]


def _cpu_of(words: list[str]) -> float:
    """CPU seconds of a command in a process of its own."""
    code = "import sys; from experiments.command.cli import main; sys.exit(main(sys.argv[1:]))"
    began = os.times()
    subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)
    ended = os.times()
    return (ended.children_user + ended.children_system) - (
        began.children_user + began.children_system
    )
