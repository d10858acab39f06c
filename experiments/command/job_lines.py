"""Jobs of a sweep in lines: `backlash status` and `backlash logs`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import study_folder, taken

if TYPE_CHECKING:
    from experiments.sweeps.crew import JobSeen
    from experiments.sweeps.sweep import Plan, Status

LINES = 40  #: of what a job printed that are shown: the end says why


def job_lines(jobs: Sequence[JobSeen], seen: Status, hosts: bool) -> list[str]:
    """How many jobs run, wait and are dead, how fast they are, and how long it takes.

    hosts : also a line a job, with where it is.
    """
    from experiments.sweeps.crew import counts, rate, tried_again
    from experiments.sweeps.verdicts import DEAD

    if not jobs:
        return []
    n = counts(jobs)
    known = ("running", "queued", "dead", "never")
    lines = [
        f"  jobs     {', '.join(f'{n[state]} {state}' for state in known[: 3 + bool(n['never'])])}"
    ]
    if again := tried_again(jobs):
        lines.append(f"  begun again after they were lost: {again}")
    if (speed := rate(jobs)) > 0:
        tried = sum(job.beat.done for job in jobs if job.lives and job.beat is not None)
        left = max(0, seen.n_missing) / speed
        lines.append(f"  rate     {speed:.3g} runs/s, {left:.0f} s left; {tried} runs tried by now")
    shown = [job for job in jobs if hosts or job.verdict.state == DEAD or job.verdict.why]
    lines += [_line(job) for job in shown[: None if hosts else 5]]
    if not hosts and len(shown) > 5:
        lines.append(f"  and {len(shown) - 5} more; hosts=yes shows all")
    return lines


def _line(job: JobSeen) -> str:
    """A job: its name, where it stands and why, its host, its runs, how long it has been at it."""
    words = [job.name, job.verdict.state]
    if job.verdict.why:
        words.append(f"({job.verdict.why})")
    if job.host:
        words.append(f"on {job.host}")
    if job.beat is not None:
        words.append(f"{job.beat.done} of {job.sent.runs[job.shard]} runs")
        if job.lives:
            stage = "" if job.beat.stage == "running" else f"{job.beat.stage}, "
            words.append(f"{stage}for {time.time() - job.beat.began:.0f} s")
        if job.beat.tries > 1:
            words.append(f"begun {job.beat.tries} times")
    return "    " + " ".join(words)


def logs(words: list[str]) -> int:
    """`backlash logs STUDY [job=NUMBER]`: what jobs that ended early wrote, and why runs failed.

    Returns 1 where there is nothing of the job that is asked for.
    """
    from experiments.sweeps.crew import seen_jobs
    from experiments.sweeps.plan import load_plan
    from experiments.sweeps.sweep import status_of
    from experiments.sweeps.verdicts import DEAD, NEVER

    wanted, rest = taken(words, "job", "")
    folder = study_folder(rest, "logs", ("job",))
    plan = load_plan(folder)
    jobs = seen_jobs(plan.folder)
    if wanted:
        return _one_log(plan, [job for job in jobs if job.name == wanted], wanted)
    dead = [job for job in jobs if job.verdict.state in (DEAD, NEVER)]
    for job in dead:
        print(_told(job))
    failed = status_of(plan).failed
    for name, note in list(failed.items())[:3]:
        print(f"run {name} (seed {note['seed']}, {note['response']}): {note['reason']}")
        print(note.get("trace", ""))
    if len(failed) > 3:
        print(f"and {len(failed) - 3} more failed runs in {plan.store.root / 'failures.jsonl'}")
    if not dead and not failed:
        print(f"{plan.study.name}: no job ended early, no run failed")
    return 0


def _told(job: JobSeen) -> str:
    """Why a job ended, the trace that it left, and the end of what it printed."""
    lines = [_line(job).strip()]
    if job.beat is not None and job.beat.trace:
        lines.append(job.beat.trace.rstrip())
    if job.log is not None:
        lines += [f"{job.log}:", _end_of(job.log)]
    return "\n".join(lines) + "\n"


def _one_log(plan: Plan, jobs: Sequence[JobSeen], name: str) -> int:
    """Print what one job wrote; also of one that came to its end, as long as its log is there."""
    for job in jobs:
        print(_told(job))
    if jobs:
        return 0
    found = sorted((plan.folder / "hydra" / ".submitit").glob(f"{name}/*_log.*"))
    for path in found:
        print(f"{path}:\n{_end_of(path)}")
    if not found:
        print(f"{plan.study.name}: nothing is kept of job {name}")
    return 0 if found else 1


def _end_of(path: Path) -> str:
    """The last lines of a file; that it is not there, if so."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-LINES:])
    except OSError:
        return "(nothing was written: the job did not begin, or its folder is not seen from here)"
