"""What the tables of a run look like to a type checker; nothing here is compiled or runs.

A record has its columns as attributes, all of them numbers. The columns themselves are declared in
`sim.state.tables` and `sim.state.scenario`; a name that is no column fails when a function that
uses it is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]  #: state at rest
Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint16]
Seed = int | np.uint64
Flags = npt.NDArray[np.uint8]
Signals = npt.NDArray[np.int32]  #: posts: author's row, signal, topic


class Record:
    """One row of a table: numbers by the names of its columns."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...
        def __setattr__(self, name: str, value: float) -> None: ...


class Constants(Record):
    """Parameters of a run per step (`sim.state.scenario.CONSTANTS`)."""

    if TYPE_CHECKING:
        memory_keep: Floats
        memory_weight: Floats


class World(Record):
    """What is not an agent (`sim.state.tables.WORLD`)."""


class Event(Record):
    """An event of the case (EVENT)."""


class Act(Record):
    """An act of the brand (ACT)."""


class Tag(Record):
    """A hashtag (TAG)."""


class Entry(Record):
    """A line of the log (LOG)."""


R = TypeVar("R", bound=Record)


class Table(Generic[R]):
    """Records in order."""

    if TYPE_CHECKING:
        shape: tuple[int, ...]

        def __getitem__(self, row: int) -> R: ...
