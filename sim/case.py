"""A case: dated, sourced events, levers as they happened, typed targets; and its timeline as text.

What a run depends on is `Case.simulated()`; the rest is shown or compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("forcing", "lever", "outcome", "context")
CERTAINTIES = ("documented_exact", "documented_daypart", "bracketed", "inferred")
FORCING_KINDS = ("rumour", "leak", "mock", "agenda", "naming")
TOPICS = ("deal", "governance")
USES = ("fit", "holdout", "context")
UNITS = (
    "h",
    "d",
    "hashtags",
    "reads",
    "million",
    "million/h",
    "share",
    "ratio",
    "return",
    "HKD",
    "HKD bn",
    "HKD/day",
    "CNY",
    "followers",
    "comments",
    "persons",
    "count",
    "points",
    "posts",
)
KINDS = ("core", "customer", "public")


@dataclass(frozen=True)
class Event:
    """Something that happened, with how surely and who says so."""

    id: str
    role: str
    kind: str
    time: datetime
    bracket: tuple[datetime, datetime] | None
    certainty: str
    actor: str
    source: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Forcing:
    """An event that drives the model: nobody in it decides that it happens."""

    id: str
    kind: str
    time: datetime
    topic: int  #: 0 the deal, 1 governance
    reach: tuple[float, float, float]  #: share of each kind that would ever see it directly
    credibility: float
    novelty: float
    betrayal: float
    heat: float
    tag: bool  #: whether a hashtag may be born
    displacement: float
    duration_h: float


@dataclass(frozen=True)
class Target:
    """One typed number or ordering that a run is held against."""

    id: str
    type: str
    quantity: str
    use: str
    source: str
    time: str
    reliability: str
    text: Mapping[str, str]
    value: float | None = None
    tolerance: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    terms: tuple[str, ...] = ()
    discrepancy: float | None = None  #: how far a good model may be off, in the unit (or share)


@dataclass(frozen=True)
class Case:
    """A documented (or invented) crisis."""

    name: str
    titles: Mapping[str, str]
    summary: Mapping[str, str]
    start: datetime
    horizon_d: int
    clock_start: str
    clock_start_time: datetime
    founder: bool
    events: tuple[Event, ...]
    forcing: tuple[Forcing, ...]
    levers: Mapping[str, Any]
    targets: tuple[Target, ...]
    market: Mapping[str, Any]
    series: Mapping[str, str | None]
    folder: Path

    def title(self, lang: str = "en") -> str:
        """What the case is called."""
        return str(self.titles[lang])

    def event(self, name: str) -> Event:
        """The event of this id; KeyError if there is none."""
        return {event.id: event for event in self.events}[name]

    def simulated(self) -> dict[str, Any]:
        """Exactly what changes a run: it goes into the run's name; texts and targets do not."""
        return {
            "name": self.name,
            "start": f"{self.start:%Y-%m-%d %H:%M}",
            "clock_start": f"{self.clock_start_time:%Y-%m-%d %H:%M}",
            "founder": self.founder,
            "market": {key: self.market.get(key) for key in ("listed", "previous_close_hkd")},
            "forcing": [
                {
                    **{key: getattr(event, key) for key in Forcing.__dataclass_fields__},
                    "time": f"{event.time:%Y-%m-%d %H:%M}",
                    "reach": list(event.reach),
                }
                for event in self.forcing
            ],
        }

    def observed_hotlist(self) -> pd.DataFrame | None:
        """The observed hot-list rows, `time_hkt` parsed, or None."""
        return self._observed("hotlist", "time_hkt")

    def observed_prices(self) -> pd.DataFrame | None:
        """The observed daily prices, `date` parsed, or None."""
        return self._observed("prices", "date")

    def _observed(self, which: str, time: str) -> pd.DataFrame | None:
        import pandas as pd

        name = self.series.get(which)
        return None if name is None else pd.read_csv(self.folder / name, parse_dates=[time])


_SIGN = {"documented_exact": "=", "documented_daypart": "~", "bracketed": "[]", "inferred": "?"}
_WORDS = {
    "en": (
        "Delays count from",
        "time (HKT)",
        "role",
        "what happened",
        "= exact   ~ part of the day   [] bracketed   ? inferred",
        "targets: {} for fitting, {} held out, {} context",
    ),
    "zh": (
        "延迟自此起算",
        "时间(香港)",
        "角色",
        "事件",
        "= 精确   ~ 时段   [] 区间   ? 推断",
        "目标:拟合 {},留出 {},背景 {}",
    ),
}
_ROLES_ZH = {"forcing": "驱动", "lever": "举措", "outcome": "结果", "context": "背景"}


def describe_case(case: Case, lang: str = "en") -> str:
    """The timeline as text: time, certainty, role, what happened."""
    words = _WORDS[lang]
    lines = [
        case.title(lang),
        case.summary[lang],
        f"{words[0]}: {case.clock_start} ({case.clock_start_time:%Y-%m-%d %H:%M})",
        "",
        f"{words[1]:<19}{words[2]:<9}{words[3]}",
    ]
    for event in sorted(case.events, key=lambda event: event.time):
        role = _ROLES_ZH[event.role] if lang == "zh" else event.role
        lines.append(
            f"{event.time:%Y-%m-%d %H:%M} {_SIGN[event.certainty]:<2}{role:<9}{event.text[lang]}"
        )
    counts = [sum(target.use == use for target in case.targets) for use in USES]
    return "\n".join([*lines, "", words[4], words[5].format(*counts)])
