"""A fit is shipped if its orderings hold and its gates are no worse; else nothing is changed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import composed

from experiments.calibration import promotion
from experiments.calibration.promotion import Verdict
from sim.base.refusal import ConfigError

NONE = pd.DataFrame()


def test_what_a_fit_must_meet_is_of_the_fitted_days():
    wanted = promotion.documented(composed().case)
    assert {"H01", "T08", "O02"} <= {target.id for target in wanted}
    assert all(t.use == "fit" and (t.type == "ordering" or t.value == 0) for t in wanted)


@pytest.mark.parametrize(
    ("orderings", "holding", "before", "replaces"),
    [
        ({"O02": 0.5}, ("a", "b"), ("a", "c"), True),  # as many gates, others
        ({"O02": 0.49}, ("a", "b"), ("a",), False),
        ({"O02": 1.0}, ("a",), ("a", "b"), False),
        ({"O02": 1.0}, (), (), True),  # nothing is shipped that can be used
    ],
)
def test_a_fit_replaces_what_is_shipped(orderings, holding, before, replaces):
    found = Verdict(orderings, holding, before, NONE)
    assert found.replaces == replaces
    assert ("replaces the shipped" in found.said()) == replaces
    assert ("O02 hold too seldom" in found.said()) == (orderings["O02"] < 0.5)


def test_gates_that_hold_are_counted_and_reported_ones_are_not():
    table = pd.DataFrame({"gate": ["F1", "F2", "F3"], "holds": [True, False, "reported"]})
    assert promotion.holding(table) == ("F1",)


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A fit in a folder, and gates that say what they are told."""
    folder, shipped = tmp_path / "fit", tmp_path / "shipped"
    folder.mkdir()
    shipped.mkdir()
    for name in ("x_posterior.csv", "x_posterior.json"):
        (folder / name).write_text(f"new {name}")
        (shipped / name).write_text("old")
    told = {"new": [True, True], "old": [True, False]}

    def table(worlds):
        return pd.DataFrame({"gate": ["F1", "F2"], "holds": told[worlds]})

    monkeypatch.setattr(
        promotion.gates, "worlds", lambda n, word: "new" if ".csv" in word else "old"
    )
    monkeypatch.setattr(promotion.gates, "table", table)
    monkeypatch.setattr(promotion, "read_posterior", lambda case: None)
    monkeypatch.setattr(promotion, "orderings", lambda path, case, n: {"O02": 0.9})
    return SimpleNamespace(folder=folder, shipped=shipped, told=told)


def test_a_fit_that_is_no_worse_is_copied_whole(judged, capsys):
    assert promotion.main(judged.folder, 4, "x", judged.shipped) == 0
    for name in ("x_posterior.csv", "x_posterior.json"):
        assert (judged.shipped / name).read_text() == f"new {name}"
    assert "won: F2" in capsys.readouterr().out and (judged.folder / "gates.csv").exists()


def test_a_fit_that_is_worse_changes_nothing_and_says_why(judged, capsys):
    judged.told["new"] = [False, False]
    assert promotion.main(judged.folder, 4, "x", judged.shipped) == 1
    assert (judged.shipped / "x_posterior.csv").read_text() == "old"
    said = capsys.readouterr().out
    assert "lost: F1" in said and "the shipped posterior stays" in said


def test_a_shipped_posterior_that_nobody_can_use_asks_nothing(judged, monkeypatch):
    def refuse(case):
        raise ConfigError("uncertainty.posterior", case, "moved", "one", "another")

    monkeypatch.setattr(promotion, "read_posterior", refuse)
    judged.told["new"] = [False, False]
    assert promotion.main(judged.folder, 4, "x", judged.shipped) == 0


def test_orderings_are_shares_of_runs(monkeypatch):
    wanted = promotion.documented(composed().case)
    rows = iter(
        [dict.fromkeys((t.id for t in wanted), 1.0), dict.fromkeys((t.id for t in wanted), 0.0)]
    )
    monkeypatch.setattr(promotion, "ensemble", lambda config: SimpleNamespace(runs=[0, 1]))
    monkeypatch.setattr(promotion.View, "of", lambda run: run)
    monkeypatch.setattr(promotion, "observe", lambda view, asked: next(rows))
    found = promotion.orderings("xiaomi_2026", "xiaomi_2026", 2)
    assert set(found) == {t.id for t in wanted}
    assert np.array(list(found.values())) == pytest.approx(0.5)  # H01 holds where it is 0
