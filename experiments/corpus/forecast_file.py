"""Forecast tables of one's own: read, or refused with what to type.

A row an affair and age: affair, L, e0, e1, ... (an ensemble of y24) and, as far as they are
forecast, p_new24, p_new72, p_other24. A column `variant` (untold, told) parts two forecasts in one
table. Rows of other affairs are passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus.cells import Complaints, Sheet
from experiments.corpus.scores import Forecast
from experiments.corpus.tasks import EVENTS, Tasks
from experiments.pictures.words import counted
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]

VARIANTS = ("untold", "told")
MOST_MEMBERS = 10_000
MOST_Y = 100.0  #: of log(1 + heat / UNIT): no heat comes near


def read_forecasts(path: Path, tasks: Tasks) -> dict[str, Forecast]:
    """The forecasts of a table for these tasks, by variant; "" where it does not part any.

    An empty member counts as the median of the others of its row; told forecasts may leave
    p_new24 and p_new72 blank. Raises ConfigError for a table that does not fit the tasks.
    """
    complaints = Complaints(path.name)
    sheet = Sheet(path, ("affair", "L", "e0"), complaints)
    ages = sheet.number("L", 0, 1000, whole=True).astype(np.int64).tolist()
    variants = sheet.choice("variant", VARIANTS, "") if sheet.has("variant") else [""] * len(sheet)
    keys = list(zip(variants, sheet.name("affair"), ages, strict=True))
    sheet.doubled(["affair", "L"], keys)
    ensemble = _ensemble(sheet)
    events = {
        name: sheet.number(f"p_{name}", 0, 1, blank=np.nan)
        for name in EVENTS
        if sheet.has(f"p_{name}")
    }
    row = {key: k for k, key in enumerate(keys)}
    wanted = list(zip(tasks.frame["affair"], tasks.frame["age"], strict=True))
    asked = {
        variant: [(variant, affair, int(age)) for affair, age in wanted]
        for variant in sorted(set(variants))
    }
    for of in asked.values():
        _refuse_missing(of, row, complaints)
    if problems := complaints.all():
        raise ConfigError(
            "forecast", str(path), f"{counted(len(problems), 'thing')} to mend:\n"
            + "\n".join(map(str, problems[:3])),
            "affair, L (3, 6, 12, 24), e0, e1, ... and p_new24, p_new72, p_other24",
            "a table as docs/corpus.md describes it",
        )  # fmt: skip
    return {
        variant: _of_rows(np.array([row[key] for key in of]), ensemble, events)
        for variant, of in asked.items()
    }


def _ensemble(sheet: Sheet) -> _F:
    """The members of each row, NaN where a cell is empty; complains of rows without any."""
    members = [name for k in range(MOST_MEMBERS) if sheet.has(name := f"e{k}")]
    ensemble = np.column_stack([sheet.number(name, 0, MOST_Y, blank=np.nan) for name in members])
    empty = np.asarray(np.isnan(ensemble).all(axis=1))
    sheet.each("e0", empty, lambda _: ("no member of the ensemble", "one number at least"))
    return ensemble


def _refuse_missing(
    wanted: Sequence[tuple[str, str, int]], row: dict[tuple[str, str, int], int],
    complaints: Complaints,
) -> None:  # fmt: skip
    """Complain of tasks without a row."""
    missing = [" ".join(key[:2]).strip() + f" at L={key[2]}" for key in wanted if key not in row]
    if missing:
        others = f", and of {len(missing) - 1} other tasks" if len(missing) > 1 else ""
        complaints.add(None, "", f"no row of {missing[0]}{others}", "a row for every task")


def _of_rows(at: npt.NDArray[np.int64], ensemble: _F, events: dict[str, _F]) -> Forecast:
    """The forecast of some rows; events that are blank throughout are not forecast."""
    members = ensemble[at]
    filled = np.where(np.isnan(members), np.nanmedian(members, axis=1)[:, None], members)
    said = {name: p[at] for name, p in events.items() if not np.isnan(p[at]).any()}
    return Forecast(filled, said)
