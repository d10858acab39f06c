"""Commands about a case: show, check, score, new, script.

A case is a name of conf/case or a file of one's own; both are read in the same way.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.command.words import option, taken

if TYPE_CHECKING:
    from experiments.calibration.case_score import Scored
    from sim.settings.config import Config


def case(words: list[str]) -> int:
    """`backlash case show|check|score|new|script`.

    Returns 2 where a checked file has to be mended. Raises ConfigError for anything but these.
    """
    from sim.base.choices import DEFAULT_CASE
    from sim.base.refusal import ConfigError
    from sim.case.timeline import describe_case
    from sim.settings.composition import compose

    verb = words[0] if words else ""
    if verb == "new":
        from experiments.authoring.case_template import new

        return new(words[1:])
    if verb == "script" and len(words) == 2:
        return _script(words[1])
    if verb == "score" and len(words) > 1:
        return _score(words[1], words[2:])
    lang = option(words[1:], "lang", "en", ("en", "zh"))
    names = [word for word in words[1:] if "=" not in word]
    if verb == "check" and names:
        return _check(names)
    if verb == "show" and len(names) <= 1:
        name = names[0] if names else DEFAULT_CASE
        print(describe_case(compose([f"case={name}", "response=none"]).case, lang))
        return 0
    raise ConfigError(
        "case",
        " ".join(words) or None,
        "show which one, or check or score which file, or begin a script for which?",
        "show [NAME|FILE] [lang=zh], check NAME|FILE ..., score NAME|FILE [plot=FILE] "
        "[KEY=VALUE ...], new NAME [lang=zh], script FILE",
        f"backlash case show {DEFAULT_CASE}, or backlash case check conf/case/textbook.yaml",
    )


def _check(names: list[str]) -> int:
    """`backlash case check NAME|FILE ...`: what to mend in each and in its script, or that it is
    good, and notes on it.
    """
    from experiments.authoring.case_check import checked
    from experiments.game.script_check import checked as script_checked
    from sim.base.choices import conf_dir

    bad = 0
    for name in names:
        shipped = conf_dir() / "case" / f"{name}.yaml"
        problems, notes = checked(str(shipped) if shipped.is_file() else name)
        if not problems:
            problems, more = script_checked(name)
            notes += more
        print("\n".join(problems) if problems else f"{name}: good")
        for note in notes if not problems else ():
            print(f"  {note}")
        bad += bool(problems)
    return 2 if bad else 0


def _script(name: str) -> int:
    """`backlash case script FILE`: begins the game of a case of one's own, from a template."""
    from experiments.game.script_template import begin

    path = begin(name)
    file = path.parent.parent / path.name
    print(f"written: {path}\nchange it, then:")
    for command in (f"case check {file}", f"play case={file} population=classroom"):
        print(f"  backlash {command}")
    return 0


def _score(name: str, words: list[str]) -> int:
    """`backlash case score NAME|FILE [plot=FILE]`: a case as it happened against its daily series.

    Forty runs in worlds of the posterior, unless the words say otherwise. The figure is written as
    SVG and PNG, in the language of the settings.
    """
    from experiments.calibration.case_score import score
    from experiments.command.score_text import scores_text
    from experiments.reading.provenance import provenance
    from sim.settings.composition import compose
    from sim.settings.keys import check_spelling

    check_spelling(words, ("plot",))
    plot, words = _plot(words)
    usual = [f"case={name}", "response=as_happened", "uncertainty=posterior", "n_replicates=40"]
    config = compose([*usual, *words])
    found = score(config)
    drawn = _drawn(config, found, plot) if plot is not None else []
    if config.format == "json":
        metrics = [_as_json(one) for one in found]
        about = {"case": config.case.name, "parameters": provenance(config, "en")}
        print(json.dumps({**about, "metrics": metrics}, indent=1, allow_nan=False))
        return 0
    print(f"{config.case.title(config.lang)} · {provenance(config, config.lang)}")
    for one in found:
        print(f"\n{scores_text(one, config.lang)}")
    for path in drawn:
        print(f"\n{path}" if path == drawn[0] else path)
    return 0


def _plot(words: list[str]) -> tuple[Path | None, list[str]]:
    """Where a figure is asked for, without an ending, and the words that are left.

    Raises ConfigError for no name, and for a folder that cannot be written, before anything runs.
    """
    from sim.base.refusal import ConfigError, place

    asked = any(word.startswith("plot=") for word in words)
    text, words = taken(words, "plot", "")
    if not asked:
        return None, words
    path = place("plot", text)
    path = path.with_suffix("") if path.suffix.lower() in (".svg", ".png") else path
    if not text or path.is_dir() or not path.name:
        raise ConfigError("plot", text, "no name of a file", "a file", "plot=score.svg")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as problem:
        raise ConfigError(
            "plot", text, f"its folder cannot be written ({problem.strerror or problem})",
            "a file in a folder that can be written", "plot=score.svg",
        ) from None  # fmt: skip
    return path, words


def _drawn(config: Config, found: Sequence[Scored], plot: Path) -> list[Path]:
    """The figure of a score on disk, as SVG and as PNG; Chinese ones end in _zh."""
    from experiments.pictures import pages
    from experiments.reports.case_score_figure import figure_scores
    from sim.base.digest import digest_of, plain

    path = plot.with_name(plot.name + pages.suffix(config.lang))
    figure = figure_scores(config.case, found, config.lang)
    pages.save(figure, path, digest_of(plain(config)))
    return [path.with_name(path.name + ending) for ending in (".svg", ".png")]


def _as_json(one: Scored) -> dict[str, Any]:
    """A metric as `format=json` has it; None stands for what is not defined."""
    return {
        "metric": one.metric,
        "unit": one.unit,
        **_known(one.summary),
        "days": [_known(day) for day in one.days.to_dict("records")],
        "rivals": [_known(vars(rival)) for rival in one.rivals],
        "size": {k: _known(v) if isinstance(v, dict) else v for k, v in one.size.items()} or None,
    }


def _known(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Values by name, None for NaN."""
    return {str(k): None if v != v else v for k, v in values.items()}
