"""The posterior on disk: where it comes from, and of which fit it is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fits import FAN, SMALL, WIDE, settings, target

from experiments.calibration import people_fit, posterior_file, waves
from experiments.calibration.case_priors import own_priors
from experiments.calibration.waves import Wave
from sim.settings.posterior import read_posterior

pytestmark = pytest.mark.usefixtures("prior_drawn_once")


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
    fitted = settings(**{**SMALL, "fan": (*FAN, "press_per_d")}, priors=WIDE)
    assert "press_per_d" not in posterior_file.of_affairs(fitted)


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
