"""Levers of a case file: acts of the brand with their times and settings, and as a Response.

`response=as_happened` takes all that stands here (`response_of`), so whatever a run would not do is
refused: a value out of range, an act at another hour than the event that it names, settings that
contradict each other. An act stands under the name of its kind, or under `acts` with a name of its
own. Its `event` ties it to the timeline, from which its hour is checked and never taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sim import zones
from sim.base.refusal import ConfigError
from sim.case.answers import without_cause
from sim.case.case import Event, Forcing
from sim.case.problems import Problems
from sim.playbook.act import Channel, Speaker, Trigger
from sim.playbook.kinds import KINDS as ACTS
from sim.playbook.kinds import STEPS
from sim.playbook.names import path_of
from sim.playbook.response import Response

OWN = "acts"  #: acts with names of their own, as in `response.acts`
LEVER_KEYS = ("channel", *STEPS, OWN)  #: under `levers`


def _lever_values(path: str, kind: str, lever: Mapping[str, Any], problems: Problems) -> bool:
    """Whether every value of an act is one that the response could take; what is not is noted.

    The fields of the act's class say which values there are, so that a new lever needs no line
    here. `event`, and `kind` of an act with a name of its own, are the file's and no fields.
    """
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
    """Acts of a case by their path in its file: kind, and what is written of it.

    Nothing is checked: a kind may be none, and what is written may be no mapping.
    """
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
    """Note whatever of the levers no run would take.

    events, written : events that were read, and the ids of all, those that were refused among them.
    clock : the moment from which delays count. founder : whether the case knows one who may speak.
    Acts are looked at together only when each of them could be taken by itself.
    """
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
    """An act that names an event has its time, and nothing else starts its clock.

    path : the key of the lever, for what is noted. events : those of the case that could be read;
    written : ids of all that stand in the file, so that one which is wrong by itself is not called
    unknown. clock : from which hours count.
    """
    event = lever.get("event")
    known = {one.id: one for one in events}
    trigger = lever.get("trigger", Trigger.screenshot.value)
    if event is None:
        return
    if lever.get("delay_h") is None:
        problems.add(
            f"{path}.delay_h", None, f"the event {event} has a time, and the lever has none",
            "the hours from the clock start to the event, or no event",
            "its delay_h, or leave out event",
        )  # fmt: skip
    elif trigger != Trigger.screenshot.value:
        problems.add(
            f"{path}.trigger", trigger, f"the event {event} has a time, so nothing triggers it",
            "screenshot together with an event", "leave out trigger, or event",
        )  # fmt: skip
    elif event in known:
        _check_hour(path, lever["delay_h"], clock, known[event], problems)
    elif str(event) not in written:
        problems.add(
            f"{path}.event", event, "names no event", ", ".join(known),
            "the id of an event of role lever",
        )  # fmt: skip


def _check_hour(
    path: str, delay_h: float, clock: datetime, event: Event, problems: Problems
) -> None:
    """Note a delay that is not the time that passed until the event, to the minute."""
    assert problems.time_zone is not None
    hours = zones.span(clock, event.time, problems.time_zone) / timedelta(hours=1)
    if abs(hours - float(delay_h)) > 1 / 60:  # times of events are whole minutes
        problems.add(
            f"{path}.delay_h", delay_h, f"is not the time from the clock start to {event.id}",
            f"{hours:.6f}", f"delay_h: {hours:.6f}",
        )  # fmt: skip


def _check_together(levers: Mapping[str, Any], founder: bool, problems: Problems) -> None:
    """What no run would take, although every value by itself is possible.

    The response itself is asked, and its refusal told in the words of a case file.
    """
    try:
        response = response_of(levers)
    except ConfigError as refused:
        _told_of_levers(refused, problems)
        return
    for name, act in response.playbook.items():
        if act.delay_h is None or getattr(act, "speaker", None) is not Speaker.founder:
            continue
        if not founder:
            problems.add(
                f"{path_of(name)}.speaker".replace("response.", "levers."), Speaker.founder.value,
                "the case says founder: false, so none can speak", "staff, pr_head, company",
                "founder: true, or speaker: company",
            )  # fmt: skip


def response_of(levers: Mapping[str, Any]) -> Response:
    """What the brand did, as a response named as_happened: all of a case's own acts.

    levers : as they stand in the file; `event` of an act is dropped, for a response knows hours
    only. Raises ConfigError for acts that contradict each other.
    """
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


def _told_of_levers(refused: ConfigError, problems: Problems) -> None:
    """Note a refusal of a response in the words of a case file."""
    path, hint = (text.replace("response.", "levers.") for text in (refused.path, refused.hint))
    problems.add(path, refused.value, refused.reason, refused.allowed, hint)


def check_causes(
    levers: Mapping[str, Any], forcing: list[Forcing], clock: datetime, problems: Problems
) -> None:
    """An event that needs an act of the brand came after it, if the case says what was done; and
    what the brand denied or postponed was there.

    Without levers a case says nothing of acts, and the run's response may bring the act.
    """
    zone = problems.time_zone
    if zone is not None and not any(one.path.startswith("case.levers") for one in problems.found):
        for refused in without_cause(
            response_of(levers), forcing,
            lambda moment: zones.span(clock, moment, zone) / timedelta(hours=1),
        ):  # fmt: skip
            _told_of_levers(refused, problems)
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
