"""Answers in the same plausible worlds: differences in pairs, with what remains unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.reading import compare as statistics
from experiments.reading.intervals import TooFewRuns, sign_of, verdict
from experiments.scripting.many import made
from experiments.scripting.words import USUAL, Asked, config_of, listed
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME
from sim.runs import Ensemble
from sim.settings.config import Config

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OWN = ("n", "reference", "outcomes", "store")  #: what `compare` takes beside settings


@dataclass(frozen=True)
class Comparison:
    """Answers in the same worlds with the same seeds, and what each differs from the reference by.

    >>> import backlash
    >>> found = backlash.compare(["as_happened", "none"], n=10, population="classroom")
    >>> found.table.columns.tolist()[:6]
    ['outcome', 'unit', 'answer', 'mean', 'difference', 'low']
    """

    answers: Mapping[str, Ensemble]  #: by what they are called, the reference among them
    reference: str
    outcomes: tuple[str, ...]

    def __repr__(self) -> str:
        """What was compared, and in how many worlds."""
        n = min(len(made) for made in self.answers.values())
        return f"Comparison({list(self.answers)} against {self.reference!r}, {n} runs each)"

    def _repr_html_(self) -> str:
        """The table as a notebook shows it."""
        from experiments.scripting.notebook import of_comparison

        return of_comparison(self)

    @property
    def frame(self) -> pd.DataFrame:
        """One row a run: its answer, world and seed, every outcome, what was drawn."""
        return self._stacked([(name, made.frame) for name, made in self.answers.items()])

    @property
    def series(self) -> pd.DataFrame:
        """One row an hour of a run: its answer and world, time, every series."""
        return self._stacked([(name, made.series) for name, made in self.answers.items()])

    def _stacked(self, frames: Sequence[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
        """Frames one above the other, each with the name of its answer in front."""
        named = [frame.assign(answer=name) for name, frame in frames]
        whole = pd.concat(named, ignore_index=True)
        return whole[["answer", *(name for name in whole if name != "answer")]]

    @property
    def table(self) -> pd.DataFrame:
        """Paired differences from the reference, a row an outcome and answer.

        mean         : of the outcome over worlds and seeds, in its unit
        difference   : answer minus reference in the same world, mean over worlds
        low, high    : 95 % interval of the difference, by bootstrap over worlds
        low_all, high_all : band that holds for all answers at once (max-t), 95 %
        better       : share of worlds in which the answer is better, ties half; NaN where neither
                       side is
        verdict      : better, worse, differs, unclear (the interval holds zero), same
        worlds       : in which every answer has a value

        Below ten worlds there is no interval: the four bounds are NaN, the verdict is "too few".
        """
        return pd.concat([self._rows(outcome) for outcome in self.outcomes], ignore_index=True)

    def _rows(self, outcome: str) -> pd.DataFrame:
        """The rows of one outcome."""
        values, names = self._cube(outcome), list(self.answers)
        at = names.index(self.reference)
        known = values[:, np.isfinite(values).all(axis=(0, 2))]
        rows = {
            "outcome": outcome,
            "unit": BY_NAME[outcome].unit,
            "answer": names,
            "mean": known.mean(axis=(1, 2)) if known.shape[1] else np.nan,
        }
        try:
            found = statistics.contrasts(values, at, outcome)
        except TooFewRuns:
            apart = statistics.paired(known, at).mean(axis=(1, 2)) if known.shape[1] else np.nan
            nothing = dict.fromkeys(("low", "high", "low_all", "high_all", "better"), np.nan)
            told = {"difference": apart, **nothing, "verdict": "too few"}
            rows |= {**told, "worlds": known.shape[1]}
        else:
            keys = {"difference": "mean", "better": "share_better", "worlds": "n_worlds"}
            columns = ("difference", "low", "high", "low_all", "high_all", "better")
            rows |= {name: [getattr(c, keys.get(name, name)) for c in found] for name in columns}
            rows["verdict"] = [verdict(c.mean, c.low, c.high, sign_of(outcome)) for c in found]
            rows["worlds"] = known.shape[1]
        frame = pd.DataFrame(rows)
        return frame[frame["answer"] != self.reference]

    def _cube(self, outcome: str) -> npt.NDArray[np.float64]:
        """One outcome, float64[n_answers, n_worlds, n_seeds]."""
        return np.stack(
            [
                made.frame[outcome].to_numpy(float).reshape(-1, made.config.uncertainty.n_seeds)
                for made in self.answers.values()
            ]
        )

    def plot(self, lang: str = "en") -> Figure:
        """The differences with their intervals, a panel an outcome: a Matplotlib figure.

        lang : en or zh. Raises ConfigError below ten worlds, where there is no interval to draw.
        """
        from experiments.reports.comparison_figure import figure_compared

        return figure_compared(self.table, self.reference, lang)


def compare(
    answers: Sequence[Asked] | Mapping[str, Asked],
    n: int = 100,
    reference: str | None = None,
    outcomes: Sequence[str] = USUAL,
    store: str | None = None,
    **settings: Any,
) -> Comparison:
    """What answers do in the same n plausible worlds, and how each differs from the reference.

    answers   : names of responses; or words for each, as `backlash.runs` takes them; or a mapping
                of names of your own to such.
    n         : worlds. 100 tell most answers apart; below ten there are no intervals.
    reference : the name of the answer that the others are held against; None: "as_happened" where
                it is among them, else the first.
    outcomes  : names of outcomes, or one; backlash.explain(name) says what each is.
    store     : a folder in which runs are looked up and kept; None keeps nothing.
    settings  : settings of all of them as keywords, a dot as two underscores.

    The worlds are those of `backlash run` and `backlash sweep`, each the same for every answer.
    Raises ConfigError before any run begins.

    >>> import backlash
    >>> letter = "response=apology_only response.apology.delay_h=4"
    >>> found = backlash.compare(
    ...     {"silence": "none", "a letter": letter}, n=10, population="classroom"
    ... )
    >>> found
    Comparison(['silence', 'a letter'] against 'silence', 10 runs each)
    >>> found.table["answer"].unique().tolist(), found.table["worlds"].unique().tolist()
    (['a letter'], [10])
    >>> len(found.frame), len(found.plot().axes)
    (20, 5)
    """
    asked = _named(answers)
    configs = {name: config_of(what, settings, n, OWN) for name, what in asked.items()}
    wanted = (outcomes,) if isinstance(outcomes, str) else tuple(outcomes)
    for name in wanted:
        _check_outcome(name)
    _check_comparable(configs)
    held = reference or ("as_happened" if "as_happened" in configs else next(iter(configs)))
    if held not in configs:
        raise ConfigError(
            "reference", held, "is none of the answers", ", ".join(configs),
            f"reference={next(iter(configs))!r}",
        )  # fmt: skip
    found = made(list(configs.values()), store, "comparing")
    return Comparison(dict(zip(configs, found, strict=True)), held, wanted)


def _named(answers: Any) -> dict[str, Asked]:
    """Answers by name: as they were named, or typed. Raises ConfigError for fewer than two."""
    if isinstance(answers, Mapping):
        named = {str(name): what for name, what in answers.items()}
    elif isinstance(answers, Sequence) and not isinstance(answers, str):
        named = {_name(what): what for what in answers}
    else:
        named = {}
    if len(named) < 2 or len(named) < len(answers):
        raise ConfigError(
            "answers", answers, "two answers or more are compared, each once",
            "a list of names, or a mapping", 'backlash.compare(["as_happened", "none"], n=100)',
        )  # fmt: skip
    return named


def _name(asked: Asked) -> str:
    """What an answer is called that nobody named."""
    if isinstance(asked, Config):
        return asked.response.name
    return asked if isinstance(asked, str) else " ".join(listed(asked))


def _check_outcome(name: str) -> None:
    """Refuse a name that no outcome has, with the nearest."""
    if name in BY_NAME:
        return
    import difflib

    close = difflib.get_close_matches(name, list(BY_NAME), n=3, cutoff=0.3) or [USUAL[0]]
    raise ConfigError(
        "outcomes", name, "no such outcome", ", ".join(close) + ", ... (sim.metrics.OUTCOMES)",
        f"outcomes=[{close[0]!r}]",
    )  # fmt: skip


def _check_comparable(configs: Mapping[str, Config]) -> None:
    """Refuse answers that are not in the same worlds, or in worlds of other numbers."""
    shapes = {
        name: (c.n_replicates, c.uncertainty.n_seeds, c.uncertainty.first, c.seed)
        for name, c in configs.items()
    }
    if len(set(shapes.values())) > 1:
        other = next(name for name in shapes if shapes[name] != next(iter(shapes.values())))
        raise ConfigError(
            "answers", other, "is asked in other worlds, or with other seeds, than the first",
            "the same seed, n_seeds and first world for all", "n=100, seed=0 for all of them",
        )  # fmt: skip
