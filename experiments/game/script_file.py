"""A script file -> a Script, or everything that is wrong with it, each with its line.

The script of a case lies in the folder `scripts` beside it, under the case's name. One reading
serves the game, which wants a Script or the first refusal (`script_of`), and the checker, which
wants all of them (`read_or_note`). What is wrong about a script, and not in it, is looked for in
`script_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from experiments.game.script import Decision, Injected, Inside, Script, Texts, Told
from experiments.game.script_parts import Noted, question_in
from experiments.game.sizes import INJECTED
from experiments.game.told import TOLD
from experiments.game.world import Stamp, World, case_of, stamp_of
from sim import zones
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.playbook.kinds import KINDS

FOLDER = "scripts"  #: beside the case
MOST_QUESTIONS = 4  #: of one decision
_KEYS = tuple("case source quiet events topics told inside decisions as_happened".split())
_NEEDED = ("case", "source", "quiet", "decisions")
_OF_DECISION = ("key", "at", "title", "situation", "headlines", "statement", "questions")


def script_of(world: World) -> Script:
    """The script of a world's case. Raises ConfigError for a case without one, or a bad one."""
    path = script_path(world.case)
    if not path.is_file():
        raise ConfigError(
            "case", world.case, "has no script, so the game cannot tell it",
            f"{', '.join(scripted())}, or a case of your own with a script beside it",
            f"case={scripted()[0]}, or backlash case script {world.case}",
        )  # fmt: skip
    about = path.stat()
    stamp = str(path.resolve()), about.st_mtime_ns, about.st_size
    return _kept(world.case, stamp, stamp_of(world.case))


@lru_cache(maxsize=32)
def _kept(case: str, script: Stamp, _: Stamp) -> Script:
    """A script as it was read; read anew where its file or that of its case has changed."""
    found, problems = read_or_note(Path(script[0]), case_of(World(case, 0, 0)))
    if problems or found is None:
        raise problems[0]
    return found


def script_path(case: str) -> Path:
    """Where the script of a case lies, whether it is there or not.

    case : a name of conf/case, or the path of a case file of one's own.
    """
    own = case.lower().endswith((".yaml", ".yml"))
    path = Path(case).expanduser() if own else conf_dir() / "case" / f"{case}.yaml"
    return path.parent / FOLDER / f"{path.stem}.yaml"


def scripted() -> list[str]:
    """The shipped cases that have a script, in the order of the alphabet."""
    return sorted(path.stem for path in (conf_dir() / "case" / FOLDER).glob("*.yaml"))


def offered(folder: Path = Path()) -> list[str]:
    """Cases that a class may play: shipped ones with a script, then case files of a folder with one
    beside them, as `case=` takes them. One whose script has faults is left out.
    """
    own = [str(file) for file in sorted(folder.glob("*.yaml")) if script_path(str(file)).is_file()]
    return [name for name in (*scripted(), *own) if _playable(name)]


def _playable(name: str) -> bool:
    """Whether a case and its script can be read."""
    try:
        script_of(World(name, 0, 0))
    except ConfigError:
        return False
    return True


def unscripted() -> list[str]:
    """The shipped cases that are for the laboratory only, in the order of the alphabet."""
    shipped = sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))
    return [name for name in shipped if name not in scripted()]


def read_or_note(path: Path, case: Case) -> tuple[Script | None, list[ConfigError]]:
    """The script that a file holds for a case, and all that is wrong in it.

    A Script that is given together with problems is not to be used; None where the file holds none.
    """
    import yaml

    try:
        raw = read_yaml(path)
    except (yaml.YAMLError, OSError) as problem:
        what = " ".join(str(problem).split())[:200]
        return None, [ConfigError("script", str(path), f"not readable: {what}", "a script file",
                                  "backlash case script NAME begins one")]  # fmt: skip
    noted = Noted(path, case.time_zone)
    if not isinstance(raw, Mapping):
        noted.add("", str(path), "holds no script", f"keys {', '.join(_KEYS)}", "case: NAME")
        return None, noted.found
    noted.keys("", raw, _KEYS, _NEEDED)
    if noted.found:
        return None, noted.found
    decisions = [
        _decision(f"decisions[{k}]", k, node, case, noted)
        for k, node in enumerate(noted.items("decisions", raw["decisions"]))
    ]
    script = Script(
        case=str(raw["case"]),
        source=noted.pair("source", raw["source"]),
        quiet=noted.pair("quiet", raw["quiet"]),
        decisions=tuple(decisions),
        events=_events(raw.get("events"), noted),
        topics=_texts("topics", raw.get("topics"), noted),
        told=_told(raw.get("told"), noted),
        inside=_inside(raw.get("inside"), noted),
        as_happened={
            key: {str(q): str(o) for q, o in noted.mapping(f"as_happened.{key}", node).items()}
            for key, node in noted.mapping("as_happened", raw.get("as_happened")).items()
        },
    )
    if script.case != case.name:
        noted.add("case", script.case, "another case", case.name, f"case: {case.name}")
    return script, noted.found


def _texts(path: str, node: object, noted: Noted) -> dict[str, Texts]:
    """Texts by key."""
    return {
        str(key): noted.pair(f"{path}.{key}", texts)
        for key, texts in noted.mapping(path, node).items()
    }


def _told(node: object, noted: Noted) -> dict[str, Texts]:
    """Headlines that the case has its own words for."""
    found = _texts("told", node, noted)
    known = (*TOLD, *(f"act_{kind}" for kind in KINDS))
    for key in found:
        noted.choice(f"told.{key}", key, known)
    return found


def _events(node: object, noted: Noted) -> dict[str, Injected]:
    """What the facilitator may let happen, by key."""
    found = {}
    for key, raw in noted.mapping("events", node).items():
        path = f"events.{noted.name(f'events.{key}', key)}"
        given = noted.mapping(path, raw)
        noted.keys(path, given, ("like", "text", "topic"), ("like", "text", "topic"))
        noted.choice(f"{path}.like", given.get("like"), tuple(INJECTED))
        found[str(key)] = Injected(
            str(given.get("like")),
            noted.pair(f"{path}.text", given.get("text")),
            noted.pair(f"{path}.topic", given.get("topic")),
        )
    return found


def _inside(node: object, noted: Noted) -> tuple[Inside, ...]:
    """Facts from inside, with the decisions at which they are known."""
    found = []
    for k, raw in enumerate(noted.items("inside", node)):
        path = f"inside[{k}]"
        given = noted.mapping(path, raw)
        noted.keys(path, given, ("early", "late", "text"), ("early", "late", "text"))
        found.append(
            Inside(
                str(given.get("early")),
                str(given.get("late")),
                noted.pair(f"{path}.text", given.get("text")),
            )
        )
    return tuple(found)


def _decision(path: str, k: int, raw: object, case: Case, noted: Noted) -> Decision:
    """One decision, with its time held against the clock of the case."""
    given = noted.mapping(path, raw)
    noted.keys(path, given, _OF_DECISION, ("key", "at", "title", "situation", "questions"))
    if given.get("key") != f"D{k}":
        noted.add(f"{path}.key", given.get("key"), "not its place in the game", f"D{k}",
                  f"key: D{k}")  # fmt: skip
    time = noted.time(f"{path}.at", given.get("at")) or case.clock_start_time
    questions = noted.items(f"{path}.questions", given.get("questions"))
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        noted.add(f"{path}.questions", len(questions), "too many or too few to decide on",
                  f"1 to {MOST_QUESTIONS} questions", "one question a matter")  # fmt: skip
    return Decision(
        key=f"D{k}",
        hours=zones.span(case.clock_start_time, time, case.time_zone) / timedelta(hours=1),
        time=time,
        title=noted.pair(f"{path}.title", given.get("title")),
        situation=noted.pair(f"{path}.situation", given.get("situation")),
        questions=tuple(
            question_in(f"{path}.questions[{n}]", one, noted) for n, one in enumerate(questions)
        ),
        told=_headlines(f"{path}.headlines", given.get("headlines"), time, noted),
        statement=noted.pair(f"{path}.statement", given["statement"])
        if given.get("statement") is not None
        else None,
    )


def _headlines(path: str, node: object, now: datetime, noted: Noted) -> tuple[Told, ...]:
    """Headlines that are new at a decision; one that comes after it gives away what is coming."""
    found = []
    for k, raw in enumerate(noted.items(path, node)):
        given = noted.mapping(f"{path}[{k}]", raw)
        noted.keys(f"{path}[{k}]", given, ("at", "text"), ("at", "text"))
        at = noted.time(f"{path}[{k}].at", given.get("at")) or now
        if at > now:
            noted.add(
                f"{path}[{k}].at", f"{at:%Y-%m-%d %H:%M}",
                "gives away what is coming: it is later than its decision",
                f"until {now:%Y-%m-%d %H:%M}", "move it to a later decision",
            )  # fmt: skip
        found.append(Told(at, noted.pair(f"{path}[{k}].text", given.get("text"))))
    return tuple(found)
