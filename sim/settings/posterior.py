"""Worlds of a posterior: weighted draws that a fit kept, in a file with where they come from.

A posterior says which design and which priors it was fitted under; one that is not as it was
written, or whose priors are no longer so, is refused with what to do.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError, place
from sim.settings.identity import DESIGN
from sim.settings.parameters import Parameters
from sim.settings.prior import DESIGN_SEED, kept_of, priors, sobol, whole_design, world


def fitted_under() -> dict[str, Any]:
    """What a posterior's draws rest on: the design, and the prior of every parameter by name."""
    design = hashlib.sha256(json.dumps([DESIGN_SEED, DESIGN]).encode()).hexdigest()[:16]
    return {"design": design, "priors": {name: [low, high] for name, low, high in priors()}}


def sealed(about: Mapping[str, Any]) -> dict[str, Any]:
    """The provenance of a posterior with the digest of all that it says, to be written as JSON."""
    said = {key: value for key, value in about.items() if key != "seal"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return {**said, "seal": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _moved(about: Mapping[str, Any]) -> str:
    """What of that on which a posterior rests is no longer so; empty if all of it is.

    Parameters that came later are drawn from their priors and move none of the others.
    """
    now = fitted_under()
    if about["design"] != now["design"]:
        return "fitted under another design of worlds"
    for name, prior in about["priors"].items():
        if name not in now["priors"]:
            return f"fitted when {name} had a prior, which is gone"
        if list(prior) != now["priors"][name]:
            low, high = now["priors"][name]
            return (
                f"fitted when the prior of {name} was {prior[0]:g} to {prior[1]:g}, "
                f"now {low:g} to {high:g}"
            )
    return ""


@dataclass(frozen=True)
class Posterior:
    """Weighted worlds that a calibration kept: a prior draw each, with what was fitted set."""

    table: Mapping[str, npt.NDArray[np.float64]]  #: world, weight, parameters fitted or measured
    about: Mapping[str, Any]  #: provenance, as experiments.calibration.posterior_file has it

    @property
    def pinned(self) -> tuple[str, ...]:
        """Parameters that the targets of the case pin down: at least 20 % narrower than before."""
        return tuple(self.about["pinned"])

    def row(self, k: int) -> Mapping[str, float]:
        """The k-th draw: low-discrepancy points on the cumulated weights, so weights are met."""
        edges = np.cumsum(self.table["weight"])
        place = sobol(whole_design(k), 1, DESIGN_SEED + 1)[k, 0] * edges[-1]
        at = min(int(np.searchsorted(edges, place, side="right")), edges.size - 1)
        return {name: float(column[at]) for name, column in self.table.items()}


def _draws(text: str) -> dict[str, npt.NDArray[np.float64]] | None:
    """The table of a posterior; None unless it holds what it must."""
    known = {"world", "weight", *(item.name for item in fields(Parameters))}
    names, *rows = csv.reader(text.splitlines() or [""])
    try:
        values = np.array(rows, dtype=np.float64)
    except ValueError:
        return None
    if values.shape != (len(rows), len(names)) or not rows:
        return None
    table = dict(zip(names, values.T, strict=True))
    if len(table) < len(names) or not {"world", "weight"} <= set(table) <= known:
        return None
    return table if np.isfinite(values).all() and (table["weight"] > 0).all() else None


#: Where the shipped posteriors lie.
FOLDER = conf_dir() / "posterior"


@lru_cache(maxsize=4)
def read_posterior(case: str) -> Posterior:
    """The shipped posterior of a case, or the file CASE_posterior.csv of a fit of one's own.

    Raises ConfigError where there is none that holds: one that is not as it was written, whose
    draws are no worlds, or that was fitted under priors which are no longer so.
    """
    path = place("posterior", case) if case.endswith(".csv") else FOLDER / f"{case}_posterior.csv"
    known = sorted(p.name.removesuffix("_posterior.csv") for p in FOLDER.glob("*_posterior.csv"))
    if not path.exists() or not path.with_suffix(".json").exists():
        raise ConfigError(
            "uncertainty.posterior", case, "no posterior of this case",
            ", ".join((*known, "FILE_posterior.csv with its .json beside it")),
            f"posterior={known[0]}" if known else "uncertainty=prior",
        )  # fmt: skip
    about, reason = _provenance(path.with_suffix(".json"))
    text = path.read_bytes()
    if not reason and hashlib.sha256(text).hexdigest()[:16] != about["digest"]:
        reason = "the file of draws is not the one that its .json describes"
    if not reason and (moved := _moved(about)):
        raise ConfigError(
            "uncertainty.posterior", case, moved, "a posterior fitted under today's priors",
            "uncertainty=prior, which draws from the priors, "
            f"or backlash calibrate case={about['case']}, which fits anew",
        )  # fmt: skip
    if not reason and (table := _draws(text.decode(errors="replace"))) is not None:
        return Posterior(table, about)
    others = [name for name in known if name != case]
    raise ConfigError(
        "uncertainty.posterior", case,
        reason
        or "its draws are not worlds: world, weight and parameters, all finite, weights above 0",
        "a posterior as it was written",
        " or ".join([*(f"posterior={name}" for name in others[:1]), "uncertainty=prior"]),
    )  # fmt: skip


def _provenance(file: Path) -> tuple[dict[str, Any], str]:
    """What a posterior's .json says, and why it is not believed; empty if it is.

    It is sealed, since a prior that somebody changed in it would let draws of another model in.
    """
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        for key in ("digest", "design", "priors", "pinned", "measured", "case", "seal"):
            about[key]
        _moved(about)
        whole = sealed(about) == about
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}, "its .json does not say where the draws come from"
    if not whole:
        return {}, "its .json is not as it was written: its seal is that of another text"
    return about, ""


def posterior_world(
    case: str, k: int, asked_for: Parameters | None = None, fixed: Collection[str] = ()
) -> Parameters:
    """The k-th world of a case's posterior.

    A parameter that `asked_for` sets to other than its default, or that `fixed` names, is kept, as
    with `world`.
    """
    kept = asked_for or Parameters()
    keep = kept_of(kept, fixed)
    row = read_posterior(case).row(k)
    base = world(int(row["world"]), kept, fixed)
    changes = {
        str(name): float(value)
        for name, value in row.items()
        if name not in ("world", "weight") and name not in keep
    }
    return replace(base, **changes)
