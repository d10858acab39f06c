"""The public table of forecasts: docs/forecasts.md, in both languages.

python -m experiments.corpus.public_table [DATE]     # make forecast-bench

Every baseline and the model's own forecasts on the tasks of the development affairs, none trained
on the organisation that it forecasts; differences from the landmark regression are paired over
affairs, with 90 % intervals.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from experiments.corpus import shipped
from experiments.corpus.contest import MODEL, REGRESSION, TOLD, UNTOLD, Contest, contest
from experiments.corpus.scores import ALL, Score, compare
from experiments.corpus.tasks import AGES, build
from experiments.corpus.words import say
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole

DOCS = Path(__file__).parents[2] / "docs"
BRIERS = ("brier_new24", "brier_new72", "brier_other24")
HEAD = {
    "en": (
        "# Forecasts of real affairs: the public table\n\n[中文](forecasts.zh.md)\n\n"
        "CRPS of the heat of the next 24 h (log scale) at 3, 6, 12 and 24 h after the first "
        "listed topic, Brier scores of new topics, over {n} tasks of {affairs} affairs; smaller is "
        "better. "
        "Five-fold by organisation. Made by `make forecast-bench` on {day}, results {version}. "
        "What the tasks are: [corpus.md](corpus.md#forecasts). To beat it: `backlash corpus score "
        "forecast=FILE`.\n\n"
        "*Worlds alike* and *synthetic affairs* never saw the course of a real affair: they know "
        "52 statistics of the population. *Model and development affairs* also learns from the "
        "other organisations' affairs, as the regression does.\n"
    ),
    "zh": (
        "# 真实事件的预测：公开表\n\n[English](forecasts.md)\n\n"
        "首个话题上榜后3、6、12、24小时，未来24小时热度（对数）的CRPS，以及新话题的Brier分；"
        "{affairs}起事件的{n}项任务，越小越好。按机构五折。由 `make forecast-bench` 于{day}生成，"
        "结果版本{version}。任务定义见 [corpus.zh.md](corpus.zh.md)。"
        "要超过它：`backlash corpus score forecast=FILE`。\n\n"
        "“相似的仿真事件”与“仿真事件上的回归”从未见过真实事件的过程，只知道总体的52项统计量；"
        "“模型与开发集事件”与回归一样，还从其他机构的事件中学习。\n"
    ),
}


def main(words: Sequence[str] = ()) -> None:
    """Write the table; a date may be given, so that the same runs give the same file."""
    day = words[0] if words else date.today().isoformat()
    known = build(shipped.development(), shipped.sampling_clock())
    held = contest(shipped.development(), known, known)
    scores = {key: held.scores(one, fair=False) for key, one in held.forecasts.items()}
    for lang, name in (("en", "forecasts.md"), ("zh", "forecasts.zh.md")):
        head = HEAD[lang].format(
            n=len(known), affairs=known.frame["affair"].nunique(), day=day, version=RESULTS_VERSION
        )
        parts = [head]
        for variant in (UNTOLD, TOLD):
            parts += [f"\n## {say(variant, lang)}\n", _table(scores, variant, lang)]
            parts += ["", *_differences(held, variant, lang)]
        write_whole(DOCS / name, ("\n".join(parts).rstrip() + "\n").encode())
        print(DOCS / name)


def _table(
    scores: Mapping[tuple[str, str], Mapping[tuple[str, str], Score]], variant: str, lang: str
) -> str:
    """Rows of one variant, the best first."""
    ages = [f"{age} h" for age in AGES]
    lines = [
        f"| | CRPS | {' | '.join(ages)} | new24 | new72 | other24 | in 90 % |",
        "|---" * 10 + "|",
    ]
    own = {name: found for (of, name), found in scores.items() if of == variant}
    for name, found in sorted(own.items(), key=lambda item: item[1][ALL, "crps"].value):
        crps = [found[ALL, "crps"], *(found[str(age), "crps"] for age in AGES)]
        cells = [f"{one.value:.3f}" for one in crps]
        cells += [f"{found[ALL, b].value:.3f}" if (ALL, b) in found else "" for b in BRIERS]
        cells.append(f"{100 * found[ALL, 'in90'].value:.0f} %")
        said = say(name, lang)
        lines.append(
            f"| {f'**{said}**' if name in MODEL.values() else said} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def _differences(held: Contest, variant: str, lang: str) -> list[str]:
    """How far each forecast of the model is from the landmark regression, in sentences."""
    found = []
    for name in MODEL.values():
        one = compare(
            held.forecasts[variant, name], held.forecasts[variant, REGRESSION], held.tasks
        )["crps"]
        sure = "" if np.sign(one.low) == np.sign(one.high) else {
            "en": " (cannot be told from it)", "zh": "（无法区分）"
        }[lang]  # fmt: skip
        found.append(
            f"- {say(name, lang)} − {say(REGRESSION, lang)}: {one.value:+.3f} "
            f"({one.low:+.3f} … {one.high:+.3f}){sure}"
        )
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
