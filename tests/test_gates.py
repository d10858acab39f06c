"""The gates of the second model: what is asked of answering, silence and lies, over worlds."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import composed

from experiments.calibration import arms, gates, orderings
from experiments.reading.provenance import provenance
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.posterior import FOLDER, read_posterior

SMALL = ("population=classroom", "uncertainty=prior", "clock.horizon_d=14")
#: Gates that the interim worlds do not meet, with the reason; the fit has to mend them.
KNOWN = {
    "F41b": "reporters ask too seldom while the brand says nothing; to be fitted to many affairs",
    "F46a": "reporters' questions are rare in most worlds, so outrage under silence seldom returns",
    "F46b": "where questions are many, an answered affair returns, too: one parameter for both",
    "F44b": "in a quarter of worlds a reform on top of an apology is more news than relief",
}


def test_an_interval_of_a_share_is_that_of_wilson_and_of_a_median_that_of_order_statistics():
    # 8 of 10 at 90 %: Wilson's interval by hand, z = 1.6449
    share, low, high = gates.interval(np.array([1.0] * 8 + [0.0] * 2), "share")
    assert (share, round(low, 3), round(high, 3)) == (0.8, 0.541, 0.931)
    values = np.arange(1.0, 102.0)
    middle, low, high = gates.interval(values, "median")
    assert middle == 51.0
    assert (low, high) == (42.0, 60.0)  # the 42nd from either end: binomial(101, 1/2)
    assert np.isnan(gates.interval(np.array([np.nan]), "median")).all()


def test_the_interval_of_a_median_covers_it_as_often_as_it_says():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(600):
        _, low, high = gates.interval(rng.exponential(size=40), "median")
        hits += low <= np.log(2) <= high
    assert 0.88 <= hits / 600 <= 0.97


def test_a_relapse_is_outrage_that_comes_back_after_it_had_gone():
    assert not gates._relapses(np.array([0.9, 0.2, 0.1, 0.05]), 1.0)
    assert gates._relapses(np.array([0.9, 0.2, 0.1, 0.4]), 1.0)
    assert gates._relapses(np.array([0.9, 0.8, 0.7, 0.6]), 1.0)  # it never went


def test_the_effect_on_trust_is_signed():
    more = {"trust": np.array([0.6, 0.7, 0.8]), "bounds": (0, 3, 3, 3)}
    less = {"trust": np.array([0.4, 0.5, 0.6]), "bounds": (0, 3, 3, 3)}
    # d = .2 / .0816, r = d / sqrt(d^2 + 4)
    assert gates._correlation(more, less) == pytest.approx(0.7746, abs=1e-3)
    assert gates._correlation(less, more) == pytest.approx(-0.7746, abs=1e-3)


@pytest.mark.parametrize("arm", arms.ARMS)
def test_every_arm_does_what_it_is_called_after(arm):
    run = simulate(compose([*arms.ARMS[arm], "population=classroom", "uncertainty=point"]))
    done = {entry.who for entry in run.log if entry.kind == "action"}
    spoken = {
        "none": set(), "apology": {"apology", "termination"}, "prompt": {"apology", "termination"},
        "denial": {"denial"}, "denial_kept": {"denial"}, "denial_found": {"denial"},
        "holding": {"holding", "apology", "termination"},
    }  # fmt: skip
    if arm in spoken:
        assert done == spoken[arm]
    for word in ("reform", "compensation", "disclosure"):
        assert (word in done) == any(word in text for text in arms.ARMS[arm])


@pytest.mark.slow
def test_a_table_has_a_row_a_gate_and_says_whether_it_holds():
    found = gates.worlds(4, *SMALL)
    table, compared = gates.table(found), gates.answers(found)
    assert list(table["gate"]) == [gate.id for gate in gates.GATES]
    asked = table[table["holds"] != "reported"]
    inside = (asked["value"] >= asked["wanted_from"]) & (asked["value"] <= asked["wanted_to"])
    assert (inside == asked["holds"].astype(bool)).all()
    assert len(compared) == len(arms.COMPARISONS)
    row = compared.iloc[0]
    gap = found.burden(row["arm"]) - found.burden(row["against"])
    assert row["difference"] == pytest.approx(gap.mean())
    text = gates.printed(table, compared, 4)
    assert all(gate.id in text for gate in gates.GATES)


def test_an_ordering_is_kept_where_it_holds_in_half_of_the_seeds():
    shares = pd.DataFrame({"O1": [1.0, 0.5, 0.4], "O2": [0.5, 1.0, 1.0]}, index=[3, 7, 9])
    assert list(orderings.kept(shares)) == [3, 7]


def test_only_what_may_be_fitted_to_is_asked_of_a_world():
    targets = orderings.wanted(composed().case)
    assert {target.use for target in targets} == {"fit"}
    assert "H01" in {target.id for target in targets}  # nothing listed on the first day
    assert len(targets) >= 6


def test_the_shipped_worlds_say_that_nothing_is_fitted():
    about = json.loads((FOLDER / "xiaomi_2026_posterior.json").read_text())
    assert about["kind"] == "interim" and about["fitted"] == []
    assert read_posterior("xiaomi_2026").pinned == ()
    config = compose(["response=none"])
    assert "prior-driven" in provenance(config, "en")
    assert "取决于先验" in provenance(config, "zh")


@pytest.mark.slow
def test_the_shipped_worlds_are_those_of_the_prior_in_which_the_orderings_hold():
    worlds = read_posterior("xiaomi_2026").table["world"].astype(int)
    first = int(worlds[0])
    shares = orderings.asked("xiaomi_2026", range(first, first + 3), orderings.N_SEEDS)
    assert list(orderings.kept(shares)) == [k for k in worlds if first <= k < first + 3]


@pytest.mark.slow
def test_the_gates_hold_over_the_shipped_worlds_but_for_those_that_are_known_to_fail():
    table = gates.table(gates.worlds(gates.N_WORLDS)).set_index("gate")
    failing = {name for name, holds in table["holds"].items() if holds is False}
    assert failing == set(KNOWN), table[["value", "low", "high"]].loc[sorted(failing)]
