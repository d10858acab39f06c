"""The brand's acts: a setting that is accepted has an effect, every other is refused."""

from dataclasses import fields
from enum import Enum

import pytest
import yaml
from conftest import ACCUSED, LAUNCH, composed, with_events

from sim.base.refusal import ConfigError
from sim.playbook.kinds import KINDS, STEPS
from sim.playbook.lists import without_nothings
from sim.playbook.names import typed_size
from sim.playbook.response import Response
from sim.settings.composition import compose
from sim.settings.keys import altered
from sim.state.scenario import build_scenario

FIELDS = [(step, item.name) for step in STEPS for item in fields(getattr(Response(), step))]


def plain(value):
    return value.value if isinstance(value, Enum) else value


def others(step, name):
    """Some values of a setting of an act that are not its default, as YAML reads them."""
    item = getattr(Response(), step).__dataclass_fields__[name]
    if isinstance(item.default, Enum):
        return [choice.value for choice in type(item.default) if choice is not item.default]
    if isinstance(item.default, bool):
        return [not item.default]
    low, high = item.metadata["low"], min(item.metadata["high"], 1e9)
    if name == "delay_h":
        low, high = max(low, 0), 300
    values = [low + share * (high - low) for share in (0.0, 0.3, 0.9, 1.0)]
    return [value for value in values if value != item.default]


def coming(step):
    """The settings with which an act comes and does something."""
    return {
        f"response.{step}.delay_h": KINDS[step].BEGINS["delay_h"],
        **{
            f"response.{step}.{size}": yaml.safe_load(typed_size(step, size))
            for size in KINDS[step].SIZES
        },
    }


def acts_of(changes):
    config = with_events(composed("response=none"), ACCUSED, LAUNCH)
    return build_scenario(altered(config, changes)).acts


@pytest.mark.parametrize(("step", "name"), FIELDS)
def test_a_setting_of_an_act_that_comes_has_an_effect_or_is_refused(step, name):
    before = acts_of(coming(step))
    for value in others(step, name):
        changes = {**coming(step), f"response.{step}.{name}": value}
        if changes == coming(step):
            continue
        try:
            after = acts_of(changes)
        except ConfigError:
            continue
        assert after.tobytes() != before.tobytes(), value


@pytest.mark.parametrize(("step", "name"), [pair for pair in FIELDS if pair[1] != "delay_h"])
def test_a_setting_of_an_act_that_never_comes_is_refused_with_what_to_type(step, name):
    for value in others(step, name):
        with pytest.raises(ConfigError) as refused:
            acts_of({f"response.{step}.{name}": value})
        assert f"response.{step}." in refused.value.hint


@pytest.mark.parametrize("step", [kind for kind in STEPS if KINDS[kind].SIZES])
def test_an_act_of_nothing_is_refused(step):
    with pytest.raises(ConfigError, match="but this one has a time"):
        acts_of({f"response.{step}.delay_h": KINDS[step].BEGINS["delay_h"]})
    for size in KINDS[step].SIZES:
        usual = plain(getattr(getattr(Response(), step), size))
        with pytest.raises(ConfigError):
            acts_of({**coming(step), f"response.{step}.{size}": usual})


@pytest.mark.parametrize(
    "words",
    [
        ["response.penalty.delay_h=10"],
        ["response.compensation.cost_hkd=5e6"],
        ["response.apology.acknowledgement=1"],
        ["response.penalty.process_h=3"],
        ["response.channel=public"],
        ["response.denial.trigger=declared"],
        ["response.apology.delay_h=2", "response.apology.threshold=0.3"],
        ["response=reform_and_fan_panel", "response.reform.delivered=false",
         "response.reform.delivery_h=7"],
        ["response=as_happened", "response.buyback.amount_hkd=0"],
        ["response=as_happened", "response.penalty.severity=0"],
    ],
)  # fmt: skip
def test_the_first_thing_that_a_refusal_says_to_type_is_taken(words):
    words = words if words[0].startswith("response=") else ["response=none", *words]
    with pytest.raises(ConfigError) as refused:
        compose(words)
    for remedy in refused.value.hint.split(", or "):
        if remedy.startswith("the same without "):
            key = remedy.removeprefix("the same without ")
            compose([word for word in words if not word.startswith(f"{key}=")])
        else:
            compose([*words, *remedy.split()])


def test_a_triggered_act_that_could_never_come_is_refused():
    with pytest.raises(ConfigError, match="outside the simulated time"):
        acts_of({"response.apology.delay_h": 2000.0, "response.apology.trigger": "detection"})


def test_an_axis_that_begins_with_nothing_leaves_the_act_out():
    happened = composed("response=as_happened")
    for changes in (
        {"response.penalty.severity": 0},
        {"response.penalty.level": "none", "response.penalty.severity": 0},
        {"response.penalty.delay_h": 26, "response.penalty.level": "none"},
        {"response.buyback.amount_hkd": 0},
    ):
        step = next(iter(changes)).split(".")[1]
        cell = altered(happened, without_nothings(changes)).response
        assert getattr(cell, step) == getattr(Response(), step)
        rest = [name for name in STEPS if name != step]
        assert all(getattr(cell, name) == getattr(happened.response, name) for name in rest)
    assert without_nothings({"response.penalty.severity": 0.5}) == {
        "response.penalty.severity": 0.5
    }


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["response.partner_calls.delay_h=2"], "a round of calls to partners of nothing is none"),
        (["response.holding.word_in_h=12"], "a holding statement without a time never comes"),
        (
            [
                "response.fan_calls.delay_h=2",
                "response.fan_calls.share=0.5",
                "response.channel=public",
            ],
            "nobody says anything that a channel could carry",
        ),
        (
            [
                "response.partner_calls.delay_h=2",
                "response.partner_calls.share=1",
                "population.n_partner_leaders=0",
            ],
            "no partner whom the brand could call",
        ),
        (
            [
                "+response.acts.ring={kind: partner_calls, delay_h: 2, share: 1}",
                "population.n_partner_leaders=0",
            ],
            "no partner whom the brand could call",
        ),
        (
            [
                "case=baidu_pr_2024",
                "response.statement.delay_h=2",
                "response.statement.speaker=founder",
            ],
            "knows no founder",
        ),
        (
            [
                "case=baidu_pr_2024",
                "+response.acts.letter={kind: legal_step, delay_h: 2, speaker: founder}",
            ],
            "knows no founder",
        ),
    ],
)
def test_what_nobody_could_hear_or_say_is_refused(asked, told):
    with pytest.raises(ConfigError, match=told):
        compose(["response=none", *asked])
