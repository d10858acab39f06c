"""Many synthetic affairs, run side by side; each block of them is a file that is whole or absent.

    affairs = library(range(3000), population, folder)      goes on where it was

A block bears the digest of what can change it (population, seed, RESULTS): a file of other settings
is never read. Work goes to as many processes as there are cores.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import sim
from experiments.corpus.affairs import Sight
from experiments.corpus.ingredients import Population
from experiments.corpus.scripts import Script, scripts_of
from experiments.corpus.shipped import development
from experiments.corpus.synthetic import N_PEOPLE, Drawn, config_of, draw, sight_of
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole
from sim.progress import Progress

BLOCK = 100  #: affairs of a file
One = tuple[Drawn, Sight | None]


def library(
    n: int,
    population: Population,
    folder: Path,
    seed: int = 0,
    scripts: Sequence[Script] | None = None,
    n_people: int = N_PEOPLE,
    first: int = 0,
) -> list[One]:
    """n affairs from number `first` on, each with what was seen of it (None: never listed).

    folder : where finished blocks are kept, and taken from. scripts : those of the development
    affairs unless others are given.
    """
    own = own_scripts(scripts)
    jobs = [(number, population, own, seed, n_people) for number in range(first, first + n)]
    return kept(_one, jobs, folder, "synthetic affairs")


def own_scripts(scripts: Sequence[Script] | None) -> tuple[Script, ...]:
    """Those that are given, or those of the development affairs."""
    return tuple(scripts_of(development()) if scripts is None else scripts)


Job = tuple[int, Population, tuple[Script, ...], int, int]


def _one(job: Job) -> One:
    """Run one affair and look at it."""
    number, population, scripts, seed, n_people = job
    drawn = draw(number, population, scripts, seed)
    return drawn, sight_of(drawn, sim.simulate(config_of(drawn, n_people)))


def kept(
    work: Callable[[Any], Any],
    jobs: Sequence[Any],
    folder: Path,
    what: str,
    size: int | None = None,
) -> list[Any]:
    """What `work` makes of each job, in order; blocks that a folder holds already are read.

    work : a function of a module, so that another process can call it. what : said of progress.
    size : jobs of a block; None: BLOCK.
    """
    size = size or BLOCK
    blocks = [jobs[k : k + size] for k in range(0, len(jobs), size)]
    paths = [folder / f"{_digest(work, block)}.block" for block in blocks]
    todo = [k for k, path in enumerate(paths) if _read(path) is None]
    if todo:
        _run([(work, blocks[k], paths[k]) for k in todo], f"{what}, {size} at a time")
    return [one for path in paths for one in _read(path) or []]


def _digest(work: Callable[[Any], Any], block: Sequence[Any]) -> str:
    """Of what can change a block: the work, its jobs, the version of results."""
    text = repr((RESULTS_VERSION, work.__module__, work.__qualname__, list(block)))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _read(path: Path) -> list[Any] | None:
    """A finished block; None for none, or for a file that is not as it was written."""
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest().encode() != digest:
        return None
    found: list[Any] = pickle.loads(content)
    return found


Block = tuple[Callable[[Any], Any], Sequence[Any], Path]


def _run(blocks: Sequence[Block], what: str) -> None:
    """Run blocks that are not there yet, and say how far it is."""
    progress = Progress(len(blocks), what)
    workers = min(len(blocks), len(os.sched_getaffinity(0)))
    if workers == 1:
        for block in blocks:
            _block(block)
            progress.tick()
        return
    for _ in _finished(_pool(len(os.sched_getaffinity(0))), blocks):
        progress.tick()


@cache
def _pool(workers: int) -> ProcessPoolExecutor:
    """Processes that take blocks, the same ones until the end: to start some takes seconds."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _finished(pool: ProcessPoolExecutor, blocks: Sequence[Block]) -> Iterator[None]:
    """Blocks as they come to their end; what is left is given up if one fails."""
    futures = [pool.submit(_block, block) for block in blocks]
    try:
        for future in futures:
            yield future.result()
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        _pool.cache_clear()
        raise


def _block(block: Block) -> None:
    """Run one block and write it."""
    work, jobs, path = block
    content = pickle.dumps([work(job) for job in jobs], protocol=5)
    write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
