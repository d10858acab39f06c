"""What names mean: every outcome in both languages, and near names for those that nothing has."""

import re

import pytest

from experiments.command.cli import main
from experiments.pictures.outcome_words import MEANINGS, meaning_of
from experiments.reports.explained import explained
from sim.base.refusal import ConfigError
from sim.metrics import OUTCOMES
from sim.playbook.kinds import KINDS

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.slow  # a new outcome works without; by night it is missed
def test_every_outcome_has_a_sentence():
    without = [outcome.name for outcome in OUTCOMES if meaning_of(outcome.name) is None]
    assert not without, "say what they mean in experiments/pictures/outcome_words.py"


@pytest.mark.parametrize("name", [o.name for o in OUTCOMES if meaning_of(o.name) is not None])
def test_sentences_of_outcomes_are_in_both_languages(name):
    meaning = meaning_of(name)
    for en, zh in (meaning.what, meaning.large, meaning.small):
        assert en and not CHINESE.search(en)
        assert CHINESE.search(zh) and "{" not in en + zh + meaning.formula
    assert meaning.what[0].endswith(".") and meaning.what[1].endswith("。")
    for lang in ("en", "zh"):
        assert meaning.what[lang == "zh"] in explained(name, lang)


def test_an_outcome_without_a_sentence_is_explained_by_what_it_was_declared_with(monkeypatch):
    monkeypatch.setattr("experiments.reports.explained.meaning_of", lambda name: None)
    said = explained("listed_h")
    assert said.startswith("hours on the trending list\n") and "lower is better" in said


def test_no_meaning_is_of_an_outcome_that_is_gone():
    names = {outcome.name for outcome in OUTCOMES}
    days = {re.sub(r"\d+$", "{d}", name) for name in names}
    assert set(MEANINGS) <= names | days


@pytest.mark.parametrize(
    "name", ["outrage_half_life_h", "parameters.outrage_half_life_h", "seed", *KINDS]
)
def test_parameters_settings_and_acts_are_explained(name):
    for lang in ("en", "zh"):
        assert len(explained(name, lang).splitlines()) > 1


@pytest.mark.parametrize(
    ("wrong", "meant"), [("burden", "outrage_burden_core"), ("apologie", "apology")]
)
def test_near_names_are_suggested(wrong, meant):
    with pytest.raises(ConfigError) as refusal:
        explained(wrong)
    assert f"backlash explain {meant}" in str(refusal.value)
    with pytest.raises(ConfigError, match="en, zh"):
        explained("apology", "fr")


def test_the_command_prints_it(capsys):
    assert main(["explain", "outrage_burden_core", "lang=zh"]) == 0
    assert "核心粉丝愤怒负担" in capsys.readouterr().out
    assert main(["explain"]) == 2
    assert "backlash explain outrage_burden_core" in capsys.readouterr().err
