"""What a fit is worth, in sentences with their numbers: forecasts, other cases, rivals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from experiments.calibration import holdout, rivals
from experiments.calibration.evidence import Checked
from experiments.pictures.dates import days_of
from experiments.pictures.words import few_words, say
from experiments.reading.intervals import FEWEST_PAIRS, rows_of
from experiments.sweeps.reference import Told


def days_of_case(c: Checked, span: tuple[int, int], lang: str, between: str) -> str:
    """Days of the case, counted from 1, by their dates."""
    first, last = (c.fit.case.start.date() + timedelta(days=day - 1) for day in span)
    return days_of(first, last, lang, between)


@dataclass(frozen=True)
class _Naive:
    """The scores of the model beside those of one naive forecast, over what was held out."""

    name: str
    both: pd.DataFrame  #: targets that have a score of each: columns model and the forecast's name

    @property
    def wins(self) -> int:
        """On how many targets the model has the smaller score."""
        return int((self.both["model"] < self.both[self.name]).sum())

    @property
    def lost(self) -> str:
        """The targets on which the naive forecast is at least as good, or "none"."""
        return ", ".join(self.both["target"][self.both["model"] >= self.both[self.name]]) or "none"

    def verdict(self) -> Told:
        """Which of the two is better, by a bootstrap of the mean difference over the targets.

        With fewer than FEWEST_PAIRS targets no interval is given, and so none decides.
        """
        apart = (self.both[self.name] - self.both["model"]).to_numpy(np.float64)
        draws = np.random.default_rng(0).choice(apart, (2000, apart.size)).mean(axis=1)
        low, high = np.quantile(draws, (0.025, 0.975))
        if apart.size < FEWEST_PAIRS:
            return few_words(apart.size, "en"), few_words(apart.size, "zh")
        if low > 0:
            return "the model wins", "模型更好"
        if high < 0:
            return "the naive forecast wins", "简单预测更好"
        return "neither is better beyond chance", "难分高下"


#: Forecasts that know nothing of fans (holdout.scores), as a reader has them.
_NAIVE = {
    "decay": ("exponential decay", "指数衰减"),
    "repeat": ("repetition of the last day", "重复前一天"),
    "topic": ("the median hot-list topic", "热搜中位话题"),
}


def worth(c: Checked) -> list[Told]:
    """What a fit is worth: sentences in English and Chinese, each with its numbers.

    In the order of the report: how well it fits and forecasts, what it gets wrong, whether known
    worlds are found again, other cases, and what holds under rival structures.
    """
    return [
        _fitted(c),
        _held_out(c),
        _missed(c),
        *(_against_naive(c, name) for name in _NAIVE),
        _recovered(c),
        *(_transferred(c) if c.transfers else []),
        *(_rival(c, rival) for rival in c.rivals),
        *([_flipped(c)] if c.rivals else [_not_yet()]),
    ]


def _fitted(c: Checked) -> Told:
    """How often the predictive intervals meet what was fitted."""
    days = [days_of_case(c, c.fit.settings.fitted_days, lang, "-") for lang in ("en", "zh")]
    cover = holdout.coverage(c.intervals, "fit")
    return (
        f"Fitted ({days[0]}): {cover['n']:.0f} numbers, of which the central 50 % of runs hold "
        f"{cover['in_50']:.0%} and the central 90 % {cover['in_90']:.0%}, by rank; of "
        f"{cover['n_orders']:.0f} orderings {cover['orders']:.0%} hold in most worlds.",
        f"拟合期（{days[1]}）：{cover['n']:.0f}个数值，50%区间覆盖{cover['in_50']:.0%}，"
        f"90%区间覆盖{cover['in_90']:.0%}；{cover['n_orders']:.0f}个次序中{cover['orders']:.0%}在多数世界成立。",
    )


def _held_out(c: Checked) -> Told:
    """How often the predictive intervals meet what the fit never saw."""
    span = c.fit.settings.held_out_days
    days = [days_of_case(c, span, *how) for how in (("en", " to "), ("zh", "-"))]
    cover = holdout.coverage(c.intervals, "holdout")
    prior = holdout.coverage(holdout.intervals(c.before, c.wanted), "holdout")
    return (
        f"Held out (what was observed from {days[0]}, never seen by the fit; the acts and outside events "
        f"of those days are given to the runs): {cover['n']:.0f} numbers, of which the central 50 % "
        f"of runs hold {cover['in_50']:.0%} and the central 90 % {cover['in_90']:.0%}, by rank "
        f"(prior: {prior['in_50']:.0%} and {prior['in_90']:.0%}); of "
        f"{cover['n_orders']:.0f} orderings {cover['orders']:.0%} hold in most worlds.",
        f"留出期（{days[1]}，拟合未见）：{cover['n']:.0f}个数值，按秩计，50%区间覆盖{cover['in_50']:.0%}，"
        f"90%区间覆盖{cover['in_90']:.0%}（先验为{prior['in_50']:.0%}与{prior['in_90']:.0%}）；{cover['n_orders']:.0f}个次序中{cover['orders']:.0%}成立。",
    )


def _missed(c: Checked) -> Told:
    """Numbers outside their 90 % intervals, and orderings that fail in most worlds."""
    ordering = c.intervals["type"] == "ordering"
    missed = c.intervals[~ordering & (c.intervals["in_90"] < 0.5)]
    wrong = c.intervals[ordering & (c.intervals["holds"] < 0.5)]
    rows = rows_of(pd.concat([missed, wrong]))
    gone = [f"{r['target']} ({r['en']})" for r in rows]
    gone_zh = [f"{r['target']}（{r['zh']}）" for r in rows]
    return (
        f"What it gets wrong: {'; '.join(gone)}." if gone else "No target is missed outright.",
        f"不符之处：{'；'.join(gone_zh)}。" if gone else "没有完全落空的目标。",
    )


def _against_naive(c: Checked, name: str) -> Told:
    """The model against a naive forecast on what was held out; a small score is good."""
    naive = _Naive(name, c.scores.dropna(subset=["model", name]))
    both, (label, label_zh) = naive.both, _NAIVE[name]
    ours, theirs = both["model"].median(), both[name].median()
    verdict, verdict_zh = naive.verdict()
    return (
        f"Against {label}: median score {ours:.2f} to {theirs:.2f} over {len(both)} held-out numbers "
        f"(small is good; better on {naive.wins}): {verdict}. The naive forecast is better on {naive.lost}.",
        f"对比{label_zh}：{len(both)}个留出数值得分中位数{ours:.2f}对{theirs:.2f}（越小越好；{naive.wins}个更好）：{verdict_zh}。简单预测更好的：{naive.lost}。",
    )


def _recovered(c: Checked) -> Told:
    """How often the truth is found where it is known: in simulated worlds taken as the case."""
    inside = c.recovery.inside
    return (
        f"{c.recovery.n_cases} known worlds in the place of the case: the central 90 % holds the truth "
        f"in {inside.mean():.0%} of cases on average ({inside.min():.0%} for {inside.idxmin()}, "
        f"{inside.max():.0%} for {inside.idxmax()}).",
        f"以{c.recovery.n_cases}个已知世界代替案例：90%区间平均有{inside.mean():.0%}包含真值。",
    )


def _transferred(c: Checked) -> list[Told]:
    """What other cases say: of the fit when only events are re-set, and of the severity block."""
    return [_other_cases(c), _severity_elsewhere(c)]


def _other_cases(c: Checked) -> Told:
    """How the fit forecasts the daily series of other cases, against every simpler forecast."""
    scored = [one for one in c.transfers if "score" in one.told.summary]
    wins: list[str] = []
    losses: list[str] = []
    for one in scored:
        score, simpler = one.told.summary["score"], min(r.score for r in one.told.rivals)
        label = f"{one.case.name} {one.told.metric} {score:.3f} to {simpler:.3f}"
        (wins if score < simpler else losses).append(label)
    n_days = [one.told.summary["n_days"] for one in scored]
    met = float(np.average([one.told.summary["in_90"] for one in scored], weights=n_days))
    return (
        f"Other cases, only events re-set: 90 % intervals meet {met:.0%} of the days; the model is better "
        f"than every simpler forecast (some know the events, some the day before) in {len(wins)} of {len(scored)} series ({'; '.join(wins) or 'none'}) and "
        f"not in {len(losses)} ({'; '.join(losses) or 'none'}).",
        f"其他案例（仅重设事件）：90%区间覆盖{met:.0%}的日子；{len(scored)}个序列中{len(wins)}个优于所有简单预测（有的知道事件，有的知道前一日），"
        f"{len(losses)}个不优（{'；'.join(losses) or '无'}）。",
    )


def _severity_elsewhere(c: Checked) -> Told:
    """Whether two other cases narrow the parameters of severity beyond what chance does."""
    beyond = c.severity[c.severity["three_cases"] > c.severity[["one_case", "chance"]].max(axis=1)]
    row = c.severity.iloc[0]
    names = ", ".join(
        f"{r['parameter']} ({r['one_case']:.0%} to {r['three_cases']:.0%})" for r in rows_of(beyond)
    )
    return (
        f"East Buy 2023 (a chief executive removed) and Baidu 2024 (a vice president gone), "
        f"{row['n_kept']} of {row['n_worlds']} worlds kept: of {len(c.severity)} parameters of the severity "
        f"block {len(beyond)} narrow beyond chance ({row['chance']:.0%})"
        + (f": {names}." if names else ". It stays prior-driven."),
        f"东方甄选2023（CEO被免）与百度2024（副总裁离职），{row['n_worlds']}个世界中保留{row['n_kept']}个："
        f"处罚相关的{len(c.severity)}个参数中{len(beyond)}个收缩超出随机（{row['chance']:.0%}）"
        + (f"：{names}。" if names else "，仍取决于先验。"),
    )


def _rival(c: Checked, rival: rivals.Rival) -> Told:
    """How another structure forecasts, over the held-out numbers that both have a score for."""
    own = c.scores.set_index("target")["model"]
    other = rival.holdout.set_index("target")["model"]
    common = own.index.intersection(other.index)
    ours, theirs = float(own[common].mean()), float(other[common].mean())
    met = holdout.coverage(c.intervals, "holdout")["in_90"]
    label, label_zh = (say(f"structure_{rival.name}", lang) for lang in ("en", "zh"))
    return (
        f"Rival structure “{label}”, fitted to the same targets ({rival.n_runs:,} runs): held-out "
        f"score {theirs:.2f} (main structure {ours:.2f}), 90 % intervals meet "
        f"{rival.covered['in_90']:.0%} (main {met:.0%}).",
        f"其他结构“{label_zh}”（{rival.n_runs:,}次运行）：留出得分{theirs:.2f}（主结构{ours:.2f}），"
        f"90%区间覆盖{rival.covered['in_90']:.0%}（主结构{met:.0%}）。",
    )


def _flipped(c: Checked) -> Told:
    """Which findings on timing and severity change sign, or fall open, under a rival structure."""
    told = rivals.flips(pd.concat([c.answers, *(rival.answers for rival in c.rivals)]))
    rows, others = rows_of(told), [rival.name for rival in c.rivals]
    counted = [(r, sum(r[name] == "open" for name in others)) for r in rows]
    opened = [f"“{r['en']}” ({n} of {len(others)})" for r, n in counted if n]
    opened_zh = [f"“{r['zh']}”（{n}/{len(others)}）" for r, n in counted if n]
    n_main = int(c.answers["n_worlds"].min())
    n_rival = min((int(rival.answers["n_worlds"].min()) for rival in c.rivals), default=0)
    n_open = int((told["main"] == "open").sum())
    flipped = [r for r in rows if r["flips"] != ""]
    lines = "; ".join(f"“{r['en']}” ({r['flips']})" for r in flipped)
    lines_zh = "；".join(f"“{r['zh']}”（{r['flips']}）" for r in flipped)
    return (
        f"Of {len(told)} findings on timing and severity {n_open} are open under the main structure "
        f"itself; {len(flipped)} turn to the opposite under a rival"
        + (f": {lines}." if lines else ".")
        + f" Open under at least one rival ({n_rival} worlds each, {n_main} under the main structure): "
        + f"{'; '.join(opened) or 'none'}.",
        f"{len(told)}条关于时机与轻重的结论中，{n_open}条在主结构下未定；"
        f"{len(flipped)}条在其他结构下相反"
        + (f"：{lines_zh}。" if lines_zh else "。")
        + f"在至少一种其他结构下未定的：{'；'.join(opened_zh) or '无'}。",
    )


def _not_yet() -> Told:
    """What a page of short checks leaves out."""
    return (
        "Not looked at: rival structures and other cases (checks=short).",
        "未检验：其他结构与其他案例（checks=short）。",
    )
