"""The terminal: whatever is printed reaches it without a control sequence of somebody's file.

A case file is somebody's text. Printed as it is, it could move the cursor, colour the terminal, or
write over what stood there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sim.base.refusal import printable


class Printable:
    """A stream of text whose control characters are written out; all else is the stream's own.

    A carriage return passes: progress is shown with it, and it changes no more than its line.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text as a terminal may show it; returns the number of characters given, as a stream
        does.
        """
        self._stream.write("\r".join(map(printable, text.split("\r"))))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of some texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def printing() -> Iterator[None]:
    """Both streams of this process printable for a while; the streams of before come back
    afterwards.
    """
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Printable(before[0]), Printable(before[1])  # type: ignore[assignment]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
