"""Candidates: responses from now on, as they are typed, joined to what was done so far.

Hours of a candidate count from the moment of the forecast: an apology with delay_h: 2 comes in two
hours. One that waits for a state waits from the moment on; in worlds where the state has come
before, its hours count from the moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from enum import Enum
from typing import Any

from experiments.live.affair import Affair
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError, place
from sim.branches import Begun, came_at
from sim.playbook.act import Act, Trigger
from sim.playbook.kinds import KINDS
from sim.playbook.names import kind_of
from sim.playbook.response import Response
from sim.settings.composition import compose, word_of
from sim.state.rows import TRIGGERS

USUAL = ("none", "apology_only", "reform_and_fan_panel", "deny")


def candidate_of(name: str, affair: Affair) -> Response:
    """A response from now on, as it is named: an option of conf/response or a YAML file.

    Raises ConfigError for what there is not.
    """
    file = place("response", name)
    words = [f"case={affair.name}"] if not file.is_file() else []
    if file.suffix in (".yaml", ".yml"):
        if not file.is_file():
            raise ConfigError(
                "response", name, "no such file", ", ".join(_options()), "response=none"
            )
        words = [word_of(f"response.{key}", value) for key, value in _flat(read_yaml(file))]
        asked = compose(["response=none", *words]).response
        asked = replace(asked, name=str(read_yaml(file).get("name", file.stem)))
    elif name not in _options():
        raise ConfigError(
            "response", name, "no such response", ", ".join(_options()) + ", or a YAML file",
            "response=none",
        )  # fmt: skip
    else:
        asked = compose([f"response={name}"]).response
    return joined(affair, asked, 0.0)


def _options() -> list[str]:
    """Responses by name, but for those that say what was done."""
    files = (conf_dir() / "response").glob("*.yaml")
    return sorted(file.stem for file in files if file.stem != "as_happened")


def _flat(values: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """Settings by dotted key."""
    found = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{path}{key}.")
        elif key != "name":
            found.append((f"{path}{key}", value))
    return found


def joined(affair: Affair, asked: Response, wait_h: float) -> Response:
    """What was done, and what is asked from now on and `wait_h` later, as one response.

    Raises ConfigError where the two contradict each other.
    """
    past, later = affair.config.response, affair.now_h + wait_h
    by_kind: dict[str, Any] = {}
    own = {name: dict(given) for name, given in past.acts.items()}
    for name, act in asked.playbook.items():
        if act.delay_h is None:
            continue
        waits = act.waits_for[0] is not Trigger.screenshot
        moved = act if waits else replace(act, delay_h=float(act.delay_h) + later)
        free = name in KINDS and getattr(past, name).delay_h is None
        if free:
            by_kind[name] = moved
        else:
            own[_own_name(name, own, past.acts)] = _written(moved)
    channel = asked.channel if by_kind or len(own) > len(past.acts) else past.channel
    try:
        changes: dict[str, Any] = {"name": asked.name, "channel": channel, "acts": own}
        return replace(past, **changes, **by_kind)
    except ConfigError as refusal:
        raise ConfigError(
            "response", asked.name, f"after what was done so far: {refusal.reason}",
            "responses that do not contradict what was said", "response=none",
        ) from None  # fmt: skip


def _own_name(name: str, taken: Mapping[str, Any], past: Mapping[str, Any]) -> str:
    """A name for another act of a kind. Acts are in the order of their names, and what was done
    keeps its place: new names come behind."""
    letters = name.replace("now_", "")
    found = f"now_{letters}"
    while found in taken or any(found < other for other in past):
        found = f"z_{found}"
    return found[:40]


def _written(act: Act) -> dict[str, Any]:
    """An act as a file has it."""
    values = {item.name: getattr(act, item.name) for item in fields(act)}
    plain = {k: v.value if isinstance(v, Enum) else v for k, v in values.items()}
    return {"kind": kind_of(act), **plain}


def candidates_of(
    names: Sequence[str], affair: Affair
) -> tuple[dict[str, Response], list[tuple[str, str]]]:
    """Candidates by name, and those that are left out with the reason; the usual ones if unnamed.

    Of the usual ones those are left out that contradict what was said.
    """
    found: dict[str, Response] = {}
    notes: list[tuple[str, str]] = []
    for name in names or USUAL:
        try:
            response = candidate_of(name, affair)
        except ConfigError as refusal:
            if names:
                raise
            notes.append((name, refusal.reason))
            continue
        label = response.name if names else name
        if label in found:
            raise ConfigError(
                "response", name, f"another response is called {label}", "names of their own",
                "another name: in one of the files",
            )  # fmt: skip
        found[label] = response
    if "none" not in found:
        found = {"none": candidate_of("none", affair), **found}
    return found, notes


def later(affair: Affair, response: Response, wait_h: float) -> Response:
    """A candidate, begun some hours later: acts that lie after the moment, moved."""

    def moved(act: Act) -> Act:
        waits = act.waits_for[0] is not Trigger.screenshot
        if act.delay_h is None or waits or act.delay_h < affair.now_h - 1e-6:
            return act
        return replace(act, delay_h=float(act.delay_h) + wait_h)

    acts = {}
    for name, given in response.acts.items():
        new = (
            float(given["delay_h"]) >= affair.now_h - 1e-6
            and name not in affair.config.response.acts
            and given.get("trigger", "screenshot") == "screenshot"
        )
        acts[name] = {**given, "delay_h": float(given["delay_h"]) + wait_h * new}
    past = affair.config.response
    kinds: dict[str, Any] = {
        name: moved(getattr(response, name))
        for name in KINDS
        if getattr(past, name).delay_h is None
    }
    return replace(response, acts=acts, **kinds)


def waits(affair: Affair, response: Response) -> bool:
    """Whether an act of a candidate waits for a state: then it is not begun later, it waits."""
    return any(_waiting(affair, response))


def _waiting(affair: Affair, response: Response) -> list[str]:
    """Acts of a candidate that wait for a state, and were not waited for before."""
    past = affair.config.response
    return [
        name for name, act in response.playbook.items()
        if act.delay_h is not None and act.waits_for[0] is not Trigger.screenshot
        and name not in past.acts and (name not in KINDS or getattr(past, name).delay_h is None)
    ]  # fmt: skip


def settled(affair: Affair, begun: Begun, response: Response) -> Response:
    """A candidate in one course: acts whose state has come there count their hours from now.

    Raises ConfigError where the course has not kept whether the state has come.
    """
    own: dict[str, Any] = {name: dict(given) for name, given in response.acts.items()}
    kinds: dict[str, Any] = {}
    for name in _waiting(affair, response):
        act: Any = response.playbook[name]
        trigger, threshold = act.waits_for
        came = came_at(begun.simulation, TRIGGERS[trigger], threshold)
        if came is None:
            raise ConfigError(
                "response", response.name,
                f"its {name} waits for {trigger.value}, and worlds do not keep whether that has "
                "been so before", "detection, list_entry, declared, or hours from now",
                f"{name}: {{delay_h: 2}} without a trigger",
            )  # fmt: skip
        if came < 0:
            continue
        from_now = replace(
            act, trigger=Trigger.screenshot, threshold=type(act)().threshold,
            delay_h=affair.now_h + float(act.delay_h),
        )  # fmt: skip
        if name in own:
            own[name] = _written(from_now)
        else:
            kinds[name] = from_now
    return replace(response, acts=own, **kinds)
