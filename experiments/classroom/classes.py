"""All class sessions of a server: their codes, their files, and who may do what how often.

One object of a server holds them; what happens inside a session is in `sessions`. Requests are
counted by the address that they come from, and clicks by team or facilitator, with the numbers of
`limits`.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from experiments.classroom.limits import (
    ALPHABET,
    CLICKS,
    CLICKS_PER_S,
    CODE_LENGTH,
    JOINS,
    JOINS_PER_S,
    MAX_OPEN_SESSIONS,
    MAX_PRACTICES,
    PAGES,
    PAGES_PER_S,
    POPULATIONS,
    PRACTICE_KEPT_S,
    PRACTICES,
    PRACTICES_PER_S,
    TITLE_LENGTH,
    WRONG_CODES,
    WRONG_CODES_PER_S,
    Limiter,
    Refused,
    clean_code,
    clean_name,
)
from experiments.classroom.sessions import Session, read_session
from experiments.game.runs import config_of
from experiments.game.world import World
from sim.base.refusal import ConfigError

_LOG = logging.getLogger(__name__)


class Classroom:
    """All sessions of a server, and who may do what how often.

    At the start it reads every session of its folder. A file that cannot be used is neither deleted
    nor overwritten: it stands in `problems` with the reason, and in the log.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self.folder, self._now = folder, now
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        #: Files that were not used, and why; they are left alone.
        self.problems: dict[Path, str] = {}
        self.pages = Limiter(PAGES, PAGES_PER_S, now)
        self.clicks = Limiter(CLICKS, CLICKS_PER_S, now)
        self._joins = Limiter(JOINS, JOINS_PER_S, now)
        self._practices = Limiter(PRACTICES, PRACTICES_PER_S, now)
        self._wrong_codes = Limiter(WRONG_CODES, WRONG_CODES_PER_S, now)
        for path in sorted(folder.glob("*.json")):
            try:
                session = read_session(path, now)
            except (ValueError, OSError) as problem:
                self.problems[path] = str(problem)
                _LOG.warning("%s: %s; not used, not deleted", path, problem)
            else:
                self._sessions[session.id] = session

    def create(self, world: World, title: object = "") -> Session:
        """A new class in a world that stays the same for all. Raises Refused and ConfigError.

        Refused for too many classes at the same time, ConfigError for a world that no run could
        honour.
        """
        name = clean_name(title, TITLE_LENGTH) if title else ""
        _check_world(world)
        with self._lock:
            classes = [s for s in self._running() if not s.practice]
            if len(classes) >= MAX_OPEN_SESSIONS:
                raise Refused("too_many_sessions", n=MAX_OPEN_SESSIONS)
            session = self._new(world, name)
        session.begin()
        return session

    def practise(self, world: World, name: str, client: str) -> str:
        """A game for one person alone, at its first decision; returns the token of its link.

        Raises Refused for too many of them, ConfigError for a world that no run could honour.
        """
        self._practices.check(client)
        _check_world(world)
        with self._lock:
            alone = [s for s in self._running() if s.practice]
            if len(alone) >= MAX_PRACTICES:
                oldest = min(alone, key=lambda s: s.last_change())
                if self._now() - oldest.last_change() < PRACTICE_KEPT_S:
                    raise Refused("too_many_practices", n=MAX_PRACTICES)
                del self._sessions[oldest.id]
                oldest.forget()
            session = self._new(world, name, practice=True)
        self._practices.spend(client)
        session.begin()
        token = session.join(name)
        session.lock(True)
        session.open(None)
        return token

    def _running(self) -> list[Session]:
        """The sessions that have not ended; the lock is held."""
        return [s for s in self._sessions.values() if s.phase != "ended"]

    def _new(self, world: World, title: str, practice: bool = False) -> Session:
        """A session with a code and an id of its own; the lock is held."""
        code = new_code()
        while any(s.code == code for s in self._running()):
            code = new_code()
        started = datetime.fromtimestamp(self._now()).strftime("%Y%m%d-%H%M%S")
        session = Session(
            self.folder,
            world,
            title,
            id=f"{started}-{secrets.token_hex(3)}",
            code=code,
            now=self._now,
            practice=practice,
        )
        self._sessions[session.id] = session
        return session

    def join(self, code: object, name: object, client: str) -> tuple[Session, str]:
        """The session of a code and a new team's token. Raises Refused.

        Wrong codes are counted for each client; too many of them, and right ones wait too.
        """
        self._wrong_codes.check(client)
        session = self.of_code(code)
        if session is None:
            self._wrong_codes.spend(client)
            raise Refused("wrong_code")
        self._joins.check(client)
        token = session.join(name)
        self._joins.spend(client)
        return session, token

    def of_code(self, code: object) -> Session | None:
        """The session that players of this code belong to, unless it has ended.

        All are compared, in time that does not depend on how much of a code is right.
        """
        typed = clean_code(code)
        found = None
        for session in self.sessions():
            right = hmac.compare_digest(session.code, typed)
            if right and session.phase != "ended" and not session.practice:
                found = session
        return found

    def of_token(self, token: object) -> tuple[Session, int]:
        """The session and the number of the team of a token. Raises Refused for a token of no team.

        Tokens are compared by their digests, in time that does not depend on how much of them is
        right.
        """
        if isinstance(token, str) and len(token) < 100:
            for session in self.sessions():
                number = session.number_of(token)
                if number is not None:
                    return session, number
        raise Refused("no_such_link")

    def session(self, id: str) -> Session:
        """The session of an id. Raises Refused for one that is not there."""
        with self._lock:
            if id in self._sessions:
                return self._sessions[id]
        raise Refused("no_such_session")

    def sessions(self) -> list[Session]:
        """All sessions, the newest first."""
        with self._lock:
            return sorted(self._sessions.values(), key=lambda s: s.id, reverse=True)


def _check_world(world: World) -> None:
    """Refuse a world that is too large for a class, or that no run could honour. ConfigError."""
    if world.population not in POPULATIONS:
        raise ConfigError(
            "population", world.population, "too many people for a class",
            ", ".join(POPULATIONS), f"population={POPULATIONS[0]}",
        )  # fmt: skip
    config_of(world, {}, ())  # refuses a case, seed or draw that no run could honour


def new_code() -> str:
    """A join code that nobody can guess: CODE_LENGTH of ALPHABET, from the system's own chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
