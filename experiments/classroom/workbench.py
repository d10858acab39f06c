"""What the laboratory computes beside its screen: requests in a queue, each a run or two.

No NiceGUI in here. Limits: `WORKERS` runs at once, one request of a page at a time, `MAX_WAITING`
requests in the queue, which takes turns between addresses; the last `KEEP` runs stay in memory.

A run is known by its name, which is a digest of what it was asked: who asks for one that is still
kept gets it at once.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from experiments.classroom.choice import Choice
from experiments.classroom.limits import Limiter, Refused
from experiments.classroom.watched_run import Cancelled, Done, lay_out, run_in_pieces
from sim.base.refusal import ConfigError
from sim.settings.config import Config

if TYPE_CHECKING:
    pass

WORKERS = 2  #: runs at the same time
MAX_WAITING = 60  #: requests in the queue, of all pages together
KEEP = 48  #: finished runs in memory, about 3 MB each at a horizon of two weeks
REQUESTS, REQUESTS_PER_S = 10, 2.0  #: of one page: so many at once, then so many a second


@dataclass
class Job:
    """One request: a run, and perhaps the one it is compared with.

    The page looks at it; a thread of the workbench writes it. It is done before `positions` are
    there.
    """

    page: str  #: one request of a page at a time
    address: str  #: the queue takes turns between these
    configs: list[Config]  #: of the run, then of the one compared with
    progress: float = 0.0  #: share of all its runs, 0 to 1
    state: str = "waiting"  #: waiting, running, done, cancelled, failed
    #: in the order of configs; empty until all are there
    done: list[Done] = field(default_factory=list)
    positions: npt.NDArray[np.float64] | None = None  #: of the network's sample
    error: Exception | None = None  #: why it failed
    #: set: stop at the next piece
    stopped: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop at the next piece of the run; a request that still waits ends when its turn
        comes.
        """
        self.stopped.set()


class Workbench:
    """Runs in turn: round the addresses, so that a flood from one delays the others by one run.

    Threads compute, pages look at their jobs. The queue, the pages that are busy and the kept runs
    are changed only with the condition held.
    """

    def __init__(self, workers: int = WORKERS, keep: int = KEEP) -> None:
        self._keep = keep
        self._kept: OrderedDict[str, Done] = OrderedDict()
        self._queues: OrderedDict[str, deque[Job]] = OrderedDict()
        self._busy: set[str] = set()
        self._changed = threading.Condition()
        self._limiter = Limiter(REQUESTS, REQUESTS_PER_S)
        self._open = True
        self.compiled = threading.Event()
        for k in range(workers):
            threading.Thread(target=self._work, name=f"laboratory-{k}", daemon=True).start()

    def warm(self) -> None:
        """Compile the rules with one small run, and load what charts need.

        A first start takes a minute or two.
        """
        try:
            run_in_pieces(Choice(population="classroom").configs()[0], lambda _: None, _never)
        finally:
            self.compiled.set()
        import_module("experiments.classroom.charts")
        import_module("experiments.calibration.case_score")

    def submit(self, page: str, address: str, choice: Choice) -> Job:
        """Queue a request of a page.

        Raises ConfigError for what no run could honour; Refused: busy while the page has one,
        too_fast, queue_full.
        """
        with self._changed:
            if page in self._busy:
                raise Refused("busy")
            if sum(map(len, self._queues.values())) >= MAX_WAITING:
                raise Refused("queue_full", n=MAX_WAITING)
        self._limiter.spend(page)
        job = Job(page, address, choice.configs())
        with self._changed:
            if page in self._busy:
                raise Refused("busy")
            self._busy.add(page)
            self._queues.setdefault(address, deque()).append(job)
            self._changed.notify()
        return job

    def stop(self) -> None:
        """Begin nothing new: threads end with the run that they are at."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _next(self) -> Job | None:
        """The next request, when there is one; None when the workbench is closed.

        An address whose request is taken goes behind the others.
        """
        with self._changed:
            while self._open and not self._queues:
                self._changed.wait()
            if not self._open:
                return None
            address, queue = next(iter(self._queues.items()))
            job = queue.popleft()
            del self._queues[address]
            if queue:
                self._queues[address] = queue  # behind the others
            return job

    def _work(self) -> None:
        """What a thread does until the end: a request after the other. One that fails stops no
        thread.
        """
        while (job := self._next()) is not None:
            try:
                self._run(job)
            except Cancelled:
                job.state = "cancelled"
            except Exception as problem:
                job.error, job.state = problem, "failed"
                if not isinstance(problem, ConfigError):
                    logging.getLogger("backlash").exception("a run of the laboratory failed")
            finally:
                with self._changed:
                    self._busy.discard(job.page)

    def _run(self, job: Job) -> None:
        """The runs of a request, computed or kept, then where its network is drawn."""
        from sim.state.scenario import name_of

        job.state, n = "running", len(job.configs)
        found = []
        for k, config in enumerate(job.configs):
            if job.stopped.is_set():
                raise Cancelled
            name = name_of(config)
            known = self._kept.get(name)
            if known is None:

                def tell(share: float, k: int = k) -> None:
                    job.progress = (k + share) / n

                known = run_in_pieces(config, tell, job.stopped.is_set)
            with self._changed:
                self._kept[name] = known
                self._kept.move_to_end(name)
                while len(self._kept) > self._keep:
                    self._kept.popitem(last=False)
            found.append(known)
        job.done, job.progress, job.state = found, 1.0, "done"
        job.positions = lay_out(found[0])


def _never() -> bool:
    return False
