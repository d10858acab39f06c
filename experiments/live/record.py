"""The track record: every forecast made with this installation, and what it was worth.

A line of record.jsonl is one entry. Each bears a digest of itself and of the one before it, so that
none can be changed, left out or put in unnoticed; only the newest can be cut off, so that `backlash
record` says how many there are and which digest is the last. One process writes at a time, and the
file is whole or as it was: what is killed while it writes leaves no half of a line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.base.files import written_aside
from sim.base.refusal import ConfigError

NAME = "record.jsonl"


def digest_of_entry(entry: Mapping[str, Any]) -> str:
    """The digest of an entry, its own left out; it covers the digest of the one before."""
    said = {key: value for key, value in entry.items() if key != "digest"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def entries(path: Path) -> list[dict[str, Any]]:
    """All entries, checked. Raises ConfigError with the line of the first that was changed."""
    if not path.exists() or not path.stat().st_size:
        return []
    found: list[dict[str, Any]] = []
    before = ""
    text = path.read_bytes().decode(errors="replace")  # what is no UTF-8 has no digest either
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        try:
            entry = json.loads(line)
            whole = entry["digest"] == digest_of_entry(entry) and entry["before"] == before
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise ConfigError(
                "record", path.name, f"line {number} is not as it was written, or a line before it "
                "is missing: nothing below can be believed", "the record as it was kept",
                f"the file of a backup; or move it away ({path}), and begin a new record",
            )  # fmt: skip
        before = entry["digest"]
        found.append(entry)
    return found


def add(path: Path, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Put an entry at the end, with its number and digests. Raises as `entries` does."""
    with _alone(path):
        return _added(path, entry)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """The only writer of a record; others wait. The lock goes with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as file:
        try:
            import fcntl
        except ImportError:  # Windows has no such lock
            pass
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _added(path: Path, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The same, by the only writer."""
    known = entries(path)
    whole = {
        **json.loads(json.dumps(entry, allow_nan=False)),
        "number": len(known) + 1,
        "before": known[-1]["digest"] if known else "",
    }
    whole["digest"] = digest_of_entry(whole)
    line = json.dumps(whole, sort_keys=True, ensure_ascii=False) + "\n"
    before = path.read_bytes().rstrip(b"\n") + b"\n" if known else b""
    with written_aside(path) as file:
        file.write(before + line.encode())
    return whole
