"""The settings of the laboratory: case, response, world, and the levers of the response.

What comes from a page is checked here: options against the folders of `conf/`, levers against their
metadata; nothing that a page sends is used as a path or as code.

A lever that moves draws nothing anew but what depends on it, so that nobody loses the place of the
keyboard.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from nicegui import ui

from experiments.classroom.controls import (
    button,
    escaped,
    number_of,
    select,
    tag,
    text_tag,
    tick_box,
    whole_number,
)
from experiments.classroom.lever import WORLDS, Lever, Value, levers, options_of, stops, titles_of
from experiments.classroom.refusals import refusal
from experiments.classroom.screen import Screen
from experiments.classroom.texts import (
    LEVERS,
    hours_text,
    label_of,
    option_name,
    step_name,
    unit_name,
)
from sim.base.refusal import ConfigError
from sim.playbook.act import Level
from sim.playbook.kinds import STEPS

#: Levers that mean something only while another of their step stands at one of some options.
NEEDS = {
    "threshold": ("trigger", ("governance_talk", "declared")),
    "severity": ("level", tuple(level.value for level in Level if level is not Level.none)),
}
AT_FIRST = "apology"  #: the step whose levers are open when the page comes


class SettingsPanel:
    """The settings of one page; `told` is called whenever their refusal may have changed.

    Methods that begin with draw fill an element; those that begin with change take what a page has
    sent.
    """

    def __init__(self, screen: Screen, told: Callable[[], None]) -> None:
        self.screen, self.say, self.choice = screen, screen.say, screen.choice
        self.told = told
        self.opened = {AT_FIRST}
        self.chance_is_open = False

    def draw(self) -> None:
        """The panel: case, response and world above, the levers below, the refusal between them."""
        with tag("section", "bl-card", aria_label=self.say("settings"), id="settings"):
            text_tag("h2", self.say("settings"))
            self.settings = tag("div", "bl-field")
            self.draw_choices()
            self.refused = tag("div", "bl-refusal", role="alert", id="refusal")
        with tag("section", "bl-card", aria_label=self.say("levers")):
            with tag("div", "bl-row"):
                text_tag("h2", self.say("levers"), "bl-grow")
                back = button(self.say("back"), "bl-small", id="back")
                back.on("click", self.undo)
            self.levers = tag("div")
            self.draw_levers()
        self.tell_problem()

    def draw_choices(self) -> None:
        """What is chosen as a whole."""
        say, choice = self.say, self.choice
        self.settings.clear()
        with self.settings:
            cases = {name: titles_of(name)[self.screen.lang] for name in options_of("case")}
            select(say("case"), cases, choice.case, self.change_case, "case")
            responses = {name: say(name) for name in options_of("response")}
            select(say("response"), responses, choice.response, self.change_response, "response")
            select(
                say("against"), {"": say("nothing"), **responses}, choice.against,
                lambda value: self.change("against", value), "against",
            )  # fmt: skip
            self.draw_chance()

    def draw_chance(self) -> None:
        """People, world and seed: out of sight, for nobody needs them at first."""
        say, choice = self.say, self.choice
        fold = tag("details", "bl-step", id="chance")
        if self.chance_is_open:
            fold.props["open"] = True
        fold.on("toggle", self.toggle_chance, js_handler="(e) => emit(e.target.open)")
        with fold:
            text_tag("summary", say("chance"))
            people = {name: say(f"population_{name}") for name in options_of("population")}
            select(
                say("population"), people, choice.population,
                lambda value: self.change("population", value), "population",
            )  # fmt: skip
            worlds = {name: say(f"world_{name}") for name in WORLDS}
            select(say("world"), worlds, choice.world, self.change_world, "world")
            if choice.world == "posterior":
                self.whole("draw", say("draw"), choice.draw, 100_000)
            self.whole("seed", say("seed"), choice.seed, 2**31)

    def toggle_chance(self, event: Any) -> None:
        """Keep the fold as it is when the panel is drawn again."""
        self.chance_is_open = event.args is True

    def whole(self, name: str, label: str, value: int, high: int) -> None:
        """A field for a whole number of the choice."""
        box = whole_number(label, value, high, name)

        def typed(event: Any) -> None:
            number = number_of(event.args)
            if number is None or number != int(number) or abs(number) > 2**53:
                self.refuse(self.say("number_needed", label=label))
            else:
                self.change(name, int(number))

        box.on("change", typed, js_handler="(e) => emit(e.target.value)")

    def change(self, name: str, value: Any) -> None:
        """Set a field of the choice to what the page has sent, and say whether it can be run."""
        setattr(self.choice, name, value)
        self.check()

    def change_case(self, case: str) -> None:
        """Another case: its own levers; silence, and why, where it does not allow the response."""
        self.choice.case, self.choice.changes = case, {}
        try:
            self.choice.settings()
        except ConfigError as problem:
            self.choice.response = "none"
            reason = refusal(problem, self.screen.lang)
            self.screen.message = self.say("no_such_response", reason=reason)
            self.draw_choices()
        else:
            self.screen.message = ""
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
            self.draw_choices()
            self.refuse(refusal(problem, self.screen.lang))
            return
        self.draw_levers()
        self.check()

    def change_world(self, world: str) -> None:
        """Fit or point parameters; only the fit has numbered draws, so the field for these comes
        and goes.
        """
        self.choice.world = world
        self.draw_choices()
        self.check()

    def undo(self) -> None:
        """Put the levers back to where the file of the response has them."""
        self.choice.changes = {}
        self.draw_levers()
        self.check()

    def check(self, quiet: bool = False) -> bool:
        """Whether the choice can be run; says why not, unless it is to be quiet."""
        try:
            self.choice.configs()
        except ConfigError as problem:
            self.screen.problem = refusal(problem, self.screen.lang)
        else:
            self.screen.problem = ""
        if not quiet:
            self.tell_problem()
        return not self.screen.problem

    def refuse(self, problem: str) -> None:
        """Say why something is not possible; the run button is off until it is."""
        self.screen.problem = problem
        self.tell_problem()

    def tell_problem(self) -> None:
        """The refusal in words, or nothing."""
        self.refused.clear()
        self.refused.set_visibility(bool(self.screen.problem))
        with self.refused:
            if self.screen.problem:
                text_tag("strong", self.say("refused"))
                text_tag("p", self.screen.problem)
        self.told()

    # levers

    def draw_levers(self) -> None:
        """One box a kind of act, in the order of the playbook."""
        self.levers.clear()
        with self.levers:
            self.draw_lever(levers()["response.channel"])
            for step in STEPS:
                if self.possible(step):
                    self.draw_step(step)

    def possible(self, step: str) -> bool:
        """Whether the case has what this kind of act is about: a market, or a launch."""
        case = self.choice.blank().case
        if step == "buyback":
            return case.listed
        return step != "launch_moved" or case.has("launch")

    def draw_step(self, step: str) -> None:
        """A step: whether it happens, and its levers if it does; when, beside its name."""
        called = step_name(step, self.screen.lang, self.choice.blank().case.about[self.screen.lang])
        with self.step_box(step):
            with tag("summary"):
                text_tag("span", called)
                state = tag("span", "bl-soft")
            name = self.say("happens", step=called)
            tick_box(name, self.choice.happens(step), lambda on: switch(on), f"happens-{step}")
            inner = tag("div")

        def fill() -> None:
            inner.clear()
            if self.choice.happens(step):
                with inner:
                    self.draw_levers_of(step, tell)
            tell()

        def tell() -> None:
            state.clear()
            with state:
                escaped(self.when_told(step))

        def switch(on: bool) -> None:
            self.choice.switch(step, on)
            fill()
            self.check()

        fill()

    def step_box(self, step: str) -> ui.element:
        """The box of a step, which opens and closes; whether it is open outlives a new drawing."""
        box = tag("details", "bl-step", id=f"step-{step}")
        if step in self.opened:
            box.props["^open"] = ""
        box.on(
            "toggle",
            lambda e: self.opened.add(step) if e.args is True else self.opened.discard(step),
            js_handler="(e) => emit(e.target.open)",
        )
        return box

    def when_told(self, step: str) -> str:
        """When a step happens, in hours and minutes; or that it never does."""
        delay = self.choice.value(f"response.{step}.delay_h")
        if isinstance(delay, int | float):
            return hours_text(delay, self.screen.lang)
        return self.say("never")

    def draw_levers_of(self, step: str, tell: Callable[[], None]) -> None:
        """The levers of a step that happens; one that means nothing now is not shown."""
        places: dict[str, tuple[Lever, ui.element]] = {}

        def settle(moved: str) -> None:
            for name, (lever, place) in places.items():
                if moved and NEEDS.get(name, ("",))[0] != moved:
                    continue
                place.clear()
                with place:
                    if self.matters(lever):
                        self.draw_lever(lever, tell, settle)
                    elif name == "severity":
                        text_tag("p", self.say("nobody_punished"), "bl-soft", role="status")

        for lever in levers().values():
            if lever.step == step and self.means_anything(lever.name):
                places[lever.name] = lever, tag("div")
        settle("")

    def means_anything(self, name: str) -> bool:
        """Whether a lever of this name says anything in the case."""
        case = self.choice.blank().case
        if name == "cost_hkd":
            return case.counts_money
        return name != "answers" or case.has("second_accusation")

    def matters(self, lever: Lever) -> bool:
        """Whether a lever means anything as the others of its step stand; NEEDS says which depend
        on which.
        """
        if lever.name not in NEEDS:
            return True
        other, values = NEEDS[lever.name]
        return self.choice.value(f"response.{lever.step}.{other}") in values

    def move(self, key: str, value: Value) -> None:
        """Put a lever to a value that its page has sent; say what is refused."""
        try:
            self.choice.set(key, value)
        except ConfigError as problem:
            self.refuse(refusal(problem, self.screen.lang))
            return
        self.check()

    def draw_lever(
        self,
        lever: Lever,
        tell: Callable[[], None] = lambda: None,
        settle: Callable[[str], None] = lambda _: None,
    ) -> None:
        """A lever by what it takes: a choice, yes or no, or a number with its range and unit.

        `tell` is called when a number has moved, `settle` with the lever whose option has changed.
        """
        value, name = self.choice.value(lever.key), LEVERS[lever.name][self.screen.lang == "zh"]
        if lever.options:
            texts = {option: option_name(option, self.screen.lang) for option in lever.options}

            def chosen(option: str) -> None:
                """Take the option that the page has sent, then draw what depends on it."""
                self.move(lever.key, option)
                settle(lever.name)

            box = select(name, texts, str(value), chosen, lever.key)
            box.props["aria-label"] = label_of(lever.key, self.screen.lang)
        elif lever.low is None:
            tick_box(name, value, lambda on: self.move(lever.key, on), lever.key)
        else:
            self.draw_number(lever, name, float(value or 0.0), tell)  # type: ignore[arg-type]

    def draw_number(self, lever: Lever, name: str, value: float, tell: Callable[[], None]) -> None:
        """A slider for the usual range and a field for every number in the allowed one."""
        low, high = float(lever.low or 0), float(lever.high or 0)
        at = stops(lever, 24.0 * self.choice.blank().clock.horizon_d)
        shown = round(value, 2) if lever.unit.startswith("h") else value
        unit = unit_name(lever.unit, self.screen.lang)
        with tag("div", "bl-lever"):
            caption = text_tag("label", f"{name} [{low:g} – {high:g} {unit}]")
            slider = tag(
                "input", type="range", min=0, max=len(at) - 1, step=1,
                name=f"{lever.key}:slider", aria_label=label_of(lever.key, self.screen.lang),
                aria_valuetext=f"{shown:g} {unit}",
                **{"^value": min(range(len(at)), key=lambda k: abs(at[k] - value))},
            )  # fmt: skip
            box = tag(
                "input", "bl-input", type="number", name=lever.key, min=low, max=high, step="any",
                inputmode="decimal", **{"^value": f"{shown:.6g}"},
            )  # fmt: skip
            caption.props["for"] = box.html_id

        def sent(event: Any) -> None:
            number = number_of(event.args)
            if number is None:
                label = label_of(lever.key, self.screen.lang)
                self.refuse(self.say("number_needed", label=label))
                return
            self.move(lever.key, number)
            tell()

        slid = f"backlash.slid(e.target, '{box.html_id}', {json.dumps(at)}, {json.dumps(unit)})"
        typed = f"backlash.typed(e.target, '{slider.html_id}', {json.dumps(at)})"
        slider.on("input", js_handler=f"(e) => {slid}")
        slider.on("change", sent, js_handler=f"(e) => emit({slid})")
        box.on("change", sent, js_handler=f"(e) => emit({typed})")
