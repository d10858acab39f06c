"""The laboratory page: choose, move levers, run, look, compare, take away. One object per page.

Its parts: `settings_panel`, and `results_panel`; the run between them is here. NiceGUI keeps the
object on the server for as long as a browser shows the page, so a change of language or of a lever
loads nothing anew.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from importlib import import_module

from fastapi import HTTPException, Request
from nicegui import app, ui

from experiments.classroom import site
from experiments.classroom.choice import Choice
from experiments.classroom.controls import button, escaped, tag, text_tag
from experiments.classroom.limits import LABORATORIES, LABORATORIES_PER_S, Limiter, Refused
from experiments.classroom.refusals import refusal
from experiments.classroom.results_panel import ResultsPanel
from experiments.classroom.screen import Screen
from experiments.classroom.settings_panel import SettingsPanel
from experiments.classroom.workbench import Job, Workbench
from sim.base.refusal import ConfigError

AFTER_START_S = 1.5  #: until compilation begins; a run that somebody asks for begins it at once


def register() -> None:
    """Put the laboratory on the server; compile in the background once it answers.

    One workbench for all pages: runs of all of them wait in one queue.
    """
    bench = Workbench()
    app.on_startup(lambda: _soon(bench.warm))
    app.on_shutdown(bench.stop)

    opened = Limiter(LABORATORIES, LABORATORIES_PER_S)

    @ui.page("/")
    def page(request: Request) -> None:
        """A page for one browser; 429 for an address that has opened too many."""
        try:
            opened.spend(site.client_of(request))
        except Refused:
            raise HTTPException(429) from None
        Laboratory(bench, site.language(request)).build()


def _soon(work: Callable[[], None]) -> None:
    """In the background, once the first page has had the processor to itself.

    A thread that does not hold up the end of the process.
    """
    timer = threading.Timer(AFTER_START_S, work)
    timer.daemon = True
    timer.start()


class Laboratory:
    """One page: what it has chosen, what it shows, and the run under way.

    `build` makes the frame once; `draw` fills it, and fills it again when the language changes.
    While a run is under way, `run` looks at its job and `draw_status` says how far it is.
    """

    def __init__(self, bench: Workbench, lang: str) -> None:
        self.bench, self.screen = bench, Screen(lang)
        self.say = self.screen.say
        self.settings = SettingsPanel(self.screen, self.draw_status)
        self.results = ResultsPanel(self.screen)
        self.job: Job | None = None
        self.bar: ui.element | None = None
        self.began = time.monotonic()
        self.seconds = 0
        # what the status says; said again, a screen reader would repeat it
        self.told: list[str] = []
        self.status_is_new = True
        self.client = ui.context.client

    def build(self) -> None:
        """The frame, which stays; the rest is drawn again when the language changes."""
        site.head(self.screen.lang, self.say("title"))
        self.skip = text_tag("a", "", "bl-skip", href="#results")
        with tag("header", "bl-header"):
            self.nav = ui.element("div").classes("bl-grow")
            self.language = tag("button", "bl-language", type="button", id="language")
            self.language.on("click", self.change_language)
        self.body = tag("div", "bl-main", id="main")  # NiceGUI puts a <main> around it
        self.draw()
        ui.timer(0.2, self.run, once=True)  # nobody meets empty charts
        self.client.on_delete(self.leave)

    def leave(self) -> None:
        """The page is gone, or asked to stop: its run is not needed any more."""
        if self.job is not None:
            self.job.cancel()

    def change_language(self) -> None:
        """Everything in the other language; what was chosen, run and played stays."""
        self.screen.lang = "en" if self.screen.lang == "zh" else "zh"
        self.screen.message = ""
        self.settings.check(quiet=True)
        self.draw()
        spoken = ", ".join(json.dumps(text) for text in (self.screen.lang, self.say("title")))
        self.client.run_javascript(f"backlash.speak({spoken})")

    def draw(self) -> None:
        """All that has words, in the language of the page; the run under way goes on."""
        other = "en" if self.screen.lang == "zh" else "zh"
        for place, key in ((self.skip, "skip"), (self.language, "other_language")):
            place.clear()
            with place:
                escaped(self.say(key))
        self.language.props["aria-label"] = self.say("other_language_label")
        self.language.props["lang"] = other
        self.nav.clear()
        with self.nav:
            site.navigation(self.screen.lang)
        self.body.clear()
        with self.body:
            text_tag("h1", self.say("title"), "bl-title")
            text_tag("p", self.say("purpose"), "bl-purpose", id="purpose")
            with tag("div", "bl-two"):
                with tag("div", "bl-left"):
                    self.settings.draw()
                with tag("div", "bl-right"):
                    self.draw_run_bar()
                    self.results.place()
        self.results.draw()

    def draw_run_bar(self) -> None:
        """The button, the progress, and what there is to say about the run."""
        with tag("section", "bl-card bl-bar", aria_label=self.say("run")):
            with tag("div", "bl-row"):
                self.go = button(self.say("run"), "bl-go", id="run")
                self.go.on("click", self.run)
                self.go.on("click", js_handler="() => backlash.toResults()")
                self.halt = button(self.say("cancel"), id="cancel")
                self.halt.on("click", self.cancel)
                text_tag("a", self.say("to_settings"), "bl-to-settings", href="#settings")
                self.bar = tag(
                    "progress", "bl-progress bl-grow", max=1, aria_label=self.say("progress")
                )
                self.watch = tag("span", "bl-soft", aria_hidden="true", id="seconds")
            self.status = tag("div", "bl-soft", role="status", id="status")
            self.status_is_new = True
        self.draw_status()

    def draw_status(self) -> None:
        """What goes on; nothing yet while the page is being drawn.

        Called twenty times a second while a run is under way, so only what has changed is touched.
        """
        if self.bar is None or self.bar.is_deleted:
            return
        busy = self.job is not None
        if self.job is not None and self.job.progress > 0:
            self.bar.props["value"] = self.job.progress
        else:
            self.bar.props.pop("value", None)  # moves without saying how far it is
        self.bar.set_visibility(busy)
        self.draw_seconds(busy)
        for control, off in ((self.go, busy or bool(self.screen.problem)), (self.halt, not busy)):
            if off:
                control.props["disabled"] = True
            else:
                control.props.pop("disabled", None)
        lines = self.status_lines()
        if lines == self.told and not self.status_is_new:
            return
        self.told, self.status_is_new = lines, False
        self.status.clear()
        with self.status:
            for line in lines:
                text_tag("p", line, "bl-note" if line == self.say("stale") else "")

    def status_lines(self) -> list[str]:
        """What there is to say: compiling, how the run goes or went, that settings have changed."""
        lines = []
        if not self.bench.compiled.is_set():
            lines.append(self.say("compiling"))
        if self.job is not None and self.job.state == "waiting":
            lines.append(self.say("waiting"))
        elif self.job is not None and self.job.progress > 0:
            lines.append(self.say("running", share=self.job.progress))
        elif self.job is not None and self.bench.compiled.is_set():
            lines.append(self.say("preparing"))
        elif self.screen.message:
            lines.append(self.screen.message)
        if self.results.is_stale() and self.job is None and not self.screen.problem:
            lines.append(self.say("stale"))
        return lines

    def draw_seconds(self, busy: bool) -> None:
        """How long the run has taken; apart from the status, which a screen reader reads out."""
        seconds = int(time.monotonic() - self.began) if busy else 0
        if seconds != self.seconds or not busy:
            self.seconds = seconds
            self.watch.clear()
            with self.watch:
                if seconds:
                    escaped(self.say("seconds", s=seconds))

    def cancel(self) -> None:
        """Stop the run under way."""
        self.leave()

    async def run(self) -> None:
        """Run what is chosen, follow it, show it; nothing while a run of this page is under way.

        The charts come first; where the network is drawn takes longer and is waited for afterwards.
        """
        if self.job is not None or not self.settings.check():
            return
        choice = self.screen.choice.copy()
        began = self.began = time.monotonic()
        try:
            job = self.job = self.bench.submit(self.client.id, self.client.ip, choice)
        except Refused as problem:
            self.screen.message = self.say(problem.key, **problem.values)
            self.draw_status()
            return
        except ConfigError as problem:
            self.settings.refuse(refusal(problem, self.screen.lang))
            return
        self.draw_status()
        if not self.results.shown:  # a first start compiles: what is documented is shown meanwhile
            await asyncio.to_thread(import_module, "experiments.classroom.charts")
            self.results.draw()
        while job.state in ("waiting", "running"):
            await asyncio.sleep(0.05)
            if time.monotonic() - began > 0.3:
                self.draw_status()
        if job.state == "done":
            await asyncio.to_thread(import_module, "experiments.classroom.charts")
        self.job = None
        self.show_end(job, choice, time.monotonic() - began)
        while job.state == "done" and job.positions is None and job.error is None:
            await asyncio.sleep(0.05)
        if job.positions is not None:
            self.results.show_network(job.done, job.positions)

    def show_end(self, job: Job, choice: Choice, seconds: float) -> None:
        """What came of a run: its results, why it was refused, or that there are none."""
        if job.state == "done":
            self.screen.message = self.say("finished", s=seconds)
            self.results.show(job.done, choice)
        elif isinstance(job.error, ConfigError):
            self.settings.refuse(refusal(job.error, self.screen.lang))
        else:
            self.screen.message = self.say("cancelled" if job.state == "cancelled" else "failed")
        self.draw_status()
