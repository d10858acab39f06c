"""Rival structures: each is another model, has a name, and can turn a finding round."""

import re

import pandas as pd
import pytest

from experiments.calibration import rivals
from experiments.pictures.words import WORDS
from sim.settings.composition import compose
from sim.state.constants import effective_parameters

BASE = ("case=xiaomi_2026", "response=as_happened", "uncertainty=point")


@pytest.mark.parametrize("name", rivals.RIVALS)
def test_a_rival_is_another_model_and_has_a_name(name):
    main, rival = compose(BASE), compose([*BASE, *rivals.RIVALS[name]])
    assert (effective_parameters(rival), rival.network) != (
        effective_parameters(main),
        main.network,
    )
    assert re.search("[\u4e00-\u9fff]", WORDS[f"structure_{name}"][1])


def test_where_silence_costs_nothing_nothing_of_it_is_left():
    """Doubt does not harden, silence is no matter, nobody asks; what acceptance calms stays."""
    p = effective_parameters(compose([*BASE, *rivals.RIVALS["silence_costs_nothing"]]))
    assert p["doubt_hardens"] == p["silence_size"] == p["question_per_d"] == 0
    assert p["acceptance_calms"] > 0
    p = effective_parameters(compose([*BASE, *rivals.RIVALS["news_is_grievance"]]))
    assert p["acceptance_calms"] == 0 and p["doubt_hardens"] > 0


@pytest.mark.slow
def test_every_answer_that_claims_compare_can_be_given_and_one_says_nothing():
    labels = rivals.ANSWERS.labels
    assert {name for claim in rivals.CLAIMS for name in (claim.answer, claim.against)} <= set(
        labels
    )
    for label, values in zip(labels, rivals.ANSWERS.values, strict=True):
        given = dict(zip(rivals.ANSWERS.keys, values, strict=True))
        if given["response.penalty.level"] == "none":  # as a study has it: no penalty, no hour
            given["response.penalty.delay_h"] = None
        words = [f"{key}={'null' if value is None else value}" for key, value in given.items()]
        acts = compose([*BASE, *words]).response.playbook
        spoken = [act for act in acts.values() if act.delay_h is not None and act.SPOKEN]
        assert bool(spoken) is (label != "silent")


def test_a_finding_flips_where_a_rival_says_the_opposite_and_not_where_it_is_open():
    said = {"main": "holds", "news_is_grievance": "fails", "no_novelty_decay": "open"}
    claim = rivals.CLAIMS[0]
    rows = [{"structure": name, "en": claim.en, "zh": claim.zh, "outcome": claim.outcome,
             "verdict": verdict} for name, verdict in said.items()]  # fmt: skip
    told = rivals.flips(pd.DataFrame(rows)).set_index("en")
    assert told.loc[claim.en, "flips"] == "news_is_grievance"
    assert told.loc[rivals.CLAIMS[1].en, "flips"] == ""
