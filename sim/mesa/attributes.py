"""How an agent is a view of one row: its attributes lie in the columns of its model.

State is stored as float32 like the columnar engine's, and `agent.trust = x` followed by
`agent.trust` reads the stored value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from enum import Enum
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

import mesa

from sim.people import COLUMNS, range_of

if TYPE_CHECKING:
    from sim.people import Population


class Column:
    """An attribute that lives in a column: reads a float, stores a float32 (or an integer).

    What is written from outside a step must mean something: a value out of range is refused.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        (column,) = (column for column in COLUMNS if column.name == name)
        self.low, self.high = range_of(column)

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else agent.model.columns[self.name][agent.row]

    def __set__(self, agent: Any, value: float) -> None:
        """Write to the column. Raises ValueError outside a step for a value out of the column's
        range.
        """
        model = agent.model
        if not model.acting:
            _check(self.name, value, self.low, self.high)
        model.columns[self.name][agent.row] = value


class Flag:
    """A yes or no that lives in one bit of the column `flags`."""

    def __init__(self, bit: int) -> None:
        self.bit = bit

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        return self if agent is None else bool(agent.model.columns["flags"][agent.row] & self.bit)

    def __set__(self, agent: Any, value: bool) -> None:
        flags = agent.model.columns["flags"]
        flags[agent.row] = flags[agent.row] | self.bit if value else flags[agent.row] & ~self.bit


class Cell:
    """An attribute that lives in a row of opinion leaders or investors; what is written counts."""

    def __init__(self, table: str, high: float, kind: Callable[[Any], Any] = float) -> None:
        """table : of Population. high : the largest value, from 0. kind : of what is read."""
        self.table, self.high, self.kind = table, high, kind

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, agent: Any, owner: type | None = None) -> Any:
        if agent is None:
            return self
        column = getattr(getattr(agent.model.population, self.table), self.name)
        return self.kind(column[agent.row])

    def __set__(self, agent: Any, value: float) -> None:
        """Write to the row. Raises ValueError for what is no number from 0 to the largest."""
        _check(self.name, value, 0.0, self.high)
        getattr(getattr(agent.model.population, self.table), self.name)[agent.row] = value


def _check(name: str, value: Any, low: float, high: float) -> None:
    """Refuse what cannot be: a text, a NaN (which fails the comparison), a number outside."""
    number = isinstance(value, Real)
    if not (number and low <= value <= high):
        raise ValueError(
            f"{name} = {value!r}: outside what it can be\n"
            f"  allowed: {low:g} to {high:g}\n"
            f"  try:     agent.{name} = {high if number and value > high else low:g}"
        )


class _Ids:
    """Numbers of agents in each model, forgotten with the model: Mesa 3.3 keeps every model alive.

    (mesa issue 3179; a copy of a model goes on counting after the agents that it has.)
    """

    def __init__(self) -> None:
        self._next: WeakKeyDictionary[Any, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: Any) -> Iterator[int]:
        if model not in self._next:
            self._next[model] = itertools.count(len(model._agents) + 1)
        return self._next[model]


class Turn(Enum):
    """When in a step a kind of agent acts (`sim.mesa.model.BacklashModel.step`)."""

    people = 1
    leaders = 2  #: of the platform: before its heat and its list are counted
    team = 3
    market = 4  #: in session only


class Member(mesa.Agent):
    """Anybody of Backlash: made with the model, there to its end."""

    TABLE: ClassVar[str]  #: of sim.people.Population, with a row for each
    TURN: ClassVar[Turn]
    VERBS: ClassVar[tuple[str, ...]] = ("step",)  #: all do the first, then all the next
    SHUFFLED: ClassVar[bool] = False  #: in any order, so that nobody can rely on one

    _ids: ClassVar[Any] = _Ids()

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row  # position in every column of its kind, and the key of every draw

    @classmethod
    def rows(cls, population: Population) -> range:
        """Rows of all of this kind."""
        return range(len(getattr(population, cls.TABLE)[0]))
