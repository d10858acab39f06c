"""The platform closes a step: heat of the affair and of hashtags, the trending list (E11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.rules import platform, pr_team
from sim.state.tables import (
    LOG_LIST_ENTRY,
    LOG_LIST_EXIT,
    LOG_LISTED,
    REFERENCE_PEOPLE,
    SCALE,
    TAG_CROWD,
)
from sim.world.angles import bear_tag, log, report, source_code

if TYPE_CHECKING:
    from sim.state.types import Constants, Entry, Seed, Table, Tag, World


@part
def _talk(p: Constants, others: float, core: float, leaders: float, n_people: float) -> Any:
    """E11: heat that the talk of a step on one topic brings."""
    general = platform.general_talk(others, core, SCALE, p.core_heat)
    return platform.talk_heat(
        p.post_heat, general, REFERENCE_PEOPLE, n_people, leaders, p.leader_volume
    )


@part
def close_platform(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry],
    wanted: float, n_people: float, dt_h: float,
) -> None:  # fmt: skip
    """Section 8 of the step (E11): heat, hashtags entering and leaving, list levels.

    wanted : heat that a hashtag needs to be on the list in this step.
    """
    deal = _talk(p, world.voice_other_deal, world.voice_core_deal, world.kol_deal, n_people)
    governance = _talk(
        p, world.voice_other_governance, world.voice_core_governance, world.kol_governance, n_people
    )
    both = platform.whole_level(deal, governance)
    world.heat = platform.next_heat(world.heat, p.heat_keep, both)
    world.talk_deal = pr_team.recent_talk(world.talk_deal, p.talk_keep, world.posts_deal)
    world.talk_governance = pr_team.recent_talk(
        world.talk_governance, p.talk_keep, world.posts_governance
    )
    if world.happened == 1.0:
        u = draws.uniforms(seed, Decision.HASHTAG, step, 0)[0]
        if u < platform.crowd_chance(p.crowd_per_h, both, wanted, dt_h):
            topic = 1.0 if governance > deal else 0.0
            row = bear_tag(world, tags, step, topic, source_code(TAG_CROWD, step), 0.0, 1.0)
            report(seed, p, world, tags, row, step, 0.0)
    shown = 1.0
    if step < world.displaced_until:
        shown = platform.shown_share(world.displacement)
    claims_deal, claims_governance = 0.0, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born >= 0.0 and tag.left < 0.0:
            one = platform.claim(step - tag.born, tag.half_life)
            if tag.topic == 0.0:
                claims_deal = platform.with_hashtag(claims_deal, 1.0, one)
            else:
                claims_governance = platform.with_hashtag(claims_governance, 1.0, one)
    level_deal, level_governance, n_listed, listed = 0.0, 0.0, 0.0, 0.0
    for i in range(int(world.n_tags)):
        tag = tags[i]
        if tag.born < 0.0 or tag.left >= 0.0:
            continue
        one = platform.claim(step - tag.born, tag.half_life)
        if tag.topic == 0.0:
            talk = platform.share_of_talk(one, claims_deal, deal)
        else:
            talk = platform.share_of_talk(one, claims_governance, governance)
        tag.heat = platform.next_heat(tag.heat, tag.keep, talk)
        if tag.heat <= wanted:
            if tag.entered >= 0.0:
                tag.left = step
                log(world, entries, step, LOG_LIST_EXIT, tag.source, tag.heat)
            continue
        if tag.entered < 0.0:
            tag.entered = step
            world.pressed = 1.0
            if world.first_listed < 0.0:
                world.first_listed = step
            log(world, entries, step, LOG_LIST_ENTRY, tag.source, tag.heat)
        n_listed += 1.0
        listed = platform.with_hashtag(listed, 1.0, tag.heat)
        if step % p.hour_steps == 0.0:
            log(world, entries, step, LOG_LISTED, tag.source, tag.heat)
        level = platform.hashtag_level(
            platform.place_share(tag.heat, wanted), platform.ramp(step - tag.entered, p.hour_steps)
        )
        if tag.topic == 0.0:
            level_deal = platform.with_hashtag(level_deal, shown, level)
        else:
            level_governance = platform.with_hashtag(level_governance, shown, level)
    world.level_deal = level_deal
    world.level_governance = level_governance
    world.n_listed = n_listed
    world.list_heat = listed
