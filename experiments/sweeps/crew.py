"""The jobs of a study as they are seen from outside: by a sweep that waits, and by `status`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.sweeps.beats import Beat, Sent, read_beat, read_sent
from experiments.sweeps.queues import Queue, queue_of
from experiments.sweeps.verdicts import (
    DEAD,
    DONE,
    LIVE,
    LOST_S,
    NEVER,
    QUEUED,
    RUNNING,
    Place,
    Verdict,
    in_process,
    in_queue,
)


@dataclass(frozen=True)
class JobSeen:
    """A job, what it said, what its queue says, and what is thought of it."""

    sent: Sent
    shard: int
    beat: Beat | None
    verdict: Verdict
    host: str

    @property
    def name(self) -> str:
        """Its number in a queue, else its place in the sweep."""
        return self.sent.ids[self.shard] if self.sent.ids else f"job {self.shard + 1}"

    @property
    def log(self) -> Path | None:
        """What it printed, where a queue keeps that."""
        return Path(self.sent.logs[self.shard]) if self.sent.logs else None

    @property
    def lives(self) -> bool:
        """Whether it waits or works."""
        return self.verdict.state in LIVE


Queues = Callable[[str], Queue | None]  #: the queue of a launcher, if it has one


def seen_jobs(
    folder: Path, sweeps: Iterable[Sent] | None = None, queues: Queues | None = None
) -> list[JobSeen]:
    """The jobs of a study. sweeps : whose; None: of all that are known."""
    found = []
    for sent in read_sent(folder) if sweeps is None else sweeps:
        found += _of_one(folder, sent, (queues or queue_of)(sent.launcher))
    return found


def _of_one(folder: Path, sent: Sent, queue: Queue | None) -> list[JobSeen]:
    """The jobs of one sweep."""
    beats = [read_beat(folder, sent.token, shard) for shard in range(len(sent.runs))]
    lives = not sent.ended and sent.age_s <= LOST_S
    if queue is None or len(sent.ids) != len(sent.runs):
        return [
            JobSeen(sent, shard, beat, _in_process(beat, sent, lives), beat.host if beat else "")
            for shard, beat in enumerate(beats)
        ]
    places = queue.look(
        job for job, beat in zip(sent.ids, beats, strict=True)
        if beat is None or beat.stage != "done"
    )  # fmt: skip
    since = max(0.0, time.time() - sent.began)
    found = []
    for shard, (job, beat) in enumerate(zip(sent.ids, beats, strict=True)):
        place = None if places is None else places.get(job)
        verdict = in_queue(place, beat, since, asked=places is not None)
        if place is None and shard in sent.dead and verdict.state in LIVE:
            verdict = Verdict(DEAD, "it was seen dead")
        found.append(JobSeen(sent, shard, beat, verdict, _host(beat, place)))
    return found


def _in_process(beat: Beat | None, sent: Sent, lives: bool) -> Verdict:
    """What is thought of a job that ends with its sweep."""
    verdict = in_process(beat, lives)
    if verdict.state == RUNNING and sent.ended:
        return Verdict(DEAD, "the sweep ended")
    return verdict


def _host(beat: Beat | None, place: Place | None) -> str:
    """Where a job is, or was."""
    return beat.host if beat is not None else place.host if place is not None else ""


class Crew:
    """The jobs that a sweep waits for."""

    def __init__(self, folder: Path, tokens: Iterable[str], queue: Queue | None) -> None:
        """tokens : of the lists of work. queue : that holds the jobs, if any does."""
        self.folder, self.tokens, self.queue = folder, set(tokens), queue
        self.jobs: list[JobSeen] = []

    def look(self) -> list[JobSeen]:
        """Look at all of them."""
        sweeps = [sent for sent in read_sent(self.folder) if sent.token in self.tokens]
        self.jobs = seen_jobs(self.folder, sweeps, lambda launcher: self.queue)
        return self.jobs

    def cancel(self, jobs: Iterable[JobSeen]) -> None:
        """End jobs that a queue holds."""
        if self.queue is not None:
            self.queue.cancel(job.name for job in jobs if job.sent.ids)


# --- in words -------------------------------------------------------------------------------------


def counts(jobs: Sequence[JobSeen]) -> Counter[str]:
    """How many jobs there are of each state."""
    return Counter(job.verdict.state for job in jobs)


def told(jobs: Sequence[JobSeen]) -> str:
    """Where jobs stand, in a few words; "" where there is nothing but work that runs by itself."""
    n = counts(jobs)
    compiling = sum(job.verdict.state == RUNNING and job.beat is not None
                    and job.beat.stage == "compiling" for job in jobs)  # fmt: skip
    words = []
    if len(jobs) == 1 and not jobs[0].sent.ids:
        return ""
    if n[RUNNING] or n[QUEUED]:
        words.append(f"{n[RUNNING]} running" + (f" ({compiling} compiling)" if compiling else ""))
    if n[QUEUED]:
        why = Counter(job.verdict.why for job in jobs if job.verdict.state == QUEUED)
        reason = why.most_common(1)[0][0]
        shown = reason if reason not in ("", "None") else ""
        words.append(f"{n[QUEUED]} queued" + (f" ({shown})" if shown else ""))
    words += [f"{n[state]} {name}" for state, name in ((DEAD, "dead"), (NEVER, "never to start"))
              if n[state]]  # fmt: skip
    return ", ".join(words)


def tried_again(jobs: Sequence[JobSeen]) -> int:
    """How often jobs were begun again by a launcher that had lost them."""
    return sum(job.beat.tries - 1 for job in jobs if job.beat is not None)


def all_done(jobs: Sequence[JobSeen]) -> bool:
    """Whether every job came to its end."""
    return all(job.verdict.state == DONE for job in jobs)


def rate(jobs: Sequence[JobSeen]) -> float:
    """Runs a second of the jobs that are at work: each since it began."""
    now = time.time()
    running = [job.beat for job in jobs if job.verdict.state == RUNNING and job.beat is not None]
    return sum(beat.done / (now - beat.began) for beat in running if now - beat.began > 1)
