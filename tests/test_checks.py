"""What a fit is worth: identifiability, coverage and scores on fits whose answer is known."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from experiments.calibration import (
    fit_settings,
    holdout,
    identifiability,
    observations,
    targets,
    waves,
)
from experiments.calibration.case_priors import own_priors
from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen
from experiments.calibration.waves import Wave
from experiments.sweeps.design import Axis
from sim.base.refusal import ConfigError
from sim.case.case import Target
from sim.settings.composition import compose
from sim.settings.prior import priors, world

NAIVE = fit_settings.read_settings("xiaomi_2026").naive

FAN = ("betrayal", "self_relevance", "outburst")
ASKED = Settings(
    case="xiaomi_2026", preset="full", fan=FAN, n_seeds=1, n_first=8, n_keep=8, n_wave=1,
    max_waves=1, min_new=0.05, n_predict=10, priors=(("doubt_hardens", 0.0, 1.0),),
)  # fmt: skip
drawn_once = cache(world)
placed = waves.particle
placed_once = cache(lambda k: placed(ASKED, k, {}))


@pytest.fixture(autouse=True)
def prior_drawn_once(monkeypatch):
    """A draw of the prior takes milliseconds, and these tests ask for hundreds of the same ones."""
    monkeypatch.setattr(waves, "world", drawn_once)

    def once(asked, k, at):
        return placed(asked, k, at) if at else placed_once(k)

    monkeypatch.setattr(waves, "particle", once)


def target(kind="point", **more):
    usual = {"id": "x", "type": kind, "quantity": "x", "use": "holdout", "source": "s", "time": "",
             "reliability": "high", "text": {"en": "x", "zh": "x"}}  # fmt: skip
    return Target(**{**usual, **more})


def seen_of(u, said, first=None, missed=None):
    """What runs said: a frame of targets a world."""
    means = pd.DataFrame(said)
    return Seen(
        means,
        pd.DataFrame(missed) if missed is not None else means.isna().astype(float),
        means * 0.0,
        pd.DataFrame(first) if first is not None else means,
        pd.DataFrame({"F14": np.ones(len(u))}),
    )


def fit_of(u, said, wanted, weight=None, first_u=None, **more):
    """A fit whose worlds are numbers 0, 1, ... of the prior at u of FAN."""
    settings = replace(ASKED, n_first=len(u), n_keep=len(u))
    numbers = np.arange(len(u))
    wave_u = u if first_u is None else first_u
    return SimpleNamespace(
        settings=settings, targets=tuple(wanted), worlds=numbers, u=u,
        waves=(Wave(0, numbers, wave_u, np.ones(len(u))),), seen=(seen_of(u, said, **more),),
        weight=np.full(len(u), 1 / len(u)) if weight is None else weight,
        seed_sd={}, effective=float(len(u)),
    )  # fmt: skip


# --- what is pinned down --------------------------------------------------------------------------


def test_quantiles_of_weighted_draws_are_the_smallest_that_reach_them():
    values, weight = np.array([3.0, 1.0, 2.0]), np.array([0.1, 0.8, 0.1])
    assert identifiability.weighted_quantiles(values, weight, (0.5, 0.85, 0.95)) == [1.0, 2.0, 3.0]
    assert identifiability.weighted_quantiles(values, weight, (0.8, 0.9, 1.0)) == [1.0, 2.0, 3.0]
    assert identifiability.weighted_quantiles(values, 10 * weight, (0.5, 1.0)) == [1.0, 3.0]
    assert identifiability.weighted_quantiles(values, weight, (1.1,)) == [3.0]


def test_shrinkage_is_how_much_narrower_the_draws_are_than_the_prior(monkeypatch):
    """A parameter kept in a tenth of its range, one where the prior has it, one in two halves."""
    monkeypatch.setattr(identifiability, "PRIOR_DRAWS", 256)
    n = 400
    rng = np.random.default_rng(1)
    u = np.column_stack([0.4 + 0.1 * rng.random(n), rng.random(n), rng.random(n)])
    weight = np.where(u[:, 2] < 0.5, 3.0, 1.0)
    weight /= weight.sum()
    found = fit_of(u, {"x": np.zeros(n)}, [target()], weight)
    table = identifiability.shrinkage(found).set_index("parameter")
    low, high = next((a, b) for name, a, b in priors() if name == "betrayal")
    assert table.loc["betrayal", "shrinkage"] == pytest.approx(0.9, abs=0.01)
    assert table.loc["betrayal", "mean"] == pytest.approx(low + 0.45 * (high - low), rel=0.01)
    assert table.loc["self_relevance", "shrinkage"] == pytest.approx(0.0, abs=0.06)
    low, high = next((a, b) for name, a, b in priors() if name == "outburst")
    share = (table.loc["outburst", "mean"] - low) / (high - low)
    assert share == pytest.approx(0.25 * 0.75 + 0.75 * 0.25, abs=0.02)  # the weights are heard
    assert table.index[0] == "betrayal" and table["fitted"].sum() == 3
    assert (table.loc["betrayal", ["q05", "median", "q95"]].diff().dropna() > 0).all()
    values = np.array([waves.particle(ASKED, k, dict(zip(FAN, u[k], strict=True))).outburst
                       for k in range(n)])  # fmt: skip
    for name, at in (("q05", 0.05), ("median", 0.5), ("q95", 0.95)):
        assert (
            table.loc["outburst", name]
            == identifiability.weighted_quantiles(values, weight, [at])[0]
        )
    assert identifiability.pinned_by_case(table.reset_index()) == ["betrayal"]
    own = own_priors(ASKED.priors)
    assert set(table.index[table["measured"]]) == {n for n, p in own.items() if p.of_affairs}
    assert table.loc["press_per_d", "shrinkage"] == pytest.approx(0.0, abs=0.1)  # in logs
    assert table.loc["doubt_hardens", ["prior_low", "prior_high"]].tolist() == [0, 1]
    names = {name for name, _, _ in priors()} | set(own)
    assert identifiability.shrinkage(found).index.tolist() == list(range(len(names)))


def test_a_parameter_is_pinned_from_a_fifth_on_and_only_if_it_was_fitted():
    rows = [("a", True, 0.2), ("b", True, 0.19), ("c", False, 0.9)]
    table = pd.DataFrame(rows, columns=["parameter", "fitted", "shrinkage"])
    assert identifiability.pinned_by_case(table) == ["a"]


def test_shrinkage_by_chance_is_two_standard_errors_of_a_standard_deviation():
    assert identifiability.noise_of_shrinkage(SimpleNamespace(effective=200.0)) == pytest.approx(
        0.1
    )


def recovered(informative, n=600, n_cases=60):
    rng = np.random.default_rng(3)
    u = rng.random((n, 3))
    said = {"a": u[:, 0] if informative else rng.random(n)}
    found = fit_of(u, said, [target(id="a", value=0.5, tolerance=0.02)])
    return identifiability.recovery(found, n_cases)


def test_a_known_world_is_found_again_where_the_targets_tell_and_only_there():
    found = recovered(informative=True)
    assert (found.n_cases, found.n_accepted) == (60, 30)
    assert found.shrinkage["betrayal"] > 0.9
    assert abs(found.shrinkage[["self_relevance", "outburst"]]).max() < 0.1
    blind = recovered(informative=False)
    assert abs(blind.shrinkage).max() < 0.1


def test_ranks_of_known_worlds_are_even_and_nine_in_ten_lie_inside():
    found = recovered(informative=False, n_cases=300)
    ranks = found.ranks.to_numpy()
    assert ranks.shape == (300, 3)
    assert ranks.mean() == pytest.approx(0.5, abs=0.04)
    assert (ranks < 0.25).mean() == pytest.approx(0.25, abs=0.05)
    assert found.inside.to_numpy() == pytest.approx(0.9, abs=0.06)


def test_a_known_world_is_not_its_own_evidence_and_what_never_came_to_be_is_evidence():
    """21 of 42 worlds show nothing at all: they are the nearest of one that shows nothing."""
    n = 42
    u = np.column_stack([np.repeat([0.0, 1.0], 21), np.linspace(0, 1, n), np.linspace(0, 1, n)])
    value = np.where(u[:, 0] == 0, np.nan, 1.0)
    found = fit_of(u, {"a": value}, [target(id="a", value=0.5, tolerance=0.1)])
    shown = identifiability.recovery(found, 42)
    assert shown.n_accepted == 20
    assert (shown.ranks["betrayal"] == 0).all()  # every accepted one has the very same u
    assert shown.shrinkage["betrayal"] == 1.0
    assert shown.ranks["outburst"].iloc[1:20].min() > 0


def test_what_tells_nothing_accepts_worlds_in_the_order_of_the_prior():
    """The twenty first of 42 equal worlds, but for the one that is asked: worked by hand.

    Of world k, k of the twenty lie below; of a later one all. A rank of .05 or .95 is outside.
    """
    n = 42
    u = np.tile(np.arange(n)[:, None] / n, 3)
    found = identifiability.recovery(fit_of(u, {"a": np.ones(n)}, [target(id="a", value=1.0)]), 100)
    assert (found.n_cases, found.n_accepted) == (42, 20)
    by_hand = [min(k, 20) / 20 for k in range(n)]
    assert found.ranks["outburst"].tolist() == pytest.approx(by_hand)
    assert found.inside.tolist() == pytest.approx([17 / 42] * 3)  # 2 to 18
    # most accept twenty neighbours: variance (20^2 - 1) / 12 steps of 1/42
    assert found.shrinkage.tolist() == pytest.approx([1 - 399**0.5 / 42] * 3)


def nearer(one, other, wanted, seed_sd=(), truth=(0.0, 0.0)):
    """Whether twenty worlds of one kind are all nearer to the truth than twenty of another.

    one, other : by target what is said, and the share of seeds in which it never came to be.
    """
    u = np.array([0.5, *[1.0] * 20, *[0.0] * 20])
    ids = [each.id for each in wanted]
    said, missed = (
        {name: [at[name], *[other[name][k]] * 20, *[one[name][k]] * 20] for name in ids}
        for k, at in ((0, dict(zip(ids, truth, strict=True))), (1, dict.fromkeys(ids, 0.0)))
    )
    found = fit_of(np.tile(u[:, None], 3), said, wanted, missed=missed)
    found.seed_sd = dict(seed_sd)
    [rank] = identifiability.recovery(found, 1).ranks["betrayal"]
    return rank == 1


def test_distances_between_worlds_by_hand():
    """Each in standard deviations of tolerance, discrepancy and seeds, squared, over targets."""
    a, b = target(id="a", value=0.0, tolerance=1.0), target(id="b", value=0.0, tolerance=1.0)
    wide = replace(a, tolerance=2.0, discrepancy=4.0)
    order = replace(a, type="ordering", value=None, tolerance=None, discrepancy=0.25)
    exact = replace(a, tolerance=0.0)
    thin = replace(a, tolerance=0.1)

    def off(x, gone=0.0):
        return {"a": (x, gone), "b": (0.0, 0.0)}

    def beside(x):
        return {"a": (0.0, 0.0), "b": (x, 0.0)}

    both = {"a": (3.0, 0.0), "b": (4.0, 0.0)}
    for wanted, seed_sd, one, size in (
        ([wide, b], {"a": 4.0}, off(6.0), 1.0),  # 6 / sqrt(4 + 16 + 16)
        ([wide, b], {"a": 4.0}, off(-6.0), 1.0),
        ([thin, b], {}, off(0.1), 1.0),  # no spread over seeds is known
        ([order, b], {"a": 9.0}, off(0.25), 1.0),  # of a yes or no there is none
        ([a, b], {}, off(2.0, 0.5), 2.5),  # half of 2, half of 3 for what never came to be
        ([a, b], {}, off(9.0, 1.0), targets.MISSED),
        ([a, b], {}, both, 5.0),
    ):
        assert nearer(one, beside(size * 1.01), wanted, seed_sd), (wanted, one)
        assert not nearer(one, beside(size * 0.99), wanted, seed_sd), (wanted, one)
    gone = (np.nan, 0.0)  # the truth never shows a: who shows it half of the time is 1.5 off
    assert nearer(off(7.0, 0.5), {"a": (7.0, 1.0), "b": (1.51, 0.0)}, [a, b], truth=gone)
    assert not nearer(off(7.0, 0.5), {"a": (7.0, 1.0), "b": (1.49, 0.0)}, [a, b], truth=gone)
    assert nearer(beside(100.0), off(1e-3), [exact, b])  # no allowance: the least miss is far


def test_the_spread_over_seeds_makes_a_target_say_less():
    rng = np.random.default_rng(5)
    u = rng.random((400, 3))
    wanted = [target(id="a", value=0.5, tolerance=0.01), target(id="b", value=0.5, tolerance=0.01)]
    found = fit_of(u, {"a": u[:, 0], "b": u[:, 1]}, wanted)
    found.seed_sd = {"b": 10.0}
    narrow = identifiability.recovery(found, 50).shrinkage
    assert narrow["betrayal"] > 0.85 and abs(narrow["self_relevance"]) < 0.15
    order = [replace(wanted[0], type="ordering", value=None), wanted[1]]
    found = fit_of(u, {"a": u[:, 0], "b": u[:, 1]}, order)
    found.seed_sd = {"a": 10.0, "b": 10.0}  # a yes or no has its spread in its mean already
    assert identifiability.recovery(found, 50).shrinkage["betrayal"] > 0.85


def test_directions_of_a_known_covariance():
    """u0 + u1 is pinned down, their difference is as free as in the prior, u2 is halved."""
    rng = np.random.default_rng(6)
    free, halved = rng.random((2, 20_000)) - 0.5
    u = np.column_stack([0.5 + free / 2**0.5, 0.5 - free / 2**0.5, 0.5 + halved / 2])
    found = identifiability.directions(fit_of(u, {"x": np.zeros(20_000)}, [target()]))
    assert found.share == pytest.approx([1.0, 0.25, 0.0], abs=0.02)
    sloppy, stiff = found.vectors.iloc[0], found.vectors.iloc[2]
    assert abs(sloppy["betrayal"] - sloppy["self_relevance"]) == pytest.approx(2**0.5, abs=0.02)
    assert abs(stiff["betrayal"] + stiff["self_relevance"]) == pytest.approx(2**0.5, abs=0.02)
    assert found.correlation.loc["betrayal", "self_relevance"] == pytest.approx(-1, abs=0.01)
    assert found.correlation.loc["outburst", "outburst"] == pytest.approx(1)


def test_a_profile_is_flat_where_others_make_up_and_a_valley_where_they_cannot():
    n = 4000
    u = np.random.default_rng(7).random((n, 3))
    wanted = [target(id="a", value=0.55, tolerance=0.2)]
    found = fit_of(u, {"a": u[:, 0]}, wanted)
    table = identifiability.profiles(found)
    assert len(table) == 10 and table["betrayal"].idxmin() == 5
    assert table["betrayal"][0] == pytest.approx((0.55 - 0.1) / 0.2, abs=0.1)
    assert table["betrayal"][9] == pytest.approx((0.9 - 0.55) / 0.2, abs=0.1)
    assert table["outburst"].max() < 0.2
    some = u[u[:, 2] < 0.7]  # nobody was in three of the bins
    holes = identifiability.profiles(fit_of(some, {"a": some[:, 0]}, wanted))["outburst"]
    assert holes[:7].notna().all() and holes[7:].isna().all()
    edge = fit_of(np.ones((30, 3)), {"a": np.ones(30)}, wanted)  # u of 1 is in the last bin
    assert np.isfinite(identifiability.profiles(edge)["betrayal"][9])
    assert (
        identifiability.profiles(found, best=1)["betrayal"][5]
        < identifiability.profiles(found)["betrayal"][5]
    )


def test_screening_finds_what_moves_a_target_and_says_how_strongly():
    n = 512
    moved = np.array([drawn_once(k).betrayal for k in range(n)])
    u = np.zeros((n, 3))
    wanted = [target(id="a", value=1), target(id="flat", value=1), target(id="down", value=1)]
    noise = np.random.default_rng(8).normal(size=n)
    said = {"a": noise, "flat": np.ones(n), "down": -moved + 0.02 * noise[::-1]}
    table = identifiability.screening(fit_of(u, said, wanted)).set_index("parameter")
    assert table.index[0] == "betrayal"
    assert table.loc["betrayal", "strongest"] == pytest.approx(-1, abs=0.05)
    assert table.loc["betrayal", "target"] == "down"
    assert table.loc["betrayal", "n_targets"] == 1 and table["n_targets"].sum() <= 2
    assert table["fitted"].sum() == 3
    assert identifiability.screening(fit_of(u, said, wanted)).index.tolist() == list(
        range(len(table))
    )
    assert identifiability.screening(fit_of(u, {"flat": np.ones(n)}, wanted[1:2])).empty
    n_least = 2 * len(table)  # worlds for so many parameters
    for n_known, told in ((n_least, True), (n_least - 1, False)):
        few = fit_of(u, {"a": np.where(np.arange(n) < n_known, noise, np.nan)}, wanted[:1])
        assert identifiability.screening(few).empty != told
    yes = (moved > np.median(moved)).astype(float)  # from 0 to 1, as orderings are
    holds = identifiability.screening(fit_of(u, {"a": yes}, wanted[:1]))
    assert holds["parameter"][0] == "betrayal" and holds["strongest"][0] > 0.7


def test_screening_finds_something_in_noise_once_in_twenty_times(monkeypatch):
    """A target that came to be in a fifth of the worlds is held against chance in that many."""
    n, rng = 200, np.random.default_rng(21)
    two = [("relief", 0, 1), ("betrayal", 0, 1)]
    monkeypatch.setattr(identifiability, "ranges", lambda asked: two)
    monkeypatch.setattr(waves, "particle", lambda asked, k, at: drawn[k])
    found = 0
    for _ in range(200):
        drawn = [SimpleNamespace(relief=x, betrayal=y) for x, y in rng.random((n, 2))]
        said = np.where(np.arange(n) % 5 == 0, rng.random(n), np.nan)
        table = identifiability.screening(
            fit_of(np.zeros((n, 3)), {"a": said}, [target(id="a", value=1)])
        )
        found += int(table["n_targets"].sum())
    assert 3 <= found <= 18  # 10 expected, sd 3.1


@pytest.mark.slow
def test_what_another_parameter_says_wholly_has_no_sign():
    """A target that is one parameter: that one's sign is certain, nobody else has any."""
    n = 512
    u = np.zeros((n, 3))
    outburst = np.array([world(k).outburst for k in range(n)])
    table = identifiability.screening(
        fit_of(u, {"copy": outburst, "down": -outburst}, [target(id="copy"), target(id="down")])
    ).set_index("parameter")
    assert table.index[0] == "outburst" and abs(table["strongest"].iloc[0]) == pytest.approx(1)
    assert table["strongest"].iloc[1:].isna().all() and (table["target"].iloc[1:] == "").all()
    assert table["n_targets"].tolist() == [2] + [0] * (len(table) - 1)
    said = {"copy": outburst, "noise": np.random.default_rng(5).normal(size=n)}
    both = identifiability.screening(fit_of(u, said, [target(id="copy"), target(id="noise")]))
    rest = both[both["parameter"] != "outburst"]  # are told by the target that they can be told by
    assert (rest["target"] == "noise").all() and rest["strongest"].notna().all()


def test_partial_correlations_are_those_of_residuals():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 4))
    y = x @ [1.0, -0.5, 0.2, 0.0] + rng.normal(size=400)
    told = identifiability.partial(x, y)
    for k in range(4):
        rest = np.column_stack([np.delete(x, k, axis=1), np.ones(400)])
        left = [v - rest @ np.linalg.lstsq(rest, v, rcond=None)[0] for v in (x[:, k], y)]
        assert told[k] == pytest.approx(np.corrcoef(*left)[0, 1])
    assert identifiability.partial(x * [1e-7, 1.0, 1e7, 1.0], y) == pytest.approx(told)
    still = identifiability.partial(
        np.column_stack([x, np.full(400, 3.0)]), y
    )  # one that never varies
    assert np.isnan(still[4]) and still[:4] == pytest.approx(told)
    assert np.isnan(identifiability.partial(x, x[:, 2])[[0, 1, 3]]).all()
    assert identifiability.partial(x, -x[:, 2])[2] == pytest.approx(-1)
    x[:, 3] = -x[:, 0]  # two that cannot be told from one another; the rest as without them
    assert np.isnan(identifiability.partial(x, y)[[0, 3]]).all()
    assert identifiability.partial(x, y)[[1, 2]] == pytest.approx(
        identifiability.partial(x[:, :3], y)[[1, 2]]
    )


# --- what was not fitted --------------------------------------------------------------------------


def test_draws_follow_the_weights_and_are_the_same_every_time():
    n = 50
    u = np.random.default_rng(9).random((n, 3))
    weight = np.zeros(n)
    weight[[3, 7]] = 0.25, 0.75
    found = fit_of(u, {"x": np.zeros(n)}, [target()], weight)
    drawn = holdout.draws(found, 4000)
    assert set(drawn.worlds) == {3, 7} and (drawn.worlds == 7).mean() == pytest.approx(
        0.75, abs=0.03
    )
    assert np.array_equal(drawn.u, u[drawn.worlds])
    assert np.array_equal(drawn.worlds, holdout.draws(found, 4000).worlds)


ANSWER = Axis("answer", {"en": "answer", "zh": "回应"}, "", ("response.apology.delay_h",),
              ((2.0,), (20.0,)), ("early", "late"))  # fmt: skip


@pytest.fixture
def swept(monkeypatch):
    """Nothing is run: the plans that were swept, and what the store is made to say of them."""
    plans, told = [], SimpleNamespace(n_missing=0, failed={})

    def keep(plan, hydra):
        plans.append((plan, hydra))
        return told

    monkeypatch.setattr(holdout.sweep, "sweep", keep)
    return plans, told


def three_worlds():
    """A fit that holds three worlds, each of an own weight."""
    u = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
    return fit_of(u, {"x": np.zeros(3)}, [target()], np.array([0.2, 0.3, 0.5]))


PLAIN = ["population.n_people=300", "clock.dt_min=30"]


def test_worlds_of_the_posterior_run_once_each_with_seeds_that_no_fit_has_seen(swept):
    found = three_worlds()
    plan = holdout.run_draws(found, 5, "again", PLAIN, ["hydra/launcher=joblib"])
    assert swept[0] == [(plan, ["hydra/launcher=joblib"])]
    assert plan.study.name == "calibration_xiaomi_2026_again" and plan.study.reference == (0,)
    assert plan.words == ("calibrate", "case=xiaomi_2026", *PLAIN)
    assert [len(part.names) for part in plan.parts] == [1] * 5
    drawn = holdout.draws(found, 5)
    assert len(set(drawn.worlds)) < 5  # the same world twice: still its own course of events
    seeds = [point.config.seed for point in plan.points]
    n_fitted = found.settings.n_first + found.settings.max_waves * found.settings.n_wave
    assert len(set(seeds)) == 5 and min(seeds) > n_fitted * found.settings.n_seeds
    for point, k, u in zip(plan.points, drawn.worlds, drawn.u, strict=True):
        kept = waves.particle(ASKED, int(k), dict(zip(FAN, u, strict=True)))
        assert point.config.parameters == kept
        assert point.config.case.name == "xiaomi_2026"
        assert (point.config.population.n_people, point.config.clock.dt_min) == (300, 30)
        assert (point.config.n_replicates, point.config.uncertainty.name) == (1, "point")


def test_worlds_of_the_posterior_run_in_another_case_and_under_every_answer(swept):
    found = three_worlds()
    plan = holdout.run_draws(found, 2, "x", PLAIN, [], case="textbook", more=(ANSWER,))
    assert [axis.name for axis in plan.study.axes] == ["world", "answer"]
    assert plan.study.reference == (0, 0)
    assert {point.config.case.name for point in plan.points} == {"textbook"}
    assert {point.config.uncertainty.name for point in plan.points} == {"point"}
    delays = [point.config.response.apology.delay_h for point in plan.points]
    assert delays == [2.0, 20.0, 2.0, 20.0]
    first, then, other, _ = (point.config for point in plan.points)
    assert first.seed == then.seed and first.parameters == then.parameters  # pairs of one world
    assert first.seed != other.seed
    assert plan.study.axes[0].labels == ("0", "1")


@pytest.mark.parametrize("told", [{"n_missing": 2}, {"failed": {"a run": {}}}])
def test_worlds_of_the_posterior_are_not_read_while_runs_are_missing(told, swept):
    vars(swept[1]).update(told)
    with pytest.raises(ConfigError, match="runs are missing"):
        holdout.run_draws(three_worlds(), 2, "x", PLAIN, [])


def test_what_is_predicted_is_every_target_fitted_or_not(swept, monkeypatch):
    found = three_worlds()
    found.case = compose(["case=xiaomi_2026"]).case
    monkeypatch.setattr(observations, "observed", lambda plan, wanted, label: (plan, wanted))
    plan, wanted, seen = holdout.predict(found, PLAIN, ["hydra.verbose=true"])
    assert len(plan.points) == found.settings.n_predict and seen == (plan, wanted)
    assert swept[0] == [(plan, ["hydra.verbose=true"])]
    assert {t.id for t in wanted} > {"T05", "O02", *NAIVE}
    assert [t.use for t in wanted] == sorted(t.use for t in wanted)
    assert plan.study.name == "calibration_xiaomi_2026_predictive"


NUMBER = target(id="F11_reads", value=60.0, tolerance=10.0)
SPAN = target("interval", id="H03", low=95.0, high=200.0, discrepancy=20.0)
ORDER = target("ordering", id="o", terms=("a", "b"))
NEVER = target(id="never", value=1.0)
FIT = target(id="fit", value=60.0, use="fit")


def shown():
    """101 worlds that say 0, 1, ... 100 of numbers, and three of four of an ordering."""
    said = np.arange(101.0)
    frame = {
        "F11_reads": said, "H03": said, "o": np.r_[[1.0] * 75, [0.0] * 25, [np.nan]],
        "never": np.full(101, np.nan), "fit": said,
    }  # fmt: skip
    return seen_of(np.zeros((101, 3)), frame, first=frame)


def test_predictive_intervals_by_hand():
    wanted = [NUMBER, SPAN, ORDER, NEVER, FIT]
    units = [replace(NUMBER, unit="h"), *wanted[1:]]
    assert holdout.intervals(shown(), units)["unit"].tolist() == ["h", "", "", "", ""]
    table = holdout.intervals(shown(), wanted).set_index("target")
    quantiles = ["q05", "q25", "median", "q75", "q95"]
    assert table.loc["F11_reads", quantiles].tolist() == [5, 25, 50, 75, 95]
    assert table.loc["F11_reads", ["in_50", "in_90"]].tolist() == [1, 1]
    # 95 and more is known: of the ranks 95/101 to 1 only the first part lies in the central 90 %
    ends = ["pit_low", "pit_high"]
    assert table.loc["H03", ends].tolist() == pytest.approx([95 / 101, 1.0])
    assert table.loc["H03", "in_50"] == 0
    assert table.loc["H03", "in_90"] == pytest.approx((0.95 - 95 / 101) / (1 - 95 / 101))
    error = norm.cdf((60 - np.arange(101.0)) / 10).mean()  # a run is what would have been counted
    assert table.loc["F11_reads", ends].tolist() == pytest.approx([error, error])
    assert table.loc["o", "holds"] == 0.75 and table.loc["o", "n"] == 100
    assert table.loc["o", "missed"] == pytest.approx(1 / 101)
    assert table.loc["never", ["in_50", "in_90"]].tolist() == [0, 0]
    assert table.loc["never", "missed"] == 1.0 and table.loc["never", "n"] == 0
    for value, meets in ((25.5, 1), (24.5, 0), (74.5, 1), (75.5, 0)):
        [row] = holdout.intervals(shown(), [replace(FIT, value=value)])["in_50"]
        assert row == meets
    for value, meets in ((5.5, 1), (4.5, 0), (94.5, 1), (95.5, 0)):
        [row] = holdout.intervals(shown(), [replace(FIT, value=value)])["in_90"]
        assert row == meets
    half = shown()
    half.first.loc[::2, "fit"] = np.nan  # a run without the number meets nothing
    [row] = holdout.intervals(half, [FIT])["in_90"]
    assert row == pytest.approx(50 / 101)


def test_what_is_counted_is_spread_over_the_ranks_that_it_may_have():
    """Half of the runs say 2, which was seen: a quarter are below, a quarter above."""
    said = np.array([1.0] * 25 + [2.0] * 50 + [3.0] * 25)
    frame = {"fit": said}
    seen = seen_of(np.zeros((100, 3)), frame, first=frame)
    table = holdout.intervals(seen, [replace(FIT, value=2.0)])
    assert table[["pit_low", "pit_high"]].iloc[0].tolist() == [0.25, 0.75]
    assert table["in_50"].item() == 1 and table["in_90"].item() == 1
    bars = holdout.pit_histogram(table, "fit", bins=4)
    assert bars.tolist() == [0, 0.5, 0.5, 0] and holdout.pit_histogram(table, "holdout").sum() == 0
    low = holdout.intervals(seen, [replace(FIT, value=1.0)])
    assert low["in_90"].item() == pytest.approx(0.8)  # of the ranks 0 to .25 those from .05


def test_coverage_counts_the_numbers_of_one_use_and_orderings_apart():
    wanted = [NUMBER, SPAN, ORDER, NEVER, FIT, replace(ORDER, id="o2")]
    frame = shown()
    frame.first["o2"] = np.r_[[1.0] * 40, [0.0] * 61]
    table = holdout.intervals(frame, wanted)
    held = holdout.coverage(table, "holdout")
    inside = (0.95 - 95 / 101) / (1 - 95 / 101)
    assert held == {"n": 3, "in_50": pytest.approx(1 / 3), "in_90": pytest.approx((1 + inside) / 3),
                    "n_orders": 2, "orders": 0.5}  # fmt: skip
    assert holdout.coverage(table, "fit")["in_50"] == 1.0
    nothing = holdout.coverage(table, "other")
    assert nothing["n"] == 0 and np.isnan(nothing["in_50"]) and np.isnan(nothing["orders"])
    half = pd.DataFrame({"use": ["x"], "type": ["ordering"], "holds": [0.5]})
    half[["in_50", "in_90"]] = np.nan
    assert holdout.coverage(half, "x")["orders"] == 1.0


def test_ensembles_that_are_right_meet_as_often_as_they_say():
    """200 numbers drawn from the very ensembles: 50 % intervals meet half, 90 % nine tenths."""
    rng = np.random.default_rng(10)
    ids = [f"t{k}" for k in range(200)]
    frame = {name: rng.normal(size=300) for name in ids}
    wanted = [target(id=name, value=float(rng.normal())) for name in ids]
    seen = seen_of(np.zeros((300, 3)), frame, first=frame)
    told = holdout.coverage(holdout.intervals(seen, wanted), "holdout")
    assert told["in_50"] == pytest.approx(0.5, abs=0.1)  # sd .035
    assert told["in_90"] == pytest.approx(0.9, abs=0.06)  # sd .021


# --- scores ---------------------------------------------------------------------------------------


def test_scores_of_known_forecasts():
    assert holdout.crps(np.array([3.0]), 1.0) == pytest.approx(2.0)
    assert holdout.crps(np.array([0.0, 2.0]), 1.0) == pytest.approx(0.5)  # 1 - 2 * 2 / (2 * 4)
    assert holdout.crps(np.array([0.0, 1.0, 5.0]), 1.0) == pytest.approx(5 / 3 - 10 / 9)
    rng = np.random.default_rng(0)
    normal = rng.standard_normal(20_000)
    assert holdout.crps(normal, 0.0) == pytest.approx(0.2337, abs=0.01)  # closed form of N(0, 1)
    assert holdout.crps(normal, 0.0) < holdout.crps(3 * normal, 0.0) < holdout.crps(normal + 4, 0.0)


def test_scores_of_the_model_and_of_naive_forecasts_by_hand():
    """Distances over allowances, from the nearest end of an interval; the fit is not scored."""
    frame = {
        "F11_reads": np.full(4, 50.0), "H03": np.array([0.0, 2.0, np.nan, np.nan]),
        "M14": np.full(4, np.nan), "fit": np.zeros(4), "unknown": np.zeros(4),
    }  # fmt: skip
    seen = seen_of(np.zeros((4, 3)), frame, first=frame)
    wanted = [
        NUMBER, replace(SPAN, low=3.0, high=5.0, discrepancy=0.5), target(id="M14", value=0.0),
        FIT, target(id="unknown", value=1.0),
    ]  # fmt: skip
    table = holdout.scores(seen, wanted, NAIVE).set_index("target")
    assert table.index.tolist() == ["F11_reads", "H03", "M14"]
    assert holdout.scores(seen, [replace(NUMBER, use="fit")], NAIVE).empty
    assert table.loc["F11_reads", "model"] == pytest.approx((60 - 50) / 10)
    assert table.loc["F11_reads", "repeat"] == holdout.MOST  # 59 / 10, cut
    assert table.loc["H03", "model"] == pytest.approx((2.0 - 0.5) / 0.5)  # |0-3|, |2-3| less spread
    assert table.loc["H03", "decay"] == holdout.MOST  # 3 / .5, cut
    assert np.isnan(table.loc["M14", "model"]) and np.isnan(table.loc["M14", "topic"])
    assert table.loc["M14", "repeat"] == pytest.approx(0.077)  # no allowance: as it stands
    above = holdout.scores(seen, [replace(SPAN, low=-9.0, high=-1.0, discrepancy=0.5)], NAIVE)
    assert above["model"].item() == pytest.approx((2.0 - 0.5) / 0.5)  # from -1: 1 and 3
    assert targets.allowance(NUMBER) == 10.0
