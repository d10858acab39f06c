"""Worlds of a fit: priors of its own, proposals and their weights, waves as studies."""

import numpy as np
import pytest
from fits import FAN, WIDE, settings
from scipy.stats import norm

from experiments.calibration import waves
from experiments.calibration.case_priors import APART, Prior, own_priors
from experiments.calibration.waves import Wave, next_wave
from experiments.corpus.ingredients import by_itself, fitted
from sim.settings.parameters import Parameters
from sim.settings.prior import priors, world

pytestmark = pytest.mark.usefixtures("prior_drawn_once")


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
        spread = by_itself(fitted())[name]
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


def test_waves_are_the_same_every_time_and_share_no_worlds():
    u, weight = np.random.default_rng(0).random((64, 2)), np.full(64, 1 / 64)
    one, two = (next_wave(settings(n_wave=32), 3, u, weight) for _ in range(2))
    assert np.array_equal(one.u, two.u)
    other = next_wave(settings(n_wave=32), 4, u, weight)
    assert not set(one.worlds) & set(other.worlds)
