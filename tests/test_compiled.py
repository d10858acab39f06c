"""Rules, parts and entries: how functions are compiled, and what may come in between."""

from __future__ import annotations

import shutil
import signal
import tempfile
import threading

import llvmlite.binding.executionengine as engine
import numpy as np
import pytest
from numba.core import config

from sim.base import compiling
from sim.base.compiled import entry, part, rule

#: What is compiled here is new each time: what an earlier run kept would be read and not compiled.
USUAL, config.CACHE_DIR = config.CACHE_DIR, tempfile.mkdtemp(prefix="backlash-compiled-")


@rule
def doubled(x: float) -> float:
    """A formula with two ends."""
    if x < 0.0:
        return 0.0
    return 2.0 * x


@part
def filled(column, place: int, value: float) -> None:
    """A function that only compiled functions call."""
    column[place] = doubled(value)


@entry
def both(column) -> None:
    """Calls the part with constants of three types."""
    filled(column, 0, 1)
    filled(column, 1, 2.5)
    filled(column, True, -1.0)
    filled(column, 2, column[0])


NEW, config.CACHE_DIR = config.CACHE_DIR, USUAL


@pytest.fixture(scope="module", autouse=True)
def swept():
    """Nothing stays behind."""
    yield
    shutil.rmtree(NEW, ignore_errors=True)


def test_numbers_are_taken_as_they_are_declared():
    column = np.zeros(3)
    both(column)
    assert column.tolist() == [2.0, 0.0, 4.0]
    assert len(filled._inside) == 1 and not filled.signatures, "compiled once, and not for Python"
    plain = np.zeros(3)
    filled(plain, 1, 3)
    assert plain.tolist() == [0.0, 6.0, 0.0], "Python may call it all the same"


class TooLate(Exception):
    """What a time limit raises."""


def late():
    """An entry that no process has met; the second one reads what the first one kept."""

    @entry
    def later(x):
        return x + 1.0

    return later


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="no such signal here")
@pytest.mark.parametrize("kept", [False, True], ids=["compiled", "read"])
def test_a_time_limit_while_code_is_handed_over_is_a_time_limit(kept, monkeypatch, tmp_path):
    """LLVM hands code over in a call back into Python, which would swallow it.

    The code would be lost; when it is read from disk the process would die of it.
    """
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    if kept:
        late()(1.0)
    met = late()

    def ends(*_):
        raise TooLate

    def interrupted(self, data):
        signal.raise_signal(signal.SIGALRM)
        return given(self, data)

    given = engine.ExecutionEngine._find_module_ptr
    before = signal.signal(signal.SIGALRM, ends)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(engine.ExecutionEngine, "_find_module_ptr", interrupted)
            with pytest.raises(TooLate):
                met(1.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert met(1.0) == 2.0


def test_one_process_compiles_and_the_others_wait(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    done = threading.Event()

    def compile_it():
        with compiling.alone(both.py_func):
            done.set()

    with open(tmp_path / f"{__name__}.both.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        other = threading.Thread(target=compile_it)
        other.start()
        assert not done.wait(0.1)
        fcntl.flock(file, fcntl.LOCK_UN)
    other.join(5)
    assert done.is_set()
