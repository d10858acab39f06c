"""The figures of a calibration, and what stands under each.

What the fit says is drawn in `fit_figures`, what it is worth in `fit_check_figures`.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.calibration.evidence import Checked
from experiments.pictures import plots
from experiments.pictures.dates import day_of
from experiments.reports.fit_check_figures import (
    figure_contrasts,
    figure_coverage,
    figure_pit,
    figure_profiles,
    figure_ranks,
    figure_structures,
    figure_transfers,
)
from experiments.reports.fit_figures import figure_densities, figure_ribbon, figure_targets

CAPTIONS = {
    "ribbon": (
        "Heat of the posterior worlds over the observed list; a list shows none of what is not on it, so nor do the worlds. Shaded: the days that were fitted. The observed series ends on {ends}.",
        "后验世界的在榜热度与实际热搜（不在榜即为零）。底色为拟合所用日期。实际序列止于{ends}。",
    ),
    "targets": (
        "Predictive intervals of every number that was fitted or held out, around what was observed.",
        "每个拟合与留出数值的预测区间。",
    ),
    "densities": (
        "What the case pins down, and what stays as the prior had it.",
        "案例能确定的与仍取决于先验的参数。",
    ),
    "ranks": (
        "Rejection on the first wave, each case one world seen through one seed.",
        "以第一波为参照表的拒绝法；每个案例为一个世界的一次运行。",
    ),
    "pit": (
        "Rank of each observed number among the runs (probability integral transform); the dashed line is where bars end on average if runs are as sure as they may be. What is known as an interval only is spread over its ranks.",
        "每个观测值在各次运行中的秩（概率积分变换）；虚线为预测恰当时柱的平均高度。只知区间者按其秩摊开。",
    ),
    "contrasts": (
        "The worlds that are kept after each wave, run under every answer and under silence with the same seed; means and 90 % intervals. A sign that turns late hangs on when the fit stopped.",
        "每波之后保留的世界，以同一种子在各应对与沉默下运行；均值与90%区间。后期才变号者取决于拟合在何时停止。",
    ),
    "coverage": (
        "Few numbers: a step of one is large. Numbers of one case are not independent.",
        "数值很少且并非独立。",
    ),
    "profiles": (
        "Means of the ten nearest worlds of all waves in each tenth of a range; tenths that were visited more often reach lower by that alone.",
        "每十分之一范围内最近的十个世界的平均距离（所有波次）。",
    ),
    "structures": (
        "Rivals are fitted with fewer worlds and waves than the main structure (a quarter and three, with preset=full) and compared in fewer; each under its own fit.",
        "其他结构的拟合规模为主结构的四分之一；各结构在自身后验世界中比较回应。",
    ),
    "transfers": (
        "Nothing was fitted here. Units differ between instruments, so each line is over its own peak.",
        "此处未作任何拟合；各序列以自身峰值为1。",
    ),
}


def captions(c: Checked) -> dict[str, tuple[str, str]]:
    """What stands under each figure, English and Chinese.

    The observed series ends where the list does, or where the case begins if none was observed.
    """
    rows = c.fit.case.observed_hotlist()
    last = c.fit.case.start if rows is None else rows["time_hkt"].max()
    ends = [day_of(last, lang) for lang in ("en", "zh")]
    return {
        name: (en.replace("{ends}", ends[0]), zh.replace("{ends}", ends[1]))
        for name, (en, zh) in CAPTIONS.items()
    }


def figures(c: Checked, lang: str) -> dict[str, Figure]:
    """All figures, by name."""
    plots.use_style()
    return {
        "ribbon": figure_ribbon(c, lang),
        "targets": figure_targets(c, lang),
        "densities": figure_densities(c, lang),
        "profiles": figure_profiles(c, lang),
        "ranks": figure_ranks(c, lang),
        "pit": figure_pit(c, lang),
        "coverage": figure_coverage(c, lang),
        "contrasts": figure_contrasts(c, lang),
        "structures": figure_structures(c, lang),
        **({"transfers": figure_transfers(c, lang)} if c.transfers else {}),
    }
