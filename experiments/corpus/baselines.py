"""Forecasts that know nothing of people: what a simulator has to beat before it is worth anything.

Each takes training tasks and tasks to forecast, age by age. Points are dressed with what past
forecasts that were alike had missed by.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np
import numpy.typing as npt

from experiments.corpus.instrument import FADING
from experiments.corpus.scores import Forecast, joined
from experiments.corpus.shipped import typical_topic
from experiments.corpus.tasks import AGES, AHEAD_H, EVENTS, UNIT, Tasks

_F = npt.NDArray[np.float64]
Baseline = Callable[[Tasks, Tasks], Forecast]

MEMBERS = 200  #: at most, of an ensemble
ALIKE = 60  #: past forecasts that dress one
TYPICAL_PEAK = 3.0e5  #: median peak of a brand's topic, development affairs


def by_age(at_age: Baseline) -> Baseline:
    """A baseline of one age as one of all ages."""

    @wraps(at_age)
    def forecast(train: Tasks, test: Tasks) -> Forecast:
        parts = []
        for age in AGES:
            of = test.column("age") == age
            if of.any():
                parts.append((of, at_age(train.at(train.column("age") == age), test.at(of))))
        return joined(parts, len(test))

    return forecast


def thinned(value: _F) -> _F:
    """Values as an ensemble of at most MEMBERS."""
    if len(value) <= MEMBERS:
        return value
    found: _F = np.quantile(value, (np.arange(MEMBERS) + 0.5) / MEMBERS)
    return found


@by_age
def climatology(train: Tasks, test: Tasks) -> Forecast:
    """What came at this age in other affairs."""
    n = len(test)
    events = {name: np.full(n, train.column(name).mean()) for name in EVENTS}
    return Forecast(np.tile(thinned(train.column("y24")), (n, 1)), events)


def zero(train: Tasks, test: Tasks) -> Forecast:
    """Nothing comes."""
    return _point(np.zeros(len(test)))


def _point(y: _F) -> Forecast:
    """A forecast of heat alone, in which nothing new comes."""
    return Forecast(y[:, None], {name: np.zeros(len(y)) for name in EVENTS})


@by_age
def persistence(train: Tasks, test: Tasks) -> Forecast:
    """The rate of the last 3 h goes on; topics come as often as where some came lately."""
    y = np.log1p(test.column("last3") * (AHEAD_H / 3) / UNIT)

    def lately(tasks: Tasks) -> npt.NDArray[np.bool_]:
        # at 3 h every affair has had its first topic within 3 h
        """Whether a task has had a new topic in the last 3 h, bool[tasks]."""
        found: npt.NDArray[np.bool_] = tasks.column("n3") > (tasks.column("age") == AGES[0])
        return found

    events = {}
    for name in EVENTS:
        came, mean = train.column(name), train.column(name).mean()
        events[name] = np.full(len(test), mean)
        for kind in (False, True):
            of = came[lately(train) == kind]
            if len(of):
                events[name][lately(test) == kind] = (of.sum() + mean) / (len(of) + 1)
    return Forecast(y[:, None], events)


def _cumulated(shape: _F) -> Callable[[_F], _F]:
    """Heat-hours under an hourly course up to some hours."""
    total = np.append(0.0, np.cumsum((shape[1:] + shape[:-1]) / 2))
    return lambda hours: np.interp(hours, np.arange(len(total)), total)


def fading(tasks: Tasks) -> _F:
    """Heat-hours that the topics now listed have still to come, each fading as measured."""
    held = _cumulated(FADING)
    left = [
        (heat * (held(age - last + AHEAD_H) - held(age - last))).sum()
        for age, (last, heat) in zip(
            tasks.column("age"), (one.T for one in tasks.live), strict=True
        )
    ]
    return np.array(left)


def _faded(tasks: Tasks) -> _F:
    return np.log1p(fading(tasks) / UNIT)


def _topics(tasks: Tasks, told: bool) -> _F:
    """Heat to come if each known topic (and each told one) is one typical topic."""
    held = _cumulated(typical_topic())
    heat = []
    for age, known, ahead in zip(tasks.column("age"), tasks.known, tasks.told, strict=True):
        units = (held(age - known + AHEAD_H) - held(age - known)).sum()
        heat.append(units + (held(age + AHEAD_H - ahead).sum() if told else 0.0))
    return np.log1p(TYPICAL_PEAK * np.array(heat) / UNIT)


def _dressed(train: Tasks, test: Tasks, past: _F, now: _F) -> Forecast:
    """Points with the outcomes of the ALIKE nearest past ones, shifted by how far those are off.

    Where nothing came, nothing comes.
    """
    near = np.argsort(np.abs(now[:, None] - past), axis=1, kind="stable")[:, :ALIKE]
    y = train.column("y24")[near]
    shifted = np.maximum(y + now[:, None] - past[near], 0)
    events = {name: train.column(name)[near].mean(axis=1) for name in EVENTS}
    return Forecast(np.where(y > 0, shifted, 0.0), events)


def decay(train: Tasks, test: Tasks) -> Forecast:
    """What is listed fades as measured, and nothing comes."""
    return _point(_faded(test))


@by_age
def decay_dressed(train: Tasks, test: Tasks) -> Forecast:
    """The same, dressed."""
    return _dressed(train, test, _faded(train), _faded(test))


def median_topic(told: bool) -> Baseline:
    """Each known topic (told: and each told one) is one typical topic."""
    return lambda train, test: _point(_topics(test, told))


def median_topic_dressed(told: bool) -> Baseline:
    """The same, dressed."""
    return by_age(
        lambda train, test: _dressed(train, test, _topics(train, told), _topics(test, told))
    )
