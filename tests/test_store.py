"""The store: whole or absent, and never trusted blindly."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import composed, run_of

from sim import part_files, parts
from sim import store as store_module
from sim.base.digest import RESULTS_VERSION
from sim.metrics import OUTCOMES, outcomes
from sim.part_files import StoreProblem, look, read_part
from sim.parts import MAGIC, clock_of_asked, part_digest, to_table
from sim.record import SERIES
from sim.run import simulate
from sim.store import Store, StoreError, StoreRefused

SETTINGS = ("case=textbook", "population=classroom", "clock.horizon_d=3")


@cache
def runs():
    """Two real runs, small and short."""
    config = composed(*SETTINGS)
    return [simulate(replace(config, seed=seed)) for seed in (0, 1)]


def digest():
    return part_digest([run.name for run in runs()])


def same(one, other):
    """Whether two runs hold the same, bit for bit."""
    assert all(one.series[s.name].tobytes() == other.series[s.name].tobytes() for s in SERIES)
    assert json.dumps(one.asked, sort_keys=True) == json.dumps(other.asked, sort_keys=True)
    for name in ("name", "seed", "engine", "clock", "log", "weights", "n_people", "trust_start"):
        assert getattr(one, name) == getattr(other, name), name
    return True


def leftovers(store):
    return sorted(path.name for path in store.root.glob("*.partial"))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def part(store):
    """The path of a stored part."""
    return store.save(runs())


def only_problem(store):
    good, bad = store.scan()
    assert good == []
    (problem,) = bad
    assert problem.path.exists()  # reported, never deleted
    assert problem.advice in str(problem)
    return problem


def test_what_is_read_back_is_what_was_run(store, part):
    assert store.has(digest())
    assert part.name == f"part-{digest()}.parquet"
    assert all(same(*pair) for pair in zip(store.load(digest()), runs(), strict=True))
    assert leftovers(store) == []


def test_outcomes_lie_beside_the_series_with_their_units(store, part):
    schema = pq.read_schema(part)
    assert schema.metadata[b"magic"] == MAGIC
    for outcome in OUTCOMES:
        assert schema.field(outcome.name).metadata[b"unit"].decode() == outcome.unit
    row = store.frame().iloc[1]
    assert (row["seed"], row["case"], row["engine"]) == (1, "textbook", "columnar")
    for name, value in outcomes(runs()[1]).items():
        assert row[name] == value or (np.isnan(row[name]) and np.isnan(value)), name


def test_a_part_is_named_by_what_it_answers_in_order():
    names = [run.name for run in runs()]
    assert part_digest(names) != part_digest(names[::-1])
    assert part_digest(names) != part_digest(names[:1])


def test_a_clock_has_the_zone_and_the_exchange_that_stand_with_its_case():
    """A record from before there were zones is of Hong Kong, where its case is listed."""

    def told(asked):
        clock = clock_of_asked(asked, "2026-01-05 09:30", 12, 7, 24)
        assert (f"{clock.start:%d %H:%M}", clock.dt_min, clock.horizon_d) == ("05 09:30", 12, 7)
        assert clock.burn_in_h == 24
        return clock.time_zone, clock.exchange

    assert told({}) == told({"case": {}}) == ("Asia/Hong_Kong", "XHKG")
    assert told({"case": {"market": {}}}) == ("Asia/Hong_Kong", "XHKG")
    assert told({"case": {"market": {"listed": True}}}) == ("Asia/Hong_Kong", "XHKG")
    assert told({"case": {"market": {"listed": False}}}) == ("Asia/Hong_Kong", None)
    own = {"time_zone": "America/New_York", "exchange": None}
    assert told({"case": {**own, "market": {"listed": True}}}) == ("America/New_York", None)
    abroad = {"time_zone": "America/New_York", "exchange": "XNYS"}
    assert told({"case": abroad}) == ("America/New_York", "XNYS")
    assert told({"case": {**abroad, "market": {"listed": False}}}) == ("America/New_York", None)


def test_numbers_of_numpy_among_the_settings_are_stored_as_numbers(store):
    asked = {**runs()[0].asked, "seed": np.int64(0)}
    store.save([replace(runs()[0], asked=asked)])
    assert same(store.load(part_digest([runs()[0].name]))[0], runs()[0])


def test_settings_are_written_in_one_order_however_they_came(store):
    backwards = dict(reversed(runs()[0].asked.items()))
    (text,) = to_table([replace(runs()[0], asked=backwards)])["asked"].to_pylist()
    assert text == to_table(runs())["asked"].to_pylist()[0]


def test_an_altered_run_among_others_is_not_stored(store):
    altered = replace(runs()[1], asked={**runs()[1].asked, "altered": ["a rule"]})
    for group in ([altered], [runs()[0], altered]):
        with pytest.raises(StoreRefused, match="altered"):
            store.save(group)
    assert not store.root.exists()


def test_a_home_folder_is_written_as_people_write_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Store("~/mine").root == tmp_path / "mine" / "runs"


def test_preparing_leaves_an_empty_folder(store):
    store.prepare()
    assert list(store.root.iterdir()) == []


def test_how_a_run_was_computed_does_not_change_its_place(store, part):
    others = [replace(run, engine="mesa") for run in runs()]
    assert store.save(others) == part


def test_nothing_is_overwritten(store, part):
    before = (part.read_bytes(), part.stat().st_mtime_ns)
    store.save(runs())
    assert (part.read_bytes(), part.stat().st_mtime_ns) == before
    part.write_bytes(b"somebody's notes")
    store.save(runs())
    aside = list(store.root.glob("*.damaged"))
    assert [path.read_bytes() for path in aside] == [b"somebody's notes"]


def test_a_shared_store_is_readable_as_the_umask_says(store):
    before = os.umask(0o022)
    try:
        assert store.save(runs()).stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(before)


def test_an_empty_store_has_nothing_and_no_problems(store):
    assert store.scan() == ([], [])
    assert list(store.frame().columns)[:2] == ["run", "seed"]
    assert not store.has(digest())
    with pytest.raises(StoreError, match="not there"):
        store.load(digest())


def test_a_run_that_two_parts_hold_counts_once(store, part):
    store.save(runs()[:1])
    assert len(store.scan()[0]) == 2
    frame = store.frame()
    assert sorted(frame["seed"]) == [0, 1] == frame.index.tolist()
    assert store.holding([run.name for run in runs()]) == {run.name for run in runs()}


def test_rows_of_a_frame_are_numbered_without_gaps(store, part, monkeypatch):
    first = store.save(runs()[:1])
    monkeypatch.setattr(store, "scan", lambda: ([first, part], []))
    assert store.frame()["seed"].to_dict() == {0: 0, 1: 1}  # the second of three rows is gone


def test_a_file_that_does_not_change_is_looked_into_once(store, part, monkeypatch):
    """Also one that cannot be used: a store may hold thousands of an older version."""
    foreign = part.with_name("part-0123456789abcdef.parquet")
    foreign.write_bytes(b"somebody's notes")
    seen = [look(path).problem for path in (part, foreign)]
    monkeypatch.setattr(part_files, "_look", None)
    assert [look(path).problem for path in (part, foreign)] == seen
    assert seen[0] is None and seen[1].kind == "damaged"


def test_runs_are_found_in_whatever_part_they_are(store):
    one, two = (store.save([run]) for run in runs())
    names = [run.name for run in runs()]
    assert store.holding(names) == set(names) and store.holding(names[1:]) == {names[1]}
    assert store.holding([]) == set()
    parts = [(digest(), names), (part_digest(["never"]), ["never"])]
    assert store.places(parts) == {one: names[:1], two: names[1:]}
    assert store.places([(part_digest(names[:1]), names[:1])]) == {one: names[:1]}


def test_a_run_that_two_parts_of_a_study_ask_for_is_read_once(store, part):
    """Their own parts are both there: the first of them has it."""
    names = [run.name for run in runs()]
    other = store.save(runs()[1:])
    parts = [(digest(), names), (part_digest(names[1:]), names[1:])]
    assert store.places(parts) == {part: names, other: []}
    assert store.places(parts[::-1]) == {other: names[1:], part: names[:1]}
    cut_otherwise = (part_digest(["gone", *names]), ["gone", *names])
    assert store.places([cut_otherwise, parts[1]]) == {other: names[1:], part: names[:1]}


@pytest.mark.parametrize("keep", [0, 3, 1000, -1])
def test_a_truncated_part_is_reported_and_kept(store, part, keep):
    part.write_bytes(part.read_bytes()[:keep])
    problem = only_problem(store)
    assert problem.reason.startswith("damaged")
    assert "same command again" in problem.advice
    with pytest.raises(StoreError, match="damaged"):
        store.load(digest())
    assert len(store.frame()) == 0


def test_a_flipped_bit_never_changes_a_number_unnoticed(store, part):
    whole, draw, reported = part.read_bytes(), random.Random(20260105), 0
    for _ in range(60):
        at = draw.randrange(len(whole))
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        if not isinstance(
            read_part(part), StoreProblem
        ):  # the bit lay where nothing is read, such as in statistics
            assert all(same(*pair) for pair in zip(store.load(digest()), runs(), strict=True))
        else:
            reported += 1
    assert reported > 30


def test_bytes_that_are_no_parquet_are_reported(store, part):
    part.write_bytes(os.urandom(5000))
    assert only_problem(store).reason.startswith("damaged")


def test_somebody_elses_parquet_is_reported(store):
    store.prepare()
    pq.write_table(pa.table({"a": [1, 2]}), store.root / "part-0123456789abcdef.parquet")
    assert only_problem(store).reason == "not a file of Backlash"
    table = pa.table({"run": ["a"]}).replace_schema_metadata({b"magic": b"another"})
    pq.write_table(table, store.root / "part-0123456789abcdef.parquet")
    assert only_problem(store).reason == "not a file of Backlash"


def test_why_a_file_is_not_used_fits_in_a_line(tmp_path):
    """The first line of what was raised, eighty letters of it; or at least its kind."""

    def told(problem):
        found = part_files._unreadable(tmp_path / "x", problem)
        return found.kind, found.reason

    long = "Corrupt " + "x" * 72 + "yz\nthe second line"
    assert told(pa.ArrowInvalid(long)) == ("damaged", f"damaged (Corrupt {'x' * 72})")
    assert told(ValueError()) == ("damaged", "damaged (ValueError)")
    assert told(FileNotFoundError(errno.ENOENT, "gone")) == ("absent", "not there")
    assert told(OSError(errno.EIO, "lost")) == ("machine", "cannot be read ([Errno 5] lost)")
    assert told(OSError("Couldn't deserialize thrift"))[0] == "damaged"  # Arrow's own has no number


def test_a_flipped_bit_among_the_names_of_runs_is_damage(store, part):
    """Not a part of other runs: what is damaged is run again without a word of version or name."""
    chunk = pq.ParquetFile(part).metadata.row_group(0).column(0)
    assert chunk.path_in_schema == "run"
    whole = part.read_bytes()
    at = whole.rindex(
        runs()[0].name.encode()[:8], 0, chunk.data_page_offset + chunk.total_compressed_size
    )
    part.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    seen = look(part)
    assert seen.problem.kind == "damaged" and "same command again" in seen.problem.advice


def test_a_part_of_another_version_is_reported_with_both_versions(store, part):
    table = pq.read_table(part)
    meta = {**table.schema.metadata, b"results_version": b"999"}
    pq.write_table(table.replace_schema_metadata(meta), part)
    problem = only_problem(store)
    assert problem.reason == f"of results version 999, this is {RESULTS_VERSION}"
    assert "release that wrote it" in problem.advice


def rewritten(part, change):
    """The part with one column changed, everything else as it was."""
    table = pq.read_table(part)
    pq.write_table(change(table), part)


def put(table, name, values):
    at = table.schema.get_field_index(name)
    return table.set_column(at, table.schema.field(name), pa.array(values, table.field(name).type))


def test_a_part_whose_settings_were_edited_is_not_used(store, part):
    def edit(table):
        asked = [text.replace('"case"', '"cäse"') for text in table["asked"].to_pylist()]
        return put(table, "asked", asked)

    rewritten(part, edit)
    assert only_problem(store).reason == "does not hold what its name promises"


def test_a_part_under_another_name_is_not_used(store, part):
    part.rename(part.with_name("part-0000000000000000.parquet"))
    assert only_problem(store).reason == "does not hold what its name promises"


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.drop_columns(["series_heat"]),
        lambda table: put(table, "log", ["{", "{"]),
        lambda table: put(table, "about", ["{}", "{}"]),
        lambda table: put(
            table,
            "about",
            [text.replace("15, 3, 24", "15, 9, 24") for text in table["about"].to_pylist()],
        ),
    ],
    ids=["a series less", "broken log", "no clock", "another length"],
)
def test_a_part_with_another_content_is_not_used(store, part, change):
    rewritten(part, change)
    assert only_problem(store).reason.startswith("has other columns")
    assert not store.trusts(digest())  # and from now on a quick look says so too
    store.save(runs())
    assert all(same(*pair) for pair in zip(store.load(digest()), runs(), strict=True))


def without_lengths(table):
    """The first series as lists of any length, as another program may write them."""
    values = table["series_posts_core"].to_pylist()
    at = table.schema.get_field_index("series_posts_core")
    return table.set_column(at, "series_posts_core", pa.array(values, pa.list_(pa.float32())))


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda table: table.drop_columns(["series_posts_core"]), "series_posts_core"),
        (lambda table: table.append_column("series_posts_core", table["series_heat"]),
         "series_posts_core"),
        (lambda table: table.append_column("log", table["log"]), "log"),
        (without_lengths, "series_posts_core"),
        (lambda table: table.set_column(1, "seed", pa.array(["0", "1"])), "seed"),
        (lambda table: table.drop_columns(["engine"]), "engine"),
    ],
    ids=["no first series", "the first series twice", "two logs", "lists of any length",
         "seeds as text", "no engine"],
)  # fmt: skip
def test_a_quick_look_tells_which_column_is_another(store, part, change, column):
    rewritten(part, change)
    assert only_problem(store).reason == f"has other columns ({column})"


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.drop_columns(["morale"]),
        lambda table: table.append_column("morale", pa.array([1.0, 2.0])),
        lambda table: table.append_column("extra", pa.array([1, 2])),
        lambda table: table.select(sorted(table.column_names)),
    ],
    ids=["an outcome less", "an outcome twice", "a column more", "in another order"],
)
def test_a_part_that_holds_what_was_simulated_is_used_whatever_lies_beside_it(store, part, change):
    rewritten(part, change)
    before = part.read_bytes()
    assert store.scan() == ([part], [])
    assert store.trusts(digest())
    store.save(runs())
    assert all(same(*pair) for pair in zip(store.load(digest()), runs(), strict=True))
    assert store.frame()["morale"].tolist() == [outcomes(run)["morale"] for run in runs()]
    assert part.read_bytes() == before and not list(store.root.glob("*.damaged"))


def of_other_metrics(part):
    """The part as another sim.metrics might have written it: peaks are 9, morale is not known."""

    def change(table):
        table = put(table, "outrage_peak_core", [9.0] * len(table)).drop_columns(["morale"])
        return table.replace_schema_metadata({**table.schema.metadata, b"metrics": b"other"})

    rewritten(part, change)


def test_outcomes_of_other_metrics_are_not_believed_though_they_are_all_there(store, part):
    def change(table):
        table = put(table, "morale", [9.0] * len(table))
        return table.replace_schema_metadata({**table.schema.metadata, b"metrics": b"other"})

    rewritten(part, change)
    table = store.outcomes(part, ["seed", "run"])
    assert table.column_names == ["seed", "run", *(outcome.name for outcome in OUTCOMES)]
    assert table["morale"].to_pylist() == [outcomes(run)["morale"] for run in runs()]
    assert table["run"].to_pylist() == [run.name for run in runs()]


def peaks(store, part):
    return store.outcomes(part)["outrage_peak_core"].to_pylist()


def test_outcomes_that_another_version_computed_are_computed_again(store, part, monkeypatch):
    right = peaks(store, part)
    assert right == [outcomes(run)["outrage_peak_core"] for run in runs()]
    of_other_metrics(part)
    assert peaks(store, part) == right
    assert len(list((store.root / "outcomes").iterdir())) == 1
    assert store.scan() == ([part], [])
    monkeypatch.setattr(store_module.metrics, "outcomes", None)  # once: then they are found
    assert peaks(store, part) == right
    assert store.frame()["outrage_peak_core"].tolist() == right


def test_outcomes_that_were_kept_are_believed_only_if_they_are_whole_and_of_this_part(store, part):
    right = peaks(store, part)
    of_other_metrics(part)
    peaks(store, part)
    (kept,) = (store.root / "outcomes").iterdir()
    whole, draw = kept.read_bytes(), random.Random(20260105)
    for _ in range(30):
        at = draw.randrange(len(whole))
        kept.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :])
        assert peaks(store, part) == right
    table = pq.read_table(kept)
    for change in (
        {b"metrics": b"yet another"}, {b"results_version": b"999"}, {b"magic": b"backlash part"},
    ):  # fmt: skip
        wrong = put(table, "outrage_peak_core", [9.0, 9.0])
        pq.write_table(wrong.replace_schema_metadata({**table.schema.metadata, **change}), kept)
        assert peaks(store, part) == right
    wrong = put(table, "outrage_peak_core", [9.0, 9.0])
    for other in (
        put(wrong, "run", ["a", "b"]), wrong.drop_columns(["morale"]),
        wrong.replace_schema_metadata(None),
    ):  # fmt: skip
        pq.write_table(other, kept)
        assert peaks(store, part) == right
    pq.write_table(wrong, kept)
    assert peaks(store, part) == [9.0, 9.0]  # those of this part and version are


def test_a_column_that_there_is_not_is_no_damage(store, part):
    with pytest.raises(KeyError, match="no column hope"):
        store.read(part, ["run", "hope"])
    assert store.trusts(digest())
    assert store.read(part, ["seed", "run"]).column_names == ["seed", "run"]
    with pytest.raises(pa.ArrowInvalid, match="no column hope"):  # another file since the look
        part_files._table(part, ["run", "hope"])


def test_reading_a_damaged_part_moves_it_aside_and_says_so(store, part):
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=r"damaged .*; moved aside to .*\.damaged") as problem:
        store.read(part)
    assert "the sweep again" in str(problem.value)
    (aside,) = store.root.iterdir()
    assert aside.suffix == ".damaged" and aside.read_bytes() == whole[: len(whole) // 2]


@pytest.mark.parametrize("columns", [None, ["run"]])
def test_reading_a_part_that_is_foreign_or_gone_moves_nothing(store, part, columns):
    meta = {**pq.read_schema(part).metadata, b"results_version": b"999"}
    rewritten(part, lambda table: table.replace_schema_metadata(meta))
    with pytest.raises(StoreError, match="of results version 999"):
        store.read(part, columns)
    assert [path.name for path in store.root.iterdir()] == [part.name]
    part.unlink()
    with pytest.raises(StoreError, match="not there"):
        store.read(part, columns)


def test_outcomes_are_read_from_a_store_that_cannot_be_written(store, part, monkeypatch):
    of_other_metrics(part)
    monkeypatch.setattr(store_module, "written_aside", full_disk)
    assert peaks(store, part) == [outcomes(run)["outrage_peak_core"] for run in runs()]


def test_a_part_is_not_used_when_a_default_that_its_names_leave_out_has_changed(
    store, part, monkeypatch
):
    def change(table):
        meta = {**table.schema.metadata, b"unnamed": b'{"parameters.new": 0.5}'}
        return table.replace_schema_metadata(meta)

    rewritten(part, change)
    assert store.trusts(digest())  # the parameter is gone again: it moved nothing
    for module in (parts, part_files):
        monkeypatch.setattr(module, "unnamed", lambda: {"parameters.new": 0.5})
    part_files._LOOKED.clear()
    assert store.trusts(digest())
    for module in (parts, part_files):
        monkeypatch.setattr(module, "unnamed", lambda: {"parameters.new": 0.7})
    part_files._LOOKED.clear()
    assert not store.trusts(digest())
    assert only_problem(store).reason == "of a time when parameters.new was 0.5 by default, now 0.7"


def full_disk(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_while_saving_is_said_and_leaves_nothing(store, monkeypatch):
    def half(table, file, **_):
        file.write(b"PAR1 and some pages")
        full_disk()

    monkeypatch.setattr(store_module.pq, "write_table", half)
    with pytest.raises(StoreError) as problem:
        store.save(runs())
    assert "No space left" in str(problem.value)
    assert "results=DIR" in str(problem.value)
    assert not isinstance(problem.value, StoreRefused)
    assert list(store.root.iterdir()) == []


def test_a_disk_that_fills_inside_the_parquet_writer_is_said_too(store, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StoreError, match="No space left"):
        store.save(runs())
    assert list(store.root.iterdir()) == []


def test_a_full_disk_is_found_out_before_any_work(store, monkeypatch):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StoreRefused) as problem:
        store.prepare()
    assert "No space left" in str(problem.value)
    assert list(store.root.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_folder_that_cannot_be_written_is_refused_before_any_work(tmp_path, below):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreRefused) as problem:
        Store(tmp_path / "file" / below).prepare()
    assert str(problem.value).startswith("results = ")
    assert "try:     results=DIR" in str(problem.value)
    assert (tmp_path / "file").read_text() == "not a folder"


def test_two_writers_of_one_part_leave_one_whole_part(store):
    gate, problems = threading.Barrier(4), []

    def write():
        gate.wait()
        try:
            store.save(runs())
        except StoreError as problem:
            problems.append(problem)

    runs()
    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    assert len(store.load(digest())) == 2
    assert [path.name for path in store.root.iterdir()] == [f"part-{digest()}.parquet"]


def test_the_latest_note_on_a_run_counts(store):
    for reason in ("out of memory", "out of patience"):
        store.note_failure({"run": "a", "reason": reason})
        store.note_failure({"run": reason, "reason": reason})
    assert store.failures()["a"]["reason"] == "out of patience"
    assert store.failures()["out of memory"]["reason"] == "out of memory"


def test_failures_are_appended_one_a_line(store):
    store.note_failure({"seed": 1, "reason": "涨停"})
    store.note_failure({"seed": 2, "reason": "x"})
    lines = (store.root / "failures.jsonl").read_text().splitlines()
    assert [json.loads(line)["seed"] for line in lines] == [1, 2]
    assert "涨停" in lines[0]  # to be read with less or grep
    assert store.scan() == ([], [])


def test_a_failure_is_noted_in_a_folder_that_is_not_there_yet(tmp_path):
    store = Store(tmp_path / "new" / "results")
    assert store.failures() == {}
    store.note_failure({"run": "a", "reason": "x"})
    assert store.failures() == {"a": {"run": "a", "reason": "x"}}


def test_a_note_that_was_cut_short_is_passed_over(store):
    store.note_failure({"run": "a"})
    with (store.root / "failures.jsonl").open("ab") as file:
        file.write(b'{"run": "b", "rea\n7\n{"reason": "whose?"}\n\xff\n')
    store.note_failure({"run": "c"})
    assert list(store.failures()) == ["a", "c"]


def test_a_part_opens_in_pandas_without_backlash(part):
    frame = pd.read_parquet(part)
    assert len(frame["series_heat"][0]) == runs()[0].clock.n_steps


def test_a_part_that_another_process_finished_meanwhile_is_left_where_it_is(store, monkeypatch):
    runs = [run_of("case=textbook", "population=classroom", seed=seed) for seed in range(2)]
    other = Store(store.root.parent)

    def slow(given):
        if not other.has(part_digest([run.name for run in given])):
            monkeypatch.undo()
            other.save(given)
        return to_table(given)

    monkeypatch.setattr(store_module, "to_table", slow)
    store.save(runs)
    assert [path.suffix for path in store.root.iterdir()] == [".parquet"]


def test_a_damaged_part_is_moved_aside_and_run_again(store):
    runs = [run_of("case=textbook", "population=classroom", seed=3)]
    path = store.save(runs)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert not store.trusts(part_digest([runs[0].name]))
    store.save(runs)
    assert store.trusts(part_digest([runs[0].name]))
    kept = list(store.root.glob("*.damaged"))
    assert len(kept) == 1 and kept[0].read_bytes() == whole[: len(whole) // 2]
    assert store.holding([runs[0].name, "nobody"]) == {runs[0].name}


def test_every_run_lies_at_one_place_however_parts_were_cut(store, part):
    names = [run.name for run in runs()]
    store.save(runs()[:1])
    parts = [(digest(), names), (part_digest(names[:1]), names[:1])]
    found = store.places(parts)
    assert sorted(name for here in found.values() for name in here) == sorted(names)
    part.unlink()
    assert list(store.places([(digest(), names)]).values()) == [names[:1]]


def test_a_part_that_the_machine_cannot_read_stays_where_it_is(store, part, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EIO, "Input/output error")

    assert store.trusts(digest())
    monkeypatch.setattr(pq, "ParquetFile", refuse)
    with pytest.raises(StoreError, match="cannot be read"):
        store.read(part)
    monkeypatch.undo()
    assert part.exists() and store.trusts(digest())  # trouble passes


def nowhere(store, names):
    """Whether nothing that looks for these runs finds them, or takes their place for filled."""
    assert not store.trusts(part_digest(names))
    assert store.holding(names) == set()
    assert store.places([(part_digest(names), names)]) == {}
    return True


def test_a_quick_look_tells_another_version(store, part):
    meta = {**pq.read_schema(part).metadata, b"results_version": b"999"}
    rewritten(part, lambda table: table.replace_schema_metadata(meta))
    assert nowhere(store, [run.name for run in runs()])
    assert store.save(runs()) == part and store.trusts(digest())


def test_a_quick_look_tells_a_part_that_bears_anothers_name(store, part):
    """Two parts of one run each, swapped: each would answer for the other."""
    one, two = (store.save([run]) for run in runs())
    part.unlink()
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)
    for run in runs():
        assert nowhere(store, [run.name])
    store.save(runs()[:1])
    assert store.holding([run.name for run in runs()]) == {runs()[0].name}


def test_damage_that_only_reading_finds_is_mended_by_the_next_run(store, part):
    """It was reported at each call, run again, and never stored."""
    whole = part.read_bytes()
    for at in range(len(whole) // 2, len(whole)):  # in some page of a series
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        if store.trusts(digest()) and isinstance(read_part(part), StoreProblem):
            break
    assert not store.trusts(digest())
    store.save(runs())
    assert all(same(*pair) for pair in zip(store.load(digest()), runs(), strict=True))
    assert len(list(store.root.glob("*.damaged"))) == 1


def test_a_part_that_the_machine_cannot_read_is_not_replaced(store, part, monkeypatch):
    before = part.read_bytes()

    def refuse(*args, **kwargs):
        raise OSError(errno.EIO, "Input/output error")

    part_files._LOOKED.clear()
    with monkeypatch.context() as patch:
        patch.setattr(pq, "ParquetFile", refuse)
        with pytest.raises(StoreError, match="cannot be read"):
            store.save(runs())
    assert part.read_bytes() == before and [path.name for path in store.root.iterdir()] == [
        part.name
    ]
    assert store.trusts(digest())  # trouble passes


# --- in a process of its own: last, since it takes seconds ----------------------------------------

KILLED = """
import os, sys, time
sys.path.insert(0, sys.argv[2])
from test_store import Store, runs
made = runs()
def wait(_):
    print("writing", flush=True)
    time.sleep(60)
os.fsync = wait
Store(sys.argv[1]).save(made)
"""


def test_killed_while_saving_leaves_no_part_and_the_next_attempt_succeeds(store, tmp_path):
    writer = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "writing\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert not store.has(digest())
    assert only_problem(store).reason.startswith("unfinished")
    store.save(runs())
    assert len(store.load(digest())) == 2
    assert len(leftovers(store)) == 1  # not ours to delete: its writer might be alive
