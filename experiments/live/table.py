"""An export as a table of text: CSV, TSV or a sheet of a workbook, in whatever encoding is said.

Tables are read by `sim.base.tables`, here as everywhere. What that reader does not take is turned
into what it does, beside the file and for a moment: text of a named encoding into UTF-8, a sheet
into CSV with its rows on the lines that they have in the sheet.
"""

from __future__ import annotations

import codecs
import csv
import importlib.util
import io
import re
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sim.base.refusal import ConfigError, place
from sim.base.tables import Table, read_table

BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
KEY = "import"


def read_export(text: str, encoding: str = "", sheet: str = "", header: int = 0) -> Table:
    """The table of an export. Raises ConfigError with line and remedy for what is none.

    encoding : of text that is not UTF-8, as Python calls it, such as gb18030; empty: UTF-8.
    sheet : of a workbook, by name; empty: its only one. header : the line in which its columns
    stand, where tools write something above them; 0: the first.
    """
    path = place(KEY, text)
    if path.suffix.lower() in BOOKS and path.is_file():
        if encoding:
            raise ConfigError(
                "encoding", encoding, "a workbook has no encoding to say", "text files only",
                f"backlash import {text}",
            )  # fmt: skip
        return _sheet(path, sheet, header)
    if sheet:
        raise ConfigError(
            "sheet", sheet, f"{path.name} is no workbook and has no sheets", "a workbook",
            f"backlash import {text}",
        )  # fmt: skip
    if not encoding and not header:
        return _text(path)
    with tempfile.TemporaryDirectory(prefix="backlash-import-") as folder:
        copy = Path(folder) / path.name
        said = _below(_decoded(path, encoding or "utf-8-sig"), header, path)
        copy.write_text(said, encoding="utf-8", newline="")
        return _text(copy)


def _below(text: str, header: int, path: Path) -> str:
    """The same lines, those above the header as comments. Refuses a line that there is not."""
    lines = text.splitlines(keepends=True)
    if header > len(lines):
        raise ConfigError(
            "header", header, f"{path.name} has {len(lines)} lines", f"1 to {len(lines)}",
            "header=1",
        )  # fmt: skip
    above = header - 1
    return "".join(["#" + one for one in lines[:above]] + lines[max(above, 0) :])


def _text(path: Path) -> Table:
    """A table of UTF-8 text; refusals name the settings of an import, too."""
    try:
        return read_table(KEY, path, (), broken=True)
    except ConfigError as refusal:
        if "not UTF-8" in refusal.reason:
            code = refusal.reason.rpartition("looks like ")[2].split(" ", 1)[0]
            known = {"GB18030": "gb18030", "Big5": "big5", "Shift-JIS": "shift_jis"}
            said = known.get(code, "cp1252" if code.startswith("Windows") else code.lower())
            raise ConfigError(
                KEY, path.name, refusal.reason, refusal.allowed,
                f"encoding={said}, if that is what it is; or {refusal.hint}",
            ) from None  # fmt: skip
        raise ConfigError(
            KEY, path.name, refusal.reason, refusal.allowed, _remedy(refusal)
        ) from None


def _remedy(refusal: ConfigError) -> str:
    """What to do about a table that cannot be read, as an import would have it."""
    ragged = re.search(r"in line (\d+): (\d+) cells, (\d+) columns", refusal.reason)
    if ragged:
        line = ragged[1] if int(ragged[2]) > int(ragged[3]) else "LINE"
        return f"header={line}, if the columns are named there; or {refusal.hint}"
    if refusal.hint.startswith("series:"):  # what a case would type
        return "the export once more, as CSV UTF-8 with a header line and rows below it"
    return refusal.hint


def _decoded(path: Path, encoding: str) -> str:
    """The text of a file in an encoding that was said. Raises ConfigError with the line."""
    try:
        codecs.lookup(encoding)
        content = path.read_bytes()
        return content.decode(encoding)
    except LookupError:
        raise ConfigError(
            "encoding", encoding, "no encoding of this name",
            "gb18030, big5, shift_jis, cp1252, ...",
            "encoding=gb18030",
        ) from None  # fmt: skip
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise ConfigError(
            "encoding", encoding, f"{path.name} is not written in it (line {line})",
            "the encoding of the file",
            f"backlash import {path.name}, which says what it looks like",
        ) from None  # fmt: skip


def _sheet(path: Path, sheet: str, header: int) -> Table:
    """A sheet of a workbook, each of its rows on its own line."""
    if importlib.util.find_spec("python_calamine") is None:
        raise ConfigError(
            KEY, path.name, "workbooks are read with python-calamine, which is not installed",
            "a CSV file, or the extra",
            "pip install -c constraints.txt -e '.[import]', or save it as CSV UTF-8",
        )  # fmt: skip
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except Exception as problem:  # its errors have no common kind
        raise ConfigError(
            KEY, path.name, f"no workbook that can be read ({problem})", "a workbook, or CSV",
            "open it and save it as CSV UTF-8",
        ) from None  # fmt: skip
    names = book.sheet_names
    if (len(names) > 1 and not sheet) or (sheet and sheet not in names):
        raise ConfigError(
            "sheet", sheet or None, "which of its sheets?", ", ".join(names), f"sheet={names[0]!r}"
        )
    rows = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    with tempfile.TemporaryDirectory(prefix="backlash-import-") as folder:
        copy = Path(folder) / f"{path.stem}.csv"
        text = io.StringIO()
        csv.writer(text).writerows([[_cell(value) for value in row] for row in rows])
        copy.write_text(_below(text.getvalue(), header, path), encoding="utf-8", newline="")
        return _text(copy)


def _cell(value: Any) -> str:
    """A cell of a sheet as text: numbers as they are typed, times as ISO has them, on one line."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).splitlines())
