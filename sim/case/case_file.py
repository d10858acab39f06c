"""A case file -> a Case, or everything that is wrong with it.

A case is a YAML file and the CSV series beside it; a teacher writes one without touching code
(docs/recipes.md).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim import zones
from sim.base.choices import DEFAULT_CASE, read_yaml
from sim.base.digest import by_identity
from sim.base.refusal import CONTROLS, ConfigError, printable
from sim.case.case import ABOUT, LEFT_OUT, MONEY, SHAPE, Case
from sim.case.daily import COMBINE, METRICS
from sim.case.events import MOST_DAYS, events_in, ids
from sim.case.levers import check_causes, check_levers
from sim.case.market import MARKET_KEYS, check_levers_money, check_series_place, market_in, zone_in
from sim.case.older_files import before_zones, not_said, rename_close
from sim.case.problems import Problems
from sim.case.targets import targets_in

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
#: What a new key of a case file is for: said where an older file lacks it.
NEEDED = {
    "time_zone": "the zone of all its times, an IANA name such as Asia/Hong_Kong, or null",
    "currency": "the currency of its money, such as HKD or USD, or null",
    "exchange": "the exchange of its share, or null: no market",
    "hot_list": "true if its platform shows a public list of trending topics, false if not",
}
SERIES = ("hotlist", "prices", "daily")
TEMPLATE_SOURCE = "who says so:"  #: how sources begin that nobody has filled in
_USUAL = {"time_zone": zones.USUAL, "currency": MONEY, "exchange": "null", "hot_list": "true"}


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
    rename_close(raw, problems)
    needed = tuple(key for key in CASE_KEYS if key not in NEEDED and key not in OPTIONAL)
    problems.keys("", raw, CASE_KEYS, needed)
    for key, what in NEEDED.items():
        if key not in raw:
            problems.add(key, None, "is missing", what, f"{key}: {_USUAL[key]}")
    _check_texts("", {key: raw[key] for key in raw if key != "folder"}, problems)
    if problems.found:
        return None
    problems.time_zone = zone_in(raw["time_zone"], problems)
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
    market = market_in(raw, start, horizon, problems)
    folder = Path(str(raw.get("folder", ".")))
    events, forcing = events_in(raw["events"] or [], start, horizon, problems)
    clock = {event.id: event for event in events}.get(str(raw["clock_start"]))
    # an event that is refused for something else is there all the same
    written = set(ids(raw["events"]))
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
    check_levers(levers, events, written, clock.time, raw["founder"] is not False, problems)
    check_levers_money(raw, market, problems)
    check_series_place(raw, start, problems)
    check_causes(levers, forcing, clock.time, problems)
    targets = targets_in(raw["targets"] or [], raw["currency"], problems)
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
