"""What commands print: the outcomes of a design point, and the score of a case."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from experiments.provenance import provenance
from experiments.words import number, say
from sim.case import MONEY
from sim.case_file import read_case
from sim.config import Config
from sim.digest import RESULTS_VERSION
from sim.metrics import OUTCOMES, not_known, outcomes

if TYPE_CHECKING:
    from experiments.case_score import Scored
    from experiments.study import Result


def _frame(result: Result) -> pd.DataFrame:
    names = [outcome.name for outcome in OUTCOMES]
    return pd.DataFrame([outcomes(run) for run in result.runs], columns=names, dtype=float)


def as_json(config: Config, result: Result) -> dict[str, Any]:
    """What `format=json` prints of a design point: quantiles of every outcome, and what was run."""
    frame = _frame(result)
    table = {}
    for outcome in OUTCOMES:
        values = frame[outcome.name].dropna()
        quantile = {
            q: float(values.quantile(q)) if len(values) else None
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
        }
    return {
        "backlash": sim.__version__,
        "results_version": RESULTS_VERSION,
        "case": config.case.get("name"),
        "response": config.response.name,
        "uncertainty": config.uncertainty.name,
        "parameters": provenance(config, "en"),
        "n_runs": len(result.runs),
        "n_failed": len(result.failures),
        "clock_start": result.runs[0].asked["case"]["clock_start"] if result.runs else None,
        "time_zone": read_case(config.case).time_zone,
        "not_known": sorted(not_known(read_case(config.case).simulated())),
        "digests": [run.name for run in result.runs],
        "snapshots": [str(path) for path in result.snapshots],
        "outcomes": table,
    }


def absent_text(config: Config, absent: Collection[str]) -> str:
    """What no run of a case says, and why."""
    case, zh, lang = read_case(config.case), config.lang == "zh", config.lang
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
    title = config.case.get("title", {}).get(config.lang, config.case.get("name"))
    print(
        f"{title} · {config.response.name} · {len(result.runs)} "
        + ("次运行" if zh else "runs")
        + f" · {config.uncertainty.name}"
    )
    print(provenance(config, config.lang))
    if words:
        print(("设置：" if zh else "settings: ") + shlex.join(words))
    head = (
        ("结果", "中位数", "5 %", "95 %", "n", "单位")
        if zh
        else ("outcome", "median", "5 %", "95 %", "n", "unit")
    )
    print(f"\n{head[1]:>12} {head[2]:>12} {head[3]:>12} {head[4]:>4}  {head[0]} [{head[5]}]")
    undefined = []
    absent = not_known(read_case(config.case).simulated())
    for outcome in OUTCOMES:
        if outcome.name in absent:
            continue
        values = frame[outcome.name].dropna()
        if not len(values):
            undefined.append(f"{outcome.zh if zh else outcome.en} [{outcome.unit}]")
            continue
        numbers = " ".join(f"{number(float(values.quantile(q))):>12}" for q in (0.5, 0.05, 0.95))
        print(f"{numbers} {len(values):>4}  {outcome.zh if zh else outcome.en} [{outcome.unit}]")
    if undefined:
        print(
            ("未发生或未定义：" if zh else "did not happen or not defined: ") + "; ".join(undefined)
        )
    if absent:
        print(absent_text(config, absent))
    if not result.runs:
        return
    folder, n = Path(config.results) / "runs", len(result.runs)
    start = result.runs[0].asked["case"]["clock_start"]
    zone = read_case(config.case).zone_name(config.lang)
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


def scores_text(one: Scored, lang: str) -> str:
    """The days of a metric, then what they add up to, in words."""
    title = say(
        "score_title", lang, metric=say(f"metric_{one.metric}", lang), n=one.summary["n_runs"]
    )
    days = one.days.rename(columns={name: say(f"score_{name}", lang) for name in one.days})
    with pd.option_context("display.unicode.east_asian_width", True):
        table = days.to_string(index=False, float_format=lambda value: f"{value:.2f}")
    lines = [title, table]
    for key, value in one.summary.items():
        if key in ("n_days", "n_runs", "note"):
            continue
        if value is None or value != value:
            told = say("score_undefined", lang)
        else:
            told = f"{value:.2f}" if isinstance(value, float) else value
        lines.append(f"  {say(f'score_{key}', lang)}: {told}")
    if "note" in one.summary:
        lines.append("  " + say("score_few_days", lang, n=one.summary["n_days"]))
    return "\n".join(lines)
