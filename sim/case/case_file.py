"""A case file -> a Case, or everything that is wrong with it.

A case is a YAML file and the CSV series beside it; a teacher writes one without touching code
(docs/recipes.md). One reading serves three askers. A run wants a Case or the first refusal
(`read_case`), `backlash case check` wants every refusal at once (`sim.case.check`), and a stored
study wants its case even where the series have been left behind (`stored_case`). So nothing is
raised while a file is read: what is wrong is noted in `Problems`, and reading goes on as far as the
rest still means something.

What belongs to one part of the file is read in a module of its own: `events`, `levers`, `targets`,
`market`, `shape`; files from before cases had zones in `older_files`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import zones
from sim.base.choices import DEFAULT_CASE
from sim.base.digest import by_identity
from sim.base.refusal import CONTROLS, ConfigError
from sim.case.case import ABOUT, CULPRITS, INSIDE, MONEY, Case, Event
from sim.case.daily import COMBINE, METRICS
from sim.case.events import MOST_DAYS, events_in, ids
from sim.case.index import index_in
from sim.case.levers import check_causes, check_levers
from sim.case.market import MARKET_KEYS, check_levers_money, check_series_place, market_in, zone_in
from sim.case.older_files import before_zones, rename_close
from sim.case.problems import Problems
from sim.case.shape import phases_in, shape_in
from sim.case.targets import targets_in

#: Every key that a case file may have; `folder` is added by whoever reads it from a disk.
CASE_KEYS = (
    "name", "title", "summary", "start", "time_zone", "currency", "exchange", "hot_list",
    "horizon_d", "clock_start", "founder", "actors", "market", "series", "levers", "events",
    "targets", "about", "phases", "shape", "community", "culprit", "folder",
)  # fmt: skip
#: Of these, those that may be left out.
OPTIONAL = ("about", "phases", "shape", "community", "culprit", "folder", "levers")
#: What a new key of a case file is for: said where an older file lacks it.
NEEDED = {
    "time_zone": "the zone of all its times, an IANA name such as Asia/Hong_Kong, or null",
    "currency": "the currency of its money, such as HKD or USD, or null",
    "exchange": "the exchange of its share, or null: no market",
    "hot_list": "true if its platform shows a public list of trending topics, false if not",
}
COMMUNITY = (0.001, 1000.0)  #: least and largest community, over that of the documented case
SERIES = ("hotlist", "prices", "daily")  #: keys under `series` that name a file
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
    case = read_or_note(raw, problems)
    if problems.found:
        raise problems.found[0]
    if case is None:
        raise ConfigError("case", None, "is empty", "a case file", f"case={DEFAULT_CASE}")
    return case


def read_or_note(raw: Mapping[str, Any], problems: Problems) -> Case | None:
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
    index = index_in(raw, folder, start, horizon, problems)
    if index:  # kept as it was read, for the file may stay behind
        as_written = {**as_written, "market": {**as_written["market"], "index": index}}
    culprit, blame = _culprit(raw.get("culprit"), problems)
    return Case(
        name=str(raw["name"]),
        time_zone=problems.time_zone,
        currency=raw["currency"],
        exchange=raw["exchange"],
        hot_list=problems.yes_or_no("hot_list", raw["hot_list"]),
        phases=phases_in(raw.get("phases"), problems),
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
        shape=shape_in(raw.get("shape"), problems),
        community=_community(raw.get("community"), problems),
        culprit=culprit,
        blame=blame,
        index=index,
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


def _community(said: Any, problems: Problems) -> tuple[float, float]:
    """Bounds of the community's size: one number is both, none is that of the documented case."""
    if said is None:
        return 1.0, 1.0
    if not isinstance(said, list):
        size = problems.number("community", said, *COMMUNITY)
        return size, size
    if len(said) != 2:
        problems.add(
            "community", said, "is neither a size nor from where to where it lies",
            "a number, or two", "community: [0.5, 5]",
        )  # fmt: skip
        return 1.0, 1.0
    low, high = (problems.number("community", end, *COMMUNITY) for end in said)
    if low > high:
        problems.add(
            "community", said, "begins above its end", "the smaller number first",
            f"community: [{high:g}, {low:g}]",
        )  # fmt: skip
    return low, high


def _culprit(said: Any, problems: Problems) -> tuple[str, float]:
    """Who did it, and which share of the blame stays with the brand.

    Inside, all of it does; for somebody outside the case has to say how much.
    """
    if said is None or said == INSIDE:
        return INSIDE, 1.0
    who = said.get("who") if isinstance(said, Mapping) else said
    problems.choice("culprit.who" if isinstance(said, Mapping) else "culprit", who, CULPRITS)
    if not isinstance(said, Mapping):
        problems.add(
            "culprit.blame", None, "is missing: which share of the blame stays with the brand?",
            "0 to 1, below 1", f"culprit: {{who: {who}, blame: 0.5}}",
        )  # fmt: skip
        return INSIDE, 1.0
    problems.keys("culprit", said, ("who", "blame"), ("who", "blame"))
    blame = problems.number("culprit.blame", said.get("blame"), 0, 1)
    if who == INSIDE or blame == 1:
        problems.add(
            "culprit.blame", said.get("blame"),
            "a culprit outside leaves part of the blame with somebody else, one inside all of it",
            "below 1 together with " + ", ".join(CULPRITS[1:]), "culprit: inside",
        )  # fmt: skip
    return str(who), blame


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
