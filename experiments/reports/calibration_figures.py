"""The figures of a calibration."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.calibration import holdout, identifiability, platform_fit, posterior_file, rivals
from experiments.calibration.evidence import Checked
from experiments.pictures import plots
from experiments.pictures.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from experiments.pictures.words import day_of, say
from experiments.reading import intervals
from experiments.reading.intervals import rows_of
from sim.parts import from_table
from sim.record import Run

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
    """What stands under each figure, English and Chinese."""
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
        "ribbon": _figure_ribbon(c, lang),
        "targets": _figure_targets(c, lang),
        "densities": _figure_densities(c, lang),
        "profiles": _figure_profiles(c, lang),
        "ranks": _figure_ranks(c, lang),
        "coverage": _figure_coverage(c, lang),
        "structures": _figure_structures(c, lang),
        "transfers": _figure_transfers(c, lang),
    }


def _t(lang: str, en: str, zh: str) -> str:
    return zh if lang == "zh" else en


def predicted(c: Checked) -> Iterator[Run]:
    """The predictive runs, part by part."""
    for path, names in c.plan.store.places(c.plan.held).items():
        for run in from_table(c.plan.store.read(path)):
            if run.name in names:
                yield run


def _figure_ribbon(c: Checked, lang: str) -> Figure:
    """Simulated heat of the posterior over the observed hot list; the fitted days shaded."""
    rows = c.fit.case.observed_hotlist()
    values, clock = [], None
    for run in predicted(c):
        heat = run.series["heat"].astype(np.float64) * (run.series["n_listed"] > 0)
        values.append(heat / max(float(heat[: heat.size // 2].max()), 1e-9))
        clock = run.clock
    assert clock is not None
    stack = np.stack(values)
    days = np.array([clock.hours(k) / 24 for k in range(clock.n_steps)])
    figure, ax = plt.subplots(figsize=(10, 4))
    for low, high, alpha in ((5, 95, 0.18), (25, 75, 0.35)):
        ax.fill_between(
            days, *np.percentile(stack, (low, high), axis=0), color=BLUE, alpha=alpha, linewidth=0,
            label=f"{high - low} %",
        )  # fmt: skip
    ax.plot(days, np.median(stack, axis=0), color=BLUE, label=_t(lang, "median", "中位数"))
    if rows is not None:
        seen = intervals.observed_heat(rows, c.fit.case.phases)["heat"]
        times = pd.DatetimeIndex(seen.index)
        at = np.array([(t - c.fit.case.start).total_seconds() / 86400 for t in times])
        ax.plot(
            at, seen / max(float(seen.max()), 1e-9), color=BLACK, marker="o", markersize=2.5,
            linewidth=0.8, label=_t(lang, "observed hot list", "实际热搜"),
        )  # fmt: skip
    first, last = c.fit.settings.fitted_days
    ax.axvspan(first - 1, last, color=ORANGE, alpha=0.12, linewidth=0)
    ax.text(first - 0.95, 1.3, _t(lang, "fitted", "拟合"), color=BLACK, fontsize=9)
    ax.text(last + 0.1, 1.3, _t(lang, "held out", "留出"), color=BLACK, fontsize=9)
    ax.set(xlim=(-1, 12.5), ylim=(0, 1.4))
    ax.set_xlabel(
        _t(
            lang,
            f"days from {day_of(c.fit.case.start, 'en')} 00:00 ({c.fit.case.zone_name('en')})",
            f"{day_of(c.fit.case.start, 'zh')}零时起的天数（{c.fit.case.zone_name('zh')}）",
        )
    )
    ax.set_ylabel(_t(lang, "heat while on the list, share of its peak", "在榜热度（占峰值）"))
    ax.set_title(
        _t(
            lang,
            f"{len(values)} posterior worlds over what was observed; both over their own peak",
            f"{len(values)}个后验世界与实际观察（各以自身峰值为1）",
        )
    )
    ax.legend(loc="upper right")
    return figure


def _figure_targets(c: Checked, lang: str) -> Figure:
    """Predictive intervals of every number, in allowances around the observed one."""
    from experiments.calibration.targets import allowance

    by_id = {target.id: target for target in c.wanted}
    rows = c.intervals[c.intervals["type"] != "ordering"].dropna(subset=["median"])
    told = rows_of(rows)[::-1]
    figure, ax = plt.subplots(figsize=(10, 0.36 * len(told) + 1.4))
    for k, row in enumerate(told):
        unit = allowance(by_id[row["target"]])
        if unit <= 0:
            unit = max(abs(row["high"]), 1e-9) * 0.1
        middle = (row["low"] + row["high"]) / 2
        q = [(row[name] - middle) / unit for name in ("q05", "q25", "median", "q75", "q95")]
        q = list(np.clip(q, -12, 12))
        colour = ORANGE if row["use"] == "fit" else BLUE
        half = (row["high"] - row["low"]) / 2 / unit
        ax.plot([-half, half], [k, k], color=GREY, alpha=0.35, linewidth=9, solid_capstyle="butt")
        ax.plot([q[0], q[4]], [k, k], color=colour, linewidth=1.2)
        ax.plot([q[1], q[3]], [k, k], color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot(q[2], k, "o", color=colour, markersize=5, markeredgecolor="white")
    ax.axvline(0, color=BLACK, linewidth=0.8)
    width = 52 if lang == "en" else 28
    names = [textwrap.fill(f"{r['target']}: {r[lang]}", width) for r in told]
    ax.set_yticks(range(len(told)), names, fontsize=8)
    ax.set_xlim(-12.5, 12.5)
    ax.set_xlabel(
        _t(
            lang,
            "away from the observed value, in allowances (cut at 12)",
            "与观测值之差（以容差计，截于12）",
        )
    )
    ax.plot(
        [], [], color=ORANGE, linewidth=4, label=_t(lang, "fitted: 50 % and 90 %", "拟合：50%与90%")
    )
    ax.plot(
        [], [], color=BLUE, linewidth=4, label=_t(lang, "held out: 50 % and 90 %", "留出：50%与90%")
    )
    ax.plot(
        [], [], color=GREY, alpha=0.35, linewidth=9, label=_t(lang, "observed interval", "观测区间")
    )
    ax.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=3)
    return figure


def _figure_densities(c: Checked, lang: str) -> Figure:
    """Posterior of every fitted or measured parameter over its flat prior."""
    names = [*c.fit.settings.fan, *platform_fit.FITTED]
    table = posterior_file.posterior_table(c.fit)
    about = {row["parameter"]: row for row in rows_of(c.shrinkage)}
    columns = 4
    n_rows = -(-len(names) // columns)
    figure, axes = plt.subplots(n_rows, columns, figsize=(11, 2.2 * n_rows), squeeze=False)
    for ax, name in zip(axes.flat, names, strict=False):
        low, high = about[name]["prior_low"], about[name]["prior_high"]
        values = table[name].to_numpy()
        left, right = min(low, values.min()), max(high, values.max())
        bins = np.linspace(left, right, 16)
        ax.hist(values, bins=bins, weights=c.fit.weight, density=True, color=BLUE, alpha=0.7)
        ax.plot(
            [low, low, high, high], [0, *[1 / (high - low)] * 2, 0], color=VERMILION, linewidth=1.3
        )
        ax.set_title(f"{name}\n{about[name]['shrinkage']:.0%}", fontsize=8.5)
        ax.set_yticks([])
        ax.tick_params(labelsize=7)
    for ax in axes.flat[len(names) :]:
        ax.axis("off")
    figure.suptitle(
        _t(
            lang,
            "Posterior (blue) over prior (line); below each name the shrinkage: under 20 % is prior-driven",
            "后验（蓝）与先验（线）；名称下为收缩率：低于20%即取决于先验",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


def _name_last(axes: npt.NDArray[np.object_], n: int, label: str) -> None:
    """Empty panels go; the last one of every column carries the axis."""
    for ax in axes.flat[n:]:
        ax.axis("off")
    for column in range(axes.shape[1]):
        last = axes[(n - 1 - column) // axes.shape[1], column]
        last.tick_params(labelbottom=True)
        last.set_xlabel(label)


def _figure_ranks(c: Checked, lang: str) -> Figure:
    """Ranks of known truths among what is found: flat where the machinery is honest."""
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
    _name_last(axes, len(names), _t(lang, "rank of the truth", "真值的秩"))
    for ax in axes[:, 0]:
        ax.set_ylabel(_t(lang, "cases", "案例数"))
    figure.suptitle(
        _t(
            lang,
            f"{n} known worlds in the place of the case; grey: what chance allows (2 sd)",
            f"以{n}个已知世界代替案例；灰带为随机范围（2个标准差）",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


def _figure_coverage(c: Checked, lang: str) -> Figure:
    """Nominal against seen coverage, fitted and held out."""
    figure, ax = plt.subplots(figsize=(9, 3.6))
    for use, colour, label in (
        ("fit", ORANGE, _t(lang, "fitted", "拟合")),
        ("holdout", BLUE, _t(lang, "held out", "留出")),
    ):
        cover = holdout.coverage(c.intervals, use)
        ax.plot(
            [50, 90], [100 * cover["in_50"], 100 * cover["in_90"]], "o-", color=colour,
            label=f"{label} (n = {cover['n']:.0f})",
        )  # fmt: skip
    ax.plot([40, 100], [40, 100], color=GREY, linewidth=0.8, linestyle="--")
    ax.set(xlim=(40, 100), ylim=(0, 105))
    ax.set_xlabel(_t(lang, "nominal [%]", "名义 [%]"))
    ax.set_ylabel(_t(lang, "intervals that meet the observed value [%]", "覆盖观测值的区间 [%]"))
    ax.set_title(_t(lang, "Coverage of the predictive intervals", "预测区间的覆盖率"))
    ax.legend(loc="lower right")
    return figure


def _figure_profiles(c: Checked, lang: str) -> Figure:
    """How near the fit gets with one parameter held; flat where it is not identified."""
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
    _name_last(axes, len(names), _t(lang, "place in the prior range", "在先验范围中的位置"))
    for ax in axes[:, 0]:
        ax.set_ylabel(_t(lang, "distance", "距离"))
    axes[0, 0].set_ylim(0, None)
    figure.suptitle(
        _t(
            lang,
            "Best distance with one parameter held in a tenth of its range: flat means that others make up for it",
            "固定某一参数时能达到的最小距离：平坦表示其他参数可以补偿",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure


#: What is drawn of a verdict: colour, sign.
VERDICT = {"holds": (BLUE, "+"), "open": ("#DDDDDD", "0"), "fails": (VERMILION, "−")}


def _figure_structures(c: Checked, lang: str) -> Figure:
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
        _t(lang, "mean score on held-out numbers\n(small is good)", "留出数值平均得分（越小越好）")
    )
    left.set_title(_t(lang, "Each fitted to the same targets", "各自拟合同样目标"))
    for row in range(len(wide)):
        for column, name in enumerate(names):
            colour, sign = VERDICT[str(wide[name].iloc[row])]
            right.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor="white")
            )
            dark = colour != VERDICT["open"][0]
            right.text(
                column, row, sign, ha="center", va="center", color="white" if dark else BLACK
            )
    right.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(wide) - 0.5, -0.5))
    right.set_xticks(range(len(names)), labels, rotation=30, ha="right")
    right.set_yticks(
        range(len(wide)), [textwrap.fill(text, 44 if lang == "en" else 24) for text in wide[lang]],
        fontsize=8,
    )  # fmt: skip
    right.tick_params(length=0)
    for side in right.spines.values():
        side.set_visible(False)
    right.set_title(
        _t(
            lang,
            "+ holds, − fails, 0 open (95 % interval over worlds)",
            "+成立 −不成立 0未定（世界间95%区间）",
        )
    )
    return figure


def _figure_transfers(c: Checked, lang: str) -> Figure:
    """Daily shapes of other cases over what the fit's worlds say when only events are re-set."""
    told = [one for one in c.transfers if one.told.summary["n_days"] >= 3]
    columns = 3
    n_rows = -(-len(told) // columns)
    figure, axes = plt.subplots(n_rows, columns, figsize=(12, 2.9 * n_rows), squeeze=False)
    for ax, one in zip(axes.flat, told, strict=False):
        days = one.told.days
        at = pd.to_datetime(days["date"])
        ax.fill_between(
            at, days["q05"], days["q95"], color=BLUE, alpha=0.18, linewidth=0, label="90 %"
        )
        ax.fill_between(
            at, days["q25"], days["q75"], color=BLUE, alpha=0.35, linewidth=0, label="50 %"
        )
        ax.plot(at, days["median"], color=BLUE, label=_t(lang, "median", "中位数"))
        ax.plot(
            at, days["observed"], "o-", color=BLACK, markersize=2.5, linewidth=0.8,
            label=_t(lang, "observed", "实际"),
        )  # fmt: skip
        width = 34 if lang == "en" else 18
        title = textwrap.fill(one.case.title(lang), width)
        ax.set_title(f"{title}\n{say('metric_' + one.told.metric, lang)}", fontsize=8.5)
        ax.set_xticks(at[:: -(-len(at) // 5)])
        ax.xaxis.set_major_formatter(mdates.DateFormatter(_t(lang, "%-d %b", "%-m月%-d日")))
        ax.tick_params(labelsize=7.5)
    for ax in axes.flat[len(told) :]:
        ax.axis("off")
    for ax in axes[:, 0]:
        ax.set_ylabel(_t(lang, "share of the peak", "占峰值的份额"))
    axes[0, 0].legend(fontsize=7.5)
    figure.suptitle(
        _t(
            lang, "Other cases: people and platform kept, only the events re-set",
            "其他案例：保留人群与平台参数，仅重设事件",
        ),
        x=0.01, ha="left", fontsize=10,
    )  # fmt: skip
    return figure
