"""What names a run: everything that can change a bit of it, and nothing else."""

import random
from copy import deepcopy
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from conftest import composed

from sim.base.digest import plain
from sim.base.refusal import ConfigError
from sim.playbook.act import Trigger
from sim.playbook.kinds import STEPS
from sim.playbook.response import Response
from sim.run import simulate
from sim.settings import identity
from sim.settings.config import Config
from sim.settings.network_config import NetworkConfig
from sim.settings.parameters import KNOCK_OUT, Parameters
from sim.state.asked import asked
from sim.state.scenario import build_scenario, name_of

TINY = ("case=textbook", "population=classroom", "clock.horizon_d=3", "uncertainty=point")


def config(*overrides, **changes):
    return replace(composed(*TINY, *overrides), **changes)


@cache
def bits(*overrides):
    run = simulate(config(*overrides))
    return b"".join(run.series[name].tobytes() for name in sorted(run.series)), run.log


# --- what has no effect -------------------------------------------------------------------------

SAME = {
    "what a response is called": ((), ("response.name=mine",)),
    "sizes of communities that there are not": ((), ("network.community_size=50",)),
    "the seed of the network, said": (("seed=3",), ("seed=3", "network.seed=3")),
    "a share that gives the same people": ((), ("population.share_core=0.20001",)),
    "a parameter of a mechanism that is off": (
        ("mechanisms.novelty_decay=false",),
        ("mechanisms.novelty_decay=false", "parameters.novelty_half_life_h=7"),
    ),
    "a mechanism that is off, and its parameters set to nothing": (
        ("mechanisms.posting=false",),
        ("parameters.post_per_h=0",),
    ),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_what_has_no_effect_on_a_bit_is_not_in_the_name(one, other):
    assert name_of(config(*one)) == name_of(config(*other))
    assert bits(*one) == bits(*other)


def act_by_act():
    """Settings of acts that never happen, one a time (composed ones may refuse them)."""
    usual = Response()
    for step in STEPS:
        act = getattr(usual, step)
        for item in fields(act):
            value = getattr(act, item.name)
            if isinstance(value, float) and item.name != "delay_h" and item.name != "severity":
                yield step, item.name, value / 2 + 0.1


@pytest.mark.parametrize(("step", "name", "value"), list(act_by_act()))
def test_no_field_of_an_act_that_never_happens_is_in_the_name(step, name, value):
    record = plain(Response())
    other = {**record, step: {**record[step], name: value}}
    assert identity._response(record) == identity._response(other)
    happening = {**record, step: {**record[step], "delay_h": 5.0}}
    moved = {**record, step: {**happening[step], name: value}}
    idle = name == "threshold"  # of an act at a given hour
    assert (identity._response(happening) == identity._response(moved)) is idle


@pytest.mark.parametrize("trigger", list(Trigger))
def test_a_threshold_counts_where_a_trigger_reads_it(trigger):
    record = plain(Response())
    act = {**record["apology"], "delay_h": 5.0, "trigger": trigger.value}
    named = {
        identity._response({**record, "apology": {**act, "threshold": threshold}})
        for threshold in (0.2, 0.7)
    }
    assert len(named) == (2 if trigger in (Trigger.governance_talk, Trigger.declared) else 1)


@pytest.mark.parametrize("delivered", [True, False])
def test_the_time_of_a_delivery_counts_where_there_is_one(delivered):
    record = plain(Response())
    act = {**record["reform"], "delay_h": 48.0, "governance": 0.5, "delivered": delivered}
    named = {
        identity._response({**record, "reform": {**act, "delivery_h": hours}})
        for hours in (12.0, 60.0)
    }
    assert len(named) == 1 + delivered


def test_where_nothing_is_said_goes_nowhere_and_where_something_is_it_matters():
    silent = plain(Response())
    said = {**silent, "apology": {**silent["apology"], "delay_h": 5.0}}
    for record, n in ((silent, 1), (said, 2)):
        channels = ({**record, "channel": channel} for channel in ("fan", "public"))
        assert len({identity._response(one) for one in channels}) == n


def test_equal_numbers_are_written_alike():
    """33 == 33.0, and a NumPy number is that number."""
    whole = config("response=apology_only")
    named = []
    for hours in (33, 33.0, np.float64(33), np.float32(33), np.int64(33)):
        apology = replace(whole.response.apology, delay_h=hours)
        named.append(name_of(replace(whole, response=replace(whole.response, apology=apology))))
    assert len(set(named)) == 1
    named = [
        name_of(replace(whole, parameters=Parameters(relief=number)))
        for number in (0.5, np.float64(0.5), np.float32(0.5))
    ]
    assert len(set(named)) == 1


def test_what_a_case_is_called_names_no_run_and_what_happens_in_it_does():
    whole = config()
    other = replace(whole, case=replace(whole.case, name="another_name"))
    assert name_of(other) == name_of(whole)
    record = asked(whole, build_scenario(whole).case)
    (first, *rest) = record["case"]["forcing"]
    later = {**record, "case": {**record["case"], "forcing": [{**first, "heat": 99.0}, *rest]}}
    assert identity.name_of_asked(later) != identity.name_of_asked(record)


# --- what has an effect -------------------------------------------------------------------------


def numbers(of, group):
    for item in fields(of):
        low, high = item.metadata.get("low"), item.metadata.get("high")
        value = getattr(of, item.name)
        if low is None or value is None or isinstance(value, bool):
            continue
        yield group, item.name, value, low, high


def test_every_parameter_is_in_the_name():
    whole, usual = config(), Parameters()
    names = {name_of(whole)}
    for _, name, value, low, high in numbers(usual, "parameters"):
        moved = value + 0.01 * ((high if value < high else low) - value)
        other = replace(whole, parameters=replace(usual, **{name: moved}))
        names.add(name_of(other))
    assert len(names) == 1 + len(fields(Parameters))


def test_every_mechanism_that_does_something_is_in_the_name():
    whole = config()
    named = {}
    for mechanism in KNOCK_OUT:
        off = replace(whole.mechanisms, **{mechanism: False})
        named.setdefault(name_of(replace(whole, mechanisms=off)), []).append(mechanism)
    assert name_of(whole) not in named
    assert max(map(len, named.values())) == 1


def drawn_response(draw):
    """A random playbook, as plain values."""
    record = plain(Response())
    record["channel"] = draw.choice(["fan", "public"])
    for step in draw.sample(STEPS, 3):
        act = record[step]
        act["delay_h"] = draw.choice([None, 5.0, 30.0])
        if "trigger" in act:
            act["trigger"] = draw.choice([trigger.value for trigger in Trigger])
        for name, choices in (
            ("threshold", [0.2, 0.7]),
            ("acknowledgement", [0.3, 0.9]),
            ("speaker", ["pr_head", "company"]),
            ("governance", [0.2, 0.8]),
            ("delivered", [True, False]),
            ("delivery_h", [20.0, 60.0]),
            ("share", [0.2, 0.6]),
            ("amount_hkd", [1e6, 2e6]),
        ):
            if name in act:
                act[name] = draw.choice(choices)
        if step == "penalty" and act["delay_h"] is not None:
            act["level"], act["severity"] = "manager", draw.choice([0.3, 0.8])
    return record


def effective(scenario):
    """The table of acts, but for cells that the engines never read (MODEL 2.5)."""
    acts = scenario.acts.copy()
    watches = np.isin(acts["trigger"], (3.0, 4.0))  # governance talk, declared
    acts["threshold"] = np.where(watches, acts["threshold"], 0.0)
    acts["delivery"] = np.where(acts["delivered"] == 1.0, acts["delivery"], 0.0)
    return acts.tobytes() + scenario.constants.tobytes() + scenario.events.tobytes()


@pytest.mark.slow
def test_two_playbooks_have_one_name_if_and_only_if_their_tables_are_the_same():
    from sim.settings.keys import from_plain

    draw, seen, n = random.Random(20260105), {}, 0
    base = plain(config())
    while n < 60:
        try:
            one = from_plain({**base, "response": drawn_response(draw)})
        except ConfigError:
            continue
        n += 1
        table = effective(build_scenario(one))
        name = name_of(one)
        assert seen.setdefault(name, table) == table, one.response
    assert len(set(seen.values())) == len(seen)  # and other names are other tables
    assert len(seen) > 20


# --- files --------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A small network of one's own, in files."""
    monkeypatch.chdir(tmp_path)
    kinds = ["core"] * 20 + ["customer"] * 20 + ["public"] * 20
    people = "".join(f"p{i},{kind},0.9\n" for i, kind in enumerate(kinds))
    (tmp_path / "people.csv").write_text("id,kind,trust\n" + people)
    ties = "".join(f"p{i},p{(i + d) % 60}\n" for i in range(60) for d in (1, 2, 3, 5, 8, 13))
    (tmp_path / "ties.csv").write_text("follower,followed\n" + ties)
    return tmp_path


def with_files(edges="ties.csv", people="people.csv"):
    return replace(config(), network=NetworkConfig(edges=str(edges), people=str(people)))


def edited(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("name", ["ties.csv", "people.csv"])
def test_an_edited_file_is_another_run(own, name):
    before, answer = name_of(with_files()), simulate(with_files())
    turned = ("follower,followed", "followed,follower")  # who hears whom
    edited(own / name, *(turned if name == "ties.csv" else (",0.9", ",0.1")))
    assert name_of(with_files()) != before
    again = simulate(with_files())
    assert again.name != before
    assert any(again.series[s].tobytes() != answer.series[s].tobytes() for s in again.series)


def test_the_same_file_under_another_spelling_or_place_is_the_same_run(own):
    (own / "elsewhere").mkdir()
    for name in ("ties.csv", "people.csv"):
        (own / "elsewhere" / f"my_{name}").write_bytes((own / name).read_bytes())
    names = {
        name_of(with_files(*paths))
        for paths in (
            ("ties.csv", "people.csv"),
            ("./ties.csv", "elsewhere/../people.csv"),
            (own / "ties.csv", own / "people.csv"),
            ("elsewhere/my_ties.csv", "elsewhere/my_people.csv"),
        )
    }
    assert len(names) == 1
    record = asked(with_files(), build_scenario(with_files()).case)
    assert str(own) not in repr(record) and "ties.csv" not in repr(record)


def test_how_ties_would_be_drawn_and_how_many_people_names_no_run_that_brings_them(own):
    plain_files = with_files()
    other = replace(
        plain_files,
        network=replace(plain_files.network, mean_follows=9.0, reciprocity=0.5),
        population=replace(plain_files.population, n_people=999),
    )
    assert name_of(other) == name_of(plain_files)
    one, two = simulate(plain_files), simulate(other)
    assert all(one.series[s].tobytes() == two.series[s].tobytes() for s in one.series)


@pytest.mark.parametrize("name", ["ties.csv", "people.csv"])
def test_a_file_that_is_not_there_is_refused_when_a_run_is_named(own, name):
    (own / name).unlink()
    with pytest.raises(ConfigError, match="no such file"):
        name_of(with_files())


def test_a_file_that_is_changed_while_it_is_read_is_refused(own, monkeypatch):
    from sim import start as start_module

    build = start_module.build_network

    def slow(*args, **kwargs):
        network = build(*args, **kwargs)
        edited(own / "ties.csv", "p0,p1\n", "p0,p30\n")
        return network

    monkeypatch.setattr(start_module, "build_network", slow)
    with pytest.raises(ConfigError, match="changed while it was read"):
        simulate(with_files())


def test_a_file_that_is_edited_during_a_run_leaves_the_run_its_name(own):
    before = name_of(with_files())
    changed = []

    def watch(share):
        if share > 0 and not changed:
            changed.append(edited(own / "ties.csv", "p0,p1\n", "p0,p30\n"))

    assert simulate(with_files(), watch).name == before != name_of(with_files())


# --- what comes later ---------------------------------------------------------------------------


@pytest.fixture
def younger(monkeypatch):
    """As if `relief` and the apology's speaker had come after names were frozen."""
    without = tuple(name for name in identity._PARAMETERS if name != "relief")
    apology = identity.NAMED["response.apology"] - {"speaker"}
    named = {
        **identity.NAMED, "parameters": frozenset(without), "response.apology": apology
    }  # fmt: skip
    monkeypatch.setattr(identity, "_PARAMETERS", without)
    monkeypatch.setattr(identity, "NAMED", named)


def record_of(*overrides, **changes):
    """A new record each time: names of its groups are remembered by identity."""
    one = config(*overrides, **changes)
    return deepcopy(asked(one, build_scenario(one).case))


def test_a_run_at_the_default_of_a_new_field_is_not_renamed(younger):
    now = record_of("response=apology_only")
    before = record_of("response=apology_only")
    del before["parameters"]["relief"], before["response"]["apology"]["speaker"]
    assert identity.name_of_asked(now) == identity.name_of_asked(before)
    for other in (
        record_of("response=apology_only", "parameters.relief=0.123"),
        record_of("response=apology_only", "response.apology.speaker=founder"),
    ):
        assert identity.name_of_asked(other) != identity.name_of_asked(before)
    assert identity.unnamed().items() >= (LATER | {
        "parameters.relief": Parameters().relief,
        "response.apology.speaker": "pr_head",
    }).items()  # fmt: skip


#: What a release left out of names, with the defaults that stored runs were made with; what comes
#: before the next one leaves itself out, and joins this list with that release.
LATER = {
    f"parameters.{name}": value
    for name, value in {
        "novelty_holding": 0.2,
        "concern_floor": 0.3,
        "unfollow_threshold": 0.5,
        "skip_outraged": 0.5,
        "skip_distrusting": 1.0,
        "leader_exit_reach_core": 0.3,
        "leader_exit_reach_customer": 0.05,
        "leader_exit_reach_public": 0.003,
        "leader_exit_called": 1.5,
        "hashtag_half_life_h": 0.6,
        "hashtag_spread": 0.7,
        "community_size": 1.0,
        "attention_heat": 170000,
        "entry_spread": 0.27,
        "entry_correlation": 0.72,
        "report_per_h": 0.08,
        "report_spread": 0.6,
        "crowd_per_h": 0.03,
        "detection_spread": 0.5,
        "deliberation_spread": 0.6,
        "talk_half_life_h": 6.0,
        "sincerity_explain": 0.4,
        "sincerity_regret": 0.4,
        "sincerity_repair": 0.7,
        "sincerity_request": 0.15,
        "sincerity_forced": 0.3,
        "legal_betrayal": 0.05,
        "explanation_relief": 0.3,
        "push_heat": 2.0,
        "closed_weight": 4.0,
        "buyback_spread_h": 2.0,
        "promise_worth": 0.5,
        "wave_after_d": 3.0,
        "wave_least": 0.3,
        "wave_reach_core": 0.4,
        "wave_reach_customer": 0.08,
        "wave_reach_public": 0.02,
        "leak_reach_core": 0.4,
        "leak_reach_customer": 0.08,
        "leak_reach_public": 0.01,
        "patience_h": 36.0,
        "overdue_half_life_h": 36.0,
        "doubt_hardens": 0.3,
        "doubt_half_life_h": 36.0,
        "silence_size": 0.2,
        "silence_reach_core": 0.3,
        "silence_reach_customer": 0.06,
        "silence_reach_public": 0.01,
        "question_per_d": 0.15,
        "question_half_life_d": 7.0,
        "question_least": 0.25,
        "question_most": 0.75,
        "question_reach_core": 0.4,
        "question_reach_customer": 0.08,
        "question_reach_public": 0.01,
        "press_per_d": 0.4,
        "press_half_life_d": 0.9,
        "press_answered": 0.25,
        "press_formal": 0.07,
        "acceptance_calms": 1.0,
        "found_out_per_d": 0.15,
        "contact_relief": 0.4,
        "sincerity_contradicts": 1.0,
        "buyback_weakness": 0.25,
        "demanding_share": 0.15,
        "demand_lowers": 0.15,
        "spoken_for_per_h": 0.01,
        "asked_privately": 0.3,
        "belonging_weight": 0.15,
    }.items()
} | {
    "response.disclosure.explains": 0.0,
    "response.disclosure.regrets": 0.0,
    "response.disclosure.repairs": 0.0,
    "response.disclosure.requests": 0.0,
    "response.apology.explains": 0.0,
    "response.apology.regrets": 0.0,
    "response.apology.repairs": 0.0,
    "response.apology.requests": 0.0,
    "response.explanation.explains": 1.0,
    "response.explanation.regrets": 0.0,
    "response.explanation.repairs": 0.0,
    "response.explanation.requests": 0.0,
    "response.holding.delay_h": None,
    "response.holding.trigger": "screenshot",
    "response.holding.threshold": 0.5,
    "response.holding.word_in_h": 0.0,
    "response.statement.delay_h": None,
    "response.statement.trigger": "screenshot",
    "response.statement.threshold": 0.5,
    "response.statement.speaker": "company",
    "response.statement.acknowledgement": 0.0,
    "response.statement.explains": 0.0,
    "response.statement.regrets": 0.0,
    "response.statement.repairs": 0.0,
    "response.statement.requests": 0.0,
    "response.legal_step.delay_h": None,
    "response.legal_step.trigger": "screenshot",
    "response.legal_step.threshold": 0.5,
    "response.legal_step.speaker": "company",
    "response.partner_calls.delay_h": None,
    "response.partner_calls.trigger": "screenshot",
    "response.partner_calls.threshold": 0.5,
    "response.partner_calls.share": 0.0,
    "response.fan_calls.delay_h": None,
    "response.fan_calls.trigger": "screenshot",
    "response.fan_calls.threshold": 0.5,
    "response.fan_calls.share": 0.0,
    "response.fan_calls.acknowledgement": 0.6,
    "response.fan_calls.explains": 0.0,
    "response.fan_calls.regrets": 0.0,
    "response.fan_calls.repairs": 0.0,
    "response.fan_calls.requests": 0.0,
    "response.fan_panel.delay_h": None,
    "response.fan_panel.trigger": "screenshot",
    "response.fan_panel.threshold": 0.5,
    "response.fan_panel.say": 0.0,
    "response.denial.answers": "first",
    "response.launch_moved.delay_h": None,
    "response.launch_moved.trigger": "screenshot",
    "response.launch_moved.threshold": 0.5,
    "response.launch_moved.by_h": 0.0,
    "response.launch_moved.cost_hkd": 2e7,
}
#: Parameters of the first platform: they keep their place in names and in the design of worlds.
GONE = set(
    """
    hashtag_life_h headline_gap_h list_drop list_entry_heat list_full_heat list_half_life_h
    list_night max_hashtags
    """.split()
)


def test_of_the_defaults_only_those_that_came_later_are_left_out_of_names():
    assert identity.unnamed().items() >= LATER.items()  # a default in use may not move
    left_out = identity.unnamed()
    later = {key.removeprefix("parameters.") for key in left_out if key.startswith("parameters.")}
    assert set(plain(Config())["parameters"]) == set(identity._PARAMETERS) - GONE | later
