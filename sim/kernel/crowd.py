"""People in blocks: dense passes that vectorise (sim.kernel.passes), and rare ones for who acts.

Nothing here decides anything: every number comes from sim.rules and sim.world. A block fits
into the caches; its scratch holds what only this step needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.kernel import actors, passes
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
from sim.rules import exposure, expression, leaving
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


@part
def block(
    step: int, seed: Seed, dt_h: float, c: float, kind: int, lo: int, hi: int, p: Constants,
    world: World, acts: Table[Act], views: Floats, people: People, groups: Groups,
    leaders: Leaders, posters: Signals, n_posters: Counts, census: Counts, scratch: Floats,
    todo_all: Flags,
) -> None:  # fmt: skip
    """One block of people of one kind: dense, rare, dense, rare."""
    n, todo = hi - lo, todo_all[: hi - lo]
    views_d, views_g = scratch[0, :n], scratch[1, :n]
    chat_d, chat_g = scratch[2, :n], scratch[3, :n]
    reinforced, peers = scratch[4, :n], scratch[5, :n]
    u_expose, u_post = scratch[6, :n], scratch[7, :n]
    u_declare, u_unfollow = scratch[8, :n], scratch[9, :n]
    hit_d, hit_g, hot, posted = scratch[10, :n], scratch[11, :n], scratch[12, :n], scratch[13, :n]
    scratch[0:2, :n] = 0.0
    if kind == CORE:  # whoever is no fan reads nothing in chats: these rows are 0 then
        passes.chat(lo, hi, p, people, groups, chat_d, chat_g, reinforced, peers)
    for k in range(5):
        passes.remember(
            people.memory_deal[k, lo:hi], people.incoming_deal[lo:hi], chat_d, p.memory_keep[k],
            p.memory_weight[k], views_d,
        )  # fmt: skip
        passes.remember(
            people.memory_governance[k, lo:hi], people.incoming_governance[lo:hi], chat_g,
            p.memory_keep[k], p.memory_weight[k], views_g,
        )  # fmt: skip
    people.incoming_deal[lo:hi] = people.incoming_governance[lo:hi] = 0
    passes.draw(seed, _D_PERSON, step, lo, u_expose, u_post, u_declare, u_unfollow)
    list_weight = p.list_weight_core if kind == CORE else 1.0
    passes.expose(
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
    passes.feel(
        p, world, c, dt_h, identification, trust, people.blamed_level[lo:hi],
        people.outrage_keep[lo:hi], reinforced, recent_d, recent_g, hit_d, hit_g, deal, governance,
        hot,
    )  # fmt: skip
    if world.happened == 1.0:
        _receive(step, seed, kind, lo, p, world, acts, people, hot, census)
    passes.express(p, deal, governance, relief, conviction, expressed)
    passes.decide(
        p, world.news, c, dt_h, people.activity[lo:hi], recent_d, recent_g, expressed, flags,
        u_post, posted,
    )  # fmt: skip
    passes.remember_slowly(
        p, world.broken, people.trust_start[lo:hi], identification, conviction, expressed, flags,
        grudge, trust,
    )  # fmt: skip
    passes.mark(
        p, kind != PUBLIC, world.unheard if kind == CORE else 0.0, peers, grudge, trust,
        people.threshold[lo:hi], expressed, flags, posted, u_declare, u_unfollow,
        leaving.act_probability(p.declare_per_h, c, dt_h),
        leaving.act_probability(p.unfollow_per_h, c, dt_h), todo,
    )  # fmt: skip
    waiting, busy = passes.pending(todo)
    if waiting * 8 > n:  # a dense draw for all costs less than a scalar one for each
        passes.draw(seed, _D_AFTERMATH, step, lo, u_expose, u_post, u_declare, u_unfollow)
        passes.spare(
            flags, u_expose, u_post, leaving.act_probability(p.sell_per_h, c, dt_h),
            leaving.act_probability(p.exit_per_h, c, dt_h), todo,
        )  # fmt: skip
    if busy > 0:
        _do(
            step, seed, dt_h, c, kind, lo, p, world, people, groups, leaders, todo, posters,
            n_posters, census,
        )  # fmt: skip
    census[kind, w.SUM_EXPRESSED] += passes.fixed_sum(expressed)
    census[kind, w.SUM_DEAL] += passes.fixed_sum(deal)
    census[kind, w.SUM_GOVERNANCE] += passes.fixed_sum(governance)
    census[kind, w.SUM_GRUDGE] += passes.fixed_sum(grudge)
    census[kind, w.SUM_TRUST] += passes.fixed_sum(trust)


@part
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
                    before, after = np.float64(people.conviction[i]), passes.stored(conviction)
                    judge(census, a, accepted, before, after)
                    people.threshold[i] = next_threshold(
                        seed, p, acts[a], i, np.float64(people.threshold[i])
                    )
                people.relief[i] = relief
                people.conviction[i] = conviction
                people.deal[i] = deal
                people.governance[i] = governance
                if accepted and acts[a].kind == w.REFORM:
                    people.flags[i] |= HOPEFUL


@part
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


@part
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


@part
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
