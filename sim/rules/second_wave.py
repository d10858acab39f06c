"""E17: second waves: from outside, by an inside leak, by a promise that is broken.

Waves come only once something has happened, and not in the first `wave_after_d` days of the case.
Three uniform numbers of the step decide. The first: whether a wave comes from outside, with
`outside_chance`, once in a run, and never where the case documents its own (an event of the kind
"naming"). It renews the deal's novelty by the wave's size, is shown to `wave_reach_*` of each kind
times the size, and is a hashtag at once, with the heat of a report of that size (E11). The second,
once anything is admitted: whether somebody leaks from inside, with `leak_chance`. A leak renews
governance's novelty, is shown to `leak_reach_*` on governance, and makes a hashtag possible. The
third gives the size of all waves of the step. A promised reform that is not delivered is found out
after `promise_due_d`, whatever the draws: governance is new again for everybody, a hashtag becomes
possible, and those who had accepted the promise lose trust (`leaving.trust_after_promise`).
"""

from sim.rules import rule


@rule
def size(u: float, least: float) -> float:
    """Size of a wave: novelty that it brings, and share of a full wave's reach and heat.

        s = s_0 + (1 - s_0) u

    u : uniform; least s_0 : `wave_least`. Assumed.
    """
    return least + (1.0 - least) * u


@rule
def outside_chance(per_d: float, dt_h: float) -> float:
    """Chance in a step of a wave from outside.

        pi_x dt / 24

    per_d pi_x : 1/d. Source: the case, one in 11 days; re-entry of a hashtag 1.7 %, measured.
    """
    return per_d * dt_h / 24.0


@rule
def leak_chance(per_d: float, gap: float, dt_h: float) -> float:
    """Chance in a step of an inside leak, in proportion to the accountability gap.

        pi_l gap dt / 24

    per_d pi_l : 1/d at full gap; gap : `appraisal.accountability_gap` of the mean blamed level.
    Assumed.
    """
    return per_d * gap * dt_h / 24.0


@rule
def reach(share: float, size: float) -> float:
    """Expected views of a kind of people that a wave shows directly.

        r s

    share r : of the kind, for a full wave; size s. Assumed.
    """
    return share * size
