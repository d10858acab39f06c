"""People at moments of a run: a sample of them, every few hours, streamed to a Parquet file.

Settings: `config.snapshots`. The same people are looked at in every snapshot of a run and, under
one seed, in every response, so that runs can be compared person by person. A snapshot observes: the
bits and the name of the run are those of the run without it. In memory are one group of rows (one
snapshot, or the ROWS of several) and what describes the groups in the file's footer.

A file belongs to one run and says in its footer which; every column says its unit and its meaning
in both languages, so that a reader needs no page of ours. A finished file is the run's and is not
written again (`held`); one of another version is moved aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sim import draws
from sim.base.digest import RESULTS_VERSION
from sim.base.files import set_aside, written_aside
from sim.clock import Clock
from sim.draws import Decision
from sim.network.network import Network
from sim.parts import name_in
from sim.people import AWARE, DECLARED, EXITED, SOLD, UNFOLLOWED, VISIBLE, People, Population
from sim.record import KINDS, Run
from sim.run import Look, Watch, simulate
from sim.settings.conduct import SnapshotConfig
from sim.settings.config import Config
from sim.settings.worlds import drawn
from sim.start import checked
from sim.state.asked import asked
from sim.state.scenario import Scenario, build_scenario, clock_of, name_of
from sim.store import unwritable

MAGIC = "backlash snapshots"
ROWS = 65_536  #: rows from which a group goes to disk: small snapshots share one
STATE = pa.float32()
WORD = pa.dictionary(pa.int8(), pa.string())


@dataclass(frozen=True)
class Column:
    """One column of a snapshot: type, unit, meaning in two languages, and where it comes from."""

    name: str
    type: pa.DataType
    unit: str  #: share, h, yes/no, ...
    en: str  #: its meaning, in the file too
    zh: str  #: the same in Chinese
    source: str | int | None = None  #: a column of people, a bit of their flags; None: the sample


#: In the order of the file. To add one: docs/recipes.md.
COLUMNS: tuple[Column, ...] = (
    Column("run", WORD, "name", "name of the run in the store", "运行名"),
    Column("response", WORD, "name", "response of the brand", "品牌应对"),
    Column("seed", pa.int64(), "number", "seed of the run", "运行种子"),
    Column("every_h", pa.float64(), "h", "hours between two snapshots of this file", "快照间隔"),
    Column("people", pa.int32(), "people", "people looked at in this file", "本文件观察人数"),
    Column("step", pa.int32(), "steps", "step after which people are looked at", "观察所在的步"),
    Column("time", pa.timestamp("ms"), "date and time",
           "when that step begins: local time of the case (its zone is in the file's metadata)",
           "该步开始的时间：案例当地时间（时区见文件元数据）"),
    Column("hour", pa.float64(), "h",
           "hours from the start of the case (in the file's metadata)", "距案例开始的小时"),
    Column("person", pa.int32(), "row", "the same person in every run of this seed", "个体编号"),
    Column("kind", WORD, "kind", "core fan, customer or public", "人群类别"),
    Column("weight", pa.float64(), "share",
           "real share of the kind over its people looked at; a snapshot's sum is 1",
           "该类人群真实占比除以其样本数；每次快照合计为1"),
    Column("followers", pa.int32(), "people", "people who follow this person", "粉丝数"),
    Column("identification", STATE, "share", "identification with the brand", "品牌认同",
           "identification"),
    Column("activity", STATE, "ratio", "activity; its mean over people is 1", "活跃度（均值为1）",
           "activity"),
    Column("outrage", STATE, "share", "expressed outrage", "表达的愤怒", "expressed"),
    Column("outrage_deal", STATE, "share", "outrage about the deal", "对合作的愤怒", "deal"),
    Column("outrage_governance", STATE, "share", "outrage about governance", "对公司治理的愤怒",
           "governance"),
    Column("relief", STATE, "share", "relief that a response gave", "应对带来的缓解", "relief"),
    Column("grudge", STATE, "share", "grudge", "积怨", "grudge"),
    Column("trust", STATE, "share", "trust in the brand", "信任", "trust"),
    Column("n_posts", pa.uint16(), "posts", "posts on the topic so far", "累计话题发帖数",
           "n_posts"),
    Column("aware", pa.bool_(), "yes/no", "aware of the crisis", "已知晓", AWARE),
    Column("visible", pa.bool_(), "yes/no", "visibly outraged", "公开表露愤怒", VISIBLE),
    Column("declared", pa.bool_(), "yes/no", "declared a boycott", "宣布抵制", DECLARED),
    Column("unfollowed", pa.bool_(), "yes/no", "unfollowed the brand", "取消关注", UNFOLLOWED),
    Column("sold", pa.bool_(), "yes/no", "sold a device", "出售设备", SOLD),
    Column("exited", pa.bool_(), "yes/no", "left the brand", "实际流失", EXITED),
)  # fmt: skip

#: How snapshots are written: states as in the store (sim.parts), everything else as a dictionary.
_AS_WRITTEN = {
    "compression": "zstd",
    "write_page_checksum": True,
    "use_dictionary": [c.name for c in COLUMNS if c.type != STATE],
    "column_encoding": {c.name: "BYTE_STREAM_SPLIT" for c in COLUMNS if c.type == STATE},
}


class Sample(NamedTuple):
    """The people who are looked at, in order of row."""

    rows: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int8]  #: index into KINDS
    weight: npt.NDArray[np.float64]  #: real share of the kind / its people in the sample


def seats(people: int, sizes: tuple[int, ...]) -> list[int]:
    """How many of each kind are looked at: in proportion, at least one of each, `people` in all.

    One seat for each kind, the others by largest remainders over whoever is left; everybody if
    there are no more than `people`. Raises ValueError if kinds are more than seats.
    """
    left = min(people, sum(sizes)) - len(sizes)
    if left < 0 or min(sizes) < 1:
        raise ValueError(f"{people} seats for kinds of {sizes} people")
    others = max(1, sum(sizes) - len(sizes))
    shares = [divmod(left * (size - 1), others) for size in sizes]
    found = [1 + whole for whole, _ in shares]
    by_remainder = sorted(range(len(sizes)), key=lambda k: -shares[k][1])
    for k in by_remainder[: left - sum(whole for whole, _ in shares)]:
        found[k] += 1
    return found


def sample_of(people: int, seed: int, bounds: tuple[int, ...], real: tuple[float, ...]) -> Sample:
    """Who is looked at: of each kind those with the smallest draws.

    seed : the run's; a larger sample of one seed holds the smaller one.
    bounds : first row of each kind, and the number of people.
    real : real share of each kind.
    """
    drawn = draws.uniform_column(seed, Decision.SNAPSHOT, 0, bounds[-1])
    sizes = tuple(int(size) for size in np.diff(bounds))
    counts = seats(people, sizes)
    rows = [
        first + np.sort(np.argsort(drawn[first : first + size], kind="stable")[:count])
        for first, size, count in zip(bounds, sizes, counts, strict=False)
    ]
    return Sample(
        np.concatenate(rows),
        np.repeat(np.arange(len(sizes), dtype=np.int8), counts),
        np.repeat(np.array(real) / counts, counts),
    )


def steps_of(every_h: float, clock: Clock) -> list[int]:
    """Steps after which people are looked at: at hour 0 of the case, every so often, at the end.

    Hours before the case's start (burn-in) are among them. every_h : whole steps, above 0.
    """
    every = round(every_h / clock.dt_h)
    return sorted({*range(clock.burn_in_steps % every, clock.n_steps, every), clock.n_steps - 1})


def path_of(config: Config) -> Path:
    """Where the snapshots of a run lie: named by case, response, seed, what is looked at, run.

    The name of the run ends it, so that no other run is ever found there; the words before it are
    for whoever looks into the folder.
    """
    config = drawn(config)
    asked_for = config.snapshots
    words = (
        config.case.name,
        config.response.name,
        f"seed{config.seed}",
        f"every{asked_for.every_h:g}h",
        f"{asked_for.people}people",
        name_of(config),
    )
    name = "-".join(re.sub(r"[^\w.]+", "_", word)[:40] for word in words)
    return Path(config.results).expanduser() / "snapshots" / f"{name}.parquet"


def schema(config: Config) -> pa.Schema:
    """The columns of a file of snapshots, each with its unit and meaning, and whose they are."""
    config = drawn(config)
    case = config.case
    about: dict[str, object] = {
        "magic": MAGIC,
        "results_version": RESULTS_VERSION,
        "run": name_of(config),
        "seed": config.seed,
        "case": config.case.name,
        "response": config.response.name,
        "every_h": config.snapshots.every_h,
        "people": config.snapshots.people,
        "zone": clock_of(config, case).time_zone,
        "asked": json.dumps(asked(config, case), sort_keys=True),
    }
    return pa.schema(
        [
            pa.field(c.name, c.type, metadata={"unit": c.unit, "meaning": c.en, "meaning_zh": c.zh})
            for c in COLUMNS
        ],
        metadata={key: str(value) for key, value in about.items()},
    )


def held(config: Config) -> bool:
    """Whether the snapshots that a run is asked for are on disk, whole and of this version.

    Every page is read against its checksum: the footer alone says nothing of what stands before it.
    """
    wanted = schema(config)
    try:
        with pq.ParquetFile(
            path_of(config), page_checksum_verification=True, pre_buffer=False
        ) as file:
            found = file.schema_arrow
            if not found.equals(wanted) or _whose(found) != _whose(wanted):
                return False
            for group in range(file.num_row_groups):
                file.read_row_group(group, use_threads=False)
    except (OSError, ValueError, pa.ArrowException):  # a footer may hold what is no text
        return False
    return True


def _whose(shape: pa.Schema) -> dict[bytes, object]:
    """Whose snapshots these are, as the metadata of a file says.

    The record of what was asked may be older than some setting, or bear another label: what counts
    of it is the name that it gives.
    """
    about = dict(shape.metadata or {})
    return {**about, b"asked": name_in(about.get(b"asked", b""))}


def observe(config: Config, watch: Watch | None = None) -> Run:
    """`simulate(config)`, the same bits, and the snapshots it asks for in `path_of(config)`.

    A file that is there is left alone; one that cannot be used is moved aside. Whatever ends the
    run leaves no half of a file. Raises ConfigError, and StoreError for a disk that fails.
    """
    config = drawn(checked(config))
    alone = replace(config, snapshots=SnapshotConfig())  # `simulate` writes no files
    if not config.snapshots.every_h or held(config):
        return simulate(alone, watch)
    with _stream(config) as look:
        return simulate(alone, watch, look)


@contextmanager
def _stream(config: Config) -> Iterator[Look]:
    """A look that writes snapshots into a new file; it is there when all went well."""
    scenario, path, shape = build_scenario(config), path_of(config), schema(config)
    try:
        if path.exists():
            set_aside(path)
        with written_aside(path) as file, pq.ParquetWriter(file, shape, **_AS_WRITTEN) as writer:
            stream = Stream(config, scenario, writer)
            yield Look(steps_of(config.snapshots.every_h, scenario.clock), stream.take)
            stream.flush()
    except OSError as problem:
        raise unwritable(path, problem) from None


class Stream:
    """Snapshots on their way to disk: the sample, and the rows that wait for their group."""

    def __init__(self, config: Config, scenario: Scenario, writer: pq.ParquetWriter) -> None:
        self.config, self.clock, self.writer = config, scenario.clock, writer
        constants = scenario.constants[0]
        self.real = tuple(float(constants[f"share_{kind}"]) for kind in KINDS)
        self.sample: Sample | None = None
        self.fixed: dict[str, pa.Array] = {}  #: columns that are the same in every snapshot
        self.waiting: list[pa.Table] = []

    def take(self, step: int, network: Network, population: Population) -> None:
        """One snapshot: the state of the sample after this step.

        The sample is drawn at the first one. network, population : the run's own, and only read.
        """
        if self.sample is None:
            self.sample = sample_of(
                self.config.snapshots.people, self.config.seed, population.bounds, self.real
            )
            self.fixed = _fixed(self.config, self.sample, network)
        n = self.sample.rows.size
        columns = {
            **self.fixed,
            "step": np.full(n, step),
            "time": np.full(n, np.datetime64(self.clock.time_of(step), "ms")),
            "hour": np.full(n, self.clock.hours(step)),
            **_states(self.sample.rows, population.people),
        }
        self.waiting.append(
            pa.table([pa.array(columns[c.name], c.type) for c in COLUMNS], self.writer.schema)
        )
        if n * len(self.waiting) >= ROWS:
            self.flush()

    def flush(self) -> None:
        """What waits becomes a group of rows on disk."""
        if self.waiting:
            self.writer.write_table(pa.concat_tables(self.waiting))
            self.waiting.clear()


def _fixed(config: Config, sample: Sample, network: Network) -> dict[str, pa.Array]:
    """What does not change in a run: which run it is, who a person is, and how many follow."""
    same = np.zeros(sample.rows.size, np.int8)
    words = {"run": name_of(config), "response": config.response.name}
    return {
        **{key: pa.DictionaryArray.from_arrays(same, [word]) for key, word in words.items()},
        "seed": np.full(same.size, config.seed),
        "every_h": np.full(same.size, config.snapshots.every_h),
        "people": np.full(same.size, same.size),
        "person": pa.array(sample.rows, pa.int32()),
        "kind": pa.DictionaryArray.from_arrays(sample.kind, list(KINDS)),
        "weight": pa.array(sample.weight),
        "followers": pa.array(
            network.indptr[sample.rows + 1] - network.indptr[sample.rows], pa.int32()
        ),
    }


def _states(rows: npt.NDArray[np.int64], people: People) -> dict[str, npt.NDArray[np.generic]]:
    """Copies of the states of these people, by name of the column."""
    flags = people.flags[rows]
    return {
        c.name: flags & c.source != 0
        if isinstance(c.source, int)
        else getattr(people, c.source)[rows]
        for c in COLUMNS
        if c.source is not None
    }
