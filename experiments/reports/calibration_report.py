"""The report of a calibration: how well it fits, what is pinned down, what it gets wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd

import sim
from experiments.calibration import facts, people_fit, platform_fit, rivals
from experiments.calibration.evidence import Checked
from experiments.pictures import pages
from experiments.pictures.spreadsheets import csv_bytes
from experiments.pictures.words import caveat, few_words, say
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reports import calibration_figures
from experiments.reports.calibration_findings import days_of_case, findings
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.base.files import write_whole

_F = npt.NDArray[np.float64]


# --- sentences ------------------------------------------------------------------------------------


# --- page -----------------------------------------------------------------------------------------


def write_report(c: Checked, folder: Path, lang: str) -> Path:
    """report.html and figures of a calibration: same inputs, same bytes."""
    suffix = pages.suffix(lang)
    digest = digest_of([people_fit.provenance(c.fit), RESULTS_VERSION])
    sources = {}
    for name, figure in calibration_figures.figures(c, lang).items():
        svg = pages.save(figure, folder / "figures" / f"{name}{suffix}", digest)
        sources[name] = pages.inline(svg)
        plt.close(figure)
    environment = pages.environment(Path(__file__).parent)
    told = pd.concat([c.answers, *(rival.answers for rival in c.rivals)])
    known = facts.table(c.seen.facts, c.fit.seen[0].facts)
    untold = [
        t
        for t in c.fit.case.targets
        if t.use != "context" and t.id not in set(c.intervals["target"])
    ]
    context: dict[str, Any] = {
        "lang": lang,
        "zh": lang == "zh",
        "case": c.fit.case,
        "fit": c.fit,
        "fitted_days": days_of_case(
            c, c.fit.settings.fitted_days, lang, "-" if lang == "zh" else " and "
        ),
        "held_out_days": days_of_case(
            c, c.fit.settings.held_out_days, lang, "-" if lang == "zh" else " to "
        ),
        "version": sim.__version__,
        "results_version": RESULTS_VERSION,
        "findings": [pair[lang == "zh"] for pair in findings(c)],
        "figures": sources,
        "captions": {
            name: text[lang == "zh"] for name, text in calibration_figures.captions(c).items()
        },
        "intervals": c.intervals.replace({np.nan: None}).to_dict("records"),
        "scores": c.scores.replace({np.nan: None}).to_dict("records"),
        "shrinkage": c.shrinkage.head(40).to_dict("records"),
        "history": c.fit.history.to_dict("records"),
        "directions": [
            (
                float(share),
                sorted(
                    ((name, float(value)) for name, value in row.items()),
                    key=lambda pair: -abs(pair[1]),
                )[:3],
            )
            for share, (_, row) in zip(
                c.directions.share, c.directions.vectors.iterrows(), strict=True
            )
        ],
        "untold": untold,
        "caveat": caveat(lang),
        "fewest": FEWEST_PAIRS,
        "few": lambda n: few_words(int(n), lang),
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
        "answers": rivals.flips(told).to_dict("records"),
        "names": {
            name: say(f"structure_{name}", lang) for name in ("main", *(r.name for r in c.rivals))
        },
        "differences": c.answers.to_dict("records"),
        "facts": known.astype(object).where(known.notna(), None).to_dict("records"),
        "platform": platform_fit.fit().fitted.to_dict("records"),
        "digest": digest,
    }
    page = environment.get_template("calibration_report.html.j2").render(**context)
    path = folder / f"report{suffix}.html"
    write_whole(path, page.encode())
    tables = {
        "facts": known,
        "targets": c.intervals,
        "shrinkage": c.shrinkage,
        "scores": c.scores,
        "screening": c.screening,
        "severity": c.severity,
        "structures": told,
    }
    for name, table in tables.items():
        write_whole(folder / f"{name}.csv", csv_bytes(table))
    return path
