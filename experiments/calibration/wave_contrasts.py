"""Answers against silence, wave by wave of a fit: whether a sign hangs on when the fit stopped.

After every wave the worlds that are kept then are drawn from by weight, and each is run under every
answer with the same seed: differences are paired. An order that turns between late waves is no
finding of the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration.fit_settings import Settings
from experiments.calibration.wave_runs import answers_in, code_of, world_of
from experiments.calibration.waves import Wave
from experiments.corpus import library
from experiments.reading.intervals import resamples

_F = npt.NDArray[np.float64]
#: The first is what the others are held against.
ARMS = ("none", "as_happened", "deny", "apology_only", "late_48h", "junior_scapegoat")
OUTCOMES = ("outrage_burden_core", "trust_core_d14", "public_reach")
FRESH = 2_000_000  #: first seed of these runs: neither the fit nor its predictions have seen them
LEVEL = 0.90
EARLY = 3  #: waves up to this one may turn a sign


def wave_contrasts(
    settings: Settings, kept: Wave, weight: _F, number: int, words: tuple[str, ...], folder: Path
) -> pd.DataFrame:
    """A row an arm and outcome: mean difference from silence, its 90 % interval, share above 0.

    kept : the worlds that are kept after wave `number`, with their weights, which sum to 1.
    """
    n, code = settings.n_contrasts, code_of(settings, words)
    at = _systematic(weight, n, number)
    jobs = {
        int(row): replace(
            world_of(settings, kept, int(row), words, code),
            days=0, seed=FRESH + int(kept.worlds[row]), n_seeds=1, arms=ARMS,
        )
        for row in dict.fromkeys(at)
    }  # fmt: skip
    what = f"{settings.name}, answers after wave {number}: worlds"
    runs = library.kept(answers_in, list(jobs.values()), folder, what, 1)
    by_row = dict(zip(jobs, runs, strict=True))
    drawn = [by_row[int(row)] for row in at]
    return differences(drawn).assign(wave=number)


def _systematic(weight: _F, n: int, number: int) -> npt.NDArray[np.int64]:
    """n rows by weight, as even as can be: systematic resampling with one random start."""
    start = np.random.default_rng((FRESH, number)).random()
    edges = np.cumsum(weight) / weight.sum()
    found = np.searchsorted(edges, (start + np.arange(n)) / n, side="right")
    rows: npt.NDArray[np.int64] = np.minimum(found, len(weight) - 1).astype(np.int64)
    return rows


def differences(drawn: Sequence[Sequence[dict[str, float]]]) -> pd.DataFrame:
    """Paired differences from the first arm. drawn : a world each, its outcomes arm by arm."""
    again = resamples(len(drawn))
    rows = []
    for k, arm in enumerate(ARMS[1:], start=1):
        for outcome in OUTCOMES:
            gap = np.array([world[k][outcome] - world[0][outcome] for world in drawn])
            tail = (1 - LEVEL) / 2
            low, high = np.quantile(gap[again].mean(axis=1), (tail, 1 - tail))
            rows.append(
                {
                    "arm": arm, "outcome": outcome, "mean": float(gap.mean()), "low": float(low),
                    "high": float(high), "share": float((gap > 0).mean()), "worlds": len(gap),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def turned(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Arms and outcomes whose mean changes its sign after wave EARLY, in the order of the table.

    Of a fit with fewer waves the last two are compared.
    """
    found = []
    for (arm, outcome), rows in table.groupby(["arm", "outcome"], sort=False):
        rows = rows.sort_values("wave")
        late = rows[rows["wave"] >= min(EARLY, rows["wave"].max() - 1)]
        if len(set(np.sign(late["mean"]))) > 1:
            found.append((str(arm), str(outcome)))
    return found
