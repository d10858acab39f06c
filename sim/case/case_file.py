"""A case file -> a Case, or everything that is wrong with it.

A case is a YAML file and the CSV series beside it; a teacher writes one without touching code
(docs/recipes.md).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim import zones
from sim.base.cells import LARGEST
from sim.base.choices import DEFAULT_CASE, read_yaml
from sim.base.digest import by_identity
from sim.base.refusal import CONTROLS, ConfigError, printable
from sim.case.case import (
    ABOUT,
    CERTAINTIES,
    FORCING_KINDS,
    KINDS,
    LEFT_OUT,
    MONEY,
    ROLES,
    SHAPE,
    TOPICS,
    UNITS,
    USES,
    Case,
    Event,
    Forcing,
    Target,
)
from sim.case.daily import COMBINE, METRICS
from sim.case.problems import Problems
from sim.case.series import HOTLIST_ZONE, MOST_PRICE
from sim.clock import EXCHANGES
from sim.playbook import KINDS as ACTS
from sim.playbook import STEPS, Channel, Compensation, Response, Speaker, Trigger, path_of

CASE_KEYS = (
    "name",
    "title",
    "summary",
    "start",
    "time_zone",
    "currency",
    "exchange",
    "hot_list",
    "horizon_d",
    "clock_start",
    "founder",
    "actors",
    "market",
    "series",
    "levers",
    "events",
    "targets",
    "about",
    "phases",
    "shape",
    "folder",
)
OPTIONAL = ("about", "phases", "shape", "folder", "levers")
EVENT_KEYS = ("id", "role", "kind", "time", "bracket", "certainty", "actor", "source", "text")
FORCING_KEYS = ("topic", "reach", "credibility", "novelty", "betrayal", "heat", "tag")
AGENDA_KEYS = ("displacement", "duration_h")
TARGET_TYPES = {
    "point": ("value", "tolerance", "unit"),
    "interval": ("low", "high", "unit"),
    "ordering": ("terms",),
}
TARGET_KEYS = (
    "id",
    "origin",
    "type",
    "quantity",
    "value",
    "tolerance",
    "low",
    "high",
    "unit",
    "terms",
    "discrepancy",
    "time",
    "source",
    "use",
    "reliability",
    "text",
)
SPREADS = ("tolerance", "discrepancy")  #: numbers of a target that are 0 or more
MARKET_KEYS = ("previous_close_hkd", "turnover_hkd_bn", "daily_sd", "note")
#: What a new key of a case file is for: said where an older file lacks it.
NEEDED = {
    "time_zone": "the zone of all its times, an IANA name such as Asia/Hong_Kong, or null",
    "currency": "the currency of its money, such as HKD or USD, or null",
    "exchange": "the exchange of its share, or null: no market",
    "hot_list": "true if its platform shows a public list of trending topics, false if not",
}
OWN = "acts"  #: acts with names of their own, as in `response.acts`
LEVER_KEYS = ("channel", *STEPS, OWN)
#: Keys of a forcing event that may be left out.
FORCING_OPTIONS = ("requires",)
SERIES = ("hotlist", "prices", "daily")
TEMPLATE_SOURCE = "who says so:"  #: how sources begin that nobody has filled in
_USUAL = {"time_zone": zones.USUAL, "currency": MONEY, "exchange": "null", "hot_list": "true"}
BURN_IN = timedelta(hours=24)
MOST_DAYS = 90  #: of a case


@by_identity
def read_case(raw: Mapping[str, Any]) -> Case:
    """A raw mapping as a Case. Raises ConfigError with the first thing that is wrong."""
    return _case_in(raw, Problems())


@by_identity
def stored_case(raw: Mapping[str, Any]) -> Case:
    """The case of a study that was stored, perhaps elsewhere: its series may be out of reach."""
    return _case_in(raw, Problems(files=False))


def _case_in(raw: Mapping[str, Any], problems: Problems) -> Case:
    case = _read_or_note(raw, problems)
    if problems.found:
        raise problems.found[0]
    if case is None:
        raise ConfigError("case", None, "is empty", "a case file", f"case={DEFAULT_CASE}")
    return case


def check_case(path: str | Path) -> list[str]:
    """Everything that is wrong with a case file, each with what to type; empty if nothing is."""
    return looked_through(path)[0]


def looked_through(path: str | Path) -> tuple[list[str], list[str]]:
    """Everything that is wrong with a case file and its series; and, where nothing is, notes on
    what was taken how."""
    import yaml

    file = Path(path)
    try:
        raw = read_yaml(file)
    except FileNotFoundError:
        return [f"{file}: no such file\n  try:     conf/case/{DEFAULT_CASE}.yaml"], []
    except (yaml.YAMLError, OSError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        what = getattr(problem, "problem", None) or " ".join(str(problem).split())[:200]
        text = f"{file}: not readable as a case{where}: {what}"
        if mark is not None and "not plain" not in str(what):
            with contextlib.suppress(OSError, UnicodeDecodeError, IndexError):
                line = file.read_text(encoding="utf-8-sig").splitlines()[mark.line].strip()
                text += f"\n  line:    {line[:100]}"
            text += (
                "\n  try:     / in place of \\ between folders"
                if "escape character" in str(what)
                else '\n  try:     text that holds : # { [ , or quotes, in "double quotes"'
            )
        return [printable(text)], []
    if not isinstance(raw, dict):
        return [f"{file}: holds no case\n  allowed: keys {', '.join(CASE_KEYS[:-1])}"], []
    problems = Problems()
    case = _read_or_note({**raw, "folder": str(file.resolve().parent)}, problems)
    notes = not_said(raw)
    if case is not None:
        notes += _check_series(case, problems)
    if case is not None and not problems.found:
        said = [event.id for event in case.events if event.source.startswith(TEMPLATE_SOURCE)]
        if said:
            notes.append(
                f"{len(said)} sources are still those of the template ({', '.join(said[:8])}): "
                "write who says so, or 'inferred from ...'"
            )
        if case.listed and case.exchange != LEFT_OUT["exchange"]:
            notes.append(
                f"exchange {case.exchange}: daily_volatility and turnover_hkd_bn are those of the "
                "case that was fitted; set those of its share (parameters.daily_volatility=...)"
            )
        if not case.levers:
            notes.append("no levers: response=as_happened is refused, every other response runs")
    return [str(problem) for problem in problems.found], notes


def _check_series(case: Case, problems: Problems) -> list[str]:
    """Read whatever a run, a score or a report would read of a case; notes on how."""
    notes = []
    for which in SERIES:
        if not (case.folder / str(case.series.get(which))).is_file():
            continue  # that has been said
        found, wrong = case.observed(which)
        problems.found += wrong
        if which == "daily" and found is not None:
            notes += found.notes
            for metric, rows in found.rows.groupby("metric", sort=False):
                notes.append(
                    f"{case.series[which]}: {metric}, {len(rows)} days from {rows['date'].iloc[0]} "
                    f"to {rows['date'].iloc[-1]}"
                    + ("" if len(rows) > 2 else "; a shape needs three days")
                )
    return notes


def _read_or_note(raw: Mapping[str, Any], problems: Problems) -> Case | None:
    """The same as `_read`, but a value of a shape that nobody foresaw is noted like any other."""
    try:
        return _read(raw, problems)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError) as odd:
        if not problems.found:
            problems.add(
                "case",
                str(raw.get("name"))[:60],
                f"a value of another kind than expected ({type(odd).__name__}: {str(odd)[:80]})",
                "values as in conf/case/textbook.yaml",
                "backlash case check conf/case/textbook.yaml, and compare",
            )
        return None


def _read(raw: Mapping[str, Any], problems: Problems) -> Case | None:
    as_written, raw = raw, {"levers": None, **raw, **before_zones(raw)}
    _rename_close(raw, problems)
    needed = tuple(key for key in CASE_KEYS if key not in NEEDED and key not in OPTIONAL)
    problems.keys("", raw, CASE_KEYS, needed)
    for key, what in NEEDED.items():
        if key not in raw:
            problems.add(key, None, "is missing", what, f"{key}: {_USUAL[key]}")
    _check_texts("", {key: raw[key] for key in raw if key != "folder"}, problems)
    if problems.found:
        return None
    problems.time_zone = _zone(raw["time_zone"], problems)
    start = problems.time("start", raw["start"])
    for key, kind in (("market", Mapping), ("levers", Mapping), ("series", Mapping)):
        if raw[key] is not None and not isinstance(raw[key], kind):
            problems.add(key, raw[key], "not keys with values", "a mapping", f"{key}: {{...}}")
    for key in ("events", "targets"):
        if raw[key] is not None and not isinstance(raw[key], list):
            problems.add(key, raw[key], "no list", "a list of mappings", f"{key}: []")
    if not isinstance(raw["name"], str) or not re.fullmatch(r"\w{1,60}", raw["name"]):
        problems.add("name", raw["name"], "no name", "letters, digits and _", "name: my_case")
    if raw["market"] is None:
        problems.add(
            "market", None, "is empty", ", ".join(MARKET_KEYS), "market: {previous_close_hkd: null}"
        )
    if problems.found:
        return None
    horizon = _horizon(raw["horizon_d"], problems)
    titles, summary = (problems.texts(key, raw[key]) for key in ("title", "summary"))
    if start is None or problems.time_zone is None:
        return None
    market = _market(raw, start, horizon, problems)
    folder = Path(str(raw.get("folder", ".")))
    events, forcing = _events(raw["events"] or [], start, horizon, problems)
    clock = {event.id: event for event in events}.get(str(raw["clock_start"]))
    # an event that is refused for something else is there all the same
    written = set(_ids(raw["events"]))
    if clock is None:
        if str(raw["clock_start"]) not in written:
            problems.add(
                "clock_start",
                raw["clock_start"],
                "names no event",
                ", ".join(event.id for event in events) or "the id of an event",
                "the id of the event from which delays count",
            )
        return None
    levers = raw["levers"] or {}
    _check_levers(levers, events, written, clock.time, raw["founder"] is not False, problems)
    _check_levers_money(raw, market, problems)
    _check_series_place(raw, start, problems)
    _check_causes(levers, forcing, clock.time, problems)
    targets = _targets(raw["targets"] or [], raw["currency"], problems)
    for which, name in (raw["series"] or {}).items():
        if which == "combine":
            _check_combine(name, problems)
            continue
        problems.choice(f"series.{which}", which, (*SERIES, "combine"))
        if name is not None and problems.files and not (folder / str(name)).is_file():
            problems.add(
                f"series.{which}",
                name,
                f"no such file in {folder.name}/",
                "a CSV beside the case file, or null",
                f"series.{which}: {str(name).replace(chr(92), '/')}"
                if "\\" in str(name)
                else f"series.{which}: null",
            )
    return Case(
        name=str(raw["name"]),
        time_zone=problems.time_zone,
        currency=raw["currency"],
        exchange=raw["exchange"],
        hot_list=problems.yes_or_no("hot_list", raw["hot_list"]),
        phases=_phases(raw.get("phases"), problems),
        about=problems.texts("about", raw["about"]) if raw.get("about") else ABOUT,
        titles=titles,
        summary=summary,
        start=start,
        horizon_d=horizon,
        clock_start=clock.id,
        clock_start_time=clock.time,
        founder=problems.yes_or_no("founder", raw["founder"]),
        events=tuple(events),
        forcing=tuple(sorted(forcing, key=lambda event: event.time)),
        levers=raw["levers"] or {},
        targets=tuple(targets),
        market=market,
        series=raw["series"] or {},
        folder=folder,
        shape=_shape(raw.get("shape"), problems),
        written=as_written,
    )


def _horizon(said: object, problems: Problems) -> int:
    """Days of the case; the most that there may be after noting that it says no number of days:
    what lies inside these is refused for something of its own, or not at all."""
    before = len(problems.found)
    days = problems.number("horizon_d", said, 1, MOST_DAYS)
    if len(problems.found) > before:
        return MOST_DAYS
    if isinstance(said, float):
        whole = max(1, round(days))
        problems.add("horizon_d", said, "no whole days", f"1 to {MOST_DAYS}", f"horizon_d: {whole}")
        return MOST_DAYS
    return int(days)


def _phases(node: object, problems: Problems) -> tuple[str, ...]:
    """Phases of the observed hot list that belong to the crisis."""
    if node is None:
        return ()
    if isinstance(node, list) and all(isinstance(item, str) for item in node):
        return tuple(node)
    problems.add("phases", node, "is no list of words", "names in the column phase", "phases: []")
    return ()


def _shape(node: object, problems: Problems) -> Mapping[str, Any]:
    """What a report asks of the shape of the case's runs."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        problems.add("shape", node, "is no mapping", ", ".join(SHAPE), "leave it out")
        return {}
    problems.keys("shape", node, tuple(SHAPE))
    for name in set(node) & set(SHAPE):
        path, said = f"shape.{name}", node[name]
        if not isinstance(said, Mapping):
            problems.add(path, said, "is no mapping", ", ".join(SHAPE[name]), f"{path}: {{...}}")
            continue
        problems.keys(path, said, SHAPE[name], SHAPE[name])
        for key in set(said) & set(SHAPE[name]):
            _shape_value(f"{path}.{key}", key, said[key], problems)
    return node


def _shape_value(path: str, key: str, value: object, problems: Problems) -> None:
    pairs = key in ("after_apology_h", "times") or path == "shape.fan_lead.h"
    if key == "observed":
        if not isinstance(value, str):
            problems.add(path, value, "is no text", "what was seen, in words", f'{key}: "..."')
    elif key == "days":
        days = value if isinstance(value, list) and value else [None]
        for day in days:
            if type(day) is not int or not 1 <= day <= 5:
                problems.add(path, value, "no days", "days of the case, 1 to 5", "days: [1, 3]")
                return
    elif pairs:
        both = value if isinstance(value, list) and len(value) == 2 else [None, None]
        for one in both:
            problems.number(path, one, 0, 2160)
    else:
        problems.number(path, value, 0, 2160)


def _rename_close(raw: dict[str, Any], problems: Problems) -> None:
    """`previous_close` and `previous_close_hkd` are one key, and stand in a record as the older."""
    market = raw.get("market")
    if not isinstance(market, Mapping) or "previous_close" not in market:
        return
    if "previous_close_hkd" in market:
        problems.add(
            "market.previous_close", market["previous_close"], "stands twice, as "
            "previous_close_hkd too", "one of them", "previous_close, in the exchange's money",
        )  # fmt: skip
    rest = {key: value for key, value in market.items() if key != "previous_close"}
    raw["market"] = {**rest, "previous_close_hkd": market["previous_close"]}


def before_zones(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a file from before cases had zones says of the new keys: nothing that it does not know.

    `market.listed: true` with `market.currency: HKD` was the Hong Kong exchange; whatever else was
    listed is asked for its exchange. Empty for a file that has the keys.
    """
    market = raw.get("market")
    if not isinstance(market, Mapping) or "listed" not in market or "exchange" in raw:
        return {}
    hong_kong = market["listed"] is True and market.get("currency", MONEY) == MONEY
    if market["listed"] is not False and not hong_kong:
        return {}
    told = {
        "time_zone": LEFT_OUT["time_zone"] if hong_kong else None,
        "currency": LEFT_OUT["currency"] if hong_kong else market.get("currency"),
        "exchange": LEFT_OUT["exchange"] if hong_kong else None,
        "hot_list": True,
    }
    found = {key: value for key, value in told.items() if key not in raw}
    rest = {key: value for key, value in market.items() if key not in ("listed", "currency")}
    return {**found, "market": rest}


def not_said(raw: Mapping[str, Any]) -> list[str]:
    """What a file from before cases had zones is taken to say, in sentences."""
    found = before_zones(raw)
    zone = found.get("time_zone", "")
    return [
        text
        for text, holds in (
            ("no time_zone: its times are shown as local time, without a zone", zone is None),
            (f"no time_zone: {zone}, since it is listed in Hong Kong", bool(zone)),
            ("no exchange: there is no market", "exchange" in found and not found["exchange"]),
            (f"no exchange: {found.get('exchange')}, since it is listed in HKD",
             bool(found.get("exchange"))),
            ("no hot_list: its platform is taken to show a list of trending topics",
             "hot_list" in found),
        )
        if holds
    ]  # fmt: skip


def _zone(value: object, problems: Problems) -> str | None:
    """The time zone, or None after noting that it is none; `null` is one that is not known."""
    if value is None:
        return zones.UNKNOWN
    if zones.is_zone(value):
        return str(value)
    problems.add(
        "time_zone",
        value,
        "is no IANA time zone",
        "a place such as Asia/Hong_Kong, America/New_York, Europe/London; Etc/UTC; or null",
        f"time_zone: {zones.nearest_zone(value)}",
    )
    return None


def _market(
    raw: Mapping[str, Any], start: datetime, horizon: int, problems: Problems
) -> Mapping[str, Any]:
    """What is known of the market; notes a price in another currency, or without an exchange."""
    market: Mapping[str, Any] = raw["market"]
    currency, code = raw["currency"], raw["exchange"]
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", str(currency)):
        problems.add(
            "currency", currency, "is no currency", "three letters, HKD, CNY, USD; or null",
            f"currency: {str(currency).upper()[:3] if str(currency).isalpha() else MONEY}",
        )  # fmt: skip
    if code is not None and code not in EXCHANGES:
        problems.add(
            "exchange", code, "its sessions are not recorded, so it can have no market here",
            f"{', '.join(EXCHANGES)}, or null: no market; market.note says why",
            "exchange: null",
        )  # fmt: skip
        code = None
    elif code is not None and currency != EXCHANGES[code].currency:
        problems.add(
            "currency", currency,
            f"prices at the {EXCHANGES[code].name('en')} are in {EXCHANGES[code].currency}",
            f"{EXCHANGES[code].currency}, or exchange: null",
            f"currency: {EXCHANGES[code].currency}, if the amounts are in it, or exchange: null",
        )  # fmt: skip
    moved = {"listed": "exchange: XHKG, or exchange: null", "currency": "currency: HKD"}
    for key, hint in moved.items():
        if key in market:
            problems.add(
                f"market.{key}", market[key], "stands at the top of a case file now",
                "time_zone, currency and exchange of the case", f"{hint}, at the top",
            )  # fmt: skip
    rest = {key: value for key, value in market.items() if key not in moved}
    problems.keys("market", rest, MARKET_KEYS)
    for key, low, high in (
        ("previous_close_hkd", 1e-3, MOST_PRICE),
        ("turnover_hkd_bn", 0.0, 1e6),
        ("daily_sd", 0.0, 1.0),
    ):
        if market.get(key) is not None:
            problems.number(f"market.{key}", market[key], low, high)
    if isinstance(market.get("note"), Mapping):
        problems.texts("market.note", market["note"])
    close = market.get("previous_close_hkd")
    if close is not None and raw["exchange"] is None:
        problems.add(
            "market.previous_close_hkd", close, "is a price, but the case has no exchange",
            "null, or an exchange: " + ", ".join(EXCHANGES), "previous_close_hkd: null",
        )  # fmt: skip
    if close is not None and code is not None:
        first, last = EXCHANGES[code].recorded()
        ends = ((start - BURN_IN).date(), (start + timedelta(days=horizon)).date())
        if not first <= ends[0] <= ends[1] <= last:
            problems.add(
                "market.previous_close_hkd", close,
                f"the sessions of the {EXCHANGES[code].name('en')} from {ends[0]} to {ends[1]} "
                "are not all recorded",
                f"null (no market), or a case between {first} and {last}",
                "previous_close_hkd: null",
            )  # fmt: skip
    return market


def _ids(nodes: Any) -> list[str]:
    return [str(node.get("id")) for node in nodes or [] if isinstance(node, Mapping)]


def _check_texts(path: str, node: Any, problems: Problems) -> None:
    """Refuse control characters in texts and keys: they would reach a terminal or a page."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            _check_texts(f"{path}.{key}".lstrip("."), str(key), problems)
            _check_texts(f"{path}.{key}".lstrip("."), value, problems)
    elif isinstance(node, list):
        for k, value in enumerate(node):
            _check_texts(f"{path}[{k}]", value, problems)
    elif isinstance(node, str) and CONTROLS.search(node):
        problems.add(
            path, node, "holds a control character", "text as one types it", "the text without it"
        )


def _check_combine(said: Any, problems: Problems) -> None:
    """Refuse another word for how rows of a day are combined, or another metric."""
    each = said if isinstance(said, Mapping) else {None: said}
    for metric, how in each.items():
        path = "series.combine" + ("" if metric is None else f".{metric}")
        if metric is not None:
            problems.choice(path, metric, METRICS)
        if how is not None:
            problems.choice(path, how, COMBINE)


def _events(
    nodes: list[Any], start: datetime, horizon: int, problems: Problems
) -> tuple[list[Event], list[Forcing]]:
    events: list[Event] = []
    forcing: list[Forcing] = []
    assert problems.time_zone is not None
    zone = problems.time_zone
    first, last = (zones.later(start, by, zone) for by in (-BURN_IN, timedelta(days=horizon)))
    for i, node in enumerate(nodes):
        path = f"events[{i}]"
        if not isinstance(node, Mapping):
            problems.add(path, node, "is no event", "a mapping", "- id: ...")
            continue
        path = f"events.{node.get('id', i)}"
        drives = node.get("role") == "forcing"
        agenda = drives and node.get("kind") == "agenda"
        known = EVENT_KEYS + (FORCING_KEYS if drives else ()) + (AGENDA_KEYS if agenda else ())
        problems.keys(path, node, known + (FORCING_OPTIONS if drives else ()), known)
        if any(key not in node for key in known):
            continue
        problems.choice(f"{path}.role", node["role"], ROLES)
        problems.choice(f"{path}.certainty", node["certainty"], CERTAINTIES)
        if any(event.id == node["id"] for event in events):
            problems.add(f"{path}.id", node["id"], "stands twice", "each id once", "another id")
        if not str(node["source"] or "").strip():
            problems.add(
                f"{path}.source",
                node["source"],
                "no source is named",
                "who says so, or 'inferred from ...'",
                'source: "..."',
            )
        time = problems.time(f"{path}.time", node["time"])
        bracket = _bracket(path, node["bracket"], time, node["certainty"], problems)
        if time is None:
            continue
        if node["role"] in ("forcing", "lever") and not (
            zones.instant(first, zone) <= zones.instant(time, zone) < zones.instant(last, zone)
        ):
            problems.add(
                f"{path}.time",
                node["time"],
                f"a {node['role']} event outside the horizon would never happen",
                f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
                "role: context" + _or_within(time, start),
            )
        events.append(
            Event(
                id=str(node["id"]),
                role=str(node["role"]),
                kind=str(node["kind"]),
                time=time,
                bracket=bracket,
                certainty=str(node["certainty"]),
                actor=str(node["actor"]),
                source=str(node["source"]),
                text=problems.texts(f"{path}.text", node["text"]),
            )
        )
        if drives:
            forcing.append(_forcing(path, node, time, problems))
    for before, after in pairwise(forcing):
        if after.time < before.time:
            problems.add(
                f"events.{after.id}.time",
                str(after.time),
                f"stands after {before.id}, but happens before it",
                "forcing events in the order of time",
                "move the event up",
            )
    return events, forcing


def _or_within(time: datetime, start: datetime) -> str:
    """What else would bring an event into the horizon, where something would."""
    if time < start:
        return ", or an earlier start"
    return ", or a longer horizon_d" if time < start + timedelta(days=MOST_DAYS) else ""


def _bracket(
    path: str, node: Any, time: datetime | None, certainty: object, problems: Problems
) -> tuple[datetime, datetime] | None:
    if node is None:
        if certainty == "bracketed":
            problems.add(
                f"{path}.bracket",
                None,
                "a bracketed time needs its bracket",
                "[from, to]",
                'bracket: ["2026-03-02 12:00", "2026-03-02 16:00"]',
            )
        return None
    if not isinstance(node, list | tuple) or len(node) != 2:
        problems.add(
            f"{path}.bracket",
            node,
            "is not closed",
            "[from, to], or null",
            'bracket: ["2026-03-02 12:00", "2026-03-02 16:00"]',
        )
        return None
    ends = [problems.time(f"{path}.bracket", end) for end in node]
    if ends[0] is None or ends[1] is None or time is None:
        return None
    if not ends[0] <= time <= ends[1]:
        problems.add(
            f"{path}.bracket",
            [str(end) for end in node],
            "does not contain the time that is used",
            f"from <= {time} <= to",
            "a wider bracket, or another time",
        )
    return ends[0], ends[1]


def _forcing(path: str, node: Mapping[str, Any], time: datetime, problems: Problems) -> Forcing:
    problems.choice(f"{path}.kind", node["kind"], FORCING_KINDS)
    problems.choice(f"{path}.topic", node["topic"], TOPICS)
    reach = node["reach"] if isinstance(node["reach"], Mapping) else {}
    problems.keys(f"{path}.reach", reach, KINDS, KINDS)
    return Forcing(
        id=str(node["id"]),
        kind=str(node["kind"]),
        time=time,
        topic=TOPICS.index(node["topic"]) if node["topic"] in TOPICS else 0,
        reach=(
            problems.number(f"{path}.reach.core", reach.get("core", 0), 0, 1),
            problems.number(f"{path}.reach.customer", reach.get("customer", 0), 0, 1),
            problems.number(f"{path}.reach.public", reach.get("public", 0), 0, 1),
        ),
        credibility=problems.number(f"{path}.credibility", node["credibility"], 0, 1),
        novelty=problems.number(f"{path}.novelty", node["novelty"], 0, 1),
        betrayal=problems.number(f"{path}.betrayal", node["betrayal"], 0, 0.15),
        heat=problems.number(f"{path}.heat", node["heat"], 0, 1000),
        tag=problems.yes_or_no(f"{path}.tag", node["tag"]),
        displacement=problems.number(f"{path}.displacement", node.get("displacement", 0), 0, 1),
        duration_h=problems.number(f"{path}.duration_h", node.get("duration_h", 0), 0, 336),
        requires=_required(f"{path}.requires", node.get("requires"), problems),
    )


def _required(path: str, act: object, problems: Problems) -> str | None:
    """The act of the brand without which an event does not happen, or None."""
    if act is None:
        return None
    problems.choice(path, act, STEPS)
    return act if isinstance(act, str) and act in STEPS else None


def _lever_values(path: str, kind: str, lever: Mapping[str, Any], problems: Problems) -> bool:
    """Whether every value of an act is one that the response could take."""
    settings = {item.name: item for item in fields(ACTS[kind])}
    before = len(problems.found)
    own = ("kind",) if path.startswith("levers.acts.") else ()
    problems.keys(path, lever, ("event", *own, *settings))
    for key, value in lever.items():
        where, item = f"{path}.{key}", settings.get(key)
        if item is None or (key == "delay_h" and value is None):
            continue
        if isinstance(item.default, Enum):
            problems.choice(where, value, tuple(choice.value for choice in type(item.default)))
        elif isinstance(item.default, bool):
            if not isinstance(value, bool):
                problems.add(where, value, "says neither yes nor no", "true, false", f"{key}: true")
        else:
            problems.number(where, value, item.metadata["low"], item.metadata["high"])
    return len(problems.found) == before


def acts_of(levers: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Acts of a case by their path in its file: kind, and what is written of it."""
    acts = {f"levers.{name}": (name, lever) for name, lever in levers.items() if name in ACTS}
    own = levers.get(OWN)
    if isinstance(own, Mapping):
        for name, lever in own.items():
            kind = lever.get("kind") if isinstance(lever, Mapping) else None
            acts[f"levers.{OWN}.{name}"] = (str(kind), lever)
    return acts


def _check_levers(
    levers: Mapping[str, Any],
    events: list[Event],
    written: set[str],
    clock: datetime,
    founder: bool,
    problems: Problems,
) -> None:
    before = len(problems.found)
    problems.keys("levers", levers, LEVER_KEYS)
    if "channel" in levers:
        choices = tuple(choice.value for choice in Channel)
        problems.choice("levers.channel", levers["channel"], choices)
    if not isinstance(levers.get(OWN, {}), Mapping):
        problems.add(
            f"levers.{OWN}", levers[OWN], "holds no acts", "a mapping",
            "{second_letter: {kind: apology, event: ..., delay_h: ...}}",
        )  # fmt: skip
    for path, (kind, lever) in acts_of(levers).items():
        if not isinstance(lever, Mapping):
            problems.add(path, lever, "is no lever", "a mapping", "{event: ..., delay_h: ...}")
        elif kind not in ACTS:
            problems.choice(f"{path}.kind", lever.get("kind"), STEPS)
        elif _lever_values(path, kind, lever, problems):
            _check_time(path, lever, events, written, clock, problems)
    if len(problems.found) == before:
        _check_together(levers, founder, problems)


def _check_time(
    path: str,
    lever: Mapping[str, Any],
    events: list[Event],
    written: set[str],
    clock: datetime,
    problems: Problems,
) -> None:
    """An act that names an event has its time, and nothing else starts its clock."""
    event = lever.get("event")
    known = {event.id: event for event in events}
    if event is None:
        return
    if lever.get("delay_h") is None:
        problems.add(
            f"{path}.delay_h",
            None,
            f"the event {event} has a time, and the lever has none",
            "the hours from the clock start to the event, or no event",
            "its delay_h, or leave out event",
        )
    elif lever.get("trigger", Trigger.screenshot.value) != Trigger.screenshot.value:
        problems.add(
            f"{path}.trigger",
            lever["trigger"],
            f"the event {event} has a time, so nothing triggers it",
            "screenshot together with an event",
            "leave out trigger, or event",
        )
    elif event not in known:
        if str(event) not in written:
            problems.add(
                f"{path}.event",
                event,
                "names no event",
                ", ".join(known),
                "the id of an event of role lever",
            )
    else:
        assert problems.time_zone is not None
        passed = zones.span(clock, known[event].time, problems.time_zone)
        hours = passed / timedelta(hours=1)
        if abs(hours - float(lever["delay_h"])) > 1 / 60:
            problems.add(
                f"{path}.delay_h",
                lever["delay_h"],
                f"is not the time from the clock start to {event}",
                f"{hours:.6f}",
                f"delay_h: {hours:.6f}",
            )


def _check_together(levers: Mapping[str, Any], founder: bool, problems: Problems) -> None:
    """What no run would take, although every value by itself is possible."""
    try:
        response = response_of(levers)
    except ConfigError as refused:
        path, hint = (text.replace("response.", "levers.") for text in (refused.path, refused.hint))
        problems.add(path, refused.value, refused.reason, refused.allowed, hint)
        return
    for name, act in response.playbook.items():
        if act.delay_h is None or getattr(act, "speaker", None) is not Speaker.founder:
            continue
        if not founder:
            problems.add(
                f"{path_of(name)}.speaker".replace("response.", "levers."),
                Speaker.founder.value,
                "the case says founder: false, so none can speak",
                "staff, pr_head, company",
                "founder: true, or speaker: company",
            )


def response_of(levers: Mapping[str, Any]) -> Response:
    """What the brand did, as a response: all of a case's own acts. Raises ConfigError."""
    acts: dict[str, Any] = {}
    for name, lever in levers.items():
        if name not in ACTS:
            continue
        usual = ACTS[name]()
        chosen: dict[str, Any] = {}
        for key, value in lever.items():
            if key != "event":
                kind = type(getattr(usual, key))
                chosen[key] = kind(value) if issubclass(kind, Enum) else value
        acts[name] = replace(usual, **chosen)
    channel = Channel(levers.get("channel", Channel.fan.value))
    return Response("as_happened", channel, **acts, acts=dict(levers.get(OWN) or {}))


def _check_causes(
    levers: Mapping[str, Any], forcing: list[Forcing], clock: datetime, problems: Problems
) -> None:
    """An event that needs an act of the brand came after it, if the case says what was done."""
    for event in forcing:
        if event.requires is None or not levers:
            continue
        delays = [
            act.get("delay_h")
            for kind, act in acts_of(levers).values()
            if kind == event.requires and isinstance(act, Mapping)
        ]
        known = [float(delay) for delay in delays if isinstance(delay, int | float)]
        if known and problems.time_zone is not None:
            passed = zones.span(clock, event.time, problems.time_zone)
            if passed > timedelta(hours=min(known)):
                continue
        problems.add(
            f"events.{event.id}.requires",
            event.requires,
            "the brand of this case had not done that before",
            "an act under levers that comes before the event",
            "leave out requires, or move the event after the act",
        )


def _check_levers_money(
    raw: Mapping[str, Any], market: Mapping[str, Any], problems: Problems
) -> None:
    """Note a buyback without a market, and an amount in HKD in a case of another currency."""
    listed = raw["exchange"] is not None and market.get("previous_close_hkd") is not None
    usual = Compensation().cost_hkd
    for path, (kind, lever) in acts_of(raw["levers"] or {}).items():
        if not isinstance(lever, Mapping):
            continue
        if kind == "buyback" and lever.get("delay_h") is not None and not listed:
            problems.add(
                f"{path}.delay_h", lever["delay_h"],
                "the case has no market: nothing can be bought back", "null, or role: context",
                "buyback: {delay_h: null, amount_hkd: 0}",
            )  # fmt: skip
        cost = lever.get("cost_hkd", usual)
        if kind == "compensation" and raw["currency"] != MONEY and cost != usual:
            problems.add(
                f"{path}.cost_hkd", cost,
                f"amounts are in {MONEY}, and the case's are not: its cash is not counted",
                f"{usual:g}, or without it", "leave cost_hkd out",
            )  # fmt: skip


def _check_series_place(raw: Mapping[str, Any], start: datetime, problems: Problems) -> None:
    """Note a hot list in Hong Kong time beside other clocks, and prices of no exchange."""
    series = raw["series"] or {}
    assert problems.time_zone is not None
    apart = zones.instant(start, problems.time_zone) != zones.instant(start, HOTLIST_ZONE)
    if series.get("hotlist") is not None and apart:
        problems.add(
            "series.hotlist", series["hotlist"],
            f"its column time_hkt is Hong Kong time, and the case is in {problems.time_zone}",
            "null, or a case in Asia/Hong_Kong or Asia/Shanghai", "hotlist: null",
        )  # fmt: skip
    if series.get("prices") is not None and raw["exchange"] is None:
        problems.add(
            "series.prices", series["prices"], "are prices, but the case has no exchange",
            "null, or an exchange: " + ", ".join(EXCHANGES), "prices: null",
        )  # fmt: skip


def _targets(nodes: list[Any], currency: str | None, problems: Problems) -> list[Target]:
    units = UNITS if currency is None else (*UNITS, currency, f"{currency} bn", f"{currency}/day")
    targets: list[Target] = []
    for i, node in enumerate(nodes):
        path = f"targets.{node.get('id', i)}"
        problems.choice(f"{path}.type", node.get("type"), tuple(TARGET_TYPES))
        needed = TARGET_TYPES.get(str(node.get("type")), ())
        problems.keys(
            path,
            node,
            TARGET_KEYS,
            ("id", "quantity", "source", "use", "text", "time", "reliability", *needed),
        )
        problems.choice(f"{path}.use", node.get("use"), USES)
        problems.choice(f"{path}.reliability", node.get("reliability"), ("high", "low"))
        if node.get("use") == "fit" and node.get("reliability") == "low":
            problems.add(
                f"{path}.use",
                "fit",
                "a source of low reliability never enters a fit",
                "holdout, context",
                "use: context",
            )
        if "unit" in node:
            problems.choice(f"{path}.unit", node["unit"], units)
        if not str(node.get("source") or "").strip():
            problems.add(
                f"{path}.source",
                node.get("source"),
                "no source is named",
                "who says so",
                'source: "..."',
            )
        if any(target.id == node.get("id") for target in targets):
            problems.add(f"{path}.id", node.get("id"), "stands twice", "each id once", "another id")
        texts = problems.texts(f"{path}.text", node.get("text"))
        numbers = {
            key: None
            if node.get(key) is None
            else problems.number(
                f"{path}.{key}", node[key], 0 if key in SPREADS else -LARGEST, LARGEST
            )
            for key in ("value", "low", "high", *SPREADS)
        }
        low, high = numbers["low"], numbers["high"]
        if low is not None and high is not None and low > high:
            problems.add(
                f"{path}.low", node["low"], "is above high", f"<= {high:g}", f"low: {high:g}"
            )
        if node.get("use") == "fit" and not (numbers["discrepancy"] or 0) > 0:
            problems.add(
                f"{path}.discrepancy",
                node.get("discrepancy"),
                "a target of a fit says how far a good model may be off",
                "> 0, in the unit of the target; for an ordering the share of runs",
                "discrepancy: 0.3",
            )
        targets.append(
            Target(
                id=str(node.get("id")),
                type=str(node.get("type")),
                quantity=str(node.get("quantity")),
                use=str(node.get("use")),
                source=str(node.get("source")),
                time=str(node.get("time")),
                reliability=str(node.get("reliability")),
                text=texts,
                unit=node.get("unit"),
                terms=tuple(node.get("terms", ())),
                **numbers,
            )
        )
    return targets
