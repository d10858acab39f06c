"""Events of a case file: dated, sourced, and those that drive the model; read and checked.

Every event says when, how surely and who says so. Those of role `forcing` also say what they do to
people (`Forcing`), for nobody in the model decides that they happen; those of role `lever` are acts
of the brand, whose effect stands under `levers` (`sim.case.levers`). The rest is context.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sim import zones
from sim.case.case import (
    CERTAINTIES,
    ELSEWHERE,
    FORCING_KINDS,
    KINDS,
    ROLES,
    TOPICS,
    Event,
    Forcing,
)
from sim.case.market import BURN_IN
from sim.case.problems import Problems
from sim.playbook.kinds import STEPS

#: Keys of every event, then those that a forcing event has beside them.
EVENT_KEYS = ("id", "role", "kind", "time", "bracket", "certainty", "actor", "source", "text")
LEAST_HEAT = 5000.0  #: below every place of the list, at any hour (sim/lists/weibo.csv)
FORCING_KEYS = ("topic", "reach", "credibility", "novelty", "betrayal", "heat", "tag")
AGENDA_KEYS = ("displacement", "duration_h")  #: of ELSEWHERE, which takes attention away
NOT_OF_A_LAUNCH = ("credibility", "betrayal", "heat")  #: it accuses nobody, and is not the affair
#: Keys of a forcing event that may be left out.
FORCING_OPTIONS = ("requires",)
MOST_DAYS = 90  #: of a case


def ids(nodes: Any) -> list[str]:
    """The ids of all events as they stand in the file, those among them that are refused."""
    return [str(node.get("id")) for node in nodes or [] if isinstance(node, Mapping)]


def events_in(
    nodes: list[Any], start: datetime, horizon: int, problems: Problems
) -> tuple[list[Event], list[Forcing]]:
    """The events of a case file, and those among them that drive the model, in their order.

    start, horizon : of the case, in its zone and in days; who drives the model or is an act of the
    brand must lie inside. An event with a problem of its own is noted and left out.
    """
    events: list[Event] = []
    forcing: list[Forcing] = []
    for i, node in enumerate(nodes):
        if not isinstance(node, Mapping):
            problems.add(f"events[{i}]", node, "is no event", "a mapping", "- id: ...")
            continue
        path = f"events.{node.get('id', i)}"
        if not _has_its_keys(path, node, problems):
            continue
        _check_words(path, node, events, problems)
        time = problems.time(f"{path}.time", node["time"])
        bracket = _bracket(path, node["bracket"], time, node["certainty"], problems)
        if time is None:
            continue
        _check_inside(path, node, time, start, horizon, problems)
        events.append(
            Event(
                id=str(node["id"]),
                role=str(node["role"]),
                kind=str(node["kind"]),
                time=time,
                bracket=bracket,
                certainty=str(node["certainty"]),
                actor=str(node["actor"]),
                source=str(node["source"]),
                text=problems.texts(f"{path}.text", node["text"]),
            )
        )
        if node["role"] == "forcing":
            forcing.append(_forcing(path, node, time, problems))
            _check_launch(path, node, problems)
    _check_order(forcing, problems)
    _check_first(forcing, problems)
    return events, forcing


def _has_its_keys(path: str, node: Mapping[str, Any], problems: Problems) -> bool:
    """Whether an event has all keys of its role and kind; what is unknown or missing is noted."""
    drives = node.get("role") == "forcing"
    agenda = drives and node.get("kind") in ELSEWHERE
    known = EVENT_KEYS + (FORCING_KEYS if drives else ()) + (AGENDA_KEYS if agenda else ())
    problems.keys(path, node, known + (FORCING_OPTIONS if drives else ()), known)
    return all(key in node for key in known)


def _check_words(
    path: str, node: Mapping[str, Any], before: list[Event], problems: Problems
) -> None:
    """Note choices that are none, an id that an event before it has, and a missing source."""
    problems.choice(f"{path}.role", node["role"], ROLES)
    problems.choice(f"{path}.certainty", node["certainty"], CERTAINTIES)
    if any(event.id == node["id"] for event in before):
        problems.add(f"{path}.id", node["id"], "stands twice", "each id once", "another id")
    if not str(node["source"] or "").strip():
        problems.add(
            f"{path}.source", node["source"], "no source is named",
            "who says so, or 'inferred from ...'", 'source: "..."',
        )  # fmt: skip


def _check_inside(
    path: str,
    node: Mapping[str, Any],
    time: datetime,
    start: datetime,
    horizon: int,
    problems: Problems,
) -> None:
    """Note an event outside the simulated time that a run would have to meet.

    Moments are compared in UTC: on the wall of a zone an hour may come twice.
    """
    assert problems.time_zone is not None
    zone = problems.time_zone
    first, last = (zones.later(start, by, zone) for by in (-BURN_IN, timedelta(days=horizon)))
    inside = zones.instant(first, zone) <= zones.instant(time, zone) < zones.instant(last, zone)
    if node["role"] in ("forcing", "lever") and not inside:
        problems.add(
            f"{path}.time",
            node["time"],
            f"a {node['role']} event outside the horizon would never happen",
            f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
            "role: context" + _or_within(time, start),
        )


def _check_order(forcing: list[Forcing], problems: Problems) -> None:
    """Note events that drive the model and stand after one that happens later."""
    for before, after in pairwise(forcing):
        if after.time < before.time:
            problems.add(
                f"events.{after.id}.time", str(after.time),
                f"stands after {before.id}, but happens before it",
                "forcing events in the order of time", "move the event up",
            )  # fmt: skip


def _check_launch(path: str, node: Mapping[str, Any], problems: Problems) -> None:
    """Note what a launch cannot do: it is no evidence, wrongs nobody, and its heat is not of the
    affair."""
    for key in NOT_OF_A_LAUNCH if node["kind"] == "launch" else ():
        if node[key] != 0:
            problems.add(
                f"{path}.{key}", node[key], "a launch is no part of the affair, so it has none",
                "0", f"{key}: 0, or a kind of its own for what was said there",
            )  # fmt: skip


def _check_first(forcing: list[Forcing], problems: Problems) -> None:
    """Note a second accusation without a first: an event before it with some credibility."""
    for event in forcing:
        if event.kind == "second_accusation":
            problems.add(
                f"events.{event.id}.kind", event.kind, "nothing was said before it to be the first",
                "an event with credibility before it", "rumour or leak, for the first accusation",
            )  # fmt: skip
        if event.credibility > 0:
            return


def _or_within(time: datetime, start: datetime) -> str:
    """What else would bring an event into the horizon, where something would."""
    if time < start:
        return ", or an earlier start"
    return ", or a longer horizon_d" if time < start + timedelta(days=MOST_DAYS) else ""


def _bracket(
    path: str, node: Any, time: datetime | None, certainty: object, problems: Problems
) -> tuple[datetime, datetime] | None:
    """From when to when an event may have happened; None without a bracket, or after noting why.

    A time that is known only as bracketed needs one, and the time that a run takes lies inside.
    """
    example = 'bracket: ["2026-03-02 12:00", "2026-03-02 16:00"]'
    where = f"{path}.bracket"
    if node is None:
        if certainty == "bracketed":
            problems.add(where, None, "a bracketed time needs its bracket", "[from, to]", example)
        return None
    if not isinstance(node, list | tuple) or len(node) != 2:
        problems.add(where, node, "is not closed", "[from, to], or null", example)
        return None
    first, last = (problems.time(where, end) for end in node)
    if first is None or last is None or time is None:
        return None
    if not first <= time <= last:
        problems.add(
            where, [str(end) for end in node], "does not contain the time that is used",
            f"from <= {time} <= to", "a wider bracket, or another time",
        )  # fmt: skip
    return first, last


def _forcing(path: str, node: Mapping[str, Any], time: datetime, problems: Problems) -> Forcing:
    """An event that drives the model, its numbers in the ranges of the rules that read them.

    A number out of range is noted and taken as the nearer end, so that reading goes on.
    """
    problems.choice(f"{path}.kind", node["kind"], FORCING_KINDS)
    problems.choice(f"{path}.topic", node["topic"], TOPICS)
    reach = node["reach"] if isinstance(node["reach"], Mapping) else {}
    problems.keys(f"{path}.reach", reach, KINDS, KINDS)
    return Forcing(
        id=str(node["id"]),
        kind=str(node["kind"]),
        time=time,
        topic=TOPICS.index(node["topic"]) if node["topic"] in TOPICS else 0,
        reach=(
            problems.number(f"{path}.reach.core", reach.get("core", 0), 0, 1),
            problems.number(f"{path}.reach.customer", reach.get("customer", 0), 0, 1),
            problems.number(f"{path}.reach.public", reach.get("public", 0), 0, 1),
        ),
        credibility=problems.number(f"{path}.credibility", node["credibility"], 0, 1),
        novelty=problems.number(f"{path}.novelty", node["novelty"], 0, 1),
        betrayal=problems.number(f"{path}.betrayal", node["betrayal"], 0, 0.15),
        heat=_heat(f"{path}.heat", node["heat"], problems),
        tag=problems.yes_or_no(f"{path}.tag", node["tag"]),
        displacement=problems.number(f"{path}.displacement", node.get("displacement", 0), 0, 1),
        duration_h=problems.number(f"{path}.duration_h", node.get("duration_h", 0), 0, 336),
        requires=_required(f"{path}.requires", node.get("requires"), problems),
    )


def _heat(path: str, node: object, problems: Problems) -> float:
    """Heat on the list by the documents, in the list's index, or 0 for an event that was not on it.

    The first edition counted heat up to 1000; so little is below every place of the list, and
    would stand in the place of what a reporter brings.
    """
    heat = problems.number(path, node, 0, 2e7)
    if 0 < heat < LEAST_HEAT:
        problems.add(
            path, node, "no place of the list has so little: heat is in the list's index",
            f"0 (a reporter may bring it onto the list), or {LEAST_HEAT:g} to 2e+07", "0",
        )  # fmt: skip
    return heat


def _required(path: str, act: object, problems: Problems) -> str | None:
    """The act of the brand without which an event does not happen, or None."""
    if act is None:
        return None
    problems.choice(path, act, STEPS)
    return act if isinstance(act, str) and act in STEPS else None
