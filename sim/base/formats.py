"""What a file is that is no table of text: an archive, a workbook, a graph.

Such files are told by their first bytes or words, whatever they are called, and each is refused
with what to do about it: a user who is told "no CSV" of a workbook must find that out alone.
"""

from __future__ import annotations

import bz2
import gzip
import zipfile
from pathlib import Path
from typing import Any

from sim.base.refusal import ConfigError

AS_UTF8 = "save it as CSV UTF-8 (comma delimited)"

_ZIP = b"PK\x03\x04"  #: also of workbooks, which are archives
#: First bytes of files that are no text: what it is, what to do.
_BINARY = (
    (_ZIP, "a ZIP archive", "unzip it, and name the table inside"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", f"open it and {AS_UTF8}"),
    (b"ARROW1", "a Feather (Arrow) file", "pandas: read_feather(FILE).to_parquet('FILE.parquet')"),
    (b"FEA1", "a Feather file", "pandas: read_feather(FILE).to_parquet('FILE.parquet')"),
    (b"\xfd7zXZ\x00", "compressed with xz", "unpack it (xz -d FILE)"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", "unpack it (zstd -d FILE)"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it, and name the table inside"),
    (b"Rar!", "a RAR archive", "unpack it, and name the table inside"),
    (b"\x89HDF", "an HDF5 file", "pandas: read_hdf(FILE).to_parquet('FILE.parquet')"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"%PDF", "a PDF", "a table as CSV"),
    (b"\x80\x04\x95", "a Python pickle", "save the frame with to_parquet"),
    (b"\x80\x05\x95", "a Python pickle", "save the frame with to_parquet"),
)
_TIES = "write its ties as a CSV with columns follower,followed"
#: First words of text that is no table; lower case.
_OTHER_TEXT = (
    ("%%matrixmarket", "a MatrixMarket file", f"scipy: mmread(FILE), then {_TIES}"),
    ("*vertices", "a Pajek network", f"networkx: read_pajek(FILE), then {_TIES}"),
    ("*network", "a Pajek network", f"networkx: read_pajek(FILE), then {_TIES}"),
    ("<graphml", "GraphML", f"networkx: read_graphml(FILE), then {_TIES}"),
    ("<gexf", "a Gephi graph (GEXF)", f"Gephi: export the edges as CSV; or {_TIES}"),
    ("<html", "a web page", "download the table itself"),
    ("<!doctype html", "a web page", "download the table itself"),
    ("<?xml", "an XML file", "a table as CSV"),
    ("{\\rtf", "a text document (RTF)", "save it as plain text"),
    ("graph [", "a GML graph", f"networkx: read_gml(FILE), then {_TIES}"),
    ("dl ", "a UCINET DL file", _TIES),
    ("{", "JSON", "a table as CSV, pandas: read_json(FILE).to_csv('FILE.csv', index=False)"),
    ("[", "JSON", "a table as CSV, pandas: read_json(FILE).to_csv('FILE.csv', index=False)"),
)


def opened(file: Path) -> Any:
    """A file as bytes, unpacked where its name says .gz or .bz2."""
    suffix = file.suffix.lower()
    if suffix == ".gz":
        return gzip.open(file, "rb")
    return bz2.open(file, "rb") if suffix == ".bz2" else file.open("rb")


def refuse_absent(key: str, path: object, file: Path) -> None:
    """Refuse a folder, and a file that is not there."""
    if file.is_dir():
        raise ConfigError(key, str(path), "is a folder", *_a_table(key))
    if not file.is_file():
        raise ConfigError(key, str(path), "no such file", *_a_table(key))


def unreadable(key: str, path: object, problem: str, hint: str = "") -> ConfigError:
    """The refusal of a file that holds no table, for this reason; hint : what to type, if known."""
    return ConfigError(key, str(path), f"cannot be read: {problem}", *_a_table(key, hint))


def _a_table(key: str, hint: str = "") -> tuple[str, str]:
    """What a table may be, and what to type; lists of a network may be Parquet too."""
    if key.startswith("network."):
        return "CSV (UTF-8, one header line), or Parquet", hint or f"{key}=FILE.csv"
    which = key.rpartition(".")[2]
    return "CSV (UTF-8, one header line)", hint or f"series: {{{which}: FILE.csv}}"


def refuse_binary(key: str, path: str, file: Path, start: bytes) -> None:
    """Refuse a file that is no text by its first bytes, and one that is not packed as it is called.

    start : its first 16 bytes, still packed.
    """
    suffix = file.suffix.lower()
    for magic, packed, ending in ((b"\x1f\x8b", "gzip", ".gz"), (b"BZh", "bzip2", ".bz2")):
        if start.startswith(magic) and suffix != ending:
            hint = f"unpack it, or call it {file.name}{ending}"
            raise unreadable(key, path, f"it is compressed with {packed}", hint)
        if suffix == ending and not start.startswith(magic):
            hint = f"call it {file.name.removesuffix(file.suffix)}"
            raise unreadable(key, path, f"it is called {ending}, but is not compressed", hint)
    if start.startswith(b"PAR1"):
        if key.startswith("network."):
            hint = f"call it {file.stem}.parquet"
            raise unreadable(key, path, "it is Parquet under another name", hint)
        hint = "pandas: read_parquet(FILE).to_csv('FILE.csv', index=False)"
        raise unreadable(key, path, "it is Parquet", hint)
    for magic, what, hint in _BINARY:
        if start.startswith(magic):
            if magic == _ZIP:
                what, hint = _office(file) or (what, hint)
            raise unreadable(key, path, f"it is {what}", hint)


def _office(file: Path) -> tuple[str, str] | None:
    """What an archive is that some office has written, and what to do; None for others."""
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook", f"open it and {AS_UTF8}"
    if "content.xml" in names:
        return "a LibreOffice document", f"open it and {AS_UTF8}"
    return None


def refuse_other_text(key: str, path: str, text: str) -> None:
    """Refuse text that is no table: a graph in another format, a page, JSON.

    GraphML and Gephi's own format are XML, so their second word is looked for, too.
    """
    start = text.lstrip()[:4000].lower()
    for first, what, hint in _OTHER_TEXT:
        if start.startswith(first):
            if first == "<?xml" and "<graphml" in start:
                what, hint = next((b, c) for a, b, c in _OTHER_TEXT if a == "<graphml")
            elif first == "<?xml" and "<gexf" in start:
                what, hint = next((b, c) for a, b, c in _OTHER_TEXT if a == "<gexf")
            raise unreadable(key, path, f"it is {what}", hint)
