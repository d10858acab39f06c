"""Sweeps: a study's design points, cut into shards, placed by Hydra, resumed from the store.

Hydra composes and places; one Hydra job is one shard; inside it a pool of threads runs the kernels.
What is finished is what the store holds: nothing else remembers it.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.sweeps import manifest
from experiments.sweeps.blocks import n_runs, worlds_first
from experiments.sweeps.launching import check_hydra, multirun
from experiments.sweeps.plan import Part, Plan, body_of, save_plan
from experiments.sweeps.running import meanwhile
from experiments.sweeps.shards import config_of, divided, n_shards, placing, seconds_a_run
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.progress import Progress
from sim.store import unwritable

# --- status ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Status:
    """What the store holds of a plan."""

    n_runs: int
    n_done: int
    failed: Mapping[str, Mapping[str, Any]]  #: run name -> note of why
    missing: tuple[Part, ...]  #: parts with runs that are neither done nor known to fail

    @property
    def n_missing(self) -> int:
        """Runs that were not tried yet."""
        return self.n_runs - self.n_done - len(self.failed)


def status_of(plan: Plan, parts: Sequence[Part] | None = None) -> Status:
    """Look at the store: what is done, what failed and why, what is missing.

    A run counts wherever it is stored: in a part of another study, too. parts : of the plan, those
    that are asked for; None: all.
    """
    store = plan.store
    notes = store.failures()
    done, failed, missing = 0, {}, []
    partial = []
    parts = plan.parts if parts is None else parts
    for part in parts:
        if store.trusts(part.digest):
            done += len(part.names)
        else:
            partial.append(part)
    held = store.holding([name for part in partial for name in part.names])
    for part in partial:
        found = held.intersection(part.names)
        bad = {name: notes[name] for name in part.names if name in notes and name not in found}
        done += len(found)
        failed.update(bad)
        if len(found) + len(bad) < len(part.names):
            missing.append(part)
    return Status(sum(len(part.names) for part in parts), done, failed, tuple(missing))


# --- running --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class How:
    """How a sweep is run and told; what its results are does not depend on it."""

    shards: int | None = None  #: jobs; None: as many as fit
    label: str = ""  #: of the line of progress; "": the name of the study


def sweep(
    plan: Plan,
    hydra_words: Sequence[str] = (),
    retry_failed: bool = False,
    replace: bool = False,
    parts: Sequence[Part] | None = None,
    how: How = How(),
) -> Status:
    """Run what is missing, through Hydra and whichever launcher `hydra_words` name.

    replace : take the name from another question. The studies of a calibration are its own: what
    it asks anew takes their place. parts : of the plan, those that are asked for now; None: all.
    """  # fmt: skip
    check_hydra(hydra_words)
    plan.store.prepare()
    save_plan(plan, replace or (plan.words[:1] == ("calibrate",) and not _goes_on(plan)))
    asked = worlds_first(plan, parts)
    before = status_of(plan, asked)
    todo = [part.digest for part in before.missing]
    if retry_failed:
        bad = set(before.failed)
        todo += [part.digest for part in asked if bad & set(part.names)]
    try:
        if todo:
            _launch(plan, list(dict.fromkeys(todo)), hydra_words, retry_failed, how)
    finally:
        clear_todo(plan)
    return status_of(plan, asked)


def _goes_on(plan: Plan) -> bool:
    """Whether the folder of a plan holds the same question, or less of it."""
    try:
        return manifest.contains(body_of(plan), manifest.read(plan.folder))
    except FileNotFoundError:
        return True
    except (ConfigError, KeyError, TypeError, ValueError):
        return False


def _launch(plan: Plan, todo: list[str], hydra_words: Sequence[str], retry: bool, how: How) -> None:
    """One Hydra multirun over shards of the missing parts.

    todo : digests of the parts. hydra_words : who runs them. The list of work lies in a file beside
    the plan and is deleted afterwards, unless jobs still wait in a queue. Raises StoreError for a
    folder that cannot be written.
    """
    shards = _shards(plan, todo, hydra_words, how.shards)
    folder = plan.folder.resolve()
    # its own name: two sweeps of one study may be under way
    todo_file = folder / f"todo-{secrets.token_hex(4)}.json"
    wanted = {digest for shard in shards for digest in shard}
    try:
        write_whole(todo_file, json.dumps({"shards": shards, "retry": retry}).encode())
    except OSError as problem:
        raise unwritable(todo_file, problem) from None
    total = n_runs({part.digest: part for part in plan.parts if part.digest in wanted}.values())
    before = queued_jobs(plan.folder)
    outlives = any(word.startswith("hydra/launcher=submitit") for word in hydra_words)
    try:
        with _watched(plan, wanted, total, how.label):
            multirun(folder, todo_file.name, len(shards), hydra_words)
    finally:
        if not outlives:  # a queue's jobs still want it when the launcher has given up
            todo_file.unlink(missing_ok=True)
        elif not all(plan.store.has(digest) for digest in wanted):
            _print_queued(plan, before)


def queued_jobs(folder: Path) -> set[str]:
    """Numbers of the jobs that a queue was given for a study: submitit keeps a folder for each."""
    found = (folder / "hydra" / ".submitit").glob("*_*")
    return {path.name.partition("_")[0] for path in found if path.name[0].isdigit()}


def _print_queued(plan: Plan, before: set[str]) -> None:
    """What goes on by itself when a sweep ends before its jobs do, and how to end it.

    before : jobs of earlier sweeps.
    """
    jobs = sorted(queued_jobs(plan.folder) - before, key=lambda job: (len(job), job))
    which = f"`squeue --jobs={','.join(jobs)}`" if jobs else "`squeue`"
    end = f"`scancel {' '.join(jobs)}`" if jobs else "`scancel`"
    print(
        f"jobs that are queued or running go on by themselves: {which} shows them, "
        f"`backlash status {plan.study.name}` what they have done, {end} ends them",
        file=sys.stderr,
    )


def clear_todo(plan: Plan) -> None:
    """Remove lists of work that no job can want any more: all done, or of another plan."""
    known = {part.digest for part in plan.parts}
    for path in plan.folder.glob("todo-*.json"):
        with suppress(OSError):
            try:
                listed = {digest for shard in json.loads(path.read_text())["shards"]
                          for digest in shard}  # fmt: skip
            except (ValueError, KeyError, TypeError):
                listed = set()
            if not listed <= known or all(plan.store.trusts(digest) for digest in listed):
                path.unlink(missing_ok=True)


def unfinished(plan: Plan) -> list[Path]:
    """Files that a killed sweep left half-written, beside its runs and its plan.

    What is younger than a minute may be being written.
    """
    found = []
    for folder in (plan.store.root, plan.folder):
        for path in sorted(folder.glob("*.partial")):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > 60:
                    found.append(path)
    return found


def _shards(
    plan: Plan, todo: Sequence[str], hydra_words: Sequence[str], n: int | None
) -> list[list[str]]:
    """Missing parts in shards, in their order. n : how many are asked for; None: as fits."""
    by_digest = {part.digest: part for part in plan.parts}
    parts = [by_digest[digest] for digest in todo]
    a_run = seconds_a_run(plan.folder, config_of(plan, parts))
    return divided(parts, n_shards(n_runs(parts), a_run, placing(hydra_words), n))


@contextmanager
def _watched(plan: Plan, wanted: set[str], n_runs: int, label: str) -> Iterator[None]:
    """Progress with time left while any launcher works: a thread that looks into the store."""
    progress = Progress(n_runs, label or plan.study.name)
    size = {part.digest: len(part.names) for part in plan.parts if part.digest in wanted}
    store, open_parts = plan.store, set(wanted)

    def look() -> None:
        """Count what has been stored since the last look."""
        done = {digest for digest in open_parts if store.has(digest)}
        open_parts.difference_update(done)
        progress.tick(sum(size[digest] for digest in done))

    try:
        with meanwhile(look, 2.0):
            yield
    finally:
        look()
