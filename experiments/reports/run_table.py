"""The tidy table of a study: a row a run, with its place, levers, uncertainties and outcomes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

import pandas as pd
import yaml

from experiments.reading.frames import NAMES, frame_of
from experiments.sweeps.design import Study, free_name
from experiments.sweeps.plan import Plan
from sim.settings.parameters import Parameters

#: Columns of the table of runs that say which run it is, and whose names no axis takes.
IDENTITY = ("block", "cell", "world", "seed", "run", "seed_number")


def tidy(plan: Plan) -> pd.DataFrame:
    """A row a run: place in the study, levers, uncertainties that vary, seed, outcomes.

    An axis is a column of its labels, and every key it sets is a column of the values that were
    asked for; where the axis is called as the key is, the values stand alone. Parameters that vary
    and are no axis follow as `parameters.NAME`.
    """
    frame, study = frame_of(plan), plan.study
    asked = pd.DataFrame(_asked(plan), columns=["run", "seed_number", *_names()])
    drawn = asked.drop_duplicates("run").set_index("run").loc[frame["run"]].reset_index(drop=True)
    cells = frame["cell"].to_numpy()
    columns: dict[str, Any] = {name: frame[name] for name in ("block", "cell", "world")}
    for k, name in enumerate(axis_names(study)):
        if name is not None:
            columns[name] = [study.label_on(c, k, "key") for c in cells]
    columns |= {name: frame[name] for name in ("seed", "run")}
    for key in (key for axis in study.axes for key in axis.keys):
        by_cell = column_of([study.changes(c).get(key) for c in range(len(study.cells))])
        columns[key] = by_cell.iloc[cells].reset_index(drop=True)
    columns["seed_number"] = drawn["seed_number"]
    for name in _names():
        if drawn[name].nunique() > 1:
            columns.setdefault(f"parameters.{name}", drawn[name])
    return pd.DataFrame({**columns, **{name: frame[name] for name in NAMES}})


def axis_names(study: Study) -> list[str | None]:
    """What the axes' columns of labels are called; None where the column of its key says the same.

    `axis.NAME` where another column has the name.
    """
    keys = [key for axis in study.axes for key in axis.keys]
    taken = {*IDENTITY, *NAMES, *keys}
    names: list[str | None] = []
    for axis in study.axes:
        words = [yaml.safe_load(label) for label in axis.labels]  # an axis of a command line
        if (
            not study.beside
            and axis.keys == (axis.name,)
            and words == [value for (value,) in axis.values]
        ):
            names.append(None)
            continue
        names.append(free_name(axis.name, taken))
        taken.add(str(names[-1]))
    return names


def column_of(values: Sequence[Any]) -> pd.Series:
    """Values of a setting as a column of one type: whole numbers, numbers, yes/no or text.

    null is a missing value; what is of several types (a level's name, a number) becomes the words
    that a command line has for it.
    """
    known = [value for value in values if value is not None]
    kinds = {bool if isinstance(v, bool) else str if isinstance(v, str) else float for v in known}
    if kinds == {bool} and len(known) < len(values):
        return pd.Series(list(values), dtype="boolean")
    if len(kinds) > 1:
        return pd.Series([None if v is None else word_of(v) for v in values], dtype="str")
    return pd.Series(list(values), dtype=None if known else "str")


def word_of(value: Any) -> str:
    """A value that is not null as a command line has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _names() -> list[str]:
    """The parameters, in the order in which they are declared."""
    return [item.name for item in fields(Parameters)]


def _asked(plan: Plan) -> Iterator[tuple[Any, ...]]:
    """Name, seed and parameters of every stored run of a plan; a run that two points ask for may
    come twice.
    """
    usual = vars(Parameters())  # of a parameter that came after the run
    for path, names in plan.store.places(plan.held).items():
        wanted = set(names)
        for row in plan.store.read(path, ["run", "seed", "asked"]).to_pylist():
            if row["run"] in wanted:
                parameters = json.loads(row["asked"])["parameters"]
                yield (
                    row["run"],
                    row["seed"],
                    *(parameters.get(name, usual[name]) for name in _names()),
                )
