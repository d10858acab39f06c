"""What stays unanswered: doubt, silence, what comes out; grievance and belonging (E18, E19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.rules import belonging, evidence, playbook, question
from sim.state.tables import (
    DELIVERY,
    KIND,
    LOG_FOUND_OUT,
    LOG_SILENCE,
    N_ACCEPTED,
    N_AWARE,
    N_REACHED,
    SUM_CONVICTION,
    SUM_GOVERNANCE,
    SUM_SCALE,
    TAG_WAVE,
    WAVE_FOUND_OUT,
    WAVE_SECOND,
    WAVE_SILENCE,
)
from sim.world.angles import bear_tag, log, source_code
from sim.world.changes import believe_second, show, stir

if TYPE_CHECKING:
    from sim.state.types import Act, Constants, Counts, Entry, Floats, Seed, Table, Tag, World


FAN_CALLS = KIND["fan_calls"]


@part
def stay_unanswered(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], broadcast: Floats,
    entries: Table[Entry], dt_h: float,
) -> None:  # fmt: skip
    """E18: doubt hardens, silence becomes a matter of its own, a denial is found out."""
    if step == 0:
        world.patience_until = p.patience_until
    if world.happened == 0.0 or world.admitted == 1.0:
        return
    if world.word_due >= 0.0 and step > world.word_due:  # a promised word that did not come
        world.word_due = -1.0
        world.patience_until = step
    if step >= world.patience_until and world.cleared == 0.0:
        world.credibility = question.hardened(world.credibility, p.doubt_hardens, p.doubt_keep)
    silent = world.answered == 0.0 and world.cleared == 0.0
    if step == world.patience_until and silent and p.silence_size > 0.0:
        size = p.silence_size
        stir(world, 1, size)
        show(
            broadcast, 1, question.shown_to(p.silence_reach_core, size),
            question.shown_to(p.silence_reach_customer, size),
            question.shown_to(p.silence_reach_public, size),
        )  # fmt: skip
        bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_SILENCE), size, 1.0)
        log(world, entries, step, LOG_SILENCE, 0, size)
    open_to_doubt = world.denied == 1.0 or p.unfounded == 1.0 or p.only_contacts == 1.0
    if open_to_doubt and world.cleared == 0.0:
        chance = question.found_out_chance(p.found_out_per_d, world.credibility, dt_h)
        if draws.uniforms(seed, Decision.TRUTH, step, 0)[0] < chance:
            _come_out(step, p, world, tags, entries)


@part
def _come_out(
    step: int, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry]
) -> None:
    """E18: somebody else finds out what is true of the accusation."""
    log(world, entries, step, LOG_FOUND_OUT, 0, p.unfounded)
    if p.unfounded == 1.0:
        world.cleared = 1.0
        world.credibility = 0.0
        return
    if p.only_contacts == 1.0:
        world.betrayal = question.only_contacts(world.betrayal, p.contact_relief, p.betrayal)
    else:
        world.betrayal = evidence.raised_betrayal(world.betrayal, p.denial_betrayal)
    world.admitted = 1.0
    world.credibility = 1.0
    stir(world, 1, 1.0)
    bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_FOUND_OUT), 1.0, 1.0)


@part
def second_comes_out(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], entries: Table[Entry],
    dt_h: float,
) -> None:  # fmt: skip
    """E18: somebody else finds out what is true of the second accusation, whatever of the first."""
    open_to_doubt = world.second_denied == 1.0 or p.second_unfounded == 1.0
    if world.second == 0.0 or world.second_out == 1.0 or not open_to_doubt:
        return
    chance = question.found_out_chance(p.found_out_per_d, world.second, dt_h)
    if draws.uniforms(seed, Decision.TRUTH, step, 0)[1] >= chance:
        return
    world.second_out = 1.0
    log(world, entries, step, LOG_FOUND_OUT, 1, p.second_unfounded)
    if p.second_unfounded == 1.0:
        believe_second(world, 0.0)
        return
    believe_second(world, 1.0)
    world.betrayal = evidence.raised_betrayal(world.betrayal, p.denial_betrayal)
    stir(world, 1, 1.0)
    bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_SECOND), 1.0, 1.0)


@part
def arm(
    step: int, p: Constants, world: World, acts: Table[Act], census: Counts, dt_h: float
) -> None:
    """E18: how new the affair is as a grievance, and what of a mismatch is charged."""
    deal, governance = world.stirred_deal, world.stirred_governance
    for a in range(acts.shape[0]):
        act = acts[a]
        if act.fresh == 0.0 and act.fresh_echo == 0.0:
            continue
        reached = float(census[0, N_REACHED + a])
        accepted = question.accepted_share(float(census[0, N_ACCEPTED + a]), reached)
        own = question.rearming(act.fresh, p.acceptance_calms, accepted, reached)
        echo = question.rearming(act.fresh_echo, p.acceptance_calms, accepted, reached)
        deal = question.armed(deal, own if act.topic == 0.0 else echo)
        governance = question.armed(governance, echo if act.topic == 0.0 else own)
    world.grievance_deal = deal
    world.grievance_governance = governance
    world.unanswered = question.unanswered(
        float(census[0, SUM_CONVICTION]), SUM_SCALE, float(census[0, N_AWARE])
    )
    world.overdue = question.overdue(
        world.penalised,
        playbook.since(float(step), p.clock_start, dt_h),
        p.patience_h,
        p.overdue_half_life_h,
    )
    _belong(p, world, acts, census, dt_h)


@part
def _belong(p: Constants, world: World, acts: Table[Act], census: Counts, dt_h: float) -> None:
    """E19: being spoken for takes belonging from core fans, only being asked gives it back."""
    aware = float(census[0, N_AWARE])
    grieved = belonging.governance_mean(float(census[0, SUM_GOVERNANCE]), SUM_SCALE, aware)
    world.spoken_for = belonging.spoken_for(world.spoken_for, p.spoken_for_per_h, grieved, dt_h)
    heard = 0.0
    for a in range(acts.shape[0]):
        worth = acts[a].say
        if acts[a].kind == FAN_CALLS:
            worth = p.asked_privately
        elif acts[a].kind == DELIVERY:
            worth = acts[a].governance
        if worth > 0.0:
            heard = belonging.heard(heard, worth, float(census[0, N_ACCEPTED + a]), aware)
    world.belonging = belonging.belonging(world.spoken_for, heard)
    world.unheard = belonging.unheard(p.belonging_weight, world.belonging)
