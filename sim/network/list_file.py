"""A file of ties or people as it is read: the user's own, or a plain copy with the same lines."""

from __future__ import annotations

import io
import itertools
import os
import re
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.base.formats import opened, unreadable
from sim.base.refusal import ConfigError
from sim.base.tables import Written, cells_of, look_at

BLOCK = 2**20  # bytes of a file that are read at a time. Measured: more take memory, not less time.
#: Names that the two ends of a tie have elsewhere: first, second; lower case.
PAIRS = (
    ("source", "target"),
    ("from", "to"),
    ("fromnodeid", "tonodeid"),
    ("from_id", "to_id"),
    ("src", "dst"),
    ("node1", "node2"),
)


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() in (".parquet", ".pq")


@dataclass(frozen=True)
class Source:
    """A file as it is read: the user's own, or a plain copy of it with the same lines.

    names : its columns, the ends of ties or what the file was asked for under the names meant;
    others as they stand. skip : lines above its first record. written : None for Parquet.
    """

    key: str
    path: str
    file: Path
    names: tuple[str, ...]
    header: bool = True
    skip: int = 0
    separator: str = ","
    written: Written | None = None
    copy: _Copy | None = None  #: holds a copy on the disk as long as it is read

    @property
    def parquet(self) -> bool:
        return self.written is None


def source_of(key: str, path: str, wanted: Sequence[str]) -> Source:
    """A file, its columns as they stand. Raises ConfigError for what is no table."""
    import pyarrow as pa
    import pyarrow.parquet

    file = Path(path).expanduser()
    if _is_parquet(file) and file.is_file():
        try:
            names = pyarrow.parquet.ParquetFile(file).schema_arrow.names
        except (pa.ArrowException, OSError) as problem:
            raise unreadable(key, path, str(problem).splitlines()[0][:160]) from None
        return Source(key, path, file, tuple(names))
    written = look_at(key, path, [*wanted, *itertools.chain(*PAIRS)])
    source = Source(
        key, path, file, written.cells, True, written.first - 1, written.separator, written
    )
    if written.encoding != "utf-8" or written.separator == " ":
        source = plain_copy(source)
    return source


def plain_copy(source: Source) -> Source:
    """The same lines in a file of UTF-8 with tabs between cells that blanks parted; comments are
    blank lines. Raises ConfigError for a comment that might be a record."""
    assert source.written is not None
    kept = _Copy()
    blanks = source.written.separator == " "
    separator = "\t" if blanks else source.written.separator
    mark = re.compile(rb"^[#%].*$", re.MULTILINE)
    line = 1
    with opened(source.file) as stream, kept.file.open("wb") as file:
        lines = io.BufferedReader(stream, BLOCK) if source.written.encoding == "utf-8" else None
        recoded = None if lines else io.TextIOWrapper(stream, source.written.encoding, newline="")
        while True:
            if lines is not None:
                block = lines.read(BLOCK) + lines.readline()
            else:
                assert recoded is not None
                try:
                    block = (recoded.read(BLOCK) + recoded.readline()).encode()
                except UnicodeError as problem:
                    raise unreadable(source.key, source.path, str(problem)) from None
            if not block:
                break
            if b"#" in block or b"%" in block:
                for found in mark.finditer(block):
                    at = line + block.count(b"\n", 0, found.start())
                    _refuse_doubtful(source, at, found.group().decode("utf-8", "replace"))
                block = mark.sub(lambda m: b"\r" if m.group().endswith(b"\r") else b"", block)
            if blanks:
                block = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", block)
                block = re.sub(rb"[ \t]+", b"\t", block)
            line += block.count(b"\n")
            file.write(block)
    return replace(source, file=kept.file, separator=separator, copy=kept)


class _Copy:
    """A file of this process that is gone when nobody holds it any more."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="backlash-", suffix=".csv")
        os.close(handle)
        self.file = Path(name)
        weakref.finalize(self, self.file.unlink, missing_ok=True)


def _refuse_doubtful(source: Source, line: int, text: str) -> None:
    """Refuse what begins like a comment among the records and has as many cells as they have."""
    assert source.written is not None
    n = len(cells_of(text, source.written.separator))
    if line > source.written.first and n == len(source.names) and source.separator != " ":
        raise ConfigError(
            source.key,
            source.path,
            f"line {line} begins like a comment, but has as many cells as columns: {text[:60]!r}",
            "comments (# or %) above the records, or without as many separators",
            f"quotes around the first cell of line {line} if it is a record, or no such line",
        )


def has_comments(source: Source) -> bool:
    """Whether a line below the first record begins like a comment."""
    if source.parquet or source.copy is not None:
        return False
    with opened(source.file) as stream:
        last = b"\n"
        while block := stream.read(BLOCK):
            if re.search(rb"\n[#%]", last + block):
                return True
            last = block[-1:]
    return False


def separator_of(source: Source) -> str:
    return source.separator if source.written is None else source.written.separator


def raw_line(source: Source, line: int) -> bytes:
    with opened(source.file) as stream:
        return next(itertools.islice(stream, line - 1, None), b"")
