"""Numbers as cells of a user's table say them: what is read, what is doubted, what to type.

A cell is read where it can mean one number only, in digits of any width and with Chinese units.
Where it can mean two (1,234), or is a number as people write it (12k, 5 %), the number that was
probably meant is proposed and not taken: a column that is off by a thousand looks like data.
"""

from __future__ import annotations

import re

#: The largest number of a table: above it floats no longer tell whole numbers apart.
LARGEST = 1e15
_NULLS = {"", "n/a", "na", "nan", "null", "none", "-", "--", "—", "无", "缺失"}


class Unsure(ValueError):
    """A cell that is not read; `typed` is what to type instead, None if nobody can say."""

    def __init__(self, reason: str, typed: str | None = None) -> None:
        super().__init__(reason)
        self.typed = typed


_WIDE = str.maketrans("０１２３４５６７８９．－＋，％：／", "0123456789.-+,%:/")
#: Units that are read, and units that are proposed in digits.
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
    """The number of a cell, however large. Raises Unsure with what to type."""
    text = cell.strip().translate(_WIDE)
    if text.casefold() in _NULLS:
        raise Unsure("there is no value: leave the line out, what is missing is a gap")
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return float(text)
    if found := re.fullmatch(r"([+-]?\d+(?:\.\d+)?) ?([万萬亿億千])", text):
        return _exact(found.group(1), _TIMES[found.group(2)])
    raise _abbreviated(text) or _grouped(text) or Unsure("no number")


def _abbreviated(text: str) -> Unsure | None:
    """A number with a letter for thousands or millions, or in percent, and what to type."""
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?) ?([a-zA-Z]{1,2})", text)
    if found and (scale := _LATIN.get(found.group(2).casefold())):
        return Unsure("an abbreviated number", typed(_exact(found.group(1), scale)))
    if found := re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?) ?[%％]", text):
        bare = found.group(1).replace(",", ".")
        return Unsure("a percent sign", f"{bare} (or {typed(_exact(bare, 0.01))} as a share)")
    return None


def _grouped(text: str) -> Unsure | None:
    """A number whose digits are grouped, or which has a decimal comma, and what to type.

    One comma and three digits are both: only whoever wrote it knows.
    """
    if re.fullmatch(r"[+-]?\d{1,3}([ '\u00a0\u202f\u2009]\d{3})+([.,]\d+)?", text) or re.fullmatch(
        r"[+-]?\d{1,4}([\u00a0\u202f\u2009]\d{3})+", text
    ):
        return Unsure("blanks inside a number", re.sub(r"[^\d.,+-]", "", text).replace(",", "."))
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}(\.\d+)?", text) or re.fullmatch(
        r"[+-]?\d{1,3}(,\d{3})+\.\d+", text
    ):
        return Unsure("commas inside a number", text.replace(",", ""))
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        point = text.replace(",", ".")
        return Unsure(
            "a comma that parts thousands or decimals",
            f"{text.replace(',', '')} (or {point} if the comma is a decimal one)",
        )
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+", text):
        return Unsure("a decimal comma", text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return Unsure("a decimal comma", text.replace(",", "."))
    return None


def _exact(digits: str, scale: float) -> float:
    """Decimal digits times a power of ten, as one would type the product."""
    from decimal import Decimal

    return float(Decimal(digits) * Decimal(str(scale)))


def typed(value: float) -> str:
    """A number as one types it."""
    return f"{value:.15g}" if abs(value) < 1e15 else repr(value)
