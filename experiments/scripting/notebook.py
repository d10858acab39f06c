"""What runs, comparisons and studies look like in a notebook: small tables, every number explained.

Plain HTML without style sheets or scripts, so that it looks the same in Jupyter and on
GitHub; a hover over an outcome says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.pictures.outcome_words import meaning_of
from experiments.pictures.words import number, say, signed
from experiments.scripting.words import USUAL
from sim.metrics import BY_NAME, outcomes
from sim.record import Run
from sim.runs import Ensemble

if TYPE_CHECKING:
    from experiments.scripting.comparison import Comparison
    from experiments.scripting.studies import StoredStudy

MOST_CELLS = 12  #: of a study that a notebook shows; the table has all


def html_of(thing: Run | Ensemble) -> str:
    """A run or an ensemble as a small table. Raises TypeError for others."""
    if isinstance(thing, Run):
        return _run(thing)
    if isinstance(thing, Ensemble):
        return _ensemble(thing)
    raise TypeError(
        f"a {type(thing).__name__} is not shown here\n"
        "  allowed: a Run, an Ensemble\n"
        "  try:     backlash.simulate(config)"
    )


def _run(run: Run) -> str:
    """A run by its main outcomes."""
    found = outcomes(run)
    asked = run.asked
    head = f"{asked['case']['name']} · {say(asked['response']['name'], 'en')} · seed {run.seed}"
    rows = [(_outcome(name), _told(found[name]), _unit(name)) for name in USUAL]
    more = f"run {run.name}; .plot(), .to_frame(), backlash.outcomes(run)"
    return _page(head, ("outcome", "value", "unit"), rows, more)


def _ensemble(made: Ensemble) -> str:
    """Runs by medians of their main outcomes, with the middle nine tenths from ten runs on."""
    frame = made.frame
    config = made.config
    head = f"{config.case.name} · {say(config.response.name, 'en')} · {len(made)} runs"
    rows = []
    for name in USUAL:
        values = frame[name].dropna()
        low, high = (values.quantile(q) if len(values) >= 10 else np.nan for q in (0.05, 0.95))
        middle = values.median() if len(values) else np.nan
        span = f"{_told(float(low))} to {_told(float(high))}" if low == low else "too few runs"
        rows.append((_outcome(name), _told(middle), span, _unit(name)))
    more = ".plot(), .frame (a row a run), .series (a row an hour)"
    return _page(head, ("outcome", "median", "5-95 % of runs", "unit"), rows, more)


def of_comparison(found: Comparison) -> str:
    """Differences from the reference with intervals, a row an outcome and answer."""
    rows = []
    for named in found.table.to_dict("records"):
        row: Any = SimpleNamespace(**{str(key): value for key, value in named.items()})
        known = row.low == row.low
        span = f"{signed(row.low)} to {signed(row.high)}" if known else "too few worlds"
        share = f"{row.better:.0%}" if row.better == row.better else ""
        rows.append(
            (
                _outcome(row.outcome), escape(say(row.answer, "en")), signed(row.difference),
                span, share, row.verdict, _unit(row.outcome),
            )
        )  # fmt: skip
    head = f"against {say(found.reference, 'en')}, paired in the same worlds"
    heads = ("outcome", "answer", "difference", "95 % interval", "better in", "verdict", "unit")
    return _page(head, heads, rows, ".table, .plot(), .frame (a row a run), .series")


def of_study(found: StoredStudy) -> str:
    """Findings and the first cells; or how far it is, while runs are missing."""
    head = f"{found.name} · {len(found.plan.study.cells)} cells"
    missing = found.runs_missing
    if missing:
        return _page(head, (), [], f"{missing} runs are missing; to go on: {found.command}")
    told = "".join(f"<li>{escape(sentence)}</li>" for sentence in found.findings())
    study, a = found.plan.study, found.analysis
    rows = [
        (escape(study.spoken(cell)), _told(float(a.means[a.ranked].iloc[cell])))
        for cell in range(min(MOST_CELLS, len(study.cells)))
    ]
    heads = ("cell", f"{_outcome(a.ranked)} [{_unit(a.ranked)}]")
    more = ".table (a row a cell), .frame (a row a run), .findings(), .plot(), .report()"
    return f"<ol>{told}</ol>" + _page(head, heads, rows, more)


def _page(head: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], more: str) -> str:
    """A heading, a table and what else there is. Cells of the table are HTML already."""
    top = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>" if heads else ""
    return f"<p><b>{escape(head)}</b></p>{table}<p><small>{escape(more)}</small></p>"


def _outcome(name: str) -> str:
    """What an outcome is called; a hover says what it is."""
    known = meaning_of(name)
    hover = f"{name}: {known.what[0]}" if known else name
    return f'<span title="{escape(hover)}">{escape(BY_NAME[name].en)}</span>'


def _unit(name: str) -> str:
    """The unit of an outcome."""
    return escape(BY_NAME[name].unit)


def _told(value: float) -> str:
    """A number as it is printed; what is not defined is a dash."""
    return "–" if value != value else number(value)
