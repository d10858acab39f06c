"""The rules of the decision game: what may be answered when, and what may be injected.

Choices map decisions to answers, in order; what comes later never changes what came before. What a
choice does to the world is in `moves` and `runs`; its texts stand in the script of the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from experiments.game.moves import Choices, closed
from experiments.game.script import Decision, Option
from experiments.game.script_file import script_of
from experiments.game.world import World, case_of
from sim.base.refusal import ConfigError
from sim.case.case import Case


@dataclass(frozen=True)
class Injection:
    """Something that the facilitator lets happen at the time of a decision.

    kind : a key of the script's `events`. at : the key of a decision.
    """

    kind: str
    at: str


def time_of(world: World, decision: str) -> datetime:
    """When a decision is taken in the case of a world, in its zone."""
    return script_of(world).decision(decision).time


def available(choices: Choices, decision: Decision, world: World) -> Decision:
    """The decision with only what earlier choices, and the case of the world, leave open.

    A question with one option left is not asked. Later choices are not looked at.
    """
    script, case = script_of(world), case_of(world)
    k = script.place[decision.key]
    before = {key: choices[key] for key in choices if script.place.get(key, 99) < k}
    questions = []
    for question in script.decisions[k].questions:
        options = tuple(
            option
            for option in question.options
            if not closed(script, before, option) and not _impossible(case, option)
        )
        if len(options) > 1:
            questions.append(replace(question, options=options))
    return replace(script.decisions[k], questions=tuple(questions))


def nothing(decision: Decision) -> dict[str, str]:
    """The answers of a team that does nothing: the first option of every question.

    Also what holds for a team that did not answer before the decision closed.
    """
    return {question.key: question.options[0].key for question in decision.questions}


def repaired(choices: Choices, world: World) -> dict[str, dict[str, str]]:
    """The choices with what is no longer possible replaced by doing nothing.

    What a changed early choice rules out later cannot be kept; what it opens is not taken up. What
    a game of an earlier release was not asked is answered with doing nothing.
    """
    kept: dict[str, dict[str, str]] = {}
    for decision in script_of(world).decisions:
        if decision.key not in choices:
            break
        offered = available(kept, decision, world)
        answers = nothing(offered)
        for question in offered.questions:
            given = choices[decision.key].get(question.key)
            if given in [option.key for option in question.options]:
                answers[question.key] = str(given)
        kept[decision.key] = answers
    return kept


def completed(choices: Choices, world: World) -> dict[str, dict[str, str]]:
    """The choices with questions answered by doing nothing that an earlier release did not ask.

    Nothing that was answered is changed, so what is wrong in it is still refused by `check`.
    """
    whole: dict[str, dict[str, str]] = {}
    decisions = {decision.key: decision for decision in script_of(world).decisions}
    for key, answers in choices.items():
        if key not in decisions or not isinstance(answers, Mapping):
            return {k: dict(given) for k, given in choices.items()}
        offered = available(whole, decisions[key], world)
        whole[key] = {**nothing(offered), **answers}
    return whole


def check(choices: Choices, world: World) -> None:
    """Refuse what is unknown, missing, out of order, or ruled out by earlier choices.

    choices : answers to the first decisions, in order, none left out. Raises ConfigError.
    """
    script = script_of(world)
    keys = script.keys
    for key in choices:
        if key not in keys:
            raise ConfigError("choices", key, "no such decision", ", ".join(keys), keys[0])
    for k, key in enumerate(keys[: len(choices)]):
        if key not in choices:
            raise ConfigError(
                f"choices.{key}", None, "decisions are taken in their order",
                ", ".join(keys[: len(choices)]), f"an answer to {key} first",
            )  # fmt: skip
        whole = script.decisions[k]
        _check_answers(whole, choices[key], available(choices, whole, world))


def _check_answers(whole: Decision, answers: Mapping[str, str], offered: Decision) -> None:
    """Refuse answers to a decision that are unknown, missing or not offered. Raises ConfigError.

    A question that is not asked may be given its first option, which does nothing: games that were
    saved before it was ruled out hold it.
    """
    key, asked = whole.key, {question.key: question for question in offered.questions}
    if not isinstance(answers, Mapping):
        raise ConfigError(
            f"choices.{key}", answers, "no answers", ", ".join(asked), "QUESTION: OPTION"
        )
    first = nothing(whole)
    for name in answers:
        if name not in asked and answers[name] != first.get(name):
            raise ConfigError(
                f"choices.{key}.{name}", answers[name], "not asked here",
                ", ".join(asked) or "no question", "leave it out",
            )  # fmt: skip
    for name, question in asked.items():
        options = [option.key for option in question.options]
        if answers.get(name) not in options:
            reason = "not possible here" if name in answers else "is not answered"
            raise ConfigError(
                f"choices.{key}.{name}", answers.get(name), reason,
                ", ".join(options), f"{name}: {options[0]}",
            )  # fmt: skip


def check_injection(injection: Injection, world: World) -> None:
    """Refuse an event or a decision that there is not. Raises ConfigError with those that there
    are.
    """
    script = script_of(world)
    for key, value, allowed in (
        ("kind", injection.kind, list(script.events)),
        ("at", injection.at, list(script.keys)),
    ):
        if value not in allowed:
            raise ConfigError(
                f"injection.{key}", value, "no such choice", ", ".join(allowed) or "none",
                next(iter(allowed), "leave it out"),
            )  # fmt: skip


def _impossible(case: Case, option: Option) -> bool:
    """Whether the case has nobody or nothing for an option: a founder, a share to buy back."""
    levers = [*option.does.values(), *option.adds.values()]
    if any(given.get("speaker") == "founder" for given in levers):
        return not case.founder
    return "buyback" in option.does and not case.listed
