"""What a network is like: its degrees, who is tied to whom, its triangles.

Ties among people only: opinion leaders are followed and follow nobody. What would need every tie of
a large network looked up is taken from a sample, drawn by counters, with its standard error.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.compiled import entry, part
from sim.draws import Decision
from sim.network.network import Network

_I4 = npt.NDArray[np.int32]
_I8 = npt.NDArray[np.int64]

TIES_READ = 200_000  #: ties looked up for the share that is returned; all of a smaller network
PEOPLE_READ = 4_000  #: people whose neighbours are looked at
PAIRS_READ = 200  #: pairs of neighbours of each of them
FEWEST_IN_TAIL = 50  #: accounts that a tail must have. Clauset et al. 2009 advise some 50.
MOST_CUTOFFS = 200  #: cut-offs tried for a tail

_SAMPLE = int(Decision.SAMPLE)


class Estimate(NamedTuple):
    """A figure and its standard error, 0 where everything was counted; NaN where undefined."""

    value: float
    error: float = 0.0


class Tail(NamedTuple):
    """A power law fitted to the upper end of counts."""

    exponent: float  #: of the share of accounts with at least so many (density: one more)
    error: float
    cutoff: int  #: the fit is of counts from here on
    n: int  #: accounts in it


def mean_follows(network: Network) -> float:
    """People whom a person follows, on average."""
    return float(network.indptr[network.n_people] / network.n_people)


def core_homophily(network: Network) -> float:
    """Share of core fans' follows that are core fans; NaN if they follow nobody."""
    inside, total = _core_follows(
        network.indptr[: network.n_people + 1], network.followers, network.n_core
    )
    return float(inside / total) if total else float("nan")


@entry
def _core_follows(indptr: _I8, followers: _I4, n_core: int) -> Any:
    """Follows of core fans that are core fans, and all of their follows."""
    inside = total = 0
    for row in range(indptr.shape[0] - 1):
        for cell in range(indptr[row], indptr[row + 1]):
            if followers[cell] >= n_core:
                break  # a row is sorted
            total += 1
            inside += row < n_core
    return inside, total


def share_inside(network: Network, community: npt.NDArray[np.int32]) -> float:
    """Share of ties between members of one community; NaN without ties.

    community : int32[n_people], as `sim.network.ties.community_of_all` gives it.
    """
    n_ties = int(network.indptr[network.n_people])
    inside = _inside(network.indptr[: network.n_people + 1], network.followers, community)
    return float(inside / n_ties) if n_ties else float("nan")


@entry
def _inside(indptr: _I8, followers: _I4, community: _I4) -> Any:
    """Ties whose two ends are in one community."""
    inside = 0
    for row in range(indptr.shape[0] - 1):
        for cell in range(indptr[row], indptr[row + 1]):
            inside += community[followers[cell]] == community[row]
    return inside


def reciprocity(network: Network) -> Estimate:
    """Share of ties that are returned (igraph's default), from up to TIES_READ ties."""
    n_ties = int(network.indptr[network.n_people])
    if n_ties == 0:
        return Estimate(float("nan"))
    cells, everything = _sampled(n_ties, TIES_READ, 0)
    share = float(_returned(network.indptr, network.followers, cells) / cells.size)
    error = 0.0 if everything else (share * (1 - share) / cells.size) ** 0.5
    return Estimate(share, error)


def _sampled(n: int, most: int, step: int) -> tuple[npt.NDArray[np.int64], bool]:
    """`most` of 0..n-1 drawn with replacement, or all of them; and whether it is all."""
    if n <= most:
        return np.arange(n, dtype=np.int64), True
    return (draws.uniform_column(0, Decision.SAMPLE, step, most) * n).astype(np.int64), False


@part
def _follows(indptr: _I8, followers: _I4, a: int, b: int) -> Any:
    """Whether a follows b: a search in the row of b, which is sorted."""
    low, high = indptr[b], indptr[b + 1]
    while low < high:
        middle = (low + high) // 2
        if followers[middle] < a:
            low = middle + 1
        else:
            high = middle
    return low < indptr[b + 1] and followers[low] == a


@entry
def _returned(indptr: _I8, followers: _I4, cells: _I8) -> Any:
    """How many of the ties in these cells are returned."""
    returned = 0
    for cell in cells:
        row = np.searchsorted(indptr, cell, side="right") - 1
        returned += _follows(indptr, followers, row, followers[cell])
    return returned


def clustering(network: Network) -> Estimate:
    """Mean local clustering: share of pairs of neighbours who are neighbours of each other.

    Watts & Strogatz 1998, to whom SNAP refers. A tie in either direction makes neighbours; who has
    fewer than two counts as 0. From up to PEOPLE_READ people with up to PAIRS_READ pairs each.
    """
    n = network.n_people
    rows, everybody = _sampled(n, PEOPLE_READ, 1)
    rows = np.unique(rows)
    place = np.full(n, -1, np.int32)
    place[rows] = np.arange(rows.size, dtype=np.int32)
    indptr = network.indptr[: n + 1]
    start = _room(indptr, network.followers, rows, place)
    followed = _followed_by(indptr, network.followers, place, start)
    local = _local_clustering(indptr, network.followers, rows, followed, start)
    error = 0.0 if everybody else float(local.std(ddof=1) / local.size**0.5)
    return Estimate(float(local.mean()), error)


@entry
def _room(indptr: _I8, followers: _I4, rows: _I8, place: _I8) -> Any:
    """Where the accounts followed by each sampled person begin, int64[n + 1]."""
    start = np.zeros(rows.shape[0] + 1, np.int64)
    for cell in range(indptr[-1]):
        if place[followers[cell]] >= 0:
            start[place[followers[cell]] + 1] += 1
    return np.cumsum(start)


@entry
def _followed_by(indptr: _I8, followers: _I4, place: _I8, start: _I8) -> Any:
    """Accounts followed by the sampled people, one after the other."""
    followed = np.empty(start[-1], np.int32)
    at = start[:-1].copy()
    for row in range(indptr.shape[0] - 1):
        for cell in range(indptr[row], indptr[row + 1]):
            k = place[followers[cell]]
            if k >= 0:
                followed[at[k]] = row
                at[k] += 1
    return followed


@entry
def _local_clustering(indptr: _I8, followers: _I4, rows: _I8, followed: _I4, start: _I8) -> Any:
    """Share of pairs of neighbours who are tied, for each sampled person; float64[n].

    followed, start : as `_followed_by` and `_room` give them. All pairs of who has few neighbours;
    PAIRS_READ of others, drawn so that no pair is somebody with themselves.
    """
    local = np.zeros(rows.shape[0])
    for k in range(rows.shape[0]):
        i = rows[k]
        both = np.concatenate(
            (followers[indptr[i] : indptr[i + 1]], followed[start[k] : start[k + 1]])
        )
        near = np.unique(both)
        n = near.shape[0]
        if n < 2:
            continue
        closed = 0
        pairs = n * (n - 1) // 2
        if pairs <= PAIRS_READ:
            for x in range(n):
                for y in range(x):
                    closed += _tied(indptr, followers, near[x], near[y])
        else:
            pairs = PAIRS_READ
            for pair in range(pairs):
                u, v, _, _ = draws.uniforms(0, _SAMPLE, 2 + pair, i)
                x = int(u * n)
                y = (x + 1 + int(v * (n - 1))) % n
                closed += _tied(indptr, followers, near[x], near[y])
        local[k] = closed / pairs
    return local


@entry
def _tied(indptr: _I8, followers: _I4, a: int, b: int) -> Any:
    """Whether one of two people follows the other, in whichever direction."""
    return _follows(indptr, followers, a, b) or _follows(indptr, followers, b, a)


def follower_tail(network: Network) -> Tail:
    """The power law of people's follower counts."""
    return tail_of(np.diff(network.indptr[: network.n_people + 1]))


def tail_of(counts: npt.NDArray[np.int64]) -> Tail:
    """A power law fitted to the upper end of whole numbers; NaN where there are too few.

    Clauset, Shalizi & Newman 2009: the exponent by maximum likelihood (their approximation for
    whole numbers, sound from a cut-off of about 6 on), the cut-off where the distance of Kolmogorov
    and Smirnov is smallest, among up to MOST_CUTOFFS values that leave FEWEST_IN_TAIL above them.
    """
    ordered = np.sort(counts[counts > 0]).astype(np.float64)
    cutoffs = np.unique(ordered[: max(0, ordered.size - FEWEST_IN_TAIL + 1)])
    if cutoffs.size < 2:
        return Tail(float("nan"), float("nan"), 0, 0)
    if cutoffs.size > MOST_CUTOFFS:
        cutoffs = np.unique(cutoffs[np.linspace(0, cutoffs.size - 1, MOST_CUTOFFS).astype(int)])
    best = (float("inf"), Tail(float("nan"), float("nan"), 0, 0))
    for cutoff in cutoffs:
        tail = ordered[np.searchsorted(ordered, cutoff) :]
        exponent = tail.size / float(np.log(tail / (cutoff - 0.5)).sum())
        at, first = np.unique(tail, return_index=True)
        fitted = ((at - 0.5) / (cutoff - 0.5)) ** -exponent
        distance = float(np.abs(1 - first / tail.size - fitted).max())
        if distance < best[0]:
            error = exponent / tail.size**0.5
            best = (distance, Tail(exponent, error, int(cutoff), tail.size))
    return best[1]
