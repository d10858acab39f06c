"""The settings by which a case is fitted, read from a file and checked.

A file is calibrations/CASE.yaml: what is fitted, how many worlds, which days, what others would
forecast. Everything is checked when it is read: a fit would run for many minutes before it
met most mistakes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from experiments.calibration import platform_fit
from sim.base.choices import conf_dir, read_yaml
from sim.base.refusal import ConfigError
from sim.settings.parameters import Parameters
from sim.settings.prior import priors


@dataclass(frozen=True)
class Settings:
    """How a case is fitted: experiments/calibration/calibrations/CASE.yaml."""

    case: str  #: name in conf/case
    preset: str
    fan: tuple[str, ...]  #: parameters that are fitted
    n_seeds: int  #: runs of a world
    n_first: int  #: worlds of the first wave, the prior
    n_keep: int  #: worlds that a wave leaves
    n_wave: int  #: worlds of each later wave
    max_waves: int  #: after the first
    min_new: float  #: share of new worlds among the kept below which no wave follows
    n_predict: int  #: worlds of the posterior that are run again for the hold-out
    n_contrasts: int = 48  #: worlds of each wave in which answers are compared
    wave_days: int = 3  #: days of the case over which waves are run: those of its targets and more
    fitted_days: tuple[int, int] = (1, 1)  #: of the case, first and last: those of its targets
    held_out_days: tuple[int, int] = (2, 2)  #: those of the targets that are forecast
    #: ranges that stand in for priors which were narrowed with the case in sight
    priors: tuple[tuple[str, float, float], ...] = ()
    naive: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  #: see holdout.scores
    transfer: tuple[str, ...] = ()  #: cases for which people and platform are kept
    removed: tuple[str, ...] = ()  #: of these, those in which somebody high up went
    rival: str = ""  #: name of another structure, and the words that make it
    rival_words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its studies are called."""
        ends = (self.preset if self.preset != "full" else "", self.rival)
        return "_".join([f"calibration_{self.case}", *(end for end in ends if end)])


def read_settings(case: str, preset: str = "full") -> Settings:
    """The settings of a case. Raises ConfigError where there are none, or they cannot hold.

    preset : full or quick.
    """
    folder = platform_fit.FOLDER
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if case not in known:
        raise ConfigError(
            "case", case, "no calibration is set up for it", ", ".join(known),
            f"backlash calibrate case={known[0]}",
        )  # fmt: skip
    raw = _settings_in(folder / f"{case}.yaml")
    if preset not in ("full", "quick"):
        raise ConfigError("preset", preset, "no such preset", "full, quick", "preset=quick")
    quick = raw.pop("quick")
    raw.update(quick if preset == "quick" else {})
    lists = {key: tuple(raw[key]) for key in ("fan", *_SPANS, *_CASES)}
    lists["priors"] = tuple((n, float(a), float(b)) for n, (a, b) in raw["priors"].items())
    return Settings(case=case, preset=preset, **{**raw, **lists})


#: What the settings of a fit say beside its numbers: spans of days, lists of cases.
_SPANS, _CASES = ("fitted_days", "held_out_days"), ("transfer", "removed")


#: Numbers in the settings of a fit, each with its range.
_COUNTS = {
    "n_seeds": (1, 100),
    "n_first": (8, 100_000),
    "n_keep": (8, 100_000),
    "n_wave": (1, 100_000),
    "max_waves": (0, 100),
    "min_new": (0.0, 1.0),
    "n_predict": (1, 100_000),
    "n_contrasts": (1, 10_000),
    "wave_days": (1, 90),
}


def _settings_in(path: Path) -> dict[str, Any]:
    """What a file of settings holds. Raises ConfigError for one that no fit could go by.

    Each group of keys has its own check below; the first that fails is refused.
    """
    raw = _read(path)
    keys = ("fan", "priors", *_COUNTS, *_SPANS, "naive", *_CASES, "quick")
    if not isinstance(raw, dict) or set(raw) != set(keys) or not isinstance(raw["quick"], dict):
        found = ", ".join(map(str, raw)) if isinstance(raw, dict) else type(raw).__name__
        raise _refused(
            path, "its keys", found, "not the settings of a fit", ", ".join(keys),
            "those keys, each once",
        )  # fmt: skip
    _check_priors(path, raw["priors"])
    _check_parameters(path, raw["fan"], raw["priors"])
    for key in _SPANS:
        _check_days(path, key, raw[key])
    for key in _CASES:
        _check_cases(path, key, raw[key])
    _check_naive(path, raw["naive"])
    numbers = {key: value for key, value in raw.items() if key in _COUNTS}
    _check_numbers(path, "", numbers)
    _check_numbers(path, "quick.", raw["quick"])
    return dict(raw)


def _refused(
    path: Path, where: str, value: object, reason: str, allowed: str, hint: str
) -> ConfigError:
    """The refusal of one setting, with the name of its file."""
    return ConfigError(f"{path.name}: {where}", value, reason, allowed, hint)


def _read(path: Path) -> object:
    """What YAML makes of the file. Raises ConfigError with the line at which it gives up."""
    try:
        return read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        what = getattr(problem, "problem", None) or type(problem).__name__
        raise _refused(
            path, "all of it", None, f"no YAML{where}: {what}", "keys and values as it was shipped",
            "the file of this release again",
        ) from None  # fmt: skip


def _check_priors(path: Path, given: object) -> None:
    """Refuse ranges that are not two rising ends of a parameter, inside what may be set."""
    every = {item.name: item.metadata for item in fields(Parameters)}
    about = {name: said for name, said in every.items() if not said.get("constant")}
    if not isinstance(given, dict):
        raise _refused(
            path, "priors", given, "no ranges by parameter", "name: [low, high]", "priors: {}"
        )
    for name, ends in given.items():
        if name not in about:
            raise _refused(
                path, "priors", name, "no parameter", "see docs/parameters.md",
                difflib.get_close_matches(str(name), sorted(about), cutoff=0)[0],
            )  # fmt: skip
        low, high = about[name]["low"], about[name]["high"]
        numbers = isinstance(ends, list) and [type(end) in (int, float) for end in ends]
        if numbers != [True, True] or not low <= ends[0] < ends[1] <= high:
            raise _refused(
                path, f"priors.{name}", ends, "no range of this parameter",
                f"two rising ends from {low:g} to {high:g}", f"{name}: [{low:g}, {high:g}]",
            )  # fmt: skip


def _check_parameters(path: Path, fan: object, given: Mapping[str, object]) -> None:
    """Refuse a list of fitted parameters that is empty, repeats itself, or names an unknown one.

    given : the ranges of the settings, which make a parameter one that may be fitted.
    """
    names = {name for name, _, _ in priors()} | set(given)
    listed = fan if isinstance(fan, list) else []
    if not listed or len(set(map(str, listed))) < len(listed):
        raise _refused(
            path, "fan", fan, "no list of parameters, each once", "names", "fan: [relief]"
        )
    for name in listed:
        if name not in names:
            raise _refused(
                path, "fan", name, "no parameter with a prior", "see docs/parameters.md",
                difflib.get_close_matches(str(name), sorted(names), cutoff=0)[0],
            )  # fmt: skip


def _check_days(path: Path, key: str, days: object) -> None:
    """Refuse a span of days that is not two whole numbers in order, 1 to 90."""
    if (
        not isinstance(days, list)
        or len(days) != 2
        or any(type(day) is not int for day in days)
        or not 1 <= days[0] <= days[1] <= 90
    ):
        raise _refused(
            path, key, days, "no span of days", "first and last day, 1 to 90", f"{key}: [1, 2]"
        )


def _check_cases(path: Path, key: str, listed: object) -> None:
    """Refuse a list of cases that names one without a file in conf/case."""
    cases = sorted(file.stem for file in (conf_dir() / "case").glob("*.yaml"))
    if not isinstance(listed, list):
        raise _refused(path, key, listed, "no list of cases", ", ".join(cases), f"{key}: []")
    for name in listed:
        if name not in cases:
            raise _refused(path, key, name, "no case of conf/case", ", ".join(cases), f"{key}: []")


def _check_naive(path: Path, naive: object) -> None:
    """Refuse naive forecasts that are not numbers by target and by forecaster."""
    said_of = naive.values() if isinstance(naive, dict) else [None]
    if not all(isinstance(v, dict) and all(type(x) in (int, float) for x in v.values())
               for v in said_of):  # fmt: skip
        raise _refused(
            path, "naive", naive, "no numbers by target and forecaster",
            "target: {decay: 0, repeat: 1}", "naive: {}",
        )  # fmt: skip


def _check_numbers(path: Path, where: str, given: Mapping[str, object]) -> None:
    """Refuse a number out of its range, or a setting that a fit does not have."""
    for key, value in given.items():
        if not _may_be(key, value):
            raise _refused(
                path, f"{where}{key}", value, "not a setting of a fit, or out of its range",
                ", ".join(f"{k} {a:g} to {b:g}" for k, (a, b) in _COUNTS.items()),
                f"{key}: {_COUNTS[key][0]:g}" if key in _COUNTS else f"the file without {key}",
            )  # fmt: skip


def _may_be(key: str, value: object) -> bool:
    """Whether a setting of a fit may have this value."""
    if key not in _COUNTS or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = _COUNTS[key]
    return low <= value <= high and (isinstance(value, int) or isinstance(low, float))


def said(settings: Settings) -> dict[str, Any]:
    """The numbers by which a fit was made and its own priors, as its posterior records them."""
    written = {name: [low, high] for name, low, high in settings.priors}
    return {name: getattr(settings, name) for name in _COUNTS} | {"priors": written}
