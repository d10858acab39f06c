"""Which parameters move nothing: one at a time, over the prior, in several courses of events.

python -m experiments.calibration.screening        # make screening; some minutes on two cores

A radial design (Campolongo, Saltelli & Cariboni 2011): in each of `N_WORLDS` worlds of the prior
every parameter is set, by itself, to what it is in another world, and the same seed is run. The
mean absolute change of an outcome, over the outcome's standard deviation over worlds and seeds, is
the parameter's *effect*. A run that is nudged anywhere goes another way of chance from there, so
an effect has a floor of that size; it makes parameters look larger than they are, never smaller.
A parameter whose effect stays below `MOVES` for every outcome and target of every course, and once
more in other worlds, moves nothing and may be a constant.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration.quantities import View
from experiments.calibration.targets import observe, targets_of
from sim.base.files import write_whole
from sim.metrics import outcomes
from sim.progress import Progress
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.prior import SHARES, priors, world
from sim.settings.worlds import as_drawn

N_WORLDS = 8  #: worlds in which every parameter is moved; those that move nothing in as many again
MOVES = 0.15  #: standard deviations of an outcome below which a parameter moves nothing
#: What happens: a course for every mechanism.
COURSES: Mapping[str, tuple[str, ...]] = {
    "happened": ("response=as_happened",),
    "none": ("response=none",),
    "denied": (
        "response=none",
        "response.holding.delay_h=1",
        "response.holding.word_in_h=2",
        "response.denial.delay_h=5",
        "response.legal_step.delay_h=10",
        "response.apology.delay_h=40",
        "response.penalty.delay_h=50",
        "response.penalty.level=junior",
        "response.penalty.severity=0.5",
        "response.buyback.delay_h=60",
        "response.buyback.amount_hkd=300000000",
        "response.compensation.delay_h=44",
        "response.compensation.share=0.5",
    ),
    "heard": (
        "response=as_happened",
        "response.disclosure.delay_h=-2",
        "response.partner_calls.delay_h=6",
        "response.partner_calls.share=1",
        "response.fan_calls.delay_h=7",
        "response.fan_calls.share=0.3",
        "response.fan_panel.delay_h=48",
        "response.fan_panel.say=0.5",
        "response.reform.delay_h=60",
        "response.reform.governance=0.8",
        "response.reform.delivered=false",
    ),
    "baidu": ("case=baidu_pr_2024", "response=as_happened"),
    "alarmed": (
        "response=none",
        "accusation=contact_only",
        "response.compensation.trigger=detection",
        "response.compensation.delay_h=0",
        "response.compensation.share=0.5",
        "response.apology.trigger=detection",
        "response.apology.delay_h=6",
        "response.apology.speaker=staff",
        "response.apology.acknowledgement=0.3",
    ),
    "two texts": (
        "response=none",
        "response.partner_calls.delay_h=2",
        "response.partner_calls.share=1",
        "response.fan_calls.delay_h=4",
        "response.fan_calls.share=0.5",
        "response.fan_calls.acknowledgement=1",
        "response.fan_calls.regrets=1",
        "response.fan_calls.repairs=1",
        "response.fan_calls.requests=1",
        "response.statement.delay_h=8",
    ),
    "whole words": (
        "response=none",
        "response.apology.delay_h=8",
        "response.apology.acknowledgement=0.8",
        "response.apology.explains=1",
        "response.apology.regrets=1",
        "response.apology.repairs=1",
        "response.apology.requests=1",
        "response.termination.delay_h=8",
        "response.reform.delay_h=72",
        "response.reform.governance=0.8",
    ),
}
#: Moves nothing, and is a parameter all the same.
KEPT: Mapping[str, str] = {"list_weight_core": "a rival structure sets it (one_public)"}
_F = npt.NDArray[np.float64]


def moved(config: Config, k: int, names: Sequence[str], away: int) -> list[Config]:
    """The k-th world, and it with each of these parameters as it is in the world `away` later."""
    here, there = world(k), world(k + away)
    points = [here, *(replace(here, **{name: getattr(there, name)}) for name in names)]
    return [as_drawn(config, k, point) for point in points]


def seen(config: Config) -> dict[str, float]:
    """Outcomes of a run, and what it says of the targets of its case."""
    run = simulate(config)
    return {**outcomes(run), **observe(View.of(run), targets_of(config.case, "fit"))}


def effects(base: _F, other: _F) -> _F:
    """The effect of each parameter on each outcome, in standard deviations of the outcome.

    base  : outcomes of the worlds; float64[worlds, outcomes].
    other : the same with one parameter moved; float64[worlds, parameters, outcomes].
    A pair of which one is not defined says nothing if neither is, and is a whole standard deviation
    apart if one is: whether something comes to be is an outcome, too.
    """
    every = np.concatenate([base[:, None], other], axis=1).reshape(-1, base.shape[1])
    spread = np.array([one[~np.isnan(one)].std() if (one == one).any() else 0.0 for one in every.T])
    apart = np.abs(other - base[:, None]) / np.where(spread > 0, spread, 1.0)
    one_only = np.isnan(other) != np.isnan(base)[:, None]
    found: _F = np.where(one_only, 1.0, np.nan_to_num(apart)).mean(axis=0)
    return found


def course(
    config: Config, names: Sequence[str], n_worlds: int, first: int, label: str
) -> pd.DataFrame:
    """Effects in one course, from the first world on: a row a parameter, a column an outcome.

    config : the course of events. first : number of the first of n_worlds worlds. An effect is in
    standard deviations of the outcome over worlds and seeds, 0 upwards.
    """
    worlds = range(first, first + n_worlds)
    configs = [c for k in worlds for c in moved(config, k, names, n_worlds)]
    progress = Progress(len(configs), label)

    def one(config: Config) -> dict[str, float]:
        told = seen(config)
        progress.tick()
        return told

    with ThreadPoolExecutor(2) as pool:
        frame = pd.DataFrame(list(pool.map(one, configs)), dtype=float)
    cube = frame.to_numpy().reshape(n_worlds, len(names) + 1, -1)
    return pd.DataFrame(effects(cube[:, 0], cube[:, 1:]), index=list(names), columns=frame.columns)


def screened(names: Sequence[str], first: int, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The largest effect of each parameter in each course, and on which outcome it was.

    first : the first world. A parameter that moved something in one course is not moved in those
    after it (NaN). A course that is finished is kept in the folder, and not run again.
    """
    composed = {label: compose([*w, "uncertainty=prior"]) for label, w in COURSES.items()}
    largest, most = pd.DataFrame(index=list(names)), pd.DataFrame(index=list(names))
    for label, config in composed.items():
        idle = [str(name) for name in largest.index[~(largest >= MOVES).any(axis=1)]]
        path = folder / f"{label.replace(' ', '_')}_from_{first}.csv"
        if not path.exists():
            table = course(config, idle, N_WORLDS, first, label)
            of = pd.DataFrame({"effect": table.max(axis=1), "most": table.idxmax(axis=1)})
            write_whole(path, of.to_csv(index_label="parameter").encode())
        of = pd.read_csv(path, index_col="parameter").reindex(idle)
        largest[label], most[label] = of["effect"], of["most"]
    return largest, most


def main(folder: Path = Path("results/screening")) -> None:
    """Screen every parameter that has a prior; those that move nothing once more, in other worlds.

    Writes screening.csv: the largest effect of each, in which course, on what; and by course.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name, _, _ in priors() if name not in SHARES[1:]]
    once, of = screened(names, 0, folder)
    idle = [str(name) for name in once.index[(once < MOVES).all(axis=1)]]
    again, of_again = screened(idle, 2 * N_WORLDS, folder)
    later = again.reindex(once.index)
    largest = once.where(~(later > once), later)
    which = of.where(~(later > once), of_again.reindex(once.index))
    found = pd.DataFrame({"effect": largest.max(axis=1), "course": largest.idxmax(axis=1)})
    found["most"] = pd.Series({n: which.at[n, at] for n, at in found["course"].items()})
    found["twice"] = found.index.isin(idle)
    found = found.join(largest).sort_values("effect")
    text = found.to_csv(index_label="parameter", float_format="%.4f")
    write_whole(folder / "screening.csv", text.encode())
    left = int((found["effect"] < MOVES).sum())
    print(f"{left} of {len(found)} move nothing: {folder / 'screening.csv'}", file=sys.stderr)


if __name__ == "__main__":
    main()
