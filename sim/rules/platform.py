"""E5, E11: hashtags on the platform, their heat and places; how new a topic is.

The novelty of each topic halves in `novelty_half_life_h`; an event renews it. Heat is counted in
the list's own index, in which the 50th place holds some 100,000 by day.

Whatever may make a headline (a forcing event that its case gives a hashtag, an official act, a
partner's exit, a mock, a wave, a question) leaves an *angle* that somebody can report, with the
novelty that it brought; a penalty notice `penalty_headlines` of them, the first on governance and
the others on governance and on the deal in turn. When the brand makes a public word, angles of
earlier steps that nobody has reported are no news any more. An angle becomes a hashtag when it is
reported:

- A reporter does so (E10), with `opinion_leader.angle_rate` of the angle that is worth most
  (`worth`; of equal ones the earliest); the report brings the hashtag `report_heat` by itself, with
  the leader's own normal number of the step.
- A forcing event with a heat of its own was on the list by the documents: it is reported in its
  step, with that heat as far as it is new (`evidence.still_new`). So is a wave from outside, and a
  question, with `report_heat`.
- Once anything has happened, people on the platform do so without any reporter (`crowd_chance`, one
  uniform number a step): where their talk of a step would carry a hashtag over the entry heat by
  itself, one is likely. It has no heat but theirs, on the topic of the step's talk that is larger
  (the deal if they are equal), and its share of that talk at once.

Hashtags differ in how long they last: whatever is reported draws a factor of both of its
half-lives, of its heat and of its claim on talk (`lasting`, `own_half_life`, `own_keep`), with one
normal number at an address of its own (decision 14; the step in which there was something to
report; what it is of, `tag_address`), so that another angle moves it in no way and it is the same
whoever reports it, and when.

After the leaders, the platform closes the step. A post counts less the more its author has written
on the affair before (`voice`); posts of core fans count `core_heat`, since fan space is not the
general list. The talk on a topic (`talk_heat`) goes to the hashtags of that topic that have not
left the list, in proportion to a `claim` that fades from the step of the report, and no more than
all of it (`share_of_talk`). Every hashtag's heat moves by `next_heat`. A hashtag enters the list
when its heat exceeds the entry heat of the hour, which is that of the 50th place (measured, by hour
of the case's clock and kind of day, times a factor that other topics' competition draws, the same
for all hashtags of an hour of the run: `competition`), and leaves it for good when it does no more.
What people see of a hashtag on the list grows with its place (`place_share`) and
ramps up in its first hour (`ramp`). While a documented agenda displaces the case (`displacement`),
levels count for less. People read the levels in the next step. Once an hour the heat of every
listed hashtag is noted, which is what an observer of the list would see.

The heat of the affair is that of all its talk and reports, with the half-life of the median
hashtag: leaders and investors follow it.
"""

import math

from sim.rules import once, rule


@rule
def voice(earlier: float, scale: float) -> int:
    """What a post adds to the talk that makes heat: an integer in fixed point.

        floor(scale / (1 + n))

    earlier n : the author's posts on the affair before this one; scale : fixed-point units of a
    first post. Assumed (MODEL-2, S10): the list discounts whoever repeats.
    """
    return int(scale / (1.0 + earlier))


@rule
def general_talk(others: float, core: float, scale: float, core_heat: float) -> float:
    """Talk of a step that the general list sees, in first posts.

        n = (v_others + w v_core) / scale

    others, core v : sums of `voice` over customers and the public, and over core fans; core_heat
    w : weight of a core fan's post, whose fan space is not the general list. F9.
    """
    return (others + core_heat * core) / scale


@rule
def talk_heat(
    per_post: float,
    general: float,
    reference: float,
    people: float,
    leaders: float,
    leader_volume: float,
) -> float:
    """Heat that the posts of a step bring, in the list's index.

        kappa (R / N n + w n_K)

    per_post kappa : `post_heat`, of one post in R = 3,000 people; people N : simulated; general n :
    `general_talk`; leaders n_K : posts of opinion leaders, whose number does not grow with N;
    leader_volume w. Assumed: heat is stated for a community of one size.
    """
    return per_post * (reference / people * general + leader_volume * leaders)


@once
def post_heat(per_post: float, of_case: float, size: float) -> float:
    """Heat of one post in a community of 3,000 simulated people, who stand for more or fewer.

        kappa m x

    per_post : `heat_per_post`; of_case m : the case's community over that of the documented case;
    size x : `community_size`. Source: peak days of affairs on one list span 41-fold (MODEL-2,
    section 2). Form Assumed.
    """
    return per_post * of_case * size


@rule
def claim(age: float, half_life: float) -> float:
    """What a hashtag claims of the talk on its topic, over a new one.

        2^(-age / h_tag)

    age : steps since the report; half_life h_tag : `own_half_life`, in steps. Source: heat a third
    of its peak an hour later, brand affairs (platform_trajectory); split with h_H Calibrated.
    """
    return float(2.0 ** (-age / half_life))


@rule
def lasting(spread: float, normal: float) -> float:
    """How much longer than the median one a hashtag lasts.

        x = e^(sigma_h u)

    spread sigma_h : `hashtag_spread`; normal u : standard normal number of the hashtag. Source: of
    its peak a topic holds .36, .16, .09, .03 and .006 on average 1, 2, 3, 6 and 12 h later, which
    one half-life for all cannot (platform_trajectory, brand affairs). Form Assumed.
    """
    return math.exp(spread * normal)


@rule
def own_half_life(half_life: float, lasts: float) -> float:
    """Half-life of one hashtag's claim on talk, in steps.

        h_tag = h x

    half_life h : `hashtag_half_life_h` in steps, of the median hashtag; lasts x : `lasting`.
    """
    return half_life * lasts


@rule
def own_keep(keep: float, lasts: float) -> float:
    """Share of its heat that one hashtag keeps in a step.

        keep^(1 / x)

    keep : 2^(-dt / h_H), h_H = `heat_half_life_h`, of the median hashtag; lasts x : `lasting`, so
    that its half-life is h_H x.
    """
    return float(keep ** (1.0 / lasts))


@rule
def share_of_talk(claim: float, claims: float, talk: float) -> float:
    """Heat of the talk on a topic that goes to one hashtag.

        K w / max(1, sum of w)

    claim w : of this one; claims : sum over the topic's hashtags; talk K : `talk_heat` of the
    topic. All of them share the talk, and one alone does not hold it for ever.
    """
    return claim / max(1.0, claims) * talk


@rule
def next_heat(heat: float, keep: float, talk: float) -> float:
    """Heat of a hashtag, or of the affair.

        H' = keep H + talk

    keep : of a hashtag `own_keep`, of the affair 2^(-dt / h_H), h_H = `heat_half_life_h`; talk :
    heat of this step's posts on it.
    """
    return keep * heat + talk


@rule
def report_heat(gain: float, news: float, loudness: float, spread: float, normal: float) -> float:
    """Heat that a report brings its hashtag by itself.

        H_0 = g z x e^(sigma u)

    gain g : `official_heat`; news z : novelty of what is reported, when it was new; loudness x : of
    an act (`playbook.loudness`), 1 otherwise; spread sigma : `report_spread`; normal u : standard
    normal number of the report, 0 for a wave from outside. Calibrated on the peaks of the case.
    """
    return gain * news * loudness * math.exp(spread * normal)


@rule
def worth(news: float, keep: float, age: float, confirmed: float, loudness: float) -> float:
    """How newsworthy an angle is that nobody has reported, in [0, 1] for what is not loud.

        w = z keep^age q x

    news z : novelty, when it was new; keep : 2^(-dt / h_nu); age : steps since; confirmed q :
    `opinion_leader.reportable`; loudness x : as in `report_heat`. Assumed.
    """
    return float(news * keep**age * confirmed * loudness)


@rule
def crowd_chance(per_h: float, heat: float, wanted: float, dt_h: float) -> float:
    """Chance that people on the platform make a hashtag of their own in a step.

        p = x / (1 + x),   x = r dt (K / H_wanted)^2

    per_h r : `crowd_per_h`; heat K : that the talk of this step brings (`talk_heat`); wanted
    H_wanted : entry heat of this step. Quadratic: small talk makes none. Assumed (MODEL-2, S11).
    """
    ratio = heat / wanted
    x = per_h * dt_h * ratio * ratio
    return x / (1.0 + x)


@once
def competition(sd: float, correlation: float, before: float, normal: float) -> float:
    """Log of the factor by which other topics raise or lower the entry heat of an hour.

        x' = rho x + sigma sqrt(1 - rho^2) z

    sd sigma : robust log-sd within an hour of the day; correlation rho : from one hour to the next;
    before x; normal z. The first hour has x = sigma z. Measured (platform_rank_heat: .27 and .72).
    """
    return correlation * before + sd * math.sqrt(1.0 - correlation * correlation) * normal


@once
def entry_heat(place: float, log_factor: float) -> float:
    """Heat that a hashtag needs to be on the list in an hour.

        H_wanted = theta_50 e^x

    place theta_50 : median heat of the 50th place at that hour, on a workday or at a weekend
    (sim/lists/weibo.csv, measured); log_factor x : `competition`.
    """
    return place * math.exp(log_factor)


@rule
def place_share(heat: float, wanted: float) -> float:
    """What people see of a listed hashtag at its place, over one far above all others.

        f = (H - H_wanted) / (H + H_wanted)

    heat H; wanted H_wanted : entry heat; 0 below it. Source: reads an hour fall from 10.2 M at
    place 1 over 3.5 M at 11-20 to .7 M at 41-50 (medians; place 1 holds 12 times the heat of place
    50). Form Assumed: .85, .37, .03 of it there.
    """
    if heat <= wanted:
        return 0.0
    return (heat - wanted) / (heat + wanted)


@rule
def ramp(age: float, ramp_steps: float) -> float:
    """How far views of a listed hashtag have come up.

        min(1, (age + 1) / n)

    age : steps since the entry; ramp_steps n : an hour. Source: the peak comes in the first sample
    in 73 %, within one more in 92 % (platform_ramp). Assumed.
    """
    share = (age + 1.0) / ramp_steps
    if share > 1.0:
        share = 1.0
    return share


@rule
def shown_share(displacement: float) -> float:
    """Share of its exposure that a listed hashtag keeps while another agenda displaces it.

        1 - d

    displacement d : of the agenda that a case documents, [0, 1].
    """
    return 1.0 - displacement


@rule
def with_hashtag(level: float, shown: float, one: float) -> float:
    """A sum over hashtags with one more of them: list level, heat or claims.

        L' = L + x l

    shown x : 1, or `shown_share`; one l : of this hashtag.
    """
    return level + shown * one


@rule
def hashtag_level(place: float, ramp: float) -> float:
    """Exposure that one listed hashtag gives, in [0, 1].

        l = f u

    place f : `place_share`; ramp u : `ramp`.
    """
    return place * ramp


@rule
def whole_level(deal: float, governance: float) -> float:
    """Both topics together: list level, or heat of the step's talk.

        L_d + L_g

    deal L_d, governance L_g : of one topic.
    """
    return deal + governance


@rule
def renewed(novelty: float, size: float) -> float:
    """Novelty after an event: the larger of what is left and what is new.

        nu' = max(nu, x)

    Both [0, 1]; size x : novelty of the event. Assumed.
    """
    if size > novelty:
        return size
    return novelty


@rule
def next_novelty(novelty: float, keep: float) -> float:
    """Novelty of a topic one step later, before any event.

        nu' = keep nu

    keep : 2^(-dt / h_nu), h_nu = `novelty_half_life_h`.
    """
    return novelty * keep


@rule
def freshest(deal: float, governance: float) -> float:
    """Novelty of the affair: the larger of its two topics.

        max(nu_d, nu_g)

    Both [0, 1].
    """
    if governance > deal:
        return governance
    return deal


@rule
def reads(
    circadian: float,
    see: float,
    level: float,
    core: float,
    core_weight: float,
    customer: float,
    public: float,
) -> float:
    """Views of the list per real person in a step: what public reach counts.

        c p_T L (s_core b + s_customer + s_public)

    circadian c; see p_T : views per step of one hashtag far above all others; level L :
    `whole_level` before the platform closes the step; core, customer, public s : real shares;
    core_weight b : `list_weight_core`.
    """
    return circadian * see * level * (core * core_weight + customer + public)
