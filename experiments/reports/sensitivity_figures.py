"""Figures of a study over parameters or mechanisms: Sobol indices, tornado, Shapley waterfall."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from experiments.pictures import sweep_plots
from experiments.pictures.parameter_words import parameter_name
from experiments.reading import frames, shapley, sobol
from experiments.reading.analysis import Analysis
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reports.study_labels import outcome_name, outcome_unit


def figure_sobol(a: Analysis, lang: str) -> Figure:
    """First-order and total indices of every outcome."""
    tables = sobol.sensitivity(a)
    n_rows = -(-len(tables) // 2)
    figure, axes = plt.subplots(n_rows, 2, figsize=(11, 4.2 * n_rows), squeeze=False)
    for ax in axes.flat[len(tables) :]:
        ax.axis("off")
    words = ("alone", "with interactions") if lang == "en" else ("单独", "含交互")
    for ax, (outcome, table) in zip(axes.flat, tables.items(), strict=False):
        sweep_plots.bars(
            ax,
            table.rename(index=lambda key: parameter_name(key, lang)),
            outcome_name(outcome, lang),
            "share of variance" if lang == "en" else "方差份额",
            words,
        )
    ranked = next(iter(tables))
    most, about = parameter_name(str(tables[ranked].index[0]), lang), outcome_name(ranked, lang)
    title = (
        f"“{most}” decides most of {about}" if lang == "en" else f"对{about}影响最大的是“{most}”"
    )
    figure.suptitle(title, x=0.01, ha="left", fontsize=11)
    return figure


def figure_tornado(a: Analysis, lang: str) -> Figure:
    """What the ranked outcome does between the lowest and the highest third of each parameter."""
    table = _thirds(a).rename(index=lambda key: parameter_name(key, lang))
    figure, ax = plt.subplots(figsize=(8, 4.6))
    name = outcome_name(a.ranked, lang)
    title = (
        f"“{table.index[0]}” moves {name} most: highest against lowest third"
        if lang == "en"
        else f"“{table.index[0]}”对{name}影响最大：最高与最低三分位之差"
    )
    sweep_plots.bars(ax, table, title, f"{name} {outcome_unit(a.ranked, lang)}")
    return figure


def _thirds(a: Analysis) -> pd.DataFrame:
    """Mean over the highest third of each parameter minus that over the lowest, largest first.

    A row a parameter; columns change, change_low, change_high: 95 %, as of two independent samples
    (NaN where either third has fewer than FEWEST_PAIRS points).
    """
    axis = a.plan.study.axes[0]
    y = frames.mean_of(a.cubes[a.ranked], (1, 2))
    x = np.array(axis.values, float)
    thirds = np.quantile(x, (1 / 3, 2 / 3), axis=0)
    rows = {}
    for k, key in enumerate(axis.keys):
        low, high = y[x[:, k] <= thirds[0, k]], y[x[:, k] >= thirds[1, k]]
        half = 1.96 * np.sqrt(low.var() / low.size + high.var() / high.size)
        if min(low.size, high.size) < FEWEST_PAIRS:  # no range from a handful of points
            half = np.nan
        change = high.mean() - low.mean()
        rows[key.partition(".")[2]] = (change, change - half, change + half)
    table = pd.DataFrame(rows, index=["change", "change_low", "change_high"]).T
    return table.loc[table["change"].abs().sort_values(ascending=False).index]


def figure_shapley(a: Analysis, lang: str) -> Figure:
    """The waterfall of one comparison over its mechanisms."""
    study = a.plan.study
    d = shapley.decomposition(a, a.ranked)
    text = {axis.name: axis.text[lang] for axis in study.axes[1:]}
    order = sorted(d.parts, key=lambda name: -abs(d.parts[name]))
    first, second = (study.axes[0].spoken(k, lang) for k in (0, 1))
    figure, ax = plt.subplots(figsize=(10, 4.6))
    most = text[order[0]]
    title = (
        f"Most of what “{second}” changes against “{first}” goes through {most}"
        if lang == "en"
        else f"“{second}”相对“{first}”的变化主要经由{most}"
    )
    ends = ("none of these", "all of these") if lang == "en" else ("均关闭", "均开启")
    sweep_plots.waterfall(
        ax,
        d.without,
        {text[k]: d.parts[k] for k in order},
        ends,
        title,
        f"{outcome_name(a.ranked, lang)} {outcome_unit(a.ranked, lang)}",
    )
    ax.axhline(0, color="black", linewidth=0.8)
    return figure
