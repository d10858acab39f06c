"""Positions of an axis as people say them: "apology after 2 h" and not "2"."""

from __future__ import annotations

from experiments.pictures.amounts import amount
from experiments.pictures.meanings import act_named
from experiments.pictures.words import unit_name, worded


def position_said(keys: tuple[str, ...], text: str, label: str, unit: str, lang: str) -> str:
    """A position in words: keys that the axis sets, what it is called, and the value."""
    if keys == ("response",):
        return worded(label, lang, True)
    act, _, lever = _act_of(keys)
    if act and lever == "delay_h":
        return _when(act_named(act)[lang == "zh"], label, lang)
    if act and lever == "level":
        return _level(label, lang)
    value = _value(label, unit, lang)
    return f"{text}{value}" if lang == "zh" else f"{text} {value}"


def _act_of(keys: tuple[str, ...]) -> tuple[str, str, str]:
    """The act and the lever that a single key sets; empty for anything else."""
    group, _, rest = keys[0].partition(".")
    alone = group == "response" and len(keys) == 1
    return rest.removeprefix("acts.").partition(".") if alone else ("", "", "")


def _when(act: str, label: str, lang: str) -> str:
    """An act and its hour; null is never."""
    if label == "null":
        return f"无{act}" if lang == "zh" else f"no {act}"
    return f"{label}小时后{act}" if lang == "zh" else f"{act} after {label} h"


def _level(label: str, lang: str) -> str:
    """How high a penalty reaches."""
    if lang == "zh":
        return label if label == "不处罚" else f"处罚至{label}"
    word = label.replace("_", " ")
    return "nobody punished" if word == "none" else f"penalty up to {_article(word)} {word}"


def _article(word: str) -> str:
    return "the" if word == "chief executive" else "a"


def _value(label: str, unit: str, lang: str) -> str:
    """A value with its unit; a share as per cent; "0-4" names a scale, and no unit."""
    if not unit or unit[0].isdigit() or unit == "-":
        return label
    try:
        number = float(label)
    except ValueError:
        return label
    if unit == "share":
        return amount(number, unit, lang)
    return f"{label}{unit_name(unit, lang)}" if lang == "zh" else f"{label} {unit}"
