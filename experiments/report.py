"""Runs -> figures and a self-contained report; and the demo, which makes the runs first."""

from __future__ import annotations

import base64
import io
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import jinja2
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

import sim
from experiments import analysis, plots
from experiments.study import run_points
from experiments.words import say
from sim.case import Case, read_case
from sim.config import RESULTS_VERSION, Config, compose
from sim.metrics import BY_NAME
from sim.parameters import ConfigError, Parameters
from sim.record import KINDS, Run
from sim.simulate import snapshots
from sim.store import Store, write_whole

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
COMPARED = ("outrage_burden_core", "governance_share", "public_reach", "trust_core_d14", "listed_h")
CRISIS_PHASES = (
    "apology/termination",
    "penalty/governance",
    "founder explanation",
    "founder livestream (follower loss)",
)
N_REPLICATES = 24
SAMPLE = 260  #: people in the network figure


def demo(overrides: Sequence[str]) -> int:
    """The documented case and its counterfactuals: runs, figures, report, table."""
    began = time.monotonic()
    given = {word.partition("=")[0] for word in overrides}
    base = [
        *overrides,
        *([] if "n_replicates" in given else [f"n_replicates={N_REPLICATES}"]),
        *([] if "uncertainty" in given else ["uncertainty=point"]),
    ]
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
    configs = [compose([*base, f"response={name}"]) for name in RESPONSES]
    folder = Path(configs[0].results) / "demo"
    results = run_points(configs, Store(folder), configs[0].engine.threads, "demo:")
    failures = [failure for result in results for failure in result.failures]
    for failure in failures[:10]:
        print(f"failed: {failure.response}, seed {failure.seed}: {failure.reason}", file=sys.stderr)
    print("figures and report ...", file=sys.stderr)
    runs = {name: result.runs for name, result in zip(RESPONSES, results, strict=True)}
    page = write_report(folder, configs[0], runs)
    print_table(runs, configs[0].lang)
    print(f"\n{page}  ({time.monotonic() - began:.0f} s)")
    return 1 if failures else 0


def print_table(runs: Mapping[str, Sequence[Run]], lang: str) -> None:
    """Medians of the compared outcomes, one line a response."""
    frame = analysis.frame_of([run for group in runs.values() for run in group])
    heads = [say(name, lang).split("\n")[0] for name in COMPARED]
    print(" " * 24 + "  ".join(f"{head:>22}" for head in heads))
    for response in runs:
        rows = frame[frame["response"] == response]
        print(
            f"{say(response, lang):<24}"
            + "  ".join(f"{rows[name].median():>22.3g}" for name in COMPARED)
        )
    print(
        f"\nmedians of {min(len(group) for group in runs.values())} runs each, common random "
        "numbers; parameters are provisional (hand-checked, not fitted)"
    )


# --- figures ------------------------------------------------------------------------------------


def figures(config: Config, runs: Mapping[str, Sequence[Run]], lang: str) -> dict[str, Figure]:
    """All figures by name."""
    plots.use_style()
    case = read_case(config.case)
    happened = runs["as_happened"]
    return {
        "heat": _figure_heat(case, happened, lang),
        "blame_shift": _figure_blame(case, happened, lang),
        "people": _figure_people(happened, lang),
        "price": _figure_price(case, happened, lang),
        "responses": _figure_responses(runs, lang),
        "network": _figure_network(config, happened, lang),
    }


def _times(run: Run) -> list[Any]:
    return [run.clock.time_of(step) for step in range(run.clock.n_steps)]


def _events(case: Case) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "id": event.id,
                "time": event.time,
                "certainty": event.certainty,
                "begins": event.bracket[0] if event.bracket else None,
                "ends": event.bracket[1] if event.bracket else None,
            }
            for event in case.events
            if event.role in ("forcing", "lever")
        ],
        columns=["id", "time", "certainty", "begins", "ends"],
    )


def _width(run: Run, hours: float) -> int:
    return max(1, round(hours / run.clock.dt_h))


def _figure_heat(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    run, times = runs[0], _times(runs[0])
    figure, axes = plt.subplots(3, 1, figsize=(9, 9.5))
    heat = analysis.stack(runs, "heat")
    rows = case.observed_hotlist()
    observed = None if rows is None else analysis.observed_heat(rows, CRISIS_PHASES)
    zero = case.clock_start_time
    peak = (times[int(np.argmax(np.median(heat, axis=0)))] - zero).total_seconds() / 3600
    title = say("title_heat_plain", lang, h=peak)
    if observed is not None:
        seen = (observed["heat"].idxmax() - zero).total_seconds() / 3600
        title = say("title_heat", lang, h=peak, o=seen)
    per_thousand = {
        kind: analysis.smooth(analysis.stack(runs, f"posts_{kind}"), _width(run, 3))
        / run.clock.dt_h
        / run.n_people[kind]
        * 1000
        for kind in KINDS
    }
    frame = analysis.frame_of(runs)
    plots.heat(axes[0], times, heat, observed, title, lang)
    plots.posts(
        axes[1],
        times,
        per_thousand,
        say("title_posts", lang, lead=frame["fan_lead_h"].median()),
        lang,
    )
    for ax, labels in ((axes[0], True), (axes[1], False)):
        ax.set_xlim(times[0], times[min(len(times) - 1, _width(run, 24 * 14))])
        plots.mark_events(ax, _events(case), lang, labels)
        plots.days(ax, lang)
    by_day = {}
    for day in range(1, 6):
        values = frame[f"listed_h_day_{day}"]
        by_day[(case.start + pd.Timedelta(days=day - 1)).strftime("%-d/%-m")] = {
            "low": values.quantile(0.05),
            "median": values.median(),
            "high": values.quantile(0.95),
        }
    hours = None if rows is None else _observed_hours(rows, case, list(by_day))
    medians = [entry["median"] for entry in by_day.values()]
    key = "title_listed_plain" if rows is None else "title_listed"
    plots.listed(
        axes[2], pd.DataFrame(by_day).T, hours, say(key, lang, a=medians[1], b=medians[2]), lang
    )
    figure.text(0.01, -0.015, say("certain", lang), fontsize=7, color="#555555")
    return figure


def _observed_hours(rows: pd.DataFrame, case: Case, days: Sequence[str]) -> pd.Series:
    """Hours of each day in which a crisis hashtag was seen on the general list."""
    general = rows[(rows["board"] == "weibo_hot_search") & rows["phase"].isin(CRISIS_PHASES)]
    hours = general["time_hkt"].dt.floor("h").drop_duplicates()
    counts = hours.dt.strftime("%-d/%-m").value_counts()
    return pd.Series([float(counts.get(day, 0)) for day in days], index=list(days))


def _figure_blame(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    figure, ax = plt.subplots(figsize=(9, 3.8))
    frame, times = analysis.frame_of(runs), _times(runs[0])
    share = analysis.governance_share(runs, _width(runs[0], 6))
    title = say(
        "title_blame",
        lang,
        a=frame["governance_share_day_1"].median(),
        b=frame["governance_share_day_3"].median(),
    )
    plots.blame(ax, times, share, title, lang)
    ax.set_xlim(times[_width(runs[0], 24)], times[min(len(times) - 1, _width(runs[0], 24 * 6))])
    plots.mark_events(ax, _events(case), lang)
    plots.days(ax, lang)
    return figure


def _figure_people(runs: Sequence[Run], lang: str) -> Figure:
    figure, axes = plt.subplots(3, 1, figsize=(9, 9), sharex=True)
    times = _times(runs[0])
    states = {
        name: {kind: analysis.stack(runs, f"{name}_{kind}") for kind in KINDS}
        for name in ("outrage", "grudge", "trust")
    }
    core = {name: np.median(values["core"], axis=0) for name, values in states.items()}
    at = min(len(times) - 1, runs[0].clock.burn_in_steps + _width(runs[0], 24 * 7))
    titles = {
        "outrage": say(
            "title_outrage", lang, a=core["outrage"][at] / max(core["outrage"].max(), 1e-9)
        ),
        "grudge": say("title_grudge", lang, a=core["grudge"][-1] / max(core["grudge"].max(), 1e-9)),
        "trust": say("title_trust", lang, a=core["trust"][-1] / core["trust"][0]),
    }
    for ax, (name, values) in zip(axes, states.items(), strict=True):
        plots.by_kind(ax, times, values, name, titles[name], lang)
    axes[-1].set_xlim(times[0], times[-1])
    plots.days(axes[-1], lang)
    return figure


def _figure_price(case: Case, runs: Sequence[Run], lang: str) -> Figure:
    figure, ax = plt.subplots(figsize=(9, 4))
    run = runs[0]
    open_steps = np.flatnonzero(run.series["in_session"] > 0)
    times = [run.clock.time_of(int(step)) for step in open_steps]
    labels = list(dict.fromkeys(f"{moment:%-d}" for moment in times))
    bars = len(times) // max(1, len(labels))
    if not times:
        return figure
    keep = len(labels) * bars
    values = analysis.stack(runs, "price_hkd")[:, open_steps][:, :keep]
    sigma = float(run.asked["parameters"]["daily_volatility"])
    noise = 1.96 * sigma * np.sqrt((np.arange(keep) + 1) / bars)
    base = float(case.market.get("previous_close_hkd") or 100)
    rows = case.observed_prices()
    closes, title = None, ""
    if rows is not None:
        first, last = times[0].date(), times[-1].date()
        inside = rows[(rows["date"].dt.date >= first) & (rows["date"].dt.date <= last)]
        closes = pd.Series(inside["close_hkd"].to_numpy(), index=inside["date"].dt.strftime("%-d"))
        band = noise[[labels.index(day) * bars + bars - 1 for day in closes.index]]
        hits = int((np.abs(np.log(closes.to_numpy() / base)) <= band).sum())
        off = np.median(values[:, -1]) / closes.iloc[-1] - 1
        title = say("title_price", lang, inside=hits, n=len(closes), off=100 * off)
    plots.price(ax, labels, bars, values, noise, base, closes, title, lang)
    return figure


def _figure_responses(runs: Mapping[str, Sequence[Run]], lang: str) -> Figure:
    frame = analysis.frame_of([run for group in runs.values() for run in group])
    table = analysis.contrasts(frame, COMPARED, "as_happened")
    figure, axes = plt.subplots(1, len(COMPARED), figsize=(13, 3.9), sharey=True)
    plots.compared(list(axes), table, lang)
    for ax in axes[1:]:
        ax.tick_params(left=False)
    figure.suptitle(
        say("title_compare", lang, ref=say("as_happened", lang), n=int(table["n"].min())),
        x=0.01,
        ha="left",
        fontsize=10,
    )
    return figure


def _layout(
    sources: npt.NDArray[np.int64], targets: npt.NDArray[np.int64], n: int
) -> npt.NDArray[np.float64]:
    """Positions by a small spring model (Fruchterman-Reingold), from a fixed start."""
    spiral = np.sqrt((np.arange(n) + 0.5) / n)
    angle = np.pi * (1 + 5**0.5) * np.arange(n)
    at = np.column_stack([spiral * np.cos(angle), spiral * np.sin(angle)])
    k = 1.2 / np.sqrt(n)
    for heat in np.linspace(0.12, 0.004, 120):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-3)
        push = (apart * (k**2 / distance**2)[:, :, None]).sum(axis=1)
        pull = np.zeros_like(at)
        along = at[sources] - at[targets]
        force = along * (np.linalg.norm(along, axis=1) / k)[:, None] * 0.25
        np.add.at(pull, sources, -force)
        np.add.at(pull, targets, force)
        move = push + pull - 0.05 * at
        length = np.maximum(np.linalg.norm(move, axis=1), 1e-9)
        at = at + move / length[:, None] * np.minimum(length, heat)[:, None]
    return at


def _figure_network(config: Config, runs: Sequence[Run], lang: str) -> Figure:
    run = runs[0]
    peak = int(np.argmax(run.series["outrage_core"]))
    before = max(0, run.clock.burn_in_steps - 1)
    taken = snapshots(
        replace(config, seed=run.seed, n_replicates=1), [before, max(peak, before + 1)]
    )
    bounds = taken[before]["bounds"]
    net = taken[before]["network"]
    share = min(1.0, SAMPLE / net.n_people)
    people = np.concatenate(
        [
            np.linspace(
                bounds[k], bounds[k + 1] - 1, max(2, int((bounds[k + 1] - bounds[k]) * share))
            ).astype(int)
            for k in range(3)
        ]
    )
    rows = np.concatenate([np.unique(people), net.n_people + np.arange(net.n_kols)])
    position = {int(row): i for i, row in enumerate(rows)}
    ties = [
        (i, position[int(follower)])
        for i, row in enumerate(rows)
        for follower in net.followers[net.indptr[row] : net.indptr[row + 1]]
        if int(follower) in position
    ]
    sources, targets = (
        (np.array(ends, np.int64) for ends in zip(*ties, strict=True))
        if ties
        else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    )
    at = _layout(sources, targets, rows.size)
    sizes = np.diff(net.indptr)[rows]
    edges = pd.DataFrame(
        {"x0": at[sources, 0], "y0": at[sources, 1], "x1": at[targets, 0], "y1": at[targets, 1]}
    )
    figure, axes = plt.subplots(1, 2, figsize=(11, 5.2))
    roles = np.concatenate([np.full(rows.size - net.n_kols, -1), taken[before]["leader_role"]])
    marks = None
    for ax, step, key in ((axes[0], before, "before"), (axes[1], max(peak, before + 1), "at_peak")):
        outrage = np.zeros(rows.size)
        person = rows < net.n_people
        outrage[person] = taken[step]["expressed"][rows[person]]
        nodes = pd.DataFrame(
            {
                "x": at[:, 0],
                "y": at[:, 1],
                "outrage": outrage,
                "size": 8 + 2.2 * np.sqrt(sizes),
                "leader": roles,
            }
        )
        moment = f"{run.clock.time_of(step):%-d/%-m %H:%M}"
        marks = plots.network(ax, nodes, edges, say(key, lang, time=moment), lang)
    axes[1].legend(loc="lower right", bbox_to_anchor=(1.0, -0.06), ncols=3)
    figure.colorbar(marks, ax=axes, shrink=0.7, label=say("outrage", lang))
    visible = float((taken[max(peak, before + 1)]["expressed"][: bounds[1]] >= 0.35).mean())
    figure.suptitle(say("title_network", lang, a=visible), x=0.01, ha="left", fontsize=10)
    return figure


def save(figure: Figure, path: Path, digest: str) -> str:
    """PNG and SVG, whole or absent, with digest and version in their metadata; the SVG's text."""
    about = f"backlash {sim.__version__}, results {RESULTS_VERSION}, runs {digest}"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    figure.savefig(
        text,
        format="svg",
        bbox_inches="tight",
        metadata={"Date": None, "Description": about, "Creator": "backlash"},
    )
    picture = io.BytesIO()
    figure.savefig(
        picture,
        format="png",
        dpi=200,
        bbox_inches="tight",
        metadata={"Description": about, "Software": "backlash"},
    )
    write_whole(path.with_suffix(".svg"), text.getvalue())
    write_whole(path.with_suffix(".png"), picture.getvalue())
    return text.getvalue().decode()


# --- report -------------------------------------------------------------------------------------


def shape_checks(case: Case, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The shape of the documented case, as shares of runs and medians, with what was asked.

    Empty for a case without an observed hot list: there is nothing to hold it against.
    """
    rows = case.observed_hotlist()
    if rows is None:
        return []
    days = [f"{(case.start + pd.Timedelta(days=d)):%-d/%-m}" for d in range(5)]
    seen = _observed_hours(rows, case, days)
    frame = analysis.frame_of(runs)

    def check(en: str, zh: str, number: str, passed: bool) -> dict[str, Any]:
        return {"en": en, "zh": zh, "number": number, "passed": passed}

    def listed(day: int) -> dict[str, Any]:
        observed = seen.iloc[day - 1]
        low, median, high = frame[f"listed_h_day_{day}"].quantile([0.05, 0.5, 0.95])
        return check(
            f"hours on the list on {day + 4} January",
            f"1月{day + 4}日在榜时长",
            f"{median:.1f} h (5-95 %: {low:.1f}-{high:.1f}); observed {observed:.0f} h",
            bool(low <= observed <= high),
        )

    early = float((frame["listed_h_day_1"] > 0).mean())
    after = frame["first_listed_after_apology_h"].median()
    lead = frame["fan_lead_h"].median()
    reads = [frame[f"reads_day_{d}"].median() for d in range(1, 6)]
    talk = [frame[f"governance_share_day_{d}"].median() for d in (1, 3)]
    first = float((frame["first_listed_h"] >= frame["first_response_h"]).mean())
    return [
        check(
            "no hashtag on the general list on 5 January",
            "1月5日综合热搜无话题",
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
            "attention higher on 7 than on 6 January",
            "1月7日关注高于6日",
            f"list views {reads[2] / reads[1]:.2f} times (asked: more; observed reads 3.1 times)",
            reads[2] > reads[1],
        ),
        check(
            "near zero by 9 January",
            "1月9日接近零",
            f"list views {reads[4] / max(reads[2], 1e-9):.1%} of 7 January (asked: below 5 %)",
            reads[4] < 0.05 * reads[2],
        ),
        check(
            "talk shifting to governance",
            "讨论转向公司治理",
            f"{talk[0]:.0%} on 5 January, {talk[1]:.0%} on 7 January (asked: < 20 %, > 50 %)",
            talk[0] < 0.2 and talk[1] > 0.5,
        ),
        *(listed(day) for day in (2, 3, 4)),
    ]


CAPTIONS = {
    "heat": (
        "Simulated heat (each over its median peak) against the observed hot-list heat, posts "
        "by kind, and hours on the list by day. Bands: 5-95 % of runs (seed uncertainty).",
        "模拟热度与实际热搜、各类人群发帖、每日在榜时长。色带为运行的5-95 %(种子不确定性)。",
    ),
    "blame_shift": (
        "Share of outraged posts about the deal and about how the company is governed, "
        "running over six hours, centred: a change shows up to three hours before its cause. "
        "A low share is no merit by itself: a company that says nothing gives nothing to discuss.",
        "愤怒帖中合作与治理话题的份额，六小时居中滑动：变化可能早于原因至多三小时。"
        "份额低本身并非优点：公司不表态，治理话题便无从谈起。",
    ),
    "people": (
        "Outrage falls in days, the grudge in weeks, and trust does not come back in full.",
        "愤怒以天计消退,积怨以周计,信任不会完全恢复。",
    ),
    "price": (
        "Trading hours only. The grey band is what ordinary noise does without any crisis; "
        "nothing here says what the crisis cost.",
        "仅交易时段。灰带为无危机时的普通噪声;此图不说明危机造成的损失。",
    ),
    "responses": (
        "Green: better than what happened with an interval that excludes zero; vermilion: "
        "worse; grey: cannot be told apart. Percentages: share of paired worlds in which "
        "the response is better.",
        "绿:优于实际且区间不含零;红:更差;灰:无法区分。百分比为配对世界中更好的比例。",
    ),
    "network": (
        "A sample of the people and all opinion leaders, before the case and when fan "
        "outrage peaks. Darker: more expressed outrage.",
        "部分人群与全部意见领袖,案发前与愤怒峰值时。颜色越深愤怒越强。",
    ),
}

CANNOT = (
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
        "Anything beyond this city, platform and fortnight; uncertainty shown is of seeds "
        "unless it says otherwise, not of parameters or of the model's structure.",
        "此平台与两周以外的任何事;所示不确定性除注明外仅为种子。",
    ),
)


def write_report(folder: Path, config: Config, runs: Mapping[str, Sequence[Run]]) -> Path:
    """Figures as PNG and SVG, and one HTML file that needs nothing else."""
    lang = config.lang
    digest = runs["as_happened"][0].name
    drawn = {}
    for name, figure in figures(config, runs, lang).items():
        drawn[name] = save(figure, folder / "figures" / name, digest)
        plt.close(figure)
    frame = analysis.frame_of([run for group in runs.values() for run in group])
    table = analysis.contrasts(frame, COMPARED, "as_happened")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = lambda key: say(key, lang).replace("\n", " ")
    counts: dict[str, int] = {}
    for item in fields(Parameters):
        counts[item.metadata["provenance"]] = counts.get(item.metadata["provenance"], 0) + 1
    case = read_case(config.case)
    page = environment.get_template("report.html.j2").render(
        lang=lang,
        zh=lang == "zh",
        case=case,
        version=sim.__version__,
        results_version=RESULTS_VERSION,
        digest=digest,
        checks=shape_checks(case, runs["as_happened"]),
        n=min(len(group) for group in runs.values()),
        uncertainty=config.uncertainty.name,
        figures={name: inline(text) for name, text in drawn.items()},
        captions={name: texts[lang == "zh"] for name, texts in CAPTIONS.items()},
        medians=[
            (name, [frame[frame["response"] == name][outcome].median() for outcome in COMPARED])
            for name in runs
        ],
        compared=[(outcome, BY_NAME[outcome]) for outcome in COMPARED],
        contrasts=table.to_dict("records"),
        cannot=[texts[lang == "zh"] for texts in CANNOT],
        counts=sorted(counts.items()),
        calibrated=[
            (item.name, item.default, item.metadata)
            for item in fields(Parameters)
            if item.metadata["provenance"] == "calibrated"
        ],
    )
    path = folder / "report.html"
    write_whole(path, page.encode())
    return path


def inline(svg: str) -> str:
    """An SVG as a data address: nothing outside the page, no clash of ids between figures."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
