"""Who carried the outrage."""

import numpy as np
import pytest
from conftest import composed, small

from experiments.reading.carriers import carried, run_without
from sim.metrics import outcomes
from sim.people import SILENT
from sim.run import simulate
from sim.start import Start, network_of, population_of
from sim.state.scenario import build_scenario


def test_with_everybody_there_it_is_the_run_itself():
    config = composed("population.n_people=300")
    found, delivered = run_without(config, None)
    assert found == outcomes(simulate(config)) or all(
        np.array_equal([found[k]], [v], equal_nan=True)
        for k, v in outcomes(simulate(config)).items()
    )
    assert delivered.sum() > 0


def test_a_silent_leader_delivers_nothing_and_the_others_go_on():
    config = composed("population.n_people=300")
    _, whole = run_without(config, None)
    loudest = int(np.argmax(whole[:-1]))
    _, without = run_without(config, loudest)
    assert whole[loudest] > 0 == without[loudest]
    assert without[:-1].sum() > 0


@pytest.mark.slow
def test_both_engines_keep_a_silent_leader_silent():
    from sim.engine import Simulation
    from sim.mesa.model import BacklashModel

    config = small(seed=2)
    scenario, network = build_scenario(config), network_of(config)
    records = []
    for engine in (Simulation, BacklashModel):
        population = population_of(config, scenario, network)
        population.leaders.role[:2] = SILENT
        run = (
            BacklashModel(Start(config, scenario, network, population))
            if engine is BacklashModel
            else engine(scenario, network, population, config.seed)
        )
        run.advance(scenario.clock.n_steps)
        records.append(run.record.copy())
    assert np.array_equal(records[0], records[1])


def test_shares_add_up_and_differences_are_paired():
    table = carried(composed("population.n_people=300", "n_replicates=2"))
    assert len(table) == 24
    assert 0 < table["share_of_views"].sum() < 1
    assert table["share_of_views"].is_monotonic_decreasing
    assert table["public_reach_low"].isna().all()  # two seeds give no interval
    unread = table[table["share_of_views"] == 0]
    assert np.isfinite(table["outrage_burden_core_without"]).all() and len(unread) < 24
