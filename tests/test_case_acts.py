"""What the brand of a case did: all of it is done in a run, and what no run takes is found."""

import copy
from dataclasses import replace

import pytest
from conftest import ACCUSED, LAUNCH, composed, with_events, written
from test_acts import FIELDS, plain

from sim.case.check import check_case
from sim.case.levers import response_of
from sim.playbook.kinds import STEPS
from sim.playbook.response import Response
from sim.settings.composition import compose
from sim.state.scenario import build_scenario

ALL_ACTS = {
    "channel": "public",
    "disclosure": {"delay_h": 1.0, "acknowledgement": 0.1, "explains": 0.2, "regrets": 0.3,
                   "repairs": 0.4, "requests": 0.5},
    "denial": {"delay_h": 2.0, "trigger": "declared", "threshold": 0.2, "speaker": "staff",
               "answers": "second"},
    "apology": {"delay_h": 5.0, "trigger": "governance_talk", "threshold": 0.1,
                "speaker": "company", "acknowledgement": 0.9, "explains": 0.8, "regrets": 0.7,
                "repairs": 0.6, "requests": 0.5},
    "termination": {"delay_h": 6.0, "trigger": "declared", "threshold": 0.3},
    "penalty": {"delay_h": 7.0, "trigger": "declared", "threshold": 0.4, "level": "junior",
                "severity": 0.7, "process_h": 3.0},
    "explanation": {"delay_h": 8.0, "trigger": "declared", "threshold": 0.6, "speaker": "staff",
                    "acknowledgement": 0.3, "explains": 0.4, "regrets": 0.5, "repairs": 0.6,
                    "requests": 0.7},
    "reform": {"delay_h": 9.0, "trigger": "declared", "threshold": 0.7, "governance": 0.2,
               "delivered": True, "delivery_h": 30.0},
    "compensation": {"delay_h": 10.0, "trigger": "declared", "threshold": 0.8, "share": 0.3,
                     "cost_hkd": 5e6},
    "buyback": {"delay_h": 11.0, "trigger": "declared", "threshold": 0.9, "amount_hkd": 3e6},
    "holding": {"delay_h": 3.0, "trigger": "declared", "threshold": 0.15, "word_in_h": 2.0},
    "statement": {"delay_h": 12.0, "trigger": "declared", "threshold": 0.25, "speaker": "founder",
                  "acknowledgement": 0.15, "explains": 0.25, "regrets": 0.35, "repairs": 0.45,
                  "requests": 0.55},
    "legal_step": {"delay_h": 13.0, "trigger": "declared", "threshold": 0.35, "speaker": "staff"},
    "partner_calls": {"delay_h": 14.0, "trigger": "declared", "threshold": 0.45, "share": 0.9},
    "fan_calls": {"delay_h": 15.0, "trigger": "declared", "threshold": 0.55, "share": 0.7,
                  "acknowledgement": 0.2, "explains": 0.3, "regrets": 0.4, "repairs": 0.5,
                  "requests": 0.6},
    "fan_panel": {"delay_h": 16.0, "trigger": "declared", "threshold": 0.65, "say": 0.8},
    "launch_moved": {"delay_h": 17.0, "trigger": "declared", "threshold": 0.75, "by_h": 30.0,
                     "cost_hkd": 7e6},
}  # fmt: skip


@pytest.fixture
def eventful(textbook):
    """The textbook's case with a second accusation and a launch."""
    leak = textbook["events"][0]
    accused = {**leak, "id": "accused", "kind": "second_accusation", "time": "2026-03-02 14:00"}
    launch = {
        **leak, "id": "launch", "kind": "launch", "time": "2026-03-05 10:00", "credibility": 0,
        "displacement": 0.5, "duration_h": 10,
    }  # fmt: skip
    return {**textbook, "events": [leak, accused, launch, *textbook["events"][1:]]}


def test_as_happened_is_all_of_the_cases_own_acts(eventful, tmp_path):
    """Every setting of every act stands at another value than its default."""
    for step, name in FIELDS:
        if step not in ALL_ACTS:  # by night
            continue
        given, item = ALL_ACTS[step].get(name), getattr(Response(), step).__dataclass_fields__[name]
        assert given != plain(item.default) or (step, name) == ("reform", "delivered")
    file = written({**eventful, "levers": ALL_ACTS}, tmp_path)
    assert check_case(file) == []
    found = compose([f"case={file}", "response=as_happened"]).response
    assert found == response_of(ALL_ACTS)
    for step, lever in ALL_ACTS.items():
        if step == "channel":
            assert found.channel.value == lever
            continue
        assert {name: plain(getattr(getattr(found, step), name)) for name in lever} == lever
    late = copy.deepcopy(ALL_ACTS)
    late["reform"] = {"delay_h": 9.0, "governance": 0.2, "delivered": False}
    file = written({**eventful, "levers": late}, tmp_path)
    found = compose([f"case={file}", "response=as_happened"]).response
    assert found.reform.delivered is False and found == response_of(late)


@pytest.mark.slow
def test_every_act_of_the_playbook_is_one_that_a_case_may_have():
    """By night: an act that is not in ALL_ACTS yet is in no case of these tests."""
    assert set(ALL_ACTS) == {"channel", *STEPS}


def test_a_case_that_names_few_acts_has_only_those(textbook, tmp_path):
    file = written({**textbook, "levers": {"denial": {"delay_h": 3}}}, tmp_path)
    found = compose([f"case={file}", "response=as_happened"]).response
    coming = [step for step in STEPS if getattr(found, step).delay_h is not None]
    assert coming == ["denial"]


@pytest.mark.parametrize(
    ("levers", "told"),
    [
        ({"penalty": {"delay_h": 10}}, "a penalty of nobody"),
        ({"apology": {"delay_h": None, "acknowledgement": 1}}, "without a time never comes"),
        ({"reform": {"delay_h": 10}}, "a reform of nothing"),
        ({"channel": "public"}, "nobody says anything"),
        ({"channel": "loud", "apology": {"delay_h": 1}}, "fan, public"),
        ({"apology": {"delay_h": 1, "threshold": 0.2}}, "waits for no share"),
        ({"denial": {"delay_h": 9}, "apology": {"delay_h": 5}}, "already apologised"),
        ({"apology": {"event": "apology"}}, "has a time, and the lever has none"),
        (
            {"apology": {"event": "apology", "delay_h": 6, "trigger": "detection"}},
            "so nothing triggers it",
        ),
    ],
)
def test_levers_of_a_case_that_no_run_takes_are_found(textbook, tmp_path, levers, told):
    problems = check_case(written({**textbook, "levers": levers}, tmp_path))
    assert len(problems) == 1 and told in problems[0] and "try:" in problems[0]


def test_a_founder_who_does_not_exist_has_not_spoken(textbook, tmp_path):
    problems = check_case(written({**textbook, "founder": False}, tmp_path))
    assert [p for p in problems if "case.levers.explanation.speaker" in p and "founder: true" in p]
    never = {**textbook["levers"], "explanation": {"delay_h": None, "speaker": "founder"}}
    assert check_case(written({**textbook, "founder": False, "levers": never}, tmp_path)) == []


def test_an_act_acknowledges_what_its_lever_says_and_others_nothing():
    response = response_of({**ALL_ACTS, "channel": "fan"})
    config = with_events(composed("response=none"), ACCUSED, LAUNCH)
    acts = build_scenario(replace(config, response=response)).acts
    said = dict(zip((*STEPS, "delivery"), acts.acknowledgement.tolist(), strict=True))
    told = {name: levers["acknowledgement"] for name, levers in ALL_ACTS.items()
            if "acknowledgement" in levers}  # fmt: skip
    assert {*told} == {"disclosure", "apology", "explanation", "statement", "fan_calls"}
    assert said == {name: told.get(name, 0.0) for name in said}
