"""A case against its daily series, as a figure: what was counted, the runs, the rivals, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.calibration.case_score import LEVELS, Scored
from experiments.pictures import plots
from experiments.pictures.score_words import standard_error, told
from experiments.pictures.words import counted, say
from experiments.reports.event_marks import marks
from sim.case.case import Case


def figure_scores(case: Case, found: Sequence[Scored], lang: str) -> Figure:
    """A panel for each metric of `case_score.score`, titled with what it found.

    Days are drawn at noon; of fewer runs than a range may rest on, only the median is drawn.
    """
    plots.use_style()
    figure, axes = plt.subplots(len(found), 1, figsize=(10, 4.4 * len(found)), squeeze=False)
    for ax, one in zip(axes[:, 0], found, strict=True):
        _draw(ax, case, one, lang)
    figure.suptitle(case.title(lang), x=0.01, ha="left", fontsize=10)
    return figure


def _draw(ax: Axes, case: Case, one: Scored, lang: str) -> None:
    """One metric: band and median of the runs, one median topic an event, yesterday, observed.

    Days stand at their noon. Too few runs have no band (NaN), and none is drawn. A metric is drawn
    over its largest day, unless it is a level.
    """
    days, n = one.days, one.summary["n_runs"]
    noon = pd.to_datetime(days["date"]) + timedelta(hours=12)
    at = np.asarray(mdates.date2num(noon.to_list()), np.float64)
    runs = counted(n, "run")
    if days["q05"].notna().all():
        ax.fill_between(
            at, days["q05"], days["q95"], color=plots.BLUE, alpha=0.18, linewidth=0,
            label=told("band", lang, n=n, runs=runs),
        )  # fmt: skip
    ax.plot(at, days["median"], color=plots.BLUE, linewidth=1.6,
            label=told("runs_median", lang, n=n, runs=runs))  # fmt: skip
    ax.plot(at, days["topics"], "s--", color=plots.ORANGE, markersize=3.5, linewidth=1.2,
            label=told("rival_topics", lang))  # fmt: skip
    ax.plot(at[1:], days["observed"].iloc[:-1], ":", color=plots.GREY, linewidth=1.2,
            label=told("rival_repeat", lang))  # fmt: skip
    ax.plot(at, days["observed"], "o-", color=plots.BLACK, markersize=4, linewidth=1.0,
            label=told("figure_observed", lang))  # fmt: skip
    ax.set_xlim(at[0] - 0.5, at[-1] + 0.5)
    axis = told("axis_level" if one.metric in LEVELS else "axis", lang)
    ax.set_ylabel(f"{say(f'metric_{one.metric}', lang)} [{axis}]")
    ax.set_title(_title(one, lang))
    plots.mark_events(ax, marks(case), lang)
    plots.days(ax, lang, case.zone_name(lang))
    plots.beside(ax)


def _title(one: Scored, lang: str) -> str:
    """The verdict against the fairest rival: it knows the events and has errors, where known."""
    metric = say(f"metric_{one.metric}", lang)
    metric = metric[0].upper() + metric[1:]
    rivals = [rival for rival in one.rivals if rival.knows == "events"]
    if not rivals:
        return told("figure_few", lang, metric=metric, n=one.summary["n_days"])
    rival = rivals[-1]
    return told(
        "figure_title", lang, metric=metric,
        verdict=told("figure_" + {"few": "few_days"}.get(rival.verdict, rival.verdict), lang),
        score=one.summary["score"], rival=told(f"against_{rival.rival}", lang), other=rival.score,
        difference=rival.difference, se=standard_error(rival.se),
    )  # fmt: skip
