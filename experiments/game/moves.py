"""Answers -> acts of the brand: what was chosen so far, what has been done, what may follow.

Everything that an option means stands in the script; four rules are the game's own:

- A brand apologises once. Whoever apologises again explains.
- An act is done once: an option whose act has come is not offered again.
- A penalty is published when its hearing is over, unless the option says when.
- A reform that is promised and never delivered is broken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.game.script import PUSH, Decision, Option, Question, Script
from sim.playbook.kinds import KINDS
from sim.playbook.lists import act_of
from sim.playbook.response import Response

#: decision -> question -> option
Choices = Mapping[str, Mapping[str, str]]


def answer_of(choices: Choices, decision: str, question: str) -> str | None:
    """The option that was chosen, or None if the question was not asked (yet)."""
    return choices.get(decision, {}).get(question)


def taken(script: Script, choices: Choices) -> Iterator[tuple[Decision, Question, Option]]:
    """Every answer that was given, in the order of the script; unknown ones are left out."""
    for decision in script.decisions:
        answers = choices.get(decision.key, {})
        for question in decision.questions:
            for option in question.options:
                if answers.get(question.key) == option.key:
                    yield decision, question, option


def gives(script: Script, choices: Choices, what: str) -> bool:
    """Whether one of the answers gives something that is no act: monitoring, facts, a hearing."""
    return any(what in option.gives for _, _, option in taken(script, choices))


def acts_of(script: Script, choices: Choices) -> dict[str, dict[str, Any]]:
    """Acts in the order in which they were decided: kind -> levers, with `delay_h` of the act.

    `push` is among them. Choices are those of any first decisions.
    """
    done: dict[str, dict[str, Any]] = {}
    for decision in script.decisions:
        answers = choices.get(decision.key, {})
        options = [
            option
            for question in decision.questions
            for option in question.options
            if answers.get(question.key) == option.key
        ]
        done.update(_acts_of_moment(decision, options, done))
    return done


def _acts_of_moment(
    decision: Decision, options: list[Option], done: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The acts of one decision; a reform that it delivers is changed in `done`."""
    acts: dict[str, dict[str, Any]] = {}
    for option in options:
        for kind, levers in option.does.items():
            acts.setdefault(called(kind, done), {}).update(levers)
    for option in options:
        for kind, levers in option.adds.items():
            if called(kind, done) in acts:
                acts[called(kind, done)].update(levers)
        if option.delivers_h is not None and "reform" in done:
            reform = done["reform"]
            in_h = decision.hours - reform["delay_h"] + option.delivers_h
            reform.update(delivered=True, delivery_h=in_h)
    for kind, levers in acts.items():
        usual = levers.get("process_h", 0.0) if kind == "penalty" else 0.0
        levers["delay_h"] = decision.hours + levers.pop("after_h", usual)
    return acts


def called(kind: str, done: Mapping[str, Any]) -> str:
    """The kind of act that words are now: a second apology is an explanation."""
    return "explanation" if kind == "apology" and "apology" in done else kind


def closed(script: Script, before: Choices, option: Option) -> bool:
    """Whether earlier answers leave no room for an option.

    before : answers to earlier decisions only.
    """
    if not (option.does or option.needs or option.unless):
        return False
    done = acts_of(script, before)
    if any(called(kind, done) in done for kind in option.does):
        return True
    given = {what for _, _, one in taken(script, before) for what in one.gives}
    there = given | set(done)
    return bool(option.needs and not there & set(option.needs)) or bool(there & set(option.unless))


def response_of(script: Script, choices: Choices) -> Response:
    """The choices so far as a playbook; what is not decided yet is not done.

    An act says nothing before its time, so later choices change nothing earlier: a reform counts as
    undelivered until it is delivered, which lies after every decision. Raises ConfigError.
    """
    acts = {
        kind: act_of(kind, {"kind": kind, **levers})
        for kind, levers in acts_of(script, choices).items()
        if kind in KINDS
    }
    return Response(name="own", **acts)  # type: ignore[arg-type]


def pushed_at(script: Script, choices: Choices) -> str | None:
    """The decision at which the statement is pushed to everybody; None where it is not."""
    for decision, _, option in taken(script, choices):
        if PUSH in option.does:
            return decision.key
    return None
