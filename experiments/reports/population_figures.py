"""Figures of the fitted population of affairs: statistics, forecasts, responses by wave."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from experiments.corpus.contest import MODEL, TOLD, UNTOLD, Key
from experiments.corpus.scores import ALL, Forecast, Score
from experiments.corpus.target_words import TARGET_WORDS
from experiments.corpus.tasks import AGES, Tasks
from experiments.corpus.words import say
from experiments.pictures.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from experiments.pictures.words import either

#: Forecasts that are shown, and in which colour: baselines, then the model's.
SHOWN = {
    "climatology by age": GREY,
    "decay kernel, dressed": ORANGE,
    "median topic, dressed": GREEN,
    "landmark regression": BLACK,
    MODEL["worlds"]: VERMILION,
    MODEL["both"]: BLUE,
}
FAR = 3.0  #: half-widths at which a statistic is drawn at most


def inside(statistics: pd.DataFrame) -> pd.Series[bool]:
    """Which statistics of the fitted population lie in their observed 90 % intervals."""
    fitted = statistics["fitted"]
    return (fitted >= statistics["low"] - 1e-9) & (fitted <= statistics["high"] + 1e-9)


def figure_statistics(statistics: pd.DataFrame, lang: str) -> Figure:
    """Every statistic in half-widths of its observed 90 % interval, first wave and fitted.

    statistics : columns id, observed, low, high, and wave_0, ..., the last of them the fitted one.
    """
    half = np.maximum((statistics["high"] - statistics["low"]) / 2, 1e-9)
    figure, ax = plt.subplots(figsize=(10, 0.24 * len(statistics) + 1.2))
    rows = np.arange(len(statistics))[::-1]
    met = inside(statistics)
    low: pd.Series = (statistics["low"] - statistics["observed"]) / half
    high: pd.Series = (statistics["high"] - statistics["observed"]) / half
    ax.hlines(rows, low, high, color=GREY, linewidth=5, alpha=0.4)
    for column, colour, marker, label in (
        ("wave_0", ORANGE, "x", either(lang, "before the fit", "拟合前")),
        ("fitted", BLUE, "o", either(lang, "fitted population", "拟合后")),
    ):
        off: pd.Series = np.clip((statistics[column] - statistics["observed"]) / half, -FAR, FAR)
        ax.plot(off, rows, marker, color=colour, markersize=4.5, label=label, linestyle="none")
    names = [f"{one}  {TARGET_WORDS[one][lang == 'zh']}" for one in statistics["id"]]
    ax.set_yticks(rows, names, fontsize=7)
    ax.set_xlim(-FAR - 0.2, FAR + 0.2)
    ax.set_ylim(-1, len(statistics))
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set_xlabel(
        either(
            lang,
            "off the observed value [half-widths of its 90 % interval; ±3 or more at the rim]",
            "与观测值之差［90%区间的半宽；±3及以上画在边缘］",
        )
    )
    ax.set_title(
        either(
            lang,
            f"{int(met.sum())} of {len(met)} statistics of real affairs are met",
            f"真实事件的{len(met)}项统计量中有{int(met.sum())}项落在区间内",
        ),
        loc="left",
    )
    ax.legend(loc="lower right", fontsize=8)
    return figure


def figure_forecasts(scores: Mapping[Key, Mapping[tuple[str, str], Score]], lang: str) -> Figure:
    """CRPS of the heat of the next 24 h by age, plain and with the coming responses told."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
    ages = [str(age) for age in AGES]
    for ax, variant in zip(axes, (UNTOLD, TOLD), strict=True):
        for name, colour in SHOWN.items():
            found = scores.get((variant, name))
            if found is None:
                continue
            own = name in MODEL.values()
            ax.plot(
                ages, [found[age, "crps"].value for age in ages], "o-" if own else "s--",
                color=colour, markersize=4, linewidth=2 if own else 1,
                label=f"{say(name, lang)} ({found[ALL, 'crps'].value:.3f})",
            )  # fmt: skip
        ax.set_xlabel(either(lang, "age of the affair [h]", "事件已历时［小时］"))
        ax.set_title(say(variant, lang), loc="left", fontsize=10)
        ax.legend(fontsize=7, loc="lower left")
    axes[0].set_ylabel(either(lang, "CRPS (smaller is better)", "CRPS（越小越好）"))
    axes[0].set_ylim(bottom=0)
    figure.suptitle(
        either(
            lang, "Forecasts of the next 24 h of real affairs (all ages in brackets)",
            "真实事件未来24小时的预测（括号内为所有时点的平均）",
        ),
        x=0.01, ha="left",
    )  # fmt: skip
    figure.tight_layout()
    return figure


def figure_ranks(tasks: Tasks, forecasts: Mapping[Key, Forecast], lang: str) -> Figure:
    """PIT of the model's forecasts: flat where they are as sure as they may be."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.0), sharey=True)
    y = tasks.column("y24")
    for ax, variant in zip(axes, (UNTOLD, TOLD), strict=True):
        value = pit(forecasts[variant, MODEL["worlds"]].ensemble, y)
        ax.hist(value, bins=np.linspace(0, 1, 11), color=BLUE, alpha=0.8)
        ax.axhline(len(value) / 10, color=GREY, linestyle="--", linewidth=1)
        ax.set_title(say(variant, lang), loc="left", fontsize=10)
        ax.set_xlabel(either(lang, "rank of what came", "实际结果的秩"))
    axes[0].set_ylabel(either(lang, "tasks", "任务数"))
    figure.suptitle(
        either(
            lang, "Where what came lies among what was forecast; dashed: if forecasts were exact",
            "实际结果在预测中的位置；虚线：预测恰当时应有的高度",
        ),
        x=0.01, ha="left",
    )  # fmt: skip
    figure.tight_layout()
    return figure


def pit(ensemble: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rank of each outcome among its ensemble in [0, 1]; ties are parted evenly by a fixed draw."""
    below = (ensemble < y[:, None]).sum(axis=1)
    same = (ensemble == y[:, None]).sum(axis=1)
    luck = np.random.default_rng(0).random(len(y))
    rank: npt.NDArray[np.float64] = (below + luck * (same + 1)) / (ensemble.shape[1] + 1)
    return rank


def figure_contrasts(contrasts: pd.DataFrame, lang: str) -> Figure:
    """What each response changes against silence, wave by wave, with 90 % intervals."""
    outcomes = list(dict.fromkeys(contrasts["outcome"]))
    arms = list(dict.fromkeys(contrasts["arm"]))
    waves = sorted(contrasts["wave"].unique())
    figure, axes = plt.subplots(1, len(outcomes), figsize=(11, 4.2), sharey=True)
    colours = plt.colormaps["viridis"](np.linspace(0.85, 0.1, len(waves)))
    for ax, outcome in zip(axes, outcomes, strict=True):
        for k, wave in enumerate(waves):
            own = contrasts[(contrasts["outcome"] == outcome) & (contrasts["wave"] == wave)]
            own = own.set_index("arm").loc[arms]
            y = np.arange(len(arms))[::-1] + 0.3 - 0.6 * k / max(len(waves) - 1, 1)
            ax.errorbar(
                own["mean"], y, xerr=[own["mean"] - own["low"], own["high"] - own["mean"]],
                fmt="o", markersize=3, color=colours[k], elinewidth=1,
                label=either(lang, f"wave {wave}", f"第{wave}轮"),
            )  # fmt: skip
        ax.axvline(0, color=GREY, linewidth=0.8)
        ax.set_title(CONTRAST_WORDS[outcome][lang == "zh"], fontsize=9, loc="left")
        ax.set_yticks(
            np.arange(len(arms))[::-1], [CONTRAST_WORDS[arm][lang == "zh"] for arm in arms]
        )
    axes[-1].legend(fontsize=7, loc="best")
    figure.suptitle(
        either(
            lang, "Response less silence in synthetic affairs, by wave of the fit (prior-driven)",
            "仿真事件中各回应与沉默之差，按拟合轮次（由先验决定）",
        ),
        x=0.01, ha="left",
    )  # fmt: skip
    figure.tight_layout()
    return figure


CONTRAST_WORDS: dict[str, tuple[str, str]] = {
    "heat_ratio": ("log of listed heat", "上榜热度的对数"),
    "topics": ("listed topics", "上榜话题数"),
    "outrage_burden_core": ("outrage of core fans [fan-days]", "核心粉丝愤怒［粉丝·日］"),
    "apology after 4 h": ("apology after 4 h", "4小时后致歉"),
    "apology after 24 h": ("apology after 24 h", "24小时后致歉"),
    "explanation after 4 h": ("explanation after 4 h", "4小时后解释"),
    "denial after 4 h": ("denial after 4 h", "4小时后否认"),
    "apology and penalty": ("apology after 4 h, penalty after 24 h", "4小时致歉，24小时处罚"),
}
