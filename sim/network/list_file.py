"""A file of ties or people as it is read: the user's own, or a plain copy with the same lines.

Arrow reads UTF-8 with one separator and without comments. A list that is written otherwise (parted
by runs of blanks, in UTF-16, with comments among its records) is copied once into a temporary file
of that form, line by line, so that the numbers of lines in refusals are those of the user's file.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.base.formats import opened, unreadable
from sim.base.refusal import ConfigError
from sim.base.table_text import Written, cells_of, look_at

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
    """Whether a file says by its name that it is Parquet."""
    return file.suffix.lower() in (".parquet", ".pq")


@dataclass(frozen=True)
class Source:
    """A file as it is read: the user's own, or a plain copy of it with the same lines.

    names : its columns, the ends of ties or what the file was asked for under the names meant;
    others as they stand. skip : lines above its first record. written : None for Parquet.
    """

    key: str  #: the setting that names it
    path: str  #: as the user typed it, for refusals
    file: Path  #: what is opened: the user's file, or its copy
    names: tuple[str, ...]
    header: bool = True  #: whether the first record names the columns
    skip: int = 0
    separator: str = ","  #: in `file`
    written: Written | None = None
    copy: _Copy | None = None  #: holds a copy on the disk as long as it is read

    @property
    def parquet(self) -> bool:
        """Whether it is Parquet, which has rows and no lines."""
        return self.written is None


def source_of(key: str, path: str, wanted: Sequence[str]) -> Source:
    """A file, its columns as they stand; a plain copy of it where Arrow could not read it.

    key, path : the setting that names it, and its value. wanted : columns that it may have, which
    tell the separator where that is in doubt. Raises ConfigError for what is no table.
    """
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
    """The same lines in a file of UTF-8, tabs between cells that blanks parted, comments as blanks.

    Raises ConfigError for a comment that might be a record, and for text that is not as its first
    bytes say.
    """
    assert source.written is not None
    kept = _Copy()
    blanks = source.written.separator == " "
    line = 1
    with kept.file.open("wb") as file:
        for block in _blocks(source):
            plain = _without_comments(source, block, line)
            if blanks:
                plain = re.sub(rb"(?m)^[ \t]+|[ \t\r]+$", b"", plain)
                plain = re.sub(rb"[ \t]+", b"\t", plain)
            line += block.count(b"\n")
            file.write(plain)
    separator = "\t" if blanks else source.written.separator
    return replace(source, file=kept.file, separator=separator, copy=kept)


def _blocks(source: Source) -> Iterator[bytes]:
    """The text of a file in UTF-8, about BLOCK at a time; every block ends with its last line."""
    assert source.written is not None
    with opened(source.file) as stream:
        if source.written.encoding == "utf-8":
            lines = io.BufferedReader(stream, BLOCK)
            while block := lines.read(BLOCK) + lines.readline():
                yield block
            return
        recoded = io.TextIOWrapper(stream, source.written.encoding, newline="")
        try:
            while text := recoded.read(BLOCK) + recoded.readline():
                yield text.encode()
        except UnicodeError as problem:
            raise unreadable(source.key, source.path, str(problem)) from None


_COMMENT = re.compile(rb"^[#%].*$", re.MULTILINE)


def _without_comments(source: Source, block: bytes, line: int) -> bytes:
    """A block whose comments are blank lines; line : the number of its first."""
    if b"#" not in block and b"%" not in block:  # most have none, and a search costs more
        return block
    for found in _COMMENT.finditer(block):
        at = line + block.count(b"\n", 0, found.start())
        _refuse_doubtful(source, at, found.group().decode("utf-8", "replace"))
    return _COMMENT.sub(lambda m: b"\r" if m.group().endswith(b"\r") else b"", block)


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
    """Whether a line below the first record begins like a comment.

    Asked only when a list could not be read without: it costs another reading of the whole file.
    """
    if source.parquet or source.copy is not None:
        return False
    with opened(source.file) as stream:
        last = b"\n"  # the end of the block before: a comment may begin where a block does
        while block := stream.read(BLOCK):
            if re.search(rb"\n[#%]", last + block):
                return True
            last = block[-1:]
    return False


def separator_of(source: Source) -> str:
    """What parts the cells of the user's own file, whatever parts those of a copy."""
    return source.separator if source.written is None else source.written.separator


def raw_line(source: Source, line: int) -> bytes:
    """One line of a file by its number from 1, as it stands; empty beyond the last."""
    with opened(source.file) as stream:
        return next(itertools.islice(stream, line - 1, None), b"")
