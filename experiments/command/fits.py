"""Commands about the fit of a case.

A fit is waves of runs in the store; it goes on where it was, so every command here may be given
again.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import lang_of, taken

if TYPE_CHECKING:
    from experiments.calibration.evidence import Checked
    from experiments.calibration.fit_settings import Settings


def calibrate(words: list[str]) -> int:
    """`backlash calibrate case=NAME [preset=quick] [checks=short]`: the fit, wave by wave, resumed.

    `backlash calibrate corpus` fits the population of affairs instead.

    Its posterior is written beside its report as soon as it is there, before its checks are run.
    """
    if words[:1] == ["corpus"]:
        from experiments.command.corpus_runs import calibrate_corpus

        return calibrate_corpus(words[1:])
    from experiments.calibration.evidence import check
    from experiments.calibration.identifiability import pinned_by_case, shrinkage
    from experiments.calibration.people_fit import fit
    from experiments.calibration.posterior_file import save_posterior

    asked = _asked(words)
    found = fit(asked.settings, asked.plain)
    print(found.history.to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    table = shrinkage(found)
    narrow = {
        str(name): float(value)
        for name, value in zip(table["parameter"], table["shrinkage"], strict=True)
    }
    print(f"\n{save_posterior(found, narrow, pinned_by_case(table), found.folder)}", flush=True)
    check(found, asked.plain, asked.hydra, asked.short)
    print(f"to see it: {shlex.join(['backlash', 'report', 'calibration', *words])}")
    return 0


@dataclass(frozen=True)
class _Asked:
    """The words of a calibration, told apart."""

    settings: Settings
    given: list[str]  #: that name it
    plain: list[str]  #: settings of every run
    hydra: list[str]  #: for Hydra: where the runs of its checks are placed
    lang: str
    short: bool  #: checks of its predictions alone


def _asked(words: list[str]) -> _Asked:
    """The words of a calibration. Raises ConfigError for settings that are the fit's own."""
    from experiments.calibration.fit_settings import read_settings
    from sim.base.choices import DEFAULT_CASE
    from sim.base.refusal import ConfigError
    from sim.settings.keys import check_spelling

    check_spelling(words, ("case", "preset", "checks"))
    lang, words = lang_of(words)
    name, rest = taken(words, "case", DEFAULT_CASE)
    preset, rest = taken(rest, "preset", "full")
    checks, rest = taken(rest, "checks", "all")
    if checks not in ("all", "short"):
        raise ConfigError("checks", checks, "no such checks", "all, short", "checks=short")
    given = [f"case={name}", *([f"preset={preset}"] if preset != "full" else [])]
    hydra = [word for word in rest if word.startswith(("hydra/", "hydra.", "+hydra"))]
    plain = [word for word in rest if word not in hydra]
    settings = read_settings(name, preset)
    _refuse_others(plain, given)
    return _Asked(settings, given, plain, hydra, lang, checks == "short")


def finished_calibration(words: list[str]) -> tuple[Checked, str]:
    """A finished calibration with all that is said about it, and the language.

    Raises ConfigError where `backlash calibrate` has not come to the end of its fit.
    """
    from experiments.calibration.evidence import check
    from experiments.calibration.people_fit import fit
    from experiments.calibration.posterior_file import is_of
    from sim.base.refusal import ConfigError
    from sim.settings.composition import compose

    asked = _asked(words)
    settings, plain = asked.settings, asked.plain
    folder = Path(compose(plain).results) / "studies" / settings.name
    about = folder / f"{settings.case}_posterior.json"
    if not is_of(about, settings, sorted(w for w in plain if not w.startswith("results="))):
        raise ConfigError(
            "report", "calibration",
            f"{folder} holds no finished fit with these words and settings",
            "a fit that has come to its end (the shipped one: results/published/calibration)",
            shlex.join(["backlash", "calibrate", *asked.given, *plain]),
        )  # fmt: skip
    return check(fit(settings, plain), plain, asked.hydra, asked.short), asked.lang


def _refuse_others(plain: list[str], given: list[str]) -> None:
    """Refuse settings that are the fit's own: the world, the response, the seeds.

    given : the words that name the fit, for the hint. Raises ConfigError.
    """
    from sim.base.refusal import ConfigError

    for word in plain:
        key = word.partition("=")[0]
        if key not in ("results", "engine", "engine.threads") and not key.startswith("population"):
            raise ConfigError(
                "calibrate", word, "the fit itself sets the world, the response and the seeds",
                "case=, preset=, results=, population=, engine=, words for Hydra",
                shlex.join(["backlash", "calibrate", *given]),
            )  # fmt: skip
