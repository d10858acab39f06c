"""A study from the words of a command line: its file, and what is swept beside or instead of it.

Hydra's own grammar decides what a sweep override is; here is what an axis may be, and the refusals
of what a comparison cannot vary.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, ValueType
from hydra.errors import HydraException

from experiments.pictures.meanings import key_name
from experiments.pictures.words import value_name
from experiments.sweeps import stop_rule
from experiments.sweeps.design import Axis, Study
from experiments.sweeps.stop_rule import with_stop
from experiments.sweeps.study_file import (
    DEFAULT_OUTCOMES,
    distinct,
    read_study,
    shipped_studies,
    whole_number,
)
from sim.base.choices import conf_dir
from sim.base.digest import digest_of
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.hints import no_interval
from sim.settings.keys import check_spelling
from sim.settings.quotes import as_one, is_path

#: Settings that say where, how often and how to run: no axis of a comparison.
NO_AXIS = ("results", "n_replicates", "seed", "format", "lang", "engine", "snapshots",
           "uncertainty", "posterior")  # fmt: skip


#: Settings of the sweep itself; the last three are taken off before (experiments.command.studies).
OWN = ("study", "name", "n_rival", "n_confirm", *stop_rule.WORDS, "reference", "shards", "replace")
MOST_CELLS = 10_000  #: of one study; a map of more cannot be read


def study_of(words: Sequence[str]) -> tuple[Study, list[str]]:
    """The study that a command line asks for, and the plain overrides that hold in every cell.

    Sweep overrides (a=1,2,3, a=range(0,5), a=choice(x,y), any Hydra syntax) become axes; one on a
    key that an axis of the named study sets alone takes that axis's place. Raises ConfigError where
    nothing is varied, or a key twice, and for a name or a number of cells that cannot be.
    """
    asked = _sorted_out(words)
    if asked.file is not None:
        study = _with_axes(read_study(asked.file), asked.swept)
    elif asked.swept:
        study = _unnamed(asked.swept, asked.plain)
    else:
        raise _nothing_varied(words, asked.plain)
    study = with_stop(replace(study, **asked.sizes), asked.stop)
    if asked.name is not None:
        study = replace(study, name=asked.name)
    _check_name_and_size(study)
    return study, asked.plain


@dataclass(frozen=True)
class _Asked:
    """The words of a command line by what they ask for."""

    file: str | None  #: study=
    name: str | None  #: name=
    sizes: dict[str, Any]  #: n_rival= and n_confirm=
    stop: dict[str, str]  #: precision= or decided=
    swept: list[Axis]
    plain: list[str]


def _sorted_out(words: Sequence[str]) -> _Asked:
    """Each word by what it asks for; of study= and name= the last one holds."""
    check_spelling(words, OWN)
    own: dict[str, str] = {}
    sizes: dict[str, Any] = {}
    stop: dict[str, str] = {}
    swept: list[Axis] = []
    plain: list[str] = []
    for word in words:
        key, _, value = word.partition("=")
        if key in ("study", "name"):
            own[key] = value
        elif key in ("n_rival", "n_confirm"):
            sizes[key] = whole_number("sweep", key, yaml.safe_load(value))
        elif key in stop_rule.WORDS:
            stop[key] = value
        elif (axis := _swept(word)) is None:
            plain.append(word)
        elif any(axis.keys == other.keys for other in swept):
            raise ConfigError(key, value, "is varied twice", "each key once", word)
        else:
            swept.append(axis)
    return _Asked(own.get("study"), own.get("name"), sizes, stop, swept, plain)


def _with_axes(study: Study, swept: Sequence[Axis]) -> Study:
    """A study of a file with axes of the command line: in the place of those of the same keys, or
    after them.
    """
    axes = {axis.keys: axis for axis in (*study.axes, *swept)}
    study = replace(study, axes=tuple(axes.values()))
    study = replace(study, reference=_moved(study))
    distinct(study.name, study.axes)
    return study


def _nothing_varied(words: Sequence[str], plain: Sequence[str]) -> ConfigError:
    """The refusal of a sweep without an axis: what may have been meant.

    Raises ConfigError of its own where a word is wrong by itself: that is the better thing to say.
    """
    lists = [word for word in plain if re.fullmatch(r"[\w.]+=\[.*\]", word)]
    if lists:
        key, _, value = lists[0].partition("=")
        return ConfigError(
            key, value, "a list is one value; nothing is varied",
            "values with commas between them, without brackets", f"{key}={value[1:-1]}",
        )  # fmt: skip
    compose([word for word in plain if not word.startswith("reference=")])
    return ConfigError(
        "sweep", " ".join(words) or None, "nothing is varied",
        f"study={'|'.join(shipped_studies())}, or KEY=VALUE,VALUE,...",
        "backlash sweep response.apology.delay_h=1,8,24 n_replicates=20",
    )  # fmt: skip


def _check_name_and_size(study: Study) -> None:
    """Refuse a name that is none of a folder on every system, and more than MOST_CELLS cells."""
    if not re.fullmatch(r"[A-Za-z0-9_\-]{1,80}", study.name):
        raise ConfigError(
            "name", study.name, "no name of a folder", "letters, digits, _ and -", "name=mine"
        )
    if len(study.cells) > MOST_CELLS:
        raise ConfigError(
            "sweep", len(study.cells), "too many cells", f"at most {MOST_CELLS:,}", "fewer values"
        )


def _moved(study: Study) -> tuple[int, ...]:
    """The reference on axes that the command line has changed: the first value where it is new."""
    at = [*study.reference, *(0 for _ in study.axes)][: len(study.axes)]
    return tuple(min(k, len(axis.values) - 1) for k, axis in zip(at, study.axes, strict=True))


def _swept(word: str) -> Axis | None:
    """The axis that an override spans, or None if it sets one value.

    None, too, for a word that Hydra cannot read: composing it says what is wrong. Raises
    ConfigError for a key that is no axis, and for values that are none, or twice the same.
    """
    key, _, value = word.partition("=")
    if (chosen := re.fullmatch(r"choice\(([^()]*)\)", value)) and "null" in chosen[1].split(","):
        word = f"{key}={chosen[1]}"  # Hydra's choice() knows no null, a plain list does
    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:
        return None
    if not override.is_sweep_override():
        return None
    if key.partition(".")[0] in NO_AXIS:
        folder = is_path(key)
        raise ConfigError(
            key, value, "is no lever or uncertainty, and is not swept",
            "one value; a name with a comma in quotes" if folder else "one value",
            as_one(key, value) if folder else f"{key}={value.split(',')[0]}",
        )  # fmt: skip
    if override.value_type is ValueType.GLOB_CHOICE_SWEEP:
        return _globbed(key, value, override.value())
    if override.is_interval_sweep():
        raise no_interval(key, value)
    return _axis_of(key, word.partition("=")[2], _split(key, word.partition("=")[2], override))


def _split(key: str, value: str, override: Override) -> list[str]:
    """The values of a sweep override as words, one or more: lists, ranges, intervals."""
    try:
        batch = BasicSweeper.split_arguments([override], None)[0]
    except (HydraException, AssertionError, ValueError) as problem:
        raise ConfigError(
            key, value, str(problem).splitlines()[0],
            "a=1,2,3, a=range(0,5) or a=choice(x,y)", f"{key}=1,2,3",
        ) from None  # fmt: skip
    words = [item[0].partition("=")[2] for item in batch]
    if not words:
        raise ConfigError(key, value, "an empty axis", "one value or more", f"{key}=1,2,3")
    return words


def _axis_of(key: str, value: str, words: Sequence[str]) -> Axis:
    """The axis of a key over values as typed; its labels are these words."""
    values = tuple((yaml.safe_load(text),) for text in words)
    once = [k for k, a in enumerate(values) if a not in values[:k]]  # 2 and 2.0 are one value
    if len(once) < len(values):
        raise ConfigError(
            key, value, "a value stands twice", "each value once",
            f"{key}={','.join(words[k] for k in once)}",
        )  # fmt: skip
    text, unit = key_name(key)
    labels, shown = tuple(words), tuple(value_name(key, word, "zh") for word in words)
    return Axis(key, text, unit, (key,), values, labels, shown if shown != labels else ())


def _globbed(key: str, value: str, pattern: Any) -> Axis:
    """The axis of all options of a choice that match a pattern: response=glob(*)."""
    folder = conf_dir() / key
    options = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
    found = tuple(pattern.filter(options))
    if not found:
        raise ConfigError(
            key, value,
            "no option matches" if options else "not a choice with options to match",
            ", ".join(options) or "glob(...) with a choice such as response", f"{key}=1,2,3"
            if not options else f"{key}={','.join(options[:2])}",
        )  # fmt: skip
    return _axis_of(key, value, found)


def _unnamed(axes: Sequence[Axis], plain: Sequence[str]) -> Study:
    """A study without a file: named by a digest of what does not vary and of the swept keys.

    Not by the values: a widened axis is the same study, with more cells.
    """
    base = [
        word for word in plain if not word.startswith(("results=", "format=", "lang=", "engine."))
    ]
    name = "sweep-" + digest_of([sorted(base), [axis.keys for axis in axes]])[:8]
    keys = ", ".join(axis.name for axis in axes)
    return Study(
        name=name,
        question={"en": f"What follows from {keys}?", "zh": f"{keys} 有何影响？"},
        sentence={"en": "", "zh": ""},
        setting=(),
        axes=tuple(axes),
        reference=tuple(0 for _ in axes),
        outcomes=DEFAULT_OUTCOMES,
        chosen="first",
    )
