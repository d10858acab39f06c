"""All runs of one design point, or of several side by side: kept in the store, or only returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from experiments.scripting.words import Asked, config_of
from sim.runs import Ensemble, ensembles
from sim.settings.config import Config
from sim.settings.worlds import replicates
from sim.start import checked


def runs(
    asked: Asked = (), n: int | None = None, store: str | None = None, **settings: Any
) -> Ensemble:
    """Runs in n plausible worlds: those of `backlash run` with the same settings, bit for bit.

    asked    : the name of a response ("none"); or words as on the command line, in a list or in one
               text ("response=deny response.denial.delay_h=4"); or a Config of `compose`.
    n        : worlds, each drawn as the settings say (uncertainty=posterior unless they do not);
               None: n_replicates of the settings. Ten or more give intervals.
    store    : a folder, such as "results", in which runs are looked up and kept as the command line
               does it; None keeps nothing.
    settings : more settings as keywords, a dot as two underscores: response__penalty__severity=1.

    What takes longer than two seconds says how far it is, in a terminal and in a notebook. Raises
    ConfigError for settings that no run could honour, before any of them begins.

    >>> import backlash
    >>> made = backlash.runs("none", n=3, population="classroom")
    >>> made
    Ensemble(case='xiaomi_2026', response='none', 3 runs)
    >>> len(made.frame), "outrage_burden_core" in made.frame
    (3, True)
    >>> sorted(made.series.columns[:5])           # a row an hour of a run
    ['hour', 'response', 'run', 'time', 'world']
    >>> kept = backlash.runs("none", n=3, store="results", population="classroom")
    >>> kept.frame["run"].tolist() == made.frame["run"].tolist()
    True
    """
    config = config_of(asked, settings, n)
    return made([config], store, config.response.name)[0]


def made(configs: Sequence[Config], store: str | None, label: str) -> list[Ensemble]:
    """The runs of several configs side by side, from the store where one is named and has them.

    Raises RuntimeError, with the reason of the first, where runs that would be kept have failed.
    """
    if store is None:
        return ensembles(configs, label)
    from experiments.sweeps.running import run_points
    from sim.store import Store

    results = run_points([checked(config) for config in configs], Store(store), label)
    failed = [failure for result in results for failure in result.failures]
    if failed:
        raise RuntimeError(
            f"{len(failed)} runs failed, the first (seed {failed[0].seed}): {failed[0].reason}\n"
            f"  allowed: the others are kept in {store}\n"
            "  try:     the same call again, or the command `backlash run` with these settings"
        )
    return [
        Ensemble(config, tuple(replicates(config)), tuple(result.runs))
        for config, result in zip(configs, results, strict=True)
    ]
