"""A class session of the decision game: who plays, at which decision, in the same world for all.

No screen in here. A session is written whole after every change, so a server that was killed goes
on where it was. What comes from players is checked here; what is refused says why by a key of
`experiments.classroom.game_texts`. Every public method may be called from any thread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.classroom.limits import (
    MAX_REVISIONS,
    MAX_TEAMS,
    Refused,
    clean_minutes,
    clean_name,
)
from experiments.game import rules
from experiments.game.rules import Choices, Injection
from experiments.game.script import DECISIONS, PLACE, Decision
from experiments.game.told import INJECTIONS
from experiments.game.world import World
from sim.base.files import write_whole
from sim.base.refusal import ConfigError

_LOG = logging.getLogger(__name__)

FORMAT = 2  #: of the files; raise it when an older server could not read them
BEFORE_DIGESTS = 1  #: a format that is still read: its files do not say what they hold

GRACE_S = 60.0  #: a clock that ran out while the server was down runs on for so long
MINUTES = 7.0  #: that a first decision is given if nobody says otherwise
PRESENT_S = 6.0  #: a team whose page was seen within this time is there

PHASES = ("lobby", "open", "closed", "ended")


def _sum_of(raw: Mapping[str, Any]) -> str:
    """Of all that a file holds but this sum itself: a byte that changed on the disk is found."""
    held = {key: value for key, value in raw.items() if key != "sum"}
    text = json.dumps(held, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _digest(token: str) -> str:
    """What is kept of a token: who reads the folder of results cannot play for a team."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@dataclass
class Team:
    """A team or a single player."""

    number: int  #: from 1, in the order of joining; never given twice
    name: str
    key: str  #: digest of its token
    joined_at: int  #: decisions that had been closed when it came
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    nothing: list[str] = field(default_factory=list)  #: decisions answered for it: do nothing
    revisions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """What one team may know: its own answers, and of the others only how many there are."""

    title: str
    world: World
    phase: str
    decision: Decision | None  #: the open one, with the options that are left; else the last
    number: int  #: of the decision, from 1; 0 in the lobby
    seconds_left: float | None
    n_teams: int
    n_answered: int
    answer: Mapping[str, str] | None  #: the own one to this decision
    draft: Mapping[str, str]  #: ticked, not confirmed
    revisions_left: int
    before: Choices  #: the own answers to earlier decisions
    choices: Choices  #: the own answers to all decisions
    nothing: tuple[str, ...]  #: decisions that closed without an answer of its own
    injections: tuple[Injection, ...]
    version: int


@dataclass(frozen=True)
class Row:
    """What the facilitator sees of a team: not what it chose."""

    number: int
    name: str
    answered: bool
    nothing: int  #: decisions in which it did not answer
    present: bool


class Session:
    """One class in one world, from the lobby to the debrief."""

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

    # the facilitator

    def begin(self) -> None:
        """Write the new session down."""
        self._changed("create")

    def open(self, minutes: float | None = None) -> None:
        """Open the next decision, with a clock or without. Raises Refused."""
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            if self.phase not in ("lobby", "closed"):
                raise Refused("not_now")
            if self.at + 1 >= len(DECISIONS):
                raise Refused("no_more_decisions")
            if not self.teams:
                raise Refused("no_teams")
            self.phase, self.at = "open", self.at + 1
            self.deadline = None if minutes is None else self._now() + 60 * minutes
            self._changed("open", decision=self.decision_key, minutes=minutes)

    def set_clock(self, minutes: float | None) -> None:
        """Give the open decision so many minutes from now; None takes the clock away."""
        with self._lock:
            self._tick()
            minutes = clean_minutes(minutes)
            self._need("open")
            self.deadline = None if minutes is None else self._now() + 60 * minutes
            self._changed("clock", decision=self.decision_key, minutes=minutes)

    def close(self) -> None:
        """Close the open decision by hand; who has not answered does nothing."""
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
            if kind not in INJECTIONS:
                raise Refused("unknown_key")
            if any(item.kind == kind for item in self.injections):
                raise Refused("injected_already")
            at = DECISIONS[self.at + (self.phase == "closed")].key
            self.injections.append(Injection(kind, at))
            self._changed("inject", decision=at, kind=kind)

    def lock(self, locked: bool) -> None:
        """Let nobody else in, or let them in again."""
        with self._lock:
            if self.phase == "ended":
                raise Refused("ended")
            self.admits = not locked
            self._changed("lock" if locked else "unlock")

    def remove(self, number: int) -> None:
        """Take a team out of the session, for good."""
        with self._lock:
            team = self._numbered(number)
            self.teams.remove(team)
            self._changed("remove", team=number)

    def new_link(self, number: int) -> str:
        """A fresh token for a team that lost its page; the old one ends. Returns the token."""
        with self._lock:
            team = self._numbered(number)
            token = secrets.token_urlsafe(24)
            team.key = _digest(token)
            self._changed("new_link", team=number)
            return token

    def end(self) -> None:
        """End the game: what was not decided is done nothing about. The debrief may begin."""
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
                self._do_nothing(team, len(DECISIONS))
            self._changed("end")

    # the players

    def join(self, name: object) -> str:
        """A new team; returns its token, which is kept nowhere else. Raises Refused."""
        with self._lock:
            self._tick()
            if self.phase == "ended":
                raise Refused("ended")
            if not self.admits:
                raise Refused("locked")
            if len(self.teams) >= MAX_TEAMS:
                raise Refused("class_full", n=MAX_TEAMS)
            kept = clean_name(name)
            if _alike(kept) in {_alike(team.name) for team in self.teams}:
                raise Refused("name_taken")
            token = secrets.token_urlsafe(24)
            self.n_joined += 1
            closed = self.at if self.phase == "open" else self.at + 1
            team = Team(self.n_joined, kept, _digest(token), closed)
            self._do_nothing(team, closed)
            self.teams.append(team)
            self._changed("join", team=team.number, late=closed)
            return token

    def answer(self, number: int, decision: object, answer: object) -> None:
        """A team's answer to the open decision; it may be given anew until that closes."""
        with self._lock:
            self._tick()
            team = self._numbered(number)
            self._need("open")
            key = self.decision_key
            if decision != key:
                raise Refused("not_this_decision")
            if team.revisions.get(key, 0) >= MAX_REVISIONS:
                raise Refused("too_many_revisions", n=MAX_REVISIONS)
            chosen = _answer(answer, self._offered(team))
            team.choices[key] = chosen
            team.revisions[key] = team.revisions.get(key, 0) + 1
            self._drafts.pop(number, None)
            self._changed("answer", team=number, decision=key, answer=chosen)

    def draft(self, number: int, decision: object, question: object, option: object) -> None:
        """Keep what a team has ticked and not confirmed yet: it counts for nothing."""
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
        """What this team may know now."""
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
                revisions_left=MAX_REVISIONS - team.revisions.get(key, 0),
                before=_until(team.choices, self.at),
                choices=_until(team.choices, len(DECISIONS)),
                nothing=tuple(team.nothing),
                injections=self._come(),
                version=self.version,
            )

    # what both look at

    @property
    def decision_key(self) -> str:
        """The key of the open decision, or of the last one; "" in the lobby."""
        return DECISIONS[self.at].key if self.at >= 0 else ""

    @property
    def minutes(self) -> float | None:
        """The minutes that the facilitator gave last; those of a new class before."""
        given = [e["minutes"] for e in self.log if "minutes" in e]
        return given[-1] if given else MINUTES

    @property
    def is_last(self) -> bool:
        """Whether there is no decision after this one."""
        return self.at + 1 >= len(DECISIONS)

    def glance(self) -> tuple[int, float | None]:
        """The version, and the seconds left on the clock; closes what has run out."""
        with self._lock:
            self._tick()
            if self.phase != "open" or self.deadline is None:
                return self.version, None
            return self.version, max(0.0, self.deadline - self._now())

    def seen(self, number: int) -> None:
        """A page of this team is open."""
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
        """The team of a token."""
        key = _digest(token)
        with self._lock:
            found = [t.number for t in self.teams if hmac.compare_digest(t.key, key)]
        return found[0] if found else None

    def name_of(self, number: int) -> str:
        """The name of a team. Raises Refused where it was removed."""
        with self._lock:
            return self._numbered(number).name

    def log_of(self, number: int | None = None) -> list[dict[str, Any]]:
        """What happened, with times: of one team and the facilitator, or of the whole class."""
        with self._lock:
            return [
                dict(entry)
                for entry in self.log
                if number is None or entry.get("team") in (None, number)
            ]

    # inside, with the lock held

    def _need(self, phase: str) -> None:
        if self.phase != phase:
            raise Refused("ended" if self.phase == "ended" else "not_now")

    def _numbered(self, number: int) -> Team:
        for team in self.teams:
            if team.number == number:
                return team
        raise Refused("no_such_team")

    def _offered(self, team: Team) -> Decision:
        return rules.available(_until(team.choices, self.at), DECISIONS[self.at], self.world)

    def _come(self) -> tuple[Injection, ...]:
        """The events that have come by now; others wait for the next decision."""
        return tuple(item for item in self.injections if PLACE[item.at] <= self.at)

    def _n_answered(self) -> int:
        key = self.decision_key
        return sum(key in team.choices and key not in team.nothing for team in self.teams)

    def _tick(self) -> None:
        if self.phase == "open" and self.deadline is not None and self._now() >= self.deadline:
            self._close("clock")

    def _close(self, by: str) -> None:
        key = self.decision_key
        for team in self.teams:
            self._do_nothing(team, self.at + 1)
        self.phase, self.deadline = "closed", None
        self._drafts.clear()
        silent = [team.number for team in self.teams if key in team.nothing]
        self._changed("close", decision=key, by=by, did_nothing=silent)

    def _do_nothing(self, team: Team, until: int) -> None:
        for k, decision in enumerate(DECISIONS[:until]):
            if decision.key not in team.choices:
                offered = rules.available(_until(team.choices, k), decision, self.world)
                team.choices[decision.key] = dict(rules.nothing(offered))
                team.nothing.append(decision.key)

    def _changed(self, what: str, **about: object) -> None:
        self.version += 1
        time_utc = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")
        self.log.append({"time": time_utc, "what": what, **about})
        self.save()

    def save(self) -> None:
        """Write the session, whole. A full disk stops nobody: `unsaved` says why it is not kept."""
        with self._lock:
            try:
                held = self._as_json()
                text = json.dumps({**held, "sum": _sum_of(held)}, ensure_ascii=False, indent=1)
                # private: the code of a running class and what teams chose stand in it
                write_whole(self._folder / f"{self.id}.json", text.encode(), private=True)
                self.unsaved = ""
            except OSError as problem:
                self.unsaved = problem.strerror or str(problem)
                _LOG.error("session %s is not on disk: %s", self.id, self.unsaved)

    def _as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
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


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _until(choices: Choices, n: int) -> dict[str, dict[str, str]]:
    """The answers to the first n decisions, in their order."""
    keys = [decision.key for decision in DECISIONS[:n]]
    return {key: dict(choices[key]) for key in keys if key in choices}


def _answer(raw: object, decision: Decision) -> dict[str, str]:
    """An answer to each question, among the options that are left. Raises Refused."""
    if not isinstance(raw, Mapping) or set(raw) != {q.key for q in decision.questions}:
        raise Refused("answer_all")
    for question in decision.questions:
        if raw[question.key] not in [option.key for option in question.options]:
            raise Refused("unknown_key")
    return {question.key: str(raw[question.key]) for question in decision.questions}


def read_session(path: Path, now: Callable[[], float] = time.time) -> Session:
    """A session from its file. Raises ValueError where it cannot be one."""
    try:
        raw = json.loads(path.read_bytes())
        if raw["format"] == FORMAT and raw["sum"] != _sum_of(raw):
            raise ValueError("changed since it was written")
        if raw["format"] not in (FORMAT, BEFORE_DIGESTS):
            raise ValueError(f"format {raw['format']!r}, this is {FORMAT}")
        if raw["phase"] not in PHASES or not -1 <= raw["at"] < len(DECISIONS):
            raise ValueError(f"phase {raw['phase']!r} at {raw['at']!r}")
        if path.stem != raw["id"]:
            raise ValueError("another name than its id")
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
            rules.check(team.choices, session.world)
    except (KeyError, TypeError, AttributeError, ConfigError, RecursionError) as problem:
        raise ValueError(f"not a session ({type(problem).__name__}: {problem})") from None
    return session
