"""Sweeps that stop: intervals that hold at every look, cells put out, the same bits again."""

import itertools
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from experiments.command.cli import main
from experiments.reading import frames, so_far
from experiments.reading.racing import Cells, race, widest
from experiments.reading.sequences import half_width, interval
from experiments.sweeps import launch
from experiments.sweeps.design import Stop
from experiments.sweeps.plan import load_plan
from experiments.sweeps.shards import Placing, divided, n_shards, placing
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.worlds import replicates

SMALL = ["case=textbook", "population=classroom", "population.n_people=40", "clock.horizon_d=4",
         "uncertainty=prior"]  # fmt: skip
APOLOGY = ["response=apology_only", "response.apology.delay_h=2,8,24"]
RULE = ["precision=0.2", "n_replicates=60", "name=stops"]


# --- the intervals --------------------------------------------------------------------------------


def evidence(values, mean, m):
    """The mixture of likelihood ratios by its definition: a ratio of determinants and of quadratic
    forms, whatever the closed form of the interval is.
    """
    n, x = len(values), values - mean
    mixed = np.eye(n) + np.ones((n, n)) / m
    ratio = x @ x / (x @ np.linalg.solve(mixed, x))
    return np.linalg.det(mixed) ** -0.5 * ratio ** (n / 2)


@pytest.mark.parametrize(("n", "alpha"), [(10, 0.05), (25, 0.05), (25, 0.001), (60, 0.01)])
def test_an_interval_ends_where_the_evidence_reaches_one_over_alpha(n, alpha):
    values = np.random.default_rng(n).normal(2.0, 3.0, n)
    mean, half = interval(values, alpha)
    far = -2 * math.log(alpha)
    m = 40 / (far + math.log1p(far))
    for end in (mean - half, mean + half):
        assert evidence(values, end, m) == pytest.approx(1 / alpha)
    assert evidence(values, mean, m) < 1


def test_intervals_narrow_with_worlds_and_know_what_they_cannot_say():
    halves = [half_width(1.0, n) for n in (5, 10, 20, 40, 100, 1000)]
    assert halves == sorted(halves, reverse=True)
    assert halves[-1] == pytest.approx(0.107, abs=0.001)
    assert half_width(1.0, 1) == half_width(1.0, 3, 1e-6) == math.inf
    assert half_width(0.0, 20) == 0
    assert interval(np.array([np.nan] * 3))[1] == math.inf
    assert interval(np.array([1.0, 3.0, np.nan, 2.0]))[0] == 2.0


# --- coverage: a thousand sweeps with known differences -------------------------------------------

#: Outcomes of six cells, less is better: two that nobody could tell apart, a near one, worse ones.
TRUTH = np.array([1.0, 1.02, 1.2, 1.5, 2.0, 3.0])
CELLS = Cells([2] * 6, [list(range(6))], -1.0)
MOST = 100


def worlds(rng, shape):
    """Outcomes by cell and world: what worlds share, and what differs between cells in each.

    shape : normal; skewed (a gamma, as burdens are: many small, few large); seldom (cells differ in
    three worlds of ten alone).
    """
    shared, own = rng.normal(0, 2, MOST), rng.normal(0, 0.5, (6, MOST))
    if shape == "skewed":
        own = rng.gamma(1.0, 0.5, (6, MOST)) - 0.5
    values = TRUTH[:, None] + shared + own
    if shape == "seldom":
        differs = rng.random(MOST) < 0.3
        values = TRUTH[2] + shared + differs * ((TRUTH - TRUTH[2])[:, None] / 0.3 + own)
    return values


@pytest.mark.parametrize(
    "shape", ["normal", *(pytest.param(s, marks=pytest.mark.slow) for s in ("skewed", "seldom"))]
)
def test_a_thousand_sweeps_that_stop_when_they_like_keep_what_they_promise(shape):
    """95 %: each interval at its own end, and all at once; the best is in, and it is near the best.

    The bound leaves room for the chance of a thousand draws (three standard errors). Where worlds
    are not normal the promise is one of the limit of many worlds; here it is seen to hold at 20.
    """
    rng, n = np.random.default_rng(20260105), 1000
    missed, lost, wrong, far_off, saved = np.zeros(6), 0, 0, 0, []
    for _ in range(n):
        values = worlds(rng, shape)
        course = race(Stop("x", decided=0.15), CELLS, values, [MOST] * 6, MOST)
        saved.append(1 - sum(course.worlds) / (6 * MOST))
        lost += 0 not in course.alive
        leader = min(course.alive, key=lambda c: values[c, : course.worlds[c]].mean())
        wrong += course.margin <= 0.15 < TRUTH[leader] - TRUTH[0]
        narrow = race(Stop("x", half_width=0.3), CELLS, values, [MOST] * 6, MOST)
        miss = np.zeros(6)
        for cell in (0, 1, 3, 4, 5):
            d = values[cell, : narrow.worlds[cell]] - values[2, : narrow.worlds[cell]]
            mean, half = interval(d)
            miss[cell] = abs(mean - (TRUTH[cell] - TRUTH[2])) > half
            wide = interval(d, 0.05 / 5)[1]
            far_off += abs(mean - (TRUTH[cell] - TRUTH[2])) > wide
        missed += miss
    allowed = n * 0.05 + 3 * math.sqrt(n * 0.05 * 0.95)
    assert missed.max() <= allowed, missed
    assert lost + wrong <= allowed and far_off <= allowed, (lost, wrong, far_off)
    assert np.mean(saved) > 0.4  # and it is worth it


def test_the_usual_interval_looked_at_every_block_would_not_keep_its_promise():
    """What a sweep that stops when a bootstrap interval leaves out zero does: the reason for all
    this.
    """
    rng, false = np.random.default_rng(1), 0
    for _ in range(400):
        values = rng.normal(0, 1, 200)
        for k in range(10, 201, 10):
            half = 1.96 * values[:k].std(ddof=1) / math.sqrt(k)
            if abs(values[:k].mean()) > half:
                false += 1
                break
    assert false > 400 * 0.15


# --- the race -------------------------------------------------------------------------------------


def random_course(stop, there=None, most=MOST, extra=0):
    rng = np.random.default_rng(5)
    values = worlds(rng, "normal")
    if extra:
        values[:, -extra:] = rng.normal(9, 9, (6, extra))
    return values, race(stop, CELLS, values, there or [MOST] * 6, most)


def test_what_is_clearly_worse_gets_no_more_worlds_and_the_reference_goes_on():
    _, course = random_course(Stop("x", decided=0.1))
    assert course.worlds[5] == 20 and course.worlds[5] < course.worlds[0]
    assert course.worlds[2] == max(course.worlds)  # others are held against it
    assert set(course.alive) <= {0, 1, 2} and not course.open


def test_a_look_reads_no_later_world():
    """Whatever else lies in the store, the course is the same."""
    _, course = random_course(Stop("x", decided=0.3))
    _, other = random_course(Stop("x", decided=0.3), extra=MOST - max(course.worlds))
    assert max(course.worlds) < MOST and course.worlds == other.worlds
    assert course.alive == other.alive


def test_a_race_waits_for_a_block_that_is_not_whole():
    _, course = random_course(Stop("x", half_width=0.01), there=[30, 30, 30, 29, 30, 30])
    assert course.worlds == [20] * 6 and course.open == list(range(6))
    _, course = random_course(Stop("x", half_width=0.01), there=[0] * 6)
    assert course.worlds == [0] * 6 and course.widest == math.inf


def test_a_precision_is_met_by_every_interval_or_said_not_to_be():
    values, course = random_course(Stop("x", half_width=0.3))
    assert not course.open and widest(values, CELLS, course.worlds) == course.widest <= 0.3
    _, course = random_course(Stop("x", half_width=0.001))
    assert course.worlds == [MOST] * 6 and course.widest > 0.001


def test_a_cell_that_never_differed_goes_on_as_long_as_another():
    values = worlds(np.random.default_rng(5), "normal")
    values[4] = values[2]
    course = race(Stop("x", half_width=0.3), CELLS, values, [MOST] * 6, MOST)
    assert course.worlds[4] == max(course.worlds) > 20
    same = np.tile(values[2], (6, 1))
    for stop in (Stop("x", half_width=0.3), Stop("x", decided=0.2)):
        assert race(stop, CELLS, same, [MOST] * 6, MOST).worlds == [20] * 6


def test_each_condition_has_its_own_best():
    cells = Cells([0, 0, 0, 3, 3, 3], [[0, 1, 2], [3, 4, 5]], 1.0)  # more is better
    values = worlds(np.random.default_rng(5), "normal")
    course = race(Stop("x", decided=0.3), cells, values, [MOST] * 6, MOST)
    assert 2 in course.alive and 5 in course.alive
    assert course.worlds[4] < MOST and course.worlds[3] >= course.worlds[4]


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["precision=0", "n_replicates=60"], "precision=0.05"),
        (["precision=-1", "n_replicates=60"], "precision=0.05"),
        (["precision=narrow", "n_replicates=60"], "precision=0.05"),
        (["precision=true", "n_replicates=60"], "precision=0.05"),
        (["decided=.inf", "n_replicates=60"], "decided=0.05"),
        (["precision=0.1", "decided=0.1", "n_replicates=60"], "precision=0.1"),
        (["precision=0.1"], "precision=0.1 n_replicates=400"),
        (["precision=0.1", "n_replicates=10"], "precision=0.1 n_replicates=400"),
        (["precision=0.1", "n_replicates=60", "shards=0"], "shards=8"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_with_what_to_type(tmp_path, capsys, words, said):
    assert main(["sweep", *SMALL, *APOLOGY, *words, f"results={tmp_path}"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].removeprefix("  try:").strip() == said
    assert not list(tmp_path.iterdir())


def test_assumptions_have_no_best_cell_to_decide_on(tmp_path, capsys):
    words = [*SMALL, "response=deny", "parameters.betrayal=0.2,0.4", "n_replicates=60"]
    assert main(["sweep", *words, "decided=0.1", f"results={tmp_path}"]) == 2
    assert "nothing here is a choice" in capsys.readouterr().err
    assert main(["sweep", "study=sensitivity", "precision=0.1", f"results={tmp_path}"]) == 2
    assert "nothing in this study is compared" in capsys.readouterr().err


def of_file(folder, stop):
    raw = yaml.safe_load(Path("conf/study/smoke.yaml").read_text(encoding="utf-8"))
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({**raw, "stop": stop}, allow_unicode=True), encoding="utf-8")
    return study_of([f"study={path}"])[0]


def test_a_study_file_says_when_to_stop(tmp_path):
    one = of_file(tmp_path, {"half_width": 0.05, "max_worlds": 400, "outcome": "morale"})
    assert one.stop == Stop("morale", half_width=0.05)
    assert one.setting[-1] == "n_replicates=400"
    two = of_file(tmp_path, {"decided": 0.05})
    assert two.stop == Stop("outrage_burden_core", decided=0.05) and two.setting[-1] != one.setting
    words = [f"study={tmp_path / 'mine.yaml'}"]
    assert study_of([*words, "precision=0.2"])[0].stop == Stop("outrage_burden_core", 0.2)
    assert study_of([*words, "precision=no"])[0].stop is None


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ({"half_width": 0}, "half_width: 0.05"),
        ({"half_width": True}, "half_width: 0.05"),
        ({"decided": 0.1, "half_width": 0.1}, "stop: {half_width: 0.05, max_worlds: 400}"),
        ({"max_worlds": 100}, "stop: {half_width: 0.05, max_worlds: 400}"),
        ({"half_width": 0.1, "max_worlds": 9}, "max_worlds: 400"),
        ({"half_width": 0.1, "max_worlds": 40.5}, "max_worlds: 400"),
        ({"half_width": 0.1, "outcome": "moral"}, "outcome: morale"),
        ({"decided": 0.1, "outcome": "governance_share"}, "outcome: outrage_burden_core"),
        ({"half_with": 0.1}, "half_width: ..."),
        (0.05, "stop: {half_width: 0.05, max_worlds: 400}"),
    ],
)
def test_a_rule_of_a_study_file_is_read_key_by_key(tmp_path, stop, said):
    with pytest.raises(ConfigError) as refusal:
        of_file(tmp_path, stop)
    assert str(refusal.value).splitlines()[-1].removeprefix("  try:").strip() == said


# --- real sweeps ----------------------------------------------------------------------------------


def stopped(folder, *more):
    return main(["sweep", *SMALL, *APOLOGY, *RULE, f"results={folder}", *more])


def tables(folder):
    assert main(["analyse", "stops", f"results={folder}"]) == 0
    assert main(["export", "stops", f"results={folder}"]) == 0
    found = folder / "studies" / "stops"
    names = ("cells.csv", "findings.json", "export/runs.csv", "export/series.parquet")
    return {name: (found / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """A sweep that stops, undisturbed, with its tables."""
    folder = tmp_path_factory.mktemp("calm")
    assert stopped(folder) == 0
    return folder, tables(folder)


def test_a_sweep_stops_and_says_of_how_many_worlds_each_cell_was_judged(calm, capsys):
    folder, made = calm
    plan = load_plan(folder / "studies" / "stops")
    assert plan.study.stop == Stop("outrage_burden_core", half_width=0.2)
    frame = frames.frame_of(plan)
    cells = pd.read_csv(folder / "studies" / "stops" / "cells.csv")
    assert cells["n_worlds"].tolist() == frame.groupby("cell")["world"].nunique().tolist()
    assert len(frame) < 4 * 60
    name = "outrage_burden_core_vs_reference"
    assert ((cells[f"{name}_high"] - cells[f"{name}_low"]) / 2 <= 0.2).all()
    assert (cells[f"{name}_low_all"] <= cells[f"{name}_low"]).all()
    first = json.loads(made["findings.json"])["en"][0]
    assert first.startswith("Stopped after ") and "hold at every look" in first
    assert main(["status", "stops", f"results={folder}"]) == 0
    told = capsys.readouterr().out
    assert f"done     {len(frame):>8}" in told and "missing         0" in told
    assert "every interval of outrage burden of core fans is ±" in told


def test_repeating_a_sweep_that_stopped_runs_nothing(calm, monkeypatch):
    monkeypatch.setattr(launch, "multirun", lambda *given: pytest.fail("ran again"))
    assert stopped(calm[0]) == 0


@pytest.mark.slow
def test_a_store_that_holds_more_gives_the_same_tables(calm, tmp_path):
    """The full design was run before: it is stopped where it would have been."""
    assert stopped(tmp_path, "precision=no") == 0
    plan = load_plan(tmp_path / "studies" / "stops")
    assert plan.study.stop is None and len(frames.frame_of(plan)) == 4 * 60
    assert stopped(tmp_path, "replace=yes") == 0
    assert tables(tmp_path) == calm[1]


@pytest.mark.slow
def test_more_jobs_and_threads_give_the_same_tables(calm, tmp_path):
    assert stopped(tmp_path, "shards=3", "engine.threads=3") == 0
    assert tables(tmp_path) == calm[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_in_any_block_it_ends_with_the_same_tables(calm, tmp_path):
    words = ["-m", "experiments", *SMALL, *APOLOGY, *RULE, f"results={tmp_path}", "-m"]
    for wanted in (1, 5, 9):
        process = subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)  # fmt: skip
        while process.poll() is None and len(os.listdir(tmp_path / "runs") if (
            tmp_path / "runs").exists() else []) < wanted:  # fmt: skip
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert stopped(tmp_path) == 0
    assert tables(tmp_path) == calm[1]


@pytest.mark.slow
def test_a_block_that_lost_a_part_is_made_whole_before_it_is_judged(calm, tmp_path, capsys):
    shutil.copytree(calm[0], tmp_path / "copy")
    plan = load_plan(tmp_path / "copy" / "studies" / "stops")
    second = [part for part in plan.parts if part.point == 1][1]
    plan.store.path(second.digest).unlink()
    assert main(["status", "stops", f"results={tmp_path / 'copy'}"]) == 1
    assert "compared 10 worlds a cell" in capsys.readouterr().out
    seen = so_far.so_far(plan)
    assert seen.course.worlds == [10] * 4 and not seen.finished
    assert stopped(tmp_path / "copy") == 0
    assert tables(tmp_path / "copy") == calm[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_intervals_of_real_runs_hold_at_every_look(tmp_path):
    """The worlds of a study as a population whose differences are known: 500 sweeps of draws from
    it, each stopped by its rule.
    """
    words = [*SMALL, *APOLOGY, "n_replicates=300", "name=stops", f"results={tmp_path}"]
    assert main(["sweep", *words]) == 0
    frame = frames.frame_of(load_plan(tmp_path / "studies" / "stops"))
    every = frames.cube(frame, "outrage_burden_core")[:, :, 0]
    truth, rng = every.mean(axis=1), np.random.default_rng(3)
    cells = Cells([3] * 4, [list(range(4))], -1.0)
    best, missed, lost = int(truth.argmin()), np.zeros(3), 0
    for _ in range(500):
        values = every[:, rng.integers(0, 300, 120)]
        course = race(Stop("x", half_width=0.3), cells, values, [120] * 4, 120)
        for cell in range(3):
            n = course.worlds[cell]
            mean, half = interval(values[cell, :n] - values[3, :n])
            missed[cell] += abs(mean - (truth[cell] - truth[3])) > half
        lost += best not in race(Stop("x", decided=0.1), cells, values, [120] * 4, 120).alive
    allowed = 500 * 0.05 + 3 * math.sqrt(500 * 0.05 * 0.95)
    assert missed.max() <= allowed and lost <= allowed, (missed, lost)


# --- jobs -----------------------------------------------------------------------------------------


def test_shards_follow_time_and_workers():
    here, two = Placing(1, False, alone=True), Placing(2, False, alone=False)
    queue = Placing(256, True, alone=False)
    assert n_shards(100_000, 0.07, here) == 1  # one pool that never runs empty
    assert n_shards(132, 0.02, two) == 2  # a small study, on both of them
    assert n_shards(1000, 0.07, two) == 6
    assert n_shards(132, 0.07, queue) == 1
    assert n_shards(21_600, 0.07, queue) == 26
    assert n_shards(150, 27.0, queue) == 68  # of a city: an hour each would be too long
    assert n_shards(1000, 0.07, two, asked=9) == 9


def test_who_works_is_read_from_the_launcher():
    assert placing([]).alone
    assert placing(["hydra/launcher=joblib", "hydra.launcher.n_jobs=3"]).workers == 3
    assert placing(["hydra/launcher=submitit_slurm"]) == Placing(
        256, True, alone=False, limit_s=3450.0
    )
    asked = placing(["hydra/launcher=submitit_slurm", "hydra.launcher.array_parallelism=8"])
    assert asked.workers == 8


def test_shards_hold_every_part_once_in_its_order(calm):
    plan = load_plan(calm[0] / "studies" / "stops")
    for n in (1, 3, 7, 1000):
        shards = divided(plan.parts, n)
        assert list(itertools.chain(*shards)) == [part.digest for part in plan.parts]
        assert all(shards) and len(shards) <= min(n, len(plan.parts))


def test_worlds_are_drawn_once_for_all_cells_and_one_at_a_time_alike():
    words = [*SMALL, "n_replicates=5", "uncertainty.n_seeds=2"]
    one, two = compose([*words, "response=deny"]), compose([*words, "response=none"])
    pairs = list(zip(replicates(one), replicates(two), strict=True))
    assert all(a.parameters is b.parameters for a, b in pairs)
    for k in range(10):
        (alone,) = replicates(one, range(k, k + 1))
        assert alone == pairs[k][0] and alone.parameters is pairs[k][0].parameters
    assert replicates(one, range(0)) == []
    other = replace(one.parameters, betrayal=one.parameters.betrayal + 0.1)
    assert replicates(replace(one, parameters=other))[0].parameters.betrayal == other.betrayal


def test_a_report_and_a_citation_say_what_was_run_and_not_what_might_have_been(calm, capsys):
    folder = calm[0]
    worlds = set(pd.read_csv(folder / "studies" / "stops" / "cells.csv")["n_worlds"])
    told = "–".join(map(str, sorted({min(worlds), max(worlds)})))
    assert main(["cite", "stops", f"results={folder}"]) == 0
    cited = capsys.readouterr().out
    assert f"each in the same {told} worlds of the prior" in cited and "Stopped after" in cited
    assert main(["report", "stops", f"results={folder}", "lang=zh"]) == 0
    page = (folder / "studies" / "stops" / "report_zh.html").read_text(encoding="utf-8")
    assert f"每格{told.replace('–', '至')}个世界" in page and "后停止（至多60个）" in page
