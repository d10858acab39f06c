"""The documented case stands in its files: the code knows neither its name nor its dates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import experiments
import sim
from sim.base.choices import DEFAULT_CASE, conf_dir

#: Its name, its month however written, its share, its targets by date.
WORDS = re.compile(
    r"[Xx]iaomi|小米|2026-?01|20260[0-9]{3}|\bJanuary\b|\bJan\b|_jan\b|(?<!\d)1月\d|1810|\bHKT\b"
    r"|datetime\(2026, 1,|date\(2026, 1,"
)
#: Where such a word may stand: file -> what the lines hold, and why.
ALLOWED = {
    "sim/base/choices.py": ("DEFAULT_CASE = ", "the default choice, named once"),
    "sim/settings/prior.py": ("DESIGN_SEED = ", "a seed: another would move every draw"),
    "sim/zones.py": ('"HKT": ', "an abbreviation that people type for a zone"),
    "experiments/reading/intervals.py": ("BOOTSTRAP_KEY = ", "a seed"),
    "experiments/calibration/platform_fit.py": ("DESIGN_SEED = ", "a seed"),
    "experiments/calibration/waves.py": ("PROPOSAL_SEED = ", "a seed"),
    "experiments/calibration/quantities.py": ("_jan", "older names, read as before: OLDER"),
    "experiments/corpus/instrument.py": ("a peak above 200,000", "a span of months, measured"),
    "experiments/corpus/population_fit.py": ("SEED = ", "a seed"),
    "experiments/corpus/synthetic.py": ("SEED = ", "a seed"),
    "experiments/command/live.py": ("backlash now xiaomi_2026", "an example that can be typed"),
    "experiments/live/now.py": ("2026-01-05 20:00", "an example that runs"),
    "sim/branches.py": ("Run(case=", "the default case, as an example has it"),
    "experiments/scripting/many.py": ("Ensemble(case=", "the default case, as an example has it"),
    "sim/runs.py": ("Ensemble(case=", "the default case, as an example has it"),
    "experiments/pictures/dates.py": ("", "names of months, and how days are written"),
    "experiments/game/debrief_words.py": ("A month with its year", "how a month is written"),
    "experiments/classroom/classroom.js": ("const MONTHS = ", "names of months"),
}
ROOT = Path(sim.__file__).resolve().parents[1]
CODE = sorted(
    path
    for package in (sim, experiments)
    for path in Path(package.__file__).parent.rglob("*")
    if path.suffix in (".py", ".j2", ".js", ".css") and "_conf" not in path.parts
)


def found_in(path: Path) -> list[str]:
    """The lines of a file that speak of the documented case."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if WORDS.search(line)]


def test_the_code_does_not_know_the_documented_case():
    assert len(CODE) > 150
    wrong = []
    for path in CODE:
        name = path.relative_to(ROOT).as_posix()
        mark, _ = ALLOWED.get(name, (None, ""))
        wrong += [f"{name}: {line}" for line in found_in(path) if mark is None or mark not in line]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ALLOWED)
def test_every_exception_is_needed(name):
    mark, why = ALLOWED[name]
    assert why and any(mark in line for line in found_in(ROOT / name))


@pytest.mark.parametrize(
    "line",
    [
        'CASE = "xiaomi_2026"', '"小米，2026年1月"', "on 5 January", '"hashtags_5_jan"',
        "datetime(2026, 1, 5)", '"2026-01-05 13:40"', "1月5日", "1810.HK", "5 Jan",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(line):
    assert WORDS.search(line)


def test_the_default_case_is_the_one_that_a_run_gets():
    choices = yaml.safe_load((conf_dir() / "config.yaml").read_text(encoding="utf-8"))["defaults"]
    assert {"case": DEFAULT_CASE} in choices
    assert sim.compose(["response=none"]).case.name == DEFAULT_CASE
