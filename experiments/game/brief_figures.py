"""The figures on a team's desk: the curve of talk, mood, topics, partners, followers, price.

What the team reads off a sample or a tool carries noise and a 95 % interval; what anybody can count
is exact. The noise of a report is the same at every reload: it is drawn from the seed of the world,
the kind of the report and the decision, so a team gains nothing by loading its page again.

Lags say how old a figure is when it reaches the desk, in hours. *Assumed*, as all sizes of noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from experiments.game.outlook import EXIT_LAG_H, Outlook
from experiments.game.world import World
from experiments.pictures.words import unit_name
from sim.rules import platform, pr_team
from sim.state.constants import effective_parameters

VOLUME_LAG_H, MOOD_LAG_H, FOLLOWER_LAG_H = 1, 3, 6
HOURS_SHOWN = 36  #: of the curve of talk, at most
POSTERS = ("customer", "public", "core", "kol")  #: whose posts the run has in series
SAMPLE = 200  #: posts that are read by hand for the mood
VOLUME_SD = 0.15  #: of the log of an hour's estimated volume; the tool reads a sample. Assumed.
FOLLOWER_SD = 0.1  #: of the log of the estimated loss. Assumed.
#: Tags of the generators of noise; a decision's own number is added.
_NOISE_VOLUME, _NOISE_MOOD, _NOISE_FOLLOWERS = 1000, 2000, 3000


@dataclass(frozen=True)
class Number:
    """A figure on the desk; if it is an estimate, with the interval of the truth (95 %).

    A figure that is counted and not estimated has low = value = high. `as_of` is the moment that it
    speaks of, which lies before the decision.
    """

    key: str  #: the same in every language
    name: str
    unit: str
    value: float
    low: float
    high: float
    as_of: datetime  #: the moment that it speaks of
    note: str  #: where it comes from, in words
    digits: int = 0  #: to show after the point


@dataclass(frozen=True)
class Trace:
    """A series up to the last hour that is known: values and 95 % band, float64[n].

    Times are the beginnings of hours, in the zone of the case. Empty before the first hour is
    known.
    """

    name: str
    unit: str
    times: tuple[datetime, ...]  #: beginnings of hours
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    zone: str = ""  #: of its times, in words


def volume_of(o: Outlook) -> Trace:
    """Talk about the affair by hour, in ordinary hours' talk; each hour with its own noise.

    The last hour shown ended `VOLUME_LAG_H` before the decision; at most `HOURS_SHOWN` are shown.
    The band holds the truth of an hour in 95 % of them.
    """
    clock, talk, usual = o.run.clock, _talk(o), _usual_talk(o)
    last = o.ago(VOLUME_LAG_H) // o.per_h
    hours = range(max(0, last - HOURS_SHOWN), last)
    spread = VOLUME_SD * o.exact
    z = _noise(o.world, _NOISE_VOLUME).standard_normal(clock.n_steps // o.per_h)
    values = []
    for hour in hours:
        part = slice(hour * o.per_h, (hour + 1) * o.per_h)
        true = talk[part].sum() / max(usual[part].sum(), 1e-9)  # no zero where nobody is awake
        values.append(float(true * np.exp(spread * z[hour])))
    width = float(np.exp(1.96 * spread))
    return Trace(
        o.said(("posts about the affair", "涉事发帖量")),
        o.said(("times the brand's ordinary talk at that hour", "倍于该时段的日常声量")),
        tuple(clock.time_of(hour * o.per_h) for hour in hours),
        tuple(values),
        tuple(value / width for value in values),
        tuple(value * width for value in values),
        o.said((o.case.zone_name("en"), o.case.zone_name("zh"))),
    )


def _talk(o: Outlook) -> npt.NDArray[np.float64]:
    """Posts about the affair in every step until now, float64[n]; those of leaders weigh more.

    The platform's own rule, for a post of weight 1 and with everybody's post counted alike: a tool
    that reads posts does not know which of them come from core fans.
    """
    volume, n = effective_parameters(o.config)["leader_volume"], float(sum(o.run.n_people.values()))
    series = [
        o.run.series[f"posts_{kind}"][: o.now].astype(np.float64).tolist() for kind in POSTERS
    ]
    return np.array(
        [
            platform.talk_heat(
                1.0, platform.general_talk(customer + public, core, 1.0, 1.0), n, n, leaders, volume
            )
            for customer, public, core, leaders in zip(*series, strict=True)
        ]
    )


def _usual_talk(o: Outlook) -> npt.NDArray[np.float64]:
    """Posts that a step would have without any crisis, float64[n_steps]: all, not a sample."""
    p, clock, n = effective_parameters(o.config), o.run.clock, float(sum(o.run.n_people.values()))
    rate, everyday = p["post_per_h"], p["baseline_talk"]
    hours = clock.circadian().tolist()
    return np.array(
        [pr_team.expected_mentions(1.0, rate, everyday, c, clock.dt_h, n) for c in hours]
    )


def numbers_of(o: Outlook) -> list[Number]:
    """All figures of a decision, in the order of the desk.

    A case without a public list has no count of topics, a company without a share no price.
    """
    listed = [_listed(o)] if o.case.hot_list else []
    found = [*_mood(o), *listed, _partners(o), _followers(o)]
    if o.case.listed:
        found.append(_price(o))
    return found


def _mood(o: Outlook) -> list[Number]:
    """A sample of posts read by hand: how many are outraged, and about what.

    Of `SAMPLE` posts of six hours, four times as many under closer monitoring. No figure at all
    where nobody posted; the share of governance only where a post of the sample was outraged.
    """
    end, begin = o.ago(MOOD_LAG_H), o.ago(MOOD_LAG_H + 6)
    posts = {
        name: float(o.run.series[f"posts_{name}"][begin:end].sum())
        for name in ("neutral", "deal", "governance")
    }
    total = sum(posts.values())
    if total < 1:
        return []
    noise = _noise(o.world, _NOISE_MOOD + o.k)
    n = round(SAMPLE / o.exact**2)
    angry = int(noise.binomial(n, 1 - posts["neutral"] / total))
    upset = posts["deal"] + posts["governance"]
    of_governance = int(noise.binomial(angry, posts["governance"] / upset if upset else 0.0))
    as_of = o.run.clock.time_of(end)
    told = ("outraged posts, of posts about the affair", "涉事帖中的愤怒帖占比")
    about = ("of these, about who is responsible", "其中追问责任者")
    shares = [_share(o, "angry", told, angry, n, as_of)]
    if angry:
        shares.append(_share(o, "governance", about, of_governance, angry, as_of))
    return shares


def _share(
    o: Outlook, key: str, names: tuple[str, str], hits: int, tried: int, as_of: datetime
) -> Number:
    """A share of posts that were read, in percent, with Wilson's interval."""
    low, high = wilson(hits, tried)
    note = o.said(("a sample of {} posts of six hours", "六小时内抽样{}条")).format(tried)
    return Number(key, o.said(names), "%", 100 * hits / tried, 100 * low, 100 * high, as_of, note)


def _listed(o: Outlook) -> Number:
    """Own hashtags on the public list: anybody can count them."""
    value = float(o.run.series["n_listed"][o.now - 1])
    return Number(
        "listed", o.said(("own topics on the public trending list", "公众热搜在榜话题")),
        o.said(("topic" if value == 1 else "topics", "个")), value, value, value, o.time,
        o.said(("counted", "逐一计数")),
    )  # fmt: skip


def _partners(o: Outlook) -> Number:
    """How many partners have left: exact after the team's own calls, else as far as the news has
    it.

    From the news alone, any of the others may have left as well: so the range ends at all of them.
    """
    called = o.called
    value, all_of_them = float(len(o.exits())), o.config.population.n_partner_leaders
    return Number(
        "partners", o.said(("partner opinion leaders who have left", "已退出的合作KOL")),
        o.said((f"of {all_of_them}", f"位(共{all_of_them}位)")),
        value, value, value if called else float(all_of_them),
        o.run.clock.time_of(o.now if called else o.ago(EXIT_LAG_H)),
        o.said(("from your calls", "来自你们致电") if called
                  else ("as far as it is in the news", "据新闻报道")),
    )  # fmt: skip


def _followers(o: Outlook) -> Number:
    """Followers lost, as the platform's tool shows it: late, and off by a log-normal factor.

    In percent of those whom the brand had. The interval is that of the factor.
    """
    at = o.ago(FOLLOWER_LAG_H)
    true = 100 * float(o.run.weighted("unfollowed")[at])
    spread = FOLLOWER_SD * o.exact
    noise = _noise(o.world, _NOISE_FOLLOWERS + o.k)
    seen = true * float(np.exp(spread * noise.standard_normal()))
    width = float(np.exp(1.96 * spread))
    return Number(
        "followers", o.said(("followers lost", "流失关注者")), "%", seen, seen / width,
        seen * width, o.run.clock.time_of(at), o.said(("estimated", "估计值")), 2,
    )  # fmt: skip


def _price(o: Outlook) -> Number:
    """The share against the close before, with what ordinary days do without any crisis.

    The move itself is exact; the note beside it gives 1.96 daily standard deviations times the root
    of the sessions since, so that nobody takes an ordinary day for the market's answer.
    """
    seen = o.run.series["price_hkd"][: o.now].astype(np.float64)
    opened = o.run.series["in_session"][: o.now] > 0
    start = o.run.clock.burn_in_steps
    clock = o.run.clock
    days = {clock.trading_day(int(i)) for i in np.flatnonzero(opened) if i >= start}
    base, money = float(o.case.previous_close or 0), str(o.case.currency)
    move = 100 * (float(seen[-1]) / base - 1)
    sd = effective_parameters(o.config)["daily_volatility"]
    noise = 196 * sd * max(len(days), 1) ** 0.5
    return Number(
        "price", o.said(("share price since the last close before", "股价较事前收盘")), "%",
        move, move, move, o.time,
        o.said((
            f"{money} {seen[-1]:.2f}; without any crisis it would be within ±{noise:.1f} % "
            "19 times out of 20",
            f"{seen[-1]:.2f}{unit_name(money, 'zh')}；"
            f"即使没有危机，20次中有19次也在±{noise:.1f}%之内",
        )), 1,
    )  # fmt: skip


def _noise(world: World, tag: int) -> np.random.Generator:
    """The noise of one kind of report: the same at every reload."""
    return np.random.Generator(np.random.Philox(key=np.array([world.seed, tag], np.uint64)))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share of n > 0 trials, Wilson's.

    It ends at 0 where nobody is a hit and at 1 where all are. Source: Wilson 1927, J. Am. Stat.
    Assoc. 22: 209 (not re-checked).
    """
    z = 1.96
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return 0.0 if hits == 0 else low, 1.0 if hits == n else high
