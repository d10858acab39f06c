"""Commands about a corpus of affairs: show, check, score.

A corpus is a folder of tables (docs/corpus.md); where none is named, the development affairs that
are shipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.words import option, taken

if TYPE_CHECKING:
    from experiments.corpus.affairs import Affairs

LANG = ("en", "zh")
N_SYNTHETIC = 600  #: affairs that stand beside observed ones where nobody brings others
USAGE = ("show [DIR] [lang=zh], check DIR ..., "
         "score [DIR] [n=600] [simulated=DIR] [forecast=FILE] [format=json] [lang=zh], "
         "simulate n=300 out=DIR, forecast [DIR] out=FILE [method=both]")  # fmt: skip


def corpus(words: list[str]) -> int:
    """`backlash corpus show|check|score|simulate|forecast`.

    Returns 2 where a checked folder has to be mended. Raises ConfigError for anything but these.
    """
    from sim.base.refusal import ConfigError

    verb, rest = (words[0], words[1:]) if words else ("", [])
    names = [word for word in rest if "=" not in word]
    if verb in ("simulate", "forecast"):
        from experiments.command import corpus_runs

        return (corpus_runs.simulate if verb == "simulate" else corpus_runs.forecast)(rest)
    if verb == "check" and names:
        return _check(names, rest)
    if verb in ("show", "score") and len(names) <= 1:
        return (_show if verb == "show" else _score)(names, rest)
    raise ConfigError(
        "corpus", " ".join(words) or None, "show, score or forecast which, or check which folder?",
        USAGE, "backlash corpus show",
    )  # fmt: skip


def _folder(names: list[str]) -> Path:
    """The folder that is named, or the shipped one."""
    from experiments.corpus.shipped import DATA
    from sim.base.refusal import place

    return place("corpus", names[0]) if names else DATA


def _title(names: list[str], lang: str) -> str:
    from experiments.corpus.words import say

    return names[0] if names else say("shipped", lang)


def _check(names: list[str], words: list[str]) -> int:
    """`backlash corpus check DIR ...`: what to mend in each, or that it is good."""
    from experiments.corpus.tables import check
    from sim.base.refusal import place

    option([word for word in words if "=" in word], "lang", "en", LANG)
    bad = 0
    for name in names:
        problems = check(place("corpus", name))
        print(f"{name}: good" if not problems else "\n".join(map(str, problems)))
        bad += bool(problems)
    return 2 if bad else 0


def _show(names: list[str], words: list[str]) -> int:
    """`backlash corpus show [DIR]`: the affairs, what is known of them, what may be asked."""
    from experiments.command.printed_corpora import affairs_text, statistics_text, uses_text
    from experiments.corpus import appraisal, shipped
    from experiments.corpus.tables import read
    from experiments.corpus.words import say

    lang = option([word for word in words if "=" in word], "lang", "en", LANG)
    affairs = read(_folder(names)) if names else shipped.development()
    rows = appraisal.statistics_beside(affairs, None)
    print(affairs_text(affairs, _title(names, lang), lang))
    if not names:
        print(say("source", lang))
    print(f"\n{statistics_text(rows, lang, development=bool(names))}")
    print(f"\n{uses_text(appraisal.responses_beside(shipped.development(), None), lang)}")
    return 0


def _score(names: list[str], words: list[str]) -> int:
    """`backlash corpus score [DIR]`: statistics with intervals, and forecasts against baselines."""
    from experiments.command.corpus_runs import count, made_affairs
    from experiments.command.printed_corpora import (
        as_json,
        forecasts_text,
        statistics_text,
        verdict_text,
    )
    from experiments.corpus.appraisal import appraise
    from experiments.corpus.tables import read
    from experiments.corpus.words import say
    from sim.base.refusal import place
    from sim.settings.keys import refuse_other_keys

    refuse_other_keys(words, ("forecast", "simulated", "n", "results", "format", "lang"))
    n, rest = count([word for word in words if "=" in word], "n", N_SYNTHETIC, 0, 1_000_000)
    results, rest = taken(rest, "results", "results")
    forecast, rest = taken(rest, "forecast", "")
    simulated, rest = taken(rest, "simulated", "")
    form, rest = taken(rest, "format", "text")
    option([f"format={form}"], "format", "text", ("text", "json"))
    lang = option(rest, "lang", "en", LANG)
    folder = _folder(names)
    if names:
        read(folder)  # refused before anything is simulated
    made: Affairs | None = None
    if simulated:
        made = read(place("simulated", simulated))
    elif n:
        made = made_affairs(n, 0, "", results)[0]
    found = appraise(folder, place("forecast", forecast) if forecast else None, made)
    if form == "json":
        print(json.dumps(as_json(_title(names, "en"), found), indent=1, allow_nan=False))
        return 0
    print(f"{_title(names, lang)}\n\n{statistics_text(found.statistics, lang, bool(names))}")
    if found.simulated is not None:
        print(verdict_text(found.statistics, lang))
    if found.forecasts is None:
        print(f"\n{say(found.why, lang)}")
    else:
        print(f"\n{forecasts_text(found.forecasts, lang)}")
    return 0
