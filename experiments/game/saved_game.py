"""A game on disk: saved after every decision, loaded, or taken from a file of choices.

A file is written whole or not at all. What is read is checked as if a stranger had written it:
files are handed around in a class.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.game.rules import Injection, check, completed
from experiments.game.runs import config_of
from experiments.game.script_file import script_of
from experiments.game.world import World
from experiments.game.written import written_in
from sim.base.files import write_whole
from sim.base.refusal import ConfigError

if TYPE_CHECKING:
    pass


FORMAT = 1  #: of a saved game


@dataclass
class Game:
    """A game as it is saved: the world that was locked, and the answers so far.

    choices : decision -> question -> option, in the order in which they were given.
    """

    id: str  #: also the name of its file
    world: World
    lang: str
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    injections: tuple[Injection, ...] = ()  #: of a game that was replayed from a class
    team: str = ""  #: as the player typed it; "" for none
    #: decision -> reason, statement: what the player wrote; no run reads it
    written: dict[str, dict[str, str]] = field(default_factory=dict)


def save(folder: Path, game: Game) -> Path:
    """The game on disk, whole or absent; returns where."""
    path = folder / f"{game.id}.json"
    whole = {
        "format": FORMAT,
        "lang": game.lang,
        "team": game.team,
        "world": asdict(game.world),
        "choices": game.choices,
        "injections": [asdict(item) for item in game.injections],
        "written": game.written,
    }
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1).encode())
    return path


def load(path: Path) -> Game:
    """A saved game. Raises ConfigError for a file that is not there, is no game, or breaks the
    rules.
    """
    raw = _read(path, "game")
    try:
        if raw["format"] != FORMAT:
            raise ValueError(f"format {raw['format']}")
        game = Game(
            path.stem,
            World(**raw["world"]),
            raw["lang"] if raw["lang"] in ("en", "zh") else "en",
            dict(raw["choices"]),
            tuple(Injection(**item) for item in raw["injections"]),
            str(raw["team"]),
        )
        given = dict(raw.get("written", {}))  # none in games of an earlier release
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _no_game(path, "game", problem) from None
    game.choices = completed(game.choices, game.world)
    check(game.choices, game.world)
    game.written = _written(path, given, game.world)
    config_of(game.world, game.choices, game.injections)
    return game


def _written(path: Path, given: dict[str, Any], world: World) -> dict[str, dict[str, str]]:
    """What a file holds of reasons and statements, as clean as if it had been typed now."""
    found = {}
    for decision in script_of(world).decisions:
        texts = given.get(decision.key, {})
        if not isinstance(texts, dict):
            raise _no_game(path, "written", ValueError("no mapping"))
        found[decision.key] = written_in(texts, decision)
    return {key: texts for key, texts in found.items() if texts}


def _read(path: Path, key: str) -> dict[str, Any]:
    """What a JSON file holds, as a mapping. Raises ConfigError, with the games that are there if it
    is not.

    key : the setting by which the file was named, for the refusal.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(found.stem for found in path.parent.glob("*.json"))) or "none yet"
        raise ConfigError(key, str(path), "no such file", known, "backlash play") from None
    except (OSError, ValueError) as problem:
        raise _no_game(path, key, problem) from None
    if not isinstance(raw, dict):
        raise _no_game(path, key, ValueError("no mapping"))
    return raw


def _no_game(path: Path, key: str, problem: Exception) -> ConfigError:
    """The refusal of a file that holds no game, with the first words of why."""
    reason = f"not a game ({type(problem).__name__}: {str(problem)[:60]})"
    return ConfigError(key, str(path), reason, "a file that backlash play wrote", "backlash play")


def take_choices(game: Game, path: Path) -> None:
    """The choices of a file into a game: of a saved game, or just decision -> question -> option.

    A saved game brings its world and its injected events with it. Raises ConfigError unless every
    decision is answered.
    """
    raw = _read(path, "choices")
    found = raw.get("choices", raw)
    if not isinstance(found, dict):
        raise _no_game(path, "choices", ValueError("no mapping"))
    try:
        if "injections" in raw:
            game.injections = tuple(Injection(**item) for item in raw["injections"])
        if "world" in raw:
            game.world = World(**raw["world"])
    except (TypeError, AttributeError) as problem:
        raise _no_game(path, "choices", problem) from None
    found = completed(found, game.world)
    check(found, game.world)
    missing = [key for key in script_of(game.world).keys if key not in found]
    if missing:
        raise ConfigError(
            "choices", str(path), f"no answers to {', '.join(missing)}",
            "answers to all decisions", "backlash play, and the file that it keeps",
        )  # fmt: skip
    game.choices = {key: dict(answers) for key, answers in found.items()}
