"""A sweep from its words to its last run: what the command line and Python both ask for."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.reading.compare import cube, leading
from experiments.reading.frames import frame_of
from experiments.sweeps.plan import LEADERS, Plan, confirm, plan_of
from experiments.sweeps.points import points_of
from experiments.sweeps.reference import with_reference
from experiments.sweeps.study_words import study_of
from experiments.sweeps.sweep import Status, sweep


def swept(
    words: Sequence[str],
    said: Sequence[str],
    reference: str | None = None,
    hydra_words: Sequence[str] = (),
    retry_failed: bool = False,
    replace: bool = False,
) -> tuple[Plan, Status]:
    """The plan of a sweep, and what the store holds of it after all that was missing has been run.

    words : axes and settings, without those of the command itself. said : the words that repeat it.
    A study that confirms its leaders is run again with these in fresh worlds. Raises ConfigError
    before any work.
    """
    study, plain = study_of(words)
    study = with_reference(study, plain, reference)
    plan = plan_of(study, said, points_of(study, plain))
    seen = sweep(plan, hydra_words, retry_failed, replace=replace)
    if study.n_confirm and not seen.n_missing and not seen.failed:
        plan = _with_confirmation(plan)
        seen = sweep(plan, hydra_words, retry_failed)
    return plan, seen


def _with_confirmation(plan: Plan) -> Plan:
    """The plan with its leading cells once more, in fresh worlds: who ranks by luck falls back."""
    study = plan.study
    return confirm(plan, leading(study, cube(frame_of(plan), study.outcomes[0]), LEADERS))
