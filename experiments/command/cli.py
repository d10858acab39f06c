"""The command `backlash`: its table of commands, and what becomes of a word that is none of them.

Exit codes: 0 all there; 1 some runs failed, or the store filled up on the way; 2 refused, nothing
was run; 130 interrupted, 143 ended by `kill`, 129 by a terminal that closed.

Commands are in `points`, `studies`, `fits`, `cases`, `corpora` and `live`, and import what they
need when they are called: `backlash --help` would otherwise wait seconds for libraries that it does
not use.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.command.cases import case
from experiments.command.citing import cite
from experiments.command.corpora import corpus
from experiments.command.explaining import explain
from experiments.command.fits import calibrate
from experiments.command.job_lines import logs
from experiments.command.live import import_, now, record, resolve
from experiments.command.points import carriers, demo, network, run
from experiments.command.studies import analyse, export, report, status, sweep
from experiments.command.words import option

Command = Callable[[list[str]], int]  #: takes the words after its name, returns the exit code

if TYPE_CHECKING:
    pass

HELP = """backlash: how should a brand answer its own fans when they turn on it?

  backlash demo                         the documented case and its counterfactuals, as a report
  backlash run [KEY=VALUE ...]          run one design point and print its outcomes
  backlash run --cfg [KEY=VALUE ...]    print the settings instead of running
  backlash sweep study=NAME [KEY=VALUE,VALUE,...]   a study, or your own axes; goes on where it was
  backlash sweep ... precision=0.05 n_replicates=400   stops when every interval is that narrow
  backlash analyse STUDY                its tables and figures from the store alone
  backlash report STUDY [lang=zh]       the same as one self-contained page
  backlash export STUDY                 one row a run (CSV, Parquet), series, dictionary
  backlash status STUDY [hosts=yes]     done, failed (why), missing; jobs, rate, time left; to go on
  backlash logs STUDY [job=NUMBER]      what jobs that ended early wrote, and why runs failed
  backlash cite STUDY [lang=zh]         what a paper writes of it; format=bibtex
  backlash explain NAME [lang=zh]       what an outcome, parameter, setting or act means
  backlash carriers [KEY=VALUE ...]     who carried the outrage, and the crisis without that leader
  backlash network [save=DIR] [KEY=VALUE ...]   who follows whom: asked, found, measured elsewhere
  backlash calibrate case=NAME          fit to the documented timeline; goes on where it was
  backlash case show [NAME|FILE]        the timeline of a case (lang=zh for Chinese)
  backlash case check NAME|FILE         what to mend in a case file, and in its script
  backlash case score NAME|FILE         its daily series against runs and rivals (plot=FILE)
  backlash case new NAME                your own case: a form, or a commented file to fill in
  backlash case script FILE             begins the game of your own case, from a template
  backlash corpus show [DIR]            affairs of many brands: what is known, what may be asked
  backlash corpus check DIR             what to mend in a folder of affairs
  backlash corpus score [DIR] [simulated=DIR] [forecast=FILE]   statistics; forecasts and baselines
  backlash corpus simulate n=300 out=DIR   synthetic affairs of the fitted population, same tables
  backlash corpus forecast DIR out=FILE what comes next in each affair at 3, 6, 12 and 24 h
  backlash calibrate corpus             fit the public side to many affairs; goes on where it was
  backlash import EXPORT as=DIR zone=Z  an affair in progress: mentions of any export, hour by hour
  backlash now DIR|CASE [at="2025-11-03 20:00"] [response=A,B]   what now: forecast, responses
  backlash resolve DIR|CASE [did=A]     what came against what was said: scores for the record
  backlash record                       every forecast made here, and what it was worth
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
    """Run a command; returns the exit code.

    argv : the words after `backlash`; None for those of this process, which is then also ended in
    order when it is asked to end.
    """
    from sim.base.ending import asked_to_end

    with asked_to_end(lasting=argv is None):
        return _main(list(sys.argv[1:] if argv is None else argv))


def _main(words: list[str]) -> int:
    """The command in this process: with its memory, its streams and its terminal made ready."""
    # Compiling makes millions of small objects that stay: looking for garbage among them every few
    # hundred costs a tenth of a first start. Measured.
    gc.set_threshold(100_000, 50, 50)
    _never_stop_at_a_character()
    from experiments.command.console import printing

    with printing():
        return _called(words)


def _called(words: list[str]) -> int:
    """Run the command that the first word names; what stops it becomes a sentence and a code."""
    command = words.pop(0) if words else "--help"
    given = tuple(words)  # commands may take words off
    shown = _shown()
    if command in shown and {"--help", "-h"} & set(words):
        words, command = [command], "help"
    if command in ("--help", "-h"):
        command = "help"
    commands = {**shown, **_hidden()}
    if command not in commands:
        return _no_such_command(command, list(shown))
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
    except BrokenPipeError:  # who reads our output has enough of it: no fault, and nothing to say
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        return _told_in_words(problem)


def _shown() -> dict[str, Command]:
    """The commands of the help page, by their names."""
    from experiments.command.completion import completion

    return {
        "run": run,
        "demo": demo,
        "sweep": sweep,
        "status": status,
        "logs": logs,
        "analyse": analyse,
        "report": report,
        "export": export,
        "cite": cite,
        "explain": explain,
        "carriers": carriers,
        "network": network,
        "calibrate": calibrate,
        "case": case,
        "corpus": corpus,
        "import": import_,
        "now": now,
        "resolve": resolve,
        "record": record,
        "play": play,
        "serve": serve,
        "store": store,
        "completion": completion,
    }


def _hidden() -> dict[str, Command]:
    """What may stand in the place of a command and is on no list of them."""
    from experiments.command.completion import complete

    return {"help": show_help, "--version": show_version, "_complete": complete}


def _no_such_command(command: str, known: list[str]) -> int:
    """Say which commands there are, and which one was probably meant; exit code 2."""
    import difflib

    close = difflib.get_close_matches(command, known, n=1) or ["--help"]
    print(
        f"{command}: no such command\n  allowed: {', '.join(known)}\n"
        f"  try:     backlash {close[0]}",
        file=sys.stderr,
    )
    return 2


def _told_in_words(problem: Exception) -> int:
    """Print what a store or a disk refused, and return its exit code; anything else is a bug.

    A bug is raised again, so that its trace is seen.
    """
    from sim.store import StoreError, StoreRefused

    if isinstance(problem, StoreError):
        print(problem, file=sys.stderr)
        return 2 if isinstance(problem, StoreRefused) else 1
    if isinstance(problem, OSError) and problem.filename is not None:
        print(_no_file(problem), file=sys.stderr)
        return 1
    raise problem


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
    """A file or folder that cannot be read or written, in the form of the house.

    Of a file that was being written aside, the folder is named: its own name means nothing to
    anybody.
    """
    path = Path(os.fsdecode(problem.filename))
    shown = path.parent if path.suffix in (".partial", ".replaced") else path
    return (
        f"{shown}: {problem.strerror or type(problem).__name__}\n"
        "  allowed: files and folders that can be read and written, on a disk with room\n"
        "  try:     the same command again when that is mended (or results=DIR)"
    )


def show_help(words: list[str]) -> int:
    """`backlash --help`: the commands; imports nothing heavy. `backlash run --help`: of one.

    A command that takes settings of a run has its choices shown, too.
    """
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
WITH_SETTINGS = ("demo", "run", "sweep", "carriers", "network", "calibrate", "case", "now")


def show_version(words: list[str]) -> int:
    """`backlash --version`: the version of the package."""
    import sim

    print(sim.__version__)
    return 0


def _choices() -> str:
    """The folders of conf/ with their options, as the help page lists them."""
    from sim.base.choices import conf_dir

    groups = []
    for folder in sorted(path for path in conf_dir().iterdir() if path.is_dir()):
        options = "|".join(sorted(path.stem for path in folder.glob("*.yaml")))
        if options:
            groups.append(f"{folder.name}={options}")
    return "\n          ".join(groups)


def play(words: list[str]) -> int:
    """`backlash play`: the decision game in this terminal; returns the exit code."""
    from experiments.game.terminal import terminal

    return terminal(words)


def serve(words: list[str]) -> int:
    """`backlash serve`: the laboratory and the decision game in a browser, until it is stopped."""
    from experiments.classroom.server import serve as start

    return start(words)


def store(words: list[str]) -> int:
    """`backlash store`: what is there, and what cannot be used.

    1 where some file cannot be used. Raises ConfigError for a folder that is not there.
    """
    from sim.base.refusal import ConfigError, place
    from sim.store import Store

    for word in words:
        if "=" not in word:
            raise ConfigError("store", word, "not a setting", "results=DIR", f"results={word}")
    root = option(words, "results", "results")
    if not place("results", root).is_dir():
        raise ConfigError(
            "results", root, "no such folder", "a folder of results", "results=results"
        )
    good, bad = Store(root).scan()
    from experiments.pictures.words import counted

    print(f"{counted(len(good), 'part')} in {Path(root) / 'runs'}")
    for problem in bad:
        print(problem)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
