"""Finished runs on disk: whole or absent, named by what was asked.

The unit is a part: one design point with a chunk of seeds, one row a run, one Parquet file, written
beside its final name and renamed. Nothing is overwritten, nothing is deleted. A file that cannot be
used (damaged, foreign, of another version) is reported and left alone; `look` says which can, and
everything that reads or replaces parts asks it.

A part holds what was simulated: what was asked, log, series. Outcomes are computed from these; they
lie beside them only to be found fast, and are computed again where another `sim.metrics` wrote
them. A new outcome, or one that is gone, touches no part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim import clock as clock_module
from sim import metrics, record, zones
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.base.files import set_aside, written_aside
from sim.case.case import LEFT_OUT
from sim.clock import Clock
from sim.record import SERIES, LogEntry, Run
from sim.settings.identity import name_of_asked, unnamed

if TYPE_CHECKING:
    import pandas as pd

MAGIC = b"backlash part"
JUDGED = b"backlash outcomes"  #: of a file of outcomes that were computed later than their part

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


#: Which metrics these are: a digest of the code that makes outcomes of a run.
JUDGES = hashlib.sha256(
    b"".join(
        Path(str(code.__file__)).read_bytes() for code in (metrics, record, clock_module, zones)
    )
).hexdigest()[:16]


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
    kind: str = "foreign"  #: absent, machine (trouble that says nothing of the file), or damaged

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}\n  not used, not deleted; {self.advice}"


@dataclass(frozen=True)
class Look:
    """What was seen of a file: the runs of a part that can be used, or why it cannot."""

    names: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()  #: of which there is one; two of a name are neither
    judged: str = ""  #: which metrics its outcomes were computed by
    problem: StoreProblem | None = None


#: What was seen of files that have not changed since, as far as their times and sizes say.
_LOOKED: dict[Path, tuple[tuple[int, ...], Look]] = {}
_COLUMNS: dict[frozenset[str], frozenset[str]] = {}


def part_digest(names: Sequence[str]) -> str:
    """Name of a part: a digest of the names of the runs that it answers, in order."""
    return digest_of({"runs": list(names)})


@lru_cache(maxsize=16)
def _simulated(n_steps: int) -> list[pa.Field]:
    """What a part must hold: identity, log, then one fixed-length float32 list a series."""
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


def _judged() -> list[pa.Field]:
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
    simulated = _simulated(n_steps)
    return pa.schema(
        [*simulated[:8], *_judged(), *simulated[8:]],
        metadata={
            b"magic": MAGIC,
            b"results_version": str(RESULTS_VERSION).encode(),
            b"metrics": JUDGES.encode(),
            b"unnamed": json.dumps(unnamed()).encode(),
        },
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
        "asked": [json.dumps(run.asked, sort_keys=True, default=_plain_number) for run in runs],
        "about": [json.dumps(_about(run)) for run in runs],
        "log": [json.dumps([[e.step, e.kind, e.who, e.value] for e in run.log]) for run in runs],
    }
    columns |= _outcomes_of(runs)
    for series in SERIES:
        flat = np.concatenate([run.series[series.name] for run in runs])
        columns[f"series_{series.name}"] = pa.FixedSizeListArray.from_arrays(
            pa.array(flat), n_steps
        )
    return pa.Table.from_pydict(columns, schema=schema(n_steps))


def _plain_number(value: np.generic) -> Any:
    """A number of NumPy in a record of what was asked."""
    return value.item()


def _outcomes_of(runs: Sequence[Run]) -> dict[str, list[float]]:
    """Outcomes as columns."""
    rows = [metrics.outcomes(run) for run in runs]
    return {item.name: [row[item.name] for row in rows] for item in metrics.OUTCOMES}


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
    exchange = case.get("exchange", LEFT_OUT["exchange"]) if listed else None
    zone = case.get("time_zone", LEFT_OUT["time_zone"])
    return Clock(datetime.fromisoformat(start), dt_min, horizon_d, burn_in_h, zone, exchange)


def from_table(table: pa.Table) -> list[Run]:
    """The rows of a part as runs."""
    runs = []
    values = {
        series.name: table[f"series_{series.name}"].combine_chunks().flatten().to_numpy()
        for series in SERIES
    }
    n_steps = table.schema.field(f"series_{SERIES[0].name}").type.list_size
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
        """Whether a part of this name is there and can be used, as far as `look` sees."""
        return look(self.path(digest)).problem is None

    def holding(self, names: Sequence[str]) -> set[str]:
        """Which of these runs are stored, in whatever part."""
        wanted = set(names)
        found: set[str] = set()
        for path in self.root.glob("part-*.parquet"):
            found |= wanted.intersection(look(path).names)
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
            here = [name for name in look(path).names if name in scattered]
            if here:
                found.setdefault(path, []).extend(here)
                scattered.difference_update(here)
        return found

    def read(self, path: Path, columns: Sequence[str] | None = None) -> pa.Table:
        """A part, or some of its columns, checked page by page.

        One that turns out damaged is moved aside, so that the same sweep runs it again.
        """
        found = read_part(path, columns)
        if not isinstance(found, StoreProblem):
            return found
        if found.kind != "damaged":
            raise StoreError(str(found))
        aside = set_aside(path)
        raise StoreError(
            f"{path}: {found.reason}; moved aside to {aside.name}\n"
            "  allowed: parts as they were written\n"
            "  try:     the sweep again: it runs what this part held"
        )

    def outcomes(self, path: Path, columns: Sequence[str] = ("run",)) -> pa.Table:
        """Some columns of a part, "run" among them, then the outcomes of its runs.

        Those of another version of `sim.metrics` are computed again from the series, and kept in
        `outcomes/` beside the parts where that can be written.
        """
        names = [outcome.name for outcome in metrics.OUTCOMES]
        seen = look(path)
        if seen.judged == JUDGES and seen.columns.issuperset(names):
            return self.read(path, [*columns, *names])
        rows = self.read(path, columns)
        kept = self.root / "outcomes" / path.name
        later = _judged_later(kept, seen.names)
        if later is None:
            runs = from_table(self.read(path))
            meta = {b"magic": JUDGED, b"results_version": str(RESULTS_VERSION).encode()}
            later = pa.table(
                {"run": [run.name for run in runs], **_outcomes_of(runs)},
                pa.schema(
                    [pa.field("run", pa.string()), *_judged()],
                    metadata={**meta, b"metrics": JUDGES.encode()},
                ),
            )
            with suppress(OSError), written_aside(kept, lasting=False) as file:
                pq.write_table(later, file, **_AS_WRITTEN)
        for name in names:
            rows = rows.append_column(later.schema.field(name), later[name])
        return rows

    def save(self, runs: Sequence[Run]) -> Path:
        """Write runs as one part: aside, flushed, then renamed. Never half a file.

        A file in the way that cannot be used is moved aside, not deleted.
        """
        if any(run.altered for run in runs):
            raise StoreRefused(
                "an altered run is not stored: it is not what its settings ask for\n"
                "  allowed: runs of a config as they come (Run.altered says which are not)\n"
                "  try:     run.to_frame().to_parquet(FILE), a file of your own"
            )
        path = self.path(part_digest([run.name for run in runs]))
        if look(path).problem is None:
            return path
        table = to_table(runs)
        problem = look(path).problem
        if problem is None:  # another one was faster
            return path
        if problem.kind == "machine":
            raise StoreError(str(problem))
        try:
            if problem.kind != "absent":
                set_aside(path)
            with written_aside(path) as file:
                pq.write_table(table, file, **_AS_WRITTEN)
        except OSError as failure:
            raise unwritable(path, failure) from None
        return path

    def load(self, digest: str) -> list[Run]:
        """The runs of a part. Raises StoreError if it is absent or cannot be used."""
        found = read_part(self.path(digest))
        if isinstance(found, StoreProblem):
            raise StoreError(str(found))
        return from_table(found)

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
            found = read_part(path)
            if isinstance(found, StoreProblem):
                bad.append(found)
            else:
                good.append(path)
        for path in sorted(self.root.glob("*.damaged")):
            bad.append(StoreProblem(path, "was damaged, and has been run again", "delete it"))
        for path in sorted(self.root.glob("*.partial")):
            advice = "delete it if no backlash is running"
            bad.append(StoreProblem(path, "unfinished: still being written, or killed", advice))
        return good, bad

    def frame(self) -> pd.DataFrame:
        """Outcomes of every trusted run, one row each; a run that two parts hold counts once."""
        import pandas as pd

        names = ["run", "seed", "engine", "case", "response"]
        tables = [self.outcomes(path, names) for path in self.scan()[0]]
        if not tables:
            return pd.DataFrame(columns=[*names, *(item.name for item in metrics.OUTCOMES)])
        plain = [table.replace_schema_metadata() for table in tables]
        rows = pa.concat_tables(plain).to_pandas(use_threads=False)
        return rows.drop_duplicates("run", ignore_index=True)


def _opened(file: IO[bytes]) -> pq.ParquetFile:
    """A Parquet file, to be checked page by page, and read by the thread that asks.

    Without page checksums most flipped bits of a float column go unnoticed. `pq.read_table` reads
    ahead (also with use_threads=False) in a thread of Arrow's own, which lets go of the bytes last:
    at the end of the process it waits for an interpreter that is gone, and aborts the process
    ("terminate called without an active exception", apache/arrow issues 34314 and 50482).
    """
    return pq.ParquetFile(
        file,
        page_checksum_verification=True,
        pre_buffer=False,
    )  # fmt: skip


def _table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a Parquet file, in the order in which they are asked for."""
    with path.open("rb") as file:
        parquet = _opened(file)
        if absent := set(columns or ()).difference(parquet.schema_arrow.names):
            raise pa.ArrowInvalid(f"no column {min(absent)}")
        table = parquet.read(columns, use_threads=False)
        return table if columns is None else table.select(columns)


AGAIN = "move it away and run the same command again"


def look(path: Path) -> Look:
    """Whether a part can be used, and which runs it holds.

    A quick look: version, columns, and the names of the runs with their checksum. Whoever reads
    more of a part checks more of it, and what `read_part` finds damaged is damaged here too, until
    the file changes. `backlash store` checks everything.
    """
    try:
        about = path.stat()
    except FileNotFoundError:
        problem = StoreProblem(path, "not there", "run the same command again", "absent")
        return Look(problem=problem)
    except OSError as trouble:
        return Look(problem=_unreadable(path, trouble))
    stamp = (about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino)
    known = _LOOKED.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    seen = _look(path)
    if seen.problem is None or seen.problem.kind not in ("machine", "absent"):
        _LOOKED[path] = (stamp, seen)
    return seen


def _look(path: Path) -> Look:
    try:
        with path.open("rb") as stream, _opened(stream) as file:
            found = file.schema_arrow
            meta = found.metadata or {}
            if meta.get(b"magic") != MAGIC:
                reason = "not a file of Backlash"
                return Look(problem=StoreProblem(path, reason, "move it elsewhere"))
            version = meta.get(b"results_version", b"?").decode()
            if version != str(RESULTS_VERSION):
                reason = f"of results version {version}, this is {RESULTS_VERSION}"
                advice = "use the release that wrote it, or run the same command again"
                return Look(problem=StoreProblem(path, reason, advice))
            wrong = _other_columns(found) or _other_defaults(meta)
            if wrong:
                return Look(problem=StoreProblem(path, wrong, AGAIN))
            names = tuple(file.read(["run"], use_threads=False)["run"].to_pylist())
    except (pa.ArrowException, OSError, ValueError) as problem:
        return Look(problem=_unreadable(path, problem))
    if path.stem != f"part-{part_digest(names)}":
        reason = "does not hold what its name promises"
        return Look(problem=StoreProblem(path, reason, AGAIN))
    columns = frozenset(name for name in found.names if found.names.count(name) == 1)
    columns = _COLUMNS.setdefault(columns, columns)  # thousands of parts have the same
    return Look(names, columns, meta.get(b"metrics", b"").decode())


def _unreadable(path: Path, problem: Exception) -> StoreProblem:
    reason = (str(problem).splitlines() or [type(problem).__name__])[0][:80]
    if isinstance(problem, FileNotFoundError):
        return StoreProblem(path, "not there", "run the same command again", "absent")
    if getattr(problem, "errno", None):  # the machine's trouble says nothing of the file
        return StoreProblem(path, f"cannot be read ({reason})", "the same command again", "machine")
    return StoreProblem(path, f"damaged ({reason})", AGAIN, "damaged")


def _other_columns(found: pa.Schema) -> str:
    """What of a simulation a part lacks; empty if it is all there. Outcomes are not asked for."""
    types = {field.name: field.type for field in found}
    first = f"series_{SERIES[0].name}"
    if not isinstance(types.get(first), pa.FixedSizeListType):
        return f"has other columns ({first})"
    for field in _simulated(types[first].list_size):
        if found.names.count(field.name) != 1 or types[field.name] != field.type:
            return f"has other columns ({field.name})"
    return ""


def _other_defaults(meta: Mapping[bytes, bytes]) -> str:
    """A default that the names of these runs leave out, and that has changed since."""
    then = json.loads(meta.get(b"unnamed", b"{}"))
    now = unnamed() if then else {}
    for key, value in then.items():
        if key in now and now[key] != value:
            return f"of a time when {key} was {value} by default, now {now[key]}"
    return ""


def _judged_later(path: Path, names: tuple[str, ...]) -> pa.Table | None:
    """Outcomes that were computed later than their part; None if there are none for these runs."""
    try:
        table = _table(path)
    except (pa.ArrowException, OSError, ValueError):
        return None
    meta = table.schema.metadata or {}
    if (
        meta.get(b"magic") != JUDGED
        or meta.get(b"results_version") != str(RESULTS_VERSION).encode()
        or meta.get(b"metrics") != JUDGES.encode()
        or [field.name for field in table.schema] != ["run", *(f.name for f in _judged())]
        or tuple(table["run"].to_pylist()) != names
    ):
        return None
    return table


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table | StoreProblem:
    """A part, or why it is not used. Without `columns` all of it is checked.

    Raises KeyError for a column that a part which can be used does not have.
    """
    seen = look(path)
    if seen.problem is not None:
        return seen.problem
    if absent := set(columns or ()) - seen.columns:
        raise KeyError(f"{path}: no column {', '.join(sorted(absent))}")
    try:
        table = _table(path, columns)
    except (pa.ArrowException, OSError, ValueError) as failure:
        return _noted(_unreadable(path, failure))
    if columns is not None:
        return table
    try:
        names = [run.name for run in from_table(table)]
    except (KeyError, ValueError, AttributeError, TypeError) as failure:
        return _noted(StoreProblem(path, f"has other columns ({failure})", AGAIN, "damaged"))
    if names != [name_in(text) for text in table["asked"].to_pylist()]:
        reason = "does not hold what its name promises"
        return _noted(StoreProblem(path, reason, AGAIN, "damaged"))
    return table


def name_in(asked: str | bytes) -> str:
    """The name that a record of what was asked gives; empty for what is no such record."""
    try:
        return name_of_asked(json.loads(asked))
    except (KeyError, ValueError, AttributeError, TypeError):
        return ""


def _noted(problem: StoreProblem) -> StoreProblem:
    """Damage that was found by reading on: from now on a quick look says so too."""
    if problem.kind == "damaged":
        stamp, _ = _LOOKED[problem.path]  # of the look that came before
        _LOOKED[problem.path] = (stamp, Look(problem=problem))
    return problem
