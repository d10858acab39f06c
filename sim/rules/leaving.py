"""E8, E9: grudge, trust, and the acts by which people leave.

In every step grudge moves by `next_grudge`, trust by `next_trust`, and in the step in which a
broken promise comes out, trust falls by `trust_after_promise` as well. The pressure to leave, part
of which is that a core fan is not heard (`belonging.unheard`), is compared with the person's own
threshold. Whoever is pressed enough to declare, and has not, does so with `act_probability` of
`declare_per_h`; unfollowing needs less pressure (`unfollow_threshold` of the threshold) and has
`unfollow_per_h`. A declaration is seen in the author's chats from the next step on, and draws at
once whether this person will leave (`leaver_share`; members of the public have nothing to leave).
In later steps those who declared sell with `sell_per_h` (customers and core fans), and leavers
leave with `exit_per_h`. Each act happens once. A core fan who receives a concession and wants more
(`wants_more`, a uniform number of the person) has a lower threshold from the same step on
(`lowered_threshold`): a penalty, a termination, a reform and a compensation concede; what is
conceded in one step counts once, with the first public word of that step that is received. What
people skip and take up again (`visits`) is read off the means of customers and of core fans, at the
end of the step.
"""

from sim.rules import rule
from sim.rules.appraisal import concern
from sim.rules.expression import event_probability


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
    least_concern: float,
) -> float:
    """Trust: lost fast, regained slowly, never quite.

        T' = T - l Omega T c(I) + (g C + b)(rho T_0 - T)_+

    loss l, gain g, back b : per step; conviction C : [0, 1]; c : `appraisal.concern`. Source:
    asymmetry, Slovic (not re-checked); ceiling rho < 1, Schweitzer, Hershey & Bradlow 2006.
    """
    room = ceiling * start - trust
    if room < 0.0:
        room = 0.0
    lost = loss * expressed * trust * concern(identification, least_concern)
    return trust - lost + (gain * conviction + back) * room


@rule
def trust_after_promise(trust: float, loss: float, broken: float, hoped: float) -> float:
    """Trust when a promised reform is found out not to have come.

        T' = T (1 - l_p x y)

    loss l_p : `broken_promise`; broken x : 1 in the step in which it comes out, else 0; hoped y : 1
    for whoever had accepted the promise, else 0. Assumed.
    """
    return trust * (1.0 - loss * broken * hoped)


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
    grudge: float,
    push: float,
    trust: float,
    unheard: float,
    peer_weight: float,
    trust_weight: float,
) -> float:
    """Pressure to leave.

        G + omega push - psi (T - .5) + u

    unheard u : `belonging.unheard` of core fans, 0 for others. Compared with a personal threshold.
    Assumed (MODEL E9).
    """
    return grudge + peer_weight * push - trust_weight * (trust - 0.5) + unheard


@rule
def wants_more(u: float, share: float) -> bool:
    """Whether a core fan is one whom a concession makes ask for the next thing.

        u < s

    u : uniform, a trait of the person; share s : `demanding_share`. Assumed, after the case
    articles: a firm that gives way is asked for more.
    """
    return u < share


@rule
def lowered_threshold(threshold: float, lowers: float) -> float:
    """Threshold of a fan who wants more, after one more concession.

        theta' = theta (1 - x)

    threshold theta : of this person; lowers x : `demand_lowers`. Source: sign, demands grow with
    what is granted, foot in the door, Freedman & Fraser 1966 (not re-checked). Form Assumed.
    """
    return threshold * (1.0 - lowers)


@rule
def presses(pressure: float, threshold: float, share: float) -> bool:
    """Whether the pressure to leave is enough for an act.

        P > s theta

    pressure P : `exit_pressure`; threshold theta : of this person; share s : 1 for declaring a
    boycott, `unfollow_threshold` for unfollowing, the cheaper act. Assumed (MODEL E9).
    """
    return pressure > share * threshold


@rule
def act_probability(per_h: float, circadian: float, dt_h: float) -> float:
    """Chance of an act of leaving in a step, for whoever is ready for it.

        p = x / (1 + x),   x = r c dt

    per_h r : 1/h, of the act; circadian c : mean 1 over a day.
    """
    return event_probability(per_h * circadian, dt_h)


@rule
def visits(
    outrage: float, trust: float, start: float, skips_outraged: float, skips_distrusting: float
) -> float:
    """Visits or orders that a kind of people still makes, over the usual.

        v = (1 - a Omega)(1 - b (1 - T / T_0)_+),  at least 0

    outrage Omega, trust T : means over the kind; start T_0 : mean trust after the first step;
    skips_outraged a : `skip_outraged`; skips_distrusting b : `skip_distrusting`. Who skips comes
    back as outrage fades and trust returns, unlike who has left. Source: order, sales of a brand
    under boycott fell by a quarter and recovered in part (bud_light_2023). Form Assumed
    (MODEL-2, S12).
    """
    lost = 1.0 - trust / start
    if lost < 0.0:
        lost = 0.0
    kept = (1.0 - skips_outraged * outrage) * (1.0 - skips_distrusting * lost)
    if kept < 0.0:
        kept = 0.0
    return kept


@rule
def leaver_share(realised: float, cost: float) -> float:
    """Share of those who declare who will leave.

        rho_X (1 - k)

    realised rho_X : `realised_share`; cost k : `switching_cost`. Source: intention gap, Goya.
    """
    return realised * (1.0 - cost)
