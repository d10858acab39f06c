"""The development affairs, and what was measured on them, as they are shipped with the package.

Source, licence and dictionary: data/README.md, docs/corpus.md.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs
from experiments.corpus.tables import clock_of, read

_F = npt.NDArray[np.float64]

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Published:
    """A statistic as it was published: value and 90 % interval (NaN where there is none)."""

    value: float
    low: float
    high: float
    n: int  #: affairs
    use: str  #: calibrate, check, input, or no, with a reason
    bias: str = ""
    n_controls: float = float("nan")  #: effective number of matched controls


@cache
def development() -> Affairs:
    """The 304 development affairs."""
    return read(DATA)


@cache
def sampling_clock() -> _F:
    """Every moment at which the archive sampled the list, seconds since 1970, rising."""
    clock = clock_of(DATA)
    assert clock is not None  # shipped
    return clock


@cache
def published_targets() -> dict[str, Published]:
    """K01-K29 and S1-S5 of the development affairs, by id."""
    return {row["id"]: _published(row) for row in _rows("targets")}


@cache
def published_responses() -> dict[tuple[str, str, str, str], Published]:
    """What followed responses, by statistic, kind, delay and topics."""
    return {
        (row["statistic"], row["kind"], row["delay"], row["topics"]): _published(row)
        for row in _rows("responses")
    }


@cache
def response_rows() -> dict[tuple[str, str, str, str], str]:
    """The row ids (R001, ...) of the same."""
    return {
        (row["statistic"], row["kind"], row["delay"], row["topics"]): row["row"]
        for row in _rows("responses")
    }


@cache
def typical_topic() -> _F:
    """Mean heat of a brand's topic 0, 1, ... 24 h after first sight as a share of its peak."""
    rows = [
        (float(row["hour"]), float(row["mean"]))
        for row in _rows("platform_trajectory")
        if row["group"] == "brand affairs (development)" and row["clock"] == "first sight"
    ]
    return np.array([mean for _, mean in sorted(rows)])


def _rows(name: str) -> list[dict[str, str]]:
    """A shipped table as its rows."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _published(row: dict[str, str]) -> Published:
    """One number of the published tables; NaN for an interval that was not given."""

    def number(name: str) -> float:
        return float(row.get(name) or "nan")

    return Published(
        number("value"), number("lo90"), number("hi90"), int(row["n"]), row["use"],
        row.get("bias", ""), number("n_controls_eff"),
    )  # fmt: skip
