"""Tables as CSV for spreadsheets and statistics programs: one way for all of them.

UTF-8 with a byte order mark, without which spreadsheets take Chinese for another encoding. A text
that a spreadsheet would compute gets an apostrophe before it (`'=1+1`), in headings too; numbers
are untouched, so -0.5 stays -0.5 wherever it stands. Parquet files hold texts as they are.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

#: What a formula begins with, on a Chinese keyboard too, and what hides one behind it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escaped(value: Any) -> Any:
    """A cell as it goes into a CSV: a text that would be computed with an apostrophe before it."""
    if not isinstance(value, str) or not value.startswith(FORMULA) or _number(value):
        return value
    return "'" + value


def _number(text: str) -> bool:
    """Whether a text is a number as Python has it, which a spreadsheet computes to itself."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and not text[:1].isspace()


def csv_bytes(frame: pd.DataFrame, float_format: str | None = None, index: bool = False) -> bytes:
    """A table as CSV, as above."""
    safe = frame.reset_index() if index else frame
    texts = {
        at: safe.iloc[:, at].map(escaped)
        for at, kind in enumerate(safe.dtypes)
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind))
    }
    columns = [texts.get(at, safe.iloc[:, at]) for at in range(safe.shape[1])]
    whole = pd.concat(columns, axis=1) if columns else safe
    header = [escaped(str(name)) for name in safe.columns]
    text = whole.to_csv(index=False, header=header, float_format=float_format, lineterminator="\n")
    return text.encode("utf-8-sig")
