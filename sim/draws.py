"""Common random numbers: one draw for one (seed, decision, step, agent).

A draw is a pure function of its four keys (Philox4x32-10, Random123), so nothing about how a run
is executed can change it: not the engine, not the order of agents, not the number of threads.
Two runs that differ in one lever therefore differ only where the lever bites.

A generator that is asked again and again cannot do that: one more question by one agent would shift
the answers to all others. Here nobody holds a generator; there are addresses.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.base.compiled import part, part_of, rule


class Decision(IntEnum):
    """What a draw decides. Never renumber: the value is part of every result.

    Four words come with each address, so decisions that one agent makes in one step share one.
    """

    PERSON = 1  #: words: 0 exposure, 1 posting, 2 declaring, 3 unfollowing
    RECEPTION = 2  #: plus 100 times the act
    TOPIC = 3  #: words: 0 kind of post, 1 topic
    AFTERMATH = 4  #: words: 0 selling, 1 leaving, 2 whether this person will leave
    OPINION_LEADER = 5
    PR_TEAM = 6
    MARKET = 7
    INVESTOR = 8
    SECOND_WAVE = 9
    TRUTH = 10  #: words: 0 whether a denial is found out
    LIST = 11  #: step 0, agent: an hour of the run; words: 0 how hard other topics compete
    HASHTAG = 12  #: words: 0 whether people on the platform make a hashtag
    REPORT = 13  #: an opinion leader: words: 0 whether an angle is reported, 1 its luck
    LASTING = 14  #: step of an angle, agent: what it is of; words: 0 how long its hashtag lasts
    TRAITS = 20
    GROUPS = 22
    KOL_TRAITS = 23
    FOLLOWS = 30  #: whom a person follows; step 0 how many, then one step an account
    LEADERS = 32  #: who follows an opinion leader; the step is the leader
    COMMUNITIES = 33  #: step 0 their sizes; then one step a choice: where and through whom
    SAMPLE = 34  #: people, ties and pairs at which figures of a network look
    SNAPSHOT = 40  #: who is looked at; nothing in a run hangs on it


_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_LOW, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)

# Inlined by Numba: a call that LLVM inlines later comes too late for its loop vectoriser, and a
# draw in a loop then costs six to nine times as much. The bits are the same either way.


@rule
def philox4x32(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Philox4x32-10 of one counter and key: four uint32 words (Salmon et al. 2011)."""
    c0, c1, c2, c3 = np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
    k0, k1 = np.uint32(k0), np.uint32(k1)
    for _ in range(10):
        a = np.uint64(c0) * _M0
        b = np.uint64(c2) * _M1
        c0, c1, c2, c3 = (
            np.uint32(np.uint32(b >> _32) ^ c1 ^ k0),
            np.uint32(b & _LOW),
            np.uint32(np.uint32(a >> _32) ^ c3 ^ k1),
            np.uint32(a & _LOW),
        )
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return c0, c1, c2, c3


@rule
def philox(seed: Any, decision: int, step: int, agent: int) -> Any:
    """The four words of one address; key: the seed, counter: agent, step, decision."""
    key = np.uint64(seed)
    return philox4x32(agent, step, decision, 0, key & _LOW, key >> _32)


@rule
def unit(word: Any) -> Any:
    """A word as a number in the open interval (0, 1): (word + 1/2) 2^-32."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10


# One signature for all decisions: without it every constant would be compiled for itself.


@part_of("UniTuple(float64, 4)(uint64, int64, int64, int64)")
def uniforms(seed: Any, decision: int, step: int, agent: int) -> Any:
    """The four uniforms of one address."""
    a, b, c, d = philox(seed, decision, step, agent)
    return unit(a), unit(b), unit(c), unit(d)


@part_of("float64(uint64, int64, int64, int64)")
def uniform(seed: Any, decision: int, step: int, agent: int) -> Any:
    """The first uniform of one address."""
    return unit(philox(seed, decision, step, agent)[0])


@part
def _horner(coefficients: Any, x: Any) -> Any:
    """A polynomial at x, coefficients from the highest power down."""
    value = 0.0
    for coefficient in coefficients:
        value = value * x + coefficient
    return value


#: Coefficients of AS 241, from the highest power down: numerator and denominator in the middle, in
#: the tails, and far out in them.
_A = (
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
)  # fmt: skip
_B = (
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
)  # fmt: skip
_C = (
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
    1.42343711074968357734,
)  # fmt: skip
_D = (
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
    1.0,
)  # fmt: skip
_E = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
    6.6579046435011037772,
)  # fmt: skip
_F = (
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
    0.59983220655588793769, 1.0,
)  # fmt: skip


@part
def normal(u: float) -> Any:
    """Standard normal quantile of u in (0, 1). Source: Wichura 1988, AS 241 (PPND16), to 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _horner(_A, r) / _horner(_B, r)
    r = u if q < 0.0 else 1.0 - u
    r = np.sqrt(-np.log(r))
    if r <= 5.0:
        r -= 1.6
        value = _horner(_C, r) / _horner(_D, r)
    else:
        r -= 5.0
        value = _horner(_E, r) / _horner(_F, r)
    return -value if q < 0.0 else value


@part
def _uniform_column(seed: Any, decision: int, step: int, n: Any, word: Any) -> Any:
    """Uniforms of agents 0..n-1 at one address; word : which of the four, 0 to 3."""
    column = np.empty(n)
    for i in range(n):
        column[i] = unit(philox(seed, decision, step, i)[word])
    return column


@part
def _normals(column: Any) -> Any:
    """Uniforms turned into standard normals, in place."""
    for i in range(column.shape[0]):
        column[i] = normal(column[i])
    return column


def uniform_column(
    seed: int, decision: int, step: int, n: int, word: int = 0
) -> npt.NDArray[np.float64]:
    """Uniforms of agents 0..n-1 at one address, float64[n], in the open interval (0, 1).

    word : which of the four words of each address, 0 to 3.
    """
    column: npt.NDArray[np.float64] = _uniform_column(
        np.uint64(seed), int(decision), step, n, np.arange(4)[word]
    )
    return column


def normal_column(
    seed: int, decision: int, step: int, n: int, word: int = 0
) -> npt.NDArray[np.float64]:
    """Standard normals of agents 0..n-1 at one address, float64[n].

    They are the quantiles of `uniform_column` at the same address, never a second draw.
    """
    column: npt.NDArray[np.float64] = _normals(uniform_column(seed, decision, step, n, word))
    return column
