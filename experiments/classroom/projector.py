"""What a class sees on the wall: how to join, the decision, its headlines, the clock, who is ready.

Apart from the control page on purpose: nothing here says what is coming, what a team chose, or what
only some teams have read. In one language or in both, side by side.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from nicegui import ui

from experiments.classroom.chart_parts import clock_text as moment_text
from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.debrief_panel import coming
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import LOOK_S, clock_text, phase_text
from experiments.classroom.game_texts import say
from experiments.classroom.limits import shown_code
from experiments.classroom.qr import draw_qr
from experiments.classroom.sessions import Session
from experiments.classroom.story import decisions_of, events_of
from experiments.game import rules
from experiments.game.brief import Brief
from experiments.game.headlines import Headline
from experiments.game.rules import Injection
from experiments.game.script import Decision, in_lang
from experiments.game.world import World, case_of

_LOG = logging.getLogger(__name__)
WALL = Path(__file__).parent / "wall.css"
BOTH = "both"  #: what an address says for both languages
MOST_HEADLINES = (6, 4)  #: on the wall, the newest; of one language, of two


@dataclass(frozen=True)
class Shared:
    """What every team has read at a decision, whatever it chose."""

    situation: str
    headlines: tuple[Headline, ...]  #: the newest last


def shared_with_all(brief: Brief, world: World, come: Sequence[Injection], lang: str) -> Shared:
    """Of the brief of a team that did nothing, what does not depend on that.

    Headlines that are events of the case, unless they need an act of the brand, those that the
    script tells whatever is chosen, and injected events. What a brand did, lists and partners
    depend on the team, and are left out.
    """
    case = case_of(world)
    needy = {driver.id for driver in case.forcing if driver.requires is not None}
    known = {e.text[lang] for e in case.events if e.id not in needy}
    known |= {events_of(world, lang)[injection.kind] for injection in come}
    known |= {in_lang(told.words, lang) for d in decisions_of(world) for told in d.told}
    kept = tuple(h for h in brief.headlines if h.text in known)
    return Shared(brief.situation, kept)


def languages(asked: str | None, usual: str) -> tuple[str, ...]:
    """The languages of a wall, by what its address says: one, or both."""
    if asked == BOTH:
        return (usual, "en" if usual == "zh" else "zh")
    return (usual,)


class Projector:
    """One open wall; it looks at its session twice a second and draws again what has changed."""

    def __init__(self, room: Room, session: Session, address: str, langs: tuple[str, ...]) -> None:
        self.room, self.session, self.address, self.langs = room, session, address, langs
        self.lang = langs[0]
        self.drawn: tuple[object, ...] = ()
        self.pending: dict[str, Future[Brief]] = {}  #: language -> the brief that is computed
        self.boxes: dict[str, ui.element] = {}
        self.names: tuple[object, ...] = ()
        with ui.element("div").classes("wall"):
            with ui.element("header").classes("wall-head"):
                heading(1, session.title or self._both("game"))
                self.place = ui.label().classes("wall-place")
                self.clock = ui.label().classes("wall-clock").props("role=timer")
                self._languages()
            self.main = ui.element("div").classes("wall-main")
            with ui.element("footer").classes("wall-foot"):
                self.count = ui.label().classes("wall-count").props("aria-live=polite")
                self.teams = ui.element("ul").classes("wall-teams")
                self.small = ui.element("div").classes("wall-small")
        self.look()
        ui.timer(LOOK_S, self.look)

    def _both(self, key: str, **values: object) -> str:
        """A text in every language of the wall, in one line."""
        return " · ".join(say(key, lang, **values) for lang in self.langs)

    def _languages(self) -> None:
        """Links to the same wall in one language or in both; small, for the wall is not theirs."""
        with ui.element("nav").classes("wall-languages"):
            for lang, text in (("en", "EN"), ("zh", "中文"), (BOTH, "EN + 中文")):
                ui.link(text, f"?lang={lang}")

    def look(self) -> None:
        """Show what has changed since the last look."""
        session = self.session
        _, left = session.glance()
        rows = session.roster()
        self.place.set_text(self._place())
        words = " ".join(say("paused", lang) for lang in self.langs) if session.paused else ""
        self.clock.set_text(f"{clock_text(left, False, self.lang)} {words}".strip())
        hurry = left is not None and left < 30 and not session.paused
        self.clock.classes(add="game-hurry" if hurry else "", remove="" if hurry else "game-hurry")
        come = session.events_come()
        state = (session.phase, session.at, len(come), session.admits)
        if state != self.drawn:
            self.drawn, self.pending, self.boxes = state, {}, {}
            self.main.clear()
            with self.main:
                self._draw(come)
            self._small()
        self._teams([(row.name, row.answered) for row in rows])
        self._arrive(come)
        if session.phase == "ended":
            self._ended()

    def _place(self) -> str:
        """Where the class is: in words, or short where two languages share the line."""
        session = self.session
        if len(self.langs) == 1 or session.phase in ("lobby", "ended"):
            return " · ".join(phase_text(session, lang) for lang in self.langs)
        return f"{session.decision_key} · {session.at + 1} / {len(decisions_of(session.world))}"

    def _draw(self, come: tuple[Injection, ...]) -> None:
        """What belongs to the phase."""
        session = self.session
        if session.phase == "lobby":
            self._lobby()
        elif session.phase == "ended":
            for lang in self.langs:
                heading(2, say("projector_ended", lang))
            self.ready = paragraph("", "wall-situation")
        else:
            decision = decisions_of(session.world)[session.at]
            with ui.element("div").classes(f"wall-columns wall-{len(self.langs)}"):
                for lang in self.langs:
                    self._decision(decision, come, lang)

    def _lobby(self) -> None:
        """How to join: address, code and QR as large as the wall allows."""
        code = shown_code(self.session.code)
        link = join_link(self.address, self.session.code)
        with ui.element("div").classes("wall-join"):
            with ui.element("div"):
                heading(2, self._both("projector_lobby"))
                paragraph(self._both("scan"))
                ui.label(f"{self.address}/join").classes("wall-address")
                ui.label(code).classes("game-code")
            draw_qr(link, link)

    def _small(self) -> None:
        """In the corner while decisions run: code and QR, as long as somebody may still join."""
        self.small.clear()
        if self.session.phase not in ("open", "closed") or not self.session.admits:
            return
        link = join_link(self.address, self.session.code)
        with self.small:
            with ui.element("div"):
                ui.label(f"{self.address}/join")
                ui.label(shown_code(self.session.code)).classes("wall-code")
            draw_qr(link, link)

    def _decision(self, decision: Decision, come: tuple[Injection, ...], lang: str) -> None:
        """A decision in a language: title, what is asked, and room for situation and headlines."""
        world = self.session.world
        with ui.element("section").props(f'lang="{lang}"'):
            heading(2, decision.text(lang))
            if self.session.phase == "closed":
                paragraph(say("projector_closed", lang), "wall-closed")
            for injection in come:
                if injection.at == decision.key:
                    event = events_of(world, lang)[injection.kind]
                    paragraph(say("event_came", lang, event=event), "game-event")
            self.boxes[lang] = ui.element("div")
        earlier = decisions_of(world)[: self.session.at]
        nothing = {d.key: dict(rules.nothing(d)) for d in earlier}
        before = rules.repaired(nothing, world)
        self.pending[lang] = self.room.desk.brief(world, before, come, decision, lang)

    def _arrive(self, come: tuple[Injection, ...]) -> None:
        """Situation and headlines, once they are there."""
        for lang in [lang for lang, future in self.pending.items() if future.done()]:
            future = self.pending.pop(lang)
            if problem := future.exception():
                _LOG.error("the wall of %s", self.session.id, exc_info=problem)
                continue
            shared = shared_with_all(future.result(), self.session.world, come, lang)
            with self.boxes[lang]:
                paragraph(shared.situation, "wall-situation")
                if self.session.phase == "open":
                    self._questions(lang)
                self._headlines(shared.headlines, lang)

    def _questions(self, lang: str) -> None:
        """What is asked, without the options: these are on the pages of the teams."""
        heading(3, say("to_decide", lang))
        with ui.element("ul").classes("wall-questions"):
            for question in decisions_of(self.session.world)[self.session.at].questions:
                escaped(question.text(lang), "li")

    def _headlines(self, headlines: Sequence[Headline], lang: str) -> None:
        """The newest headlines, the latest first; what was just told as new is not repeated."""
        told = events_of(self.session.world, lang)
        just = {told[i.kind] for i in self.session.events_come()
                if i.at == self.session.decision_key}  # fmt: skip
        kept = [line for line in headlines if line.text not in just]
        kept = kept[-MOST_HEADLINES[len(self.langs) - 1] :]
        if not kept:
            return
        heading(3, say("everybody_knows", lang))
        with ui.element("ul").classes("game-headlines"):
            for item in reversed(kept):
                line = escaped(f"{moment_text(item.time, lang)}  {item.text}", "li")
                line.classes("game-new" if item.new else "")

    def _teams(self, rows: list[tuple[str, bool]]) -> None:
        """Who is here, and who has answered; never what."""
        phase = self.session.phase
        state = (phase, tuple(rows))
        if state == self.names:
            return
        self.names = state
        told = phase in ("open", "closed")
        k = sum(answered for _, answered in rows)
        self.count.set_text(
            self._both("answered_n", k=k, n=len(rows)) if told
            else self._both("teams_n", n=len(rows)) if rows else self._both("projector_nobody")
        )  # fmt: skip
        self.teams.clear()
        with self.teams:
            for name, answered in rows:
                mark = f" ✓ ({self._both('answered_mark')})" if told and answered else ""
                item = escaped(name, "li").classes("wall-ready" if mark else "")
                if mark:
                    item.props(f'aria-label="{html.escape(name + mark, quote=True)}"')

    def _ended(self) -> None:
        """How long the class page still takes."""
        progress = self.room.debriefs.progress(self.session, "class")
        text = (
            self._both("projector_ready")
            if progress.ready
            else f"{self._both('class_debrief')}: {coming(progress, self.lang)}"
        )
        self.ready.set_content(html.escape(text))


def join_link(address: str, code: str) -> str:
    """The address that a QR code holds: it opens /join with the code filled in."""
    return f"{address}/join?code={code}"
