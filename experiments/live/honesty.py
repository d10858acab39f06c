"""What a reader should know before believing a forecast: on its first page, and never left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.live.affair import Affair
from experiments.live.agreeing import ENOUGH, NOISE, SPREAD, TEMPER, Agreement
from experiments.live.draws import Worlds
from experiments.reading.provenance import provenance

#: Ages at which weights on worlds, as here, were scored on the same affairs (`live.noise`): CRPS,
#: and shares of affairs, held out by organisation, inside the bands of 50 and 90 %.
SCORED_AGES = (6, 12, 24)
WEIGHED = (0.723, 0.598, 0.480)
IN_50, IN_90 = (0.56, 0.52, 0.51), (0.89, 0.91, 0.88)
#: CRPS of the heat of the next 24 h (log scale) by age in hours, over 303 real affairs, smaller is
#: better: what the model's worlds alike scored, a regression on real affairs, and the mean course
#: of all affairs. Brier scores of a new topic within 24 h. docs/forecasts.md, "untold".
AGES = (3, 6, 12, 24)
SKILL: Mapping[str, tuple[float, ...]] = {
    "worlds": (0.782, 0.685, 0.563, 0.384),
    "regression": (0.797, 0.661, 0.557, 0.389),
    "climatology": (1.080, 1.022, 0.853, 0.621),
}
BRIER_NEW24 = {"worlds": 0.167, "climatology": 0.210}
FEW_COUNTS = 4  #: below so many windows a reader is told that they say little

_TEXT = {
    "skill": (
        "Past affairs, {age} h old: worlds weighed as here scored {weighed:.2f} on 303 of them, "
        "the mean course of all affairs {climatology:.2f} (CRPS of the log heat of the next 24 h, "
        "smaller is better: a skill of {skill:.0%}). A regression on real affairs is better than "
        "both ({regression:.2f}), and so are worlds alike ({worlds:.2f}). {in50:.0%} of affairs "
        "fell into the 50 % band, {in90:.0%} into the 90 % band. That was the heat of a list; "
        "nothing of the kind is known of mentions, outrage and trust.",
        "历史事件，{age}小时时：像此处这样加权的世界在303起事件上得分{weighed:.2f}，“所有事件的平均过程”为"
        "{climatology:.2f}（未来24小时对数热度的CRPS，越小越好：技巧分{skill:.0%}）。真实事件上的回归"
        "（{regression:.2f}）与“相似的世界”（{worlds:.2f}）都更好。50%区间实际覆盖{in50:.0%}，90%区间覆盖"
        "{in90:.0%}。这里评的是在榜热度；提及量、愤怒与信任没有这样的检验。",
    ),
    "contrast": (
        "Attention: in the population of affairs every answer makes more listed heat than silence; "
        "that sign is calibrated. Outrage and trust: which response is better is not identified by "
        "any data of many affairs, it follows from priors. A difference between candidates is a "
        "statement of the model, not of experience.",
        "关注度：在事件总体中，任何回应都比沉默带来更多在榜热度，这一符号经过校准。愤怒与信任："
        "哪种回应更好，没有任何多事件数据能够确定，由先验决定。候选方案之间的差异是模型的陈述，"
        "不是经验。",
    ),
    "noise": (
        "Counts are taken to differ from a world by a log-sd of {noise:g} an hour{scale}, what "
        "comes from what a world says by one of {spread:g}; hours count by {temper:.2g}, for "
        "neighbours err together. {source}",
        "设观测计数与世界之间每小时的对数标准差为{noise:g}{scale}，后来实际与世界所述之间为{spread:g}；"
        "因相邻小时误差相关，每小时按{temper:.2g}计。{source}",
    ),
    "scale": (", their scale unknown", "，尺度未知"),
    "list": ("The first two were fitted to past affairs.", "前两者由历史事件拟合。"),
    "mentions": (
        "The first is assumed, the second that of the heat of lists: no past affair with hourly "
        "mentions is at hand.",
        "前者为假定，后者取自在榜热度：手头没有带每小时提及量的历史事件。",
    ),
    "few": (
        "Fewer than {enough} courses carried weight when the time was over: {n:.0f} do, and shares "
        "of worlds are rough. More time (budget_s) mends that.",
        "时间用尽时具有权重的过程少于{enough}条：只有{n:.0f}条，世界比例较粗略。给予更多时间（budget_s）可改善。",
    ),
    "power": (
        "The counts were made to say only {power:.0%} of what they could, so that bands do not "
        "rest on a few courses: they are wider than with more time.",
        "为使区间不只依赖少数过程，计数只按其信息的{power:.0%}计：区间比给予更多时间时更宽。",
    ),
    "counts": (
        "Only {n} counts: they hardly tell worlds apart, and what follows is little more than what "
        "was believed before.",
        "只有{n}个计数：几乎无法区分世界，以下内容与先验相差无几。",
    ),
    "clock": (
        "Worlds are given what affair.yaml says happened. What is missing there is missing here.",
        "世界只知道 affair.yaml 中写明的事。那里缺少的，这里也缺少。",
    ),
    "population": (
        "Worlds of an affair that was not fitted: what differs between affairs is drawn from the "
        "population fitted to 304 affairs, everything on the fans' side from its prior.",
        "未经拟合的事件：事件之间的差异取自拟合304起事件的总体，粉丝一侧全部取自先验。",
    ),
    "prior": ("Every parameter is drawn from its prior.", "所有参数取自先验。"),
}


def honest(affair: Affair, worlds: Worlds, found: Agreement, lang: str) -> list[str]:
    """Sentences, the most important first."""
    zh = lang == "zh"

    def text(name: str, **numbers: Any) -> str:
        return _TEXT[name][zh].format(**numbers)

    at = min(range(len(SCORED_AGES)), key=lambda k: abs(SCORED_AGES[k] - affair.age_h))
    scores = {name: row[AGES.index(SCORED_AGES[at])] for name, row in SKILL.items()}
    kind = found.seen.kind
    told = [
        text(
            "skill", age=SCORED_AGES[at], in50=IN_50[at], in90=IN_90[at], weighed=WEIGHED[at],
            skill=1 - WEIGHED[at] / scores["climatology"], **scores,
        ),
        text("contrast"),
        from_where(worlds, lang),
        text(
            "noise", noise=NOISE[kind], temper=TEMPER, spread=SPREAD[kind], source=text(kind),
            scale=text("scale") if kind == "mentions" else "",
        ),
        text("clock"),
    ]  # fmt: skip
    if len(found.seen) < FEW_COUNTS:
        told.insert(0, text("counts", n=len(found.seen)))
    if found.power < 0.995:
        told.insert(0, text("power", power=found.power))
    if not found.in_time:
        told.insert(0, text("few", n=found.effective, enough=ENOUGH))
    return told


def skill_rows() -> list[dict[str, Any]]:
    """The benchmark's table as a first page shows it: a row a method, ages in columns."""
    rows: list[dict[str, Any]] = [
        {
            "name": "weighed", "crps": list(WEIGHED),
            "in50": list(IN_50), "in90": list(IN_90),
        }
    ]  # fmt: skip
    for name, values in SKILL.items():
        rows.append({"name": name, "crps": [values[AGES.index(age)] for age in SCORED_AGES]})
    return rows


def from_where(worlds: Worlds, lang: str) -> str:
    """Where the worlds come from, in a sentence."""
    if worlds.kind != "posterior":
        return _TEXT[worlds.kind][lang == "zh"]
    from dataclasses import replace

    from sim.settings.config import UncertaintyConfig

    about = UncertaintyConfig(name="posterior", posterior=worlds.config.case.name)
    said = provenance(replace(worlds.config, uncertainty=about), lang)
    return said[0].upper() + said[1:] + ("。" if lang == "zh" else ".")
