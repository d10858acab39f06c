"""The page of one team: the lobby, a decision with its brief, what was chosen, the debrief.

A page looks at its session twice a second and redraws only what has changed, so that nobody loses a
half-made choice or the place of the keyboard.

Options that are ticked are kept in the session as a draft: a page that is loaded again shows them.
"""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from nicegui import ui

from experiments.classroom.answers_panel import draw_answers, draw_texts
from experiments.classroom.brief_panel import draw_brief
from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.debrief_panel import DebriefPanel
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import LOOK_S, clock_text, guarded, message
from experiments.classroom.game_texts import say
from experiments.classroom.limits import Refused
from experiments.classroom.messages import come
from experiments.classroom.teams import View
from experiments.game.brief import Brief
from experiments.game.rules import Injection
from experiments.game.script import Decision, in_lang
from experiments.game.written import ROOM

_LOG = logging.getLogger(__name__)
#: How the browser shows an option: its name on the first line, its cost below; both as text.
_OPTION = """
<span class="game-option-name">{{ props.label.split("\\n")[0] }}</span>
<span class="game-option-cost">{{ props.label.split("\\n")[1] }}</span>
"""


class TeamPage:
    """One open page of one team; any number may be open, also on several machines."""

    def __init__(self, room: Room, token: str, lang: str) -> None:
        self.room, self.token, self.lang = room, token, lang
        self.say = partial(say, lang=lang)
        self.session, self.number = room.classroom.of_token(token)
        self.draft = dict(self.session.view(self.number).draft)
        self.changing = False
        self.drawn: tuple[object, ...] = ()  #: what the page shows; drawn again when it differs
        self.pending: Future[Brief] | None = None  #: the brief that is being computed
        self.n_events = len(self.session.view(self.number).injections)
        self.messages: tuple[str, int] = ("", 0)  #: decision, and the messages of it that are shown
        self._build()

    def _build(self) -> None:
        """The parts that stay: where the game is, the clock, the place of all else, the link."""
        with ui.element("section").classes("game-status"):
            self.place = ui.label().classes("game-place")
            self.clock = ui.label().classes("game-clock").props("role=timer")
            self.others = ui.label().props("aria-live=polite")
        self.inbox = ui.element("section").classes("game-inbox").props("aria-live=polite")
        self.content = ui.element("div").classes("game-content")
        with ui.element("details").classes("game-note"):
            name = f"{self.say('team')}: {self.session.name_of(self.number)}"
            escaped(name, "summary")
            paragraph(self.say("your_link"))
        self.look()
        self.timer = ui.timer(LOOK_S, self.look)

    def look(self) -> None:
        """Show what has changed since the last look; twice a second.

        The clock and the count of answers change in place. All else is drawn again only when the
        phase, the decision, the events or the own answer differ from what is shown.
        """
        try:
            if self.session.number_of(self.token) != self.number:
                raise Refused("no_such_link")
            view = self.session.view(self.number)
        except Refused as problem:
            self.timer.deactivate()
            self.content.clear()
            with self.content:
                paragraph(message(problem, self.lang))
            return
        self.session.seen(self.number)
        self._status(view)
        key = view.decision.key if view.decision else ""
        state = (view.phase, key, len(view.injections), json.dumps(view.answer), self.changing)
        if state != self.drawn:
            if self.drawn and self.drawn[1] != key:
                self.draft, self.changing = {}, False
            self.drawn = (*state[:4], self.changing)
            self.content.clear()
            with self.content:
                self._draw(view)
        self._arrive()
        self._messages(view)

    def _messages(self, view: View) -> None:
        """What has come in while this decision is open, the newest first; drawn when one comes."""
        key = view.decision.key if view.decision and view.phase == "open" else ""
        found = come(view.number - 1, view.elapsed_s, view.length_s) if key else []
        if (key, len(found)) == self.messages:
            return
        self.messages = (key, len(found))
        self.inbox.clear()
        with self.inbox:
            if found:
                heading(3, self.say("messages"))
            for message in reversed(found):
                who, text = message.line(self.lang)
                with ui.element("p"):
                    escaped(who, "strong")
                    escaped(text)

    def _status(self, view: View) -> None:
        """The line at the head: the decision, the clock, the others; and a note when an event has
        come.
        """
        total = len(self.session.decisions)
        self.place.set_text(
            self.say(
                "decision_n", at=self.session.decisions[view.number - 1].key, k=view.number, n=total
            )
            if view.number and view.phase != "ended"
            else self.say("debrief" if view.phase == "ended" else "game")
        )
        told = clock_text(view.seconds_left, view.paused, self.lang)
        running = view.seconds_left is not None
        self.clock.set_text(f"{self.say('time_left')} {told}" if running else told)
        hurry = running and not view.paused and (view.seconds_left or 0) < 30
        self.clock.classes(add="game-hurry" if hurry else "", remove="" if hurry else "game-hurry")
        if self.session.practice:
            self.others.set_text(self.say("practice"))
        elif view.phase == "lobby":
            self.others.set_text(self.say("lobby", n=view.n_teams))
        elif view.phase == "open":
            self.others.set_text(self.say("answered_n", k=view.n_answered, n=view.n_teams))
        else:
            self.others.set_text("")
        if len(view.injections) > self.n_events:
            self.n_events = len(view.injections)
            ui.notify(self._event(view.injections[-1]), position="top", color="dark", timeout=8000)

    def _event(self, injection: Injection) -> str:
        """An injected event in words."""
        event = in_lang(self.session.script.events[injection.kind].words, self.lang)
        return self.say("event_came", event=event)

    def _draw(self, view: View) -> None:
        """What belongs to the phase of the session."""
        self.pending = None
        if view.phase == "ended":
            self.content.classes("game-broad")
        if view.phase == "lobby":
            heading(2, self.say("lobby_title"))
            paragraph(self.say("waiting"))
        elif view.phase == "ended":
            DebriefPanel(self.room, self.session, self.number, self.token, self.lang)
        elif view.phase == "closed":
            self._closed(view)
        else:
            self._open(view)

    def _open(self, view: View) -> None:
        """An open decision: its brief, which comes when it is computed, and the form or the own
        answer.
        """
        assert view.decision is not None
        heading(2, view.decision.text(self.lang))
        for injection in view.injections:
            if injection.at == view.decision.key:
                paragraph(self._event(injection), "game-event").props("role=status")
        self.brief = ui.element("div").classes("game-brief")
        with self.brief, ui.row().classes("items-center"):
            ui.spinner()
            ui.label(self.say("brief_coming"))
        self.pending = self.room.desk.brief(
            view.world, view.before, view.injections, view.decision, self.lang
        )
        heading(3, self.say("your_decision"))
        if view.answer is None or self.changing:
            self._form(view)
        else:
            self._answered(view)
        self._earlier(view)

    def _form(self, view: View) -> None:
        """The questions with their options, each with its cost; what was ticked before is
        ticked.
        """
        assert view.decision is not None
        decision = view.decision
        if view.answer is not None and not self.draft:
            self.draft = dict(view.answer)
        for question in decision.questions:
            with ui.element("fieldset").classes("game-question"):
                text = question.text(self.lang)
                escaped(text, "legend")
                options = {
                    o.key: f"{o.text(self.lang)}\n{o.cost(self.lang)}" for o in question.options
                }
                chosen = self.draft.get(question.key)
                radio = ui.radio(
                    options,
                    value=chosen if chosen in options else None,
                    on_change=lambda e, key=question.key: self._tick(decision.key, key, e.value),
                )
                radio.add_slot("label", _OPTION)
                radio.classes("game-options").props(f'aria-label="{html.escape(text, quote=True)}"')
        self._writing(decision, view.written)
        with ui.row().classes("items-center"):
            ui.button(
                self.say("confirm_again" if self.changing else "confirm"),
                on_click=lambda: self._confirm(decision.key),
            ).props("no-caps")
            if self.changing:
                ui.button(self.say("keep"), on_click=lambda: self._change(False)).props(
                    "flat no-caps"
                )
        paragraph(self.say("alone" if self.session.practice else "until_closed"), "game-hint")

    def _writing(self, decision: Decision, written: Mapping[str, str]) -> None:
        """Room for the reason, and at some decisions for a statement; kept while they are typed."""
        fields = ["reason"]
        if decision.statement is not None:
            fields.append("statement")
        for field in fields:
            with ui.element("div").classes("game-writing"):
                if field == "statement" and decision.statement is not None:
                    paragraph(in_lang(decision.statement, self.lang))
                area = ui.textarea(
                    self.say(f"write_{field}"), value=written.get(field, ""),
                    on_change=lambda e, field=field: self._write(decision.key, field, e.value),
                ).classes("w-full")  # fmt: skip
                rows = 2 if field == "reason" else 6
                area.props(f"debounce=400 maxlength={ROOM[field]} rows={rows} outlined")
        paragraph(self.say("write_hint"), "game-hint")

    def _write(self, decision: str, field: str, text: object) -> None:
        """Keep what is typed; nobody is told of it before the debrief."""
        with suppress(Refused):  # closed meanwhile, which the page shows by itself
            self.session.write(self.number, decision, field, text or "")

    def _tick(self, decision: str, question: str, option: str) -> None:
        """Keep what was ticked: here, and for a page that is loaded again. It counts for nothing
        yet.
        """
        self.draft[question] = option
        with suppress(Refused):  # closed meanwhile: confirming will say so
            self.session.draft(self.number, decision, question, option)

    def _confirm(self, decision: str) -> None:
        """Send what is ticked as the team's answer; say what is refused."""

        def send() -> None:
            self.room.classroom.clicks.spend(f"team {self.session.id} {self.number}")
            self.session.answer(self.number, decision, dict(self.draft))
            self.changing = False
            if self.session.practice:
                self.session.go_ahead()
            else:
                self._ahead()

        guarded(self.lang, send)
        self.look()

    def _ahead(self) -> None:
        """Have the next brief made while the others think: a class asks for all of them at once."""
        view = self.session.view(self.number)
        if view.number < len(self.session.decisions):
            following = self.session.decisions[view.number]
            self.room.desk.brief(view.world, view.choices, view.injections, following, self.lang)

    def _change(self, changing: bool) -> None:
        """Open the form again, or put it away; a draft of it is dropped."""
        self.changing, self.draft = changing, {}
        self.session.drop_draft(self.number)
        self.look()

    def _answered(self, view: View) -> None:
        """What the team has chosen, and the way to choose anew while that is allowed."""
        assert view.decision is not None and view.answer is not None
        with ui.element("section").classes("game-card"):
            heading(4, self.say("chosen"))
            draw_answers(view.decision, view.answer, self.lang)
            draw_texts(view.written, self.lang)
            paragraph(self.say("waiting"))
            if view.revisions_left > 0:
                ui.button(self.say("change"), on_click=lambda: self._change(True)).props(
                    "outline no-caps"
                )

    def _closed(self, view: View) -> None:
        """What then held for the team, also where it had not answered."""
        assert view.decision is not None
        heading(2, self.say("closed_title"))
        last = view.number == len(self.session.decisions)
        with ui.element("section").classes("game-card"):
            if view.decision.key in view.nothing:
                paragraph(self.say("did_nothing"), "game-event")
            draw_answers(view.decision, view.choices[view.decision.key], self.lang)
            paragraph(self.say("closed_last" if last else "closed"))
        self._earlier(view)

    def _earlier(self, view: View) -> None:
        """What this team decided before, with what was not answered marked."""
        if not view.before:
            return
        with ui.element("details").classes("game-note"):
            escaped(self.say("earlier"), "summary")
            for decision in self.session.decisions:
                if decision.key in view.before:
                    mark = f" ({self.say('nothing_mark')})" if decision.key in view.nothing else ""
                    heading(4, decision.text(self.lang) + mark)
                    draw_answers(decision, view.before[decision.key], self.lang)

    def _arrive(self) -> None:
        """Show the brief once it is there; where it failed, a button that tries again."""
        if self.pending is None or not self.pending.done():
            return
        pending, self.pending = self.pending, None
        problem = pending.exception()
        self.brief.clear()
        with self.brief:
            if problem is None:
                draw_brief(pending.result(), self.lang)
            else:
                _LOG.error("brief of %s, team %d", self.session.id, self.number, exc_info=problem)
                paragraph(self.say("failed"))
                ui.button(self.say("try_again"), on_click=self._again).props("no-caps")

    def _again(self) -> None:
        """Draw everything again, and ask for the brief again."""
        self.drawn = ()
        self.look()
