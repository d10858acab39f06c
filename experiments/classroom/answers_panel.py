"""What a team has chosen and written at a decision, on its page."""

from __future__ import annotations

from collections.abc import Mapping

from experiments.classroom.controls import heading, paragraph
from experiments.classroom.game_texts import say
from experiments.game.script import Decision
from experiments.game.written import ROOM


def draw_answers(decision: Decision, answer: Mapping[str, str], lang: str) -> None:
    """Chosen options with their costs, in words; what was ruled out was not asked, so it is not
    there.
    """
    for question in decision.questions:
        for option in question.options:
            if option.key == answer.get(question.key):
                paragraph(option.text(lang), "game-option-name")
                paragraph(option.cost(lang), "game-option-cost")


def draw_texts(written: Mapping[str, str], lang: str) -> None:
    """What the team has written at a decision."""
    for field in ROOM:
        if written.get(field):
            heading(4, say(f"wrote_{field}", lang))
            paragraph(written[field], "game-written")
