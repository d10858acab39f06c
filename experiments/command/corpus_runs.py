"""Commands about synthetic affairs: the fit of their population, tables of them, forecasts."""

from __future__ import annotations

import shlex
from pathlib import Path

from experiments.command.words import option, taken


def _count(words: list[str], key: str, usual: int, low: int, high: int) -> tuple[int, list[str]]:
    """A whole number of a command's words, and the words that are left. Raises ConfigError."""
    from sim.base.refusal import ConfigError

    given, rest = taken(words, key, str(usual))
    if not given.isdecimal() or not low <= int(given) <= high:
        allowed = f"a whole number from {low:,} to {high:,}"
        raise ConfigError(key, given, "not possible here", allowed, f"{key}={usual}")
    return int(given), rest


def calibrate_corpus(words: list[str]) -> int:
    """`backlash calibrate corpus [n=3000] [waves=7] [results=DIR]`: the public side, resumable."""
    from experiments.corpus.ingredients import save
    from experiments.corpus.population_fit import MAX_WAVES, N_AFFAIRS, fit

    n, rest = _count(words, "n", N_AFFAIRS, 200, 100_000)
    waves, rest = _count(rest, "waves", MAX_WAVES, 1, 50)
    folder = Path(option(rest, "results", "results")) / "studies" / "calibration_corpus"
    found = fit(folder, n, waves)
    path = folder / "population.csv"
    print(found.history().to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    save(path, found.population, found.between, found.about())
    found.contrasts().to_csv(folder / "contrasts.csv", index=False, float_format="%.4g")
    found.statistics().to_csv(folder / "statistics.csv", index=False, float_format="%.4g")
    print(f"\n{path}\nresponses by wave: {folder / 'contrasts.csv'}")
    out = folder / "synthetic"
    again = ["backlash", "corpus", "simulate", "n=300", f"out={out}", f"population={path}"]
    print(f"affairs of it: {shlex.join(again)}")
    return 0


def simulate(words: list[str]) -> int:
    """`backlash corpus simulate n=300 out=DIR`: synthetic affairs as the four tables."""
    from experiments.corpus.affairs import gathered
    from experiments.corpus.ingredients import FITTED, fitted
    from experiments.corpus.library import library
    from experiments.corpus.writing import write
    from sim.base.refusal import ConfigError, place

    n, rest = _count(words, "n", 300, 1, 1_000_000)
    seed, rest = _count(rest, "seed", 0, 0, 2**31 - 1)
    file, rest = taken(rest, "population", "")
    results, rest = taken(rest, "results", "results")
    out = option(rest, "out", "")
    if not out:
        raise ConfigError(
            "out", None, "where to?", "a folder", f"backlash corpus simulate n={n} out=affairs"
        )
    population = fitted(place("population", file) if file else FITTED)
    folder = place("results", results) / "studies" / "corpus_synthetic"
    found = []
    made = 0
    while len(found) < n:  # some are never listed; they are no affairs of a corpus
        block = library(max(100, n), population, folder, seed=10_000 + seed, first=made)
        made += len(block)
        found += [sight for _, sight in block if sight is not None]
        if made > 20 * n + 1000 and not found:
            raise ConfigError(
                "population", file or "the fitted one", "no affair of it is ever listed",
                "a population with hotter accusations", "backlash calibrate corpus",
            )  # fmt: skip
    target = place("out", out)
    write(target, gathered(found[:n]))
    print(f"{n} synthetic affairs in {target} ({made} were simulated, the others never listed)")
    print(f"to look at them: {shlex.join(['backlash', 'corpus', 'score', str(target)])}")
    return 0
