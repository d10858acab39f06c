"""Curves of a study: the ranked outcome along each axis, and core outrage over time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.pictures import sweep_plots
from experiments.pictures.amounts import spread
from experiments.pictures.plots import BLUE, ORANGE
from experiments.pictures.words import few_words, unit_name
from experiments.reading import compare
from experiments.reading.analysis import Analysis
from experiments.reading.intervals import FEWEST_PAIRS
from experiments.reports.study_labels import (
    axis_title,
    called,
    outcome_name,
    outcome_unit,
    position_labels,
)
from experiments.sweeps.design import Study
from experiments.sweeps.plan import Plan
from sim.metrics import BY_NAME
from sim.parts import from_table
from sim.playbook.act import Trigger

MOST_LINES = 6  #: answers that are drawn over the conditions of an assumption


def figure_curves(a: Analysis, lang: str) -> Figure:
    """The ranked outcome along each axis: a lever through the reference, else answer by answer.

    Along an assumption there is a line an answer; where nothing is a choice, each axis is drawn as
    a lever would be. An axis of one position is left out, unless there is no other.
    """
    study = a.plan.study
    axes_of = [k for k, axis in enumerate(study.axes) if len(axis.values) > 1] or [0]
    figure, axes = plt.subplots(1, len(axes_of), figsize=(5.5 * len(axes_of), 4.2), squeeze=False)
    for k, ax in zip(axes_of, axes[0], strict=True):
        axis = study.axes[k]
        if axis.is_lever or not study.has_levers:
            _draw_differences(ax, a, k, lang)
        else:
            _draw_answers(ax, a, k, lang)
        ax.set_xlabel(axis_title(axis, lang))
        labels = axis.named(lang)
        ax.tick_params(axis="x", rotation=30 if max(map(len, labels)) > 4 else 0)
    figure.suptitle(_curves_title(a, lang), x=0.01, ha="left", fontsize=10)
    note = _bands_told(a, lang) if a.ranked in a.contrasts else ""
    figure.supxlabel(note, x=0.01, ha="left", fontsize=7, color="#555555")
    return figure


def _curves_title(a: Analysis, lang: str) -> str:
    """Which axis moves the ranked outcome most, by how much on average; of a few worlds nothing."""
    if a.ranked not in a.contrasts:
        return few_words(a.cubes[a.ranked].shape[1], lang)
    study, name = a.plan.study, a.ranked
    means = a.means[name].to_numpy()[: len(study.grid)]
    swings = []
    for k, axis in enumerate(study.axes):
        at = np.array([cell[k] for cell in study.grid])
        by_position = [float(np.nanmean(means[at == j])) for j in range(len(axis.values))]
        swings.append(max(by_position) - min(by_position))
    k = int(np.argmax(swings))
    size, axis = spread(swings[k], BY_NAME[name].unit, lang), study.axes[k]
    told, called_ = outcome_name(name, lang), axis.text[lang]
    if lang == "zh":
        return f"{told}随“{called_}”变化{'最大' if len(swings) > 1 else ''}：平均相差{size}"
    most = "most with" if len(swings) > 1 else "with"
    return f"{told[:1].upper()}{told[1:]} varies {most} “{called_}”: by {size} on average"


def _draw_differences(ax: Axes, a: Analysis, k: int, lang: str) -> None:
    """Differences from the reference along the k-th axis; answers beside the grid at its side."""
    study, name = a.plan.study, a.ranked
    axis = study.axes[k]
    cells = [along(study, k, j) for j in range(len(axis.values))]
    own = [c for c in a.home if study.beside_of(c) is not None] if axis.is_lever else []
    sweep_plots.curve(
        ax, position_labels(axis, lang), _table(a, cells), BLUE, outcome_name(name, lang),
        aside=dict(zip([called(study, c, lang) for c in own],
                       _table(a, own).to_dict("records"), strict=True)),
    )  # fmt: skip
    against = study.condition(study.condition_of(study.reference_cell), lang)
    if study.has_levers:
        where = f"\n({against})" if against else ""
        against = called(study, study.reference_cell, lang) + where
    from_it = f"与“{against}”之差\n" if lang == "zh" else f"difference from {against}\n"
    ax.set_ylabel(from_it + f"{outcome_name(name, lang)} {outcome_unit(name, lang)}", fontsize=8)


def _draw_answers(ax: Axes, a: Analysis, k: int, lang: str) -> None:
    """Means of the answers under each position of the k-th axis, an assumption."""
    study, name = a.plan.study, a.ranked
    axis = study.axes[k]
    lines = {
        called(study, cell, lang): [
            a.means[name][_same_choice(study, cell, k, j)] for j in range(len(axis.values))
        ]
        for cell in _drawn(a)
    }
    sweep_plots.order(ax, position_labels(axis, lang), lines)
    held = "，".join(
        f"{study.axes[i].text[lang]} = {study.axes[i].named(lang)[study.through[i]]}"
        for i in study.conditions
        if i != k
    )
    crossing = "conditions: lines that cross change places"
    ax.set_title(
        ("条件：线条相交即次序互换" if lang == "zh" else crossing)
        + (f"\n({held})" if held else ""),
        fontsize=9,
    )
    ax.set_ylabel(f"{outcome_name(name, lang)} {outcome_unit(name, lang)}")


def _bands_told(a: Analysis, lang: str) -> str:
    """What the bands of the curves are."""
    n = a.cubes[a.ranked].shape[1]
    return (
        f"深色带：{n}个世界均值的95%区间；浅色带：对所有格同时成立"
        if lang == "zh"
        else f"Dark band: 95 % of the mean over {n} worlds; light band: for all cells at once"
    )


def along(study: Study, axis: int, position: int) -> int:
    """The cell at a position of one axis, as the reference on the others."""
    at = list(study.through)
    at[axis] = position
    return study.cells.index(tuple(at))


def _same_choice(study: Study, cell: int, axis: int, position: int) -> int:
    """The cell with the same answer under another condition."""
    at = list(study.cells[cell])
    at[axis] = position
    return study.cells.index(tuple(at))


def _drawn(a: Analysis) -> list[int]:
    """Answers that are drawn over conditions: the reference, the best of each, then by mean."""
    study = a.plan.study
    by_choice = {study.choice(cell): cell for cell in a.home}
    chosen = [study.reference_cell]
    chosen += [by_choice[study.choice(a.best_of(cells))] for cells in study.groups.values()]
    means = compare.sign_of(a.ranked) * a.means[a.ranked].to_numpy()
    chosen += sorted(a.home, key=lambda cell: -means[cell])
    return list(dict.fromkeys(chosen))[:MOST_LINES]


def _table(a: Analysis, cells: list[int]) -> pd.DataFrame:
    """Differences of cells with their intervals; without these where there are too few worlds."""
    if a.ranked in a.contrasts:
        columns = ["mean", "low", "high", "low_all", "high_all"]
        return pd.DataFrame([asdict(a.contrasts[a.ranked][c]) for c in cells], columns=columns)
    references = a.plan.study.references
    means = a.means[a.ranked].to_numpy()
    table = pd.DataFrame({"mean": [means[c] - means[references[c]] for c in cells]})
    return table.assign(low=np.nan, high=np.nan, low_all=np.nan, high_all=np.nan)


def figure_trajectories(a: Analysis, lang: str) -> Figure:
    """Core outrage over time along the first axis, the other axes at the reference.

    At most eight panels: up to two answers beside the grid, the rest spread evenly over the axis.
    """
    panels = _panels(a, lang)
    series = [series_of(a.plan, cell, "outrage_core") for _, cell in panels]
    runs, clock = [values for values, _ in series], series[-1][1]
    days = np.array([clock.hours(k) / 24 for k in range(clock.n_steps)])
    columns = min(4, len(runs))
    rows = -(-len(runs) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.7 * columns, 2.3 * rows), sharex=True, sharey=True, squeeze=False
    )
    drawn = list(axes.flat[: len(runs)])
    moments = [_moments(a.plan, cell) for _, cell in panels]
    names = [told for told, _ in panels]
    sweep_plots.trajectories(drawn, days, runs, names, ORANGE, FEWEST_PAIRS, moments)
    for ax in axes.flat[len(runs) :]:
        ax.axis("off")
    for ax in drawn[-columns:]:  # the lowest of every column, where the last row is not full
        ax.set_xlabel("day of the case" if lang == "en" else "案例第几天")
        ax.tick_params(labelbottom=True)
    for ax in axes[:, 0]:
        ax.set_ylabel("outrage of core fans\n[0 to 1]" if lang == "en" else "核心粉丝愤怒 [0至1]")
    figure.suptitle(_over_time(runs, names, lang), x=0.01, ha="left", fontsize=10)
    figure.supxlabel(
        _trajectories_note(a.plan.study, len(runs[0]), lang),
        x=0.01, ha="left", fontsize=7, color="#555555",
    )  # fmt: skip
    return figure


def _over_time(runs: list[npt.NDArray[np.float64]], names: list[str], lang: str) -> str:
    """In which panel core fans are angriest on average over time, and in which least."""
    means = [float(values.mean()) for values in runs]
    most, least = int(np.argmax(means)), int(np.argmin(means))
    if lang == "zh":
        return f"核心粉丝的愤怒：“{names[most]}”时最多，“{names[least]}”时最少（全程平均）"
    return (
        f"Core fans are angriest over time with “{names[most]}”, least with “{names[least]}”"
        if most != least
        else f"Outrage of core fans over time: “{names[most]}”"
    )


def _moments(plan: Plan, cell: int) -> list[float]:
    """Days of a cell's case at which it began, and at which the brand acts; triggers have none."""
    config = next(p.config for p in plan.points if p.block == "main" and p.cell == cell)
    began = -config.case.hours(config.case.start) / 24
    acts = [
        act.delay_h
        for act in config.response.playbook.values()
        if act.delay_h is not None and getattr(act, "trigger", None) in (None, Trigger.screenshot)
    ]
    return [began, *(began + hours / 24 for hours in sorted(set(acts)))]


def _panels(a: Analysis, lang: str) -> list[tuple[str, int]]:
    """What stands over each panel, and the cell whose runs are drawn in it."""
    study = a.plan.study
    axis = study.axes[0]
    aside = [cell for cell in a.home if study.beside_of(cell) is not None][:2]
    most = min(8 - len(aside), len(axis.values))
    chosen = np.unique(np.linspace(0, len(axis.values) - 1, most).astype(int))
    unit = f" {unit_name(axis.unit, lang)}" if axis.unit else ""
    panels = [(f"{position_labels(axis, lang)[j]}{unit}", along(study, 0, int(j))) for j in chosen]
    return panels + [(called(study, cell, lang), cell) for cell in aside]


def _trajectories_note(study: Study, n: int, lang: str) -> str:
    """Where the other axes are held, what the line and band of n runs are, and the marks."""
    held = (", " if lang == "en" else "，").join(
        other.spoken(k, lang)
        for other, k in zip(study.axes[1:], study.through[1:], strict=True)
        if k < len(other.values)
    )
    if n < FEWEST_PAIRS:
        few = f"{n} single runs: too few for a range"
        told = few if lang == "en" else f"{n}次单独运行：太少，无法给出区间"
    else:
        told = f"median and 5-95 % of {n} runs" if lang == "en" else f"{n}次运行的中位数与5-95%"
    if lang == "zh":
        return f"{held}{'；' if held else ''}{told}；实竖线：起因，虚竖线：品牌的举措"
    marks = "solid vertical line: what began it, dashed: acts of the brand"
    return "; ".join(part for part in (held, told, marks) if part)


def series_of(plan: Plan, cell: int, name: str) -> tuple[npt.NDArray[np.float64], Any]:
    """One series of every run of a cell in the main block, and its clock.

    The series is float64[n_runs, n_steps], in the order of the plan. Raises KeyError where a run
    is not stored.
    """
    own = [
        (part.digest, part.names)
        for part in plan.parts
        if plan.points[part.point].block == "main" and plan.points[part.point].cell == cell
    ]
    found: dict[str, npt.NDArray[np.float64]] = {}
    clock = None
    for path, names in plan.store.places(own).items():
        for run in from_table(plan.store.read(path)):
            if run.name in names:
                found[run.name] = run.series[name].astype(np.float64)
                clock = run.clock
    values = [found[name] for _, names in own for name in names]
    return np.stack(values), clock
