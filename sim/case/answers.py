"""Acts that answer what a case has not brought: a denial of no accusation, a launch that is none.

A run and a case file refuse the same, so both ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sim.base.refusal import ConfigError
from sim.case.case import Forcing
from sim.playbook.act import Accused, Act, Trigger
from sim.playbook.kinds import Denial, LaunchMoved
from sim.playbook.names import path_of
from sim.playbook.response import Response


def without_cause(
    response: Response, forcing: Sequence[Forcing], hours: Callable[[datetime], float]
) -> Iterator[ConfigError]:
    """A refusal of each act that would change nothing in a case with these events.

    hours : from the clock start of the case to a moment. Acts that wait for a state have no hour of
    their own, and may come too late in a run: then they are words and change nothing else.
    """
    accused = [hours(event.time) for event in forcing if event.kind == "second_accusation"]
    launches = [hours(event.time) for event in forcing if event.kind == "launch"]
    book = response.playbook
    by_h = sum(
        a.by_h for a in book.values() if isinstance(a, LaunchMoved)
    )  # 0 of one that never comes
    for name, act in book.items():
        path = path_of(name)
        if act.delay_h is None:
            continue
        if isinstance(act, Denial) and act.answers is Accused.second:
            if not accused:
                yield ConfigError(
                    f"{path}.answers", "second", "the case has no second accusation to deny",
                    "first, or a case with an event of kind second_accusation",
                    f"{path}.answers=first",
                )  # fmt: skip
            elif _timed(act) and act.delay_h < min(accused):
                yield ConfigError(
                    f"{path}.delay_h", act.delay_h,
                    "nobody has made the second accusation by then",
                    f"{min(accused):g} h or later", f"{path}.delay_h={min(accused):g}",
                )  # fmt: skip
        if isinstance(act, LaunchMoved):
            if not launches:
                yield ConfigError(
                    f"{path}.delay_h", act.delay_h, "the case has no launch to postpone",
                    "null, or a case with an event of kind launch",
                    f"{path}.delay_h=null {path}.by_h=0",
                )  # fmt: skip
            elif _timed(act) and act.delay_h >= max(launches) + by_h - act.by_h:
                yield ConfigError(
                    f"{path}.delay_h", act.delay_h, "no launch is still to come by then",
                    f"less than {max(launches) + by_h - act.by_h:g} h", f"{path}.delay_h=0",
                )  # fmt: skip


def _timed(act: Act) -> bool:
    """Whether an act comes at an hour that is known beforehand."""
    return act.waits_for[0] is Trigger.screenshot
