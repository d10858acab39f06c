"""The documented case with 3,000 people and with five million, in one figure: `make scale`."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from experiments.pictures import pages, plots
from experiments.reading import intervals
from experiments.reading.provenance import provenance
from experiments.sweeps.running import run_points
from sim.metrics import outcomes
from sim.progress import cores
from sim.record import Run
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.store import Store

N_SEEDS = 30  #: of the small community; the large one is run once
PANELS: dict[str, tuple[str, str]] = {
    "outrage_core": ("expressed outrage of core fans [0-1]", "核心粉丝表达的愤怒 [0–1]"),
    "posts_core": (
        "posts per 1,000 core fans and hour, over 3 h",
        "每千名核心粉丝每小时发帖（3小时滑动）",
    ),
    "heat": ("heat, over the peak of the median run", "热度（以中位运行的峰值为1）"),
    "trust_core": ("trust of core fans [0-1]", "核心粉丝的信任 [0–1]"),
}
TEXTS: dict[str, tuple[str, str]] = {
    "title": (
        "{large:,} people: the same affair with less noise "
        "(burden {b:.2f} days per core fan; {a:.2f} with {small:,} people)",
        "{large:,} 人：过程相同而噪声更小（愤怒负担 {b:.2f} 粉丝日；{small:,} 人时为 {a:.2f}）",
    ),
    "small": (
        "{n:,} people, {runs} seeds (median, 5-95 %)",
        "{n:,} 人，{runs} 个种子（中位数，5–95%）",
    ),
    "large": ("{n:,} people, one seed", "{n:,} 人，一个种子"),
    "note": (
        "One world: {world}. Vertical lines: documented events.",
        "同一世界：{world}。竖线为记录在案的事件。",
    ),
}


def runs_of(results: str, large: str) -> tuple[Config, list[Run], list[Run]]:
    """The runs of both communities, in the same world: from the store, or run now."""
    small = compose([f"uncertainty.n_seeds={N_SEEDS}", f"results={results}"])
    words = [f"population={large}", f"results={results}", f"engine.threads_per_run={cores()}"]
    store = Store(Path(results))
    found = [run_points([config], store, large)[0] for config in (small, compose(words))]
    failed = [failure for result in found for failure in result.failures]
    if failed:
        raise SystemExit(failed[0].reason)
    return small, found[0].runs, found[1].runs


def _series(runs: Sequence[Run], name: str) -> npt.NDArray[np.float64]:
    """Runs of a series; posts as rates a person, over three hours."""
    values = intervals.stack(runs, name)
    if name.startswith("posts"):
        kind, dt_h = name.removeprefix("posts_"), runs[0].clock.dt_h
        hourly = intervals.smooth(values, round(3 / dt_h)) / dt_h
        return np.asarray(hourly / runs[0].n_people[kind] * 1000)
    return values


def figure(config: Config, small: Sequence[Run], large: Sequence[Run], lang: str) -> Figure:
    """Four series of both communities, one panel each: the same affair with less noise.

    Of the small community median and band, of the large one its only run.
    """
    plots.use_style()
    which = 0 if lang == "en" else 1
    drawn, axes = plt.subplots(2, 2, figsize=(11, 6.4), sharex=True)
    sizes = [sum(runs[0].n_people.values()) for runs in (small, large)]
    labels = (
        TEXTS["small"][which].format(n=sizes[0], runs=len(small)),
        TEXTS["large"][which].format(n=sizes[1]),
    )
    for ax, (name, title) in zip(axes.flat, PANELS.items(), strict=True):
        _draw_series(ax, name, small, large, labels)
        ax.set_title(title[which])
        for event in config.case.events:
            if event.role in ("forcing", "lever"):
                ax.axvline(event.time, color=plots.GREY, linewidth=0.6, alpha=0.6)
        ax.set_ylim(0 if name != "trust_core" else None, None)
    axes[0, 1].legend(loc="upper right")
    for ax in axes[1]:
        plots.days(ax, lang, config.case.zone_name(lang))
    a, b = (
        float(np.mean([outcomes(run)["outrage_burden_core"] for run in runs]))
        for runs in (small, large)
    )
    text = TEXTS["title"][which].format(a=a, b=b, small=sizes[0], large=sizes[1])
    drawn.suptitle(text, x=0.01, ha="left", fontsize=11)
    note = TEXTS["note"][which].format(world=provenance(config, lang))
    wrapped = textwrap.fill(note, 150 if lang == "en" else 75)
    drawn.text(0.01, -0.01, wrapped, fontsize=7.5, color="#555555", va="top")
    return drawn


def _draw_series(
    ax: Any, name: str, small: Sequence[Run], large: Sequence[Run], labels: tuple[str, str]
) -> None:
    """One series of both communities; heat over the peak of the small one's median run.

    small : several runs, drawn as a band. large : its first run is drawn as a line. labels : of the
    two.
    """
    times = [small[0].clock.time_of(step) for step in range(small[0].clock.n_steps)]
    few, many = _series(small, name), _series(large, name)
    if name == "heat":
        peak = np.median(few, axis=0).max()
        few, many = few / peak, many / peak
    plots.ensemble(ax, times, few, plots.GREY, labels[0], spaghetti=False)
    ax.plot(times, many[0], color=plots.VERMILION, linewidth=1.3, label=labels[1])
    ax.set_xlim(times[0], times[-1])


def main() -> int:
    """Run what is missing and draw, in both languages; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make scale")
    parser.add_argument("--results", default="results")
    parser.add_argument("--population", default="full_scale", help="of conf/population/")
    options = parser.parse_args()
    config, small, large = runs_of(options.results, options.population)
    for lang in ("en", "zh"):
        name = "size" if lang == "en" else f"size_{lang}"
        path = Path(options.results) / "scale" / name
        pages.save(figure(config, small, large, lang), path, large[0].name)
        print(path.with_suffix(".png"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
