"""The report card: what a run is judged by, beside a reference in the same world. No points.

A sum of points would need weights that nobody has; so outcomes stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from experiments.game.world import World, case_of
from experiments.pictures import words
from sim.metrics import BY_NAME, not_known, outcomes
from sim.record import Run

#: Outcomes of the report card, in order; a card, not points.
CARD = (
    "outrage_burden_core", "outrage_peak_core", "time_to_half_h", "public_reach", "listed_h",
    "governance_share", "trust_core_d7", "trust_core_d14", "trust_customer_d14", "declared",
    "unfollowed", "exited", "car_0_1", "car_0_3", "cash_hkd", "legal_hkd", "morale",
    "n_partner_exits", "second_wave",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A line of the report card; value and history may be NaN (did not happen)."""

    key: str  #: name of the outcome
    name: str
    unit: str
    value: float  #: of the run
    history: float  #: of the reference


def card_of(world: World) -> list[str]:
    """Names of the outcomes on the report card of a world, in the order of CARD: what its case can
    have.
    """
    return _card(case_of(world).simulated())


def _card(case: Mapping[str, Any]) -> list[str]:
    """The outcomes of CARD that a case, as its runs were asked, can have: no return without a
    share.
    """
    absent = not_known(case)
    return [name for name in CARD if name not in absent]


def report_card(run: Run, reference: Run, lang: str) -> list[Row]:
    """Outcomes beside those of the reference, in the same world; no total.

    NaN where something did not happen, such as outrage that never halved.
    """
    own, other = outcomes(run), outcomes(reference)
    return [
        Row(name, outcome_name(name, lang), unit_name(name, lang), own[name], other[name])
        for name in _card(run.asked["case"])
    ]


def outcome_name(name: str, lang: str) -> str:
    """An outcome in a language."""
    return BY_NAME[name].zh if lang == "zh" else BY_NAME[name].en


def unit_name(name: str, lang: str) -> str:
    """The unit of an outcome in a language; shares and percents as figures write them."""
    return words.unit_name(BY_NAME[name].unit, lang)
