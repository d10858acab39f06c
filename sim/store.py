"""Finished runs on disk: whole or absent, named by what was asked.

The unit is a part: one design point with a chunk of seeds, one row a run, one Parquet file, written
beside its final name and renamed. Nothing is overwritten, nothing is deleted. A file that cannot be
used (damaged, foreign, of another version) is reported and left alone; `sim.part_files.look` says
which can, and everything that reads or replaces parts asks it. What stands in a part is said in
`sim.parts`.

A part holds what was simulated: what was asked, log, series. Outcomes are computed from these; they
lie beside them only to be found fast, and are computed again where another `sim.metrics` wrote
them. A new outcome, or one that is gone, touches no part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim import metrics
from sim.base.digest import RESULTS_VERSION
from sim.base.files import set_aside, written_aside
from sim.part_files import StoreProblem, judged_later, look, read_part
from sim.parts import (
    AS_WRITTEN,
    JUDGED,
    JUDGES,
    from_table,
    outcome_columns,
    outcome_fields,
    part_digest,
    to_table,
)
from sim.record import Run

if TYPE_CHECKING:
    import pandas as pd


class StoreError(RuntimeError):
    """The store cannot be written or a part not used. Says what, why, and what to type."""


class StoreRefused(StoreError):
    """The same, found out before any work was done."""


def unwritable(path: Path, problem: OSError) -> StoreError:
    """What is said when a disk fills up, or fails, in the midst of the work."""
    return StoreError(
        f"{path}: cannot be written ({problem.strerror or problem})\n"
        "  allowed: a folder that can be written, on a disk with room\n"
        "  try:     the same command again; what is finished is kept (or results=DIR)"
    )


class Store:
    """A folder of parts: RESULTS/runs, which is made when something is first written to it."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).expanduser() / "runs"

    def path(self, digest: str) -> Path:
        """Where the part of this name is or would be."""
        return self.root / f"part-{digest}.parquet"

    def has(self, digest: str) -> bool:
        """Whether a part of this name is there; `load` says whether it can be trusted."""
        return self.path(digest).exists()

    def prepare(self) -> None:
        """Make sure that the folder can be written, before any work is done.

        Raises StoreRefused if not. A page is written for it: a full disk lets files be made.
        """
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
        """Which of these runs are stored, in whatever part; parts that cannot be used hold none."""
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

        One that turns out damaged is moved aside, so that the same sweep runs it again. Raises
        StoreError for it and for every other part that cannot be used, KeyError for a column that
        it does not have.
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
        later = judged_later(kept, seen.names)
        if later is None:
            later = self._judged_now(path, kept)
        for name in names:
            rows = rows.append_column(later.schema.field(name), later[name])
        return rows

    def _judged_now(self, path: Path, kept: Path) -> pa.Table:
        """Outcomes computed from the series of a part, and kept there where that can be written.

        kept : a file that is of no use to anybody else; a store that can only be read has none.
        """
        runs = from_table(self.read(path))
        meta = {b"magic": JUDGED, b"results_version": str(RESULTS_VERSION).encode()}
        later = pa.table(
            {"run": [run.name for run in runs], **outcome_columns(runs)},
            pa.schema(
                [pa.field("run", pa.string()), *outcome_fields()],
                metadata={**meta, b"metrics": JUDGES.encode()},
            ),
        )
        with suppress(OSError), written_aside(kept, lasting=False) as file:
            pq.write_table(later, file, **AS_WRITTEN)
        return later

    def save(self, runs: Sequence[Run]) -> Path:
        """Write runs as one part: aside, flushed, then renamed. Never half a file.

        A part of these runs that is there already is left as it is, since the same runs are the
        same bits. A file in the way that cannot be used is moved aside, not deleted. Returns the
        path. Raises StoreRefused for altered runs, StoreError for a disk that fails.
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
                pq.write_table(table, file, **AS_WRITTEN)
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
        """All parts that can be trusted, every page of them read, and what is wrong with the rest.

        Files that were moved aside and unfinished ones are among the rest.
        """
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
