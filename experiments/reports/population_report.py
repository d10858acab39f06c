"""The report of the fitted population: is it like real affairs, what are forecasts worth?"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import sim
from experiments.corpus import shipped
from experiments.corpus.contest import TOLD, UNTOLD, contest
from experiments.corpus.ingredients import FITTED, INGREDIENTS, published
from experiments.corpus.scores import ALL
from experiments.corpus.tasks import build
from experiments.corpus.words import say
from experiments.pictures import pages
from experiments.reports import population_figures as figures
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.base.files import write_whole

STATISTICS, CONTRASTS = "population_statistics.csv", "population_contrasts.csv"
#: Scores in the table of forecasts.
SCORES = ("crps", "brier_new24", "brier_new72", "brier_other24", "in90")


def write_report(folder: Path, lang: str) -> Path:
    """Write report.html (report_zh.html) and its figures, from the shipped fit; give its path."""
    known = build(shipped.development(), shipped.sampling_clock())
    held = contest(shipped.development(), known, known)
    scores = {key: held.scores(one, fair=False) for key, one in held.forecasts.items()}
    statistics = pd.read_csv(shipped.DATA / STATISTICS)
    contrasts = pd.read_csv(shipped.DATA / CONTRASTS)
    digest = digest_of([FITTED.read_bytes().decode(), RESULTS_VERSION])
    drawn = {
        "statistics": figures.figure_statistics(statistics, lang),
        "forecasts": figures.figure_forecasts(scores, lang),
        "ranks": figures.figure_ranks(known, held.forecasts, lang),
        "contrasts": figures.figure_contrasts(contrasts, lang),
    }
    suffix, sources = pages.suffix(lang), {}
    for name, figure in drawn.items():
        svg = pages.save(figure, folder / "figures" / f"{name}{suffix}", digest)
        sources[name] = pages.inline(svg)
        plt.close(figure)
    met = figures.inside(statistics)
    template = pages.environment(Path(__file__).parent).get_template("population_report.html.j2")
    page = template.render(
        zh=lang == "zh", lang=lang, figures=sources, digest=digest, version=sim.__version__,
        results_version=RESULTS_VERSION, inside=int(met.sum()), of=len(met),
        far=[row.id for row in statistics.itertuples() if _far(row)],
        rows=[
            (say(key[0], lang), say(key[1], lang), [found.get((ALL, one)) for one in SCORES])
            for key, found in sorted(scores.items(), key=lambda item: item[0][0] == TOLD)
        ],
        columns=SCORES, ingredients=list(zip(INGREDIENTS, published(), strict=True)),
        best=scores[UNTOLD, "landmark regression"][ALL, "crps"].value,
        ours=scores[UNTOLD, figures.MODEL["worlds"]][ALL, "crps"].value,
        both=scores[UNTOLD, figures.MODEL["both"]][ALL, "crps"].value,
        told=scores[TOLD, figures.MODEL["both"]][ALL, "crps"].value,
        told_best=scores[TOLD, "landmark regression"][ALL, "crps"].value,
        told_ours=scores[TOLD, figures.MODEL["worlds"]][ALL, "crps"].value,
    )  # fmt: skip
    path = folder / f"report{suffix}.html"
    write_whole(path, pages.finished(page).encode())
    return path


def _far(row: object) -> bool:
    """Whether a statistic is off by more than twice the half-width of its interval."""
    half = max((row.high - row.low) / 2, 1e-9)  # type: ignore[attr-defined]
    return bool(abs(row.fitted - row.observed) / half > 2)  # type: ignore[attr-defined]
