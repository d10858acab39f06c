"""Where a facilitator begins: the classes that are there, and the form for a new one.

A class is locked to a world when it is made: a case, a seed, and a plausible world by its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nicegui import run, ui

from experiments.classroom.controls import escaped, heading, paragraph
from experiments.classroom.debrief_panel import handout_links
from experiments.classroom.debriefs import MANY_TEAMS, debrief_minutes
from experiments.classroom.desk import Room
from experiments.classroom.game_parts import phase_text, sent
from experiments.classroom.game_texts import say
from experiments.classroom.limits import POPULATIONS, TITLE_LENGTH, Refused, shown_code
from experiments.game.world import World
from sim.base.choices import DEFAULT_CASE

MAX_SEED = 2**31 - 1  #: the largest that a class may be locked to


MAX_DRAW = 9_999  #: draws of the fit that a class may be locked to


def whole(raw: object, high: int) -> int:
    """A whole number from 0 to `high` that a form has sent. Raises Refused for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
        raise Refused("seed", n=high)
    if not 0 <= raw <= high:
        raise Refused("seed", n=high)
    return int(raw)


class StartPage:
    """Classes that are there, and the form for a new one.

    Beside the form stands how long debriefs will take: with many teams and people, a lesson would
    wait.
    """

    def __init__(
        self, room: Room, lang: str, playable: Mapping[str, str], others: Mapping[str, str]
    ) -> None:
        """playable, others : cases with and without a script, name -> title (`story.stories`)."""
        self.room, self.lang = room, lang
        self.say = partial(say, lang=lang)
        heading(1, self.say("facilitator"))
        with ui.element("section").classes("game-card"):
            heading(2, self.say("new_class"))
            self.title = ui.input(self.say("title")).props(f"maxlength={TITLE_LENGTH}")
            self.case = ui.select(dict(playable), value=DEFAULT_CASE, label=self.say("case"))
            comma = "、" if lang == "zh" else "; "
            paragraph(self.say("no_script", cases=comma.join(others.values())), "game-hint")
            sizes = {name: self.say(f"population_{name}") for name in POPULATIONS}
            self.population = ui.select(sizes, value=POPULATIONS[0], label=self.say("population"))
            self._durations()
            self.seed = ui.number(self.say("seed_label"), value=1, min=0, max=MAX_SEED, precision=0)
            self.draw = ui.number(self.say("draw_label"), value=0, min=0, max=MAX_DRAW, precision=0)
            paragraph(self.say("world_hint"), "game-hint")
            self.button = ui.button(self.say("create"), on_click=self._create).props("no-caps")
            self.prints = ui.element("div")
            self._handouts()
            self.case.on_value_change(lambda: self._handouts())
        heading(2, self.say("classes"))
        classes = [s for s in room.classroom.sessions() if not s.practice]
        if not classes:
            paragraph(self.say("none_yet"))
        for session in classes:
            text = f"{session.title or shown_code(session.code)} · {session.id[:13]} · "
            with ui.element("p"):
                ui.link(text + phase_text(session, lang), f"/facilitate/{session.id}")

    def _handouts(self) -> None:
        """What can be printed for the case that is chosen."""
        self.prints.clear()
        with self.prints:
            handout_links(str(self.case.value), self.lang)

    def _durations(self) -> None:
        """About how long debriefs take, by teams and people."""
        paragraph(self.say("debriefs_take", n=MANY_TEAMS), "game-hint")
        with ui.element("table").classes("game-numbers game-hint"):
            with ui.element("thead"), ui.element("tr"):
                for key in ("teams", "people_classroom", "people_default"):
                    escaped(self.say(key), "th").props("scope=col")
            with ui.element("tbody"):
                for n in (2, MANY_TEAMS, 12, 30):
                    with ui.element("tr"):
                        escaped(str(n), "th").props("scope=row")
                        for population in ("classroom", "default"):
                            first, last = debrief_minutes(n, population)
                            escaped(self.say("takes", first=first, last=last), "td")

    async def _create(self) -> None:
        """Make the class that the form describes and go on to its page; say what is refused."""
        with sent(self.button, self.lang):
            world = World(
                str(self.case.value), whole(self.seed.value, MAX_SEED),
                whole(self.draw.value, MAX_DRAW), str(self.population.value),
            )  # fmt: skip
            session = await run.io_bound(self.room.classroom.create, world, self.title.value)
            if session is not None:  # the server is not about to stop
                ui.navigate.to(f"/facilitate/{session.id}")
