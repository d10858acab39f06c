"""Dense passes over a block of people, which vectorise: the rules over columns, one verb a pass.

Nothing here decides anything: every number comes from sim.rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim import draws
from sim.base.compiled import part, rule
from sim.people import (
    AWARE,
    DECLARED,
    EXITED,
    GROUP_DECLARED,
    GROUP_OUTRAGED,
    GROUP_POSTS_DEAL,
    GROUP_POSTS_GOVERNANCE,
    HOPEFUL,
    LEAVER,
    SOLD,
    UNFOLLOWED,
    VISIBLE,
)
from sim.rules import appraisal, exposure, expression, leaving, reception
from sim.state import tables as w

if TYPE_CHECKING:
    from sim.people import Groups, People
    from sim.state.types import Constants, Flags, Floats, Seed, Signals, Singles, World


@rule
def stored(x: float) -> Any:
    """A value as the columns hold it: what is read back after a float32 store."""
    return np.float64(np.float32(x))


@part
def remember(
    memory: Singles, incoming: Signals, group_views: Floats, keep: float, weight: float,
    views: Floats,
) -> None:  # fmt: skip
    """E1 for one component: memory takes what arrives and adds to what is visible."""
    for i in range(memory.shape[0]):
        arriving = exposure.arriving_views(incoming[i], w.SCALE, group_views[i])
        m = stored(exposure.remembered(np.float64(memory[i]), keep, arriving))
        memory[i] = m
        views[i] = exposure.visible_views(views[i], weight, m)


@part
def draw(
    seed: Seed, decision: int, step: int, first: int, u_0: Floats, u_1: Floats, u_2: Floats,
    u_3: Floats,
) -> None:  # fmt: skip
    """The four words of a decision for people first, first + 1, ..."""
    for i in range(u_0.shape[0]):
        a, b, c, d = draws.philox(seed, decision, step, first + i)
        u_0[i] = draws.unit(a)
        u_1[i] = draws.unit(b)
        u_2[i] = draws.unit(c)
        u_3[i] = draws.unit(d)


@part
def spare(flags: Flags, sell: Floats, go: Floats, p_sell: float, p_go: float, todo: Flags) -> None:
    """Those who could sell or leave (16) and will do neither in this step need no rare pass."""
    for i in range(todo.shape[0]):
        sells = sell[i] < p_sell and not flags[i] & SOLD
        goes = go[i] < p_go and (flags[i] & (LEAVER | EXITED)) == LEAVER
        if not (sells or goes):
            todo[i] &= 0xEF


@part
def expose(
    views_d: Floats, views_g: Floats, shown_d: float, shown_g: float, list_d: float, list_g: float,
    circadian: float, cap: float, u: Floats, hit_d: Floats, hit_g: Floats,
) -> None:  # fmt: skip
    """E2: which topic, if any, a person is exposed to in this step."""
    for i in range(u.shape[0]):
        deal = exposure.offered_views(views_d[i], shown_d, list_d, circadian)
        governance = exposure.offered_views(views_g[i], shown_g, list_g, circadian)
        chance = exposure.exposure_probability(exposure.attended_views(deal, governance, cap))
        split = exposure.governance_chance(chance, deal, governance)
        hit_g[i] = exposure.seen_governance(u[i], split)
        hit_d[i] = exposure.seen_deal(u[i], split, chance)


@part
def feel(
    p: Constants, world: World, circadian: float, dt_h: float, identification: Singles,
    trust: Singles, blamed: Singles, keep: Singles, reinforced: Floats, recent_d: Singles,
    recent_g: Singles, hit_d: Floats, hit_g: Floats, deal: Singles, governance: Singles,
    hot: Floats,
) -> None:  # fmt: skip
    """E4, E5: appraisal, and outrage on both topics."""
    credibility = world.credibility
    betrayal = appraisal.perceived_severity(p.betrayal, world.betrayal)
    self_relevance, buffer = p.self_relevance, p.trust_buffer
    felt, floor, reform = world.felt_level, p.governance_floor, world.reform
    concern_floor = p.concern_floor
    reform_relief, habit, memory = p.reform_relief, p.habituation, p.recovery_keep
    gain_d, gain_g = p.appraisal_gain, p.governance_gain
    social = appraisal.social_gain(p.reinforcement_per_h, circadian, dt_h)
    novelty_d, novelty_g = world.grievance_deal, world.grievance_governance
    for i in range(trust.shape[0]):
        fan = np.float64(identification[i])
        betrayed = appraisal.appraisal(
            credibility, betrayal, self_relevance, buffer, np.float64(trust[i]), fan
        )
        gap = appraisal.accountability_gap(np.float64(blamed[i]), felt)
        grieved = appraisal.governance_appraisal(
            gap, floor, reform, reform_relief, fan, concern_floor
        )
        seen_d = np.float64(recent_d[i])
        seen_g = np.float64(recent_g[i])
        push_d = appraisal.push(
            novelty_d, gain_d, betrayed, appraisal.habituated(seen_d, habit), hit_d[i],
            social, reinforced[i], fan, credibility,
        )  # fmt: skip
        push_g = appraisal.push(
            novelty_g, gain_g, grieved, appraisal.habituated(seen_g, habit), hit_g[i],
            social, reinforced[i], fan, gap,
        )  # fmt: skip
        deal[i] = appraisal.next_outrage(np.float64(deal[i]), np.float64(keep[i]), push_d)
        governance[i] = appraisal.next_outrage(
            np.float64(governance[i]), np.float64(keep[i]), push_g
        )
        recent_d[i] = exposure.recent_views(seen_d, memory, hit_d[i])
        recent_g[i] = exposure.recent_views(seen_g, memory, hit_g[i])
        hot[i] = exposure.anything_seen(hit_d[i], hit_g[i])


@part
def express(
    p: Constants, deal: Singles, governance: Singles, relief: Singles, conviction: Singles,
    expressed: Singles,
) -> None:  # fmt: skip
    """E6, and the fading of relief (E14)."""
    voice, keep = p.governance_voice, p.relief_keep
    for i in range(deal.shape[0]):
        calm = stored(
            reception.fading_relief(np.float64(relief[i]), np.float64(conviction[i]), keep)
        )
        relief[i] = calm
        expressed[i] = expression.expressed_outrage(
            np.float64(deal[i]), np.float64(governance[i]), calm, voice
        )


@part
def decide(
    p: Constants, news: float, circadian: float, dt_h: float, activity: Singles, recent_d: Singles,
    recent_g: Singles, expressed: Singles, flags: Flags, u: Floats, posted: Floats,
) -> None:  # fmt: skip
    """E7: who posts."""
    base, steep, quiet, fatigue = p.post_per_h, p.outburst, p.baseline_talk, p.posting_fatigue
    for i in range(u.shape[0]):
        aware = 1.0 if flags[i] & AWARE else 0.0
        heat = expression.arousal(steep, np.float64(expressed[i]))
        willing = expression.willingness(np.float64(recent_d[i]), np.float64(recent_g[i]), fatigue)
        talk = expression.talk(quiet, news, aware)
        rate = expression.posting_rate(
            base, np.float64(activity[i]), circadian, heat, talk, willing
        )
        posted[i] = 1.0 if u[i] < expression.event_probability(rate, dt_h) else 0.0


@part
def remember_slowly(
    p: Constants, broken: float, trust_start: Singles, identification: Singles,
    conviction: Singles, expressed: Singles, flags: Flags, grudge: Singles, trust: Singles,
) -> None:  # fmt: skip
    """E8: grudge and trust; a broken promise costs those who had believed it."""
    keep, build = p.grudge_keep, p.grudge_build
    loss, gain, back, ceiling = p.trust_loss, p.trust_gain, p.trust_back, p.trust_ceiling
    concern_floor, betrayed = p.concern_floor, p.broken_promise
    for i in range(trust.shape[0]):
        shown = np.float64(expressed[i])
        grudge[i] = leaving.next_grudge(np.float64(grudge[i]), shown, keep, build)
        kept = leaving.next_trust(
            np.float64(trust[i]),
            np.float64(trust_start[i]),
            shown,
            np.float64(identification[i]),
            np.float64(conviction[i]),
            loss,
            gain,
            back,
            ceiling,
            concern_floor,
        )
        hoped = 1.0 if flags[i] & HOPEFUL else 0.0
        trust[i] = leaving.trust_after_promise(kept, betrayed, broken, hoped)


@part
def mark(
    p: Constants, owner: bool, unheard: float, peers: Floats, grudge: Singles, trust: Singles,
    threshold: Singles, expressed: Singles, flags: Flags, posted: Floats, u_declare: Floats,
    u_unfollow: Floats, p_declare: float, p_unfollow: float, todo: Flags,
) -> None:  # fmt: skip
    """Who needs the rare pass: posts, visible changes, acts of leaving (E9).

    owner : whether these people have a device to sell and a brand to leave. unheard : of core fans.
    """
    visible_from, peer_weight, trust_weight = p.visible_outrage, p.peer_weight, p.trust_weight
    cheaper = p.unfollow_threshold
    for i in range(todo.shape[0]):
        push = leaving.exit_pressure(
            np.float64(grudge[i]), peers[i], np.float64(trust[i]), unheard, peer_weight,
            trust_weight,
        )  # fmt: skip
        limit = np.float64(threshold[i])
        declares = (
            leaving.presses(push, limit, 1.0)
            and u_declare[i] < p_declare
            and not flags[i] & DECLARED
        )
        unfollows = (
            leaving.presses(push, limit, cheaper)
            and u_unfollow[i] < p_unfollow
            and not flags[i] & UNFOLLOWED
        )
        visible = expression.visibly_outraged(np.float64(expressed[i]), visible_from)
        turned = visible != ((flags[i] & VISIBLE) != 0)
        state = flags[i] & (DECLARED | SOLD | EXITED | LEAVER)
        may_sell = (state & (DECLARED | SOLD)) == DECLARED
        may_leave = (state & (DECLARED | EXITED | LEAVER)) == (DECLARED | LEAVER)
        leaving_now = owner and (may_sell or may_leave)
        todo[i] = (
            (1 if posted[i] > 0.0 else 0)
            | (2 if declares else 0)
            | (4 if unfollows else 0)
            | (8 if turned else 0)
            | (16 if leaving_now else 0)
        )


@part
def fixed_sum(values: Singles) -> Any:
    """Sum over people in fixed point: exact in any order."""
    total = np.int64(0)
    for i in range(values.shape[0]):
        total += np.int64(np.int32(np.float64(values[i]) * w.SUM_SCALE))
    return total


@part
def chat(
    lo: int, hi: int, p: Constants, people: People, groups: Groups, views_d: Floats,
    views_g: Floats, reinforced: Floats, peers: Floats,
) -> None:  # fmt: skip
    """What core fans read in their group chats: posts, outraged and declared members."""
    see, threshold = p.see_group, p.reinforcement_threshold
    for i in range(lo, hi):
        on_deal, on_governance, outraged, declared, own = 0, 0, 0, 0, 0
        for g in groups.of[i]:
            if g >= 0:
                on_deal += groups.now[GROUP_POSTS_DEAL, g]
                on_governance += groups.now[GROUP_POSTS_GOVERNANCE, g]
                outraged += groups.now[GROUP_OUTRAGED, g]
                declared += groups.now[GROUP_DECLARED, g]
                own += 1
        flags = people.flags[i]
        if flags & VISIBLE:
            outraged -= own
        if flags & DECLARED:
            declared -= own
        views_d[i - lo] = exposure.chat_views(see, on_deal)
        views_g[i - lo] = exposure.chat_views(see, on_governance)
        share = appraisal.outraged_share(outraged, groups.others[i])
        reinforced[i - lo] = appraisal.reinforcement(share, threshold)
        peers[i - lo] = leaving.peer_push(float(declared))


@part
def pending(todo: Flags) -> Any:
    """How many of these people could sell or leave, and whether anybody has anything to do."""
    waiting, busy = 0, 0
    for k in range(todo.shape[0]):
        waiting += todo[k] >> 4
        busy += todo[k]
    return waiting, busy
