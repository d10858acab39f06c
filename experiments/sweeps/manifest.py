"""The manifest of a study as a document: sealed when it is written, compared with another question.

A study's folder answers one question. What is drawn and tabulated from its runs belongs to the
manifest beside it, and goes when that changes; runs are in the store and never go.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.base.refusal import ConfigError

Body = dict[str, Any]

#: What commands make of a study's runs, and make again: never the manifest, never what users keep.
DERIVED = ("cells.csv", "findings.json", "figures", "export", "report*.html", "report*.pdf")


def seal_of(body: Mapping[str, Any]) -> str:
    """A digest of all that a manifest says, but for the digest itself."""
    said = {key: value for key, value in body.items() if key != "digest"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def sealed(body: Body) -> Body:
    """The manifest with its digest: whoever reads it can tell whether it was changed since."""
    return {**body, "digest": seal_of(body)}


def read(folder: Path) -> Body:
    """The manifest of a folder, as it was written.

    Raises FileNotFoundError, and ConfigError for one that was damaged or edited: its labels and
    values would be taken for those of runs that know nothing of them.
    """
    path = folder / "study.json"
    try:
        body = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RecursionError) as problem:  # a directory, not JSON, not text
        raise _not_ours(folder, f"{path}: {problem}", None) from None
    if not isinstance(body, dict):
        raise _not_ours(folder, f"{path}: not a plan", None)
    if body.get("digest") != seal_of(body) and "digest" in body:
        raise _not_ours(folder, f"{path} was changed after it was written", body)
    return body


def _not_ours(folder: Path, reason: str, body: Body | None) -> ConfigError:
    told = str((body or {}).get("command", ""))
    known = told.isprintable() and told.startswith("backlash sweep ")
    return ConfigError(
        "study", folder.name, reason, "a study.json as it was written",
        f"{told if known else 'the sweep again, with'} replace=yes (runs that are there stay)",
    )  # fmt: skip


def studies_in(folder: Path) -> list[str]:
    """Names of the studies in a folder of studies."""
    found = (path.parent.name for path in folder.glob("*/study.json"))
    return sorted(name for name in found if not name.startswith("."))


# --- which question -------------------------------------------------------------------------------


def runs_in(body: Body) -> set[str]:
    """Names of the runs that a manifest asks for, but for the leaders' in fresh worlds.

    These follow from what the others say.
    """
    blocks = [point["block"] for point in body["points"]]
    return {name for k, *names in body["parts"] if blocks[k] != "confirm" for name in names}


def contains(new: Body, old: Body) -> bool:
    """Whether a question is the old one or more of it: wider axes, more worlds."""
    if old["results_version"] != new["results_version"]:  # every run has another name
        return sorted(map(str, old["words"])) == sorted(map(str, new["words"]))
    keys = [[axis["keys"] for axis in body["study"]["axes"]] for body in (old, new)]
    return sorted(keys[0]) == sorted(keys[1]) and runs_in(old) <= runs_in(new)


def same(new: Body, old: Body) -> bool:
    """Whether two manifests ask the same of the same runs: their tables and figures are the same.

    Where the leaders were already run again, the first half of the same sweep is the same, too.
    """
    fresh = any(point["block"] == "confirm" for point in new["points"])
    return (
        old["results_version"] == new["results_version"]
        and old["study"] == new["study"]
        and runs_in(old) == runs_in(new)
        and (not fresh or old["parts"] == new["parts"])
    )


def apart(old: Body, new: Body) -> list[str]:
    """What tells two questions apart, one line each: what, as it is there, as it is asked now."""
    told = []
    for what, of in _ASPECTS.items():
        before, now = of(old), of(new)
        if before != now:
            told.append(f"{what}: {before} there, {now} here")
    return told or ["settings that hold in every cell"]


def _axes(body: Body) -> str:
    return " x ".join(
        f"{axis['name']} ({', '.join(map(str, axis['labels'][:12]))}"
        f"{', ...' if len(axis['labels']) > 12 else ''})"
        for axis in body["study"]["axes"]
    )


def _worlds(body: Body) -> str:
    main = next(point["config"] for point in body["points"] if point["block"] == "main")
    return f"{main['n_replicates']} with {main['uncertainty']['n_seeds']} seeds each"


def _setting(body: Body) -> str:
    swept = {key for axis in body["study"]["axes"] for key in axis["keys"]}
    words = [*body["study"]["setting"], *(word for word in body["words"] if "=" in word)]
    own = ("results", "name", "n_replicates", "uncertainty.n_seeds", "reference", *swept)
    left = sorted({w for w in words if w.partition("=")[0] not in own and "hydra" not in w})
    return " ".join(left) or "no further settings"


_ASPECTS = {
    "results version": lambda body: str(body["results_version"]),
    "axes": _axes,
    "cells": lambda body: str(sum(point["block"] == "main" for point in body["points"])),
    "worlds": _worlds,
    "rival structures": lambda body: ", ".join(body["study"]["rivals"]) or "none",
    "settings": _setting,
}


def refuse_other(folder: Path, old: Body, new: Body) -> None:
    """Refuse a name that stands for another question, with both of them and what differs."""
    try:
        if contains(new, old):
            return
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise _not_ours(folder, f"not a plan ({type(problem).__name__}: {problem})", old) from None
    lines = [
        f"stands for another question in {folder.parent}",
        f"there: {old['study']['question']['en']} {old['command']}",
        f"here:  {new['study']['question']['en']} {new['command']}",
        *apart(old, new),
    ]
    raise ConfigError(
        "name", folder.name, "\n    ".join(lines),
        "the same question, or more of it: wider axes, more worlds",
        "name=OTHER keeps both; replace=yes puts this one in its place (tables and figures of the "
        "other go, runs stay)",
    )  # fmt: skip


# --- what goes ------------------------------------------------------------------------------------


def clear_derived(folder: Path) -> list[str]:
    """Remove what was made of other runs than the manifest will name; what went."""
    gone = []
    for path in sorted(path for pattern in DERIVED for path in folder.glob(pattern)):
        _remove(path)
        gone.append(path.name)
    return gone


def put_away(folder: Path) -> None:
    """Remove a study's folder: at once from its name, then from the disk."""
    if folder.exists():
        _remove(folder)


def clear_left(folder: Path) -> None:
    """Remove what somebody who was killed had taken from its name, and not yet from the disk."""
    for path in (*folder.parent.glob(f".{folder.name}.*.replaced"), *folder.glob(".*.replaced")):
        _erase(path)


def _remove(path: Path) -> None:
    """Gone from its name in one step, whether it is a file or a folder."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.replaced")
    with suppress(FileNotFoundError):  # somebody else was faster
        os.replace(path, aside)
        _erase(aside)


def _erase(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
