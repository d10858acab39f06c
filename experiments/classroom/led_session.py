"""What a facilitator may do with a class session: its pace, its events, its teams.

Every public method may be called from any thread; what is refused says why by a key of
`experiments.classroom.game_texts`.
"""

from __future__ import annotations

import secrets

from experiments.classroom.limits import Refused, clean_minutes
from experiments.classroom.session_state import SessionState
from experiments.classroom.teams import digest
from experiments.game.rules import Injection


class LedSession(SessionState):
    """One class in one world: what leads it from the lobby to the debrief."""

    def begin(self) -> None:
        """Write the new session down."""
        self._changed("create")

    def open(self, minutes: float | None = None, seen_at: int | None = None) -> None:
        """Open the next decision, with a clock or without.

        minutes : of the clock; None for none. seen_at : the place that the page showed; two clicks
        of two teachers open one decision. Raises Refused while a decision is open, after the last
        one, and without any team.
        """
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            self._need_place(seen_at)
            if self.phase not in ("lobby", "closed"):
                raise Refused("not_now")
            if self.at + 1 >= len(self.decisions):
                raise Refused("no_more_decisions")
            if not self.teams:
                raise Refused("no_teams")
            self.at += 1
            self.opened = self._now()
            self._start(minutes)
            self._changed("open", decision=self.decision_key, minutes=minutes)

    def reopen(self, minutes: float | None = None, seen_at: int | None = None) -> None:
        """Open the decision again that was closed last: answers stand, who had none may answer now.

        Raises Refused unless a decision is closed, and at another place than the page showed.
        """
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            self._need_place(seen_at)
            self._need("closed")
            key = self.decision_key
            for team in self.teams:
                if key in team.nothing:
                    team.nothing.remove(key)
                    del team.choices[key]
            self.opened = self._now()
            self._start(minutes)
            self._changed("reopen", decision=key, minutes=minutes)

    def pause(self) -> None:
        """Stop the clock of the open decision, for everybody to see; answers are still taken.

        Raises Refused unless a decision is open and runs.
        """
        with self._lock:
            self._tick()
            self._need("open")
            if self.paused:
                raise Refused("not_now")
            self.held_s = None if self.deadline is None else self.deadline - self._now()
            self.paused, self.deadline, self.paused_at = True, None, self._now()
            self._changed("pause", decision=self.decision_key)

    def go_on(self) -> None:
        """Let the clock run on from where it was stopped. Raises Refused unless it is stopped."""
        with self._lock:
            self._need("open")
            if not self.paused:
                raise Refused("not_now")
            self.deadline = None if self.held_s is None else self._now() + self.held_s
            if self.opened is not None and self.paused_at is not None:
                self.opened += self._now() - self.paused_at
            self.paused, self.held_s, self.paused_at = False, None, None
            self._changed("go_on", decision=self.decision_key)

    def set_clock(self, minutes: float | None) -> None:
        """Give the open decision so many minutes from now; None takes the clock away. Raises
        Refused.
        """
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            self._need("open")
            self._start(minutes)
            self._changed("clock", decision=self.decision_key, minutes=minutes)

    def close(self, seen_at: int | None = None) -> None:
        """Close the open decision by hand; who has not answered does nothing. Raises Refused if
        none is open, or another one than the page showed.
        """
        with self._lock:
            self._tick()
            self._need_place(seen_at)
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
