"""What others do: events that need an act of the brand, waves from outside, topics of leaders."""

from dataclasses import replace

import pytest
import yaml
from conftest import CASES, run_of, small, written
from test_engine import started

from sim.case.case_file import read_case
from sim.case.check import check_case
from sim.run import simulate


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
    raw = yaml.safe_load((CASES / "xiaomi_2026.yaml").read_text())
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
