"""The rules of the decision game: what may be answered when, and what may be injected.

Choices map decisions to answers, in order; what comes later never changes what came before. What a
choice does to the world is in `runs`, its texts are in `script`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from experiments.game.script import DECISIONS, PLACE, Decision, Option
from experiments.game.told import INJECTIONS
from experiments.game.world import World, case_of
from sim.base.refusal import ConfigError

#: decision -> question -> option
Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Injection:
    """Something that the facilitator lets happen at the time of a decision.

    kind : a key of `told.INJECTIONS`. at : the key of a decision.
    """

    kind: str
    at: str


def answer_of(choices: Choices, decision: str, question: str) -> str | None:
    """The option that was chosen, or None if the question was not asked (yet)."""
    return choices.get(decision, {}).get(question)


def time_of(world: World, decision: str) -> datetime:
    """When a decision is taken in the case of a world, in its zone: hours after the clock start."""
    return case_of(world).after(DECISIONS[PLACE[decision]].hours)


def available(choices: Choices, decision: Decision, world: World | None = None) -> Decision:
    """The decision with only what earlier choices, and the case of the world, leave open.

    A question with one option left is not asked. Later choices are not looked at.
    """
    before = {key: choices[key] for key in choices if PLACE.get(key, 99) < PLACE[decision.key]}
    questions = []
    for question in DECISIONS[PLACE[decision.key]].questions:
        options = tuple(
            option
            for option in question.options
            if not _ruled_out(before, question.key, option.key)
            and not (world and _impossible(world, question.key, option.key))
        )
        if world and not case_of(world).counts_money:
            options = tuple(without_money(option) for option in options)
        if len(options) > 1:
            questions.append(replace(question, options=options))
    time = time_of(world, decision.key) if world else decision.time
    return replace(decision, questions=tuple(questions), time=time)


def without_money(option: Option) -> Option:
    """An option of a case whose money is not the model's: its cost without the amount."""
    told = {field: re.sub(r"^(HKD \d+ million|\d+万港元)[;；] ?", "", getattr(option, field))
            for field in ("cost_en", "cost_zh")}  # fmt: skip
    return replace(option, **told)


def nothing(decision: Decision) -> dict[str, str]:
    """The answers of a team that does nothing: the first option of every question.

    Also what holds for a team that did not answer before the decision closed.
    """
    return {question.key: question.options[0].key for question in decision.questions}


def repaired(choices: Choices, world: World) -> dict[str, dict[str, str]]:
    """The choices with what is no longer possible replaced by doing nothing.

    What a changed early choice rules out later cannot be kept; what it opens is not taken up.
    """
    kept: dict[str, dict[str, str]] = {}
    for decision in DECISIONS:
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


def check(choices: Choices, world: World | None = None) -> None:
    """Refuse what is unknown, missing, out of order, or ruled out by earlier choices.

    choices : answers to the first decisions, in order, none left out. Raises ConfigError.
    """
    keys = [decision.key for decision in DECISIONS]
    for key in choices:
        if key not in keys:
            raise ConfigError("choices", key, "no such decision", ", ".join(keys), keys[0])
    for k, key in enumerate(keys[: len(choices)]):
        if key not in choices:
            raise ConfigError(
                f"choices.{key}", None, "decisions are taken in their order",
                ", ".join(keys[: len(choices)]), f"an answer to {key} first",
            )  # fmt: skip
        _check_answers(key, choices[key], available(choices, DECISIONS[k], world))


def _check_answers(key: str, answers: Mapping[str, str], offered: Decision) -> None:
    """Refuse answers to a decision that are unknown, missing or not offered. Raises ConfigError.

    A question that is not asked may be given its first option, which does nothing: games that were
    saved before it was ruled out hold it.
    """
    asked = {question.key: question for question in offered.questions}
    if not isinstance(answers, Mapping):
        raise ConfigError(
            f"choices.{key}", answers, "no answers", ", ".join(asked), "QUESTION: OPTION"
        )
    first = {q.key: q.options[0].key for q in DECISIONS[PLACE[key]].questions}
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


def check_injection(injection: Injection) -> None:
    """Refuse an event or a decision that there is not. Raises ConfigError with those that there
    are.
    """
    for key, value, allowed in (
        ("kind", injection.kind, list(INJECTIONS)),
        ("at", injection.at, list(PLACE)),
    ):
        if value not in allowed:
            raise ConfigError(
                f"injection.{key}", value, "no such choice", ", ".join(allowed), allowed[0]
            )


# --- what is left to choose ---------------------------------------------------------------------


def spoke(choices: Choices) -> bool:
    """Whether someone spoke on the first evening; nobody did before that was asked."""
    return answer_of(choices, "D3", "speaker") not in (None, "nobody")


def _apologised(choices: Choices) -> bool:
    """Whether the brand has apologised by the first evening: at once, or when someone spoke."""
    early = answer_of(choices, "D1", "stance") in ("apologise", "apologise_end")
    return early or spoke(choices)


def _ruled_out(choices: Choices, question: str, option: str) -> bool:
    """Whether earlier choices leave no room for an option."""
    stance = answer_of(choices, "D1", "stance")
    ended = stance in ("apologise_end", "end")
    told = answer_of(choices, "D0", "rumour") == "disclose"
    at_once = stance in ("apologise", "apologise_end")
    promised = answer_of(choices, "D5", "reform") not in (None, "none")
    if question == "stance":
        return option == "deny" and told  # nobody denies what the same brand has told
    if question == "deal":
        return ended
    if question == "statement" and option == "push":
        return not (_apologised(choices) or told)  # nothing to push yet
    if question == "statement":
        return option != "stay" and _apologised(choices)
    if question == "reply":  # after an early apology the evening's statement was the explanation
        return option != "nobody" and at_once and spoke(choices)
    if question == "delivery":
        return (option == "deliver" and not promised) or (option == "begin" and promised)
    return False


def _impossible(world: World, question: str, option: str) -> bool:
    """Whether the case has nobody or nothing for an option: a founder, a share to buy back."""
    case = case_of(world)
    if option == "founder":
        return not case.founder
    return question == "buyback" and option != "none" and not case.listed
