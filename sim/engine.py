"""The columnar engine: the rules over columns, in blocks of people and loops over rows.

Cost follows activity: posts are pushed from the accounts that posted, people are updated in dense
passes (sim.crowd), everything else is rare.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from sim import actors, crowd, draws
from sim import world as w
from sim.draws import Decision
from sim.network import Network
from sim.population import (
    ANTAGONIST,
    CORE,
    GROUP_DECLARED,
    GROUP_OUTRAGED,
    PARTNER,
    SILENT,
    Population,
)
from sim.rules import expression, market, opinion_leader, rule
from sim.scenario import Scenario

_D_LEADER = int(Decision.OPINION_LEADER)


@njit(error_model="numpy", cache=True, nogil=True)
def advance(
    first: Any,
    last: Any,
    seed: Any,
    dt_h: Any,
    constants: Any,
    worlds: Any,
    events: Any,
    acts: Any,
    tags: Any,
    entries: Any,
    broadcast: Any,
    circadian: Any,
    in_session: Any,
    first_bar: Any,
    night: Any,
    bounds: Any,
    sizes: Any,
    people: Any,
    groups: Any,
    leaders: Any,
    investors: Any,
    indptr: Any,
    followers: Any,
    posters: Any,
    n_posters: Any,
    census: Any,
    record: Any,
    scratch: Any,
    todo: Any,
) -> None:
    """Steps first..last-1 of a run. The order of a step is the docstring of sim.model.step."""
    p = constants[0]
    world = worlds[0]
    views = np.zeros((2, 3))
    for step in range(first, last):
        c = circadian[step]
        w.open_step(step, seed, p, world, events, acts, tags, broadcast, views, entries, dt_h)
        _deliver(n_posters[0], posters, indptr, followers, people)
        n_posters[0] = 0
        groups.next[:, :] = 0
        groups.next[GROUP_OUTRAGED : GROUP_DECLARED + 1] = groups.now[
            GROUP_OUTRAGED : GROUP_DECLARED + 1
        ]
        leaders.outraged_next[:] = leaders.outraged
        actors.clear_counts(world)
        for kind in range(3):
            census[kind, : w.N_AWARE] = 0
            for lo in range(bounds[kind], bounds[kind + 1], crowd.BLOCK):
                hi = min(lo + crowd.BLOCK, bounds[kind + 1])
                crowd.block(
                    step,
                    seed,
                    dt_h,
                    c,
                    kind,
                    lo,
                    hi,
                    p,
                    world,
                    acts,
                    views,
                    people,
                    groups,
                    leaders,
                    posters,
                    n_posters,
                    census,
                    scratch,
                    todo,
                )
        _lead(
            step,
            seed,
            dt_h,
            c,
            p,
            world,
            tags,
            broadcast,
            leaders,
            posters,
            n_posters,
            entries,
            bounds[3],
        )
        world.reads = (
            c
            * p.see_list
            * (world.level_deal + world.level_governance)
            * (p.share_core * p.list_weight_core + p.share_customer + p.share_public)
        )
        w.close_platform(step, p, world, tags, entries, c, float(bounds[3]))
        _watch(step, seed, dt_h, c, p, world, acts, entries, night, census, sizes, bounds[3])
        close_market(step, seed, p, world, in_session, first_bar, investors, census, sizes)
        groups.now[:, :] = groups.next
        leaders.outraged[:] = leaders.outraged_next
        w.write_row(step, p, world, census, sizes, record, 1.0 if in_session[step] else 0.0)


@njit(error_model="numpy", cache=True)
def _deliver(n: Any, posters: Any, indptr: Any, followers: Any, people: Any) -> None:
    """Push: each post of the last step arrives at the author's followers."""
    for k in range(n):
        source, signal, topic = posters[k, 0], posters[k, 1], posters[k, 2]
        lo, hi = indptr[source], indptr[source + 1]
        if topic == 0:
            for j in range(lo, hi):
                people.incoming_deal[followers[j]] += signal
        else:
            for j in range(lo, hi):
                people.incoming_governance[followers[j]] += signal


@rule
def leader_posts(world: Any, p: Any, row: Any, topic: Any, posters: Any, n_posters: Any) -> None:
    """A leader's post: more volume than a person's, to all followers of the row `row`."""
    world.posts_kol += 1.0
    world.volume += p.leader_volume
    signal = expression.post_weight(0.0, p.tone_gain, p.see_leader, w.SCALE)
    if signal > 0:
        n = n_posters[0]
        posters[n, 0] = row
        posters[n, 1] = signal
        posters[n, 2] = topic
        n_posters[0] = n + 1


@njit(error_model="numpy", cache=True)
def _lead(
    step: Any,
    seed: Any,
    dt_h: Any,
    c: Any,
    p: Any,
    world: Any,
    tags: Any,
    broadcast: Any,
    leaders: Any,
    posters: Any,
    n_posters: Any,
    entries: Any,
    first_row: Any,
) -> None:
    """E10 for every opinion leader, on the state before this step's leaders act."""
    open_question = world.admitted == 0.0 and world.credibility > 0.0
    happened = world.happened == 1.0
    heat = world.heat
    topic = 1 if world.novelty_governance > world.novelty_deal else 0
    fresh = max(world.novelty_deal, world.novelty_governance)
    official = opinion_leader.reportable(world.confirmed, p.unconfirmed_report)
    for k in range(leaders.role.shape[0]):
        if not happened:
            break
        acts_u, posts_u, _, _ = draws.uniforms(seed, _D_LEADER, step, k)
        role = leaders.role[k]
        if role == SILENT:
            continue
        posts = False
        if role == PARTNER:
            if open_question and leaders.exited[k] == 0:
                outraged = leaders.outraged[k] / max(1, leaders.n_core_followers[k])
                rate = opinion_leader.exit_rate(
                    outraged,
                    leaders.integrity[k],
                    leaders.contract[k],
                    c,
                    p.leader_exit_per_h,
                    p.leader_exit_base,
                    p.leader_exit_followers,
                    p.leader_exit_integrity,
                    p.leader_exit_contract,
                )
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
            rate = opinion_leader.attention_rate(
                p.leader_post_per_h, heat, p.leader_heat, fresh * official, c
            )
            posts = posts_u < expression.event_probability(rate, dt_h)
        if posts:
            leader_posts(world, p, first_row + k, topic, posters, n_posters)


@njit(error_model="numpy", cache=True)
def _watch(
    step: Any,
    seed: Any,
    dt_h: Any,
    c: Any,
    p: Any,
    world: Any,
    acts: Any,
    entries: Any,
    night: Any,
    census: Any,
    sizes: Any,
    n_people: Any,
) -> None:
    """E12 for the PR team: detection, then the playbook steps that wait for a state."""
    at_night = 1.0 if night[step] else 0.0
    actors.notice(step, seed, dt_h, c, p, world, entries, at_night, float(n_people))
    declared = census[CORE, w.N_DECLARED] / sizes[CORE]
    for a in range(w.N_ACTS):
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
            act.step = (
                step + 1.0 + act.delay // 1.0 + actors.decision_steps(a, seed, p, at_night, dt_h)
            )


@njit(error_model="numpy", cache=True)
def close_market(
    step: Any,
    seed: Any,
    p: Any,
    world: Any,
    in_session: Any,
    first_bar: Any,
    investors: Any,
    census: Any,
    sizes: Any,
) -> None:
    """Section 11 of the step for the columnar engine: investors' orders, then the price."""
    outrage = actors.mean_outrage(p, census, sizes)
    attention = market.attention(world.heat, p.list_full_heat)
    world.orders_noise = 0.0
    world.orders_sentiment = 0.0
    world.orders_value = 0.0
    if in_session[step]:
        for k in range(investors.kind.shape[0]):
            order = actors.order_of(
                investors.kind[k],
                investors.trait[k],
                seed,
                step,
                k,
                attention,
                outrage,
                world.fundamental,
                world.price,
            )
            actors.trade(world, investors.kind[k], order)
            investors.belief[k] = order
            investors.position[k] += order
    actors.settle(
        step,
        seed,
        p,
        world,
        in_session[step],
        first_bar[step],
        attention * outrage,
        census,
        sizes,
        investors.kind,
    )


class Simulation:
    """One run in progress: tables, columns, and how far it has come."""

    def __init__(
        self, scenario: Scenario, network: Network, population: Population, seed: int
    ) -> None:
        self.script, self.network, self.population = scenario, network, population
        self.seed = np.uint64(seed)
        n_rows = network.n_people + network.n_kols
        clock = scenario.clock
        self.step = 0
        self.table = w.new_world()
        self.acts = scenario.acts.copy()
        self.tags = np.zeros(w.MAX_TAGS, w.TAG).view(np.recarray)
        self.entries = np.zeros(w.MAX_LOG, w.LOG).view(np.recarray)
        self.broadcast = np.zeros((2, 3, 5))
        self.bounds = np.array(population.bounds, np.int64)
        self.sizes = np.diff(self.bounds)
        self.posters = np.zeros((n_rows, 3), np.int32)
        self.n_posters = np.zeros(1, np.int64)
        self.census = np.zeros((3, w.N_CENSUS), np.int64)
        self.record: npt.NDArray[np.float32] = np.zeros((clock.n_steps, w.N_SERIES), np.float32)
        self.scratch = np.zeros((14, crowd.BLOCK))
        self.todo = np.zeros(crowd.BLOCK, np.uint8)

    def advance(self, steps: int) -> None:
        """The next `steps` steps, in one compiled call."""
        s, pop = self.script, self.population
        last = min(self.step + steps, s.clock.n_steps)
        advance(
            self.step,
            last,
            self.seed,
            s.clock.dt_h,
            s.constants,
            self.table,
            s.events,
            self.acts,
            self.tags,
            self.entries,
            self.broadcast,
            s.circadian,
            s.in_session,
            s.first_bar,
            s.night,
            self.bounds,
            self.sizes,
            pop.people,
            pop.groups,
            pop.leaders,
            pop.investors,
            self.network.indptr,
            self.network.followers,
            self.posters,
            self.n_posters,
            self.census,
            self.record,
            self.scratch,
            self.todo,
        )
        self.step = last


def run(scenario: Scenario, network: Network, population: Population, seed: int) -> Any:
    """All steps of a run; the finished Simulation."""
    simulation = Simulation(scenario, network, population, seed)
    simulation.advance(scenario.clock.n_steps)
    return simulation
