"""Jobs of a queue: handed to submitit, waited for by what queue and signs of life say.

Hydra reads what its launcher is told. Waiting is ours: its launcher gives up at the first dead job,
and without accounting waits for ever for one that left no result.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from experiments.sweeps.beats import Sending
from experiments.sweeps.crew import Crew, JobSeen
from experiments.sweeps.jobs import job
from experiments.sweeps.launching import composed_launcher
from experiments.sweeps.queues import ids_told, remedy
from experiments.sweeps.verdicts import DEAD, NEVER, QUEUED
from sim.base.refusal import ConfigError

LOOK_S = (2.0, 30.0)  #: between two looks into a queue: at first, and when it takes long

#: Settings that submitit knows under one name for every kind of queue.
SHARED = (
    "timeout_min", "cpus_per_task", "gpus_per_node", "tasks_per_node", "mem_gb", "nodes", "name",
    "stderr_to_stdout",
)  # fmt: skip


class Shard:
    """A job as submitit takes it: where its plan lies, and which part of the work is its own."""

    def __call__(self, folder: str, todo: str, shard: int) -> dict[str, Any]:
        """Run it; what it took."""
        return job(SimpleNamespace(folder=folder, todo=todo, shard=shard))

    def checkpoint(self, *given: Any) -> Any:
        """The same again, for a queue that may put it out and take it up: the store knows."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, *given)


def submit(folder: Path, todo: str, words: Sequence[str], sending: Sending) -> None:
    """Hand the jobs of a list of work to the queue, and note their numbers and logs.

    Raises ConfigError with what the queue says if it takes none of them.
    """
    kind, settings = composed_launcher(folder, todo, words)
    kind = kind.removeprefix("submitit_")
    n = len(sending.sent.runs)
    try:
        jobs = _executor(kind, settings).map_array(Shard(), [str(folder)] * n, [todo] * n, range(n))
    except Exception as problem:  # submitit has a class of its own for each
        reason = " ".join(str(problem).split())[-300:] or type(problem).__name__
        raise ConfigError(
            "hydra/launcher", f"submitit_{kind}", f"the queue took no job: {reason}",
            "what the queue gives (docs/howto/slurm.md)",
            remedy(reason, str(settings.get("partition") or "")),
        ) from None  # fmt: skip
    sending.say(
        ids=tuple(str(one.job_id) for one in jobs),
        logs=tuple(str(one.paths.stderr) for one in jobs),
    )


def _executor(kind: str, settings: dict[str, Any]) -> Any:
    """submitit's executor, told what Hydra's launcher was told."""
    import submitit

    own = dict(settings)
    limit = {f"{kind}_max_num_timeout": own.pop("max_num_timeout", 0)}
    executor = submitit.AutoExecutor(folder=own.pop("submitit_folder"), cluster=kind, **limit)
    executor.update_parameters(
        **{key if key in SHARED else f"{kind}_{key}": value for key, value in own.items()}
    )
    return executor


def wait_for(crew: Crew, beat: Callable[[], None], partition: str) -> None:
    """Until no job of the crew waits or works: what is dead leaves the others whole.

    beat : the sweep's own sign of life. What can never begin is taken out of the queue, with all
    that asks for the same, and it is said what to type.
    """
    began, given_up = time.monotonic(), False
    while True:
        beat()
        jobs = crew.look()
        if not given_up and any(one.verdict.state == NEVER for one in jobs):
            given_up = True
            _give_up(crew, jobs, partition)
        waiting = [one for one in jobs if one.lives]
        if given_up:  # those that wait were taken out, whatever the queue says of them now
            waiting = [one for one in waiting if one.verdict.state != QUEUED]
        if not waiting:
            return
        pause = min(LOOK_S[1], max(LOOK_S[0], (time.monotonic() - began) / 20, len(jobs) / 100))
        _sleep(pause, beat)


def _sleep(seconds: float, beat: Callable[[], None]) -> None:
    """Sleep in pieces: signs of life go on, and Ctrl-C is heard."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(1.0, left))
        beat()


def _give_up(crew: Crew, jobs: Sequence[JobSeen], partition: str) -> None:
    """Take out of the queue what can never begin, and say what to type instead."""
    lost = [one for one in jobs if one.verdict.state in (NEVER, QUEUED)]
    reason = next(one.verdict.why for one in jobs if one.verdict.state == NEVER)
    crew.cancel(lost)
    n = "1 job" if len(lost) == 1 else f"{len(lost)} jobs"
    print(
        f"\n{n} can never begin with what is asked for (the queue says: {reason}), and left the "
        f"queue\n  try:     {remedy(reason, partition)}",
        file=sys.stderr,
    )


def say_dead(jobs: Sequence[JobSeen], study: str) -> None:
    """Which jobs ended before their work was done, why, and where to read more."""
    dead = [one for one in jobs if one.verdict.state == DEAD]
    if not dead:
        return
    n = "1 job" if len(dead) == 1 else f"{len(dead)} jobs"
    which = "; ".join(f"{one.name}: {one.verdict.why}" for one in dead[:3])
    more = f"; and {len(dead) - 3} more" if len(dead) > 3 else ""
    print(
        f"\n{n} ended early ({which}{more}); what is finished is kept. "
        f"`backlash logs {study}` shows what they wrote",
        file=sys.stderr,
    )


def offer_to_cancel(crew: Crew, study: str, ask: Callable[[str], str] | None) -> None:
    """Say what is queued when a sweep is interrupted, and end it if that is wanted.

    ask : how to ask; None where nobody can answer.
    """
    live = [one for one in crew.look() if one.lives and one.sent.ids]
    if not live:
        return
    running = sum(one.verdict.state != QUEUED for one in live)
    ids = ids_told([one.name for one in live])
    print(f"\n{running} running, {len(live) - running} queued: jobs {ids}", file=sys.stderr)
    answer = ""
    if ask is not None:
        try:
            answer = ask("cancel them? [y/N] ")
        except (KeyboardInterrupt, EOFError):
            answer = ""
    if answer.strip().lower() in ("y", "yes", "j", "是"):
        crew.cancel(live)
        print("cancelled; what is finished is kept", file=sys.stderr)
        return
    end = f"scancel {ids}" if live[0].sent.launcher == "submitit_slurm" else f"kill -INT {ids}"
    print(
        f"they go on by themselves: `backlash status {study}` says what they do, `{end}` ends "
        "them; the same sweep again waits for them and runs only the rest",
        file=sys.stderr,
    )
