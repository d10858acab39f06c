"""A study for others: one tidy table (a row a run), the series, a data dictionary, a schema.

Whatever is written is whole or absent, so that two exports of a study may be under way.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.pictures.meanings import meaning_zh
from experiments.pictures.outcome_words import meaning_of
from experiments.pictures.spreadsheets import csv_bytes
from experiments.reading.so_far import so_far
from experiments.reports.run_table import axis_names, tidy
from experiments.sweeps.design import Axis
from experiments.sweeps.plan import Plan
from sim.base.files import write_whole, written_aside
from sim.metrics import BY_NAME
from sim.parts import from_table
from sim.record import SERIES, Run
from sim.settings.parameters_page import Told, told
from sim.store import unwritable

#: The published schema of study.json, for those who read it without us.
MANIFEST_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Manifest of a Backlash study (study.json)",
    "type": "object",
    "required": [
        "backlash",
        "results_version",
        "command",
        "words",
        "study",
        "case",
        "points",
        "parts",
        "digest",
    ],
    "properties": {
        "backlash": {"type": "string", "description": "version of the program"},
        "results_version": {"type": "integer", "description": "runs of other versions differ"},
        "command": {"type": "string", "description": "repeats or resumes the sweep"},
        "words": {"type": "array", "items": {"type": "string"}},
        "study": {
            "type": "object",
            "required": ["name", "question", "setting", "axes", "reference", "outcomes"],
            "properties": {
                "axes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["name", "text", "unit", "keys", "values", "labels"],
                    },
                },
                "reference": {"type": "array", "items": {"type": "integer"}},
            },
        },
        "digest": {
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
            "description": "of all the rest: half of the SHA-256 of it as JSON with sorted keys",
        },
        "case": {"type": "object", "description": "the case, where a point's own is null"},
        "points": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["block", "cell", "label", "config"],
                "properties": {
                    "block": {"description": "main, confirm, or the name of a rival structure"},
                    "cell": {"type": "integer"},
                },
            },
        },
        "parts": {
            "type": "array",
            "description": "number of the point, then the names of its runs, in order",
            "items": {
                "type": "array",
                "prefixItems": [{"type": "integer"}],
                "items": {"type": "string"},
            },
        },
    },
}


HOUR = 1  #: of the exported series, hours a row


#: What columns are that no setting and no outcome explains: unit, meaning in both languages.
_FIXED = {
    "block": ("", "main design, fresh worlds (confirm), or a rival structure", "设计块"),
    "cell": ("", "number of the cell", "格编号"),
    "world": ("", "number of the draw of the uncertainties", "世界编号"),
    "seed": ("", "number of the seed inside the world", "世界内种子编号"),
    "run": ("", "name of the run in the store", "运行名"),
    "seed_number": ("", "seed of the run", "运行种子"),
}
_WHEN = (
    ("zone", "", "zone of the case, whose local time is told", "案例时区"),
    ("time", "date and time", "when the hour begins, local time of the case",
     "该小时起始（案例当地时间）"),
    ("hour", "h", "when it begins, from the start of the case", "该小时起始，距案例开始的小时"),
)  # fmt: skip
#: How a series is taken to an hour, in both languages.
ON_A_GRID = {
    "flow": ("sum over the hour", "该小时合计"),
    "state": ("at the end of the hour", "该小时末"),
    "price": ("last of the hour", "该小时末"),
}


def dictionary(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """What every column is of both tables: role, measure, unit, meaning in two languages, source.

    measure : of a series, whether it is a flow, a state or a price. Keys have meaning and unit from
    where docs/parameters.md has them. A row a column: those of the table of runs, then those of the
    series.
    """
    labels = dict(zip(axis_names(plan.study), plan.study.axes, strict=True))
    keys = {key: axis for axis in plan.study.axes for key in axis.keys}
    rows = [_described_column(column, labels, keys) for column in map(str, frame.columns)]
    rows += [(name, "series", "", unit, en, zh, "") for name, unit, en, zh in _WHEN]
    for item in SERIES:
        en, zh = ON_A_GRID[item.measure]
        rows.append(
            (item.name, "series", item.measure, item.unit_per("h"), f"{item.en}, {en}",
             f"{item.zh}，{zh}", "simulated")
        )  # fmt: skip
    names = ["column", "role", "measure", "unit", "meaning", "meaning_zh", "provenance"]
    return pd.DataFrame(rows, columns=names)


def _described_column(
    column: str, labels: Mapping[str | None, Axis], keys: Mapping[str, Axis]
) -> tuple[str, str, str, str, str, str, str]:
    """The row of a column of the table of runs.

    labels : axes by the columns of their labels; keys : axes by the keys that they set. An outcome
    that is also a key is called as the key is: the table has room for one column of a name.
    """
    if column in labels:
        axis = labels[column]
        return (column, "axis", "", axis.unit, axis.text["en"], axis.text["zh"], "lever")
    if column in _FIXED:
        return (column, "identity", "", *_FIXED[column], "")
    if column in BY_NAME and column not in keys:
        o = BY_NAME[column]
        known = meaning_of(column)
        en, zh = (f"{o.en}: {known.what[0]}", f"{o.zh}：{known.what[1]}") if known else (o.en, o.zh)
        return (column, "outcome", "", o.unit, en, zh, "simulated")
    role = "uncertainty" if column.startswith("parameters.") else "lever"
    if column in keys:
        role = "axis" if keys[column].keys == (column,) else role
    return (column, role, "", *_meant(column, told(column), keys.get(column)))


def _meant(column: str, known: Told | None, axis: Any) -> tuple[str, str, str, str]:
    """Unit, meaning, Chinese meaning and provenance of a setting's column."""
    text = axis.text if axis is not None and axis.keys == (column,) else {}
    zh = text.get("zh", "") if text.get("zh") != column else ""
    if known is None:
        return (axis.unit if axis else "", text.get("en", "setting of this cell"), zh, "lever")
    return known.unit, known.meaning, meaning_zh(column) or zh, known.provenance


def write_export(plan: Plan) -> list[Path]:
    """runs.csv, runs.parquet, series.parquet, dictionary.csv and study.schema.json of a study.

    Of one that is not finished, the whole blocks of worlds that are there: a table with holes
    would look whole. Raises ConfigError where there is none, and StoreError for a folder that
    cannot be written, or a disk that fills up.
    """
    whole, folder = so_far(plan).plan, plan.folder / "export"
    try:
        return _write(whole, folder)
    except OSError as problem:
        raise unwritable(folder, problem) from None


def _write(plan: Plan, folder: Path) -> list[Path]:
    """Write the files of an export, each whole or absent; their paths in the order of writing."""
    frame = tidy(plan)
    paths = []

    def put(name: str, content: bytes) -> None:
        """Write one file."""
        write_whole(folder / name, content)
        paths.append(folder / name)

    put("runs.csv", csv_bytes(frame, "%.10g"))
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    put("runs.parquet", buffer.getvalue())
    put("dictionary.csv", csv_bytes(dictionary(frame, plan)))
    schema = json.dumps(MANIFEST_SCHEMA, indent=1, ensure_ascii=False) + "\n"
    put("study.schema.json", schema.encode())
    _write_series(plan, folder / "series.parquet")
    paths.append(folder / "series.parquet")
    return paths


def _hourly(run: Run) -> pa.Table:
    """A run's series, an hour a row: flows summed, states and prices as the hour ends.

    Times are those on the wall of the case, without a zone: the zone has a column of its own.
    """
    clock = run.clock
    every = round(HOUR / clock.dt_h)
    steps = range(0, clock.n_steps, every)
    same = np.zeros(len(steps), np.int32)
    return pa.table(
        {
            "run": pa.DictionaryArray.from_arrays(same, [run.name]),
            "zone": pa.DictionaryArray.from_arrays(same, [clock.time_zone]),
            "time": pa.array(clock.times(every), pa.timestamp("ms")),
            "hour": pa.array([clock.hours(step) for step in steps]),
            # a state is float32 as it was stored, a sum has room for every digit
            **{
                item.name: pa.array(
                    values, pa.float64() if item.measure == "flow" else pa.float32()
                )
                for item, values in zip(SERIES, run.coarser(HOUR).values(), strict=True)
            },
        }
    )


def _write_series(plan: Plan, path: Path) -> None:
    """Long form, an hour a row, run by run; streamed, for a study may be larger than the memory."""
    writer: pq.ParquetWriter | None = None
    with written_aside(path) as file:
        for stored, wanted in plan.store.places(plan.held).items():
            kept = set(wanted)
            for run in from_table(plan.store.read(stored)):
                if run.name not in kept:
                    continue
                table = _hourly(run)
                if writer is None:
                    shape = _described(table.schema)
                    writer = pq.ParquetWriter(file, shape, compression="zstd")
                writer.write_table(table.cast(writer.schema))
        if writer is not None:
            writer.close()


def _described(schema: pa.Schema) -> pa.Schema:
    """The columns with unit, measure and meaning, for who has the file and not the dictionary."""
    when = {name: {"unit": unit, "meaning": en, "meaning_zh": zh} for name, unit, en, zh in _WHEN}
    series = {
        item.name: {
            "measure": item.measure,
            "unit": item.unit_per("h"),
            "meaning": f"{item.en}, {ON_A_GRID[item.measure][0]}",
            "meaning_zh": f"{item.zh}，{ON_A_GRID[item.measure][1]}",
        }
        for item in SERIES
    }
    known = when | series
    return pa.schema([field.with_metadata(known.get(field.name)) for field in schema])
