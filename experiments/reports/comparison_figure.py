"""Answers against a reference, a panel an outcome: what a comparison from Python is drawn as."""

from __future__ import annotations

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from experiments.pictures import comparison_plot, plots
from experiments.pictures.words import say
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reports.study_labels import outcome_name, outcome_unit
from sim.base.refusal import ConfigError


def figure_compared(table: pd.DataFrame, reference: str, lang: str) -> Figure:
    """Paired differences with 95 % intervals, at most four panels beside one another.

    table : as `backlash.Comparison.table`. Raises ConfigError where it has no intervals.
    """
    if lang not in ("en", "zh"):
        raise ConfigError("lang", lang, "no such language", "en, zh", "lang='en'")
    whole = table.dropna(subset=["low", "high"]).rename(
        columns={"answer": "response", "difference": "mean_", "better": "share_better"}
    )
    whole = whole.drop(columns="mean").rename(columns={"mean_": "mean"})
    if whole.empty:
        raise ConfigError(
            "n", int(table["worlds"].max()), "too few worlds for an interval, so nothing to draw",
            f"{FEWEST_PAIRS} or more", "n=100",
        )  # fmt: skip
    plots.use_style()
    outcomes = list(dict.fromkeys(whole["outcome"]))
    columns = min(3, len(outcomes))
    rows = -(-len(outcomes) // columns)
    height = 1.3 + 0.32 * whole["response"].nunique()
    figure, axes = plt.subplots(
        rows, columns, figsize=(4.4 * columns, rows * height), sharey=True, squeeze=False
    )
    drawn = list(axes.flat[: len(outcomes)])
    names = {o: f"{outcome_name(o, lang)}\n{outcome_unit(o, lang)}" for o in outcomes}
    comparison_plot.compared(drawn, whole, lang, names)
    for ax in axes.flat[len(outcomes) :]:
        ax.remove()
    n = int(whole["worlds"].min())
    comparison_plot.headed(figure, whole, say(reference, lang), n, lang)
    plt.close(figure)  # a notebook shows what a call returns, and not a second time what is open
    return figure
