"""Choices and injected events -> the levers of a response -> a config -> its run.

Everything is a pure function of the world, the choices and the injections: at each decision the run
is simply computed again from the start.

Most answers are acts of the playbook. What the playbook has no act for (a holding statement, an old
statement pushed to everybody, the events of the facilitator) enters the case as a forcing event,
with sizes that are *assumed*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from experiments.game.rules import (
    Choices,
    Injection,
    answer_of,
    check,
    check_injection,
    spoke,
    time_of,
)
from experiments.game.script import DECISIONS
from experiments.game.told import INJECTIONS, TOLD
from experiments.game.world import World, base_of, blank_config
from sim.case.case import Case
from sim.case.case_file import read_case
from sim.playbook.act import Level, Speaker
from sim.playbook.kinds import (
    Apology,
    Buyback,
    Compensation,
    Denial,
    Disclosure,
    Explanation,
    Holding,
    PartnerCalls,
    Penalty,
    Reform,
    Termination,
)
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
    config = replace(blank_config(world), response=response_of(choices))
    config = replace(config, mechanisms=mechanisms or config.mechanisms)
    return _with_events(config, world, choices, injections)


def response_config(world: World, response: str, injections: Sequence[Injection]) -> Config:
    """The same world and injected events with a response of conf/response. Raises ConfigError."""
    chosen = _response(world.case, world.population, response)
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
def _response(case: str, population: str, name: str) -> Response:
    """A response of conf/response; silence for `as_happened` where the case names no levers."""
    config = base_of(case, population)
    if name == "as_happened" and not config.case.levers:
        return config.response
    return compose([f"case={case}", f"population={population}", f"response={name}"]).response


# --- answers -> levers --------------------------------------------------------------------------

#: answer -> share of responsibility. Assumed.
_ADMITTED = {"little": 0.2, "some": 0.6, "full": 0.9}
#: answer -> who bears it, how hard
_PENALTIES = {
    "handler": (Level.junior, 1.0),
    "managers": (Level.manager, 0.5),
    "executives": (Level.vice_president, 0.5),
    "executive_out": (Level.vice_president, 1.0),
}
#: answer -> hours in which those concerned are heard
_PROCESS_H = {"short": 2.0, "day": 24.0, "three_days": 72.0}
_GOVERNANCE = {"vetting": 0.4, "panel": 0.8}  #: answer -> depth of the reform
_BUYBACK_HKD = {"routine": 1.5e8, "large": 5e8}  #: answer -> HKD
_COMPENSATION = {"vouchers": 0.5, "generous": 1.0}  #: answer -> share, as the act has it
WORD_IN_H = 24.0  #: hours until the word that a holding statement promises
DELIVERY_D = 5  #: days from the decision to deliver until the delivery


def response_of(choices: Choices) -> Response:
    """The choices so far as a playbook; what is not decided yet is not done.

    A step says nothing before its time, so later choices change nothing earlier: a reform counts
    as undelivered until the last decision, which lies before anything could be delivered or due.
    """
    at = {decision.key: decision.hours for decision in DECISIONS}
    steps: dict[str, Any] = {"name": "own"}
    steps.update(_first_words(choices, at))
    amount = _BUYBACK_HKD.get(answer_of(choices, "D2", "buyback") or "")
    if amount:
        steps["buyback"] = Buyback(delay_h=at["D2"], amount_hkd=amount)
    if answer_of(choices, "D2", "partners") == "call":
        steps["partner_calls"] = PartnerCalls(delay_h=at["D2"], share=1.0)
    if spoke(choices):
        steps.update(_evening(choices, at["D3"]))
    if answer_of(choices, "D4", "statement") in ("apologise", "apologise_push"):
        steps["apology"] = Apology(delay_h=at["D4"], speaker=Speaker.company, acknowledgement=0.6)
    punished = _PENALTIES.get(answer_of(choices, "D5", "penalty") or "")
    if punished:
        process_h = _PROCESS_H[str(answer_of(choices, "D5", "process"))]
        steps["penalty"] = Penalty(
            delay_h=at["D5"] + process_h, level=punished[0], severity=punished[1],
            process_h=process_h,
        )  # fmt: skip
    steps.update(_last_steps(choices, at))
    return Response(**steps)


def _at_once(choices: Choices) -> bool:
    """Whether the brand apologised as soon as the screenshot was out."""
    return answer_of(choices, "D1", "stance") in ("apologise", "apologise_end")


def _first_words(choices: Choices, at: Mapping[str, float]) -> dict[str, Any]:
    """Disclosure, denial, an early apology, and the end of the deal, whenever it was decided."""
    steps: dict[str, Any] = {}
    if answer_of(choices, "D0", "rumour") == "disclose":
        steps["disclosure"] = Disclosure(delay_h=at["D0"], acknowledgement=0.6)
    stance = answer_of(choices, "D1", "stance")
    if stance == "hold":
        steps["holding"] = Holding(delay_h=at["D1"], word_in_h=WORD_IN_H)
    if stance == "deny":
        steps["denial"] = Denial(delay_h=at["D1"], speaker=Speaker.company)
    if _at_once(choices):
        steps["apology"] = Apology(delay_h=at["D1"], speaker=Speaker.company, acknowledgement=0.4)
    if stance in ("apologise_end", "end"):
        steps["termination"] = Termination(delay_h=at["D1"])
    elif answer_of(choices, "D3", "deal") == "end":
        steps["termination"] = Termination(delay_h=at["D3"])
    return steps


def _evening(choices: Choices, delay_h: float) -> dict[str, Any]:
    """What was said on the first evening: the apology, or, after an early one, an explanation."""
    spoken: dict[str, Any] = {
        "delay_h": delay_h,
        "speaker": Speaker(answer_of(choices, "D3", "speaker")),
        "acknowledgement": _ADMITTED[str(answer_of(choices, "D3", "admission"))],
    }
    if _at_once(choices):
        return {"explanation": Explanation(**spoken)}
    return {"apology": Apology(**spoken)}


def _last_steps(choices: Choices, at: Mapping[str, float]) -> dict[str, Any]:
    """Reform, explanation and compensation: what is decided on the last two meetings.

    A reform that is promised at D5 and not delivered at D6 counts as broken; one that begins at D6
    is delivered `DELIVERY_D` days later.
    """
    steps: dict[str, Any] = {}
    depth = _GOVERNANCE.get(answer_of(choices, "D5", "reform") or "")
    later = answer_of(choices, "D6", "delivery")
    if depth:
        to_delivery = at["D6"] - at["D5"] + 24 * DELIVERY_D
        steps["reform"] = (
            Reform(delay_h=at["D5"], governance=depth, delivery_h=to_delivery)
            if later == "deliver"
            else Reform(delay_h=at["D5"], governance=depth, delivered=False)
        )
    elif later == "begin":
        steps["reform"] = Reform(
            delay_h=at["D6"], governance=_GOVERNANCE["panel"], delivery_h=24.0 * DELIVERY_D
        )
    reply = answer_of(choices, "D6", "reply")
    if reply not in (None, "nobody"):
        steps["explanation"] = Explanation(
            delay_h=at["D6"], speaker=Speaker(reply), acknowledgement=0.6
        )
    share = _COMPENSATION.get(answer_of(choices, "D6", "compensation") or "")
    if share:
        steps["compensation"] = Compensation(delay_h=at["D6"], share=share)
    return steps


# --- events that are not in the case ------------------------------------------------------------

#: What injections do to the model. *Assumed*: of the size of the documented screenshot and naming,
#: of which only the second was on the list from the start.
_INJECTED: dict[str, dict[str, Any]] = {
    "second_screenshot": {
        "kind": "leak", "topic": "deal", "reach": {"core": 0.4, "customer": 0.06, "public": 0.004},
        "credibility": 0.4, "novelty": 0.8, "betrayal": 0.05, "heat": 0, "tag": True,
    },
    "leak": {
        "kind": "leak", "topic": "governance",
        "reach": {"core": 0.4, "customer": 0.08, "public": 0.01},
        "credibility": 0.3, "novelty": 0.7, "betrayal": 0, "heat": 0, "tag": True,
    },
    "regulator": {  # not of kind naming, which would also switch off other waves
        "kind": "rumour", "topic": "governance",
        "reach": {"core": 0.3, "customer": 0.1, "public": 0.03},
        "credibility": 0.2, "novelty": 0.6, "betrayal": 0, "heat": 133_000, "tag": True,
    },
}  # fmt: skip
_Event = tuple[str, tuple[str, str], str, Any]  #: id, texts, time, numbers as pairs


def _with_events(
    config: Config, world: World, choices: Choices, injections: Sequence[Injection]
) -> Config:
    """The config with injected events, and with what the model knows as events only.

    The case is made anew for each set of events and kept: reading it takes longer than looking it
    up.
    """
    events: list[_Event] = []
    for injection in dict.fromkeys(injections):
        check_injection(injection)
        when = f"{time_of(world, injection.at):%Y-%m-%d %H:%M}"
        texts, numbers = INJECTIONS[injection.kind], _INJECTED[injection.kind]
        events.append((f"{injection.kind}_{injection.at}", texts, when, _packed(numbers)))
    if answer_of(choices, "D4", "statement") in ("push", "apologise_push"):
        numbers = _pushed(config)
        when = f"{time_of(world, 'D4'):%Y-%m-%d %H:%M}"
        events.append(("pushed_statement", TOLD["push"], when, _packed(numbers)))
    return replace(config, case=_case_with(world.case, world.population, tuple(events)))


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
def _case_with(case: str, population: str, events: tuple[_Event, ...]) -> Case:
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
