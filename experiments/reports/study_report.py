"""A study's figures and report, from the store alone. The same store gives the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import sim
from experiments.pictures import pages
from experiments.pictures.spreadsheets import csv_bytes
from experiments.pictures.words import BURDEN, ON_SILENCE, counted, few_words, signed, unit_name
from experiments.reading import asking, compare, discovery, shapley, sobol, turner_words, turners
from experiments.reading.analysis import Analysis, analyse, cell_table
from experiments.reading.findings import findings
from experiments.reading.provenance import provenance
from experiments.reports.study_figures import CAPTIONS, figures
from experiments.sweeps.design import Study
from experiments.sweeps.plan import Plan
from experiments.sweeps.reference import WHY, passing
from sim.base.digest import RESULTS_VERSION, digest_of
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME
from sim.settings.parameters import Parameters
from sim.settings.worlds import n_runs_of

MOST_ROWS = 100  #: rows of the page's table; cells.csv has all


def told(a: Analysis) -> list[tuple[str, str]]:
    """The findings of a study, whatever its kind, as pairs of English and Chinese.

    Without the extra `analysis` a sentence says how to get scenario discovery; a study that is
    Sobol indices altogether raises ConfigError.
    """
    study = a.plan.study
    if sobol.is_sobol(study):
        return [*a.told, *sobol.sobol_sentences(sobol.sensitivity(a), len(a.frame))]
    if shapley.is_game(study):
        return [*a.told, *shapley.game_sentences(a, shapley.decomposition(a, a.ranked))]
    try:
        when = [*discovery.sentences(a), *discovery.silence(a)]
    except ConfigError:
        when = [("Scenario discovery needs `make extras`.", "情景发现需先运行 `make extras`。")]
    return [*a.told, *findings(a), *turner_words.sentences(a), *asking.sentences(a), *when]


def write_figures(plan: Plan, lang: str) -> Analysis:
    """Write tables, and figures as PNG and SVG; give the analysis that they show.

    Raises ConfigError where runs are missing.
    """
    a, _ = _written(plan, lang)
    return a


def write_report(plan: Plan, lang: str) -> list[Path]:
    """The same, and one HTML file that needs nothing else; a PDF where WeasyPrint is installed.

    Gives the paths of the pages. The same store gives the same bytes.
    """
    a, drawn = _written(plan, lang)
    page = pages.finished(render(a, drawn, lang))
    path = plan.folder / f"report{pages.suffix(lang)}.html"
    write_whole(path, page.encode())
    paths = [path]
    try:
        import weasyprint
    except (ImportError, OSError):  # the extra, or the system's Pango, is not there
        return paths
    pdf = path.with_suffix(".pdf")
    write_whole(pdf, weasyprint.HTML(string=page).write_pdf())
    return [*paths, pdf]


def _written(plan: Plan, lang: str) -> tuple[Analysis, dict[str, str]]:
    """The analysis of a plan, its tables and figures written; the figures as SVG by name."""
    a = analyse(plan)
    write_tables(a, plan.folder)
    drawn = {}
    for name, figure in figures(a, lang).items():
        path = plan.folder / "figures" / f"{name}{pages.suffix(lang)}"
        drawn[name] = pages.save(figure, path, plan.parts[0].digest)
        plt.close(figure)
    return a, drawn


def write_tables(a: Analysis, folder: Path) -> None:
    """Write cells.csv, and findings.json with the sentences of both languages."""
    write_whole(folder / "cells.csv", csv_bytes(cell_table(a), "%.8g"))
    found = turners.unsure(a)
    if found:
        write_whole(folder / "prior_driven.csv", csv_bytes(turners.table(found, a), "%.8g"))
    said = told(a)
    text = {"en": [en for en, _ in said], "zh": [zh for _, zh in said]}
    write_whole(
        folder / "findings.json", (json.dumps(text, ensure_ascii=False, indent=1) + "\n").encode()
    )


#: What the report of a study cannot say; the first sentence is on the model itself.
CANNOT = (
    ON_SILENCE,
    (
        "How severe a penalty should be: one documented case leaves that almost unidentified; what is shown follows from assumed parameters over their prior ranges.",
        "处罚应多重：单一案例几乎无法识别；所示源于先验范围内的假定参数。",
    ),
    (
        "Probabilities of anything real: “in 71 of 100 worlds” counts draws of parameters, most of them from prior ranges, which nobody has measured.",
        "任何现实概率：“100个世界中71个”是先验抽样计数，并非实测。",
    ),
    (
        "Which response would win elsewhere: platform, culture and case are those of this case file.",
        "其他情境下何者更优：平台、文化与案例均以此案例文件为限。",
    ),
)


def render(a: Analysis, drawn: Mapping[str, str], lang: str) -> str:
    """The report of a study as a page.

    drawn : its figures, SVG by name. The page holds them, and needs no other file.
    """
    plan, study, zh = a.plan, a.plan.study, lang == "zh"
    main = next(point.config for point in plan.points if point.block == "main")
    environment = pages.environment(Path(__file__).parent)
    return environment.get_template("study_report.html.j2").render(
        provenance=provenance(main, lang),
        lang=lang,
        zh=zh,
        study=study,
        plan=plan,
        version=sim.__version__,
        results_version=RESULTS_VERSION,
        findings=[pair[zh] for pair in told(a)],
        figures={name: pages.inline(pages.shrunk(text)) for name, text in drawn.items()},
        captions={name: texts[zh] for name, texts in CAPTIONS.items()},
        cannot=[texts[zh] for texts in CANNOT],
        reference=study.spoken(study.reference_cell, lang),
        why=WHY[study.chosen][zh],
        passing=[pair[zh] for pair in passing(study, plan.points)],
        unit=lambda unit: unit_name(unit, lang),
        signed=signed,
        burden=BURDEN[zh],
        few=few_words(a.cubes[a.ranked].shape[1], lang),
        say_few=lambda n: few_words(n, lang),
        ranked_told=a.ranked in a.contrasts,
        setting=setting_of(plan),
        n_runs=sum(n_runs_of(point.config) for point in plan.points),
        main=main,
        worlds=worlds_in(plan),
        rows=_rows(a, lang),
        ranked=BY_NAME[a.ranked],
        by_name=BY_NAME,
        meter=_meter(a),
        too_few={name: problem.n for name, problem in a.too_few.items()},
        manifest=manifest(plan),
        confirmed=a.confirmed.to_dict("records"),
        structure=a.structure,
        counts=sorted(Counter(item.metadata["provenance"] for item in fields(Parameters)).items()),
    )


def _rows(a: Analysis, lang: str) -> list[dict[str, Any]]:
    """The first MOST_ROWS rows of the table of cells: by condition, the best means first.

    In the order of the study where nothing is a choice. Where there are several conditions, the
    first row of each bears it as a heading.
    """
    study, means = a.plan.study, a.means[a.ranked]
    good = compare.sign_of(a.ranked) * means.to_numpy()
    order = [c for cells in study.groups.values() for c in sorted(cells, key=lambda c: -good[c])]
    if not study.has_levers:
        order = list(range(len(study.cells)))
    headed = {cells[0]: at for at, cells in _shown(study, order).items()}
    contrasts = a.contrasts.get(a.ranked)
    return [
        {
            "label": study.spoken(c, lang, whole=not headed),
            "key": study.label(c, "key"),
            "heading": study.condition(headed[c], lang) if c in headed else "",
            "is_reference": study.has_levers and study.references[c] == c,
            "apart": means[c] - means[study.references[c]],
            "mean": means[c],
            "near": c in a.near,
            "contrast": contrasts[c] if contrasts else None,
            "regret": a.regret.loc[c],
            "satisfied": None if a.satisfied is None else a.satisfied[c],
            "front": a.front[c],
        }
        for c in order[:MOST_ROWS]
    ]


def _meter(a: Analysis) -> list[tuple[str, float, int, int]]:
    """Whether the worlds are enough, an outcome a row: half-width of the widest interval, worlds
    that would halve it (0 where it has no width), worlds that there are.
    """
    meter = []
    for name, group in a.contrasts.items():
        widest = max(group, key=lambda c: c.high - c.low)
        half = (widest.high - widest.low) / 2
        enough = compare.worlds_for(widest, half / 2) if half > 0 else 0
        meter.append((name, half, enough, widest.n_worlds))
    return meter


def _shown(study: Study, order: list[int]) -> dict[tuple[int, ...], list[int]]:
    """The cells in the order of the table by condition; empty where there is one condition only."""
    found: dict[tuple[int, ...], list[int]] = {}
    if study.has_levers and len(study.groups) > 1:
        for cell in order[:MOST_ROWS]:
            found.setdefault(study.condition_of(cell), []).append(cell)
    return found


def setting_of(plan: Plan) -> list[str]:
    """What holds in every cell, as words: also what nobody typed, so that a page says its case."""
    config = plan.points[plan.study.reference_cell].config
    swept = {key for axis in plan.study.axes for key in axis.keys}
    given = [
        w
        for w in plan.words
        if not w.startswith(("study=", "name=", "results=", "reference=", "hydra"))
    ]
    given = [w for w in given if "=" in w and w.partition("=")[0] not in swept]
    usual = {
        "case": config.case.name,
        "response": config.response.name,
        "uncertainty": config.uncertainty.name,
        "n_replicates": config.n_replicates,
        "uncertainty.n_seeds": config.uncertainty.n_seeds,
    }
    words = {k: f"{k}={v}" for k, v in usual.items() if k not in swept}
    words.update({w.partition("=")[0]: w for w in [*plan.study.setting, *given]})
    words.update({"n_replicates": f"n_replicates={config.n_replicates}"})
    return list(words.values())


def worlds_in(plan: Plan) -> str:
    """Worlds of a cell of the main design: a number, or the least and the most of them."""
    worlds = {p.config.n_replicates for p in plan.points if p.block == "main"}
    ends = sorted({min(worlds), max(worlds)})
    return "–".join(f"{n:,}" for n in ends)


def _worlds_counted(plan: Plan) -> str:
    """The same with the word."""
    worlds = worlds_in(plan)
    return f"{worlds} worlds" if worlds != "1" else "1 world"


def manifest(plan: Plan) -> dict[str, str]:
    """What it takes to know whether two reports rest on the same runs, a line each.

    Which version, which runs, which seeds, which software; last, where it is known, what the runs
    took.
    """
    import platform

    import numba
    import scipy

    whole = digest_of([part.digest for part in plan.parts])
    main = next(point.config for point in plan.points if point.block == "main")
    about = {
        "backlash": f"{sim.__version__}, results {RESULTS_VERSION}",
        "runs": f"{sum(len(part.names) for part in plan.parts):,} in {counted(len(plan.parts), 'part')}, digest {whole}",
        "seeds": f"from {main.seed}, {main.uncertainty.n_seeds} in each of {_worlds_counted(plan)}",
        "software": f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, Numba {numba.__version__}",
    }
    work = _work(plan)
    return {**about, "work": work} if work else about


def _work(plan: Plan) -> str:
    """What the jobs of a sweep took, by their notes (jobs.jsonl); "" where there are none."""
    try:
        jobs = [json.loads(line) for line in (plan.folder / "jobs.jsonl").read_text().splitlines()]
    except (OSError, ValueError):
        return ""
    runs, wall, cpu = (sum(job[key] for job in jobs) for key in ("runs", "wall_s", "cpu_s"))
    if not (runs and wall):
        return ""
    return (
        f"{counted(len(jobs), 'job')}, {wall:,.0f} s of wall time in all, {cpu:,.0f} s of CPU "
        f"({cpu / runs:.3f} s a run, {runs / wall:.1f} runs a second of a job)"
    )
