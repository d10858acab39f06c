"""Topics that bring topics: a self-exciting process, and what it says of an affair's next days.

Each topic of an affair raises the rate of new ones by a fast and a slow exponential; affairs differ
by a factor with a gamma distribution (mean 1), which is integrated out of the likelihood and
learned from the topics so far. (Of the development affairs the likelihood is highest where they do
not differ: what topics bring explains it all.) New topics come by hours of the day as they did in
training, and bring the heat of a topic that training affairs had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import gammaln

from experiments.corpus.affairs import Affairs
from experiments.corpus.baselines import fading
from experiments.corpus.scores import Forecast
from experiments.corpus.shipped import typical_topic
from experiments.corpus.tasks import AHEAD_H, LATER_H, UNIT, Tasks

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

FOLLOWED_H = 168.0  #: of an affair's topics are fitted
SAMPLING_H = 0.9  #: topics of one sample came at different times before it
MEMBERS, STEP_H, SEED = 120, 0.5, 5
MOST_A_STEP = 30  #: topics
#: Start of the search, and how far logarithms may go: topics by the fast and the slow way, their
#: rates (per h), shape of the gamma distribution.
START = np.log([0.8, 0.4, 0.8, 0.03, 0.6])
BOUNDS = ((-6.0, 1.5), (-4.0, 3.0), (-6.0, 1.1), (-7.0, 0.0), (-3.0, 5.0))
FADED_H = 0.6  #: hours that a topic's last sample stands for
APART_H = 2.0  #: at most, that another sample does


@dataclass(frozen=True)
class Process:
    """Parameters: topics that one brings at the factor 1, fast and slow; their rates; the shape."""

    fast: float
    fast_per_h: float
    slow: float
    slow_per_h: float
    shape: float

    def rate(self, since: _F) -> _F:
        """Topics per hour that a topic brings so many hours later."""
        return self.fast * self.fast_per_h * np.exp(-self.fast_per_h * since) + (
            self.slow * self.slow_per_h * np.exp(-self.slow_per_h * since)
        )

    def brought(self, since: _F) -> _F:
        """Topics that it has brought until then."""
        return self.fast * -np.expm1(-self.fast_per_h * since) + (
            self.slow * -np.expm1(-self.slow_per_h * since)
        )


@dataclass(frozen=True, eq=False)
class History:
    """What training affairs say beyond their tasks."""

    courses: tuple[_F, ...]  #: hours of each affair's topics
    by_hour: _F  #: relative rate of later topics by hour of the day, mean 1, float[24]
    topic_heat: _F  #: heat-hours of single topics


def history_of(affairs: Affairs, rows: _I) -> History:
    """The history of some affairs."""
    first, t = affairs.first, affairs.topics.t_h
    courses = tuple(t[first[row] : first[row + 1]] for row in rows)
    hours = np.concatenate(
        [(affairs.clock[row] + one[1:]) % 24 for row, one in zip(rows, courses, strict=True)]
    ).astype(np.int64)
    often = np.bincount(hours, minlength=24) + 1.0
    return History(courses, often / often.mean(), _topic_heat(affairs, rows))


def _topic_heat(affairs: Affairs, rows: _I) -> _F:
    """Heat-hours of each topic of some affairs, by its samples."""
    s = affairs.samples
    topic = np.append(True, (np.diff(s.affair) != 0) | (np.diff(s.topic) != 0)).cumsum() - 1
    more = np.append(topic[1:] == topic[:-1], False)
    hours = np.where(more, np.minimum(np.append(np.diff(s.t_h), 0.0), APART_H), FADED_H)
    of = np.isin(s.affair, rows)
    heat = np.bincount(topic[of], (s.heat * hours)[of])
    found: _F = heat[np.unique(topic[of])]
    return found


def fit(courses: Sequence[_F]) -> Process:
    """Maximum likelihood."""
    rng = np.random.default_rng(SEED)
    times = [_spread(one[one <= FOLLOWED_H], rng) for one in courses]
    n = np.array([len(one) for one in times])
    # every pair of topics of an affair, earlier and later
    pairs = [np.tril_indices(k, -1) for k in n]
    since = np.concatenate([one[i] - one[j] for one, (i, j) in zip(times, pairs, strict=True)])
    begin = np.cumsum(n) - n
    later = np.concatenate([low + i for low, (i, _) in zip(begin, pairs, strict=True)])
    left = FOLLOWED_H - np.concatenate(times)
    of = np.repeat(np.arange(len(n)), n)
    follows = np.ones(len(left), dtype=np.bool_)
    follows[begin] = False

    def cost(logs: _F) -> float:
        """Negative log likelihood of a process, without a constant. logs : of its numbers,
        float64[5].

        Frailty is gamma with mean 1 and integrated out, so an affair counts by its sums alone.
        """
        p = Process(*np.exp(logs))
        rate = np.bincount(later, p.rate(since), len(left))[follows]
        brought = np.bincount(of, p.brought(left), len(n))
        a, k = p.shape, n - 1
        frailty = gammaln(a + k) - gammaln(a) + a * np.log(a) - (a + k) * np.log(a + brought)
        return -float(np.log(rate + 1e-9).sum() + frailty.sum())

    found = minimize(cost, START, method="L-BFGS-B", bounds=BOUNDS)
    return Process(*np.exp(found.x).tolist())


def _spread(t: _F, rng: np.random.Generator) -> _F:
    """Topics of an affair at moments of their own, for several may be in one sample."""
    apart = t.copy()
    apart[1:] -= rng.uniform(0, SAMPLING_H, len(t) - 1)
    apart.sort()
    found: _F = apart - apart[0]
    return found


def excited(history: History, train: Tasks, test: Tasks) -> Forecast:
    """The process, fitted to a history, on from each task."""
    process, rng = fit(history.courses), np.random.default_rng(SEED)
    n, age = len(test), test.column("age")
    since = [a - known for a, known in zip(age, test.known, strict=True)]
    brought = np.array([process.brought(one).sum() for one in since])
    k = np.array([len(one) for one in since]) - 1
    factor = rng.gamma(
        (process.shape + k)[:, None], 1 / (process.shape + brought)[:, None], (n, MEMBERS)
    )
    heat, any24, any72 = _run_on(process, history, since, factor, test.column("hour"), rng)
    heat += fading(test)[:, None]
    chance = {
        name: np.clip(came.mean(axis=1), 0.5 / MEMBERS, 1 - 0.5 / MEMBERS)
        for name, came in (("new24", any24), ("new72", any72))
    }
    others = train.column("other24").sum() / max(train.column("new24").sum(), 1)
    chance["other24"] = chance["new24"] * others
    return Forecast(np.log1p(heat / UNIT), chance)


def _run_on(
    p: Process, history: History, since: Sequence[_F], factor: _F, hour: _F,
    rng: np.random.Generator,
) -> tuple[_F, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:  # fmt: skip
    """Heat of new topics within AHEAD_H, and whether any came within it and within LATER_H.

    All [tasks, MEMBERS], step by step for all at once.
    """

    def now(topics: float, per_h: float) -> _F:
        """Rate of new topics an hour that those so far bring, float64[tasks, MEMBERS].

        topics : that one brings in all. per_h : how fast its share of them fades.
        """
        brings = [topics * per_h * np.exp(-per_h * one).sum() for one in since]
        return np.array(brings)[:, None] * factor

    fast, slow = now(p.fast, p.fast_per_h), now(p.slow, p.slow_per_h)
    fading_fast, fading_slow = (np.exp(-rate * STEP_H) for rate in (p.fast_per_h, p.slow_per_h))
    heat, any24, any72 = np.zeros_like(factor), factor < 0, factor < 0
    held = np.append(0.0, np.cumsum((typical_topic()[1:] + typical_topic()[:-1]) / 2))
    for step in range(round(LATER_H / STEP_H)):
        at = step * STEP_H
        of_day = history.by_hour[((hour + at) % 24).astype(np.int64)][:, None]
        rate = fast * (1 - fading_fast) / p.fast_per_h + slow * (1 - fading_slow) / p.slow_per_h
        new = np.minimum(rng.poisson(of_day * rate), MOST_A_STEP)
        fast = fast * fading_fast + new * factor * p.fast * p.fast_per_h
        slow = slow * fading_slow + new * factor * p.slow * p.slow_per_h
        any72 |= new > 0
        if at < AHEAD_H:
            any24 |= new > 0
            task, member = np.nonzero(new)
            times = new[task, member]
            drawn = rng.choice(history.topic_heat, int(times.sum()))
            left = np.interp(AHEAD_H - at - STEP_H, np.arange(len(held)), held) / held[-1]
            np.add.at(heat, (np.repeat(task, times), np.repeat(member, times)), drawn * left)
    return heat, any24, any72
