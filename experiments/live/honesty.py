"""What a reader should know before believing a forecast: on its first page, and never left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.live.affair import Affair
from experiments.live.agreeing import ENOUGH, NOISE, TEMPER, Agreement
from experiments.live.draws import Worlds
from experiments.reading.provenance import provenance

#: CRPS of the heat of the next 24 h (log scale) by age in hours, over 303 real affairs, smaller is
#: better: what the model's worlds alike scored, a regression on real affairs, and the mean course
#: of all affairs. Brier scores of a new topic within 24 h. docs/forecasts.md, "untold".
AGES = (3, 6, 12, 24)
SKILL: Mapping[str, tuple[float, ...]] = {
    "worlds": (0.780, 0.690, 0.611, 0.402),
    "regression": (0.797, 0.661, 0.557, 0.389),
    "climatology": (1.080, 1.022, 0.853, 0.621),
}
BRIER_NEW24 = {"worlds": 0.177, "climatology": 0.210}
FEW_COUNTS = 4  #: below so many windows a reader is told that they say little
IN_90 = 0.91  #: of real affairs inside the 90 % band of worlds alike

_TEXT = {
    "skill": (
        "At about {age} h of age, forecasts of the model's kind scored {worlds:.2f} on 303 past "
        "affairs where the mean course of all affairs scored {climatology:.2f} (CRPS of log heat "
        "over 24 h; a skill of {skill:.0%}), and a regression on real affairs {regression:.2f}. "
        "{inside:.0%} fell into the 90 % band. Those forecasts took worlds alike; weights on the "
        "worlds of one affair, as here, have not been scored on past affairs yet.",
        "事件约{age}小时时，此类模型的预测在303起历史事件上得分{worlds:.2f}，而“所有事件的平均过程”为"
        "{climatology:.2f}（未来24小时对数热度的CRPS；技巧分{skill:.0%}），真实事件上的回归为"
        "{regression:.2f}。90%区间实际覆盖{inside:.0%}。那些预测取“相似的仿真事件”；像此处这样对"
        "单一事件的世界加权，尚未在历史事件上评分。",
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
        "Counts are taken to differ from a world by a log-sd of {noise:g} an hour{scale}; hours "
        "count by {temper:.2g}, for neighbours err together. Both are assumed.",
        "设观测计数与世界之间每小时的对数标准差为{noise:g}{scale}；因相邻小时误差相关，每小时按"
        "{temper:.2g}计。两者均为假定。",
    ),
    "scale": (", their scale unknown", "，尺度未知"),
    "few": (
        "Fewer than {enough} courses carried weight when the time was over. So the counts say only "
        "{power:.0%} of what they could, and {n:.0f} courses carry weight: bands are wider than "
        "more time (budget_s) would make them, and shares of worlds are rough.",
        "时间用尽时具有权重的过程少于{enough}条。因此计数只按其信息的{power:.0%}计，{n:.0f}条过程具有权重："
        "区间比给予更多时间（budget_s）时更宽，世界比例较粗略。",
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

    at = min(range(len(AGES)), key=lambda k: abs(AGES[k] - affair.age_h))
    scores = {name: row[at] for name, row in SKILL.items()}
    kind = found.seen.kind
    told = [
        text(
            "skill", age=AGES[at], inside=IN_90,
            skill=1 - scores["worlds"] / scores["climatology"], **scores,
        ),
        text("contrast"),
        from_where(worlds, lang),
        text(
            "noise", noise=NOISE[kind], temper=TEMPER,
            scale=text("scale") if kind == "mentions" else "",
        ),
        text("clock"),
    ]  # fmt: skip
    if len(found.seen) < FEW_COUNTS:
        told.insert(0, text("counts", n=len(found.seen)))
    if not found.in_time:
        told.insert(0, text("few", n=found.effective, enough=ENOUGH, power=found.power))
    return told


def from_where(worlds: Worlds, lang: str) -> str:
    """Where the worlds come from, in a sentence."""
    if worlds.kind != "posterior":
        return _TEXT[worlds.kind][lang == "zh"]
    from dataclasses import replace

    from sim.settings.config import UncertaintyConfig

    about = UncertaintyConfig(name="posterior", posterior=worlds.config.case.name)
    said = provenance(replace(worlds.config, uncertainty=about), lang)
    return said[0].upper() + said[1:] + ("。" if lang == "zh" else ".")
