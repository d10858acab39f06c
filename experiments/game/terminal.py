"""`backlash play`: the decision game in a terminal, saved after every decision.

The same rules, briefs and debrief as in the classroom, for one team and without a clock. What is
shown is put together in `terminal_view`, how a game lies on disk is in `saved_game`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.game.brief import brief
from experiments.game.card import card_of, outcome_name, report_card
from experiments.game.rules import available
from experiments.game.runs import config_of, history_config, outcome
from experiments.game.saved_game import Game, load, save, take_choices
from experiments.game.script import Decision, Question, in_lang
from experiments.game.script_file import script_of
from experiments.game.terminal_texts import say, wrapped
from experiments.game.terminal_view import card, shown
from experiments.game.world import World
from experiments.game.written import written_in
from experiments.pictures.words import caveat, half_width
from sim.base.choices import DEFAULT_CASE
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.progress import Progress
from sim.run import simulate

if TYPE_CHECKING:
    from experiments.game.debrief import Debrief

#: Key -> what it is if nobody says otherwise.
SETTINGS = {
    "case": DEFAULT_CASE, "seed": "0", "world": "0", "lang": "en", "game": "", "choices": "",
    "results": "results", "population": "default", "debrief": "yes", "team": "", "reasons": "no",
}  # fmt: skip


class Stopped(Exception):
    """The player wants to go on another time."""


def terminal(words: Sequence[str]) -> int:
    """Play a game, or go on with one, or replay one from a file; returns the exit code.

    words : KEY=VALUE, the keys of SETTINGS. Raises ConfigError for settings that cannot be
    honoured. A game that is left, by `q`, Ctrl-C or the end of the input, is kept.
    """
    given = _settings(words)
    folder = Path(given["results"]) / "games"
    if given["game"]:
        game = load(folder / f"{_game_id(given['game'])}.json")
        game.lang = given["lang"] if any(w.startswith("lang=") for w in words) else game.lang
    else:
        game = _new_game(given)
    if given["choices"]:
        take_choices(game, Path(given["choices"]))
        save(folder, game)
    else:
        try:
            _ask_all(game, folder, given["reasons"] == "yes")
        except (Stopped, EOFError, KeyboardInterrupt):
            save(folder, game)
            print("\n" + say("kept", game.lang).format(_again(given, game)))
            return 0
    try:
        _finish(game, folder, given["debrief"] == "yes")
    except KeyboardInterrupt:
        print("\n" + say("kept", game.lang).format(_again(given, game)))
        return 130
    return 0


def _settings(words: Sequence[str]) -> dict[str, str]:
    """The settings of a game from KEY=VALUE words, with defaults for the others.

    Raises ConfigError for an unknown key, a language or an answer that there is not, a number that
    is none. Digits of a Chinese keyboard are digits.
    """
    given = dict(SETTINGS)
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in SETTINGS:
            raise ConfigError(
                key, value or None, "no such setting here", ", ".join(SETTINGS),
                f"backlash play case={DEFAULT_CASE} seed=1",
            )  # fmt: skip
        given[key] = value
    for key, allowed in (
        ("lang", ("en", "zh")), ("debrief", ("yes", "no")), ("reasons", ("no", "yes")),
    ):  # fmt: skip
        if given[key] not in allowed:
            raise ConfigError(
                key, given[key], "no such choice", ", ".join(allowed), f"{key}={allowed[0]}"
            )
    for key in ("seed", "world"):
        given[key] = half_width(given[key])  # digits of a Chinese keyboard
        if not given[key].isascii() or not given[key].isdigit():
            raise ConfigError(key, given[key], "not a number", "0, 1, 2, ...", f"{key}=1")
    if not given["results"].strip():
        raise ConfigError("results", given["results"], "no folder", "a folder", "results=results")
    return given


def _new_game(given: dict[str, str]) -> Game:
    """A game with a name of its own. Raises ConfigError for a world that could not be run."""
    world = World(given["case"], int(given["seed"]), int(given["world"]), given["population"])
    config_of(world, {}, ())  # refuses now what could not be run
    return Game(secrets.token_hex(4), world, given["lang"], team=given["team"])


def _game_id(text: str) -> str:
    """The name of a game, which becomes a file's: refused unless letters, digits, _ and -."""
    if not re.fullmatch(r"[0-9a-zA-Z_-]{1,40}", text):
        raise ConfigError("game", text, "no name of a game", "letters, digits, _ and -", "game=...")
    return text


def _again(given: dict[str, str], game: Game) -> str:
    """The command that goes on with this game."""
    own = f" results={given['results']}" if given["results"] != SETTINGS["results"] else ""
    return f"backlash play game={game.id}{own}"


def _ask_all(game: Game, folder: Path, reasons: bool) -> None:
    """Ask every decision that is not answered yet; saved before each brief and after each
    answer.

    reasons : whether a reason is asked for at each, and a statement where the script wants one.
    """
    script = script_of(game.world)
    print(say("hello", game.lang).format(n=len(script.decisions)))
    print(wrapped(in_lang(script.source, game.lang)))
    for decision in script.decisions:
        if decision.key in game.choices:
            continue
        save(folder, game)
        seen = brief(game.world, game.choices, game.injections, decision, game.lang)
        print(shown(seen, decision, game.lang))
        offered = available(game.choices, decision, game.world)
        answers = {q.key: _ask(q, game.lang) for q in offered.questions}
        game.choices[decision.key] = answers
        if reasons:
            game.written[decision.key] = _ask_texts(decision, game.lang)
        save(folder, game)


def _ask(question: Question, lang: str, read: Callable[[str], str] | None = None) -> str:
    """One answer: the number, the key or the words of an option, in either language.

    read : takes a prompt and returns a line; `input` unless a test brings another. Raises Stopped
    for q, EOFError where the input ends.
    """
    read = read or input
    print(f"\n{question.text(lang)}")
    for number, option in enumerate(question.options, start=1):
        print(f"  {number}  {option.text(lang)}")
    keys = [option.key for option in question.options]
    said = {text.strip().lower(): o.key for o in question.options for text in o.words}
    while True:
        typed = half_width(read("> ")).strip().lower()  # １ and ｑ too
        if typed == "q":
            raise Stopped
        if typed == "?":
            for number, option in enumerate(question.options, start=1):
                cost = f"  {number}  {option.key}: {option.cost(lang)}"
                print(wrapped(cost, indent=5))
            print(say("how", lang))
        elif typed in keys:
            return typed
        elif typed in said:
            return said[typed]
        elif typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(keys):
            return keys[int(typed) - 1]
        else:
            print(say("again", lang).format(len(keys)))


def _ask_texts(decision: Decision, lang: str) -> dict[str, str]:
    """A reason, and a statement where one is asked for: a line each, empty for none."""
    asked = {"reason": say("reason", lang)}
    if decision.statement is not None:
        asked["statement"] = in_lang(decision.statement, lang)
    found: dict[str, str] = {}
    for key, question in asked.items():
        print(f"\n{wrapped(question)}")
        while True:
            try:
                text = written_in({key: input("> ")}, decision)
            except ConfigError as problem:
                print(problem)
            else:
                found.update(text)
                break
    return found


def _finish(game: Game, folder: Path, with_debrief: bool) -> None:
    """The end: the report card, where the game lies, and the debrief as a page if it is wanted."""
    own = outcome(game.world, game.choices, game.injections)
    history = simulate(history_config(game.world, game.injections))
    print("\n" + say("end", game.lang))
    print(card(report_card(own, history, game.lang), game.lang))
    print("\n" + wrapped(caveat(game.lang)))
    print("\n" + say("file", game.lang).format(folder / f"{game.id}.json"))
    if not with_debrief:
        return
    # here: figures cost a second, and a game is played without
    from experiments.game.debrief import build
    from experiments.game.debrief_pages import page

    progress = Progress(0, say("debrief", game.lang))

    def tick(done: int, total: int) -> None:
        """How far the debrief is; its first call brings the number of runs."""
        progress.total = total
        progress.tick(done - progress.done)

    found = build(game.world, game.choices, game.injections, (), tick, written=game.written)
    path = folder / f"{game.id}_{game.lang}.html"
    write_whole(path, page(found, game.lang, game.team or game.id).encode())
    print("\n" + _beyond_luck(found, game.lang))
    print(f"{say('open', game.lang)}\n{path.resolve().as_uri()}", flush=True)


def _beyond_luck(found: Debrief, lang: str) -> str:
    """Which outcomes of the card are better or worse than what happened, as the twins tell it.

    Better is what is better in this world and, in pairs, over the twins' worlds.
    """
    from experiments.game.debrief_reading import told_apart

    apart = {name: told_apart(found, name) for name in card_of(found.world)}
    lines = []
    for verdict in ("better", "worse"):
        names = [outcome_name(name, lang) for name in apart if apart[name] == verdict]
        text = say("and", lang).join(names) or say("none", lang)
        lines.append(wrapped(say(verdict, lang).format(text), indent=2))
    return "\n".join(lines)
