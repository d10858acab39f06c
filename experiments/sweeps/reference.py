"""The cell that a sweep's others are compared with, and what moves past what.

A study's file says its reference. A sweep from the command line is compared with what the brand
did: where that is no cell, it is added beside the grid. Which it is, and why, is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from experiments.pictures.meanings import act_named
from experiments.pictures.words import value_name
from experiments.sweeps.design import Axis, Beside, Point, Study, without_response, word_of
from experiments.sweeps.running import refuse_before_work
from sim.base.refusal import ConfigError
from sim.playbook.names import path_of
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import altered, typed

DOCUMENTED = "as_happened"  #: the response that the case file documents

Told = tuple[str, str]  #: a sentence in English and in Chinese

WHY: dict[str, Told] = {
    "file": ("as the study says", "按研究文件"),
    "given": ("as asked", "按命令指定"),
    "documented": ("what the brand did", "品牌的实际应对"),
    "added": ("what the brand did, added as a cell", "品牌的实际应对，另加为一格"),
    "usual": ("assumptions at their usual values", "各假定取常用值"),
    "first": (
        "the first cell: what the brand did is not known, or not possible under these settings",
        "首格：品牌的实际应对未知，或在此设置下不可行",
    ),
}


def with_reference(study: Study, plain: Sequence[str], asked: str | None) -> Study:
    """The study with its reference: as asked, as its file says, or what the brand did.

    asked : `reference=` of the command line: a label an axis, with commas between them, the name of
    an answer beside the grid, or as_happened. Raises ConfigError for a cell that is not there.
    """
    if asked is not None:
        if (at := _labelled(study, asked)) is not None:
            return replace(study, reference=at, chosen="given")
        if asked != DOCUMENTED:
            first = ",".join(axis.labels[0] for axis in study.axes)
            axes = "; ".join(f"{axis.name}: {', '.join(axis.labels)}" for axis in study.axes)
            raise ConfigError(
                "reference", asked, "no cell of this sweep",
                f"a label of each axis, in their order ({axes}), or {DOCUMENTED}",
                f"reference={first}",
            )  # fmt: skip
        found = _documented(study, plain, must=True)
        return replace(found, chosen="given" if found.chosen == "documented" else found.chosen)
    return study if study.chosen == "file" else _documented(study, plain)


def _labelled(study: Study, asked: str) -> tuple[int, ...] | None:
    """Positions of the cell that labels name; None if there is none."""
    for cell in range(len(study.cells)):
        aside = study.beside_of(cell)
        if asked in (study.label(cell), study.label(cell, "key")) or (
            aside and asked in (aside.name, study.choice(cell))
        ):
            return study.cells[cell]
    words = [word.strip() for word in asked.split(",")]
    if len(words) != len(study.axes):
        return None
    at = [_position(axis, word) for axis, word in zip(study.axes, words, strict=True)]
    return None if None in at else tuple(k for k in at if k is not None)


def _position(axis: Axis, word: str) -> int | None:
    """The position that a word names: a label, or a number that is its value."""
    if word in axis.labels:
        return axis.labels.index(word)
    value = yaml.safe_load(word) if word else None  # 8 is 8.0
    return _place(axis, (value,)) if not isinstance(value, str) else None


def _place(axis: Axis, values: Sequence[Any]) -> int | None:
    """The position on an axis that sets its keys to these values."""

    def as_set(row: Sequence[Any]) -> list[Any]:
        """Values as a config holds them: typed, so that 8 is 8.0."""
        return [v if "." not in k else typed(k, v) for k, v in zip(axis.keys, row, strict=True)]

    if len(values) != len(axis.keys):
        return None
    try:
        wanted = as_set(values)
    except ConfigError:
        return None
    return next((k for k, row in enumerate(axis.values) if as_set(row) == wanted), None)


def _documented(study: Study, plain: Sequence[str], must: bool = False) -> Study:
    """The study compared with what the brand did: a cell of it, or one that is added.

    must : refuse where that is not possible; else the first cell is the reference.
    """
    shared = without_response([*study.setting, *plain])
    at: list[int] = []
    try:
        usual = compose([*shared, f"response={DOCUMENTED}"])
        at = [0 if axis.is_lever else _usual(axis, usual) for axis in study.axes]
        if not any(axis.is_lever for axis in study.axes):
            return replace(study, reference=tuple(at), chosen="usual")
        happened = _happened(study, shared, at)
        refuse_before_work(happened)
    except ConfigError:
        if must:
            raise
        return replace(study, reference=tuple(at or study.reference), chosen="first")
    levers = [k for k, axis in enumerate(study.axes) if axis.is_lever]
    for k in levers:
        place = _place(study.axes[k], _values(study.axes[k], happened))
        at[k] = len(study.axes[k].values) if place is None else place
    if _is_cell(study, plain, at, happened):
        return replace(study, reference=tuple(at), chosen="documented")
    if [study.axes[k].keys for k in levers] == [("response",)]:
        return _longer(study, levers[0], at)
    return _with_beside(study, at, happened)


def _is_cell(study: Study, plain: Sequence[str], at: Sequence[int], happened: Config) -> bool:
    """Whether what happened is the cell at these positions: in every lever, not the swept alone."""
    if any(k >= len(axis.values) for axis, k in zip(study.axes, at, strict=True)):
        return False
    cell = study.cells.index(tuple(at))
    words = [*study.setting, *_options(study, at), *plain]
    rest = {k: v for k, v in study.changes(cell).items() if k != "response" and "." in k}
    own = altered(compose(words), rest).response
    return replace(own, name="") == replace(happened.response, name="")


def _longer(study: Study, j: int, at: Sequence[int]) -> Study:
    """The study with what happened as one more position of its axis of responses, the j-th axis."""
    axis, where = study.axes[j], list(at)
    zh = (axis.labels_zh or axis.labels) + (value_name("response", DOCUMENTED, "zh"),)
    longer = replace(axis, values=(*axis.values, (DOCUMENTED,)),
                     labels=(*axis.labels, DOCUMENTED), labels_zh=zh)  # fmt: skip
    where[j] = len(axis.values)
    axes = (*study.axes[:j], longer, *study.axes[j + 1 :])
    return replace(study, axes=axes, reference=tuple(where), chosen="added")


def _with_beside(study: Study, at: Sequence[int], happened: Config) -> Study:
    """The study with what happened as an answer beside the grid, and the cell nearest to it."""
    text = {"en": DOCUMENTED, "zh": value_name("response", DOCUMENTED, "zh")}
    added = Beside(DOCUMENTED, text, (f"response={DOCUMENTED}",))
    near = [_nearest(axis, happened) if axis.is_lever else k
            for axis, k in zip(study.axes, at, strict=True)]  # fmt: skip
    outside = [len(axis.values) + len(study.beside) if axis.is_lever else k
               for axis, k in zip(study.axes, at, strict=True)]  # fmt: skip
    return replace(
        study, beside=(*study.beside, added), reference=tuple(outside), near=tuple(near),
        chosen="added",
    )  # fmt: skip


def _options(study: Study, at: Sequence[int]) -> list[str]:
    """Choices (case=, response=, ...) that a cell of the grid makes."""
    pairs = (
        (key, value)
        for axis, k in zip(study.axes, at, strict=True)
        for key, value in zip(axis.keys, axis.values[k], strict=True)
    )
    return [f"{key}={word_of(value)}" for key, value in pairs if "." not in key]


def _happened(study: Study, shared: Sequence[str], at: Sequence[int]) -> Config:
    """What the brand did, under the assumptions of a cell."""
    chosen: list[str] = []
    rest: dict[str, Any] = {}
    for axis, k in zip(study.axes, at, strict=True):
        for key, value in zip(axis.keys, axis.values[k], strict=True):
            if not axis.is_lever and "." in key:
                rest[key] = value
            elif not axis.is_lever:
                chosen.append(f"{key}={word_of(value)}")
    return altered(compose([*shared, *chosen, f"response={DOCUMENTED}"]), rest)


def _values(axis: Axis, config: Config) -> list[Any]:
    """What a config sets along an axis."""
    return [_value(config, key) for key in axis.keys]


def _value(config: Config, key: str) -> Any:
    """What a config has at a key, as a command line would type it; None for an act it lacks."""
    if key == "case":
        return config.case.name
    found: Any = config
    for name in key.split("."):
        if isinstance(found, Mapping):  # an act with a name of its own, or none of this name
            found = (found if name in found else {name: {}})[name]
        else:
            found = getattr(found, name)
    if found == {}:
        return None
    if key in ("response", "uncertainty", "engine"):
        return found.name
    value = getattr(found, "value", found)  # a choice by its word
    return value if "." in key else "default"  # choices without a name of their own


def _usual(axis: Axis, config: Config) -> int:
    """Where an assumption stands when nobody sets it; the first position where it has none such."""
    return _place(axis, _values(axis, config)) or 0


def _nearest(axis: Axis, config: Config) -> int:
    """The position of a lever axis that is nearest to what a config sets along it."""
    wanted = _values(axis, config)
    if (place := _place(axis, wanted)) is not None:
        return place

    def off(row: Sequence[Any]) -> tuple[int, float]:
        """How many words differ, then how far the numbers are apart in all."""
        pairs = list(zip(row, wanted, strict=True))
        numbers = [abs(a - b) for a, b in pairs if _number(a) and _number(b)]
        return sum(a != b and not (_number(a) and _number(b)) for a, b in pairs), sum(numbers)

    return min(range(len(axis.values)), key=lambda k: off(axis.values[k]))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def reference_told(study: Study) -> Told:
    """Which cell the others are compared with, and why that one."""
    why = WHY[study.chosen]
    cell = study.reference_cell
    return f"{study.label(cell)} ({why[0]})", f"{study.label(cell, 'zh')}（{why[1]}）"


# --- what moves past what -------------------------------------------------------------------------


def passing(study: Study, points: Sequence[Point]) -> list[Told]:
    """Where an axis moves an act past another that stays: these cells answer another question.

    Acts are compared that the same moment starts the clock of; one that has an axis of its own is
    meant to be passed. The order in the reference counts, too.
    """
    main = {point.cell: point.config for point in points if point.block == "main"}
    swept = {key for axis in study.axes for key in axis.keys}
    acts = list(main[study.reference_cell].response.playbook)
    stay = [act for act in acts if f"{path_of(act)}.delay_h" not in swept]
    told = []
    for k, axis in enumerate(study.axes):
        for step in acts:
            if f"{path_of(step)}.delay_h" in axis.keys:
                pairs = [_passing(study, main, k, step, other) for other in stay]
                told += [one for one in pairs if one is not None]
    return told


def _passing(
    study: Study, main: Mapping[int, Config], k: int, step: str, other: str
) -> Told | None:
    """Where the k-th axis moves an act past another; None if it comes before, or after, in all."""
    order = {at[k]: _order(main[c], step, other) for c, at in enumerate(study.grid)}
    orders = {*order.values(), _order(main[study.reference_cell], step, other)}
    if not {1, -1} <= orders:
        return None
    axis = study.axes[k]
    late = [axis.labels[j] for j, o in sorted(order.items()) if o == 1]
    fixed = next(main[c] for c in range(len(study.grid)) if _order(main[c], step, other))
    at_h = fixed.response.playbook[other].delay_h
    assert at_h is not None  # an order was found
    return _passed(axis, step, other, at_h, late)


def _order(config: Config, step: str, other: str) -> int:
    """1 if an act comes after another, -1 before it, 0 if that is not to be said."""
    book = config.response.playbook
    if step not in book or other not in book:
        return 0
    one, two = book[step], book[other]
    clocks = [getattr(act, "trigger", None) for act in (one, two)]
    clocks = [getattr(clock, "value", "screenshot") for clock in clocks]
    if one.delay_h is None or two.delay_h is None or clocks[0] != clocks[1]:
        return 0
    return int(one.delay_h > two.delay_h) - int(one.delay_h < two.delay_h)


def _passed(axis: Axis, step: str, other: str, at_h: float, late: Sequence[str]) -> Told:
    """That along an axis an act comes after another, which stays at its hour, and where."""
    one, two = act_named(step), act_named(other)
    where, where_zh = ", ".join(late) or "no value", "、".join(late) or "任何取值都不"
    return (
        f"Along “{axis.text['en']}” the {one[0]} comes after the {two[0]} ({at_h:.3g} h), which "
        f"does not move with it, at: {where}. That is another question than moving both together.",
        f"沿“{axis.text['zh']}”，{two[1]}（{at_h:.3g} 小时）不随{one[1]}移动；{one[1]}晚于它："
        f"{where_zh}。这与整体移动应对是不同的问题。",
    )
