"""A sweep from its words to its last run: what the command line and Python both ask for."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from experiments.reading.analysis import analyse
from experiments.reading.compare import leading
from experiments.reading.shapley import is_game
from experiments.reading.so_far import Looks, judged, wanted_parts, wide
from experiments.reading.sobol import is_sobol
from experiments.sweeps.manifest import clear_derived
from experiments.sweeps.plan import LEADERS, Part, Plan, confirm, plan_of
from experiments.sweeps.points import points_of
from experiments.sweeps.reference import with_reference
from experiments.sweeps.stop_rule import refuse_no_room, refuse_rule
from experiments.sweeps.study_words import study_of
from experiments.sweeps.sweep import How, Status, sweep


def swept(
    words: Sequence[str],
    said: Sequence[str],
    reference: str | None = None,
    hydra_words: Sequence[str] = (),
    retry_failed: bool = False,
    replace: bool = False,
    shards: int | None = None,
) -> tuple[Plan, Status]:
    """The plan of a sweep, and what the store holds of it after all that was missing has been run.

    words : axes and settings, without those of the command itself. said : the words that repeat it.
    shards : jobs that it is divided among; None: as many as fit.
    A study that confirms its leaders is run again with these in fresh worlds. Raises ConfigError
    before any work.
    """
    study, plain = study_of(words)
    study = with_reference(study, plain, reference)
    refuse_rule(study, not (is_sobol(study) or is_game(study)))
    points = points_of(study, plain)
    refuse_no_room(study, points)
    plan = plan_of(study, said, points)
    worked = _work_noted(plan)
    seen = _block_by_block(plan, hydra_words, retry_failed, replace, shards)
    if study.n_confirm and not seen.n_missing and not seen.failed:
        plan = _with_confirmation(plan)
        how = How(shards, f"{plan.study.name}, fresh worlds:")
        seen = sweep(plan, hydra_words, retry_failed, parts=asked_for(plan), how=how)
    if _work_noted(plan) != worked and (gone := clear_derived(plan.folder)):
        print(
            f"{plan.study.name}: made while it ran, of fewer worlds, and removed: "
            f"{', '.join(gone)}",
            file=sys.stderr,
        )
    return plan, seen


def _work_noted(plan: Plan) -> int:
    """How much the jobs of a study have noted: it grows when something was run."""
    notes = plan.folder / "jobs.jsonl"
    return notes.stat().st_size if notes.exists() else 0


def asked_for(plan: Plan) -> list[Part]:
    """The parts that a plan asks for as things stand: of one that stops, no block too many."""
    if plan.study.stop is None:
        return list(plan.parts)
    looks = Looks(plan)
    return wanted_parts(plan, looks.course(plan.parts))


def _block_by_block(
    plan: Plan, hydra_words: Sequence[str], retry_failed: bool, replace: bool, shards: int | None
) -> Status:
    """Run a plan: all of it, or one block of worlds after another until its rule is met.

    A block with a failed run is not looked at: who mends it, or takes the run out, decides.
    """
    if plan.study.stop is None:
        return sweep(plan, hydra_words, retry_failed, replace, how=How(shards))
    looks = Looks(plan)
    parts: list[Part] = []
    seen: Status | None = None
    while True:
        course = looks.course(parts or plan.parts)
        wanted = wanted_parts(plan, course)
        if seen and {part.digest for part in wanted} == {part.digest for part in parts}:
            return seen
        parts = wanted
        label = f"{plan.study.name}, {judged(course)[0]}, widest {wide(plan, course)[0]}:"
        label = label if max(course.worlds) else ""
        seen = sweep(plan, hydra_words, retry_failed, replace, parts, How(shards, label))
        if seen.n_missing or seen.failed:
            return seen
        replace = False


def _with_confirmation(plan: Plan) -> Plan:
    """The plan with its leading cells once more, in fresh worlds: who ranks by luck falls back."""
    study = plan.study
    means = analyse(plan).means[study.outcomes[0]].to_numpy(float)
    return confirm(plan, leading(study, means, LEADERS))
