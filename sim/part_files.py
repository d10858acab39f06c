"""Files of parts: whether one can be used, which runs it holds, and why it cannot be used.

There are two ways to look. `look` is quick and remembered as long as a file does not change; it is
what a sweep asks of thousands of parts. `read_part` reads pages against their checksums, and what
it finds damaged `look` says too from then on. A file that cannot be used is never changed here: it
may be another program's, or of another version, or the disk may only be in trouble for a moment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from sim.base.digest import RESULTS_VERSION
from sim.parts import (
    JUDGED,
    JUDGES,
    MAGIC,
    from_table,
    name_in,
    outcome_fields,
    part_digest,
    simulated_fields,
)
from sim.record import SERIES
from sim.settings.identity import unnamed


@dataclass(frozen=True)
class StoreProblem:
    """A file that was not used: which, why, and what to do about it."""

    path: Path
    reason: str  #: why, in a clause that follows the path
    advice: str  #: what to do about the file
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
    """Columns of a Parquet file, in the order in which they are asked for; None: all of them.

    Raises ArrowInvalid for a column that it does not have, and for pages that are not as written.
    """
    with path.open("rb") as file:
        parquet = _opened(file)
        if absent := set(columns or ()).difference(parquet.schema_arrow.names):
            raise pa.ArrowInvalid(f"no column {min(absent)}")
        table = parquet.read(columns, use_threads=False)
        return table if columns is None else table.select(columns)


AGAIN = "move it away and run the same command again"  #: what to do about most of them


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
    # Trouble of the machine may be over the next moment, with the file as it was.
    if seen.problem is None or seen.problem.kind not in ("machine", "absent"):
        _LOOKED[path] = (stamp, seen)
    return seen


def _look(path: Path) -> Look:
    """The same as `look`, not remembered.

    From the general to the particular, so that the first thing that is wrong is the one that a
    reader can act on: whose file, of which version, which columns and defaults, which runs.
    """
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
    """What a file that could not be read is: not there, out of reach for now, or damaged."""
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
    for field in simulated_fields(types[first].list_size):
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


def judged_later(path: Path, names: tuple[str, ...]) -> pa.Table | None:
    """Outcomes that were computed later than their part; None if there are none for these runs.

    They lie beside the parts and can be computed again, so whatever is wrong with them, of other
    metrics or other runs, only means that they are computed again.
    """
    try:
        table = _table(path)
    except (pa.ArrowException, OSError, ValueError):
        return None
    meta = table.schema.metadata or {}
    if (
        meta.get(b"magic") != JUDGED
        or meta.get(b"results_version") != str(RESULTS_VERSION).encode()
        or meta.get(b"metrics") != JUDGES.encode()
        or [field.name for field in table.schema] != ["run", *(f.name for f in outcome_fields())]
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


def _noted(problem: StoreProblem) -> StoreProblem:
    """Damage that was found by reading on: from now on a quick look says so too."""
    if problem.kind == "damaged":
        stamp, _ = _LOOKED[problem.path]  # of the look that came before
        _LOOKED[problem.path] = (stamp, Look(problem=problem))
    return problem
