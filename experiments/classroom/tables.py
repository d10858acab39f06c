"""A run as numbers: the table of its outcomes, and all its series as CSV.

The CSV says in its first lines how to get the run again; after these it is a plain table.
"""

from __future__ import annotations

import numpy as np

import sim
from experiments.classroom.texts import say, unit_name
from experiments.pictures.words import number
from sim import zones
from sim.base.digest import RESULTS_VERSION
from sim.case.case import Case
from sim.metrics import BY_NAME, not_known, outcomes
from sim.record import SERIES, Run

#: What the table shows, in its order; the report card of the game has more.
OUTCOMES = (
    "outrage_peak_core", "outrage_burden_core", "time_to_half_h", "public_reach", "listed_h",
    "governance_share", "trust_core_d14", "declared_core", "exited_core", "car_0_3", "cash_hkd",
    "legal_hkd", "morale",
)  # fmt: skip


def table(main: Run, other: Run | None, lang: str) -> list[tuple[str, str, str]]:
    """Outcomes as name with unit, this run, the run compared with ("" where there is none).

    What a case cannot have is said to be unknown; what did not happen, to have not happened.
    """
    found = [outcomes(run) for run in (main, other) if run is not None]
    rows = []
    absent = not_known(main.asked["case"])
    unknown = say("unknown_value", lang)
    for name in OUTCOMES:
        outcome = BY_NAME[name]
        values = [unknown if name in absent else _number(row[name], lang) for row in found]
        text = outcome.zh if lang == "zh" else outcome.en
        unit = unit_name(outcome.unit, lang)
        rows.append((f"{text} [{unit}]", values[0], values[1] if other is not None else ""))
    return rows


def _number(value: float, lang: str) -> str:
    """A number of the table; words for what did not happen."""
    return say("none_value", lang) if np.isnan(value) else number(value)


def csv_of(run: Run, command: str, provenance: str, case: Case) -> bytes:
    """All series of a run: lines about it with a #, then names with units, then a row a step."""
    zone = run.clock.time_zone
    head = [
        f"# backlash {sim.__version__}, results {RESULTS_VERSION}, run {run.name}",
        f"# {command}",
        f"# case {case.name}; {provenance}; one run, one seed; times are "
        f"{zones.zone_name(zone, 'en')} ({zone})",
    ]
    frame = run.to_frame().rename(
        columns={item.name: f"{item.name} [{item.unit}]" for item in SERIES}
    )
    text = frame.to_csv(float_format="%.7g", date_format="%Y-%m-%d %H:%M%z")
    return "\n".join([*head, text]).encode()
