"""A fit on known answers, part by part: settings, worlds, weights, gate, waves, posterior."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import norm

from experiments.calibration import (
    facts,
    fit_settings,
    observations,
    people_fit,
    platform_fit,
    posterior_file,
    quantities,
    targets,
    waves,
)
from experiments.calibration.case_priors import APART, Prior, own_priors
from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen, distance
from experiments.calibration.people_fit import _Pool
from experiments.calibration.waves import Wave, next_wave
from experiments.corpus.ingredients import fitted
from sim.base.files import write_sealed
from sim.base.refusal import ConfigError
from sim.case.case import Target
from sim.settings.parameters import Parameters
from sim.settings.worlds import priors, read_posterior, world

FAN = ("relief", "outburst")
drawn_once = cache(world)


@pytest.fixture(autouse=True)
def prior_drawn_once(monkeypatch):
    """A draw of the prior takes milliseconds."""
    monkeypatch.setattr(waves, "world", drawn_once)


def settings(**more):
    usual = {
        "case": "x", "preset": "full", "fan": ("a", "b"), "n_seeds": 1, "n_first": 1024,
        "n_keep": 256, "n_wave": 1024, "max_waves": 6, "min_new": 0.05, "n_predict": 10,
    }  # fmt: skip
    return Settings(**{**usual, **more})


def target(kind="point", **more):
    usual = {"id": "a", "type": kind, "quantity": "a", "use": "fit", "source": "s", "time": "",
             "reliability": "high", "text": {"en": "x", "zh": "x"}}  # fmt: skip
    return Target(**{**usual, **more})


def seen_of(means, variance=0.0, laws=1.0):
    """What runs said: a frame of targets a world, none of which was ever missed."""
    means = pd.DataFrame(means)
    held = pd.DataFrame({"F14": np.broadcast_to(laws, len(means))})
    return Seen(means, means * 0.0, means * 0.0 + variance, means, held)


# --- settings -------------------------------------------------------------------------------------

WRITTEN = """\
fan: [relief, outburst]
n_seeds: 3
n_first: 40
n_keep: 20
n_wave: 10
max_waves: 12
min_new: 0.05
n_predict: 30
n_contrasts: 16
wave_days: 3
priors: {doubt_hardens: [0, 1]}
fitted_days: [1, 2]
held_out_days: [3, 12]
naive: {H03: {decay: 0, repeat: 2.5}}
transfer: [textbook]
removed: []
quick: {n_seeds: 1, n_keep: 8, min_new: 1}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of settings of fits of one's own, with those of the case `mine`."""
    monkeypatch.setattr(platform_fit, "FOLDER", tmp_path)
    (tmp_path / "mine.yaml").write_text(WRITTEN)
    return tmp_path


def test_settings_of_a_fit_are_those_of_its_file_and_of_its_preset(folder):
    full = Settings(
        "mine", "full", FAN, 3, 40, 20, 10, 12, 0.05, 30, 16, 3, (1, 2), (3, 12),
        (("doubt_hardens", 0.0, 1.0),), {"H03": {"decay": 0, "repeat": 2.5}}, ("textbook",), (),
    )  # fmt: skip
    assert fit_settings.read_settings("mine") == full
    quick = replace(full, preset="quick", n_seeds=1, n_keep=8, min_new=1)
    assert fit_settings.read_settings("mine", "quick") == quick
    with pytest.raises(ConfigError, match="no such preset"):
        fit_settings.read_settings("mine", "slow")
    with pytest.raises(ConfigError, match=r"no calibration is set up.*\n.*mine\n.*case=mine"):
        fit_settings.read_settings("other")


def test_studies_of_a_fit_are_called_by_case_preset_and_structure():
    full = settings(case="mine")
    assert full.name == "calibration_mine"
    assert replace(full, preset="quick").name == "calibration_mine_quick"
    assert replace(full, rival="no_memory").name == "calibration_mine_no_memory"
    assert replace(full, preset="quick", rival="r").name == "calibration_mine_quick_r"


LIMITS = {
    "n_seeds": (1, 100), "n_first": (8, 100_000), "n_keep": (8, 100_000), "n_wave": (1, 100_000),
    "max_waves": (0, 100), "min_new": (0, 1), "n_predict": (1, 100_000),
    "n_contrasts": (1, 10_000), "wave_days": (1, 90),
}  # fmt: skip


@pytest.mark.parametrize("where", ["", "quick."])
@pytest.mark.parametrize("key", LIMITS)
def test_numbers_of_a_fit_reach_from_end_to_end_and_no_farther(key, where, folder):
    def read(value):
        raw = yaml.safe_load(WRITTEN)
        (raw["quick"] if where else raw)[key] = value
        (folder / "mine.yaml").write_text(yaml.safe_dump(raw))
        return getattr(fit_settings.read_settings("mine", "quick" if where else "full"), key)

    low, high = LIMITS[key]
    assert (read(low), read(high)) == (low, high)
    for wrong in (low - 1, high + 1, True, "3", None, *([2.0] if key != "min_new" else [1.01])):
        with pytest.raises(ConfigError, match=f"mine.yaml: {where}{key} ") as refused:
            read(wrong)
        assert refused.value.hint == f"{key}: {low}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WRITTEN.replace("n_wave: 10\n", ""), "its keys"),
        (WRITTEN + "n_waves: 10\n", "its keys"),
        (WRITTEN.replace("{n_seeds: 1, n_keep: 8, min_new: 1}", "3"), "its keys"),
        ("", "its keys"),
        ("3", "its keys"),
        (f"[{', '.join(yaml.safe_load(WRITTEN))}]", "'list': not the settings"),
        (WRITTEN.replace("[relief, outburst]", "relief"), "no list of parameters"),
        (WRITTEN.replace("[relief, outburst]", "[]"), "no list of parameters"),
        (WRITTEN.replace("outburst]", "relief]"), "each once"),
        (WRITTEN.replace("outburst]", "out_burst]"), "'out_burst'.*\n.*\n.*try: +outburst"),
        (WRITTEN.replace("outburst]", "7]"), "no parameter with a prior"),
        *(
            (WRITTEN.replace("{doubt_hardens: [0, 1]}", said), told)
            for said, told in (
                ("[0, 1]", "no ranges by parameter"),
                ("{doubt_harden: [0, 1]}", "'doubt_harden'.*\n.*\n.*doubt_hardens"),
                ("{penalty_headlines: [1, 8]}", "no parameter"),  # a constant of the model
                ("{doubt_hardens: [0, 1.1]}", "two rising ends from 0 to 1"),
                ("{doubt_hardens: [1, 0]}", "no range of this parameter"),
                ("{doubt_hardens: [0]}", "no range of this parameter"),
                ("{doubt_hardens: 0.5}", "no range of this parameter"),
                ("{doubt_hardens: [0, true]}", "no range of this parameter"),
            )
        ),
        (WRITTEN.replace("n_keep: 8", "fan: [relief]"), "quick.fan.*\n.*\n.*without fan"),
        (WRITTEN.replace("n_keep: 8", "fitted_days: [1, 2]"), "quick.fitted_days"),
        (WRITTEN.replace("n_keep: 8", "n_keeps: 8"), "quick.n_keeps.*\n.*\n.*without n_keeps"),
        *(
            (WRITTEN.replace("[3, 12]", days), "no span of days")
            for days in ("[2, 1]", "[0, 1]", "[1, 91]", "[1]", "[1, 2.0]", "[1, 2, 3]", "3")
        ),
        (WRITTEN.replace("[textbook]", "[textbook, nowhere]"), "'nowhere': no case of"),
        (WRITTEN.replace("[textbook]", "textbook"), "'textbook': no list of cases"),
        *(
            (WRITTEN.replace("{decay: 0, repeat: 2.5}", said), "no numbers by target")
            for said in ("3", "{decay: 0, repeat: soon}", "{decay: true}")
        ),
        (WRITTEN.replace("{H03: {decay: 0, repeat: 2.5}}", "3"), "no numbers by target"),
        (WRITTEN.replace("2.5}}", "2.5}, H04: 3}"), "no numbers by target"),
        (WRITTEN.replace("n_seeds: 3", "n_seeds: 'x"), "no YAML in line [0-9]+: found unexpected"),
        (WRITTEN.replace("n_seeds: 3", "n_wave: 3"), "no YAML in line 2: n_wave stands twice"),
    ],
)
def test_settings_that_no_fit_could_go_by_are_refused_by_the_key(text, told, folder):
    (folder / "mine.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        fit_settings.read_settings("mine")


def test_days_of_a_fit_reach_from_the_first_to_the_ninetieth(folder):
    for days in ((1, 90), (7, 7)):
        (folder / "mine.yaml").write_text(WRITTEN.replace("[3, 12]", str(list(days))))
        assert fit_settings.read_settings("mine").held_out_days == days


def test_settings_that_cannot_be_read_are_refused(folder):
    (folder / "mine.yaml").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ConfigError, match="no YAML: "):
        fit_settings.read_settings("mine")
    (folder / "folder.yaml").mkdir()
    with pytest.raises(ConfigError, match="no YAML: IsADirectoryError"):
        fit_settings.read_settings("folder")


# --- worlds ---------------------------------------------------------------------------------------


WIDE = (("doubt_hardens", 0.0, 1.0), ("silence_size", 0.0, 0.8))


def test_a_world_is_the_prior_with_what_is_fitted_or_drawn_in_the_fits_own_way_moved():
    asked = settings(fan=FAN, priors=WIDE)
    base, moved = world(5), waves.particle(asked, 5, {"relief": 0.0, "outburst": 1.0})
    assert (moved.relief, moved.outburst) == (0.3, 4.0)
    changed = {n for n in Parameters.__dataclass_fields__ if getattr(base, n) != getattr(moved, n)}
    assert changed == {"relief", "outburst", *own_priors(WIDE)}
    drawn = {"doubt_hardens", "silence_size", "press_per_d", "heat_half_life_h"}
    assert drawn <= set(own_priors(WIDE)) and not set(APART) & set(own_priors(()))
    low, high = {n: (a, b) for n, a, b in priors()}["relief"]
    quarter = waves.particle(asked, 11, {"relief": 0.25}).relief
    assert quarter == pytest.approx(low + (high - low) / 4)
    fitted_too = waves.particle(asked, 5, {"silence_size": 0.5, "press_per_d": 0.5})
    assert fitted_too.silence_size == 0.4
    assert fitted_too.press_per_d == pytest.approx(fitted()["press_per_d"].median, rel=0.02)


def test_platform_and_third_parties_are_as_the_population_of_affairs_has_them():
    asked = settings(priors=WIDE)
    drawn = [waves.particle(asked, k, {}) for k in range(600)]
    for name in ("press_per_d", "report_per_h", "hashtag_half_life_h"):
        logs = np.log([getattr(one, name) for one in drawn])
        spread = fitted()[name]
        assert logs.mean() == pytest.approx(np.log(spread.median), abs=0.12)
        assert logs.std() == pytest.approx(spread.log_sd, rel=0.12)
    doubt = np.array([one.doubt_hardens for one in drawn])
    assert doubt.min() < 0.02 and doubt.max() > 0.98
    apart = np.corrcoef(doubt, [one.press_per_d for one in drawn])[0, 1]
    assert abs(apart) < 0.12  # each is drawn by itself


def test_places_in_a_prior_and_values_are_one_anothers_inverse():
    for prior in (Prior(1, 8), Prior(1, 10, 1.4, 0.4), Prior(0, 1, 0.09, 1.1)):
        for u in (0.01, 0.3, 0.5, 0.99):
            assert prior.place(prior.at(u)) == pytest.approx(u)
        assert prior.low <= prior.at(0.0) < prior.at(1.0) <= prior.high
    cut = Prior(1, 10, 1.4, 0.4)  # a fifth of the log-normal lies below 1 and is cut off
    assert cut.at(0.5) > 1.4 and cut.at(0.0) == pytest.approx(1, abs=1e-6)


def test_the_first_wave_is_the_prior():
    asked = settings(fan=(*FAN, "doubt_hardens"), n_first=12, priors=WIDE)
    wave = waves.first_wave(asked)
    assert (wave.number, wave.worlds.tolist()) == (0, list(range(12)))
    assert wave.u.shape == (12, 3) and wave.density.tolist() == [1.0] * 12
    for k, u in zip(wave.worlds, wave.u, strict=True):
        moved = waves.particle(asked, int(k), dict(zip(asked.fan, u, strict=True)))
        for name in asked.fan:  # where the prior had it
            drawn = waves.particle(asked, int(k), {})
            assert getattr(moved, name) == pytest.approx(getattr(drawn, name))


def test_proposals_have_the_density_that_theory_gives_them():
    """Two kept worlds at .1 and .3, weights 3 to 1: steps of variance .04, cut to [0, 1].

    Their weighted variance is .75 * .05^2 + .25 * .15^2 over 1 - (.75^2 + .25^2): .02.
    """
    kept, weight, sd = np.array([0.1, 0.3]), np.array([0.75, 0.25]), 0.2
    wave = next_wave(settings(fan=("a",), n_wave=4000), 1, kept[:, None], weight)
    inside = weight @ (norm.cdf((1 - kept) / sd) - norm.cdf(-kept / sd))
    by_theory = norm.pdf((wave.u - kept) / sd) / sd @ weight / inside
    assert wave.density == pytest.approx(by_theory, rel=0.03)
    for end in (0.1, 0.2, 0.4):  # and they are drawn from it
        below = weight @ (norm.cdf((end - kept) / sd) - norm.cdf(-kept / sd)) / inside
        assert (wave.u < end).mean() == pytest.approx(below, abs=0.03)
    assert len(wave.u) == 4000 and wave.worlds.tolist() == list(range(1024, 1024 + 4000))
    later = next_wave(settings(fan=("a",), n_wave=32), 3, kept[:, None], weight)
    assert later.number == 3 and later.worlds.tolist() == list(range(1024 + 64, 1024 + 96))


def test_kept_worlds_that_are_one_and_the_same_are_proposed_again():
    wave = next_wave(settings(n_wave=8), 1, np.full((5, 2), 0.5), np.full(5, 0.2))
    assert np.abs(wave.u - 0.5).max() < 1e-3  # all inside: the density is that of the steps
    sd = 1e-9**0.5
    by_theory = (norm.pdf((wave.u - 0.5) / sd) / sd).prod(axis=1)
    assert wave.density == pytest.approx(by_theory, rel=1e-6)


def test_a_wave_is_a_study_of_one_axis_whose_positions_are_worlds(monkeypatch):
    asked = settings(
        case="mine", fan=FAN, n_seeds=3, rival_words=("parameters.betrayal=0.5", "x=1")
    )
    wave = Wave(1, np.array([7, 9]), np.array([[0.0, 1.0], [0.5, 0.5]]), np.ones(2))
    study = waves.study_of_wave(asked, wave)
    [axis] = study.axes
    assert (study.name, study.reference) == ("calibration_mine_1", (0,))
    assert waves.study_of_wave(asked, wave, "other").name == "other"
    assert study.setting == (
        "case=mine", "response=as_happened", "uncertainty=point", "parameters.betrayal=0.5", "x=1"
    )  # fmt: skip
    assert axis.labels == ("7", "9")
    assert [values[0] for values in axis.values] == [21, 27]  # a seed for each of three runs
    names = {name for name, _, _ in priors()} | set(own_priors(()))
    wanted = {f"parameters.{name}" for name in names - {"betrayal"}}
    assert axis.keys[0] == "seed" and set(axis.keys[1:]) == wanted
    for k, (number, u) in enumerate(zip(wave.worlds, wave.u, strict=True)):
        one = waves.particle(asked, int(number), dict(zip(FAN, u, strict=True)))
        told = dict(zip(axis.keys, axis.values[k], strict=True))
        assert all(told[key] == getattr(one, key.partition(".")[2]) for key in wanted)
    moved = {7: Parameters(relief=0.6), 9: Parameters(outburst=3.0)}
    monkeypatch.setattr(waves, "particle", lambda asked, k, u: moved[k])
    [axis] = waves.study_of_wave(asked, wave).axes
    assert set(axis.keys) == {"seed", "parameters.relief", "parameters.outburst"}


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


# --- weights and waves ----------------------------------------------------------------------------


def test_weights_undo_the_proposal():
    """Kept worlds in a corner, nothing selected: weighted proposals are the flat prior again."""
    rng = np.random.default_rng(1)
    u = rng.beta(3, 2, (400, 2))
    wave = next_wave(settings(n_wave=4000), 1, u, np.full(400, 1 / 400))
    weight = 1 / wave.density
    weight /= weight.sum()
    assert (wave.u >= 0).all() and (wave.u <= 1).all()
    assert weight @ wave.u == pytest.approx([0.5, 0.5], abs=0.04)
    assert weight @ (wave.u - 0.5) ** 2 == pytest.approx([1 / 12, 1 / 12], abs=0.01)
    assert abs(wave.u.mean(axis=0) - 0.5).min() > 0.05  # the control: without weights it is not


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


def test_waves_are_the_same_every_time_and_share_no_worlds():
    u, weight = np.random.default_rng(0).random((64, 2)), np.full(64, 1 / 64)
    one, two = (next_wave(settings(n_wave=32), 3, u, weight) for _ in range(2))
    assert np.array_equal(one.u, two.u)
    other = next_wave(settings(n_wave=32), 4, u, weight)
    assert not set(one.worlds) & set(other.worlds)


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


SMALL = {"case": "xiaomi_2026", "fan": FAN, "n_first": 64, "n_keep": 24, "n_wave": 24}


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


# --- the posterior on disk ------------------------------------------------------------------------


def finished(folder):
    """A fit of two waves that kept worlds 3 and 70."""
    asked = settings(**SMALL, n_seeds=2, min_new=0.05, priors=WIDE)
    waves = tuple(
        Wave(k, np.arange(n), np.zeros((n, 2)), np.ones(n)) for k, n in enumerate((64, 24))
    )
    return people_fit.Fit(
        asked, None, (target(id="T05"), target(id="O02")), waves, (), np.array([3, 70]),
        np.array([[0.1, 0.2], [0.5, 0.75]]), np.array([0.2, 0.8]), pd.DataFrame(), folder,
        ("population.n_people=60",), pd.DataFrame({"wave": [0, 1], "worst": [1.23456, 0.00004]}),
        {}, pd.DataFrame(),
    )  # fmt: skip


def test_where_a_posterior_comes_from_by_hand(tmp_path):
    about = posterior_file.provenance(finished(tmp_path))
    assert about["settings"] == {
        "n_seeds": 2, "n_first": 64, "n_keep": 24, "n_wave": 24, "max_waves": 6, "min_new": 0.05,
        "n_predict": 10, "n_contrasts": 48, "wave_days": 3,
        "priors": {"doubt_hardens": [0.0, 1.0], "silence_size": [0.0, 0.8]},
    }  # fmt: skip
    assert (about["case"], about["preset"], about["words"]) == (
        "xiaomi_2026", "full", ["population.n_people=60"]
    )  # fmt: skip
    assert (about["n_draws"], about["n_runs"]) == (2, 2 * (64 + 24))
    assert about["effective_draws"] == 1.5  # 1 / (.04 + .64)
    assert about["effective_share"] == 0.7353  # of the two
    assert about["waves"] == [{"wave": 0, "worst": 1.2346}, {"wave": 1, "worst": 0.0}]
    assert (about["targets"], about["fitted"]) == (["T05", "O02"], list(FAN))
    assert "press_per_d" in about["measured"] and "doubt_hardens" not in about["measured"]


def test_a_posterior_is_read_as_it_was_saved(tmp_path):
    found = finished(tmp_path)
    for _ in range(2):  # in its own place, again
        path = posterior_file.save_posterior(
            found, {"relief": 0.123456}, ["relief"], tmp_path / "a/b"
        )
    assert path == tmp_path / "a" / "b" / "xiaomi_2026_posterior.csv"
    posterior = read_posterior(str(path))
    assert posterior.table["world"].tolist() == [3, 70]
    assert posterior.table["weight"].tolist() == [0.2, 0.8]
    names = {*FAN, *own_priors(WIDE)}
    assert set(posterior.table) == {"world", "weight", *names}
    for row, (k, u) in enumerate(((3, (0.1, 0.2)), (70, (0.5, 0.75)))):
        one = waves.particle(found.settings, k, dict(zip(FAN, u, strict=True)))
        for name in names:
            assert posterior.table[name][row] == pytest.approx(getattr(one, name), rel=1e-7)
    assert posterior.about["shrinkage"] == {"relief": 0.1235}
    assert posterior.pinned == ("relief",)


def test_a_posterior_is_of_a_fit_with_these_settings_and_words_alone(tmp_path):
    found = finished(tmp_path)
    about = posterior_file.save_posterior(found, {}, [], tmp_path).with_suffix(".json")
    words = list(found.words)
    assert posterior_file.is_of(about, found.settings, words)
    assert not posterior_file.is_of(about, found.settings, [])
    assert not posterior_file.is_of(about, replace(found.settings, n_keep=25), words)
    assert not posterior_file.is_of(about, replace(found.settings, fan=FAN[:1]), words)
    assert not posterior_file.is_of(tmp_path / "nowhere.json", found.settings, words)
    whole = about.read_text()
    for changed in (whole.replace('"n_runs": 176', '"n_runs": 177'), "[]", whole[:-9]):
        assert changed != whole
        about.write_text(changed)
        assert not posterior_file.is_of(about, found.settings, words)
