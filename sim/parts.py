"""Runs <-> rows of a part: its columns, and in its footer what they are worth.

A part holds what was simulated: what was asked, the log, the series. The outcomes beside them are
computed from these and could be computed again; they are there to be found without reading series,
which are most of a part. So what a part *must* hold (`simulated_fields`) and what it may hold
(`outcome_fields`) are two lists, and a new outcome makes no part unusable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim import clock as clock_module
from sim import course, metrics, record, zones
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.case.case import LEFT_OUT
from sim.clock import Clock
from sim.record import SERIES, LogEntry, Run
from sim.settings.identity import name_of_asked, unnamed

MAGIC = b"backlash part"  #: in the footer of every part
JUDGED = b"backlash outcomes"  #: of a file of outcomes that were computed later than their part

#: How parts are written. Splitting floats into streams of bytes makes the series, most of a part,
#: two fifths smaller than a dictionary does, and in a third of the time.
AS_WRITTEN: dict[str, Any] = {
    "compression": "zstd",
    "write_page_checksum": True,
    "use_dictionary": False,
    "column_encoding": {
        f"series_{series.name}.list.element": "BYTE_STREAM_SPLIT" for series in SERIES
    },
}


#: Which metrics these are: a digest of the code that makes outcomes of a run. Every module that can
#: change an outcome stands here, or outcomes of an older release would pass for today's.
JUDGES = hashlib.sha256(
    b"".join(
        Path(str(code.__file__)).read_bytes()
        for code in (metrics, course, record, clock_module, zones)
    )
).hexdigest()[:16]


def part_digest(names: Sequence[str]) -> str:
    """Name of a part: a digest of the names of the runs that it answers, in order."""
    return digest_of({"runs": list(names)})


@lru_cache(maxsize=16)
def simulated_fields(n_steps: int) -> list[pa.Field]:
    """What a part must hold: identity, log, then one fixed-length float32 list a series.

    Fixed in length, so that a series is one block of bytes and a run is a slice of it.
    """
    texts = ("engine", "case", "response", "asked", "about", "log")
    return [
        pa.field("run", pa.string()),
        pa.field("seed", pa.int64()),
        *(pa.field(name, pa.string()) for name in texts),
        *(
            pa.field(
                f"series_{series.name}",
                pa.list_(pa.float32(), n_steps),
                metadata={"unit": series.unit},
            )
            for series in SERIES
        ),
    ]


def outcome_fields() -> list[pa.Field]:
    """The columns of outcomes: one float a run."""
    return [
        pa.field(outcome.name, pa.float64(), metadata={"unit": outcome.unit})
        for outcome in metrics.OUTCOMES
    ]


def schema(n_steps: int) -> pa.Schema:
    """The columns of a part as it is written, and in its footer what they are worth.

    `response` and `case` say what the runs were called when they were first asked for; whoever
    asks for the same run under another label finds it here (`sim.settings.identity`).
    """
    simulated = simulated_fields(n_steps)
    return pa.schema(
        [*simulated[:8], *outcome_fields(), *simulated[8:]],
        metadata={
            b"magic": MAGIC,
            b"results_version": str(RESULTS_VERSION).encode(),
            b"metrics": JUDGES.encode(),
            b"unnamed": json.dumps(unnamed()).encode(),
        },
    )


def to_table(runs: Sequence[Run]) -> pa.Table:
    """Runs as the rows of a part: one or more of the same clock, in their order."""
    n_steps = runs[0].clock.n_steps
    columns: dict[str, Any] = {
        "run": [run.name for run in runs],
        "seed": [run.seed for run in runs],
        "engine": [run.engine for run in runs],
        "case": [str(run.asked["case"]["name"]) for run in runs],
        "response": [str(run.asked["response"]["name"]) for run in runs],
        # keys sorted, so that one record is one text whatever the order it was made in
        "asked": [json.dumps(run.asked, sort_keys=True, default=_plain_number) for run in runs],
        "about": [json.dumps(_about(run)) for run in runs],
        "log": [json.dumps([[e.step, e.kind, e.who, e.value] for e in run.log]) for run in runs],
    }
    columns |= outcome_columns(runs)
    for series in SERIES:
        flat = np.concatenate([run.series[series.name] for run in runs])
        columns[f"series_{series.name}"] = pa.FixedSizeListArray.from_arrays(
            pa.array(flat), n_steps
        )
    return pa.Table.from_pydict(columns, schema=schema(n_steps))


def _plain_number(value: np.generic) -> Any:
    """A number of NumPy in a record of what was asked."""
    return value.item()


def outcome_columns(runs: Sequence[Run]) -> dict[str, list[float]]:
    """Outcomes as columns."""
    rows = [metrics.outcomes(run) for run in runs]
    return {item.name: [row[item.name] for row in rows] for item in metrics.OUTCOMES}


def _about(run: Run) -> dict[str, Any]:
    """What of a run stands in no other column; the moment of its start in its case's zone."""
    clock = run.clock
    return {
        "clock": [f"{clock.start:%Y-%m-%d %H:%M}", clock.dt_min, clock.horizon_d, clock.burn_in_h],
        "weights": dict(run.weights),
        "n_people": dict(run.n_people),
        "trust_start": dict(run.trust_start),
    }


def clock_of_asked(
    asked: Mapping[str, Any], start: str, dt_min: int, horizon_d: int, burn_in_h: int
) -> Clock:
    """The clock of a stored run: zone and exchange stand with its case where they are its own.

    asked : as it was stored; from before cases had zones, it says neither, and means Hong Kong.
    start : "YYYY-MM-DD HH:MM" in that zone. Raises ValueError for another text.
    """
    case = asked.get("case", {})
    listed = case.get("market", {}).get("listed", True)
    exchange = case.get("exchange", LEFT_OUT["exchange"]) if listed else None
    zone = case.get("time_zone", LEFT_OUT["time_zone"])
    return Clock(datetime.fromisoformat(start), dt_min, horizon_d, burn_in_h, zone, exchange)


def from_table(table: pa.Table) -> list[Run]:
    """The rows of a part as runs, in their order.

    table : all columns of `simulated_fields`; outcomes are not looked at. Series are copied out of
    Arrow's memory. Raises KeyError, ValueError or TypeError for what `to_table` never wrote.
    """
    columns = {
        series.name: table[f"series_{series.name}"].combine_chunks().flatten().to_numpy()
        for series in SERIES
    }
    n_steps = table.schema.field(f"series_{SERIES[0].name}").type.list_size
    rows = table.select(["run", "seed", "engine", "asked", "about", "log"]).to_pylist()
    runs = []
    for i, row in enumerate(rows):
        own = slice(i * n_steps, (i + 1) * n_steps)
        series = {name: flat[own].astype(np.float32) for name, flat in columns.items()}
        runs.append(_run_of(row, series, n_steps))
    return runs


def _run_of(
    row: Mapping[str, Any], series: Mapping[str, npt.NDArray[np.float32]], n_steps: int
) -> Run:
    """One row of a part as a run. Raises ValueError if its clock has another number of steps.

    series : by name, float32[n_steps]. The clock is made from what was asked, exchange and zone
    included, so that a run means the same wherever it is read.
    """
    about, asked = json.loads(row["about"]), json.loads(row["asked"])
    clock = clock_of_asked(asked, *about["clock"])
    if clock.n_steps != n_steps:
        raise ValueError(f"{n_steps} steps where the clock has {clock.n_steps}")
    return Run(
        name=row["run"],
        asked=asked,
        seed=row["seed"],
        engine=row["engine"],
        clock=clock,
        series=series,
        log=tuple(LogEntry(int(s), k, w, float(v)) for s, k, w, v in json.loads(row["log"])),
        weights=about["weights"],
        n_people=about["n_people"],
        trust_start=about["trust_start"],
    )


def name_in(asked: str | bytes) -> str:
    """The name that a record of what was asked gives; empty for what is no such record."""
    try:
        return name_of_asked(json.loads(asked))
    except (KeyError, ValueError, AttributeError, TypeError):
        return ""
