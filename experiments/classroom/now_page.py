"""The page of an affair in progress: drop an export, move the time, compare two responses.

What is dropped is read into counts in a folder of its own and deleted; the folder goes with the
page. One forecast is made at a time, of few people and in little time, and none goes to the record:
a forecast that is to be scored is made with `backlash now`.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from nicegui import ui

from experiments.classroom import site
from experiments.classroom.controls import button, select, tag, text_tag
from experiments.classroom.limits import Limiter, Refused
from experiments.live.affair import Affair, affair_of
from experiments.live.candidates import USUAL
from experiments.live.figures import figures_of
from experiments.live.importing import import_export
from experiments.live.now import forecast
from experiments.live.printed import comparison, statements
from experiments.live.table import BOOKS
from experiments.live.words import named, told
from experiments.pictures import pages
from sim.base.choices import DEFAULT_CASE
from sim.base.refusal import ConfigError

BUDGET_S = 20.0
WORDS = ("population.n_people=300",)
LARGEST = 5_000_000  #: bytes of an export
MOST_H = 96  #: of an affair, that the slider reaches
PAGES, PAGES_PER_S = 40, 0.2  #: of one address
READ, READ_PER_S = 10, 0.1  #: exports and forecasts of one address
ZONES = ("Asia/Shanghai", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "America/New_York",
         "America/Los_Angeles", "UTC")  #: that exports without a zone are offered  # fmt: skip
#: Figures of a forecast, with what stands above them.
PANELS = (("ahead", "ahead"), ("events", "lab_events"), ("compare", "compare"))
ENDINGS = (".csv", ".tsv", ".txt", *BOOKS)

_one = threading.Lock()  #: forecasts draw with pyplot, and each takes all cores


def register() -> None:
    """Put the page on the server."""
    opened, asked = Limiter(PAGES, PAGES_PER_S), Limiter(READ, READ_PER_S)

    @ui.page("/now")
    def page(request: Request) -> None:
        """A page for one browser; 429 for an address that has opened too many."""
        address = site.client_of(request)
        try:
            opened.spend(address)
        except Refused:
            raise HTTPException(429) from None
        with site.frame(request, told("lab_title", site.language(request))) as lang:
            NowPage(lang, lambda: asked.spend(address)).build()


@dataclass(frozen=True)
class Shown:
    """A forecast as the page shows it."""

    found: dict[str, Any]
    figures: dict[str, str]  #: name -> address of an SVG


def looked(name: str, at: str, responses: list[str], lang: str) -> Shown:
    """A forecast with its figures; one at a time. Raises ConfigError."""
    with _one:
        found = forecast(name, at, list(dict.fromkeys(responses)), WORDS, budget_s=BUDGET_S)
        figures = {}
        for key, figure in figures_of(found, lang).items():
            svg = io.BytesIO()
            pages.drawn(figure, svg, format="svg", bbox_inches="tight", metadata={"Date": None})
            figures[key] = pages.inline(pages.shrunk(svg.getvalue().decode()))
        return Shown(found, figures)


def read_drop(folder: Path, name: str, content: bytes, zone: str) -> str:
    """The folder of counts that an export becomes; the export is gone. Raises ConfigError."""
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise ConfigError("import", name, "no table", ", ".join(ENDINGS), "save it as CSV UTF-8")
    export = folder / f"export{ending}"
    own = folder / "affair"
    shutil.rmtree(own, ignore_errors=True)
    try:
        export.write_bytes(content)
        import_export(str(export), str(own), {"zone": zone})
    finally:
        export.unlink(missing_ok=True)
    return str(own)


class NowPage:
    """One page: the affair, the moment, two responses, and what was found."""

    def __init__(self, lang: str, spend: Callable[[], None]) -> None:
        self.lang, self.spend = lang, spend
        self.folder: Path | None = None
        self.name, self.zone = DEFAULT_CASE, ZONES[0]
        self.affair: Affair | None = None
        self.hours = 6
        self.answers = ["none", "apology_only"]
        self.busy = False
        self.client = ui.context.client

    def say(self, key: str, **values: Any) -> str:
        """A text in the language of the page."""
        return told(key, self.lang, **values)

    def build(self) -> None:
        """The frame: what to choose on the left, what was found on the right."""
        text_tag("h1", self.say("lab_title"), "bl-title")
        with tag("div", "bl-two"):
            with tag("div", "bl-left"), tag("section", "bl-card", aria_label=self.say("lab_file")):
                text_tag("p", self.say("lab_about"), "bl-soft")
                zones = {zone: zone for zone in ZONES}
                select(self.say("lab_zone"), zones, self.zone, self.take_zone, "zone")
                ui.upload(
                    on_upload=self.take, on_rejected=lambda: self.tell(self.say("lab_large")),
                    max_file_size=LARGEST, auto_upload=True, label=self.say("lab_drop"),
                ).props("flat bordered").classes("bl-grow")  # fmt: skip
                self.moment = tag("div", "bl-field")
                names = {name: named(name, self.lang) for name in USUAL}
                for k, key in enumerate(("lab_first", "lab_second")):
                    select(self.say(key), names, self.answers[k],
                           partial(self.answer, k), f"answer_{k}")  # fmt: skip
                go = button(self.say("lab_go"), "bl-go", id="look")
                go.on("click", self.look)
                self.status = tag("div", "bl-soft", role="status", id="status")
            with tag("div", "bl-right"):
                self.results = tag("section", "bl-results", id="results")
                with self.results, tag("div", "bl-card bl-wide"):
                    text_tag("p", self.say("lab_nothing"))
        self.client.on_delete(self.leave)
        ui.timer(0.1, self.open, once=True)

    def leave(self) -> None:
        """The page is gone, and the counts with it."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def tell(self, *lines: str) -> None:
        """What there is to say."""
        self.status.clear()
        with self.status:
            for line in lines:
                text_tag("p", line)

    def take_zone(self, zone: str) -> None:
        """The zone of exports that say none."""
        self.zone = zone

    def answer(self, k: int, name: str) -> None:
        """One of the two responses."""
        self.answers[k] = name

    async def take(self, event: Any) -> None:
        """An export that was dropped: counts, and the hours that they reach."""
        content = await event.file.read()
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="backlash-now-"))
        await self.refusable(self.import_it, event.file.name, content)

    def import_it(self, name: str, content: bytes) -> None:
        """Read an export; in a thread."""
        assert self.folder is not None
        self.spend()
        found = read_drop(self.folder, name, content, self.zone)
        self.affair = affair_of(found, "", WORDS)
        self.name = found

    async def open(self) -> None:
        """The documented case, so that nobody meets an empty page."""
        await self.refusable(self.open_it)

    def open_it(self) -> None:
        """Read the documented case; in a thread."""
        self.affair = affair_of(self.name, "", WORDS)

    async def refusable(self, work: Callable[..., None], *values: Any) -> None:
        """Do something in a thread, and say it if it is refused."""
        try:
            await asyncio.to_thread(work, *values)
        except ConfigError as refusal:
            self.tell(refusal.reason, refusal.hint)
            return
        except Refused:
            self.tell(self.say("lab_often"))
            return
        self.tell()
        self.draw_moment()

    def draw_moment(self) -> None:
        """The slider of the time, from an hour after the accusation to the last count."""
        assert self.affair is not None
        most = max(1, min(MOST_H, int(self.affair.age_h)))
        self.hours = min(self.hours, most)
        self.moment.clear()
        with self.moment:
            caption = text_tag("label", self.say("lab_when"))
            slider = tag("input", "bl-input", type="range", min=1, max=most, step=1,
                         value=self.hours, name="hours")  # fmt: skip
            caption.props["for"] = slider.html_id
            self.shown_at = tag("p", "bl-caption", id="at")
        slider.on("input", self.move, js_handler="(e) => emit(Number(e.target.value))")
        self.draw_at()

    def move(self, event: Any) -> None:
        """Another time; what is no hour of the affair is ignored."""
        assert self.affair is not None
        if isinstance(event.args, int) and 1 <= event.args <= self.affair.age_h:
            self.hours = event.args
            self.draw_at()

    def draw_at(self) -> None:
        """The moment in words."""
        self.shown_at.clear()
        with self.shown_at:
            text_tag("span", self.say("at", at=self.at(), age=self.hours))

    def at(self) -> str:
        """The moment that is chosen."""
        assert self.affair is not None
        return f"{self.affair.case.after(self.hours):%Y-%m-%d %H:%M}"

    async def look(self) -> None:
        """Forecast, and show it; nothing while a forecast of this page is under way."""
        if self.busy or self.affair is None:
            return
        self.busy = True
        self.tell(self.say("lab_wait", s=BUDGET_S))
        try:
            self.spend()
            shown = await asyncio.to_thread(looked, self.name, self.at(), self.answers, self.lang)
        except ConfigError as refusal:
            self.tell(refusal.reason, refusal.hint)
        except Refused:
            self.tell(self.say("lab_often"))
        else:
            self.tell()
            self.draw(shown)
        finally:
            self.busy = False

    def draw(self, shown: Shown) -> None:
        """What was found."""
        found = shown.found
        n = found["worlds"]["gone_on_with"]
        self.results.clear()
        with self.results:
            with tag("div", "bl-card bl-wide"):
                text_tag("h2", found["titles"][self.lang])
                text_tag("p", self.say("at", at=found["at"], age=found["age_h"]), "bl-caption")
                text_tag("h3", self.say("first"))
                with tag("ul"):
                    for line in found["honesty"][self.lang]:
                        text_tag("li", line, "bl-soft")
            for key, title in PANELS:
                if key not in shown.figures:
                    continue
                with tag("div", "bl-card bl-wide"):
                    text_tag("h3", self.say(title))
                    tag("img", "", src=shown.figures[key], alt=self.say(title),
                        style="width:100%;height:auto")  # fmt: skip
            with tag("div", "bl-card bl-wide"):
                for name, one in found["candidates"].items():
                    text_tag("h3", named(name, self.lang))
                    with tag("ul"):
                        for line in statements(one, n, self.lang):
                            text_tag("li", line)
                text_tag("h3", self.say("loss_outrage"))
                with tag("ul"):
                    for line in comparison(found, "outrage", self.lang):
                        text_tag("li", line)
