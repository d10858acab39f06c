"""The whole model once more, in plain NumPy, written from docs/ODD.md and not from the engines.

It shares with them what a run starts from (ties, chats, traits, the tables of events and acts, the
calendar) and the draws, and nothing of what happens in a step: neither sim.rules nor the compiled
step nor the agents. Formulas are those of tests/oracle.py. Slow and small, to be compared with.
"""

import csv
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from oracle import ORACLE

import sim
from sim import draws
from sim.case.case import FORCING_KINDS

CORE, CUSTOMER, PUBLIC = range(3)
PARTNER, NEUTRAL, ANTAGONIST, SILENT = range(4)
NOISE, SENTIMENT, VALUE = range(3)
DEAL, GOVERNANCE = 0, 1
VIEW, ONE, ORDER = 65536.0, 1048576.0, 1073741824.0

E1, E3, E4, E6 = (ORACLE[name] for name in ("exposure", "evidence", "appraisal", "expression"))
E9, E10, E11, E12 = (ORACLE[name] for name in ("leaving", "opinion_leader", "platform", "pr_team"))
E13, E14, E16, E17 = (ORACLE[name] for name in ("reception", "playbook", "market", "second_wave"))
E18, MEANS = ORACLE["question"], ORACLE["census"]
E19 = ORACLE["belonging"]

#: Kinds of acts and events, in the order of their tables.
(
    DISCLOSURE, DENIAL, APOLOGY, TERMINATION, PENALTY, EXPLANATION, REFORM, COMPENSATION, BUYBACK,
    HOLDING, STATEMENT, LEGAL_STEP, PARTNER_CALLS, FAN_CALLS, FAN_PANEL, LAUNCH_MOVED, DELIVERY,
) = range(17)  # fmt: skip
#: What speaks to nobody; what is part of a statement of the same step; what is done, not only said.
SILENT_ACTS, JOINING = (BUYBACK, PARTNER_CALLS), (TERMINATION, COMPENSATION)
DEEDS = (TERMINATION, PENALTY, REFORM, DELIVERY)
TEXTS = (DISCLOSURE, DENIAL, APOLOGY, EXPLANATION, STATEMENT, LEGAL_STEP, FAN_CALLS)
CONCESSIONS = (TERMINATION, PENALTY, REFORM, COMPENSATION)
LEAK, MOCK, AGENDA, APPEASING, LAUNCH, SECOND_ACCUSATION = (
    FORCING_KINDS.index(kind)
    for kind in ("leak", "mock", "agenda", "appeasing", "launch", "second_accusation")
)
BY_HOUR, BY_DETECTION, BY_LIST, BY_GOVERNANCE, BY_DECLARED = range(5)
#: What a hashtag is of, and which wave.
EVENT, ACT, EXIT, MOCKED, WAVE, QUESTION, CROWD, REGULATOR = range(8)
OUTSIDE, INSIDE, BROKEN, SILENCE, FOUND_OUT, SECOND_FOUND_OUT = range(6)


def fiftieth_places():
    """Heat of the list's last place: (hour, weekend or not) -> index."""
    file = Path(sim.__file__).parent / "lists" / "weibo.csv"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return {
        (int(row["hour"]), kind == "weekend"): float(row[kind])
        for row in csv.DictReader(lines)
        for kind in ("workday", "weekend")
    }


def kept(values):
    """Numbers as the columns of people hold them."""
    return np.asarray(values, np.float32).astype(np.float64)


class SecondModel:
    """A community, its platform and a brand; `step()` after `step()`."""

    def __init__(self, start):
        config, script, network, population = start
        self.k, self.seed, self.dt = 0, config.seed, script.clock.dt_h
        self.accusation = config.accusation.value
        self.second_accusation = config.second_accusation.value
        self.clock, self.network = script, network
        self.p = SimpleNamespace(**asdict(config.parameters))
        if any(event.kind == "naming" for event in script.case.forcing):
            self.p.exogenous_wave_per_d = 0.0  # the documented wave stands for the hazard
        self.charge(script.case.blame)
        self.index_move = self.index_moves(script)
        self.c = self.constants(script)
        self.events, self.acts = script.events.copy(), script.acts.copy()
        self.people(population)
        self.leaders(population)
        kinds, traits = population.investors.kind, population.investors.trait
        self.investors = list(zip(kinds.tolist(), traits.tolist(), strict=True))
        self.w = SimpleNamespace(
            heat=0.0, level=[0.0, 0.0], listed=0, list_heat=0.0, displaced=0.0, until=0.0,
            happened=False, leaked=False, admitted=False, confirmed=0.0, denied=False,
            K=0.0, betrayal=0.0, mocked=0.0, novelty=[0.0, 0.0], news=0.0, penalised=0.0,
            stirred=[0.0, 0.0], grievance=[0.0, 0.0], overdue=0.0, unanswered=0.0,
            cleared=False, patience=self.c.patience, word_due=None, answered=False, called=0.0,
            told=0.0, first_listed=None, K2=0.0, second_size=0.0, second_denied=False,
            second_out=False,
            pressed=False, forced=0.0, spoken_for=0.0, belonging=1.0,
            level_of=0.0, severity=0.0, felt=0.0, reform=0.0, promised=False, due=0.0, broken=0.0,
            terminated=0.0, compensated=0.0, first_act=None, last_word=None, wave=False,
            alarmed=False, detected=None, noticed=False, z=0.0, morale=1.0, legal=0.0, cash=0.0,
            price=0.0, fundamental=0.0, other=0.0, sentiment=0.0, unpriced=0.0, buyback=0.0,
            left=0.0, talk=[0.0, 0.0], reads=0.0,
        )  # fmt: skip
        self.broadcast = np.zeros((2, 3, 5))
        self.tags, self.in_force = [], []
        self.conceding = set()  #: acts with which something was conceded
        #: By act: what is left of its novelty, on its own topic and on the other.
        self.fresh = np.zeros((len(self.acts), 2))
        self.topic_of = np.zeros(len(self.acts), int)
        self.reached, self.accepted = np.zeros((2, len(self.acts)), int)
        self.wanted = self.entry_heats()
        self.happened = set()  #: what of E11 and E18 has occurred
        self.posts, self.outbox = [], []
        self.first = {}  # the row of the first step

    def constants(self, script):
        """Half-lives and rates as those of one step."""
        p, dt, pace = self.p, self.dt, ORACLE["pace"]
        shares = np.array(
            [p.visible_12min, p.visible_1h, p.visible_4h, p.visible_24h, p.visible_200h]
        )
        memory = np.exp(-dt / np.array([0.2, 1, 4, 24, 200]))
        bars = 5.5 / dt
        return SimpleNamespace(
            memory=memory,
            weight=shares / shares.sum() * (1 - memory),
            novelty=pace["keep"](p.novelty_half_life_h, dt),
            recovery=pace["keep"](p.recovery_half_life_h, dt),
            grudge=pace["keep"](24 * p.grudge_half_life_d, dt),
            relief=pace["keep"](p.relief_half_life_h, dt),
            heat=pace["keep"](p.heat_half_life_h, dt),
            verify=pace["keep"](p.verification_h, dt),
            doubt=pace["keep"](p.doubt_half_life_h, dt),
            tag=pace["steps"](p.hashtag_half_life_h, dt),
            hour=pace["steps"](1.0, dt),
            post=E11["post_heat"](p.heat_per_post, self.community(script.case), p.community_size),
            talk=pace["keep"](p.talk_half_life_h, dt),
            start=script.clock.step_of(script.case.clock_start_time),
            patience=E18["patience_step"](
                script.clock.step_of(script.case.clock_start_time), p.patience_h, dt
            ),
            wave_from=script.clock.burn_in_steps + 24 * p.wave_after_d / dt,
            bars=bars,
            bar_sd=E16["bar_volatility"](p.daily_volatility, p.overnight_share, bars),
            overnight=E16["overnight_volatility"](p.daily_volatility, p.overnight_share),
            reversion=E16["reversion_share"](bars, p.sentiment_half_life_d),
            spread=max(1, round(p.buyback_spread_h / dt)),
            real=(
                p.real_share_core,
                p.real_share_customer,
                1 - p.real_share_core - p.real_share_customer,
            ),
        )

    def charge(self, blame):
        """E4: what is charged to a brand where somebody else did it."""
        p, weigh = self.p, E4["charged"]
        p.correct_termination = E13["ended_with_culprit"](
            p.correct_termination, p.correct_penalty, blame
        )
        for name in (
            "betrayal", "governance_gain", "sincerity_mismatch", "just_desert", "correct_penalty",
        ):  # fmt: skip
            setattr(p, name, weigh(getattr(p, name), blame))

    def index_moves(self, script):
        """E16: what the case's index moves the share by in each step."""
        moves, clock, case = [0.0] * script.clock.n_steps, script.clock, script.case
        if not case.index:
            return moves
        days = sorted(case.index)
        steps = [k for k in np.flatnonzero(script.in_session) if clock.time_of(k) >= case.start]
        named = [clock.trading_day(int(k)).isoformat() for k in steps]
        before = days[0]
        for day in sorted(set(named)):
            bars = [k for k, of in zip(steps, named, strict=True) if of == day]
            for k in bars:
                moves[k] = E16["index_return"](
                    case.market["beta"], case.index[before], case.index[day], len(bars)
                )
            before = day
        return moves

    @staticmethod
    def community(case):
        """Its size over that of the documented case: the geometric mean of its bounds."""
        low, high = case.community
        return (low * high) ** 0.5

    def entry_heats(self):
        """What a hashtag needs in each step: the 50th place, times other topics' competition."""
        p, steps, places = self.p, self.clock.clock.n_steps, fiftieth_places()
        factors, wanted = [], []
        for step in range(steps):
            hour = int(self.dt * step)
            if hour == len(factors):
                z = self.normal(self.uniforms(11, step=0, agent=hour)[0])
                factors.append(
                    E11["competition"](p.entry_spread, p.entry_correlation, factors[-1], z)
                    if factors
                    else p.entry_spread * z
                )
            time = self.clock.clock.time_of(step)
            place = places[time.hour, time.weekday() >= 5]
            wanted.append(E11["entry_heat"](place, factors[hour]))
        return wanted

    def people(self, population):
        bounds = population.bounds
        self.n = bounds[3]
        self.sizes = np.diff(bounds)
        self.kind = np.repeat([CORE, CUSTOMER, PUBLIC], self.sizes)
        traits = population.people
        for name in ("identification", "trust_start", "activity", "outrage_keep", "blamed_level"):
            setattr(self, name, kept(getattr(traits, name)))
        self.threshold = kept(traits.threshold)
        self.trust = self.trust_start.copy()
        for name in ("relief", "conviction", "grudge", "expressed"):
            setattr(self, name, np.zeros(self.n))
        self.outrage = np.zeros((2, self.n))
        self.recent = np.zeros((2, self.n))
        self.memory = np.zeros((2, 5, self.n))
        for name in (
            "aware", "visible", "declared", "unfollowed", "sold", "exited", "leaver", "hopeful",
        ):  # fmt: skip
            setattr(self, name, np.zeros(self.n, bool))
        self.received = [set() for _ in range(self.n)]
        self.texts = [[] for _ in range(self.n)]  #: texts received, by person
        self.n_posts = np.zeros(self.n, int)
        chats = self.network.groups
        self.chats = [[int(g) for g in row if g >= 0] for row in chats]
        n_chats = 1 + max((g for row in self.chats for g in row), default=0)
        self.members = [[i for i, row in enumerate(self.chats) if g in row] for g in range(n_chats)]
        self.chat_posts = np.zeros((2, n_chats), int)

    def leaders(self, population):
        leaders = population.leaders
        self.role = leaders.role.tolist()
        self.contract, self.integrity = leaders.contract.tolist(), leaders.integrity.tolist()
        self.gone = [False] * len(self.role)
        self.fans = [  # core fans who follow a leader
            [i for i in self.followers(self.n + k) if self.kind[i] == CORE]
            for k in range(len(self.role))
        ]

    def followers(self, row):
        ties = self.network.indptr
        return self.network.followers[ties[row] : ties[row + 1]].tolist()

    def uniforms(self, decision, step=None, agent=0):
        step = self.k if step is None else step
        return draws.uniforms(np.uint64(self.seed), decision, step, agent)

    def normal(self, u):
        return draws.normal(u)

    # --- one step -----------------------------------------------------------------------------

    def step(self):
        self.circadian = float(self.clock.circadian[self.k])
        self.counts = dict.fromkeys(
            ("core", "customer", "public", "kol", "neutral", "deal", "governance", "volume"), 0.0
        )
        self.voices = np.zeros((2, 2), int)  # topic, others or core
        self.reports = [0, 0]  # leaders' posts by topic
        self.open_step()
        before = SimpleNamespace(
            visible=self.visible.copy(), declared=self.declared.copy(), chat=self.chat_posts
        )
        self.chat_posts = np.zeros_like(before.chat)
        self.live(before)
        self.lead(before)
        self.close_platform()
        self.watch()
        self.trade()
        self.posts, self.outbox = self.outbox, []
        self.k += 1

    def open_step(self):
        w, p, c = self.w, self.p, self.c
        w.novelty = [E11["next_novelty"](nu, c.novelty) for nu in w.novelty]
        w.stirred = [E11["next_novelty"](nu, c.novelty) for nu in w.stirred]
        self.fresh = E11["next_novelty"](self.fresh, c.novelty)
        w.broken = 0.0
        if w.admitted:
            w.confirmed = E10["confirmed"](w.confirmed, c.verify)
        self.broadcast *= c.memory
        for number, event in enumerate(self.events):
            if event.step == self.k and self.has_its_cause(event.requires):
                self.force(number, event)
        self.second_wave()
        self.stay_unanswered()
        self.second_comes_out()
        self.come_into_force()
        self.arm()
        self.shown = self.broadcast @ c.weight
        if w.happened:
            w.K = E3["floored"](w.K, p.evidence_floor)
        w.news = E6["news_talk"](p.news_talk, max(w.novelty), w.compensated)

    def has_its_cause(self, kind):
        return kind < 0 or any(a.kind == kind and 0 <= a.step < self.k for a in self.acts)

    def show(self, topic, *views):
        self.broadcast[topic] += np.array(views)[:, None]

    def renew(self, topic, novelty):
        self.w.novelty[topic] = E11["renewed"](self.w.novelty[topic], novelty)

    def stir(self, topic, novelty):
        """Anything but an act of the brand: news and a grievance."""
        self.renew(topic, novelty)
        self.w.stirred[topic] = E11["renewed"](self.w.stirred[topic], novelty)

    def bear(self, topic, news, loudness=1.0, of=(EVENT, 0), heat=None):
        """An angle, which is a hashtag at once where it comes with a heat.

        of : its origin and which of them, where it draws how long it lasts.
        """
        tag = SimpleNamespace(
            made=self.k, topic=topic, news=news, loudness=loudness, of=of, born=None, heat=0.0,
            entered=None, left=False,
        )  # fmt: skip
        self.tags.append(tag)
        if heat is not None:
            self.report(tag, heat)

    def report(self, tag, heat):
        tag.born, tag.heat = self.k, heat
        origin, which = tag.of
        u = self.uniforms(14, step=tag.made, agent=2**28 * origin + which)[0]
        lasts = E11["lasting"](self.p.hashtag_spread, self.normal(u))
        tag.half_life = E11["own_half_life"](self.c.tag, lasts)
        tag.keep = E11["own_keep"](self.c.heat, lasts)
        self.w.heat += heat

    def best_angle(self):
        """What is worth most to a reporter now, of equal ones the earliest."""
        p, w, best, most = self.p, self.w, None, 0.0
        confirmed = E10["reportable"](w.confirmed, p.unconfirmed_report)
        for tag in self.tags:
            if tag.born is None:
                age = self.k - tag.made
                worth = E11["worth"](tag.news, self.c.novelty, age, confirmed, tag.loudness)
                if worth > most:
                    best, most = tag, worth
        return best, most

    def heat_of(self, k, news, loudness):
        """Heat of what leader k reports in this step."""
        u = self.normal(self.uniforms(13, agent=k)[1])
        return E11["report_heat"](self.p.official_heat, news, loudness, self.p.report_spread, u)

    def believe(self, evidence):
        self.w.happened = True
        self.w.K = E3["added_credibility"](self.w.K, evidence)

    def mock(self, betrayal):
        w, p = self.w, self.p
        amount = E3["mock_amount"](
            E3["mock_size"](p.mock_increment, betrayal), w.mocked, p.mock_cap
        )
        w.mocked += amount
        w.betrayal += amount

    def force(self, number, event):
        w = self.w
        if event.kind in (AGENDA, LAUNCH):
            w.displaced, w.until = event.displacement, event.until
            if event.kind == LAUNCH:
                self.launch(number, event)
            return
        fresh = 1.0
        if event.kind == LEAK:
            if not w.leaked and w.admitted:
                fresh = E3["old_news"](self.p.thunder)
            w.leaked = True
        if event.kind == SECOND_ACCUSATION:
            w.happened = True
            if not w.second_out:
                w.betrayal = E3["with_second"](w.betrayal, event.betrayal, 0.0, w.K2)
                w.second_size += event.betrayal
                self.believe_second(E3["added_credibility"](w.K2, event.credibility))
        else:
            self.believe(event.credibility)
        if event.kind not in (MOCK, SECOND_ACCUSATION):
            w.betrayal += event.betrayal
        elif event.kind == MOCK and not w.admitted:
            self.mock(event.betrayal)
        topic = int(event.topic)
        if event.kind == APPEASING:
            self.renew(topic, fresh * event.novelty)
            w.stirred[topic] = E3["appeased"](w.stirred[topic], fresh * event.novelty)
        else:
            self.stir(topic, fresh * event.novelty)
        self.show(
            topic,
            fresh * event.reach_core,
            fresh * event.reach_customer,
            fresh * event.reach_public,
        )
        if event.tag:
            heat = fresh * event.heat if event.heat > 0 else None
            self.bear(topic, fresh * event.novelty, of=(EVENT, number), heat=heat)

    def launch(self, number, event):
        """An occasion to talk of what is still open, or of nothing."""
        w, topic = self.w, int(event.topic)

        def brings(size):
            return E3["occasion"](size, w.unanswered, float(w.cleared))

        if brings(1.0) > 0:
            self.happened.add("launch")
        self.renew(topic, brings(event.novelty))
        self.show(
            topic,
            brings(event.reach_core),
            brings(event.reach_customer),
            brings(event.reach_public),
        )
        if event.tag and brings(event.novelty) > 0:
            self.bear(topic, brings(event.novelty), of=(EVENT, number))

    def believe_second(self, credibility):
        w = self.w
        w.betrayal = E3["with_second"](w.betrayal, w.second_size, w.K2, credibility)
        w.K2 = credibility

    def second_wave(self):
        w, p = self.w, self.p
        if not w.happened or self.k < self.c.wave_from:
            return
        outside, leak, u, _ = self.uniforms(9)
        size = E17["size"](u, p.wave_least)
        if outside < E17["outside_chance"](p.exogenous_wave_per_d, self.dt) and not w.wave:
            w.wave = True
            self.stir(DEAL, size)
            self.show(
                DEAL,
                p.wave_reach_core * size,
                p.wave_reach_customer * size,
                p.wave_reach_public * size,
            )
            heat = E11["report_heat"](p.official_heat, size, 1.0, 0.0, 0.0)
            self.bear(DEAL, size, of=(WAVE, OUTSIDE), heat=heat)
        gap = E4["accountability_gap"](p.blamed_level, w.felt)
        if w.admitted and leak < E17["leak_chance"](p.leak_per_d, gap, self.dt):
            self.stir(GOVERNANCE, size)
            self.show(
                GOVERNANCE,
                p.leak_reach_core * size,
                p.leak_reach_customer * size,
                p.leak_reach_public * size,
            )
            self.bear(GOVERNANCE, size, of=(WAVE, INSIDE))
        if w.promised and self.k >= w.due:
            w.promised, w.broken = False, 1.0
            self.stir(GOVERNANCE, size)
            self.bear(GOVERNANCE, size, of=(WAVE, BROKEN))

    def stay_unanswered(self):
        """E18, in every step before the brand's acts."""
        w, p = self.w, self.p
        if not w.happened or w.admitted:
            return
        if w.word_due is not None and self.k > w.word_due:
            w.word_due, w.patience = None, self.k
            self.happened.add("broken word")
        if self.k >= w.patience and not w.cleared:
            w.K = E18["hardened"](w.K, p.doubt_hardens, self.c.doubt)
        silent = not w.answered and not w.cleared
        if self.k == w.patience and silent and p.silence_size > 0:
            self.happened.add("silence")
            size = p.silence_size
            self.stir(GOVERNANCE, size)
            self.show(
                GOVERNANCE,
                p.silence_reach_core * size,
                p.silence_reach_customer * size,
                p.silence_reach_public * size,
            )
            self.bear(GOVERNANCE, size, of=(WAVE, SILENCE))
        if (w.denied or self.accusation != "sound") and not w.cleared:
            chance = E18["found_out_chance"](p.found_out_per_d, w.K, self.dt)
            if self.uniforms(10)[0] < chance:
                self.come_out()

    def second_comes_out(self):
        """The truth of the second accusation, whatever was admitted of the first."""
        w, unfounded = self.w, self.second_accusation == "unfounded"
        if w.K2 == 0 or w.second_out or not (w.second_denied or unfounded):
            return
        if self.uniforms(10)[1] < E18["found_out_chance"](self.p.found_out_per_d, w.K2, self.dt):
            self.happened.add("second out")
            w.second_out = True
            self.believe_second(0.0 if unfounded else 1.0)
            if not unfounded:
                w.betrayal += self.p.denial_betrayal
                self.stir(GOVERNANCE, 1.0)
                self.bear(GOVERNANCE, 1.0, of=(WAVE, SECOND_FOUND_OUT))

    def come_out(self):
        """What was denied is found out by somebody else."""
        w, p = self.w, self.p
        self.happened.add("found out")
        if self.accusation == "unfounded":
            w.cleared, w.K = True, 0.0
            return
        if self.accusation == "contact_only":
            w.betrayal = E18["only_contacts"](w.betrayal, p.contact_relief, p.betrayal)
        else:
            w.betrayal += p.denial_betrayal
        w.admitted, w.K = True, 1.0
        self.stir(GOVERNANCE, 1.0)
        self.bear(GOVERNANCE, 1.0, of=(WAVE, FOUND_OUT))

    def arm(self):
        """What pushes outrage, what of the mismatch is charged, how open the question is."""
        w, p = self.w, self.p
        w.grievance = list(w.stirred)
        for a, act in enumerate(self.acts):
            if not 0 <= act.step <= self.k:
                continue
            share = E18["accepted_share"](self.accepted[a], self.reached[a])
            topics = (self.topic_of[a], 1 - self.topic_of[a])
            for topic, news in zip(topics, self.fresh[a], strict=True):
                again = E18["rearming"](news, p.acceptance_calms, share, self.reached[a])
                w.grievance[topic] = E18["armed"](w.grievance[topic], again)
        core = self.kind == CORE
        convinced = int(np.trunc(self.conviction[core] * ONE).sum())
        w.unanswered = E18["unanswered"](convinced, ONE, self.aware[core].sum())
        since = E14["since"](self.k, self.c.start, self.dt)
        w.overdue = E18["overdue"](w.penalised, since, p.patience_h, p.overdue_half_life_h)
        self.belong()

    def belong(self):
        """E19: core fans feel spoken for, or asked."""
        w, p, aware = self.w, self.p, self.aware[self.kind == CORE].sum()
        grieved = E19["governance_mean"](self.sums(self.outrage[GOVERNANCE])[CORE], ONE, aware)
        w.spoken_for = E19["spoken_for"](w.spoken_for, p.spoken_for_per_h, grieved, self.dt)
        heard = 0.0
        for a, act in enumerate(self.acts):
            asks = {
                FAN_PANEL: act.say, FAN_CALLS: p.asked_privately, DELIVERY: act.governance,
            }.get(int(act.kind))  # fmt: skip
            if asks is not None:
                heard = E19["heard"](heard, asks, self.accepted[a], aware)
        w.belonging = E19["belonging"](w.spoken_for, heard)

    # --- the brand ----------------------------------------------------------------------------

    def come_into_force(self):
        w, p = self.w, self.p
        now = [a for a in range(len(self.acts)) if self.acts[a].step == self.k]
        alone = (*JOINING, *SILENT_ACTS, DELIVERY, HOLDING, FAN_CALLS, LAUNCH_MOVED)
        statement = any(self.acts[a].kind not in alone for a in now)
        answered = spoken = False
        conceding = any(self.acts[a].kind in CONCESSIONS for a in now)
        for a, act in enumerate(self.acts):
            if act.step != self.k:
                continue
            if act.kind == BUYBACK:
                w.cash += act.amount_hkd
                w.buyback = E16["joined_buyback"](w.buyback, w.left, self.c.spread, act.amount_hkd)
                w.left = self.c.spread
                continue
            if act.kind == PARTNER_CALLS:
                w.called = E14["called"](w.called, act.share)
                continue
            if w.first_act is None and act.kind != FAN_CALLS:
                w.first_act = self.k
            act.since_h = E14["since"](self.k, self.c.start, self.dt)
            act.delay_h = act.since_h
            if w.last_word is not None:
                due = -1 if w.word_due is None else w.word_due
                fair = E14["announced"](act.process_h, due, w.last_word, self.k, self.dt)
                act.delay_h = E14["waited"](self.k, w.last_word, fair, self.dt, act.since_h)
            if act.kind == FAN_CALLS:  # nothing was said to everybody else
                self.in_force.append(a)
                continue
            if act.kind == LAUNCH_MOVED:
                self.postpone(act)
            elif act.kind == HOLDING:
                due = -1 if w.word_due is None else w.word_due
                if E18["believed"](act.word_in_h, p.patience_h, due):
                    w.word_due = self.k + E14["delivery_steps"](act.word_in_h, self.dt)
                    w.patience = E18["patience_with"](w.patience, w.word_due)
                    spoken = True
                else:
                    self.happened.add("no word")
            else:
                answered = spoken = True
            self.change(act)
            if statement and act.kind in JOINING:
                continue  # part of that statement
            judged = act.kind not in (HOLDING, LAUNCH_MOVED)
            if judged:
                self.in_force.append(a)
            if act.kind == DELIVERY:
                continue
            if judged and conceding:
                self.conceding.add(a)
                conceding = False
            topic = GOVERNANCE if act.kind in (PENALTY, EXPLANATION, REFORM, FAN_PANEL) else DEAL
            self.show(
                topic,
                act.reach * p.official_reach_core,
                act.reach * p.official_reach_customer,
                act.reach * p.official_reach_public,
            )
            news = {
                PENALTY: p.novelty_penalty, EXPLANATION: p.novelty_explanation,
                REFORM: p.novelty_explanation, HOLDING: p.novelty_holding,
                FAN_PANEL: p.novelty_explanation,
            }.get(int(act.kind), p.novelty_statement)  # fmt: skip
            self.renew(topic, news)
            echo = p.novelty_echo if judged else 0.0
            self.renew(1 - topic, echo)
            self.fresh[a], self.topic_of[a] = (news, echo), topic
            for tag in self.tags:
                if tag.born is None and tag.made < self.k:
                    tag.news = 0.0  # what nobody has reported is no news any more
            for more in range(int(p.penalty_headlines) if act.kind == PENALTY else 1):
                of = (ACT, 10 * int(act.address) + more)
                self.bear(more % 2 if more else topic, news, act.heat, of=of)
        if spoken:
            w.last_word = self.k
        if answered:
            w.answered, w.word_due = True, None

    def change(self, act):
        w, p = self.w, self.p
        if act.kind == DENIAL and act.answers:
            if w.K2 > 0 and not w.second_out:
                w.second_denied = True
                self.believe_second(E3["doubted"](w.K2, p.denial_doubt))
            return
        if act.kind == DENIAL:
            if not w.admitted:
                w.denied, w.K = True, E3["doubted"](w.K, p.denial_doubt)
            return
        if act.kind == LEGAL_STEP:
            w.betrayal += p.legal_betrayal
            return
        if act.kind in DEEDS or act.acknowledgement > 0:
            self.admit(act)
        if act.kind == TERMINATION:
            w.terminated = 1.0
        elif act.kind == PENALTY:
            felt = E4["felt_level"](act.level, act.severity, p.full_severity)
            if not w.penalised or felt > w.felt:
                w.level_of, w.severity, w.felt = act.level, act.severity, felt
            w.penalised = 1.0
            w.legal += E12["expected_legal_cost"](
                p.unlawful_risk, act.process_h, p.process_half_life_h, p.tenure_y,
                p.monthly_wage_hkd, act.severity,
            )  # fmt: skip
            unfair = E12["felt_unfair"](
                act.level, act.severity, p.blamed_level, act.process_h, p.process_half_life_h
            )
            w.morale = E12["next_morale"](w.morale, p.morale_loss, unfair)
        elif act.kind == REFORM:
            w.reform = E14["reform_in_force"](w.reform, p.promise_worth, act.governance)
            if act.delivered:
                (later,) = (a for a in self.acts if a.kind == DELIVERY)
                steps = E14["delivery_steps"](act.delivery_h, self.dt)
                later.step, later.governance = self.k + steps, act.governance
                later.process_h = steps * self.dt
            else:
                w.promised = True
                w.due = self.k + round(24 * p.promise_due_d / self.dt)
        elif act.kind == DELIVERY:
            w.reform = E14["reform_in_force"](w.reform, 1.0, act.governance)
        elif act.kind == COMPENSATION:
            w.cash += act.cost_hkd * act.share
            if w.first_act == self.k:
                w.compensated = E14["compensation_talk"](p.compensation_noise, act.share)

    def postpone(self, act):
        self.w.cash += act.cost_hkd
        steps = E14["delivery_steps"](act.by_h, self.dt)
        for event in self.events:
            if event.kind == LAUNCH and event.step > self.k:
                event.step += steps
                event.until += steps

    def admit(self, act):
        w, p = self.w, self.p
        if not w.admitted:
            if w.denied:
                w.betrayal += p.denial_betrayal
            if not w.leaked:
                told = act.acknowledgement if act.kind == DISCLOSURE else 0.0
                w.betrayal = E3["told_first"](w.betrayal, p.betrayal, p.thunder, told)
            w.forced = float(w.pressed)
        w.told = 1.0
        w.admitted = w.happened = True
        w.K = 1.0

    def receive(self, i, a):
        """Person i takes in act a."""
        w, p, act = self.w, self.p, self.acts[a]
        fan, blamed = self.identification[i], self.blamed_level[i]
        u = self.uniforms(2 + 100 * int(act.address), agent=i)[0]
        core = self.kind[i] == CORE
        if act.kind == FAN_CALLS:
            told = self.uniforms(2 + 100 * int(act.address), step=int(act.step), agent=i)[1]
            if not core or told >= act.share:
                return
            self.happened.add("private word")
        differs = 0.0
        if act.kind in TEXTS and not act.answers:
            known = self.texts[i]
            for b in known:
                if (self.acts[b].kind == FAN_CALLS) != (act.kind == FAN_CALLS):
                    differs = E13["contradiction"](
                        differs, act.acknowledgement, self.acts[b].acknowledgement
                    )
            known.append(a)
        if differs > 0:
            self.happened.add("contradiction")
        gap = E4["accountability_gap"](blamed, w.felt)
        corrected = E13["correction"](
            w.terminated, E13["punished"](gap, w.penalised), w.reform,
            act.share if act.kind == COMPENSATION else w.compensated,
            p.correct_termination, p.correct_penalty, p.correct_reform, p.correct_compensation,
        )  # fmt: skip
        forced = w.forced
        if act.kind in (DENIAL, LEGAL_STEP):
            corrected = forced = 0.0
        content = E13["content"](
            act.acknowledgement, act.explains, act.regrets, act.repairs, act.requests,
            p.sincerity_acknowledge, p.sincerity_explain, p.sincerity_regret, p.sincerity_repair,
            p.sincerity_request,
        )  # fmt: skip
        content = E13["two_faced"](content, p.sincerity_contradicts, differs)
        sincere = E13["sincerity"](
            content, corrected, act.since_h, act.delay_h,
            E13["missing_levels"](gap, blamed, w.overdue),
            E13["over_penalty"](w.level_of, w.severity, p.just_desert), act.voice, forced,
            p.sincerity_base, p.sincerity_correct, p.sincerity_specific,
            p.fact_finding_h, p.sincerity_delay, p.delay_scale_h, p.sincerity_mismatch,
            p.sincerity_excess, p.sincerity_voice, p.sincerity_forced,
        )  # fmt: skip
        accepted = u < E13["acceptance"](
            sincere, fan, p.acceptance_base, p.acceptance_identity, p.acceptance_slope
        )
        if core:
            self.reached[a] += 1
            self.accepted[a] += accepted
            insists = self.uniforms(20, step=5, agent=i)[0]
            if a in self.conceding and E9["wants_more"](insists, p.demanding_share):
                self.threshold[i] = kept(
                    E9["lowered_threshold"](self.threshold[i], p.demand_lowers)
                )
        deal, governance = self.outrage[:, i]
        if accepted:
            self.relief[i] = kept(E13["added_relief"](self.relief[i], p.relief, sincere, 1.0))
            if act.kind in DEEDS:
                self.conviction[i] = kept(
                    E13["added_relief"](self.conviction[i], p.relief, sincere, corrected)
                )
            if act.kind in (REFORM, DELIVERY):
                governance = E13["relieved_governance"](
                    governance, p.reform_relief, w.reform, sincere
                )
            if act.kind == EXPLANATION:
                governance = E13["relieved_governance"](
                    governance, p.explanation_relief, act.explains, sincere
                )
            if act.kind == REFORM:
                self.hopeful[i] = True
        else:
            deal = E13["backfired"](
                deal, sincere, fan, p.acceptance_base, p.acceptance_identity, p.backfire
            )
        amount = p.governance_apology
        if act.kind == PENALTY:
            amount = E13["governance_question"](p.governance_apology, p.governance_penalty, gap)
        elif act.kind in (REFORM, DELIVERY, COMPENSATION, FAN_PANEL):
            amount = 0.0
        governance = E13["raised_governance"](
            governance, amount, w.reform, p.reform_relief, fan, p.concern_floor
        )
        self.outrage[:, i] = kept((deal, governance))

    # --- people -------------------------------------------------------------------------------

    def read_chats(self, before):
        """Views of two topics, reinforcement and peers of everybody; only fans have chats."""
        views, sigma, peers = np.zeros((2, self.n)), np.zeros(self.n), np.zeros(self.n)
        for i, chats in enumerate(self.chats):
            others = [j for g in chats for j in self.members[g] if j != i]
            for topic in (DEAL, GOVERNANCE):
                posts = sum(before.chat[topic, g] for g in chats)
                views[topic, i] = self.p.see_group * posts
            if others:
                share = sum(before.visible[j] for j in others) / len(others)
                sigma[i] = E4["reinforcement"](share, self.p.reinforcement_threshold)
            peers[i] = E9["peer_push"](sum(before.declared[j] for j in others))
        return views, sigma, peers

    def live(self, before):
        w, p, c, fan, n = self.w, self.p, self.c, self.identification, self.n
        chat, sigma, peers = self.read_chats(before)
        u = np.array([self.uniforms(1, agent=i) for i in range(n)]).T
        arriving = chat.copy()
        for row, signal, topic in self.posts:
            for i in self.followers(row):
                arriving[topic, i] += signal / VIEW
        # E1, E2
        offered = np.zeros((2, n))
        weight = np.where(self.kind == CORE, p.list_weight_core, 1.0)
        for topic in (DEAL, GOVERNANCE):
            for j in range(5):
                self.memory[topic, j] = kept(
                    E1["remembered"](self.memory[topic, j], c.memory[j], arriving[topic])
                )
            views = c.weight @ self.memory[topic]
            listed = E1["list_views"](p.see_list, weight, w.level[topic])
            offered[topic] = E1["offered_views"](
                views, self.shown[topic, self.kind], listed, self.circadian
            )
        chance = E1["exposure_probability"](E1["attended_views"](*offered, p.attention_cap))
        edge = E1["governance_chance"](chance, *offered)
        seen = np.array([(edge <= u[0]) & (u[0] < chance), u[0] < edge])
        # E4, E5
        beta = E4["perceived_severity"](p.betrayal, w.betrayal)
        betrayed = E4["appraisal"](w.K, beta, p.self_relevance, p.trust_buffer, self.trust, fan)
        gap = E4["accountability_gap"](self.blamed_level, w.felt)
        grieved = E4["governance_appraisal"](
            gap, p.governance_floor, w.reform, p.reform_relief, fan, p.concern_floor
        )
        social = E4["social_gain"](p.reinforcement_per_h, self.circadian, self.dt)
        for topic, gain, felt, ground in (
            (DEAL, p.appraisal_gain, betrayed, w.K),
            (GOVERNANCE, p.governance_gain, grieved, gap),
        ):
            push = E4["push"](
                w.grievance[topic], gain, felt,
                E4["habituated"](self.recent[topic], p.habituation), seen[topic],
                social, sigma, fan, ground,
            )  # fmt: skip
            self.outrage[topic] = kept(
                E4["next_outrage"](self.outrage[topic], self.outrage_keep, push)
            )
            self.recent[topic] = kept(
                E1["recent_views"](self.recent[topic], c.recovery, seen[topic])
            )
        # E13, E14
        if w.happened:
            for i in np.flatnonzero(seen.any(axis=0)):
                self.aware[i] = True
                for a in sorted(set(self.in_force) - self.received[i]):
                    self.received[i].add(a)
                    self.receive(i, a)
        # E6, E7
        self.relief = kept(E13["fading_relief"](self.relief, self.conviction, c.relief))
        self.expressed = kept(
            E6["expressed_outrage"](*self.outrage, self.relief, p.governance_voice)
        )
        heat = E6["arousal"](p.outburst, self.expressed)
        rate = E6["posting_rate"](
            p.post_per_h, self.activity, self.circadian, heat,
            E6["talk"](p.baseline_talk, w.news, self.aware),
            E6["willingness"](*self.recent, p.posting_fatigue),
        )  # fmt: skip
        posts = u[1] < E6["event_probability"](rate, self.dt)
        # E8
        self.grudge = kept(
            E9["next_grudge"](self.grudge, self.expressed, c.grudge, self.dt * p.grudge_build_per_h)
        )
        trust = E9["next_trust"](
            self.trust, self.trust_start, self.expressed, fan, self.conviction,
            self.dt * p.trust_loss_per_h, self.dt * p.trust_gain_per_h,
            self.dt * p.trust_return_per_h, p.trust_ceiling, p.concern_floor,
        )  # fmt: skip
        self.trust = kept(
            E9["trust_after_promise"](trust, p.broken_promise, w.broken, self.hopeful)
        )
        # E9
        unheard = np.where(self.kind == CORE, E19["unheard"](p.belonging_weight, w.belonging), 0.0)
        pressure = E9["exit_pressure"](
            self.grudge, peers, self.trust, unheard, p.peer_weight, p.trust_weight
        )
        declares = (
            (E9["presses"](pressure, self.threshold, 1.0) > 0)
            & ~before.declared
            & (u[2] < self.act(p.declare_per_h))
        )
        unfollows = (
            (E9["presses"](pressure, self.threshold, p.unfollow_threshold) > 0)
            & ~self.unfollowed
            & (u[3] < self.act(p.unfollow_per_h))
        )
        for i in np.flatnonzero(posts):
            self.write(i, heat[i])
        self.visible = self.expressed >= p.visible_outrage
        self.unfollowed |= unfollows
        for i in range(n):
            sells, goes, will, _ = self.uniforms(4, agent=i)
            owner = self.kind[i] != PUBLIC
            if declares[i]:
                self.declared[i] = True
                leaver = will < E9["leaver_share"](p.realised_share, p.switching_cost)
                self.leaver[i] = owner and leaver
            elif self.declared[i] and owner:
                self.sold[i] |= sells < self.act(p.sell_per_h)
                self.exited[i] |= self.leaver[i] and goes < self.act(p.exit_per_h)

    def act(self, per_h):
        return E9["act_probability"](per_h, self.circadian, self.dt)

    def write(self, i, heat):
        w, p = self.w, self.p
        self.counts["volume"] += 1
        u, about, _, _ = self.uniforms(3, agent=i)
        kind = E6["kind_of_post"](u, heat, w.news, self.aware[i], p.baseline_talk)
        if kind == 0:
            return
        one = E11["voice"](float(self.n_posts[i]), VIEW)
        self.n_posts[i] += 1
        tone, grounds = 0.0, w.novelty
        if kind == 2:
            tone = self.expressed[i]
            grounds = (
                E6["deal_ground"](self.outrage[DEAL, i], self.relief[i]),
                E6["governance_ground"](p.governance_voice, self.outrage[GOVERNANCE, i]),
            )
        topic = int(E6["topic_of_post"](about, *grounds))
        self.counts["neutral" if kind == 1 else ("deal", "governance")[topic]] += 1
        self.counts[("core", "customer", "public")[self.kind[i]]] += 1
        self.voices[topic, int(self.kind[i] == CORE)] += int(one)
        if self.kind[i] == CORE:
            for g in self.chats[i]:
                self.chat_posts[topic, g] += 1
        self.outrage[DEAL, i] = kept(E6["vented"](self.outrage[DEAL, i], p.venting))
        self.send(i, E6["post_weight"](tone, p.tone_gain, p.see_person, VIEW), topic)

    def send(self, row, signal, topic):
        self.outbox.append((row, int(signal), topic))

    # --- leaders, platform, PR team, market ---------------------------------------------------

    def lead(self, before):
        w, p = self.w, self.p
        if not w.happened:
            return
        question, heat = not w.admitted and w.K > 0, w.heat
        newer = int(E10["topic_of_report"](*w.novelty))
        fresh, official = max(w.novelty), E10["reportable"](w.confirmed, p.unconfirmed_report)
        reporting = E10["angle_rate"](p.report_per_h, self.best_angle()[1], self.circadian)
        asking, press = self.asking(), self.third_parties()
        coming = E18["coming"](asking, press)
        for k, role in enumerate(self.role):
            acting, posting, size, about = self.uniforms(5, agent=k)
            posts, topic = False, newer
            if role == PARTNER and question and not self.gone[k]:
                outraged = sum(before.visible[i] for i in self.fans[k])
                rate = E10["exit_rate"](
                    E10["outraged_share"](outraged, len(self.fans[k])), self.integrity[k],
                    self.contract[k], self.circadian, p.leader_exit_per_h, p.leader_exit_base,
                    p.leader_exit_followers, p.leader_exit_integrity, p.leader_exit_contract,
                    w.called, p.leader_exit_called,
                )  # fmt: skip
                if acting < E6["event_probability"](rate, self.dt):
                    posts = self.gone[k] = w.pressed = True
                    self.believe(E10["exit_evidence"](p.exit_credibility, self.contract[k]))
                    self.stir(DEAL, p.novelty_statement)
                    self.show(
                        DEAL,
                        p.leader_exit_reach_core,
                        p.leader_exit_reach_customer,
                        p.leader_exit_reach_public,
                    )
                    self.bear(DEAL, p.novelty_statement, of=(EXIT, k))
            elif role == ANTAGONIST:
                rate = E10["attention_rate"](p.mock_per_h, heat, p.mock_heat, fresh, self.circadian)
                if acting < E6["event_probability"](rate, self.dt):
                    posts = True
                    if not w.admitted:
                        self.mock(p.mock_betrayal)
                    self.stir(DEAL, p.novelty_mock)
                    self.bear(DEAL, p.novelty_mock, of=(MOCKED, k + 4096 * self.k))
            elif role == NEUTRAL:
                rate = E10["report_rate"](
                    p.leader_post_per_h, heat, p.leader_heat, fresh, official, self.circadian
                )
                posts = posting < E6["event_probability"](rate, self.dt)
                found = self.uniforms(13, agent=k)[0]
                if acting < E6["event_probability"](coming, self.dt):
                    posts, topic = True, self.come(k, asking, press, size, about)
                elif found < E6["event_probability"](reporting, self.dt):
                    angle, _ = self.best_angle()
                    if angle is not None:
                        self.report(angle, self.heat_of(k, angle.news, angle.loudness))
                        posts, topic = True, angle.topic
            if posts:
                self.counts["kol"] += 1
                self.reports[topic] += 1
                self.counts["volume"] += p.leader_volume
                self.send(
                    self.n + k, E6["post_weight"](0.0, p.tone_gain, p.see_leader, VIEW), topic
                )

    def asking(self):
        """Rate at which one reporter comes with a new question, 1/h."""
        p, reporters = self.p, self.role.count(NEUTRAL)
        if self.k < self.c.start or not reporters or self.w.cleared:
            return 0.0
        return E18["asking_rate"](
            p.question_per_d, self.w.unanswered, self.circadian,
            E14["since"](self.k, self.c.start, self.dt), 24 * p.question_half_life_d, reporters,
        )  # fmt: skip

    def third_parties(self):
        """Rate at which one reporter brings a third party, 1/h."""
        p, w, reporters = self.p, self.w, self.role.count(NEUTRAL)
        if w.first_listed is None or not reporters or w.cleared:
            return 0.0
        return E18["press_rate"](
            p.press_per_d, w.told, p.press_answered, self.circadian,
            E14["since"](self.k, w.first_listed, self.dt), 24 * p.press_half_life_d, reporters,
        )  # fmt: skip

    def come(self, k, asking, press, u_size, u_topic):
        """Reporter k comes with a question or a third party; its topic."""
        w, p = self.w, self.p
        size = E18["size_of_question"](u_size, p.question_least, p.question_most)
        what = int(E18["brought"](self.uniforms(13, agent=k)[2], asking, press, p.press_formal))
        if what:
            topic, origin = (GOVERNANCE if what == 1 else DEAL), REGULATOR + what - 1
            self.happened.add(f"third party {what}")
        else:
            gap = E4["accountability_gap"](p.blamed_level, w.felt)
            topic = int(E18["asked_of_governance"](u_topic, w.penalised, gap))
            origin = QUESTION
            self.happened.add("question")
        self.renew(topic, size)
        if not what:
            w.stirred[topic] = E11["renewed"](w.stirred[topic], size)
        self.show(
            topic,
            p.question_reach_core * size,
            p.question_reach_customer * size,
            p.question_reach_public * size,
        )
        self.bear(topic, size, of=(origin, k + 4096 * self.k), heat=self.heat_of(k, size, 1.0))
        return topic

    def close_platform(self):
        w, p, c, n = self.w, self.p, self.c, self.counts
        w.reads = E11["reads"](
            self.circadian, p.see_list, sum(w.level), c.real[0], p.list_weight_core, *c.real[1:]
        )
        talk = []
        for topic in (DEAL, GOVERNANCE):
            general = E11["general_talk"](*self.voices[topic], VIEW, p.core_heat)
            talk.append(
                E11["talk_heat"](
                    c.post, general, 3000, self.n, self.reports[topic], p.leader_volume
                )
            )
        both = E11["whole_level"](*talk)
        w.heat = E11["next_heat"](w.heat, c.heat, both)
        w.talk = [
            E12["recent_talk"](before, c.talk, n[name])
            for before, name in zip(w.talk, ("deal", "governance"), strict=True)
        ]
        wanted = self.wanted[self.k]
        if w.happened:
            chance = E11["crowd_chance"](p.crowd_per_h, both, wanted, self.dt)
            if self.uniforms(12)[0] < chance:
                self.happened.add("crowd")
                self.bear(int(talk[GOVERNANCE] > talk[DEAL]), 0.0, of=(CROWD, self.k), heat=0.0)
        shown = E11["shown_share"](w.displaced) if self.k < w.until else 1.0
        alive = [tag for tag in self.tags if tag.born is not None and not tag.left]
        claims = [
            sum(
                E11["claim"](self.k - tag.born, tag.half_life)
                for tag in alive
                if tag.topic == topic
            )
            for topic in (DEAL, GOVERNANCE)
        ]
        w.level, w.listed, w.list_heat = [0.0, 0.0], 0, 0.0
        for tag in alive:
            claim = E11["claim"](self.k - tag.born, tag.half_life)
            own = E11["share_of_talk"](claim, claims[tag.topic], talk[tag.topic])
            tag.heat = E11["next_heat"](tag.heat, tag.keep, own)
            if tag.heat <= wanted:
                tag.left = tag.entered is not None
                continue
            if tag.entered is None:
                tag.entered = self.k
                w.pressed = True
                w.first_listed = self.k if w.first_listed is None else w.first_listed
            w.listed += 1
            w.list_heat += tag.heat
            one = E11["hashtag_level"](
                E11["place_share"](tag.heat, wanted), E11["ramp"](self.k - tag.entered, c.hour)
            )
            w.level[tag.topic] = E11["with_hashtag"](w.level[tag.topic], shown, one)

    def watch(self):
        w, p = self.w, self.p
        night = 1.0 if self.clock.night[self.k] else 0.0
        sampled = E12["sampled_share"](3000, self.n)
        expected = E12["expected_mentions"](
            sampled, p.post_per_h, p.baseline_talk, self.circadian, self.dt, self.n
        )
        volume = self.counts["volume"]
        if sampled < 1:
            z = self.normal(self.uniforms(6, agent=1000)[0])
            volume = E12["sampled_mentions"](volume, sampled, z)
        w.z = E12["mention_excess"](volume, expected)
        if not w.alarmed and w.z > p.detection_z and w.happened:
            w.alarmed = True
            z = self.normal(self.uniforms(6, step=0)[0])
            w.detected = self.k + E12["lag_steps"](
                p.detection_lag_h, p.detection_spread, z, night, self.dt
            )
        if w.detected is not None and self.k >= w.detected:
            w.noticed = True
        declared = self.declared[self.kind == CORE].mean()
        for act in self.acts:
            if not act.wanted or act.trigger == BY_HOUR or act.step >= 0 or not w.noticed:
                continue
            come = {
                BY_DETECTION: True,
                BY_LIST: w.listed > 0,
                BY_GOVERNANCE: E12["governance_share"](*w.talk) > act.threshold,
                BY_DECLARED: declared > act.threshold,
            }
            if come[int(act.trigger)]:
                z = self.normal(self.uniforms(6, step=1, agent=int(act.address))[0])
                wait = E12["lag_steps"](p.deliberation_h, p.deliberation_spread, z, night, self.dt)
                act.step = E12["acts_in"](self.k, act.delay, wait)

    def sums(self, values):
        """Fixed-point sums of a state by kind."""
        whole = np.trunc(values * ONE)
        return [int(whole[self.kind == kind].sum()) for kind in range(3)]

    def trade(self):
        w, p, c = self.w, self.p, self.c
        outrage = aware = 0.0
        for kind, total in enumerate(self.sums(self.expressed)):
            size, real = self.sizes[kind], c.real[kind]
            outrage = MEANS["with_mean"](outrage, real, total, ONE, size)
            aware = MEANS["with_share"](aware, real, self.aware[self.kind == kind].sum(), size)
        outrage = MEANS["among_aware"](outrage, aware)
        attention = E16["attention"](w.heat, p.attention_heat) if w.heat else 0.0
        if not self.clock.in_session[self.k]:
            mood = E16["mood"](attention, outrage)
            w.unpriced = E16["unpriced"](
                w.unpriced, p.sentiment_drift, mood, p.closed_weight, c.bars
            )
            return
        orders, n = [0, 0, 0], [0, 0, 0]
        for k, (kind, trait) in enumerate(self.investors):
            if kind == NOISE:
                order = self.normal(self.uniforms(8, agent=k)[0])
            elif kind == SENTIMENT:
                u = self.uniforms(8, step=0, agent=k)[2]
                weak = E16["sees_weakness"](u, p.buyback_weakness, w.buyback)
                mood = (1.0, 1.0) if weak else (attention, outrage)
                order = E16["sentiment_order"](trait, *mood)
            else:
                value = E16["value_of"](w.fundamental, w.other)
                order = E16["value_order"](trait, value, w.price)
            orders[kind] += int(order * ORDER)
            n[kind] += 1
        lost = sum(
            c.real[kind] * self.exited[self.kind == kind].sum() / self.sizes[kind]
            for kind in (CORE, CUSTOMER)
        )
        w.fundamental = E16["fundamental_of"](p.exit_value, lost)
        z_bar, z_night, _, _ = (self.normal(u) for u in self.uniforms(7))
        sentiment = E16["sentiment_return"](
            p.sentiment_drift, c.bars, orders[SENTIMENT], ORDER, n[SENTIMENT], w.unpriced
        )
        w.unpriced = 0.0
        buyback = 0.0
        if w.buyback:
            w.left = w.left or c.spread
            whole = E16["buyback_impact"](
                p.impact, p.daily_volatility, w.buyback, 1e9 * p.turnover_hkd_bn
            )
            buyback = E16["buyback_return"](whole, c.spread)
            w.left -= 1
            if not w.left:
                w.buyback = 0.0
        first = self.clock.first_bar[self.k]
        reversion = E16["reverted"](c.reversion, w.sentiment)
        noise = E16["noise_return"](c.bar_sd, p.flow_impact, z_bar)
        flow = E16["flow_return"](c.bar_sd, p.flow_impact, orders[NOISE], ORDER, n[NOISE])
        night = E16["overnight_return"](c.overnight, z_night) if first else 0.0
        index = self.index_move[self.k]
        w.other = E16["other_news"](w.other, noise, flow, night, index)
        pull = E16["value_return"](p.value_pull, orders[VALUE], ORDER, n[VALUE])
        move = E16["price_move"](noise, flow, sentiment, pull, night, buyback, reversion, index)
        w.sentiment = E16["next_sentiment"](
            w.sentiment, sentiment, p.impact_decay, buyback, reversion
        )
        w.price = E16["next_price"](w.price, move)

    # --- what is compared ---------------------------------------------------------------------

    def row(self):
        """The record's row of the step that is done, by name of its series."""
        w, n = self.w, self.counts
        said = {
            "posts_kol": n["kol"], "posts_neutral": n["neutral"], "posts_deal": n["deal"],
            "posts_governance": n["governance"], "heat": w.heat, "list_level": sum(w.level),
            "list_level_governance": w.level[GOVERNANCE], "n_listed": w.listed, "reads": w.reads,
            "credibility": w.K, "novelty_deal": w.novelty[DEAL],
            "novelty_governance": w.novelty[GOVERNANCE], "mention_z": w.z,
            "list_heat": w.list_heat, "unanswered": w.unanswered, "belonging": w.belonging,
            "grievance_deal": w.grievance[DEAL], "grievance_governance": w.grievance[GOVERNANCE],
            "detected": float(w.noticed), "morale": w.morale, "legal_hkd": w.legal,
            "cash_hkd": w.cash,
        }  # fmt: skip
        states = {
            "outrage": self.expressed, "outrage_deal": self.outrage[DEAL],
            "outrage_governance": self.outrage[GOVERNANCE], "grudge": self.grudge,
            "trust": self.trust,
        }  # fmt: skip
        for name, values in states.items():
            for kind, total in zip(("core", "customer", "public"), self.sums(values), strict=True):
                size = self.sizes[("core", "customer", "public").index(kind)]
                said[f"{name}_{kind}"] = MEANS["mean"](total, ONE, size)
        for number, kind in enumerate(("core", "customer", "public")):
            said[f"posts_{kind}"] = n[kind]
            for name in ("aware", "declared", "unfollowed", "sold", "exited"):
                if kind != "public" or name not in ("sold", "exited"):
                    said[f"{name}_{kind}"] = getattr(self, name)[self.kind == number].mean()
        self.first = self.first or {k: float(np.float32(x)) for k, x in said.items()}
        for kind in ("core", "customer"):
            said[f"visits_{kind}"] = E9["visits"](
                said[f"outrage_{kind}"], said[f"trust_{kind}"], self.first[f"trust_{kind}"],
                self.p.skip_outraged, self.p.skip_distrusting,
            )  # fmt: skip
        if self.clock.case.listed:
            close = float(self.clock.case.market["previous_close_hkd"])
            said["price_hkd"] = E16["price_hkd"](close, w.price)
        return said
