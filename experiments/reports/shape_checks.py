"""Checks of shape: what a case file asks of the shape of its runs, and whether they have it.

The numbers that are asked stand in the case (`shape:`); here is only how each is measured. They are
checks of a plot against what is documented, no fit: a run can meet all of them and be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from experiments.pictures.dates import day_name, day_of
from experiments.reading import intervals
from experiments.reports.demo_figures import observed_hours
from sim.case.case import Case
from sim.record import Run


def shape_checks(case: Case, runs: Sequence[Run]) -> list[dict[str, Any]]:
    """What the case file asks of the shape of its runs, as shares of runs and medians.

    Empty for a case that asks nothing, or was not observed.
    """
    rows = case.observed_hotlist()
    if rows is None:
        return []
    asked = _Asked(case, rows, runs)
    return [told for name, check in _CHECKS.items() if name in case.shape for told in check(asked)]


class _Asked:
    """A case with its runs: days by name, medians of outcomes, hours noted on the list."""

    def __init__(self, case: Case, rows: pd.DataFrame, runs: Sequence[Run]) -> None:
        dates = [case.start + pd.Timedelta(days=d) for d in range(5)]
        self.shape, self.frame = case.shape, intervals.frame_of(runs)
        self.noted = intervals.noted_hours(runs)
        self.on = {lang: [day_of(date, lang) for date in dates] for lang in ("en", "zh")}
        self.seen = observed_hours(rows, case, [day_name(date, "en") for date in dates])

    def day(self, number: int, lang: str) -> str:
        """A day of the case, counted from 1, by its date."""
        return self.on[lang][number - 1]

    def median(self, outcome: str) -> float:
        """The median of an outcome over the runs."""
        return float(self.frame[outcome].median())


def _check(en: str, zh: str, number: str, passed: bool) -> dict[str, Any]:
    """A check as the page has it: what is asked, what the runs have, whether it is met."""
    return {"en": en, "zh": zh, "number": number, "passed": passed}


def _quiet(a: _Asked) -> list[dict[str, Any]]:
    """On a day too early for it hardly any run is on the list."""
    day, most = a.shape["quiet"]["day"], a.shape["quiet"]["share"]
    early = float((a.noted[day] > 0).mean())
    return [
        _check(
            f"no hashtag on the general list on {a.day(day, 'en')}",
            f"{a.day(day, 'zh')}综合热搜无话题",
            f"listed in {early:.0%} of runs (asked: below {100 * most:.0f} %)",
            early < most,
        )
    ]


def _first_entry(a: _Asked) -> list[dict[str, Any]]:
    """The first hashtag enters after the apology, in most runs and within some hours of it."""
    asked = a.shape["first_entry"]
    least, (low, high) = asked["share"], asked["after_apology_h"]
    after = a.median("first_listed_after_apology_h")
    first = float((a.frame["first_listed_h"] >= a.frame["first_response_h"]).mean())
    return [
        _check(
            "first entry after the apology",
            "首个话题在致歉之后上榜",
            f"in {first:.0%} of runs; median {after:.1f} h after it (asked: above "
            f"{100 * least:.0f} %, {low:g}-{high:g} h; {asked['observed']})",
            first > least and low <= after <= high,
        )
    ]


def _fan_lead(a: _Asked) -> list[dict[str, Any]]:
    """Talk of fans peaks some hours before that of everybody else."""
    (low, high), lead = a.shape["fan_lead"]["h"], a.median("fan_lead_h")
    return [
        _check(
            "fan peak before public peak",
            "粉丝峰值早于公众峰值",
            f"by {lead:.0f} h (asked: {low:g}-{high:g} h)",
            low <= lead <= high,
        )
    ]


def _rise(a: _Asked) -> list[dict[str, Any]]:
    """Attention grows from one day to another by a factor within bounds."""
    asked = a.shape["rise"]
    (first, then), (low, high) = asked["days"], asked["times"]
    before, after = a.median(f"reads_day_{first}"), a.median(f"reads_day_{then}")
    return [
        _check(
            f"attention higher on {a.day(then, 'en')} than on {a.day(first, 'en')}",
            f"{a.day(then, 'zh')}关注高于{a.day(first, 'zh')}",
            f"list views {after / max(before, 1e-9):.2f} times (asked: {low:g}-{high:g} times; "
            f"{asked['observed']})",
            low * before < after <= high * before,
        )
    ]


def _fall(a: _Asked) -> list[dict[str, Any]]:
    """By a late day attention is down to a share of what it was on the day of its peak."""
    (last, top), most = a.shape["fall"]["days"], a.shape["fall"]["share"]
    left, peak = a.median(f"reads_day_{last}"), a.median(f"reads_day_{top}")
    return [
        _check(
            f"near zero by {a.day(last, 'en')}",
            f"{a.day(last, 'zh')}接近零",
            f"list views {left / max(peak, 1e-9):.1%} of {a.day(top, 'en')} "
            f"(asked: below {100 * most:.0f} %)",
            left < most * peak,
        )
    ]


def _governance(a: _Asked) -> list[dict[str, Any]]:
    """Outraged talk turns from what began it to how the company is governed."""
    asked = a.shape["governance"]
    first, then = asked["days"]
    before, after = (a.median(f"governance_share_day_{d}") for d in (first, then))
    return [
        _check(
            "talk shifting to governance",
            "讨论转向公司治理",
            f"{before:.0%} on {a.day(first, 'en')}, {after:.0%} on {a.day(then, 'en')} "
            f"(asked: < {100 * asked['below']:.0f} %, > {100 * asked['above']:.0f} %)",
            before < asked["below"] and after > asked["above"],
        )
    ]


def _listed(a: _Asked) -> list[dict[str, Any]]:
    """Hours on the list, day by day: near the observed ones, by hours or by a share of them."""
    told, asked = [], a.shape["listed"]
    for day in asked["days"]:
        observed = float(a.seen.iloc[day - 1])
        low, median, high = a.noted[day].quantile([0.05, 0.5, 0.95])
        allowed = max(asked["h"], asked["share"] * observed)
        told.append(
            _check(
                f"hours on the list on {a.day(day, 'en')}",
                f"{a.day(day, 'zh')}在榜时长",
                f"median {median:.1f} h (asked: {max(observed - allowed, 0):.1f}-"
                f"{observed + allowed:.1f} h; observed {observed:.0f} h; 5-95 % of runs: "
                f"{low:.1f}-{high:.1f} h)",
                bool(abs(median - observed) <= allowed),
            )
        )
    return told


#: Key of `shape:` in a case file -> its check, in the order in which the page tells them.
_CHECKS: Mapping[str, Callable[[_Asked], list[dict[str, Any]]]] = {
    "quiet": _quiet,
    "first_entry": _first_entry,
    "fan_lead": _fan_lead,
    "rise": _rise,
    "fall": _fall,
    "governance": _governance,
    "listed": _listed,
}
