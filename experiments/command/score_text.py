"""The score of a case as it is printed: its days, what they add up to, rivals, size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.pictures.score_words import standard_error, title, told
from experiments.pictures.words import counted, few_words

if TYPE_CHECKING:
    from experiments.calibration.case_score import Scored
    from experiments.calibration.day_losses import Against

_MET = ("in_50", "in_90", "rank_correlation", "peak_day_observed", "peak_day_median", "score")


def scores_text(one: Scored, lang: str) -> str:
    """The days of a metric, then what they add up to, in words; numbers to three decimals.

    Shares of days inside a range are left out where so few runs give no range.
    """
    days = one.days.rename(columns=lambda name: told(name, lang))
    with pd.option_context("display.unicode.east_asian_width", True):
        table = days.to_string(index=False, float_format=lambda value: f"{value:.3f}", na_rep="–")
    few = one.summary.get("few")
    lines = [title(one.metric, one.summary["n_runs"], lang), table]
    if few:
        lines.append(few_words(few, lang))
    for key in _MET:
        if key in one.summary and not (few and key in ("in_50", "in_90")):
            lines.append(f"  {told(key, lang)}: {_value(one.summary[key], lang)}")
    if "note" in one.summary:
        lines.append("  " + told("few_days", lang, n=one.summary["n_days"]))
    return "\n".join([*lines, *_rivals(one, lang), *_size(one, lang)])


def _value(value: Any, lang: str) -> str:
    """A number to three decimals, a day as it is, words for what is not defined."""
    if value is None or value != value:
        return told("undefined", lang)
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _rivals(one: Scored, lang: str) -> list[str]:
    """A line for each forecast beside the runs, under what it knows; what makes them comparable."""
    lines = []
    for knows in ("events", "yesterday"):
        rivals = [rival for rival in one.rivals if rival.knows == knows]
        if rivals:
            lines += [told(knows, lang), *(f"  {_against(rival, lang)}" for rival in rivals)]
    if lines:
        with_errors = any(rival.rival.endswith("_dressed") for rival in one.rivals)
        lines.append(told("bare" if with_errors else "no_errors", lang))
    return lines


def _against(rival: Against, lang: str) -> str:
    """The runs against one other forecast: both scores, the verdict and how sure it is."""
    return told(
        "against", lang, rival=told(f"rival_{rival.rival}", lang), score=rival.score,
        difference=rival.difference, se=standard_error(rival.se), n=rival.n_days,
        days=counted(rival.n_days, "day"), verdict=told(rival.verdict, lang),
    )  # fmt: skip


def _size(one: Scored, lang: str) -> list[str]:
    """Observed and simulated size, or why they are not compared."""
    from experiments.calibration.case_size import LIST_UNIT

    if not one.size:
        return [told("no_size", lang, unit=one.unit, known=LIST_UNIT)]
    lines = [told("size", lang, unit=LIST_UNIT)]
    for key in ("largest_day", "all_days"):
        size = one.size[key]
        line = told("size_line", lang, what=told(key, lang), **size)
        has_range = size["q05"] == size["q05"]
        lines.append("  " + line + (told("size_range", lang, **size) if has_range else ""))
    return lines
