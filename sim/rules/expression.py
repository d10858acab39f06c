"""E6, E7: what a person shows, and when a person posts."""

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
def outburst(x: float) -> float:
    """How outrage multiplies posting: exp(x) - 1, cut after the fifth power.

        x (1 + x/2 (1 + x/3 (1 + x/4 (1 + x/5))))

    x : gamma Omega in [0, 4]. A polynomial, because it runs for everybody in every step; within
    5 % of exp(x) - 1 at the default 2.5, monotone everywhere.
    """
    return x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0))))


@rule
def willingness(recent: float, fatigue: float) -> float:
    """Willingness to post after `recent` views: falls beyond two.

        1 / (1 + kappa max(0, n - 2))

    Source: Bao 2013 (re-sharing rises to two exposures, then stops); sign, Johnen 2018.
    """
    beyond = recent - 2.0
    if beyond < 0.0:
        beyond = 0.0
    return 1.0 / (1.0 + fatigue * beyond)


@rule
def posting_rate(
    base: float, activity: float, circadian: float, heat: float, talk: float, willing: float
) -> float:
    """Posts per hour of one person.

        lambda = lambda_0 a c (outburst + talk) willing

    activity : mean 1; heat : outburst(gamma Omega); talk : neutral and off-topic talk >= 0.
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
