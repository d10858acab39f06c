"""How the text of a table is written: its encoding, what parts its cells, where its header stands.

Every table of text is looked at here before it is read, and what is none is refused
(`sim.base.formats`, `sim.base.encodings`). Nothing about it has to be said by its user: separators
and comment lines are found, and told in notes where a reader may not expect them.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.base.encodings import HEAD, not_utf8, readable_encoding
from sim.base.formats import opened, refuse_absent, refuse_binary, refuse_other_text, unreadable

COMMENTS = ("#", "%")  #: marks at the beginning of a line that is no record
SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}


@dataclass(frozen=True)
class Written:
    """How a table of text is written.

    first : line of the first record, from 1. cells : of that record, blanks around them taken off.
    marks : characters with which lines begin that are comments, as far as the file's head shows.
    """

    encoding: str  #: as Python calls it: utf-8 or utf-16
    separator: str  #: one of SEPARATORS; a blank stands for any number of them
    first: int
    cells: tuple[str, ...]
    marks: str
    samples: tuple[tuple[str, ...], ...]  #: the next few records


def look_at(key: str, path: str | Path, wanted: Sequence[str] = ()) -> Written:
    """How the text of a table is written. Raises ConfigError for what is no table of text.

    key : the setting that names the file. wanted : columns that the header may have; they tell the
    separator where it is in doubt. Only the first HEAD bytes are looked at: a list may be long.
    """
    file = Path(path).expanduser()
    refuse_absent(key, path, file)
    with file.open("rb") as raw:
        refuse_binary(key, str(path), file, raw.read(16))
    head = _head_of(key, path, file)
    encoding = readable_encoding(head)
    if encoding is None:
        not_utf8(key, path)
    whole = len(head) < HEAD
    try:
        text = head.decode(encoding, "replace" if not whole else "strict").removeprefix("\ufeff")
    except UnicodeDecodeError as problem:  # UTF-16 by its mark, and not in all of it
        raise unreadable(key, path, str(problem)) from None
    refuse_other_text(key, str(path), text)
    refuse_nul(key, str(path), text)
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1] or lines  # the last may be cut
    marks, first, records = _first_records(lines)
    if not records:
        raise unreadable(key, path, "nothing but comments stands in it")
    separator = _separator(records, wanted)
    cut = [tuple(cell.strip() for cell in cells_of(line, separator)) for line in records]
    return Written(encoding, separator, first, cut[0], marks, tuple(cut[1:]))


def _head_of(key: str, path: str | Path, file: Path) -> bytes:
    """The first bytes of a file, unpacked. Refuses one that is empty or cannot be unpacked."""
    try:
        with opened(file) as stream:
            head: bytes = stream.read(HEAD)
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    if not head.strip():
        raise unreadable(key, path, "the file is empty")
    return head


def _first_records(lines: Iterable[str]) -> tuple[str, int, list[str]]:
    """Marks of comments, the number of the first line that is none, and such lines; at most 51."""
    marks, first, records = "", 0, []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line[0] in COMMENTS:
            marks += line[0] if line[0] not in marks else ""
            continue
        first = first or number
        records.append(line)
        if len(records) > 50:
            break
    return marks, first, records


def refuse_nul(key: str, path: str, text: str) -> None:
    """Refuse text with a character of code 0: part of the file was lost, or it is no text."""
    at = text.find("\0")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        raise unreadable(
            key, path, f"a character of code 0 stands in line {line}", f"mend line {line}"
        )


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of one line; runs of blanks part cells where the separator is a blank."""
    if separator == " ":
        return line.split()
    return next(csv.reader([line], delimiter=separator), [])


def _separator(records: Sequence[str], wanted: Sequence[str]) -> str:
    """Where cells are parted: as the header says, or as most lines are parted alike.

    A separator that makes more of the wanted columns out of the header wins; among those that make
    as many, the one by which most records have the same number of cells, above 1.
    """
    names = {name.casefold() for name in wanted}
    best, found = (0.0, 0.0), ","
    for separator in SEPARATORS:
        counts = Counter(len(cells_of(line, separator)) for line in records)
        n, often = counts.most_common(1)[0]
        header = cells_of(records[0], separator)
        met = len({cell.strip().casefold() for cell in header} & names)
        alike = often / len(records) if n > 1 else 0.0
        if separator == " " and not met:
            alike *= 0.5  # a blank may stand inside a text
        if (met, alike) > best:
            best, found = (met, alike), separator
    return found


def separated(separator: str) -> str:
    """A separator in words."""
    return SEPARATORS[separator]


def numbered_lines(content: bytes, written: Written) -> list[tuple[int, str]]:
    """Lines with their numbers, comments taken as blank; lines end as any system ends them."""
    text = content.decode("utf-8-sig" if written.encoding == "utf-8" else written.encoding)
    return [
        (number, "\n" if line[:1] in COMMENTS else line)
        for number, line in enumerate(io.StringIO(text, newline=None), start=1)
    ]
