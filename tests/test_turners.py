"""What turns the sign of a contrast: found where it was planted, and nobody named for noise."""

from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import composed

from experiments.reading import analysis, discovery, turner_words, turners
from experiments.reports.turner_figure import figure_turners
from experiments.sweeps.design import Axis, Study
from sim.metrics import OUTCOMES

BURDEN = "outrage_burden_core"
N = 200


def worlds(n=N, k=175, seed=0):
    """n worlds of k parameters, even in [0, 1]."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.random((n, k)), columns=[f"p{i}" for i in range(k)])


def noise(rows=1, n=N, seed=1):
    return np.random.default_rng(seed).normal(size=(rows, n))


def test_a_planted_turner_is_found_among_175_parameters_with_its_place_and_its_sides():
    x = worlds()
    planted = np.where(x["p41"] > 0.3, -1.0, 1.0) + 0.5 * noise()
    (found,) = turners.turners(x, planted, -1.0)
    assert (found.parameter, found.turns) == ("p41", True)
    assert found.at == pytest.approx(0.3, abs=0.05)
    assert found.below.mean == pytest.approx(1, abs=0.15)
    assert found.above.mean == pytest.approx(-1, abs=0.15)
    assert found.below.n + found.above.n == N
    assert found.below.n_better < 0.1 * found.below.n  # less is better: below it is worse
    assert found.above.n_better > 0.9 * found.above.n
    assert found.strength > found.needed > 3


def test_noise_names_a_parameter_in_a_twentieth_of_studies_and_not_more():
    """60 studies of six answers and 40 parameters: 3 are expected, beyond 8 is 1 in 200."""
    named = sum(
        any(
            one is not None for one in turners.turners(worlds(80, 40, s), noise(6, 80, 1000 + s), 1)
        )
        for s in range(60)
    )
    assert named <= 8


def test_answers_are_guarded_together_so_that_many_of_them_need_more():
    x = worlds(n=100, k=30)
    alone = turners._needed(*_both(x, noise(1, 100)))
    assert turners._needed(*_both(x, noise(40, 100))) > alone + 0.3


def _both(x, rows):
    _, _, side = turners._splits(x)
    return turners._standardised(side.astype(np.float32)), turners._standardised(
        rows.T.astype(np.float32)
    )


def test_what_moves_a_difference_without_turning_it_is_told_apart():
    x = worlds()
    (found,) = turners.turners(x, 3.0 + 2 * x["p3"].to_numpy()[None] + 0.3 * noise(), 1.0)
    assert (found.parameter, found.turns) == ("p3", False)


def test_a_split_that_turns_is_preferred_to_a_stronger_one_that_does_not():
    """Along the parameter the difference goes from -.3 to 1.7: even halves keep the sign."""
    x = worlds(n=600, k=20)
    (found,) = turners.turners(x, 2 * x["p7"].to_numpy()[None] - 0.3 + 0.2 * noise(n=600), 1.0)
    assert (found.parameter, found.turns) == ("p7", True)
    assert found.at < 0.25 and found.below.mean < 0 < found.above.mean


def test_two_parameters_that_turn_only_together_name_neither():
    x = worlds()
    both = np.sign((x["p1"] - 0.5) * (x["p2"] - 0.5)).to_numpy()[None]
    assert turners.turners(x, both + 0.1 * noise(), 1.0) == [None]


def test_splits_leave_enough_worlds_on_both_sides_and_constants_have_none():
    x = pd.DataFrame({"a": np.arange(25.0), "b": 1.0, "c": [0.0] * 20 + [1.0] * 5})
    names, cuts, side = turners._splits(x)
    assert set(names) == {"a"} and side.shape == (25, len(cuts))
    assert all(10 <= s.sum() <= 15 for s in side.T)
    assert turners.turners(x[["b"]], noise(1, 25), 1.0) == [None]
    assert turners.turners(x, np.empty((0, 25)), 1.0) == []


def test_an_order_is_prior_driven_beyond_a_tenth_on_either_side():
    row = np.array([1.0] * 9 + [-1.0])
    assert not turners.prior_driven(row[None])[0]
    assert turners.prior_driven(np.array([[1.0] * 8 + [-1.0] * 2]))[0]
    assert not turners.prior_driven(np.array([[0.0] * 8 + [-1.0] * 2]))[0]


def test_worlds_that_were_drawn_twice_count_once():
    """A posterior draws worlds with replacement: a copy is no evidence of its own."""
    x = pd.DataFrame({"a": [2.0, 1.0, 2.0], "b": [0.0, 0.0, 0.0]})
    apart = np.array([[[1.0], [5.0], [3.0]], [[0.0], [np.nan], [0.0]]])
    kept, by_world = turners._distinct(x, apart[:1])
    assert kept["a"].tolist() == [1.0, 2.0] and by_world.tolist() == [[5.0, 2.0]]
    kept, by_world = turners._distinct(x, apart)  # a world without a value drops out
    assert kept["a"].tolist() == [2.0] and by_world.tolist() == [[2.0], [0.0]]


# --- a study --------------------------------------------------------------------------------------

ANSWERS = ("as_happened", "none", "deny", "apology_only")


def study_of(monkeypatch, differences, x, uncertainty="prior"):
    """An analysis in which answers differ from the first by these rows, in the worlds of x."""
    axis = Axis("response", {"en": "answer", "zh": "应对"}, "", ("response",),
                tuple((a,) for a in ANSWERS), ANSWERS)  # fmt: skip
    both = {"en": "?", "zh": "？"}
    study = Study("s", both, both, (), (axis,), (0,), (BURDEN,))
    n = differences.shape[1]
    values = np.vstack([np.zeros(n), differences]) + np.random.default_rng(5).normal(size=n)
    rows = [
        {"block": "main", "cell": c, "world": w, "seed": 0, **{o.name: 0.5 for o in OUTCOMES},
         BURDEN: values[c, w]}
        for w in range(n) for c in range(4)
    ]  # fmt: skip
    config = composed("response=as_happened", f"uncertainty={uncertainty}")
    points = [SimpleNamespace(block="main", config=config)]
    plan = SimpleNamespace(study=study, points=points, folder=Path("."), parts=[])
    monkeypatch.setattr(turners, "worlds_of", lambda a: x)
    assert turners.worlds_of is not discovery.worlds_of
    return analysis.compared(plan, pd.DataFrame(rows))


@pytest.fixture
def planted(monkeypatch):
    x = worlds(120, 30).rename(columns={"p4": "question_per_d"})
    turned = np.where(x["question_per_d"] > 0.5, 1.0, -1.0)
    rows = np.vstack([turned, np.full(120, 2.0), np.zeros(120)]) + 0.4 * noise(3, 120)
    return study_of(monkeypatch, rows, x)


def test_a_study_names_by_itself_what_turns_its_answers(planted):
    found = turners.unsure(planted)
    assert {one.cell for one in found} == {1, 3}  # the one that is always worse is not among them
    by_cell = {one.cell: one.turner for one in found}
    assert by_cell[1].parameter == "question_per_d" and by_cell[1].turns
    assert by_cell[3] is None
    table = turners.table(found, planted).set_index("cell")
    assert table.loc[1, "turns"] and pd.isna(table.loc[3, "parameter"])


def test_what_turns_is_said_in_plain_words_and_in_two_languages(planted):
    said = turner_words.sentences(planted)
    assert len(said) == 3
    (en, zh), (turn, turn_zh), (rest, rest_zh) = said
    assert en.startswith("Prior-driven: for ") and "2 of 3 answers" in en
    assert zh.startswith("取决于先验") and "3种应对中有2种" in zh
    assert "“how often reporters ask anew” (prior-driven" in turn
    assert "turns the order of “silence” in outrage burden" in turn
    assert "取决于先验" in turn_zh and "使其变号" in turn_zh
    assert "No single parameter turns “apology only”" in rest
    assert "没有任何单个参数" in rest_zh
    figure = figure_turners(planted, [one for one in turners.unsure(planted) if one.turner], "zh")
    assert len(figure.axes) == 1
    plt.close(figure)


def test_a_study_whose_orders_all_hold_says_so(monkeypatch):
    x = worlds(60, 5)
    a = study_of(monkeypatch, np.vstack([np.full(60, k) for k in (1.0, 2.0, -1.0)]), x)
    ((en, zh),) = turner_words.sentences(a)
    assert en.startswith("No contrast with") and "均不变号" in zh
    assert turners.unsure(a) == []


def test_too_few_worlds_name_no_parameter_and_say_how_many_are_needed(monkeypatch):
    x = worlds(30, 5)
    a = study_of(monkeypatch, np.where(x["p1"] > 0.5, 1.0, -1.0) + np.zeros((3, 1)), x)
    said = turner_words.sentences(a)
    assert "30 worlds are too few" in said[-1][0] and "至少需要40个" in said[-1][1]


def test_nothing_is_said_where_nothing_is_drawn(monkeypatch):
    x = worlds(60, 5)
    a = study_of(monkeypatch, noise(3, 60), x, uncertainty="point")
    assert turner_words.sentences(a) == [] and turners.unsure(a) == []
