"""E19: whether fans feel that they are heard.

Belonging is one number for the community of core fans and not a state of each: whether a brand asks
its fans is known to all of them, and they speak of "us". It is 1 before the affair. In every step,
after the brand's acts, being spoken for takes of it (`spoken_for`, by the mean governance outrage
that the step before has left among core fans who know of the affair), and only being asked gives it
back: the share of the same fans who have accepted an act that asks them (`heard`, one act after the
other in the order of the playbook). A fan panel asks as far as its say goes, a reform as deep as it
is once it is delivered, a private word as far as `asked_privately`; nothing else does. Who does not
belong leaves more easily (`unheard`, part of `leaving.exit_pressure` of core fans).
"""

from sim.rules import rule


@rule
def governance_mean(total: float, scale: float, aware: float) -> float:
    """Mean governance outrage among core fans who know of the affair.

        m = O / scale / n,  0 while nobody does

    total O : sum over core fans, fixed point; scale : units of one; aware n.
    """
    if aware == 0.0:
        return 0.0
    return total / scale / aware


@rule
def spoken_for(lost: float, per_h: float, governance: float, dt_h: float) -> float:
    """Belonging that core fans have lost.

        L' = L + l m dt (1 - L)

    lost L : [0, 1]; per_h l : `spoken_for_per_h`; governance m : `governance_mean`. Assumed, after
    the case articles: co-creators who find that others decide for them.
    """
    return lost + per_h * governance * dt_h * (1.0 - lost)


@rule
def heard(before: float, worth: float, accepted: float, aware: float) -> float:
    """How far core fans have been asked, with one act more.

        H' = 1 - (1 - H)(1 - w n_a / max(1, n))

    before H : [0, 1]; worth w : how far the act asks, [0, 1]; accepted n_a : core fans who have
    accepted it, an integer; aware n : those who know of the affair. Assumed.
    """
    return 1.0 - (1.0 - before) * (1.0 - worth * accepted / max(1.0, aware))


@rule
def belonging(lost: float, heard: float) -> float:
    """Belonging of core fans, in [0, 1].

        B = 1 - L (1 - H)

    lost L : `spoken_for`; heard H : `heard`. Assumed.
    """
    return 1.0 - lost * (1.0 - heard)


@rule
def unheard(weight: float, belonging: float) -> float:
    """Pressure to leave of a core fan who is not heard.

        u = k (1 - B)

    weight k : `belonging_weight`; belonging B. Source: sign, who has no voice leaves, Hirschman
    1970 (not re-checked); size Assumed.
    """
    return weight * (1.0 - belonging)
