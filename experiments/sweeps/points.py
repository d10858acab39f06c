"""Design points of a study: a config for each cell, rival structure and fresh set of worlds.

All points share worlds and seeds (common random numbers): differences between cells are paired.
Only the confirming ones have their own, for the worlds that chose the leaders flatter them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from experiments.sweeps.design import Point, Study, without_response, word_of
from experiments.sweeps.running import refuse_before_work, refuse_snapshots
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.composition import word_of as setting_word
from sim.settings.config import Config
from sim.settings.keys import altered
from sim.settings.worlds import n_runs_of


def points_of(study: Study, plain: Sequence[str]) -> list[Point]:
    """The design points of a study: every cell, then every cell under each rival structure.

    A rival is run in n_rival of the worlds, with one seed each. Raises ConfigError, naming the
    cell, before any work.
    """
    composer = _Composer(study, plain)
    cells = range(len(study.cells))
    points = [Point("main", cell, composer.config_of(cell)) for cell in cells]
    for rival, words in study.rivals.items():
        for cell in cells if study.n_rival else ():
            config = composer.config_of(cell, words)
            n = min(study.n_rival, config.n_replicates)
            one_seed = replace(config.uncertainty, n_seeds=1)
            points.append(Point(rival, cell, replace(config, n_replicates=n, uncertainty=one_seed)))
    return points


class _Composer:
    """Configs of the cells of a study, composed once for each combination of options.

    Composing reads files and takes long; altering a setting of what is composed does not.
    """

    def __init__(self, study: Study, plain: Sequence[str]) -> None:
        self.study, self.plain = study, plain
        self.composed: dict[tuple[str, ...], Config] = {}
        #: response, case, population, ...: an option of these is a file, and has to be composed
        self.groups = {path.name for path in conf_dir().iterdir() if path.is_dir()}

    def config_of(self, cell: int, more: Sequence[str] = ()) -> Config:
        """The config of a cell, with more overrides; what refuses it bears the cell's name."""
        changes = self.study.changes(cell)
        words = self.words_of(cell, more)
        try:
            rest = {k: v for k, v in changes.items() if k not in self.groups}
            config = self.altered(words, rest)
            refuse_snapshots(config, "a sweep")
            refuse_before_work(config)
            return config
        except ConfigError as refusal:
            refusal.add_note(f"in cell {self.study.label(cell, 'key')}")
            raise

    def altered(self, words: tuple[str, ...], rest: Mapping[str, Any]) -> Config:
        """What the words compose, once, with the rest of a cell's settings altered.

        Words that say nothing by themselves (a time of a penalty whose level is an axis) are
        composed together with the rest. Raises ConfigError for what is wrong with the cell.
        """
        if words not in self.composed:
            try:
                self.composed[words] = compose(words)
            except ConfigError:
                if not rest:
                    raise
                return compose([*words, *(setting_word(key, value) for key, value in rest.items())])
        return altered(self.composed[words], rest)

    def words_of(self, cell: int, more: Sequence[str]) -> tuple[str, ...]:
        """What is composed for a cell: settings that hold in all, its options, the command line.

        Levers that hold in every cell of the grid are no part of an answer beside it.
        """
        study, aside = self.study, self.study.beside_of(cell)
        chosen = [(k, v) for k, v in study.changes(cell).items() if k in self.groups]
        options = [f"{k}={word_of(v)}" for k, v in chosen]
        if aside is None:
            return (*study.setting, *options, *self.plain, *more)
        shared = without_response([*study.setting, *self.plain])
        return (*shared, *options, *aside.setting, *more)


def confirming(study: Study, points: Sequence[Point], leaders: Sequence[int]) -> list[Point]:
    """The leading cells and the reference once more, in n_confirm fresh worlds with fresh seeds.

    Fresh: the draws and the seeds begin where those of the main block end.
    """
    main = {point.cell: point.config for point in points if point.block == "main"}
    fresh = []
    for cell in dict.fromkeys([*leaders, study.reference_cell]):
        config = main[cell]
        first = config.uncertainty.first + config.n_replicates
        again = replace(
            config,
            seed=config.seed + n_runs_of(config),
            n_replicates=study.n_confirm,
            uncertainty=replace(config.uncertainty, first=first),
        )
        fresh.append(Point("confirm", cell, again))
    return fresh
