"""What of a study is there and can be compared: whole blocks of worlds, the same in all cells.

A sweep that stops gives its cells different numbers of worlds: how many follows from the outcomes
alone (`racing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.pictures.words import counted, number, unit_name
from experiments.reading.frames import frame_of
from experiments.reading.intervals import FEWEST_PAIRS, TooFewRuns
from experiments.reading.racing import Course, cells_of, race
from experiments.sweeps.blocks import n_runs, placed, within
from experiments.sweeps.design import Point
from experiments.sweeps.plan import Part, Plan
from experiments.sweeps.reference import Told
from experiments.sweeps.running import BLOCK
from experiments.sweeps.sweep import status_of
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SoFar:
    """What of a plan is there."""

    asked: Plan
    plan: Plan  #: whole blocks alone; what is beside the main design where all of that is there
    frame: pd.DataFrame  #: its runs
    course: Course

    @property
    def most(self) -> int:
        """Worlds that a cell of the main design may get."""
        return most_worlds(self.asked)

    @property
    def finished(self) -> bool:
        """Whether nothing is missing that the study asks for."""
        wanted = {part.digest for part in wanted_parts(self.asked, self.course)}
        return wanted == {part.digest for part in self.plan.parts}


def most_worlds(plan: Plan) -> int:
    """Worlds of a cell of the main design."""
    return next(point.config.n_replicates for point in plan.points if point.block == "main")


def wanted_parts(plan: Plan, course: Course) -> list[Part]:
    """The parts that are asked for as things stand: all, or those up to the next look.

    What is beside the main design comes when that is settled.
    """
    if plan.study.stop is None:
        return list(plan.parts)
    most = most_worlds(plan)
    worlds = list(course.worlds)
    for cell in course.open:
        worlds[cell] = min(max(course.worlds) + BLOCK, most)
    return within(plan, worlds, aside=not course.open)


@dataclass
class Looks:
    """The judged outcome of the runs of a plan, read once as they come."""

    plan: Plan
    known: dict[str, float] = field(default_factory=dict)  #: run -> outcome
    read: set[str] = field(default_factory=set)  #: parts of which all runs are known

    @property
    def outcome(self) -> str:
        """What is judged: what the rule says, or what the cells are ranked by."""
        study = self.plan.study
        return study.stop.outcome if study.stop else study.outcomes[0]

    def course(self, parts: Sequence[Part]) -> Course:
        """How far the study has come, by what of these parts is stored."""
        new = [part for part in parts if part.digest not in self.read]
        store = self.plan.store
        for path, names in store.places((part.digest, part.names) for part in new).items():
            table = store.outcomes(path)
            rows = table.filter(pc.is_in(table["run"], pa.array(names)))
            found = zip(rows["run"].to_pylist(), rows[self.outcome].to_pylist(), strict=True)
            self.known.update((name, np.nan if v is None else float(v)) for name, v in found)
        self.read.update(part.digest for part in new if self.known.keys() >= set(part.names))
        return _course(self.plan, self.outcome, self.known)


def _course(plan: Plan, outcome: str, known: Mapping[str, float]) -> Course:
    """How far the main design has come. known : the judged outcome by run."""
    study, most = plan.study, most_worlds(plan)
    seeds = next(p.config.uncertainty.n_seeds for p in plan.points if p.block == "main")
    values = np.full((len(study.cells), most * seeds), np.nan)
    there = np.zeros(values.shape, bool)
    for part, first in placed(plan):
        point = plan.points[part.point]
        for k, name in enumerate(part.names if point.block == "main" else ()):
            if name in known:
                values[point.cell, first + k], there[point.cell, first + k] = known[name], True
    by_world = values.reshape(len(values), most, seeds).mean(axis=2)
    whole = np.asarray(there.reshape(len(values), most, seeds).all(axis=2))
    n_there = [most if whole[c].all() else int(whole[c].argmin()) for c in range(len(whole))]
    if study.stop is not None:
        sign = {"lower": -1.0, "higher": 1.0, "none": np.nan}[BY_NAME[outcome].better]
        cells = cells_of(study.references, study.groups, sign, study.has_levers)
        return race(study.stop, cells, by_world, n_there, most)
    n = min(n_there)
    n = n if n == most else n // BLOCK * BLOCK
    every = list(range(len(values)))
    return Course([n] * len(values), [] if n == most else every, every, _widest(plan, by_world, n))


def _widest(plan: Plan, by_world: _F, n: int) -> float:
    """Half-width of the widest 95 % interval against the reference of n worlds, as tables have it.

    NaN of too few.
    """
    from experiments.reading.compare import contrasts

    study = plan.study
    if n < FEWEST_PAIRS:
        return float("nan")
    try:
        found = contrasts(by_world[:, :n, None], study.references, study.outcomes[0])
    except TooFewRuns:
        return float("nan")
    return max((c.high - c.low) / 2 for c in found)


def so_far(plan: Plan) -> SoFar:
    """What of a plan can be compared. Raises ConfigError, with the command to go on, for nothing.

    A failed run leaves its block out, and those after it. A study of fewer worlds than a block is
    there when all of it is.
    """
    frame = frame_of(plan)
    looks = Looks(plan)
    looks.known = dict(zip(frame["run"], frame[looks.outcome].astype(float), strict=True))
    course = _course(plan, looks.outcome, looks.known)
    if not max(course.worlds):
        raise _nothing(plan)
    aside = {k for k, point in enumerate(plan.points) if point.block != "main"}
    there = set(frame["run"])
    blocks = {plan.points[k].block for k in aside}
    for part in plan.parts:  # rival structures and fresh worlds are there as a whole, or are not
        if part.point in aside and not there.issuperset(part.names):
            blocks.discard(plan.points[part.point].block)
    return SoFar(plan, *_cut(plan, frame, course, blocks), course)


def _cut(
    plan: Plan, frame: pd.DataFrame, course: Course, blocks: set[str]
) -> tuple[Plan, pd.DataFrame]:
    """The plan and its runs of so many worlds a cell, and of these blocks beside the main one.

    frame : a row a run of all that is stored. course : how many worlds of each cell count. blocks :
    rivals and fresh worlds that are whole; what is left out is in neither, as if it had never been
    asked for.
    """
    study = plan.study
    points: list[Point] = []
    number_of: dict[int, int] = {}
    for k, point in enumerate(plan.points):
        if point.block == "main":
            config = replace(point.config, n_replicates=course.worlds[point.cell])
            point = replace(point, config=config)
        elif point.block not in blocks:
            continue
        number_of[k] = len(points)
        points.append(point)
    parts = tuple(
        replace(part, point=number_of[part.point])
        for part in within(plan, course.worlds)
        if part.point in number_of
    )
    rivals = {name: words for name, words in study.rivals.items() if name in blocks}
    if rivals != study.rivals:
        study = replace(study, rivals=rivals, n_rival=study.n_rival if rivals else 0)
    main = next(point.config for point in points if point.block == "main")
    world = frame["world"] - main.uncertainty.first
    worlds = np.array(course.worlds)[frame["cell"].to_numpy(int)]
    kept = np.where(frame["block"] == "main", world < worlds, frame["block"].isin(blocks))
    whole = replace(plan, study=study, points=tuple(points), parts=parts)
    return whole, frame[kept].reset_index(drop=True)


def _nothing(plan: Plan) -> ConfigError:
    """The refusal of a study of which no block is whole."""
    seen = status_of(plan)
    more = "" if seen.n_missing else " --retry-failed"
    n = min(BLOCK, most_worlds(plan))
    return ConfigError(
        "study", plan.study.name,
        f"{seen.n_missing} runs are missing and {len(seen.failed)} failed, and no {n} worlds are "
        "there in every cell",
        "a sweep of which a block of worlds is there", plan.command + more,
    )  # fmt: skip


# --- in words -------------------------------------------------------------------------------------


def how_far(s: SoFar) -> list[Told]:
    """What a reader has to know of a study that is under way, or that stopped; else nothing."""
    if s.asked.study.stop is not None:
        return [_stopped(s)] if not s.course.open else [_under_way(s)]
    return [] if s.finished else [_under_way(s)]


def judged(course: Course) -> Told:
    """The numbers of worlds of a study's cells."""
    low, high = min(course.worlds), max(course.worlds)
    if low == high:
        return counted(high, "world"), f"{high}个世界"
    return f"{low} to {high} worlds", f"{low}至{high}个世界"


def wide(plan: Plan, course: Course) -> Told:
    """The half-width of the widest interval against the reference, with its unit."""
    outcome = BY_NAME[plan.study.stop.outcome if plan.study.stop else plan.study.outcomes[0]]
    if not np.isfinite(course.widest):
        return "no interval yet", "尚无区间"
    half = number(course.widest)
    return f"±{half} {outcome.unit}", f"±{half}{unit_name(outcome.unit, 'zh')}"


def _under_way(s: SoFar) -> Told:
    """That a sweep goes on: of how many worlds what follows is, and how wide its intervals are."""
    (n, n_zh), (half, half_zh) = judged(s.course), wide(s.plan, s.course)
    looks = (
        ("", "") if s.asked.study.stop is not None
        else (" They hold for one look: who stops when they please should sweep with precision=.",
              "这些区间只对一次查看成立：若看到满意即停，请用 precision=。")
    )  # fmt: skip
    main = n if all(k == s.most for k in s.course.worlds) else f"{n} of at most {s.most}"
    main_zh = n_zh if all(k == s.most for k in s.course.worlds) else f"{n_zh}（至多{s.most}个）"
    rest = len(s.asked.points) - len(s.plan.points)
    left = ", without rival structures or fresh worlds" if rest else ""
    left_zh = "，不含对立结构或新世界" if rest else ""
    return (
        f"Not finished: what follows is of {main}{left}; the widest 95 % interval against the "
        f"reference is {half}.{looks[0]}",
        f"尚未完成：以下基于{main_zh}{left_zh}；与参照之差的最宽95%区间为{half_zh}。{looks[1]}",
    )


def _stopped(s: SoFar) -> Told:
    """Why a sweep stopped, what it saved, and what its intervals mean."""
    stop = s.asked.study.stop
    assert stop is not None
    outcome = BY_NAME[stop.outcome]
    main = [p for p in s.plan.parts if s.plan.points[p.point].block == "main"]
    whole = [p for p in s.asked.parts if s.asked.points[p.point].block == "main"]
    (n, n_zh), used, of = judged(s.course), n_runs(main), n_runs(whole)
    why, why_zh = _why(s)
    return (
        f"Stopped after {n} a cell (at most {s.most}), {used:,} of {of:,} runs of the main design: "
        f"{why}. Intervals against the reference hold at every look (confidence sequences, 95 %); "
        f"those of orders, regret and fresh worlds are of the {min(s.course.worlds)} worlds that "
        "all cells share and of one look.",
        f"每格{n_zh}后停止（至多{s.most}个），主设计{of:,}次运行中用了{used:,}次：{why_zh}。"
        f"与参照之差的区间在任何一次查看时都成立（置信序列，95%）；次序、遗憾与新世界的区间基于各格共有的"
        f"{min(s.course.worlds)}个世界，只对一次查看成立。（判据：{outcome.zh}）",
    )


def _why(s: SoFar) -> Told:
    """Which rule was met, or that the worlds were used up before it was."""
    stop, course = s.asked.study.stop, s.course
    assert stop is not None
    outcome = BY_NAME[stop.outcome]
    unit = unit_name(outcome.unit, "zh")
    if stop.half_width is not None:
        half, half_zh = wide(s.plan, course)
        met = course.widest <= stop.half_width
        asked = number(stop.half_width)
        if met:
            return (
                f"every interval of {outcome.en} is {half} or narrower (asked: ±{asked})",
                f"{outcome.zh}的各区间均不宽于{half_zh}（要求±{asked}）",
            )
        return (
            f"the worlds are used up, and the widest interval of {outcome.en} is {half} (asked: "
            f"±{asked})",
            f"世界数已用尽，{outcome.zh}的最宽区间为{half_zh}（要求±{asked}）",
        )
    asked, left = number(stop.decided or 0.0), len(course.alive)
    out = len(s.asked.study.cells) - left
    if course.margin <= (stop.decided or 0.0):
        return (
            f"no answer can be better than the best one in {outcome.en} by more than {asked} "
            f"{outcome.unit}; {out} cells were put out as worse, {left} are left",
            f"没有应对的{outcome.zh}优于最优者超过{asked}{unit}；{out}格因较差而淘汰，余{left}格",
        )
    return (
        f"the worlds are used up; another answer may be better than the best one by up to "
        f"{number(course.margin)} {outcome.unit} (asked: {asked}); {out} cells were put out as "
        f"worse, {left} are left",
        f"世界数已用尽；另一应对至多可能优于最优者{number(course.margin)}{unit}（要求{asked}）；"
        f"{out}格因较差而淘汰，余{left}格",
    )
