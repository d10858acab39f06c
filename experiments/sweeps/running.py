"""Design points: a configuration with its replicates, run resumably into the store."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sim.base.refusal import ConfigError
from sim.parts import part_digest
from sim.progress import Progress, Stopped, runs_at_a_time, side_by_side
from sim.record import Run
from sim.run import Watch, simulate
from sim.settings.config import Config
from sim.settings.worlds import n_runs_of, replicates
from sim.snapshots import held, observe, path_of
from sim.start import network_of
from sim.state.asked import asked
from sim.state.scenario import build_scenario, name_of
from sim.store import Store, StoreError

CHUNK = 10  #: replicates in a part
BLOCK = CHUNK  #: worlds in a block: whole parts, whatever the number of seeds in a world
LEAST = 2 * BLOCK  #: worlds by which a cell is judged at the earliest
MOST_RUNS = 5_000_000  #: of one command: three days on two cores, and 400 GB
Work = Callable[[Config, Watch], Run]  #: what a run is made by: `simulate`, or `observe`


@dataclass(frozen=True)
class Failure:
    """A run that did not finish: why, and with which seed."""

    seed: int
    response: str
    reason: str
    run: str = ""  #: the name it would have had
    trace: str = ""


@contextmanager
def meanwhile(look: Callable[[], None], every_s: float) -> Iterator[None]:
    """Look every so often while work goes on; the work keeps the main thread, and so Ctrl-C."""
    over = threading.Event()

    def watch() -> None:
        """Look until it is over; a wait that times out is a look."""
        while not over.wait(every_s):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def refuse_snapshots(config: Config, work: str) -> None:
    """Refuse settings that ask for snapshots of people where only outcomes are kept."""
    if config.snapshots.every_h:
        raise ConfigError(
            "snapshots.every_h",
            config.snapshots.every_h,
            f"{work} keeps series and outcomes, no people",
            "0",
            f"backlash run response=deny snapshots.every_h={config.snapshots.every_h:g}, one run "
            "command for each response that is looked into",
        )


def refuse_before_work(config: Config) -> None:
    """Refuse a design point that no run could honour: what every command checks before it works.

    A network that is drawn cannot fail; a file is read here, not in the midst of the work.
    """
    build_scenario(config)
    if config.network.edges is not None or config.network.saved is not None:
        network_of(config)


def refuse_too_many(n_runs: int) -> None:
    """Refuse more runs than a store should hold, before their names fill the memory."""
    if n_runs > MOST_RUNS:
        raise ConfigError(
            "n_replicates", f"{n_runs:,} runs in all", "more than a store should hold",
            f"at most {MOST_RUNS:,} runs", "n_replicates=100",
        )  # fmt: skip


@dataclass
class Result:
    """What became of a design point."""

    runs: list[Run]
    failures: list[Failure]
    n_reused: int
    snapshots: list[Path]  #: files of snapshots, in the order of the runs; empty if none are taken


class _Members:
    """Runs of a design point by their numbers, each drawn when it is its turn.

    A job of a hundred thousand runs begins at once, and holds no more of them than it works at.
    """

    def __init__(self, config: Config, numbers: Sequence[int]) -> None:
        self.config, self.numbers = config, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, k: int) -> Config:
        at = self.numbers[k]
        return replicates(self.config, range(at, at + 1))[0]

    def __iter__(self) -> Iterator[Config]:
        return (self[k] for k in range(len(self)))


@dataclass
class _Part:
    """A chunk of replicates of a design point, and what has become of each so far."""

    point: int
    members: list[Config] | _Members
    names: list[str]
    done: dict[int, Run | Failure] = field(default_factory=dict)

    def runs(self) -> list[Run]:
        """Those that finished, in the order of their seeds."""
        done = (self.done[k] for k in sorted(self.done))
        return [result for result in done if isinstance(result, Run)]

    def failures(self) -> list[Failure]:
        """Those that did not, in the order of their seeds."""
        done = (self.done[k] for k in sorted(self.done))
        return [result for result in done if isinstance(result, Failure)]


def cut(point: int, config: Config) -> list[_Part]:
    """A design point in parts of CHUNK replicates, named."""
    members = replicates(config)
    chunks = [members[at : at + CHUNK] for at in range(0, len(members), CHUNK)]
    return [_Part(point, chunk, [name_of(member) for member in chunk]) for chunk in chunks]


def planned(point: int, config: Config, first: int, names: Sequence[str]) -> _Part:
    """A part that was named when it was planned: its runs from the `first` of its point on."""
    return _Part(point, _Members(config, range(first, first + len(names))), list(names))


def _some(members: list[Config] | _Members, keep: Sequence[int]) -> list[Config] | _Members:
    """Some of a part's members."""
    if isinstance(members, _Members):
        return _Members(members.config, [members.numbers[k] for k in keep])
    return [members[k] for k in keep]


def _load(part: _Part, store: Store) -> None:
    """Fill a part from the store; says why if what is there cannot be trusted.

    What was asked for is what is asked for now: another label may have been the first to ask.
    """
    digest = part_digest(part.names)
    if not store.has(digest):
        return
    try:
        for k, (run, member) in enumerate(zip(store.load(digest), part.members, strict=True)):
            part.done[k] = replace(run, asked=asked(member, member.case))
    except StoreError as problem:
        print(problem, file=sys.stderr)


def _unseen(part: _Part) -> list[int]:
    """Members whose snapshots are wanted and not on disk; the stored run cannot give them."""
    return [k for k, one in enumerate(part.members) if one.snapshots.every_h and not held(one)]


def _attempt(member: Config, name: str, work: Work, watch: Watch) -> Run | Failure:
    """A run, or why it did not finish.

    What stops everything is raised and is no failure of one run: a refusal, a store that cannot be
    written, work that is stopped. A run of another name than was planned comes of a file that
    changed meanwhile: it would be stored as an answer to what nobody asked.
    """
    try:
        run = work(member, watch)
        if run.name != name:
            raise ConfigError(
                "network.edges", member.network.edges, "changed while runs of it were under way",
                "files that stay as they are", "the same command again",
            )  # fmt: skip
        return run
    except (ConfigError, StoreError, Stopped):
        raise
    except Exception as problem:
        reason = f"{type(problem).__name__}: {problem}".splitlines()[0]
        trace = traceback.format_exc()
        return Failure(member.seed, member.response.name, reason, name, trace)


def run_points(
    configs: Sequence[Config], store: Store, label: str = "", work: Work = observe
) -> list[Result]:
    """Run design points, part by part; what the store has is not run again.

    A stored run whose snapshots are wanted and missing is run again: the bits are the same.
    Refuses before any work. A failed run costs only itself: it is noted in the store's
    failures.jsonl, the others of its part are kept. Raises KeyboardInterrupt when interrupted:
    finished parts stay.
    """
    for config in configs:
        refuse_before_work(config)
    refuse_too_many(sum(map(n_runs_of, configs)))
    parts = [part for k, config in enumerate(configs) for part in cut(k, config)]
    store.prepare()
    results = [Result([], [], 0, []) for _ in configs]
    for part in parts:
        _load(part, store)
        results[part.point].n_reused += len(part.done)
        for k in _unseen(part):
            part.done.pop(k, None)
    missing = [part for part in parts if len(part.done) < len(part.members)]
    progress = Progress(sum(len(part.members) - len(part.done) for part in missing), label)
    _Pool(store, progress, work).run(missing)
    for part in parts:
        _collect(part, results[part.point])
    return results


def _collect(part: _Part, result: Result) -> None:
    """Add what has become of a part to the result of its design point."""
    result.runs.extend(part.runs())
    result.failures.extend(part.failures())
    result.snapshots.extend(
        path_of(one) for one in part.members if one.snapshots.every_h and held(one)
    )


def run_parts(
    parts: Sequence[_Part],
    store: Store,
    retry: bool = False,
    work: Work = simulate,
    progress: Progress | None = None,
) -> int:
    """Run what the store lacks of these parts and keep nothing in memory; the number of failures.

    A run that failed before is left alone, unless it is to be tried again. progress : told of every
    run; None: nobody is.
    """
    parts = [part for part in parts if not store.trusts(part_digest(part.names))]
    known = store.holding([name for part in parts for name in part.names])
    known |= set() if retry else store.failures().keys()
    missing = []
    for part in parts:
        keep = [k for k, name in enumerate(part.names) if name not in known]
        if keep:
            names = [part.names[k] for k in keep]
            missing.append(_Part(part.point, _some(part.members, keep), names))
            known.update(names)  # two points may ask for the same run
    progress = progress or Progress(0, "", began=float("inf"))
    return _Pool(store, progress, work, keep_runs=False).run(missing)


class _Pool:
    """Runs in threads; each part is saved as soon as it is whole.

    One that is refused, or cannot be saved, stops the others at their next look.
    """

    def __init__(
        self, store: Store, progress: Progress, work: Work, keep_runs: bool = True
    ) -> None:
        """keep_runs : leave the runs in their parts; else a part forgets them once it is saved."""
        self.store, self.progress, self.work, self.keep_runs = store, progress, work, keep_runs
        self.stop, self.lock, self.n_failed = threading.Event(), threading.Lock(), 0

    def run(self, missing: Sequence[_Part]) -> int:
        """Run what is not done of these parts; the number of failures."""
        jobs = (
            partial(self._compute, part, k)
            for part in missing
            for k in range(len(part.members))
            if k not in part.done
        )
        threads = runs_at_a_time(missing[0].members[0]) if missing else 1
        side_by_side(jobs, threads, self.stop, self.progress)
        return self.n_failed

    def _compute(self, part: _Part, k: int) -> None:
        """One run, unless all is to stop; what ends it ends the others."""
        if self.stop.is_set():
            return
        try:
            self._attempted(part, k)
        except Stopped:
            return  # another job has said why
        except BaseException:
            self.stop.set()
            raise

    def _attempted(self, part: _Part, k: int) -> None:
        """Run the k-th member of a part; the one that makes it whole saves it."""

        def watch(share: float) -> None:
            """How far the run is; raises Stopped in the midst of it when all is to stop."""
            if self.stop.is_set():
                raise Stopped
            self.progress.part((id(part), k), share)

        result = _attempt(part.members[k], part.names[k], self.work, watch)
        if isinstance(result, Failure):
            self.store.note_failure(_note(result))
        with self.lock:
            self.n_failed += isinstance(result, Failure)
            part.done[k] = result
            last = len(part.done) == len(part.members)
        if last and (runs := part.runs()):
            self.store.save(runs)
        if last and not self.keep_runs:
            part.done.clear()
        self.progress.tick()


def _note(failure: Failure) -> dict[str, Any]:
    """A failure as a line of failures.jsonl."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": failure.run,
        "seed": failure.seed,
        "response": failure.response,
        "reason": failure.reason,
        "trace": failure.trace,
    }
