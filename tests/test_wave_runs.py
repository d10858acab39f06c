"""Runs of a fit: short ones say what whole ones say, blocks are taken up again, answers paired."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import composed

from experiments.calibration import fit_settings, quantities, targets, wave_contrasts, wave_runs
from experiments.calibration.waves import Wave, first_wave
from sim.run import simulate

SMALL = ("population=classroom", "population.n_people=60")


@pytest.fixture
def asked():
    usual = fit_settings.read_settings("xiaomi_2026")
    return replace(usual, n_first=3, n_keep=3, n_seeds=2, n_contrasts=4)


def test_a_run_of_three_days_says_of_two_what_the_whole_run_says():
    whole = composed("response=as_happened", *SMALL)
    short = wave_runs.shortened(whole, 3)
    long_run, short_run = simulate(whole), simulate(short)
    n = short_run.clock.n_steps
    for name in ("outrage_core", "list_heat", "posts_core", "reads"):
        assert np.array_equal(long_run.series[name][:n], short_run.series[name])
    wanted = [t for t in targets.targets_of(whole.case, "fit") if t.id != "T05"]
    said = [targets.observe(quantities.View.of(run), wanted) for run in (long_run, short_run)]
    assert pd.Series(said[0]).equals(pd.Series(said[1]))


def test_worlds_of_a_wave_are_run_once_and_taken_up_from_their_blocks(asked, tmp_path, monkeypatch):
    words = wave_runs.words_of(asked, [*SMALL, f"results={tmp_path}"])
    assert words == ("case=xiaomi_2026", "response=as_happened", *sorted(SMALL))
    wave = first_wave(asked)
    monkeypatch.setattr(wave_runs.library.os, "sched_getaffinity", lambda pid: {0})
    seen = wave_runs.seen_in(asked, wave, words, tmp_path / "blocks")
    assert len(seen.means) == 3 and {"T05", "V03", "F30"} <= set(seen.means)
    assert seen.variance["V03"].notna().any()  # over two seeds
    (block,) = (tmp_path / "blocks").glob("*.block")
    monkeypatch.setattr(wave_runs, "simulate", None)  # nothing is run again
    again = wave_runs.seen_in(asked, wave, words, tmp_path / "blocks")
    pd.testing.assert_frame_equal(again.means, seen.means)
    block.write_bytes(block.read_bytes()[:-1])  # a block that was cut short is run anew
    with pytest.raises(TypeError):
        wave_runs.seen_in(asked, wave, words, tmp_path / "blocks")


def test_a_world_is_told_by_what_is_not_at_its_default_and_leaves_a_rival_its_settings(asked):
    words = wave_runs.words_of(asked, [])
    one = wave_runs.world_of(asked, first_wave(asked), 2, words, "code")
    assert one.seed == 4 and one.n_seeds == 2 and one.days == 3
    rival = replace(asked, rival="r", rival_words=("parameters.see_person=0.01",))
    other = wave_runs.world_of(rival, first_wave(rival), 2, words, "code")
    assert "see_person" in dict(one.changes) and "see_person" not in dict(other.changes)


def test_answers_are_paired_and_compared_in_worlds_drawn_by_weight(asked, tmp_path, monkeypatch):
    ran = []

    def kept(work, jobs, folder, what, size):
        ran.extend(jobs)
        return [
            [{name: float(job.seed % 10 + k) for name in wave_contrasts.OUTCOMES}
             for k in range(len(job.arms))] for job in jobs
        ]  # fmt: skip

    monkeypatch.setattr(wave_contrasts.library, "kept", kept)
    worlds = Wave(1, np.array([3, 7, 9]), np.full((3, len(asked.fan)), 0.5), np.ones(3))
    words = wave_runs.words_of(asked, [])
    table = wave_contrasts.wave_contrasts(
        asked, worlds, np.array([0.75, 0.25, 0.0]), 5, words, tmp_path
    )
    assert [job.seed - wave_contrasts.FRESH for job in ran] == [3, 7]  # each once
    assert all(job.arms == wave_contrasts.ARMS and job.days == 0 for job in ran)
    assert set(table["wave"]) == {5} and set(table["worlds"]) == {4}
    by_arm = table[table["outcome"] == "public_reach"].set_index("arm")
    assert by_arm["mean"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert (by_arm["low"] == by_arm["mean"]).all() and set(by_arm["share"]) == {1.0}


def test_rows_are_drawn_as_often_as_their_weights_ask():
    rows = wave_contrasts._systematic(np.array([0.5, 0.3, 0.2, 0.0]), 10, 1)
    assert np.bincount(rows, minlength=4).tolist() == [5, 3, 2, 0]


def test_a_sign_that_turns_late_is_named_and_an_early_one_is_not():
    def by_wave(arm, *means):
        return [{"arm": arm, "outcome": "o", "wave": k, "mean": m} for k, m in enumerate(means)]

    table = pd.DataFrame(by_wave("early", -1, -1, 1, 2, 2, 2) + by_wave("late", 1, 1, 1, 1, 1, -1))
    assert wave_contrasts.turned(table) == [("late", "o")]
    short = pd.DataFrame(by_wave("a", 1, -1) + by_wave("b", 1, 1))
    assert wave_contrasts.turned(short) == [("a", "o")]
