"""The facilitator's pages: create a class, project its code, set the pace, inject, debrief.

The roster says who has answered, never what.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import Response
from nicegui import app, run, ui

from experiments.classroom import server
from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.debrief_panel import debrief_links, debrief_response
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import (
    LOOK_S,
    connected,
    count,
    framed,
    guarded,
    message,
    minutes_and_seconds,
)
from experiments.classroom.game_texts import say
from experiments.classroom.limits import MAX_MINUTES, TITLE_LENGTH, Refused, shown_code
from experiments.classroom.sessions import Row, Session
from experiments.classroom.texts import refusal
from experiments.game.script import DECISIONS, INJECTIONS, PLACE
from experiments.game.world import World
from sim.choices import conf_dir
from sim.refusal import ConfigError

CASE = "xiaomi_2026"  #: the decisions are told for it; other cases are played with the same ones
POPULATIONS = ("default", "classroom")  #: what a class may play with
MAX_SEED = 2**31 - 1
MAX_DRAW = 9_999  #: draws of the fit that a class may be locked to


def whole(raw: object, high: int) -> int:
    """A whole number from 0 to `high`. Raises Refused."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        raise Refused("seed", n=high)
    if not 0 <= raw <= high:
        raise Refused("seed", n=high)
    return int(raw)


def cases() -> list[str]:
    """The case files that are shipped."""
    return sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))


def phase_text(session: Session, lang: str) -> str:
    """Where a session stands."""
    return say(f"phase_{session.phase}", lang, k=session.at + 1)


class StartPage:
    """Classes that are there, and the form for a new one."""

    def __init__(self, room: Room, lang: str) -> None:
        self.room, self.lang = room, lang
        self.say = partial(say, lang=lang)
        heading(1, self.say("facilitator"))
        with ui.element("section").classes("game-card"):
            heading(2, self.say("new_class"))
            self.title = ui.input(self.say("title")).props(f"maxlength={TITLE_LENGTH}")
            self.case = ui.select(cases(), value=CASE, label=self.say("case"))
            sizes = {name: self.say(f"population_{name}") for name in POPULATIONS}
            self.population = ui.select(sizes, value=POPULATIONS[0], label=self.say("population"))
            self.seed = ui.number(self.say("seed_label"), value=1, min=0, max=MAX_SEED, precision=0)
            self.draw = ui.number(self.say("draw_label"), value=0, min=0, max=MAX_DRAW, precision=0)
            paragraph(self.say("world_hint"), "game-hint")
            self.button = ui.button(self.say("create"), on_click=self._create).props("no-caps")
        heading(2, self.say("classes"))
        if not room.classroom.sessions():
            paragraph(self.say("none_yet"))
        for session in room.classroom.sessions():
            text = f"{session.title or shown_code(session.code)} · {session.id[:13]} · "
            with ui.element("p"):
                ui.link(text + phase_text(session, lang), f"/facilitate/{session.id}")

    async def _create(self) -> None:
        self.button.disable()
        try:
            world = World(
                str(self.case.value), whole(self.seed.value, MAX_SEED),
                whole(self.draw.value, MAX_DRAW), str(self.population.value),
            )  # fmt: skip
            session = await run.io_bound(self.room.classroom.create, world, self.title.value)
        except Refused as problem:
            ui.notify(message(problem, self.lang), position="top", color="negative", timeout=6000)
        except ConfigError as problem:
            text = refusal(problem, self.lang)
            ui.notify(text, position="top", color="negative", timeout=12000)
        else:
            if session is not None:  # the server is not about to stop
                ui.navigate.to(f"/facilitate/{session.id}")
        finally:
            self.button.enable()


class ControlPage:
    """One class: what is projected, the pace, the roster, the debrief."""

    def __init__(self, room: Room, session: Session, address: str, lang: str) -> None:
        self.room, self.session, self.address, self.lang = room, session, address, lang
        self.say = partial(say, lang=lang)
        self.drawn: tuple[object, ...] = ()
        self.rows: dict[int, RosterRow] = {}
        with ui.element("section").classes("game-projected"):
            heading(1, session.title or self.say("game"))
            self.join = ui.element("div").classes("game-join")
            with self.join:
                ui.label(f"{self.say('join_at')} {address}/join")
                ui.label(shown_code(session.code)).classes("game-code")
            self.phase = ui.label().classes("game-place")
            self.clock = ui.label().classes("game-clock").props("role=timer")
            self.count = ui.label().props("aria-live=polite")
        paragraph(
            self.say(
                "world_locked",
                case=session.world.case,
                seed=session.world.seed,
                draw=session.world.draw,
                people=self.say(f"people_{session.world.population}"),
            ),
            "game-hint",
        )
        self.unsaved = paragraph("", "game-event")
        with ui.element("div").classes("game-two"):
            self.controls = ui.element("section").classes("game-card")
            with ui.element("section").classes("game-card"):
                self.n_teams = heading(2, "")
                paragraph(self.say("nobody_sees"), "game-hint")
                self.body = self._empty_roster()
        self.debrief = ui.element("section").classes("game-card")
        self.debrief.set_visibility(False)
        self.shown_debriefs: tuple[int, bool] | None = None
        self.look()
        ui.timer(LOOK_S, self.look)

    def _empty_roster(self) -> ui.element:
        with ui.element("div").classes("game-wide"), ui.element("table").classes("game-roster"):
            with ui.element("thead"), ui.element("tr"):
                for key in ("team", "state", "missed", "connection", "actions"):
                    escaped(self.say(key), "th").props("scope=col")
            return ui.element("tbody")

    def look(self) -> None:
        """Show what has changed since the last look."""
        session = self.session
        _, left = session.glance()
        rows = session.roster()
        answered = sum(row.answered for row in rows)
        self.phase.set_text(phase_text(session, self.lang))
        self.clock.set_text("" if left is None else minutes_and_seconds(left))
        self.count.set_text(
            self.say("answered_n", k=answered, n=len(rows))
            if session.phase in ("open", "closed")
            else ""
        )
        self.n_teams.set_content(html.escape(self.say("teams_n", n=len(rows))))
        self.unsaved.set_content(
            html.escape(self.say("unsaved", why=session.unsaved)) if session.unsaved else ""
        )
        self.join.set_visibility(session.admits and session.phase != "ended")
        self._roster(rows)
        state = (session.phase, session.at, len(session.injections), session.admits, bool(rows))
        if state != self.drawn:
            self.drawn = state
            self.controls.clear()
            with self.controls:
                self._controls()
        if session.phase == "ended":
            self._debrief()

    def _debrief(self) -> None:
        """How many debriefs are ready; the pages once they are there."""
        debriefs, session = self.room.debriefs, self.session
        debriefs.start(session)
        rows = session.roster()
        ready = [row for row in rows if debriefs.progress(session, row.number).ready]
        page = debriefs.page(session, "class", self.lang) is not None
        if (len(ready), page) == self.shown_debriefs:
            return
        self.shown_debriefs = (len(ready), page)
        self.debrief.set_visibility(True)
        self.debrief.clear()
        address = f"/facilitate/{session.id}/debrief"
        with self.debrief:
            heading(2, self.say("class_debrief"))
            if page:
                debrief_links(f"{address}/class", self.lang, self.say("class_debrief"))
            else:
                paragraph(self.say("class_debrief_coming", k=len(ready), n=len(rows)))
                ui.linear_progress(len(ready) / max(1, len(rows)), show_value=False)
            with ui.row():
                for row in ready:
                    ui.link(row.name, f"{address}/team_{row.number}?lang={self.lang}", new_tab=True)

    def _roster(self, rows: list[Row]) -> None:
        there = {row.number for row in rows}
        for number in [n for n in self.rows if n not in there]:
            self.rows.pop(number).element.delete()
        for row in rows:
            if row.number not in self.rows:
                with self.body:
                    self.rows[row.number] = RosterRow(self, row)
            self.rows[row.number].show(row)

    def _controls(self) -> None:
        session = self.session
        heading(2, self.say("pace"))
        if session.phase == "ended":
            paragraph(self.say("phase_ended"))
            return
        with ui.row().classes("items-end"):
            self.minutes = ui.number(
                self.say("minutes_label"), value=7, min=0.1, max=MAX_MINUTES
            ).classes("game-minutes")
            if session.phase == "open":
                self._button("close_now", session.close, k=session.at + 1)
                self._button("set_clock", lambda: session.set_clock(self.minutes.value), flat=True)
            elif not session.is_last:
                following = DECISIONS[session.at + 1]
                button = self._button(
                    "open_next",
                    lambda: session.open(self.minutes.value),
                    k=session.at + 2,
                    name=following.text(self.lang),
                )
                button.set_enabled(bool(session.roster()))
        with ui.row():
            self._button(
                "lock" if session.admits else "unlock",
                lambda: session.lock(session.admits),
                flat=True,
            )
            if session.at >= 0:
                ui.button(self.say("end"), on_click=self._ask_end).props("outline no-caps")
        heading(3, self.say("inject"))
        paragraph(self.say("inject_hint"), "game-hint")
        came = {item.kind: item.at for item in session.injections}
        with ui.row():
            for kind, names in INJECTIONS.items():
                name = names[self.lang == "zh"]
                if kind in came:
                    name += f" ({self.say('came_at', k=PLACE[came[kind]] + 1)})"
                ui.button(
                    name, on_click=lambda kind=kind: self._do(lambda: session.inject(kind))
                ).props("outline no-caps").set_enabled(session.phase == "open" and kind not in came)

    def _button(
        self, key: str, call: Callable[[], Any], flat: bool = False, **values: Any
    ) -> ui.button:
        button = ui.button(self.say(key, **values), on_click=lambda: self._do(call))
        return button.props("flat no-caps" if flat else "no-caps")

    def _do(self, call: Callable[[], Any]) -> None:
        guarded(self.lang, call)
        self.look()

    def _ask_end(self) -> None:
        self._ask(self.say("end_ask"), self.say("yes_end"), self.session.end)

    def _ask(self, question: str, yes: str, call: Callable[[], Any]) -> None:
        def sure() -> None:
            dialog.close()
            self._do(call)

        with ui.dialog(value=True) as dialog, ui.card():
            paragraph(question)
            with ui.row():
                ui.button(yes, on_click=sure).props("no-caps")
                ui.button(self.say("no"), on_click=dialog.close).props("flat no-caps")

    def _remove(self, number: int, name: str) -> None:
        question = self.say("remove_ask", name=name)
        self._ask(question, self.say("remove"), lambda: self.session.remove(number))

    def _new_link(self, number: int, name: str) -> None:
        def give() -> None:
            link = f"{self.address}/play/{self.session.new_link(number)}"
            with ui.dialog(value=True), ui.card():
                paragraph(self.say("new_link_is", name=name))
                ui.input(value=link).props("readonly").classes("w-full")

        self._do(give)


class RosterRow:
    """One team in the roster; changed in place, so that the keyboard keeps its place."""

    def __init__(self, page: ControlPage, row: Row) -> None:
        self.page = page
        self.element = ui.element("tr")
        with self.element:
            escaped(row.name, "th").props("scope=row")
            self.cells = [escaped("", "td") for _ in range(3)]
            with ui.element("td"):
                ui.button(
                    page.say("new_link"), on_click=lambda: page._new_link(row.number, row.name)
                ).props("flat dense no-caps")
                ui.button(
                    page.say("remove"), on_click=lambda: page._remove(row.number, row.name)
                ).props("flat dense no-caps")

    def show(self, row: Row) -> None:
        """What is known of the team now."""
        phase = self.page.session.phase
        if phase == "open":
            state = "answered" if row.answered else "thinking"
        elif phase == "closed":
            state = "answered" if row.answered else "not_answered"
        else:
            state = "waits"
        texts = (
            self.page.say(state),
            str(row.nothing),
            self.page.say("there" if row.present else "gone"),
        )
        for cell, text in zip(self.cells, texts, strict=True):
            cell.set_content(html.escape(text))


def register(room: Room) -> None:
    """Put the facilitator's pages on the server."""

    @ui.page("/facilitate")
    async def start(request: Request) -> None:
        with framed(room, request, "facilitator") as lang:
            if server.allowed(request, lang) and await connected():
                StartPage(room, lang)

    @ui.page("/facilitate/{id}")
    async def control(request: Request, id: str) -> None:
        with framed(room, request, "facilitator") as lang:
            if not (server.allowed(request, lang) and await connected()):
                return
            try:
                session = room.classroom.session(id)
            except Refused as problem:
                paragraph(message(problem, lang))
                ui.link(say("classes", lang), "/facilitate")
            else:
                ControlPage(room, session, server.address(request), lang)

    @app.get("/facilitate/{id}/debrief/{who}")
    def pages(
        request: Request, id: str, who: str, lang: str = "en", save: bool = False
    ) -> Response:
        count(room, request)
        if not server.is_facilitator(request):
            raise HTTPException(403)
        try:
            session = room.classroom.session(id)
        except Refused:
            raise HTTPException(404) from None
        known = {"class", *(f"team_{row.number}" for row in session.roster())}
        if who not in known:
            raise HTTPException(404)
        return debrief_response(room, session, who, lang, save)
