"""Both engines measured in one process: `make bench`; compare with ARGS="--against FILE".

CPU time, not wall time; medians of interleaved samples. Ratios can be trusted, absolute times
less so: the machine is shared and warms up.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.composition import compose
from sim.config import Config, PopulationConfig
from sim.engine import Simulation
from sim.scenario import build_scenario
from sim.simulate import network_of, population_of, simulate

SIZES = (300, 3_000, 30_000)
MESA_STEPS = {300: 96, 3_000: 24, 30_000: 4}  #: steps of a sample, around the screenshot
SAMPLES = 5
WARM = 150  #: step at which samples begin: the screenshot, when there is most to do


def measure(n_people: int) -> dict[str, Any]:
    """Nanoseconds per agent-step of both engines at one size, and the memory of the columns."""
    config = replace(compose([]), population=PopulationConfig(n_people=n_people))
    columnar, mesa = [], []
    for sample in range(SAMPLES):
        columnar.append(_columnar(replace(config, seed=sample)))
        if sample < 3:
            mesa.append(_mesa(replace(config, seed=sample), MESA_STEPS[n_people]))
    network = network_of(config)
    population = population_of(config, build_scenario(config), network)
    people = sum(column.nbytes for column in population.people)
    groups = population.groups.of.nbytes + population.groups.others.nbytes
    fast, slow = statistics.median(columnar), statistics.median(mesa)
    return {
        "n_people": n_people,
        "columnar_ns": fast,
        "mesa_ns": slow,
        "ratio": slow / fast,
        "bytes_per_person": (people + groups) / n_people,
        "bytes_per_tie": network.followers.nbytes / network.n_ties,
        "columnar_agent_steps_per_s": 1e9 / fast,
        "mesa_agent_steps_per_s": 1e9 / slow,
    }


def _columnar(config: Config) -> float:
    scenario, network = build_scenario(config), network_of(config)
    run = Simulation(scenario, network, population_of(config, scenario, network), config.seed)
    run.advance(WARM)
    began = time.process_time()
    run.advance(400)
    return (time.process_time() - began) / 400 / network.n_people * 1e9


def _mesa(config: Config, steps: int) -> float:
    from sim.model import BacklashModel, release

    scenario, network = build_scenario(config), network_of(config)
    population = population_of(config, scenario, network)
    run = Simulation(scenario, network, population, config.seed)
    run.advance(WARM)  # the columns are shared, so the agents start in the middle of the crisis
    model = BacklashModel(scenario, network, population, config.seed)
    model.table[:] = run.table
    model.census[:] = run.census
    model.now = WARM
    began = time.process_time()
    for _ in range(steps):
        model.step()
    spent = time.process_time() - began
    release(model)
    return spent / steps / network.n_people * 1e9


def default_run() -> float:
    """CPU milliseconds of one default run (3,000 people, 14 days), network and record included."""
    config = compose([])
    times = []
    for seed in range(SAMPLES + 2):
        began = time.process_time()
        simulate(replace(config, seed=seed))
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def main() -> int:
    """Measure, print, keep; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--against", type=Path, help="an earlier results/bench/*.json")
    parser.add_argument("--results", type=Path, default=Path("results"))
    options = parser.parse_args()
    earlier = json.loads(options.against.read_text()) if options.against else None
    simulate(compose([]))  # compile
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "default_run_ms": default_run(),
        "sizes": [],
    }
    print("people     columnar ns    mesa us    ratio   bytes/person  bytes/tie   agent-steps/s")
    for size in SIZES:
        row = measure(size)
        report["sizes"].append(row)
        print(
            f"{size:>6} {row['columnar_ns']:>14.1f} {row['mesa_ns'] / 1000:>10.2f} "
            f"{row['ratio']:>8.0f} {row['bytes_per_person']:>14.0f} {row['bytes_per_tie']:>10.1f} "
            f"{row['columnar_agent_steps_per_s']:>15,.0f}",
            flush=True,
        )
    print(f"default run: {report['default_run_ms']:.0f} ms of CPU")
    if earlier:
        for row, before in zip(report["sizes"], earlier["sizes"], strict=True):
            print(
                f"{row['n_people']:>6}: columnar {row['columnar_ns'] / before['columnar_ns']:.2f}, "
                f"ratio {row['ratio'] / before['ratio']:.2f} of the earlier one"
            )
    folder = options.results / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bench-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps(report, indent=1))
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
