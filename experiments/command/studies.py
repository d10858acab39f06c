"""Commands about a study: sweep, status, analyse, report, export.

All but `sweep` read the store alone: they run nothing, and may be given while a sweep runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.command.words import lang_of, option, study_folder, taken

if TYPE_CHECKING:
    from experiments.sweeps.reference import Told
    from experiments.sweeps.sweep import Plan, Status
from experiments.command.fits import finished_calibration


def sweep(words: list[str]) -> int:
    """`backlash sweep`: the cells of a study in all their worlds, resumed from the store.

    Words that begin with hydra go to Hydra, such as those of a launcher. Returns 1 while runs are
    missing or failed.
    """
    from experiments.reading.swept import swept
    from experiments.sweeps.shards import taken_shards
    from sim.base.refusal import ConfigError

    retry = "--retry-failed" in words
    given, words = taken(words, "replace", "no")
    if given not in ("yes", "no"):
        raise ConfigError("replace", given, "neither yes nor no", "yes, no", "replace=yes")
    hydra_words = [word for word in words if word.startswith(("hydra/", "hydra.", "+hydra"))]
    rest = [
        word for word in words if word not in hydra_words and word not in ("--retry-failed", "-m")
    ]
    asked, rest = taken(rest, "reference", "")
    shards, rest = taken(rest, "shards", "")
    plan, seen = swept(
        rest, words, asked or None, hydra_words, retry, given == "yes", taken_shards(shards)
    )
    _print_status(plan, seen)
    return 1 if seen.failed or seen.n_missing else 0


def status(words: list[str]) -> int:
    """`backlash status STUDY [hosts=yes]`: what the store holds of a sweep, and what its jobs do.

    Returns 1 unless it holds all of it.
    """
    from experiments.command.job_lines import job_lines
    from experiments.reading.swept import asked_for
    from experiments.sweeps.crew import seen_jobs
    from experiments.sweeps.plan import load_plan
    from experiments.sweeps.sweep import status_of
    from sim.base.refusal import ConfigError

    hosts, rest = taken(words, "hosts", "no")
    if hosts not in ("yes", "no"):
        raise ConfigError("hosts", hosts, "neither yes nor no", "yes, no", "hosts=yes")
    plan = load_plan(study_folder(rest, "status", ("hosts",)))
    seen = status_of(plan, asked_for(plan))
    _print_status(plan, seen, job_lines(seen_jobs(plan.folder), seen, hosts == "yes"))
    return 1 if seen.failed or seen.n_missing else 0


def analyse(words: list[str]) -> int:
    """`backlash analyse STUDY`: tables, figures and findings from the store alone.

    Findings are printed as sentences; where they go on to cells, the table of these as well.
    """
    from experiments.command.printed import cells_text
    from experiments.reading.shapley import is_game
    from experiments.reading.sobol import is_sobol
    from experiments.reports.study_report import told, write_figures
    from experiments.sweeps.plan import load_plan

    lang, rest = lang_of(words)
    analysis = write_figures(load_plan(study_folder(rest, "analyse", ("lang",))), lang)
    for number, (en, zh) in enumerate(told(analysis), start=1):
        print(f"{number}. {zh if lang == 'zh' else en}")
    if not is_sobol(analysis.plan.study) and not is_game(analysis.plan.study):
        print("\n" + cells_text(analysis, lang))
    _print_caveat(analysis.plan, lang)
    print(f"\n{analysis.plan.folder / 'cells.csv'}\n{analysis.plan.folder / 'figures'}")
    return 0


def report(words: list[str]) -> int:
    """`backlash report STUDY`: one self-contained page; of a calibration, of the corpus, too.

    A report of a calibration wants a finished fit; raises ConfigError without one.
    """
    if words[:1] == ["calibration"]:
        from experiments.reports import calibration_report

        checked, lang = finished_calibration(words[1:])
        print(calibration_report.write_report(checked, checked.fit.folder, lang))
        return 0
    lang, rest = lang_of(words)
    if rest[:1] == ["corpus"]:
        from experiments.command.corpus_runs import refuse_names
        from experiments.reports import population_report
        from sim.base.refusal import place

        refuse_names(rest[1:], "backlash report corpus")
        results = option(rest[1:], "results", "results")
        folder = place("results", results) / "studies" / "calibration_corpus"
        print(population_report.write_report(folder, lang))
        return 0
    from experiments.reports.study_report import write_report
    from experiments.sweeps.plan import load_plan

    for path in write_report(load_plan(study_folder(rest, "report", ("lang",))), lang):
        print(path)
    return 0


def export(words: list[str]) -> int:
    """`backlash export STUDY`: data for others; prints the files that it wrote."""
    from experiments.reports.export import write_export
    from experiments.sweeps.plan import load_plan

    for path in write_export(load_plan(study_folder(words, "export"))):
        print(path)
    return 0


def _print_status(plan: Plan, seen: Status, jobs: Sequence[str] = ()) -> None:
    """How many runs are done, failed, missing; the reference; why some failed; the command to go
    on.

    jobs : lines on its jobs.
    """
    from experiments.sweeps.reference import passing, reference_told
    from experiments.sweeps.sweep import unfinished

    cells = len(plan.study.cells)
    from experiments.pictures.words import counted

    print(f"{plan.study.name}: {counted(cells, 'cell')}, {counted(seen.n_runs, 'run')}")
    print(f"  done     {seen.n_done:>8}")
    print(f"  failed   {len(seen.failed):>8}")
    print(f"  missing  {seen.n_missing:>8}")
    for line in jobs:
        print(line)
    zh = plan.points[0].config.lang == "zh"
    for told in _worlds_told(plan):
        print(f"  {told[zh]}")
    if left := unfinished(plan):
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        print(
            f"  half-written files of a sweep that was killed, not used, safe to delete: "
            f"{', '.join(map(str, left[:3]))}{more}"
        )
    if plan.words[:1] != ("calibrate",):
        print(f"  {'参照' if zh else 'reference'}  {reference_told(plan.study)[zh]}")
        for told in passing(plan.study, plan.points):
            print(told[zh])
    _print_failures(plan, seen)
    _print_caveat(plan)
    if seen.failed:
        print(f"to repeat just those: {plan.command} --retry-failed")
    if seen.n_missing:
        print(f"to go on: {plan.command}")


def _worlds_told(plan: Plan) -> list[Told]:
    """How many worlds can be compared, and how wide the widest interval is; or that it stopped."""
    from experiments.reading.so_far import how_far, judged, so_far, wide
    from sim.base.refusal import ConfigError

    try:
        seen = so_far(plan)
    except ConfigError:  # no block is whole
        return []
    (n, n_zh), (half, half_zh) = judged(seen.course), wide(plan, seen.course)
    return [
        (
            f"compared {n} a cell, of at most {seen.most}; widest 95 % interval {half}",
            f"可比较：每格{n_zh}（至多{seen.most}个），最宽95%区间{half_zh}",
        ),
        *(how_far(seen) if plan.study.stop is not None and not seen.course.open else []),
    ]


def _print_failures(plan: Plan, seen: Status) -> None:
    """Why runs failed, ten of them, and where all the others stand."""
    for name, note in list(seen.failed.items())[:10]:
        print(f"  {name} (seed {note['seed']}, {note['response']}): {note['reason']}")
    if len(seen.failed) > 10:
        print(f"  and {len(seen.failed) - 10} more in {plan.store.root / 'failures.jsonl'}")


def _print_caveat(plan: Plan, lang: str = "") -> None:
    """What this version gets wrong about silence, where silence is among the cells.

    lang : "" for the language of the study's settings.
    """
    from experiments.pictures.words import caveat
    from experiments.sweeps.design import flattered

    if any(flattered(point.config.response) for point in plan.points):
        print(f"\n{caveat(lang or plan.points[0].config.lang)}")
