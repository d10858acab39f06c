"""A study from its YAML file: read, checked key by key, and refused in words.

Every key that is written is used or refused: a misspelt one would leave its default in force
without a word.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import yaml

from experiments.sweeps.design import Axis, Beside, Study, word_of
from experiments.sweeps.stop_rule import stop_in
from sim.base.cells import LARGEST
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError, place
from sim.metrics import BY_NAME
from sim.settings.parameters import Parameters
from sim.settings.prior import DESIGN_SEED

STUDY_KEYS = (
    "name", "question", "sentence", "setting", "axes", "reference", "outcomes", "rivals",
    "n_rival", "n_confirm", "thresholds", "beside", "stop",
)  # fmt: skip


AXIS_KEYS = ("name", "text", "unit", "keys", "values", "labels", "labels_zh", "said", "sobol")


BESIDE_KEYS = ("name", "text", "setting")


#: What is expected of a study that does not say: nothing.
NO_SENTENCE = {"en": "Nothing was expected beforehand.", "zh": "事先没有预期。"}


def shipped_studies() -> list[str]:
    """Names of the studies in conf/study/."""
    return sorted(path.stem for path in (conf_dir() / "study").glob("*.yaml"))


def read_study(name: str) -> Study:
    """A study by name, or from a YAML file. Raises ConfigError for what is wrong with it."""
    raw, stem = _read(name)
    for key in raw:
        if key not in STUDY_KEYS:
            raise _wrong(name, key, "no such key", ", ".join(STUDY_KEYS), _near(key, STUDY_KEYS))
    axes = tuple(_axis(name, node) for node in _list(name, "axes", raw.get("axes")))
    if not axes:
        raise _wrong(name, "axes", "nothing is varied", "one axis or more", "axes: [...]")
    distinct(name, axes)
    outcomes = _words(name, "outcomes", raw.get("outcomes")) or DEFAULT_OUTCOMES
    rivals = _mapping(name, "rivals", raw.get("rivals"))
    ranked = _ranked(name, _outcomes(name, outcomes))
    stop, most = stop_in(raw.get("stop"), ranked[0])
    return Study(
        name=str(raw.get("name") or stem),
        question=_texts(name, "question", raw.get("question")),
        sentence=_texts(name, "sentence", raw.get("sentence") or NO_SENTENCE),
        setting=(*_words(name, "setting", raw.get("setting")), *most),
        axes=axes,
        reference=_reference(name, axes, _mapping(name, "reference", raw.get("reference"))),
        outcomes=ranked,
        rivals={str(rival): _rival(name, str(rival), node) for rival, node in rivals.items()},
        n_rival=whole_number(name, "n_rival", raw.get("n_rival", 0)),
        n_confirm=whole_number(name, "n_confirm", raw.get("n_confirm", 0)),
        thresholds=_thresholds(name, _mapping(name, "thresholds", raw.get("thresholds"))),
        beside=tuple(_beside(name, node) for node in _list(name, "beside", raw.get("beside"))),
        stop=stop,
    )


def _read(name: str) -> tuple[Mapping[str, Any], str]:
    """What a study's file holds, unchecked, and the name that it has without one of its own."""
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
    return raw, path.stem


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
    """The overrides of a rival structure, one or more."""
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


def whole_number(study: str, key: str, value: Any) -> int:
    """A number of worlds, 0 to 100,000. Raises ConfigError for anything else; true is no 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
        raise _wrong(study, key, f"{value!r} is no number of worlds", "0 to 100,000", f"{key}: 100")
    return value


def _axis(study: str, node: Any) -> Axis:
    """An axis of a file: its positions, from a list of values or as a Saltelli design."""
    _check_keys(study, "axes", node, AXIS_KEYS, "axis")
    name = str(node.get("name") or "")
    at = f"axes.{name}"
    keys = _words(study, f"{at}.keys", node.get("keys"))
    values = _values(study, name, keys, node)
    usual = map(str, range(len(values))) if "sobol" in node else (word_of(row[0]) for row in values)
    labels = _words(study, f"{at}.labels", node.get("labels")) or tuple(usual)
    _check_labels(study, f"{at}.labels", labels, len(values))
    labels_zh = _words(study, f"{at}.labels_zh", node.get("labels_zh"))
    if labels_zh:
        _check_labels(study, f"{at}.labels_zh", labels_zh, len(values))
    text = _texts(study, f"{at}.text", node.get("text"))
    said = _said(study, at, node.get("said"), labels, labels_zh)
    return Axis(name, text, str(node.get("unit") or ""), keys, values, labels, labels_zh, said)


def _said(
    study: str, at: str, node: Any, labels: Sequence[str], labels_zh: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Positions as sentences have them: a list of a text each, or one text with {} for the label.

    One language is enough, and stands in both. Empty where the file does not say.
    """
    if node is None:
        return {}
    found = {}
    for lang, shown in (("en", labels), ("zh", labels_zh or labels)):
        one = node.get(lang, next(iter(node.values()), "")) if isinstance(node, Mapping) else node
        texts = [one.replace("{}", label) for label in shown] if isinstance(one, str) else one
        words = _words(study, f"{at}.said", texts)
        _check_labels(study, f"{at}.said", words, len(labels))
        found[lang] = words
    return found


def _check_keys(study: str, kind: str, node: Any, known: Sequence[str], what: str) -> None:
    """Refuse a node that is no mapping, and keys in it that nothing would read."""
    if not isinstance(node, Mapping):
        raise _wrong(study, kind, f"{node!r} is no {what}", ", ".join(known), "see conf/study/")
    for key in node:
        if key not in known:
            raise _wrong(study, f"{kind}.{key}", "no such key", ", ".join(known), _near(key, known))


def _values(
    study: str, name: str, keys: Sequence[str], node: Mapping[str, Any]
) -> tuple[tuple[Any, ...], ...]:
    """The positions of an axis: a value for each of its keys, row by row."""
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
    return values


def _check_labels(study: str, at: str, labels: Sequence[str], n: int) -> None:
    """Refuse labels that are not one a value, each of its own: a cell is named by them."""
    if len(labels) != n or len(set(labels)) != len(labels):
        reason = f"{len(labels)} labels, {n} values, or a label twice"
        raise _wrong(study, at, reason, "one label a value", f"{at.rpartition('.')[2]}: [...]")


def _beside(study: str, node: Any) -> Beside:
    """An answer beside the grid: a name, a text and a setting that chooses a response."""
    _check_keys(study, "beside", node, BESIDE_KEYS, "answer")
    name = str(node.get("name") or "")
    setting = _words(study, f"beside.{name}.setting", node.get("setting"))
    if not name or not any(word.startswith("response=") for word in setting):
        raise _wrong(
            study, f"beside.{name}", "an answer needs a name and a response",
            "name, text, setting with response=", "setting: [response=none]",
        )  # fmt: skip
    return Beside(name, _texts(study, f"beside.{name}.text", node.get("text")), setting)


def distinct(study: str, axes: Sequence[Axis]) -> None:
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
    Raises ConfigError unless n is a power of two (a Sobol sequence is balanced only there) and
    every key is a parameter that is drawn.
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 2 or n & (n - 1):
        raise _wrong(
            study, f"axes.{name}.sobol", f"{n!r} is no power of two", "64, 128, ...", "sobol: 64"
        )
    from scipy.stats import qmc  # half a second, which no command but a study has to pay

    low, high = np.array(_priors(study, name, keys)).T
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


def _priors(study: str, name: str, keys: Sequence[str]) -> list[tuple[float, float]]:
    """The prior range of every key of an axis; one whose range is a point is never drawn."""
    priors = {f"parameters.{item.name}": item.metadata["prior"] for item in fields(Parameters)}
    known = {key: prior for key, prior in priors.items() if prior[0] < prior[1]}
    for key in keys:
        if key not in known:
            why = "no parameter" if key not in priors else "a parameter that is never drawn"
            raise _wrong(
                study, f"axes.{name}.keys", f"{key}: {why}", "parameters.NAME with a prior",
                _near(key, list(known)),
            )  # fmt: skip
    return [known[key] for key in keys]


def _reference(study: str, axes: Sequence[Axis], node: Mapping[str, Any]) -> tuple[int, ...]:
    """The reference as positions: a label an axis; the first one where none is given."""
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
    """Names of outcomes, each of which there is."""
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
    """Limits of outcomes that have a better side, on which they are good enough."""
    _outcomes(study, list(node))
    for name, value in node.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and abs(value) <= LARGEST):
            raise _wrong(study, f"thresholds.{name}", f"{value!r} is no number", "a number", "0.85")
        if BY_NAME[name].better == "none":
            raise _wrong(study, f"thresholds.{name}", "neither more nor less of it is better",
                         "outcomes with a direction", "see backlash run")  # fmt: skip
    return {name: float(value) for name, value in node.items()}
