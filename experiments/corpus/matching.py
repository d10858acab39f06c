"""Affairs answered by some age beside affairs that were not, matched on their course so far.

Not an effect: affairs that were not answered yet are in a corpus because they were answered later,
and those never answered are those that never grew. Both sides are drawn anew for the intervals, for
few controls carry most of the weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs
from experiments.corpus.bootstrap import DRAWS, HIGH, LOW, SEED, Estimate, counted_up
from experiments.corpus.moments import Moments

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
_B = npt.NDArray[np.bool_]

AGES = (3, 6, 12, 24)  #: hours after the first topic
OFFSET = 5e4  #: heat-hours added before the logarithm
#: Kernel widths: log heat so far, log heat of the last 3 h, log number of topics.
WIDTHS = (0.35, 0.7, 0.5)
CALIPER = 0.7  #: of log heat so far; further apart is no match
FEWEST_CONTROLS, LEAST_WEIGHT = 3, 0.6  #: of one answered affair
FEWEST = 8  #: answered affairs with matches, and controls
TOPICS = "accusation first, all sets, weighted"
SAID = "answered / not yet answered at age L; "
#: Outcome -> what it is of, whether it is a ratio.
OUTCOMES = {
    "day": ("heat, next 24 h: ratio", True),
    "three_days": ("heat, next 72 h: ratio", True),
    "rest": ("heat of non-response topics, next 24 h: ratio", True),
    "new": ("P(new attack, comment or authority topic later): difference", False),
}


@dataclass(frozen=True, eq=False)
class Pairs:
    """Answered affairs with their matches, for one outcome.

    kernel : weight of each control for each answered affair, float[answered, controls].
    """

    kernel: _F
    answered: _F
    control: _F
    weight: _F  #: of answered affairs
    ratio: bool  #: the difference is one of logarithms

    def estimate(self) -> float:
        """The mean difference of answered affairs from their matches; or the ratio."""
        once = np.ones((1, len(self.answered))), np.ones((1, len(self.control)))
        return float(self._shown(self._differences(*once))[0])

    def estimated(self) -> Estimate:
        """The same with its interval."""
        answered, controls = _both_drawn(len(self.answered), len(self.control))
        low, high = np.percentile(self._differences(answered, controls), [LOW, HIGH])
        shown = self._shown(np.array([low, high]))
        return Estimate(self.estimate(), float(shown[0]), float(shown[1]), len(self.answered))

    def n_controls(self) -> float:
        """How many controls as many as these are worth, by how unevenly they are used."""
        share = self.kernel / self.kernel.sum(axis=1, keepdims=True)
        used = self.weight @ share
        return float(used.sum() ** 2 / (used**2).sum())

    def _differences(self, answered: _F, controls: _F) -> _F:
        """Mean differences where each affair counts so often, float[draws]; both [draws, ...]."""
        held = controls @ self.kernel.T
        expected = (controls * self.control) @ self.kernel.T / np.maximum(held, 1e-12)
        weight = answered * self.weight * (held > 1e-9)
        total = np.maximum(weight.sum(axis=1), 1e-12)
        mean: _F = (weight * (self.answered - expected)).sum(axis=1) / total
        return mean

    def _shown(self, difference: _F) -> _F:
        """Differences of logarithms as ratios."""
        return np.exp(difference) if self.ratio else difference


@lru_cache(maxsize=16)
def _both_drawn(n_answered: int, n_controls: int) -> tuple[_F, _F]:
    """How often each draw takes each affair of both sides, float[draws, ...]."""
    rng = np.random.default_rng(SEED)
    taken = [(rng.integers(0, n_controls, n_controls), rng.integers(0, n_answered, n_answered))
             for _ in range(DRAWS)]  # fmt: skip
    controls, answered = (np.array(one, dtype=np.int32) for one in zip(*taken, strict=True))
    return counted_up(answered, n_answered), counted_up(controls, n_controls)


def pairs_of(affairs: Affairs) -> Iterator[tuple[tuple[str, str, str, str], Pairs]]:
    """All matched comparisons that enough affairs allow, by row."""
    if not len(affairs):
        return
    m = Moments(affairs)
    apology = m.hour_of(m.first_of("apologise"))
    for age in AGES:
        accused = ~m.first_is_response
        answered = accused & (m.first_response_h <= age)
        control = np.flatnonzero(accused & ~answered)
        apologised = apology <= age
        for kind, of in (
            ("any response", answered),
            ("apology", answered & apologised),
            ("no apology yet", answered & ~apologised),
        ):
            for outcome, pairs in _matched(m, float(age), np.flatnonzero(of), control):
                yield (SAID + OUTCOMES[outcome][0], kind, f"L={age}h", TOPICS), pairs


def _matched(m: Moments, age: float, answered: _I, control: _I) -> Iterator[tuple[str, Pairs]]:
    """Pairs of an age for every outcome; none where too few of them are alike.

    age : hours since the first topic. answered, control : affairs with and without a response then,
    their numbers. A control counts by a normal kernel of how far its course was from that of the
    answered one, float64[answered, control], and not at all beyond CALIPER.
    """
    if min(len(answered), len(control)) < FEWEST:
        return
    course, outcomes = _course(m, age), _outcomes(m, age)
    apart = [one[answered][:, None] - one[control][None, :] for one in course]
    kernel = m.affairs.weight[control] * np.exp(
        -0.5 * sum((one / width) ** 2 for one, width in zip(apart, WIDTHS, strict=True))
    )
    kernel = np.where(np.abs(apart[0]) < CALIPER, kernel, 0.0)
    good = ((kernel > 0).sum(axis=1) >= FEWEST_CONTROLS) & (kernel.sum(axis=1) >= LEAST_WEIGHT)
    if good.sum() < FEWEST:
        return
    kernel, answered = kernel[good], answered[good]
    for name, (_, is_ratio) in OUTCOMES.items():
        value = outcomes[name]
        yield (
            name,
            Pairs(kernel, value[answered], value[control], m.affairs.weight[answered], is_ratio),
        )


def _course(m: Moments, age: float) -> tuple[_F, _F, _F]:
    """What affairs are matched on, a value an affair."""
    every = np.arange(len(m.affairs))
    at = np.full(len(every), age)
    so_far = np.log(m.windows.between(every, 0 * at, at) + OFFSET)
    lately = np.log(m.windows.between(every, at - 3, at) + OFFSET)
    known = np.bincount(m.topics.affair[m.topics.t_h <= age], minlength=len(every))
    return so_far, lately, np.log(known)


def _outcomes(m: Moments, age: float) -> dict[str, _F]:
    """What came after an age, a value an affair."""
    every = np.arange(len(m.affairs))
    at = np.full(len(every), age)

    def later(hours: float, rest: bool = False) -> _F:
        held = m.windows.between(every, at, at + hours, "rest" if rest else "all")
        found: _F = np.log(held + OFFSET)
        return found

    new = m.any_topic(m.topics.other & (m.topics.t_h > age + 0.01))
    return {
        "day": later(24),
        "three_days": later(72),
        "rest": later(24, rest=True),
        "new": new.astype(np.float64),
    }
