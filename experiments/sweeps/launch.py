"""What is missing of a sweep, placed by its launcher, watched, and waited for to its end.

The list of work lies in the study's folder as long as any job may want it: a queue's jobs outlive
the sweep that sent them.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.sweeps import queued
from experiments.sweeps.beats import Sending, forget, read_sent, sending
from experiments.sweeps.blocks import n_runs
from experiments.sweeps.crew import Crew, JobSeen, all_done, seen_jobs, told, tried_again
from experiments.sweeps.launching import launcher_of, multirun, said_of
from experiments.sweeps.plan import Plan
from experiments.sweeps.queues import Queue, queue_of
from experiments.sweeps.running import meanwhile
from experiments.sweeps.shards import config_of, divided, n_shards, placing, seconds_a_run
from experiments.sweeps.verdicts import DEAD
from sim.base.ending import asked_by
from sim.base.files import write_whole
from sim.progress import Progress
from sim.store import unwritable


def launch(
    plan: Plan,
    todo: Sequence[str],
    words: Sequence[str],
    retry: bool,
    shards: int | None,
    label: str,
) -> bool:
    """Run parts of a plan through Hydra and whichever launcher `words` name.

    todo : digests of the parts. Parts that jobs of an earlier sweep still have in a queue are
    waited for and not sent again: returns whether there were any, since these may die, too.
    shards : jobs; None: as many as fit. label : of the progress.
    """
    queue = queue_of(launcher_of(words))
    theirs = _still_queued(plan, words, queue)
    taken = {digest for job in theirs for digest in _listed(plan.folder, job)}
    if theirs:  # some may have come to their end meanwhile
        todo = [digest for digest in todo if not plan.store.trusts(digest)]
    left = [digest for digest in todo if digest not in taken]
    own = _sent(plan, left, words, retry, shards) if left else None
    crew = Crew(plan.folder.resolve(), {job.sent.token for job in theirs}, queue)
    if own is not None:
        crew.tokens.add(own.sent.token)
    try:
        if queue is None:
            _in_processes(plan, set(todo), words, crew, own, label)
        else:
            _through_a_queue(plan, set(todo), words, crew, own, label)
    finally:
        _leave(plan, crew, own, queue)
    return bool(theirs)


def _still_queued(plan: Plan, words: Sequence[str], queue: Queue | None) -> list[JobSeen]:
    """Jobs of earlier sweeps that a queue of the same kind still has; said where there are any."""
    if queue is None:
        return []
    launcher = launcher_of(words)
    sweeps = [sent for sent in read_sent(plan.folder) if sent.launcher == launcher and sent.ids]
    jobs = [job for job in seen_jobs(plan.folder, sweeps, lambda name: queue) if job.lives]
    if jobs:
        n = "1 job" if len(jobs) == 1 else f"{len(jobs)} jobs"
        print(
            f"{plan.study.name}: waits for {n} of an earlier sweep, queued or running",
            file=sys.stderr,
        )
    return jobs


def _listed(folder: Path, job: JobSeen) -> list[str]:
    """The parts that a job has to run; none if its list is gone."""
    try:
        shards = json.loads(_list(folder, job.sent.token).read_text())["shards"]
        return [str(digest) for digest in shards[job.shard]]
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return []


def _list(folder: Path, token: str) -> Path:
    """Where a list of work lies."""
    return folder / f"todo-{token}.json"


def _sent(
    plan: Plan, todo: Sequence[str], words: Sequence[str], retry: bool, n: int | None
) -> Sending:
    """Write which job has which parts, and that the sweep lives. n : jobs; None: as many as fit."""
    by_digest = {part.digest: part for part in plan.parts}
    parts = [by_digest[digest] for digest in todo]
    a_run = seconds_a_run(plan.folder, config_of(plan, parts))
    shards = divided(parts, n_shards(n_runs(parts), a_run, placing(words), n))
    # its own name: two sweeps of one study may be under way
    path = _list(plan.folder, secrets.token_hex(4))
    try:
        write_whole(path, json.dumps({"shards": shards, "retry": retry}).encode())
    except OSError as problem:
        raise unwritable(path, problem) from None
    runs = [n_runs(by_digest[digest] for digest in shard) for shard in shards]
    return sending(plan.folder.resolve(), path.name, launcher_of(words), runs)


def _in_processes(
    plan: Plan, todo: set[str], words: Sequence[str], crew: Crew, own: Sending | None, label: str
) -> None:
    """Through a launcher of Hydra that waits by itself."""
    assert own is not None  # no queue holds anything of it

    def look() -> None:
        """The sweep's own sign of life, and those of its jobs."""
        own.beat()
        with suppress(OSError):
            crew.look()

    with _watched(plan, todo, crew, label, look):
        todo_file = _list(plan.folder, own.sent.token).name
        multirun(crew.folder, todo_file, len(own.sent.runs), words)


def _through_a_queue(
    plan: Plan, todo: set[str], words: Sequence[str], crew: Crew, own: Sending | None, label: str
) -> None:
    """Hand jobs to a queue and wait for them; when it is interrupted, offer to cancel them."""
    partition = said_of(words, "partition")
    try:
        with _watched(plan, todo, crew, label):
            if own is not None:
                todo_file = _list(plan.folder, own.sent.token).name
                queued.submit(crew.folder, todo_file, words, own)
            queued.wait_for(crew, own.beat if own is not None else lambda: None, partition)
    except KeyboardInterrupt:
        can_answer = sys.stdin.isatty() and sys.stderr.isatty() and asked_by() == 2
        queued.offer_to_cancel(crew, plan.study.name, input if can_answer else None)
        raise
    queued.say_dead(crew.jobs, plan.study.name)


@contextmanager
def _watched(
    plan: Plan, wanted: set[str], crew: Crew, label: str, more: Callable[[], None] | None = None
) -> Iterator[None]:
    """Progress with time left while any launcher works: a thread that looks into the store.

    more : done at each look before it.
    """
    parts = {part.digest: part for part in plan.parts if part.digest in wanted}
    size = {digest: len(part.names) for digest, part in parts.items()}
    progress = Progress(sum(size.values()), label)
    store, open_parts = plan.store, set(wanted)
    name = label.rstrip(":")

    def look() -> None:
        """Count what has been stored since the last look, and say where jobs stand."""
        if more is not None:
            more()
        done = {digest for digest in open_parts if store.has(digest)}
        open_parts.difference_update(done)
        stand = told(crew.jobs)
        progress.label = f"{name}, {stand}:" if stand else label
        beats = [job.beat for job in crew.jobs if job.beat is not None]
        if crew.queue is not None:  # on other machines; here progress knows by itself
            progress.compiles = any(beat.stage == "compiling" for beat in beats)
        new = sum(size[digest] for digest in done)
        # what jobs have tried in parts that are not whole yet
        under_way = min(sum(beat.done for beat in beats), progress.total) - progress.done - new
        progress.begun = {"jobs": float(under_way)} if under_way > 0 else {}
        progress.tick(new)

    try:
        with meanwhile(look, 2.0):
            yield
    finally:
        look()


def _leave(plan: Plan, crew: Crew, own: Sending | None, queue: Queue | None) -> None:
    """What stays of a sweep that ends: the lists of jobs that live, and what the dead ones said."""
    seen = crew.look()
    for token in crew.tokens:
        jobs = [job for job in seen if job.sent.token == token]
        if own is not None and token == own.sent.token:
            own.say(ended=True, dead=tuple(job.shard for job in jobs if job.verdict.state == DEAD))
            _say_tried_again(jobs, plan.study.name)
        if queue is None or not any(job.lives for job in jobs):
            _list(plan.folder, token).unlink(missing_ok=True)
        if all_done(jobs) or _in_this_process(jobs):
            forget(plan.folder, token)


def _say_tried_again(jobs: Sequence[JobSeen], study: str) -> None:
    """How often a launcher had to begin a job again, if it did."""
    if again := tried_again(jobs):
        n = "once" if again == 1 else f"{again} times"
        print(f"{study}: jobs were begun again {n}, after they were lost", file=sys.stderr)


def _in_this_process(jobs: Sequence[JobSeen]) -> bool:
    """Whether jobs ran in the process of their sweep: it has said itself what there is to say."""
    return all(job.sent.launcher == "basic" for job in jobs)


def tidy(plan: Plan) -> None:
    """Remove lists of work that no job can want any more, and what is known of such jobs.

    All of it done, of another plan, or no job of it is alive. One that is not known to be dead
    keeps its list.
    """
    known = {part.digest for part in plan.parts}
    alive: dict[str, bool] = {}
    for job in seen_jobs(plan.folder):
        alive[job.sent.token] = alive.get(job.sent.token, False) or job.lives
    for path in plan.folder.glob("todo-*.json"):
        with suppress(OSError):
            try:
                shards = json.loads(path.read_text())["shards"]
                listed = {digest for shard in shards for digest in shard}
            except (ValueError, KeyError, TypeError):
                listed = set()
            token = path.stem.removeprefix("todo-")
            done = not listed <= known or all(plan.store.trusts(digest) for digest in listed)
            if done or not alive.get(token, True):
                path.unlink(missing_ok=True)
    for token, lives in alive.items():
        if not lives:
            forget(plan.folder, token)
