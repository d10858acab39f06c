"""What a PR team sees at a decision: late, noisy, and nothing of what people feel.

The run of the earlier choices is computed from its start at every decision, which takes less than a
second, and of it only what can be seen from outside is read: figures in `brief_figures`, messages
in `headlines`, both through an `Outlook` that ends at the decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from experiments.game.brief_figures import Number, Trace, numbers_of, volume_of
from experiments.game.headlines import Headline, headlines_of
from experiments.game.moves import Choices
from experiments.game.outlook import Outlook
from experiments.game.rules import Injection
from experiments.game.runs import config_of
from experiments.game.script import Decision
from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.run import simulate


@dataclass(frozen=True)
class Brief:
    """What the PR team sees at a decision; nothing of the model's hidden state.

    Equal choices in an equal world give an equal brief, noise included.
    """

    decision: str  #: its key
    time: datetime  #: when the meeting is, in the zone of the case
    situation: str
    headlines: tuple[Headline, ...]  #: in the order of time
    numbers: tuple[Number, ...]
    series: Trace  #: talk by hour


def brief(
    world: World, choices: Choices, injections: Sequence[Injection], decision: Decision, lang: str
) -> Brief:
    """What the PR team sees at a decision: late, noisy, and nothing of what people feel.

    Only earlier choices, and events injected until then, are looked at. Raises ConfigError.
    """
    place = script_of(world).place
    k = place[decision.key]
    before = {key: choices[key] for key in choices if place.get(key, 99) < k}
    known = [item for item in injections if place.get(item.at, -1) <= k]
    config = config_of(world, before, known)
    outlook = Outlook(world, config, simulate(config), before, k, lang)
    return Brief(
        decision.key,
        outlook.time,
        situation_of(outlook),
        headlines_of(outlook),
        tuple(numbers_of(outlook)),
        volume_of(outlook),
    )


def situation_of(o: Outlook) -> str:
    """The paragraph that a brief begins with.

    At the first decision it depends on whether anything has been rumoured yet.
    """
    rumoured = any(event.time < o.time for event in o.case.forcing if event.requires is None)
    script = o.script
    return o.said(script.quiet if o.k == 0 and not rumoured else script.decisions[o.k].situation)
