"""Teams of a class, and what is known of them: by themselves, and by the facilitator.

A team is known by its number; what is kept of its token is a digest. `View` is all that a team's
page gets, so nothing of another team can be on it by mistake; `Row` is all that the facilitator
gets.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from experiments.classroom.limits import Refused
from experiments.game.moves import Choices
from experiments.game.rules import Injection
from experiments.game.script import Decision
from experiments.game.world import World
from experiments.game.written import ROOM, written_in
from sim.base.refusal import ConfigError


def digest(token: str) -> str:
    """What is kept of a token: who reads the folder of results cannot play for a team."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@dataclass
class Team:
    """A team or a single player, as it is kept in the session's file."""

    number: int  #: from 1, in the order of joining; never given twice
    name: str  #: as it was cleaned, unique in its class
    key: str  #: digest of its token
    joined_at: int  #: decisions that had been closed when it came
    #: decision -> question -> option
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    nothing: list[str] = field(default_factory=list)  #: decisions answered for it: do nothing
    #: decision -> reason, statement: what it wrote; shown in its debrief, never scored
    written: dict[str, dict[str, str]] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)  #: answers to a decision, by its key


@dataclass(frozen=True)
class View:
    """What one team may know: its own answers, and of the others only how many there are.

    A copy: a page may keep it while the session goes on.
    """

    title: str
    world: World
    phase: str  #: one of session_file.PHASES
    decision: Decision | None  #: the open one, with the options that are left; else the last
    number: int  #: of the decision, from 1; 0 in the lobby
    seconds_left: float | None  #: None without a clock
    paused: bool  #: the clock stands still
    n_teams: int
    n_answered: int  #: teams that have answered the open decision
    answer: Mapping[str, str] | None  #: the own one to this decision
    draft: Mapping[str, str]  #: ticked, not confirmed
    written: Mapping[str, str]  #: its reason and statement at this decision, confirmed or not
    elapsed_s: float  #: that the open decision has been open, without pauses
    length_s: float | None  #: of the clock that it was opened with; None without one
    revisions_left: int  #: answers that it may still give to this decision
    before: Choices  #: the own answers to earlier decisions
    choices: Choices  #: the own answers to all decisions
    nothing: tuple[str, ...]  #: decisions that closed without an answer of its own
    injections: tuple[Injection, ...]  #: those that have come by now
    version: int  #: rises with every change; a page compares it


@dataclass(frozen=True)
class Row:
    """What the facilitator sees of a team: not what it chose."""

    number: int
    name: str
    answered: bool  #: the open decision, itself
    nothing: int  #: decisions in which it did not answer
    present: bool  #: whether a page of it was seen in the last seconds


def alike(name: str) -> str:
    """A name as it is compared with others: two that look the same are the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def until(choices: Choices, keys: Sequence[str]) -> dict[str, dict[str, str]]:
    """The answers to these decisions, in their order; decisions without an answer are left out."""
    return {key: dict(choices[key]) for key in keys if key in choices}


def checked_answer(raw: object, decision: Decision) -> dict[str, str]:
    """An answer to each question, among the options that are left. Raises Refused.

    raw : what a browser has sent, of any type; `reason` and `statement` in it are texts, unless a
    question has that name.
    """
    asked = {q.key for q in decision.questions}
    if not isinstance(raw, Mapping) or set(raw) - (set(ROOM) - asked) != asked:
        raise Refused("answer_all")
    for question in decision.questions:
        if raw[question.key] not in [option.key for option in question.options]:
            raise Refused("unknown_key")
    return {question.key: str(raw[question.key]) for question in decision.questions}


def checked_texts(raw: object, decision: Decision) -> dict[str, str] | None:
    """The reason and the statement of an answer, cleaned; what is empty is left out. None for an
    answer that brings none, as pages send it, which keep texts while they are typed. Raises
    Refused.
    """
    if not isinstance(raw, Mapping):
        raise Refused("answer_all")
    asked = {q.key for q in decision.questions}
    came = {key: raw[key] for key in ROOM if key in raw and key not in asked}
    if not came:
        return None
    try:
        return written_in(came, decision)
    except ConfigError as problem:
        room = ROOM.get(problem.path.rsplit(".", 1)[-1], 0)
        raise Refused("text_length", n=room) from None


def checked_text(field: object, raw: object, decision: Decision) -> str:
    """A reason or a statement as it is kept while it is typed. Raises Refused."""
    if field not in ROOM or not isinstance(raw, str):
        raise Refused("unknown_key")
    try:
        return written_in({str(field): raw}, decision).get(str(field), "")
    except ConfigError:
        raise Refused("text_length", n=ROOM[str(field)]) from None
