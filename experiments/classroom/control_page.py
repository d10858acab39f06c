"""The page from which a class is led: what is projected, the pace, the roster, the debriefs.

The page looks at its session twice a second, as those of the teams do, and draws again only what
has changed. Nothing on it says what a team chose; but it says which events wait, so a class sees
`projector` and not this.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.debrief_panel import coming, debrief_links, handout_links
from experiments.classroom.debriefs import team_page
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import LOOK_S, clock_text, guarded, phase_text
from experiments.classroom.game_texts import say
from experiments.classroom.limits import MAX_MINUTES, shown_code
from experiments.classroom.qr import draw_qr
from experiments.classroom.roster_row import RosterRow
from experiments.classroom.sessions import Session
from experiments.classroom.story import decisions_of, events_of
from experiments.classroom.teams import Row
from experiments.game.world import case_of


class ControlPage:
    """One class: what is projected, the pace, the roster, the debrief.

    `look` keeps it up to date; every click goes through `_do`, which says on the screen what is
    refused.
    """

    def __init__(self, room: Room, session: Session, address: str, lang: str) -> None:
        self.room, self.session, self.address, self.lang = room, session, address, lang
        self.say = partial(say, lang=lang)
        self.drawn: tuple[object, ...] = ()
        self.rows: dict[int, RosterRow] = {}
        with ui.element("section").classes("game-projected"):
            heading(1, session.title or self.say("game"))
            with ui.element("div").classes("game-lead"):
                with ui.element("div"):
                    self.phase = ui.label().classes("game-place")
                    self.decision = ui.label().classes("game-decision")
                    self.clock = ui.label().classes("game-clock").props("role=timer")
                    self.count = ui.label().props("aria-live=polite")
                self.join = ui.element("div").classes("game-join")
                with self.join:
                    ui.label(f"{self.say('join_at')} {address}/join")
                    ui.label(shown_code(session.code)).classes("game-code")
            with ui.element("p"):
                wall = f"/facilitate/{session.id}/screen"
                ui.link(self.say("projector_open"), wall, new_tab=True).classes("game-open")
            paragraph(self.say("projector_hint"), "game-hint")
        paragraph(
            self.say(
                "world_locked",
                case=case_of(session.world).title(lang),
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
        self.dialogs = ui.element("div")  # apart, so that what is drawn anew takes none with it
        self.debrief = ui.element("section").classes("game-card game-broad")
        self.debrief.set_visibility(False)
        with ui.element("section").classes("game-card game-broad"):
            self._to_take_along()
        self.minutes: float | None = session.minutes  #: in the field, also when it is drawn again
        self.shown_debriefs: tuple[int, bool, bool] | None = None
        self.look()
        ui.timer(LOOK_S, self.look)

    def _to_take_along(self) -> None:
        """Links to the tables of this class, and to what can be printed for it."""
        id, lang, case = self.session.id, self.lang, self.session.world.case
        heading(2, self.say("tables"))
        paragraph(self.say("tables_hint"), "game-hint")
        with ui.row():
            for name in ("decisions.csv", "outcomes.csv", "anonymous.zip"):
                address = f"/facilitate/{id}/table/{name}?lang={lang}"
                ui.link(self.say(f"table_{name.split('.')[0]}"), address).props("download")
        handout_links(case, lang)

    def _empty_roster(self) -> ui.element:
        """The table of teams with its heads; returns its body, which `_roster` fills."""
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
        now = decisions_of(session.world)[session.at].text(self.lang) if session.at >= 0 else ""
        self.decision.set_text(now)
        self.clock.set_text(clock_text(left, session.paused, self.lang))
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
        self.controls.set_visibility(session.phase != "ended")
        came = len(session.injections)
        state = (session.phase, session.at, came, session.admits, session.paused, bool(rows))
        if state != self.drawn:
            self.drawn = state
            self.controls.clear()
            with self.controls:
                self._controls()
        if session.phase == "ended":
            self._debrief()

    def _debrief(self) -> None:
        """How far the debriefs are; the pages once they are there."""
        debriefs, session = self.room.debriefs, self.session
        debriefs.start(session)
        rows = session.roster()
        ready = [row for row in rows if debriefs.progress(session, team_page(row.number)).ready]
        whole = debriefs.progress(session, "class")
        page = whole.ready
        if (len(ready), page, whole.failed) == self.shown_debriefs:
            self._debrief_times(rows)
            return
        self.shown_debriefs = (len(ready), page, whole.failed)
        self.debrief.set_visibility(True)
        self.debrief.clear()
        address = f"/facilitate/{session.id}/debrief"
        with self.debrief:
            heading(2, self.say("class_debrief"))
            if page:
                debrief_links(f"{address}/class", self.lang, self.say("class_debrief"))
            else:
                paragraph(self.say("debrief_again" if whole.failed else "class_debrief_coming"))
            self.time_left = paragraph("", "game-hint")
            self.bar = ui.linear_progress(0, show_value=False)
            heading(3, self.say("team_debriefs", k=len(ready), n=len(rows)))
            with ui.row():
                for row in ready:
                    ui.link(row.name, f"{address}/team_{row.number}?lang={self.lang}", new_tab=True)

        self._debrief_times(rows)

    def _debrief_times(self, rows: list[Row]) -> None:
        """How long the class page, then the last of the teams' pages, still takes."""
        session, debriefs = self.session, self.room.debriefs
        waiting = [debriefs.progress(session, team_page(row.number)) for row in rows]
        waiting = [p for p in waiting if not p.ready and not p.failed]
        whole = debriefs.progress(session, "class")
        lines = []
        if not whole.ready and not whole.failed:
            lines.append(f"{self.say('class_debrief')}: {coming(whole, self.lang)}")
        if waiting:
            lines.append(f"{self.say('last_debrief')}: {coming(waiting[-1], self.lang)}")
        self.time_left.set_content("<br>".join(map(html.escape, lines)))
        self.bar.set_visibility(bool(lines))
        self.bar.set_value((whole if not whole.ready else waiting[-1] if waiting else whole).share)

    def _roster(self, rows: list[Row]) -> None:
        """A row for each team: new ones are added, removed ones go, the others change in place."""
        there = {row.number for row in rows}
        for number in [n for n in self.rows if n not in there]:
            self.rows.pop(number).element.delete()
        for row in rows:
            if row.number not in self.rows:
                with self.body:
                    self.rows[row.number] = RosterRow(row, self.lang, self._new_link, self._remove)
            progress = self.room.debriefs.progress(self.session, team_page(row.number))
            self.rows[row.number].show(row, self.session.phase, progress)

    def _controls(self) -> None:
        """What the facilitator may do now: the pace, the door, the events."""
        session = self.session
        heading(2, self.say("pace"))
        if session.phase == "ended":
            return
        self._pace()
        with ui.row():
            self._button(
                "lock" if session.admits else "unlock",
                lambda: session.lock(session.admits),
                flat=True,
            )
            if session.at >= 0:
                ui.button(self.say("end"), on_click=self._ask_end).props("outline no-caps")
        self._events()

    def _pace(self) -> None:
        """Minutes of the clock, and the button that closes this decision or opens the next."""
        session = self.session
        with ui.row().classes("items-end"):
            ui.number(
                self.say("minutes_label"), value=self.minutes, min=0.1, max=MAX_MINUTES,
                on_change=lambda e: setattr(self, "minutes", e.value),
            ).classes("game-minutes")  # fmt: skip
            place: dict[str, Any] = {"at": session.decision_key, "k": session.at + 1}
            if session.phase == "open":
                ui.button(self.say("close_now", **place), on_click=self._ask_close).props("no-caps")
                if session.paused:
                    self._button("go_on", session.go_on)
                else:
                    self._button("pause", session.pause, flat=True)
                self._button("set_clock", lambda: session.set_clock(self.minutes), flat=True)
                return
            if not session.is_last:
                self._open_next()
            if session.at >= 0:
                at = session.at
                self._button("reopen", lambda: session.reopen(self.minutes, at), flat=True, **place)

    def _open_next(self) -> None:
        """The button that opens the next decision; off while nobody has joined."""
        session, at = self.session, self.session.at
        following = decisions_of(session.world)[at + 1]
        button = self._button(
            "open_next",
            lambda: session.open(self.minutes, at),
            at=following.key,
            k=at + 2,
            name=following.text(self.lang),
        )
        button.set_enabled(bool(session.roster()))

    def _events(self) -> None:
        """A button for each event that may be injected; one that came says when."""
        session = self.session
        between = session.phase == "closed" and not session.is_last
        heading(3, self.say("inject_next" if between else "inject"))
        paragraph(self.say("inject_next_hint" if between else "inject_hint"), "game-hint")
        came = {item.kind: item.at for item in session.injections}
        with ui.row():
            for kind, name in events_of(session.world, self.lang).items():
                if kind in came:
                    k = session.script.place[came[kind]]
                    told = "came_at" if k <= session.at else "comes_at"
                    name += f" ({self.say(told, at=came[kind], k=k + 1)})"
                ui.button(
                    name, on_click=lambda kind=kind: self._do(lambda: session.inject(kind))
                ).props("outline no-caps").set_enabled(
                    (session.phase == "open" or between) and kind not in came
                )

    def _button(
        self, key: str, call: Callable[[], Any], flat: bool = False, **values: Any
    ) -> ui.button:
        """A button that does something to the session when it is clicked; `values` fill in its
        text.
        """
        button = ui.button(self.say(key, **values), on_click=lambda: self._do(call))
        return button.props("flat no-caps" if flat else "no-caps")

    def _do(self, call: Callable[[], Any]) -> None:
        """Do what was clicked, say what was refused, and show at once what came of it."""
        guarded(self.lang, call)
        self.look()

    def _ask_close(self) -> None:
        """Ask before a decision closes: who has not answered yet does nothing in it."""
        session, at, rows = self.session, self.session.at, self.session.roster()
        late = [row.name for row in rows if not row.answered]
        k = len(rows) - len(late)
        question = self.say("close_ask", at=session.decision_key, k=k, n=len(rows))
        if late:
            question += " " + self.say("close_ask_late", names=", ".join(late))
        yes = self.say("close_now", at=session.decision_key, k=at + 1)
        self._ask(question, yes, lambda: session.close(at))

    def _ask_end(self) -> None:
        """Ask before the game ends: it cannot be taken back."""
        self._ask(self.say("end_ask"), self.say("yes_end"), self.session.end)

    def _ask(self, question: str, yes: str, call: Callable[[], Any]) -> None:
        """A question over the page; `call` is done if it is answered with yes."""

        def sure() -> None:
            dialog.close()
            self._do(call)

        with self.dialogs, ui.dialog(value=True) as dialog, ui.card():
            paragraph(question)
            with ui.row():
                ui.button(yes, on_click=sure).props("no-caps")
                ui.button(self.say("no"), on_click=dialog.close).props("flat no-caps")

    def _remove(self, number: int, name: str) -> None:
        """Ask before a team is removed: its answers go with it."""
        question = self.say("remove_ask", name=name)
        self._ask(question, self.say("remove"), lambda: self.session.remove(number))

    def _new_link(self, number: int, name: str) -> None:
        """Give a team that lost its page a fresh link; the old one ends. It is shown once."""

        def give() -> None:
            link = f"{self.address}/play/{self.session.new_link(number)}"
            with self.dialogs, ui.dialog(value=True) as dialog, ui.card().classes("game-give"):
                paragraph(self.say("new_link_is", name=name))
                draw_qr(link, self.say("new_link_qr", name=name))
                escaped(link, "code").classes("game-link")
                with ui.row():
                    copy = ui.button(self.say("copy_link")).props("no-caps")
                    copy.on("click", js_handler=f"() => backlash.copy({json.dumps(link)})")
                    copy.on("click", lambda: ui.notify(self.say("link_copied"), position="top"))
                    ui.button(self.say("done"), on_click=dialog.close).props("flat no-caps")

        self._do(give)
