"""Commands about a case: show, check, score, new.

A case is a name of conf/case or a file of one's own; both are read in the same way.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from experiments.command.words import option

if TYPE_CHECKING:
    pass


def case(words: list[str]) -> int:
    """`backlash case show|check|score|new`.

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
        "show which one, or check or score which file?",
        "show [NAME|FILE] [lang=zh], check FILE ..., score NAME|FILE [KEY=VALUE ...], "
        "new NAME [lang=zh]",
        f"backlash case show {DEFAULT_CASE}, or backlash case check conf/case/textbook.yaml",
    )


def _check(names: list[str]) -> int:
    """`backlash case check FILE ...`: what to mend in each, or that it is good, and notes on it."""
    from experiments.authoring.case_check import checked

    bad = 0
    for name in names:
        problems, notes = checked(name)
        print("\n".join(problems) if problems else f"{name}: good")
        for note in notes if not problems else ():
            print(f"  {note}")
        bad += bool(problems)
    return 2 if bad else 0


def _score(name: str, words: list[str]) -> int:
    """`backlash case score NAME|FILE`: a case as it happened against its daily series.

    Forty runs in worlds of the posterior, unless the words say otherwise.
    """
    from experiments.calibration.case_score import score
    from experiments.command.printed import scores_text
    from experiments.reading.provenance import provenance
    from sim.settings.composition import compose

    usual = [f"case={name}", "response=as_happened", "uncertainty=posterior", "n_replicates=40"]
    config = compose([*usual, *words])
    found = score(config)
    if config.format == "json":
        metrics = [
            {
                "metric": one.metric,
                **{k: None if v != v else v for k, v in one.summary.items()},
                "days": [
                    {str(k): None if v != v else v for k, v in day.items()}
                    for day in one.days.to_dict("records")
                ],
            }
            for one in found
        ]
        about = {"case": config.case.name, "parameters": provenance(config, "en")}
        print(json.dumps({**about, "metrics": metrics}, indent=1, allow_nan=False))
        return 0
    print(f"{config.case.title(config.lang)} · {provenance(config, config.lang)}")
    for one in found:
        print(f"\n{scores_text(one, config.lang)}")
    return 0
