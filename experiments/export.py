"""A study for others: one tidy table (a row a run), the series, a data dictionary, a schema."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.compare import NAMES, complete, frame_of
from experiments.sweep import Plan
from sim.files import write_whole
from sim.metrics import BY_NAME
from sim.parameters import Parameters
from sim.record import SERIES
from sim.store import from_table

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


def tidy(plan: Plan) -> pd.DataFrame:
    """A row a run: place in the study, levers, uncertainties that vary, seed, outcomes."""
    frame = frame_of(plan)
    study = plan.study
    for k, axis in enumerate(study.axes):
        frame.insert(3 + k, axis.name, [study.label_on(c, k) for c in frame["cell"]])
        for key in axis.keys:
            frame[key] = [study.changes(c).get(key) for c in frame["cell"]]
    asked = pd.DataFrame(_asked(plan), columns=["run", "asked_seed", *_names()]).set_index("run")
    drawn = asked.loc[frame["run"]].reset_index(drop=True)
    varying = [name for name in _names() if drawn[name].nunique() > 1]
    frame["seed_number"] = drawn["asked_seed"]
    front = [column for column in frame if column not in NAMES]
    parameters = drawn[varying].add_prefix("parameters.")
    return pd.concat([frame[front], parameters, frame[NAMES]], axis=1)


def _names() -> list[str]:
    return [item.name for item in fields(Parameters)]


def _asked(plan: Plan) -> Iterator[tuple[Any, ...]]:
    for path, names in plan.store.places(plan.held).items():
        wanted = set(names)
        for row in plan.store.read(path, ["run", "seed", "asked"]).to_pylist():
            if row["run"] in wanted:
                parameters = json.loads(row["asked"])["parameters"]
                yield (row["run"], row["seed"], *(parameters[name] for name in _names()))


def dictionary(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """What every column of the tidy table is: unit, meaning in both languages, provenance."""
    about = {item.name: item.metadata for item in fields(Parameters)}
    axes = {axis.name: axis for axis in plan.study.axes}
    fixed = {
        "block": ("", "main design, fresh worlds (confirm), or a rival structure", "设计块"),
        "cell": ("", "number of the cell", "格编号"),
        "world": ("", "number of the draw of the uncertainties", "世界编号"),
        "seed": ("", "number of the seed inside the world", "世界内种子编号"),
        "run": ("", "name of the run in the store", "运行名"),
        "seed_number": ("", "seed of the run", "运行种子"),
    }
    rows = []
    for column in map(str, frame.columns):
        if column in BY_NAME:
            o = BY_NAME[column]
            rows.append((column, "outcome", o.unit, o.en, o.zh, "simulated"))
        elif column.startswith("parameters.") and column.partition(".")[2] in about:
            meta = about[column.partition(".")[2]]
            rows.append(
                (column, "uncertainty", meta["unit"], meta["meaning"], "", meta["provenance"])
            )
        elif column in axes:
            text = axes[column].text
            rows.append((column, "axis", axes[column].unit, text["en"], text["zh"], "lever"))
        elif column in fixed:
            rows.append((column, "identity", *fixed[column], ""))
        else:
            rows.append((column, "lever", "", "setting of this cell", "该格设置", "lever"))
    rows.append(("hour", "series", "h", "hours from the start of the case", "距案例开始的小时", ""))
    rows += [(item.name, "series", item.unit, item.en, item.zh, "simulated") for item in SERIES]
    names = ["column", "role", "unit", "meaning", "meaning_zh", "provenance"]
    return pd.DataFrame(rows, columns=names)


def write_export(plan: Plan) -> list[Path]:
    """runs.csv, runs.parquet, series.parquet, dictionary.csv and study.schema.json of a study.

    Raises ConfigError for one that is not finished: a table with holes would look whole.
    """
    complete(plan)
    folder = plan.folder / "export"
    frame = tidy(plan)
    paths = []

    def put(name: str, content: bytes) -> None:
        write_whole(folder / name, content)
        paths.append(folder / name)

    put("runs.csv", frame.to_csv(index=False, float_format="%.10g").encode())
    # levers of mixed type (a level's name, a number) become text, as in the CSV
    texts = {str(c): frame[c].astype(str) for c in frame if frame[c].dtype == object}
    buffer = io.BytesIO()
    frame.assign(**texts).to_parquet(buffer, index=False)
    put("runs.parquet", buffer.getvalue())
    put("dictionary.csv", dictionary(frame, plan).to_csv(index=False).encode("utf-8-sig"))
    schema = json.dumps(MANIFEST_SCHEMA, indent=1, ensure_ascii=False) + "\n"
    put("study.schema.json", schema.encode())
    _write_series(plan, folder / "series.parquet")
    paths.append(folder / "series.parquet")
    return paths


def _write_series(plan: Plan, path: Path) -> None:
    """Long form, an hour a row: run, hour from the case's start, every series; streamed."""
    names = [series.name for series in SERIES]
    writer: pq.ParquetWriter | None = None
    partial = path.with_suffix(".partial")
    try:
        for stored, wanted in plan.store.places(plan.held).items():
            for run in from_table(plan.store.read(stored)):
                if run.name not in wanted:
                    continue
                clock = run.clock
                per_hour = round(1 / clock.dt_h)
                at = np.arange(0, clock.n_steps, per_hour)
                table = pa.table(
                    {
                        "run": pa.array([run.name] * at.size).dictionary_encode(),
                        "hour": pa.array([clock.hours(int(k)) for k in at]),
                        **{name: pa.array(run.series[name][at]) for name in names},
                    }
                )
                writer = writer or pq.ParquetWriter(partial, table.schema, compression="zstd")
                writer.write_table(table)
        if writer is not None:
            writer.close()
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
