"""A playbook is a list of acts: any number of a kind, each declared once and told by its name."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import yaml
from conftest import composed, small

from experiments.command.cli import main
from experiments.pictures.meanings import key_name
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.case.check import check_case
from sim.case.levers import response_of
from sim.engine import Simulation
from sim.metrics import outcomes
from sim.playbook.kinds import KINDS
from sim.playbook.lists import act_of
from sim.playbook.names import kind_of
from sim.playbook.response import Response
from sim.run import simulate
from sim.settings.keys import altered
from sim.settings.parameters_page import as_happened
from sim.start import network_of, population_of
from sim.state import tables as w
from sim.state.rows import act_names
from sim.state.scenario import build_scenario, name_of

LETTER = "+response.acts.second_letter={kind: apology, delay_h: 30, acknowledgement: 0.9}"
#: One more of every kind, some of them at the same moment as the first of its kind.
MANY = {
    "letter": {"kind": "apology", "delay_h": 30, "acknowledgement": 0.9},
    "notice": {"kind": "penalty", "delay_h": 33, "level": "chief_executive", "severity": 0.9},
    "panel": {"kind": "reform", "delay_h": 40, "governance": 0.8, "delivery_h": 24},
    "vouchers": {"kind": "compensation", "delay_h": 40, "share": 0.7},
    "shares": {"kind": "buyback", "delay_h": 26, "amount_hkd": 1e8},
    "word": {"kind": "explanation", "delay_h": 2, "trigger": "detection", "speaker": "company"},
}


LOUD = "parameters.post_per_h=0.1"  # so that the PR team notices so few people


def with_acts(config, acts):
    return replace(config, response=replace(config.response, acts=acts))


# --- declared once --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_is_and_what_its_levers_are_called(kind):
    act = KINDS[kind]
    for texts in (act.NOUN, act.TITLE, act.TOLD):
        assert len(texts) == 2 and all(texts)
    for item in fields(act):
        assert all(item.metadata["label"]), item.name
        named, _ = key_name(f"response.{kind}.{item.name}")
        assert all(named.values()) and not named["en"].startswith("response.")
    assert set(act.SIZES) <= set(act.BEGINS) <= {item.name for item in fields(act)}


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_act_begins_with_does_something(kind):
    begins = {"kind": kind, **KINDS[kind].BEGINS}
    response = Response(acts={"mine": begins})
    assert response.playbook["mine"].delay_h == begins["delay_h"]
    assert kind_of(response.playbook["mine"]) == kind


def test_the_response_as_it_happened_is_written_from_the_declaration():
    file = conf_dir() / "response" / "as_happened.yaml"
    assert file.read_text() == as_happened() + "\n"
    told = yaml.safe_load(file.read_text())
    assert set(told) == {item.name for item in fields(Response)}


def test_every_lever_of_every_kind_is_a_column_of_the_engines_table():
    for kind, act in KINDS.items():
        own = {item.name for item in fields(act)} - set(w.NO_COLUMNS)
        assert own <= set(w.ACT.names), kind


# --- acts with names of their own -----------------------------------------------------------------


def test_a_second_apology_comes_and_is_told_by_its_name():
    config = small("response=apology_only", LETTER, n_people=60)
    run = simulate(config)
    done = {e.who: e.step for e in run.log if e.kind == "action"}
    assert set(done) == {"apology", "termination", "second_letter"}
    assert (done["second_letter"] - done["apology"]) * run.clock.dt_h == pytest.approx(22, abs=0.3)
    once = simulate(small("response=apology_only", n_people=60))
    n = done["second_letter"]
    for name, series in run.series.items():
        assert np.array_equal(series[:n], once.series[name][:n], equal_nan=True), name
    assert run.name != once.name


def test_an_act_of_another_name_moves_no_draw_of_an_act():
    base = composed("response=apology_only", LETTER)
    both = with_acts(base, {**base.response.acts, "a_first": {"kind": "denial", "delay_h": 1}})
    alone, beside = (dict(zip(act_names(c.response), build_scenario(c).acts, strict=True))
                     for c in (base, both))  # fmt: skip
    for name in alone:
        assert alone[name]["address"] == beside[name]["address"]
    assert len({float(act["address"]) for act in beside.values()}) == len(beside)


def test_an_act_that_never_comes_is_no_other_run():
    usual = composed("response=apology_only")
    never = with_acts(usual, {"letter": {"kind": "apology", "delay_h": None}})
    assert name_of(never) == name_of(usual)
    assert name_of(with_acts(usual, {"letter": {"kind": "apology", "delay_h": 30}})) != (
        name_of(with_acts(usual, {"letter": {"kind": "apology", "delay_h": 31}}))
    )


def test_the_engines_agree_on_a_playbook_of_many_acts():
    runs = [
        simulate(with_acts(small(f"engine={engine}", LOUD, n_people=70, seed=5), MANY))
        for engine in ("columnar", "mesa")
    ]
    assert {"letter", "notice", "panel", "panel_delivery", "vouchers", "shares", "word"} <= {
        e.who for e in runs[0].log if e.kind == "action"
    }
    assert runs[0].log == runs[1].log
    for name, series in runs[0].series.items():
        assert np.array_equal(series, runs[1].series[name], equal_nan=True), name


def test_of_two_notices_the_hardest_counts_and_of_two_buybacks_both_are_paid():
    config = small(
        "response=none",
        "response.penalty.delay_h=5", "response.penalty.level=chief_executive",
        "response.penalty.severity=0.8", "response.buyback.delay_h=1",
        "response.buyback.amount_hkd=3e8",
    )  # fmt: skip
    milder = {"kind": "penalty", "delay_h": 20, "level": "junior", "severity": 0.1}
    more = {"kind": "buyback", "delay_h": 1.5, "amount_hkd": 1e8}
    asked = with_acts(config, {"milder": milder, "more": more})
    scenario, network = build_scenario(asked), network_of(asked)
    run = Simulation(scenario, network, population_of(asked, scenario, network), asked.seed)
    run.advance(400)
    assert (run.table[0].level, run.table[0].severity) == (4.0, pytest.approx(0.8))
    assert run.table[0].cash == pytest.approx(4e8)
    assert run.table[0].buyback_bar == 0.0  # all of it has been bought


def test_a_buyback_of_another_name_is_no_answer():
    config = with_acts(
        small("response=none"), {"shares": {"kind": "buyback", "delay_h": 2, "amount_hkd": 1e8}}
    )
    run = simulate(config)
    assert [e.who for e in run.log if e.kind == "action"] == ["shares"]
    assert np.isnan(outcomes(run)["first_response_h"])


# --- from the command line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        [LETTER],
        [LETTER[1:]],
        ["response.acts.second_letter.kind=apology", "response.acts.second_letter.delay_h=30",
         "response.acts.second_letter.acknowledgement=0.9"],
        [LETTER.replace("delay_h: 30", "delay_h: 9"), "response.acts.second_letter.delay_h=30"],
    ],
)  # fmt: skip
def test_an_act_is_given_whole_or_lever_by_lever(words):
    found = composed("response=apology_only", *words).response.acts
    assert found == composed("response=apology_only", LETTER).response.acts
    assert found["second_letter"]["speaker"] == "pr_head"


@pytest.mark.parametrize(
    ("word", "key", "told"),
    [
        ("response.acts.x={kind: sing}", "response.acts.x.kind", "no such kind"),
        ("response.acts.x={delay_h: 3}", "response.acts.x.kind", "no such kind"),
        ("response.acts.x={kind: apology, delay: 3}", "response.acts.x.delay", "no such lever"),
        ("response.acts.x={kind: apology, delay_h: soon}", "response.acts.x.delay_h", "possible"),
        ("response.acts.x={kind: apology, delay_h: -3}", "response.acts.x.delay_h", "precede"),
        ("response.acts.x={kind: apology, delay_h: 1e9}", "response.acts.x.delay_h", "range"),
        ("response.acts.x={kind: penalty, delay_h: 3}", "response.acts.x.level", "of nobody"),
        ("response.acts.x={kind: apology, speaker: founder}", "response.acts.x.speaker", "never"),
        ("response.acts.apology={kind: apology, delay_h: 3}", "response.acts.apology", "no name"),
        ("response.acts.x=3", "response.acts.x", "no act"),
        ("response.acts.x={kind: apology, delay_h: 3, event: y}", "response.acts.x", "case file"),
        ("response.acts.X={kind: apology}", "response.acts.X", "no act, and no lever"),
        ("response.acts.x.delay_h=3", "response.acts.x.delay_h", "no act of the name"),
        ("response.acts.x={kind: apology, delay_h: 1,2}", "response.acts.x", "not understood"),
        ("response.acts.x={kind: reform, delay_h: 3, governance: 1, delivered: false, "
         "delivery_h: 9}", "response.acts.x.delivery_h", "no time of delivery"),
    ],
)  # fmt: skip
def test_what_is_no_act_is_refused_with_what_to_type(word, key, told):
    with pytest.raises(ConfigError, match=told) as refused:
        composed("response=apology_only", word)
    assert refused.value.path == key and refused.value.hint


def test_a_denial_of_any_name_cannot_follow_an_apology_of_any_name():
    with pytest.raises(ConfigError, match="already apologised") as refused:
        Response(
            acts={
                "letter": {"kind": "apology", "delay_h": 5},
                "word": {"kind": "denial", "delay_h": 6},
            }
        )
    assert refused.value.path == "response.acts.word.delay_h"
    assert "response.acts.letter.delay_h" in refused.value.hint


def test_more_acts_than_people_can_keep_apart_are_refused():
    most = w.MAX_ACTS - w.N_KINDS
    letters = {f"a{'b' * k}": {"kind": "apology", "delay_h": k} for k in range(most + 1)}
    with pytest.raises(ConfigError, match="keep apart"):
        build_scenario(with_acts(composed("response=none"), letters))
    build_scenario(with_acts(composed("response=none"), dict(list(letters.items())[:most])))


def test_an_act_with_a_name_of_its_own_is_swept_like_any_other(tmp_path, capsys, no_pdf):
    words = ["sweep", "population=classroom", "clock.horizon_d=14", "response=apology_only", LETTER,
             "response.acts.second_letter.delay_h=24,48", "name=letters", "uncertainty=point",
             f"results={tmp_path}"]  # fmt: skip
    assert main(words) == 0, capsys.readouterr().err
    told = capsys.readouterr().out
    assert "3 cells, 3 runs" in told  # with what the brand did, which has no second letter
    assert main(["report", "letters", f"results={tmp_path}"]) == 0
    assert (
        "hours until the second letter"
        in (tmp_path / "studies" / "letters" / "report.html").read_text()
    )


def test_a_config_changes_lever_by_lever_and_can_do_without_an_act():
    base = composed("response=apology_only", LETTER)
    moved = altered(base, {"response.acts.second_letter.delay_h": 48})
    assert moved.response.acts["second_letter"]["delay_h"] == 48.0
    assert altered(base, {"response.acts.second_letter": None}).response.acts == {}
    assert base.response.acts["second_letter"]["delay_h"] == 30.0


# --- from a case file -----------------------------------------------------------------------------


@pytest.fixture
def case():
    raw = read_yaml(conf_dir() / "case" / "textbook.yaml")
    acts = {"second_letter": {"kind": "apology", "delay_h": 30, "acknowledgement": 0.9}}
    return {**raw, "levers": {**raw["levers"], "acts": acts}}


def written(raw, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(json.dumps({**raw, "name": "mine"}))
    return file


def test_as_happened_is_all_acts_of_a_case_those_of_other_names_too(case, tmp_path):
    file = written(case, tmp_path)
    assert check_case(file) == []
    config = composed(f"case={file}", "response=as_happened")
    assert config.response == response_of(case["levers"])
    assert act_of("second_letter", config.response.acts["second_letter"]).delay_h == 30.0
    moved = composed(f"case={file}", "response=as_happened",
                     "response.acts.second_letter.delay_h=40")  # fmt: skip
    assert moved.response.acts["second_letter"]["acknowledgement"] == 0.9
    assert moved.response.acts["second_letter"]["delay_h"] == 40.0


@pytest.mark.parametrize(
    ("acts", "where"),
    [
        ({"x": {"kind": "sing", "delay_h": 3}}, "levers.acts.x.kind"),
        ({"x": {"kind": "apology", "delay": 3}}, "levers.acts.x"),
        ({"x": {"kind": "apology", "delay_h": "soon"}}, "levers.acts.x.delay_h"),
        ({"x": {"kind": "denial", "delay_h": 300}}, "levers.acts.x.delay_h"),
        ({"x": {"kind": "apology", "delay_h": 3, "event": "nothing"}}, "levers.acts.x.event"),
        ({"X": {"kind": "apology", "delay_h": 3}}, "levers.acts.X"),
        ({"x": [1]}, "levers.acts.x"),
        ([1], "levers.acts"),
    ],
)
def test_case_check_refuses_what_no_run_would_do(acts, where, case, tmp_path):
    problems = check_case(written({**case, "levers": {**case["levers"], "acts": acts}}, tmp_path))
    assert problems and where in problems[0]
