"""What a PR team sees at a decision: late, noisy, and nothing of what people feel.

The brief desk reads the run up to the decision, and of it only what can be seen from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from experiments.game.rules import Choices, Injection, answer_of, time_of
from experiments.game.runs import config_of
from experiments.game.script import DECISIONS, PLACE, SITUATION, TOLD, TOPICS, Decision
from experiments.game.world import World
from experiments.pictures.words import unit_name
from sim.playbook import KINDS, kind_told
from sim.record import LogEntry, Run
from sim.run import simulate
from sim.settings.config import Config
from sim.state.scenario import effective_parameters

VOLUME_LAG_H, MOOD_LAG_H, FOLLOWER_LAG_H, EXIT_LAG_H = 1, 3, 6, 3
HOURS_SHOWN = 36
SAMPLE = 200  #: posts that are read by hand for the mood
VOLUME_SD = 0.15  #: of the log of an hour's estimated volume; the tool reads a sample. Assumed.
FOLLOWER_SD = 0.1
#: Tags of the generators of noise; a decision's own number is added.
_NOISE_VOLUME, _NOISE_MOOD, _NOISE_FOLLOWERS = 1000, 2000, 3000


@dataclass(frozen=True)
class Headline:
    """Something that everybody, or the team, has seen."""

    time: datetime
    text: str
    new: bool  #: since the decision before


@dataclass(frozen=True)
class Number:
    """A figure on the desk; if it is an estimate, with the interval of the truth (95 %)."""

    key: str
    name: str
    unit: str
    value: float
    low: float
    high: float
    as_of: datetime
    note: str
    digits: int = 0  #: to show after the point


@dataclass(frozen=True)
class Trace:
    """A series up to the last hour that is known: values and 95 % band, float64[n]."""

    name: str
    unit: str
    times: tuple[datetime, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    zone: str = ""  #: of its times, in words


@dataclass(frozen=True)
class Brief:
    """What the PR team sees at a decision; nothing of the model's hidden state."""

    decision: str
    time: datetime
    situation: str
    headlines: tuple[Headline, ...]
    numbers: tuple[Number, ...]
    series: Trace


def brief(
    world: World, choices: Choices, injections: Sequence[Injection], decision: Decision, lang: str
) -> Brief:
    """What the PR team sees at a decision: late, noisy, and nothing of what people feel.

    Only earlier choices, and events injected until then, are looked at. Raises ConfigError.
    """
    k = PLACE[decision.key]
    before = {key: choices[key] for key in choices if PLACE.get(key, 99) < k}
    known = [item for item in injections if PLACE.get(item.at, -1) <= k]
    config = config_of(world, before, known)
    run = simulate(config)
    desk = _Desk(world, config, run, before, k, lang)
    return Brief(
        decision.key,
        desk.time,
        desk.situation(),
        desk.headlines(),
        tuple(desk.numbers()),
        desk.volume(),
    )


class _Desk:
    """What lies on the table: reads the run up to now, and only what can be seen from outside."""

    def __init__(
        self, world: World, config: Config, run: Run, choices: Choices, k: int, lang: str
    ) -> None:
        self.world, self.config, self.run, self.choices = world, config, run, choices
        self.k, self.zh = k, int(lang == "zh")
        self.case = config.case
        self.time = time_of(world, DECISIONS[k].key)
        self.now = run.clock.step_of(self.time)
        self.per_h = round(1 / run.clock.dt_h)
        self.exact = 0.5 if answer_of(choices, "D0", "rumour") == "monitor" else 1.0

    def said(self, texts: tuple[str, str]) -> str:
        return texts[self.zh]

    def ago(self, hours: float) -> int:
        """The step that began so many hours ago."""
        return max(0, self.now - round(hours * self.per_h))

    def situation(self) -> str:
        rumoured = any(
            event.time < self.time for event in self.case.forcing if event.requires is None
        )
        return self.said(SITUATION["quiet" if self.k == 0 and not rumoured else self.key])

    # the curve

    def volume(self) -> Trace:
        """Talk about the affair by hour, in ordinary hours' talk; each hour with its own noise."""
        p, clock = effective_parameters(self.config), self.run.clock
        s = {name: v[: self.now].astype(np.float64) for name, v in self.run.series.items()}
        talk = s["posts_core"] + s["posts_customer"] + s["posts_public"]
        talk += p["leader_volume"] * s["posts_kol"]
        n = sum(self.run.n_people.values())
        usual = p["post_per_h"] * p["baseline_talk"] * clock.circadian() * clock.dt_h * n
        last = self.ago(VOLUME_LAG_H) // self.per_h
        hours = range(max(0, last - HOURS_SHOWN), last)
        spread = VOLUME_SD * self.exact
        z = _noise(self.world, _NOISE_VOLUME).standard_normal(clock.n_steps // self.per_h)
        values = []
        for hour in hours:
            part = slice(hour * self.per_h, (hour + 1) * self.per_h)
            true = talk[part].sum() / max(usual[part].sum(), 1e-9)
            values.append(float(true * np.exp(spread * z[hour])))
        width = float(np.exp(1.96 * spread))
        return Trace(
            self.said(("posts about the affair", "涉事发帖量")),
            self.said(("times the brand's ordinary talk at that hour", "倍于该时段的日常声量")),
            tuple(clock.time_of(hour * self.per_h) for hour in hours),
            tuple(values),
            tuple(value / width for value in values),
            tuple(value * width for value in values),
            self.said((self.case.zone_name("en"), self.case.zone_name("zh"))),
        )

    # figures

    def numbers(self) -> list[Number]:
        listed = [self.listed()] if self.case.hot_list else []
        found = [*self.mood(), *listed, self.partners(), self.followers()]
        if self.case.listed:
            found.append(self.price())
        return found

    def mood(self) -> list[Number]:
        """A sample of posts read by hand: how many are outraged, and about what."""
        end, begin = self.ago(MOOD_LAG_H), self.ago(MOOD_LAG_H + 6)
        posts = {
            name: float(self.run.series[f"posts_{name}"][begin:end].sum())
            for name in ("neutral", "deal", "governance")
        }
        total = sum(posts.values())
        if total < 1:
            return []
        noise = _noise(self.world, _NOISE_MOOD + self.k)
        n = round(SAMPLE / self.exact**2)
        angry = int(noise.binomial(n, 1 - posts["neutral"] / total))
        upset = posts["deal"] + posts["governance"]
        of_governance = int(noise.binomial(angry, posts["governance"] / upset if upset else 0.0))
        note = self.said(("a sample of {} posts of six hours", "六小时内抽样{}条")).format
        shares = [
            (
                "angry",
                ("outraged posts, of posts about the affair", "涉事帖中的愤怒帖占比"),
                angry,
                n,
            ),
            (
                "governance",
                ("of these, about who is responsible", "其中追问责任者"),
                of_governance,
                angry,
            ),
        ]
        return [
            Number(
                key, self.said(names), "%", 100 * hits / tried, 100 * wilson(hits, tried)[0],
                100 * wilson(hits, tried)[1], self.run.clock.time_of(end), note(tried),
            )
            for key, names, hits, tried in shares
            if tried
        ]  # fmt: skip

    def listed(self) -> Number:
        """Own hashtags on the public list: anybody can count them."""
        value = float(self.run.series["n_listed"][self.now - 1])
        return Number(
            "listed", self.said(("own topics on the public trending list", "公众热搜在榜话题")),
            self.said(("topic" if value == 1 else "topics", "个")), value, value, value, self.time,
            self.said(("counted", "实数")),
        )  # fmt: skip

    def exits(self) -> list[int]:
        """Steps at which partners left, as far as the team has heard."""
        lag = 0 if answer_of(self.choices, "D2", "partners") == "call" else EXIT_LAG_H
        heard = self.ago(lag)
        return [e.step for e in self.run.log if e.kind == "kol_exit" and e.step < heard]

    def partners(self) -> Number:
        called = answer_of(self.choices, "D2", "partners") == "call"
        value, all_of_them = float(len(self.exits())), self.config.population.n_partner_leaders
        return Number(
            "partners", self.said(("partner opinion leaders who have left", "已退出的合作KOL")),
            self.said((f"of {all_of_them}", f"位(共{all_of_them}位)")),
            value, value, value if called else float(all_of_them),
            self.run.clock.time_of(self.now if called else self.ago(EXIT_LAG_H)),
            self.said(("from your calls", "来自你方致电") if called
                      else ("as far as it is in the news", "据新闻报道")),
        )  # fmt: skip

    def followers(self) -> Number:
        """Followers lost, as the platform's tool shows it: late and rounded."""
        at = self.ago(FOLLOWER_LAG_H)
        true = 100 * float(self.run.weighted("unfollowed")[at])
        spread = FOLLOWER_SD * self.exact
        noise = _noise(self.world, _NOISE_FOLLOWERS + self.k)
        seen = true * float(np.exp(spread * noise.standard_normal()))
        width = float(np.exp(1.96 * spread))
        return Number(
            "followers", self.said(("followers lost", "流失关注者")), "%", seen, seen / width,
            seen * width, self.run.clock.time_of(at), self.said(("estimated", "估计值")), 2,
        )  # fmt: skip

    def price(self) -> Number:
        """The share against the close before, with what ordinary days do without any crisis."""
        seen = self.run.series["price_hkd"][: self.now].astype(np.float64)
        opened = self.run.series["in_session"][: self.now] > 0
        start = self.run.clock.burn_in_steps
        clock = self.run.clock
        days = {clock.trading_day(int(i)) for i in np.flatnonzero(opened) if i >= start}
        base, money = float(self.case.previous_close or 0), str(self.case.currency)
        move = 100 * (float(seen[-1]) / base - 1)
        sd = effective_parameters(self.config)["daily_volatility"]
        noise = 196 * sd * max(len(days), 1) ** 0.5
        return Number(
            "price", self.said(("share price since the last close before", "股价较事前收盘")), "%",
            move, move, move, self.time,
            self.said((
                f"{money} {seen[-1]:.2f}; without any crisis it would be within ±{noise:.1f} % "
                "19 times out of 20",
                f"{seen[-1]:.2f}{unit_name(money, 'zh')}；"
                f"即使没有危机，20次中有19次也在±{noise:.1f}%之内",
            )), 1,
        )  # fmt: skip

    # headlines

    def headlines(self) -> tuple[Headline, ...]:
        last = time_of(self.world, DECISIONS[self.k - 1].key) if self.k else datetime.min
        found = list(self.background() if self.k == 0 else [])
        known = set(self.exits())
        for entry in self.run.log:
            just_now = entry.kind == "forcing" and entry.step == self.now
            if entry.step >= self.now and not just_now:
                continue
            if entry.kind == "kol_exit" and entry.step not in known:
                continue
            text = self.headline(entry.kind, entry.who)
            if text:
                late = EXIT_LAG_H if entry.kind == "kol_exit" and entry.step < self.now else 0
                moment = self.moment(entry)
                found.append((moment, text, moment + timedelta(hours=late) >= last))
        for told, key in self.facts():
            found.append((time_of(self.world, told), self.said(TOLD[key]), told == self.key))
        return tuple(Headline(*item) for item in sorted(found, key=lambda item: item[0]))

    def moment(self, entry: LogEntry) -> datetime:
        """When it happened, to the minute where that is known and not to the step."""
        if entry.kind == "forcing":
            return next(event.time for event in self.case.events if event.id == entry.who)
        act = self.config.response.playbook.get(entry.who) if entry.kind == "action" else None
        if act is None or act.delay_h is None:
            return self.run.clock.time_of(entry.step)
        return self.case.after(float(act.delay_h))

    @property
    def key(self) -> str:
        return DECISIONS[self.k].key

    def background(self) -> list[tuple[datetime, str, bool]]:
        """What is documented from before the case, for the first meeting."""
        events = [e for e in self.case.events if e.role == "context" and e.time < self.case.start]
        latest = sorted(events, key=lambda event: event.time)[-3:]
        return [(event.time, event.text["zh" if self.zh else "en"], True) for event in latest]

    def facts(self) -> list[tuple[str, str]]:
        """What is known inside, and at which decision."""
        asked = answer_of(self.choices, "D0", "rumour") == "verify"
        plan = [("D1" if asked else "D4", "true"), ("D3" if asked else "D5", "who")]
        return [(at, key) for at, key in plan if PLACE[at] <= self.k]

    def headline(self, kind: str, who: str) -> str:
        lang = "zh" if self.zh else "en"
        events = {event.id: event for event in self.case.events}
        if kind == "forcing":
            return str(events[who].text[lang])
        if kind == "action":
            kind = kind_told(who, self.config.response.acts)
            return self.said(TOLD.get(f"act_{kind}") or KINDS[kind].TOLD)
        if kind == "list_entry":
            return self.said(TOLD["list"]).format(self.topic(who))
        if kind == "second_wave":
            return self.said(TOLD["inside" if who == "leak" else "wave"])
        return self.said(TOLD[kind]) if kind in TOLD else ""

    def topic(self, who: str) -> str:
        """What a hashtag is about."""
        if who.startswith(("exit_", "mock_")):
            return self.said(TOPICS[who[:4]])
        stem = who.rsplit("_", 1)[0] if who.rsplit("_", 1)[-1].isdigit() else who
        injected = who.rsplit("_D", 1)[0]
        return self.said(TOPICS.get(injected) or TOPICS.get(stem, TOPICS["other"]))


def _noise(world: World, tag: int) -> np.random.Generator:
    """The noise of one kind of report: the same at every reload."""
    return np.random.Generator(np.random.Philox(key=np.array([world.seed, tag], np.uint64)))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, Wilson; n > 0. It ends at 0 and 1 where nobody or all are hits."""
    z = 1.96
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return 0.0 if hits == 0 else low, 1.0 if hits == n else high
