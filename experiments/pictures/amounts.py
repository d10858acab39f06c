"""Numbers as people say them: two significant digits, with their unit, differences as more or less.

For sentences; tables and files have the numbers as they are.
"""

from __future__ import annotations

from math import floor, isfinite, log10

from experiments.pictures.words import unit_name

#: Units whose Chinese stands before the number.
_FRONT_ZH = {"days per core fan": "每名核心粉丝{}天", "days/customer": "每名用户{}天"}
_MONEY = {"HKD": "港元", "CNY": "元", "USD": "美元"}
_SHARES = {"share": ("", ""), "share of initial": (" of what it was", "（相对最初）")}


def two_digits(value: float) -> str:
    """A number to two significant digits, never as a power of ten."""
    if not isfinite(value) or not value:
        return "0" if value == 0 else "–"
    places = 1 - floor(log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:,.0f}" if places <= 0 else f"{rounded:.{places}f}".rstrip("0").rstrip(".")


def amount(value: float, unit: str, lang: str) -> str:
    """A number with its unit in words: 2.5 days per core fan, 79 %, HKD 1.2 million."""
    zh = lang == "zh"
    if unit in _SHARES:
        return f"{two_digits(100 * value)}{'%' if zh else ' %'}{_SHARES[unit][zh]}"
    if unit in _MONEY:
        return _money(value, unit, zh)
    if zh:
        return _FRONT_ZH.get(unit, "{}" + unit_name(unit, "zh")).format(two_digits(value))
    return f"{two_digits(value)} {unit}".replace(" h after ", " hours after ")


def _money(value: float, unit: str, zh: bool) -> str:
    """Money: in millions from one on (in Chinese in units of ten thousand)."""
    if zh:
        big = abs(value) >= 1e4
        return (
            f"{two_digits(value / 1e4)}万{_MONEY[unit]}"
            if big
            else f"{two_digits(value)}{_MONEY[unit]}"
        )
    big = abs(value) >= 1e6
    return f"{unit} {two_digits(value / 1e6)} million" if big else f"{unit} {two_digits(value)}"


def change(value: float, unit: str, lang: str) -> str:
    """A difference as more or less: 0.24 less, 2.1 percentage points more."""
    zh, size = lang == "zh", abs(value)
    if not value:
        return "不变" if zh else "the same"
    if unit in _SHARES:
        points = two_digits(100 * size)
        told = (
            f"{points}个百分点"
            if zh
            else f"{points} percentage point{'' if points == '1' else 's'}"
        )
    elif unit in _MONEY:
        told = _money(size, unit, zh)
    else:
        told = two_digits(size)
    more = value > 0
    return f"{'多' if more else '少'}{told}" if zh else f"{told} {'more' if more else 'less'}"


def spread(value: float, unit: str, lang: str) -> str:
    """The size of differences: a number with its unit, shares in percentage points."""
    told = change(abs(value), unit, lang)
    if unit in _SHARES or unit in _MONEY:
        return told[1:] if lang == "zh" else told.rpartition(" ")[0]
    return amount(abs(value), unit, lang)


def between(low: float, high: float, unit: str, lang: str) -> str:
    """An interval of a difference in words: 0.15 to 0.32 less; from 0.4 less to 0.03 more."""
    if low > 0 or high < 0:
        near, far = sorted((low, high), key=abs)
        a, b = change(near, unit, lang), change(far, unit, lang)
        if lang == "zh":
            return f"{a}至{b[1:]}"
        return f"{a.rpartition(' ')[0]} to {b}"
    a, b = change(low, unit, lang), change(high, unit, lang)
    return f"{a}至{b}" if lang == "zh" else f"from {a} to {b}"
