"""Sweeps: a study's design points, cut into shards, placed by Hydra, resumed from the store.

Hydra composes and places; one Hydra job is one shard; inside it a pool of threads runs the kernels.
What is finished is what the store holds: nothing else remembers it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.sweeps import manifest
from experiments.sweeps.blocks import worlds_first
from experiments.sweeps.launch import launch, tidy
from experiments.sweeps.launching import check_hydra
from experiments.sweeps.plan import Part, Plan, body_of, save_plan
from sim.base.refusal import ConfigError

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
    todo = _missing(plan, asked, retry_failed)
    tidy(plan)
    label = how.label or plan.study.name
    while todo and launch(plan, todo, hydra_words, retry_failed, how.shards, label):
        todo = _missing(plan, asked, retry=False)  # jobs of an earlier sweep may have died
    return status_of(plan, asked)


def _missing(plan: Plan, asked: Sequence[Part], retry: bool) -> list[str]:
    """Digests of the parts that are to be run. retry : also those with runs that failed."""
    seen = status_of(plan, asked)
    todo = [part.digest for part in seen.missing]
    if retry:
        bad = set(seen.failed)
        todo += [part.digest for part in asked if bad & set(part.names)]
    return list(dict.fromkeys(todo))


def _goes_on(plan: Plan) -> bool:
    """Whether the folder of a plan holds the same question, or less of it."""
    try:
        return manifest.contains(body_of(plan), manifest.read(plan.folder))
    except FileNotFoundError:
        return True
    except (ConfigError, KeyError, TypeError, ValueError):
        return False


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
