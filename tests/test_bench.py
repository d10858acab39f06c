"""The bench: rivals live by the same rule, ratios are paired, bars are judged."""

import copy
import csv
import json

import numpy as np
import pytest

from experiments.bench import contest, costs, figure, lines, machine, measure, sweeping
from experiments.bench import stage as stage_of_the_bench
from experiments.bench.measure import interleaved, paired
from experiments.bench.rivals.arrays import Arrays, PushedArrays
from experiments.bench.rivals.c_people import CPeople
from experiments.bench.rivals.columns import Columns
from experiments.bench.rivals.mesa_engine import MesaEngine
from experiments.bench.rivals.mesa_objects import MesaObjects
from experiments.bench.rivals.objects import Objects
from experiments.bench.stage import ONSET, Stage
from experiments.pictures import pages
from sim.people import CORE
from sim.record import INDEX
from sim.settings.composition import compose
from sim.state import tables as w

BEGIN, STEPS = 270, 30  # the notice of penalties comes at step 282
#: relative difference that two runs of one rule may show: five times its spread over draws
TOLERANCE = {
    "posts": 0.36,
    "outrage_core": 0.03,
    "outrage_customer": 0.27,
    "outrage_deal_core": 0.02,
    "outrage_governance_core": 0.11,
    "grudge_core": 0.0021,
    "trust_core": 0.0003,
    "trust_customer": 0.0003,
    "aware_customer": 0.1,
    "aware_public": 0.22,
    "declared_core": 0.1,
    "unfollowed_customer": 0.48,
    "sold_core": 0.41,
    "exited_core": 0.32,
    "reached": 0.05,
    "accepted": 0.045,
    "unanswered": 0.031,
}


@pytest.fixture(scope="module")
def stirred():
    """A community on the brink, so that everything a person can do is done: (stage, pilot)."""
    stage = Stage(4_000)
    for act, factor in (("declare", 2), ("unfollow", 10), ("sell", 40), ("exit", 30)):
        stage.script.constants[f"{act}_per_h"] *= factor
    stage.script.constants["realised_share"] = 0.8
    pilot = stage.run(at=BEGIN)
    pilot.population.people.threshold[:] *= 0.4
    pilot.population.people.grudge[:] += 0.1
    return stage, pilot


def outcomes(contestant, pilot):
    """What a contestant's record says after STEPS from the pilot's state."""
    contestant.put(pilot)
    contestant.advance(STEPS)
    record = contestant.run.record[BEGIN : BEGIN + STEPS]
    posts = sum(record[:, INDEX[f"posts_{kind}"]].sum() for kind in ("core", "customer", "public"))
    core = contestant.run.census[CORE]
    found = {
        "posts": posts,
        "reached": core[w.N_REACHED : w.N_ACCEPTED].sum(),
        "accepted": core[w.N_ACCEPTED : w.N_CENSUS].sum(),
    }
    return {
        name: float(found[name] if name in found else record[-1, INDEX[name]]) for name in TOLERANCE
    }


@pytest.fixture(scope="module")
def ours(stirred):
    """The same of the columnar engine, over twelve seeds of its draws."""
    stage, pilot = stirred
    found = []
    for seed in range(12):
        other = copy.copy(stage)
        other.seed = seed
        found.append(outcomes(Columns(other), pilot))
    return {name: float(np.mean([each[name] for each in found])) for name in TOLERANCE}


def strangest(rival, pilot, ours):
    """Largest difference from ours, in tolerances."""
    found = outcomes(rival, pilot)
    return max(abs(found[name] / ours[name] - 1) / TOLERANCE[name] for name in TOLERANCE)


@pytest.mark.parametrize("kind", [Objects, MesaObjects, Arrays, PushedArrays])
def test_a_rival_lives_by_the_same_rule(kind, stirred, ours):
    stage, pilot = stirred
    assert strangest(kind(stage), pilot, ours) < 1


WRONG = {
    "post_per_h": 2.0,
    "trust_loss": 1.2,
    "declare_per_h": 0.5,
    "governance_gain": 16.0,  # governance is no grievance before step 282
    "appraisal_gain": 0.5,
    "habituation": 3.0,
    "see_group": 3.0,
    "grudge_build": 1.1,
    "reinforcement_per_h": 2.0,
    "relief": 3.0,
    "unfollow_per_h": 0.2,
    "sell_per_h": 0.2,
    "exit_per_h": 0.2,
}


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [*((Arrays, name) for name in WRONG), *((Objects, name) for name in list(WRONG)[:3])],
)
def test_another_rule_would_be_noticed(kind, parameter, stirred, ours):
    stage, pilot = stirred
    rival = kind(stage)
    setattr(rival.rest.p, parameter, getattr(rival.rest.p, parameter) * WRONG[parameter])
    assert strangest(rival, pilot, ours) > 1


@pytest.mark.parametrize("kind", [Objects, Arrays])
@pytest.mark.parametrize(("earlier", "counts"), [(0, 1), (1, 1 / 2), (3, 1 / 4)])
def test_a_post_counts_less_the_more_its_author_has_written(kind, earlier, counts, stirred):
    stage, pilot = stirred
    written = pilot.population.people.n_posts.copy()
    pilot.population.people.n_posts[:] = earlier
    rival = kind(stage)
    rival.put(pilot)
    pilot.population.people.n_posts[:] = written
    rival.advance(1)
    world = rival.run.table[0]
    heard = [world[f"voice_{who}_{topic}"] for who in ("core", "other")
             for topic in ("deal", "governance")]  # fmt: skip
    posts = world.posts_core + world.posts_customer + world.posts_public
    assert posts > 0 and sum(heard) == counts * posts * w.SCALE
    assert heard[0] + heard[1] == counts * world.posts_core * w.SCALE


def test_the_mesa_engine_takes_the_same_steps_from_the_same_state():
    stage = Stage(150)
    pilot = stage.run(at=200)
    ours, theirs = Columns(stage), MesaEngine(stage)
    for contestant in (ours, theirs):
        contestant.put(pilot)
        contestant.advance(5)
    for mine, other in zip(ours.run.population.people, theirs.run.population.people, strict=True):
        assert np.array_equal(mine, other)


def test_people_in_c_are_the_same_people_bit_for_bit(stirred):
    stage, pilot = stirred
    try:
        theirs = CPeople(stage)
    except ImportError as problem:
        pytest.skip(str(problem))
    ours = Columns(stage)
    for contestant in (ours, theirs):
        contestant.put(pilot)
        contestant.advance(STEPS)
    assert np.array_equal(ours.run.record, theirs.run.record)
    for mine, other in zip(ours.run.population.people, theirs.run.population.people, strict=True):
        assert np.array_equal(mine, other)


def test_acts_of_every_kind_reach_the_same_people_in_c(monkeypatch):
    """Private words, holding statements, legal steps; acts beside those of each kind."""
    acts = {
        "holding": "delay_h: 1, word_in_h: 20",
        "fan_calls": "delay_h: 4, share: 0.5",
        "legal_step": "delay_h: 5",
        "fan_panel": "delay_h: 8, say: 0.5",
        "partner_calls": "delay_h: 6, share: 1",
        "reform": "delay_h: 12, governance: 0.6, delivery_h: 10",
        "acts.second": "kind: statement, delay_h: 14, explains: 0.7, repairs: 0.5",
    }
    words = ["uncertainty=point", *(f"response.{name}={{{what}}}" for name, what in acts.items())]
    monkeypatch.setattr(stage_of_the_bench, "_composed", lambda: compose(words))
    stage = Stage(1_000)
    pilot = stage.run(at=ONSET)
    try:
        theirs = CPeople(stage)
    except ImportError as problem:
        pytest.skip(str(problem))
    ours = Columns(stage)
    for contestant in (ours, theirs):
        contestant.put(pilot)
        contestant.advance(150)
    reached = ours.run.census[CORE, w.N_REACHED : w.N_ACCEPTED]
    assert (reached > 0).sum() >= 6 and 0 < reached[w.KIND["fan_calls"]] < reached.max()
    assert np.array_equal(ours.run.record, theirs.run.record)
    assert np.array_equal(ours.run.census, theirs.run.census)
    for mine, other in zip(ours.run.population.people, theirs.run.population.people, strict=True):
        assert np.array_equal(mine, other)


def test_every_round_begins_for_everybody_where_the_pilot_is():
    class Recorder(Columns):
        def __init__(self, stage, name):
            super().__init__(stage)
            self.name, self.begins = name, []

        def put(self, pilot):
            super().put(pilot)
            self.begins.append((pilot.step, self.run.record.tobytes()))

    stage = Stage(60)
    one, other = Recorder(stage, "one"), Recorder(stage, "other")
    taken = interleaved(stage, [one, other], rounds=3, steps=2, every=10)
    assert [len(times) for times in taken.values()] == [3, 3]
    assert sorted({step for step, _ in one.begins}) == [150, 160, 170]
    assert set(one.begins) == set(other.begins)


def test_a_ratio_is_taken_inside_a_round():
    drifting = [1.0, 2.0, 4.0, 8.0]
    assert paired([3 * x for x in drifting], drifting) == (3.0, 3.0, 3.0)


def test_a_figure_is_judged_by_its_bar():
    def judged(key, value):
        return lines.Line(key, key, 0, value).verdict

    assert judged("numpy_scipy", 5.0) == judged("activity", 3.0) == "ok"
    assert judged("numpy_scipy", 4.9) == judged("activity", 3.1) == "not met"
    assert judged("numpy_scipy", None) == "missing"
    assert judged("numpy_pushed", 1.0) == ""


@pytest.fixture(scope="module")
def tiny():
    """Most of the table, at sizes that prove nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measure, "SHORTEST_S", 1e-9)
        return [
            *contest.objects(100, rounds=2, steps=1),
            *contest.many_objects(150, rounds=2, steps=1),
            *contest.arrays(300, rounds=2, steps=1),
            *contest.c_language(300, rounds=2, steps=1),
            *contest.driver(200, rounds=2, steps=2),
            *costs.activity(400, rounds=2, steps=1),
            *costs.growth((200, 400, 800), rounds=2, steps=1),
            *costs.memory(300),
            *costs.threads(200, rounds=2, steps=2),
            *machine.bandwidth(n=2**12, rounds=2),
        ]


def test_every_rival_and_every_bar_has_its_line(tiny):
    keys = {line.key for line in tiny}
    assert set(contest.WHAT) <= keys
    elsewhere = {"default_run", "start_warm", "start_cold", "compile", "sweep_rate", "run_cpu"}
    assert set(lines.BARS) - keys == elsewhere


def test_a_rival_that_is_not_installed_is_missing_and_the_rest_is_measured(tiny, monkeypatch):
    def absent(stage):
        raise ImportError("No module named 'ndlib'")

    monkeypatch.setattr(contest, "models", absent)
    found = {line.key: line for line in contest.many_objects(100, rounds=2, steps=1)}
    assert found["ndlib_sir"].verdict == "missing"
    assert "[bench]" in found["ndlib_sir"].note
    assert found["mesa_objects"].value > 0


def test_the_share_that_posts_is_what_was_asked_for():
    stage = Stage(3_000)
    busy, pilot = costs.Busy(stage, 0.20), stage.run(at=200)
    busy.put(pilot)
    busy.advance(2)
    assert 0.15 < busy.run.sent.shape[0] / 3_000 < 0.25


def test_the_floor_counts_every_column_that_a_step_must_touch(tiny):
    assert machine.dense_bytes() > 150
    (line,) = machine.floor(tiny)
    assert line.n_people == 800 and line.value > 0


def test_the_command_is_followed_to_its_first_step():
    assert machine._until_first_step() > 0  # fails if the command ends without a step


def test_a_run_of_the_bench_is_kept_drawn_and_compared(tiny, tmp_path):
    path = lines.keep(tmp_path, "now", machine.description(), tiny)
    lines.keep(tmp_path, "later", machine.description(), tiny)
    with (tmp_path / "bench.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(tiny) and {row["taken"] for row in rows} == {"now", "later"}
    assert json.loads(path.read_text())["machine"]["cores"] >= 1
    earlier = lines.earlier_values(path)
    line = tiny[0]
    assert "1.00 of the earlier" in lines.shown(line, earlier[(line.key, line.n_people)])
    svg = pages.save(figure.ratios(tiny), tmp_path / "bench", "now")
    assert "bars are met" in figure.title(tiny) and (tmp_path / "bench.png").exists()
    assert svg.startswith("<?xml")


TINY = ("case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=6")


@pytest.mark.slow
def test_a_sweep_is_measured_beside_its_runs_alone():
    (line,) = sweeping.rate(n_worlds=1, rounds=1, small=TINY)
    assert line.bar == (lines.AT_LEAST, 0.9) and 0 < line.value < 3
    assert "4 runs" in line.what and "runs/s" in line.note  # and what the brand did


@pytest.mark.slow
def test_runs_that_stopping_saves_are_counted():
    (line,) = sweeping.stopping(40, TINY)
    assert 0 < line.value <= 1 and "of 160 runs" in line.note


def test_the_run_before_is_the_newest(tmp_path):
    assert lines.newest(tmp_path) is None
    for taken in ("20260101-000000", "20261231-000000"):
        lines.keep(tmp_path, taken, {}, [lines.Line("sweep_rate", "x", 0, 0.8)])
    assert lines.newest(tmp_path).name == "bench-20261231-000000.json"
    assert lines.earlier_values(lines.newest(tmp_path)) == {("sweep_rate", 0): 0.8}
