"""`backlash import`: an export of mentions becomes a folder with counts, a case and a page.

    affair.yaml     what happened: a case file, to be completed (`backlash case check` reads it)
    mentions.csv    from,until,count in UTC: all that is kept of the export
    mapping.yaml    which column is what, and in which zone: mapping=FILE reads the next export so
    import.md       what was understood and what was dropped

Texts, names and addresses are in none of them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from experiments.live.columns import ROLES, Columns, mapped
from experiments.live.counts import Counts, Reading, Window, counted
from experiments.live.moments import DATES, moments_of
from experiments.live.table import KEY, read_export
from sim import zones
from sim.base.files import write_whole
from sim.base.refusal import ConfigError, place
from sim.base.tables import Table
from sim.settings.keys import refuse_other_keys

#: How an export is read, beside its columns.
HOW = (
    "zone", "dates", "encoding", "sheet", "header", "doubled", "numbers", "empty", "span",
)  # fmt: skip
FEWEST = 3  #: windows: fewer say nothing of a course
RISE = 0.1  #: of the largest window: where it is first reached, the affair began. Assumed
AFFAIR, MENTIONS, MAPPING, PAGE = "affair.yaml", "mentions.csv", "mapping.yaml", "import.md"


@dataclass(frozen=True)
class Imported:
    """What an export became."""

    folder: Path
    counts: Counts
    began: datetime  #: as the clocks of the zone show it
    kept: tuple[str, ...]  #: files that were there and were left as they are


def import_export(file: str, folder: str, said: Mapping[str, str]) -> Imported:
    """Read an export and write its folder. Raises ConfigError before anything is written.

    said : roles of columns, HOW, `mapping` and `began`, as typed.
    """
    how = _with_mapping(said)
    began_at = how.pop("began", "")
    dates = how.get("dates", "")
    if dates not in ("", *DATES):
        raise ConfigError("dates", dates, "not possible", ", ".join(DATES), "dates=day_first")
    header = _whole(how, "header", 1, 1000)
    table = read_export(file, how.get("encoding", ""), how.get("sheet", ""), header)
    columns = mapped(table, {role: how[role] for role in ROLES if role in how})
    hours = table.column(columns.hour) if columns.hour else None
    zone = how.get("zone", "")
    read = moments_of(table.lines, table.column(columns.when), hours, zone, dates)
    reading = Reading(
        how.get("doubled", ""), how.get("numbers", ""), how.get("empty", ""),
        _whole(how, "span", 1, 24),
    )  # fmt: skip
    counts = counted(table, columns, read.moments, reading)
    if len(counts.windows) < FEWEST:
        raise ConfigError(
            KEY, file, f"only {len(counts.windows)} hours or days with a count",
            f"{FEWEST} or more", "a longer export",
        )  # fmt: skip
    counts = Counts(counts.windows, counts.sources, (*table.notes, *read.notes, *counts.notes))
    return _written(
        place("as", folder), table, columns, how, counts, _began(counts, zone, began_at)
    )


def _whole(how: Mapping[str, str], key: str, least: int, most: int) -> int:
    """A whole number that was said; 0 where it was not. Raises ConfigError."""
    text = how.get(key, "")
    if text and not (text.isdecimal() and least <= int(text) <= most):
        raise ConfigError(key, text, "no such number", f"{least} to {most}", f"{key}={least}")
    return int(text or 0)


def _with_mapping(said: Mapping[str, str]) -> dict[str, str]:
    """What was typed over what a mapping file says. Raises ConfigError for what is none."""
    typed = {key: value for key, value in said.items() if key != "mapping"}
    known = (*ROLES, *HOW, "began")
    refuse_other_keys((f"{key}={value}" for key, value in typed.items()), (*known, "mapping", "as"))
    if "mapping" not in said:
        return typed
    path = place("mapping", said["mapping"])
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not set(found) <= set(known):
            raise ValueError("other keys than those of a mapping")
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise ConfigError(
            "mapping", said["mapping"], f"cannot be read ({str(problem)[:120]})",
            "mapping.yaml of an earlier import", "the same without mapping=",
        ) from None  # fmt: skip
    return {key: str(value) for key, value in found.items()} | typed


def _began(counts: Counts, zone: str, said: str) -> datetime:
    """When the affair began, on the wall: as said, or where counts first rise."""
    if said:
        first, last = (
            zones.wall(one, zone or "UTC")
            for one in (counts.windows[0].begins, counts.windows[-1].ends)
        )
        try:
            moment = datetime.strptime(said, "%Y-%m-%d %H:%M")
        except ValueError:
            moment = None
        if moment is None or not first - timedelta(days=1) <= moment < last:
            raise ConfigError(
                "began", said, "no moment" if moment is None else "not among the counts",
                f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, or a day before",
                f'began="{first:%Y-%m-%d %H:%M}"',
            ) from None  # fmt: skip
        return moment
    rates = [rate_of(one) for one in counts.windows]
    usual = median(rates) if rates[0] > 0 else 0.0
    least = max(RISE * max(rates), min(2 * usual, 0.5 * max(rates)))
    risen = next(k for k, rate in enumerate(rates) if rate >= least)
    return zones.wall(counts.windows[risen].begins, zone or "UTC")


def rate_of(window: Window) -> float:
    """Mentions an hour."""
    return window.count / ((window.ends - window.begins) / timedelta(hours=1))


def _written(
    folder: Path, table: Table, columns: Columns, how: Mapping[str, str], counts: Counts,
    began: datetime,
) -> Imported:  # fmt: skip
    """The files of a folder; an affair that somebody has completed is not written over."""
    zone = how.get("zone", "") or "UTC"
    mapping: dict[str, Any] = {key: how[key] for key in HOW if how.get(key)}
    for role in ROLES:
        value = getattr(columns, role)
        if value:
            mapping[role] = "+".join(value) if role == "count" else value
    text = yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False)
    write_whole(folder / MENTIONS, _csv(counts.windows))
    write_whole(folder / MAPPING, text.encode())
    kept = (folder / AFFAIR).exists()
    if not kept:
        name = re.sub(r"\W+", "_", folder.resolve().name, flags=re.ASCII).strip("_") or "affair"
        title = json.dumps(folder.resolve().name, ensure_ascii=False)
        write_whole(folder / AFFAIR, _affair(name, title, zone, began).encode())
    write_whole(folder / PAGE, _page(table, mapping, counts, began, zone).encode())
    return Imported(folder, counts, began, (AFFAIR,) if kept else ())


def _csv(windows: Sequence[Window]) -> bytes:
    """Counts as they are kept."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("from", "until", "count"))
    for one in windows:
        out.writerow(
            (f"{one.begins:%Y-%m-%dT%H:%MZ}", f"{one.ends:%Y-%m-%dT%H:%MZ}", f"{one.count:.10g}")
        )
    return text.getvalue().encode()


def read_mentions(path: Path) -> tuple[Window, ...]:
    """The counts of a folder. Raises ConfigError for a file that is no longer what was written."""
    from sim.base.tables import read_table

    table = read_table("mentions", path, ("from", "until", "count"))
    found: list[Window] = []
    for line, row in zip(table.lines, table.rows, strict=True):
        cell = dict(zip(table.columns, row, strict=True))
        try:
            begins, ends = (
                datetime.strptime(cell[key], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
                for key in ("from", "until")
            )
            count = float(cell["count"])
            if not (ends > begins and 0 <= count < 1e15):
                raise ValueError("not possible")
        except ValueError as problem:
            raise ConfigError(
                "mentions", path.name, f"line {line} is not as it was written ({problem})",
                "from,until,count as `backlash import` writes them",
                "backlash import EXPORT as=FOLDER, once more",
            ) from None  # fmt: skip
        if found and begins < found[-1].ends:
            raise ConfigError(
                "mentions", path.name, f"line {line} begins before the one above it ends",
                "hours in order of time", "backlash import EXPORT as=FOLDER, once more",
            )  # fmt: skip
        found.append(Window(begins, ends, count))
    return tuple(found)


def _affair(name: str, title: str, zone: str, began: datetime) -> str:
    """A case file with what an export can say; the rest is for whoever was there.

    title : in quotes.
    """
    start = began.replace(hour=0, minute=0)
    hot_list = zone in ("Asia/Shanghai", "Asia/Hong_Kong")
    return f"""\
# backlash now .  What happened, as a case file; times are those of time_zone, in quotes.
# Complete it: what else came out (events), what the brand has done (levers). docs/now.md says how,
# backlash case check affair.yaml what to mend. People appear by role, never by name.
name: {name}
title: {{en: {title}, zh: {title}}}
summary: {{en: "An affair in progress.", zh: "正在发生的事件。"}}
time_zone: {zone}
currency: null
exchange: null
hot_list: {str(hot_list).lower()}   # does its platform show a public list of trending topics?
start: "{start:%Y-%m-%d %H:%M}"
horizon_d: 14
clock_start: accusation      # hours of acts count from it
founder: true                # is there a founder who could speak?
actors: {{}}
market: {{previous_close: null, note: "not simulated"}}
series: {{hotlist: null, prices: null, daily: null}}
community: [0.1, 10]         # people who talk, over the documented case: from where to where
# What the brand has done so far, hours from the accusation, such as
#   apology: {{delay_h: 6, speaker: pr_head, acknowledgement: 0.6}}
# and each act as an event of role lever below.
levers: {{}}
events:
  - id: accusation
    role: forcing
    kind: leak
    time: "{began:%Y-%m-%d %H:%M}"   # where the counts first rise, unless began= was said
    bracket: null
    certainty: inferred
    actor: unknown
    source: "hourly counts of mentions"
    text: {{en: "The accusation", zh: "指责出现"}}
    # Assumed, until you know better.
    topic: deal
    reach: {{core: 0.3, customer: 0.05, public: 0.01}}
    credibility: 0.6
    novelty: 1
    betrayal: 0
    heat: 0
    tag: true
targets: []
"""


def _page(
    table: Table, mapping: Mapping[str, str], counts: Counts, began: datetime, zone: str
) -> str:
    """What was understood and what was dropped, as a page."""
    first, last = counts.windows[0], counts.windows[-1]
    hours = sum(one.ends - one.begins == timedelta(hours=1) for one in counts.windows)
    total = sum(one.count for one in counts.windows)
    ignored = [c for c in table.columns if c not in _columns_of(mapping)]
    lines = [
        f"# What was understood of {table.name}",
        "",
        f"- {len(table.rows)} rows; {hours} hours and {len(counts.windows) - hours} days "
        "with a count",
        f"- from {zones.wall(first.begins, zone):%Y-%m-%d %H:%M} to "
        f"{zones.wall(last.ends, zone):%Y-%m-%d %H:%M}, {zone}; {total:g} mentions in all",
        f"- the affair begins at {began:%Y-%m-%d %H:%M} (affair.yaml, event `accusation`)",
        "",
        "| part | column or setting |",
        "|---|---|",
        *(f"| {key} | {value} |" for key, value in mapping.items()),
        "",
        "## Dropped, added, assumed",
        "",
        *(f"- {note}" for note in counts.notes),
        f"- not read: {', '.join(ignored) or 'nothing'}",
        "- kept: counts by hour or day, and nothing else",
    ]
    sources = {name: n for name, n in counts.sources.items() if name}
    if sources:
        lines += ["", "## Sources", "", "| source | mentions |", "|---|---|"]
        lines += [f"| {name} | {n:g} |" for name, n in sorted(sources.items(), key=lambda x: -x[1])]
    return "\n".join(lines) + "\n"


def _columns_of(mapping: Mapping[str, str]) -> set[str]:
    """Columns that were read."""
    found = {str(mapping[role]) for role in ROLES if role in mapping}
    return found | set(str(mapping.get("count", "")).split("+"))
