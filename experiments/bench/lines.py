"""What is asked and what was found: bars, lines of the table, and where they are kept.

A bar was set before the engine was built (docs/speed.md): a ratio or a cost, and which side of it
is good.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from experiments.bench.measure import Spread
from sim.base.files import write_whole

AT_LEAST, AT_MOST = ">=", "<="

#: key of a line -> (sense, bar)
BARS: dict[str, tuple[str, float]] = {
    "mesa_engine": (AT_LEAST, 300),
    "mesa_objects": (AT_LEAST, 300),
    "python_objects": (AT_LEAST, 100),
    "numpy_scipy": (AT_LEAST, 5),
    "ndlib_threshold": (AT_LEAST, 300),
    "ndlib_sir": (AT_LEAST, 50),
    "threads": (AT_LEAST, 1.7),
    "growth": (AT_MOST, 1.10),
    "activity": (AT_MOST, 3),
    "c_people": (AT_MOST, 1.25),
    "mesa_driver": (AT_MOST, 1.25),
    "state_bytes": (AT_MOST, 128),
    "tie_bytes": (AT_MOST, 4.1),
    "default_run": (AT_MOST, 150),
    "start_warm": (AT_MOST, 2),
    "start_cold": (AT_MOST, 20),
    "compile": (AT_MOST, 12),
    "run_cpu": (AT_MOST, 1.0),
    "sweep_rate": (AT_LEAST, 0.9),
}


@dataclass(frozen=True)
class Line:
    """One figure: median and quartiles, beside its bar if it has one."""

    key: str  #: of its bar, and of the same line in another run
    what: str
    n_people: int
    value: float | None  #: None: could not be measured, `note` says why
    low: float | None = None  #: quartiles; None where it was measured once
    high: float | None = None
    unit: str = "x"  #: "x" for a ratio
    note: str = ""  #: beside it in the table

    @property
    def bar(self) -> tuple[str, float] | None:
        """The sense and the size of its bar; None where nothing was promised."""
        return BARS.get(self.key)

    @property
    def ends(self) -> tuple[float, float]:
        """The quartiles; the value twice where it was measured once."""
        middle = self.value or 0.0
        return (
            middle if self.low is None else self.low,
            middle if self.high is None else self.high,
        )

    @property
    def verdict(self) -> str:
        """ok, not met, missing, or nothing where no bar is set.

        Missing is what could not be measured here; `note` says why.
        """
        if self.value is None:
            return "missing"
        if self.bar is None:
            return ""
        sense, bar = self.bar
        return (
            "ok" if (self.value >= bar if sense == AT_LEAST else self.value <= bar) else "not met"
        )

    @property
    def name(self) -> str:
        """What was measured, with the size of the community."""
        return f"{self.what}, {self.n_people:,} people" if self.n_people else self.what


def measured(
    key: str, what: str, n_people: int, found: Spread, unit: str = "x", note: str = ""
) -> Line:
    """A line from quartiles: lower, median, upper."""
    low, value, high = found
    return Line(key, what, n_people, value, low, high, unit, note)


def short(value: float | None) -> str:
    """Three digits that matter; a hyphen for what could not be measured."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def shown(line: Line, earlier: float | None = None) -> str:
    """A line as it is printed; `earlier` is the same figure of another run, if there is one."""
    spread = f"[{short(line.low)}-{short(line.high)}]" if line.low is not None else ""
    bar = f"{line.bar[0]} {line.bar[1]:g}" if line.bar else ""
    text = (
        f"{line.name:<67}{short(line.value):>8} {line.unit:<5}{spread:<18}{bar:>8}"
        f"  {line.verdict:<8}"
    )
    if earlier and line.value is not None:
        text += f" {line.value / earlier:.2f} of the earlier"
    return (text + (f" {line.note}" if line.note else "")).rstrip()


def earlier_values(path: Path | None) -> dict[tuple[str, int], float]:
    """Values of an earlier run by key and size; none without a file."""
    if path is None:
        return {}
    rows = json.loads(path.read_text())["lines"]
    return {(r["key"], r["n_people"]): r["value"] for r in rows if r["value"] is not None}


def newest(folder: Path) -> Path | None:
    """The run before, as it was kept in a folder; None if there is none."""
    return max(folder.glob("bench-*.json"), default=None)


def keep(folder: Path, taken: str, machine: dict[str, Any], lines: Sequence[Line]) -> Path:
    """The run as JSON under its own name, and its lines at the end of bench.csv; returns the first.

    taken : when, as its name has it. machine : as `machine.description` gives it.
    """
    rows = [
        {
            **asdict(line),
            "sense": line.bar[0] if line.bar else "",
            "bar": line.bar[1] if line.bar else None,
            "verdict": line.verdict,
        }
        for line in lines
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bench-{taken}.json"
    report = {"taken": taken, "machine": machine, "lines": rows}
    write_whole(path, json.dumps(report, indent=1).encode())
    table = folder / "bench.csv"
    is_new = not table.exists()
    with table.open("a", newline="") as file:
        writer = csv.DictWriter(file, ["taken", *rows[0]])
        if is_new:
            writer.writeheader()
        writer.writerows({"taken": taken, **row} for row in rows)
    return path
