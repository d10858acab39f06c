"""What pages ask of the story that is played: its decisions, its events, where a text is drafted.

One place, so that pages do not depend on how a script is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from experiments.game.script import Decision, in_lang
from experiments.game.script_file import own_scripted, script_of, scripted
from experiments.game.world import World, case_of
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError


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


def cases() -> list[str]:
    """Cases that can be played, those with a script: shipped ones, then those of one's own.

    One that has faults is left out here, and named by `left_out`.
    """
    return [name for name in (*scripted(), *own_scripted()) if _playable(name)]


def playable(lang: str) -> dict[str, str]:
    """The cases that can be played: name or file -> title in a language."""
    return {name: case_of(World(name, 0, 0)).title(lang) for name in cases()}


def left_out(lang: str) -> list[str]:
    """Cases that a class cannot play, and are in the laboratory only: those without a script."""
    shipped = sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))
    own = [name for name in own_scripted() if not _playable(name)]
    return [*(case_of(World(n, 0, 0)).title(lang) for n in shipped if n not in scripted()), *own]


def _playable(name: str) -> bool:
    """Whether a case and its script can be read."""
    try:
        script_of(World(name, 0, 0))
    except ConfigError:
        return False
    return True
