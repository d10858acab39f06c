"""What is computed for a class beside its screens, and the room that all pages of a server share.

Pages never wait: they ask, look again twice a second, and draw what is there. A brief is one run; a
debrief is some hundreds, and has a module of its own (`debriefs`).
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from experiments.classroom.classes import Classroom
from experiments.classroom.debriefs import Debriefs
from experiments.game.brief import Brief, brief
from experiments.game.moves import Choices
from experiments.game.rules import Injection
from experiments.game.script import Decision
from experiments.game.world import World

T = TypeVar("T")


class Desk:
    """Computes beside the screens: what was asked for before is answered at once.

    Two threads by default: a run is compiled code and leaves the interpreter to the others. One
    computation that fails stops no other, and is tried again when it is asked for again.

    keep : answers that are remembered.
    """

    def __init__(self, workers: int = 2, keep: int = 512) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="desk")
        self._kept: OrderedDict[tuple[object, ...], Future[Any]] = OrderedDict()
        self._keep, self._lock = keep, threading.Lock()

    def ask(self, key: tuple[object, ...], compute: Callable[[], T]) -> Future[T]:
        """The future of `compute()`; the same one for the same key, unless it has failed.

        The futures that were asked for longest ago are forgotten, but not those that still run.
        """
        with self._lock:
            future = self._kept.get(key)
            if future is None or (future.done() and future.exception() is not None):
                future = self._kept[key] = self._pool.submit(compute)
            self._kept.move_to_end(key)
            for old in list(self._kept)[: max(0, len(self._kept) - self._keep)]:
                if self._kept[old].done():
                    del self._kept[old]
            return future

    def brief(
        self,
        world: World,
        choices: Choices,
        injections: tuple[Injection, ...],
        decision: Decision,
        lang: str,
    ) -> Future[Brief]:
        """What a team sees at a decision, computed once for all teams that have chosen alike."""
        return self.ask(
            ("brief", world, frozen(choices), injections, decision.key, lang),
            lambda: brief(world, choices, injections, decision, lang),
        )

    def stop(self) -> None:
        """Begin nothing new; what runs is let to its end, which nobody waits for."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def frozen(choices: Choices) -> str:
    """Choices as something that can be compared and kept as a key; their order does not matter."""
    return json.dumps({key: dict(sorted(choices[key].items())) for key in sorted(choices)})


@dataclass
class Room:
    """What all pages of a server share."""

    classroom: Classroom  #: sessions and limits
    desk: Desk  #: briefs
    debriefs: Debriefs  #: debriefs of sessions that have ended


def open_room(folder: Path) -> Room:
    """The room of a server, with the sessions that its folder has, and nothing computed yet."""
    classroom = Classroom(folder)
    return Room(classroom, Desk(), Debriefs(classroom.folder))
