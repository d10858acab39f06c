"""What the gates compare: answers of the brand as they are typed, and what is known of each pair.

An *arm* is what a brand does in every world of a comparison. Sources are those of MODEL-2; one that
was not read again says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SILENT = "response=none"
_APOLOGY = (
    SILENT,
    "response.apology.acknowledgement=0.6",
    "response.apology.delay_h={h}",
    "response.termination.delay_h={h}",
)
_DENIAL = (SILENT, "response.denial.delay_h=4")
_REFORM = ("response.reform.delay_h=48", "response.reform.governance=0.8")
FIRST_H = 12.0  #: hours after the apology that F40 looks at


def _apology(hours: float, *more: str) -> tuple[str, ...]:
    return (*(text.format(h=hours) for text in _APOLOGY), *more)


#: What the brand does in each arm, as it is typed.
ARMS: Mapping[str, tuple[str, ...]] = {
    "happened": ("response=as_happened",),
    "none": (SILENT,),
    "apology": _apology(8),
    "prompt": _apology(4),
    "holding": _apology(8, "response.holding.delay_h=1", "response.holding.word_in_h=8"),
    "late": ("response=late_48h",),
    "junior": ("response=junior_scapegoat",),
    "chief": ("response=as_happened", "response.penalty.level=chief_executive"),
    "denial": _DENIAL,
    "denial_kept": (*_DENIAL, "mechanisms.denials_found_out=false"),
    "denial_found": (*_DENIAL, "parameters.found_out_per_d=2"),
    "told_before": ("response=as_happened", "response.disclosure.delay_h=-2"),
    "told_after": _apology(1, "response.disclosure.delay_h=1"),
    "reform": ("response=as_happened", *_REFORM),
    "reform_early": ("response=as_happened", "response.reform.delay_h=12", _REFORM[1]),
    "apology_reform": _apology(8, *_REFORM),
    "promise": _apology(8, *_REFORM, "response.reform.delivered=false"),
    "compensation": (
        "response=as_happened",
        "response.compensation.delay_h=48",
        "response.compensation.share=0.5",
    ),
}


@dataclass(frozen=True)
class Comparison:
    """A comparison of two arms, what the evidence says of it, and where that is from."""

    arm: str
    base: str
    expected: int  #: sign that the evidence gives the burden: -1 less, +1 more, 0 not known
    en: str
    zh: str
    source: str


COMPARISONS: tuple[Comparison, ...] = (
    Comparison("apology", "none", -1, "apology at 8 h, deal ended", "8小时致歉并终止合作", "Hornsey 2024: apology beats no information"),
    Comparison("holding", "apology", -1, "the same after a holding statement at 1 h", "1小时先发缓冲声明", "Le 2019: announced delay preserves (eight cases)"),
    Comparison("happened", "none", -1, "as it happened", "按实际方式回应", "Hock & Raithel 2020: any statement beats none"),
    Comparison("junior", "happened", 1, "only a junior punished", "仅处罚基层", "Moisio 2021: scapegoating costs sincerity"),
    Comparison("junior", "none", -1, "only a junior punished, against silence", "仅处罚基层，对比沉默", "Moisio 2021: beats no response on word of mouth"),
    Comparison("chief", "happened", 0, "the chief executive punished", "处罚首席执行官", "not known: too few cases"),
    Comparison("late", "none", -1, "the same two days late", "推迟两天", "Hock & Raithel 2020: slow -1.9 %, none worse; contested"),
    Comparison("denial", "none", 0, "denial", "否认", "Uhlmann & Diermeier: as bad as no comment (not re-checked)"),
    Comparison("denial_found", "none", 1, "denial that is found out", "被揭穿的否认", "SCCT: deny is worst when responsible (not re-checked)"),
    Comparison("denial_kept", "none", 0, "denial that is not found out", "未被揭穿的否认", "as a denial"),
    Comparison("told_before", "happened", -1, "told 2 h before the leak", "泄露前2小时自曝", "Arpan 2005; Claeys: stealing thunder"),
    Comparison("told_after", "apology", 0, "told and apologised 1 h after it", "泄露后1小时自曝并致歉", "not known for telling after a leak"),
    Comparison("reform_early", "happened", 0, "reform at 12 h", "12小时改革", "not known"),
    Comparison("reform", "happened", -1, "reform at 48 h", "48小时改革", "Bozic & Kuppelwieser 2019: substance restores (not re-checked)"),
    Comparison("compensation", "happened", 0, "compensation at 48 h", "48小时补偿", "Herhausen 2019: can fuel talk when first"),
)  # fmt: skip
