"""Networks that runs share: built once, waited for, kept within bounds."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import composed

from sim.network import shared
from sim.start import network_of


def test_runs_of_one_seed_share_their_graph_and_others_do_not():
    one, same = composed("response=none", "seed=41"), composed("response=deny", "seed=41")
    first = network_of(one)
    assert network_of(same) is first
    assert network_of(composed("response=none", "seed=42")) is not first
    assert network_of(composed("seed=41", "network.mean_follows=9")) is not first
    assert network_of(composed("seed=41", "population.share_core=0.3")) is not first
    assert network_of(composed("seed=41", "network.leader_share=0.4")) is not first


def test_threads_that_want_one_graph_wait_for_it():
    built, begun = [], threading.Barrier(4)

    def build():
        built.append(1)
        time.sleep(0.05)
        return network_of(composed("seed=43"))

    def want(_):
        begun.wait()
        return shared.held("wanted by four", build)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(want, range(4)))
    assert len(built) == 1
    assert all(network is found[0] for network in found)


def test_a_graph_that_could_not_be_built_is_asked_for_again():
    def fail():
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            shared.held("never", fail)


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(shared, "KEPT", 3 * network_of(composed("seed=44")).nbytes)
    for seed in range(50, 60):
        network_of(composed(f"seed={seed}"))
    assert sum(network.nbytes for network in shared._latest.values()) <= shared.KEPT


def test_an_edge_list_that_has_changed_is_read_again(tmp_path):
    path = tmp_path / "ties.csv"
    words = (f"network.edges={path}", "population.n_people=30")
    path.write_text("follower,followed\n0,1\n")
    before = network_of(composed(*words))
    assert network_of(composed(*words)) is before
    path.write_text("follower,followed\n0,1\n2,1\n")
    assert network_of(composed(*words)).n_ties == before.n_ties + 1
