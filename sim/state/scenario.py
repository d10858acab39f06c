"""Config and case -> the tables of numbers that both engines read: constants, events, acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.choices import DEFAULT_CASE
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.clock import Clock
from sim.draws import Decision
from sim.lists import places
from sim.rules import market, platform
from sim.settings.config import Config
from sim.settings.identity import name_of_asked
from sim.settings.worlds import drawn
from sim.state.asked import asked
from sim.state.constants import constants_of
from sim.state.rows import act_names, act_rows, event_rows


@dataclass(frozen=True)
class Scenario:
    """What happens to a population, as tables."""

    case: Case
    asked: Mapping[str, Any]  #: the record that names the run, made before its files are read
    clock: Clock
    constants: Any  #: one row of CONSTANTS
    events: Any  #: EVENT rows in order of time
    acts: Any  #: ACT rows, in the order of `act_names`
    act_names: tuple[str, ...]  #: one a row of `acts`
    circadian: npt.NDArray[np.float64]  #: how active people are, by step; mean 1 over a day
    in_session: npt.NDArray[np.bool_]  #: whether the exchange is open, by step
    first_bar: npt.NDArray[np.bool_]  #: whether the step is the first of a session
    night: npt.NDArray[np.bool_]  #: whether it is night in the zone of the case, by step
    entry_heat: npt.NDArray[np.float64]  #: heat of the list's 50th place, by step (E11)
    index_move: npt.NDArray[np.float64]  #: log return with the case's stock index, by step (E16)


def given(config: Config) -> Case:
    """The case of a config. Raises ConfigError for settings that nobody gave one."""
    if not config.case.name:
        raise ConfigError("case", None, "no case, no run", "a case", f"case={DEFAULT_CASE}")
    return config.case


def clock_of(config: Config, case: Case) -> Clock:
    """The clock of a run: the case's start, the config's step and horizon."""
    return Clock(
        start=case.start,
        dt_min=config.clock.dt_min,
        horizon_d=config.clock.horizon_d,
        burn_in_h=config.clock.burn_in_h,
        time_zone=case.time_zone,
        exchange=case.exchange if case.listed else None,
    )


def build_scenario(config: Config) -> Scenario:
    """All tables of a run. Raises ConfigError for what lies outside the horizon."""
    case = given(config)
    clock = clock_of(config, case)
    return Scenario(
        case=case,
        asked=asked(config, case),
        clock=clock,
        constants=constants_of(config, case, clock),
        events=event_rows(case, clock),
        acts=act_rows(config.response, config, case, clock),
        act_names=act_names(config.response),
        circadian=clock.circadian(),
        in_session=clock.in_session(),
        first_bar=clock.first_bar(),
        night=clock.is_night(),
        entry_heat=entry_heats(config.seed, vars(config.parameters), clock),
        index_move=index_moves(case, clock),
    )


def index_moves(case: Case, clock: Clock) -> npt.NDArray[np.float64]:
    """What the index of a case moves its share by in each step, log, float64[n_steps].

    Raises ConfigError for a session of the run of which there is no close.
    """
    moves = np.zeros(clock.n_steps)
    days: dict[str, list[int]] = {}
    for step in np.flatnonzero(clock.in_session()) if case.index else ():
        if step >= clock.burn_in_steps:
            days.setdefault(clock.trading_day(int(step)).isoformat(), []).append(int(step))
    before = next(iter(case.index.values()), 0.0)  # the first is the last before the case
    for day, steps in days.items():
        if day not in case.index:
            raise ConfigError(
                "case.market.index", day, "has no close of this session", "a close of each session",
                f"a line {day},CLOSE in the index, or a shorter clock.horizon_d",
            )  # fmt: skip
        moves[steps] = market.index_return(case.beta, before, case.index[day], len(steps))
        before = case.index[day]
    return moves


def entry_heats(
    seed: int, parameters: Mapping[str, float], clock: Clock
) -> npt.NDArray[np.float64]:
    """Heat that a hashtag needs to be on the list, float64[n_steps]; parameters : by name."""
    sd, rho = parameters["entry_spread"], parameters["entry_correlation"]
    times = [clock.time_of(step) for step in range(clock.n_steps)]
    hours = int(clock.n_steps * clock.dt_h) + 2
    normals = draws.normal_column(seed, Decision.LIST, 0, hours)
    log_factor = [sd * normals[0]]
    for normal in normals[1:]:
        log_factor.append(platform.competition(sd, rho, log_factor[-1], float(normal)))
    return np.array(
        [
            platform.entry_heat(
                places.PLACE_50[time.weekday() >= 5][time.hour], log_factor[int(clock.dt_h * step)]
            )
            for step, time in enumerate(times)
        ]
    )


def name_of(config: Config) -> str:
    """The name of the run of this config. Raises ConfigError for one that asks for several runs."""
    config = drawn(config)
    return name_of_asked(asked(config, given(config)))
