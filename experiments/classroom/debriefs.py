"""The debriefs of ended sessions, as pages on disk: computed in turn, counted in runs.

How far they are, and how long they still take, is in `course`.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.classroom.course import Course, Progress
from experiments.classroom.limits import Refused
from experiments.classroom.sessions import Session
from sim.base.files import write_whole

if TYPE_CHECKING:
    from experiments.game.debrief import Played
    from experiments.game.tracks import Bench

_LOG = logging.getLogger(__name__)

OUTCOMES = "outcomes.json"  #: in the folder of a session
LANGS = ("en", "zh")  #: every page is written in each of them
REVIEW = 95  #: runs of a team's flips and mechanisms, about
DRAWING = {"classroom": 120, "default": 60}  #: what the figures of a page cost, in such runs
#: Population -> seconds of what a class shares, of a team's game with its twins, of the rest of its
#: page. Measured on two cores with other work, so rough; what is shared reckoned by its runs.
SECONDS = {"classroom": (23, 11, 8), "default": (55, 26, 15)}
WAIT_S = 1.0  #: between two looks of a practice game whether a class is being computed
#: From so many teams on, fewer people are recommended: with more, a lesson waits for its debriefs.
MANY_TEAMS = 6


class Debriefs:
    """The after-action reviews of ended sessions, one after the other, as pages on disk.

    A page that failed fails alone and is tried again; a team that is removed is left out.

    Beside each session's file lies a folder with a page for the class and one for each team, in
    each language. What is there is not computed again, also after a restart.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="debrief")
        self._after = ThreadPoolExecutor(1, thread_name_prefix="practice")  # when no class waits
        self._stopped = threading.Event()
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
            course = self._courses[session.id] = Course(
                drawing=DRAWING[session.world.population],
                tries=last.tries + 1 if last else 1,
                practice=session.practice,
            )
            everybody = [*([] if session.practice else ["class"]), *map(team_page, numbers)]
            course.ready = {who for who in everybody if self._there(session, who)}
        if len(course.ready) < len(everybody):
            pool = self._after if session.practice else self._pool
            pool.submit(self._all, session, numbers, course)
        else:
            course.ended = course.now()

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
            while course.practice and self._class_waits():
                if self._stopped.wait(WAIT_S):
                    return
            self._pages(session, numbers, course)
        except Exception:  # of the whole and not of one page: whatever is not there has failed
            _LOG.exception("debriefs of %s", session.id)
            course.failed |= {"class", *map(team_page, numbers)} - course.ready
        finally:
            course.ended = course.now()

    def _class_waits(self) -> bool:
        """Whether the pages of a class are being computed, or are about to be."""
        with self._lock:
            return any(c.ended is None and not c.practice for c in self._courses.values())

    def _pages(self, session: Session, numbers: list[int], course: Course) -> None:
        """Every team's game and its twins, the class page, then what each team has of its own.

        In this order, so that a class has something to talk about while the teams' pages are
        computed.
        """
        # here: figures cost a second, and the start is awaited
        from experiments.game import debrief, tracks

        # without the class page, only the missing teams are played
        first = not course.practice and "class" not in course.ready
        wanted = [n for n in numbers if first or team_page(n) not in course.ready]
        self._plan(session, wanted, first, course)
        bench = tracks.Bench()
        course.begin()
        played: dict[int, debrief.Played] = {}
        self._play(session, wanted, course, bench, played)
        if first:
            self._class_page(session, course, played)
        for number in played:
            if team_page(number) not in course.ready:
                self._team_page(session, number, course, bench, played[number])

    def _plan(self, session: Session, wanted: list[int], first: bool, course: Course) -> None:
        """Note at which counts of runs and pages each page is due."""
        from experiments.game import debrief, references

        course.shared = references.n_shared(session.world, debrief.N_TWINS)
        runs, pages = course.shared + (debrief.N_TWINS + 1) * len(wanted), 0
        if first:
            pages = 1
            course.runs_due["class"], course.pages_due["class"] = runs, pages
        for number in wanted:
            if team_page(number) not in course.ready:
                runs, pages = runs + REVIEW, pages + 1
                who = team_page(number)
                course.runs_due[who], course.pages_due[who] = runs, pages

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
            tick = course.later(course.shared if k > 1 else 0)

            def play(number: int = number, tick: Callable[[], None] = tick) -> None:
                view = session.view(number)
                played[number] = debrief.play(
                    session.world, view.choices, view.injections, bench, tick,
                    unanswered=view.nothing, written=session.written_of(number),
                    n_twins=debrief.N_TWINS,
                )  # fmt: skip

            self._part(session, team_page(number), course, play)
            course.reach(course.shared + each * k)

    def _class_page(self, session: Session, course: Course, played: dict[int, Played]) -> None:
        """The page of the class, from the games of those teams that are still in it."""
        from experiments.game.class_debrief import class_page

        def together() -> None:
            there = {row.number: row.name for row in session.roster()}
            teams = {there[number]: played[number] for number in played if number in there}
            course.draws()
            self._note_outcomes(session, {n: played[n] for n in played if n in there})
            self._write(session, "class", course, lambda lang: class_page(teams, lang))

        self._part(session, "class", course, together)
        course.drew("class" in course.ready)

    def _note_outcomes(self, session: Session, played: Mapping[int, Played]) -> None:
        """The outcomes of all teams as numbers, for the tables of the class."""
        from experiments.game.class_debrief import outcome_table

        text = json.dumps(outcome_table(played), indent=1)
        write_whole(self._folder / session.id / OUTCOMES, text.encode(), private=True)

    def outcomes(self, session: Session) -> str | None:
        """The outcomes of a class as JSON (`records.Outcomes`); None while they are not there."""
        path = self._folder / session.id / OUTCOMES
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def _team_page(
        self, session: Session, number: int, course: Course, bench: Bench, played: Played
    ) -> None:
        """The page of one team: its flips and mechanisms are run now."""
        from experiments.game import debrief
        from experiments.game.debrief_pages import page

        def own() -> None:
            name, log = session.name_of(number), session.log_of(number)
            found = debrief.review(played, bench, log, course.tick)
            course.reach(course.runs_due[who])
            course.draws()
            self._write(session, who, course, lambda lang: page(found, lang, name))

        who = team_page(number)
        self._part(session, who, course, own)
        course.reach(course.runs_due[who])
        course.drew(who in course.ready)

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
        course.ready.add(who)

    def stop(self) -> None:
        """Begin nothing new; the page that is being computed is not waited for."""
        self._stopped.set()
        for pool in (self._pool, self._after):
            pool.shutdown(wait=False, cancel_futures=True)


def team_page(number: int) -> str:
    """The name of a team's page, as in its address and its file."""
    return f"team_{number}"


def debrief_minutes(n_teams: int, population: str) -> tuple[int, int]:
    """Minutes on two cores, about: until the class page, and until the last team's; at least 1."""
    shared, each, own = SECONDS[population]
    first = shared + each * n_teams
    return max(1, round(first / 60)), max(1, round((first + own * n_teams) / 60))
