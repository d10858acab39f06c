"""A case file -> a Case, or everything that is wrong with it.

A case is a YAML file and the CSV series beside it; a teacher writes one without touching code
(docs/recipes.md). One reading serves three askers. A run wants a Case or the first refusal
(`read_case`), `backlash case check` wants every refusal at once (`looked_through`), and a stored
study wants its case even where the series have been left behind (`stored_case`). So nothing is
raised while a file is read: what is wrong is noted in `Problems`, and reading goes on as far as the
rest still means something.

What belongs to one part of the file is read in a module of its own: `events`, `levers`, `targets`,
`market`; files from before cases had zones in `older_files`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import zones
from sim.base.choices import DEFAULT_CASE, read_yaml
from sim.base.digest import by_identity
from sim.base.refusal import CONTROLS, ConfigError, printable
from sim.case.case import ABOUT, LEFT_OUT, MONEY, SHAPE, Case, Event
from sim.case.daily import COMBINE, METRICS
from sim.case.events import MOST_DAYS, events_in, ids
from sim.case.levers import check_causes, check_levers
from sim.case.market import MARKET_KEYS, check_levers_money, check_series_place, market_in, zone_in
from sim.case.older_files import before_zones, not_said, rename_close
from sim.case.problems import Problems
from sim.case.targets import targets_in

#: Every key that a case file may have; `folder` is added by whoever reads it from a disk.
CASE_KEYS = (
    "name", "title", "summary", "start", "time_zone", "currency", "exchange", "hot_list",
    "horizon_d", "clock_start", "founder", "actors", "market", "series", "levers", "events",
    "targets", "about", "phases", "shape", "folder",
)  # fmt: skip
OPTIONAL = ("about", "phases", "shape", "folder", "levers")  #: of these, those that may be left out
#: What a new key of a case file is for: said where an older file lacks it.
NEEDED = {
    "time_zone": "the zone of all its times, an IANA name such as Asia/Hong_Kong, or null",
    "currency": "the currency of its money, such as HKD or USD, or null",
    "exchange": "the exchange of its share, or null: no market",
    "hot_list": "true if its platform shows a public list of trending topics, false if not",
}
SERIES = ("hotlist", "prices", "daily")  #: keys under `series` that name a file
TEMPLATE_SOURCE = "who says so:"  #: how sources begin that nobody has filled in
_USUAL = {"time_zone": zones.USUAL, "currency": MONEY, "exchange": "null", "hot_list": "true"}


@by_identity
def read_case(raw: Mapping[str, Any]) -> Case:
    """The case that a raw mapping describes, with its files where it says.

    raw : what YAML holds, and `folder`, where its series lie. Raises ConfigError with the first
    thing that is wrong. The same mapping is read once in a process: runs of a sweep share theirs.
    """
    return _case_in(raw, Problems())


@by_identity
def stored_case(raw: Mapping[str, Any]) -> Case:
    """The case of a study that was stored, perhaps elsewhere: its series may be out of reach."""
    return _case_in(raw, Problems(files=False))


def _case_in(raw: Mapping[str, Any], problems: Problems) -> Case:
    """A Case, or the first refusal raised."""
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
    """Everything that is wrong with a case file and its series, and notes on what was taken how.

    Both are sentences to print. Notes say what a reader may not expect: values that an older file
    leaves out, days of a series that are not compared, sources that nobody has filled in. Those on
    the file as a whole are given only where nothing is wrong, since they rest on all of it.
    """
    file = Path(path)
    raw = _mapping_in(file)
    if isinstance(raw, str):
        return [raw], []
    problems = Problems()
    case = _read_or_note({**raw, "folder": str(file.resolve().parent)}, problems)
    notes = not_said(raw)
    if case is not None:
        notes += _check_series(case, problems)
    if case is not None and not problems.found:
        notes += _worth_knowing(case)
    return [str(problem) for problem in problems.found], notes


def _mapping_in(file: Path) -> dict[str, Any] | str:
    """The mapping that a YAML file holds, or in words why there is none.

    YAML's own complaint is repeated with the line that it points at, since the usual slips (a colon
    or a bracket inside a text, a backslash in double quotes) are told by that line alone.
    """
    import yaml

    try:
        raw = read_yaml(file)
    except FileNotFoundError:
        return f"{file}: no such file\n  try:     conf/case/{DEFAULT_CASE}.yaml"
    except (yaml.YAMLError, OSError) as problem:
        return printable(_not_readable(file, problem))
    if not isinstance(raw, dict):
        return f"{file}: holds no case\n  allowed: keys {', '.join(CASE_KEYS[:-1])}"
    return raw


def _not_readable(file: Path, problem: Exception) -> str:
    """What YAML or the disk complains of, the line as it stands, and what to type."""
    mark = getattr(problem, "problem_mark", None)
    where = f" in line {mark.line + 1}" if mark is not None else ""
    what = getattr(problem, "problem", None) or " ".join(str(problem).split())[:200]
    text = f"{file}: not readable as a case{where}: {what}"
    if mark is None or "not plain" in str(what):
        return text
    with contextlib.suppress(OSError, UnicodeDecodeError, IndexError):
        line = file.read_text(encoding="utf-8-sig").splitlines()[mark.line].strip()
        text += f"\n  line:    {line[:100]}"
    if "escape character" in str(what):
        return text + "\n  try:     / in place of \\ between folders"
    return text + '\n  try:     text that holds : # { [ , or quotes, in "double quotes"'


def _worth_knowing(case: Case) -> list[str]:
    """Notes on a case with which nothing is wrong: what it leaves as somebody else had it."""
    notes = []
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
    return notes


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
    """The same as `_read`, but a value of a shape that nobody foresaw is noted like any other.

    A case file is typed by people, so that any value may be of any kind. What the checks foresee
    has a refusal of its own; whatever else goes wrong must still not end in a traceback.
    """
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
    """A case as far as the file describes one, and notes on all that is wrong with it.

    In three passes, each of which needs that the one before found nothing: which keys there are, of
    which kind their values are, and what the values say. None after noting why; a Case that is
    given together with problems is not to be used (`_case_in` raises the first).
    """
    as_written, raw = raw, {"levers": None, **raw, **before_zones(raw)}
    rename_close(raw, problems)
    _check_keys(raw, problems)
    if problems.found:
        return None
    problems.time_zone = zone_in(raw["time_zone"], problems)
    start = problems.time("start", raw["start"])
    _check_kinds(raw, problems)
    if problems.found:
        return None
    horizon = _horizon(raw["horizon_d"], problems)
    titles, summary = (problems.texts(key, raw[key]) for key in ("title", "summary"))
    if start is None or problems.time_zone is None:
        return None
    market = market_in(raw, start, horizon, problems)
    events, forcing = events_in(raw["events"] or [], start, horizon, problems)
    # an event that is refused for something else is there all the same
    written = set(ids(raw["events"]))
    clock = _clock_event(raw["clock_start"], events, written, problems)
    if clock is None:
        return None
    levers = raw["levers"] or {}
    check_levers(levers, events, written, clock.time, raw["founder"] is not False, problems)
    check_levers_money(raw, market, problems)
    check_series_place(raw, start, problems)
    check_causes(levers, forcing, clock.time, problems)
    targets = targets_in(raw["targets"] or [], raw["currency"], problems)
    folder = Path(str(raw.get("folder", ".")))
    _check_series_keys(raw["series"] or {}, folder, problems)
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
        levers=levers,
        targets=tuple(targets),
        market=market,
        series=raw["series"] or {},
        folder=folder,
        shape=_shape(raw.get("shape"), problems),
        written=as_written,
    )


def _check_keys(raw: Mapping[str, Any], problems: Problems) -> None:
    """Note keys that are unknown or missing, and texts that no terminal should be sent."""
    needed = tuple(key for key in CASE_KEYS if key not in NEEDED and key not in OPTIONAL)
    problems.keys("", raw, CASE_KEYS, needed)
    for key, what in NEEDED.items():
        if key not in raw:
            problems.add(key, None, "is missing", what, f"{key}: {_USUAL[key]}")
    _check_texts("", {key: raw[key] for key in raw if key != "folder"}, problems)


def _check_kinds(raw: Mapping[str, Any], problems: Problems) -> None:
    """Note values that are no mapping, list or name where one is meant."""
    for key in ("market", "levers", "series"):
        if raw[key] is not None and not isinstance(raw[key], Mapping):
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


def _clock_event(
    said: object, events: Sequence[Event], written: set[str], problems: Problems
) -> Event | None:
    """The event from which delays count; None after noting that there is none of that id.

    written : ids of all events as they stand, those among them that were refused.
    """
    clock = {event.id: event for event in events}.get(str(said))
    if clock is None and str(said) not in written:
        problems.add(
            "clock_start", said, "names no event",
            ", ".join(event.id for event in events) or "the id of an event",
            "the id of the event from which delays count",
        )  # fmt: skip
    return clock


def _check_series_keys(series: Mapping[str, Any], folder: Path, problems: Problems) -> None:
    """Note series of other names than SERIES, and files that are not in the case's folder."""
    for which, name in series.items():
        if which == "combine":
            _check_combine(name, problems)
            continue
        problems.choice(f"series.{which}", which, (*SERIES, "combine"))
        if name is None or not problems.files or (folder / str(name)).is_file():
            continue
        slashes = str(name).replace("\\", "/") if "\\" in str(name) else "null"
        problems.add(
            f"series.{which}", name, f"no such file in {folder.name}/",
            "a CSV beside the case file, or null", f"series.{which}: {slashes}",
        )  # fmt: skip


def _horizon(said: object, problems: Problems) -> int:
    """Days of the case, a whole number from 1 to MOST_DAYS.

    After noting that it says no such number, the most that there may be: an event that lies inside
    these is then refused for something of its own, or not at all.
    """
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
    """Phases of the observed hot list that belong to the crisis; empty: all of them."""
    if node is None:
        return ()
    if isinstance(node, list) and all(isinstance(item, str) for item in node):
        return tuple(node)
    problems.add("phases", node, "is no list of words", "names in the column phase", "phases: []")
    return ()


def _shape(node: object, problems: Problems) -> Mapping[str, Any]:
    """What a report asks of the shape of the case's runs, by question (`SHAPE`); empty: nothing."""
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
    """Note a number of a shape that is none, or of another kind than its question wants.

    Words (`observed`), days of the case (`days`), a range of two numbers, or one number. Numbers are
    0 to 2160, the hours of the longest case.
    """
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
