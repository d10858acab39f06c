"""Sweeps: a study's design points, cut into shards, placed by Hydra, resumed from the store.

Hydra composes and places; one Hydra job is one shard; inside it a pool of threads runs the kernels.
What is finished is what the store holds: nothing else remembers it.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sim
from experiments.sweeps import manifest
from experiments.sweeps.design import Axis, Beside, Point, Study, confirming, shipped_studies
from experiments.sweeps.running import cut, meanwhile, refuse_too_many, run_parts
from sim.base.digest import RESULTS_VERSION, plain
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.parts import part_digest
from sim.progress import Progress
from sim.settings.worlds import n_runs_of
from sim.store import Store, StoreError, StoreRefused, unwritable

RUNS_PER_SHARD = 150  #: some ten seconds of work: Hydra's cost of a job is then a few hundredths
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
    refuse_too_many(total)
    naming = Progress(total, "naming", unit="runs") if progress else None
    parts = []
    for k, point in enumerate(points):
        parts += [Part(k, tuple(part.names)) for part in cut(k, point.config)]
        if naming:
            naming.tick(n_runs_of(point.config))
    return Plan(study, tuple(words), tuple(points), tuple(parts))


# --- the plan on disk -----------------------------------------------------------------------------


def body_of(plan: Plan) -> manifest.Body:
    """The manifest of a plan, as it is written: sealed."""
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
    as_read: manifest.Body = json.loads(json.dumps(body, ensure_ascii=False))
    return manifest.sealed(as_read)


def save_plan(plan: Plan, replace: bool = False) -> Path:
    """Write the manifest of a study: whole or absent. Hydra's jobs and later commands read it.

    replace : put it in the place of another question's. Raises ConfigError for a name that stands
    for another question; what was made of fewer runs of the same one goes, since it would pass for
    this one's.
    """
    path, body = plan.folder / "study.json", body_of(plan)
    try:
        if replace:
            manifest.put_away(plan.folder)
        elif path.exists():
            old = manifest.read(plan.folder)
            manifest.refuse_other(plan.folder, old, body)
            if manifest.same(body, old):
                if len(old["points"]) > len(body["points"]):
                    return path  # the same, with its leaders in fresh worlds
            elif gone := manifest.clear_derived(plan.folder):
                print(
                    f"{plan.study.name}: made of fewer runs, or for another reading, and removed: "
                    f"{', '.join(gone)}",
                    file=sys.stderr,
                )
        elif plan.folder.exists():
            manifest.clear_derived(plan.folder)
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
    path, name = folder / "study.json", folder.name
    try:
        body = manifest.read(folder)
    except FileNotFoundError:
        known = manifest.studies_in(folder.parent)
        raise ConfigError(
            "study", name, f"no such sweep in {folder.parent}", ", ".join(known) or "none yet",
            _instead(name, known),
        ) from None  # fmt: skip
    if body.get("results_version") != RESULTS_VERSION:
        raise ConfigError(
            "study", name,
            f"of results version {body.get('results_version')}, this is {RESULTS_VERSION}",
            "a sweep of this version, or the release that ran it",
            body.get("command", "the sweep again"),
        )  # fmt: skip
    try:
        if "digest" not in body:
            raise ValueError("it has no digest")
        return _plan_in(body, folder)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        if isinstance(problem, ConfigError):
            raise
        raise ConfigError(
            "study", name, f"{path}: not a plan ({type(problem).__name__}: {problem})",
            "a study.json as it was written", "the sweep again, with replace=yes",
        ) from None  # fmt: skip


def _instead(name: str, known: Sequence[str]) -> str:
    """What to type for a study that is not there: one that is, or the sweep that makes it."""
    shipped = shipped_studies()
    if close := difflib.get_close_matches(name, known, n=1, cutoff=0.6):
        return f"{close[0]} in place of {name}"
    if close := difflib.get_close_matches(name, shipped, n=1, cutoff=0.6):
        return f"backlash sweep study={close[0]}"
    return f"{known[0]} in place of {name}" if known else "backlash sweep study=smoke"


def _plan_in(body: dict[str, Any], folder: Path) -> Plan:
    """The plan of a manifest. Its runs are where the manifest is, even if it was moved there."""
    from sim.settings.keys import from_plain

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
            "near": tuple(raw["near"]),
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


def sweep(
    plan: Plan, hydra_words: Sequence[str] = (), retry_failed: bool = False, replace: bool = False
) -> Status:
    """Run what is missing, through Hydra and whichever launcher `hydra_words` name.

    replace : take the name from another question. The studies of a calibration are its own: what
    it asks anew takes their place.
    """
    check_hydra(hydra_words)
    plan.store.prepare()
    save_plan(plan, replace or (plan.words[:1] == ("calibrate",) and not _goes_on(plan)))
    before = status_of(plan)
    todo = [part.digest for part in before.missing]
    if retry_failed:
        bad = set(before.failed)
        todo += [part.digest for part in plan.parts if bad & set(part.names)]
    try:
        if todo:
            _launch(plan, list(dict.fromkeys(todo)), hydra_words, retry_failed)
    finally:
        clear_todo(plan)
    return status_of(plan)


def _goes_on(plan: Plan) -> bool:
    """Whether the folder of a plan holds the same question, or less of it."""
    try:
        return manifest.contains(body_of(plan), manifest.read(plan.folder))
    except FileNotFoundError:
        return True
    except (ConfigError, KeyError, TypeError, ValueError):
        return False


def _launch(plan: Plan, todo: list[str], hydra_words: Sequence[str], retry: bool) -> None:
    """One Hydra multirun over shards of the missing parts."""
    shards = _shards(plan, todo)
    folder = plan.folder.resolve()
    # its own name: two sweeps of one study may be under way
    todo_file = folder / f"todo-{secrets.token_hex(4)}.json"
    wanted = {digest for shard in shards for digest in shard}
    try:
        write_whole(todo_file, json.dumps({"shards": shards, "retry": retry}).encode())
    except OSError as problem:
        raise unwritable(todo_file, problem) from None
    n_runs = sum(len(part.names) for part in plan.parts if part.digest in wanted)
    outlives = any(word.startswith("hydra/launcher=submitit") for word in hydra_words)
    try:
        with _watched(plan, wanted, n_runs):
            multirun(folder, todo_file.name, len(shards), hydra_words)
    finally:
        if not outlives:  # a queue's jobs still want it when the launcher has given up
            todo_file.unlink(missing_ok=True)
    if outlives and not all(plan.store.has(digest) for digest in wanted):
        print(
            "jobs that are queued or running go on by themselves: `squeue` shows them, "
            f"`backlash status {plan.study.name}` what they have done, `scancel` ends them",
            file=sys.stderr,
        )


def clear_todo(plan: Plan) -> None:
    """Remove lists of work that no job can want any more: all done, or of another plan."""
    known = {part.digest for part in plan.parts}
    for path in plan.folder.glob("todo-*.json"):
        with suppress(OSError):
            try:
                listed = {digest for shard in json.loads(path.read_text())["shards"]
                          for digest in shard}  # fmt: skip
            except (ValueError, KeyError, TypeError):
                listed = set()
            if not listed <= known or all(plan.store.trusts(digest) for digest in listed):
                path.unlink(missing_ok=True)


def unfinished(plan: Plan) -> list[Path]:
    """Files that a killed sweep left half-written, beside its runs and its plan.

    What is younger than a minute may be being written.
    """
    found = []
    for folder in (plan.store.root, plan.folder):
        for path in sorted(folder.glob("*.partial")):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > 60:
                    found.append(path)
    return found


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
    """One Hydra job: the parts of one shard. Importable, so that launchers can send it anywhere.

    What ends the work (a disk that fills up, another sweep of this name) is said once by a process
    and raised nowhere: a launcher would print where, not why, and start the next.
    """
    began = time.monotonic(), time.process_time()
    folder, shard = Path(settings.folder), int(settings.shard)
    nothing = {"shard": shard, "runs": 0, "failed": 0}
    at = (str(folder), str(settings.todo))
    if at in _ENDED:
        return nothing
    try:
        todo = json.loads((folder / settings.todo).read_text())
        plan = load_plan_once(folder)
        wanted = set(todo["shards"][shard])
        if not wanted <= {part.digest for part in plan.parts}:
            raise FileNotFoundError
    except FileNotFoundError:
        _ENDED.add(at)
        print(
            f"{folder.name}: another sweep of this name has other cells, or all is done; this one "
            "stops, what is finished is kept (name=OTHER keeps them apart)",
            file=sys.stderr,
        )
        return nothing
    parts = [part for part in plan.parts if part.digest in wanted]
    try:
        return _worked(plan, shard, parts, todo["retry"], began)
    except (ConfigError, StoreError) as problem:
        _ENDED.add(at)
        print(problem, file=sys.stderr)
        return nothing


_ENDED: set[tuple[str, str]] = set()  #: lists of work that this process has given up


def _worked(
    plan: Plan, shard: int, parts: Sequence[Part], retry: bool, began: tuple[float, float]
) -> dict[str, Any]:
    """Run the parts of a shard; what it took, which is also noted beside the plan."""
    configs = {part.point: plan.points[part.point].config for part in parts}
    n_failed = run_parts(
        [
            part
            for k, config in configs.items()
            for part in cut(k, config, {part.names for part in parts if part.point == k})
        ],
        plan.store,
        retry=retry,
    )
    about = {
        "shard": shard,
        "runs": sum(len(part.names) for part in parts),
        "failed": n_failed,
        "wall_s": time.monotonic() - began[0],
        "cpu_s": time.process_time() - began[1],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    # what it took is worth a line, not the sweep
    with suppress(OSError), (plan.folder / "jobs.jsonl").open("a") as file:
        file.write(json.dumps(about) + "\n")
    return about


_PLANS: dict[tuple[str, int], Plan] = {}


def load_plan_once(folder: Path) -> Plan:
    """The plan of a folder, read once in a process, and again when it has changed."""
    at = (str(folder), (folder / "study.json").stat().st_mtime_ns)
    if at not in _PLANS:
        _PLANS.clear()
        _PLANS[at] = load_plan(folder)
    return _PLANS[at]


HYDRA_SETTINGS: dict[str, Any] = {
    "shard": 0,
    "defaults": [
        "_self_",
        {"override hydra/job_logging": "none"},
        {"override hydra/hydra_logging": "none"},
    ],
    "hydra": {
        "mode": "MULTIRUN",
        "output_subdir": None,
        "sweep": {"subdir": "."},
        "job": {"name": "backlash"},
    },
}


def literal(text: str) -> str:
    """A text that OmegaConf leaves as it is: `${` would be looked up.

    Values go to Hydra as nodes of a config, never through its grammar of overrides: that reads
    quotes, backslashes, commas and letters outside ASCII in ways of its own.
    """
    return re.sub(r"(\\*)\$\{", lambda found: found[1] * 2 + "\\${", text)


def hydra_settings(folder: Path, todo: str) -> dict[str, Any]:
    """What Hydra's jobs are told: where the plan lies and which list of work is theirs."""
    hydra = {**HYDRA_SETTINGS["hydra"]}
    hydra["sweep"] = {"dir": literal(str(folder / "hydra")), "subdir": "."}
    return {**HYDRA_SETTINGS, "folder": literal(str(folder)), "todo": todo, "hydra": hydra}


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

    ConfigStore.instance().store(name="backlash_sweep", node=hydra_settings(Path(), ""))
    GlobalHydra.instance().clear()
    try:
        with initialize(version_base="1.3", config_path=None):
            compose("backlash_sweep", list(words), return_hydra_config=True)
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


def multirun(folder: Path, todo: str, n_shards: int, words: Sequence[str]) -> None:
    """A Hydra multirun of `job`. A launcher that ends early is no error: the store knows.

    HYDRA_FULL_ERROR=1 shows where it ended.
    """
    from hydra import initialize
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra

    store, hydra = ConfigStore.instance(), GlobalHydra.instance()
    store.store(name="backlash_sweep", node=hydra_settings(folder, todo))
    hydra.clear()
    shards = ",".join(map(str, range(n_shards)))
    try:
        with initialize(version_base="1.3", config_path=None, job_name="backlash"):
            hydra.hydra.multirun("backlash_sweep", job, [f"shard={shards}", *words])
    except Exception as problem:
        if os.environ.get("HYDRA_FULL_ERROR"):
            raise
        reason = (str(problem).strip().splitlines() or [""])[0][:200]
        print(
            f"the launcher ended early; what is finished is kept ({type(problem).__name__}: "
            f"{reason})",
            file=sys.stderr,
        )
    finally:
        hydra.clear()


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
