"""Overrides as they are typed, looked at one by one before Hydra makes something else of them.

What Hydra would take and drop in silence (a new key, its own settings, a list of values) would be a
run that nobody asked for. Acts with names of their own are taken out here: Hydra's schema lists
every key that there is, and these have keys that only their user knows.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings.hints import no_call, no_interval, no_such_option
from sim.settings.keys import OWN_ACTS, check_settable, instead
from sim.settings.quotes import as_one, is_path


def own_acts_in(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """Words without those of acts with names of their own, and what these say, by key.

    Hydra would want a + before a new name, and none before one that is there: both are taken.
    Raises ConfigError for a key that names no act, and for what is no single value.
    """
    rest, own = [], {}
    for word in words:
        key, equals, value = word.partition("=")
        if not key.lstrip("+").startswith(f"{OWN_ACTS}.") or not equals:
            rest.append(word)
            continue
        key = key.lstrip("+")
        example = f"'+{OWN_ACTS}.second_letter={{kind: apology, delay_h: 30}}'"
        if not re.fullmatch(r"response\.acts\.[a-z_]+(\.[a-z_]+)?", key):
            raise ConfigError(
                key, value, "no act, and no lever of one", f"{OWN_ACTS}.NAME or "
                f"{OWN_ACTS}.NAME.LEVER, in small letters and _", example,
            )  # fmt: skip
        try:
            parsed = OverridesParser.create().parse_override(f"{key}={value}")
        except HydraException:
            raise ConfigError(
                key, value, "not understood as KEY=VALUE", "a mapping, or one lever", example
            ) from None
        if parsed.is_sweep_override():
            hint = f"backlash sweep {shlex.quote(word)}"
            raise ConfigError(key, value, "several values where one is meant", "one value", hint)
        own[key] = parsed.value()
    return rest, own


def check_override(override: str) -> None:
    """Refuse whatever is not one plain `key=value`, before Hydra makes something else of it.

    Raises ConfigError for a key that no run has, a value that Hydra's grammar cannot read, and
    several values.
    """
    key, equals, value = override.partition("=")
    _check_key(override, key, bool(equals), value)
    try:
        parsed = OverridesParser.create().parse_override(override)
    except HydraException:
        text = value.strip("'\"")
        raise no_call(key, value) or ConfigError(
            key, value, "not understood as KEY=VALUE",
            "KEY=VALUE; Chinese text, spaces, commas and braces in quotes, and quotes in quotes",
            f"'{key}=\"{text}\"'",
        ) from None  # fmt: skip
    if parsed.is_sweep_override():
        if parsed.is_interval_sweep():
            raise no_interval(key, value)
        hint = _one_value_hint(override, key, value)
        raise ConfigError(key, value, "several values where one is meant", "one value", hint)
    if (conf_dir() / key).is_dir() and not isinstance(parsed.value(), str):
        raise no_such_option(key, value)


def _check_key(override: str, key: str, equals: bool, value: str) -> None:
    """Refuse a key that is none of a run: no setting at all, of Hydra's own, added or deleted.

    override : the word as it was typed; key, equals, value : its parts. Raises ConfigError. What is
    spelt like a key and is none, Hydra finds: `sim.settings.hints` tells it.
    """
    bare = key.lstrip("+~")
    keys = "keys of the schema (backlash run --cfg)"
    if not equals and not key.startswith("~"):
        hint = "backlash --help" if key.startswith("-") else instead(override)
        raise ConfigError(override, value, "not a setting", "KEY=VALUE", hint)
    if bare.partition("/")[0].partition(".")[0] == "hydra":
        raise ConfigError(key, value, "it would be dropped silently", keys, "the same without it")
    if key != bare:
        raise ConfigError(
            key, value,
            "settings are set, not added or deleted: a new key would be dropped silently", keys,
            instead(bare, value),
        )  # fmt: skip
    if key == "study":
        hint = f"backlash sweep study={value}"
        raise ConfigError(key, value, "a study is swept, not run", "settings of one run", hint)
    if not re.fullmatch(r"[A-Za-z_][\w.]*", key, re.ASCII):
        raise ConfigError(key, value, "no such setting", keys, instead(key, value))
    check_settable(key, value)


def _one_value_hint(override: str, key: str, value: str) -> str:
    """What to type where several values are given: one, all in a sweep, or one in quotes."""
    hint = f"backlash sweep {shlex.quote(override)}"
    if is_path(key):
        swept = f", or {hint}" if key.startswith("network.") else ""  # no axis else
        return as_one(key, value) + swept
    if "," in value and "(" not in value:
        return f"{key}={value.split(',')[0]}, or {hint} for all of them"
    return hint
