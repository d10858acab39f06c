"""Runs as one figure: how angry people were, how far they trusted, how hot the topic was, and when.

For whoever has runs in hand and no study: nothing but the runs is asked, so that a stored run is
drawn like a fresh one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from experiments.pictures import plots
from experiments.pictures.words import counted, say
from experiments.reading import intervals
from sim.base.refusal import ConfigError
from sim.metrics import outcomes
from sim.record import KINDS, Run
from sim.zones import zone_name


def figure_runs(runs: Sequence[Run], lang: str) -> Figure:
    """Outrage and trust of each kind of people, and the heat of listed hashtags, over time.

    runs : of one case and one clock; of several a median each and, from ten on, a 5-95 % band.
    Events of the case are marked, and what the brand did in the first of the runs. lang : en or zh.
    Raises ConfigError for no runs, for another language, and for runs of several cases.
    """
    _check(runs, lang)
    plots.use_style()
    first = runs[0]
    times = [first.clock.time_of(step) for step in range(first.clock.n_steps)]
    figure, axes = plt.subplots(3, 1, figsize=(9, 8.6), sharex=True)
    for ax, name in zip(axes[:2], ("outrage", "trust"), strict=True):
        values = {kind: intervals.stack(runs, f"{name}_{kind}") for kind in KINDS}
        plots.by_kind(ax, times, values, name, "", lang)
    heat = intervals.stack(runs, "heat")
    plots.ensemble(axes[2], times, heat, plots.BLACK, say("heat", lang))
    axes[2].set_ylabel("platform heat [index]" if lang == "en" else "平台热度 [指数]")
    axes[2].yaxis.set_major_formatter("{x:,.0f}")
    axes[0].set_title(_title(runs, lang), loc="left")
    for ax in axes:
        ax.set_xlim(times[0], times[-1])
        plots.mark_events(ax, _marks(first), lang, labels=ax is axes[0])
    plots.days(axes[-1], lang, zone_name(first.clock.time_zone, lang))
    plt.close(figure)  # a notebook shows what a call returns, and not a second time what is open
    return figure


def _check(runs: Sequence[Run], lang: str) -> None:
    """Refuse what one figure cannot show. Raises ConfigError."""
    if lang not in ("en", "zh"):
        raise ConfigError("lang", lang, "no such language", "en, zh", "lang='en'")
    cases = sorted({str(run.asked["case"]["name"]) for run in runs})
    if len(cases) != 1:
        raise ConfigError(
            "runs", ", ".join(cases) or None, "one figure shows runs of one case",
            "runs of one case, one or more", "run.plot(), or backlash.runs(...).plot()",
        )  # fmt: skip


def _title(runs: Sequence[Run], lang: str) -> str:
    """What the runs say: how long core fans were angry, and at which height."""
    found = [outcomes(run) for run in runs]
    burden, peak = (
        float(np.median([row[name] for row in found]))
        for name in ("outrage_burden_core", "outrage_peak_core")
    )
    names = list(dict.fromkeys(str(run.asked["response"]["name"]) for run in runs))
    told = ", ".join(say(name, lang) for name in names)
    if lang == "zh":
        many = f"{len(runs)}次运行的中位数：" if len(runs) > 1 else ""
        return f"{told}：{many}核心粉丝愤怒最高{peak:.0%}，人均累计{burden:.2g}天"
    many = f" (medians of {counted(len(runs), 'run')})" if len(runs) > 1 else ""
    return (
        f"{told}: core fans' outrage reaches {peak:.0%} and adds up to {burden:.2g} days each{many}"
    )


def _marks(run: Run) -> pd.DataFrame:
    """Events of the case and acts of the brand as plots mark them: what a run itself knows."""
    rows: list[dict[str, Any]] = [
        {"id": event["id"], "time": datetime.fromisoformat(event["time"])}
        for event in run.asked["case"]["forcing"]
    ]
    rows += [
        {"id": entry.who, "time": run.clock.time_of(entry.step)}
        for entry in run.log
        if entry.kind == "action"
    ]
    marks = pd.DataFrame(rows, columns=["id", "time"]).drop_duplicates("id")
    return marks.assign(certainty="documented_exact", begins=None, ends=None)
