"""Words of a command line: a setting and what is left, a language, the folder of a study.

For commands that take a few settings of their own; those of a run go to `compose` as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def taken(words: list[str], key: str, usual: str) -> tuple[str, list[str]]:
    """The last value of one setting, or the usual one, and the words that are left without it.

    A setting that is given twice counts as it was given last.
    """
    given = [word.partition("=")[2] for word in words if word.startswith(f"{key}=")]
    return (given or [usual])[-1], [word for word in words if not word.startswith(f"{key}=")]


def lang_of(words: list[str]) -> tuple[str, list[str]]:
    """The language of a command's words, "en" or "zh", and the words that are left."""
    lang = option([word for word in words if word.startswith("lang=")], "lang", "en", ("en", "zh"))
    return lang, [word for word in words if not word.startswith("lang=")]


def study_folder(words: list[str], command: str, own: Sequence[str] = ()) -> Path:
    """The folder of the study that is named. Raises ConfigError, with the studies that there are.

    command : for the hint. own : its settings that were taken off before. A study is named by STUDY
    or study=STUDY.
    """
    from experiments.sweeps.manifest import studies_in
    from sim.base.refusal import ConfigError, place
    from sim.settings.keys import refuse_other_keys

    refuse_other_keys(words, ("study", "results", *own))
    results = option([word for word in words if word.startswith("results=")], "results", "results")
    names = [word.partition("=")[2] or word for word in words if not word.startswith("results=")]
    names = [name for name in names if name]
    if len(names) != 1:
        folder = place("results", results) / "studies"
        known = studies_in(folder)
        raise ConfigError(
            command,
            " ".join(words) or None,
            "which study?",
            ", ".join(known) or f"none in {folder} yet",
            f"backlash {command} {known[0]}" if known else "backlash sweep study=smoke",
        )
    return place("results", results) / "studies" / names[0]


def option(words: list[str], key: str, usual: str, allowed: tuple[str, ...] = ()) -> str:
    """The value of the one setting that a command other than run and demo knows.

    allowed : its values; empty for any but "". Raises ConfigError for another setting or value.
    """
    from sim.base.refusal import ConfigError

    value = usual
    for word in words:
        name, equals, given = word.partition("=")
        if equals and name != key:
            raise ConfigError(name, given, "no such setting here", f"{key}=", f"{key}={usual}")
        if equals:
            value = given
    if not value or (allowed and value not in allowed):
        options = ", ".join(allowed) or "a folder"
        raise ConfigError(key, value, "not possible here", options, f"{key}={usual}")
    return value
