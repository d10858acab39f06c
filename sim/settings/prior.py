"""Numbered draws of every uncertain parameter from its prior.

The same number is the same world in every study and for every response, so that comparisons are
paired; asking for more worlds changes none of the earlier ones. Nor does a new parameter: those of
`sim.settings.identity.DESIGN` have their dimension of a Sobol design for ever, every later one is
drawn at an address that its name gives.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import fields, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.base.files import write_whole
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
def sobol(n: int, dimensions: int, seed: int) -> npt.NDArray[np.float64]:
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
def own_points(name: str, n: int) -> npt.NDArray[np.float64]:
    """The first n draws in [0, 1) of a parameter that came after the design; float64[n].

    At random and not of a Sobol sequence: one-dimensional ones go in step with one another.
    """
    key = int.from_bytes(hashlib.sha256(f"{DESIGN_SEED} {name}".encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key)).random(n)


def whole_design(k: int) -> int:
    """Points of the design that holds number k."""
    size = 1024
    while k >= size:
        size *= 2
    return size


def kept_of(asked_for: Parameters, fixed: Collection[str]) -> set[str]:
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
    keep = kept_of(kept, fixed)
    size = whole_design(k)
    point = dict(zip(DESIGN, sobol(size, len(DESIGN), DESIGN_SEED)[k], strict=True))
    drawn = {
        name: low + (point[name] if name in point else own_points(name, size)[k]) * (high - low)
        for name, low, high in priors()
    }
    return replace(
        kept, **{name: value for name, value in _scaled(drawn).items() if name not in keep}
    )


def _scaled(drawn: dict[str, float]) -> dict[str, float]:
    """The draw with the shares of the visibility memory summing to 1."""
    whole = sum(drawn[name] for name in SHARES)
    return {name: value / whole if name in SHARES else value for name, value in drawn.items()}
