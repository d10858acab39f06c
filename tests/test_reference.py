"""Which cell a sweep's others are compared with, and acts that are moved past others."""

import pytest

from experiments.sweeps.points import points_of
from experiments.sweeps.reference import passing, reference_told, with_reference
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError

HALF = "parameters.outrage_half_life_h=2,4,8"
DELAYS = "response.apology.delay_h=1,8,24,48"


def compared(*words, asked=None):
    study, plain = study_of([*words, "uncertainty=point"])
    study = with_reference(study, plain, asked)
    return study, points_of(study, plain)


@pytest.mark.parametrize(
    ("words", "label", "why", "cells"),
    [
        (["response=none,as_happened"], "as_happened", "documented", 2),
        (["response=none,deny"], "as_happened", "added", 3),
        (["response=none,deny", HALF], "as_happened · 4", "added", 9),
        ([DELAYS], "as_happened", "added", 5),
        ([DELAYS, "response.penalty.severity=0.25,0.5"], "as_happened", "added", 9),
        ([DELAYS, "response=apology_only"], "as_happened", "added", 5),
        ([HALF], "4", "usual", 3),
        (
            [
                "response.apology.delay_h=2,4",
                "clock.horizon_d=1",
                "response=apology_only",
                "case=textbook",
            ],
            "2",
            "first",
            2,
        ),
        (["study=smoke"], "12 · 0.2", "file", 6),
    ],
)
def test_the_reference_is_what_the_brand_did_unless_said_otherwise(words, label, why, cells):
    study, points = compared(*words)
    assert (study.label(study.reference_cell), study.chosen, len(study.cells)) == (
        label, why, cells,
    )  # fmt: skip
    assert label in reference_told(study)[0] and reference_told(study)[1]
    if why in ("documented", "added"):
        happened = compared("response=none,as_happened")[1][1].config.response
        assert points[study.reference_cell].config.response == happened


def test_a_cell_that_does_what_the_brand_did_is_the_reference():
    _, points = compared("response=none,as_happened")
    delay = points[1].config.response.apology.delay_h
    study, _ = compared(f"response.apology.delay_h=1,{delay},48")
    assert (study.reference, study.chosen, len(study.cells)) == ((1,), "documented", 3)


@pytest.mark.parametrize(
    ("asked", "reference"),
    [("8,0.5", (1, 1)), ("8.0,0.5", (1, 1)), ("24 · 0.25", (2, 0)), ("as_happened", (4, 2))],
)
def test_the_reference_may_be_asked_for(asked, reference):
    study, points = compared(DELAYS, "response.penalty.severity=0.25,0.5", asked=asked)
    assert study.reference == reference
    assert len(points) == len(study.cells)
    if asked == "as_happened":
        assert study.through == (1, 1)  # where curves cross: nearest to 7.9 h and .5


@pytest.mark.parametrize("asked", ["7", "8,0.5", "deny"])
def test_a_reference_that_is_no_cell_is_refused_with_the_labels(asked):
    with pytest.raises(ConfigError, match="no cell of this sweep") as refusal:
        compared(DELAYS, asked=asked)
    assert "1, 8, 24, 48" in str(refusal.value) and "reference=1" in str(refusal.value)


def test_an_act_that_is_moved_past_one_that_stays_is_said():
    """An apology at 48 h after a penalty at 33 h is another question than a late package."""
    told = passing(*compared(DELAYS))
    assert any("apology comes after the penalty (33 h)" in en and "at: 48." in en for en, _ in told)
    assert any("处罚（33 小时）" in zh and "48" in zh for _, zh in told)
    early = passing(*compared("response.apology.delay_h=1,2,4", asked="1"))
    assert early == []
    both = [DELAYS, "response.penalty.delay_h=10,33,60"]
    assert not any("apology comes after the penalty" in en for en, _ in passing(*compared(*both)))
    assert passing(*compared("study=smoke")) == []
