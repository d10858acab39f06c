"""A brief and a report card as text for a terminal: plain lines, nothing printed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from experiments.game.brief import Brief
from experiments.game.brief_figures import Trace
from experiments.game.card import Row
from experiments.game.script import Decision
from experiments.game.terminal_texts import WIDTH, padded, say, wrapped
from experiments.pictures.dates import day_name
from experiments.pictures.words import number as printed

if TYPE_CHECKING:
    pass


BARS = "▁▂▃▄▅▆▇█"  #: from nothing to the largest value


def shown(seen: Brief, decision: Decision, lang: str) -> str:
    """A brief as text: situation, what is new, figures with their bands, and the curve.

    The latest twelve headlines; those since the last decision have a dot before them.
    """
    title = f"{seen.decision} · {seen.time:%Y-%m-%d %H:%M} · {decision.text(lang)}"
    lines = ["", "─" * WIDTH, title, wrapped(seen.situation), ""]
    for headline in seen.headlines[-12:]:
        mark = "•" if headline.new else " "
        lines.append(wrapped(f"{mark} {_time(headline.time, lang)}  {headline.text}", indent=15))
    lines.append("")
    for number in seen.numbers:
        digits = f".{number.digits}f"
        value = f"{number.value:{digits}}"
        if number.low != number.high:
            value += f" ({number.low:{digits}} - {number.high:{digits}})"
        about = f"{number.name}: {value} {number.unit} · {say('as_of', lang)} "
        lines.append(wrapped(f"  {about}{_time(number.as_of, lang)} · {number.note}", indent=4))
    return "\n".join([*lines, *_curve(seen.series, lang)])


def _time(moment: datetime, lang: str) -> str:
    """A moment with its day: 2 Mar 13:40, 3月2日 13:40."""
    return f"{day_name(moment, lang)} {moment:%H:%M}"


def _curve(series: Trace, lang: str) -> list[str]:
    """The curve of talk in one line, with its ends in words; nothing before the first hour is
    known.
    """
    if not series.values:
        return []
    last, low, high = series.values[-1], series.low[-1], series.high[-1]
    return [
        "",
        f"  {series.name}{say('comma', lang)}{series.unit}",
        f"  {sparkline(series.values)}",
        f"  {_time(series.times[0], lang)} - {_time(series.times[-1], lang)}"
        f"{say('comma', lang)}{say('at_most', lang)} {max(series.values):.1f}"
        f"{say('comma', lang)}"
        f"{say('last', lang)} {last:.1f} ({low:.1f} - {high:.1f})",
    ]


def sparkline(values: Sequence[float]) -> str:
    """A curve in one line of blocks, from nothing to its largest value."""
    top = max(max(values), 1e-9)
    return "".join(BARS[min(7, int(8 * max(0.0, value) / top))] for value in values)


def card(rows: Sequence[Row], lang: str) -> str:
    """The report card as a table: own and history in the same world; one run each."""
    heads = say("card", lang).split("|")
    lines = [f"{padded(heads[0], 44)}{heads[1]:>14}{heads[2]:>14}"]
    for row in rows:
        numbers = f"{_number(row.value):>14}{_number(row.history):>14}"
        lines.append(f"{padded(row.name, 44)}{numbers}  {row.unit}")
    return "\n".join([*lines, say("card_note", lang)])


def _number(value: float) -> str:
    """A number of the report card; a hyphen for what did not happen."""
    return "-" if value != value else printed(value)
