"""Worlds: draws of every uncertain parameter, from the prior or from the posterior of a case.

The same number is the same world in every study and for every response, so that comparisons are
paired; asking for more worlds changes none of the earlier ones. Nor does a new parameter: those of
`sim.settings.identity.DESIGN` have their dimension of a Sobol design for ever, every later one is
drawn at an address that its name gives.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.choices import conf_dir
from sim.base.files import write_whole
from sim.base.refusal import ConfigError, place
from sim.settings.config import Config, UncertaintyConfig
from sim.settings.identity import DESIGN
from sim.settings.parameters import Parameters

DESIGN_SEED = 20260105  #: of the scrambled Sobol design; fixed, so that all studies share worlds
#: Shares of one whole, the visibility memory (E1): a draw is scaled so that they sum to 1.
SHARES = ("visible_12min", "visible_1h", "visible_4h", "visible_24h", "visible_200h")


def priors() -> list[tuple[str, float, float]]:
    """Name and prior range of every parameter that has one."""
    return [
        (item.name, *item.metadata["prior"])
        for item in fields(Parameters)
        if item.metadata["prior"][0] < item.metadata["prior"][1]
    ]


@lru_cache(maxsize=4)
def _sobol(n: int, dimensions: int, seed: int) -> npt.NDArray[np.float64]:
    """The first n points, a power of two, of a scrambled Sobol sequence; float64[n, dimensions].

    Kept beside the compiled rules: scipy.stats costs a second to import, the start of a run less.
    """
    name = f"sobol-{version('scipy')}-{n}-{dimensions}-{seed}.npy"
    file = Path(os.environ["NUMBA_CACHE_DIR"]) / name
    with suppress(OSError, ValueError, EOFError):
        said, _, content = file.read_bytes().partition(b"\n")
        if said == hashlib.sha256(content).hexdigest().encode():
            kept: npt.NDArray[np.float64] = np.load(io.BytesIO(content))
            return kept
    from scipy.stats import qmc

    points: npt.NDArray[np.float64] = qmc.Sobol(
        dimensions, scramble=True, rng=np.random.default_rng(seed)
    ).random(n)
    buffer = io.BytesIO()
    np.save(buffer, points)
    content = buffer.getvalue()
    with suppress(OSError):  # a folder that cannot be written only costs the second again
        write_whole(file, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    return points


@lru_cache(maxsize=64)
def _own_points(name: str, n: int) -> npt.NDArray[np.float64]:
    """The first n draws in [0, 1) of a parameter that came after the design; float64[n].

    At random and not of a Sobol sequence: one-dimensional ones go in step with one another.
    """
    key = int.from_bytes(hashlib.sha256(f"{DESIGN_SEED} {name}".encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key)).random(n)


def _whole(k: int) -> int:
    """Points of the design that holds number k."""
    size = 1024
    while k >= size:
        size *= 2
    return size


def _kept(asked_for: Parameters, fixed: Collection[str]) -> set[str]:
    """Parameters that are not drawn: those of `fixed`, and whatever is not at its default."""
    usual = Parameters()
    names = (item.name for item in fields(Parameters))
    return {n for n in names if n in fixed or getattr(asked_for, n) != getattr(usual, n)}


def world(k: int, asked_for: Parameters | None = None, fixed: Collection[str] = ()) -> Parameters:
    """The k-th plausible world: a draw of the parameters from their prior ranges.

    The first draws do not change when more are asked for, and are the same for every response.
    A parameter that `asked_for` sets to other than its default, or that `fixed` names, is not drawn
    but kept.
    """
    kept = asked_for or Parameters()
    keep = _kept(kept, fixed)
    size = _whole(k)
    point = dict(zip(DESIGN, _sobol(size, len(DESIGN), DESIGN_SEED)[k], strict=True))
    drawn = {
        name: low + (point[name] if name in point else _own_points(name, size)[k]) * (high - low)
        for name, low, high in priors()
    }
    return replace(
        kept, **{name: value for name, value in _scaled(drawn).items() if name not in keep}
    )


def _scaled(drawn: dict[str, float]) -> dict[str, float]:
    """The draw with the shares of the visibility memory summing to 1."""
    whole = sum(drawn[name] for name in SHARES)
    return {name: value / whole if name in SHARES else value for name, value in drawn.items()}


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
        place = _sobol(_whole(k), 1, DESIGN_SEED + 1)[k, 0] * edges[-1]
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
    keep = _kept(kept, fixed)
    row = read_posterior(case).row(k)
    base = world(int(row["world"]), kept, fixed)
    changes = {
        str(name): float(value)
        for name, value in row.items()
        if name not in ("world", "weight") and name not in keep
    }
    return replace(base, **changes)


@dataclass(frozen=True)
class _Asked:
    """What worlds are drawn for. Two are the same if they are written alike: 1 is not 1.0 in a
    name.
    """

    said: str
    community: tuple[float, float]
    parameters: Parameters = field(compare=False)
    kind: UncertaintyConfig = field(compare=False)


def worlds_of(config: Config, only: range | None = None) -> list[Parameters]:
    """The parameters of the worlds of a design point, in order.

    only : their numbers, from 0; None: all. Points that ask alike get the same objects: a sweep
    draws its worlds once and not for every cell.
    """
    kind, numbers = config.uncertainty, range(config.n_replicates) if only is None else only
    if kind.name not in ("prior", "posterior"):
        return [config.parameters for _ in numbers]
    low, high = config.case.community
    fitted = read_posterior(kind.posterior).about["digest"] if kind.name == "posterior" else ""
    said = f"{kind.name} {kind.posterior} {fitted} {kind.fixed} {config.parameters!r}"
    asked = _Asked(said, (low, high), config.parameters, kind)
    return [_drawn(asked, kind.first + k) for k in numbers]


@lru_cache(maxsize=4096)  # some 40 MB
def _drawn(asked: _Asked, k: int) -> Parameters:
    """The k-th world of what is asked."""
    kind, parameters, fixed = asked.kind, asked.parameters, frozenset(asked.kind.fixed.split())
    if kind.name == "prior":
        found = world(k, parameters, fixed)
    else:
        found = posterior_world(kind.posterior, k, parameters, fixed)
    if "community_size" in _kept(parameters, fixed):
        return found
    return _of_size(asked.community, k, found)


def _of_size(community: tuple[float, float], k: int, drawn: Parameters) -> Parameters:
    """The k-th world with a community inside the bounds that its case gives, evenly in the log."""
    low, high = community
    if low == high:
        return drawn
    u = float(_own_points("community_size", _whole(k))[k])
    return replace(drawn, community_size=(high / low) ** (u - 0.5))


def n_runs_of(config: Config) -> int:
    """Runs of a design point: worlds times seeds."""
    return config.n_replicates * config.uncertainty.n_seeds


def replicates(config: Config, only: range | None = None) -> list[Config]:
    """The configs of a design point: world by world if uncertain, and in each its seeds.

    They are drawn: each says uncertainty=point, so that nothing is drawn twice. only : numbers of
    the runs, from 0; None: all.
    """
    numbers, n_seeds = (
        range(n_runs_of(config)) if only is None else only,
        config.uncertainty.n_seeds,
    )
    if not numbers:
        return []
    first = numbers[0] // n_seeds
    worlds = worlds_of(config, range(first, numbers[-1] // n_seeds + 1))
    return [as_drawn(config, config.seed + k, worlds[k // n_seeds - first]) for k in numbers]


def as_drawn(config: Config, seed: int, parameters: Parameters) -> Config:
    """The config of one run in this world: nothing is left to draw."""
    point = UncertaintyConfig()
    return replace(config, seed=seed, n_replicates=1, parameters=parameters, uncertainty=point)


def drawn(config: Config, instead: str = "sim.ensemble(config), which makes all of them") -> Config:
    """The config of the one run that is asked for, its world drawn as the command line draws it.

    A config of which nothing is left to draw is returned as it is. Raises ConfigError for one that
    asks for several runs. instead : what makes several, for whoever reads the refusal.
    """
    for key, value in (
        ("n_replicates", config.n_replicates),
        ("uncertainty.n_seeds", config.uncertainty.n_seeds),
    ):
        if value > 1:
            raise ConfigError(key, value, "one run is made here", "1", f"{instead}, or {key}=1")
    if config.uncertainty.name == "point":
        return config
    return replicates(config)[0]
