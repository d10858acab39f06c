"""The state of a class session: its phase, its teams, its clock; written whole after every change.

`sessions.Session` is what may be done with it. The clock has no thread of its own: whoever looks at
a session calls `_tick` first, which closes a decision whose time has run out.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.classroom import session_file
from experiments.classroom.limits import Refused
from experiments.classroom.teams import Team, until
from experiments.game import rules
from experiments.game.rules import Injection
from experiments.game.script import Decision, Script
from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.base.files import write_whole

_LOG = logging.getLogger(__name__)
BEAT_S = 5.0  #: between two marks of a running clock on the disk


class SessionState:
    """Who plays at which decision, and until when.

    Methods that begin with _ want the lock; it may be taken again by the thread that has it. What
    pages have open (`_seen`) is not written: it ends with the server. What is ticked or typed and
    not confirmed is written every BEAT_S, not with every letter.
    """

    def __init__(
        self,
        folder: Path,
        world: World,
        title: str = "",
        *,
        id: str,
        code: str,
        now: Callable[[], float] = time.time,
        practice: bool = False,
    ) -> None:
        self.id, self.code, self.title, self.world = id, code, title, world
        self.practice = practice  #: one person alone: no code, no facilitator
        self.phase, self.at = "lobby", -1
        self.deadline: float | None = None  #: of the open decision, in seconds since the epoch
        self.paused = False  #: the clock of the open decision stands still
        self.held_s: float | None = None  #: seconds on a clock that stands still; None for no clock
        self.opened: float | None = None  #: when the decision was opened, pauses taken out
        self.length_s: float | None = None  #: of the clock that it was opened with
        self.paused_at: float | None = None
        self.admits = True
        self.teams: list[Team] = []
        self.injections: list[Injection] = []
        self.log: list[dict[str, Any]] = []
        self.n_joined = 0  #: teams ever, the removed ones included
        self.version = 0  #: rises with every change; what a screen compares
        self.unsaved = ""  #: why the last change is not on disk
        self._folder, self._now = folder, now
        self._beat = 0.0  #: when the file was last touched
        self._unwritten = False  #: something was ticked or typed that is not on disk yet
        self._seen: dict[int, float] = {}
        #: team -> question -> option at the open decision; for a page that is loaded again.
        self._drafts: dict[int, dict[str, str]] = {}
        self._lock = threading.RLock()

    @property
    def script(self) -> Script:
        """The script that the class plays: that of its case."""
        return script_of(self.world)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of the game, in their order."""
        return self.script.decisions

    @property
    def decision_key(self) -> str:
        """The key of the open decision, or of the last one; "" in the lobby."""
        return self.decisions[self.at].key if self.at >= 0 else ""

    @property
    def is_last(self) -> bool:
        """Whether there is no decision after this one."""
        return self.at + 1 >= len(self.decisions)

    # inside, with the lock held

    def _need(self, phase: str) -> None:
        """Refuse unless the session is in this phase."""
        if self.phase != phase:
            raise Refused("ended" if self.phase == "ended" else "not_now")

    def _need_place(self, seen_at: int | None) -> None:
        """Refuse a click that was meant for another decision than the one where the class is."""
        if seen_at is not None and seen_at != self.at:
            raise Refused("not_now")

    def _start(self, minutes: float | None) -> None:
        """The decision at this place is open from now on, with a clock or without."""
        self.phase, self.paused, self.held_s, self.paused_at = "open", False, None, None
        self.length_s = None if minutes is None else 60 * minutes
        self.deadline = None if minutes is None else self._now() + 60 * minutes

    def _elapsed(self) -> float:
        """Seconds that the decision has been open, without pauses."""
        if self.opened is None:
            return 0.0
        return max(0.0, (self.paused_at or self._now()) - self.opened)

    def _left(self) -> float | None:
        """Seconds on the clock of the open decision; None without one."""
        if self.phase != "open":
            return None
        if self.paused:
            return self.held_s
        return None if self.deadline is None else max(0.0, self.deadline - self._now())

    def _numbered(self, number: int) -> Team:
        """The team of a number. Raises Refused for one that was removed."""
        for team in self.teams:
            if team.number == number:
                return team
        raise Refused("no_such_team")

    def _offered(self, team: Team) -> Decision:
        """The open decision with what the team's own earlier answers leave of it."""
        return rules.available(self._until(team, self.at), self.decisions[self.at], self.world)

    def _until(self, team: Team, n: int) -> dict[str, dict[str, str]]:
        """A team's answers to the first n decisions."""
        return until(team.choices, self.script.keys[:n])

    def _come(self) -> tuple[Injection, ...]:
        """The events that have come by now; others wait for the next decision.

        An event that was injected between two decisions belongs to the following one.
        """
        place = self.script.place
        return tuple(item for item in self.injections if place[item.at] <= self.at)

    def _n_answered(self) -> int:
        """Teams that have answered the open decision themselves."""
        key = self.decision_key
        return sum(key in team.choices and key not in team.nothing for team in self.teams)

    def _tick(self) -> None:
        """Close the open decision if its clock has run out."""
        if self.phase == "open" and self.deadline is not None and self._now() >= self.deadline:
            self._close("clock")
        if self.phase == "open" and self._now() - self._beat >= BEAT_S:
            if self._unwritten:
                self.save()
            else:
                self._touch()

    def _touch(self) -> None:
        """Mark the file as of now: a clock stops with the server, and this says when that was."""
        self._beat = self._now()
        with suppress(OSError):  # a full or lost disk has been told of already
            os.utime(self._folder / f"{self.id}.json", (self._beat, self._beat))

    def _close(self, by: str) -> None:
        """Close the open decision, `by` the clock or by hand; who has not answered does nothing."""
        key = self.decision_key
        for team in self.teams:
            self._do_nothing(team, self.at + 1)
        self.phase, self.deadline = "closed", None
        self.paused, self.held_s = False, None
        self._drafts.clear()
        silent = [team.number for team in self.teams if key in team.nothing]
        self._changed("close", decision=key, by=by, did_nothing=silent)

    def _do_nothing(self, team: Team, n: int) -> None:
        """Answer the first n decisions for a team where it has not: with the first option of every
        question.
        """
        for k, decision in enumerate(self.decisions[:n]):
            if decision.key not in team.choices:
                offered = rules.available(self._until(team, k), decision, self.world)
                team.choices[decision.key] = dict(rules.nothing(offered))
                team.nothing.append(decision.key)

    def _changed(self, what: str, **about: object) -> None:
        """Note what has changed, so that screens draw again, and write the session down."""
        self.version += 1
        time_utc = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")
        self.log.append({"time": time_utc, "what": what, **about})
        self.save()

    def last_change(self) -> float:
        """When something happened here for the last time, in seconds since the epoch."""
        with self._lock:
            stamp = self.log[-1]["time"] if self.log else None
        return datetime.fromisoformat(stamp).timestamp() if stamp else self._now()

    def forget(self) -> None:
        """Take its file away: of a practice game that nobody goes on with."""
        with suppress(OSError):
            (self._folder / f"{self.id}.json").unlink()

    def save(self) -> None:
        """Write the session, whole. A full disk stops nobody: `unsaved` says why it is not kept.

        The game goes on in memory; the facilitator's page says that nothing is kept.
        """
        with self._lock:
            self._beat = self._now()  # also where it fails: a full disk is not tried twice a second
            try:
                text = session_file.written(self._as_json())
                # private: the code of a running class and what teams chose stand in it
                write_whole(self._folder / f"{self.id}.json", text, private=True)
                self._touch()
                self.unsaved, self._unwritten = "", False
            except OSError as problem:
                self.unsaved = problem.strerror or str(problem)
                _LOG.error("session %s is not on disk: %s", self.id, self.unsaved)

    def _as_json(self) -> dict[str, Any]:
        """All that is kept, as plain data; what `sessions.read_session` reads."""
        return {
            "format": session_file.FORMAT,
            "id": self.id,
            "code": self.code,
            "title": self.title,
            "world": vars(self.world),
            "phase": self.phase,
            "at": self.at,
            "deadline": self.deadline,
            "paused": self.paused,
            "held_s": self.held_s,
            "opened": self.opened,
            "length_s": self.length_s,
            "paused_at": self.paused_at,
            "drafts": {str(number): draft for number, draft in self._drafts.items()},
            "practice": self.practice,
            "admits": self.admits,
            "n_joined": self.n_joined,
            "injections": [vars(item) for item in self.injections],
            "teams": [vars(team) for team in self.teams],
            "log": self.log,
        }
