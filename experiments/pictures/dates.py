"""Dates in words, in English and in Chinese: titles name days, never offsets of them."""

from __future__ import annotations

from datetime import date

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip


def months(first: date, last: date, lang: str) -> str:
    """The months of a span with their years: January 2026; April to July 1985; 1985年4月至7月."""
    same_year = first.year == last.year
    if lang == "zh":
        begin, end = f"{first.year}年{first.month}月", f"{last.month}月"
        if (first.year, first.month) == (last.year, last.month):
            return begin
        return f"{begin}至{end if same_year else f'{last.year}年{end}'}"
    begin, end = _MONTHS[first.month - 1], f"{_MONTHS[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return end
    return f"{begin if same_year else f'{begin} {first.year}'} to {end}"


def day_of(moment: date, lang: str) -> str:
    """A day with its month: 6 January, 1月6日."""
    if lang == "zh":
        return f"{moment.month}月{moment.day}日"
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def days_of(first: date, last: date, lang: str, between: str) -> str:
    """Two days with their months, named once if it is the same: 7 to 16 January, 1月7-16日."""
    if first == last:
        return day_of(first, lang)
    same = (first.year, first.month) == (last.year, last.month)
    if lang == "zh":
        end = f"{last.day}日" if same else day_of(last, lang)
        begin = f"{first.month}月{first.day}" if same else day_of(first, lang)
        return f"{begin}{between}{end}"
    return f"{first.day if same else day_of(first, lang)}{between}{day_of(last, lang)}"


def day_name(moment: date, lang: str) -> str:
    """The same, short: 5 Jan, 1月5日."""
    return day_of(moment, lang) if lang == "zh" else f"{moment.day} {_MONTHS[moment.month - 1][:3]}"
