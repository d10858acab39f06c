"""People in blocks: dense passes that vectorise, and rare passes that follow activity.

Nothing here decides anything: every number comes from sim.rules and sim.world. A block fits
into the caches; its scratch holds what only this step needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from sim import draws
from sim.draws import Decision
from sim.kernel import actors
from sim.people import (
    AWARE,
    CORE,
    DECLARED,
    EXITED,
    GROUP_DECLARED,
    GROUP_OUTRAGED,
    GROUP_POSTS_DEAL,
    GROUP_POSTS_GOVERNANCE,
    HOPEFUL,
    LEAVER,
    PUBLIC,
    SOLD,
    UNFOLLOWED,
    VISIBLE,
)
from sim.rules import appraisal, exposure, expression, leaving, reception, rule
from sim.state import tables as w
from sim.world.receiving import contradicted, judge, next_threshold, receive, told

if TYPE_CHECKING:
    from sim.people import Groups, Leaders, People
    from sim.state.types import (
        Act,
        Constants,
        Counts,
        Flags,
        Floats,
        Seed,
        Signals,
        Singles,
        Table,
        Words,
        World,
    )

BLOCK = 512
_D_PERSON, _D_RECEPTION, _D_TOPIC, _D_AFTERMATH = (
    int(Decision.PERSON),
    int(Decision.RECEPTION),
    int(Decision.TOPIC),
    int(Decision.AFTERMATH),
)


@rule
def stored(x: float) -> Any:
    """A value as the columns hold it: what is read back after a float32 store."""
    return np.float64(np.float32(x))


@njit(error_model="numpy", cache=True)
def _remember(
    memory: Singles, incoming: Signals, group_views: Floats, keep: float, weight: float,
    views: Floats,
) -> None:  # fmt: skip
    """E1 for one component: memory takes what arrives and adds to what is visible."""
    for i in range(memory.shape[0]):
        arriving = exposure.arriving_views(incoming[i], w.SCALE, group_views[i])
        m = stored(exposure.remembered(np.float64(memory[i]), keep, arriving))
        memory[i] = m
        views[i] = exposure.visible_views(views[i], weight, m)


@njit(error_model="numpy", cache=True)
def _draw(
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


@njit(error_model="numpy", cache=True)
def _spare(flags: Flags, sell: Floats, go: Floats, p_sell: float, p_go: float, todo: Flags) -> None:
    """Those who could sell or leave (16) and will do neither in this step need no rare pass."""
    for i in range(todo.shape[0]):
        sells = sell[i] < p_sell and not flags[i] & SOLD
        goes = go[i] < p_go and (flags[i] & (LEAVER | EXITED)) == LEAVER
        if not (sells or goes):
            todo[i] &= 0xEF


@njit(error_model="numpy", cache=True)
def _expose(
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


@njit(error_model="numpy", cache=True)
def _feel(
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


@njit(error_model="numpy", cache=True)
def _express(
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


@njit(error_model="numpy", cache=True)
def _decide(
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


@njit(error_model="numpy", cache=True)
def _remember_slowly(
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


@njit(error_model="numpy", cache=True)
def _mark(
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


@njit(error_model="numpy", cache=True)
def fixed_sum(values: Singles) -> Any:
    """Sum over people in fixed point: exact in any order."""
    total = np.int64(0)
    for i in range(values.shape[0]):
        total += np.int64(np.int32(np.float64(values[i]) * w.SUM_SCALE))
    return total


@njit(error_model="numpy", cache=True)
def _chat(
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


@njit(error_model="numpy", cache=True)
def _pending(todo: Flags) -> Any:
    """How many of these people could sell or leave, and whether anybody has anything to do."""
    waiting, busy = 0, 0
    for k in range(todo.shape[0]):
        waiting += todo[k] >> 4
        busy += todo[k]
    return waiting, busy


@njit(error_model="numpy", cache=True)
def block(
    step: int, seed: Seed, dt_h: float, c: float, kind: int, lo: int, hi: int, p: Constants,
    world: World, acts: Table[Act], views: Floats, people: People, groups: Groups,
    leaders: Leaders, posters: Signals, n_posters: Counts, census: Counts, scratch: Floats,
    todo_all: Flags,
) -> None:  # fmt: skip
    """One block of people of one kind: dense, rare, dense, rare."""
    n = hi - lo
    views_d, views_g = scratch[0, :n], scratch[1, :n]
    chat_d, chat_g = scratch[2, :n], scratch[3, :n]
    reinforced, peers = scratch[4, :n], scratch[5, :n]
    u_expose, u_post = scratch[6, :n], scratch[7, :n]
    u_declare, u_unfollow = scratch[8, :n], scratch[9, :n]
    hit_d, hit_g, hot, posted = scratch[10, :n], scratch[11, :n], scratch[12, :n], scratch[13, :n]
    todo = todo_all[:n]
    scratch[0:2, :n] = 0.0
    if kind == CORE:  # whoever is no fan reads nothing in chats: these rows are 0 then
        _chat(lo, hi, p, people, groups, chat_d, chat_g, reinforced, peers)
    for k in range(5):
        _remember(
            people.memory_deal[k, lo:hi], people.incoming_deal[lo:hi], chat_d, p.memory_keep[k],
            p.memory_weight[k], views_d,
        )  # fmt: skip
        _remember(
            people.memory_governance[k, lo:hi], people.incoming_governance[lo:hi], chat_g,
            p.memory_keep[k], p.memory_weight[k], views_g,
        )  # fmt: skip
    people.incoming_deal[lo:hi] = people.incoming_governance[lo:hi] = 0
    _draw(seed, _D_PERSON, step, lo, u_expose, u_post, u_declare, u_unfollow)
    list_weight = p.list_weight_core if kind == CORE else 1.0
    _expose(
        views_d, views_g, views[0, kind], views[1, kind],
        exposure.list_views(p.see_list, list_weight, world.level_deal),
        exposure.list_views(p.see_list, list_weight, world.level_governance), c, p.attention_cap,
        u_expose, hit_d, hit_g,
    )  # fmt: skip
    deal, governance = people.deal[lo:hi], people.governance[lo:hi]
    recent_d, recent_g = people.recent_deal[lo:hi], people.recent_governance[lo:hi]
    flags = people.flags[lo:hi]
    trust, identification = people.trust[lo:hi], people.identification[lo:hi]
    relief, conviction = people.relief[lo:hi], people.conviction[lo:hi]
    expressed, grudge = people.expressed[lo:hi], people.grudge[lo:hi]
    _feel(
        p, world, c, dt_h, identification, trust, people.blamed_level[lo:hi],
        people.outrage_keep[lo:hi], reinforced, recent_d, recent_g, hit_d, hit_g, deal, governance,
        hot,
    )  # fmt: skip
    if world.happened == 1.0:
        _receive(step, seed, kind, lo, p, world, acts, people, hot, census)
    _express(p, deal, governance, relief, conviction, expressed)
    _decide(
        p, world.news, c, dt_h, people.activity[lo:hi], recent_d, recent_g, expressed, flags,
        u_post, posted,
    )  # fmt: skip
    _remember_slowly(
        p, world.broken, people.trust_start[lo:hi], identification, conviction, expressed, flags,
        grudge, trust,
    )  # fmt: skip
    _mark(
        p, kind != PUBLIC, world.unheard if kind == CORE else 0.0, peers, grudge, trust,
        people.threshold[lo:hi], expressed, flags, posted, u_declare, u_unfollow,
        leaving.act_probability(p.declare_per_h, c, dt_h),
        leaving.act_probability(p.unfollow_per_h, c, dt_h), todo,
    )  # fmt: skip
    waiting, busy = _pending(todo)
    if waiting * 8 > n:  # a dense draw for all costs less than a scalar one for each
        _draw(seed, _D_AFTERMATH, step, lo, u_expose, u_post, u_declare, u_unfollow)
        _spare(
            flags, u_expose, u_post, leaving.act_probability(p.sell_per_h, c, dt_h),
            leaving.act_probability(p.exit_per_h, c, dt_h), todo,
        )  # fmt: skip
    if busy > 0:
        _do(
            step, seed, dt_h, c, kind, lo, p, world, people, groups, leaders, todo, posters,
            n_posters, census,
        )  # fmt: skip
    census[kind, w.SUM_EXPRESSED] += fixed_sum(expressed)
    census[kind, w.SUM_DEAL] += fixed_sum(deal)
    census[kind, w.SUM_GOVERNANCE] += fixed_sum(governance)
    census[kind, w.SUM_GRUDGE] += fixed_sum(grudge)
    census[kind, w.SUM_TRUST] += fixed_sum(trust)


@njit(error_model="numpy", cache=True)
def _receive(
    step: int, seed: Seed, kind: int, lo: int, p: Constants, world: World, acts: Table[Act],
    people: People, hot: Floats, census: Counts,
) -> None:  # fmt: skip
    """Reception: whoever is exposed becomes aware, and sees the acts not seen yet."""
    active = np.uint32(int(world.active))
    for k in range(hot.shape[0]):
        if hot[k] == 0.0:
            continue
        i = lo + k
        if not people.flags[i] & AWARE:
            people.flags[i] |= AWARE
            census[kind, w.N_AWARE] += 1
        unseen = active & ~people.seen[i]
        if unseen == 0:
            continue
        seen = int(people.seen[i])
        people.seen[i] |= active
        for a in range(acts.shape[0]):
            if unseen & (1 << a):
                decision = _D_RECEPTION + 100 * int(acts[a].address)
                u = draws.uniforms(seed, decision, step, i)[0]
                if acts[a].private == 1.0 and not (kind == CORE and told(seed, acts[a], i)):
                    continue
                other = contradicted(seed, acts, a, seen, i) if kind == CORE else 0.0
                seen |= 1 << a
                relief, conviction, deal, governance, accepted = receive(
                    a, p, acts, world, u, other, np.float64(people.identification[i]),
                    np.float64(people.blamed_level[i]), np.float64(people.relief[i]),
                    np.float64(people.conviction[i]), np.float64(people.deal[i]),
                    np.float64(people.governance[i]),
                )  # fmt: skip
                if kind == CORE:
                    judge(census, a, accepted, np.float64(people.conviction[i]), stored(conviction))
                    people.threshold[i] = next_threshold(
                        seed, p, acts[a], i, np.float64(people.threshold[i])
                    )
                people.relief[i] = relief
                people.conviction[i] = conviction
                people.deal[i] = deal
                people.governance[i] = governance
                if accepted and acts[a].kind == w.REFORM:
                    people.flags[i] |= HOPEFUL


@njit(error_model="numpy", cache=True)
def _do(
    step: int, seed: Seed, dt_h: float, c: float, kind: int, lo: int, p: Constants, world: World,
    people: People, groups: Groups, leaders: Leaders, todo: Flags, posters: Signals,
    n_posters: Counts, census: Counts,
) -> None:  # fmt: skip
    """The rare pass: posts, becoming visible or calm, declaring, unfollowing, selling, leaving."""
    # Bound once: a column that is looked up in the tuple at every post costs a third of the pass.
    flags, expressed, n_posts = people.flags, people.expressed, people.n_posts
    deal, relief, governance = people.deal, people.relief, people.governance
    chats, tallies = groups.of, groups.next
    for k in range(todo.shape[0]):
        what = todo[k]
        if what == 0:
            continue
        i = lo + k
        if what & 1:
            _post(
                step, seed, kind, i, p, world, flags, expressed, n_posts, deal, relief, governance,
                chats, tallies, posters, n_posters,
            )  # fmt: skip
        if what & 8:
            people.flags[i] ^= VISIBLE
            if kind == CORE:
                change = 1 if people.flags[i] & VISIBLE else -1
                for g in groups.of[i]:
                    if g >= 0:
                        groups.next[GROUP_OUTRAGED, g] += change
                for j in range(leaders.partner_start[i], leaders.partner_start[i + 1]):
                    leaders.outraged_next[leaders.partner_of[j]] += change
        if what & 4:
            people.flags[i] |= UNFOLLOWED
            census[kind, w.N_UNFOLLOWED] += 1
        if what & (2 | 16):
            _leave(step, seed, dt_h, c, kind, i, p, people, groups, what, census)


@njit(error_model="numpy", cache=True)
def _leave(
    step: int, seed: Seed, dt_h: float, c: float, kind: int, i: int, p: Constants, people: People,
    groups: Groups, what: int, census: Counts,
) -> None:  # fmt: skip
    """E9: declaring makes peers and decides who will leave; selling and leaving come later."""
    sell, go, will, _ = draws.uniforms(seed, _D_AFTERMATH, step, i)
    if what & 2:
        people.flags[i] |= DECLARED
        census[kind, w.N_DECLARED] += 1
        if kind != PUBLIC and will < leaving.leaver_share(p.realised_share, p.switching_cost):
            people.flags[i] |= LEAVER
        if kind == CORE:
            for g in groups.of[i]:
                if g >= 0:
                    groups.next[GROUP_DECLARED, g] += 1
        return
    if kind == PUBLIC:
        return
    if not people.flags[i] & SOLD and sell < leaving.act_probability(p.sell_per_h, c, dt_h):
        people.flags[i] |= SOLD
        census[kind, w.N_SOLD] += 1
    leaves = people.flags[i] & LEAVER and not people.flags[i] & EXITED
    if leaves and go < leaving.act_probability(p.exit_per_h, c, dt_h):
        people.flags[i] |= EXITED
        census[kind, w.N_EXITED] += 1


@njit(error_model="numpy", cache=True)
def _post(
    step: int, seed: Seed, kind: int, i: int, p: Constants, world: World, flags: Flags,
    expressed: Singles, n_posts: Words, deal: Singles, relief: Singles, governance: Singles,
    chats: Signals, tallies: Signals, posters: Signals, n_posters: Counts,
) -> None:  # fmt: skip
    """E7: what kind of post it is, and whom it will reach."""
    world.volume += 1.0
    shown = np.float64(expressed[i])
    heat = expression.arousal(p.outburst, shown)
    aware = 1.0 if flags[i] & AWARE else 0.0
    mood, about, _, _ = draws.uniforms(seed, _D_TOPIC, step, i)
    what = expression.kind_of_post(mood, heat, world.news, aware, p.baseline_talk)
    if what == expression.OFF_TOPIC:
        return
    earlier = float(n_posts[i])
    n_posts[i] += 1
    on_deal = world.novelty_deal
    on_governance = world.novelty_governance
    tone = 0.0
    if what == expression.OUTRAGED:
        tone = shown
        on_deal = expression.deal_ground(np.float64(deal[i]), np.float64(relief[i]))
        on_governance = expression.governance_ground(p.governance_voice, np.float64(governance[i]))
    topic = expression.topic_of_post(about, on_deal, on_governance)
    if what == expression.NEUTRAL:
        world.posts_neutral += 1.0
    elif topic == 0:
        world.posts_deal += 1.0
    else:
        world.posts_governance += 1.0
    if kind == CORE:
        world.posts_core += 1.0
        row = GROUP_POSTS_DEAL if topic == 0 else GROUP_POSTS_GOVERNANCE
        for j in range(chats.shape[1]):
            if chats[i, j] >= 0:
                tallies[row, chats[i, j]] += 1
    elif kind == PUBLIC:
        world.posts_public += 1.0
    else:
        world.posts_customer += 1.0
    actors.person_counts(world, kind == CORE, topic, earlier)
    deal[i] = expression.vented(np.float64(deal[i]), p.venting)
    signal = expression.post_weight(tone, p.tone_gain, p.see_person, w.SCALE)
    if signal > 0:
        n = n_posters[0]
        posters[n, 0] = i
        posters[n, 1] = signal
        posters[n, 2] = topic
        n_posters[0] = n + 1
