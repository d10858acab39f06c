"""The facilitator's pages on the server: who may see them, and which page an address gives.

What is on them is in `start_page` and `control_page`. The roster says who has answered, never what.
"""

from __future__ import annotations

from fastapi import HTTPException, Request
from fastapi.responses import Response
from nicegui import app, ui

from experiments.classroom import site
from experiments.classroom.control_page import ControlPage
from experiments.classroom.controls import paragraph
from experiments.classroom.debrief_panel import debrief_response
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import connected, count, framed, message
from experiments.classroom.game_texts import say
from experiments.classroom.limits import Refused
from experiments.classroom.start_page import StartPage


def register(room: Room) -> None:
    """Put the facilitator's pages on the server.

    Everything here asks for the facilitators' password where the server has one: pages show its
    form, the debriefs of the teams answer 403.
    """

    @ui.page("/facilitate")
    async def start(request: Request) -> None:
        with framed(room, request, "facilitator") as lang:
            if site.allowed(request, lang) and await connected():
                StartPage(room, lang)

    @ui.page("/facilitate/{id}")
    async def control(request: Request, id: str) -> None:
        with framed(room, request, "facilitator") as lang:
            if not (site.allowed(request, lang) and await connected()):
                return
            try:
                session = room.classroom.session(id)
            except Refused as problem:
                paragraph(message(problem, lang))
                ui.link(say("classes", lang), "/facilitate")
            else:
                ControlPage(room, session, site.address(request), lang)

    @app.get("/facilitate/{id}/debrief/{who}")
    def pages(
        request: Request, id: str, who: str, lang: str = "en", save: bool = False
    ) -> Response:
        count(room, request)
        if not site.is_facilitator(request):
            raise HTTPException(403)
        try:
            session = room.classroom.session(id)
        except Refused:
            raise HTTPException(404) from None
        known = {"class", *(f"team_{row.number}" for row in session.roster())}
        if who not in known:
            raise HTTPException(404)
        return debrief_response(room, session, who, lang, save)
