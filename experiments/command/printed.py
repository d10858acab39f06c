"""What commands print: the outcomes of a design point, cells of a study, the score of a case.

In the language of the settings; numbers, units and words as figures and pages have them.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import sim
from experiments.pictures.words import (
    caveat,
    counted,
    few_words,
    number,
    say,
    signed,
    unit_name,
    value_name,
)
from experiments.reading.compare import sign_of
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reading.provenance import provenance
from experiments.sweeps.design import flattered
from sim.base.digest import RESULTS_VERSION
from sim.case.case import MONEY
from sim.metrics import BY_NAME, OUTCOMES, not_known, outcomes
from sim.settings.config import Config

if TYPE_CHECKING:
    from experiments.reading.analysis import Analysis
    from experiments.sweeps.running import Result


def _frame(result: Result) -> pd.DataFrame:
    """Outcomes of the runs: a row a run, a column an outcome, NaN for what is not defined."""
    names = [outcome.name for outcome in OUTCOMES]
    return pd.DataFrame([outcomes(run) for run in result.runs], columns=names, dtype=float)


def as_json(config: Config, result: Result) -> dict[str, Any]:
    """What `format=json` prints of a design point: quantiles of every outcome, and what was run.

    None stands for what is not defined, and for ranges of fewer runs than a range may rest on.
    """
    frame = _frame(result)
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
        "outcomes": {
            outcome.name: {
                "unit": outcome.unit,
                "better": outcome.better,
                **_summary(frame[outcome.name].dropna()),
            }
            for outcome in OUTCOMES
        },
    }


def _summary(values: pd.Series) -> dict[str, Any]:
    """Mean and quantiles of an outcome over the runs in which it is defined.

    Of a handful no range is given: its values themselves stand there, with a note that says so.
    """
    few = len(values) < FEWEST_PAIRS
    quantile = {
        q: float(values.quantile(q)) if len(values) and (q == 0.5 or not few) else None
        for q in (0.05, 0.25, 0.5, 0.75, 0.95)
    }
    return {
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


def absent_text(config: Config, absent: Collection[str]) -> str:
    """What no run of a case says, and why: without a share, in another money, without a list."""
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
    """The outcomes of a design point for a reader; `words` are the settings as typed.

    Fewer runs than a range may rest on are shown one by one, three at most.
    """
    zh = config.lang == "zh"
    frame = _frame(result)
    _print_title(config, len(result.runs))
    if words:
        print(("设置：" if zh else "settings: ") + shlex.join(words))
    few = len(frame) < FEWEST_PAIRS
    head = _heads(len(frame), few, zh)
    print(
        "\n"
        + " ".join(f"{one:>12}" for one in head)
        + "    n  "
        + ("结果 [单位]" if zh else "outcome [unit]")
    )
    absent = not_known(config.case.simulated())
    undefined = _print_outcomes(config, frame, absent, few)
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
    if result.runs:
        _print_where(config, result)


def _print_outcomes(
    config: Config, frame: pd.DataFrame, absent: Collection[str], few: bool
) -> list[str]:
    """A line for each outcome that some run defines; the names of the others are returned."""
    undefined = []
    for outcome in OUTCOMES:
        if outcome.name in absent:
            continue
        text = outcome.zh if config.lang == "zh" else outcome.en
        name = f"{text} [{unit_name(outcome.unit, config.lang)}]"
        values = frame[outcome.name].dropna()
        if not len(values):
            undefined.append(name)
            continue
        shown = _shown(frame[outcome.name], few)
        numbers = " ".join(f"{'–' if v != v else number(v):>12}" for v in shown)
        print(f"{numbers} {len(values):>4}  {name}")
    return undefined


def _print_title(config: Config, n_runs: int) -> None:
    """The case, the response, how many runs, and where their parameters come from."""
    zh = config.lang == "zh"
    print(
        f"{config.case.title(config.lang)} · "
        f"{say(config.response.name, 'zh') if zh else config.response.name} · "
        f"{f'{n_runs} 次运行' if zh else counted(n_runs, 'run')} · "
        f"{value_name('uncertainty', config.uncertainty.name, config.lang)}"
    )
    print(provenance(config, config.lang))


def _heads(n_runs: int, few: bool, zh: bool) -> list[str]:
    """What the columns of numbers are called: a median with its range, or the runs themselves."""
    median = "中位数" if zh else "median"
    if not few:
        return [median, "5 %", "95 %"]
    runs = [f"{'运行' if zh else 'run'} {k}" for k in range(1, min(n_runs, 3) + 1)]
    return runs if n_runs == 1 else [median, *runs]


def _shown(column: pd.Series, few: bool) -> list[float]:
    """The numbers of an outcome's line, as `_heads` has them; NaN where there is none.

    An outcome that came about in a few of many runs has a median and no range.
    """
    values = column.dropna()
    if few:
        runs = [float(v) for v in column[:3]]
        return runs if len(column) == 1 else [float(values.median()), *runs]
    if len(values) < FEWEST_PAIRS:
        return [float(values.median()), float("nan"), float("nan")]
    return [float(values.quantile(q)) for q in (0.5, 0.05, 0.95)]


def _print_where(config: Config, result: Result) -> None:
    """From when delays count, and the names and places of the runs and of their snapshots.

    Names are digests of what was asked: who runs the same gets them from the store.
    """
    folder, n = Path(config.results) / "runs", len(result.runs)
    start = result.runs[0].asked["case"]["clock_start"]
    zone = config.case.zone_name(config.lang)
    first, last = result.runs[0].name, result.runs[-1].name
    names = first if n == 1 else f"{first} … {last}"
    if config.lang == "zh":
        print(f"\n延迟自 {start}（{zone}）起算")
        print(f"运行 {names},存于 {folder}(其中 {result.n_reused} 次为已有)")
    else:
        print(f"\ndelays count from {start}, {zone}")
        print(f"runs {names} in {folder} ({result.n_reused} of {n} were already there)")
    if result.snapshots:
        ends = result.snapshots[:1] + result.snapshots[1:][-1:]
        files = " … ".join(map(str, ends))
        print(f"个体快照：{files}" if config.lang == "zh" else f"snapshots of people: {files}")


MOST_CELLS = 24  #: rows of the table of `backlash analyse`; cells.csv has all


def cells_text(a: Analysis, lang: str) -> str:
    """Cells with their means and paired differences from the reference: what findings rest on.

    The best cell of each group comes first; at most MOST_CELLS rows.
    """
    study, zh, name = a.plan.study, lang == "zh", a.ranked
    outcome = BY_NAME[name]
    good = sign_of(name) * a.means[name].to_numpy()
    cells = [c for group in study.groups.values() for c in sorted(group, key=lambda c: -good[c])]
    heads = ("格", "均值", "与参照之差（95%）", "更好的世界") if zh else (
        "cell", "mean", "paired difference (95 %)", "better in")  # fmt: skip
    lines = [f"{outcome.zh if zh else outcome.en} [{unit_name(outcome.unit, lang)}]"]
    lines.append(f"{heads[1]:>10}  {heads[2]:>32}  {heads[3]:>14}  {heads[0]}")
    for cell in cells[:MOST_CELLS]:
        told, better = _against_reference(a, cell, lang)
        mean = number(a.means[name][cell])
        lines.append(f"{mean:>10}  {told:>32}  {better:>14}  {study.spoken(cell, lang)}")
    if len(cells) > MOST_CELLS:
        more = len(cells) - MOST_CELLS
        lines.append(f"另有{more}格见 cells.csv" if zh else f"and {more} more in cells.csv")
    return "\n".join(lines)


def _against_reference(a: Analysis, cell: int, lang: str) -> tuple[str, str]:
    """A cell's difference from its reference, and in how many worlds it is the better one.

    Of too few worlds no interval is given, and nothing is said of better or worse.
    """
    study, zh, name = a.plan.study, lang == "zh", a.ranked
    if study.references[cell] == cell:
        return ("参照" if zh else "the reference"), ""
    if name not in a.contrasts:
        apart = a.means[name][cell] - a.means[name][study.references[cell]]
        return f"{signed(apart)} ({few_words(a.cubes[name].shape[1], lang)})", ""
    c = a.contrasts[name][cell]
    if c.n_same == c.n_worlds:
        return ("各世界均无差异" if zh else "no difference in any world"), ""
    told = f"{signed(c.mean)} ({signed(c.low)} {'至' if zh else 'to'} {signed(c.high)})"
    return told, f"{c.n_better} / {c.n_worlds}" if study.has_levers else ""
