"""Tables that users bring: what a file is, how its text is written, its records with their lines.

Every table of text is looked at here before it is read: encoding, separator, comment lines, and
what is no table at all (an archive, a workbook, a graph in another format), each named with what to
do. Long lists of ties are then read by Arrow (`sim.network.edge_list`), everything else by
`read_table`.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import difflib
import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.base.refusal import ConfigError

COMMENTS = ("#", "%")  #: marks at the beginning of a line that is no record
SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}
HEAD = 2**16  #: bytes that are looked at to see how a file is written
#: The largest number of a table: above it floats no longer tell whole numbers apart.
LARGEST = 1e15
_NULLS = {"", "n/a", "na", "nan", "null", "none", "-", "--", "—", "无", "缺失"}
_AS_UTF8 = "save it as CSV UTF-8 (comma delimited)"

#: First bytes of files that are no text: what it is, what to do.
_BINARY = (
    (b"PK\x03\x04", "a ZIP archive", "unzip it, and name the table inside"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", f"open it and {_AS_UTF8}"),
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


@dataclass(frozen=True)
class Written:
    """How a table of text is written.

    first : line of the first record, from 1. cells : of that record, blanks around them taken off.
    marks : characters with which lines begin that are comments, as far as the file's head shows.
    """

    encoding: str
    separator: str
    first: int
    cells: tuple[str, ...]
    marks: str
    samples: tuple[tuple[str, ...], ...]  #: the next few records


def opened(file: Path) -> Any:
    """A file as bytes, unpacked where its name says .gz or .bz2."""
    suffix = file.suffix.lower()
    if suffix == ".gz":
        return gzip.open(file, "rb")
    return bz2.open(file, "rb") if suffix == ".bz2" else file.open("rb")


def look_at(key: str, path: str | Path, wanted: Sequence[str] = ()) -> Written:
    """How the text of a table is written. Raises ConfigError for what is no table of text.

    wanted : columns that the header may have; they tell the separator where it is in doubt.
    """
    file = Path(path).expanduser()
    _exists(key, path, file)
    with file.open("rb") as raw:
        _refuse_binary(key, str(path), file, raw.read(16))
    try:
        with opened(file) as stream:
            head = stream.read(HEAD)
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    if not head.strip():
        raise unreadable(key, path, "the file is empty")
    encoding = _encoding(head)
    if encoding is None:
        return _not_utf8(key, path)
    whole = len(head) < HEAD
    text = head.decode(encoding, "replace" if not whole else "strict")
    text = text.removeprefix("\ufeff")
    _refuse_other_text(key, str(path), text)
    _refuse_nul(key, str(path), text)
    lines = text.splitlines()
    if not whole:
        lines = lines[:-1] or lines  # the last may be cut
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
    if not records:
        raise unreadable(key, path, "nothing but comments stands in it")
    separator = _separator(records, wanted)
    cut = [tuple(cell.strip() for cell in cells_of(line, separator)) for line in records]
    return Written(encoding, separator, first, cut[0], marks, tuple(cut[1:]))


def _exists(key: str, path: object, file: Path) -> None:
    if file.is_dir():
        raise ConfigError(key, str(path), "is a folder", *_a_table(key))
    if not file.is_file():
        raise ConfigError(key, str(path), "no such file", *_a_table(key))


def unreadable(key: str, path: object, problem: str, hint: str = "") -> ConfigError:
    """The refusal of a file that holds no table."""
    return ConfigError(key, str(path), f"cannot be read: {problem}", *_a_table(key, hint))


def _a_table(key: str, hint: str = "") -> tuple[str, str]:
    """What a table may be, and what to type; lists of a network may be Parquet too."""
    if key.startswith("network."):
        return "CSV (UTF-8, one header line), or Parquet", hint or f"{key}=FILE.csv"
    which = key.rpartition(".")[2]
    return "CSV (UTF-8, one header line)", hint or f"series: {{{which}: FILE.csv}}"


def _refuse_binary(key: str, path: str, file: Path, start: bytes) -> None:
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
            if magic == b"PK\x03\x04" and zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    names = archive.namelist()
                if any(name.startswith("xl/") for name in names):
                    what, hint = "an Excel workbook", f"open it and {_AS_UTF8}"
                elif "content.xml" in names:
                    what, hint = "a LibreOffice document", f"open it and {_AS_UTF8}"
            raise unreadable(key, path, f"it is {what}", hint)


def _encoding(head: bytes) -> str | None:
    """UTF-8, or UTF-16 with its mark; None for everything else."""
    for mark, name in (
        (codecs.BOM_UTF32_LE, None),
        (codecs.BOM_UTF32_BE, None),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as problem:
        if problem.start < len(head) - 4 or problem.reason != "unexpected end of data":
            # a long list may be garbled in one cell: then that line is named, not an encoding
            return None
    return "utf-8"


def encoding_of(content: bytes) -> str:
    """What text that is not UTF-8 probably is, in words."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if content[:400].count(0) > len(content[:400]) // 4:
        return "UTF-16 without its mark"
    high = re.findall(rb"[\x80-\xff]+", content)
    alone = sum(len(run) == 1 for run in high)
    if 2 * alone > len(high):
        return "Windows-1252 or Latin-1 (Western Europe)"
    for name, words in (
        ("gb2312", "GB18030 (Chinese Windows, GBK)"),
        ("big5", "Big5 (traditional Chinese)"),
        ("shift_jis", "Shift-JIS (Japanese)"),
        ("gb18030", "GB18030 (Chinese Windows, GBK)"),
        ("euc_kr", "EUC-KR (Korean)"),
    ):
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return words
    return "an encoding that is not known here, or damaged"


def _not_utf8(key: str, path: str | Path) -> Written:
    """Refuse a file that is not UTF-8: its encoding, its first lines, what to do."""
    file = Path(path).expanduser()
    with opened(file) as stream:
        content = stream.read(16 * HEAD)
    garbled = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            garbled.append(number)
    named = ", ".join(map(str, garbled[:5])) + (
        f" and {len(garbled) - 5} more" if len(garbled) > 5 else ""
    )
    words = encoding_of(content)
    raise ConfigError(
        key,
        str(path),
        f"not UTF-8 in line {named}; it looks like {words}",
        "text in UTF-8",
        _to_utf8(words, file.name),
    )


def _to_utf8(words: str, name: str) -> str:
    code = words.split(" ", 1)[0]
    if code in ("an", "UTF-16"):
        return f"{_AS_UTF8}, or as plain text in UTF-8"
    code = {"Windows-1252": "CP1252"}.get(code, code)
    return f"{_AS_UTF8}; or: iconv -f {code} -t UTF-8 '{name}' > 'utf8_{name}'"


def decoded(file: Path, content: bytes) -> str:
    """A short text file that must be UTF-8. Raises ValueError naming encoding, line and remedy."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        words = encoding_of(content)
        raise ValueError(
            f"not UTF-8 in line {line}; it looks like {words}; "
            + _to_utf8(words, file.name).replace(_AS_UTF8, "save it in UTF-8")
        ) from None


def _refuse_other_text(key: str, path: str, text: str) -> None:
    start = text.lstrip()[:4000].lower()
    for first, what, hint in _OTHER_TEXT:
        if start.startswith(first):
            if first == "<?xml" and "<graphml" in start:
                what, hint = next((b, c) for a, b, c in _OTHER_TEXT if a == "<graphml")
            elif first == "<?xml" and "<gexf" in start:
                what, hint = next((b, c) for a, b, c in _OTHER_TEXT if a == "<gexf")
            raise unreadable(key, path, f"it is {what}", hint)


def _refuse_nul(key: str, path: str, text: str) -> None:
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
    """Where cells are parted: as the header says, or as most lines are parted alike."""
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


def _numbered(content: bytes, written: Written) -> list[tuple[int, str]]:
    """Lines with their numbers, comments taken as blank; lines end as any system ends them."""
    text = content.decode("utf-8-sig" if written.encoding == "utf-8" else written.encoding)
    return [
        (number, "\n" if line[:1] in COMMENTS else line)
        for number, line in enumerate(io.StringIO(text, newline=None), start=1)
    ]


@dataclass(frozen=True)
class Table:
    """A short table of text: columns by the names that were asked for, cells without blanks."""

    name: str
    columns: tuple[str, ...]
    lines: tuple[int, ...]  #: on which each row begins
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]  #: what a reader may want to know of how it was written

    def column(self, name: str) -> list[str]:
        """The cells of one column."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]


def read_table(
    key: str,
    path: Path,
    required: Sequence[str],
    also: Mapping[str, str] | None = None,
    hint: str = "",
) -> Table:
    """A short table of text with at least the required columns; other columns are passed on.

    Column names are compared without regard to case. also : names that are understood as well,
    lower case -> the column meant; they are proposed, not taken. hint : what to do about a header
    that is quite another. Raises ConfigError with the line
    for whatever is no table: cells too many or too few, a quote left open, no header.
    """
    written = look_at(key, path, required)
    name = path.name
    columns = _header(key, path, written, required, also or {}, hint)
    lines: list[int] = []
    rows: list[tuple[str, ...]] = []
    try:
        with opened(path) as stream:
            texts = _numbered(stream.read(), written)
    except UnicodeDecodeError:
        _not_utf8(key, path)
        raise
    except (OSError, EOFError) as problem:
        raise unreadable(key, path, str(problem)) from None
    for number, line in texts:
        if "\0" in line:
            _refuse_nul(key, str(path), "\n" * (number - 1) + line)
    for begins, record in _records(key, path, written, texts[written.first - 1 :]):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(columns) and not any(cell.strip() for cell in record[len(columns) :]):
            record = record[: len(columns)]
        if len(record) != len(columns):
            _refuse_ragged(key, path, begins, len(record), columns, written)
        if begins == written.first:
            continue
        for cell in record:
            if "\n" in cell:
                raise _open_quote(key, path, begins)
        lines.append(begins)
        rows.append(tuple(cell.strip() for cell in record))
    if not rows:
        raise unreadable(key, path, "it holds a header and no row", "a row below the header")
    notes = []
    if written.encoding != "utf-8":
        notes.append(f"{name}: read as {written.encoding.upper()}")
    if written.separator != ",":
        notes.append(f"{name}: cells are parted by {separated(written.separator)}")
    if written.first > 1:
        above = "what stands above it are comments"
        notes.append(f"{name}: the header is line {written.first}; {above}")
    return Table(name, columns, tuple(lines), tuple(rows), tuple(notes))


def _records(
    key: str, path: Path, written: Written, texts: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line on which it begins."""
    numbers: list[int] = []

    def fed() -> Iterator[str]:
        for number, line in texts:
            numbers.append(number)
            yield line

    if written.separator == " ":
        yield from ((number, line.split()) for number, line in texts if line.strip())
        return
    reader = csv.reader(fed(), delimiter=written.separator, strict=True)
    while True:
        begun = len(numbers)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise _open_quote(key, path, numbers[min(begun, len(numbers) - 1)]) from None
        if cells:
            yield numbers[begun], cells


def _open_quote(key: str, path: Path, line: int) -> ConfigError:
    return ConfigError(
        key,
        path.name,
        f"a quote is left open, or a line ends inside one, in line {line}",
        'cells on one line, in whole quotes ("...") or none',
        f"mend the quotes in line {line}",
    )


def _refuse_ragged(
    key: str, path: Path, line: int, n: int, columns: Sequence[str], written: Written
) -> None:
    more = n > len(columns)
    hint = (
        f"quotes around a text that holds {separated(written.separator)}, in line {line}"
        if more
        else f"all {len(columns)} cells in line {line}, or a file without that line"
    )
    raise ConfigError(
        key,
        path.name,
        f"not as many cells as columns in line {line}: {n} cells, {len(columns)} columns",
        f"{', '.join(columns)}: {len(columns)} cells parted by {separated(written.separator)}",
        hint,
    )


def _header(
    key: str,
    path: Path,
    written: Written,
    required: Sequence[str],
    also: Mapping[str, str],
    hint: str = "",
) -> tuple[str, ...]:
    """Names of columns: those asked for as they are asked for. Refuses missing and doubled ones."""
    columns = list(written.cells)
    while columns and not columns[-1]:
        columns.pop()
    known = {name.casefold(): name for name in required}
    columns = [known.get(name.casefold(), name) for name in columns]
    missing = [name for name in required if name not in columns]
    doubled = sorted(name for name, n in Counter(columns).items() if n > 1 and name in required)
    if doubled:
        raise ConfigError(
            key, path.name, f"column {', '.join(doubled)} stands twice in line {written.first}",
            ", ".join(required), "each column once",
        )  # fmt: skip
    if not missing:
        return tuple(columns)
    for number, cells in enumerate(written.samples, start=1):
        if set(required) <= {known.get(cell.casefold(), cell) for cell in cells}:
            raise ConfigError(
                key,
                path.name,
                f"has no column {', '.join(missing)} in line {written.first}: the header stands "
                f"further down, after {number} lines of something else",
                ", ".join(required),
                "a file without the lines above the header",
            )
    meant = [
        f"{cell} -> {also[cell.casefold()]}"
        for cell in columns
        if also.get(cell.casefold()) in missing
    ]
    meant += [
        f"{close[0]} -> {name}"
        for name in missing
        if not any(one.endswith(f"-> {name}") for one in meant)
        and (close := difflib.get_close_matches(name, columns, n=1))
    ]
    raise ConfigError(
        key,
        path.name,
        f"has no column {', '.join(missing)}; line {written.first} holds "
        f"{', '.join(cell[:40] for cell in columns[:12])}, parted by "
        f"{separated(written.separator)}",
        ", ".join(required),
        f"in the header: {', '.join(meant)}"
        if meant
        else hint or "a header line with these columns",
    )


# --- cells ----------------------------------------------------------------------------------------


class Unsure(ValueError):
    """A cell that is not read; `typed` is what to type instead, None if nobody can say."""

    def __init__(self, reason: str, typed: str | None = None) -> None:
        super().__init__(reason)
        self.typed = typed


_WIDE = str.maketrans("０１２３４５６７８９．－＋，％：／", "0123456789.-+,%:/")
_TIMES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1000}
_LATIN = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000, "w": 10_000}


def number_of(cell: str) -> float:
    """A number of at most LARGEST as a cell says it: digits of any width, and 1.2万 or 3亿.

    Raises Unsure for everything else, with the number to type where one can say.
    """
    value = _number_of(cell)
    if not abs(value) <= LARGEST:
        raise Unsure(
            f"larger than {LARGEST:g}, which no count reaches: leave the line out, or count all "
            "lines in a larger unit"
        )
    return value


def _number_of(cell: str) -> float:
    text = cell.strip().translate(_WIDE)
    if text.casefold() in _NULLS:
        raise Unsure("there is no value: leave the line out, what is missing is a gap")
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return float(text)
    if found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?) ?([万萬亿億千])", text):
        return _exact(found.group(1), _TIMES[found.group(2)])
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?) ?([a-zA-Z]{1,2})", text)
    if found and (scale := _LATIN.get(found.group(2).casefold())):
        raise Unsure("an abbreviated number", typed(_exact(found.group(1), scale)))
    if found := re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?) ?[%％]", text):
        bare = found.group(1).replace(",", ".")
        raise Unsure("a percent sign", f"{bare} (or {typed(_exact(bare, 0.01))} as a share)")
    if re.fullmatch(r"[+-]?\d{1,3}([ '\u00a0\u202f\u2009]\d{3})+([.,]\d+)?", text) or re.fullmatch(
        r"[+-]?\d{1,4}([\u00a0\u202f\u2009]\d{3})+", text
    ):
        raise Unsure("blanks inside a number", re.sub(r"[^\d.,+-]", "", text).replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}(\.\d+)?", text) or re.fullmatch(
        r"[+-]?\d{1,3}(,\d{3})+\.\d+", text
    ):
        raise Unsure("commas inside a number", text.replace(",", ""))
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        point = text.replace(",", ".")
        raise Unsure(
            "a comma that parts thousands or decimals",
            f"{text.replace(',', '')} (or {point} if the comma is a decimal one)",
        )
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", text):
        raise Unsure("a decimal comma", text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        raise Unsure("a decimal comma", text.replace(",", "."))
    raise Unsure("no number")


def _exact(digits: str, scale: float) -> float:
    """Decimal digits times a power of ten, as one would type the product."""
    from decimal import Decimal

    return float(Decimal(digits) * Decimal(str(scale)))


def typed(value: float) -> str:
    """A number as one types it."""
    return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
