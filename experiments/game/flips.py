"""Flips: one answer of a game replaced, the others kept as far as they are still possible.

A flip is a game of its own in the same world, so what it changes is what the answer changes; chance
is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.game.moves import Choices
from experiments.game.rules import Injection, available, repaired
from experiments.game.runs import config_of
from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.settings.config import Config
from sim.state.scenario import name_of


@dataclass(frozen=True)
class Flip:
    """One answer replaced, the others kept as far as possible, in the same world."""

    decision: str  #: key
    question: str  #: key
    option: str  #: key of the other answer
    kept: bool  #: false if later answers had to go, because they were ruled out
    outcomes: Mapping[str, float]  #: in the same world; empty until it was run


def flips_of(
    world: World, choices: Choices, injections: tuple[Injection, ...]
) -> tuple[list[tuple[Flip, Config]], list[tuple[str, str, str]]]:
    """Every other answer to every question; those that change nothing outside stand apart.

    Returns pairs of a flip, its outcomes still empty, and the config of its run; and the answers,
    as (decision, question, option), under which the run would bear the name of the own game.
    """
    own = name_of(config_of(world, choices, injections))
    found, idle = [], []
    for decision in script_of(world).decisions:
        for question in available(choices, decision, world).questions:
            for option in question.options:
                if choices[decision.key][question.key] == option.key:
                    continue
                turned = {key: dict(answers) for key, answers in choices.items()}
                turned[decision.key][question.key] = option.key
                possible = repaired(turned, world)
                config = config_of(world, possible, injections)
                if name_of(config) == own:
                    idle.append((decision.key, question.key, option.key))
                    continue
                kept = _all_kept(turned, possible)
                flip = Flip(decision.key, question.key, option.key, kept, {})
                found.append((flip, config))
    return found, idle


def _all_kept(turned: Choices, possible: Choices) -> bool:
    """Whether nothing but the one answer had to change: no later one was ruled out or opened."""
    return all(
        turned[key].get(name) == answer
        for key, answers in possible.items()
        for name, answer in answers.items()
        if name in turned[key]
    ) and all(set(turned[key]) <= set(possible[key]) for key in turned)
