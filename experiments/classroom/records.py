"""A class as tables: what was decided when and why, and how it ended.

For marking, and for research: two tables, each as it was and anonymised. What players typed reaches
a spreadsheet as text and never as a formula. A codebook says what each column is.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from experiments.classroom.record_columns import COLUMNS, codebook
from experiments.classroom.sessions import Session
from experiments.classroom.story import decisions_of
from experiments.classroom.teams import Team

#: Outcomes of a session: number of the team -> outcome -> in this world, mean of its twins.
Outcomes = Mapping[str, Mapping[str, Sequence[float]]]
#: What a spreadsheet would take for a formula, or for the end of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: object) -> object:
    """A cell as a spreadsheet may have it: text that would be a formula begins with an apostrophe.

    Numbers stay numbers.
    """
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.lstrip(" \u3000\u00a0").startswith(_FORMULA) else text


def as_csv(table: str, rows: Iterable[Mapping[str, object]], anonymous: bool = False) -> bytes:
    """Rows as CSV with the columns of a table, UTF-8 with a mark, which spreadsheets need."""
    names = [c.name for c in COLUMNS if c.table == table and (not anonymous or c.anonymous)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        writer.writerow([harmless(row.get(name, "")) for name in names])
    return out.getvalue().encode("utf-8-sig")


def decision_rows(session: Session, lang: str) -> list[dict[str, object]]:
    """A row for each team, decision and question that was asked."""
    teams, log = session.teams_now(), session.log_of()
    spans = _spans(log)
    rows: list[dict[str, object]] = []
    for team in teams:
        answers = _answers(log, team.number)
        for k, decision in enumerate(decisions_of(session.world), start=1):
            given = team.choices.get(decision.key, {})
            written = team.written.get(decision.key, {})
            at = answers.get(decision.key)
            opened = spans.get(decision.key)
            for question in decision.questions:
                if question.key not in given:
                    continue
                option = next(o for o in question.options if o.key == given[question.key])
                answered = decision.key not in team.nothing
                rows.append(
                    {
                        "class": session.title, "team": team.name, "team_id": _id(session, team),
                        "case": session.world.case, "decision": decision.key, "place": k,
                        "decision_text": decision.text(lang), "question": question.key,
                        "question_text": question.text(lang), "option": option.key,
                        "option_text": option.text(lang), "answered": int(answered),
                        "opened_utc": opened or "",
                        "answered_utc": at if answered and at else "",
                        "seconds": _seconds(opened, at) if answered else "",
                        "times_answered": team.revisions.get(decision.key, 0),
                        "reason": written.get("reason", ""),
                        "reason_characters": len(written.get("reason", "")),
                        "statement": written.get("statement", ""),
                        "statement_characters": len(written.get("statement", "")),
                    }
                )  # fmt: skip
    return rows


def outcome_rows(session: Session, outcomes: Outcomes) -> list[dict[str, object]]:
    """A row for each team and outcome, with the brand's own course in the same world beside it."""
    history = outcomes.get("history", {})
    world = session.world
    rows: list[dict[str, object]] = []
    for team in session.teams_now():
        for name, (own, mean) in outcomes.get(str(team.number), {}).items():
            rows.append(
                {
                    "class": session.title, "team": team.name, "team_id": _id(session, team),
                    "case": world.case, "seed": world.seed, "draw": world.draw,
                    "population": world.population, "outcome": name, "own": own,
                    "twins_mean": mean, "history": history.get(name, ("", ""))[0],
                    "missed": len(team.nothing),
                }
            )  # fmt: skip
    return rows


def anonymous_zip(session: Session, outcomes: Outcomes) -> bytes:
    """Both tables without names, words and clock times, and the codebook in both languages.

    Rows are in the order of the ids, which say nothing about the order of joining.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for table, rows in (
            ("decisions", decision_rows(session, "en")),
            ("outcomes", outcome_rows(session, outcomes)),
        ):
            rows.sort(key=lambda row: str(row["team_id"]))  # stable: decisions stay in their order
            file.writestr(f"{table}.csv", as_csv(table, rows, anonymous=True))
        for lang in ("en", "zh"):
            file.writestr(f"codebook_{lang}.md", codebook(lang).encode())
    return out.getvalue()


def outcomes_of(text: str | None) -> Outcomes:
    """What the debriefs have written of the outcomes of a class; empty while they have not."""
    found: Outcomes = json.loads(text) if text else {}
    return found


def _id(session: Session, team: Team) -> str:
    """An id that tells neither name nor order, the same in every file of this class."""
    return hashlib.sha256(f"{session.id} {session.code} {team.number}".encode()).hexdigest()[:8]


def _spans(log: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """When each decision was opened for the first time."""
    found: dict[str, str] = {}
    for entry in log:
        if entry["what"] == "open":
            found.setdefault(entry["decision"], entry["time"])
    return found


def _answers(log: Iterable[Mapping[str, Any]], number: int) -> dict[str, str]:
    """When a team answered each decision for the last time."""
    return {
        entry["decision"]: entry["time"]
        for entry in log
        if entry["what"] == "answer" and entry.get("team") == number
    }


def _seconds(opened: str | None, answered: str | None) -> object:
    """Seconds from the opening of a decision to its last answer; "" where one is not known."""
    if not opened or not answered:
        return ""
    apart = datetime.fromisoformat(answered) - datetime.fromisoformat(opened)
    return round(apart.total_seconds())
