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
    PAGES,
    PAGES_PER_S,
    POPULATIONS,
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
        if world.population not in POPULATIONS:
            raise ConfigError(
                "population", world.population, "too many people for a class",
                ", ".join(POPULATIONS), f"population={POPULATIONS[0]}",
            )  # fmt: skip
        config_of(world, {}, ())  # refuses a case, seed or draw that no run could honour
        with self._lock:
            running = [s for s in self._sessions.values() if s.phase != "ended"]
            if len(running) >= MAX_OPEN_SESSIONS:
                raise Refused("too_many_sessions", n=MAX_OPEN_SESSIONS)
            code = new_code()
            while any(s.code == code for s in running):
                code = new_code()
            started = datetime.fromtimestamp(self._now()).strftime("%Y%m%d-%H%M%S")
            session = Session(
                self.folder,
                world,
                name,
                id=f"{started}-{secrets.token_hex(3)}",
                code=code,
                now=self._now,
            )
            self._sessions[session.id] = session
        session.begin()
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
            if hmac.compare_digest(session.code, typed) and session.phase != "ended":
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


def new_code() -> str:
    """A join code that nobody can guess: CODE_LENGTH of ALPHABET, from the system's own chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
