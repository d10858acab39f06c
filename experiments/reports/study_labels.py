"""What outcomes, axes and cells of a study are called in its figures."""

from __future__ import annotations

from experiments.pictures import sweep_plots
from experiments.pictures.amounts import amount
from experiments.pictures.words import unit_name, worded
from experiments.sweeps.design import Axis, Study
from sim.metrics import BY_NAME


def outcome_name(outcome: str, lang: str) -> str:
    """What an outcome is called."""
    return BY_NAME[outcome].zh if lang == "zh" else BY_NAME[outcome].en


def outcome_unit(outcome: str, lang: str = "en") -> str:
    """The unit of an outcome in brackets."""
    return f"[{unit_name(BY_NAME[outcome].unit, lang)}]"


def axis_title(axis: Axis, lang: str) -> str:
    """An axis of a study as an axis of a figure has it, with its unit."""
    return axis.text[lang] + (f" [{unit_name(axis.unit, lang)}]" if axis.unit else "")


def position_labels(axis: Axis, lang: str) -> list[str]:
    """The labels of an axis in words."""
    return [worded(label, lang, axis.keys == ("response",)) for label in axis.named(lang)]


def called(study: Study, cell: int, lang: str) -> str:
    """What the brand does in a cell, in words, numbers with their units."""
    aside = study.beside_of(cell)
    if aside is not None:
        return worded(aside.text[lang], lang)
    told = []
    for axis, k in zip(study.axes, study.cells[cell], strict=True):
        if axis.is_lever:
            label, unit = position_labels(axis, lang)[k], unit_name(axis.unit, lang)
            shown = sweep_plots.are_numbers([label]) and axis.unit not in ("", "-")
            scale = axis.unit[:1].isdigit()  # "0-4" names a scale, not a unit
            if shown and axis.unit == "share":
                told.append(amount(float(label), "share", lang))
            else:
                told.append(f"{label} {unit}" if shown and not scale else label)
    return " · ".join(told)
