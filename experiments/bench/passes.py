"""Where a person's step goes: every pass over a block of people, timed by itself.

The calls of one real step are recorded with their arguments, then repeated in compiled code. So the
passes stay where they are: nothing is exported for the sake of timing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
from numba import njit

from experiments.bench.lines import Line, measured
from experiments.bench.measure import cpu, spread
from experiments.bench.stage import ONSET, Stage
from sim.engine import Simulation
from sim.kernel import crowd, passes
from sim.people import CORE, PUBLIC

#: The dense passes of a block, and what each is for.
DENSE = {
    "chat": "group chats",
    "remember": "ten components of memory",
    "draw": "four draws",
    "expose": "exposure",
    "feel": "appraisal and outrage",
    "express": "expression and relief",
    "decide": "posting",
    "remember_slowly": "grudge and trust",
    "mark": "who declares, unfollows, turns",
}
TIMES = 400  #: a pass over a block is repeated in compiled code: a call from Python costs more

Call = tuple[Callable[..., Any], tuple[Any, ...]]


def calls_of(run: Simulation, kind: int, names: Iterable[str] = DENSE) -> dict[str, list[Call]]:
    """Every call of these passes in one block of people of this kind, with its arguments.

    The passes work on a copy of the people of the run.
    """
    real = {name: getattr(passes, name) for name in names}
    calls: dict[str, list[Call]] = {name: [] for name in real}

    def recorder(name: str) -> Callable[..., Any]:
        """A function that notes its arguments, then does what the pass of this name does."""

        def record(*arguments: Any) -> Any:
            calls[name].append((real[name], arguments))
            return real[name](*arguments)

        return record

    t, people = run.tables, copy.deepcopy(run.population)
    lo = people.bounds[kind]
    hi = min(lo + crowd.BLOCK, people.bounds[kind + 1])
    clock, posts = run.script.clock, np.zeros((crowd.BLOCK, 3), np.int32)
    scratch, todo = np.zeros((14, crowd.BLOCK)), np.zeros(crowd.BLOCK, np.uint8)
    try:
        for name in real:
            setattr(passes, name, recorder(name))
        crowd.block.py_func(  # type: ignore[attr-defined]
            run.step, run.seed, clock.dt_h, run.script.circadian[run.step], kind, lo, hi,
            t.constants[0], t.world[0], t.acts, t.views, people.people, people.groups,
            people.leaders, posts, np.zeros(1, np.int64), t.census, scratch, todo,
        )  # fmt: skip
    finally:
        for name, function in real.items():
            setattr(passes, name, function)
    return calls


def _ns(calls: list[Call]) -> float:
    """CPU nanoseconds of these calls, for each person of the block."""
    spent = 0.0
    for function, arguments in calls:
        again = _repeater(function)
        again(1, arguments)
        spent += cpu(lambda: again(TIMES, arguments)) / TIMES  # noqa: B023  (called at once)
    return spent / crowd.BLOCK * 1e9


@cache
def _repeater(function: Callable[..., Any]) -> Callable[..., Any]:
    """A compiled loop around a pass, one for each pass."""

    @njit(error_model="numpy")
    def again(times: Any, arguments: Any) -> None:
        for _ in range(times):
            function(*arguments)

    @njit(error_model="numpy")
    def draws_again(times: Any, arguments: Any) -> None:
        for k in range(times):  # another step each time: the compiler drops draws that it has
            function(arguments[0], arguments[1], arguments[2] + k, *arguments[3:])

    repeated: Callable[..., Any] = draws_again if function is passes.draw else again
    return repeated


def profile(n_people: int = 10_000, rounds: int = 9) -> list[Line]:
    """Nanoseconds of each pass for a person in a step: fans and others in their proportion.

    A block that stays in the first cache, without the sums for the record and the rare acts.
    """
    run = Stage(n_people).run(at=ONSET)
    bounds = run.population.bounds
    fans, others = calls_of(run, CORE), calls_of(run, PUBLIC)
    share = bounds[1] / bounds[3]
    lines = []
    for name, what in DENSE.items():
        taken = [share * _ns(fans[name]) + (1 - share) * _ns(others[name]) for _ in range(rounds)]
        lines.append(measured(f"pass_{name}", f"pass: {what}", n_people, spread(taken), "ns"))
    return lines
