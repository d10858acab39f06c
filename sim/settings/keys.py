"""Settings by dotted key: which there are, of which type, and a Config changed key by key.

Hydra merges settings once for a command; a sweep changes them thousands of times. What is here does
for a composed Config what Hydra would do (`altered`), with the same checks, and reads configs back
that were written down plainly (`from_plain`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints

from sim.base.choices import DEFAULT_CASE, conf_dir
from sim.base.refusal import ConfigError
from sim.case.case import NO_CASE, Case
from sim.case.case_file import stored_case
from sim.settings.config import Config

OWN_ACTS = "response.acts"  #: the setting of acts with names of their own


def is_group(found: Any) -> bool:
    """Whether settings, or their type, are a group of settings; a case is chosen as a whole."""
    kind = found if isinstance(found, type) else type(found)
    return is_dataclass(kind) and kind is not Case


def keys_of(settings: Any, prefix: str = "") -> list[str]:
    """Every settable key of a dataclass, dotted, in the order of its fields; groups unfolded."""
    keys = []
    for item in fields(settings):
        inner = item.default_factory() if callable(item.default_factory) else None
        if item.metadata.get("constant"):
            continue
        if inner is not None and is_group(inner):
            keys += keys_of(inner, f"{prefix}{item.name}.")
        else:
            keys.append(prefix + item.name)
    return keys


def setting_of(key: str) -> tuple[Any, Any] | None:
    """The dataclass field of a dotted key and its default value; None if there is none."""
    value: Any = Config()
    item: Any = None
    for name in key.split("."):
        found = {item.name: item for item in fields(value)} if is_group(value) else {}
        if name not in found:
            return None
        item, value = found[name], getattr(value, name)
    return item, value


def check_settable(key: str, value: Any) -> None:
    """Refuse a constant of the model, which no setting reaches. Raises ConfigError."""
    found = setting_of(key)
    if found is not None and found[0] is not None and found[0].metadata.get("constant"):
        name = key.rpartition(".")[2]
        raise ConfigError(
            key, value, f"a constant of the model ({found[1]:g}): it is the same in every world",
            "a parameter of docs/parameters.md",
            f"the same without it; to change {name} all the same: sim/settings/constants.py",
        )  # fmt: skip


def nearest(key: str, own: Sequence[str] = ()) -> str | None:
    """The key, or the group of choices, that was probably meant; None if nothing is spelt alike.

    own : names that may be typed here, too, such as those of a command. Spelt alike as a whole, or
    at least in the last word: who forgets the group still knows that.
    """
    groups = [folder.name for folder in conf_dir().iterdir() if folder.is_dir()]
    last = key.rpartition(".")[2]

    def alike(full: str) -> tuple[float, float]:
        whole = difflib.SequenceMatcher(None, full, key).ratio()
        ending = difflib.SequenceMatcher(None, full.rpartition(".")[2], last).ratio()
        return max(whole, ending if ending > 0.7 else 0.0), whole

    best = max([*own, *keys_of(Config), *sorted(groups)], key=alike)
    return best if alike(best)[0] >= 0.5 else None


def instead(key: str, value: Any = None, own: Sequence[str] = ()) -> str:
    """What to type in the place of a setting that there is not.

    value : as typed. own : as for `nearest`.
    """
    near = nearest(key, own)
    given = "..." if value is None or value == "" else value
    return f"{near}={given}" if near else "the same without it"


def check_spelling(words: Iterable[str], own: Sequence[str]) -> None:
    """Refuse a word that is no setting of a run and reads like one of the command's own.

    own : settings of the command, without "="; what else is wrong with a word, `compose` says.
    Raises ConfigError.
    """
    for word in words:
        key, equals, value = word.partition("=")
        known = not key or "." in key or key in own or setting_of(key) is not None
        if equals and not known and nearest(key, own) in own:
            allowed = f"{'=, '.join(own)}=, and keys of the schema (backlash run --cfg)"
            raise ConfigError(key, value, "no such setting", allowed, instead(key, value, own))


def refuse_other_keys(words: Iterable[str], known: Sequence[str]) -> None:
    """Refuse a setting that a command does not know, with the nearest of those that it does.

    For commands that take none of a run. known : their settings, without "=". Raises ConfigError.
    """
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise ConfigError(
                key, value, "no such setting here", ", ".join(f"{one}=" for one in known),
                f"{near[0]}={value or '...'}" if near else "the same without it",
            )  # fmt: skip


@cache
def _typed_keys() -> dict[str, Any]:
    """Every settable key and the type of its value."""

    def below(kind: Any, prefix: str) -> dict[str, Any]:
        types = get_type_hints(kind)
        found: dict[str, Any] = {}
        for item in fields(kind):
            hint = types[item.name]
            if is_group(hint):
                found.update(below(hint, f"{prefix}{item.name}."))
            else:
                found[prefix + item.name] = hint
        return found

    return below(Config, "")


def typed(key: str, value: Any) -> Any:
    """A value of the type that its key has. Raises ConfigError for another.

    YAML's types are close and not the same: a whole number is taken where a number is meant, a word
    where a choice is, and `true` never for 1.
    """
    if key.startswith(OWN_ACTS):  # which the response checks
        return float(value) if type(value) is int else value
    allowed = get_args(_typed_keys()[key]) or (_typed_keys()[key],)
    for kind in allowed:
        if value is None and kind is type(None):
            return None
        if isinstance(kind, type) and issubclass(kind, Enum):
            if value in [choice.value for choice in kind]:
                return kind(value)
        elif isinstance(value, bool) or kind is bool:
            if kind is bool and isinstance(value, bool):
                return value
        elif kind is float and isinstance(value, int | float):
            return float(value)
        elif kind in (int, str) and isinstance(value, kind):
            return value
    first = next(kind for kind in allowed if kind is not type(None))
    choices = (
        ", ".join(choice.value for choice in first)
        if isinstance(first, type) and issubclass(first, Enum)
        else {float: "a number", int: "a whole number", bool: "true, false"}.get(first, "text")
    )
    raise ConfigError(key, value, "not possible here", choices, f"backlash run --cfg shows {key}")


def altered(config: Config, changes: Mapping[str, Any]) -> Config:
    """A composed config with settings changed, as if they had been composed: the same checks.

    changes : dotted key -> value as YAML reads it. A sweep composes once and alters for each cell,
    because composing takes a hundred times as long. Raises ConfigError.
    """
    inner: dict[str, dict[str, Any]] = {}
    own = {key: value for key, value in changes.items() if key.startswith(f"{OWN_ACTS}.")}
    if own:
        inner["response"] = {"acts": with_own_acts(config.response.acts, own)}
    for key, value in changes.items():
        if key in own:
            continue
        if key.partition(".")[0] == "case":
            raise ConfigError(
                key, value, "a case is not swept key by key", "case=...", f"case={DEFAULT_CASE}"
            )
        if key not in _typed_keys():
            raise ConfigError(
                key, value, "no such setting", "keys of the schema (backlash run --cfg)",
                instead(key, value),
            )  # fmt: skip
        check_settable(key, value)
        head, _, rest = key.partition(".")
        inner.setdefault(head, {})[rest] = typed(key, value)
    return fixing(_replaced(config, inner), changes)


def with_own_acts(acts: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Acts with names of their own, changed: one whole (None: without it), or one of its levers.

    changes : `response.acts.NAME` or `response.acts.NAME.LEVER` -> value. Raises ConfigError.
    """
    new = {name: dict(act) for name, act in acts.items()}
    # kinds first: a lever of an act that is new needs to know what kind of act it is
    for key, value in sorted(changes.items(), key=lambda item: not item[0].endswith(".kind")):
        name, _, lever = key.removeprefix(f"{OWN_ACTS}.").partition(".")
        if lever == "event" or (isinstance(value, Mapping) and "event" in value):
            raise ConfigError(
                key, value, "only a case file names the event of an act", "its kind and levers",
                f"{OWN_ACTS}.{name} without event",
            )  # fmt: skip
        if lever == "kind":
            new.setdefault(name, {})
        if lever and name not in new:
            raise ConfigError(
                key, value, f"there is no act of the name {name} here",
                ", ".join(new) or "acts that were given a kind first",
                f"+{OWN_ACTS}.{name}={{kind: apology, {lever}: {value}}}",
            )  # fmt: skip
        if lever:
            new[name][lever] = value
        elif value is None:
            new.pop(name, None)
        else:
            new[name] = value
    return new


def fixing(config: Config, keys: Iterable[str]) -> Config:
    """The config with the parameters among `keys` fixed: what somebody sets is never drawn."""
    heads = [key.partition(".") for key in keys]
    set_here = {rest for head, _, rest in heads if head == "parameters"}
    fixed = " ".join(sorted({*config.uncertainty.fixed.split(), *set_here}))
    if fixed == config.uncertainty.fixed:
        return config
    return replace(config, uncertainty=replace(config.uncertainty, fixed=fixed))


def _replaced(settings: Any, inner: Mapping[str, Mapping[str, Any]]) -> Any:
    """Settings with some changed, each group built anew, so that it checks itself.

    inner : field -> what is changed below it by the rest of the key; "" for the field itself.
    """
    new = {}
    for name, changes in inner.items():
        if "" in changes:
            new[name] = changes[""]
            continue
        below: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            head, _, rest = key.partition(".")
            below.setdefault(head, {})[rest] = value
        new[name] = _replaced(getattr(settings, name), below)
    return replace(settings, **new)


def from_plain(values: Mapping[str, Any]) -> Config:
    """The config that `plain` wrote down, checked like any other.

    values : as JSON gives them back. Its case is read again from what stood in its file. Raises
    ConfigError, and KeyError for a field that there is no more.
    """

    def built(kind: Any, node: Mapping[str, Any], prefix: str) -> Any:
        types = get_type_hints(kind)
        arguments = {}
        for name, value in node.items():
            if types[name] is Case:
                arguments[name] = stored_case(value) if value else NO_CASE
            elif is_dataclass(types[name]):
                arguments[name] = built(types[name], value, f"{prefix}{name}.")
            else:
                arguments[name] = typed(prefix + name, value)
        return kind(**arguments)

    config: Config = built(Config, values, "")
    return config
