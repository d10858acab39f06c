"""The debrief on the screen: its progress, then the page, to read here or to take along."""

from __future__ import annotations

import html

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response
from nicegui import ui

from experiments.classroom.controls import heading, paragraph
from experiments.classroom.desk import LANGS, Room
from experiments.classroom.game_parts import LOOK_S
from experiments.classroom.game_texts import say
from experiments.classroom.sessions import Session


class DebriefPanel:
    """The own debrief: its progress, then the page, to read here or to take along."""

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
        progress = self.room.debriefs.progress(self.session, self.number)
        if progress.ready or progress.failed:
            self.timer.deactivate()
            self.box.clear()
            with self.box:
                if progress.ready:
                    debrief_links(self.address, self.lang, say("debrief", self.lang))
                else:
                    paragraph(say("failed", self.lang))
        elif progress.total:
            text = say("debrief_coming", self.lang, done=progress.done, n=progress.total)
            self.text.set_content(html.escape(text))
            self.bar.set_value(progress.done / progress.total)
        else:
            self.text.set_content(html.escape(say("debrief_queue", self.lang)))


def debrief_links(address: str, lang: str, title: str) -> None:
    """A page in a frame, with links to open it alone and to save it."""
    with ui.row():
        ui.link(say("open_page", lang), f"{address}?lang={lang}", new_tab=True)
        ui.link(say("download", lang), f"{address}?lang={lang}&save=1").props("download")
    ui.element("iframe").classes("game-debrief").props(
        f'src="{address}?lang={lang}" title="{html.escape(title, quote=True)}"'
    )


def debrief_response(room: Room, session: Session, who: str, lang: str, save: bool) -> Response:
    """A page of the debrief, to read or to save; 404 while it is not there."""
    if lang not in LANGS:
        raise HTTPException(404)
    page = room.debriefs.page(session, who, lang)
    if session.phase != "ended" or page is None:
        raise HTTPException(404)
    kind = "attachment" if save else "inline"
    return HTMLResponse(
        page, headers={"Content-Disposition": f'{kind}; filename="debrief_{who}_{lang}.html"'}
    )
