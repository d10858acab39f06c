"""Refusals of settings in the words of the page, with what to choose instead.

The settings refuse in the words of the command line. A page has labels, options and units in two
languages, so each kind of refusal has its own sentence here, found by a few words of the reason.
"""

from __future__ import annotations

import re

from experiments.classroom.texts import OPTIONS, UNITS, label_of, unit_name
from sim.base.refusal import ConfigError

#: Refusals in words: what to look for in the reason, and what to say. Values: label, value, allowed.
REFUSALS: tuple[tuple[str, tuple[str, str]], ...] = (
    (
        "outside the range in which",
        (
            "{label}: {value} is outside the range. Choose {allowed}.",
            "{label}：{value} 超出范围。请取 {allowed}。",
        ),
    ),
    (
        "cannot precede the event",
        (
            "{label}: {value} h. It cannot come before the event that it answers. Choose 0 h or later.",
            "{label}：{value} 小时。不能早于所回应的事件。请取 0 小时或更晚。",
        ),
    ),
    (
        "needs somebody to bear it",
        (
            "Penalty: a severity needs somebody to bear it. Choose the highest level punished, or set "
            "the severity to 0.",
            "处罚：有力度就须有人承担。请选择处罚到的最高层级，或将力度设为 0。",
        ),
    ),
    (
        "a penalty without a time",
        (
            "Penalty: without a time it never comes. Give it a time, or choose nobody as its level.",
            "处罚：没有时间就不会发生。请设定时间，或将层级设为无人。",
        ),
    ),
    (
        "a reform without a time",
        (
            "Reform: without a time it never comes. Give it a time, or set its depth to 0.",
            "改革：没有时间就不会发生。请设定时间，或将深度设为 0。",
        ),
    ),
    (
        "without a time never comes",
        (
            "{label}: what never comes has no settings. Give it a time, or leave this as it was.",
            "{label}：不会发生的举措没有设置。请设定时间，或不改此项。",
        ),
    ),
    (
        "but this one has a time|waits for no share|has no time of delivery|nobody says anything",
        (
            "{label}: as the other levers stand, this would change nothing. Choose another value, or "
            "leave it as it was.",
            "{label}：按其他设置，此项不会改变任何结果。请另选，或不改此项。",
        ),
    ),
    (
        "nobody denies what",
        (
            "Denial at {value} h: nobody denies what the same brand has already apologised for. Choose "
            "an earlier denial, a later apology, or leave out one of them.",
            "否认在 {value} 小时：同一品牌已致歉，不能再否认。请提前否认、推迟致歉，或取消其一。",
        ),
    ),
    (
        "knows no founder",
        (
            "{label}: this case knows no founder who could speak. Choose staff, head of PR, or the "
            "company.",
            "{label}：此案例没有可发言的创始人。请选员工、公关负责人或公司。",
        ),
    ),
    (
        "does not say what its brand did",
        (
            "The case does not say what its brand did. Choose a response other than “as it happened”.",
            "此案例未记载品牌的举措。请选择“实际应对”以外的方案。",
        ),
    ),
    (
        "not a seed",
        ("{label}: a whole number from 0 on is needed.", "{label}：需要 0 或以上的整数。"),
    ),
    (
        "outside its range",
        (
            "{label}: {value} is outside the range. Choose {allowed}.",
            "{label}：{value} 超出范围。请取 {allowed}。",
        ),
    ),
    (
        "not a number|not possible here",
        (
            "{label}: {value} is not possible here. Choose {allowed}.",
            "{label}：此处不能为 {value}。请取 {allowed}。",
        ),
    ),
)


#: A reason that has no sentence of its own: shown as it is.
_ANYTHING = (
    "{label}: {value}: {reason}. Choose {allowed}.",
    "{label}：{value} 不可用。请取 {allowed}。",
)


def refusal(problem: ConfigError, lang: str) -> str:
    """A refusal of the settings in the words of the page, with what to choose instead.

    A reason that no sentence is known for is shown as it is, with label, value and what is allowed.
    """
    zh = lang == "zh"
    allowed = problem.allowed
    unit = max((unit for unit in UNITS if allowed.endswith(unit)), key=len, default="")
    if unit:
        allowed = allowed.removesuffix(unit) + unit_name(unit, lang)
    else:
        for option, names in OPTIONS.items():
            allowed = re.sub(rf"\b{option}\b", names[zh], allowed)
    if zh:
        allowed = allowed.replace(" to ", " 到 ").replace("a number", "数字").replace(", ", "、")
    found = (text for pattern, text in REFUSALS if re.search(pattern, problem.reason))
    template = next(found, _ANYTHING)[zh]
    shown = (
        problem.value
        if isinstance(problem.value, str)
        else f"{problem.value:g}"
        if isinstance(problem.value, int | float)
        else "-"
    )
    return template.format(
        label=label_of(problem.path, lang), value=shown, allowed=allowed, reason=problem.reason
    )
