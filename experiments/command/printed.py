"""What commands print: the outcomes of a design point, and the score of a case."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from experiments.pictures.words import caveat, few_words, number, say, signed, unit_name, value_name
from experiments.reading.compare import sign_of
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reading.provenance import provenance
from experiments.sweeps.design import flattered
from sim.base.digest import RESULTS_VERSION
from sim.case.case import MONEY
from sim.metrics import BY_NAME, OUTCOMES, not_known, outcomes
from sim.settings.config import Config

if TYPE_CHECKING:
    from experiments.calibration.case_score import Scored
    from experiments.reading.analysis import Analysis
    from experiments.sweeps.running import Result


def _frame(result: Result) -> pd.DataFrame:
    names = [outcome.name for outcome in OUTCOMES]
    return pd.DataFrame([outcomes(run) for run in result.runs], columns=names, dtype=float)


def as_json(config: Config, result: Result) -> dict[str, Any]:
    """What `format=json` prints of a design point: quantiles of every outcome, and what was run."""
    frame = _frame(result)
    table = {}
    for outcome in OUTCOMES:
        values = frame[outcome.name].dropna()
        few = len(values) < FEWEST_PAIRS  # of a handful no range is given
        quantile = {
            q: float(values.quantile(q)) if len(values) and (q == 0.5 or not few) else None
            for q in (0.05, 0.25, 0.5, 0.75, 0.95)
        }
        table[outcome.name] = {
            "unit": outcome.unit,
            "better": outcome.better,
            "n_runs": len(values),
            "mean": float(values.mean()) if len(values) else None,
            "median": quantile[0.5],
            "q05": quantile[0.05],
            "q25": quantile[0.25],
            "q75": quantile[0.75],
            "q95": quantile[0.95],
            **({"values": [float(v) for v in values], "note": few_words(len(values), "en")}
               if few and len(values) else {}),
        }  # fmt: skip
    return {
        "backlash": sim.__version__,
        "results_version": RESULTS_VERSION,
        "case": config.case.name,
        "response": config.response.name,
        "uncertainty": config.uncertainty.name,
        "parameters": provenance(config, "en"),
        "n_runs": len(result.runs),
        "n_failed": len(result.failures),
        "clock_start": result.runs[0].asked["case"]["clock_start"] if result.runs else None,
        "time_zone": config.case.time_zone,
        "not_known": sorted(not_known(config.case.simulated())),
        "digests": [run.name for run in result.runs],
        "snapshots": [str(path) for path in result.snapshots],
        "outcomes": table,
    }


def absent_text(config: Config, absent: Collection[str]) -> str:
    """What no run of a case says, and why."""
    case, zh, lang = config.case, config.lang == "zh", config.lang
    why = []
    if not case.listed:
        why.append(("无收益率：" if zh else "no returns: ") + case.no_market(lang))
    if not case.counts_money:
        money = case.currency or ("未知" if zh else "not known")
        why.append(
            f"无现金与法律成本：模型以{MONEY}计，此案例的货币为{money}" if zh
            else f"no cash and legal cost: the model counts in {MONEY}, the money of the case is "
            f"{money}"
        )  # fmt: skip
    if not case.hot_list:
        why.append("无在榜结果：此案例没有热搜榜" if zh else
                   "nothing on hours listed: the case has no list of trending topics")  # fmt: skip
    head = (
        f"此案例未知的{len(absent)}项结果："
        if zh
        else f"not known for this case ({len(absent)} outcomes): "
    )
    return head + ("；" if zh else "; ").join(why)


def print_table(config: Config, result: Result, words: list[str]) -> None:
    """The outcomes of a design point for a reader; `words` are the settings as typed."""
    zh = config.lang == "zh"
    frame = _frame(result)
    title = config.case.title(config.lang)
    print(
        f"{title} · {say(config.response.name, 'zh') if zh else config.response.name} "
        f"· {len(result.runs)} "
        + ("次运行" if zh else "runs")
        + f" · {value_name('uncertainty', config.uncertainty.name, config.lang)}"
    )
    print(provenance(config, config.lang))
    if words:
        print(("设置：" if zh else "settings: ") + shlex.join(words))
    few = len(frame) < FEWEST_PAIRS
    if few:  # the runs themselves, up to three, instead of a range over them
        head = ["中位数" if zh else "median"]
        head += [f"{'运行' if zh else 'run'} {k}" for k in range(1, min(len(frame), 3) + 1)]
        head = head[1:] if len(frame) == 1 else head
    else:
        head = ["中位数" if zh else "median", "5 %", "95 %"]
    print(
        "\n"
        + " ".join(f"{one:>12}" for one in head)
        + "    n  "
        + ("结果 [单位]" if zh else "outcome [unit]")
    )
    undefined = []
    absent = not_known(config.case.simulated())
    for outcome in OUTCOMES:
        if outcome.name in absent:
            continue
        values = frame[outcome.name].dropna()
        name = f"{outcome.zh if zh else outcome.en} [{unit_name(outcome.unit, config.lang)}]"
        if not len(values):
            undefined.append(name)
            continue
        if few:
            runs = [float(v) for v in frame[outcome.name][:3]]
            shown = ([] if len(frame) == 1 else [float(values.median())]) + runs
        elif len(values) < FEWEST_PAIRS:  # it came about in a few of the runs only
            shown = [float(values.median()), float("nan"), float("nan")]
        else:
            shown = [float(values.quantile(q)) for q in (0.5, 0.05, 0.95)]
        numbers = " ".join(f"{'–' if v != v else number(v):>12}" for v in shown)
        print(f"{numbers} {len(values):>4}  {name}")
    if few:
        print(few_words(len(frame), config.lang))
    if undefined:
        print(
            ("未发生或未定义：" if zh else "did not happen or not defined: ") + "; ".join(undefined)
        )
    if absent:
        print(absent_text(config, absent))
    if flattered(config.response):
        print(f"\n{caveat(config.lang)}")
    if not result.runs:
        return
    folder, n = Path(config.results) / "runs", len(result.runs)
    start = result.runs[0].asked["case"]["clock_start"]
    zone = config.case.zone_name(config.lang)
    first, last = result.runs[0].name, result.runs[-1].name
    names = first if n == 1 else f"{first} … {last}"
    if zh:
        print(f"\n延迟自 {start}（{zone}）起算")
        print(f"运行 {names},存于 {folder}(其中 {result.n_reused} 次为已有)")
    else:
        print(f"\ndelays count from {start}, {zone}")
        print(f"runs {names} in {folder} ({result.n_reused} of {n} were already there)")
    if result.snapshots:
        ends = result.snapshots[:1] + result.snapshots[1:][-1:]
        files = " … ".join(map(str, ends))
        print(f"个体快照：{files}" if zh else f"snapshots of people: {files}")


MOST_CELLS = 24  #: rows of the table of `backlash analyse`; cells.csv has all


def cells_text(a: Analysis, lang: str) -> str:
    """Cells with their means and paired differences from the reference: what findings rest on."""
    study, zh, name = a.plan.study, lang == "zh", a.ranked
    outcome = BY_NAME[name]
    good = sign_of(name) * a.means[name].to_numpy()
    cells = [c for group in study.groups.values() for c in sorted(group, key=lambda c: -good[c])]
    heads = ("格", "均值", "与参照之差（95%）", "更好的世界") if zh else (
        "cell", "mean", "paired difference (95 %)", "better in")  # fmt: skip
    lines = [f"{outcome.zh if zh else outcome.en} [{unit_name(outcome.unit, lang)}]"]
    lines.append(f"{heads[1]:>10}  {heads[2]:>32}  {heads[3]:>14}  {heads[0]}")
    for cell in cells[:MOST_CELLS]:
        if study.references[cell] == cell:
            told, better = ("参照" if zh else "the reference"), ""
        elif name not in a.contrasts:
            apart = a.means[name][cell] - a.means[name][study.references[cell]]
            few = few_words(a.cubes[name].shape[1], lang)
            told, better = f"{signed(apart)} ({few})", ""
        else:
            c = a.contrasts[name][cell]
            told = f"{signed(c.mean)} ({signed(c.low)} {'至' if zh else 'to'} {signed(c.high)})"
            better = f"{c.n_better} / {c.n_worlds}" if study.has_levers else ""
            if c.n_same == c.n_worlds:
                told, better = ("各世界均无差异" if zh else "no difference in any world"), ""
        lines.append(
            f"{number(a.means[name][cell]):>10}  {told:>32}  {better:>14}  "
            f"{study.label(cell, lang)}"
        )
    if len(cells) > MOST_CELLS:
        more = len(cells) - MOST_CELLS
        lines.append(f"另有{more}格见 cells.csv" if zh else f"and {more} more in cells.csv")
    return "\n".join(lines)


def scores_text(one: Scored, lang: str) -> str:
    """The days of a metric, then what they add up to, in words."""
    title = say(
        "score_title", lang, metric=say(f"metric_{one.metric}", lang), n=one.summary["n_runs"]
    )
    days = one.days.rename(columns={name: say(f"score_{name}", lang) for name in one.days})
    with pd.option_context("display.unicode.east_asian_width", True):
        table = days.to_string(index=False, float_format=lambda value: f"{value:.2f}", na_rep="–")
    few = one.summary.get("few")
    lines = [title, table, *([few_words(few, lang)] if few else [])]
    for key, value in one.summary.items():
        if key in ("n_days", "n_runs", "note", "few") or (key in ("in_50", "in_90") and few):
            continue
        if value is None or value != value:
            told = say("score_undefined", lang)
        else:
            told = f"{value:.2f}" if isinstance(value, float) else value
        lines.append(f"  {say(f'score_{key}', lang)}: {told}")
    if "note" in one.summary:
        lines.append("  " + say("score_few_days", lang, n=one.summary["n_days"]))
    return "\n".join(lines)
