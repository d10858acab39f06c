"""Signs of life: small files in a study's folder, read by whoever sees the same disk.

A job writes one while it works, wherever a launcher placed it, and the sweep one for itself. So a
job that was killed is told from one that works, without the accounting of a cluster.
"""

from __future__ import annotations

import json
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from experiments.sweeps.running import meanwhile
from sim.base.files import write_whole

BEAT_S = 10.0  #: between two signs of life
LONGEST = 6000  #: characters of a trace that are kept


@dataclass(frozen=True)
class Beat:
    """What a job last said of itself."""

    shard: int
    stage: str  #: compiling, running, done, stopped
    done: int  #: runs that it has tried so far
    of: int  #: runs that it began with
    began: float  #: seconds since 1970, of this try
    host: str = ""
    pid: int = 0
    tries: int = 1  #: how often the job was begun: a launcher may try again what it lost
    why: str = ""  #: it stopped, in a line
    trace: str = ""  #: the same for whoever mends it
    age_s: float = 0.0  #: since it was written, where it was read


@dataclass(frozen=True)
class Sent:
    """What a sweep last said of itself: which jobs it asked a launcher for."""

    token: str  #: of its list of work
    launcher: str
    runs: tuple[int, ...]  #: of each job
    began: float
    host: str = ""
    pid: int = 0
    ids: tuple[str, ...] = ()  #: numbers that a queue gave the jobs, in their order
    logs: tuple[str, ...] = ()  #: where a queue writes what they print
    ended: bool = False  #: the sweep went; a queue's jobs may go on
    dead: tuple[int, ...] = ()  #: jobs that it saw dead: a queue soon forgets them
    age_s: float = 0.0


def token_of(todo: str) -> str:
    """What names the jobs of a list of work."""
    return Path(todo).stem.removeprefix("todo-")


def _home(folder: Path) -> Path:
    return folder / "jobs"


def _written(path: Path, said: Mapping[str, Any]) -> None:
    """Write a sign of life; a disk that is full ends no work."""
    text = {key: value for key, value in said.items() if key != "age_s"}
    with suppress(OSError):
        write_whole(path, json.dumps(text).encode())


def _read(path: Path, kind: type[Any]) -> Any:
    """A sign of life with its age; None where there is none, or one of another version."""
    try:
        said = json.loads(path.read_bytes())
        known = {one.name for one in fields(kind)}
        kept = {key: tuple(value) if isinstance(value, list) else value
                for key, value in said.items() if key in known}  # fmt: skip
        age_s = max(0.0, time.time() - path.stat().st_mtime)
        return kind(**{**kept, "age_s": age_s})
    except (OSError, ValueError, TypeError):
        return None


def read_beat(folder: Path, token: str, shard: int) -> Beat | None:
    """What a job last said; None if nothing yet."""
    beat: Beat | None = _read(_home(folder) / f"{token}-{shard}.json", Beat)
    return beat


def read_sent(folder: Path) -> list[Sent]:
    """The sweeps of a study whose jobs are still known, the oldest first."""
    found = (_read(path, Sent) for path in sorted(_home(folder).glob("*.json"))
             if "-" not in path.stem)  # fmt: skip
    return sorted((sent for sent in found if sent is not None), key=lambda sent: sent.began)


def forget(folder: Path, token: str) -> None:
    """Remove all signs of life of the jobs of a list of work."""
    home = _home(folder)
    for path in (home / f"{token}.json", *home.glob(f"{token}-*.json")):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        home.rmdir()  # if it is empty


@dataclass
class Sending:
    """The sign of life of a sweep while it waits for its jobs."""

    folder: Path
    sent: Sent
    written: float = field(default=float("-inf"))

    def say(self, **more: Any) -> None:
        """Write what it now knows of its jobs."""
        self.sent = replace(self.sent, **more)
        self.written = time.monotonic()
        _written(_home(self.folder) / f"{self.sent.token}.json", asdict(self.sent))

    def beat(self) -> None:
        """Write again, if it is time."""
        if time.monotonic() - self.written >= BEAT_S:
            self.say()


def sending(folder: Path, todo: str, launcher: str, runs: Sequence[int]) -> Sending:
    """The first sign of life of a sweep. runs : of each of its jobs."""
    sent = Sent(
        token_of(todo), launcher, tuple(runs), time.time(), platform.node(), os.getpid()
    )  # fmt: skip
    new = Sending(folder, sent)
    new.say()
    return new


@dataclass
class Beating:
    """The signs of life of a job at work."""

    path: Path
    todo: Path
    beat: Beat
    count: Callable[[], int]

    def say(self, stage: str = "", **more: Any) -> None:
        """Write where the job stands. A list of work that is gone wants no signs any more."""
        done = max(self.count(), self.beat.done)
        self.beat = replace(self.beat, stage=stage or self.beat.stage, done=done, **more)
        if self.todo.exists():
            _written(self.path, asdict(self.beat))


@contextmanager
def beating(
    folder: Path, todo: str, shard: int, of: int, count: Callable[[], int]
) -> Iterator[Beating]:
    """Signs of life of a job while it works; the last one says whether it came to its end.

    of : its runs. count : how many of them it has tried.
    """
    token = token_of(todo)
    before = read_beat(folder, token, shard)
    tries = 1 if before is None else before.tries + 1
    beat = Beat(shard, "running", 0, of, time.time(), platform.node(), os.getpid(), tries)
    at = Beating(_home(folder) / f"{token}-{shard}.json", folder / todo, beat, count)
    at.say()
    try:
        with meanwhile(at.say, BEAT_S):
            yield at
    except BaseException as problem:
        at.say("stopped", why=_in_a_line(problem), trace=traceback.format_exc()[-LONGEST:])
        raise
    at.say("done")


def _in_a_line(problem: BaseException) -> str:
    """Why a job stopped: signals that ask it to in words, anything else as it is."""
    if isinstance(problem, KeyboardInterrupt):
        return "stopped in order when it was asked to: cancelled, or Ctrl-C"
    text = (str(problem).strip().splitlines() or [""])[0][:200]
    if "timed-out" in text:
        return "stopped in order before its time limit"
    return f"{type(problem).__name__}: {text}".removesuffix(": ")
