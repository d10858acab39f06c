"""Whom each person chooses to follow, tie by tie, in closed form.

A choice is a pure function of (seed, person, number of the choice). People can therefore be drawn
in any pieces and threads, and whom somebody else chose is drawn again instead of being stored.

Three things shape a choice. Popularity falls with rank as a power law, each kind with ranks of its
own; core fans choose core fans (homophily); and, where settings ask for it, a choice stays inside a
community or is found through somebody who is followed already (closure). Then it may be returned.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.compiled import entry, part, rule
from sim.draws import Decision
from sim.settings.network_config import NetworkConfig

FOLLOW_SPREAD = 0.6  # log-sd of how many accounts people follow. Assumed.
FOLLOWS_BACK = 5000.0  # accounts that an account may follow back; platforms have a limit. Assumed.

_FOLLOWS, _COMMUNITIES = int(Decision.FOLLOWS), int(Decision.COMMUNITIES)

_I8 = npt.NDArray[np.int64]


class Society(NamedTuple):
    """What every choice depends on but the communities; numbers only."""

    seed: np.uint64
    bounds: tuple[int, ...]  #: first row of core fans, customers, public; number of people
    multipliers: tuple[int, ...]  #: rank of an account in its kind -> its row in the kind
    inverses: tuple[int, ...]  #: and back
    choices: float  #: accounts that a person chooses on average
    power: float  #: popularity rank r ~ r^(-1/tail): exponent of a uniform
    homophily: float
    back: float  #: chance that a choice is returned
    inside: float  #: chance that an own choice stays in the community
    closure: float  #: chance that a choice is found through somebody followed


def society(config: NetworkConfig, seed: int, sizes: tuple[int, int, int]) -> Society:
    """The settings of a network as its draws need them.

    sizes : core fans, customers, public. People choose fewer accounts than they follow in the end,
    since a share r of ties are returned ones: of c choices, c (1 + back) ties come about, and
    back = r / (2 - r) makes r of them mutual.
    """
    multipliers = [_multiplier(n, 7919 + 104729 * (k + 1)) for k, n in enumerate(sizes)]
    back = config.reciprocity / (2 - config.reciprocity)
    return Society(
        seed=np.uint64(seed),
        bounds=(0, sizes[0], sizes[0] + sizes[1], sum(sizes)),
        multipliers=tuple(multipliers),
        inverses=tuple(pow(m, -1, n) for m, n in zip(multipliers, sizes, strict=True)),
        choices=config.mean_follows / (1 + back),
        power=1 / (1 - 1 / config.tail_exponent),
        homophily=float(config.core_homophily),
        back=back,
        inside=float(config.within_community),
        closure=float(config.closure),
    )


def _multiplier(n: int, salt: int) -> int:
    """A multiplier that permutes 0..n-1, so that popularity is spread over rows."""
    step = salt % n
    while math.gcd(step, n) != 1:
        step = (step + 1) % n
    return step or 1


def communities(config: NetworkConfig, seed: int, n: int) -> _I8:
    """Where n people are cut into communities, int64[n_communities + 1], from 0 to n.

    Sizes are Pareto with exponent 4/3 (assumed): as heavy as follower counts, whose tail the stars
    of communities would bend otherwise; none is larger than a tenth of the people unless the mean
    is. The last takes what is left, so that none is smaller than a quarter of the mean. Without
    communities everybody is in one.
    """
    if config.within_community == 0:
        return np.array([0, n], np.int64)
    smallest = config.community_size / 4
    u = draws.uniform_column(seed, Decision.COMMUNITIES, 0, int(n / smallest) + 1)
    root = np.sqrt(u)  # u^(3/4) by square roots, which every machine rounds alike
    sizes = np.minimum(smallest / (root * np.sqrt(root)), max(n / 10, config.community_size))
    ends = np.cumsum(sizes.astype(np.int64))
    return np.concatenate([[0], ends[ends <= n - smallest], [n]]).astype(np.int64)


@part
def community_of_all(net: Society, cuts: _I8) -> Any:
    """The community of every person, int32[n_people]."""
    found = np.empty(net.bounds[3], np.int32)
    for i in range(found.shape[0]):
        found[i] = _community(net, cuts, i)
    return found


# The cuts stand beside the society, and what every tie needs is inlined: arrays inside a tuple are
# counted in and out at every call, which made drawing ties half as slow again.


@rule
def _kind(net: Society, i: int) -> Any:
    """The kind of person i: 0 core fan, 1 customer, 2 public."""
    return 0 if i < net.bounds[1] else 1 if i < net.bounds[2] else 2


@rule
def _first_row(net: Society, cuts: _I8, community: int, kind: int) -> Any:
    """First member of a kind in a community: every community has its share of every kind."""
    size = net.bounds[kind + 1] - net.bounds[kind]
    return net.bounds[kind] + cuts[community] * size // net.bounds[3]


@part
def _community(net: Society, cuts: _I8, i: int) -> Any:
    """The community of person i: the one whose first row of i's kind is the last up to i."""
    kind = _kind(net, i)
    size = net.bounds[kind + 1] - net.bounds[kind]
    beyond = (i - net.bounds[kind] + 1) * net.bounds[3]
    low, high = 0, cuts.shape[0] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if cuts[middle] * size < beyond:
            low = middle
        else:
            high = middle
    return low


@rule
def _rank(net: Society, i: int, kind: int) -> Any:
    """Popularity rank of an account in its kind, 0 the most popular."""
    size = net.bounds[kind + 1] - net.bounds[kind]
    return ((i - net.bounds[kind]) * net.inverses[kind]) % size


@rule
def _n_choices(net: Society, i: int) -> Any:
    """How many accounts person i chooses to follow."""
    u = draws.uniform(net.seed, _FOLLOWS, 0, i)
    spread = FOLLOW_SPREAD * draws.normal(u) - FOLLOW_SPREAD * FOLLOW_SPREAD / 2
    return int(net.choices * np.exp(spread) + 0.5)


@rule
def _own_choice(net: Society, cuts: _I8, i: int, j: int, community: int, u: float) -> Any:
    """The j-th choice of person i unless found through others: account, kind, rank, last word.

    u : decides whether it stays in the community, where popularity falls with rank as outside, in
    another order; where nobody else of the kind is, the choice is made outside.
    """
    a, b, c, d = draws.uniforms(net.seed, _FOLLOWS, 1 + j, i)
    kind = 0 if i < net.bounds[1] and a < net.homophily else _kind(net, int(b * net.bounds[3]))
    if u < net.inside:
        low = _first_row(net, cuts, community, kind)
        high = _first_row(net, cuts, community + 1, kind)
        account = low + int((high - low) * c**net.power)
        if low < high and account != i:
            return account, kind, _rank(net, account, kind), d
    size = net.bounds[kind + 1] - net.bounds[kind]
    rank = min(int(size * c**net.power), size - 1)
    return net.bounds[kind] + (rank * net.multipliers[kind]) % size, kind, rank, d


@part
def _own_choice_of(net: Society, cuts: _I8, i: int, u: float) -> Any:
    """An account that person i chose by itself, by a uniform; i itself if there is none."""
    n_choices = _n_choices(net, i)
    if n_choices == 0:
        return i
    j = int(u * n_choices)
    closing, inside, _, _ = draws.uniforms(net.seed, _COMMUNITIES, 1 + j, i)
    while j > 0 and closing < net.closure:
        j -= 1
        closing, inside, _, _ = draws.uniforms(net.seed, _COMMUNITIES, 1 + j, i)
    community = _community(net, cuts, i) if inside < net.inside else 0
    return _own_choice(net, cuts, i, j, community, inside)[0]


@rule
def _share(net: Society, rank: int, n: int) -> Any:
    """Share of choices among n accounts that fall on the one of this rank."""
    return ((rank + 1.0) / n) ** (1.0 / net.power) - (rank / n) ** (1.0 / net.power)


@rule
def _expected(net: Society, cuts: _I8, account: int, kind: int, rank: int) -> Any:
    """How many people choose an account by themselves, on average, ties not yet merged."""
    n = net.bounds[3]
    into = net.bounds[1] * net.homophily if kind == 0 else 0.0
    into += (n - net.bounds[1] * net.homophily) * (net.bounds[kind + 1] - net.bounds[kind]) / n
    choices = net.choices * into
    expected = min(_share(net, rank, net.bounds[kind + 1] - net.bounds[kind]) * choices, n)
    if net.inside > 0.0:
        community = _community(net, cuts, account)
        members = cuts[community + 1] - cuts[community]
        low = _first_row(net, cuts, community, kind)
        high = _first_row(net, cuts, community + 1, kind)
        near = min(_share(net, account - low, high - low) * choices * members / n, members)
        expected += net.inside * (near - expected)
    return expected


@part
def _sent_on(net: Society, cuts: _I8, i: int) -> Any:
    """How many people find one and the same account through person i, on average."""
    kind = _kind(net, i)
    followers = _expected(net, cuts, i, kind, _rank(net, i, kind))
    return net.closure * followers / max(1.0, (1.0 - net.closure) * _n_choices(net, i))


@entry
def draw_ties(net: Society, cuts: _I8, first: int, last: int) -> Any:
    """Ties of the people first..last-1, and those returned: int32[2, n], followed and follower.

    The same tie may come twice. A choice found through somebody followed goes to an account that
    this one chose by itself, so that every triangle meant is there; what leads to oneself or to
    somebody already followed becomes an own choice. A choice is returned within FOLLOWS_BACK: a
    star of a million followers who followed a tenth of them back would read everybody.
    """
    counts = np.empty(last - first, np.int64)
    n_choices, most = 0, 1
    for i in range(first, last):
        one = _n_choices(net, i)
        counts[i - first] = one
        n_choices += one
        if one > most:
            most = one
    ties = np.empty((2, 2 * n_choices), np.int32)
    followed = np.empty(most, np.int64)
    social = net.inside > 0.0 or net.closure > 0.0
    community, inside, through = 0, 1.0, 0
    k = 0
    for i in range(first, last):
        if social:
            community = _community(net, cuts, i)
        n_followed = 0
        for j in range(counts[i - first]):
            found = i  # nobody so far: oneself is never followed
            if social:
                closing, inside, whose, which = draws.uniforms(net.seed, _COMMUNITIES, 1 + j, i)
                # whoever follows nobody yet finds nobody
                if closing < net.closure and n_followed > 0:
                    through = followed[int(whose * n_followed)]
                    found = _own_choice_of(net, cuts, through, which)
                    for account in followed[:n_followed]:
                        if account == found:
                            found = i  # followed already: an own choice instead
            if found != i:
                target, kind = found, _kind(net, found)
                rank = _rank(net, found, kind)
                # the word that an own choice would use, so that closure moves no other draw
                d = draws.uniforms(net.seed, _FOLLOWS, 1 + j, i)[3]
            else:
                target, kind, rank, d = _own_choice(net, cuts, i, j, community, inside)
                if target == i:
                    continue  # a choice of oneself is no tie, and is not made again
            followed[n_followed] = target
            n_followed += 1
            ties[0, k] = target
            ties[1, k] = i
            k += 1
            if d < net.back:  # what is not returned needs no expectation
                expected = _expected(net, cuts, target, kind, rank)
                if found != i:
                    expected += _sent_on(net, cuts, through)
                if d < FOLLOWS_BACK / expected:
                    ties[0, k] = i
                    ties[1, k] = target
                    k += 1
    return ties[:, :k].copy()
