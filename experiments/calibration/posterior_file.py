"""The posterior on disk: the worlds that a fit kept, and where they come from.

Two files: CASE_posterior.csv has the worlds with their weights, CASE_posterior.json says how they
came about and seals both. `sim.settings.posterior.read_posterior` reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.calibration.case_priors import own_priors
from experiments.calibration.fit_settings import Settings, said
from experiments.calibration.people_fit import Fit
from experiments.calibration.waves import particle
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole
from sim.settings.posterior import fitted_under, sealed


def posterior_table(found: Fit) -> pd.DataFrame:
    """The kept worlds with all parameters that were fitted or drawn in the fit's own way, and their
    weights: a row a world.
    """
    rows, names = [], dict.fromkeys((*found.settings.fan, *own_priors(found.settings.priors)))
    for k, u, weight in zip(found.worlds, found.u, found.weight, strict=True):
        one = particle(found.settings, int(k), dict(zip(found.settings.fan, u, strict=True)))
        rows.append(
            {"world": int(k), "weight": weight, **{name: getattr(one, name) for name in names}}
        )
    return pd.DataFrame(rows)


def of_affairs(settings: Settings) -> list[str]:
    """Parameters that were drawn from the population of affairs and not fitted."""
    own = own_priors(settings.priors)
    return [name for name, prior in own.items() if prior.of_affairs and name not in settings.fan]


def is_of(about: Path, settings: Settings, words: Sequence[str]) -> bool:
    """Whether a posterior's .json is there, whole, and of a fit with these settings and words."""
    try:
        found = json.loads(about.read_text(encoding="utf-8"))
        whole = bool(sealed(found) == found)
        was = (found["settings"], found["fitted"], found["words"])
        return whole and was == (said(settings), list(settings.fan), list(words))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def provenance(found: Fit) -> dict[str, Any]:
    """Where a posterior comes from, as plain data: settings, targets, waves, priors, versions."""
    import sim

    return {
        "case": found.settings.case,
        "preset": found.settings.preset,
        "settings": said(found.settings),
        "words": list(found.words),
        "backlash": sim.__version__,
        "results_version": RESULTS_VERSION,
        **fitted_under(),
        "n_draws": len(found.worlds),
        "effective_draws": round(found.effective, 1),
        "effective_share": round(found.effective / len(found.worlds), 4),
        "n_runs": found.n_runs,
        "waves": found.history.round(4).to_dict("records"),
        "targets": [target.id for target in found.targets],
        "fitted": list(found.settings.fan),
        "measured": of_affairs(found.settings),
    }


def save_posterior(
    found: Fit, shrinkage: Mapping[str, float], pinned: Sequence[str], folder: Path
) -> Path:
    """Write CASE_posterior.csv and .json, whole or absent; returns the path of the first.

    shrinkage : parameter -> how much narrower than its prior. pinned : parameters that the case
    pins down; a study names the others prior-driven.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table = posterior_table(found)
    text = table.to_csv(index=False, float_format="%.8g", lineterminator="\n").encode()
    about = provenance(found) | {
        "digest": hashlib.sha256(text).hexdigest()[:16],
        "shrinkage": {name: round(value, 4) for name, value in shrinkage.items()},
        "pinned": list(pinned),
    }
    path = folder / f"{found.settings.case}_posterior.csv"
    write_whole(path, text)
    write_whole(path.with_suffix(".json"), (json.dumps(sealed(about), indent=1) + "\n").encode())
    return path
