"""What a sweep asks: axes of levers, cells, and the worlds in which every cell is run.

A study is a YAML file in conf/study/ (or the user's own), or the sweep overrides on a command line.
Every cell is run in the same worlds with the same seeds (common random numbers).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from experiments.pictures.said import position_said
from experiments.pictures.words import worded
from sim.playbook.kinds import Denial
from sim.playbook.lists import without_nothings
from sim.playbook.response import Response
from sim.settings.config import Config


@dataclass(frozen=True)
class Axis:
    """One thing that is varied: positions, each of which sets one or more keys."""

    name: str
    text: Mapping[str, str]
    unit: str
    keys: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    labels: tuple[str, ...]
    labels_zh: tuple[str, ...] = ()  #: in Chinese, where they are words
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: positions in a sentence

    @property
    def is_lever(self) -> bool:
        """Whether the brand chooses along it; else it is an assumption: a condition of the rest."""
        return all(key.partition(".")[0] == "response" for key in self.keys)

    def named(self, lang: str) -> tuple[str, ...]:
        """Its labels in a language; in `key`, as they are typed and stored."""
        if lang == "zh" and len(self.labels_zh) == len(self.labels):
            return self.labels_zh
        if lang == "key" or self.keys == ("response",):  # an answer is called as it is asked for
            return self.labels
        return tuple(label.replace("_", " ") for label in self.labels)

    def spoken(self, k: int, lang: str) -> str:
        """A position as people say it: as the study has it, else the axis with value and unit."""
        if k < len(self.said.get(lang, ())):
            return self.said[lang][k]
        return position_said(self.keys, self.text[lang], self.named(lang)[k], self.unit, lang)


@dataclass(frozen=True)
class Beside:
    """An answer that has no place on the lever axes (silence has no hour): run beside the grid."""

    name: str
    text: Mapping[str, str]
    setting: tuple[str, ...]  #: overrides that hold in it alone

    def named(self, lang: str) -> str:
        """Its name in a language; the English one is stored, too."""
        return self.text["zh" if lang == "zh" else "en"]


@dataclass(frozen=True)
class Point:
    """A design point: a cell in one of the blocks of a study."""

    block: str  #: main, confirm, or the name of a rival structure
    cell: int
    config: Config


@dataclass(frozen=True)
class Stop:
    """When a sweep has run enough worlds: one of two rules, looked at after every block of them."""

    outcome: str  #: by which it is judged
    half_width: float | None = None  #: every interval against the reference is as narrow as this
    decided: float | None = None  #: no answer can be better than the best one by more than this


@dataclass(frozen=True)
class Study:
    """Axes, what holds in every cell, and what is asked of the comparison."""

    name: str
    question: Mapping[str, str]
    sentence: Mapping[str, str]
    setting: tuple[str, ...]  #: overrides that hold in every cell
    axes: tuple[Axis, ...]
    reference: tuple[int, ...]  #: position on each axis of the cell that others are compared with
    outcomes: tuple[str, ...]  #: what is mapped; the first is what cells are ranked by
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  #: other structures
    n_rival: int = 0  #: worlds in which the rivals are run
    n_confirm: int = 0  #: fresh worlds in which the leading cells are run again
    thresholds: Mapping[str, float] = field(default_factory=dict)  #: what is good enough
    beside: tuple[Beside, ...] = ()  #: answers that no cell of the grid is
    chosen: str = "file"  #: why the reference is that one: a key of `reference.WHY`
    near: tuple[int, ...] = ()  #: the cell of the grid nearest to a reference beside it
    stop: Stop | None = None  #: when it has run enough worlds; None: when it has run all of them

    @cached_property
    def grid(self) -> list[tuple[int, ...]]:
        """Positions on the axes of every cell of the grid; the last axis runs fastest."""
        return list(itertools.product(*(range(len(axis.values)) for axis in self.axes)))

    @cached_property
    def cells(self) -> list[tuple[int, ...]]:
        """The grid, then each answer beside it under every condition.

        Such an answer stands behind the end of every lever axis: the first at the axis' length.
        """
        rest = [
            at
            for j in range(len(self.beside))
            for at in itertools.product(
                *((len(x.values) + j,) if x.is_lever else range(len(x.values)) for x in self.axes)
            )
        ]
        return [*self.grid, *rest]

    def beside_of(self, cell: int) -> Beside | None:
        """The answer beside the grid that a cell is; None for a cell of the grid."""
        for axis, k in zip(self.axes, self.cells[cell], strict=True):
            if k >= len(axis.values):
                return self.beside[k - len(axis.values)]
        return None

    @property
    def has_levers(self) -> bool:
        """Whether the cells differ in anything that the brand could choose."""
        return any(axis.is_lever for axis in self.axes) or bool(self.beside)

    @property
    def conditions(self) -> list[int]:
        """Numbers of the axes that are assumptions: they are no choice, and are not compared."""
        return [k for k, axis in enumerate(self.axes) if not axis.is_lever]

    def condition_of(self, cell: int) -> tuple[int, ...]:
        """Positions of a cell on the axes that are assumptions."""
        return tuple(self.cells[cell][k] for k in self.conditions)

    @cached_property
    def groups(self) -> dict[tuple[int, ...], list[int]]:
        """Cells by condition: what a brand could choose among, if that condition held."""
        found: dict[tuple[int, ...], list[int]] = {}
        for cell in range(len(self.cells)):
            found.setdefault(self.condition_of(cell), []).append(cell)
        return found

    @cached_property
    def references(self) -> list[int]:
        """For every cell, the reference answer under its own condition.

        Where nothing is a choice, the reference itself: differences say what assumptions move.
        """
        if not self.has_levers:
            return [self.reference_cell] * len(self.cells)
        place = {at: cell for cell, at in enumerate(self.cells)}
        return [
            place[
                tuple(
                    r if axis.is_lever else k
                    for axis, k, r in zip(self.axes, at, self.reference, strict=True)
                )
            ]
            for at in self.cells
        ]

    def choice(self, cell: int, lang: str = "en") -> str:
        """What the brand does in a cell, without the condition under which it does it."""
        aside = self.beside_of(cell)
        return (
            aside.named(lang)
            if aside
            else " · ".join(
                axis.named(lang)[k]
                for axis, k in zip(self.axes, self.cells[cell], strict=True)
                if axis.is_lever
            )
        )

    def spoken(self, cell: int, lang: str = "en", whole: bool = True) -> str:
        """A cell as people say it, for sentences: what the brand does, and under which condition.

        whole : with the condition; else the choice alone.
        """
        aside = self.beside_of(cell)
        parts = [worded(aside.named(lang), lang, True)] if aside else []
        for axis, k in zip(self.axes, self.cells[cell], strict=True):
            if (axis.is_lever and not aside) or (whole and not axis.is_lever):
                parts.append(axis.spoken(k, lang))
        return (", " if lang == "en" else "，").join(parts) or "-"

    def condition(self, at: tuple[int, ...], lang: str = "en") -> str:
        """A condition in words: each assumption, and where it stands."""
        told = [self.axes[k].spoken(p, lang) for k, p in zip(self.conditions, at, strict=True)]
        return (", " if lang == "en" else "，").join(told)

    @property
    def through(self) -> tuple[int, ...]:
        """Where curves cross: the reference, or the cell of the grid nearest to it."""
        return self.near or self.reference

    @property
    def reference_cell(self) -> int:
        """Number of the reference cell."""
        return self.cells.index(self.reference)

    def label(self, cell: int, lang: str = "en") -> str:
        """What a cell is called: its labels, one an axis; beside the grid, the answer's name."""
        aside = self.beside_of(cell)
        parts = [aside.named(lang)] if aside else []
        for k in range(len(self.axes)):
            if not aside or not self.axes[k].is_lever:
                parts.append(self.label_on(cell, k, lang))
        return " · ".join(parts) or "-"

    def label_on(self, cell: int, axis: int, lang: str = "en") -> str:
        """The label of a cell on an axis; of an answer beside the grid, its own name."""
        labels, k = self.axes[axis].named(lang), self.cells[cell][axis]
        return labels[k] if k < len(labels) else self.beside[k - len(labels)].named(lang)

    def changes(self, cell: int) -> dict[str, Any]:
        """Keys that a cell sets along the axes, and their values; of a step of nothing, none."""
        found: dict[str, Any] = {}
        for axis, k in zip(self.axes, self.cells[cell], strict=True):
            if k < len(axis.values):
                found.update(zip(axis.keys, axis.values[k], strict=True))
        return without_nothings(found)

    def overrides(self, cell: int) -> list[str]:
        """The words of `backlash run` that give this cell."""
        aside = self.beside_of(cell)
        own = without_response(self.setting) + list(aside.setting) if aside else self.setting
        return [*own, *(f"{k}={word_of(v)}" for k, v in self.changes(cell).items())]


def without_response(words: Sequence[str]) -> list[str]:
    """Overrides without those of an answer, which one beside the grid replaces altogether."""
    return [w for w in words if w.partition("=")[0].partition(".")[0] != "response"]


def word_of(value: Any) -> str:
    """A value as a command line writes it."""
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )


def free_name(axis: str, taken: Collection[str]) -> str:
    """An axis as a column of a table: `axis.NAME` where another column has its name."""
    while axis in taken:
        axis = f"axis.{axis}"
    return axis


def flattered(response: Response) -> bool:
    """Whether a response says nothing, denies, or speaks first after more than a day.

    What `words.ON_SILENCE` is about.
    """
    coming = [act for act in response.playbook.values() if act.delay_h is not None]
    answers = [act.delay_h for act in coming if act.SPOKEN and not isinstance(act, Denial)]
    denied = any(isinstance(act, Denial) for act in coming)
    return denied or not answers or min(hours for hours in answers if hours is not None) > LATE_H


#: From when on an answer is late, hours.
LATE_H = 24.0
