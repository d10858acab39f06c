"""E1, E2: what reaches a person.

In every step posts of the step before arrive: from followed accounts (integers, see
`expression.post_weight`) and, for core fans, from their group chats. Each topic has a memory of
five components per person, the mixture that the visibility of a post decays by; what is visible
now is their weighted sum. Broadcasts (events, official acts, waves, a partner's exit) are
remembered by kind of people in the same five components, and the trending list adds views while a
hashtag is listed. Limited attention cuts the sum of both topics, and one uniform number of the
person decides: below `governance_chance` governance is seen, from there up to
`exposure_probability` the deal is seen, above it nothing is.
"""

import numpy as np

from sim.rules import once, rule

#: Time constants of the visibility kernel, hours, in the order of the visible_* shares. Source:
#: Weibo parent-to-child repost delays (489,323 pairs), a mixture of five exponentials.
MEMORY_H = (0.2, 1.0, 4.0, 24.0, 200.0)


@once
def memory_keep(tau_h: float, dt_h: float) -> float:
    """What one component of the visibility kernel keeps in a step.

        exp(-dt / tau)

    tau_h : 0.2, 1, 4, 24 and 200 h; dt_h : hours. Source: as MEMORY_H, measured.
    """
    kept: float = np.exp(-dt_h / tau_h)
    return kept


@once
def memory_weight(share: float, total: float, keep: float) -> float:
    """Views in one step of a post that one component remembers; over its life they sum to 1.

        w_j / sum(w) (1 - keep_j)

    share w : `visible_12min` ... `visible_200h`; total : their sum; keep : `memory_keep`.
    """
    return share / max(total, 1e-12) * (1 - keep)


@rule
def chat_views(see: float, posts: int) -> float:
    """Views of the posts in one's own group chats.

        v_g n

    see v_g : expected views of one post; posts n : on the topic, in all own chats, in the step
    before, one's own included.
    """
    return see * posts


@rule
def arriving_views(incoming: int, scale: float, chat: float) -> float:
    """Expected views that arrive in a step: from followed accounts and from chats.

        a = k / scale + chat

    incoming k : sum of `expression.post_weight` over posts of followed accounts, an integer;
    scale : fixed-point units of one view; chat : `chat_views`.
    """
    return incoming / scale + chat


@rule
def remembered(memory: float, keep: float, arriving: float) -> float:
    """Posts still visible, in one component of the memory kernel.

        m' = keep m + arriving

    memory, arriving : expected views >= 0; keep : [0, 1] per step, exp(-dt / tau), a constant.
    Source: Weibo repost delays, a mixture of five exponentials (docs/ODD.md, E1).
    """
    return keep * memory + arriving


@rule
def visible_views(visible: float, weight: float, memory: float) -> float:
    """Views in this step, with one more component of memory.

        x' = x + w_j m_j

    Begins at 0 and takes the five components in order; weight : `memory_weight`; memory :
    `remembered`, of a person as it is stored, or of a broadcast.
    """
    return visible + weight * memory


@rule
def list_views(see: float, weight: float, level: float) -> float:
    """Views from the trending list.

        p_T b L

    see p_T : views per step of one hashtag far above all others; weight b : `list_weight_core` for
    core fans, 1 for others; level L : of the topic, at the end of the step before.
    """
    return see * weight * level


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
def attended_views(deal: float, governance: float, cap: float) -> float:
    """Views after limited attention, a saturation with slope 1 and limit `cap`.

        X = cap x / (cap + x),   x = x_d + x_g

    deal x_d, governance x_g : `offered_views` of the two topics. Assumed; the rational form
    replaces cap (1 - exp(-x / cap)), same slope and limit.
    """
    offered = deal + governance
    return cap * offered / (cap + offered)


@rule
def exposure_probability(views: float) -> float:
    """Chance of at least one view in a step.

        P = X / (1 + X)

    Rational form of 1 - exp(-X): same slope at 0, same limit.
    """
    return views / (1.0 + views)


@rule
def governance_chance(chance: float, deal: float, governance: float) -> float:
    """Chance of seeing governance in a step: its share of what is offered.

        P x_g / (x_d + x_g)

    chance P : `exposure_probability`; 0 where nothing is offered.
    """
    return chance * (governance / max(deal + governance, 1e-300))


@rule
def seen_governance(u: float, governance: float) -> float:
    """Whether governance is seen in a step: 1 or 0.

        u < P_g

    u : the person's uniform number of this step; governance P_g : `governance_chance`.
    """
    return 1.0 if u < governance else 0.0


@rule
def seen_deal(u: float, governance: float, chance: float) -> float:
    """Whether the deal is seen in a step: 1 or 0.

        P_g <= u < P

    The same u as in `seen_governance`, so that nobody sees both topics in a step.
    """
    return 1.0 if (u >= governance and u < chance) else 0.0


@rule
def anything_seen(deal: float, governance: float) -> float:
    """Whether anything is seen in a step: 1 or 0.

        x_d + x_g

    deal x_d, governance x_g : `seen_deal`, `seen_governance`, never both 1.
    """
    return deal + governance


@rule
def recent_views(recent: float, keep: float, exposed: float) -> float:
    """Leaky count of recent exposures, which habituation and fatigue read.

        n' = keep n + exposed

    keep : [0, 1] per step, 2^(-dt / recovery half-life). Assumed: habituation recovers.
    """
    return keep * recent + exposed
