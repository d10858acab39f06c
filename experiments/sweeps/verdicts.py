"""Whether a job waits, works, is done, died or can never begin: rules without a clock or a disk.

A queue's word counts first, then the job's own signs of life, then how long there was neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from experiments.sweeps.beats import BEAT_S, Beat

LOST = 6  #: periods without a sign of life after which a job that no queue knows is dead
LOST_S = LOST * BEAT_S  #: a minute; as long as the folders of a network disk may be cached
UNASKED_S = 600.0  #: the same where the queue cannot be asked: it may be restarted meanwhile
NEVER_S = 10.0  #: for which a queue says the same before a job is given up: it sorts itself first

QUEUED, RUNNING, DONE, DEAD, NEVER = "queued", "running", "done", "dead", "never"
LIVE = (QUEUED, RUNNING)

#: States of Slurm in which a job has ended without its work being known to be done, in words.
ENDED = {
    "CANCELLED": "cancelled",
    "FAILED": "ended with an error",
    "TIMEOUT": "ended by its time limit",
    "DEADLINE": "ended by its deadline",
    "NODE_FAIL": "its node failed",
    "BOOT_FAIL": "its node did not start",
    "OUT_OF_MEMORY": "out of memory",
    "PREEMPTED": "put out by a job that goes first",
    "REVOKED": "taken back",
}

#: Reasons of Slurm for which a job waits until somebody changes what it asks for
#: (https://slurm.schedmd.com/job_reason_codes.html); what waits for others to end is none of them.
_NEVER = re.compile(
    r"BadConstraints|PartitionConfig|PartitionNodeLimit|PartitionTimeLimit|AccountNotAllowed"
    r"|InvalidAccount|InvalidQOS|QOSNotAllowed|DependencyNeverSatisfied"
    r"|(Assoc|QOS)Max\w*Per(Job|Node)\w*|ReservationDeleted|JobHoldMaxRequeue"
    r"|launch[ _]failed[ _]requeued[ _]held"
)


@dataclass(frozen=True)
class Place:
    """What a queue says of a job."""

    state: str  #: as the queue calls it: PENDING, RUNNING, CANCELLED ...
    reason: str = ""  #: why it waits
    host: str = ""
    same_s: float = 0.0  #: for how long it has said the same


@dataclass(frozen=True)
class Verdict:
    """What is thought of a job."""

    state: str  #: queued, running, done, dead, never
    why: str = ""  #: it waits, is dead or will never begin


def never(reason: str) -> bool:
    """Whether a job that waits for this reason waits for ever."""
    return bool(_NEVER.fullmatch(reason.strip("()")))


def in_queue(place: Place | None, beat: Beat | None, since_s: float, asked: bool = True) -> Verdict:
    """What becomes of a job of a queue.

    place : the queue's word; None: it does not know the job. since_s : since the job was sent.
    asked : False where the queue could not be asked.
    """
    if beat is not None and beat.stage == "done":
        return Verdict(DONE)
    if not asked:
        return _by_signs(beat, since_s, UNASKED_S, "the queue cannot be asked, and ")
    if place is None:
        return _by_signs(beat, since_s, LOST_S, "the queue does not know it, and ")
    state = place.state.split()[0].rstrip("+").upper() if place.state else ""
    if state == "COMPLETED":
        return Verdict(DONE)
    if state in ENDED:
        stopped = beat is not None and beat.stage == "stopped"
        return Verdict(DEAD, beat.why if beat is not None and stopped else ENDED[state])
    if state != "PENDING":
        return Verdict(RUNNING)
    if never(place.reason) and place.same_s >= NEVER_S:
        return Verdict(NEVER, place.reason)
    return Verdict(QUEUED, place.reason)


def _by_signs(beat: Beat | None, since_s: float, patience_s: float, because: str) -> Verdict:
    """What becomes of a job by its signs of life alone."""
    if beat is not None and beat.stage == "stopped":
        return Verdict(DEAD, beat.why)
    quiet = since_s if beat is None else beat.age_s
    if quiet > patience_s:
        return Verdict(DEAD, f"{because}it gave no sign of life for {quiet:.0f} s")
    return Verdict(QUEUED) if beat is None else Verdict(RUNNING)


def in_process(beat: Beat | None, sweep_lives: bool) -> Verdict:
    """What becomes of a job that no queue holds: of joblib, Ray, or the sweep's own process.

    sweep_lives : whether the sweep that asked for it still gives signs of life.
    """
    if beat is None:
        return Verdict(QUEUED) if sweep_lives else Verdict(DEAD, "the sweep ended before it began")
    if beat.stage == "done":
        return Verdict(DONE)
    if beat.stage == "stopped":
        return Verdict(DEAD, beat.why)
    if beat.age_s > LOST_S:
        return Verdict(DEAD, f"it gave no sign of life for {beat.age_s:.0f} s")
    return Verdict(RUNNING)
