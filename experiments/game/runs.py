"""Choices and injected events -> a response -> a config -> its run.

Everything is a pure function of the world, the choices and the injections: at each decision the run
is simply computed again from the start.

Most answers are acts of the playbook (`moves`). What the playbook has no act for (an old statement
pushed to everybody, the events of the facilitator) enters the case as a forcing event, with sizes
that are *assumed*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from experiments.game.moves import Choices, pushed_at, response_of
from experiments.game.rules import Injection, check, check_injection, time_of
from experiments.game.script import Texts
from experiments.game.script_file import script_of
from experiments.game.sizes import INJECTED
from experiments.game.told import TOLD
from experiments.game.world import Stamp, World, base_of, blank_config, stamp_of
from sim.case.case import Case
from sim.case.case_file import read_case
from sim.playbook.response import Response
from sim.record import Run
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.parameters import Mechanisms
from sim.state.constants import effective_parameters

# --- from choices to runs -----------------------------------------------------------------------


def config_of(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
    mechanisms: Mechanisms | None = None,
) -> Config:
    """The run that these choices lead to, with all mechanisms or some. Raises ConfigError."""
    check(choices, world)
    config = replace(blank_config(world), response=response_of(script_of(world), choices))
    config = replace(config, mechanisms=mechanisms or config.mechanisms)
    return _with_events(config, world, choices, injections)


def response_config(world: World, response: str, injections: Sequence[Injection]) -> Config:
    """The same world and injected events with a response of conf/response. Raises ConfigError."""
    chosen = _response(world.case, world.population, response, stamp_of(world.case))
    return _with_events(replace(blank_config(world), response=chosen), world, {}, injections)


def history_config(world: World, injections: Sequence[Injection]) -> Config:
    """The same world with what the brand of the case did, and the same injected events."""
    return response_config(world, "as_happened", injections)


def outcome(world: World, choices: Choices, injections: Sequence[Injection]) -> Run:
    """The run of these choices, to its end. Raises ConfigError for choices that the rules
    refuse.
    """
    return simulate(config_of(world, choices, injections))


@lru_cache(maxsize=256)
def _response(case: str, population: str, name: str, _: Stamp) -> Response:
    """A response of conf/response; silence for `as_happened` where the case names no levers."""
    config = base_of(case, population)
    if name == "as_happened" and not config.case.levers:
        return config.response
    return compose([f"case={case}", f"population={population}", f"response={name}"]).response


# --- events that are not in the case ------------------------------------------------------------

_Event = tuple[str, Texts, str, Any]  #: id, texts, time, numbers as pairs


def _with_events(
    config: Config, world: World, choices: Choices, injections: Sequence[Injection]
) -> Config:
    """The config with injected events, and with what the model knows as events only.

    The case is made anew for each set of events and kept: reading it takes longer than looking it
    up.
    """
    script = script_of(world)
    events: list[_Event] = []
    for injection in dict.fromkeys(injections):
        check_injection(injection, world)
        when = f"{time_of(world, injection.at):%Y-%m-%d %H:%M}"
        event = script.events[injection.kind]
        numbers = _packed(INJECTED[event.like])
        events.append((f"{injection.kind}_{injection.at}", event.words, when, numbers))
    at = pushed_at(script, choices)
    if at is not None:
        when = f"{time_of(world, at):%Y-%m-%d %H:%M}"
        words = script.told.get("push", TOLD["push"])
        events.append(("pushed_statement", words, when, _packed(_pushed(config))))
    stamp = stamp_of(world.case)
    return replace(config, case=_case_with(world.case, world.population, tuple(events), stamp))


def _pushed(config: Config) -> dict[str, Any]:
    """A statement that is pushed to everybody: an event with a report of its own.

    *Assumed*: as new as an explanation, and as loud as a public push.
    """
    p = effective_parameters(config)
    reach = {
        kind: min(1.0, p["push_reach"] * p[f"official_reach_{kind}"])
        for kind in ("core", "customer", "public")
    }
    novelty = p["novelty_explanation"]
    heat = p["official_heat"] * novelty * p["push_heat"]
    return {
        "kind": "rumour", "topic": "deal", "reach": reach, "credibility": 0, "novelty": novelty,
        "betrayal": 0, "heat": heat, "tag": True,
    }  # fmt: skip


@lru_cache(maxsize=256)
def _case_with(case: str, population: str, events: tuple[_Event, ...], _: Stamp) -> Case:
    """The case with more forcing events: (id, texts, time, numbers as pairs)."""
    whole = base_of(case, population).case
    if not events:
        return whole
    raw = whole.written
    added = [
        {
            "id": name, "role": "forcing", "time": time, "bracket": None,
            "certainty": "documented_exact", "actor": "facilitator", "source": "the game",
            "text": {"en": texts[0], "zh": texts[1]}, **_unpacked(numbers),
        }
        for name, texts, time, numbers in events
    ]  # fmt: skip
    both = sorted([*raw["events"], *added], key=lambda event: str(event["time"]))
    return read_case({**raw, "events": both})


def _packed(numbers: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Numbers of an event as something that can be compared and kept as a key; `_unpacked` undoes
    it.
    """
    return tuple(
        (key, tuple(value.items()) if isinstance(value, Mapping) else value)
        for key, value in numbers.items()
    )


def _unpacked(numbers: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """The numbers of an event again, reach by kind of people as a dict."""
    return {key: dict(value) if isinstance(value, tuple) else value for key, value in numbers}
