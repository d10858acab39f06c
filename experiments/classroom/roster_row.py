"""One team in the roster of a class."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial

from nicegui import ui

from experiments.classroom.controls import escaped
from experiments.classroom.course import Progress
from experiments.classroom.game_texts import say
from experiments.classroom.teams import Row


class RosterRow:
    """One team in the roster; changed in place, so that the keyboard keeps its place.

    A row that was drawn anew twice a second could not be tabbed to.
    """

    def __init__(
        self,
        row: Row,
        lang: str,
        new_link: Callable[[int, str], None],
        remove: Callable[[int, str], None],
    ) -> None:
        self.say = partial(say, lang=lang)
        self.element = ui.element("tr")
        with self.element:
            escaped(row.name, "th").props("scope=row")
            self.cells = [escaped("", "td") for _ in range(3)]
            with ui.element("td"):
                for key, call in (("new_link", new_link), ("remove", remove)):
                    ui.button(
                        self.say(key), on_click=lambda call=call: call(row.number, row.name)
                    ).props("flat dense no-caps")

    def show(self, row: Row, phase: str, progress: Progress) -> None:
        """What is known of the team now: whether it has answered, what it missed, whether it is
        there.
        """
        if phase == "open":
            state = "answered" if row.answered else "thinking"
        elif phase == "closed":
            state = "answered" if row.answered else "not_answered"
        elif phase == "ended":
            ready = "debrief_ready" if progress.ready else "debrief_awaited"
            state = "debrief_failed" if progress.failed else ready
        else:
            state = "waits"
        texts = (self.say(state), str(row.nothing), self.say("there" if row.present else "gone"))
        for cell, text in zip(self.cells, texts, strict=True):
            cell.set_content(html.escape(text))
