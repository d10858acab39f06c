"""The results of the laboratory: charts, the network as a film, numbers, and what to take away.

Everything is drawn anew from the finished runs, which the page keeps: a change of language or of
the days shown computes nothing. Modules that draw are imported when they are first needed, because
they load pandas and SciPy.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nicegui import ui

import sim
from experiments.classroom import workbench
from experiments.classroom.choice import Choice
from experiments.classroom.controls import button, select, tag, text_tag
from experiments.classroom.lever import titles_of
from experiments.classroom.screen import Screen
from experiments.classroom.watched_run import Done
from experiments.pictures.words import caveat

if TYPE_CHECKING:
    from experiments.classroom.chart_parts import Mark, View

SUITS = "suits"  #: as many days as the captions of a run speak of
SPEEDS = (4, 12, 24, 48)  #: hours of the film per second


class ResultsPanel:
    """What one page shows of its last run, in the language of the page."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.days = SUITS
        self.shown: list[Done] = []  #: the run, and the one compared with
        self.positions: Any = None  #: of the sample of the network; None while it is laid out
        self.shown_choice = Choice()  #: what was chosen when it was run
        self.shown_words: list[list[str]] = []
        self.client = ui.context.client

    def place(self) -> None:
        """The frame of the results; `draw` fills it."""
        self.results = tag("section", "bl-results", id="results", tabindex="-1")
        self.results.props["aria-label"] = self.say("results")

    def show(self, done: list[Done], choice: Choice) -> None:
        """Show finished runs, and remember the choice that led to them."""
        self.shown, self.positions, self.shown_choice = done, None, choice
        self.shown_words = [choice.words(), *([choice.words(True)] if choice.against else [])]
        self.draw()

    def show_network(self, done: list[Done], positions: Any) -> None:
        """Where people stand in the network, unless other runs are shown by now."""
        if self.shown is done:
            self.positions = positions
            self.draw_network()

    def is_stale(self) -> bool:
        """Whether something else is chosen by now than what is shown.

        Then the page says so: what is on the screen is not what the levers say.
        """
        return bool(self.shown) and self.screen.choice != self.shown_choice

    def draw(self) -> None:
        """All charts, numbers and exports of the run that is shown."""
        self.results.clear()
        with self.results:
            if not self.shown:
                self.draw_documented()
                return
            self.draw_heading()
            self.panels = tag("div", "bl-results bl-wide")
            self.draw_panels()
            with tag("section", "bl-card bl-wide", id="timeline"):
                self.draw_timeline()
            self.film = tag("section", "bl-card bl-wide", id="network")
            self.film.props["aria-label"] = self.say("network")
            self.draw_export()
        self.draw_network()

    def draw_documented(self) -> None:
        """Before the first run: what is documented of the case, once charts are loaded.

        A first start compiles for a minute or two, and nobody should look at an empty page.
        """
        case = self.screen.choice.blank().case
        charts = sys.modules.get("experiments.classroom.charts")
        panel = charts.documented_panel(case, self.screen.lang) if charts else None
        with tag("section", "bl-card bl-wide", id="documented"):
            text_tag("h2", titles_of(self.screen.choice.case)[self.screen.lang])
            if charts is None:
                text_tag("p", self.say("nobody_yet"))
            elif panel is None:
                text_tag("p", self.say("documented_none"), "bl-caption")
            else:
                text_tag("h3", self.say("documented"))
                ui.echart(panel.options).classes("bl-chart")
                text_tag("p", panel.caption, "bl-caption")
                text_tag("p", self.say("documented_coming"), "bl-soft")

    def draw_heading(self) -> None:
        """What is shown, how many days of it, and in a line that one run is no evidence.

        The line unfolds to how sure it is and what the model says of silence; unfolded by itself
        where two responses are compared.
        """
        from experiments.classroom.charts import DAYS, days_of

        choice, done = self.shown_choice, self.shown[0]
        with tag("div", "bl-card bl-wide"):
            text_tag("h2", titles_of(choice.case)[self.screen.lang])
            key = "shown_vs" if choice.against else "shown"
            other = self.say(choice.against) if choice.against else ""
            text_tag(
                "p", self.say(key, what=self.name_of(choice), other=other, seed=choice.seed),
                "bl-caption", id="shown",
            )  # fmt: skip
            self.draw_caveats()
            horizon = done.run.clock.horizon_d
            suits = self.say("days_suits", n=days_of(self.view_of()) or horizon)
            fixed = {str(n): self.say("days_n", n=n) for n in DAYS if n < horizon}
            spans = {SUITS: suits, **fixed, "": self.say("days_all")}
            with tag("div", "bl-row"):
                chosen = self.days if self.days in spans else ""
                select(self.say("days"), spans, chosen, self.change_days, "days")

    def draw_caveats(self) -> None:
        """Why one run proves nothing, where its parameters come from, what is said of silence."""
        from experiments.reading.provenance import provenance

        choice, lang = self.shown_choice, self.screen.lang
        fold = tag("details", "bl-note", id="read-first")
        if choice.against:
            fold.props["open"] = True
        with fold:
            text_tag("summary", self.say("read_first"))
            text_tag("p", self.say("one_run"))
            text_tag("p", caveat(lang), id="caveat")
            text_tag("p", provenance(choice.settings(), lang), "bl-soft")

    def draw_timeline(self) -> None:
        """The events that are numbered in the charts, as a list; the brand's own acts stand out."""
        from experiments.classroom.chart_parts import clock_text, marks

        done, lang = self.shown[0], self.screen.lang
        text_tag("h3", self.say("timeline"))
        found = marks(done.run, _case(done), lang)
        with tag("ol", "bl-events"):
            for mark in found:
                line = f"{clock_text(mark.time, lang)} · {mark.text}"
                text_tag("li", line, "own" if mark.own else "", value=mark.number)
        zone = _case(done).zone_name(lang)
        note = self.say("timeline_note", zone=zone) if found else self.say("no_events")
        text_tag("p", note, "bl-soft")

    def change_days(self, days: str) -> None:
        """How many days the charts show."""
        self.days = days
        self.draw_panels()

    def view_of(self, days: int | None = None) -> View:
        """What the charts have in common; days : from the case's start, None for all."""
        from experiments.classroom.chart_parts import View

        done, choice = self.shown, self.shown_choice
        return View(
            main=done[0].run,
            other=done[1].run if len(done) > 1 else None,
            other_name=self.say(choice.against) if choice.against else "",
            case=_case(done[0]),
            lang=self.screen.lang,
            days=days,
        )

    def draw_panels(self) -> None:
        """The charts over time."""
        from experiments.classroom.chart_parts import marks, visible
        from experiments.classroom.charts import days_of, panels

        whole = self.view_of()
        days = days_of(whole) if self.days == SUITS else int(self.days) if self.days else None
        view = replace(whole, days=days)
        seen = visible(view, marks(view.main, view.case, view.lang))
        self.panels.clear()
        with self.panels:
            for panel in panels(view):
                with tag("section", "bl-card", id=f"panel-{panel.key}"):
                    text_tag("h3", self.title_of(panel.key))
                    if panel.options:
                        chart = ui.echart(panel.options).classes("bl-chart")
                    text_tag("p", panel.caption, "bl-caption")
                    if panel.options:
                        numbered = [] if panel.key == "price" else seen
                        self.draw_saving(panel.key, chart, panel.caption, numbered)
            self.draw_table()

    def title_of(self, key: str) -> str:
        """What a chart is called; the blame shift by what the case is about."""
        if key != "blame":
            return self.say(key)
        return self.say(key, about=_case(self.shown[0]).about[self.screen.lang])

    def draw_saving(
        self, key: str, chart: ui.echart, caption: str, numbered: Sequence[Mark] = ()
    ) -> None:
        """Buttons that save a chart so that it can be read alone.

        The picture gets its title, its caption, what was run and the list of its numbered events;
        the page draws it (`backlash.picture` of classroom.js), so nothing is sent to the server.
        """
        from experiments.classroom.chart_parts import clock_text

        lang, name = self.screen.lang, f"backlash_{key}_{self.shown[0].run.name}"
        title = f"{self.title_of(key)} · {titles_of(self.shown_choice.case)[lang]}"
        events = [f"{m.number}  {clock_text(m.time, lang)}  {m.text}" for m in numbered]
        if events:
            zone = _case(self.shown[0]).zone_name(lang)
            head = self.say("picture_events", zone=zone, response=self.name_of(self.shown_choice))
            events.insert(0, head)
        about = {"title": title, "above": [caption, *self.told_of_runs(key)], "below": events}
        with tag("div", "bl-row"):
            for kind in ("png", "svg"):
                label = self.say("picture_label", chart=self.title_of(key), kind=kind.upper())
                save = button(kind.upper(), "bl-small", aria_label=label)
                given = ", ".join(json.dumps(value) for value in (kind, name, about))
                save.on("click", js_handler=f"() => backlash.picture({chart.id}, {given})")

    def told_of_runs(self, key: str) -> list[str]:
        """What was run: a line and the command of each run, for a chart that stands alone."""
        choice, say = self.shown_choice, self.say
        drawn = self.shown[:1] if key == "network" else self.shown
        world = (
            say("picture_draw", draw=choice.draw)
            if choice.world == "posterior"
            else say("world_point")
        )
        told = []
        for k, done in enumerate(drawn):
            response = self.name_of(choice) if k == 0 else say(choice.against)
            line = ("picture_solid", "picture_dashed")[k]
            what = say(line, response=response) if len(drawn) > 1 else response
            told += [
                say(
                    "picture_run", what=what, seed=say("picture_seed", seed=choice.seed),
                    world=world, people=say(f"population_{choice.population}"),
                    digest=done.run.name,
                ),
                command_of(self.shown_words[k]),
            ]  # fmt: skip
        return [*told, say("picture_one", version=sim.__version__)]

    def draw_network(self) -> None:
        """The network as a film that the page plays by itself; a sentence while it is being laid
        out.
        """
        from experiments.classroom.film import film_of

        self.film.clear()
        with self.film:
            text_tag("h3", self.say("network"))
            if self.positions is None:
                text_tag("p", self.say("laying_out"), "bl-soft")
                return
            film = film_of(self.shown[0], self.positions, self.screen.lang)
            chart = ui.echart(film.options).classes("bl-network")
            with tag("div", "bl-film"):
                play = button(self.say("play"), id="play")
                scrub = tag(
                    "input", "bl-range", type="range", min=0, max=len(self.shown[0].steps) - 1,
                    step=1, id="scrub", aria_label=self.say("scrub"), **{"^value": 0},
                )  # fmt: skip
                speed = self.draw_speed()
                out = tag("output", id="moment")
            text_tag("p", film.caption, "bl-caption")
            self.draw_saving("network", chart, film.caption)
        parts = {"play": play, "range": scrub, "speed": speed, "out": out}
        ids = {name: element.props.get("id", element.html_id) for name, element in parts.items()}
        self.client.run_javascript(
            f"backlash.film({chart.id}, {json.dumps(ids)}, {json.dumps(film.film)})"
        )

    def draw_speed(self) -> ui.element:
        """The choice of the film's speed, in hours a second."""
        with tag("div", "bl-row"):
            caption = text_tag("label", self.say("speed"), "bl-label")
            speed = tag("select", "bl-input", id="speed")
            caption.props["for"] = "speed"
            with speed:
                for n in SPEEDS:
                    item = text_tag("option", self.say("speed_n", n=n), value=n)
                    if n == SPEEDS[1]:
                        item.props["^selected"] = "selected"
        return speed

    def draw_table(self) -> None:
        """Outcomes as numbers."""
        from experiments.classroom.tables import table

        runs = [done.run for done in self.shown]
        rows = table(runs[0], runs[1] if len(runs) > 1 else None, self.screen.lang)
        with tag("section", "bl-card", id="outcomes"):
            text_tag("h3", self.say("outcomes"))
            with tag("table", "bl-table"), tag("tbody"):
                with tag("tr"):
                    heads = ["outcome", "this", *(["other"] if len(runs) > 1 else [])]
                    for key in heads:
                        number = "" if key == "outcome" else "n"
                        text_tag("th", self.say(key), number, scope="col")
                for name, value, other in rows:
                    with tag("tr"):
                        text_tag("th", name, scope="row")
                        text_tag("td", value, "n")
                        if len(runs) > 1:
                            text_tag("td", other, "n")

    def draw_export(self) -> None:
        """The commands that give the runs again, the digests of these, and their data as CSV."""
        with tag("section", "bl-card bl-wide", id="export"):
            text_tag("h3", self.say("export"))
            for k, (done, words) in enumerate(zip(self.shown, self.shown_words, strict=True)):
                command = command_of(words)
                text_tag("p", self.say("command" if k == 0 else "command_other"), "bl-label")
                text_tag("pre", command, "bl-code", id=f"command-{k}", tabindex="0")
                text_tag("p", self.say("digest", digest=done.run.name), "bl-soft", id=f"digest-{k}")
                with tag("div", "bl-row"):
                    copy = button(self.say("copy"), "bl-small", id=f"copy-{k}")
                    copy.on("click", js_handler=f"() => backlash.copy({json.dumps(command)})")
                    copy.on("click", lambda: ui.notify(self.say("copied")))
                    data = button(
                        self.say("csv" if k == 0 else "csv_other"), "bl-small", id=f"csv-{k}"
                    )
                    data.on("click", lambda k=k: self.download(k))
            text_tag(
                "p",
                self.say(
                    "limits", workers=workbench.WORKERS, waiting=workbench.MAX_WAITING,
                    keep=workbench.KEEP,
                ),
                "bl-soft",
            )  # fmt: skip

    def download(self, k: int) -> None:
        """The series of a run as CSV, with the command that gives it again in its first lines."""
        from experiments.classroom.tables import csv_of
        from experiments.reading.provenance import provenance

        run = self.shown[k].run
        text = csv_of(
            run, command_of(self.shown_words[k]), provenance(self.shown_choice.settings(), "en"),
            self.shown[k].config.case,
        )  # fmt: skip
        ui.download.content(text, f"backlash_{run.name}.csv")

    def name_of(self, choice: Choice) -> str:
        """A response as it was run: by its name, "altered" where levers were moved."""
        name = self.say(choice.response)
        return self.say("altered", response=name) if choice.changes else name


def command_of(words: list[str]) -> str:
    """The command line that gives a run again, quoted for a shell."""
    return shlex.join(["backlash", "run", *words])


def _case(done: Done) -> Any:

    return done.config.case
