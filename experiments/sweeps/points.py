"""Design points of a study: a config for each cell, rival structure and fresh set of worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from experiments.sweeps.design import Point, Study, without_response, word_of
from experiments.sweeps.running import refuse_before_work, refuse_snapshots
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import altered
from sim.settings.worlds import n_runs_of


def points_of(study: Study, plain: Sequence[str]) -> list[Point]:
    """The design points of a study: every cell, then every cell under each rival structure.

    Composes once for each combination of options (response=, case=, ...) and alters the settings
    for each cell. Raises ConfigError, naming the cell, before any work.
    """
    composed: dict[tuple[str, ...], Config] = {}
    groups = {path.name for path in conf_dir().iterdir() if path.is_dir()}

    def config_of(cell: int, more: Sequence[str] = ()) -> Config:
        changes, aside = study.changes(cell), study.beside_of(cell)
        options = tuple(f"{k}={word_of(v)}" for k, v in changes.items() if k in groups)
        if aside is None:
            words = (*study.setting, *options, *plain, *more)
        else:  # levers that hold in every cell of the grid are no part of another answer
            shared = without_response([*study.setting, *plain])
            words = (*shared, *options, *aside.setting, *more)
        try:
            if words not in composed:
                composed[words] = compose(words)
            rest = {k: v for k, v in changes.items() if k not in groups}
            config = altered(composed[words], rest)
            refuse_snapshots(config, "a sweep")
            refuse_before_work(config)
            return config
        except ConfigError as refusal:
            refusal.add_note(f"in cell {study.label(cell)}")
            raise

    points = [Point("main", cell, config_of(cell)) for cell in range(len(study.cells))]
    for rival, words in study.rivals.items():
        for cell in range(len(study.cells) if study.n_rival else 0):
            config = config_of(cell, words)
            n = min(study.n_rival, config.n_replicates)
            one_seed = replace(config.uncertainty, n_seeds=1)
            points.append(Point(rival, cell, replace(config, n_replicates=n, uncertainty=one_seed)))
    return points


def confirming(study: Study, points: Sequence[Point], leaders: Sequence[int]) -> list[Point]:
    """The leading cells and the reference once more, in fresh worlds with fresh seeds."""
    main = {point.cell: point.config for point in points if point.block == "main"}
    again = dict.fromkeys([*leaders, study.reference_cell])
    fresh = []
    for cell in again:
        config = main[cell]
        uncertainty = replace(
            config.uncertainty, first=config.uncertainty.first + config.n_replicates
        )
        fresh.append(
            Point(
                "confirm",
                cell,
                replace(
                    config,
                    seed=config.seed + n_runs_of(config),
                    n_replicates=study.n_confirm,
                    uncertainty=uncertainty,
                ),
            )
        )
    return fresh
