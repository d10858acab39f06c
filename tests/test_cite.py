"""What a paper writes of a study, from its manifest alone."""

import re

import pytest

from experiments.command.cli import main
from experiments.sweeps.plan import load_plan
from sim.base.digest import RESULTS_VERSION


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cite")
    words = ["response=none,deny", "population=classroom", "n_replicates=2"]
    assert main(["sweep", *words, "name=pair", f"results={folder}"]) == 0
    return folder


def said(capsys, *words):
    capsys.readouterr()
    assert main(["cite", "pair", *words]) == 0
    return capsys.readouterr().out


def test_the_paragraph_says_what_was_run_and_how_to_run_it_again(study, capsys):
    text = said(capsys, f"results={study}")
    plan = load_plan(study / "studies" / "pair")
    assert f"results version {RESULTS_VERSION}" in text
    assert "compares 3 courses of action among 300 people over " in text
    assert "the same 2 plausible worlds" in text
    assert re.search(r"digest [0-9a-f]{16}", text)
    assert text.rstrip().endswith(plan.command)


def test_it_says_whether_anything_was_fitted(study, capsys):
    from sim.settings.posterior import read_posterior

    fitted = read_posterior("xiaomi_2026").about["fitted"]
    text = said(capsys, f"results={study}")
    assert ("prior-driven" in text) == (not fitted)


def test_in_chinese_no_english_sentence_is_left(study, capsys):
    text = said(capsys, f"results={study}", "lang=zh").partition("运行：")[0]
    known = {"Backlash", "ODD", "pair", "xiaomi_"}
    assert set(re.findall(r"[A-Za-z_]{4,}|ODD", re.sub("[0-9a-f]{16}", "", text))) <= known


def test_the_entry_is_one_and_names_version_and_runs(study, capsys):
    text = said(capsys, f"results={study}", "format=bibtex")
    assert text.count("@software{") == 1 and text.count("{") == text.count("}")
    assert "study pair, runs: 6 in " in text


@pytest.mark.parametrize("words", [["format=apa"], ["lang=fr"]])
def test_what_cannot_be_is_refused(study, words, capsys):
    assert main(["cite", "pair", f"results={study}", *words]) == 2
    assert "allowed" in capsys.readouterr().err
