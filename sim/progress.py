"""Many runs at once: how far they have come, how many go side by side, and how they are stopped.

Runs share a process: their compiled steps release the interpreter, and networks and worlds need not
be sent anywhere. Ctrl-C must end all of them soon and leave what is finished, so every run looks at
one event between two pieces of its work.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sim.base.ending import flagged
from sim.settings.config import Config

_T = TypeVar("_T")


def nothing_compiled() -> bool:
    """Whether the rules are compiled before the first step: on a first start, or after an edit."""
    return not any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("step.*.nbi"))


def _note() -> Path:
    """Where it is noted how many seconds this machine took to compile."""
    return Path(os.environ["NUMBA_CACHE_DIR"]).parent / "compiled_in_s"


def usual_s() -> float:
    """Seconds that compiling takes: as this machine took the last time, else a minute."""
    try:
        return min(600.0, max(5.0, float(_note().read_text())))
    except (OSError, ValueError):
        return 60.0


@dataclass
class Progress:
    """Done, left, and time left, on standard error; silent below two seconds."""

    total: int
    label: str = ""
    unit: str = "runs"
    done: int = 0
    begun: dict[object, float] = field(default_factory=dict)  #: shares of what is under way
    began: float = field(default_factory=time.monotonic)
    last: float = float("-inf")
    seen: tuple[float, float] | None = None  #: when work was first seen to be done, and how much
    lock: threading.Lock = field(default_factory=threading.Lock)
    compiles: bool = field(default_factory=nothing_compiled)

    def tick(self, n: int = 1) -> None:
        """`n` more runs are done; 0 only shows that work goes on."""
        with self.lock:
            if self.compiles and n and not self.done:
                with suppress(OSError):
                    _note().write_text(f"{time.monotonic() - self.began:.0f}\n")
            self.done += n
            self._see()
            self._show(finished=self.done == self.total and n > 0)

    def part(self, job: object, share: float) -> None:
        """A share of one of them is done; of a share of 1 only `tick` hears."""
        with self.lock:
            self.begun[job] = share
            self._see()
            if share >= 1:
                del self.begun[job]
            else:
                self._show(finished=False)

    def _see(self) -> None:
        """Note when work was first seen to be done: what came before says nothing of the speed."""
        whole = self.done + sum(self.begun.values())
        if self.seen is None and whole > 0:
            self.seen = time.monotonic(), whole

    def _show(self, finished: bool) -> None:
        """Print a line, at most five a second on a screen and one in five seconds in a log.

        finished : print it in any case, and end the line.
        """
        now, tty = time.monotonic(), _rewritten()
        spent = now - self.began
        if spent < 2 or (now - self.last < (0.2 if tty else 5.0) and not finished):
            return
        self.last = now
        whole = self.done + sum(self.begun.values())
        # What was compiled before the first sign of work says nothing of what is left.
        since, before = self.seen or (now, whole)
        if whole > before:
            left = f"{(now - since) / (whole - before) * (self.total - whole):.0f} s left"
        elif whole >= 1:
            left = f"{spent / whole * (self.total - whole):.0f} s left"
        else:
            left = f"{spent:.0f} s so far"  # nothing to extrapolate from
            if self.compiles:
                rest = usual_s() - spent
                left = f"about {rest:.0f} s left" if rest > 5 else left
                left = f"compiling, once after each change of the code, {left}"
        share = f" ({whole / self.total:.0%})" if self.begun else ""
        line = f"{self.label} {self.done}/{self.total} {self.unit}{share}, {left}".lstrip()
        if tty:
            filled = round(20 * whole / max(1, self.total))
            line += f"  [{'#' * filled}{'.' * (20 - filled)}]"
        end = "\n" if finished or not tty else ""
        print(f"{chr(13) if tty else ''}{line:<84}", end=end, file=sys.stderr, flush=True)


def _rewritten() -> bool:
    """Whether a line of standard error may be written over: on a terminal, and in a notebook."""
    return sys.stderr.isatty() or type(sys.stderr).__module__ == "ipykernel.iostream"


class Stopped(Exception):
    """A run that was given up because the whole work ends."""


def runs_at_a_time(config: Config) -> int:
    """Runs that go side by side: as asked, or as many as the cores carry."""
    return config.engine.threads or max(1, cores() // config.engine.threads_per_run)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    jobs: Iterable[Callable[[], _T]], threads: int, stop: threading.Event, progress: Progress
) -> list[_T]:
    """What jobs return, in their order, run in a pool of threads.

    Jobs are asked for as the pool gets to them, so that who makes them prepares the next while one
    runs. The first failure, or Ctrl-C, sets `stop`, which those under way look at, and is raised.
    """
    coming, ahead = iter(jobs), 2 * threads + 2
    with flagged() as interrupted, ThreadPoolExecutor(threads) as pool:
        begun: list[Future[_T]] = []
        waiting: set[Future[_T]] = set()
        try:
            while True:
                new = [pool.submit(job) for job in islice(coming, ahead - len(waiting))]
                begun += new
                waiting.update(new)
                if not waiting:
                    break
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for job in finished:
                    job.result()
                if interrupted.is_set():
                    raise KeyboardInterrupt
                progress.tick(0)
        except BaseException:
            stop.set()
            for job in waiting:
                job.cancel()
            raise
    return [job.result() for job in begun]
