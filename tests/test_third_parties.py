"""The brand's acts: what is accepted has an effect, and each is judged by what it says and when."""

import copy
import json
from dataclasses import fields, replace
from enum import Enum

import pytest
import yaml
from conftest import ACCUSED, LAUNCH, composed, run_of, small, with_events

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.case_file import read_case
from sim.case.check import check_case
from sim.case.levers import response_of
from sim.engine import Simulation
from sim.kernel.held import new_tables
from sim.people import HOPEFUL
from sim.playbook.kinds import KINDS, STEPS
from sim.playbook.lists import without_nothings
from sim.playbook.names import typed_size
from sim.playbook.response import Response
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.keys import altered
from sim.start import network_of, population_of
from sim.state import tables as w
from sim.state.scenario import build_scenario
from sim.world import angles

FOLDER = conf_dir() / "case"
FIELDS = [(step, item.name) for step in STEPS for item in fields(getattr(Response(), step))]


def started(config):
    scenario, network = build_scenario(config), network_of(config)
    return Simulation(scenario, network, population_of(config, scenario, network), config.seed)


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


# --- what is accepted has an effect ---------------------------------------------------------------


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


# --- what the brand of a case did -----------------------------------------------------------------

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
def textbook():
    return yaml.safe_load((FOLDER / "textbook.yaml").read_text())


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


def written(raw, tmp_path):
    file = tmp_path / f"{raw['name']}.yaml"
    file.write_text(json.dumps(raw))  # which is YAML, without anchors
    return file


def test_as_happened_is_all_of_the_cases_own_acts(eventful, tmp_path):
    """Every setting of every act stands at another value than its default."""
    for step, name in FIELDS:
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


# --- what an act says, and how late it is ---------------------------------------------------------


def test_an_act_acknowledges_what_its_lever_says_and_others_nothing():
    response = response_of({**ALL_ACTS, "channel": "fan"})
    config = with_events(composed("response=none"), ACCUSED, LAUNCH)
    acts = build_scenario(replace(config, response=response)).acts
    said = dict(zip((*STEPS, "delivery"), acts.acknowledgement.tolist(), strict=True))
    told = {name: levers["acknowledgement"] for name, levers in ALL_ACTS.items()
            if "acknowledgement" in levers}  # fmt: skip
    assert {*told} == {"disclosure", "apology", "explanation", "statement", "fan_calls"}
    assert said == {name: told.get(name, 0.0) for name in said}


def timed(*words, steps=500, **more):
    """Steps of acts that came into force, and the two hours by which they are judged."""
    run = started(small(*words, n_people=60, **more))
    run.advance(steps)
    return {
        name: (float(act.since_h), float(act.delay_h))
        for name, act in zip((*STEPS, "delivery"), run.acts, strict=True)
        if 0 <= act.step < run.step
    }


@pytest.mark.slow
def test_the_first_word_is_as_late_as_the_event_is_old_and_later_ones_since_the_last():
    """Steps of 15 min from 13:30: words at 21:30, penalty 25 h later after 24 h of process."""
    assert timed("response=as_happened") == {
        "buyback": (0.0, 0.0),  # no word: the apology is the first
        "apology": (8.0, 8.0),
        "termination": (8.0, 8.0),
        "penalty": (33.0, 1.0),
        "explanation": (56.75, 23.75),
    }
    assert timed("response=deny")["apology"] == (72.0, 68.0)


def test_what_is_told_before_the_leak_makes_nobody_wait_for_what_is_unknown():
    found = timed("response=apology_only", "response.disclosure.delay_h=-2")
    assert found["disclosure"] == (0.0, 0.0)
    assert found["apology"] == (8.0, 8.0)


def test_a_fair_process_is_no_delay_and_a_delivery_in_time_is_none():
    found = timed("response=reform_and_fan_panel", steps=1200)
    assert found["penalty"] == (48.0, 4.0)  # 40 h after the words, 36 of process
    assert found["reform"] == (48.0, 40.0)
    assert found["delivery"] == (168.0, 0.0)


def test_a_triggered_act_is_judged_from_the_event_on():
    words = ["response=none", "response.apology.delay_h=1", "response.apology.trigger=detection"]
    run = started(small(*words, n_people=300, seed=4))
    run.advance(700)
    act = run.acts[w.KIND["apology"]]
    assert 0 < act.step < 700
    clock = run.script.clock
    hours = (act.step - clock.step_of(run.script.case.clock_start_time)) * clock.dt_h
    assert act.since_h == act.delay_h == hours > 1


# --- a broken promise -----------------------------------------------------------------------------


def test_a_broken_promise_costs_those_who_believed_it_and_nobody_else():
    config = small(
        "response=reform_and_fan_panel", "response.reform.delivered=false", n_people=900, seed=3
    )
    run = started(config)
    people = run.population.people
    while run.table[0].broken == 0.0:
        before = people.trust.copy()
        run.advance(1)
    hopeful = people.flags & HOPEFUL != 0
    saw = people.seen & (1 << w.REFORM) != 0
    assert not (hopeful & ~saw).any()
    kept = people.trust / before
    cost = float(run.script.constants[0].broken_promise)
    assert hopeful.sum() > 50 and kept[hopeful] == pytest.approx(1 - cost, abs=0.01)
    for unmoved in (saw & ~hopeful, ~saw):
        assert unmoved.sum() > 50 and (kept[unmoved] > 0.98).all()


def test_who_saw_a_penalty_has_not_heard_a_promise():
    run = started(small("response=as_happened", n_people=300))
    run.advance(900)
    people = run.population.people
    assert (people.seen & (1 << w.PENALTY) != 0).any()
    assert not (people.flags & HOPEFUL).any()


# --- events that need a cause ---------------------------------------------------------------------


def test_nobody_mocks_an_apology_that_nobody_made():
    for response in ("none", "deny", "late_48h"):
        run = run_of(f"response={response}")
        assert not [e for e in run.log if e.who == "antagonist_mocks"], response
    for response in ("as_happened", "apology_only"):
        run = run_of(f"response={response}")
        (mock,) = (e for e in run.log if e.kind == "forcing" and e.who == "antagonist_mocks")
        assert mock.step > next(e.step for e in run.log if e.who == "apology")


def test_an_event_waits_for_the_act_that_it_needs(textbook, tmp_path):
    leak = next(event for event in textbook["events"] if event["id"] == "leak")
    day, hour = leak["time"].split(" ")
    sneer = {**leak, "id": "sneer", "kind": "mock", "time": f"{day} 23:45", "requires": "apology"}
    raw = {**textbook, "events": [*textbook["events"], {**sneer, "bracket": None}]}
    hours = 23.75 - float(hour[:2]) - float(hour[3:]) / 60
    file = written(raw, tmp_path)
    assert check_case(file) == []

    def comes(delay_h):
        config = small(
            f"case={file}", "response=apology_only", f"response.apology.delay_h={delay_h}",
            f"response.termination.delay_h={delay_h}", n_people=60,
        )  # fmt: skip
        return "sneer" in [entry.who for entry in simulate(config).log]

    assert comes(hours - 0.25)
    assert not comes(hours)  # in the same step: not before
    assert not comes(hours + 1)


@pytest.mark.parametrize(
    ("requires", "told"),
    [
        ("apologize", "apology"),
        (3, "no such choice"),
        ("reform", "had not done that before"),
        ("penalty", "had not done that before"),
    ],
)
def test_a_cause_that_there_is_not_is_found(tmp_path, requires, told):
    raw = yaml.safe_load((FOLDER / "xiaomi_2026.yaml").read_text())
    node = next(event for event in raw["events"] if event["id"] == "antagonist_mocks")
    node["requires"] = requires
    problems = check_case(written({**raw, "series": {}}, tmp_path))
    assert len(problems) == 1 and told in problems[0]
    assert "case.events.antagonist_mocks.requires" in problems[0]


def test_a_case_that_does_not_say_what_was_done_may_ask_for_a_cause(textbook, tmp_path):
    node = next(event for event in textbook["events"] if event["id"] == "leak")
    sneer = {**node, "id": "sneer", "kind": "mock", "requires": "apology"}
    raw = {**textbook, "events": [*textbook["events"], sneer], "levers": {}}
    raw["events"].sort(key=lambda event: event["time"])
    assert check_case(written(raw, tmp_path)) == []
    assert read_case(raw).forcing[-1].requires == "apology"


# --- names of hashtags ----------------------------------------------------------------------------


@pytest.mark.parametrize("origin", range(len(w.ORIGINS)))
def test_what_a_hashtag_is_born_of_can_be_read_back(origin):
    for which in (0, 1, 99, 100, 999, 1000, 1001, 10**6, 2**31):
        assert angles.source_of(angles.source_code(origin, which)) == (origin, which)


def test_three_thousand_leaders_have_hashtags_of_their_own():
    config = small("response=none", n_people=300, seed=1)
    crowd = {f"n_{role}_leaders": 1000 for role in ("partner", "neutral", "antagonist")}
    config = replace(
        config,
        population=replace(config.population, **crowd),
        parameters=replace(
            config.parameters,
            mock_per_h=0.1,
            mock_heat=4000.0,
            official_heat=5e6,
            report_per_h=0.01,
            unconfirmed_report=1.0,
        ),
    )
    run = simulate(config)
    mocks = [entry.who for entry in run.log if entry.kind == "mock"]
    assert len(mocks) > 256  # more hashtags than there is room for
    listed = [entry.who for entry in run.log if entry.kind == "list_entry"]
    named = [who for who in listed if who.startswith("mock:")]
    assert named
    for who in named:
        assert who.split(":")[1] in mocks
    last = max(entry.step for entry in run.log if entry.kind == "list_entry")
    assert last > next(e.step for e in run.log if e.who == mocks[256])  # room was made


@pytest.mark.slow
def test_a_thousand_events_have_names_of_their_own(textbook, tmp_path):
    leak = next(event for event in textbook["events"] if event["id"] == "leak")
    rest = [event for event in textbook["events"] if event["id"] != "leak"]
    day = leak["time"].split(" ")[0]
    quiet = {**leak, "kind": "rumour", "time": f"{day} 00:00", "tag": False, "heat": 0,
             "bracket": None, "credibility": 0, "novelty": 0}  # fmt: skip
    quiet["reach"] = {"core": 0, "customer": 0, "public": 0}
    raw = {**textbook, "events": [*({**quiet, "id": f"e{k}"} for k in range(1100)), leak, *rest]}
    loud = next(event for event in raw["events"] if event["id"] == "leak")
    loud.update(heat=900_000)
    file = written(raw, tmp_path)
    run = simulate(small(f"case={file}", "response=none", n_people=60))
    assert next(e.who for e in run.log if e.kind == "list_entry") == "event:leak"
    assert sum(e.kind == "forcing" for e in run.log) == 1101


def test_a_log_that_overflows_is_refused(monkeypatch):
    monkeypatch.setattr(w, "log_size", lambda n_leaders: 5)
    with pytest.raises(ConfigError, match="more than the log of a run can hold"):
        simulate(small("response=as_happened", n_people=60))


def test_a_table_of_hashtags_that_is_full_drops_the_oldest_that_waits():
    config = small(n_people=30)
    scenario, network = build_scenario(config), network_of(config)
    t = new_tables(scenario, population_of(config, scenario, network))
    world, tags = t.world[0], t.tags
    for k in range(w.MAX_TAGS):
        angles.bear_tag(world, tags, k, 0.0, float(k), 0.5, 1.0)
    tags[0].entered = 3.0  # on the list
    tags[7].entered, tags[7].left = 8.0, 9.0  # gone
    angles.bear_tag(world, tags, 300, 1.0, 300.0, 0.5, 1.0)
    kept = [source for source in range(w.MAX_TAGS) if source != 7]
    assert tags.source.tolist() == [*kept, 300]
    assert tags[0].entered == 3 and tags[-1].topic == 1
    angles.bear_tag(world, tags, 301, 0.0, 301.0, 0.5, 1.0)
    assert tags.source.tolist() == [*(k for k in kept if k != 1), 300, 301]
    assert world.n_tags == w.MAX_TAGS


# --- waves, compensation, ties --------------------------------------------------------------------


def test_a_wave_from_outside_is_of_the_drawn_size():
    """E17: .3 to 1, uniform; drawn at the step and by nobody else."""
    from sim import draws
    from sim.draws import Decision

    config = small("case=textbook", "response=none", n_people=30, seed=5)
    wild = replace(config.parameters, exogenous_wave_per_d=0.1, leak_per_d=0.0)
    sizes = []
    for seed in range(40):
        run = simulate(replace(config, seed=seed, parameters=wild))
        for entry in run.log:
            if entry.kind == "second_wave" and entry.who == "second_wave":
                u = draws.uniforms(seed, Decision.SECOND_WAVE, entry.step, 0)
                assert entry.value == pytest.approx(0.3 + 0.7 * u[2], abs=1e-12)
                sizes.append(entry.value)
    assert len(sizes) > 5


@pytest.mark.parametrize(("apology_h", "noise"), [(None, True), (9.0, True), (2.0, False)])
def test_compensation_makes_noise_only_as_the_first_move(apology_h, noise):
    changes = {"response.compensation.delay_h": 4.0, "response.compensation.share": 0.5}
    if apology_h is not None:
        changes["response.apology.delay_h"] = apology_h
    run = started(altered(small("response=none", n_people=30), changes))
    run.advance(300)
    wanted = 0.5 * float(run.script.constants[0].compensation_noise) if noise else 0.0
    assert run.table[0].compensated == wanted
    assert run.table[0].cash == 1e7


def test_betrayal_is_a_share_in_both_engines():
    """A denial that falls adds to a betrayal of 1; nobody feels more than that."""
    from test_engine import difference
    from test_engine import started as begun

    from sim.mesa.model import BacklashModel, release

    config = small("response=deny", n_people=120, seed=2)
    config = altered(config, {"response.apology.delay_h": 6, "response.termination.delay_h": 6})
    config = replace(config, parameters=replace(config.parameters, betrayal=1.0))
    columnar, mesa = begun(config), begun(config, BacklashModel)
    try:
        for _ in range(220):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None
        assert 1.0 + columnar.table[0].betrayal > 1.05
    finally:
        release(mesa)


def test_leaders_write_about_the_deal_while_both_topics_are_as_new(textbook, tmp_path):
    leak = next(event for event in textbook["events"] if event["id"] == "leak")
    where = textbook["events"].index(leak)
    twin = {**leak, "id": "twin", "topic": "governance"}
    raw = {**textbook, "events": [*textbook["events"][: where + 1], twin,
                                  *textbook["events"][where + 1 :]]}  # fmt: skip
    config = small(f"case={written(raw, tmp_path)}", "response=none", n_people=60)
    busy = replace(
        config.parameters, leader_post_per_h=2.0, unconfirmed_report=1.0, leader_heat=4000.0,
        report_per_h=0.0, question_per_d=0.0,
    )  # fmt: skip
    run = started(replace(config, parameters=busy))
    topics = []
    for _ in range(260):
        run.advance(1)
        world = run.table[0]
        if world.novelty_deal == world.novelty_governance > 0:
            topics += [topic for row, _, topic in run.sent.tolist() if row >= 60]
    assert len(topics) > 3 and set(topics) == {0}


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
