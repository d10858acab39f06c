"""Replays: `now` on every shipped case with a series, 6, 12 and 24 h after its start.

    make gallery        docs/replays.md, docs/replays.zh.md, docs/images/replays/

Each replay knows what was known then, and the picture shows what came. Where nothing can be
forecast yet, the page says why. Small worlds and little time, so that all of them take minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.live.affair import affair_of
from experiments.live.figures import figure_ahead
from experiments.live.now import forecast
from experiments.live.printed import short
from experiments.live.scoring import came
from experiments.live.seen import DAILY
from experiments.live.words import told
from experiments.pictures import pages
from sim.base.choices import DEFAULT_CASE, conf_dir
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.settings.composition import compose

HOURS = (6, 12, 24)
BUDGET_S = 15.0
WORDS = ("population.n_people=300",)
DPI = 70  #: of pictures
DOCS = Path("docs")
HEAD = {
    "en": (
        "# Replays of affairs that are over\n\n[中文](replays.zh.md) · [An affair in progress]"
        "(now.md)\n\n`backlash now` on every shipped case with a series of talk, 6, 12 and 24 h "
        "after its start, told only what was known then; 300 people, {budget:g} s each. Rings are "
        "what came. The documented case was fitted to its own course, so its replays are no test "
        "of a forecast; of the others no course was fitted. Made by `make gallery`, results "
        "{results}.\n"
    ),
    "zh": (
        "# 已结束事件的重演\n\n[English](replays.md) · [正在发生的事件](now.zh.md)\n\n"
        "对每个带有讨论序列的内置案例，在其开始后6、12、24小时运行 `backlash now`，"
        "只告知当时已知的事；300人，每次{budget:g}秒。"
        "空心圆为后来实际。有据可查的案例曾按自身过程拟合，其重演不是对预测的检验；其余案例的过程未经拟合。"
        "由 `make gallery` 生成，results {results}。\n"
    ),
}
TEXT = {
    "at": ("{h} h: {at}", "{h}小时：{at}"),
    "came": (
        "{h} h ahead, {unit}: half of worlds {low50} to {high50}, 90 % {low90} to {high90}; came "
        "{came}, {where}",
        "未来{h}小时，{unit}：一半的世界{low50}–{high50}，90%为{low90}–{high90}；实际{came}，{where}",
    ),
    "refused": ("No forecast: {why}.", "不作预测：{why}。"),
    "unknown": ("What came was not counted in every hour.", "后来实际未逐时计数。"),
}


@dataclass(frozen=True)
class Replay:
    """One case at one age: what was said and what came, or why nothing was said."""

    case: Case
    hours: int
    at: str
    found: dict[str, Any] | None
    totals: dict[int, float]
    why: str = ""


def cases() -> list[str]:
    """Shipped cases with a series that counts talk, the documented one first."""
    names = sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))
    found = []
    for name in names:
        case = compose([f"case={name}", "response=none"]).case
        daily = case.observed_daily()
        metrics = set() if daily is None else set(daily.rows["metric"])
        if case.observed_hotlist() is not None or metrics & set(DAILY):
            found.append(name)
    return sorted(found, key=lambda name: name != DEFAULT_CASE)


def replay(name: str, hours: int, budget_s: float, words: Sequence[str] = WORDS) -> Replay:
    """A case some hours after its start, silence and what was done compared."""
    case = compose([f"case={name}", "response=none"]).case
    at = f"{case.after(hours):%Y-%m-%d %H:%M}"
    try:
        found = forecast(name, at, ["none"], words, budget_s=budget_s)
    except ConfigError as refusal:
        return Replay(case, hours, at, None, {}, refusal.reason)
    return Replay(case, hours, at, found, came(affair_of(name, at, words))[0])


def lines_of(one: Replay, lang: str, picture: str) -> list[str]:
    """One replay as the page has it."""

    def text(key: str, **values: Any) -> str:
        return TEXT[key][lang == "zh"].format(**values)

    lines = ["", f"### {text('at', h=one.hours, at=one.at)}", ""]
    if one.found is None:
        return [*lines, text("refused", why=one.why)]
    unit = "heat" if one.found["counted"]["kind"] == "list" else "mentions"
    done = "as_happened" if "as_happened" in one.found["candidates"] else "none"
    for ahead, value in one.totals.items():
        band = one.found["candidates"][done]["totals"][unit][str(ahead)]
        inside = [band[f"low{k}"] <= value <= band[f"high{k}"] for k in (50, 90)]
        where = "in50" if inside[0] else "in90" if inside[1] else "outside"
        numbers = {key: short(number) for key, number in band.items()}
        said = text("came", h=ahead, unit=told(unit, lang), came=short(value),
                    where=told(where, lang), **numbers)  # fmt: skip
        lines.append(f"- {said}")
    if not one.totals:
        lines.append(text("unknown"))
    return [*lines, "", f"![{one.case.name}, {one.hours} h]({picture})"]


def write(replays: Sequence[Replay], docs: Path, budget_s: float) -> None:
    """The page in both languages, and its pictures."""
    from sim.base.digest import RESULTS_VERSION

    for lang in ("en", "zh"):
        lines, last = [HEAD[lang].format(budget=budget_s, results=RESULTS_VERSION)], ""
        for one in replays:
            if one.case.name != last:
                lines += ["", f"## {one.case.titles[lang]}"]
                last = one.case.name
            name = f"images/replays/{last}-{one.hours}h{pages.suffix(lang)}.png"
            if one.found is not None:
                path = docs / name
                path.parent.mkdir(parents=True, exist_ok=True)
                figure_ahead(one.found, lang).savefig(path, dpi=DPI, bbox_inches="tight")
            lines += lines_of(one, lang, name)
        page = docs / ("replays.md" if lang == "en" else "replays.zh.md")
        write_whole(page, ("\n".join(lines) + "\n").encode())


def main(words: Sequence[str]) -> None:
    """`python -m experiments.live.gallery [CASE ...]`: all cases, or some, into docs/."""
    found = []
    for name in list(words) or cases():
        for hours in HOURS:
            found.append(replay(name, hours, BUDGET_S))
            print(f"{name} {hours} h: {found[-1].why or 'forecast'}", flush=True)
    write(found, DOCS, BUDGET_S)


if __name__ == "__main__":
    main(sys.argv[1:])
