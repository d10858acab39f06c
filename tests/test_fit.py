"""A fit on known answers: what runs say, pools of worlds, waves until few kept ones are new."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from fits import SMALL, seen_of, settings, target

from experiments.calibration import facts, observations, people_fit, quantities, targets
from experiments.calibration.observations import distance
from experiments.calibration.people_fit import _Pool
from experiments.calibration.waves import Wave, next_wave
from sim.base.files import write_sealed
from sim.base.refusal import ConfigError

pytestmark = pytest.mark.usefixtures("prior_drawn_once")


# --- what runs say --------------------------------------------------------------------------------


def test_the_spread_over_seeds_is_pooled_over_worlds():
    seen = seen_of({"a": np.zeros(3), "b": np.zeros(3)})
    spread = pd.DataFrame({"a": [4.0, np.nan, 16.0], "b": [np.nan] * 3})
    assert replace(seen, variance=spread).seed_sd() == {"a": pytest.approx(10**0.5)}


def test_distance_is_the_root_of_the_mean_square_over_targets_each_cut():
    gaps = pd.DataFrame({"a": [2.0, 0.0, 1.0], "b": [1.0, 1.0, 400.0]})
    assert distance(gaps) == pytest.approx([2.5**0.5, 0.5**0.5, 5.0**0.5])  # cut at 3


SAID = {  # two worlds with two seeds; what never came to be is NaN
    "one": {"a": 1.0, "b": np.nan, "F14": True, "F34": False},
    "two": {"a": 3.0, "b": 4.0, "F14": True, "F34": True},
    "three": {"a": np.nan, "b": np.nan, "F14": False, "F34": True},
    "four": {"a": 5.0, "b": np.nan, "F14": False, "F34": True},
}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """A plan whose parts hold made-up runs, and how often one was loaded."""
    loaded = []

    def load(digest):
        loaded.append(digest)
        return [SimpleNamespace(name=name) for name in reversed(digest.split())]

    def part(point, *names):
        return SimpleNamespace(point=point, names=names, digest=" ".join(names))

    def reads(run, keys):
        return {key: SAID[run.name][key] for key in keys}

    monkeypatch.setattr(quantities.View, "of", lambda run: run)
    monkeypatch.setattr(targets, "observe", lambda run, asked: reads(run, [t.id for t in asked]))
    monkeypatch.setattr(facts, "holding", lambda run: reads(run, ["F14", "F34"]))
    parts = [part(0, "one"), part(0, "two"), part(1, "three", "four")]
    return SimpleNamespace(parts=parts, folder=tmp_path, store=SimpleNamespace(load=load)), loaded


def test_what_runs_say_is_read_off_by_world_and_kept(told):
    plan, loaded = told
    wanted = [target(id="a"), target(id="b")]
    for _ in range(2):  # the second time from the file alone
        seen = observations.observed(plan, wanted, "reading")
        assert len(loaded) == 3
        for frame, a, b in (
            (seen.means, [2.0, 5.0], [4.0, np.nan]),
            (seen.missed, [0.0, 0.5], [0.5, 1.0]),
            (seen.variance, [2.0, np.nan], [np.nan, np.nan]),
            (seen.first, [1.0, np.nan], [np.nan, np.nan]),
        ):
            pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": a, "b": b}))
        laws = pd.DataFrame({"F14": [1.0, 0.0], "F34": [0.5, 1.0]})
        pd.testing.assert_frame_equal(seen.facts, laws)
    observations.observed(plan, wanted[:1], "reading")  # another question is read anew
    assert len(loaded) == 6


def test_what_was_read_off_runs_is_read_again_unless_every_run_is_there(tmp_path):
    """A truncated file would put the distances of one world on another."""
    parts = [SimpleNamespace(point=k, names=("a", "b")) for k in range(4)]
    plan = SimpleNamespace(parts=parts)
    path = tmp_path / "observed.csv"
    rows = pd.DataFrame({"point": np.repeat(range(4), 2), "T05": np.arange(8.0), "holds F14": True})
    write_sealed(path, rows.to_csv(index=False), "what runs say")
    assert len(observations._kept(path, plan)) == 8
    text = path.read_bytes()
    flipped = text.replace(b"3.0", b"8.0")
    for damaged in (text[:-30], text[:20], b"", b"\xff\xfe\x00", flipped, text.split(b"\n", 1)[1]):
        path.write_bytes(damaged)
        assert observations._kept(path, plan) is None
    assert observations._kept(tmp_path / "nowhere.csv", plan) is None


def test_what_was_kept_is_numbers_of_these_very_runs(tmp_path):
    plan = SimpleNamespace(parts=[SimpleNamespace(point=0, names=("a",))])
    write_sealed(tmp_path / "kept.csv", "point,T05,F14\n0,1.5,True\n", "what runs say")
    assert observations._kept(tmp_path / "kept.csv", plan) is not None
    for other in ("0,soon,True\n", "1,1.5,True\n", "0,1.5,True\n0,1.5,True\n", ""):
        write_sealed(tmp_path / "kept.csv", f"point,T05,F14\n{other}", "what runs say")
        assert observations._kept(tmp_path / "kept.csv", plan) is None


# --- pools and waves ------------------------------------------------------------------------------


def test_a_known_world_is_found():
    """A linear toy model: what its distance pins down shrinks, what it does not stays flat."""
    truth, asked = np.array([0.3, 0.7]), settings()
    rng = np.random.default_rng(2)

    def gaps_of(u):
        noise = 0.02 * rng.standard_normal(len(u))
        return pd.DataFrame({"x": np.abs(u[:, 0] - truth[0] + noise) / 0.05})

    u = rng.random((1024, 2))
    pool = _Pool(np.arange(1024), u, np.ones(1024), gaps_of(u), np.zeros(1024, int))
    kept = pool.best(asked.n_keep)
    for number in range(1, 5):
        wave = next_wave(asked, number, kept.u, kept.weight)
        new = np.full(len(wave.u), number)
        more = gaps_of(wave.u), new
        kept = kept.joined(_Pool(wave.worlds, wave.u, 1 / wave.density, *more))
        kept = kept.best(asked.n_keep)
    mean = kept.weight @ kept.u
    sd = np.sqrt(kept.weight @ (kept.u - mean) ** 2)
    assert mean[0] == pytest.approx(0.3, abs=0.02)
    assert sd[0] < 0.05
    assert sd[1] == pytest.approx(1 / np.sqrt(12), abs=0.06)  # never looked at
    assert (np.diff(np.sort(distance(kept.gaps))) >= 0).all()


def test_pools_are_joined_in_order_and_weighted_together():
    one = _Pool.of(
        Wave(0, np.array([4]), np.array([[0.1]]), np.ones(1)),
        pd.DataFrame({"x": [3.0]}),
    )  # fmt: skip
    two = _Pool.of(
        Wave(2, np.array([5, 6]), np.array([[0.2], [0.3]]), np.array([0.5, 1.0])),
        pd.DataFrame({"x": [1.0, 2.0]}),
    )  # fmt: skip
    both = one.joined(two)
    assert both.worlds.tolist() == [4, 5, 6] and both.u[:, 0].tolist() == [0.1, 0.2, 0.3]
    assert both.weight.tolist() == [0.25, 0.5, 0.25]  # of half the density: twice the weight
    assert both.gaps["x"].to_dict() == {0: 3.0, 1: 1.0, 2: 2.0}
    assert both.wave.tolist() == [0, 2, 2]
    near = both.best(2)
    assert near.worlds.tolist() == [5, 6] and near.gaps["x"].to_dict() == {0: 1.0, 1: 2.0}


def test_the_history_of_a_wave_by_hand():
    gaps = pd.DataFrame({"x": [3.0, 0.0, 1.0, 2.0], "y": [2.0, 0.0, 1.0, 2.0]})
    kept = _Pool(
        np.arange(4), np.zeros((4, 1)), np.array([3.0, 1.0, 1.0, 1.0]), gaps,
        np.array([0, 1, 2, 2]),
    )  # fmt: skip
    wave = Wave(2, np.arange(5), np.zeros((5, 1)), np.ones(5))
    row = people_fit._row(kept, wave, settings(n_seeds=3))
    assert row == {
        "wave": 2, "worlds": 5, "runs": 15, "worst": pytest.approx(6.5**0.5), "median": 1.5,
        "new": 0.5, "effective": pytest.approx(3.0),
    }  # fmt: skip
    first = people_fit._row(kept, replace(wave, number=0), settings())
    assert first["new"] == 1.0  # nothing was kept before


def toy(monkeypatch, told, wanted=None):
    """Instead of runs: what `told` says of u, and the waves that were asked for."""
    asked = []

    def seen_in(given_settings, wave, words, folder):
        asked.append((wave, words, folder))
        return seen_of({"a": told(wave)}, variance=0.0001)

    def contrasts(given_settings, kept, weight, number, words, folder):
        return pd.DataFrame({"wave": [number], "kept": [len(kept.worlds)]})

    wanted = [target(value=0.3, tolerance=0.05)] if wanted is None else wanted
    monkeypatch.setattr(people_fit, "seen_in", seen_in)
    monkeypatch.setattr(people_fit, "wave_contrasts", contrasts)
    monkeypatch.setattr(targets, "targets_of", lambda case, use: wanted if use == "fit" else [])
    return asked


def test_a_fit_keeps_the_nearest_of_all_that_was_run(monkeypatch, tmp_path):
    asked = toy(monkeypatch, lambda wave: wave.u[:, 0])
    plain = [f"results={tmp_path}", "population.n_people=60", "clock.dt_min=30"]
    found = people_fit.fit(settings(**SMALL, max_waves=3, min_new=0.0), plain)
    assert [wave.number for wave in found.waves] == found.history["wave"].tolist() == [0, 1, 2, 3]
    words = ("case=xiaomi_2026", "response=as_happened", "clock.dt_min=30", plain[1])
    folder = tmp_path / "studies" / "calibration_xiaomi_2026" / "blocks"
    assert [more for _, *more in asked] == [[words, folder]] * 4
    assert found.contrasts["wave"].tolist() == [0, 1, 2, 3] and set(found.contrasts["kept"]) == {24}
    rival = people_fit.fit(settings(**SMALL, max_waves=1, rival="r"), plain)
    assert rival.contrasts.empty
    asked[:] = asked[:4]
    assert found.n_runs == 64 + 3 * 24 and len(found.seen) == 4
    u = np.concatenate([wave.u for wave in found.waves])
    numbers = np.concatenate([wave.worlds for wave in found.waves])
    assert len(set(numbers)) == len(numbers)
    near = np.argsort(np.abs(u[:, 0] - 0.3), kind="stable")[:24]
    assert set(found.worlds) == set(numbers[near])
    place = {int(k): at for at, k in enumerate(numbers)}
    rows = [place[int(k)] for k in found.worlds]
    assert np.array_equal(found.u, u[rows])
    raw = 1 / np.concatenate([wave.density for wave in found.waves])[rows]
    assert found.weight == pytest.approx(raw / raw.sum())
    assert found.effective == pytest.approx(raw.sum() ** 2 / (raw**2).sum())
    sd = (0.05**2 + 0.0001) ** 0.5  # the tolerance, and the spread over seeds of the first wave
    assert found.gaps["a"].to_numpy() == pytest.approx(np.abs(found.u[:, 0] - 0.3) / sd)
    assert found.seed_sd == {"a": pytest.approx(0.01)}
    assert found.history["worst"].is_monotonic_decreasing
    assert found.history["new"].iloc[-1] == np.mean(found.worlds >= 64 + 2 * 24)
    assert found.folder == tmp_path / "studies" / "calibration_xiaomi_2026"
    assert found.words == ("clock.dt_min=30", "population.n_people=60")


def test_a_fit_ends_when_few_of_the_kept_worlds_are_new(monkeypatch):
    def waves(told, **more):
        asked = toy(monkeypatch, told)
        people_fit.fit(settings(**SMALL, **more))
        return len(asked)

    def better(wave):
        return wave.u[:, 0]

    def worse(wave):  # what is proposed is never kept
        return wave.u[:, 0] + 9.0 * (wave.number > 0)

    assert waves(better, max_waves=0, min_new=0.0) == 1
    assert waves(better, max_waves=4, min_new=1.0) == 2
    assert waves(worse, max_waves=4, min_new=0.0) == 5  # none is not fewer than none
    assert waves(worse, max_waves=4, min_new=0.01) == 2
    assert waves(lambda wave: wave.u[:, 0] + 9.0 * (wave.number > 1), max_waves=4) == 3


def test_a_case_without_targets_is_not_fitted(monkeypatch):
    toy(monkeypatch, lambda wave: wave.u[:, 0], wanted=[])
    with pytest.raises(ConfigError, match="no targets for fitting"):
        people_fit.fit(settings(**SMALL))
