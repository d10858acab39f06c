"""A case file as a run, a score and a report would meet it: "good" means that all accept it.

Reading a file finds what is wrong in it; composing finds what is wrong about it. Both are asked, so
that nobody learns from a failing run what `case check` could have said.
"""

from __future__ import annotations

from pathlib import Path

from sim.base.refusal import ConfigError
from sim.case.check import looked_through
from sim.settings.composition import compose
from sim.state.scenario import build_scenario


def checked(path: str) -> tuple[list[str], list[str]]:
    """Everything that is wrong with a case file and its series; and notes on what was taken how.

    Where its own reading finds nothing, the file is composed and made a scenario of, as it happened
    (where it says what its brand did) and without any answer. Problems are whole refusals, to be
    printed.
    """
    problems, notes = looked_through(path)
    if problems:
        return problems, notes
    file = Path(path)
    if file.suffix.lower() not in (".yaml", ".yml"):
        return [
            f"{path}: is no .yaml file by its name, and case= would not find it\n"
            f"  try:     {file.name}.yaml"
        ], notes
    said = not any(note.startswith("no levers") for note in notes)
    for response in ("none", *(["as_happened"] if said else [])):
        try:
            build_scenario(compose([f"case={quoted(path)}", f"response={response}"]))
        except ConfigError as problem:
            return [str(problem)], notes
    return [], notes


def quoted(path: str) -> str:
    """A path as a setting may hold it: in double quotes, which Hydra takes whatever stands in
    them.
    """
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
