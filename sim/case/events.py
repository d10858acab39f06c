"""Events of a case file: dated, sourced, and those that drive the model; read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sim import zones
from sim.case.case import CERTAINTIES, FORCING_KINDS, KINDS, ROLES, TOPICS, Event, Forcing
from sim.case.market import BURN_IN
from sim.case.problems import Problems
from sim.playbook import STEPS

EVENT_KEYS = ("id", "role", "kind", "time", "bracket", "certainty", "actor", "source", "text")
FORCING_KEYS = ("topic", "reach", "credibility", "novelty", "betrayal", "heat", "tag")
AGENDA_KEYS = ("displacement", "duration_h")
#: Keys of a forcing event that may be left out.
FORCING_OPTIONS = ("requires",)
MOST_DAYS = 90  #: of a case


def ids(nodes: Any) -> list[str]:
    return [str(node.get("id")) for node in nodes or [] if isinstance(node, Mapping)]


def events_in(
    nodes: list[Any], start: datetime, horizon: int, problems: Problems
) -> tuple[list[Event], list[Forcing]]:
    events: list[Event] = []
    forcing: list[Forcing] = []
    assert problems.time_zone is not None
    zone = problems.time_zone
    first, last = (zones.later(start, by, zone) for by in (-BURN_IN, timedelta(days=horizon)))
    for i, node in enumerate(nodes):
        path = f"events[{i}]"
        if not isinstance(node, Mapping):
            problems.add(path, node, "is no event", "a mapping", "- id: ...")
            continue
        path = f"events.{node.get('id', i)}"
        drives = node.get("role") == "forcing"
        agenda = drives and node.get("kind") == "agenda"
        known = EVENT_KEYS + (FORCING_KEYS if drives else ()) + (AGENDA_KEYS if agenda else ())
        problems.keys(path, node, known + (FORCING_OPTIONS if drives else ()), known)
        if any(key not in node for key in known):
            continue
        problems.choice(f"{path}.role", node["role"], ROLES)
        problems.choice(f"{path}.certainty", node["certainty"], CERTAINTIES)
        if any(event.id == node["id"] for event in events):
            problems.add(f"{path}.id", node["id"], "stands twice", "each id once", "another id")
        if not str(node["source"] or "").strip():
            problems.add(
                f"{path}.source",
                node["source"],
                "no source is named",
                "who says so, or 'inferred from ...'",
                'source: "..."',
            )
        time = problems.time(f"{path}.time", node["time"])
        bracket = _bracket(path, node["bracket"], time, node["certainty"], problems)
        if time is None:
            continue
        if node["role"] in ("forcing", "lever") and not (
            zones.instant(first, zone) <= zones.instant(time, zone) < zones.instant(last, zone)
        ):
            problems.add(
                f"{path}.time",
                node["time"],
                f"a {node['role']} event outside the horizon would never happen",
                f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
                "role: context" + _or_within(time, start),
            )
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
        if drives:
            forcing.append(_forcing(path, node, time, problems))
    for before, after in pairwise(forcing):
        if after.time < before.time:
            problems.add(
                f"events.{after.id}.time",
                str(after.time),
                f"stands after {before.id}, but happens before it",
                "forcing events in the order of time",
                "move the event up",
            )
    return events, forcing


def _or_within(time: datetime, start: datetime) -> str:
    """What else would bring an event into the horizon, where something would."""
    if time < start:
        return ", or an earlier start"
    return ", or a longer horizon_d" if time < start + timedelta(days=MOST_DAYS) else ""


def _bracket(
    path: str, node: Any, time: datetime | None, certainty: object, problems: Problems
) -> tuple[datetime, datetime] | None:
    if node is None:
        if certainty == "bracketed":
            problems.add(
                f"{path}.bracket",
                None,
                "a bracketed time needs its bracket",
                "[from, to]",
                'bracket: ["2026-03-02 12:00", "2026-03-02 16:00"]',
            )
        return None
    if not isinstance(node, list | tuple) or len(node) != 2:
        problems.add(
            f"{path}.bracket",
            node,
            "is not closed",
            "[from, to], or null",
            'bracket: ["2026-03-02 12:00", "2026-03-02 16:00"]',
        )
        return None
    ends = [problems.time(f"{path}.bracket", end) for end in node]
    if ends[0] is None or ends[1] is None or time is None:
        return None
    if not ends[0] <= time <= ends[1]:
        problems.add(
            f"{path}.bracket",
            [str(end) for end in node],
            "does not contain the time that is used",
            f"from <= {time} <= to",
            "a wider bracket, or another time",
        )
    return ends[0], ends[1]


def _forcing(path: str, node: Mapping[str, Any], time: datetime, problems: Problems) -> Forcing:
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
        heat=problems.number(f"{path}.heat", node["heat"], 0, 1000),
        tag=problems.yes_or_no(f"{path}.tag", node["tag"]),
        displacement=problems.number(f"{path}.displacement", node.get("displacement", 0), 0, 1),
        duration_h=problems.number(f"{path}.duration_h", node.get("duration_h", 0), 0, 336),
        requires=_required(f"{path}.requires", node.get("requires"), problems),
    )


def _required(path: str, act: object, problems: Problems) -> str | None:
    """The act of the brand without which an event does not happen, or None."""
    if act is None:
        return None
    problems.choice(path, act, STEPS)
    return act if isinstance(act, str) and act in STEPS else None
