"""What happens and what the brand does, as rows: events of a case, acts of a response."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from sim.base.refusal import ConfigError
from sim.case.answers import without_cause
from sim.case.case import MONEY, Case
from sim.clock import Clock
from sim.playbook.act import Accused, Act, Channel, Level, Speaker, Trigger
from sim.playbook.kinds import KINDS, Buyback, Reform
from sim.playbook.names import DELIVERY, kind_of, path_of
from sim.playbook.response import Response
from sim.rules import playbook
from sim.settings.config import Config
from sim.state import tables as w
from sim.state.constants import effective_parameters
from sim.state.tables import EVENT, EVENT_KINDS


def event_rows(case: Case, clock: Clock) -> Any:
    """What happens in a case, as EVENT rows in order of time."""
    table = np.zeros(len(case.forcing), EVENT).view(np.recarray)
    for i, event in enumerate(case.forcing):
        step = _inside(clock, event.time, f"case.events.{event.id}.time")
        row = {
            "step": step,
            "kind": EVENT_KINDS.index(event.kind),
            "topic": event.topic,
            "reach_core": event.reach[0],
            "reach_customer": event.reach[1],
            "reach_public": event.reach[2],
            "credibility": event.credibility,
            "novelty": event.novelty,
            "betrayal": event.betrayal,
            "heat": event.heat,
            "tag": float(event.tag),
            "displacement": event.displacement,
            "until": step + event.duration_h / clock.dt_h,
            "requires": -1.0 if event.requires is None else w.KIND[event.requires],
        }
        for name, value in row.items():
            table[name][i] = value
    return table


def _inside(clock: Clock, time: Any, path: str) -> int:
    """The step of a time. path : the key that gave it, for the refusal.

    Raises ConfigError for a time before the first step of the run or after its last.
    """
    try:
        return clock.step_of(time)
    except ValueError:
        raise ConfigError(
            path,
            str(time),
            "outside the simulated time",
            f"{clock.time_of(0)} to {clock.time_of(clock.n_steps - 1)}",
            "a time inside, or clock.horizon_d / clock.burn_in_h that reach it",
        ) from None


def _check_money(response: Response, case: Case) -> None:
    """Refuse a buyback without a market, and an amount in HKD in a case of another currency."""
    for name, act in response.playbook.items():
        path = path_of(name)
        if isinstance(act, Buyback) and act.delay_h is not None and not case.listed:
            raise ConfigError(
                f"{path}.delay_h",
                act.delay_h,
                f"the case {case.name} has no market ({case.no_market()}): nothing can be bought "
                "back",
                "null (never)",
                f"{path}.delay_h=null",
            )
        cost, usual = getattr(act, "cost_hkd", None), getattr(type(act), "cost_hkd", None)
        if not case.counts_money and cost != usual:
            money = "not known" if case.currency is None else f"in {case.currency}"
            raise ConfigError(
                f"{path}.cost_hkd",
                cost,
                f"the amounts of the model are in {MONEY}, and the money of the case {case.name} "
                f"is {money}: its cash is not counted",
                f"{usual:g}, which is not counted",
                f"{path}.cost_hkd={usual:g}",
            )


#: What starts an act's clock, as its column has it.
TRIGGERS = {
    Trigger.screenshot: w.BY_SCREENSHOT,
    Trigger.detection: w.BY_DETECTION,
    Trigger.list_entry: w.BY_LIST_ENTRY,
    Trigger.governance_talk: w.BY_GOVERNANCE_TALK,
    Trigger.declared: w.BY_DECLARED,
}
#: Acts whose draws have had these addresses from the beginning: frozen, so that no draw moves.
_ADDRESSES = {
    name: k
    for k, name in enumerate(
        "disclosure denial apology termination penalty explanation reform compensation buyback "
        "delivery".split()
    )
}


def act_names(response: Response) -> tuple[str, ...]:
    """The act of each row of the table: one a kind, the delivery of its reform, then the others."""
    names = [*w.ACT_KINDS]
    for name, act in response.playbook.items():
        if name not in KINDS:
            names.append(name)
            if isinstance(act, Reform):
                names.append(f"{name}_{DELIVERY}")
    return tuple(names)


def _address(name: str) -> int:
    """Where the draws of an act lie: by its name, so that no other act moves them."""
    return _ADDRESSES.get(name, 16 + (zlib.crc32(name.encode()) & 0xFFFFFF))


def act_rows(response: Response, config: Config, case: Case, clock: Clock) -> Any:
    """The playbook as ACT rows: when each act comes, and what it says and does.

    One row an act in the order of `act_names`; step is -1 for what never comes or waits for a
    trigger. Raises ConfigError for an act outside the simulated time, one without its cause, a
    buyback without a market, and more acts than people can keep apart.
    """
    _check_money(response, case)
    for refused in without_cause(response, case.forcing, case.hours):
        raise refused
    names, book = act_names(response), response.playbook
    if len(names) > w.MAX_ACTS:
        raise ConfigError(
            "response.acts",
            f"{len(response.acts)} acts",
            "more than people of this model can keep apart",
            f"{w.MAX_ACTS - w.N_KINDS} with names of their own; a reform counts twice",
            "fewer of them",
        )
    table = np.zeros(len(names), w.ACT).view(np.recarray)
    table["step"] = -1.0
    table["delivery"] = -1.0
    parameters = effective_parameters(config)
    for a, name in enumerate(names):
        act = book.get(name)
        table["address"][a] = _address(name)
        if act is None:  # what comes of a reform by itself
            promised = names.index("reform" if name == DELIVERY else name[: -len(DELIVERY) - 1])
            table["kind"][a] = w.DELIVERY
            table["spoken"][a] = table["judged"][a] = table["deed"][a] = 1.0
            table["delivery"][promised] = a
            for column in ("voice", "heat", "reach", "acknowledgement"):
                table[column][a] = table[column][promised]
            continue
        table["kind"][a] = w.KIND[kind_of(act)]
        if act.delay_h is None:
            continue
        trigger, threshold = act.waits_for
        numbers = {
            "wanted": 1.0,
            "trigger": TRIGGERS[trigger],
            "threshold": threshold,
            "delay": act.delay_h / clock.dt_h,
            **_told(act, response.channel, parameters),
            **_levers(act),
        }
        for column, value in numbers.items():
            table[column][a] = value
        # to the minute: 0.833333 h must not fall a moment short of its step
        time = case.after(float(act.delay_h))
        step = _inside(clock, time, f"{path_of(name)}.delay_h")
        if trigger is Trigger.screenshot:
            table["step"][a] = step
    if len(set(table["address"])) < len(names):
        raise ConfigError(
            "response.acts", list(response.acts), "two names that the draws cannot tell apart",
            "other names", "another name for one of them",
        )  # fmt: skip
    return table


def _told(act: Act, channel: Channel, parameters: Mapping[str, float]) -> dict[str, float]:
    """How an act reaches people: by which voice, how loud, how far, as what news."""
    if not act.SPOKEN:
        return {}
    voice = {
        Speaker.staff: 0.0,
        Speaker.pr_head: parameters["voice_pr_head"],
        Speaker.company: parameters["voice_company"],
        Speaker.founder: 1.0,
    }
    loud = {
        Speaker.staff: parameters["heat_staff"],
        Speaker.pr_head: parameters["heat_pr_head"],
        Speaker.company: 1.0,
        Speaker.founder: parameters["heat_founder"],
    }
    speaker = getattr(act, "speaker", Speaker.company)
    push = parameters["push_reach"] if channel is Channel.public else 1.0
    return {
        "spoken": 1.0,
        "voice": voice[speaker],
        "heat": playbook.loudness(loud[speaker], 1.0 if push == 1.0 else parameters["push_heat"]),
        "reach": push,
        "topic": 1.0 if act.TOPIC == "governance" else 0.0,
        "news": parameters[act.NEWS],
        "headlines": parameters[act.HEADLINES] if act.HEADLINES else 1.0,
        "joins": float(act.JOINS),
        "judged": float(act.JUDGED),
        "private": float(act.PRIVATE),
        "text": float(act.TEXT and getattr(act, "answers", None) is not Accused.second),
        "deed": float(act.DEED),
        "concedes": float(act.CONCEDES),
    }


def _levers(act: Act) -> dict[str, float]:
    """Levers of an act as numbers: a choice by its rank, yes and no as 1 and 0."""
    return {
        item.name: value.rank if isinstance(value, Level | Accused) else float(value)
        for item in fields(act)
        if item.name not in w.NO_COLUMNS
        for value in (getattr(act, item.name),)
    }
