"""What is computed for a class beside its screens: briefs and debriefs."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from experiments.classroom.classes import Classroom
from experiments.classroom.limits import Refused
from experiments.classroom.sessions import Session
from experiments.game.brief import Brief, brief
from experiments.game.rules import Choices, Injection
from experiments.game.script import Decision
from experiments.game.world import World
from sim.store import write_whole

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
LANGS = ("en", "zh")


class Desk:
    """Computes beside the screens: what was asked for before is answered at once.

    Two threads by default: a run is compiled code and leaves the interpreter to the others. One
    computation that fails stops no other, and is tried again when it is asked for again.
    """

    def __init__(self, workers: int = 2, keep: int = 512) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="desk")
        self._kept: OrderedDict[tuple[object, ...], Future[Any]] = OrderedDict()
        self._keep, self._lock = keep, threading.Lock()

    def ask(self, key: tuple[object, ...], compute: Callable[[], T]) -> Future[T]:
        """The future of `compute()`; the same one for the same key."""
        with self._lock:
            future = self._kept.get(key)
            if future is None or (future.done() and future.exception() is not None):
                future = self._kept[key] = self._pool.submit(compute)
            self._kept.move_to_end(key)
            for old in list(self._kept)[: max(0, len(self._kept) - self._keep)]:
                if self._kept[old].done():
                    del self._kept[old]
            return future

    def brief(
        self,
        world: World,
        choices: Choices,
        injections: tuple[Injection, ...],
        decision: Decision,
        lang: str,
    ) -> Future[Brief]:
        """What a team sees at a decision."""
        return self.ask(
            ("brief", world, frozen(choices), injections, decision.key, lang),
            lambda: brief(world, choices, injections, decision, lang),
        )

    def stop(self) -> None:
        """Begin nothing new."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def frozen(choices: Choices) -> str:
    """Choices as something that can be compared and kept as a key."""
    return json.dumps({key: dict(sorted(choices[key].items())) for key in sorted(choices)})


@dataclass
class Progress:
    """How far the debrief of a team is."""

    done: int = 0
    total: int = 0  #: 0 until it has begun
    ready: bool = False
    failed: bool = False


class Debriefs:
    """The after-action reviews of ended sessions, one after the other, as pages on disk.

    Beside each session's file lies a folder with a page for each team and one for the class, in
    each language. What is there is not computed again, also after a restart.
    """

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="debrief")
        self._progress: dict[tuple[str, int], Progress] = {}
        self._lock = threading.Lock()

    def path(self, session: Session, who: str, lang: str) -> Path:
        """Where a page lies; `who` is team_N or class."""
        return self._folder / session.id / f"{who}_{lang}.html"

    def start(self, session: Session) -> None:
        """Compute what is missing. Asked for again, it does nothing."""
        with self._lock:
            numbers = [row.number for row in session.roster()]
            if session.phase != "ended" or all((session.id, n) in self._progress for n in numbers):
                return
            for number in numbers:
                self._progress[session.id, number] = Progress(
                    ready=self._there(session, f"team_{number}")
                )
        if not self._there(session, "class"):
            self._pool.submit(self._all, session, numbers)

    def progress(self, session: Session, number: int) -> Progress:
        """How far the debrief of a team is."""
        return self._progress.get((session.id, number), Progress())

    def page(self, session: Session, who: str, lang: str) -> str | None:
        """A page, or None while it is not there."""
        path = self.path(session, who, lang)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def _there(self, session: Session, who: str) -> bool:
        return all(self.path(session, who, lang).is_file() for lang in LANGS)

    def _all(self, session: Session, numbers: list[int]) -> None:
        """Every team's debrief, then the class's; a team whose own fails is left out of it."""
        # here: figures cost a second, and the start is awaited
        from experiments.game.debrief import Debrief, build
        from experiments.game.debrief_pages import class_page, page

        built: dict[str, Debrief] = {}
        same: dict[str, Debrief] = {}  # what teams with the same answers share
        for number in numbers:
            progress = self._progress[session.id, number]
            try:
                view, name = session.view(number), session.name_of(number)

                def report(done: int, total: int, progress: Progress = progress) -> None:
                    progress.done, progress.total = done, total

                path, log = frozen(view.choices), session.log_of(number)
                if path not in same:
                    same[path] = build(session.world, view.choices, view.injections, log, report)
                built[name] = replace(same[path], log=tuple(log))
                for lang in LANGS:
                    text = page(built[name], lang, name)
                    write_whole(self.path(session, f"team_{number}", lang), text.encode())
                progress.ready = True
            except Refused:
                progress.failed = True  # removed in the meantime
            except Exception:
                progress.failed = True
                _LOG.exception("debrief of %s, team %d", session.id, number)
        try:
            for lang in LANGS:
                text = class_page(built, lang)
                write_whole(self.path(session, "class", lang), text.encode())
        except Exception:
            _LOG.exception("class debrief of %s", session.id)

    def stop(self) -> None:
        """Begin nothing new."""
        self._pool.shutdown(wait=False, cancel_futures=True)


@dataclass
class Room:
    """What all pages of a server share."""

    classroom: Classroom
    desk: Desk
    debriefs: Debriefs


def open_room(folder: Path) -> Room:
    """The room of a server, with the sessions that its folder has."""
    classroom = Classroom(folder)
    return Room(classroom, Desk(), Debriefs(classroom.folder))
