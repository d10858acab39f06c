"""A person receives an act of the brand, whoever keeps that person's state (E9, E13, E14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.rules import appraisal, leaving, reception
from sim.state.tables import (
    COMPENSATION,
    DELIVERY,
    DENIAL,
    KIND,
    LEGAL_STEP,
    N_ACCEPTED,
    N_REACHED,
    PENALTY,
    REFORM,
    SUM_CONVICTION,
    SUM_SCALE,
)

if TYPE_CHECKING:
    from sim.state.types import Act, Constants, Counts, Seed, Table, World


_D_RECEPTION = int(Decision.RECEPTION)
DEMANDING = 5  #: behind the traits that are drawn when people are made
EXPLANATION, FAN_PANEL = KIND["explanation"], KIND["fan_panel"]


@part
def told(seed: Seed, act: Act, i: int) -> Any:
    """Whether core fan i is one of those whom a private word reaches: settled as it is said."""
    decision = _D_RECEPTION + 100 * int(act.address)
    return draws.uniforms(seed, decision, int(act.step), i)[1] < act.share


@part
def contradicted(seed: Seed, acts: Table[Act], a: int, seen: int, i: int) -> Any:
    """E13: how far act `a` says something else than what core fan i knows of the other channel.

    seen : bits of the acts that this fan has received, or was not told.
    """
    act, most = acts[a], 0.0
    if act.text == 0.0:
        return most
    for b in range(acts.shape[0]):
        other = acts[b]
        if not seen & (1 << b) or other.text == 0.0 or other.private == act.private:
            continue
        if other.private == 1.0 and not told(seed, other, i):
            continue
        most = reception.contradiction(most, act.acknowledgement, other.acknowledgement)
    return most


@part
def receive(
    a: int, p: Constants, acts: Table[Act], world: World, u: float, contradicted: float,
    identification: float, blamed: float, relief: float, conviction: float, deal: float,
    governance: float,
) -> Any:  # fmt: skip
    """E13, E14: one person sees act `a`; new relief, conviction, outrage on both topics.

    contradicted : by what this person knows of the other channel. The last of the five says whether
    this person accepts it.
    """
    act = acts[a]
    kind = act.kind
    gap = appraisal.accountability_gap(blamed, world.felt_level)
    punished = reception.punished(gap, world.penalised)
    share = world.compensated
    if kind == COMPENSATION:
        share = act.share
    corrected = reception.correction(
        world.terminated, punished, world.reform, share, p.correct_termination, p.correct_penalty,
        p.correct_reform, p.correct_compensation,
    )  # fmt: skip
    excess = reception.over_penalty(world.level, world.severity, p.just_desert)
    if kind == DENIAL or kind == LEGAL_STEP:
        corrected = 0.0
    forced = world.forced
    if kind == DENIAL or kind == LEGAL_STEP:
        forced = 0.0
    content = reception.content(
        act.acknowledgement, act.explains, act.regrets, act.repairs, act.requests,
        p.sincerity_acknowledge, p.sincerity_explain, p.sincerity_regret, p.sincerity_repair,
        p.sincerity_request,
    )  # fmt: skip
    content = reception.two_faced(content, p.sincerity_contradicts, contradicted)
    sincere = reception.sincerity(
        content, corrected, act.since_h, act.delay_h,
        reception.missing_levels(gap, blamed, world.overdue), excess, act.voice, forced,
        p.sincerity_base, p.sincerity_correct, p.sincerity_specific, p.fact_finding_h,
        p.sincerity_delay, p.delay_scale_h, p.sincerity_mismatch, p.sincerity_excess,
        p.sincerity_voice, p.sincerity_forced,
    )  # fmt: skip
    chance = reception.acceptance(
        sincere, identification, p.acceptance_base, p.acceptance_identity, p.acceptance_slope
    )
    accepted = u < chance
    if accepted:
        relief = reception.added_relief(relief, p.relief, sincere, 1.0)
        if act.deed == 1.0:
            conviction = reception.added_relief(conviction, p.relief, sincere, corrected)
        if kind == REFORM or kind == DELIVERY:
            governance = reception.relieved_governance(
                governance, p.reform_relief, world.reform, sincere
            )
        elif kind == EXPLANATION:
            governance = reception.relieved_governance(
                governance, p.explanation_relief, act.explains, sincere
            )
    else:
        deal = reception.backfired(
            deal, sincere, identification, p.acceptance_base, p.acceptance_identity, p.backfire
        )
    amount = 0.0
    if kind == PENALTY:
        amount = reception.governance_question(p.governance_apology, p.governance_penalty, gap)
    elif kind != REFORM and kind != DELIVERY and kind != COMPENSATION and kind != FAN_PANEL:
        amount = p.governance_apology
    governance = reception.raised_governance(
        governance, amount, world.reform, p.reform_relief, identification, p.concern_floor
    )
    return relief, conviction, deal, governance, accepted


@part
def judge(census: Counts, a: int, accepted: bool, before: float, after: float) -> None:
    """A core fan has judged act `a`: tallies in integers. before, after : conviction as stored."""
    census[0, N_REACHED + a] += 1
    if accepted:
        census[0, N_ACCEPTED + a] += 1
    census[0, SUM_CONVICTION] += int(after * SUM_SCALE) - int(before * SUM_SCALE)


@part
def next_threshold(seed: Seed, p: Constants, act: Act, i: int, threshold: float) -> Any:
    """E9: core fan i has received an act; a concession makes some of them press sooner."""
    if act.conceded == 0.0:
        return threshold
    u = draws.uniforms(seed, Decision.TRAITS, DEMANDING, i)[0]
    if not leaving.wants_more(u, p.demanding_share):
        return threshold
    return leaving.lowered_threshold(threshold, p.demand_lowers)
