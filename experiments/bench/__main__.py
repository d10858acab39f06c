"""The engine against its rivals, its bars and the machine: `make bench`; this file is the contents.

Ratios can be trusted, absolute times less so: a shared machine drifts by a tenth and more. Figures
stand beside those of the run before, or of ARGS="--against FILE"; ARGS=--full adds communities of a
million and of five million people.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from experiments.bench import contest, costs, figure, machine, passes, sweeping
from experiments.bench.lines import Line, earlier_values, keep, newest, shown
from experiments.pictures import pages

SIZES = (5_000, 50_000, 500_000)  #: people in the communities that growth is measured over
FULL_SIZES = (*SIZES, 5_000_000)


def questions(full: bool) -> Iterator[Callable[[], list[Line]]]:
    """What is measured, in the order of the table; nothing is measured before it is called."""
    yield costs.whole_run
    yield lambda: contest.objects(10_000)
    yield lambda: contest.many_objects(100_000)
    yield lambda: contest.arrays(100_000)
    yield lambda: contest.c_language(100_000)
    yield lambda: contest.driver(5_000)
    yield lambda: costs.activity(100_000)
    yield lambda: costs.growth(FULL_SIZES if full else SIZES)
    yield passes.profile
    yield lambda: costs.memory(100_000)
    yield lambda: costs.threads(10_000)
    yield machine.bandwidth
    yield machine.start
    yield sweeping.commands
    yield sweeping.rate
    yield sweeping.stopping
    if full:
        yield lambda: contest.c_language(1_000_000)
        yield lambda: costs.at_scale(1_000_000)


def main() -> int:
    """Measure, print, keep, draw; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument(
        "--against", type=Path, help="a results/bench/bench-*.json; else the newest"
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--full", action="store_true", help="also 1,000,000 and 5,000,000 people")
    options = parser.parse_args()
    folder = options.results / "bench"
    before = options.against or newest(folder)
    earlier = earlier_values(before)
    if before is not None:
        print(f"beside {before}")
    about = machine.description()
    print("  ".join(f"{key} {value}" for key, value in about.items()), flush=True)
    lines: list[Line] = []
    for ask in questions(options.full):
        lines += _tell(ask(), earlier)
    lines += _tell(machine.floor(lines), earlier)
    taken = time.strftime("%Y%m%d-%H%M%S")
    print(keep(folder, taken, about, lines))
    pages.save(figure.ratios(lines), folder / "bench", taken)
    print(figure.title(lines))
    return 0


def _tell(lines: list[Line], earlier: dict[tuple[str, int], float]) -> list[Line]:
    """Print lines as soon as they are measured, each beside the earlier run; the lines again."""
    for line in lines:
        print(shown(line, earlier.get((line.key, line.n_people))), flush=True)
    return lines


if __name__ == "__main__":
    sys.exit(main())
