"""Networks as they are drawn: ties, audiences, chats, communities, friends of friends."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import composed
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import built, rows_of

from sim.base.refusal import ConfigError
from sim.network import figures
from sim.network.ties import _own_choice_of, communities, community_of_all, society
from sim.settings.network_config import NetworkConfig
from sim.start import network_of
from sim.state.scenario import name_of


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**62), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_no_self_ties_no_duplicates_and_only_known_people(seed, core, customer, public):
    network = built(seed, (core, customer, public), mean_follows=5.0)
    for row, followers in enumerate(rows_of(network)):
        assert np.all(np.diff(followers) > 0)
        assert row not in followers
        assert not followers.size or (
            followers[0] >= 0 and followers[-1] < core + customer + public
        )
    assert network.indptr[0] == 0
    assert network.indptr[-1] == network.followers.size


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    assert built(3).digest == built(3).digest
    assert built(3).digest != built(4).digest


def test_audiences_of_opinion_leaders_are_exact():
    sizes = [row.size for row in rows_of(built())[3000:]]
    assert sizes == [1500, 300, 30]


def test_followers_have_a_heavy_tail_and_follows_the_asked_mean():
    network = built(sizes=(4000, 8000, 8000))
    followers = np.sort(np.diff(network.indptr)[:20_000])[::-1]
    assert followers.mean() == pytest.approx(20, rel=0.15)
    top = followers[:400].astype(float)
    hill = 1 / np.mean(np.log(top / top[-1]))
    assert 0.9 < hill < 1.9  # asked: 1.3; duplicates at the very top are merged
    assert followers[0] > 50 * np.median(followers)


def reciprocity(network):
    n = network.n_people
    counts = np.diff(network.indptr)[:n]
    followed = np.repeat(np.arange(n), counts)
    follower = network.followers[: counts.sum()].astype(np.int64)
    ties = followed * n + follower
    return np.isin(follower * n + followed, ties).mean()


def test_reciprocity_follows_its_parameter():
    none, some = (reciprocity(built(reciprocity=r, sizes=(2000, 2000, 2000))) for r in (0.0, 0.4))
    assert none < 0.08
    assert 0.3 < some < 0.55


def core_share_of_core_follows(network, n_core):
    follows = [followers[followers < n_core].size for followers in rows_of(network)[:n_core]]
    others = [
        followers[followers < n_core].size
        for followers in rows_of(network)[n_core : network.n_people]
    ]
    return sum(follows) / (sum(follows) + sum(others))


def test_core_fans_follow_core_fans_as_asked():
    loose, tight = (
        core_share_of_core_follows(built(core_homophily=h, reciprocity=0.0), 600)
        for h in (0.0, 0.9)
    )
    assert loose < 0.35 < 0.8 < tight


def test_every_core_fan_is_in_the_asked_number_of_chats():
    network = built()
    assert network.groups.shape == (600, 2)
    assert (network.groups >= 0).all()
    assert network.group_size.sum() == 1200
    counts = np.bincount(network.groups.ravel(), minlength=network.group_size.size)
    assert (counts == network.group_size).all()
    assert network.group_size.min() >= 20
    assert network.group_size.max() <= 170
    assert 25 < network.group_size.mean() < 60


def test_one_core_fan_sits_alone_in_a_chat():
    network = built(sizes=(1, 1, 1))
    assert network.group_size.tolist() == [1, 1]


@pytest.mark.parametrize("r", [0.0, 0.2, 0.5, 0.9])
def test_the_measured_share_of_returned_ties_is_the_one_asked_for(r):
    network = built(reciprocity=r, sizes=(6000, 9000, 15000))
    assert reciprocity(network) == pytest.approx(r, abs=0.03)


def test_threads_build_the_network_that_one_thread_builds():
    with ThreadPoolExecutor(4) as pool:
        digests = list(pool.map(lambda seed: built(seed % 3).digest, range(12)))
    assert digests == [built(seed % 3).digest for seed in range(12)]


def test_chats_vary_in_size_between_twenty_and_the_cap():
    sizes = built(sizes=(20_000, 1, 1), mean_follows=1.0).group_size
    assert 20 <= sizes.min() < 25
    assert 100 < sizes.max() <= 170
    assert sizes.mean() == pytest.approx(40, rel=0.1)


@pytest.mark.parametrize(
    "words",
    [
        (),
        (
            "network.within_community=0.9",
            "network.closure=0.5",
            "network.community_size=1000000",
            "network.reciprocity=0.5",
        ),
    ],
)
def test_nobody_follows_more_than_a_step_can_sum_when_there_are_many_people(words):
    network = network_of(composed("population.n_people=400000", *words))
    follows = np.bincount(network.followers, minlength=network.n_people)
    assert np.diff(network.indptr)[: network.n_people].max() > 50_000  # stars there are
    assert follows.max() < 12_000


# --- communities and friends of friends -----------------------------------------------------------

SOCIAL = {"within_community": 0.6, "closure": 0.5, "community_size": 60}


def inside(network, seed, sizes, **settings_):
    config = NetworkConfig(**settings_)
    net, cuts = society(config, seed, sizes), communities(config, seed, sum(sizes))
    return figures.share_inside(network, community_of_all(net, cuts))


@pytest.mark.parametrize(
    ("seed", "sizes", "settings_", "digest"),
    [
        (1, (600, 1050, 1350), {}, "defba87600b831de"),
        (
            2,
            (600, 1050, 1350),
            {"core_homophily": 0.0, "reciprocity": 0.0, "mean_follows": 7.0, "tail_exponent": 2.5},
            "b6dfc2933ab0e689",
        ),
        (3, (20_000, 35_000, 45_000), {"reciprocity": 0.6}, "54fbbef4a5a24f79"),
        (5, (1, 1, 1), {}, "75e51571b6a8b333"),
    ],
)
def test_without_communities_no_bit_of_a_network_moves(seed, sizes, settings_, digest):
    assert built(seed, sizes, **settings_).digest == digest


def test_what_is_off_does_not_name_a_run_and_what_is_on_does():
    def named(*words):
        return name_of(composed(*words))

    plain = named()
    assert named("network.community_size=50") == plain  # of communities that are not there
    assert named("network.closure=0.2") != plain
    assert named("network.within_community=0.2") != named(
        "network.within_community=0.2", "network.community_size=50"
    )


@pytest.mark.parametrize("at_once", [1, 97, 1024])
def test_ties_do_not_depend_on_the_pieces_they_are_drawn_in(monkeypatch, at_once):
    whole = built(7, (300, 500, 700), **SOCIAL).digest
    monkeypatch.setattr("sim.network.network.AT_ONCE", at_once)
    assert built(7, (300, 500, 700), **SOCIAL).digest == whole
    monkeypatch.setattr("sim.network.network.os.cpu_count", lambda: 1)
    assert built(7, (300, 500, 700), **SOCIAL).digest == whole


def test_communities_keep_the_asked_share_inside():
    sizes = (4000, 7000, 9000)
    found = [
        inside(built(3, sizes, within_community=w), 3, sizes, within_community=max(w, 0.01))
        for w in (0.0, 0.3, 0.6)
    ]
    assert found[0] < 0.05
    assert found[1] == pytest.approx(0.3, abs=0.06)  # duplicates inside are merged more often
    assert found[2] == pytest.approx(0.6, abs=0.12)


def test_every_community_has_its_share_of_every_kind():
    config, sizes = NetworkConfig(within_community=0.5, community_size=200), (2000, 3500, 4500)
    net, cuts = society(config, 1, sizes), communities(config, 1, 10_000)
    community = community_of_all(net, cuts)
    assert (np.bincount(community) > 0).all()
    assert cuts[0] == 0 and cuts[-1] == 10_000
    assert np.diff(cuts).min() >= 49 and np.diff(cuts).max() <= 1050
    whole = np.bincount(community)
    for first, size in ((0, 2000), (2000, 3500), (5500, 4500)):
        members = np.bincount(community[first : first + size], minlength=whole.size)
        assert np.abs(members - whole * size / 10_000).max() <= 2
        assert (np.diff(community[first : first + size]) >= 0).all()


def test_sizes_of_communities_have_the_asked_mean_and_a_heavy_tail():
    config = NetworkConfig(within_community=0.5, community_size=100)
    sizes = np.concatenate([np.diff(communities(config, seed, 300_000)) for seed in range(10)])
    assert sizes.mean() == pytest.approx(100, rel=0.25)
    assert np.median(sizes) < 60
    assert sizes.max() > 3000


def test_friends_of_friends_make_triangles_and_leave_the_rest():
    plain, closed = (built(5, (1000, 2000, 5000), closure=c) for c in (0.0, 0.6))
    before, after = figures.clustering(plain), figures.clustering(closed)
    assert after.value > 1.5 * before.value
    assert closed.n_ties == pytest.approx(plain.n_ties, rel=0.05)
    assert reciprocity(closed) == pytest.approx(reciprocity(plain), abs=0.03)


def test_communities_make_triangles_too():
    plain, together = (built(5, (1000, 2000, 5000), within_community=w) for w in (0.0, 0.6))
    assert figures.clustering(together).value > figures.clustering(plain).value + 0.02


def test_whoever_somebody_is_said_to_have_chosen_is_followed_by_them():
    """So a choice found through others closes a triangle that is there."""
    sizes, config = (300, 500, 700), NetworkConfig(**SOCIAL)
    rows = rows_of(built(6, sizes, **SOCIAL))
    net, cuts = society(config, 6, sizes), communities(config, 6, sum(sizes))
    found = 0
    for i in range(1500):
        for u in (0.01, 0.4, 0.7, 0.99):
            account = _own_choice_of(net, cuts, i, u)
            assert account == i or i in rows[account]
            found += account != i
    assert found > 5900


def test_audiences_stay_exact_with_communities():
    sizes = [row.size for row in rows_of(built(**SOCIAL))[3000:]]
    assert sizes == [1500, 300, 30]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**62),
    st.tuples(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30)),
    st.sampled_from([1.0, 5.0, 80.0]),
    st.sampled_from([10, 40, 1_000_000]),
    st.sampled_from([0.0, 0.5, 0.9]),
    st.sampled_from([0.0, 0.5, 0.9]),
)
def test_odd_settings_give_clean_networks(seed, sizes, mean, size, within, closure):
    n = sum(sizes)
    network = built(
        seed, sizes, mean_follows=mean, community_size=size, within_community=within,
        closure=closure, reciprocity=0.5,
    )  # fmt: skip
    for row, followers in enumerate(rows_of(network)[:n]):
        assert np.all(np.diff(followers) > 0)
        assert row not in followers
        assert not followers.size or (followers[0] >= 0 and followers[-1] < n)


@pytest.mark.parametrize(
    "word", ["community_size=1", "community_size=9", "within_community=1", "closure=0.95"]
)
def test_settings_that_no_network_could_have_are_refused(word):
    name, _, value = word.partition("=")
    with pytest.raises(ConfigError, match=f"network.{name}"):
        NetworkConfig(**{name: float(value)})


def test_drawing_can_be_ended_from_outside(monkeypatch):
    monkeypatch.setattr("sim.network.network.AT_ONCE", 1000)
    seen = []

    def alive():
        seen.append(threading.active_count())
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        network_of(composed("population.n_people=50000", "seed=77"), alive)
    assert len(seen) == 3
    assert network_of(composed("population.n_people=50000", "seed=77")).n_people == 50_000
