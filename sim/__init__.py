"""Backlash: a laboratory for fan-community crises.

import sim
config = sim.compose(["case=textbook", "response=none", "seed=3"])
run = sim.simulate(config)          # run.to_frame() gives the series as a pandas frame

config = sim.compose(["response=none", "n_replicates=20"])
runs = sim.ensemble(config)         # in 20 plausible worlds; runs.frame has a row a run
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import snapshots
    from sim.base.refusal import ConfigError
    from sim.mesa.model import BacklashModel, ColumnarModel
    from sim.metrics import outcomes
    from sim.record import Run
    from sim.run import finish, mesa_model, simulate
    from sim.runs import Ensemble, ensemble
    from sim.settings.composition import compose
    from sim.settings.config import Config

__version__ = "0.1.0"


#: What no compiled function takes anything from, so that an edit there compiles nothing anew.
_ABOVE = {
    "branches.py", "course.py", "engine.py", "mesa", "metrics.py", "part_files.py", "parts.py",
    "progress.py", "run.py", "runs.py", "snapshots.py", "start.py", "store.py",
}  # fmt: skip


def _cache_folder() -> Path:
    """A folder for compiled rules that is named after the sources they are made of.

    Numba's own cache looks only at the file a function is in: edit a rule, and an engine in
    another file would go on running the old one, silently. Nor does it look at settings such as
    NUMBA_BOUNDSCHECK, which decide what is compiled.
    """
    package = Path(__file__).resolve().parent
    sources = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] in _ABOVE:
            continue
        sources.update(path.name.encode() + path.read_bytes())
    for name in sorted(name for name in os.environ if name.startswith("NUMBA_")):
        sources.update(f"{name}={os.environ[name]}".encode())
    leaf = f"compiled-{sources.hexdigest()[:12]}"
    user = os.geteuid() if hasattr(os, "geteuid") else "own"
    places = [Path(tempfile.gettempdir()) / f"backlash-{user}"]
    with suppress(RuntimeError):  # a user without a home
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        places.insert(0, Path(home) / "backlash")
    for place in places:
        if _ours(place) and _ours(place / leaf, untouched=True):
            return place / leaf
    return Path(tempfile.mkdtemp(prefix="backlash-compiled-"))


def _ours(folder: Path, untouched: bool = False) -> bool:
    """Whether a folder, made if it is not there, is this user's and nobody else's (mode 0700).

    What is compiled is read as code: no link, no folder of another user. untouched : nor one that
    others could write so far, because of what they may have put there.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.lstat()
        if not stat.S_ISDIR(about.st_mode):
            return False
        if hasattr(os, "geteuid"):  # elsewhere folders of caches are a user's own
            if about.st_uid != os.geteuid() or (untouched and about.st_mode & 0o022):
                return False
            if about.st_mode & 0o077:
                folder.chmod(0o700)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())  # read by Numba when it is imported

_PUBLIC = {
    "BacklashModel": "sim.mesa.model",
    "ColumnarModel": "sim.mesa.model",
    "Config": "sim.settings.config",
    "ConfigError": "sim.base.refusal",
    "Ensemble": "sim.runs",
    "compose": "sim.settings.composition",
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
