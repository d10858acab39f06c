"""Notebooks run from the first cell to the last, in both languages the same code.

By night, for each takes some ten seconds; by day their names and words are looked at.
"""

import ast
import contextlib
import io
import json
import re
from pathlib import Path

import pytest

from sim.settings.keys import setting_of

NOTEBOOKS = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
NAMES = ("first_run", "sweep_to_finding", "own_case")
ALL = sorted(NOTEBOOKS.glob("*.ipynb"))


def cells(path, kind="code"):
    """The sources of the cells of a kind."""
    book = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == kind]


def run(source, names):
    """Run a cell as a notebook does; what its last line gives."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return last and eval(compile(ast.Expression(last.value), "cell", "eval"), names)


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_what_notebooks_call_is_there(path):
    """Every name of `backlash`, and every setting and study that stands in a cell."""
    import backlash

    for source in cells(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "backlash":
                assert node.attr in backlash.__all__
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                key = node.value.partition("=")[0]
                if re.fullmatch(r"(response|parameters|network|population)(\.\w+)+", key):
                    assert setting_of(key) is not None, key


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs(name, tmp_path, monkeypatch):
    """In this process and without Jupyter: what needs no extra."""
    monkeypatch.chdir(tmp_path)
    names, shown = {}, []
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for source in cells(NOTEBOOKS / f"{name}.ipynb"):
            shown.append(run(source, names))
    figures = [one for one in shown if type(one).__name__ == "Figure"]
    assert figures and all(figure.axes for figure in figures)
    assert printed.getvalue().strip()


@pytest.mark.parametrize("path", [p for p in ALL if ".zh" not in p.name], ids=lambda p: p.stem)
def test_both_languages_have_the_same_code_and_no_output(path):
    other = path.with_name(f"{path.stem}.zh.ipynb")
    chinese = r'(, )?(lang="zh"|"lang=zh")|_zh(?=\.png)'
    assert [re.sub(chinese, "", source) for source in cells(other)] == cells(path)
    assert len(cells(path, "markdown")) == len(cells(other, "markdown"))
    for one in (path, other):
        book = json.loads(one.read_text(encoding="utf-8"))
        assert not any(cell.get("outputs") for cell in book["cells"]), (
            "outputs are made by the site"
        )


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", ALL, ids=lambda p: p.stem)
def test_a_notebook_runs_in_jupyter(path, tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="the extra `notebook` is not installed")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(
        book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
