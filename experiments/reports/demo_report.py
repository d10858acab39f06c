"""Runs of a case under its responses -> figures and a self-contained report.

The demo makes the runs first, and prints the table that the report has.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
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
from experiments.pictures import pages
from experiments.pictures.parameter_words import parameter_name
from experiments.pictures.words import BURDEN, ON_SILENCE, caveat, few_words, say, signed, unit_name
from experiments.reading import intervals
from experiments.reading.provenance import provenance
from experiments.reports.demo_figures import captions, compared, figures
from experiments.reports.demo_sentences import sentences
from experiments.reports.shape_checks import shape_checks
from experiments.sweeps.running import run_points
from sim.base.choices import DEFAULT_CASE
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.metrics import BY_NAME
from sim.record import Run
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.parameters import Parameters
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
N_REPLICATES = 24  #: runs of each response that the demo makes unless it is told how many


#: What to look at first, printed below the table.
LOOK_FIRST = (
    "Open it in a browser. Look first at “The shape of the case” (what the model gets right, and "
    "what not), then at the figure “responses” (what other answers would have left), and at the "
    "end at what it cannot tell you.\nA question of your own: backlash sweep "
    "response=none,apology_only n_replicates=20 name=first, then backlash report first",
    "用浏览器打开。先看“案例的形状”（模型哪里对、哪里不对），再看“应对”一图（换一种应对会留下什么），"
    "最后看“本模型不能告诉你的”。\n提自己的问题：backlash sweep response=none,apology_only "
    "n_replicates=20 name=first，再运行 backlash report first lang=zh",
)


def demo(overrides: Sequence[str]) -> int:
    """The documented case and its counterfactuals: runs, figures, report, table.

    Gives the exit status: 1 if any run failed. Raises ConfigError for fewer replicates than an
    interval needs, before any run.
    """
    began = time.monotonic()
    configs = _configs(overrides)
    first = configs[RESPONSES[0]]
    folder = Path(first.results) / "demo"
    results = run_points(list(configs.values()), Store(folder), "demo:")
    failures = [failure for result in results for failure in result.failures]
    for failure in failures[:10]:
        print(f"failed: {failure.response}, seed {failure.seed}: {failure.reason}", file=sys.stderr)
    print("figures and report ...", file=sys.stderr)
    runs = {name: result.runs for name, result in zip(configs, results, strict=True)}
    page = write_report(folder, first, runs)
    print_table(runs, first)
    print(f"\n{page}  ({time.monotonic() - began:.0f} s)")
    print(LOOK_FIRST[first.lang == "zh"])
    return 1 if failures else 0


def _configs(overrides: Sequence[str]) -> dict[str, Config]:
    """The config of every response that is possible under these settings, by its name.

    One that is not is left out with a word; the first, what happened, has to be possible: all
    others are compared with it.
    """
    given = {word.partition("=")[0] for word in overrides}
    base = [*overrides, *([] if "n_replicates" in given else [f"n_replicates={N_REPLICATES}"])]
    base = [word for word in base if not word.startswith("response=")]
    n = compose(base).n_replicates
    if n < intervals.FEWEST_PAIRS:
        raise ConfigError(
            "n_replicates",
            n,
            "the report's intervals would rest on too few runs",
            f"{intervals.FEWEST_PAIRS} or more",
            f"n_replicates={N_REPLICATES}",
        )
    configs: dict[str, Config] = {}
    for name in RESPONSES:
        try:
            configs[name] = compose([*base, f"response={name}"])
        except ConfigError as refusal:
            if name == RESPONSES[0]:
                raise
            lang = configs[RESPONSES[0]].lang
            print(f"left out: {say(name, lang)}: {refusal.reason}", file=sys.stderr)
    return configs


def print_table(runs: Mapping[str, Sequence[Run]], config: Config) -> None:
    """Print medians of the compared outcomes, beside what is to be judged by: paired differences.

    Below it stand what varied between the runs, where their parameters come from, and what the
    model gets wrong.
    """
    lang, zh = config.lang, config.lang == "zh"
    frame = intervals.frame_of([run for group in runs.values() for run in group])
    n = min(len(group) for group in runs.values())
    reference = say("as_happened", lang)
    heads = (
        ("中位数", f"与“{reference}”的配对差（95 %）", "更好的世界")
        if zh
        else ("median", f"paired difference from “{reference}” (95 %)", "better in")
    )
    for name in compared(config.case):
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
    varied = say(f"varied_{intervals.varied(runs['as_happened'])}", lang)
    print(f"\n{varied}; {provenance(config, lang)}")
    print(f"\n{caveat(lang)}")


def _line(head: str, median: str, paired: str, better: str) -> str:
    """A row of the table, in columns of a terminal."""
    return f"{_padded(head, 22)}{_padded(median, -9)}{_padded(paired, -48)}{_padded(better, -13)}"


def _paired(frame: pd.DataFrame, outcome: str, response: str, lang: str) -> tuple[str, str]:
    """A paired difference with its interval, and the share of worlds in which it is better."""
    try:
        c = intervals.contrast(frame, outcome, response, "as_happened")
    except intervals.TooFewRuns as few:
        return f"{signed(few.estimate)} ({few_words(few.n, lang)})", ""
    if c.n_same == c.n:
        return ("各世界均无差异" if lang == "zh" else "no difference in any world"), ""
    to = "至" if lang == "zh" else "to"
    told = f"{signed(c.mean)} ({signed(c.low)} {to} {signed(c.high)})"
    return told, "–" if c.share_better != c.share_better else f"{c.share_better:.0%}"


def _padded(text: str, width: int) -> str:
    """Text in so many columns of a terminal, to the left, or to the right if width < 0.

    A Chinese character takes two columns, which `str.ljust` does not know.
    """
    room = abs(width) - sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
    return " " * room + text if width < 0 else text + " " * room


#: What the report of the default case cannot say: the first sentence is on the model itself.
CANNOT: tuple[tuple[str, str], ...] = (
    ON_SILENCE,
    (
        "How severe a penalty should be: the single case leaves it almost unidentified; "
        "differences between penalty levels here follow from assumed parameters.",
        "处罚应多重：单一案例几乎无法识别，此处差异来自假定参数。",
    ),
    (
        "What the crisis cost in market value: the documented moves lie inside ordinary noise.",
        "危机的市值损失：实际股价波动在普通噪声之内。",
    ),
    (
        "How many people were reached: list views are impressions, and the list is curated.",
        "触达人数：热搜阅读是展示次数，且榜单有人工编排。",
    ),
    (
        "What fans believe: posts are a loud minority, and no survey of fans exists.",
        "粉丝的真实想法：发帖者是少数，且无调查。",
    ),
    (
        "Anything beyond this city, platform and fortnight; what the bands are over is said under "
        "each figure, and never the model's structure.",
        "此城市、平台与两周以外的任何事；各图色带涵盖何种不确定性见图下说明，均不含模型结构。",
    ),
)


#: What else the report of another case cannot say; where it has no market, or no hot list.
_ELSEWHERE = (
    "How people and platform of this case differ from those that the model was fitted to "
    "({fitted}, on Weibo): they are the same here, the daily rhythm of Weibo at the local hours "
    "of this case among it.",
    "此案例的人群与平台同拟合所用（{fitted}，微博）有何不同：此处完全沿用，"
    "包括按当地钟点套用的微博昼夜节律。",
)
_NO_MARKET = ("What the share did: {why}.", "股价如何：{why}。")
_NO_LIST = (
    "How long it trended: the case has no public list of trending topics. The model's own list "
    "still carries attention, as on the platform that it was fitted to.",
    "上榜多久：此案例没有公开的热搜榜。模型自身的榜单仍会传递关注，与拟合所用的平台相同。",
)


def cannot(case: Case, lang: str) -> list[str]:
    """What the report of a case cannot say: of any, and of one without a market or a hot list.

    For another case than the default one also that its people and platform are borrowed.
    """
    told = list(CANNOT)
    if case.name != DEFAULT_CASE:
        fitted = compose([f"case={DEFAULT_CASE}"]).case
        told.append(
            (_ELSEWHERE[0].format(fitted=fitted.title("en")),
             _ELSEWHERE[1].format(fitted=fitted.title("zh")))
        )  # fmt: skip
    if not case.hot_list:
        told = [_NO_LIST if "list views" in text[0] else text for text in told]
    if not case.listed:
        why = (_NO_MARKET[0].format(why=case.no_market("en")),
               _NO_MARKET[1].format(why=case.no_market("zh")))  # fmt: skip
        told = [why if "market value" in text[0] else text for text in told]
    return [text[lang == "zh"] for text in told]


def write_report(folder: Path, config: Config, runs: Mapping[str, Sequence[Run]]) -> Path:
    """Write figures as PNG and SVG, and one HTML file that needs nothing else; give its path.

    runs : by response, as_happened among them. Each language has files of its own.
    """
    lang, happened = config.lang, runs["as_happened"]
    digest = happened[0].name
    drawn = {}
    for name, figure in figures(config, runs, lang).items():
        drawn[name] = pages.save(figure, folder / "figures" / f"{name}{pages.suffix(lang)}", digest)
        plt.close(figure)
    environment = pages.environment(Path(__file__).parent)
    environment.globals["say"] = lambda key: say(key, lang).replace("\n", " ")
    page = environment.get_template("demo_report.html.j2").render(
        lang=lang,
        zh=lang == "zh",
        case=config.case,
        version=sim.__version__,
        results_version=RESULTS_VERSION,
        digest=digest,
        checks=shape_checks(config.case, happened),
        n=min(len(group) for group in runs.values()),
        provenance=provenance(config, lang),
        figures={name: pages.inline(pages.shrunk(text)) for name, text in drawn.items()},
        captions=captions(config.case, happened, lang),
        burden=BURDEN[lang == "zh"],
        signed=signed,
        unit=lambda unit: unit_name(unit, lang),
        called=lambda name: parameter_name(name, lang),
        sentences=sentences(runs, lang),
        caveat=caveat(lang),
        cannot=cannot(config.case, lang),
        **_compared(config.case, runs),
        **_parameters(),
    )
    path = folder / f"report{pages.suffix(lang)}.html"
    write_whole(path, pages.finished(page).encode())
    return path


def _compared(case: Case, runs: Mapping[str, Sequence[Run]]) -> dict[str, Any]:
    """What the page shows of the responses: medians, and contrasts with what happened."""
    frame = intervals.frame_of([run for group in runs.values() for run in group])
    names = compared(case)
    return {
        "medians": [
            (name, [frame[frame["response"] == name][outcome].median() for outcome in names])
            for name in runs
        ],
        "compared": [(outcome, BY_NAME[outcome]) for outcome in names],
        "contrasts": intervals.contrasts(frame, names, "as_happened").to_dict("records"),
    }


def _parameters() -> dict[str, Any]:
    """How many parameters are of which provenance, and which are calibrated."""
    every = [(item.name, item.default, item.metadata) for item in fields(Parameters)]
    return {
        "counts": sorted(Counter(about["provenance"] for _, _, about in every).items()),
        "calibrated": [one for one in every if one[2]["provenance"] == "calibrated"],
    }
