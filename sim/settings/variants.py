"""Words that differ from a composed case only in choices and settings that stand alone.

Hydra takes half a second for every set of words; most sets of one notebook ask for the same case
with another response, size or lever. Those are read here, by the same parser and the same checks,
and put into the case that is composed already (`sim.settings.keys.altered`). Whatever refers to
something else, or might be read otherwise, is left to Hydra.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.settings.keys import OWN_ACTS
from sim.settings.overrides import check_override


@dataclass(frozen=True)
class Variant:
    """A set of words as a case, and what is put into it."""

    base: tuple[str, ...]  #: what Hydra composes
    groups: tuple[str, ...]  #: groups of settings that begin at their defaults
    changes: Mapping[str, Any]  #: dotted key -> value


def variant_of(words: Sequence[str]) -> Variant | None:
    """The words as changes to their case; None where Hydra has to see all of them."""
    given = [word.partition("=")[::2] for word in words]
    keys = [key for key, _ in given]
    # What is said twice has an order; a posterior is two settings; a name may ask for levers.
    if len(set(keys)) < len(keys) or {"posterior", "response.name"} & set(keys):
        return None
    base, groups = [], []
    chosen: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for word, (key, option) in zip(words, given, strict=True):
        if key == "case":
            base.append(word)
        elif key.isidentifier() and (conf_dir() / key).is_dir():
            settings = _choice(key, option)
            if settings is None:
                return None
            groups.append(key)
            chosen |= settings
        elif (value := _value(word)) is None:
            return None
        else:
            changes[key] = value[0]
    if "response" in groups:  # the case may have no levers of its own
        base.append("response=none")
    return Variant(tuple(base), tuple(groups), chosen | changes) if groups or changes else None


def _choice(group: str, option: str) -> Mapping[str, Any] | None:
    """What the file of a choice sets, by dotted key; None unless it stands alone."""
    if not re.fullmatch(r"\w+", option, re.ASCII):
        return None
    file = conf_dir() / group / f"{option}.yaml"
    try:
        about = file.stat()
    except OSError:
        return None
    return _settings_in(file, group, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=128)
def _settings_in(file: Path, group: str, *stamp: int) -> Mapping[str, Any] | None:
    """The settings of a file of choices by dotted key; None for one that refers to something else.

    stamp : what tells it from the same file changed.
    """
    try:
        raw = read_yaml(file)
    except yaml.YAMLError:
        return None
    if not isinstance(raw, dict) or "defaults" in raw:
        return None
    found: dict[str, Any] = {}

    def unfold(node: Mapping[str, Any], prefix: str) -> None:
        for name, value in node.items():
            if isinstance(value, dict):
                unfold(value, f"{prefix}.{name}")
            else:
                found[f"{prefix}.{name}"] = value

    unfold(raw, group)
    return None if any(key.startswith(OWN_ACTS) for key in found) else found


def _value(word: str) -> tuple[Any] | None:
    """The one value that a word gives its key, in a tuple; None where Hydra must look at it."""
    if "${" in word or word.startswith(f"{OWN_ACTS}.") or not re.match(r"[A-Za-z_][\w.]*=", word):
        return None
    try:
        check_override(word)
        value = OverridesParser.create().parse_override(word).value()
    except (ConfigError, HydraException):
        return None
    return None if isinstance(value, dict | list) else (value,)
