"""What can be reported and what was: angles, hashtags and their sources; the log of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.rules import opinion_leader, platform
from sim.state.tables import ADDRESSES, HEADLINES, LEADERS, SOURCES, TAG_ACT

if TYPE_CHECKING:
    from sim.state.types import Constants, Entry, Seed, Table, Tag, World


@part
def source_code(origin: int, which: int) -> Any:
    """What a hashtag is born of, as one number."""
    return origin * SOURCES + which


@part
def of_leader(k: int, step: int) -> int:
    """Which hashtag of a leader's: leader k, and the step in which it came to be."""
    return k + LEADERS * step


def source_of(code: float) -> tuple[int, int]:
    """Origin (a place in ORIGINS) and which of them, of a source's number."""
    origin, which = divmod(int(code), int(SOURCES))
    return origin, which


@part
def tag_address(origin: int, which: int) -> int:
    """Where a hashtag draws how long it lasts: what it is of, below 2^32.

    which : below 2^28; of an act its own address, which no other act moves (`headline_address`).
    """
    return origin * ADDRESSES + which


@part
def headline_address(act: float, headline: int) -> int:
    """The same of a headline of an act; act : address of its draws."""
    return tag_address(TAG_ACT, int(act) * HEADLINES + headline)


@part
def log(
    world: World, entries: Table[Entry], step: int, kind: int, who: float, value: float
) -> None:
    """Note that something happened; what a full log has no room for is counted all the same."""
    n = int(world.n_log)
    if n < entries.shape[0]:
        entries[n].step = step
        entries[n].kind = kind
        entries[n].who = who
        entries[n].value = value
    world.n_log = n + 1.0


@part
def bear_tag(
    world: World,
    tags: Table[Tag],
    step: int,
    topic: float,
    source: float,
    news: float,
    loudness: float,
) -> int:
    """Something can be reported: an angle, whose row is returned; the oldest makes room for it."""
    n = int(world.n_tags)
    if n == tags.shape[0]:
        n = _make_room(tags)
    tags[n].made = step
    tags[n].topic = topic
    tags[n].news = news
    tags[n].loudness = loudness
    tags[n].born = -1.0
    tags[n].heat = 0.0
    tags[n].entered = -1.0
    tags[n].left = -1.0
    tags[n].source = source
    tags[n].address = tag_address(int(source // SOURCES), int(source % SOURCES))
    world.n_tags = n + 1.0
    return n


@part
def report(
    seed: Seed, p: Constants, world: World, tags: Table[Tag], row: int, step: int, heat: float
) -> None:
    """An angle is reported: from here on it is a hashtag, with the heat of the report."""
    tag = tags[row]
    tag.born = step
    tag.heat = heat
    u = draws.uniform(seed, Decision.LASTING, int(tag.made), int(tag.address))
    lasts = platform.lasting(p.hashtag_spread, draws.normal(u))
    tag.half_life = platform.own_half_life(p.hashtag_steps, lasts)
    tag.keep = platform.own_keep(p.heat_keep, lasts)
    world.heat = platform.with_hashtag(world.heat, 1.0, heat)


@part
def best_angle(p: Constants, world: World, tags: Table[Tag], step: int) -> Any:
    """The angle that is worth most to a reporter now: its row, -1 for none, and its worth."""
    confirmed = opinion_leader.reportable(world.confirmed, p.unconfirmed_report)
    best, most = -1, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born >= 0.0:
            continue
        worth = platform.worth(tag.news, p.novelty_keep, step - tag.made, confirmed, tag.loudness)
        if worth > most:
            best, most = i, worth
    return best, most


@part
def _make_room(tags: Table[Tag]) -> Any:
    """Drop one hashtag, the others keep their order; returns how many are left.

    The oldest that has left the list, else the oldest that waits (the newest enters first).
    """
    n = tags.shape[0]
    gone = -1
    waiting = -1
    for i in range(n):
        if gone < 0 and tags[i].left >= 0.0:
            gone = i
        if waiting < 0 and tags[i].entered < 0.0:
            waiting = i
    drop = gone if gone >= 0 else max(waiting, 0)
    for i in range(drop, n - 1):
        tags[i].made = tags[i + 1].made
        tags[i].topic = tags[i + 1].topic
        tags[i].news = tags[i + 1].news
        tags[i].loudness = tags[i + 1].loudness
        tags[i].born = tags[i + 1].born
        tags[i].heat = tags[i + 1].heat
        tags[i].entered = tags[i + 1].entered
        tags[i].left = tags[i + 1].left
        tags[i].source = tags[i + 1].source
        tags[i].address = tags[i + 1].address
        tags[i].half_life = tags[i + 1].half_life
        tags[i].keep = tags[i + 1].keep
    return n - 1
