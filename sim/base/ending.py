"""How work ends when somebody wants it to: Ctrl-C, `kill`, a terminal that closes.

A command that is asked to end says what is kept and how to go on, and exits with 128 plus the
number of the signal, however often it is asked.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # no SIGHUP on Windows
#: Signals that ask a command to end, where the system has them.
ASKING = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]

_asked: list[int] = []  #: the signals that came, in order
_leaving = threading.Event()  #: this process is on its way out


def asked_by() -> int:
    """The signal that asked this process to end; SIGINT if none did by name."""
    return _asked[0] if _asked else int(signal.SIGINT)


def _heeded() -> list[int]:
    """Signals that are not ignored: under nohup a closed terminal ends nothing."""
    return [one for one in ASKING if signal.getsignal(one) is not signal.SIG_IGN]


@contextmanager
def asked_to_end(lasting: bool) -> Iterator[None]:
    """Every signal that asks to end raises KeyboardInterrupt, until `leave` was called.

    lasting : for the rest of the process; else handlers are put back, as in a library or a test.
    Only the main thread can do this; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        _asked.append(number)
        if not _leaving.is_set():
            raise KeyboardInterrupt

    _asked.clear()
    _leaving.clear()
    before: dict[int, Any] = {one: signal.signal(one, end) for one in _heeded()}
    try:
        yield
    finally:
        if not lasting:
            for one, handler in before.items():
                signal.signal(one, handler)


def leave() -> None:
    """From here on nothing interrupts what is said on the way out."""
    _leaving.set()


@contextmanager
def flagged() -> Iterator[threading.Event]:
    """Requests to end as a flag that is looked at twice a second.

    An exception raised inside `concurrent.futures.wait` would leave the lock of a job held, and
    its worker waiting for it for ever.
    """
    flag = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return

    def note(number: int, frame: FrameType | None) -> None:
        _asked.append(number)
        flag.set()

    # what would end the process without a word is left to whoever runs this as a library
    ours = [
        one for one in _heeded()
        if one == signal.SIGINT or signal.getsignal(one) is not signal.SIG_DFL
    ]  # fmt: skip
    before: dict[int, Any] = {one: signal.signal(one, note) for one in ours}
    try:
        yield flag
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
