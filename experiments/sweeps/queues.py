"""What a queue knows of our jobs, and what ends them: Slurm, and submitit's processes on a machine.

Slurm is asked with `squeue`, which needs no accounting and, with all states, still knows for some
minutes how a job ended.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from experiments.sweeps.verdicts import Place

ASKING_S = 20.0  #: for which an answer is waited for


class Queue(Protocol):
    """Where jobs wait and run."""

    def look(self, ids: Iterable[str]) -> Mapping[str, Place] | None:
        """What it says of those jobs that it knows; None if it cannot be asked."""
        ...

    def cancel(self, ids: Iterable[str]) -> None:
        """End jobs, waiting or running."""
        ...


def queue_of(launcher: str) -> Queue | None:
    """The queue of a launcher of Hydra; None of one whose jobs end with the sweep."""
    if launcher == "submitit_slurm":
        return Slurm()
    return Processes() if launcher == "submitit_local" else None


def _answer(*words: str) -> str | None:
    """What a command prints; None if it fails, does not answer, or is not there."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=ASKING_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


class Slurm:
    """Jobs of Slurm, by `squeue` and `scancel`."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[Place, float]] = {}  #: of each job, and since when

    def look(self, ids: Iterable[str]) -> Mapping[str, Place] | None:
        """Asked for all jobs of the user: a number that Slurm has forgotten would be an error."""
        wanted = set(ids)
        told = _answer(
            "squeue", "--noheader", "--array", "--states=all", f"--user={os.geteuid()}",
            "--format=%i|%T|%r|%N",
        )  # fmt: skip
        if told is None:
            return None
        found = {job: place for job, place in read_squeue(told).items() if job in wanted}
        now = time.monotonic()
        for job, place in found.items():
            before = self.seen.get(job)
            since = before[1] if before and before[0] == place else now
            self.seen[job] = place, since
            found[job] = replace(place, same_s=now - since)
        return found

    def cancel(self, ids: Iterable[str]) -> None:
        """All at once; a job that has ended meanwhile is no error."""
        if wanted := sorted(set(ids)):
            _answer("scancel", "--quiet", *wanted)


def read_squeue(told: str) -> dict[str, Place]:
    """Jobs of an answer of `squeue`, one a line: number|state|reason|nodes."""
    found = {}
    for line in told.splitlines():
        cells = line.strip().split("|")
        if len(cells) >= 4:
            found[cells[0]] = Place(cells[1], cells[2], cells[3])
    return found


class Processes:
    """Jobs of submitit on this machine: each is named by the number of its process."""

    def look(self, ids: Iterable[str]) -> Mapping[str, Place] | None:
        """A process that is gone without having said that it is done has failed."""
        return {job: Place("RUNNING" if _lives(int(job)) else "FAILED") for job in ids}

    def cancel(self, ids: Iterable[str]) -> None:
        """As Ctrl-C would."""
        for job in ids:
            with suppress(OSError):
                os.kill(int(job), signal.SIGINT)


def _lives(process: int) -> bool:
    """Whether a process of this machine is there; one of ours that ended is there until asked."""
    with suppress(OSError):
        os.waitpid(process, os.WNOHANG)
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


# --- what to type ---------------------------------------------------------------------------------


def remedy(reason: str, partition: str) -> str:
    """What to type instead of resources that can never be given."""
    if re.search("Time|Wall|Deadline", reason):
        return f"hydra.launcher.timeout_min=30 (less than the limit; {_sinfo(partition)})"
    if re.search("Account", reason):
        return "hydra.launcher.account=NAME (`sacctmgr show associations user=$USER`)"
    if re.search("QOS", reason) and "Max" not in reason:
        return "hydra.launcher.qos=NAME (`sacctmgr show qos`)"
    if re.search("held|Hold|Reservation", reason):
        return "`scontrol show job NUMBER` says why it is held; ask who runs the cluster"
    return (
        "hydra.launcher.cpus_per_task=1 hydra.launcher.mem_gb=null, or what a node has "
        f"({_sinfo(partition)})"
    )


def _sinfo(partition: str) -> str:
    """Cores, memory and time that a partition has, as it says; else how to ask for it."""
    chosen = [f"--partition={partition}"] if partition else []
    told = _answer("sinfo", "--noheader", "--format=%P|%c|%m|%l", *chosen)
    rows = [line.split("|") for line in (told or "").splitlines() if line.count("|") == 3]
    if not rows:
        return "`sinfo --format='%P %c %m %l'` shows cores, memory and time"
    return "; ".join(
        f"partition {name.rstrip('*')}: {cores} cores and {memory} MB a node, at most {limit}"
        for name, cores, memory, limit in rows[:3]
    )


def ids_told(ids: Sequence[str]) -> str:
    """Numbers of jobs as `squeue` and `scancel` take them: an array by its own number."""
    arrays = {job.partition("_")[0] for job in ids}
    return " ".join(sorted(arrays, key=lambda job: (len(job), job)))
