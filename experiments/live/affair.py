"""An affair up to a moment: what happened, what the brand did, what was counted.

An affair is a folder that `backlash import` made, or a case with a series: of a case that is over,
everything after the moment is left out, so that a forecast of the past knows what was known then.
"""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.live.importing import AFFAIR
from experiments.live.seen import Seen, mentions_of_folder, series_of_case
from sim import zones
from sim.base.refusal import ConfigError, place
from sim.case.case import Case
from sim.playbook.act import Channel, Trigger
from sim.playbook.names import path_of
from sim.playbook.response import Response
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.state.scenario import clock_of

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

AHEAD_H = (6, 24, 72)  #: hours of which a forecast speaks
WAITS_H = (3, 6, 12)  #: hours after which one might decide instead
LEAST_H = 1.0  #: hours between the clock start and a forecast


@dataclass(frozen=True)
class Affair:
    """An affair at a moment."""

    name: str  #: as it was typed
    config: Config  #: its case cut at the moment, its response the acts up to there
    at: datetime  #: as the clocks of the zone show it
    step: int  #: the first that is not known
    seen: Seen  #: all that was counted, also after the moment, for whoever looks back
    happened: Response | None  #: all acts of a case that is over; None: nobody knows
    later_events: int  #: events of a case that come after the moment, and are not known

    @property
    def case(self) -> Case:
        """What happened up to the moment."""
        return self.config.case

    @property
    def known(self) -> Seen:
        """What was counted in windows that end after the accusation and up to the moment."""
        told = (self.seen.last > self.clock_step) & (self.seen.last <= self.step)
        return self.seen.where(told)

    @property
    def clock_step(self) -> int:
        """The step of the accusation."""
        return clock_of(self.config, self.case).step_of(self.case.clock_start_time)

    @property
    def age_h(self) -> float:
        """Hours since the accusation."""
        return self.case.hours(self.at)

    @property
    def now_h(self) -> float:
        """The same on the grid of steps: what is decided now comes then."""
        return (self.step - self.clock_step) * self.config.clock.dt_min / 60


def affair_of(name: str, at: str, words: Sequence[str] = ()) -> Affair:
    """An affair at a moment. Raises ConfigError for what is none, and for too early a moment.

    name : a folder of `backlash import`, or a case; at : "2025-11-03 20:00" in its zone, empty: the
    end of the counts. words : settings of runs.
    """
    name = called(name)
    folder = Path(name)
    own = folder.is_dir()
    _check_words(name, words)
    if own and not (folder / AFFAIR).is_file():
        raise ConfigError(
            "now", name, f"a folder without {AFFAIR}", "a folder that `backlash import` made",
            f"backlash import EXPORT.csv as={name}",
        )  # fmt: skip
    word = f"case={folder / AFFAIR if own else name}"
    config = compose([word, "response=none", *words])
    whole = _as_happened(config, word, words)
    case = config.case
    far = max(one.time for one in case.forcing) if case.forcing else case.start
    long = replace(
        config, clock=replace(config.clock, horizon_d=_days(case, far + timedelta(days=9)))
    )
    seen = mentions_of_folder(folder, long) if own else series_of_case(long)
    moment = _moment(at, seen, long)
    days = _days(case, moment + timedelta(hours=max(AHEAD_H) + max(WAITS_H) + 1))
    cut = _cut(case, moment, days)
    past, later = _past(whole, case, moment)
    asked = replace(
        config, case=cut, response=past, clock=replace(config.clock, horizon_d=days),
    )  # fmt: skip
    step = clock_of(asked, cut).step_of(moment)
    future = len(case.forcing) - len(cut.forcing)
    happened = whole if (later or not own) and whole is not None else None
    found = Affair(name, asked, moment, step, seen, happened, future)
    _check_known(found)
    return found


def called(name: str) -> str:
    """An affair as the record calls it: a folder is the same with a slash behind it."""
    folder = place("now", name)
    return str(folder) if folder.is_dir() else name


#: Settings of runs that an affair says itself, and what says them here.
_SAID_HERE = {
    "case": "another folder or case in the first place", "response": "response=NAMES",
    "n_replicates": "budget_s=", "uncertainty": "worlds=", "clock.horizon_d": "72 h, always",
}  # fmt: skip


def _check_words(name: str, words: Sequence[str]) -> None:
    """Refuse a file of counts in the place of an affair, and settings that would do nothing."""
    file = Path(name)
    if file.is_file() and file.suffix.lower() not in (".yaml", ".yml"):
        raise ConfigError(
            "now", name, "a file, and no affair yet", "a folder that `backlash import` made",
            f"backlash import {shlex.quote(name)} as=affair",
        )  # fmt: skip
    for word in words:
        key, _, value = word.partition("=")
        for own, instead in _SAID_HERE.items():
            inside = key.startswith(f"{own}.") and key != "uncertainty.fixed"
            if key == own or inside:
                raise ConfigError(
                    key, value, "an affair in progress says this itself", instead,
                    f"backlash now {shlex.quote(name)}, without {key}=",
                )  # fmt: skip


def _check_known(affair: Affair) -> None:
    """Refuse a moment at which nothing was counted yet: no window of the counts is over."""
    if len(affair.known):
        return
    clock = clock_of(affair.config, affair.case)
    later = affair.seen.last[affair.seen.last > affair.clock_step]
    soonest = (
        clock.time_of(int(later.min())) if later.size and later.min() < clock.n_steps else None
    )
    raise ConfigError(
        "at", f"{affair.at:%Y-%m-%d %H:%M}", "no hour or day of the counts is over by then",
        "a moment after the first of them", f'at="{soonest:%Y-%m-%d %H:%M}"' if soonest
        else "counts by the hour",
    )  # fmt: skip


def _cut(case: Case, moment: datetime, days: int) -> Case:
    """What was known of a case at a moment: launches to come are, closes of an index are not."""
    end = zones.later(case.start, timedelta(days=days), case.time_zone)
    known = tuple(
        one
        for one in case.forcing
        if one.time < moment or (one.kind == "launch" and one.time < end)
    )
    return replace(case, horizon_d=days, forcing=known, index={})


def _as_happened(config: Config, word: str, words: Sequence[str]) -> Response | None:
    """All acts of the case; None where it has none."""
    if not config.case.levers:
        return None
    return compose([word, "response=as_happened", *words]).response


def _days(case: Case, until: datetime) -> int:
    """Days of a run that reaches a moment."""
    hours = zones.span(case.start, until, case.time_zone) / timedelta(hours=1)
    return min(90, max(1, math.ceil(hours / 24)))


def _moment(at: str, seen: Seen, config: Config) -> datetime:
    """The moment of a forecast, on a step. Raises ConfigError outside of what was counted."""
    case, clock = config.case, clock_of(config, config.case)
    last = clock.time_of(min(int(seen.last.max()), clock.n_steps - 1))
    first = case.after(LEAST_H)
    if last < first:
        raise ConfigError(
            "now", case.name, f"the counts end at {last:%Y-%m-%d %H:%M}, before the affair is an "
            "hour old", f"counts after {first:%Y-%m-%d %H:%M}, {case.zone_name()}",
            "a later export; or the accusation in affair.yaml, if it came sooner",
        )  # fmt: skip
    if not at:
        return last
    moment = _read(at, case)
    if moment is None:
        raise ConfigError(
            "at", at, "no moment", f"a day and a time, {case.zone_name()} unless it says a zone",
            f'at="{last:%Y-%m-%d %H:%M}"',
        )  # fmt: skip
    if not first <= moment <= last:
        raise ConfigError(
            "at", at, "before there is anything to go by" if moment < first
            else f"the counts end at {last:%Y-%m-%d %H:%M}",
            f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, {case.zone_name()}",
            f'at="{first:%Y-%m-%d %H:%M}"' if moment < first
            else f'at="{last:%Y-%m-%d %H:%M}"; or import a later export first',
        )  # fmt: skip
    return clock.time_of(clock.step_of(moment))


def _read(at: str, case: Case) -> datetime | None:
    """A moment as it is typed, on the wall of the affair; None for what is none."""
    text = at.strip()
    if not re.match(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}", text):
        return None  # a day alone is no moment
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        return None if case.time_zone == zones.UNKNOWN else zones.wall(moment, case.time_zone)
    return moment if zones.shown_how_often(moment, case.time_zone) else None


def _past(whole: Response | None, case: Case, moment: datetime) -> tuple[Response, tuple[str, ...]]:
    """The acts up to a moment, and the names of those that came later."""
    if whole is None:
        return Response(name="so far"), ()
    by_kind, own, later = {}, {}, []
    for name, act in whole.playbook.items():
        if act.delay_h is None:
            continue
        if act.waits_for[0] is not Trigger.screenshot:
            raise ConfigError(
                f"{path_of(name)}.trigger", act.waits_for[0].value,
                "what was done has a time and no trigger", "hours in delay_h",
                f"{path_of(name)}.delay_h={act.delay_h:g} without a trigger",
            )  # fmt: skip
        if case.after(float(act.delay_h)) >= moment:
            later.append(name)
        elif name in whole.acts:
            own[name] = dict(whole.acts[name])
        else:
            by_kind[name] = act
    spoken = any(act.SPOKEN and not act.PRIVATE for act in by_kind.values()) or bool(own)
    channel = whole.channel if spoken else Channel.fan
    changes: dict[str, Any] = {"channel": channel, "acts": own, **by_kind}
    return Response(name="so far", **changes), tuple(later)
