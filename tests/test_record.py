"""The written schema of series: what is a flow, a state, a price, and how each is coarsened."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from conftest import composed, run_of

from sim.engine import Simulation
from sim.record import KINDS, SERIES, Series
from sim.run import people_at
from sim.start import network_of, population_of
from sim.state.scenario import build_scenario

BUSY = ("case=xiaomi_2026", "population=classroom", "response=as_happened", "uncertainty=point")
FLOWS = {"posts_core", "posts_customer", "posts_public", "posts_kol", "posts_neutral", "posts_deal",
         "posts_governance", "reads"}  # fmt: skip


def in_progress(steps: int) -> Simulation:
    config = composed(*BUSY)
    scenario, network = build_scenario(config), network_of(config)
    simulation = Simulation(scenario, network, population_of(config, scenario, network), 0)
    simulation.advance(steps)
    return simulation


# --- what each series is --------------------------------------------------------------------------


def test_every_series_says_whether_it_is_a_flow_a_state_or_a_price():
    assert {item.measure for item in SERIES} == {"flow", "state", "price"}
    assert {item.name for item in SERIES if item.measure == "flow"} == FLOWS
    assert [item.name for item in SERIES if item.measure == "price"] == ["price_hkd"]


@pytest.mark.parametrize(("measure", "unit"), [("state", "posts/step"), ("flow", "share")])
def test_a_unit_per_step_is_that_of_a_flow_and_of_nothing_else(measure, unit):
    with pytest.raises(ValueError, match="unit per step"):
        Series("odd", measure, unit, "odd", "怪")


def test_in_the_kernel_a_flow_begins_anew_in_every_step():
    """What was counted before a step is not in the row after it: 10,000 of everything vanish."""
    plain, moved = in_progress(210), in_progress(210)
    for name in FLOWS:
        moved.table[0][name] += 10_000.0
    for simulation in (plain, moved):
        simulation.advance(1)
    for k, item in enumerate(SERIES):
        if item.name in FLOWS:
            assert moved.record[210, k] == plain.record[210, k], item.name
            assert plain.record[210, k] < 10_000


@pytest.mark.parametrize(
    ("name", "field"),
    [("heat", "heat"), ("morale", "morale"), ("legal_hkd", "legal"), ("cash_hkd", "cash"),
     ("credibility", "credibility"), ("novelty_deal", "novelty_deal"), ("detected", "noticed"),
     ("price_hkd", "price")],
)  # fmt: skip
def test_in_the_kernel_a_state_and_a_price_go_on_from_where_they_were(name, field):
    plain, moved = in_progress(210), in_progress(210)
    moved.table[0][field] += 1e7 if field == "cash" else 0.4
    for simulation in (plain, moved):
        simulation.advance(1)
    k = [item.name for item in SERIES].index(name)
    assert moved.record[210, k] > plain.record[210, k]


def test_in_the_kernel_means_over_people_are_states_and_posts_are_counts():
    """A person's own count of posts, and their flags, against the series of the run."""
    config = composed(*BUSY)
    run = run_of(*BUSY)
    last = run.clock.n_steps - 1
    taken = people_at(config, [last])[last]
    bounds = taken["bounds"]
    for kind, first, end in zip(KINDS, bounds, bounds[1:], strict=False):
        posts = run.series[f"posts_{kind}"].sum(dtype=np.float64)
        assert posts == taken["n_posts"][first:end].sum(dtype=np.int64)
        mean = taken["trust"][first:end].mean()
        assert run.series[f"trust_{kind}"][last] == pytest.approx(mean, rel=1e-5)
    topics = sum(run.series[f"posts_{k}"].sum() for k in ("neutral", "deal", "governance"))
    assert topics == sum(run.series[f"posts_{kind}"].sum() for kind in KINDS)


# --- a coarser grid -------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [1, 3, 24])
@pytest.mark.parametrize("item", SERIES, ids=lambda item: item.name)
def test_totals_are_conserved_and_levels_are_the_last_of_the_window(item, hours):
    run = run_of(*BUSY)
    values, coarse = run.series[item.name], run.coarser(hours)[item.name]
    width = 4 * hours
    assert coarse.size == run.clock.n_steps / width
    if item.measure == "flow":
        assert coarse.sum() == pytest.approx(values.sum(dtype=np.float64), rel=1e-12)
        assert coarse[7] == pytest.approx(values[7 * width : 8 * width].sum(dtype=np.float64))
        assert values.sum() > 0
    else:
        assert np.array_equal(coarse, values[width - 1 :: width], equal_nan=True)


def test_an_hour_has_two_steps_of_half_an_hour():
    run = run_of(*BUSY, "clock.dt_min=30")
    assert run.coarser(1)["posts_core"].sum() == run.series["posts_core"].sum()
    assert run.coarser(1)["posts_core"].size == run.clock.n_steps / 2


def test_a_window_that_would_not_be_whole_is_an_error():
    with pytest.raises(ValueError, match="reshape"):
        run_of(*BUSY).coarser(7)


def test_a_unit_follows_the_grid():
    by_name = {item.name: item for item in SERIES}
    assert by_name["posts_core"].unit_per("h") == "posts/h"
    assert by_name["reads"].unit_per("day") == "views/day"
    assert by_name["trust_core"].unit_per("h") == "share"


def test_times_are_those_of_the_clock():
    clock = run_of(*BUSY).clock
    assert clock.time_zone == "Asia/Hong_Kong"
    times = clock.times(4).astype(datetime)
    assert times[0] == clock.time_of(0) and times[-1] == clock.time_of(clock.n_steps - 4)
    assert set(np.diff(times)) == {timedelta(hours=1)}
