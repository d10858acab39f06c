"""A case: dated, sourced events, levers as they happened, typed targets.

What a run depends on is `Case.simulated()`; the rest is shown or compared. A case is made by
`sim.case.case_file`, which checks it; nothing here checks again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from sim import zones
from sim.base.fixed import fixed
from sim.base.refusal import ConfigError
from sim.case.daily import Daily
from sim.case.series import read_series
from sim.clock import EXCHANGES, Exchange

if TYPE_CHECKING:
    import pandas as pd

#: Of an event: it drives the model; it is an act of the brand; it is what a run should bring about;
#: it is only told.
ROLES = ("forcing", "lever", "outcome", "context")
#: How surely the time of an event is known.
CERTAINTIES = ("documented_exact", "documented_daypart", "bracketed", "inferred")
#: What a forcing event is. An agenda only displaces the case; an appeasing voice calms; a launch
#: of the brand does what an agenda does, and is an occasion to talk of what is open.
FORCING_KINDS = (
    "rumour", "leak", "mock", "agenda", "naming", "media_test", "regulator", "other_brand",
    "leader_post", "customer_video", "appeasing", "launch", "second_accusation",
)  # fmt: skip
ELSEWHERE = ("agenda", "launch")  #: kinds that take attention to something else for a while
#: Who did what the affair is about: the brand's own people, or somebody outside whom it works with,
#: or who uses its name.
INSIDE = "inside"
CULPRITS = (INSIDE, "supplier", "agency", "partner", "impostor")
TOPICS = ("deal", "governance")  #: what outrage is about; a number in the model, in this order
USES = ("fit", "holdout", "context")  #: of a target: who may look at it
MONEY = "HKD"  #: what the model's amounts are in: cash, expected legal cost, turnover
#: What the record of a run leaves out: where the first cases happened. Frozen, for any other would
#: rename every stored run.
LEFT_OUT = {"time_zone": "Asia/Hong_Kong", "currency": MONEY, "exchange": "XHKG"}
#: Of targets; a case in another currency has that of its money, too.
UNITS = (
    "h", "d", "hashtags", "reads", "million", "million/h", "share", "ratio", "return", "HKD",
    "HKD bn", "HKD/day", "CNY", "followers", "comments", "persons", "count", "points", "posts",
)  # fmt: skip
KINDS = ("core", "customer", "public")  #: of people, in the order of rows
#: What a case file may ask of the shape of its runs, and with which numbers. Days count from 1.
SHAPE = {
    "quiet": ("day", "share"),  # fewer than this share of runs are on the list that day
    "first_entry": ("share", "after_apology_h", "observed"),
    "fan_lead": ("h",),  # fans' talk peaks before the public's
    "rise": ("days", "times", "observed"),  # list views of the second day over those of the first
    "fall": ("days", "share"),  # list views of the first day over those of the second
    "governance": ("days", "below", "above"),  # its share of talk on either day
    "listed": ("days", "h", "share"),  # hours on the list: off by at most so many, or that share
}


@dataclass(frozen=True)
class Event:
    """Something that happened, with how surely and who says so.

    time : naive, in the zone of the case; where only `bracket` (from, to) is known, the moment in
    it that a run takes. text : in both languages.
    """

    id: str  #: once in a case
    role: str  #: one of ROLES
    kind: str  #: of a forcing event one of FORCING_KINDS; else a word of the author
    time: datetime
    bracket: tuple[datetime, datetime] | None  #: within which it happened, if no more is known
    certainty: str  #: one of CERTAINTIES
    actor: str  #: who did it: a role, never a private name
    source: str  #: who says so
    text: Mapping[str, str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", fixed(dict(self.text)))


@dataclass(frozen=True)
class Forcing:
    """An event that drives the model: nobody in it decides that it happens.

    credibility, novelty : shares, of the evidence and of its topic. betrayal : added to how
    betrayed people feel. heat : on the list, by the documents. displacement, duration_h : of
    another matter (`agenda`) or a launch, which share of attention it takes away and for how long.
    """

    id: str  #: of the event that it is
    kind: str  #: one of FORCING_KINDS
    time: datetime
    topic: int  #: 0 the deal, 1 governance
    reach: tuple[float, float, float]  #: share of each kind that would ever see it directly
    credibility: float  #: [0, 1]
    novelty: float  #: [0, 1]
    betrayal: float  #: [0, .15]
    heat: float  #: [0, 2e7], the list's index; 0: it waits for a reporter
    tag: bool  #: whether a hashtag may be born
    displacement: float  #: [0, 1]; 0 of all kinds but ELSEWHERE
    duration_h: float  #: hours; 0 of all kinds but ELSEWHERE
    requires: str | None = None  #: an act of the brand without which it does not happen


@dataclass(frozen=True)
class Target:
    """One typed number or ordering that a run is held against.

    type : point (value and tolerance), interval (low and high) or ordering (terms, the quantities
    from the least to the largest). quantity : a name of experiments.calibration.targets. None for
    numbers that the type does not have.
    """

    id: str  #: once in a case
    type: str  #: point, interval or ordering
    quantity: str
    use: str  #: one of USES
    source: str  #: who counted
    time: str
    reliability: str  #: high or low; low never enters a fit
    text: Mapping[str, str]
    value: float | None = None
    tolerance: float | None = None  #: of the observation, in the unit
    low: float | None = None
    high: float | None = None
    unit: str | None = None  #: one of UNITS, or of the money of the case
    terms: tuple[str, ...] = ()
    discrepancy: float | None = None  #: how far a good model may be off, in the unit (or share)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", fixed(dict(self.text)))


@dataclass(frozen=True)
class Case:
    """A documented (or invented) crisis, read once and for good.

    All of its moments are naive and in `time_zone`. Its mappings can be read and not written to,
    for all runs of a process share it.
    """

    name: str  #: letters, digits and _
    time_zone: str  #: IANA name
    currency: str | None  #: ISO 4217; None: its money is not known
    exchange: str | None  #: a code of `sim.clock.EXCHANGES`; None: none that the clock knows
    hot_list: bool  #: whether its platform shows a public list of trending topics
    about: Mapping[str, str]  #: what people are angry about at first, in words: the deal
    phases: tuple[str, ...]  #: of the observed hot list, those of the crisis; empty: all
    titles: Mapping[str, str]  #: by language, en and zh
    summary: Mapping[str, str]  #: by language
    start: datetime  #: when day 1 begins
    horizon_d: int  #: days that are simulated by default
    clock_start: str  #: the id of the event from which delays count
    clock_start_time: datetime
    founder: bool  #: whether there is one who could speak
    events: tuple[Event, ...]  #: in the order of the file
    forcing: tuple[Forcing, ...]  #: in the order of time
    levers: Mapping[str, Any]  #: acts of the brand as they stand in the file
    targets: tuple[Target, ...]
    market: Mapping[str, Any]  #: previous close, if there was one, and what is told of it
    #: hotlist, prices, daily: a file or None; combine: see sim.case.daily
    series: Mapping[str, Any]
    folder: Path  #: where its series lie
    #: people who talk, over those of the documented case: from where to where it may lie
    community: tuple[float, float] = (1.0, 1.0)
    culprit: str = INSIDE  #: one of CULPRITS: who did it
    blame: float = 1.0  #: [0, 1], share of the blame that stays with the brand; 1 if it did it
    #: Closes of a stock index by day (ISO), from the last before the case on; empty: none is known
    index: Mapping[str, float] = field(default_factory=dict)
    shape: Mapping[str, Any] = field(default_factory=dict)  #: what a report asks of runs: see SHAPE
    #: keys and values as they stand in the file, with its folder: what a manifest keeps of a case
    written: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Nobody can write to a case from here on: every config of a sweep holds the same."""
        names = (
            "about", "titles", "summary", "levers", "market", "series", "index", "shape", "written",
        )  # fmt: skip
        for name in names:
            object.__setattr__(self, name, fixed(dict(getattr(self, name))))

    def __getitem__(self, key: str) -> NoReturn:
        """Raise TypeError that names the field: a case was a mapping once."""
        raise TypeError(
            f"a case is typed, and has no keys: [{key!r}]\n"
            f"  allowed: {', '.join(self.__dataclass_fields__)}\n"
            f"  try:     config.case.{_FIELDS.get(key, key)}, or config.case.written[{key!r}] as "
            "it stands in the file"
        )

    def title(self, lang: str = "en") -> str:
        """What the case is called in a language, en or zh."""
        return str(self.titles[lang])

    def event(self, name: str) -> Event:
        """The event of this id; KeyError if there is none."""
        return {event.id: event for event in self.events}[name]

    def has(self, kind: str) -> bool:
        """Whether an event of this kind drives the case."""
        return any(event.kind == kind for event in self.forcing)

    @property
    def previous_close(self) -> float | None:
        """The last price before it, in the money of its exchange; None: not known."""
        close = self.market.get("previous_close_hkd")
        return None if close is None else float(close)

    @property
    def beta(self) -> float:
        """How far the share follows the index: log return for log return; 0 without an index."""
        return float(self.market.get("beta") or 0.0)

    @property
    def community_middle(self) -> float:
        """Its community where nothing is drawn: the geometric mean of its bounds."""
        low, high = self.community
        return low if low == high else math.sqrt(low * high)

    @property
    def listed(self) -> bool:
        """Whether there is a market: an exchange that the clock knows, and a close before."""
        return self.exchange is not None and self.previous_close is not None

    @property
    def counts_money(self) -> bool:
        """Whether the model's amounts, in HKD, say something about this case."""
        return self.currency == MONEY

    def no_market(self, lang: str = "en") -> str:
        """Why there is no market; empty if there is one."""
        if self.listed:
            return ""
        note = self.market.get("note")
        if isinstance(note, Mapping):
            return str(note[lang])
        if note:
            return str(note)
        if self.exchange is None:
            return "此案例没有交易所" if lang == "zh" else "the case names no exchange"
        where: Exchange = EXCHANGES[self.exchange]
        return (
            f"未知{where.name(lang)}的事前收盘价"
            if lang == "zh"
            else f"its close before, at the {where.name(lang)}, is not known"
        )

    def hours(self, moment: datetime) -> float:
        """Hours that pass from the clock start to a moment; negative before it."""
        passed = zones.span(self.clock_start_time, moment, self.time_zone)
        return passed / timedelta(hours=1)

    def after(self, hours: float) -> datetime:
        """The moment so many hours after the clock start, to the minute."""
        by = timedelta(minutes=round(60 * hours))
        return zones.later(self.clock_start_time, by, self.time_zone)

    def zone_name(self, lang: str = "en") -> str:
        """The zone of its times in words."""
        return zones.zone_name(self.time_zone, lang)

    def simulated(self) -> dict[str, Any]:
        """Exactly what changes a run: it goes into the run's name; texts and targets do not.

        Zone, currency and exchange stand in it where they are not LEFT_OUT.
        """
        own = {"time_zone": self.time_zone, "currency": self.currency}
        if self.listed:
            own["exchange"] = self.exchange
        return {
            **{key: value for key, value in own.items() if value != LEFT_OUT[key]},
            **({} if self.hot_list else {"hot_list": False}),
            **({} if self.community_middle == 1 else {"community": self.community_middle}),
            **({} if self.blame == 1 else {"blame": self.blame}),
            "name": self.name,
            "start": f"{self.start:%Y-%m-%d %H:%M}",
            "clock_start": f"{self.clock_start_time:%Y-%m-%d %H:%M}",
            "founder": self.founder,
            "market": {
                "listed": self.listed,
                "previous_close_hkd": self.market.get("previous_close_hkd"),
                **({"beta": self.beta, "index": dict(self.index)} if self.index else {}),
            },
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
        return self._observed("hotlist")

    def observed_prices(self) -> pd.DataFrame | None:
        """The observed daily prices, `date` parsed, or None."""
        return self._observed("prices")

    def observed_daily(self) -> Daily | None:
        """The daily series, one row a day and metric of the case's days, or None."""
        return self._observed("daily")

    def _observed(self, which: str) -> Any:
        """A series or None. Raises the first ConfigError that its file deserves."""
        series, problems = self.observed(which)
        if problems:
            raise problems[0]
        return series

    def observed(self, which: str) -> tuple[Any, list[ConfigError]]:
        """A series (hotlist, prices, daily) or None, and everything that is wrong with its file."""
        name = self.series.get(which)
        if name is None:
            return None, []
        return read_series(
            which,
            self.folder / str(name),
            self.start,
            self.horizon_d,
            zones.of(self.time_zone),
            self.series.get("combine"),
        )


#: Keys of a case file that a `Case` calls otherwise.
_FIELDS = {"title": "titles", "clock_start": "clock_start_time"}
#: Of settings that nobody composed: no case at all. Nothing runs with it.
NO_CASE = Case(
    name="", time_zone=zones.UNKNOWN, currency=None, exchange=None, hot_list=False, about={},
    phases=(), titles={}, summary={}, start=datetime.min, horizon_d=1, clock_start="",
    clock_start_time=datetime.min, founder=False, events=(), forcing=(), levers={}, targets=(),
    market={}, series={}, folder=Path(),
)  # fmt: skip
#: What a case is about where its file has no words for it.
ABOUT = {"en": "the matter itself", "zh": "事情本身"}
