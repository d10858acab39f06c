"""Figures of a network: known graphs give known values; samples agree with counting."""

import json

import numpy as np
import pytest

from experiments.authoring.networks import NAMES, REFERENCES, SOURCES
from experiments.command.cli import main
from sim.network import figures
from sim.network.network import Network, build_network
from sim.settings.network_config import NetworkConfig


def network(n, ties, n_core=1):
    """People 0..n-1 and ties (follower, followed)."""
    rows = [sorted(a for a, b in set(ties) if b == row) for row in range(n)]
    return Network(
        n_people=n,
        n_core=n_core,
        n_customer=0,
        n_kols=0,
        indptr=np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64),
        followers=np.array([a for row in rows for a in row], np.int32),
        groups=np.zeros((n_core, 1), np.int32),
        group_size=np.array([n_core], np.int32),
    )


def ring(n, k):
    """Everybody follows the next k on a ring: neighbours up to k away on both sides."""
    return network(n, [(i, (i + step) % n) for i in range(n) for step in range(1, k + 1)])


def complete(n):
    return network(n, [(a, b) for a in range(n) for b in range(n) if a != b])


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (network(3, [(0, 1), (1, 2), (2, 0)]), 1.0),
        (network(3, [(0, 1), (1, 0), (1, 2)]), 0.0),
        (network(4, [(0, 1), (1, 2), (2, 0), (2, 3)]), (1 + 1 + 1 / 3 + 0) / 4),
        (network(9, [(i, 0) for i in range(1, 9)]), 0.0),
        (complete(7), 1.0),
        (ring(50, 2), 1 / 2),  # 3 (k - 1) / (2 (2k - 1)), Watts & Strogatz 1998
        (ring(50, 5), 2 / 3),
        (network(5, []), 0.0),
    ],
)
def test_clustering_of_known_graphs(graph, expected):
    value, error = figures.clustering(graph)
    assert value == pytest.approx(expected, abs=1e-12)
    assert error == 0  # all people, all pairs


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (network(4, [(0, 1), (1, 0), (1, 2), (2, 3)]), 0.5),
        (network(3, [(0, 1), (1, 2), (2, 0)]), 0.0),
        (complete(5), 1.0),
    ],
)
def test_reciprocity_of_known_graphs(graph, expected):
    assert figures.reciprocity(graph) == (expected, 0.0)


def test_without_ties_nothing_is_defined_that_would_divide_by_them():
    empty = network(4, [])
    assert np.isnan(figures.reciprocity(empty).value)
    assert np.isnan(figures.core_homophily(empty))
    assert np.isnan(figures.share_inside(empty, np.zeros(4, np.int32)))
    assert np.isnan(figures.follower_tail(empty).exponent)
    assert figures.mean_follows(empty) == 0


def test_who_is_tied_to_whom_is_counted():
    # fans 0 and 1 follow each other and 2; 2 follows 3
    graph = network(4, [(0, 1), (1, 0), (0, 2), (2, 3)], n_core=2)
    assert figures.core_homophily(graph) == pytest.approx(2 / 3)
    assert figures.share_inside(graph, np.array([0, 0, 1, 1], np.int32)) == pytest.approx(3 / 4)
    assert figures.mean_follows(graph) == 1.0


def some_network():
    return build_network(
        NetworkConfig(within_community=0.6, closure=0.5), 4, 1200, 2100, 2700, np.array([0.5])
    )


def test_a_sample_finds_what_counting_finds_within_its_error(monkeypatch):
    graph = some_network()
    monkeypatch.setattr(figures, "PEOPLE_READ", 10**9)
    monkeypatch.setattr(figures, "TIES_READ", 10**9)
    everybody = figures.clustering(graph), figures.reciprocity(graph)
    monkeypatch.setattr(figures, "PEOPLE_READ", 1500)
    monkeypatch.setattr(figures, "TIES_READ", 20_000)
    for (exact, none), (value, error) in zip(
        everybody, (figures.clustering(graph), figures.reciprocity(graph)), strict=True
    ):
        assert none == 0 < error < 0.01
        assert abs(value - exact) < 4 * error


def test_figures_are_the_same_whenever_they_are_taken():
    graph = some_network()
    assert figures.clustering(graph) == figures.clustering(graph)


@pytest.mark.parametrize("exponent", [0.9, 1.3, 2.2])
def test_a_known_tail_is_found_within_its_error(exponent):
    rng = np.random.default_rng(5)
    counts = np.floor(9.5 * rng.random(40_000) ** (-1 / exponent) + 0.5).astype(np.int64)
    tail = figures.tail_of(counts)
    assert abs(tail.exponent - exponent) < 4 * tail.error
    assert tail.error == pytest.approx(tail.exponent / tail.n**0.5)


def test_the_body_below_a_tail_is_left_out_of_its_fit():
    rng = np.random.default_rng(6)
    body = rng.poisson(20, 60_000)
    far = np.floor(99.5 * rng.random(6000) ** (-1 / 1.5) + 0.5).astype(np.int64)
    tail = figures.tail_of(np.concatenate([body, far]))
    assert 80 < tail.cutoff < 200
    assert tail.exponent == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("counts", [[], [0, 0], [3] * 500, list(range(40))])
def test_where_there_is_no_tail_none_is_claimed(counts):
    assert np.isnan(figures.tail_of(np.array(counts, np.int64)).exponent)


# --- the command ----------------------------------------------------------------------------------


def printed(capsys, *words):
    assert main(["network", "population.n_people=300", *words]) == 0
    return capsys.readouterr().out


def test_the_command_prints_asked_found_and_measured_elsewhere(capsys):
    found = json.loads(printed(capsys, "network=communities", "format=json"))
    rows = found["figures"]
    assert set(rows) == set(NAMES)
    assert rows["exact_audiences"]["found"] == rows["exact_audiences"]["asked"] == 24
    assert rows["largest_audience"]["found"] == 0.5
    assert rows["reciprocity"]["reference"] == {"higgs": 0.316, "twitter": 0.362}
    assert 0 < rows["clustering"]["found"] < 1
    table = printed(capsys, "network=communities")
    for en, _ in NAMES.values():
        assert en in table
    assert "konect.cc/networks/twitter" in table
    chinese = printed(capsys, "network=communities", "lang=zh")
    for _, zh in NAMES.values():
        assert zh in chinese


def test_communities_are_left_out_where_there_are_none(capsys):
    assert "inside communities" not in printed(capsys)


def test_of_an_edge_list_no_setting_asks_anything(capsys, tmp_path):
    ties = tmp_path / "ties.csv"
    ties.write_text("follower,followed\n" + "".join(f"{i},{(i + 1) % 300}\n" for i in range(300)))
    rows = json.loads(printed(capsys, f"network.edges={ties}", "format=json"))["figures"]
    assert rows["ties"]["found"] == 300
    assert rows["reciprocity"] == {
        "asked": None, "found": 0.0, "error": 0.0,
        "reference": {"higgs": 0.316, "twitter": 0.362},
    }  # fmt: skip
    assert rows["mean_follows"]["asked"] is None
    assert rows["tail_exponent"]["found"] is None  # everybody has one follower


def test_every_reference_says_where_it_is_from():
    assert {source for each in REFERENCES.values() for _, source in each} == set(SOURCES)
    assert set(REFERENCES) <= set(NAMES)
