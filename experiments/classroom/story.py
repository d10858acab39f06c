"""What pages ask of the story that is played: its decisions, its events, where a text is drafted.

One place, so that pages do not depend on how a script is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from experiments.game.script import Decision, in_lang
from experiments.game.script_file import offered, script_of, unscripted
from experiments.game.world import World, case_of


def decisions_of(world: World) -> tuple[Decision, ...]:
    """The decisions of a world's game, in their order."""
    return script_of(world).decisions


def events_of(world: World, lang: str) -> Mapping[str, str]:
    """What a facilitator may inject: kind -> what teams read as a headline."""
    events = script_of(world).events
    return {kind: in_lang(event.words, lang) for kind, event in events.items()}


def situation_text(world: World, decision: Decision, lang: str) -> str:
    """The paragraph that the brief of a decision begins with, whatever was chosen before."""
    case, script = case_of(world), script_of(world)
    hidden = not any(driver.time < case.after(decision.hours) for driver in case.forcing)
    quiet = decision.key == script.keys[0] and hidden
    return in_lang(script.quiet if quiet else decision.situation, lang)


def titles(names: Iterable[str], lang: str) -> dict[str, str]:
    """Cases by name or file, each with its title in a language."""
    return {name: case_of(World(name, 0, 0)).title(lang) for name in names}


async def stories(lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """The cases that can be played and those that cannot, with their titles.

    In a thread: the first time every case is read, and no other page should wait for that.
    """

    def read() -> tuple[dict[str, str], dict[str, str]]:
        return titles(offered(), lang), titles(unscripted(), lang)

    return await asyncio.to_thread(read)
