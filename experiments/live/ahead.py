"""What comes next in the worlds that agree, under each response from now on.

All candidates go on from the same states with the same draws, so that differences between them are
theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from experiments.live.affair import AHEAD_H, Affair
from experiments.live.agreeing import LISTED, NOISE, SPREAD, Course, hours_of, says
from experiments.live.candidates import settled
from experiments.live.waves import first_wave, rhythm
from sim.playbook.response import Response
from sim.progress import runs_at_a_time
from sim.record import Run

_F = npt.NDArray[np.float64]

HOURS = max(AHEAD_H)


@dataclass(frozen=True)
class Path:
    """What a course does in the hours after the moment, under one response."""

    posts: _F  #: posts each hour, per 1,000 people; float64[HOURS]
    heat: _F  #: heat of listed hashtags at the end of each hour
    outrage: _F  #: mean expressed outrage of core fans
    trust: _F  #: mean trust of core fans
    topics: _F  #: new hashtags on the list in each hour
    before: float  #: the most posts in three hours up to the moment
    wave_h: float  #: hours until a second wave is there; inf: none comes


def ahead(
    affair: Affair,
    courses: Sequence[Course],
    responses: Mapping[str, Response],
    tell: Callable[[float], None] = lambda share: None,
) -> dict[str, list[Path]]:
    """What each course does under each response; a path a course, in their order.

    Courses that are drawn several times are gone on with once. tell : is told the share that is
    done, 0 to 1.
    """
    once = {id(one): one for one in courses}
    jobs = [(name, key) for name in responses for key in once]
    found: dict[tuple[str, int], Path] = {}

    def one(job: tuple[str, int]) -> Path:
        name, key = job
        begun = once[key].begun
        assert begun is not None  # `picked` takes those with a state only
        return path_of_run(begun.branch(settled(affair, begun, responses[name])), affair.step)

    with ThreadPoolExecutor(runs_at_a_time(affair.config)) as pool:
        for job, path in zip(jobs, pool.map(one, jobs), strict=True):
            found[job] = path
            tell(len(found) / len(jobs))
    return {name: [found[name, id(course)] for course in courses] for name in responses}


def path_of_run(run: Run, step: int) -> Path:
    """What a run does in the hours after a step."""
    per_hour = round(1 / run.clock.dt_h)
    end = step + HOURS * per_hour
    posts = np.zeros(run.clock.n_steps)
    for kind, share in run.weights.items():
        posts += 1000.0 * share / run.n_people[kind] * run.series[f"posts_{kind}"].astype(float)
    listed = [entry.step for entry in run.log if entry.kind == "list_entry"]
    topics, _ = np.histogram(listed, bins=np.arange(step, end + 1, per_hour))
    recent = np.convolve(posts[:step], np.ones(3 * per_hour), mode="valid")

    def at_ends(name: str) -> _F:
        found: _F = run.series[name][step:end].astype(np.float64)[per_hour - 1 :: per_hour]
        return found

    return Path(
        posts[step:end].reshape(-1, per_hour).sum(axis=1), at_ends("list_heat"),
        at_ends("outrage_core"), at_ends("trust_core"), topics.astype(np.float64),
        float(recent.max()) if recent.size else 0.0, _wave(run, posts, step),
    )  # fmt: skip


def _wave(run: Run, posts: _F, step: int) -> float:
    """Hours from a step until a second wave of talk is there."""
    clock, per_hour = run.clock, round(1 / run.clock.dt_h)
    zero = clock.step_of(datetime.fromisoformat(str(run.asked["case"]["clock_start"])))
    past = (step - zero) // per_hour
    hourly = posts[step - past * per_hour : step + HOURS * per_hour].reshape(-1, per_hour)
    return first_wave(hourly.sum(axis=1), rhythm(clock, step, past, HOURS), past)


@dataclass(frozen=True)
class Outlook:
    """What worlds say of one response, quantity by quantity and hour by hour."""

    totals: Mapping[tuple[str, int], _F]  #: (quantity, hours ahead) -> a number a world
    hourly: Mapping[str, _F]  #: quantity -> float64[worlds, HOURS], in the unit of what was counted
    events: Mapping[tuple[str, int], npt.NDArray[np.bool_]]  #: (statement, hours ahead) -> worlds


#: Percentiles of bands.
LEVELS = {"low90": 5, "low50": 25, "median": 50, "high50": 75, "high90": 95}
#: Quantities of an outlook. mentions is only there where mentions were counted, heat and topics
#: where the platform of the affair shows a list.
QUANTITIES = ("mentions", "heat", "topics", "outrage", "trust")
#: Statements that a person understands; new_topic and listed only where there is a list.
STATEMENTS = ("second_wave", "new_topic", "listed", "over", "more_outrage")
#: Those that pages show, with the hours ahead of which they speak.
SHOWN = (("second_wave", 24), ("second_wave", 72), ("new_topic", 24), ("over", 72))


def outlook(affair: Affair, courses: Sequence[Course], paths: Sequence[Path]) -> Outlook:
    """Worlds with what is not known of the counts put on them: parameters, seeds, observation."""
    rng = np.random.default_rng((affair.config.seed, affair.step, 7))
    counted = affair.seen.kind == "mentions"
    n = len(paths)
    # how far the scale itself is known, from as many counts as there are
    known = NOISE["mentions"] / np.sqrt(says(hours_of(affair)).sum())
    scales = np.exp([one.log_scale for one in courses] + known * rng.standard_normal(n))
    noise = NOISE["mentions"] * rng.standard_normal((n, HOURS)) - NOISE["mentions"] ** 2 / 2
    # where a world is off, it is off in all hours
    off = SPREAD[affair.seen.kind] * rng.standard_normal((n, 1))
    posts = np.array([path.posts for path in paths])
    heat = np.array([path.heat for path in paths])
    hourly = {
        "heat": np.where(heat > 0, np.maximum((LISTED + heat) * np.exp(off) - LISTED, 1.0), 0.0),
        "outrage": np.array([path.outrage for path in paths]),
        "trust": np.array([path.trust for path in paths]),
    }
    if counted:
        # the scale is that of sums, so noise has a mean of one
        hourly["mentions"] = posts * scales[:, None] * np.exp(off + noise)
    topics = np.array([path.topics for path in paths])
    totals: dict[tuple[str, int], _F] = {}
    events: dict[tuple[str, int], npt.NDArray[np.bool_]] = {}
    before = np.array([path.before for path in paths])
    wave_h = np.array([path.wave_h for path in paths])
    in_three = np.array([np.convolve(row, np.ones(3), mode="valid") for row in posts])
    now_outrage = hourly["outrage"][:, 0]
    for hours in AHEAD_H:
        if affair.case.hot_list:
            totals["heat", hours] = hourly["heat"][:, :hours].mean(axis=1)
            totals["topics", hours] = topics[:, :hours].sum(axis=1)
            events["new_topic", hours] = np.greater(totals["topics", hours], 0)
            events["listed", hours] = np.any(hourly["heat"][:, :hours] > 0, axis=1)
        totals["outrage", hours] = hourly["outrage"][:, :hours].mean(axis=1)
        totals["trust", hours] = hourly["trust"][:, hours - 1]
        if counted:
            totals["mentions", hours] = hourly["mentions"][:, :hours].sum(axis=1)
        events["second_wave", hours] = np.less_equal(wave_h, hours)
        events["over", hours] = np.less(in_three[:, hours - 3], 0.1 * before)
        events["more_outrage", hours] = np.greater(hourly["outrage"][:, hours - 1], now_outrage)
    return Outlook(totals, hourly, events)


def bands(values: _F) -> dict[str, float]:
    """Median and the bands of 50 and 90 %."""
    return {name: float(np.percentile(values, at)) for name, at in LEVELS.items()}
