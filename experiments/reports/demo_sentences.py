"""What a demo found, in plain words: a sentence an answer, on the first outcome compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.pictures.amounts import amount, between, change
from experiments.pictures.words import few_words, say
from experiments.reading import intervals
from sim.metrics import BY_NAME
from sim.record import Run

OUTCOME = "outrage_burden_core"


def sentences(runs: Mapping[str, Sequence[Run]], lang: str) -> list[str]:
    """What happened left so much; then each other answer against it, the best first.

    runs : by response, as_happened among them.
    """
    frame = intervals.frame_of([run for group in runs.values() for run in group])
    about = BY_NAME[OUTCOME]
    median = float(frame[frame["response"] == "as_happened"][OUTCOME].median())
    left, name = amount(median, about.unit, lang), about.zh if lang == "zh" else about.en
    first = (
        f"实际应对的{name}：{left}（中位数）。"
        if lang == "zh"
        else f"What was done left {left} as {name} (median)."
    )
    table = intervals.contrasts(frame, (OUTCOME,), "as_happened").sort_values("mean")
    return [first, *(_against(row, about.unit, lang) for row in table.to_dict("records"))]


def _against(row: Mapping[Any, Any], unit: str, lang: str) -> str:
    """An answer against what happened."""
    zh, answer, n = lang == "zh", say(str(row["response"]), lang), int(row["n"])
    if row["verdict"] == "same":
        return (
            f"“{answer}”：{n}个世界中均无差异。"
            if zh
            else f"“{answer}”: the same in all {n} worlds."
        )
    size = change(float(row["mean"]), unit, lang)
    if pd.isna(row["low"]):
        return (
            f"“{answer}”：{size}（{few_words(n, lang)}）。"
            if zh
            else f"“{answer}”: {size} ({few_words(n, lang)})."
        )
    span = between(float(row["low"]), float(row["high"]), unit, lang)
    better = round(float(row["share_better"]) * n)
    unsure = row["verdict"] == "unclear"
    if zh:
        end = "；二者分不出高下" if unsure else ""
        return f"“{answer}”：平均{size}（95%区间：{span}），{n}个可能世界中有{better}个更好{end}。"
    end = "; the two cannot be told apart" if unsure else ""
    return (
        f"“{answer}”: {size} on average (95 % interval: {span}), better in {better} of {n} "
        f"plausible worlds{end}."
    )
