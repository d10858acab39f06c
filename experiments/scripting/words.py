"""Settings as a script gives them, as the words of a command line.

A script has lists and numbers where a command line has text; what becomes of both is one and the
same, so that a result of one is found by the other.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings.composition import compose, word_of
from sim.settings.config import Config
from sim.settings.keys import check_spelling

#: What a script may call a set of settings by: a config, words, or the name of a response.
Asked = Config | str | Sequence[str]
#: What is compared unless outcomes are named: what fans, the public and the staff would ask.
USUAL = ("outrage_burden_core", "trust_core_d14", "public_reach", "unfollowed_core", "morale")


def words_of(settings: Mapping[str, Any]) -> list[str]:
    """Keyword settings as words: `population="classroom"`, `response__apology__delay_h=4`.

    A dot of a key is two underscores, or stays one in `**{"response.apology.delay_h": 4}`.
    """
    return [word_of(key.replace("__", "."), value) for key, value in settings.items()]


def config_of(
    asked: Asked,
    settings: Mapping[str, Any],
    n: int | None = None,
    own: Sequence[str] = ("n", "store"),
) -> Config:
    """The config of what is asked and the settings beside it.

    asked : a Config, which takes no other settings; or words, such as `["response=none"]`; or one
    text of them; or the name of a response. n : worlds; None: as the settings say. own : what
    the function that was called takes beside settings. Raises ConfigError.
    """
    if isinstance(asked, Config):
        if settings:
            key, value = next(iter(settings.items()))
            raise ConfigError(
                key, value, "a config is given, which says this already",
                "a config, or words and settings", f"backlash.runs('none', n=20, {key}={value!r})",
            )  # fmt: skip
        config = asked
    else:
        check_spelling(more := words_of(settings), own)
        config = compose([*words_in(asked), *more])
    return config if n is None else replace(config, n_replicates=_whole(n))


def words_in(asked: str | Sequence[str]) -> list[str]:
    """A text, or a list of words, as words; one without a sign of equality names a response.

    Raises ConfigError for a name that no response has.
    """
    words = shlex.split(asked) if isinstance(asked, str) else list(listed(asked))
    return [word if "=" in word else f"response={_response(word)}" for word in words]


def listed(asked: Any) -> Iterable[str]:
    """A list of words. Raises ConfigError for what is none."""
    if isinstance(asked, list | tuple) and all(isinstance(word, str) for word in asked):
        return asked
    raise ConfigError(
        "response", asked, "not understood",
        "the name of a response, a list of KEY=VALUE, a config",
        'backlash.runs(["response=deny", "response.denial.delay_h=4"], n=20)',
    )  # fmt: skip


def _response(name: str) -> str:
    """A name of a response that there is. Raises ConfigError, with the one that was meant."""
    known = sorted(file.stem for file in (conf_dir() / "response").glob("*.yaml"))
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4) or ["none"]
    raise ConfigError(
        "response", name, "no response of this name", ", ".join(known), f'"{close[0]}"'
    )


def _whole(n: Any) -> int:
    """A number of worlds. Raises ConfigError for what is no whole number above 0."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ConfigError("n", n, "no number of worlds", "1 or more", "n=20")
    return n
