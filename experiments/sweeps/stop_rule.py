"""The rule by which a sweep stops, of a study file or a command line, and what is refused of it."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from experiments.sweeps.design import Point, Stop, Study
from experiments.sweeps.running import LEAST
from sim.base.cells import LARGEST
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME

KEYS = ("outcome", "half_width", "decided", "max_worlds")

#: Words of `backlash sweep` that set a rule, and the key of a study file that says the same.
WORDS = {"precision": "half_width", "decided": "decided"}


def _no_number(key: str, value: Any) -> ConfigError:
    return ConfigError(
        key, value, "no width of an interval", "a number above 0, in units of the outcome",
        f"{key}=0.05" if key in WORDS else f"{key.rpartition('.')[2]}: 0.05",
    )  # fmt: skip


def _width(key: str, value: Any) -> float:
    """A width: a finite number above 0."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and 0 < value <= LARGEST):
        raise _no_number(key, value)
    return float(value)


def _outcome(key: str, name: Any, ranked: str, decided: bool) -> str:
    """The outcome that is judged: as said, or the one that ranks the cells."""
    name = ranked if name is None else str(name)
    if name not in BY_NAME:
        close = difflib.get_close_matches(name, list(BY_NAME), n=1, cutoff=0.3) or [ranked]
        raise ConfigError(f"{key}.outcome", name, "no such outcome", ", ".join(BY_NAME),
                          f"outcome: {close[0]}")  # fmt: skip
    if decided and BY_NAME[name].better == "none":
        raise ConfigError(
            f"{key}.outcome", name, "neither more nor less of it is better, so no cell is best",
            "an outcome with a direction, or half_width", f"outcome: {ranked}",
        )  # fmt: skip
    return name


def stop_in(node: Any, ranked: str) -> tuple[Stop | None, tuple[str, ...]]:
    """The rule of a study file, and the setting that bounds it; nothing where there is none.

    ranked : the outcome that ranks the cells. Raises ConfigError for what is wrong with it.
    """
    if node is None:
        return None, ()
    example = "stop: {half_width: 0.05, max_worlds: 400}"
    if not isinstance(node, Mapping):
        raise ConfigError("study.stop", node, "is no rule", ", ".join(KEYS), example)
    for key in node:
        if key not in KEYS:
            close = (difflib.get_close_matches(str(key), KEYS, n=1, cutoff=0.3) or KEYS[1:2])[0]
            raise ConfigError(
                f"study.stop.{key}", node[key], "no such key", ", ".join(KEYS), f"{close}: ..."
            )
    rules = [key for key in WORDS.values() if key in node]
    if len(rules) != 1:
        reason = "two rules" if rules else "no rule"
        raise ConfigError("study.stop", " and ".join(rules) or None, reason,
                          "one of half_width and decided", example)  # fmt: skip
    width = _width(f"study.stop.{rules[0]}", node[rules[0]])
    outcome = _outcome("study.stop", node.get("outcome"), ranked, rules[0] == "decided")
    most = node.get("max_worlds")
    if most is None:
        return Stop(outcome, **{rules[0]: width}), ()
    if isinstance(most, bool) or not isinstance(most, int) or not LEAST <= most <= 100_000:
        raise ConfigError(
            "study.stop.max_worlds", most, "no number of worlds that a sweep could stop within",
            f"{LEAST} to 100,000: the first look that can stop it is at {LEAST}", "max_worlds: 400",
        )  # fmt: skip
    return Stop(outcome, **{rules[0]: width}), (f"n_replicates={most}",)


def with_stop(study: Study, said: Mapping[str, str]) -> Study:
    """The study with the rule of a command line in the place of its own.

    said : the words `precision` and `decided` that were given, as they were typed; `precision=no`
    takes a study's rule away. Raises ConfigError for values that are none, and for both at once.
    """
    if not said:
        return study
    if len(said) > 1:
        raise ConfigError(
            "precision", said["precision"], "decided= is another rule", "one of the two",
            f"precision={said['precision']}",
        )  # fmt: skip
    ((word, text),) = said.items()
    value = yaml.safe_load(text)
    if word == "precision" and value is False:
        return replace(study, stop=None)
    outcome = study.stop.outcome if study.stop else study.outcomes[0]
    _outcome(word, outcome, study.outcomes[0], word == "decided")
    return replace(study, stop=Stop(outcome, **{WORDS[word]: _width(word, value)}))


def _said(stop: Stop) -> tuple[str, float]:
    """The word of a command line that sets a rule, and its width."""
    if stop.decided is not None:
        return "decided", stop.decided
    return "precision", stop.half_width or 0.0


def refuse_rule(study: Study, compares: bool) -> None:
    """Refuse a rule that this sweep could not follow, before any work.

    compares : whether its cells are compared with a reference at all. Raises ConfigError with what
    to type instead.
    """
    if study.stop is None:
        return
    word, value = _said(study.stop)
    others = [c for c, reference in enumerate(study.references) if c != reference]
    if not compares or not others:
        raise ConfigError(
            word, value, "nothing in this study is compared with a reference",
            "studies that compare cells", f"the same without {word}=",
        )  # fmt: skip
    if word == "decided" and not study.has_levers:
        raise ConfigError(
            word, value, "nothing here is a choice of the brand, so no cell is best",
            "precision=, or an axis of the response", f"precision={value:g}",
        )  # fmt: skip


def refuse_no_room(study: Study, points: Sequence[Point]) -> None:
    """Refuse a rule over fewer worlds than a sweep could stop within, with what to type instead."""
    if study.stop is None:
        return
    word, value = _said(study.stop)
    most = next(point.config.n_replicates for point in points if point.block == "main")
    if most < LEAST:
        raise ConfigError(
            word, f"{value:g} with n_replicates={most}", "no room to stop early",
            f"n_replicates={LEAST} or more: the most worlds that a cell may get",
            f"{word}={value:g} n_replicates=400",
        )  # fmt: skip
