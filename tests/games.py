"""A game for the tests: its world, its choices, and what stays as it was before a decision."""

from collections.abc import Iterator, Mapping

import numpy as np

from experiments.game.brief import Brief, brief
from experiments.game.rules import available, nothing
from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.record import SERIES, Run

WORLD = World("xiaomi_2026", 3, 0, "classroom")
SCRIPT = script_of(WORLD)
DECISIONS = SCRIPT.decisions
EVENTS = SCRIPT.events
ACTIVE: dict[str, dict[str, str]] = {
    "D0": {"rumour": "monitor"},
    "D1": {"stance": "hold"},
    "D2": {"buyback": "routine", "partners": "call", "inquiry": "leave"},
    "D3": {"speaker": "pr_head", "admission": "some", "deal": "end", "hour": "now"},
    "D4": {"statement": "push"},
    "D5": {"penalty": "executives", "process": "day", "reform": "panel"},
    "D6": {"reply": "founder", "delivery": "deliver", "compensation": "vouchers"},
}
KEYS = [decision.key for decision in DECISIONS]


def passive(world: World = WORLD, n: int = 7) -> dict[str, dict[str, str]]:
    """The first n decisions of a team that does nothing."""
    choices: dict[str, dict[str, str]] = {}
    for decision in script_of(world).decisions[:n]:
        choices[decision.key] = nothing(available(choices, decision, world))
    return choices


def until(choices: Mapping[str, Mapping[str, str]], key: str) -> dict[str, Mapping[str, str]]:
    """The choices before a decision."""
    return {name: choices[name] for name in KEYS[: KEYS.index(key)]}


def same_until(first: Run, second: Run, step: int) -> bool:
    """Whether all series are equal bit for bit before a step."""
    return all(
        np.array_equal(first.series[s.name][:step], second.series[s.name][:step]) for s in SERIES
    )


def briefs(lang: str = "en", choices: Mapping = ACTIVE, injections=()) -> Iterator[Brief]:
    """What a team sees at each decision of a game."""
    for decision in DECISIONS:
        yield brief(WORLD, until(choices, decision.key), injections, decision, lang)
