"""Sweeps: a study's design points, cut into shards, placed by Hydra, resumed from the store.

Hydra composes and places; one Hydra job is one shard; inside it a pool of threads runs the kernels.
What is finished is what the store holds: nothing else remembers it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sim
from experiments.design import Axis, Beside, Point, Study, confirming
from experiments.study import cut, meanwhile, run_parts
from sim.digest import RESULTS_VERSION, plain
from sim.files import write_whole
from sim.progress import Progress
from sim.refusal import ConfigError
from sim.store import Store, StoreRefused, part_digest
from sim.worlds import n_runs_of

RUNS_PER_SHARD = 150  #: some ten seconds of work: Hydra's cost of a job is then a few hundredths
MOST_RUNS = 5_000_000  #: of one sweep: three days on two cores, and 400 GB
LEADERS = 5  #: leading cells that are run again in fresh worlds


@dataclass(frozen=True)
class Part:
    """A chunk of replicates of a design point: its place in the study, and its runs."""

    point: int
    names: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The name that the part has in the store when all of its runs finished."""
        return part_digest(self.names)


@dataclass(frozen=True)
class Plan:
    """A study with its points and the parts that answer them."""

    study: Study
    words: tuple[str, ...]  #: plain overrides of the command line
    points: tuple[Point, ...]
    parts: tuple[Part, ...]

    @property
    def folder(self) -> Path:
        """Where the plan, the tables and the figures of the study are."""
        return Store(self.points[0].config.results).root.parent / "studies" / self.study.name

    @property
    def store(self) -> Store:
        """Where its runs are."""
        return Store(self.points[0].config.results)

    @property
    def held(self) -> list[tuple[str, tuple[str, ...]]]:
        """Digest and names of its parts, as `Store.places` wants them."""
        return [(part.digest, part.names) for part in self.parts]

    @property
    def command(self) -> str:
        """What repeats the sweep."""
        import shlex

        own = self.words[:1] == ("calibrate",)  # a wave: its command is that of the calibration
        return shlex.join(["backlash", *(() if own else ("sweep",)), *self.words])


def plan_of(
    study: Study, words: Sequence[str], points: Sequence[Point], progress: bool = True
) -> Plan:
    """The parts of every point: names only, nothing is run."""
    total = sum(n_runs_of(point.config) for point in points)
    if total > MOST_RUNS:
        raise ConfigError(
            "n_replicates", f"{total:,} runs in all", "more than a store should hold",
            f"at most {MOST_RUNS:,} runs", "n_replicates=100",
        )  # fmt: skip
    folder = points[0].config.results
    if any(mark in folder for mark in "\\\n"):
        raise ConfigError(
            "results", folder, "a launcher would read it otherwise",
            "a folder without backslash or line break", "results=results",
        )  # fmt: skip
    naming = Progress(total, "naming", unit="runs") if progress else None
    parts = []
    for k, point in enumerate(points):
        parts += [Part(k, tuple(part.names)) for part in cut(k, point.config)]
        if naming:
            naming.tick(n_runs_of(point.config))
    return Plan(study, tuple(words), tuple(points), tuple(parts))


# --- the plan on disk -----------------------------------------------------------------------------


def save_plan(plan: Plan) -> Path:
    """Write the manifest of a study: whole or absent. Hydra's jobs and later commands read it."""
    points: list[dict[str, Any]] = [
        {
            "block": point.block,
            "cell": point.cell,
            "label": plan.study.label(point.cell),
            "config": plain(point.config),
        }
        for point in plan.points
    ]
    case = points[0]["config"]["case"]
    for entry in points:  # the case is the same in nearly all of them: once
        if entry["config"]["case"] == case:
            entry["config"]["case"] = None
    body = {
        "schema": "https://json-schema.org/draft/2020-12/schema#backlash-study",
        "backlash": sim.__version__,
        "results_version": RESULTS_VERSION,
        "command": plan.command,
        "words": list(plan.words),
        "study": _plain_study(plan.study),
        "case": case,
        "points": points,
        "parts": [[part.point, *part.names] for part in plan.parts],
    }
    path = plan.folder / "study.json"
    try:
        write_whole(path, (json.dumps(body, ensure_ascii=False) + "\n").encode())
    except OSError as problem:
        raise StoreRefused(
            f"{path}: cannot be written ({problem.strerror})\n"
            "  allowed: a folder that can be written, on a disk with room\n"
            "  try:     results=DIR"
        ) from None
    return path


def _plain_study(study: Study) -> dict[str, Any]:
    return {**asdict(study), "axes": [asdict(axis) for axis in study.axes]}


def load_plan(folder: Path) -> Plan:
    """The plan that a manifest holds. Raises ConfigError for one that cannot be used."""
    path = folder / "study.json"
    name = folder.name
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = sorted(p.parent.name for p in folder.parent.glob("*/study.json"))
        raise ConfigError(
            "study", name, f"no such sweep in {folder.parent}",
            ", ".join(known) or "none yet", f"backlash sweep study={name}",
        ) from None  # fmt: skip
    except (OSError, ValueError) as problem:  # a directory in its place, not JSON, not text
        raise ConfigError(
            "study", name, f"{path}: {problem}", "a study.json", "the sweep again"
        ) from None
    if not isinstance(body, dict):
        body = {}
    if body.get("results_version") != RESULTS_VERSION:
        raise ConfigError(
            "study", name,
            f"of results version {body.get('results_version')}, this is {RESULTS_VERSION}",
            "a sweep of this version, or the release that ran it",
            body.get("command", "the sweep again"),
        )  # fmt: skip
    try:
        return _plan_in(body, folder)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        if isinstance(problem, ConfigError):
            raise
        raise ConfigError(
            "study", name, f"{path}: not a plan ({type(problem).__name__}: {problem})",
            "a study.json as it was written", "the sweep again",
        ) from None  # fmt: skip


def _plan_in(body: dict[str, Any], folder: Path) -> Plan:
    """The plan of a manifest. Its runs are where the manifest is, even if it was moved there."""
    from sim.keys import from_plain

    results = folder.parent.parent
    kept = Path(body["points"][0]["config"]["results"]).expanduser()
    moved = kept.resolve() != results.resolve()
    raw = body["study"]
    axes = tuple(
        Axis(
            a["name"], a["text"], a["unit"], tuple(a["keys"]),
            tuple(tuple(v) for v in a["values"]), tuple(a["labels"]), tuple(a.get("labels_zh", ())),
        )
        for a in raw["axes"]
    )  # fmt: skip
    study = Study(
        **{
            **raw,
            "axes": axes,
            "setting": tuple(raw["setting"]),
            "reference": tuple(raw["reference"]),
            "outcomes": tuple(raw["outcomes"]),
            "rivals": {k: tuple(v) for k, v in raw["rivals"].items()},
            "beside": tuple(
                Beside(b["name"], b["text"], tuple(b["setting"])) for b in raw.get("beside", ())
            ),
        }
    )
    points = []
    for entry in body["points"]:
        config = {**entry["config"], "case": entry["config"]["case"] or body["case"]}
        if moved:
            config["results"] = str(results)
        points.append(Point(entry["block"], entry["cell"], from_plain(config)))
    parts = tuple(Part(row[0], tuple(row[1:])) for row in body["parts"])
    words = [str(word) for word in body["words"]]
    if study.name != folder.name:  # renamed: it speaks of, and writes to, where it lies
        study = replace(study, name=folder.name)
        if words[:1] != ["calibrate"]:
            words = [word for word in words if not word.startswith("name=")]
            words.append(f"name={folder.name}")
    if moved:
        words = [word for word in words if not word.startswith("results=")]
        words.append(f"results={results}")
    return Plan(study, tuple(words), tuple(points), parts)


# --- status ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Status:
    """What the store holds of a plan."""

    n_runs: int
    n_done: int
    failed: Mapping[str, Mapping[str, Any]]  #: run name -> note of why
    missing: tuple[Part, ...]  #: parts with runs that are neither done nor known to fail

    @property
    def n_missing(self) -> int:
        """Runs that were not tried yet."""
        return self.n_runs - self.n_done - len(self.failed)


def status_of(plan: Plan) -> Status:
    """Look at the store: what is done, what failed and why, what is missing."""
    store = plan.store
    notes = store.failures()
    done, failed, missing = 0, {}, []
    partial = []
    for part in plan.parts:
        if store.trusts(part.digest):
            done += len(part.names)
        else:
            partial.append(part)
    held = store.holding([name for part in partial for name in part.names])
    for part in partial:
        found = held.intersection(part.names)
        bad = {name: notes[name] for name in part.names if name in notes and name not in found}
        done += len(found)
        failed.update(bad)
        if len(found) + len(bad) < len(part.names):
            missing.append(part)
    return Status(sum(len(part.names) for part in plan.parts), done, failed, tuple(missing))


# --- running --------------------------------------------------------------------------------------


def sweep(plan: Plan, hydra_words: Sequence[str] = (), retry_failed: bool = False) -> Status:
    """Run what is missing, through Hydra and whichever launcher `hydra_words` name."""
    check_hydra(hydra_words)
    plan.store.prepare()
    save_plan(plan)
    before = status_of(plan)
    todo = [part.digest for part in before.missing]
    if retry_failed:
        bad = set(before.failed)
        todo += [part.digest for part in plan.parts if bad & set(part.names)]
    if todo:
        _launch(plan, list(dict.fromkeys(todo)), hydra_words, retry_failed)
    return status_of(plan)


def _launch(plan: Plan, todo: list[str], hydra_words: Sequence[str], retry: bool) -> None:
    """One Hydra multirun over shards of the missing parts."""
    shards = _shards(plan, todo)
    folder = plan.folder.resolve()
    # its own name: two sweeps of one study may be under way
    todo_file = folder / f"todo-{secrets.token_hex(4)}.json"
    stamp = hashlib.sha256((folder / "study.json").read_bytes()).hexdigest()
    note = {"shards": shards, "retry": retry, "plan": stamp}
    write_whole(todo_file, json.dumps(note).encode())
    wanted = {digest for shard in shards for digest in shard}
    n_runs = sum(len(part.names) for part in plan.parts if part.digest in wanted)
    with _watched(plan, wanted, n_runs), _gone_after(todo_file):
        multirun(
            [
                f"todo={todo_file.name}",
                f"shard={','.join(str(k) for k in range(len(shards)))}",
                f"folder={json.dumps(str(folder))}",
                f"hydra.sweep.dir={json.dumps(str(folder / 'hydra'))}",
                *hydra_words,
            ]
        )


@contextmanager
def _gone_after(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _shards(plan: Plan, todo: Sequence[str]) -> list[list[str]]:
    """Missing parts in shards of about RUNS_PER_SHARD runs, in the order of the plan."""
    size = {part.digest: len(part.names) for part in plan.parts}
    shards: list[list[str]] = [[]]
    runs = 0
    for digest in todo:
        if runs >= RUNS_PER_SHARD:
            shards.append([])
            runs = 0
        shards[-1].append(digest)
        runs += size[digest]
    return shards


def job(settings: Any) -> dict[str, Any]:
    """One Hydra job: the parts of one shard. Importable, so that launchers can send it anywhere."""
    began = time.monotonic(), time.process_time()
    folder = Path(settings.folder)
    plan, stamp = load_plan_once(folder)
    todo = json.loads((folder / settings.todo).read_text())
    if todo["plan"] != stamp:
        print(
            f"{folder.name}: another sweep of this name has other cells; this one stops, what is "
            "finished is kept (name=OTHER keeps them apart)",
            file=sys.stderr,
        )
        return {"shard": int(settings.shard), "runs": 0, "failed": 0}
    digests = set(todo["shards"][int(settings.shard)])
    parts = [part for part in plan.parts if part.digest in digests]
    configs = {part.point: plan.points[part.point].config for part in parts}
    n_failed = run_parts(
        [
            part
            for k, config in configs.items()
            for part in cut(k, config, {part.names for part in parts if part.point == k})
        ],
        Store(plan.points[0].config.results),
        retry=todo["retry"],
    )
    about = {
        "shard": int(settings.shard),
        "runs": sum(len(part.names) for part in parts),
        "failed": n_failed,
        "wall_s": time.monotonic() - began[0],
        "cpu_s": time.process_time() - began[1],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with (folder / "jobs.jsonl").open("a") as file:
        file.write(json.dumps(about) + "\n")
    return about


_PLANS: dict[tuple[str, int], tuple[Plan, str]] = {}


def load_plan_once(folder: Path) -> tuple[Plan, str]:
    """The plan of a folder, read once in a process, and the digest of its file."""
    at = (str(folder), (folder / "study.json").stat().st_mtime_ns)
    if at not in _PLANS:
        _PLANS.clear()
        stamp = hashlib.sha256((folder / "study.json").read_bytes()).hexdigest()
        _PLANS[at] = load_plan(folder), stamp
    return _PLANS[at]


HYDRA_SETTINGS = {
    "folder": "???",
    "todo": "???",
    "shard": 0,
    "defaults": [
        "_self_",
        {"override hydra/job_logging": "none"},
        {"override hydra/hydra_logging": "none"},
    ],
    "hydra": {"output_subdir": None, "sweep": {"subdir": "."}, "job": {"name": "backlash"}},
}


#: Launchers of Hydra that were tried with Backlash (docs/sweeps.md), and what installs them.
LAUNCHERS = {
    "basic": "",
    "joblib": "pip install 'backlash[joblib]'",
    "submitit_local": "pip install 'backlash[slurm]'",
    "submitit_slurm": "pip install 'backlash[slurm]'",
    "ray": "pip install -c constraints-ray.txt 'backlash[ray]', in an environment of its own",
}


def check_hydra(words: Sequence[str]) -> None:
    """Refuse settings of Hydra that it would not take, before any work."""
    for word in words:
        if word.startswith("hydra.job.chdir"):
            raise ConfigError(
                "hydra", word, "jobs stay in their folder; the store is found from there",
                "other settings of Hydra", "results=DIR",
            )  # fmt: skip
    from hydra import compose, initialize
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    ConfigStore.instance().store(name="backlash_sweep", node=HYDRA_SETTINGS)
    GlobalHydra.instance().clear()
    try:
        with initialize(version_base="1.3", config_path=None):
            compose("backlash_sweep", ["folder=.", *words], return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as problem:
        asked = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
        if asked and f"hydra/launcher/{asked[-1]}" in str(problem):
            raise ConfigError(
                "hydra/launcher", asked[-1], "this launcher is not installed",
                ", ".join(LAUNCHERS), LAUNCHERS.get(asked[-1]) or "hydra/launcher=joblib",
            ) from None  # fmt: skip
        reason = " ".join(str(problem).split())[:160]
        raise ConfigError(
            "hydra", " ".join(words), reason, "settings of Hydra's launchers (docs/sweeps.md)",
            "hydra/launcher=joblib hydra.launcher.n_jobs=2",
        ) from None  # fmt: skip


def multirun(words: Sequence[str]) -> None:
    """A Hydra multirun of `job`. A launcher that ends early is no error: the store knows."""
    import hydra
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    kept, sys.argv = sys.argv, ["backlash", "--multirun", *words]
    try:
        hydra.main(version_base="1.3", config_path=None, config_name="backlash_sweep")(job)()
    except SystemExit as end:
        if end.code not in (0, None):
            print("the launcher ended early; what is finished is kept", file=sys.stderr)
    finally:
        sys.argv = kept


@contextmanager
def _watched(plan: Plan, wanted: set[str], n_runs: int) -> Iterator[None]:
    """Progress with time left while any launcher works: a thread that looks into the store."""
    progress = Progress(n_runs, plan.study.name)
    size = {part.digest: len(part.names) for part in plan.parts if part.digest in wanted}
    store, open_parts = plan.store, set(wanted)

    def look() -> None:
        done = {digest for digest in open_parts if store.has(digest)}
        open_parts.difference_update(done)
        progress.tick(sum(size[digest] for digest in done))

    try:
        with meanwhile(look, 2.0):
            yield
    finally:
        look()


def confirm(plan: Plan, leaders: Sequence[int]) -> Plan:
    """The plan with the leading cells once more, in fresh worlds."""
    points = [point for point in plan.points if point.block != "confirm"]
    fresh = confirming(plan.study, points, leaders)
    return plan_of(plan.study, plan.words, [*points, *fresh], progress=False)
