"""Levers of a case file: acts of the brand with their times and settings, and as a Response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sim import zones
from sim.base.refusal import ConfigError
from sim.case.case import Event, Forcing
from sim.case.problems import Problems
from sim.playbook import KINDS as ACTS
from sim.playbook import STEPS, Channel, Response, Speaker, Trigger, path_of

OWN = "acts"  #: acts with names of their own, as in `response.acts`
LEVER_KEYS = ("channel", *STEPS, OWN)


def _lever_values(path: str, kind: str, lever: Mapping[str, Any], problems: Problems) -> bool:
    """Whether every value of an act is one that the response could take."""
    settings = {item.name: item for item in fields(ACTS[kind])}
    before = len(problems.found)
    own = ("kind",) if path.startswith("levers.acts.") else ()
    problems.keys(path, lever, ("event", *own, *settings))
    for key, value in lever.items():
        where, item = f"{path}.{key}", settings.get(key)
        if item is None or (key == "delay_h" and value is None):
            continue
        if isinstance(item.default, Enum):
            problems.choice(where, value, tuple(choice.value for choice in type(item.default)))
        elif isinstance(item.default, bool):
            if not isinstance(value, bool):
                problems.add(where, value, "says neither yes nor no", "true, false", f"{key}: true")
        else:
            problems.number(where, value, item.metadata["low"], item.metadata["high"])
    return len(problems.found) == before


def acts_of(levers: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Acts of a case by their path in its file: kind, and what is written of it."""
    acts = {f"levers.{name}": (name, lever) for name, lever in levers.items() if name in ACTS}
    own = levers.get(OWN)
    if isinstance(own, Mapping):
        for name, lever in own.items():
            kind = lever.get("kind") if isinstance(lever, Mapping) else None
            acts[f"levers.{OWN}.{name}"] = (str(kind), lever)
    return acts


def check_levers(
    levers: Mapping[str, Any],
    events: list[Event],
    written: set[str],
    clock: datetime,
    founder: bool,
    problems: Problems,
) -> None:
    before = len(problems.found)
    problems.keys("levers", levers, LEVER_KEYS)
    if "channel" in levers:
        choices = tuple(choice.value for choice in Channel)
        problems.choice("levers.channel", levers["channel"], choices)
    if not isinstance(levers.get(OWN, {}), Mapping):
        problems.add(
            f"levers.{OWN}", levers[OWN], "holds no acts", "a mapping",
            "{second_letter: {kind: apology, event: ..., delay_h: ...}}",
        )  # fmt: skip
    for path, (kind, lever) in acts_of(levers).items():
        if not isinstance(lever, Mapping):
            problems.add(path, lever, "is no lever", "a mapping", "{event: ..., delay_h: ...}")
        elif kind not in ACTS:
            problems.choice(f"{path}.kind", lever.get("kind"), STEPS)
        elif _lever_values(path, kind, lever, problems):
            _check_time(path, lever, events, written, clock, problems)
    if len(problems.found) == before:
        _check_together(levers, founder, problems)


def _check_time(
    path: str,
    lever: Mapping[str, Any],
    events: list[Event],
    written: set[str],
    clock: datetime,
    problems: Problems,
) -> None:
    """An act that names an event has its time, and nothing else starts its clock."""
    event = lever.get("event")
    known = {event.id: event for event in events}
    if event is None:
        return
    if lever.get("delay_h") is None:
        problems.add(
            f"{path}.delay_h",
            None,
            f"the event {event} has a time, and the lever has none",
            "the hours from the clock start to the event, or no event",
            "its delay_h, or leave out event",
        )
    elif lever.get("trigger", Trigger.screenshot.value) != Trigger.screenshot.value:
        problems.add(
            f"{path}.trigger",
            lever["trigger"],
            f"the event {event} has a time, so nothing triggers it",
            "screenshot together with an event",
            "leave out trigger, or event",
        )
    elif event not in known:
        if str(event) not in written:
            problems.add(
                f"{path}.event",
                event,
                "names no event",
                ", ".join(known),
                "the id of an event of role lever",
            )
    else:
        assert problems.time_zone is not None
        passed = zones.span(clock, known[event].time, problems.time_zone)
        hours = passed / timedelta(hours=1)
        if abs(hours - float(lever["delay_h"])) > 1 / 60:
            problems.add(
                f"{path}.delay_h",
                lever["delay_h"],
                f"is not the time from the clock start to {event}",
                f"{hours:.6f}",
                f"delay_h: {hours:.6f}",
            )


def _check_together(levers: Mapping[str, Any], founder: bool, problems: Problems) -> None:
    """What no run would take, although every value by itself is possible."""
    try:
        response = response_of(levers)
    except ConfigError as refused:
        path, hint = (text.replace("response.", "levers.") for text in (refused.path, refused.hint))
        problems.add(path, refused.value, refused.reason, refused.allowed, hint)
        return
    for name, act in response.playbook.items():
        if act.delay_h is None or getattr(act, "speaker", None) is not Speaker.founder:
            continue
        if not founder:
            problems.add(
                f"{path_of(name)}.speaker".replace("response.", "levers."),
                Speaker.founder.value,
                "the case says founder: false, so none can speak",
                "staff, pr_head, company",
                "founder: true, or speaker: company",
            )


def response_of(levers: Mapping[str, Any]) -> Response:
    """What the brand did, as a response: all of a case's own acts. Raises ConfigError."""
    acts: dict[str, Any] = {}
    for name, lever in levers.items():
        if name not in ACTS:
            continue
        usual = ACTS[name]()
        chosen: dict[str, Any] = {}
        for key, value in lever.items():
            if key != "event":
                kind = type(getattr(usual, key))
                chosen[key] = kind(value) if issubclass(kind, Enum) else value
        acts[name] = replace(usual, **chosen)
    channel = Channel(levers.get("channel", Channel.fan.value))
    return Response("as_happened", channel, **acts, acts=dict(levers.get(OWN) or {}))


def check_causes(
    levers: Mapping[str, Any], forcing: list[Forcing], clock: datetime, problems: Problems
) -> None:
    """An event that needs an act of the brand came after it, if the case says what was done."""
    for event in forcing:
        if event.requires is None or not levers:
            continue
        delays = [
            act.get("delay_h")
            for kind, act in acts_of(levers).values()
            if kind == event.requires and isinstance(act, Mapping)
        ]
        known = [float(delay) for delay in delays if isinstance(delay, int | float)]
        if known and problems.time_zone is not None:
            passed = zones.span(clock, event.time, problems.time_zone)
            if passed > timedelta(hours=min(known)):
                continue
        problems.add(
            f"events.{event.id}.requires",
            event.requires,
            "the brand of this case had not done that before",
            "an act under levers that comes before the event",
            "leave out requires, or move the event after the act",
        )
