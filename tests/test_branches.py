"""A branch is the run of its own config, to the bit, whose beginning was computed once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import sim
from sim.base.refusal import ConfigError
from sim.branches import acts_in_force, begin, branch
from sim.playbook.act import Trigger
from sim.playbook.response import Response
from sim.run import _fingerprint
from sim.settings.config import Config

SMALL = ("population.n_people=60", "clock.horizon_d=4", "clock.dt_min=30", "uncertainty=point")
NOTICED = "seed=1"  #: in this run the team notices on the second day, and a topic is listed
AT = 48 + 2 * 30  #: six in the morning after the apology of the textbook case


@cache
def asked(response: str, engine: str = "columnar", *more: str) -> Config:
    words = ["case=textbook", f"response={response}", f"engine={engine}", "seed=3", *SMALL]
    return sim.compose([*words, *more])


ENGINES = pytest.mark.parametrize("engine", ["columnar", "mesa"])
DAYTIME = pytest.mark.parametrize(
    "engine", ["columnar", pytest.param("mesa", marks=pytest.mark.slow)]
)


@ENGINES
def test_a_branch_with_the_same_response_is_the_undivided_run(engine: str) -> None:
    config = asked("as_happened", engine)
    begun = begin(config, AT)
    whole = _fingerprint(sim.simulate(asked("as_happened")))
    assert _fingerprint(begun.branch()) == whole
    assert _fingerprint(begun.branch()) == whole, "a branch has moved what it was cut from"
    assert begun.branch().name == sim.simulate(config).name


@DAYTIME
def test_a_branch_with_another_response_is_the_run_of_that_config(engine: str) -> None:
    config = asked("as_happened", engine)
    later = replace(config.response, penalty=replace(config.response.penalty, delay_h=40.0))
    more = {"second_letter": {"kind": "apology", "delay_h": 30.0, "acknowledgement": 0.9}}
    begun = begin(config, AT)
    for response in (later, replace(later, acts=more)):
        whole = sim.simulate(replace(asked("as_happened"), response=response))
        found = begun.branch(response)
        assert _fingerprint(found) == _fingerprint(whole)
        assert _fingerprint(found) != _fingerprint(begun.branch())


def test_a_promise_and_what_is_waited_for_go_on_in_a_branch() -> None:
    config = asked("reform_and_fan_panel")
    waited = replace(
        config.response, explanation=replace(
            sim.compose(["response=as_happened"]).response.explanation, delay_h=2.0,
            trigger=type(config.response.apology.trigger).detection,
        ),
    )  # fmt: skip
    for response in (config.response, waited):
        own = replace(config, response=response)
        whole = sim.simulate(own)
        assert _fingerprint(begin(own, AT + 40).branch()) == _fingerprint(whole)


def test_a_run_goes_on_in_stages() -> None:
    config = asked("as_happened")
    begun = begin(config, AT).onward(AT + 7)
    assert begun.step == AT + 7
    assert _fingerprint(begun.branch()) == _fingerprint(sim.simulate(config))
    assert "apology" in acts_in_force(begun) and "penalty" not in acts_in_force(begun)


def test_acts_before_the_division_are_refused() -> None:
    config, silent = asked("as_happened"), asked("none")
    with pytest.raises(ConfigError, match=r"apology.*was done, and otherwise"):
        begin(config, AT).branch(silent.response)
    with pytest.raises(ConfigError, match="would have come before"):
        branch(silent, AT, config.response)
    moved = {"aa_letter": {"kind": "apology", "delay_h": 10.0, "acknowledgement": 0.9}}
    named = replace(silent, response=replace(silent.response, acts=moved))
    with pytest.raises(ConfigError, match="was done, and is not in this response"):
        begin(named, AT).branch(silent.response)


def waiting(trigger: str, delay_h: float = 4.0) -> Response:
    """Silence, and an apology that waits for a state."""
    silent, apology = asked("none").response, asked("as_happened").response.apology
    threshold = {"governance_talk": 0.2, "declared": 0.02}.get(trigger, 0.5)
    act = replace(apology, delay_h=delay_h, trigger=Trigger(trigger), threshold=threshold)
    return replace(silent, apology=act)


@pytest.mark.parametrize(
    ("trigger", "engine"),
    [("detection", "columnar"), ("list_entry", "columnar"), ("declared", "columnar"),
     ("detection", "mesa")],
)  # fmt: skip
def test_an_act_that_waits_for_a_state_is_decided_by_what_was_recorded(
    trigger: str, engine: str
) -> None:
    """The branch is the run that has waited from its beginning, or it is refused."""
    silent, response = asked("none", engine, NOTICED), waiting(trigger)
    own = replace(asked("none", "columnar", NOTICED), response=response)
    whole = sim.simulate(own)
    at = sim.simulate(asked("none", "columnar", NOTICED)).series["detected"].argmax()
    assert at > 0, "the team notices in the course of this run"
    acts = acts_in_force(begin(own, whole.clock.n_steps - 1))
    came = acts.get("apology", 10_000)
    assert (trigger == "declared") == (came == 10_000)
    found = []
    steps = (int(at) + 3,) if engine == "mesa" else (50, int(at), int(at) + 3, 165, 235)
    for step in steps:  # under deliberation, too
        if came < step:
            with pytest.raises(ConfigError, match="would have come before"):
                begin(silent, step).branch(response)
        else:
            found.append(_fingerprint(begin(silent, step).branch(response)))
    assert found and set(found) == {_fingerprint(whole)}


def test_a_state_that_a_run_does_not_keep_is_waited_for_only_before_anybody_noticed() -> None:
    silent, response = asked("none", "columnar", NOTICED), waiting("governance_talk")
    whole = _fingerprint(sim.simulate(replace(silent, response=response)))
    assert _fingerprint(begin(silent, 50).branch(response)) == whole
    with pytest.raises(ConfigError, match="has not kept whether"):
        branch(silent, 235, response)


@pytest.mark.parametrize("step", [0, -1, 10_000, 1.5, True])
def test_a_run_is_divided_inside_of_it(step: int) -> None:
    with pytest.raises(ConfigError, match="step"):
        begin(asked("none"), step)
