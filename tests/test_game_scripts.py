"""Scripts of cases: read, checked with line and remedy, begun from a template, played through."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from games import WORLD

from experiments.command.cli import main
from experiments.game import debrief, references, script_check
from experiments.game.class_debrief import class_page
from experiments.game.debrief import play, review
from experiments.game.debrief_pages import page
from experiments.game.moves import acts_of, response_of
from experiments.game.rules import Injection, available, check, completed
from experiments.game.runs import config_of, history_config
from experiments.game.script import PUSH
from experiments.game.script_file import (
    offered,
    read_or_note,
    script_of,
    script_path,
    scripted,
    unscripted,
)
from experiments.game.sizes import INJECTED
from experiments.game.theory import IN_THE_MODEL
from experiments.game.tracks import Bench
from experiments.game.world import World, case_of
from experiments.game.written import ROOM, cleaned, written_in
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.playbook.kinds import KINDS

ROOT = Path(__file__).resolve().parent.parent
NEW = ("helldivers2_2024", "starbucks_2018", "tea_house")


def world_of(name: str) -> World:
    return World(name, 3, 0, "classroom")


def by_chance(world: World, seed: int) -> dict[str, dict[str, str]]:
    """A game in which every question is answered by chance."""
    chance, choices = random.Random(seed), {}
    for decision in script_of(world).decisions:
        offered = available(choices, decision, world)
        choices[decision.key] = {q.key: chance.choice(q.options).key for q in offered.questions}
    return choices


# --- what is shipped ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "tea_house",
        *(pytest.param(n, marks=pytest.mark.slow) for n in scripted() if n != "tea_house"),
    ],
)
def test_a_shipped_script_is_good_and_history_can_be_chosen(name):
    problems, notes = script_check.checked(name)
    assert not problems and not notes, "\n".join([*problems, *notes])
    world, script = world_of(name), script_of(world_of(name))
    theirs, case = response_of(script, script.as_happened), history_config(world, ()).response
    for kind in KINDS:
        one, other = getattr(theirs, kind), getattr(case, kind)
        assert (one.delay_h is None) == (other.delay_h is None)
        if one.delay_h is not None:
            assert one.delay_h == pytest.approx(other.delay_h, abs=1 / 60)


def test_every_option_of_every_script_changes_something_or_only_what_is_known():
    for name in scripted():
        script = script_of(world_of(name))
        done = {k for d in script.decisions for q in d.questions for o in q.options for k in o.does}
        assert len(done & {*KINDS, PUSH}) >= 7
        assert {event.like for event in script.events.values()} <= set(INJECTED)
        assert 2 <= sum(decision.statement is not None for decision in script.decisions) <= 3


def test_cases_without_a_script_are_refused_with_a_remedy():
    assert "bud_light_2023" in unscripted()
    with pytest.raises(ConfigError, match="no script") as refusal:
        script_of(world_of("bud_light_2023"))
    assert "backlash case script" in refusal.value.hint
    for name in scripted():
        assert name in refusal.value.allowed


def test_what_the_theory_page_says_of_the_model_is_what_the_gates_say():
    """A gate that a text claims holds; one that it says does not hold does not."""
    with (ROOT / "results/published/facts/gates.csv").open(encoding="utf-8") as file:
        holds = {row["gate"]: row["holds"] for row in csv.DictReader(file)}
    for en, zh in IN_THE_MODEL.values():
        assert set(re.findall(r"F\d+[a-c]?", en)) == set(re.findall(r"F\d+[a-c]?", zh))
        failing = set(re.findall(r"(F\d+[a-c]?) does not", en))
        assert failing == set(re.findall(r"(F\d+[a-c]?)未达标", zh))
        for gate in re.findall(r"F\d+[a-c]?", en):
            assert holds[gate] == ("False" if gate in failing else
                                   "reported" if "reported" in en else "True"), gate  # fmt: skip


def test_what_an_earlier_release_did_not_ask_is_answered_with_doing_nothing():
    whole = script_of(WORLD).as_happened
    older = {key: dict(answers) for key, answers in whole.items()}
    del older["D2"]["inquiry"], older["D3"]["hour"]
    older["D5"]["process"] = "day"
    with pytest.raises(ConfigError):
        check(older, WORLD)
    again = completed(older, WORLD)
    assert again["D2"]["inquiry"] == "leave" and again["D3"]["hour"] == "now"
    check(again, WORLD)


def test_a_hearing_that_was_begun_in_time_costs_no_delay():
    script = script_of(WORLD)
    chosen = {key: dict(answers) for key, answers in script.as_happened.items()}
    heard = acts_of(script, chosen)["penalty"]
    chosen["D5"]["process"] = "day"
    day = acts_of(script, chosen)["penalty"]
    chosen["D5"]["process"] = "short"
    short = acts_of(script, chosen)["penalty"]
    assert heard["process_h"] == day["process_h"] == 24
    assert heard["delay_h"] < day["delay_h"] and heard["delay_h"] - short["delay_h"] < 1
    chosen["D2"]["inquiry"] = "leave"
    before = {key: chosen[key] for key in ("D0", "D1", "D2", "D3", "D4")}
    options = [o.key for q in available(before, script.decision("D5"), WORLD).questions
               for o in q.options]  # fmt: skip
    assert "heard" not in options


# --- the checker --------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A case of one's own with a script of its own, and how to spoil and check it."""
    monkeypatch.chdir(tmp_path)
    case = (conf_dir() / "case" / "tea_house.yaml").read_text(encoding="utf-8")
    Path("my_case.yaml").write_text(case, encoding="utf-8")
    script = (conf_dir() / "case" / "scripts" / "tea_house.yaml").read_text(encoding="utf-8")
    path = script_path("my_case.yaml")
    path.parent.mkdir()
    path.write_text(script, encoding="utf-8")

    def spoilt(old: str, new: str) -> list[str]:
        assert old in script
        path.write_text(script.replace(old, new, 1), encoding="utf-8")
        line = script[: script.index(old)].count("\n") + 1
        return script_check.checked("my_case.yaml")[0] + [str(line)]

    return spoilt


def test_a_case_of_ones_own_is_offered_once_its_script_can_be_read(own):
    assert offered() == [*scripted(), "my_case.yaml"]
    own("case: tea_house", "case: tee_house")
    assert offered() == scripted()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('{en: "Nothing yet", zh: "暂不回应"}', '{en: "Nothing yet"}', "needs both languages"),
        ("does: {holding: {word_in_h: 24}}", "does: {holdings: {word_in_h: 24}}", "holding"),
        ("does: {holding: {word_in_h: 24}}", "does: {holding: {word: 24}}", "no such lever"),
        ("does: {disclosure: {acknowledgement: 0.6}}",
         "does: {disclosure: {acknowledgement: 6}}", "outside the range"),
        ('at: "2026-03-14 10:00"', 'at: "2026-03-24 10:00"', "after the end of the case"),
        ('at: "2026-03-10 16:00"', 'at: "2026-03-10 10:00"', "before the decision above it"),
        ("photo: {en:", "foto: {en:", "no event of the case gives such a hashtag"),
        ('{en: "A regular asks", zh: "一位熟客发问"}',
         '{en: "A regular asks, and on 12 March all know", zh: "发问"}', "gives away"),
        ('{en: "After closing", zh: "打烊之后"}',
         '{en: "Before a customer\'s video", zh: "打烊之后"}', "gives away"),
        ("needs: [hearing]", "needs: [hearings]", "no earlier answer"),
        ("penalty: manager, process: heard", "penalty: apprentice, process: heard",
         "is not what the case says"),
        ("unless: [disclosure]", "unless: []", ""),
        ("key: leave\n", "key: no\n", "YAML reads"),
        ("key: D1\n", "key: D7\n", "not its place"),
        ("case: tea_house", "case: tee_house", "another case"),
    ],
)  # fmt: skip
def test_what_a_script_lacks_is_said_with_line_and_remedy(own, old, new, reason):
    *problems, line = own(old, new)
    if not reason:
        assert not problems
        return
    found = [text for text in problems if reason in text]
    assert found, "\n".join(problems)
    assert "allowed:" in found[0] and "try:" in found[0]
    said = re.search(r"line (\d+)", found[0])
    assert said and 0 <= abs(int(said[1]) - int(line)) <= 160  # as_happened: the head of its block


@pytest.mark.parametrize("founder", ["true", pytest.param("false", marks=pytest.mark.slow)])
def test_a_script_is_begun_from_a_template_and_can_be_checked_and_composed(
    founder, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    text = (conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8")
    text = text.replace("speaker: founder", "speaker: company")
    Path("mine.yaml").write_text(text.replace("founder: true", f"founder: {founder}"), "utf-8")
    assert main(["case", "script", "mine.yaml"]) == 0
    problems, notes = script_check.checked("mine.yaml")
    assert not problems and any("still those of the template" in note for note in notes)
    world = World("mine.yaml", 1, 0, "classroom")
    config_of(world, by_chance(world, 1), (Injection("memo", "D1"),))
    assert main(["case", "script", "mine.yaml"]) == 2  # it is there already
    assert main(["case", "script", "bud_light_2023"]) == 2
    assert capsys.readouterr().err.count("try:") == 2


def test_a_file_that_is_no_script_is_refused(tmp_path):
    path = tmp_path / "x.yaml"
    for text in ("- 1\n", "a: {b\n", "case: tea_house\ndecisions: 3\n", "case: &a 1\nquiet: *a\n"):
        path.write_text(text)
        script, problems = read_or_note(path, case_of(world_of("tea_house")))
        assert script is None and problems


# --- what is written ----------------------------------------------------------------------------


def test_texts_are_cleaned_and_never_scored():
    decision = script_of(WORLD).decision("D1")
    texts = written_in(
        {"reason": " a \u202e b\n\n c ", "statement": "x" * ROOM["statement"]}, decision
    )
    assert texts["reason"] == "a b\n\nc"
    assert written_in({}, decision) == {}
    with pytest.raises(ConfigError, match="characters"):
        cleaned("reason", "x" * (ROOM["reason"] + 1), ROOM["reason"])
    with pytest.raises(ConfigError, match="no text"):
        written_in({"reason": ["x"]}, decision)
    with pytest.raises(ConfigError, match="no statement"):
        written_in({"statement": "x"}, script_of(WORLD).decision("D0"))


# --- played through -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", NEW)
def test_a_script_is_played_through_to_the_debrief(name, monkeypatch):
    """Three teams of a class: as it was, by chance, and nothing; 300 people."""
    monkeypatch.setattr(references, "N_PAIRS", 10)
    monkeypatch.setattr(references, "RESPONSES", ("as_happened", "none"))
    monkeypatch.setattr(debrief, "MECHANISMS", debrief.MECHANISMS[:2])
    world, bench = world_of(name), Bench()
    script = script_of(world)
    events = (Injection(next(iter(script.events)), "D3"),)
    texts = {script.decisions[0].key: {"reason": "<b>because</b>"}}
    teams = {
        "As it was": script.as_happened,
        "By chance": by_chance(world, 5),
        "Nothing": completed({key: {} for key in script.keys}, world),
    }
    played = {
        team: play(world, choices, events, bench, written=texts, n_twins=10)
        for team, choices in teams.items()
    }
    for lang in ("en", "zh"):
        whole = class_page(played, lang)
        assert case_of(world).title(lang) in whole and whole.count("<tr>") > 20
    found = review(played["By chance"], bench)
    for lang in ("en", "zh"):
        text = page(found, lang, "By chance")
        assert "&lt;b&gt;because" in text
        assert "opinion leader who has insulted" not in text and "董事会关心股价" not in text
    ours = played["As it was"]
    assert ours.own.outcomes == pytest.approx(dict(ours.references.history.outcomes), nan_ok=True)


@pytest.mark.parametrize("name", NEW)
def test_a_new_script_composes_for_every_kind_of_team(name):
    world = world_of(name)
    script = script_of(world)
    for seed in range(4):
        config_of(world, by_chance(world, seed), [Injection(k, "D2") for k in script.events])
    config_of(replace(world, draw=2), script.as_happened, ())


def test_a_case_file_that_is_edited_is_read_again(own):
    before = case_of(World("my_case.yaml", 0, 0))
    text = Path("my_case.yaml").read_text(encoding="utf-8")
    Path("my_case.yaml").write_text(
        text.replace("horizon_d: 10", "horizon_d: 12"), encoding="utf-8"
    )
    after = case_of(World("my_case.yaml", 0, 0))
    assert after.horizon_d != before.horizon_d and before.name == after.name
