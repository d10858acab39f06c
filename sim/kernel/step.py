"""One step of the columnar engine, compiled: the rules over columns and loops over rows.

Cost follows activity: posts are pushed from the accounts that posted, people are updated in dense
passes (sim.kernel.crowd), everything else is rare. What is held from step to step is declared in
sim.kernel.held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import draws
from sim.base.compiled import entry, part
from sim.draws import Decision
from sim.kernel import actors, crowd
from sim.kernel.held import Posts, State, Ties
from sim.people import ANTAGONIST, CORE, GROUP_DECLARED, GROUP_OUTRAGED, NEUTRAL, PARTNER, SILENT
from sim.rules import census as counts
from sim.rules import expression, market, opinion_leader, platform, pr_team, question
from sim.state import tables as w
from sim.world import angles, hot_list, opening, recording

if TYPE_CHECKING:
    from sim.people import Investors, Leaders, People
    from sim.state.types import (
        Act,
        Bools,
        Constants,
        Counts,
        Entry,
        Floats,
        Seed,
        Signals,
        Table,
        Tag,
        World,
    )

_D_LEADER, _D_REPORT = int(Decision.OPINION_LEADER), int(Decision.REPORT)


@part
def _copy(source: Signals, target: Signals) -> None:
    """Rows of counts. Assigning slices would compile NumPy's broadcasting, for seconds."""
    for row in range(source.shape[0]):
        for k in range(source.shape[1]):
            target[row, k] = source[row, k]


@entry
def open_step(state: State, step: int) -> None:
    """Sections 2 and 3 of the step, and the tallies that people will write."""
    seed, dt_h, t = state.seed, state.dt_h, state.tables
    world, groups, leaders = t.world[0], state.population.groups, state.population.leaders
    opening.open_step(
        step, seed, t.constants[0], world, t.events, t.acts, t.tags, t.broadcast, t.views,
        t.entries, t.census, dt_h,
    )  # fmt: skip
    groups.next[:, :] = 0
    kept = slice(GROUP_OUTRAGED, GROUP_DECLARED + 1)
    _copy(groups.now[kept], groups.next[kept])
    for k in range(leaders.outraged.shape[0]):
        leaders.outraged_next[k] = leaders.outraged[k]
    actors.clear_counts(world)
    t.census[:, : w.N_AWARE] = 0


@entry
def people_step(
    state: State, step: int, first: int, last: int, arriving: Posts, leaving: Posts
) -> None:
    """Sections 4 to 7 and 9 for people first..last-1: posts arrive, then block after block.

    Reads of others only what the step before left, so that ranges of people can go in any order,
    or at once, if each has its own tallies (`Crowd`).
    """
    # Bound once: taking an array out of a tuple counts a reference, and a step has many blocks.
    seed, dt_h, t, population = state.seed, state.dt_h, state.tables, state.population
    c, scratch = state.calendar.circadian[step], state.scratch
    p, world, acts, views, census = t.constants[0], t.world[0], t.acts, t.views, t.census
    people, groups, leaders = population.people, population.groups, population.leaders
    rows, n_rows, values, todo = leaving.rows, leaving.n, scratch.values, scratch.todo
    bounds = population.bounds
    _deliver(first, last, arriving, state.ties, people)
    n_rows[0] = 0
    for kind in range(3):
        values[2:6] = 0.0  # what is read in chats, which only fans write there
        end = min(last, bounds[kind + 1])
        for lo in range(max(first, bounds[kind]), end, crowd.BLOCK):
            crowd.block(
                step, seed, dt_h, c, kind, lo, min(lo + crowd.BLOCK, end), p, world, acts, views,
                people, groups, leaders, rows, n_rows, census, values, todo,
            )  # fmt: skip


@entry
def close_step(state: State, step: int, leaving: Posts) -> None:
    """Sections 8 and 10 to 12: leaders, platform, PR team, market, record."""
    seed, dt_h, t, calendar = state.seed, state.dt_h, state.tables, state.calendar
    population = state.population
    p, world = t.constants[0], t.world[0]
    c = calendar.circadian[step]
    groups, leaders = population.groups, population.leaders
    n_people = population.bounds[3]
    _lead(
        step, seed, dt_h, c, p, world, t.tags, t.broadcast, leaders, leaving.rows, leaving.n,
        t.entries, n_people,
    )  # fmt: skip
    world.reads = platform.reads(
        c, p.see_list, platform.whole_level(world.level_deal, world.level_governance),
        p.share_core, p.list_weight_core, p.share_customer, p.share_public,
    )  # fmt: skip
    hot_list.close_platform(
        step, seed, p, world, t.tags, t.entries, calendar.entry_heat[step], float(n_people), dt_h
    )
    _watch(
        step, seed, dt_h, c, p, world, t.acts, t.entries, calendar.night, t.census, t.sizes,
        n_people,
    )  # fmt: skip
    close_market(
        step, seed, p, world, calendar.in_session, calendar.first_bar, population.investors,
        t.census, t.sizes, calendar.index_move,
    )  # fmt: skip
    _copy(groups.next, groups.now)
    for k in range(leaders.outraged.shape[0]):
        leaders.outraged[k] = leaders.outraged_next[k]
    recording.write_row(
        step, p, world, t.census, t.sizes, t.record, 1.0 if calendar.in_session[step] else 0.0
    )


@entry
def advance(state: State, first: int, last: int) -> None:
    """Steps first..last-1 of a run. The order of a step is the docstring of sim.mesa.model.step."""
    n_people = state.population.bounds[3]
    for step in range(first, last):
        posts, other_posts = state.posts, state.other_posts
        arriving, leaving = (posts, other_posts) if step % 2 == 0 else (other_posts, posts)
        open_step(state, step)
        people_step(state, step, 0, n_people, arriving, leaving)
        close_step(state, step, leaving)


@part
def first_from(rows: Signals, row: int) -> int:
    """Place of the first of these ascending rows that is `row` or beyond."""
    low, high = 0, rows.shape[0]
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _deliver(first: int, last: int, posts: Posts, ties: Ties, people: People) -> None:
    """Push: each post of the last step arrives at the author's followers first..last-1.

    Followers stand in order of row, so a range of people cuts every audience, a star's too.
    """
    indptr, followers, rows = ties.indptr, ties.followers, posts.rows
    on_deal, on_governance = people.incoming_deal, people.incoming_governance
    whole = first == 0 and last == on_deal.shape[0]
    for k in range(posts.n[0]):
        source, signal, topic = rows[k, 0], rows[k, 1], rows[k, 2]
        lo, hi = indptr[source], indptr[source + 1]
        if not whole:
            audience = followers[lo:hi]
            hi = lo + first_from(audience, last)
            lo += first_from(audience, first)
        if topic == 0:
            for j in range(lo, hi):
                on_deal[followers[j]] += signal
        else:
            for j in range(lo, hi):
                on_governance[followers[j]] += signal


@part
def leader_posts(
    world: World, p: Constants, row: int, topic: int, posters: Signals, n_posters: Counts
) -> None:
    """A leader's post: more volume than a person's, to all followers of the row `row`."""
    actors.leader_counts(world, topic)
    world.volume += p.leader_volume
    signal = expression.post_weight(0.0, p.tone_gain, p.see_leader, w.SCALE)
    if signal > 0:
        n = n_posters[0]
        posters[n, 0] = row
        posters[n, 1] = signal
        posters[n, 2] = topic
        n_posters[0] = n + 1


@part
def _reporters(roles: Counts) -> int:
    """How many opinion leaders report."""
    n = 0
    for role in roles:
        if role == NEUTRAL:
            n += 1
    return n


@part
def _lead(
    step: int, seed: Seed, dt_h: float, c: float, p: Constants, world: World, tags: Table[Tag],
    broadcast: Floats, leaders: Leaders, posters: Signals, n_posters: Counts,
    entries: Table[Entry], first_row: int,
) -> None:  # fmt: skip
    """E10 for every opinion leader, on the state before this step's leaders act."""
    open_question = world.admitted == 0.0 and world.credibility > 0.0
    happened = world.happened == 1.0
    heat = world.heat
    topic = opinion_leader.topic_of_report(world.novelty_deal, world.novelty_governance)
    fresh = platform.freshest(world.novelty_deal, world.novelty_governance)
    official = opinion_leader.reportable(world.confirmed, p.unconfirmed_report)
    _, worth = angles.best_angle(p, world, tags, step)
    reporting = opinion_leader.angle_rate(p.report_per_h, worth, c)
    reporters = _reporters(leaders.role)
    asking = actors.asking_rate(step, p, world, c, dt_h, reporters)
    press = actors.press_rate(step, p, world, c, dt_h, reporters)
    coming = question.coming(asking, press)
    for k in range(leaders.role.shape[0]):
        if not happened:
            break
        acts_u, posts_u, size_u, topic_u = draws.uniforms(seed, _D_LEADER, step, k)
        role = leaders.role[k]
        if role == SILENT:
            continue
        posts, about = False, topic
        if role == PARTNER:
            if open_question and leaders.exited[k] == 0:
                rate = opinion_leader.exit_rate(

                    opinion_leader.outraged_share(leaders.outraged[k], leaders.n_core_followers[k]),
                    leaders.integrity[k], leaders.contract[k], c, p.leader_exit_per_h,
                    p.leader_exit_base, p.leader_exit_followers, p.leader_exit_integrity,
                    p.leader_exit_contract, world.called, p.leader_exit_called,
                )  # fmt: skip
                if acts_u < expression.event_probability(rate, dt_h):
                    leaders.exited[k] = 1
                    actors.leader_exits(
                        step, k, p, world, tags, leaders.contract[k], broadcast, entries
                    )
                    posts = True
        elif role == ANTAGONIST:
            rate = opinion_leader.attention_rate(p.mock_per_h, heat, p.mock_heat, fresh, c)
            if acts_u < expression.event_probability(rate, dt_h):
                leaders.mocks[k] += 1
                actors.leader_mocks(step, k, p, world, tags, entries)
                posts = True
        else:
            rate = opinion_leader.report_rate(
                p.leader_post_per_h, heat, p.leader_heat, fresh, official, c
            )
            posts = posts_u < expression.event_probability(rate, dt_h)
            if acts_u < expression.event_probability(coming, dt_h):
                about = actors.reporter_comes(
                    step, seed, k, p, world, tags, broadcast, entries, asking, press, size_u,
                    topic_u,
                )  # fmt: skip
                posts = True
            elif draws.uniforms(seed, _D_REPORT, step, k)[0] < expression.event_probability(
                reporting, dt_h
            ):
                found = actors.reporter_reports(step, seed, k, p, world, tags)
                if found >= 0:
                    posts, about = True, found
        if posts:
            leader_posts(world, p, first_row + k, about, posters, n_posters)


@part
def _watch(
    step: int, seed: Seed, dt_h: float, c: float, p: Constants, world: World, acts: Table[Act],
    entries: Table[Entry], night: Bools, census: Counts, sizes: Counts, n_people: float,
) -> None:  # fmt: skip
    """E12 for the PR team: detection, then the acts that wait for a state."""
    at_night = 1.0 if night[step] else 0.0
    actors.notice(step, seed, dt_h, c, p, world, entries, at_night, float(n_people))
    declared = counts.share(census[CORE, w.N_DECLARED], float(sizes[CORE]))
    for a in range(acts.shape[0]):
        act = acts[a]
        if act.wanted == 0.0 or act.trigger == w.BY_SCREENSHOT or act.step >= 0.0:
            continue
        if actors.triggered(
            act.trigger,
            act.threshold,
            world.noticed,
            world.n_listed,
            actors.governance_talk(world),
            declared,
        ):
            wait = actors.decision_steps(act.address, seed, p, at_night, dt_h)
            act.step = pr_team.acts_in(float(step), act.delay, wait)


@part
def close_market(
    step: int, seed: Seed, p: Constants, world: World, in_session: Bools, first_bar: Bools,
    investors: Investors, census: Counts, sizes: Counts, index_move: Floats,
) -> None:  # fmt: skip
    """Section 11 of the step for the columnar engine: investors' orders, then the price."""
    outrage = actors.mean_outrage(p, census, sizes)
    attention = market.attention(world.heat, p.attention_heat)
    world.orders_noise = 0.0
    world.orders_sentiment = 0.0
    world.orders_value = 0.0
    if in_session[step]:
        for k in range(investors.kind.shape[0]):
            order = actors.order_of(
                investors.kind[k], investors.trait[k], seed, step, k, attention, outrage,
                p.buyback_weakness, world.buyback_bar,
                market.value_of(world.fundamental, world.other_news), world.price,
            )  # fmt: skip
            actors.trade(world, investors.kind[k], order)
            investors.belief[k] = order
            investors.position[k] += order
    actors.settle(
        step, seed, p, world, in_session[step], first_bar[step], market.mood(attention, outrage),
        census, sizes, investors.kind, index_move[step],
    )  # fmt: skip
