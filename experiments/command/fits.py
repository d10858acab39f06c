"""Commands about the fit of a case.

A fit is waves of runs in the store; it goes on where it was, so every command here may be given
again.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import lang_of, taken

if TYPE_CHECKING:
    from experiments.calibration.evidence import Checked


def calibrate(words: list[str]) -> int:
    """`backlash calibrate case=NAME [preset=quick]`: the fit, wave by wave, resumed.

    `backlash calibrate corpus` fits the population of affairs instead.

    Its posterior is written beside its report, and named on the last lines.
    """
    if words[:1] == ["corpus"]:
        from experiments.command.corpus_runs import calibrate_corpus

        return calibrate_corpus(words[1:])
    from experiments.calibration.identifiability import pinned_by_case
    from experiments.calibration.posterior_file import save_posterior

    checked, _ = calibration_of(words)
    found = checked.fit
    print(found.history.to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    pairs = zip(checked.shrinkage["parameter"], checked.shrinkage["shrinkage"], strict=True)
    narrow = {str(name): float(value) for name, value in pairs}
    pinned = pinned_by_case(checked.shrinkage)
    print(f"\n{save_posterior(found, narrow, pinned, found.folder)}")
    print(f"to see it: {shlex.join(['backlash', 'report', 'calibration', *words])}")
    return 0


def calibration_of(words: list[str], only_finished: bool = False) -> tuple[Checked, str]:
    """A calibration with all that is said about it, and the language; runs what is missing.

    only_finished : refuse where `backlash calibrate` has not come to its end, instead of running on
    for minutes or hours. Raises ConfigError for settings that are the fit's own.
    """
    from experiments.calibration.evidence import check
    from experiments.calibration.fit_settings import read_settings
    from experiments.calibration.people_fit import fit
    from experiments.calibration.posterior_file import is_of
    from sim.base.choices import DEFAULT_CASE
    from sim.base.refusal import ConfigError
    from sim.settings.composition import compose

    lang, words = lang_of(words)
    name, rest = taken(words, "case", DEFAULT_CASE)
    preset, rest = taken(rest, "preset", "full")
    given = [f"case={name}", *([f"preset={preset}"] if preset != "full" else [])]
    hydra_words = [word for word in rest if word.startswith(("hydra/", "hydra.", "+hydra"))]
    plain = [word for word in rest if word not in hydra_words]
    settings = read_settings(name, preset)
    _refuse_others(plain, given)
    folder = Path(compose(plain).results) / "studies" / settings.name
    about = folder / f"{name}_posterior.json"
    words_now = sorted(word for word in plain if not word.startswith("results="))
    if only_finished and not is_of(about, settings, words_now):
        raise ConfigError(
            "report", "calibration",
            f"{folder} holds no finished fit with these words and settings",
            "a fit that has come to its end (the shipped one: results/published/calibration)",
            shlex.join(["backlash", "calibrate", *given, *plain]),
        )  # fmt: skip
    found = fit(settings, given, plain, hydra_words)
    return check(found, plain, hydra_words), lang


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
