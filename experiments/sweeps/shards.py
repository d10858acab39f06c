"""How what is missing of a sweep is divided among jobs: by time, and by how many work at once."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from experiments.sweeps.launching import launcher_of, said_of
from experiments.sweeps.plan import Part, Plan
from sim.base.refusal import ConfigError
from sim.progress import cores
from sim.settings.config import Config

A_WORKER = 3  #: shards for each that works, so that none waits long for the last
SHORT_S = 5.0  #: of work that a shard of a process has at least: to start one costs some 2 s of CPU
QUEUED_S = 60.0  #: the same for a job that waits in a queue
LONG_S = 900.0  #: of work of one core that a shard has at most: what a killed job may lose in order

START_S = 30.0  #: that a job may take to start: imports, and rules that are read or compiled
FULL = 0.5  #: of the time that a queue gives a job, by our estimate of its work: it may be slow
EARLY_S = 120.0  #: before its time limit that submitit stops a job, unless it is told otherwise

#: CPU seconds of a run of the documented case: 3,000 people, docs/speed.md.
RUN_S, RUN_PEOPLE = 0.07, 3000


@dataclass(frozen=True)
class Placing:
    """Who works at a sweep, by what its launcher is told."""

    workers: int  #: processes or jobs that may run at once
    queued: bool  #: whether they wait in a queue
    alone: bool  #: whether there is one, in this process
    limit_s: float = math.inf  #: CPU seconds that a queue gives a job until it is stopped


def placing(words: Sequence[str]) -> Placing:
    """Who works, by the words for Hydra's launchers.

    Raises ConfigError for a time limit that leaves no time to work.
    """
    launcher = launcher_of(words)
    if launcher == "basic":
        return Placing(1, queued=False, alone=True)
    queued = launcher.startswith("submitit")
    key = "n_jobs" if launcher == "joblib" else "array_parallelism"
    asked = _number(words, key, -1)
    usual = 256 if queued else cores()  # the launchers' own
    workers = int(asked) if asked > 0 else usual
    limit_s = _time_given(words) if queued else math.inf
    return Placing(workers, queued, alone=False, limit_s=limit_s)


def _number(words: Sequence[str], key: str, usual: float) -> float:
    """A number that the launcher is told; the usual one for what Hydra itself will refuse."""
    try:
        return float(yaml.safe_load(said_of(words, key) or str(usual)))
    except (ValueError, TypeError, yaml.YAMLError):
        return usual


def _time_given(words: Sequence[str]) -> float:
    """CPU seconds that a job of a queue has for its runs.

    Its time limit, less what it takes to start and the signal by which submitit stops it before the
    limit, times its cores. Raises ConfigError if nothing is left.
    """
    minutes, early = _number(words, "timeout_min", 60), _number(words, "signal_delay_s", EARLY_S)
    left = 60 * minutes - early - START_S
    if left <= 0:
        raise ConfigError(
            "hydra.launcher.timeout_min", f"{minutes:g}",
            f"jobs are stopped {early:g} s before their time limit and need some {START_S:g} s to "
            "start: no time to work", f"more than {(early + START_S) / 60:g} minutes",
            "hydra.launcher.timeout_min=10 (or hydra.launcher.signal_delay_s=10)",
        )  # fmt: skip
    return left * max(1.0, _number(words, "cpus_per_task", 1))


def seconds_a_run(folder: Path, config: Config) -> float:
    """CPU seconds of a run: as the jobs of this study took, or by its people and days."""
    try:
        lines = (folder / "jobs.jsonl").read_text().splitlines()
        jobs = [json.loads(line) for line in lines]
        runs, took = (sum(job[key] for job in jobs) for key in ("runs", "cpu_s"))
        if runs >= 10:
            return float(took / runs)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return RUN_S * config.population.n_people / RUN_PEOPLE


def n_shards(n_runs: int, a_run_s: float, who: Placing, asked: int | None = None) -> int:
    """How many shards so many runs are cut into.

    asked : `shards=` of the command line. In this process one: its pool of threads never runs
    empty. Else some for each worker, none too short to be worth its start, none so long that much
    hangs on it or that it comes near the time limit of its queue; on one machine one for each
    worker at least.
    """
    if asked is not None:
        return max(1, min(asked, n_runs))
    if who.alone:
        return 1
    whole = n_runs * a_run_s
    n = min(A_WORKER * who.workers, math.ceil(whole / (QUEUED_S if who.queued else SHORT_S)))
    least = 1 if who.queued else who.workers
    longest = min(LONG_S, FULL * who.limit_s)
    return max(1, min(n_runs, max(n, least, math.ceil(whole / longest))))


def divided(parts: Sequence[Part], n: int) -> list[list[str]]:
    """Parts in n shards of about as many runs each, in their order; fewer where there are fewer."""
    total = sum(len(part.names) for part in parts)
    shards: list[list[str]] = [[]]
    runs = 0
    for part in parts:
        if shards[-1] and runs >= total * len(shards) / n:
            shards.append([])
        shards[-1].append(part.digest)
        runs += len(part.names)
    return shards


def taken_shards(text: str) -> int | None:
    """The number of shards that a command line asks for; None where it does not."""
    if not text:
        return None
    value = yaml.safe_load(text)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise ConfigError("shards", text, "no number of jobs", "1 to 10,000", "shards=8")
    return value


def config_of(plan: Plan, parts: Sequence[Part]) -> Config:
    """The config of the largest community among some parts."""
    points = {part.point for part in parts}
    configs = [plan.points[k].config for k in points]
    return max(configs, key=lambda config: config.population.n_people)
