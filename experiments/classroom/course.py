"""How far the pages of a session are, and how long they still take.

Told by what is measured: the pace of the last runs, and the seconds of the last pages. What is left
of both counts at that pace is the time left.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds until pages that failed are tried again, if asked for; each time twice as long.
RETRY_S, LONGEST_RETRY_S = 30.0, 3600.0
SAMPLE_S = 0.25  #: between two looks at the pace


@dataclass(frozen=True)
class Progress:
    """How far a page is: its share of the time, and the seconds that are left."""

    share: float = 0.0  #: of the time until the page is there, 0 to 1
    left_s: float | None = None  #: None until there is something to go by
    ready: bool = False
    failed: bool = False  #: it will be tried again when it is asked for


@dataclass
class Course:
    """The work on the pages of one session: runs and drawn pages, each counted and timed.

    The class page comes first and the teams' pages follow in their order, so a page is due when
    both counts have reached its own. Time left follows the pace of the last runs and the last
    pages, so it grows when the machine has other work.
    """

    drawing: int = 0  #: runs that a page's figures cost, about: until one was drawn
    runs_due: dict[str, int] = field(default_factory=dict)  #: who -> runs done before it is drawn
    pages_due: dict[str, int] = field(default_factory=dict)  #: who -> pages drawn, its own included
    shared: int = 0  #: runs that all teams of the class share
    runs: int = 0  #: done
    pages: int = 0  #: drawn
    now: Callable[[], float] = time.monotonic  #: a clock that never jumps
    began: float = 0.0
    ready: set[str] = field(default_factory=set)  #: pages that lie on disk
    failed: set[str] = field(default_factory=set)  #: pages that were given up
    tries: int = 1  #: courses of this session so far, this one included
    ended: float | None = None  #: when the last page was there or given up
    practice: bool = False  #: of one person alone: classes go first
    _paces: deque[float] = field(default_factory=lambda: deque(maxlen=60))  #: seconds a run
    _drawn_s: deque[float] = field(default_factory=lambda: deque(maxlen=3))  #: seconds a page
    _sampled: tuple[float, int] = (0.0, 0)  #: when the pace was looked at, and the runs then
    _drawing_since: float | None = None

    def begin(self) -> None:
        """The work begins now."""
        self.began = self.now()
        self._sampled = (self.began, self.runs)

    def tick(self) -> None:
        """One more run is done. Runs that were known come all at once: the median forgets them."""
        self.runs += 1
        at, before = self._sampled
        if self.now() - at >= SAMPLE_S:
            self._paces.append((self.now() - at) / (self.runs - before))
            self._sampled = (self.now(), self.runs)

    def later(self, n: int) -> Callable[[], None]:
        """A tick that counts nothing for its first n calls: runs that an earlier team has done."""
        left = n

        def tick() -> None:
            nonlocal left
            if left > 0:
                left -= 1
            else:
                self.tick()

        return tick

    def reach(self, runs: int) -> None:
        """Bring the count up to where it would be, had nothing been shared or given up."""
        self.runs = max(self.runs, runs)
        self._sampled = (self.now(), self.runs)

    def draws(self) -> None:
        """A page is being drawn from now on."""
        self._drawing_since = self.now()

    def drew(self, page: bool = True) -> None:
        """The page is there, or given up."""
        if self._drawing_since is not None and page:
            self._drawn_s.append(self.now() - self._drawing_since)
        self._drawing_since = None
        self.pages += 1
        self._sampled = (self.now(), self.runs)

    def again(self) -> bool:
        """Whether it has ended with pages that failed, long enough ago to try these anew.

        Each time the wait is twice as long, up to LONGEST_RETRY_S.
        """
        wait = min(LONGEST_RETRY_S, RETRY_S * 2 ** (self.tries - 1))
        over = self.ended is not None and bool(self.failed)
        return over and self.now() - (self.ended or 0.0) >= wait

    def progress(self, who: str) -> Progress:
        """How far a page is, and the time left at the pace of the last runs and pages.

        Nothing to go by before the pace is known.
        """
        ready, failed = who in self.ready, who in self.failed
        if ready or failed or not self._paces or who not in self.runs_due:
            return Progress(ready=ready, failed=failed)
        run_s = statistics.median(self._paces)
        page_s = statistics.fmean(self._drawn_s) if self._drawn_s else self.drawing * run_s
        left = max(0, self.runs_due[who] - self.runs) * run_s
        left += max(0, self.pages_due[who] - self.pages) * page_s
        if self._drawing_since is not None:  # of the page at work, a tenth is left until it is done
            left -= min(self.now() - self._drawing_since, 0.9 * page_s)
        elapsed = self.now() - self.began
        return Progress(elapsed / max(1e-9, elapsed + left), max(0.0, left))
