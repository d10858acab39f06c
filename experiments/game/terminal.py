"""`backlash play`: the decision game in a terminal, saved after every decision."""

from __future__ import annotations

import json
import re
import secrets
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.game.brief import Brief, Trace, brief
from experiments.game.card import Row, card_of, outcome_name, report_card
from experiments.game.rules import Injection, available, check
from experiments.game.runs import config_of, history_config, outcome
from experiments.game.script import DECISIONS, Decision, Question
from experiments.game.world import World
from experiments.pictures.words import caveat, half_width, text_of
from experiments.pictures.words import number as printed
from sim.base.choices import DEFAULT_CASE
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.progress import Progress
from sim.run import simulate

if TYPE_CHECKING:
    from experiments.game.debrief import Debrief

FORMAT = 1  #: of a saved game
WIDTH = 88
BARS = "▁▂▃▄▅▆▇█"
SETTINGS = {
    "case": DEFAULT_CASE, "seed": "0", "world": "0", "lang": "en", "game": "", "choices": "",
    "results": "results", "population": "default", "debrief": "yes", "team": "",
}  # fmt: skip


@dataclass
class Game:
    """A game as it is saved."""

    id: str
    world: World
    lang: str
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    injections: tuple[Injection, ...] = ()
    team: str = ""


class Stopped(Exception):
    """The player wants to go on another time."""


def terminal(words: Sequence[str]) -> int:
    """Play a game, or go on with one, or replay one from a file; returns the exit code.

    Raises ConfigError for settings that cannot be honoured. A game that is left, by `q`, Ctrl-C or
    the end of the input, is kept.
    """
    given = _settings(words)
    folder = Path(given["results"]) / "games"
    if given["game"]:
        game = load(folder / f"{_game_id(given['game'])}.json")
        game.lang = given["lang"] if any(w.startswith("lang=") for w in words) else game.lang
    else:
        game = _new_game(given)
    if given["choices"]:
        _take_choices(game, Path(given["choices"]))
        _save(folder, game)
    else:
        try:
            _ask_all(game, folder)
        except (Stopped, EOFError, KeyboardInterrupt):
            _save(folder, game)
            print("\n" + _say("kept", game.lang).format(_again(given, game)))
            return 0
    try:
        _finish(game, folder, given["debrief"] == "yes")
    except KeyboardInterrupt:
        print("\n" + _say("kept", game.lang).format(_again(given, game)))
        return 130
    return 0


def _settings(words: Sequence[str]) -> dict[str, str]:
    given = dict(SETTINGS)
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in SETTINGS:
            raise ConfigError(
                key, value or None, "no such setting here", ", ".join(SETTINGS),
                f"backlash play case={DEFAULT_CASE} seed=1",
            )  # fmt: skip
        given[key] = value
    for key, allowed in (("lang", ("en", "zh")), ("debrief", ("yes", "no"))):
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
    world = World(given["case"], int(given["seed"]), int(given["world"]), given["population"])
    config_of(world, {}, ())  # refuses now what could not be run
    return Game(secrets.token_hex(4), world, given["lang"], team=given["team"])


def _game_id(text: str) -> str:
    if not re.fullmatch(r"[0-9a-zA-Z_-]{1,40}", text):
        raise ConfigError("game", text, "no name of a game", "letters, digits, _ and -", "game=...")
    return text


# --- files --------------------------------------------------------------------------------------


def _save(folder: Path, game: Game) -> Path:
    """The game on disk, whole or absent."""
    path = folder / f"{game.id}.json"
    whole = {
        "format": FORMAT,
        "lang": game.lang,
        "team": game.team,
        "world": asdict(game.world),
        "choices": game.choices,
        "injections": [asdict(item) for item in game.injections],
    }
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1).encode())
    return path


def load(path: Path) -> Game:
    """A saved game. Raises ConfigError for a file that is not there or not a game."""
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
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _no_game(path, "game", problem) from None
    check(game.choices, game.world)
    config_of(game.world, game.choices, game.injections)
    return game


def _read(path: Path, key: str) -> dict[str, Any]:
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
    reason = f"not a game ({type(problem).__name__}: {str(problem)[:60]})"
    return ConfigError(key, str(path), reason, "a file that backlash play wrote", "backlash play")


def _take_choices(game: Game, path: Path) -> None:
    """The choices of a file: of a saved game, or just decision -> question -> option."""
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
    check(found, game.world)
    missing = [decision.key for decision in DECISIONS if decision.key not in found]
    if missing:
        raise ConfigError(
            "choices", str(path), f"no answers to {', '.join(missing)}",
            "answers to all seven decisions", "backlash play, and the file that it keeps",
        )  # fmt: skip
    game.choices = {key: dict(answers) for key, answers in found.items()}


def _again(given: dict[str, str], game: Game) -> str:
    own = f" results={given['results']}" if given["results"] != SETTINGS["results"] else ""
    return f"backlash play game={game.id}{own}"


# --- asking -------------------------------------------------------------------------------------


def _ask_all(game: Game, folder: Path) -> None:
    print(_say("hello", game.lang))
    for decision in DECISIONS:
        if decision.key in game.choices:
            continue
        _save(folder, game)
        seen = brief(game.world, game.choices, game.injections, decision, game.lang)
        print(shown(seen, decision, game.lang))
        offered = available(game.choices, decision, game.world)
        answers = {q.key: _ask(q, game.lang) for q in offered.questions}
        game.choices[decision.key] = answers
        _save(folder, game)


def _ask(question: Question, lang: str, read: Callable[[str], str] | None = None) -> str:
    """One answer: the number or the key of an option."""
    read = read or input
    print(f"\n{question.text(lang)}")
    for number, option in enumerate(question.options, start=1):
        print(f"  {number}  {option.text(lang)}")
    keys = [option.key for option in question.options]
    while True:
        typed = half_width(read("> ")).strip().lower()  # １ and ｑ too
        if typed == "q":
            raise Stopped
        if typed == "?":
            for number, option in enumerate(question.options, start=1):
                cost = f"  {number}  {option.key}: {option.cost(lang)}"
                print(_wrapped(cost, indent=5))
            print(_say("how", lang))
        elif typed in keys:
            return typed
        elif typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(keys):
            return keys[int(typed) - 1]
        else:
            print(_say("again", lang).format(len(keys)))


# --- showing ------------------------------------------------------------------------------------


def shown(seen: Brief, decision: Decision, lang: str) -> str:
    """A brief as text: situation, what is new, figures with their bands, and the curve."""
    title = f"{seen.decision} · {seen.time:%Y-%m-%d %H:%M} · {decision.text(lang)}"
    lines = ["", "─" * WIDTH, title, _wrapped(seen.situation), ""]
    for headline in seen.headlines[-12:]:
        mark = "•" if headline.new else " "
        lines.append(_wrapped(f"{mark} {headline.time:%m-%d %H:%M}  {headline.text}", indent=15))
    lines.append("")
    for number in seen.numbers:
        digits = f".{number.digits}f"
        value = f"{number.value:{digits}}"
        if number.low != number.high:
            value += f" ({number.low:{digits}} - {number.high:{digits}})"
        about = f"{number.name}: {value} {number.unit} · {_say('as_of', lang)} "
        lines.append(_wrapped(f"  {about}{number.as_of:%m-%d %H:%M} · {number.note}", indent=4))
    return "\n".join([*lines, *_curve(seen.series, lang)])


def _curve(series: Trace, lang: str) -> list[str]:
    if not series.values:
        return []
    last, low, high = series.values[-1], series.low[-1], series.high[-1]
    return [
        "",
        f"  {series.name}{_say('comma', lang)}{series.unit}",
        f"  {sparkline(series.values)}",
        f"  {series.times[0]:%m-%d %H:%M} - {series.times[-1]:%m-%d %H:%M}"
        f"{_say('comma', lang)}{_say('at_most', lang)} {max(series.values):.1f}"
        f"{_say('comma', lang)}"
        f"{_say('last', lang)} {last:.1f} ({low:.1f} - {high:.1f})",
    ]


def sparkline(values: Sequence[float]) -> str:
    """A curve in one line of blocks, from nothing to its largest value."""
    top = max(max(values), 1e-9)
    return "".join(BARS[min(7, int(8 * max(0.0, value) / top))] for value in values)


def _wide(text: str) -> int:
    """Columns of a text in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _wrapped(text: str, indent: int = 0) -> str:
    """Wrapped to the width; Chinese has no spaces to wrap at and is broken anywhere."""
    if _wide(text) == len(text):
        return textwrap.fill(text, WIDTH, subsequent_indent=" " * indent)
    lines, line = [], ""
    for c in text:
        if _wide(line + c) > WIDTH:
            lines.append(line)
            line = " " * indent
        line += c
    return "\n".join([*lines, line])


def _padded(text: str, width: int) -> str:
    return text + " " * max(0, width - _wide(text))


def card(rows: Sequence[Row], lang: str) -> str:
    """The report card as a table: own and history in the same world; one run each."""
    heads = _say("card", lang).split("|")
    lines = [f"{_padded(heads[0], 44)}{heads[1]:>14}{heads[2]:>14}"]
    for row in rows:
        numbers = f"{_number(row.value):>14}{_number(row.history):>14}"
        lines.append(f"{_padded(row.name, 44)}{numbers}  {row.unit}")
    return "\n".join([*lines, _say("card_note", lang)])


def _number(value: float) -> str:
    return "-" if value != value else printed(value)


# --- the end ------------------------------------------------------------------------------------


def _finish(game: Game, folder: Path, with_debrief: bool) -> None:
    own = outcome(game.world, game.choices, game.injections)
    history = simulate(history_config(game.world, game.injections))
    print("\n" + _say("end", game.lang))
    print(card(report_card(own, history, game.lang), game.lang))
    print("\n" + _wrapped(caveat(game.lang)))
    print("\n" + _say("file", game.lang).format(folder / f"{game.id}.json"))
    if not with_debrief:
        return
    # here: figures cost a second, and a game is played without
    from experiments.game.debrief import build
    from experiments.game.debrief_pages import page

    progress = Progress(0, _say("debrief", game.lang))

    def tick(done: int, total: int) -> None:
        progress.total = total
        progress.tick(done - progress.done)

    found = build(game.world, game.choices, game.injections, (), tick)
    path = folder / f"{game.id}_{game.lang}.html"
    write_whole(path, page(found, game.lang, game.team or game.id).encode())
    print("\n" + _beyond_luck(found, game.lang))
    print(f"{_say('open', game.lang)}\n{path.resolve().as_uri()}", flush=True)


def _beyond_luck(found: Debrief, lang: str) -> str:
    """Which outcomes of the card are better or worse than what happened, as the twins tell it."""
    from experiments.game.debrief_reading import told_apart

    apart = {name: told_apart(found, name) for name in card_of(found.world)}
    lines = []
    for verdict in ("better", "worse"):
        names = [outcome_name(name, lang) for name in apart if apart[name] == verdict]
        text = _say("and", lang).join(names) or _say("none", lang)
        lines.append(_wrapped(_say(verdict, lang).format(text), indent=2))
    return "\n".join(lines)


_TEXTS: dict[str, tuple[str, str]] = {
    "hello": (
        "You are the PR team of a brand whose own fans are turning on it. Seven decisions; what\n"
        "you see is late and noisy. Type a number or a key; ? tells what it costs, q keeps the\n"
        "game for later.",
        "你们是某品牌的公关团队，它的粉丝正在转而反对它。共七次决策；所见有延迟、有噪声。\n"
        "输入编号或名称；? 查看代价，q 保存并退出。",
    ),
    "how": (
        "  type a number or a key; q keeps the game for later",
        "  输入编号或名称；q 保存并退出",
    ),
    "again": ("  a number from 1 to {}, a key, ? or q", "  请输入1至{}、名称、? 或 q"),
    "file": ("Your choices: {}", "你们的选择：{}"),
    "kept": ("The game is kept. To go on: {}", "已保存。继续：{}"),
    "as_of": ("as of", "截至"),
    "comma": (", ", "，"),
    "and": ("; ", "；"),
    "at_most": ("at most", "最高"),
    "last": ("last", "最近"),
    "end": (
        "How it ended, beside what the brand did in the same world:",
        "结局，与同一世界中的实际应对对照：",
    ),
    "card": ("outcome|you|what happened", "结果|你们|实际应对"),
    "card_note": (
        "A card, not points. One world: luck is in it; the debrief tells what is beyond luck.",
        "是卡片，不是分数。仅一个世界，含运气；复盘说明哪些超出运气。",
    ),
    "debrief": ("debrief:", "复盘："),
    "better": ("Better than what happened, beyond luck: {}", "优于实际应对（超出运气）：{}"),
    "worse": ("Worse than what happened, beyond luck: {}", "差于实际应对（超出运气）：{}"),
    "none": ("nothing", "无"),
    "open": ("Open it in a browser:", "请用浏览器打开："),
}


def _say(key: str, lang: str) -> str:
    return text_of(_TEXTS, key, lang)
