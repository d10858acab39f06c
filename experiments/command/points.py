"""Commands about one design point: its runs, its opinion leaders, its network.

A design point is one setting of everything, with as many seeds or worlds as are asked for.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import taken

if TYPE_CHECKING:
    import pandas as pd

    from experiments.sweeps.running import Failure, Result
    from sim.settings.config import Config


def run(words: list[str]) -> int:
    """`backlash run`: one design point with its replicates; with --cfg its settings instead.

    Returns 1 if some of the runs failed, and says how to repeat just these.
    """
    from sim.base.digest import plain
    from sim.settings.composition import compose

    show = "--cfg" in words
    config = compose([word for word in words if word != "--cfg"])
    if show:
        import yaml

        print(yaml.safe_dump(plain(config), allow_unicode=True, sort_keys=False), end="")
        return 0
    from experiments.sweeps.running import run_points
    from sim.store import Store

    result = run_points([config], Store(config.results), config.response.name)[0]
    from experiments.command.printed import as_json, print_table

    if config.format == "json":
        print(json.dumps(as_json(config, result), indent=1, allow_nan=False))
    else:
        print_table(config, result, words)
    return _report_failures(config, result, words)


def _report_failures(config: Config, result: Result, words: list[str]) -> int:
    """Print which runs failed and how to repeat each; the exit code."""
    if not result.failures:
        return 0
    from experiments.pictures.words import counted

    n, total = len(result.failures), len(result.failures) + len(result.runs)
    print(f"{n} of {counted(total, 'run')} failed:", file=sys.stderr)
    for failure in result.failures[:10]:
        print(f"  seed {failure.seed}: {failure.reason}", file=sys.stderr)
        print(f"    to repeat: {_repeat(config, failure, words)}", file=sys.stderr)
    if n > 10:
        print(f"  and {n - 10} more", file=sys.stderr)
    notes = Path(config.results) / "runs" / "failures.jsonl"
    print(f"  all with their traces in {notes}", file=sys.stderr)
    return 1


def _repeat(config: Config, failure: Failure, words: list[str]) -> str:
    """The command that repeats just this run; under a prior, the parts it is missing from.

    Which world a run was in depends on its place in the design, so a seed alone would not find it.
    """
    if config.uncertainty.name != "point":  # which world it was depends on its place in the design
        return shlex.join(["backlash", "run", *words])
    kept = [word for word in words if not word.startswith(("seed=", "n_replicates="))]
    return shlex.join(["backlash", "run", *kept, f"seed={failure.seed}", "n_replicates=1"])


def demo(words: list[str]) -> int:
    """`backlash demo`: the documented case and its counterfactuals, as a table and a report."""
    from experiments.reports.demo_report import demo as make

    return make(words)


def carriers(words: list[str]) -> int:
    """`backlash carriers`: opinion leaders' share of what was read, and the runs without each.

    Ten paired runs unless the words say otherwise: of fewer no interval is given.
    """
    from experiments.reading.carriers import carried
    from sim.settings.composition import compose

    given = [] if any(word.startswith("n_replicates=") for word in words) else ["n_replicates=10"]
    config = compose([*words, *given])
    table = carried(config)
    if config.format == "json":
        print(table.to_json(orient="records", indent=1, double_precision=6))
        return 0
    _print_carriers(config, table)
    return 0


def _print_carriers(config: Config, table: pd.DataFrame) -> None:
    """A line for each leader: its audience, its share of what was read, what goes without it."""
    from experiments.pictures.words import counted

    zh, n = config.lang == "zh", config.n_replicates
    print(
        f"{config.response.name}: {n} 次配对运行；差为无该意见领袖减去有，95%区间"
        if zh
        else f"{config.response.name}: {counted(n, 'paired run')}; differences are without that "
        "leader minus with, 95 %"
    )
    heads = (
        ("意见领袖", "受众", "阅读份额", "愤怒负担之差", "知晓比例之差")
        if zh
        else ("leader", "audience", "views", "burden [days/core fan]", "people aware [share]")
    )
    print("{:<14}{:>9}{:>9}{:>36}{:>36}".format(*heads))
    for leader, audience, views, *changes in table.itertuples(index=False):
        told = [
            f"{mean:+.3g} ({low:+.3g} … {high:+.3g})" if low == low else f"{mean:+.3g} (n < 10)"
            for mean, low, high in (changes[:3], changes[3:])
        ]
        print(f"{leader:<14}{audience:>9.1%}{views:>9.2%}{told[0]:>36}{told[1]:>36}")


def network(words: list[str]) -> int:
    """`backlash network [save=DIR]`: the network of a run, looked at and kept.

    The folder is tried before the network is drawn, which may take minutes.
    """
    from experiments.authoring.networks import figures_json, figures_text, looked_at
    from sim.base.refusal import ConfigError
    from sim.network.saved import check_folder, save_network
    from sim.settings.composition import compose
    from sim.settings.keys import check_spelling

    check_spelling(words, ("save",))
    asked = any(word.startswith("save=") for word in words)
    folder, words = taken(words, "save", "")
    if asked and not folder:
        raise ConfigError("save", "", "no name of a folder", "a folder", "save=networks")
    config = compose(words)
    if folder:
        check_folder(folder)
    ties, found = looked_at(config)
    saved = save_network(ties, folder) if folder else None
    if config.format == "json":
        about = {**figures_json(config, found), "saved": None if saved is None else str(saved)}
        print(json.dumps(about, indent=1, allow_nan=False))
        return 0
    print(figures_text(config, found))
    if saved is not None:
        print(f"\n{'已保存' if config.lang == 'zh' else 'saved'}: network.saved={saved}")
    return 0
