"""Who is there: people as columns, opinion leaders and investors as rows, all declared once.

People are rows 0..n-1 in the order core fans, customers, public; a row is an identity for ever.
Nobody is created or removed in a run; whoever leaves is marked. Both engines work on these
columns: the columnar engine in blocks, the Mesa engine through agents that are views of a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from sim import draws
from sim.draws import Decision
from sim.network.network import Network
from sim.settings.config import PopulationConfig
from sim.settings.parameters import Parameters

N_MEMORY = 5  #: components of the visibility kernel (E1)

# Bits of the column `flags`. HOPEFUL: has accepted the promise of a reform.
AWARE, VISIBLE, DECLARED, UNFOLLOWED, SOLD, EXITED, LEAVER, HOPEFUL = 1, 2, 4, 8, 16, 32, 64, 128

CORE, CUSTOMER, PUBLIC = 0, 1, 2
PARTNER, NEUTRAL, ANTAGONIST, SILENT = 0, 1, 2, 3  # a silent leader is there for comparison
NOISE, SENTIMENT, VALUE = 0, 1, 2

# Rows of the group tables.
GROUP_OUTRAGED, GROUP_DECLARED, GROUP_POSTS_DEAL, GROUP_POSTS_GOVERNANCE = 0, 1, 2, 3


@dataclass(frozen=True)
class Column:
    """One column of people: a state changes in a run, a trait does not."""

    name: str
    dtype: str
    role: str  #: state or trait
    unit: str
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("memory_deal", "f4", "state", "views", "visible posts on the deal, five components"),
    Column("memory_governance", "f4", "state", "views", "the same on governance"),
    Column("incoming_deal", "i4", "state", "1/65536 view", "posts that arrive this step"),
    Column("incoming_governance", "i4", "state", "1/65536 view", "the same on governance"),
    Column("recent_deal", "f4", "state", "views", "recent exposures to the deal"),
    Column("recent_governance", "f4", "state", "views", "recent exposures to governance"),
    Column("deal", "f4", "state", "share", "outrage about the deal, O_d"),
    Column("governance", "f4", "state", "share", "outrage about governance, O_g"),
    Column("relief", "f4", "state", "share", "relief that a response gave, R"),
    Column("conviction", "f4", "state", "share", "relief that action made durable, C"),
    Column("grudge", "f4", "state", "share", "slow memory of outrage, G"),
    Column("trust", "f4", "state", "share", "trust in the brand, T"),
    Column("expressed", "f4", "state", "share", "expressed outrage, Omega"),
    Column("flags", "u1", "state", "bits", "aware, visible, declared, unfollowed, sold, exited"),
    Column("seen", "u4", "state", "bits", "acts of the brand that this person has seen"),
    Column("n_posts", "u2", "state", "posts", "posts so far"),
    Column("identification", "f4", "trait", "share", "identification with the brand, I"),
    Column("trust_start", "f4", "trait", "share", "initial trust, T_0"),
    Column("activity", "f4", "trait", "ratio", "activity a, mean 1"),
    Column("outrage_keep", "f4", "trait", "1/step", "2^(-dt / half-life of outrage)"),
    Column("blamed_level", "f4", "trait", "level 0-4", "level that this person blames, l*"),
    Column("threshold", "f4", "state", "share", "pressure at which this person acts, theta"),
)


class People(NamedTuple):
    """The columns, float32 or integer, one row a person (memory: five rows of columns)."""

    memory_deal: npt.NDArray[np.float32]
    memory_governance: npt.NDArray[np.float32]
    incoming_deal: npt.NDArray[np.int32]
    incoming_governance: npt.NDArray[np.int32]
    recent_deal: npt.NDArray[np.float32]
    recent_governance: npt.NDArray[np.float32]
    deal: npt.NDArray[np.float32]
    governance: npt.NDArray[np.float32]
    relief: npt.NDArray[np.float32]
    conviction: npt.NDArray[np.float32]
    grudge: npt.NDArray[np.float32]
    trust: npt.NDArray[np.float32]
    expressed: npt.NDArray[np.float32]
    flags: npt.NDArray[np.uint8]
    seen: npt.NDArray[np.uint32]
    n_posts: npt.NDArray[np.uint16]
    identification: npt.NDArray[np.float32]
    trust_start: npt.NDArray[np.float32]
    activity: npt.NDArray[np.float32]
    outrage_keep: npt.NDArray[np.float32]
    blamed_level: npt.NDArray[np.float32]
    threshold: npt.NDArray[np.float32]


class Leaders(NamedTuple):
    """Opinion leaders, one row each: partners first, then neutral ones, then antagonists."""

    role: npt.NDArray[np.int64]
    contract: npt.NDArray[np.float64]  #: contract share at stake, [0, 1]
    integrity: npt.NDArray[np.float64]  #: [0, 1]
    n_core_followers: npt.NDArray[np.int64]
    outraged: npt.NDArray[np.int64]  #: visibly outraged core followers at the end of the last step
    outraged_next: npt.NDArray[np.int64]  #: the same, being counted in this step
    exited: npt.NDArray[np.int64]
    mocks: npt.NDArray[np.int64]
    # core fan -> partners that this fan follows, as a CSR
    partner_start: npt.NDArray[np.int64]
    partner_of: npt.NDArray[np.int32]


class Investors(NamedTuple):
    """Investors, one row each."""

    kind: npt.NDArray[np.int64]
    trait: npt.NDArray[np.float64]  #: sensitivity or conviction, mean 1
    position: npt.NDArray[np.float64]
    belief: npt.NDArray[np.float64]


class Groups(NamedTuple):
    """Fan group chats: members, and the tallies that they read (now) and write (next)."""

    of: npt.NDArray[np.int32]  #: groups of each core fan, -1 for none
    others: npt.NDArray[np.float64]  #: 1 / number of other members in all own groups, 0 if alone
    now: npt.NDArray[np.int32]  #: four tallies by group, end of the last step
    next: npt.NDArray[np.int32]  #: the same, being counted in this step


class Population(NamedTuple):
    """Everybody: columns and rows that the compiled functions read and write."""

    people: People
    leaders: Leaders
    investors: Investors
    groups: Groups
    bounds: tuple[int, int, int, int]  #: first row of each kind, and the number of people


def read_only(population: Population) -> Population:
    """The same columns and rows, to look at: whoever writes to these is refused by NumPy."""

    def view(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same array, which nobody can write to through this one."""
        seen = array.view()
        seen.setflags(write=False)
        return seen

    parts: tuple[Any, ...] = population
    return Population(
        *(type(part)(*map(view, part)) if hasattr(part, "_fields") else part for part in parts)
    )


#: Range of a state or trait by its unit, for values that somebody writes.
_RANGES = {
    "share": (0.0, 1.0),
    "level 0-4": (0.0, 4.0),
    "1/step": (0.0, 1.0),
    "posts": (0.0, 65535.0),
    "1/65536 view": (0.0, 2.0**31 - 1),
}


def range_of(column: Column) -> tuple[float, float]:
    """Least and largest value of a column that mean something."""
    if column.name == "threshold":
        return 0.0, 2.0  # of a pressure, which may exceed 1
    if column.unit == "bits":
        return 0.0, float(np.iinfo(column.dtype).max)
    return _RANGES.get(column.unit, (0.0, float(np.finfo(np.float32).max)))


#: Beta distributions of identification by kind. Assumed (MODEL 2.1).
IDENTIFICATION = ((8.0, 3.0), (3.0, 4.0), (1.5, 6.0))
TRUST_SLOPE, TRUST_SD = 0.5, 0.07  # Assumed (MODEL 2.4)


def leader_audiences(
    config: PopulationConfig, largest: float, exponent: float
) -> npt.NDArray[np.float64]:
    """Audience shares of opinion leaders, Pareto by rank; the antagonists hold rank 1.

    Roles take ranks in turn (antagonist, partner, neutral, ...), so that no role owns the top.
    The named antagonist is the largest: 2.5 million documented followers.
    """
    roles = np.repeat(
        [PARTNER, NEUTRAL, ANTAGONIST],
        [config.n_partner_leaders, config.n_neutral_leaders, config.n_antagonist_leaders],
    )
    within = np.concatenate(
        [
            np.arange(n) + 0.5
            for n in (
                config.n_partner_leaders,
                config.n_neutral_leaders,
                config.n_antagonist_leaders,
            )
        ]
    )
    sizes = np.bincount(roles)[roles]
    order = np.lexsort((-roles, np.where(within == 0.5, 0.0, within / sizes)))
    shares = np.empty(roles.size)
    shares[order] = largest * (np.arange(roles.size) + 1.0) ** (-1.0 / exponent)
    return shares


def build_population(
    config: PopulationConfig, parameters: Parameters, network: Network, seed: int, dt_h: float
) -> Population:
    """The people of a network with traits drawn at addressed positions, nobody yet aware.

    What the user's people file says stands instead of what would be drawn.
    """
    sizes, n = network.sizes, network.n_people

    def normal(trait: int) -> npt.NDArray[np.float64]:
        return draws.normal_column(seed, Decision.TRAITS, trait, n)

    shape = np.repeat(np.array(IDENTIFICATION), sizes, axis=0)
    identification = betaincinv(
        shape[:, 0], shape[:, 1], draws.uniform_column(seed, Decision.TRAITS, 0, n)
    )
    activity = np.exp(parameters.activity_sd * normal(2) - parameters.activity_sd**2 / 2)
    trust = parameters.trust_at_zero + TRUST_SLOPE * identification + TRUST_SD * normal(1)
    given = network.attributes or {}
    identification = given.get("identification", identification)
    activity = given.get("activity", activity)
    trust = given.get("trust", trust)
    trust = np.clip(trust, 0.02, 0.98)
    half_life = parameters.outrage_half_life_h * (
        1 + parameters.identity_persistence * identification
    )
    threshold = parameters.exit_threshold + parameters.exit_threshold_sd * normal(3)
    blamed = parameters.blamed_level + parameters.blamed_level_sd * normal(4)

    columns: dict[str, Any] = {
        column.name: np.zeros(
            (N_MEMORY, n) if column.name.startswith("memory") else n, dtype=column.dtype
        )
        for column in COLUMNS
    }
    columns["identification"][:] = identification
    columns["trust_start"][:] = trust
    columns["trust"][:] = columns["trust_start"]
    columns["activity"][:] = activity
    columns["outrage_keep"][:] = np.exp2(-dt_h / half_life)
    columns["blamed_level"][:] = np.clip(blamed, 0.3, 4.0)
    columns["threshold"][:] = np.clip(threshold, 0.05, 2.0)
    n_core = sizes[CORE]
    return Population(
        People(**columns),
        _leaders(config, network, seed, n_core),
        _investors(config, seed),
        _groups(network),
        (0, n_core, n_core + sizes[CUSTOMER], n),
    )


def _leaders(config: PopulationConfig, network: Network, seed: int, n_core: int) -> Leaders:
    """Columns of the opinion leaders, int64 or float64[n_leaders], in the order of roles.

    Traits are drawn, U(0, 1), at the address (seed, KOL_TRAITS, row). The fans of each partner are
    turned round: `partner_of[partner_start[i]:partner_start[i + 1]]` are the partners that core fan
    i follows, so that a fan who is seen to be outraged counts with each of them. n_core : core
    fans, who are the first rows of people.
    """
    n = config.n_leaders
    roles = np.repeat(
        [PARTNER, NEUTRAL, ANTAGONIST],
        [config.n_partner_leaders, config.n_neutral_leaders, config.n_antagonist_leaders],
    )
    start = network.n_people
    core_of = []  # core followers of each leader; followers are sorted, and core fans come first
    for leader in range(n):
        row = network.followers[network.indptr[start + leader] : network.indptr[start + leader + 1]]
        core_of.append(row[: np.searchsorted(row, n_core)])
    partners = core_of[: config.n_partner_leaders]
    fans = np.concatenate([*partners, np.zeros(0, np.int32)])
    names = np.repeat(np.arange(len(partners), dtype=np.int32), [row.size for row in partners])
    order = np.argsort(fans, kind="stable")
    partner_start = np.zeros(n_core + 1, np.int64)
    partner_start[1:] = np.cumsum(np.bincount(fans.astype(np.int64), minlength=n_core))
    zeros = [np.zeros(n, np.int64) for _ in range(4)]
    return Leaders(
        roles.astype(np.int64),
        draws.uniform_column(seed, Decision.KOL_TRAITS, 0, n),
        draws.uniform_column(seed, Decision.KOL_TRAITS, 1, n),
        np.array([row.size for row in core_of], np.int64),
        zeros[0],
        zeros[1],
        zeros[2],
        zeros[3],
        partner_start,
        names[order].astype(np.int32),
    )


def _investors(config: PopulationConfig, seed: int) -> Investors:
    """Columns of the investors, int64 or float64[n_investors], in the order of strategies.

    Traits are 0.5 to 1.5, drawn at the address (seed, INVESTOR, row); nobody holds anything yet.
    """
    n = config.n_investors
    kinds = np.repeat(
        [NOISE, SENTIMENT, VALUE],
        [config.n_noise_investors, config.n_sentiment_investors, config.n_value_investors],
    )
    trait = 0.5 + draws.uniform_column(seed, Decision.INVESTOR, 0, n, 3)
    return Investors(kinds.astype(np.int64), trait, np.zeros(n), np.zeros(n))


def _groups(network: Network) -> Groups:
    """Group chats of core fans: in which each is, and two sets of four tallies, int32[4, chats].

    `others` is 1 over the number of others in a fan's chats, float64[n_core]; 0 for a fan in none.
    """
    of = network.groups
    sizes = np.where(of >= 0, network.group_size[np.maximum(of, 0)] - 1, 0).sum(axis=1)
    others = np.where(sizes > 0, 1.0 / np.maximum(sizes, 1), 0.0)
    tallies = [np.zeros((4, max(1, network.group_size.size)), np.int32) for _ in range(2)]
    return Groups(of, others, tallies[0], tallies[1])
