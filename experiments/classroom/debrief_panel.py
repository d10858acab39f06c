"""The debrief on the screen: its progress, then the page, to read here or to take along.

The page itself is a file of its own (`experiments.game.debrief_pages`) in a frame: so that what is
read here is what is taken home.
"""

from __future__ import annotations

import html

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response
from nicegui import ui

from experiments.classroom import handout_texts
from experiments.classroom.controls import heading, paragraph
from experiments.classroom.course import Progress
from experiments.classroom.debriefs import LANGS, team_page
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import LOOK_S
from experiments.classroom.game_texts import say
from experiments.classroom.handouts import PAGES
from experiments.classroom.sessions import Session

NEARLY_S = 8.0  #: less than this is not told in seconds: nobody can wait more exactly


class DebriefPanel:
    """The own debrief: its progress, then the page, to read here or to take along.

    It looks twice a second until the page is there, and asks again for one that failed.
    """

    def __init__(self, room: Room, session: Session, number: int, token: str, lang: str) -> None:
        self.room, self.session, self.number, self.lang = room, session, number, lang
        self.address = f"/play/{token}/debrief"
        heading(2, say("debrief_of", lang, name=session.name_of(number)))
        paragraph(say("debrief_lead", lang))
        self.box = ui.element("div")
        with self.box:
            self.text = paragraph("")
            self.bar = ui.linear_progress(0, show_value=False)
        room.debriefs.start(session)
        self.timer = ui.timer(LOOK_S, self.look)

    def look(self) -> None:
        """Show how far it is; the page once it is there."""
        progress = self.room.debriefs.progress(self.session, team_page(self.number))
        if progress.ready:
            self.timer.deactivate()
            self.box.clear()
            with self.box:
                debrief_links(self.address, self.lang, say("debrief", self.lang))
            return
        if progress.failed:
            self.room.debriefs.start(self.session)
        self.text.set_content(html.escape(coming(progress, self.lang)))
        self.bar.set_value(progress.share)


def coming(progress: Progress, lang: str) -> str:
    """How long a page still takes, in words: in tens of seconds under a minute, else in minutes."""
    if progress.failed:
        return say("debrief_again", lang)
    if progress.left_s is None:
        return say("debrief_begins", lang)
    if progress.left_s < NEARLY_S:
        return say("debrief_nearly", lang)
    if progress.left_s < 60:
        return say("debrief_seconds", lang, n=10 * max(1, round(progress.left_s / 10)))
    return say("debrief_minutes", lang, n=round(progress.left_s / 60 + 0.2))


#: As high as its page is, so that one thing scrolls and not two.
_FIT = """(e) => {
  const frame = e.target, body = frame.contentDocument.body;
  const fit = () => { frame.style.height = body.offsetHeight + 96 + "px"; };
  new ResizeObserver(fit).observe(body);
  fit();
}"""


def debrief_links(address: str, lang: str, title: str) -> None:
    """Links to open a page alone and to save it, and the page in a frame."""
    with ui.row().classes("items-center"):
        ui.link(say("open_page", lang), f"{address}?lang={lang}", new_tab=True).classes("game-open")
        ui.link(say("download", lang), f"{address}?lang={lang}&save=1").props("download")
    ui.element("iframe").classes("game-debrief").props(
        f'src="{address}?lang={lang}" title="{html.escape(title, quote=True)}"'
    ).on("load", js_handler=_FIT)


def handout_links(case: str, lang: str) -> None:
    """Links to the pages of a case that can be printed, and to those of every case."""
    heading(3, handout_texts.say("handouts", lang))
    with ui.row():
        for what in PAGES:
            address = f"/handout/{what}?case={case}&lang={lang}"
            ui.link(handout_texts.say(what, lang), address, new_tab=True)


def debrief_response(room: Room, session: Session, who: str, lang: str, save: bool) -> Response:
    """A page of the debrief, to read or to save; 404 while it is not there, or before the game has
    ended.
    """
    if lang not in LANGS:
        raise HTTPException(404)
    page = room.debriefs.page(session, who, lang)
    if session.phase != "ended" or page is None:
        raise HTTPException(404)
    kind = "attachment" if save else "inline"
    return HTMLResponse(
        page, headers={"Content-Disposition": f'{kind}; filename="debrief_{who}_{lang}.html"'}
    )
