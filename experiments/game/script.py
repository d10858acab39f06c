"""What the script of a case holds: decisions with their questions and options, and every text.

A script lies beside its case, in `scripts/`; `script_file` reads one. What an answer rules out is
in `rules`, which acts it means in `moves`, which strategy it is in `theory`. The first option of
every question does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

Texts = tuple[str, str]  #: English, Chinese
#: act (or `push`) -> its settings, `after_h` among them: hours from the decision to the act
Acts = Mapping[str, Mapping[str, Any]]
PUSH = "push"  #: what the model has no act for: the statement that was made, pushed to everybody
#: What an answer may give that is no act: exacter figures; facts from inside, early.
MONITORING, FACTS = "monitoring", "facts"


def in_lang(texts: Texts, lang: str) -> str:
    """A pair of texts in a language."""
    return texts[lang == "zh"]


@dataclass(frozen=True)
class Option:
    """A plain choice, with its cost in words; its key is what a saved game holds."""

    key: str
    words: Texts
    price: Texts  #: what it costs, in words, shown with the option
    does: Acts = field(default_factory=dict, hash=False)
    adds: Acts = field(default_factory=dict, hash=False)  #: to acts of other answers of the moment
    needs: tuple[str, ...] = ()  #: acts and gifts of which one must have come before
    unless: tuple[str, ...] = ()  #: acts and gifts of which none may have come before
    gives: tuple[str, ...] = ()  #: MONITORING, FACTS, or a word that `needs` and `unless` know
    delivers_h: float | None = None  #: hours until a reform that was promised before is there
    strategy: str = ""  #: a key of `theory.STRATEGIES`

    def text(self, lang: str) -> str:
        """The choice in a language."""
        return in_lang(self.words, lang)

    def cost(self, lang: str) -> str:
        """What it costs, in words."""
        return in_lang(self.price, lang)


@dataclass(frozen=True)
class Question:
    """One choice among options; the first does nothing, which is what a team gets that does not
    answer.
    """

    key: str
    words: Texts
    about: Texts  #: what it is about, in a word
    options: tuple[Option, ...]  #: the first one does nothing

    def text(self, lang: str) -> str:
        """The question in a language."""
        return in_lang(self.words, lang)


@dataclass(frozen=True)
class Told:
    """Something that happened beside the run, told as a headline: no choice changes it."""

    time: datetime  #: in the zone of the case
    words: Texts


@dataclass(frozen=True)
class Decision:
    """A moment of the crisis at which the PR team decides; all of its questions at the same
    time.
    """

    key: str  #: D0, D1, ... in their order
    hours: float  #: from the case's clock start
    time: datetime  #: in the zone of the case
    title: Texts
    situation: Texts  #: the paragraph that its brief begins with
    questions: tuple[Question, ...]
    told: tuple[Told, ...] = ()  #: headlines that are new at this decision
    statement: Texts | None = None  #: the text that a team drafts here, if it does

    def text(self, lang: str) -> str:
        """Its name in a language."""
        return in_lang(self.title, lang)


@dataclass(frozen=True)
class Injected:
    """Something that the facilitator may let happen."""

    like: str  #: how large it is: a key of `runs.INJECTED`
    words: Texts  #: what the facilitator reads, and what the teams read as a headline
    topic: Texts  #: what its hashtag is about


@dataclass(frozen=True)
class Inside:
    """A fact from inside: known at once to those who asked, later to everybody."""

    early: str  #: decision at which those know it who asked before
    late: str  #: decision at which all know it
    words: Texts


@dataclass(frozen=True)
class Script:
    """The game of one case, as its file has it."""

    case: str  #: name of the case
    source: Texts  #: what of it is documented, and what is invented
    quiet: Texts  #: the first situation where nothing is public yet
    decisions: tuple[Decision, ...]
    events: Mapping[str, Injected] = field(default_factory=dict, hash=False)
    topics: Mapping[str, Texts] = field(default_factory=dict, hash=False)  #: by id of an event
    told: Mapping[str, Texts] = field(default_factory=dict, hash=False)  #: key of `told.TOLD`
    inside: tuple[Inside, ...] = ()
    #: decision -> question -> option: what the brand of the case did; empty where it cannot be said
    as_happened: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of its decisions, in their order."""
        return tuple(decision.key for decision in self.decisions)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Key of a decision -> its place in the game, from 0."""
        return {key: k for k, key in enumerate(self.keys)}

    def decision(self, key: str) -> Decision:
        """The decision of a key, which must exist."""
        return self.decisions[self.place[key]]

    def option_of(self, decision: str, question: str, option: str) -> tuple[Question, Option]:
        """A question and one of its options, by their keys, all of which must exist."""
        about = next(q for q in self.decision(decision).questions if q.key == question)
        return about, next(o for o in about.options if o.key == option)
