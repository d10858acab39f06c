"""E6, E7: what a person shows, and when a person posts.

Relief fades first (`reception.fading_relief`); the outrage that it leaves is expressed, and whoever
expresses `visible_outrage` or more is visibly outraged to others. A post is written with
`event_probability` of the `posting_rate`. A second uniform number says what kind of post it is, in
proportion to the three terms of the rate, a third its topic: an outraged post follows its author's
outrage on the two topics, a neutral one their novelty. Posts off topic count in mention volume and
nowhere else. A post on topic counts under its author's kind and, if outraged, under its topic; a
core fan's is read in the author's chats in the next step; followers get its `post_weight` in the
next step. After a post on topic some outrage is vented.
"""

from sim.rules import rule


@rule
def expressed_outrage(
    deal: float, governance: float, relief: float, governance_voice: float
) -> float:
    """Outrage that a person expresses: either ground suffices.

        Omega = 1 - (1 - O_d (1 - R))(1 - v O_g)

    All [0, 1]. Source: MODEL E6. Assumed: relief answers the deal, not governance.
    """
    return 1.0 - (1.0 - deal * (1.0 - relief)) * (1.0 - governance_voice * governance)


@rule
def visibly_outraged(expressed: float, visible: float) -> bool:
    """Whether others can see that a person is outraged.

        Omega >= Omega_v

    Both [0, 1]; visible Omega_v : `visible_outrage`. Partners and chats count such people.
    """
    return expressed >= visible


@rule
def outburst(x: float) -> float:
    """How outrage multiplies posting: exp(x) - 1, cut after the fifth power.

        x (1 + x/2 (1 + x/3 (1 + x/4 (1 + x/5))))

    x : gamma Omega in [0, 4]. A polynomial, because it runs for everybody in every step; within
    5 % of exp(x) - 1 at the default 2.5, monotone everywhere.
    """
    return x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0))))


@rule
def arousal(gain: float, expressed: float) -> float:
    """How outrage multiplies one person's posting.

        B = outburst(gamma Omega)

    gain gamma : `outburst` among the parameters; expressed Omega : [0, 1]. Source: MODEL E7.
    """
    return outburst(gain * expressed)


@rule
def news_talk(per_post: float, fresh: float, compensated: float) -> float:
    """Neutral talk of the aware while the news is fresh, over a calm person's posting.

        N = n_0 nu (1 + m)

    per_post n_0 : `news_talk`; fresh nu : the larger novelty of the two topics; compensated m :
    extra talk where compensation was the brand's first act, otherwise 0. Source: m, sign of
    Herhausen 2019. Form Assumed.
    """
    return per_post * fresh * (1.0 + compensated)


@rule
def talk(everyday: float, news: float, aware: float) -> float:
    """Talk that is not outraged: everyday talk, and news for whoever is aware.

        epsilon + N y

    everyday epsilon : `baseline_talk`; news N : `news_talk`; aware y : 1 or 0. Assumed.
    """
    return everyday + news * aware


@rule
def willingness(deal: float, governance: float, fatigue: float) -> float:
    """Willingness to post after n recent views: falls beyond two.

        1 / (1 + kappa max(0, n - 2)),   n = n_d + n_g

    deal n_d, governance n_g : `exposure.recent_views`. Source: Bao 2013 (re-sharing rises to two
    exposures, then stops); sign, Johnen 2018.
    """
    beyond = deal + governance - 2.0
    if beyond < 0.0:
        beyond = 0.0
    return 1.0 / (1.0 + fatigue * beyond)


@rule
def posting_rate(
    base: float, activity: float, circadian: float, heat: float, talk: float, willing: float
) -> float:
    """Posts per hour of one person.

        lambda = lambda_0 a c (outburst + talk) willing

    activity : mean 1; heat : `arousal`; talk : `talk`, neutral and off topic, >= 0.
    Source: MODEL E7.
    """
    return base * activity * circadian * (heat + talk) * willing


@rule
def event_probability(rate: float, dt_h: float) -> float:
    """Chance that something of this rate happens in a step.

        p = x / (1 + x),   x = rate dt

    Rational form of 1 - exp(-x).
    """
    x = rate * dt_h
    return x / (1.0 + x)


@rule
def post_weight(expressed: float, tone_gain: float, see: float, scale: float) -> int:
    """What an outraged post carries across a tie: an integer in fixed point.

        floor(see (1 + delta Omega) scale)

    see : expected views; scale : fixed-point units per view. Integers make sums exact in any
    order. Source: delta, Brady 2017 PNAS (+.15 to +.20 per moral-emotional word).
    """
    return int(see * (1.0 + tone_gain * expressed) * scale)


#: Kinds of posts.
OFF_TOPIC, NEUTRAL, OUTRAGED = 0, 1, 2


@rule
def kind_of_post(u: float, heat: float, news: float, aware: float, everyday: float) -> int:
    """What kind of post it is, in proportion to the terms of the posting rate.

        outraged if y < B,  off topic if y >= B + N,  neutral otherwise;   y = u (B + N + epsilon)

    u : uniform; heat B : `arousal`; N : `news_talk` for whoever is aware, otherwise 0; everyday
    epsilon : `baseline_talk`. Returns OUTRAGED (2), NEUTRAL (1) or OFF_TOPIC (0).
    """
    on_topic = heat + news * aware
    mood = u * (on_topic + everyday)
    if mood >= on_topic:
        return OFF_TOPIC
    if mood < heat:
        return OUTRAGED
    return NEUTRAL


@rule
def deal_ground(deal: float, relief: float) -> float:
    """How much an outraged author has to say about the deal.

        O_d (1 - R)

    All [0, 1]. Assumed: relief answers the deal.
    """
    return deal * (1.0 - relief)


@rule
def governance_ground(voice: float, governance: float) -> float:
    """How much an outraged author has to say about governance.

        v O_g

    All [0, 1].
    """
    return voice * governance


@rule
def topic_of_post(u: float, deal: float, governance: float) -> int:
    """Topic of a post: 1 for governance, 0 for the deal.

        u (d + g) < g

    u : uniform. An outraged post has d = `deal_ground`, g = `governance_ground`; a neutral one has
    the novelty of the two topics. Assumed.
    """
    return 1 if u * (deal + governance) < governance else 0


@rule
def vented(deal: float, venting: float) -> float:
    """Outrage about the deal after writing a post on topic.

        O_d' = O_d (1 - zeta)

    Both [0, 1]; zeta is 0 by default. Source: sign, Garcia 2016 (arousal falls after writing).
    """
    return deal * (1.0 - venting)
