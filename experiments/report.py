"""Runs -> figures and a self-contained report; and the demo, which makes the runs first."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

import sim
from experiments import analysis, pages
from experiments.provenance import provenance
from experiments.run_figures import captions, compared, figures, observed_hours
from experiments.study import run_points
from experiments.words import (
    BURDEN,
    ONLY_SPEAKING_COSTS,
    caveat,
    day_name,
    day_of,
    few_words,
    say,
    signed,
    unit_name,
)
from sim.case import Case
from sim.case_file import read_case
from sim.composition import compose
from sim.config import Config
from sim.digest import RESULTS_VERSION
from sim.files import write_whole
from sim.metrics import BY_NAME
from sim.parameters import Parameters
from sim.record import Run
from sim.refusal import ConfigError
from sim.store import Store

RESPONSES = (
    "as_happened",
    "none",
    "apology_only",
    "junior_scapegoat",
    "executives_at_once",
    "founder_first",
    "reform_and_fan_panel",
    "late_48h",
    "deny",
)
N_REPLICATES = 24
DOCUMENTED_CASE = "xiaomi_2026"  #: the case whose shape is checked


def demo(overrides: Sequence[str]) -> int:
    """The documented case and its counterfactuals: runs, figures, report, table."""
    began = time.monotonic()
    given = {word.partition("=")[0] for word in overrides}
    base = [*overrides, *([] if "n_replicates" in given else [f"n_replicates={N_REPLICATES}"])]
    base = [word for word in base if not word.startswith("response=")]
    n = compose(base).n_replicates
    if n < analysis.FEWEST_PAIRS:
        raise ConfigError(
            "n_replicates",
            n,
            "the report's intervals would rest on too few runs",
            f"{analysis.FEWEST_PAIRS} or more",
            f"n_replicates={N_REPLICATES}",
        )
    configs, possible = [], []
    for name in RESPONSES:
        try:
            configs.append(compose([*base, f"response={name}"]))
            possible.append(name)
        except ConfigError as refusal:
            if name == RESPONSES[0]:
                raise
            print(f"left out: {say(name, configs[0].lang)}: {refusal.reason}", file=sys.stderr)
    folder = Path(configs[0].results) / "demo"
    results = run_points(configs, Store(folder), "demo:")
    failures = [failure for result in results for failure in result.failures]
    for failure in failures[:10]:
        print(f"failed: {failure.response}, seed {failure.seed}: {failure.reason}", file=sys.stderr)
    print("figures and report ...", file=sys.stderr)
    runs = {name: result.runs for name, result in zip(possible, results, strict=True)}
    page = write_report(folder, configs[0], runs)
    print_table(runs, configs[0])
    print(f"\n{page}  ({time.monotonic() - began:.0f} s)")
    return 1 if failures else 0


def print_table(runs: Mapping[str, Sequence[Run]], config: Config) -> None:
    """Medians of the compared outcomes, then what is to be judged by: the paired differences."""
    lang, zh = config.lang, config.lang == "zh"
    frame = analysis.frame_of([run for group in runs.values() for run in group])
    n = min(len(group) for group in runs.values())
    reference = say("as_happened", lang)
    heads = (
        ("中位数", f"与“{reference}”的配对差（95 %）", "更好的世界")
        if zh
        else ("median", f"paired difference from “{reference}” (95 %)", "better in")
    )
    for name in compared(read_case(config.case)):
        about = BY_NAME[name]
        print(f"\n{about.zh if zh else about.en} [{unit_name(about.unit, lang)}], n = {n}")
        print(_line("", *heads))
        for response in runs:
            median = f"{frame[frame['response'] == response][name].median():.3g}"
            told = ("参照" if zh else "the reference", "")
            if response != "as_happened":
                told = _paired(frame, name, response, lang)
            print(_line(say(response, lang), median, *told))
    print(
        "\n两个中位数之差可与配对差不同号；判断以配对差为准（面对同样的世界与机遇）。"
        if zh
        else "\nTwo medians may differ the other way round than the pairs; judge by the pairs, "
        "which meet the same worlds and chances."
    )
    varied = say(f"varied_{analysis.varied(runs['as_happened'])}", lang)
    print(f"\n{varied}; {provenance(config, lang)}")
    print(f"\n{caveat(lang)}")


def _line(head: str, median: str, paired: str, better: str) -> str:
    return f"{_padded(head, 22)}{_padded(median, -9)}{_padded(paired, -48)}{_padded(better, -13)}"


def _paired(frame: pd.DataFrame, outcome: str, response: str, lang: str) -> tuple[str, str]:
    """A paired difference with its interval, and the share of worlds in which it is better."""
    try:
        c = analysis.contrast(frame, outcome, response, "as_happened")
    except analysis.TooFewRuns as few:
        return f"{signed(few.estimate)} ({few_words(few.n, lang)})", ""
    if c.n_same == c.n:
        return ("各世界均无差异" if lang == "zh" else "no difference in any world"), ""
    to = "至" if lang == "zh" else "to"
    told = f"{signed(c.mean)} ({signed(c.low)} {to} {signed(c.high)})"
    return told, "–" if c.share_better != c.share_better else f"{c.share_better:.0%}"


def _padded(text: str, width: int) -> str:
    """Text in so many columns of a terminal, to the left, or to the right if width < 0."""
    room = abs(width) - sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
    return " " * room + text if width < 0 else text + " " * room


# --- report -------------------------------------------------------------------------------------


#: How far the median hours on the list of a day may be off: hours, or a share of what was observed.
LISTED_H, LISTED_SHARE = 3.0, 0.5


def shape_checks(case: Case, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The shape of the documented case, as shares of runs and medians, with what was asked.

    Empty for every other case: what is asked here was read off this one.
    """
    rows = case.observed_hotlist()
    if rows is None or case.name != DOCUMENTED_CASE:
        return []
    on = {
        lang: [day_of(case.start + pd.Timedelta(days=d), lang) for d in range(5)]
        for lang in ("en", "zh")
    }
    days = [day_name(case.start + pd.Timedelta(days=d), "en") for d in range(5)]
    seen = observed_hours(rows, case, days)
    frame = analysis.frame_of(runs)

    def check(en: str, zh: str, number: str, passed: bool) -> dict[str, Any]:
        return {"en": en, "zh": zh, "number": number, "passed": passed}

    def listed(day: int) -> dict[str, Any]:
        observed = float(seen.iloc[day - 1])
        low, median, high = frame[f"listed_h_day_{day}"].quantile([0.05, 0.5, 0.95])
        allowed = max(LISTED_H, LISTED_SHARE * observed)
        return check(
            f"hours on the list on {on['en'][day - 1]}",
            f"{on['zh'][day - 1]}在榜时长",
            f"median {median:.1f} h (asked: {max(observed - allowed, 0):.1f}-"
            f"{observed + allowed:.1f} h; observed {observed:.0f} h; 5-95 % of runs: "
            f"{low:.1f}-{high:.1f} h)",
            bool(abs(median - observed) <= allowed),
        )

    early = float((frame["listed_h_day_1"] > 0).mean())
    after = frame["first_listed_after_apology_h"].median()
    lead = frame["fan_lead_h"].median()
    reads = [frame[f"reads_day_{d}"].median() for d in range(1, 6)]
    talk = [frame[f"governance_share_day_{d}"].median() for d in (1, 3)]
    first = float((frame["first_listed_h"] >= frame["first_response_h"]).mean())
    return [
        check(
            f"no hashtag on the general list on {on['en'][0]}",
            f"{on['zh'][0]}综合热搜无话题",
            f"listed in {early:.0%} of runs (asked: below 20 %)",
            early < 0.2,
        ),
        check(
            "first entry after the apology",
            "首个话题在致歉之后上榜",
            f"in {first:.0%} of runs; median {after:.1f} h after it (asked: above 80 %, 8-24 h; "
            "observed 17.0-17.3 h)",
            first > 0.8 and 8 <= after <= 24,
        ),
        check(
            "fan peak before public peak",
            "粉丝峰值早于公众峰值",
            f"by {lead:.0f} h (asked: 12-40 h)",
            12 <= lead <= 40,
        ),
        check(
            f"attention higher on {on['en'][2]} than on {on['en'][1]}",
            f"{on['zh'][2]}关注高于{on['zh'][1]}",
            f"list views {reads[2] / max(reads[1], 1e-9):.2f} times (asked: 1-9 times; "
            "observed reads 3.1 times, within a factor of three)",
            reads[1] < reads[2] <= 9 * reads[1],
        ),
        check(
            f"near zero by {on['en'][4]}",
            f"{on['zh'][4]}接近零",
            f"list views {reads[4] / max(reads[2], 1e-9):.1%} of {on['en'][2]} (asked: below 5 %)",
            reads[4] < 0.05 * reads[2],
        ),
        check(
            "talk shifting to governance",
            "讨论转向公司治理",
            f"{talk[0]:.0%} on {on['en'][0]}, {talk[1]:.0%} on {on['en'][2]} "
            "(asked: < 20 %, > 50 %)",
            talk[0] < 0.2 and talk[1] > 0.5,
        ),
        *(listed(day) for day in (2, 3, 4)),
    ]


CANNOT: tuple[tuple[str, str], ...] = (
    ONLY_SPEAKING_COSTS,
    (
        "How severe a penalty should be: the single case leaves it almost unidentified; "
        "differences between penalty levels here follow from assumed parameters.",
        "处罚应多重:单一案例几乎无法识别,此处差异来自假定参数。",
    ),
    (
        "What the crisis cost in market value: the documented moves lie inside ordinary noise.",
        "危机的市值损失:实际股价波动在普通噪声之内。",
    ),
    (
        "How many people were reached: list views are impressions, and the list is curated.",
        "触达人数:热搜阅读是展示次数,且榜单有人工编排。",
    ),
    (
        "What fans believe: posts are a loud minority, and no survey of fans exists.",
        "粉丝的真实想法:发帖者是少数,且无调查。",
    ),
    (
        "Anything beyond this city, platform and fortnight; what the bands are over is said under "
        "each figure, and never the model's structure.",
        "此城市、平台与两周以外的任何事；各图色带涵盖何种不确定性见图下说明，均不含模型结构。",
    ),
)


#: What else the report of another case cannot say; where it has no market, or no hot list.
_ELSEWHERE = (
    "How people and platform of this case differ from those that the model was fitted to (Xiaomi, "
    "January 2026, on Weibo): they are the same here, the daily rhythm of Weibo at the local hours "
    "of this case among it.",
    "此案例的人群与平台同拟合所用（小米，2026年1月，微博）有何不同：此处完全沿用，"
    "包括按当地钟点套用的微博昼夜节律。",
)
_NO_MARKET = ("What the share did: {why}.", "股价如何：{why}。")
_NO_LIST = (
    "How long it trended: the case has no public list of trending topics. The model's own list "
    "still carries attention, as on the platform that it was fitted to.",
    "上榜多久：此案例没有公开的热搜榜。模型自身的榜单仍会传递关注，与拟合所用的平台相同。",
)


def cannot(case: Case, lang: str) -> list[str]:
    """What the report of a case cannot say."""
    told = list(CANNOT)
    if case.name != DOCUMENTED_CASE:
        told.append(_ELSEWHERE)
    if not case.hot_list:
        told = [_NO_LIST if "list views" in text[0] else text for text in told]
    if not case.listed:
        why = (_NO_MARKET[0].format(why=case.no_market("en")),
               _NO_MARKET[1].format(why=case.no_market("zh")))  # fmt: skip
        told = [why if "market value" in text[0] else text for text in told]
    return [text[lang == "zh"] for text in told]


def write_report(folder: Path, config: Config, runs: Mapping[str, Sequence[Run]]) -> Path:
    """Figures as PNG and SVG, and one HTML file that needs nothing else; each language its own."""
    lang = config.lang
    digest = runs["as_happened"][0].name
    drawn = {}
    for name, figure in figures(config, runs, lang).items():
        drawn[name] = pages.save(figure, folder / "figures" / f"{name}{pages.suffix(lang)}", digest)
        plt.close(figure)
    frame = analysis.frame_of([run for group in runs.values() for run in group])
    case = read_case(config.case)
    names = compared(case)
    table = analysis.contrasts(frame, names, "as_happened")
    environment = pages.environment()
    environment.globals["say"] = lambda key: say(key, lang).replace("\n", " ")
    counts: dict[str, int] = {}
    for item in fields(Parameters):
        counts[item.metadata["provenance"]] = counts.get(item.metadata["provenance"], 0) + 1
    page = environment.get_template("report.html.j2").render(
        lang=lang,
        zh=lang == "zh",
        case=case,
        version=sim.__version__,
        results_version=RESULTS_VERSION,
        digest=digest,
        checks=shape_checks(case, runs["as_happened"]),
        n=min(len(group) for group in runs.values()),
        provenance=provenance(config, lang),
        figures={name: pages.inline(text) for name, text in drawn.items()},
        captions=captions(case, runs["as_happened"], lang),
        burden=BURDEN[lang == "zh"],
        signed=signed,
        unit=lambda unit: unit_name(unit, lang),
        medians=[
            (name, [frame[frame["response"] == name][outcome].median() for outcome in names])
            for name in runs
        ],
        compared=[(outcome, BY_NAME[outcome]) for outcome in names],
        contrasts=table.to_dict("records"),
        caveat=caveat(lang),
        cannot=cannot(case, lang),
        counts=sorted(counts.items()),
        calibrated=[
            (item.name, item.default, item.metadata)
            for item in fields(Parameters)
            if item.metadata["provenance"] == "calibrated"
        ],
    )
    path = folder / f"report{pages.suffix(lang)}.html"
    write_whole(path, page.encode())
    return path
