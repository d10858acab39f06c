"""A run that is divided: begun once, and gone on with by one response and another.

    begun = begin(config, 320)          # the run of the config, up to step 320
    run = begun.branch(response)        # the whole run of that config with this response

A branch is no other kind of run. Draws are addressed, and what an act will be changes nothing
before it comes, so the run of a config with another response is the same up to the first act in
which the two differ: it is what `simulate` makes of that config, to the bit, with a beginning that
was computed once. What would not be so is refused: an act that lies before the division.

An act that waits for a state is decided by what the run has recorded: where the state has not come
yet, waiting from now on is waiting from the beginning; where it came and the act is still under
deliberation, it comes when it would have come; where it would lie before the division, or where the
record cannot tell (the share of governance in talk is not kept), it is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from sim.base.refusal import ConfigError
from sim.kernel import actors
from sim.playbook.names import path_of
from sim.playbook.response import Response
from sim.record import INDEX, Run
from sim.rules import pr_team
from sim.run import engine_of, gathered
from sim.settings.config import Config
from sim.start import start_of
from sim.state import tables as w
from sim.state.asked import asked
from sim.state.rows import act_names, act_rows
from sim.state.scenario import Scenario


@dataclass(frozen=True)
class Begun:
    """A run in progress that nobody advances any more: its branches are copies.

    >>> import backlash
    >>> config = backlash.compose(["response=none", "population=classroom"])
    >>> begun = backlash.begin(config, 200)
    >>> begun.step, begun.onward(240).step
    (200, 240)
    >>> late = backlash.compose(["response=late_48h", "population=classroom"])
    >>> begun.branch(late.response).name == backlash.simulate(late).name
    True
    """

    config: Config  #: drawn: of one run, in one world
    step: int  #: steps that are done; the next is the first that a response can change
    simulation: Any  #: the engine at that step

    def branch(self, response: Response | None = None) -> Run:
        """The whole run with a response from here on; None: with its own.

        What the response does before `step` must be what was done. Raises ConfigError for an act
        that would lie before it, and for one whose state may have come in a way that nobody kept.
        """
        run, config = self._copied(response or self.config.response)
        run.advance(run.script.clock.n_steps - run.done)
        return gathered(config, run)

    def onward(self, step: int, response: Response | None = None) -> Begun:
        """The same run with a response, up to a later step. Raises ConfigError as `branch` does."""
        _check_step(step, self.simulation.script, least=self.step)
        run, config = self._copied(response or self.config.response)
        run.advance(step - run.done)
        return Begun(config, step, run)

    def _copied(self, response: Response) -> tuple[Any, Config]:
        """A copy of the engine with the acts of a response, and the config that it is a run of."""
        here: Scenario = self.simulation.script
        config = replace(self.config, response=response)
        script = replace(
            here,
            asked=asked(config, here.case),
            acts=act_rows(response, config, here.case, here.clock),
            act_names=act_names(response),
        )
        acts = _joined(self.simulation, script, self.step)
        shared = (here, self.simulation.network)  # nobody writes to them
        run = copy.deepcopy(self.simulation, {id(one): one for one in shared})
        run.script = script
        run.take_acts(acts)
        return run, config


def begin(config: Config, step: int) -> Begun:
    """The run of a config up to a step, to be gone on with. Raises ConfigError as `simulate` does.

    step : steps that are done, burn-in included; at least 1, and before the horizon.

    >>> import sim
    >>> config = sim.compose(["response=none", "population=classroom"])
    >>> begun = begin(config, 200)
    >>> begun.branch().name == sim.simulate(config).name
    True
    """
    start = start_of(config)
    _check_step(step, start.script)
    simulation = engine_of(start)
    simulation.advance(step)
    return Begun(start.config, step, simulation)


def branch(config: Config, step: int, response: Response) -> Run:
    """The run of a config up to a step, and from there with a response; see `Begun.branch`.

    It is the run that `simulate` makes of the config with that response. `begin` shares the
    beginning among several.

    >>> import backlash
    >>> config = backlash.compose(["response=none", "population=classroom"])
    >>> late = backlash.compose(["response=late_48h"])
    >>> backlash.branch(config, 200, late.response)  # doctest: +ELLIPSIS
    Run(case='xiaomi_2026', response='late_48h', seed=0, name='...')
    """
    return begin(config, step).branch(response)


def _check_step(step: Any, script: Scenario, least: int = 1) -> None:
    """Refuse a step at which nothing has happened yet, or after which nothing comes."""
    last = script.clock.n_steps - 1
    if isinstance(step, bool) or not isinstance(step, int) or not least <= step <= last:
        raise ConfigError(
            "step", step, "a run is divided after one of its steps, and something must come after",
            f"{least} to {last} (a step is {script.clock.dt_min} min, burn-in included)",
            f"step={min(max(least, script.clock.burn_in_steps + 1), last)}",
        )  # fmt: skip


def _joined(run: Any, then: Scenario, step: int) -> Any:
    """ACT rows of a branch: what has come into force as it stands, the rest as it is asked now.

    run : so far. then : the script after the division.
    """
    here, done = run.script, run.acts
    rows = then.acts.copy()
    places = {name: a for a, name in enumerate(then.act_names)}
    before = {name: a for a, name in enumerate(here.act_names)}
    for name, a in before.items():
        in_force = 0.0 <= done.step[a] < step
        owed = _is_delivery(here, a) and done.step[a] >= 0.0  # promised by an act in force
        if (in_force or owed) and places.get(name) != a:
            _refuse_past(name, done.step[a], step, here, "was done, and is not in this response")
        b = places.get(name)
        if b is None:
            continue
        same = _same(here.acts[a], then.acts[b])
        if in_force and not same:
            _refuse_past(name, done.step[a], step, here, "was done, and otherwise than here")
        if in_force or owed or (same and done.step[a] >= 0.0):
            rows[b] = done[a]
    for name, b in places.items():
        known = name in before and _same(here.acts[before[name]], then.acts[b])
        if not known and 0.0 <= then.acts.step[b] < step:
            _refuse_past(name, then.acts.step[b], step, here, "would have come before")
        if not known and then.acts.wanted[b] and then.acts.trigger[b] != w.BY_SCREENSHOT:
            rows[b].step = _awaited(run, then, b, name, step)
    return rows


def _awaited(run: Any, then: Scenario, b: int, name: str, step: int) -> float:
    """The step of an act that waits, as a run that waited from its beginning has it; -1: not yet.

    Raises ConfigError for an act that would lie before the division.
    """
    act = then.acts[b]
    came = came_at(run, int(act.trigger), float(act.threshold))
    if came is None:
        _refuse_waiting(name)
    if came < 0:
        return -1.0
    night = 1.0 if then.night[came] else 0.0
    wait = actors.decision_steps(
        act.address, np.uint64(run.seed), then.constants[0], night, then.clock.dt_h
    )
    at = float(pr_team.acts_in(float(came), act.delay, wait))
    if at < step:
        _refuse_past(name, at, step, then, "would have come before")
    return at


def came_at(run: Any, trigger: int, threshold: float = 0.0) -> int | None:
    """The first step after which a state was there that acts wait for; -1: it has not come.

    None where the run has not kept enough to tell. As the PR team sees it: it must have noticed.
    """
    record = run.record[: run.done]
    held = record[:, INDEX["detected"]] > 0.0
    if not held.any():
        return -1
    if trigger == w.BY_GOVERNANCE_TALK:
        return None
    if trigger == w.BY_LIST_ENTRY:
        held = held & (record[:, INDEX["n_listed"]] > 0.0)
    elif trigger == w.BY_DECLARED:
        share = record[:, INDEX["declared_core"]]
        if bool((held & (np.abs(share - threshold) < 1e-6)).any()):  # kept in single precision
            return None
        held = held & (share > threshold)
    return int(held.argmax()) if held.any() else -1


def _is_delivery(script: Scenario, a: int) -> bool:
    """Whether a row is what comes of a promise by itself."""
    return bool(script.acts.kind[a] == w.DELIVERY)


def _same(one: Any, other: Any) -> bool:
    """Whether two rows of what was asked are the same."""
    return bool(np.array_equal(one.item(), other.item()))


def _refuse_past(name: str, at: float, step: int, script: Scenario, why: str) -> NoReturn:
    """Refuse an act that lies before the division and is not what was done."""
    clock = script.clock
    when, now = clock.time_of(int(at)), clock.time_of(step)
    least = (step - clock.step_of(script.case.clock_start_time)) * clock.dt_h
    raise ConfigError(
        path_of(name), f"{when:%Y-%m-%d %H:%M}",
        f"{why}; the run is divided at {now:%Y-%m-%d %H:%M}",
        "acts up to there as they were, and others after it",
        f"{path_of(name)}.delay_h={max(least, 0.0):g} or more for another, under a name of its own",
    )  # fmt: skip


def _refuse_waiting(name: str) -> NoReturn:
    """Refuse an act that waits for a state which may have come before the division."""
    raise ConfigError(
        f"{path_of(name)}.trigger", "a state",
        "it may have come before the division, and the run has not kept whether",
        "acts with a time; detection, list_entry and declared, of which a run keeps when they came",
        f"{path_of(name)}.trigger=screenshot with a {path_of(name)}.delay_h",
    )  # fmt: skip


def acts_in_force(begun: Begun) -> Mapping[str, int]:
    """The step of every act that has come into force, by name."""
    steps = begun.simulation.acts.step
    names = begun.simulation.script.act_names
    return {name: int(at) for name, at in zip(names, steps, strict=True) if 0 <= at < begun.step}
