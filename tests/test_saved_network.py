"""A network in a file: the same bits as the one that was drawn or parsed, or a refusal."""

import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import composed, small

from experiments.command.cli import main
from sim.base.refusal import ConfigError
from sim.network import shared
from sim.network.network import build_network
from sim.network.saved import HEAD, load_network, save_network
from sim.run import simulate
from sim.settings.conduct import EngineConfig
from sim.settings.network_config import NetworkConfig
from sim.start import network_of

ARRAYS = ("indptr", "followers", "groups", "group_size")
FEW = ("population.n_people=400", "response=deny")


def drawn(seed=1, sizes=(20, 12, 18), audience=(0.5, 0.1, 0.01), **settings):
    return build_network(NetworkConfig(**settings), seed, *sizes, np.array(audience))


def own(tmp_path, n=90):
    """An edge list of n people with attributes: the words that ask for it."""
    kinds = ["core", "public", "customer"]
    people, ties = tmp_path / "people.csv", tmp_path / "ties.csv"
    people.write_text(
        "id,kind,trust,activity\n"
        + "".join(f"p{i},{kinds[i % 3]},{0.1 + i / 200},{1 + i / 90}\n" for i in range(n))
    )
    ties.write_text(
        "follower,followed\n"
        + "".join(f"p{i},p{(i + step) % n}\n" for i in range(n) for step in (1, 5, 7))
    )
    return f"network.edges={ties}", f"network.people={people}"


def assert_same_bits(one, other):
    assert one.n_people == other.n_people
    assert one.log == other.log
    for name, values in one.series.items():
        assert values.tobytes() == other.series[name].tobytes(), name


def assert_same_network(one, other):
    assert one.digest == other.digest
    assert one.sizes == other.sizes
    for name in ARRAYS:
        before, after = getattr(one, name), getattr(other, name)
        assert before.dtype == after.dtype
        assert before.shape == after.shape
        assert np.array_equal(before, after)
        assert not before.flags.writeable and not after.flags.writeable
    assert (one.attributes or {}).keys() == (other.attributes or {}).keys()
    for name in one.attributes or {}:
        assert np.array_equal(one.attributes[name], other.attributes[name])


# --- the same network, the same bits --------------------------------------------------------------


@pytest.mark.parametrize("groups_per_core", [1, 3])
def test_a_saved_network_comes_back_as_it_was(tmp_path, groups_per_core):
    network = drawn(groups_per_core=groups_per_core)
    path = save_network(network, tmp_path / "new" / "folder")
    assert path.name == f"network-{network.digest}.bin"
    assert list(path.parent.iterdir()) == [path]
    assert_same_network(network, load_network(path))
    assert path.stat().st_size < HEAD + network.nbytes + 1


def test_a_run_on_a_saved_network_has_the_bits_of_the_run_that_drew_it(tmp_path):
    path = save_network(network_of(composed(*FEW, "seed=3")), tmp_path)
    before = simulate(composed(*FEW, "seed=3"))
    # its people are those of the file, whether they are asked for or not
    for words in (FEW, FEW[1:]):
        assert_same_bits(before, simulate(composed(*words, "seed=3", f"network.saved={path}")))


@pytest.mark.slow
def test_both_engines_run_on_a_saved_network(tmp_path):
    config = small("response=deny")
    path = save_network(network_of(config), tmp_path)
    config = replace(config, network=NetworkConfig(saved=str(path)))
    assert_same_bits(simulate(config), simulate(replace(config, engine=EngineConfig("mesa"))))


def test_an_edge_list_and_its_people_are_parsed_once_and_for_all(tmp_path):
    words = own(tmp_path)
    network = network_of(composed(*words))
    path = save_network(network, tmp_path)
    assert_same_network(network, load_network(path))
    before = simulate(composed(*words, "response=deny"))
    for file in ("ties.csv", "people.csv"):
        (tmp_path / file).unlink()
    after = simulate(composed(f"network.saved={path}", "response=deny"))
    assert_same_bits(before, after)
    assert after.n_people == {"core": 30, "customer": 30, "public": 30}


def test_runs_of_all_seeds_share_a_saved_network(tmp_path):
    path = save_network(network_of(composed(*FEW, "seed=5")), tmp_path)
    first = network_of(composed(f"network.saved={path}", "seed=1"))
    assert network_of(composed(f"network.saved={path}", "seed=2", "response=deny")) is first


def test_attributes_sizes_and_the_shape_of_chats_are_part_of_the_digest():
    network = drawn()
    trust = np.full(network.n_people, 0.5)
    others = [
        replace(network, n_core=19),
        replace(network, n_customer=13),
        replace(network, n_people=network.n_people - 1, n_kols=network.n_kols + 1),
        replace(network, groups=network.groups.reshape(-1, 1)),
        replace(network, attributes={"trust": trust}),
        replace(network, attributes={"activity": trust}),
        replace(network, attributes={"trust": trust + 0.1}),
    ]
    assert len({each.digest for each in (network, *others)}) == 1 + len(others)


# --- what names the run ---------------------------------------------------------------------------


def test_a_run_is_named_by_the_digest_and_not_by_the_path(tmp_path):
    network = network_of(composed(*FEW))
    here, there = (save_network(network, tmp_path / name) for name in ("here", "there"))
    one, same = (simulate(composed(*FEW, f"network.saved={path}")) for path in (here, there))
    other = save_network(network_of(composed(*FEW, "seed=8")), tmp_path)
    assert one.name == same.name
    assert one.asked["network"] == {"saved": network.digest}
    assert str(tmp_path) not in repr(one.asked)
    assert one.name != simulate(composed(*FEW, f"network.saved={other}")).name
    assert one.name == simulate(composed(FEW[1], f"network.saved={here}")).name
    assert one.asked["population"]["n_partner_leaders"] == 8


def test_runs_without_a_saved_network_keep_their_names():
    run = simulate(composed(*FEW))
    assert "saved" not in run.asked["network"]
    assert run.asked["population"]["n_people"] == 400


# --- files that are refused -----------------------------------------------------------------------


def refusal_of(path):
    with pytest.raises(ConfigError) as refusal:
        load_network(path)
    assert refusal.value.path == "network.saved"
    assert "try:" in str(refusal.value)
    return refusal.value.reason


def test_a_file_with_any_byte_changed_is_refused(tmp_path):
    people = {"trust": np.linspace(0.1, 0.9, 6)}
    network = replace(drawn(sizes=(2, 2, 2)), attributes=people)
    path = save_network(network, tmp_path)
    whole = path.read_bytes()
    assert len(whole) > HEAD + 200
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        path.write_bytes(damaged)
        refusal_of(path)
    path.write_bytes(whole)
    assert load_network(path).digest == network.digest


def test_a_file_that_is_cut_short_or_grown_is_refused(tmp_path):
    path = save_network(drawn(sizes=(2, 2, 2)), tmp_path)
    whole = path.read_bytes()
    for size in (0, 1, HEAD - 1, HEAD, HEAD + 1, len(whole) - 4, len(whole) - 1):
        path.write_bytes(whole[:size])
        refusal_of(path)
    path.write_bytes(whole + b"\0")
    assert "damaged: " in refusal_of(path)


def test_foreign_files_are_refused_and_nothing_in_them_is_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "it ran",))

    path = tmp_path / "network-0123456789abcdef.bin"
    assert "cannot be read" in refusal_of(path)
    np.savez(tmp_path / "a.npz", indptr=np.zeros(3), bomb=np.array([Bomb()], object))
    for content in (
        pickle.dumps(Bomb()), (tmp_path / "a.npz").read_bytes(), b"[" * 5000, b"\xff" * 5000,
        b"follower,followed\n0,1\n", b"[]", b'{"magic": "another"}',
    ):  # fmt: skip
        path.write_bytes(content)
        assert refusal_of(path) == "not a saved network"
    assert not (tmp_path / "it ran").exists()
    path.unlink()
    path.mkdir()
    assert "no regular file" in refusal_of(path)


def test_a_file_of_another_version_or_name_is_refused(tmp_path):
    path = save_network(drawn(), tmp_path)
    renamed = path.rename(tmp_path / "network-0123456789abcdef.bin")
    assert "renamed" in refusal_of(renamed)
    renamed.write_bytes(renamed.read_bytes().replace(b'"version": 1', b'"version": 2', 1))
    assert refusal_of(renamed) == "of version 2; this release reads 1"


def test_a_number_that_no_memory_could_hold_is_refused_before_it_is_taken(tmp_path):
    path = save_network(drawn(), tmp_path)
    head, rest = path.read_bytes()[:HEAD], path.read_bytes()[HEAD:]
    for number in ("99999999999", "-1", "1e3", "true", "null", '"9"', "9" * 50):
        ties = f'"n_ties": {drawn().n_ties}'.encode()
        forged = head.replace(ties, f'"n_ties": {number}'.encode(), 1)
        path.write_bytes(forged.rstrip().ljust(HEAD - 1) + b"\n" + rest)
        assert "damaged" in refusal_of(path)


def changed(array, at, value):
    array = array.copy()
    array.flat[at] = value
    return array


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("indptr", 0, 1),
        ("indptr", 0, -1),
        ("indptr", 1, -5),
        ("indptr", 1, 10_000),
        ("indptr", 2, 2**62),
        ("followers", 0, -1),
        ("followers", 0, 50),
        ("followers", -1, 2**31 - 1),
        ("followers", 1, 0),
        ("groups", 3, -2),
        ("groups", 3, 10_000),
        ("groups", 3, -1),
        ("group_size", 0, 0),
    ],
)
def test_rows_that_would_crash_compiled_code_are_refused(tmp_path, name, at, value):
    """A forged file: its digest is right, what it holds is no network."""
    network = drawn()
    forged = replace(network, **{name: changed(getattr(network, name), at, value)})
    assert "holds no network" in refusal_of(save_network(forged, tmp_path))


def test_people_who_follow_themselves_and_attributes_out_of_range_are_refused(tmp_path):
    network = drawn()
    row = int(np.argmax(np.diff(network.indptr)[:50]))
    start, end = network.indptr[row : row + 2]
    themselves = network.followers.copy()
    themselves[start:end] = np.sort(np.append(themselves[start : end - 1], row))
    for forged in (
        replace(network, followers=themselves),
        replace(network, attributes={"trust": np.full(50, 1.5)}),
        replace(network, attributes={"trust": np.full(50, np.nan)}),
        replace(network, n_customer=30),
    ):
        assert "holds no network" in refusal_of(save_network(forged, tmp_path))


def test_a_file_that_changes_between_two_runs_is_read_again(tmp_path):
    path = save_network(network_of(composed(*FEW)), tmp_path)
    config = composed(f"network.saved={path}")
    assert network_of(config) is network_of(config)
    path.write_bytes(path.read_bytes()[:-4] + b"\1\1\1\1")
    with pytest.raises(ConfigError, match="damaged"):
        network_of(config)


# --- settings that contradict the file ------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["population.n_people=500"], "80 core fans, 140 customers and 180 of the public"),
        (["population.share_core=0.3"], "without population.n_people"),
        (["population.n_partner_leaders=9"], "population.n_partner_leaders=8"),
        (["population.n_neutral_leaders=40"], "population.n_partner_leaders=22 population.n_neu"),
        (["network.mean_follows=9"], "without network.mean_follows"),
        (["network.leader_share=0.4"], "without network.leader_share"),
        (["network.seed=1"], "without network.seed"),
        (["network.edges=ties.csv"], "network.edges = 'ties.csv'"),
    ],
)
def test_settings_that_the_file_contradicts_are_refused(tmp_path, words, expected):
    path = save_network(network_of(composed(*FEW)), tmp_path)
    with pytest.raises(ConfigError) as refusal:
        network_of(composed(f"network.saved={path}", *words))
    assert expected in str(refusal.value)


def test_what_is_typed_after_a_refusal_of_leaders_works(tmp_path):
    path = save_network(network_of(composed(*FEW)), tmp_path)
    for words in (["population.n_partner_leaders=9"], ["population.n_neutral_leaders=40"]):
        with pytest.raises(ConfigError) as refusal:
            network_of(composed(f"network.saved={path}", *words))
        hint = refusal.value.hint.split(" ")
        assert network_of(composed(f"network.saved={path}", *words, *hint)).n_kols == 24


@pytest.mark.parametrize("name", ["ties.csv", "network-.bin", "network-0123456789ABCDEF.bin"])
def test_a_file_that_cannot_be_one_is_refused_by_its_name(tmp_path, name):
    with pytest.raises(ConfigError, match="no such file"):
        composed(f"network.saved={tmp_path / name}")
    (tmp_path / name).touch()
    with pytest.raises(ConfigError, match="not the name of a saved network"):
        composed(f"network.saved={tmp_path / name}")


def test_threads_may_share_a_run_on_a_saved_network_of_any_size(tmp_path):
    path = save_network(network_of(composed(*FEW)), tmp_path)
    one = simulate(composed(f"network.saved={path}"))
    two = simulate(composed(f"network.saved={path}", "engine.threads_per_run=2"))
    assert_same_bits(one, two)


# --- writing --------------------------------------------------------------------------------------

CHILD = """
import os, signal, sys
import numpy as np
from sim.settings.conduct import EngineConfig
from sim.settings.config import NetworkConfig
from sim.network.network import build_network
from sim.network.saved import save_network
network = build_network(NetworkConfig(), 1, 400, 700, 900, np.array([.5, .1]))
if sys.argv[2] == "killed":
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
for _ in range(20):
    save_network(network, sys.argv[1])
"""


def saving(folder, how="whole"):
    words = [sys.executable, "-c", CHILD, str(folder), how]
    return subprocess.run(words, check=False, timeout=120).returncode


def test_two_processes_may_save_the_same_network_at_once(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(saving, [tmp_path] * 2)) == [0, 0]
    network = drawn(sizes=(400, 700, 900), audience=(0.5, 0.1))
    (path,) = tmp_path.iterdir()
    assert load_network(path).digest == network.digest


def test_a_save_that_is_killed_leaves_no_network_and_the_next_one_works(tmp_path):
    assert saving(tmp_path, "killed") == -signal.SIGKILL
    assert [path.suffix for path in tmp_path.iterdir()] == [".partial"]
    network = drawn(sizes=(400, 700, 900), audience=(0.5, 0.1))
    assert load_network(save_network(network, tmp_path)).digest == network.digest


def test_a_damaged_file_is_made_good_by_saving_again(tmp_path):
    path = save_network(drawn(), tmp_path)
    path.write_bytes(b"damaged")
    assert load_network(save_network(drawn(), tmp_path)).digest == drawn().digest


def test_a_folder_that_cannot_be_written_is_refused_and_nothing_stays(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        save_network(drawn(), tmp_path / "file")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        save_network(drawn(), tmp_path / "full")
    assert list((tmp_path / "full").iterdir()) == []


def test_the_stamp_of_a_saved_network_is_that_of_its_file(tmp_path):
    path = save_network(drawn(), tmp_path)
    before = shared.stamp(NetworkConfig(saved=str(path)))
    os.utime(path, (1, 1))
    assert shared.stamp(NetworkConfig(saved=str(path))) != before


def test_a_pipe_is_no_file(tmp_path):
    pipe = tmp_path / "network-0123456789abcdef.bin"
    os.mkfifo(pipe)
    with pytest.raises(ConfigError, match="no regular file"):
        load_network(pipe)


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_drawn(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        "experiments.authoring.networks.network_of", lambda config: pytest.fail("drawn")
    )
    for folder in (tmp_path / "file", ""):
        assert main(["network", f"save={folder}"]) == 2
        assert "save" in capsys.readouterr().err
