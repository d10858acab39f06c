"""The laboratory page: choose, move levers, run, look, compare, take away. One object per page.

Controls are the browser's own elements, so that keyboard, screen reader and phone know them. What
comes from a page is checked on the server: options against the folders of `conf/`, levers against
their metadata; nothing that a page sends is used as a path or as code.
"""

from __future__ import annotations

import asyncio
import html
import json
import math
import shlex
import threading
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from fastapi import HTTPException, Request
from nicegui import app, ui

from experiments.classroom import server, workbench
from experiments.classroom.limits import LABORATORIES, LABORATORIES_PER_S, Limiter, Refused
from experiments.classroom.texts import (
    LEVERS,
    label_of,
    option_name,
    refusal,
    say,
    step_name,
    unit_name,
)
from experiments.classroom.workbench import Choice, Done, Job, Lever, Workbench, levers, options_of
from sim.refusal import ConfigError
from sim.response import STEPS

DAYS = (3, 7, 14)  #: spans that the charts can show, besides all
SPEEDS = (4, 12, 24, 48)  #: hours of the film per second
AFTER_START_S = 1.5  #: until compilation begins; a run that somebody asks for begins it at once
AT_FIRST = "apology"  #: the step whose levers are open when the page comes


def register() -> None:
    """Put the laboratory on the server; compile in the background once it answers."""
    bench = Workbench()
    app.on_startup(lambda: _soon(bench.warm))
    app.on_shutdown(bench.stop)

    opened = Limiter(LABORATORIES, LABORATORIES_PER_S)

    @ui.page("/")
    def page(request: Request) -> None:
        try:
            opened.spend(request.client.host if request.client else "?")
        except Refused:
            raise HTTPException(429) from None
        Laboratory(bench, server.language(request)).build()


def _soon(work: Callable[[], None]) -> None:
    """In the background, once the first page has had the processor to itself."""
    timer = threading.Timer(AFTER_START_S, work)
    timer.daemon = True
    timer.start()


# --- the browser's own controls -----------------------------------------------------------------


def _element(tag: str, classes: str = "", /, **attributes: Any) -> ui.element:
    """An element with attributes; `^` in front of a name makes it a start value only."""
    element = ui.element(tag).classes(classes)
    for name, value in attributes.items():
        element.props[name.replace("_", "-")] = value
    return element


def _text(tag: str, text: str, classes: str = "", /, **attributes: Any) -> ui.element:
    element = _element(tag, classes, **attributes)
    with element:
        ui.html(html.escape(text), sanitize=False, tag="span")
    return element


def _button(text: str, classes: str = "", /, **attributes: Any) -> ui.element:
    return _text("button", text, f"bl-button {classes}", type="button", **attributes)


def _select(
    label: str, options: Mapping[str, str], value: str, changed: Callable[[str], None], name: str
) -> ui.element:
    """A labelled choice among few; what is not among them is ignored."""
    with _element("div", "bl-field"):
        caption = _text("label", label)
        box = _element("select", "bl-input", name=name)
        caption.props["for"] = box.html_id
        with box:
            for option, text in options.items():
                item = _text("option", text, value=option)
                if option == value:
                    item.props["^selected"] = "selected"

    def chosen(event: Any) -> None:
        if event.args in options:
            changed(event.args)

    box.on("change", chosen, js_handler="(e) => emit(e.target.value)")
    return box


def _number_of(raw: object) -> float | None:
    """A number that a page has sent; None if it is none."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or len(str(raw)) > 30:
        return None
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# --- the page -----------------------------------------------------------------------------------


class Laboratory:
    """One page: what it has chosen, what it shows, and the run under way."""

    def __init__(self, bench: Workbench, lang: str) -> None:
        self.bench, self.lang = bench, lang
        self.choice = Choice()
        self.days: int | None = 7
        self.opened = {AT_FIRST}
        self.job: Job | None = None
        self.bar: ui.element | None = None
        self.shown: list[Done] = []
        self.positions: Any = None
        self.shown_choice = Choice()
        self.shown_words: list[list[str]] = []
        self.message = ""
        self.problem = ""
        self.client = ui.context.client

    @property
    def charts(self) -> Any:
        """The module of the charts; loading it takes a second, which `run` spends in a thread."""
        return import_module("experiments.classroom.charts")

    def say(self, key: str, **values: object) -> str:
        """A text in the language of the page."""
        return say(key, self.lang, **values)

    def build(self) -> None:
        """The frame, which stays; the rest is drawn again when the language changes."""
        server.head(self.lang, self.say("title"))
        self.skip = _text("a", "", "bl-skip", href="#results")
        with _element("header", "bl-header"):
            self.nav = ui.element("div").classes("bl-grow")
            self.language = _element("button", "bl-language", type="button", id="language")
            self.language.on("click", self.change_language)
        self.body = _element("div", "bl-main", id="main")  # NiceGUI puts a <main> around it
        self.draw()
        ui.timer(0.2, self.run, once=True)  # nobody meets empty charts
        self.client.on_delete(self.leave)

    def leave(self) -> None:
        """The page is gone: its run is not needed any more."""
        if self.job is not None:
            self.job.cancel()

    def change_language(self) -> None:
        """Everything in the other language; what was chosen, run and played stays."""
        self.lang = "en" if self.lang == "zh" else "zh"
        self.message = ""
        self.check(quiet=True)
        self.draw()
        self.client.run_javascript(
            f"backlash.speak({json.dumps(self.lang)}, {json.dumps(self.say('title'))})"
        )

    def draw(self) -> None:
        """All that has words."""
        other = "en" if self.lang == "zh" else "zh"
        for place, key in ((self.skip, "skip"), (self.language, "other_language")):
            place.clear()
            with place:
                ui.html(html.escape(self.say(key)), sanitize=False, tag="span")
        self.language.props["aria-label"] = self.say("other_language_label")
        self.language.props["lang"] = other
        self.nav.clear()
        with self.nav:
            server.navigation(self.lang)
        self.body.clear()
        with self.body:
            _text("h1", self.say("title"), "bl-title")
            with _element("div", "bl-two"):
                with _element("div", "bl-left"):
                    self.draw_settings()
                with _element("div", "bl-right"):
                    self.draw_run_bar()
                    self.results = _element("section", "bl-results", id="results", tabindex="-1")
                    self.results.props["aria-label"] = self.say("results")
        self.draw_results()

    # settings

    def draw_settings(self) -> None:
        """Case, response, world, and the levers."""
        with _element("section", "bl-card", aria_label=self.say("settings")):
            _text("h2", self.say("settings"))
            self.settings = _element("div", "bl-field")
            self.draw_choices()
            self.refused = _element("div", "bl-refusal", role="alert", id="refusal")
        with _element("section", "bl-card", aria_label=self.say("levers")):
            with _element("div", "bl-row"):
                _text("h2", self.say("levers"), "bl-grow")
                back = _button(self.say("back"), "bl-small", id="back")
                back.on("click", self.undo)
            self.levers = _element("div")
            self.draw_levers()
        self.tell_problem()

    def draw_choices(self) -> None:
        """What is chosen as a whole."""
        choice = self.choice
        self.settings.clear()
        with self.settings:
            cases = {name: self.case_title(name) for name in options_of("case")}
            _select(self.say("case"), cases, choice.case, self.change_case, "case")
            responses = {name: say(name, self.lang) for name in options_of("response")}
            _select(
                self.say("response"), responses, choice.response, self.change_response, "response"
            )
            _select(
                self.say("against"), {"": self.say("nothing"), **responses}, choice.against,
                lambda value: self.change("against", value), "against",
            )  # fmt: skip
            people = {name: self.say(f"population_{name}") for name in options_of("population")}
            _select(
                self.say("population"), people, choice.population,
                lambda value: self.change("population", value), "population",
            )  # fmt: skip
            worlds = {name: self.say(f"world_{name}") for name in workbench.WORLDS}
            _select(self.say("world"), worlds, choice.world, self.change_world, "world")
            if choice.world == "posterior":
                self.whole("draw", self.say("draw"), choice.draw, 100_000)
            self.whole("seed", self.say("seed"), choice.seed, 2**31)

    def whole(self, name: str, label: str, value: int, high: int) -> None:
        """A field for a whole number of the choice."""
        with _element("div", "bl-field"):
            caption = _text("label", label)
            box = _element(
                "input", "bl-input", type="number", name=name, min=0, max=high, step=1,
                inputmode="numeric", **{"^value": value},
            )  # fmt: skip
            caption.props["for"] = box.html_id

        def typed(event: Any) -> None:
            number = _number_of(event.args)
            if number is None or number != int(number) or abs(number) > 2**53:
                self.problem = self.say("number_needed", label=label)
                self.tell_problem()
            else:
                self.change(name, int(number))

        box.on("change", typed, js_handler="(e) => emit(e.target.value)")

    def case_title(self, name: str) -> str:
        """The title of a case as its file has it."""
        return _titles(name)[self.lang]

    def change(self, name: str, value: Any) -> None:
        """A field of the choice."""
        setattr(self.choice, name, value)
        self.check()

    def change_case(self, case: str) -> None:
        """Another case: its own levers; silence where the response is not possible in it."""
        self.choice.case, self.choice.changes = case, {}
        try:
            self.choice.settings()
        except ConfigError as problem:
            self.choice.response = "none"
            self.message = self.say("no_such_response", reason=refusal(problem, self.lang))
            self.draw_choices()
        else:
            self.message = ""
        self.draw_levers()
        self.check()

    def change_response(self, response: str) -> None:
        """Another response: its levers as its file has them."""
        before, changes = self.choice.response, self.choice.changes
        self.choice.response, self.choice.changes = response, {}
        try:
            self.choice.settings()
        except ConfigError as problem:
            self.choice.response, self.choice.changes = before, changes
            self.problem = refusal(problem, self.lang)
            self.draw_choices()
            self.tell_problem()
            return
        self.draw_levers()
        self.check()

    def change_world(self, world: str) -> None:
        """Fit or point parameters; only the fit has numbered draws."""
        self.choice.world = world
        self.draw_choices()
        self.check()

    def undo(self) -> None:
        """The levers as the file of the response has them."""
        self.choice.changes = {}
        self.draw_levers()
        self.check()

    def check(self, quiet: bool = False) -> bool:
        """Whether the choice can be run; says why not."""
        try:
            self.choice.configs()
        except ConfigError as problem:
            self.problem = refusal(problem, self.lang)
        else:
            self.problem = ""
        if not quiet:
            self.tell_problem()
        return not self.problem

    def tell_problem(self) -> None:
        """The refusal in words, or nothing."""
        self.refused.clear()
        self.refused.set_visibility(bool(self.problem))
        with self.refused:
            if self.problem:
                _text("strong", self.say("refused"))
                _text("p", self.problem)
        if self.bar is not None and not self.bar.is_deleted:
            self.draw_status()

    # levers

    def draw_levers(self) -> None:
        """One box a step of the playbook, in its order."""
        self.levers.clear()
        with self.levers:
            self.draw_lever(levers()["response.channel"])
            for step in STEPS:
                self.draw_step(step)

    def draw_step(self, step: str) -> None:
        """A step: whether it happens, and its levers if it does."""
        box = _element("details", "bl-step", id=f"step-{step}")
        if step in self.opened:
            box.props["^open"] = ""
        box.on(
            "toggle",
            lambda e: self.opened.add(step) if e.args is True else self.opened.discard(step),
            js_handler="(e) => emit(e.target.open)",
        )
        with box:
            with _element("summary"):
                _text("span", step_name(step, self.lang))
                state = _element("span", "bl-soft")
            name = self.say("happens", step=step_name(step, self.lang))
            with _element("div", "bl-check"):
                tick = _element("input", type="checkbox", name=f"happens-{step}")
                if self.choice.happens(step):
                    tick.props["^checked"] = ""
                _text("label", name).props["for"] = tick.html_id
            inner = _element("div")

        def fill() -> None:
            inner.clear()
            if self.choice.happens(step):
                with inner:
                    for lever in levers().values():
                        if lever.step == step:
                            self.draw_lever(lever, tell)
            tell()

        def tell() -> None:
            delay = self.choice.value(f"response.{step}.delay_h")
            state.clear()
            with state:
                text = "never" if delay is None else "at_h"
                hours = f"{delay:.3g}" if isinstance(delay, int | float) else ""
                ui.html(html.escape(self.say(text, h=hours)), sanitize=False, tag="span")

        def ticked(event: Any) -> None:
            self.choice.switch(step, event.args is True)
            fill()
            self.check()

        tick.on("change", ticked, js_handler="(e) => emit(e.target.checked)")
        fill()

    def move(self, key: str, value: workbench.Value) -> None:
        """A lever to a value that its page has sent."""
        try:
            self.choice.set(key, value)
        except ConfigError as problem:
            self.problem = refusal(problem, self.lang)
            self.tell_problem()
            return
        self.check()

    def draw_lever(self, lever: Lever, tell: Callable[[], None] = lambda: None) -> None:
        """A lever by what it takes: a choice, yes or no, or a number with its range and unit."""
        value, name = self.choice.value(lever.key), LEVERS[lever.name][self.lang == "zh"]
        if lever.options:
            texts = {option: option_name(option, self.lang) for option in lever.options}
            box = _select(name, texts, str(value), lambda v: self.move(lever.key, v), lever.key)
            box.props["aria-label"] = label_of(lever.key, self.lang)
        elif lever.low is None:
            with _element("div", "bl-check"):
                tick = _element("input", type="checkbox", name=lever.key)
                if value:
                    tick.props["^checked"] = ""
                _text("label", name).props["for"] = tick.html_id
            tick.on(
                "change",
                lambda e: self.move(lever.key, e.args is True),
                js_handler="(e) => emit(e.target.checked)",
            )
        else:
            self.draw_number(lever, name, float(value or 0.0), tell)  # type: ignore[arg-type]

    def draw_number(self, lever: Lever, name: str, value: float, tell: Callable[[], None]) -> None:
        """A slider for the usual range and a field for every number in the allowed one."""
        low, high = float(lever.low or 0), float(lever.high or 0)
        top, step = _slider(lever, self.hours())
        unit = unit_name(lever.unit, self.lang)
        with _element("div", "bl-lever"):
            caption = _text("label", f"{name} [{low:g} – {high:g} {unit}]")
            slider = _element(
                "input", type="range", min=low, max=top, step=step, name=f"{lever.key}:slider",
                aria_label=label_of(lever.key, self.lang), **{"^value": value},
            )  # fmt: skip
            box = _element(
                "input", "bl-input", type="number", name=lever.key, min=low, max=high, step="any",
                inputmode="decimal", **{"^value": f"{value:.6g}"},
            )  # fmt: skip
            caption.props["for"] = box.html_id

        def sent(event: Any) -> None:
            number = _number_of(event.args)
            if number is None:
                self.problem = self.say("number_needed", label=label_of(lever.key, self.lang))
                self.tell_problem()
                return
            self.move(lever.key, number)
            tell()

        other = "(e) => {{ document.getElementById('{}').value = e.target.value; {} }}"
        emit = "emit(e.target.value);"
        slider.on("input", js_handler=other.format(box.html_id, ""))
        slider.on("change", sent, js_handler=other.format(box.html_id, emit))
        box.on("change", sent, js_handler=other.format(slider.html_id, emit))

    def hours(self) -> float:
        """The horizon of the case, hours: a later step would never come."""
        base = workbench.base_of(
            self.choice.case, "none", self.choice.population, self.choice.world
        )
        return 24.0 * base.clock.horizon_d

    # running

    def draw_run_bar(self) -> None:
        """The button, the progress, and what there is to say about the run."""
        with _element("section", "bl-card bl-bar", aria_label=self.say("run")):
            with _element("div", "bl-row"):
                self.go = _button(self.say("run"), "bl-go", id="run")
                self.go.on("click", self.run)
                self.halt = _button(self.say("cancel"), id="cancel")
                self.halt.on("click", self.cancel)
                self.bar = _element(
                    "progress", "bl-progress bl-grow", max=1, aria_label=self.say("progress")
                )
            self.status = _element("div", "bl-soft", role="status", id="status")
        self.draw_status()

    def draw_status(self) -> None:
        """What goes on."""
        busy = self.job is not None
        assert self.bar is not None
        self.bar.props["value"] = self.job.progress if self.job is not None else 0
        self.bar.set_visibility(busy)
        for button, off in ((self.go, busy or bool(self.problem)), (self.halt, not busy)):
            if off:
                button.props["disabled"] = True
            else:
                button.props.pop("disabled", None)
        lines = []
        if not self.bench.compiled.is_set():
            lines.append(self.say("compiling"))
        if self.job is not None:
            state = "running" if self.job.state != "waiting" else "waiting"
            lines.append(self.say(state, share=self.job.progress))
        elif self.message:
            lines.append(self.message)
        stale = bool(self.shown) and self.choice != self.shown_choice and self.job is None
        if stale and not self.problem:
            lines.append(self.say("stale"))
        self.status.clear()
        with self.status:
            for line in lines:
                _text("p", line, "bl-note" if line == self.say("stale") else "")

    def cancel(self) -> None:
        """Stop the run under way."""
        self.leave()

    async def run(self) -> None:
        """Run what is chosen, follow it, show it."""
        if self.job is not None or not self.check():
            return
        choice = Choice(**{**vars(self.choice), "changes": dict(self.choice.changes)})
        began = time.monotonic()
        try:
            job = self.job = self.bench.submit(self.client.id, self.client.ip, choice)
        except Refused as problem:
            self.message = self.say(problem.key, **problem.values)
            self.draw_status()
            return
        except ConfigError as problem:
            self.problem = refusal(problem, self.lang)
            self.tell_problem()
            return
        self.draw_status()
        while job.state in ("waiting", "running"):
            await asyncio.sleep(0.05)
            if time.monotonic() - began > 0.3:
                self.draw_status()
        if job.state == "done":
            await asyncio.to_thread(import_module, "experiments.classroom.charts")
        self.job = None
        if job.state == "done":
            self.shown, self.positions, self.shown_choice = job.done, None, choice
            self.shown_words = [choice.words(), *([choice.words(True)] if choice.against else [])]
            self.message = self.say("finished", s=time.monotonic() - began)
            self.draw_results()
        elif isinstance(job.error, ConfigError):
            self.problem = refusal(job.error, self.lang)
            self.tell_problem()
        else:
            self.message = self.say("cancelled" if job.state == "cancelled" else "failed")
        self.draw_status()
        while job.state == "done" and job.positions is None and job.error is None:
            await asyncio.sleep(0.05)
        if job.positions is not None and self.shown is job.done:
            self.positions = job.positions
            self.draw_network()

    # results

    def name_of(self, choice: Choice) -> str:
        """A response as it was run."""
        name = say(choice.response, self.lang)
        return self.say("altered", response=name) if choice.changes else name

    def draw_results(self) -> None:
        """All charts, numbers and exports of the run that is shown."""
        self.results.clear()
        with self.results:
            if not self.shown:
                with _element("div", "bl-card bl-wide"):
                    _text("p", self.say("nobody_yet"))
                return
            self.draw_heading()
            self.panels = _element("div", "bl-results bl-wide")
            self.draw_panels()
            self.film = _element("section", "bl-card bl-wide", id="network")
            self.film.props["aria-label"] = self.say("network")
            self.draw_export()
        self.draw_network()

    def draw_heading(self) -> None:
        """What is shown, how sure it is, and the days."""
        from experiments.worlds import provenance

        choice, done = self.shown_choice, self.shown[0]
        with _element("div", "bl-card bl-wide"):
            _text("h2", self.case_title(choice.case))
            key = "shown_vs" if choice.against else "shown"
            other = say(choice.against, self.lang) if choice.against else ""
            _text(
                "p", self.say(key, what=self.name_of(choice), other=other, seed=choice.seed),
                "bl-caption", id="shown",
            )  # fmt: skip
            _text("p", provenance(choice.settings(), self.lang), "bl-soft")
            _text("p", self.say("one_run"), "bl-note")
            spans = {str(n): self.say("days_n", n=n) for n in DAYS} | {"": self.say("days_all")}
            with _element("div", "bl-row"):
                _select(
                    self.say("days"), spans, str(self.days or ""), self.change_days, "days"
                )  # fmt: skip
            _text("h3", self.say("timeline"))
            with _element("ol", "bl-events"):
                for mark in self.charts.marks(done.run, _case(done), self.lang):
                    line = f"{self.charts.clock_text(mark.time, self.lang)} · {mark.text}"
                    _text("li", line, "own" if mark.own else "", value=mark.number)
            _text("p", self.say("timeline_note"), "bl-soft")

    def change_days(self, days: str) -> None:
        """How many days the charts show."""
        self.days = int(days) if days else None
        self.draw_panels()

    def draw_panels(self) -> None:
        """The charts over time."""
        done, choice = self.shown, self.shown_choice
        view = self.charts.View(
            main=done[0].run,
            other=done[1].run if len(done) > 1 else None,
            other_name=say(choice.against, self.lang) if choice.against else "",
            case=_case(done[0]),
            lang=self.lang,
            days=self.days,
        )
        self.panels.clear()
        with self.panels:
            for panel in self.charts.panels(view):
                with _element("section", "bl-card", id=f"panel-{panel.key}"):
                    _text("h3", self.say(panel.key))
                    if panel.options:
                        chart = ui.echart(panel.options).classes("bl-chart")
                    _text("p", panel.caption, "bl-caption")
                    if panel.options:
                        self.draw_saving(panel.key, chart, panel.caption)
            self.draw_table()

    def draw_saving(self, key: str, chart: ui.echart, caption: str) -> None:
        """Buttons that save a chart as it is."""
        run = self.shown[0].run
        name = f"backlash_{key}_{run.name}"
        title = f"{self.say(key)} · {self.case_title(self.shown_choice.case)}"
        note = (
            f"{caption}\n{self.say('digest', digest=run.name)} · {self.name_of(self.shown_choice)}"
        )
        with _element("div", "bl-row"):
            for kind in ("png", "svg"):
                label = self.say("picture_label", chart=self.say(key), kind=kind.upper())
                button = _button(kind.upper(), "bl-small", aria_label=label)
                given = ", ".join(json.dumps(value) for value in (kind, name, title, note))
                button.on("click", js_handler=f"() => backlash.picture({chart.id}, {given})")

    def draw_network(self) -> None:
        """The network as a film that the page plays by itself."""
        self.film.clear()
        with self.film:
            _text("h3", self.say("network"))
            if self.positions is None:
                _text("p", self.say("laying_out"), "bl-soft")
                return
            film = self.charts.network(self.shown[0], self.positions, self.lang)
            chart = ui.echart(film.options).classes("bl-network")
            with _element("div", "bl-film"):
                play = _button(self.say("play"), id="play")
                scrub = _element(
                    "input", "bl-range", type="range", min=0, max=len(self.shown[0].steps) - 1,
                    step=1, id="scrub", aria_label=self.say("scrub"), **{"^value": 0},
                )  # fmt: skip
                with _element("div", "bl-row"):
                    caption = _text("label", self.say("speed"), "bl-label")
                    speed = _element("select", "bl-input", id="speed")
                    caption.props["for"] = "speed"
                    with speed:
                        for n in SPEEDS:
                            item = _text("option", self.say("speed_n", n=n), value=n)
                            if n == SPEEDS[1]:
                                item.props["^selected"] = "selected"
                out = _element("output", id="moment")
            _text("p", film.caption, "bl-caption")
            self.draw_saving("network", chart, film.caption)
        parts = {"play": play, "range": scrub, "speed": speed, "out": out}
        ids = {name: element.props.get("id", element.html_id) for name, element in parts.items()}
        self.client.run_javascript(
            f"backlash.film({chart.id}, {json.dumps(ids)}, {json.dumps(film.film)})"
        )

    def draw_table(self) -> None:
        """Outcomes as numbers."""
        runs = [done.run for done in self.shown]
        rows = self.charts.table(runs[0], runs[1] if len(runs) > 1 else None, self.lang)
        with _element("section", "bl-card", id="outcomes"):
            _text("h3", self.say("outcomes"))
            with _element("table", "bl-table"), _element("tbody"):
                with _element("tr"):
                    heads = ["outcome", "this", *(["other"] if len(runs) > 1 else [])]
                    for key in heads:
                        number = "" if key == "outcome" else "n"
                        _text("th", self.say(key), number, scope="col")
                for name, value, other in rows:
                    with _element("tr"):
                        _text("th", name, scope="row")
                        _text("td", value, "n")
                        if len(runs) > 1:
                            _text("td", other, "n")

    def draw_export(self) -> None:
        """Data, digests, and the commands that give the same."""
        with _element("section", "bl-card bl-wide", id="export"):
            _text("h3", self.say("export"))
            for k, (done, words) in enumerate(zip(self.shown, self.shown_words, strict=True)):
                command = command_of(words)
                _text("p", self.say("command" if k == 0 else "command_other"), "bl-label")
                _text("pre", command, "bl-code", id=f"command-{k}", tabindex="0")
                _text("p", self.say("digest", digest=done.run.name), "bl-soft", id=f"digest-{k}")
                with _element("div", "bl-row"):
                    copy = _button(self.say("copy"), "bl-small", id=f"copy-{k}")
                    copy.on("click", js_handler=f"() => backlash.copy({json.dumps(command)})")
                    copy.on("click", lambda: ui.notify(self.say("copied")))
                    data = _button(
                        self.say("csv" if k == 0 else "csv_other"), "bl-small", id=f"csv-{k}"
                    )
                    data.on("click", lambda k=k: self.download(k))
            _text(
                "p",
                self.say(
                    "limits", workers=workbench.WORKERS, waiting=workbench.MAX_WAITING,
                    keep=workbench.KEEP,
                ),
                "bl-soft",
            )  # fmt: skip

    def download(self, k: int) -> None:
        """The series of a run as CSV."""
        from experiments.worlds import provenance

        run = self.shown[k].run
        text = self.charts.csv_of(
            run, command_of(self.shown_words[k]), provenance(self.shown_choice.settings(), "en"),
            self.shown[k].config.case,
        )  # fmt: skip
        ui.download.content(text, f"backlash_{run.name}.csv")


def command_of(words: list[str]) -> str:
    """The command line that gives a run again."""
    return shlex.join(["backlash", "run", *words])


def _slider(lever: Lever, hours: float) -> tuple[float, float]:
    """The end of a slider and its step: fine where it is used, not as far as is allowed."""
    high = float(lever.high or 0)
    if lever.unit.startswith("h"):
        return min(high, hours), 0.5
    return (high, 0.05) if high <= 1 else (min(high, 1e9), 1e7)


def _case(done: Done) -> Any:
    from sim.case_file import read_case

    return read_case(done.config.case)


def _titles(case: str) -> Mapping[str, str]:
    titles = _TITLES.get(case)
    if titles is None:
        from sim.choices import conf_dir, read_yaml

        titles = _TITLES[case] = dict(read_yaml(conf_dir() / "case" / f"{case}.yaml")["title"])
    return titles


_TITLES: dict[str, dict[str, str]] = {}
