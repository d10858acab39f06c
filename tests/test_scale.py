"""Outcomes are shares: they must not depend on how many people stand for the community."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import composed

from sim.metrics import outcomes
from sim.rules import pr_team
from sim.run import simulate
from sim.settings.worlds import worlds_of
from sim.start import network_of
from sim.state.scenario import build_scenario

SHARES = (
    "outrage_burden_core", "outrage_peak_core", "public_reach", "governance_share",
    "trust_core_d7", "trust_customer_d7", "listed_h", "n_partner_exits",
)  # fmt: skip


def paired(name, small, large):
    """Mean difference large - small over worlds, and its standard error."""
    apart = np.array([b[name] - a[name] for a, b in zip(small, large, strict=True)])
    return float(apart.mean()), float(apart.std(ddof=1) / apart.size**0.5)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_times_the_people_leave_the_shares_where_they_were():
    seen = {}
    for n in (3_000, 30_000):
        worlds = worlds_of(composed("uncertainty=posterior", "n_replicates=16"))
        point = composed("uncertainty=point", f"population.n_people={n}")
        seen[n] = [
            outcomes(simulate(replace(point, seed=k, parameters=parameters)))
            for k, parameters in enumerate(worlds)
        ]
    for name in SHARES:
        mean, error = paired(name, seen[3_000], seen[30_000])
        usual = abs(np.mean([row[name] for row in seen[3_000]]))
        assert abs(mean) < max(3.5 * error, 0.002 * usual), (name, mean, error)
        assert error < 0.15 * usual + 0.05, (name, error)  # or the test could not fail


def test_an_alarm_does_not_come_sooner_because_more_people_are_simulated():
    """Twice the usual talk: the same excess at any size, with the spread of a sample of 3,000."""
    expected = 40.0  # posts a step of 3,000 people
    rng = np.random.default_rng(1)
    excess = {}
    for times in (1, 10, 300):
        volumes = rng.poisson(2 * expected * times, 4000).astype(float)
        read = [
            pr_team.sampled_mentions(v, 1 / times, z)
            for v, z in zip(volumes, rng.standard_normal(4000), strict=True)
        ]
        excess[times] = np.array([pr_team.mention_excess(v, expected) for v in read])
    for times in (10, 300):
        assert excess[times].mean() == pytest.approx(excess[1].mean(), abs=0.15)
        assert excess[times].std() == pytest.approx(excess[1].std(), rel=0.06)


def test_what_a_person_reads_and_chats_with_does_not_grow_with_the_community():
    small, large = (
        network_of(composed(f"population.n_people={n}", "seed=5")) for n in (3_000, 60_000)
    )
    for n, network in ((3_000, small), (60_000, large)):
        ties = network.indptr[n] / n
        assert 16 < ties < 21, (n, ties)
    audiences = [np.diff(net.indptr)[net.n_people :] / net.n_people for net in (small, large)]
    assert audiences[0] == pytest.approx(audiences[1], abs=0.001)
    chats = [network_of(composed("population.n_people=3000", f"seed={seed}")) for seed in range(20)]
    usual = np.concatenate([network.group_size for network in chats]).mean()
    assert usual == pytest.approx(large.group_size.mean(), rel=0.12)
    constants = [
        build_scenario(composed(f"population.n_people={n}")).constants for n in (3_000, 60_000)
    ]
    assert constants[0].tobytes() == constants[1].tobytes()
