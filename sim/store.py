"""Finished runs on disk: whole or absent, named by what was asked.

The unit is a part: one design point with a chunk of seeds, one row a run, one Parquet file, written
beside its final name and renamed. Nothing is overwritten, nothing is deleted. A file that cannot be
trusted (damaged, foreign, of another version) is reported and left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim import zones
from sim.clock import DOCUMENTED_EXCHANGE, Clock
from sim.digest import RESULTS_VERSION, digest_of
from sim.files import set_aside, written_aside
from sim.metrics import OUTCOMES, outcomes
from sim.record import SERIES, LogEntry, Run

if TYPE_CHECKING:
    import pandas as pd

MAGIC = b"backlash part"

#: How parts are written. Splitting floats into streams of bytes makes the series, most of a part,
#: two fifths smaller than a dictionary does, and in a third of the time.
_AS_WRITTEN: dict[str, Any] = {
    "compression": "zstd",
    "write_page_checksum": True,
    "use_dictionary": False,
    "column_encoding": {
        f"series_{series.name}.list.element": "BYTE_STREAM_SPLIT" for series in SERIES
    },
}


#: What was seen of a file that has not changed since: its time and size, and the names in it.
_LOOKED: dict[Path, tuple[tuple[int, int], tuple[str, ...]]] = {}


class StoreError(RuntimeError):
    """The store cannot be written or a part not used. Says what, why, and what to type."""


class StoreRefused(StoreError):
    """The same, found out before any work was done."""


@dataclass(frozen=True)
class StoreProblem:
    """A file that was not used: which, why, and what to do about it."""

    path: Path
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}\n  not used, not deleted; {self.advice}"


def part_digest(names: Sequence[str]) -> str:
    """Name of a part: a digest of the names of the runs that it answers, in order."""
    return digest_of({"runs": list(names)})


def schema(n_steps: int) -> pa.Schema:
    """The columns of a part: identity, outcomes, then one fixed-length float32 list a series."""
    return pa.schema(
        [
            pa.field("run", pa.string()),
            pa.field("seed", pa.int64()),
            pa.field("engine", pa.string()),
            pa.field("case", pa.string()),
            pa.field("response", pa.string()),
            pa.field("asked", pa.string()),
            pa.field("about", pa.string()),
            pa.field("log", pa.string()),
            *(
                pa.field(outcome.name, pa.float64(), metadata={"unit": outcome.unit})
                for outcome in OUTCOMES
            ),
            *(
                pa.field(
                    f"series_{series.name}",
                    pa.list_(pa.float32(), n_steps),
                    metadata={"unit": series.unit},
                )
                for series in SERIES
            ),
        ],
        metadata={b"magic": MAGIC, b"results_version": str(RESULTS_VERSION).encode()},
    )


def to_table(runs: Sequence[Run]) -> pa.Table:
    """Runs as the rows of a part."""
    n_steps = runs[0].clock.n_steps
    columns: dict[str, Any] = {
        "run": [run.name for run in runs],
        "seed": [run.seed for run in runs],
        "engine": [run.engine for run in runs],
        "case": [str(run.asked["case"]["name"]) for run in runs],
        "response": [str(run.asked["response"]["name"]) for run in runs],
        "asked": [json.dumps(run.asked, sort_keys=True) for run in runs],
        "about": [json.dumps(_about(run)) for run in runs],
        "log": [json.dumps([[e.step, e.kind, e.who, e.value] for e in run.log]) for run in runs],
    }
    judged = [outcomes(run) for run in runs]
    for outcome in OUTCOMES:
        columns[outcome.name] = [row[outcome.name] for row in judged]
    for series in SERIES:
        flat = np.concatenate([run.series[series.name] for run in runs])
        columns[f"series_{series.name}"] = pa.FixedSizeListArray.from_arrays(
            pa.array(flat), n_steps
        )
    shape = schema(n_steps)
    return pa.Table.from_arrays(
        [
            pa.array(columns[field.name], type=field.type)
            if not isinstance(columns[field.name], pa.Array)
            else columns[field.name]
            for field in shape
        ],
        schema=shape,
    )


def _about(run: Run) -> dict[str, Any]:
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
    """The clock of a stored run: zone and exchange stand with its case where they are its own."""
    case = asked.get("case", {})
    listed = case.get("market", {}).get("listed", True)
    exchange = case.get("exchange", DOCUMENTED_EXCHANGE) if listed else None
    zone = case.get("time_zone", zones.DOCUMENTED)
    return Clock(datetime.fromisoformat(start), dt_min, horizon_d, burn_in_h, zone, exchange)


def from_table(table: pa.Table) -> list[Run]:
    """The rows of a part as runs."""
    runs = []
    lists = {series.name: table[f"series_{series.name}"].combine_chunks() for series in SERIES}
    n_steps = table.schema.field(f"series_{SERIES[0].name}").type.list_size
    values = {
        name: (column.chunk(0) if isinstance(column, pa.ChunkedArray) else column)
        .flatten()
        .to_numpy()
        for name, column in lists.items()
    }
    rows = table.select(["run", "seed", "engine", "asked", "about", "log"]).to_pylist()
    for i, row in enumerate(rows):
        about = json.loads(row["about"])
        start, dt_min, horizon_d, burn_in_h = about["clock"]
        asked = json.loads(row["asked"])
        clock = clock_of_asked(asked, start, dt_min, horizon_d, burn_in_h)
        if clock.n_steps != n_steps:
            raise ValueError(f"{n_steps} steps where the clock has {clock.n_steps}")
        runs.append(
            Run(
                name=row["run"],
                asked=asked,
                seed=row["seed"],
                engine=row["engine"],
                clock=clock,
                series={
                    name: flat[i * n_steps : (i + 1) * n_steps].astype(np.float32)
                    for name, flat in values.items()
                },
                log=tuple(
                    LogEntry(int(s), k, w, float(v)) for s, k, w, v in json.loads(row["log"])
                ),
                weights=about["weights"],
                n_people=about["n_people"],
                trust_start=about["trust_start"],
            )
        )
    return runs


def unwritable(path: Path, problem: OSError) -> StoreError:
    """What is said when a disk fills up, or fails, in the midst of the work."""
    return StoreError(
        f"{path}: cannot be written ({problem.strerror or problem})\n"
        "  allowed: a folder that can be written, on a disk with room\n"
        "  try:     the same command again; what is finished is kept (or results=DIR)"
    )


class Store:
    """A folder of parts."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser() / "runs"

    def path(self, digest: str) -> Path:
        """Where the part of this name is or would be."""
        return self.root / f"part-{digest}.parquet"

    def has(self, digest: str) -> bool:
        """Whether a part of this name is there; `load` says whether it can be trusted."""
        return self.path(digest).exists()

    def prepare(self) -> None:
        """Make sure that the folder can be written, before any work is done."""
        try:
            with written_aside(self.root / "probe", keep=False) as file:
                file.write(b"\0" * 4096)
        except OSError as problem:
            raise StoreRefused(
                f"results = {str(self.root.parent)!r}: cannot be written ({problem.strerror})\n"
                "  allowed: a folder that can be written, on a disk with room\n"
                "  try:     results=DIR"
            ) from None

    def trusts(self, digest: str) -> bool:
        """Whether a part of this name is there and holds what its name promises.

        A quick look: the footer, and the names of the runs with their checksum. Whoever reads more
        of a part checks more of it; `backlash store` checks everything.
        """
        return bool(self._names(self.path(digest)))

    def _names(self, path: Path) -> tuple[str, ...]:
        """Names of the runs of a part, or nothing if it is not there or cannot be trusted."""
        try:
            about = path.stat()
            stamp = (about.st_mtime_ns, about.st_size)
            if _LOOKED.get(path, (None,))[0] != stamp:
                _LOOKED[path] = (stamp, _names_of(path))
            return _LOOKED[path][1]
        except OSError:  # not there, or not to be read
            return ()

    def holding(self, names: Sequence[str]) -> set[str]:
        """Which of these runs any trusted part holds: also in parts of other companies."""
        wanted = set(names)
        found: set[str] = set()
        for path in self.root.glob("part-*.parquet"):
            found |= wanted.intersection(self._names(path))
            if found == wanted:
                break
        return found

    def places(self, parts: Iterable[tuple[str, Sequence[str]]]) -> dict[Path, list[str]]:
        """Where the runs of parts (digest, names) are: path -> names, every run at one place.

        A part of its own name is preferred; runs of one that is not there, or that was cut
        otherwise (another number of replicates), are looked up in all the others.
        """
        found: dict[Path, list[str]] = {}
        scattered: set[str] = set()
        taken: set[str] = set()
        for digest, names in parts:
            if self.trusts(digest):
                new = [name for name in names if name not in taken]
                found.setdefault(self.path(digest), []).extend(new)
                taken.update(new)
            else:
                scattered.update(names)
        scattered -= taken
        for path in sorted(self.root.glob("part-*.parquet")) if scattered else ():
            here = [name for name in self._names(path) if name in scattered]
            if here:
                found.setdefault(path, []).extend(here)
                scattered.difference_update(here)
        return found

    def read(self, path: Path, columns: Sequence[str] | None = None) -> pa.Table:
        """A part, or some of its columns, checked page by page.

        One that turns out damaged is moved aside, so that the same sweep runs it again.
        """
        try:
            return _table(path, columns)
        except (pa.ArrowException, OSError, ValueError) as problem:
            reason = (str(problem).splitlines() or [type(problem).__name__])[0][:80]
            if getattr(problem, "errno", None):  # the machine's trouble says nothing of the file
                raise StoreError(
                    f"{path}: cannot be read ({reason})\n"
                    "  allowed: a folder that can be read\n"
                    "  try:     the same command again"
                ) from None
            aside = set_aside(path)
            raise StoreError(
                f"{path}: damaged ({reason}); moved aside to {aside.name}\n"
                "  allowed: parts as they were written\n"
                "  try:     the sweep again: it runs what this part held"
            ) from None

    def save(self, runs: Sequence[Run]) -> Path:
        """Write runs as one part: aside, flushed, then renamed. Never half a file.

        A file in the way that cannot be trusted is moved aside, not deleted.
        """
        if any(run.altered for run in runs):
            raise StoreRefused(
                "an altered run is not stored: it is not what its settings ask for\n"
                "  allowed: runs of a config as they come (Run.altered says which are not)\n"
                "  try:     run.to_frame().to_parquet(FILE), a file of your own"
            )
        path = self.path(part_digest([run.name for run in runs]))
        if self._names(path):
            return path
        table = to_table(runs)
        if self._names(path):  # another one was faster
            return path
        try:
            if path.exists() and not self._names(path):
                set_aside(path)
            with written_aside(path) as file:
                pq.write_table(table, file, **_AS_WRITTEN)
        except OSError as problem:
            raise unwritable(path, problem) from None
        return path

    def load(self, digest: str) -> list[Run]:
        """The runs of a part. Raises StoreError if it is absent or cannot be trusted."""
        table, problem = read_part(self.path(digest))
        if problem is not None or table is None:
            raise StoreError(str(problem))
        return from_table(table)

    def note_failure(self, failure: Mapping[str, Any]) -> None:
        """Append to failures.jsonl what did not finish; one line, so that writers do not mix."""
        line = (json.dumps(failure, ensure_ascii=False) + "\n").encode()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / "failures.jsonl").open("ab", buffering=0) as file:
                file.write(line)
        except OSError as problem:
            raise StoreError(f"{self.root}: cannot be written ({problem.strerror})") from None

    def failures(self) -> dict[str, dict[str, Any]]:
        """The latest note on every run that failed, by the run's name."""
        notes: dict[str, dict[str, Any]] = {}
        try:
            text = (self.root / "failures.jsonl").read_text(encoding="utf-8", errors="replace")
            lines = text.splitlines()
        except FileNotFoundError:
            return notes
        for line in lines:
            try:
                note = json.loads(line)
                notes[str(note["run"])] = note
            except (ValueError, KeyError, TypeError):  # cut short by a crash: nothing is known
                continue
        return notes

    def scan(self) -> tuple[list[Path], list[StoreProblem]]:
        """All parts that can be trusted, and what is wrong with the rest."""
        good, bad = [], []
        for path in sorted(self.root.glob("*.parquet")):
            _, problem = read_part(path)
            if problem is None:
                good.append(path)
            else:
                bad.append(problem)
        for path in sorted(self.root.glob("*.damaged")):
            bad.append(StoreProblem(path, "was damaged, and has been run again", "delete it"))
        for path in sorted(self.root.glob("*.partial")):
            advice = "delete it if no backlash is running"
            bad.append(StoreProblem(path, "unfinished: still being written, or killed", advice))
        return good, bad

    def frame(self) -> pd.DataFrame:
        """Outcomes of every trusted run, one row each; a run that two parts hold counts once."""
        import pandas as pd

        names = ["run", "seed", "engine", "case", "response", *(item.name for item in OUTCOMES)]
        tables = [self.read(path, names) for path in self.scan()[0]]
        if not tables:
            return pd.DataFrame(columns=names)
        rows = pa.concat_tables(tables).to_pandas(use_threads=False)
        return rows.drop_duplicates("run", ignore_index=True)


def _table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a Parquet file, checked page by page.

    Without page checksums most flipped bits of a float column go unnoticed. Without threads: those
    that Arrow starts to read a Python file now and then abort the process at its end (apache/arrow
    issues 34314 and 50482, both open).
    """
    with path.open("rb") as file:
        table: pa.Table = pq.read_table(
            file, columns=columns, page_checksum_verification=True, use_threads=False
        )
    return table


def _names_of(path: Path) -> tuple[str, ...]:
    try:
        table = _table(path, ["run"])
    except (pa.ArrowException, OSError, ValueError):
        return ()
    meta = table.schema.metadata or {}
    if meta.get(b"magic") != MAGIC or meta.get(b"results_version") != str(RESULTS_VERSION).encode():
        return ()
    names = tuple(table["run"].to_pylist())
    return names if path.stem == f"part-{part_digest(names)}" else ()


def read_part(path: Path) -> tuple[pa.Table | None, StoreProblem | None]:
    """A part and None, or None and why it is not used."""
    again = "move it away and run the same command again"
    try:
        table = _table(path)
        meta = table.schema.metadata or {}
        version = meta.get(b"results_version", b"?").decode()
    except FileNotFoundError:
        return None, StoreProblem(path, "not there", "run the same command again")
    except (pa.ArrowException, OSError, ValueError) as problem:
        reason = (str(problem).splitlines() or [type(problem).__name__])[0][:80]
        return None, StoreProblem(path, f"damaged ({reason})", again)
    if meta.get(b"magic") != MAGIC:
        return None, StoreProblem(path, "not a file of Backlash", "move it elsewhere")
    if version != str(RESULTS_VERSION):
        return None, StoreProblem(
            path,
            f"of results version {version}, this is {RESULTS_VERSION}",
            "use the release that wrote it, or run the same command again",
        )
    try:
        n_steps = table.schema.field(f"series_{SERIES[0].name}").type.list_size
        if not table.schema.equals(schema(n_steps)):
            return None, StoreProblem(path, "has other columns", again)
        names = [run.name for run in from_table(table)]
        recomputed = [digest_of(json.loads(text)) for text in table["asked"].to_pylist()]
    except (KeyError, ValueError, AttributeError, TypeError) as problem:
        return None, StoreProblem(path, f"has other columns ({problem})", again)
    if names != recomputed or path.stem != f"part-{part_digest(names)}":
        return None, StoreProblem(path, "does not hold what its name promises", again)
    return table, None
