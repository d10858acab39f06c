"""The figures of a calibration, and what stands under each.

What the fit says is drawn in `fit_figures`, what it is worth in `fit_check_figures`.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.calibration.evidence import Checked
from experiments.pictures import plots
from experiments.pictures.dates import day_of
from experiments.reports.fit_check_figures import (
    figure_coverage,
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
        "Rejection on the first wave without the gate, each case one world seen through one seed.",
        "以第一波为参照表的拒绝法；每个案例为一个世界的一次运行。",
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
        "coverage": figure_coverage(c, lang),
        "structures": figure_structures(c, lang),
        "transfers": figure_transfers(c, lang),
    }
