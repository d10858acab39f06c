"""The command `backlash`.

Exit codes: 0 all there; 1 some runs failed, or the store filled up on the way; 2 refused, nothing
was run; 130 interrupted, 143 ended by `kill`, 129 by a terminal that closed.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.calibration.evidence import Checked
    from experiments.sweeps.plan import Plan
    from experiments.sweeps.running import Failure, Result
    from experiments.sweeps.sweep import Status
    from sim.settings.config import Config

HELP = """backlash: how should a brand answer its own fans when they turn on it?

  backlash demo                         the documented case and its counterfactuals, as a report
  backlash run [KEY=VALUE ...]          run one design point and print its outcomes
  backlash run --cfg [KEY=VALUE ...]    print the settings instead of running
  backlash sweep study=NAME [KEY=VALUE,VALUE,...]   a study, or your own axes; goes on where it was
  backlash analyse STUDY                its tables and figures from the store alone
  backlash report STUDY [lang=zh]       the same as one self-contained page
  backlash export STUDY                 one row a run (CSV, Parquet), series, dictionary
  backlash status STUDY                 done, failed (why), missing; the command to go on
  backlash carriers [KEY=VALUE ...]     who carried the outrage, and the crisis without that leader
  backlash network [save=DIR] [KEY=VALUE ...]   who follows whom: asked, found, measured elsewhere
  backlash calibrate case=NAME          fit to the documented timeline; goes on where it was
  backlash case show [NAME|FILE]        the timeline of a case (lang=zh for Chinese)
  backlash case check FILE              what to mend in a case file
  backlash case score NAME|FILE         its daily series against runs with its events re-set
  backlash case new NAME                your own case: a form, or a commented file to fill in
  backlash play [case=NAME] [seed=N]    the decision game in this terminal; game=ID goes on
  backlash serve [port=8080] [lang=zh]  the classroom in a browser: a page on localhost
  backlash store [results=DIR]          what the store holds, and files that cannot be used
  backlash completion bash|zsh|fish     Tab completion: eval "$(backlash completion bash)"

Choices are KEY=OPTION, settings are KEY=VALUE, as in
  backlash run case={case} response=as_happened n_replicates=50
  backlash run response=late_48h response.penalty.delay_h=96 format=json results=DIR lang=zh
  backlash run uncertainty=prior n_replicates=50 engine=mesa population=classroom
  backlash run snapshots.every_h=6 snapshots.people=1000     people at moments of the run: Parquet

Choices:  {choices}
Settings: docs/parameters.md, or backlash run --cfg
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    from sim.base.ending import asked_to_end

    with asked_to_end(lasting=argv is None):
        return _main(list(sys.argv[1:] if argv is None else argv))


def _main(words: list[str]) -> int:
    # Compiling makes millions of small objects that stay: looking for garbage among them every few
    # hundred costs a tenth of a first start. Measured.
    gc.set_threshold(100_000, 50, 50)
    _never_stop_at_a_character()
    from experiments.command.console import printing

    with printing():
        return _called(words)


def _called(words: list[str]) -> int:
    command = words.pop(0) if words else "--help"
    given = tuple(words)  # commands may take words off
    from experiments.command.completion import complete, completion

    shown: dict[str, Callable[[list[str]], int]] = {
        "run": run,
        "demo": demo,
        "sweep": sweep,
        "status": status,
        "analyse": analyse,
        "report": report,
        "export": export,
        "carriers": carriers,
        "network": network,
        "calibrate": calibrate,
        "case": case,
        "play": play,
        "serve": serve,
        "store": store,
        "completion": completion,
    }
    commands = {**shown, "help": show_help, "--version": show_version, "_complete": complete}
    if command in shown and {"--help", "-h"} & set(words):
        words, command = [command], "help"
    if command in ("--help", "-h"):
        command = "help"
    if command not in commands:
        import difflib

        close = difflib.get_close_matches(command, shown, n=1) or ["--help"]
        print(
            f"{command}: no such command\n  allowed: {', '.join(shown)}\n"
            f"  try:     backlash {close[0]}",
            file=sys.stderr,
        )
        return 2
    from sim.base.ending import asked_by, leave
    from sim.base.refusal import ConfigError

    try:
        try:
            return commands[command](words)
        except KeyboardInterrupt:
            leave()
            raise
    except ConfigError as refusal:
        print(refusal, *getattr(refusal, "__notes__", ()), sep="\n  ", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        again = shlex.join(["backlash", command, *given])
        with contextlib.suppress(OSError):  # the terminal may be what went
            print(f"\ninterrupted; what is finished is kept. To go on: {again}", file=sys.stderr)
        return 128 + asked_by()
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        from sim.store import StoreError, StoreRefused

        if isinstance(problem, StoreError):
            print(problem, file=sys.stderr)
            return 2 if isinstance(problem, StoreRefused) else 1
        if isinstance(problem, OSError) and problem.filename is not None:
            print(_no_file(problem), file=sys.stderr)
            return 1
        raise


def _never_stop_at_a_character() -> None:
    """What a terminal's code page lacks is written as an escape; it ends no command that is done.

    What it cannot read is taken as an unknown character.
    """
    for stream, errors in (
        (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")
    ):  # fmt: skip
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors=errors)


def _no_file(problem: OSError) -> str:
    """A file or folder that cannot be read or written, in the form of the house."""
    path = Path(os.fsdecode(problem.filename))
    shown = path.parent if path.suffix in (".partial", ".replaced") else path
    return (
        f"{shown}: {problem.strerror or type(problem).__name__}\n"
        "  allowed: files and folders that can be read and written, on a disk with room\n"
        "  try:     the same command again when that is mended (or results=DIR)"
    )


def show_help(words: list[str]) -> int:
    """`backlash --help`: the commands; imports nothing heavy. `backlash run --help`: of one."""
    from sim.base.choices import DEFAULT_CASE

    whole = HELP.format(case=DEFAULT_CASE, choices=_choices())
    own = [
        line for line in whole.splitlines()
        if words and line.startswith(f"  backlash {words[0]} ")
    ]  # fmt: skip
    if own:
        settings = whole[whole.index("Choices:") :] if words[0] in WITH_SETTINGS else ""
        print("\n".join([*own, "", settings, "All commands: backlash --help"]), flush=True)
        return 0
    print(whole, flush=True)
    return 0


#: Commands that take choices and settings of a run.
WITH_SETTINGS = ("demo", "run", "sweep", "carriers", "network", "calibrate", "case")


def show_version(words: list[str]) -> int:
    """`backlash --version`."""
    import sim

    print(sim.__version__)
    return 0


def _choices() -> str:
    from sim.base.choices import conf_dir

    groups = []
    for folder in sorted(path for path in conf_dir().iterdir() if path.is_dir()):
        options = "|".join(sorted(path.stem for path in folder.glob("*.yaml")))
        groups.append(f"{folder.name}={options}")
    return "\n          ".join(groups)


def run(words: list[str]) -> int:
    """`backlash run`: one design point with its replicates."""
    from sim.base.digest import plain
    from sim.settings.composition import compose

    show = "--cfg" in words
    config = compose([word for word in words if word != "--cfg"])
    if show:
        import yaml

        print(yaml.safe_dump(plain(config), allow_unicode=True, sort_keys=False), end="")
        return 0
    from experiments.sweeps.running import run_points
    from sim.store import Store

    result = run_points([config], Store(config.results), config.response.name)[0]
    from experiments.command.printed import as_json, print_table

    if config.format == "json":
        print(json.dumps(as_json(config, result), indent=1, allow_nan=False))
    else:
        print_table(config, result, words)
    return _report_failures(config, result, words)


def _report_failures(config: Config, result: Result, words: list[str]) -> int:
    if not result.failures:
        return 0
    n, total = len(result.failures), len(result.failures) + len(result.runs)
    print(f"{n} of {total} runs failed:", file=sys.stderr)
    for failure in result.failures[:10]:
        print(f"  seed {failure.seed}: {failure.reason}", file=sys.stderr)
        print(f"    to repeat: {_repeat(config, failure, words)}", file=sys.stderr)
    if n > 10:
        print(f"  and {n - 10} more", file=sys.stderr)
    notes = Path(config.results) / "runs" / "failures.jsonl"
    print(f"  all with their traces in {notes}", file=sys.stderr)
    return 1


def _repeat(config: Config, failure: Failure, words: list[str]) -> str:
    """The command that repeats just this run; under a prior, the parts it is missing from."""
    if config.uncertainty.name != "point":  # which world it was depends on its place in the design
        return shlex.join(["backlash", "run", *words])
    kept = [word for word in words if not word.startswith(("seed=", "n_replicates="))]
    return shlex.join(["backlash", "run", *kept, f"seed={failure.seed}", "n_replicates=1"])


def demo(words: list[str]) -> int:
    """`backlash demo`: the documented case and its counterfactuals."""
    from experiments.reports.demo_report import demo as make

    return make(words)


def sweep(words: list[str]) -> int:
    """`backlash sweep`: the cells of a study in all their worlds, resumed from the store."""
    from experiments.sweeps.plan import plan_of
    from experiments.sweeps.points import points_of
    from experiments.sweeps.reference import with_reference
    from experiments.sweeps.study_words import study_of
    from experiments.sweeps.sweep import sweep as run_sweep
    from sim.base.refusal import ConfigError

    retry = "--retry-failed" in words
    given, words = _taken(words, "replace", "no")
    if given not in ("yes", "no"):
        raise ConfigError("replace", given, "neither yes nor no", "yes, no", "replace=yes")
    hydra_words = [word for word in words if word.startswith(("hydra/", "hydra.", "+hydra"))]
    rest = [
        word for word in words if word not in hydra_words and word not in ("--retry-failed", "-m")
    ]
    asked, rest = _taken(rest, "reference", "")
    study, plain = study_of(rest)
    study = with_reference(study, plain, asked or None)
    plan = plan_of(study, words, points_of(study, plain))
    seen = run_sweep(plan, hydra_words, retry, replace=given == "yes")
    if study.n_confirm and not seen.n_missing and not seen.failed:
        from experiments.reading.compare import leading
        from experiments.reading.frames import cube, frame_of
        from experiments.sweeps.plan import LEADERS, confirm

        ranked = study.outcomes[0]
        best = leading(study, cube(frame_of(plan), ranked), LEADERS)
        plan = confirm(plan, best)
        seen = run_sweep(plan, hydra_words, retry)
    _print_status(plan, seen)
    return 1 if seen.failed or seen.n_missing else 0


def calibrate(words: list[str]) -> int:
    """`backlash calibrate case=NAME [preset=quick]`: the fit, wave by wave, resumed."""
    from experiments.calibration.checks import pinned_by_case
    from experiments.calibration.people_fit import save_posterior

    checked, _ = _calibration(words)
    found = checked.fit
    print(found.history.to_string(index=False, float_format=lambda v: f"{v:.3g}"))
    pairs = zip(checked.shrinkage["parameter"], checked.shrinkage["shrinkage"], strict=True)
    narrow = {str(name): float(value) for name, value in pairs}
    pinned = pinned_by_case(checked.shrinkage)
    print(f"\n{save_posterior(found, narrow, pinned, found.folder)}")
    print(f"to see it: {shlex.join(['backlash', 'report', 'calibration', *words])}")
    return 0


def _calibration(words: list[str], only_finished: bool = False) -> tuple[Checked, str]:
    """A calibration with all that is said about it, and the language; runs what is missing.

    only_finished : refuse where `backlash calibrate` has not come to its end.
    """
    from experiments.calibration.evidence import check
    from experiments.calibration.people_fit import fit, is_of, read_settings
    from sim.base.choices import DEFAULT_CASE
    from sim.base.refusal import ConfigError
    from sim.settings.composition import compose

    lang, words = _lang(words)
    name, rest = _taken(words, "case", DEFAULT_CASE)
    preset, rest = _taken(rest, "preset", "full")
    given = [f"case={name}", *([f"preset={preset}"] if preset != "full" else [])]
    hydra_words = [word for word in rest if word.startswith(("hydra/", "hydra.", "+hydra"))]
    plain = [word for word in rest if word not in hydra_words]
    settings = read_settings(name, preset)
    for word in plain:
        key = word.partition("=")[0]
        if key not in ("results", "engine", "engine.threads") and not key.startswith("population"):
            raise ConfigError(
                "calibrate", word, "the fit itself sets the world, the response and the seeds",
                "case=, preset=, results=, population=, engine=, words for Hydra",
                shlex.join(["backlash", "calibrate", *given]),
            )  # fmt: skip
    folder = Path(compose(plain).results) / "studies" / settings.name
    about = folder / f"{name}_posterior.json"
    words_now = sorted(word for word in plain if not word.startswith("results="))
    if only_finished and not is_of(about, settings, words_now):
        raise ConfigError(
            "report", "calibration",
            f"{folder} holds no finished fit with these words and settings",
            "a fit that has come to its end (the shipped one: results/published/calibration)",
            shlex.join(["backlash", "calibrate", *given, *plain]),
        )  # fmt: skip
    found = fit(settings, given, plain, hydra_words)
    return check(found, plain, hydra_words), lang


def status(words: list[str]) -> int:
    """`backlash status STUDY`: what the store holds of a sweep."""
    from experiments.sweeps.plan import load_plan
    from experiments.sweeps.sweep import status_of

    plan = load_plan(_study_folder(words, "status"))
    seen = status_of(plan)
    _print_status(plan, seen)
    return 1 if seen.failed or seen.n_missing else 0


def analyse(words: list[str]) -> int:
    """`backlash analyse STUDY`: tables, figures and findings from the store alone."""
    from experiments.command.printed import cells_text
    from experiments.reading.shapley import is_game
    from experiments.reading.sobol import is_sobol
    from experiments.reports.study_report import told, write_figures
    from experiments.sweeps.plan import load_plan

    lang, rest = _lang(words)
    analysis = write_figures(load_plan(_study_folder(rest, "analyse")), lang)
    for number, (en, zh) in enumerate(told(analysis), start=1):
        print(f"{number}. {zh if lang == 'zh' else en}")
    if not is_sobol(analysis.plan.study) and not is_game(analysis.plan.study):
        print("\n" + cells_text(analysis, lang))
    _print_caveat(analysis.plan, lang)
    print(f"\n{analysis.plan.folder / 'cells.csv'}\n{analysis.plan.folder / 'figures'}")
    return 0


def report(words: list[str]) -> int:
    """`backlash report STUDY`: one self-contained page; `report calibration [case=NAME]` too."""
    if words[:1] == ["calibration"]:
        from experiments.reports import calibration_report

        checked, lang = _calibration(words[1:], only_finished=True)
        print(calibration_report.write_report(checked, checked.fit.folder, lang))
        return 0
    from experiments.reports.study_report import write_report
    from experiments.sweeps.plan import load_plan

    lang, rest = _lang(words)
    for path in write_report(load_plan(_study_folder(rest, "report")), lang):
        print(path)
    return 0


def export(words: list[str]) -> int:
    """`backlash export STUDY`: data for others."""
    from experiments.reports.export import write_export
    from experiments.sweeps.plan import load_plan

    for path in write_export(load_plan(_study_folder(words, "export"))):
        print(path)
    return 0


def carriers(words: list[str]) -> int:
    """`backlash carriers`: opinion leaders' share of what was read, and the runs without each."""
    from experiments.reading.carriers import carried
    from sim.settings.composition import compose

    given = [] if any(word.startswith("n_replicates=") for word in words) else ["n_replicates=10"]
    config = compose([*words, *given])
    table = carried(config)
    if config.format == "json":
        print(table.to_json(orient="records", indent=1, double_precision=6))
        return 0
    zh, n = config.lang == "zh", config.n_replicates
    print(
        f"{config.response.name}: {n} 次配对运行；差为无该意见领袖减去有，95%区间"
        if zh
        else f"{config.response.name}: {n} paired runs; differences are without that leader "
        "minus with, 95 %"
    )
    heads = (
        ("意见领袖", "受众", "阅读份额", "愤怒负担之差", "知晓比例之差")
        if zh
        else ("leader", "audience", "views", "burden [days/core fan]", "people aware [share]")
    )
    print("{:<14}{:>9}{:>9}{:>36}{:>36}".format(*heads))
    for leader, audience, views, *changes in table.itertuples(index=False):
        told = [
            f"{mean:+.3g} ({low:+.3g} … {high:+.3g})" if low == low else f"{mean:+.3g} (n < 10)"
            for mean, low, high in (changes[:3], changes[3:])
        ]
        print(f"{leader:<14}{audience:>9.1%}{views:>9.2%}{told[0]:>36}{told[1]:>36}")
    return 0


def network(words: list[str]) -> int:
    """`backlash network [save=DIR]`: the network of a run, looked at and kept."""
    from experiments.authoring.networks import figures_json, figures_text, looked_at
    from sim.base.refusal import ConfigError
    from sim.network.saved import check_folder, save_network
    from sim.settings.composition import compose

    asked = any(word.startswith("save=") for word in words)
    folder, words = _taken(words, "save", "")
    if asked and not folder:
        raise ConfigError("save", "", "no name of a folder", "a folder", "save=networks")
    config = compose(words)
    if folder:
        check_folder(folder)
    ties, found = looked_at(config)
    saved = save_network(ties, folder) if folder else None
    if config.format == "json":
        about = {**figures_json(config, found), "saved": None if saved is None else str(saved)}
        print(json.dumps(about, indent=1, allow_nan=False))
        return 0
    print(figures_text(config, found))
    if saved is not None:
        print(f"\n{'已保存' if config.lang == 'zh' else 'saved'}: network.saved={saved}")
    return 0


def _taken(words: list[str], key: str, usual: str) -> tuple[str, list[str]]:
    """The value of one setting, and the words that are left."""
    given = [word.partition("=")[2] for word in words if word.startswith(f"{key}=")]
    return (given or [usual])[-1], [word for word in words if not word.startswith(f"{key}=")]


def _lang(words: list[str]) -> tuple[str, list[str]]:
    lang = _option([word for word in words if word.startswith("lang=")], "lang", "en", ("en", "zh"))
    return lang, [word for word in words if not word.startswith("lang=")]


def _study_folder(words: list[str], command: str) -> Path:
    from experiments.sweeps.manifest import studies_in
    from sim.base.refusal import ConfigError, place

    results = _option([word for word in words if word.startswith("results=")], "results", "results")
    names = [word.partition("=")[2] or word for word in words if not word.startswith("results=")]
    names = [name for name in names if name]
    if len(names) != 1:
        folder = place("results", results) / "studies"
        known = studies_in(folder)
        raise ConfigError(
            command,
            " ".join(words) or None,
            "which study?",
            ", ".join(known) or f"none in {folder} yet",
            f"backlash {command} {known[0]}" if known else "backlash sweep study=smoke",
        )
    return place("results", results) / "studies" / names[0]


def _print_status(plan: Plan, seen: Status) -> None:
    from experiments.sweeps.reference import passing, reference_told
    from experiments.sweeps.sweep import unfinished

    cells = len(plan.study.cells)
    print(f"{plan.study.name}: {cells} cells, {seen.n_runs} runs")
    print(f"  done     {seen.n_done:>8}")
    print(f"  failed   {len(seen.failed):>8}")
    print(f"  missing  {seen.n_missing:>8}")
    if left := unfinished(plan):
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        print(
            f"  half-written files of a sweep that was killed, not used, safe to delete: "
            f"{', '.join(map(str, left[:3]))}{more}"
        )
    zh = plan.points[0].config.lang == "zh"
    if plan.words[:1] != ("calibrate",):
        print(f"  {'参照' if zh else 'reference'}  {reference_told(plan.study)[zh]}")
        for told in passing(plan.study, plan.points):
            print(told[zh])
    for name, note in list(seen.failed.items())[:10]:
        print(f"  {name} (seed {note['seed']}, {note['response']}): {note['reason']}")
    if len(seen.failed) > 10:
        print(f"  and {len(seen.failed) - 10} more in {plan.store.root / 'failures.jsonl'}")
    _print_caveat(plan)
    if seen.failed:
        print(f"to repeat just those: {plan.command} --retry-failed")
    if seen.n_missing:
        print(f"to go on: {plan.command}")


def _print_caveat(plan: Plan, lang: str = "") -> None:
    """What this version gets wrong about silence, where silence is among the cells."""
    from experiments.pictures.words import caveat
    from experiments.sweeps.design import flattered

    if any(flattered(point.config.response) for point in plan.points):
        print(f"\n{caveat(lang or plan.points[0].config.lang)}")


def play(words: list[str]) -> int:
    """`backlash play`: the decision game in this terminal."""
    from experiments.game.terminal import terminal

    return terminal(words)


def serve(words: list[str]) -> int:
    """`backlash serve`: the laboratory and the decision game in a browser."""
    from experiments.classroom.server import serve as start

    return start(words)


def case(words: list[str]) -> int:
    """`backlash case show|check|score|new`."""
    from sim.base.choices import DEFAULT_CASE
    from sim.base.refusal import ConfigError
    from sim.case.timeline import describe_case
    from sim.settings.composition import compose

    verb = words[0] if words else ""
    if verb == "new":
        from experiments.authoring.case_template import new

        return new(words[1:])
    if verb == "score" and len(words) > 1:
        return _score(words[1], words[2:])
    lang = _option(words[1:], "lang", "en", ("en", "zh"))
    names = [word for word in words[1:] if "=" not in word]
    if verb == "check" and names:
        from experiments.authoring.case_check import checked

        bad = 0
        for name in names:
            problems, notes = checked(name)
            print("\n".join(problems) if problems else f"{name}: good")
            for note in notes if not problems else ():
                print(f"  {note}")
            bad += bool(problems)
        return 2 if bad else 0
    if verb == "show" and len(names) <= 1:
        name = names[0] if names else DEFAULT_CASE
        print(describe_case(compose([f"case={name}", "response=none"]).case, lang))
        return 0
    raise ConfigError(
        "case",
        " ".join(words) or None,
        "show which one, or check or score which file?",
        "show [NAME|FILE] [lang=zh], check FILE ..., score NAME|FILE [KEY=VALUE ...], "
        "new NAME [lang=zh]",
        f"backlash case show {DEFAULT_CASE}, or backlash case check conf/case/textbook.yaml",
    )


def _score(name: str, words: list[str]) -> int:
    """`backlash case score NAME|FILE`: a case as it happened against its daily series."""
    from experiments.calibration.case_score import score
    from experiments.command.printed import scores_text
    from experiments.reading.provenance import provenance
    from sim.settings.composition import compose

    usual = [f"case={name}", "response=as_happened", "uncertainty=posterior", "n_replicates=40"]
    config = compose([*usual, *words])
    found = score(config)
    if config.format == "json":
        metrics = [
            {
                "metric": one.metric,
                **{k: None if v != v else v for k, v in one.summary.items()},
                "days": [
                    {str(k): None if v != v else v for k, v in day.items()}
                    for day in one.days.to_dict("records")
                ],
            }
            for one in found
        ]
        about = {"case": config.case.name, "parameters": provenance(config, "en")}
        print(json.dumps({**about, "metrics": metrics}, indent=1, allow_nan=False))
        return 0
    print(f"{config.case.title(config.lang)} · {provenance(config, config.lang)}")
    for one in found:
        print(f"\n{scores_text(one, config.lang)}")
    return 0


def _option(words: list[str], key: str, usual: str, allowed: tuple[str, ...] = ()) -> str:
    """The value of the one setting that a command other than run and demo knows."""
    from sim.base.refusal import ConfigError

    value = usual
    for word in words:
        name, equals, given = word.partition("=")
        if equals and name != key:
            raise ConfigError(name, given, "no such setting here", f"{key}=", f"{key}={usual}")
        if equals:
            value = given
    if not value or (allowed and value not in allowed):
        options = ", ".join(allowed) or "a folder"
        raise ConfigError(key, value, "not possible here", options, f"{key}={usual}")
    return value


def store(words: list[str]) -> int:
    """`backlash store`: what is there, and what cannot be used."""
    from sim.base.refusal import ConfigError, place
    from sim.store import Store

    for word in words:
        if "=" not in word:
            raise ConfigError("store", word, "not a setting", "results=DIR", f"results={word}")
    root = _option(words, "results", "results")
    if not place("results", root).is_dir():
        raise ConfigError(
            "results", root, "no such folder", "a folder of results", "results=results"
        )
    good, bad = Store(root).scan()
    print(f"{len(good)} parts in {Path(root) / 'runs'}")
    for problem in bad:
        print(problem)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
