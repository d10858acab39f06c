"""A session as a file: what it holds is sealed with a sum, so that a changed byte is found.

Files of format 1 had no sum, those of format 2 no texts of the teams, no pause and no practice;
they are read and become the newest format with the next change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.base.refusal import ConfigError

FORMAT = 3  #: of the files; raise it when an older server could not read them
PHASES = ("lobby", "open", "closed", "ended")  #: in the order in which a session goes through them
BEFORE_DIGESTS = 1  #: a format that is still read: its files do not say what they hold
BEFORE_TEXTS = 2  #: one without what teams wrote


def sum_of(raw: Mapping[str, Any]) -> str:
    """A digest of all that a file holds but this sum itself: a byte that changed on the disk is
    found.

    Of the values and not of the text, so that it does not depend on how the file is laid out.
    """
    held = {key: value for key, value in raw.items() if key != "sum"}
    text = json.dumps(held, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def written(held: Mapping[str, Any]) -> bytes:
    """The text of a session's file, with the sum of what it holds."""
    return json.dumps({**held, "sum": sum_of(held)}, ensure_ascii=False, indent=1).encode()


def read(path: Path) -> dict[str, Any]:
    """What a session's file holds. Raises ValueError for another format, name, or a changed byte.

    Raises KeyError or TypeError where it is no such file at all.
    """
    raw: dict[str, Any] = json.loads(path.read_bytes())
    if raw["format"] in (FORMAT, BEFORE_TEXTS) and raw["sum"] != sum_of(raw):
        raise ValueError("changed since it was written")
    if raw["format"] not in (FORMAT, BEFORE_TEXTS, BEFORE_DIGESTS):
        raise ValueError(f"format {raw['format']!r}, this is {FORMAT}")
    try:
        n = len(script_of(World(**raw["world"])).decisions)
    except ConfigError as problem:
        raise ValueError(str(problem)) from None
    if raw["phase"] not in PHASES or not -1 <= raw["at"] < n:
        raise ValueError(f"phase {raw['phase']!r} at {raw['at']!r}")
    if path.stem != raw["id"]:
        raise ValueError("another name than its id")
    return raw
