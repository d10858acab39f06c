"""E8, E9: grudge, trust, and the acts by which people leave."""

from sim.rules import rule


@rule
def next_grudge(grudge: float, expressed: float, keep: float, build: float) -> float:
    """Grudge: the slow memory of outrage.

        G' = keep G + b Omega (1 - G)

    keep : 2^(-dt / h_G); build b : dt g_up. Source: revenge falls, avoidance rises: Gregoire,
    Tripp & Legoux 2009 JM; half-life of weeks: Goya.
    """
    return keep * grudge + build * expressed * (1.0 - grudge)


@rule
def next_trust(
    trust: float,
    start: float,
    expressed: float,
    identification: float,
    conviction: float,
    loss: float,
    gain: float,
    back: float,
    ceiling: float,
) -> float:
    """Trust: lost fast, regained slowly, never quite.

        T' = T - l Omega T (.3 + .7 I) + (g C + b)(rho T_0 - T)_+

    loss, gain, back : per step. Source: asymmetry, Slovic (not re-checked); ceiling rho < 1,
    Schweitzer, Hershey & Bradlow 2006.
    """
    room = ceiling * start - trust
    if room < 0.0:
        room = 0.0
    lost = loss * expressed * trust * (0.3 + 0.7 * identification)
    return trust - lost + (gain * conviction + back) * room


@rule
def peer_push(n_declared: float) -> float:
    """Push from declared members of own group chats: complex contagion, one alone does nothing.

        min(1, max(0, m - 1) / 2)

    Source: Centola 2018 (not re-checked); at least two sources for a costly act.
    """
    push = (n_declared - 1.0) / 2.0
    if push < 0.0:
        push = 0.0
    if push > 1.0:
        push = 1.0
    return push


@rule
def exit_pressure(
    grudge: float, push: float, trust: float, peer_weight: float, trust_weight: float
) -> float:
    """Pressure to leave.

        G + omega push - psi (T - .5)

    Compared with a personal threshold. Assumed (MODEL E9).
    """
    return grudge + peer_weight * push - trust_weight * (trust - 0.5)
