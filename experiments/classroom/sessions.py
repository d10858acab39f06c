"""A class session of the decision game: who plays, at which decision, in the same world for all.

No screen in here. A session is written whole after every change, so a server that was killed goes
on where it was. What comes from players is checked here; what is refused says why by a key of
`experiments.classroom.game_texts`. Every public method may be called from any thread.

The state is in `session_state`, teams and what is known of them in `teams`, the file in
`session_file`.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.classroom import session_file
from experiments.classroom.limits import (
    MAX_REVISIONS,
    MAX_TEAMS,
    Refused,
    clean_minutes,
    clean_name,
)
from experiments.classroom.session_state import SessionState
from experiments.classroom.teams import (
    Row,
    Team,
    View,
    alike,
    checked_answer,
    checked_texts,
    digest,
)
from experiments.game import rules
from experiments.game.rules import Injection
from experiments.game.world import World
from sim.base.refusal import ConfigError

GRACE_S = 60.0  #: a clock that ran out while the server was down runs on for so long
MINUTES = 7.0  #: that a first decision is given if nobody says otherwise
PRESENT_S = 6.0  #: a team whose page was seen within this time is there


class Session(SessionState):
    """One class in one world, from the lobby to the debrief: what facilitator and teams may do with
    it.
    """

    # the facilitator

    def begin(self) -> None:
        """Write the new session down."""
        self._changed("create")

    def open(self, minutes: float | None = None) -> None:
        """Open the next decision, with a clock or without.

        minutes : of the clock; None for none. Raises Refused while a decision is open, after the
        last one, and without any team.
        """
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            if self.phase not in ("lobby", "closed"):
                raise Refused("not_now")
            if self.at + 1 >= len(self.decisions):
                raise Refused("no_more_decisions")
            if not self.teams:
                raise Refused("no_teams")
            self.phase, self.at = "open", self.at + 1
            self.deadline = None if minutes is None else self._now() + 60 * minutes
            self._changed("open", decision=self.decision_key, minutes=minutes)

    def set_clock(self, minutes: float | None) -> None:
        """Give the open decision so many minutes from now; None takes the clock away. Raises
        Refused.
        """
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            self._need("open")
            self.deadline = None if minutes is None else self._now() + 60 * minutes
            self._changed("clock", decision=self.decision_key, minutes=minutes)

    def close(self) -> None:
        """Close the open decision by hand; who has not answered does nothing. Raises Refused if
        none is open.
        """
        with self._lock:
            self._tick()
            self._need("open")
            self._close("hand")

    def inject(self, kind: str) -> None:
        """An event for the whole class, each kind once. Raises Refused.

        At the open decision, or between two at the next one; teams hear of it when that is open.
        Who has answered already may answer anew, as with any open decision.
        """
        with self._lock:
            self._tick()
            if self.phase != "closed" or self.is_last:
                self._need("open")
            if kind not in self.script.events:
                raise Refused("unknown_key")
            if any(item.kind == kind for item in self.injections):
                raise Refused("injected_already")
            at = self.decisions[self.at + (self.phase == "closed")].key
            self.injections.append(Injection(kind, at))
            self._changed("inject", decision=at, kind=kind)

    def lock(self, locked: bool) -> None:
        """Let nobody else in, or let them in again. Raises Refused after the end."""
        with self._lock:
            if self.phase == "ended":
                raise Refused("ended")
            self.admits = not locked
            self._changed("lock" if locked else "unlock")

    def remove(self, number: int) -> None:
        """Take a team out of the session, for good. Raises Refused for a team that is not there."""
        with self._lock:
            team = self._numbered(number)
            self.teams.remove(team)
            self._changed("remove", team=number)

    def new_link(self, number: int) -> str:
        """A fresh token for a team that lost its page; the old one ends. Returns the token.

        Raises Refused for a team that is not there.
        """
        with self._lock:
            team = self._numbered(number)
            token = secrets.token_urlsafe(24)
            team.key = digest(token)
            self._changed("new_link", team=number)
            return token

    def end(self) -> None:
        """End the game: what was not decided is done nothing about. The debrief may begin.

        Events that wait for a decision nobody meets are dropped. Raises Refused before the first
        decision.
        """
        with self._lock:
            self._tick()
            if self.phase == "ended":
                raise Refused("ended")
            if self.phase == "open":
                self._close("hand")
            if self.at < 0:
                raise Refused("nothing_decided")
            self.phase = "ended"
            self.injections = list(self._come())  # what nobody has met did not happen
            for team in self.teams:
                self._do_nothing(team, len(self.decisions))
            self._changed("end")

    # the players

    def join(self, name: object) -> str:
        """A new team; returns its token, which is kept nowhere else.

        Who comes late finds the decisions that have closed answered with doing nothing. Raises
        Refused for a name that is taken or none, a class that is full, locked or ended.
        """
        with self._lock:
            self._tick()
            if self.phase == "ended":
                raise Refused("ended")
            if not self.admits:
                raise Refused("locked")
            if len(self.teams) >= MAX_TEAMS:
                raise Refused("class_full", n=MAX_TEAMS)
            kept = clean_name(name)
            if alike(kept) in {alike(team.name) for team in self.teams}:
                raise Refused("name_taken")
            token = secrets.token_urlsafe(24)
            self.n_joined += 1
            closed = self.at if self.phase == "open" else self.at + 1
            team = Team(self.n_joined, kept, digest(token), closed)
            self._do_nothing(team, closed)
            self.teams.append(team)
            self._changed("join", team=team.number, late=closed)
            return token

    def answer(self, number: int, decision: object, answer: object) -> None:
        """A team's answer to the open decision; it may be given anew until that closes, not without
        end.

        answer : question -> option, and beside them `reason` and `statement` where the team wrote
        one. Everything comes from a browser and is checked. Raises Refused.
        """
        with self._lock:
            self._tick()
            team = self._numbered(number)
            self._need("open")
            key = self.decision_key
            if decision != key:
                raise Refused("not_this_decision")
            if team.revisions.get(key, 0) >= MAX_REVISIONS:
                raise Refused("too_many_revisions", n=MAX_REVISIONS)
            offered = self._offered(team)
            chosen, texts = checked_answer(answer, offered), checked_texts(answer, offered)
            team.choices[key] = chosen
            team.written.pop(key, None)
            if texts:
                team.written[key] = texts
            team.revisions[key] = team.revisions.get(key, 0) + 1
            self._drafts.pop(number, None)
            self._changed("answer", team=number, decision=key, answer=chosen, **texts)

    def draft(self, number: int, decision: object, question: object, option: object) -> None:
        """Keep what a team has ticked and not confirmed yet: it counts for nothing.

        Raises Refused unless it is an option of the open decision.
        """
        with self._lock:
            self._tick()
            team = self._numbered(number)
            self._need("open")
            if decision != self.decision_key:
                raise Refused("not_this_decision")
            for asked in self._offered(team).questions:
                if asked.key == question and option in [o.key for o in asked.options]:
                    self._drafts.setdefault(number, {})[asked.key] = str(option)
                    return
            raise Refused("unknown_key")

    def drop_draft(self, number: int) -> None:
        """Forget what a team has ticked."""
        with self._lock:
            self._drafts.pop(number, None)

    def view(self, number: int) -> View:
        """What this team may know now. Raises Refused for a team that was removed."""
        with self._lock:
            self._tick()
            team = self._numbered(number)
            key = self.decision_key
            left = None if self.deadline is None else max(0.0, self.deadline - self._now())
            return View(
                title=self.title,
                world=self.world,
                phase=self.phase,
                decision=self._offered(team) if key else None,
                number=self.at + 1,
                seconds_left=left if self.phase == "open" else None,
                n_teams=len(self.teams),
                n_answered=self._n_answered(),
                answer=dict(team.choices[key]) if key in team.choices else None,
                draft=dict(self._drafts.get(number, {})),
                written=dict(team.written.get(key, {})),
                revisions_left=MAX_REVISIONS - team.revisions.get(key, 0),
                before=self._until(team, self.at),
                choices=self._until(team, len(self.decisions)),
                nothing=tuple(team.nothing),
                injections=self._come(),
                version=self.version,
            )

    # what both look at

    @property
    def minutes(self) -> float | None:
        """The minutes that the facilitator gave last; those of a new class before; None for no
        clock.
        """
        given = [e["minutes"] for e in self.log if "minutes" in e]
        return given[-1] if given else MINUTES

    def glance(self) -> tuple[int, float | None]:
        """The version, and the seconds left on the clock; closes what has run out.

        None without a clock. Cheap, for pages that look twice a second.
        """
        with self._lock:
            self._tick()
            if self.phase != "open" or self.deadline is None:
                return self.version, None
            return self.version, max(0.0, self.deadline - self._now())

    def seen(self, number: int) -> None:
        """A page of this team is open: the roster shows it as present for PRESENT_S."""
        self._seen[number] = self._now()

    def roster(self) -> list[Row]:
        """The teams in the order of joining: who has answered, not what."""
        with self._lock:
            self._tick()
            key, now = self.decision_key, self._now()
            return [
                Row(
                    team.number,
                    team.name,
                    key in team.choices and key not in team.nothing,
                    len(team.nothing),
                    now - self._seen.get(team.number, 0.0) < PRESENT_S,
                )
                for team in self.teams
            ]

    def number_of(self, token: str) -> int | None:
        """The number of the team of a token; None for a token of no team, or one that was
        replaced.
        """
        key = digest(token)
        with self._lock:
            found = [t.number for t in self.teams if hmac.compare_digest(t.key, key)]
        return found[0] if found else None

    def written_of(self, number: int) -> dict[str, dict[str, str]]:
        """What a team wrote: decision -> reason, statement. Raises Refused where it was removed."""
        with self._lock:
            return {key: dict(texts) for key, texts in self._numbered(number).written.items()}

    def name_of(self, number: int) -> str:
        """The name of a team. Raises Refused where it was removed."""
        with self._lock:
            return self._numbered(number).name

    def log_of(self, number: int | None = None) -> list[dict[str, Any]]:
        """What happened, with times: of one team and the facilitator, or of the whole class.

        Copies: what a page does with them changes nothing.
        """
        with self._lock:
            return [
                dict(entry)
                for entry in self.log
                if number is None or entry.get("team") in (None, number)
            ]


def read_session(path: Path, now: Callable[[], float] = time.time) -> Session:
    """A session from its file, on the clock `now`. Raises ValueError where it cannot be one.

    The answers are held against the rules of the game again, for the file may be an older
    version's.
    """
    try:
        raw = session_file.read(path)
        session = Session(
            path.parent,
            World(**raw["world"]),
            raw["title"],
            id=raw["id"],
            code=raw["code"],
            now=now,
        )
        session.phase, session.at = raw["phase"], raw["at"]
        if raw["deadline"] is not None:
            session.deadline = max(raw["deadline"], now() + GRACE_S)
        session.admits, session.n_joined = raw["admits"], raw["n_joined"]
        session.injections = [Injection(**item) for item in raw["injections"]]
        session.teams = [Team(**item) for item in raw["teams"]]
        session.log = raw["log"]
        for team in session.teams:
            team.choices = rules.completed(team.choices, session.world)
            rules.check(team.choices, session.world)
    except (KeyError, TypeError, AttributeError, ConfigError, RecursionError) as problem:
        raise ValueError(f"not a session ({type(problem).__name__}: {problem})") from None
    return session
