"""What a sweep asks: axes of levers, cells, and the worlds in which every cell is run.

A study is a YAML file in conf/study/ (or the user's own), or the sweep overrides on a command line.
Every cell is run in the same worlds with the same seeds (common random numbers).
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import yaml
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ValueType
from hydra.errors import HydraException
from scipy.stats import qmc

from experiments.pictures.meanings import key_name
from experiments.pictures.words import unit_name, value_name
from experiments.sweeps.running import refuse_before_work, refuse_snapshots
from sim.base.cells import LARGEST
from sim.base.choices import conf_dir, read_yaml
from sim.base.digest import digest_of
from sim.base.refusal import ConfigError, place
from sim.metrics import BY_NAME
from sim.playbook import Denial, Response, without_nothings
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import altered
from sim.settings.parameters import Parameters
from sim.settings.quotes import as_one, is_path
from sim.settings.worlds import DESIGN_SEED, n_runs_of

#: Settings that say where, how often and how to run: no axis of a comparison.
NO_AXIS = ("results", "n_replicates", "seed", "format", "lang", "engine", "snapshots",
           "uncertainty", "posterior")  # fmt: skip
MOST_CELLS = 10_000
STUDY_KEYS = (
    "name", "question", "sentence", "setting", "axes", "reference", "outcomes", "rivals",
    "n_rival", "n_confirm", "thresholds", "beside",
)  # fmt: skip
AXIS_KEYS = ("name", "text", "unit", "keys", "values", "labels", "labels_zh", "sobol")
BESIDE_KEYS = ("name", "text", "setting")
#: What is expected of a study that does not say: nothing.
NO_SENTENCE = {"en": "Nothing was expected beforehand.", "zh": "事先没有预期。"}


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

    @property
    def is_lever(self) -> bool:
        """Whether the brand chooses along it; else it is an assumption: a condition of the rest."""
        return all(key.partition(".")[0] == "response" for key in self.keys)

    def named(self, lang: str) -> tuple[str, ...]:
        """Its labels in a language."""
        known = len(self.labels_zh) == len(self.labels)
        return self.labels_zh if lang == "zh" and known else self.labels


@dataclass(frozen=True)
class Beside:
    """An answer that has no place on the lever axes (silence has no hour): run beside the grid."""

    name: str
    text: Mapping[str, str]
    setting: tuple[str, ...]  #: overrides that hold in it alone


@dataclass(frozen=True)
class Point:
    """A design point: a cell in one of the blocks of a study."""

    block: str  #: main, confirm, or the name of a rival structure
    cell: int
    config: Config


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
            aside.text[lang]
            if aside
            else " · ".join(
                axis.named(lang)[k]
                for axis, k in zip(self.axes, self.cells[cell], strict=True)
                if axis.is_lever
            )
        )

    def condition(self, at: tuple[int, ...], lang: str = "en") -> str:
        """A condition in words: each assumption, and where it stands."""
        told = []
        for k, position in zip(self.conditions, at, strict=True):
            axis = self.axes[k]
            scale = not axis.unit or axis.unit[0].isdigit()  # "0-4" names a scale, not a unit
            unit = "" if scale else f" {unit_name(axis.unit, lang)}"
            name = axis.name.rpartition(".")[2] if axis.keys == (axis.name,) else axis.text[lang]
            told.append(f"{name} = {axis.named(lang)[position]}{unit}")
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
        parts = [aside.text[lang]] if aside else []
        for k in range(len(self.axes)):
            if not aside or not self.axes[k].is_lever:
                parts.append(self.label_on(cell, k, lang))
        return " · ".join(parts) or "-"

    def label_on(self, cell: int, axis: int, lang: str = "en") -> str:
        """The label of a cell on an axis; of an answer beside the grid, its own name."""
        labels, k = self.axes[axis].named(lang), self.cells[cell][axis]
        return labels[k] if k < len(labels) else self.beside[k - len(labels)].text[lang]

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


# --- from a file --------------------------------------------------------------------------------


def shipped_studies() -> list[str]:
    """Names of the studies in conf/study/."""
    return sorted(path.stem for path in (conf_dir() / "study").glob("*.yaml"))


def read_study(name: str) -> Study:
    """A study by name, or from a YAML file. Raises ConfigError for what is wrong with it."""
    own = name.lower().endswith((".yaml", ".yml"))
    path = place("study", name) if own else conf_dir() / "study" / f"{name}.yaml"
    if not path.is_file():
        close = difflib.get_close_matches(name, shipped_studies(), n=1, cutoff=0.3)
        hint = f"study={(close or shipped_studies())[0]}"
        raise ConfigError("study", name, "no such study", ", ".join(shipped_studies()), hint)
    try:
        raw = read_yaml(path)
    except (yaml.YAMLError, OSError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        what = getattr(problem, "problem", None) or str(problem).splitlines()[0]
        raise _wrong(name, "", f"{what}{where}", "YAML", "see conf/study/") from None
    if not isinstance(raw, dict):
        raise _wrong(name, "", "holds no study", ", ".join(STUDY_KEYS), "see conf/study/smoke.yaml")
    for key in raw:
        if key not in STUDY_KEYS:
            raise _wrong(name, key, "no such key", ", ".join(STUDY_KEYS), _near(key, STUDY_KEYS))
    axes = tuple(_axis(name, node) for node in _list(name, "axes", raw.get("axes")))
    if not axes:
        raise _wrong(name, "axes", "nothing is varied", "one axis or more", "axes: [...]")
    _distinct(name, axes)
    return Study(
        name=str(raw.get("name") or path.stem),
        question=_texts(name, "question", raw.get("question")),
        sentence=_texts(name, "sentence", raw.get("sentence") or NO_SENTENCE),
        setting=_words(name, "setting", raw.get("setting")),
        axes=axes,
        reference=_reference(name, axes, _mapping(name, "reference", raw.get("reference"))),
        outcomes=_ranked(
            name, _outcomes(name, _words(name, "outcomes", raw.get("outcomes")) or DEFAULT_OUTCOMES)
        ),
        rivals={
            str(k): _rival(name, str(k), v)
            for k, v in _mapping(name, "rivals", raw.get("rivals")).items()
        },
        n_rival=_whole(name, "n_rival", raw.get("n_rival", 0)),
        n_confirm=_whole(name, "n_confirm", raw.get("n_confirm", 0)),
        thresholds=_thresholds(name, _mapping(name, "thresholds", raw.get("thresholds"))),
        beside=tuple(_beside(name, node) for node in _list(name, "beside", raw.get("beside"))),
    )


#: What a report card shows when a study does not choose (MODEL 5).
DEFAULT_OUTCOMES = (
    "outrage_burden_core", "time_to_half_h", "public_reach", "governance_share", "trust_core_d7",
    "trust_core_d14", "declared_core", "exited", "car_0_3", "cash_hkd", "legal_hkd", "morale",
)  # fmt: skip


def _wrong(study: str, key: str, reason: str, allowed: str, hint: str) -> ConfigError:
    return ConfigError(f"study.{key}".rstrip("."), study, reason, allowed, hint)


def _near(word: str, known: Sequence[str]) -> str:
    return (difflib.get_close_matches(str(word), known, n=1, cutoff=0.3) or [known[0]])[0]


def _list(study: str, key: str, node: Any) -> list[Any]:
    """A list; nothing is an empty one."""
    if node is None or isinstance(node, list):
        return node or []
    raise _wrong(study, key, f"{node!r} is no list", f"{key}: [...]", "see conf/study/smoke.yaml")


def _words(study: str, key: str, node: Any) -> tuple[str, ...]:
    """A list of words."""
    words = _list(study, key, node)
    for word in words:
        if not isinstance(word, str | int | float):
            raise _wrong(study, key, f"{word!r} is no word", f"{key}: [WORD, ...]",
                         "see conf/study/smoke.yaml")  # fmt: skip
    return tuple(word if isinstance(word, str) else word_of(word) for word in words)


def _rival(study: str, name: str, node: Any) -> tuple[str, ...]:
    words = _words(study, f"rivals.{name}", node)
    if not words:
        reason, hint = "a structure that changes nothing", "[mechanisms.mocking=false]"
        raise _wrong(study, f"rivals.{name}", reason, "[KEY=VALUE, ...]", f"{name}: {hint}")
    return words


def _mapping(study: str, key: str, node: Any) -> Mapping[str, Any]:
    """A mapping; nothing is an empty one."""
    if node is None or isinstance(node, Mapping):
        return node or {}
    raise _wrong(study, key, f"{node!r} is no mapping", f"{key}: {{NAME: ...}}",
                 "see conf/study/smoke.yaml")  # fmt: skip


def _texts(study: str, key: str, node: Any) -> dict[str, str]:
    """A text in both languages; one that is given in one language stands in both."""
    given: Mapping[str, Any] = (
        {"en": node} if isinstance(node, str) else node if isinstance(node, Mapping) else {}
    )
    odd = [str(lang) for lang in given if lang not in ("en", "zh")]
    said = {lang: str(given.get(lang) or "").strip() for lang in ("en", "zh")}
    if odd or not any(said.values()):
        reason = f"no such language: {', '.join(odd)}" if odd else "says nothing"
        raise _wrong(study, key, reason, "{en: ..., zh: ...}, or one of them: it stands in both",
                     f'{key}: {{en: "..."}}')  # fmt: skip
    return {lang: said[lang] or said["en"] or said["zh"] for lang in ("en", "zh")}


def _whole(study: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise _wrong(study, key, f"{value!r} is no number of worlds", "0 to 100,000", f"{key}: 100")
    return value


def _axis(study: str, node: Any) -> Axis:
    if not isinstance(node, Mapping):
        raise _wrong(study, "axes", f"{node!r} is no axis", ", ".join(AXIS_KEYS), "see conf/study/")
    for key in node:
        if key not in AXIS_KEYS:
            raise _wrong(
                study, f"axes.{key}", "no such key", ", ".join(AXIS_KEYS), _near(key, AXIS_KEYS)
            )
    name = str(node.get("name") or "")
    keys = _words(study, f"axes.{name}.keys", node.get("keys"))
    rows = _list(study, f"axes.{name}.values", node.get("values"))
    if "sobol" in node:
        rows = _saltelli(study, name, keys, node["sobol"])
    values = tuple(tuple(row) if isinstance(row, list) else (row,) for row in rows)
    if not name or not keys or not values:
        raise _wrong(
            study, f"axes.{name}", "an empty axis", "name, keys and values", "see conf/study/"
        )
    for row in values:
        if len(row) != len(keys):
            reason = f"{list(row)} does not give a value to each of {len(keys)} keys"
            raise _wrong(study, f"axes.{name}", reason, ", ".join(keys), "one value a key")
    usual = map(str, range(len(values))) if "sobol" in node else (word_of(row[0]) for row in values)
    labels = _words(study, f"axes.{name}.labels", node.get("labels")) or tuple(usual)
    if len(labels) != len(values) or len(set(labels)) != len(labels):
        reason = f"{len(labels)} labels, {len(values)} values, or a label twice"
        raise _wrong(study, f"axes.{name}.labels", reason, "one label a value", "labels: [...]")
    labels_zh = _words(study, f"axes.{name}.labels_zh", node.get("labels_zh"))
    if labels_zh and (len(labels_zh) != len(values) or len(set(labels_zh)) != len(labels_zh)):
        reason = f"{len(labels_zh)} labels, {len(values)} values, or a label twice"
        raise _wrong(
            study, f"axes.{name}.labels_zh", reason, "one label a value", "labels_zh: [...]"
        )
    text = _texts(study, f"axes.{name}.text", node.get("text"))
    unit = str(node.get("unit") or "")
    return Axis(name, text, unit, keys, values, labels, labels_zh)


def _beside(study: str, node: Any) -> Beside:
    if not isinstance(node, Mapping):
        raise _wrong(
            study, "beside", f"{node!r} is no answer", ", ".join(BESIDE_KEYS), "see conf/study/"
        )
    for key in node:
        if key not in BESIDE_KEYS:
            raise _wrong(
                study,
                f"beside.{key}",
                "no such key",
                ", ".join(BESIDE_KEYS),
                _near(key, BESIDE_KEYS),
            )
    name = str(node.get("name") or "")
    setting = _words(study, f"beside.{name}.setting", node.get("setting"))
    if not name or not any(word.startswith("response=") for word in setting):
        raise _wrong(
            study, f"beside.{name}", "an answer needs a name and a response",
            "name, text, setting with response=", "setting: [response=none]",
        )  # fmt: skip
    return Beside(name, _texts(study, f"beside.{name}.text", node.get("text")), setting)


def free_name(axis: str, taken: Collection[str]) -> str:
    """An axis as a column of a table: `axis.NAME` where another column has its name."""
    while axis in taken:
        axis = f"axis.{axis}"
    return axis


def _distinct(study: str, axes: Sequence[Axis]) -> None:
    """Refuse two axes of one name, and a key that two axes set: one of them would do nothing."""
    for k, axis in enumerate(axes):
        for other in axes[:k]:
            if axis.name == other.name:
                raise _wrong(study, f"axes.{axis.name}", "two axes are called so",
                             "a name of its own for each", f"name: {axis.name}_2")  # fmt: skip
            for key in axis.keys:
                if key in other.keys:
                    reason = f"set by the axis {other.name}, and again by {axis.name}"
                    raise _wrong(study, key, reason, "each key on one axis",
                                 f"one axis whose keys are {', '.join(other.keys)}")  # fmt: skip


def _saltelli(study: str, name: str, keys: Sequence[str], n: Any) -> list[list[float]]:
    """Saltelli's design for Sobol indices over the priors of some parameters: n (D + 2) rows.

    In SALib's order: for each k, A_k, then A_k with one column of B_k at a time, then B_k.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 2 or n & (n - 1):
        raise _wrong(
            study, f"axes.{name}.sobol", f"{n!r} is no power of two", "64, 128, ...", "sobol: 64"
        )
    priors = {f"parameters.{item.name}": item.metadata["prior"] for item in fields(Parameters)}
    known = {key: prior for key, prior in priors.items() if prior[0] < prior[1]}
    for key in keys:
        if key not in known:
            why = "no parameter" if key not in priors else "a parameter that is never drawn"
            raise _wrong(
                study, f"axes.{name}.keys", f"{key}: {why}", "parameters.NAME with a prior",
                _near(key, list(known)),
            )  # fmt: skip
    low, high = np.array([known[key] for key in keys]).T
    size = len(keys)
    both = qmc.Sobol(2 * size, scramble=True, rng=np.random.default_rng(DESIGN_SEED)).random(n)
    rows = []
    for a, b in zip(both[:, :size], both[:, size:], strict=True):
        rows.append(a)
        for column in range(size):
            mixed = a.copy()
            mixed[column] = b[column]
            rows.append(mixed)
        rows.append(b)
    return [[float(x) for x in low + row * (high - low)] for row in rows]


def _reference(study: str, axes: Sequence[Axis], node: Mapping[str, Any]) -> tuple[int, ...]:
    at = []
    known = [axis.name for axis in axes]
    for name in node:
        if name not in known:
            raise _wrong(study, f"reference.{name}", "no axis is called so", ", ".join(known),
                         f"{_near(name, known)}: ...")  # fmt: skip
    for axis in axes:
        label = str(node.get(axis.name, axis.labels[0]))
        if label not in axis.labels:
            raise _wrong(
                study, f"reference.{axis.name}", f"{label} is no label of this axis",
                ", ".join(axis.labels), f"{axis.name}: {axis.labels[0]}",
            )  # fmt: skip
        at.append(axis.labels.index(label))
    return tuple(at)


def _outcomes(study: str, names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if name not in BY_NAME:
            close = _near(name, list(BY_NAME))
            raise _wrong(study, "outcomes", f"{name}: no such outcome", ", ".join(BY_NAME), close)
    return tuple(names)


def _ranked(study: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The outcomes; the first ranks the cells, and has to have a better side."""
    if BY_NAME[names[0]].better == "none":
        with_side = [name for name in names if BY_NAME[name].better != "none"]
        raise _wrong(study, "outcomes", f"{names[0]}: neither more nor less of it is better, and "
                     "the first outcome ranks the cells", "an outcome with a direction first",
                     f"outcomes: [{(with_side or ['outrage_burden_core'])[0]}, ...]")  # fmt: skip
    return names


def _thresholds(study: str, node: Mapping[str, Any]) -> dict[str, float]:
    _outcomes(study, list(node))
    for name, value in node.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and abs(value) <= LARGEST):
            raise _wrong(study, f"thresholds.{name}", f"{value!r} is no number", "a number", "0.85")
        if BY_NAME[name].better == "none":
            raise _wrong(study, f"thresholds.{name}", "neither more nor less of it is better",
                         "outcomes with a direction", "see backlash run")  # fmt: skip
    return {name: float(value) for name, value in node.items()}


# --- from a command line --------------------------------------------------------------------------


def study_of(words: Sequence[str]) -> tuple[Study, list[str]]:
    """The study that a command line asks for, and the plain overrides that hold in every cell.

    Sweep overrides (a=1,2,3, a=range(0,5), a=choice(x,y), any Hydra syntax) become axes; one on a
    key that an axis of the named study sets alone takes that axis's place.
    """
    named = [word.partition("=")[2] for word in words if word.startswith("study=")]
    title = [word.partition("=")[2] for word in words if word.startswith("name=")]
    study = read_study(named[-1]) if named else None
    plain: list[str] = []
    swept: list[Axis] = []
    sizes: dict[str, Any] = {}
    for word in words:
        key, _, value = word.partition("=")
        if key in ("study", "name"):
            continue
        if key in ("n_rival", "n_confirm"):
            sizes[key] = _whole("sweep", key, yaml.safe_load(value))
            continue
        axis = _swept(word)
        if axis is None:
            plain.append(word)
        elif any(axis.keys == other.keys for other in swept):
            raise ConfigError(key, value, "is varied twice", "each key once", word)
        else:
            swept.append(axis)
    if study is None:
        if not swept:
            lists = [word for word in plain if re.fullmatch(r"[\w.]+=\[.*\]", word)]
            if lists:
                key, _, value = lists[0].partition("=")
                raise ConfigError(
                    key, value, "a list is one value; nothing is varied",
                    "values with commas between them, without brackets", f"{key}={value[1:-1]}",
                )  # fmt: skip
            compose([word for word in plain if not word.startswith("reference=")])  # or it says why
            raise ConfigError(
                "sweep", " ".join(words) or None, "nothing is varied",
                f"study={'|'.join(shipped_studies())}, or KEY=VALUE,VALUE,...",
                "backlash sweep response.apology.delay_h=1,8,24 n_replicates=20",
            )  # fmt: skip
        study = _unnamed(swept, plain)
    else:
        axes = {axis.keys: axis for axis in study.axes}
        axes.update({axis.keys: axis for axis in swept})
        study = replace(study, axes=tuple(axes.values()))
        study = replace(study, reference=_moved(study))
        _distinct(study.name, study.axes)
    study = replace(study, **sizes)
    if title:
        study = replace(study, name=title[-1])
    if not re.fullmatch(r"[A-Za-z0-9_\-]{1,80}", study.name):
        raise ConfigError(
            "name", study.name, "no name of a folder", "letters, digits, _ and -", "name=mine"
        )
    if len(study.cells) > MOST_CELLS:
        raise ConfigError(
            "sweep", len(study.cells), "too many cells", f"at most {MOST_CELLS:,}", "fewer values"
        )
    return study, plain


def _moved(study: Study) -> tuple[int, ...]:
    """The reference on axes that the command line has changed: the first value where it is new."""
    at = [*study.reference, *(0 for _ in study.axes)][: len(study.axes)]
    return tuple(min(k, len(axis.values) - 1) for k, axis in zip(at, study.axes, strict=True))


def _swept(word: str) -> Axis | None:
    """The axis that an override spans, or None if it sets one value."""
    key, _, value = word.partition("=")
    if (chosen := re.fullmatch(r"choice\(([^()]*)\)", value)) and "null" in chosen[1].split(","):
        word = f"{key}={chosen[1]}"  # Hydra's choice() knows no null, a plain list does
    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:
        return None  # composing says what is wrong with it
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
    try:
        batch = BasicSweeper.split_arguments([override], None)[0]
    except (HydraException, AssertionError, ValueError) as problem:
        raise ConfigError(
            key,
            word.partition("=")[2],
            str(problem).splitlines()[0],
            "a=1,2,3, a=range(0,5) or a=choice(x,y)",
            f"{key}=1,2,3",
        ) from None
    words = [item[0].partition("=")[2] for item in batch]
    if not words:
        raise ConfigError(
            key, word.partition("=")[2], "an empty axis", "one value or more", f"{key}=1,2,3"
        )
    values = tuple((yaml.safe_load(text),) for text in words)
    once = [k for k, a in enumerate(values) if a not in values[:k]]  # 2 and 2.0 are one value
    if len(once) < len(values):
        raise ConfigError(
            key, word.partition("=")[2], "a value stands twice", "each value once",
            f"{key}={','.join(words[k] for k in once)}",
        )  # fmt: skip
    text, unit = key_name(key)
    shown = tuple(value_name(key, word, "zh") for word in words)
    return Axis(
        key, text, unit, (key,), values, tuple(words), shown if shown != tuple(words) else ()
    )


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
    return Axis(key, {"en": key, "zh": key}, "", (key,), tuple((name,) for name in found), found)


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


# --- points -------------------------------------------------------------------------------------


def points_of(study: Study, plain: Sequence[str]) -> list[Point]:
    """The design points of a study: every cell, then every cell under each rival structure.

    Composes once for each combination of options (response=, case=, ...) and alters the settings
    for each cell. Raises ConfigError, naming the cell, before any work.
    """
    composed: dict[tuple[str, ...], Config] = {}
    groups = {path.name for path in conf_dir().iterdir() if path.is_dir()}

    def config_of(cell: int, more: Sequence[str] = ()) -> Config:
        changes, aside = study.changes(cell), study.beside_of(cell)
        options = tuple(f"{k}={word_of(v)}" for k, v in changes.items() if k in groups)
        if aside is None:
            words = (*study.setting, *options, *plain, *more)
        else:  # levers that hold in every cell of the grid are no part of another answer
            shared = without_response([*study.setting, *plain])
            words = (*shared, *options, *aside.setting, *more)
        try:
            if words not in composed:
                composed[words] = compose(words)
            rest = {k: v for k, v in changes.items() if k not in groups}
            config = altered(composed[words], rest)
            refuse_snapshots(config, "a sweep")
            refuse_before_work(config)
            return config
        except ConfigError as refusal:
            refusal.add_note(f"in cell {study.label(cell)}")
            raise

    points = [Point("main", cell, config_of(cell)) for cell in range(len(study.cells))]
    for rival, words in study.rivals.items():
        for cell in range(len(study.cells) if study.n_rival else 0):
            config = config_of(cell, words)
            n = min(study.n_rival, config.n_replicates)
            one_seed = replace(config.uncertainty, n_seeds=1)
            points.append(Point(rival, cell, replace(config, n_replicates=n, uncertainty=one_seed)))
    return points


def confirming(study: Study, points: Sequence[Point], leaders: Sequence[int]) -> list[Point]:
    """The leading cells and the reference once more, in fresh worlds with fresh seeds."""
    main = {point.cell: point.config for point in points if point.block == "main"}
    again = dict.fromkeys([*leaders, study.reference_cell])
    fresh = []
    for cell in again:
        config = main[cell]
        uncertainty = replace(
            config.uncertainty, first=config.uncertainty.first + config.n_replicates
        )
        fresh.append(
            Point(
                "confirm",
                cell,
                replace(
                    config,
                    seed=config.seed + n_runs_of(config),
                    n_replicates=study.n_confirm,
                    uncertainty=uncertainty,
                ),
            )
        )
    return fresh
