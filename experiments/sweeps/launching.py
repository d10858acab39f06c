"""Hydra places the jobs: what its launchers are told, and which settings they would not take."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.sweeps.jobs import job
from sim.base.refusal import ConfigError

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
    "joblib": "make extras, or pip install -c constraints.txt -e '.[joblib]'",
    "submitit_local": "make extras, or pip install -c constraints.txt -e '.[slurm]'",
    "submitit_slurm": "make extras, or pip install -c constraints.txt -e '.[slurm]'",
    "ray": "pip install -c constraints-ray.txt -e '.[ray]', in an environment of its own",
}


def check_hydra(words: Sequence[str]) -> None:
    """Refuse settings of Hydra that it would not take, before any work.

    Raises ConfigError for a launcher that is not installed, for whatever Hydra itself refuses, and
    for jobs in folders of their own.
    """
    for word in words:
        if word.startswith("hydra.job.chdir"):
            raise ConfigError(
                "hydra", word, "jobs stay in their folder; the store is found from there",
                "other settings of Hydra", "results=DIR",
            )  # fmt: skip
    _composed(Path(), "", words)


def launcher_of(words: Sequence[str]) -> str:
    """The launcher that words for Hydra name."""
    named = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
    return named[-1] if named else "basic"


def said_of(words: Sequence[str], key: str) -> str:
    """What words for Hydra say of a setting of the launcher; "" if nothing."""
    named = [word.partition("=")[2] for word in words if word.startswith(f"hydra.launcher.{key}=")]
    return named[-1] if named else ""


def composed_launcher(folder: Path, todo: str, words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The launcher that is asked for, and all that it is told, as a plain dictionary."""
    from omegaconf import OmegaConf

    told = OmegaConf.to_container(_composed(folder, todo, words).hydra.launcher, resolve=True)
    assert isinstance(told, dict)
    return launcher_of(words), {str(key): value for key, value in told.items() if key != "_target_"}


def _composed(folder: Path, todo: str, words: Sequence[str]) -> Any:
    """Hydra's config of the jobs of a list of work. Raises ConfigError for what it refuses."""
    from hydra import compose, initialize
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    ConfigStore.instance().store(name="backlash_sweep", node=hydra_settings(folder, todo))
    GlobalHydra.instance().clear()
    try:
        with initialize(version_base="1.3", config_path=None):
            return compose("backlash_sweep", list(words), return_hydra_config=True)
    except (HydraException, OmegaConfBaseException) as problem:
        raise _refused(words, problem) from None


def _refused(words: Sequence[str], problem: Exception) -> ConfigError:
    """What Hydra refused, as a refusal of ours: a launcher by what installs it."""
    asked = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
    if asked and f"hydra/launcher/{asked[-1]}" in str(problem):
        return ConfigError(
            "hydra/launcher", asked[-1], "this launcher is not installed",
            ", ".join(LAUNCHERS), LAUNCHERS.get(asked[-1]) or "hydra/launcher=joblib",
        )  # fmt: skip
    reason = " ".join(str(problem).split())[:160]
    return ConfigError(
        "hydra", " ".join(words), reason, "settings of Hydra's launchers (docs/sweeps.md)",
        "hydra/launcher=joblib hydra.launcher.n_jobs=2",
    )  # fmt: skip


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
