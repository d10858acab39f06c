"""A plan: a study's points cut into parts, named before anything runs; its manifest on disk.

The name of a run follows from its config alone, so that a plan knows what the store will hold, and
what of it is there, without running anything.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import sim
from experiments.sweeps import manifest
from experiments.sweeps.design import Axis, Beside, Point, Stop, Study
from experiments.sweeps.points import confirming
from experiments.sweeps.running import cut, refuse_too_many
from experiments.sweeps.study_file import shipped_studies
from sim.base.digest import RESULTS_VERSION, plain
from sim.base.files import write_whole
from sim.base.refusal import ConfigError
from sim.parts import part_digest
from sim.progress import Progress
from sim.settings.keys import from_plain
from sim.settings.worlds import n_runs_of
from sim.store import Store, StoreRefused

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
    """A study with its points and the parts that answer them.

    Every point has the same `results`: that of the first says where runs and plan lie.
    """

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
    """The parts of every point: names only, nothing is run.

    Raises ConfigError for more runs than a store should hold.
    """
    total = sum(n_runs_of(point.config) for point in points)
    refuse_too_many(total)
    naming = Progress(total, "naming", unit="runs") if progress else None
    parts = []
    for k, point in enumerate(points):
        parts += [Part(k, tuple(part.names)) for part in cut(k, point.config)]
        if naming:
            naming.tick(n_runs_of(point.config))
    return Plan(study, tuple(words), tuple(points), tuple(parts))


def body_of(plan: Plan) -> manifest.Body:
    """The manifest of a plan, as it is written: sealed, and with the types that JSON gives back."""
    points: list[dict[str, Any]] = [
        {
            "block": point.block,
            "cell": point.cell,
            "label": plan.study.label(point.cell, "key"),
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
    # there and back: tuples are lists in the file, and two bodies are compared as they are read
    as_read: manifest.Body = json.loads(json.dumps(body, ensure_ascii=False))
    return manifest.sealed(as_read)


def save_plan(plan: Plan, replace: bool = False) -> Path:
    """Write the manifest of a study: whole or absent. Hydra's jobs and later commands read it.

    replace : put it in the place of another question's. Raises ConfigError for a name that stands
    for another question; what was made of fewer runs of the same one goes, since it would pass for
    this one's. Raises StoreRefused where the folder cannot be written.
    """
    path, body = plan.folder / "study.json", body_of(plan)
    try:
        manifest.clear_left(plan.folder)
        if _stays(plan, body, replace):
            return path
        write_whole(path, (json.dumps(body, ensure_ascii=False) + "\n").encode())
    except OSError as problem:
        raise StoreRefused(
            f"{path}: cannot be written ({problem.strerror})\n"
            "  allowed: a folder that can be written, on a disk with room\n"
            "  try:     results=DIR"
        ) from None
    return path


def _stays(plan: Plan, body: manifest.Body, replace: bool) -> bool:
    """Whether the manifest that lies there holds all of this one; if not, make room for this one.

    Such a manifest is the same with the leaders' fresh worlds. Raises ConfigError for another
    question's, unless it is to be replaced.
    """
    if replace:
        manifest.put_away(plan.folder)
    elif (plan.folder / "study.json").exists():
        old = manifest.read(plan.folder)
        manifest.refuse_other(plan.folder, old, body)
        if manifest.same(body, old):
            return len(old["points"]) > len(body["points"])
        if gone := manifest.clear_derived(plan.folder):
            print(
                f"{plan.study.name}: made of fewer runs, or for another reading, and removed: "
                f"{', '.join(gone)}",
                file=sys.stderr,
            )
    elif plan.folder.exists():
        manifest.clear_derived(plan.folder)
    return False


def _plain_study(study: Study) -> dict[str, Any]:
    """A study as JSON has it; a rule of stopping only where there is one."""
    said = {**asdict(study), "axes": [asdict(axis) for axis in study.axes]}
    return {key: value for key, value in said.items() if key != "stop" or value is not None}


def load_plan(folder: Path) -> Plan:
    """The plan that a manifest holds. Raises ConfigError for one that cannot be used."""
    body = _read(folder)
    try:
        if "digest" not in body:
            raise ValueError("it has no digest")
        return _plan_in(body, folder)
    except ConfigError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        path = folder / "study.json"
        raise ConfigError(
            "study", folder.name, f"{path}: not a plan ({type(problem).__name__}: {problem})",
            "a study.json as it was written", "the sweep again, with replace=yes",
        ) from None  # fmt: skip


def _read(folder: Path) -> manifest.Body:
    """The manifest in a folder. Raises ConfigError without one, or for one of other results."""
    name = folder.name
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
    return body


def _instead(name: str, known: Sequence[str]) -> str:
    """What to type for a study that is not there: one that is, or the sweep that makes it."""
    shipped = shipped_studies()
    if close := difflib.get_close_matches(name, known, n=1, cutoff=0.6):
        return f"{close[0]} in place of {name}"
    if close := difflib.get_close_matches(name, shipped, n=1, cutoff=0.6):
        return f"backlash sweep study={close[0]}"
    return f"{known[0]} in place of {name}" if known else "backlash sweep study=smoke"


def _plan_in(body: manifest.Body, folder: Path) -> Plan:
    """The plan of a manifest. Its runs are where the manifest is, even if it was moved there.

    A folder that was renamed gives the study its name: it speaks of, and writes to, where it lies.
    """
    results = folder.parent.parent
    kept = Path(body["points"][0]["config"]["results"]).expanduser()
    moved = kept.resolve() != results.resolve()
    points = []
    for entry in body["points"]:
        config = {**entry["config"], "case": entry["config"]["case"] or body["case"]}
        if moved:
            config["results"] = str(results)
        points.append(Point(entry["block"], entry["cell"], from_plain(config)))
    parts = tuple(Part(row[0], tuple(row[1:])) for row in body["parts"])
    study, words = _study_in(body["study"]), [str(word) for word in body["words"]]
    if study.name != folder.name:
        study = replace(study, name=folder.name)
        if words[:1] != ["calibrate"]:
            words = _said_anew(words, "name", folder.name)
    if moved:
        words = _said_anew(words, "results", results)
    return Plan(study, tuple(words), tuple(points), parts)


def _said_anew(words: Sequence[str], key: str, value: object) -> list[str]:
    """Overrides with another value of a key, last."""
    return [*(word for word in words if not word.startswith(f"{key}=")), f"{key}={value}"]


def _study_in(raw: Mapping[str, Any]) -> Study:
    """The study of a manifest, lists taken back to tuples; older ones know no Chinese labels and
    no answers beside the grid.
    """
    axes = tuple(
        Axis(
            a["name"], a["text"], a["unit"], tuple(a["keys"]),
            tuple(tuple(v) for v in a["values"]), tuple(a["labels"]), tuple(a.get("labels_zh", ())),
            {lang: tuple(words) for lang, words in a.get("said", {}).items()},
        )
        for a in raw["axes"]
    )  # fmt: skip
    aside = tuple(Beside(b["name"], b["text"], tuple(b["setting"])) for b in raw.get("beside", ()))
    lists = {key: tuple(raw[key]) for key in ("setting", "reference", "outcomes", "near")}
    rivals = {name: tuple(words) for name, words in raw["rivals"].items()}
    stop = Stop(**raw["stop"]) if raw.get("stop") else None
    own = {"axes": axes, "rivals": rivals, "beside": aside, "stop": stop}
    return Study(**{**raw, **lists, **own})


def confirm(plan: Plan, leaders: Sequence[int]) -> Plan:
    """The plan with the leading cells once more, in fresh worlds."""
    points = [point for point in plan.points if point.block != "confirm"]
    fresh = confirming(plan.study, points, leaders)
    return plan_of(plan.study, plan.words, [*points, *fresh], progress=False)
