"""Answers to the questions of a form: read in both languages, or refused with what to type.

A parser takes what was typed, without blanks at its ends, and returns what it means or raises
`Refused`; the form then asks again. Full-width digits and letters of a Chinese keyboard count as
their half-width twins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from experiments.pictures.words import half_width
from sim import zones
from sim.case.case import LEFT_OUT
from sim.clock import EXCHANGES

_T = TypeVar("_T")


class Refused(ValueError):
    """An answer that cannot be used, with what to type instead, in both languages.

    Caught by the form, which says it in its language and asks again.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.texts = {"en": en, "zh": zh}


def words(answer: str) -> str:
    """Some text on one line, which YAML and Hydra take as it is. Raises Refused."""
    if not answer or not answer.isprintable() or len(answer) > 300 or "${" in answer:
        raise Refused(
            "Type one line of text, at most 300 characters, without ${.",
            "请输入一行文字，不超过300字，不含 ${。",
        )
    return answer


def choice(
    options: Mapping[str, _T], chinese: Mapping[str, str] | None = None
) -> Callable[[str], _T]:
    """A parser of one of some words, or of its Chinese name.

    options : word -> what it means. chinese : word -> what it is called in Chinese.
    """
    codes = {zh: code for code, zh in (chinese or {}).items()}

    def parse(answer: str) -> _T:
        """The option that an answer means. Raises Refused with all options."""
        answer = half_width(answer)
        given = codes.get(answer, answer.lower())
        if given not in options:
            shown = glossed(chinese) if chinese else "、".join(options)
            raise Refused(f"Type one of: {', '.join(options)}.", f"请输入其中之一：{shown}。")
        return options[given]

    return parse


def glossed(options: Mapping[str, str]) -> str:
    """Codes, each with its Chinese name, as a question in Chinese lists them."""
    return "、".join(f"{code} {zh}" for code, zh in options.items())


def who_says(answer: str) -> str:
    """Who says so, on one line: what a dated event of a case cannot go without. Raises Refused."""
    if not answer:
        raise Refused(
            "Type a source: a newspaper, a post, a link; or 'inferred from ...' if nobody says so.",
            "请输入出处：报纸、帖子或链接；若无出处，可写“inferred from ……”（推断自……）。",
        )
    return words(answer)


def an_exchange(answer: str) -> str | None:
    """The code of an exchange that is recorded, or None for no.

    A plain yes means the exchange of a case file that names none (`LEFT_OUT`).
    """
    typed = half_width(answer)
    if typed.upper() in EXCHANGES:
        return typed.upper()
    return LEFT_OUT["exchange"] if choice(_LISTED)(answer) else None


_ANSWERS = {"yes": True, "no": False, "y": True, "n": False, "是": True, "否": False}


YES_NO = choice(_ANSWERS)  #: a parser


_LISTED = {**dict.fromkeys(EXCHANGES, True), **_ANSWERS}  #: what may be answered, for the refusal


def number(low: float, high: float) -> Callable[[str], float]:
    """A parser of a number from low to high, both included; NaN is none."""

    def parse(answer: str) -> float:
        """The number that an answer means. Raises Refused with the range."""
        try:
            value = float(half_width(answer))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise Refused(
                f"Type a number from {low:g} to {high:g}.", f"请输入{low:g}至{high:g}之间的数字。"
            )
        return value

    return parse


def a_zone(answer: str) -> str:
    """An IANA time zone of a place. Raises Refused, with the nearest one that there is."""
    if zones.is_zone(answer):
        return answer
    close = zones.nearest_zone(answer)
    raise Refused(
        f"No time zone of a place. Type it like {close}, Europe/London, or Etc/UTC.",
        f"不是某地的时区。请按此格式输入：{close}、Europe/London 或 Etc/UTC。",
    )


def a_currency(answer: str) -> str | None:
    """A currency, three letters in capitals, or None for `unknown`. Raises Refused.

    Whether there is such a currency is not asked: nothing is converted.
    """
    answer = half_width(answer)
    if answer.lower() in ("unknown", "null", "未知"):
        return None
    if re.fullmatch("[A-Za-z]{3}", answer):
        return answer.upper()
    raise Refused(
        "Type three letters, such as HKD, CNY, USD; or unknown.",
        "请输入三个字母，如 HKD、CNY、USD；或“未知”。",
    )


def moment(first: datetime, last: datetime, zone: str) -> Callable[[str], datetime]:
    """A parser of a time of a zone in whole minutes, first <= time < last, that its clocks showed
    once.

    A time that was skipped or came twice when clocks changed would be a different hour for each
    reader.
    """

    def parse(answer: str) -> datetime:
        """The time that an answer means. Raises Refused: no time, outside the span, skipped or
        shown twice.
        """
        try:
            found = datetime.strptime(half_width(answer), "%Y-%m-%d %H:%M")
        except ValueError:
            raise Refused(
                f"Not a time. Type it like 2026-03-02 12:00 ({zones.zone_name(zone, 'en')}).",
                f"不是时间。请按此格式输入：2026-03-02 12:00（{zones.zone_name(zone, 'zh')}）。",
            ) from None
        if not first <= found < last:
            ends = (f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}")
            raise Refused(
                f"Outside what is simulated. Type a time from {ends[0]} to before {ends[1]}.",
                f"不在模拟时段内。请输入{ends[0]}至{ends[1]}之前的时间。",
            )
        _refuse_unclear(found, zone)
        return found

    return parse


def _refuse_unclear(time: datetime, zone: str) -> None:
    """Refuse a time that the clocks of a zone skipped, or showed twice, when they were changed."""
    if (shown := zones.shown_how_often(time, zone)) != 1:
        raise Refused(
            "The clocks were put forward over this time: it never came. Type another."
            if shown == 0
            else "The clocks were put back: this time came twice. Type one outside that hour.",
            "夏令时开始，此时刻被跳过。请输入其他时间。"
            if shown == 0
            else "夏令时结束，此时刻出现两次。请输入该小时以外的时间。",
        )


def or_never(parse: Callable[[str], _T]) -> Callable[[str], _T | None]:
    """A parser that takes what another takes, or `never`, which is None."""
    return lambda a: None if half_width(a).lower() in ("never", "从未") else parse(a)


def or_unknown(parse: Callable[[str], _T]) -> Callable[[str], _T | None]:
    """A parser that takes what another takes, or `unknown`, which is None."""
    return lambda a: None if half_width(a).lower() in ("unknown", "未知") else parse(a)
