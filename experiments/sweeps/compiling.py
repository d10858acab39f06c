"""Jobs that start together compile once: the first one does, the others wait and read.

The rules of the model are compiled into a folder of the user, about a quarter of a minute on a
fresh one. Two jobs that begin at once would both do it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sim.record import Run
from sim.run import Watch, simulate
from sim.settings.config import Config

try:
    import fcntl
except ImportError:  # Windows, where every process compiles for itself
    fcntl = None  # type: ignore[assignment]

WAIT_S = 300.0  #: for another job that compiles; one whose disk knows no locks goes on at once


def _folder() -> Path:
    return Path(os.environ["NUMBA_CACHE_DIR"])


def _stamp() -> Path:
    """A file that is there when all has been compiled, for this kind of processor."""
    from llvmlite.binding import get_host_cpu_name

    return _folder() / f"whole-{get_host_cpu_name()}"


class _Turn:
    """Whose turn it is to compile: held until the first run has come past its first steps."""

    def __init__(self) -> None:
        self.file: IO[bytes] | None = None
        self.guard = threading.Lock()

    def take(self, stop_s: float) -> None:
        """Wait for the turn; go on without it when time is over, or all is compiled meanwhile."""
        if fcntl is None:
            return
        with suppress(OSError):
            _folder().mkdir(parents=True, exist_ok=True)
            self.file = (_folder() / "compiling.lock").open("ab")
        while self.file is not None and time.monotonic() < stop_s:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if _stamp().exists():
                    return
                time.sleep(0.25)
            except OSError:  # a disk without locks
                return

    def done(self) -> None:
        """All is compiled: say so, and let the others go on."""
        with suppress(OSError):
            _stamp().touch()
        self.leave()

    def leave(self) -> None:
        """Let the next one compile, if no run came so far."""
        with self.guard:
            if self.file is not None:
                self.file.close()
                self.file = None


@contextmanager
def compiled_once(say: Callable[[str], None]) -> Iterator[Callable[[Config, Watch], Run]]:
    """What makes a run, in a job that compiles only if no other one does.

    say : told "compiling" where all is not compiled yet, and "running" when the first run has come
    past its first steps.
    """
    if _stamp().exists():
        yield simulate
        return
    say("compiling")
    turn, first = _Turn(), threading.Event()
    turn.take(time.monotonic() + WAIT_S)

    def work(config: Config, watch: Watch) -> Run:
        """One run; its first steps end the turn."""

        def seen(share: float) -> None:
            if share > 0 and not first.is_set():
                first.set()
                turn.done()
                say("running")
            watch(share)

        return simulate(config, seen)

    try:
        yield work
    finally:
        turn.leave()
