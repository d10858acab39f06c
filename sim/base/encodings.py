"""How text is encoded: UTF-8 is read, everything else is named, with its lines and the remedy.

What an encoding is can only be guessed, and a wrong guess garbles names in silence: so it is told
and not taken. UTF-16 with its mark is read, for it cannot be anything else.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import NoReturn

from sim.base.formats import AS_UTF8, opened
from sim.base.refusal import ConfigError

HEAD = 2**16  #: bytes that are looked at to see how a file is written


def readable_encoding(head: bytes) -> str | None:
    """UTF-8, or UTF-16 with its mark; None for everything else.

    head : the first bytes of a file, whose last character may be cut.
    """
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
    """What text that is not UTF-8 probably is, in words.

    Accented letters of Western Europe stand alone between ASCII; where most high bytes come in runs
    it is an encoding of East Asia. GB 2312 is tried first and GB 18030, which holds far more, after
    Big5 and Shift-JIS, whose texts it would often take for its own.
    """
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


def not_utf8(key: str, path: str | Path) -> NoReturn:
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
        key, str(path), f"not UTF-8 in line {named}; it looks like {words}", "text in UTF-8",
        _to_utf8(words, file.name),
    )  # fmt: skip


def _to_utf8(words: str, name: str) -> str:
    """What to do about text of an encoding in words: save it anew, or a command where one helps."""
    code = words.split(" ", 1)[0]
    if code in ("an", "UTF-16"):
        return f"{AS_UTF8}, or as plain text in UTF-8"
    code = {"Windows-1252": "CP1252"}.get(code, code)
    return f"{AS_UTF8}; or: iconv -f {code} -t UTF-8 '{name}' > 'utf8_{name}'"


def decoded(file: Path, content: bytes) -> str:
    """A short text file that must be UTF-8. Raises ValueError naming encoding, line and remedy."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        words = encoding_of(content)
        raise ValueError(
            f"not UTF-8 in line {line}; it looks like {words}; "
            + _to_utf8(words, file.name).replace(AS_UTF8, "save it in UTF-8")
        ) from None
