"""Design points: resumable, paired across responses, and honest about what failed."""

import json
import sys
import threading
import time
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from conftest import composed

from experiments.sweeps.running import CHUNK, run_points
from sim import progress
from sim.base.refusal import ConfigError
from sim.progress import Progress
from sim.run import simulate
from sim.settings import prior
from sim.settings.keys import altered
from sim.settings.parameters import Parameters
from sim.settings.prior import SHARES, priors, world
from sim.settings.worlds import replicates
from sim.state.asked import asked
from sim.state.scenario import name_of
from sim.store import Store, StoreError, StoreRefused

SETTINGS = ("case=textbook", "population=classroom", "clock.horizon_d=4", "uncertainty=point")


def config(*overrides, n=3, **more):
    return replace(composed(*SETTINGS, *overrides), n_replicates=n, **more)


@cache
def template():
    return simulate(config(n=1))


class Work:
    """Stands for `simulate`: counts what it is asked, and gives a run of the right name."""

    def __init__(self, fails=(), stop_at=None):
        self.seeds, self.fails, self.stop_at = [], fails, stop_at

    def __call__(self, one, watch):
        self.seeds.append(one.seed)
        if one.seed == self.stop_at:
            raise KeyboardInterrupt
        if one.seed in self.fails:
            raise ZeroDivisionError(f"seed {one.seed} divided\nby nothing")
        about = asked(one, one.case)
        return replace(template(), name=name_of(one), asked=about, seed=one.seed)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "results")


def test_a_design_point_gives_its_replicates_in_the_order_of_their_seeds(store):
    point = config(n=4, seed=7)
    (result,) = run_points([point], store)
    assert [run.seed for run in result.runs] == [7, 8, 9, 10]
    assert [run.name for run in result.runs] == [name_of(one) for one in replicates(point)]
    alone = simulate(replace(point, seed=9, n_replicates=1))
    assert all(
        np.array_equal(alone.series[name], values) for name, values in result.runs[2].series.items()
    )


def test_replicates_are_stored_in_parts_of_ten(store):
    run_points([config(n=2 * CHUNK + 3)], store, work=Work())
    parts, problems = store.scan()
    assert (len(parts), problems) == (3, [])
    assert sorted(store.frame()["seed"]) == list(range(2 * CHUNK + 3))


def test_what_the_store_has_is_not_run_again(store):
    run_points([config(n=CHUNK)], store, work=Work())
    work = Work()
    (result,) = run_points([config(n=CHUNK + 2)], store, work=work)
    assert sorted(work.seeds) == [CHUNK, CHUNK + 1]
    assert (result.n_reused, len(result.runs)) == (CHUNK, CHUNK + 2)


@pytest.mark.parametrize("threads", [1, 4])
def test_the_number_of_threads_changes_nothing(store, threads):
    use = f"engine.threads={threads}"
    points = [config("response=none", use), config("response=deny", use)]
    results = run_points(points, store)
    assert [run.asked["response"]["name"] for result in results for run in result.runs] == (
        ["none"] * 3 + ["deny"] * 3
    )
    serial = [simulate(one) for point in points for one in replicates(point)]
    found = [run for result in results for run in result.runs]
    for one, other in zip(serial, found, strict=True):
        assert one.name == other.name
        assert np.array_equal(one.series["outrage_core"], other.series["outrage_core"])


def test_a_failed_run_costs_only_itself_and_is_noted(store):
    (result,) = run_points([config(n=4)], store, work=Work(fails={1}))
    assert [run.seed for run in result.runs] == [0, 2, 3]
    (failure,) = result.failures
    assert (failure.seed, failure.reason) == (1, "ZeroDivisionError: seed 1 divided")
    assert sorted(store.frame()["seed"]) == [0, 2, 3]
    note = json.loads((store.root / "failures.jsonl").read_text())
    assert (note["seed"], note["run"]) == (1, name_of(config(n=1, seed=1)))
    assert "divided" in note["trace"]


def test_what_failed_is_tried_again_next_time(store):
    run_points([config()], store, work=Work(fails={1}))
    work = Work()
    (result,) = run_points([config()], store, work=work)
    assert 1 in work.seeds
    assert [run.seed for run in result.runs] == [0, 1, 2]
    assert result.failures == []
    assert sorted(store.frame()["seed"]) == [0, 1, 2]  # each once


def test_an_interruption_keeps_the_finished_parts(store):
    with pytest.raises(KeyboardInterrupt):
        run_points([config("engine.threads=1", n=3 * CHUNK)], store, work=Work(stop_at=CHUNK + 4))
    assert sorted(store.frame()["seed"]) == list(range(CHUNK))
    work = Work()
    (result,) = run_points([config(n=3 * CHUNK)], store, work=work)
    assert sorted(work.seeds) == list(range(CHUNK, 3 * CHUNK))
    assert len(result.runs) == 3 * CHUNK


def test_a_damaged_part_is_named_kept_aside_and_computed_again(store, capsys):
    run_points([config()], store, work=Work())
    (part,) = store.scan()[0]
    part.write_bytes(b"coffee")
    work = Work()
    (result,) = run_points([config()], store, work=work)
    assert len(work.seeds) == len(result.runs) == 3
    assert str(part) in capsys.readouterr().err
    assert [path.read_bytes() for path in store.root.glob("*.damaged")] == [b"coffee"]
    assert store.scan()[0] == [part]


def test_an_impossible_point_is_refused_before_any_work_on_any_point(store):
    work = Work()
    with pytest.raises(ConfigError):
        run_points([config(), config("response=late_48h", "clock.horizon_d=1")], store, work=work)
    assert work.seeds == []
    assert not store.root.parent.exists()


def test_a_bad_edge_list_is_refused_before_any_folder_is_made(store, tmp_path):
    (tmp_path / "ties.csv").write_text("follower,followed\n1,1\n0,299\n")
    work = Work()
    with pytest.raises(ConfigError, match="line 2"):
        run_points([config(f"network.edges={tmp_path}/ties.csv")], store, work=work)
    assert work.seeds == []
    assert not store.root.parent.exists()


def test_a_store_that_cannot_be_written_is_refused_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    work = Work()
    with pytest.raises(StoreRefused):
        run_points([config()], Store(tmp_path / "file"), work=work)
    assert work.seeds == []


def test_a_long_run_says_how_far_it_is_and_ends_when_the_work_ends(store, monkeypatch):
    told = []
    monkeypatch.setattr("sim.run.PIECE", {"columnar": 300 * 96, "mesa": 1})

    def work(one, watch):
        def listen(share):
            watch(share)
            told.append(share)

        return simulate(one, listen)

    (result,) = run_points([config("engine.threads=1", n=1)], store, work=work)
    assert told == [0.2, 0.4, 0.6, 0.8, 1.0]  # four days and one before them
    assert result.runs[0].name == name_of(config(n=1))

    def fails(one, watch):
        if one.seed == 1:
            raise StoreError("full")
        while True:
            watch(0.5)

    with pytest.raises(StoreError, match="full"):
        run_points([config("engine.threads=2", "seed=0", n=2)], store, work=fails)


def test_progress_counts_what_is_under_way(capsys):
    progress = Progress(4, "city", done=1, began=time.monotonic() - 30)
    progress.part("second", 0.5)
    assert "city 1/4 runs (38%), 50 s left" in capsys.readouterr().err


def test_a_store_that_fills_up_stops_the_work(store, monkeypatch):
    def full(_):
        raise StoreError("full")

    monkeypatch.setattr(store, "save", full)
    work = Work()
    with pytest.raises(StoreError, match="full"):
        run_points([config("engine.threads=1", n=5 * CHUNK)], store, work=work)
    assert len(work.seeds) < 5 * CHUNK


def test_runs_overlap_when_threads_are_given(store):
    together = threading.Barrier(2, timeout=20)
    work = Work()

    def meet(one, watch):
        together.wait()
        return work(one, watch)

    (result,) = run_points([config("engine.threads=2", n=2)], store, work=meet)
    assert len(result.runs) == 2


def test_worlds_are_the_same_for_every_response_and_however_many_are_asked_for():
    few = replicates(config("uncertainty=prior", "response=none", n=3))
    many = replicates(config("uncertainty=prior", "response=deny", n=5))
    assert [one.parameters for one in few] == [one.parameters for one in many[:3]]
    assert few[0].parameters != few[1].parameters
    assert [one.seed for one in few] == [0, 1, 2]
    before = prior.sobol(1024, 5, 1)[:50]
    assert np.array_equal(before, prior.sobol(2048, 5, 1)[:50])


def test_with_point_uncertainty_replicates_differ_by_seed_alone():
    assert {one.parameters for one in replicates(config(n=4))} == {Parameters()}


def test_a_world_lies_inside_every_prior_range():
    ranges = {name: (low, high) for name, low, high in priors()}
    for k in range(64):
        drawn = world(k)
        for name, (low, high) in ranges.items():
            slack = 0.1 * high if name in SHARES else 0.0  # those are scaled to sum to 1
            assert low - slack <= getattr(drawn, name) <= high + slack, name


def test_worlds_fill_the_prior_ranges_evenly():
    draws = np.array([world(k).betrayal for k in range(256)])
    (low, high) = next((low, high) for name, low, high in priors() if name == "betrayal")
    counts, _ = np.histogram(draws, bins=8, range=(low, high))
    assert counts.min() >= 28  # 32 each; plain random draws would leave a bin near 20
    assert counts.max() <= 36


def test_the_visibility_memory_of_a_world_sums_to_one():
    for k in range(16):
        assert sum(getattr(world(k), name) for name in SHARES) == pytest.approx(1)
    assert {name for name, *_ in priors()} >= set(SHARES)


def test_a_parameter_that_is_set_is_kept_in_every_world():
    point = config("uncertainty=prior", "parameters.self_relevance=0.77", n=4)
    kept = [one.parameters for one in replicates(point)]
    assert {one.self_relevance for one in kept} == {0.77}
    assert len({one.betrayal for one in kept}) == 4


def test_every_prior_lies_in_its_range_and_holds_the_default():
    for item in fields(Parameters):
        low, high = item.metadata["prior"]
        assert item.metadata["low"] <= low <= item.default <= high <= item.metadata["high"], (
            item.name
        )


def test_a_switch_that_is_off_is_not_drawn():
    off = {item.name for item in fields(Parameters) if item.default == 0}
    assert off == {"evidence_floor", "venting"}
    assert not off & {name for name, *_ in priors()}
    alone = {item.name for item in fields(Parameters) if len({*item.metadata["prior"]}) == 1}
    drawn = {name for name, *_ in priors()}
    assert off < alone and not alone & drawn
    assert alone | drawn == {item.name for item in fields(Parameters)}
    assert len(priors()) == len(fields(Parameters)) - len(alone)


class Clock:
    """A clock that the test turns."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


def test_progress_is_silent_below_two_seconds(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    progress = Progress(10, "x", began=clock.now)
    clock.now += 1.9
    for _ in range(10):
        progress.tick()
    assert capsys.readouterr().err == ""


def test_progress_says_what_is_left_every_five_seconds_and_at_the_end(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    progress = Progress(10, "deny", began=clock.now)
    for _ in range(10):
        clock.now += 2.0
        progress.tick()
    lines = capsys.readouterr().err.splitlines()
    assert [line.strip() for line in lines] == [
        "deny 1/10 runs, 18 s left",
        "deny 4/10 runs, 12 s left",
        "deny 7/10 runs, 6 s left",
        "deny 10/10 runs, 0 s left",
    ]


def test_progress_before_the_first_run_promises_nothing(monkeypatch, capsys, tmp_path):
    clock = Clock(monkeypatch)
    progress = Progress(10, began=clock.now, compiles=False)
    clock.now += 8
    progress.tick(0)
    assert capsys.readouterr().err.strip() == "0/10 runs, 8 s so far"
    monkeypatch.setattr("sim.progress._note", lambda: tmp_path / "compiled_in_s")
    for noted, told in ((None, "about 52 s left"), ("20", "about 12 s left"), ("9", "8 s so far")):
        if noted:
            (tmp_path / "compiled_in_s").write_text(noted)
        progress = Progress(10, began=clock.now - 8, compiles=True)  # the rules, before any step
        progress.tick(0)
        told = f"0/10 runs, compiling, once after each change of the code, {told}"
        assert capsys.readouterr().err.strip() == told
    progress.tick()
    assert (tmp_path / "compiled_in_s").read_text() == "8\n"


def test_progress_on_a_terminal_rewrites_one_line(monkeypatch, capsys):
    clock = Clock(monkeypatch)
    progress = Progress(2, began=clock.now)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for _ in range(2):
        clock.now += 3
        progress.tick()
    text = capsys.readouterr().err
    assert text.count("\r") == 2
    assert text.count("\n") == 1
    assert text.endswith("\n")


@pytest.mark.parametrize("uncertainty", ["prior", "posterior"])
def test_a_parameter_that_is_set_to_its_default_is_kept_too(uncertainty):
    """Who types the default means it: it was drawn, as if nobody had said anything."""
    usual = Parameters().outrage_half_life_h
    word = f"parameters.outrage_half_life_h={usual:g}"
    point = config(f"uncertainty={uncertainty}", word, n=4)
    kept = [one.parameters for one in replicates(point)]
    assert {one.outrage_half_life_h for one in kept} == {usual}
    assert len({one.betrayal for one in kept}) == 4
    free = [one.parameters for one in replicates(config(f"uncertainty={uncertainty}", n=4))]
    assert len({one.outrage_half_life_h for one in free}) == 4
    swept = altered(config(f"uncertainty={uncertainty}", n=4), {word.partition("=")[0]: usual})
    assert [one.parameters for one in replicates(swept)] == kept


def test_only_parameters_are_fixed_by_name():
    assert config("uncertainty=prior", "uncertainty.fixed='betrayal relief'", n=2)
    with pytest.raises(ConfigError, match="no such parameter"):
        config("uncertainty=prior", "uncertainty.fixed=betrayl", n=2)


def test_a_run_that_two_labels_share_is_run_once_and_says_how_each_asked(store):
    one, other = config(n=3), config("response.name=mine", n=3)
    run_points([one], store, work=Work())
    work = Work()
    (result,) = run_points([other], store, work=work)
    assert result.n_reused == 3
    assert {run.asked["response"]["name"] for run in result.runs} == {"mine"}
    assert [run.name for run in result.runs] == [name_of(member) for member in replicates(one)]


def test_files_that_change_while_runs_are_under_way_are_refused(store):
    """Runs of one command would come from two networks."""

    def edits(one, watch):
        return replace(Work()(one, watch), name="that of the edited file")

    with pytest.raises(ConfigError, match="changed while runs of it were under way"):
        run_points([config()], store, work=edits)
