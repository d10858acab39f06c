"""The report of a calibration: how well it fits, what is pinned down, what it gets wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jinja2
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

import sim
from experiments import calibrate, checks, facts, platform_fit, plots
from experiments.analysis import observed_heat
from experiments.calibrate import Fit, Seen
from experiments.plots import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION
from experiments.report import CRISIS_PHASES, inline, save
from experiments.sweep import Plan
from sim.case import Target
from sim.config import RESULTS_VERSION, digest_of
from sim.record import Run
from sim.store import from_table, write_whole

_F = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """Another structure, fitted and predicted the same way."""

    name: str
    fit_distance: float  #: median distance of its kept worlds to the fitted targets
    holdout: pd.DataFrame  #: scores on what was not fitted
    covered: Mapping[str, float]
    n_runs: int


@dataclass(frozen=True)
class Checked:
    """A fit with everything that is said about it."""

    fit: Fit
    plan: Plan  #: predictive runs
    wanted: Sequence[Target]
    seen: Seen
    shrinkage: pd.DataFrame
    recovery: checks.Recovery
    directions: checks.Directions
    intervals: pd.DataFrame
    scores: pd.DataFrame
    rivals: Sequence[Rival]


def check(
    found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = (), rivals: bool = True
) -> Checked:
    """Everything that is said about a fit; runs the predictive worlds and the rival structures."""
    plan, wanted, seen = checks.predict(found, plain, hydra)
    fitted = [fit_rival(found, name, plain, hydra) for name in checks.RIVALS] if rivals else []
    return Checked(
        found,
        plan,
        wanted,
        seen,
        checks.shrinkage(found),
        checks.recovery(found),
        checks.directions(found),
        checks.intervals(seen, wanted),
        checks.scores(seen, wanted),
        fitted,
    )


def fit_rival(found: Fit, name: str, plain: Sequence[str], hydra: Sequence[str]) -> Rival:
    """Fit another structure: a smaller design than the main one's, the same targets and distance."""
    full = found.settings
    settings = replace(
        full,
        rival=name,
        rival_words=checks.RIVALS[name],
        n_first=max(64, full.n_first // 4),
        n_keep=max(32, full.n_keep // 4),
        n_wave=max(32, full.n_wave // 4),
        max_waves=min(3, full.max_waves),
        n_predict=max(64, full.n_predict // 4),
    )
    given = [f"case={full.case}", *([f"preset={full.preset}"] if full.preset != "full" else [])]
    other = calibrate.fit(settings, given, plain, hydra)
    _, wanted, seen = checks.predict(other, plain, hydra)
    return Rival(
        name,
        float(np.median(calibrate.distance(other.gaps))),
        checks.scores(seen, wanted),
        checks.coverage(checks.intervals(seen, wanted), "holdout"),
        other.n_runs + settings.n_predict,
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(map(str, frame), row, strict=True)) for row in frame.to_numpy(object)]


# --- sentences ------------------------------------------------------------------------------------


def findings(c: Checked) -> list[tuple[str, str]]:
    """What the calibration found, in sentences with their numbers."""
    found = c.fit
    fitted = c.shrinkage[c.shrinkage["fitted"]]
    pinned = fitted[fitted["shrinkage"] >= checks.PINNED]
    loose = fitted[fitted["shrinkage"] < checks.PINNED]
    fit_cover, out_cover = (checks.coverage(c.intervals, use) for use in ("fit", "holdout"))
    missed = c.intervals[(c.intervals["use"] == "holdout") & (c.intervals["in_90"] == False)]  # noqa: E712
    wrong = c.intervals[(c.intervals["type"] == "ordering") & (c.intervals["holds"] < 0.5)]
    names = ", ".join(f"{r['parameter']} ({r['shrinkage']:.0%})" for r in _rows(pinned)) or "none"
    rest = ", ".join(str(n) for n in loose["parameter"]) or "none"
    severity = {row["parameter"]: float(row["shrinkage"]) for row in _rows(c.shrinkage)}
    block = ("just_desert", "sincerity_excess", "sincerity_mismatch", "blamed_level", "backfire")
    most = max(severity[name] for name in block)
    noise = checks.noise_of_shrinkage(found)
    out = [
        (
            f"Of {len(fitted)} fitted parameters the case pins down {len(pinned)}: {names}. "
            f"Prior-driven (under 20 %): {rest}. {found.n_runs:,} runs, {found.effective:.0f} effective "
            f"worlds of {len(found.worlds)}.",
            f"{len(fitted)}个拟合参数中，案例能确定{len(pinned)}个：{names}。取决于先验（低于20%）：{rest}。"
            f"共{found.n_runs:,}次运行。",
        ),
        (
            "How severe a penalty should be is almost unidentified by this case: of the parameters that "
            f"decide it ({', '.join(block)}) none shrinks by more than {most:.0%} (chance alone gives up "
            f"to {noise:.0%}). One penalty was given, at one level, at one time.",
            f"本案例几乎无法识别处罚应多重：相关参数（{', '.join(block)}）收缩不超过{most:.0%}"
            f"（随机即可达{noise:.0%}）。现实中只有一次处罚、一个级别、一个时间。",
        ),
        (
            f"Fitted (5-6 January): {fit_cover['n']:.0f} numbers, of which the 50 % intervals meet "
            f"{fit_cover['in_50']:.0%} and the 90 % intervals {fit_cover['in_90']:.0%}; of "
            f"{fit_cover['n_orders']:.0f} orderings {fit_cover['orders']:.0%} hold in most worlds.",
            f"拟合期（1月5-6日）：{fit_cover['n']:.0f}个数值，50%区间覆盖{fit_cover['in_50']:.0%}，"
            f"90%区间覆盖{fit_cover['in_90']:.0%}；{fit_cover['n_orders']:.0f}个次序中{fit_cover['orders']:.0%}在多数世界成立。",
        ),
        (
            f"Held out (7-16 January, never seen by the fit): {out_cover['n']:.0f} numbers, 50 % intervals "
            f"meet {out_cover['in_50']:.0%}, 90 % intervals {out_cover['in_90']:.0%}; of "
            f"{out_cover['n_orders']:.0f} orderings {out_cover['orders']:.0%} hold in most worlds.",
            f"留出期（1月7-16日，拟合未见）：{out_cover['n']:.0f}个数值，50%区间覆盖{out_cover['in_50']:.0%}，"
            f"90%区间覆盖{out_cover['in_90']:.0%}；{out_cover['n_orders']:.0f}个次序中{out_cover['orders']:.0%}成立。",
        ),
    ]
    gone = [f"{r['target']} ({r['en']})" for r in _rows(pd.concat([missed, wrong]))]
    gone_zh = [f"{r['target']}（{r['zh']}）" for r in _rows(pd.concat([missed, wrong]))]
    out.append(
        (
            f"What it gets wrong: {'; '.join(gone)}." if gone else "No target is missed outright.",
            f"不符之处：{'；'.join(gone_zh)}。" if gone else "没有完全落空的目标。",
        )
    )
    for name in ("decay", "repeat", "topic"):
        both = c.scores.dropna(subset=["model", name])
        ours, theirs = both["model"].mean(), both[name].mean()
        wins = int((both["model"] < both[name]).sum())
        verdict = "the model wins" if ours < theirs else "the naive forecast wins"
        verdict_zh = "模型更好" if ours < theirs else "简单预测更好"
        label, label_zh = {
            "decay": ("exponential decay", "指数衰减"),
            "repeat": ("repetition of the last day", "重复前一天"),
            "topic": ("the median hot-list topic", "热搜中位话题"),
        }[name]
        out.append(
            (
                f"Against {label}: mean score {ours:.2f} to {theirs:.2f} over {len(both)} held-out numbers "
                f"(small is good; better on {wins}): {verdict}.",
                f"对比{label_zh}：{len(both)}个留出数值平均得分{ours:.2f}对{theirs:.2f}（越小越好；{wins}个更好）：{verdict_zh}。",
            )
        )
    inside = c.recovery.inside
    out.append(
        (
            f"{c.recovery.n_cases} known worlds in the place of the case: the central 90 % holds the truth "
            f"in {inside.mean():.0%} of cases on average ({inside.min():.0%} for {inside.idxmin()}, "
            f"{inside.max():.0%} for {inside.idxmax()}).",
            f"以{c.recovery.n_cases}个已知世界代替案例：90%区间平均有{inside.mean():.0%}包含真值。",
        )
    )
    for rival in c.rivals:
        own = c.scores.set_index("target")["model"]
        other = rival.holdout.set_index("target")["model"]
        common = own.index.intersection(other.index)
        ours, theirs = float(own[common].mean()), float(other[common].mean())
        label = rival.name.replace("_", " ")
        out.append(
            (
                f"Rival structure “{label}”, fitted to the same targets ({rival.n_runs:,} runs): held-out "
                f"score {theirs:.2f} (main structure {ours:.2f}), 90 % intervals meet "
                f"{rival.covered['in_90']:.0%} (main {out_cover['in_90']:.0%}).",
                f"其他结构“{label}”（{rival.n_runs:,}次运行）：留出得分{theirs:.2f}（主结构{ours:.2f}），"
                f"90%区间覆盖{rival.covered['in_90']:.0%}（主结构{out_cover['in_90']:.0%}）。",
            )
        )
    return out


# --- figures --------------------------------------------------------------------------------------


def figures(c: Checked, lang: str) -> dict[str, Figure]:
    """All figures, by name."""
    plots.use_style()
    drawn = {
        "ribbon": _figure_ribbon(c, lang),
        "targets": _figure_targets(c, lang),
        "densities": _figure_densities(c, lang),
        "ranks": _figure_ranks(c, lang),
        "coverage": _figure_coverage(c, lang),
    }
    if c.rivals:
        drawn["structures"] = _figure_structures(c, lang)
    return drawn


def _t(lang: str, en: str, zh: str) -> str:
    return zh if lang == "zh" else en


def _predicted(c: Checked) -> Iterator[Run]:
    """The predictive runs, part by part."""
    for path, names in c.plan.store.places(c.plan.held).items():
        for run in from_table(c.plan.store.read(path)):
            if run.name in names:
                yield run


def _figure_ribbon(c: Checked, lang: str) -> Figure:
    """Simulated heat of the posterior over the observed hot list; the fitted days shaded."""
    rows = c.fit.case.observed_hotlist()
    values, clock = [], None
    for run in _predicted(c):
        heat = run.series["heat"].astype(np.float64)
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
        seen = observed_heat(rows, CRISIS_PHASES)["heat"]
        times = pd.DatetimeIndex(seen.index)
        at = np.array([(t - c.fit.case.start).total_seconds() / 86400 for t in times])
        ax.plot(
            at, seen / max(float(seen.max()), 1e-9), color=BLACK, marker="o", markersize=2.5,
            linewidth=0.8, label=_t(lang, "observed hot list", "实际热搜"),
        )  # fmt: skip
    ax.axvspan(0, 2, color=ORANGE, alpha=0.12, linewidth=0)
    ax.text(0.05, 1.3, _t(lang, "fitted", "拟合"), color=BLACK, fontsize=9)
    ax.text(2.1, 1.3, _t(lang, "held out", "留出"), color=BLACK, fontsize=9)
    ax.set(xlim=(-1, 12.5), ylim=(0, 1.4))
    ax.set_xlabel(_t(lang, "days from 5 January 00:00 (HKT)", "1月5日零时起的天数（香港时间）"))
    ax.set_ylabel(_t(lang, "heat, share of its peak", "热度（占峰值）"))
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
    from experiments.targets import allowance

    by_id = {target.id: target for target in c.wanted}
    rows = c.intervals[c.intervals["type"] != "ordering"].dropna(subset=["median"])
    told = _rows(rows)[::-1]
    figure, ax = plt.subplots(figsize=(9, 0.32 * len(told) + 1.4))
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
    names = [f"{r['target']}: {r[lang]}" for r in told]
    ax.set_yticks(range(len(told)), [name if len(name) < 62 else name[:60] + "…" for name in names])
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
    table = calibrate.posterior_table(c.fit)
    about = {row["parameter"]: row for row in _rows(c.shrinkage)}
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


def _figure_ranks(c: Checked, lang: str) -> Figure:
    """Ranks of known truths among what is found: flat where the machinery is honest."""
    names = list(c.recovery.ranks)
    columns = 5
    n_rows = -(-len(names) // columns)
    figure, axes = plt.subplots(
        n_rows, columns, figsize=(11, 2 * n_rows), squeeze=False, sharey=True, sharex=True
    )
    n, bins = c.recovery.n_cases, checks.RANK_BINS
    expected = n / bins
    sd = np.sqrt(n * (1 / bins) * (1 - 1 / bins))
    for ax, name in zip(axes.flat, names, strict=False):
        ax.axhspan(expected - 2 * sd, expected + 2 * sd, color=GREY, alpha=0.25, linewidth=0)
        ax.hist(c.recovery.ranks[name], bins=np.linspace(0, 1, bins + 1), color=GREEN, alpha=0.8)
        ax.set_title(name, fontsize=8.5)
    for ax in axes.flat[len(names) :]:
        ax.axis("off")
    for ax in axes[-1]:
        ax.set_xlabel(_t(lang, "rank of the truth", "真值的秩"))
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
    figure, ax = plt.subplots(figsize=(5, 4))
    for use, colour, label in (
        ("fit", ORANGE, _t(lang, "fitted", "拟合")),
        ("holdout", BLUE, _t(lang, "held out", "留出")),
    ):
        cover = checks.coverage(c.intervals, use)
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


def _figure_structures(c: Checked, lang: str) -> Figure:
    """Held-out score of the main structure and its rivals."""
    names = ["main", *(rival.name for rival in c.rivals)]
    tables = [c.scores, *(rival.holdout for rival in c.rivals)]
    means = [float(table["model"].mean()) for table in tables]
    figure, ax = plt.subplots(figsize=(7.5, 0.5 * len(names) + 1.2))
    ax.barh(range(len(names)), means, color=[BLUE, *[ORANGE] * len(c.rivals)], height=0.6)
    ax.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    ax.invert_yaxis()
    ax.set_xlabel(
        _t(lang, "mean score on held-out numbers (small is good)", "留出数值平均得分（越小越好）")
    )
    ax.set_title(
        _t(lang, "Rival structures, each fitted to the same targets", "其他结构，各自拟合同样目标")
    )
    return figure


# --- page -----------------------------------------------------------------------------------------

CAPTIONS = {
    "ribbon": (
        "Heat of the posterior worlds over the observed list. Shaded: the days that were fitted.",
        "后验世界的热度与实际热搜。底色为拟合所用日期。",
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
    "coverage": (
        "Few numbers: a step of one is large. Numbers of one case are not independent.",
        "数值很少且并非独立。",
    ),
    "structures": (
        "Rivals are fitted with a quarter of the worlds of the main structure.",
        "其他结构的拟合规模为主结构的四分之一。",
    ),
}


def write_report(c: Checked, folder: Path, lang: str) -> Path:
    """report.html and figures of a calibration: same inputs, same bytes."""
    suffix = "_zh" if lang == "zh" else ""
    digest = digest_of([calibrate.provenance(c.fit), RESULTS_VERSION])
    sources = {}
    for name, figure in figures(c, lang).items():
        svg = save(figure, folder / "figures" / f"{name}{suffix}", digest)
        sources[name] = inline(svg)
        plt.close(figure)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = facts.table(_predicted(c))
    known.to_csv(folder / "facts.csv", index=False)
    untold = [
        t
        for t in c.fit.case.targets
        if t.use != "context" and t.id not in set(c.intervals["target"])
    ]
    context: dict[str, Any] = {
        "lang": lang,
        "zh": lang == "zh",
        "case": c.fit.case,
        "fit": c.fit,
        "version": sim.__version__,
        "results_version": RESULTS_VERSION,
        "findings": [pair[lang == "zh"] for pair in findings(c)],
        "figures": sources,
        "captions": {name: texts[lang == "zh"] for name, texts in CAPTIONS.items()},
        "intervals": c.intervals.replace({np.nan: None}).to_dict("records"),
        "scores": c.scores.replace({np.nan: None}).to_dict("records"),
        "shrinkage": c.shrinkage.head(40).to_dict("records"),
        "history": c.fit.history.to_dict("records"),
        "directions": [
            (
                float(share),
                sorted(
                    ((name, float(value)) for name, value in row.items()),
                    key=lambda pair: -abs(pair[1]),
                )[:3],
            )
            for share, (_, row) in zip(
                c.directions.share, c.directions.vectors.iterrows(), strict=True
            )
        ],
        "untold": untold,
        "facts": known.astype(object).where(known.notna(), None).to_dict("records"),
        "platform": platform_fit.fit().fitted.to_dict("records"),
        "digest": digest,
    }
    page = environment.get_template("calibration_report.html.j2").render(**context)
    path = folder / f"report{suffix}.html"
    write_whole(path, page.encode())
    c.intervals.to_csv(folder / "targets.csv", index=False)
    c.shrinkage.to_csv(folder / "shrinkage.csv", index=False)
    c.scores.to_csv(folder / "scores.csv", index=False)
    return path
