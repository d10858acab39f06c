"""Which worlds agree with what was counted: weights, refined until enough of them carry any.

A world and a seed are simulated to the moment and looked at through the instrument of the counts.
Mentions have an unknown scale: log counts differ from log posts of the world by a constant, which
is integrated out (flat prior). What is left differs from hour to hour with a log-sd of NOISE, and
neighbouring hours err together, so that hours count by TEMPER. Heat of a list has a scale of its
own and needs none.

Worlds are weighted by the mean likelihood of their seeds. Rounds go on (population Monte Carlo):
half of each are new worlds, half are new seeds of the worlds that have carried weight so far, until
ENOUGH courses carry weight or the time is over. Where the time is over first, the counts are made
to say less, by the power at which LEAST courses carry weight: bands that rest on three courses
would be too narrow by far. How much less is said.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from experiments.live.affair import Affair
from experiments.live.draws import Worlds
from experiments.live.seen import Seen
from sim.branches import Begun, begin
from sim.progress import runs_at_a_time
from sim.record import INDEX, KINDS

_F = npt.NDArray[np.float64]

ENOUGH = 100  #: courses that carry weight: the effective number (sum w)^2 / sum w^2
BATCH = 64  #: courses of a round
LEAST = 50  #: courses that carry weight in any case
KEPT = 160  #: states that are kept for branches: those of the largest weights
#: Log-sd of what is counted around a world. list: fitted to past affairs (`live.noise`); mentions:
#: assumed, for no past affair with hourly mentions is in the project.
NOISE = {"mentions": 0.6, "list": 0.6}
#: Log-sd of what comes around what a world says, all hours together. list: fitted in the same way;
#: mentions: assumed.
SPREAD = {"mentions": 0.45, "list": 0.6}
TEMPER = 1 / 3  #: hours count by this much: neighbours err together. Assumed
LISTED = 50_000.0  #: heat is compared as log(LISTED + heat), as forecasts of affairs are scored
SHARE_FLOOR = 0.02  #: of the mean count, added to counts and worlds alike: empty hours have a log
SURPRISING = 1e-4  #: below it no world is said to agree; of 14 made affairs .01 refused two


@dataclass(frozen=True)
class Course:
    """A world and a seed up to the moment."""

    world: int
    seed: int
    log_likelihood: float
    log_scale: float  #: mentions over the world's; 0 for heat, which has its scale
    begun: Begun | None = field(repr=False, compare=False, default=None)


@dataclass(frozen=True)
class Agreement:
    """Courses with weights."""

    courses: tuple[Course, ...]
    weights: _F  #: sum 1
    surprise: float  #: how surprising the counts are in the world that agrees best, 0 to 1
    seconds: float
    in_time: bool  #: whether ENOUGH was reached before the time was over
    power: float  #: of the likelihood, at most 1: what the counts were made to say
    seen: Seen  #: what they were held against

    @property
    def effective(self) -> float:
        """How many courses carry weight."""
        return float(1.0 / (self.weights**2).sum())

    @property
    def effective_worlds(self) -> float:
        """How many worlds carry weight, whatever their seeds."""
        by_world: dict[int, float] = {}
        for course, weight in zip(self.courses, self.weights, strict=True):
            by_world[course.world] = by_world.get(course.world, 0.0) + float(weight)
        return 1.0 / sum(w * w for w in by_world.values())

    @property
    def agrees(self) -> bool:
        """Whether what was counted lies inside what any world does."""
        return self.surprise <= 1.0 - SURPRISING

    @property
    def carried(self) -> float:
        """Share of the weight whose states were kept."""
        held = [course.begun is not None for course in self.courses]
        return float(self.weights[held].sum())


def grain_of(begun: Begun) -> float:
    """What one post is among them: the least that talk of a world can differ by."""
    run = begun.simulation
    constants, sizes = run.script.constants[0], np.diff(run.population.bounds)
    shares = [
        1000.0 * float(constants[f"share_{k}"]) / n for k, n in zip(KINDS, sizes, strict=False)
    ]
    return max(shares)


def mentions_of(begun: Begun) -> _F:
    """Posts of each step so far, each kind at its real share, per 1,000; float64[n_steps]."""
    run = begun.simulation
    sizes = np.diff(run.population.bounds)
    constants = run.script.constants[0]
    posts = np.zeros(len(run.record))
    for kind, size in zip(KINDS, sizes, strict=False):
        share = 1000.0 * float(constants[f"share_{kind}"]) / max(int(size), 1)
        posts += share * run.record[:, INDEX[f"posts_{kind}"]]
    return posts


def heat_of(begun: Begun) -> _F:
    """Heat of listed hashtags after each step, float64[n_steps]."""
    return begun.simulation.record[:, INDEX["list_heat"]].astype(np.float64)


def in_windows(values: _F, seen: Seen) -> _F:
    """Sums over windows of what flows (mentions), the value at a look of what stands (heat)."""
    if seen.kind == "list":
        return values[seen.first]
    summed = np.concatenate([[0.0], np.cumsum(values)])
    found: _F = summed[seen.last] - summed[seen.first]
    return found


def residuals(simulated: _F, seen: Seen, grain: float = 0.0) -> _F:
    """Log of what was counted over log of what a world has, float64[n].

    grain : of the world's talk; an hour without a post of a few people is no hour without talk.
    """
    if seen.kind == "list":
        return np.log(LISTED + seen.count) - np.log(LISTED + simulated)
    said = (
        seen.count + SHARE_FLOOR * seen.count.mean() + 0.5
    )  # no mention is a few that were missed
    own = simulated + SHARE_FLOOR * simulated.mean() + grain + 1e-9
    found: _F = np.log(said) - np.log(own)
    return found


def says(hours: _F) -> _F:
    """How much windows of so many hours say: a day counts once, an hour by TEMPER."""
    found: _F = np.where(hours > 3.0, 1.0, TEMPER)
    return found


def likelihood(left: _F, seen: Seen, hours: _F) -> tuple[float, float]:
    """Log-likelihood up to a constant, and the tempered sum of squares.

    left : residuals. hours : of each window; a day counts once, an hour by TEMPER. Of mentions a
    constant is taken off, which is the scale, and few of them differ by chance, too: the log of a
    count n of a Poisson process by a variance of 1 / n.
    """
    counted = seen.kind == "mentions"
    chance = 1.0 / (1.0 + seen.count) if counted else 0.0
    weight = says(hours) / (NOISE[seen.kind] ** 2 + chance)
    level = float((weight * left).sum() / weight.sum()) if counted else 0.0
    squares = float((weight * (left - level) ** 2).sum())
    return -0.5 * squares, squares


def scale_of(simulated: _F, seen: Seen) -> float:
    """Log of mentions over those of a world: of their sums, which few posts do not bend; 0 of heat.

    The level of `likelihood` is that of a typical hour, in which a world of few people has no post.
    """
    if seen.kind == "list" or seen.count.sum() == 0.0:
        return 0.0
    return float(np.log(seen.count.sum() / simulated.sum()))


def agreeing(
    affair: Affair,
    worlds: Worlds,
    budget_s: float,
    tell: Callable[[int, float], None] = lambda n, effective: None,
    least: int = BATCH,
) -> Agreement:
    """Courses that agree with what was counted up to the moment, with weights.

    budget_s : seconds; at least `least` courses are made whatever it is. tell : is told after each
    round how many there are, and how many carry weight.
    """
    seen, started = affair.known, time.monotonic()
    hours = hours_of(affair)
    courses: list[Course] = []
    tried: dict[int, int] = {}
    fresh = 0
    rng = np.random.default_rng((affair.config.seed, affair.step))
    squares: list[float] = []
    with ThreadPoolExecutor(runs_at_a_time(affair.config)) as pool:
        while True:
            chosen, fresh = _round(courses, tried, fresh, min(BATCH, least), rng)
            for course, left in pool.map(
                lambda pair: _course(affair, worlds, pair, seen, hours), chosen
            ):
                courses.append(course)
                squares.append(left)
            weights = _weights(courses, tried)
            courses = _thinned(courses, _weights(courses, tried, _power(courses, tried)))
            effective = float(1.0 / (weights**2).sum())
            tell(len(courses), effective)
            over = time.monotonic() - started > budget_s
            if len(courses) >= least and (effective >= ENOUGH or over):
                break
    free = float(says(hours).sum()) - (seen.kind == "mentions") * float(says(hours).min())
    surprise = float(chi2.cdf(min(squares), max(free, 1e-9)))
    power = _power(courses, tried)
    weights = _weights(courses, tried, power)
    courses = _thinned(courses, weights)
    took = time.monotonic() - started
    return Agreement(tuple(courses), weights, surprise, took, effective >= ENOUGH, power, seen)


def hours_of(affair: Affair) -> _F:
    """Hours of each window that was counted up to the moment."""
    hours: _F = (affair.known.last - affair.known.first) * affair.config.clock.dt_min / 60
    return hours


def _course(
    affair: Affair, worlds: Worlds, of: tuple[int, int], seen: Seen, hours: _F
) -> tuple[Course, float]:
    """One world and seed up to the moment, and how far it is off."""
    begun = begin(worlds.run(*of), affair.step)
    own = in_windows(heat_of(begun) if seen.kind == "list" else mentions_of(begun), seen)
    if seen.kind == "mentions" and own.sum() == 0.0 < seen.count.sum():
        # nobody talks there: no scale makes it these counts
        return Course(*of, -np.inf, 0.0), np.inf
    left = residuals(own, seen, grain_of(begun))
    log_likelihood, squares = likelihood(left, seen, hours)
    return Course(*of, log_likelihood, scale_of(own, seen), begun), squares


def _round(
    courses: Sequence[Course], tried: dict[int, int], fresh: int, n: int, rng: np.random.Generator
) -> tuple[list[tuple[int, int]], int]:
    """World and seed of the next courses, and how many worlds there are then.

    Half are new seeds of worlds that carry weight, half new worlds. tried : seeds of each world so
    far; changed. fresh : number of the next new world. n : courses that are wanted.
    """
    chosen = []
    again = n // 2 if courses else 0
    if again:
        weights = _weights(courses, tried)
        for at in rng.choice(len(courses), again, p=weights):
            world = courses[int(at)].world
            chosen.append((world, tried[world]))
            tried[world] += 1
    for world in range(fresh, fresh + n - again):
        tried[world] = 1
        chosen.append((world, 0))
    return chosen, fresh + n - again


def _power(courses: Sequence[Course], tried: dict[int, int]) -> float:
    """The largest power of the likelihood, up to 1, at which LEAST courses carry weight."""

    def carry(power: float) -> float:
        return float(1.0 / (_weights(courses, tried, power) ** 2).sum())

    least = min(LEAST, 0.5 * carry(0.0))
    if carry(1.0) >= least:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if carry(middle) >= least else (low, middle)
    return low


def _weights(courses: Sequence[Course], tried: dict[int, int], power: float = 1.0) -> _F:
    """A world weighs as much as its seeds in the mean: a course by its share of them. Sum 1."""
    log = np.array([max(one.log_likelihood, -1e9) for one in courses]) * power
    log -= np.log([tried[one.world] for one in courses])
    dead = np.array([np.isinf(one.log_likelihood) for one in courses])
    log[dead] = -np.inf
    if not np.isfinite(log).any():  # none of them agrees, which `Agreement.agrees` says
        return np.full(len(log), 1.0 / len(log))
    weights: _F = np.exp(log - log.max())
    return weights / weights.sum()


def _thinned(courses: list[Course], weights: _F) -> list[Course]:
    """The same courses, with states of the KEPT that weigh most only: others need the memory."""
    kept = set(heapq.nlargest(KEPT, range(len(courses)), key=lambda k: weights[k]))
    return [
        one if k in kept or one.begun is None else replace(one, begun=None)
        for k, one in enumerate(courses)
    ]  # fmt: skip


def picked(found: Agreement, n: int, seed: int) -> list[Course]:
    """n courses with equal weights, as the weights say (systematic resampling); with states.

    A course may come several times: it is the same object then.
    """
    held = [k for k, one in enumerate(found.courses) if one.begun is not None]
    edges = np.cumsum(found.weights[held])
    u = np.random.default_rng((seed, 1)).random()
    places = (np.arange(n) + u) / n * edges[-1]
    at = np.minimum(np.searchsorted(edges, places, side="right"), len(held) - 1)
    return [found.courses[held[int(k)]] for k in at]
