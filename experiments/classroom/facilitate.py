"""The facilitator's pages on the server: who may see them, and which page an address gives.

What is on them is in `start_page` and `control_page`. The roster says who has answered, never what.
"""

from __future__ import annotations

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app, ui

from experiments.classroom import site
from experiments.classroom.control_page import ControlPage
from experiments.classroom.controls import paragraph
from experiments.classroom.debrief_panel import debrief_response
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import STYLES, connected, count, framed, message
from experiments.classroom.game_texts import say
from experiments.classroom.handouts import PAGES, handout
from experiments.classroom.limits import Refused
from experiments.classroom.projector import WALL, Projector, languages
from experiments.classroom.records import (
    anonymous_zip,
    as_csv,
    decision_rows,
    outcome_rows,
    outcomes_of,
)
from experiments.classroom.sessions import Session
from experiments.classroom.start_page import StartPage
from experiments.classroom.story import stories
from experiments.game.script_file import offered
from experiments.game.world import World
from sim.base.choices import DEFAULT_CASE


def register(room: Room) -> None:
    """Put the facilitator's pages on the server.

    Everything here asks for the facilitators' password where the server has one: pages show its
    form, the debriefs of the teams answer 403.
    """

    @ui.page("/facilitate")
    async def start(request: Request) -> None:
        with framed(room, request, "facilitator") as lang:
            if site.allowed(request, lang) and await connected():
                waiting = ui.spinner()
                playable, others = await stories(lang)
                waiting.delete()
                StartPage(room, lang, playable, others)

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

    @ui.page("/facilitate/{id}/screen")
    async def wall(request: Request, id: str) -> None:
        count(room, request)
        lang = site.language(request)
        site.head(lang, say("projector", lang))  # no navigation: a wall belongs to nobody in class
        ui.add_css(STYLES)
        ui.add_css(WALL)
        if not (site.allowed(request, lang) and await connected()):
            return
        try:
            session = room.classroom.session(id)
        except Refused as problem:
            paragraph(message(problem, lang))
        else:
            langs = languages(request.query_params.get("lang"), lang)
            Projector(room, session, site.address(request), langs)

    _register_files(room)


def _led(room: Room, request: Request, id: str) -> Session:
    """The class of a file that a facilitator asks for; 403 for others, 404 if there is none."""
    count(room, request)
    if not site.is_facilitator(request):
        raise HTTPException(403)
    try:
        return room.classroom.session(id)
    except Refused:
        raise HTTPException(404) from None


def _register_files(room: Room) -> None:
    """Debriefs, tables and pages to print: what is opened by itself or saved."""

    @app.get("/facilitate/{id}/debrief/{who}")
    def pages(
        request: Request, id: str, who: str, lang: str = "en", save: bool = False
    ) -> Response:
        session = _led(room, request, id)
        known = {"class", *(f"team_{row.number}" for row in session.roster())}
        if who not in known:
            raise HTTPException(404)
        return debrief_response(room, session, who, lang, save)

    @app.get("/facilitate/{id}/table/{name}")
    def tables(request: Request, id: str, name: str, lang: str = "en") -> Response:
        session = _led(room, request, id)
        content = table_of(room, session, name, "zh" if lang == "zh" else "en")
        if content is None:
            raise HTTPException(404)
        kind = "application/zip" if name.endswith(".zip") else "text/csv; charset=utf-8"
        told = {"Content-Disposition": f'attachment; filename="class_{id}_{name}"'}
        return Response(content, media_type=kind, headers=told)

    @app.get("/handout/{what}")
    def handouts(request: Request, what: str, case: str = DEFAULT_CASE, lang: str = "") -> Response:
        count(room, request)
        if not site.is_facilitator(request):
            raise HTTPException(403)
        spoken = lang if lang in ("en", "zh") else site.language(request)
        if what not in PAGES or case not in offered():
            raise HTTPException(404)
        return HTMLResponse(handout(what, World(case, 0, 0), spoken))


def table_of(room: Room, session: Session, name: str, lang: str) -> bytes | None:
    """A table of a class as a file; None for one that there is not."""
    outcomes = outcomes_of(room.debriefs.outcomes(session))
    if name == "decisions.csv":
        return as_csv("decisions", decision_rows(session, lang))
    if name == "outcomes.csv":
        return as_csv("outcomes", outcome_rows(session, outcomes))
    return anonymous_zip(session, outcomes) if name == "anonymous.zip" else None
