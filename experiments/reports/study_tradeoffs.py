"""Figures of several outcomes of a study at once: two against each other, and all in parallel."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from experiments.pictures import sweep_plots
from experiments.reading import compare
from experiments.reading.analysis import Analysis, front_of
from experiments.reports.study_labels import called, outcome_name, outcome_unit
from experiments.sweeps.design import Study
from sim.metrics import BY_NAME


def traded(a: Analysis) -> list[str]:
    """Outcomes that are held against one another: what the front is over, and differs."""
    rows = a.means.loc[a.home]
    judged = [n for n in map(str, rows) if BY_NAME[n].better != "none" and rows[n].notna().all()]
    return [n for n in front_of(judged) if rows[n].nunique() > 1]


def figure_tradeoff(a: Analysis, lang: str) -> Figure:
    """The first traded outcome against up to three others, the front of the cells marked."""
    study, home = a.plan.study, a.home
    names = traded(a)
    pairs = [(names[0], other) for other in names[1:4]]
    figure, axes = plt.subplots(1, len(pairs), figsize=(5.2 * len(pairs), 4.4), squeeze=False)
    labels = [called(study, c, lang) for c in home]
    reference, words = home.index(study.reference_cell), _tradeoff_words(study, lang)
    for ax, (x, y) in zip(axes[0], pairs, strict=True):
        across, up = (a.means[name].to_numpy()[home] for name in (x, y))
        sweep_plots.tradeoff(ax, across, up, a.front[home], labels, reference, words)
        ax.set_xlabel(f"{outcome_name(x, lang)} {outcome_unit(x, lang)}")
        ax.set_ylabel(f"{outcome_name(y, lang)} {outcome_unit(y, lang)}")
    handles, called_so = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, called_so, loc="outside lower left", ncols=3)
    over = (", " if lang == "en" else "、").join(outcome_name(n, lang) for n in names)
    best, n = int(a.front[home].sum()), len(home)
    told = (
        f"Of {n} answers {best} {'is' if best == 1 else 'are'} not beaten in everything by another "
        f"({over})"
        if lang == "en"
        else f"{n}种应对中有{best}种不会被另一种全面超过（{over}）"
    )
    figure.suptitle(told + _where(study, lang), x=0.01, ha="left", fontsize=10)
    return figure


def _tradeoff_words(study: Study, lang: str) -> dict[str, str]:
    """What the marks of a trade-off are called."""
    reference = called(study, study.reference_cell, lang)
    if lang == "en":
        marks = {
            "dominated": "another is better in everything",
            "front": "none is better in everything",
        }
        return {**marks, "reference": f"reference: {reference}"}
    return {
        "dominated": "另有应对全面更好",
        "front": "没有应对全面更好",
        "reference": f"参照：{reference}",
    }


def _where(study: Study, lang: str) -> str:
    """The end of a title: under which condition the cells are compared, if under any."""
    where = study.condition(study.condition_of(study.reference_cell), lang)
    return f" · {where}" if where else ""


def on_one_scale(a: Analysis) -> pd.DataFrame:
    """Means of the compared cells over every outcome with a direction, from worst 0 to best 1.

    A row a cell, a column an outcome; outcomes that are the same in all cells are left out.
    """
    rows = a.means.loc[a.home]
    names = [n for n in map(str, rows) if BY_NAME[n].better != "none" and rows[n].notna().all()]
    scaled: dict[str, Any] = {}
    for name in names:
        good = compare.sign_of(name) * rows[name]
        if good.max() > good.min():
            scaled[name] = (good - good.min()) / (good.max() - good.min())
    return pd.DataFrame(scaled)


def figure_parallel(a: Analysis, lang: str) -> Figure:
    """Every cell over all outcomes; named: reference, best, first of each weighting."""
    study, scaled = a.plan.study, on_one_scale(a)
    marked = {study.reference_cell: called(study, study.reference_cell, lang)}
    for cell in [a.best, *a.firsts.values()]:
        marked.setdefault(cell, called(study, cell, lang))
    figure, ax = plt.subplots(figsize=(11, 4.6))
    ends = ("worst", "best") if lang == "en" else ("最差", "最好")
    sweep_plots.parallel(ax, scaled, marked, [outcome_name(str(n), lang) for n in scaled], ends)
    ax.set_title(_parallel_title(a, scaled, lang) + _where(study, lang))
    return figure


def _parallel_title(a: Analysis, scaled: pd.DataFrame, lang: str) -> str:
    """In how many outcomes the best answer of the ranked one is the best."""
    name = called(a.plan.study, a.best, lang)
    held, n = int((scaled.loc[a.best].to_numpy() == 1).sum()), scaled.shape[1]
    if lang == "zh":
        return f"“{name}”在{n}项结果中有{held}项最好；相交的线即冲突"
    return f"“{name}” is best in {held} of {n} outcomes; lines that cross are conflicts"
