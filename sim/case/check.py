"""Everything that is wrong with a case file on a disk, and what a reader may not expect of it.

`backlash case check` prints both. The checks are those of `sim.case.case_file`, which a run makes
too; here the file is opened, and its series are read although nothing has asked for them yet.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from sim.base.choices import DEFAULT_CASE, read_yaml
from sim.base.refusal import printable
from sim.case.case import LEFT_OUT, Case
from sim.case.case_file import CASE_KEYS, SERIES, read_or_note
from sim.case.older_files import not_said
from sim.case.problems import Problems

TEMPLATE_SOURCE = "who says so:"  #: how sources begin that nobody has filled in


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
    case = read_or_note({**raw, "folder": str(file.resolve().parent)}, problems)
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
    if case.index:
        notes.append(
            f"index: {len(case.index)} closes, {min(case.index)} to {max(case.index)}, beta "
            f"{case.beta:g}; daily_volatility is what the share moves beside it"
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
