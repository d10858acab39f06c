"""Commands about an affair in progress: import, now, resolve, record."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.command.words import lang_of, taken


def import_(words: list[str]) -> int:
    """`backlash import EXPORT as=FOLDER [KEY=VALUE ...]`: hourly counts out of an export."""
    from experiments.live.importing import PAGE, import_export
    from sim.base.refusal import ConfigError

    folder, words = taken(words, "as", "affair")
    files = [word for word in words if "=" not in word]
    if len(files) != 1:
        raise ConfigError(
            "import", " ".join(files) or None, "which export?", "one file",
            "backlash import mentions.csv as=affair zone=Asia/Shanghai",
        )  # fmt: skip
    said = dict(word.split("=", 1) for word in words if "=" in word)
    found = import_export(files[0], folder, said)
    print((found.folder / PAGE).read_text(encoding="utf-8"))
    for name in found.kept:
        print(f"{found.folder / name} was there already and is left as it is")
    print(f"next: complete {found.folder / 'affair.yaml'}, then  backlash now {folder}")
    return 0


def now(words: list[str]) -> int:
    """`backlash now AFFAIR at="..." [response=NAMES] ...`: worlds, forecast, candidates."""
    from experiments.live.now import BUDGET_S, forecast
    from experiments.live.page import write_page
    from experiments.live.printed import printed
    from experiments.live.record import NAME, add, entries
    from experiments.live.scoring import calibrations, curves_of, kept_of
    from sim.base.refusal import ConfigError, place
    from sim.settings.keys import check_spelling

    lang, words = lang_of(words)
    usual = {
        "at": "", "worlds": "", "goal": "outrage", "format": "table", "results": "results",
        "response": "", "budget_s": f"{BUDGET_S:g}",
    }  # fmt: skip
    check_spelling(words, tuple(usual))
    own: dict[str, str] = {}
    for key in usual:
        own[key], words = taken(words, key, usual[key])
    names = [word for word in words if "=" not in word]
    if len(names) < 1:
        raise ConfigError(
            "now", None, "which affair?", "a folder of `backlash import`, or a case with a series",
            'backlash now affair, or backlash now xiaomi_2026 at="2026-01-05 20:00"',
        )  # fmt: skip
    _check_format(own["format"])
    responses = [*_responses(own["response"]), *names[1:]]
    found = forecast(
        names[0], own["at"], responses, [word for word in words if "=" in word],
        _seconds(own["budget_s"]), own["worlds"], own["goal"], _progress(),
    )  # fmt: skip
    results = place("results", own["results"])
    add(results / NAME, kept_of(found))
    curves = curves_of(calibrations(entries(results / NAME)))
    folder = Path(names[0]).expanduser()
    folder = folder if folder.is_dir() else results / "now" / found["case"]
    path = write_page(found, folder, lang, curves)
    if own["format"] == "json":
        print(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False))
        return 0
    print(printed(found, lang))
    print(f"\n{path}")
    return 0


def _responses(text: str) -> list[str]:
    """Candidates as they are typed: names and files with commas between, or a pattern of files."""
    import glob

    found = []
    for one in filter(None, text.split(",")):
        found += sorted(glob.glob(one)) if "*" in one else [one]
    return found


def _seconds(text: str) -> float:
    """A time. Raises ConfigError for what is none."""
    from sim.base.refusal import ConfigError

    try:
        return float(text)
    except ValueError:
        raise ConfigError("budget_s", text, "no time", "seconds", "budget_s=180") from None


def _progress() -> Any:
    """Where the work stands, on standard error, in a terminal only."""
    if not sys.stderr.isatty():
        return lambda text: None

    def tell(text: str) -> None:
        print(f"\r{text:60}", end="", file=sys.stderr, flush=True)

    return tell


def resolve(words: list[str]) -> int:
    """`backlash resolve AFFAIR [did=NAME] [at=MOMENT]`: what came, against what was said."""
    from experiments.live import scoring
    from experiments.live.printed import resolved_text
    from experiments.live.record import NAME
    from sim.base.refusal import ConfigError, place

    lang, words = lang_of(words)
    results, words = taken(words, "results", "results")
    did, words = taken(words, "did", "")
    at, words = taken(words, "at", "")
    _no_more(words, "resolve", 1, ("did", "at", "results", "lang"))
    if not words:
        raise ConfigError(
            "resolve",
            None,
            "which affair?",
            "an affair that was forecast",
            "backlash resolve affair",
        )
    found = scoring.resolve(place("results", results) / NAME, words[0], did, at)
    print(resolved_text(found, lang))
    return 0


def record(words: list[str]) -> int:
    """`backlash record [plot=FILE]`: all forecasts made here, scored; the chain is checked."""
    from experiments.live.printed import record_text
    from experiments.live.record import NAME, entries
    from experiments.live.scoring import calibrations
    from sim.base.refusal import place

    lang, words = lang_of(words)
    results, words = taken(words, "results", "results")
    form, words = taken(words, "format", "table")
    plot, words = taken(words, "plot", "")
    _no_more(words, "record", 0, ("format", "plot", "results", "lang"))
    _check_format(form)
    known = entries(place("results", results) / NAME)
    worths = calibrations(known)
    if form == "json":
        print(json.dumps({"entries": known, **worths}, indent=1, ensure_ascii=False))
    else:
        print(record_text(known, worths, lang))
    if plot:
        print(_plotted(plot, worths, known, lang))
    return 0


def _plotted(plot: str, worths: dict[str, Any], known: Sequence[Any], lang: str) -> str:
    """Draw the calibration curve as PNG and SVG; their names. Raises ConfigError below ten."""
    from experiments.live.figures import figure_record
    from experiments.live.scoring import FEWEST_CURVE, curves_of
    from experiments.pictures import pages
    from sim.base.refusal import ConfigError, place

    path = place("plot", plot)
    if path.suffix not in ("", ".png", ".svg"):
        raise ConfigError(
            "plot", plot, "figures are PNG and SVG", "a name, which becomes both",
            f"plot={path.with_suffix('.png')}",
        )  # fmt: skip
    if not (curves := curves_of(worths)):
        most = max(worth["statements"] for worth in worths.values())
        raise ConfigError(
            "plot", plot, f"{most} statements were scored so far", f"{FEWEST_CURVE} or more",
            "backlash resolve AFFAIR, when later counts are imported",
        )  # fmt: skip
    bare = path.with_suffix("")
    pages.save(figure_record(curves, lang), bare, known[-1]["digest"])
    return f"{bare.with_suffix('.png')}, {bare.with_suffix('.svg')}"


def _check_format(form: str) -> None:
    """Refuse a format that there is not."""
    from sim.base.refusal import ConfigError

    if form not in ("table", "json"):
        raise ConfigError("format", form, "no such format", "table, json", "format=json")


def _no_more(words: Sequence[str], command: str, most: int, known: Sequence[str]) -> None:
    """Refuse words that a command does not know.

    most : names that it takes. known : its settings. Raises ConfigError.
    """
    from sim.base.refusal import ConfigError
    from sim.settings.keys import refuse_other_keys

    refuse_other_keys(words, known)
    if wrong := list(words[most:]):
        raise ConfigError(
            command, wrong[0], "not understood here", ", ".join(f"{one}=" for one in known),
            f"backlash {command}" + (" affair" if most else ""),
        )  # fmt: skip
