"""Snapshots: the same people in every run, the numbers of the series, whole files or none."""

import json
import re
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import composed, small
from hypothesis import given
from hypothesis import strategies as st

from experiments.command.cli import main
from experiments.sweeps import running
from experiments.sweeps.running import run_points
from sim import draws, snapshots
from sim.base.digest import RESULTS_VERSION
from sim.draws import Decision
from sim.record import KINDS
from sim.run import people_at, simulate
from sim.settings.conduct import EngineConfig, SnapshotConfig
from sim.settings.config import Config
from sim.snapshots import COLUMNS, held, observe, path_of, sample_of, seats, steps_of
from sim.start import network_of, population_of
from sim.state.scenario import build_scenario, name_of
from sim.store import Store, StoreError

SETTINGS = ("case=textbook", "population=classroom", "clock.horizon_d=4", "uncertainty=point")
STATES = ("outrage", "outrage_deal", "outrage_governance", "grudge", "trust")
FLAGS = ("aware", "declared", "unfollowed", "sold", "exited")
SIZES = st.tuples(*(st.integers(1, 400),) * 3)


def looking(folder: Path, *overrides: str, every_h: float = 6, people: int = 100) -> Config:
    """A short run of 300 people that is looked at."""
    looked_at = SnapshotConfig(every_h=every_h, people=people)
    return replace(composed(*SETTINGS, *overrides), snapshots=looked_at, results=str(folder))


def seen(config: Config) -> pd.DataFrame:
    observe(config)
    return pd.read_parquet(path_of(config))


@cache
def unseen() -> Config:
    return simulate(composed(*SETTINGS))


# --- who is looked at ---------------------------------------------------------------------------


@given(SIZES, st.integers(3, 1500))
def test_kinds_are_looked_at_in_proportion_and_none_is_left_out(sizes, people):
    found, n = seats(people, sizes), sum(sizes)
    assert sum(found) == min(people, n)
    for count, size in zip(found, sizes, strict=True):
        assert 1 <= count <= size
        assert abs(count - min(people, n) * size / n) < 3


@pytest.mark.parametrize(("people", "sizes"), [(2, (5, 5, 5)), (10, (0, 5, 5))])
def test_a_kind_without_a_seat_or_a_person_is_an_error(people, sizes):
    with pytest.raises(ValueError, match="seats"):
        seats(people, sizes)


def test_one_person_of_a_kind_is_always_looked_at():
    assert seats(3, (1, 1, 998)) == [1, 1, 1]
    assert seats(100, (1, 300, 699))[0] == 1
    assert seats(10**6, (1, 2, 3)) == [1, 2, 3]


def test_those_with_the_smallest_draws_are_looked_at_kind_by_kind():
    bounds, seed = (0, 60, 165, 300), 2**40 + 9
    sample = sample_of(30, seed, bounds, (0.05, 0.3, 0.65))
    for kind, (first, last) in enumerate(pairwise(bounds)):
        drawn = {
            row: draws.uniform(np.uint64(seed), int(Decision.SNAPSHOT), 0, row)
            for row in range(first, last)
        }
        rows = sample.rows[sample.kind == kind]
        assert rows.tolist() == sorted(sorted(drawn, key=drawn.get)[: rows.size])
    assert sample.weight.sum() == pytest.approx(1)
    assert np.bincount(sample.kind, sample.weight) == pytest.approx([0.05, 0.3, 0.65])


def test_a_larger_sample_holds_the_smaller_one_and_seeds_differ():
    bounds, real = (0, 600, 1650, 3000), (0.05, 0.3, 0.65)
    few, many, other = (sample_of(n, s, bounds, real) for n, s in ((90, 1), (900, 1), (90, 2)))
    assert set(few.rows) < set(many.rows)
    assert set(few.rows) != set(other.rows)


def test_the_same_people_are_looked_at_whatever_the_response(tmp_path):
    one = seen(looking(tmp_path, "response=as_happened"))
    other = seen(looking(tmp_path, "response=deny"))
    assert (set(one["response"]), set(other["response"])) == ({"as_happened"}, {"deny"})
    assert set(one["run"]) == {name_of(looking(tmp_path, "response=as_happened"))}
    for name in (
        "seed",
        "step",
        "person",
        "kind",
        "weight",
        "followers",
        "identification",
        "activity",
    ):
        assert one[name].equals(other[name]), name
    assert not one["trust"].equals(other["trust"])
    assert one.groupby("step")["person"].apply(tuple).nunique() == 1


# --- what is seen -------------------------------------------------------------------------------


@pytest.mark.parametrize("every_h", [0.25, 6, 7, 48, 2160])
def test_snapshots_are_counted_from_the_start_of_the_case_and_end_with_the_run(every_h):
    clock = build_scenario(composed(*SETTINGS)).clock
    hours = [clock.hours(step) for step in steps_of(every_h, clock)]
    told = [hour for hour in map(clock.hours, range(clock.n_steps)) if hour % every_h == 0]
    assert hours == sorted({*told, clock.hours(clock.n_steps - 1)})
    assert 0.0 in hours


def test_a_snapshot_of_everybody_has_the_means_of_the_series(tmp_path):
    config = replace(
        composed("response=deny", "uncertainty=point"),
        snapshots=SnapshotConfig(every_h=24, people=10_000),
        results=str(tmp_path),
    )
    run, table = observe(config), pd.read_parquet(path_of(config))
    assert len(table) == 3000 * 16
    for (step, kind), group in table.groupby(["step", "kind"], observed=True):
        for name in STATES + FLAGS:
            if f"{name}_{kind}" in run.series:
                mean, told = group[name].astype(float).mean(), run.series[f"{name}_{kind}"][step]
                if name in FLAGS:
                    assert np.float32(mean) == told, name
                assert mean == pytest.approx(told, abs=1e-6), name
    weighted = {
        name: (table[name] * table["weight"]).groupby(table["step"]).sum()
        for name in STATES + FLAGS
    }
    for name, found in weighted.items():
        assert found.to_numpy() == pytest.approx(run.weighted(name)[found.index], abs=1e-6), name
    assert weighted["aware"].iloc[-1] > 0.1  # or the test could not fail
    assert weighted["declared"].iloc[-1] > 0


def test_the_weighted_mean_of_a_sample_estimates_the_series(tmp_path):
    config = replace(
        composed("response=none", "uncertainty=point"),
        snapshots=SnapshotConfig(every_h=12, people=1000),
        results=str(tmp_path),
    )
    run, table = observe(config), pd.read_parquet(path_of(config))
    for name in ("outrage", "trust", "aware"):
        means = (table[name] * table["weight"]).groupby(table["step"]).sum()
        assert means.to_numpy() == pytest.approx(run.weighted(name)[means.index], abs=0.05), name
    simple = table[table["hour"] == 48]["outrage"].mean()
    truth = run.weighted("outrage")[run.clock.burn_in_steps + 48 * 4]
    assert abs(simple - truth) > 0.05  # without weights core fans would count four times


def test_states_followers_and_flags_are_those_of_the_rows(tmp_path):
    config = looking(tmp_path, every_h=24)
    table = seen(config)
    taken = people_at(replace(config, snapshots=SnapshotConfig()), [192])[192]
    rows = table[table["step"] == 192].set_index("person")
    at = rows.index.to_numpy()
    for column in COLUMNS:
        if isinstance(column.source, str):
            assert np.array_equal(rows[column.name], taken[column.source][at]), column.name
        elif column.source is not None:
            assert np.array_equal(rows[column.name], taken["flags"][at] & column.source != 0)
    assert np.array_equal(rows["followers"], np.diff(taken["network"].indptr)[at])
    bounds = taken["bounds"]
    assert [KINDS[k] for k in np.searchsorted(bounds[1:], at, side="right")] == list(rows["kind"])


def test_a_snapshot_says_when_it_was_taken_in_the_time_of_the_case(tmp_path):
    config = looking(tmp_path)
    table = seen(config)
    clock = build_scenario(config).clock
    for step, times in table.groupby("step")["time"]:
        assert set(times) == {pd.Timestamp(clock.time_of(int(step)))}
    assert table["time"].iloc[0] == pd.Timestamp("2026-03-01 00:00")  # a day before the case
    assert pq.read_schema(path_of(config)).metadata[b"zone"] == b"Asia/Hong_Kong"


def test_every_column_that_the_docs_name_is_in_the_file(tmp_path):
    """docs/sweeps.md lists them; `time` was listed and missing."""
    text = (Path(__file__).parent.parent / "docs" / "sweeps.md").read_text(encoding="utf-8")
    part = text.split("has a row a person and snapshot:")[1].split("More core fans")[0]
    told = re.findall(r"`(\w+)`", part)
    assert sorted(told) == sorted(column.name for column in COLUMNS)


def test_every_column_has_a_unit_and_a_meaning_and_the_file_says_whose_it_is(tmp_path):
    config = looking(tmp_path)
    observe(config)
    shape = pq.read_schema(path_of(config))
    assert shape.names == [column.name for column in COLUMNS]
    for column in COLUMNS:
        about = shape.field(column.name).metadata
        assert about[b"unit"].decode() == column.unit
        assert about[b"meaning"].decode() == column.en
        assert about[b"meaning_zh"].decode() == column.zh
    about = {key.decode(): value.decode() for key, value in shape.metadata.items()}
    assert about["run"] == name_of(config)
    assert about["results_version"] == str(RESULTS_VERSION)
    assert json.loads(about["asked"])["response"]["name"] == config.response.name
    assert isinstance(pd.read_parquet(path_of(config))["kind"].dtype, pd.CategoricalDtype)


# --- it only observes ---------------------------------------------------------------------------


def test_being_looked_at_changes_neither_a_bit_nor_the_name(tmp_path):
    config = looking(tmp_path, every_h=0.25)
    run = observe(config)
    assert (run.name, run.log, run.asked) == (unseen().name, unseen().log, unseen().asked)
    for name, values in run.series.items():
        assert values.tobytes() == unseen().series[name].tobytes(), name


def test_the_engine_and_its_threads_change_nothing_in_a_snapshot(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.settings.config.WORTH_SHARING", 0)
    looked_at = SnapshotConfig(every_h=3, people=60)
    config = replace(small(*SETTINGS, n_people=90), snapshots=looked_at)
    tables = []
    for engine in (EngineConfig(), EngineConfig(threads_per_run=3), EngineConfig(name="mesa")):
        one = replace(config, engine=engine, results=str(tmp_path / str(len(tables))))
        observe(one)
        tables.append(pq.read_table(path_of(one), use_threads=False))
    assert tables[0].num_rows == 60 * (5 * 8 + 1)
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_no_snapshots_are_the_default_and_leave_no_file(tmp_path):
    config = replace(composed(*SETTINGS), results=str(tmp_path))
    assert config.snapshots.every_h == 0
    observe(config)
    assert list(tmp_path.iterdir()) == []


def test_importing_the_simulator_does_not_load_parquet():
    code = "import sys, sim.run; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- memory -------------------------------------------------------------------------------------


def most_held(n_snapshots: int, folder: Path) -> tuple[int, int]:
    """Bytes held at most over so many snapshots of 3,000 people, and rows that waited at most."""
    config = replace(
        composed("population=default"),
        snapshots=SnapshotConfig(every_h=1, people=3000),
        results=str(folder),
    )
    scenario, network = build_scenario(config), network_of(config)
    population = population_of(config, scenario, network)
    held, waiting = [], []
    tracemalloc.start()
    try:
        with (folder / "file").open("wb") as file:
            writer = pq.ParquetWriter(file, snapshots.schema(config))
            stream = snapshots.Stream(config, scenario, writer)
            before = tracemalloc.get_traced_memory()[0] + pa.total_allocated_bytes()
            for step in range(n_snapshots):
                stream.take(step % 1440, network, population)
                held.append(tracemalloc.get_traced_memory()[0] + pa.total_allocated_bytes())
                waiting.append(sum(table.num_rows for table in stream.waiting))
            stream.flush()
            writer.close()
    finally:
        tracemalloc.stop()
    assert pq.read_metadata(folder / "file").num_rows == 3000 * n_snapshots
    return max(held) - before, max(waiting)


def test_what_is_held_does_not_grow_with_the_number_of_snapshots(tmp_path):
    few, few_rows = most_held(30, tmp_path)
    many, many_rows = most_held(600, tmp_path)
    assert few_rows == many_rows < snapshots.ROWS
    assert many < 1.1 * few
    assert few < 120 * (snapshots.ROWS + 3000)  # bytes a row, the fixed columns included


# --- whole or absent ----------------------------------------------------------------------------


def test_whatever_ends_a_run_leaves_nothing(tmp_path):
    config = looking(tmp_path, every_h=0.25)

    def end(share):
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        observe(config, end)
    assert list((tmp_path / "snapshots").iterdir()) == []
    assert not held(config)


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_snapshots import looking, observe
def wait(share):
    if share > 0.6:
        print("half", flush=True)
        time.sleep(60)
observe(looking(Path(sys.argv[1])), wait)
"""


def test_killed_in_the_middle_leaves_no_snapshots_and_the_next_attempt_succeeds(tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "half\n"
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    config = looking(tmp_path)
    assert [path.suffix for path in path_of(config).parent.iterdir()] == [".partial"]
    observe(config)
    assert held(config)


def test_a_disk_that_fills_up_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshots.pq.ParquetWriter, "write_table", full)
    with pytest.raises(StoreError, match="No space left") as problem:
        observe(looking(tmp_path))
    assert "results=DIR" in str(problem.value)
    assert list((tmp_path / "snapshots").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"notes", None], ids=["empty", "foreign", "truncated"])
def test_a_file_that_cannot_be_used_is_moved_aside_and_written_again(tmp_path, content):
    config = looking(tmp_path)
    whole = seen(config)
    path = path_of(config)
    broken = path.read_bytes()[:-9] if content is None else content
    path.write_bytes(broken)
    assert not held(config)
    assert seen(config).equals(whole)
    assert [aside.read_bytes() for aside in path.parent.glob("*.damaged")] == [broken]


def test_snapshots_of_another_version_are_not_taken_for_these(tmp_path, monkeypatch):
    config = looking(tmp_path)
    observe(config)
    monkeypatch.setattr(snapshots, "RESULTS_VERSION", 999)
    assert not held(config)


@pytest.mark.parametrize("column", [column.name for column in COLUMNS])
def test_a_name_in_the_footer_that_is_no_text_is_found(written, column):
    config, whole = written
    path = path_of(config)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    at = whole.index(column.encode(), footer)  # among the names of the columns
    path.write_bytes(whole[:at] + b"\xff" + whole[at + 1 :])
    try:
        assert not held(config)
    finally:
        path.write_bytes(whole)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Snapshots on disk, and their bytes."""
    config = looking(tmp_path_factory.mktemp("written"))
    observe(config)
    return config, path_of(config).read_bytes()


def test_what_counts_of_the_record_of_a_run_must_be_whole(tmp_path):
    config = looking(tmp_path)
    observe(config)
    path = path_of(config)
    table = pq.read_table(path)
    record = json.loads(table.schema.metadata[b"asked"])

    def put(**changes):
        meta = {**table.schema.metadata, **{k.encode(): v for k, v in changes.items()}}
        pq.write_table(table.replace_schema_metadata(meta), path)
        return held(config)

    label = {**record, "response": {**record["response"], "name": "as first asked for"}}
    assert put(asked=json.dumps(label, indent=1).encode())
    other = {**record, "parameters": {**record["parameters"], "relief": 0.123}}
    assert not put(asked=json.dumps(other).encode())
    assert not put(asked=b"\xff")
    assert not put(run=b"0" * 16)


def test_what_is_there_is_left_alone(tmp_path):
    config = looking(tmp_path)
    observe(config)
    before = path_of(config).stat().st_mtime_ns
    observe(config)
    assert path_of(config).stat().st_mtime_ns == before


def test_files_are_told_apart_by_response_seed_and_what_is_looked_at(tmp_path):
    config = looking(tmp_path)
    others = [
        looking(tmp_path, "response=deny"),
        looking(tmp_path, every_h=12),
        looking(tmp_path, people=50),
        replace(config, seed=1),
        replace(config, response=replace(config.response, name="mine/../too")),
    ]
    paths = {path_of(one) for one in (config, *others)}
    assert len(paths) == 6
    assert {path.parent for path in paths} == {tmp_path / "snapshots"}
    assert path_of(config).name.startswith("textbook-as_happened-seed0-every6h-100people-")


# --- runs that are stored -----------------------------------------------------------------------


class Counting:
    """`observe`, and the seeds that it was asked for."""

    def __init__(self):
        self.seeds = []

    def __call__(self, config, watch):
        self.seeds.append(config.seed)
        return observe(config, watch)


def test_a_stored_run_is_run_again_only_for_the_snapshots_that_are_missing(tmp_path):
    store, config = Store(tmp_path), replace(looking(tmp_path), n_replicates=3)
    run_points([replace(config, snapshots=SnapshotConfig())], store)
    (part,) = store.scan()[0]
    before = part.stat().st_mtime_ns

    work = Counting()
    (result,) = run_points([config], store, work=work)
    assert sorted(work.seeds) == [0, 1, 2]
    assert (len(result.runs), result.n_reused, len(result.snapshots)) == (3, 3, 3)
    assert part.stat().st_mtime_ns == before

    work = Counting()
    result.snapshots[1].unlink()
    (again,) = run_points([config], store, work=work)
    assert work.seeds == [1]
    assert again.snapshots == result.snapshots
    assert [run.seed for run in again.runs] == [0, 1, 2]

    work = Counting()
    run_points([config], store, work=work)
    assert work.seeds == []


def test_run_says_where_the_snapshots_are(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["run", *SETTINGS, "snapshots.every_h=24", "snapshots.people=30", "n_replicates=2"]
    assert main(words) == 0
    out = capsys.readouterr().out
    files = sorted(Path("results/snapshots").iterdir())
    assert len(files) == 2
    assert f"snapshots of people: {files[0]} … {files[1]}\n" in out
    assert main([*words, "lang=zh"]) == 0
    assert f"个体快照：{files[0]} … {files[1]}\n" in capsys.readouterr().out
    assert main([*words, "format=json"]) == 0
    assert json.loads(capsys.readouterr().out)["snapshots"] == [str(path) for path in files]
    assert main(["store"]) == 0


@pytest.mark.parametrize(
    "words", [["sweep", "study=smoke"], ["sweep", "response=none,deny"], ["carriers"]], ids=" ".join
)
def test_work_that_keeps_outcomes_only_refuses_snapshots(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*words, "case=textbook", "snapshots.every_h=6"]) == 2
    err = capsys.readouterr().err
    assert "snapshots.every_h = 6.0" in err
    assert "try:     backlash run" in err
    assert list(tmp_path.iterdir()) == []


def test_snapshots_are_no_axis(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["sweep", "case=textbook", "snapshots.people=10,20"]) == 2
    assert "is not swept" in capsys.readouterr().err


def test_a_failed_run_has_no_snapshots(tmp_path):
    def fails(config, watch):
        raise ZeroDivisionError("by nothing")

    (result,) = running.run_points([looking(tmp_path)], Store(tmp_path), work=fails)
    assert result.snapshots == []


def test_the_lines_of_the_page_read_what_the_command_of_the_page_wrote(tmp_path, monkeypatch):
    page = (Path(__file__).parent.parent / "docs" / "sweeps.md").read_text()
    section = page.split("## Snapshots of people")[1].split("\n## ")[0]
    (command,) = re.findall(r"^backlash (run .*)$", section, re.M)
    (block,) = re.findall(r"```python\n(.*?)```", section, re.S)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: None)
    assert main(command.split()) == 0
    space: dict = {}
    exec(block, space)
    assert len(space["axes"].lines) == 3


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_damage_before_the_footer_is_found_and_the_file_made_again(tmp_path, share):
    config = looking(tmp_path, every_h=2)
    observe(config)
    path, whole = path_of(config), path_of(config).read_bytes()
    footer = int.from_bytes(whole[-8:-4], "little")
    with path.open("r+b") as file:
        file.seek(int(share * (len(whole) - footer)))
        file.write(bytes(byte ^ 0x5A for byte in whole[file.tell() : file.tell() + 64]))
    assert not held(config)
    observe(config)
    assert held(config)
    assert len(list(path.parent.glob("*.damaged"))) == 1
