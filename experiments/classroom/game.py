"""The players' pages of the decision game: joining, playing, the debrief of one's own team.

A page looks at its session twice a second and redraws only what has changed, so that nobody loses
a half-made choice or the place of the keyboard. Rules, secrets and limits are those of `sessions`.
"""

from __future__ import annotations

import html
import json
import logging
import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app, ui

from experiments.classroom import server
from experiments.classroom.desk import LANGS, Debriefs, Desk, Room
from experiments.classroom.game_texts import say
from experiments.classroom.limits import CODE_LENGTH, NAME_LENGTH, Refused
from experiments.classroom.sessions import Classroom, Session, View
from experiments.game.brief import Brief, Number, Trace
from experiments.game.rules import Injection
from experiments.game.script import DECISIONS, INJECTIONS, Decision, Option

_LOG = logging.getLogger(__name__)
#: How the browser shows an option: its name, and its cost below; both as text.
_OPTION = """
<span class="game-option-name">{{ props.label.split("\\n")[0] }}</span>
<span class="game-option-cost">{{ props.label.split("\\n")[1] }}</span>
"""
STYLES = Path(__file__).parent / "game.css"
CONNECT_S = 30.0  #: that a browser may take to connect, on a slow network
LOOK_S = 0.5  #: between two looks of a page at its session
#: Where the browser keeps the link of its team, for who comes back to /join.
REMEMBERED = "backlash_team"


def heading(level: int, text: str) -> ui.html:
    """A heading that screen readers know as one; the text is escaped."""
    return ui.html(html.escape(text), sanitize=False, tag=f"h{level}")


def paragraph(text: str, classes: str = "") -> ui.html:
    """A paragraph; the text is escaped."""
    return ui.html(html.escape(text), sanitize=False, tag="p").classes(classes)


def message(problem: Refused, lang: str) -> str:
    """A refusal in words."""
    return say(problem.key, lang, **problem.values)


def minutes_and_seconds(seconds: float) -> str:
    """As on a clock: 4:09."""
    whole = int(seconds + 0.999)
    return f"{whole // 60}:{whole % 60:02d}"


def guarded(lang: str, call: Callable[[], Any]) -> bool:
    """Do what was clicked; what is refused is said on the screen. Whether it was done."""
    try:
        call()
    except Refused as problem:
        ui.notify(message(problem, lang), position="top", color="negative", timeout=6000)
        return False
    return True


def named(decision: Decision, lang: str) -> str:
    """A decision's name."""
    return decision.zh if lang == "zh" else decision.en


def option_text(option: Option, lang: str) -> str:
    """An option on the first line, its cost on the second."""
    return f"{option.zh}\n{option.cost_zh}" if lang == "zh" else f"{option.en}\n{option.cost_en}"


class TeamPage:
    """One open page of one team."""

    def __init__(self, room: Room, token: str, lang: str) -> None:
        self.room, self.token, self.lang = room, token, lang
        self.session, self.number = room.classroom.of_token(token)
        self.draft: dict[str, str] = {}
        self.changing = False
        self.drawn: tuple[object, ...] = ()
        self.pending: Future[Brief] | None = None
        self.n_events = len(self.session.view(self.number).injections)
        self._build()

    def say(self, key: str, **values: object) -> str:
        """A text in this page's language."""
        return say(key, self.lang, **values)

    def _build(self) -> None:
        with ui.element("section").classes("game-status"):
            self.place = ui.label().classes("game-place")
            self.clock = ui.label().classes("game-clock").props("role=timer")
            self.others = ui.label().props("aria-live=polite")
        self.content = ui.element("div").classes("game-content")
        with ui.element("details").classes("game-note"):
            name = f"{self.say('team')}: {self.session.name_of(self.number)}"
            ui.html(html.escape(name), sanitize=False, tag="summary")
            paragraph(self.say("your_link"))
        self.look()
        self.timer = ui.timer(LOOK_S, self.look)

    def look(self) -> None:
        """Show what has changed since the last look."""
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

    def _status(self, view: View) -> None:
        total = len(DECISIONS)
        self.place.set_text(
            self.say("decision_n", k=view.number, n=total)
            if view.number and view.phase != "ended"
            else self.say("debrief" if view.phase == "ended" else "lobby_title")
        )
        running = view.seconds_left is not None
        self.clock.set_text(
            f"{self.say('time_left')} {minutes_and_seconds(view.seconds_left or 0)}"
            if running
            else ""
        )
        self.clock.classes(
            add="game-hurry" if running and (view.seconds_left or 0) < 30 else "",
            remove="game-hurry" if not running or (view.seconds_left or 0) >= 30 else "",
        )
        if view.phase == "lobby":
            self.others.set_text(self.say("lobby", n=view.n_teams))
        elif view.phase == "open":
            self.others.set_text(self.say("answered_n", k=view.n_answered, n=view.n_teams))
        else:
            self.others.set_text("")
        if len(view.injections) > self.n_events:
            self.n_events = len(view.injections)
            ui.notify(self._event(view.injections[-1]), position="top", color="dark", timeout=8000)

    def _event(self, injection: Injection) -> str:
        event = INJECTIONS[injection.kind][1 if self.lang == "zh" else 0]
        return self.say("event_came", event=event)

    def _draw(self, view: View) -> None:
        self.pending = None
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
        assert view.decision is not None
        heading(2, named(view.decision, self.lang))
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
        assert view.decision is not None
        decision = view.decision
        if view.answer is not None and not self.draft:
            self.draft = dict(view.answer)
        for question in decision.questions:
            with ui.element("fieldset").classes("game-question"):
                text = question.zh if self.lang == "zh" else question.en
                ui.html(html.escape(text), sanitize=False, tag="legend")
                options = {o.key: option_text(o, self.lang) for o in question.options}
                chosen = self.draft.get(question.key)
                radio = ui.radio(
                    options,
                    value=chosen if chosen in options else None,
                    on_change=lambda e, key=question.key: self.draft.update({key: e.value}),
                )
                radio.add_slot("label", _OPTION)
                radio.classes("game-options").props(f'aria-label="{html.escape(text, quote=True)}"')
        with ui.row().classes("items-center"):
            ui.button(
                self.say("confirm_again" if self.changing else "confirm"),
                on_click=lambda: self._confirm(decision.key),
            ).props("no-caps")
            if self.changing:
                ui.button(self.say("keep"), on_click=lambda: self._change(False)).props(
                    "flat no-caps"
                )
        paragraph(self.say("until_closed"), "game-hint")

    def _confirm(self, decision: str) -> None:
        def send() -> None:
            self.room.classroom.clicks.spend(f"team {self.session.id} {self.number}")
            self.session.answer(self.number, decision, dict(self.draft))
            self.changing = False
            self._ahead()

        guarded(self.lang, send)
        self.look()

    def _ahead(self) -> None:
        """Have the next brief made while the others think: a class asks for all of them at once."""
        view = self.session.view(self.number)
        if view.number < len(DECISIONS):
            following = DECISIONS[view.number]
            self.room.desk.brief(view.world, view.choices, view.injections, following, self.lang)

    def _change(self, changing: bool) -> None:
        self.changing, self.draft = changing, {}
        self.look()

    def _answered(self, view: View) -> None:
        assert view.decision is not None and view.answer is not None
        with ui.element("section").classes("game-card"):
            heading(4, self.say("chosen"))
            _answers(view.decision, view.answer, self.lang)
            paragraph(self.say("waiting"))
            if view.revisions_left > 0:
                ui.button(self.say("change"), on_click=lambda: self._change(True)).props(
                    "outline no-caps"
                )

    def _closed(self, view: View) -> None:
        assert view.decision is not None
        heading(2, self.say("closed_title"))
        last = view.number == len(DECISIONS)
        with ui.element("section").classes("game-card"):
            if view.decision.key in view.nothing:
                paragraph(self.say("did_nothing"), "game-event")
            _answers(view.decision, view.choices[view.decision.key], self.lang)
            paragraph(self.say("closed_last" if last else "closed"))
        self._earlier(view)

    def _earlier(self, view: View) -> None:
        """What this team decided before, with what was not answered marked."""
        if not view.before:
            return
        with ui.element("details").classes("game-note"):
            ui.html(html.escape(self.say("earlier")), sanitize=False, tag="summary")
            for decision in DECISIONS:
                if decision.key in view.before:
                    mark = f" ({self.say('nothing_mark')})" if decision.key in view.nothing else ""
                    heading(4, named(decision, self.lang) + mark)
                    _answers(decision, view.before[decision.key], self.lang)

    def _arrive(self) -> None:
        """Show the brief once it is there."""
        if self.pending is None or not self.pending.done():
            return
        pending, self.pending = self.pending, None
        problem = pending.exception()
        self.brief.clear()
        with self.brief:
            if problem is None:
                _brief(pending.result(), self.lang)
            else:
                _LOG.error("brief of %s, team %d", self.session.id, self.number, exc_info=problem)
                paragraph(self.say("failed"))
                ui.button(self.say("try_again"), on_click=self._again).props("no-caps")

    def _again(self) -> None:
        self.drawn = ()
        self.look()


def _answers(decision: Decision, answer: Mapping[str, str], lang: str) -> None:
    """Chosen options with their costs, in words; what was ruled out was not asked."""
    for question in decision.questions:
        for option in question.options:
            if option.key == answer.get(question.key):
                name, cost = option_text(option, lang).splitlines()
                paragraph(name, "game-option-name")
                paragraph(cost, "game-option-cost")


def _brief(brief: Brief, lang: str) -> None:
    """What the team sees: the situation, messages, figures with their ranges, the curve."""
    paragraph(brief.situation)
    heading(3, say("headlines", lang))
    with ui.element("ul").classes("game-headlines"):
        for headline in reversed(brief.headlines):
            text = f"{headline.time:%m-%d %H:%M}  {headline.text}"
            item = ui.html(html.escape(text), sanitize=False, tag="li")
            if headline.new:
                item.classes("game-new")
    heading(3, say("numbers", lang))
    with ui.element("table").classes("game-numbers"):
        with ui.element("thead"), ui.element("tr"):
            for key in ("figure", "value", "likely_range", "as_of"):
                ui.html(html.escape(say(key, lang)), sanitize=False, tag="th").props("scope=col")
        with ui.element("tbody"):
            for number in brief.numbers:
                _number(number)
    _curve(brief.series, lang)


def _number(number: Number) -> None:
    def shown(value: float) -> str:
        return f"{value:,.{number.digits}f}" if math.isfinite(value) else "–"

    known = number.low == number.high or not math.isfinite(number.low)
    with ui.element("tr"):
        with ui.element("th").props("scope=row"):
            ui.label(number.name)
            if number.note:
                ui.label(number.note).classes("game-hint")
        for text in (
            f"{shown(number.value)} {number.unit}",
            "" if known else f"{shown(number.low)} – {shown(number.high)}",
            f"{number.as_of:%m-%d %H:%M}",
        ):
            ui.html(html.escape(text), sanitize=False, tag="td")


def _curve(trace: Trace, lang: str) -> None:
    """The curve with its band, and in words what it says."""
    if not trace.times:
        return
    at = [f"{time:%m-%d %H:%M}" for time in trace.times]
    caption = say(
        "curve_caption",
        lang,
        name=trace.name,
        time=at[-1],
        value=f"{trace.values[-1]:,.3g} {trace.unit}",
        low=f"{trace.low[-1]:,.3g}",
        high=f"{trace.high[-1]:,.3g}",
    )
    with ui.element("figure").classes("game-figure"):
        ui.echart(curve_options(trace, at, lang)).classes("game-curve").props(
            f'role=img aria-label="{html.escape(caption, quote=True)}"'
        )
        ui.html(html.escape(caption), sanitize=False, tag="figcaption")


def curve_options(trace: Trace, at: list[str], lang: str) -> dict[str, Any]:
    """A line with its 95 % band; times as text, so that no browser's time zone moves them."""
    band = {"type": "line", "stack": "band", "symbol": "none", "lineStyle": {"opacity": 0}}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 32, "top": 36, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": at, "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "name": trace.unit, "nameTextStyle": {"align": "left"}},
        "series": [
            {**band, "name": say("range_low", lang), "data": list(trace.low)},
            {
                **band,
                "name": say("range_width", lang),
                "data": [high - low for low, high in zip(trace.low, trace.high, strict=True)],
                "areaStyle": {"color": "#9db7d5", "opacity": 0.5},
            },
            {
                "name": trace.name,
                "type": "line",
                "symbol": "none",
                "data": list(trace.values),
                "lineStyle": {"color": "#1f4e79", "width": 2},
                "itemStyle": {"color": "#1f4e79"},
            },
        ],
    }


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


class JoinPage:
    """The code on the screen and a name, then on to the team's own page."""

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

    def _join(self) -> None:
        def send() -> None:
            _, token = self.room.classroom.join(self.code.value, self.name.value, self.client)
            address = f"/play/{token}"
            ui.run_javascript(
                f"localStorage.setItem({json.dumps(REMEMBERED)}, {json.dumps(address)});"
                f"location.assign({json.dumps(address)});"
            )

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


def register() -> None:
    """Put the game's pages on the server; `server` calls it once, before it starts."""
    from experiments.classroom import facilitate  # it builds on this module

    classroom = Classroom(Path(server.SETTINGS.results) / "classes")
    room = Room(classroom, Desk(), Debriefs(classroom.folder))
    _players(room)
    facilitate.register(room)


def _client(request: Request) -> str:
    return request.client.host if request.client else "?"


@contextmanager
def framed(room: Room, request: Request, title: str) -> Iterator[str]:
    """A page of the game with its styles; gives its language."""
    count(room, request)
    ui.add_css(STYLES)
    text = say(title, server.language(request))
    with server.frame(request, text) as lang, ui.element("div").classes("game"):
        yield lang


async def connected() -> bool:
    """Whether the browser has connected: what is clicked before that would be lost."""
    try:
        await ui.context.client.connected(timeout=CONNECT_S)
    except TimeoutError:
        return False
    return True


def count(room: Room, request: Request) -> None:
    """Pages of one address are counted before anything is built for them."""
    try:
        room.classroom.pages.spend(_client(request))
    except Refused:
        raise HTTPException(429) from None


def _players(room: Room) -> None:
    @ui.page("/join")
    async def join(request: Request, code: str = "") -> None:
        with framed(room, request, "join_title") as lang:
            if await connected():
                await JoinPage(room, _client(request), code, lang).remember()

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

    @app.get("/play/{token}/debrief")
    def own_debrief(request: Request, token: str, lang: str = "en", save: bool = False) -> Response:
        count(room, request)
        try:
            session, number = room.classroom.of_token(token)
        except Refused:
            raise HTTPException(404) from None
        return debrief_response(room, session, f"team_{number}", lang, save)


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
