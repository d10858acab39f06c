"""What `backlash corpus` prints: affairs, statistics side by side, scores; and the same as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from experiments.corpus.affairs import Affairs
from experiments.corpus.appraisal import USES, Appraisal, Beside, Forecasts
from experiments.corpus.bootstrap import Estimate
from experiments.corpus.cells import LIST_ZONE
from experiments.corpus.contest import Key
from experiments.corpus.kinds import KIND_WORDS, RESPONSE_TYPES, SAMPLE_SETS, VICTIMS
from experiments.corpus.moments import Moments
from experiments.corpus.scores import ALL, Score
from experiments.corpus.target_words import TARGET_WORDS
from experiments.corpus.words import say

#: Scores of the printed table; JSON has all of them.
SHOWN = ("crps", "brier_new24", "brier_new72", "brier_other24", "in90")
FAR = 2.0  #: half-widths


def affairs_text(affairs: Affairs, title: str, lang: str) -> str:
    """What a population of affairs is."""
    topics, samples = len(affairs.topics.t_h), len(affairs.samples.t_h)
    lines = [title, say("counted", lang, n=len(affairs), core=int(affairs.core.sum()),
                        topics=topics, samples=samples), _period(affairs, lang)]  # fmt: skip
    for key, codes, options in (
        ("sets", affairs.sample_set, SAMPLE_SETS), ("victims", affairs.victim, VICTIMS)
    ):  # fmt: skip
        counts = Counter(codes.tolist())
        lines.append(_told(key, {say(one, lang): counts[one] for one in options}, lang))
    m = Moments(affairs)
    firsts = {say("answered", lang): int(m.answered.sum())}
    for kind in RESPONSE_TYPES:
        words = KIND_WORDS[kind][lang == "zh"] if kind in KIND_WORDS else say(kind, lang)
        firsts[words] = int((m.first_of(kind) >= 0).sum())
    lines.append(_told("firsts", firsts, lang))
    lines.append(say("silent", lang, n=int((~m.answered).sum())))
    return "\n".join(lines)


def _told(key: str, counts: Mapping[str, int], lang: str) -> str:
    """Counts in a line, without those of nothing."""
    colon, comma = ("：", "，") if lang == "zh" else (": ", ", ")
    return say(key, lang) + colon + comma.join(f"{name} {n}" for name, n in counts.items() if n)


def _period(affairs: Affairs, lang: str) -> str:
    """The first and the last day on which an affair began."""
    if np.isnan(affairs.start).any():
        return say("no_calendar", lang)
    ends = (affairs.start.min(), affairs.start.max())
    first, last = (datetime.fromtimestamp(one, LIST_ZONE).date().isoformat() for one in ends)
    return say("period", lang, first=first, last=last)


def uses_text(of_responses: Sequence[Beside], lang: str) -> str:
    """What may be asked of affairs: what uses mean, and rows on responses by use."""
    counts = Counter(one.use for one in of_responses)
    uses = ", ".join(f"{use} {counts[use]}" for use in USES if counts[use])
    lines = [say("asked", lang)]
    lines += [f"  {say(f'use_{use}', lang)}" for use in USES]
    lines += ["  " + say("of_responses", lang, n=len(of_responses), uses=uses), say("bias", lang)]
    return "\n".join(lines)


def statistics_text(rows: Sequence[Beside], lang: str, development: bool) -> str:
    """Statistics side by side. development : with those of the development affairs."""
    told = []
    for one in rows:
        line = {"id": one.id, "here": _number(one.observed.value), "90": _interval(one.observed),
                "n": str(one.observed.n)}  # fmt: skip
        if development:
            line["development"] = f"{_number(one.development.value)} {_interval(one.development)}"
        if one.simulated is not None:
            line["simulated"] = f"{_number(one.simulated.value)} {_interval(one.simulated)}"
            line["inside"] = "–" if one.inside is None else say("yes" if one.inside else "no", lang)
            line["off"] = _number(one.off)
        line |= {"use": one.use, "statistic": TARGET_WORDS[one.id][lang == "zh"]}
        told.append({say(f"col_{key}", lang): value for key, value in line.items()})
    return _table(told)


def verdict_text(rows: Iterable[Beside], lang: str) -> str:
    """How many of the statistics to calibrate are met by what is simulated."""
    fitted = [one for one in rows if one.use == "calibrate" and one.simulated is not None]
    inside = sum(one.inside is True for one in fitted)
    # a statistic of no simulated affair is not met, however far off it is
    far = [one.id for one in fitted if not one.off <= FAR]
    names = (f"（{'，'.join(far)}）" if lang == "zh" else f" ({', '.join(far)})") if far else ""
    return say("verdict", lang, n=len(fitted), inside=inside, far=len(far), names=names)


def forecasts_text(found: Forecasts, lang: str) -> str:
    """Scores of baselines and of one's own forecast over all ages, and differences."""
    trained = "trained_elsewhere" if found.trained_elsewhere else "trained_folds"
    head = say("forecasts", lang, n=found.n_tasks, affairs=found.n_affairs)
    rows = [_score_row(key, scores, lang) for key, scores in {**found.scores, **found.own}.items()]
    lines = [f"{head}; {say(trained, lang)}", _table(rows)]
    for (key, rival), differences in found.differences.items():
        one = differences["crps"]
        lines.append(f"{say(key[0], lang)} {say('forecast', lang)} " + say(
            "difference", lang, rival=say(rival, lang), value=f"{one.value:+.3f}",
            low=f"{one.low:+.3f}", high=f"{one.high:+.3f}",
        ))  # fmt: skip
    return "\n".join(lines)


def _score_row(key: Key, scores: Mapping[tuple[str, str], Score], lang: str) -> dict[str, str]:
    """One forecast in the table of scores."""
    row = {" ": say(key[0], lang), "  ": say(key[1], lang)}
    for name in SHOWN:
        one = scores.get((ALL, name))
        skill = "" if one is None or np.isnan(one.skill) else f" ({round(100 * one.skill)})"
        row[name] = "–" if one is None else f"{one.value:.3f}{skill}"
    return row


def _table(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows as a table, Chinese characters counted as two."""
    with pd.option_context("display.unicode.east_asian_width", True, "display.width", None):
        return pd.DataFrame(rows).to_string(index=False)


def _number(value: float) -> str:
    """A number with three digits behind the point, or a dash for none."""
    return "–" if np.isnan(value) else f"{value:.3f}"


def _interval(one: Estimate) -> str:
    return "" if np.isnan(one.low) else f"[{one.low:.3f}, {one.high:.3f}]"


def as_json(folder: str, a: Appraisal) -> dict[str, Any]:
    """All of an appraisal; None stands for what is not defined."""
    told: dict[str, Any] = {
        "folder": folder,
        "affairs": len(a.affairs),
        "analysed": int(a.affairs.core.sum()),
        "simulated_affairs": None if a.simulated is None else len(a.simulated),
        "statistics": [_beside(one) for one in a.statistics],
        "responses": [_beside(one) for one in a.responses],
    }
    if a.forecasts is None:
        return {**told, "forecasts": None, "why": say(a.why, "en")}
    f = a.forecasts
    return {
        **told,
        "forecasts": {
            "tasks": f.n_tasks,
            "affairs": f.n_affairs,
            "trained": say(
                "trained_elsewhere" if f.trained_elsewhere else "trained_folds", "en"
            ),
            "baselines": _scores(f.scores),
            "own": _scores(f.own),
            "differences": [
                {"variant": key[0], "forecast": key[1], "less": rival, "score": score,
                 **_plain(asdict(one))}
                for (key, rival), found in f.differences.items()
                for score, one in found.items()
            ],
        },
    }  # fmt: skip


def _beside(one: Beside) -> dict[str, Any]:
    """A statistic of an appraisal."""
    names = dict(zip(("statistic", "kind", "delay", "topics"), one.row, strict=False))
    if not one.row:
        names = {"statistic": TARGET_WORDS[one.id][0]}
    simulated = None
    if one.simulated is not None:
        simulated = {**_plain(asdict(one.simulated)), "inside": one.inside,
                     "half_widths_off": _plain({"off": one.off})["off"]}  # fmt: skip
    return {
        "id": one.id, **names, "use": one.use, "bias": one.bias or None,
        **_plain(asdict(one.observed)),
        "development": _plain(asdict(one.development)), "simulated": simulated,
    }  # fmt: skip


def _scores(found: Mapping[Key, Mapping[tuple[str, str], Score]]) -> list[dict[str, Any]]:
    """Scores, one by one."""
    return [
        {"variant": key[0], "forecast": key[1], "age": age, "score": score,
         **_plain(asdict(one))}
        for key, scores in found.items()
        for (age, score), one in scores.items()
    ]  # fmt: skip


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as JSON has them: no NaN, no infinity."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in values.items()
    }
