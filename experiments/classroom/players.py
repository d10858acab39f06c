"""The players' pages: joining, practising alone, playing, the debrief of one's own team.

Rules, secrets and limits are those of `sessions`. A team is known by the token in its link; who has
the link plays for the team.
"""

from __future__ import annotations

import json
import secrets

from fastapi import HTTPException, Request
from fastapi.responses import Response
from nicegui import app, run, ui

from experiments.classroom import site
from experiments.classroom.controls import heading, paragraph
from experiments.classroom.debrief_panel import debrief_response
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import (
    CONNECT_S,
    connected,
    count,
    framed,
    guarded,
    message,
    sent,
)
from experiments.classroom.game_texts import say
from experiments.classroom.limits import CODE_LENGTH, Refused
from experiments.classroom.story import stories
from experiments.classroom.team_page import TeamPage
from experiments.game.names import NAME_LENGTH
from experiments.game.world import World
from sim.base.choices import DEFAULT_CASE

#: Where the browser keeps the link of its team, for who comes back to /join.
REMEMBERED = "backlash_team"


def register(room: Room) -> None:
    """Put the players' pages on the server.

    A token that belongs to no team, or no longer, gets a sentence and the way to /join; its debrief
    404.
    """

    @ui.page("/join")
    async def join(request: Request, code: str = "") -> None:
        with framed(room, request, "join_title") as lang:
            if await connected():
                await JoinPage(room, site.client_of(request), code, lang).remember()

    @ui.page("/play/{token}")
    async def team(request: Request, token: str) -> None:
        with framed(room, request, "game") as lang:
            if not await connected():
                return
            try:
                TeamPage(room, token, lang)
            except Refused as problem:
                paragraph(message(problem, lang))
                ui.link(say("join", lang), "/join")

    @ui.page("/practice")
    async def practice(request: Request) -> None:
        with framed(room, request, "practice") as lang:
            if await connected():
                waiting = ui.spinner()
                playable, _ = await stories(lang)
                waiting.delete()
                PracticePage(room, site.client_of(request), lang, playable)

    @app.get("/play/{token}/debrief")
    def own_debrief(request: Request, token: str, lang: str = "en", save: bool = False) -> Response:
        count(room, request)
        try:
            session, number = room.classroom.of_token(token)
        except Refused:
            raise HTTPException(404) from None
        return debrief_response(room, session, f"team_{number}", lang, save)


class JoinPage:
    """The code on the screen and a name, then on to the team's own page.

    The browser remembers the link of its team, so that a player who comes back here finds the way.
    """

    def __init__(self, room: Room, client: str, code: str, lang: str) -> None:
        self.room, self.client, self.lang = room, client, lang
        heading(1, say("join_title", lang))
        paragraph(say("join_lead", lang))
        with ui.element("section").classes("game-card"):
            self.code = ui.input(say("code", lang), value=code[: 2 * CODE_LENGTH])
            self.code.props("autocomplete=off autocapitalize=characters spellcheck=false outlined")
            self.name = ui.input(say("team_name", lang))
            self.name.props(f"maxlength={NAME_LENGTH} autocomplete=off outlined")
            paragraph(say("name_hint", lang), "game-hint")
            for field in (self.code, self.name):
                field.classes("w-full").on("keydown.enter", self._join)
            ui.button(say("join", lang), on_click=self._join).props("no-caps")
        self.back = ui.element("p")
        with ui.element("p"):
            ui.link(say("practise_alone", lang), "/practice")

    def _join(self) -> None:
        """Join with the code and the name that are typed, then go on to the team's own page."""

        def send() -> None:
            """What may be refused: a wrong code, a name that is taken, a class that is full."""
            _, token = self.room.classroom.join(self.code.value, self.name.value, self.client)
            _go_and_remember(token)

        guarded(self.lang, send)

    async def remember(self) -> None:
        """Who has joined from this browser before finds the way back."""
        script = f"localStorage.getItem({json.dumps(REMEMBERED)})"
        try:
            address = await ui.run_javascript(script, timeout=CONNECT_S)
        except TimeoutError:
            return  # gone again
        if not isinstance(address, str) or not address.startswith("/play/"):
            return
        try:
            session, number = self.room.classroom.of_token(address.removeprefix("/play/"))
        except Refused:
            return
        with self.back:
            text = f"{say('back_to_game', self.lang)}: {session.name_of(number)}"
            ui.link(text, address)


class PracticePage:
    """A game for one person, without code and facilitator: a story, then straight to it."""

    def __init__(self, room: Room, client: str, lang: str, playable: dict[str, str]) -> None:
        self.room, self.client, self.lang = room, client, lang
        heading(1, say("practice", lang))
        paragraph(say("practice_lead", lang))
        with ui.element("section").classes("game-card"):
            self.case = ui.select(playable, value=DEFAULT_CASE, label=say("case", lang))
            self.button = ui.button(say("practice_begin", lang), on_click=self._begin)
            self.button.props("no-caps")
        with ui.element("p"):
            ui.link(say("join_title", lang), "/join")

    async def _begin(self) -> None:
        """Make the game, in a world of its own, and go to it."""
        world = World(str(self.case.value), secrets.randbelow(10_000), 0, "classroom")
        with sent(self.button, self.lang):
            token = await run.io_bound(
                self.room.classroom.practise, world, say("practice_you", self.lang), self.client
            )
            if token is not None:  # the server is not about to stop
                _go_and_remember(token)


def _go_and_remember(token: str) -> None:
    """On to a team's own page; the browser keeps its link for who comes back to /join."""
    address = json.dumps(f"/play/{token}")
    ui.run_javascript(
        f"localStorage.setItem({json.dumps(REMEMBERED)}, {address});location.assign({address});"
    )
