"""A folder of tables -> affairs, or what to mend in it.

    read(folder)      -> Affairs; refuses what `check` complains of
    check(folder)     -> list of complaints: file, lines, column, what to type instead
    clock_of(folder)  -> times of all samples of the list

affairs, events, series and samples are needed, each as .csv, .csv.gz or .csv.bz2 in UTF-8, parted
by commas, semicolons or tabs; platform_snapshots (the times of all samples) is optional. Columns
are documented in docs/corpus.md; columns that are not read are passed over.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs, Samples, Topics, hours_needed
from experiments.corpus.cells import LIST_ZONE, Complaint, Complaints, Sheet, file_of, refused
from experiments.corpus.kinds import CAUSES, KINDS, SAMPLE_SETS, VICTIMS, bits
from experiments.pictures.words import counted
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

#: Columns without which a table says nothing.
REQUIRED = {
    "affairs": ("affair", "victim", "observed_h"),
    "events": ("affair", "topic", "t_h", "kind", "topic_peak_heat"),
    "series": ("affair", "hour", "heat"),
    "samples": ("affair", "topic", "t_h", "heat"),
    "platform_snapshots": ("time_utc8",),
}
MOST_H = 20_000.0  #: hours of an affair: more than two years
MOST_HEAT = 1e9  #: no index of the list comes near
LATE_H = 24.0  #: hours that a topic may come after the end of the window, which is rounded
NEAR_H = 0.05  #: hours by which a printed time may differ from another of the same moment


@dataclass(frozen=True, eq=False)
class _Heads:
    """What affairs.csv says, and which row each affair is."""

    row: dict[str, int]
    name: list[str]
    organisation: list[str]
    sample_set: list[str]
    victim: list[str]
    cause: list[str]
    start: _F
    clock: _F
    observed_h: _F
    n_topics: _F  #: NaN where it is not said
    listed: list[bool]
    lines: tuple[int, ...]


def read(folder: Path | str) -> Affairs:
    """The affairs of a folder. Raises ConfigError with the first complaints."""
    affairs, complaints = _looked_at(Path(folder))
    if affairs is None or complaints:
        shown = "\n".join(map(str, complaints[:3]))
        raise ConfigError(
            "corpus", str(folder), f"{counted(len(complaints), 'thing')} to mend:\n{shown}",
            "a folder of affairs, events, series and samples (docs/corpus.md)",
            f"backlash corpus check {folder}",
        )  # fmt: skip
    return affairs


def check(folder: Path | str) -> list[Complaint]:
    """What to mend in a folder, so that it can be read; nothing where it is good."""
    return _looked_at(Path(folder))[1]


def clock_of(folder: Path | str) -> _F | None:
    """Times of all samples of the list, seconds since 1970, rising; None where none are given.

    Raises ConfigError for a table that `check` complains of.
    """
    complaints = Complaints("platform_snapshots")
    found = _clock(Path(folder), complaints)
    if problems := complaints.all():
        raise ConfigError(
            "corpus", str(folder), str(problems[0]), "times of samples, rising, with their zone",
            f"backlash corpus check {folder}",
        )  # fmt: skip
    return found


def _looked_at(folder: Path) -> tuple[Affairs | None, list[Complaint]]:
    """The affairs of a folder, where all of it can be read, and all complaints."""
    if not folder.is_dir():
        problem = Complaint(str(folder), (), "", "no such folder", "a folder of affairs.csv, "
                            "events.csv, series.csv and samples.csv")  # fmt: skip
        return None, [problem]
    found: dict[str, Sheet | None] = {}
    complaints: list[Complaint] = []
    for name in ("affairs", "events", "series", "samples"):
        found[name], problems = _opened(folder, name)
        complaints += problems
    affairs, events = found["affairs"], found["events"]
    heads = _heads(affairs) if affairs is not None else None
    topics = _topics(events, heads) if events and heads else None
    heat = _series(found["series"], heads, topics) if found["series"] and heads and topics else None
    samples = (
        _samples(found["samples"], heads, topics) if found["samples"] and heads and topics else None
    )
    for sheet in found.values():
        complaints += sheet.complaints.all() if sheet else []
    times = Complaints("platform_snapshots")
    _clock(folder, times)
    complaints += times.all()
    if complaints or not (heads and topics and heat and samples):
        return None, complaints
    return _together(heads, topics, heat, samples), complaints


def _opened(folder: Path, name: str) -> tuple[Sheet | None, list[Complaint]]:
    """A table of the folder, or why there is none."""
    complaints = Complaints(f"{name}.csv")
    path = file_of(folder, name, complaints)
    if path is None:
        return None, complaints.all()
    try:
        return Sheet(path, REQUIRED[name], Complaints(path.name)), []
    except ConfigError as refusal:
        return None, [refused(refusal, path.name)]


def _clock(folder: Path, complaints: Complaints) -> _F | None:
    """Times of all samples of the list; None where none are given or they cannot be read."""
    path = file_of(folder, "platform_snapshots", complaints, needed=False)
    if path is None:
        return None
    complaints.file = path.name
    try:
        sheet = Sheet(path, REQUIRED["platform_snapshots"], complaints)
    except ConfigError as refusal:
        told = refused(refusal, path.name)
        complaints.add(None, "", told.problem, told.remedy)
        return None
    times = sheet.moments("time_utc8")
    back = np.append(False, np.diff(times) <= 0)
    sheet.each("time_utc8", back, lambda row: ("not later than the line above", "times in order"))
    return times


def _heads(sheet: Sheet) -> _Heads:
    """affairs.csv, with a complaint for whatever is wrong in it."""
    names = sheet.name("affair")
    sheet.doubled(["affair"], names)
    start, clock = _starts(sheet)
    source = sheet.text("heat_source", "hourly_list")
    return _Heads(
        row={name: row for row, name in reversed(list(enumerate(names)))},
        name=names,
        organisation=[
            one or own for one, own in zip(sheet.text("organisation"), names, strict=True)
        ],
        sample_set=sheet.choice("sample_set", tuple(SAMPLE_SETS), "core"),
        victim=sheet.choice("victim", VICTIMS, "public", needed=True),
        cause=sheet.choice("cause", CAUSES, "values"),
        start=start,
        clock=clock,
        observed_h=sheet.number("observed_h", 0, MOST_H),
        n_topics=sheet.number("n_topics", 1, 1e5, blank=np.nan, whole=True),
        listed=[one in ("", "hourly_list") for one in source],
        lines=sheet.lines,
    )


def _starts(sheet: Sheet) -> tuple[_F, _F]:
    """First samples: seconds since 1970 (NaN where only the hour is known) and hours of the day."""
    nowhere = np.full(len(sheet), np.nan)
    if sheet.has("t0_utc8"):
        start = sheet.moments("t0_utc8")
        clock = ((np.nan_to_num(start) + LIST_ZONE.utcoffset(None).total_seconds()) / 3600) % 24
        return start, clock
    if sheet.has("t0_hour_of_day"):
        return nowhere, sheet.number("t0_hour_of_day", 0, 24)
    sheet.complaints.add(
        None, "", "says of no affair when it began",
        "a column t0_utc8 (as 2025-03-01T14:05+08:00), or t0_hour_of_day (0 to 24)",
    )  # fmt: skip
    return nowhere, np.zeros(len(sheet))


def _rows_of(sheet: Sheet, heads: _Heads) -> _I:
    """Row of each line's affair; complains of affairs that affairs.csv does not have."""
    names = sheet.name("affair")
    rows = np.array([heads.row.get(name, -1) for name in names])
    remedy = "its line in affairs.csv, or none here"
    sheet.each("affair", rows < 0, lambda k: (f"{names[k]} is no affair of affairs.csv", remedy))
    return rows


def _topics(sheet: Sheet, heads: _Heads) -> Topics:
    """events.csv, with a complaint for whatever is wrong in it or goes against affairs.csv."""
    affair = _rows_of(sheet, heads)
    number = sheet.number("topic", 0, 1e6, whole=True).astype(np.int64)
    sheet.doubled(
        ["affair", "topic"], list(zip(sheet.text("affair"), number.tolist(), strict=True))
    )
    t_h = sheet.number("t_h", 0, MOST_H)
    kinds = sheet.choice("kind", KINDS, KINDS[0], needed=True)
    last = sheet.number("last_seen_h", 0, MOST_H, blank=np.nan)
    last = np.where(np.isnan(last), t_h, last)
    sheet.each("last_seen_h", last < t_h - NEAR_H, lambda row: (
        f"{last[row]:g} is before t_h", f"{t_h[row]:g} or later"))  # fmt: skip
    sheet.number("penalty_level", 0, 4, blank=0.0, whole=True)
    sheet.number("penalty_severity", 0, 1, blank=0.0)
    _refuse_gaps(sheet, heads, affair, t_h)
    _refuse_other_times(sheet, heads, affair, t_h)
    codes = np.array([bits(*one) for one in _further(sheet)], dtype=np.int64)
    kind = np.array([KINDS.index(one) for one in kinds], dtype=np.int64)
    order = np.lexsort((t_h, affair))
    return Topics(
        affair=affair[order],
        number=number[order],
        t_h=t_h[order],
        kind=kind[order],
        codes=(codes | (1 << kind))[order],
        ceo=sheet.number("speaker_ceo_or_founder", 0, 1, blank=0.0, whole=True)[order] > 0,
        peak=sheet.number("topic_peak_heat", 0, MOST_HEAT)[order],
        last_h=last[order],
    )


def _further(sheet: Sheet) -> list[tuple[str, ...]]:
    """Further codes of topics; complains of words that are none."""
    found = []
    for line, cell in zip(sheet.lines, sheet.text("kind2"), strict=True):
        codes = tuple(one.strip() for one in cell.split("+") if one.strip())
        for code in codes:
            if code not in KINDS:
                sheet.complaints.add(
                    line, "kind2", f"{code} is no code", f"any of {', '.join(KINDS)}, joined by +"
                )
        found.append(codes)
    return found


def _refuse_gaps(sheet: Sheet, heads: _Heads, affair: _I, t_h: _F) -> None:
    """Complain of affairs without topics, without one at hour 0, and of other numbers of them."""
    counted = Counter(affair.tolist())
    for row, name in enumerate(heads.name):
        n, said = counted.get(row, 0), heads.n_topics[row]
        if not n:
            sheet.complaints.add(
                None, "affair", f"no topic of {name}", "its topics, or no line in affairs.csv"
            )
        elif not np.isnan(said) and n != said:
            sheet.complaints.add(
                None, "affair", f"{n} topics of {name}; affairs.csv, line {heads.lines[row]}, "
                f"column n_topics, says {said:.0f}", f"{n} there, or the missing ones here",
            )  # fmt: skip
    first = np.full(len(heads.name), np.inf)
    np.minimum.at(first, affair[affair >= 0], t_h[affair >= 0])
    for row in np.flatnonzero(np.isfinite(first) & (first > NEAR_H)).tolist():
        sheet.complaints.add(
            None, "t_h", f"the first topic of {heads.name[row]} is at {first[row]:g}",
            "hours since the affair's first topic, which is at 0",
        )  # fmt: skip
    late = (affair >= 0) & (t_h > heads.observed_h[affair] + LATE_H)
    remedy = "an observed_h as long as topics came"
    sheet.each("t_h", late, lambda k: (f"{t_h[k]:g} is after the affair's observed_h", remedy))


def _refuse_other_times(sheet: Sheet, heads: _Heads, affair: _I, t_h: _F) -> None:
    """Complain of first sights that are not t_h after the affair's start, where both are told."""
    if not sheet.has("time_utc8"):
        return
    since = (sheet.moments("time_utc8") - heads.start[affair]) / 3600
    with np.errstate(invalid="ignore"):
        apart = (affair >= 0) & (np.abs(since - t_h) > NEAR_H)
    remedy = "the same moment in both columns"
    sheet.each("time_utc8", apart, lambda k: (
        f"{since[k]:.2f} h after the affair's t0_utc8; t_h says {t_h[k]:g}", remedy))  # fmt: skip


def _series(sheet: Sheet, heads: _Heads, topics: Topics) -> tuple[_F, _F]:
    """Hourly heat, all and of responses, float[n, hours]; hours without a line hold nothing."""
    affair = _rows_of(sheet, heads)
    hour = sheet.number("hour", 0, MOST_H, whole=True).astype(np.int64)
    sheet.doubled(["affair", "hour"], list(zip(sheet.text("affair"), hour.tolist(), strict=True)))
    heat = sheet.number("heat", 0, MOST_HEAT)
    response = sheet.number("heat_response", 0, MOST_HEAT, blank=0.0)
    sheet.each("heat_response", response > heat + 1, lambda row: (
        f"{response[row]:g} is more than the heat of all topics, {heat[row]:g}",
        "the part of heat that response topics have"))  # fmt: skip
    n_hours = hours_needed(float(topics.t_h.max()), int(hour.max()) + 1)
    tables = np.zeros((2, len(heads.name), n_hours))
    tables[0, affair, hour], tables[1, affair, hour] = heat, response
    return tables[0], tables[1]


def _samples(sheet: Sheet, heads: _Heads, topics: Topics) -> Samples:
    """samples.csv; complains of topics that nobody knows and of samples out of order."""
    affair = _rows_of(sheet, heads)
    topic = sheet.number("topic", 0, 1e6, whole=True).astype(np.int64)
    t_h = sheet.number("t_h", 0, MOST_H)
    known = set(zip(topics.affair.tolist(), topics.number.tolist(), strict=True))
    pairs = list(zip(affair.tolist(), topic.tolist(), strict=True))
    strange = np.array([one[0] >= 0 and one not in known for one in pairs])
    sheet.each("topic", strange, lambda row: (
        f"{topic[row]} of {heads.name[affair[row]]} is no topic of events.csv",
        "the number that the topic has there"))  # fmt: skip
    latest: dict[tuple[int, int], float] = {}
    back = np.zeros(len(sheet), dtype=np.bool_)
    for row, (pair, t) in enumerate(zip(pairs, t_h.tolist(), strict=True)):
        back[row] = t <= latest.get(pair, -1.0)
        latest[pair] = max(t, latest.get(pair, -1.0))
    said, remedy = "is not later than the topic's sample before", "samples of a topic in order"
    sheet.each("t_h", back, lambda k: (f"{t_h[k]:g} {said}", remedy))
    _refuse_other_sights(sheet, heads, topics, pairs, t_h)
    order = np.lexsort((t_h, topic, affair))
    return Samples(
        affair=affair[order],
        topic=topic[order],
        t_h=t_h[order],
        heat=sheet.number("heat", 0, MOST_HEAT)[order],
        place=sheet.number("place", 0, 1e4, blank=0.0, whole=True).astype(np.int64)[order],
    )


def _refuse_other_sights(
    sheet: Sheet, heads: _Heads, topics: Topics, pairs: list[tuple[int, int]], t_h: _F
) -> None:
    """Complain of affairs without samples, and of topics first sampled at another time."""
    first: dict[tuple[int, int], int] = {}
    for row, pair in enumerate(pairs):
        first.setdefault(pair, row)
    seen = {affair for affair, _ in first}
    for row, name in enumerate(heads.name):
        if row not in seen:
            sheet.complaints.add(
                None, "affair", f"no sample of {name}", "the samples in which its topics were seen"
            )
    for affair, number, t in zip(
        topics.affair.tolist(), topics.number.tolist(), topics.t_h.tolist(), strict=True
    ):
        at = first.get((affair, number))
        if at is not None and affair >= 0 and abs(t_h[at] - t) > NEAR_H:
            sheet.complaints.add(
                sheet.lines[at], "t_h", f"topic {number} of {heads.name[affair]} is first sampled "
                f"at {t_h[at]:g}; t_h of events.csv says {t:g}", "the same moment in both tables",
            )  # fmt: skip


def _together(heads: _Heads, topics: Topics, heat: tuple[_F, _F], samples: Samples) -> Affairs:
    """Affairs of tables that are good."""
    return Affairs(
        name=tuple(heads.name),
        organisation=tuple(heads.organisation),
        sample_set=np.array(heads.sample_set, dtype=np.str_),
        victim=np.array(heads.victim, dtype=np.str_),
        cause=np.array(heads.cause, dtype=np.str_),
        start=heads.start,
        clock=heads.clock,
        observed_h=heads.observed_h,
        absence_known=np.array(heads.listed, dtype=np.bool_),
        topics=topics,
        heat=heat[0],
        heat_response=heat[1],
        samples=samples,
    )
