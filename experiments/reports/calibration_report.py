"""The report of a calibration: how well it fits, what is pinned down, what it gets wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import sim
from experiments.calibration import facts, platform_fit, rivals
from experiments.calibration.evidence import Checked
from experiments.calibration.posterior_file import provenance
from experiments.pictures import pages
from experiments.pictures.spreadsheets import csv_bytes
from experiments.pictures.words import caveat, few_words, say
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reports import calibration_figures
from experiments.reports.calibration_findings import findings
from experiments.reports.fit_figures import predicted
from experiments.reports.forecast_findings import days_of_case
from experiments.reports.shape_checks import shape_checks
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.base.files import write_whole


def write_report(c: Checked, folder: Path, lang: str) -> Path:
    """Write report.html, its figures and its tables as CSV; give the path of the page.

    The same inputs give the same bytes. In Chinese the page is report_zh.html; the tables have one
    language for both.
    """
    digest = digest_of([provenance(c.fit), RESULTS_VERSION])
    suffix = pages.suffix(lang)
    sources = {}
    for name, figure in calibration_figures.figures(c, lang).items():
        svg = pages.save(figure, folder / "figures" / f"{name}{suffix}", digest)
        sources[name] = pages.inline(svg)
        plt.close(figure)
    tables = _tables(c)
    environment = pages.environment(Path(__file__).parent)
    page = environment.get_template("calibration_report.html.j2").render(
        **_told(c, lang), **_rows(c, tables, lang), figures=sources, digest=digest
    )
    path = folder / f"report{suffix}.html"
    write_whole(path, pages.finished(page).encode())
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", csv_bytes(table))
    return path


def _tables(c: Checked) -> dict[str, pd.DataFrame]:
    """The tables of a calibration by the names of their files."""
    return {
        "facts": facts.table(c.seen.facts, c.before.facts),
        "targets": c.intervals,
        "shrinkage": c.shrinkage,
        "scores": c.scores,
        "screening": c.screening,
        "contrasts_by_wave": c.fit.contrasts,
        "severity": c.severity,
        "structures": pd.concat([c.answers, *(rival.answers for rival in c.rivals)]),
    }


def _told(c: Checked, lang: str) -> dict[str, Any]:
    """What the page says in words: findings, captions, days, and what it cannot say."""
    zh, settings = lang == "zh", c.fit.settings
    shown = set(c.intervals["target"])
    return {
        "lang": lang,
        "zh": zh,
        "case": c.fit.case,
        "fit": c.fit,
        "fitted_days": days_of_case(c, settings.fitted_days, lang, "-" if zh else " and "),
        "held_out_days": days_of_case(c, settings.held_out_days, lang, "-" if zh else " to "),
        "version": sim.__version__,
        "results_version": RESULTS_VERSION,
        "findings": [pair[zh] for pair in findings(c)],
        "captions": {name: text[zh] for name, text in calibration_figures.captions(c).items()},
        "untold": [t for t in c.fit.case.targets if t.use != "context" and t.id not in shown],
        "caveat": caveat(lang),
        "fewest": FEWEST_PAIRS,
        "few": lambda n: few_words(int(n), lang),
        "names": {
            name: say(f"structure_{name}", lang) for name in ("main", *(r.name for r in c.rivals))
        },
    }


def _rows(c: Checked, tables: Mapping[str, pd.DataFrame], lang: str) -> dict[str, Any]:
    """What the page shows in tables, row by row; None is a number that is not known."""
    known = tables["facts"]
    return {
        "intervals": c.intervals.replace({np.nan: None}).to_dict("records"),
        "scores": c.scores.replace({np.nan: None}).to_dict("records"),
        "shrinkage": c.shrinkage.head(40).to_dict("records"),
        "history": c.fit.history.to_dict("records"),
        "shapes": shape_checks(c.fit.case, list(predicted(c))),
        "directions": _directions(c),
        "screening": c.screening.head(25).to_dict("records"),
        "severity": c.severity.to_dict("records"),
        "transfers": [
            {
                "title": one.case.title(lang),
                "metric": say(f"metric_{one.told.metric}", lang),
                **one.told.summary,
            }
            for one in c.transfers
        ],
        "answers": rivals.flips(tables["structures"]).to_dict("records"),
        "differences": c.answers.to_dict("records"),
        "facts": known.astype(object).where(known.notna(), None).to_dict("records"),
        "platform": platform_fit.fit().fitted.to_dict("records"),
    }


def _directions(c: Checked) -> list[tuple[float, list[tuple[str, float]]]]:
    """Principal directions of the posterior: what is left of the prior's variance along each, and
    the three parameters that make up most of it.
    """
    told = []
    for share, (_, row) in zip(c.directions.share, c.directions.vectors.iterrows(), strict=True):
        weights = [(str(name), float(value)) for name, value in row.items()]
        told.append((float(share), sorted(weights, key=lambda pair: -abs(pair[1]))[:3]))
    return told
