"""Sensitivity, decomposition and scenario discovery on functions whose answers are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.reading import discovery, shapley, sobol
from experiments.sweeps.study_file import _saltelli, read_study
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError

KEYS = ["parameters.betrayal", "parameters.self_relevance", "parameters.outburst"]


def test_the_design_is_saltellis_over_the_priors():
    rows = np.array(_saltelli("x", "design", KEYS, 64))
    assert rows.shape == (64 * 5, 3)
    blocks = rows.reshape(64, 5, 3)
    for column in range(3):  # one column of B at a time
        changed = blocks[:, 1 + column] != blocks[:, 0]
        assert changed[:, column].all() and changed.sum() == 64
        assert np.array_equal(blocks[:, 1 + column, column], blocks[:, 4, column])
    assert (rows[:, 0] >= 0.5).all() and (rows[:, 0] <= 1).all()
    assert abs(rows[:, 0].mean() - 0.75) < 0.01


@pytest.mark.parametrize("n", [0, 3, "many", True])
def test_a_design_of_a_wrong_size_is_refused(n):
    with pytest.raises(ConfigError, match="power of two"):
        _saltelli("x", "design", KEYS, n)


def test_indices_of_a_function_with_known_ones():
    pytest.importorskip("SALib")
    rows = np.array(_saltelli("x", "design", KEYS, 1024))
    low, high = rows.min(axis=0), rows.max(axis=0)
    a, b, c = ((rows - low) / (high - low)).T - 0.5
    table = sobol.sobol_indices(rows.tolist(), ["a", "b", "c"], 2 * a + b + 0 * c)
    assert table.index.tolist() == ["a", "b", "c"]
    assert table["first"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.05)
    assert table["total"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.05)
    together = sobol.sobol_indices(rows.tolist(), ["a", "b", "c"], a * b)
    assert together.loc["a", "first"] == pytest.approx(0, abs=0.05)
    assert together.loc["a", "total"] == pytest.approx(1, abs=0.1)


def test_missing_points_are_no_zeros():
    pytest.importorskip("SALib")
    rows = _saltelli("x", "design", KEYS, 2)
    y = np.zeros(len(rows))
    y[3] = np.nan
    with pytest.raises(ValueError, match="1 of 10"):
        sobol.sobol_indices(rows, ["a", "b", "c"], y)


@pytest.mark.filterwarnings("ignore")
def test_a_box_that_is_there_is_found_and_one_that_is_not_is_not():
    pytest.importorskip("ema_workbench")
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.random((200, 20)), columns=[f"p{k}" for k in range(20)])
    planted = (x["p3"] > 0.7) & (x["p5"] > 0.3)
    found = discovery.scenario(x, planted.to_numpy())
    assert found is not None
    assert {name for name, *_ in found.limits} == {"p3", "p5"}
    assert found.share_inside > 0.9 and found.coverage > 0.8
    limits = {name: low for name, low, _ in found.limits}
    assert limits["p3"] == pytest.approx(0.7, abs=0.1)
    chance = [discovery.scenario(x, rng.random(200) < 0.3) for _ in range(10)]
    assert sum(box is not None for box in chance) <= 4
    assert discovery.scenario(x, np.zeros(200, bool)) is None


def test_kinds_of_studies_are_told_apart():
    kinds = {
        name: (sobol.is_sobol(read_study(name)), shapley.is_game(read_study(name)))
        for name in ("sensitivity", "who_did_what", "timing_by_severity")
    }
    assert kinds == {
        "sensitivity": (True, False),
        "who_did_what": (False, True),
        "timing_by_severity": (False, False),
    }


def test_a_plain_axis_over_a_parameter_is_no_design_for_sobol_indices():
    for word in ("parameters.self_relevance=0.2,0.9", "parameters.self_relevance=0.2,0.5,0.9"):
        study, _ = study_of([word])
        assert not sobol.is_sobol(study)
    assert sobol.is_sobol(read_study("sensitivity"))


@pytest.mark.parametrize(
    ("key", "told"),
    [("parameters.wave_least", "never drawn"), ("parameters.waves", "no parameter")],
)
def test_a_parameter_that_is_never_drawn_has_no_share_of_the_variance(key, told):
    with pytest.raises(ConfigError, match=told):
        _saltelli("x", "design", [key, "parameters.betrayal"], 64)
