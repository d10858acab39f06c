"""What the parts of one laboratory page share: settings and results both write and read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from experiments.classroom import texts
from experiments.classroom.choice import Choice


@dataclass
class Screen:
    """The language of a page, what is chosen on it, and what there is to say about that.

    Its parts share one object, so that a change of language or a refusal reaches all of them.
    """

    lang: str  #: en or zh
    choice: Choice = field(default_factory=Choice)
    problem: str = ""  #: why the choice cannot be run
    message: str = ""  #: how the last run went, or what was changed on the way

    def say(self, key: str, **values: object) -> str:
        """A text in the language of the page."""
        return texts.say(key, self.lang, **values)
