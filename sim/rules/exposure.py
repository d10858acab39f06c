"""E1, E2: what reaches a person."""

from sim.rules import rule


@rule
def remembered(memory: float, keep: float, arriving: float) -> float:
    """Posts still visible, in one component of the memory kernel.

        m' = keep m + arriving

    memory, arriving : expected views >= 0; keep : [0, 1] per step, exp(-dt / tau), a constant.
    Source: Weibo repost delays, a mixture of five exponentials (docs/ODD.md, E1).
    """
    return keep * memory + arriving


@rule
def offered_views(
    from_ties: float, from_broadcast: float, from_list: float, circadian: float
) -> float:
    """Views that a step offers before attention runs out.

        x = c (ties + broadcast + list)

    All views per step >= 0; circadian : mean 1 over a day.
    Source: MODEL E2; broadcast is what events and official acts show directly.
    """
    return circadian * (from_ties + from_broadcast + from_list)


@rule
def attended_views(offered: float, cap: float) -> float:
    """Views after limited attention, a saturation with slope 1 and limit `cap`.

        X = cap x / (cap + x)

    Assumed; the rational form replaces cap (1 - exp(-x / cap)), same slope and limit.
    """
    return cap * offered / (cap + offered)


@rule
def exposure_probability(views: float) -> float:
    """Chance of at least one view in a step.

        P = X / (1 + X)

    Rational form of 1 - exp(-X): same slope at 0, same limit.
    """
    return views / (1.0 + views)


@rule
def recent_views(recent: float, keep: float, exposed: float) -> float:
    """Leaky count of recent exposures, which habituation and fatigue read.

        n' = keep n + exposed

    keep : [0, 1] per step, 2^(-dt / recovery half-life). Assumed: habituation recovers.
    """
    return keep * recent + exposed
