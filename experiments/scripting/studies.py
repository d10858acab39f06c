"""Studies from a script: run here, or opened where the command line stored them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.reading.analysis import Analysis, analyse, cell_table
from experiments.reading.swept import swept
from experiments.scripting.words import words_of
from experiments.sweeps.plan import Plan, load_plan
from experiments.sweeps.sweep import status_of
from sim.base.refusal import ConfigError, place
from sim.settings.composition import word_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class StoredStudy:
    """A study in the store: its runs, its cells compared, its findings, figures and reports.

    Everything is read from the store when it is first asked for. What compares
    does so over the whole blocks of worlds that are there, and raises ConfigError without any.

    >>> import backlash
    >>> hours = {"response.apology.delay_h": [1, 24]}
    >>> found = backlash.sweep(hours, n=2, name="hours", population="classroom")
    >>> found.runs_missing, found.frame["response.apology.delay_h"].nunique()
    (0, 2)
    """

    plan: Plan

    @property
    def name(self) -> str:
        """What the study is called, and its folder."""
        return self.plan.study.name

    @property
    def folder(self) -> Path:
        """Where its tables, figures and reports lie."""
        return self.plan.folder

    @property
    def command(self) -> str:
        """What repeats it on a command line, or goes on with it."""
        return self.plan.command

    @property
    def runs_missing(self) -> int:
        """Runs that are not in the store: not tried yet, or failed."""
        seen = status_of(self.plan)
        return seen.n_missing + len(seen.failed)

    @cached_property
    def analysis(self) -> Analysis:
        """All that is computed from its runs, once: `experiments.reading.analysis.Analysis`."""
        return analyse(self.plan)

    @property
    def table(self) -> pd.DataFrame:
        """A row a cell: labels, means, paired differences with intervals, regret, front, scores.

        The columns are those of cells.csv.
        """
        return cell_table(self.analysis)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row a run that is stored: cell, world, levers, what was drawn, every outcome.

        The columns are those of runs.csv (`export`).
        """
        from experiments.reports.run_table import tidy

        return tidy(self.plan)

    @property
    def series(self) -> pd.DataFrame:
        """A row an hour of a run: run, block, cell, world, time, every series.

        All of them are in memory then; `export` streams them to series.parquet.
        """
        from sim.parts import from_table
        from sim.runs import series_of

        store = self.plan.store
        frames = []
        for stored, wanted in store.places(self.plan.held).items():
            kept = set(wanted)
            runs = [run for run in from_table(store.read(stored)) if run.name in kept]
            frames.append(series_of(runs, [0] * len(runs)).drop(columns=["world", "response"]))
        where = self.frame[["block", "cell", "world", "run"]]
        whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["run"])
        return where.merge(whole, on="run", how="inner")

    def findings(self, lang: str = "en") -> list[str]:
        """What it found, in sentences. lang : en or zh."""
        return [zh if lang == "zh" else en for en, zh in self._told]

    @cached_property
    def _told(self) -> list[tuple[str, str]]:
        """Its findings, once: English and Chinese."""
        from experiments.reports.study_report import told

        return told(self.analysis)

    def plot(self, name: str | None = None, lang: str = "en") -> Figure:
        """One of its figures; None: the first that it has. lang : en or zh.

        Which there are depends on what was varied: maps, multiples, curves, tradeoff, parallel,
        trajectories, turners, sobol, tornado, shapley. Raises ConfigError for one that it has not.
        """
        from matplotlib import pyplot as plt

        from experiments.pictures.plots import use_style
        from experiments.reports.study_figures import drawing

        known = drawing(self.analysis)
        wanted = name or next(iter(known))
        if wanted not in known:
            raise ConfigError(
                "plot", name, "this study has no such figure", ", ".join(known),
                f"plot({next(iter(known))!r})",
            )  # fmt: skip
        use_style()
        figure = known[wanted](self.analysis, lang)
        plt.close(figure)  # a notebook shows what a call returns, and not a second time
        return figure

    def report(self, lang: str = "en") -> list[Path]:
        """Write its report, one self-contained page; the files that were written."""
        from experiments.reports.study_report import write_report

        return write_report(self.plan, lang)

    def export(self) -> list[Path]:
        """Write runs.csv, runs.parquet, series.parquet and dictionary.csv; their paths."""
        from experiments.reports.export import write_export

        return write_export(self.plan)

    def __repr__(self) -> str:
        """What was varied, and where it lies."""
        axes = ", ".join(axis.name for axis in self.plan.study.axes)
        cells = len(self.plan.study.cells)
        return f"StoredStudy({self.name!r}: {axes}; {cells} cells, in {self.folder})"

    def _repr_html_(self) -> str:
        """Findings and cells as a notebook shows them."""
        from experiments.scripting.notebook import of_study

        return of_study(self)


def sweep(
    axes: Mapping[str, Sequence[Any]] | str,
    n: int | None = None,
    name: str | None = None,
    reference: str | None = None,
    store: str = "results",
    replace: bool = False,
    **settings: Any,
) -> StoredStudy:
    """Run every combination of values in the same worlds; what the store has is not run again.

    axes      : values by key, such as {"response.penalty.severity": [0.2, 0.5, 1]}; or the name of
                a study of conf/study/ or of a file of one.
    n         : worlds for each cell; None: as the settings or the study say.
    name      : under which it is stored, and opened by `backlash.study` and `backlash report`.
    reference : the cell that the others are held against, a label an axis with commas between them;
                None: what the brand did.
    store     : the folder of the store.
    replace   : take the name from another question that has it.
    settings  : what holds in every cell, as keywords, a dot as two underscores; precision=0.05 or
                decided=0.05 let it stop within n worlds (docs/sweeps.md).

    It is the command `backlash sweep` with these words: one goes on where the other was stopped.
    Raises ConfigError before any run.

    >>> import backlash
    >>> found = backlash.sweep("smoke", population="classroom", n=2)
    >>> found.command
    'backlash sweep study=smoke n_replicates=2 population=classroom results=results'
    >>> backlash.study("smoke").frame.equals(found.frame)
    True
    """
    words = [f"study={axes}"] if isinstance(axes, str) else _axes(axes)
    own = [] if n is None else [f"n_replicates={n}"]
    more = [*own, *words_of(settings), word_of("results", store)]
    more += [] if name is None else [f"name={name}"]
    said = [*words, *more, *([] if reference is None else [f"reference={reference}"])]
    plan, seen = swept([*words, *more], said, reference, replace=replace)
    if seen.failed:
        first = next(iter(seen.failed.values()))
        raise RuntimeError(
            f"{len(seen.failed)} runs failed, the first (seed {first['seed']}): {first['reason']}\n"
            "  allowed: the others are kept\n"
            f"  try:     {plan.command} --retry-failed"
        )
    return StoredStudy(plan)


def _axes(axes: Any) -> list[str]:
    """Axes as words: `a=1,2,3`. Raises ConfigError for what is no mapping of lists."""
    good = isinstance(axes, Mapping) and all(
        isinstance(values, Sequence) and not isinstance(values, str) and len(values) > 0
        for values in axes.values()
    )
    if not good:
        raise ConfigError(
            "axes", axes, "no values by key", "a mapping of keys to lists, or the name of a study",
            'backlash.sweep({"response.apology.delay_h": [1, 8, 24]}, n=20, name="hours")',
        )  # fmt: skip
    return [
        f"{key}=" + ",".join(word_of(key, value).partition("=")[2] for value in values)
        for key, values in axes.items()
    ]


def study(name: str, store: str = "results") -> StoredStudy:
    """A study that is stored, whoever made it: `backlash sweep`, or `sweep` of a script.

    name : of the study. store : the folder of the store. Raises ConfigError, with the names that
    are there, for another.

    >>> import backlash
    >>> _ = backlash.sweep({"response": ["none", "deny"]}, n=2, name="two", population="classroom")
    >>> found = backlash.study("two")
    >>> found.table["response"].tolist()[:2], len(found.findings()) > 0
    (['none', 'deny'], True)
    """
    return StoredStudy(load_plan(place("store", store) / "studies" / name))
