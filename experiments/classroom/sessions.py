"""A class session of the decision game: who plays, at which decision, in the same world for all.

No screen in here. A session is written whole after every change, so a server that was killed goes
on where it was. What comes from players is checked here; what is refused says why by a key of
`experiments.classroom.game_texts`. Every public method may be called from any thread.

The state is in `session_state`, teams and what is known of them in `teams`, the file in
`session_file`.
"""

from __future__ import annotations

import copy
import hmac
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments.classroom import session_file
from experiments.classroom.led_session import LedSession
from experiments.classroom.limits import MAX_REVISIONS, MAX_TEAMS, Refused, clean_name
from experiments.classroom.teams import (
    Row,
    Team,
    View,
    alike,
    checked_answer,
    checked_text,
    checked_texts,
    digest,
)
from experiments.game import rules
from experiments.game.rules import Injection
from experiments.game.world import World
from sim.base.refusal import ConfigError

GRACE_S = 60.0  #: that a clock has at least when its server is back: pages take a while, too
MINUTES = 7.0  #: that a first decision is given if nobody says otherwise
PRESENT_S = 6.0  #: a team whose page was seen within this time is there


class Session(LedSession):
    """One class in one world, from the lobby to the debrief: what teams may do with it, and what
    everybody may look at. What a facilitator may do is in `LedSession`.
    """

    # one person alone

    def go_ahead(self) -> None:
        """In practice: close what was answered, and open what comes next; nobody is waited for."""
        with self._lock:
            if self.phase == "open":
                self._close("practice")
            if self.is_last:
                self.end()
            else:
                self.open(None)

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
            if texts is not None:  # those that come along replace what was typed
                team.written[key] = texts
            team.revisions[key] = team.revisions.get(key, 0) + 1
            self._drafts.pop(number, None)
            self._changed("answer", team=number, decision=key, answer=chosen)

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
                    self._unwritten = True
                    return
            raise Refused("unknown_key")

    def write(self, number: int, decision: object, field: object, text: object) -> None:
        """Keep what a team writes beside its answer: a reason, a statement. Nothing judges it.

        Raises Refused for another decision than the open one, for what is too long or is no text.
        """
        with self._lock:
            self._tick()
            team = self._numbered(number)
            self._need("open")
            if decision != self.decision_key:
                raise Refused("not_this_decision")
            found = checked_text(field, text, self._offered(team))
            team.written.setdefault(self.decision_key, {})[str(field)] = found
            self._unwritten = True

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
            return View(
                title=self.title,
                world=self.world,
                phase=self.phase,
                decision=self._offered(team) if key else None,
                number=self.at + 1,
                seconds_left=self._left(),
                paused=self.paused,
                n_teams=len(self.teams),
                n_answered=self._n_answered(),
                answer=dict(team.choices[key]) if key in team.choices else None,
                draft=dict(self._drafts.get(number, {})),
                written=dict(team.written.get(key, {})),
                elapsed_s=self._elapsed(),
                length_s=self.length_s,
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

        None without a clock. Cheap, for pages that look twice a second. A clock that was stopped
        stands at what it showed.
        """
        with self._lock:
            self._tick()
            return self.version, self._left()

    def events_come(self) -> tuple[Injection, ...]:
        """The injected events that everybody has met by now; none that waits for what is next."""
        with self._lock:
            return self._come()

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

    def teams_now(self) -> list[Team]:
        """Copies of the teams, with all that they chose and wrote: for the tables of the class."""
        with self._lock:
            return copy.deepcopy(self.teams)

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
            written = self._numbered(number).written
            found = {key: {k: v for k, v in texts.items() if v} for key, texts in written.items()}
            return {key: texts for key, texts in found.items() if texts}

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
            practice=raw.get("practice", False),
        )
        session.phase, session.at = raw["phase"], raw["at"]
        session.paused, session.held_s = raw.get("paused", False), raw.get("held_s")
        stopped = min(path.stat().st_mtime, now())  # the server marked the file while it ran
        if raw["deadline"] is not None:  # the clock stopped with it
            session.deadline = now() + max(raw["deadline"] - stopped, GRACE_S)
        session.length_s, session.paused_at = raw.get("length_s"), raw.get("paused_at")
        if raw.get("opened") is not None:
            session.opened = raw["opened"] + (0.0 if session.paused else now() - stopped)
        session._drafts = {int(k): dict(v) for k, v in raw.get("drafts", {}).items()}
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
