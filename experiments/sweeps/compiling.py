"""What a job does first where nothing is compiled yet, said as it goes.

Of jobs that start together one compiles each function and the others wait for it and read what it
kept (`sim.base.compiling.alone`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from sim.progress import nothing_compiled
from sim.record import Run
from sim.run import Watch, simulate
from sim.settings.config import Config


def working(say: Callable[[str], None]) -> Callable[[Config, Watch], Run]:
    """What makes a run of a job.

    say : told "compiling" where nothing is compiled yet, and "running" when a first run has come
    past its first steps.
    """
    if not nothing_compiled():
        return simulate
    say("compiling")
    first = threading.Event()

    def work(config: Config, watch: Watch) -> Run:
        """One run; its first steps end the wait."""

        def seen(share: float) -> None:
            if share > 0 and not first.is_set():
                first.set()
                say("running")
            watch(share)

        return simulate(config, seen)

    return work
