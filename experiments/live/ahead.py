"""What comes next in the worlds that agree, under each response from now on.

Hours of a candidate count from the moment of the forecast: an apology with delay_h: 2 comes in two
hours. One that waits for a state waits from the moment on; in worlds where the state has come
before, its hours count from the moment. All candidates go on from the same states with the same
draws, so that differences between them are theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.live.affair import AHEAD_H, Affair
from experiments.live.agreeing import LISTED, NOISE, SPREAD, Course, hours_of, says
from experiments.live.waves import first_wave, rhythm
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError, place
from sim.branches import Begun, came_at
from sim.playbook.act import Act, Trigger
from sim.playbook.kinds import KINDS
from sim.playbook.names import kind_of
from sim.playbook.response import Response
from sim.progress import runs_at_a_time
from sim.record import Run
from sim.settings.composition import compose, word_of
from sim.state.rows import TRIGGERS

_F = npt.NDArray[np.float64]

USUAL = ("none", "apology_only", "reform_and_fan_panel", "deny")
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


def candidate_of(name: str, affair: Affair) -> Response:
    """A response from now on, as it is named: an option of conf/response or a YAML file.

    Raises ConfigError for what there is not.
    """
    file = place("response", name)
    words = [f"case={affair.name}"] if not file.is_file() else []
    if file.suffix in (".yaml", ".yml"):
        if not file.is_file():
            raise ConfigError(
                "response", name, "no such file", ", ".join(_options()), "response=none"
            )
        words = [word_of(f"response.{key}", value) for key, value in _flat(read_yaml(file))]
        asked = compose(["response=none", *words]).response
        asked = replace(asked, name=str(read_yaml(file).get("name", file.stem)))
    elif name not in _options():
        raise ConfigError(
            "response", name, "no such response", ", ".join(_options()) + ", or a YAML file",
            "response=none",
        )  # fmt: skip
    else:
        asked = compose([f"response={name}"]).response
    return joined(affair, asked, 0.0)


def _options() -> list[str]:
    """Responses by name, but for those that say what was done."""
    files = (conf_dir() / "response").glob("*.yaml")
    return sorted(file.stem for file in files if file.stem != "as_happened")


def _flat(values: Mapping[str, Any], path: str = "") -> list[tuple[str, Any]]:
    """Settings by dotted key."""
    found = []
    for key, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{path}{key}.")
        elif key != "name":
            found.append((f"{path}{key}", value))
    return found


def joined(affair: Affair, asked: Response, wait_h: float) -> Response:
    """What was done, and what is asked from now on and `wait_h` later, as one response.

    Raises ConfigError where the two contradict each other.
    """
    past, later = affair.config.response, affair.now_h + wait_h
    by_kind: dict[str, Any] = {}
    own = {name: dict(given) for name, given in past.acts.items()}
    for name, act in asked.playbook.items():
        if act.delay_h is None:
            continue
        waits = act.waits_for[0] is not Trigger.screenshot
        moved = act if waits else replace(act, delay_h=float(act.delay_h) + later)
        free = name in KINDS and getattr(past, name).delay_h is None
        if free:
            by_kind[name] = moved
        else:
            own[_own_name(name, own, past.acts)] = _written(moved)
    channel = asked.channel if by_kind or len(own) > len(past.acts) else past.channel
    try:
        changes: dict[str, Any] = {"name": asked.name, "channel": channel, "acts": own}
        return replace(past, **changes, **by_kind)
    except ConfigError as refusal:
        raise ConfigError(
            "response", asked.name, f"after what was done so far: {refusal.reason}",
            "responses that do not contradict what was said", "response=none",
        ) from None  # fmt: skip


def _own_name(name: str, taken: Mapping[str, Any], past: Mapping[str, Any]) -> str:
    """A name for another act of a kind. Acts are in the order of their names, and what was done
    keeps its place: new names come behind."""
    letters = name.replace("now_", "")
    found = f"now_{letters}"
    while found in taken or any(found < other for other in past):
        found = f"z_{found}"
    return found[:40]


def _written(act: Act) -> dict[str, Any]:
    """An act as a file has it."""
    values = {item.name: getattr(act, item.name) for item in fields(act)}
    plain = {k: v.value if isinstance(v, Enum) else v for k, v in values.items()}
    return {"kind": kind_of(act), **plain}


def candidates_of(
    names: Sequence[str], affair: Affair
) -> tuple[dict[str, Response], list[tuple[str, str]]]:
    """Candidates by name, and those that are left out with the reason; the usual ones if unnamed.

    Of the usual ones those are left out that contradict what was said.
    """
    found: dict[str, Response] = {}
    notes: list[tuple[str, str]] = []
    for name in names or USUAL:
        try:
            response = candidate_of(name, affair)
        except ConfigError as refusal:
            if names:
                raise
            notes.append((name, refusal.reason))
            continue
        label = response.name if names else name
        if label in found:
            raise ConfigError(
                "response", name, f"another response is called {label}", "names of their own",
                "another name: in one of the files",
            )  # fmt: skip
        found[label] = response
    if "none" not in found:
        found = {"none": candidate_of("none", affair), **found}
    return found, notes


def later(affair: Affair, response: Response, wait_h: float) -> Response:
    """A candidate, begun some hours later: acts that lie after the moment, moved."""

    def moved(act: Act) -> Act:
        waits = act.waits_for[0] is not Trigger.screenshot
        if act.delay_h is None or waits or act.delay_h < affair.now_h - 1e-6:
            return act
        return replace(act, delay_h=float(act.delay_h) + wait_h)

    acts = {}
    for name, given in response.acts.items():
        new = (
            float(given["delay_h"]) >= affair.now_h - 1e-6
            and name not in affair.config.response.acts
            and given.get("trigger", "screenshot") == "screenshot"
        )
        acts[name] = {**given, "delay_h": float(given["delay_h"]) + wait_h * new}
    past = affair.config.response
    kinds: dict[str, Any] = {
        name: moved(getattr(response, name))
        for name in KINDS
        if getattr(past, name).delay_h is None
    }
    return replace(response, acts=acts, **kinds)


def waits(affair: Affair, response: Response) -> bool:
    """Whether an act of a candidate waits for a state: then it is not begun later, it waits."""
    return any(_waiting(affair, response))


def _waiting(affair: Affair, response: Response) -> list[str]:
    """Acts of a candidate that wait for a state, and were not waited for before."""
    past = affair.config.response
    return [
        name for name, act in response.playbook.items()
        if act.delay_h is not None and act.waits_for[0] is not Trigger.screenshot
        and name not in past.acts and (name not in KINDS or getattr(past, name).delay_h is None)
    ]  # fmt: skip


def settled(affair: Affair, begun: Begun, response: Response) -> Response:
    """A candidate in one course: acts whose state has come there count their hours from now.

    Raises ConfigError where the course has not kept whether the state has come.
    """
    own: dict[str, Any] = {name: dict(given) for name, given in response.acts.items()}
    kinds: dict[str, Any] = {}
    for name in _waiting(affair, response):
        act: Any = response.playbook[name]
        trigger, threshold = act.waits_for
        came = came_at(begun.simulation, TRIGGERS[trigger], threshold)
        if came is None:
            raise ConfigError(
                "response", response.name,
                f"its {name} waits for {trigger.value}, and worlds do not keep whether that has "
                "been so before", "detection, list_entry, declared, or hours from now",
                f"{name}: {{delay_h: 2}} without a trigger",
            )  # fmt: skip
        if came < 0:
            continue
        from_now = replace(
            act, trigger=Trigger.screenshot, threshold=type(act)().threshold,
            delay_h=affair.now_h + float(act.delay_h),
        )  # fmt: skip
        if name in own:
            own[name] = _written(from_now)
        else:
            kinds[name] = from_now
    return replace(response, acts=own, **kinds)


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
