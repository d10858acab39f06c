"""Backlash: a laboratory for fan-community crises.

import sim
config = sim.compose(["case=xiaomi_2026", "response=none", "seed=3"])
run = sim.simulate(config)          # run.to_frame() gives the series as a pandas frame

config = sim.compose(["response=none", "n_replicates=20"])
runs = sim.ensemble(config)         # in 20 plausible worlds; runs.frame has a row a run
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import snapshots
    from sim.composition import compose
    from sim.config import Config
    from sim.metrics import outcomes
    from sim.model import BacklashModel, ColumnarModel
    from sim.record import Run
    from sim.refusal import ConfigError
    from sim.run import finish, mesa_model, simulate
    from sim.runs import Ensemble, ensemble

__version__ = "0.1.0"


def _cache_folder() -> Path:
    """A folder for compiled rules that is named after the sources.

    Numba's own cache looks only at the file a function is in: edit a rule, and an engine in
    another file would go on running the old one, silently. Nor does it look at settings such as
    NUMBA_BOUNDSCHECK, which decide what is compiled.
    """
    package = Path(__file__).resolve().parent
    sources = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        sources.update(path.name.encode() + path.read_bytes())
    for name in sorted(name for name in os.environ if name.startswith("NUMBA_")):
        sources.update(f"{name}={os.environ[name]}".encode())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for root in (home, Path(tempfile.gettempdir())):
        folder = root / "backlash" / f"compiled-{sources.hexdigest()[:12]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="backlash-compiled-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())  # read by Numba when it is imported

_PUBLIC = {
    "BacklashModel": "sim.model",
    "ColumnarModel": "sim.model",
    "Config": "sim.config",
    "ConfigError": "sim.refusal",
    "Ensemble": "sim.runs",
    "compose": "sim.composition",
    "ensemble": "sim.runs",
    "finish": "sim.run",
    "Run": "sim.record",
    "mesa_model": "sim.run",
    "simulate": "sim.run",
    "outcomes": "sim.metrics",
}
__all__ = [
    "BacklashModel",
    "ColumnarModel",
    "Config",
    "ConfigError",
    "Ensemble",
    "Run",
    "__version__",
    "compose",
    "ensemble",
    "finish",
    "mesa_model",
    "outcomes",
    "simulate",
    "snapshots",
]


def __dir__() -> list[str]:
    """The interface, for whoever presses Tab."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import on first use: `import sim` alone costs nothing. Modules of the package, too."""
    from importlib import import_module
    from importlib.util import find_spec

    if name not in _PUBLIC:
        if name.startswith("_") or find_spec(f"sim.{name}") is None:
            raise AttributeError(f"module 'sim' has no attribute {name!r}; it has {__all__}")
        return import_module(f"sim.{name}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value
