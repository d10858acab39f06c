"""NumPy and SciPy: the formulas as expressions over whole columns, posts as a sparse product.

Single precision throughout, which is the quicker; what is rare is indexed. `Generator.random`
stands for counter-based draws, so runs agree with ours in law, not in bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from experiments.bench.stage import Rest, Stage, put
from sim import draws
from sim.draws import Decision
from sim.engine import Simulation
from sim.people import (
    AWARE,
    CORE,
    DECLARED,
    EXITED,
    HOPEFUL,
    LEAVER,
    PUBLIC,
    SOLD,
    UNFOLLOWED,
    VISIBLE,
)
from sim.rules import appraisal, exposure, expression, leaving, reception
from sim.state import tables as w
from sim.world import receiving

Floats = npt.NDArray[np.float32]
#: What the words of an act add to its sincerity: parameter -> lever.
WORDS = {
    "sincerity_acknowledge": "acknowledgement",
    "sincerity_explain": "explains",
    "sincerity_regret": "regrets",
    "sincerity_repair": "repairs",
    "sincerity_request": "requests",
}


def formula(rule: Any) -> Any:
    """A rule before compilation: formulas without branches hold for whole columns as they stand."""
    return rule.py_func


class Arrays:
    """A step as some ninety expressions over columns of everybody."""

    name = "numpy_scipy"

    def __init__(self, stage: Stage) -> None:
        network = stage.network
        self.run = stage.run()
        self.rest = Rest(self.run)
        self.random = np.random.default_rng(stage.seed)
        self.n, self.rows = network.n_people, network.n_people + network.n_kols
        self.ties = self._ties(network.indptr, network.followers)
        bounds = self.run.population.bounds
        self.kinds = [slice(bounds[kind], bounds[kind + 1]) for kind in range(3)]
        self.kind = np.repeat(np.arange(3), np.diff(bounds))
        self.core = self.kinds[CORE]
        trait = Decision.TRAITS, receiving.DEMANDING
        self.insists = draws.uniform_column(stage.seed, *trait, self.core.stop)
        groups = self.run.population.groups
        self.of = np.where(groups.of >= 0, groups.of, groups.now.shape[1])  # the last is nobody's
        self.n_own = (groups.of >= 0).sum(axis=1)
        self.others = groups.others.astype(np.float32)
        leaders = self.run.population.leaders
        self.partners = sparse.csr_matrix(
            (np.ones(leaders.partner_of.size, int), leaders.partner_of, leaders.partner_start),
            shape=(bounds[1], leaders.role.size),
        )

    def _ties(self, indptr: npt.NDArray[np.int64], followers: npt.NDArray[np.int32]) -> Any:
        """One row a person: whom this person follows."""
        ones = np.ones(followers.size, np.float32)
        return sparse.csr_matrix((ones, followers, indptr), shape=(self.rows, self.n)).T.tocsr()

    def put(self, pilot: Simulation) -> None:
        put(self.run, pilot)
        self.posts = self.run.sent.astype(np.int64)

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.step()

    def arriving(self) -> Floats:
        """Views that the posts of the last step give each person, by topic."""
        signal = np.zeros((self.rows, 2), np.float32)
        signal[self.posts[:, 0], self.posts[:, 2]] = self.posts[:, 1] / w.SCALE
        views: Floats = self.ties @ signal
        return views

    def step(self) -> None:
        """Everybody at once, then what few do, then everything that is not people."""
        views = self.arriving()
        self.air = self.rest.open()
        self.read_groups()
        exposed, on_governance = self.see(views)
        self.feel(exposed, on_governance)
        if self.air.happened == 1.0:
            self.hear(exposed)
        self.show()
        writers = self.decide()
        self.remember()
        self.act(writers)
        self.count()
        self.rest.close()
        self.posts = np.concatenate([self.written, self.run.sent])

    def read_groups(self) -> None:
        """What core fans read in their chats: posts, outraged and declared members."""
        p, population = self.rest.p, self.run.population
        padded = np.pad(population.groups.now, ((0, 0), (0, 1)))
        tally = padded[:, self.of].sum(axis=2)
        flags = population.people.flags[self.core]
        outraged = tally[0] - np.where(flags & VISIBLE, self.n_own, 0)
        declared = tally[1] - np.where(flags & DECLARED, self.n_own, 0)
        self.chats = (np.float32(p.see_group) * tally[2:]).astype(np.float32)
        excess = outraged * self.others - np.float32(p.reinforcement_threshold)
        self.reinforced = np.maximum(excess, 0) / np.float32(1.0 - p.reinforcement_threshold)
        self.peers = np.clip((declared - 1) * np.float32(0.5), 0, 1)

    def see(self, arriving: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """E1, E2: who is exposed in this step, and which of them to governance."""
        p, air, people = self.rest.p, self.air, self.run.population.people
        offered = []
        levels = (air.level_deal, air.level_governance)
        for topic, memory in enumerate((people.memory_deal, people.memory_governance)):
            new = arriving[:, topic].copy()
            new[self.core] += self.chats[topic]
            views = np.zeros(self.n, np.float32)
            for part, keep, weight in zip(memory, p.memory_keep, p.memory_weight, strict=True):
                part *= keep
                part += new
                views += weight * part
            for kind, rows in enumerate(self.kinds):
                listed = p.see_list * (p.list_weight_core if kind == CORE else 1.0)
                views[rows] += float(self.rest.shown[topic, kind]) + listed * levels[topic]
            views *= air.circadian
            offered.append(views)
        both = offered[0] + offered[1]
        chance = formula(exposure.exposure_probability)(
            formula(exposure.attended_views)(*offered, p.attention_cap)
        )
        u = self.random.random(self.n, dtype=np.float32)
        exposed = np.flatnonzero(u < chance)
        split = chance[exposed] * offered[1][exposed] / both[exposed]
        return exposed, u[exposed] < split

    def feel(self, exposed: npt.NDArray[np.int64], on_governance: npt.NDArray[np.bool_]) -> None:
        """E4, E5: appraisal of those exposed, reinforcement of core fans, outrage of all."""
        p, air, people = self.rest.p, self.air, self.run.population.people
        fan, trust = people.identification[exposed], people.trust[exposed]
        betrayed = formula(appraisal.appraisal)(
            air.credibility,
            min(1.0, p.betrayal + air.betrayal),
            p.self_relevance,
            p.trust_buffer,
            trust,
            fan,
        )
        grieved = formula(appraisal.governance_appraisal)(
            self.gap(exposed), p.governance_floor, air.reform, p.reform_relief, fan, p.concern_floor
        )
        social = p.reinforcement_per_h * air.circadian * air.dt_h
        felt = social * self.reinforced * people.identification[self.core]
        gap = self.gap(self.core)
        for hit, appraised, gain, novelty, shared, outrage, recent in (
            (
                ~on_governance,
                betrayed,
                p.appraisal_gain,
                air.grievance_deal,
                air.credibility,
                people.deal,
                people.recent_deal,
            ),
            (
                on_governance,
                grieved,
                p.governance_gain,
                air.grievance_governance,
                gap,
                people.governance,
                people.recent_governance,
            ),
        ):
            rows = exposed[hit]
            push = np.zeros(self.n, np.float32)
            push[self.core] = novelty * felt * shared
            push[rows] += (
                novelty
                * gain
                * appraised[hit]
                * formula(appraisal.habituated)(recent[rows], p.habituation)
            )
            outrage[:] = formula(appraisal.next_outrage)(outrage, people.outrage_keep, push)
            recent *= p.recovery_keep
            recent[rows] += 1.0

    def gap(self, rows: Any) -> Floats:
        """Accountability gap of these people."""
        blamed = self.run.population.people.blamed_level[rows]
        left: Floats = np.maximum((blamed - self.air.felt_level) / blamed, 0)
        return left

    def hear(self, exposed: npt.NDArray[np.int64]) -> None:
        """E13, E14: become aware, and take in the acts of the brand not seen before."""
        people, census = self.run.population.people, self.run.census
        unaware = exposed[people.flags[exposed] & AWARE == 0]
        people.flags[unaware] |= AWARE
        census[:, w.N_AWARE] += np.bincount(self.kind[unaware], minlength=3)
        active = int(self.air.active)
        late = exposed[people.seen[exposed] & active != active]
        before = people.seen[late].astype(np.int64)
        unseen = active & ~before
        people.seen[late] |= active
        for a in range(self.run.acts.shape[0]):
            chosen = np.flatnonzero(unseen & (1 << a))
            if self.run.acts[a].private == 1.0:
                chosen = chosen[self.told(self.run.acts[a], late[chosen])]
            if chosen.size:
                self.take_in(a, late[chosen], self.contradicted(a, late[chosen], before[chosen]))
                before[chosen] |= 1 << a

    def told(self, act: Any, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Who of these people is a core fan whom a private word reaches."""
        found = (row < self.core.stop and receiving.told(self.run.seed, act, row) for row in rows)
        return np.fromiter(found, np.bool_, rows.size)

    def contradicted(
        self, a: int, rows: npt.NDArray[np.int64], seen: npt.NDArray[np.int64]
    ) -> Floats:
        """How far an act differs from what each of these people knows of the other channel."""
        acts, most = self.run.acts, np.zeros(rows.size, np.float32)
        if acts[a].text == 0.0:
            return most
        for b in range(acts.shape[0]):
            if acts[b].text == 0.0 or acts[b].private == acts[a].private:
                continue
            knows = (rows < self.core.stop) & (seen & (1 << b) > 0)
            if acts[b].private == 1.0:
                knows &= self.told(acts[b], rows)
            gap = abs(acts[a].acknowledgement - acts[b].acknowledgement)
            most[knows] = np.maximum(most[knows], gap)
        return most

    def take_in(self, a: int, rows: npt.NDArray[np.int64], contradicted: Floats) -> None:
        """One act of the brand reaches these people (sim.world.receiving.receive, over rows)."""
        p, air, act = self.rest.p, self.air, self.run.acts[a]
        people, census, kind = self.run.population.people, self.run.census, int(act.kind)
        candid = float(kind not in (w.DENIAL, w.LEGAL_STEP))
        fan, blamed = people.identification[rows], people.blamed_level[rows]
        gap = self.gap(rows)
        corrected = (
            formula(reception.correction)(
                air.terminated,
                (1.0 - gap) * air.penalised,
                air.reform,
                float(act.share) if kind == w.COMPENSATION else air.compensated,
                p.correct_termination,
                p.correct_penalty,
                p.correct_reform,
                p.correct_compensation,
            )
            * candid
        )
        excess = reception.over_penalty(air.level, air.severity, p.just_desert)
        x = p.sincerity_base - p.sincerity_forced * air.forced * candid
        for word, lever in WORDS.items():
            x += float(getattr(act, lever)) * getattr(p, word)
        x += p.sincerity_voice * float(act.voice)
        x += p.sincerity_specific * (1.0 - float(np.exp(-float(act.since_h) / p.fact_finding_h)))
        x -= p.sincerity_delay * float(np.log(1.0 + float(act.delay_h) / p.delay_scale_h))
        x -= p.sincerity_excess * excess
        logit = (
            x
            - p.sincerity_contradicts * contradicted
            + p.sincerity_correct * corrected
            - p.sincerity_mismatch * air.overdue * gap * blamed
        )
        sincere = 1.0 / (1.0 + np.exp(-logit))
        asked = p.acceptance_base + p.acceptance_identity * fan
        chance = 1.0 / (1.0 + np.exp(-p.acceptance_slope * (sincere - asked)))
        accepts = self.random.random(rows.size, dtype=np.float32) < chance
        yes, no = rows[accepts], rows[~accepts]
        people.relief[yes] = formula(reception.added_relief)(
            people.relief[yes], p.relief, sincere[accepts], 1.0
        )
        fans = rows < self.core.stop
        before = int((people.conviction[rows[fans]] * w.SUM_SCALE).astype(np.int64).sum())
        if act.deed == 1.0:
            people.conviction[yes] = formula(reception.added_relief)(
                people.conviction[yes], p.relief, sincere[accepts], corrected[accepts]
            )
        after = int((people.conviction[rows[fans]] * w.SUM_SCALE).astype(np.int64).sum())
        census[CORE, w.SUM_CONVICTION] += after - before
        census[CORE, w.N_REACHED + a] += np.count_nonzero(fans)
        census[CORE, w.N_ACCEPTED + a] += np.count_nonzero(fans & accepts)
        if act.conceded == 1.0:
            asking = rows[fans][self.insists[rows[fans]] < p.demanding_share]
            people.threshold[asking] *= 1.0 - p.demand_lowers
        if kind == w.REFORM:
            people.flags[yes] |= HOPEFUL
        if kind in (w.REFORM, w.DELIVERY):
            people.governance[yes] *= 1.0 - p.reform_relief * air.reform * sincere[accepts]
        elif kind == receiving.EXPLANATION:
            calmed = p.explanation_relief * float(act.explains)
            people.governance[yes] *= 1.0 - calmed * sincere[accepts]
        hinge = np.maximum((asked - sincere)[~accepts], 0)
        people.deal[no] += (1.0 - people.deal[no]) * p.backfire * hinge * fan[~accepts]
        amount: Any = 0.0
        if kind == w.PENALTY:
            amount = p.governance_apology + p.governance_penalty * gap
        elif kind not in (w.REFORM, w.DELIVERY, w.COMPENSATION, receiving.FAN_PANEL):
            amount = p.governance_apology
        people.governance[rows] = formula(reception.raised_governance)(
            people.governance[rows], amount, air.reform, p.reform_relief, fan, p.concern_floor
        )

    def show(self) -> None:
        """E6: relief fades; what is left of outrage is expressed."""
        p, people = self.rest.p, self.run.population.people
        fading = people.conviction + p.relief_keep * (people.relief - people.conviction)
        np.maximum(fading, people.conviction, out=people.relief)
        people.expressed[:] = formula(expression.expressed_outrage)(
            people.deal, people.governance, people.relief, p.governance_voice
        )

    def decide(self) -> npt.NDArray[np.int64]:
        """E7: who posts."""
        p, air, people = self.rest.p, self.air, self.run.population.people
        self.heat = formula(expression.outburst)(p.outburst * people.expressed)
        talk = np.where(people.flags & AWARE, np.float32(air.news), np.float32(0)) + p.baseline_talk
        beyond = np.maximum(people.recent_deal + people.recent_governance - 2.0, 0)
        rate = formula(expression.posting_rate)(
            p.post_per_h,
            people.activity,
            air.circadian,
            self.heat,
            talk,
            1.0 / (1.0 + p.posting_fatigue * beyond),
        )
        chance = formula(expression.event_probability)(rate, air.dt_h)
        return np.flatnonzero(self.random.random(self.n, dtype=np.float32) < chance)

    def remember(self) -> None:
        """E8: grudge and trust."""
        p, people = self.rest.p, self.run.population.people
        expressed, trust = people.expressed, people.trust
        people.grudge[:] = formula(leaving.next_grudge)(
            people.grudge, expressed, p.grudge_keep, p.grudge_build
        )
        room = np.maximum(p.trust_ceiling * people.trust_start - trust, 0)
        concern = formula(appraisal.concern)(people.identification, p.concern_floor)
        lost = p.trust_loss * expressed * trust * concern
        trust += (p.trust_gain * people.conviction + p.trust_back) * room - lost
        if self.air.broken:
            hoped = people.flags & HOPEFUL > 0
            trust[hoped] *= 1.0 - p.broken_promise * self.air.broken

    def act(self, writers: npt.NDArray[np.int64]) -> None:
        """E7, E9: posts, turning visible or calm, unfollowing, declaring, selling, leaving."""
        p, people, groups = self.rest.p, self.run.population.people, self.run.population.groups
        flags, census = people.flags, self.run.census
        declared_before = np.flatnonzero(flags & DECLARED)
        self.write(writers)
        turned = np.flatnonzero((people.expressed >= p.visible_outrage) != (flags & VISIBLE > 0))
        flags[turned] ^= VISIBLE
        fans = turned[turned < self.core.stop]
        change = np.where(flags[fans] & VISIBLE, 1, -1)
        self.tally(groups.next[0], fans, change)
        outraged_next = self.run.population.leaders.outraged_next
        outraged_next += self.partners[fans].T @ change
        pressure = people.grudge - p.trust_weight * (people.trust - 0.5)
        pressure[self.core] += p.peer_weight * self.peers + self.air.unheard
        pressed = np.flatnonzero(pressure > p.unfollow_threshold * people.threshold)
        goes = pressed[(flags[pressed] & UNFOLLOWED == 0) & self.chosen(pressed, p.unfollow_per_h)]
        flags[goes] |= UNFOLLOWED
        census[:, w.N_UNFOLLOWED] += np.bincount(self.kind[goes], minlength=3)
        hard = pressed[pressure[pressed] > people.threshold[pressed]]
        says = hard[(flags[hard] & DECLARED == 0) & self.chosen(hard, p.declare_per_h)]
        flags[says] |= DECLARED
        census[:, w.N_DECLARED] += np.bincount(self.kind[says], minlength=3)
        owners = says[self.kind[says] != PUBLIC]
        will = self.random.random(owners.size) < p.realised_share * (1.0 - p.switching_cost)
        flags[owners[will]] |= LEAVER
        self.tally(groups.next[1], says[says < self.core.stop], 1)
        owners = declared_before[self.kind[declared_before] != PUBLIC]
        sells = owners[(flags[owners] & SOLD == 0) & self.chosen(owners, p.sell_per_h)]
        flags[sells] |= SOLD
        census[:, w.N_SOLD] += np.bincount(self.kind[sells], minlength=3)
        may = owners[flags[owners] & (LEAVER | EXITED) == LEAVER]
        exits = may[self.chosen(may, p.exit_per_h)]
        flags[exits] |= EXITED
        census[:, w.N_EXITED] += np.bincount(self.kind[exits], minlength=3)

    def chosen(self, rows: npt.NDArray[np.int64], per_h: float) -> npt.NDArray[np.bool_]:
        """For whom something of this rate happens in this step."""
        chance = formula(expression.event_probability)(per_h * self.air.circadian, self.air.dt_h)
        happens: npt.NDArray[np.bool_] = self.random.random(rows.size) < chance
        return happens

    def tally(self, row: npt.NDArray[np.int32], fans: npt.NDArray[np.int64], change: Any) -> None:
        """Add to the tally of each chat of these core fans."""
        padded = np.zeros(row.size + 1, np.int32)
        np.add.at(padded, self.of[fans], np.broadcast_to(change, fans.shape)[:, None])
        row += padded[:-1]

    def write(self, writers: npt.NDArray[np.int64]) -> None:
        """E7: what kind of posts they are, and what they carry."""
        p, air, world = self.rest.p, self.air, self.rest.world
        people = self.run.population.people
        world.volume += writers.size
        heat = self.heat[writers]
        news = np.where(people.flags[writers] & AWARE, air.news, 0.0)
        mood = self.random.random(writers.size) * (heat + news + p.baseline_talk)
        on_topic = mood < heat + news
        rows, angry = writers[on_topic], (mood < heat)[on_topic]
        expressed = people.expressed[rows]
        deal = np.where(angry, people.deal[rows] * (1.0 - people.relief[rows]), air.novelty_deal)
        governance = np.where(
            angry, p.governance_voice * people.governance[rows], air.novelty_governance
        )
        topic = self.random.random(rows.size) * (deal + governance) < governance
        of_kind = np.bincount(self.kind[rows], minlength=3)
        world.posts_core, world.posts_customer, world.posts_public = of_kind
        world.posts_neutral = np.sum(~angry)
        world.posts_deal, world.posts_governance = np.sum(angry & ~topic), np.sum(angry & topic)
        fans = rows < self.core.stop
        voice = np.floor(w.SCALE / (1.0 + people.n_posts[rows]))
        people.n_posts[rows] += 1
        world.voice_core_deal = voice[fans & ~topic].sum()
        world.voice_core_governance = voice[fans & topic].sum()
        world.voice_other_deal = voice[~fans & ~topic].sum()
        world.voice_other_governance = voice[~fans & topic].sum()
        for k, tally in enumerate(self.run.population.groups.next[2:]):
            self.tally(tally, rows[fans & (topic == k)], 1)
        people.deal[rows] *= 1.0 - p.venting
        tone = np.where(angry, expressed, 0.0)
        signal = (p.see_person * (1.0 + p.tone_gain * tone) * w.SCALE).astype(np.int64)
        self.written = np.column_stack([rows, signal, topic])[signal > 0]

    def count(self) -> None:
        """Sums over people of each kind."""
        people, run = self.run.population.people, self.run
        columns = (people.expressed, people.deal, people.governance, people.grudge, people.trust)
        for kind, rows in enumerate(self.kinds):
            for k, column in enumerate(columns):
                run.census[kind, k] = int(float(column[rows].sum()) * w.SUM_SCALE)


class PushedArrays(Arrays):
    """The same, but posts are pushed: only the rows of those who posted are added up."""

    name = "numpy_pushed"

    def _ties(self, indptr: npt.NDArray[np.int64], followers: npt.NDArray[np.int32]) -> Any:
        """One row an account: who follows it."""
        ones = np.ones(followers.size, np.float32)
        return sparse.csr_matrix((ones, followers, indptr), shape=(self.rows, self.n))

    def arriving(self) -> Floats:
        author, signal, topic = self.posts.T
        views = np.empty((self.n, 2), np.float32)
        for k in range(2):
            chosen = topic == k
            weights = (signal[chosen] / w.SCALE).astype(np.float32)
            views[:, k] = self.ties[author[chosen]].T @ weights
        return views
