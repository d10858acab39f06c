"""Documents: what they promise runs, and what they list is there."""

import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import mutation
import pytest
from oracle import ORACLE

from experiments.command.cli import main
from sim.rules import submodels
from sim.settings.parameters import Parameters

ROOT = Path(__file__).resolve().parent.parent
ODD = (ROOT / "docs" / "ODD.md").read_text()


def commands(page):
    """Every `backlash ...` line of the code blocks of a page that has no remark."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / page).read_text(), re.S | re.M)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [
        line.partition("backlash ")[2] for line in lines if "backlash " in line and "#" not in line
    ]


RECIPES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "recipes.md").read_text(), re.S)


def done(word, **changes):
    """The names after the recipe with this word has run in a small population."""
    (code,) = [code for code in RECIPES if word in code]
    for before, after in changes.items():
        code = code.replace(before, after)
    few = '"population=classroom", '
    names: dict = {}
    exec(code.replace("sim.compose([", f"sim.compose([{few}"), names)
    return names


def test_the_recipe_for_python_works():
    names = done("sim.ensemble")
    assert len(names["difference"]) == 10 and names["difference"].notna().all()
    assert len({run.seed for run in names["runs"]}) == 5


def test_the_mesa_recipe_works():
    names = done("class Mine")
    assert "trust" in names["frame"] and len(names["outcomes"]) > 40


def test_the_recipe_for_branches_works():
    names = done("deepcopy")
    assert not names["as_it_was"].altered and names["as_it_might_have_been"].altered


def test_the_recipe_for_batches_works():
    names = done("batch_run", **{'"uncertainty": "point"': '"population__n_people": 45'})
    assert [row["Step"] for row in names["rows"]] == [1439] * 6


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder that looks like the checkout to commands, with results of its own."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "conf").symlink_to(ROOT / "conf")
    return folder


@pytest.mark.parametrize("line", commands("README.md"))
def test_the_commands_of_the_readme_run(line, checkout, tmp_path, capsys, monkeypatch, no_pdf):
    monkeypatch.chdir(checkout)
    words = [word for word in shlex.split(line) if not word.startswith("results=")]
    words = [re.sub(r"^n_replicates=\d+", "n_replicates=2", word) for word in words]
    if words[0] == "run":
        words += [f"results={tmp_path}", "population.n_people=200"]
    if words[0] == "network" and not any(word.startswith("population") for word in words):
        words.append("population.n_people=900")
    if words[0] == "report":  # of a study that a line before has swept
        assert main(["sweep", f"study={words[1]}"]) == 0
        capsys.readouterr()
    assert main(words) == 0
    assert capsys.readouterr().out
    if words[0] in ("sweep", "report"):  # and not in the developer's own results
        assert (checkout / "results" / "studies").is_dir()


def test_the_python_lines_of_the_readme_run(tmp_path, monkeypatch):
    block = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S).group(1)
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    exec(block, space)
    assert len(block.strip().splitlines()) == 7
    assert (tmp_path / "compared.png").stat().st_size > 10_000
    assert set(space["found"].table["answer"]) == {"none"}
    assert space["run"].to_frame().shape[0] == 1440
    assert len(space["frame"]) == 10 and space["frame"]["outrage_burden_core"].nunique() == 10


def test_the_case_recipe_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "conf" / "case" / "textbook.yaml").read_text()
    (tmp_path / "my_case.yaml").write_text(text.replace("name: textbook", "name: my_case"))
    lines = [line for line in commands("docs/recipes.md") if "my_case" in line]
    assert len(lines) == 5  # of the case, and of its script
    monkeypatch.setattr("builtins.input", lambda prompt="": (_ for _ in ()).throw(EOFError))
    for line in lines:
        words = [re.sub(r"^n_replicates=\d+", "n_replicates=1", word) for word in shlex.split(line)]
        if words[0] == "run":
            words.append("population.n_people=150")
        assert main(words) == 0
    assert "good" in capsys.readouterr().out


def test_the_network_recipe_works(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kinds = ["core"] * 30 + ["customer"] * 30 + ["public"] * 30
    (tmp_path / "people.csv").write_text(
        "id,kind\n" + "".join(f"p{i},{kind}\n" for i, kind in enumerate(kinds))
    )
    (tmp_path / "ties.csv").write_text(
        "follower,followed\n"
        + "".join(f"p{i},p{(7 * i + 1) % 90}\n" for i in range(90) if i != (7 * i + 1) % 90)
    )
    line = next(line for line in commands("docs/recipes.md") if "network.edges" in line)
    assert main(shlex.split(line)) == 0
    (keep,) = [line for line in commands("docs/recipes.md") if "save=" in line]
    assert main(shlex.split(keep)) == 0
    (saved,) = (tmp_path / "networks").iterdir()
    assert main(["run", f"network.saved={saved}"]) == 0


def test_the_recipes_name_places_that_exist():
    text = (ROOT / "docs" / "recipes.md").read_text()
    for path in re.findall(r"`((?:sim|conf|tests|experiments|docs)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_submodels_of_the_odd_are_those_of_the_rules():
    assert submodels.page(ODD) == ODD, "make docs"


def test_the_odd_has_one_heading_a_rule_with_its_formula():
    headings = re.findall(r"^#### (\w+)\.(\w+)$", ODD, re.M)
    assert sorted(headings) == sorted(
        (module, name) for module, rules in ORACLE.items() for name in rules
    )
    for module, name in headings:
        section = ODD.split(f"#### {module}.{name}\n")[1].split("\n### ")[0].split("\n#### ")[0]
        formula = section.split("```\n")[1].split("\n```")[0]
        assert len(formula) > 2, name
        rule = getattr(importlib.import_module(f"sim.rules.{module}"), name)
        said = " ".join(rule.__doc__.split())
        assert all(" ".join(line.split()) in said for line in formula.splitlines()), name


def test_every_setting_and_rule_that_the_odd_names_is_there():
    """Words in code type: parameters, rules, files, levers."""
    known = {item.name for item in fields(Parameters)} | {
        name for rules in ORACLE.values() for name in rules
    }
    arguments = set(re.findall(r"\w+", " ".join(re.findall(r"^`\w+\((.*)\)`$", ODD, re.M))))
    prose = re.sub(r"```.*?```|^`\w+\(.*\)`$", "", ODD, flags=re.S | re.M)
    for word in set(re.findall(r"`([a-z]\w+)`", prose.split("## 7.")[1].split("## 8.")[0])):
        assert word in known | arguments | {"happened", "displacement", "requires"}, word
    for module, name in re.findall(r"`(\w+)\.(\w+)`", prose):
        if module in ORACLE:
            assert name in ORACLE[module], f"{module}.{name}"


def test_the_schedule_of_the_odd_is_the_step():
    from sim.mesa.model import BacklashModel

    steps = re.findall(r"^\d+\. (.+)$", ODD.split("## 4.")[0].split("## 3.")[1], re.M)
    assert len(steps) == 12
    words = " ".join((BacklashModel.step.__doc__ or "").split())
    assert all(step.split(",")[0].split(":")[0] in words for step in steps)


def test_the_changelog_and_the_citation_name_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text()


def test_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_pins_name_no_host():
    text = (ROOT / "constraints.txt").read_text()
    assert "://" not in text
    assert "mesa==3.3.1" in text


def test_every_planted_fault_in_the_rules_is_killed():
    alive, planted = mutation.survivors()
    assert planted > 600
    assert alive == []


@pytest.mark.parametrize(
    "page",
    ["ARCHITECTURE.md", "docs/glossary.md", "docs/tour.md", "docs/recipes.md", "docs/ODD.md"],
)
def test_every_file_that_a_page_names_is_there(page):
    """`sim/x.py`, `docs/y.md`, and names that the tour says a file holds."""
    text = (ROOT / page).read_text()
    named = set(re.findall(r"`((?:sim|experiments|docs|conf|tests)/[\w./]*)`", text))
    assert named or page == "docs/recipes.md"
    missing = [path for path in sorted(named) if not (ROOT / path).exists()]
    assert not missing
    for name, path in re.findall(r"`(\w+)` \(`(sim/[\w/]+\.py)`\)", text):
        held = rf"^(def|class) {name}\b|^    {name}\b"
        assert re.search(held, (ROOT / path).read_text(), re.M), (name, path)
