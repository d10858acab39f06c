"""Commands about synthetic affairs: the fit of their population, tables of them, forecasts."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import option, taken

if TYPE_CHECKING:
    from experiments.corpus.affairs import Affairs, Sight


#: Synthetic affairs that forecasts are made from and that the fit is judged by, and their seed.
N_TASKS, TASKS_SEED = 2500, 20_000
AT_ONCE = 100  #: affairs that are simulated at least, before they are counted


def refuse_names(words: list[str], example: str) -> None:
    """Refuse words that are no setting: they would be passed over. Raises ConfigError."""
    from sim.base.refusal import ConfigError

    for word in words:
        if "=" not in word:
            raise ConfigError(word, None, "no such word here", "settings, KEY=VALUE", example)


def count(words: list[str], key: str, usual: int, low: int, high: int) -> tuple[int, list[str]]:
    """A whole number of a command's words, and the words that are left. Raises ConfigError."""
    from sim.base.refusal import ConfigError

    given, rest = taken(words, key, str(usual))
    if not given.isdecimal() or not low <= int(given) <= high:
        allowed = f"a whole number from {low:,} to {high:,}"
        raise ConfigError(key, given, "not possible here", allowed, f"{key}={usual}")
    return int(given), rest


def calibrate_corpus(words: list[str]) -> int:
    """`backlash calibrate corpus [n=4000] [waves=8] [results=DIR]`: the public side, resumable."""
    from experiments.corpus.affairs import gathered
    from experiments.corpus.conditioning import TASKS, tasks_of, write_tasks
    from experiments.corpus.ingredients import save
    from experiments.corpus.library import library
    from experiments.corpus.population_fit import MAX_WAVES, N_AFFAIRS, fit
    from sim.settings.keys import refuse_other_keys

    refuse_names(words, "backlash calibrate corpus")
    refuse_other_keys(words, ("n", "waves", "results"))
    n, rest = count(words, "n", N_AFFAIRS, 200, 100_000)
    waves, rest = count(rest, "waves", MAX_WAVES, 1, 50)
    folder = Path(option(rest, "results", "results")) / "studies" / "calibration_corpus"
    found = fit(folder, n, waves)
    path = folder / "population.csv"
    made = library(N_TASKS, found.population, folder, seed=TASKS_SEED)
    fresh = [sight for _, sight in made if sight is not None]
    judged = found.judged(gathered(fresh))
    about = found.about(judged, len(fresh))
    write_tasks(folder / TASKS.name, tasks_of(fresh), f"tasks of {N_TASKS} affairs of {about}")
    print(found.history().to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    save(path, found.population, found.between, about)
    found.contrasts().to_csv(folder / "population_contrasts.csv", index=False, float_format="%.4g")
    judged.to_csv(folder / "population_statistics.csv", index=False, float_format="%.4g")
    print(f"\n{path}\nresponses by wave: {folder / 'population_contrasts.csv'}")
    out = folder / "synthetic"
    again = ["backlash", "corpus", "simulate", "n=300", f"out={out}", f"population={path}"]
    print(f"affairs of it: {shlex.join(again)}")
    return 0


def made_affairs(n: int, seed: int, population: str, results: str) -> tuple[Affairs, int]:
    """n listed affairs of a population (a file; the fitted one if empty), and how many were run.

    Some are never listed; they are no affairs of a corpus. Finished blocks are kept in results.
    """
    from experiments.corpus.affairs import gathered
    from experiments.corpus.ingredients import FITTED, fitted
    from experiments.corpus.library import library
    from sim.base.refusal import ConfigError, place

    of = fitted(place("population", population) if population else FITTED)
    folder = place("results", results) / "studies" / "corpus_synthetic"
    found: list[Sight] = []
    made = 0
    while len(found) < n:
        block = library(max(AT_ONCE, n), of, folder, seed=10_000 + seed, first=made)
        made += len(block)
        found += [sight for _, sight in block if sight is not None]
        if made > 20 * n + 1000 and not found:
            raise ConfigError(
                "population", population or "the fitted one", "no affair of it is ever listed",
                "a population with hotter accusations", "backlash calibrate corpus",
            )  # fmt: skip
    return gathered(found[:n]), made


def simulate(words: list[str]) -> int:
    """`backlash corpus simulate n=300 out=DIR`: synthetic affairs as the four tables."""
    from experiments.corpus.writing import write
    from sim.base.refusal import ConfigError, place
    from sim.settings.keys import refuse_other_keys

    refuse_names(words, "backlash corpus simulate n=300 out=affairs")
    refuse_other_keys(words, ("n", "out", "seed", "population", "results"))
    n, rest = count(words, "n", 300, 1, 1_000_000)
    seed, rest = count(rest, "seed", 0, 0, 2**31 - 1)
    file, rest = taken(rest, "population", "")
    results, rest = taken(rest, "results", "results")
    out, rest = taken(rest, "out", "")
    if not out:
        raise ConfigError(
            "out", None, "where to?", "a folder", f"backlash corpus simulate n={n} out=affairs"
        )
    found, made = made_affairs(n, seed, file, results)
    target = place("out", out)
    write(target, found)
    print(f"{n} synthetic affairs in {target} ({made} were simulated, the others never listed)")
    print(f"to look at them: {shlex.join(['backlash', 'corpus', 'score', str(target)])}")
    return 0


def forecast(words: list[str]) -> int:
    """`backlash corpus forecast [DIR] out=FILE [method=both]`: a row an affair and age.

    Writes the plain forecasts to FILE, and those that are told the coming responses beside it.
    """
    from experiments.corpus.conditioning import METHODS
    from experiments.corpus.contest import MODEL, TOLD, UNTOLD, said
    from experiments.corpus.scores import table_of
    from experiments.corpus.shipped import DATA
    from experiments.pictures.words import counted
    from sim.base.files import write_whole
    from sim.base.refusal import ConfigError, place
    from sim.settings.keys import refuse_other_keys

    names = [word for word in words if "=" not in word]
    refuse_other_keys(words, ("out", "method"))
    method, rest = taken([word for word in words if "=" in word], "method", "both")
    if method not in METHODS:
        allowed = ", ".join(METHODS)
        raise ConfigError("method", method, "no such method", allowed, "method=both")
    out = option(rest, "out", "forecasts.csv")
    if len(names) > 1:
        raise ConfigError(
            "corpus", " ".join(names), "which folder?", "one folder", "backlash corpus forecast DIR"
        )
    target = place("out", out)
    tasks, found = said(place("corpus", names[0]) if names else DATA, MODEL[method])
    files = {UNTOLD: target, TOLD: target.with_name(f"{target.stem}_told{target.suffix}")}
    for variant, path in files.items():
        table = table_of(found[variant], tasks)
        write_whole(path, table.to_csv(index=False, float_format="%.5g").encode())
    of = counted(tasks.frame["affair"].nunique(), "affair")
    print(f"{counted(len(tasks), 'forecast')} of {of}\n{target}")
    print(f"{files[TOLD]} (the kind and time of the responses of the next 24 h are told)")
    folder = names[0] if names else str(DATA)
    score = ["backlash", "corpus", "score", folder, f"forecast={target}"]
    print(f"to score them: {shlex.join(score)}")
    return 0
