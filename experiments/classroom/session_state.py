"""The state of a class session: its phase, its teams, its clock; written whole after every change.

`sessions.Session` is what may be done with it. The clock has no thread of its own: whoever looks at
a session calls `_tick` first, which closes a decision whose time has run out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
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


class SessionState:
    """Who plays at which decision, and until when.

    Methods that begin with _ want the lock; it may be taken again by the thread that has it. What
    pages have open (`_seen`) and what is ticked (`_drafts`) is not written: it ends with the
    server.
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
    ) -> None:
        self.id, self.code, self.title, self.world = id, code, title, world
        self.phase, self.at = "lobby", -1
        self.deadline: float | None = None  #: of the open decision, in seconds since the epoch
        self.admits = True
        self.teams: list[Team] = []
        self.injections: list[Injection] = []
        self.log: list[dict[str, Any]] = []
        self.n_joined = 0  #: teams ever, the removed ones included
        self.version = 0  #: rises with every change; what a screen compares
        self.unsaved = ""  #: why the last change is not on disk
        self._folder, self._now = folder, now
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

    def _close(self, by: str) -> None:
        """Close the open decision, `by` the clock or by hand; who has not answered does nothing."""
        key = self.decision_key
        for team in self.teams:
            self._do_nothing(team, self.at + 1)
        self.phase, self.deadline = "closed", None
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

    def save(self) -> None:
        """Write the session, whole. A full disk stops nobody: `unsaved` says why it is not kept.

        The game goes on in memory; the facilitator's page says that nothing is kept.
        """
        with self._lock:
            try:
                text = session_file.written(self._as_json())
                # private: the code of a running class and what teams chose stand in it
                write_whole(self._folder / f"{self.id}.json", text, private=True)
                self.unsaved = ""
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
            "admits": self.admits,
            "n_joined": self.n_joined,
            "injections": [vars(item) for item in self.injections],
            "teams": [vars(team) for team in self.teams],
            "log": self.log,
        }
