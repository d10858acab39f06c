"""Calibration: which worlds give what was seen in the first days of a case.

Adaptive population Monte Carlo (Lenormand, Jabot & Deffuant 2013, Computational Statistics 28:
2777). The first wave is the prior; each later wave proposes worlds near those that fit best, and
the best of old and new are kept, each with its importance weight. A wave is a study like any other:
its runs are placed by Hydra, kept in the store and never run twice, so an interrupted calibration
loses nothing.

What is fitted moves through its prior range as u in [0, 1]; everything else is drawn from its
prior in every world, so the posterior says of every parameter whether the case pins it down.

A gate comes before the distance: a world in which a qualitative gate of MODEL 3
(experiments.calibration.facts; that outrage fades within a day and a half is an assumption) fails
in most of its seeds is kept only if too few pass.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from scipy.stats import multivariate_normal

from experiments.calibration import facts, platform_fit, targets
from experiments.sweeps import sweep
from experiments.sweeps.design import Axis, Study
from experiments.sweeps.plan import Plan, plan_of
from experiments.sweeps.points import points_of
from sim.base.choices import conf_dir, read_yaml
from sim.base.digest import RESULTS_VERSION
from sim.base.files import read_sealed, write_sealed, write_whole
from sim.base.refusal import ConfigError
from sim.case.case import Case, Target
from sim.progress import Progress
from sim.settings.composition import compose
from sim.settings.parameters import Parameters
from sim.settings.worlds import fitted_under, priors, sealed, world

_F = npt.NDArray[np.float64]
PROPOSAL_SEED = 20260106  #: of the waves' proposals
HOLDS = "holds "  #: before the name of a fact, among the columns of what runs say


@dataclass(frozen=True)
class Settings:
    """How a case is fitted: experiments/calibration/calibrations/CASE.yaml."""

    case: str
    preset: str
    fan: tuple[str, ...]
    n_seeds: int
    n_first: int
    n_keep: int
    n_wave: int
    max_waves: int
    min_new: float
    n_predict: int
    fitted_days: tuple[int, int] = (1, 1)  #: of the case, first and last: those of its targets
    held_out_days: tuple[int, int] = (2, 2)
    naive: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  #: see checks.scores
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
    """The settings of a case. Raises ConfigError where there are none, or they cannot hold."""
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
}


def _settings_in(path: Path) -> dict[str, Any]:
    """What a file of settings holds. Raises ConfigError for one that no fit could go by."""

    def refused(where: str, value: object, reason: str, allowed: str, hint: str) -> ConfigError:
        return ConfigError(f"{path.name}: {where}", value, reason, allowed, hint)

    try:
        raw = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        what = getattr(problem, "problem", None) or type(problem).__name__
        raise refused(
            "all of it", None, f"no YAML{where}: {what}", "keys and values as it was shipped",
            "the file of this release again",
        ) from None  # fmt: skip
    keys = ("fan", *_COUNTS, *_SPANS, "naive", *_CASES, "quick")
    if not isinstance(raw, dict) or set(raw) != set(keys) or not isinstance(raw["quick"], dict):
        found = ", ".join(map(str, raw)) if isinstance(raw, dict) else type(raw).__name__
        raise refused(
            "its keys", found, "not the settings of a fit", ", ".join(keys), "those keys, each once"
        )
    names = {name for name, _, _ in priors()}
    fan = raw["fan"] if isinstance(raw["fan"], list) else []
    if not fan or len(set(map(str, fan))) < len(fan):
        raise refused(
            "fan", raw["fan"], "no list of parameters, each once", "names", "fan: [relief]"
        )
    for name in fan:
        if name not in names:
            raise refused(
                "fan", name, "no parameter with a prior", "see docs/parameters.md",
                difflib.get_close_matches(str(name), sorted(names), cutoff=0)[0],
            )  # fmt: skip
    for key in _SPANS:
        days = raw[key]
        whole = isinstance(days, list) and len(days) == 2 and all(type(d) is int for d in days)
        if not whole or not 1 <= days[0] <= days[1] <= 90:
            raise refused(
                key, days, "no span of days", "first and last day, 1 to 90", f"{key}: [1, 2]"
            )
    cases = sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))
    for key in _CASES:
        if not isinstance(raw[key], list):
            raise refused(key, raw[key], "no list of cases", ", ".join(cases), f"{key}: []")
        for name in raw[key]:
            if name not in cases:
                raise refused(key, name, "no case of conf/case", ", ".join(cases), f"{key}: []")
    naive = raw["naive"]
    said_of = naive.values() if isinstance(naive, dict) else [None]
    if not all(isinstance(v, dict) and all(type(x) in (int, float) for x in v.values())
               for v in said_of):  # fmt: skip
        raise refused(
            "naive", naive, "no numbers by target and forecaster", "target: {decay: 0, repeat: 1}",
            "naive: {}",
        )  # fmt: skip
    for where, given in (("", raw), ("quick.", raw["quick"])):
        for key, value in given.items():
            if key in ("fan", "naive", *_SPANS, *_CASES, "quick") and not where:
                continue
            if not _may_be(key, value):
                raise refused(
                    f"{where}{key}", value, "not a setting of a fit, or out of its range",
                    ", ".join(f"{k} {a:g} to {b:g}" for k, (a, b) in _COUNTS.items()),
                    f"{key}: {_COUNTS[key][0]:g}" if key in _COUNTS else f"the file without {key}",
                )  # fmt: skip
    return dict(raw)


def _may_be(key: str, value: object) -> bool:
    """Whether a setting of a fit may have this value."""
    if key not in _COUNTS or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = _COUNTS[key]
    return low <= value <= high and (isinstance(value, int) or isinstance(low, float))


# --- worlds ---------------------------------------------------------------------------------------


@lru_cache
def _prior_of() -> Mapping[str, tuple[float, float]]:
    return {name: (low, high) for name, low, high in priors()}


def particle(k: int, u: Mapping[str, float]) -> Parameters:
    """The world of number k of the prior, the fitted parameters at u in [0, 1] of their ranges.

    The platform's half-lives follow what was measured on topics that have nothing to do with the
    company (experiments.calibration.platform_fit), at the quantile that the prior draw gives.
    """
    base = world(k)
    ranges = _prior_of()
    changes = platform_fit.at_quantiles(
        {name: (getattr(base, name) - ranges[name][0]) / np.ptp(ranges[name])
         for name in platform_fit.FITTED}
    )  # fmt: skip
    for name, at in u.items():
        low, high = ranges[name]
        changes[name] = float(low + at * (high - low))
    return replace(base, **changes)


@dataclass(frozen=True)
class Wave:
    """Worlds that were proposed together: which nuisance draw, and where in the fitted ranges."""

    number: int
    worlds: npt.NDArray[np.int64]  #: number of the prior draw, int64[n]
    u: _F  #: float64[n, n_fan]
    density: _F  #: of the proposal at u, float64[n]; 1 for the prior


def first_wave(settings: Settings) -> Wave:
    """The prior: the first worlds of the design that all studies share."""
    ranges = _prior_of()
    u = np.array(
        [
            [(getattr(one, n) - ranges[n][0]) / np.ptp(ranges[n]) for n in settings.fan]
            for one in map(world, range(settings.n_first))
        ]
    )
    return Wave(0, np.arange(settings.n_first), u, np.ones(settings.n_first))


def next_wave(settings: Settings, number: int, u: _F, weight: _F) -> Wave:
    """Worlds near the kept ones: normal steps of twice their weighted covariance, inside the prior.

    u : float64[n_keep, n_fan], weight : float64[n_keep], summing to 1.
    """
    rng = np.random.default_rng((PROPOSAL_SEED, number))
    covariance = 2 * np.cov(u.T, aweights=weight) + 1e-9 * np.eye(u.shape[1])
    found: list[_F] = []
    tried = 0
    while len(found) < settings.n_wave:
        near = u[rng.choice(len(u), settings.n_wave, p=weight)]
        steps = near + rng.multivariate_normal(np.zeros(u.shape[1]), covariance, len(near))
        inside = np.all((steps >= 0) & (steps <= 1), axis=1)
        tried += len(steps)
        found += list(steps[inside])
    share_inside = len(found) / tried
    at = np.array(found[: settings.n_wave])
    kernel = multivariate_normal(np.zeros(u.shape[1]), covariance)
    density = np.array([weight @ np.atleast_1d(kernel.pdf(one - u)) for one in at]) / share_inside
    first = settings.n_first + (number - 1) * settings.n_wave
    return Wave(number, np.arange(first, first + settings.n_wave), at, density)


def study_of_wave(settings: Settings, wave: Wave, name: str = "") -> Study:
    """A wave as a study: one axis whose positions are worlds."""
    names = [item.name for item in fields(Parameters)]
    drawn = [  # the first wave as the prior has it: its runs serve any choice of what is fitted
        particle(int(k), dict(zip(settings.fan, u, strict=True)) if wave.number else {})
        for k, u in zip(wave.worlds, wave.u, strict=True)
    ]
    base = Parameters()
    fixed = {word.partition("=")[0] for word in settings.rival_words}
    moving = [
        n
        for n in names
        if f"parameters.{n}" not in fixed
        and any(getattr(one, n) != getattr(base, n) for one in drawn)
    ]
    axis = Axis(
        "world",
        {"en": "world", "zh": "世界"},
        "",
        ("seed", *(f"parameters.{name}" for name in moving)),
        tuple(
            (int(k) * settings.n_seeds, *(getattr(one, n) for n in moving))
            for k, one in zip(wave.worlds, drawn, strict=True)
        ),
        tuple(str(k) for k in wave.worlds),
    )
    text = f"which worlds give what was seen in {settings.case}?"
    return Study(
        name=name or f"{settings.name}_{wave.number}",
        question={"en": text, "zh": "哪些世界能给出所观察到的？"},
        sentence={"en": "see the report of the calibration", "zh": "见校准报告"},
        setting=(
            f"case={settings.case}",
            "response=as_happened",
            "uncertainty=point",
            *settings.rival_words,
        ),
        axes=(axis,),
        reference=(0,),
        outcomes=("outrage_burden_core",),
    )


# --- runs -> what they say ------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What the runs of worlds say of targets: means over seeds, what never came to be, spread."""

    means: pd.DataFrame  #: a row a world, a column a target
    missed: pd.DataFrame  #: share of seeds without the quantity
    variance: pd.DataFrame  #: over seeds
    first: pd.DataFrame  #: of the first seed alone: one course of events, as a case is
    facts: pd.DataFrame  #: share of seeds in which a stylised fact holds, a column a fact

    def seed_sd(self) -> dict[str, float]:
        """Sd over seeds within a world, pooled over worlds, by target."""
        return {
            str(name): float(np.sqrt(np.nanmean(self.variance[name].to_numpy(np.float64))))
            for name in self.variance
            if np.isfinite(self.variance[name].to_numpy(np.float64)).any()
        }

    def passes(self) -> npt.NDArray[np.bool_]:
        """Worlds in which every law of the gate holds in at least half of the seeds."""
        passed: npt.NDArray[np.bool_] = (self.facts[list(facts.GATE)] >= 0.5).all(axis=1).to_numpy()
        return passed


def _kept(path: Path, plan: Plan) -> pd.DataFrame | None:
    """What was read off a plan's runs earlier; None unless every run has its row."""
    try:
        rows = pd.read_csv(io.StringIO(read_sealed(path)))
        points = [part.point for part in plan.parts for _ in part.names]
        whole = rows["point"].tolist() == points and all(
            pd.api.types.is_numeric_dtype(kind) for kind in rows.dtypes
        )
    except (OSError, ValueError, KeyError):
        return None
    return rows if whole else None


def observed(plan: Plan, wanted: Sequence[Target], label: str) -> Seen:
    """What the runs of a plan say of targets, point by point; kept beside the plan."""
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in (targets, facts))
    parts = [part.digest for part in plan.parts]
    said = json.dumps([RESULTS_VERSION, [str(t) for t in wanted], parts]).encode()
    path = plan.folder / f"observed-{hashlib.sha256(code + said).hexdigest()[:12]}.csv"
    rows = _kept(path, plan)
    if rows is None:
        progress = Progress(sum(len(part.names) for part in plan.parts), label)
        lines = []
        for part in plan.parts:
            runs = {run.name: run for run in plan.store.load(part.digest)}
            for name in part.names:
                view = targets.View.of(runs[name])
                laws = {f"{HOLDS}{key}": value for key, value in facts.holding(view).items()}
                lines.append({"point": part.point, **targets.observe(view, wanted), **laws})
                progress.tick()
        rows = pd.DataFrame(lines)
        write_sealed(path, rows.to_csv(index=False), "what runs say of the targets of a fit")
    about = [name for name in map(str, rows) if name.startswith(HOLDS)]
    held = rows[["point", *about]].rename(columns=lambda name: str(name).removeprefix(HOLDS))
    rows = rows.drop(columns=about)
    by_point = rows.groupby("point")
    return Seen(
        by_point.mean().reset_index(drop=True),
        rows.drop(columns="point").isna().groupby(rows["point"]).mean().reset_index(drop=True),
        by_point.var(ddof=1).reset_index(drop=True),
        rows.drop_duplicates("point").drop(columns="point").reset_index(drop=True),
        held.groupby("point").mean().reset_index(drop=True),
    )


def distance(gaps: pd.DataFrame) -> _F:
    """Root mean square implausibility over the targets, float64[n_worlds]."""
    values: _F = np.sqrt((gaps.to_numpy(np.float64) ** 2).mean(axis=1))
    return values


# --- the fit --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fit:
    """A finished calibration."""

    settings: Settings
    case: Case
    targets: tuple[Target, ...]
    waves: tuple[Wave, ...]
    seen: tuple[Seen, ...]  #: one a wave
    worlds: npt.NDArray[np.int64]  #: of the kept worlds, int64[n_keep]
    u: _F
    weight: _F  #: summing to 1
    gaps: pd.DataFrame  #: implausibility of the kept worlds
    folder: Path  #: where the posterior and the report go
    words: tuple[str, ...]  #: further settings of every run
    history: pd.DataFrame  #: a row a wave: worst kept distance, share that is new, worlds, runs
    seed_sd: Mapping[str, float]

    @property
    def n_runs(self) -> int:
        """Runs that the fit rests on."""
        return sum(len(wave.worlds) for wave in self.waves) * self.settings.n_seeds

    @property
    def effective(self) -> float:
        """Effective number of the kept worlds."""
        return float(1 / np.sum(self.weight**2))


def run_wave(
    settings: Settings, wave: Wave, given: Sequence[str], plain: Sequence[str], hydra: Sequence[str]
) -> Seen:
    """Run what the store lacks of a wave and read its targets off. Raises if runs failed."""
    study = study_of_wave(settings, wave)
    points = points_of(study, [f"n_replicates={settings.n_seeds}", *plain])
    words = ["calibrate", *given, *plain]
    plan = plan_of(study, words, points, progress=False)
    done = sweep.sweep(plan, hydra)
    if done.n_missing or done.failed:
        raise ConfigError(
            "calibrate", settings.case,
            f"{done.n_missing} runs of wave {wave.number} are missing, {len(done.failed)} failed",
            "waves whose runs are all there", "the same command again; it goes on",
        )  # fmt: skip
    wanted = targets.targets_of(points[0].config.case, "fit")
    return observed(plan, wanted, f"wave {wave.number}: reading")


def fit(
    settings: Settings,
    given: Sequence[str] = (),
    plain: Sequence[str] = (),
    hydra: Sequence[str] = (),
) -> Fit:
    """Wave after wave until few of the kept worlds are new. Resumes from the store.

    given : the words that name the calibration, for the command to go on; plain : further settings
    of every run; hydra : words for Hydra, such as a launcher.
    """
    case = compose([f"case={settings.case}"]).case
    wanted = targets.targets_of(case, "fit")
    if not wanted:
        raise ConfigError(
            "case", settings.case, "has no targets for fitting", "targets with use: fit",
            "backlash case check FILE",
        )  # fmt: skip
    wave = first_wave(settings)
    seen = run_wave(settings, wave, given, plain, hydra)
    seed_sd = seen.seed_sd()
    gaps = targets.implausibility(seen.means, seen.missed, wanted, seed_sd)
    waves, all_seen, rows = [wave], [seen], []
    pool = _Pool.of(wave, gaps, seen)
    kept = pool.best(settings.n_keep)
    rows.append(_row(kept, wave, settings, seen))
    while wave.number < settings.max_waves:
        wave = next_wave(settings, wave.number + 1, kept.u, kept.weight)
        seen = run_wave(settings, wave, given, plain, hydra)
        gaps = targets.implausibility(seen.means, seen.missed, wanted, seed_sd)
        kept = kept.joined(_Pool.of(wave, gaps, seen)).best(settings.n_keep)
        waves.append(wave)
        all_seen.append(seen)
        rows.append(_row(kept, wave, settings, seen))
        if rows[-1]["new"] < settings.min_new:
            break
    folder = Path(compose(list(plain)).results) / "studies" / settings.name
    words = tuple(sorted(word for word in plain if not word.startswith("results=")))
    return Fit(
        settings, case, tuple(wanted), tuple(waves), tuple(all_seen),
        kept.worlds, kept.u, kept.weight, kept.gaps, folder, words,
        pd.DataFrame(rows), seed_sd,
    )  # fmt: skip


@dataclass(frozen=True)
class _Pool:
    """Weighted worlds with their distances."""

    worlds: npt.NDArray[np.int64]
    u: _F
    raw: _F  #: prior over proposal density, not normalised
    gaps: pd.DataFrame
    wave: npt.NDArray[np.int64]
    passed: npt.NDArray[np.bool_]  #: the gate

    @classmethod
    def of(cls, wave: Wave, gaps: pd.DataFrame, seen: Seen) -> _Pool:
        """The worlds of a wave."""
        number = np.full(len(gaps), wave.number)
        return cls(wave.worlds, wave.u, 1 / wave.density, gaps, number, seen.passes())

    @property
    def weight(self) -> _F:
        return self.raw / self.raw.sum()

    def joined(self, other: _Pool) -> _Pool:
        return _Pool(
            np.concatenate([self.worlds, other.worlds]),
            np.concatenate([self.u, other.u]),
            np.concatenate([self.raw, other.raw]),
            pd.concat([self.gaps, other.gaps], ignore_index=True),
            np.concatenate([self.wave, other.wave]),
            np.concatenate([self.passed, other.passed]),
        )

    def best(self, n: int) -> _Pool:
        """The n nearest; worlds that fail the gate only where too few pass."""
        at = np.lexsort((distance(self.gaps), ~self.passed))[:n]
        return _Pool(
            self.worlds[at], self.u[at], self.raw[at],
            self.gaps.iloc[at].reset_index(drop=True), self.wave[at], self.passed[at],
        )  # fmt: skip


def _row(kept: _Pool, wave: Wave, settings: Settings, seen: Seen) -> dict[str, Any]:
    off = distance(kept.gaps)
    return {
        "wave": wave.number,
        "worlds": len(wave.worlds),
        "runs": len(wave.worlds) * settings.n_seeds,
        "worst": float(off.max()),
        "median": float(np.median(off)),
        "passing": float(np.mean(seen.passes())),
        "gated": float(np.mean(kept.passed)),
        "new": float(np.mean(kept.wave == wave.number)) if wave.number else 1.0,
        "effective": float(1 / np.sum(kept.weight**2)),
    }


# --- the posterior on disk ------------------------------------------------------------------------


def posterior_table(found: Fit) -> pd.DataFrame:
    """The kept worlds with all parameters that were fitted or measured, and their weights."""
    rows = []
    for k, u, weight in zip(found.worlds, found.u, found.weight, strict=True):
        one = particle(int(k), dict(zip(found.settings.fan, u, strict=True)))
        rows.append(
            {
                "world": int(k),
                "weight": weight,
                **{n: getattr(one, n) for n in (*found.settings.fan, *platform_fit.FITTED)},
            }
        )
    return pd.DataFrame(rows)


def said(settings: Settings) -> dict[str, Any]:
    """The numbers by which a fit was made, as its posterior records them."""
    return {name: getattr(settings, name) for name in _COUNTS}


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
    """Where a posterior comes from, as plain data."""
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
        "n_runs": found.n_runs,
        "waves": found.history.round(4).to_dict("records"),
        "targets": [target.id for target in found.targets],
        "fitted": list(found.settings.fan),
        "measured": list(platform_fit.FITTED),
    }


def save_posterior(
    found: Fit, shrinkage: Mapping[str, float], pinned: Sequence[str], folder: Path
) -> Path:
    """Write CASE_posterior.csv and .json, whole or absent; `read_posterior` reads them."""
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
