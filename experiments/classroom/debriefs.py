"""The debriefs of ended sessions, as pages on disk: computed in turn, counted in runs.

How long pages take is told in runs: everything of a course is counted in runs, and time left is
what is left of the count at the pace so far. A drawn page counts as some runs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.classroom.limits import Refused
from experiments.classroom.sessions import Session
from sim.base.files import write_whole

if TYPE_CHECKING:
    from experiments.game.debrief import Played
    from experiments.game.tracks import Bench

_LOG = logging.getLogger(__name__)

LANGS = ("en", "zh")  #: every page is written in each of them
REVIEW = 95  #: runs of a team's flips and mechanisms, about
DRAWING = {"classroom": 120, "default": 60}  #: what the figures of a page cost, in such runs
#: Population -> seconds of what a class shares, of a team's game with its twins, of the rest of its
#: page. Measured on two cores with other work, so rough.
SECONDS = {"classroom": (13, 11, 8), "default": (32, 26, 15)}
#: Seconds until pages that failed are tried again, if asked for; each time twice as long.
RETRY_S, LONGEST_RETRY_S = 30.0, 3600.0
#: From so many teams on, fewer people are recommended: with more, a lesson waits for its debriefs.
MANY_TEAMS = 6


@dataclass(frozen=True)
class Progress:
    """How far a page is: its share of the work, and the seconds that are left."""

    share: float = 0.0  #: of the work until the page is there, 0 to 1
    left_s: float | None = None  #: None until there is something to go by
    ready: bool = False
    failed: bool = False  #: it will be tried again when it is asked for


@dataclass
class Course:
    """The work on the pages of one session: one count for all of them, in runs.

    The class page comes first and the teams' pages follow in their order, so a page is due when
    the count has reached its own.
    """

    due: dict[str, int] = field(
        default_factory=dict
    )  #: who -> the count at which its page is there
    shared: int = 0  #: runs that all teams of the class share
    done: int = 0  #: runs, with a page's drawing counted as some
    began: float = field(default_factory=time.monotonic)  #: on the clock that never jumps
    ready: set[str] = field(default_factory=set)  #: pages that lie on disk
    failed: set[str] = field(default_factory=set)  #: pages that were given up
    tries: int = 1  #: courses of this session so far, this one included
    ended: float | None = None  #: when the last page was there or given up

    def tick(self) -> None:
        """One more run is done."""
        self.done += 1

    def reach(self, who: str) -> None:
        """Bring the count up to that of a page, also where runs were shared or given up."""
        self.done = max(self.done, self.due[who])

    def again(self) -> bool:
        """Whether it has ended with pages that failed, long enough ago to try these anew.

        Each time the wait is twice as long, up to LONGEST_RETRY_S.
        """
        wait = min(LONGEST_RETRY_S, RETRY_S * 2 ** (self.tries - 1))
        over = self.ended is not None and bool(self.failed)
        return over and time.monotonic() - (self.ended or 0.0) >= wait

    def progress(self, who: str) -> Progress:
        """How far a page is; the time left at the pace so far.

        Nothing to go by before the first run is done.
        """
        ready, failed = who in self.ready, who in self.failed
        due = self.due.get(who, 0)
        if ready or failed or not self.done or not due:
            return Progress(ready=ready, failed=failed)
        pace = (time.monotonic() - self.began) / self.done
        return Progress(min(1.0, self.done / due), max(0.0, pace * (due - self.done)))


class Debriefs:
    """The after-action reviews of ended sessions, one after the other, as pages on disk.

    A page that failed fails alone and is tried again; a team that is removed is left out.

    Beside each session's file lies a folder with a page for the class and one for each team, in
    each language. What is there is not computed again, also after a restart.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="debrief")
        self._courses: dict[str, Course] = {}
        self._lock = threading.Lock()

    def path(self, session: Session, who: str, lang: str) -> Path:
        """Where a page lies, whether it is there or not; `who` is team_N or class."""
        return self._folder / session.id / f"{who}_{lang}.html"

    def start(self, session: Session) -> None:
        """Compute what is missing. Asked for again, it does nothing, or tries what failed anew.

        Pages ask every half second, so this has to be quick and to be safe to repeat.
        """
        with self._lock:
            last = self._courses.get(session.id)
            if session.phase != "ended" or (last and not last.again()):
                return
            numbers = [row.number for row in session.roster()]
            if not numbers:
                return
            course = self._courses[session.id] = Course(tries=last.tries + 1 if last else 1)
            everybody = ["class", *map(team_page, numbers)]
            course.ready = {who for who in everybody if self._there(session, who)}
        if len(course.ready) < len(everybody):
            self._pool.submit(self._all, session, numbers, course)

    def progress(self, session: Session, who: str) -> Progress:
        """How far a page is."""
        course = self._courses.get(session.id)
        return course.progress(who) if course else Progress()

    def page(self, session: Session, who: str, lang: str) -> str | None:
        """A page as HTML, or None while it is not there."""
        path = self.path(session, who, lang)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def _there(self, session: Session, who: str) -> bool:
        """Whether a page lies on disk in every language."""
        return all(self.path(session, who, lang).is_file() for lang in LANGS)

    def _all(self, session: Session, numbers: list[int], course: Course) -> None:
        """The pages of a session, and the note that nothing more comes."""
        try:
            self._pages(session, numbers, course)
        except Exception:  # of the whole and not of one page: whatever is not there has failed
            _LOG.exception("debriefs of %s", session.id)
            course.failed |= {"class", *map(team_page, numbers)} - course.ready
        finally:
            course.ended = time.monotonic()

    def _pages(self, session: Session, numbers: list[int], course: Course) -> None:
        """Every team's game and its twins, the class page, then what each team has of its own.

        In this order, so that a class has something to talk about while the teams' pages are
        computed.
        """
        # here: figures cost a second, and the start is awaited
        from experiments.game import debrief, tracks

        first = "class" not in course.ready  # without it, only the missing teams are played
        wanted = [n for n in numbers if first or team_page(n) not in course.ready]
        self._plan(session, wanted, first, course)
        course.began, bench = time.monotonic(), tracks.Bench()
        played: dict[int, debrief.Played] = {}
        self._play(session, wanted, course, bench, played)
        if first:
            self._class_page(session, course, played)
        for number in played:
            if team_page(number) not in course.ready:
                self._team_page(session, number, course, bench, played[number])

    def _plan(self, session: Session, wanted: list[int], first: bool, course: Course) -> None:
        """Note at which count of runs each page is due; a drawn page counts as some runs."""
        from experiments.game import debrief, references

        drawing = DRAWING[session.world.population]
        course.shared = references.n_shared(session.world, debrief.N_TWINS)
        count = course.shared + (debrief.N_TWINS + 1) * len(wanted)
        if first:
            count += drawing
            course.due["class"] = count
        for number in wanted:
            if team_page(number) not in course.ready:
                count += REVIEW + drawing
                course.due[team_page(number)] = count

    def _play(
        self,
        session: Session,
        wanted: list[int],
        course: Course,
        bench: Bench,
        played: dict[int, Played],
    ) -> None:
        """Every team's game among its twins, into `played`; a team whose game fails is not there.

        What teams share is run once, so the count is put where it would be had each run its own.
        """
        from experiments.game import debrief

        each = debrief.N_TWINS + 1
        for k, number in enumerate(wanted, start=1):

            def play(number: int = number) -> None:
                view = session.view(number)
                played[number] = debrief.play(
                    session.world, view.choices, view.injections, bench, course.tick,
                    unanswered=view.nothing, written=session.written_of(number),
                    n_twins=debrief.N_TWINS,
                )  # fmt: skip

            self._part(session, team_page(number), course, play)
            course.done = max(course.done, course.shared + each * k)

    def _class_page(self, session: Session, course: Course, played: dict[int, Played]) -> None:
        """The page of the class, from the games of those teams that are still in it."""
        from experiments.game.class_debrief import class_page

        def together() -> None:
            there = {row.number: row.name for row in session.roster()}
            teams = {there[number]: played[number] for number in played if number in there}
            self._write(session, "class", course, lambda lang: class_page(teams, lang))

        self._part(session, "class", course, together)

    def _team_page(
        self, session: Session, number: int, course: Course, bench: Bench, played: Played
    ) -> None:
        """The page of one team: its flips and mechanisms are run now."""
        from experiments.game import debrief
        from experiments.game.debrief_pages import page

        def own() -> None:
            name, log = session.name_of(number), session.log_of(number)
            found = debrief.review(played, bench, log, course.tick)
            self._write(session, team_page(number), course, lambda lang: page(found, lang, name))

        self._part(session, team_page(number), course, own)
        course.reach(team_page(number))

    def _part(
        self, session: Session, who: str, course: Course, compute: Callable[[], None]
    ) -> None:
        """A part of the work; where it fails, that page fails and no other.

        A team that was removed in the meantime is no fault, so nothing is logged of it.
        """
        try:
            compute()
        except Refused:
            course.failed.add(who)  # removed in the meantime
        except Exception:
            course.failed.add(who)
            _LOG.exception("debrief of %s, %s", session.id, who)

    def _write(
        self, session: Session, who: str, course: Course, text: Callable[[str], str]
    ) -> None:
        """A page in every language; it counts as ready when all are there."""
        for lang in LANGS:
            write_whole(self.path(session, who, lang), text(lang).encode())
            course.done += DRAWING[session.world.population] // len(LANGS)
        course.ready.add(who)

    def stop(self) -> None:
        """Begin nothing new; the page that is being computed is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def team_page(number: int) -> str:
    """The name of a team's page, as in its address and its file."""
    return f"team_{number}"


def debrief_minutes(n_teams: int, population: str) -> tuple[int, int]:
    """Minutes on two cores, about: until the class page, and until the last team's; at least 1."""
    shared, each, own = SECONDS[population]
    first = shared + each * n_teams
    return max(1, round(first / 60)), max(1, round((first + own * n_teams) / 60))
