"""What one job of a sweep does, wherever it is placed: the parts of one shard, run and noted.

A job knows only a folder and a number: the plan and the list of work lie there. So it can be
sent to another machine that sees the same disk.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.sweeps.beats import beating
from experiments.sweeps.blocks import placed
from experiments.sweeps.compiling import working
from experiments.sweeps.plan import Part, Plan, load_plan
from experiments.sweeps.running import planned, run_parts
from sim.base.refusal import ConfigError
from sim.progress import Progress
from sim.store import StoreError


def job(settings: Any) -> dict[str, Any]:
    """One Hydra job: the parts of one shard. Importable, so that launchers can send it anywhere.

    What ends the work (a disk that fills up, another sweep of this name) is said once by a process
    and raised nowhere: a launcher would print where, not why, and start the next.

    settings : folder of the plan, todo (name of the list of work), shard. Gives what it took, as
    Hydra keeps it: shard, runs, failed, and where anything was run wall_s, cpu_s, at, host, tries.
    """
    began = time.monotonic(), time.process_time()
    folder, shard = Path(settings.folder), int(settings.shard)
    nothing = {"shard": shard, "runs": 0, "failed": 0}
    at = (str(folder), str(settings.todo))
    if at in _ENDED:
        return nothing
    try:
        plan, parts, retry = _asked(folder, settings.todo, shard)
    except FileNotFoundError:
        told = (
            f"{folder.name}: another sweep of this name has other cells, or all is done; this one "
            "stops, what is finished is kept (name=OTHER keeps them apart)"
        )
    else:
        try:
            return _worked(plan, settings.todo, shard, parts, retry, began)
        except (ConfigError, StoreError) as problem:
            told = str(problem)
    _ENDED.add(at)
    print(told, file=sys.stderr)
    return nothing


def _asked(folder: Path, todo: str, shard: int) -> tuple[Plan, list[tuple[Part, int]], bool]:
    """The plan of a folder, a shard's parts with the numbers of their first runs, and whether
    failed runs are tried again.

    Raises FileNotFoundError where the list of work is gone, or names parts that the plan lacks:
    another sweep has taken the name.
    """
    listed = json.loads((folder / todo).read_text())
    plan = load_plan_once(folder)
    known: dict[str, list[tuple[Part, int]]] = {}
    for part, first in placed(plan):  # two points may ask for the same runs
        known.setdefault(part.digest, []).append((part, first))
    wanted = listed["shards"][shard]
    if not known.keys() >= set(wanted):
        raise FileNotFoundError
    return plan, [part for digest in wanted for part in known[digest]], listed["retry"]


_ENDED: set[tuple[str, str]] = set()  #: lists of work that this process has given up


def _worked(
    plan: Plan,
    todo: str,
    shard: int,
    parts: Sequence[tuple[Part, int]],
    retry: bool,
    began: tuple[float, float],
) -> dict[str, Any]:
    """Run the parts of a shard with signs of life; what it took, also noted beside the plan.

    todo : name of the list of work. parts : each with the number of its first run within its point.
    retry : those that failed, too. began : wall-clock and CPU seconds at which the job began.
    """
    n_runs = sum(len(part.names) for part, _ in parts)
    tried = Progress(0, "", began=float("inf"))  # counts, and prints nothing
    with beating(plan.folder, todo, shard, n_runs, lambda: tried.done) as sign:
        n_failed = run_parts(
            [planned(p.point, plan.points[p.point].config, first, p.names) for p, first in parts],
            plan.store,
            retry=retry,
            work=working(sign.say),
            progress=tried,
        )
    about = {
        "shard": shard,
        "runs": n_runs,
        "failed": n_failed,
        "wall_s": time.monotonic() - began[0],
        "cpu_s": time.process_time() - began[1],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "host": sign.beat.host,
        "tries": sign.beat.tries,
    }
    # what it took is worth a line, not the sweep
    with suppress(OSError), (plan.folder / "jobs.jsonl").open("a") as file:
        file.write(json.dumps(about) + "\n")
    return about


_PLANS: dict[tuple[str, int], Plan] = {}


def load_plan_once(folder: Path) -> Plan:
    """The plan of a folder, read once in a process, and again when it has changed."""
    at = (str(folder), (folder / "study.json").stat().st_mtime_ns)
    if at not in _PLANS:
        _PLANS.clear()
        _PLANS[at] = load_plan(folder)
    return _PLANS[at]
