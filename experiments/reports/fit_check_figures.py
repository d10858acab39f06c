"""Figures of what a fit is worth: known truths, coverage, profiles, rival structures, other cases."""

from __future__ import annotations

import textwrap

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.calibration import holdout, identifiability, rivals, transfer, wave_contrasts
from experiments.calibration.evidence import Checked
from experiments.pictures.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from experiments.pictures.words import either, say
from experiments.reports.calibration_findings import ARM_WORDS


def _name_last(axes: npt.NDArray[np.object_], n: int, label: str) -> None:
    """Empty panels go; the last one of every column carries the axis.

    n : panels that are drawn; label : of the axis that all of them share.
    """
    for ax in axes.flat[n:]:
        ax.axis("off")
    for column in range(axes.shape[1]):
        last = axes[(n - 1 - column) // axes.shape[1], column]
        last.tick_params(labelbottom=True)
        last.set_xlabel(label)


def figure_ranks(c: Checked, lang: str) -> Figure:
    """Ranks of known truths among what is found: flat where the machinery is honest.

    Simulation-based calibration (Talts et al. 2018, not re-checked); grey is what chance allows.
    """
    names = list(c.recovery.ranks)
    columns = 5
    n_rows = -(-len(names) // columns)
    figure, axes = plt.subplots(
        n_rows, columns, figsize=(11, 2 * n_rows), squeeze=False, sharey=True, sharex=True
    )
    n, bins = c.recovery.n_cases, identifiability.RANK_BINS
    expected = n / bins
    sd = np.sqrt(n * (1 / bins) * (1 - 1 / bins))
    for ax, name in zip(axes.flat, names, strict=False):
        ax.axhspan(expected - 2 * sd, expected + 2 * sd, color=GREY, alpha=0.25, linewidth=0)
        ax.hist(c.recovery.ranks[name], bins=np.linspace(0, 1, bins + 1), color=GREEN, alpha=0.8)
        ax.set_title(name, fontsize=8.5)
    _name_last(axes, len(names), either(lang, "rank of the truth", "真值的秩"))
    for ax in axes[:, 0]:
        ax.set_ylabel(either(lang, "cases", "案例数"))
    figure.suptitle(
        either(
            lang,
            f"{n} known worlds in the place of the case; grey: what chance allows (2 sd)",
            f"以{n}个已知世界代替案例；灰带为随机范围（2个标准差）",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


def figure_coverage(c: Checked, lang: str) -> Figure:
    """Nominal against seen coverage of the 50 % and 90 % intervals, fitted and held out.

    On the dashed line intervals are as wide as they claim to be; below it they are too narrow.
    """
    figure, ax = plt.subplots(figsize=(9, 3.6))
    for use, colour, label in (
        ("fit", ORANGE, either(lang, "fitted", "拟合")),
        ("holdout", BLUE, either(lang, "held out", "留出")),
    ):
        cover = holdout.coverage(c.intervals, use)
        ax.plot(
            [50, 90], [100 * cover["in_50"], 100 * cover["in_90"]], "o-", color=colour,
            label=f"{label} (n = {cover['n']:.0f})",
        )  # fmt: skip
    ax.plot([40, 100], [40, 100], color=GREY, linewidth=0.8, linestyle="--")
    ax.set(xlim=(40, 100), ylim=(0, 105))
    ax.set_xlabel(either(lang, "nominal [%]", "名义 [%]"))
    ax.set_ylabel(either(lang, "observed values inside, by rank [%]", "按秩落入区间的观测值 [%]"))
    ax.set_title(either(lang, "Coverage of the predictive intervals", "预测区间的覆盖率"))
    ax.legend(loc="lower right")
    return figure


def figure_pit(c: Checked, lang: str) -> Figure:
    """Where observed numbers lie among the runs of the fit: histograms of ranks (PIT), by use.

    Even bars mean runs that are as sure as they may be, full ends too sure, a full middle too vague.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.0), sharey=True)
    prior = holdout.intervals(c.before, c.wanted)
    edges = np.linspace(0, 1, identifiability.RANK_BINS + 1)
    for ax, use, colour, label in (
        (axes[0], "fit", ORANGE, either(lang, "fitted", "拟合")),
        (axes[1], "holdout", BLUE, either(lang, "held out", "留出")),
    ):
        found, before = (holdout.pit_histogram(table, use) for table in (c.intervals, prior))
        ax.stairs(found, edges, fill=True, color=colour, alpha=0.8, label=label)
        ax.stairs(before, edges, color=BLACK, label=either(lang, "prior", "先验"))
        ax.axhline(found.sum() / found.size, color=GREY, linestyle="--", linewidth=1)
        n = either(lang, f"{found.sum():.0f} numbers", f"{found.sum():.0f}个数值")
        ax.set_title(f"{label} ({n})", loc="left", fontsize=10)
        ax.set_xlabel(either(lang, "rank of what was observed", "观测值的秩"))
        ax.legend(fontsize=8)
    axes[0].set_ylabel(either(lang, "numbers", "数值数"))
    return figure


def figure_contrasts(c: Checked, lang: str) -> Figure:
    """Answers less silence in the worlds that are kept after each wave, with 90 % intervals."""
    table = c.fit.contrasts
    arms, waves = wave_contrasts.ARMS[1:], sorted(table["wave"].unique())
    figure, axes = plt.subplots(
        1, len(wave_contrasts.OUTCOMES), figsize=(12, 4.4), sharey=True, layout="constrained"
    )
    colours = plt.colormaps["viridis"](np.linspace(0.85, 0.1, len(waves)))
    rows = np.arange(len(arms))[::-1]
    for ax, outcome in zip(axes, wave_contrasts.OUTCOMES, strict=True):
        for k, wave in enumerate(waves):
            own = table[(table["outcome"] == outcome) & (table["wave"] == wave)]
            own = own.set_index("arm").loc[list(arms)]
            ax.errorbar(
                own["mean"], rows + 0.35 - 0.7 * k / max(len(waves) - 1, 1),
                xerr=[own["mean"] - own["low"], own["high"] - own["mean"]], fmt="o", markersize=3,
                color=colours[k], elinewidth=1, label=either(lang, f"wave {wave}", f"第{wave}波"),
            )  # fmt: skip
        ax.axvline(0, color=BLACK, linewidth=0.8)
        ax.set_title(ARM_WORDS[outcome][lang == "zh"], fontsize=9, loc="left")
        ax.set_yticks(rows, [ARM_WORDS[arm][lang == "zh"] for arm in arms])
    axes[-1].legend(fontsize=7, loc="best")
    return figure


def figure_profiles(c: Checked, lang: str) -> Figure:
    """How near the fit gets with one parameter held; flat where it is not identified.

    A flat profile means that other parameters can compensate for this one.
    """
    names = list(c.profiles)
    columns = 5
    n_rows = -(-len(names) // columns)
    figure, axes = plt.subplots(
        n_rows, columns, figsize=(11, 2 * n_rows), squeeze=False, sharey=True, sharex=True
    )
    at = (np.arange(len(c.profiles)) + 0.5) / len(c.profiles)
    for ax, name in zip(axes.flat, names, strict=False):
        ax.plot(at, c.profiles[name], "o-", color=BLUE, markersize=3)
        ax.set_title(name, fontsize=8.5)
    _name_last(axes, len(names), either(lang, "place in the prior range", "在先验范围中的位置"))
    for ax in axes[:, 0]:
        ax.set_ylabel(either(lang, "distance", "距离"))
    axes[0, 0].set_ylim(0, None)
    figure.suptitle(
        either(
            lang,
            "Best distance with one parameter held in a tenth of its range: flat means that others make up for it",
            "固定某一参数时能达到的最小距离：平坦表示其他参数可以补偿",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


#: What is drawn of a verdict: colour, sign.
VERDICT = {"holds": (BLUE, "+"), "open": ("#DDDDDD", "0"), "fails": (VERMILION, "−")}


def figure_structures(c: Checked, lang: str) -> Figure:
    """Held-out score of the main structure and its rivals; what each says of the answers."""
    names = ["main", *(rival.name for rival in c.rivals)]
    tables = [c.scores, *(rival.holdout for rival in c.rivals)]
    means = [float(table["model"].mean()) for table in tables]
    labels = [say(f"structure_{name}", lang) for name in names]
    wide = rivals.flips(pd.concat([c.answers, *(rival.answers for rival in c.rivals)]))
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(13, 0.42 * len(wide) + 2.6), width_ratios=(1, 1.5)
    )
    left.barh(range(len(names)), means, color=[BLUE, *[ORANGE] * len(c.rivals)], height=0.6)
    left.set_yticks(range(len(names)), labels)
    left.invert_yaxis()
    left.set_xlabel(
        either(
            lang, "mean score on held-out numbers\n(small is good)", "留出数值平均得分（越小越好）"
        )
    )
    left.set_title(either(lang, "Each fitted to the same targets", "各自拟合同样目标"))
    _draw_verdicts(right, wide[names])
    right.set_xticks(range(len(names)), labels, rotation=30, ha="right")
    right.set_yticks(
        range(len(wide)), [textwrap.fill(text, 44 if lang == "en" else 24) for text in wide[lang]],
        fontsize=8,
    )  # fmt: skip
    right.set_title(
        either(
            lang,
            "+ holds, − fails, 0 open (95 % interval over worlds)",
            "+成立 −不成立 0未定（世界间95%区间）",
        )
    )
    return figure


def _draw_verdicts(ax: Axes, table: pd.DataFrame) -> None:
    """A field for every claim (row) under every structure (column), in the colour of its verdict."""
    n_rows, n_columns = table.shape
    for row in range(n_rows):
        for column in range(n_columns):
            colour, sign = VERDICT[str(table.iloc[row, column])]
            ax.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor="white")
            )
            dark = colour != VERDICT["open"][0]
            ax.text(column, row, sign, ha="center", va="center", color="white" if dark else BLACK)
    ax.set(xlim=(-0.5, n_columns - 0.5), ylim=(n_rows - 0.5, -0.5))
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)


def figure_transfers(c: Checked, lang: str) -> Figure:
    """Daily shapes of other cases over what the fit's worlds say when only events are re-set.

    Series of fewer than three days have no shape, and are left out.
    """
    told = [one for one in c.transfers if one.told.summary["n_days"] >= 3]
    columns = 3
    n_rows = -(-len(told) // columns)
    figure, axes = plt.subplots(n_rows, columns, figsize=(12, 2.9 * n_rows), squeeze=False)
    for ax, one in zip(axes.flat, told, strict=False):
        _draw_transfer(ax, one, lang)
    for ax in axes.flat[len(told) :]:
        ax.axis("off")
    for ax in axes[:, 0]:
        ax.set_ylabel(either(lang, "share of the peak", "占峰值的份额"))
    axes[0, 0].legend(fontsize=7.5)
    figure.suptitle(
        either(
            lang, "Other cases: people and platform kept, only the events re-set",
            "其他案例：保留人群与平台参数，仅重设事件",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


def _draw_transfer(ax: Axes, one: transfer.Transfer, lang: str) -> None:
    """One series of another case: observed, median, 50 % and 90 % intervals, day by day."""
    days = one.told.days
    at = pd.to_datetime(days["date"])
    for low, high, alpha, label in (("q05", "q95", 0.18, "90 %"), ("q25", "q75", 0.35, "50 %")):
        ax.fill_between(
            at, days[low], days[high], color=BLUE, alpha=alpha, linewidth=0, label=label
        )
    ax.plot(at, days["median"], color=BLUE, label=either(lang, "median", "中位数"))
    ax.plot(
        at, days["observed"], "o-", color=BLACK, markersize=2.5, linewidth=0.8,
        label=either(lang, "observed", "实际"),
    )  # fmt: skip
    title = textwrap.fill(one.case.title(lang), 34 if lang == "en" else 18)
    ax.set_title(f"{title}\n{say('metric_' + one.told.metric, lang)}", fontsize=8.5)
    ax.set_xticks(at[:: -(-len(at) // 5)])
    ax.xaxis.set_major_formatter(mdates.DateFormatter(either(lang, "%-d %b", "%-m月%-d日")))
    ax.tick_params(labelsize=7.5)
