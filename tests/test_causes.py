"""Sensitivity, decomposition and scenario discovery on functions whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.reading import discovery, shapley, sobol
from experiments.sweeps.study_file import _saltelli, read_study
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError
from sim.settings.composition import compose

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


def silent_study(better, n=80):
    """A study of two cells, the second silent, in which silence is better where `better` says."""
    configs = [
        compose([f"response={name}", "uncertainty=prior", f"n_replicates={n}"])
        for name in ("as_happened", "none")
    ]
    points = [SimpleNamespace(block="main", cell=k, config=c) for k, c in enumerate(configs)]
    labels = {"en": ("as it happened", "nothing"), "zh": ("实际", "沉默")}
    study = SimpleNamespace(
        reference_cell=0, references=[0, 0], label=lambda cell, lang="en": labels[lang][cell]
    )
    name = "outrage_burden_core"
    a = SimpleNamespace(
        plan=SimpleNamespace(study=study, points=points), ranked=name, contrasts={name: []},
        home=[0, 1], cubes={},
    )  # fmt: skip
    asked = better(discovery.worlds_of(a))
    burden = np.where(asked, 1.0, 3.0)
    a.cubes[name] = np.stack([np.full((n, 1), 2.0), burden[:, None]])
    return a, asked


def test_when_silence_is_the_better_course_is_said_as_a_box_in_plain_words():
    pytest.importorskip("ema_workbench")
    a, asked = silent_study(lambda x: (x["question_per_d"] < 0.15).to_numpy())
    (en, zh), *boxes = discovery.silence(a)
    assert f"in {asked.sum()} of 80 plausible worlds" in en and "as it happened" in en
    assert f"在{asked.sum()}个中更好" in zh
    better = next(text for text, _ in boxes if text.startswith("Silence is mostly the better"))
    assert "question_per_d" in better and "is at most" in better
    assert any(text.startswith("Silence is mostly the worse") for text, _ in boxes)


def test_where_nothing_tells_the_worlds_apart_that_is_said():
    pytest.importorskip("ema_workbench")
    a, _ = silent_study(lambda x: np.random.default_rng(8).random(len(x)) < 0.5)
    said = [text for text, _ in discovery.silence(a)]
    assert len(said) == 2 and said[1].startswith("No plain condition")


def test_a_study_without_a_silent_cell_says_nothing_of_silence():
    a, _ = silent_study(lambda x: np.ones(len(x), bool))
    a.plan.points[1] = SimpleNamespace(block="main", cell=1, config=a.plan.points[0].config)
    assert discovery.silence(a) == []
