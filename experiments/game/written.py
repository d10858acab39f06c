"""What a team writes beside its choices: a reason for each decision, at some a drafted statement.

It is kept with the game and shown in its debrief. No run reads it, and nothing scores it: marking
words is for people.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from experiments.game.names import hidden
from experiments.game.script import Decision
from sim.base.refusal import ConfigError

#: key in an answer -> the most characters that it may have.
ROOM: Mapping[str, int] = {"reason": 400, "statement": 1200}
#: decision -> key of ROOM -> what was written; nothing stands for what was left empty
Written = Mapping[str, Mapping[str, str]]
NOTHING_WRITTEN: Written = MappingProxyType({})


def written_in(answer: Mapping[str, object], decision: Decision) -> dict[str, str]:
    """What an answer to a decision holds besides options, cleaned: `reason`, `statement`.

    answer : as a browser or a file has it. Raises ConfigError for what is no text, too long, or a
    statement where none is asked for.
    """
    found = {}
    for key, room in ROOM.items():
        text = cleaned(key, answer.get(key, ""), room)
        if text and key == "statement" and decision.statement is None:
            raise ConfigError(
                f"written.{decision.key}.{key}", text[:40], "no statement is asked for here",
                "reason", "leave it out",
            )  # fmt: skip
        if text:
            found[key] = text
    return found


def cleaned(key: str, raw: object, room: int) -> str:
    """A text as it is kept: NFC, without characters that show nothing; lines stay lines.

    Raises ConfigError for anything but a text, and for one of more than `room` characters.
    """
    if not isinstance(raw, str):
        raise ConfigError(f"written.{key}", raw, "no text", "a text", f"{key}: because ...")
    lines = unicodedata.normalize("NFC", raw[: 4 * room]).splitlines()
    text = "\n".join(
        " ".join("".join(c for c in line if c == "\t" or not hidden(c)).split()) for line in lines
    ).strip()
    if len(text) > room or len(raw) > 4 * room:
        raise ConfigError(
            f"written.{key}", f"{text[:40]}…", f"has {len(text)} characters or more",
            f"at most {room}", "fewer words",
        )  # fmt: skip
    return text
